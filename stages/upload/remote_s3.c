/* remote_s3.c -- s3://bucket/prefix on any server that speaks S3.
 *
 *   s3_open()      URL, credentials, where the bucket is
 *   sign()         each request, for the server's clock
 *   s3_judge()     what answers mean
 *   s3_put()       small objects; manifests only when nobody else wrote them meanwhile
 * Sending many files is in s3_send.c, lists are in s3_list.c. */
#include <stdio.h>
#include <string.h>

#include "core/digest.h"
#include "core/limits.h"
#include "upload/s3.h"
#include "upload/s3_xml.h"

#define SKEW_MATTERS 240.0      /* seconds; servers refuse beyond 900 */

/* ---- signing ------------------------------------------------------------------------------------------------------------ */

static enum rc_status sign(struct http_request *r, struct rc_buf *lines, struct rc_err *err)
{
	struct s3 *s = r->ctx;
	const struct sigv4_identity who = { s->who.access_key, s->who.secret_key, s->who.region, "s3" };
	struct sigv4_pair headers[HTTP_MAX_HEADERS + 4];
	struct sigv4_request what = { .method = r->method, .path = r->path, .query = r->query ? r->query : "", .headers = headers };
	char time_text[SIGV4_TIME];

	sigv4_time(time(NULL) + (time_t)s->skew, time_text);
	what.payload = *r->payload ? r->payload : SIGV4_EMPTY;
	headers[what.n_headers++] = (struct sigv4_pair){ "host", strstr(r->base, "://") + 3 };
	headers[what.n_headers++] = (struct sigv4_pair){ "x-amz-content-sha256", what.payload };
	headers[what.n_headers++] = (struct sigv4_pair){ "x-amz-date", time_text };
	if (s->who.token)
		headers[what.n_headers++] = (struct sigv4_pair){ "x-amz-security-token", s->who.token };
	for (size_t i = 0; i < what.n_headers; i++)
		rc_buf_addf(lines, "%s: %s\n", headers[i].name, headers[i].value);
	for (size_t i = 0; i < HTTP_MAX_HEADERS && r->headers[i].name; i++)
		headers[what.n_headers++] = (struct sigv4_pair){ r->headers[i].name, r->headers[i].value };
	if (!who.access_key)
		return RC_OK;
	rc_buf_adds(lines, "authorization: ");
	if (!sigv4_authorization(lines, &who, &what, time_text))
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_BUG, "it cannot be signed");
	rc_buf_addc(lines, '\n');
	return RC_OK;
}

/* ---- what answers mean ------------------------------------------------------------------------------------------------------ */

/* Errors that S3 names and that may be gone at the next try. */
static bool may_pass(const char *code)
{
	static const char *const codes[] = { "SlowDown", "InternalError", "ServiceUnavailable", "RequestTimeout", "OperationAborted", "BadDigest",
	                                     "XAmzContentSHA256Mismatch", "IncompleteBody", "ConditionalRequestConflict", "Throttling" };

	for (size_t i = 0; i < RC_COUNT(codes); i++)
		if (strcmp(code, codes[i]) == 0)
			return true;
	return false;
}

/* A server's words may hold anything; what we keep secret never leaves through a message. */
static bool holds_secret(const struct s3 *s, const char *text)
{
	return (s->who.secret_key && strstr(text, s->who.secret_key)) || (s->who.token && strstr(text, s->who.token)) ||
	       (s->who.access_key && strstr(text, s->who.access_key));
}

/* A signature for the wrong time is refused: then, once, ours goes by the server's clock. */
static bool set_clock(struct s3 *s, const struct http_answer *a)
{
	double ahead = a->date ? difftime(a->date, time(NULL)) : 0;

	if (a->code != 403 || s->skew_known || (ahead < SKEW_MATTERS && ahead > -SKEW_MATTERS))
		return false;
	s->skew = ahead;
	s->skew_known = true;
	return true;
}

enum http_verdict s3_judge(struct http_request *r, const struct http_answer *a, struct rc_err *err)
{
	struct s3 *s = r->ctx;
	enum http_verdict verdict = http_judge(a, err);
	struct s3_error e = { 0 };
	enum rc_reason why;

