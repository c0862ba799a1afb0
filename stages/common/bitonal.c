/* bitonal.c -- black and white pictures as T.6 bytes: libtiff packs them into a TIFF of one strip in memory, and the strip
 * is what we take. */
#include "common/bitonal.h"

#include <string.h>
#include <leptonica/allheaders.h>
#include <tiffio.h>

struct memory {
	struct rc_buf bytes;
	uint64_t at;
};

static void memory_clear(struct memory *m)
{
	rc_buf_free(&m->bytes);
}

static tmsize_t on_read(thandle_t h, void *to, tmsize_t len)
{
	struct memory *m = h;
	uint64_t left = m->at < m->bytes.len ? m->bytes.len - m->at : 0;

	len = (uint64_t)len > left ? (tmsize_t)left : len;
	memcpy(to, m->bytes.data + (len ? m->at : 0), (size_t)len);
	m->at += (uint64_t)len;
	return len;
}

static tmsize_t on_write(thandle_t h, void *from, tmsize_t len)
{
	struct memory *m = h;
	uint64_t end = m->at + (uint64_t)len;

	if (end > m->bytes.len) {
		size_t before = m->bytes.len, more = (size_t)(end - before);
		char *room = rc_buf_grow(&m->bytes, more);

		if (!room)
			return -1;
		memset(room, 0, more);
		m->bytes.len = before + more;
	}
	memcpy(m->bytes.data + m->at, from, (size_t)len);
	m->at = end;
	return len;
}

static toff_t on_seek(thandle_t h, toff_t to, int whence)
{
	struct memory *m = h;

	m->at = whence == SEEK_CUR ? m->at + to : whence == SEEK_END ? m->bytes.len + to : to;
	return m->at;
}

static int on_close(thandle_t h)
{
	return 0;
}

static toff_t on_size(thandle_t h)
{
	return ((struct memory *)h)->bytes.len;
}

static int no_map(thandle_t h, void **base, toff_t *size)
{
	return 0;
}

static void no_unmap(thandle_t h, void *base, toff_t size)
{
}

static void close_tiff(TIFF **t)
{
	if (*t)
		TIFFClose(*t);
}

/* Leptonica keeps rows in words, high byte first; T.6 wants them as bytes. */
static bool write_rows(TIFF *tiff, PIX *pix)
{
	l_int32 width, height, stride = pixGetWpl(pix);

	pixGetDimensions(pix, &width, &height, NULL);
	size_t len = ((size_t)width + 7) / 8;
	RC_CLEANUP(rc_free) uint8_t *row = rc_alloc(4 * (size_t)stride);

	for (l_int32 y = 0; y < height; y++) {
		const l_uint32 *words = pixGetData(pix) + (size_t)y * (size_t)stride;

		for (l_int32 i = 0; i < stride; i++) {
			row[4 * i] = (uint8_t)(words[i] >> 24);
			row[4 * i + 1] = (uint8_t)(words[i] >> 16);
			row[4 * i + 2] = (uint8_t)(words[i] >> 8);
			row[4 * i + 3] = (uint8_t)words[i];
		}
		if (width % 8)
			row[len - 1] &= (uint8_t)(0xFF << (8 - width % 8));
		if (TIFFWriteScanline(tiff, row, (uint32_t)y, 0) != 1)
			return false;
	}
	return true;
}

static bool pack(struct memory *m, PIX *pix, uint64_t *offset, uint64_t *len)
{
	RC_CLEANUP(close_tiff) TIFF *tiff = TIFFClientOpen("memory", "w8m", m, on_read, on_write, on_seek, on_close, on_size, no_map, no_unmap);
	const uint64_t *offsets, *lens;

	if (!tiff)
		return false;
	TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, (uint32_t)pixGetWidth(pix));
	TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, (uint32_t)pixGetHeight(pix));
	TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, (uint32_t)pixGetHeight(pix));
	TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 1);
	TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
	TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISWHITE);
	TIFFSetField(tiff, TIFFTAG_COMPRESSION, COMPRESSION_CCITTFAX4);
	if (!write_rows(tiff, pix) || TIFFFlushData(tiff) != 1 || TIFFGetField(tiff, TIFFTAG_STRIPOFFSETS, &offsets) != 1 ||
	    TIFFGetField(tiff, TIFFTAG_STRIPBYTECOUNTS, &lens) != 1)
		return false;
	*offset = offsets[0];
	*len = lens[0];
	return *offset + *len <= m->bytes.len;
}

enum rc_status bitonal_pack(const struct rc_image *image, struct rc_buf *out, struct rc_err *err)
{
	RC_CLEANUP(memory_clear) struct memory m = { .bytes = RC_BUF(RC_MAX_IMAGE_BYTES) };
	uint64_t offset, len;

	if (!pack(&m, image_pix(image), &offset, &len))
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMORY, "cannot pack a black and white picture");
	rc_buf_add(out, m.bytes.data + offset, len);
	return rc_buf_check(out, "a black and white picture", err);
}
