/* s3_send.c -- many files to a bucket: what is there stays, small ones go whole, large ones in parts; all of it at once.
 *
 *   look()            which are there, by size and the digest that we keep with an object
 *   next_request()    the next file or part; files in their order, so that parts of several overlap
 *   open_upload()     goes on with an upload that an earlier run began, as far as its parts are ours
 *   s3_send()         rounds: what was lost on the way, or in the server, goes again; at last everything is looked at
 *
 * The server holds the state: uploads and parts are listed and compared with what is here, so that a publish that was stopped
 * anywhere, on any machine, goes on without sending a part twice. Every body is hashed before it is sent, and signed with that. */
#include <stdio.h>
#include <string.h>

#include "core/sums.h"
#include "core/text.h"
#include "upload/s3.h"
#include "upload/s3_xml.h"

#define ROUNDS 6                /* how often parts may be lost */
#define CHUNK (256 << 10)
#define LIST_FROM 16            /* files from which a list of the bucket saves requests */

enum job_state {
	JOB_UNKNOWN,            /* may be there */
	JOB_MISSING,            /* has to be sent */
	JOB_SENT,               /* is to be looked at */
	JOB_THERE,
};

struct job {
	struct remote_item *item;
	enum job_state state;
	char *upload_id;                /* of an upload that is open; owned */
	char **etags;                   /* of the parts that are there; owned */
	int n_parts, next, done;
	int64_t part_bytes;
	struct rc_hasher *whole;        /* of the bytes up to part `next` */
	int64_t counted;                /* bytes that were called moved */
	bool lost;                      /* the server forgot the upload or a part: again, in another round */
};

struct sending {
	struct s3 *s;
	const struct remote_sending *what;
	struct job *jobs;
	size_t n, cursor;
	struct rc_summer *sums;
	char *chunk;
	size_t *by_path;                /* jobs in the order of their paths */
};

/* Of one body. */
struct body {
	struct sending *sending;
	struct job *job;
	int64_t from;
	int part;                       /* -1: the file whole */
	int64_t len;
	char md5[RC_SUM_HEX];
};

static void count(struct sending *s, struct job *j, int64_t bytes)
{
	j->counted += bytes;
	if (s->s->web.watch.moved)
		s->s->web.watch.moved(s->s->web.watch.ctx, bytes);
}

static void close_upload(struct job *j)
{
	for (int i = 0; j->etags && i < j->n_parts; i++)
		free(j->etags[i]);
	free(j->etags);
	free(j->upload_id);
	rc_hasher_free(&j->whole);
	j->etags = NULL;
	j->upload_id = NULL;
	j->n_parts = j->next = j->done = 0;
}

static void sending_end(struct sending *s)
{
	for (size_t i = 0; s->jobs && i < s->n; i++)
		close_upload(&s->jobs[i]);
	free(s->jobs);
	free(s->by_path);
	free(s->chunk);
	rc_summer_free(&s->sums);
}

/* ---- what is there -------------------------------------------------------------------------------------------------------- */

static enum rc_status head_done(struct http_request *r, const struct http_answer *a, enum rc_status status, const struct rc_err *why, struct rc_err *err)
{
	struct body *b = r->user;
	struct job *j = b->job;
	char hex[RC_DIGEST_HEX];
	bool right = a->code == 200 && a->length == j->item->bytes && strcmp(a->digest, rc_digest_hex(&j->item->digest, hex)) == 0;

	if (rc_good(status) && right) {
		if (j->state == JOB_UNKNOWN)
			count(b->sending, j, j->item->bytes);
		j->state = JOB_THERE;
	} else {
		j->state = JOB_MISSING;
	}
	free(b);
	if (!rc_good(status))
		*err = *why;
	return status;
}

/* Who may write but not list gets 403 for what is not there: writing will tell. */
static enum http_verdict judge_head(struct http_request *r, const struct http_answer *a, struct rc_err *err)
{
	enum http_verdict verdict = s3_judge(r, a, err);

