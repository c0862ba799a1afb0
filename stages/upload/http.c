/* http.c -- the door to libcurl: its multi interface, and when to try again.
 *
 *   on_header(), on_body(), on_send()    libcurl asks for and brings bytes; the pace may make them wait
 *   begin(), set_up()                    one try of a request
 *   finish_try(), try_again()            what came of it
 *   http_step()                          everything moves a little */
#include "upload/http.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "core/version.h"

#define MAX_ERROR_BODY (64 << 10)       /* bytes of an answer that is an error; the rest is not waited for */
#define WAIT_MS 100                     /* the longest time between two looks at the wish to stop */
#define FIRST_WAIT 0.1                  /* seconds before the second try; doubles up to */
#define LONGEST_WAIT 20.0
#define LONGEST_RETRY_AFTER 60.0        /* what a server may ask for */
#define ENOUGH_PROGRESS (256 << 10)     /* bytes of a download after which tries are counted anew */
#define CONNECT_SECONDS 20L
#define BUFFER (256L << 10)

enum state { QUEUED, FLYING, WAITING };

struct transfer {
	struct http_request *r;
	struct http *h;
	enum state state;
	CURL *easy;
	struct curl_slist *lines;
	struct http_answer answer;
	struct rc_err err;              /* what our own functions said in the middle of it */
	enum rc_status failed;
	double not_before, moved_at;    /* seconds of the monotonic clock */
	int64_t skip;                   /* bytes to forget: the server knows no ranges */
	int64_t got, got_at_start;      /* bytes given to bytes() in all tries; before this one */
	char etag[200];                 /* of the answer that brought the last of them */
	bool headed;                    /* the answer's head is whole */
	int64_t sent;                   /* of the body, in this try */
	bool paused, counted, enough;
	char said[CURL_ERROR_SIZE];
};

