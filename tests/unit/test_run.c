/* test_run.c -- a batch from sources to records, with stages that are simple and workers that are real.
 *
 * A source is a folder of small files. Each is a page of the item that its name begins with ("a-1" is of item
 * "a"); its text says what happens to the page in the worker: "ok", "bad", "die", "slow". The record of an
 * item lists its pages and what became of them, so that two batches can be compared by their records. */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "check.h"
#include "cli/cli.h"
#include "core/outfile.h"
#include "core/text.h"
#include "run/pool.h"
#include "run/quarantine.h"
#include "run/run.h"
#include "run/stop.h"

/* ---- the stages -------------------------------------------------------------------------------------------- */

static const char *program = "reader 1\n";

static enum rc_status read_identify(const struct rc_config *cfg, struct rc_buf *lines, struct rc_err *err)
{
	rc_buf_adds(lines, program);
	return RC_OK;
}

static enum rc_status read_run(void *state, struct rc_page *page, struct rc_err *err)
{
	char text[16] = "";

	if (pread(page->scan_fd, text, sizeof text - 1, page->scan_offset) < 0)
		return rc_fail_errno(err, RC_PAGE_FAILED, RC_WHY_UNREADABLE, "cannot read '%s'", page->name);
	if (strncmp(text, "bad", 3) == 0)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_DECODE, "cannot decode '%s'", page->name);
	if (strncmp(text, "die", 3) == 0)
		raise(SIGKILL);
	if (strncmp(text, "slow", 4) == 0)
		nanosleep(&(struct timespec){ .tv_nsec = 5000000 }, NULL);
	page->width = page->height = 100;
	page->quality.dpi = 300;
	if (page->want_image) {
		rc_buf_adds(&page->image, "image of ");
		rc_buf_adds(&page->image, text);
		page->image_media = RC_MEDIA_JPEG;
	}
	return RC_OK;
}

static const struct rc_page_stage reader = { .name = "reader", .version = 1, .identify = read_identify, .run = read_run };

static enum rc_status take_file(struct rc_books *books, const struct rc_root *root, const char *name, struct rc_err *err)
{
	char path[4096], item[64];
	RC_OWN_FD fd = -1;
	struct stat st;
	struct rc_source s = { .root = root->id, .path = name, .media = RC_MEDIA_TIFF };
	struct rc_page_entry p = { .item = item, .number = "", .order = name, .media = RC_MEDIA_TIFF, .member = "" };
	enum rc_status status;

	snprintf(path, sizeof path, "%s/%s", root->path, name);
	snprintf(item, sizeof item, "%.*s", (int)strcspn(name, "-"), name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) != 0)
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_BUG, "cannot open '%s'", path);
	s.size = st.st_size;
	s.mtime_ns = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
	status = rc_digest_fd(fd, 0, -1, path, &s.digest, &p.scan_len, err);
	if (rc_good(status))
		status = rc_books_source_begin(books, &s, err);
	p.source = s.id;
	p.scan = s.digest;
	if (rc_good(status))
		status = rc_books_page_add(books, &p, NULL, err);
	if (rc_good(status))
		status = rc_books_source_done(books, s.id, err);
	return rc_good(status) ? rc_books_pump(books, err) : status;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return rc_natural_compare((*a)->d_name, (*b)->d_name);
}

static bool walked;             /* did ingest find a root to walk? */

static enum rc_status take_root(void *ctx, const struct rc_root *root, struct rc_err *err)
{
	struct dirent **entries = NULL;
	int n = scandir(root->path, &entries, NULL, by_name);
	enum rc_status status = rc_books_name_root(ctx, root->id, "box", err);

	walked = true;
	for (int i = 0; i < n; i++) {
		if (rc_good(status) && entries[i]->d_name[0] != '.')
			status = take_file(ctx, root, entries[i]->d_name, err);
		free(entries[i]);
	}
	free(entries);
	return rc_good(status) ? rc_books_root_done(ctx, root->id, err) : status;
}

static enum rc_status ingest(struct rc_books *books, struct rc_err *err)
{
	enum rc_status status;

	walked = false;
	status = rc_books_each_root(books, take_root, books, err);
	return rc_good(status) && !walked ? RC_SKIP : status;
}

static enum rc_status list_page(void *ctx, const struct rc_page_row *p, struct rc_err *err)
{
	char hex[RC_DIGEST_HEX];

	rc_buf_addf(ctx, "%d %s %s %.8s\n", p->place_in_item, p->entry.order,
	            p->state == RC_DONE ? "done" : rc_reason_name(p->reason), rc_digest_hex(&p->result, hex));
	return RC_OK;
}

