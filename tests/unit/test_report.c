/* test_report.c -- the report: nothing from outside becomes markup, what is doubtful comes first, and what did not change is not
 * written again. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "core/outfile.h"
#include "core/text.h"
#include "report/facts.h"
#include "report/glyphs.h"
#include "report/index.h"
#include "report/look.h"
#include "report/part.h"
#include "report/pictures.h"
#include "report/report.h"
#include "report/script.h"
#include "report/times.h"
#include "common/image.h"
#include "common/orientation.h"

#define MAX (1 << 22)

/* What a part holds, without the call around it. */
static json_t *part_at(const char *path)
{
	RC_OWN_BUF text = RC_BUF(MAX);
	json_t *json = NULL;
	const char *from;

	check_int(rc_buf_read_file(&text, path, NULL), RC_OK);
	check(strncmp(text.data, "redcorpus.part(\"", 16) == 0);
	from = strstr(text.data, "\", ");
	check(from && text.len > 2 && strcmp(text.data + text.len - 2, ")\n") == 0);
	if (from)
		check_int(rc_json_parse(from + 3, text.len - 2 - (size_t)(from + 3 - text.data), path, &json, NULL), RC_OK);
	return json;
}

/* A line with one glyph of `side` pixels for each character, downwards from (x, 0). confidences: percent. */
static struct rc_line *add_line(struct rc_region *region, const char *text, int x, int side, const int *confidences)
{
	struct rc_line *line = rc_region_add_line(region);
	int i = 0;

	line->text = strdup(text);
	line->direction = RC_DIR_VERTICAL;
	for (const char *s = text; *s; i++) {
		const char *start = s;
		struct rc_glyph *g = rc_line_add_glyph(line);

		(void)rc_utf8_next(&s);
		g->start = (uint32_t)(start - text);
		g->len = (uint32_t)(s - start);
		g->box = (struct rc_box){ x, i * side, side, side };
		g->confidence = (float)confidences[i] / 100;
	}
	line->box = (struct rc_box){ x, 0, side, i * side };
	return line;
}

static void set_other(struct rc_glyph *g, const char *text, float confidence)
{
	snprintf(g->others[0].text, sizeof g->others[0].text, "%s", text);
	g->others[0].confidence = confidence;
}

/* ---- text from outside ------------------------------------------------------------------------------------ */

TEST(a_name_cannot_end_the_script_it_stands_in)
{
	static const char name[] = "</script><script>alert(1)</script>&amp;\"'";
	RC_CLEANUP(report_files_free) struct report_files *files = report_files_new("r");
	RC_OWN_JSON data = json_pack("{s:s}", "name", name);
	RC_OWN_BUF text = RC_BUF(MAX);

	check_int(report_files_script(files, "lists/x.js", data, NULL), RC_OK);
	check_int(rc_buf_read_file(&text, "r/lists/x.js", NULL), RC_OK);
	check(!strchr(text.data, '<'));
	check(!strchr(text.data, '&'));
	RC_OWN_JSON back = part_at("r/lists/x.js");

	check_str(rc_json_str(back, "name", ""), name);
}

/* The words of the report are in report.js; a reason without them would show its bare name. */
TEST(every_reason_that_keeps_a_page_back_has_words_in_both_languages)
{
	static const enum rc_reason of_runs[] = { RC_WHY_NONE, RC_WHY_SETTING, RC_WHY_USAGE, RC_WHY_MISSING, RC_WHY_BUSY, RC_WHY_DISK,
		RC_WHY_BUDGET, RC_WHY_STOPPED, RC_WHY_INVALID, RC_WHY_FORMAT, RC_WHY_NETWORK, RC_WHY_BUG };

	for (int r = 0; r < RC_REASON_COUNT; r++) {
		RC_OWN_BUF words = RC_BUF(1 << 10);
		bool of_run = false;

		for (size_t i = 0; i < RC_COUNT(of_runs); i++)
			of_run |= of_runs[i] == (enum rc_reason)r;
		if (of_run)
			continue;
		rc_buf_addf(&words, "\"%s\": { en: \"%s\", zh: \"", rc_reason_name((enum rc_reason)r), rc_reason_meaning((enum rc_reason)r));
		check_contains(report_js, words.data);
	}
}

/* ---- tables ------------------------------------------------------------------------------------------------- */

