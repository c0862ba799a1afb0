/* test_ledger.c -- what is remembered of sources, pages and items, and what follows from it. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "check.h"
#include "run/ledger.h"

/* ---- a small world: one ledger, one root, pages by name -------------------------------------------------- */

struct world {
	struct rc_keys keys;
	struct rc_ledger *l;
	int64_t root;
};

static struct rc_digest digest_of(const char *text)
{
	return rc_digest_of(text, strlen(text));
}

/* Settings and program stand for whatever they are made of. */
static void use(struct world *w, const char *settings, const char *program, bool want_image)
{
	struct rc_err err = { 0 };

	w->keys = (struct rc_keys){
		.read_settings = digest_of(settings), .image_settings = digest_of(settings), .program = digest_of(program),
		.want_image = want_image, .identity = w->keys.identity,
	};
	check(rc_good(rc_ledger_rekey(w->l, &w->keys, &err)));
	check_str(err.text, "");
}

static enum rc_status note_root(void *ctx, const struct rc_root *root, struct rc_err *err)
{
	*(int64_t *)ctx = root->id;
	return RC_OK;
}

/* The ledger borrows the keys, so the world stays where it is. */
static void open_world(struct world *w)
{
	*w = (struct world){ .keys.identity = strdup("{}") };
	check_int(rc_ledger_open("ledger.db", false, &w->l, NULL), RC_OK);
	use(w, "settings", "program", false);
	check_int(rc_ledger_name_source(w->l, "/box", NULL), RC_OK);
	check_int(rc_ledger_each_root(w->l, true, note_root, &w->root, NULL), RC_OK);
}

static void close_world(struct world *w)
{
	check_int(rc_ledger_commit(w->l, NULL), RC_OK);
	rc_ledger_close(&w->l);
	free(w->keys.identity);
}

static int64_t begin(struct world *w, const char *path)
{
	struct rc_source s = { .root = w->root, .path = path, .size = 1, .mtime_ns = 1, .digest = digest_of(path), .media = RC_MEDIA_TIFF };

	check_int(rc_ledger_source_begin(w->l, &s, NULL), RC_OK);
	return s.id;
}

static void add(struct world *w, int64_t source, const char *item, const char *number, const char *order, const char *scan)
{
	struct rc_page_entry p = {
		.item = item, .number = number, .order = order, .scan = digest_of(scan), .scan_len = 1, .media = RC_MEDIA_TIFF,
		.source = source, .member = order,
	};

	check_int(rc_ledger_page_add(w->l, &p, NULL, NULL), RC_OK);
}

/* A whole source with one page. */
static void add_file(struct world *w, const char *item, const char *path, const char *scan)
{
	int64_t source = begin(w, path);

	add(w, source, item, "", path, scan);
	check_int(rc_ledger_source_done(w->l, source, NULL), RC_OK);
}

static int64_t count(struct world *w, enum rc_ledger_count what)
{
	return rc_ledger_count(w->l, what);
}

/* Reads every pending page; returns how many were handed out. */
static int read_all(struct world *w)
{
	struct rc_claim c = { 0 };
	int n = 0;

	while (rc_ledger_claim(w->l, NULL, false, &c, NULL) == RC_OK) {
		struct rc_digest object = digest_of("a result");
		struct rc_reading r = { .object = &object, .confidence = 0.9, .wall_ms = 10 };

		if (c.want_read)
			check_int(rc_ledger_result(w->l, c.read, &r, NULL), RC_OK);
		if (c.want_image)
			check_int(rc_ledger_result(w->l, c.image, &r, NULL), RC_OK);
		rc_claim_clear(&c);
		n++;
	}
	return n;
}

