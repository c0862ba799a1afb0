/* zstd.c -- whole pieces to zstd frames and back. */
#include "core/zstd.h"

#include <zstd.h>

void rc_zstd_pack(struct rc_buf *out, const void *bytes, size_t len, int level)
{
	size_t before = out->len, room = ZSTD_compressBound(len), got;
	void *to = rc_buf_grow(out, room);

	if (!to)
		return;
	got = ZSTD_compress(to, room, bytes, len, level);
	if (ZSTD_isError(got)) {
		out->failed = true;
		return;
	}
	out->len = before + got;
	out->data[out->len] = '\0';
}

enum rc_status rc_zstd_unpack(struct rc_buf *out, const void *bytes, size_t len, size_t want, struct rc_err *err)
{
	size_t before = out->len, got;
	void *to;

	if (ZSTD_getFrameContentSize(bytes, len) != want)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_DECODE, "cannot unpack: not a zstd frame of %zu bytes", want);
	to = rc_buf_grow(out, want);
	if (!to)
		return rc_buf_check(out, "an unpacked object", err);
	got = ZSTD_decompress(to, want, bytes, len);
	if (got == want)
		return RC_OK;
	out->len = before;
	out->data[before] = '\0';
	return rc_fail(err, RC_PAGE_FAILED, RC_WHY_DECODE, "cannot unpack: %s",
	               ZSTD_isError(got) ? ZSTD_getErrorName(got) : "other length");
}

const char *rc_zstd_version(void)
{
	return ZSTD_versionString();
}
