/* packed.c -- opens JSON Lines files. */
#include "package/packed.h"

#include <string.h>

enum rc_status packed_open(struct packed_file *f, const struct corpus_source *source, const struct manifest_file *file, struct rc_err *err)
{
	int64_t size = -1;
	enum rc_status status = source->size(source->ctx, file->path, &size, err);

	if (!rc_good(status))
		return status;
	if (size != file->bytes)
		return rc_fail(err, size < 0 ? RC_RUN_FAILED : RC_PAGE_FAILED, size < 0 ? RC_WHY_MISSING : RC_WHY_CHANGED,
		               "'%s' is not what the manifest says: %lld bytes, not %lld", file->path, (long long)size, (long long)file->bytes);
	f->at = (struct corpus_file){ source, file->path };
	f->zst = (struct zst_file){ corpus_file_read, &f->at, file->bytes, file->path };
	status = zst_table_load(&f->zst, &f->table, err);
	if (rc_good(status))
		f->file = file;
	return status;
}

void packed_close(struct packed_file *f)
{
	zst_table_free(&f->table);
}

const char *packed_line(const struct rc_buf *raw, size_t *at, size_t *len)
{
	const char *line = raw->data + *at, *end;

	if (*at >= raw->len)
		return NULL;
	end = memchr(line, '\n', raw->len - *at);
	*len = end ? (size_t)(end - line) : raw->len - *at;
	*at += *len + 1;
	return line;
}
