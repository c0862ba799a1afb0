/* diff.h -- what changed between two versions of a corpus: files, items, splits. */
#ifndef PACKAGE_DIFF_H
#define PACKAGE_DIFF_H

#include "package/read.h"

enum corpus_change { CORPUS_ADDED, CORPUS_REMOVED, CORPUS_CHANGED, CORPUS_MOVED, CORPUS_CHANGE_COUNT };
/* "added", "removed", "changed" (another record), "moved" (another split) */
const char *corpus_change_name(enum corpus_change change);

struct corpus_diff_sink {
	/* One item, in the order of ids; splits are "" where the item is not there. May be NULL. */
	enum rc_status (*item)(void *ctx, enum corpus_change change, const char *id, const char *from, const char *to, struct rc_err *err);
	/* One file that only one of them has (ADDED, REMOVED). May be NULL. */
	enum rc_status (*file)(void *ctx, enum corpus_change change, const struct manifest_file *file, struct rc_err *err);
	void *ctx;
};

struct corpus_side {            /* both borrowed */
	struct corpus_reader *reader;
	const struct manifest *manifest;
};

/* Compares, tells sink (may be NULL) of every difference, and sums up as schemas/diff.schema.json says. An item that both
 * moved and changed is told twice. Indexes are read as streams: memory is that of the two manifests.
 * An index without digests of records (version 0.1) shows no changes of records. */
enum rc_status corpus_diff(const struct corpus_side *from, const struct corpus_side *to, const struct corpus_diff_sink *sink,
                           json_t **ret, struct rc_err *err);

#endif
