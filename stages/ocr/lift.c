/* lift.c -- one column lifted out of its block: straight, without the rules beside it, in pieces where it is more than one line.
 *
 *   ocr_lift_column()   all of it
 *   sample()            along the lean
 *   blank_side()        what lies beyond the column's edges
 *   trim_rows()         from the first glyph to the last
 *   next_piece()        a gap that is no space within a line */
#include <math.h>
#include <stdlib.h>
#include <leptonica/allheaders.h>

#include "common/cubic.h"
#include "ocr/columns_parts.h"

/* A wider gap in a column, in glyphs, parts two lines: spread over it, a model reads things that are not there. */
static const double widest_space = 3;
/* No line of print has more glyphs; what is longer is cut at the whitest row nearby, so that no later part has to leave out any. */
static const double longest_line = 150;

/* A band of the block along the lean: w pixels wide, from x at the block's top row. Between pixels by cubic interpolation
 * (Catmull and Rom 1974): linear blurs, and models mind. */
static void sample(const struct ocr_patch *ink, double x, double lean, int w, uint8_t *to)
{
	for (int y = 0; y < ink->h; y++) {
		const uint8_t *row = ink->bytes + (size_t)y * (size_t)ink->w;
		double left = x + lean * y;
		int whole = (int)floor(left);
		double weights[4];

		cubic_weights(left - whole, weights);
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
			black[x] += *pixel(b, x, y, mirrored) > OCR_BLACK;
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
	qsort(sorted, (size_t)n, sizeof(*sorted), ocr_compare_ints);
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
		n += b->bytes[(size_t)y * (size_t)b->w + (size_t)x] > OCR_BLACK;
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
static enum rc_status add_column(const struct band *b, int left, int right, int from, int to, double x, double lean, const struct ocr_patch *ink,
                       double glyph, struct ocr_columns *ret, struct rc_err *err)
{
	struct ocr_column *column = &ret->column[ret->n];

	if (to - from < 0.3 * glyph || right - left < 0.3 * glyph)
		return RC_OK;
	if (ret->n == OCR_MAX_COLUMNS)
		return ocr_columns_too_many(err);
	column->pix = pix_of(b, left, right - left, from, to - from);
	if (!column->pix)
		return ocr_columns_memory(err);
	column->x = ink->x + x + left + lean * from;
	column->y = ink->y + from;
	column->lean = lean;
	ret->n++;
	return RC_OK;
}

/* The row with least ink in the last tenth of so long a piece. */
static int whitest_row(const struct band *b, int from, int longest)
{
	int best = from + longest;

	for (int y = from + longest; y > from + longest - longest / 10; y--)
		best = black_in_row(b, y) < black_in_row(b, best) ? y : best;
	return best;
}

/* The next row after a gap that is no space within a line; `to` when there is none. *ret_end: where the ink before it ends. */
static int next_piece(const struct band *b, int from, int to, double glyph, int *ret_end)
{
	int white = 0, longest = (int)(longest_line * glyph);

	*ret_end = from;
	for (int y = from; y < to; y++) {
		if (y - from >= longest) {
			*ret_end = whitest_row(b, from, longest);
			return *ret_end;
		}
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
enum rc_status ocr_lift_column(const struct ocr_patch *ink, double lean, int left, int right, double glyph, struct ocr_columns *to, struct rc_err *err)
{
	struct band b = { .pad = (int)(glyph / 4), .h = ink->h };
	double top = left - b.pad - lean * (ink->h / 2);
	enum rc_status status = RC_OK;
	int from, until, l, r;

	b.w = right - left + 2 * b.pad;
	b.bytes = calloc((size_t)b.w * (size_t)b.h, 1);
	if (!b.bytes)
		return ocr_columns_memory(err);
	sample(ink, top, lean, b.w, b.bytes);
	l = blank_side(&b, glyph, false);
	r = b.w - blank_side(&b, glyph, true);
	trim_rows(&b, glyph, right - left, &from, &until);
	while (status == RC_OK && from < until) {
		int end, next = next_piece(&b, from, until, glyph, &end);

		status = add_column(&b, l, r, from, end, top, lean, ink, glyph, to, err);
		from = next;
	}
	free(b.bytes);
	return status;
}
