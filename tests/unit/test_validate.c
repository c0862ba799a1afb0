/* test_validate.c -- each planted defect is found, once, by its rule and in its line. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "cli/validate.h"
#include "core/outfile.h"

static const char head[] =
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	"<record xmlns=\"urn:redcorpus:record:1\" id=\"good\">\n"
	" <identity/>\n"
	" <description><language>zh-Hant</language></description>\n"
	" <rights training=\"allowed\"><statement>http://rightsstatements.org/vocab/InC/1.0/</statement></rights>\n"
	" <processing/>\n"
	" <quality pages=\"2\" read=\"1\" lines=\"2\" characters=\"4\"/>\n"
	" <pages>\n"
	"  <page order=\"1\">\n"
	"   <scan source=\"box/p1.tif\" frame=\"0\" media=\"image/tiff\""
	" digest=\"sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"/>\n"
	"   <frame width=\"100\" height=\"200\" declared-dpi=\"0\" orientation=\"1\" clean-width=\"100\" clean-height=\"200\""
	" to-clean=\"1 0 0 0 1 0\"/>\n"
	"   <reading script=\"hant\" direction=\"vertical\"/>\n"
	"   <quality class=\"text\" confidence=\"0.9\" ink=\"0.1\" skew=\"0\" dpi=\"300\"/>\n"
	"   <region type=\"text\" box=\"0 0 100 200\" direction=\"vertical\">\n"
	"    <line box=\"80 0 20 200\" direction=\"vertical\" confidence=\"0.9\">\n"
	"     <text layer=\"printed\">布告</text>\n"
	"     <glyphs boxes=\"80 0 20 20 80 20 20 20\" confidences=\"90 80\"/>\n"
	"    </line>\n"
	"    <line box=\"60 0 20 200\" direction=\"vertical\" confidence=\"0.9\">\n"
	"     <text layer=\"printed\">大會</text>\n"
	"     <glyphs boxes=\"60 0 20 20 60 20 20 20\" confidences=\"90 80\" spans=\"0 1 1 1\"/>\n"
	"    </line>\n"
	"   </region>\n"
	"  </page>\n"
	"  <page order=\"2\">\n"
	"   <scan source=\"box/p2.zip\" member=\"p2.tif\" frame=\"0\" media=\"image/tiff\""
	" digest=\"sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"/>\n"
	"   <not-read reason=\"truncated\">it ends too early</not-read>\n"
	"  </page>\n"
	" </pages>\n"
	"</record>\n";

/* The document with the first `from` as `to`. */
static void put_record(const char *path, const char *from, const char *to)
{
	RC_OWN_BUF out = RC_BUF(1 << 20);
	const char *at = strstr(head, from);
	struct rc_err err;

	if (!check(at != NULL))
		return;
	rc_buf_add(&out, head, (size_t)(at - head));
	rc_buf_adds(&out, to);
	rc_buf_adds(&out, at + strlen(from));
	check_int(rc_file_put(path, out.data, out.len, &err), RC_OK);
}

/* What `validate --json` says of the path; the caller frees. */
static json_t *validate(const char *path)
{
	RC_CLEANUP(report_free) struct report *report = NULL;
	RC_OWN_BUF out = RC_BUF(16 << 20);
	struct rc_err err = { 0 };
	json_t *json = NULL;

	fflush(stdout);
	int saved = dup(1);

	check(freopen("out.json", "w", stdout) != NULL);
	check_int(report_new(&report, true, false, "out.xml", &err), RC_OK);
	check_int(validate_path(&(struct validation){ .report = report }, path, &err), RC_OK);
	check_int(report_finish(report, &err), RC_OK);
	fflush(stdout);
	dup2(saved, 1);
	close(saved);
	check_int(rc_buf_read_file(&out, "out.json", &err), RC_OK);
	if (!check_int(rc_json_parse(out.data, out.len, "out.json", &json, &err), RC_OK))
		fprintf(stderr, "%s\n%s\n", err.text, out.data);
	return json;
}

