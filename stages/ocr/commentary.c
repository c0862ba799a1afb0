/* commentary.c -- columns set double: a stretch of a column that is two smaller ones side by side.
 *
 *   ocr_commentary_split()   all columns of a block
 *   look_at()                a column's ink, so that any rectangle's is known at once
 *   find_pair()              the longest stretch with a lane down its middle and writing on both sides
 *   split_rows()             the columns such a stretch leaves: above, right, left, below
 *
 * Notes to a text stand in it at half its size, in two lines to a column: the right one is read down to its end, then the left one, then
 * the text goes on. Where two whole columns were taken for one, they come apart by the same token.
 *
 * The evidence is a lane straight through several glyphs, and that what it parts is broader than the glyphs around it, or as high as type of
 * half the size. Single glyphs have a lane (川, 非, 順), and faint print, whose thin strokes are hardly there, has one through four and
 * more; but those are no broader than their neighbours, and of the column's own height. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <leptonica/allheaders.h>

#include "ocr/columns_parts.h"

/* How long both sides run beside each other, in breadths of the pair: where nothing else speaks for it; where it is broader than the
 * glyphs above and below it; and where the column before ends in a pair too, so that this one goes on with it;
 * that is looked for in so many glyphs at its head. */
static const double least_alone = 4, least_broad = 2.6, least_rest = 0.45, head = 4;
/* Broader by so much than what is that near, in breadths; than the block's glyphs, where nothing is. */
static const double broader = 1.12, near = 2.5, twice = 1.4;
/* Breadth of a lane, and how many of its rows may be crossed, by dust and by strokes that reach too far; in breadths of the column. */
static const double least_lane = 0.04, most_crossed = 0.06;
/* Where the lane may be, from the column's middle; breadth of each side, and of the narrower against the other. */
static const double off_middle = 0.2, least_side = 0.25, balance = 0.5;
/* Where nothing but the lane speaks for it: glyphs half as broad are half as high, two a breadth on either side. Where glyphs of the
 * column's own size happen to have lanes it is one: 0.95 to 1.04 in columns that are set tightly. How high a run of inked rows must be to count, in breadths. */
static const double least_runs = 1.35, least_run = 0.1;
/* Rows of a side that have ink, of those it spans. */
static const double least_inked = 0.4;
enum { MOST_PAIRS = 20 };       /* of one column */

struct look {                   /* a column's ink */
	int32_t *left;              /* h * (w + 1): black pixels of the row left of a place; owned */
	int w, h;
};
struct pair {
	int from, to, lane;         /* rows; where the right one begins */
};

struct splitting {
	struct ocr_columns to;
	double common;              /* how wide the block's glyphs are */
	bool goes_on;
};

static bool look_at(PIX *pix, struct look *ret)
{
	ret->w = pixGetWidth(pix);
	ret->h = pixGetHeight(pix);
	ret->left = calloc((size_t)ret->h * ((size_t)ret->w + 1), sizeof(*ret->left));
	for (int y = 0; ret->left && y < ret->h; y++) {
		l_uint32 *row = pixGetData(pix) + (size_t)pixGetWpl(pix) * (size_t)y;
		int32_t *sums = ret->left + (size_t)y * ((size_t)ret->w + 1);

		for (int x = 0; x < ret->w; x++)
			sums[x + 1] = sums[x] + (255 - (int)GET_DATA_BYTE(row, x) > OCR_BLACK);
	}
	return ret->left != NULL;
}

static void look_away(struct look *look)
{
	free(look->left);
}

/* Black pixels of a row between two places. */
static int ink(const struct look *l, int y, int x0, int x1)
{
	const int32_t *sums = l->left + (size_t)y * ((size_t)l->w + 1);

	return sums[x1] - sums[x0];
}

struct side {                   /* what stands between two places */
	int top, bottom;            /* rows with ink, half open; top == bottom: none */
	int inked;                  /* of them, with ink */
	int64_t ink;                /* black pixels */
	int left, right;            /* where its ink lies, but for a sixtieth on each side */
};

static struct side side_of(const struct look *l, int from, int to, int x0, int x1)
{
	struct side s = { .top = to, .bottom = from, .left = x0, .right = x1 };
	int64_t left = 0, right = 0;

	for (int y = from; y < to; y++) {
		int here = ink(l, y, x0, x1);

		if (here == 0)
			continue;
		s.top = y < s.top ? y : s.top;
		s.bottom = y + 1;
		s.inked++;
		s.ink += here;
	}
	if (s.ink == 0)
		return (struct side){ 0 };
	for (; left <= s.ink / 60; s.left++)
		for (int y = s.top; y < s.bottom; y++)
			left += ink(l, y, s.left, s.left + 1);
	for (; right <= s.ink / 60; s.right--)
		for (int y = s.top; y < s.bottom; y++)
			right += ink(l, y, s.right - 1, s.right);
	s.left--;
	s.right++;
	return s;
}