TEST(a_table_of_millions_of_pages_is_shown_as_far_as_a_browser_can)
{
	RC_CLEANUP(report_files_free) struct report_files *files = report_files_new("r");
	RC_CLEANUP(report_index_free) struct report_index *index = report_index_new(files);
	RC_CLEANUP(rc_outfile_abort) struct rc_outfile *table = NULL;
	RC_OWN_JSON shown = NULL;

	check_int(rc_outfile_open(&table, "r/dat31.tsv", NULL), RC_OK);
	for (int i = 0; i < 3000000; i++)
		rc_outfile_write(table, "item%2F1\tp1\t\n", 13, NULL);
	check_int(rc_outfile_commit(&table, NULL), RC_OK);
	check_int(report_index_table(index, "r", "dat31", NULL), RC_OK);
	check_int(report_index_table(index, "r", "catalogue", NULL), RC_OK);
	check(access("r/lists/catalogue.js", F_OK) != 0);
	shown = part_at("r/lists/dat31.js");
	check_int(json_array_size(shown), 20000);
	check_str(json_string_value(json_array_get(json_array_get(shown, 0), 1)), "p1");
}

/* ---- files -------------------------------------------------------------------------------------------------- */

TEST(a_file_that_did_not_change_is_not_written_again_and_one_that_is_no_longer_part_of_it_goes)
{
	RC_CLEANUP(report_files_free) struct report_files *first = report_files_new("r"), *second = report_files_new("r");
	struct stat before, after;

	check_int(report_files_put(first, "index.html", "i", 1, NULL), RC_OK);
	check_int(report_files_put(first, "pages/ab/abc.js", "one", 3, NULL), RC_OK);
	check_int(report_files_put(first, "pages/ab/old.js", "two", 3, NULL), RC_OK);
	check_int(report_files_put(first, "glyphs/7.js", "three", 5, NULL), RC_OK);
	check_int(rc_file_put("r/dat31.tsv", "x", 1, NULL), RC_OK);
	check_int(rc_file_put("r/pages/ab/" RC_TMP_PREFIX "of-a-run-that-was-killed", "x", 1, NULL), RC_OK);
	check_int(stat("r/pages/ab/abc.js", &before), 0);

	check_int(report_files_put(second, "pages/ab/abc.js", "one", 3, NULL), RC_OK);
	check(!report_files_keep(second, "pages/ab/never.js"));
	check_int(report_files_sweep(second, NULL), RC_OK);
	check_int(stat("r/pages/ab/abc.js", &after), 0);
	check_int(after.st_ino, before.st_ino);
	check(access("r/pages/ab/old.js", F_OK) != 0);
	check(access("r/glyphs/7.js", F_OK) != 0);
	check(access("r/pages/ab/" RC_TMP_PREFIX "of-a-run-that-was-killed", F_OK) != 0);
	check(access("r/index.html", F_OK) == 0);
	check(access("r/dat31.tsv", F_OK) == 0);
}

/* ---- memory --------------------------------------------------------------------------------------------------- */

static struct report_page page_of(const char *item, int64_t order, const char *name)
{
	struct report_page p = { .id = "0123456789abcdef0123", .item = rc_strdup(item), .number = rc_strdup(""), .name = rc_strdup(name),
		.reason = rc_strdup(""), .order = order, .error = 1234, .confidence = 9500, .chars = 7, .lines = 2, .shown = true, .width = 10, .height = 20 };

	return p;
}

static struct rc_digest remember(const char *path)
{
	static const char *const items[] = { "a", "b", "c" };
	struct rc_outfile *f = NULL;
	struct rc_digest digest;

	check_int(rc_outfile_open(&f, path, NULL), RC_OK);
	check_int(report_memory_begin(f, NULL), RC_OK);
	for (size_t i = 0; i < RC_COUNT(items); i++) {
		struct rc_digest key = rc_digest_of(items[i], 1);

		check_int(report_memory_item(f, items[i], &key, NULL), RC_OK);
		for (int k = 0; k < 2; k++) {
			OWN_REPORT_PAGE p = page_of(items[i], k + 1, "p\xff.tif");

			*report_add_glyph(&p) = (struct report_glyph){ .cp = 0x2000b, .other = 0x4e00, .line = 70000, .confidence = 100, .doubt = 35 };
			check_int(report_memory_page(f, &p, NULL), RC_OK);
		}
	}
	digest = rc_outfile_digest(f);
	check_int(rc_outfile_commit(&f, NULL), RC_OK);
	return digest;
}

