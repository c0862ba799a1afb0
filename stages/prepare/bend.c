/* bend.c -- the smooth surface that makes leaning lines straight.
 *
 *   prepare_fit_bend()    least squares, with what does not fit left out step by step
 *   prepare_bend_at()     the surface
 *   prepare_bend_rest()   what it leaves of a slope; prepare_typical_rest(): of many
 *
 * A window says: from one end to the other, lines climb by slope x span. The surface has to sink by as much between the window's
 * ends, which is linear in its coefficients; no line has to be followed across the page. What moves whole lines is left
 * open by that, and chosen so that their mean place stays. (Both ends are taken at the same place across: otherwise a surface that
 * squeezes the whole page would do, too.) */
#include <math.h>
#include <string.h>

#include "prepare/curves.h"

enum { PIECES = PREPARE_KNOTS - 3, UNKNOWNS = PREPARE_KNOTS * PREPARE_DEGREES };
/* Slopes are known to about so much. */
static const double slope_error = 0.006;
/* What slopes usually are on curved pages, and by how much they change from one knot to the next: for each degree across. */
static const double usual_slope[PREPARE_DEGREES] = { 0.06, 0.05, 0.02 }, usual_change[PREPARE_DEGREES] = { 0.03, 0.02, 0.01 };
/* Rounds of fitting; residuals beyond this many typical ones do not count in the next (Tukey's biweight). */
enum { ROUNDS = 6 };
static const double far_off = 4.7;

/* ---- the surface ---------------------------------------------------------------------------------------- */

/* The four B-splines that are not zero at a place; ret_first: the first one's number. Outside they go on as at the edge. */
static void splines(double at, double length, double w[4], int *ret_first)
{
	double t = fmin(fmax(at / length, 0), 1) * PIECES;
	int piece = t < PIECES - 1 ? (int)t : PIECES - 1;
	double u = t - piece, v = 1 - u;

	w[0] = v * v * v / 6;
	w[1] = (3 * u * u * u - 6 * u * u + 4) / 6;
	w[2] = (3 * v * v * v - 6 * v * v + 4) / 6;
	w[3] = u * u * u / 6;
	*ret_first = piece;
}

/* Legendre's polynomials over the breadth. */
static void powers(double across, double breadth, double p[PREPARE_DEGREES])
{
	double t = 2 * fmin(fmax(across / breadth, 0), 1) - 1;

	p[0] = 1;
	p[1] = t;
	p[2] = (3 * t * t - 1) / 2;
}

double prepare_bend_at(const struct prepare_bend *b, double along, double across)
{
	double w[4], p[PREPARE_DEGREES], sum = 0;
	int first;

	splines(along, b->length, w, &first);
	powers(across, b->breadth, p);
	for (int i = 0; i < 4; i++)
		for (int k = 0; k < PREPARE_DEGREES; k++)
			sum += w[i] * p[k] * b->c[first + i][k];
	return sum;
}

double prepare_bend_rest(const struct prepare_bend *b, const struct prepare_slope *s)
{
	double half = s->span / 2;

	return s->slope + (prepare_bend_at(b, s->along + half, s->across) - prepare_bend_at(b, s->along - half, s->across)) / s->span;
}

/* ---- fitting ------------------------------------------------------------------------------------------------ */

struct system {                         /* normal equations */
	double a[UNKNOWNS][UNKNOWNS], b[UNKNOWNS];
};

/* How the rest of a slope follows from the coefficients. */
static void row_of(const struct prepare_bend *bend, const struct prepare_slope *s, double row[UNKNOWNS])
{
	double p[PREPARE_DEGREES];

	memset(row, 0, UNKNOWNS * sizeof(*row));
	powers(s->across, bend->breadth, p);
	for (int end = -1; end <= 1; end += 2) {
		double w[4];
		int first;

		splines(s->along + end * s->span / 2, bend->length, w, &first);
		for (int i = 0; i < 4; i++)
			for (int k = 0; k < PREPARE_DEGREES; k++)
				row[(first + i) * PREPARE_DEGREES + k] += end * w[i] * p[k] / s->span;
	}
}

static void add(struct system *sys, const double row[UNKNOWNS], double value, double weight)
{
	for (int i = 0; i < UNKNOWNS; i++) {
		if (row[i] == 0)
			continue;
		sys->b[i] += weight * row[i] * value;
		for (int k = 0; k <= i; k++)
			sys->a[i][k] += weight * row[i] * row[k];
	}
}

/* Slopes are small and change little from knot to knot, the less so the more a surface twists across the lines; without
 * evidence it is flat. */
