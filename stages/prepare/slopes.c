/* slopes.c -- how far lines lean, window by window.
 *
 *   prepare_find_slopes()   all windows that show lines
 *   profiles_of()             ink in narrow strips across the lines
 *   score()                   how sharply lines stand out when a window is sheared
 *   lean()                    the shear at which they do so most
 *
 * It is the measure by which whole pages are straightened (Postl 1988: the sum of squared differences of the projection), taken in
 * windows of a few glyphs, where no line bends by much. It needs neither glyphs nor lines found, so that print, handwriting
 * and rules are all the same to it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <leptonica/allheaders.h>

#include "common/image.h"
#include "prepare/curves.h"

#define OWN_PIX RC_CLEANUP(pixDestroy) PIX *

/* Width of a strip, pixels of the ink: lines move by less than one over it. */
#define STRIP 4
/* A glyph is this large or less in the ink that is looked at, pixels. */
#define LARGEST_GLYPH 18
/* A window, in glyphs: along the lines so short that they are straight in it, across so broad that there are several; on small
 * leaves narrower, so that there are enough_bands of them. */
static const double window_along = 8, window_across = 6, narrow_window = 3.5, enough_bands = 8;
/* Slopes tried: hundredths. */
enum { STEEPEST = 25, SLOPES = 2 * STEEPEST + 1 };
/* The score at the best slope over that at the median one. Windows in text score 3 and more along its lines. */
static const double least_trust = 2.0, full_trust = 6.0;
/* Ink in a window, in glyphs squared: that of some ten glyphs. */
static const double least_ink = 3;

struct profiles {
	float *ink;                     /* strip by strip; margin zeros, `across` values, margin zeros */
	int strips, across, margin;
};

static void profiles_free(struct profiles *p)
{
	free(p->ink);
}

void prepare_slopes_free(struct prepare_slopes *slopes)
{
	free(slopes->all);
	*slopes = (struct prepare_slopes){ 0 };
}

static float *strip_of(const struct profiles *p, int strip)
{
	return p->ink + (size_t)strip * (size_t)(p->across + 2 * p->margin) + p->margin;
}

/* Three neighbours become one: edges of single pixels say nothing about lines. */
static void smooth(float *at, int n)
{
	float before = 0;

	for (int i = 0; i < n; i++) {
		float here = at[i], next = i + 1 < n ? at[i + 1] : 0;

		at[i] = (before + here + next) / 3;
		before = here;
	}
}

/* ink: lines run along x. */
static bool profiles_of(PIX *ink, int margin, struct profiles *ret)
{
	int strips = pixGetWidth(ink) / STRIP, across = pixGetHeight(ink);

	*ret = (struct profiles){ .strips = strips, .across = across, .margin = margin };
	ret->ink = calloc((size_t)strips + 1, ((size_t)across + 2 * (size_t)margin) * sizeof(*ret->ink));
	if (!ret->ink)
		return false;
	for (int y = 0; y < across; y++) {
		const l_uint32 *line = pixGetData(ink) + (size_t)pixGetWpl(ink) * (size_t)y;

		for (int s = 0; s < strips; s++)
			strip_of(ret, s)[y] = (float)__builtin_popcount((unsigned)GET_DATA_QBIT(line, s));
	}
	for (int s = 0; s < strips; s++)
		smooth(strip_of(ret, s), across);
	return true;
}

/* ---- one window --------------------------------------------------------------------------------------------- */

struct window {
	int from, to;                   /* strips */
	int low, high;                  /* across */
	float *sum;                     /* room for a projection, shared by all windows */
};

/* Values between pixels are taken by the cubic B-spline, which blurs alike at all places: others are sharpest without any shear, and
 * would find most lines level. */
static double score(const struct profiles *p, const struct window *w, double slope)
{
	int n = w->high - w->low;
	double total = 0;

	memset(w->sum, 0, (size_t)n * sizeof(*w->sum));
	for (int s = w->from; s < w->to; s++) {
		double shift = slope * STRIP * (s + 0.5 - (w->from + w->to) / 2.0);
		int whole = (int)floor(shift);
		double u = shift - whole, v = 1 - u;
		float a = (float)(v * v * v / 6), b = (float)((3 * u * u * u - 6 * u * u + 4) / 6),
		      c = (float)((3 * v * v * v - 6 * v * v + 4) / 6), d = (float)(u * u * u / 6);
		const float *at = strip_of(p, s) + w->low + whole;

		for (int i = 0; i < n; i++)
			w->sum[i] += a * at[i - 1] + b * at[i] + c * at[i + 1] + d * at[i + 2];
	}
	for (int i = 1; i < n; i++) {
		double step = (double)w->sum[i] - (double)w->sum[i - 1];

		total += step * step;
	}
	return total;
}