	if (verdict == HTTP_GOOD)
		return verdict;
	s3_xml_error(&a->body, &e);
	if (holds_secret(s, e.message) || holds_secret(s, e.code))
		e = (struct s3_error){ .code = "refused" };
	/* What is written cannot be missing: an answer that came twice was taken for this one. */
	if (a->code == 404 && r->body_len && strncmp(e.code, "NoSuch", 6) != 0)
		verdict = HTTP_AGAIN;
	if (set_clock(s, a) || may_pass(e.code))
		verdict = HTTP_AGAIN;
	why = err->reason;
	if (strcmp(e.code, "NoSuchBucket") == 0)
		why = RC_WHY_MISSING;
	if (*a->region && strcmp(a->region, s->who.region) != 0 && (a->code / 100 == 3 || a->code == 400))
		rc_fail(err, RC_RUN_FAILED, RC_WHY_SETTING, "the bucket is in region '%s' (upload.region)", a->region);
	else if (a->code == 403 && !s->who.access_key)
		rc_fail(err, RC_RUN_FAILED, why, "the server answers 403%s%s, and no credentials were found (AWS_ACCESS_KEY_ID or ~/.aws/credentials)",
		        *e.code ? " " : "", e.code);
	else
		rc_fail(err, RC_RUN_FAILED, why, "the server answers %ld%s%s%s%s", a->code, *e.code ? " " : "", e.code, *e.message ? ": " : "", e.message);
	return verdict;
}

/* ---- requests ------------------------------------------------------------------------------------------------------------------ */

void s3_set_query(struct http_request *r, const struct sigv4_pair *pairs, size_t n)
{
	struct rc_buf query = RC_BUF(1 << 14);

	if (!sigv4_query(&query, pairs, n) || !(r->query = rc_buf_take(&query)))
		rc_out_of_memory();
}

struct http_request *s3_bucket_request(struct s3 *s, const char *method, const struct sigv4_pair *pairs, size_t n)
{
	struct http_request *r = web_request(&s->web, method, "");
	struct rc_buf path = RC_BUF(1 << 12);

	free(r->path);
	rc_buf_addf(&path, "%s/", s->bucket_path);
	if (!(r->path = rc_buf_take(&path)))
		rc_out_of_memory();
	s3_set_query(r, pairs, n);
	return r;
}

struct waiting {
	struct http_answer *answer;
	struct rc_err *err;
	enum rc_status status;
	bool over;
};

static enum rc_status note_done(struct http_request *r, const struct http_answer *a, enum rc_status status, const struct rc_err *why, struct rc_err *err)
{
	struct waiting *w = r->user;

	*w->answer = *a;
	w->answer->body = RC_BUF(HTTP_MAX_BODY);
	rc_buf_add(&w->answer->body, a->body.data, a->body.len);
	w->status = status;
	*w->err = *why;
	w->over = true;
	return RC_OK;
}

enum rc_status s3_do(struct s3 *s, struct http_request *r, struct http_answer *ret, struct rc_err *err)
{
	struct rc_err why = { 0 };
	struct waiting w = { ret, &why, RC_OK, false };
	enum rc_status status = RC_OK;

	*ret = (struct http_answer){ .body = RC_BUF(HTTP_MAX_BODY) };
	r->user = &w;
	r->done = note_done;
	http_submit(s->web.http, r);
	while (rc_good(status) && !w.over)
		status = http_step(s->web.http, err);
	if (!w.over)
		http_cancel(s->web.http);       /* it holds what is on our stack */
	if (!rc_good(status))
		return status;
	if (!rc_good(w.status))
		*err = why;
	return w.status;
}

/* ---- reading, and small objects -------------------------------------------------------------------------------------------------- */

static bool is_manifest(const char *path)
{
	size_t len = strlen(path), end = strlen(MANIFEST_FILE);

	return len >= end && strcmp(path + len - end, MANIFEST_FILE) == 0;
}

/* Manifests are remembered as they were when first seen: what is written over them must be written over that. */
static enum rc_status s3_size(void *state, const char *path, int64_t *ret, struct rc_err *err)
{
	struct s3 *s = state;
	enum rc_status status = web_size(state, path, ret, err);

	if (!rc_good(status) || !is_manifest(path))
		return status;
	for (size_t i = 0; i < RC_COUNT(s->looks); i++) {
		if (s->looks[i].path && strcmp(s->looks[i].path, path) == 0)
			return status;
		if (s->looks[i].path)
			continue;
		s->looks[i].path = rc_strdup(path);
		s->looks[i].there = *ret >= 0;
		for (size_t o = 0; o < WEB_OBJECTS; o++)
			if (s->web.objects[o].path && strcmp(s->web.objects[o].path, path) == 0)
				snprintf(s->looks[i].etag, sizeof s->looks[i].etag, "%s", s->web.objects[o].etag);
		return status;
	}
	return status;
}

