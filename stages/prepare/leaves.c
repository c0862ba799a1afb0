/* leaves.c -- a spread comes apart at its gutter; each leaf keeps what is on it and little more.
 *
 *   prepare_split()    all of it
 *   find_gutter()        the widest lane near the middle that nothing crosses
 *   crop()               a leaf to its ink, with some paper around
 *
 * A gutter is looked for in pages wider than high, among lanes that run from top to bottom, upright or a little slanted, and
 * that no line of text crosses. Shadows and folds say less than white space does: they are missing on flat scans, and
 * are found on single sheets that were folded. A lane that is a gutter by mistake does no harm, because nothing
 * crosses it: the text of both sides is read as two columns. */
#include <math.h>
#include <string.h>
#include <leptonica/allheaders.h>

#include "prepare/work.h"

#define OWN_PIX RC_CLEANUP(pixDestroy) PIX *

/* Wider than high by this much: two upright sheets are 1.3 and more, one lying sheet 1.4. */
static const double spread_aspect = 1.12;
/* The gutter's middle lies in this part of the width. */
static const double middle_from = 0.36, middle_to = 0.64;
/* It is so many glyphs wide, and by so much the widest lane near the middle. Between columns there is up to one glyph, between
 * the columns of a table some. */
static const double least_glyphs = 2.0, widest_by = 1.3;
/* As many parts, of those in the way on average, may lie in a gutter: holes, staples and the shadow of the fold; and over this
 * share of its width. */
static const double most_dirt = 0.2, most_covered = 0.6;
/* Slants that are tried, in hundredths: 0.03 is 1.7 degrees. */
enum { STEEPEST = 6, SLANT_STEP = 1 };
/* Paper kept around the ink of a leaf, in glyphs. */
static const double margin_glyphs = 1.5;

struct parts {                          /* of a page, in half-scale pixels */
	BOXA *boxes;
	int w, h;
	double glyph;
};

struct gutter {
	double at, slant;               /* x at half the height; x grows by slant per row */
	double width;
};

static void box_free(BOXA **boxes)
{
	boxaDestroy(boxes);
}

static bool is_text(const struct parts *p, int w, int h)
{
	double longer = w > h ? w : h, shorter = w < h ? w : h;

	return longer > 0.3 * p->glyph && longer < 4 * p->glyph && longer < 8 * shorter;
}

/* How many parts stand in the way of a line of this slant at each x (at half the height): sums of differences. */
static void cover(const struct parts *p, double slant, int32_t *profile)
{
	int n = boxaGetCount(p->boxes);

	memset(profile, 0, ((size_t)p->w + 1) * sizeof(*profile));
	for (int i = 0; i < n; i++) {
		l_int32 x, y, w, h;

		boxaGetBoxGeometry(p->boxes, i, &x, &y, &w, &h);
		if (!is_text(p, w, h))
			continue;
		double away = slant * (y + h / 2.0 - p->h / 2.0);
		int from = (int)fmin(fmax(x - away, 0), p->w - 1), to = (int)fmin(fmax(x + w - away, from), p->w);

		profile[from]++;
		profile[to]--;
	}
	for (int x = 1; x <= p->w; x++)
		profile[x] += profile[x - 1];
}

/* Does something lie across the lane, rather than dirt in it? Glyphs of a line cover most of its length. */
static bool is_crossed(const int32_t *profile, int from, int to)
{
	int covered = 0;

	for (int x = from; x < to; x++)
		covered += profile[x] > 0;
	return covered > most_covered * (to - from);
}

/* The widest lane whose middle is in the middle, and how wide the next one is between text. */
static struct gutter widest_lane(const int32_t *profile, int w, double slant, double *ret_next)
{
	struct gutter best = { 0 };
	int64_t sum = 0;
	int from = 0, dirt;

	for (int x = 0; x < w; x++)
		sum += profile[x];
	dirt = (int)(most_dirt * (double)sum / w);
	*ret_next = 0;
	for (int x = 0; x <= w; x++) {
		if (x < w && profile[x] <= dirt)
			continue;
		double middle = (from + x) / 2.0, width = x - from;

		if (from > 0 && x < w && middle > middle_from * w && middle < middle_to * w && !is_crossed(profile, from, x)) {
			*ret_next = fmax(*ret_next, fmin(width, best.width));
			if (width > best.width)
				best = (struct gutter){ middle, slant, width };
		}
		from = x + 1;
	}
	return best;
}

static bool find_gutter(const struct parts *p, struct gutter *ret)
{
	RC_CLEANUP(rc_free) int32_t *profile = malloc(((size_t)p->w + 1) * sizeof(*profile));
	double best_next = 0;

	*ret = (struct gutter){ 0 };
	if (!profile)
		return false;
	for (int s = -STEEPEST; s <= STEEPEST; s += SLANT_STEP) {
		double next;

		cover(p, s / 100.0, profile);
		struct gutter lane = widest_lane(profile, p->w, s / 100.0, &next);

		/* The upright one, when another is hardly wider. */
		if (lane.width > ret->width * 1.02 + (s > 0 ? 1 : -1)) {
			*ret = lane;
			best_next = next;
		}
	}
	if (ret->width < least_glyphs * p->glyph || ret->width < widest_by * best_next)
		ret->width = 0;
	return true;
}

