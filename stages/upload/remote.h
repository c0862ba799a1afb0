/* remote.h -- a place that keeps corpora, known by a URL, whatever is behind it.
 *
 * A kind of remote is one const struct in one file and one line in remote.c. Objects have paths below the URL that are
 * manifest_path_ok(), or lie below versions/. */
#ifndef UPLOAD_REMOTE_H
#define UPLOAD_REMOTE_H

#include "common/manifest.h"

struct remote_kind {
	const char *scheme;             /* "file://" */
	/* Takes the URL apart and looks whether the place can be used. writing: makes what must be there to put. */
	enum rc_status (*open)(const char *url, bool writing, void **state, struct rc_err *err);
	/* As corpus_source: -1 when there is no such object; exactly len bytes from offset. */
	enum rc_status (*size)(void *state, const char *path, int64_t *ret, struct rc_err *err);
	enum rc_status (*read)(void *state, const char *path, int64_t offset, void *bytes, size_t len, struct rc_err *err);
	/* Puts an object, whole or not at all; replaces one that is there. The bytes come from next(), until it gives 0. */
	enum rc_status (*put)(void *state, const char *path, int64_t (*next)(void *ctx, const void **bytes, struct rc_err *err), void *ctx,
	                      struct rc_err *err);
	void (*close)(void *state);     /* NULL is fine */
};

/* Is it a URL that remote_open() knows? Looks at nothing but its words. */
enum rc_status remote_check(const char *url, struct rc_err *err);

struct remote;
/* RC_RUN_FAILED/usage for a URL of no kind we know, or of one that does not work yet. */
enum rc_status remote_open(struct remote **ret, const char *url, bool writing, struct rc_err *err);
void remote_close(struct remote **remote);
/* To read from it as from any corpus; borrowed. */
struct corpus_source remote_source(struct remote *remote);

extern const struct remote_kind remote_file;

/* Puts `size` bytes of a file of source under `to`, and compares what went through with `digest`, then what arrived. on_bytes (may be
 * NULL) is told of every piece and may end it with a bad status. RC_PAGE_FAILED/changed when the source is not what it should be. */
enum rc_status remote_copy(struct remote *remote, const char *to, const struct corpus_source *source, const char *path, int64_t size,
                           const struct rc_digest *digest, enum rc_status (*on_bytes)(void *ctx, int64_t n, struct rc_err *err),
                           void *ctx, struct rc_err *err);
enum rc_status remote_put_bytes(struct remote *remote, const char *to, const void *bytes, size_t len, struct rc_err *err);
/* Is the object there with this size and digest? Reads it. */
enum rc_status remote_has(struct remote *remote, const char *path, int64_t size, const struct rc_digest *digest, bool *ret, struct rc_err *err);

#endif
