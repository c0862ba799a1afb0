/* test_pool.c -- what a batch relies on: whatever a page does to its worker, it costs that page only.
 *
 * The program is its own worker: the pool starts /proc/self/exe with the word "worker", and main() then hands over
 * to rc_worker_main() with stages that misbehave on request. The page's name says how. What a worker wants to tell
 * (its process id, what it was allowed to do) comes back as the bytes of the "image". */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "check.h"
#include "run/memory.h"
#include "run/pool.h"
#include "run/wire.h"

static const bool sanitized = RC_SANITIZED;

/* ---- the stages, in the worker -------------------------------------------------------------------- */

static void say(struct rc_page *page, const char *text)
{
	rc_buf_adds(&page->image, text);
	page->image_media = RC_MEDIA_PNG;
}

static enum rc_status do_ok(struct rc_page *page, struct rc_err *err)
{
	return RC_OK;
}

static enum rc_status do_typed(struct rc_page *page, struct rc_err *err)
{
	return rc_fail(err, RC_PAGE_FAILED, RC_WHY_DECODE, "cannot decode 'typed': bad data");
}

static enum rc_status do_warn(struct rc_page *page, struct rc_err *err)
{
	return rc_fail(err, RC_WARN, RC_WHY_TRUNCATED, "the last rows are missing");
}

static enum rc_status do_segv(struct rc_page *page, struct rc_err *err)
{
	raise(SIGSEGV);
	return RC_OK;
}

static enum rc_status do_abort(struct rc_page *page, struct rc_err *err)
{
	abort();
	return RC_OK;
}

static enum rc_status do_exit(struct rc_page *page, struct rc_err *err)
{
	exit(3);
	return RC_OK;
}

static enum rc_status do_spin(struct rc_page *page, struct rc_err *err)
{
	for (volatile uint64_t i = 1; i > 0; i++)
		;
	return RC_OK;
}

static enum rc_status do_sleep(struct rc_page *page, struct rc_err *err)
{
	while (page->want_read)
		sleep(60);
	return RC_OK;
}

static enum rc_status do_eat(struct rc_page *page, struct rc_err *err)
{
	const size_t some = 64 << 20;
	char *got;

	while ((got = malloc(some)))
		memset(got, 1, some);
	abort();                        /* as C++ does when nobody catches bad_alloc */
	return RC_OK;
}

/* Asks for memory and shrugs when there is none; volatile, or the compiler sees that nobody uses it. */
static enum rc_status ask_for(size_t bytes)
{
	void *volatile some = malloc(bytes);

	free(some);
	return RC_OK;
}

static enum rc_status do_swallow(struct rc_page *page, struct rc_err *err)
{
	return ask_for(600 << 20);
}

static enum rc_status do_absurd(struct rc_page *page, struct rc_err *err)
{
	return ask_for((size_t)1 << 46);
}

static enum rc_status do_chat(struct rc_page *page, struct rc_err *err)
{
	for (int i = 0; i < 100000; i++)
		printf("library chatter %d\n", i);
	fflush(stdout);
	fprintf(stderr, "the last words\x1b[31m\n");
	return RC_OK;
}

static enum rc_status do_chat_and_die(struct rc_page *page, struct rc_err *err)
{
	do_chat(page, err);
	_exit(4);
	return RC_OK;
}

/* Answers in the page's stead; the socket is descriptor 3 as the pool left it. */
static enum rc_status lie(enum rc_wire_kind kind, int64_t first, int64_t second, uint32_t status)
{
	struct rc_wire msg = rc_wire_new(kind);

	msg.id = 7;
	msg.first = first;
	msg.second = second;
	msg.status = status;
	msg.media = RC_MEDIA_PNG;
	rc_wire_send(3, &msg, NULL, 0);
	sleep(60);
	return RC_OK;
}

static enum rc_status do_lie_length(struct rc_page *page, struct rc_err *err)
{
	return lie(RC_WIRE_RESULT, 1 << 20, 0, RC_OK);
}

static enum rc_status do_lie_negative(struct rc_page *page, struct rc_err *err)
{
	return lie(RC_WIRE_RESULT, -1, 1, RC_OK);
}

static enum rc_status do_lie_status(struct rc_page *page, struct rc_err *err)
{
	return lie(RC_WIRE_RESULT, 0, 0, 99);
}

static enum rc_status do_lie_part(struct rc_page *page, struct rc_err *err)
{
	return lie(RC_WIRE_PART, 0, 0, RC_OK);
}

static enum rc_status do_lie_ready(struct rc_page *page, struct rc_err *err)
{
	return lie(RC_WIRE_READY, 0, 0, RC_OK);
}

static enum rc_status do_lie_short(struct rc_page *page, struct rc_err *err)
{
	if (write(3, "abc", 3) != 3)
		abort();
	sleep(60);
	return RC_OK;
}

static enum rc_status do_lie_json(struct rc_page *page, struct rc_err *err)
{
	static const char text[] = "{\"width\": 1}";

	for (int fd = 4; fd < 20; fd++)         /* the spool is the only one of these that can be written */
		if ((fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDWR && pwrite(fd, text, strlen(text), 0) < 0)
			abort();
	return lie(RC_WIRE_RESULT, (int64_t)strlen(text), 0, RC_OK);
}

static enum rc_status do_environment(struct rc_page *page, struct rc_err *err)
{
	char text[64];

