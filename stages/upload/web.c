/* web.c -- reading objects over HTTP.
 *
 *   web_size()      the first block of an object tells its size; small ones need no second request
 *   web_read()      blocks of a window, asked for ahead
 *   web_fetch()     many pieces at once */
#include "upload/web.h"

#include <stdio.h>
#include <string.h>

#include "upload/sigv4.h"

enum rc_status web_open(struct web *w, const struct rc_config *cfg, const char *ca_file, char *base, char *prefix, char *shown, struct rc_err *err)
{
	struct http_settings settings = { .jobs = (int)cfg->upload_jobs, .retries = (int)cfg->upload_retries,
	                                  .stall_seconds = (int)cfg->upload_stall_seconds, .ca_file = ca_file };
	enum rc_status status = pace_new(&w->pace, cfg->upload_bwlimit, err);

	w->base = base;
	w->prefix = prefix;
	w->shown = shown;
	w->part_bytes = cfg->upload_part_bytes;
	settings.pace = w->pace;
	return rc_good(status) ? http_new(&w->http, &settings, err) : status;
}

void web_close(struct web *w)
{
	http_free(&w->http);
	pace_free(&w->pace);
	for (size_t i = 0; i < WEB_BLOCKS; i++)
		free(w->blocks[i].bytes);
	for (size_t i = 0; i < WEB_OBJECTS; i++)
		free(w->objects[i].path);
	free(w->base);
	free(w->prefix);
	free(w->shown);
}

struct http_request *web_request(struct web *w, const char *method, const char *path)
{
	struct http_request *r = http_request_new();
	struct rc_buf encoded = RC_BUF(1 << 16), name = RC_BUF(1 << 16);

	rc_buf_adds(&encoded, w->prefix);
	sigv4_encode(&encoded, path, true);
	rc_buf_addf(&name, "%s/%s", w->shown, path);
	r->method = method;
	r->base = w->base;
	r->path = rc_buf_take(&encoded);
	r->name = rc_buf_take(&name);
	r->sign = w->sign;
	r->judge = w->judge;
	r->ctx = w;
	if (!r->path || !r->name)
		rc_out_of_memory();
	return r;
}

void web_watch(void *state, const struct remote_watch *watch)
{
	struct web *w = state;

	w->watch = *watch;
	http_set_watch(w->http, &(struct http_watch){ watch->stopping, watch->moved, watch->ctx });
}

/* ---- the window -------------------------------------------------------------------------------------------------------- */

void web_forget(void *state)
{
	struct web *w = state;

	http_hang_up(w->http);          /* also blocks that are being filled */
	for (size_t i = 0; i < WEB_BLOCKS; i++)
		w->blocks[i].state = BLOCK_FREE;
	for (size_t i = 0; i < WEB_OBJECTS; i++) {
		free(w->objects[i].path);
		w->objects[i] = (struct web_object){ .size = -1 };
	}
	w->last_object = NULL;
}

static struct web_block *find_block(struct web *w, const struct web_object *o, int64_t number)
{
	for (size_t i = 0; i < WEB_BLOCKS; i++)
		if (w->blocks[i].state != BLOCK_FREE && w->blocks[i].of == o && w->blocks[i].number == number)
			return &w->blocks[i];
	return NULL;
}

/* The block that was not used for the longest time, emptied; NULL: all of them are being filled. */
static struct web_block *make_room(struct web *w)
{
	struct web_block *b = NULL;

	for (size_t i = 0; i < WEB_BLOCKS; i++) {
		struct web_block *c = &w->blocks[i];

		if (c->state == BLOCK_LOADING)
			continue;
		if (!b || (b->state != BLOCK_FREE && (c->state == BLOCK_FREE || c->used < b->used)))
			b = c;
	}
	if (b && !b->bytes)
		b->bytes = rc_alloc(WEB_BLOCK);
	return b;
}

static enum rc_status block_bytes(struct http_request *r, int64_t at, const void *bytes, size_t len, struct rc_err *err)
{
	struct web_block *b = r->user;

	memcpy(b->bytes + (at - b->number * WEB_BLOCK), bytes, len);
	return RC_OK;
}

/* The first answer of an object says how large it is and which it is; later ones have to be of the same. */
static enum rc_status learn(struct web *w, struct web_object *o, const struct http_answer *a, struct rc_err *err)
{
	int64_t size = a->code == 404 ? -1 : a->code == 416 ? 0 : a->code == 206 ? a->range_total : a->length;

