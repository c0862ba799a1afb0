/* test_curate.c -- what gets into the corpus, what does not, and that it never depends on the order of things. */
#include "fake_corpus_books.h"

#include <stdlib.h>

#include "check.h"
#include "common/decisions.h"
#include "curate/curate.h"
#include "curate/statistics.h"

#define LONG_TEXT "一二三四五六七八九十一二三四五六七八九十\n一二三四五六七八九十一二三四五六七八九十\n"
#define OTHER_TEXT "甲乙丙丁戊己庚辛壬癸甲乙丙丁戊己庚辛壬癸\n子丑寅卯辰巳午未申酉戌亥子丑寅卯辰巳午\n"

static const json_t *page_of(const struct fake_item *it, int i)
{
	return json_array_get(json_object_get(it->decision, "pages"), (size_t)i);
}

static bool has_word(const json_t *object, const char *list, const char *word)
{
	size_t i;
	json_t *w;

	json_array_foreach(json_object_get(object, list), i, w)
		if (strcmp(json_string_value(w), word) == 0)
			return true;
	return false;
}

static enum rc_status curate(struct rc_books *b)
{
	struct rc_err err = { 0 };
	enum rc_status status = curate_stage.run(b, &err);

	if (!rc_good(status))
		printf("%s\n", err.text);
	return status;
}

TEST(a_good_page_enters_and_a_blank_picture_or_garbage_page_does_not)
{
	struct rc_books *b = fake_books_new("/batch");
	struct fake_item *it = fake_add_item(b, "box12%2Fa", "allowed");

	fake_add_page(it, "s1", LONG_TEXT, 0.96f);
	fake_add_page(it, "s2", "", 0)->page_class = RC_PAGE_BLANK;
	fake_add_page(it, "s3", "", 0)->page_class = RC_PAGE_PICTURE;
	fake_add_page(it, "s4", OTHER_TEXT, 0.2f);
	fake_add_page(it, "s5", "", 0)->not_read = true;
	check_int(curate(b), RC_OK);
	check(rc_json_bool(it->decision, "text", false));
	check(it->rank_len > 0);
	check(rc_json_bool(page_of(it, 0), "text", false));
	check(has_word(page_of(it, 1), "tags", "blank"));
	check(has_word(page_of(it, 2), "tags", "picture"));
	check(has_word(page_of(it, 3), "tags", "low-confidence"));
	check(has_word(page_of(it, 4), "tags", "not-read"));
	for (int i = 1; i < 5; i++)
		check(!rc_json_bool(page_of(it, i), "text", true));
	fake_books_free(b);
}

TEST(pages_beyond_the_estimated_error_and_handwriting_stay_out_of_text_and_keep_their_image)
{
	struct rc_books *b = fake_books_new("/batch");
	struct fake_item *it = fake_add_item(b, "box12%2Fa", "allowed");

	fake_add_page(it, "s1", LONG_TEXT, 0.96f)->error = 0.4f;
	fake_add_page(it, "s2", OTHER_TEXT, 0.96f)->error = 0.41f;
	fake_add_page(it, "s3", "手寫\n", 0.96f)->page_class = RC_PAGE_HANDWRITING;
	check_int(curate(b), RC_OK);
	check(rc_json_bool(page_of(it, 0), "text", false));
	check_str(rc_json_str(page_of(it, 0), "grade", ""), "D");
	check(!rc_json_bool(page_of(it, 1), "text", true));
	check(has_word(page_of(it, 1), "tags", "high-error"));
	check_str(rc_json_str(page_of(it, 1), "grade", ""), "E");
	check(!rc_json_bool(page_of(it, 2), "text", true));
	check(has_word(page_of(it, 2), "tags", "handwriting"));
	check_str(rc_json_str(page_of(it, 2), "grade", "?"), "");
	for (int i = 0; i < 3; i++)
		check(rc_json_bool(page_of(it, i), "image", false));

	/* Another limit is decided from memory, and moves the first page out. */
	check_int(rc_config_set(b->cfg, "curate.max_error=0.15", NULL), RC_OK);
	check_int(curate(b), RC_OK);
	check_int(b->n_records_read, 1);
	check(!rc_json_bool(page_of(it, 0), "text", true));
	fake_books_free(b);
}

