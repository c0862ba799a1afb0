/* http.h -- the door to libcurl: many requests at once, each tried until it is done or cannot be.
 *
 * One thread. Requests are given with http_submit() and move in http_step(); their functions are called from there. At most `jobs` are in
 * flight, over connections that are kept. Servers' certificates are checked, redirects are not followed, and only http and https are spoken.
 * What may succeed later (resets, timeouts, short bodies, 5xx, 429, and what judge() says) is tried again, with growing waits and jitter; a
 * download goes on where it stopped. */
#ifndef UPLOAD_HTTP_H
#define UPLOAD_HTTP_H

#include <time.h>

#include "core/buf.h"
#include "upload/pace.h"

#define HTTP_MAX_BODY (1 << 20)         /* bytes of an answer that is collected: lists, errors */
#define HTTP_MAX_HEADERS 8              /* of our own, per request */

struct http_answer {
	long code;                      /* 200; 0 before there is an answer */
	int64_t length;                 /* Content-Length; -1: not said */
	int64_t range_from, range_total;        /* Content-Range; -1: not said */
	char etag[200], digest[80], region[80]; /* ETag as it is, x-amz-meta-sha256, x-amz-bucket-region; "" where not said */
	time_t date;                    /* Date; 0: not said */
	double retry_after;             /* seconds; 0: not said */
	struct rc_buf body;             /* of what is not 2xx, and of what has no bytes() */
};

enum http_verdict { HTTP_GOOD, HTTP_AGAIN, HTTP_BAD };

struct http_request {           /* zero what is not needed */
	const char *method;             /* "GET" */
	const char *base;               /* borrowed: "https://host:port" */
	char *path, *query;             /* owned, encoded; query may be NULL */
	char *name;                     /* owned: what messages call it */
	const char *doing;              /* "read", "write": of "cannot read 'x'" */
	struct { const char *name; char *value; } headers[HTTP_MAX_HEADERS];    /* names in lower case; values owned */
	char payload[80];               /* for who signs: SHA-256 of the body in digits, "" for none */
	bool fresh;                     /* over a connection that nothing else uses */
	bool ranged;                    /* a download of len bytes from `from`; fewer where the object ends before */
	int64_t from, len;
	int64_t body_len;               /* of what is sent */
	char *body;                     /* owned; or NULL, and body_read */
	/* Fills bytes with len bytes of the body from `at` on. */
	enum rc_status (*body_read)(struct http_request *r, int64_t at, void *bytes, size_t len, struct rc_err *err);
	/* Appends "name: value\n" for what depends on the time; before every try. NULL: nothing does. */
	enum rc_status (*sign)(struct http_request *r, struct rc_buf *lines, struct rc_err *err);
	/* The body of a 2xx answer, in order; at: from `from` on. NULL: it is collected in the answer. */
	enum rc_status (*bytes)(struct http_request *r, int64_t at, const void *bytes, size_t len, struct rc_err *err);
	/* What to make of an answer, where it is not for http_judge(); fills err with the cause when it is not good. */
	enum http_verdict (*judge)(struct http_request *r, const struct http_answer *a, struct rc_err *err);
	/* Called once at the end, whatever it is; why: what is wrong when status is. What it returns becomes http_step()'s outcome. */
	enum rc_status (*done)(struct http_request *r, const struct http_answer *a, enum rc_status status, const struct rc_err *why, struct rc_err *err);
	void *ctx, *user;               /* of these functions */
	int tries;                      /* so far */
};

/* 2xx is good; 408, 429 and 5xx but 501 may come again; else bad: 401 and 403 RC_WHY_MISSING, others RC_WHY_NETWORK. err gets the cause alone. */
enum http_verdict http_judge(const struct http_answer *a, struct rc_err *err);

struct http_watch {             /* all may be NULL */
	bool (*stopping)(void *ctx);
	void (*moved)(void *ctx, int64_t bytes);        /* of bodies; below 0: a try was in vain */
	void *ctx;
};

struct http_settings {
	int jobs, retries, stall_seconds;
	const char *ca_file;            /* "": the system's */
	struct pace *pace;              /* borrowed */
};

struct http;
enum rc_status http_new(struct http **ret, const struct http_settings *settings, struct rc_err *err);
/* Calls done() of what is left. */
void http_free(struct http **h);
void http_set_watch(struct http *h, const struct http_watch *watch);
struct http_request *http_request_new(void);
/* Appends a header; value is copied. */
void http_header(struct http_request *r, const char *name, const char *value);
/* Takes r. */
void http_submit(struct http *h, struct http_request *r);
/* Requests that were submitted and are not done. */
int http_pending(const struct http *h);
/* Is there room for another one in flight? */
bool http_wants_more(const struct http *h);
/* Moves bytes; waits a little when none can be moved. Not good: what a done() returned, or RC_RUN_FAILED/stopped. */
enum rc_status http_step(struct http *h, struct rc_err *err);
/* Steps until nothing is pending. */
enum rc_status http_finish(struct http *h, struct rc_err *err);
/* Drops what is pending; done() hears of RC_RUN_FAILED/stopped, and what it returns is forgotten. */
void http_cancel(struct http *h);
/* The same, and closes all connections: one may hold an answer that nobody waits for, which the next request would take for its own. */
void http_hang_up(struct http *h);

#endif
