/* corrections.c -- puts corrected lines in the place of those that were read.
 *
 *   corrections_apply()   find_places(), rebuild_region() for each region, add_regions() for new ones, weigh()
 *   find_place()          where a correction goes: the line it covers most, beside its neighbour, or its place in a region
 *   comes_before()        reading order of two boxes: columns from the right, rows from above */
#include "normalize/corrections.h"

#include <stdlib.h>
#include <string.h>

#include "core/text.h"

enum { NOWHERE = SIZE_MAX };

struct place {
	const struct rc_correction *correction;         /* NULL: done */
	size_t region;                  /* NOWHERE: in none */
	size_t line;                    /* goes before this one */
	const struct rc_line *instead;  /* the line it replaces most of; NULL: it is new */
	bool shared;                    /* others replace parts of the same line */
	bool follows;                   /* has its place by its neighbour in the file, not by geometry */
	bool apart;                     /* begins a region, or goes on with one that begins so; `region`: behind this one */
	bool begins;                    /* the first of such a region */
};

void corrections_free(struct corrections *c)
{
	for (size_t i = 0; i < c->n; i++)
		free((char *)(uintptr_t)c->v[i].text);
	free(c->v);
	*c = (struct corrections){ 0 };
}

/* ---- the list --------------------------------------------------------------------------------------------- */

void corrections_add(struct corrections *c, const struct rc_correction *correction)
{
	if ((c->n & (c->n - 1)) == 0)
		c->v = rc_realloc(c->v, (c->n ? 2 * c->n : 1) * sizeof *c->v);
	c->v[c->n] = *correction;
	c->v[c->n++].text = rc_strdup(correction->text);
}

static enum rc_status keep(void *ctx, const struct rc_correction *correction, struct rc_err *err)
{
	corrections_add(ctx, correction);
	return RC_OK;
}

enum rc_status corrections_load(struct corrections *ret, struct rc_books *books, const struct rc_digest *scan, int32_t frame, struct rc_err *err)
{
	return rc_books_each_correction(books, scan, frame, keep, ret, err);
}

/* ---- boxes -------------------------------------------------------------------------------------------------- */

static int64_t common_length(int32_t a, int32_t a_len, int32_t b, int32_t b_len)
{
	int32_t from = a > b ? a : b, to = a + a_len < b + b_len ? a + a_len : b + b_len;

	return to > from ? to - from : 0;
}

static int64_t common_area(struct rc_box a, struct rc_box b)
{
	return common_length(a.x, a.w, b.x, b.w) * common_length(a.y, a.h, b.y, b.h);
}

static int64_t area(struct rc_box b)
{
	return (int64_t)b.w * b.h;
}

static struct rc_box around(struct rc_box a, struct rc_box b)
{
	int32_t right = a.x + a.w > b.x + b.w ? a.x + a.w : b.x + b.w;
	int32_t bottom = a.y + a.h > b.y + b.h ? a.y + a.h : b.y + b.h;
	int32_t x = a.x < b.x ? a.x : b.x, y = a.y < b.y ? a.y : b.y;

	return (struct rc_box){ x, y, right - x, bottom - y };
}

/* Columns from right to left and what shares a column from above; rows from above and what shares a row from the left. */
static bool comes_before(struct rc_box a, struct rc_box b, enum rc_direction direction)
{
	if (direction == RC_DIR_VERTICAL) {
		if (2 * common_length(a.x, a.w, b.x, b.w) > (a.w < b.w ? a.w : b.w))
			return 2 * a.y + a.h < 2 * b.y + b.h;
		return 2 * a.x + a.w > 2 * b.x + b.w;
	}
	if (2 * common_length(a.y, a.h, b.y, b.h) > (a.h < b.h ? a.h : b.h))
		return 2 * a.x + a.w < 2 * b.x + b.w;
	return 2 * a.y + a.h < 2 * b.y + b.h;
}

/* ---- where corrections go ------------------------------------------------------------------------------------- */

/* Half of what both cover is common. */
static bool alike(struct rc_box a, struct rc_box b)
{
	return 3 * common_area(a, b) >= area(a) + area(b) && area(a) > 0;
}

