/* store.h -- the object store: bytes by their SHA-256, in append-only packs.
 *
 * .redcorpus/objects/000001.pack and so on, each at most 4 GiB; pack.h says what they look like inside. The ledger holds
 * the index, and it holds it only after the pack was synced; but a pack tells all of it itself: what was appended and not
 * indexed when the process died, or all of it when the ledger was lost, is found again on opening. */
#ifndef RC_STORE_H
#define RC_STORE_H

#include "run/ledger.h"
#include "run/pack.h"

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

/* ---- for gc.c, which thins packs out ------------------------------------------------------------------ */

/* Numbers of the packs there are, ascending; the caller frees them. */
enum rc_status rc_store_packs(struct rc_store *s, int64_t **ret, size_t *n, struct rc_err *err);
enum rc_status rc_store_open_pack(struct rc_store *s, int64_t pack, int *fd, int64_t *size, struct rc_err *err);
/* Nothing more is added to the packs there are. */
enum rc_status rc_store_new_pack(struct rc_store *s, struct rc_err *err);
/* Adds an object once more, from where it lies, and has the ledger know it there. RC_PAGE_FAILED/changed, and nothing is done, when
 * its bytes are not what they were. */
enum rc_status rc_store_move(struct rc_store *s, int fd, int64_t offset, const struct rc_pack_header *h, struct rc_err *err);
/* Removes a pack that the ledger no longer refers to: not the one that grows. */
enum rc_status rc_store_drop_pack(struct rc_store *s, int64_t pack, struct rc_err *err);

#endif
