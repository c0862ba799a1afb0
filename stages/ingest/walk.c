/* walk.c -- all files below a folder, in natural order.
 *
 *   ingest_walk    the root itself, then...
 *   walk_folder    reads a folder's names, sorts them, and visits one after the other
 *   list_names     the names alone, so that a folder's order does not depend on the file system
 *
 * Every step is relative to an opened folder and never through a link: renaming folders meanwhile cannot lead the
 * walk elsewhere. */
#include "walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/limits.h"
#include "core/text.h"

/* One descriptor is held per level; archives of scans have a handful. */
#define MAX_DEPTH 128

struct walk {
	ingest_entry_fn *fn;
	void *ctx;
	struct rc_buf path;             /* of the entry being visited */
	int depth;
};

struct names {
	char **at;
	size_t n, cap;
};

static void names_free(struct names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->at[i]);
	free(names->at);
}

static int by_natural_order(const void *a, const void *b)
{
	return rc_natural_compare(*(char *const *)a, *(char *const *)b);
}

static bool names_add(struct names *names, const char *name)
{
	if (names->n == names->cap) {
		size_t cap = names->cap ? 2 * names->cap : 64;
		char **at = reallocarray(names->at, cap, sizeof *at);

		if (!at)
			return false;
		names->at = at;
		names->cap = cap;
	}
	names->at[names->n] = strdup(name);
	return names->at[names->n++] != NULL;
}

static void dir_close(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

/* Sorted names in the folder; 0, or an errno. fd stays open. */
static int list_names(int fd, struct names *ret)
{
	RC_CLEANUP(dir_close) DIR *dir = NULL;
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);

	dir = copy < 0 ? NULL : fdopendir(copy);
	if (!dir) {
		int saved = errno;

		if (copy >= 0)
			close(copy);
		return saved;
	}
	for (;;) {
		struct dirent *d;

		errno = 0;
		d = readdir(dir);
		if (!d)
			break;
		if (strcmp(d->d_name, ".") && strcmp(d->d_name, "..") && !names_add(ret, d->d_name))
			return ENOMEM;
	}
	if (errno)
		return errno;
	qsort(ret->at, ret->n, sizeof *ret->at, by_natural_order);
	return 0;
}

static enum rc_status visit(struct walk *w, int folder, const char *name, struct rc_err *err);

static enum rc_status tell(struct walk *w, struct ingest_entry entry, enum ingest_entry_kind kind, struct rc_err *err)
{
	entry.kind = kind;
	return w->fn(w->ctx, &entry, err);
}

static enum rc_status tell_unreadable(struct walk *w, struct ingest_entry entry, int code, struct rc_err *err)
{
	struct rc_err why = { 0 };

	if (code)
		rc_fail(&why, RC_PAGE_FAILED, RC_WHY_UNREADABLE, "cannot read '%s': %s", entry.name, strerror(code));
	else
		rc_fail(&why, RC_PAGE_FAILED, RC_WHY_PATH, "cannot read '%s': the path is too long or too deep", entry.name);
	entry.why = &why;
	return tell(w, entry, INGEST_ENTRY_UNREADABLE, err);
}

static enum rc_status walk_folder(struct walk *w, struct ingest_entry entry, struct rc_err *err)
{
	RC_CLEANUP(names_free) struct names names = { 0 };
	RC_OWN_FD fd = openat(entry.folder, entry.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	enum rc_status status;
	size_t len = w->path.len;
	int code = fd < 0 ? errno : list_names(fd, &names);

	if (code || w->depth >= MAX_DEPTH)
		return tell_unreadable(w, entry, code, err);
	if (faccessat(fd, ".redcorpus", F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return tell(w, entry, INGEST_ENTRY_BATCH, err);
	status = tell(w, entry, INGEST_ENTRY_FOLDER, err);
	w->depth++;
	for (size_t i = 0; rc_good(status) && i < names.n; i++) {
		if (len > 0)
			rc_buf_addc(&w->path, '/');
		rc_buf_adds(&w->path, names.at[i]);
		status = visit(w, fd, names.at[i], err);
		w->path.len = len;
		w->path.data[len] = '\0';
		w->path.failed = false;
	}
	w->depth--;
	return status;
}

static enum rc_status visit(struct walk *w, int folder, const char *name, struct rc_err *err)
{
	struct stat st;
	struct ingest_entry entry = { .path = w->path.data, .folder = folder, .name = name };

	if (w->path.failed)
		return tell_unreadable(w, entry, 0, err);
	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? RC_OK : tell_unreadable(w, entry, errno, err);
	entry.st = &st;
	if (S_ISDIR(st.st_mode))
		return walk_folder(w, entry, err);
	if (S_ISREG(st.st_mode))
		return tell(w, entry, INGEST_ENTRY_FILE, err);
	return tell(w, entry, S_ISLNK(st.st_mode) ? INGEST_ENTRY_LINK : INGEST_ENTRY_OTHER, err);
}

enum rc_status ingest_walk(const char *root, ingest_entry_fn *fn, void *ctx, struct rc_err *err)
{
	struct walk w = { .fn = fn, .ctx = ctx, .path = RC_BUF(RC_MAX_NAME) };
	enum rc_status status;
	struct stat st;

	if (lstat(root, &st) < 0 && (errno == ENOENT || errno == ENOTDIR))
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_GONE, "source '%s' is no longer there", root);
	status = visit(&w, AT_FDCWD, root, err);
	rc_buf_free(&w.path);
	return status;
}
