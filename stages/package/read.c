/* read.c -- samples of a corpus.
 *
 *   corpus_reader_each()   each_text() and each_page(): in order, shard by shard
 *   corpus_reader_at()     by number; in a text shard, frames are searched by the numbers that the index has of their samples
 *   corpus_reader_id()     by id, through the index and the seek table */
#include "package/read_parts.h"

#include <string.h>

#include "package/tar_read.h"

enum rc_status corpus_reader_open(struct corpus_reader **ret, const struct corpus_source *source, const struct manifest *manifest,
                                  struct rc_err *err)
{
	struct corpus_reader *r = calloc(1, sizeof *r);

	if (!r)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot read '%s': out of memory", source->name);
	r->source = source;
	r->manifest = manifest;
	*ret = r;
	return RC_OK;
}

void corpus_reader_close(struct corpus_reader **r)
{
	if (*r)
		packed_close(&(*r)->index);
	free(*r);
	*r = NULL;
}

/* ---- JSON Lines ----------------------------------------------------------------------------------------- */

static enum rc_status give_lines(const struct rc_buf *raw, corpus_sample_fn *fn, void *ctx, struct rc_err *err)
{
	enum rc_status status = RC_OK;
	size_t at = 0, len;

	for (const char *line; rc_good(status) && (line = packed_line(raw, &at, &len));)
		status = fn(ctx, line, len, err);
	return status;
}

/* Hashes what lies behind the frames and compares the whole. */
static enum rc_status verify_rest(struct packed_file *f, struct rc_hasher *h, int64_t done, struct rc_err *err)
{
	RC_OWN_BUF rest = RC_BUF(ZST_MAX_FRAME);
	char *room = rc_buf_grow(&rest, (size_t)(f->file->bytes - done));
	struct rc_digest d;
	enum rc_status status;

	if (!room)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot read '%s': out of memory", f->file->path);
	status = corpus_file_read(&f->at, done, room, (size_t)(f->file->bytes - done), err);
	if (!rc_good(status))
		return status;
	rc_hasher_add(h, room, (size_t)(f->file->bytes - done));
	d = rc_hasher_end(h);
	return rc_digest_equal(&d, &f->file->digest) ? RC_OK :
	       rc_fail(err, RC_PAGE_FAILED, RC_WHY_CHANGED, "'%s' is not what the manifest says: another SHA-256", f->file->path);
}

static enum rc_status each_text(struct corpus_reader *r, const struct manifest_file *file, corpus_sample_fn *fn, void *ctx, struct rc_err *err)
{
	RC_CLEANUP(packed_close) struct packed_file f = { 0 };
	RC_CLEANUP(rc_hasher_free) struct rc_hasher *h = rc_hasher_new();
	RC_OWN_BUF raw = RC_BUF(ZST_MAX_FRAME);
	RC_OWN_BUF packed = RC_BUF(UINT32_MAX);
	enum rc_status status = packed_open(&f, r->source, file, err);
	int64_t done = 0;

	for (size_t i = 0; rc_good(status) && i < f.table.n; i++) {
		rc_buf_clear(&raw);
		rc_buf_clear(&packed);
		status = zst_frame_read(&f.zst, &f.table, i, &raw, &packed, err);
		rc_hasher_add(h, packed.data, packed.len);
		done += f.table.frames[i].packed;
		if (rc_good(status))
			status = give_lines(&raw, fn, ctx, err);
	}
	return rc_good(status) ? verify_rest(&f, h, done, err) : status;
}

/* ---- pages ---------------------------------------------------------------------------------------------- */

static enum rc_status give_page(const struct tar_sample *s, const char *name, corpus_sample_fn *fn, void *ctx, struct rc_err *err)
{
	RC_OWN_JSON json = NULL;
	RC_OWN_BUF line = RC_BUF(INT64_C(1) << 30);
	enum rc_status status = rc_json_parse(s->json.data, s->json.len, name, &json, err);

	if (!rc_good(status))
		return status;
	json_object_set_new(json, "text", json_stringn(s->text.data, s->text.len));
	rc_json_print(&line, json);
	status = rc_buf_check(&line, "a sample", err);
	return rc_good(status) ? fn(ctx, line.data, line.len, err) : status;
}

static enum rc_status each_page(struct corpus_reader *r, const struct manifest_file *file, corpus_sample_fn *fn, void *ctx, struct rc_err *err)
{
	RC_CLEANUP(tar_walk_close) struct tar_walk w;
	RC_CLEANUP(tar_sample_free) struct tar_sample s;
	enum rc_status status = tar_walk_open(&w, r->source, file, 0, true, err);

