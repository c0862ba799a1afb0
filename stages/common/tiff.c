/* tiff.c -- the door to libtiff: frames of a TIFF or BigTIFF file.
 *
 *   tiff_probe()    what every frame is, from its directory
 *   tiff_decode()   one frame as pixels, as stored
 *
 * Not through Leptonica, because it turns pictures by the orientation tag on its own, reads a whole file again
 * for every frame, and knows fewer kinds. The common kinds (1 bit, 8 and 16 bit gray, 8 bit RGB in strips) are read
 * row by row; the rest goes through libtiff's RGBA reader or is refused by it.
 *
 * Frames are numbered by their place in the chain of directories. Thumbnails and masks keep their number but are
 * not reported as pages. */
#include <stdio.h>
#include <string.h>
#include <leptonica/allheaders.h>
#include <tiffio.h>

#include "common/codec.h"
#include "core/limits.h"

/* libtiff refuses tables and buffers larger than this; a strip of the largest frame allowed is smaller. */
#define MAX_SINGLE_ALLOC ((tmsize_t)2 << 30)

struct reader {
	const struct codec_bytes *in;
	TIFF *tiff;
	uint64_t at;
	char says[200];                 /* the first error */
	bool memory;                    /* which was a lack of memory */
};

/* ---- libtiff reads from memory, and complains into the reader ---------------------------------------- */

static tmsize_t on_read(thandle_t h, void *to, tmsize_t len)
{
	struct reader *r = h;
	uint64_t left = r->at < r->in->len ? r->in->len - r->at : 0;

	if (len < 0)
		return -1;
	if ((uint64_t)len > left)
		len = (tmsize_t)left;
	memcpy(to, r->in->data + (len ? r->at : 0), (size_t)len);
	r->at += (uint64_t)len;
	return len;
}

static tmsize_t on_write(thandle_t h, void *from, tmsize_t len)
{
	return -1;
}

static toff_t on_seek(thandle_t h, toff_t to, int whence)
{
	struct reader *r = h;

	r->at = whence == SEEK_CUR ? r->at + to : whence == SEEK_END ? r->in->len + to : to;
	return r->at;
}

static int on_close(thandle_t h)
{
	return 0;
}

static toff_t on_size(thandle_t h)
{
	return ((struct reader *)h)->in->len;
}

/* Pixels are then decompressed from our bytes without a copy. libtiff does not write into a read-only map. */
static int on_map(thandle_t h, void **base, toff_t *size)
{
	struct reader *r = h;

	*base = (void *)(uintptr_t)r->in->data;
	*size = r->in->len;
	return 1;
}

static void on_unmap(thandle_t h, void *base, toff_t size)
{
}

static int on_error(TIFF *tiff, void *ctx, const char *module, const char *fmt, va_list args)
{
	struct reader *r = ctx;

	if (!r->says[0]) {
		(void)vsnprintf(r->says, sizeof(r->says), fmt, args);
		r->memory = strstr(r->says, "ut of memory") || strstr(r->says, "ailed to allocate") || strstr(r->says, "o space for");
	}
	return 1;
}

static int on_warning(TIFF *tiff, void *ctx, const char *module, const char *fmt, va_list args)
{
	return 1;
}

static void reader_close(struct reader *r)
{
	if (r->tiff)
		TIFFClose(r->tiff);
}
#define OWN_READER RC_CLEANUP(reader_close) struct reader

static enum rc_status say_failed(const struct reader *r, enum rc_reason reason, struct rc_err *err)
{
	if (r->memory)
		reason = RC_WHY_MEMORY;
	return rc_fail(err, RC_PAGE_FAILED, reason, "cannot decode '%s': %s", r->in->name, r->says[0] ? r->says : "damaged TIFF");
}

static enum rc_status reader_open(struct reader *r, struct rc_err *err)
{
	TIFFOpenOptions *options = TIFFOpenOptionsAlloc();

