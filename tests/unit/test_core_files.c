/* test_core_files.c -- a file appears whole, or does not appear; also when the disk is full. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "core/buf.h"
#include "core/outfile.h"

static bool exists(const char *path)
{
	return access(path, F_OK) == 0;
}

/* Temporaries in a folder. */
static int temporaries(const char *folder)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;
	int count = 0;

	while (dir && (entry = readdir(dir)))
		count += strncmp(entry->d_name, RC_TMP_PREFIX, strlen(RC_TMP_PREFIX)) == 0;
	if (dir)
		closedir(dir);
	return count;
}

static void contains(const char *path, const char *want)
{
	RC_OWN_BUF b = RC_BUF(1 << 20);
	struct rc_err err;

	if (!check(rc_good(rc_buf_read_file(&b, path, &err))))
		return;
	check_str(b.data, want);
}

TEST(a_file_is_not_there_before_commit)
{
	RC_CLEANUP(rc_outfile_abort) struct rc_outfile *f = NULL;
	struct rc_err err;

	check_int(rc_outfile_open(&f, "records/box12/x.xml", &err), RC_OK);
	check_int(rc_outfile_write(f, "<re", 3, &err), RC_OK);
	check_int(rc_outfile_write(f, "cord/>", 6, &err), RC_OK);
	check(!exists("records/box12/x.xml"));
	check_int(temporaries("records/box12"), 1);
	check_int(rc_outfile_commit(&f, &err), RC_OK);
	check(f == NULL);
	contains("records/box12/x.xml", "<record/>");
	check_int(temporaries("records/box12"), 0);
}

TEST(an_aborted_file_leaves_the_old_one)
{
	struct rc_outfile *f = NULL;
	struct rc_err err;

	check_int(rc_file_put("x", "old", 3, &err), RC_OK);
	check_int(rc_outfile_open(&f, "x", &err), RC_OK);
	check_int(rc_outfile_write(f, "new", 3, &err), RC_OK);
	rc_outfile_abort(&f);
	rc_outfile_abort(&f);
	contains("x", "old");
	check_int(temporaries("."), 0);
	check_int(rc_file_put("x", "new", 3, NULL), RC_OK);
	contains("x", "new");
}

TEST(a_file_knows_its_digest_and_may_take_its_name_from_it)
{
	RC_CLEANUP(rc_outfile_abort) struct rc_outfile *f = NULL;
	struct rc_digest whole = rc_digest_of("abcdef", 6), half = rc_digest_of("abc", 3), d;
	struct rc_err err;

	rc_outfile_open(&f, "corpus/unnamed", &err);
	rc_outfile_write(f, "abc", 3, &err);
	d = rc_outfile_digest(f);
	check(rc_digest_equal(&d, &half));
	rc_outfile_write(f, "def", 3, &err);
	d = rc_outfile_digest(f);
	check(rc_digest_equal(&d, &whole));
	check_int(rc_outfile_size(f), 6);
	check_int(rc_outfile_rename(f, "corpus/text/shard-bef57ec7", &err), RC_OK);
	check_int(rc_outfile_commit(&f, &err), RC_OK);
	check(!exists("corpus/unnamed"));
	contains("corpus/text/shard-bef57ec7", "abcdef");
}

TEST(large_and_small_writes_keep_their_order)
{
	enum { BIG = 200000 };
	RC_CLEANUP(rc_outfile_abort) struct rc_outfile *f = NULL;
	RC_OWN_BUF want = RC_BUF(4 * BIG), got = RC_BUF(4 * BIG);
	struct rc_err err;

	rc_outfile_open(&f, "mixed", &err);
	for (int i = 0; i < 3; i++) {
		size_t start = want.len;

		for (int k = 0; k < 10000; k++)
			rc_buf_addf(&want, "%d", k % 7);
		memset(rc_buf_grow(&want, BIG - 10000), 'a' + i, BIG - 10000);
		rc_outfile_write(f, want.data + start, 9999, &err);
		rc_outfile_write(f, want.data + start + 9999, 1, &err);
		rc_outfile_write(f, want.data + start + 10000, BIG - 10000, &err);
	}
	check_int(rc_outfile_commit(&f, &err), RC_OK);
	check_int(rc_buf_read_file(&got, "mixed", &err), RC_OK);
	check_int(got.len, want.len);
	check(memcmp(got.data, want.data, want.len) == 0);
}

TEST(new_files_obey_the_umask)
{
	struct stat st;

	umask(027);
	rc_file_put("x", "", 0, NULL);
	check_int(stat("x", &st), 0);
	check_int(st.st_mode & 0777, 0640);
}

TEST(two_writers_of_one_file_do_not_meet)
{
	struct rc_outfile *one = NULL, *two = NULL;

	rc_outfile_open(&one, "x", NULL);
	rc_outfile_open(&two, "x", NULL);
	check_int(temporaries("."), 2);
	rc_outfile_write(one, "one", 3, NULL);
	rc_outfile_write(two, "two", 3, NULL);
	check_int(rc_outfile_commit(&two, NULL), RC_OK);
	contains("x", "two");
	check_int(rc_outfile_commit(&one, NULL), RC_OK);
	contains("x", "one");
}

