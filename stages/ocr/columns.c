/* columns.c -- a block of vertical text cut into printed columns.
 *
 *   ocr_columns_cut()   all of it
 *   find_lean()         columns lean a little, also on a straightened page: the shear that makes their profile sharpest
 *   find_pitch()        from column to column, by the profile's autocorrelation
 *   cut_profile()       where columns part: little ink, at distances near the pitch; dynamic programming
 *   lift()              one column out of the block, straight, without the rules beside it
 *   find_cores()        how wide its glyphs are
 *   cells.c             the same along a column, for glyphs
 *
 * A model that reads a whole block must find its lines first, and on tight old print it finds them badly; cut like this,
 * the same model makes a tenth fewer errors on newspaper columns, where the columns are ruled a third fewer. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <leptonica/allheaders.h>

#include "ocr/columns.h"
#include "ocr/columns_parts.h"

#define OWN_PIX RC_CLEANUP(pixDestroy) PIX *

/* Columns lean by up to this, pixels per pixel, in both directions; looked for in two rounds. */
static const double most_lean = 0.03;
/* Distances between columns, in glyphs: set solid, or with wide spaces. */
static const double least_pitch = 0.85, most_pitch = 2.4;
/* Widths of columns, in pitches. */
static const double narrowest = 0.6, widest = 1.5;
/* How much a distance that is not the pitch costs, against a cut through the middle of a column, which costs 1. */
static const double stiffness = 2;
/* A wider gap in a column, in glyphs, parts two lines: spread over it, a model reads things that are not there. */
static const double widest_space = 3;
/* A narrower block is one column. */
static const double one_column = 1.6;
/* Ink from which a pixel counts as black, and up to which it may be the paper's own, of 255. */
enum { BLACK = 90, PAPER_NOISE = 40 };

static enum rc_status no_memory(struct rc_err *err)
{
	return rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMORY, "cannot cut the page into columns: not enough memory");
}

/* ---- the profile across columns ----------------------------------------------------------------------------- */

/* Ink above each place of the middle row, along lines of this lean. Every `step`th row. */
static void profile(const struct ocr_patch *ink, double lean, int step, int32_t *sums)
{
	memset(sums, 0, (size_t)ink->w * sizeof(*sums));
	for (int y = 0; y < ink->h; y += step) {
		const uint8_t *row = ink->bytes + (size_t)y * (size_t)ink->w;
		int shift = (int)lround(lean * (y - ink->h / 2)), from = shift < 0 ? -shift : 0, to = shift > 0 ? ink->w - shift : ink->w;

		for (int x = from; x < to; x++)
			sums[x] += row[x + shift];
	}
}

static double sharpness(const struct ocr_patch *ink, double lean, int step, int32_t *sums)
{
	double sum = 0;

	profile(ink, lean, step, sums);
	for (int x = 1; x < ink->w; x++) {
		double d = (double)sums[x] - sums[x - 1];

		sum += d * d;
	}
	return sum;
}

static double find_lean(const struct ocr_patch *ink, int32_t *sums)
{
	/* Shorter columns show no lean: over their height it is less than a pixel or two. */
	const double noticeable = 2 / fmax(ink->h, 1);
	double best = sharpness(ink, 0, 2, sums), lean = 0, about;

	if (noticeable > most_lean / 2)
		return 0;
	for (double step = most_lean / 8, k = -most_lean; k <= most_lean + step / 2; k += step) {
		double s = sharpness(ink, k, 2, sums);

		if (s > best)
			best = s, lean = k;
	}
	about = lean;
	for (double step = most_lean / 40, k = about - most_lean / 8; k <= about + most_lean / 8; k += step) {
		double s = sharpness(ink, k, 2, sums);

		if (s > best)
			best = s, lean = k;
	}
	return lean;
}

