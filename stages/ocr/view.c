/* view.c -- the page as a model wants to see it.
 *
 * The vertical models were trained on columns turned by a quarter against the clock, so that they look like
 * lines. The engine can turn columns itself, but then it loses the places of the glyphs in them, and it finds fewer columns;
 * here the page is turned as a whole. Columns become lines, and right to left becomes top to bottom. */
#include <leptonica/allheaders.h>

#include "ocr/state.h"

enum rc_status ocr_view_open(struct ocr_view *ret, PIX *gray, const struct rc_box *part, bool vertical, struct rc_err *err)
{
	struct rc_box all = { 0, 0, pixGetWidth(gray), pixGetHeight(gray) }, b = part ? *part : all;
	BOX *box = part ? boxCreate(b.x, b.y, b.w, b.h) : NULL;
	PIX *cut = box ? pixClipRectangle(gray, box, NULL) : pixClone(gray);
	PIX *turned = cut && vertical ? pixRotate90(cut, -1) : pixClone(cut);

	boxDestroy(&box);
	pixDestroy(&cut);
	if (!turned)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMORY, "cannot turn the page: not enough memory");
	ret->pix = turned;
	ret->to_clean = vertical ? (struct rc_affine){ .b = -1, .c = b.x + b.w, .d = 1, .f = b.y }
	                         : (struct rc_affine){ .a = 1, .c = b.x, .e = 1, .f = b.y };
	return RC_OK;
}

void ocr_view_close(struct ocr_view *view)
{
	pixDestroy(&view->pix);
}
