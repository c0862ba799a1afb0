/* sheet.c -- the sheet of paper on whatever it lies on: found by its own colour and its four straight edges.
 *
 *   prepare_find_sheet()     on the scan, while it has its colours
 *   prepare_page()           what lies around the sheet becomes paper
 *
 *   measure()                cells of paper or table: the lightest of each, so that text does not count
 *   tell_apart()             a cell is paper or table by which of the two colours it is nearer to
 *   fit_edges()              the line through most of the points where paper begins
 *   is_sheet()               straight edges all round, and nothing of it outside
 *   is_text_outside()        marks of a glyph's size around the sheet
 *
 * Cutting off text is worse than keeping a piece of table. Without all of the evidence the page stays as it is. */
#include <math.h>
#include <stdlib.h>
#include <leptonica/allheaders.h>

#include "prepare/work.h"

#define OWN_PIX RC_CLEANUP(pixDestroy) PIX *

/* The scan is looked at with its longer side so long, in cells of CELL by CELL of its pixels. */
enum { LOOK = 1024, CELL = 4, MOST_CELLS = LOOK / CELL + 1 };
/* Dark strokes are bridged over so many cells to each side. */
enum { BRIDGE = 2 };
/* Grey levels, in the channel where they differ most, between paper and table. */
static const double least_contrast = 16;
/* A corner is so far from square, as a slope: a sheet that lies askew by 24 degrees. */
static const double steepest = 0.45;
/* An edge's points lie within so many cells of its line, and so many of them do. */
static const double straight = 1.2, on_line = 0.75;
/* The sheet's share of the frame; and of the cells inside and outside of its edges so many are what they should be. */
static const double least_share = 0.15, most_share = 0.97, least_paper = 0.93, most_paper_outside = 0.04;
/* A window's side, of the pixels that are looked at. One outside with so large a share of the marks of a glyph's size that those inside have on
 * average, where they have any, may be text; LEAST_MARKS on the sheet, or it says nothing. */
static const double most_marks_outside = 0.4;
enum { WINDOW = 64, WINDOWS = LOOK / WINDOW + 1, LEAST_MARKS = 30, SOME_MARKS = 4 };

struct colour { double c[3]; };

struct cells {
	int across, down, pixels;       /* pixels: of the scan, for a cell's side */
	struct colour *at;
	PIX *paper;                     /* one bit for each cell; owned */
	PIX *small;                     /* the scan as it is looked at, 32 bit; owned */
};

static void cells_free(struct cells *c)
{
	free(c->at);
	pixDestroy(&c->paper);
	pixDestroy(&c->small);
}

static struct colour colour_of(l_uint32 pixel)
{
	return (struct colour){ { pixel >> L_RED_SHIFT & 0xff, pixel >> L_GREEN_SHIFT & 0xff, pixel >> L_BLUE_SHIFT & 0xff } };
}

static double brightness(struct colour c)
{
	return c.c[0] + 2 * c.c[1] + c.c[2];
}

static struct colour lightest(PIX *small, int x0, int y0)
{
	struct colour best = { { 0 } };

	for (int y = y0; y < y0 + CELL; y++)
		for (int x = x0; x < x0 + CELL; x++) {
			struct colour c = colour_of(pixGetData(small)[(size_t)pixGetWpl(small) * (size_t)y + (size_t)x]);

			best = brightness(c) > brightness(best) ? c : best;
		}
	return best;
}

/* Of each cell and its neighbours the lightest, or the darkest. Both in turn close strokes and lines of text, however dense. */
static bool spread_cells(struct cells *c, bool light)
{
	struct colour *from = c->at, *to = calloc((size_t)c->across * (size_t)c->down + 1, sizeof(*to));

	for (int k = 0; to && k < c->down; k++)
		for (int i = 0; i < c->across; i++) {
			struct colour best = from[k * c->across + i];

			for (int y = k - BRIDGE < 0 ? 0 : k - BRIDGE; y <= k + BRIDGE && y < c->down; y++)
				for (int x = i - BRIDGE < 0 ? 0 : i - BRIDGE; x <= i + BRIDGE && x < c->across; x++) {
					struct colour at = from[y * c->across + x];

					if (light == (brightness(at) > brightness(best)))
						best = at;
				}
			to[k * c->across + i] = best;
		}
	if (!to)
		return false;
	c->at = to;
	free(from);
	return true;
}

