/* books.h -- what a batch stage sees and changes of its batch.
 *
 * Declared here so that stages need not know who keeps the books; implemented in pipeline/run/books.c
 * over the ledger, the object store and the worker pool. One thread, one owner. Strings in rows are
 * borrowed for the time of the call. Everything written is in the ledger when the process dies at the
 * next instant, or was never there; ingest's steps are committed together by rc_books_pump().
 * A failing ledger or full disk is RC_RUN_FAILED/disk; pass it up. */
#ifndef RC_BOOKS_H
#define RC_BOOKS_H

#include "core/config.h"
#include "core/digest.h"
#include "core/json.h"
#include "core/page.h"

struct rc_books;

const struct rc_config *rc_books_config(struct rc_books *books);
/* The batch folder, absolute: "/data/box12". */
const char *rc_books_dir(struct rc_books *books);
/* Should the stage give up now, for a signal? Then return RC_RUN_FAILED/stopped. */
bool rc_books_stopping(struct rc_books *books);
/* Lets the rest of the run go on without waiting: takes results, hands out pages, commits, shows progress.
 * Call it at least once per file or item. Passes on what must stop the run. */
enum rc_status rc_books_pump(struct rc_books *books, struct rc_err *err);
/* One line for the person at the terminal and into events.jsonl: a warning about something survived. */
void rc_books_warn(struct rc_books *books, const struct rc_err *what);
/* What the progress line should say of this stage: "packaging", done of total (total 0: unknown). */
void rc_books_progress(struct rc_books *books, const char *doing, int64_t done, int64_t total);
/* Small memories of a stage ("package.key"); an unknown name gives NULL. get: caller frees. */
char *rc_books_note(struct rc_books *books, const char *name);
enum rc_status rc_books_set_note(struct rc_books *books, const char *name, const char *value, struct rc_err *err);

/* ---- work in a worker ---------------------------------------------------------------------------- */

/* Called for each part a job sends: its JSON, and len bytes from the start of spool_fd (pread). Both are
 * foreign: check them. A status that is not good ends the job and becomes its outcome. */
typedef enum rc_status rc_part_fn(void *ctx, const json_t *part, int spool_fd, int64_t len, struct rc_err *err);
/* Runs the job of stage `stage` (its name) and waits for it, while the rest of the run goes on. Returns what
 * the job returned; RC_RETRY/timeout, memory or crash when its worker died (after one more try). */
enum rc_status rc_books_job(struct rc_books *books, const char *stage, const json_t *args, int source_fd,
                            rc_part_fn *on_part, void *ctx, struct rc_err *err);

/* ---- objects ------------------------------------------------------------------------------------- */

/* Keeps len bytes from the start of fd under their digest; does nothing when they are there. */
enum rc_status rc_books_keep(struct rc_books *books, int fd, int64_t len, const char *kind,
                             struct rc_digest *ret, struct rc_err *err);
enum rc_status rc_books_keep_bytes(struct rc_books *books, const void *bytes, size_t len, const char *kind,
                                   struct rc_digest *ret, struct rc_err *err);
/* Appends the object's bytes, verified. RC_PAGE_FAILED/changed when they are not what they were. */
enum rc_status rc_books_object(struct rc_books *books, const struct rc_digest *object, struct rc_buf *out, struct rc_err *err);

/* ---- sources (ingest) ---------------------------------------------------------------------------- */

struct rc_root {                /* a path a person named, or an earlier run did not finish */
	int64_t id;
	const char *path;           /* absolute, resolved */
	const char *name;           /* the prefix of its items' ids; "" until ingest sets it */
};
typedef enum rc_status rc_root_fn(void *ctx, const struct rc_root *root, struct rc_err *err);
/* The roots to walk in this run, in the order they were first named. */
enum rc_status rc_books_each_root(struct rc_books *books, rc_root_fn *fn, void *ctx, struct rc_err *err);
/* All roots the batch ever knew. */
enum rc_status rc_books_all_roots(struct rc_books *books, rc_root_fn *fn, void *ctx, struct rc_err *err);
enum rc_status rc_books_name_root(struct rc_books *books, int64_t root, const char *name, struct rc_err *err);
/* The root was walked to its end: sources not seen in this walk are "gone" (warned about, results kept). */
enum rc_status rc_books_root_done(struct rc_books *books, int64_t root, struct rc_err *err);

struct rc_source {              /* one file below a root ("" = the root is the file) */
	int64_t id, root;
	const char *path;           /* relative to the root, '/' between; raw bytes of the file system */
	int64_t size, mtime_ns;
	struct rc_digest digest;
	enum rc_media media;        /* RC_MEDIA_UNKNOWN: ignored or failed */
	bool complete;              /* everything in it was added in an earlier step */
	bool seen;                  /* in this walk */
};
/* RC_SKIP when the file is not known. ret->path is `path`. */
enum rc_status rc_books_source(struct rc_books *books, int64_t root, const char *path, struct rc_source *ret, struct rc_err *err);
/* Starts (or starts again) the source: pages of an earlier version with another digest are superseded when
 * it is done. Sets source->id. */
