/* slurm_tasks.c -- what becomes of the tasks: answers taken, dead tasks found, bad nodes avoided.
 *
 *   slurm_look_after()   one round over all tasks
 *   harvest()            the frames that came since the last round
 *   judge()              is it through, dead, or does it hang?
 *   bury()               the pages of a dead task: once more, or given up
 *
 * A task is dead when Slurm, twice in a row, does not list it and its answers are not complete; while Slurm itself does not answer,
 * nobody is dead. */
#include "run/slurm_state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/outfile.h"
#include "core/text.h"

enum {
	MISSING_TWICE = 2,
	MOST_DEATHS = 2,                /* of a page: then it goes alone, or is given up */
	NODE_IS_BAD = 2,
	ALL_IS_BAD = 6,
	STALL_FACTOR = 10,              /* as the pool's wall clock for a page */
	STALL_GRACE = 120,              /* seconds more, to load models */
	MAX_PATH_BYTES = 1 << 16,
	MAX_LOG = 1 << 20,
};

/* ---- nodes ------------------------------------------------------------------------------------------------------- */

static struct slurm_node *find_node(struct rc_slurm *s, const char *name)
{
	for (size_t i = 0; i < s->n_nodes; i++)
		if (strcmp(s->nodes[i].name, name) == 0)
			return &s->nodes[i];
	s->nodes = rc_realloc(s->nodes, (s->n_nodes + 1) * sizeof *s->nodes);
	s->nodes[s->n_nodes] = (struct slurm_node){ 0 };
	strncpy(s->nodes[s->n_nodes].name, name, sizeof s->nodes->name - 1);
	return &s->nodes[s->n_nodes++];
}

void slurm_avoided(const struct rc_slurm *s, struct rc_buf *out)
{
	for (size_t i = 0; i < s->n_nodes; i++)
		if (s->nodes[i].bad >= NODE_IS_BAD)
			rc_buf_addf(out, "%s%s", out->len ? "," : "", s->nodes[i].name);
}

static void praise(struct rc_slurm *s, const struct slurm_task *task)
{
	s->bad_in_row = 0;
	if (task->node[0])
		find_node(s, task->node)->bad = 0;
}

static void blame(struct rc_slurm *s, const struct slurm_task *task)
{
	struct slurm_node *node;
	struct rc_err what;

	s->bad_in_row++;
	if (!task->node[0])
		return;
	node = find_node(s, task->node);
	if (++node->bad != NODE_IS_BAD)
		return;
	(void)rc_fail(&what, RC_WARN, RC_WHY_ENGINE, "node '%s' ends every task without a page read, leaving it alone from now on", node->name);
	rc_books_warn(s->books, &what);
}

/* ---- answers ----------------------------------------------------------------------------------------------------- */

/* The node could not open what the coordinator could: that says nothing of the page. */
static bool was_unseen(const struct rc_task_result *r)
{
	return r->status == RC_RETRY && (r->err.reason == RC_WHY_GONE || r->err.reason == RC_WHY_CHANGED || r->err.reason == RC_WHY_UNREADABLE);
}

static void put_back(struct rc_slurm *s, struct slurm_task *task, size_t i)
{
	struct slurm_page page = task->pages[i];

	task->pages[i].page.name = task->pages[i].page.path = NULL;
	task->pages[i].done = true;
	task->n_done++;
	page.begun = false;
	slurm_wait_for_plan(s, &page);
}

static enum rc_status deliver(struct rc_slurm *s, struct slurm_task *task, size_t i, struct rc_task_result *r, struct rc_err *err)
{
	struct slurm_page *page = &task->pages[i];

	page->done = true;
	task->n_done++;
	r->id = page->id;
	return page->id ? s->on_result(s->ctx, r, err) : RC_OK;
}

static enum rc_status take_frame(struct rc_slurm *s, struct slurm_task *task, struct rc_answer_frame *f, struct rc_err *err)
{
	struct slurm_page *page;

	if (f->page >= (int64_t)task->n || task->pages[f->page].done)
		return RC_OK;           /* another start of the task had it already */
	page = &task->pages[f->page];
	if (f->begun) {
		page->begun = true;
		return RC_OK;
	}
	if (was_unseen(&f->result) && ++page->deaths < MOST_DEATHS) {
		put_back(s, task, (size_t)f->page);
		return RC_OK;
	}
	if (was_unseen(&f->result))
		f->result.status = RC_PAGE_FAILED;
	else if (!task->answered)
		praise(s, task);
	task->answered = true;
	return deliver(s, task, (size_t)f->page, &f->result, err);
}

