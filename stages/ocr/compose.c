/* compose.c -- regions, lines and glyphs put together on the page while it is read. */
#include <math.h>
#include <string.h>

#include "core/limits.h"
#include "core/text.h"
#include "ocr/compose.h"

static enum rc_status too_much(const struct rc_page *page, const char *what, struct rc_err *err)
{
	return rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMBERS, "cannot keep what was read from '%s': more %s than the limit", page->name, what);
}

static struct rc_box around(struct rc_box a, struct rc_box b)
{
	int x = a.x < b.x ? a.x : b.x, y = a.y < b.y ? a.y : b.y;
	int right = a.x + a.w > b.x + b.w ? a.x + a.w : b.x + b.w, bottom = a.y + a.h > b.y + b.h ? a.y + a.h : b.y + b.h;

	return (struct rc_box){ x, y, right - x, bottom - y };
}

enum rc_status ocr_compose_region(struct ocr_composer *c, const struct ocr_block *block, struct rc_err *err)
{
	struct rc_box box = rc_page_stored_box(c->page, block->box);
	enum rc_direction direction = block->vertical ? RC_DIR_VERTICAL : RC_DIR_HORIZONTAL;

	if (c->region && c->region_number == block->region && c->region->type == block->type && c->region->direction == direction) {
		c->region->box = around(c->region->box, box);
		return RC_OK;
	}
	c->region = rc_page_add_region(c->page);
	if (!c->region)
		return too_much(c->page, "regions", err);
	c->region_number = block->region;
	c->region->type = block->type;
	c->region->box = box;
	c->region->direction = direction;
	return RC_OK;
}

/* The four corners, when the line is turned on the frame by more than the rounding of its box. */
static void set_polygon(const struct rc_page *page, struct rc_line *line, struct rc_box box, double lean)
{
	const double x[4] = { box.x + fmax(-lean, 0), box.x + box.w - fmax(lean, 0), box.x + box.w - fmax(-lean, 0), box.x + fmax(lean, 0) };
	const double y[4] = { box.y, box.y, box.y + box.h, box.y + box.h };
	double corners[8];

	for (int i = 0; i < 4; i++) {
		double at[8];

		rc_page_stored_corners(page, (struct rc_box){ (int32_t)lround(x[i]), (int32_t)lround(y[i]), 0, 0 }, at);
		corners[2 * i] = at[0];
		corners[2 * i + 1] = at[1];
	}
	if (fabs(corners[0] - corners[6]) < 1 || fabs(corners[1] - corners[3]) < 1)
		return;
	for (int i = 0; i < 8; i++)
		line->polygon[i] = (int32_t)lround(fmin(fmax(corners[i], 0), i % 2 ? page->height : page->width));
}

enum rc_status ocr_compose_end_line(struct ocr_composer *c, struct rc_err *err)
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

enum rc_status ocr_compose_line(struct ocr_composer *c, struct rc_box box, double lean, bool vertical, struct rc_err *err)
{
	enum rc_status status = ocr_compose_end_line(c, err);

	if (status != RC_OK)
		return status;
	c->line = rc_region_add_line(c->region);
	if (!c->line)
		return too_much(c->page, "lines", err);
	c->line->box = rc_page_stored_box(c->page, box);
	c->line->direction = vertical ? RC_DIR_VERTICAL : RC_DIR_HORIZONTAL;
	set_polygon(c->page, c->line, box, lean);
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

enum rc_status ocr_compose_glyph(struct ocr_composer *c, const char *text, struct rc_box box, float confidence, bool starts_word,
                                 struct rc_glyph **ret, struct rc_err *err)
{
	const char *rest = text;
	uint32_t first = rc_utf8_next(&rest);
	struct rc_glyph *glyph;

	if (starts_word && c->last && !(rc_is_cjk(c->last) && rc_is_cjk(first)))
		rc_buf_addc(&c->text, ' ');
	glyph = rc_line_add_glyph(c->line);
	if (!glyph)
		return too_much(c->page, "glyphs", err);
	glyph->start = (uint32_t)c->text.len;
	glyph->len = (uint32_t)strlen(text);
	glyph->box = rc_page_stored_box(c->page, box);
	glyph->confidence = fminf(fmaxf(confidence, 0), 1);
	rc_buf_adds(&c->text, text);
	c->last = last_cp(text);
	if (ret)
		*ret = glyph;
	return RC_OK;
}

void ocr_compose_free(struct ocr_composer *c)
{
	rc_buf_free(&c->text);
}
