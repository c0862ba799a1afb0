/* test_record.c -- what is written as a record is what others read from it, and nothing hostile gets through. */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "check.h"
#include "common/record.h"
#include "common/record_values.h"
#include "core/outfile.h"
#include "core/text.h"
#include "normalize/line_text.h"
#include "normalize/record_write.h"

/* ---- a record to play with ---------------------------------------------------------------------------- */

static struct rc_line *add_line(struct rc_region *region, const char *text, int32_t x)
{
	struct rc_line *line = rc_region_add_line(region);

	line->box = (struct rc_box){ x, 10, 30, 600 };
	line->direction = RC_DIR_VERTICAL;
	line->confidence = 0.9375f;
	line->text = rc_strdup(text);
	return line;
}

static void add_glyph(struct rc_line *line, uint32_t start, uint32_t len, int32_t y)
{
	struct rc_glyph *g = rc_line_add_glyph(line);

	*g = (struct rc_glyph){ .start = start, .len = len, .box = { line->box.x, y, 30, 40 }, .confidence = 0.87f };
}

static void make_read_page(struct rc_page *page)
{
	*page = RC_PAGE_INIT;
	page->width = 1000;
	page->height = 1400;
	page->declared_dpi = 300;
	page->orientation = 6;
	page->turned = 2;
	page->to_clean = (struct rc_affine){ 0, -1, 1399.5, 1, 0.000001, -0.25 };
	page->clean_width = 1400;
	page->clean_height = 1000;
	page->n_leaves = 2;
	page->leaves[0] = (struct rc_leaf){ .box = { 0, 0, 600, 1000 }, .to_clean = page->to_clean, .skew = -1.25f };
	page->leaves[1] = (struct rc_leaf){ .box = { 700, 0, 700, 1000 }, .to_clean = { 0, -1, 1419.5, 1, 0, 0 }, .curved = true };
	snprintf(page->script, sizeof page->script, "hant");
	snprintf(page->models, sizeof page->models, "chi_tra_vert+own");
	page->direction = RC_DIR_VERTICAL;
	page->quality = (struct rc_quality){ RC_PAGE_TEXT, 0.9f, 0.0625f, -1.25f, 300, 0.125f, { 0 } };
	for (int i = 0; i < RC_SIGN_COUNT; i++)
		page->quality.signs[i] = 0.0625f * (float)i;

	struct rc_region *region = rc_page_add_region(page);

	region->type = RC_REGION_HEADING;
	region->box = (struct rc_box){ 700, 0, 300, 1400 };
	region->direction = RC_DIR_VERTICAL;

	struct rc_line *plain = add_line(region, "布告", 900);

	add_glyph(plain, 0, 3, 10);
	add_glyph(plain, 3, 3, 60);

	plain->glyphs[1].others[0] = (struct rc_other){ "吿", 0.25f };
	plain->glyphs[1].others[1] = (struct rc_other){ "<", 0.13f };
	plain->glyphs[1].chosen = true;
	plain->estimated_error = 0.375f;
	plain->read_twice = true;
	plain->agreement = 0.5f;

	struct rc_line *spans = add_line(region, "第3號<&>", 850);    /* one glyph of two characters, some without */

	add_glyph(spans, 0, 4, 10);
	add_glyph(spans, 4, 3, 60);

	struct rc_line *unread = add_line(region, "", 800);
	const int32_t corners[8] = { 800, -3, 830, 0, 825, 600, 795, 598 };

	unread->not_read = true;
	memcpy(unread->polygon, corners, sizeof corners);
}

static struct record_page read_page(void)
{
	struct record_page page = {
		.order = 1, .number = "0001", .scan = rc_digest_of("a", 1), .frame = 2, .media = "image/tiff",
		.source = "box12/旧報/p1.zip", .member = "a\\b\x01.tif", .source_digest = rc_digest_of("b", 1),
		.reason = "", .message = "",
	};

	make_read_page(&page.page);
	return page;
}

static const struct record_page unread_page = {
	.order = 2, .number = "", .frame = 0, .media = "image/jpeg", .source = "box12/p2.jpg", .member = "",
	.not_read = true, .reason = "truncated", .message = "cannot decode 'p2.jpg': the file ends too early",
};