	return verdict == HTTP_BAD && (a->code == 404 || a->code == 403) ? HTTP_GOOD : verdict;
}

static enum rc_status look(struct sending *s, struct rc_err *err)
{
	struct http *http = s->s->web.http;
	enum rc_status status = RC_OK;

	for (size_t i = 0; rc_good(status) && i < s->n; i++) {
		struct job *j = &s->jobs[i];
		struct http_request *r;
		struct body *b;

		if (j->state != JOB_UNKNOWN && j->state != JOB_SENT)
			continue;
		while (rc_good(status) && !http_wants_more(http))
			status = http_step(http, err);
		if (!rc_good(status))
			break;
		b = rc_alloc(sizeof *b);
		*b = (struct body){ .sending = s, .job = j };
		r = web_request(&s->s->web, "HEAD", j->item->to);
		r->doing = "look at";
		r->judge = judge_head;
		r->done = head_done;
		r->user = b;
		http_submit(http, r);
	}
	return rc_good(status) ? http_finish(http, err) : status;
}

static int compare_paths(const void *a, const void *b, void *ctx)
{
	const struct job *jobs = ctx;

	return strcmp(jobs[*(const size_t *)a].item->to, jobs[*(const size_t *)b].item->to);
}

static enum rc_status note_listed(void *ctx, const char *path, int64_t size, struct rc_err *err)
{
	struct sending *s = ctx;
	size_t low = 0, high = s->n;

	while (low < high) {
		size_t middle = (low + high) / 2;
		struct job *j = &s->jobs[s->by_path[middle]];
		int order = strcmp(j->item->to, path);

		if (order == 0) {
			if (j->item->bytes == size)
				j->state = JOB_UNKNOWN;
			return RC_OK;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return RC_OK;
}

/* A list tells of many files in one request. What it does not name is sent, which does no harm when it was there after all. */
static enum rc_status look_at_list(struct sending *s, struct rc_err *err)
{
	enum rc_status status;

	if (s->n < LIST_FROM)
		return RC_OK;
	s->by_path = rc_alloc(s->n * sizeof *s->by_path);
	for (size_t i = 0; i < s->n; i++) {
		s->by_path[i] = i;
		s->jobs[i].state = JOB_MISSING;
	}
	qsort_r(s->by_path, s->n, sizeof *s->by_path, compare_paths, s->jobs);
	status = s3_list(s->s, note_listed, s, err);
	for (size_t i = 0; status == RC_SKIP && i < s->n; i++)
		s->jobs[i].state = JOB_UNKNOWN;
	return rc_good(status) ? RC_OK : status;
}

/* ---- bodies ----------------------------------------------------------------------------------------------------------------- */

/* Hashes a range of the file; whole may be NULL. */
static enum rc_status hash_range(struct sending *s, const char *path, int64_t from, int64_t len, struct rc_hasher *whole, struct rc_err *err)
{
	enum rc_status status = RC_OK;

	rc_summer_again(s->sums);
	for (int64_t at = 0; rc_good(status) && at < len; at += CHUNK) {
		size_t step = len - at < CHUNK ? (size_t)(len - at) : CHUNK;

		status = s->what->source->read(s->what->source->ctx, path, from + at, s->chunk, step, err);
		if (!rc_good(status))
			break;
		rc_summer_add(s->sums, s->chunk, step);
		if (whole)
			rc_hasher_add(whole, s->chunk, step);
	}
	rc_summer_end(s->sums);
	return status;
}

static enum rc_status changed(const struct sending *s, const struct job *j, struct rc_err *err)
{
	return rc_fail(err, RC_PAGE_FAILED, RC_WHY_CHANGED, "'%s/%s' is not what its manifest says: another SHA-256", s->what->source->name, j->item->path);
}

static enum rc_status read_body(struct http_request *r, int64_t at, void *bytes, size_t len, struct rc_err *err)
{
	struct body *b = r->user;
	const struct corpus_source *source = b->sending->what->source;

	return source->read(source->ctx, b->job->item->path, b->from + at, bytes, len, err);
}

/* MD5 in base 64, as Content-MD5 wants it. */
static void add_md5(struct http_request *r, const char *hex)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char text[25];
	unsigned bits = 0, n_bits = 0;
	size_t n = 0;

	for (; *hex; hex++) {
		bits = bits << 4 | (unsigned)rc_hex_digit(*hex);
		for (n_bits += 4; n_bits >= 6; n_bits -= 6)
			text[n++] = letters[bits >> (n_bits - 6) & 63];
	}
	text[n++] = letters[bits << (6 - n_bits) & 63];         /* 128 = 21 * 6 + 2 */
	snprintf(text + n, sizeof text - n, "==");
	http_header(r, "content-md5", text);
}

static const char *type_of(const char *path)
{
	const char *dot = strrchr(path, '.');

	if (dot && strcmp(dot, ".json") == 0)
		return "application/json";
	return dot && strcmp(dot, ".md") == 0 ? "text/markdown; charset=utf-8" : "application/octet-stream";
}

/* A request that sends what hash_range() went over last. */
static struct http_request *body_request(struct sending *s, struct job *j, int64_t from, int64_t len, int part)
{
	struct http_request *r = web_request(&s->s->web, "PUT", j->item->to);
	struct body *b = rc_alloc(sizeof *b);

