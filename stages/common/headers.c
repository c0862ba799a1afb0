/* headers.c -- size, depth and resolution from the headers of single-frame formats.
 *
 *   codec_header()      one bounded parser per format
 *   codec_cut_short()   does the file end before its structure says so?
 *
 * Nothing is allocated and no loop can pass the end of the bytes. */
#include <math.h>
#include <string.h>

#include "common/codec.h"
#include "core/limits.h"

static uint32_t be16(const uint8_t *p) { return (uint32_t)p[0] << 8 | p[1]; }
static uint32_t be32(const uint8_t *p) { return be16(p) << 16 | be16(p + 2); }
static uint32_t le16(const uint8_t *p) { return (uint32_t)p[1] << 8 | p[0]; }
static uint32_t le32(const uint8_t *p) { return le16(p + 2) << 16 | le16(p); }

/* A 32-bit side as int32: sizes beyond are cut to a value that every ceiling refuses. */
static int32_t side(uint64_t pixels)
{
	return pixels > INT32_MAX ? INT32_MAX : (int32_t)pixels;
}

static enum rc_status damaged(const struct codec_bytes *in, const char *what, struct rc_err *err)
{
	return rc_fail(err, RC_PAGE_FAILED, RC_WHY_DECODE, "cannot decode '%s': %s", in->name, what);
}

static enum rc_status cut(const struct codec_bytes *in, struct rc_err *err)
{
	return rc_fail(err, RC_PAGE_FAILED, RC_WHY_TRUNCATED, "cannot decode '%s': the file ends inside its header", in->name);
}

static enum rc_status unsupported(const struct codec_bytes *in, const char *what, struct rc_err *err)
{
	return rc_fail(err, RC_PAGE_FAILED, RC_WHY_UNSUPPORTED, "cannot decode '%s': %s", in->name, what);
}

int32_t codec_dpi(double number, double scale)
{
	double dpi = number * scale;

	return dpi >= 30 && dpi <= 2540 ? (int32_t)lround(dpi) : 0;
}

/* ---- JPEG: markers up to the first frame header (ITU T.81, annex B) ------------------------------- */

static void jpeg_segment(uint8_t marker, const uint8_t *p, size_t len, struct image_info *info, int32_t *exif_dpi)
{
	if (marker == 0xe0 && len >= 12 && memcmp(p, "JFIF", 5) == 0) {
		if (p[7] == 1 || p[7] == 2)
			info->dpi = codec_dpi(be16(p + 8), p[7] == 2 ? 2.54 : 1);
	} else if (marker == 0xe1 && len >= 6 && memcmp(p, "Exif\0", 5) == 0) {
		exif_read(p + 6, len - 6, &info->orientation, exif_dpi);
	}
}

static bool is_frame_marker(uint8_t m)
{
	return m >= 0xc0 && m <= 0xcf && m != 0xc4 && m != 0xc8 && m != 0xcc;
}

static enum rc_status jpeg_header(const struct codec_bytes *in, struct image_info *info, struct rc_err *err)
{
	const uint8_t *d = in->data;
	int32_t exif_dpi = 0;
	size_t at = 2;

	while (at + 4 <= in->len) {
		uint8_t marker = d[at + 1];
		size_t len;

		if (d[at] != 0xff || marker == 0xff || marker == 0 || marker == 1 || (marker >= 0xd0 && marker <= 0xd8)) {
			at++;           /* fill bytes, or rubbish between segments, which decoders skip too */
			continue;
		}
		if (marker == 0xd9 || marker == 0xda)
			return damaged(in, "JPEG without a frame header", err);
		len = be16(d + at + 2);
		if (len < 2)
			return damaged(in, "JPEG segment of impossible length", err);
		if (len > in->len - at - 2)
			return cut(in, err);
		if (is_frame_marker(marker)) {
			if (len < 8)
				return damaged(in, "short JPEG frame header", err);
			info->bits = d[at + 4];
			info->height = side(be16(d + at + 5));
			info->width = side(be16(d + at + 7));
			info->samples = d[at + 9];
			if (!info->dpi)
				info->dpi = exif_dpi;
			return RC_OK;
		}
		jpeg_segment(marker, d + at + 4, len - 2, info, &exif_dpi);
		at += 2 + len;
	}
	return cut(in, err);
}

/* ---- PNG ------------------------------------------------------------------------------------------ */

