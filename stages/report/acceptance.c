/* acceptance.c -- a sample as others see it: drawing one, and what a filled form says, as JSON. */
#include "report/drawn.h"
#include "report/form.h"
#include "report/report.h"

enum rc_status report_draw(struct rc_books *books, int64_t pages, int64_t seed, const char *dir, json_t **ret, struct rc_err *err)
{
	OWN_DRAWN drawn = { 0 };
	enum rc_status status = drawn_take(books, pages, seed, &drawn, err);

	if (rc_good(status))
		status = drawn_write(books, &drawn, seed, dir, err);
	if (!rc_good(status))
		return status;
	*ret = json_array();
	for (int g = 0; g < ESTIMATE_GRADES; g++)
		if (drawn.pages[g])
			json_array_append_new(*ret, json_pack("{s:s, s:I, s:I, s:I}", "grade", drawn_grades[g], "pages", (json_int_t)drawn.pages[g],
			                                      "characters", (json_int_t)drawn.characters[g], "drawn", (json_int_t)drawn.given[g]));
	return RC_OK;
}

/* Shares are null where nothing can be said. */
static json_t *estimate_json(const struct estimate *e)
{
	bool interval = e->rate >= 0 && e->high >= 0;

	return json_pack("{s:I, s:I, s:I, s:o, s:o, s:o}", "checked_pages", (json_int_t)e->pages, "checked", (json_int_t)e->checked,
	                 "errors", (json_int_t)e->errors, "rate", e->rate >= 0 ? json_real(e->rate) : json_null(),
	                 "low", interval ? json_real(e->low) : json_null(), "high", interval ? json_real(e->high) : json_null());
}

enum rc_status report_check(const char *path, json_t **ret, struct rc_err *err)
{
	OWN_FORM form = { 0 };
	enum rc_status status = form_read(path, &form, err);
	json_t *grades = json_array(), *all;
	double covered = 0;
	struct estimate whole;

	if (!rc_good(status)) {
		json_decref(grades);
		return status;
	}
	whole = estimate_all(form.grades, &covered);
	for (int g = 0; g < ESTIMATE_GRADES; g++) {
		struct estimate e = estimate_grade(&form.grades[g]);
		json_t *entry = estimate_json(&e);

		if (form.grades[g].pages) {
			json_object_set_new(entry, "grade", json_string(drawn_grades[g]));
			json_object_set_new(entry, "pages", json_integer(form.grades[g].pages));
			json_object_set_new(entry, "characters", json_integer(form.grades[g].characters));
			json_array_append(grades, entry);
		}
		json_decref(entry);
	}
	all = estimate_json(&whole);
	json_object_set_new(all, "covered", json_real(covered));
	*ret = json_pack("{s:s, s:f, s:I, s:I, s:o, s:o}", "schema", "redcorpus-sample-1", "confidence", 0.95, "rows", (json_int_t)form.rows,
	                 "filled", (json_int_t)form.filled, "grades", grades, "all", all);
	return RC_OK;
}
