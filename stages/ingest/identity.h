/* identity.h -- which item a page belongs to, where in it, and under which name: the rules of DESIGN 4.
 *
 * A page's *place* is the name of its root, then the path below the root; an archive is a folder on that path.
 *   scans/a/p1.jpg        in root "scans":       item "scans/a",       order "p1.jpg"
 *   scans/a/deed.tif      with three frames:     item "scans/a/deed.tif"
 *   box.zip!/b/p1.jpg     root is "box.zip":     item "box.zip/b"
 *   p1.jpg                root is the file:      item "p1.jpg"
 * So: the single images directly in one folder (or archive) are one item; a file of many pages (more than one
 * frame, and every PDF) is an item of its own; so is a file that was named as a source itself. The id is that path
 * made safe with rc_safe_name.
 *
 * With ingest.item_pattern, what matches it takes item and page number from the pattern instead; frames of a file
 * with many are numbered "7.1", "7.2". What does not match keeps the rules above.
 *
 * Ids tell upper from lower case: on file systems that do not, records of "A" and "a" meet in one file name.
 *
 * A root is called by its base name. When another root has that name already, it gets as many of its parent
 * folders before it as tell the two apart ("1934/scans"); names once given are kept. */
#ifndef INGEST_IDENTITY_H
#define INGEST_IDENTITY_H

#include "core/limits.h"
#include "pattern.h"

struct ingest_place {
	const char *root_name;
	const char *path;               /* of the source below its root, UTF-8; "" when the root is the file */
	const char *members[RC_MAX_NESTING + 1];        /* in the source: the member, or archives and then the member */
	size_t n_members;
	bool many;                      /* a file of many pages */
};

struct ingest_identity {            /* all owned */
	char *item, *number, *order;
	char *fields;                   /* JSON object, NULL without a match */
	bool frames_in_number;          /* add "." and the frame (from 1) to the number */
};
void ingest_identity_clear(struct ingest_identity *id);
#define INGEST_OWN_IDENTITY RC_CLEANUP(ingest_identity_clear) struct ingest_identity

/* False without memory. */
bool ingest_identify(const struct ingest_pattern *pattern, const struct ingest_place *place, struct ingest_identity *ret);

/* Appends a name for the root at `path` (absolute) that no name in `taken` equals or is a folder of. */
void ingest_root_name(struct rc_buf *out, const char *path, const char *const *taken, size_t n_taken);

#endif
