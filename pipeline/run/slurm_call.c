/* slurm_call.c -- starts Slurm's commands and takes their words apart.
 *
 *   call()                    one command: its output, or its own complaint
 *   rc_slurm_submit_array()   sbatch --parsable
 *   rc_slurm_each_job()       squeue, one line a task
 *
 * The options are those of Slurm 19.05 and later (man sbatch, squeue, sinfo, scontrol). */
#include "run/slurm_call.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/text.h"

enum { CALL_SECONDS = 60, MAX_OUTPUT = 256 << 20, MAX_COMPLAINT = 4096, MAX_OPTION = 1 << 20 };

extern char **environ;

/* ---- one command ----------------------------------------------------------------------------------------------- */

struct words {                  /* argv */
	char **v;               /* owned, with its strings; NULL at its end */
	size_t n;
};

static void words_free(struct words *w)
{
	for (size_t i = 0; i < w->n; i++)
		free(w->v[i]);
	free(w->v);
}

static void add_word(struct words *w, const char *word)
{
	w->v = rc_realloc(w->v, (w->n + 2) * sizeof *w->v);
	w->v[w->n++] = rc_strdup(word);
	w->v[w->n] = NULL;
}

/* "--partition=" and "main", as one word. */
static void add_option(struct words *w, const char *option, const char *value)
{
	RC_OWN_BUF word = RC_BUF(MAX_OPTION);

	rc_buf_adds(&word, option);
	rc_buf_adds(&word, value);
	add_word(w, word.data);
}

static void add_number(struct words *w, const char *option, int64_t number, const char *unit)
{
	char text[48];

	snprintf(text, sizeof text, "%lld%s", (long long)number, unit);
	add_option(w, option, text);
}

/* Takes what the command prints until it closes both ends, or the time is over. */
static bool listen_to(int out, int complaint, struct rc_buf *output, struct rc_buf *complaints)
{
	struct pollfd fds[] = { { .fd = out, .events = POLLIN }, { .fd = complaint, .events = POLLIN } };
	struct rc_buf *to[] = { output, complaints };
	char chunk[4096];

	while (fds[0].fd >= 0 || fds[1].fd >= 0) {
		int ready = poll(fds, 2, CALL_SECONDS * 1000);

		if (ready < 0 && errno == EINTR)
			continue;
		if (ready <= 0)
			return false;
		for (int i = 0; i < 2; i++) {
			ssize_t n = fds[i].fd >= 0 && fds[i].revents ? read(fds[i].fd, chunk, sizeof chunk) : -2;

			if (n > 0)
				rc_buf_add(to[i], chunk, (size_t)n);
			else if (n == 0 || (n == -1 && errno != EINTR))
				fds[i].fd = -1;
		}
	}
	return true;
}

static pid_t start(const struct words *w, int out, int complaint)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	sigset_t none;
	pid_t pid = -1;

	sigemptyset(&none);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", 0, 0);
	posix_spawn_file_actions_adddup2(&actions, out, 1);
	posix_spawn_file_actions_adddup2(&actions, complaint, 2);
	posix_spawnattr_init(&attr);
	/* A group of its own: Ctrl-C is for us. */
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setpgroup(&attr, 0);
	posix_spawnattr_setsigmask(&attr, &none);
	errno = posix_spawnp(&pid, w->v[0], &actions, &attr, w->v, environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&actions);
	return errno ? -1 : pid;
}

static bool make_pipe(int *ends)
{
	return pipe2(ends, O_CLOEXEC) == 0;
}

/* What Slurm said, as one escaped line. */
static void one_line(struct rc_buf *text)
{
	while (text->len > 0 && strchr(" \n", text->data[text->len - 1]))
		text->data[--text->len] = '\0';
	for (size_t i = 0; i < text->len; i++)
		if (text->data[i] == '\n')
			text->data[i] = ' ';
}

/* RC_RUN_FAILED/setting when the command says no, RC_RETRY/network when its daemon is not there. */
static enum rc_status call(const struct words *w, struct rc_buf *output, struct rc_err *err)
{
	RC_OWN_BUF complaints = RC_BUF(MAX_COMPLAINT);
	RC_OWN_FD out_end = -1;
	RC_OWN_FD complaint_end = -1;
	int out[2], complaint[2], wait_status = 0;
	bool in_time;
	pid_t pid;

