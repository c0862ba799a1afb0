/* sigv4.c -- AWS Signature Version 4; the door to OpenSSL's HMAC.
 *
 *   canonical_headers()      what is signed of them, in order
 *   add_canonical()          the request in one normal form
 *   derive()                 the key of a day, a region and a service
 *   sigv4_authorization()    all of it together */
#include "upload/sigv4.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>

#include "core/digest.h"

#define MAX_CANONICAL (1 << 16)         /* bytes: a key of 1,024 bytes encoded, and headers */

/* ---- words of the format ------------------------------------------------------------------------------------ */

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
}

void sigv4_encode(struct rc_buf *out, const char *text, bool keep_slash)
{
	for (; *text; text++)
		if (is_plain(*text) || (*text == '/' && keep_slash))
			rc_buf_addc(out, *text);
		else
			rc_buf_addf(out, "%%%02X", (unsigned)(unsigned char)*text);
}

void sigv4_time(time_t when, char out[SIGV4_TIME])
{
	struct tm t = { 0 };

	gmtime_r(&when, &t);
	strftime(out, SIGV4_TIME, "%Y%m%dT%H%M%SZ", &t);
}

static int compare_strings(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

bool sigv4_query(struct rc_buf *out, const struct sigv4_pair *pairs, size_t n)
{
	char *encoded[SIGV4_MAX_PAIRS];
	bool good = n <= SIGV4_MAX_PAIRS;

	for (size_t i = 0; good && i < n; i++) {
		struct rc_buf one = RC_BUF(MAX_CANONICAL);

		/* '=' is encoded in names, so that the order of "name=value" is the order by name, then by value: but "a-=1" goes before
		 * "a=1" in bytes while the name "a" goes first. A byte below all others between name and value settles it. */
		sigv4_encode(&one, pairs[i].name, false);
		rc_buf_addc(&one, '\x01');
		sigv4_encode(&one, pairs[i].value, false);
		encoded[i] = rc_buf_take(&one);
		if (!encoded[i])
			rc_out_of_memory();
	}
	if (!good)
		return false;
	qsort(encoded, n, sizeof *encoded, compare_strings);
	for (size_t i = 0; i < n; i++) {
		*strchr(encoded[i], '\x01') = '=';
		rc_buf_addf(out, "%s%s", i ? "&" : "", encoded[i]);
		free(encoded[i]);
	}
	return !out->failed;
}

/* ---- the request in its normal form ---------------------------------------------------------------------------- */

/* A header's value without white space around it, and with one space for each run inside. */
static void add_trimmed(struct rc_buf *out, const char *value)
{
	bool space = false;

	value += strspn(value, " \t");
	for (; *value; value++) {
		if (*value == ' ' || *value == '\t') {
			space = true;
			continue;
		}
		if (space)
			rc_buf_addc(out, ' ');
		space = false;
		rc_buf_addc(out, *value);
	}
}

/* By name; equal names stay in their order, for their values are joined in it. */
static int compare_headers(const void *a, const void *b)
{
	const struct sigv4_pair *const *x = a, *const *y = b;
	int order = strcmp((*x)->name, (*y)->name);

	return order ? order : (*x > *y) - (*x < *y);
}

/* lines: "name:value\n" each; names: "host;x-amz-date". */
static bool canonical_headers(const struct sigv4_request *r, struct rc_buf *lines, struct rc_buf *names)
{
	const struct sigv4_pair *sorted[SIGV4_MAX_PAIRS];

	if (r->n_headers > SIGV4_MAX_PAIRS)
		return false;
	for (size_t i = 0; i < r->n_headers; i++)
		sorted[i] = &r->headers[i];
	qsort(sorted, r->n_headers, sizeof *sorted, compare_headers);
	for (size_t i = 0; i < r->n_headers; i++) {
		bool again = i > 0 && strcmp(sorted[i]->name, sorted[i - 1]->name) == 0;

		if (again)
			lines->data[lines->len - 1] = ',';
		else
			rc_buf_addf(lines, "%s:", sorted[i]->name);
		add_trimmed(lines, sorted[i]->value);
		rc_buf_addc(lines, '\n');
		if (!again)
			rc_buf_addf(names, "%s%s", i ? ";" : "", sorted[i]->name);
	}
	return !lines->failed && !names->failed;
}

static struct rc_digest canonical_digest(const struct sigv4_request *r, const char *header_lines, const char *header_names)
{
	RC_OWN_BUF canonical = RC_BUF(2 * MAX_CANONICAL);

	rc_buf_addf(&canonical, "%s\n%s\n%s\n%s\n%s\n%s", r->method, r->path, r->query, header_lines, header_names, r->payload);
	return rc_digest_of(canonical.data, canonical.len);
}

/* ---- the signature ----------------------------------------------------------------------------------------------- */

static void hmac(const void *key, size_t key_len, const char *text, unsigned char out[32])
{
	unsigned len = 32;

	if (!HMAC(EVP_sha256(), key, (int)key_len, (const unsigned char *)text, strlen(text), out, &len))
		rc_out_of_memory();
}

static void derive(const struct sigv4_identity *who, const char *day, unsigned char key[32])
{
	char start[4 + SIGV4_MAX_SECRET];
	unsigned char step[32];
	int len = snprintf(start, sizeof start, "AWS4%s", who->secret_key);

	hmac(start, (size_t)len, day, key);
	OPENSSL_cleanse(start, sizeof start);
	memcpy(step, key, sizeof step);
	hmac(step, sizeof step, who->region, key);
	memcpy(step, key, sizeof step);
	hmac(step, sizeof step, who->service, key);
	memcpy(step, key, sizeof step);
	hmac(step, sizeof step, "aws4_request", key);
	OPENSSL_cleanse(step, sizeof step);
}

bool sigv4_authorization(struct rc_buf *out, const struct sigv4_identity *who, const struct sigv4_request *what, const char *time)
{
	RC_OWN_BUF lines = RC_BUF(MAX_CANONICAL);
	RC_OWN_BUF names = RC_BUF(MAX_CANONICAL);
	RC_OWN_BUF scope = RC_BUF(1 << 10);
	RC_OWN_BUF to_sign = RC_BUF(1 << 12);
	unsigned char key[32], signature[32];
	struct rc_digest canonical;
	char day[9], hex[RC_DIGEST_HEX];

	if (strlen(time) != SIGV4_TIME - 1 || strlen(who->secret_key) >= SIGV4_MAX_SECRET || !canonical_headers(what, &lines, &names))
		return false;
	memcpy(day, time, 8);
	day[8] = '\0';
	canonical = canonical_digest(what, lines.data, names.data);
	rc_buf_addf(&scope, "%s/%s/%s/aws4_request", day, who->region, who->service);
	rc_buf_addf(&to_sign, "AWS4-HMAC-SHA256\n%s\n%s\n%s", time, scope.data, rc_digest_hex(&canonical, hex));
	derive(who, day, key);
	hmac(key, sizeof key, to_sign.data, signature);
	OPENSSL_cleanse(key, sizeof key);
	memcpy(canonical.bytes, signature, sizeof signature);
	rc_buf_addf(out, "AWS4-HMAC-SHA256 Credential=%s/%s,SignedHeaders=%s,Signature=%s", who->access_key, scope.data, names.data,
	            rc_digest_hex(&canonical, hex));
	return !out->failed && !to_sign.failed && !scope.failed;
}
