/* scans.c -- copies of scans for packages, compared with their digests on the way. */
#include <errno.h>
#include <unistd.h>

#include "core/outfile.h"
#include "export/scans.h"

enum { CHUNK = 1 << 18 };

static enum rc_status copy_bytes(const struct export_scan *scan, const char *name, struct rc_outfile *file, struct rc_err *err)
{
	RC_CLEANUP(rc_free) char *room = rc_alloc(CHUNK);

	for (int64_t done = 0; done < scan->len;) {
		size_t want = scan->len - done < CHUNK ? (size_t)(scan->len - done) : CHUNK;
		ssize_t got = pread(scan->fd, room, want, (off_t)(scan->offset + done));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return rc_fail_errno(err, RC_PAGE_FAILED, RC_WHY_UNREADABLE, "cannot read '%s'", name);
		if (got == 0)
			return rc_fail(err, RC_PAGE_FAILED, RC_WHY_CHANGED, "cannot copy '%s': it is shorter than when it was ingested", name);
		enum rc_status status = rc_outfile_write(file, room, (size_t)got, err);

		if (!rc_good(status))
			return status;
		done += got;
	}
	return RC_OK;
}

enum rc_status export_copy_scan(const struct export_item *item, const struct record_page *page, const char *path, int64_t *ret_size,
                                struct rc_err *err)
{
	RC_CLEANUP(rc_outfile_abort) struct rc_outfile *file = NULL;
	struct export_scan scan = { .fd = -1 };

	if (!item->scan)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_BUG, "cannot copy the scan of '%s': nobody knows where it lies", page->source);
	enum rc_status status = item->scan(item->ctx, page, &scan, err);
	RC_OWN_FD fd = scan.fd;

	if (rc_good(status))
		status = rc_outfile_open(&file, path, err);
	if (rc_good(status))
		status = copy_bytes(&scan, page->source, file, err);
	if (!rc_good(status))
		return status;
	struct rc_digest digest = rc_outfile_digest(file);

	if (!rc_digest_equal(&digest, &page->scan))
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_CHANGED, "cannot copy '%s': it is no longer what was ingested", page->source);
	*ret_size = rc_outfile_size(file);
	return rc_outfile_commit(&file, err);
}
