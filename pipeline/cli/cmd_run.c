/* cmd_run.c -- `redcorpus run BATCH [SOURCE...]`: all that is not done, from ingest to package.
 *
 *   rc_cmd_run()       the command line, and the exit code
 *   prepare_batch()    makes a missing batch, keeps --set in batch.yaml
 *   say_plan()         --dry-run: the sources are walked, and everything is taken back */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "core/outfile.h"
#include "normalize/normalize.h"
#include "run/slurm_call.h"
#include "run/stop.h"
#include "run/summary.h"

struct run_line {                       /* the command line */
	const char *batch;
	struct rc_words set;
	const char *engine;
	int64_t jobs;
	bool upgrade, dry_run;
	const char **sources;           /* resolved; owned, with their strings */
	size_t n_sources;
};

static void line_clear(struct run_line *line)
{
	for (size_t i = 0; i < line->n_sources; i++)
		free((char *)line->sources[i]);
	free(line->sources);
	rc_words_free(&line->set);
}

/* A source that is not there stops everything before anything is done. */
static enum rc_status resolve_sources(struct run_line *line, int n, char **paths, struct rc_err *err)
{
	line->sources = calloc((size_t)n + 1, sizeof *line->sources);
	if (!line->sources)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_BUG, "cannot look at the sources: no memory");
	for (int i = 0; i < n; i++) {
		char *resolved = realpath(paths[i], NULL);

		if (!resolved)
			return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot find source '%s'", paths[i]);
		line->sources[line->n_sources++] = resolved;
		if (access(resolved, R_OK) != 0)
			return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot read source '%s'", paths[i]);
	}
	return RC_OK;
}

static enum rc_status apply_settings(struct rc_config *cfg, const struct rc_words *set, struct rc_err *err)
{
	for (size_t i = 0; i < set->n; i++) {
		enum rc_status status = rc_config_set(cfg, set->v[i], err);

		if (!rc_good(status))
			return status;
	}
	return RC_OK;
}

/* The command line's, else the setting. */
static int engine_of(const struct run_line *line, const struct rc_config *cfg)
{
	if (!line->engine)
		return cfg->run_engine;
	return strcmp(line->engine, "slurm") == 0 ? RC_ENGINE_SLURM : RC_ENGINE_LOCAL;
}

/* What batch.yaml and --set say together, looked at before anything is made or written. */
static enum rc_status wanted_settings(const struct rc_cli *cli, const struct run_line *line, struct rc_config *cfg, struct rc_err *err)
{
	enum rc_status status = rc_batch_load_settings(line->batch, cfg, err);

	if (rc_good(status))
		status = apply_settings(cfg, &line->set, err);
	return rc_good(status) ? rc_run_check(cli->stages, cfg, err) : status;
}

/* Makes the batch if there is none, opens it, and keeps what --set says. */
static enum rc_status prepare_batch(const struct rc_cli *cli, const struct run_line *line, struct rc_batch **ret, struct rc_err *err)
{
	RC_CLEANUP(rc_config_free) struct rc_config *fresh = rc_config_new();
	RC_CLEANUP(rc_batch_close) struct rc_batch *batch = NULL;
	enum rc_status status = wanted_settings(cli, line, fresh, err);

	/* A name with a slip in it must not become an empty batch. */
	if (rc_good(status) && line->n_sources == 0 && !rc_batch_is(line->batch))
		status = rc_fail(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot find batch '%s', and no source is named to make one from", line->batch);
	if (rc_good(status) && engine_of(line, fresh) == RC_ENGINE_SLURM)
		status = rc_slurm_find(err);
	if (rc_good(status))
		status = rc_batch_make(line->batch, fresh, err);
	if (rc_good(status))
		status = rc_batch_open(line->batch, true, &batch, err);
	if (rc_good(status))
		status = apply_settings(batch->cfg, &line->set, err);
	if (rc_good(status))
		status = normalize_check_catalogue(batch->dir, batch->cfg, err);
	if (rc_good(status) && line->set.n > 0)
		status = rc_batch_save_settings(batch, err);
	if (!rc_good(status))
		return status;
	*ret = rc_steal(batch);
	return RC_OK;
}

/* ---- --dry-run ------------------------------------------------------------------------------------------- */

static void print_plan(const struct run_line *line, struct rc_books *b, const struct rc_totals *before)
{
	struct rc_totals t = rc_totals(b);
	int jobs = (int)(line->jobs ? line->jobs : b->batch->cfg->run_jobs);
	char text[32];

	if (jobs == 0)
		jobs = (int)sysconf(_SC_NPROCESSORS_ONLN);
	for (size_t i = 0; i < line->n_sources; i++)
		printf("would take in %s\n", line->sources[i]);
	printf("%lld new pages in %lld new files, %lld more ignored, %lld more not readable\n", (long long)(t.pages - before->pages),
	       (long long)(t.files - before->files), (long long)(t.ignored - before->ignored), (long long)(t.faults - before->faults));
	printf("would read %lld pages", (long long)t.pending);
	if (t.pending > 0 && t.page_seconds > 0) {
		rc_say_seconds((double)t.pending * t.page_seconds / jobs, text);
		printf(", in about %s with %d workers", text, jobs);
	} else if (t.pending > 0) {
		printf("; how long that takes is not known before the first page is read");
	}
	printf("\n");
}

static enum rc_status plan_in(struct rc_cli *cli, const struct run_line *line, struct rc_batch *batch, struct rc_err *err)
{
	RC_CLEANUP(rc_books_close) struct rc_books *books = NULL;
	const struct rc_run_options options = { .upgrade = line->upgrade, .sources = line->sources, .n_sources = line->n_sources };
	struct rc_totals before = { 0 };
	enum rc_status status = apply_settings(batch->cfg, &line->set, err);

