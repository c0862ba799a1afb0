/* test_catalogue.c -- tables as text, and the archive's catalogue: as spreadsheets and people write them. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "check.h"
#include "common/csv.h"
#include "core/outfile.h"
#include "normalize/catalogue.h"
#include "normalize/catalogue_values.h"

/* ---- rows --------------------------------------------------------------------------------------------- */

/* All rows as text: fields in <>, rows parted by '|'; a broken one as "!LINE". */
static const char *rows_of(const char *bytes, size_t len, char delimiter)
{
	static char out[4000];
	CSV_OWN_ROW row = CSV_ROW_INIT;
	struct csv_reader r = CSV_READER(bytes, len, delimiter);
	const char *why = NULL;
	size_t n = 0;

	out[0] = '\0';
	for (enum csv_result result; (result = csv_next(&r, &row, &why)) != CSV_END;) {
		n += (size_t)snprintf(out + n, sizeof out - n, "%s", n ? "|" : "");
		if (result == CSV_BROKEN)
			n += (size_t)snprintf(out + n, sizeof out - n, "!%d", (int)row.line);
		for (size_t i = 0; result == CSV_ROW && i < row.n; i++)
			n += (size_t)snprintf(out + n, sizeof out - n, "<%s>", csv_field(&row, i));
	}
	return out;
}
#define ROWS(text) rows_of(text, sizeof(text) - 1, ',')

TEST(fields_and_rows_are_parted_as_rfc_4180_says)
{
	check_str(ROWS("a,b\r\nc,d\r\n"), "<a><b>|<c><d>");
	check_str(ROWS("a,b\nc,d"), "<a><b>|<c><d>");
	check_str(ROWS("a,b\rc,d\r"), "<a><b>|<c><d>");
	check_str(ROWS("a,,\n,b,"), "<a><><>|<><b><>");
	check_str(ROWS("\"a,b\",\"c\"\"d\",\"\"\n"), "<a,b><c\"d><>");
	check_str(ROWS("\"a\r\nb\",c\nd,e"), "<a\nb><c>|<d><e>");
	check_str(rows_of("a;b,c\nd\te", 9, ';'), "<a><b,c>|<d\te>");
	check_str(ROWS(""), "");
}

TEST(rows_without_content_do_not_count)
{
	check_str(ROWS("a,b\n\n,,,\n\"\",\nc,d\n"), "<a><b>|<c><d>");
}

TEST(a_quote_inside_a_field_that_has_none_around_stands_for_itself)
{
	check_str(ROWS("5\" scan,b\n"), "<5\" scan><b>");
}

TEST(a_broken_row_costs_its_own_line)
{
	check_str(ROWS("a,b\n\"c\"x,d\ne,f\n"), "<a><b>|!2|<e><f>");
	check_str(ROWS("a,b\n\"never closed,d\ne,f\ng,h"), "<a><b>|!2|<e><f>|<g><h>");
	/* The next quote closes it, and then text follows: the row that began is the broken one. */
	check_str(ROWS("a,b\n\"c,d\n\"e\",f\ng,h\n"), "<a><b>|!2|<e><f>|<g><h>");
	check_str(ROWS("a,b\0c\nd,e\n"), "!1|<d><e>");
}

TEST(lines_are_counted_through_quotes)
{
	CSV_OWN_ROW row = CSV_ROW_INIT;
	static const char text[] = "a\n\"b\nb\nb\"\nc\n";
	struct csv_reader r = CSV_READER(text, sizeof text - 1, ',');
	const char *why;

	check_int(csv_next(&r, &row, &why), CSV_ROW);
	check_int(csv_next(&r, &row, &why), CSV_ROW);
	check_int(row.line, 2);
	check_int(csv_next(&r, &row, &why), CSV_ROW);
	check_int(row.line, 5);
}

TEST(what_is_beyond_the_limits_is_broken_and_reading_goes_on)
{
	RC_OWN_BUF text = RC_BUF(1 << 21);

	for (int i = 0; i < CSV_MAX_FIELDS + 1; i++)
		rc_buf_addc(&text, ',');
	rc_buf_adds(&text, "x\nsecond\n");
	for (int i = 0; i < CSV_MAX_ROW_BYTES + 1; i++)
		rc_buf_addc(&text, 'y');
	rc_buf_adds(&text, "\nlast\n");
	check_str(rows_of(text.data, text.len, ','), "!1|<second>|!3|<last>");
}

/* ---- the catalogue ------------------------------------------------------------------------------------ */

static struct rc_config *settings;      /* of the test that runs */

