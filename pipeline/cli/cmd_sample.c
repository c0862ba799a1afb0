/* cmd_sample.c -- redcorpus sample BATCH: pages drawn for people to check, and what a filled form says.
 *
 *   draw()    --pages N --seed S: a form and sheets to print
 *   check()   --form FILLED.csv: the error rate with its interval, for every grade and for all */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "report/report.h"
#include "run/books.h"

struct sample_line {
	const char *batch, *form, *out;
	int64_t pages, seed;
	bool json;
};

/* ---- drawing ------------------------------------------------------------------------------------------- */

static void say_drawn(const struct sample_line *line, const char *dir, const json_t *grades)
{
	size_t i;
	json_t *g;
	int64_t n = 0;

	json_array_foreach(grades, i, g)
		n += rc_json_int(g, "drawn", 0);
	fprintf(stderr, "%lld pages drawn, seed %lld:\n", (long long)n, (long long)line->seed);
	json_array_foreach(grades, i, g)
		fprintf(stderr, "  grade %-5s %6lld of %8lld pages, which have %10lld characters\n", rc_json_str(g, "grade", ""),
		        (long long)rc_json_int(g, "drawn", 0), (long long)rc_json_int(g, "pages", 0), (long long)rc_json_int(g, "characters", 0));
	printf("%s/form.csv\n%s/sheet.html\n", dir, dir);
}

static enum rc_status draw_in(struct rc_batch *batch, const struct sample_line *line, struct rc_err *err)
{
	RC_CLEANUP(rc_books_close) struct rc_books *books = NULL;
	RC_OWN_JSON grades = NULL;
	RC_OWN_BUF dir = RC_BUF(RC_MAX_NAME);
	enum rc_status status = rc_books_open(batch, NULL, &books, err);

	if (line->out)
		rc_buf_adds(&dir, line->out);
	else
		rc_buf_addf(&dir, "%s/report/sample-%lld", line->batch, (long long)line->seed);
	if (rc_good(status))
		status = report_draw(books, line->pages, line->seed, dir.data, &grades, err);
	if (rc_good(status))
		say_drawn(line, dir.data, grades);
	return status;
}

static enum rc_status draw(const struct sample_line *line, struct rc_err *err)
{
	RC_CLEANUP(rc_batch_close) struct rc_batch *batch = NULL;
	enum rc_status status = rc_batch_open(line->batch, false, &batch, err);

	return rc_good(status) ? draw_in(batch, line, err) : status;
}

/* ---- checking ------------------------------------------------------------------------------------------- */

static void print_row(const char *name, const json_t *e)
{
	printf("%-6s %8lld %11lld %9lld %10lld %8lld", name, (long long)rc_json_int(e, "pages", 0), (long long)rc_json_int(e, "characters", 0),
	       (long long)rc_json_int(e, "checked_pages", 0), (long long)rc_json_int(e, "checked", 0), (long long)rc_json_int(e, "errors", 0));
	if (!json_is_real(json_object_get(e, "rate")))
		printf("  not checked\n");
	else if (!json_is_real(json_object_get(e, "high")))
		printf("  %.4f, from one page: no interval\n", rc_json_real(e, "rate", 0));
	else
		printf("  %.4f (%.4f to %.4f)\n", rc_json_real(e, "rate", 0), rc_json_real(e, "low", 0), rc_json_real(e, "high", 0));
}

static void print_table(const json_t *result)
{
	json_t *grades = json_object_get(result, "grades"), *all = json_object_get(result, "all"), *g;
	int64_t pages = 0, characters = 0;
	size_t i;

	printf("grade     pages  characters   checked characters   errors  error rate, 95 %% interval\n");
	json_array_foreach(grades, i, g) {
		pages += rc_json_int(g, "pages", 0);
		characters += rc_json_int(g, "characters", 0);
		print_row(rc_json_str(g, "grade", ""), g);
	}
	json_object_set_new(all, "pages", json_integer(pages));
	json_object_set_new(all, "characters", json_integer(characters));
	print_row("all", all);
	if (rc_json_real(all, "covered", 1) < 1)
		printf("'all' leaves out grades that were not checked: it is of %.0f %% of the characters\n", 100 * rc_json_real(all, "covered", 1));
}

static enum rc_status check(const struct sample_line *line, struct rc_err *err)
{
	RC_OWN_JSON result = NULL;
	RC_OWN_BUF text = RC_BUF(1 << 20);
	enum rc_status status = report_check(line->form, &result, err);

	if (!rc_good(status))
		return status;
	if (line->json) {
		rc_json_print_pretty(&text, result);
		fputs(text.data, stdout);
	} else {
		print_table(result);
	}
	return RC_OK;
}

int rc_cmd_sample(struct rc_cli *cli, int argc, char **argv)
{
	struct sample_line line = { .seed = 1 };
	const struct rc_option options[] = {
		{ .name = "pages", .arg = "N", .number = &line.pages, .low = 1, .high = 100000, .help = "draw so many pages, by grade" },
		{ .name = "seed", .arg = "S", .number = &line.seed, .high = INT64_C(999999999), .help = "the same seed draws the same pages; 1 when not said" },
		{ .name = "out", .arg = "DIR", .word = &line.out, .help = "folder for form and sheets; else BATCH/report/sample-S" },
		{ .name = "form", .arg = "CSV", .word = &line.form, .help = "a filled form: print the error rate it shows" },
		{ .name = "json", .flag = &line.json, .help = "with --form: print JSON" },
		{ 0 }
	};
	struct rc_args args;
	struct rc_err err = { 0 };
	enum rc_status status;

	if (!rc_cli_parse(cli, options, 1, 1, argc, argv, &args))
		return args.exit;
	if (!line.form == !line.pages)
		return rc_cli_usage(cli, "say either --pages N or --form CSV");
	line.batch = args.v[0];
	if (!rc_batch_is(line.batch))
		status = rc_fail(&err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot find batch '%s'", line.batch);
	else
		status = line.form ? check(&line, &err) : draw(&line, &err);
	return rc_good(status) ? RC_EXIT_OK : rc_cli_fail(cli, status, &err);
}
