/* test_score.c -- what a person who reads an error rate relies on. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "common/chars.h"
#include "common/score.h"
#include "core/text.h"

static struct score compared(const char *truth, const char *got)
{
	RC_CLEANUP(score_variants_free) struct score_variants *variants = score_variants_new();
	OWN_SCORE_TEXT a = { 0 };
	OWN_SCORE_TEXT b = { 0 };

	check_int(score_fold(variants, truth, strlen(truth), &a, NULL), RC_OK);
	check_int(score_fold(variants, got, strlen(got), &b, NULL), RC_OK);
	return score_compare(&a, &b);
}

TEST(one_wrong_one_missing_one_too_many)
{
	check_int(compared("橋長十二丈", "橋長十三丈").edits, 1);
	check_int(compared("橋長十二丈", "橋長十丈").edits, 1);
	check_int(compared("橋長十二丈", "木橋長十二丈").edits, 1);
	check_int(compared("橋長十二丈", "橋長十二丈").edits, 0);
	check_near(score_cer(&(struct score){ .edits = 1, .truth = 5 }), 0.2, 1e-12);
}

TEST(nothing_read_and_nothing_to_read)
{
	struct score lost = compared("橋長十二丈", ""), invented = compared("", "橋長"), blank = compared("", " \n");

	check_int(lost.edits, 5);
	check_near(score_cer(&lost), 1, 1e-12);
	check_near(lost.bag, 1, 1e-12);
	check_int(invented.edits, 2);
	check_near(score_cer(&invented), 2, 1e-12);
	check_int(blank.edits, 0);
	check_near(blank.bag, 0, 1e-12);
}

TEST(spaces_lines_and_punctuation_do_not_count)
{
	struct score s = compared("寬六尺，兩旁\n加設欄干。", "寬 六 尺 、 兩旁加設\t「欄干」");

	check_int(s.edits, 0);
	check_int(s.truth, 9);
	check_int(s.got, 9);
	/* Private use marks what has no code point; nobody can read it right. */
	check_int(compared("甲\xEE\x84\x91乙", "甲乙").edits, 0);
}

TEST(wide_and_narrow_and_old_and_new_forms_are_equal)
{
	check_int(compared("第１２期ＡＢ", "第12期AB").edits, 0);
	check_int(compared("爲何卽囘眞說", "為何即回真説").edits, 0);
	/* A simplified character is another character: to read it is an error. */
	check_int(compared("麵", "面").edits, 1);
}

TEST(wrong_order_costs_the_error_rate_and_not_the_bag)
{
	struct score s = compared("一二三四五六七八", "五六七八一二三四");

	check_int(s.edits, 8);
	check_near(s.bag, 0, 1e-12);
	s = compared("一一一二", "一二二二");
	check_near(s.bag, 0.5, 1e-12);
}

