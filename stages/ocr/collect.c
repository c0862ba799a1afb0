/* collect.c -- the page read block by block.
 *
 *   ocr_collect()    all blocks, in reading order
 *   read_block()     by the engine's own search for lines: the block turned for the model, with some paper around it
 *   read_twice()     weak lines of horizontal text once more, by themselves (twice.c)
 *   put_turned()     head lines set from right to left
 *   vertical.c       by columns of our own */
#include <math.h>
#include <string.h>

#include "core/limits.h"
#include "core/text.h"
#include "ocr/lines.h"
#include "ocr/state.h"
#include "ocr/words.h"

/* Paper around a block that the engine sees too, in glyphs. */
static const float margin_glyphs = 0.4f;
/* Glyphs in the longest columns that are read as one block. */
static const float highest_tier = 45;

struct kept {                   /* a glyph */
	char text[32];
	struct rc_box box;
	float confidence;
	bool starts_word;
};
struct kept_line {
	struct rc_box box;
	int from, to;               /* numbers of its glyphs */
};

/* What the engine reads in a block waits here until it is done: it cannot read a line again while it tells of others. */
struct collector {
	struct ocr_composer *composer;
	const struct ocr_block *block;
	struct rc_affine to_clean;      /* from the view's pixels */
	bool in_line;
	struct kept *kept;              /* owned */
	struct kept_line *line;         /* owned */
	int n_kept, room, n_lines, line_room;
};

static void collector_free(struct collector *c)
{
	free(c->kept);
	free(c->line);
}

static enum rc_status no_room(struct rc_err *err)
{
	return rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMORY, "cannot keep what was read: not enough memory");
}

static struct rc_box clean_box(const struct collector *c, struct rc_box seen)
{
	return rc_affine_box(c->to_clean, seen, c->composer->page->clean_width, c->composer->page->clean_height);
}

static bool is_blank(const char *text)
{
	return text[strspn(text, " \t\r\n")] == '\0';
}

/* One more place at the array's end, of which n are taken. */
static void *with_room(void *array, int n, int *room, size_t size)
{
	void *more = array;

	if (n == *room) {
		*room = *room ? 2 * *room : 64;
		more = reallocarray(array, (size_t)*room, size);
	}
	return more;
}

static enum rc_status keep_line(struct collector *c, struct rc_box box, struct rc_err *err)
{
	struct kept_line *line = with_room(c->line, c->n_lines, &c->line_room, sizeof(*line));

	if (!line)
		return no_room(err);
	c->line = line;
	c->line[c->n_lines++] = (struct kept_line){ clean_box(c, box), c->n_kept, c->n_kept };
	return RC_OK;
}

static enum rc_status keep_glyph(struct collector *c, const struct ocr_glyph *g, struct rc_err *err)
{
	struct kept *kept;

	if (strlen(g->text) >= sizeof(kept->text))
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_ENGINE, "cannot keep what was read: a glyph of %zu bytes", strlen(g->text));
	kept = with_room(c->kept, c->n_kept, &c->room, sizeof(*kept));
	if (!kept)
		return no_room(err);
	c->kept = kept;
	kept = &c->kept[c->n_kept++];
	*kept = (struct kept){ .box = clean_box(c, g->box), .confidence = g->confidence, .starts_word = g->starts_word };
	memcpy(kept->text, g->text, strlen(g->text) + 1);
	c->line[c->n_lines - 1].to = c->n_kept;
	return RC_OK;
}

/* A line without glyphs is no line. */
static enum rc_status add_glyph(void *ctx, const struct ocr_glyph *g, struct rc_err *err)
{
	struct collector *c = ctx;
	enum rc_status status = RC_OK;

	if (g->starts_block || g->starts_line)
		c->in_line = false;
	if (is_blank(g->text) || !rc_utf8_valid(g->text, strlen(g->text)))
		return RC_OK;
	if (!c->in_line)
		status = keep_line(c, g->line, err);
	c->in_line = status == RC_OK;
	return status == RC_OK ? keep_glyph(c, g, err) : status;
}

