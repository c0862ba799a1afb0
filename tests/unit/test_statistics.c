/* test_statistics.c -- measures of a text that tell prose from what is none. */
#include <string.h>

#include "check.h"
#include "core/buf.h"
#include "curate/statistics.h"

static struct statistics measure(const char *text)
{
	RC_CLEANUP(charsets_free) struct charsets *charsets = NULL;
	struct statistics s = { 0 };

	check_int(charsets_new(&charsets, NULL), RC_OK);
	check_int(statistics_measure(text, charsets, &s, NULL), RC_OK);
	return s;
}

static bool has(const struct statistics *s, unsigned tag)
{
	return statistics_tags(s) & tag;
}

/* The first our own, the second after Sunzi. */
#define MODERN "我們的工人和農民都在這裏開會，他們說了很多的話，是爲了把土地分給沒有地的人。\n" \
               "這個會是昨天開的，在會上他們說：這些地是農民的，我們不要怕那些地主。\n"
#define LITERARY "夫兵者，國之大事也，其勝敗乃存亡之所繫，不可不察也。\n古之善戰者，先爲不可勝，其後待敵之可勝，故曰知己知彼者也。\n"

TEST(modern_prose_and_literary_prose_are_told_apart_and_neither_is_tagged)
{
	struct statistics s = measure(MODERN), old = measure(LITERARY);

	check_str(statistics_style(&s), "modern");
	check_str(statistics_style(&old), "literary");
	check_int(statistics_tags(&s), 0);
	check_int(statistics_tags(&old), 0);
	check(s.values[STATISTIC_han] > 8500 && s.values[STATISTIC_common] > 9500);
	check_int(s.values[STATISTIC_loops], 0);
	check_int(s.values[STATISTIC_ends], 10000);
}

TEST(script_is_told_by_characters_that_only_one_has)
{
	struct statistics hant = measure("蘇維埃政府為農民開會，說話的時候"), hans = measure("苏维埃政府为农民开会，说话的时候");
	struct statistics both = measure("蘇維埃為農民開會，苏维埃为农民开会"), neither = measure("一二三四五六七八九十");

	check_str(statistics_script(&hant), "hant");
	check_str(statistics_script(&hans), "hans");
	check_str(statistics_script(&both), "mixed");
	check_str(statistics_script(&neither), "");
	check_int(hant.values[STATISTIC_hans], 0);
	check_int(hans.values[STATISTIC_hant], 0);
}

TEST(shares_are_of_characters_and_spaces_are_none)
{
	struct statistics s = measure("中 文 ab１2，。\n　 \n");

	check_int(s.chars, 8);
	check_int(s.values[STATISTIC_han], 2500);
	check_int(s.values[STATISTIC_latin], 2500);
	check_int(s.values[STATISTIC_digits], 2500);
	check_int(s.values[STATISTIC_marks], 2500);
	check_int(s.values[STATISTIC_paragraph], 8);
	check_int(measure(" \n").chars, 0);
}

TEST(a_reader_that_got_stuck_is_told_and_a_list_of_contents_is_not)
{
	RC_OWN_BUF loop = RC_BUF(1 << 16);
	RC_OWN_BUF contents = RC_BUF(1 << 16);
	struct statistics s;

	for (int i = 0; i < 30; i++) {
		rc_buf_adds(&loop, "政府");
		rc_buf_adds(&contents, i % 10 ? "………" : "\n政府布告之目錄");
	}
	s = measure(loop.data);
	check_int(s.values[STATISTIC_loops], 10000);
	check(has(&s, TAG_LOOPS) && has(&s, TAG_PHRASES));
	s = measure(contents.data);
	check_int(s.values[STATISTIC_loops], 0);
	check(!has(&s, TAG_LOOPS));
}

TEST(what_is_there_again_and_again_is_told)
{
	RC_OWN_BUF text = RC_BUF(1 << 16);
	struct statistics s;

	for (int i = 0; i < 4; i++)
		rc_buf_adds(&text, "凡我工農勞苦羣衆均應一體遵照辦理。\n");
	s = measure(text.data);
	check_int(s.values[STATISTIC_repeated_paragraphs], 7500);
	check(has(&s, TAG_LINES));
	check_int(s.values[STATISTIC_repeated_10], 10000 - 2500);
	s = measure("甲乙丙丁甲乙丙丁甲乙");
	check_int(s.values[STATISTIC_top_2], 6000);
	check_int(s.values[STATISTIC_repeated_5], 6000);
}

TEST(garbage_of_rare_characters_and_other_scripts_is_told)
{
	struct statistics s = measure("丆丏丣丷乀乁乂乄乆乇乊乛乥乧乨乫乬乮乯乲乴乵乶乷乺乼");

	check(has(&s, TAG_RARE));
	s = measure("an English page of some length, in which no Han stands");
	check(has(&s, TAG_FEW_HAN) && !has(&s, TAG_RARE));
	s = measure("三十年 1931 1932 1933 1934 1935 1936 1937 1938 1939");
	check(has(&s, TAG_DIGITS));
	s = measure("短");
	check(has(&s, TAG_SHORT));
}

TEST(decisions_keep_all_of_it)
{
	struct statistics s = measure(MODERN), none = measure("一二三"), back;
	RC_OWN_JSON json = statistics_to_json(&s);
	RC_OWN_JSON without = statistics_to_json(&none);

	statistics_from_json(json, &back);
	check(memcmp(&s, &back, sizeof s) == 0);
	check(!json_object_get(without, "literary"));
	statistics_from_json(without, &back);
	check_int(back.values[STATISTIC_literary], STATISTIC_NONE);
	statistics_from_json(NULL, &back);
	check_int(back.chars, 0);
	check_int(statistics_tags(&back), 0);
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
