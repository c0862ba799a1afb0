/* source.h -- one file of a root: is it known, what is in it, and what of that becomes pages. */
#ifndef INGEST_SOURCE_H
#define INGEST_SOURCE_H

#include "core/books.h"
#include "pattern.h"
#include "walk.h"

struct ingest_walker {              /* what lasts for the walk over one root */
	struct rc_books *books;
	const struct ingest_pattern *pattern;
	const struct rc_root *root;
	bool anew;                      /* the rules changed: read again what is known */
	int64_t n_links;                /* not followed */
	int64_t n_files;
};

/* Brings the books up to date with the entry. Only what stops the run is a failure. */
enum rc_status ingest_source(struct ingest_walker *walker, const struct ingest_entry *entry, struct rc_err *err);

#endif
