/* test_gc.c -- what something refers to is there after a collection, whatever happened; the rest is not. */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "core/outfile.h"
#include "run/gc.h"
#include "run/stop.h"

static struct rc_batch batch;   /* nobody owns it: quarantine/ is left alone */

static struct rc_books open_place(void)
{
	struct rc_books b = { .batch = &batch };
	struct rc_err err = { 0 };

	check_int(rc_ledger_open("ledger.db", false, &b.ledger, &err), RC_OK);
	check_int(rc_store_open("objects", b.ledger, true, &b.store, &err), RC_OK);
	check_str(err.text, "");
	return b;
}

static void close_place(struct rc_books *b)
{
	check_int(rc_books_commit(b, NULL), RC_OK);
	rc_store_close(&b->store);
	rc_ledger_close(&b->ledger);
}

static struct rc_digest keep(struct rc_books *b, const char *text)
{
	struct rc_digest d = { { 0 } };

	check_int(rc_store_add(b->store, text, strlen(text), "record", &d, NULL), RC_OK);
	return d;
}

/* Something refers to it: it is an old record of some item. */
static struct rc_digest keep_wanted(struct rc_books *b, const char *text)
{
	static int64_t number;
	struct rc_digest d = keep(b, text);

	check_int(rc_db_do(b->ledger->db, NULL, "INSERT INTO revision (item, number, record) VALUES (1, ?, ?)", DB_INT(++number), DB_SHA(&d)), RC_OK);
	return d;
}

static void check_kept(struct rc_books *b, const struct rc_digest *d, const char *text)
{
	RC_OWN_BUF got = RC_BUF(1 << 20);
	struct rc_err err = { 0 };

	check_int(rc_store_read(b->store, d, &got, &err), RC_OK);
	check_str(err.text, "");
	check_str(got.data, text);
}

static struct rc_gc_report collect(struct rc_books *b, bool dry)
{
	struct rc_gc_report report = { 0 };
	struct rc_err err = { 0 };

	check_int(rc_gc(b, &(struct rc_gc_wish){ .dry = dry }, &report, &err), RC_OK);
	check_str(err.text, "");
	return report;
}

static int64_t pack_size(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? st.st_size : -1;
}

TEST(what_is_wanted_stays_and_the_rest_goes)
{
	struct rc_books b = open_place();
	struct rc_digest wanted = keep_wanted(&b, "an old record"), other = keep(&b, "a result of other settings"), last = keep_wanted(&b, "another old record");
	struct rc_gc_report r;

	check_int(rc_books_commit(&b, NULL), RC_OK);
	r = collect(&b, false);
	check_int(r.objects, 1);
	check_str(r.dropped[0].kind, "record");
	check_int(r.thinned, 1);
	check_int(pack_size("objects/000001.pack"), -1);
	check_int(r.stored - r.bytes, pack_size("objects/000002.pack"));
	check(!rc_store_has(b.store, &other));
	close_place(&b);

	b = open_place();
	check_kept(&b, &wanted, "an old record");
	check_kept(&b, &last, "another old record");
	check(!rc_store_has(b.store, &other));
	check_int(collect(&b, false).objects, 0);
	check_int(pack_size("objects/000003.pack"), -1);        /* nothing to drop, nothing written */
	close_place(&b);
}

TEST(who_only_asks_changes_nothing)
{
	struct rc_books b = open_place();
	struct rc_digest other = keep(&b, "nobody wants it");
	int64_t size;

	check_int(rc_books_commit(&b, NULL), RC_OK);
	size = pack_size("objects/000001.pack");
	check_int(collect(&b, true).bytes, size);
	check_int(pack_size("objects/000001.pack"), size);
	check_int(pack_size("objects/000002.pack"), -1);
	check_kept(&b, &other, "nobody wants it");
	close_place(&b);
}

