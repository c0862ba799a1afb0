/* layout_pieces.c -- glyphs gathered into pieces, pieces joined to blocks.
 *
 *   layout_gather()   all of it
 *   cells_of()        the page without its lanes and rules: what hangs together is one piece
 *   add_cell()        one of them, cut further along the lanes that cross it
 *   layout_join()     pieces that are one run of columns or one spaced head line (layout_join.c)
 *
 * A lane is found locally: wherever a brick of white fits that is wider than the white between columns and glyphs. So lanes may lean
 * with the page, end at a head line and turn corners, and no lane has to cross the whole page. Cutting too much is mended by
 * joining. */
#include <math.h>
#include <leptonica/allheaders.h>

#include "ocr/layout_lanes.h"
#include "ocr/layout_parts.h"

#define OWN_PIX RC_CLEANUP(pixDestroy) PIX *

/* The bricks, in glyphs. Between tiers of a newspaper there is 0.8 to 1 glyph of white, and a tier is three columns wide at
 * least. Between columns there is 0.3 and more, but narrow white may also stand in a glyph of a head line. */
static const float tier_w = 3.2f, tier_h = 0.55f, beside_w = 0.5f, beside_h = 3, column_w = 0.2f, column_h = 5;
/* And at least so many times the white that is usual between glyphs. */
static const float tier_gaps = 1.6f;
/* Bridges over lanes that are thinner are dirt. */
static const float bridge = 0.7f;
/* A lane through the whole of a cell may be narrower. */
static const double cell_flat = 0.45, cell_upright = 0.2;

static void pixa_free(PIXA **pixa)
{
	pixaDestroy(pixa);
}

static void boxa_free(BOXA **boxa)
{
	boxaDestroy(boxa);
}

static void numa_free(NUMA **numa)
{
	numaDestroy(numa);
}

static int units(float glyphs, float glyph)
{
	int n = (int)lroundf(glyphs * glyph);

	return n > 1 ? n : 1;
}

/* White between glyphs of a column, of which three quarters are no larger; pixels. Manuscripts set them a glyph apart, as far as
 * newspapers set their tiers. columns: what hangs together between upright lanes. */
static float spacing(PIX *text, PIX *columns, float g)
{
	enum { MOST = 1000 };
	RC_CLEANUP(boxa_free) BOXA *boxes = pixConnCompBB(columns, 4);
	int n[MOST + 1] = { 0 }, total = 0, below = 0, least = units(0.12f, g);

	for (int i = 0; boxes && i < boxaGetCount(boxes); i++) {
		BOX *box = boxaGetBox(boxes, i, L_CLONE);
		int w = 0, h = 0;

		(void)boxGetGeometry(box, NULL, NULL, &w, &h);
		if ((float)w < 2.2f * g && (float)h > 5 * g) {
			OWN_PIX part = pixClipRectangle(text, box, NULL);
			RC_CLEANUP(numa_free) NUMA *rows = part ? pixCountPixelsByRow(part, NULL) : NULL;
			int white = 0, count = rows ? numaGetCount(rows) : 0;
			bool inside = false;

			for (int y = 0; y < count; y++) {
				int ink = 0;

				(void)numaGetIValue(rows, y, &ink);
				if (ink && inside && white >= least) {
					n[white < MOST ? white : MOST]++;
					total++;
				}
				inside = inside || ink;
				white = ink ? 0 : white + 1;
			}
		}
		boxDestroy(&box);
	}
	for (int gap = 0; gap <= MOST && total > 0; gap++) {
		below += n[gap];
		if (below * 4 >= total * 3)
			return (float)gap;
	}
	return 0;
}

