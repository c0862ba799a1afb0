/* lines.h -- one printed column read as one line. */
#ifndef OCR_LINES_H
#define OCR_LINES_H

#include "ocr/columns.h"
#include "ocr/engine.h"

#define OCR_LINE_GLYPHS 512     /* of one column, several times what fits into the longest; beyond it the page fails */

struct ocr_read_glyph {
	char text[24];              /* UTF-8, one or a few code points */
	float from, to;             /* rows of the column's picture */
	float confidence;           /* 0 to 1 */
	bool starts_word;
};
struct ocr_line_reading {
	struct ocr_read_glyph glyph[OCR_LINE_GLYPHS];
	int n;
	double score;               /* the higher, the more likely right; compares readings of one column */
};

#define OCR_LINE_HEIGHT 48      /* pixels of a line's picture across the line */
struct ocr_way {                /* how a column is shown to a model */
	struct ocr_engine *engine;
	int core;                   /* width of the glyphs, of OCR_LINE_HEIGHT pixels */
	double stretch;             /* along the line: 1 keeps the glyphs' shape */
	bool horizontal;            /* a line of horizontal text on its side: marks stay as the model has them */
};

/* Turned a quarter against the clock, as vertical models were trained, top of the column at the left. */
enum rc_status ocr_read_column(const struct ocr_column *column, const struct ocr_way *way, struct ocr_line_reading *ret, struct rc_err *err);
/* Share of glyphs that both have, in order: 1 - edit distance over the longer one. 1 for two empty ones. Only Han, letters and digits count. */
double ocr_agreement(const struct ocr_line_reading *a, const struct ocr_line_reading *b);
/* The glyph of `other` at the place of glyph i of `of`: NULL when there is none, or several. */
const struct ocr_read_glyph *ocr_same_place(const struct ocr_line_reading *of, int i, const struct ocr_line_reading *other);

#endif