TEST(the_number_of_a_pack_never_comes_back)
{
	struct rc_books b = open_place();
	struct rc_digest again;

	keep(&b, "nobody wants it");
	check_int(rc_books_commit(&b, NULL), RC_OK);
	check_int(collect(&b, false).thinned, 1);
	close_place(&b);
	b = open_place();
	again = keep(&b, "the next object");
	check_int(pack_size("objects/000001.pack"), -1);
	check(pack_size("objects/000002.pack") > 0);
	check_kept(&b, &again, "the next object");
	close_place(&b);
}

TEST(copies_that_a_killed_collection_left_are_dropped_by_the_next)
{
	struct rc_books b = open_place();
	struct rc_digest wanted = keep_wanted(&b, "an old record");
	struct rc_pack_header h;
	RC_OWN_FD fd = -1;
	int64_t size = 0;

	keep(&b, "nobody wants it");
	check_int(rc_books_commit(&b, NULL), RC_OK);
	check_int(rc_store_open_pack(b.store, 1, &fd, &size, NULL), RC_OK);
	check(rc_pack_header_read(fd, 0, size, &h));
	check_int(rc_store_new_pack(b.store, NULL), RC_OK);
	check_int(rc_store_move(b.store, fd, 0, &h, NULL), RC_OK);
	rc_ledger_rollback(b.ledger);                           /* as if the process had died here */
	rc_store_close(&b.store);
	rc_ledger_close(&b.ledger);

	b = open_place();
	check_kept(&b, &wanted, "an old record");
	check_int(collect(&b, false).objects, 2);               /* the unwanted one, and the copy */
	check_kept(&b, &wanted, "an old record");
	check_int(pack_size("objects/000001.pack"), -1);
	check_int(pack_size("objects/000002.pack"), -1);
	check_int(collect(&b, false).objects, 0);
	close_place(&b);
}

TEST(a_collection_that_is_stopped_loses_nothing_and_can_go_on)
{
	struct rc_books b = open_place();
	struct rc_digest wanted = keep_wanted(&b, "an old record");
	struct rc_gc_report r = { 0 };
	struct rc_err err = { 0 };

	keep(&b, "nobody wants it");
	check_int(rc_books_commit(&b, NULL), RC_OK);
	rc_stop_set(SIGTERM);
	check_int(rc_gc(&b, &(struct rc_gc_wish){ 0 }, &r, &err), RC_RUN_FAILED);
	check_int(err.reason, RC_WHY_STOPPED);
	rc_stop_set(0);
	check_kept(&b, &wanted, "an old record");
	check_int(collect(&b, false).objects, 1);
	check_kept(&b, &wanted, "an old record");
	close_place(&b);
}

TEST(a_pack_with_a_damaged_object_is_left_alone)
{
	struct rc_books b = open_place();
	struct rc_digest wanted = keep_wanted(&b, "an old record"), damaged = keep_wanted(&b, "damaged later");
	struct rc_gc_report r;
	RC_OWN_FD fd = -1;

	keep(&b, "nobody wants it");
	check_int(rc_books_commit(&b, NULL), RC_OK);
	fd = open("objects/000001.pack", O_RDWR);
	check_int(pwrite(fd, "D", 1, 72 + 13 + 72), 1);         /* its first byte, behind another object and two headers */
	r = collect(&b, false);
	check_int(r.damaged, 1);
	check_int(r.objects, 0);
	check_int(r.left_objects, 1);
	check(pack_size("objects/000001.pack") > 0);
	check_kept(&b, &wanted, "an old record");
	check(rc_store_has(b.store, &damaged));                 /* still said to be there, and found to be damaged when read */

	check_int(pwrite(fd, "X", 1, 72 + 13), 1);              /* a header that is none: what lies behind may be wanted */
	r = collect(&b, false);
	check_int(r.damaged, 1);
	check(pack_size("objects/000001.pack") > 0);
	check_kept(&b, &wanted, "an old record");
	close_place(&b);
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
