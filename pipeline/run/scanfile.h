/* scanfile.h -- opening a file that holds a scan, if it still is what it was. */
#ifndef RC_SCANFILE_H
#define RC_SCANFILE_H

#include "core/err.h"

/* size (bytes) and mtime_ns: what the file had when it was ingested; size -1: neither is compared. Follows no link at the end of path.
 * The caller owns the descriptor. RC_PAGE_FAILED/gone, /unreadable, /changed. */
enum rc_status rc_scanfile_open(const char *path, int64_t size, int64_t mtime_ns, int *ret, struct rc_err *err);

#endif
