/* eval_json.c -- the numbers of an evaluation as JSON; schemas/eval.schema.json defines it. */
#include <math.h>
#include <stdio.h>

#include "cli/eval_report.h"
#include "core/json.h"

/* A share; null where there is none. */
static json_t *share(double value)
{
	return value >= 0 ? json_real(value) : json_null();
}

static json_t *neighbours_json(const struct score_neighbours *n)
{
	return json_pack("{s:I, s:I, s:I, s:I}", "pairs", (json_int_t)n->pairs, "next", (json_int_t)n->next,
	                 "found", (json_int_t)n->found, "found_next", (json_int_t)n->found_next);
}

/* Sets what pages and totals have in common. */
static void set_numbers(json_t *object, const struct eval_numbers *n)
{
	json_object_set_new(object, "cer", json_real(score_cer(&n->score)));
	json_object_set_new(object, "bag", json_real(n->score.bag));
	json_object_set_new(object, "edits", json_integer(n->score.edits));
	json_object_set_new(object, "truth", json_integer(n->score.truth));
	json_object_set_new(object, "got", json_integer(n->score.got));
	json_object_set_new(object, "cer_with_punctuation", json_real(score_cer(&n->punctuation)));
	json_object_set_new(object, "lost", share(eval_lost(n)));
	json_object_set_new(object, "invented", share(eval_invented(n)));
	json_object_set_new(object, "misread", share(eval_misread(n)));
	json_object_set_new(object, "neighbours", share(eval_neighbours(n)));
	json_object_set_new(object, "neighbours_found", share(eval_neighbours_found(n)));
	json_object_set_new(object, "neighbour_pairs", neighbours_json(&n->neighbours));
	json_object_set_new(object, "region_order", share(eval_region_order(n)));
}

static json_t *page_json(const struct eval_row *row)
{
	json_t *page = json_object();

	json_object_set_new(page, "page", rc_json_text(row->name));
	json_object_set_new(page, "read", json_boolean(!row->page.not_read));
	json_object_set_new(page, "class", json_string(rc_page_class_name(row->page.page_class)));
	json_object_set_new(page, "silver", json_boolean(row->truth->silver));
	set_numbers(page, &row->numbers);
	json_object_set_new(page, "estimate", share(row->page.not_read ? -1 : row->page.estimate));
	return page;
}

static json_t *bin_json(const struct eval_bin *bin, int number)
{
	struct score sum = score_sum_total(&bin->sum);

	return json_pack("{s:f, s:f, s:I, s:f, s:f, s:f}", "from", eval_bin_edges[number], "to", eval_bin_edges[number + 1],
	                 "pages", (json_int_t)bin->pages, "estimate", eval_bin_estimate(bin), "cer", score_cer(&sum), "bag", sum.bag);
}

static json_t *quality_json(const struct eval_quality *q)
{
	json_t *object = json_object(), *bins = json_array();
	double value;

	json_object_set_new(object, "pages", json_integer((json_int_t)q->n));
	json_object_set_new(object, "rank_correlation_cer", eval_quality_cer(q, &value) ? json_real(value) : json_null());
	json_object_set_new(object, "rank_correlation_bag", eval_quality_bag(q, &value) ? json_real(value) : json_null());
	for (int i = 0; i < EVAL_BINS; i++)
		if (q->bins[i].pages)
			json_array_append_new(bins, bin_json(&q->bins[i], i));
	json_object_set_new(object, "calibration", bins);
	return object;
}

void eval_print_json(const struct eval_report *report)
{
	struct eval_numbers numbers = eval_total_numbers(&report->total);
	RC_OWN_JSON root = json_object();
	json_t *pages = json_array(), *missing = json_array(), *total = json_object();
	RC_OWN_BUF out = RC_BUF(RC_MAX_RESULT_BYTES);

	for (size_t i = 0; i < report->n; i++)
		json_array_append_new(pages, page_json(&report->rows[i]));
	for (size_t i = 0; i < report->truths.n; i++)
		if (!report->truths.v[i].used)
			json_array_append_new(missing, rc_json_text(report->truths.v[i].name));
	set_numbers(total, &numbers);
	json_object_set_new(root, "format", json_string("redcorpus-eval-1"));
	json_object_set_new(root, "pages", pages);
	json_object_set_new(root, "total", total);
	json_object_set_new(root, "estimates", quality_json(&report->quality));
	json_object_set_new(root, "truth_without_page", missing);
	json_object_set_new(root, "pages_without_truth", json_integer((json_int_t)(report->pages - (int64_t)report->n)));
	rc_json_print_pretty(&out, root);
	fputs(out.data, stdout);
}
