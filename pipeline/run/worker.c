/* worker.c -- the worker's side: one page or one job at a time, until the supervisor is gone or kills it.
 *
 *   rc_worker_main      limits, settings, stages, confinement, then requests
 *   do_page             one page through the page stages
 *   do_job              a batch stage's job; rc_job_write, rc_job_rewind, rc_job_emit are its voice
 *   on_signal ...       how a dying worker tells memory and time from a crash
 *
 * Nothing here decides anything: every outcome, good or bad, is told to the supervisor, who does not believe it. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "core/limits.h"
#include "core/outfile.h"
#include "run/confine.h"
#include "run/memory.h"
#include "run/pool.h"
#include "run/wire.h"

#define MAX_PAGE_STAGES 8

struct worker {
	const struct rc_stages *stages;
	int sock, spool;
	struct rc_config *cfg;
	size_t n_open;                  /* page stages that were opened */
	void *state[MAX_PAGE_STAGES];
	timer_t clock;                  /* CPU seconds of the page in hand */
};

/* ---- dying ---------------------------------------------------------------------------------------- */

static void on_time(int sig)
{
	(void)sig;
	_exit(RC_WORKER_TIMEOUT);
}

static void at_exit(void)       /* a library that calls exit() because malloc failed */
{
	if (rc_memory_ran_out())
		_exit(RC_WORKER_MEMORY);
}

static void on_crash(int sig)
{
	if (rc_memory_ran_out())
		_exit(RC_WORKER_MEMORY);
	signal(sig, SIG_DFL);
	raise(sig);             /* delivered when this handler returns */
}

static void set_signals(void)
{
	static char stack[1 << 16];     /* for a handler that runs because the stack is full */
	const stack_t other = { .ss_sp = stack, .ss_size = sizeof stack };
	const int deadly[] = { SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL };
	const struct sigaction late = { .sa_handler = on_time }, crash = { .sa_handler = on_crash, .sa_flags = SA_ONSTACK };

	sigaltstack(&other, NULL);
	sigaction(SIGXCPU, &late, NULL);
	signal(SIGXFSZ, SIG_IGN);       /* a write beyond RLIMIT_FSIZE fails with EFBIG instead */
	signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; i < RC_COUNT(deadly) && !RC_SANITIZED; i++)  /* else the sanitizer has handlers of its own */
		sigaction(deadly[i], &crash, NULL);
	atexit(at_exit);
}

static void set_limits(const struct worker *w, bool jobs)
{
	const struct rlimit none = { 0, 0 };
	int64_t largest = jobs ? RC_MAX_SPOOL_BYTES : RC_MAX_RESULT_BYTES + RC_MAX_IMAGE_BYTES;
	const struct rlimit file = { (rlim_t)largest, (rlim_t)largest };

	setrlimit(RLIMIT_CORE, &none);
	setrlimit(RLIMIT_FSIZE, &file);
	rc_memory_limit(w->cfg->run_worker_memory << 20);
}

/* ---- clocks --------------------------------------------------------------------------------------- */

static double seconds(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* 0: stops the page's clock. */
static void set_clock(struct worker *w, int64_t cpu_seconds)
{
	const struct itimerspec at = { .it_value.tv_sec = cpu_seconds };

	timer_settime(w->clock, 0, &at, NULL);
}

/* ---- pages ---------------------------------------------------------------------------------------- */

static bool is_stage(const struct rc_page_stage *stage, const char *name)
{
	return strcmp(stage->name, name) == 0;
}

static void drop_page(struct worker *w, struct rc_page *page)
{
	for (size_t i = w->n_open; i-- > 0;)
		if (w->stages->page[i]->drop)
			w->stages->page[i]->drop(w->state[i], page);
}

/* The first stage's number. */
static size_t start_over(struct worker *w, struct rc_page *page)
{
	drop_page(w, page);
	rc_page_start_over(page);
	return 0;
}

static enum rc_status run_stages(struct worker *w, struct rc_page *page, struct rc_wire *answer, struct rc_err *err)
{
	enum rc_status worst = RC_OK, status;
	struct rc_err why;

	for (size_t i = 0; i < w->n_open; i = page->again ? start_over(w, page) : i + 1) {
		const struct rc_page_stage *stage = w->stages->page[i];
		double start = seconds(CLOCK_PROCESS_CPUTIME_ID), spent;

		if (!page->want_read && is_stage(stage, "ocr"))
			continue;
		why = (struct rc_err){ 0 };
		status = stage->run(w->state[i], page, &why);
		spent = seconds(CLOCK_PROCESS_CPUTIME_ID) - start;
		answer->decode += is_stage(stage, "decode") ? spent : 0;
		answer->prepare += is_stage(stage, "prepare") ? spent : 0;
		answer->ocr += is_stage(stage, "ocr") ? spent : 0;
		if (status == RC_SKIP)
			status = RC_OK;
		if (status > worst) {   /* the first of several warnings is kept */
			worst = status;
			*err = why;
		}
		if (!rc_good(status))
			break;
	}
	return worst;
}

static enum rc_status spool_failed(const char *name, struct rc_err *err)
{
	if (errno == EFBIG)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_BYTES, "cannot keep the result of '%s': larger than the limit", name);
	return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_DISK, "cannot write into the spool");
}

