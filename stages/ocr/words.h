/* words.h -- two readings of a line, place by place: the glyph that stands, and the one that does not.
 *
 * One reading stands; but where words speak clearly for what the other has in a place, that is taken, and marked. */
#ifndef OCR_WORDS_H
#define OCR_WORDS_H

#include "ocr/compose.h"
#include "ocr/language.h"
#include "ocr/lines.h"

struct ocr_places {
	const struct ocr_line_reading *reading;
	const struct ocr_read_glyph *other[OCR_LINE_GLYPHS];    /* what the second reading has there otherwise; NULL: nothing */
	bool chosen[OCR_LINE_GLYPHS];                           /* words speak for it */
};

/* second: may be NULL. language: NULL where words have no say. The places point into both readings. */
void ocr_compare_places(const struct ocr_language *language, const struct ocr_line_reading *reading, const struct ocr_line_reading *second,
                        struct ocr_places *ret);
/* Adds the glyph that stands in place i to the composer's line, with what else it may be. box: pixels of the clean page.
 * RC_PAGE_FAILED/members beyond limits.h. */
enum rc_status ocr_compose_place(struct ocr_composer *composer, const struct ocr_places *places, int i, struct rc_box box, bool starts_word,
                                 struct rc_err *err);

#endif
