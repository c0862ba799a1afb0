/* codec.h -- what the decoders behind image.c share; nobody else includes it.
 *
 *   image.c     dispatch, ceilings, the formats Leptonica reads itself, writing
 *   headers.c   sizes and resolutions from headers, by our own bounded parsers
 *   exif.c      the two EXIF values that matter
 *   jpeg.c      the door to libjpeg       tiff.c   the door to libtiff
 *   jp2.c       the door to OpenJPEG
 *   plain.c     PNM and BMP, read by ourselves
 *
 * Headers are parsed here and not by the libraries because some of those decode the whole picture to
 * learn its size, and ceilings must be checked before that. */
#ifndef COMMON_CODEC_H
#define COMMON_CODEC_H

#include "common/image.h"

struct codec_bytes {            /* a whole file; borrowed */
	const uint8_t *data;
	size_t len;
	const char *name;           /* for messages */
};

/* Size, depth, resolution and orientation of a single-frame format (not TIFF). Fails with not-image, truncated,
 * unsupported or decode; does not check ceilings. */
enum rc_status codec_header(const struct codec_bytes *in, enum rc_media media, struct image_info *ret, struct rc_err *err);
/* Does the file end before its own structure says so? Called when a decoder has failed, to name the reason. */
bool codec_cut_short(const struct codec_bytes *in, enum rc_media media);
/* RC_PAGE_FAILED/pixels beyond limits.h, or for a frame without pixels decode. */
enum rc_status codec_check_size(const struct image_info *info, const char *name, struct rc_err *err);
/* Pixels per inch from a number per inch (scale 1), centimetre (2.54) or metre (0.0254); 0 when out of range. */
int32_t codec_dpi(double number, double scale);

/* Reads orientation (1 to 8) and resolution from an EXIF block ("II*\0" or "MM\0*" first). Leaves untouched
 * what is absent or damaged. */
void exif_read(const uint8_t *tiff, size_t len, int32_t *orientation, int32_t *dpi);

/* A new PIX of depth 1, 8 or 32, not cleared, or NULL with err set to PAGE_FAILED/memory. */
struct Pix *codec_new_pix(int32_t width, int32_t height, int depth, const char *name, struct rc_err *err);

/* The decoders give a PIX of depth 1 (1 is black), 8 (gray) or 32 (RGB), without colour map or alpha. */
enum rc_status jpeg_decode(const struct codec_bytes *in, const struct image_info *info, struct Pix **ret, struct rc_err *err);
enum rc_status jp2_decode(const struct codec_bytes *in, struct image_info *info, struct Pix **ret, struct rc_err *err);
enum rc_status pnm_decode(const struct codec_bytes *in, const struct image_info *info, struct Pix **ret, struct rc_err *err);
enum rc_status bmp_decode(const struct codec_bytes *in, const struct image_info *info, struct Pix **ret, struct rc_err *err);
/* Where the samples of a PNM begin, after its text header; len when there is none. */
size_t pnm_data(const struct codec_bytes *in);
enum rc_status tiff_probe(const struct codec_bytes *in, image_frame_fn *on_frame, void *ctx, struct rc_err *err);
enum rc_status tiff_decode(const struct codec_bytes *in, int32_t frame, struct Pix **ret, struct image_info *ret_info,
                           struct rc_err *err);

#endif
