/* outfile.c -- a file that appears whole, or does not appear.
 *
 *   rc_outfile_open()    make a temporary beside the final name
 *   rc_outfile_write()   through a buffer of our own, hashed on the way
 *   rc_outfile_commit()  flush, fsync, rename, fsync the folder
 *   rc_outfile_abort()   remove the temporary
 *   rc_make_dirs(), rc_write_all(), rc_read_all(), rc_file_put(), rc_remove_tree(), rc_sweep_temporaries()
 *
 * Temporaries are named after the process and a count, and made with O_EXCL: two processes, even on two
 * machines that share a folder, never write into the same one. */
#include "core/outfile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HELD = 64 << 10 };       /* bytes kept back, so that small writes do not become system calls */

struct rc_outfile {
	char *path, *temporary;
	int fd;
	bool synced;
	int64_t size;
	struct rc_hasher *all;  /* of everything that went through rc_outfile_write() */
	size_t held;
	char hold[HELD];
};

/* "a/b/c" -> "a/b", "c" -> ".", "/c" -> "/". Caller frees. */
static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return rc_strdup(".");
	char *folder = rc_strdup(path);

	folder[slash == path ? 1 : slash - path] = '\0';
	return folder;
}

bool rc_write_all(int fd, const void *bytes, size_t len)
{
	const char *at = bytes;

	while (len > 0) {
		ssize_t put = write(fd, at, len);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return false;
		at += put;
		len -= (size_t)put;
	}
	return true;
}

bool rc_read_all(int fd, void *bytes, size_t len, int64_t offset)
{
	char *at = bytes;

	while (len > 0) {
		ssize_t got = pread(fd, at, len, (off_t)offset);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			errno = got < 0 ? errno : 0;
			return false;
		}
		at += got;
		offset += got;
		len -= (size_t)got;
	}
	return true;
}

/* Some file systems cannot sync a folder and say EINVAL; they have nothing to lose then. */
static bool sync_folder_of(const char *path)
{
	RC_OWN_STR folder = folder_of(path);
	RC_OWN_FD fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd >= 0 && (fsync(fd) == 0 || errno == EINVAL);
}

static bool make_dir(const char *path, bool synced)
{
	struct stat st;

	if (mkdir(path, 0777) == 0)
		return !synced || sync_folder_of(path); /* what is put into it must not be lost with its name */
	if (errno != EEXIST)
		return false;
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return true;
	errno = ENOTDIR;
	return false;
}

static enum rc_status make_dirs(const char *path, bool synced, struct rc_err *err)
{
	RC_OWN_STR copy = rc_strdup(path);
	struct stat st;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return RC_OK;
	for (char *at = copy + 1; *copy && *at; at++) {
		if (*at != '/')
			continue;
		*at = '\0';
		/* A folder above may be one we can see but not write in; only the last one decides. */
		if (!make_dir(copy, synced) && errno != EACCES && errno != EROFS && errno != EPERM)
			return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot make folder '%s'", copy);
		*at = '/';
	}
	if (!make_dir(path, synced))
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot make folder '%s'", path);
	return RC_OK;
}

enum rc_status rc_make_dirs(const char *path, struct rc_err *err)
{
	return make_dirs(path, true, err);
}

enum rc_status rc_make_dirs_unsynced(const char *path, struct rc_err *err)
{
	return make_dirs(path, false, err);
}

static enum rc_status make_folder_of(const char *path, struct rc_err *err)
{
	RC_OWN_STR folder = folder_of(path);

	return rc_make_dirs(folder, err);
}

/* Opens a temporary that did not exist in the folder; -1 with errno. */
static int open_temporary(const char *folder, char **ret)
{
	static unsigned count;

	for (;;) {
		char *name = NULL;

		if (asprintf(&name, "%s/%s%ld-%u", folder, RC_TMP_PREFIX, (long)getpid(), count++) < 0)
			rc_out_of_memory();
		int fd = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

		if (fd >= 0) {
			*ret = name;
			return fd;
		}
		free(name);
		if (errno != EEXIST && errno != EINTR)
			return -1;
	}
}

static enum rc_status open_outfile(struct rc_outfile **ret, const char *path, bool synced, struct rc_err *err)
{
	RC_OWN_STR folder = folder_of(path);
	enum rc_status status = make_dirs(folder, synced, err);
	char *temporary = NULL;

	if (!rc_good(status))
		return status;
	int fd = open_temporary(folder, &temporary);

	if (fd < 0)
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot create '%s'", path);
	struct rc_outfile *f = rc_alloc(sizeof *f);

