/* export_times.c -- one pass over events.jsonl, line by line. */
#include "cli/export_times.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/json.h"

enum { MAX_LINE = 1 << 20 };
static const int64_t max_id = 100000000;        /* ids beyond are not ours */

void event_times_free(struct event_times *t)
{
	free(t->pages.v);
	free(t->corrections.v);
	free(t->sources.v);
	*t = (struct event_times){ 0 };
}

/* "2026-11-24T11:49:54.287Z": its digits. 0: something else. */
static event_time parse_time(const char *text)
{
	static const char pattern[] = "0000-00-00T00:00:00.000Z";
	event_time time = 0;

	for (size_t i = 0; i < sizeof pattern - 1; i++) {
		bool digit = text[i] >= '0' && text[i] <= '9';

		if (pattern[i] == '0' ? !digit : text[i] != pattern[i])
			return 0;
		if (digit)
			time = 10 * time + (text[i] - '0');
	}
	return time;
}

char *event_time_print(event_time time, char out[32])
{
	int64_t day = time / 1000000000, second = time / 1000 % 1000000;

	out[0] = '\0';
	if (time > 0)
		snprintf(out, 32, "%04d-%02d-%02dT%02d:%02d:%02dZ", (int)(day / 10000), (int)(day / 100 % 100), (int)(day % 100),
		         (int)(second / 10000), (int)(second / 100 % 100), (int)(second % 100));
	return out;
}

static void note(struct event_list *list, int64_t id, event_time time)
{
	if (id < 0 || id > max_id)
		return;
	if ((size_t)id >= list->n) {
		size_t room = (size_t)id + 1 + list->n;

		list->v = rc_realloc(list->v, room * sizeof *list->v);
		memset(list->v + list->n, 0, (room - list->n) * sizeof *list->v);
		list->n = room;
	}
	if (time > list->v[id])
		list->v[id] = time;
}

static void take_line(struct event_times *t, const char *line, size_t len)
{
	RC_OWN_JSON json = NULL;

	/* Most lines need no parser. */
	if ((!memmem(line, len, "\"done\"", 6) && !memmem(line, len, "\"import\"", 8)) || !rc_good(rc_json_parse(line, len, "event", &json, NULL)))
		return;
	event_time time = parse_time(rc_json_str(json, "time", ""));
	const char *event = rc_json_str(json, "event", "");

	if (strcmp(event, "page") == 0)
		note(&t->pages, rc_json_int(json, "page", -1), time);
	else if (strcmp(event, "import") == 0)
		note(&t->corrections, rc_json_int(json, "page", -1), time);
	else if (strcmp(event, "source") == 0)
		note(&t->sources, rc_json_int(json, "source", -1), time);
}

static void close_file(FILE **file)
{
	if (*file)
		fclose(*file);
}

enum rc_status event_times_read(struct event_times *t, const char *path, struct rc_err *err)
{
	RC_CLEANUP(close_file) FILE *file = fopen(path, "re");
	RC_CLEANUP(rc_free) char *line = NULL;
	size_t room = 0;
	ssize_t len;

	if (!file && errno == ENOENT)
		return RC_OK;
	if (!file)
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_UNREADABLE, "cannot read '%s'", path);
	while ((len = getline(&line, &room, file)) > 0)
		if (len < MAX_LINE)
			take_line(t, line, (size_t)len);
	return RC_OK;
}

event_time event_times_of(const struct event_list *list, int64_t id)
{
	return id >= 0 && (size_t)id < list->n ? list->v[id] : 0;
}
