/* jp2.c -- the door to OpenJPEG: JPEG 2000 files and bare codestreams.
 *
 *   jp2_decode()      header, then all tiles, then the components as pixels
 *   choose_colours()  what the components mean
 *
 * Not through Leptonica, which reads 8 bits only, takes YCC for RGB, and reads past the end of subsampled
 * components. ICC profiles are not applied: for reading text they do not matter. */
#include <stdio.h>
#include <string.h>
#include <leptonica/allheaders.h>
#include <openjpeg.h>

#include "common/codec.h"

/* Gray or colours, and alpha; scans have no more. */
#define MAX_COMPONENTS 5

enum colours { GRAY, RGB, YCC, CMYK };

struct reader {
	const struct codec_bytes *in;
	size_t at;
	opj_stream_t *stream;
	opj_codec_t *codec;
	opj_image_t *image;
	char says[200];                 /* the first error */
};

static void reader_close(struct reader *r)
{
	if (r->image)
		opj_image_destroy(r->image);
	if (r->codec)
		opj_destroy_codec(r->codec);
	if (r->stream)
		opj_stream_destroy(r->stream);
}

/* ---- OpenJPEG reads from memory, and complains into the reader ------------------------------------------- */

static OPJ_SIZE_T on_read(void *to, OPJ_SIZE_T len, void *ctx)
{
	struct reader *r = ctx;
	size_t left = r->in->len - r->at;

	if (left == 0)
		return (OPJ_SIZE_T)-1;
	if (len > left)
		len = left;
	memcpy(to, r->in->data + r->at, len);
	r->at += len;
	return len;
}

static OPJ_OFF_T on_skip(OPJ_OFF_T n, void *ctx)
{
	struct reader *r = ctx;

	if (n < 0 || (uint64_t)n > r->in->len - r->at)
		return -1;
	r->at += (size_t)n;
	return n;
}

static OPJ_BOOL on_seek(OPJ_OFF_T to, void *ctx)
{
	struct reader *r = ctx;

	if (to < 0 || (uint64_t)to > r->in->len)
		return OPJ_FALSE;
	r->at = (size_t)to;
	return OPJ_TRUE;
}

static void on_error(const char *text, void *ctx)
{
	struct reader *r = ctx;

	if (r->says[0])
		return;
	(void)snprintf(r->says, sizeof(r->says), "%s", text);
	r->says[strcspn(r->says, "\n")] = '\0';
}

static void on_other(const char *text, void *ctx)
{
}

static enum rc_status say_failed(const struct reader *r, struct rc_err *err)
{
	enum rc_reason reason = codec_cut_short(r->in, RC_MEDIA_JP2) ? RC_WHY_TRUNCATED : RC_WHY_DECODE;

	if (strstr(r->says, "emory"))
		reason = RC_WHY_MEMORY;
	return rc_fail(err, RC_PAGE_FAILED, reason, "cannot decode '%s': %s", r->in->name, r->says[0] ? r->says : "damaged JPEG 2000");
}

static bool reader_open(struct reader *r)
{
	opj_dparameters_t parameters;

	r->codec = opj_create_decompress(r->in->data[0] == 0xff ? OPJ_CODEC_J2K : OPJ_CODEC_JP2);
	r->stream = opj_stream_default_create(OPJ_TRUE);
	if (!r->codec || !r->stream)
		return false;
	opj_set_error_handler(r->codec, on_error, r);
	opj_set_warning_handler(r->codec, on_other, r);
	opj_set_info_handler(r->codec, on_other, r);
	opj_stream_set_user_data(r->stream, r, NULL);
	opj_stream_set_user_data_length(r->stream, r->in->len);
	opj_stream_set_read_function(r->stream, on_read);
	opj_stream_set_skip_function(r->stream, on_skip);
	opj_stream_set_seek_function(r->stream, on_seek);
	opj_set_default_decoder_parameters(&parameters);
	return opj_setup_decoder(r->codec, &parameters) && opj_read_header(r->stream, r->codec, &r->image);
}

/* ---- pixels -------------------------------------------------------------------------------------------------- */

/* A component's value at a pixel of the picture, as 0 to 255. Subsampled components repeat theirs. */
static int sample(const opj_image_comp_t *c, const opj_image_comp_t *first, int32_t x, int32_t y)
{
	uint32_t cx = (uint32_t)x * first->dx / c->dx, cy = (uint32_t)y * first->dy / c->dy;
	int64_t top = (INT64_C(1) << c->prec) - 1, v;

	cx = cx < c->w ? cx : c->w - 1;
	cy = cy < c->h ? cy : c->h - 1;
	v = c->data[(size_t)cy * c->w + cx] + (c->sgnd ? INT64_C(1) << (c->prec - 1) : 0);
	v = v < 0 ? 0 : v > top ? top : v;
	return (int)(c->prec == 8 ? v : v * 255 / top);
}

static uint8_t clamp(double v)
{
	return v < 0 ? 0 : v > 255 ? 255 : (uint8_t)(v + 0.5);
}

