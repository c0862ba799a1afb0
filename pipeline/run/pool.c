/* pool.c -- supervised worker processes: who works on what, for how long, and what became of it.
 *
 *   rc_pool_new, free, jobs, idle, busy     the pool
 *   rc_pool_submit, rc_pool_start_job       give work: begin() finds or starts a process
 *   rc_pool_wait                            poll; hear() what a worker says; slot_died(); check_deadlines()
 *   rc_pool_abandon
 *
 * The pool is an array of slots, each with at most one process, and one slot more for jobs. A slot is EMPTY, IDLE,
 * WORKING, or HELD while a callback looks into its spool. A callback may come back into the pool, so no pointer into
 * a slot's task is kept over one, and what poll() said before it is only a hint after it: receiving never waits. */
#include "run/pool.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "core/limits.h"
#include "run/answer.h"
#include "run/child.h"
#include "run/memory.h"
#include "run/wire.h"

#define MAX_BAD_STARTS 3        /* workers in a row that died before they were ready */
#define WATCH_MS 100            /* how often sanitized builds look at memory */

enum phase { EMPTY, IDLE, WORKING, HELD };

struct slot {
	struct rc_child child;
	enum phase phase;
	bool for_jobs, ready, confined;
	int64_t served;         /* pages or jobs of this process */
	int64_t deadline;       /* ms on the monotonic clock; of what it is working on */
	struct rc_task task;    /* WORKING on a page: name, debug_dir and scan_fd are owned */
};

struct job {
	char *stage;            /* owned; NULL: no job */
	int args_fd;            /* owned */
	int source_fd;          /* the caller's */
	rc_part_fn *on_part;
	rc_job_done_fn *done;
	void *ctx;
};

struct rc_pool {
	const struct rc_config *cfg;
	struct rc_buf settings; /* cfg as text */
	int jobs;
	struct slot *slots;     /* jobs + 1; the last one is for jobs */
	struct pollfd *polled;  /* two a slot: socket, chatter */
	struct job job;
	int bad_starts;
	bool broken;            /* no worker can start: why */
	struct rc_err why;
	int64_t peak_rss;
	char unconfined[64];
};

struct turn {                   /* one call of rc_pool_wait() */
	struct rc_pool *pool;
	rc_task_fn *on_result;
	void *ctx;
	int events;             /* results, parts and ends of jobs told so far */
};

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- the pool ------------------------------------------------------------------------------------- */

static int count_cores(void)
{
	cpu_set_t cores;

	if (sched_getaffinity(0, sizeof cores, &cores) == 0 && CPU_COUNT(&cores) > 0)
		return CPU_COUNT(&cores);
	long online = sysconf(_SC_NPROCESSORS_ONLN);
	return online > 0 && online < RC_MAX_WORKERS ? (int)online : 1;
}

/* A worker that may not write a whole result would make good pages look bad. */
static enum rc_status check_file_size(struct rc_err *err)
{
	struct rlimit most;

	if (getrlimit(RLIMIT_FSIZE, &most) != 0 || most.rlim_max == RLIM_INFINITY || (int64_t)most.rlim_max >= RC_MAX_SPOOL_BYTES)
		return RC_OK;
	return rc_fail(err, RC_RUN_FAILED, RC_WHY_SETTING, "cannot start workers: files may have at most %lld bytes here (ulimit -f), and %lld are needed",
	               (long long)most.rlim_max, (long long)RC_MAX_SPOOL_BYTES);
}

enum rc_status rc_pool_new(const struct rc_config *cfg, const struct rc_stages *stages, int jobs,
                           struct rc_pool **ret, struct rc_err *err)
{
	RC_CLEANUP(rc_pool_free) struct rc_pool *pool = rc_alloc(sizeof *pool);

