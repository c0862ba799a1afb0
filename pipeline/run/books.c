/* books.c -- core/books.h over the ledger, the store and the feed.
 *
 * Most calls are one call of the ledger; what is added here is what people and machines are told. The
 * order of a commit: packs are synced, then the ledger is committed, then quarantine/ follows. */
#include "run/books.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/text.h"
#include "run/feed.h"
#include "run/quarantine.h"
#include "run/stop.h"

static const double commit_every = 1;       /* seconds: what a kill may cost */
enum { MAX_PATH_BYTES = 1 << 16 };

double rc_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- opening and committing ----------------------------------------------------------------------------- */

static enum rc_status open_parts(struct rc_books *b, bool writing, struct rc_err *err)
{
	RC_OWN_BUF ledger = RC_BUF(MAX_PATH_BYTES);
	RC_OWN_BUF objects = RC_BUF(MAX_PATH_BYTES);
	RC_OWN_BUF events = RC_BUF(MAX_PATH_BYTES);
	enum rc_status status;

	rc_batch_path(b->batch, ".redcorpus/ledger.db", &ledger);
	rc_batch_path(b->batch, ".redcorpus/objects", &objects);
	rc_batch_path(b->batch, ".redcorpus/events.jsonl", &events);
	status = rc_ledger_open(ledger.data, !writing, &b->ledger, err);
	if (rc_good(status))
		status = rc_store_open(objects.data, b->ledger, writing, &b->store, err);
	if (rc_good(status) && b->dry)
		rc_store_only_name(b->store);
	if (rc_good(status) && writing && !b->dry)
		status = rc_events_open(events.data, &b->events, err);
	return status;
}

static enum rc_status open_books(struct rc_batch *batch, const struct rc_stages *stages, bool dry, struct rc_books **ret, struct rc_err *err)
{
	RC_CLEANUP(rc_books_close) struct rc_books *b = calloc(1, sizeof *b);
	enum rc_status status;

	if (!b)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_BUG, "cannot open '%s': no memory", batch->name);
	b->batch = batch;
	b->dry = dry;
	b->stages = batch->lock ? stages : NULL;
	if (b->stages) {
		status = rc_keys_make(batch->cfg, stages, &b->keys, err);
		if (!rc_good(status))
			return status;
	}
	status = open_parts(b, batch->lock, err);
	if (rc_good(status) && b->stages) {
		status = rc_ledger_rekey(b->ledger, &b->keys, err);
		if (status == RC_OK && rc_ledger_count(b->ledger, RC_COUNT_PENDING) > 0)
			rc_event(b->events, "settings", NULL);
	}
	if (rc_good(status))
		status = rc_books_commit(b, err);
	if (!rc_good(status))
		return status;
	*ret = rc_steal(b);
	return RC_OK;
}

enum rc_status rc_books_open(struct rc_batch *batch, const struct rc_stages *stages, struct rc_books **ret, struct rc_err *err)
{
	return open_books(batch, stages, false, ret, err);
}

enum rc_status rc_books_open_dry(struct rc_batch *batch, const struct rc_stages *stages, struct rc_books **ret, struct rc_err *err)
{
	return open_books(batch, stages, true, ret, err);
}

void rc_books_close(struct rc_books **books)
{
	if (!*books)
		return;
	rc_feed_stop(&(*books)->feed);
	rc_events_close(&(*books)->events);
	rc_store_close(&(*books)->store);
	rc_ledger_close(&(*books)->ledger);
	rc_keys_clear(&(*books)->keys);
	free(*books);
	*books = NULL;
}

enum rc_status rc_books_commit(struct rc_books *b, struct rc_err *err)
{
	enum rc_status status;

	if (b->dry)
		return RC_OK;
	status = rc_store_sync(b->store, err);
	if (rc_good(status))
		status = rc_ledger_commit(b->ledger, err);
	if (rc_good(status))
		status = rc_events_flush(b->events, err);
	if (rc_good(status) && b->batch->lock)
		status = rc_quarantine_update(b->batch, b->ledger, err);
	if (rc_good(status))
		status = rc_ledger_commit(b->ledger, err);
	b->last_commit = rc_now();
	return status;
}

enum rc_status rc_books_commit_if_due(struct rc_books *b, struct rc_err *err)
{
	if (!rc_db_dirty(b->ledger->db) || rc_now() - b->last_commit < commit_every)
		return RC_OK;
	return rc_books_commit(b, err);
}

static enum rc_status drop_record(void *ctx, const char *item, struct rc_err *err)
{
	struct rc_books *b = ctx;
	RC_OWN_BUF path = RC_BUF(MAX_PATH_BYTES);