static void fail_first(struct world *w, bool alone, enum rc_reason reason, bool again)
{
	struct rc_claim c = { 0 };
	struct rc_err why;
	struct rc_reading r = { .why = &why, .again = again };

	(void)rc_fail(&why, RC_PAGE_FAILED, reason, "it went wrong");
	check_int(rc_ledger_claim(w->l, NULL, alone, &c, NULL), RC_OK);
	check_int(rc_ledger_result(w->l, c.read, &r, NULL), RC_OK);
	rc_claim_clear(&c);
}

static enum rc_status add_name(void *ctx, const struct rc_page_row *page, struct rc_err *err)
{
	rc_buf_addf(ctx, "%d:%s%s ", page->place_in_item, page->entry.order,
	            page->state == RC_QUARANTINED ? "!" : page->state == RC_PENDING ? "?" : "");
	return RC_OK;
}

static void check_pages(struct world *w, const char *item, const char *want)
{
	RC_OWN_BUF got = RC_BUF(10000);

	check_int(rc_ledger_each_page(w->l, item, add_name, &got, NULL), RC_OK);
	check_str(got.data, want);
}

struct visit {
	struct world *w;
	struct rc_buf names;
	bool record;
};

static enum rc_status visit_item(void *ctx, const struct rc_item_row *item, struct rc_err *err)
{
	struct visit *v = ctx;
	struct rc_digest d = digest_of("record");

	rc_buf_addf(&v->names, "%s ", item->id);
	return v->record ? rc_ledger_record_done(v->w->l, item->id, &d, &d, err) : RC_OK;
}

static void check_items(struct world *w, enum rc_items which, bool record, const char *want)
{
	struct visit v = { .w = w, .names = RC_BUF(10000), .record = record };

	check_int(rc_ledger_each_item(w->l, which, visit_item, &v, NULL), RC_OK);
	check_str(v.names.data, want);
	rc_buf_free(&v.names);
}

/* ---- pages and their order --------------------------------------------------------------------------------- */

TEST(pages_stand_in_natural_order_whatever_order_they_came_in)
{
	struct world w;

	open_world(&w);
	add_file(&w, "box", "p10.tif", "ten");
	add_file(&w, "box", "p2.tif", "two");
	add_file(&w, "box", "p1.tif", "one");
	check_pages(&w, "box", "1:p1.tif? 2:p2.tif? 3:p10.tif? ");
	check_int(count(&w, RC_COUNT_PENDING), 3);
	check_int(count(&w, RC_COUNT_FILES_WITH_PAGES), 3);
	check_int(count(&w, RC_COUNT_ITEMS), 1);
	close_world(&w);
}

TEST(a_page_found_again_is_not_read_again)
{
	struct world w;

	open_world(&w);
	add_file(&w, "box", "p1.tif", "one");
	check_int(read_all(&w), 1);
	add_file(&w, "box", "p1.tif", "one");
	check_int(read_all(&w), 0);
	check_int(count(&w, RC_COUNT_DONE), 1);
	close_world(&w);
}

TEST(a_scan_that_is_in_two_items_is_read_once)
{
	struct world w;

	open_world(&w);
	add_file(&w, "first", "a/p1.tif", "the same");
	add_file(&w, "second", "b/p1.tif", "the same");
	check_int(read_all(&w), 1);
	check_int(count(&w, RC_COUNT_DONE), 2);
	add_file(&w, "third", "c/p1.tif", "the same");
	check_int(read_all(&w), 0);
	check_int(count(&w, RC_COUNT_DONE), 3);
	close_world(&w);
}

TEST(a_changed_file_is_a_new_version_of_its_page)
{
	struct world w;

	open_world(&w);
	add_file(&w, "box", "p1.tif", "one");
	add_file(&w, "box", "p2.tif", "two");
	check_int(read_all(&w), 2);
	add_file(&w, "box", "p1.tif", "one, scanned again");
	check_pages(&w, "box", "1:p1.tif? 2:p2.tif ");
	check_int(read_all(&w), 1);
	close_world(&w);
}

