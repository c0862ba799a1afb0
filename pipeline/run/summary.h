/* summary.h -- the state of a batch in the words of the person who runs it. */
#ifndef RC_SUMMARY_H
#define RC_SUMMARY_H

#include "run/run.h"

struct rc_totals {
	int64_t pages, pending, done, quarantined, stale;
	int64_t files, files_with_pages, files_failed, files_ignored, files_gone;
	int64_t ignored;                /* files and members of archives */
	int64_t faults;                 /* sources and members that cannot be read */
	int64_t items, records, ranked;
	double page_seconds;            /* mean over all pages ever read here; 0: none */
};
struct rc_totals rc_totals(struct rc_books *books);

/* Lines of text. result: of the run that just ended; NULL: for `status`. */
void rc_summary(struct rc_books *books, const struct rc_run_result *result, struct rc_buf *out);
/* The same as JSON (schemas/status.schema.json). New reference. */
json_t *rc_summary_json(struct rc_books *books);
/* Is anything in quarantine? Then the exit code is 1. */
bool rc_totals_are_clean(const struct rc_totals *t);

#endif
