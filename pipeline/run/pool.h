/* pool.h -- supervised worker processes: the local engine.
 *
 * A worker is this program started again as `redcorpus worker` (a hidden command) with one end of a
 * socket pair as descriptor 3. It gets the settings as text, opens the page stages, takes its rights
 * away (confine.h), and then answers one request after another. Scans come to it as opened
 * descriptors; what it makes goes into a spool (an unlinked file, limited in size) that the supervisor
 * created: in memory for pages, in $TMPDIR or /var/tmp for jobs, whose parts may be gigabytes. A worker is
 * replaced after run.worker_pages pages, when it has grown, and when it died.
 *
 * Everything a worker says is foreign: lengths, JSON and statuses are checked here.
 * One thread; nothing blocks but rc_pool_wait() and the start of a process. Callbacks may submit pages, start a
 * job and wait again. A page stage named "ocr" is left out when only an image is wanted. */
#ifndef RC_POOL_H
#define RC_POOL_H

#include "core/stage.h"

struct rc_pool;

struct rc_task {                /* one page */
	int64_t id;                 /* comes back with the result */
	const char *name;           /* for messages: "box12.zip!/p07.tif" */
	int scan_fd;                /* given: the pool closes it */
	int64_t offset, len;
	enum rc_media media;
	int32_t frame;
	bool want_read, want_image;
	const char *debug_dir;      /* NULL but for `redcorpus ocr --debug-dir` (then the worker is not confined) */
};

struct rc_task_result {
	int64_t id;
	enum rc_status status;      /* OK or WARN: what was wanted is in the spool. RETRY: timeout, memory, crash */
	struct rc_err err;
	const char *last_words;     /* what a dead worker printed last: escaped, one line, "" else. For logs and quarantine
	                             * only: it may hold addresses and paths, which no record may. Borrowed */
	int spool_fd;               /* borrowed for the call: read_len bytes of page JSON (checked with rc_page_from_json; 0
	                             * unless want_read), then image_len bytes of image; -1 on failure. Use pread, and
	                             * check what you keep: a worker that turned bad could still write */
	int64_t spool_at;           /* where in the spool that begins */
	int64_t read_len, image_len;
	enum rc_media image_media;
	double cpu_seconds, wall_seconds;               /* of the page in its worker */
	double decode_seconds, prepare_seconds, ocr_seconds; /* CPU seconds in the page stages of these names, for benchmarks:
	                             * decoding counts as prepare while there is no stage "decode" */
};
typedef enum rc_status rc_task_fn(void *ctx, const struct rc_task_result *result, struct rc_err *err);

/* stages and cfg are borrowed and must outlive the pool. Starts no process yet. jobs 0: one per core. */
enum rc_status rc_pool_new(const struct rc_config *cfg, const struct rc_stages *stages, int jobs,
                           struct rc_pool **ret, struct rc_err *err);
/* Kills what still runs. NULL is fine. */
void rc_pool_free(struct rc_pool **pool);

int rc_pool_jobs(const struct rc_pool *pool);           /* how many workers there may be */
int rc_pool_idle(const struct rc_pool *pool);           /* how many more tasks rc_pool_submit would take now */
int rc_pool_busy(const struct rc_pool *pool);           /* pages in flight (jobs not counted) */
/* RC_SKIP when no worker is free (the fd is then NOT taken). RC_RUN_FAILED/missing when workers cannot even start
 * (a model is missing: the worker's own words). */
enum rc_status rc_pool_submit(struct rc_pool *pool, const struct rc_task *task, struct rc_err *err);

/* A batch stage's job. One at a time; it gets a worker of its own beside the `jobs` page workers, kept for the next.
 * on_part is called from rc_pool_wait(); `done` too, once, with the job's outcome. args and source_fd are borrowed until then. */
typedef void rc_job_done_fn(void *ctx, enum rc_status status, const struct rc_err *err);
enum rc_status rc_pool_start_job(struct rc_pool *pool, const char *stage, const json_t *args, int source_fd,
                                 rc_part_fn *on_part, rc_job_done_fn *done, void *ctx, struct rc_err *err);

/* Waits up to timeout_ms (0: only look; -1: until something happens) for answers, deaths and deadlines, and calls
 * on_result for each finished page. Returns early on a signal (RC_OK). A status from on_result that is not good is
 * passed on. With nothing in flight, -1 returns at once. RC_RUN_FAILED when workers keep dying before they are ready
 * or a stage cannot open (its own words); the pool is then of no more use. */
enum rc_status rc_pool_wait(struct rc_pool *pool, int timeout_ms, rc_task_fn *on_result, void *ctx, struct rc_err *err);
/* Forgets the pages in flight and the job: kills their workers and calls nobody. */
void rc_pool_abandon(struct rc_pool *pool);
/* What the kernel could not give to confine workers ("no Landlock"): static text, "" when nothing is amiss or not
 * yet known. Worth one warning. */
const char *rc_pool_unconfined(const struct rc_pool *pool);
/* Largest resident size of any worker so far, bytes (for benchmarks and the summary). */
int64_t rc_pool_peak_rss(const struct rc_pool *pool);

/* The worker's main: never returns to the supervisor's code. fd is the socket. Returns the exit status. */
int rc_worker_main(const struct rc_stages *stages, int fd);

#endif
