/* slurm_call.h -- Slurm's commands, as a person would type them: sbatch, squeue, scancel, sinfo, scontrol. */
#ifndef RC_SLURM_CALL_H
#define RC_SLURM_CALL_H

#include "core/buf.h"
#include "core/config.h"

/* RC_RUN_FAILED/missing, with what to install, when there is no sbatch on PATH. */
enum rc_status rc_slurm_find(struct rc_err *err);

/* A job array of `tasks` tasks that run `program work PLAN_DIR TASK`. exclude: nodes to leave alone, with commas, "" for none.
 * *ret: its number. RC_RUN_FAILED/setting with Slurm's own words when it refuses; RC_RETRY/network when it does not answer. */
enum rc_status rc_slurm_submit_array(const struct rc_config *cfg, const char *job_name, const char *plan_dir, int64_t tasks, const char *exclude,
                                     int64_t *ret, struct rc_err *err);

struct rc_slurm_job {           /* one task that Slurm still knows to wait or run */
	int64_t job, task;
	bool running;           /* else it waits */
	char reason[64];        /* why it waits, in Slurm's word: "Priority", "PartitionTimeLimit" */
	char node[64];          /* "" while it waits */
};
typedef void rc_slurm_job_fn(void *ctx, const struct rc_slurm_job *job);
/* All tasks of job_name. RC_RETRY/network when Slurm does not answer: then nothing is known. */
enum rc_status rc_slurm_each_job(const char *job_name, rc_slurm_job_fn *fn, void *ctx, struct rc_err *err);
/* A whole job, or one task of it (task >= 0). */
enum rc_status rc_slurm_cancel(int64_t job, int64_t task, struct rc_err *err);

struct rc_slurm_cluster {
	int64_t cpus;           /* of the partition, that are not down; at least 1 */
	int64_t max_array;      /* most tasks of one array */
};
enum rc_status rc_slurm_look(const struct rc_config *cfg, struct rc_slurm_cluster *ret, struct rc_err *err);

#endif
