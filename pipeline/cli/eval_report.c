/* eval_report.c -- gathers the pages of an evaluation; prints them for people.
 *
 *   eval_report_add()    one page and its truth
 *   eval_print_table()   a line a page, the total, and what the estimates are worth
 */
#include "cli/eval_report.h"

#include <stdio.h>

#include "core/text.h"

void eval_report_free(struct eval_report *report)
{
	for (size_t i = 0; i < report->n; i++) {
		free(report->rows[i].name);
		eval_page_free(&report->rows[i].page);
		eval_text_free(&report->rows[i].truth_text);
	}
	free(report->rows);
	score_variants_free(&report->variants);
	eval_truths_free(&report->truths);
	eval_quality_free(&report->quality);
	*report = (struct eval_report){ 0 };
}

enum rc_status eval_report_add(struct eval_report *report, struct eval_page *page, struct eval_truth *truth, bool by_leaf,
                               struct rc_err *err)
{
	OWN_EVAL_TEXT truth_text = { 0 };
	RC_OWN_BUF name = RC_BUF(4 * RC_MAX_NAME);
	struct eval_numbers numbers;
	struct eval_row *row;
	enum rc_status status = eval_truth_read(truth, by_leaf, &truth_text, err);

	if (rc_good(status))
		status = eval_numbers_of(report->variants, &truth_text, &page->text, &numbers, err);
	if (!rc_good(status))
		return status;
	truth->used = true;
	eval_page_name(page, &name);
	eval_total_add(&report->total, &numbers);
	if (page->estimate >= 0 && !page->not_read)
		eval_quality_add(&report->quality, page->estimate, &numbers.score);
	report->rows = rc_realloc(report->rows, (report->n + 1) * sizeof *report->rows);
	row = &report->rows[report->n++];
	*row = (struct eval_row){ .name = rc_strdup(name.data), .page = *page, .truth = truth, .numbers = numbers };
	*page = (struct eval_page){ 0 };
	if (report->keep) {
		row->truth_text = truth_text;
		truth_text = (struct eval_text){ 0 };
	} else {
		eval_text_free(&row->page.text);
	}
	return RC_OK;
}

/* ---- the table ------------------------------------------------------------------------------------------------ */

/* A share in six columns; a dash where there is none. */
static void print_share(double share)
{
	if (share >= 0)
		printf(" %6.3f", share);
	else
		printf("      -");
}

static void print_row(const struct eval_numbers *n, double estimate, const char *name, const char *remark)
{
	RC_OWN_BUF safe = RC_BUF(16 * RC_MAX_NAME);

	rc_text_escape(&safe, name);
	printf("%7.4f %7.4f", score_cer(&n->score), n->score.bag);
	print_share(score_cer(&n->punctuation));
	print_share(eval_lost(n));
	print_share(eval_invented(n));
	print_share(eval_neighbours(n));
	print_share(estimate);
	printf(" %7lld %7lld  %s%s\n", (long long)n->score.truth, (long long)n->score.got, safe.data, remark);
}

static void print_order(const struct eval_numbers *n)
{
	const struct score_neighbours *next = &n->neighbours;

	if (next->pairs)
		printf("neighbours: %lld of %lld pairs (%.3f); of the %lld whose lines were found, %lld (%.3f)\n", (long long)next->next,
		       (long long)next->pairs, eval_neighbours(n), (long long)next->found, (long long)next->found_next,
		       next->found ? eval_neighbours_found(n) : 0);
	if (n->order.pairs)
		printf("regions in order: %lld of %lld pairs (%.3f)\n", (long long)n->order.kept, (long long)n->order.pairs, eval_region_order(n));
}

static void print_quality(const struct eval_quality *q)
{
	double cer, bag;

	if (!q->n)
		return;
	printf("estimates of %zu page%s", q->n, q->n == 1 ? "" : "s");
	if (eval_quality_cer(q, &cer))
		printf("; rank correlation with cer %.3f", cer);
	if (eval_quality_bag(q, &bag))
		printf(", with bag %.3f", bag);
	printf("\n  estimate  pages    mean     cer     bag\n");
	for (int i = 0; i < EVAL_BINS; i++) {
		struct score sum = score_sum_total(&q->bins[i].sum);

		if (q->bins[i].pages)
			printf("%4.2f..%4.2f %6lld %7.3f %7.3f %7.3f\n", eval_bin_edges[i], eval_bin_edges[i + 1],
			       (long long)q->bins[i].pages, eval_bin_estimate(&q->bins[i]), score_cer(&sum), sum.bag);
	}
}

static const char *remark_of(const struct eval_row *row)
{
	if (row->page.not_read)
		return "  (not read)";
	return row->truth->silver ? "  (silver)" : "";
}

void eval_print_table(const struct eval_report *report)
{
	struct eval_numbers total = eval_total_numbers(&report->total);
	char name[64];

	printf("    cer     bag  punct   lost  inven  neigh  estim   truth     got  page\n");
	for (size_t i = 0; i < report->n; i++)
		print_row(&report->rows[i].numbers, report->rows[i].page.estimate, report->rows[i].name, remark_of(&report->rows[i]));
	snprintf(name, sizeof name, "total of %zu page%s", report->n, report->n == 1 ? "" : "s");
	print_row(&total, -1, name, "");
	print_order(&total);
	print_quality(&report->quality);
}
