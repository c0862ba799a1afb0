/* light.c -- one light over the whole page, and then two levels: paper and ink.
 *
 *   prepare_level()       a percentile of the greys
 *   prepare_light()       divides by the paper's own brightness
 *   prepare_contrast()    paper with its texture becomes white, ink black, by what both are nearby
 *
 * The light is levelled before anything is binarised: one threshold over a photograph with a shadow loses the
 * half of the page (measured on a leaflet: error 0.93 before, 0.32 after levelling and straightening). What is left then, the grain of
 * cheap paper and ink that is grey, still costs a reader that looks at greys: with both levels set, the errors on three
 * photographed leaflets fell from 0.37, 0.17 and 0.11 to 0.24, 0.10 and 0.07. */
#include <math.h>
#include <string.h>
#include <leptonica/allheaders.h>

#include "prepare/work.h"

#define OWN_PIX RC_CLEANUP(pixDestroy) PIX *

/* The paper's brightness is measured on cells of so many pixels: below the size of a glyph. */
#define CELL PREPARE_CELL
/* Cells over which dark strokes are bridged: 9 cells are 144 pixels, a head line's stroke at 300 dpi. */
#define BRIDGE 9
/* What paper becomes when the light is levelled. Not 255, so that its texture stays inside the range. */
#define PAPER PREPARE_PAPER
/* The darkest thing that can be paper, of 255; darker is surroundings, and is not lifted to paper. */
#define DARKEST_PAPER 60

/* The grey below which `share` of the page lies. */
int prepare_level(PIX *pix, float share)
{
	l_float32 value = 128;
	int step = pixGetWidth(pix) > 1000 ? 4 : 1;

	(void)pixGetRankValueMasked(pix, NULL, 0, 0, step, share, &value, NULL);
	return (int)value;
}

/* ---- paper ------------------------------------------------------------------------------------------------- */

/* The paper's brightness for every cell: the lightest quarter-scale pixel in it (averaging four by four takes
 * the noise away), then a closing that bridges strokes wider than a cell. */
static PIX *measure_paper(PIX *pix)
{
	OWN_PIX half = pixScaleAreaMap2(pix);
	OWN_PIX quarter = half ? pixScaleAreaMap2(half) : NULL;
	OWN_PIX cells = quarter ? pixScaleGrayMinMax(quarter, CELL / 4, CELL / 4, L_CHOOSE_MAX) : NULL;

	return cells ? pixCloseGray(cells, BRIDGE, BRIDGE) : NULL;
}

/* Brings every pixel to PAPER * pixel / paper there, with the paper's brightness interpolated between the centres
 * of the cells (steps at their edges would look like strokes). */
static bool divide_by(PIX *pix, PIX *paper)
{
	int w = pixGetWidth(pix), h = pixGetHeight(pix), pw = pixGetWidth(paper), ph = pixGetHeight(paper);
	RC_CLEANUP(rc_free) uint32_t *gain = malloc((size_t)pw * sizeof(*gain));

	if (!gain)
		return false;
	for (int y = 0; y < h; y++) {
		l_uint32 *line = pixGetData(pix) + (size_t)pixGetWpl(pix) * (size_t)y;
		double fy = fmin(fmax((y + 0.5) / CELL - 0.5, 0), ph - 1);
		int y0 = (int)fy, y1 = y0 + 1 < ph ? y0 + 1 : y0;
		l_uint32 *p0 = pixGetData(paper) + (size_t)pixGetWpl(paper) * (size_t)y0;
		l_uint32 *p1 = pixGetData(paper) + (size_t)pixGetWpl(paper) * (size_t)y1;

		for (int i = 0; i < pw; i++) {
			double level = GET_DATA_BYTE(p0, i) * (1 - (fy - y0)) + GET_DATA_BYTE(p1, i) * (fy - y0);

			gain[i] = (uint32_t)(PAPER * 65536.0 / fmax(level, DARKEST_PAPER));
		}
		for (int x = 0; x < w; x++) {
			int at = 2 * x + 1 - CELL, i = at < 0 ? 0 : at / (2 * CELL), part = at < 0 ? 0 : at % (2 * CELL);
			uint32_t g, v;

			if (i >= pw - 1) {
				i = pw - 1;
				part = 0;
			}
			g = part ? (gain[i] * (uint32_t)(2 * CELL - part) / (2 * CELL) + gain[i + 1] / (2 * CELL) * (uint32_t)part) : gain[i];
			v = (uint32_t)((uint64_t)GET_DATA_BYTE(line, x) * g >> 16);
			SET_DATA_BYTE(line, x, v > 255 ? 255 : v);
		}
	}
	return true;
}

