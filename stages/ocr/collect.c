/* collect.c -- the engine's glyphs as regions and lines of the page.
 *
 *   ocr_collect()    reads the page, block by block
 *   read_block()     turned for the model, with some paper around it
 *   add_glyph()      called for every glyph, in the engine's order
 *
 * Text is put together so that glyph ranges are right at once: a space is written between two words only where
 * not both neighbours are set without spaces (rc_is_cjk). */
#include <math.h>
#include <string.h>

#include "core/limits.h"
#include "core/text.h"
#include "ocr/state.h"

/* Paper around a block that the engine sees too, in glyphs. */
static const float margin_glyphs = 0.4f;
/* Glyphs in the longest columns that are read as one block. */
static const float highest_tier = 45;

struct collector {
	struct rc_page *page;
	struct rc_affine to_clean;      /* from the view's pixels */
	bool vertical;
	struct rc_region *region;
	struct rc_line *line;           /* being filled, with its text in `text` */
	struct rc_buf text;
	uint32_t last;                  /* last code point of the line's text; 0 at its start */
};

static enum rc_status too_much(const struct rc_page *page, const char *what, struct rc_err *err)
{
	return rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMBERS, "cannot keep what was read from '%s': more %s than the limit", page->name, what);
}

static struct rc_box clean_box(const struct collector *c, struct rc_box seen)
{
	return rc_affine_box(c->to_clean, seen, c->page->clean_width, c->page->clean_height);
}

static struct rc_box stored_box(const struct collector *c, struct rc_box seen)
{
	return rc_page_stored_box(c->page, clean_box(c, seen));
}

/* Four corners, when the line is turned on the frame by more than the rounding of its box. */
static void set_polygon(const struct collector *c, struct rc_line *line, struct rc_box clean)
{
	double corners[8];

	rc_page_stored_corners(c->page, clean, corners);
	if (fabs(corners[0] - corners[6]) < 1e-3 || fabs(corners[1] - corners[3]) < 1e-3)
		return;
	for (int i = 0; i < 8; i++) {
		double most = i % 2 ? c->page->height : c->page->width;

		line->polygon[i] = (int32_t)lround(fmin(fmax(corners[i], 0), most));
	}
}

/* A line without glyphs is no line. */
static enum rc_status finish_line(struct collector *c, struct rc_err *err)
{
	struct rc_line *line = c->line;

	if (!line)
		return RC_OK;
	c->line = NULL;
	if (c->text.failed)
		return too_much(c->page, "text in a line", err);
	line->text = strdup(c->text.data);
	if (!line->text)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMORY, "cannot keep what was read from '%s': not enough memory", c->page->name);
	return RC_OK;
}

static enum rc_status start_region(struct collector *c, const struct ocr_glyph *g, struct rc_err *err)
{
	c->region = rc_page_add_region(c->page);
	if (!c->region)
		return too_much(c->page, "regions", err);
	c->region->type = g->type;
	c->region->box = stored_box(c, g->block);
	c->region->direction = c->vertical ? RC_DIR_VERTICAL : RC_DIR_HORIZONTAL;
	return RC_OK;
}

static enum rc_status start_line(struct collector *c, const struct ocr_glyph *g, struct rc_err *err)
{
	struct rc_box line = clean_box(c, g->line);

	c->line = rc_region_add_line(c->region);
	if (!c->line)
		return too_much(c->page, "lines", err);
	c->line->box = rc_page_stored_box(c->page, line);
	c->line->direction = c->region->direction;
	set_polygon(c, c->line, line);
	rc_buf_clear(&c->text);
	c->last = 0;
	return RC_OK;
}

static uint32_t last_cp(const char *text)
{
	uint32_t cp, last = 0;

	while ((cp = rc_utf8_next(&text)) != 0)
		last = cp;
	return last;
}

static enum rc_status put_text(struct collector *c, const struct ocr_glyph *g, struct rc_err *err)
{
	const char *text = g->text;
	uint32_t first = rc_utf8_next(&text);
	struct rc_glyph *glyph;

	if (g->starts_word && c->last && !(rc_is_cjk(c->last) && rc_is_cjk(first)))
		rc_buf_addc(&c->text, ' ');
	glyph = rc_line_add_glyph(c->line);
	if (!glyph)
		return too_much(c->page, "glyphs", err);
	glyph->start = (uint32_t)c->text.len;
	glyph->len = (uint32_t)strlen(g->text);
	glyph->box = stored_box(c, g->box);
	glyph->confidence = fminf(fmaxf(g->confidence, 0), 1);
	rc_buf_adds(&c->text, g->text);
	c->last = last_cp(g->text);
	return RC_OK;
}

static bool is_blank(const char *text)
{
	return text[strspn(text, " \t\r\n")] == '\0';
}

static enum rc_status add_glyph(void *ctx, const struct ocr_glyph *g, struct rc_err *err)
{
	struct collector *c = ctx;
	enum rc_status status = RC_OK;

	if (g->starts_block || g->starts_line)
		status = finish_line(c, err);
	if (g->starts_block)
		c->region = NULL;
	if (status != RC_OK || is_blank(g->text) || !rc_utf8_valid(g->text, strlen(g->text)))
		return status;
	if (!c->region)
		status = start_region(c, g, err);
	if (status == RC_OK && !c->line)
		status = start_line(c, g, err);
	return status == RC_OK ? put_text(c, g, err) : status;
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
static enum ocr_layout layout_of(struct rc_box b, float glyph, bool vertical)
{
	return vertical && (float)b.h > highest_tier * glyph ? OCR_LAYOUT_PAGE : OCR_LAYOUT_BLOCK;
}

static enum rc_status read_block(struct collector *c, struct ocr_engine *engine, struct Pix *gray, const struct ocr_block *block, struct rc_err *err)
{
	RC_CLEANUP(ocr_view_close) struct ocr_view view = { 0 };
	struct rc_box part = with_margin(block->box, block->glyph, c->page);
	enum rc_status status = ocr_view_open(&view, gray, &part, block->vertical, err);

	if (status != RC_OK)
		return status;
	c->to_clean = view.to_clean;
	c->vertical = block->vertical;
	status = ocr_engine_read(engine, view.pix, layout_of(block->box, block->glyph, block->vertical), c->page->quality.dpi, add_glyph, c, err);
	return status == RC_OK ? finish_line(c, err) : status;
}

enum rc_status ocr_collect(struct ocr_engine *engine, struct rc_page *page, struct Pix *gray, const struct ocr_blocks *blocks, struct rc_err *err)
{
	struct collector c = { .page = page, .text = RC_BUF(RC_MAX_LINE_BYTES) };
	enum rc_status status = RC_OK;

	for (int i = 0; status == RC_OK && i < blocks->n; i++)
		status = read_block(&c, engine, gray, &blocks->block[i], err);
	rc_buf_free(&c.text);
	return status;
}
