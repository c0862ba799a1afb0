/* remote.c -- what all kinds of remotes have in common.
 *
 *   kinds             the table: which URL is which
 *   remote_send()     from a source to a remote, compared on the way and at the end
 *   remote_fetch()    pieces of objects, many at once where that is faster */
#include "upload/remote.h"

#include <string.h>

#define CHUNK (1 << 20)

static const struct remote_kind *const kinds[] = { &remote_file, &remote_s3, &remote_https, &remote_http };

struct remote {
	const struct remote_kind *kind;
	void *state;
	char *url;
	struct remote_watch watch;
};

static enum rc_status find_kind(const char *url, const struct remote_kind **ret, struct rc_err *err)
{
	for (size_t i = 0; i < RC_COUNT(kinds); i++)
		if (strncmp(url, kinds[i]->scheme, strlen(kinds[i]->scheme)) == 0) {
			*ret = kinds[i];
			return kinds[i]->check ? kinds[i]->check(url, err) : RC_OK;
		}
	return rc_fail(err, RC_RUN_FAILED, RC_WHY_USAGE, "cannot use '%s': not a URL like s3://bucket/box12, https://host/box12 or file:///srv/box12", url);
}

static enum rc_status check_writing(const struct remote_kind *kind, const char *url, struct rc_err *err)
{
	return kind->put ? RC_OK : rc_fail(err, RC_RUN_FAILED, RC_WHY_USAGE, "cannot publish to '%s': %s is for reading", url, kind->scheme);
}

enum rc_status remote_check(const char *url, struct rc_err *err)
{
	const struct remote_kind *kind = NULL;
	enum rc_status status = find_kind(url, &kind, err);

	return rc_good(status) ? check_writing(kind, url, err) : status;
}

enum rc_status remote_open(struct remote **ret, const char *url, bool writing, const struct rc_config *cfg, struct rc_err *err)
{
	RC_CLEANUP(remote_close) struct remote *r = rc_alloc(sizeof *r);
	RC_CLEANUP(rc_config_free) struct rc_config *defaults = cfg ? NULL : rc_config_new();
	enum rc_status status = find_kind(url, &r->kind, err);

	r->url = rc_strdup(url);
	if (rc_good(status) && writing)
		status = check_writing(r->kind, url, err);
	if (rc_good(status))
		status = r->kind->open(url, writing, cfg ? cfg : defaults, &r->state, err);
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

void remote_watch_by(struct remote *remote, const struct remote_watch *watch)
{
	remote->watch = *watch;
	if (remote->kind->watch)
		remote->kind->watch(remote->state, watch);
}

static enum rc_status moved(struct remote *remote, int64_t bytes, struct rc_err *err)
{
	if (remote->watch.moved)
		remote->watch.moved(remote->watch.ctx, bytes);
	if (remote->watch.stopping && remote->watch.stopping(remote->watch.ctx))
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_STOPPED, "stopped; run it again to go on");
	return RC_OK;
}

/* ---- there ------------------------------------------------------------------------------------------------------------ */

enum rc_status remote_has(struct remote *remote, const char *path, int64_t size, const struct rc_digest *digest, bool *ret, struct rc_err *err)
{
	RC_CLEANUP(rc_hasher_free) struct rc_hasher *h = rc_hasher_new();
	RC_CLEANUP(rc_free) char *chunk = rc_alloc(CHUNK);
	int64_t there = -1;
	enum rc_status status = remote->kind->size(remote->state, path, &there, err);
	struct rc_digest d;

	if (!rc_good(status))
		return status;
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

static enum rc_status check_size(const struct corpus_source *source, const struct remote_item *item, struct rc_err *err)
{
	int64_t here = -1;
	enum rc_status status = source->size(source->ctx, item->path, &here, err);

	if (rc_good(status) && here != item->bytes)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_CHANGED, "'%s/%s' is not what its manifest says: %lld bytes, not %lld", source->name, item->path,
		               (long long)here, (long long)item->bytes);
	return status;
}

