/* test_bag.c -- bags: a good one is valid, each damage is found by its rule, and nothing leads outside. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "common/bag_parts.h"

struct seen {
	int errors, warnings;
	char rules[1000];           /* codes in their order, '!' after those that are errors */
};

static void on_finding(void *ctx, const struct bag_finding *f)
{
	struct seen *seen = ctx;
	size_t len = strlen(seen->rules);

	*(f->warning ? &seen->warnings : &seen->errors) += 1;
	snprintf(seen->rules + len, sizeof seen->rules - len, "%s%s ", rule_code(f->rule), f->warning ? "" : "!");
}

static struct seen verdict(const char *path)
{
	struct seen seen = { 0 };
	struct rc_err err = { 0 };

	if (!check_int(bag_check(path, on_finding, &seen, NULL, &err), RC_OK))
		check_str(err.text, "");
	return seen;
}

static void expect(const char *path, const char *rules)
{
	struct seen seen = verdict(path);

	check_str(seen.rules, rules);
}

static void put(const char *path, const char *text)
{
	struct rc_err err;

	check_int(rc_file_put(path, text, strlen(text), &err), RC_OK);
}

/* B: a bag of ours with two files. */
static void make_bag(void)
{
	struct bag_writer *bag = bag_begin("B");
	struct rc_err err;

	put("B/data/scans/p2.txt", "two");
	put("B/data/p1.txt", "one");
	bag_info(bag, "External-Identifier", "J001-2-3\n  x");
	bag_info(bag, "Source-Organization", " ");
	check_int(bag_end(bag, &err), RC_OK);
	bag_free(&bag);
}

/* Version 0.97 with one manifest line each, so that one thing can be changed at a time. md5 of "a\n". */
#define A_MD5 "60b725f10c9c85c70d97880dfe8191b3"
static void make_old_bag(const char *manifest)
{
	mkdir("B", 0777);
	put("B/bagit.txt", "BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n");
	put("B/data/a.txt", "a\n");
	put("B/manifest-md5.txt", manifest);
}

TEST(a_bag_of_ours_is_valid_and_says_what_is_in_it)
{
	RC_OWN_BUF info = RC_BUF(1000);
	RC_OWN_BUF manifest = RC_BUF(1000);
	struct rc_err err;

	make_bag();
	expect("B", "");
	check_int(rc_buf_read_file(&info, "B/bag-info.txt", &err), RC_OK);
	check_str(info.data, "External-Identifier: J001-2-3 x\nPayload-Oxum: 6.2\n");
	check_int(rc_buf_read_file(&manifest, "B/manifest-sha256.txt", &err), RC_OK);
	check_contains(manifest.data, "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed  data/p1.txt\n");
}

TEST(each_damage_is_found_by_its_rule)
{
	make_bag();
	put("B/data/p1.txt", "One");
	expect("B", "bag-checksum! bag-checksum! ");
	put("B/data/p1.txt", "one");
	put("B/data/new.txt", "");
	expect("B", "bag-unlisted! ");
	check_int(unlink("B/data/new.txt"), 0);
	check_int(unlink("B/data/scans/p2.txt"), 0);
	expect("B", "bag-missing! ");
}

TEST(an_oxum_that_is_wrong_is_found_when_nothing_else_is)
{
	make_old_bag(A_MD5 "  data/a.txt\n");
	put("B/bag-info.txt", "Payload-Oxum: 2.1\n");
	expect("B", "");
	put("B/bag-info.txt", "Payload-Oxum: 3.1\n");
	expect("B", "bag-oxum! ");
	put("B/bag-info.txt", "Payload-Oxum: 99999999999999999999.1\n");
	expect("B", "bag-info! ");
	put("B/bag-info.txt", "Payload-Oxum: 3.1\n");
	put("B/data/a.txt", "aaa\n");
	expect("B", "bag-checksum! ");
}

