/* test_quality.c -- what speaks against a reading is seen, and the more of it there is the worse the estimate. */
#include <leptonica/allheaders.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "core/text.h"
#include "ocr/estimate.h"
#include "ocr/signs.h"
#include "ocr/state.h"

/* ---- pages made by hand: horizontal lines of glyphs 40 pixels apart ------------------------------------ */

enum { SIDE = 36, STEP = 40, LINE = 60 };

static struct rc_line *add_line(struct rc_page *page, const char *text, float confidence)
{
	struct rc_region *region = page->n_regions ? &page->regions[0] : rc_page_add_region(page);
	struct rc_line *line = rc_region_add_line(region);
	int y = 20 + LINE * (int)region->n_lines, x = 20;

	line->text = rc_strdup(text);
	line->direction = RC_DIR_HORIZONTAL;
	for (const char *at = text, *start = at; rc_utf8_next(&at) != 0; start = at, x += STEP)
		*rc_line_add_glyph(line) = (struct rc_glyph){
			.start = (uint32_t)(start - text), .len = (uint32_t)(at - start), .box = { x, y, SIDE, SIDE }, .confidence = confidence,
		};
	line->box = (struct rc_box){ 20, y, x - 20, SIDE };
	return line;
}

static void make_page(struct rc_page *page, const char *script)
{
	*page = RC_PAGE_INIT;
	page->name = "page";
	page->width = page->clean_width = 1200;
	page->height = page->clean_height = 1200;
	snprintf(page->script, sizeof page->script, "%s", script);
}

static void signs_of(const struct rc_page *page, float signs[RC_SIGN_COUNT])
{
	RC_CLEANUP(ocr_language_close) struct ocr_language *language = NULL;
	struct rc_err err = { 0 };
	struct ocr_sums all = { 0 };

	check_int(ocr_language_open(&language, &err), RC_OK);
	for (size_t l = 0; l < page->regions[0].n_lines; l++) {
		const struct rc_line *lines = page->regions[0].lines;
		struct ocr_sums sums = ocr_line_sums(page, &lines[l], l ? &lines[l - 1] : NULL, language, NULL);

		ocr_sums_add(&all, &sums, 1);
	}
	ocr_signs(&all, signs);
}

/* The signs of a page with this one line. */
static void signs_of_text(const char *script, const char *text, float signs[RC_SIGN_COUNT])
{
	struct rc_page page;

	make_page(&page, script);
	add_line(&page, text, 0.95f);
	signs_of(&page, signs);
	rc_page_clear(&page);
}

static PIX *white(void)
{
	PIX *pix = pixCreate(1200, 1200, 8);

	pixSetAll(pix);
	return pix;
}

static void blacken(PIX *pix, int x, int y)
{
	pixRasterop(pix, x, y, SIDE - 8, SIDE - 8, PIX_CLR, NULL, 0, 0);
}

/* Ink under every glyph of the page. */
static PIX *print_page(const struct rc_page *page)
{
	PIX *pix = white();

	for (size_t l = 0; l < page->regions[0].n_lines; l++)
		for (size_t i = 0; i < page->regions[0].lines[l].n_glyphs; i++) {
			struct rc_box b = page->regions[0].lines[l].glyphs[i].box;

			blacken(pix, b.x + 4, b.y + 4);
		}
	return pix;
}

static const char sentence[] = "今天下午学校开会讨论学生家庭的经济情况";

/* ---- language -------------------------------------------------------------------------------------------- */

TEST(forms_of_a_character_are_one)
{
	RC_CLEANUP(ocr_language_close) struct ocr_language *l = NULL;
	struct rc_err err = { 0 };

	check_int(ocr_language_open(&l, &err), RC_OK);
	check_int(ocr_language_fold(l, 0x7232), 0x4e3a);        /* 爲 and 为 */
	check_int(ocr_language_fold(l, 0x70ba), 0x4e3a);        /* 為 */
	check_int(ocr_language_fold(l, 0x4e3a), 0x4e3a);
	check_int(ocr_language_fold(l, 'a'), 'a');
	check_int(ocr_language_fold(l, 0x20000), 0x20000);
	check_int(ocr_language_form(l, 0x70ba), OCR_FORM_HANT);
	check_int(ocr_language_form(l, 0x4e3a), OCR_FORM_HANS);
	check_int(ocr_language_form(l, 0x4e00), OCR_FORM_BOTH);
	check(ocr_language_is_common(l, 0x7684, 300));          /* 的 */
	check(!ocr_language_is_common(l, 0x9f98, 3000));        /* 龘 is rare */
	check(ocr_language_is_pair(l, 0x4e2d, 0x56fd));         /* 中国 */
	check(!ocr_language_is_pair(l, 0x56fd, 0x9f98));
	check(!ocr_language_is_pair(l, 0x110000, 0xffffffff));
}