	if (!options)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMORY, "cannot decode '%s': not enough memory", r->in->name);
	TIFFOpenOptionsSetMaxSingleMemAlloc(options, MAX_SINGLE_ALLOC);
	TIFFOpenOptionsSetErrorHandlerExtR(options, on_error, r);
	TIFFOpenOptionsSetWarningHandlerExtR(options, on_warning, r);
	r->tiff = TIFFClientOpenExt("tiff", "r", r, on_read, on_write, on_seek, on_close, on_size, on_map, on_unmap, options);
	TIFFOpenOptionsFree(options);
	return r->tiff ? RC_OK : say_failed(r, RC_WHY_DECODE, err);
}

/* ---- what a frame is ---------------------------------------------------------------------------------- */

struct frame {
	struct image_info info;
	uint16_t format, photometric, planar, compression;
	uint32_t subtype;
	bool alpha, photometric_known;
};

static void read_frame(TIFF *t, struct frame *f)
{
	uint16_t bits = 1, samples = 1, orientation = 1, unit = RESUNIT_INCH, extras = 0, *kinds = NULL;
	uint32_t width = 0, height = 0;
	float dpi = 0;

	*f = (struct frame){ 0 };
	TIFFGetField(t, TIFFTAG_IMAGEWIDTH, &width);
	TIFFGetField(t, TIFFTAG_IMAGELENGTH, &height);
	TIFFGetFieldDefaulted(t, TIFFTAG_BITSPERSAMPLE, &bits);
	TIFFGetFieldDefaulted(t, TIFFTAG_SAMPLESPERPIXEL, &samples);
	TIFFGetFieldDefaulted(t, TIFFTAG_SAMPLEFORMAT, &f->format);
	TIFFGetFieldDefaulted(t, TIFFTAG_PLANARCONFIG, &f->planar);
	TIFFGetFieldDefaulted(t, TIFFTAG_COMPRESSION, &f->compression);
	TIFFGetFieldDefaulted(t, TIFFTAG_SUBFILETYPE, &f->subtype);
	TIFFGetFieldDefaulted(t, TIFFTAG_ORIENTATION, &orientation);
	TIFFGetFieldDefaulted(t, TIFFTAG_RESOLUTIONUNIT, &unit);
	TIFFGetFieldDefaulted(t, TIFFTAG_EXTRASAMPLES, &extras, &kinds);
	f->photometric_known = TIFFGetField(t, TIFFTAG_PHOTOMETRIC, &f->photometric);
	f->alpha = extras > 0;
	if (unit != RESUNIT_NONE && TIFFGetField(t, TIFFTAG_XRESOLUTION, &dpi))
		f->info.dpi = codec_dpi((double)dpi, unit == RESUNIT_CENTIMETER ? 2.54 : 1);
	f->info.width = width > INT32_MAX ? INT32_MAX : (int32_t)width;
	f->info.height = height > INT32_MAX ? INT32_MAX : (int32_t)height;
	f->info.bits = bits;
	f->info.samples = samples;
	f->info.orientation = orientation >= 1 && orientation <= 8 ? orientation : 1;
}

static bool is_gray(const struct frame *f)
{
	return f->photometric_known && f->info.samples == 1 &&
	       (f->photometric == PHOTOMETRIC_MINISBLACK || f->photometric == PHOTOMETRIC_MINISWHITE);
}

static bool is_page(const struct frame *f)
{
	return !(f->subtype & (FILETYPE_REDUCEDIMAGE | FILETYPE_MASK));
}

/* More pages of a broken chain are lost, so the caller hears of it, after the good ones were reported. */
enum rc_status tiff_probe(const struct codec_bytes *in, image_frame_fn *on_frame, void *ctx, struct rc_err *err)
{
	OWN_READER r = { .in = in };
	enum rc_status status = reader_open(&r, err);
	int32_t n = 0, pages = 0;
	struct frame f, first;