	tar_sample_init(&s);
	while (rc_good(status) && (status = tar_sample_next(&w, false, &s, err)) == RC_OK)
		status = give_page(&s, file->path, fn, ctx, err);
	return status == RC_SKIP ? tar_walk_verify(&w, err) : status;
}

enum rc_status corpus_reader_each(struct corpus_reader *r, enum manifest_kind kind, int split, corpus_sample_fn *fn, void *ctx,
                                  struct rc_err *err)
{
	enum rc_status status = RC_OK;

	for (size_t i = 0; rc_good(status) && i < r->manifest->n_files; i++) {
		const struct manifest_file *file = &r->manifest->files[i];

		if (file->kind != kind || (split >= 0 && file->split != split))
			continue;
		status = kind == MANIFEST_TEXT ? each_text(r, file, fn, ctx, err) : each_page(r, file, fn, ctx, err);
	}
	return status;
}

/* ---- one sample ------------------------------------------------------------------------------------------- */

static enum rc_status none(const struct corpus_reader *r, const char *id, struct rc_err *err)
{
	return rc_fail(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot find '%s' in '%s'", id, r->source->name);
}

static enum rc_status bad_index(const struct corpus_reader *r, struct rc_err *err)
{
	return rc_fail(err, RC_PAGE_FAILED, RC_WHY_FORMAT, "cannot use '%s': it does not fit the shards", r->index.file->path);
}

static enum rc_status text_at_offset(struct corpus_reader *r, const struct manifest_file *file, int64_t offset, corpus_sample_fn *fn,
                                     void *ctx, struct rc_err *err)
{
	RC_CLEANUP(packed_close) struct packed_file f = { 0 };
	RC_OWN_BUF raw = RC_BUF(ZST_MAX_FRAME);
	enum rc_status status = packed_open(&f, r->source, file, err);
	size_t i = 0, at, len;
	const char *line;

	if (!rc_good(status))
		return status;
	while (i < f.table.n && offset >= f.table.frames[i].start + f.table.frames[i].raw)
		i++;
	if (offset < 0 || i == f.table.n)
		return bad_index(r, err);
	status = zst_frame_read(&f.zst, &f.table, i, &raw, NULL, err);
	if (!rc_good(status))
		return status;
	at = (size_t)(offset - f.table.frames[i].start);
	if (at > 0 && raw.data[at - 1] != '\n')
		return bad_index(r, err);
	line = packed_line(&raw, &at, &len);
	return line ? fn(ctx, line, len, err) : bad_index(r, err);
}

static enum rc_status text_of_item(struct corpus_reader *r, const json_t *item, corpus_sample_fn *fn, void *ctx, struct rc_err *err)
{
	const json_t *text = json_object_get(item, "text");
	const struct manifest_file *file = manifest_find(r->manifest, rc_json_str(text, "shard", ""));

	if (!text)
		return none(r, rc_json_str(item, "id", ""), err);
	if (!file || file->kind != MANIFEST_TEXT)
		return bad_index(r, err);
	return text_at_offset(r, file, rc_json_int(text, "offset", -1), fn, ctx, err);
}

/* The sample `skip` samples after the one at `offset`, or the one with `key`, within the next `most` ones. RC_SKIP: none. */
static enum rc_status page_from(struct corpus_reader *r, const struct manifest_file *file, int64_t offset, int64_t skip, int64_t most,
                                const char *key, corpus_sample_fn *fn, void *ctx, struct rc_err *err)
{
	RC_CLEANUP(tar_walk_close) struct tar_walk w;
	RC_CLEANUP(tar_sample_free) struct tar_sample s;
	enum rc_status status = tar_walk_open(&w, r->source, file, offset, false, err);

	tar_sample_init(&s);
	for (int64_t i = 0; rc_good(status) && i < most; i++) {
		status = tar_sample_next(&w, false, &s, err);
		if (status != RC_OK)
			return status;
		if (key ? strcmp(s.key, key) == 0 : i == skip)
			return give_page(&s, file->path, fn, ctx, err);
	}
	return rc_good(status) ? RC_SKIP : status;
}

static enum rc_status page_of_key(struct corpus_reader *r, const char *key, corpus_sample_fn *fn, void *ctx, struct rc_err *err)
{
	RC_OWN_BUF id = RC_BUF(1 << 16);
	RC_OWN_JSON item = NULL;
	enum rc_status status = corpus_reader_item_of_key(r, key, &id, err);
	size_t i;
	json_t *run;