static enum rc_status harvest_start(struct rc_slurm *s, const struct slurm_plan *plan, struct slurm_task *task, int start, struct rc_err *err)
{
	RC_OWN_BUF path = RC_BUF(MAX_PATH_BYTES);
	RC_OWN_FD fd = -1;
	struct rc_answer_frame f;
	enum rc_status status;

	rc_buf_addf(&path, "%s/%td.%d.answers", plan->dir, task - plan->tasks, start);
	fd = open(path.data, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return RC_OK;
	while ((status = rc_answers_next(fd, &task->taken[start], &f, err)) == RC_OK) {
		task->grown = rc_now();
		status = take_frame(s, task, &f, err);
		if (!rc_good(status))
			return status;
	}
	return status == RC_SKIP ? RC_OK : status;
}

static enum rc_status harvest(struct rc_slurm *s, const struct slurm_plan *plan, struct slurm_task *task, struct rc_err *err)
{
	enum rc_status status = RC_OK;

	for (int start = 0; rc_good(status) && start < SLURM_STARTS; start++)
		status = harvest_start(s, plan, task, start, err);
	return status;
}

/* ---- the dead ---------------------------------------------------------------------------------------------------- */

/* The last line a task printed, for a person; "" when there is none. */
static void last_line(const struct slurm_plan *plan, const struct slurm_task *task, struct rc_buf *out)
{
	RC_OWN_BUF path = RC_BUF(MAX_PATH_BYTES);
	RC_OWN_BUF log = RC_BUF(MAX_LOG);
	char *line;

	rc_buf_addf(&path, "%s/%td.log", plan->dir, task - plan->tasks);
	if (!rc_good(rc_buf_read_file(&log, path.data, NULL)) || log.len == 0)
		return;
	while (log.len > 0 && log.data[log.len - 1] == '\n')
		log.data[--log.len] = '\0';
	line = strrchr(log.data, '\n');
	rc_text_escape(out, line ? line + 1 : log.data);
}

static void keep_last_words(struct rc_slurm *s, const struct slurm_plan *plan, const struct slurm_task *task)
{
	RC_OWN_BUF said = RC_BUF(MAX_LOG);

	last_line(plan, task, &said);
	snprintf(s->last_words, sizeof s->last_words, "%s%.250s", said.len ? "; the last one said: " : task->was_running ? "" :
	         ": they were cancelled before they began", said.data);
}

/* Was it killed, rather than ended by itself because its node can do nothing more? */
static bool was_killed(const struct slurm_plan *plan, const struct slurm_task *task)
{
	for (int start = 0; start < SLURM_STARTS; start++) {
		RC_OWN_BUF path = RC_BUF(MAX_PATH_BYTES);

		rc_buf_addf(&path, "%s/%td.%d.running", plan->dir, task - plan->tasks, start);
		if (access(path.data, F_OK) == 0)
			return true;
	}
	return false;
}

/* What is left of a task that will not answer any more. */
static enum rc_status bury(struct rc_slurm *s, struct slurm_plan *plan, struct slurm_task *task, struct rc_err *err)
{
	enum rc_status status = RC_OK;
	bool killed = was_killed(plan, task);

	if (!task->answered) {
		blame(s, task);
		keep_last_words(s, plan, task);
	}
	for (size_t i = 0; rc_good(status) && i < task->n; i++) {
		struct slurm_page *page = &task->pages[i];
		struct rc_task_result r = { .status = RC_RETRY, .spool_fd = -1, .last_words = "" };

		if (page->done)
			continue;
		page->begun = page->begun && killed;
		page->deaths += page->begun;
		if (!page->begun || (page->deaths < MOST_DEATHS && !page->alone)) {
			put_back(s, task, i);
			continue;
		}
		(void)rc_fail(&r.err, RC_RETRY, RC_WHY_CRASH, "the task that read it died, not for the first time");
		status = deliver(s, task, i, &r, err);
	}
	task->over = true;
	plan->n_open--;
	if (rc_good(status) && s->bad_in_row >= ALL_IS_BAD)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_ENGINE, "%d tasks in a row ended without a page read%s", s->bad_in_row, s->last_words);
	return status;
}

/* Longer without a sign of life than any page may take. */
static bool hangs(const struct rc_slurm *s, const struct slurm_task *task)
{
	double patience = (double)(STALL_FACTOR * s->books->batch->cfg->run_page_seconds + STALL_GRACE);

	return task->listed && task->running && rc_now() - task->grown > patience;
}