/* The first high peak of the autocorrelation of what stands out from the profile's running mean. */
static int find_pitch(const int32_t *sums, int n, double glyph)
{
	int least = (int)fmax(4, least_pitch * glyph), most = (int)fmax(fmin(most_pitch * glyph, n - 4), 0), window = (int)(2 * glyph), best = least;
	RC_CLEANUP(rc_free) double *q = calloc((size_t)n + 1, sizeof(*q)), *score = calloc((size_t)most + 2, sizeof(*score));
	double running = 0, highest = 0;

	if (!q || !score || most <= least)
		return (int)lround(1.2 * glyph);
	for (int x = -window; x < n; x++) {
		int in = x + window, out = x - window - 1;

		running += in < n && in >= 0 ? sums[in] : 0;
		running -= out >= 0 ? sums[out] : 0;
		if (x >= 0)
			q[x] = sums[x] - running / ((in < n ? in : n - 1) - (out >= 0 ? out : -1));
	}
	for (int lag = least; lag <= most; lag++) {
		for (int x = 0; x + lag < n; x++)
			score[lag] += q[x] * q[x + lag];
		score[lag] /= n - lag;
		highest = fmax(highest, score[lag]);
	}
	for (int lag = least; lag <= most; lag++)
		if (score[lag] >= 0.8 * highest) {
			best = lag;
			while (best < most && score[best + 1] > score[best])
				best++;
			break;
		}
	return best;
}

static int compare_ints(const void *a, const void *b)
{
	int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

	return (x > y) - (x < y);
}

/* What the middle of a column has: three quarters up in the profile. */
static double common_height(const int32_t *sums, int n)
{
	RC_CLEANUP(rc_free) int32_t *sorted = calloc((size_t)n, sizeof(*sorted));

	if (!sorted)
		return 1;
	memcpy(sorted, sums, (size_t)n * sizeof(*sorted));
	qsort(sorted, (size_t)n, sizeof(*sorted), compare_ints);
	return fmax(sorted[n * 3 / 4], 1);
}

int ocr_cut_profile(const int32_t *sums, int n, const struct ocr_cutting *c, int32_t *cuts, int most)
{
	RC_CLEANUP(rc_free) double *cost = calloc((size_t)n + 1, sizeof(*cost));
	RC_CLEANUP(rc_free) int32_t *back = calloc((size_t)n + 1, sizeof(*back));
	int first = 0, last = n, least = (int)fmax(2, floor(c->pitch * c->least)), wide = (int)ceil(c->pitch * c->most), at, count = 0;
	double reference = common_height(sums, n);

	if (!cost || !back)
		return -1;
	while (first < n && sums[first] <= c->white)
		first++;
	while (last > first && sums[last - 1] <= c->white)
		last--;
	if (first == last)
		return 0;
	for (int x = 0; x <= n; x++) {
		int l = x > 0 ? sums[x - 1] : 0, r = x < n ? sums[x] : 0;
		double here = fmin((l + r) / 2.0 / reference, 2);

		back[x] = -1;
		cost[x] = x <= first ? here : INFINITY;
		for (int d = least; d <= wide && d <= x; d++) {
			double off = (d - c->pitch) / c->pitch, v = cost[x - d] + here + (off > 0 ? c->stretch : c->squeeze) * off * off;

			if (v < cost[x] && x > first) {
				cost[x] = v;
				back[x] = x - d;
			}
		}
	}
	at = last;
	for (int x = last; x <= n; x++)
		at = cost[x] < cost[at] ? x : at;
	if (!isfinite(cost[at])) {          /* narrower than anything: in one piece */
		cuts[0] = first;
		cuts[1] = last;
		return most >= 1;
	}
	for (int x = at; x >= 0; x = back[x])
		count++;
	if (count - 1 > most)
		return 0;
	for (int x = at, i = count - 1; x >= 0; x = back[x], i--)
		cuts[i] = x;
	return count - 1;
}

/* ---- one column ----------------------------------------------------------------------------------------------- */

/* A band of the block along the lean: w pixels wide, from x at the block's top row. Between pixels by cubic interpolation
 * (Catmull and Rom 1974): linear blurs, and models mind. */