TEST(what_was_made_is_remembered_to_the_next_run)
{
	struct rc_digest digest = remember("m"), b = rc_digest_of("b", 1), c = rc_digest_of("c", 1);
	RC_CLEANUP(report_memory_close) struct report_memory *m = report_memory_open("m", &digest);
	OWN_REPORT_PAGE p = { .error = -1 };
	OWN_REPORT_PAGE q = { .error = -1 };

	check(!report_memory_find(m, "aa", &b));        /* new, between a and b */
	check(!report_memory_find(m, "b", &c));         /* another key: it must be made anew */
	check(report_memory_find(m, "c", &c));
	check_int(report_memory_next(m, &p, NULL), RC_OK);
	check_int(p.order, 1);
	check_str(p.name, "p\\xff.tif");
	check_int(p.error, 1234);
	check_int(p.n_glyphs, 1);
	check_int(p.glyphs[0].cp, 0x2000b);
	check_int(p.glyphs[0].other, 0x4e00);
	check_int(p.glyphs[0].line, 70000);
	check_int(p.glyphs[0].confidence, 100);
	check_int(p.glyphs[0].doubt, 35);
	check_int(report_memory_next(m, &q, NULL), RC_OK);
	check_int(report_memory_next(m, &q, NULL), RC_SKIP);
	check(!report_memory_find(m, "d", &c));
}

TEST(a_memory_that_is_not_what_was_written_counts_as_none)
{
	struct rc_digest digest = remember("m"), a = rc_digest_of("a", 1);
	RC_CLEANUP(report_memory_close) struct report_memory *missing = report_memory_open("nowhere", &digest);

	check(!report_memory_find(missing, "a", &a));
	check_int(truncate("m", 300), 0);
	RC_CLEANUP(report_memory_close) struct report_memory *torn = report_memory_open("m", &digest);

	check(!report_memory_find(torn, "a", &a));
}

/* ---- glyphs ---------------------------------------------------------------------------------------------------- */

TEST(a_glyph_is_as_doubtful_as_its_confidence_leaves_or_another_reading_claims)
{
	struct rc_glyph g = { .confidence = 0.9f };

	check_int(report_doubt(&g), 10);
	set_other(&g, "x", 0.9f);
	check_int(report_doubt(&g), 50);        /* two readings, equally sure */
	g.confidence = 0.1f;
	check_int(report_doubt(&g), 90);
	g = (struct rc_glyph){ 0 };
	check_int(report_doubt(&g), 100);
}

TEST(doubtful_glyphs_get_images_first_and_then_sure_ones_of_the_same_characters)
{
	struct rc_page page = RC_PAGE_INIT;
	struct rc_region *region = rc_page_add_region(&page);
	RC_OWN_JSON boxes = json_array();
	OWN_REPORT_PAGE facts = { .error = -1 };

	add_line(region, "甲乙丙丁", 100, 30, (int[]){ 99, 40, 98, 30 });
	add_line(region, "乙戊丙甲", 60, 30, (int[]){ 97, 96, 95, 94 });
	report_choose_glyphs(&page, 4, &facts, boxes);
	check_int(facts.n_glyphs, 4);
	check_int(json_array_size(boxes), 4);
	/* 丁 at 30, 乙 at 40 and 甲 at 94 are the most doubtful; 乙 at 97 is a sure one beside them. */
	check_int(facts.glyphs[0].cp, 0x4e59);
	check_int(facts.glyphs[0].doubt, 60);
	check_int(facts.glyphs[1].cp, 0x4e01);
	check_int(facts.glyphs[2].cp, 0x4e59);
	check_int(facts.glyphs[2].confidence, 97);
	check_int(facts.glyphs[3].cp, 0x7532);
	check_int(facts.glyphs[3].line, 1);
	check_int(json_integer_value(json_array_get(json_array_get(boxes, 3), 1)), 90);
	rc_page_clear(&page);
}

static void add_glyphs(struct report_glyphs *g, const char *id, uint32_t cp, const int *doubts, int n)
{
	OWN_REPORT_PAGE p = page_of("item", 1, "p");

	memcpy(p.id, id, REPORT_ID);
	memcpy(p.picture, id, REPORT_ID);
	for (int i = 0; i < n; i++)
		*report_add_glyph(&p) = (struct report_glyph){ .cp = cp, .doubt = (uint8_t)doubts[i], .confidence = (uint8_t)(100 - doubts[i]) };
	report_glyphs_add(g, &p);
}