/* Walks the chunks; returns true when IEND was met, and finds pHYs (pixels per metre) before the data. */
static bool png_chunks(const struct codec_bytes *in, int32_t *dpi)
{
	size_t at = 8;
	bool data = false;

	while (in->len - at >= 12) {
		const uint8_t *p = in->data + at;
		uint32_t len = be32(p);

		if (memcmp(p + 4, "IEND", 4) == 0)
			return true;
		if (len > in->len - at - 12)
			return false;
		data = data || memcmp(p + 4, "IDAT", 4) == 0;
		if (!data && dpi && len == 9 && memcmp(p + 4, "pHYs", 4) == 0 && p[16] == 1)
			*dpi = codec_dpi(be32(p + 8), 0.0254);
		at += 12 + (size_t)len;
	}
	return false;
}

static enum rc_status png_header(const struct codec_bytes *in, struct image_info *info, struct rc_err *err)
{
	static const int samples[7] = { 1, 0, 3, 1, 2, 0, 4 };
	const uint8_t *d = in->data;

	if (in->len < 33)
		return cut(in, err);
	if (memcmp(d + 12, "IHDR", 4) != 0 || d[25] > 6 || !samples[d[25]])
		return damaged(in, "bad PNG header", err);
	info->width = side(be32(d + 16));
	info->height = side(be32(d + 20));
	info->bits = d[24];
	info->samples = samples[d[25]];
	png_chunks(in, &info->dpi);
	return RC_OK;
}

/* ---- JPEG 2000: boxes (ISO 15444-1, annex I), then SIZ of the codestream (annex A.5.1) ------------- */

struct box {
	const uint8_t *data;
	size_t len;
};

/* The next box at *at of outer; false at the end. A length beyond the end is cut to it. */
static bool next_box(struct box outer, size_t *at, char type[4], struct box *ret)
{
	size_t head = 8;
	uint64_t len;

	if (outer.len - *at < 8)
		return false;
	len = be32(outer.data + *at);
	memcpy(type, outer.data + *at + 4, 4);
	if (len == 1) {
		if (outer.len - *at < 16)
			return false;
		len = (uint64_t)be32(outer.data + *at + 8) << 32 | be32(outer.data + *at + 12);
		head = 16;
	}
	if (len == 0 || len > outer.len - *at)
		len = outer.len - *at;
	if (len < head)
		return false;
	*ret = (struct box){ outer.data + *at + head, (size_t)len - head };
	*at += (size_t)len;
	return true;
}

static int32_t jp2_resolution(struct box res)
{
	struct box b;
	size_t at = 0;
	char type[4];

	while (next_box(res, &at, type, &b))
		if ((memcmp(type, "resc", 4) == 0 || memcmp(type, "resd", 4) == 0) && b.len >= 10 && be16(b.data + 2))
			return codec_dpi(be16(b.data) / (double)be16(b.data + 2) * pow(10, (int8_t)b.data[8]), 0.0254);
	return 0;
}

static int32_t jp2_header_resolution(struct box header)
{
	struct box b;
	size_t at = 0;
	char type[4];

	while (next_box(header, &at, type, &b))
		if (memcmp(type, "res ", 4) == 0)
			return jp2_resolution(b);
	return 0;
}

static enum rc_status j2k_header(const struct codec_bytes *in, struct box code, struct image_info *info, struct rc_err *err)
{
	uint32_t x1, y1, x0, y0;

	if (code.len < 43)
		return cut(in, err);
	if (memcmp(code.data, "\xff\x4f\xff\x51", 4) != 0)
		return damaged(in, "JPEG 2000 without a size marker", err);
	x1 = be32(code.data + 8);
	y1 = be32(code.data + 12);
	x0 = be32(code.data + 16);
	y0 = be32(code.data + 20);
	info->samples = (int32_t)be16(code.data + 40);
	if (x1 <= x0 || y1 <= y0 || !info->samples)
		return damaged(in, "JPEG 2000 without pixels", err);
	info->width = side(x1 - x0);
	info->height = side(y1 - y0);
	info->bits = (code.data[42] & 0x7f) + 1;
	return RC_OK;
}

static enum rc_status jp2_header(const struct codec_bytes *in, struct image_info *info, struct rc_err *err)
{
	struct box all = { in->data, in->len }, b;
	size_t at = 0;
	char type[4];

	if (in->len >= 4 && in->data[0] == 0xff)
		return j2k_header(in, all, info, err);
	while (next_box(all, &at, type, &b)) {
		if (memcmp(type, "jp2h", 4) == 0)
			info->dpi = jp2_header_resolution(b);
		else if (memcmp(type, "jp2c", 4) == 0)
			return j2k_header(in, b, info, err);
	}
	return cut(in, err);
}

