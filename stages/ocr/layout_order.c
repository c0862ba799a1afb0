/* layout_order.c -- blocks in the order in which a reader takes them.
 *
 *   layout_sort()   all of it
 *   find_halves()   a newspaper's two pages and what stands between them
 *   sort()          one step: the best line that parts a set of blocks in two, then both halves; calls itself
 *   find_line()     the best line in one direction
 *
 * Rules part first, then tiers (flat white), then what stands side by side. A line that would cross a rule of the other direction is
 * taken only when there is no other. */
#include <math.h>
#include <stdlib.h>

#include "ocr/layout_parts.h"

/* A line that is a rule over this share of the set's breadth is a rule. */
static const double ruled = 0.75;
/* Blocks overlap by so much of themselves where the page leans; 0.5: only their centres count, and a line is always found. */
static const double shrinks[] = { 0.05, 0.2, 0.35, 0.5 };
/* Lanes between two pages that lie side by side are in this part of the sheet's width; a strip of adverts between them is no wider
 * than this share. A sheet of two pages is broader than high. */
static const double halves_from = 0.3, halves_to = 0.7, strip_share = 0.25, landscape = 1.15;
/* The title of a paper, in glyphs of the body and of the other half's largest head line, at the top of the half. */
static const float mast_glyphs = 5, mast_ratio = 1.6f;
static const double mast_height = 0.25;
/* Head lines of so many glyphs of the body begin an article. */
static const float article_heading = 1.9f;

enum { MAX_LOOKS = 30000000 };

struct sorter {
	const struct layout_parts *parts;
	const struct ocr_blocks *from;
	struct ocr_blocks *to;
	int region;
	bool new_region;        /* the next block begins one */
	int64_t looks;          /* at rules; beyond MAX_LOOKS none counts any more, so that no pattern of rules takes long */
};

struct line {
	int at;                 /* between blocks whose middle is before and after it; pixels */
	double score;           /* < 0: none */
	bool is_rule;
};

struct span {
	int from, to, block;
};

static int by_start(const void *a, const void *b)
{
	const struct span *one = a, *other = b;

	return one->from != other->from ? (one->from > other->from) - (one->from < other->from) : (one->block > other->block) - (one->block < other->block);
}

static struct rc_box around(const struct ocr_blocks *b, const int *set, int n)
{
	int x0 = INT32_MAX, y0 = INT32_MAX, x1 = 0, y1 = 0;

	for (int i = 0; i < n; i++) {
		struct rc_box box = b->block[set[i]].box;

		x0 = box.x < x0 ? box.x : x0;
		y0 = box.y < y0 ? box.y : y0;
		x1 = box.x + box.w > x1 ? box.x + box.w : x1;
		y1 = box.y + box.h > y1 ? box.y + box.h : y1;
	}
	return (struct rc_box){ x0, y0, x1 - x0, y1 - y0 };
}

/* A rule as seen along the line: where it lies across, and from where to where it goes along. */
static void look_along(const struct layout_rule *rule, bool upright, int *across, int *from, int *to)
{
	struct rc_box r = rule->box;

	*across = upright ? r.x + r.w / 2 : r.y + r.h / 2;
	*from = upright ? r.y : r.x;
	*to = upright ? r.y + r.h : r.x + r.w;
}

/* Share of the line from a to b that is a rule. */
static double covered(struct sorter *s, bool upright, int low, int high, int a, int b)
{
	enum { BINS = 64 };
	bool bin[BINS] = { false };
	int n = 0, slack = (int)(0.6f * s->parts->glyph);

	for (int i = 0; i < s->parts->n_rules && b > a && s->looks < MAX_LOOKS; i++) {
		int across, from, to;

		s->looks++;
		if (s->parts->rule[i].upright != upright)
			continue;
		look_along(&s->parts->rule[i], upright, &across, &from, &to);
		if (across < low - slack || across > high + slack)
			continue;
		for (int k = 0; k < BINS; k++) {
			int at = a + (b - a) * (2 * k + 1) / (2 * BINS);

			bin[k] = bin[k] || (at >= from && at <= to);
		}
	}
	for (int k = 0; k < BINS; k++)
		n += bin[k];
	return (double)n / BINS;
}

/* Rules of the other direction that the line would cross. */
static int crossed(struct sorter *s, bool upright, int low, int high, int a, int b)
{
	int n = 0, reach = (int)(1.5f * s->parts->glyph), inside = (int)(0.8f * s->parts->glyph);

	for (int i = 0; i < s->parts->n_rules && s->looks < MAX_LOOKS; i++) {
		int across, from, to;

		s->looks++;
		if (s->parts->rule[i].upright == upright)
			continue;
		look_along(&s->parts->rule[i], !upright, &across, &from, &to);
		n += from < low - reach && to > high + reach && across > a + inside && across < b - inside;
	}
	return n;
}

