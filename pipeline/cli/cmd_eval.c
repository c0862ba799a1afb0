/* cmd_eval.c -- `redcorpus eval BATCH|FOLDER|FILE --truth PATH`: error rates against ground truth.
 *
 *   rc_cmd_eval()     options, then every page through on_page(), then the table or JSON
 *   on_page()         one page: find its truth, compare, keep the numbers (not the text)
 *   print_…()         the report; schemas/eval.schema.json defines the JSON
 *
 * Names pair pages and truths (eval_pages.h); a single page against a single truth needs no names. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/eval_pages.h"
#include "common/score.h"
#include "core/text.h"

struct row {
	char *name;                 /* of the page; owned */
	bool not_read;
	struct score score;
};

struct evaluation {
	struct score_variants *variants;
	struct eval_truths truths;
	struct row *rows;           /* owned */
	size_t n;
	int64_t pages;              /* seen, with or without a truth */
	struct score_sum sum;

	/* Only with a single truth: the first page, in case it remains the only one. */
	char *first_name, *first_text;
	size_t first_len;
};

static void evaluation_free(struct evaluation *e)
{
	score_variants_free(&e->variants);
	eval_truths_free(&e->truths);
	for (size_t i = 0; i < e->n; i++)
		free(e->rows[i].name);
	free(e->rows);
	free(e->first_name);
	free(e->first_text);
}

static enum rc_status read_folded(const struct evaluation *e, const char *path, struct score_text *ret, struct rc_err *err)
{
	RC_OWN_BUF text = RC_BUF(EVAL_MAX_TEXT);
	enum rc_status status = rc_buf_read_file(&text, path, err);

	if (!rc_good(status))
		return status;
	if (!rc_utf8_valid(text.data, text.len))
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_INVALID, "cannot use '%s' as truth: not UTF-8", path);
	return score_fold(e->variants, text.data, text.len, ret, err);
}

static enum rc_status compare(struct evaluation *e, const struct eval_page *page, const char *truth_path, struct rc_err *err)
{
	OWN_SCORE_TEXT truth = { 0 };
	OWN_SCORE_TEXT got = { 0 };
	RC_OWN_BUF name = RC_BUF(4 * RC_MAX_NAME);
	enum rc_status status = read_folded(e, truth_path, &truth, err);
	struct row *row;

	if (rc_good(status))
		status = score_fold(e->variants, page->text, page->len, &got, err);
	if (!rc_good(status))
		return status;
	rc_buf_adds(&name, page->name);
	if (page->frame > 0)
		rc_buf_addf(&name, ".%d", page->frame + 1);
	e->rows = rc_realloc(e->rows, (e->n + 1) * sizeof *e->rows);
	row = &e->rows[e->n++];
	*row = (struct row){ .name = rc_strdup(name.data), .not_read = page->not_read, .score = score_compare(&truth, &got) };
	score_sum_add(&e->sum, &row->score);
	return RC_OK;
}

static enum rc_status on_page(void *ctx, const struct eval_page *page, struct rc_err *err)
{
	struct evaluation *e = ctx;
	struct eval_truth *truth = NULL;
	enum rc_status status = eval_truth_find(&e->truths, page, &truth, err);

	e->pages++;
	if (status == RC_OK)
		return compare(e, page, truth->path, err);
	if (status == RC_SKIP && e->truths.single && e->pages == 1) {
		e->first_name = rc_strdup(page->name);
		e->first_text = rc_alloc(page->len + 1);
		memcpy(e->first_text, page->text, page->len);
		e->first_len = page->len;
	}
	return status;
}

static enum rc_status evaluate(struct evaluation *e, const char *hypothesis, struct rc_err *err)
{
	enum rc_status status = eval_each_page(hypothesis, on_page, e, err);

	if (!rc_good(status))
		return status;
	if (e->n == 0 && e->first_name && e->pages == 1) {
		e->truths.v[0].used = true;
		status = compare(e, &(struct eval_page){ .name = e->first_name, .frame = -1, .text = e->first_text, .len = e->first_len },
		                 e->truths.v[0].path, err);
	} else if (e->n == 0) {
		status = rc_fail(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot compare '%s': none of its %lld pages has a truth of its name",
		                 hypothesis, (long long)e->pages);
	}
	return status;
}

/* ---- the report ------------------------------------------------------------------------------------ */

