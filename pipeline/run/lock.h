/* lock.h -- one process at a time owns a batch. */
#ifndef RC_LOCK_H
#define RC_LOCK_H

#include "core/err.h"

struct rc_lock;

/* Takes the lock file at path (made when missing); batch is its name in messages. RC_RUN_FAILED/busy names
 * the owner. *ret_died: the last owner ended without giving the lock back. */
enum rc_status rc_lock_take(const char *path, const char *batch, struct rc_lock **ret, bool *ret_died, struct rc_err *err);
/* Gives it back. NULL is fine. */
void rc_lock_free(struct rc_lock **lock);

#endif