	*b = (struct body){ .sending = s, .job = j, .from = from, .part = part, .len = len };
	snprintf(b->md5, sizeof b->md5, "%s", rc_summer_hex(s->sums, RC_SUM_MD5));
	snprintf(r->payload, sizeof r->payload, "%s", rc_summer_hex(s->sums, RC_SUM_SHA256));
	add_md5(r, b->md5);
	r->doing = "write";
	r->body_len = len;
	r->body_read = read_body;
	r->user = b;
	return r;
}

/* Is the ETag the MD5 of what was sent? On servers that encrypt it is something else. */
static bool is_md5(const char *etag, const char *md5)
{
	return strlen(etag) == 34 && *etag == '"' && strncmp(etag + 1, md5, 32) == 0;
}

/* ---- files that go whole ------------------------------------------------------------------------------------------------------ */

static enum rc_status put_done(struct http_request *r, const struct http_answer *a, enum rc_status status, const struct rc_err *why, struct rc_err *err)
{
	struct body *b = r->user;

	if (rc_good(status)) {
		b->job->item->sent = true;
		b->job->counted += b->len;
		b->job->state = is_md5(a->etag, b->md5) ? JOB_THERE : JOB_SENT;
	} else {
		*err = *why;
	}
	free(b);
	return status;
}

static enum rc_status submit_whole(struct sending *s, struct job *j, struct rc_err *err)
{
	enum rc_status status = hash_range(s, j->item->path, 0, j->item->bytes, NULL, err);
	struct http_request *r;
	char hex[RC_DIGEST_HEX];

	if (!rc_good(status))
		return status;
	rc_digest_hex(&j->item->digest, hex);
	if (strcmp(rc_summer_hex(s->sums, RC_SUM_SHA256), hex) != 0)
		return changed(s, j, err);
	r = body_request(s, j, 0, j->item->bytes, -1);
	http_header(r, "content-type", type_of(j->item->to));
	http_header(r, "x-amz-meta-sha256", hex);
	r->done = put_done;
	http_submit(s->s->web.http, r);
	return RC_OK;
}

/* ---- uploads in parts ----------------------------------------------------------------------------------------------------------- */

static int64_t part_len(const struct job *j, int part)
{
	int64_t left = j->item->bytes - part * j->part_bytes;

	return left < j->part_bytes ? left : j->part_bytes;
}

struct part_list {
	struct job *j;
	int number;
	int64_t size;
	char etag[200];
	char marker[40];
	bool more, other;               /* other: parts of another size than ours */
};

/* An ETag goes back into XML: only what one is made of. */
static bool etag_ok(const char *etag)
{
	return *etag && strlen(etag) < 190 && strspn(etag, "\"-ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:=+/") == strlen(etag);
}

static enum rc_status on_part(void *ctx, const char *group, const char *name, const char *value, struct rc_err *err)
{
	struct part_list *l = ctx;
	struct job *j = l->j;