static struct catalogue *load(const void *bytes, size_t len)
{
	struct catalogue *c = NULL;
	struct rc_err err = { 0 };

	if (!settings)
		settings = rc_config_new();
	check_int(rc_file_put("metadata.csv", bytes, len, NULL), RC_OK);
	if (!check_int(catalogue_load(&c, ".", settings, &err), RC_OK))
		check_str(err.text, "");
	return c;
}
#define LOAD(text) load(text, sizeof(text) - 1)
#define OWN_CATALOGUE RC_CLEANUP(catalogue_free) struct catalogue *
#define OWN_SETTINGS RC_CLEANUP(rc_config_free) struct rc_config *

static const char *title_of(const struct catalogue *c, const char *item)
{
	return catalogue_value(catalogue_find(c, item, NULL).row, CATALOGUE_TITLE);
}

/* "题名,文件夹\n布告,notice\n" in GB18030, as a spreadsheet in China saves it. */
static const char gb18030[] = "\xCC\xE2\xC3\xFB,\xCE\xC4\xBC\xFE\xBC\xD0\n\xB2\xBC\xB8\xE6,notice\n";
/* "題名,文件夾\n佈告,notice\n" in Big5. */
static const char big5[] = "\xC3\x44\xA6\x57,path\n\xA7\x47\xA7\x69,notice\n";

TEST(the_encoding_is_found_by_evidence)
{
	OWN_CATALOGUE gb = LOAD(gb18030);

	check_str(title_of(gb, "notice"), "布告");
	check_str(catalogue_facts(gb).encoding, "GB18030");
	OWN_CATALOGUE big = LOAD(big5);

	check_str(title_of(big, "notice"), "佈告");
	check_str(catalogue_facts(big).encoding, "Big5");
	OWN_CATALOGUE marked = LOAD("\xEF\xBB\xBF题名,文件夹\r\n布告,notice\r\n");

	check_str(title_of(marked, "notice"), "布告");
	OWN_CATALOGUE plain = LOAD("题名,文件夹\n布告,notice\n");

	check_str(title_of(plain, "notice"), "布告");
	check_str(catalogue_facts(plain).encoding, "UTF-8");
	OWN_CATALOGUE utf16 = LOAD("\xFF\xFE" "t\0i\0t\0l\0e\0\t\0i\0d\0\n\0\x03\x5E\x4A\x54\t\0n\0\n\0");

	check_str(title_of(utf16, "n"), "布告");
	check_str(catalogue_facts(utf16).encoding, "UTF-16");
	check_str(catalogue_facts(utf16).delimiter, "tab");
}

TEST(one_damaged_line_does_not_change_the_verdict_on_the_encoding)
{
	OWN_CATALOGUE c = LOAD("题名,文件夹\n布\xFF\xFE告,a\n通知,b\n训令,c\n");

	check_str(title_of(c, "b"), "通知");
	check_str(title_of(c, "c"), "训令");
	check_str(title_of(c, "a"), "");
	check_int(catalogue_facts(c).n_broken, 1);
	check_int(catalogue_facts(c).findings[0].line, 2);
	check_contains(catalogue_facts(c).findings[0].text, "not whole UTF-8");
}

TEST(the_delimiter_is_found_by_evidence)
{
	OWN_CATALOGUE semicolon = LOAD("Title;Path\nred, blue;notice\n");

	check_str(title_of(semicolon, "notice"), "red, blue");
	OWN_CATALOGUE tab = LOAD("title\tpath\nred, blue; green\tnotice\n");

	check_str(title_of(tab, "notice"), "red, blue; green");
	OWN_CATALOGUE said = LOAD("sep=;\ntitle;path\nred, blue;notice\n");

	check_str(title_of(said, "notice"), "red, blue");
	check_int(catalogue_find(said, "notice", NULL).row->line, 3);
}

TEST(settings_overrule_the_evidence)
{
	OWN_SETTINGS cfg = settings = rc_config_new();

	check_int(rc_config_set(cfg, "catalogue.delimiter=semicolon", NULL), RC_OK);
	check_int(rc_config_set(cfg, "catalogue.columns=title=Betreff; path = Mappe ;-=note", NULL), RC_OK);
	OWN_CATALOGUE c = LOAD("betreff;mappe;note\na, b;n;secret\n");

	check_str(title_of(c, "n"), "a, b");
	check_str(catalogue_value(catalogue_find(c, "n", NULL).row, CATALOGUE_NOTE), "");
	check_int(rc_config_set(cfg, "catalogue.encoding=gb18030", NULL), RC_OK);
	check_int(rc_config_set(cfg, "catalogue.delimiter=auto", NULL), RC_OK);
	check_int(rc_config_set(cfg, "catalogue.columns=", NULL), RC_OK);
	OWN_CATALOGUE gb = LOAD(gb18030);

	check_str(title_of(gb, "notice"), "布告");
}