	if (status != RC_OK)
		return status;
	do {
		if (n == RC_MAX_FRAMES)
			return rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMBERS, "cannot decode '%s': more than %d frames", in->name, RC_MAX_FRAMES);
		read_frame(r.tiff, &f);
		if (n == 0)
			first = f;
		if (is_page(&f)) {
			status = on_frame(ctx, n, &f.info, err);
			if (!rc_good(status))
				return status;
			pages++;
		}
		n++;
		r.says[0] = '\0';
	} while (TIFFReadDirectory(r.tiff));
	if (r.says[0])
		return say_failed(&r, RC_WHY_DECODE, err);
	return pages ? RC_OK : on_frame(ctx, 0, &first.info, err);
}

/* ---- pixels --------------------------------------------------------------------------------------------- */

/* Do the strips or tiles lie inside the file? */
static bool cut_short(const struct reader *r)
{
	uint32_t n = TIFFIsTiled(r->tiff) ? TIFFNumberOfTiles(r->tiff) : TIFFNumberOfStrips(r->tiff);

	for (uint32_t i = 0; i < n; i++) {
		uint64_t from = TIFFGetStrileOffset(r->tiff, i), len = TIFFGetStrileByteCount(r->tiff, i);

		if (from > r->in->len || len > r->in->len - from)
			return true;
	}
	return false;
}

/* One row of samples, at least as long as libtiff will write; NULL when the frame's numbers do not fit together. */
static uint8_t *new_row(const struct reader *r, uint64_t want)
{
	uint64_t size = (uint64_t)TIFFScanlineSize64(r->tiff);

	return size >= want && size <= want + 64 ? calloc(1, size) : NULL;
}

static void put_row(const struct frame *f, const uint8_t *row, uint32_t *to)
{
	int32_t w = f->info.width;

	if (f->info.samples == 3)
		for (int32_t x = 0; x < w; x++)
			composeRGBPixel(row[3 * x], row[3 * x + 1], row[3 * x + 2], &to[x]);
	else if (f->info.bits == 16)
		for (int32_t x = 0; x < w; x++)
			SET_DATA_BYTE(to, x, ((const uint16_t *)(const void *)row)[x] >> 8);
	else
		for (int32_t x = 0; x < (w * f->info.bits + 7) / 8; x++)
			SET_DATA_BYTE(to, x, row[x]);
}

static enum rc_status read_rows(struct reader *r, const struct frame *f, PIX *pix, struct rc_err *err)
{
	uint64_t want = ((uint64_t)f->info.width * (uint64_t)(f->info.bits * f->info.samples) + 7) / 8;
	RC_CLEANUP(rc_free) uint8_t *row = new_row(r, want);
	int words = pixGetWpl(pix);

	if (!row)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_DECODE, "cannot decode '%s': its rows have an odd size", r->in->name);
	for (int32_t y = 0; y < f->info.height; y++) {
		if (TIFFReadScanline(r->tiff, row, (uint32_t)y, 0) != 1)
			return say_failed(r, cut_short(r) ? RC_WHY_TRUNCATED : RC_WHY_DECODE, err);
		put_row(f, row, pixGetData(pix) + (size_t)words * (size_t)y);
	}
	/* In a 1-bit PIX 1 is black, in the others 0 is. */
	if (is_gray(f) && (f->photometric == PHOTOMETRIC_MINISWHITE) == (f->info.bits != 1))
		pixInvert(pix, pix);
	pixSetPadBits(pix, 0);
	return RC_OK;
}

/* Can the rows be read as they are? */
static bool is_simple(TIFF *t, const struct frame *f)
{
	if (TIFFIsTiled(t) || f->alpha || f->format != SAMPLEFORMAT_UINT || f->compression == COMPRESSION_OJPEG)
		return false;
	if (is_gray(f))
		return f->info.bits == 1 || f->info.bits == 8 || f->info.bits == 16;
	return f->photometric_known && f->photometric == PHOTOMETRIC_RGB && f->info.samples == 3 && f->info.bits == 8 &&
	       f->planar == PLANARCONFIG_CONTIG;
}