	if (!make_pipe(out))
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot start '%s'", w->v[0]);
	out_end = out[0];
	if (!make_pipe(complaint)) {
		rc_close(&out[1]);
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot start '%s'", w->v[0]);
	}
	complaint_end = complaint[0];
	pid = start(w, out[1], complaint[1]);
	rc_close(&out[1]);
	rc_close(&complaint[1]);
	if (pid < 0)
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot start '%s'", w->v[0]);
	in_time = listen_to(out_end, complaint_end, output, &complaints);
	if (!in_time)
		kill(pid, SIGKILL);
	while (waitpid(pid, &wait_status, 0) < 0 && errno == EINTR)
		;
	one_line(&complaints);
	if (!in_time)
		return rc_fail(err, RC_RETRY, RC_WHY_NETWORK, "'%s' did not answer in %d s", w->v[0], CALL_SECONDS);
	if (WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == 0)
		return rc_buf_check(output, "what Slurm says", err);
	if (strstr(complaints.data, "Unable to contact") || strstr(complaints.data, "Connection refused") || strstr(complaints.data, "timed out"))
		return rc_fail(err, RC_RETRY, RC_WHY_NETWORK, "'%s' cannot reach Slurm: %s", w->v[0], complaints.data);
	return rc_fail(err, RC_RUN_FAILED, RC_WHY_SETTING, "'%s' says: %s", w->v[0], complaints.data);
}

/* ---- the commands ----------------------------------------------------------------------------------------------- */

enum rc_status rc_slurm_find(struct rc_err *err)
{
	RC_CLEANUP(words_free) struct words w = { 0 };
	RC_OWN_BUF out = RC_BUF(MAX_COMPLAINT);
	struct rc_err why = { 0 };
	enum rc_status status;

	add_word(&w, "sbatch");
	add_word(&w, "--version");
	status = call(&w, &out, &why);
	if (rc_good(status))
		return RC_OK;
	if (why.reason == RC_WHY_MISSING)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MISSING,
		               "cannot use the engine slurm: there is no 'sbatch' here; on Debian: apt-get install slurm-client, and the cluster's slurm.conf");
	return rc_fail(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot use the engine slurm: %.900s", why.text);
}

/* What a person would say in one string: words between spaces. */
static void add_options(struct words *w, const char *options)
{
	RC_OWN_STR copy = rc_strdup(options);
	char *rest = copy;

	for (char *word; (word = strsep(&rest, " \t"));)
		if (*word)
			add_word(w, word);
}

static bool own_program(char path[4096])
{
	ssize_t n = readlink("/proc/self/exe", path, 4095);

	if (n <= 0)
		return false;
	path[n] = '\0';
	return true;
}

/* 'word', safe for a shell. */
static void add_quoted(struct rc_buf *out, const char *word)
{
	rc_buf_addc(out, '\'');
	for (; *word; word++) {
		if (*word == '\'')
			rc_buf_adds(out, "'\\''");
		else
			rc_buf_addc(out, *word);
	}
	rc_buf_addc(out, '\'');
}

static void add_script(struct words *w, const char *program, const char *plan_dir)
{
	RC_OWN_BUF line = RC_BUF(1 << 16);

	rc_buf_adds(&line, "exec ");
	add_quoted(&line, program);
	rc_buf_adds(&line, " work ");
	add_quoted(&line, plan_dir);
	rc_buf_adds(&line, " \"$SLURM_ARRAY_TASK_ID\"");
	add_word(w, "--wrap");
	add_word(w, line.data);
}

/* % has a meaning in names of Slurm's output files. */
static void add_log(struct words *w, const char *plan_dir)
{
	RC_OWN_BUF log = RC_BUF(1 << 16);

	rc_buf_adds(&log, "--output=");
	for (const char *c = plan_dir; *c; c++)
		rc_buf_adds(&log, *c == '%' ? "%%" : (const char[]){ *c, '\0' });
	rc_buf_adds(&log, "/%a.log");
	add_word(w, log.data);
}

