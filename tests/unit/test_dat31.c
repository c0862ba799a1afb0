/* test_dat31.c -- what a scan breaks of DA/T 31-2017. */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "normalize/dat31.h"

static const struct dat31_around alone = { .usual = RC_MEDIA_TIFF, .reference = "" };

static struct rc_page_row scan(const char *path, int dpi, enum rc_media media)
{
	return (struct rc_page_row){
		.entry = { .item = "i", .number = "", .order = "", .member = "", .media = media, .dpi = dpi },
		.root_path = "/box", .root_name = "box", .source_path = path, .place_in_item = 1,
	};
}

static struct rc_page_row good_scan(const char *path)
{
	return scan(path, 300, RC_MEDIA_TIFF);
}

static unsigned look(const struct rc_page_row *row, const struct rc_page *result, const struct dat31_around *around)
{
	struct dat31_page page = dat31_page(row, result);

	return dat31_look(&page, around);
}

TEST(names_are_an_archival_number_and_a_serial_number)
{
	struct dat31_name name;

	check(dat31_name_is_good("3-1-12-0007.tif", &name));
	check_int((int64_t)name.number_len, 6);
	check(strncmp(name.number, "3-1-12", 6) == 0);
	check_int(name.serial, 7);
	check(dat31_name_is_good("box/J012-1-0045-003-0007.jpg", NULL));
	check(dat31_name_is_good("X043-WS·2011-D30-BGS-0026-0001.jp2", NULL));
	check(!dat31_name_is_good("IMG_0007.jpg", NULL));
	check(!dat31_name_is_good("7.tif", NULL));
	check(!dat31_name_is_good("3-0007.tif", NULL));
	check(!dat31_name_is_good("3-1-12-a7.tif", NULL));
	check(!dat31_name_is_good("3--12-0007.tif", NULL));
	check(!dat31_name_is_good("3-1-12-.tif", NULL));
	check(!dat31_name_is_good("3-1-12-99999999999999999999.tif", NULL));
	check(!dat31_name_is_good("", NULL));
}

TEST(a_scan_that_keeps_to_the_standard_has_no_finding)
{
	struct rc_page_row row = good_scan("3-1-12-0001.tif");
	struct rc_page result = RC_PAGE_INIT;

	result.scan = (struct rc_scan){ .bits = 8, .channels = 3, .colour = 0.9f, .tones = 0.9f };
	check_int(look(&row, NULL, &alone), 0);
	check_int(look(&row, &result, &alone), 0);
}

TEST(resolution_is_unknown_low_or_fair)
{
	struct rc_page_row none = scan("3-1-12-0001.tif", 0, RC_MEDIA_TIFF), low = scan("3-1-12-0001.tif", 199, RC_MEDIA_TIFF);
	struct rc_page_row fair = scan("3-1-12-0001.tif", 200, RC_MEDIA_TIFF);

	check_int(look(&none, NULL, &alone), 1 << DAT31_NO_DPI);
	check_int(look(&low, NULL, &alone), 1 << DAT31_LOW_DPI);
	check_int(look(&fair, NULL, &alone), 1 << DAT31_FAIR_DPI);
}

/* A column of n Han glyphs, each so many pixels high. */
static void add_han(struct rc_page *page, int n, int side)
{
	struct rc_line *line = rc_region_add_line(rc_page_add_region(page));

	line->direction = RC_DIR_VERTICAL;
	line->text = rc_strdup("紅");
	for (int i = 0; i < n; i++)
		*rc_line_add_glyph(line) = (struct rc_glyph){ .len = 3, .box = { 0, 0, 3 * side, side } };
}

TEST(a_declared_resolution_is_held_against_the_size_of_glyphs)
{
	static const struct { int n, side, dpi; unsigned finding; } cases[] = {
		{ 60, 44, 302, 0 },
		{ 60, 17, 117, 1u << DAT31_FALSE_DPI },         /* 1.4 mm at 300 dpi */
		{ 60, 150, 1030, 1u << DAT31_FALSE_DPI },       /* 12.7 mm */
		{ 49, 17, 0, 0 },                               /* too few to say */
	};

	for (size_t i = 0; i < RC_COUNT(cases); i++) {
		struct rc_page_row row = good_scan("3-1-12-0001.tif");
		RC_CLEANUP(rc_page_clear) struct rc_page result = RC_PAGE_INIT;

		add_han(&result, cases[i].n, cases[i].side);
		struct dat31_page page = dat31_page(&row, &result);

		check_int(dat31_measured_dpi(&page), cases[i].dpi);
		check_int(dat31_look(&page, &alone), cases[i].finding);
	}
}

TEST(declared_colour_is_held_against_measured)
{
	static const struct { struct rc_scan scan; const char *declared, *measured; unsigned finding; } cases[] = {
		{ { 8, 3, 0.0021f, 0.5f }, "colour", "colour", 0 },
		{ { 8, 3, 0, 0.5f }, "colour", "grey", 1u << DAT31_FALSE_COLOUR },
		{ { 8, 4, 0, 0.0001f }, "colour", "bw", 1u << DAT31_FALSE_COLOUR },
		{ { 8, 1, 0, 0.5f }, "grey", "grey", 1u << DAT31_NO_COLOUR },
		{ { 16, 2, 0, 0.0001f }, "grey", "bw", 1u << DAT31_NO_COLOUR },
		{ { 1, 1, 0, 0 }, "bw", "bw", 1u << DAT31_NO_COLOUR },
		{ { 0, 0, 0, 0 }, "", "", 0 },
	};

	for (size_t i = 0; i < RC_COUNT(cases); i++) {
		struct rc_page_row row = good_scan("3-1-12-0001.tif");
		struct rc_page result = RC_PAGE_INIT;

		result.scan = cases[i].scan;
		check_str(dat31_mode_name(dat31_declared_mode(&result.scan)), cases[i].declared);
		check_str(dat31_mode_name(dat31_measured_mode(&result.scan)), cases[i].measured);
		check_int(look(&row, &result, &alone), cases[i].finding);
	}
}