enum rc_status rc_books_source_begin(struct rc_books *books, struct rc_source *source, struct rc_err *err);
/* All of it was added: complete and seen. Pages of this source that were not added again since begin are superseded. */
enum rc_status rc_books_source_done(struct rc_books *books, int64_t source, struct rc_err *err);
/* Unchanged (perhaps with a new time): mark it seen; pages that were gone or changed wait to be read again. */
enum rc_status rc_books_source_same(struct rc_books *books, int64_t source, int64_t mtime_ns, struct rc_err *err);
/* Not ours to read: counted and listed as ignored. member may be NULL. */
enum rc_status rc_books_ignore(struct rc_books *books, int64_t source, const char *member, struct rc_err *err);
/* Ours to read, but it cannot be: a whole archive, or a member that is no page. why->reason and text are kept;
 * counted as quarantined, one file in quarantine/. member may be NULL. */
enum rc_status rc_books_source_failed(struct rc_books *books, int64_t source, const char *member,
                                      const struct rc_err *why, struct rc_err *err);

enum rc_place { RC_IN_SOURCE, RC_IN_OBJECT };   /* where a scan's bytes are */

struct rc_page_entry {
	const char *item;           /* item id, safe as a file name (rc_safe_name) */
	const char *number;         /* page number as the pattern found it, "" without a pattern */
	const char *order;          /* path below the item that its natural order comes from (rc_natural_key) */
	int32_t frame;              /* from 0, in the scan */
	struct rc_digest scan;      /* of the whole image file */
	int64_t scan_len;
	enum rc_media media;
	enum rc_place place;
	int64_t offset;             /* RC_IN_SOURCE: of the scan's first byte in the source file */
	int64_t source;
	const char *member;         /* path inside the archive(s), UTF-8, "!/" between nested archives; "" for a plain file */
	int32_t width, height, dpi; /* from the header, 0 when unknown */
};
/* Adds a page, or confirms it when it is there. why != NULL: the page is known to be unreadable and is
 * quarantined with that reason. A second digest for one (item, number) quarantines both as id-conflict. */
enum rc_status rc_books_page_add(struct rc_books *books, const struct rc_page_entry *page,
                                 const struct rc_err *why, struct rc_err *err);

/* ---- items and pages (normalize, curate, package) ------------------------------------------------ */

enum rc_page_state { RC_PENDING, RC_DONE, RC_QUARANTINED };

struct rc_page_row {
	struct rc_page_entry entry;
	int64_t id;
	int32_t place_in_item;      /* from 1, in natural order; changes when pages are inserted */
	enum rc_page_state state;
	struct rc_digest result;    /* object with the page result (rc_page_from_json); zero: none */
	struct rc_digest image;     /* object with the page image; zero: none */
	enum rc_reason reason;      /* why it is quarantined */
	const char *message;
	const char *root_path;      /* absolute; never goes into an output */
	const char *root_name;      /* stands for root_path in outputs */
	const char *source_path;    /* relative to the root */
	struct rc_digest source_digest;
};

/* A line that a person corrected, added or took away: a text for a place on a frame of a scan. "" where there is no text. */
struct rc_correction {
	struct rc_box box;          /* on the stored frame */
	struct rc_box beside;       /* of a new line: its neighbour in reading order; w 0: not known */
	bool before;                /* it comes before that one; else after it */
	int32_t rank;               /* place in the reading order of the file that it came in, from 1; 0: not known */
	bool begins;                /* a new line that begins a region which only people know */
	bool gone;                  /* there is no such line: what was read there is left out, not emptied */
	int32_t width, height;      /* of the frame, in pixels; 0: not known */
	int32_t polygon[8];         /* four corners when the line is turned on the frame, else all 0 */
	enum rc_direction direction;
	const char *text;
};
typedef enum rc_status rc_correction_fn(void *ctx, const struct rc_correction *correction, struct rc_err *err);
/* The corrections of a frame, by place. They belong to the scan: whatever reads it, and into whatever items it goes. */
enum rc_status rc_books_each_correction(struct rc_books *books, const struct rc_digest *scan, int32_t frame, rc_correction_fn *fn, void *ctx,
                                        struct rc_err *err);

struct rc_item_row {
	const char *id;
	int64_t n_pages, n_done, n_quarantined;
	struct rc_digest pages_key; /* changes whenever a page of the item, its order or its result does */
	struct rc_digest record_key;/* what rc_books_record_done() was last told; zero: no record */
	struct rc_digest record;    /* digest of records/ID.xml; zero: no record */
	const json_t *decision;     /* what curate decided; NULL: nothing yet */
	const char *fields;         /* JSON object of the pattern's fields, or "{}" */
	int64_t revision;           /* of the record, from 1; rises when people correct it */
};
/* READY: no page pending. UNRECORDED: ready, and pages_key changed since the record was written.
 * RECORDED: has a record (by id). RANKED: has a rank, in its order. */