/* Only over what we saw: nothing, or that very manifest. */
static void add_condition(struct s3 *s, struct http_request *r, const char *path)
{
	for (size_t i = 0; i < RC_COUNT(s->looks) && !s->no_conditions; i++) {
		if (!s->looks[i].path || strcmp(s->looks[i].path, path) != 0)
			continue;
		if (!s->looks[i].there)
			http_header(r, "if-none-match", "*");
		else if (*s->looks[i].etag)
			http_header(r, "if-match", s->looks[i].etag);
	}
}

/* 412: somebody wrote it meanwhile, or our own earlier try did and its answer was lost; who asks looks. 501: no conditions here. */
static enum http_verdict judge_put(struct http_request *r, const struct http_answer *a, struct rc_err *err)
{
	return a->code == 412 || a->code == 501 ? HTTP_GOOD : s3_judge(r, a, err);
}

static enum rc_status put_once(struct s3 *s, const char *path, const void *bytes, size_t len, long *code, struct rc_err *err)
{
	struct http_request *r = web_request(&s->web, "PUT", path);
	struct rc_digest d = rc_digest_of(bytes, len);
	struct http_answer a;
	enum rc_status status;

	rc_digest_hex(&d, r->payload);
	http_header(r, "content-type", "application/json");
	http_header(r, "x-amz-meta-sha256", r->payload);
	add_condition(s, r, path);
	r->doing = "write";
	r->judge = judge_put;
	r->body = rc_alloc(len + 1);
	memcpy(r->body, bytes, len);
	r->body_len = (int64_t)len;
	status = s3_do(s, r, &a, err);
	*code = a.code;
	rc_buf_free(&a.body);
	return status;
}

/* Is the object what we wanted to write? Read anew. */
static enum rc_status is_ours(struct s3 *s, const char *path, const void *bytes, size_t len, bool *ret, struct rc_err *err)
{
	RC_CLEANUP(rc_free) char *there = rc_alloc(len + 1);
	int64_t size = -1;
	enum rc_status status;

	web_forget(&s->web);
	status = web_size(&s->web, path, &size, err);
	*ret = false;
	if (!rc_good(status) || size != (int64_t)len)
		return status;
	status = web_read(&s->web, path, 0, there, len, err);
	*ret = rc_good(status) && memcmp(there, bytes, len) == 0;
	return status;
}

static enum rc_status s3_put(void *state, const char *path, const void *bytes, size_t len, struct rc_err *err)
{
	struct s3 *s = state;
	bool ours = false;
	long code = 0;
	enum rc_status status = put_once(s, path, bytes, len, &code, err);

	if (rc_good(status) && code == 501 && !s->no_conditions) {
		s->no_conditions = true;
		status = put_once(s, path, bytes, len, &code, err);
	}
	if (rc_good(status) && code == 501)
		status = rc_fail(err, RC_RUN_FAILED, RC_WHY_NETWORK, "cannot write '%s/%s': the server answers 501", s->web.shown, path);
	/* Reading may be what goes wrong. */
	for (int i = 0; rc_good(status) && !ours && i < 3; i++)
		status = is_ours(s, path, bytes, len, &ours, err);
	if (!rc_good(status) || ours)
		return status;
	return rc_fail(err, RC_RUN_FAILED, code == 412 ? RC_WHY_BUSY : RC_WHY_NETWORK,
	               code == 412 ? "cannot write '%s/%s': somebody else published there meanwhile; look at it, then run again"
	                           : "'%s/%s' did not arrive as it was sent", s->web.shown, path);
}

/* ---- opening ---------------------------------------------------------------------------------------------------------------------- */