	if (!rc_good(check_file_size(err)))
		return RC_RUN_FAILED;
	(void)stages;           /* the worker, being the same program, has the same table */
	if (jobs <= 0)
		jobs = count_cores();
	if (jobs > RC_MAX_WORKERS)
		jobs = RC_MAX_WORKERS;
	pool->cfg = cfg;
	pool->settings = RC_BUF(RC_MAX_SETTINGS_BYTES);
	pool->job.args_fd = -1;
	pool->slots = rc_alloc(((size_t)jobs + 1) * sizeof *pool->slots);
	pool->polled = rc_alloc(((size_t)jobs + 1) * 2 * sizeof *pool->polled);
	pool->jobs = jobs;
	for (int i = 0; i <= jobs; i++) {
		pool->slots[i].child = RC_CHILD_NONE;
		pool->slots[i].task.scan_fd = -1;
	}
	pool->slots[jobs].for_jobs = true;
	rc_config_print(cfg, &pool->settings);
	if (!rc_good(rc_buf_check(&pool->settings, "settings", err)))
		return RC_RUN_FAILED;
	*ret = rc_steal(pool);
	return RC_OK;
}

static struct slot *slots_end(const struct rc_pool *pool)
{
	return pool->slots + pool->jobs + 1;
}

static struct slot *job_slot(const struct rc_pool *pool)
{
	return pool->slots + pool->jobs;
}

/* Frees what a task owns. */
static void task_clear(struct rc_task *task)
{
	rc_close(&task->scan_fd);
	free((char *)task->name);
	free((char *)task->debug_dir);
	*task = (struct rc_task){ .scan_fd = -1 };
}

static struct rc_task task_take(struct rc_task *task)
{
	struct rc_task taken = *task;

	*task = (struct rc_task){ .scan_fd = -1 };
	return taken;
}

static void job_clear(struct job *job)
{
	free(job->stage);
	rc_close(&job->args_fd);
	*job = (struct job){ .args_fd = -1 };
}

/* Ends the slot's process; the task stays. Returns the wait status. */
static int slot_end(struct rc_pool *pool, struct slot *slot)
{
	int status = rc_child_end(&slot->child);

	if (slot->child.peak_rss > pool->peak_rss)
		pool->peak_rss = slot->child.peak_rss;
	slot->phase = EMPTY;
	slot->ready = false;
	return status;
}

void rc_pool_free(struct rc_pool **pool_ptr)
{
	struct rc_pool *pool = *pool_ptr;

	if (!pool)
		return;
	for (struct slot *s = pool->slots; pool->jobs > 0 && s < slots_end(pool); s++) {
		slot_end(pool, s);
		task_clear(&s->task);
	}
	job_clear(&pool->job);
	rc_buf_free(&pool->settings);
	free(pool->slots);
	free(pool->polled);
	free(pool);
	*pool_ptr = NULL;
}

void rc_pool_abandon(struct rc_pool *pool)
{
	for (struct slot *s = pool->slots; s < job_slot(pool); s++)
		if (s->phase == WORKING) {
			slot_end(pool, s);
			task_clear(&s->task);
		}
	if (pool->job.stage) {
		slot_end(pool, job_slot(pool));
		job_clear(&pool->job);
	}
}

int rc_pool_jobs(const struct rc_pool *pool)
{
	return pool->jobs;
}

int rc_pool_idle(const struct rc_pool *pool)
{
	int n = 0;

	for (struct slot *s = pool->slots; s < job_slot(pool); s++)
		n += s->phase == EMPTY || s->phase == IDLE;
	return pool->broken ? 0 : n;
}

int rc_pool_busy(const struct rc_pool *pool)
{
	int n = 0;

	for (struct slot *s = pool->slots; s < job_slot(pool); s++)
		n += s->phase == WORKING;
	return n;
}

int64_t rc_pool_peak_rss(const struct rc_pool *pool)
{
	int64_t largest = pool->peak_rss, now, peak;

	for (struct slot *s = pool->slots; s < slots_end(pool); s++) {
		rc_child_memory(&s->child, &now, &peak);
		if (peak > largest)
			largest = peak;
	}
	return largest;
}

