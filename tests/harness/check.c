/* check.c -- the whole of our unit test framework; check.h says how to use it.
 *
 *   check_register()  called by constructors before main, in source order
 *   check_…_()        compare, print one line when it differs, count
 *   check_main()      fork, an empty folder, the test, exit; then read the exit status
 *
 * A test ends with exit(), so that the leak checker of the sanitizers looks at it. */
#include "check.h"

#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SKIPPED = 77, SECONDS = 300, SHOWN = 2000 };

static struct check_test *tests, **tests_end = &tests;
static const char *running;     /* name of the test, in its process */
static int failures;            /* in its process */
static char start_dir[PATH_MAX];

void check_register(struct check_test *test)
{
	*tests_end = test;
	tests_end = &test->next;
}

static void complain(const char *file, int line)
{
	failures++;
	fprintf(stderr, "%s:%d: %s: ", file, line, running ? running : "?");
}

bool check_true_(const char *file, int line, bool ok, const char *what)
{
	if (!ok) {
		complain(file, line);
		fprintf(stderr, "not so: %s\n", what);
	}
	return ok;
}

bool check_int_(const char *file, int line, int64_t got, int64_t want, const char *what)
{
	if (got != want) {
		complain(file, line);
		fprintf(stderr, "%s is %lld, wanted %lld\n", what, (long long)got, (long long)want);
	}
	return got == want;
}

/* "NULL", or the string in quotes, cut where nobody reads on. */
static void show(const char *string)
{
	if (!string)
		fputs("NULL", stderr);
	else
		fprintf(stderr, "\"%.*s\"%s", SHOWN, string, strlen(string) > SHOWN ? "..." : "");
}

static bool strings(const char *file, int line, bool ok, const char *got, const char *want, const char *what, const char *how)
{
	if (!ok) {
		complain(file, line);
		fprintf(stderr, "%s is ", what);
		show(got);
		fprintf(stderr, ", %s ", how);
		show(want);
		fputc('\n', stderr);
	}
	return ok;
}

bool check_str_(const char *file, int line, const char *got, const char *want, const char *what)
{
	return strings(file, line, got == want || (got && want && strcmp(got, want) == 0), got, want, what, "wanted");
}

bool check_contains_(const char *file, int line, const char *text, const char *part, const char *what)
{
	return strings(file, line, text && part && strstr(text, part), text, part, what, "without");
}

bool check_near_(const char *file, int line, double got, double want, double tolerance, const char *what)
{
	bool ok = fabs(got - want) <= tolerance;        /* false for NaN */

	if (!ok) {
		complain(file, line);
		fprintf(stderr, "%s is %.9g, wanted %.9g within %g\n", what, got, want, tolerance);
	}
	return ok;
}

void check_skip(const char *reason)
{
	printf("skip %s: %s\n", running ? running : "?", reason);
	fflush(NULL);
	_exit(failures ? 1 : SKIPPED);          /* what the test holds is still in use: no leak check */
}

/* A few results stay valid at once, as arguments of one call. */
static char *next_path(void)
{
	static char paths[16][PATH_MAX];
	static unsigned turn;

	return paths[turn++ % 16];
}

const char *check_root(const char *relative)
{
	const char *root = getenv("CHECK_ROOT");
	char *path = next_path();

	if (snprintf(path, PATH_MAX, "%s/%s", root && *root ? root : start_dir, relative) >= PATH_MAX)
		abort();
	return path;
}

const char *check_shared(const char *relative)
{
	char below[PATH_MAX];
	struct stat st;

	if (stat(check_root("../shared/data"), &st) != 0 || !S_ISDIR(st.st_mode))
		return NULL;
	if (snprintf(below, sizeof below, "../shared/data/%s", relative) >= PATH_MAX)
		abort();
	return check_root(below);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
	(void)st, (void)kind, (void)where;
	return remove(path);
}

/* The process of one test: never returns. */
static void __attribute__((noreturn)) run_test(const struct check_test *test, const char *folder)
{
	running = test->name;
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	alarm(SECONDS);
	if (chdir(folder) != 0) {
		perror(folder);
		exit(1);
	}
	test->run();
	exit(failures ? 1 : 0);
}

static int wait_for(pid_t child)
{
	int how = 0;

	while (waitpid(child, &how, 0) < 0)
		if (errno != EINTR)
			abort();
	kill(-child, SIGKILL);          /* whatever the test left running */
	return how;
}

enum outcome { PASSED, FAILED, SKIP };

static enum outcome run_apart(const struct check_test *test, bool keep)
{
	const char *tmp = getenv("TMPDIR");
	char folder[PATH_MAX];

	snprintf(folder, sizeof folder, "%s/check-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	if (!mkdtemp(folder)) {
		perror(folder);
		return FAILED;
	}
	fflush(NULL);
	pid_t child = fork();

	if (child == 0)
		run_test(test, folder);
	if (child < 0) {
		perror("fork");
		return FAILED;
	}
	int how = wait_for(child);

	if (keep)
		printf("%s: kept %s\n", test->name, folder);
	else
		nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	if (WIFSIGNALED(how))
		fprintf(stderr, "%s: killed by %s\n", test->name,
		        WTERMSIG(how) == SIGALRM ? "the clock: it took too long" : strsignal(WTERMSIG(how)));
	if (WIFEXITED(how) && WEXITSTATUS(how) == SKIPPED)
		return SKIP;
	return WIFEXITED(how) && WEXITSTATUS(how) == 0 ? PASSED : FAILED;
}

static void print_summary(const int count[])
{
	printf("%d passed, %d failed", count[PASSED], count[FAILED]);
	if (count[SKIP])
		printf(", %d skipped", count[SKIP]);
	putchar('\n');
}

int check_main(int argc, char **argv)
{
	int count[3] = { 0 }, option;
	bool keep = false;

	if (!getcwd(start_dir, sizeof start_dir)) {
		perror("getcwd");
		return 2;
	}
	while ((option = getopt(argc, argv, "k")) != -1) {
		if (option != 'k')
			return 2;
		keep = true;
	}
	for (const struct check_test *test = tests; test; test = test->next) {
		bool wanted = optind == argc;

		for (int i = optind; i < argc; i++)
			wanted |= strcmp(argv[i], test->name) == 0;
		if (!wanted)
			continue;
		enum outcome outcome = run_apart(test, keep);

		count[outcome]++;
		if (outcome == FAILED)
			fprintf(stderr, "FAILED %s\n", test->name);
	}
	print_summary(count);
	if (count[PASSED] + count[FAILED] + count[SKIP] == 0) {
		fprintf(stderr, "no test has that name\n");
		return 2;
	}
	return count[FAILED] ? 1 : 0;
}
