/* eval_quality.h -- does the estimated error rate tell the true one?
 *
 * Over the pages that were read and carry an estimate. The rank correlation is Spearman's: Pearson's correlation of the
 * ranks, equal values sharing the mean of their ranks; 1 when the estimate puts all pages in the true order, 0 when it
 * knows nothing. It is none with fewer than three pages, or when all values of one side are equal. The calibration table sets
 * estimates against errors by bins of the estimate; the mean estimate and the true error weigh pages by their truth's length. */
#ifndef CLI_EVAL_QUALITY_H
#define CLI_EVAL_QUALITY_H

#include "common/score.h"

#define EVAL_BINS 8
extern const double eval_bin_edges[EVAL_BINS + 1];      /* a bin holds its lower edge; the last one 1 too */

struct eval_bin {
	int64_t pages;
	double estimate;            /* sum over pages, weighted by their truth's length; see eval_bin_estimate() */
	struct score_sum sum;
};
double eval_bin_estimate(const struct eval_bin *bin);

struct eval_quality {           /* zero: no pages */
	struct eval_quality_page {
		double estimate, cer, bag;
	} *pages;                   /* owned */
	size_t n;
	struct eval_bin bins[EVAL_BINS];
};
void eval_quality_add(struct eval_quality *q, double estimate, const struct score *score);
void eval_quality_free(struct eval_quality *q);
/* Rank correlation of the estimate with the error rate, or with the order-free error; false: none. */
bool eval_quality_cer(const struct eval_quality *q, double *ret);
bool eval_quality_bag(const struct eval_quality *q, double *ret);
/* Spearman's rank correlation of n pairs; false: none. */
bool eval_spearman(const double *a, const double *b, size_t n, double *ret);

#endif
