/* eval_quality.c -- rank correlation and calibration of the estimated error rate.
 *
 *   eval_spearman()      ranks_of() both sides, then Pearson's correlation
 *   eval_quality_add()   one page, into its bin too
 */
#include "cli/eval_quality.h"

#include <math.h>

const double eval_bin_edges[EVAL_BINS + 1] = { 0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1 };

/* ---- rank correlation ------------------------------------------------------------------------------------ */

static int by_value(const void *a, const void *b)
{
	double x = **(const double *const *)a, y = **(const double *const *)b;

	return x < y ? -1 : x > y;
}

/* The rank of each value, from 1; equal values share the mean of theirs. */
static double *ranks_of(const double *values, size_t n)
{
	RC_CLEANUP(rc_free) const double **order = rc_alloc((n + 1) * sizeof(double *));
	double *ranks = rc_alloc((n + 1) * sizeof *ranks);

	for (size_t i = 0; i < n; i++)
		order[i] = &values[i];
	qsort(order, n, sizeof *order, by_value);
	for (size_t i = 0, next; i < n; i = next) {
		for (next = i; next < n && *order[next] == *order[i];)
			next++;
		for (size_t k = i; k < next; k++)
			ranks[order[k] - values] = ((double)i + 1 + (double)next) / 2;
	}
	return ranks;
}

bool eval_spearman(const double *a, const double *b, size_t n, double *ret)
{
	RC_CLEANUP(rc_free) double *x = ranks_of(a, n);
	RC_CLEANUP(rc_free) double *y = ranks_of(b, n);
	double mean = ((double)n + 1) / 2, xy = 0, xx = 0, yy = 0;

	for (size_t i = 0; i < n; i++) {
		xy += (x[i] - mean) * (y[i] - mean);
		xx += (x[i] - mean) * (x[i] - mean);
		yy += (y[i] - mean) * (y[i] - mean);
	}
	if (n < 3 || xx <= 0 || yy <= 0)
		return false;
	*ret = xy / sqrt(xx * yy);
	return true;
}

/* ---- pages ------------------------------------------------------------------------------------------------ */

void eval_quality_add(struct eval_quality *q, double estimate, const struct score *score)
{
	int bin = 0;

	while (bin + 1 < EVAL_BINS && estimate >= eval_bin_edges[bin + 1])
		bin++;
	q->pages = rc_realloc(q->pages, (q->n + 1) * sizeof *q->pages);
	q->pages[q->n].estimate = estimate;
	q->pages[q->n].cer = score_cer(score);
	q->pages[q->n++].bag = score->bag;
	q->bins[bin].pages++;
	q->bins[bin].estimate += estimate * (double)score->truth;
	score_sum_add(&q->bins[bin].sum, score);
}

void eval_quality_free(struct eval_quality *q)
{
	free(q->pages);
	*q = (struct eval_quality){ 0 };
}

double eval_bin_estimate(const struct eval_bin *bin)
{
	int64_t truth = bin->sum.total.truth;

	return bin->estimate / (double)(truth > 0 ? truth : 1);
}

static bool correlation(const struct eval_quality *q, bool bag, double *ret)
{
	RC_CLEANUP(rc_free) double *estimates = rc_alloc((q->n + 1) * sizeof *estimates);
	RC_CLEANUP(rc_free) double *errors = rc_alloc((q->n + 1) * sizeof *errors);

	for (size_t i = 0; i < q->n; i++) {
		estimates[i] = q->pages[i].estimate;
		errors[i] = bag ? q->pages[i].bag : q->pages[i].cer;
	}
	return eval_spearman(estimates, errors, q->n, ret);
}

bool eval_quality_cer(const struct eval_quality *q, double *ret)
{
	return correlation(q, false, ret);
}

bool eval_quality_bag(const struct eval_quality *q, double *ret)
{
	return correlation(q, true, ret);
}
