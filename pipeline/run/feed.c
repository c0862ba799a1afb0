/* feed.c -- pages to workers and results back.
 *
 *   rc_feed_turn()    one turn of the loop
 *   hand_out()        claims pending pages in order and gives them to idle workers
 *   open_scan()       a descriptor on the bytes that were ingested, or why not
 *   take_result()     what a worker made of a page: into the store, then into the ledger
 *   rc_feed_job()     a batch stage's work in a worker, while pages go on
 *
 * Pages are claimed by item and order. Nothing marks a claim in the ledger: a page in flight is pending
 * until its result is committed, so that a killed run leaves nothing to clean up. A page whose worker
 * died or ran out of time is tried once more when all others are done, with nothing beside it. */
#include "run/feed.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/limits.h"
#include "core/outfile.h"
#include "run/flights.h"
#include "run/scanfile.h"
#include "run/slurm.h"
#include "run/stop.h"

enum {
	BUDGET_FROM = 50,               /* finished pages; a share of fewer says little */
	FEW_FLIGHTS = 1000, WRAP_SECONDS = 5,
};

struct rc_feed {
	struct rc_pool *pool;           /* reads pages, and does the jobs of batch stages */
	struct rc_slurm *slurm;         /* NULL: pages are read here; else there, and the pool has jobs only */
	struct rc_claim last;           /* where claiming goes on */
	struct rc_flights flights;      /* pages in workers or tasks */
	double wrapped;                 /* when claiming last started again from the first page */
	bool draining, inside, told_unconfined, only_jobs, job_runs;
	struct rc_feed_totals totals;
	double started;
};

/* A page of a plan that an earlier run made. */
static enum rc_status adopt(void *ctx, int64_t page, int64_t read, int64_t image, bool alone, int64_t *id, struct rc_err *err)
{
	struct rc_books *b = ctx;
	RC_CLEANUP(rc_claim_clear) struct rc_claim claim = { 0 };
	enum rc_status status = rc_ledger_claim_page(b->ledger, page, &claim, err);

	if (status != RC_OK)
		return status;
	if (claim.read != read || claim.image != image || rc_flights_has(&b->feed->flights, &claim))
		return RC_SKIP;
	*id = rc_flights_add(&b->feed->flights, &claim, alone);
	return RC_OK;
}

/* ---- beginning and end --------------------------------------------------------------------------------------- */

/* A run that reads here does not look at what others still read elsewhere. */
static void warn_left(struct rc_books *b)
{
	struct rc_err what;

	if (b->dry || !rc_slurm_has_left(b->batch))
		return;
	(void)rc_fail(&what, RC_WARN, RC_WHY_STOPPED, "tasks of an earlier run with the engine slurm may still go on: what they read is not taken by this one");
	rc_books_warn(b, &what);
}

enum rc_status rc_feed_start(struct rc_books *books, int jobs, int engine, struct rc_err *err)
{
	struct rc_feed *feed = calloc(1, sizeof *feed);
	enum rc_status status;

	if (!feed)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_BUG, "cannot start workers: no memory");
	books->feed = feed;
	feed->started = rc_now();
	status = rc_pool_new(books->batch->cfg, books->stages, jobs, &feed->pool, err);
	if (rc_good(status) && engine == RC_ENGINE_SLURM)
		status = rc_slurm_open(books, adopt, books, &feed->slurm, err);
	else if (rc_good(status))
		warn_left(books);
	if (!rc_good(status))
		rc_feed_stop(&books->feed);
	return rc_good(status) ? RC_OK : status;
}

void rc_feed_only_jobs(struct rc_feed *feed)
{
	feed->only_jobs = true;
}

void rc_feed_abandon(struct rc_feed *feed)
{
	if (feed->pool)
		rc_pool_abandon(feed->pool);
	rc_flights_clear(&feed->flights);
}