	snprintf(text, sizeof text, "%s %s %s", getenv("OMP_THREAD_LIMIT"), getenv("LC_ALL"),
	         getenv("AWS_SECRET_ACCESS_KEY") ? "leaked" : "clean");
	say(page, text);
	return RC_OK;
}

static enum rc_status do_descriptors(struct rc_page *page, struct rc_err *err)
{
	int open_ones = 0;
	char text[16];

	for (int fd = 0; fd < 256; fd++)
		open_ones += fcntl(fd, F_GETFD) >= 0;
	snprintf(text, sizeof text, "%d", open_ones);
	say(page, text);
	return RC_OK;
}

static enum rc_status do_scan(struct rc_page *page, struct rc_err *err)
{
	char bytes[64];
	ssize_t got = pread(page->scan_fd, bytes, (size_t)page->scan_len, page->scan_offset);

	bytes[got > 0 ? got : 0] = '\0';
	say(page, bytes);
	return RC_OK;
}

static enum rc_status say_outcome(struct rc_page *page, long result)
{
	say(page, result < 0 ? strerrorname_np(errno) : "done");
	return RC_OK;
}

static enum rc_status do_debug(struct rc_page *page, struct rc_err *err)
{
	char path[4096];

	snprintf(path, sizeof path, "%s/step.png", page->debug_dir);
	return say_outcome(page, open(path, O_CREAT | O_WRONLY, 0600));
}

static enum rc_status try_create(struct rc_page *page, struct rc_err *err)
{
	return say_outcome(page, open("/tmp/redcorpus-must-not-exist", O_CREAT | O_WRONLY, 0600));
}

static enum rc_status try_passwd(struct rc_page *page, struct rc_err *err)
{
	return say_outcome(page, open("/etc/passwd", O_RDONLY));
}

static enum rc_status try_fonts(struct rc_page *page, struct rc_err *err)
{
	return say_outcome(page, open("/usr/share", O_RDONLY | O_DIRECTORY));
}

static enum rc_status try_unlink(struct rc_page *page, struct rc_err *err)
{
	return say_outcome(page, unlink("/tmp/redcorpus-is-not-there"));
}

static enum rc_status try_chmod(struct rc_page *page, struct rc_err *err)
{
	return say_outcome(page, chmod("/tmp", 01777));
}

static enum rc_status try_socket(struct rc_page *page, struct rc_err *err)
{
	return say_outcome(page, socket(AF_INET, SOCK_STREAM, 0));
}

static enum rc_status try_fork(struct rc_page *page, struct rc_err *err)
{
	return say_outcome(page, fork());
}

static enum rc_status try_exec(struct rc_page *page, struct rc_err *err)
{
	return say_outcome(page, execl("/bin/true", "true", NULL));
}

static enum rc_status try_kill(struct rc_page *page, struct rc_err *err)
{
	return say_outcome(page, kill(getppid(), 0));
}

static enum rc_status try_clone3(struct rc_page *page, struct rc_err *err)
{
	return say_outcome(page, syscall(SYS_clone3, NULL, 0));
}

static enum rc_status try_ptrace(struct rc_page *page, struct rc_err *err)
{
	return say_outcome(page, syscall(SYS_ptrace, 0, 0, 0, 0));
}

static void *nothing(void *ctx)
{
	return ctx;
}

static enum rc_status try_thread(struct rc_page *page, struct rc_err *err)
{
	pthread_t thread;
	int bad = pthread_create(&thread, NULL, nothing, NULL);

	if (!bad)
		pthread_join(thread, NULL);
	say(page, bad ? strerrorname_np(bad) : "done");
	return RC_OK;
}

static const struct {
	const char *name;
	enum rc_status (*act)(struct rc_page *page, struct rc_err *err);
} behaviours[] = {
	{ "ok", do_ok }, { "typed", do_typed }, { "warn", do_warn }, { "segv", do_segv }, { "abort", do_abort },
	{ "exit", do_exit }, { "spin", do_spin }, { "sleep", do_sleep }, { "eat", do_eat }, { "swallow", do_swallow },
	{ "absurd", do_absurd }, { "chat", do_chat }, { "chat and die", do_chat_and_die },
	{ "lie: length", do_lie_length }, { "lie: negative", do_lie_negative }, { "lie: status", do_lie_status },
	{ "lie: part", do_lie_part }, { "lie: ready", do_lie_ready }, { "lie: short", do_lie_short },
	{ "lie: json", do_lie_json }, { "environment", do_environment }, { "descriptors", do_descriptors },
	{ "scan", do_scan }, { "debug", do_debug }, { "try create", try_create }, { "try passwd", try_passwd },
	{ "try fonts", try_fonts }, { "try unlink", try_unlink }, { "try chmod", try_chmod }, { "try socket", try_socket },
	{ "try fork", try_fork }, { "try exec", try_exec }, { "try kill", try_kill }, { "try clone3", try_clone3 },
	{ "try ptrace", try_ptrace }, { "try thread", try_thread },
};

static enum rc_status fake_run(void *state, struct rc_page *page, struct rc_err *err)
{
	enum rc_status status = RC_RUN_FAILED;
	char pid[16];

