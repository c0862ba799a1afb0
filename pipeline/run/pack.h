/* pack.h -- what a pack of the object store looks like inside.
 *
 * A pack is a run of objects, each a header of 72 bytes and then its bytes:
 *
 *      0  magic       8   "RCOBJ\1\r\n"
 *      8  kind        8   "scan", "page", "image", "record", "import", padded with zeros
 *     16  flags       4   1: stored as one zstd frame
 *     20  nothing     4   0
 *     24  raw length  8
 *     32  stored len  8
 *     40  SHA-256    32   of the raw bytes
 *
 * Numbers are little-endian. So a pack can be read without the ledger. Offsets below are those of headers, in bytes. */
#ifndef RC_PACK_H
#define RC_PACK_H

#include "core/buf.h"
#include "core/digest.h"

enum { RC_PACK_ZSTD = 1 };         /* a flag */

struct rc_pack_header {
	char magic[8], kind[8];
	uint32_t flags, nothing;
	uint64_t raw_len, stored_len;
	struct rc_digest digest;
};
_Static_assert(sizeof(struct rc_pack_header) == 72, "the header is written as it stands in memory");

/* As it is written: numbers little-endian. */
struct rc_pack_header rc_pack_header_make(const char *kind, uint32_t flags, int64_t raw_len, int64_t stored_len, const struct rc_digest *d);
/* Reads the header at offset, numbers as the machine has them; false when there is none that could be true in a file of this size. */
bool rc_pack_header_read(int fd, int64_t offset, int64_t size, struct rc_pack_header *ret);
/* What the object takes in its pack, header and all. */
int64_t rc_pack_object_bytes(const struct rc_pack_header *h);

/* Moves *offset to the next header at or after it that could be true, and reads it. RC_SKIP at the end, with *offset there. */
enum rc_status rc_pack_next(int fd, int64_t *offset, int64_t size, struct rc_pack_header *ret, struct rc_err *err);
/* Are the bytes behind the header those it names? RC_SKIP when they are not; an error when that cannot be known. */
enum rc_status rc_pack_check(int fd, int64_t offset, const struct rc_pack_header *h, struct rc_err *err);
/* Appends the raw bytes of the object; not verified. */
enum rc_status rc_pack_read(int fd, int64_t offset, const struct rc_pack_header *h, struct rc_buf *out, struct rc_err *err);

#endif
