/* test_score_match.c -- lost, invented, misread, neighbours: small pages whose numbers anybody can count. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "common/score_match.h"
#include "core/text.h"

static void text_of(const char *utf8, struct score_text *ret)
{
	RC_CLEANUP(score_variants_free) struct score_variants *variants = score_variants_new();

	check_int(score_fold(variants, utf8, strlen(utf8), ret, NULL), RC_OK);
}

/* Appends n characters of no line of ours. */
static void pad(struct rc_buf *text, int n)
{
	for (int i = 0; i < n; i++)
		rc_buf_add_cp(text, 0x3400 + (uint32_t)i);
}

/* Lines end in '\n', regions in an empty line. */
static void lines_of(const char *utf8, struct score_lines *ret)
{
	int32_t region = 0;

	while (*utf8) {
		size_t len = strcspn(utf8, "\n");
		RC_OWN_STR line = strndup(utf8, len);
		OWN_SCORE_TEXT text = { 0 };

		text_of(line, &text);
		score_lines_add(ret, &text, region);
		region += len == 0;
		utf8 += len + (utf8[len] != 0);
	}
}

/* ---- counterparts ---------------------------------------------------------------------------------------- */

struct shares {
	int64_t lost, invented, misread, paired;
};

static struct shares shares_of(const char *truth, const char *got)
{
	OWN_SCORE_LINES lines = { 0 };
	OWN_SCORE_TEXT text = { 0 };
	OWN_SCORE_PAIRS pairs = { 0 };
	int64_t both_ways = 0;

	lines_of(truth, &lines);
	text_of(got, &text);
	score_pair(&lines, &text, &pairs);
	for (int64_t i = 0; i < pairs.truth; i++)
		both_ways += pairs.of_truth[i] >= 0 && pairs.of_got[pairs.of_truth[i]] == i;
	check_int(both_ways, pairs.paired);
	return (struct shares){ pairs.truth - pairs.paired, pairs.got - pairs.paired, pairs.misread, pairs.paired };
}

static void check_shares(const char *truth, const char *got, int64_t lost, int64_t invented, int64_t misread)
{
	struct shares s = shares_of(truth, got);

	check_int(s.lost, lost);
	check_int(s.invented, invented);
	check_int(s.misread, misread);
}

static const char page[] = "西河上的木橋\n今年夏間\n被大水沖壞\n";

TEST(order_costs_nothing_and_what_is_gone_or_new_is_counted)
{
	check_shares(page, "西河上的木橋今年夏間被大水沖壞", 0, 0, 0);
	check_shares(page, "被大水沖壞今年夏間西河上的木橋", 0, 0, 0);
	check_shares(page, "被大水沖壞甲乙丙西河上的木橋", 4, 3, 0);
	check_shares(page, "", 15, 0, 0);
	check_shares("", "甲乙丙", 0, 3, 0);
}

TEST(a_misread_character_is_neither_lost_nor_invented)
{
	check_shares(page, "西河土的木橋今年夏間被大水沖壞", 0, 0, 1);
	check_shares(page, "西河的木橋今年夏間被大水沖壞", 1, 0, 0);
	check_shares(page, "西河上上的木橋今年夏間被大水沖壞", 0, 1, 0);
}

TEST(a_short_line_needs_its_place_to_be_known)
{
	/* One of three right: only beside the lines around it. */
	check_shares("西河上的木橋\n今年夏\n被大水沖壞\n", "西河上的木橋令年下被大水沖壞", 0, 0, 2);
	check_shares("今年夏\n", "令年下", 3, 3, 0);
	check_shares("今年夏\n", "令年夏", 0, 0, 1);
}

TEST(among_many_characters_more_must_be_right)
{
	RC_OWN_BUF got = RC_BUF(1 << 16);

	rc_buf_adds(&got, "令年夏問");
	pad(&got, 95);
	check_int(shares_of("今年夏間\n", got.data).paired, 4);
	pad(&got, 1);
	check_int(shares_of("今年夏間\n", got.data).paired, 0);
	check_int(shares_of("今年夏間日月\n", got.data).paired, 0);
	rc_buf_clear(&got);
	rc_buf_adds(&got, "令年夏間");
	pad(&got, 995);
	check_int(shares_of("今年夏間\n", got.data).paired, 4);
	pad(&got, 1);
	check_int(shares_of("今年夏間\n", got.data).paired, 0);
}

