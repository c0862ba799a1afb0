/* score.h -- how far a reading is from the truth.
 *
 * Both texts are folded the same way and then compared as rows of characters: form KC, everything but letters, marks and
 * numbers removed (so spaces, line ends and punctuation do not count), and forms of one character made equal.
 *
 *   edits  Levenshtein distance; divided by the truth's length it is the character error rate (may exceed 1)
 *   bag    order-free error: 1 - common / larger, where `common` counts characters that both have, each as often as
 *          the poorer has it. Where it is far below the error rate, the reading is right and its order is wrong. */
#ifndef COMMON_SCORE_H
#define COMMON_SCORE_H

#include "core/json.h"

struct score_variants;          /* which characters are the same */
/* The project's own table, variants.def. */
struct score_variants *score_variants_new(void);
/* From a JSON object { "usual form": "other form", ... } of single characters; a later pair wins.
 * RC_RUN_FAILED/format when it is something else. */
enum rc_status score_variants_parse(const json_t *map, const char *name, struct score_variants **ret, struct rc_err *err);
uint32_t score_variants_fold(const struct score_variants *variants, uint32_t cp);
void score_variants_free(struct score_variants **variants);

struct score_text {             /* a folded text */
	uint32_t *chars;            /* owned */
	size_t n;
};
/* Bytes that are no UTF-8 count as symbols: they vanish. */
enum rc_status score_fold(const struct score_variants *variants, const char *utf8, size_t len, struct score_text *ret,
                          struct rc_err *err);
/* The same with punctuation and symbols kept, each in its form KC: a comma is a comma, wide or narrow. */
enum rc_status score_fold_all(const struct score_variants *variants, const char *utf8, size_t len, struct score_text *ret,
                              struct rc_err *err);
void score_text_free(struct score_text *text);
#define OWN_SCORE_TEXT RC_CLEANUP(score_text_free) struct score_text

/* Levenshtein distance. Time a.n / 64 * b.n; memory a.n + b.n and no more. */
int64_t score_distance(const struct score_text *a, const struct score_text *b);
/* 0 to 1; 0 for two empty texts. */
double score_bag_error(const struct score_text *a, const struct score_text *b);

struct score {
	int64_t edits, truth, got;  /* characters */
	double bag;
};
struct score score_compare(const struct score_text *truth, const struct score_text *got);
/* edits / truth; for an empty truth, edits. */
double score_cer(const struct score *score);

struct score_sum {              /* totals: error rate over all characters, bag error weighted by the truth's length */
	struct score total;         /* .bag is the weighted sum until score_sum_total() */
	int64_t pages;
};
void score_sum_add(struct score_sum *sum, const struct score *score);
struct score score_sum_total(const struct score_sum *sum);

#endif
