/* test_figures.c -- rules, borders and dark pictures as regions of their own, on pages drawn here. */
#include "check.h"
#include "common/image.h"
#include "draw.h"
#include "ocr/layout_parts.h"
#include "ocr/state.h"

enum { GLYPH = 24, PITCH = 34, STEP = 26 };     /* of the body; from column to column; from glyph to glyph */

static void tier(PIX *on, int x, int y, int across, int down)
{
	for (int i = 0; i < across; i++)
		for (int k = 0; k < down; k++)
			cross(on, x + i * PITCH, y + k * STEP, GLYPH, GLYPH);
}

/* A page of which nothing was read yet. */
static struct rc_page page_of(PIX *pix)
{
	struct rc_page page = RC_PAGE_INIT;

	page.name = "page";
	page.width = page.clean_width = pixGetWidth(pix);
	page.height = page.clean_height = pixGetHeight(pix);
	return page;
}

static void add_figures(struct rc_page *page, PIX *pix)
{
	struct rc_err err;

	check_int(ocr_add_figures(page, pix, GLYPH, &err), RC_OK);
}

/* Regions of a type that have this box, to some pixels. */
static int n_at(const struct rc_page *page, enum rc_region_type type, struct rc_box b)
{
	int n = 0;

	for (size_t i = 0; i < page->n_regions; i++) {
		struct rc_box is = page->regions[i].box;

		n += page->regions[i].type == type && abs(is.x - b.x) <= 6 && abs(is.y - b.y) <= 6 && abs(is.w - b.w) <= 12 && abs(is.h - b.h) <= 12;
	}
	return n;
}

TEST(rules_between_tiers_are_separators_and_glyphs_are_not)
{
	PIX *pix = paper(1000, 1000);
	struct rc_page page = page_of(pix);

	tier(pix, 60, 60, 20, 12);
	tier(pix, 60, 500, 20, 12);
	ink(pix, 60, 430, 660, 3);
	ink(pix, 800, 60, 3, 800);
	add_figures(&page, pix);
	check_int(page.n_regions, 2);
	check_int(n_at(&page, RC_REGION_SEPARATOR, (struct rc_box){ 60, 430, 660, 3 }), 1);
	check_int(n_at(&page, RC_REGION_SEPARATOR, (struct rc_box){ 800, 60, 3, 800 }), 1);
	rc_page_clear(&page);
	pixDestroy(&pix);
}

TEST(a_double_rule_and_a_broken_one_are_one_separator_each)
{
	PIX *pix = paper(1000, 1000);
	struct rc_page page = page_of(pix);

	tier(pix, 60, 60, 20, 12);
	ink(pix, 60, 430, 660, 3);
	ink(pix, 60, 439, 660, 3);
	ink(pix, 60, 600, 300, 3);
	ink(pix, 376, 600, 340, 3);
	add_figures(&page, pix);
	check_int(page.n_regions, 2);
	check_int(n_at(&page, RC_REGION_SEPARATOR, (struct rc_box){ 60, 430, 660, 12 }), 1);
	check_int(n_at(&page, RC_REGION_SEPARATOR, (struct rc_box){ 60, 600, 656, 3 }), 1);
	rc_page_clear(&page);
	pixDestroy(&pix);
}

TEST(dashes_and_the_edge_of_the_paper_are_no_separators)
{
	PIX *pix = paper(1000, 1000);
	struct rc_page page = page_of(pix);

	tier(pix, 60, 60, 20, 12);
	ink(pix, 60, 430, 5 * GLYPH, 3);
	ink(pix, 0, 0, 4, 1000);
	add_figures(&page, pix);
	check_int(page.n_regions, 0);
	rc_page_clear(&page);
	pixDestroy(&pix);
}

TEST(a_dark_picture_is_an_image_with_its_rules_in_it)
{
	PIX *pix = paper(1000, 1000);
	struct rc_page page = page_of(pix);
	struct rc_box at = { 300, 500, 300, 300 };

	tier(pix, 60, 60, 20, 12);
	ink(pix, at.x, at.y, at.w, at.h);
	(void)pixRasterop(pix, at.x + 40, at.y + 60, 200, 4, PIX_SET, NULL, 0, 0);
	(void)pixRasterop(pix, at.x + 60, at.y + 120, 60, 80, PIX_SET, NULL, 0, 0);
	ink(pix, at.x + 70, at.y + 125, 2, 70);
	add_figures(&page, pix);
	check_int(page.n_regions, 1);
	check_int(n_at(&page, RC_REGION_IMAGE, at), 1);
	rc_page_clear(&page);
	pixDestroy(&pix);
}

/* White on black: what a model could read is text, whatever it looks like. */
TEST(what_was_read_is_no_picture)
{
	PIX *pix = paper(1000, 1000);
	struct rc_page page = page_of(pix);
	struct rc_box at = { 300, 500, 300, 300 };
	struct rc_line *line;

	tier(pix, 60, 60, 20, 12);
	ink(pix, at.x, at.y, at.w, at.h);
	line = rc_region_add_line(rc_page_add_region(&page));
	line->box = at;
	line->not_read = true;
	add_figures(&page, pix);
	check_int(n_at(&page, RC_REGION_IMAGE, at), 1);
	rc_page_clear(&page);
	page = page_of(pix);
	rc_region_add_line(rc_page_add_region(&page))->box = at;
	add_figures(&page, pix);
	check_int(n_at(&page, RC_REGION_IMAGE, at), 0);
	rc_page_clear(&page);
	pixDestroy(&pix);
}

TEST(boxes_are_those_of_the_scan)
{
	PIX *pix = paper(1000, 1000);
	struct rc_page page = page_of(pix);

	page.width = page.height = 2100;
	page.to_clean = (struct rc_affine){ .a = 0.5, .e = 0.5, .c = -25, .f = -25 };
	tier(pix, 60, 60, 20, 12);
	ink(pix, 60, 430, 660, 4);
	add_figures(&page, pix);
	check_int(page.n_regions, 1);
	check_int(n_at(&page, RC_REGION_SEPARATOR, (struct rc_box){ 170, 910, 1320, 8 }), 1);
	rc_page_clear(&page);
	pixDestroy(&pix);
}

TEST(more_rules_than_anybody_wants_leave_the_longest)
{
	PIX *pix = paper(2400, 2000);
	struct rc_page page = page_of(pix);
	int shortest = 10000;

	for (int i = 0; i < 400; i++)
		ink(pix, 20 + (i % 8) * 290, 20 + (i / 8) * 39, 160 + i / 8, 3);
	add_figures(&page, pix);
	check_int(page.n_regions, LAYOUT_MOST_FIGURES);
	for (size_t i = 0; i < page.n_regions; i++) {
		shortest = page.regions[i].box.w < shortest ? page.regions[i].box.w : shortest;
		check(i == 0 || page.regions[i].box.y >= page.regions[i - 1].box.y - 2);
	}
	check(shortest >= 160 + 400 / 8 - LAYOUT_MOST_FIGURES / 8 - 2);
	rc_page_clear(&page);
	pixDestroy(&pix);
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
