/* work.c -- what a task of a cluster does: the pages of a list through a local pool, answers into a file.
 *
 *   rc_work()        settings, pages, what is done already; then the loop
 *   begin_page()     a page that can be opened and is what was planned goes to a worker
 *   take_result()    an answer goes into the file
 *
 * Nothing of the batch is written but the task's own answers, and its ledger is not even opened. */
#include "run/work.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "core/config.h"
#include "core/json.h"
#include "core/outfile.h"
#include "run/answers.h"
#include "run/plan.h"
#include "run/scanfile.h"
#include "run/stop.h"

enum { MAX_PATH_BYTES = 1 << 16, MAX_STARTS = 16, TURN_MS = 250 };

struct work {
	const char *dir;
	int64_t task;
	int start;
	struct rc_config *cfg;          /* owned */
	struct rc_plan_pages pages;     /* owned */
	bool *done;                     /* owned */
	size_t next;                    /* the first page that was not looked at */
	int fd;                         /* of the answers; owned */
	char *running;                  /* the file that says so; owned */
	struct rc_pool *pool;           /* owned */
	struct rc_digest verified;      /* of the scan that was hashed last, and where that was */
	const char *verified_path;
	int64_t verified_offset;
	struct rc_work_result result;
};

static void work_clear(struct work *w)
{
	rc_pool_free(&w->pool);
	rc_config_free(&w->cfg);
	rc_plan_pages_clear(&w->pages);
	free(w->done);
	free(w->running);
	rc_close(&w->fd);
}

static enum rc_status file_of(const struct work *w, int start, const char *what, struct rc_buf *ret, struct rc_err *err)
{
	rc_buf_addf(ret, "%s/%lld.%d.%s", w->dir, (long long)w->task, start, what);
	return rc_buf_check(ret, "a path", err);
}

/* ---- before the first page ------------------------------------------------------------------------------------- */

static enum rc_status check_reading(const struct work *w, const struct rc_plan *plan, const struct rc_stages *stages, struct rc_err *err)
{
	struct rc_keys keys = { 0 };
	struct rc_digest here;
	enum rc_status status = rc_keys_make(w->cfg, stages, &keys, err);

	if (!rc_good(status))
		return status;
	here = rc_plan_reading(&keys);
	rc_keys_clear(&keys);
	if (rc_digest_equal(&here, &plan->reading))
		return RC_OK;
	return rc_fail(err, RC_RUN_FAILED, RC_WHY_SETTING,
	               "cannot work on '%s': this node has another redcorpus, library or model than the one that made the plan", w->dir);
}

static enum rc_status load(struct work *w, const struct rc_stages *stages, struct rc_err *err)
{
	RC_OWN_BUF settings = RC_BUF(MAX_PATH_BYTES);
	struct rc_plan plan;
	enum rc_status status = rc_plan_read(w->dir, &plan, err);

	if (rc_good(status) && w->task >= plan.tasks)
		status = rc_fail(err, RC_RUN_FAILED, RC_WHY_USAGE, "cannot work on task %lld of '%s': it has %lld", (long long)w->task, w->dir, (long long)plan.tasks);
	rc_buf_addf(&settings, "%s/settings.yaml", w->dir);
	if (rc_good(status))
		status = rc_config_load(w->cfg, settings.data, err);
	if (rc_good(status))
		status = check_reading(w, &plan, stages, err);
	if (rc_good(status))
		status = rc_plan_read_pages(w->dir, w->task, &w->pages, err);
	if (!rc_good(status))
		return status;
	w->done = rc_alloc((w->pages.n + 1) * sizeof *w->done);
	return RC_OK;
}

/* What a start of this task answered. *end: behind the last true frame. */
static enum rc_status note_done(struct work *w, int fd, int64_t *end, struct rc_err *err)
{
	struct rc_answer_frame f;
	enum rc_status status;

	while ((status = rc_answers_next(fd, end, &f, err)) == RC_OK)
		if (!f.begun && f.page < (int64_t)w->pages.n && !w->done[f.page]) {
			w->done[f.page] = true;
			w->result.before++;
		}
	return status == RC_SKIP ? RC_OK : status;
}

/* Opens the answers of this start; those of earlier ones are looked through. A torn end is cut off. */
static enum rc_status open_answers(struct work *w, struct rc_err *err)
{
	enum rc_status status = RC_OK;

	for (int start = 0; rc_good(status) && start < MAX_STARTS; start++) {
		RC_OWN_BUF path = RC_BUF(MAX_PATH_BYTES);
		bool own = start == w->start;
		int64_t end = 0;
		int fd;

		status = file_of(w, start, "answers", &path, err);
		if (!rc_good(status))
			return status;
		fd = open(path.data, (own ? O_RDWR | O_CREAT | O_APPEND : O_RDONLY) | O_CLOEXEC | O_NOFOLLOW, 0666);
		if (fd < 0 && own)
			return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_DISK, "cannot open '%s'", path.data);
		if (fd < 0)
			continue;
		status = note_done(w, fd, &end, err);
		if (own && rc_good(status) && ftruncate(fd, end) != 0)
			status = rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_DISK, "cannot cut '%s'", path.data);
		if (own)
			w->fd = fd;
		else
			rc_close(&fd);
	}
	return status;
}

/* Who finds this file when nobody works any more knows that the task was killed, and that one of its pages may be why. Made before
 * the first page and taken away at the end: a full disk can keep a task from saying that it ends, but not from this. */
static enum rc_status begin_running(struct work *w, struct rc_err *err)
{
	RC_OWN_BUF path = RC_BUF(MAX_PATH_BYTES);
	enum rc_status status = file_of(w, w->start, "running", &path, err);

