/* corpus_source.c -- a corpus in a folder, as a source of bytes.
 *
 *   corpus_folder_*     openat below one folder; symbolic links are followed nowhere below it
 *   corpus_read_all()   a small file whole
 *   manifest_fetch()    the manifest through any source
 *   corpus_sweep()      temporaries of a program that was killed */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/manifest.h"
#include "core/limits.h"
#include "core/outfile.h"

struct corpus_folder {
	char *path;
	int dir;
	char *open_path;        /* the file that is open, or NULL */
	int fd;
	int64_t bytes;
};

void corpus_folder_close(struct corpus_folder **folder)
{
	if (!*folder)
		return;
	rc_close(&(*folder)->dir);
	rc_close(&(*folder)->fd);
	free((*folder)->path);
	free((*folder)->open_path);
	free(*folder);
	*folder = NULL;
}

enum rc_status corpus_folder_open(struct corpus_folder **ret, const char *path, struct rc_err *err)
{
	RC_CLEANUP(corpus_folder_close) struct corpus_folder *f = calloc(1, sizeof *f);

	if (!f)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot open '%s': out of memory", path);
	f->fd = -1;
	f->path = strdup(path);
	f->dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (f->dir < 0 || !f->path)
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot open '%s'", path);
	*ret = rc_steal(f);
	return RC_OK;
}

/* Makes `path` the open file. RC_SKIP when it is not there. */
static enum rc_status select_file(struct corpus_folder *f, const char *path, struct rc_err *err)
{
	struct stat st;

	if (f->open_path && strcmp(f->open_path, path) == 0)
		return RC_OK;
	rc_close(&f->fd);
	free(f->open_path);
	f->open_path = NULL;
	f->fd = openat(f->dir, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (f->fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return RC_SKIP;
	if (f->fd < 0 || fstat(f->fd, &st) != 0)
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_UNREADABLE, "cannot read '%s/%s'", f->path, path);
	if (!S_ISREG(st.st_mode))
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_UNREADABLE, "cannot read '%s/%s': not a plain file", f->path, path);
	f->bytes = st.st_size;
	f->open_path = strdup(path);
	return f->open_path ? RC_OK : rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot read '%s': out of memory", path);
}

static enum rc_status folder_size(void *ctx, const char *path, int64_t *ret, struct rc_err *err)
{
	struct corpus_folder *f = ctx;
	enum rc_status status = select_file(f, path, err);

	if (rc_good(status))
		*ret = status == RC_SKIP ? -1 : f->bytes;
	return rc_good(status) ? RC_OK : status;
}

static enum rc_status folder_read(void *ctx, const char *path, int64_t offset, void *bytes, size_t len, struct rc_err *err)
{
	struct corpus_folder *f = ctx;
	enum rc_status status = select_file(f, path, err);

	if (status == RC_SKIP)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot read '%s/%s': it is not there", f->path, path);
	if (!rc_good(status))
		return status;
	if (rc_read_all(f->fd, bytes, len, offset))
		return RC_OK;
	if (errno)
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_UNREADABLE, "cannot read '%s/%s'", f->path, path);
	return rc_fail(err, RC_PAGE_FAILED, RC_WHY_TRUNCATED, "cannot read '%s/%s': it ends too early", f->path, path);
}

struct corpus_source corpus_folder_source(struct corpus_folder *folder)
{
	return (struct corpus_source){ folder_size, folder_read, folder, folder->path };
}

enum rc_status corpus_file_read(void *ctx, int64_t offset, void *bytes, size_t len, struct rc_err *err)
{
	const struct corpus_file *f = ctx;

	return f->source->read(f->source->ctx, f->path, offset, bytes, len, err);
}

enum rc_status corpus_read_all(const struct corpus_source *source, const char *path, int64_t max, struct rc_buf *out, struct rc_err *err)
{
	int64_t size = -1;
	enum rc_status status = source->size(source->ctx, path, &size, err);
	char *room;

	if (!rc_good(status))
		return status;
	if (size < 0)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot read '%s/%s': it is not there", source->name, path);
	if (size > max)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_BYTES, "cannot read '%s/%s': larger than %lld bytes", source->name, path, (long long)max);
	if (size == 0)
		return RC_OK;
	room = rc_buf_grow(out, (size_t)size);
	if (!room)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot read '%s/%s': out of memory", source->name, path);
	return source->read(source->ctx, path, 0, room, (size_t)size, err);
}

enum rc_status manifest_fetch_version(const struct corpus_source *source, const char *version, struct manifest **ret, struct rc_err *err)
{
	RC_OWN_BUF bytes = RC_BUF(MANIFEST_MAX_BYTES);
	RC_OWN_BUF path = RC_BUF(1 << 10);
	enum rc_status status;

	if (*version)
		rc_buf_addf(&path, "versions/%s/", version);
	rc_buf_adds(&path, MANIFEST_FILE);
	status = corpus_read_all(source, path.data, MANIFEST_MAX_BYTES, &bytes, err);
	return rc_good(status) ? manifest_parse(bytes.data, bytes.len, path.data, ret, err) : status;
}

enum rc_status manifest_fetch(const struct corpus_source *source, struct manifest **ret, struct rc_err *err)
{
	return manifest_fetch_version(source, "", ret, err);
}

/* ---- left-overs ---------------------------------------------------------------------------------------- */

static void sweep_below(const char *path, const char *folder)
{
	RC_OWN_BUF dir = RC_BUF(4 * RC_MAX_NAME);

	rc_buf_addf(&dir, "%s/%s", path, folder);
	rc_sweep_temporaries(dir.data);
}

void corpus_sweep(const char *path)
{
	static const char *const folders[] = { "", "text", "pages", "images", "lines", "mds/train", "mds/validation", "mds/test", "attributes", "index" };
	RC_OWN_BUF versions = RC_BUF(2 * RC_MAX_NAME);
	DIR *dir;
	struct dirent *entry;

	for (size_t i = 0; i < RC_COUNT(folders); i++)
		sweep_below(path, folders[i]);
	rc_buf_addf(&versions, "%s/versions", path);
	dir = opendir(versions.data);
	while (dir && (entry = readdir(dir)))
		if (manifest_version_ok(entry->d_name)) {
			RC_OWN_BUF pages = RC_BUF(RC_MAX_NAME);

			rc_buf_addf(&pages, "%s/pages", entry->d_name);
			sweep_below(versions.data, entry->d_name);
			sweep_below(versions.data, pages.data);
		}
	if (dir)
		closedir(dir);
}
