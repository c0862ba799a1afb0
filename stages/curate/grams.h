/* grams.h -- all runs of 13 characters of some texts, as a set that tells whose a run is.
 *
 * Characters are folded first, so that the same sentence is found in either script and however it is set: Han, letters and digits
 * alone count, wide forms are narrow ones, capitals small ones, old forms the usual ones (common/variants.def), traditional
 * characters simplified ones. 13 is what GPT-3 used for words (Brown and others, 2020, appendix C) and what datatrove and others
 * use for characters of Chinese.
 *
 * A run is kept as a hash of 64 bits and the number of its text: at most 20 bytes a run, 40 for a moment while the set grows. Of a
 * thousand million runs looked up in a set of thirty million, one in six hundred tries finds a wrong one. */
#ifndef CURATE_GRAMS_H
#define CURATE_GRAMS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/err.h"

#define GRAM_CHARS 13
#define GRAMS_MAX  (32u << 20)          /* runs of all texts: the texts have some 100 MB, the set 640 MB */

/* What makes characters comparable. */
struct gram_fold;
enum rc_status gram_fold_new(struct gram_fold **ret, struct rc_err *err);
/* 0: the character does not count. */
uint32_t gram_fold_cp(const struct gram_fold *fold, uint32_t cp);
void gram_fold_free(struct gram_fold **fold);

/* The last 13 characters of a text that goes by. All zero: none yet. */
struct gram {
	uint32_t last[GRAM_CHARS];      /* the newest at (n - 1) % GRAM_CHARS */
	uint64_t n, hash;
};
/* Takes the next folded character; true when there are 13, whose hash is gram->hash. */
bool gram_add(struct gram *gram, uint32_t folded);

struct grams {
	uint64_t *keys;                 /* 0: free */
	uint16_t *owners;
	size_t n, cap;                  /* cap: a power of two */
};
void grams_free(struct grams *set);
/* The first owner of a run keeps it. RC_RUN_FAILED/setting beyond GRAMS_MAX. */
enum rc_status grams_add(struct grams *set, uint64_t hash, uint16_t owner, struct rc_err *err);
/* Whose run it is; -1: nobody's. */
int grams_find(const struct grams *set, uint64_t hash);

#endif
