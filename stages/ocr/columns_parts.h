/* columns_parts.h -- what columns.c, levels.c, cells.c and resize.c share. */
#ifndef OCR_COLUMNS_PARTS_H
#define OCR_COLUMNS_PARTS_H

#include "ocr/columns.h"

struct ocr_patch {                /* a part of the clean page as ink: 0 paper, 255 black, light and print levelled */
	uint8_t *bytes;             /* w * h, owned */
	int w, h, x, y;             /* its place on the clean page */
};
/* glyph: typical side in pixels; the levels are those of a neighbourhood of some glyphs. What is beyond
 * the page is left out. */
enum rc_status ocr_patch_open(struct ocr_patch *ret, struct Pix *gray, struct rc_box whole, double glyph, struct rc_err *err);
/* Accepts { 0 }. */
void ocr_patch_free(struct ocr_patch *ink);

/* Weights of the four neighbours -1, 0, 1, 2 of a place between 0 and 1 (Catmull and Rom 1974). */
void ocr_cubic_weights(double at, double weights[4]);
/* An 8-bit picture in another size, smooth in both directions; NULL without memory. */
struct Pix *ocr_resize(struct Pix *pix, int w, int h);

/* Whitens lines beside names and frames around words. middle: of the glyphs, in pixels from the left. */
void ocr_clear_lines(struct Pix *column, double middle, double glyph);

struct ocr_cutting {            /* how a profile is cut into pieces of about one size */
	double pitch;               /* the size, in places of the profile */
	double least, most;         /* sizes allowed, in pitches */
	double squeeze, stretch;    /* cost of a size under, over the pitch: times the square of the difference in pitches */
	int32_t white;              /* up to this, a place at the profile's ends is empty */
};
/* Cuts with least cost, where cutting through a place costs its ink over what is common in the profile. cuts: room for
 * most + 1. Returns the number of pieces, 0 when there is nothing or there are too many, -1 without memory. */
int ocr_cut_profile(const int32_t *sums, int n, const struct ocr_cutting *how, int32_t *cuts, int most);

/* Fills cell, cells and pitch. */
enum rc_status ocr_cells_cut(struct ocr_columns *columns, double glyph, struct rc_err *err);

#endif
