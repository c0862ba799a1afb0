/* columns.h -- a block of vertical text cut into printed columns, and each column into the cells of its glyphs. */
#ifndef OCR_COLUMNS_H
#define OCR_COLUMNS_H

#include "ocr/layout.h"

#define OCR_MAX_COLUMNS 2000    /* of one block, pieces of columns counted */
#define OCR_MAX_CELLS 600       /* of one column: more than the narrowest cells give in the longest one (lift.c) */

struct ocr_column {
	struct Pix *pix;            /* 8 bit, black on white, light levelled, with the gap beside it up to its middle; owned */
	double x, y, lean;          /* pixel (i, j) of pix lies at (x + i + lean * j, y + j) of the clean page */
	float middle, core;         /* of its glyphs: where their middle runs, and how wide they are; pixels of pix */
	int32_t cell[OCR_MAX_CELLS + 1];        /* rows of pix where glyphs part: cell i is [cell[i], cell[i + 1]) */
	int cells;
	float pitch;                /* from glyph to glyph along it, pixels */
	bool half;                  /* one of two that stand side by side in the room of one */
};
struct ocr_columns {
	struct ocr_column *column;  /* owned; right to left */
	int n;
};

/* gray: the clean page; block: vertical. A block without ink has no columns.
 * RC_PAGE_FAILED/memory; /members beyond OCR_MAX_COLUMNS. */
enum rc_status ocr_columns_cut(struct Pix *gray, const struct ocr_block *block, struct ocr_columns *ret, struct rc_err *err);
/* Accepts { 0 }. */
void ocr_columns_free(struct ocr_columns *columns);

#endif