/* The textbook's way, for comparison. */
static int64_t slow_distance(const struct score_text *a, const struct score_text *b)
{
	RC_CLEANUP(rc_free) int64_t *row = rc_alloc((b->n + 1) * sizeof *row);

	for (size_t j = 0; j <= b->n; j++)
		row[j] = (int64_t)j;
	for (size_t i = 1; i <= a->n; i++) {
		int64_t diagonal = row[0];

		row[0] = (int64_t)i;
		for (size_t j = 1; j <= b->n; j++) {
			int64_t best = diagonal + (a->chars[i - 1] != b->chars[j - 1]);

			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[b->n];
}

/* Random text of n characters out of `kinds`, or a damaged copy of `like`. */
static struct score_text random_text(unsigned *seed, size_t n, unsigned kinds, const struct score_text *like)
{
	struct score_text t = { .chars = rc_alloc((2 * n + 1) * sizeof *t.chars) };

	for (size_t i = 0; i < n; i++) {
		unsigned dice = (unsigned)rand_r(seed) % 10;

		if (!like || dice == 0)
			t.chars[t.n++] = 0x4E00 + (unsigned)rand_r(seed) % kinds;
		if (like && i < like->n && dice != 1)
			t.chars[t.n++] = like->chars[i];
	}
	return t;
}

TEST(the_fast_distance_is_the_textbook_distance)
{
	/* Lengths around the 64 rows of a block, and beyond two blocks. */
	static const size_t lengths[] = { 0, 1, 2, 31, 63, 64, 65, 127, 128, 129, 200 };
	unsigned seed = 1933;

	for (size_t i = 0; i < RC_COUNT(lengths); i++) {
		for (size_t j = 0; j < RC_COUNT(lengths); j++) {
			for (unsigned kinds = 2; kinds <= 200; kinds *= 10) {
				OWN_SCORE_TEXT a = random_text(&seed, lengths[i], kinds, NULL);
				OWN_SCORE_TEXT b = random_text(&seed, lengths[j], kinds, NULL);
				OWN_SCORE_TEXT c = random_text(&seed, lengths[i], kinds, &a);

				if (!check_int(score_distance(&a, &b), slow_distance(&a, &b)))
					return;
				if (!check_int(score_distance(&a, &c), slow_distance(&a, &c)))
					return;
				check_int(score_distance(&a, &b), score_distance(&b, &a));
			}
		}
	}
}

TEST(a_book_of_a_hundred_thousand_characters_is_compared_in_memory_of_its_length)
{
	unsigned seed = 7;
	OWN_SCORE_TEXT a = random_text(&seed, 100000, 3000, NULL);
	OWN_SCORE_TEXT b = { .chars = rc_alloc(a.n * sizeof *b.chars), .n = a.n };

	/* A full matrix would be 10 to the 10th. Every 50th character wrong: exactly so many edits. */
	for (size_t i = 0; i < a.n; i++)
		b.chars[i] = i % 50 == 0 ? 0x9FFF : a.chars[i];
	check_int(score_distance(&a, &b), 2000);
}

TEST(bytes_that_are_no_text_vanish_and_break_nothing)
{
	RC_CLEANUP(score_variants_free) struct score_variants *variants = score_variants_new();
	OWN_SCORE_TEXT t = { 0 };

	check_int(score_fold(variants, "甲\xFF\0\xE4乙", 9, &t, NULL), RC_OK);
	check_int(t.n, 2);
}

TEST(a_map_of_variants_replaces_our_own)
{
	RC_OWN_JSON map = json_pack("{s:s, s:s}", "為", "爲", "汙", "汚");
	RC_OWN_JSON wrong = json_pack("{s:s}", "為了", "爲");
	RC_CLEANUP(score_variants_free) struct score_variants *variants = NULL;
	struct rc_err err;

	check_int(score_variants_parse(map, "map", &variants, &err), RC_OK);
	check_int(score_variants_fold(variants, 0x7232), 0x70BA);
	check_int(score_variants_fold(variants, 0x56D8), 0x56D8);
	check_int(score_variants_parse(wrong, "map", &variants, &err), RC_RUN_FAILED);
	check_contains(err.text, "'為了'");
}

TEST(no_character_of_our_table_is_in_two_classes_or_folded_by_nfkc)
{
	static const char *const classes[] = {
#define VARIANTS(forms) forms,
#include "common/variants.def"
#undef VARIANTS
	};
	RC_OWN_BUF all = RC_BUF(1 << 20);
	RC_OWN_BUF normal = RC_BUF(1 << 20);

	for (size_t i = 0; i < RC_COUNT(classes); i++) {
		const char *s = classes[i];

		check(rc_utf8_count(s) >= 2);
		for (uint32_t cp; (cp = rc_utf8_next(&s)) != 0;) {
			char one[5] = { 0 };

			rc_utf8_put(cp, one);
			if (strstr(all.data, one)) {
				fprintf(stderr, "twice: %s\n", one);
				check(false);
			}
			rc_buf_adds(&all, one);
		}
	}
	check_int(chars_nfkc(all.data, all.len, &normal, NULL), RC_OK);
	check_str(normal.data, all.data);
}

TEST(totals_weigh_pages_by_their_length)
{
	struct score_sum sum = { 0 };
	struct score total;

	score_sum_add(&sum, &(struct score){ .edits = 1, .truth = 1, .got = 1, .bag = 1 });
	score_sum_add(&sum, &(struct score){ .edits = 0, .truth = 99, .got = 99, .bag = 0 });
	total = score_sum_total(&sum);
	check_near(score_cer(&total), 0.01, 1e-12);
	check_near(total.bag, 0.01, 1e-12);
	check_int(sum.pages, 2);
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