/* Finds the white between glyphs of a column and the lanes between tiers on the way. */
static PIX *cells_of(const struct layout_parts *p, struct layout_pieces *all)
{
	float g = p->glyph;
	OWN_PIX white = pixInvert(NULL, p->text);
	OWN_PIX beside = white ? pixOpenBrick(NULL, white, units(beside_w, g), units(beside_h, g)) : NULL;
	OWN_PIX lanes = white ? pixOpenBrick(NULL, white, units(column_w, g), units(column_h, g)) : NULL;
	OWN_PIX columns = beside && lanes ? pixOr(NULL, lanes, beside) : NULL;

	if (!columns)
		return NULL;
	(void)pixOr(columns, columns, p->rules);
	(void)pixInvert(columns, columns);
	all->gap = spacing(p->text, columns, g);

	all->tiers = pixOpenBrick(NULL, white, units(tier_w, g), units(fmaxf(tier_h, tier_gaps * all->gap / g), g));

	OWN_PIX cells = all->tiers ? pixSubtract(NULL, columns, all->tiers) : NULL;

	return cells ? pixOpenBrick(NULL, cells, units(bridge, g), units(bridge, g)) : NULL;
}

/* ---- what a piece looks like --------------------------------------------------------------------------- */

/* The side that 65 of 100 parts (weighted by their sides) do not exceed. Glyphs that touch their neighbours count by their
 * breadth. */
static float typical_side(PIX *ink, float body)
{
	enum { MOST = 1000 };
	RC_CLEANUP(boxa_free) BOXA *boxes = pixConnCompBB(ink, 8);
	int32_t weight[MOST + 1] = { 0 };
	int64_t total = 0, below = 0;

	for (int i = 0; boxes && i < boxaGetCount(boxes); i++) {
		int w, h, longer, shorter;

		(void)boxaGetBoxGeometry(boxes, i, NULL, NULL, &w, &h);
		longer = w > h ? w : h;
		shorter = w < h ? w : h;
		if (longer * 2 > 3 * shorter && (float)shorter > 0.6f * body)
			longer = shorter;
		longer = longer < MOST ? longer : MOST;
		weight[longer] += longer;
		total += longer;
	}
	for (int side = 0; side <= MOST; side++) {
		below += weight[side];
		if (below * 100 >= total * 65)
			return (float)side;
	}
	return 0;
}

/* Inked runs of a profile that are set apart by some white; and the sum of squares of its white runs, over length squared. */
static int runs(NUMA *profile, int gap, double *ret_white)
{
	int n = profile ? numaGetCount(profile) : 0, found = 0, white = gap;
	double sum = 0;

	for (int i = 0; i < n; i++) {
		int ink = 0;

		(void)numaGetIValue(profile, i, &ink);
		if (ink > 0) {
			found += white >= gap;
			sum += i > white ? (double)white * white : 0;
			white = 0;
		} else {
			white++;
		}
	}
	*ret_white = n ? sum / ((double)n * n) : 0;
	return found;
}

/* One column (or row) of that breadth, and not two that touch: its glyphs' parts are not much smaller than it is broad, unless
 * there is white between glyphs as far apart as it is broad. */
static bool is_single(float breadth, float length, int n_runs, float side)
{
	float pitch = n_runs > 0 ? length / (float)n_runs : 0;

	return breadth < 1.7f * side || (breadth < 3 * side && pitch > 0.8f * breadth && pitch < 1.6f * breadth);
}

/* Direction, and the size of glyphs: the breadth of a single column or row, else that of the parts. */
static void describe(struct layout_piece *piece, PIX *ink, float body)
{
	RC_CLEANUP(numa_free) NUMA *columns = pixCountPixelsByColumn(ink);
	RC_CLEANUP(numa_free) NUMA *rows = pixCountPixelsByRow(ink, NULL);
	float w = (float)piece->box.w, h = (float)piece->box.h, side = typical_side(ink, body);
	double upright, flat;
	int gap = units(0.12f, body), across = runs(columns, gap, &upright), down = runs(rows, gap, &flat);
	bool one_column = across <= 1 && is_single(w, h, down, side), one_row = down <= 1 && is_single(h, w, across, side);

	piece->glyph = side;
	piece->shape = LAYOUT_COLUMNS;
	if ((w < 1.7f * h && h < 1.7f * w && (across <= 1 || down <= 1) && fmaxf(w, h) < 2.2f * side) || fmaxf(w, h) < 1.2f * body) {
		piece->shape = LAYOUT_ONE;
		piece->glyph = fmaxf(w, h);
	} else if (one_column && h > w) {
		piece->shape = LAYOUT_COLUMN;
		piece->glyph = w;
	} else if (one_row && w > h) {
		piece->shape = LAYOUT_ROW;
		piece->glyph = h;
	} else if (flat > 2 * upright && w > h) {
		piece->shape = LAYOUT_ROWS;
	}
}

