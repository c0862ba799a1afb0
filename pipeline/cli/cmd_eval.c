/* cmd_eval.c -- `redcorpus eval BATCH|FOLDER|FILE --truth PATH`: error rates against ground truth.
 *
 *   rc_cmd_eval()   options, then every page through on_page(), then the report
 *   on_page()       one page: find its truth, compare
 *
 * Names pair pages and truths (eval_pages.h); a single page against a single truth needs no names. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/eval_html.h"
#include "core/json.h"

struct evaluation {
	struct eval_report report;
	bool by_leaf;
	struct eval_page first;     /* with a single truth: the first page, in case it remains the only one */
};

static void evaluation_free(struct evaluation *e)
{
	eval_report_free(&e->report);
	eval_page_free(&e->first);
}

static enum rc_status on_page(void *ctx, struct eval_page *page, struct rc_err *err)
{
	struct evaluation *e = ctx;
	struct eval_truth *truth = NULL;
	enum rc_status status = eval_truth_find(&e->report.truths, page, &truth, err);

	e->report.pages++;
	if (status == RC_OK)
		return eval_report_add(&e->report, page, truth, e->by_leaf, err);
	if (status == RC_SKIP && e->report.truths.single && e->report.pages == 1) {
		e->first = *page;
		*page = (struct eval_page){ 0 };
	}
	return status;
}

static enum rc_status evaluate(struct evaluation *e, const char *hypothesis, struct rc_err *err)
{
	struct eval_report *report = &e->report;
	enum rc_status status = eval_each_page(hypothesis, on_page, e, err);

	if (!rc_good(status))
		return status;
	if (report->n == 0 && e->first.name && report->pages == 1)
		status = eval_report_add(report, &e->first, &report->truths.v[0], e->by_leaf, err);
	else if (report->n == 0)
		status = rc_fail(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot compare '%s': none of its %lld pages has a truth of its name",
		                 hypothesis, (long long)report->pages);
	return status;
}

/* A truth that nothing was compared with is a page that may have been lost: say so. */
static void warn_unused(const struct rc_cli *cli, const struct eval_report *report)
{
	size_t unused = 0;
	const char *first = NULL;
	struct rc_err err;

	for (size_t i = 0; i < report->truths.n; i++) {
		if (report->truths.v[i].used)
			continue;
		if (unused++ == 0)
			first = report->truths.v[i].name;
	}
	if (!unused)
		return;
	rc_fail(&err, RC_WARN, RC_WHY_MISSING, "%zu of %zu truths have no page, the first is '%s'; not counted",
	        unused, report->truths.n, first);
	rc_cli_warn(cli, &err);
}

/* ---- the command ----------------------------------------------------------------------------------- */

static enum rc_status load_variants(const char *path, struct score_variants **ret, struct rc_err *err)
{
	RC_OWN_BUF text = RC_BUF(RC_MAX_SETTINGS_BYTES);
	RC_OWN_JSON map = NULL;
	enum rc_status status;

	if (!path) {
		*ret = score_variants_new();
		return RC_OK;
	}
	status = rc_buf_read_file(&text, path, err);
	if (rc_good(status))
		status = rc_json_parse(text.data, text.len, path, &map, err);
	return rc_good(status) ? score_variants_parse(map, path, ret, err) : status;
}

/* A share from the command line; false when it is no number from 0 on. */
static bool parse_share(const char *word, double *ret)
{
	char *end;
	double value;

	errno = 0;
	value = strtod(word, &end);
	if (end == word || *end || errno || !(value >= 0 && value < 1e9))
		return false;
	*ret = value;
	return true;
}

static enum rc_status write_html(const struct rc_cli *cli, const struct eval_report *report, const char *path, struct rc_err *err)
{
	OWN_EVAL_SCANS scans = NULL;
	enum rc_status status = eval_scans_open(cli, report->hypothesis, &scans, err);

	return rc_good(status) ? eval_write_html(report, scans, path, err) : status;
}

int rc_cmd_eval(struct rc_cli *cli, int argc, char **argv)
{
	const char *truth = NULL, *variants = NULL, *max_cer = NULL, *html = NULL;
	bool json = false;
	RC_CLEANUP(evaluation_free) struct evaluation e = { 0 };
	const struct rc_option options[] = {
		{ .name = "truth", .arg = "PATH", .word = &truth, .help = "a truth or a folder of them: NAME.gt.txt, NAME.gt.tsv, NAME.xml (PAGE), NAME.silver.json" },
		{ .name = "json", .flag = &json, .help = "print JSON" },
		{ .name = "html", .arg = "FILE", .word = &html, .help = "write a report with scan, truth and reading side by side" },
		{ .name = "max-cer", .arg = "X", .word = &max_cer, .help = "exit 1 when the total error rate is larger; differences under a percent mean nothing: two keyings of one page differ by 0.8 to 2.2 %" },
		{ .name = "by-leaf", .flag = &e.by_leaf, .help = "order .silver.json of spreads: left leaf, then right" },
		{ .name = "variants", .arg = "FILE", .word = &variants, .help = "JSON map of equal characters, instead of our own" },
		{ 0 }
	};
	struct rc_args args;
	struct rc_err err = { 0 };
	struct score total;
	double limit = 0;
	enum rc_status status;

	if (!rc_cli_parse(cli, options, 1, 1, argc, argv, &args))
		return args.exit;
	if (!truth)
		return rc_cli_usage(cli, "eval needs --truth PATH");
	if (max_cer && !parse_share(max_cer, &limit))
		return rc_cli_usage(cli, "--max-cer '%s' is not a number from 0 on", max_cer);
	status = load_variants(variants, &e.report.variants, &err);
	if (rc_good(status))
		status = eval_truths_open(truth, &e.report.truths, &err);
	e.report.hypothesis = args.v[0];
	e.report.keep = html != NULL;
	if (rc_good(status))
		status = evaluate(&e, args.v[0], &err);
	if (rc_good(status) && html)
		status = write_html(cli, &e.report, html, &err);
	if (!rc_good(status))
		return rc_cli_fail(cli, status, &err);
	if (json)
		eval_print_json(&e.report);
	else
		eval_print_table(&e.report);
	warn_unused(cli, &e.report);
	total = score_sum_total(&e.report.total.sum);
	return max_cer && score_cer(&total) > limit ? RC_EXIT_FAILED : RC_EXIT_OK;
}
