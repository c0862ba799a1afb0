/* slurm.c -- pages into plans, plans to Slurm.
 *
 *   rc_slurm_open()     finds Slurm, and takes up the plans of an earlier run
 *   rc_slurm_submit()   a page joins those that wait for a plan
 *   rc_slurm_wait()     makes plans, and looks after tasks (slurm_tasks.c)
 *   make_plan()         how many tasks, and which pages go into which
 *   rc_slurm_close()    leave or cancel */
#include "run/slurm_state.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/outfile.h"
#include "run/stop.h"

enum {
	MAX_PATH_BYTES = 1 << 16,
	MOST_IN_FLIGHT = 20000,         /* pages: what the coordinator remembers of each takes about 1 kB */
	MOST_TASK_PAGES = 2000,
	FEWEST_TASK_PAGES = 4,          /* fewer are not worth the loading of models, unless there is nothing else to do */
};
static const double quiet = 2;          /* seconds without a new page: what waits becomes a plan */
static const double patience = 30;      /* seconds until Slurm is tried again */
static const double first_guess = 3;    /* seconds a page, before any was read */

void slurm_plan_clear(struct slurm_plan *plan)
{
	for (size_t i = 0; i < plan->n_tasks; i++) {
		for (size_t k = 0; k < plan->tasks[i].n; k++)
			rc_plan_page_clear(&plan->tasks[i].pages[k].page);
		free(plan->tasks[i].pages);
	}
	free(plan->tasks);
	free(plan->dir);
	*plan = (struct slurm_plan){ 0 };
}

static struct slurm_plan *add_plan(struct rc_slurm *s)
{
	s->plans = rc_realloc(s->plans, (s->n_plans + 1) * sizeof *s->plans);
	s->plans[s->n_plans] = (struct slurm_plan){ 0 };
	return &s->plans[s->n_plans++];
}

static char *plan_dir(const struct rc_slurm *s, int64_t number)
{
	struct rc_buf path = RC_BUF(MAX_PATH_BYTES);

	rc_buf_addf(&path, "%s/%06lld", s->dir, (long long)number);
	return rc_buf_take(&path);
}

/* ---- waiting for a plan -------------------------------------------------------------------------------------------- */

void slurm_wait_for_plan(struct rc_slurm *s, struct slurm_page *page)
{
	if (s->n_waiting == s->room_waiting) {
		s->room_waiting = s->room_waiting ? 2 * s->room_waiting : 64;
		s->waiting = rc_realloc(s->waiting, s->room_waiting * sizeof *s->waiting);
	}
	s->waiting[s->n_waiting++] = *page;
}

enum rc_status rc_slurm_submit(struct rc_slurm *s, const struct rc_task *task, const struct rc_claim *claim, bool alone, struct rc_err *err)
{
	RC_OWN_FD fd = task->scan_fd;
	char link[64], path[MAX_PATH_BYTES];
	struct slurm_page page = {
		.id = task->id, .alone = alone,
		.page = {
			.page = claim->page, .read = claim->read, .image = claim->image, .want_read = claim->want_read, .want_image = claim->want_image,
			.scan = claim->scan, .offset = task->offset, .len = task->len, .media = task->media, .frame = task->frame,
			.file_size = claim->place == RC_IN_OBJECT ? -1 : claim->source_size, .file_mtime_ns = claim->source_mtime_ns,
		},
	};
	ssize_t n;

	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof path - 1);
	if (n <= 0)
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_BUG, "cannot tell where '%s' lies", task->name);
	path[n] = '\0';
	page.page.path = rc_strdup(path);
	page.page.name = rc_strdup(task->name);
	slurm_wait_for_plan(s, &page);
	s->last_submit = rc_now();
	return RC_OK;
}

/* Pages that a task shall have, to take about slurm.task_minutes. */
static size_t pages_per_task(const struct rc_slurm *s)
{
	const struct rc_config *cfg = s->books->batch->cfg;
	int64_t ms = rc_ledger_count(s->books->ledger, RC_COUNT_READ_MS), n = rc_ledger_count(s->books->ledger, RC_COUNT_READ_TIMED);
	double seconds = n > 0 && ms > 0 ? (double)ms / 1000 / (double)n : first_guess;
	double pages = (double)(cfg->slurm_task_minutes * 60 * cfg->slurm_cpus) / seconds;

	return pages < 1 ? 1 : pages > MOST_TASK_PAGES ? MOST_TASK_PAGES : (size_t)pages;
}