TEST(no_path_leads_outside)
{
	static const char *const bad[] = { "/etc/passwd", "../x", "data/../../x", "data/..", "~/x", "~root/x", "C:\\x", "\\\\server\\x",
		"data/a\\..\\..\\x", "data//x", "data/./x", "data/", "", "." };
	static const char *const good[] = { "data/a", "data/..a", "data/a..", "data/%2e%2e/x", "data/a:b", "data/~x", "bag-info.txt" };

	for (size_t i = 0; i < RC_COUNT(bad); i++)
		if (bag_path_is_safe(bad[i]))
			check_str(bad[i], "refused");
	for (size_t i = 0; i < RC_COUNT(good); i++)
		if (!bag_path_is_safe(good[i]))
			check_str(good[i], "allowed");
	put("outside.txt", "a\n");
	make_old_bag(A_MD5 "  data/a.txt\n" A_MD5 "  data/../../outside.txt\n");
	expect("B", "bag-path! ");
}

TEST(a_link_is_not_followed)
{
	put("outside.txt", "a\n");
	make_old_bag(A_MD5 "  data/a.txt\n" A_MD5 "  data/link.txt\n");
	check_int(symlink("../../outside.txt", "B/data/link.txt"), 0);
	expect("B", "bag-special! bag-missing! ");
}

TEST(a_manifest_that_is_a_pipe_does_not_hold_us_up)
{
	make_old_bag("");
	check_int(unlink("B/manifest-md5.txt"), 0);
	check_int(mkfifo("B/manifest-md5.txt", 0666), 0);
	expect("B", "unreadable! bag-special! bag-unlisted! ");
}

TEST(lines_that_are_no_lines_are_told)
{
	make_old_bag(A_MD5 "  data/a.txt\n" A_MD5 "\n" A_MD5 "  \nzz\n" "0" A_MD5 "  data/a.txt\n   \n\n");
	expect("B", "bag-manifest! bag-manifest! bag-manifest! bag-manifest! ");
}

TEST(the_same_line_twice_is_a_warning_before_version_1_and_an_error_since)
{
	make_old_bag(A_MD5 "  data/a.txt\n" A_MD5 " data/a.txt\n");
	expect("B", "bag-duplicate ");
	put("B/bagit.txt", "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");
	expect("B", "bag-duplicate! ");
}

TEST(a_manifest_that_names_one_file_again_and_again_does_not_hold_us_up)
{
	static const char line[] = "f97c5d29941bfb1b2fdab0874906ab82  data/p1.txt\n";
	RC_OWN_BUF manifest = RC_BUF(100 << 20);
	struct seen seen;

	for (int i = 0; i < 200000; i++)
		rc_buf_adds(&manifest, line);
	put("B/bagit.txt", "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");
	put("B/data/p1.txt", "one");
	put("B/manifest-md5.txt", manifest.data);
	seen = verdict("B");
	check_int(seen.errors, 199999);
	check_int(seen.warnings, 0);
}

TEST(what_is_to_be_fetched_is_said_to_be_missing)
{
	struct seen seen = { 0 };
	struct bag_facts facts;
	struct rc_err err;

	make_old_bag(A_MD5 "  data/a.txt\n" A_MD5 "  data/far.txt\n");
	put("B/fetch.txt", "https://example.org/far.txt 2 data/far.txt\n");
	check_int(bag_check("B", on_finding, &seen, &facts, &err), RC_OK);
	check_str(seen.rules, "bag-missing! ");
	check_int(facts.n_to_fetch, 1);
	put("B/fetch.txt", "https://example.org/far.txt - data/other.txt\nhttps://example.org two data/far.txt\n");
	expect("B", "bag-fetch! bag-fetch! bag-missing! ");
}

TEST(names_may_come_in_another_unicode_form_or_case)
{
	make_old_bag(A_MD5 "  data/a.txt\n" A_MD5 "  data/Caf\xC3\xA9.txt\n" A_MD5 "  data/B.TXT\n");
	put("B/data/Cafe\xCC\x81.txt", "a\n");
	put("B/data/b.txt", "a\n");
	expect("B", "bag-spelling bag-spelling ");
	put("B/data/b.txt", "other\n");
	expect("B", "bag-missing! bag-spelling bag-unlisted! ");
}

TEST(ends_of_line_and_percent_signs_are_decoded)
{
	make_old_bag(A_MD5 "  data/a.txt\r\n" A_MD5 "  data/new%0aline\r" A_MD5 "\tdata/50%25\n");
	put("B/data/new\nline", "a\n");
	put("B/data/50%25", "a\n");
	expect("B", "");                /* 0.97 knows no %25 */
	put("B/bagit.txt", "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");
	expect("B", "bag-form ");       /* 1.0 does, and this is what old tools write */
	check_int(rename("B/data/50%25", "B/data/50%"), 0);
	expect("B", "");
}