	if (!name && strcmp(group, "Part") == 0) {
		if (l->number < 1 || l->number > j->n_parts || l->size != part_len(j, l->number - 1) || !etag_ok(l->etag))
			l->other = true;
		else {
			free(j->etags[l->number - 1]);
			j->etags[l->number - 1] = rc_strdup(l->etag);
		}
		l->number = 0;
	} else if (name && strcmp(name, "PartNumber") == 0) {
		l->number = (int)strtol(value, NULL, 10);
	} else if (name && strcmp(name, "Size") == 0) {
		l->size = strtoll(value, NULL, 10);
	} else if (name && strcmp(name, "ETag") == 0) {
		snprintf(l->etag, sizeof l->etag, "%s", value);
	} else if (name && strcmp(name, "IsTruncated") == 0) {
		l->more = strcmp(value, "true") == 0;
	} else if (name && strcmp(name, "NextPartNumberMarker") == 0) {
		snprintf(l->marker, sizeof l->marker, "%s", value);
	}
	return RC_OK;
}

/* 404: it is gone, or 405 and 501: this server does not list parts; then the file goes in a new upload. */
static enum http_verdict judge_list(struct http_request *r, const struct http_answer *a, struct rc_err *err)
{
	return a->code == 404 || a->code == 403 || a->code == 405 || a->code == 501 ? HTTP_GOOD : s3_judge(r, a, err);
}

/* The parts that the server has. RC_SKIP: nothing to go on with. */
static enum rc_status list_parts(struct sending *s, struct job *j, struct rc_err *err)
{
	struct part_list l = { .j = j };
	enum rc_status status = RC_OK;

	for (int page = 0; status == RC_OK && page < S3_MAX_PARTS; page++) {
		struct sigv4_pair pairs[] = { { "uploadId", j->upload_id }, { "part-number-marker", l.marker } };
		struct http_request *r = web_request(&s->s->web, "GET", j->item->to);
		struct http_answer a;

		s3_set_query(r, pairs, *l.marker ? 2 : 1);
		r->doing = "go on with";
		r->judge = judge_list;
		l.more = false;
		status = s3_do(s->s, r, &a, err);
		if (rc_good(status))
			status = a.code == 200 ? s3_xml_each(&a.body, "ListPartsResult", on_part, &l, err) : RC_SKIP;
		rc_buf_free(&a.body);
		if (!l.more || !*l.marker)
			break;
	}
	return status == RC_OK && l.other ? RC_SKIP : status;
}

static enum rc_status take_upload_id(void *ctx, const char *group, const char *name, const char *value, struct rc_err *err)
{
	struct job *j = ctx;

	if (!*group && name && strcmp(name, "UploadId") == 0 && *value && !j->upload_id)
		j->upload_id = rc_strdup(value);
	return RC_OK;
}

static enum rc_status create_upload(struct sending *s, struct job *j, struct rc_err *err)
{
	struct http_request *r = web_request(&s->s->web, "POST", j->item->to);
	struct http_answer a;
	char hex[RC_DIGEST_HEX];
	enum rc_status status;

