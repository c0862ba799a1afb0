/* withdrawn.h -- withdraw.csv of a batch: items and pages that were taken back, and must be in no version from now on.
 *
 * A table with a header and the columns id, reason and date, in UTF-8, parted by commas. id is an item's id, or the key of a page
 * (page_key.h), as `redcorpus cat` and `trace` print them; date is when it was taken back, as 2026-11-24. Rows stay for
 * ever: an id that is not in the batch any more keeps its tombstone in every manifest. */
#ifndef COMMON_WITHDRAWN_H
#define COMMON_WITHDRAWN_H

#include "core/digest.h"

#define WITHDRAWN_FILE "withdraw.csv"

struct withdrawal {
	char *id, *reason, *date;       /* owned; reason and date may be "" */
	int64_t line;                   /* of the file, from 1 */
	bool known;                     /* for who looks the ids up; false once loaded */
};
struct withdrawn {
	struct withdrawal *list;        /* owned; by id, each once */
	size_t n;
	struct rc_digest digest;        /* of the file's bytes; zero without a file */
};

/* Reads BATCH/withdraw.csv; without one ret is empty. A table that is not as above is RC_RUN_FAILED/setting, with its line: what was
 * to be withdrawn must not slip through. */
enum rc_status withdrawn_load(const char *batch, struct withdrawn *ret, struct rc_err *err);
/* The row with that id, NULL when there is none. */
const struct withdrawal *withdrawn_find(const struct withdrawn *w, const char *id);
/* The row with that id, where there is one, names something. */
void withdrawn_know(struct withdrawn *w, const char *id);
void withdrawn_free(struct withdrawn *w);

#endif