TEST(a_list_of_names_that_is_none_is_a_wrong_setting)
{
	RC_CLEANUP(catalogue_names_free) struct catalogue_names *names = NULL;
	struct rc_err err = { 0 };

	check_int(catalogue_names_new(&names, "titel=Betreff", &err), RC_RUN_FAILED);
	check_contains(err.text, "'titel'");
	check_int(catalogue_names_new(&names, "title", &err), RC_RUN_FAILED);
	check_int(catalogue_names_new(&names, "title=", &err), RC_RUN_FAILED);
	check_int(catalogue_names_new(&names, "title=a;;creator=b;", &err), RC_OK);
}

TEST(a_file_whose_columns_nobody_knows_is_no_catalogue)
{
	OWN_SETTINGS cfg = rc_config_new();
	struct catalogue *c = NULL;
	struct rc_err err = { 0 };

	check_int(rc_file_put("metadata.csv", "foo,bar\n1,2\n", 12, NULL), RC_OK);
	check_int(catalogue_load(&c, ".", cfg, &err), RC_RUN_FAILED);
	check_int(err.reason, RC_WHY_SETTING);
	check_contains(err.text, "'foo'");
	check(c == NULL);
	check_int(rc_file_put("metadata.csv", "", 0, NULL), RC_OK);
	check_int(catalogue_load(&c, ".", cfg, &err), RC_RUN_FAILED);
	check_int(catalogue_load(&c, "nowhere", cfg, &err), RC_SKIP);
}

TEST(names_of_columns_are_known_in_many_forms)
{
	OWN_CATALOGUE c = LOAD("dc:title,dcterms:rightsHolder,Path,Training_Allowed（必填）,標題\na,archive,n,yes,b\n");
	const struct catalogue_row *row = catalogue_find(c, "n", NULL).row;

	check_str(catalogue_value(row, CATALOGUE_TITLE), "a");
	check_str(catalogue_value(row, CATALOGUE_HOLDER), "archive");
	check_int(row->training, CATALOGUE_SAYS_ALLOWED);
	check_int(row->n_values, 5);
}

TEST(item_and_file_are_parts_of_the_number_beside_a_fonds)
{
	OWN_CATALOGUE with = LOAD("fonds,catalogue,file,item,title\n3,1,12,7,a\n");

	check_str(catalogue_find(with, "box%2F3-1-12-7", NULL).row->reference, "3-1-12-7");
	OWN_CATALOGUE without = LOAD("item,file,title\nbox%2Fn,elsewhere,a\n");

	check_int(catalogue_find(without, "box%2Fn", NULL).how, CATALOGUE_BY_ID);
	check_int(catalogue_find(without, "elsewhere", NULL).how, CATALOGUE_BY_NAME);
}

TEST(short_rows_are_whole_and_long_ones_are_broken)
{
	OWN_CATALOGUE c = LOAD("path,title,note\na,x\nb,y,z,\nc,y,z,more\n");

	check_str(title_of(c, "a"), "x");
	check_str(title_of(c, "b"), "y");
	check_str(title_of(c, "c"), "");
	check_int(catalogue_facts(c).n_findings_in_all, 2);
	check_int(catalogue_facts(c).findings[0].line, 2);
	check_str(catalogue_facts(c).findings[0].kind, "short-row");
	check_contains(catalogue_facts(c).findings[0].text, "2 of 3 fields");
	check_int(catalogue_facts(c).findings[1].line, 4);
}

TEST(a_row_that_lacks_only_fields_without_a_name_is_not_short)
{
	OWN_CATALOGUE c = LOAD("path,title,,\na,x\n");

	check_int(catalogue_facts(c).n_findings_in_all, 0);
}

TEST(dates_that_cannot_be_told_are_named_with_their_reason)
{
	OWN_CATALOGUE c = LOAD("path,date,edtf\na,1932年13月,\nb,二月三十日,\nc,二十一年春,1932-21\nd,无日期,\ne,1932年1月,\nf,二十一年春,\n");
	const struct catalogue_facts facts = catalogue_facts(c);
	static const char *const wanted[][2] = { { "1932年13月", "no-such-month" }, { "二月三十日", "" }, { "二十一年春", "era-unknown" } };
	static const int64_t lines[] = { 2, 3, 7 };

	if (!check_int((int64_t)facts.n_findings, RC_COUNT(wanted)))
		return;
	for (size_t i = 0; i < RC_COUNT(wanted); i++) {
		check_str(facts.findings[i].kind, "date");
		check_int(facts.findings[i].line, lines[i]);
		check_contains(facts.findings[i].text, wanted[i][0]);
		check_contains(facts.findings[i].text, wanted[i][1]);
	}
}