static enum rc_status write_record(void *ctx, const struct rc_item_row *item, struct rc_err *err)
{
	RC_OWN_BUF text = RC_BUF(1 << 20);
	RC_OWN_BUF path = RC_BUF(4096);
	struct rc_digest d;
	enum rc_status status = rc_books_each_page(ctx, item->id, list_page, &text, err);

	rc_books_record_path(ctx, item->id, &path);
	d = rc_digest_of(text.data, text.len);
	if (rc_good(status))
		status = rc_file_put(path.data, text.data, text.len, err);
	if (rc_good(status))
		status = rc_books_record_done(ctx, item->id, &item->pages_key, &d, err);
	return rc_good(status) ? rc_books_pump(ctx, err) : status;
}

static enum rc_status normalize(struct rc_books *books, struct rc_err *err)
{
	int64_t before = rc_ledger_has_unrecorded(books->ledger);
	enum rc_status status = rc_books_each_item(books, RC_ITEMS_UNRECORDED, write_record, books, err);

	return rc_good(status) && !before ? RC_SKIP : status;
}

static enum rc_status ingest_job(const struct rc_config *cfg, const json_t *args, int source_fd,
                                 struct rc_job_out *out, struct rc_err *err)
{
	if (rc_json_bool(args, "die", false))
		raise(SIGKILL);
	return RC_OK;
}

static const struct rc_batch_stage ingest_stage = { .name = "ingest", .version = 1, .run = ingest, .job = ingest_job };
static const struct rc_batch_stage normalize_stage = { .name = "normalize", .version = 1, .run = normalize };
static const struct rc_page_stage *const page_stages[] = { &reader, NULL };
static const struct rc_stages stages = { .page = page_stages, .ingest = &ingest_stage, .normalize = &normalize_stage };

/* ---- batches ------------------------------------------------------------------------------------------------- */

static void put(const char *path, const char *text)
{
	check_int(rc_file_put(path, text, strlen(text), NULL), RC_OK);
}

/* A run of batch B over the folder "box" (or over what it knows), as the command would do it. */
static enum rc_status run_batch(const char *batch_dir, const char *source, const char *set, int jobs, bool upgrade,
                                struct rc_run_result *result, struct rc_err *err)
{
	RC_CLEANUP(rc_config_free) struct rc_config *cfg = rc_config_new();
	RC_CLEANUP(rc_batch_close) struct rc_batch *batch = NULL;
	RC_CLEANUP(rc_books_close) struct rc_books *books = NULL;
	RC_OWN_STR path = source ? realpath(source, NULL) : NULL;
	const char *const sources[] = { path };
	const struct rc_run_options options = { .jobs = jobs, .upgrade = upgrade, .sources = sources, .n_sources = path ? 1 : 0 };
	enum rc_status status = rc_batch_make(batch_dir, cfg, err);

	if (rc_good(status))
		status = rc_batch_open(batch_dir, true, &batch, err);
	if (rc_good(status) && set)
		status = rc_config_set(batch->cfg, set, err);
	if (rc_good(status))
		status = rc_books_open(batch, &stages, &books, err);
	return rc_good(status) ? rc_run(books, &options, result, err) : status;
}

static void check_run(const char *source, const char *set, int64_t pages, int64_t failed)
{
	struct rc_run_result r = { 0 };
	struct rc_err err = { 0 };

	check_int(run_batch("B", source, set, 2, false, &r, &err), RC_OK);
	check_str(err.text, "");
	check_int(r.pages, pages);
	check_int(r.failed, failed);
}

/* All records of a batch, one after the other. */
static void add_records(const char *batch, struct rc_buf *out)
{
	struct dirent **entries = NULL;
	char dir[256], path[512];
	int n;

	snprintf(dir, sizeof dir, "%s/records", batch);
	n = scandir(dir, &entries, NULL, by_name);
	for (int i = 0; i < n; i++) {
		if (entries[i]->d_name[0] != '.') {
			snprintf(path, sizeof path, "%s/%s", dir, entries[i]->d_name);
			rc_buf_addf(out, "== %s\n", entries[i]->d_name);
			rc_buf_read_file(out, path, NULL);
		}
		free(entries[i]);
	}
	free(entries);
}

static int files_in(const char *path)
{
	DIR *dir = opendir(path);
	int n = 0;

	for (struct dirent *e; dir && (e = readdir(dir));)
		n += e->d_name[0] != '.';
	if (dir)
		closedir(dir);
	return n;
}

/* ---- stories --------------------------------------------------------------------------------------------------- */

