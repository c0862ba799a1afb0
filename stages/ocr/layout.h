/* layout.h -- the page cut into blocks, in reading order. */
#ifndef OCR_LAYOUT_H
#define OCR_LAYOUT_H

#include "ocr/evidence.h"

#define OCR_MAX_BLOCKS 400

struct ocr_blocks {
	struct rc_box box[OCR_MAX_BLOCKS];      /* pixels of the clean page */
	int n;
};

/* gray: the clean page. Without a clear cut there is one block, all of the ink. */
enum rc_status ocr_cut(struct Pix *gray, const struct ocr_evidence *seen, bool vertical, struct ocr_blocks *ret, struct rc_err *err);

#endif