void rc_feed_stop(struct rc_feed **feed)
{
	if (!*feed)
		return;
	rc_feed_abandon(*feed);
	rc_slurm_close(&(*feed)->slurm);
	rc_pool_free(&(*feed)->pool);
	rc_claim_clear(&(*feed)->last);
	free(*feed);
	*feed = NULL;
}

void rc_feed_drain(struct rc_feed *feed)
{
	feed->draining = true;
}

struct rc_feed_totals rc_feed_totals(const struct rc_feed *feed)
{
	struct rc_feed_totals t = feed->totals;

	t.peak_rss = rc_pool_peak_rss(feed->pool);
	t.jobs = rc_pool_jobs(feed->pool);
	return t;
}

/* ---- outcomes ------------------------------------------------------------------------------------------- */

static void add_seconds(json_t *fields, const char *name, double seconds)
{
	if (seconds > 0)
		json_object_set_new(fields, name, json_real(seconds));
}

/* r: what the worker answered; NULL when the page never reached one. A dead worker's last words are kept here and nowhere
 * else, for they may hold addresses and paths. */
static void tell(struct rc_books *b, const struct rc_claim *c, const char *outcome, const struct rc_err *why,
                 const struct rc_task_result *r)
{
	json_t *fields = json_object();

	json_object_set_new(fields, "page", json_integer(c->page));
	json_object_set_new(fields, "name", rc_json_text(c->name));
	json_object_set_new(fields, "outcome", json_string(outcome));
	if (why) {
		json_object_set_new(fields, "reason", json_string(rc_reason_name(why->reason)));
		json_object_set_new(fields, "message", rc_json_text(why->text));
	}
	if (r) {
		if (r->last_words[0])
			json_object_set_new(fields, "last_words", rc_json_text(r->last_words));
		add_seconds(fields, "seconds", r->wall_seconds);
		add_seconds(fields, "cpu_seconds", r->cpu_seconds);
		add_seconds(fields, "decode_seconds", r->decode_seconds);
		add_seconds(fields, "prepare_seconds", r->prepare_seconds);
		add_seconds(fields, "ocr_seconds", r->ocr_seconds);
	}
	rc_event(b->events, "page", fields);
}

static void say_failed(struct rc_books *b, const struct rc_claim *c, const struct rc_err *why)
{
	struct rc_err line = *why;

	if (!strstr(why->text, c->name))
		(void)rc_fail_in(&line, RC_OK, "%s", c->name);
	(void)rc_fail(&line, RC_OK, line.reason, "%.900s, quarantined", line.text);
	rc_progress_warn(b->progress, line.text);
}

/* Counts a page that came to its end, and looks at the failure budget. */
static enum rc_status finish(struct rc_books *b, bool failed, struct rc_err *err)
{
	struct rc_feed_totals *t = &b->feed->totals;
	double allowed = b->batch->cfg->run_max_failed;

	t->finished++;
	t->failed += failed;
	if (t->finished < BUDGET_FROM || allowed >= 1 || (double)t->failed <= allowed * (double)t->finished)
		return RC_OK;
	return rc_fail(err, RC_RUN_FAILED, RC_WHY_BUDGET,
	               "stopped: %lld of %lld pages failed, more than run.max_failed = %g allows",
	               (long long)t->failed, (long long)t->finished, allowed);
}

/* Notes a failure under every key the page was to get a result for. */
static enum rc_status note_failure(struct rc_books *b, const struct rc_claim *c, const struct rc_reading *r, struct rc_err *err)
{
	enum rc_status status = RC_OK;

	if (c->want_read)
		status = rc_ledger_result(b->ledger, c->read, r, err);
	if (rc_good(status) && c->want_image)
		status = rc_ledger_result(b->ledger, c->image, r, err);
	return status;
}

static enum rc_status take_failure(struct rc_books *b, const struct rc_flight *f, const struct rc_task_result *r, struct rc_err *err)
{
	struct rc_reading reading = { .why = &r->err };
	enum rc_status status;