/* ---- WebP (RFC 9649) ------------------------------------------------------------------------------ */

static enum rc_status webp_header(const struct codec_bytes *in, struct image_info *info, struct rc_err *err)
{
	const uint8_t *d = in->data;

	if (in->len < 30)
		return cut(in, err);
	info->bits = 8;
	info->samples = 3;
	if (memcmp(d + 12, "VP8 ", 4) == 0) {
		info->width = (int32_t)(le16(d + 26) & 0x3fff);
		info->height = (int32_t)(le16(d + 28) & 0x3fff);
	} else if (memcmp(d + 12, "VP8L", 4) == 0) {
		uint32_t packed = le32(d + 21);

		info->width = (int32_t)(packed & 0x3fff) + 1;
		info->height = (int32_t)(packed >> 14 & 0x3fff) + 1;
	} else if (memcmp(d + 12, "VP8X", 4) == 0) {
		info->width = (int32_t)(le32(d + 24) & 0xffffff) + 1;
		info->height = (int32_t)(le32(d + 26) >> 8 & 0xffffff) + 1;
		if (d[20] & 2)
			return unsupported(in, "an animated WebP", err);
		if (d[20] & 0x10)
			info->samples = 4;
	} else {
		return damaged(in, "bad WebP header", err);
	}
	return RC_OK;
}

/* ---- BMP ------------------------------------------------------------------------------------------- */

static enum rc_status bmp_header(const struct codec_bytes *in, struct image_info *info, struct rc_err *err)
{
	const uint8_t *d = in->data;
	int64_t height;

	if (in->len < 54)
		return cut(in, err);
	if (le32(d + 14) < 40)
		return unsupported(in, "a BMP of OS/2", err);
	height = (int32_t)le32(d + 22);
	info->width = side(le32(d + 18));
	info->height = side((uint64_t)(height < 0 ? -height : height));
	info->bits = (int32_t)le16(d + 28);
	info->samples = 1;
	if (info->bits == 24 || info->bits == 32) {
		info->samples = info->bits / 8;
		info->bits = 8;
	} else if (info->bits == 16) {
		return unsupported(in, "a BMP with 16 bits a pixel", err);
	}
	info->dpi = codec_dpi(le32(d + 38), 0.0254);
	return RC_OK;
}

/* ---- GIF -------------------------------------------------------------------------------------------- */

/* Walks over a chain of sub-blocks; the place after its end, or 0 when the file ends first. */
static size_t gif_skip(const struct codec_bytes *in, size_t at)
{
	while (at < in->len && in->data[at])
		at += 1 + (size_t)in->data[at];
	return at < in->len ? at + 1 : 0;
}

static size_t gif_table(uint8_t flags)
{
	return flags & 0x80 ? (size_t)3 << ((flags & 7) + 1) : 0;
}

/* The library decodes every picture of the file, so all of them count against the ceiling. The first one is
 * the page. ret_end: met the trailer. */
static enum rc_status gif_walk(const struct codec_bytes *in, struct image_info *info, bool *ret_end, struct rc_err *err)
{
	size_t at = 13 + gif_table(in->data[10]);
	int64_t pixels = 0;
	bool first = true;

	*ret_end = false;
	while (at && at < in->len) {
		const uint8_t *p = in->data + at;

		if (*p == 0x3b) {
			*ret_end = true;
			break;
		}
		if (*p == 0x21) {
			at = gif_skip(in, at + 2);
			continue;
		}
		if (*p != 0x2c)
			break;
		if (in->len - at < 10)
			break;
		if (first) {
			info->width = (int32_t)le16(p + 5);
			info->height = (int32_t)le16(p + 7);
			first = false;
		}
		pixels += (int64_t)le16(p + 5) * le16(p + 7);
		if (pixels > RC_MAX_PIXELS)
			return rc_fail(err, RC_PAGE_FAILED, RC_WHY_PIXELS, "cannot decode '%s': its pictures have more pixels than the limit", in->name);
		at = gif_skip(in, at + 10 + gif_table(p[9]) + 1);
	}
	return first ? cut(in, err) : RC_OK;
}

static enum rc_status gif_header(const struct codec_bytes *in, struct image_info *info, struct rc_err *err)
{
	bool end;

	if (in->len < 14)
		return cut(in, err);
	info->bits = 8;
	info->samples = 1;
	return gif_walk(in, info, &end, err);
}

/* ---- PNM --------------------------------------------------------------------------------------------- */

