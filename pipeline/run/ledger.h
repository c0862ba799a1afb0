/* ledger.h -- the memory of a batch: sources, pages, results, items, in one SQLite file.
 *
 * The functions here are the facts of core/books.h, without what is around them (events, packs,
 * workers). All of them write into one open transaction; rc_ledger_commit() makes it last.
 * ledger.c holds the tables and their comments; ledger_source.c, ledger_page.c and ledger_item.c the
 * questions about each. */
#ifndef RC_LEDGER_H
#define RC_LEDGER_H

#include "core/books.h"
#include "run/db.h"
#include "run/keys.h"

struct rc_ledger {
	struct rc_db *db;
	const struct rc_keys *keys;         /* of this run; NULL while only reading */
	int64_t program;                    /* row of keys->program */
	bool corrections;                   /* has tables for corrections: made with version 2 */
	bool places;                        /* they say where new lines go, and which are gone: made with version 3 */
};

/* Makes the tables in a new file. reading: see rc_db_open(). */
enum rc_status rc_ledger_open(const char *path, bool reading, struct rc_ledger **ret, struct rc_err *err);
void rc_ledger_close(struct rc_ledger **ledger);
enum rc_status rc_ledger_commit(struct rc_ledger *l, struct rc_err *err);
/* Takes back what was written since the last commit. */
void rc_ledger_rollback(struct rc_ledger *l);

/* NULL when there is no such note. Caller frees. */
char *rc_ledger_note(struct rc_ledger *l, const char *name);
enum rc_status rc_ledger_set_note(struct rc_ledger *l, const char *name, const char *value, struct rc_err *err);

/* Totals, kept by the tables themselves: each costs one look-up, whatever the size of the batch. */
enum rc_ledger_count {
	RC_COUNT_PAGES = 0,             /* + enum page_state of ledger.c */
	RC_COUNT_PENDING = RC_COUNT_PAGES, RC_COUNT_DONE, RC_COUNT_QUARANTINED, RC_COUNT_TWINS, RC_COUNT_ALONE,
	RC_COUNT_FILES = 10,            /* + kind of a source */
	RC_COUNT_FILES_BEGUN = RC_COUNT_FILES, RC_COUNT_FILES_WITH_PAGES, RC_COUNT_FILES_FAILED, RC_COUNT_FILES_IGNORED,
	RC_COUNT_ITEMS = 20, RC_COUNT_RECORDS, RC_COUNT_RANKED, RC_COUNT_FAULTS, RC_COUNT_IGNORED, RC_COUNT_GONE,
	RC_COUNT_READ_MS = 30,          /* wall time of all pages read so far, milliseconds */
	RC_COUNT_READ_TIMED,            /* how many pages that was */
};
int64_t rc_ledger_count(struct rc_ledger *l, enum rc_ledger_count what);
enum rc_status rc_ledger_add(struct rc_ledger *l, enum rc_ledger_count what, int64_t n, struct rc_err *err);

/* ---- sources: as in books.h -------------------------------------------------------------------------- */

enum rc_status rc_ledger_name_source(struct rc_ledger *l, const char *path, struct rc_err *err);    /* a root to walk (again) */
enum rc_status rc_ledger_each_root(struct rc_ledger *l, bool only_walking, rc_root_fn *fn, void *ctx, struct rc_err *err);
enum rc_status rc_ledger_name_root(struct rc_ledger *l, int64_t root, const char *name, struct rc_err *err);
/* on_gone is told the path of each source that was not seen. */
enum rc_status rc_ledger_root_done(struct rc_ledger *l, int64_t root, void (*on_gone)(void *ctx, const char *path),
                                   void *ctx, struct rc_err *err);
/* ret->path is set to `path`. */
enum rc_status rc_ledger_source(struct rc_ledger *l, int64_t root, const char *path, struct rc_source *ret, struct rc_err *err);
enum rc_status rc_ledger_source_begin(struct rc_ledger *l, struct rc_source *s, struct rc_err *err);
enum rc_status rc_ledger_source_done(struct rc_ledger *l, int64_t source, struct rc_err *err);
enum rc_status rc_ledger_source_same(struct rc_ledger *l, int64_t source, int64_t mtime_ns, struct rc_err *err);
enum rc_status rc_ledger_ignore(struct rc_ledger *l, int64_t source, const char *member, struct rc_err *err);
enum rc_status rc_ledger_fault(struct rc_ledger *l, int64_t source, const char *member, const struct rc_err *why, struct rc_err *err);

/* ---- pages ------------------------------------------------------------------------------------------- */

