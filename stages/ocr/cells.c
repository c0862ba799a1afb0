/* cells.c -- columns cut into the cells of their glyphs.
 *
 *   ocr_cells_cut()   all columns of a block: type of one size has one pitch, halves of columns set double have another
 *   find_pitch()      from glyph to glyph, by the autocorrelation of all columns' profiles together
 *
 * The cells give glyphs their places and say how many there should be; the model does not need them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <leptonica/allheaders.h>

#include "ocr/columns_parts.h"

/* The pitch in glyphs; a cell's size in pitches: punctuation may have half a place, head lines are spaced. */
static const double least_pitch = 0.75, most_pitch = 1.6, most_half_pitch = 2.2, least_cell = 0.5, most_cell = 1.4;
/* Too wide a cell holds two glyphs, too narrow a one is a half: the one is worse than the other. */
static const double squeeze = 3, stretch = 6;

static int32_t *profile_of(PIX *pix)
{
	int w = pixGetWidth(pix), h = pixGetHeight(pix);
	int32_t *sums = calloc((size_t)h + 1, sizeof(*sums));

	for (int y = 0; sums && y < h; y++) {
		l_uint32 *row = pixGetData(pix) + (size_t)pixGetWpl(pix) * (size_t)y;

		for (int x = 0; x < w; x++)
			sums[y] += 255 - GET_DATA_BYTE(row, x);
	}
	return sums;
}

/* Adds a column's autocorrelation, about its running mean, for lags up to most. */
static void correlate(const int32_t *sums, int n, int window, double *score, int most, double *q)
{
	double running = 0;

	for (int x = -window; x < n; x++) {
		int in = x + window, out = x - window - 1;

		running += in >= 0 && in < n ? sums[in] : 0;
		running -= out >= 0 ? sums[out] : 0;
		if (x >= 0)
			q[x] = (sums[x] - running / ((in < n ? in : n - 1) - (out >= 0 ? out : -1))) / 255;
	}
	for (int lag = 1; lag <= most && lag < n; lag++)
		for (int x = 0; x + lag < n; x++)
			score[lag] += q[x] * q[x + lag] / (n - lag) * n;
}

/* With parts of a pixel, from the parabola through the peak. */
static double peak(const double *score, int least, int most, double otherwise)
{
	int best = least;
	double a, b, c;

	for (int lag = least; lag <= most; lag++)
		best = score[lag] > score[best] ? lag : best;
	if (score[best] <= 0)
		return otherwise;
	if (best == least || best == most)
		return best;
	a = score[best - 1];
	b = score[best];
	c = score[best + 1];
	return best + (a - 2 * b + c < 0 ? 0.5 * (a - c) / (a - 2 * b + c) : 0);
}

/* Of the columns that are halves, or of those that are not. Type that stands two to a column is often higher than wide. */
static double find_pitch(int32_t *const *profiles, const struct ocr_columns *columns, bool half, double glyph)
{
	int least = (int)fmax(3, least_pitch * glyph), most = (int)((half ? most_half_pitch : most_pitch) * glyph) + 1, longest = 0;
	RC_CLEANUP(rc_free) double *score = calloc((size_t)most + 2, sizeof(*score)), *q = NULL;

	for (int i = 0; i < columns->n; i++)
		longest = pixGetHeight(columns->column[i].pix) > longest ? pixGetHeight(columns->column[i].pix) : longest;
	q = calloc((size_t)longest + 1, sizeof(*q));
	if (!score || !q)
		return glyph;
	for (int i = 0; i < columns->n; i++)
		if (columns->column[i].half == half)
			correlate(profiles[i], pixGetHeight(columns->column[i].pix), (int)glyph, score, most, q);
	return peak(score, least, most - 1, glyph);
}

/* The median core of the columns that are halves, or of those that are not; `otherwise` when there are none. */
static double common_core(const struct ocr_columns *columns, bool half, double otherwise)
{
	RC_CLEANUP(rc_free) int32_t *cores = calloc((size_t)columns->n + 1, sizeof(*cores));
	int n = 0;

	for (int i = 0; cores && i < columns->n; i++)
		if (columns->column[i].half == half)
			cores[n++] = (int32_t)lroundf(columns->column[i].core);
	if (n == 0)
		return otherwise;
	qsort(cores, (size_t)n, sizeof(*cores), ocr_compare_ints);
	return fmax(cores[n / 2], 1);
}

/* Clearly larger or smaller type has its pitch in proportion; else the difference is in the glyphs that happen to stand there. */
static double other_size(double size)
{
	return size > 1.3 || size < 0.77 ? size : 1;
}

static enum rc_status cut_all(int32_t **profiles, struct ocr_columns *columns, double glyph, struct rc_err *err)
{
	struct ocr_cutting how = { .least = least_cell, .most = most_cell, .squeeze = squeeze, .stretch = stretch, .white = 255 };
	double core[2] = { common_core(columns, false, glyph), common_core(columns, true, glyph) }, pitch[2];

	for (int i = 0; i < columns->n; i++) {
		profiles[i] = profile_of(columns->column[i].pix);
		if (!profiles[i])
			return rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMORY, "cannot cut columns into glyphs: not enough memory");
	}
	pitch[0] = find_pitch(profiles, columns, false, glyph);
	pitch[1] = find_pitch(profiles, columns, true, core[1]);
	for (int i = 0; i < columns->n; i++) {
		struct ocr_column *c = &columns->column[i];

		how.pitch = pitch[c->half] * other_size((double)c->core / core[c->half]);
		c->pitch = (float)how.pitch;
		c->cells = ocr_cut_profile(profiles[i], pixGetHeight(c->pix), &how, c->cell, OCR_MAX_CELLS);
		if (c->cells < 0)
			return rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMORY, "cannot cut columns into glyphs: not enough memory");
	}
	return RC_OK;
}

enum rc_status ocr_cells_cut(struct ocr_columns *columns, double glyph, struct rc_err *err)
{
	int32_t **profiles = calloc((size_t)columns->n + 1, sizeof(*profiles));
	enum rc_status status = RC_OK;

	if (!profiles)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMORY, "cannot cut columns into glyphs: not enough memory");
	status = cut_all(profiles, columns, glyph, err);
	for (int i = 0; i < columns->n; i++)
		free(profiles[i]);
	free(profiles);
	return status;
}
