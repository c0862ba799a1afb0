/* picture.c -- the page image that goes into shards: upright, in colour, no larger than asked.
 *
 * Upright is what the file declares to be upright: the image is often made without reading the page, and must be the same then.
 * Where reading finds that the text lies, stages/package/upright.c turns it. */
#include <math.h>
#include <leptonica/allheaders.h>

#include "prepare/work.h"

#define OWN_PIX RC_CLEANUP(pixDestroy) PIX *

static enum rc_status no_memory(const struct rc_page *page, struct rc_err *err)
{
	return rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMORY, "cannot make the page image of '%s': not enough memory", page->name);
}

/* Black and white stays so when it need not shrink; shrunk, it becomes gray. Nothing shrinks to less than a pixel. */
static PIX *shrink(PIX *pix, double scale)
{
	double x_scale = fmax(scale, 1.0 / pixGetWidth(pix)), y_scale = fmax(scale, 1.0 / pixGetHeight(pix));
	OWN_PIX gray = NULL;

	if (scale >= 1)
		return pixClone(pix);
	if (pixGetDepth(pix) > 1)
		return pixScaleAreaMap(pix, (l_float32)x_scale, (l_float32)y_scale);
	/* Leptonica's way to gray wants two pixels of every side. */
	if (fmin(pixGetWidth(pix), pixGetHeight(pix)) * scale > 2)
		return pixScaleToGray(pix, (l_float32)scale);
	gray = pixConvertTo8(pix, 0);
	return gray ? pixScaleAreaMap(gray, (l_float32)x_scale, (l_float32)y_scale) : NULL;
}

enum rc_status prepare_picture(const struct rc_config *cfg, struct rc_page *page, const struct rc_image *scan, struct rc_err *err)
{
	int longer = image_width(scan) > image_height(scan) ? image_width(scan) : image_height(scan);
	double scale = fmin(1, (double)cfg->package_image_side / longer);
	OWN_PIX small = shrink(image_pix(scan), scale);
	OWN_PIX upright = NULL;
	struct rc_affine turn, shrunk;
	enum rc_media media;
	enum rc_status status;

	if (!small)
		return no_memory(page, err);
	upright = prepare_upright(small, page->orientation, 0, &turn);
	if (!upright)
		return no_memory(page, err);
	shrunk = (struct rc_affine){ .a = pixGetWidth(small) / (double)image_width(scan), .e = pixGetHeight(small) / (double)image_height(scan) };
	media = pixGetDepth(upright) == 1 ? RC_MEDIA_PNG : RC_MEDIA_JPEG;
	status = image_encode((const struct rc_image *)upright, media, (int)cfg->package_image_quality, &page->image, err);
	if (status != RC_OK)
		return status;
	page->image_media = media;
	page->to_image = rc_affine_mul(turn, shrunk);
	page->image_width = pixGetWidth(upright);
	page->image_height = pixGetHeight(upright);
	return RC_OK;
}