TEST(a_file_in_the_way_of_a_folder_is_named)
{
	struct rc_err err;

	rc_file_put("a", "", 0, NULL);
	check_int(rc_file_put("a/b/c", "", 0, &err), RC_RUN_FAILED);
	check_contains(err.text, "cannot make folder 'a': Not a directory");
	check_int(err.reason, RC_WHY_MISSING);
	mkdir("folder", 0700);
	check_int(rc_file_put("folder", "", 0, &err), RC_RUN_FAILED);
	check_contains(err.text, "cannot create 'folder': Is a directory");
	check_int(temporaries("."), 0);
}

TEST(folders_are_made_once_and_found_again)
{
	struct rc_err err;
	struct stat st;

	check_int(rc_make_dirs("a/b/c", &err), RC_OK);
	check_int(rc_make_dirs("a/b/c", &err), RC_OK);
	check_int(rc_make_dirs("a/b//d/", &err), RC_OK);
	check(stat("a/b/d", &st) == 0 && S_ISDIR(st.st_mode));
	check_int(rc_make_dirs("/tmp", &err), RC_OK);
	check_int(rc_make_dirs("", &err), RC_RUN_FAILED);
}

TEST(sweeping_removes_only_temporaries)
{
	rc_file_put(RC_TMP_PREFIX "1-2", "left by a killed process", 24, NULL);
	rc_file_put("rc-tmp-kept", "", 0, NULL);
	rc_file_put("below/" RC_TMP_PREFIX "1", "", 0, NULL);
	rc_sweep_temporaries(".");
	rc_sweep_temporaries("no such folder");
	check_int(temporaries("."), 0);
	check(exists("rc-tmp-kept"));
	check(exists("below/" RC_TMP_PREFIX "1"));
}

/* Mounts a file system of 64 KiB on "full", seen by this test alone; skips where that is not allowed. */
static void small_disk(void)
{
	mkdir("full", 0700);
	if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("small", "full", "tmpfs", 0, "size=64k") != 0)
		check_skip("cannot mount a small file system here");
}

TEST(a_full_disk_leaves_the_old_file_and_nothing_else)
{
	static char much[100000];
	struct rc_err err = { 0 };

	small_disk();
	check_int(rc_file_put("full/x", "old", 3, &err), RC_OK);
	check_int(rc_file_put("full/x", much, sizeof much, &err), RC_RUN_FAILED);
	check_int(err.reason, RC_WHY_DISK);
	check_str(err.text, "cannot write 'full/x': No space left on device");
	contains("full/x", "old");
	check_int(temporaries("full"), 0);
	/* Small writes wait in memory: then commit is who meets the full disk. */
	RC_CLEANUP(rc_outfile_abort) struct rc_outfile *f = NULL;
	enum rc_status status = rc_outfile_open(&f, "full/y", &err);

	for (int i = 0; i < 100 && rc_good(status); i++)
		status = rc_outfile_write(f, much, 1000, &err);
	if (rc_good(status))
		status = rc_outfile_commit(&f, &err);
	check_int(status, RC_RUN_FAILED);
	check_int(err.reason, RC_WHY_DISK);
	rc_outfile_abort(&f);
	check(!exists("full/y"));
	check_int(temporaries("full"), 0);
	check_int(rc_file_put("full/z", "room again", 10, &err), RC_OK);
	umount2("full", MNT_DETACH);
}

TEST(a_limit_on_file_size_is_an_error_like_any_other)
{
	static char much[100000];
	struct rlimit limit = { 1000, 1000 };
	struct rc_err err = { 0 };

	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &limit);
	check_int(rc_file_put("x", much, sizeof much, &err), RC_RUN_FAILED);
	check_int(err.reason, RC_WHY_DISK);
	check_contains(err.text, "File too large");
	check(!exists("x"));
	check_int(temporaries("."), 0);
}

TEST(a_process_killed_while_writing_leaves_only_a_temporary)
{
	int how;

	rc_file_put("x", "old", 3, NULL);
	pid_t child = fork();

	if (child == 0) {
		struct rc_outfile *f = NULL;

		rc_outfile_open(&f, "x", NULL);
		for (;;) {
			static char some[10000];

			rc_outfile_write(f, some, sizeof some, NULL);
			if (rc_outfile_size(f) > 500000)
				raise(SIGKILL);
		}
	}
	check_int(waitpid(child, &how, 0), child);
	contains("x", "old");
	check_int(temporaries("."), 1);
	rc_sweep_temporaries(".");
	check_int(temporaries("."), 0);
}

TEST(closing_keeps_errno)
{
	int fd = 1000;

	errno = ENOSPC;
	rc_close(&fd);
	check_int(errno, ENOSPC);
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
