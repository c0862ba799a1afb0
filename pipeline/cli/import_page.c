/* import_page.c -- what a person changed on a page.
 *
 *   import_compare()    scale, match, then look at each line of the file and at what is missing in it
 *   match_lines()       which line of the page a line of the file is: by its place, or in an edited export by id where it has none
 *   add_gone()          lines of the page that were deleted
 *   add_new()           a line that the page has not, with the line that it follows */
#include "cli/import_page.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "normalize/normalize.h"

static const double least_common = 0.5;         /* of what two lines cover together, for them to be one */
static const double ratio_slack = 0.02;         /* pictures of one page may be cut by a pixel or two */

void import_changes_free(struct import_changes *changes)
{
	for (size_t i = 0; i < changes->n; i++)
		free((char *)(uintptr_t)changes->v[i].text);
	for (size_t i = 0; i < changes->n_unheard; i++)
		free(changes->unheard[i]);
	free(changes->v);
	free(changes->unheard);
	*changes = (struct import_changes){ 0 };
}

/* A line of the page, and its id in an export. */
struct own_line {
	const struct rc_line *line;
	char id[LAYOUT_ID];
	bool in_file;                   /* some line of the file is this one */
};

/* A line of the file. */
struct their_line {
	struct rc_box box;              /* w 0: no place */
	struct own_line *match;         /* NULL: none */
};

struct compare {
	const struct layout_xml *layout;
	const struct rc_page *page;
	int32_t width, height;          /* of the stored frame */
	double x, y;                    /* from the file's unit to its pixels */
	struct own_line *own;           /* owned; by id, bytewise */
	struct their_line *their;       /* owned; one for each line of the layout */
	size_t n_own;
	struct import_changes out;      /* owned */
};

static void compare_clear(struct compare *c)
{
	free(c->own);
	free(c->their);
	import_changes_free(&c->out);
}

/* ---- places ------------------------------------------------------------------------------------------------- */

static enum rc_status make_scale(struct compare *c, const char *name, struct rc_err *err)
{
	const struct layout_xml *layout = c->layout;

	c->x = c->y = 1;
	c->width = c->page->width;
	c->height = c->page->height;
	if (layout->n_pages != 1)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_FORMAT, "cannot import '%s': it has %d pages, wanted is one", name, layout->n_pages);
	if (c->width <= 0 || c->height <= 0) {
		if (!(layout->width >= 1 && layout->height >= 1 && layout->width <= RC_MAX_SIDE && layout->height <= RC_MAX_SIDE))
			return rc_fail(err, RC_PAGE_FAILED, RC_WHY_FORMAT, "cannot import '%s': its page could not be read, and the file does not say"
			               " how many pixels wide and high it is", name);
		c->width = (int32_t)lround(layout->width);
		c->height = (int32_t)lround(layout->height);
		return RC_OK;
	}
	if (layout->width <= 0 || layout->height <= 0)
		return RC_OK;
	c->x = c->width / layout->width;
	c->y = c->height / layout->height;
	if (fabs(c->x / c->y - 1) > ratio_slack)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_FORMAT, "cannot import '%s': its page measures %g by %g, the scan %d by %d", name,
		               layout->width, layout->height, c->width, c->height);
	return RC_OK;
}

/* Empty when the line has no place, or lies outside. */
static struct rc_box box_of(const struct compare *c, const struct layout_line *line)
{
	const double low[2] = { line->left * c->x, line->top * c->y }, high[2] = { line->right * c->x, line->bottom * c->y };

	if (line->right <= line->left || line->bottom <= line->top)
		return (struct rc_box){ 0 };
	/* A thousandth: what scaling leaves of whole numbers. */
	return rc_box_around((const double[]){ low[0] + 1e-3, low[1] + 1e-3 }, (const double[]){ high[0] - 1e-3, high[1] - 1e-3 },
	                     c->width, c->height);
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

/* ---- which line is which ---------------------------------------------------------------------------------- */

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct own_line *)a)->id, ((const struct own_line *)b)->id);
}

static void list_own(struct compare *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->page->n_regions; i++)
		n += c->page->regions[i].n_lines;
	c->own = rc_alloc((n + 1) * sizeof *c->own);
	for (size_t i = 0; i < c->page->n_regions; i++)
		for (size_t k = 0; k < c->page->regions[i].n_lines; k++) {
			struct own_line *own = &c->own[c->n_own++];

			*own = (struct own_line){ .line = &c->page->regions[i].lines[k] };
			layout_line_id(own->id, i, k);
		}
	qsort(c->own, c->n_own, sizeof *c->own, by_id);
}

static struct own_line *find_own(const struct compare *c, const char *id)
{
	struct own_line key = { 0 };

	if (strlen(id) >= sizeof key.id || c->n_own == 0)
		return NULL;
	memcpy(key.id, id, strlen(id));
	return bsearch(&key, c->own, c->n_own, sizeof key, by_id);
}

static struct own_line *best_match(const struct compare *c, struct rc_box box)
{
	struct own_line *best = NULL;
	double most = least_common;

	for (size_t i = 0; box.w > 0 && i < c->n_own; i++) {
		double like = likeness(box, c->own[i].line->box);

		if (like < most)
			continue;
		most = like;
		best = &c->own[i];
	}
	return best;
}

/* An edited export of this very reading: what is in the same place has the same id. A line that was moved far is gone, and new elsewhere. */
static bool is_edited_export(const struct compare *c)
{
	if (!*c->layout->scan)
		return false;
	for (size_t i = 0; i < c->layout->n_lines; i++)
		if (c->their[i].match && strcmp(c->their[i].match->id, c->layout->lines[i].id) != 0)
			return false;
	return true;
}

