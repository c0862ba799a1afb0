/* test_normalize.c -- the stage that writes records, over books that this test keeps itself. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "common/record.h"
#include "core/outfile.h"
#include "normalize/normalize.h"

/* ---- books of one item with three pages --------------------------------------------------------------- */

enum { N_PAGES = 3, N_WARNINGS = 8 };

static struct {
	struct rc_config *cfg;
	struct rc_page_row pages[N_PAGES];
	const char *results[N_PAGES];   /* what rc_books_object() gives */
	struct rc_digest pages_key, record_key, record;
	char *note;
	struct rc_correction typed[4];  /* on the page that could not be read; those without a box are none */
	bool broken_disk, stopping;
	int records, warnings, looked_at;
	char warning[1000];
} books;

const struct rc_config *rc_books_config(struct rc_books *b)
{
	return books.cfg;
}

const char *rc_books_dir(struct rc_books *b)
{
	return ".";
}

bool rc_books_stopping(struct rc_books *b)
{
	return books.stopping;
}

enum rc_status rc_books_pump(struct rc_books *b, struct rc_err *err)
{
	return RC_OK;
}

void rc_books_warn(struct rc_books *b, const struct rc_err *what)
{
	books.warnings++;
	snprintf(books.warning, sizeof books.warning, "%s", what->text);
}

void rc_books_progress(struct rc_books *b, const char *doing, int64_t done, int64_t total)
{
}

int64_t rc_books_pending(struct rc_books *b)
{
	return 0;
}

char *rc_books_note(struct rc_books *b, const char *name)
{
	if (strncmp(name, "normalize.", 10) != 0)
		return NULL;
	return books.note ? rc_strdup(books.note) : NULL;
}

enum rc_status rc_books_set_note(struct rc_books *b, const char *name, const char *value, struct rc_err *err)
{
	if (strncmp(name, "normalize.", 10) != 0)
		return RC_OK;
	free(books.note);
	books.note = rc_strdup(value);
	return RC_OK;
}

json_t *rc_books_identity(struct rc_books *b)
{
	return json_pack("{s:s, s:{s:i}, s:[s], s:{}}", "program", "0.1.0", "stages", "ocr", 1, "engines", "tesseract 5.3.0", "models");
}

enum rc_status rc_books_object(struct rc_books *b, const struct rc_digest *object, struct rc_buf *out, struct rc_err *err)
{
	if (books.broken_disk)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_DISK, "cannot read a pack");
	if (!books.results[object->bytes[0] - 1])
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_CHANGED, "an object is not what it was");
	rc_buf_adds(out, books.results[object->bytes[0] - 1]);
	return RC_OK;
}

enum rc_status rc_books_each_correction(struct rc_books *b, const struct rc_digest *scan, int32_t frame, rc_correction_fn *fn, void *ctx,
                                        struct rc_err *err)
{
	enum rc_status status = RC_OK;

	for (size_t i = 0; rc_digest_equal(scan, &books.pages[2].entry.scan) && i < RC_COUNT(books.typed) && rc_good(status); i++)
		if (books.typed[i].box.w > 0)
			status = fn(ctx, &books.typed[i], err);
	return status;
}

enum rc_status rc_books_each_page(struct rc_books *b, const char *item, rc_page_fn *fn, void *ctx, struct rc_err *err)
{
	enum rc_status status = RC_OK;

	for (int i = 0; i < N_PAGES && rc_good(status); i++)
		status = fn(ctx, &books.pages[i], err);
	return rc_good(status) ? RC_OK : status;
}

enum rc_status rc_books_each_item(struct rc_books *b, enum rc_items which, rc_item_fn *fn, void *ctx, struct rc_err *err)
{
	const struct rc_item_row item = {
		.id = "box1", .n_pages = N_PAGES, .pages_key = books.pages_key, .record_key = books.record_key,
		.record = books.record, .fields = "{\"fonds\": \"3\", \"item\": \"12\", \"page\": \"1\"}",
	};

	if (which == RC_ITEMS_UNRECORDED && !rc_digest_is_zero(&books.record_key))
		return RC_OK;
	books.looked_at++;
	return fn(ctx, &item, err);
}

enum rc_status rc_books_record_done(struct rc_books *b, const char *item, const struct rc_digest *record_key,
                                    const struct rc_digest *record, struct rc_err *err)
{
	books.record_key = *record_key;
	books.record = *record;
	books.records++;
	return RC_OK;
}

void rc_books_record_path(struct rc_books *b, const char *item, struct rc_buf *out)
{
	rc_buf_addf(out, "./records/%s.xml", item);
}

/* ---- what is in them ---------------------------------------------------------------------------------- */