/* How long two smaller columns stand side by side in these rows, in breadths of both; 0: they do not. */
static double is_pair(const struct look *l, const struct pair *p, double *ret_breadth)
{
	struct side a = side_of(l, p->from, p->to, 0, p->lane), b = side_of(l, p->from, p->to, p->lane, l->w);
	double breadth = b.right - a.left, l_breadth = a.right - a.left, r_breadth = b.right - b.left;
	double both = (a.bottom < b.bottom ? a.bottom : b.bottom) - (a.top > b.top ? a.top : b.top);

	*ret_breadth = breadth;
	if (!a.inked || !b.inked || fmin(l_breadth, r_breadth) < fmax(least_side * breadth, balance * fmax(l_breadth, r_breadth)))
		return 0;
	if (a.inked < least_inked * (a.bottom - a.top) || b.inked < least_inked * (b.bottom - b.top))
		return 0;
	return both / breadth;
}

/* A lane that begins or ends within a glyph does so at the white before or after it: feet of 其, dots of 首. */
static void snap(const struct look *l, int first, int last, double breadth, struct pair *p)
{
	int from = p->from, to = p->to;

	if (from > first && ink(l, from - 1, 0, l->w) > 0)
		while (from < to && ink(l, from, 0, l->w) > 0)
			from++;
	if (to < last && ink(l, to, 0, l->w) > 0)
		while (to > from && ink(l, to - 1, 0, l->w) > 0)
			to--;
	if (from - p->from < 0.7 * breadth && from < to)
		p->from = from;
	if (p->to - to < 0.7 * breadth && to > p->from)
		p->to = to;
	while (p->from < p->to && ink(l, p->from, 0, l->w) == 0)
		p->from++;
	while (p->to > p->from && ink(l, p->to - 1, 0, l->w) == 0)
		p->to--;
}

/* The longest run of rows in [from, to) that the lane [x, x + wide) goes through, but for some rows that are crossed. */
static struct pair run_at(const struct look *l, int from, int to, int x, int wide, double breadth)
{
	struct pair best = { .lane = x + wide / 2 };
	int first = from, crossed = 0, most = (int)(most_crossed * breadth);

	for (int y = from; y < to; y++) {
		crossed += ink(l, y, x, x + wide) > 0;
		for (; crossed > most; first++)
			crossed -= ink(l, first, x, x + wide) > 0;
		if (y + 1 - first > best.to - best.from) {
			best.from = first;
			best.to = y + 1;
		}
	}
	return best;
}

/* Breadth of the glyphs next to a pair, of all columns if there are none: a glyph with a lane of its own is no broader. */
static double reference(const struct look *l, const struct pair *p, double breadth, double common)
{
	int reach = (int)(near * breadth), from = p->from > reach ? p->from - reach : 0, to = p->to + reach < l->h ? p->to + reach : l->h;
	struct side above = side_of(l, from, p->from, 0, l->w), below = side_of(l, p->to, to, 0, l->w);
	double widest = 0;

	if (above.inked > 0.3 * common)
		widest = above.right - above.left;
	if (below.inked > 0.3 * common)
		widest = fmax(widest, below.right - below.left);
	return widest > 0 ? fmin(broader * widest, twice * common) : twice * common;
}

/* Runs of rows with ink that are high enough for (part of) a glyph. */
static int runs_of(const struct look *l, int from, int to, int x0, int x1, double least)
{
	int n = 0, start = from;

	for (int y = from; y <= to; y++)
		if (y == to || ink(l, y, x0, x1) == 0) {
			n += y - start >= least;
			start = y + 1;
		}
	return n;
}

/* Are the glyphs of both sides half as high as they would be if they were halves of larger ones? */
static bool is_small(const struct look *l, const struct pair *p, double length, double breadth)
{
	double least = least_run * breadth;

	return runs_of(l, p->from, p->to, 0, p->lane, least) + runs_of(l, p->from, p->to, p->lane, l->w, least) >= 2 * least_runs * length;
}

static bool is_sure(const struct look *l, const struct pair *p, double length, double breadth, const struct splitting *s, bool goes_on)
{
	if (length >= least_alone && is_small(l, p, length, breadth))
		return true;
	if (goes_on && p->from > 0.3 * s->common)
		return false;
	return length >= (goes_on ? least_rest : least_broad) && breadth >= reference(l, p, breadth, s->common);
}