static bool match_lines(struct compare *c)
{
	size_t known = 0;

	c->their = rc_alloc((c->layout->n_lines + 1) * sizeof *c->their);
	for (size_t i = 0; i < c->layout->n_lines; i++) {
		struct rc_box box = box_of(c, &c->layout->lines[i]);

		c->their[i] = (struct their_line){ box.w > 0 && box.h > 0 ? box : (struct rc_box){ 0 }, best_match(c, box) };
		known += c->their[i].match != NULL;
	}
	if (!is_edited_export(c) || (known == 0 && c->layout->n_lines > 0))
		return false;
	for (size_t i = 0; i < c->layout->n_lines; i++) {
		if (c->their[i].box.w <= 0)
			c->their[i].match = find_own(c, c->layout->lines[i].id);
		if (c->their[i].match)
			c->their[i].match->in_file = true;
	}
	return true;
}

/* ---- changes ------------------------------------------------------------------------------------------------ */

/* Corners of a line that leans may lie outside the frame, but not far. */
static void set_polygon(struct rc_correction *c, const struct layout_line *line, const struct compare *s)
{
	for (size_t i = 0; line->turned && i < RC_COUNT(c->polygon); i++) {
		int32_t most = i % 2 ? s->height : s->width;

		c->polygon[i] = (int32_t)lround(fmin(fmax(line->corners[i] * (i % 2 ? s->y : s->x), -most), 2.0 * most));
	}
}

/* Takes text. */
static void add_change(struct compare *c, struct rc_correction change, char *text)
{
	struct import_changes *out = &c->out;

	if ((out->n & (out->n - 1)) == 0)
		out->v = rc_realloc(out->v, (out->n ? 2 * out->n : 1) * sizeof *out->v);
	change.text = text;
	change.width = c->width;
	change.height = c->height;
	out->v[out->n++] = change;
}

static void add_gone(struct compare *c)
{
	for (size_t i = 0; i < c->n_own; i++) {
		const struct rc_line *line = c->own[i].line;

		if (c->own[i].in_file || line->box.w <= 0 || line->box.h <= 0)
			continue;
		add_change(c, (struct rc_correction){ .box = line->box, .direction = line->direction, .gone = true, .rank = 1 }, rc_strdup(""));
		c->out.gone++;
	}
}

/* The first line of the file's region that the page knows, from line i on; NULL: none. */
static const struct own_line *next_known(const struct compare *c, size_t i)
{
	const struct layout_line *lines = c->layout->lines;

	for (size_t k = i; k < c->layout->n_lines && lines[k].region == lines[i].region; k++)
		if (c->their[k].match)
			return c->their[k].match;
	return NULL;
}

/* After the line before it in the file; where that is of another region, before the next one of its own. */
static void add_new(struct compare *c, size_t i, char *text)
{
	const struct layout_line *line = &c->layout->lines[i];
	struct rc_correction change = { .box = c->their[i].box, .direction = line->direction, .rank = (int32_t)i + 1 };
	bool first = i == 0 || line[-1].region != line->region;

	const struct own_line *next = first ? next_known(c, i) : NULL;

	change.begins = first && !next;
	change.before = next != NULL;
	if (next) {
		change.beside = next->line->box;
	} else if (i > 0) {
		change.beside = c->their[i - 1].match ? c->their[i - 1].match->line->box : c->their[i - 1].box;
	}
	set_polygon(&change, line, c);
	add_change(c, change, text);
}

static void add_unheard(struct import_changes *out, const char *id)
{
	if ((out->n_unheard & (out->n_unheard - 1)) == 0)
		out->unheard = rc_realloc(out->unheard, (out->n_unheard ? 2 * out->n_unheard : 1) * sizeof *out->unheard);
	out->unheard[out->n_unheard++] = rc_strdup(id);
}

static void compare_line(struct compare *c, size_t i)
{
	const struct layout_line *line = &c->layout->lines[i];
	const struct own_line *match = c->their[i].match;
	RC_OWN_STR text = line->text ? normalize_text(line->text) : NULL;

	if (!text)
		return;
	if (match && strcmp(match->line->text ? match->line->text : "", text) == 0) {
		c->out.same++;
		if (line->words_differ && (line->corrected || !match->line->human))
			add_unheard(&c->out, line->id);
	} else if (match) {
		struct rc_correction change = { .box = match->line->box, .direction = match->line->direction, .rank = (int32_t)i + 1 };

		memcpy(change.polygon, match->line->polygon, sizeof change.polygon);
		add_change(c, change, rc_steal(text));
	} else if (c->their[i].box.w <= 0) {
		c->out.placeless += *text != '\0';
	} else if (*text) {
		add_new(c, i, rc_steal(text));
	}
}

enum rc_status import_compare(const struct layout_xml *layout, const struct rc_page *page, const char *name, struct import_changes *ret,
                              struct rc_err *err)
{
	RC_CLEANUP(compare_clear) struct compare c = { .layout = layout, .page = page };
	enum rc_status status = make_scale(&c, name, err);

	*ret = (struct import_changes){ 0 };
	if (!rc_good(status))
		return status;
	list_own(&c);
	if (match_lines(&c))
		add_gone(&c);
	for (size_t i = 0; i < layout->n_lines; i++)
		compare_line(&c, i);
	*ret = c.out;
	c.out = (struct import_changes){ 0 };
	return RC_OK;
}
