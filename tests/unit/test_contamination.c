/* test_contamination.c -- what models will be tested with is found on pages, in either script, and is told with its place. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "check.h"
#include "core/outfile.h"
#include "curate/contamination.h"

#define LINE_1 "一切權力歸蘇維埃，"
#define LINE_2 "工農兵代表會議萬歲！"
#define SAME "一切权力归苏维埃工农兵代表会议万岁"      /* 17 characters, simplified, without marks */

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	check(f && fputs(text, f) >= 0 && fclose(f) == 0);
}

static struct lists load(const char *paths)
{
	struct lists lists = { 0 };
	struct rc_err err = { 0 };

	if (!rc_good(lists_load(&lists, paths, &err)))
		check_str(err.text, "");
	return lists;
}

static enum rc_reason reason_of(const char *paths, char text[1000])
{
	struct lists lists = { 0 };
	struct rc_err err = { 0 };

	check_int(lists_load(&lists, paths, &err), RC_RUN_FAILED);
	check(!lists.fold && !lists.n);
	memcpy(text, err.text, sizeof err.text);
	return err.reason;
}

static void add_line(struct rc_page *page, const char *text)
{
	struct rc_line *line = rc_region_add_line(page->n_regions ? page->regions : rc_page_add_region(page));

	line->text = strdup(text);
}

static json_t *find(const struct lists *lists, const char *first, const char *second)
{
	struct rc_page page = RC_PAGE_INIT;
	json_t *found;

	add_line(&page, first);
	add_line(&page, second);
	found = contamination_find(lists, &page);
	rc_page_clear(&page);
	return found;
}

TEST(without_lists_nothing_is_contaminated)
{
	struct lists lists = load(" ; ");

	check(!find(&lists, LINE_1, LINE_2));
	check(rc_digest_is_zero(&lists.digest));
	lists_free(&lists);
}

/* The list is simplified and without punctuation, the page traditional, and the text goes over a line's end. */
TEST(a_sentence_is_found_in_the_other_script_and_across_lines)
{
	write_file("exam.jsonl", "{\"question\": \"另一道题的题目在这里，答案也在这里。\"}\n\n{\"q\": {\"text\": [\"" SAME "\"]}}\n");
	struct lists lists = load("exam.jsonl");
	RC_OWN_JSON found = find(&lists, "頭。" LINE_1, LINE_2 "尾");
	const json_t *span = json_array_get(json_object_get(found, "spans"), 0);

	check_int(rc_json_int(found, "ngrams", 0), 17 - GRAM_CHARS + 1);
	check_int((long long)json_array_size(json_object_get(found, "spans")), 1);
	check_str(rc_json_str(span, "list", ""), "exam.jsonl");
	check_str(rc_json_str(span, "ngram", ""), "一切权力归苏维埃工农兵代表");
	check_int(rc_json_int(span, "line", -1), 0);
	check_int(rc_json_int(span, "at", -1), 2);
	check_int(rc_json_int(span, "last_line", -1), 1);
	check_int(rc_json_int(span, "end", -1), 9);
	lists_free(&lists);
}

TEST(twelve_characters_in_common_are_not_enough)
{
	write_file("exam.txt", "一切权力归苏维埃工农兵代甲乙丙丁戊己庚辛壬癸\n");
	struct lists lists = load("exam.txt");

	check(!find(&lists, LINE_1, LINE_2));
	lists_free(&lists);
}

/* A run must not lie across two questions; a text that is only wrapped is one text. */
TEST(texts_of_a_file_are_apart_at_empty_lines_and_strings_of_json_always)
{
	write_file("wrapped.txt", "一切权力归苏维埃\n工农兵代表会议万岁\n");
	write_file("apart.txt", "一切权力归苏维埃\n \t\n工农兵代表会议万岁\n甲乙丙丁戊己庚辛壬癸子丑寅\n");
	write_file("apart.json", "[\"一切权力归苏维埃\", \"工农兵代表会议万岁\", \"甲乙丙丁戊己庚辛壬癸子丑寅\"]");
	struct lists wrapped = load("wrapped.txt"), apart = load("apart.txt;apart.json");
	RC_OWN_JSON found = find(&wrapped, LINE_1, LINE_2);

	check(found);
	check(!find(&apart, LINE_1, LINE_2));
	check_int((long long)apart.n, 2);
	lists_free(&wrapped);
	lists_free(&apart);
}

TEST(a_folder_stands_for_its_files_and_the_first_list_of_a_run_is_named)
{
	check(mkdir("exams", 0700) == 0 && mkdir("exams/10", 0700) == 0 && mkdir("exams/9", 0700) == 0);
	write_file("exams/10/a.txt", SAME);
	write_file("exams/9/a.txt", SAME);
	write_file("exams/.hidden.txt", "\xff");
	struct lists lists = load(" exams/ ");
	RC_OWN_JSON found = find(&lists, SAME, "");

	check_int((long long)lists.n, 2);
	check_str(rc_json_str(json_array_get(json_object_get(found, "spans"), 0), "list", ""), "exams/9/a.txt");
	lists_free(&lists);
}

TEST(every_place_counts_and_eight_are_told)
{
	struct rc_page page = RC_PAGE_INIT;

	write_file("exam.txt", SAME);
	struct lists lists = load("exam.txt");
	for (int i = 0; i < 20; i++)
		add_line(&page, SAME "，又");
	RC_OWN_JSON found = contamination_find(&lists, &page);

	check_int(rc_json_int(found, "ngrams", 0), 20 * 5);
	check_int((long long)json_array_size(json_object_get(found, "spans")), CONTAMINATION_SPANS);
	rc_page_clear(&page);
	lists_free(&lists);
}

TEST(the_digest_is_of_names_and_contents_and_not_of_places)
{
	check(mkdir("here", 0700) == 0);
	write_file("exam.txt", SAME);
	write_file("here/exam.txt", SAME);
	struct lists a = load("exam.txt"), b = load("here/exam.txt");

	check(rc_digest_equal(&a.digest, &b.digest));
	lists_free(&b);
	write_file("here/exam.txt", SAME "。");
	b = load("here/exam.txt");
	check(!rc_digest_equal(&a.digest, &b.digest));
	lists_free(&a);
	lists_free(&b);
}

TEST(what_cannot_be_used_is_named)
{
	char text[1000];

	check_int(reason_of("none.txt", text), RC_WHY_MISSING);
	check(strstr(text, "none.txt"));
	write_file("big5.txt", "\xa4\xa4\xb5\xd8");
	check_int(reason_of("big5.txt", text), RC_WHY_SETTING);
	check(strstr(text, "'big5.txt': not UTF-8"));
	write_file("broken.jsonl", "{\"a\": \"" SAME "\"}\n{\"a\": \n");
	check_int(reason_of("broken.jsonl", text), RC_WHY_SETTING);
	check(strstr(text, "broken.jsonl:2"));
	write_file("short.txt", "十二个字不够用\n\n十二个字不够用\n");
	check_int(reason_of("short.txt", text), RC_WHY_SETTING);
	check(strstr(text, "13 characters"));
}

TEST(a_large_set_finds_what_is_in_it_and_nothing_else)
{
	RC_CLEANUP(grams_free) struct grams set = { 0 };
	uint64_t x = 1;

	for (int i = 0; i < 200000; i++) {
		x = x * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		check_int(grams_add(&set, x | 1, (uint16_t)(i % 7), NULL), RC_OK);
	}
	x = 1;
	for (int i = 0; i < 200000; i++) {
		x = x * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		check_int(grams_find(&set, x | 1), i % 7);
		check_int(grams_find(&set, (x | 1) - 1), -1);
	}
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
