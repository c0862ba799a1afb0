/* levels.c -- a part of the clean page as ink: how black a pixel is between the paper and the print around it.
 *
 *   ocr_patch_open()   cuts the part out and levels it
 *   find_levels()    of each cell of a grid: paper and print in its neighbourhood, by percentiles
 *
 * Faint columns beside bold ones come out alike, which is what models and profiles need. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <leptonica/allheaders.h>

#include "ocr/columns_parts.h"

/* Shares of a neighbourhood's pixels that are darker than the print level, than the paper level: a tenth to a third of the area of
 * dense print is ink. */
static const double print_share = 0.06, paper_share = 0.90;
/* Paper and print differ by at least this, in grey values: where there is nothing, noise must not become print. */
enum { LEAST_CONTRAST = 60, LEAST_CELL = 16 };

struct grid {
	uint16_t *counts;           /* of each cell: how often each grey value occurs */
	uint8_t *paper, *print;     /* levels of each cell */
	int cell, across, down;
};

static void grid_free(struct grid *g)
{
	free(g->counts);
	free(g->paper);
	free(g->print);
}

static int percentile(const uint32_t counts[256], uint32_t total, double share)
{
	uint32_t sum = 0;
	int value = 0;

	for (; value < 255; value++) {
		sum += counts[value];
		if (sum > share * total)
			break;
	}
	return value;
}

static void count_values(struct grid *g, PIX *gray, const struct ocr_patch *ink)
{
	for (int y = 0; y < ink->h; y++) {
		l_uint32 *row = pixGetData(gray) + (size_t)pixGetWpl(gray) * (size_t)(ink->y + y);
		uint16_t *cells = g->counts + (size_t)(y / g->cell) * (size_t)g->across * 256;

		for (int x = 0; x < ink->w; x++)
			cells[(size_t)(x / g->cell) * 256 + GET_DATA_BYTE(row, ink->x + x)]++;
	}
}

/* Of the cell and those around it. */
static void find_levels(struct grid *g)
{
	for (int j = 0; j < g->down; j++)
		for (int i = 0; i < g->across; i++) {
			uint32_t counts[256] = { 0 }, total = 0;

			for (int y = j > 0 ? j - 1 : 0; y <= j + 1 && y < g->down; y++)
				for (int x = i > 0 ? i - 1 : 0; x <= i + 1 && x < g->across; x++)
					for (int v = 0; v < 256; v++)
						counts[v] += g->counts[((size_t)y * (size_t)g->across + (size_t)x) * 256 + (size_t)v];
			for (int v = 0; v < 256; v++)
				total += counts[v];
			g->paper[j * g->across + i] = (uint8_t)percentile(counts, total, paper_share);
			g->print[j * g->across + i] = (uint8_t)percentile(counts, total, print_share);
		}
}

/* Between the four cells around. */
static double level_at(const struct grid *g, const uint8_t *levels, double x, double y)
{
	double u = fmin(fmax(x / g->cell - 0.5, 0), g->across - 1), v = fmin(fmax(y / g->cell - 0.5, 0), g->down - 1);
	int i = (int)u, j = (int)v, i1 = i + 1 < g->across ? i + 1 : i, j1 = j + 1 < g->down ? j + 1 : j;
	double a = u - i, b = v - j;

	return (1 - b) * ((1 - a) * levels[j * g->across + i] + a * levels[j * g->across + i1]) +
	       b * ((1 - a) * levels[j1 * g->across + i] + a * levels[j1 * g->across + i1]);
}

static void level(struct ocr_patch *ink, const struct grid *g, PIX *gray)
{
	for (int y = 0; y < ink->h; y++) {
		l_uint32 *row = pixGetData(gray) + (size_t)pixGetWpl(gray) * (size_t)(ink->y + y);
		double paper = 0, print = 0;

		for (int x = 0; x < ink->w; x++) {
			double value;

			if (x % 4 == 0) {       /* levels change slowly */
				paper = level_at(g, g->paper, x + 2, y);
				print = fmin(level_at(g, g->print, x + 2, y), paper - LEAST_CONTRAST);
			}
			value = 255 * (paper - GET_DATA_BYTE(row, ink->x + x)) / (paper - print);
			ink->bytes[(size_t)y * (size_t)ink->w + (size_t)x] = (uint8_t)lround(fmin(fmax(value, 0), 255));
		}
	}
}

/* What of it is on the page. */
static struct rc_box inside(struct rc_box b, PIX *page)
{
	int x = b.x > 0 ? b.x : 0, y = b.y > 0 ? b.y : 0;
	int right = b.x + b.w < pixGetWidth(page) ? b.x + b.w : pixGetWidth(page), bottom = b.y + b.h < pixGetHeight(page) ? b.y + b.h : pixGetHeight(page);

	return (struct rc_box){ x, y, right > x ? right - x : 0, bottom > y ? bottom - y : 0 };
}

enum rc_status ocr_patch_open(struct ocr_patch *ret, PIX *gray, struct rc_box whole, double glyph, struct rc_err *err)
{
	struct rc_box part = inside(whole, gray);
	RC_CLEANUP(ocr_patch_free) struct ocr_patch ink = { .w = part.w, .h = part.h, .x = part.x, .y = part.y };
	RC_CLEANUP(grid_free) struct grid g = { .cell = (int)fmin(fmax(glyph, LEAST_CELL), 200) };
	size_t cells;

	g.across = (part.w + g.cell - 1) / g.cell;
	g.down = (part.h + g.cell - 1) / g.cell;
	cells = (size_t)g.across * (size_t)g.down;
	ink.bytes = calloc((size_t)part.w * (size_t)part.h + 1, 1);
	g.counts = calloc(cells * 256 + 1, sizeof(*g.counts));
	g.paper = calloc(cells + 1, 1);
	g.print = calloc(cells + 1, 1);
	if (!ink.bytes || !g.counts || !g.paper || !g.print)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMORY, "cannot cut the page into columns: not enough memory");
	count_values(&g, gray, &ink);
	find_levels(&g);
	level(&ink, &g, gray);
	*ret = ink;
	ink.bytes = NULL;
	return RC_OK;
}

void ocr_patch_free(struct ocr_patch *ink)
{
	free(ink->bytes);
	ink->bytes = NULL;
}
