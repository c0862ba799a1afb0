/* sums.c -- several checksums of one file in one reading; a second door to OpenSSL's EVP. */
#include "core/sums.h"

#include <openssl/evp.h>
#include <string.h>
#include <strings.h>

static const struct {
	const char *name;
	size_t digits;
	const EVP_MD *(*evp)(void);
} kinds[RC_SUM_COUNT] = {
	[RC_SUM_MD5] = { "md5", 32, EVP_md5 },
	[RC_SUM_SHA1] = { "sha1", 40, EVP_sha1 },
	[RC_SUM_SHA224] = { "sha224", 56, EVP_sha224 },
	[RC_SUM_SHA256] = { "sha256", 64, EVP_sha256 },
	[RC_SUM_SHA384] = { "sha384", 96, EVP_sha384 },
	[RC_SUM_SHA512] = { "sha512", 128, EVP_sha512 },
};

struct rc_summer {
	EVP_MD_CTX *ctx[RC_SUM_COUNT];          /* owned; NULL: not wanted */
	char hex[RC_SUM_COUNT][RC_SUM_HEX];
};

const char *rc_sum_name(enum rc_sum sum)
{
	return kinds[sum].name;
}

enum rc_sum rc_sum_find(const char *name)
{
	enum rc_sum sum = 0;

	while (sum < RC_SUM_COUNT && strcasecmp(kinds[sum].name, name) != 0)
		sum++;
	return sum;
}

size_t rc_sum_digits(enum rc_sum sum)
{
	return kinds[sum].digits;
}

enum rc_status rc_summer_new(struct rc_summer **ret, unsigned set, struct rc_err *err)
{
	RC_CLEANUP(rc_summer_free) struct rc_summer *s = rc_alloc(sizeof *s);

	for (enum rc_sum i = 0; i < RC_SUM_COUNT; i++) {
		if (!(set & 1u << i))
			continue;
		s->ctx[i] = EVP_MD_CTX_new();
		if (!s->ctx[i])
			rc_out_of_memory();
		if (EVP_DigestInit_ex(s->ctx[i], kinds[i].evp(), NULL) != 1)
			return rc_fail(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot compute %s: OpenSSL does not allow it here", kinds[i].name);
	}
	*ret = rc_steal(s);
	return RC_OK;
}

/* Once it has begun, OpenSSL fails for memory alone. */
static void must(int done)
{
	if (done != 1)
		rc_out_of_memory();
}

void rc_summer_add(struct rc_summer *s, const void *bytes, size_t len)
{
	for (enum rc_sum i = 0; len && i < RC_SUM_COUNT; i++)
		if (s->ctx[i])
			must(EVP_DigestUpdate(s->ctx[i], bytes, len));
}

void rc_summer_end(struct rc_summer *s)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char raw[EVP_MAX_MD_SIZE];
	unsigned len;

	for (enum rc_sum i = 0; i < RC_SUM_COUNT; i++) {
		if (!s->ctx[i])
			continue;
		must(EVP_DigestFinal_ex(s->ctx[i], raw, &len));
		for (unsigned k = 0; k < len; k++) {
			s->hex[i][2 * k] = digits[raw[k] >> 4];
			s->hex[i][2 * k + 1] = digits[raw[k] & 15];
		}
		s->hex[i][2 * len] = '\0';
	}
}

const char *rc_summer_hex(const struct rc_summer *s, enum rc_sum sum)
{
	return s->hex[sum];
}

void rc_summer_again(struct rc_summer *s)
{
	for (enum rc_sum i = 0; i < RC_SUM_COUNT; i++)
		if (s->ctx[i])
			must(EVP_DigestInit_ex(s->ctx[i], kinds[i].evp(), NULL));
}

void rc_summer_free(struct rc_summer **s)
{
	if (!*s)
		return;
	for (enum rc_sum i = 0; i < RC_SUM_COUNT; i++)
		EVP_MD_CTX_free((*s)->ctx[i]);
	free(*s);
	*s = NULL;
}