TEST(a_folder_becomes_records_and_a_second_run_does_nothing)
{
	RC_OWN_BUF records = RC_BUF(1 << 20);
	struct rc_run_result r;

	put("box/a-1", "ok 1");
	put("box/a-2", "ok 2");
	put("box/b-1", "ok 3");
	check_run("box", NULL, 3, 0);
	add_records("B", &records);
	check_contains(records.data, "== a.xml\n1 a-1 done ");
	check_contains(records.data, "== b.xml\n1 b-1 done ");
	check_int(run_batch("B", NULL, NULL, 2, false, &r, NULL), RC_OK);
	check(r.nothing_done);
	check_int(r.pages, 0);
}

TEST(one_bad_page_costs_one_page)
{
	RC_OWN_BUF records = RC_BUF(1 << 20);

	put("box/a-1", "ok 1");
	put("box/a-2", "bad");
	put("box/a-3", "ok 3");
	check_run("box", NULL, 3, 1);
	add_records("B", &records);
	check_contains(records.data, "2 a-2 decode 00000000\n3 a-3 done");
	check_int(files_in("B/quarantine"), 1);
	check_run(NULL, NULL, 0, 0);                            /* a page that cannot be decoded is not tried again */
}

TEST(a_page_that_kills_its_worker_is_tried_once_more_alone)
{
	struct rc_run_result r = { 0 };
	RC_OWN_BUF records = RC_BUF(1 << 20);

	put("box/a-1", "die");
	for (const char *const *name = (const char *const[]){ "box/a-2", "box/a-3", "box/a-4", NULL }; *name; name++)
		put(*name, *name);
	check_int(run_batch("B", "box", NULL, 2, false, &r, NULL), RC_OK);
	check_int(r.pages, 4);
	check_int(r.failed, 1);
	check_int(r.retried, 1);
	add_records("B", &records);
	check_contains(records.data, "1 a-1 crash ");
}

TEST(a_mended_page_leaves_the_quarantine)
{
	RC_OWN_BUF records = RC_BUF(1 << 20);

	put("box/a-1", "bad");
	check_run("box", NULL, 1, 1);
	check_int(files_in("B/quarantine"), 1);
	put("box/a-1", "ok");
	check_run("box", NULL, 1, 0);
	check_int(files_in("B/quarantine"), 0);
	add_records("B", &records);
	check_contains(records.data, "1 a-1 done ");
}

TEST(a_source_that_goes_away_before_it_is_read_costs_its_page)
{
	RC_OWN_BUF records = RC_BUF(1 << 20);

	put("box/a-1", "ok 1");
	check_run("box", NULL, 1, 0);
	check_int(unlink("box/a-1"), 0);
	check_run(NULL, "ocr.script=hant", 1, 1);
	add_records("B", &records);
	check_contains(records.data, "1 a-1 gone ");
}

TEST(a_changed_setting_redoes_a_changed_program_does_not)
{
	struct rc_run_result r;

	put("box/a-1", "ok 1");
	put("box/a-2", "ok 2");
	check_run("box", NULL, 2, 0);
	check_run(NULL, "ocr.script=hant", 2, 0);
	program = "reader 2\n";
	check_run(NULL, "ocr.script=hant", 0, 0);
	check_int(run_batch("B", NULL, "ocr.script=hant", 2, true, &r, NULL), RC_OK);
	check_int(r.pages, 2);
}

TEST(a_setting_of_page_images_does_not_read_again)
{
	put("box/a-1", "ok 1");
	check_run("box", "package.shards=text,pages", 1, 0);
	check_run(NULL, "package.image_side=512", 1, 0);        /* the image is made anew */
	check_run(NULL, "package.shards=text", 0, 0);
}

TEST(a_batch_that_goes_wrong_is_stopped_early)
{
	struct rc_run_result r;
	struct rc_err err = { 0 };

	for (int i = 0; i < 100; i++) {
		char name[32], text[32];

		snprintf(name, sizeof name, "box/a-%d", i);
		snprintf(text, sizeof text, "bad %d", i);
		put(name, text);
	}
	check_int(run_batch("B", "box", "run.max_failed=0.5", 2, false, &r, &err), RC_RUN_FAILED);
	check_int(err.reason, RC_WHY_BUDGET);
	check_int(r.pages, 50);
	check_int(files_in("B/quarantine"), 50);
	check_int(run_batch("B", NULL, "run.max_failed=1", 2, false, &r, &err), RC_OK);
	check_int(r.pages, 50);
}