TEST(glyphs_of_a_character_come_doubtful_ones_first_and_characters_with_many_of_them_too)
{
	RC_CLEANUP(report_files_free) struct report_files *files = report_files_new("r");
	RC_CLEANUP(report_glyphs_free) struct report_glyphs *g = report_glyphs_new(100);
	struct report_glyph_counts counts;

	add_glyphs(g, "aaaaaaaaaaaaaaaaaaaa", 0x4e00, (int[]){ 1, 40, 2 }, 3);
	add_glyphs(g, "bbbbbbbbbbbbbbbbbbbb", 0x4e00, (int[]){ 80 }, 1);
	add_glyphs(g, "cccccccccccccccccccc", 0x9fa5, (int[]){ 90, 91, 92 }, 3);
	add_glyphs(g, "dddddddddddddddddddd", ',', (int[]){ 99, 99, 99, 99 }, 4);
	check_int(report_glyphs_write(g, files, &counts, NULL), RC_OK);
	check_int(counts.characters, 3);
	check_int(counts.glyphs, 11);
	check_int(counts.doubtful, 9);
	RC_OWN_JSON index = part_at("r/glyphs/index.js");
	RC_OWN_JSON file = part_at("r/glyphs/0.js");
	const json_t *first = json_object_get(json_object_get(file, "characters"), "\xe4\xb8\x80");

	check_str(json_string_value(json_array_get(json_array_get(index, 0), 0)), "\xe9\xbe\xa5");
	check_str(json_string_value(json_array_get(json_array_get(index, 2), 0)), ",");         /* marks after characters */
	check_int(json_array_size(first), 4 * 6);
	check_int(json_integer_value(json_array_get(first, 4)), 80);
	size_t page = (size_t)json_integer_value(json_array_get(first, 0));

	check_str(json_string_value(json_array_get(json_array_get(json_object_get(file, "pages"), page), 0)), "bbbbbbbbbbbbbbbbbbbb");
	check_int(json_integer_value(json_array_get(first, 7)), 1);                             /* the second one: cell 1 of page a */
}

TEST(when_there_are_too_many_glyphs_the_sure_ones_are_left_out)
{
	RC_CLEANUP(report_files_free) struct report_files *files = report_files_new("r");
	RC_CLEANUP(report_glyphs_free) struct report_glyphs *g = report_glyphs_new(10);
	struct report_glyph_counts counts;
	int doubts[10];

	for (int page = 0; page < 20; page++) {
		for (int i = 0; i < 10; i++)
			doubts[i] = page == 7 && i < 2 ? 90 : i;
		add_glyphs(g, "aaaaaaaaaaaaaaaaaaaa", 0x4e00, doubts, 10);
	}
	check_int(report_glyphs_write(g, files, &counts, NULL), RC_OK);
	check(counts.glyphs > 0 && counts.glyphs <= 10);
	check_int(counts.glyphs + counts.left_out, 200);
	check_int(counts.doubtful, 2);
}

/* ---- a page ------------------------------------------------------------------------------------------------------ */

TEST(lines_are_drawn_in_the_pixels_of_the_image_and_doubt_stands_at_its_character)
{
	struct record_page page = { .order = 1, .source = "box/p.tif", .member = "", .page = RC_PAGE_INIT };
	struct rc_region *region = rc_page_add_region(&page.page);
	OWN_REPORT_PAGE facts = page_of("box", 1, "p.tif");
	struct rc_line *line = add_line(region, "一A二", 10, 20, (int[]){ 95, 50, 100 });

	set_other(&line->glyphs[2], "\xe4\xb8\x89", 0.5f);
	line->estimated_error = 0.18f;
	page.page.width = 100;
	page.page.height = 200;
	facts.width = 100;
	facts.height = 50;
	/* Turned by a quarter and halved: (x, y) comes to (100 - y / 2, x / 2). */
	RC_OWN_JSON part = report_part(NULL, &page, &facts, rc_affine_to_image(100, 200, 6, 100, 50));
	const json_t *first = json_array_get(json_object_get(part, "lines"), 0), *polygon = json_object_get(first, "p");

	check_int(json_integer_value(json_array_get(polygon, 0)), 100);
	check_int(json_integer_value(json_array_get(polygon, 1)), 5);
	check_int(json_integer_value(json_array_get(polygon, 4)), 70);
	check_int(json_integer_value(json_array_get(polygon, 5)), 15);
	check_str(rc_json_str(first, "s", ""), "一A二");
	check_str(rc_json_str(first, "g", ""), "153");
	check_str(rc_json_str(json_object_get(first, "o"), "2", ""), "\xe4\xb8\x89");
	check_int(rc_json_int(first, "e", -1), 18);
	rc_page_clear(&page.page);
}

TEST(an_image_is_turned_as_its_text_is)
{
	check_int(orientation_of((struct rc_affine){ .a = 0.99, .b = -0.01, .d = 0.01, .e = 0.99 }), 1);
	check_int(orientation_of((struct rc_affine){ .b = -1, .d = 1 }), 6);
	for (int from = 1; from <= 8; from++)
		for (int to = 1; to <= 8; to++) {
			struct rc_affine first = rc_affine_to_image(30, 40, from, from >= 5 ? 40 : 30, from >= 5 ? 30 : 40);
			struct rc_affine second = rc_affine_to_image(30, 40, orientation_between(from, to), 30, 40);
			struct rc_affine both = rc_affine_mul(second, first);

			check_int(orientation_of(both), to);
		}
}

