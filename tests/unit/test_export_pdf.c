/* test_export_pdf.c -- the searchable PDF: where text lies, that the file holds together, and that it is whole or not there. */
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "check.h"
#include "core/outfile.h"
#include "export/pages.h"
#include "export/pdf_parts.h"

/* ---- where text lies -------------------------------------------------------------------------------------- */

static struct record_page page_at_72_dpi(int32_t width, int32_t height)
{
	struct record_page page = { .page = RC_PAGE_INIT };

	page.page.width = width;
	page.page.height = height;
	page.page.declared_dpi = 72;
	return page;
}

static void expect_corner(const struct pdf_sheet *sheet, double x, double y, double want_x, double want_y)
{
	check_near(sheet->map.a * x + sheet->map.b * y + sheet->map.c, want_x, 1e-9);
	check_near(sheet->map.d * x + sheet->map.e * y + sheet->map.f, want_y, 1e-9);
}

TEST(a_sheet_lies_as_it_was_read)
{
	struct record_page page = page_at_72_dpi(200, 100);
	struct pdf_sheet sheet;

	pdf_sheet_of(&page, 200, 100, &sheet);
	check_near(sheet.width, 200, 1e-9);
	expect_corner(&sheet, 0, 0, 0, 100);
	page.page.to_clean = (struct rc_affine){ 0.05, -0.99, 100, 0.99, 0.05, 0 };     /* turned to the right, and a little more */
	pdf_sheet_of(&page, 200, 100, &sheet);
	check_near(sheet.width, 100, 1e-9);
	expect_corner(&sheet, 0, 0, 100, 200);
	expect_corner(&sheet, 200, 0, 100, 0);
	page.page.to_clean = (struct rc_affine){ -1, 0, 200, 0, 1, 0 };                 /* a mirror */
	pdf_sheet_of(&page, 200, 100, &sheet);
	expect_corner(&sheet, 0, 0, 200, 100);
	page.page.declared_dpi = 1;
	pdf_sheet_of(&page, 200, 100, &sheet);
	check_near(sheet.width, 14400, 1e-9);
}

/* The operators of a page of 100 by 100 points. */
static void put_page(const struct record_page *page, struct rc_buf *out)
{
	struct rc_err err;
	struct pdf_file *file = NULL;
	struct pdf_sheet sheet;

	check_int(pdf_file_open(&file, "x.pdf", &err), RC_OK);
	struct pdf_font *font = pdf_font_new(file);

	pdf_sheet_of(page, 100, 100, &sheet);
	pdf_layer(page, &sheet, font, out);
	pdf_font_free(&font);
	pdf_file_abort(&file);
}

/* The same of one line of two glyphs. */
static void put_layer(enum rc_direction direction, struct rc_box box, struct rc_box first, struct rc_box second, struct rc_buf *out)
{
	struct record_page page = page_at_72_dpi(100, 100);
	struct rc_region *region = rc_page_add_region(&page.page);
	struct rc_line *line = rc_region_add_line(region);

	line->direction = region->direction = direction;
	line->box = box;
	line->text = rc_strdup("布告");
	*rc_line_add_glyph(line) = (struct rc_glyph){ .start = 0, .len = 3, .box = first };
	*rc_line_add_glyph(line) = (struct rc_glyph){ .start = 3, .len = 3, .box = second };
	put_page(&page, out);
	rc_page_clear(&page.page);
}

TEST(horizontal_text_stands_on_the_foot_of_its_line)
{
	RC_OWN_BUF out = RC_BUF(1000);

	put_layer(RC_DIR_HORIZONTAL, (struct rc_box){ 10, 20, 40, 10 }, (struct rc_box){ 10, 20, 10, 10 }, (struct rc_box){ 30, 20, 20, 10 }, &out);
	/* 30 from the top is 70 from below; letters of 9 stand in the middle of 10; the first glyph reaches to the second: both are 20 wide. */
	check_str(out.data, "BT 3 Tr\n/F 9 Tf 1 0 0 1 10 70.5 Tm 222.2 Tz<00010002>Tj\nET\n");
}

