/* score_distance.c -- how far two folded texts are apart.
 *
 *   score_distance()    Myers' bit-parallel Levenshtein distance, one block of 64 rows after another
 *   score_bag_error()   multiset overlap
 *   score_field_…       the same distance to the nearest part of a text
 */
#include <string.h>

#include "common/score.h"
#include "common/score_match.h"

struct alphabet {               /* the characters of a text, sorted, each once: its place is its number */
	uint32_t *chars;            /* owned */
	size_t n;
};

static void alphabet_free(struct alphabet *a)
{
	free(a->chars);
}
#define OWN_ALPHABET RC_CLEANUP(alphabet_free) struct alphabet

static int char_order(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static struct alphabet alphabet_of(const struct score_text *text)
{
	struct alphabet a = { .chars = rc_alloc(text->n * sizeof *a.chars) };

	if (text->n)
		memcpy(a.chars, text->chars, text->n * sizeof *a.chars);
	qsort(a.chars, text->n, sizeof *a.chars, char_order);
	for (size_t i = 0; i < text->n; i++)
		if (a.n == 0 || a.chars[a.n - 1] != a.chars[i])
			a.chars[a.n++] = a.chars[i];
	return a;
}

/* Numbers from 0; a->n for what is not in it. */
static uint32_t alphabet_number(const struct alphabet *a, uint32_t cp)
{
	const uint32_t *found = a->n ? bsearch(&cp, a->chars, a->n, sizeof cp, char_order) : NULL;

	return found ? (uint32_t)(found - a->chars) : (uint32_t)a->n;
}

static uint32_t *numbered(const struct alphabet *a, const struct score_text *text)
{
	uint32_t *numbers = rc_alloc(text->n * sizeof *numbers);

	for (size_t i = 0; i < text->n; i++)
		numbers[i] = alphabet_number(a, text->chars[i]);
	return numbers;
}

/* One block of up to 64 rows of the matrix, over all columns. `across` holds, per column, the step (-1, 0, 1) from the
 * column before in the row above the block; on return, in the block's last row.
 *
 * G. Myers, A fast bit-vector algorithm for approximate string matching based on dynamic programming (J. ACM 46, 1999),
 * with the block's borders as in H. Hyyrö, A bit-vector algorithm for computing Levenshtein and Damerau edit distances
 * (Nordic J. Computing 10, 2003). In each word, bit i says something of row i: pv, mv the step down from the row above
 * is +1, -1; ph, mh the step from the column before is +1, -1. */
static void distance_block(const uint64_t *equal, int rows, const uint32_t *columns, size_t n, int8_t *across)
{
	const uint64_t last = UINT64_C(1) << (rows - 1);
	uint64_t pv = ~UINT64_C(0), mv = 0;

	for (size_t j = 0; j < n; j++) {
		uint64_t eq = equal[columns[j]], xv = eq | mv, xh, ph, mh;
		int8_t in = across[j];

		eq |= in < 0;
		xh = (((eq & pv) + pv) ^ pv) | eq;
		ph = mv | ~(xh | pv);
		mh = pv & xh;
		across[j] = (int8_t)(!!(ph & last) - !!(mh & last));
		ph = ph << 1 | (in > 0);
		mh = mh << 1 | (in < 0);
		pv = mh | ~(xv | ph);
		mv = ph & xv;
	}
}

int64_t score_distance(const struct score_text *a, const struct score_text *b)
{
	OWN_ALPHABET alphabet = alphabet_of(a);
	RC_CLEANUP(rc_free) uint32_t *rows = numbered(&alphabet, a);
	RC_CLEANUP(rc_free) uint32_t *columns = numbered(&alphabet, b);
	RC_CLEANUP(rc_free) uint64_t *equal = rc_alloc((alphabet.n + 1) * sizeof *equal);
	RC_CLEANUP(rc_free) int8_t *across = rc_alloc(b->n);
	int64_t distance = (int64_t)a->n;

	/* The row above the first: j characters of b against none of a. */
	for (size_t j = 0; j < b->n; j++)
		across[j] = 1;
	for (size_t top = 0; top < a->n; top += 64) {
		int height = (int)(a->n - top < 64 ? a->n - top : 64);

		for (int i = 0; i < height; i++)
			equal[rows[top + (size_t)i]] |= UINT64_C(1) << i;
		distance_block(equal, height, columns, b->n, across);
		for (int i = 0; i < height; i++)
			equal[rows[top + (size_t)i]] = 0;
	}
	for (size_t j = 0; j < b->n; j++)
		distance += across[j];
	return distance;
}

double score_bag_error(const struct score_text *a, const struct score_text *b)
{
	OWN_ALPHABET alphabet = alphabet_of(a);
	RC_CLEANUP(rc_free) int64_t *left = rc_alloc((alphabet.n + 1) * sizeof *left);
	size_t larger = a->n > b->n ? a->n : b->n;
	int64_t common = 0;

	for (size_t i = 0; i < a->n; i++)
		left[alphabet_number(&alphabet, a->chars[i])]++;
	for (size_t i = 0; i < b->n; i++) {
		int64_t *n = &left[alphabet_number(&alphabet, b->chars[i])];

		if (*n > 0) {
			--*n;
			common++;
		}
	}
	return larger ? 1 - (double)common / (double)larger : 0;
}

/* ---- a text in which parts are looked for ---------------------------------------------------------- */

struct score_field {
	struct alphabet alphabet;
	uint32_t *columns;          /* owned; alphabet.n: taken */
	uint64_t *equal;            /* owned; all zero between calls */
	int8_t *across;             /* owned */
	size_t n;
};

struct score_field *score_field_new(const struct score_text *text)
{
	struct score_field *f = rc_alloc(sizeof *f);

	f->n = text->n;
	f->alphabet = alphabet_of(text);
	f->columns = numbered(&f->alphabet, text);
	f->equal = rc_alloc((f->alphabet.n + 1) * sizeof *f->equal);
	f->across = rc_alloc(text->n + 1);
	return f;
}

void score_field_free(struct score_field **field)
{
	struct score_field *f = *field;

	if (!f)
		return;
	alphabet_free(&f->alphabet);
	free(f->columns);
	free(f->equal);
	free(f->across);
	free(f);
	*field = NULL;
}

void score_field_take(struct score_field *f, size_t place)
{
	f->columns[place] = (uint32_t)f->alphabet.n;
}

bool score_field_taken(const struct score_field *f, size_t place)
{
	return f->columns[place] == f->alphabet.n;
}

/* Sets or clears the rows of one block. What the field does not have equals nothing, as what is taken. */
static void field_rows(struct score_field *f, const uint32_t *chars, int height, bool set)
{
	for (int i = 0; i < height; i++) {
		uint32_t number = alphabet_number(&f->alphabet, chars[i]);

		if (number == f->alphabet.n)
			continue;
		f->equal[number] = set ? f->equal[number] | UINT64_C(1) << i : 0;
	}
}

int64_t score_field_search(struct score_field *f, const uint32_t *chars, size_t n, size_t from, size_t to, size_t *ret_end)
{
	int64_t distance = (int64_t)n, least = distance;
	size_t end = from;

	/* The row above the first is 0 everywhere: a part may begin at any place. */
	memset(f->across + from, 0, to - from);
	for (size_t top = 0; top < n; top += 64) {
		int height = (int)(n - top < 64 ? n - top : 64);

		field_rows(f, chars + top, height, true);
		distance_block(f->equal, height, f->columns + from, to - from, f->across + from);
		field_rows(f, chars + top, height, false);
	}
	for (size_t j = from; j < to; j++) {
		distance += f->across[j];
		/* One character more at the same distance: it is misread, not lost. */
		if (distance < least || (distance == least && j == end && j > from)) {
			least = distance;
			end = j + 1;
		}
	}
	if (ret_end)
		*ret_end = end;
	return least;
}