	if (rc_good(status))
		status = rc_books_open_dry(batch, cli->stages, &books, err);
	if (!rc_good(status))
		return status;
	before = rc_totals(books);
	status = rc_run_dry(books, &options, err);
	if (rc_good(status))
		print_plan(line, books, &before);
	return status;
}

/* For a batch that is not there, one for the time of the question. */
static enum rc_status plan_in_scratch(struct rc_cli *cli, const struct run_line *line, struct rc_err *err)
{
	RC_CLEANUP(rc_config_free) struct rc_config *cfg = rc_config_new();
	RC_CLEANUP(rc_batch_close) struct rc_batch *batch = NULL;
	RC_OWN_BUF dir = RC_BUF(PATH_MAX);
	const char *tmp = getenv("TMPDIR");
	enum rc_status status = wanted_settings(cli, line, cfg, err);

	if (!rc_good(status))
		return status;
	rc_buf_addf(&dir, "%s/redcorpus-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	if (!mkdtemp(dir.data))
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot make a folder '%s'", dir.data);
	printf("would make batch %s\n", line->batch);
	status = rc_batch_make(dir.data, cfg, err);
	if (rc_good(status))
		status = rc_batch_open(dir.data, true, &batch, err);
	if (rc_good(status))
		status = plan_in(cli, line, batch, err);
	rc_remove_tree(dir.data);
	return status;
}

static enum rc_status say_plan(struct rc_cli *cli, const struct run_line *line, struct rc_err *err)
{
	RC_CLEANUP(rc_batch_close) struct rc_batch *batch = NULL;
	enum rc_status status;

	if (!rc_batch_is(line->batch))
		return plan_in_scratch(cli, line, err);
	status = rc_batch_open(line->batch, true, &batch, err);
	return rc_good(status) ? plan_in(cli, line, batch, err) : status;
}

/* ---- the run ----------------------------------------------------------------------------------------------- */

static int exit_code(struct rc_books *books, enum rc_status status, const struct rc_err *err)
{
	struct rc_totals t;

	if (!rc_good(status))
		return rc_exit_of(status, err->reason);
	t = rc_totals(books);
	return rc_totals_are_clean(&t) ? RC_EXIT_OK : RC_EXIT_FAILED;
}

static int run_books(struct rc_cli *cli, const struct run_line *line, struct rc_books *books)
{
	RC_CLEANUP(rc_progress_free) struct rc_progress *progress = rc_progress_new(cli->quiet, cli->verbose);
	const struct rc_run_options options = {
		.jobs = (int)line->jobs, .engine = engine_of(line, books->batch->cfg), .upgrade = line->upgrade, .sources = line->sources, .n_sources = line->n_sources,
	};
	RC_OWN_BUF text = RC_BUF(1 << 20);
	struct rc_run_result result;
	struct rc_err err = { 0 };
	enum rc_status status;

	books->progress = progress;
	status = rc_run(books, &options, &result, &err);
	books->progress = NULL;
	rc_progress_free(&progress);
	if (!rc_good(status))
		rc_cli_fail(cli, status, &err);
	if (!cli->quiet) {
		rc_summary(books, &result, &text);
		fputs(text.data, stderr);
	}
	return exit_code(books, status, &err);
}

static int run_line(struct rc_cli *cli, const struct run_line *line)
{
	RC_CLEANUP(rc_batch_close) struct rc_batch *batch = NULL;
	RC_CLEANUP(rc_books_close) struct rc_books *books = NULL;
	struct rc_err err = { 0 };
	enum rc_status status;

	if (line->dry_run) {
		status = say_plan(cli, line, &err);
		return rc_good(status) ? RC_EXIT_OK : rc_cli_fail(cli, status, &err);
	}
	rc_stop_install();
	status = prepare_batch(cli, line, &batch, &err);
	if (rc_good(status))
		status = rc_books_open(batch, cli->stages, &books, &err);
	if (!rc_good(status))
		return rc_cli_fail(cli, status, &err);
	return run_books(cli, line, books);
}

static void print_settings(void)
{
	RC_OWN_BUF text = RC_BUF(1 << 20);

	rc_config_help(&text);
	printf("\nsettings, for --set and batch.yaml:\n%s", text.data);
}

int rc_cmd_run(struct rc_cli *cli, int argc, char **argv)
{
	RC_CLEANUP(line_clear) struct run_line line = { 0 };
	const struct rc_option options[] = {
		{ .name = "jobs", .letter = 'j', .arg = "N", .number = &line.jobs, .high = 1024, .help = "workers; 0: one per core" },
		{ .name = "engine", .arg = "local|slurm", .word = &line.engine, .help = "who reads the pages (setting run.engine)" },
		{ .name = "set", .arg = "KEY=VALUE", .words = &line.set, .help = "changes a setting and keeps it in batch.yaml; repeatable" },
		{ .name = "upgrade", .flag = &line.upgrade, .help = "redo what an older program or model read" },
		{ .name = "dry-run", .flag = &line.dry_run, .help = "say what would be done and how long it may take" },
		{ 0 }
	};
	struct rc_args args;
	struct rc_err err = { 0 };
	enum rc_status status;

	if (!rc_cli_parse(cli, options, 1, -1, argc, argv, &args)) {
		if (args.exit == RC_EXIT_OK)
			print_settings();
		return args.exit;
	}
	if (line.engine && strcmp(line.engine, "slurm") != 0 && strcmp(line.engine, "local") != 0)
		return rc_cli_usage(cli, "--engine: '%s' is neither local nor slurm", line.engine);
	line.batch = args.v[0];
	status = resolve_sources(&line, args.n - 1, args.v + 1, &err);
	return rc_good(status) ? run_line(cli, &line) : rc_cli_fail(cli, status, &err);
}