	s3_set_query(r, &(struct sigv4_pair){ "uploads", "" }, 1);
	http_header(r, "content-type", type_of(j->item->to));
	http_header(r, "x-amz-meta-sha256", rc_digest_hex(&j->item->digest, hex));
	r->doing = "begin an upload of";
	status = s3_do(s->s, r, &a, err);
	if (rc_good(status))
		status = s3_xml_each(&a.body, "InitiateMultipartUploadResult", take_upload_id, j, err);
	if (rc_good(status) && !j->upload_id)
		status = rc_fail(err, RC_RUN_FAILED, RC_WHY_NETWORK, "the server names no upload");
	rc_buf_free(&a.body);
	return rc_good(status) ? status : rc_fail_in(err, status, "cannot send '%s'", j->item->to);
}

static void set_parts(struct sending *s, struct job *j)
{
	const int64_t MB = 1 << 20;
	int64_t least = (j->item->bytes + S3_MAX_PARTS - 1) / S3_MAX_PARTS;

	j->part_bytes = s->s->web.part_bytes;
	if (j->part_bytes < least)
		j->part_bytes = (least + MB - 1) / MB * MB;
	j->n_parts = (int)((j->item->bytes + j->part_bytes - 1) / j->part_bytes);
	j->etags = rc_alloc((size_t)j->n_parts * sizeof *j->etags);
	j->whole = rc_hasher_new();
	j->next = j->done = 0;
	j->lost = false;
}

static enum rc_status open_upload(struct sending *s, struct job *j, struct rc_err *err)
{
	enum rc_status status = RC_SKIP;

	set_parts(s, j);
	if (j->upload_id)
		status = list_parts(s, j, err);
	if (status == RC_SKIP) {
		free(j->upload_id);
		j->upload_id = NULL;
		for (int i = 0; i < j->n_parts; i++) {
			free(j->etags[i]);
			j->etags[i] = NULL;
		}
		status = create_upload(s, j, err);
	}
	return status;
}

static enum rc_status complete_done(struct http_request *r, const struct http_answer *a, enum rc_status status, const struct rc_err *why,
                                    struct rc_err *err)
{
	struct body *b = r->user;

	b->job->state = JOB_SENT;
	b->job->item->sent = true;
	free(b);
	if (!rc_good(status))
		*err = *why;
	return status;
}

/* A part that is not there, or no upload: the next round finds out what is. An error may come with 200, when it took long. */
static enum http_verdict judge_complete(struct http_request *r, const struct http_answer *a, struct rc_err *err)
{
	struct http_answer late = *a;
	struct s3_error e;

