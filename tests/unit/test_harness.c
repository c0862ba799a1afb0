/* test_harness.c -- does the test framework itself notice what it should? Its own checks run in a process of
 * their own, with their words caught in a file. */
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "core/buf.h"

static int ran;

/* Runs fn apart; its status comes back, and what it said on stderr in `words`. */
static int apart(void (*fn)(void), struct rc_buf *words)
{
	int how = 0;

	fflush(NULL);
	pid_t child = fork();

	if (child == 0) {
		int fd = open("words", O_WRONLY | O_CREAT | O_TRUNC, 0600);

		if (dup2(fd, STDERR_FILENO) < 0)
			abort();
		close(fd);
		fn();
		_exit(3);
	}
	check_int(waitpid(child, &how, 0), child);
	rc_buf_read_file(words, "words", NULL);
	return how;
}

static void wrong_checks(void)
{
	bool any = check(1 == 2) || check_int(1, 2) || check_str("a", "b") || check_str(NULL, "b") ||
	           check_near(NAN, 0, 1) || check_contains("abc", "x") || check_contains(NULL, "x");

	fflush(stderr);
	_exit(any ? 4 : 5);
}

TEST(a_failed_check_says_both_values)
{
	RC_OWN_BUF words = RC_BUF(10000);
	int how = apart(wrong_checks, &words);

	check(WIFEXITED(how) && WEXITSTATUS(how) == 5);
	check_contains(words.data, "a_failed_check_says_both_values: not so: 1 == 2\n");
	check_contains(words.data, "1 is 1, wanted 2\n");
	check_contains(words.data, "\"a\" is \"a\", wanted \"b\"\n");
	check_contains(words.data, "is NULL, wanted \"b\"\n");
	check_contains(words.data, "nan, wanted 0 within 1\n");
	check_contains(words.data, "is \"abc\", without \"x\"\n");
}

static void skip_now(void)
{
	check_skip("no reason");
}

static void fail_then_skip(void)
{
	check_int(1, 2);
	check_skip("too late");
}

TEST(a_skipped_test_is_no_failure_unless_it_failed_before)
{
	RC_OWN_BUF words = RC_BUF(10000);
	int how = apart(skip_now, &words);

	check(WIFEXITED(how) && WEXITSTATUS(how) == 77);
	how = apart(fail_then_skip, &words);
	check(WIFEXITED(how) && WEXITSTATUS(how) == 1);
}

TEST(each_test_has_an_empty_folder)
{
	char here[4096];

	check(getcwd(here, sizeof here) && strstr(here, "check-"));
	check(access("words", F_OK) != 0);
	ran++;
}

TEST(tests_do_not_see_each_other)
{
	check_int(ran, 0);
	check(access(check_root("Makefile"), R_OK) == 0);
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