TEST(tag_files_may_be_in_gb18030)
{
	make_old_bag(A_MD5 "  data/a.txt\n" A_MD5 "  data/\xB2\xBC\xB8\xE6.txt\n");
	put("B/bagit.txt", "BagIt-Version: 0.97\nTag-File-Character-Encoding: GB18030\n");
	put("B/data/布告.txt", "a\n");
	expect("B", "");
	put("B/bagit.txt", "BagIt-Version: 0.97\nTag-File-Character-Encoding: KLINGON\n");
	expect("B", "bag-encoding! ");
}

TEST(text_that_is_cut_or_has_zeros_is_no_text)
{
	RC_OWN_BUF out = RC_BUF(1000);
	bool marked;

	check(!bag_decode(BAG_UTF8, "a\0b", 3, &out, &marked));
	check(!bag_decode(BAG_UTF8, "\xE5\xB8", 2, &out, &marked));
	check(!bag_decode(BAG_UTF16, "\xFE\xFF\0", 3, &out, &marked));
	check(!bag_decode(BAG_UTF16, "\xFE\xFF\xD8\x00", 4, &out, &marked));
	check(!bag_decode(BAG_UTF16, "\xFE\xFF\xDC\x00\xD8\x00", 6, &out, &marked));
	rc_buf_clear(&out);
	check(bag_decode(BAG_UTF16, "\xFF\xFE" "a\0\r\0\n\0\x40\xD8\x0B\xDC", 12, &out, &marked));
	check_str(out.data, "a\n\xF0\xA0\x80\x8B");
}

TEST(names_that_would_end_a_line_are_encoded)
{
	struct bag_writer *bag = bag_begin("B");
	RC_OWN_BUF manifest = RC_BUF(1000);
	struct rc_err err;

	put("B/data/50%/a\nb", "one");
	check_int(bag_end(bag, &err), RC_OK);
	bag_free(&bag);
	expect("B", "");
	check_int(rc_buf_read_file(&manifest, "B/manifest-sha256.txt", &err), RC_OK);
	check_contains(manifest.data, "  data/50%25/a%0Ab\n");
}

TEST(a_link_is_no_payload)
{
	struct bag_writer *bag = bag_begin("B");
	struct rc_err err;

	put("B/data/a", "one");
	check_int(symlink("a", "B/data/b"), 0);
	check_int(bag_end(bag, &err), RC_RUN_FAILED);
	check_int(access("B/bagit.txt", F_OK), -1);
	bag_free(&bag);
}

/* Each folder of the suite says what its bags are. */
static int walk_suite(const char *part, bool valid, bool warned)
{
	RC_OWN_BUF command = RC_BUF(10000);
	char line[1000];
	int n = 0;

	rc_buf_addf(&command, "ls -d '%s'/%s/*/", check_shared("standards/bagit-conformance"), part);
	FILE *list = popen(command.data, "r");

	while (list && fgets(line, sizeof line, list)) {
		line[strcspn(line, "\n")] = '\0';
		struct seen seen = verdict(line);
		bool right = (seen.errors == 0) == valid && (!warned || seen.warnings > 0);

		printf("    %-8s %-32s %s\n", seen.errors ? "invalid" : seen.warnings ? "warning" : "valid", seen.rules, strstr(line, "conformance/") + 12);
		if (!right)
			check_str(line, valid ? "valid" : "invalid");
		n++;
	}
	if (list)
		pclose(list);
	return n;
}

TEST(the_conformance_suite_gets_its_verdicts)
{
	if (!check_shared("standards/bagit-conformance"))
		check_skip("no BagIt conformance suite in ../shared/data/standards");
	int n = walk_suite("v0.97/valid", true, false) + walk_suite("v1.0/valid", true, false);

	n += walk_suite("v0.97/warning", true, true);
	n += walk_suite("v0.97/invalid", false, false) + walk_suite("v1.0/invalid", false, false);
	n += walk_suite("v0.97/linux-only", false, false) + walk_suite("v0.97/windows-only", false, false);
	check_int(n, 46);
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