TEST(a_page_on_which_the_reader_got_stuck_stays_out_and_a_setting_lets_it_in)
{
	struct rc_books *b = fake_books_new("/batch");
	struct fake_item *it = fake_add_item(b, "box12%2Fa", "allowed");

	fake_add_page(it, "s1", "政府政府政府政府政府政府政府政府政府政府政府政府政府\n", 0.96f);
	fake_add_page(it, "s2", LONG_TEXT, 0.96f);
	check_int(curate(b), RC_OK);
	check(!rc_json_bool(page_of(it, 0), "text", true));
	check(rc_json_bool(page_of(it, 0), "image", false));
	check(has_word(page_of(it, 0), "tags", "loops"));
	check(has_word(page_of(it, 0), "left_out", "loops"));
	check_int(rc_json_int(json_object_get(page_of(it, 0), "statistics"), "loops", 0), 10000);
	check(rc_json_bool(page_of(it, 1), "text", false));

	/* Decided anew without reading records again. */
	check_int(rc_config_set(b->cfg, "curate.leave_out=few-han", NULL), RC_OK);
	check_int(curate(b), RC_OK);
	check_int(b->n_records_read, 1);
	check(rc_json_bool(page_of(it, 0), "text", false));
	check(has_word(page_of(it, 0), "tags", "loops"));
	fake_books_free(b);
}

TEST(an_item_whose_training_right_is_denied_or_unknown_has_no_place)
{
	struct rc_books *b = fake_books_new("/batch");
	struct fake_item *denied = fake_add_item(b, "d", "denied"), *unknown = fake_add_item(b, "u", "unknown");

	fake_add_page(denied, "s1", LONG_TEXT, 0.96f);
	fake_add_page(unknown, "s2", OTHER_TEXT, 0.96f);
	check_int(curate(b), RC_OK);
	check_int(denied->rank_len, 0);
	check(has_word(denied->decision, "reasons", "rights-denied"));
	check_int(unknown->rank_len, 0);
	check(has_word(unknown->decision, "reasons", "rights-unknown"));

	check_int(rc_config_set(b->cfg, "rights.allow_unknown=true", NULL), RC_OK);
	check_int(curate(b), RC_OK);
	check_int(denied->rank_len, 0);
	check(unknown->rank_len > 0);
	fake_books_free(b);
}

/* The same page in two items: one keeps it, and which one does not depend on the order in which they came. */
TEST(of_equal_pages_one_stays_whatever_the_order)
{
	int kept[2];

	for (int turn = 0; turn < 2; turn++) {
		struct rc_books *b = fake_books_new("/batch");
		struct fake_item *x = fake_add_item(b, turn ? "b" : "a", "allowed"), *y = fake_add_item(b, turn ? "a" : "b", "allowed");
		struct fake_item *a;

		fake_add_page(x, "same", LONG_TEXT, 0.96f);
		fake_add_page(y, "same", LONG_TEXT, 0.96f);
		check_int(curate(b), RC_OK);
		a = turn ? y : x;
		kept[turn] = rc_json_bool(page_of(a, 0), "text", false);
		check_int(rc_json_bool(page_of(x, 0), "text", false) + rc_json_bool(page_of(y, 0), "text", false), 1);
		check(has_word(page_of(x, 0), "tags", "duplicate-scan") != has_word(page_of(y, 0), "tags", "duplicate-scan"));
		fake_books_free(b);
	}
	check_int(kept[0], kept[1]);
}

