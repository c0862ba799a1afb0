/* tar_read.c -- members one after another, and samples made of three of them. */
#include "package/tar_read.h"

#include <string.h>

#include "core/limits.h"

#define CHUNK (256 << 10)

enum rc_status tar_walk_open(struct tar_walk *w, const struct corpus_source *source, const struct manifest_file *file,
                             int64_t offset, bool whole, struct rc_err *err)
{
	int64_t size = -1;
	enum rc_status status = source->size(source->ctx, file->path, &size, err);

	*w = (struct tar_walk){ .source = source, .file = file, .offset = offset };
	if (!rc_good(status))
		return status;
	if (size != file->bytes)
		return rc_fail(err, size < 0 ? RC_RUN_FAILED : RC_PAGE_FAILED, size < 0 ? RC_WHY_MISSING : RC_WHY_CHANGED,
		               "'%s' is not what the manifest says: %lld bytes, not %lld", file->path, (long long)size, (long long)file->bytes);
	if (offset < 0 || offset > size)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_FORMAT, "cannot read '%s' at %lld: it has %lld bytes", file->path, (long long)offset,
		               (long long)size);
	if (whole)
		w->hasher = rc_hasher_new();
	return RC_OK;
}

void tar_walk_close(struct tar_walk *w)
{
	rc_hasher_free(&w->hasher);
}

static enum rc_status bad(const struct tar_walk *w, const char *why, struct rc_err *err)
{
	return rc_fail(err, RC_PAGE_FAILED, RC_WHY_FORMAT, "cannot read '%s' at %lld: %s", w->file->path, (long long)w->offset, why);
}

static enum rc_status take(struct tar_walk *w, int64_t offset, void *bytes, size_t len, struct rc_err *err)
{
	enum rc_status status;

	if (offset + (int64_t)len > w->file->bytes)
		return bad(w, "it ends too early", err);
	status = w->source->read(w->source->ctx, w->file->path, offset, bytes, len, err);
	if (rc_good(status) && w->hasher)
		rc_hasher_add(w->hasher, bytes, len);
	return status;
}

/* What was not taken of the current member is walked over, so that the hash is of everything. */
static enum rc_status pass(struct tar_walk *w, int64_t from, int64_t to, struct rc_err *err)
{
	static char chunk[CHUNK];
	enum rc_status status = RC_OK;

	while (w->hasher && from < to && rc_good(status)) {
		size_t len = to - from < CHUNK ? (size_t)(to - from) : CHUNK;

		status = take(w, from, chunk, len, err);
		from += (int64_t)len;
	}
	return status;
}

enum rc_status tar_walk_next(struct tar_walk *w, struct rc_err *err)
{
	uint8_t block[USTAR_BLOCK];
	struct rc_err why;
	enum rc_status status = w->pending ? pass(w, w->content, w->offset, err) : RC_OK;

	w->pending = false;
	if (rc_good(status))
		status = take(w, w->offset, block, sizeof block, err);
	if (!rc_good(status))
		return status;
	status = ustar_parse(block, w->name, &w->size, &why);
	if (status == RC_SKIP) {
		if (w->offset + USTAR_END_BYTES != w->file->bytes)
			return bad(w, "the end is not at the end", err);
		status = take(w, w->offset + USTAR_BLOCK, block, sizeof block, err);
		return rc_good(status) ? RC_SKIP : status;
	}
	if (!rc_good(status))
		return bad(w, why.text, err);
	w->extension = strchr(w->name, '.');
	if (!w->extension || !w->extension[1] || w->extension == w->name)
		return bad(w, "a member without key or extension", err);
	*w->extension++ = 0;
	w->content = w->offset + USTAR_BLOCK;
	if (w->content + w->size > w->file->bytes)
		return bad(w, "a member is longer than the shard", err);
	w->offset += ustar_member_bytes(w->size);
	w->pending = true;
	return RC_OK;
}

enum rc_status tar_walk_content(struct tar_walk *w, int64_t max, struct rc_buf *out, struct rc_err *err)
{
	enum rc_status status = RC_OK;
	char *room;

