/* feed.h -- pages to workers, results back, and whatever else must happen in every turn of the loop. */
#ifndef RC_FEED_H
#define RC_FEED_H

#include "run/books.h"
#include "run/pool.h"

/* Workers for the books: books->feed. jobs as in rc_pool_new(). engine: RC_ENGINE_LOCAL, or RC_ENGINE_SLURM, and then pages are read by
 * a cluster (slurm.h). */
enum rc_status rc_feed_start(struct rc_books *books, int jobs, int engine, struct rc_err *err);
void rc_feed_stop(struct rc_feed **feed);

/* One turn: takes results (waiting up to timeout_ms for one), hands out pages, commits when due, shows progress.
 * RC_RUN_FAILED for a signal, a spent failure budget, a full disk. Does nothing when called from inside itself. */
enum rc_status rc_feed_turn(struct rc_books *books, int timeout_ms, struct rc_err *err);
/* No page is pending or in flight. */
bool rc_feed_is_done(struct rc_books *books);
/* Ingest is through: from now on pages that need it may have the machine for themselves. */
void rc_feed_drain(struct rc_feed *feed);
/* From now on no pages are handed out; jobs are done all the same. */
void rc_feed_only_jobs(struct rc_feed *feed);
/* Forgets what is in flight. */
void rc_feed_abandon(struct rc_feed *feed);

/* See rc_books_job(). */
enum rc_status rc_feed_job(struct rc_books *books, const char *stage, const json_t *args, int source_fd,
                           rc_part_fn *on_part, void *ctx, struct rc_err *err);

struct rc_feed_totals {         /* of this call */
	int64_t finished, failed, retried;
	double wall_seconds;        /* of finished pages in their workers */
	int64_t peak_rss;           /* of any worker, bytes */
	int jobs;
};
struct rc_feed_totals rc_feed_totals(const struct rc_feed *feed);

#endif