const char *rc_pool_unconfined(const struct rc_pool *pool)
{
	return pool->unconfined;
}

/* ---- giving work ---------------------------------------------------------------------------------- */

/* Sanitized builds are not confined: the leak checker must look at its own process as a debugger does. */
static bool should_confine(const struct rc_pool *pool, const struct rc_task *task)
{
	return pool->cfg->run_confine && !task->debug_dir && !RC_SANITIZED;
}

static enum rc_status slot_start(struct rc_pool *pool, struct slot *slot, struct rc_err *err)
{
	struct rc_wire start = rc_wire_new(RC_WIRE_START);
	RC_OWN_FD settings = rc_wire_text_fd(pool->settings.data, pool->settings.len);
	enum rc_status status;

	if (settings < 0)
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot start a worker");
	status = rc_child_start(&slot->child, slot->for_jobs, err);
	if (!rc_good(status))
		return status;
	slot->phase = IDLE;
	slot->ready = false;
	slot->served = 0;
	slot->confined = should_confine(pool, &slot->task);
	start.id = getpid();
	start.flags = (slot->confined ? RC_WIRE_CONFINE : 0) | (slot->for_jobs ? RC_WIRE_JOBS : 0);
	/* A failure shows when the task is sent. */
	rc_wire_send(slot->child.sock, &start, (const int[]){ settings, slot->child.spool }, 2);
	return RC_OK;
}

static bool send_page(const struct slot *slot)
{
	const struct rc_task *task = &slot->task;
	struct rc_wire msg = rc_wire_new(RC_WIRE_PAGE);

	msg.id = task->id;
	msg.offset = task->offset;
	msg.len = task->len;
	msg.media = task->media;
	msg.frame = task->frame;
	msg.flags = (task->want_read ? RC_WIRE_READ : 0) | (task->want_image ? RC_WIRE_IMAGE : 0);
	rc_wire_add(&msg, task->name);
	rc_wire_add(&msg, task->debug_dir ? task->debug_dir : "");
	return rc_wire_send(slot->child.sock, &msg, &task->scan_fd, task->scan_fd >= 0);
}

static bool send_job(const struct rc_pool *pool, const struct slot *slot)
{
	struct rc_wire msg = rc_wire_new(RC_WIRE_JOB);
	int fds[] = { pool->job.args_fd, pool->job.source_fd };

	rc_wire_add(&msg, pool->job.stage);
	return rc_wire_send(slot->child.sock, &msg, fds, pool->job.source_fd >= 0 ? 2 : 1);
}

static void set_deadline(const struct rc_pool *pool, struct slot *slot)
{
	slot->deadline = now_ms() + 10 * 1000 * pool->cfg->run_page_seconds;
}

/* Puts a process to work on the slot's task or the pool's job. */
static enum rc_status begin(struct rc_pool *pool, struct slot *slot, struct rc_err *err)
{
	for (int attempt = 0; attempt < 2; attempt++) {
		enum rc_status status = slot->phase == EMPTY ? slot_start(pool, slot, err) : RC_OK;
		if (!rc_good(status))
			return status;
		rc_child_listen(&slot->child);
		slot->child.tail_len = 0;       /* what it said about others */
		if (slot->for_jobs ? send_job(pool, slot) : send_page(slot)) {
			slot->phase = WORKING;
			set_deadline(pool, slot);
			return RC_OK;
		}
		slot_end(pool, slot);           /* somebody killed it while it was idle */
	}
	return rc_fail(err, RC_RUN_FAILED, RC_WHY_CRASH, "cannot talk to a worker: it dies at once");
}

static enum rc_status tell_broken(const struct rc_pool *pool, struct rc_err *err)
{
	return rc_fail(err, RC_RUN_FAILED, pool->why.reason, "%s", pool->why.text);
}

/* A free slot: with a process that has the rights the task needs, else an empty one, else one emptied for it. */
static struct slot *choose_slot(struct rc_pool *pool, const struct rc_task *task)
{
	struct slot *empty = NULL, *other = NULL;

