/* eval_score.h -- all numbers of one page against its truth, and of all pages together. */
#ifndef CLI_EVAL_SCORE_H
#define CLI_EVAL_SCORE_H

#include "cli/eval_quality.h"
#include "cli/eval_text.h"

struct eval_numbers {
	struct score score;         /* folded; bag error too */
	struct score punctuation;   /* the same with punctuation and symbols; its bag is 0 */
	bool matched;               /* false: too large to look for lines; the rest is 0 */
	int64_t paired, misread;    /* of the pages matched: counterparts (common/score_match.h) */
	int64_t matched_truth, matched_got;
	struct score_neighbours neighbours;
	struct score_order order;   /* of regions */
};
enum rc_status eval_numbers_of(const struct score_variants *variants, const struct eval_text *truth, const struct eval_text *got,
                               struct eval_numbers *ret, struct rc_err *err);

struct eval_total {             /* zero: no pages */
	struct eval_numbers numbers;    /* sums; score.bag and the rest as eval_total_numbers() gives them */
	struct score_sum sum, punctuation;
	int64_t pages;
};
void eval_total_add(struct eval_total *total, const struct eval_numbers *page);
struct eval_numbers eval_total_numbers(const struct eval_total *total);

/* Shares, 0 to 1; negative where there is nothing to share. */
double eval_lost(const struct eval_numbers *n);
double eval_invented(const struct eval_numbers *n);
double eval_misread(const struct eval_numbers *n);
double eval_neighbours(const struct eval_numbers *n);       /* of all pairs */
double eval_neighbours_found(const struct eval_numbers *n); /* of the pairs found */
double eval_region_order(const struct eval_numbers *n);

#endif