static double ink_in(const struct profiles *p, const struct window *w)
{
	double total = 0;

	for (int s = w->from; s < w->to; s++)
		for (int i = w->low; i < w->high; i++)
			total += (double)strip_of(p, s)[i];
	return total;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The best slope, between those tried by the parabola through the best three; ret_trust: how much better it is than others. */
static double lean(const struct profiles *p, const struct window *w, double *ret_trust)
{
	double scores[SLOPES], sorted[SLOPES];
	int best = 0;

	for (int i = 0; i < SLOPES; i++) {
		scores[i] = score(p, w, (i - STEEPEST) / 100.0);
		if (scores[i] > scores[best])
			best = i;
	}
	memcpy(sorted, scores, sizeof(sorted));
	qsort(sorted, SLOPES, sizeof(*sorted), by_size);
	*ret_trust = 0;
	if (best == 0 || best == SLOPES - 1 || sorted[SLOPES / 2] <= 0)
		return 0;
	double below = scores[best - 1], above = scores[best + 1], curve = below - 2 * scores[best] + above;

	*ret_trust = scores[best] / sorted[SLOPES / 2];
	return (best - STEEPEST + (curve < 0 ? 0.5 * (below - above) / curve : 0)) / 100.0;
}

/* ---- all windows ---------------------------------------------------------------------------------------------- */

struct grid {
	double glyph, scale;            /* pixels of the ink; pixels of the leaf for one of the ink */
	double along, across;           /* size of a window: strips, pixels */
	int columns, bands;             /* windows along, by half their length; across, side by side */
};

static bool look(const struct profiles *p, const struct grid *g, int column, int band, float *sum, struct prepare_slope *ret)
{
	struct window w = {
		.from = (int)(column * g->along / 2), .to = (int)(column * g->along / 2 + g->along),
		.low = (int)(band * g->across), .high = (int)((band + 1) * g->across), .sum = sum,
	};
	double trust, slope;

	if (w.to > p->strips || w.high > p->across || ink_in(p, &w) < least_ink * g->glyph * g->glyph)
		return false;
	slope = lean(p, &w, &trust);
	if (trust < least_trust)
		return false;
	*ret = (struct prepare_slope){
		.along = (w.from + w.to) / 2.0 * STRIP * g->scale, .across = (w.low + w.high) / 2.0 * g->scale,
		.span = (w.to - w.from) * STRIP * g->scale, .slope = slope, .band = band,
		.weight = fmin(trust, full_trust) - least_trust / 2,
	};
	return true;
}

static bool look_everywhere(PIX *ink, double glyph, int scale, struct prepare_slopes *ret)
{
	struct grid g = {
		.glyph = glyph, .scale = scale, .along = fmax(window_along * glyph / STRIP, 4),
		.across = fmin(fmax(pixGetHeight(ink) / enough_bands, narrow_window * glyph), window_across * glyph),
	};
	RC_CLEANUP(profiles_free) struct profiles p = { 0 };
	RC_CLEANUP(rc_free) float *sum = malloc(((size_t)g.across + 2) * sizeof(*sum));
	int margin = (int)(g.along * STRIP * STEEPEST / 100) + 4;

	ret->length = (double)pixGetWidth(ink) * scale;
	ret->breadth = (double)pixGetHeight(ink) * scale;
	if (!sum || !profiles_of(ink, margin, &p))
		return false;
	g.columns = (int)((p.strips - g.along) / (g.along / 2)) + 1;
	g.bands = (int)(p.across / g.across);
	if (g.columns < 1 || g.bands < 1)
		return true;
	ret->all = malloc((size_t)g.columns * (size_t)g.bands * sizeof(*ret->all));
	for (int band = 0; ret->all && band < g.bands; band++)
		for (int column = 0; column < g.columns; column++)
			ret->n += look(&p, &g, column, band, sum, &ret->all[ret->n]);
	return ret->all != NULL;
}

static bool find_lean(struct prepare_slopes *slopes)
{
	RC_CLEANUP(rc_free) double *sorted = malloc(((size_t)slopes->n + 1) * sizeof(*sorted));

	if (!sorted)
		return false;
	for (int i = 0; i < slopes->n; i++)
		sorted[i] = slopes->all[i].slope;
	qsort(sorted, (size_t)slopes->n, sizeof(*sorted), by_size);
	slopes->lean = slopes->n > 0 ? sorted[slopes->n / 2] : 0;
	return true;
}

/* x and y change places. */
static PIX *transposed(PIX *pix)
{
	PIX *turned = pixRotate90(pix, 1);

	return turned ? pixFlipLR(turned, turned) : NULL;
}

bool prepare_find_slopes(PIX *ink, int scale, double glyph, enum prepare_axis axis, struct prepare_slopes *ret)
{
	OWN_PIX small = pixClone(ink);

	*ret = (struct prepare_slopes){ 0 };
	while (small && glyph / scale > LARGEST_GLYPH) {
		PIX *next = pixReduceRankBinary2(small, 2, NULL);

		pixDestroy(&small);
		small = next;
		scale *= 2;
	}
	OWN_PIX lying = small && axis == PREPARE_ALONG_Y ? transposed(small) : pixClone(small);

	if (!lying)
		return false;
	return look_everywhere(lying, glyph / scale, scale, ret) && find_lean(ret);
}
