/* evidence.c -- looking at a page before reading it: cheap, on a copy at half scale, and the same every time.
 *
 *   ocr_look()          all of it
 *   glyph_size()        from the sizes of connected parts
 *   tile_evidence()     which way do white lanes run through the text?
 *   find_sample()       a part with much text, for trials
 *   find_parts()        one for each quarter of the page
 *
 * Direction: in print the space between lines is wider than that between the glyphs of a line. In a window of some
 * glyphs the white lanes therefore run along the lines. A lane counts with its width, so that a grid of
 * glyphs, which has lanes both ways, is decided by the wider ones. */
#include <math.h>
#include <string.h>
#include <leptonica/allheaders.h>

#include "ocr/evidence.h"

#define OWN_PIX RC_CLEANUP(pixDestroy) PIX *

/* Pixels of the half-scale copy: smaller parts are dust, larger ones are rules, frames and pictures. */
enum { DUST = 3, LARGEST = 400 };
/* The side of a window, in glyphs: some lines high, and wide enough that a lane is no accident. */
#define WINDOW 8
/* A page with fewer parts of a glyph's size is its own sample; Han glyphs have one or two such parts. */
#define LITTLE_TEXT 450
/* Grey under which a pixel of the levelled page is ink. */
#define INK 150

static void box_free(BOXA **boxes)
{
	boxaDestroy(boxes);
}

/* The 65th percentile of the sides of parts, each counted by its side: a Han glyph falls into parts of which the largest
 * are nearly as large as itself, and on a page with many head lines the body still decides. On 30 pages with bodies of
 * 22 to 80 pixels it is mostly within a fifth, and too small where dust or rules make up much of the page. */
static float glyph_size(BOXA *boxes, int32_t *ret_n, struct rc_box *ink)
{
	int64_t weight[LARGEST + 1] = { 0 }, total = 0, below = 0;
	int n = boxaGetCount(boxes), x0 = INT32_MAX, y0 = INT32_MAX, x1 = 0, y1 = 0;

	*ret_n = 0;
	for (int i = 0; i < n; i++) {
		l_int32 x, y, w, h;
		int longer;

		boxaGetBoxGeometry(boxes, i, &x, &y, &w, &h);
		longer = w > h ? w : h;
		if (longer < DUST || longer > LARGEST || longer > 6 * (w < h ? w : h))
			continue;
		(*ret_n)++;
		weight[longer] += longer;
		total += longer;
		x0 = x < x0 ? x : x0;
		y0 = y < y0 ? y : y0;
		x1 = x + w > x1 ? x + w : x1;
		y1 = y + h > y1 ? y + h : y1;
	}
	*ink = total ? (struct rc_box){ x0, y0, x1 - x0, y1 - y0 } : (struct rc_box){ 0 };
	for (int side = 0; side <= LARGEST; side++) {
		below += weight[side];
		if (total && below * 100 >= total * 65)
			return (float)side;
	}
	return 0;
}

/* Sum over the white runs of a profile of run², over length²: wide lanes count more than many narrow ones. A
 * run at an end counts only as far as it lies inside. */
static double lanes(const int32_t *profile, int n, int32_t white)
{
	double sum = 0;
	int run = 0;

	for (int i = 0; i <= n; i++) {
		if (i < n && profile[i] <= white) {
			run++;
		} else {
			sum += (double)run * run;
			run = 0;
		}
	}
	return sum / ((double)n * n);
}

/* Adds the window's evidence for vertical and horizontal, weighted by its ink. */
static void tile_evidence(PIX *bin, int x0, int y0, int side, double *vertical, double *horizontal)
{
	RC_CLEANUP(rc_free) int32_t *rows = calloc((size_t)side * 2, sizeof(*rows));
	int32_t *columns = rows + side, ink = 0, white;

	if (!rows)
		return;
	for (int y = 0; y < side; y++) {
		l_uint32 *line = pixGetData(bin) + (size_t)pixGetWpl(bin) * (size_t)(y0 + y);

		for (int x = 0; x < side; x++)
			if (GET_DATA_BIT(line, x0 + x)) {
				rows[y]++;
				columns[x]++;
				ink++;
			}
	}
	/* Empty, or mostly black, windows have nothing to say. */
	if (ink < side * side / 25 || ink > side * side / 2)
		return;
	white = ink / side / 8;
	*vertical += lanes(columns, side, white) * ink;
	*horizontal += lanes(rows, side, white) * ink;
}

static void look_at_windows(PIX *bin, int side, struct ocr_evidence *ret)
{
	double vertical = 0, horizontal = 0;

	for (int y = 0; y + side <= pixGetHeight(bin); y += side)
		for (int x = 0; x + side <= pixGetWidth(bin); x += side)
			tile_evidence(bin, x, y, side, &vertical, &horizontal);
	if (vertical + horizontal > 0)
		ret->vertical = (float)((vertical - horizontal) / (vertical + horizontal));
}