static size_t pages_in_flight(const struct rc_slurm *s)
{
	size_t n = s->n_waiting;

	for (size_t i = 0; i < s->n_plans; i++)
		for (size_t k = 0; k < s->plans[i].n_tasks; k++)
			n += s->plans[i].tasks[k].n - s->plans[i].tasks[k].n_done;
	return n;
}

int rc_slurm_idle(const struct rc_slurm *s)
{
	size_t most = pages_per_task(s) * (size_t)s->books->batch->cfg->slurm_tasks, n = pages_in_flight(s);

	if (most > MOST_IN_FLIGHT)
		most = MOST_IN_FLIGHT;
	return n < most ? (int)(most - n) : 0;
}

/* ---- making plans ----------------------------------------------------------------------------------------------------- */

/* Large scans first: the last to end is then a small one. */
static int by_size(const void *a, const void *b)
{
	const struct slurm_page *x = a, *y = b;

	if (x->alone != y->alone)
		return x->alone - y->alone;
	if (x->page.len != y->page.len)
		return x->page.len < y->page.len ? 1 : -1;
	return (x->page.page > y->page.page) - (x->page.page < y->page.page);
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* How many tasks for n pages: of some minutes each, but so that the whole cluster has something to do. */
static size_t count_tasks(const struct rc_slurm *s, size_t n, bool alone)
{
	const struct rc_config *cfg = s->books->batch->cfg;
	int64_t running, open = slurm_open_tasks(s, &running);
	size_t per_task = alone ? 1 : pages_per_task(s), tasks = (n + per_task - 1) / per_task;
	size_t slots = (size_t)(s->cluster.cpus / cfg->slurm_cpus > 0 ? s->cluster.cpus / cfg->slurm_cpus : 1);
	size_t room = open < cfg->slurm_tasks ? (size_t)(cfg->slurm_tasks - open) : 0;

	if (tasks < slots && !alone)
		tasks = smaller(slots, (n + FEWEST_TASK_PAGES - 1) / FEWEST_TASK_PAGES);
	return smaller(smaller(tasks, room), (size_t)smaller((size_t)s->cluster.max_array, RC_PLAN_MAX_TASKS));
}

/* Deals the first pages that wait to the tasks of a plan, one after another, so that each has its share of the large ones. */
static void deal(struct rc_slurm *s, struct slurm_plan *plan, size_t n)
{
	plan->tasks = rc_alloc(plan->n_tasks * sizeof *plan->tasks);
	for (size_t i = 0; i < plan->n_tasks; i++) {
		plan->tasks[i].pages = rc_alloc((n / plan->n_tasks + 1) * sizeof *plan->tasks[i].pages);
		plan->tasks[i].grown = rc_now();
	}
	for (size_t i = 0; i < n; i++) {
		struct slurm_task *task = &plan->tasks[i % plan->n_tasks];

		task->pages[task->n++] = s->waiting[i];
	}
	plan->n_open = plan->n_tasks;
	s->n_waiting -= n;
	memmove(s->waiting, s->waiting + n, s->n_waiting * sizeof *s->waiting);
}

static enum rc_status write_plan(const struct rc_slurm *s, const struct slurm_plan *plan, struct rc_err *err)
{
	const struct rc_plan head = { .reading = rc_plan_reading(&s->books->keys), .tasks = (int64_t)plan->n_tasks, .alone = plan->alone };
	struct rc_plan_pages *lists = rc_alloc(plan->n_tasks * sizeof *lists);
	enum rc_status status;

	for (size_t i = 0; i < plan->n_tasks; i++) {
		lists[i].v = rc_alloc(plan->tasks[i].n * sizeof *lists[i].v);
		lists[i].n = plan->tasks[i].n;
		for (size_t k = 0; k < lists[i].n; k++)
			lists[i].v[k] = plan->tasks[i].pages[k].page;   /* borrows its strings */
	}
	status = rc_plan_write(plan->dir, &head, s->books->batch->cfg, lists, err);
	for (size_t i = 0; i < plan->n_tasks; i++)
		free(lists[i].v);
	free(lists);
	return status;
}

static enum rc_status note_job_number(const struct slurm_plan *plan, struct rc_err *err)
{
	RC_OWN_BUF path = RC_BUF(MAX_PATH_BYTES);
	RC_OWN_BUF text = RC_BUF(64);

	rc_buf_addf(&path, "%s/job", plan->dir);
	rc_buf_addf(&text, "%lld\n", (long long)plan->job);
	return rc_file_put(path.data, text.data, text.len, err);
}

/* Its scans must lie where every node sees them under the same name; the books are committed, so that a restart finds the rows. */
static enum rc_status send_plan(struct rc_slurm *s, struct slurm_plan *plan, struct rc_err *err)
{
	RC_OWN_BUF avoided = RC_BUF(MAX_PATH_BYTES);
	enum rc_status status = rc_books_commit(s->books, err);

	slurm_avoided(s, &avoided);
	if (rc_good(status))
		status = write_plan(s, plan, err);
	if (!rc_good(status))
		return status;
	status = rc_slurm_submit_array(s->books->batch->cfg, s->job_name, plan->dir, (int64_t)plan->n_tasks, avoided.data, &plan->job, err);
	if (status == RC_RUN_FAILED && avoided.len > 0)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_ENGINE, "no node is left: %s end every task without a page read%s", avoided.data, s->last_words);
	if (!rc_good(status))
		return status;
	status = note_job_number(plan, err);
	if (!rc_good(status))
		(void)rc_slurm_cancel(plan->job, -1, NULL);     /* nobody would find it again */
	return status;
}