TEST(a_copy_that_may_not_be_used_does_not_push_out_one_that_may)
{
	struct rc_books *b = fake_books_new("/batch");
	struct fake_item *items[8];

	for (int i = 0; i < 8; i++) {
		items[i] = fake_add_item(b, (char[2]){ (char)('a' + i), 0 }, i == 5 ? "allowed" : "denied");
		fake_add_page(items[i], "same", LONG_TEXT, 0.96f);
	}
	check_int(curate(b), RC_OK);
	check(rc_json_bool(page_of(items[5], 0), "text", false));
	fake_books_free(b);
}

TEST(the_same_text_on_another_scan_is_tagged_and_short_texts_are_not)
{
	struct rc_books *b = fake_books_new("/batch");
	struct fake_item *it = fake_add_item(b, "a", "allowed");

	fake_add_page(it, "s1", LONG_TEXT, 0.96f);
	fake_add_page(it, "s2", " 一二三四五六七八九十，一二三四五六七八九十。\n一二三四五六七八九十一二三四五六七八九十\n", 0.95f);
	fake_add_page(it, "s3", "第一頁\n", 0.96f);
	fake_add_page(it, "s4", "第一頁\n", 0.96f);
	check_int(curate(b), RC_OK);
	check(!has_word(page_of(it, 0), "tags", "duplicate-text"));
	check(has_word(page_of(it, 1), "tags", "duplicate-text"));
	check(rc_json_bool(page_of(it, 1), "image", false));
	check(rc_json_bool(page_of(it, 2), "text", false) && rc_json_bool(page_of(it, 3), "text", false));
	fake_books_free(b);
}

TEST(the_same_pixels_in_another_file_are_one_page)
{
	struct rc_books *b = fake_books_new("/batch");
	struct fake_item *it = fake_add_item(b, "a", "allowed");

	fake_add_page(it, "tiff", LONG_TEXT, 0.96f)->pixels = "p";
	fake_add_page(it, "png", OTHER_TEXT, 0.9f)->pixels = "p";
	fake_add_page(it, "old", "甲\n", 0.96f);
	fake_add_page(it, "older", "乙\n", 0.96f);
	check_int(curate(b), RC_OK);
	check(rc_json_bool(page_of(it, 0), "image", false) && rc_json_bool(page_of(it, 0), "text", false));
	check(has_word(page_of(it, 1), "tags", "duplicate-pixels"));
	check(!rc_json_bool(page_of(it, 1), "image", true) && !rc_json_bool(page_of(it, 1), "text", true));
	check_int(rc_json_int(page_of(it, 0), "copies", 0), 2);
	check(rc_json_bool(page_of(it, 2), "text", false) && rc_json_bool(page_of(it, 3), "text", false));
	fake_books_free(b);
}

static struct rc_look look(int bits)
{
	struct rc_look ret = { "any bits at all" };

	for (int i = 0; i < bits; i++)
		ret.bits[i % 16] ^= (uint8_t)(1 << i / 16);
	return ret;
}

/* The same print, read with other mistakes each time: half of the runs of five characters are lost. The better reading stays. */
#define MISREAD "一二三四五六七八九十一二三四五六七八九十\n一三三四五六七入九十一二三四五六七八九十\n"

