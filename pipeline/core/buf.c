/* buf.c -- a growing run of bytes, born with a maximum.
 *
 * While cap is 0, data points at rc_buf_nothing and is not owned. */
#include "core/buf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/text.h"

char rc_buf_nothing[1];

static void fail(struct rc_buf *b)
{
	rc_buf_free(b);
	b->failed = true;
}

/* Makes room for len more bytes and the zero byte; false when the buffer has failed. */
static bool reserve(struct rc_buf *b, size_t len)
{
	if (b->failed)
		return false;
	if (len > b->max || b->len > b->max - len) {
		fail(b);
		return false;
	}
	size_t need = b->len + len + 1;

	if (need <= b->cap)
		return true;
	size_t cap = b->cap < 64 ? 64 : b->cap + b->cap / 2;

	if (cap < need)
		cap = need;
	if (cap > b->max + 1 && b->max + 1 != 0)
		cap = b->max + 1;
	char *data = realloc(b->cap ? b->data : NULL, cap);

	if (!data) {
		fail(b);
		return false;
	}
	b->data = data;
	b->cap = cap;
	return true;
}

void rc_buf_add(struct rc_buf *b, const void *bytes, size_t len)
{
	if (len == 0 || !reserve(b, len))
		return;
	memcpy(b->data + b->len, bytes, len);
	b->len += len;
	b->data[b->len] = '\0';
}

void rc_buf_adds(struct rc_buf *b, const char *string)
{
	rc_buf_add(b, string, strlen(string));
}

void rc_buf_addc(struct rc_buf *b, char c)
{
	rc_buf_add(b, &c, 1);
}

void rc_buf_addf(struct rc_buf *b, const char *fmt, ...)
{
	char small[256];
	va_list args;

	va_start(args, fmt);
	int len = vsnprintf(small, sizeof small, fmt, args);
	va_end(args);
	if (len < 0) {
		fail(b);
	} else if ((size_t)len < sizeof small) {
		rc_buf_add(b, small, (size_t)len);
	} else if (reserve(b, (size_t)len)) {
		va_start(args, fmt);
		vsnprintf(b->data + b->len, (size_t)len + 1, fmt, args);
		va_end(args);
		b->len += (size_t)len;
	}
}

void rc_buf_add_cp(struct rc_buf *b, uint32_t cp)
{
	char bytes[4];

	rc_buf_add(b, bytes, (size_t)rc_utf8_put(cp, bytes));
}

void *rc_buf_grow(struct rc_buf *b, size_t len)
{
	if (!reserve(b, len))
		return NULL;
	char *place = b->data + b->len;

	b->len += len;
	b->data[b->len] = '\0';
	return place;
}

void rc_buf_clear(struct rc_buf *b)
{
	b->len = 0;
	b->failed = false;
	if (b->cap)
		b->data[0] = '\0';
}

enum rc_status rc_buf_check(const struct rc_buf *b, const char *what, struct rc_err *err)
{
	if (!b->failed)
		return RC_OK;
	return rc_fail(err, RC_PAGE_FAILED, RC_WHY_BYTES, "%s is larger than %zu bytes", what, b->max);
}

char *rc_buf_take(struct rc_buf *b)
{
	if (b->failed)
		return NULL;
	char *string = b->cap ? b->data : rc_strdup("");

	*b = RC_BUF(b->max);
	return string;
}

void rc_buf_free(struct rc_buf *b)
{
	if (b->cap)
		free(b->data);
	*b = RC_BUF(b->max);
}

enum rc_status rc_buf_read_fd(struct rc_buf *b, int fd, const char *name, struct rc_err *err)
{
	enum { STEP = 64 << 10 };
	char end;

	for (;;) {
		size_t room = b->max - b->len < STEP ? b->max - b->len : STEP;
		size_t before = b->len;
		char *place = room ? rc_buf_grow(b, room) : &end;

		if (!place)
			break;
		ssize_t got = read(fd, place, room ? room : 1);

		if (room) {
			b->len = before + (got > 0 ? (size_t)got : 0);
			b->data[b->len] = '\0';
		}
		if (got == 0)
			return RC_OK;
		if (got < 0 && errno != EINTR)
			return rc_fail_errno(err, RC_PAGE_FAILED, RC_WHY_UNREADABLE, "cannot read '%s'", name);
		if (got > 0 && !room) {         /* full, and there is still more */
			fail(b);
			break;
		}
	}
	return rc_fail(err, RC_PAGE_FAILED, RC_WHY_BYTES, "cannot read '%s': it is larger than %zu bytes", name, b->max);
}

enum rc_status rc_buf_read_file(struct rc_buf *b, const char *path, struct rc_err *err)
{
	RC_OWN_FD fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct stat st;

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot open '%s'", path);
	if (fd < 0 || fstat(fd, &st) != 0)
		return rc_fail_errno(err, RC_PAGE_FAILED, RC_WHY_UNREADABLE, "cannot open '%s'", path);
	/* One allocation for what fits; a wrong size costs nothing but that. */
	if (S_ISREG(st.st_mode) && st.st_size > 0 && (uint64_t)st.st_size < b->max - b->len &&
	    reserve(b, (size_t)st.st_size + 1))
		b->data[b->len] = '\0';
	return rc_buf_read_fd(b, fd, path, err);
}