/* A plan that could not be sent: its pages wait again. */
static void take_back(struct rc_slurm *s, struct slurm_plan *plan)
{
	for (size_t i = 0; i < plan->n_tasks; i++)
		for (size_t k = 0; k < plan->tasks[i].n; k++) {
			slurm_wait_for_plan(s, &plan->tasks[i].pages[k]);
			plan->tasks[i].pages[k].page.name = plan->tasks[i].pages[k].page.path = NULL;
		}
	rc_remove_tree(plan->dir);
	slurm_plan_clear(plan);
	s->n_plans--;
}

static enum rc_status make_plan(struct rc_slurm *s, struct rc_err *err)
{
	struct slurm_plan *plan;
	size_t together = 0, n_tasks, n;
	bool alone;
	enum rc_status status;

	qsort(s->waiting, s->n_waiting, sizeof *s->waiting, by_size);
	while (together < s->n_waiting && !s->waiting[together].alone)
		together++;
	alone = together == 0;
	n = alone ? s->n_waiting : together;
	n_tasks = count_tasks(s, n, alone);
	if (n_tasks == 0)
		return RC_OK;
	n = smaller(n, n_tasks * (alone ? 1 : pages_per_task(s)));
	plan = add_plan(s);
	plan->number = s->next_plan++;
	plan->dir = plan_dir(s, plan->number);
	plan->n_tasks = n_tasks;
	plan->alone = alone;
	deal(s, plan, n);
	status = send_plan(s, plan, err);
	if (!rc_good(status))
		take_back(s, plan);
	if (status != RC_RETRY)
		return status;
	s->not_before = rc_now() + patience;    /* Slurm does not answer */
	if (!s->silent)
		rc_books_warn(s->books, err);
	s->silent = true;
	return RC_OK;
}

/* ---- the loop ------------------------------------------------------------------------------------------------------------ */

static bool is_time_to_plan(const struct rc_slurm *s)
{
	size_t wave = pages_per_task(s) * (size_t)(s->cluster.cpus / s->books->batch->cfg->slurm_cpus + 1);

	return s->n_waiting > 0 && rc_now() >= s->not_before && (rc_now() - s->last_submit > quiet || s->n_waiting >= wave);
}

enum rc_status rc_slurm_wait(struct rc_slurm *s, int timeout_ms, rc_task_fn *on_result, void *ctx, struct rc_err *err)
{
	enum rc_status status = RC_OK;

	s->on_result = on_result;
	s->ctx = ctx;
	if (is_time_to_plan(s))
		status = make_plan(s, err);
	if (rc_good(status) && rc_now() - s->last_look >= (double)s->books->batch->cfg->slurm_poll_seconds) {
		status = slurm_look_after(s, err);
		s->last_look = rc_now();
	} else if (rc_good(status) && timeout_ms > 0 && !rc_stop_signal()) {
		(void)poll(NULL, 0, timeout_ms);
	}
	return status;
}

