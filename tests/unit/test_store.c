/* test_store.c -- what is kept is there again, unchanged, whatever happened to the process or the ledger. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "core/outfile.h"
#include "run/store.h"

/* A disk that cannot be read, while it is set. Stands before the C library's. */
static bool disk_fails;

ssize_t pread(int fd, void *to, size_t len, off_t offset)
{
	if (disk_fails) {
		errno = EIO;
		return -1;
	}
	return pread64(fd, to, len, offset);
}

struct place {                  /* a store and its ledger in the test's folder */
	struct rc_ledger *ledger;
	struct rc_store *store;
};

static struct place open_place(void)
{
	struct place p = { 0 };
	struct rc_err err = { 0 };

	check_int(rc_ledger_open("ledger.db", false, &p.ledger, &err), RC_OK);
	check_int(rc_store_open("objects", p.ledger, true, &p.store, &err), RC_OK);
	check_str(err.text, "");
	return p;
}

static void close_place(struct place *p, bool commit)
{
	if (commit) {
		check_int(rc_store_sync(p->store, NULL), RC_OK);
		check_int(rc_ledger_commit(p->ledger, NULL), RC_OK);
	}
	rc_store_close(&p->store);
	rc_ledger_close(&p->ledger);
}

static struct rc_digest keep(struct place *p, const char *text)
{
	struct rc_digest d = { { 0 } };

	check_int(rc_store_add(p->store, text, strlen(text), "page", &d, NULL), RC_OK);
	return d;
}

static void check_kept(struct place *p, const struct rc_digest *d, const char *text)
{
	RC_OWN_BUF got = RC_BUF(1 << 20);
	struct rc_err err = { 0 };

	check_int(rc_store_read(p->store, d, &got, &err), RC_OK);
	check_str(err.text, "");
	check_str(got.data, text);
}

static int64_t pack_size(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? st.st_size : -1;
}

static char long_text[5000];

static void make_long_text(void)
{
	for (size_t i = 0; i < sizeof long_text - 1; i++)
		long_text[i] = (char)('a' + i % 7);
}

TEST(what_is_kept_can_be_read_again)
{
	struct place p = open_place();
	struct rc_digest small, large, nothing;

	make_long_text();
	small = keep(&p, "a page");
	large = keep(&p, long_text);
	nothing = keep(&p, "");
	close_place(&p, true);
	check(pack_size("objects/000001.pack") < 1000);         /* the long one was packed */

	p = open_place();
	check_kept(&p, &small, "a page");
	check_kept(&p, &large, long_text);
	check_kept(&p, &nothing, "");
	close_place(&p, false);
}

TEST(the_same_bytes_are_kept_once)
{
	struct place p = open_place();
	int64_t size;

	keep(&p, "twice");
	size = pack_size("objects/000001.pack");
	keep(&p, "twice");
	check_int(pack_size("objects/000001.pack"), size);
	close_place(&p, true);
}

TEST(a_scan_can_be_handed_to_a_worker_where_it_lies)
{
	struct place p = open_place();
	RC_OWN_FD fd = -1;
	RC_OWN_FD file = open("scan", O_RDWR | O_CREAT, 0600);
	int64_t offset = 0, len = 0;
	struct rc_digest d;
	char bytes[8] = "";

	check(rc_write_all(file, "II*pixels", 9));
	keep(&p, "something before it");
	check_int(rc_store_add_fd(p.store, file, 9, "scan", &d, NULL), RC_OK);
	check_int(rc_store_open_object(p.store, &d, &fd, &offset, &len, NULL), RC_OK);
	check_int(len, 9);
	check_int(pread(fd, bytes, 6, offset + 3), 6);
	check_str(bytes, "pixels");
	close_place(&p, true);
}

TEST(objects_that_a_killed_process_did_not_index_are_found_again)
{
	struct place p = open_place();
	struct rc_digest first = keep(&p, "committed"), second;

	close_place(&p, true);
	p = open_place();
	second = keep(&p, "in the pack, not in the ledger");
	close_place(&p, false);

	p = open_place();
	check(rc_store_has(p.store, &second));
	check_kept(&p, &first, "committed");
	check_kept(&p, &second, "in the pack, not in the ledger");
	close_place(&p, true);
}

TEST(half_an_object_at_the_end_of_a_pack_is_cut_off)
{
	struct place p = open_place();
	struct rc_digest first = keep(&p, "whole"), torn;
	int64_t size;

	close_place(&p, true);
	size = pack_size("objects/000001.pack");
	p = open_place();
	make_long_text();
	torn = keep(&p, long_text);
	close_place(&p, false);
	check_int(truncate("objects/000001.pack", pack_size("objects/000001.pack") - 1), 0);

	p = open_place();
	check_int(pack_size("objects/000001.pack"), size);
	check(!rc_store_has(p.store, &torn));
	check_kept(&p, &first, "whole");
	keep(&p, long_text);                                    /* and work goes on */
	check_kept(&p, &torn, long_text);
	close_place(&p, true);
}

TEST(a_lost_ledger_is_rebuilt_from_the_packs)
{
	struct place p = open_place();
	struct rc_digest a, b;

	rc_store_set_pack_bytes(p.store, 200);
	a = keep(&p, "in the first pack");
	keep(&p, "also there, perhaps");
	b = keep(&p, "in a later pack");
	close_place(&p, true);
	check(pack_size("objects/000002.pack") > 0);
	check_int(unlink("ledger.db"), 0);
	unlink("ledger.db-journal");

	p = open_place();
	check_kept(&p, &a, "in the first pack");
	check_kept(&p, &b, "in a later pack");
	close_place(&p, true);
}

TEST(a_disk_that_cannot_be_read_costs_no_object_when_a_lost_ledger_is_rebuilt)
{
	struct place p = open_place();
	struct rc_digest d = keep(&p, "a page read before the disk failed");
	struct rc_err err = { 0 };
	int64_t size;

	close_place(&p, true);
	size = pack_size("objects/000001.pack");
	check(size > 0);
	check_int(unlink("ledger.db"), 0);
	check_int(rc_ledger_open("ledger.db", false, &p.ledger, &err), RC_OK);
	disk_fails = true;
	check_int(rc_store_open("objects", p.ledger, true, &p.store, &err), RC_RUN_FAILED);
	disk_fails = false;
	check_int(err.reason, RC_WHY_DISK);
	rc_ledger_close(&p.ledger);
	check_int(pack_size("objects/000001.pack"), size);
	p = open_place();
	check_kept(&p, &d, "a page read before the disk failed");
	close_place(&p, true);
}

TEST(bytes_that_changed_on_disk_are_not_passed_off_as_the_object)
{
	struct place p = open_place();
	RC_OWN_BUF got = RC_BUF(1 << 20);
	struct rc_err err = { 0 };
	struct rc_digest d = keep(&p, "what was read");
	RC_OWN_FD fd = -1;

	close_place(&p, true);
	fd = open("objects/000001.pack", O_RDWR);
	check_int(pwrite(fd, "W", 1, 72), 1);
	p = open_place();
	check_int(rc_store_read(p.store, &d, &got, &err), RC_PAGE_FAILED);
	check_int(err.reason, RC_WHY_CHANGED);
	check_int(got.len, 0);
	close_place(&p, false);
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
