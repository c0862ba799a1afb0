/* dots.c -- what is made of dots much smaller than the strokes of the text: seals in black and white, and pictures.
 *
 *   prepare_dots()     all of it
 *   typical_side()       of a glyph, and the resolution that follows from it
 *   find_ground()        cells with many specks
 *   take_grounds()       seal over text, or picture? marks for both
 *   clear_specks()       out of the page, where they are no part of a stroke
 *
 * A red seal that was scanned in black and white comes out as a cloud of specks. Whoever looks for lines in it finds nine times as
 * much text as there is. Specks of text, dots and broken strokes, are few for each glyph; those of a screen are many,
 * and evenly spread. That is all that is used: no shape, no colour. */
#include <math.h>
#include <string.h>
#include <leptonica/allheaders.h>

#include "prepare/work.h"

#define OWN_PIX RC_CLEANUP(pixDestroy) PIX *

/* Grey under which a pixel is ink. */
#define INK 150
/* Half-scale pixels: smaller parts are dust to the measure of glyphs, larger ones are rules, frames and pictures. */
enum { DUST = 3, LARGEST = 400 };
/* A size of glyphs is sure when so many parts have about it. */
#define ENOUGH_GLYPHS 60
/* A speck is shorter than this share of a glyph (the dot of a Han glyph has a fifth to a quarter), and longer than dust. */
static const float speck_share = 0.22f, dust_share = 0.06f;
/* Specks for each glyph's room, over windows of 3 by 3: print has one or two, a mimeograph with broken strokes up to five.
 * Ground begins where there are many_specks, and reaches as far as there are some_specks. */
static const float many_specks = 6, some_specks = 2.5f;
/* The least of a ground, in glyphs squared. Smaller clouds are dirt. */
#define LEAST_GROUND 12
/* Nor is it a ground when it fills this share of the page: that is what kind of page it is. */
static const double whole_page = 0.65;
/* Parts that are no specks, for each glyph's room. A seal stands on text, of which there cannot be more than one or two;
 * pictures have hardly any. More: the glyphs are smaller than they were thought to be, and specks are pieces of them
 * (newspapers with large heads: 2.2 and more). */
static const float text_share = 0.15f, most_parts = 1.4f;
/* A Han glyph of body text is 10.5 points high; a resolution is believed when glyphs are not further than this from it. */
static const double body_mm = 3.7, smallest_mm = 1.5, largest_mm = 12;

static void box_free(BOXA **boxes)
{
	boxaDestroy(boxes);
}

static int larger(int a, int b)
{
	return a > b ? a : b;
}

static int smaller(int a, int b)
{
	return a < b ? a : b;
}

PIX *prepare_half_ink(PIX *pix)
{
	OWN_PIX half = pixScaleAreaMap2(pix);

	return half ? pixThresholdToBinary(half, INK) : NULL;
}

/* ---- size ------------------------------------------------------------------------------------------------ */

struct sides {                          /* of the parts, half-scale pixels */
	int64_t counts[LARGEST + 1];
};

static void count_sides(BOXA *boxes, struct sides *ret)
{
	int n = boxaGetCount(boxes);

	memset(ret, 0, sizeof(*ret));
	for (int i = 0; i < n; i++) {
		l_int32 x, y, w, h, longer;

		boxaGetBoxGeometry(boxes, i, &x, &y, &w, &h);
		longer = larger(w, h);
		if (longer >= DUST && longer <= LARGEST && longer <= 4 * smaller(w, h))
			ret->counts[longer]++;
	}
}

/* The side below which `percent` of the parts lies, each counted with its side to a power; 0: nothing there. */
static int percentile(const struct sides *s, int power, int percent)
{
	int64_t total = 0, below = 0;

	for (int side = DUST; side <= LARGEST; side++)
		total += s->counts[side] * side * (power == 2 ? side : 1);
	for (int side = DUST; side <= LARGEST && total; side++) {
		below += s->counts[side] * side * (power == 2 ? side : 1);
		if (below * 100 >= total * percent)
			return side;
	}
	return 0;
}

/* Counted by their area, a thousand specks weigh less than a hundred glyphs; but some frames and seals weigh more. When
 * too few parts are of the size found, they are counted by their side, which is right for all but dotted pages. */
static int typical_side(BOXA *boxes, bool *ret_sure)
{
	struct sides s;
	int64_t alike = 0;
	int side;

	count_sides(boxes, &s);
	side = percentile(&s, 2, 50);
	for (int i = side / 2; i <= side + side / 2 && i <= LARGEST; i++)
		alike += s.counts[i];
	*ret_sure = alike >= ENOUGH_GLYPHS;
	return *ret_sure ? side : percentile(&s, 1, 65);
}

