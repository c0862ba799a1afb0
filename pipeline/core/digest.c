/* digest.c -- SHA-256; the door to OpenSSL's EVP. */
#include "core/digest.h"

#include <errno.h>
#include <openssl/evp.h>
#include <string.h>
#include <unistd.h>

struct rc_hasher {
	EVP_MD_CTX *ctx;
};

/* OpenSSL fails here only without memory, or when SHA-256 was taken out of it. */
static void start(struct rc_hasher *h)
{
	if (!h->ctx || EVP_DigestInit_ex(h->ctx, EVP_sha256(), NULL) != 1)
		rc_out_of_memory();
}

struct rc_hasher *rc_hasher_new(void)
{
	struct rc_hasher *h = rc_alloc(sizeof *h);

	h->ctx = EVP_MD_CTX_new();
	start(h);
	return h;
}

void rc_hasher_add(struct rc_hasher *h, const void *bytes, size_t len)
{
	if (len && EVP_DigestUpdate(h->ctx, bytes, len) != 1)
		rc_out_of_memory();
}

void rc_hasher_add_int(struct rc_hasher *h, int64_t number)
{
	uint64_t rest = (uint64_t)number;
	uint8_t bytes[8];               /* low byte first on every machine */

	for (unsigned i = 0; i < sizeof bytes; i++, rest >>= 8)
		bytes[i] = (uint8_t)rest;
	rc_hasher_add(h, bytes, sizeof bytes);
}

void rc_hasher_add_str(struct rc_hasher *h, const char *string)
{
	size_t len = strlen(string);

	rc_hasher_add_int(h, (int64_t)len);
	rc_hasher_add(h, string, len);
}

struct rc_digest rc_hasher_end(struct rc_hasher *h)
{
	struct rc_digest d;

	if (EVP_DigestFinal_ex(h->ctx, d.bytes, NULL) != 1)
		rc_out_of_memory();
	start(h);
	return d;
}

struct rc_digest rc_hasher_now(const struct rc_hasher *h)
{
	struct rc_hasher copy = { .ctx = EVP_MD_CTX_new() };
	struct rc_digest d;

	if (!copy.ctx || EVP_MD_CTX_copy_ex(copy.ctx, h->ctx) != 1 || EVP_DigestFinal_ex(copy.ctx, d.bytes, NULL) != 1)
		rc_out_of_memory();
	EVP_MD_CTX_free(copy.ctx);
	return d;
}

void rc_hasher_free(struct rc_hasher **h)
{
	if (!*h)
		return;
	EVP_MD_CTX_free((*h)->ctx);
	free(*h);
	*h = NULL;
}

struct rc_digest rc_digest_of(const void *bytes, size_t len)
{
	RC_CLEANUP(rc_hasher_free) struct rc_hasher *h = rc_hasher_new();

	rc_hasher_add(h, bytes, len);
	return rc_hasher_end(h);
}

enum rc_status rc_digest_fd(int fd, int64_t offset, int64_t len, const char *name,
                            struct rc_digest *ret, int64_t *ret_len, struct rc_err *err)
{
	enum { STEP = 128 << 10 };
	RC_CLEANUP(rc_hasher_free) struct rc_hasher *h = rc_hasher_new();
	RC_CLEANUP(rc_free) char *step = rc_alloc(STEP);
	int64_t done = 0;

	while (len < 0 || done < len) {
		size_t want = len < 0 || len - done > STEP ? STEP : (size_t)(len - done);
		ssize_t got = pread(fd, step, want, offset + done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return rc_fail_errno(err, RC_PAGE_FAILED, RC_WHY_UNREADABLE, "cannot read '%s'", name);
		if (got == 0 && len >= 0)
			return rc_fail(err, RC_PAGE_FAILED, RC_WHY_TRUNCATED,
			               "cannot read '%s': it ends %lld bytes early", name, (long long)(len - done));
		if (got == 0)
			break;
		rc_hasher_add(h, step, (size_t)got);
		done += got;
	}
	*ret = rc_hasher_end(h);
	if (ret_len)
		*ret_len = done;
	return RC_OK;
}

char *rc_digest_hex(const struct rc_digest *d, char hex[RC_DIGEST_HEX])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < sizeof d->bytes; i++) {
		hex[2 * i] = digits[d->bytes[i] >> 4];
		hex[2 * i + 1] = digits[d->bytes[i] & 15];
	}
	hex[2 * sizeof d->bytes] = '\0';
	return hex;
}

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool rc_digest_parse(const char *hex, struct rc_digest *ret)
{
	struct rc_digest d;

	for (size_t i = 0; i < sizeof d.bytes; i++) {
		int high = digit_value(hex[2 * i]);
		int low = high < 0 ? -1 : digit_value(hex[2 * i + 1]);

		if (low < 0)
			return false;
		d.bytes[i] = (uint8_t)(high << 4 | low);
	}
	if (hex[2 * sizeof d.bytes] != '\0')
		return false;
	*ret = d;
	return true;
}

bool rc_digest_equal(const struct rc_digest *a, const struct rc_digest *b)
{
	return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

bool rc_digest_is_zero(const struct rc_digest *d)
{
	static const struct rc_digest zero;

	return rc_digest_equal(d, &zero);
}