TEST(what_an_archive_no_longer_holds_is_superseded)
{
	struct world w;
	int64_t zip;

	open_world(&w);
	zip = begin(&w, "box.zip");
	add(&w, zip, "box", "", "p1.tif", "one");
	add(&w, zip, "box", "", "p2.tif", "two");
	check_int(rc_ledger_source_done(w.l, zip, NULL), RC_OK);
	check_int(begin(&w, "box.zip"), zip);
	add(&w, zip, "box", "", "p2.tif", "two");
	check_pages(&w, "box", "1:p1.tif? 2:p2.tif? ");         /* until it was read to its end */
	check_int(rc_ledger_source_done(w.l, zip, NULL), RC_OK);
	check_pages(&w, "box", "1:p2.tif? ");
	close_world(&w);
}

/* ---- claims on one page --------------------------------------------------------------------------------------- */

TEST(two_scans_for_one_page_are_both_in_conflict)
{
	struct world w;
	int64_t a, b;

	open_world(&w);
	a = begin(&w, "a.tif");
	b = begin(&w, "b.tif");
	add(&w, a, "item", "7", "a.tif", "one");
	add(&w, b, "item", "7", "b.tif", "another");
	check_pages(&w, "item", "1:a.tif! 2:b.tif! ");
	check_int(read_all(&w), 0);
	check_int(count(&w, RC_COUNT_QUARANTINED), 2);

	/* one of them goes: the other can be believed again */
	check_int(rc_ledger_source_done(w.l, a, NULL), RC_OK);
	check_int(begin(&w, "b.tif"), b);
	check_int(rc_ledger_source_done(w.l, b, NULL), RC_OK);
	check_pages(&w, "item", "1:a.tif? ");
	check_int(read_all(&w), 1);
	close_world(&w);
}

TEST(the_same_scan_twice_for_one_page_is_one_page)
{
	struct world w;
	int64_t a, b;

	open_world(&w);
	a = begin(&w, "a.tif");
	b = begin(&w, "b.tif");
	add(&w, a, "item", "7", "a.tif", "one");
	add(&w, b, "item", "7", "b.tif", "one");
	check_pages(&w, "item", "1:a.tif? ");
	check_int(count(&w, RC_COUNT_PENDING), 1);
	check_int(count(&w, RC_COUNT_FILES_WITH_PAGES), 2);
	close_world(&w);
}

TEST(two_members_of_one_name_do_not_hide_each_other)
{
	struct world w;
	int64_t tar;

	open_world(&w);
	tar = begin(&w, "box.tar");
	add(&w, tar, "box", "", "p1.tif", "one");
	add(&w, tar, "box", "", "p1.tif", "another");
	check_int(rc_ledger_source_done(w.l, tar, NULL), RC_OK);
	check_int(count(&w, RC_COUNT_QUARANTINED), 2);
	close_world(&w);
}

/* ---- keys ---------------------------------------------------------------------------------------------------- */

TEST(a_changed_setting_redoes_and_changing_it_back_does_not)
{
	struct world w;

	open_world(&w);
	add_file(&w, "box", "p1.tif", "one");
	check_int(read_all(&w), 1);
	use(&w, "other settings", "program", false);
	check_int(count(&w, RC_COUNT_PENDING), 1);
	check_int(read_all(&w), 1);
	use(&w, "settings", "program", false);
	check_int(count(&w, RC_COUNT_DONE), 1);
	check_int(read_all(&w), 0);
	close_world(&w);
}

TEST(a_changed_program_leaves_results_in_use_and_marks_them_stale)
{
	struct world w;
	int64_t n = 0;

	open_world(&w);
	add_file(&w, "box", "p1.tif", "one");
	add_file(&w, "box", "p2.tif", "two");
	check_int(read_all(&w), 2);
	check_int(rc_ledger_stale(w.l), 0);
	use(&w, "settings", "newer program", false);
	check_int(count(&w, RC_COUNT_DONE), 2);
	check_int(rc_ledger_stale(w.l), 2);
	check_int(rc_ledger_upgrade(w.l, &n, NULL), RC_OK);
	check_int(n, 2);
	check_int(read_all(&w), 2);
	check_int(rc_ledger_stale(w.l), 0);
	close_world(&w);
}