/* ---- plans of an earlier run ---------------------------------------------------------------------------------------------- */

static int64_t read_job_number(const char *dir)
{
	RC_OWN_BUF path = RC_BUF(MAX_PATH_BYTES);
	RC_OWN_BUF text = RC_BUF(64);

	rc_buf_addf(&path, "%s/job", dir);
	return rc_good(rc_buf_read_file(&text, path.data, NULL)) ? strtoll(text.data, NULL, 10) : 0;
}

static enum rc_status adopt_task(struct slurm_plan *plan, size_t i, rc_slurm_adopt_fn *adopt, void *ctx, struct rc_err *err)
{
	RC_CLEANUP(rc_plan_pages_clear) struct rc_plan_pages pages = { 0 };
	struct slurm_task *task = &plan->tasks[i];
	enum rc_status status = rc_plan_read_pages(plan->dir, (int64_t)i, &pages, err);

	if (!rc_good(status))
		return status;
	task->pages = rc_alloc((pages.n + 1) * sizeof *task->pages);
	task->grown = rc_now();
	for (; task->n < pages.n; task->n++) {
		struct slurm_page *page = &task->pages[task->n];
		const struct rc_plan_page *p = &pages.v[task->n];

		status = adopt(ctx, p->page, p->read, p->image, plan->alone, &page->id, err);
		if (!rc_good(status))
			return status;
		page->page = *p;
		page->page.name = rc_strdup(p->name);
		page->page.path = rc_strdup(p->path);
		page->alone = plan->alone;
		page->done = status == RC_SKIP;
		task->n_done += page->done;
	}
	return RC_OK;
}

/* RC_SKIP: it was for another reading, or never reached Slurm. */
static enum rc_status adopt_plan(struct rc_slurm *s, int64_t number, rc_slurm_adopt_fn *adopt, void *ctx, struct rc_err *err)
{
	RC_OWN_STR dir = plan_dir(s, number);
	struct rc_digest reading = rc_plan_reading(&s->books->keys);
	int64_t job = read_job_number(dir);
	struct slurm_plan *plan;
	struct rc_plan head;
	enum rc_status status;

	if (!job || !rc_good(rc_plan_read(dir, &head, NULL)) || !rc_digest_equal(&head.reading, &reading)) {
		if (job)
			(void)rc_slurm_cancel(job, -1, NULL);
		rc_remove_tree(dir);
		return RC_SKIP;
	}
	plan = add_plan(s);
	*plan = (struct slurm_plan){
		.number = number, .job = job, .dir = rc_steal(dir), .n_tasks = (size_t)head.tasks, .n_open = (size_t)head.tasks, .alone = head.alone,
		.tasks = rc_alloc((size_t)head.tasks * sizeof *plan->tasks),
	};
	status = RC_OK;
	for (size_t i = 0; rc_good(status) && i < plan->n_tasks; i++)
		status = adopt_task(plan, i, adopt, ctx, err);
	return status;
}

static int by_number(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static enum rc_status adopt_plans(struct rc_slurm *s, rc_slurm_adopt_fn *adopt, void *ctx, struct rc_err *err)
{
	RC_CLEANUP(rc_free) int64_t *numbers = NULL;
	enum rc_status status = RC_OK;
	DIR *dir = opendir(s->dir);
	size_t n = 0;

	if (!dir)
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_DISK, "cannot open '%s'", s->dir);
	for (struct dirent *e; (e = readdir(dir));) {
		int64_t number = strtoll(e->d_name, NULL, 10);

		if (number <= 0)
			continue;
		numbers = rc_realloc(numbers, (n + 1) * sizeof *numbers);
		numbers[n++] = number;
	}
	closedir(dir);
	if (n)
		qsort(numbers, n, sizeof *numbers, by_number);
	s->next_plan = n ? numbers[n - 1] + 1 : 1;
	for (size_t i = 0; rc_good(status) && i < n; i++)
		status = adopt_plan(s, numbers[i], adopt, ctx, err);
	return rc_good(status) ? RC_OK : status;
}

