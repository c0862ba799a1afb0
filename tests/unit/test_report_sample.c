/* test_report_sample.c -- samples: what is drawn follows from the seed alone, a form comes back as spreadsheets save it, and the
 * numbers are those of the textbooks. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "core/outfile.h"
#include "report/drawn.h"
#include "report/form.h"
#include "report/report.h"

/* ---- distributions ------------------------------------------------------------------------------------------ */

/* From tables of Student's distribution, and Clopper and Pearson's limits for 0 of 10, 1 of 10 and 10 of 100. */
TEST(quantiles_are_those_of_the_tables)
{
	check_near(estimate_t_quantile(0.975, 1), 12.7062, 1e-4);
	check_near(estimate_t_quantile(0.975, 5), 2.570582, 1e-6);
	check_near(estimate_t_quantile(0.975, 10), 2.228139, 1e-6);
	check_near(estimate_t_quantile(0.975, 1000), 1.962339, 1e-6);
	check_near(estimate_beta_quantile(0.975, 1, 10), 0.3084971, 1e-7);
	check_near(estimate_beta_quantile(0.025, 1, 10), 0.0025286, 1e-7);
	check_near(estimate_beta_quantile(0.025, 10, 91), 0.0490047, 1e-7);
	check_near(estimate_beta_quantile(0.975, 11, 90), 0.1762226, 1e-7);
}

/* ---- estimates ------------------------------------------------------------------------------------------------- */

/* Five pages of forty; the wanted numbers were computed from the formulas by another program. */
static struct estimate_page five[] = { { 300, 3 }, { 280, 9 }, { 310, 2 }, { 150, 0 }, { 420, 12 } };
static struct estimate_page three[] = { { 200, 40 }, { 220, 60 }, { 180, 20 } };

TEST(a_rate_is_errors_by_characters_and_pages_are_what_is_drawn)
{
	struct estimate e = estimate_grade(&(struct estimate_grade){ .pages = 40, .characters = 12000, .checked = five, .n = 5 });

	check_int(e.checked, 1460);
	check_int(e.errors, 26);
	check_near(e.rate, 0.01780822, 1e-8);
	check_near(e.variance, 3.1588224e-5, 1e-12);
	check_near(e.low, 0.00574136, 1e-7);
	check_near(e.high, 0.04131904, 1e-7);
}

TEST(grades_add_up_by_their_share_of_the_characters)
{
	struct estimate_grade grades[ESTIMATE_GRADES] = {
		[0] = { .pages = 40, .characters = 12000, .checked = five, .n = 5 },
		[3] = { .pages = 10, .characters = 2000, .checked = three, .n = 3 },
	};
	double covered;
	struct estimate e = estimate_all(grades, &covered);

	check_near(covered, 1, 1e-12);
	check_near(e.rate, 0.04383562, 1e-8);
	check_near(e.variance, 5.3683865e-5, 1e-12);
	check_near(e.low, 0.02766713, 1e-7);
	check_near(e.high, 0.06562698, 1e-7);

	grades[4] = (struct estimate_grade){ .pages = 5, .characters = 14000 };         /* nobody looked at those */
	e = estimate_all(grades, &covered);
	check_near(covered, 0.5, 1e-12);
	check_near(e.rate, 0.04383562, 1e-8);
}

TEST(without_errors_the_upper_limit_is_that_of_so_many_characters)
{
	struct estimate_page clean[] = { { 500, 0 }, { 500, 0 } };
	struct estimate e = estimate_grade(&(struct estimate_grade){ .pages = 100, .characters = 50000, .checked = clean, .n = 2 });

	check_near(e.rate, 0, 1e-12);
	check_near(e.low, 0, 1e-12);
	check_near(e.high, 1 - 0.9963180, 1e-6);        /* 0.025 to the power of 1/1000 */
}

TEST(one_page_of_many_has_a_rate_and_no_interval_and_all_pages_leave_nothing_to_estimate)
{
	struct estimate e = estimate_grade(&(struct estimate_grade){ .pages = 9, .characters = 900, .checked = five, .n = 1 });

	check_near(e.rate, 0.01, 1e-12);
	check(e.high < 0);
	e = estimate_grade(&(struct estimate_grade){ .pages = 5, .characters = 1460, .checked = five, .n = 5 });
	check_near(e.low, e.rate, 1e-12);
	check_near(e.high, e.rate, 1e-12);
	e = estimate_grade(&(struct estimate_grade){ .pages = 5, .characters = 1460 });
	check(e.rate < 0 && e.high < 0);
}

/* ---- drawing ------------------------------------------------------------------------------------------------------ */