static void sample(const struct ocr_patch *ink, double x, double lean, int w, uint8_t *to)
{
	for (int y = 0; y < ink->h; y++) {
		const uint8_t *row = ink->bytes + (size_t)y * (size_t)ink->w;
		double left = x + lean * y;
		int whole = (int)floor(left);
		double weights[4];

		ocr_cubic_weights(left - whole, weights);
		for (int i = 0; i < w; i++) {
			double sum = 0;

			for (int k = 0; k < 4; k++) {
				int at = whole + i + k - 1;

				sum += at >= 0 && at < ink->w ? weights[k] * row[at] : 0;
			}
			to[(size_t)y * (size_t)w + (size_t)i] = (uint8_t)lround(fmin(fmax(sum, 0), 255));
		}
	}
}

struct band {                   /* a column with something of the gaps beside it */
	uint8_t *bytes;
	int w, h, pad;              /* pad: how much of the gap on each side */
};

static const uint8_t *pixel(const struct band *b, int x, int y, bool mirrored)
{
	return b->bytes + (size_t)y * (size_t)b->w + (size_t)(mirrored ? b->w - 1 - x : x);
}

/* Where the column begins in rows [from, to), seen from one side: behind a rule, if there is one, else where the outer part has
 * least ink. A rule is black nearly all along, and a lane parts it from the glyphs. */
static int inner_edge(const struct band *b, int from, int to, bool mirrored, bool *ret_rule)
{
	enum { MOST = 512 };
	int zone = (int)(0.28 * (b->w - 2 * b->pad)) + b->pad, best, n = 0, black[MOST] = { 0 };

	zone = zone < 2 ? 2 : zone > MOST - 8 ? MOST - 8 : zone;
	for (int x = 0; x < zone + 4 && x < b->w; x++, n++) {
		for (int y = from; y < to; y++)
			black[x] += *pixel(b, x, y, mirrored) > BLACK;
	}
	best = 0;
	for (int x = 0; x < zone && x < n; x++)
		best = black[x] > black[best] ? x : best;
	*ret_rule = black[best] > 0.75 * (to - from);
	if (*ret_rule) {
		int lane = best;

		for (int x = best + 1; x < n; x++)
			lane = black[x] < black[lane] ? x : lane;
		if (black[lane] < 0.45 * black[best])
			return lane;
		*ret_rule = false;
	}
	best = b->pad / 2;
	for (int x = best; x < zone && x + 1 < n; x++) {
		int sum = black[x] + black[x + 1] + (x ? black[x - 1] : 0), least = black[best] + black[best + 1] + (best ? black[best - 1] : 0);

		best = sum < least ? x : best;
	}
	return best;
}

/* Blanks what lies outside the column on one side; returns where it mostly begins. Rules may lean otherwise than the columns,
 * so each stretch of the column has an edge of its own where there is one. */
static int blank_side(struct band *b, double glyph, bool mirrored)
{
	enum { STRETCHES = 200 };
	int edge[STRETCHES], sorted[STRETCHES], n = 0, rules = 0, length = (int)fmax(8, 5 * glyph), middle;

	for (int y = 0; n < STRETCHES && (y == 0 || y + length / 2 < b->h); y += length / 2) {
		bool rule;

		edge[n] = inner_edge(b, y, y + length < b->h ? y + length : b->h, mirrored, &rule);
		sorted[n] = edge[n];
		rules += rule;
		n++;
	}
	qsort(sorted, (size_t)n, sizeof(*sorted), compare_ints);
	middle = sorted[n / 2];
	for (int y = 0; y < b->h; y++) {
		int k = y / (length / 2), upto = 2 * rules > n ? edge[k < n ? k : n - 1] : middle;

		for (int x = 0; x < upto; x++)
			*(uint8_t *)(uintptr_t)pixel(b, x, y, mirrored) = 0;
	}
	return middle;
}

static int black_in_row(const struct band *b, int y)
{
	int n = 0;

	for (int x = 0; x < b->w; x++)
		n += b->bytes[(size_t)y * (size_t)b->w + (size_t)x] > BLACK;
	return n;
}