/* One file of a kind that does one after the other. */
static enum rc_status send_one(struct remote *remote, const struct remote_sending *s, struct remote_item *item, struct rc_err *err)
{
	bool there = false;
	enum rc_status status = remote_has(remote, item->to, item->bytes, &item->digest, &there, err);

	if (!rc_good(status))
		return status;
	item->sent = !there;
	if (there || s->look_only)
		return there ? moved(remote, item->bytes, err) : RC_OK;
	status = remote->kind->copy(remote->state, s->source, item, &remote->watch, err);
	if (rc_good(status))
		status = remote_has(remote, item->to, item->bytes, &item->digest, &there, err);
	return rc_good(status) && !there
	               ? rc_fail(err, RC_RUN_FAILED, RC_WHY_NETWORK, "'%s' did not arrive at '%s' as it was sent", item->to, remote->url)
	               : status;
}

enum rc_status remote_send(struct remote *remote, const struct remote_sending *s, struct rc_err *err)
{
	enum rc_status status = RC_OK;

	for (size_t i = 0; rc_good(status) && i < s->n; i++)
		status = check_size(s->source, &s->items[i], err);
	if (rc_good(status) && remote->kind->send)
		return remote->kind->send(remote->state, s, err);
	for (size_t i = 0; rc_good(status) && i < s->n; i++)
		status = send_one(remote, s, &s->items[i], err);
	return status;
}

enum rc_status remote_put_bytes(struct remote *remote, const char *to, const void *bytes, size_t len, struct rc_err *err)
{
	return remote->kind->put(remote->state, to, bytes, len, err);
}

void remote_forget(struct remote *remote)
{
	if (remote->kind->forget)
		remote->kind->forget(remote->state);
}

enum rc_status remote_clean(struct remote *remote, struct rc_err *err)
{
	return remote->kind->clean ? remote->kind->clean(remote->state, err) : RC_OK;
}

/* ---- here -------------------------------------------------------------------------------------------------------------- */

int64_t remote_piece_bytes(struct remote *remote)
{
	return remote->kind->piece ? remote->kind->piece(remote->state) : INT64_MAX;
}

/* A piece of a kind that does one after the other. An object that is missing or too short is the piece's failure. */
static enum rc_status fetch_piece(struct remote *remote, const struct remote_fetching *f, const struct remote_piece *p, char *chunk, struct rc_err *err)
{
	int64_t size = -1;
	enum rc_status status = remote->kind->size(remote->state, p->path, &size, err);

	if (rc_good(status) && size < p->from + p->len)
		status = rc_fail(err, RC_PAGE_FAILED, RC_WHY_CHANGED, size < 0 ? "'%s' is not there" : "'%s' is not what the manifest says: another size", p->path);
	for (int64_t at = 0; rc_good(status) && at < p->len; at += CHUNK) {
		size_t len = p->len - at < CHUNK ? (size_t)(p->len - at) : CHUNK;

		status = remote->kind->read(remote->state, p->path, p->from + at, chunk, len, err);
		if (rc_good(status))
			status = f->bytes(f->ctx, p, p->from + at, chunk, len, err);
		if (rc_good(status))
			status = moved(remote, (int64_t)len, err);
	}
	return status;
}

enum rc_status remote_fetch(struct remote *remote, const struct remote_fetching *f, struct rc_err *err)
{
	RC_CLEANUP(rc_free) char *chunk = rc_alloc(CHUNK);
	struct remote_piece p;
	enum rc_status status = RC_OK;

	if (remote->kind->fetch)
		return remote->kind->fetch(remote->state, f, err);
	while (rc_good(status) && f->next(f->ctx, &p)) {
		RC_OWN_STR path = rc_strdup(p.path);
		struct rc_err why = { 0 };

		p.path = path;
		status = fetch_piece(remote, f, &p, chunk, &why);
		status = f->done(f->ctx, &p, status, &why, err);
	}
	return status;
}