/* ---- pieces ------------------------------------------------------------------------------------------------ */

struct cell {
	struct layout_pieces *to;
	PIX *ink;
	int x, y;               /* of ink on the page */
	float body;
};

static void add_piece(void *ctx, struct rc_box b, int64_t ink)
{
	struct cell *c = ctx;
	BOX *box;
	PIX *part;

	if (c->to->n == LAYOUT_MAX_PIECES || ink == 0)
		return;
	box = boxCreate(b.x, b.y, b.w, b.h);
	part = box ? pixClipRectangle(c->ink, box, NULL) : NULL;
	if (part) {
		struct layout_piece *piece = &c->to->piece[c->to->n++];

		*piece = (struct layout_piece){ .box = { c->x + b.x, c->y + b.y, b.w, b.h }, .ink = ink };
		describe(piece, part, c->body);
	}
	boxDestroy(&box);
	pixDestroy(&part);
}

static bool add_cell(struct layout_pieces *to, const struct layout_parts *p, PIX *mask, int x, int y)
{
	int w = pixGetWidth(mask), h = pixGetHeight(mask);
	double g = (double)p->glyph;
	struct layout_lanes at = { .flat = fmax(cell_flat * g, (double)(tier_gaps * to->gap)), .upright = cell_upright * g, .most = LAYOUT_MAX_PIECES };
	OWN_PIX ink = pixCreate(w, h, 1);
	struct cell cell = { to, ink, x, y, p->glyph };

	if (!ink)
		return false;
	(void)pixRasterop(ink, 0, 0, w, h, PIX_SRC, p->text, x, y);
	(void)pixRasterop(ink, 0, 0, w, h, PIX_SRC & PIX_DST, mask, 0, 0);
	return layout_cut_lanes(ink, &at, add_piece, &cell);
}

/* The breadth of a column is a better measure of its glyphs than the parts they are broken into. Half of the ink that stands in
 * columns is in narrower ones. */
static void set_body(struct layout_pieces *all)
{
	enum { MOST = 1000 };
	int64_t weight[MOST + 1] = { 0 }, total = 0, below = 0;
	float parts = all->body;

	for (int i = 0; i < all->n; i++) {
		const struct layout_piece *p = &all->piece[i];

		if (p->shape == LAYOUT_COLUMN && p->box.h > 4 * p->box.w && p->box.w <= MOST) {
			weight[p->box.w] += p->ink;
			total += p->ink;
		}
	}
	for (int w = 0; w <= MOST && total > 0 && below * 2 < total; w++) {
		below += weight[w];
		all->body = (float)w;
	}
	all->body = fminf(fmaxf(all->body, 0.7f * parts), 1.5f * parts);
	for (int i = 0; i < all->n; i++)
		if (all->piece[i].shape == LAYOUT_COLUMNS || all->piece[i].shape == LAYOUT_ROWS)
			all->piece[i].glyph *= all->body / parts;
}

static int64_t shared(struct rc_box a, struct rc_box b, int margin)
{
	int x0 = a.x > b.x - margin ? a.x : b.x - margin, x1 = a.x + a.w < b.x + b.w + margin ? a.x + a.w : b.x + b.w + margin;
	int y0 = a.y > b.y - margin ? a.y : b.y - margin, y1 = a.y + a.h < b.y + b.h + margin ? a.y + a.h : b.y + b.h + margin;

	return x1 > x0 && y1 > y0 ? (int64_t)(x1 - x0) * (y1 - y0) : 0;
}