#define RESULT(text, glyphs) "{\"version\": 1, \"width\": 100, \"height\": 200, \"declared_dpi\": 0, \"orientation\": 1," \
	"\"clean_width\": 100, \"clean_height\": 200, \"to_clean_millionths\": [1000000, 0, 0, 0, 1000000, 0], \"script\": \"hans\"," \
	"\"direction\": \"vertical\", \"models\": \"chi_sim_vert\", \"quality\": {\"class\": \"text\", \"confidence\": 0.8, \"ink\": 0.1," \
	"\"skew\": 0, \"dpi\": 300}, \"regions\": [{\"type\": \"text\", \"box\": [0, 0, 100, 200], \"direction\": \"vertical\", \"lines\":" \
	"[{\"box\": [0, 0, 10, 20], \"direction\": \"vertical\", \"confidence\": 0.8, \"text\": \"" text "\", \"glyphs\": [" glyphs "]}]}]}"

static void open_books(void)
{
	books.cfg = rc_config_new();
	books.pages_key = rc_digest_of("pages", 5);
	for (int i = 0; i < N_PAGES; i++) {
		books.pages[i] = (struct rc_page_row){
			.entry = { .item = "box1", .number = "", .order = "", .scan = rc_digest_of(&i, 1),
			           .media = RC_MEDIA_TIFF, .member = "" },
			.place_in_item = i + 1, .state = RC_DONE, .message = "", .root_path = "/data/private/box1",
			.root_name = "box1", .source_path = "p.tif", .source_digest = rc_digest_of(&i, 1),
		};
		books.pages[i].result.bytes[0] = (uint8_t)(i + 1);
	}
	books.results[0] = RESULT("布 告", "[0, 1, 1, 1, 5, 5, 0.9], [2, 1, 1, 7, 5, 5, 0.7]");
	books.results[1] = RESULT("大", "");
	books.pages[2].state = RC_QUARANTINED;
	books.pages[2].reason = RC_WHY_TRUNCATED;
	books.pages[2].message = "cannot read '/data/private/box1/p.tif': it ends too early";
}

static void close_books(void)
{
	rc_config_free(&books.cfg);
	free(books.note);
	books.note = NULL;
}

static enum rc_status run(struct rc_err *err)
{
	return normalize_stage.run(NULL, err);
}

/* ---- stories ------------------------------------------------------------------------------------------ */

TEST(an_item_gets_its_record)
{
	RC_CLEANUP(record_close) struct record_reader *r = NULL;
	struct record_page *page;
	struct rc_err err = { 0 };

	open_books();
	check_int(run(&err), RC_OK);
	check_int(record_open(&r, "records/box1.xml", &err), RC_OK);
	check_str(record_head(r)->reference, "3-12");
	check_str(record_head(r)->language, "zh-Hans");
	check_str(record_head(r)->training, "unknown");
	check_int(record_head(r)->n_pages, 3);
	check_int(record_head(r)->n_read, 2);

	check_int(record_next(r, &page, &err), RC_OK);
	check_str(page->source, "box1/p.tif");
	const struct rc_line *line = &page->page.regions[0].lines[0];

	check_str(line->text, "布告");                  /* no space between Han, and glyphs follow */
	check_int((int64_t)line->n_glyphs, 2);
	check_int(line->glyphs[1].start, 3);
	check_int(line->glyphs[1].box.y, 7);
	check_int(record_next(r, &page, &err), RC_OK);
	check_int(record_next(r, &page, &err), RC_OK);
	check(page->not_read);
	check_str(page->reason, "truncated");
	check_str(page->message, "cannot read 'box1/p.tif': it ends too early");      /* no absolute path */
	check_int(record_next(r, &page, &err), RC_SKIP);
	close_books();
}

TEST(the_digest_told_to_the_books_is_that_of_the_file)
{
	RC_OWN_BUF bytes = RC_BUF(1 << 20);
	struct rc_err err;

	open_books();
	check_int(run(&err), RC_OK);
	check_int(rc_buf_read_file(&bytes, "records/box1.xml", &err), RC_OK);
	struct rc_digest digest = rc_digest_of(bytes.data, bytes.len);

	check(rc_digest_equal(&digest, &books.record));
	close_books();
}

TEST(nothing_is_done_twice)
{
	struct rc_err err;

	open_books();
	check_int(run(&err), RC_OK);
	check_int(books.looked_at, 1);
	check_int(run(&err), RC_SKIP);
	check_int(books.looked_at, 1);  /* not even looked at */
	check_int(books.records, 1);
	close_books();
}

TEST(a_setting_of_records_writes_them_again_and_a_setting_of_others_does_not)
{
	struct rc_err err;

	open_books();
	check_int(run(&err), RC_OK);
	check_int(rc_config_set(books.cfg, "run.jobs=3", &err), RC_OK);
	check_int(run(&err), RC_SKIP);
	check_int(rc_config_set(books.cfg, "rights.training=allowed", &err), RC_OK);
	check_int(run(&err), RC_OK);
	check_int(books.records, 2);
	close_books();
}