static void add_smoothness(struct system *sys, double length)
{
	double piece = length / PIECES, still = 1e-4 / (piece * piece);

	for (int k = 0; k < PREPARE_DEGREES; k++) {
		double slope = 1 / (usual_slope[k] * usual_slope[k]), change = 1 / (usual_change[k] * usual_change[k]);

		for (int i = 0; i < PREPARE_KNOTS; i++) {
			double first[UNKNOWNS] = { 0 }, second[UNKNOWNS] = { 0 };

			sys->a[i * PREPARE_DEGREES + k][i * PREPARE_DEGREES + k] += still;
			if (i == 0)
				continue;
			first[i * PREPARE_DEGREES + k] = second[(i - 1) * PREPARE_DEGREES + k] = 1 / piece;
			first[(i - 1) * PREPARE_DEGREES + k] = -1 / piece;
			add(sys, first, 0, slope);
			if (i + 1 == PREPARE_KNOTS)
				continue;
			second[(i + 1) * PREPARE_DEGREES + k] = 1 / piece;
			second[i * PREPARE_DEGREES + k] = -2 / piece;
			add(sys, second, 0, change);
		}
	}
}

/* Cholesky's way; false when the equations are not positive definite. */
static bool solve(struct system *sys)
{
	for (int i = 0; i < UNKNOWNS; i++)
		for (int k = 0; k <= i; k++) {
			double sum = sys->a[i][k];

			for (int j = 0; j < k; j++)
				sum -= sys->a[i][j] * sys->a[k][j];
			if (i == k && !(sum > 0))
				return false;
			sys->a[i][k] = i == k ? sqrt(sum) : sum / sys->a[k][k];
		}
	for (int i = 0; i < UNKNOWNS; i++) {
		for (int k = 0; k < i; k++)
			sys->b[i] -= sys->a[i][k] * sys->b[k];
		sys->b[i] /= sys->a[i][i];
	}
	for (int i = UNKNOWNS - 1; i >= 0; i--) {
		for (int k = i + 1; k < UNKNOWNS; k++)
			sys->b[i] -= sys->a[k][i] * sys->b[k];
		sys->b[i] /= sys->a[i][i];
	}
	return true;
}

static bool counts(const struct prepare_slope *s, enum prepare_half half)
{
	return half == PREPARE_ALL_BANDS || s->band % 2 == (int)half;
}

double prepare_typical_rest(const struct prepare_slopes *slopes, enum prepare_half half, const struct prepare_bend *bend)
{
	double sum = 0, weights = 0;

	for (int i = 0; i < slopes->n; i++) {
		const struct prepare_slope *s = &slopes->all[i];

		if (!counts(s, half))
			continue;
		sum += s->weight * sqrt(fabs(bend ? prepare_bend_rest(bend, s) : s->slope - slopes->lean));
		weights += s->weight;
	}
	return weights > 0 ? 1.5 * (sum / weights) * (sum / weights) : 0;
}

static bool fit_round(const struct prepare_slopes *slopes, enum prepare_half half, double limit, struct prepare_bend *bend)
{
	struct system sys = { 0 };

	for (int i = 0; i < slopes->n; i++) {
		const struct prepare_slope *s = &slopes->all[i];
		double row[UNKNOWNS], off = prepare_bend_rest(bend, s) / limit;

		if (!counts(s, half) || fabs(off) >= 1)
			continue;
		row_of(bend, s, row);
		add(&sys, row, -s->slope, s->weight * (1 - off * off) * (1 - off * off) / (slope_error * slope_error));
	}
	add_smoothness(&sys, slopes->length);
	if (!solve(&sys))
		return false;
	for (int i = 0; i < UNKNOWNS; i++)
		bend->c[i / PREPARE_DEGREES][i % PREPARE_DEGREES] = sys.b[i];
	return true;
}

/* Lines keep their mean place: the surface has no mean along any of them. */
static void centre(struct prepare_bend *bend)
{
	enum { PLACES = 8 * PIECES };

	for (int k = 0; k < PREPARE_DEGREES; k++) {
		double mean = 0;

		for (int n = 0; n < PLACES; n++) {
			double w[4];
			int first;

			splines((n + 0.5) / PLACES, 1, w, &first);
			for (int i = 0; i < 4; i++)
				mean += w[i] * bend->c[first + i][k] / PLACES;
		}
		for (int i = 0; i < PREPARE_KNOTS; i++)
			bend->c[i][k] -= mean;
	}
}

bool prepare_fit_bend(const struct prepare_slopes *slopes, enum prepare_half half, struct prepare_bend *ret)
{
	struct prepare_bend bend = { .length = slopes->length, .breadth = slopes->breadth };
	double limit = 1;
	int n = 0;

	for (int i = 0; i < slopes->n; i++)
		n += counts(&slopes->all[i], half);
	if (n < 6)
		return false;
	for (int round = 0; round < ROUNDS; round++) {
		if (!fit_round(slopes, half, limit, &bend))
			return false;
		limit = far_off * fmax(prepare_typical_rest(slopes, half, &bend), slope_error / 2);
	}
	centre(&bend);
	*ret = bend;
	return true;
}