TEST(images_for_shards_are_made_without_reading_again)
{
	struct world w;
	struct rc_claim c = { 0 };

	open_world(&w);
	add_file(&w, "box", "p1.tif", "one");
	check_int(read_all(&w), 1);
	use(&w, "settings", "program", true);
	check_int(rc_ledger_claim(w.l, NULL, false, &c, NULL), RC_OK);
	check(!c.want_read);
	check(c.want_image);
	rc_claim_clear(&c);
	check_int(read_all(&w), 1);
	use(&w, "settings", "program", false);
	check_int(count(&w, RC_COUNT_DONE), 1);
	close_world(&w);
}

/* ---- failures -------------------------------------------------------------------------------------------------- */

TEST(a_bad_page_is_kept_under_its_key_until_somebody_retries)
{
	struct world w;
	int64_t pages = 0, sources = 0;

	open_world(&w);
	add_file(&w, "box", "p1.tif", "torn");
	fail_first(&w, false, RC_WHY_DECODE, false);
	check_int(count(&w, RC_COUNT_QUARANTINED), 1);
	add_file(&w, "copy", "p1-copy.tif", "torn");
	check_int(count(&w, RC_COUNT_QUARANTINED), 2);          /* known to be bad, not tried again */
	check_int(read_all(&w), 0);

	check_int(rc_ledger_retry(w.l, "timeout", &pages, &sources, NULL), RC_OK);
	check_int(pages, 0);
	check_int(rc_ledger_retry(w.l, "decode", &pages, &sources, NULL), RC_OK);
	check_int(count(&w, RC_COUNT_PENDING), 2);
	check_int(read_all(&w), 1);
	check_int(count(&w, RC_COUNT_DONE), 2);
	close_world(&w);
}

TEST(a_page_that_killed_its_worker_waits_to_be_tried_alone)
{
	struct world w;

	open_world(&w);
	add_file(&w, "box", "p1.tif", "heavy");
	add_file(&w, "box", "p2.tif", "light");
	fail_first(&w, false, RC_WHY_MEMORY, true);
	check_int(count(&w, RC_COUNT_ALONE), 1);
	check_int(read_all(&w), 1);                             /* the others first */
	check_int(count(&w, RC_COUNT_ALONE), 1);
	fail_first(&w, true, RC_WHY_MEMORY, false);
	check_int(count(&w, RC_COUNT_ALONE), 0);
	check_int(count(&w, RC_COUNT_QUARANTINED), 1);
	close_world(&w);
}

static enum rc_status note_trouble(void *ctx, const struct rc_trouble *t, struct rc_err *err)
{
	rc_buf_addf(ctx, "%s%s ", t->present ? "+" : "-", t->name);
	return RC_OK;
}

TEST(a_source_that_is_there_again_needs_no_retry)
{
	struct world w;
	struct rc_claim c = { 0 };
	struct rc_err why;

	open_world(&w);
	add_file(&w, "box", "p1.tif", "one");
	check_int(rc_ledger_claim(w.l, NULL, false, &c, NULL), RC_OK);
	(void)rc_fail(&why, RC_PAGE_FAILED, RC_WHY_CHANGED, "it changed");
	check_int(rc_ledger_page_bad(w.l, c.page, &why, NULL), RC_OK);
	check_pages(&w, "box", "1:p1.tif! ");
	rc_claim_clear(&c);
	check_int(rc_ledger_source_same(w.l, 1, 2, NULL), RC_OK);       /* the same bytes with a new time */
	check_pages(&w, "box", "1:p1.tif? ");
	check_int(read_all(&w), 1);
	close_world(&w);
}