	w->no_ranges |= a->code == 200;
	if (a->code != 404 && size < 0)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_NETWORK, "cannot read '%s/%s': the server does not say how large it is", w->shown, o->path);
	if (o->size == -2) {
		o->size = size;
		snprintf(o->etag, sizeof o->etag, "%s", a->etag);
		return RC_OK;
	}
	if (size != o->size || strcmp(o->etag, a->etag) != 0)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_NETWORK, "cannot read '%s/%s': it was replaced meanwhile; run it again", w->shown, o->path);
	return RC_OK;
}

static enum rc_status block_done(struct http_request *r, const struct http_answer *a, enum rc_status status, const struct rc_err *why, struct rc_err *err)
{
	struct web_block *b = r->user;

	b->status = rc_good(status) ? learn(r->ctx, b->of, a, &b->why) : status;
	if (!rc_good(status))
		b->why = *why;
	b->state = rc_good(b->status) ? BLOCK_READY : BLOCK_BROKEN;
	return RC_OK;           /* who waits for the block hears of it */
}

/* What is not there, and an object without bytes, are answers too. */
static enum http_verdict judge_read(struct http_request *r, const struct http_answer *a, struct rc_err *err)
{
	struct web *w = r->ctx;
	enum http_verdict verdict;

	if (a->code == 416)
		return HTTP_GOOD;
	verdict = w->judge ? w->judge(r, a, err) : http_judge(a, err);
	return verdict == HTTP_BAD && a->code == 404 && err->reason != RC_WHY_MISSING ? HTTP_GOOD : verdict;
}

static struct web_block *load(struct web *w, struct web_object *o, int64_t number)
{
	struct web_block *b = make_room(w);
	struct http_request *r;

	if (!b)
		return NULL;
	*b = (struct web_block){ BLOCK_LOADING, o, number, ++w->clock, b->bytes, { 0 }, RC_OK };
	r = web_request(w, "GET", o->path);
	r->judge = judge_read;
	r->ranged = true;
	r->from = number * WEB_BLOCK;
	r->len = WEB_BLOCK;
	r->bytes = block_bytes;
	r->done = block_done;
	r->user = b;
	http_submit(w->http, r);
	return b;
}

static enum rc_status wait_for(struct web *w, struct web_block *b, struct rc_err *err)
{
	enum rc_status status = RC_OK;

	while (rc_good(status) && b->state == BLOCK_LOADING)
		status = http_step(w->http, err);
	if (!rc_good(status) || b->state == BLOCK_READY)
		return status;
	*err = b->why;
	b->state = BLOCK_FREE;
	return b->status;
}

static void drop_object(struct web *w, struct web_object *o)
{
	for (size_t i = 0; i < WEB_BLOCKS; i++)
		if (w->blocks[i].of == o && w->blocks[i].state != BLOCK_LOADING)
			w->blocks[i].state = BLOCK_FREE;
	free(o->path);
	*o = (struct web_object){ .size = -1 };
}

/* Blocks of the object that are still being filled; nobody else may take its place before they are. */
static enum rc_status settle(struct web *w, const struct web_object *o, struct rc_err *err)
{
	enum rc_status status = RC_OK;

	for (size_t i = 0; rc_good(status) && i < WEB_BLOCKS; i++)
		while (rc_good(status) && w->blocks[i].state == BLOCK_LOADING && w->blocks[i].of == o)
			status = http_step(w->http, err);
	return status;
}

static enum rc_status find_object(struct web *w, const char *path, struct web_object **ret, struct rc_err *err)
{
	struct web_object *o = &w->objects[0];
	enum rc_status status;

	for (size_t i = 0; i < WEB_OBJECTS; i++) {
		struct web_object *c = &w->objects[i];

		if (c->path && strcmp(c->path, path) == 0) {
			c->used = ++w->clock;
			*ret = c;
			return RC_OK;
		}
		if (!c->path || (o->path && c->used < o->used))
			o = c;
	}
	status = settle(w, o, err);
	if (!rc_good(status))
		return status;
	drop_object(w, o);
	*o = (struct web_object){ rc_strdup(path), -2, "", ++w->clock };
	status = wait_for(w, load(w, o, 0), err);
	if (!rc_good(status))
		drop_object(w, o);
	else
		*ret = o;
	return status;
}

enum rc_status web_size(void *state, const char *path, int64_t *ret, struct rc_err *err)
{
	struct web_object *o = NULL;
	enum rc_status status = find_object(state, path, &o, err);