TEST(a_page_with_a_seal_wants_colour)
{
	struct rc_page_row row = good_scan("3-1-12-0001.tif");
	RC_CLEANUP(rc_page_clear) struct rc_page result = RC_PAGE_INIT;

	rc_page_add_region(&result)->type = RC_REGION_SEAL;
	result.scan = (struct rc_scan){ .bits = 1, .channels = 1 };
	check_int(look(&row, &result, &alone), 1 << DAT31_NO_COLOUR | 1 << DAT31_COLOUR_WANTED);
	result.scan = (struct rc_scan){ .bits = 8, .channels = 3, .tones = 0.5f };
	check_int(look(&row, &result, &alone), 1 << DAT31_FALSE_COLOUR | 1 << DAT31_COLOUR_WANTED);
	result.scan.colour = 0.01f;
	check_int(look(&row, &result, &alone), 0);
}

TEST(one_format_a_batch_and_one_page_a_file)
{
	struct rc_page_row png = scan("3-1-12-0001.png", 300, RC_MEDIA_PNG), second = good_scan("3-1-12-0001.tif");

	second.entry.frame = 1;
	check_int(look(&png, NULL, &alone), 1 << DAT31_FORMAT | 1 << DAT31_MIXED);
	check_int(look(&second, NULL, &alone), 1 << DAT31_MANY);
}

TEST(what_the_pattern_took_apart_has_a_name)
{
	struct rc_page_row row = good_scan("page1.tif");

	check_int(look(&row, NULL, &alone), 1 << DAT31_NAME);
	row.entry.number = "1";
	check_int(look(&row, NULL, &alone), 0);
}

TEST(the_name_is_that_of_the_row)
{
	static const struct { const char *file, *reference; bool same; } cases[] = {
		{ "3-1-12-0001.tif", "3-1-12", true },
		{ "3-1-12-0001.tif", "003-01-0012", true },
		{ "003-01-0012-0001.tif", "3-1-12", true },
		{ "3-1-12-2-0001.tif", "3-1-12", true },        /* a piece of that file */
		{ "3-1-12-0001.tif", "3-1-13", false },
		{ "3-1-120-0001.tif", "3-1-12", false },
		{ "3-1-12-0001.tif", "3-1-12-2", false },
		{ "3-1-12-0001.tif", "", true },
	};

	for (size_t i = 0; i < RC_COUNT(cases); i++) {
		struct rc_page_row row = good_scan(cases[i].file);
		struct dat31_around around = { .usual = RC_MEDIA_TIFF, .reference = cases[i].reference };

		check_int(look(&row, NULL, &around), cases[i].same ? 0 : 1 << DAT31_OTHER_NAME);
	}
}

/* What the second of two pages of an item breaks. */
static unsigned after(const char *first, const char *first_number, const char *second, const char *second_number)
{
	struct rc_page_row a = good_scan(first), b = good_scan(second);

	b.place_in_item = 2;
	a.entry.number = first_number;
	b.entry.number = second_number;
	struct dat31_page before = dat31_page(&a, NULL), page = dat31_page(&b, NULL);
	struct dat31_around around = { .usual = RC_MEDIA_TIFF, .reference = "", .before = &before.name };

	return dat31_look(&page, &around);
}

TEST(serial_numbers_have_no_gaps)
{
	struct rc_page_row late = good_scan("3-1-12-0002.tif");

	check_int(look(&late, NULL, &alone), 1 << DAT31_LATE_SERIAL);
	check_int(after("3-1-12-0007.tif", "", "3-1-12-0008.tif", ""), 0);
	check_int(after("3-1-12-0007.tif", "", "3-1-12-0009.tif", ""), 1 << DAT31_SERIAL_GAP);
	check_int(after("3-1-12-0007.tif", "", "3-1-12-0007.tif", ""), 1 << DAT31_SERIAL_GAP);
	check_int(after("3-1-12-0007.tif", "", "3-1-13-0001.tif", ""), 0);
	check_int(after("a.tif", "7", "b.tif", "008"), 0);
	check_int(after("a.tif", "7", "b.tif", "9"), 1 << DAT31_SERIAL_GAP);
	check_int(after("a.tif", "7", "b.tif", "7b"), 0);
	check_int(after("a.tif", "", "3-1-12-0009.tif", ""), 0);
}

TEST(every_code_is_explained)
{
	RC_OWN_BUF doc = RC_BUF(1 << 20);

	check_int(rc_buf_read_file(&doc, check_root("schemas/dat31.md"), NULL), RC_OK);
	for (int f = 0; f < DAT31_COUNT; f++) {
		char quoted[64];

		(void)snprintf(quoted, sizeof quoted, "`%s`", dat31_code((enum dat31_finding)f));
		check_contains(doc.data, quoted);
	}
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
