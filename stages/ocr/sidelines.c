/* sidelines.c -- what stands in a column and is no glyph: lines beside names, frames around words.
 *
 *   ocr_clear_lines()   whitens them
 *
 * Where the engine looks for lines itself, it takes rules away first; a line shown alone it reads as it is, and a line beside a
 * name costs the name. */
#include <math.h>
#include <leptonica/allheaders.h>

#include "ocr/columns_parts.h"

#define OWN_PIX RC_CLEANUP(pixDestroy) PIX *

static void boxes_free(BOXA **boxes)
{
	boxaDestroy(boxes);
}

static void parts_free(PIXA **parts)
{
	pixaDestroy(parts);
}

/* A thin upright line as long as most of a glyph, beside the middle of the column, where no stroke of a glyph stands alone. */
static bool is_sideline(double x, double w, double h, double middle, double glyph)
{
	return w <= 0.15 * glyph && h >= 0.75 * glyph && fabs(x + w / 2 - middle) > 0.3 * glyph;
}

/* A hollow thing larger than a glyph, whose ink lies along its border. */
static bool is_frame(PIX *part, double w, double h, double glyph)
{
	l_int32 all = 0, inner = 0;
	int edge = (int)fmax(2, 0.15 * glyph);
	BOX *inside;
	OWN_PIX core = NULL;

	if (w < 0.8 * glyph || h < 1.2 * glyph)
		return false;
	inside = boxCreate(edge, edge, (int)w - 2 * edge, (int)h - 2 * edge);
	core = inside ? pixClipRectangle(part, inside, NULL) : NULL;
	boxDestroy(&inside);
	(void)pixCountPixels(part, &all, NULL);
	if (core)
		(void)pixCountPixels(core, &inner, NULL);
	return core && all < 0.25 * w * h && inner < 0.1 * all;
}

/* With a pixel around it: the grey at its border. */
static void whiten(PIX *pix, PIX *part, int x, int y)
{
	OWN_PIX wider = pixAddBorder(part, 1, 0);
	OWN_PIX grown = wider ? pixDilateBrick(NULL, wider, 3, 3) : NULL;

	if (grown)
		(void)pixSetMaskedGeneral(pix, grown, 255, x - 1, y - 1);
}

void ocr_clear_lines(PIX *pix, double middle, double glyph)
{
	OWN_PIX black = pixThresholdToBinary(pix, 165);
	RC_CLEANUP(parts_free) PIXA *parts = NULL;
	RC_CLEANUP(boxes_free) BOXA *boxes = black ? pixConnComp(black, &parts, 8) : NULL;
	int n = boxes ? boxaGetCount(boxes) : 0;

	for (int i = 0; i < n; i++) {
		OWN_PIX part = NULL;
		l_int32 x, y, w, h;

		boxaGetBoxGeometry(boxes, i, &x, &y, &w, &h);
		if (h < 0.75 * glyph)
			continue;
		part = pixaGetPix(parts, i, L_CLONE);
		if (part && (is_sideline(x, w, h, middle, glyph) || is_frame(part, w, h, glyph)))
			whiten(pix, part, x, y);
	}
}