TEST(line_breaks_and_blanks_in_cells_become_one_space)
{
	OWN_CATALOGUE c = LOAD("path,title\nn,\"　first\r\n\r\n second \"\n");

	check_str(title_of(c, "n"), "first second");
}

/* ---- whose row ---------------------------------------------------------------------------------------- */

TEST(an_item_is_found_by_its_id_its_path_its_number_or_an_end_of_its_path)
{
	OWN_CATALOGUE c = LOAD("path,档号,title\nbox/a,,by path\nb,,by folder\nc.pdf,,by file\nd,,by bare name\n,3-1-12-7,by number\n");
	RC_OWN_JSON fields = json_pack("{s:s, s:s, s:s, s:s}", "fonds", "3", "catalogue", "1", "file", "12", "item", "7");

	check_str(title_of(c, "box%2Fa"), "by path");
	check_str(title_of(c, "box%2Fb"), "by folder");
	check_str(title_of(c, "box%2Fc.pdf"), "by file");
	check_str(title_of(c, "box%2Fsub%2Fd.tif"), "by bare name");
	check_str(title_of(c, "box%2F3-1-12-7"), "by number");
	check_str(catalogue_value(catalogue_find(c, "whatever", fields).row, CATALOGUE_TITLE), "by number");
	check_str(title_of(c, "box%2Fe"), "");
	check_int(catalogue_find(c, "box%2Fa", NULL).how, CATALOGUE_BY_NAME);
	check_int(catalogue_find(c, "whatever", fields).how, CATALOGUE_BY_REFERENCE);
}

TEST(windows_paths_and_chinese_names_are_the_same_names)
{
	OWN_CATALOGUE c = LOAD("path,title\n.\\傳單\\第１頁,a\n");

	check_str(title_of(c, "傳單%2F第1頁"), "a");
}

TEST(zeros_that_a_spreadsheet_took_away_do_not_matter)
{
	OWN_CATALOGUE c = LOAD("全宗号,目录号,案卷号,件号,title\n3,1,12,7,a\n");

	check_str(title_of(c, "box%2F003-01-0012-007"), "a");
	OWN_CATALOGUE two = LOAD("档号,title\n3-01,a\n03-1,b\n");

	check_str(title_of(two, "3-01"), "a");
	check_str(title_of(two, "box%2F3-1"), "");
}

TEST(dashes_of_all_kinds_join_a_number)
{
	OWN_CATALOGUE c = LOAD("档号,title\n３—１－12 - 7,a\n");

	check_str(title_of(c, "3-1-12-7"), "a");
}

TEST(a_name_that_several_items_have_is_nobodys)
{
	OWN_CATALOGUE c = LOAD("path,title,training\nnotice,a,allowed\nrules,b,denied\n1931/map,c,\n");
	static const char *const items[] = { "1931%2Fnotice", "1932%2Fnotice", "1931%2Frules", "1932%2Frules", "1931%2Fmap", "1932%2Fmap" };
	RC_OWN_BUF settled = RC_BUF(1000);

	for (size_t i = 0; i < RC_COUNT(items); i++)
		catalogue_count(c, items[i], NULL);
	catalogue_settle(c);
	check_str(title_of(c, "1931%2Fnotice"), "");
	check_str(title_of(c, "1932%2Fnotice"), "");
	check_str(title_of(c, "1931%2Fmap"), "c");
	/* What the row allows it allows nobody; what it denies it denies both. */
	check_int(catalogue_find(c, "1931%2Fnotice", NULL).training, CATALOGUE_SAYS_UNKNOWN);
	check_int(catalogue_find(c, "1932%2Frules", NULL).training, CATALOGUE_SAYS_DENIED);
	catalogue_settled(c, &settled);
	OWN_CATALOGUE again = LOAD("path,title,training\nnotice,a,allowed\nrules,b,denied\n1931/map,c,\n");

	check_str(title_of(again, "1931%2Fnotice"), "a");
	check(catalogue_set_settled(again, settled.data));
	check_str(title_of(again, "1931%2Fnotice"), "");
	check_str(title_of(again, "1931%2Fmap"), "c");
	OWN_CATALOGUE other = LOAD("path,title\nnotice,a\n");

	check(!catalogue_set_settled(other, settled.data));
}

