/* remote.c -- what all kinds of remotes have in common.
 *
 *   kinds           the table: which URL is which
 *   remote_copy()   from a source to a remote, compared on the way and at the end */
#include "upload/remote.h"

#include <string.h>

#define CHUNK (1 << 20)

static const struct remote_kind *const kinds[] = { &remote_file };
static const char *const not_yet[] = { "s3://", "https://", "http://" };

struct remote {
	const struct remote_kind *kind;
	void *state;
	char *url;
};

static enum rc_status find_kind(const char *url, const struct remote_kind **ret, struct rc_err *err)
{
	for (size_t i = 0; i < RC_COUNT(not_yet); i++)
		if (strncmp(url, not_yet[i], strlen(not_yet[i])) == 0)
			return rc_fail(err, RC_RUN_FAILED, RC_WHY_USAGE, "cannot use '%s': %s does not work yet, only file:///", url, not_yet[i]);
	for (size_t i = 0; i < RC_COUNT(kinds); i++)
		if (strncmp(url, kinds[i]->scheme, strlen(kinds[i]->scheme)) == 0) {
			*ret = kinds[i];
			return RC_OK;
		}
	return rc_fail(err, RC_RUN_FAILED, RC_WHY_USAGE, "cannot use '%s': not a URL like file:///srv/corpora/box12", url);
}

enum rc_status remote_check(const char *url, struct rc_err *err)
{
	const struct remote_kind *kind;

	return find_kind(url, &kind, err);
}

enum rc_status remote_open(struct remote **ret, const char *url, bool writing, struct rc_err *err)
{
	RC_CLEANUP(remote_close) struct remote *r = calloc(1, sizeof *r);
	enum rc_status status;

	if (!r || !(r->url = strdup(url)))
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot open '%s': out of memory", url);
	status = find_kind(url, &r->kind, err);
	if (!rc_good(status))
		return status;
	status = r->kind->open(url, writing, &r->state, err);
	if (rc_good(status))
		*ret = rc_steal(r);
	return status;
}

void remote_close(struct remote **remote)
{
	struct remote *r = *remote;

	if (!r)
		return;
	if (r->kind && r->state)
		r->kind->close(r->state);
	free(r->url);
	free(r);
	*remote = NULL;
}

struct corpus_source remote_source(struct remote *remote)
{
	return (struct corpus_source){ remote->kind->size, remote->kind->read, remote->state, remote->url };
}

/* ---- putting ---------------------------------------------------------------------------------------------- */

struct copying {
	const struct corpus_source *source;
	const char *path;
	int64_t at, size;
	const struct rc_digest *digest;
	struct rc_hasher *h;
	char *chunk;
	enum rc_status (*on_bytes)(void *ctx, int64_t n, struct rc_err *err);
	void *ctx;
	enum rc_status failed;
};

/* The next piece. The last is given only when all of it is what it should be: a bad object never gets its name. */
static int64_t next_piece(void *ctx, const void **bytes, struct rc_err *err)
{
	struct copying *c = ctx;
	int64_t len = c->size - c->at < CHUNK ? c->size - c->at : CHUNK;

	if (len == 0)
		return 0;
	c->failed = c->source->read(c->source->ctx, c->path, c->at, c->chunk, (size_t)len, err);
	if (!rc_good(c->failed))
		return -1;
	rc_hasher_add(c->h, c->chunk, (size_t)len);
	c->at += len;
	if (c->at == c->size) {
		struct rc_digest d = rc_hasher_end(c->h);

		if (!rc_digest_equal(&d, c->digest))
			c->failed = rc_fail(err, RC_PAGE_FAILED, RC_WHY_CHANGED, "'%s/%s' is not what its manifest says: another SHA-256", c->source->name, c->path);
	}
	if (rc_good(c->failed) && c->on_bytes)
		c->failed = c->on_bytes(c->ctx, len, err);
	*bytes = c->chunk;
	return rc_good(c->failed) ? len : -1;
}

enum rc_status remote_has(struct remote *remote, const char *path, int64_t size, const struct rc_digest *digest, bool *ret, struct rc_err *err)
{
	RC_CLEANUP(rc_hasher_free) struct rc_hasher *h = rc_hasher_new();
	RC_CLEANUP(rc_free) char *chunk = malloc(CHUNK);
	int64_t there = -1;
	enum rc_status status = remote->kind->size(remote->state, path, &there, err);
	struct rc_digest d;

	if (!rc_good(status) || !chunk)
		return chunk ? status : rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot read '%s': out of memory", path);
	*ret = false;
	if (there != size)
		return RC_OK;
	for (int64_t at = 0; rc_good(status) && at < size; at += CHUNK) {
		size_t len = size - at < CHUNK ? (size_t)(size - at) : CHUNK;

		status = remote->kind->read(remote->state, path, at, chunk, len, err);
		if (rc_good(status))
			rc_hasher_add(h, chunk, len);
	}
	d = rc_hasher_end(h);
	*ret = rc_good(status) && rc_digest_equal(&d, digest);
	return status;
}

enum rc_status remote_copy(struct remote *remote, const char *to, const struct corpus_source *source, const char *path, int64_t size,
                           const struct rc_digest *digest, enum rc_status (*on_bytes)(void *ctx, int64_t n, struct rc_err *err),
                           void *ctx, struct rc_err *err)
{
	RC_CLEANUP(rc_hasher_free) struct rc_hasher *h = rc_hasher_new();
	RC_CLEANUP(rc_free) char *chunk = malloc(CHUNK);
	struct copying c = { source, path, 0, size, digest, h, chunk, on_bytes, ctx, RC_OK };
	int64_t there = -1;
	bool arrived = false;
	enum rc_status status = chunk ? source->size(source->ctx, path, &there, err)
	                              : rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot send '%s': out of memory", path);

	if (!rc_good(status))
		return status;
	if (there != size)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_CHANGED, "'%s/%s' is not what its manifest says: %lld bytes, not %lld", source->name, path,
		               (long long)there, (long long)size);
	status = remote->kind->put(remote->state, to, next_piece, &c, err);
	if (!rc_good(status))
		return rc_good(c.failed) ? status : c.failed;
	status = remote_has(remote, to, size, digest, &arrived, err);
	return rc_good(status) && !arrived
	               ? rc_fail(err, RC_RUN_FAILED, RC_WHY_NETWORK, "'%s' did not arrive at '%s' as it was sent", to, remote->url)
	               : status;
}

struct one_piece {
	const void *bytes;
	size_t len;
};

static int64_t give_once(void *ctx, const void **bytes, struct rc_err *err)
{
	struct one_piece *p = ctx;
	int64_t len = (int64_t)p->len;

	*bytes = p->bytes;
	p->len = 0;
	return len;
}

enum rc_status remote_put_bytes(struct remote *remote, const char *to, const void *bytes, size_t len, struct rc_err *err)
{
	return remote->kind->put(remote->state, to, give_once, &(struct one_piece){ bytes, len }, err);
}
