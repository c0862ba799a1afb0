/* books_look.c -- the books as the report sees them: totals, trouble, times, and the bytes that pictures are made from. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/outfile.h"
#include "run/books.h"
#include "run/summary.h"

struct rc_totals rc_books_totals(struct rc_books *b)
{
	return rc_totals(b);
}

enum rc_status rc_books_each_trouble(struct rc_books *b, int64_t limit, rc_trouble_fn *fn, void *ctx, struct rc_err *err)
{
	return rc_ledger_each_trouble(b->ledger, limit, fn, ctx, err);
}

enum rc_status rc_books_each_ignored(struct rc_books *b, int64_t limit, rc_ignored_fn *fn, void *ctx, struct rc_err *err)
{
	return rc_ledger_each_ignored(b->ledger, limit, fn, ctx, err);
}

/* ---- events ------------------------------------------------------------------------------------------------- */

static enum rc_status each_line(char *text, rc_event_fn *fn, void *ctx, struct rc_err *err)
{
	enum rc_status status = RC_OK;
	char *rest = text;

	for (char *line; rc_good(status) && (line = strsep(&rest, "\n"));) {
		RC_OWN_JSON event = NULL;

		if (*line && rc_good(rc_json_parse(line, strlen(line), "events.jsonl", &event, NULL)) && json_is_object(event))
			status = fn(ctx, event, err);
	}
	return status;
}

enum rc_status rc_books_recent_events(struct rc_books *b, int64_t bytes, rc_event_fn *fn, void *ctx, struct rc_err *err)
{
	RC_OWN_BUF path = RC_BUF(RC_MAX_NAME);
	RC_OWN_BUF text = RC_BUF((size_t)bytes);
	enum rc_status status = rc_events_flush(b->events, err);
	struct stat st;
	char *first;

	rc_batch_path(b->batch, ".redcorpus/events.jsonl", &path);
	RC_OWN_FD fd = open(path.data, O_RDONLY | O_CLOEXEC);

	if (!rc_good(status) || fd < 0 || fstat(fd, &st) != 0)
		return status;
	if (st.st_size > bytes)
		lseek(fd, st.st_size - bytes, SEEK_SET);
	status = rc_buf_read_fd(&text, fd, "events.jsonl", err);
	if (!rc_good(status))
		return status;
	first = text.data;
	if (st.st_size > bytes) {               /* the first line is a half one */
		char *end = strchr(first, '\n');

		first = end ? end + 1 : first + strlen(first);
	}
	return each_line(first, fn, ctx, err);
}

/* ---- bytes for a job ------------------------------------------------------------------------------------------ */

/* Small objects may be packed in the store; a copy in memory serves them all. */
static enum rc_status in_memory(const struct rc_buf *bytes, int *ret, struct rc_err *err)
{
	RC_OWN_FD fd = memfd_create("image", MFD_CLOEXEC);

	if (fd < 0 || !rc_write_all(fd, bytes->data, bytes->len))
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot hold an image");
	*ret = fd;
	fd = -1;
	return RC_OK;
}

enum rc_status rc_books_open_image(struct rc_books *b, const struct rc_page_row *page, int *fd, int64_t *offset, int64_t *len,
                                   struct rc_err *err)
{
	RC_OWN_BUF bytes = RC_BUF(RC_MAX_IMAGE_BYTES);
	enum rc_status status = rc_store_read(b->store, &page->image, &bytes, err);

	if (rc_good(status))
		status = in_memory(&bytes, fd, err);
	*offset = 0;
	*len = (int64_t)bytes.len;
	return status;
}

static enum rc_status open_source(const struct rc_page_row *page, int *ret, struct rc_err *err)
{
	RC_OWN_BUF path = RC_BUF(2 * RC_MAX_NAME);
	struct stat st;

	rc_buf_addf(&path, "%s%s%s", page->root_path, *page->source_path ? "/" : "", page->source_path);
	RC_OWN_FD fd = open(path.data, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	if (fd < 0)
		return rc_fail_errno(err, RC_PAGE_FAILED, errno == ENOENT || errno == ENOTDIR ? RC_WHY_GONE : RC_WHY_UNREADABLE,
		                     "cannot open '%s'", path.data);
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_UNREADABLE, "cannot read '%s': it is no file", path.data);
	*ret = fd;
	fd = -1;
	return RC_OK;
}

enum rc_status rc_books_open_scan(struct rc_books *b, const struct rc_page_row *page, int *ret, int64_t *offset, int64_t *len,
                                  struct rc_err *err)
{
	RC_OWN_FD fd = -1;
	struct rc_digest got;
	enum rc_status status;

	*offset = page->entry.offset;
	*len = page->entry.scan_len;
	if (page->entry.place == RC_IN_OBJECT)
		status = rc_store_open_object(b->store, &page->entry.scan, &fd, offset, len, err);
	else
		status = open_source(page, &fd, err);
	if (rc_good(status))
		status = rc_digest_fd(fd, *offset, *len, page->source_path, &got, NULL, err);
	if (!rc_good(status))
		return status;
	if (!rc_digest_equal(&got, &page->entry.scan))
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_CHANGED, "cannot use '%s': it changed since it was ingested", page->source_path);
	*ret = fd;
	fd = -1;
	return RC_OK;
}
