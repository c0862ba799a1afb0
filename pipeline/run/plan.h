/* plan.h -- a frozen list of pages, cut into tasks, in a folder that all nodes of a cluster see.
 *
 *     .redcorpus/slurm/000001/
 *       plan.json     what is read, by which program: see struct rc_plan
 *       settings.yaml
 *       N.pages       JSON Lines, one a page of task N, from 0
 *       N.R.answers   what became of them (answers.h), from the R-th start of the task
 *       N.R.running   that start of the task has not ended by itself: it goes on, or it was killed
 *       N.R.done      the task is through: how many frames and bytes its answers have
 *       job           the number that Slurm gave it; written last
 *
 * A plan is never changed once it is there. */
#ifndef RC_PLAN_H
#define RC_PLAN_H

#include "run/keys.h"
#include "run/ledger.h"

#define RC_PLAN_MAX_TASKS 100000
#define RC_PLAN_MAX_PAGES 100000        /* of one task */

struct rc_plan_page {
	int64_t page, read, image;      /* rows of the ledger */
	bool want_read, want_image;
	struct rc_digest scan;
	char *name, *path;              /* for messages; the file that holds the scan, absolute. Owned */
	int64_t offset, len;            /* of the scan in that file */
	int64_t file_size, file_mtime_ns;       /* what the file must still be; size -1: a pack, which grows */
	enum rc_media media;
	int32_t frame;
};
void rc_plan_page_clear(struct rc_plan_page *page);

struct rc_plan_pages {                  /* of one task */
	struct rc_plan_page *v;         /* owned */
	size_t n;
};
void rc_plan_pages_clear(struct rc_plan_pages *pages);

struct rc_plan {
	struct rc_digest reading;       /* of settings and program: who reads otherwise must not take a task */
	int64_t tasks;
	bool alone;                     /* its pages killed a worker before */
};

/* What rc_plan.reading has to be for these keys. */
struct rc_digest rc_plan_reading(const struct rc_keys *keys);

/* Makes the folder, whole or not at all, but for `job`. pages[i] is task i. */
enum rc_status rc_plan_write(const char *dir, const struct rc_plan *plan, const struct rc_config *cfg, const struct rc_plan_pages *pages,
                             struct rc_err *err);
/* RC_RUN_FAILED/missing or /format; what is in the folder is checked. */
enum rc_status rc_plan_read(const char *dir, struct rc_plan *ret, struct rc_err *err);
enum rc_status rc_plan_read_pages(const char *dir, int64_t task, struct rc_plan_pages *ret, struct rc_err *err);

#endif