TEST(a_character_is_the_counterpart_of_one_only)
{
	check_shares("每冊五角\n每冊五角\n", "每冊五角", 4, 0, 0);
	check_shares("每冊五角\n每冊五角\n", "每冊五角每冊五角每冊五角", 0, 4, 0);
}

TEST(text_that_belongs_to_nothing_is_all_invented)
{
	check_shares("西河上的木橋\n", "甲乙丙丁戊己", 6, 6, 0);
}

/* Four pieces of 40 different characters as one line, and the same in another order. */
TEST(a_long_line_is_looked_for_piece_by_piece)
{
	OWN_SCORE_TEXT line = { .chars = rc_alloc(160 * sizeof(uint32_t)), .n = 160 };
	OWN_SCORE_TEXT got = { .chars = rc_alloc(160 * sizeof(uint32_t)), .n = 160 };
	OWN_SCORE_LINES lines = { 0 };
	OWN_SCORE_PAIRS pairs = { 0 };

	for (uint32_t i = 0; i < 160; i++) {
		line.chars[i] = 0x4E00 + i;
		got.chars[(i + 80) % 160] = 0x4E00 + i;
	}
	score_lines_add(&lines, &line, 0);
	score_pair(&lines, &got, &pairs);
	check_int(pairs.paired, 160);
	check_int(pairs.misread, 0);
	check_int(pairs.of_truth[0], 80);
}

/* ---- neighbours ------------------------------------------------------------------------------------------ */

static void check_neighbours(const char *truth, const char *got, int64_t pairs, int64_t next, int64_t found, int64_t found_next)
{
	OWN_SCORE_LINES lines = { 0 };
	OWN_SCORE_TEXT text = { 0 };
	struct score_neighbours n;

	lines_of(truth, &lines);
	text_of(got, &text);
	n = score_neighbours(&lines, &text);
	check_int(n.pairs, pairs);
	check_int(n.next, next);
	check_int(n.found, found);
	check_int(n.found_next, found_next);
}

TEST(lines_that_follow_each_other_are_neighbours_within_their_region)
{
	static const char regions[] = "西河上的木橋\n今年夏間\n\n被大水沖壞\n村人合力修復\n";

	check_neighbours(regions, "西河上的木橋今年夏間被大水沖壞村人合力修復", 2, 2, 2, 2);
	/* Regions may change places. */
	check_neighbours(regions, "被大水沖壞村人合力修復西河上的木橋今年夏間", 2, 2, 2, 2);
	check_neighbours("西河上的木橋\n", "西河上的木橋", 0, 0, 0, 0);
}

TEST(columns_read_from_left_to_right_are_no_neighbours)
{
	check_neighbours(page, "被大水沖壞今年夏間西河上的木橋", 2, 0, 2, 0);
	check_neighbours(page, "今年夏間西河上的木橋被大水沖壞", 2, 0, 2, 0);
}

TEST(misread_characters_and_stray_marks_break_nothing)
{
	check_neighbours(page, "西河土的木橋令年夏間被大冰沖壞", 2, 2, 2, 2);
	check_neighbours(page, "西河土的木橋一今年夏間被大冰沖壞", 2, 2, 2, 2);
}

TEST(another_line_between_parts_them)
{
	check_neighbours(page, "西河上的木橋村人合力修復今年夏間被大水沖壞", 2, 1, 2, 1);
}

TEST(a_lost_line_is_no_neighbour_and_not_found)
{
	check_neighbours(page, "西河上的木橋被大水沖壞", 2, 0, 0, 0);
	check_neighbours(page, "", 2, 0, 0, 0);
}

/* ---- regions ---------------------------------------------------------------------------------------------- */

