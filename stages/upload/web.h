/* web.h -- reading objects over HTTP: what s3:// and https:// share.
 *
 * One object at a time through a window of blocks that is filled ahead when reading goes forward; or many pieces at once for pull. */
#ifndef UPLOAD_WEB_H
#define UPLOAD_WEB_H

#include "upload/http.h"
#include "upload/remote.h"

#define WEB_BLOCK (1 << 20)     /* bytes; the first request of an object asks for so many */
#define WEB_BLOCKS 16
#define WEB_AHEAD 6             /* blocks that are asked for before they are needed */
#define WEB_OBJECTS 4

struct web_object {
	char *path;                     /* NULL: free */
	int64_t size;                   /* -1: not there */
	char etag[200];
	unsigned used;
};

struct web_block {
	enum { BLOCK_FREE, BLOCK_LOADING, BLOCK_READY, BLOCK_BROKEN } state;
	struct web_object *of;
	int64_t number;
	unsigned used;
	char *bytes;                    /* WEB_BLOCK of them */
	struct rc_err why;              /* of BROKEN */
	enum rc_status status;
};

struct web {
	struct http *http;
	struct pace *pace;
	char *base;                     /* "https://host:port" */
	char *prefix;                   /* encoded: what stands between it and an object's path, "/bucket/box12/" */
	char *shown;                    /* URL for messages */
	int64_t part_bytes;
	struct remote_watch watch;
	bool no_ranges;                 /* the server was seen to send all of an object where a part was asked for */
	enum rc_status (*sign)(struct http_request *r, struct rc_buf *lines, struct rc_err *err);        /* NULL: nothing to sign */
	enum http_verdict (*judge)(struct http_request *r, const struct http_answer *a, struct rc_err *err);
	struct web_object objects[WEB_OBJECTS];
	struct web_block blocks[WEB_BLOCKS];
	unsigned clock;
	int64_t last_block;             /* that was read, of last_object */
	struct web_object *last_object;
};

/* Takes base, prefix and shown. Settings from cfg. */
enum rc_status web_open(struct web *w, const struct rc_config *cfg, const char *ca_file, char *base, char *prefix, char *shown, struct rc_err *err);
void web_close(struct web *w);
/* A request for an object (path of the corpus; "": the prefix itself), with ctx, sign and judge of w. */
struct http_request *web_request(struct web *w, const char *method, const char *path);
/* As struct remote_kind has them; state is a struct web. */
enum rc_status web_size(void *state, const char *path, int64_t *ret, struct rc_err *err);
enum rc_status web_read(void *state, const char *path, int64_t offset, void *bytes, size_t len, struct rc_err *err);
enum rc_status web_fetch(void *state, const struct remote_fetching *f, struct rc_err *err);
int64_t web_piece(void *state);
void web_watch(void *state, const struct remote_watch *watch);
/* What is known of objects may be old from now on. */
void web_forget(void *state);

#endif
