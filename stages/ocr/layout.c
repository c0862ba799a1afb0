/* layout.c -- the page cut into blocks that hold one run of lines each, in reading order.
 *
 *   ocr_cut()          all of it
 *   cut_lanes()        along the white lanes that cross a whole block
 *   cut_leaves()       leaves in their order, each by itself
 *   cut_newspaper()    rules, tiers and head lines of vertical text
 *
 * The engine is better at finding lines in a block than at finding blocks: on leaflets of one column its own page layout
 * makes twice the errors of one block. */
#include <math.h>
#include <leptonica/allheaders.h>

#include "ocr/layout_lanes.h"
#include "ocr/layout_parts.h"

#define OWN_PIX RC_CLEANUP(pixDestroy) PIX *

/* Grey under which a pixel of the levelled page is ink, where lanes alone are looked for. */
#define INK 150
/* Parts longer than so many glyphs are rules, frames and pictures; head lines are up to five times the body. */
#define LARGEST_PART 6
/* The least share of a block that is ink: print has 0.05 to 0.3, a wide-set line of thin strokes 0.03. */
static const double least_ink = 0.015;

/* Lanes in glyphs. Between columns of vertical text there is up to a glyph of white, between tiers hardly more than one; horizontal
 * lines are set wider apart, and cells of a table must not come apart as if they were columns of text. */
static const struct layout_lanes of_vertical = { .flat = 0.9, .upright = 2.2, .least_h = 2, .least_w = 1, .right_first = true },
	of_horizontal = { .flat = 2.2, .upright = 2.5, .least_h = 1, .least_w = 8 };

/* Breadth and height of a tier, glyphs; and how many of them must lie right over one another. */
static const float least_tier = 3.5f;
static const int least_tiers = 1;
/* A block so much of which is in a picture is part of it. */
static const double pictured = 0.6;
/* Glyphs of head lines, in glyphs of the body. */
static const float heading_size = 1.4f;

struct collector {
	struct ocr_blocks *blocks;
	float glyph;            /* half-scale pixels */
	bool vertical;
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

/* A block with hardly any ink is dirt: the engine would read a text into it. */
static void add_block(void *ctx, struct rc_box b, int64_t ink)
{
	struct collector *c = ctx;

	if ((double)ink >= least_ink * b.w * b.h && (double)ink > 0.1 * (double)(c->glyph * c->glyph))
		c->blocks->block[c->blocks->n++] = (struct ocr_block){
			.box = { b.x * 2, b.y * 2, b.w * 2, b.h * 2 }, .vertical = c->vertical, .glyph = 2 * c->glyph, .region = c->blocks->n,
		};
}

static enum rc_status no_memory(struct rc_err *err)
{
	return rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMORY, "cannot cut the page into blocks: not enough memory");
}

static enum rc_status cut_lanes(PIX *gray, float glyph, bool vertical, struct ocr_blocks *ret, struct rc_err *err)
{
	float half = glyph / 2;
	OWN_PIX text = text_of(gray, half);
	struct collector c = { ret, half, vertical };
	struct layout_lanes at = vertical ? of_vertical : of_horizontal;

	at.flat *= (double)half;
	at.upright *= (double)half;
	at.least_h *= (double)half;
	at.least_w *= (double)half;
	at.most = OCR_MAX_BLOCKS;
	ret->n = 0;
	return text && layout_cut_lanes(text, &at, add_block, &c) ? RC_OK : no_memory(err);
}

/* What is not dirt. */
static bool is_block(const struct layout_piece *p, float body)
{
	double area = (double)p->box.w * p->box.h;

	if ((float)p->box.w < 0.3f * body && (float)p->box.h > 1.2f * body)     /* a piece of a rule */
		return false;
	if ((float)p->box.h < 0.45f * body && (float)p->box.w > 1.2f * body)    /* so are rows that are lower than half a glyph */
		return false;
	return !p->gone && fmaxf((float)p->box.w, (float)p->box.h) >= 0.6f * body && (double)p->ink >= least_ink * area
		&& (double)p->ink > 0.1 * (double)(body * body);
}

/* Mostly inside a photograph or drawing: its strokes are no glyphs. */
static bool is_pictured(const struct layout_parts *parts, struct rc_box b)
{
	for (int i = 0; i < parts->n_pictures; i++) {
		struct rc_box p = parts->picture[i].box;
		int w = (p.x + p.w < b.x + b.w ? p.x + p.w : b.x + b.w) - (p.x > b.x ? p.x : b.x);
		int h = (p.y + p.h < b.y + b.h ? p.y + p.h : b.y + b.h) - (p.y > b.y ? p.y : b.y);

		if (w > 0 && h > 0 && (double)w * h > pictured * b.w * b.h)
			return true;
	}
	return false;
}

static void hand_out(const struct layout_parts *parts, const struct layout_pieces *pieces, struct ocr_blocks *ret)
{
	float body = pieces->body;

	ret->n = 0;
	for (int i = 0; i < pieces->n && ret->n < OCR_MAX_BLOCKS; i++) {
		const struct layout_piece *p = &pieces->piece[i];

		if (is_block(p, body) && !is_pictured(parts, p->box))
			ret->block[ret->n++] = (struct ocr_block){
				.box = p->box, .glyph = p->glyph, .vertical = p->shape != LAYOUT_ROW && p->shape != LAYOUT_ROWS,
				.right_to_left = p->shape == LAYOUT_ROW || p->shape == LAYOUT_ROWS,
				.type = p->glyph >= heading_size * body ? RC_REGION_HEADING : RC_REGION_TEXT,
			};
	}
}

/* Does a run of the same print, right beside both, go from the top of the upper to the bottom of the lower one? Then they are parts of
 * its tier, which faint print cut in two. */
