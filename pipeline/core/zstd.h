/* zstd.h -- the door to zstd for whole pieces in memory. (Shards stream through stages/common.) */
#ifndef RC_ZSTD_H
#define RC_ZSTD_H

#include "core/buf.h"

/* Appends one frame holding len bytes. Fails only like the buffer does: see rc_buf_check(). */
void rc_zstd_pack(struct rc_buf *out, const void *bytes, size_t len, int level);
/* Appends what one frame of len bytes holds. The frame must say how much that is, and it must be
 * `want` bytes: RC_PAGE_FAILED/decode otherwise. */
enum rc_status rc_zstd_unpack(struct rc_buf *out, const void *bytes, size_t len, size_t want, struct rc_err *err);
const char *rc_zstd_version(void);

#endif
