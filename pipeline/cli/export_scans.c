/* export_scans.c -- a few words for each page of an item, from the books, when first asked. */
#include "cli/export_scans.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

struct scan_place {
	struct rc_digest scan;
	int64_t offset, len;
	enum rc_place place;
	char *path;                     /* of the source file, absolute; owned */
};

void export_scans_close(struct export_scans *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->places[i].path);
	free(s->places);
	s->places = NULL;
	s->n = 0;
}

static void later(event_time *to, event_time time)
{
	*to = time > *to ? time : *to;
}

static enum rc_status keep_place(void *ctx, const struct rc_page_row *row, struct rc_err *err)
{
	struct export_scans *s = ctx;
	RC_OWN_BUF path = RC_BUF(4 * RC_MAX_NAME);

	later(&s->ingested, event_times_of(&s->times->sources, row->entry.source));
	later(&s->read, event_times_of(&s->times->pages, row->id));
	later(&s->corrected, event_times_of(&s->times->corrections, row->id));
	rc_buf_adds(&path, row->root_path);
	if (*row->source_path)
		rc_buf_addf(&path, "/%s", row->source_path);
	if ((s->n & (s->n - 1)) == 0)
		s->places = rc_realloc(s->places, (s->n ? 2 * s->n : 1) * sizeof *s->places);
	s->places[s->n++] = (struct scan_place){ row->entry.scan, row->entry.offset, row->entry.scan_len, row->entry.place, rc_strdup(path.data) };
	return rc_buf_check(&path, "a path", err);
}

/* The record may be a little older than the books: what counts is the digest. */
static const struct scan_place *find_place(const struct export_scans *s, const struct record_page *page)
{
	size_t at = (size_t)page->order - 1;

	if (at < s->n && rc_digest_equal(&s->places[at].scan, &page->scan))
		return &s->places[at];
	for (at = 0; at < s->n; at++)
		if (rc_digest_equal(&s->places[at].scan, &page->scan))
			return &s->places[at];
	return NULL;
}

static enum rc_status open_source(const struct scan_place *place, struct export_scan *ret, struct rc_err *err)
{
	RC_OWN_FD fd = open(place->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	if (fd < 0)
		return rc_fail_errno(err, RC_PAGE_FAILED, errno == ENOENT ? RC_WHY_GONE : RC_WHY_UNREADABLE, "cannot open '%s'", place->path);
	*ret = (struct export_scan){ fd, place->offset, place->len };
	fd = -1;
	return RC_OK;
}

static enum rc_status look_up(struct export_scans *s, struct rc_err *err)
{
	return s->places ? RC_OK : rc_books_each_page(s->books, s->id, keep_place, s, err);
}

void export_scans_times(void *ctx, struct export_times *ret)
{
	struct export_scans *s = ctx;

	if (!rc_good(look_up(s, NULL)))
		return;
	event_time_print(s->ingested, ret->ingested);
	event_time_print(s->read, ret->read);
	event_time_print(s->corrected, ret->corrected);
}

enum rc_status export_scans_open(void *ctx, const struct record_page *page, struct export_scan *ret, struct rc_err *err)
{
	struct export_scans *s = ctx;
	const struct scan_place *place;
	enum rc_status status = look_up(s, err);

	if (!rc_good(status))
		return status;
	place = find_place(s, page);
	if (!place)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_GONE, "cannot find the scan of page %d of '%s': the batch has changed since its record was written",
		               page->order, s->id);
	if (place->place == RC_IN_OBJECT)
		return rc_store_open_object(s->books->store, &place->scan, &ret->fd, &ret->offset, &ret->len, err);
	return open_source(place, ret, err);
}
