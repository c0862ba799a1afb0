/* deflate.c -- the door to zlib. */
#include "common/deflate.h"

#include <zlib.h>

enum { LEVEL = 6 };

enum rc_status deflate_add(const void *bytes, size_t len, struct rc_buf *out, struct rc_err *err)
{
	uLongf room = compressBound((uLong)len);
	size_t before = out->len;
	Bytef *to = rc_buf_grow(out, room);

	if (!to || compress2(to, &room, bytes, (uLong)len, LEVEL) != Z_OK)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMORY, "cannot pack %zu bytes: no memory", len);
	out->len = before + room;
	out->data[out->len] = '\0';
	return RC_OK;
}