static void print_findings(const json_t *json)
{
	RC_OWN_BUF text = RC_BUF(16 << 20);

	rc_json_print_pretty(&text, json);
	fputs(text.data, stderr);
}

TEST(a_good_record_has_no_findings)
{
	put_record("good.xml", "布告", "布告");
	RC_OWN_JSON json = validate("good.xml");

	check(rc_json_bool(json, "valid", false));
	check_int(rc_json_int(json, "checked", 0), 1);
	if (!check_int(rc_json_int(json, "errors", -1), 0))
		print_findings(json);
}

TEST(each_defect_is_found_once_by_its_rule_in_its_line)
{
	const struct {
		const char *from, *to, *rule;
		int line;
	} defects[] = {
		{ "training=\"allowed\"", "training=\"perhaps\"", "schema", 5 },
		{ " orientation=\"1\"", "", "schema", 11 },
		{ "sha256:0", "sha256:X", "schema", 10 },
		{ "zh-Hant", "chinese (traditional)", "schema", 4 },
		{ " <identity/>", " <identity/><extra/>", "schema", 3 },
		{ "box=\"80 0 20 200\"", "box=\"80 0 20\"", "schema", 15 },
		{ "box=\"80 0 20 200\"", "box=\"80 0 x 200\"", "schema", 15 },
		{ "order=\"2\"", "order=\"zwei\"", "schema", 25 },
		{ " <pages>", " <pages>text", "schema", 9 },
		{ "id=\"good\"", "id=\"better\"", "id-file-name", 2 },
		{ "order=\"2\"", "order=\"3\"", "page-order", 25 },
		{ "box=\"80 0 20 200\"", "box=\"81 0 20 200\"", "box-outside", 15 },
		{ "boxes=\"60 0 20 20 60 20 20 20\"", "boxes=\"60 0 20 20 60 190 20 20\"", "box-outside", 21 },
		{ "to-clean=\"1 0 0 0 1 0\"", "to-clean=\"1 0 0 1 0 0\"", "transform", 11 },
		{ "layer=\"printed\"", "layer=\"simplified\"", "layers", 16 },
		{ "confidences=\"90 80\"", "confidences=\"90\"", "glyph-count", 17 },
		{ "布告", "布", "glyph-count", 17 },
		{ "spans=\"0 1 1 1\"", "spans=\"0 1 1 2\"", "glyph-span", 21 },
		{ "spans=\"0 1 1 1\"", "spans=\"1 1 0 1\"", "glyph-span", 21 },
		{ "布告", "布 告", "text-space", 16 },
		{ "布告", "布告\xC2\x85", "text-character", 16 },
		{ "布告", "\xEF\xA4\x80告", "text-form", 16 },
		{ "source=\"box/p1.tif\"", "source=\"/box/p1.tif\"", "source-path", 10 },
		{ "member=\"p2.tif\"", "member=\"a/../p2.tif\"", "source-path", 26 },
		{ "reason=\"truncated\"", "reason=\"tired\"", "reason", 27 },
		{ "http://rightsstatements.org/vocab/InC/1.0/", "ours", "rights-statement", 5 },
		{ "<language>", "<date edtf=\"1931-02-30\">中华民国二十年二月三十日</date><language>", "date-edtf", 4 },
		{ "<language>", "<date edtf=\"\">二十年</date><language>", "schema", 4 },
		{ "characters=\"4\"", "characters=\"5\"", "totals", 0 },
		{ "pages=\"2\"", "pages=\"3\"", "totals", 0 },
		{ "</record>\n", "", "xml", 0 },
		{ "布告", "布\x01告", "xml", 16 },
		{ "<record ", "<!DOCTYPE record>\n<record ", "xml", 0 },
		{ "record:1", "record:2", "unknown-kind", 1 },
	};

	for (size_t i = 0; i < RC_COUNT(defects); i++) {
		put_record("good.xml", defects[i].from, defects[i].to);
		RC_OWN_JSON json = validate("good.xml");
		const json_t *findings = json_object_get(json, "findings"), *first = json_array_get(findings, 0);
		bool ok = check_int((int64_t)json_array_size(findings), 1);

		ok &= check_str(rc_json_str(first, "rule", ""), defects[i].rule);
		ok &= check(!defects[i].line || rc_json_int(first, "line", 0) == defects[i].line);
		ok &= check(!rc_json_bool(json, "valid", true));
		if (!ok) {
			fprintf(stderr, "defect %zu: '%s' for '%s', line %d\n", i, defects[i].to, defects[i].from, defects[i].line);
			print_findings(json);
		}
	}
}