/* ---- signs ----------------------------------------------------------------------------------------------- */

TEST(good_text_shows_hardly_a_sign)
{
	float signs[RC_SIGN_COUNT];

	signs_of_text("hans", sentence, signs);
	check_near(signs[RC_SIGN_DOUBT], 0.05, 1e-6);
	check(signs[RC_SIGN_RARE] < 0.01f);
	check(signs[RC_SIGN_WORDLESS] < 0.55f);
	check_near(signs[RC_SIGN_FORM], 0, 1e-9);
	check_near(signs[RC_SIGN_STRAY], 0, 1e-9);
	check_near(signs[RC_SIGN_LOOP], 0, 1e-9);
}

TEST(rare_characters_and_characters_that_make_no_words_are_seen)
{
	float signs[RC_SIGN_COUNT];

	signs_of_text("hant", "鬱齾龘灪爨厵麤龜鼺籲鑱鱻饢驫鸝", signs);
	check(signs[RC_SIGN_RARE] > 0.4f);
	check(signs[RC_SIGN_WORDLESS] > 0.75f);
}

TEST(the_other_script_is_seen_in_either)
{
	float signs[RC_SIGN_COUNT];

	signs_of_text("hant", "这个国家的经济发展问题", signs);
	check(signs[RC_SIGN_FORM] > 0.3f);
	signs_of_text("hans", "這個國家的經濟發展問題", signs);
	check(signs[RC_SIGN_FORM] > 0.3f);
	signs_of_text("hant", "這個國家的經濟發展問題", signs);
	check_near(signs[RC_SIGN_FORM], 0, 1e-9);
}

TEST(text_cut_across_its_lines_stands_alone)
{
	float signs[RC_SIGN_COUNT];
	struct rc_page page;

	make_page(&page, "hans");
	for (int i = 0; i < 10; i++)
		add_line(&page, "学校", 0.95f);
	add_line(&page, "今天下午学校开会", 0.95f);
	signs_of(&page, signs);
	check_near(signs[RC_SIGN_ALONE], 20 / 36.0, 1e-6);
	rc_page_clear(&page);
}

TEST(sure_glyphs_that_are_no_neighbours_are_in_the_wrong_order)
{
	float signs[RC_SIGN_COUNT];
	struct rc_page page;
	/* Four lines of text, and the same glyphs read across them. */
	static const char *const along[] = { "今天下午学校开会", "各家经济情况困难", "农民组织合作银行", "城市建设工厂道路" };
	static const char *const across[] = { "今各农城天家民市", "下经组建午济织设", "学情合工校况作厂", "开困银道会难行路" };

	make_page(&page, "hans");
	for (int i = 0; i < 8; i++)
		add_line(&page, along[i % 4], 0.97f);
	signs_of(&page, signs);
	check_near(signs[RC_SIGN_ORDER], 0, 1e-9);
	rc_page_clear(&page);

	make_page(&page, "hans");
	for (int i = 0; i < 8; i++)
		add_line(&page, across[i % 4], 0.97f);
	signs_of(&page, signs);
	check(signs[RC_SIGN_ORDER] > 0.25f);
	rc_page_clear(&page);
}

TEST(lone_letters_are_strays_and_words_are_not)
{
	float signs[RC_SIGN_COUNT];

	signs_of_text("hans", "今天下午|学校a开会B讨论~", signs);
	check(signs[RC_SIGN_STRAY] > 0.15f);
	signs_of_text("hans", "今天下午school开会1938年", signs);
	check_near(signs[RC_SIGN_STRAY], 0, 1e-9);
}