/* What the file declares, unless glyphs would be of an impossible size then; else what makes them body text. */
static int32_t resolution(int32_t declared, int glyph)
{
	double mm = declared > 0 ? glyph * 25.4 / declared : 0;

	if (declared >= 72 && declared <= 2400 && (glyph == 0 || (mm >= smallest_mm && mm <= largest_mm)))
		return declared;
	if (glyph == 0)
		return 300;
	return (int32_t)fmin(fmax(lround(glyph * 2.54 / body_mm) * 10.0, 72), 1200);
}

/* ---- ground ------------------------------------------------------------------------------------------------ */

struct ground {                         /* cells of one glyph */
	int side;                       /* of a cell, half-scale pixels */
	int across, down;
	float *specks, *parts, *glyphs; /* how many in each cell: specks, what is larger, and of these what may be a glyph */
};

static void ground_free(struct ground *g)
{
	free(g->specks);
}

static bool count_parts(BOXA *boxes, int w, int h, int side, struct ground *ret)
{
	int n = boxaGetCount(boxes);
	float speck = speck_share * (float)side, dust = dust_share * (float)side;
	size_t cells;

	ret->side = side;
	ret->across = w / side + 1;
	ret->down = h / side + 1;
	cells = (size_t)ret->across * (size_t)ret->down;
	ret->specks = calloc(3 * cells, sizeof(*ret->specks));
	if (!ret->specks)
		return false;
	ret->parts = ret->specks + cells;
	ret->glyphs = ret->parts + cells;
	for (int i = 0; i < n; i++) {
		l_int32 x, y, bw, bh;

		boxaGetBoxGeometry(boxes, i, &x, &y, &bw, &bh);
		size_t cell = (size_t)(y / side) * (size_t)ret->across + (size_t)(x / side);
		float longer = (float)larger(bw, bh);

		ret->specks[cell] += longer > dust && longer < speck;
		ret->parts[cell] += longer > 0.3f * (float)side;
		ret->glyphs[cell] += longer > 0.5f * (float)side && longer < 2.0f * (float)side;
	}
	return true;
}

static float around(const struct ground *g, int i, int k)
{
	float sum = 0;

	for (int y = larger(k - 1, 0); y <= smaller(k + 1, g->down - 1); y++)
		for (int x = larger(i - 1, 0); x <= smaller(i + 1, g->across - 1); x++)
			sum += g->specks[y * g->across + x];
	return sum / 9;
}

/* One bit for each cell: connected cells with some specks that have a kernel of many. Gaps of two cells are closed: a
 * seal's own white lines. */
static PIX *find_ground(const struct ground *g)
{
	OWN_PIX many = pixCreate(g->across, g->down, 1);
	OWN_PIX some = pixCreate(g->across, g->down, 1);
	OWN_PIX filled = NULL;

	if (!many || !some)
		return NULL;
	for (int k = 0; k < g->down; k++)
		for (int i = 0; i < g->across; i++) {
			float specks = around(g, i, k);

			if (specks >= many_specks)
				(void)pixSetPixel(many, i, k, 1);
			if (specks >= some_specks)
				(void)pixSetPixel(some, i, k, 1);
		}
	filled = pixSeedfillBinary(NULL, many, some, 8);
	return filled ? pixCloseSafeBrick(NULL, filled, 3, 3) : NULL;
}

/* ---- seals and pictures ---------------------------------------------------------------------------------------- */

static double share_of(const struct ground *g, const float *counts, struct rc_box cells)
{
	double sum = 0;

	for (int k = cells.y; k < cells.y + cells.h; k++)
		for (int i = cells.x; i < cells.x + cells.w; i++)
			sum += (double)counts[k * g->across + i];
	return sum / ((double)cells.w * cells.h);
}

/* Windows reach one cell too far: rows and columns at the edge with hardly any specks of their own are none of it. */
static struct rc_box trimmed(const struct ground *g, struct rc_box b)
{
	static const double hardly = 1;

	while (b.h > 1 && share_of(g, g->specks, (struct rc_box){ b.x, b.y, b.w, 1 }) < hardly) {
		b.y++;
		b.h--;
	}
	while (b.h > 1 && share_of(g, g->specks, (struct rc_box){ b.x, b.y + b.h - 1, b.w, 1 }) < hardly)
		b.h--;
	while (b.w > 1 && share_of(g, g->specks, (struct rc_box){ b.x, b.y, 1, b.h }) < hardly) {
		b.x++;
		b.w--;
	}
	while (b.w > 1 && share_of(g, g->specks, (struct rc_box){ b.x + b.w - 1, b.y, 1, b.h }) < hardly)
		b.w--;
	return b;
}

