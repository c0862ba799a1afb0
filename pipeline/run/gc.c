/* gc.c -- drops what nothing refers to.
 *
 *   weigh()       walks a pack: what of it is wanted?
 *   worth_it()    is there enough to drop?
 *   thin_out()    copies what is wanted to the end of the store, and removes the pack
 *
 * The ledger marks the objects that something refers to. A pack is read by its own headers; an object is dead when it is not marked, and so
 * is a copy that the ledger knows elsewhere (a call that was stopped leaves such). The pack that grows is never removed, so the
 * number of a pack never comes back: before anything is copied a new one is begun. */
#include "run/gc.h"

#include <stdlib.h>
#include <string.h>

#include "run/stop.h"

enum {
	SMALL_PACK = 64 << 20,          /* bytes; rewriting less takes a second */
	LEAST_DEAD = 10,                /* a larger pack is worth it from a tenth on */
};

struct pack_weight {
	int64_t pack, bytes;
	int64_t known;                  /* objects that the ledger says are in it */
	int64_t found;                  /* of those, the ones that are */
	int64_t dead_objects, dead_bytes;
	struct rc_gc_tally dead[RC_GC_KINDS];
};

struct gc {
	struct rc_books *books;
	const struct rc_gc_wish *wish;
	struct pack_weight *weights;    /* owned, ascending */
	size_t n;
	struct rc_gc_report report;
};

static void gc_clear(struct gc *gc)
{
	free(gc->weights);
}

static void tally(struct rc_gc_tally *tallies, const char *kind, int64_t objects, int64_t bytes)
{
	size_t i = 0;

	while (i < RC_GC_KINDS - 1 && tallies[i].kind[0] && strcmp(tallies[i].kind, kind) != 0)
		i++;
	if (!tallies[i].kind[0])
		memcpy(tallies[i].kind, kind, strlen(kind) + 1);
	tallies[i].objects += objects;
	tallies[i].bytes += bytes;
}

static void show(const struct gc *gc, const char *doing, size_t done)
{
	struct rc_progress *progress = gc->books->progress;

	if (rc_progress_due(progress))
		rc_progress_show(progress, &(struct rc_progress_state){ .doing = doing, .done = (int64_t)done, .total = (int64_t)gc->n, .seconds_left = -1 });
}

/* ---- weighing ------------------------------------------------------------------------------------------------ */

/* Does the ledger know the object, and here? */
static bool is_here(struct gc *gc, const struct rc_pack_header *h, int64_t pack, int64_t offset)
{
	struct rc_object_place place;

	return rc_ledger_object(gc->books->ledger, &h->digest, &place, NULL) == RC_OK && place.pack == pack && place.offset == offset;
}

static bool is_wanted(struct gc *gc, const struct rc_pack_header *h, int64_t pack, int64_t offset)
{
	return is_here(gc, h, pack, offset) && rc_ledger_is_marked(gc->books->ledger, &h->digest);
}

static enum rc_status weigh(struct gc *gc, struct pack_weight *w, struct rc_err *err)
{
	RC_OWN_FD fd = -1;
	int64_t offset = 0;
	struct rc_pack_header h;
	enum rc_status status = rc_store_open_pack(gc->books->store, w->pack, &fd, &w->bytes, err);

	if (!rc_good(status))
		return status;
	while ((status = rc_pack_next(fd, &offset, w->bytes, &h, err)) == RC_OK) {
		char kind[sizeof h.kind + 1] = "";
		bool here = is_here(gc, &h, w->pack, offset);

		w->found += here;
		if (!here || !rc_ledger_is_marked(gc->books->ledger, &h.digest)) {
			memcpy(kind, h.kind, sizeof h.kind);
			tally(w->dead, kind, 1, rc_pack_object_bytes(&h));
			w->dead_objects++;
			w->dead_bytes += rc_pack_object_bytes(&h);
		}
		offset += rc_pack_object_bytes(&h);
	}
	return status == RC_SKIP ? RC_OK : status;
}

static enum rc_status note_known(void *ctx, int64_t pack, int64_t objects, struct rc_err *err)
{
	struct gc *gc = ctx;

	for (size_t i = 0; i < gc->n; i++)
		if (gc->weights[i].pack == pack)
			gc->weights[i].known = objects;
	return RC_OK;
}

static enum rc_status weigh_all(struct gc *gc, struct rc_err *err)
{
	RC_CLEANUP(rc_free) int64_t *packs = NULL;
	enum rc_status status = rc_store_packs(gc->books->store, &packs, &gc->n, err);

	if (!rc_good(status))
		return status;
	gc->weights = rc_alloc((gc->n + 1) * sizeof *gc->weights);
	for (size_t i = 0; i < gc->n; i++)
		gc->weights[i].pack = packs[i];
	status = rc_ledger_each_pack(gc->books->ledger, note_known, gc, err);
	for (size_t i = 0; rc_good(status) && i < gc->n; i++) {
		show(gc, "looking, packs", i);
		status = rc_stop_signal() ? rc_stop_fail(err) : weigh(gc, &gc->weights[i], err);
		gc->report.stored += gc->weights[i].bytes;
	}
	gc->report.packs = (int64_t)gc->n;
	return status;
}

/* ---- thinning out -------------------------------------------------------------------------------------------- */

/* Objects that the ledger knows and the pack does not show: something overwrote their headers. Others may lie behind them. */
static bool is_damaged(const struct pack_weight *w)
{
	return w->found != w->known;
}

