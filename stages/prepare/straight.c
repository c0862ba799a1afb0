/* straight.c -- turns a leaf by its measured skew, when the measure is to be trusted. */
#include <math.h>
#include <leptonica/allheaders.h>

#include "prepare/work.h"

#define OWN_PIX RC_CLEANUP(pixDestroy) PIX *

/* Leptonica's measure of how sure the skew is: the ratio of its scores at the best and worst angles.
 * Pages with straight lines of text give 4 and more, blanks and pictures about 1. */
static const l_float32 min_trust = 2.3f;
/* Degrees: less is not worth the resampling. Nearly all pages lie within the narrow range; photographs by hand may not. Of 30 real
 * pages, where the narrow one shows nothing the wide one shows nothing either. */
static const l_float32 min_degrees = 0.3f, narrow = 7.0f, wide = 24.0f;

struct skew { l_float32 degrees, trust; };

static struct skew sweep(PIX *bin, l_float32 range)
{
	struct skew s = { 0 };

	if (pixFindSkewSweepAndSearch(bin, &s.degrees, &s.trust, 4, 2, range, 1.0f, 0.01f) != 0)
		return (struct skew){ 0 };
	return s;
}

/* Lines of text are looked for both ways: horizontal, and vertical on the page turned by a quarter. */
static struct skew sweep_both(PIX *bin, PIX *turned, l_float32 range)
{
	struct skew flat = sweep(bin, range), upright = sweep(turned, range);

	return upright.trust > flat.trust ? upright : flat;
}

/* Works on a copy in black and white at half scale; the gray leaf is turned. */
static l_float32 find_skew(PIX *bin)
{
	OWN_PIX turned = pixRotate90(bin, 1);
	struct skew s = turned ? sweep_both(bin, turned, narrow) : (struct skew){ 0 };

	if (turned && s.trust < min_trust)
		s = sweep_both(bin, turned, wide);
	return s.trust < min_trust || fabsf(s.degrees) < min_degrees ? 0 : s.degrees;
}

/* Clockwise. */
static struct rc_affine turn_about(double x, double y, double degrees)
{
	double c = cos(degrees * M_PI / 180), s = sin(degrees * M_PI / 180);

	return (struct rc_affine){ c, -s, x - c * x + s * y, s, c, y - s * x - c * y };
}

/* Leptonica's own turning averages over areas, which blurs: small print is read with a fifth more errors after it. */
static PIX *turned_by(PIX *pix, struct rc_affine turn)
{
	int w = pixGetWidth(pix), h = pixGetHeight(pix);
	struct rc_affine back;
	PIX *ret = rc_affine_invert(turn, &back) ? pixCreateTemplate(pix) : NULL;
	void **lines = ret ? pixGetLinePtrs(pix, NULL) : NULL;

	for (int y = 0; lines && y < h; y++) {
		l_uint32 *to = pixGetData(ret) + (size_t)pixGetWpl(ret) * (size_t)y;

		/* Places are pixels' middles. */
		for (int x = 0; x < w; x++)
			SET_DATA_BYTE(to, x, prepare_grey_at(lines, w, h, back.a * (x + 0.5) + back.b * (y + 0.5) + back.c - 0.5,
			                             back.d * (x + 0.5) + back.e * (y + 0.5) + back.f - 0.5));
	}
	if (!lines)
		pixDestroy(&ret);
	lept_free(lines);
	return ret;
}

bool prepare_straighten(struct prepare_leaf *leaf)
{
	OWN_PIX bin = prepare_ink(leaf->pix);
	OWN_PIX padded = NULL;
	l_float32 degrees = bin ? find_skew(bin) : 0, radians = degrees * (l_float32)(M_PI / 180);
	int w = pixGetWidth(leaf->pix), h = pixGetHeight(leaf->pix), pad_x, pad_y;
	struct rc_affine turn;

	if (!bin)
		return false;
	if (degrees == 0)
		return true;
	pad_x = (int)ceil(h / 2.0 * fabsf(sinf(radians)));
	pad_y = (int)ceil(w / 2.0 * fabsf(sinf(radians)));
	padded = pixAddBorderGeneral(leaf->pix, pad_x, pad_x, pad_y, pad_y, 255);
	turn = turn_about(w / 2.0 + pad_x, h / 2.0 + pad_y, degrees);
	if (!padded || !prepare_take(&leaf->pix, turned_by(padded, turn)))
		return false;
	leaf->unturned = rc_steal(padded);
	leaf->turn = turn;
	leaf->to_clean = rc_affine_mul((struct rc_affine){ .a = 1, .c = pad_x, .e = 1, .f = pad_y }, leaf->to_clean);
	leaf->to_clean = rc_affine_mul(turn, leaf->to_clean);
	leaf->skew = degrees;
	return true;
}
