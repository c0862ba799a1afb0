/* test_normalize_corrections.c -- what people corrected, put on what was read. */
#include <string.h>

#include "check.h"
#include "normalize/corrections.h"

/* Of no use here. */
enum rc_status rc_books_each_correction(struct rc_books *b, const struct rc_digest *scan, int32_t frame, rc_correction_fn *fn, void *ctx,
                                        struct rc_err *err)
{
	return RC_OK;
}

/* A page of three columns, 40 wide, from right to left at x 220, 120 and 20; glyphs of 40 by 40. */
static struct rc_page three_columns(void)
{
	static const char *const texts[] = { "\u4e00\u4e8c", "\u4e09\u56db", "\u4e94" };
	struct rc_page page = RC_PAGE_INIT;
	struct rc_region *region = rc_page_add_region(&page);

	page.width = page.height = 400;
	page.quality = (struct rc_quality){ .confidence = 0.5f, .estimated_error = 0.2f };
	region->direction = RC_DIR_VERTICAL;
	region->box = (struct rc_box){ 20, 10, 240, 80 };
	for (int i = 0; i < 3; i++) {
		struct rc_line *line = rc_region_add_line(region);
		int n = (int)strlen(texts[i]) / 3;

		line->box = (struct rc_box){ 220 - 100 * i, 10, 40, 40 * n };
		line->direction = RC_DIR_VERTICAL;
		line->confidence = 0.5f;
		line->text = rc_strdup(texts[i]);
		for (int k = 0; k < n; k++) {
			struct rc_glyph *g = rc_line_add_glyph(line);

			*g = (struct rc_glyph){ .start = (uint32_t)(3 * k), .len = 3, .box = { line->box.x, 10 + 40 * k, 40, 40 }, .confidence = 0.5f };
			memcpy(g->others[0].text, "x", 2);
		}
	}
	return page;
}

/* Lines as "text", those of people as "[text]", regions set apart by "|". */
static void check_page(const struct rc_page *page, const char *want)
{
	RC_OWN_BUF all = RC_BUF(4096);

	for (size_t i = 0; i < page->n_regions; i++)
		for (size_t k = 0; k < page->regions[i].n_lines; k++) {
			const struct rc_line *line = &page->regions[i].lines[k];

			rc_buf_adds(&all, k ? " " : i ? "|" : "");
			rc_buf_addf(&all, line->human ? "[%s]" : "%s", line->text);
		}
	check_str(all.data, want);
}

static void apply_one(struct rc_page *page, struct rc_box box, const char *text)
{
	RC_CLEANUP(corrections_free) struct corrections c = { 0 };

	corrections_add(&c, &(struct rc_correction){ .box = box, .text = text, .direction = RC_DIR_VERTICAL });
	corrections_apply(&c, page);
}

TEST(a_corrected_line_stands_where_the_one_that_was_read_stood)
{
	RC_CLEANUP(rc_page_clear) struct rc_page page = three_columns();
	const struct rc_line *line;

	apply_one(&page, (struct rc_box){ 118, 8, 44, 80 }, "\u4e09\u5341");
	check_page(&page, "\u4e00\u4e8c [\u4e09\u5341] \u4e94");
	line = &page.regions[0].lines[1];
	check_int(line->n_glyphs, 2);
	check_int(line->glyphs[1].box.y, 50);
	check_int(line->glyphs[1].start, 3);
	check_near(line->glyphs[1].confidence, 1, 1e-6);
	check_str(line->glyphs[1].others[0].text, "");
	check_near(line->confidence, 1, 1e-6);
	check_near(line->estimated_error, 0, 1e-6);
}

TEST(with_another_number_of_characters_nobody_knows_where_glyphs_are)
{
	RC_CLEANUP(rc_page_clear) struct rc_page page = three_columns();

	apply_one(&page, (struct rc_box){ 120, 10, 40, 80 }, "\u4e09");
	check_page(&page, "\u4e00\u4e8c [\u4e09] \u4e94");
	check_int(page.regions[0].lines[1].n_glyphs, 0);
}

