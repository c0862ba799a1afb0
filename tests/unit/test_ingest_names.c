/* test_ingest_names.c -- names of members and files, patterns, and identities. */
#include <string.h>

#include "check.h"
#include "ingest/identity.h"
#include "ingest/names.h"
#include "ingest/pattern.h"

static const char *decoded(const char *const *names, size_t n, size_t which)
{
	static struct rc_buf out;
	struct ingest_judge judge = { 0 };

	rc_buf_free(&out);
	out = RC_BUF(1000);
	for (size_t i = 0; i < n; i++)
		if (ingest_name_doubtful(names[i]))
			ingest_judge_add(&judge, names[i]);
	ingest_name_decode(&out, names[which], ingest_judge_verdict(&judge));
	return out.data;
}

TEST(utf8_names_are_taken_as_they_are)
{
	const char *names[] = { "红色中华/第1页.jpg", "plain.tif", "r\xC3\xA9sum\xC3\xA9.png" };

	check_str(decoded(names, 3, 0), "红色中华/第1页.jpg");
	check_str(decoded(names, 3, 1), "plain.tif");
	check_str(decoded(names, 3, 2), "résumé.png");
}

TEST(gbk_names_become_right)
{
	/* 红色中华/第12页.jpg, 通知.jpg */
	const char *names[] = { "\xBA\xEC\xC9\xAB\xD6\xD0\xBB\xAA/\xB5\xDA" "12\xD2\xB3.jpg", "\xCD\xA8\xD6\xAA.jpg" };

	check_str(decoded(names, 2, 0), "红色中华/第12页.jpg");
	check_str(decoded(names, 2, 1), "通知.jpg");
}

TEST(big5_names_become_right)
{
	/* 中央蘇區/第1號.jpg; 成功.jpg holds the byte of a backslash */
	const char *names[] = { "\xA4\xA4\xA5\xA1\xC4\xAC\xB0\xCF/\xB2\xC4" "1\xB8\xB9.jpg", "\xA6\xA8\xA5\x5C.jpg" };

	check_str(decoded(names, 2, 0), "中央蘇區/第1號.jpg");
	check_str(decoded(names, 2, 1), "成功.jpg");
}

TEST(a_short_name_alone_is_still_told_by_common_characters)
{
	const char *big5[] = { "\xB2\xC4" "1\xB8\xB9.jpg" }, *gbk[] = { "\xB5\xDA" "1\xBA\xC5.jpg" };

	check_str(decoded(big5, 1, 0), "第1號.jpg");
	check_str(decoded(gbk, 1, 0), "第1号.jpg");
}

TEST(gb18030_with_four_bytes)
{
	/* U+3400, then 页 */
	const char *names[] = { "\x81\x39\xEE\x39\xD2\xB3.tif" };

	check_str(decoded(names, 1, 0), "㐀页.tif");
}

TEST(a_gbk_name_that_looks_like_utf8_follows_its_archive)
{
	/* 联通: both characters are also two-byte UTF-8; beside it 第1页 */
	const char *names[] = { "\xC1\xAA\xCD\xA8.tif", "\xB5\xDA" "1\xD2\xB3.tif" };

	check_str(decoded(names, 2, 0), "联通.tif");
}

TEST(bytes_that_nobody_knows_stay_visible)
{
	const char *names[] = { "a\xFF" "b.tif" };

	check_str(decoded(names, 1, 0), "a\\xffb.tif");
}

static const char *cleaned(const char *name, bool dos)
{
	static struct rc_buf out;
	struct rc_err err = { 0 };

	rc_buf_free(&out);
	out = RC_BUF(RC_MAX_NAME);
	if (ingest_member_path(&out, name, dos, &err) != RC_OK) {
		check_str(rc_reason_name(err.reason), "path");
		return "(refused)";
	}
	return out.data;
}

