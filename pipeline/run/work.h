/* work.h -- one task of a plan, read on some node of a cluster. */
#ifndef RC_WORK_H
#define RC_WORK_H

#include "run/pool.h"

struct rc_work_result {
	int64_t pages, failed, before;          /* read now; of them failed; answered by an earlier start of the task */
};

/* Reads the pages of task `task` of the plan in `dir` with a pool of `jobs` workers (0: one per core it may use), and appends what
 * becomes of them to the answers of this start (0 for the first). Goes on where earlier starts ended. RC_RUN_FAILED/setting when this
 * program reads otherwise than the one that made the plan; /stopped for a signal, /disk. */
enum rc_status rc_work(const char *dir, int64_t task, int start, int jobs, const struct rc_stages *stages, struct rc_work_result *ret,
                       struct rc_err *err);

#endif
