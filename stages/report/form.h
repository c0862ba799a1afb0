/* form.h -- the form of a sample: its columns, and how a filled one is read.
 *
 * CSV, a row for each drawn page. Spreadsheets save it as they like: with commas, tabs or semicolons, in UTF-8 or GB18030. What is read
 * back is ASCII: the columns are found by the ASCII words that their names begin with, so no decoding is needed (in neither encoding
 * is a delimiter part of a character). A row whose `checked` is empty or 0 was not checked. */
#ifndef REPORT_FORM_H
#define REPORT_FORM_H

#include "report/estimate.h"
#include "core/buf.h"

extern const char form_header[];

struct form {
	struct estimate_grade grades[ESTIMATE_GRADES];  /* their pages are owned */
	int64_t rows, filled;
};
void form_clear(struct form *f);
#define OWN_FORM RC_CLEANUP(form_clear) struct form

/* Errors: RC_PAGE_FAILED/invalid "cannot use 'form.csv': line 7: errors: '3 or 4' is no number". */
enum rc_status form_read(const char *path, struct form *ret, struct rc_err *err);

#endif