/* ---- cutting --------------------------------------------------------------------------------------------- */

/* x of the gutter at row y, in half-scale pixels. */
static double gutter_x(const struct gutter *g, double y, int h)
{
	return g->at + g->slant * (y - h / 2.0);
}

/* Around the ink of one side (-1 left, 1 right, 0: all) in full pixels, with a margin; empty without ink. Parts as small as
 * dust do not count. */
static struct rc_box ink_of(const struct parts *p, const struct gutter *g, int side, int width, int height)
{
	double margin = margin_glyphs * p->glyph, low[2] = { INFINITY, INFINITY }, high[2] = { -INFINITY, -INFINITY };
	int n = boxaGetCount(p->boxes);

	for (int i = 0; i < n; i++) {
		l_int32 x, y, w, h;

		boxaGetBoxGeometry(p->boxes, i, &x, &y, &w, &h);
		if ((w > h ? w : h) < 0.25 * p->glyph)
			continue;
		/* What lies across the gutter, as a frame around both sides, counts as far as the gutter. */
		double left = x, right = x + w, at = gutter_x(g, y + h / 2.0, p->h);

		if (side < 0)
			right = fmin(right, at);
		if (side > 0)
			left = fmax(left, at);
		if (left >= right)
			continue;
		low[0] = fmin(low[0], 2 * (left - margin));
		low[1] = fmin(low[1], 2 * (y - margin));
		high[0] = fmax(high[0], 2 * (right + margin));
		high[1] = fmax(high[1], 2 * (y + h + margin));
	}
	return high[0] > low[0] ? rc_box_around(low, high, width, height) : (struct rc_box){ 0 };
}

/* What lies beyond the gutter becomes paper. area: of the page, full pixels. */
static void clear_beyond(PIX *pix, struct rc_box area, const struct parts *p, const struct gutter *g, int side)
{
	for (int y = 0; y < area.h; y++) {
		l_uint32 *line = pixGetData(pix) + (size_t)pixGetWpl(pix) * (size_t)y;
		double at = 2 * gutter_x(g, (area.y + y) / 2.0, p->h) - area.x;
		int cut = (int)fmin(fmax(at, 0), area.w);

		for (int x = side < 0 ? cut : 0; x < (side < 0 ? area.w : cut); x++)
			SET_DATA_BYTE(line, x, 255);
	}
}

static bool add_leaf(struct prepare_work *work, const struct parts *p, const struct gutter *g, int side, struct prepare_leaves *ret)
{
	int w = pixGetWidth(work->pix), h = pixGetHeight(work->pix);
	struct rc_box ink = ink_of(p, g, side, w, h), area = ink;

	if (ink.w < PREPARE_CELL || ink.h < PREPARE_CELL)
		return true;
	if (!work->cfg->prepare_crop)
		area = side == 0 ? (struct rc_box){ 0, 0, w, h } : (struct rc_box){ ink.x, 0, ink.w, h };
	RC_CLEANUP(boxDestroy) BOX *box = boxCreate(area.x, area.y, area.w, area.h);
	PIX *pix = box ? pixClipRectangle(work->pix, box, NULL) : NULL;

	if (!pix)
		return false;
	if (side != 0)
		clear_beyond(pix, area, p, g, side);
	ret->leaf[ret->n++] = (struct prepare_leaf){
		.pix = pix, .to_clean = rc_affine_mul((struct rc_affine){ .a = 1, .c = -area.x, .e = 1, .f = -area.y }, work->to_clean),
	};
	return true;
}

/* The page as it is. */
static bool keep_whole(struct prepare_work *work, struct prepare_leaves *ret)
{
	ret->leaf[0] = (struct prepare_leaf){ .pix = pixClone(work->pix), .to_clean = work->to_clean };
	ret->n = 1;
	return ret->leaf[0].pix != NULL;
}

bool prepare_split(struct prepare_work *work, struct prepare_leaves *ret)
{
	OWN_PIX ink = prepare_half_ink(work->pix);
	RC_CLEANUP(box_free) BOXA *boxes = ink ? pixConnCompBB(ink, 8) : NULL;
	struct gutter gutter = { 0 };
	bool good;

	if (!boxes)
		return false;
	struct parts parts = { boxes, pixGetWidth(ink), pixGetHeight(ink), work->glyph / 2.0 };

	if (work->glyph == 0)
		return keep_whole(work, ret);
	if (work->cfg->prepare_spread && parts.w > spread_aspect * parts.h && !find_gutter(&parts, &gutter))
		return false;
	good = gutter.width > 0 ? add_leaf(work, &parts, &gutter, -1, ret) && add_leaf(work, &parts, &gutter, 1, ret)
	                        : add_leaf(work, &parts, &gutter, 0, ret);
	return good && (ret->n > 0 || keep_whole(work, ret));
}
