/* columns_parts.h -- what the files share that cut columns.
 *
 *   columns.c     a block cut into columns
 *   levels.c      the block as ink
 *   cuts.c        a profile cut into pieces
 *   ruled.c       rules between any two columns
 *   lift.c        one column taken out
 *   sidelines.c   ... without what is no glyph
 *   cores.c       how wide its glyphs are
 *   commentary.c  ... and where two smaller ones stand in its place
 *   cells.c       cut into its glyphs
 *   resize.c      in another size */
#ifndef OCR_COLUMNS_PARTS_H
#define OCR_COLUMNS_PARTS_H

#include "ocr/columns.h"

enum { OCR_BLACK = 90 };        /* ink from which a pixel counts as black, of 255 */

struct ocr_patch {              /* a part of the clean page as ink: 0 paper, 255 black, light and print levelled */
	uint8_t *bytes;             /* w * h, owned */
	int w, h, x, y;             /* its place on the clean page */
};
/* glyph: typical side in pixels; the levels are those of a neighbourhood of some glyphs. What is beyond
 * the page is left out. */
enum rc_status ocr_patch_open(struct ocr_patch *ret, struct Pix *gray, struct rc_box whole, double glyph, struct rc_err *err);
/* Accepts { 0 }. */
void ocr_patch_free(struct ocr_patch *ink);

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

struct ocr_ruling {             /* of a block with a rule between any two columns */
	int32_t at[OCR_MAX_COLUMNS];    /* where rules cross the middle row */
	int n;                          /* 0: the block is not ruled */
	double pitch;                   /* from rule to rule */
};
/* Finds rules and takes them away, if the block is ruled. */
enum rc_status ocr_ruled_clear(struct ocr_patch *ink, double lean, double glyph, struct ocr_ruling *ret, struct rc_err *err);

/* For qsort() of int32_t. */
int ocr_compare_ints(const void *a, const void *b);

/* Adds the column between two cuts of the middle row's profile, in one piece or several; pix, x, y and lean. lean: pixels to the right
 * for each row down. RC_PAGE_FAILED/memory, /members beyond OCR_MAX_COLUMNS. */
enum rc_status ocr_lift_column(const struct ocr_patch *ink, double lean, int left, int right, double glyph, struct ocr_columns *to,
                               struct rc_err *err);
/* Clears lines, fills middle and core, drops rules taken for columns, splits what is set double. most_width: of any column. */
enum rc_status ocr_cores_find(struct ocr_columns *columns, double glyph, int most_width, struct rc_err *err);
/* Puts, for each column that is two side by side in some of its rows, its pieces in the order in which they are read; halves are marked.
 * common: breadth of the block's glyphs. Middle and core of what comes out are not known. RC_PAGE_FAILED/memory, /members. */
enum rc_status ocr_commentary_split(struct ocr_columns *columns, double common, struct rc_err *err);
enum rc_status ocr_columns_memory(struct rc_err *err);
enum rc_status ocr_columns_too_many(struct rc_err *err);

/* Fills cell, cells and pitch. */
enum rc_status ocr_cells_cut(struct ocr_columns *columns, double glyph, struct rc_err *err);

#endif
