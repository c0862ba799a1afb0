/* estimate.c -- ratio estimates, and the two distributions their intervals need. */
#include "report/estimate.h"

#include <math.h>

static const double alpha = 0.05;

/* ---- distributions ---------------------------------------------------------------------------------------- */

/* The continued fraction of the incomplete beta function (Abramowitz and Stegun, 26.5.8), by Lentz's method. It converges fast
 * for x < (a + 1) / (a + b + 2). */
static double fraction(double x, double a, double b)
{
	const double tiny = 1e-300;
	double c = 1, d = 1 - (a + b) * x / (a + 1), f;

	d = 1 / (fabs(d) < tiny ? tiny : d);
	f = d;
	for (int m = 1; m < 500; m++) {
		double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
		double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
		double step;

		d = 1 + even * d;
		c = 1 + even / c;
		d = 1 / (fabs(d) < tiny ? tiny : d);
		c = fabs(c) < tiny ? tiny : c;
		f *= d * c;
		d = 1 + odd * d;
		c = 1 + odd / c;
		d = 1 / (fabs(d) < tiny ? tiny : d);
		c = fabs(c) < tiny ? tiny : c;
		step = d * c;
		f *= step;
		if (fabs(step - 1) < 1e-14)
			break;
	}
	return f;
}

/* lgamma() keeps a sign in a global; for positive arguments nobody needs it. */
static double log_gamma(double x)
{
	int sign;

	return lgamma_r(x, &sign);
}

static double incomplete_beta(double x, double a, double b)
{
	double front;

	if (x <= 0 || x >= 1)
		return x <= 0 ? 0 : 1;
	front = exp(log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * log(x) + b * log1p(-x));
	return x < (a + 1) / (a + b + 2) ? front * fraction(x, a, b) / a : 1 - front * fraction(1 - x, b, a) / b;
}

double estimate_beta_quantile(double p, double a, double b)
{
	double low = 0, high = 1;

	for (int i = 0; i < 200 && high - low > 1e-15; i++) {
		double middle = (low + high) / 2;

		if (incomplete_beta(middle, a, b) < p)
			low = middle;
		else
			high = middle;
	}
	return (low + high) / 2;
}

/* Abramowitz and Stegun, 26.7.1. */
double estimate_t_quantile(double p, double degrees)
{
	double x = estimate_beta_quantile(2 * (1 - p), degrees / 2, 0.5);

	return sqrt(degrees * (1 - x) / x);
}

/* ---- estimates ---------------------------------------------------------------------------------------------- */

static struct estimate sums_of(const struct estimate_grade *g)
{
	struct estimate e = { .pages = (int64_t)g->n, .rate = -1, .high = -1 };

	for (size_t i = 0; i < g->n; i++) {
		e.checked += g->checked[i].checked;
		e.errors += g->checked[i].errors;
	}
	if (e.checked > 0)
		e.rate = (double)e.errors / (double)e.checked;
	return e;
}

/* < 0: one page of several says nothing about how pages differ. */
static double variance_of(const struct estimate_grade *g, const struct estimate *e)
{
	double n = (double)g->n, left = g->pages > (int64_t)g->n ? 1 - n / (double)g->pages : 0, mean = (double)e->checked / n, sum = 0;

	if (left <= 0)
		return 0;
	if (g->n < 2)
		return -1;
	for (size_t i = 0; i < g->n; i++) {
		double off = (double)g->checked[i].errors - e->rate * (double)g->checked[i].checked;

		sum += off * off;
	}
	return left / n * sum / (n - 1) / (mean * mean);
}

/* Korn and Graubard's limits. degrees: pages that tell how much pages differ, less the grades they are of. */
static void set_interval(struct estimate *e, double degrees)
{
	double n = (double)e->checked, effective = n, hits;

	if (e->variance > 0) {
		double spread = estimate_t_quantile(1 - alpha / 2, n > 1 ? n - 1 : 1) / estimate_t_quantile(1 - alpha / 2, fmax(degrees, 1));

		effective = fmin(n, e->rate * (1 - e->rate) / e->variance * spread * spread);
	}
	hits = e->rate * effective;
	e->low = hits > 0 ? estimate_beta_quantile(alpha / 2, hits, effective - hits + 1) : 0;
	e->high = hits < effective ? estimate_beta_quantile(1 - alpha / 2, hits + 1, effective - hits) : 1;
}

struct estimate estimate_grade(const struct estimate_grade *g)
{
	struct estimate e = sums_of(g);

	if (e.rate < 0)
		return e;
	e.variance = variance_of(g, &e);
	if (e.variance == 0 && g->pages <= (int64_t)g->n) {
		e.low = e.high = e.rate;        /* all pages were checked: nothing is estimated */
	} else if (e.variance >= 0) {
		set_interval(&e, (double)g->n - 1);
	}
	return e;
}

struct estimate estimate_all(const struct estimate_grade grades[ESTIMATE_GRADES], double *covered)
{
	struct estimate all = { .rate = -1, .high = -1 };
	double characters = 0, of_checked = 0, degrees = 0;
	bool known = true, everything = true;

	for (int i = 0; i < ESTIMATE_GRADES; i++) {
		characters += (double)grades[i].characters;
		of_checked += grades[i].n ? (double)grades[i].characters : 0;
	}
	*covered = characters > 0 ? of_checked / characters : 0;
	for (int i = 0; i < ESTIMATE_GRADES; i++) {
		struct estimate e = estimate_grade(&grades[i]);
		double weight = of_checked > 0 ? (double)grades[i].characters / of_checked : 0;

		if (e.rate < 0)
			continue;
		all.rate = fmax(all.rate, 0) + weight * e.rate;
		all.variance += weight * weight * fmax(e.variance, 0);
		all.pages += e.pages;
		all.checked += e.checked;
		all.errors += e.errors;
		degrees += (double)e.pages - 1;
		known = known && e.variance >= 0;
		everything = everything && grades[i].pages <= (int64_t)grades[i].n;
	}
	if (all.rate >= 0 && everything)
		all.low = all.high = all.rate;
	else if (all.rate >= 0 && known)
		set_interval(&all, degrees);
	return all;
}
