/* check.c -- verifies a corpus, file by file and sample by sample.
 *
 *   corpus_check()    manifest, files, root copies and versions, files that nobody names
 *   check_file()      size and digest, then the samples of its kind (check_lines.c, check_tar.c)
 *   ids_check()       no id twice
 *
 * A file with another digest is looked at all the same: what can be told apart narrows down the samples touched. */
#include "package/check_parts.h"

#include <stdio.h>
#include <string.h>

#include "common/zst.h"
#include "package/mds.h"

#define CHUNK (1 << 20)

void check_report(struct checking *c, const char *file, const char *rule, bool warning, int64_t line, int64_t samples,
                  const char *fmt, ...)
{
	char text[1200];
	struct corpus_finding finding = { file, rule, text, line, samples, warning };
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	if (warning)
		c->result->warnings++;
	else
		c->result->errors++;
	c->on_finding(c->ctx, &finding);
}

enum rc_status check_settle(struct checking *c, enum rc_status status, const char *rule, const struct rc_err *why, struct rc_err *err)
{
	int64_t left = c->file->samples > c->good ? c->file->samples - c->good : 0;

	if (rc_good(status))
		return RC_OK;
	if (status == RC_RUN_FAILED && why->reason != RC_WHY_MISSING && why->reason != RC_WHY_UNREADABLE) {
		if (err)
			*err = *why;
		return status;
	}
	check_report(c, c->file->path, rule, false, 0, left, "%s", why->text);
	return RC_OK;
}

/* ---- ids ------------------------------------------------------------------------------------------------ */

enum rc_status check_add_id(struct checking *c, const char *text, struct rc_err *err)
{
	struct rc_digest d = rc_digest_of(text, strlen(text));

	if (c->n_ids == c->cap_ids) {
		size_t cap = c->cap_ids ? c->cap_ids * 2 : 4096;
		struct check_id *bigger = realloc(c->ids, cap * sizeof *bigger);

		if (!bigger)
			return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot check '%s': out of memory", c->source.name);
		c->ids = bigger;
		c->cap_ids = cap;
	}
	c->ids[c->n_ids] = (struct check_id){ .file = (uint32_t)(c->file - c->manifest->files), .kind = c->file->kind };
	memcpy(c->ids[c->n_ids++].hash, d.bytes, sizeof c->ids->hash);
	return RC_OK;
}

static int by_id(const void *va, const void *vb)
{
	const struct check_id *a = va, *b = vb;
	int diff = memcmp(a->hash, b->hash, sizeof a->hash);

	if (!diff)
		diff = a->kind < b->kind ? -1 : a->kind > b->kind;
	return diff ? diff : a->file < b->file ? -1 : a->file > b->file;
}

static void ids_check(struct checking *c)
{
	if (c->n_ids)
		qsort(c->ids, c->n_ids, sizeof *c->ids, by_id);
	for (size_t i = 1; i < c->n_ids; i++)
		if (memcmp(c->ids[i].hash, c->ids[i - 1].hash, sizeof c->ids->hash) == 0 && c->ids[i].kind == c->ids[i - 1].kind)
			check_report(c, c->manifest->files[c->ids[i].file].path, "duplicate-id", false, 0, 1, "a sample has the id of one in '%s'",
			       c->manifest->files[c->ids[i - 1].file].path);
}

/* ---- shards of MDS ------------------------------------------------------------------------------------------ */

static enum rc_status check_mds(struct checking *c, struct rc_err *err)
{
	RC_OWN_BUF packed = RC_BUF(2 * MDS_MAX_BYTES);
	RC_OWN_BUF raw = RC_BUF(MDS_MAX_BYTES);
	struct rc_err why;
	const char *fault;
	enum rc_status status = corpus_read_all(&c->source, c->file->path, 2 * MDS_MAX_BYTES, &packed, &why);

	if (rc_good(status))
		status = zst_unpack(packed.data, packed.len, MDS_MAX_BYTES, c->file->path, &raw, &why);
	if (!rc_good(status))
		return check_settle(c, status, "format", &why, err);
	if (mds_is_whole(&raw, c->file->samples, &fault))
		c->good = c->file->samples;
	else
		check_report(c, c->file->path, "format", false, 0, c->file->samples, "%s", fault);
	return RC_OK;
}

/* ---- files ------------------------------------------------------------------------------------------------ */