/* A line that is gone takes only its like with it: it may have lain over others. */
static bool is_replaced(const struct corrections *c, const struct rc_line *line)
{
	int64_t covered = 0;

	for (size_t i = 0; i < c->n; i++) {
		if (!c->v[i].gone)
			covered += common_area(c->v[i].box, line->box);
		else if (alike(c->v[i].box, line->box))
			return true;
	}
	return area(line->box) > 0 && 2 * covered >= area(line->box);
}

static bool holds_text(const struct rc_region *region)
{
	return region->n_lines > 0 || region->type == RC_REGION_TEXT || region->type == RC_REGION_HEADING || region->type == RC_REGION_TABLE;
}

/* The region that shares most with the box, and the place in it. */
static void find_new_place(const struct rc_page *page, struct place *p)
{
	const struct rc_box box = p->correction->box;
	const struct rc_region *region;
	int64_t most = 0;

	for (size_t i = 0; i < page->n_regions; i++) {
		int64_t shared = common_area(page->regions[i].box, box);

		if (!holds_text(&page->regions[i]) || shared <= most)
			continue;
		most = shared;
		p->region = i;
	}
	if (p->region == NOWHERE)
		return;
	region = &page->regions[p->region];
	for (p->line = 0; p->line < region->n_lines; p->line++)
		if (comes_before(box, region->lines[p->line].box, region->direction))
			break;
}

/* A line that only people knew, and took away again: others may stand where it stood. */
static bool keeps_a_place(const struct rc_correction *c)
{
	return c->gone && (c->beside.w > 0 || c->begins);
}

/* Beside a line of the page, or behind another correction, which has its place already: corrections come by rank. */
static bool find_beside(const struct rc_page *page, struct place *places, struct place *p)
{
	const struct rc_box beside = p->correction->beside;

	for (size_t i = 0; i < page->n_regions; i++)
		for (size_t k = 0; k < page->regions[i].n_lines; k++)
			if (alike(page->regions[i].lines[k].box, beside)) {
				p->region = i;
				p->line = p->correction->before ? k : k + 1;
				p->apart = p->begins;
				return true;
			}
	for (struct place *q = p; q-- > places;) {
		if (!alike(q->correction->box, beside) || (q->correction->gone && !keeps_a_place(q->correction)))
			continue;
		/* Who comes after the first of a region that went is the first. */
		p->begins |= q->correction->gone && q->begins;
		q->begins &= !q->correction->gone;
		p->region = q->region;
		p->line = q->line + (q->instead != NULL);
		p->apart = q->apart || p->begins;
		return true;
	}
	return false;
}

/* The line that the correction covers most. */
static void find_replaced(const struct corrections *c, const struct rc_page *page, struct place *p)
{
	int64_t most = 0;

	for (size_t i = 0; i < page->n_regions; i++)
		for (size_t k = 0; k < page->regions[i].n_lines; k++) {
			const struct rc_line *line = &page->regions[i].lines[k];
			int64_t shared = common_area(p->correction->box, line->box);

			if (shared <= most || !is_replaced(c, line))
				continue;
			most = shared;
			p->region = i;
			p->line = k;
			p->instead = line;
		}
}

static void find_place(const struct corrections *c, const struct rc_page *page, struct place *places, struct place *p)
{
	if (!p->correction->gone)
		find_replaced(c, page, p);
	if (p->instead || (p->correction->gone && !keeps_a_place(p->correction)))
		return;
	p->follows = p->correction->beside.w > 0 && find_beside(page, places, p);
	p->apart |= p->begins && !p->follows;
	if (!p->follows && !p->apart && !p->correction->gone)
		find_new_place(page, p);
}

/* As they came in a file; those of no known rank first, by place. */
static int by_rank(const void *a, const void *b)
{
	const struct place *p = a, *q = b;
	int32_t r = p->correction->rank, s = q->correction->rank;

	return r != s ? (r > s) - (r < s) : (p->correction > q->correction) - (p->correction < q->correction);
}

static struct place *find_places(const struct corrections *c, const struct rc_page *page)
{
	struct place *places = rc_alloc(c->n * sizeof *places);

