/* run.h -- all that is not done, from ingest to package. */
#ifndef RC_RUN_H
#define RC_RUN_H

#include "run/books.h"

struct rc_run_options {
	int jobs;                           /* 0: what the settings say */
	int engine;                         /* who reads pages: RC_ENGINE_LOCAL or RC_ENGINE_SLURM */
	bool upgrade;                       /* redo what an older program read */
	const char *const *sources;         /* absolute, resolved, there; borrowed */
	size_t n_sources;
};

struct rc_run_result {                  /* of this call */
	int64_t pages, failed, retried;     /* that came to their end; of them into quarantine; tried again alone */
	double page_seconds;                /* mean time of a page in its worker; 0: none */
	double seconds;
	int64_t peak_rss;                   /* of any worker, bytes */
	bool nothing_done;                  /* all was done before */
};

/* Asks every stage whether it can work with these settings, before anything is made. */
enum rc_status rc_run_check(const struct rc_stages *stages, const struct rc_config *cfg, struct rc_err *err);

/* Runs every stage over the books. Commits what was done also when it fails; RC_RUN_FAILED/stopped or /budget when it
 * stopped before the end. ret is filled in any case. */
enum rc_status rc_run(struct rc_books *books, const struct rc_run_options *options, struct rc_run_result *ret, struct rc_err *err);

/* Walks the sources and takes it all back: what rc_run() would find. The books are open with rc_books_open_dry(). */
enum rc_status rc_run_dry(struct rc_books *books, const struct rc_run_options *options, struct rc_err *err);

/* Makes the report alone, of what is there: no page is read, none is filed anew. The books were opened without stages, and own
 * their batch. RC_SKIP when the report says all of it already. */
enum rc_status rc_run_report(struct rc_books *books, const struct rc_stages *stages, struct rc_err *err);

#endif