TEST(a_column_is_text_that_runs_down)
{
	RC_OWN_BUF out = RC_BUF(1000);

	put_layer(RC_DIR_VERTICAL, (struct rc_box){ 20, 10, 10, 40 }, (struct rc_box){ 20, 10, 10, 10 }, (struct rc_box){ 20, 25, 10, 25 }, &out);
	check_str(out.data, "BT 3 Tr\n/F 9 Tf 0 -1 1 0 20.5 90 Tm 166.7 Tz<0001>Tj\n277.7 Tz<0002>Tj\nET\n");
}

TEST(a_head_line_set_from_right_to_left_runs_to_the_left)
{
	RC_OWN_BUF out = RC_BUF(1000);

	put_layer(RC_DIR_HORIZONTAL, (struct rc_box){ 10, 20, 40, 10 }, (struct rc_box){ 30, 20, 20, 10 }, (struct rc_box){ 10, 20, 20, 10 }, &out);
	check_str(out.data, "BT 3 Tr\n/F 9 Tf -1 0 0 -1 50 79.5 Tm 222.2 Tz<00010002>Tj\nET\n");
}

static struct rc_line *add_column(struct rc_region *region, int32_t x, int32_t y, int32_t width, int32_t height)
{
	struct rc_line *line = rc_region_add_line(region);

	line->direction = region->direction = RC_DIR_VERTICAL;
	line->box = (struct rc_box){ x, y, width, height };
	line->text = rc_strdup("布告");
	return line;
}

TEST(columns_that_are_read_in_one_go_have_one_size_and_stand_back_from_others)
{
	struct record_page page = page_at_72_dpi(300, 300);
	RC_CLEANUP(pdf_lines_clear) struct pdf_lines lines = { 0 };
	struct pdf_sheet sheet;
	struct rc_region *region = rc_page_add_region(&page.page);

	add_column(region, 280, 10, 10, 100);
	add_column(region, 266, 10, 14, 100);
	add_column(region, 254, 10, 10, 100);
	pdf_sheet_of(&page, 300, 300, &sheet);
	pdf_lines_of(&page, &sheet, &lines);
	check_int(lines.n, 3);
	check_near(lines.v[0].size, lines.v[1].size, 1e-9);
	check_near(lines.v[0].size, lines.v[2].size, 1e-9);
	check_near(lines.v[0].back, 0, 1e-9);
	pdf_lines_clear(&lines);
	/* What goes back to the right is read after them, not with them. */
	add_column(region, 280, 112, 10, 100);
	add_column(region, 266, 112, 10, 12);
	pdf_lines_of(&page, &sheet, &lines);
	check_int(lines.n, 5);
	check(fabs(lines.v[3].size / lines.v[2].size - 1) > 0.05);
	check_near(lines.v[4].size, lines.v[3].size, 1e-9);
	check_near(lines.v[2].back, 5, 1e-9);
	check_near(lines.v[4].back, 3, 1e-9);           /* a quarter of a short one */
	rc_page_clear(&page.page);
}

/* A page with two columns of four characters; the second begins `down` below the first. */
static void put_columns(int32_t down, struct rc_buf *out)
{
	struct record_page page = page_at_72_dpi(100, 100);
	struct rc_region *region = rc_page_add_region(&page.page);

	for (int i = 0; i < 2; i++) {
		struct rc_line *line = add_column(region, 60 - 20 * i, 10 + down * i, 10, 40);

		free(line->text);
		line->text = rc_strdup("一二三四");
	}
	put_page(&page, out);
	rc_page_clear(&page.page);
}

/* PDFium sorts a string and the next by x when they begin at one height. */
TEST(the_last_string_of_a_column_does_not_begin_where_the_next_column_does)
{
	RC_OWN_BUF level = RC_BUF(1000);
	RC_OWN_BUF lower = RC_BUF(1000);

	put_columns(0, &level);
	check(strstr(level.data, "<00010002>Tj\n") && strstr(level.data, "<00030004>Tj\n"));
	put_columns(20, &lower);        /* where the third character is */
	check(strstr(lower.data, "<0001>Tj\n") && strstr(lower.data, "<000200030004>Tj\n"));
}

/* ---- the file --------------------------------------------------------------------------------------------- */

