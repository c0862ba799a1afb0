/* collect.c -- the page read block by block.
 *
 *   ocr_collect()    all blocks, in reading order
 *   turn_line()      head lines set from right to left
 *   read_block()     by the engine's own search for lines: the block turned for the model, with some paper around it
 *   vertical.c       by columns of our own */
#include <math.h>
#include <string.h>

#include "core/limits.h"
#include "core/text.h"
#include "ocr/state.h"

/* Paper around a block that the engine sees too, in glyphs. */
static const float margin_glyphs = 0.4f;
/* Glyphs in the longest columns that are read as one block. */
static const float highest_tier = 45;

struct kept {                   /* a glyph of a line that waits for its end */
	char text[32];
	struct rc_box box;
	float confidence;
	bool foreign;                   /* Latin or a digit: such a word goes from left to right in any line */
};

struct collector {
	struct ocr_composer *composer;
	const struct ocr_block *block;
	struct rc_affine to_clean;      /* from the view's pixels */
	bool in_line;
	struct kept *kept;              /* right to left only; owned */
	int n_kept, room;
};

static void collector_free(struct collector *c)
{
	free(c->kept);
}

static struct rc_box clean_box(const struct collector *c, struct rc_box seen)
{
	return rc_affine_box(c->to_clean, seen, c->composer->page->clean_width, c->composer->page->clean_height);
}

static bool is_blank(const char *text)
{
	return text[strspn(text, " \t\r\n")] == '\0';
}

/* The glyphs kept, the last one first; they stand in the picture as the model sees them, from left to right. */
static enum rc_status turn_line(struct collector *c, struct rc_err *err)
{
	enum rc_status status = RC_OK;

	for (int end = c->n_kept, from; status == RC_OK && end > 0; end = from) {
		from = end - 1;
		while (c->kept[end - 1].foreign && from > 0 && c->kept[from - 1].foreign)
			from--;
		for (int i = from; status == RC_OK && i < end; i++)
			status = ocr_compose_glyph(c->composer, c->kept[i].text, c->kept[i].box, c->kept[i].confidence, i == from, NULL, err);
	}
	c->n_kept = 0;
	return status;
}

static enum rc_status keep_glyph(struct collector *c, const struct ocr_glyph *g, struct rc_err *err)
{
	const char *text = g->text;
	struct kept *k;

	if (strlen(g->text) >= sizeof(k->text))
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_ENGINE, "cannot keep what was read: a glyph of %zu bytes", strlen(g->text));
	if (c->n_kept == c->room) {
		int room = c->room ? 2 * c->room : 64;
		struct kept *more = reallocarray(c->kept, (size_t)room, sizeof(*more));

		if (!more)
			return rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMORY, "cannot keep what was read: not enough memory");
		c->kept = more;
		c->room = room;
	}
	k = &c->kept[c->n_kept++];
	*k = (struct kept){ .box = clean_box(c, g->box), .confidence = g->confidence, .foreign = !rc_is_cjk(rc_utf8_next(&text)) };
	memcpy(k->text, g->text, strlen(g->text) + 1);
	return RC_OK;
}

/* A line without glyphs is no line. */
static enum rc_status add_glyph(void *ctx, const struct ocr_glyph *g, struct rc_err *err)
{
	struct collector *c = ctx;
	enum rc_status status = RC_OK;

	if (g->starts_block || g->starts_line) {
		status = turn_line(c, err);
		c->in_line = false;
	}
	if (status != RC_OK)
		return status;
	if (is_blank(g->text) || !rc_utf8_valid(g->text, strlen(g->text)))
		return RC_OK;
	if (!c->in_line)
		status = ocr_compose_line(c->composer, clean_box(c, g->line), 0, c->block->vertical, err);
	c->in_line = true;
	if (status == RC_OK && c->block->right_to_left)
		return keep_glyph(c, g, err);
	return status == RC_OK ? ocr_compose_glyph(c->composer, g->text, clean_box(c, g->box), g->confidence, g->starts_word, NULL, err) : status;
}

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

static enum rc_status read_block(struct ocr_composer *composer, struct ocr_engine *engine, struct Pix *gray, const struct ocr_block *block,
                                 struct rc_err *err)
{
	RC_CLEANUP(ocr_view_close) struct ocr_view view = { 0 };
	RC_CLEANUP(collector_free) struct collector c = { .composer = composer, .block = block };
	struct rc_box part = with_margin(block->box, block->glyph, composer->page);
	enum rc_status status = ocr_view_open(&view, gray, &part, block->vertical, err);

	if (status != RC_OK)
		return status;
	c.to_clean = view.to_clean;
	status = ocr_engine_read(engine, view.pix, layout_of(block), composer->page->quality.dpi, add_glyph, &c, err);
	return status == RC_OK ? turn_line(&c, err) : status;
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
			status = read_block(&composer, engine, gray, block, err);
		if (status == RC_OK)
			status = ocr_compose_end_line(&composer, err);
	}
	return status;
}