/* In rows [from, to). goes_on: from a pair at the end of the column before. False when there is none. */
static bool find_pair(const struct look *l, const struct ocr_column *c, const struct splitting *s, int from, int to, bool goes_on, struct pair *ret)
{
	double most = 0, breadth;
	int first = (int)fmax(c->middle - off_middle * c->core, 1), last = (int)fmin(c->middle + off_middle * c->core, l->w - 1);
	int wide = (int)fmax(2, lround(least_lane * c->core)), same = 0, until = goes_on ? (int)fmin(to, from + head * s->common) : to;

	for (int x = first; x + wide <= last; x++) {
		struct pair p = run_at(l, from, until, x, wide, (double)c->core);
		double length;

		snap(l, from, until, (double)c->core, &p);
		length = is_pair(l, &p, &breadth);
		if (!is_sure(l, &p, length, breadth, s, goes_on))
			continue;
		if (length > 1.02 * most) {
			most = length;
			*ret = p;
			same = 0;
		} else if (length > 0.98 * most) {
			ret->lane = (ret->lane * (same + 1) + p.lane) / (same + 2);     /* the middle of the lane */
			same++;
		}
	}
	return most > 0;
}

/* ---- pieces --------------------------------------------------------------------------------------------------- */

/* Less than a dot, or flat and wider than any glyph. */
static bool is_dust(const struct side *s, double common)
{
	return (double)s->ink < 0.03 * common * common || (s->bottom - s->top < 0.35 * common && s->right - s->left > 1.3 * common);
}

static enum rc_status add_piece(struct splitting *s, const struct ocr_column *c, const struct look *l, int from, int to, int x0, int x1,
                                bool half, struct rc_err *err)
{
	struct side ink = side_of(l, from, to, x0, x1);
	struct ocr_column *piece = &s->to.column[s->to.n];
	BOX *box;

	if (is_dust(&ink, s->common))
		return RC_OK;
	if (s->to.n == OCR_MAX_COLUMNS)
		return ocr_columns_too_many(err);
	box = boxCreate(x0, ink.top, x1 - x0, ink.bottom - ink.top);
	*piece = (struct ocr_column){ .x = c->x + x0 + c->lean * ink.top, .y = c->y + ink.top, .lean = c->lean, .half = half };
	piece->pix = box ? pixClipRectangle(c->pix, box, NULL) : NULL;
	boxDestroy(&box);
	s->to.n += piece->pix != NULL;
	return piece->pix ? RC_OK : ocr_columns_memory(err);
}

/* Rows [from, to): the longest pair, and what is above and below it likewise. */
static enum rc_status split_rows(struct splitting *s, const struct ocr_column *c, const struct look *l, int from, int to, int depth, struct rc_err *err)
{
	struct pair p;
	struct side below;
	enum rc_status status;

	if (depth == MOST_PAIRS
	    || !(find_pair(l, c, s, from, to, false, &p) || (s->goes_on && from == 0 && find_pair(l, c, s, from, to, true, &p)))) {
		s->goes_on = false;
		return add_piece(s, c, l, from, to, 0, l->w, false, err);
	}
	status = split_rows(s, c, l, from, p.from, depth + 1, err);
	if (status == RC_OK)
		status = add_piece(s, c, l, p.from, p.to, p.lane, l->w, true, err);
	if (status == RC_OK)
		status = add_piece(s, c, l, p.from, p.to, 0, p.lane, true, err);
	below = side_of(l, p.to, to, 0, l->w);
	s->goes_on = to == l->h && is_dust(&below, s->common);
	if (s->goes_on)
		return status;
	return status == RC_OK ? split_rows(s, c, l, p.to, to, depth + 1, err) : status;
}

enum rc_status ocr_commentary_split(struct ocr_columns *columns, double common, struct rc_err *err)
{
	struct splitting s = { .to.column = calloc(OCR_MAX_COLUMNS + 1, sizeof(*s.to.column)), .common = common };
	enum rc_status status = s.to.column ? RC_OK : ocr_columns_memory(err);

	for (int i = 0; status == RC_OK && i < columns->n; i++) {
		RC_CLEANUP(look_away) struct look look = { 0 };
		const struct ocr_column *c = &columns->column[i];

		status = look_at(c->pix, &look) ? split_rows(&s, c, &look, 0, look.h, 0, err) : ocr_columns_memory(err);
	}
	if (status == RC_OK) {
		ocr_columns_free(columns);
		*columns = s.to;
	} else {
		ocr_columns_free(&s.to);
	}
	return status;
}
