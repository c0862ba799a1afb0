/* test_export.c -- records in the formats of others: what every format relies on. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "core/outfile.h"
#include "export/export.h"
#include "export/pages.h"

static struct rc_line line_of(char *text, struct rc_glyph *glyphs, size_t n)
{
	return (struct rc_line){ .box = { 10, 20, 300, 40 }, .direction = RC_DIR_HORIZONTAL, .confidence = 0.5f, .estimated_error = -1,
	                         .text = text, .glyphs = glyphs, .n_glyphs = n };
}

TEST(words_stand_between_spaces_and_know_their_glyphs)
{
	char text[] = "A BC";
	struct rc_glyph glyphs[] = {
		{ .start = 0, .len = 1, .box = { 10, 20, 10, 40 }, .confidence = 1 },
		{ .start = 2, .len = 1, .box = { 40, 22, 10, 30 }, .confidence = 0.5f },
		{ .start = 3, .len = 1, .box = { 60, 20, 10, 40 }, .confidence = 0.7f },
	};
	struct rc_line line = line_of(text, glyphs, 3);
	struct export_word word;
	size_t at = 0;

	check(export_next_word(&line, &at, &word));
	check_int(word.end, 1);
	check_near(word.confidence, 1, 1e-6);
	check(export_next_word(&line, &at, &word));
	check_int(word.start, 2);
	check_int(word.box.x, 40);
	check_int(word.box.w, 30);
	check_int(word.box.h, 40);
	check_near(word.confidence, 0.6, 1e-6);
	check(!export_next_word(&line, &at, &word));
}

TEST(a_word_without_glyphs_has_the_place_of_its_line)
{
	char text[] = "  \xe5\xad\x97 ";
	struct rc_line line = line_of(text, NULL, 0);
	struct export_word word;
	size_t at = 0;

	check(export_next_word(&line, &at, &word));
	check_int(word.end - word.start, 3);
	check_int(word.box.w, 300);
	check_near(word.confidence, 0.5, 1e-6);
	check(!export_next_word(&line, &at, &word));
}

TEST(the_baseline_of_a_column_runs_down_its_middle)
{
	const struct rc_page page = { .width = 1000, .height = 1000 };
	char text[] = "x", points[EXPORT_POINTS];
	struct rc_line line = line_of(text, NULL, 0);

	check_str(export_baseline(points, &page, &line), "10,60 310,60");
	line.direction = RC_DIR_VERTICAL;
	line.box = (struct rc_box){ 10, 20, 40, 300 };
	check_str(export_baseline(points, &page, &line), "30,20 30,320");
	check_str(export_line_points(points, &page, &line), "10,20 50,20 50,320 10,320");
}

TEST(points_of_a_turned_line_stay_on_the_frame)
{
	const struct rc_page page = { .width = 100, .height = 100 };
	char text[] = "x", points[EXPORT_POINTS];
	struct rc_line line = line_of(text, NULL, 0);

	memcpy(line.polygon, (int32_t[]){ -3, 5, 104, 9, 103, 30, -4, 26 }, sizeof line.polygon);
	check(export_line_is_turned(&line));
	check_str(export_line_points(points, &page, &line), "0,5 100,9 100,30 0,26");
}

TEST(a_page_says_how_its_text_is_turned)
{
	struct rc_page page = RC_PAGE_INIT;

	check_near(export_rotation(&page), 0, 1e-9);
	page.to_clean = (struct rc_affine){ 0, -1, 100, 1, 0, 0 };      /* turned clockwise to stand upright */
	check_near(export_rotation(&page), 90, 1e-9);
	page.to_clean = (struct rc_affine){ -1, 0, 100, 0, 1, 0 };      /* mirrored */
	check_near(export_rotation(&page), 0, 1e-9);
}

TEST(files_are_named_after_images_and_no_two_alike)
{
	RC_CLEANUP(export_names_free) struct export_names *names = export_names_new();
	RC_OWN_BUF all = RC_BUF(4096);
	struct record_page pages[] = {
		{ .order = 1, .source = "box/a/p1.tif", .member = "" },
		{ .order = 2, .source = "box/a/p1.tif", .member = "", .frame = 1 },
		{ .order = 3, .source = "box/b.zip", .member = "x/p1.tif" },
		{ .order = 4, .source = "box/.hidden", .member = "" },
	};

	for (size_t i = 0; i < RC_COUNT(pages); i++) {
		export_page_name(names, &pages[i], &all);
		rc_buf_addc(&all, '\n');
	}
	check_str(all.data, "p1\np1.2\np1.00000003\n%2Ehidden\n");
}