/* Writes both pages to path. */
static void write_record(const char *path, const char *id)
{
	RC_CLEANUP(rc_outfile_abort) struct rc_outfile *file = NULL;
	struct record_page first = read_page(), second = unread_page;
	struct record_totals totals = { 0 };
	RC_OWN_JSON fields = json_pack("{s:s, s:s, s:s}", "fonds", "3", "item", "0012", "page", "1");
	RC_OWN_JSON processing = json_pack("{s:s, s:{s:i}, s:[s], s:{s:s}}", "program", "0.1.0", "stages", "ocr", 3,
		"engines", "tesseract 5.3.0", "models", "chi_tra_vert",
		"sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
	struct rc_err err;

	second.scan = rc_digest_of("c", 1);
	record_totals_add(&totals, &first);
	record_totals_add(&totals, &second);

	const struct catalogue_value values[] = { { CATALOGUE_TITLE, "布告" }, { CATALOGUE_DATE, "一九三一年" } };
	const struct catalogue_row row = { .values = values, .n_values = RC_COUNT(values), .reference = (char[]){ "" } };
	struct record_info info = {
		.id = id, .fields = fields, .row = &row,
		.rights_statement = "http://rightsstatements.org/vocab/NoC-OKLR/1.0/", .rights_license = "CC0-1.0",
		.rights_holder = "archive", .training = "allowed", .processing = processing, .totals = &totals,
	};
	check_int(rc_outfile_open(&file, path, &err), RC_OK);
	RC_CLEANUP(record_writer_free) struct record_writer *w = record_writer_new(xml_to_file, file, &info);

	check_int(record_write_page(w, &first, &err), RC_OK);
	check_int(record_write_page(w, &second, &err), RC_OK);
	check_int(record_writer_finish(w, &err), RC_OK);
	check_int(rc_outfile_commit(&file, &err), RC_OK);
	rc_page_clear(&first.page);
}

/* ---- the way there and back --------------------------------------------------------------------------- */

TEST(what_is_written_is_read_again)
{
	RC_CLEANUP(record_close) struct record_reader *r = NULL;
	struct record_page want = read_page(), *page = NULL;
	struct rc_err err = { 0 };

	write_record("x.xml", "x");
	if (!check_int(record_open(&r, "x.xml", &err), RC_OK))
		check_str(err.text, "");
	const struct record_head *head = record_head(r);

	check_str(head->id, "x");
	check_str(head->title, "布告");
	check_str(head->date, "一九三一年");
	check_str(head->date_edtf, "1931");
	check_str(head->reference, "3-0012");
	if (check_int((int64_t)head->n_number, 2)) {
		check_str(head->number[0].name, "fonds");
		check_str(head->number[0].value, "3");
		check_str(head->number[1].value, "0012");
	}
	check_str(head->language, "zh-Hant");
	check_str(head->rights_license, "CC0-1.0");
	check_str(head->training, "allowed");
	check_int(head->n_pages, 2);
	check_int(head->n_read, 1);

	check_int(record_next(r, &page, &err), RC_OK);
	check_int(page->order, 1);
	check_str(page->number, "0001");
	check_str(page->source, "box12/旧報/p1.zip");
	check_str(page->member, "a\\\\b\\x01.tif");     /* names are escaped */
	check_int(page->frame, 2);
	check_str(page->media, "image/tiff");
	check(rc_digest_equal(&page->scan, &want.scan));
	check(rc_digest_equal(&page->source_digest, &want.source_digest));

	RC_OWN_JSON got_json = rc_page_to_json(&page->page);
	RC_OWN_JSON want_json = rc_page_to_json(&want.page);
	RC_OWN_BUF got = RC_BUF(1 << 20), wanted = RC_BUF(1 << 20);

	rc_json_print(&got, got_json);
	rc_json_print(&wanted, want_json);
	check_str(got.data, wanted.data);

	check_int(record_next(r, &page, &err), RC_OK);
	check(page->not_read);
	check_str(page->reason, "truncated");
	check_str(page->message, unread_page.message);
	check_int(page->page.n_regions, 0);
	check_int(record_next(r, &page, &err), RC_SKIP);
	check_int(record_next(r, &page, &err), RC_SKIP);
	rc_page_clear(&want.page);
}

TEST(the_same_pages_give_the_same_bytes_and_readable_ones)
{
	RC_OWN_BUF a = RC_BUF(1 << 20), b = RC_BUF(1 << 20);
	struct rc_err err;

	write_record("1/x.xml", "x");
	write_record("2/x.xml", "x");
	check_int(rc_buf_read_file(&a, "1/x.xml", &err), RC_OK);
	check_int(rc_buf_read_file(&b, "2/x.xml", &err), RC_OK);
	check_str(a.data, b.data);
	check_contains(a.data, "source=\"box12/旧報/p1.zip\"");
	check_contains(a.data, "<text layer=\"printed\">第3號&lt;&amp;&gt;</text>");
	check_contains(a.data, "to-clean=\"0 -1 1399.5 1 0.000001 -0.25\"");
	check_contains(a.data, "spans=\"0 2 2 1\"");
	check_contains(a.data, "others=\"1 吿 25 1 &lt; 13\"");
	check_contains(a.data, "chosen=\"1\"");
	check_contains(a.data, "estimated-error=\"0.125\" grade=\"C\"");
	check_contains(a.data, "estimated-error=\"0.375\" agreement=\"0.5\"");
}

TEST(xmllint_agrees_that_the_record_is_valid)
{
	RC_OWN_STR command = NULL;

	if (system("xmllint --version >/dev/null 2>&1") != 0)
		check_skip("xmllint is not installed");
	write_record("x.xml", "x");
	check(asprintf(&command, "xmllint --noout --nonet --schema '%s' x.xml 2>xmllint.txt || { cat xmllint.txt >&2; false; }",
	               check_root("schemas/record.xsd")) > 0);
	check_int(system(command), 0);
}

static void count_finding(void *ctx, int64_t line, enum rule rule, const char *actual, const char *expected, const char *message)
{
	int *count = ctx;

	(*count)++;
	fprintf(stderr, "finding: line %lld: %s: %s (%s, %s)\n", (long long)line, rule_code(rule), message, actual, expected);
}

TEST(our_own_check_finds_nothing_in_it)
{
	RC_CLEANUP(record_close) struct record_reader *r = NULL;
	struct record_page *page;
	struct rc_err err;
	int findings = 0;

	write_record("x.xml", "x");
	check_int(record_open_checked(&r, "x.xml", count_finding, &findings, &err), RC_OK);
	while (record_next(r, &page, &err) == RC_OK)
		;
	check_int(findings, 0);
}

TEST(a_record_without_pages_can_be_read)
{
	RC_CLEANUP(record_writer_free) struct record_writer *w = NULL;
	RC_CLEANUP(record_close) struct record_reader *r = NULL;
	RC_OWN_BUF out = RC_BUF(1 << 20);
	struct record_totals totals = { 0 };
	struct record_info info = { .id = "e", .training = "unknown", .totals = &totals };
	struct record_page *page;
	struct rc_err err;

	w = record_writer_new(xml_to_buf, &out, &info);
	check_int(record_writer_finish(w, &err), RC_OK);
	check_int(rc_file_put("e.xml", out.data, out.len, &err), RC_OK);
	check_int(record_open(&r, "e.xml", &err), RC_OK);
	check_str(record_head(r)->language, "");
	check_int(record_next(r, &page, &err), RC_SKIP);
}

TEST(a_full_disk_is_told_and_not_forgotten)
{
	RC_OWN_BUF small = RC_BUF(2000);
	struct record_totals totals = { 0 };
	struct record_info info = { .id = "e", .training = "unknown", .totals = &totals };
	struct record_page page = read_page();
	struct rc_err err;
	RC_CLEANUP(record_writer_free) struct record_writer *w = record_writer_new(xml_to_buf, &small, &info);

	for (int i = 0; i < 100; i++)
		if (record_write_page(w, &page, &err) != RC_OK)
			break;
	check_int(record_writer_finish(w, &err), RC_PAGE_FAILED);
	check_contains(err.text, "an XML document is larger than");
	rc_page_clear(&page.page);
}

static long peak_kib(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_maxrss;
}

/* Writes and reads a record of n equal pages. */
static void there_and_back(const char *path, int n)
{
	RC_CLEANUP(rc_outfile_abort) struct rc_outfile *file = NULL;
	RC_CLEANUP(record_close) struct record_reader *r = NULL;
	struct record_page first = read_page(), *page;
	struct record_totals totals = { 0 };
	struct record_info info = { .id = "many", .training = "unknown", .totals = &totals };
	struct rc_err err = { 0 };

	for (int i = 0; i < n; i++)
		record_totals_add(&totals, &first);
	check_int(rc_outfile_open(&file, path, &err), RC_OK);
	RC_CLEANUP(record_writer_free) struct record_writer *w = record_writer_new(xml_to_file, file, &info);

	for (int i = 0; i < n; i++, first.order++)
		record_write_page(w, &first, &err);
	check_int(record_writer_finish(w, &err), RC_OK);
	check_int(rc_outfile_commit(&file, &err), RC_OK);
	check_int(record_open(&r, path, &err), RC_OK);
	while (record_next(r, &page, &err) == RC_OK)
		n--;
	check_str(err.text, "");
	check_int(n, 0);
	rc_page_clear(&first.page);
}

TEST(memory_does_not_grow_with_the_pages_of_an_item)
{
#ifdef __SANITIZE_ADDRESS__
	const bool keeps_freed_memory = true;
#else
	const bool keeps_freed_memory = false;
#endif

	there_and_back("few.xml", 100);
	if (keeps_freed_memory)
		check_skip("the sanitizer keeps freed memory");
	long before = peak_kib();

	there_and_back("many.xml", 10000);
	check(peak_kib() - before < 2048);
}

/* ---- numbers ------------------------------------------------------------------------------------------ */

TEST(numbers_look_the_same_everywhere)
{
	char text[RECORD_REAL];
	int64_t i = 7;
	double d = 7;

	check_str(record_put_real(text, 0.98, 4), "0.98");
	check_str(record_put_real(text, -0.00004, 4), "0");
	check_str(record_put_real(text, -0.5, 4), "-0.5");
	check_str(record_put_real(text, -12.34567, 4), "-12.3457");
	check_str(record_put_real(text, 1.0 / 0.0, 4), "0");
	check(record_get_int(" 12 ", 0, 12, &i));
	check_int(i, 12);
	check(!record_get_int("13", 0, 12, &i));
	check(!record_get_int("1 2", 0, 12, &i));
	check(!record_get_int("", 0, 12, &i));
	check(!record_get_int("99999999999999999999999", 0, INT64_MAX, &i));
	check(!record_get_int("0x1", 0, 12, &i));
	check_int(i, 12);
	check(record_get_real("-0.25", -1, 1, &d));
	check_near(d, -0.25, 0);
	check(!record_get_real("0.1.2", -1, 1, &d));
	check(!record_get_real("nan", -1, 1, &d));
	check_int((int)record_list_count("  1 22\t3 "), 3);
	check_int((int)record_list_count(" "), 0);
}

/* ---- hostile records ---------------------------------------------------------------------------------- */

/* Reads all of path; the message of the failure, or "". */
static const char *read_all(const char *path)
{
	static struct rc_err err;
	RC_CLEANUP(record_close) struct record_reader *r = NULL;
	struct record_page *page;
	enum rc_status status = record_open(&r, path, &err);

	while (status == RC_OK)
		status = record_next(r, &page, &err);
	if (status == RC_SKIP)
		return "";
	check_int(status, RC_PAGE_FAILED);
	check_int(err.reason, RC_WHY_FORMAT);
	return err.text;
}

static const char *read_bytes(const char *bytes)
{
	struct rc_err err;

	check_int(rc_file_put("h.xml", bytes, strlen(bytes), &err), RC_OK);
	return read_all("h.xml");
}

#define HEAD "<record xmlns=\"urn:redcorpus:record:1\" id=\"h\"><identity/><description/><rights training=\"unknown\"/>" \
	"<processing/><quality pages=\"1\" read=\"0\" lines=\"0\" characters=\"0\"/><pages>\n"
#define SCAN "<scan source=\"a\" frame=\"0\" media=\"image/png\" digest=\"sha256:" \
	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"/>"
#define UNREAD "<page order=\"1\">" SCAN "<not-read reason=\"decode\">why</not-read></page>"
#define TAIL "</pages></record>"

TEST(the_smallest_record_is_fine)
{
	check_str(read_bytes(HEAD UNREAD TAIL), "");
}

TEST(a_billion_laughs_are_not_laughed)
{
	check_contains(read_bytes("<!DOCTYPE record [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">"
		"<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\"><!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;\">]>\n"
		"<record xmlns=\"urn:redcorpus:record:1\" id=\"&d;\"><description><title>&d;</title></description></record>"),
		"cannot read 'h.xml': line ");
}

TEST(no_file_is_read_for_an_entity)
{
	struct rc_err err;

	check_int(rc_file_put("secret", "secret", 6, &err), RC_OK);
	check_contains(read_bytes("<!DOCTYPE record [<!ENTITY s SYSTEM \"secret\">]>\n" HEAD UNREAD TAIL), "not allowed");
	check_contains(read_bytes("<!DOCTYPE record SYSTEM \"secret\">\n" HEAD UNREAD TAIL), "not allowed");
}

TEST(a_huge_attribute_is_refused)
{
	enum { HUGE_BYTES = 20 << 20 };
	RC_OWN_BUF xml = RC_BUF(HUGE_BYTES + 1000);
	struct rc_err err;

	rc_buf_adds(&xml, "<record xmlns=\"urn:redcorpus:record:1\" id=\"");
	memset(rc_buf_grow(&xml, HUGE_BYTES), 'a', HUGE_BYTES);
	rc_buf_adds(&xml, "\"/>");
	check_int(rc_file_put("h.xml", xml.data, xml.len, &err), RC_OK);
	check_contains(read_all("h.xml"), "cannot read 'h.xml': line ");
}

TEST(a_huge_text_is_refused)
{
	enum { MANY = 3 << 20 };
	RC_OWN_BUF xml = RC_BUF(MANY + 10000);
	struct rc_err err;

	rc_buf_adds(&xml, HEAD "<page order=\"1\">" SCAN "<not-read reason=\"decode\">");
	memset(rc_buf_grow(&xml, MANY), 'a', MANY);
	rc_buf_adds(&xml, "</not-read></page>" TAIL);
	check_int(rc_file_put("h.xml", xml.data, xml.len, &err), RC_OK);
	check_contains(read_all("h.xml"), "longer than the limit");
}

TEST(deep_nesting_is_refused)
{
	RC_OWN_BUF xml = RC_BUF(1 << 20);

	rc_buf_adds(&xml, HEAD);
	for (int i = 0; i < 5000; i++)
		rc_buf_adds(&xml, "<page>");
	check_contains(read_bytes(xml.data), "cannot read 'h.xml': line 2: ");
}

TEST(another_namespace_is_another_document)
{
	check_contains(read_bytes("<record xmlns=\"urn:redcorpus:record:2\" id=\"h\"/>"), "not a record of namespace");
	check_contains(read_bytes("<html/>"), "not a record");
	check_contains(read_bytes(HEAD "<page xmlns=\"urn:x\" order=\"1\"/>" TAIL), "of another namespace");
}

TEST(damage_names_its_line)
{
	check_contains(read_bytes(HEAD "\n\n" UNREAD), "cannot read 'h.xml': line 4: ");
	check_contains(read_bytes(""), "cannot read 'h.xml': line 1: ");
	check_contains(read_bytes("PNG"), "line 1: ");
	check_contains(read_bytes(HEAD "\n\n<page order=\"1\">\n" SCAN "\n<frame/></page>" TAIL), "line 6: attribute 'width' is missing");
}

TEST(what_the_reader_relies_on_is_checked)
{
	const char *line = "<page order=\"1\">" SCAN "<frame width=\"100\" height=\"100\" declared-dpi=\"0\" orientation=\"1\" "
		"clean-width=\"1\" clean-height=\"1\" to-clean=\"1 0 0 0 1 0\"/><reading direction=\"vertical\"/>"
		"<quality class=\"text\" confidence=\"1\" ink=\"0\" skew=\"0\" dpi=\"300\"/><region type=\"text\" box=\"0 0 100 100\" "
		"direction=\"vertical\"><line box=\"%s\" direction=\"vertical\" confidence=\"1\"><text layer=\"printed\">布告</text>"
		"<glyphs boxes=\"%s\" confidences=\"%s\"/></line></region></page>";
	const struct {
		const char *box, *boxes, *confidences, *message;
	} cases[] = {
		{ "90 0 11 10", "0 0 1 1 0 0 1 1", "9 9", "a box reaches outside its frame: 90 0 11 10" },
		{ "0 0 10 10", "0 0 1 1 0 0 1", "9 9", "glyphs and characters differ in number" },
		{ "0 0 10 10", "0 0 1 1 0 0 1 1", "9", "glyphs and characters differ in number" },
		{ "0 0 10 10", "0 0 1 1 0 99 1 2", "9 9", "a box reaches outside its frame: 0 99 1 2" },
		{ "0 0 10 10", "0 0 1 1 0 0 1 x", "9 9", "glyph 2 has no box or confidence in range" },
		{ "0 0 10 10", "0 0 1 1 0 0 1 1", "9 101", "glyph 2 has no box or confidence in range" },
		{ "0 0 10", "0 0 1 1 0 0 1 1", "9 9", "attribute 'box' is not 4 whole numbers" },
	};

	for (size_t i = 0; i < RC_COUNT(cases); i++) {
		RC_OWN_BUF xml = RC_BUF(1 << 20);

		rc_buf_adds(&xml, HEAD);
		for (const char *at = line, *hole; ; at = hole + 2) {
			static const size_t offsets[] = { 0, 1, 2 };
			size_t n = (size_t)(at != line) + (strstr(line, "boxes=\"%s") < at) + (strstr(line, "confidences=\"%s") < at);
			const char *values[] = { cases[i].box, cases[i].boxes, cases[i].confidences };

			hole = strstr(at, "%s");
			rc_buf_add(&xml, at, hole ? (size_t)(hole - at) : strlen(at));
			if (!hole)
				break;
			rc_buf_adds(&xml, values[offsets[n]]);
		}
		rc_buf_adds(&xml, TAIL);
		check_contains(read_bytes(xml.data), cases[i].message);
	}
	check_contains(read_bytes(HEAD UNREAD UNREAD TAIL), "pages are not numbered");
	check_contains(read_bytes(HEAD TAIL), "the number of pages in <quality> is wrong: 1 (expected: 0)");
}

TEST(a_missing_record_is_missing)
{
	RC_CLEANUP(record_close) struct record_reader *r = NULL;
	struct rc_err err;

	check_int(record_open(&r, "nowhere.xml", &err), RC_RUN_FAILED);
	check_int(err.reason, RC_WHY_MISSING);
	check_int(record_open(&r, ".", &err), RC_PAGE_FAILED);
	check(r == NULL);
}

/* ---- text --------------------------------------------------------------------------------------------- */

TEST(text_is_brought_into_form_with_its_glyphs)
{
	const struct {
		const char *raw, *text;
		int glyphs;
	} cases[] = {
		{ "布告", "布告", 2 },
		{ " 布 告 ", "布告", 2 },
		{ "布\x01告\x7f", "布告", 2 },
		{ "布\xEF\xBF\xBF告", "布告", 2 },      /* U+FFFF */
		{ "e\xCC\x81t", "\xC3\xA9t", 2 },       /* e and an accent become one */
		{ "\xEF\xA4\x80", "豈", 1 },            /* a compatibility ideograph */
		{ "a b", "a b", 3 },
		{ "a\tb", "a b", 3 },
		{ "布\xFF", "布\xEF\xBF\xBD", 2 },
		{ " ", "", 0 },
		{ "", "", 0 },
	};

	for (size_t i = 0; i < RC_COUNT(cases); i++) {
		struct rc_page page = RC_PAGE_INIT;
		struct rc_line *line = add_line(rc_page_add_region(&page), cases[i].raw, 5);
		const char *at = line->text, *from = at;

		for (int32_t y = 0; rc_utf8_next(&at) != 0; from = at, y += 40)
			add_glyph(line, (uint32_t)(from - line->text), (uint32_t)(at - from), y);
		line_text_normalize(line);
		check_str(line->text, cases[i].text);
		check_int((int64_t)line->n_glyphs, cases[i].glyphs);
		for (size_t k = 0; k < line->n_glyphs; k++)
			check(line->glyphs[k].start + line->glyphs[k].len <= strlen(line->text));
		rc_page_clear(&page);
	}
}

TEST(composed_characters_keep_the_box_around_their_glyphs)
{
	struct rc_page page = RC_PAGE_INIT;
	struct rc_line *line = add_line(rc_page_add_region(&page), "e\xCC\x81", 5);

	add_glyph(line, 0, 1, 100);
	add_glyph(line, 1, 2, 120);
	line->glyphs[1].confidence = 0.25f;
	line_text_normalize(line);
	check_int((int64_t)line->n_glyphs, 1);
	check_int(line->glyphs[0].box.y, 100);
	check_int(line->glyphs[0].box.h, 60);
	check_int(line->glyphs[0].len, 2);
	check_near(line->glyphs[0].confidence, 0.25, 0);
	rc_page_clear(&page);
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