enum rc_status rc_slurm_submit_array(const struct rc_config *cfg, const char *job_name, const char *plan_dir, int64_t tasks, const char *exclude,
                                     int64_t *ret, struct rc_err *err)
{
	RC_CLEANUP(words_free) struct words w = { 0 };
	RC_OWN_BUF out = RC_BUF(MAX_COMPLAINT);
	char program[4096];
	long long job;
	enum rc_status status;

	if (!own_program(program))
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_BUG, "cannot find this program's own file");
	add_word(&w, "sbatch");
	add_word(&w, "--parsable");
	add_word(&w, "--requeue");
	add_word(&w, "--open-mode=append");
	add_word(&w, "--chdir=/");
	/* Nothing secret of this environment goes to the cluster's books. */
	add_word(&w, "--export=PATH,HOME,LD_LIBRARY_PATH,TESSDATA_PREFIX");
	add_option(&w, "--job-name=", job_name);
	add_number(&w, "--array=0-", tasks - 1, "");
	add_word(&w, "--ntasks=1");
	add_number(&w, "--cpus-per-task=", cfg->slurm_cpus, "");
	add_number(&w, "--mem-per-cpu=", cfg->slurm_memory, "M");
	if (cfg->slurm_minutes > 0)
		add_number(&w, "--time=", cfg->slurm_minutes, "");
	add_log(&w, plan_dir);
	if (cfg->slurm_partition[0])
		add_option(&w, "--partition=", cfg->slurm_partition);
	if (cfg->slurm_account[0])
		add_option(&w, "--account=", cfg->slurm_account);
	if (exclude[0])
		add_option(&w, "--exclude=", exclude);
	add_options(&w, cfg->slurm_options);
	add_script(&w, cfg->slurm_program[0] ? cfg->slurm_program : program, plan_dir);
	status = call(&w, &out, err);
	if (!rc_good(status))
		return status;
	/* "123" or "123;cluster" */
	if (sscanf(out.data, "%lld", &job) != 1 || job <= 0)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_NETWORK, "cannot understand what sbatch says: '%.60s'", out.data);
	*ret = job;
	return RC_OK;
}

/* "123 7 RUNNING None node4", "123 8 PENDING Priority "; a task of a waiting array may be "123 N/A PENDING" when it is not an array at all. */
static bool parse_job(const char *line, struct rc_slurm_job *ret)
{
	struct rc_slurm_job job = { 0 };
	char state[32] = "";
	long long number, task;

	if (sscanf(line, "%lld %lld %31s %63s %63s", &number, &task, state, job.reason, job.node) < 4)
		return false;
	job.job = number;
	job.task = task;
	job.running = strcmp(state, "PENDING") != 0;
	*ret = job;
	return true;
}

enum rc_status rc_slurm_each_job(const char *job_name, rc_slurm_job_fn *fn, void *ctx, struct rc_err *err)
{
	RC_CLEANUP(words_free) struct words w = { 0 };
	RC_OWN_BUF out = RC_BUF(MAX_OUTPUT);
	struct rc_slurm_job job;
	char *rest;
	enum rc_status status;

	add_word(&w, "squeue");
	add_word(&w, "--noheader");
	add_word(&w, "--array");
	add_option(&w, "--name=", job_name);
	add_word(&w, "--format=%F %K %T %r %N");
	status = call(&w, &out, err);
	if (!rc_good(status))
		return status;
	rest = out.data;
	for (char *line; (line = strsep(&rest, "\n"));)
		if (parse_job(line, &job))
			fn(ctx, &job);
	return RC_OK;
}

enum rc_status rc_slurm_cancel(int64_t job, int64_t task, struct rc_err *err)
{
	RC_CLEANUP(words_free) struct words w = { 0 };
	RC_OWN_BUF out = RC_BUF(MAX_COMPLAINT);
	char which[48];

	add_word(&w, "scancel");
	add_word(&w, "--quiet");
	if (task >= 0)
		snprintf(which, sizeof which, "%lld_%lld", (long long)job, (long long)task);
	else
		snprintf(which, sizeof which, "%lld", (long long)job);
	add_word(&w, which);
	return call(&w, &out, err);
}

enum rc_status rc_slurm_look(const struct rc_config *cfg, struct rc_slurm_cluster *ret, struct rc_err *err)
{
	RC_CLEANUP(words_free) struct words info = { 0 }, config = { 0 };
	RC_OWN_BUF out = RC_BUF(MAX_OUTPUT);
	struct rc_slurm_cluster c = { .cpus = 1, .max_array = 1001 };
	long long busy, idle, other, all, max;
	const char *found;
	enum rc_status status;

	add_word(&info, "sinfo");
	add_word(&info, "--noheader");
	add_word(&info, "--format=%C");
	if (cfg->slurm_partition[0])
		add_option(&info, "--partition=", cfg->slurm_partition);
	status = call(&info, &out, err);
	if (!rc_good(status))
		return status;
	/* allocated/idle/other/total; "other" is down or drained */
	if (sscanf(out.data, "%lld/%lld/%lld/%lld", &busy, &idle, &other, &all) == 4 && busy + idle > 0)
		c.cpus = busy + idle;
	rc_buf_clear(&out);
	add_word(&config, "scontrol");
	add_word(&config, "show");
	add_word(&config, "config");
	status = call(&config, &out, err);
	if (!rc_good(status))
		return status;
	found = strstr(out.data, "MaxArraySize");
	if (found && sscanf(found, "MaxArraySize = %lld", &max) == 1 && max > 0)
		c.max_array = max;
	*ret = c;
	return RC_OK;
}
