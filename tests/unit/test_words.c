/* test_words.c -- where two readings of a line differ, words choose: only when they speak clearly, and everybody can see it. */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "core/text.h"
#include "ocr/signs.h"
#include "ocr/words.h"

static struct ocr_line_reading reading(const char *text, float confidence)
{
	struct ocr_line_reading r = { .n = 0 };

	for (const char *at = text; *at; r.n++) {
		const char *from = at;

		(void)rc_utf8_next(&at);
		r.glyph[r.n] = (struct ocr_read_glyph){ .from = 30.0f * (float)r.n, .to = 30.0f * (float)r.n + 28, .confidence = confidence };
		memcpy(r.glyph[r.n].text, from, (size_t)(at - from));
	}
	return r;
}

struct put {                    /* what two readings come to as a line on a page */
	struct rc_page page;
	struct ocr_language *language;
};

static const struct rc_line *line_of(const struct put *p)
{
	return &p->page.regions[0].lines[0];
}

static void put_together(struct put *p, const struct ocr_line_reading *reading, const struct ocr_line_reading *second, bool words)
{
	RC_CLEANUP(ocr_compose_free) struct ocr_composer composer = { .page = &p->page, .text = RC_BUF(1000) };
	struct ocr_block block = { .box = { 0, 0, 40, 900 }, .vertical = true };
	struct ocr_places places;
	struct rc_err err = { 0 };

	p->page = RC_PAGE_INIT;
	p->page.name = "page";
	p->page.width = p->page.clean_width = p->page.height = p->page.clean_height = 1000;
	p->page.to_clean = RC_AFFINE_IDENTITY;
	check_int(ocr_language_open(&p->language, &err), RC_OK);
	check_int(ocr_compose_region(&composer, &block, &err), RC_OK);
	check_int(ocr_compose_line(&composer, block.box, 0, true, &err), RC_OK);
	ocr_compare_places(words ? p->language : NULL, reading, second, &places);
	for (int i = 0; i < reading->n; i++) {
		struct rc_box box = { 0, 30 * i, 28, 28 };

		check_int(ocr_compose_place(&composer, &places, i, box, false, &err), RC_OK);
	}
	check_int(ocr_compose_end_line(&composer, &err), RC_OK);
}

static void put_away(struct put *p)
{
	ocr_language_close(&p->language);
	rc_page_clear(&p->page);
}

TEST(words_choose_and_the_glyph_says_so)
{
	struct ocr_line_reading better = reading("中夾政府", 0.9f), other = reading("中央政府", 0.8f);
	RC_CLEANUP(put_away) struct put p;

	put_together(&p, &better, &other, true);
	check_str(line_of(&p)->text, "中央政府");
	check(line_of(&p)->glyphs[1].chosen && !line_of(&p)->glyphs[0].chosen && !line_of(&p)->glyphs[2].chosen);
	check_str(line_of(&p)->glyphs[1].others[0].text, "夾");
	check_near(line_of(&p)->glyphs[1].others[0].confidence, 0.9, 1e-6);
	check_near(line_of(&p)->glyphs[1].confidence, 0.8, 1e-6);       /* the lower of the two: it is no surer than that */
}

TEST(a_glyph_that_is_much_surer_stays_although_the_other_is_more_usual)
{
	struct ocr_line_reading better = reading("大木之中", 0.99f), other = reading("大水之中", 0.3f);
	RC_CLEANUP(put_away) struct put p;

	put_together(&p, &better, &other, true);
	check(ocr_language_bits(p.language, U'大', U'水') < ocr_language_bits(p.language, U'大', U'木'));
	check_str(line_of(&p)->text, "大木之中");
	check(!line_of(&p)->glyphs[2].chosen);
	check_str(line_of(&p)->glyphs[1].others[0].text, "水");
}

TEST(what_makes_a_word_stays_whatever_the_other_reading_has)
{
	struct ocr_line_reading better = reading("中央政府", 0.7f), other = reading("申夾攻符", 0.99f);
	RC_CLEANUP(put_away) struct put p;

	put_together(&p, &better, &other, true);
	check_str(line_of(&p)->text, "中央政府");
}

TEST(forms_of_the_period_are_words_too)
{
	struct ocr_line_reading better = reading("國尺政府", 0.9f), other = reading("國民政府", 0.85f);
	RC_CLEANUP(put_away) struct put p;

	put_together(&p, &better, &other, true);
	check_str(line_of(&p)->text, "國民政府");
}

TEST(marks_and_letters_are_left_alone)
{
	struct ocr_line_reading better = reading("中，政A", 0.7f), other = reading("中央政府", 0.99f);
	RC_CLEANUP(put_away) struct put p;

	put_together(&p, &better, &other, true);
	check_str(line_of(&p)->text, "中，政A");
}

TEST(turned_off_or_read_once_nothing_is_chosen)
{
	struct ocr_line_reading better = reading("中夾政府", 0.9f), other = reading("中央政府", 0.8f);
	RC_CLEANUP(put_away) struct put off, once;

	put_together(&off, &better, &other, false);
	check_str(line_of(&off)->text, "中夾政府");
	check_str(line_of(&off)->glyphs[1].others[0].text, "央");
	put_together(&once, &better, NULL, true);
	check_str(line_of(&once)->text, "中夾政府");
	check_str(line_of(&once)->glyphs[1].others[0].text, "");
}

TEST(a_page_looks_no_better_for_what_words_chose)
{
	struct ocr_line_reading better = reading("中夾政府", 0.9f), other = reading("中央政府", 0.9f);
	RC_CLEANUP(put_away) struct put with, without;

	put_together(&with, &better, &other, true);
	put_together(&without, &better, &other, false);
	check_str(line_of(&with)->text, "中央政府");

	struct ocr_sums chosen = ocr_line_sums(&with.page, line_of(&with), NULL, with.language, NULL);
	struct ocr_sums read = ocr_line_sums(&without.page, line_of(&without), NULL, without.language, NULL);

	check_near(chosen.wordless, read.wordless, 1e-9);
	check_near(chosen.rare, read.rare, 1e-9);
	check(chosen.doubt >= read.doubt);
	check(read.wordless > 0);
}

TEST(the_table_knows_what_is_to_be_expected)
{
	struct ocr_language *language = NULL;
	struct rc_err err = { 0 };

	check_int(ocr_language_open(&language, &err), RC_OK);
	check(ocr_language_bits(language, U'中', U'国') < ocr_language_bits(language, 0, U'国'));      /* a word's end after its beginning */
	check(ocr_language_bits(language, 0, U'的') < ocr_language_bits(language, 0, U'嬗'));          /* a common character */
	check(ocr_language_bits(language, U'国', U'嬗') > 15);
	check_near(ocr_language_bits(language, 0, U'㐀'), 20, 1e-9);
	check_near(ocr_language_bits(language, 0, 0x20000), 20, 1e-9);
	ocr_language_close(&language);
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