	for (struct slot *s = pool->slots; s < job_slot(pool); s++) {
		if (s->phase == IDLE && s->confined == should_confine(pool, task))
			return s;
		if (s->phase == EMPTY && !empty)
			empty = s;
		if (s->phase == IDLE && !other)
			other = s;
	}
	if (!empty && other)
		slot_end(pool, other);
	return empty ? empty : other;
}

enum rc_status rc_pool_submit(struct rc_pool *pool, const struct rc_task *task, struct rc_err *err)
{
	struct slot *slot = pool->broken ? NULL : choose_slot(pool, task);
	struct rc_task own = *task;
	enum rc_status status;

	if (!slot && !pool->broken)
		return RC_SKIP;
	own.name = rc_strdup(task->name);
	own.debug_dir = task->debug_dir ? rc_strdup(task->debug_dir) : NULL;
	if (slot) {
		slot->task = own;
		status = begin(pool, slot, err);
		if (rc_good(status))
			return status;
		own = task_take(&slot->task);
	} else
		status = tell_broken(pool, err);
	task_clear(&own);
	return status;
}

enum rc_status rc_pool_start_job(struct rc_pool *pool, const char *stage, const json_t *args, int source_fd,
                                 rc_part_fn *on_part, rc_job_done_fn *done, void *ctx, struct rc_err *err)
{
	RC_OWN_BUF text = RC_BUF(RC_MAX_MESSAGE);
	struct job job = { .source_fd = source_fd, .on_part = on_part, .done = done, .ctx = ctx };
	enum rc_status status;

	if (pool->broken)
		return tell_broken(pool, err);
	if (pool->job.stage)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_BUG, "cannot start a job of '%s': there is one already", stage);
	rc_json_print(&text, args);
	status = rc_buf_check(&text, "arguments of a job", err);
	if (!rc_good(status))
		return status;
	job.args_fd = rc_wire_text_fd(text.data, text.len);
	if (job.args_fd < 0)
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot start a job of '%s'", stage);
	job.stage = rc_strdup(stage);
	pool->job = job;
	status = begin(pool, job_slot(pool), err);
	if (!rc_good(status))
		job_clear(&pool->job);
	return status;
}

/* ---- what became of it ---------------------------------------------------------------------------- */

/* After the answer was used: empties the spool, and replaces a worker that is old or has grown. */
static void settle(struct rc_pool *pool, struct slot *slot, bool spent)
{
	int64_t rss, peak;

	slot->phase = IDLE;
	slot->served++;
	rc_child_memory(&slot->child, &rss, &peak);
	if (peak > pool->peak_rss)
		pool->peak_rss = peak;
	if (spent || slot->served >= pool->cfg->run_worker_pages || rss > (pool->cfg->run_worker_memory << 20) / 4 * 3 ||
	    ftruncate(slot->child.spool, 0) != 0)
		slot_end(pool, slot);
}

/* Tells the caller. The process, if there still is one, is held meanwhile: it does not get its spool back. */
static enum rc_status tell_page(struct turn *turn, struct slot *slot, const struct rc_task_result *result, struct rc_err *err)
{
	struct rc_task task = task_take(&slot->task);
	bool spent = result->err.reason == RC_WHY_MEMORY;
	enum rc_status status;

	if (slot->phase == WORKING)
		slot->phase = HELD;
	turn->events++;
	status = turn->on_result(turn->ctx, result, err);
	if (slot->phase == HELD)
		settle(turn->pool, slot, spent);
	task_clear(&task);
	return status;
}

static void tell_job(struct turn *turn, enum rc_status status, const struct rc_err *why)
{
	struct job job = turn->pool->job;

	turn->pool->job = (struct job){ .args_fd = -1 };
	turn->events++;
	job.done(job.ctx, status, why);
	job_clear(&job);
}

