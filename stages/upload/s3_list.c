/* s3_list.c -- what lies below the prefix: objects, and uploads that were begun and not ended.
 *
 * Lists may be old or wrong: they only save requests. Pages are followed up to a limit, and names that are none of a corpus are passed over. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "upload/s3.h"
#include "upload/s3_xml.h"

#define MAX_PAGES 100000        /* of 1,000 entries */

struct listing {
	struct s3 *s;
	char key[S3_XML_VALUE + 1], upload_id[S3_XML_VALUE + 1], marker[S3_XML_VALUE + 1], id_marker[S3_XML_VALUE + 1];
	int64_t size;
	bool more;
	s3_object_fn *object;
	s3_upload_fn *upload;
	void *ctx;
};

static void keep(char *to, const char *value)
{
	snprintf(to, S3_XML_VALUE + 1, "%s", value);
}

/* The path that the corpus has for a key; NULL: none of ours. */
static const char *path_of(const struct s3 *s, const char *key)
{
	size_t len = strlen(s->key_prefix);

	return strncmp(key, s->key_prefix, len) == 0 && manifest_path_ok(key + len) ? key + len : NULL;
}

static enum rc_status end_entry(struct listing *l, const char *group, struct rc_err *err)
{
	const char *path = path_of(l->s, l->key);
	enum rc_status status = RC_OK;

	if (path && l->object && strcmp(group, "Contents") == 0)
		status = l->object(l->ctx, path, l->size, err);
	if (path && l->upload && strcmp(group, "Upload") == 0 && *l->upload_id)
		status = l->upload(l->ctx, path, l->upload_id, err);
	l->key[0] = l->upload_id[0] = '\0';
	l->size = -1;
	return status;
}

static enum rc_status on_field(void *ctx, const char *group, const char *name, const char *value, struct rc_err *err)
{
	struct listing *l = ctx;

	if (!name)
		return end_entry(l, group, err);
	if (!*group) {
		if (strcmp(name, "IsTruncated") == 0)
			l->more = strcmp(value, "true") == 0;
		else if (strcmp(name, "NextContinuationToken") == 0 || strcmp(name, "NextKeyMarker") == 0)
			keep(l->marker, value);
		else if (strcmp(name, "NextUploadIdMarker") == 0)
			keep(l->id_marker, value);
	} else if (strcmp(name, "Key") == 0) {
		keep(l->key, value);
	} else if (strcmp(name, "UploadId") == 0) {
		keep(l->upload_id, value);
	} else if (strcmp(name, "Size") == 0) {
		l->size = strtoll(value, NULL, 10);
	}
	return RC_OK;
}

/* Servers that do not list, and keys that may not, say 403, 405 or 501: no reason to stop. */
static enum http_verdict judge_list(struct http_request *r, const struct http_answer *a, struct rc_err *err)
{
	enum http_verdict verdict = s3_judge(r, a, err);

	if (a->code == 403 || a->code == 405 || a->code == 501)
		return HTTP_GOOD;
	/* A bucket that is there has a list: an answer that came twice was taken for this one. */
	return a->code == 404 && err->reason != RC_WHY_MISSING ? HTTP_AGAIN : verdict;
}

static enum rc_status one_page(struct listing *l, const struct sigv4_pair *pairs, size_t n, const char *root, struct rc_err *err)
{
	struct http_request *r = s3_bucket_request(l->s, "GET", pairs, n);
	struct http_answer a;
	enum rc_status status;

	r->judge = judge_list;
	r->doing = "list";
	l->more = false;
	status = s3_do(l->s, r, &a, err);
	if (rc_good(status) && a.code != 200)
		status = RC_SKIP;
	else if (rc_good(status)) {
		/* Damaged on its way: as if there were none. */
		status = s3_xml_each(&a.body, root, on_field, l, err);
		if (!rc_good(status) && err->reason == RC_WHY_NETWORK)
			status = RC_SKIP;
	}
	rc_buf_free(&a.body);
	return status;
}

enum rc_status s3_list(struct s3 *s, s3_object_fn *object, void *ctx, struct rc_err *err)
{
	struct listing *l = rc_alloc(sizeof *l);
	enum rc_status status = RC_OK;

	l->s = s;
	l->object = object;
	l->ctx = ctx;
	for (int page = 0; status == RC_OK && page < MAX_PAGES; page++) {
		struct sigv4_pair pairs[] = { { "list-type", "2" }, { "prefix", s->key_prefix }, { "continuation-token", l->marker } };

		status = one_page(l, pairs, *l->marker ? 3 : 2, "ListBucketResult", err);
		if (!l->more || !*l->marker)
			break;
	}
	free(l);
	return status;
}

enum rc_status s3_list_uploads(struct s3 *s, s3_upload_fn *upload, void *ctx, struct rc_err *err)
{
	struct listing *l = rc_alloc(sizeof *l);
	enum rc_status status = RC_OK;

	l->s = s;
	l->upload = upload;
	l->ctx = ctx;
	for (int page = 0; status == RC_OK && page < MAX_PAGES; page++) {
		struct sigv4_pair pairs[] = { { "uploads", "" }, { "prefix", s->key_prefix }, { "key-marker", l->marker }, { "upload-id-marker", l->id_marker } };

		status = one_page(l, pairs, *l->marker ? 4 : 2, "ListMultipartUploadsResult", err);
		if (!l->more || !*l->marker)
			break;
	}
	free(l);
	return status;
}

/* ---- left-overs ------------------------------------------------------------------------------------------------------------------ */

/* A bucket has other things too, as uploads of others that are under way: only what lies where a corpus has its shards and versions. */
static bool is_of_corpus(const char *path)
{
	RC_OWN_STR folder = strndup(path, strcspn(path, "/"));

	return folder && strchr(path, '/') && (strcmp(folder, "versions") == 0 || manifest_kind_find(folder) != MANIFEST_KIND_COUNT);
}

/* To be gone is what was wanted; who may not remove it has published all the same. */
static enum http_verdict judge_gone(struct http_request *r, const struct http_answer *a, struct rc_err *err)
{
	enum http_verdict verdict = s3_judge(r, a, err);

	return verdict == HTTP_BAD && (a->code == 404 || a->code == 403) ? HTTP_GOOD : verdict;
}

static enum rc_status abort_upload(void *ctx, const char *path, const char *upload_id, struct rc_err *err)
{
	struct s3 *s = ctx;
	struct http_request *r;
	enum rc_status status = RC_OK;

	if (!is_of_corpus(path))
		return RC_OK;
	while (rc_good(status) && !http_wants_more(s->web.http))
		status = http_step(s->web.http, err);
	if (!rc_good(status))
		return status;
	r = web_request(&s->web, "DELETE", path);
	s3_set_query(r, &(struct sigv4_pair){ "uploadId", upload_id }, 1);
	r->doing = "end an upload of";
	r->judge = judge_gone;
	http_submit(s->web.http, r);
	return RC_OK;
}

enum rc_status s3_clean(void *state, struct rc_err *err)
{
	struct s3 *s = state;
	enum rc_status status = s3_list_uploads(s, abort_upload, s, err);

	if (rc_good(status))
		status = http_finish(s->web.http, err);
	if (!rc_good(status))
		http_cancel(s->web.http);
	return rc_good(status) ? RC_OK : status;
}
