/* scanfile.c -- see scanfile.h. */
#include "run/scanfile.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

enum rc_status rc_scanfile_open(const char *path, int64_t size, int64_t mtime_ns, int *ret, struct rc_err *err)
{
	RC_OWN_FD fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	int64_t mtime;
	struct stat st;

	if (fd < 0)
		return rc_fail_errno(err, RC_PAGE_FAILED, errno == ENOENT || errno == ENOTDIR ? RC_WHY_GONE : RC_WHY_UNREADABLE,
		                     "cannot open '%s'", path);
	if (fstat(fd, &st) != 0)
		return rc_fail_errno(err, RC_PAGE_FAILED, RC_WHY_UNREADABLE, "cannot look at '%s'", path);
	mtime = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
	if (!S_ISREG(st.st_mode) || (size >= 0 && (st.st_size != size || mtime != mtime_ns)))
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_CHANGED, "cannot use '%s': it changed since it was ingested", path);
	*ret = fd;
	fd = -1;
	return RC_OK;
}