TEST(a_removed_folder_of_records_comes_back)
{
	struct rc_err err;
	struct rc_digest before;

	open_books();
	check_int(run(&err), RC_OK);
	before = books.record;
	check_int(unlink("records/box1.xml"), 0);
	check_int(rmdir("records"), 0);
	check_int(run(&err), RC_OK);
	check(rc_digest_equal(&before, &books.record));
	close_books();
}

TEST(one_removed_record_comes_back)
{
	struct rc_err err;
	struct rc_digest before;

	open_books();
	check_int(run(&err), RC_OK);
	check_int(run(&err), RC_SKIP);
	before = books.record;
	usleep(50000);                  /* a folder's time moves in steps of a few milliseconds */
	check_int(unlink("records/box1.xml"), 0);
	check_int(run(&err), RC_OK);
	check_int(books.records, 2);
	check_int(access("records/box1.xml", F_OK), 0);
	check(rc_digest_equal(&before, &books.record));
	check_int(run(&err), RC_SKIP);
	check_int(books.looked_at, 2);  /* and not looked at again */
	close_books();
}

TEST(a_bad_result_costs_its_page_only)
{
	const char *bad[] = { NULL, "", "{", "{\"version\": 1}", RESULT("大", "[5, 1, 1, 1, 1, 1, 0.5]") };

	open_books();
	for (size_t i = 0; i < RC_COUNT(bad); i++) {
		RC_CLEANUP(record_close) struct record_reader *r = NULL;
		struct record_page *page;
		struct rc_err err = { 0 };

		books.results[1] = bad[i];
		books.record_key = (struct rc_digest){ 0 };
		books.warnings = 0;
		check_int(run(&err), RC_OK);
		check_int(books.warnings, 1);
		check_contains(books.warning, "cannot use the result of page 2 of 'box1'");
		check_int(record_open(&r, "records/box1.xml", &err), RC_OK);
		check_int(record_head(r)->n_read, 1);
		check_int(record_next(r, &page, &err), RC_OK);
		check(!page->not_read);
		check_int(record_next(r, &page, &err), RC_OK);
		check(page->not_read);
		check_str(page->reason, i == 0 ? "changed" : rc_reason_name(rc_reason_find(page->reason)));
	}
	close_books();
}

/* The third page of the record, which could not be read, as what was typed makes it. */
static void check_typed(bool not_read, int width, int height)
{
	RC_CLEANUP(record_close) struct record_reader *r = NULL;
	struct record_page *page = NULL;

	books.record_key = (struct rc_digest){ 0 };
	check_int(run(NULL), RC_OK);
	check_int(record_open(&r, "records/box1.xml", NULL), RC_OK);
	for (int i = 0; i < N_PAGES; i++)
		check_int(record_next(r, &page, NULL), RC_OK);
	check_int(page->not_read, not_read);
	check_int(page->page.width, width);
	check_int(page->page.height, height);
}

TEST(a_typed_page_is_as_large_as_those_say_who_typed_what_stands_on_it)
{
	open_books();
	books.typed[0] = (struct rc_correction){ .box = { 10, 10, 80, 20 }, .text = "大", .begins = true, .rank = 1, .width = 100, .height = 200 };
	books.typed[1] = (struct rc_correction){ .box = { 10, 40, 80, 20 }, .text = "", .gone = true, .rank = 2, .width = 3000, .height = 4000 };
	books.typed[2] = (struct rc_correction){ .box = { 10, 70, 80, 20 }, .text = "", .rank = 3, .width = 5000, .height = 6000 };
	check_typed(false, 100, 200);
	close_books();
}

TEST(a_page_whose_typed_lines_all_went_is_not_read_again)
{
	open_books();
	books.typed[0] = (struct rc_correction){ .box = { 10, 10, 80, 20 }, .text = "", .gone = true, .rank = 1, .width = 100, .height = 200 };
	check_typed(true, 0, 0);
	close_books();
}

TEST(a_failing_disk_stops_the_run_and_leaves_no_half_record)
{
	struct rc_err err = { 0 };

	open_books();
	books.broken_disk = true;
	check_int(run(&err), RC_RUN_FAILED);
	check_int(err.reason, RC_WHY_DISK);
	check(access("records/box1.xml", F_OK) != 0);
	check_int(books.records, 0);
	close_books();
}

TEST(a_stop_is_obeyed)
{
	struct rc_err err = { 0 };

	open_books();
	books.stopping = true;
	check_int(run(&err), RC_RUN_FAILED);
	check_int(err.reason, RC_WHY_STOPPED);
	check_int(books.records, 0);
	close_books();
}

TEST(a_page_still_pending_keeps_the_record_waiting)
{
	struct rc_err err = { 0 };

	open_books();
	books.pages[1].state = RC_PENDING;
	check_int(run(&err), RC_SKIP);
	check_int(books.records, 0);
	close_books();
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
