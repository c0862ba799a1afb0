/* batch.h -- a batch on disk: its folder, its settings, who owns it (DESIGN 5). */
#ifndef RC_BATCH_H
#define RC_BATCH_H

#include "core/config.h"
#include "run/lock.h"

struct rc_batch {
	char *dir;                      /* absolute, resolved: "/data/box12" */
	char *name;                     /* as it was given, for messages */
	struct rc_config *cfg;          /* from batch.yaml */
	struct rc_lock *lock;           /* NULL: only for reading */
	bool died;                      /* the last owner did not end in order */
};

/* Is there a batch at path? */
bool rc_batch_is(const char *path);
/* Reads DIR/batch.yaml over what cfg holds; where there is none (somebody removed it, or there is no batch yet),
 * nothing changes. */
enum rc_status rc_batch_load_settings(const char *dir, struct rc_config *cfg, struct rc_err *err);
/* Makes a batch, with batch.yaml from cfg unless it has one. RC_RUN_FAILED/usage when path is a folder that holds
 * other things: somebody forgot to name the batch. RC_SKIP: it is one already. */
enum rc_status rc_batch_make(const char *path, const struct rc_config *cfg, struct rc_err *err);
/* Opens it and reads its settings. owning: takes the lock and sweeps what a killed owner left. */
enum rc_status rc_batch_open(const char *path, bool owning, struct rc_batch **ret, struct rc_err *err);
void rc_batch_close(struct rc_batch **batch);
/* Writes batch->cfg to batch.yaml. */
enum rc_status rc_batch_save_settings(struct rc_batch *batch, struct rc_err *err);
/* Appends DIR/relative. */
void rc_batch_path(const struct rc_batch *batch, const char *relative, struct rc_buf *out);

#endif
