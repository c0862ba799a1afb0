/* test_near.c -- texts that are nearly the same are found, others are not, and a million of them fit.
 *
 * NEAR_ITEMS=N makes the corpus of the first test larger, for tests/bench/near.py, which wants its numbers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "curate/near.h"

enum { LENGTH = 300 };          /* characters of a text */

static uint32_t random_state = 7;

static uint32_t draw(uint32_t below)
{
	random_state = random_state * 1664525u + 1013904223u;
	return (uint32_t)((uint64_t)(random_state >> 4) * below >> 28);
}

static void draw_text(uint32_t text[LENGTH])
{
	for (int i = 0; i < LENGTH; i++)
		text[i] = 0x4e00 + draw(3000);
}

/* Changes n characters at random places. */
static void spoil(uint32_t text[LENGTH], int n)
{
	while (n-- > 0)
		text[draw(LENGTH)] = 0x4e00 + draw(3000);
}

/* ---- the exact answer ------------------------------------------------------------------------------------ */

struct shingle { uint32_t c[MINHASH_SHINGLE]; };

static int compare_shingles(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct shingle));
}

/* The set of a text's shingles, sorted; returns how many. */
static int shingles(const uint32_t text[LENGTH], struct shingle ret[LENGTH])
{
	int n = LENGTH - MINHASH_SHINGLE + 1, unique = 0;

	for (int i = 0; i < n; i++)
		memcpy(ret[i].c, text + i, sizeof ret[i].c);
	qsort(ret, (size_t)n, sizeof *ret, compare_shingles);
	for (int i = 0; i < n; i++)
		if (i == 0 || compare_shingles(&ret[i], &ret[unique - 1]) != 0)
			ret[unique++] = ret[i];
	return unique;
}

static double jaccard(const uint32_t a[LENGTH], const uint32_t b[LENGTH])
{
	struct shingle sa[LENGTH], sb[LENGTH];
	int na = shingles(a, sa), nb = shingles(b, sb), common = 0;

	for (int i = 0, j = 0; i < na && j < nb;) {
		int order = compare_shingles(&sa[i], &sb[j]);

		common += order == 0;
		i += order <= 0;
		j += order >= 0;
	}
	return (double)common / (na + nb - common);
}

/* ---- facts ------------------------------------------------------------------------------------------------- */

static void facts_room(struct facts *facts, size_t n)
{
	*facts = (struct facts){ .pages = calloc(n, sizeof *facts->pages), .signatures = calloc(n, sizeof *facts->signatures) };
	check(facts->pages && facts->signatures);
}

static void add(struct facts *facts, struct minhash *m, const uint32_t *text, int n)
{
	for (int i = 0; i < n; i++)
		minhash_add(m, text[i]);
	check(minhash_end(m, facts->signatures[facts->n_signatures]));
	facts->pages[facts->n_pages++].signature = (uint32_t)facts->n_signatures++;
}

static struct sets join(const struct facts *facts, double near)
{
	struct sets sets;
	struct rc_err err;

	check(sets_init(&sets, facts->n_pages));
	check_int(near_join(facts, near, &sets, &err), RC_OK);
	return sets;
}

static void drop(struct facts *facts, struct sets *sets)
{
	sets_free(sets);
	free(facts->pages);
	free(facts->signatures);
}

/* ---- stories ----------------------------------------------------------------------------------------------- */

TEST(the_estimate_is_near_the_exact_likeness)
{
	struct minhash *m = minhash_new();
	double off = 0, worst = 0;

	for (int i = 0; i < 200; i++) {
		uint32_t a[LENGTH], b[LENGTH];
		uint8_t sa[MINHASH_BYTES], sb[MINHASH_BYTES];
		double d;

		draw_text(a);
		memcpy(b, a, sizeof b);
		spoil(b, i % 40);
		for (int k = 0; k < LENGTH; k++)
			minhash_add(m, a[k]);
		check(minhash_end(m, sa));
		for (int k = 0; k < LENGTH; k++)
			minhash_add(m, b[k]);
		check(minhash_end(m, sb));
		d = minhash_likeness(sa, sb) - jaccard(a, b);
		off += d;
		worst = d > worst ? d : -d > worst ? -d : worst;
	}
	check_near(off / 200, 0, 0.01);
	check(worst < 0.12);
	minhash_free(&m);
}