/* ---- lines ---------------------------------------------------------------------------------------------------- */

struct twice {                  /* two readings of a line */
	struct ocr_line_reading first, second;
	struct kept kept[OCR_LINE_GLYPHS];      /* the better one */
	const struct ocr_line_reading *best, *other;
	struct ocr_places places;       /* where there is a best */
};

static void take_first(struct ocr_line_reading *r, const struct collector *c, const struct kept_line *line)
{
	r->n = 0;
	for (int i = line->from; i < line->to && r->n < OCR_LINE_GLYPHS; i++) {
		const struct kept *k = &c->kept[i];
		struct ocr_read_glyph *g = &r->glyph[r->n];

		if (strlen(k->text) >= sizeof(g->text))
			return;
		*g = (struct ocr_read_glyph){ .from = (float)(k->box.x - line->box.x), .to = (float)(k->box.x + k->box.w - line->box.x),
		                              .confidence = k->confidence, .starts_word = k->starts_word };
		memcpy(g->text, k->text, strlen(k->text) + 1);
		r->n++;
	}
}

/* Its glyphs are as high as the line. */
static void take_second(struct twice *t, const struct kept_line *line)
{
	for (int i = 0; i < t->second.n; i++) {
		const struct ocr_read_glyph *g = &t->second.glyph[i];
		int from = (int)lroundf(g->from), to = (int)lroundf(g->to);

		t->kept[i] = (struct kept){ .box = { line->box.x + from, line->box.y, to > from ? to - from : 1, line->box.h },
		                            .confidence = g->confidence, .starts_word = g->starts_word };
		memcpy(t->kept[i].text, g->text, sizeof(g->text));
	}
}

/* Reads a weak line of horizontal text again. best is NULL where there is only the first reading. */
static enum rc_status read_twice(struct ocr_state *state, struct ocr_engine *engine, struct Pix *gray, const struct collector *c,
                                 const struct kept_line *line, struct twice *t, struct rc_err *err)
{
	enum rc_status status;

	t->best = t->other = NULL;
	if (c->block->vertical || line->to - line->from > OCR_LINE_GLYPHS)
		return RC_OK;
	take_first(&t->first, c, line);
	if (t->first.n != line->to - line->from || !ocr_is_weak(state->cfg, &t->first))
		return RC_OK;
	status = ocr_read_again(engine, gray, line->box, &t->second, err);
	if (status != RC_OK || t->second.n == 0)
		return status;
	t->best = &t->first;
	t->other = &t->second;
	if (ocr_compare_readings(state->language, &t->first, &t->second) > 0) {
		t->best = &t->second;
		t->other = &t->first;
		take_second(t, line);
	}
	ocr_compare_places(state->cfg->ocr_words ? state->language : NULL, t->best, t->other, &t->places);
	return RC_OK;
}

/* Latin or a digit: such a word goes from left to right in any line. */
static bool is_foreign(const struct kept *k)
{
	const char *text = k->text;

	return !rc_is_cjk(rc_utf8_next(&text));
}

struct line_to_put {
	const struct kept *glyph;
	int n;
	const struct twice *twice;
};

static enum rc_status put_glyph(struct ocr_composer *composer, const struct line_to_put *l, int i, bool starts_word, struct rc_err *err)
{
	const struct kept *k = &l->glyph[i];

	if (l->twice->best)
		return ocr_compose_place(composer, &l->twice->places, i, k->box, starts_word, err);
	return ocr_compose_glyph(composer, k->text, k->box, k->confidence, starts_word, NULL, err);
}

/* The last glyph first; they stand in the picture as the model sees them, from left to right. */
static enum rc_status put_turned(struct ocr_composer *composer, const struct line_to_put *l, struct rc_err *err)
{
	enum rc_status status = RC_OK;

	for (int end = l->n, from; status == RC_OK && end > 0; end = from) {
		from = end - 1;
		while (is_foreign(&l->glyph[end - 1]) && from > 0 && is_foreign(&l->glyph[from - 1]))
			from--;
		for (int i = from; status == RC_OK && i < end; i++)
			status = put_glyph(composer, l, i, i == from, err);
	}
	return status;
}

