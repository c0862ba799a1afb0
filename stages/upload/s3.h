/* s3.h -- a bucket, between the files that make up remote_s3: who asks, what is signed, what answers mean. */
#ifndef UPLOAD_S3_H
#define UPLOAD_S3_H

#include "upload/credentials.h"
#include "upload/sigv4.h"
#include "upload/web.h"

#define S3_MAX_PARTS 10000      /* of one upload; S3's own limit */

struct s3 {
	struct web web;                 /* first: requests' ctx is a struct web */
	struct credentials who;
	char *bucket, *key_prefix;      /* "corpora", "box12/" or "" */
	char *bucket_path;              /* encoded: "/corpora" or "" */
	double skew;                    /* seconds that the server's clock is ahead of ours; 0 until it says that it matters */
	bool skew_known;
	struct { char *path; char etag[200]; bool there; } looks[2];    /* manifests as they were when first seen */
	bool no_conditions;             /* the server was seen to know no If-Match and If-None-Match */
};

/* "HTTP 403, 'AccessDenied: …'" and whether it may succeed later. For http_request.judge. */
enum http_verdict s3_judge(struct http_request *r, const struct http_answer *a, struct rc_err *err);
/* A request for the bucket itself, with query parameters: lists. */
struct http_request *s3_bucket_request(struct s3 *s, const char *method, const struct sigv4_pair *pairs, size_t n);
/* Sets the query of a request for an object. */
void s3_set_query(struct http_request *r, const struct sigv4_pair *pairs, size_t n);
/* Submits r and waits for it; ret gets the answer, whose body the caller frees. */
enum rc_status s3_do(struct s3 *s, struct http_request *r, struct http_answer *ret, struct rc_err *err);

/* s3_send.c */
enum rc_status s3_send(void *state, const struct remote_sending *sending, struct rc_err *err);
/* s3_list.c: calls object() for each object below the prefix, path as the corpus has it. RC_SKIP: the server does not list. */
typedef enum rc_status s3_object_fn(void *ctx, const char *path, int64_t size, struct rc_err *err);
enum rc_status s3_list(struct s3 *s, s3_object_fn *object, void *ctx, struct rc_err *err);
/* The same for uploads that were begun and not ended. */
typedef enum rc_status s3_upload_fn(void *ctx, const char *path, const char *upload_id, struct rc_err *err);
enum rc_status s3_list_uploads(struct s3 *s, s3_upload_fn *upload, void *ctx, struct rc_err *err);
enum rc_status s3_clean(void *state, struct rc_err *err);

#endif