static struct score_order order_of(const char *truth, const char *got)
{
	OWN_SCORE_LINES lines = { 0 };
	OWN_SCORE_TEXT text = { 0 };
	OWN_SCORE_PAIRS pairs = { 0 };

	lines_of(truth, &lines);
	text_of(got, &text);
	score_pair(&lines, &text, &pairs);
	return score_region_order(&lines, &pairs);
}

TEST(regions_are_where_their_middle_is)
{
	static const char regions[] = "西河上的木橋\n今年夏間\n\n被大水沖壞\n\n村人合力修復\n";
	struct score_order o = order_of(regions, "西河上的木橋今年夏間被大水沖壞村人合力修復");

	check_int(o.pairs, 3);
	check_int(o.kept, 3);
	o = order_of(regions, "村人合力修復被大水沖壞西河上的木橋今年夏間");
	check_int(o.pairs, 3);
	check_int(o.kept, 0);
	/* A region that was not found has no place. */
	o = order_of(regions, "村人合力修復西河上的木橋");
	check_int(o.pairs, 1);
	check_int(o.kept, 0);
}

/* ---- the search -------------------------------------------------------------------------------------------- */

/* The textbook's way: P. Sellers, The theory and computation of evolutionary distances (J. Algorithms 1, 1980). */
static int64_t slow_search(const uint32_t *a, size_t n, const uint32_t *b, size_t m, size_t *ret_end)
{
	RC_CLEANUP(rc_free) int64_t *column = rc_alloc((n + 1) * sizeof *column);
	int64_t least = (int64_t)n;

	*ret_end = 0;
	for (size_t i = 0; i <= n; i++)
		column[i] = (int64_t)i;
	for (size_t j = 0; j < m; j++) {
		int64_t diagonal = 0;

		for (size_t i = 1; i <= n; i++) {
			int64_t best = diagonal + (a[i - 1] != b[j]);

			diagonal = column[i];
			best = column[i] + 1 < best ? column[i] + 1 : best;
			best = column[i - 1] + 1 < best ? column[i - 1] + 1 : best;
			column[i] = best;
		}
		if (column[n] < least || (column[n] == least && j == *ret_end && j > 0)) {
			least = column[n];
			*ret_end = j + 1;
		}
	}
	return least;
}

TEST(the_fast_search_is_the_textbook_search)
{
	static const size_t lengths[] = { 1, 2, 7, 40, 63, 64, 65, 80, 130 };
	unsigned seed = 1933;

	for (unsigned kinds = 2; kinds <= 200; kinds *= 10) {
		OWN_SCORE_TEXT b = { .chars = rc_alloc(300 * sizeof(uint32_t)), .n = 300 };
		OWN_SCORE_FIELD field = NULL;

		for (size_t j = 0; j < b.n; j++)
			b.chars[j] = 0x4E00 + (unsigned)rand_r(&seed) % kinds;
		field = score_field_new(&b);
		for (size_t k = 0; k < RC_COUNT(lengths); k++) {
			uint32_t a[130];
			size_t end, slow_end;
			int64_t slow;

			for (size_t i = 0; i < lengths[k]; i++)
				a[i] = 0x4E00 + (unsigned)rand_r(&seed) % kinds;
			slow = slow_search(a, lengths[k], b.chars, b.n, &slow_end);
			check_int(score_field_search(field, a, lengths[k], 0, b.n, &end), slow);
			check_int(end, slow_end);
			slow = slow_search(a, lengths[k], b.chars + 100, 50, &slow_end);
			check_int(score_field_search(field, a, lengths[k], 100, 150, &end), slow);
			check_int(end, slow_end + 100);
		}
	}
}

TEST(what_is_taken_equals_nothing)
{
	OWN_SCORE_TEXT text = { 0 };
	OWN_SCORE_FIELD field = NULL;

	text_of("甲乙丙丁", &text);
	field = score_field_new(&text);
	check_int(score_field_search(field, text.chars, 4, 0, 4, NULL), 0);
	score_field_take(field, 1);
	check(score_field_taken(field, 1));
	check_int(score_field_search(field, text.chars, 4, 0, 4, NULL), 1);
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