	page->width = page->height = 100;
	for (size_t i = 0; i < RC_COUNT(behaviours); i++)
		if (strcmp(behaviours[i].name, page->name) == 0)
			status = behaviours[i].act(page, err);
	if (page->want_image && page->image.len == 0) {
		snprintf(pid, sizeof pid, "%d", (int)getpid());
		say(page, pid);
	}
	return status;
}

static enum rc_status fake_open(const struct rc_config *cfg, void **state, struct rc_err *err)
{
	if (strcmp(cfg->ocr_models, "/missing") == 0)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot load model 'chi_tra' from '/missing'");
	if (strcmp(cfg->ocr_models, "/crash") == 0) {
		fprintf(stderr, "model is broken\n");
		_exit(9);
	}
	*state = malloc(10);
	return RC_OK;
}

static enum rc_status fake_ocr(void *state, struct rc_page *page, struct rc_err *err)
{
	struct rc_region *region = rc_page_add_region(page);
	struct rc_line *line = region ? rc_region_add_line(region) : NULL;

	if (!line)
		return RC_RETRY;
	region->box = line->box = (struct rc_box){ 1, 1, 50, 50 };
	line->text = strdup("工農兵");
	if (page->image.len == 0 && page->want_image)
		say(page, "read");
	return RC_OK;
}

static void fake_close(void *state)
{
	free(state);
}

/* Sends `parts` parts of `bytes` bytes each; or does what "do" says. */
static enum rc_status fake_job(const struct rc_config *cfg, const json_t *args, int source_fd, struct rc_job_out *out,
                               struct rc_err *err)
{
	const char *how = rc_json_str(args, "do", "");
	int64_t parts = rc_json_int(args, "parts", 0), bytes = rc_json_int(args, "bytes", 0);
	RC_OWN_STR block = calloc(1, (size_t)bytes + 1);
	enum rc_status status = RC_OK;

	if (strcmp(how, "crash") == 0)
		abort();
	while (strcmp(how, "sleep") == 0)
		sleep(60);
	if (strcmp(how, "fail") == 0)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_ENCRYPTED, "cannot open 'box.zip': needs a password");
	for (int64_t i = 0; i < parts && rc_good(status); i++) {
		RC_OWN_JSON part = json_pack("{s:I, s:i}", "n", (json_int_t)i, "pid", (int)getpid());
		status = rc_job_write(out, "forgotten", 9, err);
		if (rc_good(status))
			status = rc_job_rewind(out, err);
		memset(block, 'a' + (int)(i % 26), (size_t)bytes);
		if (rc_good(status))
			status = rc_job_write(out, block, (size_t)bytes, err);
		if (rc_good(status))
			status = rc_job_emit(out, part, err);
	}
	return status;
}

static const struct rc_page_stage fake_stage = { .name = "prepare", .open = fake_open, .run = fake_run, .close = fake_close };
static const struct rc_page_stage ocr_stage = { .name = "ocr", .run = fake_ocr };
static const struct rc_page_stage *const page_stages[] = { &fake_stage, &ocr_stage, NULL };
static const struct rc_batch_stage job_stage = { .name = "ingest", .job = fake_job };
static const struct rc_stages stages = { .page = page_stages, .ingest = &job_stage };

/* ---- the supervisor ------------------------------------------------------------------------------- */

struct seen {                   /* results so far; the last one in full */
	int n;
	struct rc_task_result last;
	char words[4096], read[4096], image[4096];
};

static void load(int fd, int64_t offset, int64_t len, char *to, size_t size)
{
	ssize_t got = len > 0 && (size_t)len < size ? pread(fd, to, (size_t)len, offset) : 0;

	to[got > 0 ? got : 0] = '\0';
}

static enum rc_status see(void *ctx, const struct rc_task_result *result, struct rc_err *err)
{
	struct seen *seen = ctx;

	seen->n++;
	seen->last = *result;
	snprintf(seen->words, sizeof seen->words, "%s", result->last_words);
	load(result->spool_fd, 0, result->read_len, seen->read, sizeof seen->read);
	load(result->spool_fd, result->read_len, result->image_len, seen->image, sizeof seen->image);
	return RC_OK;
}

static struct rc_pool *pool_with(struct rc_config *cfg, int jobs)
{
	struct rc_pool *pool = NULL;
	struct rc_err err = { 0 };

	if (cfg->run_page_seconds == 300)       /* the default: too long to wait for */
		cfg->run_page_seconds = 1;
	check_int(rc_pool_new(cfg, &stages, jobs, &pool, &err), RC_OK);
	return pool;
}

static enum rc_status submit(struct rc_pool *pool, const char *name)
{
	const struct rc_task task = { .id = 7, .name = name, .scan_fd = -1, .want_read = true, .want_image = true };
	struct rc_err err;

	return rc_pool_submit(pool, &task, &err);
}

/* Hands out one page and waits for what becomes of it. */
static struct seen one(struct rc_pool *pool, const char *name)
{
	static struct seen seen;
	struct rc_err err = { 0 };

	seen = (struct seen){ 0 };
	check_int(submit(pool, name), RC_OK);
	check_int(rc_pool_wait(pool, -1, see, &seen, &err), RC_OK);
	check_int(seen.n, 1);
	check_int(seen.last.id, 7);
	return seen;
}

static void failure(const char *name, enum rc_status status, enum rc_reason reason, const char *text)
{
	RC_CLEANUP(rc_config_free) struct rc_config *cfg = rc_config_new();
	RC_CLEANUP(rc_pool_free) struct rc_pool *pool = pool_with(cfg, 1);
	struct seen seen = one(pool, name);

	check_int(seen.last.status, status);
	check_str(rc_reason_name(seen.last.err.reason), rc_reason_name(reason));
	check_contains(seen.last.err.text, text);
	check_int(seen.last.spool_fd, -1);
	/* and the next page is as good as ever */
	seen = one(pool, "ok");
	check_int(seen.last.status, RC_OK);
}

