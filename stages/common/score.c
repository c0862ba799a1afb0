/* score.c -- text as it is compared, and sums over many pages.
 *
 *   score_variants_…   which characters are the same: a sorted table, searched by halves
 *   score_fold()       text as it is compared
 *   score_compare()    two texts
 *   score_sum_…        many pages
 *
 * The distances are in score_distance.c, what is found where in score_match.c. */
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

static enum rc_status fold(const struct score_variants *variants, const char *kept, const char *utf8, size_t len,
                           struct score_text *ret, struct rc_err *err)
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
		else if (strchr(kept, chars_class(cp)))
			text.chars[text.n++] = score_variants_fold(variants, cp);
	}
	*ret = text;
	return RC_OK;
}

enum rc_status score_fold(const struct score_variants *variants, const char *utf8, size_t len, struct score_text *ret,
                          struct rc_err *err)
{
	return fold(variants, "LMN", utf8, len, ret, err);
}

enum rc_status score_fold_all(const struct score_variants *variants, const char *utf8, size_t len, struct score_text *ret,
                              struct rc_err *err)
{
	return fold(variants, "LMNPS", utf8, len, ret, err);
}

void score_text_free(struct score_text *text)
{
	free(text->chars);
	*text = (struct score_text){ 0 };
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
