/* export_scans.h -- what the books know of an item, for writers of formats that want it: where its scans lie, and what happened when. */
#ifndef CLI_EXPORT_SCANS_H
#define CLI_EXPORT_SCANS_H

#include "cli/export_times.h"
#include "export/export.h"
#include "run/books.h"

struct export_scans {
	struct rc_books *books;         /* borrowed */
	const char *id;                 /* of the item; borrowed */
	void *owner;                    /* of whoever made this */
	const struct event_times *times;        /* of the batch; borrowed */
	event_time ingested, read, corrected;   /* the last of its pages; 0: not known */
	struct scan_place *places;      /* owned; read from the books when first asked for */
	size_t n;
};

/* ctx is a struct export_scans; see struct export_item. Nobody has compared the bytes with the digest yet: who reads
 * them does. */
enum rc_status export_scans_open(void *ctx, const struct record_page *page, struct export_scan *ret, struct rc_err *err);
/* ctx likewise. */
void export_scans_times(void *ctx, struct export_times *ret);
void export_scans_close(struct export_scans *scans);

#endif
