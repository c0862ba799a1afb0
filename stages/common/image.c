/* image.c -- the door to Leptonica: every supported format as pixels of three kinds.
 *
 *   image_probe()    what is in a file, from headers
 *   image_decode()   one frame, under the ceilings of limits.h
 *   image_encode()   JPEG and PNG
 *   image_quiet()    Leptonica no longer prints
 *
 * Decoded pictures have depth 1 (1 is black), 8 (gray) or 32 (RGB), no colour map and no alpha: transparent
 * parts show white paper. What the libraries print goes into the error's text: Leptonica has a handler for it;
 * for the others `stderr`, a variable that glibc lets a program set, points at a buffer of ours while they run. */
#include <stdio.h>
#include <string.h>
#include <leptonica/allheaders.h>

#include "common/codec.h"
#include "core/limits.h"

struct rc_image;

PIX *image_pix(const struct rc_image *image)
{
	return (PIX *)(uintptr_t)image;
}

struct rc_image *image_from_pix(PIX *pix)
{
	return (struct rc_image *)pix;
}

PIX *image_take_pix(struct rc_image **image)
{
	return image_pix(rc_steal(*image));
}

void image_free(struct rc_image **image)
{
	PIX *pix = image_take_pix(image);

	pixDestroy(&pix);
}

int32_t image_width(const struct rc_image *image)
{
	return pixGetWidth(image_pix(image));
}

int32_t image_height(const struct rc_image *image)
{
	return pixGetHeight(image_pix(image));
}

int image_depth(const struct rc_image *image)
{
	return pixGetDepth(image_pix(image));
}

/* ---- what libraries print -------------------------------------------------------------------------------- */

struct hush {
	FILE *was, *mine;
	char says[512];
};

static FILE *listening;         /* where Leptonica's words go; NULL: nowhere */

static void on_words(const char *text)
{
	if (listening)
		(void)fputs(text, listening);
}

void image_quiet(void)
{
	leptSetStderrHandler(on_words);
}

static void hush_begin(struct hush *h)
{
	image_quiet();
	h->was = stderr;
	h->says[0] = '\0';
	h->mine = fmemopen(h->says, sizeof(h->says), "w");
	if (h->mine)
		listening = stderr = h->mine;
}

/* Keeps the first line, without Leptonica's "Error in function: ". */
static void hush_end(struct hush *h)
{
	char *colon;

	if (!h->mine)
		return;
	stderr = h->was;
	listening = NULL;
	(void)fclose(h->mine);
	h->says[sizeof(h->says) - 1] = '\0';
	h->says[strcspn(h->says, "\n")] = '\0';
	colon = strncmp(h->says, "Error in ", 9) == 0 ? strstr(h->says, ": ") : NULL;
	if (colon)
		memmove(h->says, colon + 2, strlen(colon + 2) + 1);
}

static const char *words(const struct hush *h)
{
	return h->says[0] ? h->says : "damaged data";
}

/* ---- ceilings ---------------------------------------------------------------------------------------------- */

enum rc_status codec_check_size(const struct image_info *info, const char *name, struct rc_err *err)
{
	int64_t w = info->width, h = info->height;

	if (w <= 0 || h <= 0)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_DECODE, "cannot decode '%s': a picture without pixels", name);
	if (w > RC_MAX_SIDE || h > RC_MAX_SIDE || w * h > RC_MAX_PIXELS)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_PIXELS, "cannot decode '%s': %d by %d pixels are more than the limit",
		               name, info->width, info->height);
	return RC_OK;
}

PIX *codec_new_pix(int32_t width, int32_t height, int depth, const char *name, struct rc_err *err)
{
	struct hush h;
	PIX *pix;

	hush_begin(&h);
	pix = pixCreateNoInit(width, height, depth);
	hush_end(&h);
	if (!pix)
		(void)rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMORY, "cannot decode '%s': not enough memory for %d by %d pixels", name, width, height);
	return pix;
}

/* ---- reading ------------------------------------------------------------------------------------------------- */

enum rc_status image_probe(const void *bytes, size_t len, enum rc_media media, const char *name,
                           image_frame_fn *on_frame, void *ctx, struct rc_err *err)
{
	struct codec_bytes in = { bytes, len, name };
	struct image_info info;
	enum rc_status status;

	if (media == RC_MEDIA_TIFF)
		return tiff_probe(&in, on_frame, ctx, err);
	status = codec_header(&in, media, &info, err);
	if (status == RC_OK)
		status = codec_check_size(&info, name, err);
	return status == RC_OK ? on_frame(ctx, 0, &info, err) : status;
}

/* Depth 1, 8 or 32, without colour map and alpha. Takes pix; NULL without memory. */
static PIX *normalize(PIX *pix)
{
	PIX *plain = pix, *next;

	if (pixGetColormap(plain)) {
		next = pixRemoveColormap(plain, REMOVE_CMAP_BASED_ON_SRC);
		pixDestroy(&plain);
		plain = next;
	}
	if (!plain)
		return NULL;
	switch (pixGetDepth(plain)) {
	case 1:
	case 8:
		return plain;
	case 32:
		next = pixGetSpp(plain) == 4 ? pixAlphaBlendUniform(plain, 0xffffff00) : pixClone(plain);
		break;
	case 16:
		next = pixConvert16To8(plain, L_MS_BYTE);
		break;
	default:
		next = pixConvertTo8(plain, 0);
	}
	pixDestroy(&plain);
	return next;
}