/* "bucket" and "prefix/" of s3://bucket/prefix; false: it is none. */
static bool take_apart(const char *url, char **bucket, char **prefix)
{
	const char *name = url + strlen("s3://"), *rest;
	size_t len = strcspn(name, "/");
	struct rc_buf out = RC_BUF(RC_MAX_NAME);
	size_t end;

	if (len < 3 || len > 63 || strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789.-") < len || !strchr("abcdefghijklmnopqrstuvwxyz0123456789", *name) ||
	    memmem(name, len, "..", 2))
		return false;
	rest = name + len + (name[len] == '/');
	rc_buf_adds(&out, rest);
	for (end = out.len; end && out.data[end - 1] == '/'; end--)
		out.data[end - 1] = '\0';
	out.len = end;
	if (end && !manifest_path_ok(out.data)) {
		rc_buf_free(&out);
		return false;
	}
	if (end)
		rc_buf_addc(&out, '/');
	if (bucket) {
		*bucket = strndup(name, len);
		*prefix = out.len ? rc_buf_take(&out) : rc_strdup("");
	}
	rc_buf_free(&out);
	return true;
}

static enum rc_status s3_check(const char *url, struct rc_err *err)
{
	if (strchr(url + strlen("s3://"), '@'))
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_USAGE, "cannot use a URL with a user or password in it: others on this machine could read it");
	return take_apart(url, NULL, NULL)
	               ? RC_OK
	               : rc_fail(err, RC_RUN_FAILED, RC_WHY_USAGE, "cannot use '%s': not s3://bucket/prefix (bucket of 3 to 63 small letters, digits, '.' and '-'; "
	                         "no part of the prefix empty or beginning with a dot)", url);
}

static void s3_close(void *state)
{
	struct s3 *s = state;

	web_close(&s->web);
	credentials_wipe(&s->who);
	for (size_t i = 0; i < RC_COUNT(s->looks); i++)
		free(s->looks[i].path);
	free(s->bucket);
	free(s->key_prefix);
	free(s->bucket_path);
	free(s);
}

/* "https://host" with or without the bucket before the host, and "/bucket" or "". */
static char *make_base(struct s3 *s)
{
	struct rc_buf base = RC_BUF(1 << 12);
	const char *endpoint = s->who.endpoint, *host;
	char aws[160];

	if (!*endpoint) {
		snprintf(aws, sizeof aws, "https://s3.%s.amazonaws.com%s", s->who.region, strncmp(s->who.region, "cn-", 3) == 0 ? ".cn" : "");
		endpoint = aws;
	}
	host = strstr(endpoint, "://") + 3;
	/* A certificate for *.host fits no name with further dots. */
	if (s->who.path_style || strchr(s->bucket, '.')) {
		rc_buf_adds(&base, endpoint);
		s->bucket_path = rc_alloc(strlen(s->bucket) + 2);
		snprintf(s->bucket_path, strlen(s->bucket) + 2, "/%s", s->bucket);
	} else {
		rc_buf_addf(&base, "%.*s%s.%s", (int)(host - endpoint), endpoint, s->bucket, host);
		s->bucket_path = rc_strdup("");
	}
	return rc_buf_take(&base);
}

static enum rc_status s3_open(const char *url, bool writing, const struct rc_config *cfg, void **state, struct rc_err *err)
{
	struct s3 *s = rc_alloc(sizeof *s);
	struct rc_buf prefix = RC_BUF(1 << 14);
	char *shown = rc_strdup(url);
	enum rc_status status;

	for (size_t len = strlen(shown); len && shown[len - 1] == '/'; )
		shown[--len] = '\0';
	take_apart(url, &s->bucket, &s->key_prefix);
	status = credentials_find(&s->who, cfg, err);
	if (rc_good(status) && writing && !s->who.access_key)
		status = rc_fail(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot publish to '%s': no credentials were found (AWS_ACCESS_KEY_ID and "
		                 "AWS_SECRET_ACCESS_KEY, or ~/.aws/credentials)", url);
	if (rc_good(status)) {
		char *base = make_base(s);

		rc_buf_addf(&prefix, "%s/", s->bucket_path);
		sigv4_encode(&prefix, s->key_prefix, true);
		status = web_open(&s->web, cfg, s->who.ca_file, base, rc_buf_take(&prefix), rc_steal(shown), err);
	}
	s->web.sign = sign;
	s->web.judge = s3_judge;
	free(shown);
	if (rc_good(status))
		*state = s;
	else
		s3_close(s);
	return status;
}

const struct remote_kind remote_s3 = {
	.scheme = "s3://",
	.check = s3_check,
	.open = s3_open,
	.size = s3_size,
	.read = web_read,
	.put = s3_put,
	.send = s3_send,
	.fetch = web_fetch,
	.piece = web_piece,
	.watch = web_watch,
	.forget = web_forget,
	.clean = s3_clean,
	.close = s3_close,
};