TEST(every_change_of_the_quarantine_is_told_once)
{
	struct world w;
	RC_OWN_BUF told = RC_BUF(10000);
	struct rc_err why;
	int64_t pages, sources, bad;

	open_world(&w);
	add_file(&w, "box", "p1.tif", "torn");
	fail_first(&w, false, RC_WHY_DECODE, false);
	(void)rc_fail(&why, RC_PAGE_FAILED, RC_WHY_ENCRYPTED, "needs a password");
	bad = begin(&w, "locked.zip");
	check_int(rc_ledger_fault(w.l, bad, NULL, &why, NULL), RC_OK);
	check_int(rc_ledger_source_done(w.l, bad, NULL), RC_OK);
	check_int(rc_ledger_each_notice(w.l, note_trouble, &told, NULL), RC_OK);
	check_int(rc_ledger_each_notice(w.l, note_trouble, &told, NULL), RC_OK);
	check_str(told.data, "+box.1.txt +source.1.txt ");
	check_int(count(&w, RC_COUNT_FILES_FAILED), 1);

	rc_buf_clear(&told);
	check_int(rc_ledger_retry(w.l, NULL, &pages, &sources, NULL), RC_OK);
	check_int(pages, 1);
	check_int(sources, 1);
	begin(&w, "locked.zip");
	check_int(rc_ledger_source_done(w.l, bad, NULL), RC_OK);
	check_int(rc_ledger_each_notice(w.l, note_trouble, &told, NULL), RC_OK);
	check_str(told.data, "-box.1.txt -source.1.txt ");
	close_world(&w);
}

TEST(a_row_number_used_again_leaves_no_file_of_the_old_page)
{
	struct world w;
	RC_OWN_BUF told = RC_BUF(1000);

	open_world(&w);
	add_file(&w, "old", "p1.tif", "one");
	fail_first(&w, false, RC_WHY_DECODE, false);
	check_int(rc_ledger_each_notice(w.l, note_trouble, &told, NULL), RC_OK);
	check_str(told.data, "+old.1.txt ");
	rc_buf_clear(&told);
	add_file(&w, "new", "p1.tif", "one");                   /* the same scan, now of another item */
	check_int(rc_ledger_each_notice(w.l, note_trouble, &told, NULL), RC_OK);
	check_contains(told.data, "-old.1.txt ");
	check_contains(told.data, "+new.1.txt ");
	close_world(&w);
}

/* ---- items ------------------------------------------------------------------------------------------------------ */

TEST(an_item_is_recorded_when_its_last_page_came_to_its_end)
{
	struct world w;

	open_world(&w);
	add_file(&w, "b", "b1.tif", "b1");
	add_file(&w, "a", "a1.tif", "a1");
	add_file(&w, "a", "a2.tif", "a2");
	check_items(&w, RC_ITEMS_READY, false, "");
	fail_first(&w, false, RC_WHY_DECODE, false);            /* b1 */
	check_items(&w, RC_ITEMS_READY, false, "b ");
	check_int(read_all(&w), 2);
	check_items(&w, RC_ITEMS_UNRECORDED, true, "a b ");
	check_items(&w, RC_ITEMS_UNRECORDED, true, "");
	check_items(&w, RC_ITEMS_RECORDED, false, "a b ");
	check_int(count(&w, RC_COUNT_RECORDS), 2);
	add_file(&w, "a", "a3.tif", "a3");
	check_int(read_all(&w), 1);
	check_items(&w, RC_ITEMS_UNRECORDED, true, "a ");
	close_world(&w);
}

TEST(a_result_that_came_out_the_same_is_no_reason_for_a_new_record)
{
	struct world w;
	int64_t n;

	open_world(&w);
	add_file(&w, "a", "a1.tif", "a1");
	read_all(&w);
	check_items(&w, RC_ITEMS_UNRECORDED, true, "a ");
	use(&w, "settings", "newer program", false);
	rc_ledger_upgrade(w.l, &n, NULL);
	check_int(read_all(&w), 1);
	check_items(&w, RC_ITEMS_UNRECORDED, true, "");
	close_world(&w);
}

