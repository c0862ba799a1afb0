/* read.h -- samples of a corpus, in order, by number or by id, from a folder or a remote alike. */
#ifndef PACKAGE_READ_H
#define PACKAGE_READ_H

#include "common/manifest.h"
#include "common/page_key.h"

struct corpus_reader;
/* source and manifest are borrowed and must outlive the reader. */
enum rc_status corpus_reader_open(struct corpus_reader **ret, const struct corpus_source *source, const struct manifest *manifest,
                                  struct rc_err *err);
void corpus_reader_close(struct corpus_reader **r);

/* One sample: its JSON, without a newline; borrowed for the call. A status that is not good ends the reading. */
typedef enum rc_status corpus_sample_fn(void *ctx, const char *json, size_t len, struct rc_err *err);

/* All samples of a kind (MANIFEST_TEXT, MANIFEST_PAGES or MANIFEST_LINES), of one split or of all (-1), in the order of the corpus; pages
 * and lines as the JSON member with the text added as "text". Every frame is checked before its samples are given, and every shard's
 * size and digest at its end: RC_PAGE_FAILED/changed "'text/x.zst' is not what the manifest says", after samples of it
 * were given. Memory: one frame, or one page without its image. */
enum rc_status corpus_reader_each(struct corpus_reader *r, enum manifest_kind kind, int split, corpus_sample_fn *fn, void *ctx,
                                  struct rc_err *err);
/* The sample with number n from 0 among those. RC_RUN_FAILED/missing when there are fewer. */
enum rc_status corpus_reader_at(struct corpus_reader *r, enum manifest_kind kind, int split, int64_t n, corpus_sample_fn *fn,
                                void *ctx, struct rc_err *err);
/* The text sample of an item, or (kind MANIFEST_PAGES) the sample with that page key, or (MANIFEST_LINES) line key, for which shards are
 * looked through. RC_RUN_FAILED/missing when there is none. */
enum rc_status corpus_reader_id(struct corpus_reader *r, enum manifest_kind kind, const char *id, corpus_sample_fn *fn, void *ctx,
                                struct rc_err *err);

/* What the index says of an item: {"id", "split", "record" (digest; not in corpora of version 0.1), "text": {"shard", "at", "offset"},
 * "pages": [{"shard", "at", "offset", "samples"}]} (at: number in the shard; offset: in the unpacked text, or in the tar); "text" and
 * "pages" only where there are any. Since package 6 also "check" of the text and "checks" of pages, 8 hexadecimal digits a sample (struct
 * sample_place), and "images", "images_offset" where images lie apart. New reference; RC_SKIP when the item is not in the corpus. */
enum rc_status corpus_reader_item(struct corpus_reader *r, const char *item, json_t **ret, struct rc_err *err);
/* The item id that a page key is of, by the index when the key was shortened. RC_SKIP when none is. */
enum rc_status corpus_reader_item_of_key(struct corpus_reader *r, const char *key, struct rc_buf *item, struct rc_err *err);

/* All items that the index has, in the order of their ids (bytewise). The reader must stay open. */
struct corpus_index_walk;
enum rc_status corpus_index_walk_new(struct corpus_index_walk **ret, struct corpus_reader *r, struct rc_err *err);
/* As corpus_reader_item() gives it; new reference. RC_SKIP after the last, and at once when the corpus has no samples. */
enum rc_status corpus_index_walk_next(struct corpus_index_walk *w, json_t **ret, struct rc_err *err);
void corpus_index_walk_free(struct corpus_index_walk **w);

#endif
