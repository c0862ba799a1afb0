/* test_layout.c -- how a newspaper page is cut into blocks, on pages drawn here: a glyph is a square with a cross in it. */
#include <leptonica/allheaders.h>
#include <time.h>

#include "check.h"
#include "draw.h"
#include "ocr/layout.h"
#include "ocr/layout_parts.h"

enum { GLYPH = 24, PITCH = 34, STEP = 26 };     /* of the body; from column to column; from glyph to glyph */

static struct ocr_blocks blocks;        /* of the page looked at */

static void glyph(PIX *page, int x, int y, int side)
{
	int thick = side / 8;

	ink(page, x, y, side, thick);
	ink(page, x, y + side - thick, side, thick);
	ink(page, x, y, thick, side);
	ink(page, x + side - thick, y, thick, side);
	ink(page, x + (side - thick) / 2, y, thick, side);
	ink(page, x, y + (side - thick) / 2, side, thick);
}

/* Columns of glyphs; x is where the leftmost begins. Returns their box. */
static struct rc_box tier(PIX *page, int x, int y, int across, int down)
{
	for (int i = 0; i < across; i++)
		for (int k = 0; k < down; k++)
			glyph(page, x + i * PITCH, y + k * STEP, GLYPH);
	return (struct rc_box){ x, y, (across - 1) * PITCH + GLYPH, (down - 1) * STEP + GLYPH };
}

static struct rc_box head_line(PIX *page, int x, int y, int side, int glyphs, bool vertical)
{
	int step = side * 6 / 5;

	for (int i = 0; i < glyphs; i++)
		glyph(page, x + (vertical ? 0 : i * step), y + (vertical ? i * step : 0), side);
	return (struct rc_box){ x, y, vertical ? side : (glyphs - 1) * step + side, vertical ? (glyphs - 1) * step + side : side };
}

/* Cuts and takes the page. */
static void look_at(PIX *page, enum ocr_page_order order, const struct rc_leaf *leaves, size_t n_leaves)
{
	struct ocr_evidence seen;
	struct rc_err err;

	check_int(ocr_look(page, &seen, &err), RC_OK);
	check_int(ocr_cut(&(struct ocr_sheet){ page, &seen, true, order, leaves, n_leaves }, &blocks, &err), RC_OK);
	pixDestroy(&page);
}

/* The number of the block that has this box, to some pixels; -1: none. */
static int block_at(struct rc_box b)
{
	for (int i = 0; i < blocks.n; i++) {
		struct rc_box is = blocks.block[i].box;

		if (abs(is.x - b.x) <= 6 && abs(is.y - b.y) <= 6 && abs(is.x + is.w - b.x - b.w) <= 6 && abs(is.y + is.h - b.y - b.h) <= 6)
			return i;
	}
	return -1;
}

TEST(tiers_are_read_from_top_to_bottom)
{
	PIX *page = paper(1000, 1500);
	struct rc_box tiers[4];

	for (int i = 0; i < 4; i++)
		tiers[i] = tier(page, 60, 60 + i * (10 * STEP + GLYPH), 20, 10);
	look_at(page, OCR_PAGES_AUTO, NULL, 0);
	check_int(blocks.n, 4);
	for (int i = 0; i < 4; i++) {
		check_int(block_at(tiers[i]), i);
		check(blocks.block[i].vertical && blocks.block[i].type == RC_REGION_TEXT);
	}
}

/* An article: its head line stands to the right of four tiers, and below both another one. */
TEST(a_head_line_comes_before_the_tiers_beside_it)
{
	PIX *page = paper(1200, 2000);
	struct rc_box tiers[4], below, head;

	for (int i = 0; i < 4; i++)
		tiers[i] = tier(page, 60, 60 + i * (10 * STEP + GLYPH), 20, 10);
	head = head_line(page, 60 + 21 * PITCH, 100, 3 * GLYPH, 7, true);
	ink(page, 50, 60 + 4 * (10 * STEP + GLYPH), 900, 4);
	below = tier(page, 60, 60 + 4 * (10 * STEP + GLYPH) + GLYPH, 24, 10);
	look_at(page, OCR_PAGES_AUTO, NULL, 0);
	check_int(blocks.n, 6);
	check_int(block_at(head), 0);
	check_int(blocks.block[0].type, RC_REGION_HEADING);
	check(blocks.block[0].glyph > 2.5f * GLYPH);
	for (int i = 0; i < 4; i++) {
		check_int(block_at(tiers[i]), i + 1);
		check_int(blocks.block[i + 1].region, blocks.block[0].region);
	}
	check_int(block_at(below), 5);
	check(blocks.block[5].region != blocks.block[0].region);
}