TEST(ranked_items_come_in_the_order_of_their_rank)
{
	struct world w;

	open_world(&w);
	for (const char *const *name = (const char *const[]){ "a", "b", "c", NULL }; *name; name++)
		add_file(&w, *name, *name, *name);
	check_int(rc_ledger_decide(w.l, "a", "{\"split\":\"train\"}", "\2", 1, NULL), RC_OK);
	check_int(rc_ledger_decide(w.l, "b", "{}", NULL, 0, NULL), RC_OK);
	check_int(rc_ledger_decide(w.l, "c", "{}", "\1\377", 2, NULL), RC_OK);
	check_items(&w, RC_ITEMS_RANKED, false, "c a ");
	check_int(count(&w, RC_COUNT_RANKED), 2);
	close_world(&w);
}

/* ---- accidents ---------------------------------------------------------------------------------------------------- */

TEST(what_a_killed_owner_left_half_written_is_taken_back_also_for_a_reader)
{
	struct world w;
	pid_t child;

	open_world(&w);
	add_file(&w, "box", "p1.tif", "one");
	close_world(&w);
	child = fork();
	if (child == 0) {
		struct world mine = { .keys.identity = strdup("{}") };

		rc_ledger_open("ledger.db", false, &mine.l, NULL);
		use(&mine, "settings", "program", false);
		mine.root = 1;
		rc_db_script(mine.l->db, "PRAGMA cache_size = 1; PRAGMA cache_spill = 1", NULL);
		for (int i = 0; i < 2000; i++) {
			char name[32];

			snprintf(name, sizeof name, "more%d.tif", i);
			add_file(&mine, "box", name, name);
		}
		kill(getpid(), SIGKILL);
	}
	waitpid(child, NULL, 0);
	{
		struct rc_ledger *reader = NULL;

		check_int(rc_ledger_open("ledger.db", true, &reader, NULL), RC_OK);
		check_int(rc_ledger_count(reader, RC_COUNT_PENDING), 1);
		rc_ledger_close(&reader);
	}
}

/* Dies in the moment in which a new ledger gets its tables, a little later each time. */
TEST(a_ledger_whose_making_was_cut_short_can_be_opened)
{
	struct rc_ledger *l = NULL;
	struct rc_db *db = NULL;
	struct rc_err err = { 0 };

	for (int i = 0; i < 40; i++) {
		pid_t child = fork();

		if (child == 0) {
			rc_ledger_open("ledger.db", false, &l, NULL);
			_exit(0);
		}
		nanosleep(&(struct timespec){ .tv_nsec = 400000L * i }, NULL);
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
	}
	check_int(rc_ledger_open("ledger.db", false, &l, &err), RC_OK);
	check_str(err.text, "");
	rc_ledger_close(&l);

	/* What an older program left when it was killed between one table and the next. */
	check_int(rc_db_open("ledger.db", false, &db, &err), RC_OK);
	check_int(rc_db_script(db, "DROP TABLE revision; DROP INDEX page_scan; PRAGMA user_version = 1;"
	                       "ALTER TABLE correction DROP COLUMN beside; ALTER TABLE correction DROP COLUMN before; ALTER TABLE correction DROP COLUMN rank;"
	                       "ALTER TABLE correction DROP COLUMN begins; ALTER TABLE correction DROP COLUMN gone;"
	                       "ALTER TABLE correction DROP COLUMN width; ALTER TABLE correction DROP COLUMN height", &err), RC_OK);
	rc_db_close(&db);
	check_int(rc_ledger_open("ledger.db", false, &l, &err), RC_OK);
	check_str(err.text, "");
	check_int(rc_ledger_revision(l, "x"), 1);
	rc_ledger_close(&l);
}

/* ---- corrections ----------------------------------------------------------------------------------------- */

