/* deflate.h -- the door to zlib: bytes packed as other formats (PDF) want them. */
#ifndef COMMON_DEFLATE_H
#define COMMON_DEFLATE_H

#include "core/buf.h"

/* Appends len bytes in the zlib format (RFC 1950). The same bytes give the same result with one version of zlib. */
enum rc_status deflate_add(const void *bytes, size_t len, struct rc_buf *out, struct rc_err *err);

#endif