TEST(a_second_scan_of_a_page_is_known_by_look_and_text_together)
{
	struct rc_books *b = fake_books_new("/batch");
	struct fake_item *it = fake_add_item(b, "a", "allowed");

	check_int(rc_config_set(b->cfg, "curate.near_duplicate=1", NULL), RC_OK);
	fake_add_page(it, "good", LONG_TEXT, 0.96f)->look = look(0);
	fake_add_page(it, "bad", MISREAD, 0.9f)->look = look(30);
	fake_add_page(it, "like", OTHER_TEXT, 0.96f)->look = look(20);
	it->pages[0].error = 0.01f;
	it->pages[1].error = 0.1f;
	check_int(curate(b), RC_OK);
	check(rc_json_bool(page_of(it, 0), "image", false) && rc_json_bool(page_of(it, 0), "text", false));
	check(has_word(page_of(it, 1), "tags", "rescan"));
	check(!rc_json_bool(page_of(it, 1), "image", true) && !rc_json_bool(page_of(it, 1), "text", true));
	check_int(rc_json_int(json_object_get(page_of(it, 1), "duplicate_of"), "order", 0), 1);
	check(rc_json_bool(page_of(it, 2), "text", false));
	check_int(rc_json_int(page_of(it, 2), "copies", 0), 1);

	/* From memory, the same; and a setting lets all in. */
	check_int(rc_config_set(b->cfg, "curate.test_share=0.02", NULL), RC_OK);
	check_int(curate(b), RC_OK);
	check(has_word(page_of(it, 1), "tags", "rescan"));
	check_int(rc_config_set(b->cfg, "curate.rescans=false", NULL), RC_OK);
	check_int(curate(b), RC_OK);
	check(rc_json_bool(page_of(it, 1), "text", false));
	check_int(b->n_records_read, 1);
	fake_books_free(b);
}

TEST(pages_without_text_are_the_same_only_when_they_look_very_much_alike)
{
	struct rc_books *b = fake_books_new("/batch");
	struct fake_item *it = fake_add_item(b, "a", "allowed");

	for (int i = 0; i < 4; i++) {
		struct fake_page *p = fake_add_page(it, (char[2]){ (char)('0' + i), 0 }, "", 0);

		p->scan = (const char *[]){ "one", "again", "other", "none" }[i];
		p->page_class = RC_PAGE_PICTURE;
		p->look = i < 3 ? look((const int[]){ 0, 12, 70 }[i]) : (struct rc_look){ 0 };
	}
	check_int(curate(b), RC_OK);
	check(!has_word(page_of(it, 0), "tags", "rescan") && !rc_json_bool(page_of(it, 0), "text", true));
	check(has_word(page_of(it, 1), "tags", "rescan"));
	check(rc_json_bool(page_of(it, 2), "image", false) && rc_json_bool(page_of(it, 3), "image", false));
	fake_books_free(b);
}

/* What it is tested with must not be learned: the train split goes without, the others keep it, tagged. */
TEST(contaminated_pages_stay_out_of_train_or_as_the_setting_says)
{
	struct rc_books *b = fake_books_new("/batch");
	struct fake_item *items[40];
	FILE *f = fopen("exam.txt", "w");
	int train = 0;

	check(f && fputs("题：一二三四五六七八九十一二三，四五。\n", f) >= 0 && fclose(f) == 0);
	check_int(rc_config_set(b->cfg, "curate.contamination_lists=exam.txt", NULL), RC_OK);
	check_int(rc_config_set(b->cfg, "curate.test_share=0.5", NULL), RC_OK);
	check_int(rc_config_set(b->cfg, "curate.near_duplicate=1", NULL), RC_OK);
	for (int i = 0; i < 40; i++) {
		char *text;

		items[i] = fake_add_item(b, (char[3]){ (char)('a' + i % 26), (char)('a' + i / 26), 0 }, "allowed");
		check(asprintf(&text, "%c%c短文\n" LONG_TEXT, 'a' + i % 26, 'a' + i / 26) > 0);
		fake_add_page(items[i], text, text, 0.96f);
	}
	check_int(curate(b), RC_OK);
	for (int i = 0; i < 40; i++) {
		bool in_train = strcmp(rc_json_str(items[i]->decision, "split", ""), "train") == 0;

		train += in_train;
		check(has_word(page_of(items[i], 0), "tags", "contaminated"));
		check_int(rc_json_bool(page_of(items[i], 0), "text", in_train), !in_train);
		check_int(rc_json_bool(page_of(items[i], 0), "image", in_train), !in_train);
	}
	check(train > 5 && train < 35);

	/* How much in common is too much is decided from memory, and so is what becomes of it. */
	check_int(rc_config_set(b->cfg, "curate.contaminated=all", NULL), RC_OK);
	check_int(curate(b), RC_OK);
	check(!rc_json_bool(items[0]->decision, "text", true) && !rc_json_bool(items[39]->decision, "text", true));
	check_int(rc_config_set(b->cfg, "curate.contaminated_from=10", NULL), RC_OK);
	check_int(curate(b), RC_OK);
	check(rc_json_bool(items[0]->decision, "text", false));
	check(!has_word(page_of(items[0], 0), "tags", "contaminated"));
	check_int(b->n_records_read, 40);

	/* Another list is another question: records are read again. */
	check(truncate("exam.txt", 0) == 0 && (f = fopen("exam.txt", "w")) && fputs("子丑寅卯辰巳午未申酉戌亥子丑寅\n", f) >= 0 && fclose(f) == 0);
	check_int(curate(b), RC_OK);
	check_int(b->n_records_read, 80);
	check_int(curate(b), RC_SKIP);
	for (int i = 0; i < 40; i++)
		free((char *)(uintptr_t)items[i]->pages[0].text);
	fake_books_free(b);
}