static bool measure(PIX *scan, struct cells *ret)
{
	int longer = pixGetWidth(scan) > pixGetHeight(scan) ? pixGetWidth(scan) : pixGetHeight(scan);
	/* Not sharpened: paper would be lighter between strokes than where there are none. */
	OWN_PIX sized = pixScaleGeneral(scan, (l_float32)LOOK / (l_float32)longer, (l_float32)LOOK / (l_float32)longer, 0, 0);

	ret->small = sized ? pixConvertTo32(sized) : NULL;
	if (!ret->small)
		return false;
	ret->across = pixGetWidth(ret->small) / CELL;
	ret->down = pixGetHeight(ret->small) / CELL;
	ret->at = calloc((size_t)ret->across * (size_t)ret->down + 1, sizeof(*ret->at));
	ret->paper = pixCreate(ret->across > 0 ? ret->across : 1, ret->down > 0 ? ret->down : 1, 1);
	for (int k = 0; ret->at && k < ret->down; k++)
		for (int i = 0; i < ret->across; i++)
			ret->at[k * ret->across + i] = lightest(ret->small, i * CELL, k * CELL);
	return ret->at && ret->paper && spread_cells(ret, true) && spread_cells(ret, false);
}

/* ---- paper and table ------------------------------------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* The median of a part of the cells, channel by channel. */
static struct colour median(const struct cells *c, struct rc_box b, double *room)
{
	struct colour ret;

	for (int channel = 0; channel < 3; channel++) {
		size_t n = 0;

		for (int k = b.y; k < b.y + b.h; k++)
			for (int i = b.x; i < b.x + b.w; i++)
				room[n++] = c->at[k * c->across + i].c[channel];
		qsort(room, n, sizeof(*room), compare);
		ret.c[channel] = room[n / 2];
	}
	return ret;
}

static double distance(struct colour a, struct colour b)
{
	double most = 0;

	for (int i = 0; i < 3; i++)
		most = fmax(most, fabs(a.c[i] - b.c[i]));
	return most;
}

/* Of the frame's four sides those that are unlike the middle show the table. False when there is none. */
static bool table_colour(const struct cells *c, struct colour paper, struct colour *ret, double *room)
{
	int w = c->across, h = c->down, n = 0;
	const struct rc_box sides[4] = { { 0, 0, w, 2 }, { 0, h - 2, w, 2 }, { 0, 0, 2, h }, { w - 2, 0, 2, h } };
	struct colour sum = { { 0 } };

	for (int i = 0; i < 4; i++) {
		struct colour side = median(c, sides[i], room);

		if (distance(side, paper) < least_contrast)
			continue;
		for (int k = 0; k < 3; k++)
			sum.c[k] += side.c[k];
		n++;
	}
	for (int k = 0; k < 3; k++)
		ret->c[k] = n ? sum.c[k] / n : 0;
	return n > 0;
}

/* Along the line from the table's colour to the paper's: nearer to the paper? */
static bool is_paper(struct colour at, struct colour paper, struct colour table)
{
	double along = 0, all = 0;

	for (int i = 0; i < 3; i++) {
		along += (at.c[i] - table.c[i]) * (paper.c[i] - table.c[i]);
		all += (paper.c[i] - table.c[i]) * (paper.c[i] - table.c[i]);
	}
	return along * 2 > all;
}

static void mark_paper(struct cells *c, struct colour paper, struct colour table)
{
	for (int k = 0; k < c->down; k++)
		for (int i = 0; i < c->across; i++)
			if (is_paper(c->at[k * c->across + i], paper, table))
				(void)pixSetPixel(c->paper, i, k, 1);
}

static void box_free(BOXA **boxes)
{
	boxaDestroy(boxes);
}