TEST(loops_are_seen_however_long_the_phrase)
{
	float signs[RC_SIGN_COUNT];
	struct rc_page page;

	signs_of_text("hans", "学学学学学学学学学学", signs);
	check(signs[RC_SIGN_LOOP] > 0.5f);
	signs_of_text("hans", "开会讨论开会讨论开会讨论开会讨论", signs);
	check(signs[RC_SIGN_LOOP] > 0.6f);
	signs_of_text("hans", "谢谢谢先生。。。。。。", signs);
	check(signs[RC_SIGN_LOOP] < 0.2f);
	make_page(&page, "hans");
	for (int i = 0; i < 4; i++)
		add_line(&page, "今天下午学校开会", 0.95f);
	signs_of(&page, signs);
	check(signs[RC_SIGN_LOOP] > 0.5f);
	rc_page_clear(&page);
}

TEST(a_second_reading_that_differs_is_a_sign)
{
	float signs[RC_SIGN_COUNT];
	struct rc_page page;
	struct rc_line *line;

	make_page(&page, "hans");
	line = add_line(&page, sentence, 0.9f);
	line->read_twice = true;
	line->agreement = 0.25f;
	signs_of(&page, signs);
	check(signs[RC_SIGN_DIFFER] > 0.4f);
	rc_page_clear(&page);
}

TEST(uneven_pitch_and_sizes_are_seen)
{
	float even[RC_SIGN_COUNT], uneven[RC_SIGN_COUNT];
	struct rc_page page;
	struct rc_line *line;

	make_page(&page, "hans");
	line = add_line(&page, sentence, 0.9f);
	signs_of(&page, even);
	for (size_t i = 0; i < line->n_glyphs; i++) {
		line->glyphs[i].box.x += (int)(i * 37 % 5) * 6;
		line->glyphs[i].box.w -= (int)(i * 53 % 7) * 4;
	}
	signs_of(&page, uneven);
	check(uneven[RC_SIGN_PITCH] > even[RC_SIGN_PITCH] + 0.1f);
	check(uneven[RC_SIGN_SIZE] > even[RC_SIGN_SIZE] + 0.1f);
	rc_page_clear(&page);
}

/* ---- the whole judgement ----------------------------------------------------------------------------------- */

static void judge(struct rc_page *page, PIX *pix, bool keep)
{
	RC_CLEANUP(ocr_language_close) struct ocr_language *language = NULL;
	struct rc_config *cfg = rc_config_new();
	struct ocr_state state = { .cfg = cfg };
	struct rc_err err = { 0 };

	check_int(ocr_language_open(&language, &err), RC_OK);
	state.language = language;
	cfg->ocr_judge = !keep;
	check_int(ocr_judge(&state, page, pix, SIDE, &err), RC_OK);
	rc_config_free(&cfg);
}

TEST(ink_without_glyphs_is_text_that_was_missed)
{
	struct rc_page page;
	float before;
	PIX *pix;

	make_page(&page, "hans");
	add_line(&page, sentence, 0.97f);
	add_line(&page, sentence + 3, 0.97f);
	pix = print_page(&page);
	judge(&page, pix, true);
	check_near(page.quality.signs[RC_SIGN_MISSED], 0, 1e-9);
	before = page.quality.estimated_error;
	for (int y = 400; y < 1100; y += LINE)
		for (int x = 20; x < 1100; x += STEP)
			blacken(pix, x, y);
	judge(&page, pix, true);
	check(page.quality.signs[RC_SIGN_MISSED] > 0.7f);
	check(page.quality.estimated_error > before);
	pixDestroy(&pix);
	rc_page_clear(&page);
}

TEST(glyphs_without_ink_are_seen)
{
	struct rc_page page;
	PIX *pix = white();

	make_page(&page, "hans");
	add_line(&page, sentence, 0.97f);
	judge(&page, pix, true);
	check(page.quality.signs[RC_SIGN_EMPTY] > 0.6f);
	pixDestroy(&pix);
	rc_page_clear(&page);
}

