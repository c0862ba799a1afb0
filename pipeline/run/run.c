/* run.c -- the stages in their order, and the loop between them.
 *
 *   rc_run()     roots, ingest, drain, normalize, curate, package, report, upload
 *   rc_run_check() settings that only a stage can judge
 *   rc_run_dry() the first half of it, taken back
 *   rc_run_report() the report alone
 *   drain()      until no page is pending; records are written as items become ready
 *   call()       one batch stage, and what its status means
 *
 * Every stage is called in every run; a stage that finds nothing to do says RC_SKIP. */
#include "run/run.h"

#include <string.h>
#include <sys/resource.h>

#include "run/feed.h"
#include "run/progress.h"
#include "run/stop.h"

enum { TURN_MS = 250 };
static const double normalize_every = 3;        /* seconds, while pages are still being read */

struct run {
	struct rc_books *books;
	const struct rc_run_options *options;
	bool worked;                    /* did any stage do anything? */
	double last_normalize;
};

static void say_done(struct rc_books *b, const struct rc_batch_stage *stage, enum rc_status status)
{
	RC_OWN_BUF text = RC_BUF(200);

	rc_buf_addf(&text, "%s: %s", stage->name, status == RC_WARN ? "done, with warnings" : "done");
	rc_progress_note(b->progress, text.data);
}

static enum rc_status call(struct run *run, const struct rc_batch_stage *stage, struct rc_err *err)
{
	struct rc_books *b = run->books;
	struct rc_err said = { 0 };
	enum rc_status status;

	if (!stage || !stage->run)
		return RC_SKIP;
	rc_books_progress(b, stage->name, 0, 0);
	status = stage->run(b, &said);
	b->doing = NULL;
	/* RC_WARN: at what to look, the stage said itself, line by line (rc_books_warn). */
	if (status != RC_SKIP && rc_good(status)) {
		/* Walking sources and finding nothing new is no work. */
		run->worked = run->worked || stage != b->stages->ingest || b->begun > 0;
		rc_event(b->events, "stage", json_pack("{s:s, s:s}", "stage", stage->name, "outcome", rc_status_name(status)));
		say_done(b, stage, status);
	}
	if (!rc_good(status)) {
		if (err)
			*err = said;
		return status;
	}
	return rc_books_commit_if_due(b, err);
}

static enum rc_status name_roots(struct run *run, struct rc_err *err)
{
	for (size_t i = 0; i < run->options->n_sources; i++) {
		enum rc_status status = rc_ledger_name_source(run->books->ledger, run->options->sources[i], err);

		if (!rc_good(status))
			return status;
	}
	return RC_OK;
}

static enum rc_status upgrade(struct run *run, struct rc_err *err)
{
	int64_t n = 0;
	enum rc_status status;

	if (!run->options->upgrade || rc_books_stale(run->books) == 0)
		return RC_OK;
	status = rc_ledger_upgrade(run->books->ledger, &n, err);
	rc_event(run->books->events, "upgrade", json_pack("{s:I}", "pages", (json_int_t)n));
	return status;
}

static enum rc_status normalize_if_due(struct run *run, struct rc_err *err)
{
	if (rc_now() - run->last_normalize < normalize_every || !rc_ledger_has_unrecorded(run->books->ledger))
		return RC_OK;
	run->last_normalize = rc_now();
	return call(run, run->books->stages->normalize, err);
}

static enum rc_status drain(struct run *run, struct rc_err *err)
{
	struct rc_books *b = run->books;
	enum rc_status status = RC_OK;

	rc_feed_drain(b->feed);
	run->last_normalize = rc_now();
	while (rc_good(status) && !rc_feed_is_done(b)) {
		status = rc_feed_turn(b, TURN_MS, err);
		if (rc_good(status))
			status = normalize_if_due(run, err);
	}
	return status;
}

/* What is pending once the sources are walked. */
static enum rc_status find_work(struct run *run, struct rc_err *err)
{
	enum rc_status status = name_roots(run, err);

	if (rc_good(status))
		status = upgrade(run, err);
	if (rc_good(status))
		status = rc_books_commit(run->books, err);
	return rc_good(status) ? call(run, run->books->stages->ingest, err) : status;
}

static enum rc_status all_stages(struct run *run, struct rc_err *err)
{
	const struct rc_stages *stages = run->books->stages;
	const struct rc_batch_stage *const after[] = {
		stages->normalize, stages->curate, stages->package, stages->report, stages->upload,
	};
	enum rc_status status = find_work(run, err);

