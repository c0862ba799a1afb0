/* score.c -- distance and bag error between two folded texts.
 *
 *   score_variants_…   which characters are the same: a sorted table, searched by halves
 *   score_fold()       text as it is compared
 *   score_distance()   Myers' bit-parallel Levenshtein distance, one block of 64 rows after another
 *   score_bag_error()  multiset overlap
 *   score_sum_…        many pages
 */
#include "common/score.h"

#include <string.h>

#include "common/chars.h"
#include "core/limits.h"
#include "core/text.h"

/* ---- variants ------------------------------------------------------------------------------------ */

struct pair {
	uint32_t from, to;
	size_t age;                 /* place in the source: of two with the same `from`, the later wins */
};

struct score_variants {
	struct pair *pairs;         /* sorted by from; owned */
	size_t n, room;
};

static void variants_add(struct score_variants *v, uint32_t from, uint32_t to)
{
	if (v->n == v->room) {
		v->room = v->room ? 2 * v->room : 512;
		v->pairs = rc_realloc(v->pairs, v->room * sizeof *v->pairs);
	}
	v->pairs[v->n] = (struct pair){ .from = from, .to = to, .age = v->n };
	v->n++;
}

static int pair_order(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return x->age < y->age ? -1 : x->age > y->age;
}

/* Sorts, and keeps the last pair of those that start with the same character. */
static void variants_settle(struct score_variants *v)
{
	size_t kept = 0;

	if (!v->n)
		return;
	qsort(v->pairs, v->n, sizeof *v->pairs, pair_order);
	for (size_t i = 1; i < v->n; i++) {
		if (v->pairs[i].from != v->pairs[kept].from)
			kept++;
		v->pairs[kept] = v->pairs[i];
	}
	v->n = kept + 1;
}

struct score_variants *score_variants_new(void)
{
	static const char *const classes[] = {
#define VARIANTS(forms) forms,
#include "common/variants.def"
#undef VARIANTS
	};
	struct score_variants *v = rc_alloc(sizeof *v);

	for (size_t i = 0; i < RC_COUNT(classes); i++) {
		const char *s = classes[i];
		uint32_t usual = rc_utf8_next(&s);

		for (uint32_t other; (other = rc_utf8_next(&s)) != 0;)
			variants_add(v, other, usual);
	}
	variants_settle(v);
	return v;
}

/* The only character of a string; 0 when there is none or more than one. */
static uint32_t only_char(const char *s)
{
	uint32_t cp = s ? rc_utf8_next(&s) : 0;

	return cp && cp != RC_BAD_CP && !*s ? cp : 0;
}

enum rc_status score_variants_parse(const json_t *map, const char *name, struct score_variants **ret, struct rc_err *err)
{
	RC_CLEANUP(score_variants_free) struct score_variants *v = rc_alloc(sizeof *v);
	const char *key;
	json_t *value;

	if (!json_is_object(map))
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_FORMAT, "cannot use '%s': not an object of characters", name);
	json_object_foreach((json_t *)map, key, value) {
		uint32_t to = only_char(key), from = only_char(json_string_value(value));

		if (!to || !from)
			return rc_fail(err, RC_RUN_FAILED, RC_WHY_FORMAT, "cannot use '%s': '%s' is not one character for another", name, key);
		variants_add(v, from, to);
	}
	variants_settle(v);
	*ret = rc_steal(v);
	return RC_OK;
}

uint32_t score_variants_fold(const struct score_variants *v, uint32_t cp)
{
	size_t low = 0, high = v->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (v->pairs[middle].from == cp)
			return v->pairs[middle].to;
		if (v->pairs[middle].from < cp)
			low = middle + 1;
		else
			high = middle;
	}
	return cp;
}

void score_variants_free(struct score_variants **variants)
{
	if (*variants)
		free((*variants)->pairs);
	free(*variants);
	*variants = NULL;
}

/* ---- folding ------------------------------------------------------------------------------------- */

enum rc_status score_fold(const struct score_variants *variants, const char *utf8, size_t len, struct score_text *ret,
                          struct rc_err *err)
{
	RC_OWN_BUF normal = RC_BUF(RC_MAX_RESULT_BYTES);
	enum rc_status status = chars_nfkc(utf8, len, &normal, err);
	struct score_text text = { 0 };
	const char *s, *end;

	if (!rc_good(status))
		return status;
	text.chars = rc_alloc(normal.len * sizeof *text.chars);
	for (s = normal.data, end = s + normal.len; s < end;) {
		uint32_t cp = rc_utf8_next(&s);

		if (cp == 0)
			s++;                /* a zero byte inside the text ends nothing */
		else if (strchr("LMN", chars_class(cp)))
			text.chars[text.n++] = score_variants_fold(variants, cp);
	}
	*ret = text;
	return RC_OK;
}

void score_text_free(struct score_text *text)
{
	free(text->chars);
	*text = (struct score_text){ 0 };
}

/* ---- distance ------------------------------------------------------------------------------------ */

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

/* ---- pages --------------------------------------------------------------------------------------- */

struct score score_compare(const struct score_text *truth, const struct score_text *got)
{
	return (struct score){
		.edits = score_distance(truth, got),
		.truth = (int64_t)truth->n,
		.got = (int64_t)got->n,
		.bag = score_bag_error(truth, got),
	};
}

double score_cer(const struct score *score)
{
	return (double)score->edits / (double)(score->truth > 0 ? score->truth : 1);
}

void score_sum_add(struct score_sum *sum, const struct score *score)
{
	sum->total.edits += score->edits;
	sum->total.truth += score->truth;
	sum->total.got += score->got;
	sum->total.bag += score->bag * (double)score->truth;
	sum->pages++;
}

struct score score_sum_total(const struct score_sum *sum)
{
	struct score total = sum->total;

	total.bag /= (double)(total.truth > 0 ? total.truth : 1);
	return total;
}
