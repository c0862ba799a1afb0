/* pack.c -- the objects in one pack, told by its own headers.
 *
 *   rc_pack_header_...   making and reading a header
 *   rc_pack_next()       walks a pack, over whatever is no object
 *   rc_pack_check()      is an object what its header says? */
#include "run/pack.h"

#include <endian.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "core/limits.h"
#include "core/outfile.h"
#include "core/zstd.h"

enum { WINDOW = 1 << 20 };
static const char magic[8] = "RCOBJ\1\r\n";

struct rc_pack_header rc_pack_header_make(const char *kind, uint32_t flags, int64_t raw_len, int64_t stored_len, const struct rc_digest *d)
{
	struct rc_pack_header h = {
		.flags = htole32(flags), .raw_len = htole64((uint64_t)raw_len), .stored_len = htole64((uint64_t)stored_len), .digest = *d,
	};

	memcpy(h.magic, magic, sizeof h.magic);
	memcpy(h.kind, kind, strnlen(kind, sizeof h.kind));
	return h;
}

bool rc_pack_header_read(int fd, int64_t offset, int64_t size, struct rc_pack_header *ret)
{
	struct rc_pack_header h;

	if (offset + (int64_t)sizeof h > size || pread(fd, &h, sizeof h, offset) != (ssize_t)sizeof h
	    || memcmp(h.magic, magic, sizeof magic) != 0)
		return false;
	h.flags = le32toh(h.flags);
	h.raw_len = le64toh(h.raw_len);
	h.stored_len = le64toh(h.stored_len);
	if (h.raw_len > (uint64_t)RC_MAX_SCAN_BYTES || h.stored_len > (uint64_t)(size - offset - (int64_t)sizeof h)
	    || (!(h.flags & RC_PACK_ZSTD) && h.raw_len != h.stored_len))
		return false;
	*ret = h;
	return true;
}

enum rc_status rc_pack_read(int fd, int64_t offset, const struct rc_pack_header *h, struct rc_buf *out, struct rc_err *err)
{
	RC_OWN_BUF stored = RC_BUF(RC_MAX_SCAN_BYTES);
	struct rc_buf *to = h->flags & RC_PACK_ZSTD ? &stored : out;
	size_t len = h->stored_len;
	char *bytes = rc_buf_grow(to, len);

	if (!bytes && len)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_BUG, "cannot read an object of %zu bytes: no memory", len);
	if (!rc_read_all(fd, bytes, len, offset + (int64_t)sizeof *h)) {
		if (errno)
			return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_DISK, "cannot read an object");
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_CHANGED, "cannot read an object: its pack ends too early");
	}
	return h->flags & RC_PACK_ZSTD ? rc_zstd_unpack(out, stored.data, stored.len, h->raw_len, err) : RC_OK;
}

enum rc_status rc_pack_check(int fd, int64_t offset, const struct rc_pack_header *h, struct rc_err *err)
{
	RC_OWN_BUF raw = RC_BUF(RC_MAX_RESULT_BYTES);
	enum rc_status status;
	struct rc_digest d;

	if (!(h->flags & RC_PACK_ZSTD)) {
		status = rc_digest_fd(fd, offset + (int64_t)sizeof *h, (int64_t)h->raw_len, "object", &d, NULL, err);
	} else {
		if (h->raw_len > (uint64_t)RC_MAX_RESULT_BYTES)
			return RC_SKIP;
		status = rc_pack_read(fd, offset, h, &raw, err);
		d = rc_digest_of(raw.data, raw.len);
	}
	if (status == RC_RUN_FAILED)
		return status;
	return rc_good(status) && rc_digest_equal(&d, &h->digest) ? RC_OK : RC_SKIP;
}

/* Moves *offset to the next magic at or after it; to size when there is none. */
static enum rc_status find_magic(int fd, int64_t *offset, int64_t size, struct rc_err *err)
{
	RC_OWN_STR window = rc_alloc(WINDOW);

	while (*offset < size) {
		ssize_t n = pread(fd, window, WINDOW, *offset);
		char *hit = n > 0 ? memmem(window, (size_t)n, magic, sizeof magic) : NULL;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_DISK, "cannot read a pack");
		if (hit) {
			*offset += hit - window;
			return RC_OK;
		}
		if (n < (ssize_t)sizeof magic)
			break;
		*offset += n - (ssize_t)sizeof magic + 1;
	}
	*offset = size;
	return RC_OK;
}

enum rc_status rc_pack_next(int fd, int64_t *offset, int64_t size, struct rc_pack_header *ret, struct rc_err *err)
{
	enum rc_status status;

	for (;; (*offset)++) {
		if (rc_pack_header_read(fd, *offset, size, ret))
			return RC_OK;
		status = find_magic(fd, offset, size, err);
		if (!rc_good(status))
			return status;
		if (*offset >= size)
			return RC_SKIP;
		if (rc_pack_header_read(fd, *offset, size, ret))
			return RC_OK;
	}
}

int64_t rc_pack_object_bytes(const struct rc_pack_header *h)
{
	return (int64_t)sizeof *h + (int64_t)h->stored_len;
}