	if (rc_good(status))
		status = rc_books_commit(run->books, err);
	if (rc_good(status))
		status = drain(run, err);
	if (rc_good(status))
		status = rc_books_drop_empty(run->books, err);
	for (size_t i = 0; i < RC_COUNT(after) && rc_good(status); i++) {
		status = call(run, after[i], err);
		if (rc_good(status) && rc_books_stopping(run->books))
			status = rc_stop_fail(err);
	}
	return status;
}

/* Most memory that this process held so far, bytes. */
static int64_t own_peak(void)
{
	struct rusage used = { 0 };

	getrusage(RUSAGE_SELF, &used);
	return (int64_t)used.ru_maxrss << 10;
}

static void say_end(struct run *run, enum rc_status status, const struct rc_err *err, const struct rc_run_result *r)
{
	json_t *fields = json_pack("{s:s, s:I, s:I, s:f, s:I, s:I}", "outcome", rc_good(status) ? "done" : "stopped", "pages",
	                           (json_int_t)r->pages, "failed", (json_int_t)r->failed, "seconds", r->seconds, "worker_bytes",
	                           (json_int_t)r->peak_rss, "supervisor_bytes", (json_int_t)own_peak());

	if (!rc_good(status))
		json_object_set_new(fields, "message", rc_json_text(err->text));
	rc_event(run->books->events, "end", fields);
}

enum rc_status rc_run_check(const struct rc_stages *stages, const struct rc_config *cfg, struct rc_err *err)
{
	const struct rc_batch_stage *const all[] = {
		stages->ingest, stages->normalize, stages->curate, stages->package, stages->report, stages->upload,
	};
	enum rc_status status = RC_OK;

	for (size_t i = 0; i < RC_COUNT(all) && rc_good(status); i++)
		if (all[i] && all[i]->check)
			status = all[i]->check(cfg, err);
	return status;
}

enum rc_status rc_run(struct rc_books *books, const struct rc_run_options *options, struct rc_run_result *ret, struct rc_err *err)
{
	struct run run = { .books = books, .options = options };
	int jobs = options->jobs ? options->jobs : (int)books->batch->cfg->run_jobs;
	double began = rc_now();
	struct rc_err why = { 0 }, other;
	struct rc_feed_totals totals;
	enum rc_status status = rc_feed_start(books, jobs, options->engine, err), kept;

	*ret = (struct rc_run_result){ 0 };
	if (!rc_good(status))
		return status;
	rc_event(books->events, "start", json_pack("{s:I}", "jobs", (json_int_t)jobs));
	status = all_stages(&run, &why);
	totals = rc_feed_totals(books->feed);
	rc_feed_abandon(books->feed);
	*ret = (struct rc_run_result){
		.pages = totals.finished, .failed = totals.failed, .retried = totals.retried, .peak_rss = totals.peak_rss,
		.page_seconds = totals.finished > totals.failed ? totals.wall_seconds / (double)(totals.finished - totals.failed) : 0,
		.seconds = rc_now() - began, .nothing_done = rc_good(status) && !run.worked && totals.finished == 0,
	};
	say_end(&run, status, &why, ret);
	kept = rc_books_commit(books, &other);
	rc_feed_stop(&books->feed);
	if (rc_good(status) && !rc_good(kept)) {
		status = kept;
		why = other;
	}
	if (!rc_good(status) && err)
		*err = why;
	return rc_good(status) ? RC_OK : status;
}

enum rc_status rc_run_report(struct rc_books *books, const struct rc_stages *stages, struct rc_err *err)
{
	enum rc_status status;

	books->stages = stages;
	status = rc_feed_start(books, 1, RC_ENGINE_LOCAL, err);
	if (rc_good(status)) {
		rc_feed_only_jobs(books->feed);
		status = stages->report->run(books, err);
	}
	if (rc_good(status))
		status = rc_books_commit(books, err);
	rc_feed_stop(&books->feed);
	return status;
}

enum rc_status rc_run_dry(struct rc_books *books, const struct rc_run_options *options, struct rc_err *err)
{
	struct run run = { .books = books, .options = options };
	enum rc_status status = rc_feed_start(books, 1, RC_ENGINE_LOCAL, err);

	if (rc_good(status))
		status = find_work(&run, err);
	rc_feed_stop(&books->feed);
	return rc_good(status) ? RC_OK : status;
}
