/* compose.h -- regions, lines and glyphs put together on the page while it is read. */
#ifndef OCR_COMPOSE_H
#define OCR_COMPOSE_H

#include "core/buf.h"
#include "ocr/layout.h"

struct ocr_composer {           /* zero but for page and text; ocr_compose_free() */
	struct rc_page *page;
	struct rc_region *region;
	int region_number;
	struct rc_line *line;       /* being filled, with its text in `text` */
	struct rc_buf text;
	uint32_t last;              /* last code point of the line's text; 0 at its start */
};

/* All boxes are pixels of the clean page and land on the stored frame. RC_PAGE_FAILED/members beyond limits.h. */

/* The region of this block: that of the block before it, or a new one. */
enum rc_status ocr_compose_region(struct ocr_composer *c, const struct ocr_block *block, struct rc_err *err);
/* Ends the line before. lean: how far the line's lower end lies to the right of its upper one, pixels. */
enum rc_status ocr_compose_line(struct ocr_composer *c, struct rc_box box, double lean, bool vertical, struct rc_err *err);
/* A space is written before a glyph that starts a word only where not both neighbours are set without spaces (rc_is_cjk),
 * so that glyph ranges are right at once. *ret: the new glyph, to add to; may be NULL. */
enum rc_status ocr_compose_glyph(struct ocr_composer *c, const char *text, struct rc_box box, float confidence, bool starts_word,
                                 struct rc_glyph **ret, struct rc_err *err);
enum rc_status ocr_compose_end_line(struct ocr_composer *c, struct rc_err *err);
void ocr_compose_free(struct ocr_composer *c);

#endif