TEST(a_bad_line_is_kept_as_a_place_without_text_and_its_neighbours_stay)
{
	struct rc_page page;
	PIX *pix;

	make_page(&page, "hans");
	for (int i = 0; i < 8; i++)
		add_line(&page, sentence + 3 * (i % 4), 0.97f);
	add_line(&page, "|鬱~齾a龘灪B爨厵|麤", 0.45f);
	pix = print_page(&page);
	judge(&page, pix, false);
	check_int(page.quality.page_class, RC_PAGE_TEXT);
	for (int i = 0; i < 8; i++)
		check(!page.regions[0].lines[i].not_read);
	check(page.regions[0].lines[8].not_read);
	check_str(page.regions[0].lines[8].text, "");
	check_int(page.regions[0].lines[8].n_glyphs, 0);
	check(page.regions[0].lines[8].estimated_error > page.regions[0].lines[0].estimated_error);
	pixDestroy(&pix);
	rc_page_clear(&page);
}

TEST(nothing_of_an_unreadable_page_is_left_and_the_estimate_says_why)
{
	struct rc_page page;
	PIX *pix;

	make_page(&page, "hant");
	for (int i = 0; i < 6; i++)
		add_line(&page, "|鬱~齾a龘灪B爨厵|麤", 0.6f);
	pix = print_page(&page);
	judge(&page, pix, false);
	check(page.quality.page_class != RC_PAGE_TEXT);
	check(page.quality.estimated_error > 0.8f);
	for (int i = 0; i < 6; i++)
		check(page.regions[0].lines[i].not_read && page.regions[0].lines[i].n_glyphs == 0);
	pixDestroy(&pix);
	rc_page_clear(&page);
}

/* Six bad lines of sixteen glyphs. */
static void make_bad_page(struct rc_page *page)
{
	make_page(page, "hans");
	for (int i = 0; i < 6; i++)
		add_line(page, "鬱齾龘灪爨厵麤龜鼺籲鑱鱻饢驫鸝鬱", 0.6f);
}

/* Strokes where a pen happens to set them. */
static PIX *scribble_page(const struct rc_page *page)
{
	PIX *pix = white();
	uint32_t random = 1;

	for (size_t l = 0; l < page->regions[0].n_lines; l++) {
		struct rc_box line = page->regions[0].lines[l].box;

		for (int x = line.x; x < line.x + line.w - 20;) {
			random = random * 1103515245u + 12345u;
			int w = 4 + (int)(random >> 20) % 44, gap = 2 + (int)(random >> 12) % 20, h = 6 + (int)(random >> 24) % 28;

			pixRasterop(pix, x, line.y + 2, w, h, PIX_CLR, NULL, 0, 0);
			x += w + gap;
		}
	}
	return pix;
}

TEST(a_bad_reading_of_ink_without_a_pitch_is_handwriting)
{
	struct rc_page page;
	PIX *pix;

	make_bad_page(&page);
	pix = scribble_page(&page);
	judge(&page, pix, false);
	check_int(page.quality.page_class, RC_PAGE_HANDWRITING);
	for (int i = 0; i < 6; i++)
		check(page.regions[0].lines[i].not_read && page.regions[0].lines[i].n_glyphs == 0);
	pixDestroy(&pix);
	rc_page_clear(&page);
}

TEST(a_bad_reading_of_print_is_not_handwriting_nor_is_a_good_reading_of_anything)
{
	struct rc_page page;
	PIX *pix;

	make_bad_page(&page);
	pix = print_page(&page);
	judge(&page, pix, false);
	check_int(page.quality.page_class, RC_PAGE_UNREADABLE);
	pixDestroy(&pix);
	rc_page_clear(&page);

	make_page(&page, "hans");
	for (int i = 0; i < 6; i++)
		add_line(&page, sentence + 3 * (i % 2), 0.97f);
	pix = scribble_page(&page);
	judge(&page, pix, false);
	check(page.quality.signs[RC_SIGN_UNEVEN] > 0.5f);
	check_int(page.quality.page_class, RC_PAGE_TEXT);
	check(!page.regions[0].lines[0].not_read);
	pixDestroy(&pix);
	rc_page_clear(&page);
}

TEST(a_bad_reading_of_a_large_dark_thing_is_a_picture)
{
	struct rc_page page;
	PIX *pix;

	make_bad_page(&page);
	pix = print_page(&page);
	pixRasterop(pix, 100, 450, 900, 600, PIX_CLR, NULL, 0, 0);
	judge(&page, pix, false);
	check_int(page.quality.page_class, RC_PAGE_PICTURE);
	check(page.regions[0].lines[0].not_read);
	pixDestroy(&pix);
	rc_page_clear(&page);
}

