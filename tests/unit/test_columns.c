/* test_columns.c -- how a block of vertical text is cut into columns and glyphs, on blocks drawn here. */
#include <leptonica/allheaders.h>
#include <math.h>
#include <string.h>
#include <time.h>

#include "check.h"
#include "draw.h"
#include "ocr/columns.h"
#include "ocr/columns_parts.h"
#include "ocr/lines.h"

enum { GLYPH = 24, STEP = 26 };

static struct ocr_columns columns;      /* of the block looked at */

static void glyph(PIX *page, int x, int y, int side)
{
	cross(page, x, y, side, side);
}

static void column(PIX *page, double x, int y, int side, int glyphs, double lean)
{
	for (int i = 0; i < glyphs; i++)
		glyph(page, (int)lround(x + lean * i * STEP * side / GLYPH), y + i * STEP * side / GLYPH, side);
}

/* Takes the page. */
static void cut(PIX *page, float side)
{
	struct ocr_block block = { .box = { 0, 0, pixGetWidth(page), pixGetHeight(page) }, .vertical = true, .glyph = side };
	struct rc_err err;

	ocr_columns_free(&columns);
	check_int(ocr_columns_cut(page, &block, &columns, &err), RC_OK);
	pixDestroy(&page);
}

/* Where a column's glyphs begin on the page, at one of its rows. */
static double left_at(const struct ocr_column *c, double row)
{
	return c->x + c->lean * row + (double)(c->middle - c->core / 2);
}

TEST(columns_come_from_right_to_left)
{
	PIX *page = paper(400, 600);

	for (int i = 0; i < 5; i++)
		column(page, 40 + i * 60, 30, GLYPH, 18, 0);
	cut(page, GLYPH);
	check_int(columns.n, 5);
	for (int i = 0; i < columns.n; i++) {
		check(fabs(left_at(&columns.column[i], 0) - (40 + (4 - i) * 60)) <= 2);
		check(fabs(columns.column[i].y - 30) <= 2);
	}
}

TEST(tight_columns_are_cut_at_their_pitch)
{
	PIX *page = paper(420, 700);

	/* Glyphs touch those beside them here and there: no lane is clear. */
	for (int i = 0; i < 12; i++) {
		column(page, 20 + i * 30, 20, GLYPH, 24, 0);
		ink(page, 20 + i * 30 + GLYPH, 40 + i * 37, 30 - GLYPH, 12);
		ink(page, 20 + i * 30 + GLYPH, 300 + i * 21, 30 - GLYPH, 12);
	}
	cut(page, GLYPH);
	check_int(columns.n, 12);
	for (int i = 0; i < columns.n; i++)
		check(fabs(left_at(&columns.column[i], 0) - (20 + (11 - i) * 30)) <= 4);
}

TEST(a_leaning_block_gives_straight_columns)
{
	const double lean = tan(M_PI / 180);
	PIX *page = paper(500, 800);

	for (int i = 0; i < 8; i++)
		column(page, 60 + i * 36, 20, GLYPH, 28, lean);
	cut(page, GLYPH);
	check_int(columns.n, 8);
	for (int i = 0; i < columns.n; i++) {
		const struct ocr_column *c = &columns.column[i];

		check(fabs(c->lean - lean) < 0.004);
		check(fabs(left_at(c, 0) - (60 + (7 - i) * 36)) <= 3);
		check(fabs(left_at(c, 27 * STEP) - (60 + (7 - i) * 36 + lean * 27 * STEP)) <= 4);
	}
}

TEST(clear_lanes_part_columns_of_any_width)
{
	PIX *page = paper(400, 700);

	column(page, 30, 20, 24, 20, 0);
	column(page, 80, 20, 60, 9, 0);
	column(page, 170, 20, 40, 13, 0);
	cut(page, 40);
	check_int(columns.n, 3);
	check(fabsf(columns.column[0].core - 40) <= 3);
	check(fabsf(columns.column[1].core - 60) <= 3);
	check(fabsf(columns.column[2].core - 24) <= 3);
}

TEST(a_mark_belongs_to_the_column_on_its_left)
{
	PIX *page = paper(300, 600);

	column(page, 40, 20, GLYPH, 20, 0);
	column(page, 120, 20, GLYPH, 20, 0);
	ink(page, 40 + GLYPH + 6, 100, 5, 6);
	ink(page, 40 + GLYPH + 6, 400, 5, 6);
	cut(page, GLYPH);
	check_int(columns.n, 2);
	check(fabs(left_at(&columns.column[0], 0) - 120) <= 2);
	check(columns.column[0].x > 40 + GLYPH + 12);
}