TEST(the_budget_is_looked_at_also_when_the_failures_came_first)
{
	struct rc_run_result r;
	struct rc_err err = { 0 };

	for (int i = 0; i < 80; i++) {
		char name[32], text[32];

		snprintf(name, sizeof name, "box/a-%d", i);
		snprintf(text, sizeof text, i < 30 ? "bad %d" : "ok %d", i);
		put(name, text);
	}
	check_int(run_batch("B", "box", NULL, 1, false, &r, &err), RC_RUN_FAILED);
	check_int(err.reason, RC_WHY_BUDGET);
	check_int(r.pages, 50);
}

TEST(a_second_owner_is_told_who_the_first_is)
{
	RC_CLEANUP(rc_config_free) struct rc_config *cfg = rc_config_new();
	RC_CLEANUP(rc_batch_close) struct rc_batch *first = NULL;
	RC_CLEANUP(rc_batch_close) struct rc_batch *second = NULL;
	struct rc_err err = { 0 };
	char pid[32];

	check_int(rc_batch_make("B", cfg, NULL), RC_OK);
	check_int(rc_batch_open("B", true, &first, NULL), RC_OK);
	check_int(rc_batch_open("B", true, &second, &err), RC_RUN_FAILED);
	check_int(err.reason, RC_WHY_BUSY);
	snprintf(pid, sizeof pid, "process %ld ", (long)getpid());
	check_contains(err.text, pid);
	check_int(rc_batch_open("B", false, &second, &err), RC_OK);     /* reading is allowed */
}

TEST(a_folder_of_scans_is_not_turned_into_a_batch)
{
	RC_CLEANUP(rc_config_free) struct rc_config *cfg = rc_config_new();
	struct rc_err err = { 0 };

	put("scans/p1.tif", "II*");
	check_int(rc_batch_make("scans", cfg, &err), RC_RUN_FAILED);
	check_int(err.reason, RC_WHY_USAGE);
	check_int(files_in("scans"), 1);
}

/* ---- accidents ---------------------------------------------------------------------------------------------------- */

static void make_slow_box(int n)
{
	for (int i = 0; i < n; i++) {
		char name[32], text[32];

		snprintf(name, sizeof name, "box/%c-%d", 'a' + i % 5, i);
		snprintf(text, sizeof text, i % 17 == 3 ? "bad %d" : "slow %d", i);
		put(name, text);
	}
}

TEST(a_run_that_is_killed_again_and_again_ends_with_the_same_records)
{
	RC_OWN_BUF calm = RC_BUF(1 << 20);
	RC_OWN_BUF shot = RC_BUF(1 << 20);
	struct rc_run_result r;

	make_slow_box(120);
	check_int(run_batch("calm", "box", NULL, 1, false, &r, NULL), RC_OK);
	add_records("calm", &calm);
	for (int i = 0; i < 8; i++) {
		pid_t child = fork();

		if (child == 0) {
			run_batch("B", "box", NULL, 3, false, &r, NULL);
			_exit(0);
		}
		nanosleep(&(struct timespec){ .tv_nsec = 20000000 + 45000000L * i }, NULL);
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
	}
	check_int(run_batch("B", "box", NULL, 4, false, &r, NULL), RC_OK);
	add_records("B", &shot);
	check_str(shot.data, calm.data);
	check_int(files_in("B/quarantine"), files_in("calm/quarantine"));
}

TEST(ctrl_c_keeps_what_was_done)
{
	struct rc_run_result r;
	struct rc_err err = { 0 };
	pid_t child;
	int how = 0;

	make_slow_box(200);
	child = fork();
	if (child == 0) {
		rc_stop_install();
		run_batch("B", "box", "run.max_failed=1", 1, false, &r, &err);
		_exit(err.reason == RC_WHY_STOPPED && r.pages > 0 ? 0 : 1);
	}
	nanosleep(&(struct timespec){ .tv_nsec = 600000000 }, NULL);
	kill(child, SIGINT);
	waitpid(child, &how, 0);
	check_int(how, 0);
	check_int(run_batch("B", NULL, "run.max_failed=1", 1, false, &r, &err), RC_OK);
	check(r.pages < 200);
}

TEST(every_command_says_130_when_ctrl_c_stopped_it)
{
	struct rc_err err;
	enum rc_status status;

	rc_stop_set(SIGINT);
	status = rc_stop_fail(&err);
	check_int(rc_exit_of(status, err.reason), 130);
	rc_stop_set(SIGTERM);
	check_int(rc_exit_of(status, err.reason), RC_EXIT_STOPPED);
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "worker") == 0)
		return rc_worker_main(&stages, 3);
	return check_main(argc, argv);
}
