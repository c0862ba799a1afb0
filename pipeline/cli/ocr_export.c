/* ocr_export.c -- a file's record in a folder of its own for a moment, and from it the format that was asked for. */
#include "cli/ocr_export.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/limits.h"
#include "core/outfile.h"

struct ocr_export {
	const struct export_format *format;
	const char *out_dir;            /* NULL: stdout */
	char *tmp;                      /* owned; a folder */
};

bool ocr_export_works(const struct export_format *format)
{
	return format->pages || format->suffix;
}

enum rc_status ocr_export_new(const struct export_format *format, const char *out_dir, struct ocr_export **ret, struct rc_err *err)
{
	RC_OWN_BUF tmp = RC_BUF(PATH_MAX);
	const char *dir = getenv("TMPDIR");

	rc_buf_addf(&tmp, "%s/redcorpus-XXXXXX", dir && *dir ? dir : "/tmp");
	if (tmp.failed || !mkdtemp(tmp.data))
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot make a folder '%s'", tmp.data);
	*ret = rc_alloc(sizeof **ret);
	**ret = (struct ocr_export){ format, out_dir, rc_buf_take(&tmp) };
	return RC_OK;
}

void ocr_export_free(struct ocr_export **e)
{
	if (!*e)
		return;
	rc_remove_tree((*e)->tmp);
	free((*e)->tmp);
	free(*e);
	*e = NULL;
}

/* ctx: the name of the file. */
static enum rc_status open_scan(void *ctx, const struct record_page *page, struct export_scan *ret, struct rc_err *err)
{
	RC_OWN_FD fd = open(ctx, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0)
		return rc_fail_errno(err, RC_PAGE_FAILED, RC_WHY_UNREADABLE, "cannot open '%s'", (const char *)ctx);
	*ret = (struct export_scan){ fd, 0, st.st_size };
	fd = -1;
	return RC_OK;
}

static enum rc_status print_file(const char *path, struct rc_err *err)
{
	RC_OWN_BUF bytes = RC_BUF((size_t)RC_MAX_SCAN_BYTES);
	enum rc_status status = rc_buf_read_file(&bytes, path, err);

	if (rc_good(status))
		status = rc_buf_check(&bytes, path, err);
	if (rc_good(status))
		fwrite(bytes.data, 1, bytes.len, stdout);
	return status;
}

static enum rc_status write_item(const struct ocr_export *e, struct export_item *item, const char *name, struct rc_err *err)
{
	RC_OWN_BUF to = RC_BUF(4 * RC_MAX_NAME);

	rc_buf_addf(&to, "%s/%s", e->out_dir ? e->out_dir : e->tmp, e->out_dir ? "" : "out.");
	ocr_safe_name(name, &to);
	if (e->format->suffix)
		rc_buf_adds(&to, e->format->suffix);
	enum rc_status status = rc_buf_check(&to, name, err);

	if (rc_good(status))
		status = e->format->suffix ? e->format->write(item, to.data, err) : export_pages_beside(item, to.data, e->format->pages, err);
	if (!rc_good(status) || e->out_dir)
		return status;
	if (item->pages > 1 && e->format->pages)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_USAGE, "cannot print '%s': it has %lld pages, and each is a document; --out DIR takes them", name,
		               (long long)item->pages);
	if (item->pages == item->not_read)
		return RC_OK;           /* why it was not read has been said */
	rc_buf_adds(&to, e->format->suffix ? "" : ".xml");
	return print_file(to.data, err);
}

enum rc_status ocr_export_write(struct ocr_export *e, struct ocr_record *record, const char *name, const struct rc_digest *scan,
                                enum rc_media media, struct rc_err *err)
{
	RC_OWN_BUF id = RC_BUF(RC_MAX_NAME);
	RC_OWN_BUF path = RC_BUF(4 * RC_MAX_NAME);
	struct export_item item = { .with_scans = true, .scan = open_scan, .ctx = (void *)(uintptr_t)name };
	enum rc_status status = ocr_record_write(record, e->tmp, name, scan, media, err);

	ocr_safe_name(name, &id);
	rc_buf_addf(&path, "%s/%s.xml", e->tmp, id.data);
	item.id = id.data;
	item.record = path.data;
	if (rc_good(status))
		status = rc_buf_check(&path, name, err);
	if (rc_good(status))
		status = write_item(e, &item, name, err);
	(void)unlink(path.data);
	return status;
}
