/* index.h -- which item is where: index/items-DIGEST.jsonl.zst, sorted by id, one line per item of the corpus. */
#ifndef PACKAGE_INDEX_H
#define PACKAGE_INDEX_H

#include "package/shards.h"

struct index;
enum rc_status index_new(struct index **ret, struct rc_err *err);
/* Starts an item; the places of its samples follow. record: the digest of its record. */
enum rc_status index_add_item(struct index *index, const char *id, int split, const struct rc_digest *record, struct rc_err *err);
void index_set_text(struct index *index, struct sample_place place);
/* The item has samples that the index does not tell of (mds). */
void index_set_given(struct index *index);
/* Pages of one item that lie one after another in a shard are kept as one run. */
enum rc_status index_add_page(struct index *index, struct sample_place place, struct rc_err *err);
/* Writes a line for every item that got a sample, through shards, whose sample shards must be finished. */
enum rc_status index_write(struct index *index, struct shards *shards, struct rc_err *err);
int64_t index_items(const struct index *index);         /* with at least one sample */
void index_free(struct index **index);

#endif
