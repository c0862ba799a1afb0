/* straight.c -- turns a leaf by its measured skew, when the measure is to be trusted. */
#include <math.h>
#include <leptonica/allheaders.h>

#include "prepare/work.h"

#define OWN_PIX RC_CLEANUP(pixDestroy) PIX *

/* Leptonica's measure of how sure the skew is: the ratio of its scores at the best and worst angles.
 * Pages with straight lines of text give 4 and more, blanks and pictures about 1. */
static const l_float32 min_trust = 2.3f;
/* Degrees: less is not worth the resampling, more is not skew. */
static const l_float32 min_degrees = 0.15f, max_degrees = 15.0f;

/* Lines of text are looked for both ways: horizontal, and vertical on the page turned by a quarter. Works on a
 * copy in black and white at half scale; the gray leaf is turned. */
static l_float32 find_skew(PIX *bin)
{
	OWN_PIX turned = pixRotate90(bin, 1);
	l_float32 flat = 0, trust = 0, upright = 0, upright_trust = 0;

	if (pixFindSkewSweepAndSearch(bin, &flat, &trust, 4, 2, 7.0f, 1.0f, 0.01f) != 0)
		flat = trust = 0;
	if (!turned || pixFindSkewSweepAndSearch(turned, &upright, &upright_trust, 4, 2, 7.0f, 1.0f, 0.01f) != 0)
		upright = upright_trust = 0;
	if (upright_trust > trust) {
		flat = upright;
		trust = upright_trust;
	}
	if (trust < min_trust || fabsf(flat) < min_degrees || fabsf(flat) > max_degrees)
		return 0;
	return flat;
}

/* pixRotateAM turns about the integer centre of the frame, clockwise. */
static struct rc_affine turn_about(double x, double y, double degrees)
{
	double c = cos(degrees * M_PI / 180), s = sin(degrees * M_PI / 180);

	return (struct rc_affine){ c, -s, x - c * x + s * y, s, c, y - s * x - c * y };
}

bool prepare_straighten(struct prepare_leaf *leaf)
{
	OWN_PIX bin = prepare_ink(leaf->pix);
	OWN_PIX padded = NULL;
	l_float32 degrees = bin ? find_skew(bin) : 0, radians = degrees * (l_float32)(M_PI / 180);
	int w = pixGetWidth(leaf->pix), h = pixGetHeight(leaf->pix), pad_x, pad_y;

	if (!bin)
		return false;
	if (degrees == 0)
		return true;
	pad_x = (int)ceil(h / 2.0 * fabsf(sinf(radians)));
	pad_y = (int)ceil(w / 2.0 * fabsf(sinf(radians)));
	padded = pixAddBorderGeneral(leaf->pix, pad_x, pad_x, pad_y, pad_y, 255);
	if (!padded || !prepare_take(&leaf->pix, pixRotateAM(padded, radians, L_BRING_IN_WHITE)))
		return false;
	leaf->to_clean = rc_affine_mul((struct rc_affine){ .a = 1, .c = pad_x, .e = 1, .f = pad_y }, leaf->to_clean);
	leaf->to_clean = rc_affine_mul(turn_about((w + 2 * pad_x) / 2, (h + 2 * pad_y) / 2, degrees), leaf->to_clean);
	leaf->skew = degrees;
	return true;
}