static PIX *read_with_leptonica(const struct codec_bytes *in, enum rc_media media)
{
	switch (media) {
	case RC_MEDIA_PNG:  return pixReadMemPng(in->data, in->len);
	case RC_MEDIA_WEBP: return pixReadMemWebP(in->data, in->len);
	case RC_MEDIA_GIF:  return pixReadMemGif(in->data, in->len);
	default:            return NULL;
	}
}

static enum rc_status leptonica_decode(const struct codec_bytes *in, enum rc_media media, const struct image_info *info,
                                       PIX **ret, struct rc_err *err)
{
	RC_CLEANUP(pixDestroy) PIX *pix = NULL;
	struct hush h;

	hush_begin(&h);
	pix = read_with_leptonica(in, media);
	if (pix && (pixGetWidth(pix) != info->width || pixGetHeight(pix) != info->height)) {
		pixDestroy(&pix);
		(void)fputs("its header and its data disagree about its size", stderr);
	}
	if (pix)
		pix = normalize(pix);
	hush_end(&h);
	if (!pix)
		return rc_fail(err, RC_PAGE_FAILED, codec_cut_short(in, media) ? RC_WHY_TRUNCATED : RC_WHY_DECODE,
		               "cannot decode '%s': %s", in->name, words(&h));
	*ret = rc_steal(pix);
	return RC_OK;
}

static enum rc_status decode(const struct codec_bytes *in, enum rc_media media, int32_t frame, PIX **ret,
                             struct image_info *info, struct rc_err *err)
{
	enum rc_status status;

	if (media == RC_MEDIA_TIFF)
		return tiff_decode(in, frame, ret, info, err);
	status = codec_header(in, media, info, err);
	if (status == RC_OK)
		status = codec_check_size(info, in->name, err);
	if (status != RC_OK)
		return status;
	if (frame != 0)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_DECODE, "cannot decode '%s': it has no frame %d", in->name, frame);
	switch (media) {
	case RC_MEDIA_JPEG: return jpeg_decode(in, info, ret, err);
	case RC_MEDIA_JP2:  return jp2_decode(in, info, ret, err);
	case RC_MEDIA_PNM:  return pnm_decode(in, info, ret, err);
	case RC_MEDIA_BMP:  return bmp_decode(in, info, ret, err);
	default:            return leptonica_decode(in, media, info, ret, err);
	}
}

enum rc_status image_decode(const void *bytes, size_t len, enum rc_media media, int32_t frame, const char *name,
                            struct rc_image **ret, struct image_info *ret_info, struct rc_err *err)
{
	struct codec_bytes in = { bytes, len, name };
	struct image_info info;
	PIX *pix = NULL;
	enum rc_status status = decode(&in, media, frame, &pix, &info, err);

	if (status != RC_OK)
		return status;
	pixSetResolution(pix, info.dpi, info.dpi);
	/* Words are compared and hashed whole: nothing may be left to chance behind the last pixel of a row. */
	(void)pixSetPadBits(pix, 0);
	*ret = image_from_pix(pix);
	if (ret_info)
		*ret_info = info;
	return RC_OK;
}

enum rc_status image_from_rgb(const void *rows, int32_t width, int32_t height, int32_t stride, int32_t dpi,
                              struct rc_image **ret, struct rc_err *err)
{
	struct image_info info = { .width = width, .height = height };
	enum rc_status status = codec_check_size(&info, "page", err);
	PIX *pix;

	if (status != RC_OK)
		return status;
	pix = codec_new_pix(width, height, 32, "page", err);
	if (!pix)
		return RC_PAGE_FAILED;
	for (int32_t y = 0; y < height; y++) {
		const uint32_t *from = (const uint32_t *)(const void *)((const char *)rows + (ptrdiff_t)stride * y);
		uint32_t *to = pixGetData(pix) + (size_t)pixGetWpl(pix) * (size_t)y;

		for (int32_t x = 0; x < width; x++)
			to[x] = from[x] << 8;
	}
	pixSetResolution(pix, dpi, dpi);
	*ret = image_from_pix(pix);
	return RC_OK;
}

/* ---- writing --------------------------------------------------------------------------------------------------- */

static void lept_freep(l_uint8 **p)
{
	lept_free(*p);
}

enum rc_status image_encode(const struct rc_image *image, enum rc_media media, int quality, struct rc_buf *out, struct rc_err *err)
{
	RC_CLEANUP(lept_freep) l_uint8 *data = NULL;
	size_t len = 0;
	struct hush h;
	int bad;

	hush_begin(&h);
	bad = media == RC_MEDIA_PNG ? pixWriteMemPng(&data, &len, image_pix(image), 0)
	                            : pixWriteMemJpeg(&data, &len, image_pix(image), quality, 0);
	hush_end(&h);
	if (bad)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMORY, "cannot encode the page image: %s", words(&h));
	rc_buf_add(out, data, len);
	return rc_buf_check(out, "the page image", err);
}

enum rc_status image_write_png(const struct rc_image *image, const char *path, struct rc_err *err)
{
	struct hush h;
	int bad;

	hush_begin(&h);
	bad = pixWrite(path, image_pix(image), IFF_PNG);
	hush_end(&h);
	return bad ? rc_fail(err, RC_RUN_FAILED, RC_WHY_DISK, "cannot write '%s': %s", path, words(&h)) : RC_OK;
}
