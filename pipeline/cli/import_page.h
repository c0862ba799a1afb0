/* import_page.h -- a corrected layout against the page that it is of: what did a person change? */
#ifndef CLI_IMPORT_PAGE_H
#define CLI_IMPORT_PAGE_H

#include "common/layout_xml.h"
#include "core/books.h"

struct import_changes {
	struct rc_correction *v;        /* owned, with their texts */
	size_t n;
	int64_t same;                   /* lines of the file that the page has already */
	int64_t placeless;              /* lines with text and without a place: nobody knows where they belong */
};

/* Compares line by line: a line of the file belongs to that line of the page which it covers best, if the common part is half of what both
 * cover. Its text, in the form of records, differs: a correction in the place of that line. It belongs to none and has text: a correction
 * in its own place. A line without any TextEquiv or String says nothing. page: as normalize_load() gives it.
 * RC_PAGE_FAILED/format: the file is of another picture (its sides have another ratio), or has no or several pages. */
enum rc_status import_compare(const struct layout_xml *layout, const struct rc_page *page, const char *name, struct import_changes *ret,
                              struct rc_err *err);
void import_changes_free(struct import_changes *changes);

#endif