static bool worth_it(const struct gc *gc, const struct pack_weight *w)
{
	return w->dead_bytes > 0 && !is_damaged(w) && (gc->wish->all || w->bytes <= SMALL_PACK || w->dead_bytes >= w->bytes / LEAST_DEAD);
}

static void count_dropped(struct gc *gc, const struct pack_weight *w)
{
	struct rc_gc_report *r = &gc->report;

	for (size_t i = 0; i < RC_GC_KINDS && w->dead[i].kind[0]; i++)
		tally(r->dropped, w->dead[i].kind, w->dead[i].objects, w->dead[i].bytes);
	r->objects += w->dead_objects;
	r->bytes += w->dead_bytes;
	r->thinned++;
}

static void count_left(struct gc *gc, const struct pack_weight *w)
{
	gc->report.left_objects += w->dead_objects;
	gc->report.left_bytes += w->dead_bytes;
	gc->report.damaged += is_damaged(w);
}

/* One object of a pack that goes: moved or forgotten. */
static enum rc_status move_or_forget(struct gc *gc, int fd, int64_t pack, int64_t offset, const struct rc_pack_header *h, struct rc_err *err)
{
	if (is_wanted(gc, h, pack, offset))
		return rc_store_move(gc->books->store, fd, offset, h, err);
	if (is_here(gc, h, pack, offset))
		return rc_ledger_object_forget(gc->books->ledger, &h->digest, err);
	return RC_OK;
}

static enum rc_status move_all(struct gc *gc, const struct pack_weight *w, struct rc_err *err)
{
	RC_OWN_FD fd = -1;
	int64_t offset = 0, size = 0;
	struct rc_pack_header h;
	enum rc_status status = rc_store_open_pack(gc->books->store, w->pack, &fd, &size, err);

	if (!rc_good(status))
		return status;
	while ((status = rc_pack_next(fd, &offset, size, &h, err)) == RC_OK) {
		status = rc_stop_signal() ? rc_stop_fail(err) : move_or_forget(gc, fd, w->pack, offset, &h, err);
		if (!rc_good(status))
			return status;
		offset += rc_pack_object_bytes(&h);
	}
	return status == RC_SKIP ? RC_OK : status;
}

/* The ledger forgets a pack after its file is gone: a file it did not know would be indexed again. */
static enum rc_status thin_out(struct gc *gc, const struct pack_weight *w, struct rc_err *err)
{
	enum rc_status status = move_all(gc, w, err);

	if (!rc_good(status)) {
		rc_ledger_rollback(gc->books->ledger);  /* the copies are dead weight at the end of the store; the next call drops them */
		return status;
	}
	status = rc_books_commit(gc->books, err);
	if (rc_good(status))
		status = rc_store_drop_pack(gc->books->store, w->pack, err);
	if (rc_good(status))
		status = rc_ledger_pack_forget(gc->books->ledger, w->pack, err);
	return rc_good(status) ? rc_books_commit(gc->books, err) : status;
}

/* A pack with a damaged object stays, with a warning: what else is in it can still be read. RC_WARN then. */
static enum rc_status thin_out_or_leave(struct gc *gc, const struct pack_weight *w, struct rc_err *err)
{
	struct rc_err why = { 0 }, warning;
	enum rc_status status = thin_out(gc, w, &why);

	if (status == RC_PAGE_FAILED) {
		(void)rc_fail(&warning, RC_WARN, RC_WHY_CHANGED, "object pack %06lld stays as it is: %.500s", (long long)w->pack, why.text);
		rc_books_warn(gc->books, &warning);
		gc->report.damaged++;
		gc->report.left_objects += w->dead_objects;
		gc->report.left_bytes += w->dead_bytes;
		return RC_WARN;
	}
	if (!rc_good(status) && err)
		*err = why;
	return status;
}

static enum rc_status thin_out_all(struct gc *gc, struct rc_err *err)
{
	enum rc_status status = RC_OK;
	bool begun = gc->wish->dry;

	for (size_t i = 0; rc_good(status) && i < gc->n; i++) {
		const struct pack_weight *w = &gc->weights[i];

		show(gc, "thinning out, packs", i);
		if (!worth_it(gc, w)) {
			count_left(gc, w);
			continue;
		}
		if (!begun)
			status = rc_store_new_pack(gc->books->store, err);
		begun = true;
		if (rc_good(status) && !gc->wish->dry)
			status = thin_out_or_leave(gc, w, err);
		if (status == RC_OK)
			count_dropped(gc, w);
	}
	return status;
}

enum rc_status rc_gc(struct rc_books *books, const struct rc_gc_wish *wish, struct rc_gc_report *ret, struct rc_err *err)
{
	RC_CLEANUP(gc_clear) struct gc gc = { .books = books, .wish = wish };
	enum rc_status status = rc_ledger_unused_results(books->ledger, &gc.report.results, err);

	if (rc_good(status) && !wish->dry)
		status = rc_ledger_forget_unused_results(books->ledger, err);
	if (rc_good(status))
		status = rc_ledger_mark(books->ledger, err);
	if (rc_good(status) && !wish->dry)
		status = rc_books_commit(books, err);
	if (rc_good(status))
		status = weigh_all(&gc, err);
	if (rc_good(status))
		status = thin_out_all(&gc, err);
	if (wish->dry) {
		rc_ledger_rollback(books->ledger);
	} else if (rc_good(status)) {
		status = rc_ledger_unmark(books->ledger, err);
		if (rc_good(status))
			status = rc_books_commit(books, err);
	}
	if (rc_good(status))
		*ret = gc.report;
	return status;
}
