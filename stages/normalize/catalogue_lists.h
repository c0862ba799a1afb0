/* catalogue_lists.h -- what does not fit between catalogue and scans, as lists and counts. */
#ifndef NORMALIZE_CATALOGUE_LISTS_H
#define NORMALIZE_CATALOGUE_LISTS_H

#include "core/books.h"
#include "normalize/catalogue.h"

/* Looks at all items that are ready, and settles which row is whose. */
enum rc_status catalogue_settle_items(struct rc_books *books, struct catalogue *c, struct rc_err *err);
/* Writes report/catalogue.tsv (kind, line, name, message), and the counts into the note "catalogue.counts" for `status`.
 * The catalogue is settled. NULL: there is none; the list and the counts go. */
enum rc_status catalogue_write_lists(struct rc_books *books, struct catalogue *c, struct rc_err *err);
/* Warns of broken rows and the like, the first ones line by line. */
void catalogue_warn(struct rc_books *books, const struct catalogue *c);

#endif
