/* buf.h -- a growing run of bytes, born with a maximum.
 *
 * Initialise with RC_BUF(max). Adding beyond max, or without memory, sets
 * `failed` and drops the data from then on, so that a chain of calls needs
 * one check at its end. `data` is always terminated by a zero byte that
 * `len` does not count; it is "" and not NULL while nothing was added. */
#ifndef RC_BUF_H
#define RC_BUF_H

#include "core/err.h"

struct rc_buf {
	char *data;      /* owned when cap > 0 */
	size_t len, cap, max;
	bool failed;
};

extern char rc_buf_nothing[1];
#define RC_BUF(maximum) ((struct rc_buf){ .data = rc_buf_nothing, .max = (maximum) })

void rc_buf_add(struct rc_buf *b, const void *bytes, size_t len);
void rc_buf_adds(struct rc_buf *b, const char *string);
void rc_buf_addc(struct rc_buf *b, char c);
void rc_buf_addf(struct rc_buf *b, const char *fmt, ...) RC_PRINTF(2, 3);
/* Appends the code point as UTF-8; U+FFFD for what is no scalar value. */
void rc_buf_add_cp(struct rc_buf *b, uint32_t cp);
/* Room for len more bytes at the end, uninitialised; NULL when that fails. */
void *rc_buf_grow(struct rc_buf *b, size_t len);
/* Empties it and keeps its memory. */
void rc_buf_clear(struct rc_buf *b);
/* RC_OK, or RC_PAGE_FAILED/bytes "WHAT is larger than N bytes". */
enum rc_status rc_buf_check(const struct rc_buf *b, const char *what, struct rc_err *err);
/* The bytes as a string that the caller frees; the buffer is empty afterwards. NULL if failed. */
char *rc_buf_take(struct rc_buf *b);
void rc_buf_free(struct rc_buf *b);
#define RC_OWN_BUF RC_CLEANUP(rc_buf_free) struct rc_buf

/* Appends all of fd, from its current place to its end. EINTR is retried. */
enum rc_status rc_buf_read_fd(struct rc_buf *b, int fd, const char *name, struct rc_err *err);
/* Appends all of a file. A missing file: RC_RUN_FAILED/missing. */
enum rc_status rc_buf_read_file(struct rc_buf *b, const char *path, struct rc_err *err);

#endif
