/* lines.h -- which lines of a page become samples, and their images.
 *
 * A line of a page that counts becomes one when it was read (its text is there), when it is surely enough read or a person corrected it, and
 * when it holds no personal data that are masked elsewhere: an image cannot be masked. Of two lines with one box the first stays. */
#ifndef PACKAGE_LINES_H
#define PACKAGE_LINES_H

#include "common/record.h"
#include "core/books.h"

struct page_line {
	const struct rc_region *region; /* of the record's page; borrowed */
	const struct rc_line *line;
	int32_t corners[8];             /* on the stored frame, clockwise from the line's top left as it is read */
	int32_t width, height;          /* of its image, pixels */
	size_t start, len;              /* its image in `images` */
};
struct page_lines {
	struct page_line *list;         /* owned; in reading order */
	size_t n;
	struct rc_buf images;           /* PNG after PNG */
};

/* mask: leave out lines with personal data. least: confidence from 0 to 1. Borrows from page. */
enum rc_status page_lines_choose(const struct rc_page *page, bool mask, double least, struct page_lines *ret, struct rc_err *err);
/* Makes the images, in a worker, from the scan of the row. RC_PAGE_FAILED when the scan is not what it was or cannot be decoded,
 * RC_RETRY when workers died of it: then there are none. */
enum rc_status page_lines_cut(struct rc_books *books, const struct rc_page_row *row, const struct rc_page *page, struct page_lines *lines,
                              struct rc_err *err);
void page_lines_free(struct page_lines *lines);

#endif
