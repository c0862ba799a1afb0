/* layout_lanes.c -- a picture of glyphs cut along the white lanes that cross it.
 *
 *   layout_cut_lanes()
 *   cut()          one step: the best lane through a part, then both halves; calls itself
 *   find_lane()    the widest lane in one direction that leaves something on both sides
 *
 * The recursive X-Y cut (Nagy, Seth 1984). */
#include <leptonica/allheaders.h>

#include "ocr/layout_lanes.h"

/* Deeper nesting than any page has. */
#define MAX_DEPTH 24
/* A lane may be dirty to this share of its length. */
static const double dirt = 0.004;

struct cutter {
	PIX *text;
	const struct layout_lanes *at;
	int32_t *rows, *columns;        /* profiles, as long as the picture */
	int parts;
	layout_part_fn *on_part;
	void *ctx;
};

struct lane {
	int32_t from, to;       /* half-open */
	double score;           /* its width over the width asked for; < 1: no lane */
};

static int64_t measure(struct cutter *c, struct rc_box b)
{
	int64_t ink = 0;

	for (int32_t y = 0; y < b.h; y++)
		c->rows[y] = 0;
	for (int32_t x = 0; x < b.w; x++)
		c->columns[x] = 0;
	for (int32_t y = 0; y < b.h; y++) {
		l_uint32 *line = pixGetData(c->text) + (size_t)pixGetWpl(c->text) * (size_t)(b.y + y);

		for (int32_t x = 0; x < b.w; x++)
			if (GET_DATA_BIT(line, b.x + x)) {
				c->rows[y]++;
				c->columns[x]++;
				ink++;
			}
	}
	return ink;
}

/* The part of a profile from its first to its last inked place. */
static void trim(const int32_t *profile, int32_t *from, int32_t *len, int32_t white)
{
	int32_t first = 0, last = *len;

	while (first < last && profile[first] <= white)
		first++;
	while (last > first && profile[last - 1] <= white)
		last--;
	*from += first;
	*len = last - first;
}

/* n: length of the profile. least: what must be on both sides. */
static struct lane find_lane(const int32_t *profile, int32_t n, int32_t white, double width, double least)
{
	struct lane best = { 0 };
	int32_t from = 0;

	for (int32_t i = 0; i <= n; i++) {
		if (i < n && profile[i] <= white)
			continue;
		if (i - from >= width && from >= least && n - i >= least && (i - from) / width > best.score)
			best = (struct lane){ from, i, (i - from) / width };
		from = i + 1;
	}
	return best;
}

static void cut(struct cutter *c, struct rc_box b, int depth)
{
	const struct layout_lanes *at = c->at;
	struct lane flat, upright;
	struct rc_box one, other;
	int32_t x_white, y_white;
	int64_t ink;

	if (measure(c, b) == 0)
		return;
	y_white = (int32_t)(b.w * dirt);
	x_white = (int32_t)(b.h * dirt);
	one = b;
	trim(c->rows, &one.y, &one.h, y_white);
	trim(c->columns, &one.x, &one.w, x_white);
	if (one.w == 0 || one.h == 0)
		return;
	/* Once more on the trimmed part, whose profiles begin at 0. */
	b = one;
	ink = measure(c, b);
	flat = find_lane(c->rows, b.h, y_white, at->flat, at->least_h);
	upright = find_lane(c->columns, b.w, x_white, at->upright, at->least_w);
	/* Where there are enough, what is left stays in one piece rather than out: at most one part for every level above. */
	if (depth == MAX_DEPTH || c->parts >= at->most - MAX_DEPTH - 1 || (flat.score < 1 && upright.score < 1)) {
		c->parts++;
		c->on_part(c->ctx, b, ink);
		return;
	}
	if (flat.score >= upright.score) {
		one = (struct rc_box){ b.x, b.y, b.w, flat.from };
		other = (struct rc_box){ b.x, b.y + flat.to, b.w, b.h - flat.to };
	} else {
		one = (struct rc_box){ b.x, b.y, upright.from, b.h };
		other = (struct rc_box){ b.x + upright.to, b.y, b.w - upright.to, b.h };
		if (at->right_first) {
			struct rc_box left = one;

			one = other;
			other = left;
		}
	}
	cut(c, one, depth + 1);
	cut(c, other, depth + 1);
}

bool layout_cut_lanes(PIX *text, const struct layout_lanes *at, layout_part_fn *on_part, void *ctx)
{
	int w = pixGetWidth(text), h = pixGetHeight(text);
	RC_CLEANUP(rc_free) int32_t *rows = calloc((size_t)h + 1, sizeof(*rows));
	RC_CLEANUP(rc_free) int32_t *columns = calloc((size_t)w + 1, sizeof(*columns));
	struct cutter c = { .text = text, .at = at, .rows = rows, .columns = columns, .on_part = on_part, .ctx = ctx };

	if (!rows || !columns)
		return false;
	cut(&c, (struct rc_box){ 0, 0, w, h }, 0);
	return true;
}