/* The process in the slot is gone; what it was working on failed for the reason given. */
static enum rc_status tell_failure(struct turn *turn, struct slot *slot, enum rc_status status, struct rc_err *why,
                                   struct rc_err *err)
{
	RC_OWN_BUF words = RC_BUF(RC_CHILD_TAIL * 8);

	rc_child_last_words(&slot->child, &words);
	if (slot->for_jobs) {
		if (words.len > 0 && why->reason == RC_WHY_CRASH) {
			struct rc_err longer = { 0 };
			rc_fail(&longer, status, why->reason, "%s: %s", why->text, words.data);
			*why = longer;
		}
		tell_job(turn, status, why);
		return RC_OK;
	}
	struct rc_task_result result = {
		.id = slot->task.id, .status = status, .err = *why, .spool_fd = -1, .last_words = words.data,
	};
	return tell_page(turn, slot, &result, err);
}

static const char *work_name(const struct rc_pool *pool, const struct slot *slot)
{
	return slot->for_jobs ? pool->job.stage : slot->task.name;
}

static enum rc_status break_pool(struct rc_pool *pool, const struct rc_err *why, struct rc_err *err)
{
	pool->broken = true;
	pool->why = *why;
	return tell_broken(pool, err);
}

/* It died before it was ready: nothing it was given is to blame. Tries again, but not for ever. */
static enum rc_status start_again(struct rc_pool *pool, struct slot *slot, int wait_status, struct rc_err *err)
{
	RC_OWN_BUF words = RC_BUF(RC_CHILD_TAIL * 8);
	struct rc_err cause, why;

	if (++pool->bad_starts < MAX_BAD_STARTS)
		return begin(pool, slot, err);
	rc_answer_death(RC_DEATH_OWN, wait_status, pool->cfg, "start of a worker", &cause);
	rc_child_last_words(&slot->child, &words);
	rc_fail(&why, RC_RUN_FAILED, cause.reason, "%d workers in a row died before they were ready: %s%s%s", MAX_BAD_STARTS,
	        cause.text, words.len > 0 ? ": " : "", words.data);
	return break_pool(pool, &why, err);
}

/* Ends the process, if it has not ended, and does what follows from that. */
static enum rc_status slot_died(struct turn *turn, struct slot *slot, enum rc_death death, struct rc_err *err)
{
	struct rc_pool *pool = turn->pool;
	bool working = slot->phase == WORKING, ready = slot->ready;
	int wait_status = slot_end(pool, slot);
	enum rc_status status;
	struct rc_err why;

	if (!working)
		return RC_OK;           /* the next page starts a new one */
	if (!ready && death == RC_DEATH_OWN)
		return start_again(pool, slot, wait_status, err);
	status = rc_answer_death(death, wait_status, pool->cfg, work_name(pool, slot), &why);
	return tell_failure(turn, slot, status, &why, err);
}

/* It said what it should not: it is not to be trusted with anything any more. */
static enum rc_status slot_lied(struct turn *turn, struct slot *slot, struct rc_err *why, struct rc_err *err)
{
	bool working = slot->phase == WORKING, ready = slot->ready;
	int wait_status = slot_end(turn->pool, slot);

	if (!working)
		return RC_OK;
	if (!ready)
		return start_again(turn->pool, slot, wait_status, err);
	return tell_failure(turn, slot, RC_PAGE_FAILED, why, err);
}

static enum rc_status hear_result(struct turn *turn, struct slot *slot, const struct rc_wire *msg, struct rc_err *err)
{
	struct rc_task_result result;
	struct rc_err why = { 0 };
	enum rc_status status = rc_answer_page(msg, &slot->task, slot->child.spool, &result, &why);

	if (rc_good(status))
		return tell_page(turn, slot, &result, err);
	if (why.reason == RC_WHY_PROTOCOL)
		return slot_lied(turn, slot, &why, err);
	slot_end(turn->pool, slot);
	return tell_failure(turn, slot, status, &why, err);
}

