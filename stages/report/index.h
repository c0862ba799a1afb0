/* index.h -- the first page of the report: sums over all pages, what is worst, what is in quarantine, and index.html itself.
 *
 * index.html is one file: its styles and its script stand in it, and nothing else may run or load (a policy names the digests of
 * both). Its data is JSON in a script element of another type. Lists of pages are parts, lists/pages-N.js, REPORT_LIST pages each;
 * an entry is [id, picture, item, order, number, name, reason, class, grade, error, confidence, chars, lines, in text, shown],
 * numbers in ten-thousandths, -1 where there is no estimate. */
#ifndef REPORT_INDEX_H
#define REPORT_INDEX_H

#include "core/books.h"
#include "report/facts.h"
#include "report/glyphs.h"
#include "report/script.h"

enum {
	REPORT_LIST = 500,      /* pages of a list */
	REPORT_BINS = 40,       /* of the estimated error, from 0 to 1 */
	REPORT_WORST = 24,
	REPORT_LISTED = 300     /* lines of quarantine and of ignored files that index.html itself has */
};

struct report_index;
struct report_choices;
/* A page as the lists have it. New reference. */
json_t *report_index_entry(const struct report_page *page);
struct report_index *report_index_new(struct report_files *files);
void report_index_free(struct report_index **x);
/* The next page, in the order of the report. */
enum rc_status report_index_add(struct report_index *x, const struct report_page *page, struct rc_err *err);
/* A table that another stage left (report/NAME.tsv) becomes the part lists/NAME.js, as far as a browser can show it; a missing one is
 * fine. */
enum rc_status report_index_table(struct report_index *x, const char *dir, const char *name, struct rc_err *err);
/* Writes what is left of the lists, then index.html. */
enum rc_status report_index_write(struct report_index *x, struct rc_books *books, const struct report_glyph_counts *glyphs,
                                  const struct report_choices *choices, struct rc_err *err);

#endif