	if (status == RC_OK)
		status = corpus_reader_item(r, id.data, &item, err);
	if (status != RC_OK)
		return status;
	json_array_foreach(json_object_get(item, "pages"), i, run) {
		const struct manifest_file *file = manifest_find(r->manifest, rc_json_str(run, "shard", ""));

		if (!file || file->kind != MANIFEST_PAGES)
			return bad_index(r, err);
		status = page_from(r, file, rc_json_int(run, "offset", 0), 0, rc_json_int(run, "samples", 0), key, fn, ctx, err);
		if (status != RC_SKIP)
			return status;
	}
	return RC_SKIP;
}

/* The index does not tell of lines. */
static enum rc_status line_of_key(struct corpus_reader *r, const char *key, corpus_sample_fn *fn, void *ctx, struct rc_err *err)
{
	enum rc_status status = RC_SKIP;

	for (size_t i = 0; status == RC_SKIP && i < r->manifest->n_files; i++)
		if (r->manifest->files[i].kind == MANIFEST_LINES)
			status = page_from(r, &r->manifest->files[i], 0, 0, r->manifest->files[i].samples, key, fn, ctx, err);
	return status;
}

enum rc_status corpus_reader_id(struct corpus_reader *r, enum manifest_kind kind, const char *id, corpus_sample_fn *fn, void *ctx,
                                struct rc_err *err)
{
	RC_OWN_JSON item = NULL;
	enum rc_status status;

	if (kind == MANIFEST_PAGES) {
		status = page_of_key(r, id, fn, ctx, err);
	} else if (kind == MANIFEST_LINES) {
		status = line_of_key(r, id, fn, ctx, err);
	} else {
		status = corpus_reader_item(r, id, &item, err);
		if (status == RC_OK)
			return text_of_item(r, item, fn, ctx, err);
	}
	return status == RC_SKIP ? none(r, id, err) : status;
}

/* Number in its shard of the first sample of a frame, from what the index says of its id. */
static enum rc_status first_number(struct corpus_reader *r, const struct packed_file *f, size_t frame, struct rc_buf *raw, int64_t *ret, struct rc_err *err)
{
	RC_OWN_JSON sample = NULL;
	RC_OWN_JSON item = NULL;
	size_t at = 0, len = 0;
	const char *line;
	enum rc_status status;

	rc_buf_clear(raw);
	status = zst_frame_read(&f->zst, &f->table, frame, raw, NULL, err);
	if (frame == 0 || !rc_good(status)) {
		*ret = 0;
		return status;
	}
	line = packed_line(raw, &at, &len);
	status = line ? read_line(f, line, len, &sample, err) : bad_index(r, err);
	if (rc_good(status))
		status = corpus_reader_item(r, rc_json_str(sample, "id", ""), &item, err);
	*ret = rc_json_int(json_object_get(item, "text"), "at", -1);
	return rc_good(status) && *ret < 0 ? bad_index(r, err) : status;
}

static enum rc_status text_number(struct corpus_reader *r, const struct manifest_file *file, int64_t n, corpus_sample_fn *fn, void *ctx,
                                  struct rc_err *err)
{
	RC_CLEANUP(packed_close) struct packed_file f = { 0 };
	RC_OWN_BUF raw = RC_BUF(ZST_MAX_FRAME);
	enum rc_status status = packed_open(&f, r->source, file, err);
	size_t low = 0, high = f.table.n, at = 0, len = 0;
	int64_t first = 0;
	const char *line = NULL;

	while (rc_good(status) && high - low > 1) {
		size_t middle = low + (high - low) / 2;

		status = first_number(r, &f, middle, &raw, &first, err);
		if (first <= n)
			low = middle;
		else
			high = middle;
	}
	if (rc_good(status) && high > 0)
		status = first_number(r, &f, low, &raw, &first, err);
	if (!rc_good(status))
		return status;
	for (int64_t i = first; i <= n; i++)
		line = packed_line(&raw, &at, &len);
	return line ? fn(ctx, line, len, err) : bad_index(r, err);
}

enum rc_status corpus_reader_at(struct corpus_reader *r, enum manifest_kind kind, int split, int64_t n, corpus_sample_fn *fn,
                                void *ctx, struct rc_err *err)
{
	int64_t left = n;

	for (size_t i = 0; n >= 0 && i < r->manifest->n_files; i++) {
		const struct manifest_file *file = &r->manifest->files[i];
		enum rc_status status;

		if (file->kind != kind || (split >= 0 && file->split != split))
			continue;
		if (left >= file->samples) {
			left -= file->samples;
			continue;
		}
		if (kind == MANIFEST_TEXT)
			return text_number(r, file, left, fn, ctx, err);
		status = page_from(r, file, 0, left, left + 1, NULL, fn, ctx, err);
		return status == RC_SKIP ? rc_fail(err, RC_PAGE_FAILED, RC_WHY_FORMAT, "'%s' has fewer samples than the manifest says", file->path) : status;
	}
	return rc_fail(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot find sample %lld: '%s' has %lld of them", (long long)n, r->source->name,
	               (long long)(n - left));
}
