/* lock.c -- an open-file-description lock: the kernel drops it with the last descriptor, however the
 * process ends. The text in the file is for people, and tells the next owner whether the last one left
 * in order: then the file begins with "free". */
#include "run/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/buf.h"

struct rc_lock {
	int fd;
};

static const char free_text[] = "free\n";
enum { MAX_TEXT = 400 };

static enum rc_status write_owner(int fd, const char *path, struct rc_err *err)
{
	char host[65] = "", now[32] = "", text[MAX_TEXT];
	time_t t = time(NULL);
	struct tm utc;

	(void)gethostname(host, sizeof host - 1);
	if (gmtime_r(&t, &utc))
		strftime(now, sizeof now, "%Y-%m-%dT%H:%M:%SZ", &utc);
	snprintf(text, sizeof text, "process %ld on %s since %s\n", (long)getpid(), host, now);
	if (pwrite(fd, text, strlen(text), 0) != (ssize_t)strlen(text) || ftruncate(fd, (off_t)strlen(text)) != 0)
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_DISK, "cannot write '%s'", path);
	return RC_OK;
}

static enum rc_status say_busy(const char *text, const char *batch, struct rc_err *err)
{
	int len = (int)strcspn(text, "\n");

	return rc_fail(err, RC_RUN_FAILED, RC_WHY_BUSY, "cannot use '%s': in use by %.*s", batch,
	               len > 0 ? len : 15, len > 0 ? text : "another process");
}

/* Was the owner, as the text names it, a process of this machine that is no more? */
static bool owner_is_dead(const char *text)
{
	char host[65] = "", ours[65] = "";
	long pid = 0;

	(void)gethostname(ours, sizeof ours - 1);
	return sscanf(text, "process %ld on %64s", &pid, host) == 2 && pid > 0 && strcmp(host, ours) == 0 &&
	       kill((pid_t)pid, 0) != 0 && errno == ESRCH;
}

/* Takes the lock; false with errno. A killed owner's child that was about to become a worker holds a copy of the descriptor for some
 * moments more: that is waited for. */
static bool take(int fd, const char *text)
{
	enum { TRIES = 100 };
	struct flock how = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	for (int i = 0; fcntl(fd, F_OFD_SETLK, &how) != 0; i++) {
		int why = errno;

		if ((why != EAGAIN && why != EACCES) || i == TRIES || !owner_is_dead(text)) {
			errno = why;
			return false;
		}
		nanosleep(&(struct timespec){ .tv_nsec = 50000000 }, NULL);
	}
	return true;
}

enum rc_status rc_lock_take(const char *path, const char *batch, struct rc_lock **ret, bool *ret_died, struct rc_err *err)
{
	RC_CLEANUP(rc_lock_free) struct rc_lock *lock = calloc(1, sizeof *lock);
	char text[MAX_TEXT] = "";
	enum rc_status status;

	if (!lock)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_BUG, "cannot lock '%s': no memory", batch);
	lock->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (lock->fd < 0)
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot open '%s'", path);
	if (pread(lock->fd, text, sizeof text - 1, 0) < 0)
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_DISK, "cannot read '%s'", path);
	if (!take(lock->fd, text)) {
		if (errno == EAGAIN || errno == EACCES)
			return say_busy(text, batch, err);
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot lock '%s'", path);
	}
	status = write_owner(lock->fd, path, err);
	if (!rc_good(status))
		return status;
	*ret_died = text[0] && strcmp(text, free_text) != 0;
	*ret = rc_steal(lock);
	return RC_OK;
}

void rc_lock_free(struct rc_lock **lock)
{
	struct flock how = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (!*lock)
		return;
	/* Only the owner may write; asking again for a lock that is held succeeds. */
	if ((*lock)->fd >= 0 && fcntl((*lock)->fd, F_OFD_SETLK, &how) == 0
	    && pwrite((*lock)->fd, free_text, strlen(free_text), 0) > 0)
		(void)!ftruncate((*lock)->fd, (off_t)strlen(free_text));
	rc_close(&(*lock)->fd);
	free(*lock);
	*lock = NULL;
}
