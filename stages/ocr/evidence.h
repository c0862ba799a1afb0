/* evidence.h -- what a page shows before it is read: size of its glyphs, direction of its lines. */
#ifndef OCR_EVIDENCE_H
#define OCR_EVIDENCE_H

#include "core/page.h"

struct Pix;

#define OCR_PARTS 4

struct ocr_evidence {
	int32_t components;             /* connected black parts, dust left out */
	float glyph;                    /* typical side of a glyph, pixels of the clean page; 0: nothing there */
	float vertical;                 /* -1 (surely horizontal) to 1 (surely vertical) */
	struct rc_box ink;              /* around all that is not dust */
	struct rc_box sample;           /* a part with much text, for trials; empty when there is none */
	bool little_text;               /* less than some 200 glyphs on the whole page */
	struct rc_box part[OCR_PARTS];  /* of each quarter of the page the part with most text, the fullest first */
	int parts;
};

/* gray: the clean page. RC_PAGE_FAILED/memory. */
enum rc_status ocr_look(struct Pix *gray, struct ocr_evidence *ret, struct rc_err *err);

#endif