	if (rc_good(status))
		*ret = o->size;
	return status;
}

/* The block, and those after it where reading goes forward. */
static enum rc_status need(struct web *w, struct web_object *o, int64_t number, struct web_block **ret, struct rc_err *err)
{
	/* A server without ranges would send all of the object each time. */
	bool forward = !w->no_ranges && w->last_object == o && (number == w->last_block || number == w->last_block + 1);
	int64_t last = (o->size - 1) / WEB_BLOCK;
	struct web_block *b = find_block(w, o, number);
	enum rc_status status;

	if (b && b->state == BLOCK_BROKEN)
		b->state = BLOCK_FREE, b = NULL;
	while (!b && !(b = load(w, o, number))) {
		status = http_step(w->http, err);
		if (!rc_good(status))
			return status;
	}
	b->used = ++w->clock;
	for (int64_t next = number + 1; forward && next <= last && next <= number + WEB_AHEAD; next++)
		if (!find_block(w, o, next) && !load(w, o, next))
			break;
	w->last_object = o;
	w->last_block = number;
	*ret = b;
	return wait_for(w, b, err);
}

enum rc_status web_read(void *state, const char *path, int64_t offset, void *bytes, size_t len, struct rc_err *err)
{
	struct web *w = state;
	struct web_object *o = NULL;
	enum rc_status status = find_object(w, path, &o, err);
	char *to = bytes;

	if (!rc_good(status))
		return status;
	if (o->size < 0)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot read '%s/%s': it is not there", w->shown, path);
	if (offset < 0 || offset > o->size || (int64_t)len > o->size - offset)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_TRUNCATED, "cannot read '%s/%s': it ends too early", w->shown, path);
	while (rc_good(status) && len) {
		int64_t number = offset / WEB_BLOCK, skip = offset % WEB_BLOCK;
		size_t step = (size_t)(WEB_BLOCK - skip) < len ? (size_t)(WEB_BLOCK - skip) : len;
		struct web_block *b = NULL;

		status = need(w, o, number, &b, err);
		if (rc_good(status))
			memcpy(to, b->bytes + skip, step);
		to += step;
		offset += (int64_t)step;
		len -= step;
	}
	return status;
}

/* ---- many pieces at once ---------------------------------------------------------------------------------------------------- */

int64_t web_piece(void *state)
{
	struct web *w = state;

	return w->no_ranges ? INT64_MAX : w->part_bytes;
}

struct piece {
	struct remote_piece piece;
	const struct remote_fetching *f;
};

static enum rc_status piece_bytes(struct http_request *r, int64_t at, const void *bytes, size_t len, struct rc_err *err)
{
	struct piece *p = r->user;

	return p->f->bytes(p->f->ctx, &p->piece, at, bytes, len, err);
}

static enum rc_status piece_done(struct http_request *r, const struct http_answer *a, enum rc_status status, const struct rc_err *why, struct rc_err *err)
{
	struct piece *p = r->user;
	struct rc_err mine = *why;
	enum rc_status outcome;

	/* Not there, or shorter than it should be: the file is to blame and not the line. */
	if (rc_good(status) && (a->code == 404 || a->code == 416))
		status = rc_fail(&mine, RC_PAGE_FAILED, RC_WHY_CHANGED, a->code == 404 ? "'%s' is not there" : "'%s' is not what the manifest says: another size", p->piece.path);
	outcome = p->f->done(p->f->ctx, &p->piece, status, &mine, err);
	free((char *)p->piece.path);
	free(p);
	return outcome;
}

enum rc_status web_fetch(void *state, const struct remote_fetching *f, struct rc_err *err)
{
	struct web *w = state;
	struct remote_piece next;
	enum rc_status status = RC_OK;

	/* What is done may want more: next() is asked before it is over. */
	do {
		while (http_wants_more(w->http) && f->next(f->ctx, &next)) {
			struct piece *p = rc_alloc(sizeof *p);
			struct http_request *r = web_request(w, "GET", next.path);

			*p = (struct piece){ next, f };
			p->piece.path = rc_strdup(next.path);
			r->judge = judge_read;
			r->ranged = true;
			r->fresh = next.fresh;
			r->from = next.from;
			r->len = next.len;
			r->bytes = piece_bytes;
			r->done = piece_done;
			r->user = p;
			http_submit(w->http, r);
		}
		if (!http_pending(w->http))
			break;
		status = http_step(w->http, err);
	} while (rc_good(status));
	if (!rc_good(status))
		http_cancel(w->http);
	return status;
}