static const struct rc_box above = { 10, 10, 300, 20 }, typed = { 10, 40, 300, 20 }, below = { 10, 70, 300, 20 };

static void correct(struct world *w, struct rc_correction c)
{
	struct rc_digest scan = digest_of("scan"), file = digest_of("file");

	check_int(rc_ledger_correct(w->l, &scan, 0, &c, &file, NULL), RC_OK);
}

static enum rc_status print_correction(void *ctx, const struct rc_correction *c, struct rc_err *err)
{
	rc_buf_addf(ctx, "%s%s at %d beside %d%s rank %d%s; ", c->text, c->gone ? "gone" : "", c->box.y, c->beside.y, c->before ? " before" : "", c->rank,
	            c->begins ? " begins" : "");
	return RC_OK;
}

static void check_corrections(struct world *w, const char *want)
{
	struct rc_digest scan = digest_of("scan");
	RC_OWN_BUF all = RC_BUF(4096);

	check_int(rc_ledger_each_correction(w->l, &scan, 0, print_correction, &all, NULL), RC_OK);
	check_str(all.data, want);
}

TEST(who_corrects_a_typed_line_leaves_it_where_it_stood)
{
	struct world w;

	open_world(&w);
	correct(&w, (struct rc_correction){ .box = typed, .text = "once", .beside = above, .before = true, .rank = 3, .begins = true });
	correct(&w, (struct rc_correction){ .box = typed, .text = "twice", .rank = 7 });
	check_corrections(&w, "twice at 40 beside 10 before rank 3 begins; ");
	correct(&w, (struct rc_correction){ .box = typed, .text = "moved", .beside = below, .rank = 9 });
	check_corrections(&w, "moved at 40 beside 70 rank 9; ");
	close_world(&w);
}

TEST(a_typed_line_that_was_deleted_keeps_its_place_for_others)
{
	struct world w;

	open_world(&w);
	correct(&w, (struct rc_correction){ .box = typed, .text = "typed", .beside = above, .rank = 3 });
	correct(&w, (struct rc_correction){ .box = below, .text = "next", .beside = typed, .rank = 4 });
	correct(&w, (struct rc_correction){ .box = typed, .text = "", .gone = true, .rank = 1 });
	check_corrections(&w, "gone at 40 beside 10 rank 3; next at 70 beside 40 rank 4; ");
	close_world(&w);
}

TEST(a_line_that_was_read_lends_its_correction_no_place)
{
	struct world w;

	open_world(&w);
	correct(&w, (struct rc_correction){ .box = typed, .text = "once", .rank = 3 });
	correct(&w, (struct rc_correction){ .box = typed, .text = "twice", .rank = 7 });
	check_corrections(&w, "twice at 40 beside 0 rank 7; ");
	close_world(&w);
}

TEST(a_page_costs_the_same_in_a_large_batch)
{
	struct world w;
	struct timespec t[4];
	double first, last;

	open_world(&w);
	for (int i = 0; i < 20000; i++) {
		char item[32], name[32];

		if (i == 0 || i == 1000 || i == 19000)
			clock_gettime(CLOCK_MONOTONIC, &t[i == 0 ? 0 : i == 1000 ? 1 : 2]);
		snprintf(item, sizeof item, "item%d", i / 10);
		snprintf(name, sizeof name, "%d.tif", i);
		add_file(&w, item, name, name);
	}
	clock_gettime(CLOCK_MONOTONIC, &t[3]);
	first = (double)(t[1].tv_sec - t[0].tv_sec) + (double)(t[1].tv_nsec - t[0].tv_nsec) / 1e9;
	last = (double)(t[3].tv_sec - t[2].tv_sec) + (double)(t[3].tv_nsec - t[2].tv_nsec) / 1e9;
	printf("adding a page: %.0f us at first, %.0f us after 19,000\n", first * 1e3, last * 1e3);
	check(last < 4 * first + 0.05);
	close_world(&w);
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