	rc_books_record_path(b, item, &path);
	if (unlink(path.data) != 0 && errno != ENOENT)
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot remove '%s'", path.data);
	rc_event(b->events, "item", json_pack("{s:s, s:s}", "item", item, "outcome", "dropped"));
	return RC_OK;
}

enum rc_status rc_books_drop_empty(struct rc_books *b, struct rc_err *err)
{
	return rc_ledger_each_empty(b->ledger, drop_record, b, err);
}

/* ---- the run as stages see it ------------------------------------------------------------------------------ */

const struct rc_config *rc_books_config(struct rc_books *b)
{
	return b->batch->cfg;
}

const char *rc_books_dir(struct rc_books *b)
{
	return b->batch->dir;
}

bool rc_books_stopping(struct rc_books *b)
{
	return rc_stop_signal() != 0;
}

enum rc_status rc_books_pump(struct rc_books *b, struct rc_err *err)
{
	if (b->feed)
		return rc_feed_turn(b, 0, err);
	if (rc_stop_signal())
		return rc_stop_fail(err);
	return rc_books_commit_if_due(b, err);
}

void rc_books_warn(struct rc_books *b, const struct rc_err *what)
{
	b->warnings++;
	rc_progress_warn(b->progress, what->text);
	rc_event(b->events, "warning", json_pack("{s:s, s:o}", "reason", rc_reason_name(what->reason), "message", rc_json_text(what->text)));
}

void rc_books_progress(struct rc_books *b, const char *doing, int64_t done, int64_t total)
{
	b->doing = doing;
	b->doing_done = done;
	b->doing_total = total;
	if (!b->feed && rc_progress_due(b->progress))
		rc_progress_show(b->progress, &(struct rc_progress_state){ .doing = doing, .done = done, .total = total, .seconds_left = -1 });
}

char *rc_books_note(struct rc_books *b, const char *name)
{
	return rc_ledger_note(b->ledger, name);
}

enum rc_status rc_books_set_note(struct rc_books *b, const char *name, const char *value, struct rc_err *err)
{
	return rc_ledger_set_note(b->ledger, name, value, err);
}

enum rc_status rc_books_job(struct rc_books *b, const char *stage, const json_t *args, int source_fd,
                            rc_part_fn *on_part, void *ctx, struct rc_err *err)
{
	if (!b->feed)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_BUG, "cannot run a job of '%s' without workers", stage);
	return rc_feed_job(b, stage, args, source_fd, on_part, ctx, err);
}

json_t *rc_books_identity(struct rc_books *b)
{
	json_t *identity = NULL;

	if (b->keys.identity)
		(void)rc_json_parse(b->keys.identity, strlen(b->keys.identity), "identity", &identity, NULL);
	return identity ? identity : json_object();
}

int64_t rc_books_pending(struct rc_books *b)
{
	return rc_ledger_count(b->ledger, RC_COUNT_PENDING) + rc_ledger_count(b->ledger, RC_COUNT_ALONE);
}

int64_t rc_books_stale(struct rc_books *b)
{
	return rc_ledger_stale(b->ledger);
}

/* ---- objects ------------------------------------------------------------------------------------------------ */

enum rc_status rc_books_keep(struct rc_books *b, int fd, int64_t len, const char *kind, struct rc_digest *ret, struct rc_err *err)
{
	return rc_store_add_fd(b->store, fd, len, kind, ret, err);
}

enum rc_status rc_books_keep_bytes(struct rc_books *b, const void *bytes, size_t len, const char *kind,
                                   struct rc_digest *ret, struct rc_err *err)
{
	return rc_store_add(b->store, bytes, len, kind, ret, err);
}

enum rc_status rc_books_object(struct rc_books *b, const struct rc_digest *object, struct rc_buf *out, struct rc_err *err)
{
	return rc_store_read(b->store, object, out, err);
}

/* ---- sources -------------------------------------------------------------------------------------------------- */

enum rc_status rc_books_each_root(struct rc_books *b, rc_root_fn *fn, void *ctx, struct rc_err *err)
{
	return rc_ledger_each_root(b->ledger, true, fn, ctx, err);
}

enum rc_status rc_books_all_roots(struct rc_books *b, rc_root_fn *fn, void *ctx, struct rc_err *err)
{
	return rc_ledger_each_root(b->ledger, false, fn, ctx, err);
}

enum rc_status rc_books_name_root(struct rc_books *b, int64_t root, const char *name, struct rc_err *err)
{
	return rc_ledger_name_root(b->ledger, root, name, err);
}

static void warn_gone(void *ctx, const char *path)
{
	struct rc_err what;

	(void)rc_fail(&what, RC_WARN, RC_WHY_GONE, "'%s' is no longer there, keeping what was read from it", path);
	rc_books_warn(ctx, &what);
}

