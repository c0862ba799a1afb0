/* stats.h -- what is inside a corpus, counted over its samples. */
#ifndef PACKAGE_STATS_H
#define PACKAGE_STATS_H

#include "package/read.h"

/* Reads all text samples (a corpus without any: all page samples, without their images) and counts. schemas/stats.schema.json is the
 * definition of what comes out. Every shard read is verified on the way. Memory does not grow with the corpus.
 * Errors are those of corpus_reader_each(). */
enum rc_status corpus_stats(struct corpus_reader *r, const struct manifest *m, json_t **ret, struct rc_err *err);

/* The decade of an EDTF date: "1930s" for "1931-11-07", "193X", "1931/1934"; "unknown" without a year. */
void corpus_decade(const char *edtf, char ret[8]);

#endif
