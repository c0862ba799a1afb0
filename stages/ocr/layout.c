/* layout.c -- cuts a page along its white lanes into blocks that hold one run of lines each.
 *
 *   ocr_cut()      all of it
 *   text_of()      what is left of the ink without dust, rules and frames
 *   cut()          one step: the best lane through a block, then both halves; calls itself
 *   find_lane()    the widest lane in one direction that leaves something on both sides
 *
 * The method is the recursive X-Y cut (Nagy, Seth 1984) with widths in glyphs: tiers of a newspaper, leaves of a spread and
 * columns come apart, single lines do not. The engine is better at finding lines in a block than at finding blocks: on
 * leaflets of one column its own page layout makes twice the errors of one block. */
#include <math.h>
#include <leptonica/allheaders.h>

#include "ocr/layout.h"

#define OWN_PIX RC_CLEANUP(pixDestroy) PIX *

/* Grey under which a pixel of the levelled page is ink. */
#define INK 150
/* Deeper nesting than any page has. */
#define MAX_DEPTH 24
/* Parts longer than so many glyphs are rules, frames and pictures; head lines are up to five times the body. */
#define LARGEST_PART 6
/* A lane may be dirty to this share of its length. */
static const double dirt = 0.004;
/* The least share of a block that is ink: print has 0.05 to 0.3, a wide-set line of thin strokes 0.03. */
static const double least_ink = 0.015;

struct widths {                 /* of lanes, in glyphs; and what must be on both sides of one */
	double across_lines, along_lines;       /* a lane that interrupts lines; one between lines */
	double least_across, least_along;       /* least extent of a part, in the direction of the lines; across them */
};
/* Between columns of vertical text there is up to a glyph of white, between tiers hardly more than one; horizontal
 * lines are set wider apart, and cells of a table must not come apart as if they were columns of text. */
static const struct widths of_vertical = { 0.9, 2.2, 2, 1 }, of_horizontal = { 2.5, 2.2, 8, 1 };

struct cutter {
	PIX *text;              /* 1 bit, half scale */
	float glyph;            /* half-scale pixels */
	bool vertical;
	const struct widths *widths;
	int32_t *rows, *columns;        /* profiles, as long as the page */
	struct ocr_blocks *blocks;
};

struct lane {
	int32_t from, to;       /* half-open */
	double score;           /* its width over the width asked for; < 1: no lane */
};

static void box_free(BOXA **boxes)
{
	boxaDestroy(boxes);
}

/* Pieces of broken rules are long and thin. Single strokes go with them, which does no harm: this copy is only for
 * finding lanes. */
static void clear_rules(PIX *text, float glyph)
{
	RC_CLEANUP(box_free) BOXA *boxes = pixConnCompBB(text, 8);
	int n = boxes ? boxaGetCount(boxes) : 0;

	for (int i = 0; i < n; i++) {
		l_int32 x, y, w, h;

		boxaGetBoxGeometry(boxes, i, &x, &y, &w, &h);
		if ((float)(w > h ? w : h) > 0.5f * glyph && (w > h ? w : h) >= 4 * (w < h ? w : h))
			pixRasterop(text, x, y, w, h, PIX_CLR, NULL, 0, 0);
	}
}

static PIX *text_of(PIX *gray, float glyph)
{
	int most = (int)lroundf(LARGEST_PART * glyph), least = (int)fmaxf(2, glyph / 8);
	OWN_PIX half = pixScaleAreaMap2(gray);
	OWN_PIX bin = half ? pixThresholdToBinary(half, INK) : NULL;
	OWN_PIX small = bin ? pixSelectBySize(bin, most, most, 8, L_SELECT_IF_BOTH, L_SELECT_IF_LT, NULL) : NULL;

	if (small)
		clear_rules(small, glyph);
	return small ? pixSelectBySize(small, least, least, 8, L_SELECT_IF_EITHER, L_SELECT_IF_GTE, NULL) : NULL;
}

static int64_t measure(struct cutter *c, struct rc_box b)
{
	int64_t ink = 0;

	for (int32_t y = 0; y < b.h; y++)
		c->rows[y] = 0;
	for (int32_t x = 0; x < b.w; x++)
		c->columns[x] = 0;
	for (int32_t y = 0; y < b.h; y++) {
		l_uint32 *line = pixGetData(c->text) + (size_t)pixGetWpl(c->text) * (size_t)(b.y + y);

		for (int32_t x = 0; x < b.w; x++)
			if (GET_DATA_BIT(line, b.x + x)) {
				c->rows[y]++;
				c->columns[x]++;
				ink++;
			}
	}
	return ink;
}

