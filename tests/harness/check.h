/* check.h -- the whole of our unit test framework.
 *
 *     TEST(a_file_appears_whole) { check_int(rc_file_put("x", "a", 1, NULL), RC_OK); }
 *     int main(int argc, char **argv) { return check_main(argc, argv); }
 *
 * Each test runs in a process and an empty temporary folder of its own; a crash fails that test only.
 * `build/…/test_x NAME` runs one; -k keeps the folders. Prints a line per failed check with both values,
 * and "N passed, M failed" at the end (", K skipped" when tests called check_skip). */
#ifndef CHECK_H
#define CHECK_H

#include <stdbool.h>
#include <stdint.h>

struct check_test {
	const char *name;
	void (*run)(void);
	struct check_test *next;
};
void check_register(struct check_test *test);

#define TEST(test_name)                                                          \
	static void test_name(void);                                             \
	static struct check_test test_name##_test = { #test_name, test_name, 0 }; \
	__attribute__((constructor)) static void test_name##_register(void)      \
	{                                                                        \
		check_register(&test_name##_test);                               \
	}                                                                        \
	static void test_name(void)

#define check(cond)              check_true_(__FILE__, __LINE__, (cond), #cond)
#define check_int(got, want)     check_int_(__FILE__, __LINE__, (int64_t)(got), (int64_t)(want), #got)
#define check_str(got, want)     check_str_(__FILE__, __LINE__, (got), (want), #got)
#define check_near(got, want, tolerance) check_near_(__FILE__, __LINE__, (got), (want), (tolerance), #got)
#define check_contains(text, part) check_contains_(__FILE__, __LINE__, (text), (part), #text)

bool check_true_(const char *file, int line, bool ok, const char *what);
bool check_int_(const char *file, int line, int64_t got, int64_t want, const char *what);
bool check_str_(const char *file, int line, const char *got, const char *want, const char *what);
bool check_near_(const char *file, int line, double got, double want, double tolerance, const char *what);
bool check_contains_(const char *file, int line, const char *text, const char *part, const char *what);
/* Ends the test as skipped, with the reason. */
__attribute__((noreturn)) void check_skip(const char *reason);
/* Path of a file of the project ("samples/x.png"), from the environment CHECK_ROOT or the working folder at start. */
const char *check_root(const char *relative);
/* Path below ../shared/data, or NULL when that folder is not there. */
const char *check_shared(const char *relative);
int check_main(int argc, char **argv);

#endif
