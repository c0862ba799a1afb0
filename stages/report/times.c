/* times.c -- reads times from events and counts them in steps. */
#include "report/times.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { MAX_STEPS = 120, MAX_BYTES = 8 << 20 };  /* of events: some 40,000 pages */

struct moment {
	int64_t at;
	bool failed;
};

struct times {
	struct moment *all;     /* owned */
	size_t n, cap;
};

static void times_end(struct times *t)
{
	free(t->all);
}

int64_t report_seconds(const char *time)
{
	struct tm tm = { 0 };
	int end = 0;

	if (sscanf(time, "%4d-%2d-%2dT%2d:%2d:%2d%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &end) != 6 || end != 19)
		return -1;
	tm.tm_year -= 1900;
	tm.tm_mon--;
	return (int64_t)timegm(&tm);
}

static enum rc_status on_event(void *ctx, const json_t *event, struct rc_err *err)
{
	struct times *t = ctx;
	const char *outcome = rc_json_str(event, "outcome", "");
	int64_t at = report_seconds(rc_json_str(event, "time", ""));

	if (strcmp(rc_json_str(event, "event", ""), "page") != 0 || strcmp(outcome, "again") == 0 || at < 0)
		return RC_OK;
	if (t->n == t->cap) {
		t->cap = t->cap ? 2 * t->cap : 1024;
		t->all = rc_realloc(t->all, t->cap * sizeof *t->all);
	}
	t->all[t->n++] = (struct moment){ at, strcmp(outcome, "quarantined") == 0 };
	return RC_OK;
}

/* The shortest round length of which MAX_STEPS cover the time. */
static int64_t step_of(int64_t span)
{
	static const int64_t round[] = { 5, 10, 30, 60, 300, 600, 1800, 3600, 4 * 3600, 12 * 3600, 86400, 7 * 86400, 28 * 86400 };

	for (size_t i = 0; i < RC_COUNT(round); i++)
		if (span / round[i] < MAX_STEPS - 1)
			return round[i];
	return span / (MAX_STEPS - 1) + 1;
}

static json_t *counted(const struct times *t)
{
	int64_t done[MAX_STEPS] = { 0 }, failed[MAX_STEPS] = { 0 }, from = INT64_MAX, to = 0, step;
	json_t *a = json_array(), *b = json_array();

	for (size_t i = 0; i < t->n; i++) {
		from = t->all[i].at < from ? t->all[i].at : from;
		to = t->all[i].at > to ? t->all[i].at : to;
	}
	step = step_of(to - from);
	from -= from % step;
	for (size_t i = 0; i < t->n; i++)
		++(t->all[i].failed ? failed : done)[(t->all[i].at - from) / step];
	for (int64_t i = 0; i <= (to - from) / step; i++) {
		json_array_append_new(a, json_integer(done[i]));
		json_array_append_new(b, json_integer(failed[i]));
	}
	return json_pack("{s:I, s:I, s:o, s:o}", "from", (json_int_t)from, "step", (json_int_t)step, "done", a, "failed", b);
}

enum rc_status report_times(struct rc_books *books, json_t **ret, struct rc_err *err)
{
	RC_CLEANUP(times_end) struct times t = { 0 };
	enum rc_status status = rc_books_recent_events(books, MAX_BYTES, on_event, &t, err);

	if (rc_good(status))
		*ret = t.n ? counted(&t) : json_null();
	return status;
}