TEST(every_tag_and_reason_has_its_words)
{
	static const char *const words[] = { "blank", "picture", "unreadable", "handwriting", "not-read", "no-text", "low-confidence", "high-error",
		"duplicate-scan", "duplicate-pixels", "rescan", "duplicate-text", "near-duplicate", "contaminated", "personal-data", "withdrawn",
		"rights-denied", "rights-unknown", "record-unreadable", "no-pages" };

	for (size_t i = 0; i < RC_COUNT(words); i++)
		check(decision_find(words[i]));
	for (int i = 0; i < STATISTICS_TAGS; i++)
		check(decision_find(statistics_tag_names[i]));
	for (const struct decision_word *w = decision_words; w->word; w++)
		check(*w->en && *w->zh);
	check(!decision_find("unheard-of"));
}

TEST(nothing_new_means_nothing_done)
{
	struct rc_books *b = fake_books_new("/batch");
	struct fake_item *it;

	for (int i = 0; i < 20; i++) {
		it = fake_add_item(b, (char[3]){ 'i', (char)('a' + i), 0 }, "allowed");
		fake_add_page(it, it->id, "短文\n", 0.96f);
	}
	check_int(curate(b), RC_OK);
	check_int(b->n_decided, 20);
	check_int(b->n_records_read, 20);
	check_int(curate(b), RC_SKIP);
	check_int(b->n_decided, 20);

	/* One record more: only that one is read and decided. */
	it = fake_add_item(b, "zz", "allowed");
	fake_add_page(it, "zz", "新\n", 0.96f);
	check_int(curate(b), RC_OK);
	check_int(b->n_decided, 21);
	check_int(b->n_records_read, 21);

	/* Another threshold: no record is read again. */
	check_int(rc_config_set(b->cfg, "curate.min_confidence=0.98", NULL), RC_OK);
	check_int(curate(b), RC_OK);
	check_int(b->n_records_read, 21);
	check(!rc_json_bool(it->decision, "text", true));
	fake_books_free(b);
}

TEST(the_threshold_decides_the_same_from_memory_as_from_the_record)
{
	struct rc_books *b = fake_books_new("/batch");
	struct fake_item *it = fake_add_item(b, "a", "allowed");

	for (int i = 0; i < FAKE_PAGES; i++)
		fake_add_page(it, "s", "字\n", 0.69996f + 0.00001f * (float)i)->scan = (const char *[]){ "0", "1", "2", "3", "4", "5", "6", "7" }[i];
	check_int(rc_config_set(b->cfg, "curate.min_confidence=0.7", NULL), RC_OK);
	check_int(curate(b), RC_OK);
	RC_OWN_JSON first = json_deep_copy(it->decision);
	check_int(rc_config_set(b->cfg, "curate.test_share=0.02", NULL), RC_OK);
	check_int(curate(b), RC_OK);
	check(json_equal(json_object_get(first, "pages"), json_object_get(it->decision, "pages")));
	fake_books_free(b);
}