	if (!rc_good(status))
		return status;
	int fd = open(path.data, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
	if (fd < 0)
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_DISK, "cannot make '%s'", path.data);
	close(fd);
	w->running = rc_strdup(path.data);
	return RC_OK;
}

/* A task that is told to stop may have run out of its time because of a page: that is for the coordinator to count. */
static void end_running(const struct work *w, enum rc_status status, const struct rc_err *err)
{
	if (w->running && (rc_good(status) || err->reason != RC_WHY_STOPPED))
		unlink(w->running);
}

/* ---- pages ------------------------------------------------------------------------------------------------------- */

/* Are the bytes those that were ingested? Pages of one file follow each other, so one memory is enough. */
static enum rc_status verify(struct work *w, const struct rc_plan_page *p, int fd, struct rc_err *err)
{
	enum rc_status status;

	if (!w->verified_path || strcmp(w->verified_path, p->path) != 0 || w->verified_offset != p->offset) {
		status = rc_digest_fd(fd, p->offset, p->len, p->path, &w->verified, NULL, err);
		if (!rc_good(status))
			return status;
		w->verified_path = p->path;
		w->verified_offset = p->offset;
	}
	return rc_digest_equal(&w->verified, &p->scan) ? RC_OK
	       : rc_fail(err, RC_PAGE_FAILED, RC_WHY_CHANGED, "cannot use '%s': it is not what was ingested", p->path);
}

/* What this node cannot open, another may: RETRY. */
static enum rc_status say_unseen(struct work *w, size_t i, const struct rc_err *why, struct rc_err *err)
{
	struct rc_task_result r = { .status = RC_RETRY, .err = *why, .spool_fd = -1, .last_words = "" };

	return rc_answers_add(w->fd, (int64_t)i, &r, err);
}

/* RC_SKIP: no worker is free. */
static enum rc_status begin_page(struct work *w, size_t i, struct rc_err *err)
{
	const struct rc_plan_page *p = &w->pages.v[i];
	struct rc_task task = {
		.id = (int64_t)i, .name = p->name, .scan_fd = -1, .offset = p->offset, .len = p->len, .media = p->media, .frame = p->frame,
		.want_read = p->want_read, .want_image = p->want_image,
	};
	struct rc_err why = { 0 };
	enum rc_status status = rc_scanfile_open(p->path, p->file_size, p->file_mtime_ns, &task.scan_fd, &why);

	if (rc_good(status))
		status = verify(w, p, task.scan_fd, &why);
	if (!rc_good(status)) {
		rc_close(&task.scan_fd);
		return say_unseen(w, i, &why, err);
	}
	status = rc_answers_begin(w->fd, (int64_t)i, err);
	if (rc_good(status))
		status = rc_pool_submit(w->pool, &task, err);
	else
		rc_close(&task.scan_fd);
	if (status == RC_SKIP)
		rc_close(&task.scan_fd);
	return status;
}

static enum rc_status take_result(void *ctx, const struct rc_task_result *r, struct rc_err *err)
{
	struct work *w = ctx;

	if (r->status == RC_RUN_FAILED) {
		*err = r->err;
		return r->status;
	}
	w->result.pages++;
	w->result.failed += !rc_good(r->status);
	w->done[r->id] = true;
	return rc_answers_add(w->fd, r->id, r, err);
}

static enum rc_status loop(struct work *w, struct rc_err *err)
{
	enum rc_status status = RC_OK;

	while (rc_good(status) && (w->next < w->pages.n || rc_pool_busy(w->pool) > 0)) {
		if (rc_stop_signal())
			return rc_stop_fail(err);
		while (rc_good(status) && w->next < w->pages.n && rc_pool_idle(w->pool) > 0) {
			status = w->done[w->next] ? RC_OK : begin_page(w, w->next, err);
			w->next += status != RC_SKIP;
		}
		if (rc_good(status))
			status = rc_pool_wait(w->pool, TURN_MS, take_result, w, err);
	}
	return rc_good(status) ? RC_OK : status;
}

/* So that a person, or the next start, sees at a glance that nothing is missing. */
static enum rc_status say_done(const struct work *w, struct rc_err *err)
{
	RC_OWN_BUF path = RC_BUF(MAX_PATH_BYTES);
	RC_OWN_BUF text = RC_BUF(1 << 12);
	struct rc_digest d;
	int64_t len = 0;
	char hex[RC_DIGEST_HEX];
	enum rc_status status = rc_digest_fd(w->fd, 0, -1, "answers", &d, &len, err);

	if (!rc_good(status))
		return status;
	RC_OWN_JSON done = json_pack("{s:I, s:I, s:I, s:s}", "pages", (json_int_t)w->pages.n, "failed", (json_int_t)w->result.failed, "bytes",
	                             (json_int_t)len, "sha256", rc_digest_hex(&d, hex));
	rc_json_print_pretty(&text, done);
	status = file_of(w, w->start, "done", &path, err);
	return rc_good(status) ? rc_file_put(path.data, text.data, text.len, err) : status;
}

enum rc_status rc_work(const char *dir, int64_t task, int start, int jobs, const struct rc_stages *stages, struct rc_work_result *ret,
                       struct rc_err *err)
{
	RC_CLEANUP(work_clear) struct work w = { .dir = dir, .task = task, .start = start, .fd = -1, .cfg = rc_config_new() };
	enum rc_status status = load(&w, stages, err);

	if (rc_good(status))
		status = open_answers(&w, err);
	if (rc_good(status))
		status = rc_pool_new(w.cfg, stages, jobs, &w.pool, err);
	if (rc_good(status))
		status = begin_running(&w, err);
	if (rc_good(status))
		status = loop(&w, err);
	if (rc_good(status))
		status = say_done(&w, err);
	end_running(&w, status, err);
	*ret = w.result;
	return status;
}
