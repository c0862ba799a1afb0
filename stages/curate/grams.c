/* grams.c -- folding, a rolling hash, and a table with linear probing. */
#include "curate/grams.h"

#include <stdlib.h>

#include "common/score.h"
#include "common/simplify.h"
#include "core/text.h"

/* ---- characters ------------------------------------------------------------------------------------------ */

struct gram_fold {
	struct score_variants *variants;
	struct simplify *simplify;
};

void gram_fold_free(struct gram_fold **fold)
{
	if (*fold) {
		score_variants_free(&(*fold)->variants);
		simplify_free(&(*fold)->simplify);
	}
	free(*fold);
	*fold = NULL;
}

enum rc_status gram_fold_new(struct gram_fold **ret, struct rc_err *err)
{
	RC_CLEANUP(gram_fold_free) struct gram_fold *fold = calloc(1, sizeof *fold);
	enum rc_status status;

	if (!fold || !(fold->variants = score_variants_new()))
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot curate: out of memory");
	status = simplify_new(&fold->simplify, err);
	if (rc_good(status))
		*ret = rc_steal(fold);
	return status;
}

uint32_t gram_fold_cp(const struct gram_fold *fold, uint32_t cp)
{
	if (cp >= 0xff01 && cp <= 0xff5e)       /* fullwidth forms of ASCII */
		cp -= 0xff01 - '!';
	if (cp >= 'A' && cp <= 'Z')
		return cp + 'a' - 'A';
	if ((cp >= 'a' && cp <= 'z') || (cp >= '0' && cp <= '9'))
		return cp;
	return cp != RC_BAD_CP && rc_is_han(cp) ? simplify_cp(fold->simplify, score_variants_fold(fold->variants, cp)) : 0;
}

/* ---- runs -------------------------------------------------------------------------------------------------- */

/* The finalizer of Vigna's SplitMix64. */
static uint64_t mix(uint64_t x)
{
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

/* Thirteen rounds for every character: little beside reading the XML that it stands in. */
bool gram_add(struct gram *gram, uint32_t folded)
{
	uint64_t h = 0;

	gram->last[gram->n++ % GRAM_CHARS] = folded;
	if (gram->n < GRAM_CHARS)
		return false;
	for (size_t i = 0; i < GRAM_CHARS; i++)
		h = mix(h + gram->last[(gram->n + i) % GRAM_CHARS] + 1);
	gram->hash = h ? h : 1;
	return true;
}

/* ---- the set ----------------------------------------------------------------------------------------------- */

void grams_free(struct grams *set)
{
	free(set->keys);
	free(set->owners);
	*set = (struct grams){ 0 };
}

/* Where the run stands, or the free place where it would. */
static size_t place(const struct grams *set, uint64_t hash)
{
	size_t i = hash & (set->cap - 1);

	while (set->keys[i] && set->keys[i] != hash)
		i = (i + 1) & (set->cap - 1);
	return i;
}

static bool grow(struct grams *set)
{
	struct grams bigger = { .cap = set->cap ? set->cap * 2 : 1 << 16, .n = set->n };

	bigger.keys = calloc(bigger.cap, sizeof *bigger.keys);
	bigger.owners = calloc(bigger.cap, sizeof *bigger.owners);
	if (!bigger.keys || !bigger.owners) {
		grams_free(&bigger);
		return false;
	}
	for (size_t i = 0; i < set->cap; i++)
		if (set->keys[i]) {
			size_t to = place(&bigger, set->keys[i]);

			bigger.keys[to] = set->keys[i];
			bigger.owners[to] = set->owners[i];
		}
	grams_free(set);
	*set = bigger;
	return true;
}

enum rc_status grams_add(struct grams *set, uint64_t hash, uint16_t owner, struct rc_err *err)
{
	size_t i;

	if (set->n == GRAMS_MAX)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_SETTING, "more than %u runs of %d characters", GRAMS_MAX, GRAM_CHARS);
	if (set->n >= set->cap / 2 && !grow(set))
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "out of memory");
	i = place(set, hash);
	if (set->keys[i])
		return RC_OK;
	set->keys[i] = hash;
	set->owners[i] = owner;
	set->n++;
	return RC_OK;
}

int grams_find(const struct grams *set, uint64_t hash)
{
	size_t i;

	if (set->cap == 0)
		return -1;
	i = place(set, hash);
	return set->keys[i] ? set->owners[i] : -1;
}