struct http {
	CURLM *multi;
	struct http_settings s;
	char *ca_file;
	struct http_watch watch;
	struct transfer **all;          /* in the order of submission */
	int n, room, flying;
	unsigned first;                 /* who is woken first, in turn */
	enum rc_status failed;
	struct rc_err err;
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- requests -------------------------------------------------------------------------------------------------------- */

struct http_request *http_request_new(void)
{
	return rc_alloc(sizeof(struct http_request));
}

void http_header(struct http_request *r, const char *name, const char *value)
{
	for (size_t i = 0; i < HTTP_MAX_HEADERS; i++)
		if (!r->headers[i].name) {
			r->headers[i].name = name;
			r->headers[i].value = rc_strdup(value);
			return;
		}
}

static void request_free(struct http_request *r)
{
	for (size_t i = 0; i < HTTP_MAX_HEADERS; i++)
		free(r->headers[i].value);
	free(r->path);
	free(r->query);
	free(r->name);
	free(r->body);
	free(r);
}

static void answer_reset(struct http_answer *a)
{
	rc_buf_free(&a->body);
	*a = (struct http_answer){ .length = -1, .range_from = -1, .range_total = -1, .body = RC_BUF(HTTP_MAX_BODY) };
}

enum http_verdict http_judge(const struct http_answer *a, struct rc_err *err)
{
	if (a->code >= 200 && a->code < 300)
		return HTTP_GOOD;
	rc_fail(err, RC_RUN_FAILED, a->code == 401 || a->code == 403 ? RC_WHY_MISSING : RC_WHY_NETWORK,
	        a->code >= 300 && a->code < 400 ? "the server redirects elsewhere (%ld), which is not followed" : "the server answers %ld", a->code);
	return a->code == 408 || a->code == 429 || (a->code >= 500 && a->code != 501 && a->code != 505) ? HTTP_AGAIN : HTTP_BAD;
}

/* ---- what libcurl asks and brings ------------------------------------------------------------------------------------ */

static void count(struct transfer *t, int64_t bytes)
{
	t->moved_at = now();
	pace_spend(t->h->s.pace, bytes > 0 ? bytes : 0);
	if (t->h->watch.moved)
		t->h->watch.moved(t->h->watch.ctx, bytes);
}

/* The value, when the line is this header. */
static bool is_header(const char *line, size_t len, const char *name, char *value, size_t size)
{
	size_t n = strlen(name);

	if (len <= n || strncasecmp(line, name, n) != 0 || line[n] != ':')
		return false;
	for (n++; n < len && (line[n] == ' ' || line[n] == '\t'); n++)
		;
	while (len > n && strchr(" \t\r\n", line[len - 1]))
		len--;
	snprintf(value, size, "%.*s", (int)(len - n), line + n);
	return true;
}

static int64_t parse_int(const char *text)
{
	char *end;
	long long n;

	errno = 0;
	n = strtoll(text, &end, 10);
	return errno || end == text || *end || n < 0 ? -1 : (int64_t)n;
}

static size_t on_header(char *line, size_t size, size_t n, void *ctx)
{
	struct transfer *t = ctx;
	struct http_answer *a = &t->answer;
	char value[300];
	long long from, to;

	n *= size;
	t->moved_at = now();
	t->headed = n == 2 && memcmp(line, "\r\n", 2) == 0;
	if (n > 5 && strncasecmp(line, "HTTP/", 5) == 0)
		answer_reset(a);        /* of 100 Continue nothing stays */
	else if (is_header(line, n, "content-length", value, sizeof value))
		a->length = parse_int(value);
	else if (is_header(line, n, "content-range", value, sizeof value)) {
		const char *total = strchr(value, '/');

		a->range_total = total ? parse_int(total + 1) : -1;
		a->range_from = sscanf(value, "bytes %lld-%lld", &from, &to) == 2 ? from : -1;
	} else if (is_header(line, n, "retry-after", value, sizeof value))
		a->retry_after = (double)parse_int(value);
	else if (is_header(line, n, "date", value, sizeof value))
		a->date = curl_getdate(value, NULL) > 0 ? curl_getdate(value, NULL) : 0;
	else if (!is_header(line, n, "etag", a->etag, sizeof a->etag) && !is_header(line, n, "x-amz-meta-sha256", a->digest, sizeof a->digest))
		is_header(line, n, "x-amz-bucket-region", a->region, sizeof a->region);
	return n;
}

/* The first bytes of a 2xx answer to a ranged request: is it what was asked for? */
static bool check_range(struct transfer *t)
{
	struct http_request *r = t->r;

	if (t->answer.code == 206) {
		if (t->answer.range_from != r->from + t->got)
			t->failed = rc_fail(&t->err, RC_RETRY, RC_WHY_NETWORK, "the server sends another range than the one asked for");
	} else {
		t->skip = r->from + t->got;
	}
	return rc_good(t->failed);
}

/* Bytes of a download in order; those before and after what was asked for are forgotten. */
static bool give_range(struct transfer *t, const char *bytes, size_t len)
{
	struct http_request *r = t->r;
	size_t drop = (int64_t)len < t->skip ? len : (size_t)t->skip;

	if (drop) {             /* they went over the line all the same */
		t->moved_at = now();
		pace_spend(t->h->s.pace, (int64_t)drop);
	}
	t->skip -= (int64_t)drop;
	bytes += drop;
	len -= drop;
	if ((int64_t)len > r->len - t->got) {
		len = (size_t)(r->len - t->got);
		t->enough = true;
	}
	if (len == 0)
		return !t->enough;
	t->failed = r->bytes(r, r->from + t->got, bytes, len, &t->err);
	if (!rc_good(t->failed))
		return false;
	t->got += (int64_t)len;
	memcpy(t->etag, t->answer.etag, sizeof t->etag);
	count(t, (int64_t)len);
	return !t->enough;
}

static size_t on_body(char *bytes, size_t size, size_t n, void *ctx)
{
	struct transfer *t = ctx;
	bool good;

	n *= size;
	if (!t->counted) {
		t->counted = true;
		curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &t->answer.code);
		if (t->answer.code / 100 == 2 && t->r->ranged && !check_range(t))
			return 0;
	}
	good = t->answer.code / 100 == 2;
	if (good && t->r->bytes) {
		if (!pace_ready(t->h->s.pace, now())) {
			t->paused = true;
			return CURL_WRITEFUNC_PAUSE;
		}
		return give_range(t, bytes, n) ? n : 0;
	}
	t->moved_at = now();
	if (!good && t->answer.body.len + n > MAX_ERROR_BODY) {
		t->enough = true;
		return 0;
	}
	rc_buf_add(&t->answer.body, bytes, n);
	if (t->answer.body.failed)
		t->failed = rc_fail(&t->err, RC_RUN_FAILED, RC_WHY_NETWORK, "the answer is larger than %d bytes", HTTP_MAX_BODY);
	return t->answer.body.failed ? 0 : n;
}