	reading.again = r->status == RC_RETRY && !f->alone;
	status = note_failure(b, &f->claim, &reading, err);
	if (!rc_good(status))
		return status;
	tell(b, &f->claim, reading.again ? "again" : "quarantined", &r->err, r);
	if (reading.again) {
		b->feed->totals.retried++;
		return RC_OK;
	}
	say_failed(b, &f->claim, &r->err);
	return finish(b, true, err);
}

/* ---- good results --------------------------------------------------------------------------------------- */

static enum rc_status read_spool(int fd, int64_t offset, int64_t len, struct rc_buf *out, struct rc_err *err)
{
	char *to = rc_buf_grow(out, (size_t)len);

	if (!to)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_BYTES, "cannot take a result of %lld bytes", (long long)len);
	if (!rc_read_all(fd, to, (size_t)len, offset))
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_PROTOCOL, "cannot take a result: it is shorter than was said");
	return RC_OK;
}

/* A worker's answer is foreign: it counts when it is a page result by every rule. */
static enum rc_status check_reading(const struct rc_buf *json, const char *name, double *confidence, struct rc_err *err)
{
	RC_OWN_JSON parsed = NULL;
	struct rc_page page = RC_PAGE_INIT;
	enum rc_status status = rc_json_parse(json->data, json->len, name, &parsed, err);

	if (rc_good(status))
		status = rc_page_from_json(parsed, &page, err);
	if (rc_good(status))
		*confidence = (double)page.quality.confidence;
	rc_page_clear(&page);
	if (status == RC_PAGE_FAILED && err)
		err->reason = RC_WHY_PROTOCOL;
	return status;
}

static enum rc_status keep_reading(struct rc_books *b, const struct rc_flight *f, const struct rc_task_result *r, struct rc_err *err)
{
	RC_OWN_BUF bytes = RC_BUF(RC_MAX_RESULT_BYTES);
	struct rc_reading reading = { .wall_ms = (int64_t)(r->wall_seconds * 1000) + 1 };
	struct rc_digest object;
	enum rc_status status = read_spool(r->spool_fd, r->spool_at, r->read_len, &bytes, err);

	if (rc_good(status))
		status = check_reading(&bytes, f->claim.name, &reading.confidence, err);
	if (rc_good(status))
		status = rc_store_add(b->store, bytes.data, bytes.len, "page", &object, err);
	reading.object = &object;
	return rc_good(status) ? rc_ledger_result(b->ledger, f->claim.read, &reading, err) : status;
}

static enum rc_status keep_image(struct rc_books *b, const struct rc_flight *f, const struct rc_task_result *r, struct rc_err *err)
{
	RC_OWN_BUF bytes = RC_BUF(RC_MAX_IMAGE_BYTES);
	struct rc_digest object;
	struct rc_reading reading = { .object = &object };
	enum rc_status status = read_spool(r->spool_fd, r->spool_at + r->read_len, r->image_len, &bytes, err);

	if (rc_good(status))
		status = rc_store_add(b->store, bytes.data, bytes.len, "image", &object, err);
	return rc_good(status) ? rc_ledger_result(b->ledger, f->claim.image, &reading, err) : status;
}

static enum rc_status take_success(struct rc_books *b, const struct rc_flight *f, const struct rc_task_result *r, struct rc_err *err)
{
	struct rc_task_result bad = *r;
	enum rc_status status = RC_OK;

	if (f->claim.want_read)
		status = keep_reading(b, f, r, &bad.err);
	if (rc_good(status) && f->claim.want_image)
		status = keep_image(b, f, r, &bad.err);
	if (status == RC_PAGE_FAILED) {
		bad.status = status;
		return take_failure(b, f, &bad, err);
	}
	if (!rc_good(status)) {
		if (err)
			*err = bad.err;
		return status;
	}
	b->feed->totals.wall_seconds += r->wall_seconds;
	tell(b, &f->claim, r->status == RC_WARN ? "warning" : "done", r->status == RC_WARN ? &r->err : NULL, r);
	return finish(b, false, err);
}

