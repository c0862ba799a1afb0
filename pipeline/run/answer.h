/* answer.h -- is what a worker says true, and what does it mean that it died?
 *
 * A worker parses hostile bytes, so it may have become hostile itself. Here its answers are measured against
 * what can be known without it: the spool's size, the limits, the page format. */
#ifndef RC_ANSWER_H
#define RC_ANSWER_H

#include "run/pool.h"
#include "run/wire.h"

/* Fills ret from a RESULT to `task`. RC_PAGE_FAILED/protocol: the answer makes no sense, ret is unchanged. The page's
 * own failure is no failure of this call: it is in ret. */
enum rc_status rc_answer_page(const struct rc_wire *msg, const struct rc_task *task, int spool,
                              struct rc_task_result *ret, struct rc_err *err);
/* The JSON of a PART: new reference. */
enum rc_status rc_answer_part(const struct rc_wire *msg, const char *stage, int spool, json_t **ret, struct rc_err *err);

enum rc_death {                 /* who ended the worker */
	RC_DEATH_OWN = 0,       /* itself, or somebody else: the wait status tells */
	RC_DEATH_LATE,          /* the supervisor: the wall clock ran out */
	RC_DEATH_GREW,          /* the supervisor: larger than run.worker_memory (sanitized builds) */
};
/* RC_RETRY with timeout, memory or crash, and words about `name`: what it was working on. */
enum rc_status rc_answer_death(enum rc_death death, int wait_status, const struct rc_config *cfg, const char *name,
                               struct rc_err *err);

#endif