TEST(numbers_are_short_and_never_infinite)
{
	static const struct {
		double number;
		const char *text;
	} cases[] = { { 0, "0" }, { -0.00001, "0" }, { 1.5, "1.5" }, { 100, "100" }, { -3.14159, "-3.1416" }, { HUGE_VAL, "0" }, { 1e30, "1000000000" } };

	for (size_t i = 0; i < RC_COUNT(cases); i++) {
		RC_OWN_BUF out = RC_BUF(100);

		pdf_number(&out, cases[i].number);
		check_str(out.data, cases[i].text);
	}
}

TEST(text_of_any_plane_becomes_utf16)
{
	RC_OWN_BUF out = RC_BUF(100);

	pdf_text_string(&out, "a布\xF0\xA0\x80\x8B)");
	check_str(out.data, "<FEFF00615E03D840DC0B0029>");
}

/* Every offset of the cross-references is where its object begins; returns how many there are. */
static int check_references(const struct rc_buf *pdf)
{
	const char *last = NULL, *at;
	int n = 0;

	for (at = pdf->data; (at = memmem(at, pdf->len - (size_t)(at - pdf->data), "startxref\n", 10)) != NULL; at++)
		last = at;
	if (!check(last != NULL))
		return 0;
	at = pdf->data + strtoll(last + 10, NULL, 10);
	if (!check(strncmp(at, "xref\n0 ", 7) == 0))
		return 0;
	int count = (int)strtol(at + 7, NULL, 10);

	at = strchr(at + 7, '\n') + 1 + 20;
	for (n = 1; n < count; n++, at += 20) {
		char want[32];

		snprintf(want, sizeof want, "%d 0 obj\n", n);
		check(strncmp(pdf->data + strtoll(at, NULL, 10), want, strlen(want)) == 0);
	}
	return n;
}

TEST(references_point_at_objects_in_whatever_order_they_are_written)
{
	RC_OWN_BUF pdf = RC_BUF(1 << 20);
	struct pdf_file *file = NULL;
	struct rc_err err;

	check_int(pdf_file_open(&file, "x.pdf", &err), RC_OK);
	int32_t a = pdf_file_reserve(file), b = pdf_file_reserve(file), c = pdf_file_reserve(file);

	pdf_file_packed(file, c, "", "1 0 obj", 7);
	pdf_file_object(file, a, "<< /Type /Catalog >>");
	pdf_file_object(file, b, "<< >>");
	check_int(access("x.pdf", F_OK), -1);
	check_int(pdf_file_finish(&file, a, b, &err), RC_OK);
	check_int(rc_buf_read_file(&pdf, "x.pdf", &err), RC_OK);
	check_int(check_references(&pdf), 4);
}

/* ---- an item ---------------------------------------------------------------------------------------------- */

static const char *scan_path;

static enum rc_status open_scan(void *ctx, const struct record_page *page, struct export_scan *ret, struct rc_err *err)
{
	ret->fd = open(scan_path, O_RDONLY);
	ret->offset = 0;
	ret->len = lseek(ret->fd, 0, SEEK_END);
	return RC_OK;
}

