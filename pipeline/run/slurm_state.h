/* slurm_state.h -- what the engine slurm remembers; shared by slurm.c (plans), slurm_tasks.c (tasks) and slurm_now.c (what people see). */
#ifndef RC_SLURM_STATE_H
#define RC_SLURM_STATE_H

#include "run/answers.h"
#include "run/plan.h"
#include "run/slurm.h"
#include "run/slurm_call.h"

enum { SLURM_STARTS = 16 };     /* of one task: Slurm starts it again when its node went down or something more important came */

struct slurm_page {
	struct rc_plan_page page;
	int64_t id;             /* what its result is to be called; 0: nobody wants one any more */
	int deaths;             /* tasks that died while they had it */
	bool alone, begun, done;
};

struct slurm_task {
	struct slurm_page *pages;       /* owned */
	size_t n, n_done;
	int64_t taken[SLURM_STARTS];    /* bytes of the answers of each start that were taken */
	bool over;                      /* nothing more is expected of it */
	bool answered;                  /* any page at all */
	bool listed, running, was_running;      /* as Slurm said last; was it ever seen to run? */
	int missing;                    /* times in a row that Slurm did not list it */
	double grown;                   /* when its answers grew last, or when it began */
	char node[64];
};

struct slurm_plan {
	int64_t number, job;
	char *dir;                      /* owned, absolute */
	struct slurm_task *tasks;       /* owned */
	size_t n_tasks, n_open;
	bool alone;
};

struct slurm_node {
	char name[64];
	int bad;                        /* tasks in a row that ended there without a page read */
};

struct rc_slurm {
	struct rc_books *books;         /* borrowed */
	char *dir;                      /* .redcorpus/slurm, absolute; owned */
	char job_name[32];
	struct rc_slurm_cluster cluster;
	struct slurm_page *waiting;     /* not in a plan yet; owned */
	size_t n_waiting, room_waiting;
	double last_submit;             /* when the last page came */
	struct slurm_plan *plans;       /* owned */
	size_t n_plans;
	int64_t next_plan;
	struct slurm_node *nodes;       /* owned */
	size_t n_nodes;
	int bad_in_row;                 /* tasks in a row that ended without a page read, anywhere */
	char last_words[300];           /* what the last of them printed last; escaped */
	double not_before;              /* no plan is sent earlier: Slurm did not answer */
	double last_look;
	bool told_why;                  /* that tasks wait for what may never come, it was said */
	bool silent;                    /* Slurm does not answer, and it was said */
	rc_task_fn *on_result;          /* of the rc_slurm_wait() that goes on */
	void *ctx;
};

/* Takes the page's strings. */
void slurm_wait_for_plan(struct rc_slurm *s, struct slurm_page *page);
/* Looks at all tasks: takes answers, finds those that died. Finished plans are removed, once the ledger has what they brought. */
enum rc_status slurm_look_after(struct rc_slurm *s, struct rc_err *err);
/* Nodes to leave alone, with commas. */
void slurm_avoided(const struct rc_slurm *s, struct rc_buf *out);
/* Writes now.json. */
void slurm_show(const struct rc_slurm *s);
void slurm_plan_clear(struct slurm_plan *plan);
int64_t slurm_open_tasks(const struct rc_slurm *s, int64_t *running);

#endif
