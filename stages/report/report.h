/* report.h -- a batch to look at: report/index.html and what it loads; and pages drawn for people to check. */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "core/stage.h"

extern const struct rc_batch_stage report_stage;

/* Draws `pages` pages at random, by grade (drawn.h), and writes DIR/form.csv, DIR/sheet.html and DIR/images/. The books may be open
 * for reading alone. *ret: [{"grade": "A", "pages": 120, "characters": 40000, "drawn": 8}, ...], new reference. */
enum rc_status report_draw(struct rc_books *books, int64_t pages, int64_t seed, const char *dir, json_t **ret, struct rc_err *err);

/* Reads a filled form and estimates (estimate.h). *ret: schemas/sample.schema.json, new reference. */
enum rc_status report_check(const char *form, json_t **ret, struct rc_err *err);

#endif
