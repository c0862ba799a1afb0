/* upright.c -- from the stored frame to an upright one, for the eight orientations of TIFF 6.0 and EXIF. */
#include <leptonica/allheaders.h>

#include "prepare/work.h"

/* What must be done, in this order: turn clockwise by quarters, then mirror left to right. */
static const struct { int quarters; bool mirror; } turns[9] = {
	[1] = { 0, false }, [2] = { 0, true }, [3] = { 2, false }, [4] = { 2, true },
	[5] = { 1, true },  [6] = { 1, false }, [7] = { 3, true }, [8] = { 3, false },
};

/* Boxes are half-open and their corners lie between pixels, so sides come in without a "- 1". */
static struct rc_affine quarter_turns(int quarters, double w, double h)
{
	switch (quarters) {
	case 1:  return (struct rc_affine){ .b = -1, .c = h, .d = 1 };
	case 2:  return (struct rc_affine){ .a = -1, .c = w, .e = -1, .f = h };
	case 3:  return (struct rc_affine){ .b = 1, .d = -1, .f = w };
	default: return RC_AFFINE_IDENTITY;
	}
}

/* A mirror turns the other way round: to turn what was mirrored, turn back what is to be mirrored. */
PIX *prepare_upright(PIX *pix, int32_t orientation, int32_t turned, struct rc_affine *to)
{
	int quarters = (turns[orientation].quarters + (turns[orientation].mirror ? 4 - turned : turned)) % 4;
	PIX *straight, *mirrored;

	*to = quarter_turns(quarters, pixGetWidth(pix), pixGetHeight(pix));
	straight = quarters ? pixRotateOrth(pix, quarters) : pixClone(pix);
	if (!straight || !turns[orientation].mirror)
		return straight;
	*to = rc_affine_mul((struct rc_affine){ .a = -1, .c = pixGetWidth(straight), .e = 1 }, *to);
	mirrored = pixFlipLR(NULL, straight);
	pixDestroy(&straight);
	return mirrored;
}