static void print_row(const struct score *score, const char *name, const char *remark)
{
	RC_OWN_BUF safe = RC_BUF(16 * RC_MAX_NAME);

	rc_text_escape(&safe, name);
	printf("%7.4f %7.4f %8lld %8lld  %s%s\n", score_cer(score), score->bag, (long long)score->truth, (long long)score->got,
	       safe.data, remark);
}

static void print_table(const struct evaluation *e)
{
	struct score total = score_sum_total(&e->sum);
	char name[64];

	printf("    cer     bag    truth      got  page\n");
	for (size_t i = 0; i < e->n; i++)
		print_row(&e->rows[i].score, e->rows[i].name, e->rows[i].not_read ? "  (not read)" : "");
	snprintf(name, sizeof name, "total of %lld page%s", (long long)e->sum.pages, e->sum.pages == 1 ? "" : "s");
	print_row(&total, name, "");
}

static json_t *score_json(const struct score *score)
{
	return json_pack("{s:f, s:f, s:I, s:I, s:I}", "cer", score_cer(score), "bag", score->bag,
	                 "edits", (json_int_t)score->edits, "truth", (json_int_t)score->truth, "got", (json_int_t)score->got);
}

static void print_json(const struct evaluation *e)
{
	struct score total = score_sum_total(&e->sum);
	RC_OWN_JSON root = json_object();
	json_t *pages = json_array(), *missing = json_array();
	RC_OWN_BUF out = RC_BUF(RC_MAX_RESULT_BYTES);

	for (size_t i = 0; i < e->n; i++) {
		json_t *page = json_pack("{s:s, s:b}", "page", e->rows[i].name, "read", !e->rows[i].not_read);
		RC_OWN_JSON score = score_json(&e->rows[i].score);

		json_object_update(page, score);
		json_array_append_new(pages, page);
	}
	for (size_t i = 0; i < e->truths.n; i++)
		if (!e->truths.v[i].used)
			json_array_append_new(missing, json_string(e->truths.v[i].name));
	json_object_set_new(root, "format", json_string("redcorpus-eval-1"));
	json_object_set_new(root, "pages", pages);
	json_object_set_new(root, "total", score_json(&total));
	json_object_set_new(root, "truth_without_page", missing);
	json_object_set_new(root, "pages_without_truth", json_integer((json_int_t)(e->pages - (int64_t)e->n)));
	rc_json_print_pretty(&out, root);
	fputs(out.data, stdout);
}

/* A truth that nothing was compared with is a page that may have been lost: say so. */
static void warn_unused(const struct rc_cli *cli, const struct evaluation *e)
{
	size_t unused = 0;
	const char *first = NULL;
	struct rc_err err;

	for (size_t i = 0; i < e->truths.n; i++) {
		if (e->truths.v[i].used)
			continue;
		if (unused++ == 0)
			first = e->truths.v[i].name;
	}
	if (!unused)
		return;
	rc_fail(&err, RC_WARN, RC_WHY_MISSING, "%zu of %zu truths have no page, the first is '%s'; not counted",
	        unused, e->truths.n, first);
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

int rc_cmd_eval(struct rc_cli *cli, int argc, char **argv)
{
	const char *truth = NULL, *variants = NULL, *max_cer = NULL;
	bool json = false;
	const struct rc_option options[] = {
		{ .name = "truth", .arg = "PATH", .word = &truth, .help = "a .gt.txt file, or a folder of them" },
		{ .name = "json", .flag = &json, .help = "print JSON" },
		{ .name = "max-cer", .arg = "X", .word = &max_cer, .help = "exit 1 when the total error rate is larger" },
		{ .name = "variants", .arg = "FILE", .word = &variants, .help = "JSON map of equal characters, instead of our own" },
		{ 0 }
	};
	RC_CLEANUP(evaluation_free) struct evaluation e = { 0 };
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
	status = load_variants(variants, &e.variants, &err);
	if (rc_good(status))
		status = eval_truths_open(truth, &e.truths, &err);
	if (rc_good(status))
		status = evaluate(&e, args.v[0], &err);
	if (!rc_good(status))
		return rc_cli_fail(cli, status, &err);
	if (json)
		print_json(&e);
	else
		print_table(&e);
	warn_unused(cli, &e);
	total = score_sum_total(&e.sum);
	return max_cer && score_cer(&total) > limit ? RC_EXIT_FAILED : RC_EXIT_OK;
}
