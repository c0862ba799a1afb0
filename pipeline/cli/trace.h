/* trace.h -- the way back from a sample: what is known of it, as one JSON object (schemas/trace.schema.json). */
#ifndef CLI_TRACE_H
#define CLI_TRACE_H

#include "core/json.h"

/* sample: an item id, or the key of a page in shards. A sample that nothing is known of: RC_RUN_FAILED/missing.
 * From a batch: the ledger (source files as they lie on this machine, quarantine, curate's decision), the record, and the corpus. */
enum rc_status trace_batch(const char *batch, const char *sample, json_t **ret, struct rc_err *err);
/* From a corpus alone (a folder or URL): what samples, index and manifest say. */
enum rc_status trace_corpus(const char *corpus, const char *sample, json_t **ret, struct rc_err *err);

/* Appends the record that an item had before people corrected it: revision as `old_records` lists them. */
enum rc_status trace_old_record(const char *batch, const char *item, int64_t revision, struct rc_buf *out, struct rc_err *err);

#endif
