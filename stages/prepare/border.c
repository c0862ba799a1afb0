/* border.c -- what is dark and hangs on the edge of the frame is no page: it becomes paper. */
#include <leptonica/allheaders.h>

#include "prepare/work.h"

#define OWN_PIX RC_CLEANUP(pixDestroy) PIX *

/* Cells of the frame laid around the page when dark borders are looked for. */
#define FRAME 4

/* Dark through and through, and connected to the edge. small is at a scale of 1:8, of every cell the lightest part,
 * so that text, however dense, is not dark in it. A dark frame is laid around first, so that a thin dark strip along
 * the edge is as massive as a broad one. */
static PIX *find_border(PIX *small)
{
	int paper = prepare_level(small, 0.8f);
	OWN_PIX dark = pixThresholdToBinary(small, paper * 45 / 100);
	OWN_PIX framed = dark ? pixAddBorder(dark, FRAME, 1) : NULL;
	OWN_PIX massive = framed ? pixOpenBrick(NULL, framed, 5, 5) : NULL;
	OWN_PIX edge = massive ? pixCreateTemplate(massive) : NULL;
	OWN_PIX filled = NULL;

	if (!edge)
		return NULL;
	pixSetOrClearBorder(edge, FRAME, FRAME, FRAME, FRAME, PIX_SET);
	filled = pixSeedfillBinary(NULL, edge, massive, 8);
	return filled ? pixRemoveBorder(filled, FRAME) : NULL;
}

bool prepare_border(struct prepare_work *work)
{
	OWN_PIX half = pixScaleAreaMap2(work->pix);
	OWN_PIX small = half ? pixScaleGrayMinMax(half, 4, 4, L_CHOOSE_MAX) : NULL;
	OWN_PIX border = small ? find_border(small) : NULL;
	OWN_PIX grown = NULL;
	OWN_PIX mask = NULL;
	OWN_PIX whole = NULL;
	l_int32 empty = 1;

	if (!border)
		return false;
	pixZero(border, &empty);
	if (empty)
		return true;
	grown = pixDilateBrick(NULL, border, 7, 7);
	mask = grown ? pixExpandReplicate(grown, 8) : NULL;
	/* The last cells of a row or column may be cut. */
	whole = mask ? pixResizeToMatch(mask, work->pix, 0, 0) : NULL;
	return whole && pixSetMasked(work->pix, whole, (l_uint32)prepare_level(work->pix, 0.8f)) == 0;
}