static double score_of(struct sorter *s, bool upright, int low, int high, struct rc_box all, bool *is_rule)
{
	int a = upright ? all.y : all.x, b = upright ? all.y + all.h : all.x + all.w;
	double rule = covered(s, upright, low, high, a, b), score;

	*is_rule = rule >= ruled;
	score = *is_rule ? 100 + 10 * rule : upright ? 30 : 50;
	return score - (crossed(s, upright, low, high, a, b) ? 45 : 0) + 100;
}

static struct line find_line(struct sorter *s, const int *set, int n, bool upright, double shrink)
{
	RC_CLEANUP(rc_free) struct span *spans = calloc((size_t)n, sizeof(*spans));
	struct rc_box all = around(s->from, set, n);
	struct line best = { .score = -1 };
	int end;

	if (!spans)
		return best;
	for (int i = 0; i < n; i++) {
		struct rc_box b = s->from->block[set[i]].box;
		int from = upright ? b.x : b.y, len = upright ? b.w : b.h, cut = (int)fmax(shrink * len, fmin(0.35 * (double)s->parts->glyph, 0.2 * len));

		spans[i] = (struct span){ from + cut, from + len - cut, set[i] };
		if (shrink >= 0.5)
			spans[i].from = spans[i].to = from + len / 2;
	}
	qsort(spans, (size_t)n, sizeof(*spans), by_start);
	end = spans[0].to;
	for (int i = 1; i < n; i++) {
		if (spans[i].from > end) {
			bool is_rule;
			double score = score_of(s, upright, end, spans[i].from, all, &is_rule);

			/* Of side by side the rightmost, so that a head line is parted from the tiers before these are. */
			if (score > best.score || (upright && score >= best.score))
				best = (struct line){ (end + spans[i].from) / 2, score, is_rule };
		}
		end = spans[i].to > end ? spans[i].to : end;
	}
	return best;
}

/* Does a rule lie right over b, or right under a where b is below it; or right between two side by side? */
static bool is_parted(struct sorter *s, struct rc_box a, struct rc_box b)
{
	int near = (int)(1.5f * s->parts->glyph);

	if (a.y + a.h / 2 < b.y)
		return covered(s, false, b.y - near, b.y, b.x, b.x + b.w) >= ruled
			|| covered(s, false, a.y + a.h, a.y + a.h + near, a.x, a.x + a.w) >= ruled;
	return covered(s, true, b.x + b.w, b.x + b.w + near, b.y, b.y + b.h) >= ruled
		|| covered(s, true, a.x - near, a.x, a.y, a.y + a.h) >= ruled;
}

static void emit(struct sorter *s, int i)
{
	struct ocr_block b = s->from->block[i];
	const struct ocr_block *last = s->to->n ? &s->to->block[s->to->n - 1] : NULL;

	if (last && (s->new_region || is_parted(s, last->box, b.box) || (last->type == RC_REGION_TEXT && b.glyph >= article_heading * s->parts->glyph)))
		s->region++;
	s->new_region = false;
	b.region = s->region;
	s->to->block[s->to->n++] = b;
}

static void sort(struct sorter *s, int *set, int n);

/* Those before the line come first, but of columns those after it. */
static void part(struct sorter *s, int *set, int n, bool upright, struct line line)
{
	int first = 0;

	for (int i = 0; i < n; i++) {
		struct rc_box b = s->from->block[set[i]].box;
		int middle = upright ? b.x + b.w / 2 : b.y + b.h / 2;

		if (upright ? middle > line.at : middle <= line.at) {
			int swap = set[i];

			set[i] = set[first];
			set[first++] = swap;
		}
	}
	if (first == 0 || first == n) {
		for (int i = 0; i < n; i++)
			emit(s, set[i]);
		return;
	}
	sort(s, set, first);
	s->new_region = s->new_region || line.is_rule;
	sort(s, set + first, n - first);
}

static void sort(struct sorter *s, int *set, int n)
{
	if (n == 1) {
		emit(s, set[0]);
		return;
	}
	for (size_t i = 0; n > 0 && i < sizeof(shrinks) / sizeof(*shrinks); i++) {
		struct line flat = find_line(s, set, n, false, shrinks[i]), upright = find_line(s, set, n, true, shrinks[i]);

		if (flat.score >= 0 || upright.score >= 0) {
			part(s, set, n, upright.score > flat.score, upright.score > flat.score ? upright : flat);
			return;
		}
	}
	for (int i = 0; i < n; i++)
		emit(s, set[i]);
}

/* ---- two pages of a newspaper ------------------------------------------------------------------------------ */

struct halves {
	int left_end, right_start;      /* pixels; equal where nothing stands between the pages */
};