TEST(half_of_a_line_is_enough_and_less_is_not)
{
	RC_CLEANUP(rc_page_clear) struct rc_page half = three_columns(), less = three_columns();

	apply_one(&half, (struct rc_box){ 120, 10, 40, 40 }, "x");
	check_page(&half, "\u4e00\u4e8c [x] \u4e94");
	apply_one(&less, (struct rc_box){ 120, 10, 40, 39 }, "x");
	check_page(&less, "\u4e00\u4e8c [x] \u4e09\u56db \u4e94");
}

TEST(two_halves_of_a_column_replace_it_from_above)
{
	RC_CLEANUP(rc_page_clear) struct rc_page page = three_columns();
	RC_CLEANUP(corrections_free) struct corrections c = { 0 };

	corrections_add(&c, &(struct rc_correction){ .box = { 120, 50, 40, 38 }, .text = "below", .direction = RC_DIR_VERTICAL });
	corrections_add(&c, &(struct rc_correction){ .box = { 120, 10, 40, 38 }, .text = "above", .direction = RC_DIR_VERTICAL });
	corrections_apply(&c, &page);
	check_page(&page, "\u4e00\u4e8c [above] [below] \u4e94");
}

TEST(a_line_that_was_not_found_goes_between_its_neighbours)
{
	RC_CLEANUP(rc_page_clear) struct rc_page page = three_columns();

	apply_one(&page, (struct rc_box){ 170, 10, 40, 80 }, "new");
	check_page(&page, "\u4e00\u4e8c [new] \u4e09\u56db \u4e94");
}

TEST(what_lies_in_no_region_comes_last)
{
	RC_CLEANUP(rc_page_clear) struct rc_page page = three_columns();

	apply_one(&page, (struct rc_box){ 20, 300, 40, 80 }, "apart");
	check_page(&page, "\u4e00\u4e8c \u4e09\u56db \u4e94|[apart]");
	check_int(page.regions[1].box.y, 300);
}

TEST(a_line_that_is_gone_takes_only_its_like_with_it)
{
	RC_CLEANUP(rc_page_clear) struct rc_page page = three_columns(), over = three_columns();
	RC_CLEANUP(corrections_free) struct corrections c = { 0 }, wide = { 0 };

	corrections_add(&c, &(struct rc_correction){ .box = { 118, 8, 44, 80 }, .text = "", .gone = true, .rank = 1 });
	corrections_apply(&c, &page);
	check_page(&page, "\u4e00\u4e8c \u4e94");
	corrections_add(&wide, &(struct rc_correction){ .box = { 0, 0, 400, 400 }, .text = "", .gone = true, .rank = 1 });
	corrections_apply(&wide, &over);
	check_page(&over, "\u4e00\u4e8c \u4e09\u56db \u4e94");
}

TEST(new_lines_stand_where_the_file_has_them_wherever_they_lie)
{
	RC_CLEANUP(rc_page_clear) struct rc_page page = three_columns();
	RC_CLEANUP(corrections_free) struct corrections c = { 0 };
	const struct rc_box first = { 220, 10, 40, 80 }, third = { 20, 10, 40, 40 };

	/* By place both would come last. */
	corrections_add(&c, &(struct rc_correction){ .box = { 5, 10, 10, 80 }, .text = "b", .beside = { 5, 100, 10, 80 }, .rank = 3 });
	corrections_add(&c, &(struct rc_correction){ .box = { 5, 100, 10, 80 }, .text = "a", .beside = first, .rank = 2 });
	corrections_add(&c, &(struct rc_correction){ .box = { 300, 10, 10, 80 }, .text = "c", .beside = third, .before = true, .rank = 4 });
	corrections_apply(&c, &page);
	check_page(&page, "\u4e00\u4e8c [a] [b] \u4e09\u56db [c] \u4e94");
}

/* What is left of a typed line that was deleted: no text, but a place. */
TEST(new_lines_stand_where_a_line_stood_that_was_taken_away_again)
{
	RC_CLEANUP(rc_page_clear) struct rc_page page = three_columns();
	RC_CLEANUP(corrections_free) struct corrections c = { 0 };
	const struct rc_box first = { 220, 10, 40, 80 };

	corrections_add(&c, &(struct rc_correction){ .box = { 5, 10, 10, 80 }, .text = "b", .beside = { 5, 100, 10, 80 }, .rank = 3 });
	corrections_add(&c, &(struct rc_correction){ .box = { 5, 100, 10, 80 }, .text = "", .gone = true, .beside = first, .rank = 2 });
	corrections_add(&c, &(struct rc_correction){ .box = { 5, 200, 10, 80 }, .text = "c", .beside = { 5, 10, 10, 80 }, .rank = 4 });
	corrections_apply(&c, &page);
	check_page(&page, "\u4e00\u4e8c [b] [c] \u4e09\u56db \u4e94");
}

