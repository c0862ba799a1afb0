/* image.h -- the door to Leptonica: decoding under ceilings, and our own name for pixels.
 *
 * image.c, and files of prepare and ocr that say so in tests/lint/doors, are the only ones that see <leptonica>:
 * they get the PIX behind an image with image_pix(). What Leptonica prints is caught and becomes err's text.
 * Leptonica's reference counts are not atomic: one thread. */
#ifndef COMMON_IMAGE_H
#define COMMON_IMAGE_H

#include "core/page.h"

struct rc_image;                /* a PIX; image_free() */

struct image_info {             /* of one frame, from its header alone */
	int32_t width, height;      /* pixels as stored */
	int32_t bits, samples;      /* per sample; per pixel */
	int32_t dpi;                /* declared; 0: none, or outside 30 to 2540 */
	int32_t orientation;        /* TIFF or EXIF, 1 to 8; 1 when nothing is said */
};

/* What the bytes are, from the first few hundred of them; never from a name. RC_MEDIA_ARCHIVE for tar, cpio, zip,
 * 7z and the supported filters, RC_MEDIA_PDF for PDF. */
enum rc_media image_sniff(const void *bytes, size_t len);
/* Does the file's name claim to be an image, a PDF or an archive that we support? */
bool image_name_claims(const char *name);

/* Calls on_frame for each frame, from headers alone; nothing is decoded. Raster formats only (PDF: pdf.h). bytes are the
 * whole file. A frame of a TIFF that cannot be a page (beyond the ceilings of limits.h, or without pixels) is reported all
 * the same, so that it costs one page when it is decoded; thumbnails and masks are not, and keep their number. A chain of
 * frames that breaks off fails after the good ones were reported. */
typedef enum rc_status image_frame_fn(void *ctx, int32_t frame, const struct image_info *info, struct rc_err *err);
enum rc_status image_probe(const void *bytes, size_t len, enum rc_media media, const char *name,
                           image_frame_fn *on_frame, void *ctx, struct rc_err *err);

/* Decodes one frame as stored (not oriented): depth 1 (1 is black), 8 (gray) or 32 (RGB), no colour map, transparent
 * parts on white. RC_PAGE_FAILED with decode, truncated, pixels, unsupported or memory. */
enum rc_status image_decode(const void *bytes, size_t len, enum rc_media media, int32_t frame, const char *name,
                            struct rc_image **ret, struct image_info *ret_info, struct rc_err *err);
/* From 32-bit rows as cairo has them (x, R, G, B from the high byte down), stride in bytes. Copies. */
enum rc_status image_from_rgb(const void *rows, int32_t width, int32_t height, int32_t stride, int32_t dpi,
                              struct rc_image **ret, struct rc_err *err);
int32_t image_width(const struct rc_image *image);
int32_t image_height(const struct rc_image *image);
int image_depth(const struct rc_image *image);           /* 1, 8 or 32, as image_decode() says */
/* JPEG (quality 1 to 100), or PNG (media RC_MEDIA_PNG). */
enum rc_status image_encode(const struct rc_image *image, enum rc_media media, int quality, struct rc_buf *out, struct rc_err *err);
enum rc_status image_write_png(const struct rc_image *image, const char *path, struct rc_err *err);
void image_free(struct rc_image **image);

/* From now on Leptonica prints nothing, whoever calls it. Once per process is enough. */
void image_quiet(void);

/* For files that may see Leptonica: borrow, take over, make. */
struct Pix;
struct Pix *image_pix(const struct rc_image *image);
struct rc_image *image_from_pix(struct Pix *pix);       /* takes pix; NULL in, NULL out */
struct Pix *image_take_pix(struct rc_image **image);    /* the caller owns the PIX */

#endif