/* Once a run: what protects this machine from a hostile scan is weaker than it could be. */
static void warn_unconfined(struct rc_books *b)
{
	const char *missing = rc_pool_unconfined(b->feed->pool);
	struct rc_err what;

	if (!missing[0] || b->feed->told_unconfined)
		return;
	b->feed->told_unconfined = true;
	rc_fail(&what, RC_WARN, RC_WHY_MISSING, "workers are confined less than they could be: %s in this kernel", missing);
	rc_books_warn(b, &what);
}

static enum rc_status take_result(void *ctx, const struct rc_task_result *r, struct rc_err *err)
{
	struct rc_books *b = ctx;
	struct rc_feed *feed = b->feed;
	enum rc_status status;
	struct rc_flight f;

	if (!rc_flights_take(&feed->flights, r->id, &f))
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_BUG, "cannot place the result of task %lld", (long long)r->id);
	warn_unconfined(b);
	if (rc_good(r->status)) {
		status = take_success(b, &f, r, err);
	} else if (r->status == RC_RUN_FAILED) {
		if (err)
			*err = r->err;
		status = r->status;
	} else {
		status = take_failure(b, &f, r, err);
	}
	rc_claim_clear(&f.claim);
	return status;
}

/* ---- handing out ------------------------------------------------------------------------------------------ */

static enum rc_status open_scan(struct rc_books *b, const struct rc_claim *c, int *fd, int64_t *offset, int64_t *len, struct rc_err *err)
{
	*offset = c->offset;
	*len = c->scan_len;
	if (c->place == RC_IN_OBJECT)
		return rc_store_open_object(b->store, &c->scan, fd, offset, len, err);
	return rc_scanfile_open(c->path, c->source_size, c->source_mtime_ns, fd, err);
}

/* Gives the page to a worker; *claim is emptied when it is in flight. */
static enum rc_status submit(struct rc_books *b, struct rc_claim *claim, bool alone, struct rc_err *err)
{
	struct rc_feed *feed = b->feed;
	struct rc_task task = {
		.id = feed->flights.last_task + 1, .name = claim->name, .media = claim->media, .frame = (int32_t)claim->frame,
		.want_read = claim->want_read, .want_image = claim->want_image, .scan_fd = -1,
	};
	struct rc_err why;
	enum rc_status status = open_scan(b, claim, &task.scan_fd, &task.offset, &task.len, &why);

	if (status == RC_PAGE_FAILED) {
		status = rc_ledger_page_bad(b->ledger, claim->page, &why, err);
		if (!rc_good(status))
			return status;
		tell(b, claim, "quarantined", &why, NULL);
		say_failed(b, claim, &why);
		return finish(b, true, err);
	}
	if (!rc_good(status)) {
		*err = why;
		return status;
	}
	if (feed->slurm)
		status = rc_slurm_submit(feed->slurm, &task, claim, alone, err);
	else
		status = rc_pool_submit(feed->pool, &task, err);
	if (status == RC_SKIP)
		rc_close(&task.scan_fd);
	if (status != RC_OK)
		return status;
	(void)rc_flights_add(&feed->flights, claim, alone);
	return RC_OK;
}

/* Remembers in *after where to go on. */
static void move_on(struct rc_claim *after, const struct rc_claim *c)
{
	char *sort = rc_alloc(c->sort_len + 1);

	rc_claim_clear(after);
	memcpy(sort, c->sort, c->sort_len);
	*after = (struct rc_claim){ .item = c->item, .frame = c->frame, .page = c->page, .sort = sort, .sort_len = c->sort_len };
}

/* Starting again meets all that is in flight, which may be many. */
static bool may_wrap(const struct rc_feed *feed)
{
	return feed->flights.n < FEW_FLIGHTS || rc_now() - feed->wrapped > WRAP_SECONDS;
}