/* The next number of the text header; -1 when there is none. */
static int64_t pnm_number(const struct codec_bytes *in, size_t *at)
{
	int64_t n = -1;

	while (*at < in->len && (in->data[*at] == '#' || in->data[*at] <= ' ')) {
		if (in->data[*at] == '#')
			while (*at < in->len && in->data[*at] != '\n')
				(*at)++;
		else
			(*at)++;
	}
	for (; *at < in->len && in->data[*at] >= '0' && in->data[*at] <= '9'; (*at)++)
		if (n < INT32_MAX)
			n = (n < 0 ? 0 : n * 10) + (in->data[*at] - '0');
	return n;
}

static enum rc_status pnm_header(const struct codec_bytes *in, struct image_info *info, size_t *ret_at, struct rc_err *err)
{
	char kind = (char)in->data[1];
	int64_t width, height, top = 1;
	size_t at = 2;

	if (kind == '7')
		return unsupported(in, "a PAM picture", err);
	width = pnm_number(in, &at);
	height = pnm_number(in, &at);
	if (kind != '1' && kind != '4')
		top = pnm_number(in, &at);
	if (width < 0 || height < 0 || top < 1 || top > 65535)
		return at >= in->len ? cut(in, err) : damaged(in, "bad PNM header", err);
	if (top != 1 && top != 255 && top != 65535)
		return unsupported(in, "a PNM picture whose largest value is neither 255 nor 65535", err);
	info->width = side((uint64_t)width);
	info->height = side((uint64_t)height);
	info->samples = kind == '3' || kind == '6' ? 3 : 1;
	info->bits = kind == '1' || kind == '4' ? 1 : top > 255 ? 16 : 8;
	if (info->samples == 3 && info->bits == 16)
		return unsupported(in, "a PPM picture with 16 bits a sample", err);
	if (ret_at)
		*ret_at = at + 1;
	return RC_OK;
}

size_t pnm_data(const struct codec_bytes *in)
{
	struct image_info info;
	size_t at;

	return pnm_header(in, &info, &at, NULL) == RC_OK && at < in->len ? at : in->len;
}

/* ---- all of them -------------------------------------------------------------------------------------- */

enum rc_status codec_header(const struct codec_bytes *in, enum rc_media media, struct image_info *ret, struct rc_err *err)
{
	struct image_info info = { .orientation = 1 };
	enum rc_status status;

	if (in->len < 12)
		return cut(in, err);
	switch (media) {
	case RC_MEDIA_JPEG: status = jpeg_header(in, &info, err); break;
	case RC_MEDIA_PNG:  status = png_header(in, &info, err); break;
	case RC_MEDIA_JP2:  status = jp2_header(in, &info, err); break;
	case RC_MEDIA_WEBP: status = webp_header(in, &info, err); break;
	case RC_MEDIA_BMP:  status = bmp_header(in, &info, err); break;
	case RC_MEDIA_GIF:  status = gif_header(in, &info, err); break;
	case RC_MEDIA_PNM:  status = pnm_header(in, &info, NULL, err); break;
	default:
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_NOT_IMAGE, "cannot decode '%s': not an image", in->name);
	}
	if (status == RC_OK)
		*ret = info;
	return status;
}

bool codec_cut_short(const struct codec_bytes *in, enum rc_media media)
{
	struct image_info info = { 0 };
	uint64_t row;
	size_t at = 0;
	bool end;

	switch (media) {
	case RC_MEDIA_PNG:
		return !png_chunks(in, NULL);
	case RC_MEDIA_WEBP:
		return le32(in->data + 4) > in->len - 8;
	case RC_MEDIA_JP2:
		return memcmp(in->data + in->len - 2, "\xff\xd9", 2) != 0;
	case RC_MEDIA_GIF:
		return gif_walk(in, &info, &end, NULL) != RC_OK || !end;
	case RC_MEDIA_BMP:
		row = ((uint64_t)le32(in->data + 18) * le16(in->data + 28) + 31) / 32 * 4;
		return bmp_header(in, &info, NULL) == RC_OK && le32(in->data + 10) + row * (uint64_t)info.height > in->len;
	case RC_MEDIA_PNM:
		if (pnm_header(in, &info, &at, NULL) != RC_OK || in->data[1] < '4')
			return false;
		row = info.bits == 1 ? ((uint64_t)info.width + 7) / 8 : (uint64_t)info.width * (uint64_t)info.samples * (uint64_t)(info.bits / 8);
		return at + row * (uint64_t)info.height > in->len;
	default:
		return false;
	}
}