enum rc_status check_digest(const struct corpus_source *source, const char *path, int64_t bytes, struct rc_digest *ret, struct rc_err *err)
{
	RC_CLEANUP(rc_hasher_free) struct rc_hasher *h = rc_hasher_new();
	RC_CLEANUP(rc_free) char *chunk = malloc(CHUNK);
	enum rc_status status = chunk ? RC_OK : rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot check '%s': out of memory", path);

	for (int64_t at = 0; rc_good(status) && at < bytes; at += CHUNK) {
		size_t len = bytes - at < CHUNK ? (size_t)(bytes - at) : CHUNK;

		status = source->read(source->ctx, path, at, chunk, len, err);
		if (rc_good(status))
			rc_hasher_add(h, chunk, len);
	}
	if (rc_good(status))
		*ret = rc_hasher_end(h);
	return status;
}

static enum rc_status check_content(struct checking *c, struct rc_err *err)
{
	switch (c->file->kind) {
	case MANIFEST_TEXT:
	case MANIFEST_ATTRIBUTES:
	case MANIFEST_INDEX:
		return check_lines(c, err);
	case MANIFEST_PAGES:
	case MANIFEST_IMAGES:
	case MANIFEST_LINES:
		return check_tar(c, err);
	case MANIFEST_MDS:
		return check_mds(c, err);
	case MANIFEST_OFFSETS:
		return check_offsets(c, err);
	default:
		return RC_OK;
	}
}

static enum rc_status check_file(struct checking *c, struct rc_err *err)
{
	const struct manifest_file *f = c->file;
	struct rc_digest digest;
	struct rc_err why;
	int64_t size = -1;
	enum rc_status status = c->source.size(c->source.ctx, f->path, &size, &why);

	c->result->files++;
	c->good = 0;
	c->damaged = false;
	if (!rc_good(status))
		return check_settle(c, status, "missing", &why, err);
	if (size < 0) {
		check_report(c, f->path, "missing", false, 0, f->samples, "it is not there");
		return RC_OK;
	}
	status = check_digest(&c->source, f->path, size, &digest, &why);
	if (!rc_good(status))
		return check_settle(c, status, "missing", &why, err);
	c->result->bytes += size;
	if (manifest_is_root_copy(f) && !rc_digest_equal(&digest, &f->digest) && check_in_a_version(c, f, &digest)) {
		check_report(c, f->path, "root-copy", true, 0, 0, "it is of another version: packaging was stopped, run it again");
		return RC_OK;
	}
	if (size != f->bytes) {
		check_report(c, f->path, "size", false, 0, f->samples, "%lld bytes, the manifest says %lld", (long long)size, (long long)f->bytes);
		return RC_OK;
	}
	c->damaged = !rc_digest_equal(&digest, &f->digest);
	if (c->damaged)
		check_report(c, f->path, "digest", false, 0, f->samples, "its SHA-256 is not the one in the manifest: %lld samples in doubt", (long long)f->samples);
	status = check_content(c, err);
	c->result->samples += manifest_is_shard(f->kind) ? c->good : 0;
	return status;
}

/* ---- the whole ------------------------------------------------------------------------------------------------- */

static void checking_end(struct checking *c)
{
	manifest_free(&c->manifest);
	free(c->ids);
	free(c->orders);
}

enum rc_status corpus_check(const char *folder, corpus_finding_fn *on_finding, void *ctx,
                            struct corpus_check_result *ret, struct rc_err *err)
{
	RC_CLEANUP(corpus_folder_close) struct corpus_folder *open = NULL;
	struct corpus_check_result result = { 0 };
	RC_CLEANUP(checking_end) struct checking c = { .on_finding = on_finding, .ctx = ctx, .result = &result };
	struct rc_err why;
	enum rc_status status = corpus_folder_open(&open, folder, err);

	if (!rc_good(status))
		return status;
	c.source = corpus_folder_source(open);
	status = manifest_fetch(&c.source, &c.manifest, &why);
	if (!rc_good(status)) {
		check_report(&c, MANIFEST_FILE, why.reason == RC_WHY_MISSING ? "missing" : "manifest", false, 0, 0, "%s", why.text);
		*ret = result;
		return RC_OK;
	}
	c.orders = calloc(c.manifest->n_files + 1, sizeof *c.orders);
	if (!c.orders)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot check '%s': out of memory", folder);
	for (size_t i = 0; rc_good(status) && i < c.manifest->n_files; i++) {
		c.file = &c.manifest->files[i];
		status = check_file(&c, err);
	}
	if (!rc_good(status))
		return status;
	ids_check(&c);
	check_versions(&c);
	*ret = result;
	return RC_OK;
}
