/* jpeg.c -- the door to libjpeg: a JPEG file as pixels, or the reason why not.
 *
 * Not through Leptonica, because damage must be told apart from noise: libjpeg "warns" both of rubbish between
 * segments, which harms nothing, and of pixels it had to invent.
 *
 *   jpeg_decode()     the one public function
 *   judge_warning()   which warnings mean invented pixels */
#include <setjmp.h>
#include <stdio.h>
#include <jpeglib.h>
#include <jerror.h>
#include <leptonica/allheaders.h>

#include "common/codec.h"

/* A progressive file may have thousands of scans, each a pass over all coefficients; real ones have ten. */
#define MAX_SCANS 200

struct reader {
	struct jpeg_decompress_struct jpeg;     /* first: libjpeg hands back pointers to it */
	struct jpeg_error_mgr handlers;
	struct jpeg_progress_mgr progress;
	jmp_buf out;
	bool ended;                             /* the data ended too early */
	bool invented;                          /* some pixels are guesses */
	bool too_many_scans;
	const struct codec_bytes *in;
	PIX *pix;
	uint8_t *cmyk;                          /* one row of a CMYK picture */
};

static void on_error(j_common_ptr common)
{
	longjmp(((struct reader *)common)->out, 1);
}

static void judge_warning(j_common_ptr common, int level)
{
	struct reader *r = (struct reader *)common;

	if (level >= 0)
		return;
	switch (common->err->msg_code) {
	case JWRN_JPEG_EOF:
		r->ended = true;
		break;
	case JWRN_HIT_MARKER:
	case JWRN_HUFF_BAD_CODE:
	case JWRN_ARITH_BAD_CODE:
	case JWRN_MUST_RESYNC:
		r->invented = true;
		break;
	}
}

static void count_scans(j_common_ptr common)
{
	struct reader *r = (struct reader *)common;

	if (common->is_decompressor && r->jpeg.input_scan_number > MAX_SCANS) {
		r->too_many_scans = true;
		longjmp(r->out, 1);
	}
}

/* Adobe writes CMYK upside down (255 is no ink) and says so with its marker. */
static void row_from_cmyk(const uint8_t *cmyk, bool inverted, uint32_t *row, int32_t width)
{
	for (int32_t x = 0; x < width; x++, cmyk += 4) {
		unsigned c = cmyk[0], m = cmyk[1], y = cmyk[2], k = cmyk[3];

		if (!inverted) {
			c = 255 - c;
			m = 255 - m;
			y = 255 - y;
			k = 255 - k;
		}
		composeRGBPixel((int)(c * k / 255), (int)(m * k / 255), (int)(y * k / 255), &row[x]);
	}
}

static bool choose_colours(struct reader *r)
{
	switch (r->jpeg.jpeg_color_space) {
	case JCS_GRAYSCALE:
		r->jpeg.out_color_space = JCS_GRAYSCALE;
		return true;
	case JCS_YCbCr:
	case JCS_RGB:
		/* The byte order of a PIX word, red highest. */
		r->jpeg.out_color_space = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? JCS_EXT_XBGR : JCS_EXT_RGBX;
		return true;
	case JCS_CMYK:
	case JCS_YCCK:
		r->jpeg.out_color_space = JCS_CMYK;
		return true;
	default:
		return false;
	}
}

static void read_rows(struct reader *r)
{
	uint32_t *data = pixGetData(r->pix);
	int32_t words = pixGetWpl(r->pix);

	while (r->jpeg.output_scanline < r->jpeg.output_height) {
		uint32_t *row = data + (size_t)words * r->jpeg.output_scanline;
		JSAMPROW rows[1] = { r->cmyk ? r->cmyk : (JSAMPROW)row };

		jpeg_read_scanlines(&r->jpeg, rows, 1);
		if (r->cmyk)
			row_from_cmyk(r->cmyk, r->jpeg.saw_Adobe_marker, row, (int32_t)r->jpeg.output_width);
	}
	if (r->jpeg.out_color_space == JCS_GRAYSCALE)
		pixEndianByteSwap(r->pix);
}

static enum rc_status say_failed(struct reader *r, struct rc_err *err)
{
	char text[JMSG_LENGTH_MAX] = "";
	int code = r->handlers.msg_code;

	if (r->too_many_scans)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_DECODE, "cannot decode '%s': more than %d JPEG scans", r->in->name, MAX_SCANS);
	r->handlers.format_message((j_common_ptr)&r->jpeg, text);
	if (code == JERR_OUT_OF_MEMORY)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMORY, "cannot decode '%s': not enough memory", r->in->name);
	if (code == JERR_BAD_PRECISION || code == JERR_SOF_UNSUPPORTED || code == JERR_CONVERSION_NOTIMPL ||
	    code == JERR_NOT_COMPILED || code == JERR_ARITH_NOTIMPL || code == JERR_CCIR601_NOTIMPL)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_UNSUPPORTED, "cannot decode '%s': %s", r->in->name, text);
	return rc_fail(err, RC_PAGE_FAILED, r->ended ? RC_WHY_TRUNCATED : RC_WHY_DECODE, "cannot decode '%s': %s", r->in->name, text);
}

/* Everything that may jump; what it makes hangs on r. */
static enum rc_status decode(struct reader *r, const struct image_info *info, struct rc_err *err)
{
	bool gray;

	if (setjmp(r->out))
		return say_failed(r, err);
	jpeg_create_decompress(&r->jpeg);
	r->jpeg.progress = &r->progress;
	jpeg_mem_src(&r->jpeg, r->in->data, r->in->len);
	jpeg_read_header(&r->jpeg, TRUE);
	if ((int64_t)r->jpeg.image_width != info->width || (int64_t)r->jpeg.image_height != info->height)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_DECODE, "cannot decode '%s': two headers disagree about its size", r->in->name);
	if (!choose_colours(r))
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_UNSUPPORTED, "cannot decode '%s': unknown JPEG colour space", r->in->name);
	gray = r->jpeg.out_color_space == JCS_GRAYSCALE;
	r->pix = codec_new_pix(info->width, info->height, gray ? 8 : 32, r->in->name, err);
	if (!r->pix)
		return RC_PAGE_FAILED;
	if (r->jpeg.out_color_space == JCS_CMYK) {
		r->cmyk = malloc((size_t)info->width * 4);
		if (!r->cmyk)
			return rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMORY, "cannot decode '%s': not enough memory", r->in->name);
	}
	jpeg_start_decompress(&r->jpeg);
	read_rows(r);
	if (r->invented)
		return rc_fail(err, RC_PAGE_FAILED, r->ended ? RC_WHY_TRUNCATED : RC_WHY_DECODE, "cannot decode '%s': %s",
		               r->in->name, r->ended ? "the file ends before the picture does" : "damaged JPEG data");
	return RC_OK;
}

enum rc_status jpeg_decode(const struct codec_bytes *in, const struct image_info *info, PIX **ret, struct rc_err *err)
{
	struct reader r = { .in = in };
	enum rc_status status;

	r.jpeg.err = jpeg_std_error(&r.handlers);
	r.handlers.error_exit = on_error;
	r.handlers.emit_message = judge_warning;
	r.progress.progress_monitor = count_scans;
	status = decode(&r, info, err);
	jpeg_destroy_decompress(&r.jpeg);
	free(r.cmyk);
	if (status == RC_OK)
		*ret = rc_steal(r.pix);
	pixDestroy(&r.pix);
	return status;
}