static size_t on_send(char *bytes, size_t size, size_t n, void *ctx)
{
	struct transfer *t = ctx;
	struct http_request *r = t->r;

	n *= size;
	if ((int64_t)n > r->body_len - t->sent)
		n = (size_t)(r->body_len - t->sent);
	if (n == 0)
		return 0;
	if (!pace_ready(t->h->s.pace, now())) {
		t->paused = true;
		return CURL_READFUNC_PAUSE;
	}
	n = pace_step(t->h->s.pace, n);
	if (r->body)
		memcpy(bytes, r->body + t->sent, n);
	else
		t->failed = r->body_read(r, t->sent, bytes, n, &t->err);
	if (!rc_good(t->failed))
		return CURL_READFUNC_ABORT;
	t->sent += (int64_t)n;
	count(t, (int64_t)n);
	return n;
}

/* libcurl found a kept connection closed and begins again on another. */
static int on_rewind(void *ctx, curl_off_t offset, int origin)
{
	struct transfer *t = ctx;

	if (origin != SEEK_SET || offset < 0 || offset > t->r->body_len)
		return CURL_SEEKFUNC_FAIL;
	count(t, (int64_t)offset - t->sent);
	t->sent = (int64_t)offset;
	return CURL_SEEKFUNC_OK;
}

/* ---- one try ------------------------------------------------------------------------------------------------------------ */

static void add_line(struct transfer *t, const char *line)
{
	struct curl_slist *longer = curl_slist_append(t->lines, line);

	if (!longer)
		rc_out_of_memory();
	t->lines = longer;
}

static enum rc_status set_headers(struct transfer *t, struct rc_err *err)
{
	struct http_request *r = t->r;
	RC_OWN_BUF signs = RC_BUF(1 << 16);
	RC_OWN_BUF line = RC_BUF(1 << 16);
	enum rc_status status = r->sign ? r->sign(r, &signs, err) : RC_OK;

	if (!rc_good(status))
		return status;
	for (size_t i = 0; i < HTTP_MAX_HEADERS && r->headers[i].name; i++) {
		rc_buf_clear(&line);
		rc_buf_addf(&line, "%s: %s", r->headers[i].name, r->headers[i].value);
		add_line(t, line.data);
	}
	for (char *at = signs.data, *end; (end = strchr(at, '\n')); at = end + 1) {
		*end = '\0';
		add_line(t, at);
	}
	if (r->ranged) {
		rc_buf_clear(&line);
		rc_buf_addf(&line, "Range: bytes=%lld-%lld", (long long)(r->from + t->got), (long long)(r->from + r->len - 1));
		add_line(t, line.data);
	}
	add_line(t, "Expect:");
	if (signs.cap)
		explicit_bzero(signs.data, signs.cap);
	return RC_OK;
}

static void set_method(struct transfer *t)
{
	const char *method = t->r->method;

	curl_easy_setopt(t->easy, CURLOPT_FRESH_CONNECT, (long)t->r->fresh);
	curl_easy_setopt(t->easy, CURLOPT_FORBID_REUSE, (long)t->r->fresh);
	if (strcmp(method, "HEAD") == 0) {
		curl_easy_setopt(t->easy, CURLOPT_NOBODY, 1L);
	} else if (strcmp(method, "PUT") == 0) {
		curl_easy_setopt(t->easy, CURLOPT_UPLOAD, 1L);
		curl_easy_setopt(t->easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)t->r->body_len);
	} else if (strcmp(method, "POST") == 0) {
		curl_easy_setopt(t->easy, CURLOPT_POST, 1L);
		curl_easy_setopt(t->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)t->r->body_len);
	} else if (strcmp(method, "GET") != 0) {
		curl_easy_setopt(t->easy, CURLOPT_CUSTOMREQUEST, method);
	}
}

static enum rc_status set_up(struct transfer *t, struct rc_err *err)
{
	struct http_request *r = t->r;
	RC_OWN_BUF url = RC_BUF(1 << 16);
	enum rc_status status = set_headers(t, err);

