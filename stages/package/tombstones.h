/* tombstones.h -- what the manifest says of items and pages that were taken back. */
#ifndef PACKAGE_TOMBSTONES_H
#define PACKAGE_TOMBSTONES_H

#include "common/withdrawn.h"
#include "core/books.h"

/* [{"id", "reason", "date", "shards": [paths]}] by id: a row of withdraw.csv each. shards: those of the version published before
 * (base, as package.base names it; "": unknown) that hold it, and that who pulled them must drop. New reference.
 * Rows that name something of base are known from then on. A base that cannot be read is RC_RUN_FAILED/setting. */
enum rc_status tombstones_make(struct withdrawn *w, const char *base, json_t **ret, struct rc_err *err);
/* Rows that name an item or a page of the batch are known from then on. */
enum rc_status tombstones_look(struct withdrawn *w, struct rc_books *books, struct rc_err *err);
/* Says by name which rows nobody knew: most likely somebody mistyped an id, and what it should name stays in the corpus. While pages
 * wait to be read nothing is said, for the id may be one of theirs. */
void tombstones_warn(const struct withdrawn *w, struct rc_books *books);

#endif
