/* export_times.h -- when things happened in a batch: what .redcorpus/events.jsonl tells of its pages and sources. */
#ifndef CLI_EXPORT_TIMES_H
#define CLI_EXPORT_TIMES_H

#include "core/err.h"

/* A moment as a number that compares as time does, 20261124080000123 for 08:00:00.123 on 2026-11-24 in UTC; 0: not known. */
typedef int64_t event_time;

struct event_list {
	event_time *v;                  /* by id in the ledger; owned */
	size_t n;
};

/* The last time of each page that it was read, and that people corrected it; of each source that it was taken in. */
struct event_times {
	struct event_list pages, corrections, sources;
};

/* Reads the whole file once: 8 bytes a page. What is no event of ours is passed over; a missing file tells nothing. */
enum rc_status event_times_read(struct event_times *times, const char *path, struct rc_err *err);
void event_times_free(struct event_times *times);
event_time event_times_of(const struct event_list *list, int64_t id);
/* "2026-11-24T08:00:00Z"; "" for 0. Returns out. */
char *event_time_print(event_time time, char out[32]);

#endif