TEST(rules_beside_columns_are_left_out)
{
	PIX *page = paper(400, 700);

	for (int i = 0; i < 6; i++)
		column(page, 40 + i * 40, 20, GLYPH, 24, 0);
	for (int i = 0; i < 7; i++)
		ink(page, 30 + i * 40, 10, 3, 680);
	cut(page, GLYPH);
	check_int(columns.n, 6);
	for (int i = 0; i < columns.n; i++)
		check(fabsf(columns.column[i].core - GLYPH) <= 3);
}

TEST(a_frame_above_and_below_is_no_glyph)
{
	PIX *page = paper(300, 700);

	for (int i = 0; i < 4; i++)
		column(page, 40 + i * 50, 60, GLYPH, 20, 0);
	ink(page, 10, 10, 280, 5);
	ink(page, 10, 680, 280, 5);
	cut(page, GLYPH);
	check_int(columns.n, 4);
	for (int i = 0; i < columns.n; i++) {
		check(fabs(columns.column[i].y - 60) <= 2);
		check_int(columns.column[i].cells, 20);
	}
}

TEST(a_long_gap_parts_two_lines)
{
	PIX *page = paper(200, 800);

	column(page, 40, 20, GLYPH, 10, 0);
	column(page, 40, 20 + 16 * STEP, GLYPH, 8, 0);
	column(page, 100, 20, GLYPH, 24, 0);
	cut(page, GLYPH);
	check_int(columns.n, 3);
	check_int(columns.column[1].cells, 10);
	check_int(columns.column[2].cells, 8);
	check(columns.column[2].y > columns.column[1].y);
}

/* A strip with a telegram, or a scroll: no glyph is left without a cell. */
TEST(a_column_longer_than_any_line_comes_in_pieces)
{
	PIX *page = paper(100, 700 * 13 + 40);
	int cells = 0, rows = 0;

	column(page, 40, 20, 12, 700, 0);
	cut(page, 12);
	for (int i = 0; i < columns.n; i++) {
		cells += columns.column[i].cells;
		rows += pixGetHeight(columns.column[i].pix);
		check(i == 0 || columns.column[i].y > columns.column[i - 1].y);
	}
	check(columns.n > 3);
	check(abs(cells - 700) <= columns.n);
	check(rows >= 700 * 13 - 2 * columns.n);
}

TEST(a_block_beyond_the_page_is_what_is_on_it)
{
	PIX *page = paper(200, 300);
	struct ocr_block block = { .box = { -20, -20, 400, 500 }, .vertical = true, .glyph = GLYPH }, off = { .box = { 300, 20, 50, 50 }, .glyph = GLYPH };
	struct rc_err err;

	column(page, 60, 20, GLYPH, 9, 0);
	ocr_columns_free(&columns);
	check_int(ocr_columns_cut(page, &block, &columns, &err), RC_OK);
	check_int(columns.n, 1);
	ocr_columns_free(&columns);
	check_int(ocr_columns_cut(page, &off, &columns, &err), RC_OK);
	check_int(columns.n, 0);
	pixDestroy(&page);
}

TEST(more_columns_than_can_be_kept_are_an_error_and_not_lost)
{
	const int most = OCR_MAX_COLUMNS + 1;
	PIX *page = paper(most * 16 + 20, 100);
	struct ocr_block block = { .box = { 0, 0, most * 16 + 20, 100 }, .vertical = true, .glyph = 8 };
	struct rc_err err;

	for (int i = 0; i < most; i++)
		column(page, 10 + i * 16, 5, 8, 9, 0);
	ocr_columns_free(&columns);
	check_int(ocr_columns_cut(page, &block, &columns, &err), RC_PAGE_FAILED);
	check_contains(err.text, "more than 2000");
	check_int(columns.n, 0);
	block.box.w -= 40;
	check_int(ocr_columns_cut(page, &block, &columns, &err), RC_OK);
	check(columns.n >= OCR_MAX_COLUMNS - 3);
	ocr_columns_free(&columns);
	pixDestroy(&page);
}

TEST(dust_is_no_column)
{
	PIX *page = paper(300, 500);

	for (int i = 0; i < 12; i++)
		ink(page, 20 + i * 23, 30 + (i * 97) % 400, 2, 2);
	cut(page, GLYPH);
	check_int(columns.n, 0);
}

