/* stage.h -- the only thing the runner knows about a stage.
 *
 * Two shapes. A *page stage* changes one struct rc_page in memory, in a worker. A *batch stage* works
 * on the books of the batch (books.h), in the supervisor; what it must parse of foreign bytes it does
 * in its `job`, which runs in a worker.
 *
 * Adding a stage called "foo" takes four steps:
 *   1. stages/foo/foo.c defines `const struct rc_page_stage foo_stage` (or rc_batch_stage).
 *   2. the table in pipeline/cli/main.c gains one line.
 *   3. tests/unit/test_foo.c runs it.
 *   4. ARCHITECTURE.md gains one line in "Life of a page". `make lint` looks for all four. */
#ifndef RC_STAGE_H
#define RC_STAGE_H

#include "core/books.h"
#include "core/config.h"
#include "core/page.h"

struct rc_page_stage {
	const char *name;           /* "prepare" */
	const char *summary;        /* one line for --help */
	unsigned version;           /* raise it when the same input may give different output */

	/* Appends one line per library version and model digest that shapes the result ("tesseract 5.3.0\n",
	 * "model chi_tra_vert sha256:...\n"). Runs in the supervisor, before any page. A missing model is
	 * RC_RUN_FAILED/missing. NULL: nothing but the version matters. */
	enum rc_status (*identify)(const struct rc_config *cfg, struct rc_buf *lines, struct rc_err *err);
	/* Once per worker; cfg outlives the state. NULL when there is nothing to set up. */
	enum rc_status (*open)(const struct rc_config *cfg, void **state, struct rc_err *err);
	/* Once per page. Touches nothing but the page. */
	enum rc_status (*run)(void *state, struct rc_page *page, struct rc_err *err);
	/* After every page, also after a failure: frees what the stage put into the page. NULL is fine. */
	void (*drop)(void *state, struct rc_page *page);
	/* Accepts NULL and half-opened state. */
	void (*close)(void *state);
};

struct rc_job_out;              /* where a job's answers go; implemented by run/worker.c */
/* Adds bytes that belong to the next part. Stops the job (RC_RUN_FAILED) when the supervisor is gone;
 * RC_PAGE_FAILED/bytes beyond RC_MAX_SCAN_BYTES a part. */
enum rc_status rc_job_write(struct rc_job_out *out, const void *bytes, size_t len, struct rc_err *err);
/* Forgets the bytes written since the last part. */
enum rc_status rc_job_rewind(struct rc_job_out *out, struct rc_err *err);
/* Sends one part, with the bytes written since the last one, and waits until it was taken. part is borrowed. */
enum rc_status rc_job_emit(struct rc_job_out *out, const json_t *part, struct rc_err *err);

struct rc_batch_stage {
	const char *name;           /* "ingest" */
	const char *summary;
	unsigned version;
	/* Looks at its settings beyond their ranges, before anything is made: RC_RUN_FAILED/setting or /usage. NULL: nothing
	 * can be wrong with them. */
	enum rc_status (*check)(const struct rc_config *cfg, struct rc_err *err);
	/* Does all that is not done; RC_SKIP when there was nothing to do. Looks at rc_books_stopping() often. */
	enum rc_status (*run)(struct rc_books *books, struct rc_err *err);
	/* Runs in a worker for rc_books_job(). args and source are borrowed; source is read with pread or lseek.
	 * What it returns becomes the job's outcome. NULL: the stage parses nothing foreign. */
	enum rc_status (*job)(const struct rc_config *cfg, const json_t *args, int source_fd,
	                      struct rc_job_out *out, struct rc_err *err);
};

struct rc_stages {              /* the one table, made by cli/main.c; order is running order */
	const struct rc_page_stage *const *page;        /* NULL-terminated */
	const struct rc_batch_stage *ingest, *normalize, *curate, *package, *report, *upload;
};

#endif
