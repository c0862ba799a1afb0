/* eval_report.h -- what `eval` found, and the three ways to show it. */
#ifndef CLI_EVAL_REPORT_H
#define CLI_EVAL_REPORT_H

#include "cli/eval_pages.h"
#include "cli/eval_score.h"

struct eval_row {               /* a page that has a truth */
	char *name;                 /* with its frame; owned */
	struct eval_page page;      /* its text only while eval_report.keep */
	const struct eval_truth *truth;
	struct eval_text truth_text;    /* the same */
	struct eval_numbers numbers;
};

struct eval_report {            /* zero: nothing */
	const char *hypothesis;     /* as the user named it; borrowed */
	bool keep;                  /* keep texts, to show them */
	struct score_variants *variants;
	struct eval_truths truths;
	struct eval_row *rows;      /* in natural order; owned */
	size_t n;
	int64_t pages;              /* seen, with or without a truth */
	struct eval_total total;
	struct eval_quality quality;    /* of the pages that carry an estimate */
};
void eval_report_free(struct eval_report *report);

/* Takes what is in page and leaves it zero. */
enum rc_status eval_report_add(struct eval_report *report, struct eval_page *page, struct eval_truth *truth, bool by_leaf,
                               struct rc_err *err);

void eval_print_table(const struct eval_report *report);
void eval_print_json(const struct eval_report *report);

#endif