static enum rc_status put_line(const struct collector *c, const struct kept_line *line, const struct twice *t, struct rc_err *err)
{
	bool second = t->best == &t->second;
	struct line_to_put l = { second ? t->kept : c->kept + line->from, second ? t->second.n : line->to - line->from, t };
	enum rc_status status = ocr_compose_line(c->composer, line->box, 0, c->block->vertical, err);

	if (status == RC_OK && t->best) {
		c->composer->line->read_twice = true;
		c->composer->line->agreement = (float)ocr_agreement(t->best, t->other);
	}
	if (c->block->right_to_left)
		return status == RC_OK ? put_turned(c->composer, &l, err) : status;
	for (int i = 0; status == RC_OK && i < l.n; i++)
		status = put_glyph(c->composer, &l, i, l.glyph[i].starts_word, err);
	return status;
}

/* ---- blocks --------------------------------------------------------------------------------------------------- */

static struct rc_box with_margin(struct rc_box b, float glyph, const struct rc_page *page)
{
	int margin = (int)(margin_glyphs * glyph), x1 = b.x + b.w + margin, y1 = b.y + b.h + margin;

	b.x = b.x > margin ? b.x - margin : 0;
	b.y = b.y > margin ? b.y - margin : 0;
	b.w = (x1 < page->clean_width ? x1 : page->clean_width) - b.x;
	b.h = (y1 < page->clean_height ? y1 : page->clean_height) - b.y;
	return b;
}

/* Vertical text higher than any tier has not come apart as it should: then the engine tries. */
static enum ocr_layout layout_of(const struct ocr_block *block)
{
	return block->vertical && (float)block->box.h > highest_tier * block->glyph ? OCR_LAYOUT_PAGE : OCR_LAYOUT_BLOCK;
}

static enum rc_status read_block(struct ocr_state *state, struct ocr_composer *composer, struct ocr_engine *engine, struct Pix *gray,
                                 const struct ocr_block *block, struct rc_err *err)
{
	RC_CLEANUP(ocr_view_close) struct ocr_view view = { 0 };
	RC_CLEANUP(collector_free) struct collector c = { .composer = composer, .block = block };
	RC_CLEANUP(rc_free) struct twice *twice = malloc(sizeof(*twice));
	struct rc_box part = with_margin(block->box, block->glyph, composer->page);
	enum rc_status status = twice ? ocr_view_open(&view, gray, &part, block->vertical, err) : no_room(err);

	if (status != RC_OK)
		return status;
	c.to_clean = view.to_clean;
	status = ocr_engine_read(engine, view.pix, layout_of(block), composer->page->quality.dpi, add_glyph, &c, err);
	for (int i = 0; status == RC_OK && i < c.n_lines; i++) {
		status = read_twice(state, engine, gray, &c, &c.line[i], twice, err);
		if (status == RC_OK)
			status = put_line(&c, &c.line[i], twice, err);
	}
	return status;
}

enum rc_status ocr_collect(struct ocr_state *state, enum ocr_script script, struct rc_page *page, struct Pix *gray,
                           const struct ocr_blocks *blocks, struct rc_err *err)
{
	RC_CLEANUP(ocr_compose_free) struct ocr_composer composer = { .page = page, .text = RC_BUF(RC_MAX_LINE_BYTES) };
	enum rc_status status = RC_OK;

	for (int i = 0; status == RC_OK && i < blocks->n; i++) {
		const struct ocr_block *block = &blocks->block[i];
		struct ocr_engine *engine;

		status = ocr_engine_for(state, script, block->vertical, &engine, err);
		if (status == RC_OK)
			status = ocr_compose_region(&composer, block, err);
		if (status != RC_OK)
			return status;
		if (block->vertical && state->cfg->ocr_effort != RC_EFFORT_PLAIN)
			status = ocr_read_columns(state, script, &composer, gray, block, err);
		else
			status = read_block(state, &composer, engine, gray, block, err);
		if (status == RC_OK)
			status = ocr_compose_end_line(&composer, err);
	}
	return status;
}