static bool is_ground(const struct ground *g, struct rc_box cells)
{
	double area = (double)cells.w * cells.h;

	return area >= LEAST_GROUND && cells.w >= 3 && cells.h >= 3 && area < whole_page * g->across * g->down &&
	       share_of(g, g->parts, cells) < (double)most_parts;
}

/* Specks that touch hang together by less than a stroke's width: made thinner they come apart into specks again, while a stroke
 * stays. Parts of which nothing longer than a speck is left go. */
static PIX *without_chains(PIX *parts, int most, float glyph)
{
	int thinner = glyph >= 60 ? 3 : 2;
	OWN_PIX thin = pixErodeBrick(NULL, parts, thinner, thinner);
	OWN_PIX strokes = thin ? pixSelectBySize(thin, most, most, 8, L_SELECT_IF_EITHER, L_SELECT_IF_GTE, NULL) : NULL;

	return strokes ? pixSeedfillBinary(NULL, strokes, parts, 8) : NULL;
}

/* The strokes of the text in a part of the page. In small print strokes are too thin to be made thinner. */
static PIX *strokes_of(PIX *part, float glyph)
{
	int most = larger((int)(speck_share * glyph), 2);
	OWN_PIX ink = pixThresholdToBinary(part, INK);
	OWN_PIX parts = ink ? pixSelectBySize(ink, most, most, 8, L_SELECT_IF_EITHER, L_SELECT_IF_GTE, NULL) : NULL;

	return parts && glyph >= 40 ? without_chains(parts, most, glyph) : rc_steal(parts);
}

/* Whatever is not a stroke or next to one becomes paper: specks, the grey ring around each, and what is too faint for either. */
static bool clear_specks(PIX *pix, struct rc_box area, float glyph)
{
	RC_CLEANUP(boxDestroy) BOX *box = boxCreate(area.x, area.y, area.w, area.h);
	OWN_PIX part = box ? pixClipRectangle(pix, box, NULL) : NULL;
	OWN_PIX strokes = part ? strokes_of(part, glyph) : NULL;
	OWN_PIX keep = strokes ? pixDilateBrick(NULL, strokes, 3, 3) : NULL;
	OWN_PIX gone = keep ? pixInvert(NULL, keep) : NULL;

	return gone && pixSetMasked(part, gone, 255) == 0 && pixRasterop(pix, area.x, area.y, area.w, area.h, PIX_SRC, part, 0, 0) == 0;
}

static bool take_grounds(struct prepare_work *work, const struct ground *g, PIX *cells, float glyph)
{
	RC_CLEANUP(box_free) BOXA *boxes = pixConnCompBB(cells, 8);
	int n = boxes ? boxaGetCount(boxes) : 0, scale = 2 * g->side;

	for (int i = 0; i < n; i++) {
		struct rc_box b, area;

		boxaGetBoxGeometry(boxes, i, &b.x, &b.y, &b.w, &b.h);
		b = trimmed(g, b);
		if (!is_ground(g, b))
			continue;
		area = (struct rc_box){ b.x * scale, b.y * scale, smaller(b.w * scale, pixGetWidth(work->pix) - b.x * scale),
		                        smaller(b.h * scale, pixGetHeight(work->pix) - b.y * scale) };
		bool seal = share_of(g, g->glyphs, b) >= (double)text_share;

		if (seal && !clear_specks(work->pix, area, glyph))
			return false;
		prepare_add_mark(work, seal ? RC_REGION_SEAL : RC_REGION_IMAGE, area);
	}
	return boxes != NULL;
}

bool prepare_dots(struct prepare_work *work)
{
	OWN_PIX ink = prepare_half_ink(work->pix);
	RC_CLEANUP(box_free) BOXA *boxes = ink ? pixConnCompBB(ink, 8) : NULL;
	RC_CLEANUP(ground_free) struct ground ground = { 0 };
	OWN_PIX cells = NULL;
	bool sure = false;
	int side = boxes ? typical_side(boxes, &sure) : 0;

	if (!boxes)
		return false;
	work->glyph = 2 * side;
	work->page->quality.dpi = resolution(work->page->declared_dpi, 2 * side);
	/* Smaller glyphs have no dots that could be seen beside them. */
	if (side < 8 || !sure || !work->cfg->prepare_dots)
		return true;
	if (!count_parts(boxes, pixGetWidth(ink), pixGetHeight(ink), side, &ground))
		return false;
	cells = find_ground(&ground);
	return cells && take_grounds(work, &ground, cells, 2 * (float)side);
}
