/* test_paragraphs.c -- printed lines become paragraphs again, and places in them lead back to the lines. */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "common/paragraphs.h"
#include "core/text.h"

#define EM 20                   /* pixels of a glyph in these pages */

static struct rc_page new_page(void)
{
	struct rc_page page = RC_PAGE_INIT;

	page.width = page.clean_width = 2000;
	page.height = page.clean_height = 3000;
	return page;
}

static struct rc_region *add_region(struct rc_page *page, enum rc_region_type type, enum rc_direction direction)
{
	struct rc_region *region = rc_page_add_region(page);

	region->type = type;
	region->direction = direction;
	return region;
}

/* The next line of a region: columns from x 1000 to the left, rows from y 100 down; it begins `indent` glyphs late. */
static void add(struct rc_region *region, double indent, const char *text)
{
	struct rc_line *line = rc_region_add_line(region);
	int n = (int)rc_utf8_count(text), at = (int)region->n_lines - 1, along = 100 + (int)(indent * EM);

	line->direction = region->direction;
	line->text = rc_strdup(text);
	line->box = region->direction == RC_DIR_VERTICAL ? (struct rc_box){ 1000 - 30 * at, along, EM, n * EM } : (struct rc_box){ along, 100 + 30 * at, n * EM, EM };
}

static void check_text(struct rc_page *page, const char *want)
{
	struct paragraphs p = { .text = RC_BUF(0) };
	const char *at;

	check_int(paragraphs_make(page, &p, NULL), RC_OK);
	check_str(p.text.data, want);
	check_int(p.chars, (int64_t)rc_utf8_count(want));
	for (size_t i = 0; i < p.n; i++) {
		const struct paragraph_line *l = &p.lines[i];
		const char *text = page->regions[l->region].lines[l->line].text;

		at = p.text.data;
		for (int64_t k = 0; k < l->start; k++)
			(void)rc_utf8_next(&at);
		check(strncmp(at, text, strlen(text)) == 0);
		check_int(l->end - l->start, (int64_t)rc_utf8_count(text));
	}
	paragraphs_free(&p);
	rc_page_clear(page);
}

TEST(columns_of_a_paragraph_are_joined_and_an_indented_one_begins_another)
{
	struct rc_page page = new_page();
	struct rc_region *r = add_region(&page, RC_REGION_TEXT, RC_DIR_VERTICAL);

	add(r, 1, "重慶二十五日海通電據此間消息");
	add(r, 0, "靈通人士宣稱廣東省南線昨日發生");
	add(r, 0, "戰事之結果");
	add(r, 1, "翁源二十五日電日軍連日反攻新");
	add(r, 0, "會城被華軍痛擊不逞");
	check_text(&page, "重慶二十五日海通電據此間消息靈通人士宣稱廣東省南線昨日發生戰事之結果\n翁源二十五日電日軍連日反攻新會城被華軍痛擊不逞");
}

TEST(rows_do_as_columns_do_and_words_keep_their_space)
{
	struct rc_page page = new_page();
	struct rc_region *r = add_region(&page, RC_REGION_TEXT, RC_DIR_HORIZONTAL);

	add(r, 2, "The Soviet Govern-");
	add(r, 0, "ment has sent a note");
	add(r, 0, "of 1931 to the League");
	check_text(&page, "The Soviet Govern-ment has sent a note of 1931 to the League");
}

TEST(a_hyphen_that_a_line_made_is_told)
{
	struct rc_page page = new_page();
	struct rc_region *r = add_region(&page, RC_REGION_TEXT, RC_DIR_HORIZONTAL);
	struct paragraphs p = { .text = RC_BUF(0) };

	add(r, 0, "the Govern-");
	add(r, 0, "ment of Kuo-");
	add(r, 0, "Min-tang of");
	check_int(paragraphs_make(&page, &p, NULL), RC_OK);
	check(p.lines[0].hyphen);
	check(!p.lines[1].hyphen);      /* a name goes on with a capital */
	paragraphs_free(&p);
	rc_page_clear(&page);
}

TEST(a_paragraph_runs_on_into_the_next_tier_when_its_sentence_does)
{
	struct rc_page page = new_page();
	struct rc_region *upper = add_region(&page, RC_REGION_TEXT, RC_DIR_VERTICAL), *lower;

	add(upper, 1, "蘇維埃政府。布告全體工農。現");
	add(upper, 0, "在各級政府必須一體遵照辦理。凡我");
	add(upper, 0, "工農勞苦羣衆均應加緊春耕運動，並");
	lower = add_region(&page, RC_REGION_TEXT, RC_DIR_VERTICAL);
	add(lower, 0, "組織耕田隊。此布。一二三四五六七");
	check_text(&page, "蘇維埃政府。布告全體工農。現在各級政府必須一體遵照辦理。凡我工農勞苦羣衆均應加緊春耕運動，並組織耕田隊。此布。一二三四五六七");
}

