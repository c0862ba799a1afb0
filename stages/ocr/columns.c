/* columns.c -- a block of vertical text cut into printed columns.
 *
 *   ocr_columns_cut()   all of it
 *   find_lean()         columns lean a little, also on a straightened page: the shear that makes their profile sharpest
 *   find_pitch()        from column to column, by the profile's autocorrelation
 *   columns_of()        at clear lanes, and where there are none at the pitch (cuts.c)
 *
 * Then lift.c takes each column out, cores.c tells how wide its glyphs are, cells.c cuts it into them.
 *
 * A model that reads a whole block must find its lines first, and on tight old print it finds them badly; cut like this,
 * the same model makes a tenth fewer errors on newspaper columns, where the columns are ruled a third fewer. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <leptonica/allheaders.h>

#include "ocr/columns.h"
#include "ocr/columns_parts.h"

/* Columns lean by up to this, pixels per pixel, in both directions; looked for in two rounds. */
static const double most_lean = 0.03;
/* Distances between columns, in glyphs: set solid, or with wide spaces. */
static const double least_pitch = 0.85, most_pitch = 2.4;
/* Widths of columns, in pitches. */
static const double narrowest = 0.6, widest = 1.5;
/* How much a distance that is not the pitch costs, against a cut through the middle of a column, which costs 1. */
static const double stiffness = 2;
/* A narrower block is one column. */
static const double one_column = 1.6;
/* So is what is no wider than from rule to rule, in a block that is ruled; in these distances. */
static const double one_ruled = 1.3;
enum { TOO_MANY = -2 };

enum rc_status ocr_columns_memory(struct rc_err *err)
{
	return rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMORY, "cannot cut the page into columns: not enough memory");
}

enum rc_status ocr_columns_too_many(struct rc_err *err)
{
	return rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMBERS, "cannot cut the page into columns: more than %d in one block", OCR_MAX_COLUMNS);
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

/* Cuts of all columns; -1 without memory, TOO_MANY beyond OCR_MAX_COLUMNS. Clear lanes part columns of any width; what lies between two of them and is wider
 * than a column is cut at the pitch. */
static int columns_of(const int32_t *sums, const struct ocr_patch *ink, const struct ocr_ruling *ruling, double glyph, int32_t (*cuts)[2])
{
	struct ocr_cutting c = { .least = narrowest, .most = widest, .squeeze = stiffness, .stretch = stiffness };
	int32_t part[OCR_MAX_COLUMNS + 1];
	double one = ruling->n > 0 ? one_ruled * ruling->pitch : one_column * glyph;
	int n = 0, from, to = 0;

	/* Dust, and a frame that crosses all columns above and below. */
	c.white = 255 * (2 + ink->h / 80);
	c.pitch = ruling->n > 0 ? ruling->pitch : find_pitch(sums, ink->w, glyph);
	while (next_part(sums, ink->w, c.white, glyph, &from, &to)) {
		int k = 1;

		if (n == OCR_MAX_COLUMNS)
			return TOO_MANY;
		part[0] = 0;
		part[1] = to - from;
		if (to - from >= one)
			k = ocr_cut_profile(sums + from, to - from, &c, part, OCR_MAX_COLUMNS - n);
		if (k < 0)
			return -1;
		if (k == 0)             /* there is ink, so there are pieces */
			return TOO_MANY;
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
	struct ocr_ruling ruling;
	double glyph = fmax(block->glyph, 6), lean;
	enum rc_status status = ocr_patch_open(&ink, gray, block->box, glyph, err);
	int n;

	if (status != RC_OK)
		return status;
	sums = calloc((size_t)ink.w + 1, sizeof(*sums));
	columns.column = calloc(OCR_MAX_COLUMNS + 1, sizeof(*columns.column));
	if (!sums || !columns.column)
		return ocr_columns_memory(err);
	lean = find_lean(&ink, sums);
	status = ocr_ruled_clear(&ink, lean, glyph, &ruling, err);
	if (status != RC_OK)
		return status;
	profile(&ink, lean, 1, sums);
	for (int i = 0; i < ruling.n; i++)
		sums[ruling.at[i]] = 0;         /* glyphs may reach across */
	n = columns_of(sums, &ink, &ruling, glyph, cuts);
	if (n == TOO_MANY)
		return ocr_columns_too_many(err);
	if (n < 0)
		return ocr_columns_memory(err);
	for (int i = n - 1; status == RC_OK && i >= 0; i--)
		status = ocr_lift_column(&ink, lean, cuts[i][0], cuts[i][1], glyph, &columns, err);
	if (status == RC_OK)
		status = ocr_cores_find(&columns, glyph, ink.w + 2 * (int)glyph, err);
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
