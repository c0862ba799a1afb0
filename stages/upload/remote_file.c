/* remote_file.c -- file:///folder: a folder of this machine or a mounted one.
 *
 * Objects appear by rename (core/outfile.h). The path in the URL may be percent-encoded. */
#include <string.h>

#include "core/limits.h"
#include "core/outfile.h"
#include "core/text.h"
#include "upload/remote.h"

#define CHUNK (1 << 20)

struct folder {
	char *path;                     /* absolute */
	struct corpus_folder *open;     /* NULL until something is read: it may not be there yet */
};

static void file_close(void *state)
{
	struct folder *f = state;

	corpus_folder_close(&f->open);
	free(f->path);
	free(f);
}

/* The path of file:///path; NULL when it is not absolute or cannot be decoded. Caller frees. */
static char *path_of(const char *url)
{
	RC_OWN_BUF path = RC_BUF(RC_MAX_NAME);
	const char *from = url + strlen("file://");

	if (strncmp(from, "localhost/", 10) == 0)
		from += strlen("localhost");
	if (*from != '/')
		return NULL;
	for (; *from; from++) {
		char c = *from;

		if (c == '%') {
			if (rc_hex_digit(from[1]) < 0 || rc_hex_digit(from[2]) < 0)
				return NULL;
			c = (char)(rc_hex_digit(from[1]) * 16 + rc_hex_digit(from[2]));
			from += 2;
		}
		if (c == 0)
			return NULL;
		rc_buf_addc(&path, c);
	}
	while (path.len > 1 && path.data[path.len - 1] == '/')
		path.data[--path.len] = 0;
	return rc_buf_take(&path);
}

static enum rc_status file_open(const char *url, bool writing, const struct rc_config *cfg, void **state, struct rc_err *err)
{
	RC_OWN_STR path = path_of(url);
	struct folder *f;
	enum rc_status status = RC_OK;

	if (!path)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_USAGE, "cannot use '%s': not file:// and an absolute path", url);
	if (writing)
		status = rc_make_dirs(path, err);
	if (!rc_good(status))
		return status;
	f = calloc(1, sizeof *f);
	if (!f)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot open '%s': out of memory", url);
	status = corpus_folder_open(&f->open, path, err);
	f->path = rc_steal(path);
	if (!rc_good(status)) {
		file_close(f);
		return status;
	}
	if (writing)
		corpus_sweep(f->path);          /* what a publish that was killed left behind */
	*state = f;
	return RC_OK;
}

static enum rc_status file_size(void *state, const char *path, int64_t *ret, struct rc_err *err)
{
	struct folder *f = state;
	struct corpus_source source = corpus_folder_source(f->open);

	return source.size(source.ctx, path, ret, err);
}

static enum rc_status file_read(void *state, const char *path, int64_t offset, void *bytes, size_t len, struct rc_err *err)
{
	struct folder *f = state;
	struct corpus_source source = corpus_folder_source(f->open);

	return source.read(source.ctx, path, offset, bytes, len, err);
}

/* The folder may have the file open that was replaced just now. */
static enum rc_status look_again(struct folder *f, struct rc_err *err)
{
	corpus_folder_close(&f->open);
	return corpus_folder_open(&f->open, f->path, err);
}

static enum rc_status file_put(void *state, const char *path, const void *bytes, size_t len, struct rc_err *err)
{
	struct folder *f = state;
	RC_OWN_BUF name = RC_BUF(2 * RC_MAX_NAME);
	enum rc_status status;

	rc_buf_addf(&name, "%s/%s", f->path, path);
	status = rc_file_put(name.data, bytes, len, err);
	return rc_good(status) ? look_again(f, err) : status;
}

static enum rc_status write_all(struct rc_outfile *out, const struct corpus_source *source, const struct remote_item *item,
                                const struct remote_watch *watch, struct rc_err *err)
{
	RC_CLEANUP(rc_free) char *chunk = rc_alloc(CHUNK);
	enum rc_status status = RC_OK;

	for (int64_t at = 0; rc_good(status) && at < item->bytes; at += CHUNK) {
		size_t len = item->bytes - at < CHUNK ? (size_t)(item->bytes - at) : CHUNK;

		status = source->read(source->ctx, item->path, at, chunk, len, err);
		if (rc_good(status))
			status = rc_outfile_write(out, chunk, len, err);
		if (watch->moved)
			watch->moved(watch->ctx, (int64_t)len);
		if (rc_good(status) && watch->stopping && watch->stopping(watch->ctx))
			status = rc_fail(err, RC_RUN_FAILED, RC_WHY_STOPPED, "stopped; run it again to go on");
	}
	return status;
}

/* What is not what its manifest says never gets its name. */
static enum rc_status file_copy(void *state, const struct corpus_source *source, const struct remote_item *item, const struct remote_watch *watch,
                                struct rc_err *err)
{
	struct folder *f = state;
	RC_CLEANUP(rc_outfile_abort) struct rc_outfile *out = NULL;
	RC_OWN_BUF name = RC_BUF(2 * RC_MAX_NAME);
	struct rc_digest digest;
	enum rc_status status;

	rc_buf_addf(&name, "%s/%s", f->path, item->to);
	status = rc_outfile_open(&out, name.data, err);
	if (rc_good(status))
		status = write_all(out, source, item, watch, err);
	if (!rc_good(status))
		return status;
	digest = rc_outfile_digest(out);
	if (!rc_digest_equal(&digest, &item->digest))
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_CHANGED, "'%s/%s' is not what its manifest says: another SHA-256", source->name, item->path);
	status = rc_outfile_commit(&out, err);
	return rc_good(status) ? look_again(f, err) : status;
}

const struct remote_kind remote_file = {
	.scheme = "file://",
	.open = file_open,
	.size = file_size,
	.read = file_read,
	.put = file_put,
	.copy = file_copy,
	.close = file_close,
};
