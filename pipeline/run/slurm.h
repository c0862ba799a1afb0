/* slurm.h -- pages read by a cluster: the engine beside pool.h.
 *
 * Pages are collected, frozen in plans (plan.h) of tasks of some minutes, and given to Slurm as job arrays. A task is `redcorpus work PLAN
 * TASK` on some node: a local pool over its pages. What it answers (answers.h) is read from the shared file system while it grows, and a
 * frame counts when it verifies. The ledger is touched by the coordinator alone.
 *
 * A task that ends without having answered for all of its pages (a node went down, preemption, time, memory) costs nothing but the pages
 * that it had begun: the others go into another task. A page that was begun in two tasks that died counts as one that
 * killed a worker. Plans outlive the coordinator: the next one takes up what they have done since. */
#ifndef RC_SLURM_H
#define RC_SLURM_H

#include "run/books.h"
#include "run/pool.h"

struct rc_slurm;

/* Takes up a page of a plan that an earlier run made: *id is what its result shall be called. RC_SKIP: it is wanted no more. */
typedef enum rc_status rc_slurm_adopt_fn(void *ctx, int64_t page, int64_t read, int64_t image, bool alone, int64_t *id, struct rc_err *err);

/* books are borrowed. RC_RUN_FAILED/missing without Slurm, with how to get it. Plans of another reading (settings, program) are cancelled. */
enum rc_status rc_slurm_open(struct rc_books *books, rc_slurm_adopt_fn *adopt, void *ctx, struct rc_slurm **ret, struct rc_err *err);
/* What still waits or runs is cancelled or left to go on, as slurm.on_stop says; says so. NULL is fine. */
void rc_slurm_close(struct rc_slurm **slurm);

int rc_slurm_idle(const struct rc_slurm *slurm);        /* how many more pages it would take now */
/* fd is taken: open on the file that holds the scan, at offset. alone: it killed a worker before, and gets a task for itself. */
enum rc_status rc_slurm_submit(struct rc_slurm *slurm, const struct rc_task *task, const struct rc_claim *claim, bool alone, struct rc_err *err);
/* Waits up to timeout_ms; plans what was collected, looks after tasks when it is time to, and calls on_result for each page that came
 * to an end, as rc_pool_wait() does. RC_RUN_FAILED when tasks keep ending without a page read. */
enum rc_status rc_slurm_wait(struct rc_slurm *slurm, int timeout_ms, rc_task_fn *on_result, void *ctx, struct rc_err *err);

/* What .redcorpus/slurm/now.json says of a run that goes on, or of tasks that were left: new reference, NULL when there are none. */
json_t *rc_slurm_now(const struct rc_batch *batch);
/* Are there plans that a run with this engine left? */
bool rc_slurm_has_left(const struct rc_batch *batch);

#endif