bool prepare_light(struct prepare_work *work)
{
	OWN_PIX paper = NULL;

	if (pixGetWidth(work->pix) < 2 * CELL || pixGetHeight(work->pix) < 2 * CELL)
		return true;
	paper = measure_paper(work->pix);
	return paper && divide_by(work->pix, paper);
}

/* ---- paper and ink --------------------------------------------------------------------------------------------- */

/* Levels are measured in windows of so many pixels: some glyphs, so that there is paper and ink in most of them. */
#define WINDOW 128
/* The lightest grey that is paper after prepare_light(); windows without any have no say. */
#define LEAST_PAPER 160
/* Ink is so many greys darker than the paper, and so many times its texture: on blank pages the darkest twentieth of a
 * window comes down to 30 greys below the paper in folds and shadows. */
#define LEAST_INK 48
#define STANDS_OUT 8
/* So many times the texture below the paper all is paper, but never more than this share of the way to the ink: strokes of
 * a pixel's width are mixed with paper and no darker than the middle. */
static const float texture_depth = 3.5f, deepest = 0.45f;
/* What is black: the darkest strokes keep some shade. */
static const float blackest = 0.7f;

struct levels { float paper, texture, ink; };   /* < 0: not known */
struct window_grid {
	int across, down;
	struct levels *at;
};

static void grid_free(struct window_grid *g)
{
	free(g->at);
}

static void count_greys(PIX *pix, int x0, int y0, int w, int h, int32_t counts[256])
{
	memset(counts, 0, 256 * sizeof(*counts));
	for (int y = y0; y < y0 + h; y++) {
		l_uint32 *line = pixGetData(pix) + (size_t)pixGetWpl(pix) * (size_t)y;

		for (int x = x0; x < x0 + w; x++)
			counts[GET_DATA_BYTE(line, x)]++;
	}
}

/* The commonest grey of the light ones, over five neighbours; -1 without any. */
static int paper_of(const int32_t counts[256])
{
	int best = -1;
	int64_t most = 0;

	for (int v = LEAST_PAPER; v < 256; v++) {
		int64_t near = 3 * counts[v];

		for (int d = 1; d <= 2; d++)
			near += (3 - d) * ((int64_t)counts[v - d] + (v + d < 256 ? counts[v + d] : 0));
		if (near > most) {
			most = near;
			best = v;
		}
	}
	return best;
}

/* Texture is seen above the paper's grey, where no ink is; ink is the darkest twentieth. */
static struct levels measure(const int32_t counts[256], int n)
{
	struct levels l = { -1, -1, -1 };
	int paper = paper_of(counts), ink = 0;
	double sum = 0, above = 0;
	int64_t below = 0;

	if (paper < 0)
		return l;
	for (int v = paper; v < 256; v++) {
		above += counts[v];
		sum += (double)counts[v] * (v - paper) * (v - paper);
	}
	while (ink < 255 && (below += counts[ink]) * 20 < n)
		ink++;
	l.paper = (float)paper;
	l.texture = (float)fmax(sqrt(sum / fmax(above, 1)), 2);
	if (l.paper - (float)ink > fmaxf(STANDS_OUT * l.texture, LEAST_INK))
		l.ink = (float)ink;
	return l;
}

static bool measure_windows(PIX *pix, struct window_grid *ret)
{
	int w = pixGetWidth(pix), h = pixGetHeight(pix);
	int32_t counts[256];

	ret->across = (w + WINDOW - 1) / WINDOW;
	ret->down = (h + WINDOW - 1) / WINDOW;
	ret->at = calloc((size_t)ret->across * (size_t)ret->down, sizeof(*ret->at));
	for (int k = 0; ret->at && k < ret->down; k++)
		for (int i = 0; i < ret->across; i++) {
			int tw = w - i * WINDOW < WINDOW ? w - i * WINDOW : WINDOW, th = h - k * WINDOW < WINDOW ? h - k * WINDOW : WINDOW;

			count_greys(pix, i * WINDOW, k * WINDOW, tw, th, counts);
			ret->at[k * ret->across + i] = measure(counts, tw * th);
		}
	return ret->at != NULL;
}