/* One piece without holes: pictures and dense text are holes, grain of the table crumbs. */
static bool keep_largest(struct cells *c)
{
	OWN_PIX closed = pixCloseSafeBrick(NULL, c->paper, 7, 7);
	OWN_PIX opened = closed ? pixOpenBrick(NULL, closed, 5, 5) : NULL;
	PIXA *list = NULL;
	RC_CLEANUP(box_free) BOXA *boxes = opened ? pixConnComp(opened, &list, 4) : NULL;
	int best = -1, most = 0;

	for (int i = 0; boxes && i < boxaGetCount(boxes); i++) {
		OWN_PIX part = pixaGetPix(list, i, L_CLONE);
		int n = 0;

		(void)pixCountPixels(part, &n, NULL);
		if (n > most) {
			most = n;
			best = i;
		}
	}
	if (best >= 0) {
		OWN_PIX part = pixaGetPix(list, best, L_CLONE);
		OWN_PIX filled = pixHolesByFilling(part, 4);
		int x, y, w, h;

		(void)boxaGetBoxGeometry(boxes, best, &x, &y, &w, &h);
		(void)pixClearAll(c->paper);
		(void)pixRasterop(c->paper, x, y, w, h, PIX_SRC, part, 0, 0);
		if (filled)
			(void)pixRasterop(c->paper, x, y, w, h, PIX_PAINT, filled, 0, 0);
	}
	pixaDestroy(&list);
	return best >= 0;
}

/* False: there is no table to be seen. */
static bool tell_apart(struct cells *c)
{
	int w = c->across, h = c->down;
	RC_CLEANUP(rc_free) double *room = malloc(((size_t)w * (size_t)h + 1) * sizeof(*room));
	struct colour paper, table;

	if (!room || w < 16 || h < 16)
		return false;
	paper = median(c, (struct rc_box){ w * 3 / 10, h * 3 / 10, w * 4 / 10, h * 4 / 10 }, room);
	if (!table_colour(c, paper, &table, room))
		return false;
	mark_paper(c, paper, table);
	return keep_largest(c);
}

/* ---- edges ---------------------------------------------------------------------------------------------------------- */

struct edge {                   /* where = at + slope * along, in cells */
	double at, slope;
	int points, on_it;
};

static bool is_set(const struct cells *c, int x, int y)
{
	l_uint32 bit = 0;

	(void)pixGetPixel(c->paper, x, y, &bit);
	return bit != 0;
}

/* Along the rows (upright edges) or the columns: the first paper from the one or the other end; -1: none. */
static double first_paper(const struct cells *c, int along, bool upright, bool from_end)
{
	int n = upright ? c->across : c->down;

	for (int i = 0; i < n; i++) {
		int at = from_end ? n - 1 - i : i;

		if (is_set(c, upright ? at : along, upright ? along : at))
			return from_end ? at + 1 : at;
	}
	return -1;
}

/* For this slope: the narrow band that holds the most points. offsets: sorted. */
static int densest(const double *offsets, int n, double *ret)
{
	int best = 0, from = 0;

	for (int to = 0; to < n; to++) {
		while (offsets[to] - offsets[from] > 2 * straight)
			from++;
		if (to - from + 1 > best) {
			best = to - from + 1;
			*ret = offsets[(from + to) / 2];
		}
	}
	return best;
}

static struct edge fit_edge(const struct cells *c, bool upright, bool from_end)
{
	int length = upright ? c->down : c->across, n = 0;
	double where[MOST_CELLS], along[MOST_CELLS], offsets[MOST_CELLS];
	struct edge best = { 0 };

	for (int i = 0; i < length && n < MOST_CELLS; i++) {
		double first = first_paper(c, i, upright, from_end);

		if (first < 0)
			continue;
		where[n] = first;
		along[n++] = i + 0.5;
	}
	for (double slope = -steepest; slope <= steepest; slope += 0.005) {
		double at = 0;
		int on_it;

		for (int i = 0; i < n; i++)
			offsets[i] = where[i] - slope * along[i];
		qsort(offsets, (size_t)n, sizeof(*offsets), compare);
		on_it = densest(offsets, n, &at);
		if (on_it > best.on_it)
			best = (struct edge){ at, slope, n, on_it };
	}
	return best;
}