TEST(every_grade_gives_two_pages_and_the_rest_follows_the_text)
{
	const int64_t pages[ESTIMATE_GRADES] = { 100, 1, 0, 50, 3, 0 }, characters[ESTIMATE_GRADES] = { 80000, 10, 0, 20000, 90000, 0 };
	int64_t given[ESTIMATE_GRADES], sum = 0;

	drawn_allocate(pages, characters, 20, given);
	check_int(given[1], 1);
	check_int(given[2], 0);
	check_int(given[3], 3);
	check_int(given[4], 3);                         /* all it has */
	check_int(given[0], 13);
	drawn_allocate(pages, characters, 3, given);
	check_int(given[0] + given[1] + given[3] + given[4], 3);
	drawn_allocate(pages, characters, 1000, given);
	for (int g = 0; g < ESTIMATE_GRADES; g++)
		sum += given[g];
	check_int(sum, 154);
}

/* ---- forms -------------------------------------------------------------------------------------------------------- */

#define ROW(id, grade, checked, errors) "1,p" id ",i,1,f," grade ",,9,t," checked "," errors ",,40,12000\r\n"
#define ID "000000000000000"

static enum rc_status read(const char *header, const char *rows, struct form *ret, struct rc_err *err)
{
	RC_OWN_BUF text = RC_BUF(1 << 16);

	rc_buf_adds(&text, header);
	rc_buf_adds(&text, rows);
	check_int(rc_file_put("form.csv", text.data, text.len, NULL), RC_OK);
	return form_read("form.csv", ret, err);
}

TEST(a_filled_form_is_counted_by_grade_and_empty_rows_are_not_errors_free)
{
	OWN_FORM f = { 0 };

	check_int(read(form_header, ROW(ID "1", "A", "300", "3") ROW(ID "2", "A", "\"1,280\"", "9.0") ROW(ID "3", "A", "", "") ROW(ID "4", "none", "5", "5"), &f, NULL), RC_OK);
	check_int(f.rows, 4);
	check_int(f.filled, 3);
	check_int(f.grades[0].n, 2);
	check_int(f.grades[0].checked[1].checked, 1280);
	check_int(f.grades[0].pages, 40);
	check_int(f.grades[ESTIMATE_GRADES - 1].n, 1);
}

/* As Excel in China saves it: the header's Chinese in GB18030, semicolons or tabs, text with quotes and line ends in it. */
TEST(a_form_may_come_back_in_gb18030_with_semicolons_or_tabs)
{
	OWN_FORM semicolons = { 0 };
	OWN_FORM tabs = { 0 };

	check_int(read("no \xd0\xf2\xba\xc5;page_id \xd2\xb3;grade;text;checked \xba\xcb\xb6\xd4;errors;grade_pages;grade_characters\r\n",
	               "1;p" ID "a;D;\"\xd2\xbb\"\"\n;\x81\x30\x81\x30\";100;7;3;900\r\n", &semicolons, NULL), RC_OK);
	check_int(semicolons.grades[3].checked[0].errors, 7);
	check_int(read("page_id\tgrade\tchecked\terrors\tgrade_pages\tgrade_characters\n", "p" ID "b\tE\t10\t0\t3\t900\n", &tabs, NULL), RC_OK);
	check_int(tabs.grades[4].checked[0].checked, 10);
}

TEST(what_is_wrong_with_a_form_is_said_with_its_line)
{
	const struct { const char *rows, *what; } wrong[] = {
		{ ROW(ID "1", "A", "300", "3") ROW(ID "2", "A", "3 or 4", "1"), "line 3: checked: '3 or 4' is no number" },
		{ ROW(ID "1", "A", "10", "11"), "line 2: errors: '11' is more than were checked" },
		{ ROW(ID "1", "A", "10", ""), "line 2: errors: '' is no number" },
		{ ROW(ID "1", "F", "10", "1"), "line 2: grade: 'F' is no grade" },
		{ ROW(ID "1", "A", "10", "1") ROW(ID "1", "A", "10", "1"), "line 3: page_id: 'p" ID "1' came before" },
		{ ROW("1e15", "A", "10", "1"), "is no id of a page" },
		{ ROW(ID "1", "A", "10", "1") "1,p" ID "2,i,1,f,A,,9,t,1,0,,41,12000\r\n", "line 3: grade_pages: '41' is not what other rows" },
		{ ROW(ID "1", "A", "", ""), "nothing is filled in" },
		{ "1,\"p\r\n", "line 2:" },
	};

	for (size_t i = 0; i < RC_COUNT(wrong); i++) {
		OWN_FORM f = { 0 };
		struct rc_err err = { 0 };

		check_int(read(form_header, wrong[i].rows, &f, &err), RC_PAGE_FAILED);
		check_contains(err.text, wrong[i].what);
	}
	OWN_FORM f = { 0 };
	struct rc_err err = { 0 };

	check_int(read("page_id,grade,errors\n", "", &f, &err), RC_PAGE_FAILED);
	check_contains(err.text, "no column 'checked'");
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
