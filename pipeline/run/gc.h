/* gc.h -- drops what nothing in a batch refers to: results of settings that are not in use, scans that went, and their bytes. */
#ifndef RC_GC_H
#define RC_GC_H

#include "run/books.h"

enum { RC_GC_KINDS = 8 };

struct rc_gc_tally {
	char kind[9];                   /* as in the pack: "scan", "page" */
	int64_t objects, bytes;         /* bytes as stored, with headers */
};

struct rc_gc_report {
	int64_t results;                /* results that are forgotten */
	struct rc_gc_tally dropped[RC_GC_KINDS];        /* what nothing refers to and goes, by kind; ends with an empty kind or the array */
	int64_t objects, bytes;         /* all of that */
	int64_t left_objects, left_bytes;       /* what nothing refers to and stays: in packs that are not worth thinning out, or damaged */
	int64_t packs, thinned, damaged;        /* packs there are; those of them rewritten or removed; those left alone because they are damaged */
	int64_t stored;                 /* bytes of all packs before */
};

struct rc_gc_wish {
	bool dry;                       /* only say what would be done */
	bool all;                       /* also packs that have little to drop */
};

/* books: opened with the lock, without stages. Each pack is done for itself: what is still wanted of it is copied to a new pack, the ledger
 * commits, the old pack goes; stopped at any moment, nothing is lost and the next call goes on. Needs room for what is wanted of one
 * pack. An object that changed on disk leaves its pack as it is, and a warning. progress may be NULL. */
enum rc_status rc_gc(struct rc_books *books, const struct rc_gc_wish *wish, struct rc_gc_report *ret, struct rc_err *err);

#endif
