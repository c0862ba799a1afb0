/* ustar.h -- members of a plain USTAR archive (POSIX.1-1988), written the same every time and read with distrust.
 *
 * Owner and group are 0 without names, the mode is 0444, the time is 0: only name and content decide the bytes. No
 * extension headers, because some loaders refuse them; names are at most 100 bytes. */
#ifndef PACKAGE_USTAR_H
#define PACKAGE_USTAR_H

#include "core/buf.h"

#define USTAR_BLOCK 512
#define USTAR_MAX_NAME 100
#define USTAR_END_BYTES (2 * USTAR_BLOCK)       /* zeros after the last member */

/* Bytes that a member takes: header, content, padding. */
static inline int64_t ustar_member_bytes(int64_t size)
{
	return USTAR_BLOCK + (size + USTAR_BLOCK - 1) / USTAR_BLOCK * USTAR_BLOCK;
}
/* false when the name is too long or the size is 8 GiB or more. */
bool ustar_header(const char *name, int64_t size, uint8_t block[USTAR_BLOCK]);
/* Reads a header as we write them. name gets up to USTAR_MAX_NAME bytes and a zero. RC_SKIP for the zero block at the end;
 * RC_PAGE_FAILED/format for anything else. */
enum rc_status ustar_parse(const uint8_t block[USTAR_BLOCK], char name[USTAR_MAX_NAME + 1], int64_t *size, struct rc_err *err);

#endif