static void extend(struct rc_box *to, struct rc_box by)
{
	int x1 = to->x + to->w > by.x + by.w ? to->x + to->w : by.x + by.w, y1 = to->y + to->h > by.y + by.h ? to->y + to->h : by.y + by.h;

	to->x = to->x < by.x ? to->x : by.x;
	to->y = to->y < by.y ? to->y : by.y;
	to->w = x1 - to->x;
	to->h = y1 - to->y;
}

/* Dirt and pieces of rules make no piece larger. */
static bool is_speck(struct rc_box b, int64_t inside, float g)
{
	int longer = b.w > b.h ? b.w : b.h;

	return inside < (int64_t)1 << 40 ? (float)longer < 0.3f * g || b.h > 3 * b.w : b.h > 4 * b.w && (float)b.h > 0.8f * g;
}

/* Cells lose narrow parts with their bridges. Every part of a glyph belongs to the piece that has most of it, else to one close by;
 * else it is a piece of its own. */
static void give_back(const struct layout_parts *p, struct layout_pieces *all)
{
	RC_CLEANUP(boxa_free) BOXA *boxes = pixConnCompBB(p->text, 8);
	int n_found = all->n, near = units(0.5f, p->glyph);

	for (int i = 0; boxes && i < boxaGetCount(boxes); i++) {
		struct rc_box b;
		int64_t most = 0;
		int best = -1;

		(void)boxaGetBoxGeometry(boxes, i, &b.x, &b.y, &b.w, &b.h);
		for (int k = 0; k < n_found; k++) {
			int64_t inside = shared(b, all->piece[k].box, 0), around = shared(b, all->piece[k].box, near);

			inside = inside ? ((int64_t)1 << 40) + inside : around;
			if (inside > most) {
				most = inside;
				best = k;
			}
		}
		if (best >= 0) {
			float glyph = fmaxf(all->piece[best].glyph, p->glyph);

			if ((float)b.w < 1.6f * glyph && (float)b.h < 1.6f * glyph && !is_speck(b, most, p->glyph))
				extend(&all->piece[best].box, b);
		} else if (all->n < LAYOUT_MAX_PIECES && (float)(b.w > b.h ? b.w : b.h) > 0.4f * p->glyph) {
			all->piece[all->n++] = (struct layout_piece){ .box = b, .glyph = (float)(b.w > b.h ? b.w : b.h), .shape = LAYOUT_ONE, .ink = (int64_t)b.w * b.h / 3 };
		}
	}
}

void layout_pieces_close(struct layout_pieces *pieces)
{
	pixDestroy(&pieces->tiers);
}

enum rc_status layout_find_pieces(const struct layout_parts *p, struct layout_pieces *ret, struct rc_err *err)
{
	OWN_PIX cells = cells_of(p, ret);
	PIXA *list = NULL;
	RC_CLEANUP(boxa_free) BOXA *boxes = cells ? pixConnComp(cells, &list, 4) : NULL;
	RC_CLEANUP(pixa_free) PIXA *parts = list;
	bool good = parts != NULL;

	ret->n = 0;
	ret->body = p->glyph;
	for (int i = 0; good && i < boxaGetCount(boxes) && ret->n < LAYOUT_MAX_PIECES; i++) {
		OWN_PIX cell = pixaGetPix(parts, i, L_CLONE);
		int x, y;

		(void)boxaGetBoxGeometry(boxes, i, &x, &y, NULL, NULL);
		good = add_cell(ret, p, cell, x, y);
	}
	set_body(ret);
	give_back(p, ret);
	return good ? RC_OK : rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMORY, "cannot cut the page into blocks: not enough memory");
}