/* Page JSON, then image, into the spool. */
static enum rc_status deliver(struct worker *w, const struct rc_page *page, struct rc_wire *answer, struct rc_err *err)
{
	RC_OWN_BUF text = RC_BUF(RC_MAX_RESULT_BYTES);
	RC_OWN_JSON json = page->want_read ? rc_page_to_json(page) : NULL;
	enum rc_status status;

	if (page->want_read && !json)
		return rc_fail(err, RC_RETRY, RC_WHY_MEMORY, "cannot serialise '%s': out of memory", page->name);
	if (json)
		rc_json_print(&text, json);
	status = rc_buf_check(&text, "page result", err);
	if (rc_good(status) && page->want_image)
		status = rc_buf_check(&page->image, "page image", err);
	if (!rc_good(status))
		return status;
	answer->first = (int64_t)text.len;
	answer->second = page->want_image ? (int64_t)page->image.len : 0;
	answer->media = page->image_media;
	if (!rc_write_all(w->spool, text.data, text.len) ||
	    !rc_write_all(w->spool, page->image.data, (size_t)answer->second))
		return spool_failed(page->name, err);
	return RC_OK;
}

/* A page with a failed allocation somewhere in it is not a result, whatever the stages made of it. */
static enum rc_status look_at_memory(const struct worker *w, enum rc_status status, const char *name, struct rc_err *err)
{
	if (!rc_memory_ran_out())
		return status;
	return rc_fail(err, RC_RETRY, RC_WHY_MEMORY, "cannot finish '%s': more than %lld MiB of memory (run.worker_memory)",
	               name, (long long)w->cfg->run_worker_memory);
}

static bool do_page(struct worker *w, const struct rc_wire *ask, int scan_fd)
{
	struct rc_wire answer = rc_wire_new(RC_WIRE_RESULT);
	struct rc_page page = RC_PAGE_INIT;
	struct rc_err err = { 0 }, why;
	enum rc_status status, delivered;
	double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID), wall = seconds(CLOCK_MONOTONIC);

	page.name = rc_wire_string(ask, 0);
	page.debug_dir = rc_wire_string(ask, 1)[0] ? rc_wire_string(ask, 1) : NULL;
	page.scan_fd = scan_fd;
	page.scan_offset = ask->offset;
	page.scan_len = ask->len;
	page.media = (enum rc_media)ask->media;
	page.frame = ask->frame;
	page.want_read = ask->flags & RC_WIRE_READ;
	page.want_image = ask->flags & RC_WIRE_IMAGE;

	rc_memory_forget();
	set_clock(w, w->cfg->run_page_seconds);
	lseek(w->spool, 0, SEEK_SET);   /* the supervisor emptied it */
	status = run_stages(w, &page, &answer, &err);
	if (rc_good(status)) {
		delivered = deliver(w, &page, &answer, &why);
		if (!rc_good(delivered)) {
			status = delivered;
			err = why;
		}
	}
	drop_page(w, &page);
	rc_page_clear(&page);
	set_clock(w, 0);

	status = look_at_memory(w, status, rc_wire_string(ask, 0), &err);
	rc_wire_put_err(&answer, status, &err);
	answer.id = ask->id;
	answer.cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
	answer.wall = seconds(CLOCK_MONOTONIC) - wall;
	return rc_wire_send(w->sock, &answer, NULL, 0);
}