static bool is_spanned(const struct layout_pieces *all, const struct layout_piece *upper, const struct layout_piece *lower)
{
	for (int i = 0; i < all->n; i++) {
		const struct layout_piece *p = &all->piece[i];
		int x = upper->box.x < lower->box.x ? upper->box.x : lower->box.x;
		int end = upper->box.x + upper->box.w > lower->box.x + lower->box.w ? upper->box.x + upper->box.w : lower->box.x + lower->box.w;
		int gap = p->box.x > x ? p->box.x - end : x - p->box.x - p->box.w;

		if (p != upper && p != lower && !p->gone && p->glyph < heading_size * all->body && (float)gap < 1.6f * all->body
		    && (float)(p->box.y - upper->box.y) < all->body && (float)(lower->box.y + lower->box.h - p->box.y - p->box.h) < all->body)
			return true;
	}
	return false;
}

/* Tiers that lie right over one another. A page without any is better cut by the lanes that cross it: without tiers nothing tells
 * what is white between columns from what is white between articles. */
static bool has_tiers(const struct layout_pieces *all)
{
	int found = 0;

	for (int i = 0; i < all->n; i++)
		for (int k = 0; k < all->n; k++) {
			struct rc_box upper = all->piece[i].box, lower = all->piece[k].box;
			int from = upper.x > lower.x ? upper.x : lower.x, to = upper.x + upper.w < lower.x + lower.w ? upper.x + upper.w : lower.x + lower.w;
			int gap = lower.y - upper.y - upper.h;

			found += i != k && !all->piece[i].gone && !all->piece[k].gone && (float)(to - from) > least_tier * all->body
				&& (float)upper.h > least_tier * all->body && (float)lower.h > least_tier * all->body
				&& gap >= 0 && (float)gap < 3 * all->body && !is_spanned(all, &all->piece[i], &all->piece[k]);
		}
	return found >= least_tiers;
}

static void pieces_free(struct layout_pieces **pieces)
{
	if (*pieces)
		layout_pieces_close(*pieces);
	free(*pieces);
}

static enum rc_status cut_newspaper(PIX *gray, float glyph, enum ocr_page_order order, struct ocr_blocks *ret, struct rc_err *err)
{
	RC_CLEANUP(layout_parts_close) struct layout_parts parts = { 0 };
	RC_CLEANUP(pieces_free) struct layout_pieces *pieces = calloc(1, sizeof(*pieces));
	enum rc_status status = pieces ? layout_take_apart(gray, glyph, &parts, err) : no_memory(err);

	if (status == RC_OK)
		status = layout_find_pieces(&parts, pieces, err);
	if (status != RC_OK)
		return status;
	if (pieces->n == LAYOUT_MAX_PIECES)     /* noise, or a pattern: nothing to be joined */
		return cut_lanes(gray, glyph, true, ret, err);
	layout_join(&parts, pieces);
	if (!has_tiers(pieces))
		return cut_lanes(gray, glyph, true, ret, err);
	hand_out(&parts, pieces, ret);
	parts.glyph = pieces->body;
	layout_sort(&parts, order, ret);
	for (int i = 0; i < ret->n; i++) {
		struct ocr_block *b = &ret->block[i];

		b->box = (struct rc_box){ b->box.x * 2, b->box.y * 2, b->box.w * 2, b->box.h * 2 };
		b->glyph *= 2;
	}
	return RC_OK;
}

static enum rc_status cut_leaf(const struct ocr_sheet *sheet, PIX *gray, struct ocr_blocks *ret, struct rc_err *err)
{
	return sheet->vertical ? cut_newspaper(gray, sheet->seen->glyph, sheet->order, ret, err) : cut_lanes(gray, sheet->seen->glyph, false, ret, err);
}

/* Adds a leaf's blocks to the page's. */
static void add_leaf(struct ocr_blocks *to, const struct ocr_blocks *leaf, struct rc_box at)
{
	int region = to->n ? to->block[to->n - 1].region + 1 : 0;

	for (int i = 0; i < leaf->n && to->n < OCR_MAX_BLOCKS; i++) {
		struct ocr_block b = leaf->block[i];

		b.box.x += at.x;
		b.box.y += at.y;
		b.region += region;
		to->block[to->n++] = b;
	}
}

static enum rc_status cut_leaves(const struct ocr_sheet *sheet, struct ocr_blocks *ret, struct rc_err *err)
{
	RC_CLEANUP(rc_free) struct ocr_blocks *blocks = malloc(sizeof(*blocks));
	bool from_right = sheet->order == OCR_PAGES_AUTO ? sheet->vertical : sheet->order == OCR_PAGES_RIGHT;
	enum rc_status status = blocks ? RC_OK : no_memory(err);

	ret->n = 0;
	for (size_t i = 0; status == RC_OK && i < sheet->n_leaves; i++) {
		struct rc_box at = sheet->leaves[from_right ? sheet->n_leaves - 1 - i : i].box;
		BOX *box = boxCreate(at.x, at.y, at.w, at.h);
		OWN_PIX part = box ? pixClipRectangle(sheet->gray, box, NULL) : NULL;

		boxDestroy(&box);
		status = part ? cut_leaf(sheet, part, blocks, err) : no_memory(err);
		if (status == RC_OK)
			add_leaf(ret, blocks, at);
	}
	return status;
}

enum rc_status ocr_cut(const struct ocr_sheet *sheet, struct ocr_blocks *ret, struct rc_err *err)
{
	return sheet->n_leaves > 1 ? cut_leaves(sheet, ret, err) : cut_leaf(sheet, sheet->gray, ret, err);
}