TEST(splits_come_in_their_shares_and_depend_on_the_id_alone)
{
	struct rc_books *b = fake_books_new("/batch");
	int counts[3] = { 0 };

	check_int(rc_config_set(b->cfg, "curate.validation_share=0.1", NULL), RC_OK);
	check_int(rc_config_set(b->cfg, "curate.test_share=0.2", NULL), RC_OK);
	for (int i = 0; i < FAKE_ITEMS; i++) {
		char id[20];

		snprintf(id, sizeof id, "item%d", i);
		fake_add_page(fake_add_item(b, id, "allowed"), "s", "字\n", 0.96f);
		b->items[i].pages[0].scan = b->items[i].id;
	}
	check_int(curate(b), RC_OK);
	for (int i = 0; i < b->n; i++) {
		const char *split = rc_json_str(b->items[i].decision, "split", "");

		counts[0] += strcmp(split, "train") == 0;
		counts[1] += strcmp(split, "validation") == 0;
		counts[2] += strcmp(split, "test") == 0;
	}
	check_int(counts[0] + counts[1] + counts[2], FAKE_ITEMS);
	check_near(counts[1], 200, 50);
	check_near(counts[2], 400, 60);
	fake_books_free(b);
}

TEST(items_of_a_box_stay_together_and_boxes_are_shuffled)
{
	struct rc_books *b = fake_books_new("/batch");
	struct fake_item *sorted[60];
	int changes = 0;

	for (int i = 0; i < 60; i++) {
		char id[40];

		snprintf(id, sizeof id, "fonds-box%d-%d", i / 10, i % 10);
		fake_add_page(fake_add_item(b, id, "allowed"), id[0] ? "s" : "", "字\n", 0.96f);
	}
	for (int i = 0; i < b->n; i++)
		b->items[i].pages[0].scan = b->items[i].id;
	check_int(curate(b), RC_OK);
	for (int i = 0; i < b->n; i++)
		sorted[i] = &b->items[i];
	qsort(sorted, 60, sizeof *sorted, fake_by_rank);
	for (int i = 1; i < 60; i++)
		changes += strcmp(rc_json_str(sorted[i - 1]->decision, "box", ""), rc_json_str(sorted[i]->decision, "box", "")) != 0;
	check_int(changes, 5);
	fake_books_free(b);
}

/* LONG_TEXT, read with one character wrong: runs of five characters have 0.7 in common. */
#define NEARLY_LONG_TEXT "一二三四五六七八九十一二三四五六七八九十\n一二三四五六七八九十一二三四五六七八丸十\n"

TEST(of_nearly_equal_texts_the_better_read_one_stays_and_the_other_says_for_which)
{
	struct rc_books *b = fake_books_new("/batch");
	struct fake_item *x = fake_add_item(b, "x", "allowed"), *y = fake_add_item(b, "y", "allowed");
	const json_t *of;

	fake_add_page(x, "s1", NEARLY_LONG_TEXT, 0.96f)->error = 0.2f;
	fake_add_page(y, "s2", OTHER_TEXT, 0.96f)->error = 0.01f;
	fake_add_page(y, "s3", LONG_TEXT, 0.96f)->error = 0.01f;
	check_int(rc_config_set(b->cfg, "curate.near_duplicate=0.6", NULL), RC_OK);
	check_int(curate(b), RC_OK);
	check(has_word(page_of(x, 0), "tags", "near-duplicate"));
	check(!rc_json_bool(page_of(x, 0), "text", true));
	check(rc_json_bool(page_of(x, 0), "image", false));
	of = json_object_get(page_of(x, 0), "duplicate_of");
	check_str(rc_json_str(of, "item", ""), "y");
	check_int(rc_json_int(of, "order", 0), 2);
	check_int(rc_json_int(page_of(y, 1), "copies", 0), 2);
	check(rc_json_bool(page_of(y, 1), "text", false) && rc_json_bool(page_of(y, 0), "text", false));

	/* A stricter likeness lets both in, from memory. */
	check_int(rc_config_set(b->cfg, "curate.near_duplicate=1", NULL), RC_OK);
	check_int(curate(b), RC_OK);
	check_int(b->n_records_read, 2);
	check(rc_json_bool(page_of(x, 0), "text", false));
	fake_books_free(b);
}