	s3_xml_error(&a->body, &e);
	if (*e.code && a->code == 200) {
		late.code = strcmp(e.code, "InternalError") == 0 || strcmp(e.code, "SlowDown") == 0 ? 503 : 400;
		if (late.code == 400)
			return HTTP_GOOD;
	}
	if (late.code == 404 || (late.code == 400 && (strncmp(e.code, "InvalidPart", 11) == 0 || strcmp(e.code, "EntityTooSmall") == 0)))
		return HTTP_GOOD;
	return s3_judge(r, &late, err);
}

static void submit_complete(struct sending *s, struct job *j)
{
	struct rc_buf xml = RC_BUF(S3_MAX_PARTS * 300);
	struct http_request *r = web_request(&s->s->web, "POST", j->item->to);
	struct body *b = rc_alloc(sizeof *b);
	struct rc_digest d;

	rc_buf_adds(&xml, "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
	for (int i = 0; i < j->n_parts; i++)
		rc_buf_addf(&xml, "<Part><PartNumber>%d</PartNumber><ETag>%s</ETag></Part>", i + 1, j->etags[i]);
	rc_buf_adds(&xml, "</CompleteMultipartUpload>");
	d = rc_digest_of(xml.data, xml.len);
	rc_digest_hex(&d, r->payload);
	s3_set_query(r, &(struct sigv4_pair){ "uploadId", j->upload_id }, 1);
	http_header(r, "content-type", "application/xml");
	*b = (struct body){ .sending = s, .job = j };
	r->doing = "end an upload of";
	r->body_len = (int64_t)xml.len;
	r->body = rc_buf_take(&xml);
	r->judge = judge_complete;
	r->done = complete_done;
	r->user = b;
	if (!r->body)
		rc_out_of_memory();
	http_submit(s->s->web.http, r);
}

/* All parts are there, and all of the file went through the hash: a file that changed never gets its name. */
static void part_is_there(struct sending *s, struct job *j)
{
	if (++j->done == j->n_parts)
		submit_complete(s, j);
}

static enum rc_status part_done(struct http_request *r, const struct http_answer *a, enum rc_status status, const struct rc_err *why, struct rc_err *err)
{
	struct body *b = r->user;
	struct job *j = b->job;

	if (!rc_good(status)) {
		*err = *why;
	} else if (a->code == 404) {
		j->lost = true;
	} else {
		RC_OWN_BUF etag = RC_BUF(256);

		if (etag_ok(a->etag))
			rc_buf_adds(&etag, a->etag);
		else
			rc_buf_addf(&etag, "\"%s\"", b->md5);
		free(j->etags[b->part]);
		j->etags[b->part] = rc_strdup(etag.data);
		j->counted += b->len;
		part_is_there(b->sending, j);
	}
	free(b);
	return status;
}

static enum http_verdict judge_part(struct http_request *r, const struct http_answer *a, struct rc_err *err)
{
	struct s3_error e;
	enum http_verdict verdict = s3_judge(r, a, err);

	s3_xml_error(&a->body, &e);
	return verdict == HTTP_BAD && a->code == 404 && strcmp(e.code, "NoSuchUpload") == 0 ? HTTP_GOOD : verdict;
}

/* The next part of an upload: is the one that is there ours? Else it goes. */
static enum rc_status submit_part(struct sending *s, struct job *j, struct rc_err *err)
{
	int part = j->next++;
	int64_t from = part * j->part_bytes, len = part_len(j, part);
	enum rc_status status = hash_range(s, j->item->path, from, len, j->whole, err);
	struct http_request *r;
	char number[20];

	if (!rc_good(status))
		return status;
	if (j->next == j->n_parts) {
		struct rc_digest d = rc_hasher_now(j->whole);

		if (!rc_digest_equal(&d, &j->item->digest))
			return changed(s, j, err);
	}
	if (j->etags[part] && is_md5(j->etags[part], rc_summer_hex(s->sums, RC_SUM_MD5))) {
		count(s, j, len);
		part_is_there(s, j);
		return RC_OK;
	}
	r = body_request(s, j, from, len, part);
	snprintf(number, sizeof number, "%d", part + 1);
	s3_set_query(r, (struct sigv4_pair[]){ { "partNumber", number }, { "uploadId", j->upload_id } }, 2);
	r->judge = judge_part;
	r->done = part_done;
	http_submit(s->s->web.http, r);
	return RC_OK;
}

/* ---- rounds -------------------------------------------------------------------------------------------------------------------------- */

/* Submits the next file or part. RC_SKIP: there is none. */
static enum rc_status next_request(struct sending *s, struct rc_err *err)
{
	enum rc_status status = RC_OK;

	for (; s->cursor < s->n; s->cursor++) {
		struct job *j = &s->jobs[s->cursor];

		if (j->state != JOB_MISSING || (j->n_parts && (j->next == j->n_parts || j->lost)))
			continue;
		if (j->item->bytes <= s->s->web.part_bytes) {
			s->cursor++;
			return submit_whole(s, j, err);
		}
		if (!j->n_parts)
			status = open_upload(s, j, err);
		return rc_good(status) ? submit_part(s, j, err) : status;
	}
	return RC_SKIP;
}

/* Parts that are there take their time to be hashed, without a step in between that would ask. */
static bool stopping(const struct sending *s)
{
	const struct remote_watch *watch = &s->s->web.watch;

	return watch->stopping && watch->stopping(watch->ctx);
}

static enum rc_status send_round(struct sending *s, struct rc_err *err)
{
	struct http *http = s->s->web.http;
	enum rc_status status = RC_OK;

	s->cursor = 0;
	do {
		while (status == RC_OK && http_wants_more(http) && !stopping(s))
			status = next_request(s, err);
		if (rc_good(status)) {
			enum rc_status moved = http_step(http, err);

			status = rc_good(moved) ? (s->cursor < s->n ? RC_OK : RC_SKIP) : moved;
		}
	} while (rc_good(status) && (http_pending(http) || s->cursor < s->n));
	return rc_good(status) ? RC_OK : status;
}

static enum rc_status note_upload(void *ctx, const char *path, const char *upload_id, struct rc_err *err)
{
	struct sending *s = ctx;

	for (size_t i = 0; i < s->n; i++) {
		struct job *j = &s->jobs[i];

		if (j->state == JOB_MISSING && !j->upload_id && j->item->bytes > s->s->web.part_bytes && strcmp(j->item->to, path) == 0)
			j->upload_id = rc_strdup(upload_id);
	}
	return RC_OK;
}

/* What was lost goes again, from what the server still has of it. */
static bool prepare_round(struct sending *s)
{
	bool any = false;

	for (size_t i = 0; i < s->n; i++) {
		struct job *j = &s->jobs[i];
		RC_OWN_STR id = NULL;

		if (j->state == JOB_THERE)
			continue;
		any = true;
		if (j->counted)
			count(s, j, -j->counted);
		id = rc_steal(j->upload_id);
		close_upload(j);
		j->upload_id = rc_steal(id);
	}
	return any;
}

static enum rc_status find_uploads(struct sending *s, struct rc_err *err)
{
	enum rc_status status = RC_SKIP;

	for (size_t i = 0; i < s->n; i++)
		if (s->jobs[i].state == JOB_MISSING && s->jobs[i].item->bytes > s->s->web.part_bytes)
			status = RC_OK;
	return status == RC_OK ? s3_list_uploads(s->s, note_upload, s, err) : RC_OK;
}

static enum rc_status send_rounds(struct sending *s, struct rc_err *err)
{
	enum rc_status status = look_at_list(s, err);

	if (rc_good(status))
		status = look(s, err);
	for (size_t i = 0; rc_good(status) && s->what->look_only && i < s->n; i++)
		s->jobs[i].item->sent = s->jobs[i].state != JOB_THERE;
	if (!rc_good(status) || s->what->look_only)
		return status;
	status = find_uploads(s, err);
	for (int round = 0; rc_good(status) && round < ROUNDS; round++) {
		if (!prepare_round(s))
			return RC_OK;
		status = send_round(s, err);
		if (rc_good(status))
			status = look(s, err);
	}
	for (size_t i = 0; rc_good(status) && i < s->n; i++)
		if (s->jobs[i].state != JOB_THERE)
			return rc_fail(err, RC_RUN_FAILED, RC_WHY_NETWORK, "'%s' did not arrive at '%s' as it was sent", s->jobs[i].item->to, s->s->web.shown);
	return status;
}

enum rc_status s3_send(void *state, const struct remote_sending *what, struct rc_err *err)
{
	RC_CLEANUP(sending_end) struct sending s = { .s = state, .what = what, .n = what->n };
	enum rc_status status;

	s.jobs = rc_alloc((what->n + 1) * sizeof *s.jobs);
	s.chunk = rc_alloc(CHUNK);
	for (size_t i = 0; i < what->n; i++)
		s.jobs[i].item = &what->items[i];
	status = rc_summer_new(&s.sums, 1u << RC_SUM_MD5 | 1u << RC_SUM_SHA256, err);
	if (rc_good(status))
		status = send_rounds(&s, err);
	if (!rc_good(status))
		http_cancel(s.s->web.http);
	web_forget(&s.s->web);
	return status;
}
