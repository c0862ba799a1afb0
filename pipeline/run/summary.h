/* summary.h -- the state of a batch in the words of the person who runs it. */
#ifndef RC_SUMMARY_H
#define RC_SUMMARY_H

#include "run/run.h"

struct rc_totals rc_totals(struct rc_books *books);

/* Lines of text. result: of the run that just ended; NULL: for `status`. */
void rc_summary(struct rc_books *books, const struct rc_run_result *result, struct rc_buf *out);
/* The same as JSON (schemas/status.schema.json). New reference. */
json_t *rc_summary_json(struct rc_books *books);
/* Is anything in quarantine? Then the exit code is 1. */
bool rc_totals_are_clean(const struct rc_totals *t);

#endif