TEST(a_text_shorter_than_a_shingle_has_no_signature)
{
	struct minhash *m = minhash_new();
	uint8_t signature[MINHASH_BYTES];

	for (uint32_t i = 1; i < MINHASH_SHINGLE; i++)
		minhash_add(m, i);
	check(!minhash_end(m, signature));
	for (uint32_t i = 0; i < MINHASH_SHINGLE; i++)
		minhash_add(m, i);
	check(minhash_end(m, signature));
	minhash_free(&m);
}

/* Half of the texts are spoiled copies, so that likenesses from 0.5 to 0.95 are there. What lies within 0.05 of the limit may fall on
 * either side; what lies beyond must be right. */
TEST(planted_copies_are_found_and_nothing_else_is)
{
	const char *wanted = getenv("NEAR_ITEMS");
	size_t pairs = (wanted ? strtoul(wanted, NULL, 10) : 3000) / 2;
	const double near[] = { 0.8, 0.5 };
	double *exact = calloc(pairs, sizeof *exact);
	struct minhash *m = minhash_new();
	struct facts facts;

	facts_room(&facts, 2 * pairs);
	for (size_t i = 0; i < pairs; i++) {
		uint32_t a[LENGTH], b[LENGTH];

		draw_text(a);
		memcpy(b, a, sizeof b);
		spoil(b, 1 + (int)draw(22));
		exact[i] = jaccard(a, b);
		add(&facts, m, a, LENGTH);
		add(&facts, m, b, LENGTH);
	}
	for (size_t k = 0; k < 2; k++) {
		struct sets sets = join(&facts, near[k]);
		size_t alike = 0, found = 0, right = 0, clear_miss = 0, clear_wrong = 0, strangers = 0;

		for (size_t i = 0; i < pairs; i++) {
			bool joined = sets_root(&sets, (uint32_t)(2 * i)) == sets_root(&sets, (uint32_t)(2 * i + 1));

			strangers += sets_root(&sets, (uint32_t)(2 * i)) != 2 * i;
			alike += exact[i] >= near[k];
			found += joined;
			right += joined && exact[i] >= near[k];
			clear_miss += !joined && exact[i] >= near[k] + 0.05;
			clear_wrong += joined && exact[i] < near[k] - 0.05;
		}
		if (wanted)
			printf("likeness %.1f: %zu items, %zu pairs alike, recall %.4f, precision %.4f\n", near[k], 2 * pairs, alike,
			       (double)right / (double)alike, (double)right / (double)found);
		check(alike > pairs / 10);
		check_int((long long)strangers, 0);
		check(clear_miss <= alike / 50);
		check(clear_wrong <= found / 50);
		check(right >= alike * 9 / 10);
		check(right >= found * 9 / 10);
		sets_free(&sets);
	}
	drop(&facts, &(struct sets){ 0 });
	minhash_free(&m);
	free(exact);
}

/* A form that was filled in thousands of times must not make time grow with the square. */
TEST(thousands_of_the_same_are_one_cluster)
{
	struct minhash *m = minhash_new();
	struct facts facts;
	struct sets sets;
	uint32_t text[LENGTH];

	facts_room(&facts, 5000);
	draw_text(text);
	for (int i = 0; i < 5000; i++) {
		text[draw(4)] = 0x4e00 + draw(3000);
		add(&facts, m, text, 60);
	}
	sets = join(&facts, 0.8);
	for (uint32_t i = 0; i < 5000; i++)
		check_int(sets_root(&sets, i), 0);
	drop(&facts, &sets);
	minhash_free(&m);
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