TEST(a_cut_record_is_not_well_formed)
{
	RC_OWN_BUF out = RC_BUF(1 << 20);
	struct rc_err err;

	check_int(rc_file_put("good.xml", head, 700, &err), RC_OK);
	RC_OWN_JSON json = validate("good.xml");

	check_str(rc_json_str(json_array_get(json_object_get(json, "findings"), 0), "rule", ""), "xml");
}

TEST(a_folder_is_checked_file_by_file)
{
	struct rc_err err;

	put_record("box/good.xml", "布告", "布告");
	put_record("box/b/other.xml", "布告", "布告");
	check_int(rc_file_put("box/notes.txt", "x", 1, &err), RC_OK);
	RC_OWN_JSON json = validate("box");
	const json_t *findings = json_object_get(json, "findings");

	check_int(rc_json_int(json, "checked", 0), 2);
	check_int((int64_t)json_array_size(findings), 1);
	check_str(rc_json_str(json_array_get(findings, 0), "file", ""), "box/b/other.xml");
	check_str(rc_json_str(json_array_get(findings, 0), "rule", ""), "id-file-name");
}

TEST(what_is_not_known_is_said)
{
	struct rc_err err;

	check_int(rc_file_put("box/notes.txt", "x", 1, &err), RC_OK);
	RC_OWN_JSON file = validate("box/notes.txt");
	RC_OWN_JSON folder = validate("box");

	check_str(rc_json_str(json_array_get(json_object_get(file, "findings"), 0), "rule", ""), "unknown-kind");
	check_str(rc_json_str(json_array_get(json_object_get(folder, "findings"), 0), "rule", ""), "unknown-kind");
}

TEST(nothing_at_a_path_is_no_finding_but_an_error)
{
	RC_CLEANUP(report_free) struct report *report = NULL;
	struct rc_err err;

	check_int(report_new(&report, false, true, NULL, &err), RC_OK);
	check_int(validate_path(&(struct validation){ .report = report }, "nowhere", &err), RC_RUN_FAILED);
	check_int(err.reason, RC_WHY_MISSING);
	check_int(report_checked(report), 0);
}

TEST(truth_beside_an_image_must_be_usable)
{
	static const char pgm[] = "P5\n4 4\n255\n0123456789abcdef";
	struct rc_err err;

	check_int(rc_file_put("s/a.pgm", pgm, sizeof pgm - 1, &err), RC_OK);
	check_int(rc_file_put("s/a.gt.txt", "布告\n\xFF\n", 9, &err), RC_OK);
	check_int(rc_file_put("s/a.2.gt.txt", "x", 1, &err), RC_OK);    /* no frame 1: not looked at */
	check_int(rc_file_put("s/b.pgm", pgm, sizeof pgm - 1, &err), RC_OK);
	check_int(rc_file_put("s/b.1.gt.json", "{\"max_cer\": \"x\"}", 16, &err), RC_OK);
	check_int(rc_file_put("s/c.pgm", "P5\n999999999 9999999\n255\n", 25, &err), RC_OK);
	RC_OWN_JSON json = validate("s");
	const json_t *findings = json_object_get(json, "findings");
	const char *const rules[] = { "sample-text", "sample-facts", "sample-image" };

	if (!check_int((int64_t)json_array_size(findings), RC_COUNT(rules)))
		print_findings(json);
	for (size_t i = 0; i < RC_COUNT(rules); i++)
		check_str(rc_json_str(json_array_get(findings, i), "rule", ""), rules[i]);
}

