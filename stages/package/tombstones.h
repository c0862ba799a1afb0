/* tombstones.h -- what the manifest says of items and pages that were taken back. */
#ifndef PACKAGE_TOMBSTONES_H
#define PACKAGE_TOMBSTONES_H

#include "common/withdrawn.h"
#include "core/json.h"

/* [{"id", "reason", "date", "shards": [paths]}] by id: a row of withdraw.csv each. shards: those of the version published before
 * (base, as package.base names it; "": unknown) that hold it, and that who pulled them must drop. New reference.
 * A base that cannot be read is RC_RUN_FAILED/setting. */
enum rc_status tombstones_make(const struct withdrawn *w, const char *base, json_t **ret, struct rc_err *err);

#endif