/* The member of a grid's levels as an array of its own. */
static float *member(struct levels *l, int which)
{
	return which == 0 ? &l->paper : which == 1 ? &l->texture : &l->ink;
}

/* Windows that know nothing take the page's mean; false when no window knows. */
static bool fill(struct window_grid *g, int which)
{
	int n = g->across * g->down, known = 0;
	double sum = 0;

	for (int i = 0; i < n; i++) {
		float v = *member(&g->at[i], which);

		if (v >= 0) {
			sum += (double)v;
			known++;
		}
	}
	for (int i = 0; i < n && known; i++)
		if (*member(&g->at[i], which) < 0)
			*member(&g->at[i], which) = (float)(sum / known);
	return known > 0;
}

/* Mixes 1 : 2 : 1 with the neighbours along one axis; stride 1 or a row's length. */
static void blur_run(struct levels *first, int n, int stride, int which)
{
	float before = *member(first, which);

	for (int i = 0; i < n; i++) {
		float *v = member(first + (ptrdiff_t)i * stride, which), here = *v;
		float after = i + 1 < n ? *member(first + (ptrdiff_t)(i + 1) * stride, which) : here;

		*v = (before + 2 * here + after) / 4;
		before = here;
	}
}

/* Four times over: neighbours within two windows have a say. */
static void blur(struct window_grid *g, int which)
{
	for (int times = 0; times < 4; times++) {
		for (int k = 0; k < g->down; k++)
			blur_run(g->at + (ptrdiff_t)k * g->across, g->across, 1, which);
		for (int i = 0; i < g->across; i++)
			blur_run(g->at + i, g->down, g->across, which);
	}
}

/* Between the centres of windows: those before and after, and how far between them. */
static int between(int at, int n, float *ret_part)
{
	float f = fminf(fmaxf(((float)at + 0.5f) / WINDOW - 0.5f, 0), (float)(n - 1));
	int i = (int)f < n - 1 ? (int)f : n - 1;

	*ret_part = f - (float)i;
	return i;
}

/* One row of pixels: white[] and black[] are the levels at the centres of its windows. */
static void stretch_row(l_uint32 *line, int w, const float *white, const float *black, int across)
{
	for (int x = 0; x < w; x++) {
		float part, hi, lo, v;
		int i = between(x, across, &part), j = i + 1 < across ? i + 1 : i;

		hi = white[i] + part * (white[j] - white[i]);
		lo = black[i] + part * (black[j] - black[i]);
		v = ((float)GET_DATA_BYTE(line, x) - lo) * 255 / fmaxf(hi - lo, 1);
		SET_DATA_BYTE(line, x, (l_uint32)fminf(fmaxf(v, 0), 255));
	}
}

static bool stretch(PIX *pix, const struct window_grid *g)
{
	RC_CLEANUP(rc_free) float *white = malloc(2 * (size_t)g->across * sizeof(*white));
	float *black = white + g->across;

	if (!white)
		return false;
	for (int y = 0; y < pixGetHeight(pix); y++) {
		float part;
		int k = between(y, g->down, &part), below = k + 1 < g->down ? k + 1 : k;

		for (int i = 0; i < g->across; i++) {
			const struct levels *a = &g->at[k * g->across + i], *b = &g->at[below * g->across + i];
			float paper = a->paper + part * (b->paper - a->paper), ink = a->ink + part * (b->ink - a->ink);
			float texture = a->texture + part * (b->texture - a->texture);

			white[i] = paper - fminf(texture_depth * texture, deepest * (paper - ink));
			black[i] = blackest * ink;
		}
		stretch_row(pixGetData(pix) + (size_t)pixGetWpl(pix) * (size_t)y, pixGetWidth(pix), white, black, g->across);
	}
	return true;
}

bool prepare_contrast(struct prepare_work *work)
{
	RC_CLEANUP(grid_free) struct window_grid grid = { 0 };

	if (!measure_windows(work->pix, &grid))
		return false;
	/* Without ink anywhere the page is blank, or no print: it stays as it is. */
	for (int which = 0; which < 3; which++) {
		if (!fill(&grid, which))
			return true;
		blur(&grid, which);
	}
	return stretch(work->pix, &grid);
}