enum rc_status rc_ledger_page_add(struct rc_ledger *l, const struct rc_page_entry *page, const struct rc_err *why, struct rc_err *err);
/* Files all pages under the keys of this run when settings changed since the last. RC_SKIP: they had not. */
enum rc_status rc_ledger_rekey(struct rc_ledger *l, const struct rc_keys *keys, struct rc_err *err);
/* Puts what an older program read back in the queue. */
enum rc_status rc_ledger_upgrade(struct rc_ledger *l, int64_t *n, struct rc_err *err);
int64_t rc_ledger_stale(struct rc_ledger *l);
/* Puts quarantined pages and sources back (reason NULL: all of them; id-conflicts stay until a source changes). */
enum rc_status rc_ledger_retry(struct rc_ledger *l, const char *reason, int64_t *n_pages, int64_t *n_sources, struct rc_err *err);

struct rc_claim {                   /* a page to be read */
	int64_t page, read, image;      /* rows; image 0: none is wanted */
	bool want_read, want_image;
	int64_t item, frame;            /* with sort: the place to go on from */
	struct rc_digest scan;
	int64_t scan_len, offset, source_size, source_mtime_ns;
	enum rc_media media;
	enum rc_place place;
	char *name;                     /* for messages: "box12/p07.tif"; owned */
	char *path;                     /* of the source, absolute; owned */
	char *sort;                     /* owned */
	size_t sort_len;
};
void rc_claim_clear(struct rc_claim *claim);
/* The first pending page after `after` (its item, sort, frame and page; NULL: from the start).
 * alone: of those that get a second try by themselves. RC_SKIP: none. */
enum rc_status rc_ledger_claim(struct rc_ledger *l, const struct rc_claim *after, bool alone, struct rc_claim *ret, struct rc_err *err);

/* A page by its row. RC_SKIP: it is gone, or not pending. */
enum rc_status rc_ledger_claim_page(struct rc_ledger *l, int64_t page, struct rc_claim *ret, struct rc_err *err);

struct rc_reading {                 /* what came of a page */
	const struct rc_digest *object; /* NULL: it failed, see why */
	const struct rc_err *why;
	bool again;                     /* it may work when tried alone: nothing is settled yet */
	double confidence;              /* of the reading, 0 to 1 */
	int64_t wall_ms;
};
/* Notes the outcome for one result row, and so for all pages that are filed under it. */
enum rc_status rc_ledger_result(struct rc_ledger *l, int64_t result, const struct rc_reading *reading, struct rc_err *err);
/* This page cannot even be opened: its scan is gone or changed. */
enum rc_status rc_ledger_page_bad(struct rc_ledger *l, int64_t page, const struct rc_err *why, struct rc_err *err);

/* ---- items: as in books.h ---------------------------------------------------------------------------- */

enum rc_status rc_ledger_each_item(struct rc_ledger *l, enum rc_items which, rc_item_fn *fn, void *ctx, struct rc_err *err);
enum rc_status rc_ledger_each_page(struct rc_ledger *l, const char *item, rc_page_fn *fn, void *ctx, struct rc_err *err);
enum rc_status rc_ledger_item_fields(struct rc_ledger *l, const char *item, const char *fields, struct rc_err *err);
enum rc_status rc_ledger_record_done(struct rc_ledger *l, const char *item, const struct rc_digest *record_key,
                                     const struct rc_digest *record, struct rc_err *err);
enum rc_status rc_ledger_decide(struct rc_ledger *l, const char *item, const char *decision,
                                const void *rank, size_t rank_len, struct rc_err *err);
bool rc_ledger_has_unrecorded(struct rc_ledger *l);
/* Items that lost their last page: fn may remove the record; then it is forgotten. */
enum rc_status rc_ledger_each_empty(struct rc_ledger *l, enum rc_status (*fn)(void *ctx, const char *item, struct rc_err *err),
                                    void *ctx, struct rc_err *err);

/* ---- what people corrected (ledger_correction.c) ------------------------------------------------------ */

enum rc_status rc_ledger_each_correction(struct rc_ledger *l, const struct rc_digest *scan, int32_t frame, rc_correction_fn *fn, void *ctx,
                                         struct rc_err *err);
/* Keeps a correction in place of those that it overlaps by half or more of theirs, and touches the items of the scan. file: the object
 * that it came in. Only with version 2 (rc_ledger_open() for writing sees to it). */
enum rc_status rc_ledger_correct(struct rc_ledger *l, const struct rc_digest *scan, int32_t frame, const struct rc_correction *correction,
                                 const struct rc_digest *file, struct rc_err *err);
