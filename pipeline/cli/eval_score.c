/* eval_score.c -- the numbers of a page, and their sums.
 *
 *   eval_numbers_of()   one page
 *   eval_total_…        many
 *   eval_lost(), ...    shares, from the counts
 */
#include "cli/eval_score.h"

#include <string.h>

static enum rc_status with_punctuation(const struct score_variants *variants, const struct rc_buf *truth, const struct rc_buf *got,
                                       struct score *ret, struct rc_err *err)
{
	OWN_SCORE_TEXT a = { 0 };
	OWN_SCORE_TEXT b = { 0 };
	enum rc_status status = score_fold_all(variants, truth->data, truth->len, &a, err);

	if (rc_good(status))
		status = score_fold_all(variants, got->data, got->len, &b, err);
	if (!rc_good(status))
		return status;
	*ret = (struct score){ .edits = score_distance(&a, &b), .truth = (int64_t)a.n, .got = (int64_t)b.n };
	return RC_OK;
}

static void match(const struct score_lines *truth, const struct score_text *got, struct eval_numbers *ret)
{
	OWN_SCORE_PAIRS pairs = { 0 };

	score_pair(truth, got, &pairs);
	ret->matched = true;
	ret->paired = pairs.paired;
	ret->misread = pairs.misread;
	ret->matched_truth = pairs.truth;
	ret->matched_got = pairs.got;
	ret->neighbours = score_neighbours(truth, got);
	ret->order = score_region_order(truth, &pairs);
}

enum rc_status eval_numbers_of(const struct score_variants *variants, const struct eval_text *truth, const struct eval_text *got,
                               struct eval_numbers *ret, struct rc_err *err)
{
	RC_OWN_BUF truth_text = RC_BUF(RC_MAX_RESULT_BYTES);
	RC_OWN_BUF got_text = RC_BUF(RC_MAX_RESULT_BYTES);
	OWN_SCORE_TEXT a = { 0 };
	OWN_SCORE_TEXT b = { 0 };
	OWN_SCORE_LINES lines = { 0 };
	struct eval_numbers numbers = { 0 };
	enum rc_status status;

	eval_text_join(truth, &truth_text);
	eval_text_join(got, &got_text);
	status = rc_buf_check(&truth_text, "the truth", err);
	if (rc_good(status))
		status = rc_buf_check(&got_text, "the reading", err);
	if (rc_good(status))
		status = score_fold(variants, truth_text.data, truth_text.len, &a, err);
	if (rc_good(status))
		status = score_fold(variants, got_text.data, got_text.len, &b, err);
	if (rc_good(status))
		status = with_punctuation(variants, &truth_text, &got_text, &numbers.punctuation, err);
	if (rc_good(status))
		status = eval_text_fold(truth, variants, &lines, err);
	if (!rc_good(status))
		return status;
	numbers.score = score_compare(&a, &b);
	if (score_match_affordable(&lines, &b))
		match(&lines, &b, &numbers);
	*ret = numbers;
	return RC_OK;
}

/* ---- many pages -------------------------------------------------------------------------------------------- */

void eval_total_add(struct eval_total *total, const struct eval_numbers *page)
{
	struct eval_numbers *sum = &total->numbers;

	score_sum_add(&total->sum, &page->score);
	score_sum_add(&total->punctuation, &page->punctuation);
	total->pages++;
	sum->matched |= page->matched;
	sum->paired += page->paired;
	sum->misread += page->misread;
	sum->matched_truth += page->matched_truth;
	sum->matched_got += page->matched_got;
	sum->neighbours.pairs += page->neighbours.pairs;
	sum->neighbours.next += page->neighbours.next;
	sum->neighbours.found += page->neighbours.found;
	sum->neighbours.found_next += page->neighbours.found_next;
	sum->order.pairs += page->order.pairs;
	sum->order.kept += page->order.kept;
}

struct eval_numbers eval_total_numbers(const struct eval_total *total)
{
	struct eval_numbers sum = total->numbers;

	sum.score = score_sum_total(&total->sum);
	sum.punctuation = score_sum_total(&total->punctuation);
	return sum;
}

/* ---- shares -------------------------------------------------------------------------------------------------- */

static double share(int64_t part, int64_t whole)
{
	return whole > 0 ? (double)part / (double)whole : -1;
}

double eval_lost(const struct eval_numbers *n)
{
	return share(n->matched_truth - n->paired, n->matched_truth);
}

double eval_invented(const struct eval_numbers *n)
{
	return share(n->matched_got - n->paired, n->matched_got);
}

double eval_misread(const struct eval_numbers *n)
{
	return share(n->misread, n->paired);
}

double eval_neighbours(const struct eval_numbers *n)
{
	return share(n->neighbours.next, n->neighbours.pairs);
}

double eval_neighbours_found(const struct eval_numbers *n)
{
	return share(n->neighbours.found_next, n->neighbours.found);
}

double eval_region_order(const struct eval_numbers *n)
{
	return share(n->order.kept, n->order.pairs);
}
