/* import_page.h -- a corrected layout against the page that it is of: what did a person change? */
#ifndef CLI_IMPORT_PAGE_H
#define CLI_IMPORT_PAGE_H

#include "common/layout_xml.h"
#include "core/books.h"

struct import_changes {
	struct rc_correction *v;        /* owned, with their texts; lines that are gone come first */
	size_t n;
	int64_t gone;                   /* of n: lines of the page that the file no longer has */
	int64_t same;                   /* lines of the file that the page has already */
	int64_t placeless;              /* lines with text and without a place: nobody knows where they belong */
	char **unheard;                 /* ids of lines that are as the page has them, while their words are not; owned */
	size_t n_unheard;
};

/* Compares line by line: a line of the file belongs to that line of the page which it covers best, if the common part is half of what both
 * cover. Its text, in the form of records, differs: a correction in the place of that line. It belongs to none and has text: a correction
 * in its own place, after the line that it follows in the file. A line without any TextEquiv or String says nothing.
 * Some editors correct words and leave the line's own text, which counts: those lines are unheard. Not a line that a person corrected
 * after this file was exported: this is then the corrected file once more, and its words are those of before.
 * Where the file names the scan and its lines have the ids that an export would give them now, it is an edited export of this reading: then
 * a line of the page that no line of the file belongs to was deleted, or moved, which makes it a new line as well.
 * page: as normalize_load() gives it. Without width and height nobody could read it: the file says how large it is.
 * RC_PAGE_FAILED/format: the file is of another picture (its sides have another ratio), or has no or several pages, or does not say how
 * large a page is that was not read. */
enum rc_status import_compare(const struct layout_xml *layout, const struct rc_page *page, const char *name, struct import_changes *ret,
                              struct rc_err *err);
void import_changes_free(struct import_changes *changes);

#endif