TEST(a_page_comes_back_with_its_text_and_image)
{
	RC_CLEANUP(rc_config_free) struct rc_config *cfg = rc_config_new();
	RC_CLEANUP(rc_pool_free) struct rc_pool *pool = pool_with(cfg, 1);
	struct seen seen = one(pool, "ok");

	check_int(seen.last.status, RC_OK);
	check_contains(seen.read, "工農兵");
	check(atoll(seen.image) > 0);
	check(seen.last.cpu_seconds >= 0 && seen.last.wall_seconds < 10);
}

TEST(an_image_alone_needs_no_ocr)
{
	RC_CLEANUP(rc_config_free) struct rc_config *cfg = rc_config_new();
	RC_CLEANUP(rc_pool_free) struct rc_pool *pool = pool_with(cfg, 1);
	const struct rc_task task = { .id = 1, .name = "ok", .scan_fd = -1, .want_image = true };
	struct seen seen = { 0 };
	struct rc_err err = { 0 };

	check_int(rc_pool_submit(pool, &task, &err), RC_OK);
	check_int(rc_pool_wait(pool, -1, see, &seen, &err), RC_OK);
	check_int(seen.last.status, RC_OK);
	check_int(seen.last.read_len, 0);
	check(seen.last.image_len > 0);
}

TEST(the_scan_arrives_as_a_descriptor)
{
	RC_CLEANUP(rc_config_free) struct rc_config *cfg = rc_config_new();
	RC_CLEANUP(rc_pool_free) struct rc_pool *pool = pool_with(cfg, 1);
	struct rc_task task = { .id = 7, .name = "scan", .offset = 3, .len = 5, .want_image = true };
	struct seen seen = { 0 };
	struct rc_err err = { 0 };

	task.scan_fd = rc_wire_text_fd("...bytes...", 11);
	check_int(rc_pool_submit(pool, &task, &err), RC_OK);
	check_int(rc_pool_wait(pool, -1, see, &seen, &err), RC_OK);
	check_str(seen.image, "bytes");
	check_int(fcntl(task.scan_fd, F_GETFD), -1);    /* the pool closed it */
}

TEST(a_typed_failure_keeps_its_words)
{
	failure("typed", RC_PAGE_FAILED, RC_WHY_DECODE, "cannot decode 'typed': bad data");
}

TEST(a_warning_is_a_result_too)
{
	RC_CLEANUP(rc_config_free) struct rc_config *cfg = rc_config_new();
	RC_CLEANUP(rc_pool_free) struct rc_pool *pool = pool_with(cfg, 1);
	struct seen seen = one(pool, "warn");

	check_int(seen.last.status, RC_WARN);
	check_str(seen.last.err.text, "the last rows are missing");
	check(seen.last.read_len > 0);
}

TEST(a_crash_names_the_signal)
{
	failure("segv", RC_RETRY, RC_WHY_CRASH, sanitized ? "cannot finish 'segv': worker" : "killed by SIGSEGV");
}

TEST(an_abort_is_a_crash)
{
	failure("abort", RC_RETRY, RC_WHY_CRASH, sanitized ? "cannot finish 'abort': worker" : "killed by SIGABRT");
}

TEST(an_exit_is_a_crash)
{
	failure("exit", RC_RETRY, RC_WHY_CRASH, "worker exited with status 3");
}

TEST(endless_work_ends_at_the_cpu_clock)
{
	failure("spin", RC_RETRY, RC_WHY_TIMEOUT, "more than 1 CPU seconds");
}

TEST(endless_waiting_ends_at_the_wall_clock)
{
	failure("sleep", RC_RETRY, RC_WHY_TIMEOUT, "no answer within 10 seconds");
}

/* ---- memory --------------------------------------------------------------------------------------- */

static struct seen with_memory(int mib, const char *name)
{
	RC_CLEANUP(rc_config_free) struct rc_config *cfg = rc_config_new();
	cfg->run_worker_memory = mib;
	cfg->run_page_seconds = 20;
	RC_CLEANUP(rc_pool_free) struct rc_pool *pool = pool_with(cfg, 1);

	return one(pool, name);
}

TEST(a_memory_hog_is_no_crash)
{
	struct seen seen = with_memory(512, "eat");

	check_int(seen.last.status, RC_RETRY);
	check_str(rc_reason_name(seen.last.err.reason), "memory");
	check_contains(seen.last.err.text, "more than 512 MiB");
}

TEST(a_page_that_went_on_without_its_memory_is_no_result)
{
	if (sanitized)
		check_skip("sanitizers have their own allocator");
	struct seen seen = with_memory(512, "swallow");

	check_int(seen.last.status, RC_RETRY);
	check_str(rc_reason_name(seen.last.err.reason), "memory");
	seen = with_memory(1024, "swallow");
	check_int(seen.last.status, RC_OK);
}

TEST(a_request_that_no_machine_could_grant_is_the_page_s_fault)
{
	if (sanitized)
		check_skip("sanitizers have their own allocator");
	struct seen seen = with_memory(512, "absurd");

	check_int(seen.last.status, RC_OK);
}

/* ---- what it says --------------------------------------------------------------------------------- */