static enum rc_status hear_part(struct turn *turn, struct slot *slot, const struct rc_wire *msg, struct rc_err *err)
{
	struct rc_pool *pool = turn->pool;
	const struct rc_wire taken = rc_wire_new(RC_WIRE_TAKEN);
	RC_OWN_JSON part = NULL;
	struct rc_err why = { 0 };
	enum rc_status status = rc_answer_part(msg, pool->job.stage, slot->child.spool, &part, &why);

	if (!rc_good(status))
		return slot_lied(turn, slot, &why, err);
	slot->phase = HELD;
	turn->events++;
	status = pool->job.on_part(pool->job.ctx, part, slot->child.spool, msg->first, &why);
	if (slot->phase != HELD)        /* the caller abandoned it meanwhile */
		return RC_OK;
	if (!rc_good(status)) {         /* the caller's word is the job's outcome */
		slot_end(pool, slot);
		tell_job(turn, status, &why);
		return RC_OK;
	}
	slot->phase = WORKING;
	set_deadline(pool, slot);
	if (ftruncate(slot->child.spool, 0) != 0)
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_DISK, "cannot empty the spool");
	rc_wire_send(slot->child.sock, &taken, NULL, 0);        /* a failure is a death that poll() will tell */
	return RC_OK;
}

static enum rc_status hear_done(struct turn *turn, struct slot *slot, const struct rc_wire *msg, struct rc_err *err)
{
	struct rc_err why = { 0 };
	enum rc_status status;

	if (!rc_wire_get_err(msg, &status, &why)) {
		rc_fail(&why, RC_PAGE_FAILED, RC_WHY_PROTOCOL, "worker's answer about '%s' makes no sense: status",
		        turn->pool->job.stage);
		return slot_lied(turn, slot, &why, err);
	}
	settle(turn->pool, slot, why.reason == RC_WHY_MEMORY);
	tell_job(turn, status, &why);
	return RC_OK;
}

/* READY or BROKEN: the first thing a worker says. */
static enum rc_status hear_first(struct turn *turn, struct slot *slot, const struct rc_wire *msg, struct rc_err *err)
{
	struct rc_pool *pool = turn->pool;
	enum rc_status status;
	struct rc_err why = { 0 };

	if (msg->kind == RC_WIRE_BROKEN && rc_wire_get_err(msg, &status, &why))
		return break_pool(pool, &why, err);
	if (msg->kind == RC_WIRE_BROKEN)
		return slot_lied(turn, slot, &why, err);
	slot->ready = true;
	pool->bad_starts = 0;
	if (slot->confined)
		snprintf(pool->unconfined, sizeof pool->unconfined, "%s", rc_wire_string(msg, 0));
	set_deadline(pool, slot);
	return RC_OK;
}

static enum rc_status hear(struct turn *turn, struct slot *slot, struct rc_err *err)
{
	struct rc_wire msg;
	struct rc_err why;
	int got = rc_wire_recv(slot->child.sock, false, &msg, NULL);
	bool working = slot->phase == WORKING && slot->ready;

	if (got < 0 && errno == EAGAIN)
		return RC_OK;
	if (got == 0 || (got < 0 && errno != EBADMSG))
		return slot_died(turn, slot, RC_DEATH_OWN, err);
	if (got == 1 && !slot->ready && (msg.kind == RC_WIRE_READY || msg.kind == RC_WIRE_BROKEN))
		return hear_first(turn, slot, &msg, err);
	if (got == 1 && working && !slot->for_jobs && msg.kind == RC_WIRE_RESULT)
		return hear_result(turn, slot, &msg, err);
	if (got == 1 && working && slot->for_jobs && msg.kind == RC_WIRE_PART)
		return hear_part(turn, slot, &msg, err);
	if (got == 1 && working && slot->for_jobs && msg.kind == RC_WIRE_DONE)
		return hear_done(turn, slot, &msg, err);
	rc_fail(&why, RC_PAGE_FAILED, RC_WHY_PROTOCOL, "worker's answer about '%s' makes no sense: message",
	        working ? work_name(turn->pool, slot) : "nothing");
	return slot_lied(turn, slot, &why, err);
}

