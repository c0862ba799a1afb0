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
	int region;                 /* number of the region it belongs to: blocks of one region follow one another */
};
struct ocr_blocks {
	struct ocr_block block[OCR_MAX_BLOCKS];
	int n;
};

/* gray: the clean page. Without a clear cut there is one block, all of the ink. vertical: the direction of most of the
 * page's text. */
enum rc_status ocr_cut(struct Pix *gray, const struct ocr_evidence *seen, bool vertical, struct ocr_blocks *ret, struct rc_err *err);

#endif