	for (size_t i = 0; i < c->n; i++)
		places[i] = (struct place){ .correction = &c->v[i], .region = NOWHERE, .begins = c->v[i].begins };
	qsort(places, c->n, sizeof *places, by_rank);
	for (size_t i = 0; i < c->n; i++) {
		find_place(c, page, places, &places[i]);
		for (size_t k = 0; k < i; k++)
			if (places[i].instead && places[k].instead == places[i].instead)
				places[i].shared = places[k].shared = true;
	}
	return places;
}

/* ---- lines ------------------------------------------------------------------------------------------------------ */

static void drop_line(struct rc_line *line)
{
	free(line->text);
	free(line->glyphs);
	*line = (struct rc_line){ 0 };
}

/* One glyph for each character, and as many of the new text: they stay where they are. */
static void take_glyphs(struct rc_line *line, struct rc_line *from)
{
	const char *at = line->text;
	size_t n = rc_utf8_count(at);

	if (n == 0 || n != from->n_glyphs || n != rc_utf8_count(from->text ? from->text : ""))
		return;
	line->glyphs = rc_steal(from->glyphs);
	line->n_glyphs = from->n_glyphs;
	from->n_glyphs = 0;
	for (size_t i = 0; i < n; i++) {
		struct rc_box box = line->glyphs[i].box;
		const char *start = at;

		(void)rc_utf8_next(&at);
		line->glyphs[i] = (struct rc_glyph){ .start = (uint32_t)(start - line->text), .len = (uint32_t)(at - start), .box = box, .confidence = 1 };
	}
}

static struct rc_line corrected_line(const struct place *p, struct rc_line *instead, enum rc_direction fallback)
{
	const struct rc_correction *c = p->correction;
	struct rc_line line = { .box = c->box, .confidence = 1, .human = true, .text = rc_strdup(c->text), .direction = c->direction };

	memcpy(line.polygon, c->polygon, sizeof line.polygon);
	if (line.direction == RC_DIR_UNKNOWN)
		line.direction = instead ? instead->direction : fallback;
	/* What programs for transcribing rarely say shows in the shape of a line. */
	if (line.direction == RC_DIR_UNKNOWN && rc_utf8_count(line.text) > 1)
		line.direction = 2 * line.box.h > 3 * line.box.w ? RC_DIR_VERTICAL : RC_DIR_HORIZONTAL;
	if (instead && !p->shared)
		take_glyphs(&line, instead);
	return line;
}

/* What follows the line before comes first, as the file has it; then the others, by place. */
static bool goes_first(const struct place *a, const struct place *b, enum rc_direction direction)
{
	if (a->follows || b->follows)
		return a->follows && (!b->follows || a->correction->rank < b->correction->rank);
	return comes_before(a->correction->box, b->correction->box, direction);
}

/* Of the corrections that go before line `at`, the first. */
static struct place *next_place(struct place *places, size_t n, size_t region, size_t at, enum rc_direction direction)
{
	struct place *first = NULL;

	for (size_t i = 0; i < n; i++)
		if (places[i].correction && !places[i].apart && !places[i].correction->gone && places[i].region == region && places[i].line == at &&
		    (!first || goes_first(&places[i], first, direction)))
			first = &places[i];
	return first;
}

static void insert_corrections(struct rc_region *to, struct place *places, size_t n, size_t region, size_t at, struct rc_line *instead)
{
	struct place *p;

	while ((p = next_place(places, n, region, at, to->direction))) {
		struct rc_line *line = rc_region_add_line(to);

		if (line)
			*line = corrected_line(p, p->instead ? instead : NULL, to->direction);
		p->correction = NULL;
	}
}

static void rebuild_region(const struct corrections *c, struct rc_page *page, size_t index, struct place *places)
{
	struct rc_region *region = &page->regions[index];
	struct rc_region fresh = { .direction = region->direction };

	for (size_t k = 0; k <= region->n_lines; k++) {
		struct rc_line *old = k < region->n_lines ? &region->lines[k] : NULL, *line;
		bool replaced = old && is_replaced(c, old);

		insert_corrections(&fresh, places, c->n, index, k, old);
		if (!old)
			break;
		line = replaced ? NULL : rc_region_add_line(&fresh);
		if (line)
			*line = *old;
		else
			drop_line(old);
	}
	free(region->lines);
	region->lines = fresh.lines;
	region->n_lines = fresh.n_lines;
	for (size_t k = 0; k < region->n_lines; k++)
		if (region->lines[k].human)
			region->box = around(region->box, region->lines[k].box);
}

