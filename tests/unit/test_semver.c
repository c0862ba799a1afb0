/* test_semver.c -- versions that say what changed. */
#include "small_corpora.h"

#include "core/outfile.h"
#include "package/semver.h"

static bool says(const char *from, const char *to, enum semver_step step)
{
	struct semver a, b;

	check(semver_parse(from, &a) && semver_parse(to, &b));
	return semver_says(&a, &b, step);
}

TEST(versions_are_read_as_the_standard_has_them)
{
	static const char *const good[] = { "0.0.0", "1.0.0", "10.20.30", "1.0.0-rc.1", "1.0.0-0a.b-c", "1.0.0+001", "1.0.0-x.7+build.5" };
	static const char *const bad[] = { "", "1", "1.0", "01.0.0", "1.00.0", "1.0.0.0", "v1.0.0", "1.0.0-", "1.0.0-a..b", "1.0.0-01", "1.0.0+", "1.0.0 ",
		"draft-0123", "99999999999999999999.0.0" };
	struct semver v;

	for (size_t i = 0; i < RC_COUNT(good); i++)
		check(semver_parse(good[i], &v));
	for (size_t i = 0; i < RC_COUNT(bad); i++)
		check(!semver_parse(bad[i], &v));
	check(semver_parse("10.20.30-rc.1", &v) && v.major == 10 && v.minor == 20 && v.patch == 30 && v.early);
}

TEST(a_number_says_at_least_what_changed)
{
	check(says("1.0.0", "2.0.0", SEMVER_MAJOR));
	check(!says("1.0.0", "1.1.0", SEMVER_MAJOR));
	check(says("1.0.0", "1.1.0", SEMVER_MINOR));
	check(!says("1.0.0", "1.0.1", SEMVER_MINOR));
	check(says("1.0.0", "1.0.1", SEMVER_PATCH));
	check(says("1.0.0", "2.0.0", SEMVER_PATCH));
	check(!says("1.0.0", "1.0.0", SEMVER_PATCH));
	check(says("1.0.0", "1.0.0", SEMVER_NONE));
	check(!says("1.1.0", "1.0.9", SEMVER_NONE));
	check(says("0.1.0", "0.2.0", SEMVER_MAJOR));
	check(says("1.0.0-rc.1", "1.0.0", SEMVER_MAJOR));
}

/* One item more, under a number that speaks of corrections: a warning when it is packaged. Then under one that fits. */
TEST(packaging_warns_when_the_number_does_not_say_what_changed)
{
	make_images();
	struct rc_books *b = books_of(here("batch"), 20, false);

	check_int(make(b), RC_OK);
	fake_books_free(b);
	b = books_of(here("batch"), 21, false);
	rc_config_set(b->cfg, "package.base=batch/corpus/versions/1.0.0/manifest.json", NULL);
	rc_config_set(b->cfg, "corpus.version=1.0.1", NULL);
	check_int(make(b), RC_OK);
	check_contains(b->last_warning, "from '1.0.0' to '1.0.1' is a minor step");
	fake_books_free(b);
	b = books_of(here("batch"), 21, false);
	rc_config_set(b->cfg, "package.base=batch/corpus/versions/1.0.0/manifest.json", NULL);
	rc_config_set(b->cfg, "corpus.version=1.1.0", NULL);
	check_int(make(b), RC_OK);
	check_contains(b->last_warning, "dataset card");
	fake_books_free(b);
	free_images();
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