/* ---- rights ------------------------------------------------------------------------------------------- */

TEST(a_right_is_read_in_both_languages)
{
	static const struct {
		const char *text;
		enum catalogue_training means;
	} words[] = {
		{ "allowed", CATALOGUE_SAYS_ALLOWED }, { "YES", CATALOGUE_SAYS_ALLOWED }, { "是", CATALOGUE_SAYS_ALLOWED }, { "允許", CATALOGUE_SAYS_ALLOWED },
		{ "denied", CATALOGUE_SAYS_DENIED }, { "No", CATALOGUE_SAYS_DENIED }, { "否", CATALOGUE_SAYS_DENIED }, { "禁止", CATALOGUE_SAYS_DENIED },
		{ "不允许", CATALOGUE_SAYS_DENIED }, { "unknown", CATALOGUE_SAYS_UNKNOWN }, { "未知", CATALOGUE_SAYS_UNKNOWN }, { "？", CATALOGUE_SAYS_UNKNOWN },
	};
	enum catalogue_training got;

	for (size_t i = 0; i < RC_COUNT(words); i++)
		check(catalogue_read_training(words[i].text, &got) && got == words[i].means);
	check(!catalogue_read_training("perhaps", &got));
	check(!catalogue_read_training("", &got));
}

TEST(what_is_said_of_training_and_not_understood_is_a_denial)
{
	OWN_CATALOGUE c = LOAD("path,training\nn,only after 2030\n");

	check_int(catalogue_find(c, "n", NULL).training, CATALOGUE_SAYS_DENIED);
	check_contains(catalogue_facts(c).findings[0].text, "taken as denied");
}

TEST(of_two_rows_for_one_item_the_first_describes_and_the_stricter_counts)
{
	OWN_CATALOGUE c = LOAD("path,title,training\nn,a,yes\nn,b,no\n");

	check_str(title_of(c, "n"), "a");
	check_int(catalogue_find(c, "n", NULL).training, CATALOGUE_SAYS_DENIED);
	check_str(catalogue_facts(c).findings[0].kind, "duplicate-row");
	check_int(catalogue_facts(c).findings[0].line, 3);
}

TEST(while_a_row_is_broken_no_item_without_a_row_is_allowed)
{
	OWN_CATALOGUE c = LOAD("path,training\nn,yes\n\"m\"x,no\n");

	check_int(catalogue_find(c, "n", NULL).training, CATALOGUE_SAYS_ALLOWED);
	check_int(catalogue_find(c, "m", NULL).training, CATALOGUE_SAYS_UNKNOWN);
	OWN_CATALOGUE harmless = LOAD("path,title\nn,a\n\"m\"x,b\n");

	check_int(catalogue_find(harmless, "m", NULL).training, CATALOGUE_SAYS_NOTHING);
}

TEST(languages_are_tags_or_names)
{
	check_str(catalogue_read_language("zh-Hant"), "zh-Hant");
	check_str(catalogue_read_language("俄文"), "ru");
	check_str(catalogue_read_language("繁體中文"), "zh-Hant");
	check(catalogue_read_language("some language") == NULL);
	check(catalogue_read_language("") == NULL);
}

/* ---- harm --------------------------------------------------------------------------------------------- */

TEST(no_bytes_do_harm)
{
	static const char start[] = "\xEF\xBB\xBF题名,path\r\n\"a\"\"b\",n\r\n;\t\xCC\xE2,\"\n\0x\xFF\xFE,y\n";
	OWN_SETTINGS cfg = rc_config_new();
	unsigned seed = 1;
	char bytes[sizeof start];

	for (int round = 0; round < 300; round++) {
		memcpy(bytes, start, sizeof bytes);
		for (int i = 0; i < 4; i++) {
			seed = seed * 1103515245 + 12345;
			bytes[(seed >> 8) % (sizeof bytes - 1)] = (char)(seed >> 16);
		}
		RC_CLEANUP(catalogue_free) struct catalogue *c = NULL;

		check_int(rc_file_put("metadata.csv", bytes, seed >> 4 & 1 ? sizeof bytes - 1 : (seed >> 9) % sizeof bytes, NULL), RC_OK);
		enum rc_status status = catalogue_load(&c, ".", cfg, NULL);

		check(status == RC_OK || status == RC_RUN_FAILED);
		if (c)
			(void)catalogue_find(c, "n", NULL);
	}
}

int main(int argc, char **argv)
{
	int status = check_main(argc, argv);

	rc_config_free(&settings);
	return status;
}
