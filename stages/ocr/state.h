/* state.h -- what the files of the ocr stage share.
 *
 *   ocr.c        the stage: look, choose, read, judge
 *   evidence.c   what the page shows before it is read
 *   choose.c     direction and script, by evidence and by short trials
 *   turn.c       does the page lie on its side?
 *   scripts.c    traditional or simplified, from two readings of one part
 *   view.c       the page as a model wants to see it
 *   layout*.c    the page cut into blocks, in reading order; layout_parts.h has the list
 *   columns.c    a block of vertical text cut into columns; columns_parts.h has the list of its files
 *   collect.c    the page read block by block; vertical.c: column by column; lines.c: one column
 *   twice.c      weak lines of horizontal text read again
 *   words.c      two readings of a line, place by place
 *   compose.c    regions and lines put together
 *   judge.c      how well it was read, and which of it may be believed
 *   signs.c      what speaks against a reading: in its text, in its boxes ...
 *   ink.c        ... and in the ink under them
 *   language.c   what is usual in Chinese text
 *   estimate.c   what each sign weighs
 *   marks.c      seals, pictures and rules: what is no text
 *   draw.c       the debug picture
 *   models.c     models of our own
 *   engine.c     the door to Tesseract */
#ifndef OCR_STATE_H
#define OCR_STATE_H

#include "core/config.h"
#include "ocr/compose.h"
#include "ocr/engine.h"
#include "ocr/language.h"
#include "ocr/layout.h"

enum ocr_script { OCR_HANT, OCR_HANS, OCR_SCRIPTS };

struct ocr_state {              /* one per worker */
	const struct rc_config *cfg;
	struct ocr_language *language;
	struct ocr_engine *engines[OCR_SCRIPTS][2];     /* [script][vertical]; NULL until first needed */
	struct ocr_engine *own;         /* the program's own for vertical traditional print; NULL until first needed */
};

const char *ocr_model_name(enum ocr_script script, bool vertical);
/* May the settings lead to this model? */
bool ocr_model_possible(const struct rc_config *cfg, enum ocr_script script, bool vertical);
/* Is the program's own model used beside this one? */
bool ocr_own_model_possible(const struct rc_config *cfg, enum ocr_script script, bool vertical);
enum rc_status ocr_own_engine(struct ocr_state *state, struct ocr_engine **ret, struct rc_err *err);
/* The model's engine, loaded when it is first asked for. */
enum rc_status ocr_engine_for(struct ocr_state *state, enum ocr_script script, bool vertical, struct ocr_engine **ret, struct rc_err *err);

enum rc_status ocr_choose_direction(struct ocr_state *state, const struct rc_page *page, struct Pix *gray,
                                    const struct ocr_evidence *seen, bool *ret_vertical, struct rc_err *err);
enum rc_status ocr_choose_script(struct ocr_state *state, const struct rc_page *page, struct Pix *gray, const struct ocr_evidence *seen,
                                 const struct ocr_blocks *blocks, bool vertical, enum ocr_script *ret, bool *ret_upright, struct rc_err *err);

#define OCR_MAX_READING 400
struct ocr_reading {            /* what one model sees in a small part */
	struct ocr_seen {
		uint32_t cp;            /* the glyph's first code point */
		float x, y;             /* its centre, pixels of the view */
		float confidence;
	} seen[OCR_MAX_READING];
	int n;
};
/* Votes for simplified (positive) or traditional; near 0: no evidence. glyph: side of a glyph in pixels. */
double ocr_compare_scripts(const struct ocr_reading *hant, const struct ocr_reading *hans, float glyph);

/* What one model sees in a small part of the clean page (NULL: all of gray). */
enum rc_status ocr_trial(struct ocr_engine *engine, const struct rc_page *page, struct Pix *gray, const struct rc_box *part, bool vertical,
                         struct ocr_reading *ret, struct rc_err *err);
/* Is the reading as sure as only one of upright text is? */
bool ocr_looks_upright(const struct ocr_reading *reading);
/* The quarters clockwise (0 to 3) that make the page upright; 0 unless it clearly lies. */
enum rc_status ocr_find_turn(struct ocr_state *state, const struct rc_page *page, struct Pix *gray, const struct ocr_evidence *seen, int *ret,
                             struct rc_err *err);

struct ocr_view {               /* a part of the clean page, turned for the model */
	struct Pix *pix;                /* owned */
	struct rc_affine to_clean;      /* pixels of pix -> clean page */
};
/* part: of the clean page; NULL: all of it. */
enum rc_status ocr_view_open(struct ocr_view *ret, struct Pix *gray, const struct rc_box *part, bool vertical, struct rc_err *err);
/* Accepts { 0 }. */
void ocr_view_close(struct ocr_view *view);

/* Reads the blocks into page->regions, boxes on the stored frame. */
enum rc_status ocr_collect(struct ocr_state *state, enum ocr_script script, struct rc_page *page, struct Pix *gray,
                           const struct ocr_blocks *blocks, struct rc_err *err);
struct ocr_line_reading;
/* Is a line of this mean confidence to be read again? */
bool ocr_is_weak(const struct rc_config *cfg, const struct ocr_line_reading *reading);
/* Reads one line of horizontal text alone; places along the line, in pixels from the left of its box. */
enum rc_status ocr_read_again(struct ocr_engine *engine, struct Pix *gray, struct rc_box line, struct ocr_line_reading *ret, struct rc_err *err);
/* Which of two readings of one line stays: positive for b, which must be clearly better than a, the first one. */
double ocr_compare_readings(const struct ocr_language *language, const struct ocr_line_reading *a, const struct ocr_line_reading *b);
/* Reads a block of vertical text column by column into the composer's region. */
enum rc_status ocr_read_columns(struct ocr_state *state, enum ocr_script script, struct ocr_composer *composer, struct Pix *gray,
                                const struct ocr_block *block, struct rc_err *err);
/* Confidences, signs and estimated errors, lines not to be trusted, page_class. glyph: typical side, pixels of the clean page. */
enum rc_status ocr_judge(const struct ocr_state *state, struct rc_page *page, struct Pix *gray, float glyph, struct rc_err *err);
/* Adds the page's marks as regions. */
enum rc_status ocr_add_marks(struct rc_page *page, struct rc_err *err);
/* Adds rules and dark pictures of the clean page as regions. Last of all: text that was read is no picture. glyph: as in ocr_judge(). */
enum rc_status ocr_add_figures(struct rc_page *page, struct Pix *gray, float glyph, struct rc_err *err);
/* With debug_dir: the parts that were tried, each in four ways. */
enum rc_status ocr_draw_turn(const struct rc_page *page, struct Pix *gray, const struct ocr_evidence *seen, int turn, struct rc_err *err);
/* With debug_dir: the clean page with what it was cut into, and with regions, lines and their order. */
enum rc_status ocr_draw_blocks(const struct rc_page *page, struct Pix *gray, const struct ocr_blocks *blocks, struct rc_err *err);
enum rc_status ocr_draw(const struct rc_page *page, struct Pix *gray, struct rc_err *err);

#endif
