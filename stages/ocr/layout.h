/* layout.h -- the page cut into blocks, in reading order. */
#ifndef OCR_LAYOUT_H
#define OCR_LAYOUT_H

#include "ocr/evidence.h"

#define OCR_MAX_BLOCKS 1000

struct ocr_block {              /* one run of lines of one direction and about one size of glyph */
	struct rc_box box;          /* pixels of the clean page */
	bool vertical;
	enum rc_region_type type;   /* text, heading, table; image: nothing to read */
	float glyph;                /* typical side of its glyphs, pixels of the clean page */
	bool right_to_left;         /* a horizontal line among vertical text: set from right to left, as a rule */
	int region;                 /* number of the region it belongs to: blocks of one region follow one another */
};
struct ocr_blocks {
	struct ocr_block block[OCR_MAX_BLOCKS];
	int n;
};

enum ocr_page_order { OCR_PAGES_AUTO, OCR_PAGES_RIGHT, OCR_PAGES_LEFT };        /* as the words of ocr.page_order */

struct ocr_sheet {              /* what is cut; all borrowed */
	struct Pix *gray;               /* the clean page */
	const struct ocr_evidence *seen;
	bool vertical;                  /* direction of most of its text */
	enum ocr_page_order order;      /* of pages side by side; auto: right first in vertical text, but a paper's front page before all */
	const struct rc_leaf *leaves;   /* from left to right; no block crosses one */
	size_t n_leaves;                /* 0: one, the whole page */
};

/* Without a clear cut there is one block, all of the ink. RC_PAGE_FAILED/memory. */
enum rc_status ocr_cut(const struct ocr_sheet *sheet, struct ocr_blocks *ret, struct rc_err *err);

#endif