/* libtiff packs A B G R from the high byte down, with colours already multiplied by alpha; paper is white. */
static void rgba_to_pix(PIX *pix)
{
	uint32_t *p = pixGetData(pix);
	size_t n = (size_t)pixGetWpl(pix) * (size_t)pixGetHeight(pix);

	for (size_t i = 0; i < n; i++) {
		uint32_t v = p[i], white = 255 - TIFFGetA(v);
		uint32_t red = TIFFGetR(v) + white, green = TIFFGetG(v) + white, blue = TIFFGetB(v) + white;

		p[i] = (red > 255 ? 255 : red) << 24 | (green > 255 ? 255 : green) << 16 | (blue > 255 ? 255 : blue) << 8;
	}
}

static enum rc_status read_rgba(struct reader *r, PIX *pix, struct rc_err *err)
{
	char why[1024] = "";
	TIFFRGBAImage image;
	int ok;

	if (!TIFFRGBAImageOK(r->tiff, why) || !TIFFRGBAImageBegin(&image, r->tiff, 1, why)) {
		(void)snprintf(r->says, sizeof(r->says), "%.190s", why);
		return say_failed(r, RC_WHY_UNSUPPORTED, err);
	}
	image.req_orientation = image.orientation;      /* as stored */
	ok = TIFFRGBAImageGet(&image, pixGetData(pix), (uint32_t)pixGetWidth(pix), (uint32_t)pixGetHeight(pix));
	TIFFRGBAImageEnd(&image);
	if (!ok)
		return say_failed(r, cut_short(r) ? RC_WHY_TRUNCATED : RC_WHY_DECODE, err);
	rgba_to_pix(pix);
	return RC_OK;
}

/* Gray that had to take the way through RGBA becomes gray (or 1 bit) again. */
static PIX *reduce(PIX *rgb, const struct frame *f)
{
	PIX *gray, *one;

	if (!is_gray(f) || f->alpha)
		return rgb;
	gray = pixGetRGBComponent(rgb, COLOR_GREEN);
	pixDestroy(&rgb);
	if (!gray || f->info.bits != 1)
		return gray;
	one = pixThresholdToBinary(gray, 128);
	pixDestroy(&gray);
	return one;
}

static enum rc_status decode(struct reader *r, const struct frame *f, PIX **ret, struct rc_err *err)
{
	bool simple = is_simple(r->tiff, f);
	int depth = !simple || f->info.samples == 3 ? 32 : f->info.bits == 1 ? 1 : 8;
	RC_CLEANUP(pixDestroy) PIX *pix = codec_new_pix(f->info.width, f->info.height, depth, r->in->name, err);
	enum rc_status status;

	if (!pix)
		return RC_PAGE_FAILED;
	status = simple ? read_rows(r, f, pix, err) : read_rgba(r, pix, err);
	if (status != RC_OK)
		return status;
	if (!simple)
		pix = reduce(pix, f);
	if (!pix)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMORY, "cannot decode '%s': not enough memory", r->in->name);
	*ret = rc_steal(pix);
	return RC_OK;
}

enum rc_status tiff_decode(const struct codec_bytes *in, int32_t frame, PIX **ret, struct image_info *ret_info, struct rc_err *err)
{
	OWN_READER r = { .in = in };
	enum rc_status status = reader_open(&r, err);
	struct frame f;

	if (status != RC_OK)
		return status;
	if (frame > 0 && !TIFFSetDirectory(r.tiff, (tdir_t)frame))
		return say_failed(&r, RC_WHY_DECODE, err);
	r.says[0] = '\0';
	read_frame(r.tiff, &f);
	status = codec_check_size(&f.info, in->name, err);
	if (status != RC_OK)
		return status;
	if (f.format != SAMPLEFORMAT_UINT && f.format != SAMPLEFORMAT_VOID)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_UNSUPPORTED, "cannot decode '%s': its samples are not unsigned numbers", in->name);
	if (!f.photometric_known)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_UNSUPPORTED, "cannot decode '%s': it does not say what its samples mean", in->name);
	if (f.compression == COMPRESSION_JPEG && f.photometric == PHOTOMETRIC_YCBCR)
		TIFFSetField(r.tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
	status = decode(&r, &f, ret, err);
	if (status == RC_OK)
		*ret_info = f.info;
	return status;
}