struct stretch {                /* rows with ink, and whether they may be part of a glyph */
	int from, to;
	bool solid;
};

/* From row y on in one direction: white rows, then those with ink up to a gap of half a glyph. False at the band's end. A rule across
 * the column is thin and black from side to side; dust has less ink than a dot. */
static bool next_stretch(const struct band *b, int y, int step, double glyph, int width, struct stretch *ret)
{
	int gap = 0, most = 0, rows = 0;
	int64_t all = 0;

	while (y >= 0 && y < b->h && black_in_row(b, y) < 2)
		y += step;
	if (y < 0 || y >= b->h)
		return false;
	ret->from = ret->to = y;
	for (; y >= 0 && y < b->h && gap < 0.5 * glyph; y += step) {
		int n = black_in_row(b, y);

		gap = n < 2 ? gap + 1 : 0;
		if (n < 2)
			continue;
		ret->to = y;
		rows++;
		all += n;
		most = n > most ? n : most;
		if (rows == (int)(0.35 * glyph) + 1 && most <= 0.7 * width)
			break;          /* higher than a rule: a glyph */
	}
	ret->solid = (double)all >= 0.03 * glyph * glyph && !(rows <= 0.35 * glyph && most > 0.7 * width);
	return true;
}

/* The rows from the first glyph to the last: without white, rules across and dust at the ends. */
static void trim_rows(const struct band *b, double glyph, int width, int *ret_from, int *ret_to)
{
	struct stretch s;
	int from = 0, to = b->h - 1;

	while (next_stretch(b, from, 1, glyph, width, &s) && !s.solid)
		from = s.to + 1;
	from = from < b->h && next_stretch(b, from, 1, glyph, width, &s) ? s.from : b->h;
	while (to > from && next_stretch(b, to, -1, glyph, width, &s) && !s.solid)
		to = s.to - 1;
	to = to > from && next_stretch(b, to, -1, glyph, width, &s) ? s.from + 1 : from;
	*ret_from = from;
	*ret_to = to > from ? to : from;
}

static PIX *pix_of(const struct band *b, int x, int w, int y, int h)
{
	PIX *pix = pixCreate(w, h, 8);

	for (int j = 0; pix && j < h; j++) {
		l_uint32 *row = pixGetData(pix) + (size_t)pixGetWpl(pix) * (size_t)j;

		for (int i = 0; i < w; i++)
			SET_DATA_BYTE(row, i, 255 - b->bytes[(size_t)(y + j) * (size_t)b->w + (size_t)(x + i)]);
	}
	return pix;
}

/* Rows [from, to) of the band as a column. */
static void add_column(const struct band *b, int left, int right, int from, int to, double x, double lean, const struct ocr_patch *ink,
                       double glyph, struct ocr_columns *ret)
{
	struct ocr_column *column = &ret->column[ret->n];

	if (to - from < 0.3 * glyph || right - left < 0.3 * glyph || ret->n == OCR_MAX_COLUMNS)
		return;
	column->pix = pix_of(b, left, right - left, from, to - from);
	column->x = ink->x + x + left + lean * from;
	column->y = ink->y + from;
	column->lean = lean;
	ret->n += column->pix != NULL;
}

/* The next row after a gap that is no space within a line; `to` when there is none. *ret_end: where the ink before it ends. */
static int next_piece(const struct band *b, int from, int to, double glyph, int *ret_end)
{
	int white = 0;

	*ret_end = from;
	for (int y = from; y < to; y++) {
		if (black_in_row(b, y) < 2) {
			white++;
			continue;
		}
		if (white > widest_space * glyph)
			return y;
		white = 0;
		*ret_end = y + 1;
	}
	return to;
}

/* Adds the column between two cuts of the middle row's profile: in pieces, where it is more than one line. */
static enum rc_status lift(const struct ocr_patch *ink, double lean, int left, int right, double glyph, struct ocr_columns *to, struct rc_err *err)
{
	struct band b = { .pad = (int)(glyph / 4), .h = ink->h };
	double top = left - b.pad - lean * (ink->h / 2);
	int from, until, l, r;