/* Lanes from top to bottom, but for dirt. */
static bool find_halves(const struct sorter *s, const int *set, int n, struct halves *ret)
{
	struct rc_box all = around(s->from, set, n);
	RC_CLEANUP(rc_free) struct span *spans = calloc((size_t)n + 1, sizeof(*spans));
	int low = all.x + (int)(all.w * halves_from), high = all.x + (int)(all.w * halves_to), first = 0, last = 0, end, kept = 0;

	if (!spans || all.w < landscape * all.h)
		return false;
	for (int i = 0; i < n; i++) {
		const struct ocr_block *b = &s->from->block[set[i]];
		int cut = (int)fmin(0.35 * (double)s->parts->glyph, 0.2 * b->box.w);

		if ((float)(b->box.w > b->box.h ? b->box.w : b->box.h) > 1.5f * s->parts->glyph)
			spans[kept++] = (struct span){ b->box.x + cut, b->box.x + b->box.w - cut, set[i] };
	}
	qsort(spans, (size_t)kept, sizeof(*spans), by_start);
	end = kept ? spans[0].to : 0;
	for (int i = 1; i < kept; i++) {
		int middle = (end + spans[i].from) / 2;

		if (spans[i].from > end && middle > low && middle < high) {
			first = first ? first : middle;
			last = middle;
		}
		end = spans[i].to > end ? spans[i].to : end;
	}
	if (!first)
		return false;
	if (last - first > strip_share * all.w)         /* columns of one half: the lane nearest to the middle */
		first = last = abs(first - all.x - all.w / 2) < abs(last - all.x - all.w / 2) ? first : last;
	*ret = (struct halves){ first, last };
	return true;
}

/* The largest glyphs near the top. */
static float mast_of(const struct sorter *s, const int *set, int n)
{
	struct rc_box all = around(s->from, set, n);
	float mast = 0;

	for (int i = 0; i < n; i++) {
		const struct ocr_block *b = &s->from->block[set[i]];

		if (b->type == RC_REGION_HEADING && b->box.y + b->box.h / 2 < all.y + mast_height * all.h)
			mast = fmaxf(mast, b->glyph);
	}
	return mast;
}

/* Pages are read from the right in vertical text; but an outer sheet has the front page on the left, under the paper's title. */
static bool is_left_first(const struct sorter *s, const int *left, int n_left, const int *right, int n_right, enum ocr_page_order order)
{
	float mast = mast_of(s, left, n_left), other = mast_of(s, right, n_right);

	if (order != OCR_PAGES_AUTO)
		return order == OCR_PAGES_LEFT;
	return mast > mast_glyphs * s->parts->glyph && mast > mast_ratio * other;
}

/* What is in all of set between two places, moved to the start of `to`. */
static int take(const struct sorter *s, const int *set, int n, int from, int to, int *ret)
{
	int found = 0;

	for (int i = 0; i < n; i++) {
		struct rc_box b = s->from->block[set[i]].box;
		int middle = b.x + b.w / 2;

		if (middle > from && middle <= to)
			ret[found++] = set[i];
	}
	return found;
}

/* What stands between the pages belongs to neither: last. */
static void sort_halves(struct sorter *s, const int *set, int n, struct halves at, enum ocr_page_order order)
{
	RC_CLEANUP(rc_free) int *left = calloc((size_t)n * 3, sizeof(*left));
	int *right = left + n, *strip = right + n;
	int n_left = left ? take(s, set, n, -1, at.left_end, left) : 0, n_right = left ? take(s, set, n, at.right_start, INT32_MAX, right) : 0;
	int n_strip = left ? take(s, set, n, at.left_end, at.right_start, strip) : 0;
	bool left_first = left && is_left_first(s, left, n_left, right, n_right, order);

	sort(s, left_first ? left : right, left_first ? n_left : n_right);
	s->new_region = true;
	sort(s, left_first ? right : left, left_first ? n_right : n_left);
	s->new_region = true;
	sort(s, strip, n_strip);
}

void layout_sort(const struct layout_parts *parts, enum ocr_page_order order, struct ocr_blocks *blocks)
{
	RC_CLEANUP(rc_free) struct ocr_blocks *from = malloc(sizeof(*from));
	RC_CLEANUP(rc_free) int *set = calloc(OCR_MAX_BLOCKS, sizeof(*set));
	struct sorter s = { .parts = parts, .from = from, .to = blocks };
	struct halves halves;
	int n = blocks->n;

	if (!from || !set)
		return;
	*from = *blocks;
	for (int i = 0; i < n; i++)
		set[i] = i;
	blocks->n = 0;
	if (find_halves(&s, set, n, &halves))
		sort_halves(&s, set, n, halves, order);
	else
		sort(&s, set, n);
}