TEST(another_tier_begins_another_paragraph_when_nothing_speaks_for_it)
{
	struct rc_page page = new_page();
	struct rc_region *r = add_region(&page, RC_REGION_TEXT, RC_DIR_VERTICAL);

	add(r, 0, "蘇維埃政府布告全體工農現在");
	add(r, 0, "各級政府必須一體遵照辦理凡");
	r = add_region(&page, RC_REGION_TEXT, RC_DIR_VERTICAL);
	add(r, 0, "本報訊昨日各地農民協會開會");
	check_text(&page, "蘇維埃政府布告全體工農現在各級政府必須一體遵照辦理凡\n本報訊昨日各地農民協會開會");
}

TEST(head_lines_stand_apart_and_an_empty_line_stands_before_them)
{
	struct rc_page page = new_page();
	struct rc_region *r = add_region(&page, RC_REGION_TEXT, RC_DIR_VERTICAL);

	add(r, 0, "前文已經完了一二三四五六");
	r = add_region(&page, RC_REGION_HEADING, RC_DIR_VERTICAL);
	add(r, 0, "華軍兩路夾攻廣州");
	add(r, 0, "粵漢路新街站收復");
	r = add_region(&page, RC_REGION_TEXT, RC_DIR_VERTICAL);
	add(r, 0, "重慶二十五日海通電據此");
	check_text(&page, "前文已經完了一二三四五六\n\n華軍兩路夾攻廣州\n粵漢路新街站收復\n重慶二十五日海通電據此");
}

TEST(numbered_entries_and_a_signature_are_paragraphs_of_their_own)
{
	struct rc_page page = new_page();
	struct rc_region *r = add_region(&page, RC_REGION_TEXT, RC_DIR_VERTICAL);

	add(r, 0, "一、沒收地主階級土地分給貧農中農");
	add(r, 0, "及雇農");
	add(r, 0, "二、廢除一切苛捐雜稅並且實行統一");
	add(r, 0, "累進稅");
	add(r, 9, "主席毛澤東");
	check_text(&page, "一、沒收地主階級土地分給貧農中農及雇農\n二、廢除一切苛捐雜稅並且實行統一累進稅\n主席毛澤東");
}

TEST(what_hangs_below_a_number_belongs_to_it)
{
	struct rc_page page = new_page();
	struct rc_region *r = add_region(&page, RC_REGION_TEXT, RC_DIR_VERTICAL);

	for (int i = 0; i < 2; i++) {
		add(r, 0, i ? "二、廢除一切苛捐雜稅並且實行統一" : "一、沒收地主階級土地分給貧農中農");
		add(r, 2, "及其他一切勞苦羣衆並且不收");
		add(r, 2, "任何費用");
	}
	check_text(&page, "一、沒收地主階級土地分給貧農中農及其他一切勞苦羣衆並且不收任何費用\n二、廢除一切苛捐雜稅並且實行統一及其他一切勞苦羣衆並且不收任何費用");
}

TEST(columns_that_lean_by_three_degrees_are_not_indented)
{
	struct rc_page page = new_page();
	struct rc_region *r = add_region(&page, RC_REGION_TEXT, RC_DIR_VERTICAL);

	for (int i = 0; i < 4; i++)
		add(r, 0.08 * i, "各級政府");
	check_text(&page, "各級政府各級政府各級政府各級政府");
}

TEST(a_quotation_that_is_indented_as_a_whole_is_one_paragraph)
{
	struct rc_page page = new_page();
	struct rc_region *r = add_region(&page, RC_REGION_TEXT, RC_DIR_VERTICAL);

	add(r, 0, "毛主席說各級政府必須遵照辦理他");
	for (int i = 0; i < 5; i++)
		add(r, 2, "一切工農羣衆都要起來參加");
	check_text(&page, "毛主席說各級政府必須遵照辦理他\n一切工農羣衆都要起來參加一切工農羣衆都要起來參加一切工農羣衆都要起來參加"
	                  "一切工農羣衆都要起來參加一切工農羣衆都要起來參加");
}

TEST(lines_without_text_leave_nothing_and_lines_without_places_are_paragraphs_each)
{
	struct rc_page page = new_page();
	struct rc_region *r = add_region(&page, RC_REGION_TEXT, RC_DIR_VERTICAL);

	rc_region_add_line(r)->text = rc_strdup("第一行");
	rc_region_add_line(r)->not_read = true;
	rc_region_add_line(r)->text = rc_strdup("");
	rc_region_add_line(r)->text = rc_strdup("第二行");
	check_text(&page, "第一行\n第二行");
	page = new_page();
	check_text(&page, "");
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