	b.w = right - left + 2 * b.pad;
	b.bytes = calloc((size_t)b.w * (size_t)b.h, 1);
	if (!b.bytes)
		return no_memory(err);
	sample(ink, top, lean, b.w, b.bytes);
	l = blank_side(&b, glyph, false);
	r = b.w - blank_side(&b, glyph, true);
	trim_rows(&b, glyph, right - left, &from, &until);
	while (from < until) {
		int end, next = next_piece(&b, from, until, glyph, &end);

		add_column(&b, l, r, from, end, top, lean, ink, glyph, to);
		from = next;
	}
	free(b.bytes);
	return RC_OK;
}

/* ---- how wide the glyphs are ------------------------------------------------------------------------------------ */

/* From where to where the column's ink lies, but for a sixtieth on each side: punctuation, dust, rests of rules. */
static void find_core(struct ocr_column *column, int32_t *sums)
{
	int w = pixGetWidth(column->pix), h = pixGetHeight(column->pix), from = 0, to = w - 1;
	int64_t all = 0, left = 0, right = 0;

	for (int x = 0; x < w; x++) {
		sums[x] = 0;
		for (int y = 0; y < h; y++) {
			int ink = 255 - (int)GET_DATA_BYTE(pixGetData(column->pix) + (size_t)pixGetWpl(column->pix) * (size_t)y, x) - PAPER_NOISE;

			sums[x] += ink > 0 ? ink : 0;
		}
		all += sums[x];
	}
	while (from < to && (left += sums[from]) < all / 60)
		from++;
	while (to > from && (right += sums[to]) < all / 60)
		to--;
	column->middle = (float)(from + to + 1) / 2;
	column->core = (float)(to + 1 - from);
}