/* What lies in no region, and follows nothing: one more at the end. */
static void add_region(struct rc_page *page, struct place *places, size_t n)
{
	struct rc_region *region = NULL;

	for (size_t i = 0; i < n; i++) {
		const struct rc_correction *c = places[i].correction;

		if (!c || c->gone || places[i].apart)
			continue;
		if (!region) {
			region = rc_page_add_region(page);
			if (!region)
				return;
			region->box = c->box;
			region->direction = c->direction;
		}
		region->box = around(region->box, c->box);
	}
	if (region)
		insert_corrections(region, places, n, NOWHERE, 0, NULL);
}

/* Regions that people made, behind the n_old ones that were there, by rank; behind[k]: the one that region n_old + k goes behind. */
static void add_regions(struct rc_page *page, struct place *places, size_t n, size_t *behind)
{
	struct rc_region *region = NULL;
	size_t n_old = page->n_regions;

	for (size_t i = 0; i < n; i++) {
		struct place *p = &places[i];

		if (!p->correction || !p->apart || p->correction->gone)
			continue;
		if (!region || p->begins) {
			region = rc_page_add_region(page);
			if (!region)
				return;
			region->box = p->correction->box;
			region->direction = p->correction->direction;
			behind[page->n_regions - 1 - n_old] = p->region;
		}
		struct rc_line *line = rc_region_add_line(region);

		if (line)
			*line = corrected_line(p, NULL, region->direction);
		if (line && region->direction == RC_DIR_UNKNOWN)
			region->direction = line->direction;
		region->box = around(region->box, p->correction->box);
		p->correction = NULL;
	}
}

/* Each new region goes behind the old one that it follows; those that follow none stay at the end. */
static void sort_regions(struct rc_page *page, size_t n_old, const size_t *behind)
{
	struct rc_region *sorted = rc_alloc((page->n_regions + 1) * sizeof *sorted);
	size_t n = 0;

	for (size_t i = 0; i <= n_old; i++) {
		if (i < n_old)
			sorted[n++] = page->regions[i];
		for (size_t k = n_old; k < page->n_regions; k++)
			if (i < n_old ? behind[k - n_old] == i : behind[k - n_old] >= n_old)
				sorted[n++] = page->regions[k];
	}
	if (n > 0)
		memcpy(page->regions, sorted, n * sizeof *sorted);
	free(sorted);
}

/* ---- the page ----------------------------------------------------------------------------------------------------- */

static void weigh(struct rc_page *page)
{
	struct rc_quality *q = &page->quality;
	double human = 0, machine = 0;

	for (size_t i = 0; i < page->n_regions; i++)
		for (size_t k = 0; k < page->regions[i].n_lines; k++) {
			const struct rc_line *line = &page->regions[i].lines[k];

			*(line->human ? &human : &machine) += (double)rc_utf8_count(line->text ? line->text : "");
		}
	if (human <= 0)
		return;
	float left = (float)(machine / (machine + human));

	q->confidence = q->confidence * left + (1 - left);
	q->estimated_error = q->estimated_error >= 0 ? q->estimated_error * left : machine > 0 ? q->estimated_error : 0;
	q->page_class = RC_PAGE_TEXT;   /* whatever it looked like, there is text on it */
}

void corrections_apply(const struct corrections *c, struct rc_page *page)
{
	if (c->n == 0)
		return;
	RC_CLEANUP(rc_free) struct place *places = find_places(c, page);

	RC_CLEANUP(rc_free) size_t *behind = rc_alloc(c->n * sizeof *behind);
	size_t n_old = page->n_regions;

	for (size_t i = 0; i < n_old; i++)
		rebuild_region(c, page, i, places);
	add_regions(page, places, c->n, behind);
	sort_regions(page, n_old, behind);
	add_region(page, places, c->n);
	weigh(page);
}