TEST(cells_are_as_many_as_glyphs)
{
	PIX *page = paper(300, 700);

	for (int i = 0; i < 4; i++)
		column(page, 40 + i * 50, 30, GLYPH, 22, 0);
	cut(page, GLYPH);
	for (int i = 0; i < columns.n; i++) {
		const struct ocr_column *c = &columns.column[i];

		check(fabsf(c->pitch - STEP) < 1);
		check_int(c->cells, 22);
		check_int(c->cell[0], 0);
		check(abs(c->cell[c->cells] - pixGetHeight(c->pix)) <= 1);
		for (int k = 1; k < c->cells; k++)
			check(abs(c->cell[k] - (k * STEP - 1)) <= 2);
	}
}

TEST(marks_of_half_a_place_have_cells_of_their_own)
{
	PIX *page = paper(200, 700);
	struct ocr_column *c;
	int y = 30;

	column(page, 110, 30, GLYPH, 22, 0);
	for (int i = 0; i < 16; i++) {
		glyph(page, 40, y, GLYPH);
		y += STEP;
		if (i % 5 != 4)
			continue;
		ink(page, 40 + GLYPH / 3, y + 2, GLYPH / 3, GLYPH / 3);
		y += STEP / 2;
	}
	cut(page, GLYPH);
	check_int(columns.n, 2);
	c = &columns.column[1];
	check_int(c->cells, 16 + 3);
}

/* What the engine says of a pixel of the column's picture must be found again on the page. */
TEST(a_place_in_a_leaning_column_is_found_on_the_page)
{
	const double lean = -tan(M_PI / 180);
	PIX *page = paper(400, 800);

	for (int i = 0; i < 6; i++)
		column(page, 80 + i * 44, 20, GLYPH, 28, lean);
	cut(page, GLYPH);
	check_int(columns.n, 6);
	for (int i = 0; i < columns.n; i++) {
		const struct ocr_column *c = &columns.column[i];

		for (int k = 0; k < 28; k += 9) {
			double at = 80 + (5 - i) * 44 + lean * k * STEP;

			/* The cell's first row, and the glyph's left edge as the picture shows it. */
			check_int(c->cells, 28);
			check(fabs(c->y + c->cell[k] - (20 + k * STEP)) <= 2);
			check(fabs(left_at(c, c->cell[k]) - at) <= 2);
		}
	}
}

TEST(upright_strokes_of_glyphs_are_no_lines)
{
	PIX *page = paper(60, 120), *before;
	l_int32 same = 0;

	/* Three strokes, the outer ones curved as brushes leave them: their foot turns inwards. */
	for (int i = 0; i < 3; i++) {
		ink(page, 19 + i * 11, 20, 3, 22);
		ink(page, 19 + i * 11 - (i == 0 ? 2 : 0), 38, i == 1 ? 3 : 5, 4);
	}
	ink(page, 31, 60, 3, 24);       /* and one alone, in the middle */
	before = pixCopy(NULL, page);
	ocr_clear_lines(page, 32, GLYPH);
	check_int(pixEqual(page, before, &same), 0);
	check(same);
	pixDestroy(&before);
	pixDestroy(&page);
}

TEST(a_line_beside_a_name_goes_and_its_strokes_stay)
{
	PIX *page = paper(60, 200);
	l_uint32 value = 0;

	column(page, 20, 10, GLYPH, 6, 0);
	ink(page, 10, 12, 2, 70);
	ocr_clear_lines(page, 32, GLYPH);
	(void)pixGetPixel(page, 11, 40, &value);
	check_int(value, 255);
	(void)pixGetPixel(page, 21, 20, &value);
	check_int(value, 0);
	pixDestroy(&page);
}

TEST(another_size_keeps_the_mean_grey)
{
	PIX *page = paper(60, 90), *large, *small;
	l_float32 before, grown, shrunk;

	glyph(page, 18, 30, GLYPH);
	large = ocr_resize(page, 131, 200);
	small = ocr_resize(page, 33, 48);
	check_int(pixGetWidth(large), 131);
	check_int(pixGetHeight(small), 48);
	(void)pixGetAverageMasked(page, NULL, 0, 0, 1, L_MEAN_ABSVAL, &before);
	(void)pixGetAverageMasked(large, NULL, 0, 0, 1, L_MEAN_ABSVAL, &grown);
	(void)pixGetAverageMasked(small, NULL, 0, 0, 1, L_MEAN_ABSVAL, &shrunk);
	check(fabsf(before - grown) < 2 && fabsf(before - shrunk) < 2);
	pixDestroy(&page);
	pixDestroy(&large);
	pixDestroy(&small);
}

