/* packed.h -- a JSON Lines file of a corpus that is open: text shards and the index. */
#ifndef PACKAGE_PACKED_H
#define PACKAGE_PACKED_H

#include "common/manifest.h"
#include "common/zst.h"

struct packed_file {
	struct corpus_file at;
	struct zst_file zst;
	struct zst_table table;
	const struct manifest_file *file;       /* NULL: not open */
};

/* Opens it and reads its seek table; its size must be what the manifest says. f must not move while it is open: it points into itself. */
enum rc_status packed_open(struct packed_file *f, const struct corpus_source *source, const struct manifest_file *file, struct rc_err *err);
void packed_close(struct packed_file *f);
/* The line that starts at *at in an unpacked frame, or NULL after the last; moves *at past it. */
const char *packed_line(const struct rc_buf *raw, size_t *at, size_t *len);

#endif
