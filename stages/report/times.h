/* times.h -- how many pages came to their end, and when: from the last events of the batch. */
#ifndef REPORT_TIMES_H
#define REPORT_TIMES_H

#include "core/books.h"

/* {"from": seconds since 1970, "step": seconds, "done": [n, ...], "failed": [n, ...]}: at most 120 steps of equal, round length;
 * null without pages. Long pauses are part of it. New reference. */
enum rc_status report_times(struct rc_books *books, json_t **ret, struct rc_err *err);

/* Seconds since 1970 of "2026-11-24T11:47:31.594Z"; -1 when it is no such time. */
int64_t report_seconds(const char *time);

#endif