static int pieces_of(const int32_t *sums, int n, double pitch, int32_t *cuts, int most)
{
	struct ocr_cutting how = { .pitch = pitch, .least = 0.6, .most = 1.5, .squeeze = 2, .stretch = 2 };

	return ocr_cut_profile(sums, n, &how, cuts, most);
}

TEST(a_profile_is_cut_where_it_is_low)
{
	int32_t sums[30], cuts[31], empty[10] = { 0 };

	for (int i = 0; i < 30; i++)
		sums[i] = i % 10 == 0 ? 1 : 9;
	check_int(pieces_of(sums, 30, 10, cuts, 30), 3);
	check(abs(cuts[1] - 10) <= 1 && abs(cuts[2] - 20) <= 1);
	check_int(pieces_of(sums, 30, 100, cuts, 30), 1);
	check_int(pieces_of(sums, 30, 10, cuts, 2), 0);
	check_int(pieces_of(empty, 10, 4, cuts, 30), 0);
}

/* Ink on [5, 21), [25, 41) and so on to 201: every cut falls into a gap, the first and the last into the white at the ends. */
TEST(a_profile_at_exactly_the_pitch_is_cut_in_its_gaps)
{
	int32_t sums[210] = { 0 }, cuts[21];

	for (int i = 5; i < 205; i++)
		sums[i] = (i - 5) % 20 < 16 ? 50 : 0;
	check_int(pieces_of(sums, 210, 20, cuts, 20), 10);
	for (int i = 0; i <= 10; i++)
		check(cuts[i] >= i * 20 + 1 && cuts[i] <= i * 20 + 5);
	check_int(pieces_of(sums, 210, 20, cuts, 10), 10);
	check_int(pieces_of(sums, 210, 20, cuts, 9), 0);
}

static struct ocr_line_reading reading(const char *const *texts, int n)
{
	struct ocr_line_reading r = { .n = n };

	for (int i = 0; i < n; i++) {
		(void)snprintf(r.glyph[i].text, sizeof(r.glyph[i].text), "%s", texts[i]);
		r.glyph[i].from = (float)(i * 10);
		r.glyph[i].to = (float)(i * 10 + 10);
	}
	return r;
}

TEST(two_readings_agree_in_what_both_have)
{
	static const char *const one[] = { "中", "，", "央", "蘇", "區" }, *const two[] = { "中", "。", "央", "蘇", "匾" };
	struct ocr_line_reading a = reading(one, 5), b = reading(two, 5), none = { .n = 0 };

	check(fabs(ocr_agreement(&a, &b) - 0.75) < 1e-9);      /* marks do not count */
	check(ocr_agreement(&a, &a) == 1 && ocr_agreement(&none, &none) == 1);
	check(ocr_agreement(&a, &none) == 0);
	check_str(ocr_same_place(&a, 4, &b)->text, "匾");
	b.glyph[3].from = b.glyph[4].from;
	b.glyph[3].to = b.glyph[4].to;
	check(ocr_same_place(&a, 4, &b) == NULL);       /* two of them: neither */
	check(ocr_same_place(&a, 3, &b) == NULL);
}

/* Whatever comes, cutting ends soon and gives no more than it may. */
TEST(odd_blocks_are_survived)
{
	static const float glyphs[] = { 0, 8, 60, 4000 };       /* the layout's guess, however wrong */
	static const int sizes[][2] = { { 1, 1 }, { 3, 5000 }, { 5000, 3 }, { 2000, 2000 } };
	clock_t began = clock();

	for (size_t i = 0; i < RC_COUNT(sizes) * RC_COUNT(glyphs); i++) {
		const int *size = sizes[i / RC_COUNT(glyphs)];
		PIX *page = paper(size[0], size[1]);
		uint32_t noise = 1;

		for (int y = 0; y < size[1]; y++)
			for (int x = 0; x < size[0]; x++) {
				noise = noise * 1664525 + 1013904223;
				(void)pixSetPixel(page, x, y, noise >> 24);
			}
		cut(page, glyphs[i % RC_COUNT(glyphs)]);
		check(columns.n <= OCR_MAX_COLUMNS);
		for (int k = 0; k < columns.n; k++)
			check(columns.column[k].cells <= OCR_MAX_CELLS);
	}
	check((double)(clock() - began) / CLOCKS_PER_SEC < 60);
	ocr_columns_free(&columns);
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