/* ---- jobs ----------------------------------------------------------------------------------------- */

struct rc_job_out {
	struct worker *worker;
	int64_t written;                /* bytes of the next part so far */
};

enum rc_status rc_job_write(struct rc_job_out *out, const void *bytes, size_t len, struct rc_err *err)
{
	if (len > (uint64_t)(RC_MAX_SCAN_BYTES - out->written))
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_BYTES, "more than %lld bytes", (long long)RC_MAX_SCAN_BYTES);
	if (!rc_write_all(out->worker->spool, bytes, len))
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_DISK, "cannot write into the spool");
	out->written += (int64_t)len;
	return RC_OK;
}

enum rc_status rc_job_rewind(struct rc_job_out *out, struct rc_err *err)
{
	if (ftruncate(out->worker->spool, 0) != 0 || lseek(out->worker->spool, 0, SEEK_SET) != 0)
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_DISK, "cannot empty the spool");
	out->written = 0;
	return RC_OK;
}

enum rc_status rc_job_emit(struct rc_job_out *out, const json_t *part, struct rc_err *err)
{
	struct worker *w = out->worker;
	struct rc_wire msg = rc_wire_new(RC_WIRE_PART), taken;
	RC_OWN_BUF text = RC_BUF(RC_MAX_MESSAGE);
	enum rc_status status;

	rc_json_print(&text, part);
	status = rc_buf_check(&text, "description of a part", err);
	if (!rc_good(status))
		return status;
	if (!rc_write_all(w->spool, text.data, text.len))
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_DISK, "cannot write into the spool");
	msg.first = out->written;
	msg.second = (int64_t)text.len;
	if (!rc_wire_send(w->sock, &msg, NULL, 0) || rc_wire_recv(w->sock, true, &taken, NULL) != 1 ||
	    taken.kind != RC_WIRE_TAKEN)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_STOPPED, "supervisor is gone");
	out->written = 0;               /* the supervisor emptied the spool */
	lseek(w->spool, 0, SEEK_SET);
	return RC_OK;
}

static const struct rc_batch_stage *find_stage(const struct rc_stages *stages, const char *name)
{
	const struct rc_batch_stage *const all[] = {
		stages->ingest, stages->normalize, stages->curate, stages->package, stages->report, stages->upload,
	};

	for (size_t i = 0; i < RC_COUNT(all); i++)
		if (all[i] && strcmp(all[i]->name, name) == 0)
			return all[i];
	return NULL;
}

static enum rc_status run_job(struct worker *w, const char *name, int args_fd, int source_fd, struct rc_err *err)
{
	const struct rc_batch_stage *stage = find_stage(w->stages, name);
	struct rc_job_out out = { .worker = w };
	RC_OWN_BUF text = RC_BUF(RC_MAX_MESSAGE);
	RC_OWN_JSON args = NULL;
	enum rc_status status;

	if (!stage || !stage->job)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_BUG, "stage '%s' has no job", name);
	lseek(args_fd, 0, SEEK_SET);
	status = rc_buf_read_fd(&text, args_fd, "arguments", err);
	if (rc_good(status))
		status = rc_json_parse(text.data, text.len, "arguments", &args, err);
	if (!rc_good(status))
		return status;
	lseek(w->spool, 0, SEEK_SET);
	return stage->job(w->cfg, args, source_fd, &out, err);
}

static bool do_job(struct worker *w, const struct rc_wire *ask, int args_fd, int source_fd)
{
	struct rc_wire answer = rc_wire_new(RC_WIRE_DONE);
	struct rc_err err = { 0 };
	const char *name = rc_wire_string(ask, 0);
	enum rc_status status;

	rc_memory_forget();
	status = look_at_memory(w, run_job(w, name, args_fd, source_fd, &err), name, &err);
	rc_wire_put_err(&answer, status, &err);
	return rc_wire_send(w->sock, &answer, NULL, 0);
}

/* ---- start and end -------------------------------------------------------------------------------- */

static enum rc_status load_settings(struct worker *w, int fd, struct rc_err *err)
{
	RC_OWN_BUF text = RC_BUF(RC_MAX_SETTINGS_BYTES);
	enum rc_status status;

