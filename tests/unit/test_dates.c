/* test_dates.c -- dates as papers write them; the wanted answers are in dates.tsv. */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "common/dates.h"
#include "core/buf.h"

static void load_table(struct rc_buf *out)
{
	check_int(rc_buf_read_file(out, check_root("tests/unit/dates.tsv"), NULL), RC_OK);
}

TEST(a_written_date_gets_the_edtf_or_the_reason_of_the_table)
{
	RC_OWN_BUF table = RC_BUF(1 << 20);
	int n = 0;

	load_table(&table);
	for (char *line = table.data, *next; line && *line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		char *tab = strchr(line, '\t');

		if (*line == '#' || *line == '\0')
			continue;
		if (!check(tab != NULL))
			continue;
		*tab = '\0';
		struct dates_reading r = dates_read(line);
		char got[DATES_EDTF + 1];

		snprintf(got, sizeof got, "%s%s", *r.edtf ? "" : "!", *r.edtf ? r.edtf : dates_reason_name(r.reason));
		if (!check_str(got, tab + 1))
			printf("    of '%s'\n", line);
		n++;
	}
	check(n >= 200);
}

TEST(every_answer_is_edtf_of_level_0_or_1)
{
	RC_OWN_BUF table = RC_BUF(1 << 20);

	load_table(&table);
	for (char *line = table.data, *next; line && *line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		line[strcspn(line, "\t")] = '\0';
		struct dates_reading r = dates_read(line);

		if (*r.edtf)
			check(dates_is_edtf(r.edtf));
		check((*r.edtf != '\0') == (r.reason == DATES_WHY_NONE));
	}
}

TEST(what_is_no_edtf_is_not_taken_for_it)
{
	static const char *const wrong[] = {
		"", "31", "1931-", "1931-1", "1931-00", "1931-13", "1931-25", "1931-11-31", "1931-02-29", "1931-XX-07", "19X1", "1931-21~", "193X~",
		"1931-11-XX?", "..", "/", "../", "/..", "../..", "1931-XX/1932", " 1931", "1931 ", "1931??", "1931/1932/1933", "19311107",
	};

	for (size_t i = 0; i < RC_COUNT(wrong); i++)
		if (!check(!dates_is_edtf(wrong[i])))
			printf("    '%s'\n", wrong[i]);
}

TEST(every_reason_has_a_name_of_its_own)
{
	for (int a = 1; a < DATES_WHY_COUNT; a++)
		for (int b = 0; b < a; b++)
			check(strcmp(dates_reason_name((enum dates_reason)a), dates_reason_name((enum dates_reason)b)) != 0);
}

/* Every prefix and suffix of every line, and bytes that are no text: an answer, and no crash. */
TEST(broken_text_is_no_date_and_does_no_harm)
{
	RC_OWN_BUF table = RC_BUF(1 << 20);
	char piece[200];

	load_table(&table);
	for (const char *line = table.data; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
		size_t len = strcspn(line, "\t\n");

		for (size_t cut = 0; cut < len && len < sizeof piece; cut++) {
			snprintf(piece, sizeof piece, "%.*s", (int)cut, line);
			(void)dates_read(piece);
			snprintf(piece, sizeof piece, "%.*s", (int)(len - cut), line + cut);
			(void)dates_read(piece);
		}
	}
	check_int(dates_read("\xFF\xFE\xC0").reason, DATES_WHY_NOT_A_DATE);
	check_int(dates_read("").reason, DATES_WHY_NO_DATE);
	check_int(dates_read(table.data).reason, DATES_WHY_NOT_A_DATE);
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