	f->path = rc_strdup(path);
	f->temporary = temporary;
	f->fd = fd;
	f->synced = synced;
	f->all = rc_hasher_new();
	*ret = f;
	return RC_OK;
}

enum rc_status rc_outfile_open(struct rc_outfile **ret, const char *path, struct rc_err *err)
{
	return open_outfile(ret, path, true, err);
}

static enum rc_status cannot_write(const struct rc_outfile *f, struct rc_err *err)
{
	return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_DISK, "cannot write '%s'", f->path);
}

static enum rc_status flush(struct rc_outfile *f, struct rc_err *err)
{
	if (!rc_write_all(f->fd, f->hold, f->held))
		return cannot_write(f, err);
	f->held = 0;
	return RC_OK;
}

enum rc_status rc_outfile_write(struct rc_outfile *f, const void *bytes, size_t len, struct rc_err *err)
{
	if (len == 0)
		return RC_OK;
	if (len > HELD - f->held) {
		enum rc_status status = flush(f, err);

		if (!rc_good(status))
			return status;
	}
	if (len > HELD) {
		if (!rc_write_all(f->fd, bytes, len))
			return cannot_write(f, err);
	} else {
		memcpy(f->hold + f->held, bytes, len);
		f->held += len;
	}
	rc_hasher_add(f->all, bytes, len);
	f->size += (int64_t)len;
	return RC_OK;
}

struct rc_digest rc_outfile_digest(struct rc_outfile *f)
{
	return rc_hasher_now(f->all);
}

int64_t rc_outfile_size(const struct rc_outfile *f)
{
	return f->size;
}

enum rc_status rc_outfile_rename(struct rc_outfile *f, const char *path, struct rc_err *err)
{
	enum rc_status status = make_folder_of(path, err);

	if (!rc_good(status))
		return status;
	char *copy = rc_strdup(path);

	free(f->path);
	f->path = copy;
	return RC_OK;
}

static void free_outfile(struct rc_outfile **f)
{
	rc_close(&(*f)->fd);
	rc_hasher_free(&(*f)->all);
	free((*f)->path);
	free((*f)->temporary);
	free(*f);
	*f = NULL;
}

static enum rc_status commit(struct rc_outfile *f, struct rc_err *err)
{
	enum rc_status status = flush(f, err);
	int fd = f->fd;

	if (!rc_good(status))
		return status;
	if (f->synced && fsync(fd) != 0)
		return cannot_write(f, err);
	f->fd = -1;
	if (close(fd) != 0 && errno != EINTR)   /* network file systems tell of a full disk here */
		return cannot_write(f, err);
	if (rename(f->temporary, f->path) != 0)
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot create '%s'", f->path);
	f->temporary[0] = '\0';
	if (f->synced && !sync_folder_of(f->path))
		return cannot_write(f, err);
	return RC_OK;
}

enum rc_status rc_outfile_commit(struct rc_outfile **f, struct rc_err *err)
{
	enum rc_status status = commit(*f, err);

	rc_outfile_abort(f);
	return status;
}

void rc_outfile_abort(struct rc_outfile **f)
{
	int saved = errno;

	if (!*f)
		return;
	if ((*f)->temporary[0])
		unlink((*f)->temporary);
	free_outfile(f);
	errno = saved;
}

static enum rc_status file_put(const char *path, const void *bytes, size_t len, bool synced, struct rc_err *err)
{
	RC_CLEANUP(rc_outfile_abort) struct rc_outfile *f = NULL;
	enum rc_status status = open_outfile(&f, path, synced, err);

	if (rc_good(status))
		status = rc_outfile_write(f, bytes, len, err);
	return rc_good(status) ? rc_outfile_commit(&f, err) : status;
}

enum rc_status rc_file_put(const char *path, const void *bytes, size_t len, struct rc_err *err)
{
	return file_put(path, bytes, len, true, err);
}

enum rc_status rc_file_put_unsynced(const char *path, const void *bytes, size_t len, struct rc_err *err)
{
	return file_put(path, bytes, len, false, err);
}

static void close_dir(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

void rc_sweep_temporaries(const char *dir)
{
	RC_CLEANUP(close_dir) DIR *d = opendir(dir);
	const struct dirent *entry;

	while (d && (entry = readdir(d)))
		if (strncmp(entry->d_name, RC_TMP_PREFIX, strlen(RC_TMP_PREFIX)) == 0)
			unlinkat(dirfd(d), entry->d_name, 0);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
	return remove(path);
}

void rc_remove_tree(const char *path)
{
	(void)nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