static int compare_floats(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

/* What is long and much narrower than the others is a rule, or the edge of something. */
static void drop_rules(struct ocr_columns *columns, float common)
{
	int kept = 0;

	for (int i = 0; i < columns->n; i++) {
		struct ocr_column *c = &columns->column[i];

		if (c->core < 0.45f * common && (float)pixGetHeight(c->pix) > 3 * common)
			pixDestroy(&c->pix);
		else
			columns->column[kept++] = *c;
	}
	columns->n = kept;
}

/* Type of one size has glyphs of one width, whatever a single column shows: a few narrow ones, or a stain. Only where a column is
 * clearly otherwise it is set in another size. */
static enum rc_status find_cores(struct ocr_columns *columns, double glyph, int most_width, struct rc_err *err)
{
	RC_CLEANUP(rc_free) float *cores = calloc((size_t)columns->n + 1, sizeof(*cores));
	RC_CLEANUP(rc_free) int32_t *sums = calloc((size_t)most_width + 1, sizeof(*sums));
	float common;

	if (!cores || !sums)
		return no_memory(err);
	for (int i = 0; i < columns->n; i++) {
		find_core(&columns->column[i], sums);
		ocr_clear_lines(columns->column[i].pix, (double)columns->column[i].middle, glyph);
		find_core(&columns->column[i], sums);
		cores[i] = columns->column[i].core;
	}
	qsort(cores, (size_t)columns->n, sizeof(*cores), compare_floats);
	common = cores[columns->n / 2];
	drop_rules(columns, common);
	for (int i = 0; i < columns->n; i++) {
		struct ocr_column *c = &columns->column[i];

		if (c->core < 1.3f * common && (c->core > 0.88f * common || (float)pixGetHeight(c->pix) < 6 * common))
			c->core = common;
	}
	return RC_OK;
}

/* ---- all of it ------------------------------------------------------------------------------------------------ */

/* The inked places from x on; false when there are none. */
static bool next_run(const int32_t *sums, int n, int32_t white, int x, int *from, int *to)
{
	while (x < n && sums[x] <= white)
		x++;
	*from = x;
	while (x < n && sums[x] > white)
		x++;
	*to = x;
	return *to > *from;
}

/* Places of the profile between clear lanes, [from, to); false at its end. Narrow runs are marks and dust beside a column: marks
 * stand at its right, so they belong to the column on their left, but when the other one is nearer. */
static bool next_part(const int32_t *sums, int n, int32_t white, double glyph, int *from, int *to)
{
	const double narrow = 0.3 * glyph;
	int a, b, c, d;

	if (!next_run(sums, n, white, *to, from, to))
		return false;
	while (next_run(sums, n, white, *to, &a, &b)) {
		bool mark = b - a < narrow && (!next_run(sums, n, white, b, &c, &d) || a - *to <= c - b);

		if (!mark && *to - *from >= narrow)
			break;
		*to = b;
	}
	return true;
}

/* Cuts of all columns; -1 without memory. Clear lanes part columns of any width; what lies between two of them and is wider
 * than a column is cut at the pitch. */
static int columns_of(const int32_t *sums, const struct ocr_patch *ink, double glyph, int32_t (*cuts)[2])
{
	struct ocr_cutting c = { .least = narrowest, .most = widest, .squeeze = stiffness, .stretch = stiffness };
	int32_t part[OCR_MAX_COLUMNS + 1];
	int n = 0, from, to = 0;

	/* Dust, and a frame that crosses all columns above and below. */
	c.white = 255 * (2 + ink->h / 80);
	c.pitch = find_pitch(sums, ink->w, glyph);
	while (n < OCR_MAX_COLUMNS && next_part(sums, ink->w, c.white, glyph, &from, &to)) {
		int k = 1;

		part[0] = 0;
		part[1] = to - from;
		if (to - from >= one_column * glyph)
			k = ocr_cut_profile(sums + from, to - from, &c, part, OCR_MAX_COLUMNS - n);
		if (k < 0)
			return -1;
		for (int i = 0; i < k; i++, n++) {
			cuts[n][0] = from + part[i];
			cuts[n][1] = from + part[i + 1];
		}
	}
	return n;
}

enum rc_status ocr_columns_cut(PIX *gray, const struct ocr_block *block, struct ocr_columns *ret, struct rc_err *err)
{
	RC_CLEANUP(ocr_patch_free) struct ocr_patch ink = { 0 };
	RC_CLEANUP(ocr_columns_free) struct ocr_columns columns = { 0 };
	RC_CLEANUP(rc_free) int32_t *sums = NULL;
	int32_t cuts[OCR_MAX_COLUMNS][2];
	double glyph = fmax(block->glyph, 6), lean;
	enum rc_status status = ocr_patch_open(&ink, gray, block->box, glyph, err);
	int n;

	if (status != RC_OK)
		return status;
	sums = calloc((size_t)ink.w + 1, sizeof(*sums));
	columns.column = calloc(OCR_MAX_COLUMNS + 1, sizeof(*columns.column));
	if (!sums || !columns.column)
		return no_memory(err);
	lean = find_lean(&ink, sums);
	profile(&ink, lean, 1, sums);
	n = columns_of(sums, &ink, glyph, cuts);
	if (n < 0)
		return no_memory(err);
	for (int i = n - 1; status == RC_OK && i >= 0; i--)
		status = lift(&ink, lean, cuts[i][0], cuts[i][1], glyph, &columns, err);
	if (status == RC_OK)
		status = find_cores(&columns, glyph, ink.w + 2 * (int)glyph, err);
	if (status == RC_OK)
		status = ocr_cells_cut(&columns, glyph, err);
	if (status != RC_OK)
		return status;
	*ret = columns;
	columns = (struct ocr_columns){ 0 };
	return RC_OK;
}

void ocr_columns_free(struct ocr_columns *columns)
{
	for (int i = 0; i < columns->n; i++)
		pixDestroy(&columns->column[i].pix);
	free(columns->column);
	*columns = (struct ocr_columns){ 0 };
}