enum rc_items { RC_ITEMS_READY, RC_ITEMS_UNRECORDED, RC_ITEMS_RECORDED, RC_ITEMS_RANKED };
typedef enum rc_status rc_item_fn(void *ctx, const struct rc_item_row *item, struct rc_err *err);
typedef enum rc_status rc_page_fn(void *ctx, const struct rc_page_row *page, struct rc_err *err);
/* Calls fn for each; writing to the books inside fn is allowed. Items by id (bytewise) unless RANKED. */
enum rc_status rc_books_each_item(struct rc_books *books, enum rc_items which, rc_item_fn *fn, void *ctx, struct rc_err *err);
/* The item's current pages in natural order. */
enum rc_status rc_books_each_page(struct rc_books *books, const char *item, rc_page_fn *fn, void *ctx, struct rc_err *err);
/* The fields a pattern found (borrowed JSON text of an object), for the item's identity; last one wins. */
enum rc_status rc_books_item_fields(struct rc_books *books, const char *item, const char *fields, struct rc_err *err);

/* The record of an item was written; its path is rc_books_record_path(). */
enum rc_status rc_books_record_done(struct rc_books *books, const char *item, const struct rc_digest *record_key,
                                    const struct rc_digest *record, struct rc_err *err);
/* Appends "/data/box12/records/ID.xml". */
void rc_books_record_path(struct rc_books *books, const char *item, struct rc_buf *out);

/* decision is an object, borrowed; rank orders the corpus (bytewise), NULL: the item has no place in it. */
enum rc_status rc_books_decide(struct rc_books *books, const char *item, const json_t *decision,
                               const void *rank, size_t rank_len, struct rc_err *err);

/* The keys of the page stages as manifests and records name them: {"program": "0.1.0", "stages": {"prepare": 1, ...},
 * "engines": ["tesseract 5.3.0", ...], "models": {"chi_tra_vert": "sha256:..."}}. New reference. */
json_t *rc_books_identity(struct rc_books *books);
/* How many pages are still to be read. */
int64_t rc_books_pending(struct rc_books *books);
/* How many pages stand with results of an older program or model. */
int64_t rc_books_stale(struct rc_books *books);

/* ---- what people look at (report) ------------------------------------------------------------------ */

struct rc_totals {
	int64_t pages, pending, done, quarantined, stale;
	int64_t files, files_with_pages, files_failed, files_ignored, files_gone;
	int64_t ignored;            /* files and members of archives */
	int64_t faults;             /* sources and members that cannot be read */
	int64_t items, records, ranked;
	double page_seconds;        /* mean over all pages ever read here; 0: none */
};
struct rc_totals rc_books_totals(struct rc_books *books);

struct rc_trouble {             /* something in quarantine */
	const char *name;           /* of its file in quarantine/ */
	bool present;               /* false: no longer in quarantine, remove the file */
	const char *item;           /* NULL: a source, not a page */
	const char *number;
	int64_t frame;
	const char *root_path;      /* absolute */
	const char *source_path;    /* relative to the root, "" when the root is the file */
	const char *member;         /* NULL or "": the file itself */
	const char *reason, *message;
};
typedef enum rc_status rc_trouble_fn(void *ctx, const struct rc_trouble *trouble, struct rc_err *err);
/* What is in quarantine, by reason; at most `limit` of it. */
enum rc_status rc_books_each_trouble(struct rc_books *books, int64_t limit, rc_trouble_fn *fn, void *ctx, struct rc_err *err);
/* path: relative to its root; member NULL: the whole file. */
typedef enum rc_status rc_ignored_fn(void *ctx, const char *root, const char *path, const char *member, struct rc_err *err);
enum rc_status rc_books_each_ignored(struct rc_books *books, int64_t limit, rc_ignored_fn *fn, void *ctx, struct rc_err *err);
/* The last events of the batch (schemas/event.schema.json), oldest first: those that end within the last `bytes` of their
 * file. Damaged lines are left out. */
typedef enum rc_status rc_event_fn(void *ctx, const json_t *event, struct rc_err *err);
enum rc_status rc_books_recent_events(struct rc_books *books, int64_t bytes, rc_event_fn *fn, void *ctx, struct rc_err *err);
/* A descriptor for a job, and where in it the bytes are; the caller closes it. The page image must be there. The scan is what was
 * ingested: RC_PAGE_FAILED/gone, unreadable or changed when it is not. */
enum rc_status rc_books_open_image(struct rc_books *books, const struct rc_page_row *page, int *fd, int64_t *offset, int64_t *len,
                                   struct rc_err *err);
enum rc_status rc_books_open_scan(struct rc_books *books, const struct rc_page_row *page, int *fd, int64_t *offset, int64_t *len,
                                  struct rc_err *err);

#endif