TEST(a_box_is_a_region_of_its_own)
{
	PIX *page = paper(1000, 1500);
	struct rc_box boxed;

	for (int i = 0; i < 4; i++) {
		(void)tier(page, 60, 60 + i * (10 * STEP + GLYPH), 9, 10);
		if (i != 1)
			(void)tier(page, 60 + 11 * PITCH, 60 + i * (10 * STEP + GLYPH), 9, 10);
	}
	boxed = tier(page, 60 + 12 * PITCH, 60 + 10 * STEP + GLYPH + 30, 7, 8);
	for (int side = 0; side < 2; side++) {
		ink(page, 60 + 11 * PITCH - 4, 60 + 10 * STEP + GLYPH - 6 + side * 10 * STEP, 9 * PITCH, 6);
		ink(page, 60 + 11 * PITCH - 4 + side * 9 * PITCH, 60 + 10 * STEP + GLYPH - 6, 6, 10 * STEP + 6);
	}
	look_at(page, OCR_PAGES_AUTO, NULL, 0);

	int at = block_at(boxed);

	check(at >= 0);
	for (int i = 0; i < blocks.n; i++)
		check(i == at || blocks.block[i].region != blocks.block[at].region);
}

TEST(a_horizontal_line_among_columns_goes_from_right_to_left)
{
	PIX *page = paper(1000, 1600);
	struct rc_box mast = head_line(page, 300, 60, 2 * GLYPH, 6, false);
	int at;

	for (int i = 0; i < 4; i++)
		(void)tier(page, 60, 160 + i * (10 * STEP + GLYPH), 20, 10);
	look_at(page, OCR_PAGES_AUTO, NULL, 0);
	at = block_at(mast);
	check_int(at, 0);
	check(!blocks.block[at].vertical && blocks.block[at].right_to_left);
}

static PIX *two_pages(struct rc_box *left, struct rc_box *right)
{
	PIX *page = paper(2200, 1500);

	for (int i = 0; i < 4; i++) {
		left[i] = tier(page, 60, 60 + i * (10 * STEP + GLYPH), 26, 10);
		right[i] = tier(page, 1200, 60 + i * (10 * STEP + GLYPH), 26, 10);
	}
	return page;
}

TEST(of_two_pages_side_by_side_the_right_one_is_first)
{
	struct rc_box left[4], right[4];

	look_at(two_pages(left, right), OCR_PAGES_AUTO, NULL, 0);
	check_int(blocks.n, 8);
	for (int i = 0; i < 4; i++) {
		check_int(block_at(right[i]), i);
		check_int(block_at(left[i]), i + 4);
	}
	look_at(two_pages(left, right), OCR_PAGES_LEFT, NULL, 0);
	check_int(block_at(left[0]), 0);
}

TEST(the_page_under_the_title_of_the_paper_is_first)
{
	struct rc_box left[4], right[4], mast;
	PIX *page = paper(2200, 1700);

	mast = head_line(page, 300, 40, 7 * GLYPH, 3, false);
	for (int i = 0; i < 4; i++) {
		left[i] = tier(page, 60, 250 + i * (10 * STEP + GLYPH), 26, 10);
		right[i] = tier(page, 1200, 250 + i * (10 * STEP + GLYPH), 26, 10);
	}
	look_at(page, OCR_PAGES_AUTO, NULL, 0);
	check_int(block_at(mast), 0);
	check(block_at(left[3]) < block_at(right[0]));
}

