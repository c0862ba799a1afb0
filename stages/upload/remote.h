/* remote.h -- a place that keeps corpora, known by a URL, whatever is behind it.
 *
 * A kind of remote is one const struct in one file and one line in remote.c. Objects have paths below the URL that are
 * manifest_path_ok(), or lie below versions/. Where requests take their time, a kind does many of them at once: send, fetch. */
#ifndef UPLOAD_REMOTE_H
#define UPLOAD_REMOTE_H

#include "common/manifest.h"
#include "core/config.h"

struct remote_watch {           /* all of it may be NULL */
	bool (*stopping)(void *ctx);    /* then RC_RUN_FAILED/stopped */
	void (*moved)(void *ctx, int64_t bytes);        /* of files, or were there already; below 0: they have to go again */
	void *ctx;
};

struct remote_item {            /* a file on its way there; all borrowed */
	const char *path;               /* in the source */
	const char *to;                 /* at the remote */
	int64_t bytes;
	struct rc_digest digest;
	bool sent;                      /* the outcome: it was not there */
};
struct remote_sending {
	const struct corpus_source *source;
	struct remote_item *items;
	size_t n;
	bool look_only;                 /* send nothing; `sent` says what would be */
};

struct remote_piece {           /* of an object, on its way here */
	const char *path;
	int64_t from, len;              /* len > 0 */
	bool fresh;                     /* over a connection of its own: what came before was wrong, and may have been another's answer */
	void *user;
};
struct remote_fetching {
	/* The next piece that is wanted; false: none at the moment. path is borrowed until the next call. */
	bool (*next)(void *ctx, struct remote_piece *ret);
	/* Bytes of it, in order within the piece. */
	enum rc_status (*bytes)(void *ctx, const struct remote_piece *p, int64_t at, const void *bytes, size_t len, struct rc_err *err);
	/* The piece is there, or why not: RC_PAGE_FAILED/changed when the object is missing or too short. What this returns, when it is not
	 * good, ends all of it. Afterwards next() is asked again. */
	enum rc_status (*done)(void *ctx, const struct remote_piece *p, enum rc_status status, const struct rc_err *why, struct rc_err *err);
	void *ctx;
};

struct remote_kind {
	const char *scheme;             /* "file://" */
	/* Is the URL one that open() could take apart? NULL: any is. */
	enum rc_status (*check)(const char *url, struct rc_err *err);
	/* Takes the URL apart and looks whether the place can be used. writing: makes what must be there to put. */
	enum rc_status (*open)(const char *url, bool writing, const struct rc_config *cfg, void **state, struct rc_err *err);
	/* As corpus_source: -1 when there is no such object; exactly len bytes from offset. */
	enum rc_status (*size)(void *state, const char *path, int64_t *ret, struct rc_err *err);
	enum rc_status (*read)(void *state, const char *path, int64_t offset, void *bytes, size_t len, struct rc_err *err);
	/* Puts an object, whole or not at all; replaces one that is there. NULL: this kind is for reading. A remote that can notices when
	 * somebody else wrote it since size() looked at it first: RC_RUN_FAILED/busy. */
	enum rc_status (*put)(void *state, const char *path, const void *bytes, size_t len, struct rc_err *err);
	/* One file of a source, and whether it is there with its digest; for kinds without send. */
	enum rc_status (*copy)(void *state, const struct corpus_source *source, const struct remote_item *item, const struct remote_watch *watch,
	                       struct rc_err *err);
	/* Many at once; NULL where one after the other is as good. */
	enum rc_status (*send)(void *state, const struct remote_sending *s, struct rc_err *err);
	enum rc_status (*fetch)(void *state, const struct remote_fetching *f, struct rc_err *err);
	int64_t (*piece)(void *state);  /* the size of pieces for fetch */
	void (*watch)(void *state, const struct remote_watch *watch);
	/* What was read before may be old, or was damaged on its way: the next read asks anew. NULL: every one does. */
	void (*forget)(void *state);
	/* Removes what publishing left behind that was stopped for good. */
	enum rc_status (*clean)(void *state, struct rc_err *err);
	void (*close)(void *state);     /* NULL is fine */
};

/* Is it a URL that remote_open() knows? Looks at nothing but its words. */
enum rc_status remote_check(const char *url, struct rc_err *err);

struct remote;
/* RC_RUN_FAILED/usage for a URL of no kind we know, or when it is to be written and can only be read. cfg is read here only; NULL: defaults. */
enum rc_status remote_open(struct remote **ret, const char *url, bool writing, const struct rc_config *cfg, struct rc_err *err);
void remote_close(struct remote **remote);
/* To read from it as from any corpus; borrowed. */
struct corpus_source remote_source(struct remote *remote);
/* Who is told of bytes from now on, and may stop it. Copied. */
void remote_watch_by(struct remote *remote, const struct remote_watch *watch);

extern const struct remote_kind remote_file, remote_s3, remote_https, remote_http;

/* Sends what is not there with its digest. RC_PAGE_FAILED/changed when the source is not what it should be: that file then is not there. */
enum rc_status remote_send(struct remote *remote, const struct remote_sending *s, struct rc_err *err);
/* Fetches what next() wants, until it wants nothing more. */
enum rc_status remote_fetch(struct remote *remote, const struct remote_fetching *f, struct rc_err *err);
/* Files are best fetched in pieces of this size; known after something was read. */
int64_t remote_piece_bytes(struct remote *remote);
enum rc_status remote_put_bytes(struct remote *remote, const char *to, const void *bytes, size_t len, struct rc_err *err);
void remote_forget(struct remote *remote);
enum rc_status remote_clean(struct remote *remote, struct rc_err *err);
/* Is the object there with this size and digest? Reads it. */
enum rc_status remote_has(struct remote *remote, const char *path, int64_t size, const struct rc_digest *digest, bool *ret, struct rc_err *err);

#endif