TEST(junit_counts_and_names_what_failed)
{
	RC_OWN_BUF xml = RC_BUF(1 << 20);
	struct rc_err err;

	put_record("box/a<&.xml", "training=\"allowed\"", "training=\"perhaps\"");
	put_record("box/good.xml", "布告", "布告");
	RC_OWN_JSON json = validate("box");

	check_int(rc_buf_read_file(&xml, "out.xml", &err), RC_OK);
	check_contains(xml.data, "tests=\"2\" failures=\"1\"");
	check_contains(xml.data, "<testcase classname=\"record\" name=\"box/a&lt;&amp;.xml\">");
	check_contains(xml.data, "message=\"2 findings, the first: schema\"");
	check_contains(xml.data, "<testcase classname=\"record\" name=\"box/good.xml\"/>");
}

TEST(a_thousand_findings_are_counted_and_a_hundred_printed)
{
	RC_OWN_BUF xml = RC_BUF(1 << 20);
	struct rc_err err;

	rc_buf_adds(&xml, "<record xmlns=\"urn:redcorpus:record:1\" id=\"good\"><identity>\n");
	for (int i = 0; i < 1000; i++)
		rc_buf_adds(&xml, "<part/>\n");
	rc_buf_adds(&xml, "</identity></record>");
	check_int(rc_file_put("good.xml", xml.data, xml.len, &err), RC_OK);
	RC_OWN_JSON json = validate("good.xml");

	check_int((int64_t)json_array_size(json_object_get(json, "findings")), 100);
	check(rc_json_int(json, "errors", 0) >= 1000);
}

TEST(a_truth_whose_image_is_gone_is_a_warning)
{
	static const char pgm[] = "P5\n4 4\n255\n0123456789abcdef";
	static const char *const truths[] = { "a.gt.txt", "a.1.gt.txt", "a.2.gt.txt", "b.gt.json", "b.3.gt.txt", "notes.gt.txt", "linked.gt.txt" };
	static const char *const orphans[] = { "s/b.3.gt.txt", "s/b.gt.json", "s/notes.gt.txt" };
	struct rc_err err;

	check_int(rc_file_put("s/a.pgm", pgm, sizeof pgm - 1, &err), RC_OK);
	check_int(rc_file_put("s/notes.txt", "x", 1, &err), RC_OK);
	check_int(symlink("elsewhere", "s/linked.png"), 0);
	for (size_t i = 0; i < RC_COUNT(truths); i++) {
		RC_OWN_BUF path = RC_BUF(100);

		rc_buf_addf(&path, "s/%s", truths[i]);
		check_int(rc_file_put(path.data, "{}", 2, &err), RC_OK);
	}
	RC_OWN_JSON json = validate("s");
	const json_t *findings = json_object_get(json, "findings");

	check_int(rc_json_int(json, "checked", 0), 1);
	check_int(rc_json_int(json, "invalid", -1), 0);
	check_int(rc_json_int(json, "warnings", 0), RC_COUNT(orphans));
	for (size_t i = 0; i < RC_COUNT(orphans); i++) {
		check_str(rc_json_str(json_array_get(findings, i), "file", ""), orphans[i]);
		check_str(rc_json_str(json_array_get(findings, i), "rule", ""), "sample-orphan");
		check_str(rc_json_str(json_array_get(findings, i), "level", ""), "warning");
	}
}

/* ---- the list of rules -------------------------------------------------------------------------------- */

TEST(the_list_of_rules_is_that_of_the_code)
{
	RC_OWN_BUF list = RC_BUF(1 << 20);
	RC_OWN_BUF wanted = RC_BUF(1 << 20);
	struct rc_err err;

	check_int(rc_buf_read_file(&list, check_root("schemas/rules.md"), &err), RC_OK);
	rc_buf_adds(&wanted, "|---|---|---|\n");
	for (enum rule i = 0; i < RULE_COUNT; i++)
		rc_buf_addf(&wanted, "| `%s` | %s | %s |\n", rule_code(i), rule_where(i), rule_what(i));
	const char *table = strstr(list.data, "|---|");

	check_str(table ? table : "", wanted.data);
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