TEST(no_block_crosses_a_leaf)
{
	struct rc_leaf leaves[2] = { { .box = { 0, 0, 500, 800 } }, { .box = { 500, 0, 500, 800 } } };
	PIX *page = paper(1000, 800);

	/* Columns stand as close at the fold as elsewhere. */
	(void)tier(page, 500 - 12 * PITCH, 60, 24, 20);
	look_at(page, OCR_PAGES_AUTO, leaves, 2);
	check_int(blocks.n, 2);
	check(blocks.block[0].box.x >= 500 && blocks.block[1].box.x + blocks.block[1].box.w <= 500);
	check(blocks.block[0].region != blocks.block[1].region);
}

/* In the place of a column: its glyphs are narrower, and 8 of them run into one another. */
static void blurred_column(PIX *page, int x, int y, int down)
{
	(void)pixRasterop(page, x, y, GLYPH, down * STEP, PIX_SET, NULL, 0, 0);
	for (int k = 0; k < down; k++)
		glyph(page, x + 3, y + k * STEP, GLYPH - 6);
	for (int k = 1; k < down - 1; k++)
		ink(page, x + 3, y + k * STEP - STEP + GLYPH - 7, GLYPH - 6, STEP - GLYPH + 8);
}

/* Blurred print: the glyphs of some columns run into one another, as those of a rule would. */
TEST(a_column_of_touching_glyphs_is_no_rule)
{
	PIX *page = paper(1000, 1500);
	struct rc_box tiers[4];

	for (int i = 0; i < 4; i++) {
		tiers[i] = tier(page, 60, 60 + i * (10 * STEP + GLYPH), 20, 10);
		for (int column = 2; column < 20; column += 7)
			blurred_column(page, 60 + column * PITCH, tiers[i].y, 10);
	}
	look_at(page, OCR_PAGES_AUTO, NULL, 0);
	check_int(blocks.n, 4);
	for (int i = 0; i < 4; i++)
		check_int(block_at(tiers[i]), i);
}

/* As blurred print leaves them: a piece that begins inside another one and ends beside it. */
static int n_joined(struct rc_box first, struct rc_box second, struct rc_box *ret_box)
{
	struct layout_parts parts = { .glyph = 12 };
	struct layout_pieces *pieces = calloc(1, sizeof(*pieces));
	struct rc_box at[2] = { first, second };
	int n = 0;

	pieces->tiers = pixCreate(600, 600, 1);
	pieces->body = parts.glyph;
	for (; pieces->n < 2; pieces->n++)
		pieces->piece[pieces->n] = (struct layout_piece){ .box = at[pieces->n], .glyph = 12, .shape = LAYOUT_COLUMNS, .ink = 5000 };
	layout_join(&parts, pieces);
	for (int i = 0; i < pieces->n; i++)
		if (!pieces->piece[i].gone) {
			*ret_box = pieces->piece[i].box;
			n++;
		}
	layout_pieces_close(pieces);
	free(pieces);
	return n;
}

TEST(pieces_that_overlap_are_one_run_but_not_two_tiers)
{
	struct rc_box run = { 100, 100, 200, 300 }, box;

	check_int(n_joined(run, (struct rc_box){ 280, 200, 60, 100 }, &box), 1);
	check_int(box.x, 100);
	check_int(box.w, 240);
	/* Far below the run: of another tier. */
	check_int(n_joined(run, (struct rc_box){ 280, 380, 60, 100 }, &box), 2);
	/* All but inside: it is read with the run. */
	check_int(n_joined(run, (struct rc_box){ 150, 200, 20, 30 }, &box), 1);
	check_int(box.w, 200);
}

TEST(noise_costs_little)
{
	PIX *page = paper(3000, 3000);
	uint32_t seed = 1;
	clock_t from = clock();

	for (int i = 0; i < 40000; i++) {
		seed = seed * 1664525 + 1013904223;
		ink(page, (int)(seed >> 8) % 2990, (int)(seed >> 20) * 2990 / 4096, 4 + (int)(seed >> 4) % 12, 4 + (int)(seed >> 6) % 12);
	}
	look_at(page, OCR_PAGES_AUTO, NULL, 0);
	check(blocks.n <= OCR_MAX_BLOCKS);
	check((double)(clock() - from) / CLOCKS_PER_SEC < 20);
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