TEST(library_chatter_never_reaches_the_user)
{
	RC_CLEANUP(rc_config_free) struct rc_config *cfg = rc_config_new();
	RC_CLEANUP(rc_pool_free) struct rc_pool *pool = pool_with(cfg, 1);
	struct seen seen = one(pool, "chat");

	check_int(seen.last.status, RC_OK);
	seen = one(pool, "chat and die");
	check_contains(seen.last.err.text, "status 4");
	check_contains(seen.words, "the last words\\x1b[31m");
	check(!strchr(seen.words, '\n') && !strchr(seen.words, '\x1b'));
	seen = one(pool, "exit");       /* what others said is forgotten */
	check_str(seen.words, "");
}

TEST(a_lie_about_lengths_costs_the_page)
{
	failure("lie: length", RC_PAGE_FAILED, RC_WHY_PROTOCOL, "lengths");
	failure("lie: negative", RC_PAGE_FAILED, RC_WHY_PROTOCOL, "lengths");
}

TEST(a_message_out_of_turn_costs_the_page)
{
	failure("lie: part", RC_PAGE_FAILED, RC_WHY_PROTOCOL, "message");
	failure("lie: ready", RC_PAGE_FAILED, RC_WHY_PROTOCOL, "message");
	failure("lie: short", RC_PAGE_FAILED, RC_WHY_PROTOCOL, "message");
}

TEST(a_status_that_does_not_exist_costs_the_page)
{
	failure("lie: status", RC_PAGE_FAILED, RC_WHY_PROTOCOL, "status");
}

TEST(a_result_is_parsed_before_it_counts)
{
	RC_CLEANUP(rc_config_free) struct rc_config *cfg = rc_config_new();
	RC_CLEANUP(rc_pool_free) struct rc_pool *pool = pool_with(cfg, 1);
	const struct rc_task task = { .id = 7, .name = "lie: json", .scan_fd = -1, .want_read = true };
	struct seen seen = { 0 };
	struct rc_err err = { 0 };

	check_int(rc_pool_submit(pool, &task, &err), RC_OK);
	check_int(rc_pool_wait(pool, -1, see, &seen, &err), RC_OK);
	check_int(seen.last.status, RC_PAGE_FAILED);
	check_str(rc_reason_name(seen.last.err.reason), "protocol");
}

/* ---- rights --------------------------------------------------------------------------------------- */

static void tries(struct rc_pool *pool, const char *name, const char *want)
{
	struct seen seen = one(pool, name);

	check_str(seen.image, want);
}

TEST(a_worker_knows_no_secret_and_inherits_nothing)
{
	RC_CLEANUP(rc_config_free) struct rc_config *cfg = rc_config_new();
	RC_CLEANUP(rc_pool_free) struct rc_pool *pool = pool_with(cfg, 1);
	int inherited = open("/dev/null", O_RDONLY);    /* not close-on-exec, as some library may open it */

	setenv("AWS_SECRET_ACCESS_KEY", "x", 1);
	tries(pool, "environment", "1 C.UTF-8 clean");
	tries(pool, "descriptors", "5");                /* stdin, stdout, stderr, socket, spool */
	close(inherited);
}

TEST(a_confined_worker_can_do_nothing_but_its_work)
{
	RC_CLEANUP(rc_config_free) struct rc_config *cfg = rc_config_new();
	RC_CLEANUP(rc_pool_free) struct rc_pool *pool = pool_with(cfg, 1);

	if (sanitized)
		check_skip("sanitized workers are not confined");
	one(pool, "ok");
	if (rc_pool_unconfined(pool)[0])
		check_skip(rc_pool_unconfined(pool));
	tries(pool, "try create", "EACCES");
	tries(pool, "try passwd", "EACCES");
	tries(pool, "try fonts", "done");
	tries(pool, "try unlink", "EPERM");
	tries(pool, "try chmod", "EPERM");
	tries(pool, "try socket", "EPERM");
	tries(pool, "try fork", "EPERM");
	tries(pool, "try exec", "EPERM");
	tries(pool, "try kill", "EPERM");
	tries(pool, "try clone3", "ENOSYS");
	tries(pool, "try ptrace", "EPERM");
	tries(pool, "try thread", "done");
	check_int(access("/tmp/redcorpus-must-not-exist", F_OK), -1);
}

TEST(confinement_can_be_switched_off)
{
	RC_CLEANUP(rc_config_free) struct rc_config *cfg = rc_config_new();
	cfg->run_confine = false;
	RC_CLEANUP(rc_pool_free) struct rc_pool *pool = pool_with(cfg, 1);

	tries(pool, "try passwd", "done");
	tries(pool, "try socket", "done");
}

TEST(a_page_with_a_debug_folder_may_write_there)
{
	RC_CLEANUP(rc_config_free) struct rc_config *cfg = rc_config_new();
	RC_CLEANUP(rc_pool_free) struct rc_pool *pool = pool_with(cfg, 1);
	const struct rc_task task = { .id = 7, .name = "debug", .scan_fd = -1, .want_image = true, .debug_dir = "." };
	struct seen seen = { 0 };
	struct rc_err err = { 0 };

	one(pool, "ok");                /* a confined worker is there already */
	check_int(rc_pool_submit(pool, &task, &err), RC_OK);
	check_int(rc_pool_wait(pool, -1, see, &seen, &err), RC_OK);
	check_str(seen.image, "done");
	check_int(access("step.png", F_OK), 0);
	if (!sanitized)
		tries(pool, "try passwd", "EACCES");    /* and afterwards all is as before */
}

