/* base.h -- the splits of the version published before (package.base), which its items keep. */
#ifndef CURATE_BASE_H
#define CURATE_BASE_H

#include "core/digest.h"

struct base;

/* path: manifest.json at the root of a corpus or in its versions/V; "" gives an empty base. ret_digest: of the manifest's
 * bytes. A missing manifest or index is RC_RUN_FAILED/missing, a bad one RC_RUN_FAILED/setting. */
enum rc_status base_load(struct base **ret, const char *path, struct rc_digest *ret_digest, struct rc_err *err);
/* The split of an item, or -1 when it was not published. */
int base_split(const struct base *base, const char *item);
void base_free(struct base **base);

#endif