TEST(columns_have_a_pitch_like_lines)
{
	struct ocr_ink ink = { 0 };
	struct rc_err err = { 0 };
	PIX *pix = white();

	for (int i = 0; i < 20; i++) {
		blacken(pix, 100, 50 + STEP * i);
		blacken(pix, 300, 50 + STEP * i + i * 67 % 23);
	}
	check_int(ocr_ink_open(&ink, pix, SIDE, &err), RC_OK);
	double even = ocr_unevenness(&ink, (struct rc_box){ 95, 45, 40, 20 * STEP }, true, STEP);
	double uneven = ocr_unevenness(&ink, (struct rc_box){ 295, 45, 40, 20 * STEP }, true, STEP);

	check(even >= 0 && even < 0.2);
	check(uneven > even + 0.2);
	check(ocr_unevenness(&ink, (struct rc_box){ 95, 45, 40, 4 * STEP }, true, STEP) < 0);
	check(ocr_unevenness(&ink, (struct rc_box){ 95, 45, 40, 20 * STEP }, true, 0) < 0);
	check(ocr_unevenness(&ink, (struct rc_box){ 1190, 1190, 9000, 9000 }, true, STEP) < 0);
	ocr_ink_close(&ink);
	pixDestroy(&pix);
}

TEST(where_nothing_was_read_much_ink_in_glyphs_is_unreadable_and_else_a_picture)
{
	struct rc_page page;
	PIX *pix = white();

	make_page(&page, "hant");
	blacken(pix, 50, 50);
	judge(&page, pix, false);
	check_int(page.quality.page_class, RC_PAGE_PICTURE);
	check(page.quality.estimated_error < 0);
	for (int x = 20; x < 1100; x += STEP)
		blacken(pix, x, 200);
	page.quality.page_class = RC_PAGE_TEXT;
	judge(&page, pix, false);
	check_int(page.quality.page_class, RC_PAGE_UNREADABLE);
	check_near(page.quality.estimated_error, 1, 1e-9);
	pixDestroy(&pix);
	rc_page_clear(&page);
}

/* ---- the estimate ------------------------------------------------------------------------------------------ */

TEST(no_sign_can_make_a_page_look_better)
{
	float signs[RC_SIGN_COUNT] = { 0 };

	for (int start = 0; start < 3; start++)
		for (int s = 0; s < RC_SIGN_COUNT; s++) {
			float last = -1;

			for (int i = 0; i < RC_SIGN_COUNT; i++)
				signs[i] = 0.03f * (float)start;
			for (int step = 0; step <= 10; step++) {
				signs[s] = (float)step / 10;
				float now = ocr_estimate_line(signs);

				check(now >= last && now >= 0 && now <= 1);
				last = now;
			}
		}
}

TEST(what_was_missed_is_added_to_what_was_misread)
{
	check_near(ocr_estimate_page(0.25f, 0), 0.25, 1e-6);
	check_near(ocr_estimate_page(0, 0.5f), 0.5, 1e-6);
	check(ocr_estimate_page(0.25f, 0.5f) > 0.5f);
	check_near(ocr_estimate_page(1, 1), 1, 1e-6);
}

TEST(without_signs_little_is_wrong_and_with_all_of_them_everything)
{
	float none[RC_SIGN_COUNT] = { 0 }, all[RC_SIGN_COUNT];

	for (int i = 0; i < RC_SIGN_COUNT; i++)
		all[i] = 1;
	check(ocr_estimate_line(none) < 0.05f);
	check(ocr_estimate_line(all) > 0.95f);
}

TEST(grades_go_from_a_to_e)
{
	check_int(rc_grade(0), 'A');
	check_int(rc_grade(0.02f), 'A');
	check_int(rc_grade(0.021f), 'B');
	check_int(rc_grade(0.1f), 'C');
	check_int(rc_grade(0.4f), 'D');
	check_int(rc_grade(0.41f), 'E');
	check_int(rc_grade(1), 'E');
	check_int(rc_grade(-1), '\0');
	check_int(rc_grade(NAN), '\0');
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
