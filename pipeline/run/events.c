/* events.c -- one JSON object a line, appended. Lines are held back and written together with each commit. */
#include "run/events.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/outfile.h"

enum { HOLD_BYTES = 64 << 10, MAX_HELD = 64 << 20 };

struct rc_events {
	char *path;
	int fd;
	int error;                      /* errno of a write that failed; 0: none */
	struct rc_buf held;
};

/* A line that a kill or a full disk cut short must not swallow the next one. */
static void end_torn_line(int fd)
{
	char last = '\n';
	off_t end = lseek(fd, 0, SEEK_END);

	if (end > 0 && pread(fd, &last, 1, end - 1) == 1 && last != '\n')
		(void)!write(fd, "\n", 1);
}

enum rc_status rc_events_open(const char *path, struct rc_events **ret, struct rc_err *err)
{
	RC_CLEANUP(rc_events_close) struct rc_events *e = calloc(1, sizeof *e);

	if (!e || !(e->path = strdup(path)))
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_BUG, "cannot open '%s': no memory", path);
	e->held = RC_BUF(MAX_HELD);
	e->fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
	if (e->fd < 0)
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot open '%s'", path);
	end_torn_line(e->fd);
	*ret = rc_steal(e);
	return RC_OK;
}

static void write_held(struct rc_events *e)
{
	if (e->held.len > 0 && !rc_write_all(e->fd, e->held.data, e->held.len))
		e->error = errno;
	rc_buf_clear(&e->held);
}

void rc_events_close(struct rc_events **events)
{
	if (!*events)
		return;
	write_held(*events);
	rc_close(&(*events)->fd);
	rc_buf_free(&(*events)->held);
	free((*events)->path);
	free(*events);
	*events = NULL;
}

static json_t *now(void)
{
	char text[40] = "", all[56];
	struct timespec t;
	struct tm utc;

	clock_gettime(CLOCK_REALTIME, &t);
	if (gmtime_r(&t.tv_sec, &utc))
		strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
	snprintf(all, sizeof all, "%s.%03ldZ", text, t.tv_nsec / 1000000);
	return json_string(all);
}

void rc_event(struct rc_events *e, const char *name, json_t *fields)
{
	RC_OWN_JSON given = fields;
	RC_OWN_JSON line = json_object();

	if (!e)
		return;
	json_object_set_new(line, "time", now());
	json_object_set_new(line, "event", json_string(name));
	if (given)
		json_object_update(line, given);
	rc_json_print(&e->held, line);
	rc_buf_addc(&e->held, '\n');
	if (e->held.len >= HOLD_BYTES)
		write_held(e);
}

enum rc_status rc_events_flush(struct rc_events *e, struct rc_err *err)
{
	if (!e)
		return RC_OK;
	write_held(e);
	if (!e->error)
		return RC_OK;
	errno = e->error;
	e->error = 0;
	return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_DISK, "cannot write '%s'", e->path);
}