TEST(no_path_leads_out_of_an_archive)
{
	check_str(cleaned("a/b.tif", false), "a/b.tif");
	check_str(cleaned("./a//./b.tif", false), "a/b.tif");
	check_str(cleaned("a/..b/c...tif", false), "a/..b/c...tif");
	check_str(cleaned("../b.tif", false), "(refused)");
	check_str(cleaned("a/../../b.tif", false), "(refused)");
	check_str(cleaned("a/..", false), "(refused)");
	check_str(cleaned("/etc/passwd", false), "(refused)");
	check_str(cleaned("", false), "(refused)");
	check_str(cleaned("./", false), "(refused)");
	check_str(cleaned("a\\b.tif", true), "a/b.tif");
	check_str(cleaned("a\\..\\..\\b.tif", true), "(refused)");
	check_str(cleaned("C:\\b.tif", true), "(refused)");
	check_str(cleaned("\\b.tif", true), "(refused)");
	check_str(cleaned("a\\b.tif", false), "a\\b.tif");
}

TEST(an_overlong_name_is_refused)
{
	char name[RC_MAX_NAME + 2];

	memset(name, 'a', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	check_str(cleaned(name, false), "(refused)");
}

TEST(what_file_managers_leave_is_junk)
{
	check(ingest_name_is_junk("__MACOSX/a/p1.jpg"));
	check(ingest_name_is_junk("a/.DS_Store"));
	check(ingest_name_is_junk("a/._p1.jpg"));
	check(ingest_name_is_junk("THUMBS.DB"));
	check(!ingest_name_is_junk("a/p1.jpg"));
	check(!ingest_name_is_junk("_MACOSX/p1.jpg"));
}

TEST(stems_of_archives)
{
	check_int(ingest_archive_stem("box.tar.gz"), 3);
	check_int(ingest_archive_stem("box.ZIP"), 3);
	check_int(ingest_archive_stem("p.tif.xz"), 5);
	check_int(ingest_archive_stem("box"), 3);
	check(ingest_name_says_archive("a.tgz"));
	check(!ingest_name_says_archive("a.txt.gz"));
}

/* ---- patterns ------------------------------------------------------------------------------------ */

/* "ITEM PAGE FIELDS", or what is wrong. */
static const char *matched(const char *text, const char *path)
{
	static char out[2000];
	RC_CLEANUP(ingest_pattern_free) struct ingest_pattern *pattern = NULL;
	INGEST_OWN_MATCH match = { 0 };
	RC_OWN_BUF fields = RC_BUF(1000);
	struct rc_err err = { 0 };

	if (ingest_pattern_new(&pattern, text, &err) != RC_OK) {
		check_str(rc_reason_name(err.reason), "setting");
		snprintf(out, sizeof out, "%s", err.text);
	} else if (!ingest_pattern_match(pattern, path, &match)) {
		snprintf(out, sizeof out, "no match");
	} else {
		rc_json_print(&fields, match.fields);
		snprintf(out, sizeof out, "%s %s %s", match.item, match.page, fields.data);
	}
	return out;
}

TEST(a_pattern_takes_item_and_page)
{
	check_str(matched("{fonds}-{catalogue}-{file}-{item}-{page}", "scans/J012-1-0045-003-0007"),
	          "J012-1-0045-003 0007 {\"fonds\":\"J012\",\"catalogue\":\"1\",\"file\":\"0045\",\"item\":\"003\"}");
	check_str(matched("{item}/{page}", "box/003/p7"), "003 p7 {\"item\":\"003\"}");
	check_str(matched("{a}_{page}_{b}", "x_7_y"), "x_y 7 {\"a\":\"x\",\"b\":\"y\"}");
	check_str(matched("{page} {a}", "7 x"), "x 7 {\"a\":\"x\"}");
	check_str(matched("卷{a}第{page}页", "卷三第12页"), "卷三页 12 {\"a\":\"三\"}");
}

TEST(what_does_not_fit_does_not_match)
{
	check_str(matched("{a}-{b}-{page}", "1-2"), "no match");
	check_str(matched("{a}-{b}-{page}", "1-2-3-4"), "no match");
	check_str(matched("{a}-{page}", "-4"), "no match");
	check_str(matched("{a}/{b}/{page}", "1/2"), "no match");
	check_str(matched("x{a}-{page}", "y1-2"), "no match");
}

TEST(a_wrong_pattern_says_what_is_wrong)
{
	check_contains(matched("{a}-{b}", ""), "{page} is missing");
	check_contains(matched("{page}", ""), "besides");
	check_contains(matched("{a}{page}", ""), "between");
	check_contains(matched("{a}-{a}-{page}", ""), "twice");
	check_contains(matched("{a-{page}", ""), "without its '}'");
	check_contains(matched("a}-{page}", ""), "without its '{'");
	check_contains(matched("{}-{page}", ""), "name");
	check_contains(matched("{A b}-{page}", ""), "name");
}

TEST(a_long_name_is_no_bomb)
{
	char path[4001];

	memset(path, '-', sizeof path - 1);
	path[sizeof path - 1] = '\0';
	check_str(matched("{a}-{b}-{c}-{d}-{e}-{page}", path), "no match");
}

/* ---- identity ------------------------------------------------------------------------------------ */

static const char *identified(const char *pattern_text, struct ingest_place place)
{
	static char out[2000];
	RC_CLEANUP(ingest_pattern_free) struct ingest_pattern *pattern = NULL;
	INGEST_OWN_IDENTITY id = { 0 };

	check_int(ingest_pattern_new(&pattern, pattern_text, NULL), RC_OK);
	if (!check(ingest_identify(pattern, &place, &id)))
		return "";
	snprintf(out, sizeof out, "%s %s %s", id.item, *id.number ? id.number : "-", id.order);
	return out;
}
#define PLACE(...) (struct ingest_place){ __VA_ARGS__ }

TEST(the_images_of_a_folder_are_one_item)
{
	check_str(identified("", PLACE(.root_name = "scans", .path = "a/p1.jpg")), "scans%2Fa - p1.jpg");
	check_str(identified("", PLACE(.root_name = "scans", .path = "p1.jpg")), "scans - p1.jpg");
	check_str(identified("", PLACE(.root_name = "p1.jpg", .path = "")), "p1.jpg - p1.jpg");
}

TEST(a_file_of_many_pages_is_its_own_item)
{
	check_str(identified("", PLACE(.root_name = "scans", .path = "a/b.tif", .many = true)), "scans%2Fa%2Fb.tif - b.tif");
	check_str(identified("", PLACE(.root_name = "b.pdf", .path = "", .many = true)), "b.pdf - b.pdf");
}

TEST(archives_are_folders)
{
	check_str(identified("", PLACE(.root_name = "box.zip", .path = "", .members = { "b/p1.jpg" }, .n_members = 1)),
	          "box.zip%2Fb - p1.jpg");
	check_str(identified("", PLACE(.root_name = "s", .path = "x/box.zip", .members = { "in.tar", "p1.jpg" }, .n_members = 2)),
	          "s%2Fx%2Fbox.zip%2Fin.tar - p1.jpg");
}

TEST(patterns_see_archives_and_files_without_suffix)
{
	check_str(identified("{item}/{page}", PLACE(.root_name = "box.tar.gz", .path = "", .members = { "007.tif" }, .n_members = 1)),
	          "box 007 007/box.tar.gz/007.tif");
	check_str(identified("{item}-{page}", PLACE(.root_name = "3-4.tif", .path = "")), "3 4 4/3-4.tif");
	check_str(identified("{item}-{page}", PLACE(.root_name = "s", .path = "cover.tif")), "s - cover.tif");
}

static const char *named(const char *path, const char *taken)
{
	static struct rc_buf out;
	const char *names[] = { taken, "" };

	rc_buf_free(&out);
	out = RC_BUF(RC_MAX_NAME);
	ingest_root_name(&out, path, names, 2);
	return out.data;
}

TEST(roots_of_one_name_get_a_parent)
{
	check_str(named("/a/x/scans", ""), "scans");
	check_str(named("/a/x/scans", "other"), "scans");
	check_str(named("/a/x/scans", "scans"), "x/scans");
	check_str(named("/a/x/scans", "x/scans"), "scans");
	check_str(named("/a/x/scans/", "scans"), "x/scans");
	check_str(named("/x/scans", "x"), "scans");
	check_str(named("/scans", "scans"), "scans~2");
	check_str(named("/", ""), "root");
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