/* ---- waiting -------------------------------------------------------------------------------------- */

/* Sanitized builds only: elsewhere the worker's own limit sees to it. */
static bool has_grown(const struct rc_pool *pool, const struct slot *slot)
{
	int64_t rss, peak;

	rc_child_memory(&slot->child, &rss, &peak);
	return rss > pool->cfg->run_worker_memory << 20;
}

static enum rc_status check_deadlines(struct turn *turn, struct rc_err *err)
{
	enum rc_status status = RC_OK;
	int64_t now = now_ms();

	for (struct slot *s = turn->pool->slots; s < slots_end(turn->pool) && rc_good(status); s++)
		if (s->phase == WORKING && now >= s->deadline)
			status = slot_died(turn, s, RC_DEATH_LATE, err);
		else if (RC_SANITIZED && s->phase == WORKING && has_grown(turn->pool, s))
			status = slot_died(turn, s, RC_DEATH_GREW, err);
	return status;
}

/* How long to sleep, ms: until give_up (INT64_MAX: for ever) or the first deadline; -1: until something happens. */
static int sleep_time(const struct rc_pool *pool, int64_t give_up)
{
	int64_t until = give_up, now = now_ms();

	for (struct slot *s = pool->slots; s < slots_end(pool); s++)
		if (s->phase == WORKING && s->deadline < until)
			until = s->deadline;
	if (RC_SANITIZED && until > now + WATCH_MS)
		until = now + WATCH_MS;
	if (until == INT64_MAX)
		return -1;
	return until <= now ? 0 : until - now > 60000 ? 60000 : (int)(until - now);
}

/* False when a signal came. */
static bool poll_slots(struct rc_pool *pool, int64_t give_up)
{
	struct pollfd *p = pool->polled;

	for (struct slot *s = pool->slots; s < slots_end(pool); s++, p += 2) {
		p[0] = (struct pollfd){ .fd = s->phase == HELD ? -1 : s->child.sock, .events = POLLIN };
		p[1] = (struct pollfd){ .fd = s->child.chatter, .events = POLLIN };
	}
	if (poll(pool->polled, (nfds_t)(p - pool->polled), sleep_time(pool, give_up)) >= 0)
		return true;
	for (p = pool->polled; p < pool->polled + 2 * (pool->jobs + 1); p++)
		p->revents = 0;
	return errno != EINTR;
}

static enum rc_status hear_all(struct turn *turn, struct rc_err *err)
{
	struct rc_pool *pool = turn->pool;
	enum rc_status status = RC_OK;

	for (int i = 0; i <= pool->jobs && rc_good(status); i++) {
		struct slot *s = &pool->slots[i];
		if (pool->polled[2 * i + 1].revents)
			rc_child_listen(&s->child);
		if (pool->polled[2 * i].revents && (s->phase == IDLE || s->phase == WORKING))
			status = hear(turn, s, err);
	}
	return rc_good(status) ? check_deadlines(turn, err) : status;
}

static bool in_flight(const struct rc_pool *pool)
{
	for (struct slot *s = pool->slots; s < slots_end(pool); s++)
		if (s->phase == WORKING)
			return true;
	return false;
}

enum rc_status rc_pool_wait(struct rc_pool *pool, int timeout_ms, rc_task_fn *on_result, void *ctx, struct rc_err *err)
{
	struct turn turn = { .pool = pool, .on_result = on_result, .ctx = ctx };
	int64_t give_up = timeout_ms < 0 ? INT64_MAX : now_ms() + timeout_ms;
	enum rc_status status;

	for (;;) {
		if (pool->broken)
			return tell_broken(pool, err);
		if (timeout_ms < 0 && !in_flight(pool))
			return RC_OK;
		if (!poll_slots(pool, give_up))
			return RC_OK;
		status = hear_all(&turn, err);
		if (!rc_good(status))
			return status;
		if (turn.events > 0 || now_ms() >= give_up)
			return RC_OK;
	}
}