enum rc_status rc_books_root_done(struct rc_books *b, int64_t root, struct rc_err *err)
{
	return rc_ledger_root_done(b->ledger, root, warn_gone, b, err);
}

enum rc_status rc_books_source(struct rc_books *b, int64_t root, const char *path, struct rc_source *ret, struct rc_err *err)
{
	return rc_ledger_source(b->ledger, root, path, ret, err);
}

enum rc_status rc_books_source_begin(struct rc_books *b, struct rc_source *source, struct rc_err *err)
{
	b->begun++;
	return rc_ledger_source_begin(b->ledger, source, err);
}

enum rc_status rc_books_source_done(struct rc_books *b, int64_t source, struct rc_err *err)
{
	rc_event(b->events, "source", json_pack("{s:I, s:s}", "source", (json_int_t)source, "outcome", "done"));
	return rc_ledger_source_done(b->ledger, source, err);
}

enum rc_status rc_books_source_same(struct rc_books *b, int64_t source, int64_t mtime_ns, struct rc_err *err)
{
	return rc_ledger_source_same(b->ledger, source, mtime_ns, err);
}

static json_t *member_fields(int64_t source, const char *member, const char *outcome)
{
	json_t *fields = json_pack("{s:I, s:s}", "source", (json_int_t)source, "outcome", outcome);

	if (member)
		json_object_set_new(fields, "member", rc_json_text(member));
	return fields;
}

enum rc_status rc_books_ignore(struct rc_books *b, int64_t source, const char *member, struct rc_err *err)
{
	rc_event(b->events, "source", member_fields(source, member, "ignored"));
	return rc_ledger_ignore(b->ledger, source, member, err);
}

enum rc_status rc_books_source_failed(struct rc_books *b, int64_t source, const char *member,
                                      const struct rc_err *why, struct rc_err *err)
{
	json_t *fields = member_fields(source, member, "quarantined");
	struct rc_err line;

	json_object_set_new(fields, "reason", json_string(rc_reason_name(why->reason)));
	json_object_set_new(fields, "message", rc_json_text(why->text));
	rc_event(b->events, "source", fields);
	(void)rc_fail(&line, RC_WARN, why->reason, "%.900s, quarantined", why->text);
	rc_progress_warn(b->progress, line.text);
	return rc_ledger_fault(b->ledger, source, member, why, err);
}

enum rc_status rc_books_page_add(struct rc_books *b, const struct rc_page_entry *page, const struct rc_err *why, struct rc_err *err)
{
	return rc_ledger_page_add(b->ledger, page, why, err);
}

/* ---- items ------------------------------------------------------------------------------------------------------ */

enum rc_status rc_books_each_item(struct rc_books *b, enum rc_items which, rc_item_fn *fn, void *ctx, struct rc_err *err)
{
	return rc_ledger_each_item(b->ledger, which, fn, ctx, err);
}

enum rc_status rc_books_each_page(struct rc_books *b, const char *item, rc_page_fn *fn, void *ctx, struct rc_err *err)
{
	return rc_ledger_each_page(b->ledger, item, fn, ctx, err);
}

enum rc_status rc_books_each_correction(struct rc_books *b, const struct rc_digest *scan, int32_t frame, rc_correction_fn *fn, void *ctx,
                                        struct rc_err *err)
{
	return rc_ledger_each_correction(b->ledger, scan, frame, fn, ctx, err);
}

enum rc_status rc_books_item_fields(struct rc_books *b, const char *item, const char *fields, struct rc_err *err)
{
	return rc_ledger_item_fields(b->ledger, item, fields, err);
}

enum rc_status rc_books_record_done(struct rc_books *b, const char *item, const struct rc_digest *record_key,
                                    const struct rc_digest *record, struct rc_err *err)
{
	rc_event(b->events, "item", json_pack("{s:s, s:s}", "item", item, "outcome", "recorded"));
	return rc_ledger_record_done(b->ledger, item, record_key, record, err);
}

void rc_books_record_path(struct rc_books *b, const char *item, struct rc_buf *out)
{
	rc_batch_path(b->batch, "records/", out);
	rc_buf_addf(out, "%s.xml", item);
}

enum rc_status rc_books_decide(struct rc_books *b, const char *item, const json_t *decision,
                               const void *rank, size_t rank_len, struct rc_err *err)
{
	RC_OWN_BUF text = RC_BUF(1 << 24);
	enum rc_status status;

	rc_json_print(&text, decision);
	status = rc_buf_check(&text, "a decision", err);
	return rc_good(status) ? rc_ledger_decide(b->ledger, item, text.data, rank, rank_len, err) : status;
}