/* The next pending page that is not in flight; looks from the start once when the end is met, for pages
 * that ingest added behind us. */
static enum rc_status next_claim(struct rc_books *b, bool *wrapped, struct rc_claim *ret, struct rc_err *err)
{
	struct rc_feed *feed = b->feed;

	for (;;) {
		struct rc_claim c = { 0 };
		enum rc_status status = rc_ledger_claim(b->ledger, &feed->last, false, &c, err);

		if (status == RC_SKIP && !*wrapped && feed->last.sort && may_wrap(feed)) {
			rc_claim_clear(&feed->last);
			*wrapped = true;
			feed->wrapped = rc_now();
			continue;
		}
		if (status != RC_OK)
			return status;
		move_on(&feed->last, &c);
		if (!rc_flights_has(&feed->flights, &c)) {
			*ret = c;
			return RC_OK;
		}
		rc_claim_clear(&c);
	}
}

/* How many more pages whoever reads them would take now. */
static int idle(const struct rc_feed *feed)
{
	return feed->slurm ? rc_slurm_idle(feed->slurm) : rc_pool_idle(feed->pool);
}

/* A page that is to have a machine for itself, when there is nothing else. A cluster has one for each. */
static enum rc_status hand_out_alone(struct rc_books *b, struct rc_err *err)
{
	struct rc_feed *feed = b->feed;
	RC_CLEANUP(rc_claim_clear) struct rc_claim after = { 0 };
	enum rc_status status = RC_OK;

	if (!feed->draining || (feed->flights.n > 0 && !feed->slurm))
		return RC_OK;
	while (rc_good(status) && idle(feed) > 0 && (feed->slurm || feed->flights.n == 0)) {
		RC_CLEANUP(rc_claim_clear) struct rc_claim c = { 0 };

		status = rc_ledger_claim(b->ledger, &after, true, &c, err);
		if (status != RC_OK)
			break;
		move_on(&after, &c);
		if (!rc_flights_has(&feed->flights, &c))
			status = submit(b, &c, true, err);
		if (!feed->slurm)
			break;
	}
	return rc_good(status) ? RC_OK : status;
}

static enum rc_status hand_out(struct rc_books *b, struct rc_err *err)
{
	struct rc_feed *feed = b->feed;
	bool wrapped = false;

	if (b->dry || feed->only_jobs || (!feed->slurm && feed->flights.n > 0 && feed->flights.v[0].alone))
		return RC_OK;
	while (idle(feed) > 0 && !rc_stop_signal()) {
		RC_CLEANUP(rc_claim_clear) struct rc_claim c = { 0 };
		enum rc_status status = next_claim(b, &wrapped, &c, err);

		if (status == RC_OK)
			status = submit(b, &c, false, err);
		if (status == RC_SKIP)
			break;
		if (!rc_good(status))
			return status;
	}
	return hand_out_alone(b, err);
}

bool rc_feed_is_done(struct rc_books *b)
{
	return b->feed->flights.n == 0 && rc_ledger_count(b->ledger, RC_COUNT_PENDING) == 0
	       && rc_ledger_count(b->ledger, RC_COUNT_ALONE) == 0;
}

/* ---- the loop ----------------------------------------------------------------------------------------------- */

static void show_progress(struct rc_books *b)
{
	const struct rc_feed *feed = b->feed;
	double elapsed = rc_now() - feed->started;
	struct rc_progress_state s = { .doing = "reading", .failed = feed->totals.failed, .seconds_left = -1 };
	int64_t pending;

	if (!rc_progress_due(b->progress))
		return;
	pending = rc_ledger_count(b->ledger, RC_COUNT_PENDING) + rc_ledger_count(b->ledger, RC_COUNT_ALONE);
	s.done = feed->totals.finished;
	s.total = feed->totals.finished + pending;
	if (feed->totals.finished > 0 && elapsed > 0) {
		s.per_second = (double)feed->totals.finished / elapsed;
		if (feed->draining)
			s.seconds_left = (double)pending / s.per_second;
	}
	if (pending == 0 && b->doing) {
		s = (struct rc_progress_state){ .doing = b->doing, .done = b->doing_done, .total = b->doing_total, .seconds_left = -1 };
	}
	rc_progress_show(b->progress, &s);
}