static void cancel_stranger(void *ctx, const struct rc_slurm_job *job)
{
	const struct rc_slurm *s = ctx;

	for (size_t i = 0; i < s->n_plans; i++)
		if (s->plans[i].job == job->job)
			return;
	(void)rc_slurm_cancel(job->job, -1, NULL);
}

/* Jobs of this batch that no plan knows: their coordinator died before it could note them. */
static enum rc_status cancel_strangers(struct rc_slurm *s, struct rc_err *err)
{
	return rc_slurm_each_job(s->job_name, cancel_stranger, s, err);
}

/* ---- open and close ---------------------------------------------------------------------------------------------------------- */

static void free_all(struct rc_slurm **slurm)
{
	struct rc_slurm *s = *slurm;

	if (!s)
		return;
	for (size_t i = 0; i < s->n_plans; i++)
		slurm_plan_clear(&s->plans[i]);
	for (size_t i = 0; i < s->n_waiting; i++)
		rc_plan_page_clear(&s->waiting[i].page);
	free(s->plans);
	free(s->waiting);
	free(s->nodes);
	free(s->dir);
	free(s);
	*slurm = NULL;
}

/* One name for all jobs of a batch, so that Slurm can be asked for them. */
static void name_jobs(struct rc_slurm *s)
{
	struct rc_digest d = rc_digest_of(s->books->batch->dir, strlen(s->books->batch->dir));
	char hex[RC_DIGEST_HEX];

	snprintf(s->job_name, sizeof s->job_name, "redcorpus-%.12s", rc_digest_hex(&d, hex));
}

enum rc_status rc_slurm_open(struct rc_books *books, rc_slurm_adopt_fn *adopt, void *ctx, struct rc_slurm **ret, struct rc_err *err)
{
	RC_CLEANUP(free_all) struct rc_slurm *s = rc_alloc(sizeof *s);
	RC_OWN_BUF dir = RC_BUF(MAX_PATH_BYTES);
	enum rc_status status;

	s->books = books;
	rc_batch_path(books->batch, ".redcorpus/slurm", &dir);
	s->dir = rc_buf_take(&dir);
	name_jobs(s);
	status = rc_slurm_look(books->batch->cfg, &s->cluster, err);
	if (rc_good(status))
		status = rc_make_dirs(s->dir, err);
	if (rc_good(status))
		status = adopt_plans(s, adopt, ctx, err);
	if (rc_good(status))
		status = cancel_strangers(s, err);
	if (status == RC_RETRY)
		status = RC_RUN_FAILED;
	if (!rc_good(status))
		return status;
	*ret = rc_steal(s);
	return RC_OK;
}

/* A person at a terminal decides; the setting or silence otherwise. */
static bool shall_cancel(const struct rc_slurm *s, int64_t tasks)
{
	int word = s->books->batch->cfg->slurm_on_stop;
	char answer[16] = "";

	if (word != RC_ON_STOP_ASK || !isatty(0) || !isatty(2))
		return word == RC_ON_STOP_CANCEL;
	rc_progress_end_line(s->books->progress);
	fprintf(stderr, "redcorpus: %lld tasks wait or run. Leave them to go on, or cancel them? [L/c] ", (long long)tasks);
	return fgets(answer, sizeof answer, stdin) && (answer[0] == 'c' || answer[0] == 'C');
}

static void cancel_all(struct rc_slurm *s)
{
	struct rc_err why = { 0 };

	for (size_t i = 0; i < s->n_plans; i++) {
		if (rc_good(rc_slurm_cancel(s->plans[i].job, -1, &why)))
			rc_remove_tree(s->plans[i].dir);
		else
			rc_books_warn(s->books, &why);
	}
}

void rc_slurm_close(struct rc_slurm **slurm)
{
	struct rc_slurm *s = *slurm;
	int64_t running, tasks;
	struct rc_err what;

	if (!s)
		return;
	tasks = slurm_open_tasks(s, &running);
	if (tasks > 0 && shall_cancel(s, tasks)) {
		cancel_all(s);
	} else if (tasks > 0) {
		(void)rc_fail(&what, RC_WARN, RC_WHY_STOPPED, "%lld tasks go on without this program, and the next run takes what they read; 'scancel --name=%s' ends them",
		              (long long)tasks, s->job_name);
		rc_books_warn(s->books, &what);
	}
	free_all(slurm);
}