static enum rc_status write_some(struct export_item *item, const char *to, struct rc_err *err)
{
	RC_OWN_BUF path = RC_BUF(4096);

	rc_buf_addf(&path, "%s/%s", to, item->created);
	return rc_file_put(path.data, "x", 1, err);
}

static enum rc_status write_half(struct export_item *item, const char *to, struct rc_err *err)
{
	(void)write_some(item, to, err);
	return rc_fail(err, RC_PAGE_FAILED, RC_WHY_FORMAT, "cannot write the other half");
}

static bool there(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

TEST(a_folder_appears_whole_or_stays_as_it_was)
{
	static const char *const holds[] = { "one", "two", NULL };
	const struct export_format good = { .name = "good", .holds = holds, .write = write_some };
	const struct export_format bad = { .name = "bad", .holds = holds, .write = write_half };
	struct export_item item = { .id = "a", .record = "", .created = "one" };
	struct rc_err err;

	check_int(export_item(&bad, &item, "out", &err), RC_PAGE_FAILED);
	check(!there("out/a"));
	check_int(export_item(&good, &item, "out", &err), RC_OK);
	check(there("out/a/one"));
	item.created = "two";
	check_int(export_item(&bad, &item, "out", &err), RC_PAGE_FAILED);
	check(there("out/a/one") && !there("out/a/two"));
	check_int(export_item(&good, &item, "out", &err), RC_OK);
	check(there("out/a/two") && !there("out/a/one"));
	check_int(rmdir("out"), -1);
	check_int(unlink("out/a/two") | rmdir("out/a") | rmdir("out"), 0);     /* nothing else was left */
}

TEST(a_folder_that_no_export_made_is_not_replaced)
{
	static const char *const holds[] = { "one", "t*", NULL };
	const struct export_format format = { .name = "good", .holds = holds, .write = write_some };
	struct export_item item = { .id = "a", .record = "", .created = "one" };
	struct rc_err err;

	check_int(export_item(&format, &item, "out", &err), RC_OK);
	check_int(rc_file_put("out/a/notes.txt", "mine", 4, &err), RC_OK);
	check_int(export_item(&format, &item, "out", &err), RC_PAGE_FAILED);
	check_str(err.text, "cannot replace 'out/a': no export as good has made it, for it holds 'notes.txt'");
	check(there("out/a/notes.txt"));
	check_int(rename("out/a", "out/elsewhere"), 0);
	check_int(symlink("elsewhere", "out/a"), 0);
	check_int(export_item(&format, &item, "out", &err), RC_PAGE_FAILED);
	check(there("out/elsewhere/one") && there("out/elsewhere/notes.txt"));
}

TEST(a_glyph_keeps_to_its_line)
{
	struct rc_glyph glyphs[] = { { .box = { 5, 5, 20, 20 } }, { .box = { 90, 12, 30, 3 } }, { .box = { 200, 300, 5, 5 } } };
	const struct rc_line line = { .box = { 10, 10, 90, 10 }, .glyphs = glyphs, .n_glyphs = 3 };
	static const struct rc_box want[] = { { 10, 10, 15, 10 }, { 90, 12, 10, 3 }, { 99, 19, 1, 1 } };

	for (size_t i = 0; i < 3; i++) {
		struct rc_box got = export_glyph_box(&line, i);

		check(memcmp(&got, &want[i], sizeof got) == 0);
	}
}

TEST(the_outline_of_a_leaning_line_holds_its_glyphs)
{
	struct rc_glyph glyphs[] = { { .start = 0, .len = 1, .box = { 10, 10, 10, 20 } }, { .start = 1, .len = 1, .box = { 80, 30, 20, 20 } } };
	const struct rc_page page = { .width = 200, .height = 100 };
	struct rc_line line = { .box = { 10, 10, 90, 40 }, .polygon = { 10, 10, 100, 30, 100, 50, 10, 30 }, .text = (char[]){ "ab" }, .glyphs = glyphs,
	                        .n_glyphs = 2 };
	RC_OWN_BUF out = RC_BUF(1000);
	RC_OWN_BUF level = RC_BUF(1000);

	export_line_outline(&page, &line, &out);
	check_str(out.data, "10,10 20,10 100,30 100,50 80,50 10,30");
	memset(line.polygon, 0, sizeof line.polygon);
	export_line_outline(&page, &line, &level);
	check_str(level.data, "10,10 100,10 100,50 10,50");
}

TEST(every_format_has_a_name_of_its_own)
{
	for (const struct export_format *f = export_formats; f->name; f++)
		check(export_format_find(f->name) == f);
	check(!export_format_find("word"));
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
