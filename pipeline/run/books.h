/* books.h -- the books of one batch while a program has them open: what is behind core/books.h.
 *
 * books.c joins ledger, store and events; feed.c keeps the workers busy and takes what they read; run.c
 * calls the stages in their order. They share this struct. */
#ifndef RC_RUN_BOOKS_H
#define RC_RUN_BOOKS_H

#include "core/stage.h"
#include "run/batch.h"
#include "run/events.h"
#include "run/ledger.h"
#include "run/progress.h"
#include "run/store.h"

struct rc_feed;

struct rc_books {
	struct rc_batch *batch;             /* borrowed */
	const struct rc_stages *stages;     /* borrowed; NULL while only reading */
	struct rc_keys keys;
	struct rc_ledger *ledger;
	struct rc_store *store;
	struct rc_events *events;           /* NULL while only reading */
	struct rc_progress *progress;       /* borrowed; may be NULL */
	struct rc_feed *feed;               /* NULL: there are no workers */
	bool dry;                           /* nothing is committed or kept: what is written only says what would be done */
	double last_commit;                 /* seconds of the monotonic clock */
	int64_t warnings;
	int64_t begun;                      /* sources that were new or had changed */
	const char *doing;                  /* what the progress line says of the stage that runs */
	int64_t doing_done, doing_total;
	struct rc_err broken;               /* reason other than none: what a call that returns nothing met */
};

/* For a batch that is owned (batch->lock) and stages: everything, under this program's keys. Without a lock, or
 * without stages: for reading; what cannot be read then is what only workers need. */
enum rc_status rc_books_open(struct rc_batch *batch, const struct rc_stages *stages, struct rc_books **ret, struct rc_err *err);
/* The same for a run that only tells what it would do: closing the books takes everything back. */
enum rc_status rc_books_open_dry(struct rc_batch *batch, const struct rc_stages *stages, struct rc_books **ret, struct rc_err *err);
/* Does not commit. NULL is fine. */
void rc_books_close(struct rc_books **books);
/* Makes everything written last: packs, ledger, events, then quarantine/. */
enum rc_status rc_books_commit(struct rc_books *books, struct rc_err *err);
/* The same if the last time is a second ago. */
enum rc_status rc_books_commit_if_due(struct rc_books *books, struct rc_err *err);
/* What must happen before normalize and curate may look: records of items without pages go. */
enum rc_status rc_books_drop_empty(struct rc_books *books, struct rc_err *err);

double rc_now(void);    /* seconds of the monotonic clock */

#endif
