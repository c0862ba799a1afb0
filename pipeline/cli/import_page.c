/* import_page.c -- what a person changed on a page.
 *
 *   import_compare()    scale, then look at each line of the file
 *   best_match()        the page's line in the same place */
#include "cli/import_page.h"

#include <math.h>
#include <string.h>

#include "normalize/normalize.h"

static const double least_common = 0.5;         /* of what two lines cover together, for them to be one */
static const double ratio_slack = 0.02;         /* pictures of one page may be cut by a pixel or two */

void import_changes_free(struct import_changes *changes)
{
	for (size_t i = 0; i < changes->n; i++)
		free((char *)(uintptr_t)changes->v[i].text);
	free(changes->v);
	*changes = (struct import_changes){ 0 };
}

/* From the file's unit to pixels of the stored frame. */
struct scale {
	double x, y;
	const struct rc_page *page;
};

static enum rc_status make_scale(const struct layout_xml *layout, const struct rc_page *page, const char *name, struct scale *ret, struct rc_err *err)
{
	*ret = (struct scale){ 1, 1, page };
	if (layout->n_pages != 1)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_FORMAT, "cannot import '%s': it has %d pages, wanted is one", name, layout->n_pages);
	if (layout->width <= 0 || layout->height <= 0)
		return RC_OK;
	ret->x = page->width / layout->width;
	ret->y = page->height / layout->height;
	if (fabs(ret->x / ret->y - 1) > ratio_slack)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_FORMAT, "cannot import '%s': its page measures %g by %g, the scan %d by %d", name,
		               layout->width, layout->height, page->width, page->height);
	return RC_OK;
}

/* Empty when the line has no place, or lies outside. */
static struct rc_box box_of(const struct layout_line *line, const struct scale *s)
{
	const double low[2] = { line->left * s->x, line->top * s->y }, high[2] = { line->right * s->x, line->bottom * s->y };

	if (line->right <= line->left || line->bottom <= line->top)
		return (struct rc_box){ 0 };
	/* A thousandth: what scaling leaves of whole numbers. */
	return rc_box_around((const double[]){ low[0] + 1e-3, low[1] + 1e-3 }, (const double[]){ high[0] - 1e-3, high[1] - 1e-3 },
	                     s->page->width, s->page->height);
}

static int64_t common_length(int32_t a, int32_t a_len, int32_t b, int32_t b_len)
{
	int32_t from = a > b ? a : b, to = a + a_len < b + b_len ? a + a_len : b + b_len;

	return to > from ? to - from : 0;
}

/* The common part of two boxes, as a share of what they cover together. */
static double likeness(struct rc_box a, struct rc_box b)
{
	double common = (double)(common_length(a.x, a.w, b.x, b.w) * common_length(a.y, a.h, b.y, b.h));
	double all = (double)a.w * a.h + (double)b.w * b.h - common;

	return all > 0 ? common / all : 0;
}

static const struct rc_line *best_match(const struct rc_page *page, struct rc_box box)
{
	const struct rc_line *best = NULL;
	double most = least_common;

	for (size_t i = 0; i < page->n_regions; i++)
		for (size_t k = 0; k < page->regions[i].n_lines; k++) {
			const struct rc_line *line = &page->regions[i].lines[k];
			double like = likeness(box, line->box);

			if (like < most)
				continue;
			most = like;
			best = line;
		}
	return best;
}

/* Corners of a line that leans may lie outside the frame, but not far. */
static void set_polygon(struct rc_correction *c, const struct layout_line *line, const struct scale *s)
{
	for (size_t i = 0; line->turned && i < RC_COUNT(c->polygon); i++) {
		int32_t most = i % 2 ? s->page->height : s->page->width;

		c->polygon[i] = (int32_t)lround(fmin(fmax(line->corners[i] * (i % 2 ? s->y : s->x), -most), 2.0 * most));
	}
}

/* Takes text. */
static void add_change(struct import_changes *changes, struct rc_correction c, char *text)
{
	if ((changes->n & (changes->n - 1)) == 0)
		changes->v = rc_realloc(changes->v, (changes->n ? 2 * changes->n : 1) * sizeof *changes->v);
	c.text = text;
	changes->v[changes->n++] = c;
}

static void compare_line(struct import_changes *changes, const struct layout_line *line, const struct scale *s)
{
	struct rc_box box = box_of(line, s);
	const struct rc_line *match;
	RC_OWN_STR text = line->text ? normalize_text(line->text) : NULL;

	if (!text)
		return;
	if (box.w <= 0 || box.h <= 0) {
		changes->placeless += *text != '\0';
		return;
	}
	match = best_match(s->page, box);
	if (match && strcmp(match->text ? match->text : "", text) == 0) {
		changes->same++;
		return;
	}
	if (match) {
		struct rc_correction c = { .box = match->box, .direction = match->direction };

		memcpy(c.polygon, match->polygon, sizeof c.polygon);
		add_change(changes, c, rc_steal(text));
	} else if (*text) {
		struct rc_correction c = { .box = box, .direction = line->direction };

		set_polygon(&c, line, s);
		add_change(changes, c, rc_steal(text));
	}
}

enum rc_status import_compare(const struct layout_xml *layout, const struct rc_page *page, const char *name, struct import_changes *ret,
                              struct rc_err *err)
{
	struct scale scale;
	enum rc_status status = make_scale(layout, page, name, &scale, err);

	*ret = (struct import_changes){ 0 };
	for (size_t i = 0; rc_good(status) && i < layout->n_lines; i++)
		compare_line(ret, &layout->lines[i], &scale);
	return status;
}
