/* exif.c -- orientation and resolution from an EXIF block, and nothing else of it.
 *
 * EXIF is a TIFF file inside a marker (CIPA DC-008, 4.5.2). Only the first directory is read, in one pass
 * without recursion; every offset is checked against the block. */
#include <string.h>

#include "common/codec.h"

enum { TAG_ORIENTATION = 0x0112, TAG_X_RESOLUTION = 0x011a, TAG_RESOLUTION_UNIT = 0x0128 };
enum { TYPE_SHORT = 3, TYPE_RATIONAL = 5 };

struct block {
	const uint8_t *data;
	size_t len;
	bool big_endian;
};

static uint32_t get16(const struct block *b, size_t at)
{
	const uint8_t *p = b->data + at;

	return b->big_endian ? (uint32_t)p[0] << 8 | p[1] : (uint32_t)p[1] << 8 | p[0];
}

static uint32_t get32(const struct block *b, size_t at)
{
	return b->big_endian ? get16(b, at) << 16 | get16(b, at + 2) : get16(b, at + 2) << 16 | get16(b, at);
}

/* An unsigned rational at an offset; 0 when it is outside or has no denominator. */
static double get_ratio(const struct block *b, uint32_t offset)
{
	uint32_t below;

	if (b->len < 8 || offset > b->len - 8)
		return 0;
	below = get32(b, offset + 4);
	return below ? (double)get32(b, offset) / below : 0;
}

void exif_read(const uint8_t *tiff, size_t len, int32_t *orientation, int32_t *dpi)
{
	struct block b = { tiff, len, len > 0 && tiff[0] == 'M' };
	double resolution = 0;
	uint32_t unit = 2, directory, entries;

	if (len < 10 || (memcmp(tiff, "II*\0", 4) != 0 && memcmp(tiff, "MM\0*", 4) != 0))
		return;
	directory = get32(&b, 4);
	if (directory > len - 2)
		return;
	entries = get16(&b, directory);
	for (uint32_t i = 0; i < entries; i++) {
		size_t at = (size_t)directory + 2 + (size_t)i * 12;
		uint32_t tag, type;

		if (at + 12 > len)
			break;
		tag = get16(&b, at);
		type = get16(&b, at + 2);
		if (tag == TAG_ORIENTATION && type == TYPE_SHORT && get16(&b, at + 8) >= 1 && get16(&b, at + 8) <= 8)
			*orientation = (int32_t)get16(&b, at + 8);
		else if (tag == TAG_X_RESOLUTION && type == TYPE_RATIONAL)
			resolution = get_ratio(&b, get32(&b, at + 8));
		else if (tag == TAG_RESOLUTION_UNIT && type == TYPE_SHORT)
			unit = get16(&b, at + 8);
	}
	resolution = codec_dpi(resolution, unit == 3 ? 2.54 : 1);
	if (resolution > 0 && unit != 1)
		*dpi = (int32_t)resolution;
}
