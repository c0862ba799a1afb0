/* estimate.h -- from counted errors on drawn pages to an error rate with its interval.
 *
 * Within a grade pages are drawn at random without replacement, and a page is what is drawn, not a character: errors come in
 * clusters. So the rate of a grade is a ratio of two sums over its pages, errors by characters, with the variance of a ratio by
 * Taylor's series and the correction for a finite population (Cochran, Sampling Techniques, 3rd ed. 1977, 6.3 and 6.4):
 *
 *     R = sum(e) / sum(m)      v = (1 - n/N) / n * sum((e - R m)^2) / (n - 1) / mean(m)^2
 *
 * The overall rate adds the grades up, each weighted by its share of all characters read (the separate ratio estimator, 6.10).
 * The interval is that of Korn and Graubard (Survey Methodology 24, 1998, pages 193 to 201): exact binomial limits (Clopper and Pearson,
 * 1934) for an effective number of characters, R (1 - R) / v, never more than were checked, and made smaller where few pages
 * tell how much pages differ. It holds near 0, where errors of good print are; it errs to the wide side.
 *
 * Where no error was found, v says nothing: characters then count as if they were independent, and the upper limit is too low for
 * errors that only sit together on few pages. */
#ifndef REPORT_ESTIMATE_H
#define REPORT_ESTIMATE_H

#include "core/base.h"

enum { ESTIMATE_GRADES = 6 };           /* A to E, and pages without an estimate */

struct estimate_page {
	int64_t checked, errors;        /* characters */
};

struct estimate_grade {
	int64_t pages, characters;      /* of the batch */
	struct estimate_page *checked;  /* borrowed */
	size_t n;
};

struct estimate {
	int64_t pages, checked, errors; /* that were checked; characters; errors */
	double rate;                    /* < 0: nothing was checked */
	double low, high;               /* of the 95 % interval; high < 0: there is none, for want of a second page */
	double variance;                /* of the rate */
};

/* One grade, and all of them; a grade of which no page was checked has no part in the whole, and *covered is the share of characters
 * that the others have. */
struct estimate estimate_grade(const struct estimate_grade *g);
struct estimate estimate_all(const struct estimate_grade grades[ESTIMATE_GRADES], double *covered);

/* x with I_x(a, b) = p, the regularized incomplete beta function; a, b > 0. */
double estimate_beta_quantile(double p, double a, double b);
/* t with P(T <= t) = p for Student's distribution; p > 0.5. */
double estimate_t_quantile(double p, double degrees);

#endif
