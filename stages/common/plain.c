/* plain.c -- PNM and uncompressed BMP: formats simple enough to read ourselves.
 *
 * Leptonica's readers swap the bytes of 16-bit PGM and the colours of 32-bit BMP and refuse a BMP with one byte
 * too many; these do not.
 *
 *   pnm_decode()   P1 to P6 (netpbm's pbm(5), pgm(5), ppm(5))
 *   bmp_decode()   1, 2, 4, 8, 24 and 32 bits a pixel, either way up */
#include <string.h>
#include <leptonica/allheaders.h>

#include "common/codec.h"

static uint32_t le32(const uint8_t *p)
{
	return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

static enum rc_status ended(const struct codec_bytes *in, struct rc_err *err)
{
	return rc_fail(err, RC_PAGE_FAILED, RC_WHY_TRUNCATED, "cannot decode '%s': the file ends before the picture does", in->name);
}

/* ---- PNM ------------------------------------------------------------------------------------------------ */

/* A number of the plain formats; in P1 every digit is one. -1 at the end. */
static int plain_sample(const struct codec_bytes *in, size_t *at, bool bit)
{
	int n = 0;

	while (*at < in->len && (in->data[*at] < '0' || in->data[*at] > '9')) {
		if (in->data[*at] == '#')
			while (*at < in->len && in->data[*at] != '\n')
				(*at)++;
		else
			(*at)++;
	}
	if (*at == in->len)
		return -1;
	if (bit)
		return in->data[(*at)++] - '0';
	for (; *at < in->len && in->data[*at] >= '0' && in->data[*at] <= '9'; (*at)++)
		if (n < 100000)
			n = n * 10 + (in->data[*at] - '0');
	return n;
}

static int raw_sample(const struct codec_bytes *in, size_t *at, int bytes)
{
	int n;

	if (in->len - *at < (size_t)bytes)
		return -1;
	n = bytes == 2 ? in->data[*at] << 8 | in->data[*at + 1] : in->data[*at];
	*at += (size_t)bytes;
	return n;
}

static bool pnm_samples(const struct codec_bytes *in, const struct image_info *info, size_t at, PIX *pix)
{
	bool plain = in->data[1] <= '3';
	int top = info->bits == 16 ? 65535 : info->bits == 8 ? 255 : 1, words = pixGetWpl(pix);

	for (int32_t y = 0; y < info->height; y++) {
		uint32_t *row = pixGetData(pix) + (size_t)words * (size_t)y;

		for (int32_t x = 0; x < info->width * info->samples; x++) {
			int v = plain ? plain_sample(in, &at, info->bits == 1) : raw_sample(in, &at, info->bits / 8);

			if (v < 0)
				return false;
			if (v > top)
				v = top;
			if (info->bits == 16)
				v >>= 8;
			if (info->bits == 1)
				SET_DATA_BIT_VAL(row, x, v);
			else if (info->samples == 1)
				SET_DATA_BYTE(row, x, v);
			else
				row[x / 3] |= (uint32_t)v << (24 - x % 3 * 8);
		}
	}
	return true;
}

static bool pnm_bits(const struct codec_bytes *in, const struct image_info *info, size_t at, PIX *pix)
{
	size_t bytes = ((size_t)info->width + 7) / 8;

	for (int32_t y = 0; y < info->height; y++, at += bytes) {
		uint32_t *row = pixGetData(pix) + (size_t)pixGetWpl(pix) * (size_t)y;

		if (in->len - at < bytes)
			return false;
		for (size_t i = 0; i < bytes; i++)
			SET_DATA_BYTE(row, i, in->data[at + i]);
	}
	return true;
}

enum rc_status pnm_decode(const struct codec_bytes *in, const struct image_info *info, PIX **ret, struct rc_err *err)
{
	size_t at = pnm_data(in);
	int depth = info->samples == 3 ? 32 : info->bits == 1 ? 1 : 8;
	RC_CLEANUP(pixDestroy) PIX *pix = codec_new_pix(info->width, info->height, depth, in->name, err);
	bool ok;

	if (!pix)
		return RC_PAGE_FAILED;
	pixClearAll(pix);
	ok = in->data[1] == '4' ? pnm_bits(in, info, at, pix) : pnm_samples(in, info, at, pix);
	if (!ok)
		return ended(in, err);
	pixSetPadBits(pix, 0);
	*ret = rc_steal(pix);
	return RC_OK;
}

/* ---- BMP (the layout of BITMAPINFOHEADER) --------------------------------------------------------------- */

struct bmp {
	int bits;                       /* of a pixel in the file */
	uint32_t palette[256];          /* PIX words */
	const uint8_t *rows;
	size_t row_bytes;
	bool top_down;
};

static enum rc_status bmp_open(const struct codec_bytes *in, const struct image_info *info, struct bmp *b, struct rc_err *err)
{
	const uint8_t *d = in->data;
	uint32_t compression = le32(d + 30), n = le32(d + 46), rows = le32(d + 10), head = le32(d + 14);
	bool masks = compression == 3 && in->len >= 66 && le32(d + 54) == 0xff0000 && le32(d + 58) == 0xff00 && le32(d + 62) == 0xff;

	b->bits = info->bits * info->samples;
	b->top_down = (int32_t)le32(d + 22) < 0;
	b->row_bytes = ((size_t)info->width * (size_t)b->bits + 31) / 32 * 4;
	if (compression != 0 && !(masks && b->bits == 32))
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_UNSUPPORTED, "cannot decode '%s': a compressed BMP", in->name);
	if (b->bits != 1 && b->bits != 2 && b->bits != 4 && b->bits != 8 && b->bits != 24 && b->bits != 32)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_DECODE, "cannot decode '%s': a BMP of impossible depth", in->name);
	if (rows > in->len || b->row_bytes * (size_t)info->height > in->len - rows)
		return ended(in, err);
	b->rows = d + rows;
	if (b->bits > 8)
		return RC_OK;
	if (n == 0 || n > 1U << b->bits)
		n = 1U << b->bits;
	if (head > in->len - 14 || (size_t)n * 4 > in->len - 14 - head)
		return ended(in, err);
	for (uint32_t i = 0; i < n; i++)
		b->palette[i] = le32(d + 14 + head + 4 * i) << 8;
	return RC_OK;
}

static uint32_t bmp_pixel(const struct bmp *b, const uint8_t *row, size_t x)
{
	if (b->bits >= 24) {
		const uint8_t *p = row + x * (size_t)(b->bits / 8);

		return (uint32_t)p[2] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[0] << 8;
	}
	return b->palette[row[x * (size_t)b->bits / 8] >> (8 - b->bits - (int)(x * (size_t)b->bits % 8)) & ((1 << b->bits) - 1)];
}

enum rc_status bmp_decode(const struct codec_bytes *in, const struct image_info *info, PIX **ret, struct rc_err *err)
{
	struct bmp b = { 0 };
	enum rc_status status = bmp_open(in, info, &b, err);
	PIX *pix;

	if (status != RC_OK)
		return status;
	pix = codec_new_pix(info->width, info->height, 32, in->name, err);
	if (!pix)
		return RC_PAGE_FAILED;
	for (int32_t y = 0; y < info->height; y++) {
		const uint8_t *row = b.rows + b.row_bytes * (size_t)(b.top_down ? y : info->height - 1 - y);
		uint32_t *to = pixGetData(pix) + (size_t)pixGetWpl(pix) * (size_t)y;

		for (int32_t x = 0; x < info->width; x++)
			to[x] = bmp_pixel(&b, row, (size_t)x);
	}
	*ret = pix;
	return RC_OK;
}