/* v: colours, then alpha, 255 where there is none. YCC as ITU-R BT.601 full range, which JP2 prescribes. */
static uint32_t pixel_of(enum colours colours, const int v[4], int alpha)
{
	int red = v[0], green = v[1], blue = v[2], white = 255 - alpha;

	if (colours == YCC) {
		red = clamp(v[0] + 1.402 * (v[2] - 128));
		green = clamp(v[0] - 0.344136 * (v[1] - 128) - 0.714136 * (v[2] - 128));
		blue = clamp(v[0] + 1.772 * (v[1] - 128));
	} else if (colours == CMYK) {
		red = (255 - v[0]) * (255 - v[3]) / 255;
		green = (255 - v[1]) * (255 - v[3]) / 255;
		blue = (255 - v[2]) * (255 - v[3]) / 255;
	}
	return (uint32_t)(red * alpha / 255 + white) << 24 | (uint32_t)(green * alpha / 255 + white) << 16 |
	       (uint32_t)(blue * alpha / 255 + white) << 8;
}

static void put_pixels(const opj_image_t *image, enum colours colours, int n, const opj_image_comp_t *alpha, PIX *pix)
{
	const opj_image_comp_t *first = &image->comps[0];
	int32_t w = pixGetWidth(pix), h = pixGetHeight(pix);

	for (int32_t y = 0; y < h; y++) {
		uint32_t *row = pixGetData(pix) + (size_t)pixGetWpl(pix) * (size_t)y;

		for (int32_t x = 0; x < w; x++) {
			int v[4] = { 0 }, a = alpha ? sample(alpha, first, x, y) : 255;

			for (int i = 0; i < n; i++)
				v[i] = sample(&image->comps[i], first, x, y);
			if (colours == GRAY)
				SET_DATA_BYTE(row, x, v[0] * a / 255 + 255 - a);
			else
				row[x] = pixel_of(colours, v, a);
		}
	}
}

static const char *unusable(const opj_image_t *image)
{
	if (image->numcomps < 1 || image->numcomps > MAX_COMPONENTS)
		return "a number of components that is no picture's";
	for (uint32_t i = 0; i < image->numcomps; i++) {
		const opj_image_comp_t *c = &image->comps[i];

		if (!c->data || !c->w || !c->h || !c->dx || !c->dy || c->prec < 1 || c->prec > 31)
			return "an empty component";
		if (c->dx % image->comps[0].dx || c->dy % image->comps[0].dy)
			return "components that do not cover each other";
	}
	/* OpenJPEG keeps the parameters of CIELab where the profile would be. */
	if (image->icc_profile_buf && image->icc_profile_len == 0)
		return "CIELab colours";
	return NULL;
}

/* Where the file does not say what its components mean, their number and sizes do. */
static bool choose_colours(const opj_image_t *image, enum colours *ret, int *ret_n, const opj_image_comp_t **alpha)
{
	int n = (int)image->numcomps;
	bool subsampled = n >= 3 && image->comps[1].dx > image->comps[0].dx;

	*alpha = NULL;
	if (n == 2 || n == 5 || (n == 4 && image->color_space != OPJ_CLRSPC_CMYK))
		*alpha = &image->comps[--n];
	*ret_n = n;
	*ret = n == 1 ? GRAY : n == 4 ? CMYK : subsampled ? YCC : RGB;
	switch (image->color_space) {
	case OPJ_CLRSPC_GRAY: return n == 1;
	case OPJ_CLRSPC_SRGB: return n == 3 || n == 1;
	case OPJ_CLRSPC_CMYK: return n == 4;
	case OPJ_CLRSPC_SYCC:
	case OPJ_CLRSPC_EYCC:
		*ret = n == 3 ? YCC : *ret;
		return n == 3 || n == 1;
	default:
		return n != 4;
	}
}

static enum rc_status pixels(const struct reader *r, const struct image_info *info, PIX **ret, struct rc_err *err)
{
	const char *why = unusable(r->image);
	const opj_image_comp_t *alpha;
	enum colours colours;
	int n;

	if (!why && !choose_colours(r->image, &colours, &n, &alpha))
		why = "a colour space that is not supported";
	if (why)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_UNSUPPORTED, "cannot decode '%s': %s", r->in->name, why);
	*ret = codec_new_pix(info->width, info->height, colours == GRAY ? 8 : 32, r->in->name, err);
	if (!*ret)
		return RC_PAGE_FAILED;
	put_pixels(r->image, colours, n, alpha, *ret);
	return RC_OK;
}

enum rc_status jp2_decode(const struct codec_bytes *in, struct image_info *info, PIX **ret, struct rc_err *err)
{
	RC_CLEANUP(reader_close) struct reader r = { .in = in };
	enum rc_status status;

	if (!reader_open(&r))
		return say_failed(&r, err);
	/* A frame whose first component is subsampled is as large as that component. */
	if (r.image->numcomps > MAX_COMPONENTS || (int64_t)r.image->x1 - r.image->x0 != info->width || (int64_t)r.image->y1 - r.image->y0 != info->height)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_UNSUPPORTED, "cannot decode '%s': its headers describe no usual picture", in->name);
	if (!opj_decode(r.codec, r.stream, r.image) || !opj_end_decompress(r.codec, r.stream))
		return say_failed(&r, err);
	info->width = (int32_t)r.image->comps[0].w;
	info->height = (int32_t)r.image->comps[0].h;
	status = codec_check_size(info, in->name, err);
	return status == RC_OK ? pixels(&r, info, ret, err) : status;
}