/* ---- images -------------------------------------------------------------------------------------------------------- */

/* Stands for the worker's way out: keeps the last part of every kind. */
struct rc_job_out {
	struct rc_buf bytes, page, glyphs;
	int64_t width, height;
	int parts;
};

enum rc_status rc_job_write(struct rc_job_out *out, const void *bytes, size_t len, struct rc_err *err)
{
	rc_buf_add(&out->bytes, bytes, len);
	return RC_OK;
}

enum rc_status rc_job_emit(struct rc_job_out *out, const json_t *part, struct rc_err *err)
{
	const char *is = rc_json_str(part, "is", "");
	struct rc_buf *to = strcmp(is, "page") == 0 ? &out->page : strcmp(is, "glyphs") == 0 ? &out->glyphs : NULL;

	if (to) {
		rc_buf_free(to);
		*to = out->bytes;
		out->bytes = RC_BUF(MAX);
	}
	if (strcmp(is, "page") == 0) {
		out->width = rc_json_int(part, "width", 0);
		out->height = rc_json_int(part, "height", 0);
	}
	rc_buf_clear(&out->bytes);
	out->parts++;
	return RC_OK;
}

static int gray_at(const struct rc_buf *jpeg, int x, int y)
{
	struct rc_image *image = NULL;
	struct image_info info;
	RC_OWN_BUF png = RC_BUF(MAX);
	int value = -1;

	if (rc_good(image_decode(jpeg->data, jpeg->len, RC_MEDIA_JPEG, 0, "x", &image, &info, NULL))) {
		extern int pixGetPixel(struct Pix *pix, int px, int py, uint32_t *ret);
		uint32_t v = 0;

		(void)pixGetPixel(image_pix(image), x, y, &v);
		value = (int)(v & 0xff);
	}
	image_free(&image);
	return value;
}

/* A white frame with one black square; its glyph's cell shows it, wherever the frame is turned to. */
TEST(a_glyph_is_cut_from_where_it_stands_on_the_frame)
{
	char pgm[64];
	int head = snprintf(pgm, sizeof pgm, "P5 400 200 255\n");
	RC_CLEANUP(rc_free) uint8_t *pixels = malloc(400 * 200);
	RC_CLEANUP(rc_config_free) struct rc_config *cfg = rc_config_new();

	memset(pixels, 255, 400 * 200);
	for (int y = 50; y < 90; y++)
		memset(pixels + y * 400 + 300, 0, 40);
	for (int turn = 1; turn <= 8; turn += 5) {
		struct rc_job_out out = { RC_BUF(MAX), RC_BUF(MAX), RC_BUF(MAX), 0, 0, 0 };
		RC_OWN_FD fd = memfd_create("scan", 0);
		RC_OWN_JSON args = json_pack("{s:s, s:I, s:i, s:i, s:i, s:i, s:i, s:[[i, i, i, i], [i, i, i, i]]}", "media", "image/x-portable-anymap",
		                             "len", (json_int_t)(head + 400 * 200), "turn", turn, "orientation", turn, "width", 400, "height", 200,
		                             "side", 100, "glyphs", 300, 50, 40, 40, 20, 20, 40, 40);

		check(rc_write_all(fd, pgm, (size_t)head) && rc_write_all(fd, pixels, 400 * 200));
		check_int(report_pictures_job(cfg, args, fd, &out, NULL), RC_OK);
		check_int(out.parts, 3);
		check_int(out.width, turn == 1 ? 100 : 50);
		check_int(out.height, turn == 1 ? 50 : 100);
		check(gray_at(&out.glyphs, REPORT_CELL / 2, REPORT_CELL / 2) < 60);             /* the square */
		check(gray_at(&out.glyphs, REPORT_CELL + REPORT_CELL / 2, REPORT_CELL / 2) > 200);      /* paper */
		rc_buf_free(&out.bytes);
		rc_buf_free(&out.page);
		rc_buf_free(&out.glyphs);
	}
}

/* ---- times ----------------------------------------------------------------------------------------------------------- */

TEST(times_of_events_are_understood_and_nonsense_is_not)
{
	check_int(report_seconds("1970-01-02T00:00:05.000Z"), 86405);
	check_int(report_seconds("2026-11-24T11:47:31.594Z"), 1795520851);
	check_int(report_seconds("yesterday"), -1);
	check_int(report_seconds(""), -1);
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
