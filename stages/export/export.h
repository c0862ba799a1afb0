/* export.h -- records in the formats of others.
 *
 * One table of formats, one writer each. A writer reads a record (common/record.h), page by page, and makes of it one file
 * or one folder per item; it sees no page results and no books. What it needs of the batch beside the record (where
 * a scan lies, what happened when) it asks through struct export_item, which `redcorpus export` fills in.
 *
 * Nothing here takes a time from a clock: the same record gives the same bytes. */
#ifndef EXPORT_EXPORT_H
#define EXPORT_EXPORT_H

#include "common/record.h"

struct export_scan {                    /* a scan's bytes, untouched */
	int fd;                         /* owned by who asked */
	int64_t offset, len;            /* of the image file in fd */
};

/* When things happened to an item, in UTC, "2026-11-24T08:00:00Z"; "": not known. */
struct export_times {
	char ingested[32];              /* the last of its scans was taken in */
	char read[32];                  /* the last of its pages was read */
	char corrected[32];             /* people last corrected it */
};

/* Who hands packages over (settings export.*); "" where it is not known. */
struct export_sender {
	const char *organization, *address, *contact_name, *contact_phone, *contact_email;
};

/* One item to be written. Strings are borrowed. */
struct export_item {
	const char *id;                 /* safe as a file name */
	const char *record;             /* path of its record */
	const char *created;            /* for formats that have a time of their own, "2026-11-24T00:00:00Z"; NULL: none was given */
	const struct export_sender *sender;             /* borrowed; NULL: nobody said */
	bool with_scans;                /* packages shall hold the scans, too */

	/* Opens the scan of a page of the record. RC_PAGE_FAILED/gone or /changed: the source is no longer what was ingested.
	 * NULL: no scans are at hand. */
	enum rc_status (*scan)(void *ctx, const struct record_page *page, struct export_scan *ret, struct rc_err *err);
	/* NULL: nobody knows. */
	void (*times)(void *ctx, struct export_times *ret);
	/* Called after each page: shows how far it is, and passes on a wish to stop. NULL: nobody looks. */
	enum rc_status (*page_done)(void *ctx, struct rc_err *err);
	void *ctx;

	/* Counted by the writer. */
	int64_t pages, not_read;        /* not read: quarantined, and therefore without text */
};

struct xml_writer;
/* Writes the document of one page that was read. */
typedef void export_page_fn(struct xml_writer *xml, const struct export_item *item, const struct record_head *head,
                            const struct record_page *page);

struct export_format {
	const char *name;               /* "alto" */
	const char *what;               /* one line for people */
	const char *const *holds;       /* of formats of folders: patterns of all names that a folder of theirs has; NULL ends them */
	const char *suffix;             /* of the item's one file, ".pdf"; NULL: the item becomes a folder */
	/* A file: writes `to` whole or not at all (core/outfile.h). A folder: fills the empty folder `to`, which gets its name
	 * when everything is in it. */
	enum rc_status (*write)(struct export_item *item, const char *to, struct rc_err *err);
	bool wants_times;               /* it asks for item->times */
	export_page_fn *pages;          /* a format of one XML document per page and no more; NULL: it is something else */
};

/* Ends with a format without a name. */
extern const struct export_format export_formats[];
/* NULL: there is no such format. */
const struct export_format *export_format_find(const char *name);

/* Writes the item as OUT/ID.suffix or as the folder OUT/ID, whole or not at all; what was there is replaced. A folder that holds what the
 * format does not write is somebody's own, and is not touched: RC_PAGE_FAILED/invalid. */
enum rc_status export_item(const struct export_format *format, struct export_item *item, const char *out, struct rc_err *err);
/* Appends "OUT/ID" or "OUT/ID.pdf". */
void export_path(const struct export_format *format, const char *out, const char *id, struct rc_buf *path);

/* Writes each page of the item that was read to "STEM.xml", and later frames to "STEM.2.xml" and so on. */
enum rc_status export_pages_beside(struct export_item *item, const char *stem, export_page_fn *write, struct rc_err *err);

#endif