static enum rc_status judge(struct rc_slurm *s, struct slurm_plan *plan, struct slurm_task *task, struct rc_err *err)
{
	if (task->n_done == task->n) {
		task->over = true;
		plan->n_open--;
		return RC_OK;
	}
	if (hangs(s, task)) {
		(void)rc_slurm_cancel(plan->job, task - plan->tasks, NULL);
		task->grown = rc_now();
		return RC_OK;
	}
	if (s->silent || task->listed) {
		task->missing = 0;
		return RC_OK;
	}
	return ++task->missing < MISSING_TWICE ? RC_OK : bury(s, plan, task, err);
}

/* ---- one round ---------------------------------------------------------------------------------------------------- */

/* Waiting for others to end is no news; waiting for a limit to change is. */
static void say_why_it_waits(struct rc_slurm *s, const struct rc_slurm_job *job)
{
	static const char *const usual[] = { "None", "Priority", "Resources", "BeginTime", "Dependency", "Cleaning", "JobArrayTaskLimit" };
	struct rc_err what;

	for (size_t i = 0; i < RC_COUNT(usual); i++)
		if (strcmp(job->reason, usual[i]) == 0)
			return;
	if (s->told_why)
		return;
	s->told_why = true;
	(void)rc_fail(&what, RC_WARN, RC_WHY_ENGINE, "Slurm lets tasks wait: %s (man squeue, JOB REASON CODES)", job->reason);
	rc_books_warn(s->books, &what);
}

static void note_job(void *ctx, const struct rc_slurm_job *job)
{
	struct rc_slurm *s = ctx;

	for (size_t i = 0; i < s->n_plans; i++) {
		struct slurm_task *task = &s->plans[i].tasks[job->task >= 0 && job->task < (int64_t)s->plans[i].n_tasks ? job->task : 0];

		if (s->plans[i].job != job->job || job->task < 0 || job->task >= (int64_t)s->plans[i].n_tasks)
			continue;
		task->listed = true;
		if (!job->running)
			say_why_it_waits(s, job);
		if (job->running && !task->running)
			task->grown = rc_now();
		task->running = job->running;
		task->was_running |= job->running;
		if (job->running)
			memcpy(task->node, job->node, sizeof task->node);
	}
}

static void ask_slurm(struct rc_slurm *s)
{
	struct rc_err why = { 0 };
	bool answers;

	for (size_t i = 0; i < s->n_plans; i++)
		for (size_t k = 0; k < s->plans[i].n_tasks; k++)
			s->plans[i].tasks[k].listed = false;
	answers = rc_good(rc_slurm_each_job(s->job_name, note_job, s, &why));
	if (!answers && !s->silent) {
		why.reason = RC_WHY_NETWORK;
		rc_books_warn(s->books, &why);
	}
	s->silent = !answers;
}

/* Plans that are through, with their folders: after a commit, for the answers must not be gone before the ledger has them. */
static enum rc_status remove_finished(struct rc_slurm *s, struct rc_err *err)
{
	bool any = false;
	size_t kept = 0;

	for (size_t i = 0; i < s->n_plans; i++)
		any = any || s->plans[i].n_open == 0;
	if (!any)
		return RC_OK;
	enum rc_status status = rc_books_commit(s->books, err);
	if (!rc_good(status))
		return status;
	for (size_t i = 0; i < s->n_plans; i++) {
		if (s->plans[i].n_open > 0) {
			s->plans[kept++] = s->plans[i];
			continue;
		}
		rc_remove_tree(s->plans[i].dir);
		slurm_plan_clear(&s->plans[i]);
	}
	s->n_plans = kept;
	return RC_OK;
}

enum rc_status slurm_look_after(struct rc_slurm *s, struct rc_err *err)
{
	enum rc_status status = RC_OK;

	if (s->n_plans == 0)
		return RC_OK;
	ask_slurm(s);
	for (size_t i = 0; rc_good(status) && i < s->n_plans; i++)
		for (size_t k = 0; rc_good(status) && k < s->plans[i].n_tasks; k++) {
			struct slurm_task *task = &s->plans[i].tasks[k];

			if (task->over)
				continue;
			status = harvest(s, &s->plans[i], task, err);
			if (rc_good(status))
				status = judge(s, &s->plans[i], task, err);
		}
	if (rc_good(status))
		status = remove_finished(s, err);
	slurm_show(s);
	return status;
}