/* The part of a profile from its first to its last inked place. */
static void trim(const int32_t *profile, int32_t *from, int32_t *len, int32_t white)
{
	int32_t first = 0, last = *len;

	while (first < last && profile[first] <= white)
		first++;
	while (last > first && profile[last - 1] <= white)
		last--;
	*from += first;
	*len = last - first;
}

/* n: length of the profile. least: what must be on both sides. */
static struct lane find_lane(const int32_t *profile, int32_t n, int32_t white, double width, double least)
{
	struct lane best = { 0 };
	int32_t from = 0;

	for (int32_t i = 0; i <= n; i++) {
		if (i < n && profile[i] <= white)
			continue;
		if (i - from >= width && from >= least && n - i >= least && (i - from) / width > best.score)
			best = (struct lane){ from, i, (i - from) / width };
		from = i + 1;
	}
	return best;
}

/* A block with hardly any ink is dirt: the engine would read a text into it. */
static void add_block(struct cutter *c, struct rc_box b, int64_t ink)
{
	if ((double)ink >= least_ink * b.w * b.h && (double)ink > 0.1 * (double)(c->glyph * c->glyph))
		c->blocks->block[c->blocks->n++] = (struct ocr_block){
			.box = { b.x * 2, b.y * 2, b.w * 2, b.h * 2 }, .vertical = c->vertical, .glyph = 2 * c->glyph, .region = c->blocks->n,
		};
}

static void cut(struct cutter *c, struct rc_box b, int depth)
{
	const struct widths *w = c->widths;
	double g = (double)c->glyph;
	struct lane flat, upright;
	struct rc_box one, other;
	int32_t x_white, y_white;
	int64_t ink;

	if (measure(c, b) == 0)
		return;
	y_white = (int32_t)(b.w * dirt);
	x_white = (int32_t)(b.h * dirt);
	one = b;
	trim(c->rows, &one.y, &one.h, y_white);
	trim(c->columns, &one.x, &one.w, x_white);
	if (one.w == 0 || one.h == 0)
		return;
	/* Once more on the trimmed block, whose profiles begin at 0. */
	b = one;
	ink = measure(c, b);
	flat = find_lane(c->rows, b.h, y_white, g * (c->vertical ? w->across_lines : w->along_lines), g * (c->vertical ? w->least_across : w->least_along));
	upright = find_lane(c->columns, b.w, x_white, g * (c->vertical ? w->along_lines : w->across_lines), g * (c->vertical ? w->least_along : w->least_across));
	/* Where the table is nearly full, what is left stays in one piece rather than out: at most one block for every level above. */
	if (depth == MAX_DEPTH || c->blocks->n >= OCR_MAX_BLOCKS - MAX_DEPTH - 1 || (flat.score < 1 && upright.score < 1)) {
		add_block(c, b, ink);
		return;
	}
	if (flat.score >= upright.score) {
		one = (struct rc_box){ b.x, b.y, b.w, flat.from };
		other = (struct rc_box){ b.x, b.y + flat.to, b.w, b.h - flat.to };
	} else {
		one = (struct rc_box){ b.x, b.y, upright.from, b.h };
		other = (struct rc_box){ b.x + upright.to, b.y, b.w - upright.to, b.h };
		if (c->vertical) {      /* the right one first */
			struct rc_box left = one;

			one = other;
			other = left;
		}
	}
	cut(c, one, depth + 1);
	cut(c, other, depth + 1);
}

enum rc_status ocr_cut(PIX *gray, const struct ocr_evidence *seen, bool vertical, struct ocr_blocks *ret, struct rc_err *err)
{
	OWN_PIX text = text_of(gray, seen->glyph / 2);
	RC_CLEANUP(rc_free) int32_t *rows = text ? calloc((size_t)pixGetHeight(text) + 1, sizeof(*rows)) : NULL;
	RC_CLEANUP(rc_free) int32_t *columns = text ? calloc((size_t)pixGetWidth(text) + 1, sizeof(*columns)) : NULL;
	struct cutter c = { .text = text, .glyph = seen->glyph / 2, .vertical = vertical, .rows = rows, .columns = columns,
	                    .widths = vertical ? &of_vertical : &of_horizontal, .blocks = ret };

	if (!rows || !columns)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMORY, "cannot cut the page into blocks: not enough memory");
	ret->n = 0;
	cut(&c, (struct rc_box){ 0, 0, pixGetWidth(text), pixGetHeight(text) }, 0);
	return RC_OK;
}
