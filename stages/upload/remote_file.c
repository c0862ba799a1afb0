/* remote_file.c -- file:///folder: a folder of this machine or a mounted one.
 *
 * Objects appear by rename (core/outfile.h). The path in the URL may be percent-encoded. */
#include <string.h>

#include "core/limits.h"
#include "core/outfile.h"
#include "core/text.h"
#include "upload/remote.h"

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

static enum rc_status file_open(const char *url, bool writing, void **state, struct rc_err *err)
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

static enum rc_status file_put(void *state, const char *path, int64_t (*next)(void *ctx, const void **bytes, struct rc_err *err), void *ctx,
                               struct rc_err *err)
{
	struct folder *f = state;
	RC_CLEANUP(rc_outfile_abort) struct rc_outfile *out = NULL;
	RC_CLEANUP(corpus_folder_close) struct corpus_folder *anew = NULL;
	RC_OWN_BUF name = RC_BUF(2 * RC_MAX_NAME);
	const void *bytes = NULL;
	enum rc_status status;
	int64_t len = 0;

	rc_buf_addf(&name, "%s/%s", f->path, path);
	status = rc_outfile_open(&out, name.data, err);
	while (rc_good(status) && (len = next(ctx, &bytes, err)) > 0)
		status = rc_outfile_write(out, bytes, (size_t)len, err);
	if (!rc_good(status) || len < 0)
		return rc_good(status) ? RC_RUN_FAILED : status;
	status = rc_outfile_commit(&out, err);
	/* The folder may have the file open that was replaced just now. */
	if (rc_good(status))
		status = corpus_folder_open(&anew, f->path, err);
	if (rc_good(status)) {
		corpus_folder_close(&f->open);
		f->open = rc_steal(anew);
	}
	return status;
}

const struct remote_kind remote_file = {
	.scheme = "file://",
	.open = file_open,
	.size = file_size,
	.read = file_read,
	.put = file_put,
	.close = file_close,
};
