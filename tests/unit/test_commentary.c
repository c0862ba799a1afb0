/* test_commentary.c -- columns set double: notes at half size in two lines to a column, on blocks drawn here; and what only looks like
 * that. */
#include <leptonica/allheaders.h>
#include <math.h>

#include "check.h"
#include "draw.h"
#include "ocr/columns.h"

enum { LARGE = 48, STEP = 54, BETWEEN = 78 };   /* side of a glyph, from glyph to glyph, from column to column */

static struct ocr_columns columns;              /* of the block looked at */

/* Columns from right to left; where column i of n begins. */
static int left_of(int i, int n)
{
	return 30 + (n - 1 - i) * BETWEEN;
}

static int text(PIX *page, int x, int y, int glyphs)
{
	for (int i = 0; i < glyphs; i++)
		cross(page, x, y + i * STEP, LARGE, LARGE);
	return y + glyphs * STEP;
}

/* Two lines of glyphs w wide and h high in the room of a column, a little broader than its glyphs. Returns where they end. */
static int note(PIX *page, int x, int y, int right, int left, int w, int h)
{
	int from = x + LARGE / 2, step = h + h / 6 + 1;

	for (int i = 0; i < right; i++)
		cross(page, from + 2, y + i * step, w, h);
	for (int i = 0; i < left; i++)
		cross(page, from - 2 - w, y + i * step, w, h);
	return y + (right > left ? right : left) * step + 4;
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

static int halves(void)
{
	int n = 0;

	for (int i = 0; i < columns.n; i++)
		n += columns.column[i].half;
	return n;
}

static double middle_of(const struct ocr_column *c)
{
	return c->x + (double)c->middle;
}

/* Column, note in two lines, column: four lines where there was one. */
TEST(a_note_is_read_right_line_first_and_then_the_text_goes_on)
{
	PIX *page = paper(30 + 5 * BETWEEN, 1000);
	const struct ocr_column *c;
	int y;

	for (int i = 0; i < 5; i++)
		if (i != 2)
			text(page, left_of(i, 5), 20, 17);
	y = text(page, left_of(2, 5), 20, 4);
	y = note(page, left_of(2, 5), y, 10, 10, 26, 24);
	text(page, left_of(2, 5), y, 6);
	cut(page, LARGE);
	check_int(columns.n, 4 + 4);
	check_int(halves(), 2);
	c = &columns.column[2];
	check(!c[0].half && c[1].half && c[2].half && !c[3].half);
	check_int(c[0].cells, 4);
	check_int(c[1].cells, 10);
	check_int(c[2].cells, 10);
	check_int(c[3].cells, 6);
	check(middle_of(&c[1]) > middle_of(&c[0]) + 10 && middle_of(&c[2]) < middle_of(&c[0]) - 10);
	check(fabs(c[1].y - c[2].y) < 4 && c[3].y > c[1].y + pixGetHeight(c[1].pix));
	check(fabsf(c[1].core - 26) <= 2 && fabsf(c[0].core - LARGE) <= 2 && fabsf(c[3].core - LARGE) <= 2);
}

/* Print from wood has them as high as the text and half as wide. */
TEST(narrow_glyphs_of_a_note_keep_their_height)
{
	PIX *page = paper(30 + 4 * BETWEEN, 1000);
	const struct ocr_column *c;
	int y;

	for (int i = 0; i < 4; i++)
		if (i != 1)
			text(page, left_of(i, 4), 20, 17);
	y = text(page, left_of(1, 4), 20, 12);
	note(page, left_of(1, 4), y, 5, 4, 28, 44);
	cut(page, LARGE);
	check_int(columns.n, 3 + 3);
	c = &columns.column[1];
	check(!c[0].half && c[1].half && c[2].half);
	check_int(c[0].cells, 12);
	check_int(c[1].cells, 5);
	check_int(c[2].cells, 4);
	check(fabsf(c[1].core - 28) <= 2 && c[1].pitch > 46 && c[1].pitch < 58);
}

TEST(a_note_at_the_foot_goes_on_at_the_next_head)
{
	PIX *page = paper(30 + 4 * BETWEEN, 1000);
	const struct ocr_column *c;
	int y;

	text(page, left_of(0, 4), 20, 17);
	y = text(page, left_of(1, 4), 20, 12);
	note(page, left_of(1, 4), y, 5, 5, 28, 44);
	y = note(page, left_of(2, 4), 20, 1, 1, 28, 44);
	text(page, left_of(2, 4), y, 16);
	text(page, left_of(3, 4), 20, 17);
	cut(page, LARGE);
	check_int(halves(), 4);
	check_int(columns.n, 2 + 3 + 3);
	c = &columns.column[4];
	check(c[0].half && c[1].half && !c[2].half);
	check(middle_of(&c[0]) > middle_of(&c[1]));
	check_int(c[2].cells, 16);
}

/* As 一 may stand at a head and be no note, so may 八: nothing before it says that a note goes on. */
TEST(one_glyph_with_a_lane_is_no_note)
{
	PIX *page = paper(30 + 4 * BETWEEN, 1000);

	for (int i = 0; i < 4; i++) {
		int y = note(page, left_of(i, 4), 20, 1, 1, 28, 44);

		text(page, left_of(i, 4), y, 16);
	}
	cut(page, LARGE);
	check_int(columns.n, 4);
	check_int(halves(), 0);
}

/* 順 則 利, or print so faint that its thin strokes are gone: lanes at one place, but no broader than their neighbours. */
TEST(glyphs_with_a_lane_are_no_note)
{
	PIX *page = paper(30 + 4 * BETWEEN, 1000);

	for (int i = 0; i < 4; i++) {
		int x = left_of(i, 4), y = text(page, x, 20, 5);

		for (int k = 0; k < 6; k++) {
			cross(page, x, y + k * STEP, 21, LARGE);
			cross(page, x + 26, y + k * STEP, 22, LARGE);
		}
		text(page, x, y + 6 * STEP, 6);
	}
	cut(page, LARGE);
	check_int(columns.n, 4);
	check_int(halves(), 0);
}

/* Rules of a manuscript: each leans a little of its own, broken here and there, and glyphs reach across. */
static void rules(PIX *page, int n, int height)
{
	for (int i = 0; i <= n; i++)
		for (int y = 10; y < 10 + height; y += 20)
			if ((y / 20 + 3 * i) % 9 != 0)
				ink(page, left_of(i, n) + LARGE + (BETWEEN - LARGE) / 2 - 2 + (i % 3 - 1) * y / 300, y, 4, 20);
	ink(page, 6, 6, left_of(0, n) + BETWEEN - 6, 5);
	ink(page, 6, 10 + height, left_of(0, n) + BETWEEN - 6, 12);
}

TEST(between_rules_is_one_column_however_it_is_set)
{
	PIX *page = paper(40 + 8 * BETWEEN, 1020);
	int y, x, k = 0;

	rules(page, 8, 960);
	for (int i = 0; i < 8; i++) {
		x = left_of(i, 8);
		if (i == 0 || i == 4) {
			text(page, x, 30, 7);
			continue;
		}
		note(page, x, 100, 30, i == 3 ? 12 : 30, 27, 24);
	}
	for (int i = 1; i < 8; i++)     /* strokes that reach the rule */
		ink(page, left_of(i, 8) + LARGE, 300 + 40 * i, 24, 3);
	cut(page, 28);
	check_int(columns.n, 2 + 6 * 2);
	for (int i = 0; i < 8; i++) {
		const struct ocr_column *c = &columns.column[k];

		x = left_of(i, 8) + LARGE / 2;
		if (i == 0 || i == 4) {
			check(fabs(middle_of(c) - x) < 3);
			check_int(c->cells, 7);
			k++;
			continue;
		}
		check(fabs(middle_of(c) - x - 15) < 5 && fabs(middle_of(c + 1) - x + 15) < 5);
		check(fabs(c->y - 100) <= 2);
		y = (int)c[1].y + pixGetHeight(c[1].pix);
		check(abs(y - (100 + (i == 3 ? 12 : 30) * 29 - 5)) <= 3);
		k += 2;
	}
	ocr_columns_free(&columns);
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
