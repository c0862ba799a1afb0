/* store.h -- the object store: bytes by their SHA-256, in append-only packs.
 *
 * .redcorpus/objects/000001.pack and so on, each at most 4 GiB. A pack is a run of objects, each a
 * header of 72 bytes and then its bytes:
 *
 *      0  magic       8   "RCOBJ\1\r\n"
 *      8  kind        8   "scan", "page", "image", padded with zeros
 *     16  flags       4   1: stored as one zstd frame
 *     20  nothing     4   0
 *     24  raw length  8
 *     32  stored len  8
 *     40  SHA-256    32   of the raw bytes
 *
 * Numbers are little-endian. The ledger holds the index, and it holds it only after the pack was synced;
 * but a pack tells all of it itself: what was appended and not indexed when the process died, or all of
 * it when the ledger was lost, is found again on opening. */
#ifndef RC_STORE_H
#define RC_STORE_H

#include "run/ledger.h"

struct rc_store;

#define RC_MAX_PACK_BYTES (INT64_C(4) << 30)

/* dir: ".../.redcorpus/objects". writing: only with the lock; finds objects the ledger does not know and cuts off
 * torn tails. ledger is borrowed. */
enum rc_status rc_store_open(const char *dir, struct rc_ledger *ledger, bool writing, struct rc_store **ret, struct rc_err *err);
void rc_store_close(struct rc_store **store);
/* For tests: packs end at this size. */
void rc_store_set_pack_bytes(struct rc_store *store, int64_t bytes);

/* From now on objects get their names and nothing is kept. */
void rc_store_only_name(struct rc_store *store);

/* Adds len bytes from the start of fd, as they are. Does nothing when the object is there. */
enum rc_status rc_store_add_fd(struct rc_store *s, int fd, int64_t len, const char *kind, struct rc_digest *ret, struct rc_err *err);
/* Adds bytes, compressed when that is worth it. */
enum rc_status rc_store_add(struct rc_store *s, const void *bytes, size_t len, const char *kind, struct rc_digest *ret, struct rc_err *err);
/* Makes everything added durable and tells the ledger how far the packs are known: right before its commit. */
enum rc_status rc_store_sync(struct rc_store *s, struct rc_err *err);

bool rc_store_has(struct rc_store *s, const struct rc_digest *d);
/* Appends the object's bytes, verified. RC_PAGE_FAILED/changed when they are not what they were. */
enum rc_status rc_store_read(struct rc_store *s, const struct rc_digest *d, struct rc_buf *out, struct rc_err *err);
/* A descriptor on the pack, and where in it the object's raw bytes are. The caller owns the descriptor. Only for
 * objects added with rc_store_add_fd(). Not verified: who reads them knows their digest. */
enum rc_status rc_store_open_object(struct rc_store *s, const struct rc_digest *d, int *fd, int64_t *offset, int64_t *len, struct rc_err *err);

#endif
