/* walk.h -- all files below a folder, in natural order. Links are not followed, so there are no loops. */
#ifndef INGEST_WALK_H
#define INGEST_WALK_H

#include <sys/stat.h>

#include "core/err.h"

enum ingest_entry_kind {
	INGEST_ENTRY_FILE,
	INGEST_ENTRY_LINK,              /* symbolic */
	INGEST_ENTRY_OTHER,             /* device, pipe, socket */
	INGEST_ENTRY_FOLDER,            /* told before what is in it */
	INGEST_ENTRY_BATCH,             /* a folder that holds .redcorpus: not entered */
	INGEST_ENTRY_UNREADABLE         /* a folder, or what cannot even be looked at; `why` says more */
};

struct ingest_entry {
	enum ingest_entry_kind kind;
	const char *path;               /* relative to the root, raw bytes; "" is the root itself */
	int folder;                     /* openat(folder, name) opens it; borrowed */
	const char *name;
	const struct stat *st;          /* NULL when it is not known */
	const struct rc_err *why;       /* UNREADABLE */
};
typedef enum rc_status ingest_entry_fn(void *ctx, const struct ingest_entry *entry, struct rc_err *err);

/* Calls fn for everything at and below root (absolute; a file or a folder), each folder's entries in natural order.
 * A status of fn that is not good ends the walk. RC_PAGE_FAILED/gone when there is nothing at root. */
enum rc_status ingest_walk(const char *root, ingest_entry_fn *fn, void *ctx, struct rc_err *err);

#endif