/* Twenty pairs: without the rule, chance would put some of them into two splits. */
TEST(items_that_share_a_page_share_a_split)
{
	struct rc_books *b = fake_books_new("/batch");
	int splits[3] = { 0 };

	check_int(rc_config_set(b->cfg, "curate.validation_share=0.3", NULL), RC_OK);
	check_int(rc_config_set(b->cfg, "curate.test_share=0.3", NULL), RC_OK);
	for (int i = 0; i < 40; i++) {
		char id[20];

		snprintf(id, sizeof id, "item%d", i);
		fake_add_page(fake_add_item(b, id, "allowed"), "", "字\n", 0.96f);
	}
	for (int i = 0; i < 40; i++)
		b->items[i].pages[0].scan = b->items[i / 2].id;
	check_int(curate(b), RC_OK);
	for (int i = 0; i < 40; i += 2) {
		const char *split = rc_json_str(b->items[i].decision, "split", "");

		check_str(split, rc_json_str(b->items[i + 1].decision, "split", ""));
		splits[*split == 't' ? split[1] == 'r' ? 0 : 1 : 2]++;
	}
	check(splits[0] > 0 && splits[1] > 0 && splits[2] > 0);
	fake_books_free(b);
}

TEST(a_page_with_a_citizens_number_is_tagged_also_from_memory)
{
	struct rc_books *b = fake_books_new("/batch");
	struct fake_item *it = fake_add_item(b, "a", "allowed");

	fake_add_page(it, "s1", LONG_TEXT "號碼11010519491231002X\n", 0.96f);
	fake_add_page(it, "s2", OTHER_TEXT, 0.96f);
	for (int turn = 0; turn < 2; turn++) {
		check_int(curate(b), RC_OK);
		check(has_word(page_of(it, 0), "tags", "personal-data"));
		check(!has_word(page_of(it, 1), "tags", "personal-data"));
		check(rc_json_bool(page_of(it, 0), "text", false));
		check_int(rc_config_set(b->cfg, "curate.test_share=0.02", NULL), RC_OK);
	}
	check_int(b->n_records_read, 1);
	fake_books_free(b);
}

TEST(a_record_that_cannot_be_read_costs_that_item_and_is_said)
{
	struct rc_books *b = fake_books_new("/batch");
	struct fake_item *bad = fake_add_item(b, "broken", "allowed"), *good = fake_add_item(b, "c", "allowed");

	fake_add_page(bad, "s1", LONG_TEXT, 0.96f);
	fake_add_page(good, "s2", OTHER_TEXT, 0.96f);
	check_int(curate(b), RC_WARN);
	check_int(b->n_warnings, 1);
	check_contains(b->last_warning, "broken");
	check(has_word(bad->decision, "reasons", "record-unreadable"));
	check(good->rank_len > 0);
	fake_books_free(b);
}

TEST(a_base_that_is_not_there_is_said_before_anything_is_done)
{
	struct rc_books *b = fake_books_new("/batch");
	struct rc_err err;

	fake_add_page(fake_add_item(b, "a", "allowed"), "s", "字\n", 0.96f);
	check_int(rc_config_set(b->cfg, "package.base=/nowhere/manifest.json", NULL), RC_OK);
	check_int(curate_stage.run(b, &err), RC_RUN_FAILED);
	check_contains(err.text, "package.base");
	check_int(b->n_decided, 0);
	fake_books_free(b);
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