/* ---- many workers --------------------------------------------------------------------------------- */

TEST(no_more_pages_than_workers)
{
	RC_CLEANUP(rc_config_free) struct rc_config *cfg = rc_config_new();
	RC_CLEANUP(rc_pool_free) struct rc_pool *pool = pool_with(cfg, 2);
	int kept = open("/dev/null", O_RDONLY);
	const struct rc_task third = { .id = 3, .name = "ok", .scan_fd = kept };
	struct rc_err err;

	check_int(rc_pool_jobs(pool), 2);
	check_int(rc_pool_idle(pool), 2);
	check_int(submit(pool, "sleep"), RC_OK);
	check_int(submit(pool, "sleep"), RC_OK);
	check_int(rc_pool_idle(pool), 0);
	check_int(rc_pool_busy(pool), 2);
	check_int(rc_pool_submit(pool, &third, &err), RC_SKIP);
	check(fcntl(kept, F_GETFD) >= 0);       /* not taken */
	rc_pool_abandon(pool);
	check_int(rc_pool_busy(pool), 0);
	check_int(rc_pool_idle(pool), 2);
	close(kept);
}

static struct rc_pool *refilled;
static int left;

static enum rc_status refill(void *ctx, const struct rc_task_result *result, struct rc_err *err)
{
	int *done = ctx;

	++*done;
	check(rc_good(result->status) || result->err.reason == RC_WHY_CRASH);
	while (left > 0 && rc_pool_idle(refilled) > 0)
		check_int(submit(refilled, left-- % 10 == 0 ? "exit" : "ok"), RC_OK);
	return RC_OK;
}

TEST(a_hundred_pages_handed_out_from_the_callback)
{
	RC_CLEANUP(rc_config_free) struct rc_config *cfg = rc_config_new();
	cfg->run_worker_pages = 7;              /* and workers are replaced all the time */
	RC_CLEANUP(rc_pool_free) struct rc_pool *pool = pool_with(cfg, 3);
	struct rc_err err = { 0 };
	int done = 0;

	refilled = pool;
	left = 97;
	for (int i = 0; i < 3; i++)
		submit(pool, "ok");
	while (done < 100 && rc_good(rc_pool_wait(pool, -1, refill, &done, &err)))
		;
	check_int(done, 100);
	check_int(rc_pool_wait(pool, -1, refill, &done, &err), RC_OK);  /* nothing in flight: returns at once */
}

TEST(a_worker_is_replaced_after_its_pages)
{
	RC_CLEANUP(rc_config_free) struct rc_config *cfg = rc_config_new();
	cfg->run_worker_pages = 2;
	RC_CLEANUP(rc_pool_free) struct rc_pool *pool = pool_with(cfg, 1);
	long long first = atoll(one(pool, "ok").image);

	check_int(atoll(one(pool, "ok").image), first);
	check(atoll(one(pool, "ok").image) != first);
	check(rc_pool_peak_rss(pool) > 1 << 20);
}

TEST(a_worker_killed_while_it_rests_costs_nothing)
{
	RC_CLEANUP(rc_config_free) struct rc_config *cfg = rc_config_new();
	RC_CLEANUP(rc_pool_free) struct rc_pool *pool = pool_with(cfg, 1);
	struct timespec moment = { .tv_nsec = 50000000 };

	kill((pid_t)atoll(one(pool, "ok").image), SIGKILL);
	nanosleep(&moment, NULL);
	check_int(one(pool, "ok").last.status, RC_OK);
}

static void wake_up(int sig)
{
	(void)sig;
}

TEST(a_signal_ends_the_wait_and_not_the_workers)
{
	struct sigaction woken = { .sa_handler = wake_up };
	RC_CLEANUP(rc_config_free) struct rc_config *cfg = rc_config_new();
	RC_CLEANUP(rc_pool_free) struct rc_pool *pool = pool_with(cfg, 1);
	struct seen seen = { 0 };
	struct rc_err err = { 0 };
	pid_t worker = (pid_t)atoll(one(pool, "ok").image);

	check_int(kill(worker, SIGINT), 0);     /* what Ctrl-C sends to all of them */
	check_int(kill(worker, SIGTERM), 0);
	check_int(atoll(one(pool, "ok").image), worker);

	/* and a signal to us ends the wait long before the page does */
	sigaction(SIGALRM, &woken, NULL);
	check_int(submit(pool, "sleep"), RC_OK);
	alarm(1);
	check_int(rc_pool_wait(pool, -1, see, &seen, &err), RC_OK);
	check_int(seen.n, 0);
	check_int(rc_pool_busy(pool), 1);
}

/* ---- no start ------------------------------------------------------------------------------------- */

static void no_start(const char *models, enum rc_reason reason, const char *text)
{
	RC_CLEANUP(rc_config_free) struct rc_config *cfg = rc_config_new();
	free(cfg->ocr_models);
	cfg->ocr_models = strdup(models);
	RC_CLEANUP(rc_pool_free) struct rc_pool *pool = pool_with(cfg, 1);
	struct seen seen = { 0 };
	struct rc_err err = { 0 };

	check_int(submit(pool, "ok"), RC_OK);
	check_int(rc_pool_wait(pool, -1, see, &seen, &err), RC_RUN_FAILED);
	check_str(rc_reason_name(err.reason), rc_reason_name(reason));
	check_contains(err.text, text);
	check_int(seen.n, 0);
	check_int(submit(pool, "ok"), RC_RUN_FAILED);
	check_int(rc_pool_idle(pool), 0);
}

