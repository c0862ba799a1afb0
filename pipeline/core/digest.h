/* digest.h -- SHA-256, the name of everything that is kept (OpenSSL EVP behind it). */
#ifndef RC_DIGEST_H
#define RC_DIGEST_H

#include "core/err.h"

struct rc_digest {
	uint8_t bytes[32];
};
#define RC_DIGEST_HEX 65        /* 64 digits and a zero byte */

struct rc_hasher;               /* a digest being computed */

/* Never fails but for memory, on which the program stops with a message. */
struct rc_hasher *rc_hasher_new(void);
void rc_hasher_add(struct rc_hasher *h, const void *bytes, size_t len);
/* Adds the length, then the bytes, so that ("ab","c") differs from ("a","bc"). */
void rc_hasher_add_str(struct rc_hasher *h, const char *string);
void rc_hasher_add_int(struct rc_hasher *h, int64_t number);
/* The digest of what was added so far; h starts again from nothing. */
struct rc_digest rc_hasher_end(struct rc_hasher *h);
/* The digest of what was added so far; more may be added. */
struct rc_digest rc_hasher_now(const struct rc_hasher *h);
void rc_hasher_free(struct rc_hasher **h);

struct rc_digest rc_digest_of(const void *bytes, size_t len);
/* Hashes `len` bytes at `offset` (len < 0: to the end); ret_len may be NULL. A short file is
 * RC_PAGE_FAILED/truncated. Reads with pread; the place of fd does not move. */
enum rc_status rc_digest_fd(int fd, int64_t offset, int64_t len, const char *name,
                            struct rc_digest *ret, int64_t *ret_len, struct rc_err *err);

/* Writes 64 lower-case digits and returns hex. */
char *rc_digest_hex(const struct rc_digest *d, char hex[RC_DIGEST_HEX]);
/* false when the string is not exactly 64 hexadecimal digits. */
bool rc_digest_parse(const char *hex, struct rc_digest *ret);
bool rc_digest_equal(const struct rc_digest *a, const struct rc_digest *b);
bool rc_digest_is_zero(const struct rc_digest *d);

#endif