	if (w->size > max)
		return bad(w, "a member is larger than the limit", err);
	w->pending = false;
	if (w->size > 0) {
		room = rc_buf_grow(out, (size_t)w->size);
		status = room ? take(w, w->content, room, (size_t)w->size, err)
		              : rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot read '%s': out of memory", w->file->path);
	}
	return rc_good(status) ? pass(w, w->content + w->size, w->offset, err) : status;
}

enum rc_status tar_walk_verify(struct tar_walk *w, struct rc_err *err)
{
	struct rc_digest d = rc_hasher_end(w->hasher);

	return rc_digest_equal(&d, &w->file->digest) ? RC_OK :
	       rc_fail(err, RC_PAGE_FAILED, RC_WHY_CHANGED, "'%s' is not what the manifest says: another SHA-256", w->file->path);
}

/* ---- samples ------------------------------------------------------------------------------------------ */

void tar_sample_init(struct tar_sample *s)
{
	*s = (struct tar_sample){ .json = RC_BUF(RC_MAX_RESULT_BYTES), .text = RC_BUF(RC_MAX_RESULT_BYTES) };
}

void tar_sample_free(struct tar_sample *s)
{
	rc_buf_free(&s->json);
	rc_buf_free(&s->text);
}

static enum rc_status take_image(struct tar_walk *w, bool with_image, struct tar_sample *s, struct rc_err *err)
{
	RC_OWN_BUF image = RC_BUF(RC_MAX_IMAGE_BYTES);
	enum rc_status status;

	s->has_image = true;
	s->png = strcmp(w->extension, "png") == 0;
	if (!with_image)
		return RC_OK;
	status = tar_walk_content(w, RC_MAX_IMAGE_BYTES, &image, err);
	if (rc_good(status))
		s->image = rc_digest_of(image.data, image.len);
	return status;
}

static enum rc_status take_member(struct tar_walk *w, bool with_image, struct tar_sample *s, struct rc_err *err)
{
	if (strcmp(w->extension, "json") == 0)
		return tar_walk_content(w, RC_MAX_RESULT_BYTES, &s->json, err);
	if (strcmp(w->extension, "txt") == 0)
		return tar_walk_content(w, RC_MAX_RESULT_BYTES, &s->text, err);
	return take_image(w, with_image, s, err);
}

/* What the members of a sample can be, in order; all but those of images end with the text. */
static const char *const forms[][4] = { { "jpg", "json", "txt" }, { "json", "png", "txt" }, { "json", "txt" } };
static const char *const image_forms[][4] = { { "jpg" }, { "png" } };

/* The form that begins with those n members and goes on with this one, or NULL. */
static const char *const *form_of(enum manifest_kind kind, const char *const *so_far, int n, const char *extension)
{
	const char *const (*all)[4] = kind == MANIFEST_IMAGES ? image_forms : forms;
	size_t count = kind == MANIFEST_IMAGES ? RC_COUNT(image_forms) : RC_COUNT(forms);

	for (size_t i = 0; i < count; i++) {
		int same = 0;

		while (same < n && strcmp(all[i][same], so_far[same]) == 0)
			same++;
		if (same == n && all[i][n] && strcmp(all[i][n], extension) == 0)
			return all[i];
	}
	return NULL;
}

enum rc_status tar_sample_next(struct tar_walk *w, bool with_image, struct tar_sample *s, struct rc_err *err)
{
	const char *const *form = NULL;
	enum rc_status status;

	rc_buf_clear(&s->json);
	rc_buf_clear(&s->text);
	s->png = s->has_image = false;
	s->key[0] = 0;
	s->offset = w->offset;
	s->image = (struct rc_digest){ 0 };
	for (int i = 0; !form || form[i]; i++) {
		status = tar_walk_next(w, err);
		if (status == RC_SKIP)
			return i == 0 ? RC_SKIP : bad(w, "a sample lacks members", err);
		if (!rc_good(status))
			return status;
		if (i == 0)
			memcpy(s->key, w->name, strlen(w->name) + 1);
		else if (strcmp(s->key, w->name) != 0)
			return bad(w, "a sample lacks members", err);
		form = form_of(w->file->kind, form, i, w->extension);
		if (!form)
			return bad(w, "a member of another kind", err);
		status = take_member(w, with_image, s, err);
		if (!rc_good(status))
			return status;
	}
	return RC_OK;
}