/* Where an upright and a flat edge meet: x = u.at + u.slope * y, y = f.at + f.slope * x. */
static void meet(struct edge u, struct edge f, double corner[2])
{
	corner[0] = (u.at + u.slope * f.at) / (1 - u.slope * f.slope);
	corner[1] = f.at + f.slope * corner[0];
}

static bool is_inside(const double corners[8], double x, double y)
{
	for (int i = 0; i < 4; i++) {
		const double *a = corners + 2 * i, *b = corners + (2 * i + 2) % 8;

		if ((b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0]) < 0)
			return false;
	}
	return true;
}

static double length_of(const double corners[8], int side)
{
	const double *a = corners + 2 * side, *b = corners + (2 * side + 2) % 8;

	return hypot(b[0] - a[0], b[1] - a[1]);
}

/* Corners clockwise from the top left, in cells. edges: top, right, bottom, left. */
static void fit_edges(const struct cells *c, struct edge edges[4], double corners[8])
{
	edges[0] = fit_edge(c, false, false);
	edges[1] = fit_edge(c, true, true);
	edges[2] = fit_edge(c, false, true);
	edges[3] = fit_edge(c, true, false);
	meet(edges[3], edges[0], corners);
	meet(edges[1], edges[0], corners + 2);
	meet(edges[1], edges[2], corners + 4);
	meet(edges[3], edges[2], corners + 6);
}

static bool is_sheet(const struct cells *c, const struct edge edges[4], const double corners[8])
{
	double inside = 0, paper = 0, stray = 0, all = (double)c->across * c->down;

	for (int k = 0; k < c->down; k++)
		for (int i = 0; i < c->across; i++) {
			bool in = is_inside(corners, i + 0.5, k + 0.5), set = is_set(c, i, k);

			inside += in;
			paper += in && set;
			stray += !in && set;
		}
	for (int side = 0; side < 4; side++) {
		/* An edge's points are counted by rows or columns, of which a slanted one has fewer. */
		double points = length_of(corners, side) / sqrt(1 + edges[side].slope * edges[side].slope);

		if (edges[side].on_it < on_line * points || edges[side].on_it < 8)
			return false;
	}
	return inside > least_share * all && inside < most_share * all && paper > least_paper * inside && stray < most_paper_outside * inside;
}

/* ---- text -------------------------------------------------------------------------------------------------------------- */

/* Much darker than the lightest nearby. */
static PIX *find_ink(PIX *gray)
{
	OWN_PIX light = pixDilateGray(gray, 15, 15);
	PIX *ink = light ? pixCreate(pixGetWidth(gray), pixGetHeight(gray), 1) : NULL;

	for (int y = 0; ink && y < pixGetHeight(gray); y++) {
		l_uint32 *from = pixGetData(gray) + (size_t)pixGetWpl(gray) * (size_t)y, *near = pixGetData(light) + (size_t)pixGetWpl(light) * (size_t)y;
		l_uint32 *to = pixGetData(ink) + (size_t)pixGetWpl(ink) * (size_t)y;

		for (int x = 0; x < pixGetWidth(gray); x++)
			if (GET_DATA_BYTE(from, x) * 5 < GET_DATA_BYTE(near, x) * 4)
				SET_DATA_BIT(to, x);
	}
	return ink;
}