/* Notes a record that a correction makes an old one. Not twice the same in a row. */
enum rc_status rc_ledger_add_revision(struct rc_ledger *l, const char *item, const struct rc_digest *record, struct rc_err *err);
/* The old records of an item, the oldest first: number from 1. */
typedef enum rc_status rc_revision_fn(void *ctx, int64_t number, const struct rc_digest *record, struct rc_err *err);
enum rc_status rc_ledger_each_revision(struct rc_ledger *l, const char *item, rc_revision_fn *fn, void *ctx, struct rc_err *err);
int64_t rc_ledger_revision(struct rc_ledger *l, const char *item);      /* of the record that stands or will be written; from 1 */
/* Pages that are this frame of a scan, in whatever items; place_in_item is 0. */
enum rc_status rc_ledger_pages_of_scan(struct rc_ledger *l, const struct rc_digest *scan, int32_t frame, rc_page_fn *fn, void *ctx,
                                       struct rc_err *err);
/* Pages whose scan's path has `part` in it: candidates, which fn looks at more closely. Reads the whole table. */
enum rc_status rc_ledger_pages_like(struct rc_ledger *l, const char *part, rc_page_fn *fn, void *ctx, struct rc_err *err);

/* ---- what a person looks at -------------------------------------------------------------------------- */

/* Changes of the quarantine that were committed and not yet shown in quarantine/; forgets them after fn. */
enum rc_status rc_ledger_each_notice(struct rc_ledger *l, rc_trouble_fn *fn, void *ctx, struct rc_err *err);
enum rc_status rc_ledger_each_trouble(struct rc_ledger *l, int64_t limit, rc_trouble_fn *fn, void *ctx, struct rc_err *err);
/* Quarantined pages and sources by reason, most first. */
typedef enum rc_status rc_tally_fn(void *ctx, const char *reason, int64_t n, struct rc_err *err);
enum rc_status rc_ledger_tally(struct rc_ledger *l, rc_tally_fn *fn, void *ctx, struct rc_err *err);
/* Pages that were read and decided on: those with text by grade ("A" to "E", "ungraded"), the others by class ("blank", ...);
 * in this order. */
enum rc_status rc_ledger_tally_grades(struct rc_ledger *l, rc_tally_fn *fn, void *ctx, struct rc_err *err);
/* For the files of the ledger: fn with the first two columns of every row. */
struct rc_query;
enum rc_status rc_ledger_tell(struct rc_query *q, rc_tally_fn *fn, void *ctx, struct rc_err *err);
enum rc_status rc_ledger_each_ignored(struct rc_ledger *l, int64_t limit, rc_ignored_fn *fn, void *ctx, struct rc_err *err);

/* ---- objects (store.c) ------------------------------------------------------------------------------- */

struct rc_object_place {
	int64_t pack, offset;           /* of the object's header */
};
enum rc_status rc_ledger_object(struct rc_ledger *l, const struct rc_digest *d, struct rc_object_place *ret, struct rc_err *err); /* RC_SKIP: unknown */
enum rc_status rc_ledger_object_add(struct rc_ledger *l, const struct rc_digest *d, const struct rc_object_place *place, struct rc_err *err);
/* The pack's length up to which all its objects are known; RC_SKIP for an unknown pack. */
enum rc_status rc_ledger_pack(struct rc_ledger *l, int64_t pack, int64_t *known, struct rc_err *err);
enum rc_status rc_ledger_pack_grown(struct rc_ledger *l, int64_t pack, int64_t known, struct rc_err *err);
/* An object lies elsewhere now. */
enum rc_status rc_ledger_object_move(struct rc_ledger *l, const struct rc_digest *d, const struct rc_object_place *place, struct rc_err *err);

/* ---- what nothing refers to (ledger_garbage.c) ---------------------------------------------------------- */

/* Results that no page is filed under: of settings that are not in use, of scans that went. */
enum rc_status rc_ledger_unused_results(struct rc_ledger *l, int64_t *ret, struct rc_err *err);
enum rc_status rc_ledger_forget_unused_results(struct rc_ledger *l, struct rc_err *err);
/* Marks the objects that something refers to: results in use, scans of pages, corrections, old records. The marks lie in the ledger, so
 * that memory stays bounded, until they are taken away. Takes away older ones first. */
enum rc_status rc_ledger_mark(struct rc_ledger *l, struct rc_err *err);
enum rc_status rc_ledger_unmark(struct rc_ledger *l, struct rc_err *err);
bool rc_ledger_is_marked(struct rc_ledger *l, const struct rc_digest *d);
/* How many objects the ledger knows in a pack. Reads the whole index: ask once. ctx as given. */
enum rc_status rc_ledger_each_pack(struct rc_ledger *l, enum rc_status (*fn)(void *ctx, int64_t pack, int64_t objects, struct rc_err *err),
                                   void *ctx, struct rc_err *err);
enum rc_status rc_ledger_object_forget(struct rc_ledger *l, const struct rc_digest *d, struct rc_err *err);
enum rc_status rc_ledger_pack_forget(struct rc_ledger *l, int64_t pack, struct rc_err *err);

#endif
