/* pages.h -- makes what the report has of one item: parts and images of its pages. */
#ifndef REPORT_PAGES_H
#define REPORT_PAGES_H

#include "core/books.h"
#include "report/facts.h"
#include "report/script.h"

/* What is wanted of a page, from its decision. */
struct report_wish {
	bool show;              /* a part, an image, glyphs */
	bool in_text;           /* curate lets its text into shards */
};

typedef enum rc_status report_page_fn(void *ctx, const struct report_page *page, struct rc_err *err);
/* Reads the item's record; fn gets the facts of every page in its order, once all of it is written. wishes[i] is of the page
 * whose order is i + 1. RC_PAGE_FAILED when the record is not to be used, or is not of these pages. */
enum rc_status report_make_item(struct rc_books *books, struct report_files *files, const struct rc_item_row *item,
                                const struct report_wish *wishes, size_t n, report_page_fn *fn, void *ctx, struct rc_err *err);
/* Keeps the files of a page that was made by an earlier run. Returns whether they are all there. */
bool report_keep_page(struct report_files *files, const struct report_page *page);

#endif