/* good.xml: two pages, the second not read; the scan of the first is `scan`. */
static void put_record(const char *scan)
{
	RC_OWN_BUF text = RC_BUF(10000);
	RC_OWN_FD fd = open(scan, O_RDONLY);
	struct rc_digest digest;
	char hex[RC_DIGEST_HEX];
	struct rc_err err;

	check_int(rc_digest_fd(fd, 0, -1, scan, &digest, NULL, &err), RC_OK);
	rc_digest_hex(&digest, hex);
	rc_buf_addf(&text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<record xmlns=\"urn:redcorpus:record:1\" id=\"good\">\n <identity/>\n"
		" <description><language>zh-Hant</language></description>\n <rights training=\"allowed\"/>\n <processing/>\n"
		" <quality pages=\"2\" read=\"1\" lines=\"1\" characters=\"2\"/>\n <pages>\n  <page order=\"1\">\n"
		"   <scan source=\"box/p1.jpg\" frame=\"0\" media=\"image/jpeg\" digest=\"sha256:%s\"/>\n"
		"   <frame width=\"100\" height=\"200\" declared-dpi=\"0\" orientation=\"1\" clean-width=\"100\" clean-height=\"200\" to-clean=\"1 0 0 0 1 0\"/>\n"
		"   <reading script=\"hant\" direction=\"vertical\"/>\n"
		"   <quality class=\"text\" confidence=\"0.9\" ink=\"0.1\" skew=\"0\" dpi=\"300\"/>\n"
		"   <region type=\"text\" box=\"0 0 100 200\" direction=\"vertical\">\n"
		"    <line box=\"80 0 20 200\" direction=\"vertical\" confidence=\"0.9\">\n     <text layer=\"printed\">布告</text>\n"
		"     <glyphs boxes=\"80 0 20 20 80 20 20 20\" confidences=\"90 80\"/>\n    </line>\n   </region>\n  </page>\n  <page order=\"2\">\n"
		"   <scan source=\"box/p1.jpg\" frame=\"1\" media=\"image/jpeg\" digest=\"sha256:%s\"/>\n"
		"   <not-read reason=\"truncated\">it ends too early</not-read>\n  </page>\n </pages>\n</record>\n", hex, hex);
	check_int(rc_file_put("good.xml", text.data, text.len, &err), RC_OK);
}

static struct export_item item_of(void)
{
	return (struct export_item){ .id = "good", .record = "good.xml", .scan = open_scan };
}

TEST(a_page_is_in_the_pdf_whether_it_was_read_or_not)
{
	RC_OWN_BUF pdf = RC_BUF(1 << 24);
	RC_OWN_BUF again = RC_BUF(1 << 24);
	struct export_item item = item_of();
	struct rc_err err;

	scan_path = check_root("samples/box/notice/notice-0001.jpg");
	put_record(scan_path);
	check_int(export_pdf(&item, "a.pdf", &err), RC_OK);
	check_int(item.pages, 2);
	check_int(item.not_read, 1);
	check_int(export_pdf(&item, "b.pdf", &err), RC_OK);
	check_int(rc_buf_read_file(&pdf, "a.pdf", &err), RC_OK);
	check_int(rc_buf_read_file(&again, "b.pdf", &err), RC_OK);
	check(pdf.len == again.len && memcmp(pdf.data, again.data, pdf.len) == 0);
	check(check_references(&pdf) > 10);
	check(memmem(pdf.data, pdf.len, "/Count 2", 8) != NULL);
	check(memmem(pdf.data, pdf.len, "/R2L", 4) == NULL);     /* PDFium would turn the text of columns around */
	/* The JPEG is in it as it is. */
	RC_OWN_BUF scan = RC_BUF(1 << 24);

	check_int(rc_buf_read_file(&scan, scan_path, &err), RC_OK);
	check(memmem(pdf.data, pdf.len, scan.data, scan.len) != NULL);
}

TEST(a_scan_that_changed_is_not_shown)
{
	struct export_item item = item_of();
	struct rc_err err = { 0 };

	scan_path = check_root("samples/box/notice/notice-0001.jpg");
	put_record(scan_path);
	scan_path = check_root("samples/box/notice/notice-0002.jpg");
	check_int(export_pdf(&item, "a.pdf", &err), RC_PAGE_FAILED);
	check_int(err.reason, RC_WHY_CHANGED);
	check_contains(err.text, "box/p1.jpg");
	check_int(access("a.pdf", F_OK), -1);
}

TEST(a_full_disk_leaves_nothing)
{
	struct rlimit limit = { 4096, 4096 };
	struct export_item item = item_of();
	struct rc_err err = { 0 };

	scan_path = check_root("samples/box/notice/notice-0001.jpg");
	put_record(scan_path);
	signal(SIGXFSZ, SIG_IGN);
	check_int(setrlimit(RLIMIT_FSIZE, &limit), 0);
	check_int(export_pdf(&item, "a.pdf", &err), RC_RUN_FAILED);
	check_contains(err.text, "cannot write 'a.pdf'");
	check_int(access("a.pdf", F_OK), -1);
	check_int(system("ls -A | grep -c rc-tmp > /dev/null"), 256);
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