/* Of the size that glyphs and parts of them have on a page looked at so small. */
static bool is_text_outside(const struct cells *c, const double corners[8])
{
	OWN_PIX gray = pixConvertTo8(c->small, 0);
	OWN_PIX ink = gray ? find_ink(gray) : NULL;
	RC_CLEANUP(box_free) BOXA *boxes = ink ? pixConnCompBB(ink, 8) : NULL;
	int marks[2][WINDOWS][WINDOWS] = { 0 }, most = 0, inside = 0, windows = 0;

	for (int i = 0; boxes && i < boxaGetCount(boxes); i++) {
		int x, y, w, h, longer, shorter;

		(void)boxaGetBoxGeometry(boxes, i, &x, &y, &w, &h);
		longer = w > h ? w : h;
		shorter = w < h ? w : h;
		if (longer >= 3 && longer <= 60 && longer <= 3 * shorter)
			marks[is_inside(corners, (x + w / 2.0) / CELL, (y + h / 2.0) / CELL)][y / WINDOW][x / WINDOW]++;
	}
	for (int k = 0; k < WINDOWS; k++)
		for (int i = 0; i < WINDOWS; i++) {
			most = marks[0][k][i] > most ? marks[0][k][i] : most;
			inside += marks[1][k][i];
			windows += marks[1][k][i] > 0;
		}
	return inside < LEAST_MARKS || (most >= SOME_MARKS && most > most_marks_outside * inside / windows);
}

/* ---- the sheet ------------------------------------------------------------------------------------------------------------ */

bool prepare_find_sheet(PIX *scan, struct prepare_sheet *ret)
{
	RC_CLEANUP(cells_free) struct cells c = { 0 };
	struct edge edges[4];
	double corners[8], scale_x, scale_y;

	*ret = (struct prepare_sheet){ 0 };
	if (pixGetDepth(scan) != 8 && pixGetDepth(scan) != 32)
		return true;
	if (pixGetWidth(scan) < LOOK / 4 || pixGetHeight(scan) < LOOK / 4)
		return true;
	if (!measure(scan, &c))
		return false;
	if (!tell_apart(&c))
		return true;
	fit_edges(&c, edges, corners);
	if (!is_sheet(&c, edges, corners) || is_text_outside(&c, corners))
		return true;
	scale_x = CELL * (double)pixGetWidth(scan) / pixGetWidth(c.small);
	scale_y = CELL * (double)pixGetHeight(scan) / pixGetHeight(c.small);
	for (int i = 0; i < 8; i++)
		ret->corners[i] = corners[i] * (i % 2 ? scale_y : scale_x);
	ret->found = true;
	return true;
}

/* From the frame to the page as it lies in work->pix; a mirrored frame turns the corners the other way round. */
static void place(const struct prepare_work *work, double ret[8])
{
	struct rc_affine m = work->to_clean;
	bool mirrored = m.a * m.e - m.b * m.d < 0;

	for (int i = 0; i < 4; i++) {
		const double *from = work->sheet.corners + 2 * (mirrored ? 3 - i : i);

		ret[2 * i] = m.a * from[0] + m.b * from[1] + m.c;
		ret[2 * i + 1] = m.d * from[0] + m.e * from[1] + m.f;
	}
}

bool prepare_page(struct prepare_work *work)
{
	int w = pixGetWidth(work->pix), h = pixGetHeight(work->pix), level;
	OWN_PIX around = NULL;
	l_float32 value = 0;
	double corners[8];

	if (!work->sheet.found)
		return true;
	around = pixCreate(w, h, 1);
	if (!around)
		return false;
	place(work, corners);
	for (int y = 0; y < h; y++) {
		l_uint32 *line = pixGetData(around) + (size_t)pixGetWpl(around) * (size_t)y;

		for (int x = 0; x < w; x++)
			if (!is_inside(corners, x + 0.5, y + 0.5))
				SET_DATA_BIT(line, x);
	}

	/* The edge itself casts a shadow, and a cell may be half paper. */
	int rim = 2 * CELL * (w > h ? w : h) / LOOK + 1;
	OWN_PIX grown = pixDilateBrick(NULL, around, rim, rim);
	OWN_PIX sheet = grown ? pixInvert(NULL, grown) : NULL;

	if (!sheet)
		return false;
	(void)pixGetRankValueMasked(work->pix, sheet, 0, 0, 4, 0.8f, &value, NULL);
	level = (int)value;
	return pixSetMasked(work->pix, grown, (l_uint32)level) == 0;
}