	w->cfg = rc_config_new();
	if (!w->cfg)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot start a worker: out of memory");
	lseek(fd, 0, SEEK_SET);         /* a worker before this one may have read it */
	status = rc_buf_read_fd(&text, fd, "settings", err);
	return rc_good(status) ? rc_config_parse(w->cfg, text.data, text.len, "settings", err) : status;
}

static enum rc_status open_stages(struct worker *w, struct rc_err *err)
{
	enum rc_status status = RC_OK;

	while (w->stages->page[w->n_open] && rc_good(status)) {
		const struct rc_page_stage *stage = w->stages->page[w->n_open];
		if (w->n_open == MAX_PAGE_STAGES)
			return rc_fail(err, RC_RUN_FAILED, RC_WHY_BUG, "more than %d page stages", MAX_PAGE_STAGES);
		if (stage->open)
			status = stage->open(w->cfg, &w->state[w->n_open], err);
		w->n_open++;            /* also a half-opened one: close takes it */
	}
	return status;
}

static void close_stages(struct worker *w)
{
	while (w->n_open-- > 0)
		if (w->stages->page[w->n_open]->close)
			w->stages->page[w->n_open]->close(w->state[w->n_open]);
	rc_config_free(&w->cfg);
}

static enum rc_status confine(const struct worker *w, struct rc_wire *ready, struct rc_err *err)
{
	const char *missing = "", *models = w->cfg->ocr_models[0] ? w->cfg->ocr_models : getenv("TESSDATA_PREFIX");
	enum rc_status status = rc_confine(models ? models : "", &missing, err);

	rc_wire_add(ready, missing);
	return status;
}

static enum rc_status prepare(struct worker *w, const struct rc_wire *start, int settings_fd, struct rc_wire *ready,
                              struct rc_err *err)
{
	struct sigevent late = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGXCPU };
	bool jobs = start->flags & RC_WIRE_JOBS;
	enum rc_status status = load_settings(w, settings_fd, err);

	if (!rc_good(status))
		return status;
	set_limits(w, jobs);
	if (timer_create(CLOCK_PROCESS_CPUTIME_ID, &late, &w->clock) != 0)
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_BUG, "cannot make a clock");
	if (!jobs)
		status = open_stages(w, err);
	if (rc_memory_ran_out())
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot start a worker: run.worker_memory is too small for the models");
	if (rc_good(status) && (start->flags & RC_WIRE_CONFINE))
		status = confine(w, ready, err);
	return status;
}

static int serve(struct worker *w)
{
	bool going_on = true;

	while (going_on) {
		struct rc_wire ask;
		int fds[RC_WIRE_FDS];
		int got = rc_wire_recv(w->sock, true, &ask, fds);
		if (got != 1)
			return got == 0 ? 0 : 1;
		if (ask.kind == RC_WIRE_PAGE)
			going_on = do_page(w, &ask, fds[0]);
		else if (ask.kind == RC_WIRE_JOB)
			going_on = do_job(w, &ask, fds[0], fds[1]);
		else
			going_on = false;
		rc_close(&fds[0]);
		rc_close(&fds[1]);
	}
	return 1;
}

int rc_worker_main(const struct rc_stages *stages, int fd)
{
	struct worker w = { .stages = stages, .sock = fd, .spool = -1 };
	struct rc_wire start, ready = rc_wire_new(RC_WIRE_READY);
	struct rc_err err = { 0 };
	int fds[RC_WIRE_FDS], ret = 1;
	enum rc_status status;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	fcntl(fd, F_SETFD, FD_CLOEXEC); /* a program that an unconfined library starts must not keep the line open */
	set_signals();
	if (rc_wire_recv(fd, true, &start, fds) != 1 || start.kind != RC_WIRE_START)
		return 1;
	if (getppid() != start.id)      /* it died before prctl() */
		return 1;
	w.spool = fds[1];
	status = prepare(&w, &start, fds[0], &ready, &err);
	rc_close(&fds[0]);
	if (!rc_good(status)) {
		ready = rc_wire_new(RC_WIRE_BROKEN);
		rc_wire_put_err(&ready, status, &err);
	}
	if (rc_wire_send(fd, &ready, NULL, 0) && rc_good(status))
		ret = serve(&w);
	close_stages(&w);
	rc_close(&w.spool);
	return ret;
}