	rc_buf_addf(&url, "%s%s%s%s", r->base, r->path, r->query && *r->query ? "?" : "", r->query ? r->query : "");
	if (!rc_good(status) || url.failed)
		return rc_good(status) ? rc_fail(err, RC_RUN_FAILED, RC_WHY_USAGE, "its URL is too long") : status;
	curl_easy_setopt(t->easy, CURLOPT_URL, url.data);
	curl_easy_setopt(t->easy, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(t->easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(t->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(t->easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(t->easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(t->easy, CURLOPT_TCP_KEEPALIVE, 1L);
	curl_easy_setopt(t->easy, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
	curl_easy_setopt(t->easy, CURLOPT_BUFFERSIZE, BUFFER);
	curl_easy_setopt(t->easy, CURLOPT_UPLOAD_BUFFERSIZE, BUFFER);
	curl_easy_setopt(t->easy, CURLOPT_USERAGENT, "redcorpus/" RC_VERSION);
	curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->lines);
	curl_easy_setopt(t->easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(t->easy, CURLOPT_HEADERDATA, t);
	curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(t->easy, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(t->easy, CURLOPT_READFUNCTION, on_send);
	curl_easy_setopt(t->easy, CURLOPT_READDATA, t);
	curl_easy_setopt(t->easy, CURLOPT_SEEKFUNCTION, on_rewind);
	curl_easy_setopt(t->easy, CURLOPT_SEEKDATA, t);
	curl_easy_setopt(t->easy, CURLOPT_ERRORBUFFER, t->said);
	curl_easy_setopt(t->easy, CURLOPT_PRIVATE, t);
	/* A connection on which something went wrong may hold more of it. */
	curl_easy_setopt(t->easy, CURLOPT_FRESH_CONNECT, r->tries > 1 ? 1L : 0L);
	if (*t->h->ca_file)
		curl_easy_setopt(t->easy, CURLOPT_CAINFO, t->h->ca_file);
	set_method(t);
	return RC_OK;
}

static void end_try(struct transfer *t)
{
	if (t->easy) {
		curl_multi_remove_handle(t->h->multi, t->easy);
		curl_easy_cleanup(t->easy);
		t->h->flying--;
	}
	t->easy = NULL;
	curl_slist_free_all(t->lines);
	t->lines = NULL;
	t->paused = false;
}

/* Ends the request: it is out of the list before done() is called, which may submit others. */
static void conclude(struct transfer *t, enum rc_status status, const struct rc_err *why)
{
	struct http *h = t->h;
	struct rc_err err = { 0 };
	enum rc_status outcome;

	end_try(t);
	for (int i = 0; i < h->n; i++)
		if (h->all[i] == t) {
			memmove(&h->all[i], &h->all[i + 1], (size_t)(h->n - i - 1) * sizeof(h->all[0]));
			h->n--;
			break;
		}
	outcome = t->r->done ? t->r->done(t->r, &t->answer, status, why, &err) : status;
	if (!rc_good(outcome) && rc_good(h->failed)) {
		h->failed = outcome;
		h->err = t->r->done ? err : *why;
	}
	rc_buf_free(&t->answer.body);
	request_free(t->r);
	free(t);
}

static void fail(struct transfer *t, enum rc_status status, const struct rc_err *cause)
{
	struct rc_err why = *cause;

	rc_fail_in(&why, status, "cannot %s '%s'", t->r->doing ? t->r->doing : "read", t->r->name);
	conclude(t, status, &why);
}

static void begin(struct transfer *t)
{
	enum rc_status status;

	t->state = FLYING;
	t->failed = RC_OK;
	t->sent = t->skip = 0;
	t->got_at_start = t->got;
	t->counted = t->enough = t->headed = false;
	t->moved_at = now();
	t->said[0] = '\0';
	t->r->tries++;
	answer_reset(&t->answer);
	t->easy = curl_easy_init();
	if (!t->easy)
		rc_out_of_memory();
	status = set_up(t, &t->err);
	t->h->flying++;
	if (!rc_good(status)) {
		fail(t, status, &t->err);
		return;
	}
	if (curl_multi_add_handle(t->h->multi, t->easy) != CURLM_OK)
		rc_out_of_memory();
}

/* ---- what came of it ---------------------------------------------------------------------------------------------------- */

static void try_again(struct transfer *t, const struct rc_err *cause)
{
	double wait = FIRST_WAIT;

	count(t, -t->sent);
	if (t->got - t->got_at_start >= ENOUGH_PROGRESS)
		t->r->tries = 1;
	if (t->r->tries > t->h->s.retries) {
		struct rc_err last = *cause;

		if (t->r->tries > 1)
			rc_fail(&last, RC_RUN_FAILED, last.reason, "%s (tried %d times)", cause->text, t->r->tries);
		fail(t, RC_RUN_FAILED, &last);
		return;
	}
	for (int i = 1; i < t->r->tries && wait < LONGEST_WAIT; i++)
		wait *= 2;
	if (wait > LONGEST_WAIT)
		wait = LONGEST_WAIT;
	/* Half of it by chance, so that many clients do not come back together. */
	wait *= 0.5 + 0.5 * (double)arc4random_uniform(1000) / 1000;
	if (t->answer.retry_after > wait)
		wait = t->answer.retry_after < LONGEST_RETRY_AFTER ? t->answer.retry_after : LONGEST_RETRY_AFTER;
	end_try(t);
	t->state = WAITING;
	t->not_before = now() + wait;
}

/* Failures of the line that another try does not cure: RC_RUN_FAILED; else RC_RETRY. */
static enum rc_status judge_line(const struct transfer *t, CURLcode code, struct rc_err *err)
{
	const char *said = *t->said ? t->said : curl_easy_strerror(code);

	switch (code) {
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_ISSUER_ERROR:
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MISSING, "the server's certificate cannot be trusted: %s (upload.ca_file names other certificates)", said);
	case CURLE_URL_MALFORMAT:
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_USAGE, "%s", said);
	case CURLE_OUT_OF_MEMORY:
		rc_out_of_memory();
	default:
		return rc_fail(err, RC_RETRY, RC_WHY_NETWORK, "%s", said);
	}
}

/* A download that is good so far: is all of it there? */
static bool is_short(const struct transfer *t)
{
	int64_t total = t->answer.code == 206 ? t->answer.range_total : t->answer.length;
	int64_t want = t->r->len;

	if (!t->r->ranged || !t->r->bytes || t->answer.code / 100 != 2)
		return false;
	if (total >= 0 && total - t->r->from < want)
		want = total > t->r->from ? total - t->r->from : 0;
	return total >= 0 && t->got < want;
}

/* An answer promised more bytes than there are, and the next try asked for what lies behind the end: then all of it is here. */
static void see_end(struct transfer *t)
{
	struct http_answer *a = &t->answer;
	int64_t end = t->r->from + t->got;

	if (a->code != 416 || t->got == 0 || (a->range_total >= 0 && a->range_total != end))
		return;
	a->code = 206;
	a->range_from = t->r->from;
	a->range_total = end;
	if (!a->etag[0])
		memcpy(a->etag, t->etag, sizeof a->etag);
}

static void finish_try(struct transfer *t, CURLcode code)
{
	struct rc_err cause = { 0 };
	enum http_verdict verdict;

	curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &t->answer.code);
	if (!rc_good(t->failed)) {
		if (t->failed == RC_RETRY)
			try_again(t, &t->err);
		else
			conclude(t, t->failed, &t->err);
		return;
	}
	/* A server may refuse in the middle of a body and close: what it said counts. */
	if (code != CURLE_OK && !t->enough && !(t->answer.code >= 400 && code == CURLE_SEND_ERROR)) {
		enum rc_status status = judge_line(t, code, &cause);

		if (status == RC_RETRY)
			try_again(t, &cause);
		else
			fail(t, status, &cause);
		return;
	}
	if (!t->headed) {       /* libcurl takes a head that was cut off for a whole one without a body */
		rc_fail(&cause, RC_RETRY, RC_WHY_NETWORK, "the answer ends in its head");
		try_again(t, &cause);
		return;
	}
	see_end(t);
	verdict = t->r->judge ? t->r->judge(t->r, &t->answer, &cause) : http_judge(&t->answer, &cause);
	if (verdict == HTTP_GOOD && is_short(t)) {
		rc_fail(&cause, RC_RETRY, RC_WHY_NETWORK, "the answer ends too early");
		verdict = HTTP_AGAIN;
	}
	if (verdict == HTTP_GOOD)
		conclude(t, RC_OK, &cause);
	else if (verdict == HTTP_AGAIN)
		try_again(t, &cause);
	else
		fail(t, RC_RUN_FAILED, &cause);
}

/* ---- all of them ------------------------------------------------------------------------------------------------------------ */

static void open_multi(struct http *h)
{
	h->multi = curl_multi_init();
	if (!h->multi)
		rc_out_of_memory();
	curl_multi_setopt(h->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)h->s.jobs);
	curl_multi_setopt(h->multi, CURLMOPT_MAXCONNECTS, (long)h->s.jobs);
}

enum rc_status http_new(struct http **ret, const struct http_settings *settings, struct rc_err *err)
{
	struct http *h = rc_alloc(sizeof *h);

	h->s = *settings;
	h->ca_file = rc_strdup(settings->ca_file ? settings->ca_file : "");
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0) {
		http_free(&h);
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot start libcurl: out of memory");
	}
	open_multi(h);
	*ret = h;
	return RC_OK;
}

void http_set_watch(struct http *h, const struct http_watch *watch)
{
	h->watch = watch ? *watch : (struct http_watch){ 0 };
}

void http_submit(struct http *h, struct http_request *r)
{
	struct transfer *t = rc_alloc(sizeof *t);

	t->r = r;
	t->h = h;
	t->answer.body = RC_BUF(HTTP_MAX_BODY);
	if (h->n == h->room) {
		h->room = h->room ? 2 * h->room : 64;
		h->all = rc_realloc(h->all, (size_t)h->room * sizeof(h->all[0]));
	}
	h->all[h->n++] = t;
}

int http_pending(const struct http *h)
{
	return h->n;
}

bool http_wants_more(const struct http *h)
{
	return h->n < h->s.jobs;
}

void http_cancel(struct http *h)
{
	struct rc_err why;

	rc_fail(&why, RC_RUN_FAILED, RC_WHY_STOPPED, "stopped");
	while (h->n)
		conclude(h->all[h->n - 1], RC_RUN_FAILED, &why);
	h->failed = RC_OK;
}

void http_hang_up(struct http *h)
{
	http_cancel(h);
	curl_multi_cleanup(h->multi);
	open_multi(h);
}

void http_free(struct http **h)
{
	if (!*h)
		return;
	http_cancel(*h);
	if ((*h)->multi)
		curl_multi_cleanup((*h)->multi);
	free((*h)->ca_file);
	free((*h)->all);
	free(*h);
	*h = NULL;
}

/* Begins what may begin, in the order of submission. Requests that fail at once leave the list meanwhile. */
static void begin_due(struct http *h, double time)
{
	for (int i = 0; i < h->n && h->flying < h->s.jobs; i++) {
		struct transfer *t = h->all[i];

		if (t->state != FLYING && t->not_before <= time) {
			begin(t);
			if (i >= h->n || h->all[i] != t)
				i--;
		}
	}
}

/* Wakes, in turn, those that wait for the pace. */
static void wake(struct http *h)
{
	for (int i = 0, n = h->n; i < n && h->n && pace_ready(h->s.pace, now()); i++) {
		struct transfer *t = h->all[(h->first + (unsigned)i) % (unsigned)h->n];

		if (!t->paused)
			continue;
		t->paused = false;
		t->moved_at = now();
		curl_easy_pause(t->easy, CURLPAUSE_CONT);
	}
	h->first++;
}

/* What has not moved for too long is dropped and tried again. */
static void drop_stalled(struct http *h)
{
	double time = now();
	struct rc_err cause;

	for (int i = h->n - 1; i >= 0; i--) {
		struct transfer *t = h->all[i];

		if (t->state != FLYING || t->paused || time - t->moved_at < h->s.stall_seconds)
			continue;
		rc_fail(&cause, RC_RETRY, RC_WHY_NETWORK, "nothing moved for %d seconds", h->s.stall_seconds);
		try_again(t, &cause);
		if (i > h->n)
			i = h->n;
	}
}

/* Milliseconds that nothing of our own is due in. */
static int idle_ms(struct http *h)
{
	double wait = WAIT_MS / 1e3, time = now();

	for (int i = 0; i < h->n; i++) {
		const struct transfer *t = h->all[i];

		if (t->paused && pace_wait(h->s.pace) < wait)
			wait = pace_wait(h->s.pace);
		if (t->state == WAITING && t->not_before - time < wait)
			wait = t->not_before - time;
	}
	return wait <= 0 ? 1 : (int)(wait * 1e3) + 1;
}

enum rc_status http_step(struct http *h, struct rc_err *err)
{
	CURLMsg *message;
	int running, left;

	if (h->watch.stopping && h->watch.stopping(h->watch.ctx))
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_STOPPED, "stopped; run it again to go on");
	begin_due(h, now());
	wake(h);
	curl_multi_perform(h->multi, &running);
	while ((message = curl_multi_info_read(h->multi, &left)))
		if (message->msg == CURLMSG_DONE) {
			CURLcode code = message->data.result;
			struct transfer *t;

			curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&t);
			finish_try(t, code);
		}
	drop_stalled(h);
	if (!rc_good(h->failed)) {
		*err = h->err;
		return h->failed;
	}
	begin_due(h, now());
	if (h->n)
		curl_multi_poll(h->multi, NULL, 0, idle_ms(h), NULL);
	return RC_OK;
}

enum rc_status http_finish(struct http *h, struct rc_err *err)
{
	enum rc_status status = RC_OK;

	while (rc_good(status) && h->n)
		status = http_step(h, err);
	return status;
}