TEST(the_next_line_begins_a_region_whose_first_was_taken_away)
{
	RC_CLEANUP(rc_page_clear) struct rc_page page = RC_PAGE_INIT;
	RC_CLEANUP(corrections_free) struct corrections c = { 0 };
	const struct rc_box a = { 10, 10, 300, 20 }, b = { 10, 40, 300, 20 }, d = { 10, 200, 300, 20 }, e = { 10, 230, 300, 20 };

	page.width = page.height = 400;
	corrections_add(&c, &(struct rc_correction){ .box = a, .text = "a", .begins = true, .rank = 1 });
	corrections_add(&c, &(struct rc_correction){ .box = b, .text = "b", .beside = a, .rank = 2 });
	corrections_add(&c, &(struct rc_correction){ .box = d, .text = "", .gone = true, .beside = b, .begins = true, .rank = 3 });
	corrections_add(&c, &(struct rc_correction){ .box = e, .text = "e", .beside = d, .rank = 4 });
	corrections_apply(&c, &page);
	check_page(&page, "[a] [b]|[e]");
}

TEST(a_region_that_people_made_stands_behind_the_one_it_follows)
{
	RC_CLEANUP(rc_page_clear) struct rc_page page = three_columns();
	RC_CLEANUP(corrections_free) struct corrections c = { 0 };
	struct rc_line *last = rc_region_add_line(rc_page_add_region(&page));

	last->text = rc_strdup("last");
	last->box = (struct rc_box){ 10, 300, 300, 40 };
	corrections_add(&c, &(struct rc_correction){ .box = { 320, 300, 9, 40 }, .text = "on", .beside = { 350, 300, 9, 40 }, .rank = 5 });
	corrections_add(&c, &(struct rc_correction){ .box = { 350, 300, 9, 40 }, .text = "new", .beside = { 20, 10, 40, 40 }, .begins = true, .rank = 4 });
	corrections_apply(&c, &page);
	check_page(&page, "\u4e00\u4e8c \u4e09\u56db \u4e94|[new] [on]|last");
}

TEST(a_neighbour_that_another_reading_has_not_leaves_geometry)
{
	RC_CLEANUP(rc_page_clear) struct rc_page page = three_columns();
	RC_CLEANUP(corrections_free) struct corrections c = { 0 };

	corrections_add(&c, &(struct rc_correction){ .box = { 170, 10, 40, 80 }, .text = "new", .beside = { 390, 390, 9, 9 }, .rank = 9 });
	corrections_apply(&c, &page);
	check_page(&page, "\u4e00\u4e8c [new] \u4e09\u56db \u4e94");
}

TEST(an_emptied_line_says_that_there_is_no_text)
{
	RC_CLEANUP(rc_page_clear) struct rc_page page = three_columns();

	apply_one(&page, (struct rc_box){ 220, 10, 40, 80 }, "");
	check_page(&page, "[] \u4e09\u56db \u4e94");
}

TEST(estimates_count_for_what_is_left_of_the_reading)
{
	RC_CLEANUP(rc_page_clear) struct rc_page page = three_columns();

	apply_one(&page, (struct rc_box){ 120, 10, 40, 80 }, "\u4e09\u5341");       /* 2 of 5 characters */
	check_near(page.quality.estimated_error, 0.12, 1e-6);
	check_near(page.quality.confidence, 0.7, 1e-6);
}

TEST(a_page_that_nobody_could_read_becomes_text_when_a_person_does)
{
	RC_CLEANUP(rc_page_clear) struct rc_page page = RC_PAGE_INIT;

	page.width = page.height = 400;
	page.quality.page_class = RC_PAGE_HANDWRITING;
	page.quality.estimated_error = -1;
	apply_one(&page, (struct rc_box){ 20, 300, 40, 80 }, "hand");
	check_page(&page, "[hand]");
	check_int(page.quality.page_class, RC_PAGE_TEXT);
	check_near(page.quality.estimated_error, 0, 1e-6);
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
