/* outline.c -- around a line and everything in it.
 *
 *   export_line_outline()      the line's box, or around a line that leans the hull of its corners, words and glyphs
 *   hull()                     Andrew's monotone chain (1979) */
#include <stdlib.h>

#include "export/pages.h"

struct point {
	int64_t x, y;
};

struct points {
	struct point *v;                /* owned */
	size_t n, room;
};

static void points_clear(struct points *p)
{
	free(p->v);
}

static void add_point(struct points *p, const struct rc_page *page, int32_t x, int32_t y)
{
	if (p->n == p->room) {
		p->room = p->room ? 2 * p->room : 64;
		p->v = rc_realloc(p->v, p->room * sizeof *p->v);
	}
	p->v[p->n++] = (struct point){ x < 0 ? 0 : x > page->width ? page->width : x, y < 0 ? 0 : y > page->height ? page->height : y };
}

static void add_box(struct points *p, const struct rc_page *page, struct rc_box b)
{
	add_point(p, page, b.x, b.y);
	add_point(p, page, b.x + b.w, b.y);
	add_point(p, page, b.x + b.w, b.y + b.h);
	add_point(p, page, b.x, b.y + b.h);
}

static int by_place(const void *a, const void *b)
{
	const struct point *p = a, *q = b;

	return p->x != q->x ? (p->x > q->x) - (p->x < q->x) : (p->y > q->y) - (p->y < q->y);
}

/* Above 0: c lies to the right of the way from a to b (y runs down). */
static int64_t turn(struct point a, struct point b, struct point c)
{
	return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

/* Of at least three points; ret has room for one more than there are. Clockwise as it is looked at. Returns how many. */
static size_t hull(struct points *p, struct point *ret)
{
	size_t n = 0;

	qsort(p->v, p->n, sizeof *p->v, by_place);
	for (size_t i = 0; i < p->n; i++) {
		while (n >= 2 && turn(ret[n - 2], ret[n - 1], p->v[i]) <= 0)
			n--;
		ret[n++] = p->v[i];
	}
	for (size_t i = p->n - 1, first = n + 1; i-- > 0;) {
		while (n >= first && turn(ret[n - 2], ret[n - 1], p->v[i]) <= 0)
			n--;
		ret[n++] = p->v[i];
	}
	return n - 1;                   /* the first came twice */
}

void export_line_outline(const struct rc_page *page, const struct rc_line *line, struct rc_buf *out)
{
	RC_CLEANUP(points_clear) struct points all = { 0 };
	struct export_word word;
	char points[EXPORT_POINTS];
	size_t at = 0;

	if (!export_line_is_turned(line)) {
		rc_buf_adds(out, export_line_points(points, page, line));
		return;
	}
	for (size_t i = 0; i < 4; i++)
		add_point(&all, page, line->polygon[2 * i], line->polygon[2 * i + 1]);
	for (size_t i = 0; i < line->n_glyphs; i++)
		add_box(&all, page, export_glyph_box(line, i));
	/* A word that is the whole line gets its outline. */
	while (export_next_word(line, &at, &word))
		if (word.first > 0 || word.last < line->n_glyphs)
			add_box(&all, page, word.box);
	RC_CLEANUP(rc_free) struct point *around = rc_alloc((2 * all.n + 1) * sizeof *around);
	size_t n = hull(&all, around);

	for (size_t i = 0; i < n; i++)
		rc_buf_addf(out, "%s%lld,%lld", i ? " " : "", (long long)around[i].x, (long long)around[i].y);
}