struct windows {                        /* how many parts of a glyph's size begin in each */
	int side, across, down, all;
	int32_t *count;
};

static void windows_free(struct windows *w)
{
	free(w->count);
}

static void count_parts(BOXA *boxes, float glyph, struct windows *ret)
{
	int n = boxaGetCount(boxes), side = ret->side;

	ret->count = calloc((size_t)ret->across * (size_t)ret->down + 1, sizeof(*ret->count));
	for (int i = 0; ret->count && i < n; i++) {
		l_int32 x, y, bw, bh, longer;

		boxaGetBoxGeometry(boxes, i, &x, &y, &bw, &bh);
		longer = bw > bh ? bw : bh;
		if ((float)longer < 0.4f * glyph || (float)longer > 1.4f * glyph || x / side >= ret->across || y / side >= ret->down)
			continue;
		ret->count[y / side * ret->across + x / side]++;
		ret->all++;
	}
}

/* The window with the most parts of a glyph's size; on a page with little text all of it. */
static void find_sample(const struct windows *w, struct ocr_evidence *ret)
{
	int best = 0;

	for (int i = 1; w->count && i < w->across * w->down; i++)
		best = w->count[i] > w->count[best] ? i : best;
	ret->little_text = w->all < LITTLE_TEXT;
	ret->sample = ret->little_text ? ret->ink : (struct rc_box){ best % w->across * w->side, best / w->across * w->side, w->side, w->side };
}

/* Half as wide again as the window, so that there are whole lines in it. */
static struct rc_box grown(const struct windows *w, int i, int width, int height)
{
	int more = w->side / 4, x = i % w->across * w->side, y = i / w->across * w->side;
	int left = x > more ? x - more : 0, top = y > more ? y - more : 0;
	int right = x + w->side + more < width ? x + w->side + more : width, bottom = y + w->side + more < height ? y + w->side + more : height;

	return (struct rc_box){ left, top, right - left, bottom - top };
}

static void find_parts(const struct windows *w, int width, int height, struct ocr_evidence *ret)
{
	int best[OCR_PARTS] = { -1, -1, -1, -1 };

	for (int i = 0; w->count && i < w->across * w->down; i++) {
		int quarter = i / w->across * 2 / w->down * 2 + i % w->across * 2 / w->across;

		if (w->count[i] && (best[quarter] < 0 || w->count[i] > w->count[best[quarter]]))
			best[quarter] = i;
	}
	for (;;) {
		int fullest = -1;

		for (int q = 0; q < OCR_PARTS; q++)
			if (best[q] >= 0 && (fullest < 0 || w->count[best[q]] > w->count[best[fullest]]))
				fullest = q;
		if (fullest < 0)
			return;
		ret->part[ret->parts++] = grown(w, best[fullest], width, height);
		best[fullest] = -1;
	}
}

/* WINDOW glyphs, or what the page has of them; 0 when that is too little to see anything. */
static int window_side(float glyph, int w, int h)
{
	int side = (int)(WINDOW * glyph), most = w < h ? w : h;

	side = side < most ? side : most;
	return side > 8 ? side : 0;
}

static struct rc_box twice(struct rc_box b)
{
	return (struct rc_box){ b.x * 2, b.y * 2, b.w * 2, b.h * 2 };
}

enum rc_status ocr_look(PIX *gray, struct ocr_evidence *ret, struct rc_err *err)
{
	OWN_PIX half = pixScaleAreaMap2(gray);
	OWN_PIX bin = half ? pixThresholdToBinary(half, INK) : NULL;
	RC_CLEANUP(box_free) BOXA *boxes = bin ? pixConnCompBB(bin, 8) : NULL;
	struct ocr_evidence e = { 0 };
	float glyph;
	int side;

	if (!boxes)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMORY, "cannot look at the page: not enough memory");
	glyph = glyph_size(boxes, &e.components, &e.ink);
	side = window_side(glyph, pixGetWidth(bin), pixGetHeight(bin));
	if (side > 0) {
		RC_CLEANUP(windows_free) struct windows w = { side, pixGetWidth(bin) / side, pixGetHeight(bin) / side, 0, NULL };

		look_at_windows(bin, side, &e);
		count_parts(boxes, glyph, &w);
		find_sample(&w, &e);
		find_parts(&w, pixGetWidth(bin), pixGetHeight(bin), &e);
	}
	e.glyph = glyph * 2;
	e.ink = twice(e.ink);
	e.sample = twice(e.sample);
	for (int i = 0; i < e.parts; i++)
		e.part[i] = twice(e.part[i]);
	*ret = e;
	return RC_OK;
}