TEST(a_missing_model_is_told_in_the_stage_s_own_words)
{
	no_start("/missing", RC_WHY_MISSING, "cannot load model 'chi_tra' from '/missing'");
}

TEST(workers_that_never_get_ready_stop_the_run)
{
	no_start("/crash", RC_WHY_CRASH, "3 workers in a row died before they were ready");
	no_start("/crash", RC_WHY_CRASH, "model is broken");
}

TEST(a_process_that_may_write_small_files_only_starts_no_worker)
{
	RC_CLEANUP(rc_pool_free) struct rc_pool *pool = NULL;
	RC_CLEANUP(rc_config_free) struct rc_config *cfg = rc_config_new();
	const struct rlimit small = { 4096, 1 << 20 };
	struct rc_err err = { 0 };

	setrlimit(RLIMIT_FSIZE, &small);
	check_int(rc_pool_new(cfg, &stages, 1, &pool, &err), RC_RUN_FAILED);
	check_int(err.reason, RC_WHY_SETTING);
	check_contains(err.text, "files may have at most 1048576 bytes here (ulimit -f)");
}

/* ---- jobs ----------------------------------------------------------------------------------------- */

struct parts {
	int n, nested, pages, pid;
	int64_t bytes;
	bool finished, wrong, refuse;
	enum rc_status status;
	struct rc_err err;
	struct rc_pool *pool;
};

static enum rc_status count_page(void *ctx, const struct rc_task_result *result, struct rc_err *err)
{
	((struct parts *)ctx)->pages++;
	return RC_OK;
}

static enum rc_status take(void *ctx, const json_t *part, int spool_fd, int64_t len, struct rc_err *err)
{
	struct parts *p = ctx;
	char first = '?';

	if (p->refuse)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_PATH, "a name I do not like");
	if (pread(spool_fd, &first, 1, 0) != 1 || first != 'a' + p->n % 26 || rc_json_int(part, "n", -1) != p->n)
		p->wrong = true;
	p->pid = (int)rc_json_int(part, "pid", 0);
	p->n++;
	p->bytes += len;
	/* the rest of the run goes on meanwhile */
	if (p->nested > 0) {
		p->nested--;
		if (rc_pool_idle(p->pool) > 0)
			submit(p->pool, "ok");
		return rc_pool_wait(p->pool, 0, count_page, p, err);
	}
	return RC_OK;
}

static void finished(void *ctx, enum rc_status status, const struct rc_err *err)
{
	struct parts *p = ctx;

	p->finished = true;
	p->status = status;
	p->err = *err;
}

static void job(struct parts *p, int parts, int bytes, const char *how)
{
	RC_OWN_JSON args = json_pack("{s:i, s:i, s:s}", "parts", parts, "bytes", bytes, "do", how);
	struct rc_err err = { 0 };

	check_int(rc_pool_start_job(p->pool, "ingest", args, -1, take, finished, p, &err), RC_OK);
	while (!p->finished && rc_good(rc_pool_wait(p->pool, -1, count_page, p, &err)))
		;
	check_str(err.text, "");
	check(p->finished);
}

TEST(a_job_sends_parts_and_waits_until_each_is_taken)
{
	RC_CLEANUP(rc_config_free) struct rc_config *cfg = rc_config_new();
	RC_CLEANUP(rc_pool_free) struct rc_pool *pool = pool_with(cfg, 1);
	struct parts p = { .pool = pool }, q = { .pool = pool };

	job(&p, 100, 3000000, "");
	check_int(p.status, RC_OK);
	check_int(p.n, 100);
	check_int(p.bytes, 300000000);
	check(!p.wrong);
	job(&q, 1, 1, "");
	check_int(q.pid, p.pid);        /* its worker is kept for the next */
}

TEST(pages_go_on_while_a_part_is_looked_at)
{
	RC_CLEANUP(rc_config_free) struct rc_config *cfg = rc_config_new();
	RC_CLEANUP(rc_pool_free) struct rc_pool *pool = pool_with(cfg, 2);
	struct parts p = { .pool = pool, .nested = 200 };
	struct rc_err err;

	job(&p, 300, 10, "");
	check_int(p.status, RC_OK);
	check_int(p.n, 300);
	check(!p.wrong);
	while (rc_pool_busy(pool) > 0)
		rc_pool_wait(pool, -1, count_page, &p, &err);
	check(p.pages > 0);
}

TEST(a_job_fails_in_its_own_words)
{
	RC_CLEANUP(rc_config_free) struct rc_config *cfg = rc_config_new();
	RC_CLEANUP(rc_pool_free) struct rc_pool *pool = pool_with(cfg, 1);
	struct parts p = { .pool = pool };

	job(&p, 0, 0, "fail");
	check_int(p.status, RC_PAGE_FAILED);
	check_str(p.err.text, "cannot open 'box.zip': needs a password");
}

TEST(a_job_that_crashes_can_be_followed_by_another)
{
	RC_CLEANUP(rc_config_free) struct rc_config *cfg = rc_config_new();
	RC_CLEANUP(rc_pool_free) struct rc_pool *pool = pool_with(cfg, 1);
	struct parts p = { .pool = pool }, q = { .pool = pool };

	job(&p, 0, 0, "crash");
	check_int(p.status, RC_RETRY);
	check_str(rc_reason_name(p.err.reason), "crash");
	job(&q, 2, 5, "");
	check_int(q.status, RC_OK);
}