/* Jobs are done here whoever reads the pages. */
static enum rc_status wait_for_results(struct rc_books *b, int timeout_ms, struct rc_err *err)
{
	struct rc_feed *feed = b->feed;
	bool job = feed->job_runs;
	enum rc_status status = rc_pool_wait(feed->pool, feed->slurm && !job ? 0 : timeout_ms, take_result, b, err);

	return rc_good(status) && feed->slurm ? rc_slurm_wait(feed->slurm, job ? 0 : timeout_ms, take_result, b, err) : status;
}

enum rc_status rc_feed_turn(struct rc_books *b, int timeout_ms, struct rc_err *err)
{
	struct rc_feed *feed = b->feed;
	enum rc_status status;

	if (feed->inside)
		return RC_OK;
	if (rc_stop_signal())
		return rc_stop_fail(err);
	feed->inside = true;
	status = hand_out(b, err);
	if (rc_good(status))
		status = wait_for_results(b, timeout_ms, err);
	if (rc_good(status))
		status = hand_out(b, err);
	feed->inside = false;
	if (rc_good(status))
		status = rc_books_commit_if_due(b, err);
	show_progress(b);
	if (rc_good(status) && rc_stop_signal())
		return rc_stop_fail(err);
	return rc_good(status) ? RC_OK : status;
}

/* ---- jobs ------------------------------------------------------------------------------------------------------ */

enum { TURN_MS = 250 };         /* a signal that comes right before a wait is seen that late */

struct job {                    /* one that runs: the stage's callback, and the outcome */
	rc_part_fn *on_part;
	void *ctx;
	bool done;
	enum rc_status status;
	struct rc_err err;
};

static enum rc_status pass_part(void *ctx, const json_t *part, int spool_fd, int64_t len, struct rc_err *err)
{
	struct job *job = ctx;

	return job->on_part ? job->on_part(job->ctx, part, spool_fd, len, err) : RC_OK;
}

static void job_done(void *ctx, enum rc_status status, const struct rc_err *err)
{
	struct job *job = ctx;

	job->done = true;
	job->status = status;
	if (err)
		job->err = *err;
}

static enum rc_status try_job(struct rc_books *b, const char *stage, const json_t *args, int source_fd,
                              rc_part_fn *on_part, void *ctx, struct rc_err *err)
{
	struct job job = { .on_part = on_part, .ctx = ctx };
	enum rc_status status;

	status = rc_pool_start_job(b->feed->pool, stage, args, source_fd, pass_part, job_done, &job, err);
	b->feed->job_runs = true;
	while (rc_good(status) && !job.done)
		status = rc_feed_turn(b, TURN_MS, err);
	b->feed->job_runs = false;
	if (!rc_good(status)) {
		rc_feed_abandon(b->feed);       /* `job` ends with this function: nobody may answer to it */
		return status;
	}
	if (!rc_good(job.status) && err)
		*err = job.err;
	return job.status;
}

enum rc_status rc_feed_job(struct rc_books *b, const char *stage, const json_t *args, int source_fd,
                           rc_part_fn *on_part, void *ctx, struct rc_err *err)
{
	enum rc_status status;

	if (b->feed->inside)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_BUG, "cannot start a job of '%s' inside another", stage);
	status = try_job(b, stage, args, source_fd, on_part, ctx, err);
	return status == RC_RETRY ? try_job(b, stage, args, source_fd, on_part, ctx, err) : status;
}