TEST(a_part_that_is_refused_ends_the_job)
{
	RC_CLEANUP(rc_config_free) struct rc_config *cfg = rc_config_new();
	RC_CLEANUP(rc_pool_free) struct rc_pool *pool = pool_with(cfg, 1);
	struct parts p = { .pool = pool, .refuse = true };

	job(&p, 5, 5, "");
	check_int(p.status, RC_PAGE_FAILED);
	check_str(p.err.text, "a name I do not like");
}

TEST(a_job_without_progress_ends_at_the_wall_clock)
{
	RC_CLEANUP(rc_config_free) struct rc_config *cfg = rc_config_new();
	RC_CLEANUP(rc_pool_free) struct rc_pool *pool = pool_with(cfg, 1);
	struct parts p = { .pool = pool };

	job(&p, 0, 0, "sleep");
	check_int(p.status, RC_RETRY);
	check_str(rc_reason_name(p.err.reason), "timeout");
}

TEST(an_abandoned_job_is_never_heard_of_again)
{
	RC_CLEANUP(rc_config_free) struct rc_config *cfg = rc_config_new();
	RC_CLEANUP(rc_pool_free) struct rc_pool *pool = pool_with(cfg, 1);
	RC_OWN_JSON args = json_pack("{s:i, s:i}", "parts", 5, "bytes", 5);
	struct parts p = { .pool = pool }, q = { .pool = pool };
	struct rc_err err;

	check_int(rc_pool_start_job(pool, "ingest", args, -1, take, finished, &p, &err), RC_OK);
	check_int(rc_pool_start_job(pool, "ingest", args, -1, take, finished, &p, &err), RC_RUN_FAILED);  /* one at a time */
	rc_pool_abandon(pool);
	check_int(rc_pool_wait(pool, 100, count_page, &p, &err), RC_OK);
	check(!p.finished);
	job(&q, 2, 5, "");
	check_int(q.status, RC_OK);
}

TEST(a_stage_without_a_job_is_a_bug_and_says_so)
{
	RC_CLEANUP(rc_config_free) struct rc_config *cfg = rc_config_new();
	RC_CLEANUP(rc_pool_free) struct rc_pool *pool = pool_with(cfg, 1);
	RC_OWN_JSON args = json_object();
	struct parts p = { .pool = pool };
	struct rc_err err = { 0 };

	check_int(rc_pool_start_job(pool, "curate", args, -1, take, finished, &p, &err), RC_OK);
	check_int(rc_pool_wait(pool, -1, count_page, &p, &err), RC_OK);
	check_int(p.status, RC_RUN_FAILED);
	check_str(rc_reason_name(p.err.reason), "bug");
}

/* ---- the end -------------------------------------------------------------------------------------- */

static bool is_gone(pid_t pid)
{
	struct timespec moment = { .tv_nsec = 20000000 };

	for (int i = 0; i < 250; i++) {
		if (kill(pid, 0) != 0)
			return true;
		waitpid(pid, NULL, WNOHANG);    /* orphans come to us */
		nanosleep(&moment, NULL);
	}
	return false;
}

TEST(no_worker_outlives_its_supervisor)
{
	int told[2];
	pid_t worker = 0, supervisor;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	check_int(pipe(told), 0);
	supervisor = fork();
	if (supervisor == 0) {
		struct rc_config *cfg = rc_config_new();
		struct rc_pool *pool = pool_with(cfg, 1);
		pid_t pid = (pid_t)atoll(one(pool, "ok").image);
		submit(pool, "sleep");
		if (write(told[1], &pid, sizeof pid) != sizeof pid)
			_exit(1);
		for (;;)
			sleep(60);
	}
	check_int(read(told[0], &worker, sizeof worker), sizeof worker);
	check(worker > 0 && kill(worker, 0) == 0);
	kill(supervisor, SIGKILL);
	waitpid(supervisor, NULL, 0);
	check(is_gone(worker));
}

/* Not a promise, but worth seeing: prints microseconds a page, and ms until the first page is back. */
TEST(how_long_a_trivial_page_takes)
{
	RC_CLEANUP(rc_config_free) struct rc_config *cfg = rc_config_new();
	cfg->run_worker_pages = 100000;
	RC_CLEANUP(rc_pool_free) struct rc_pool *pool = pool_with(cfg, 1);
	struct timespec t[3];

	clock_gettime(CLOCK_MONOTONIC, &t[0]);
	one(pool, "ok");
	clock_gettime(CLOCK_MONOTONIC, &t[1]);
	for (int i = 0; i < 2000; i++)
		one(pool, "ok");
	clock_gettime(CLOCK_MONOTONIC, &t[2]);
	double start = (double)(t[1].tv_sec - t[0].tv_sec) * 1e3 + (double)(t[1].tv_nsec - t[0].tv_nsec) / 1e6;
	double page = ((double)(t[2].tv_sec - t[1].tv_sec) * 1e6 + (double)(t[2].tv_nsec - t[1].tv_nsec) / 1e3) / 2000;

	printf("first page after %.1f ms, then %.0f us a page\n", start, page);
	check(page < 20000);
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "worker") == 0)
		return rc_worker_main(&stages, 3);
	return check_main(argc, argv);
}
