/* pull.c -- a corpus from a remote into a folder.
 *
 *   upload_pull()     manifest first, then what is missing, manifest last
 *   fetch_file()      whole and right, or not at all; once more when it was not
 *   make_subset()     the manifest of what was chosen */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "core/limits.h"
#include "core/outfile.h"
#include "upload/watch.h"

#define CHUNK (1 << 20)

struct pulling {
	struct flow flow;
	struct remote *remote;
	struct corpus_source source;
	const char *folder;
	struct rc_buf manifest_bytes;
	struct manifest *manifest;
	bool *chosen;                   /* of its files */
	char *chunk;
};

static void pulling_end(struct pulling *p)
{
	rc_buf_free(&p->manifest_bytes);
	manifest_free(&p->manifest);
	remote_close(&p->remote);
	free(p->chosen);
	free(p->chunk);
}

/* ---- one file --------------------------------------------------------------------------------------------- */

static bool have_file(const char *path, const struct manifest_file *f)
{
	RC_OWN_FD fd = open(path, O_RDONLY | O_CLOEXEC);
	struct rc_digest digest;
	int64_t len = 0;

	return fd >= 0 && rc_good(rc_digest_fd(fd, 0, -1, path, &digest, &len, NULL)) && len == f->bytes && rc_digest_equal(&digest, &f->digest);
}

/* Card and sums of this very version lie below versions/V and do not change while we read; the root's may. */
static enum rc_status place_of(struct pulling *p, const struct manifest_file *f, struct rc_buf *from, struct rc_err *err)
{
	int64_t size = -1;
	enum rc_status status = RC_OK;

	rc_buf_clear(from);
	if (manifest_is_root_copy(f)) {
		rc_buf_addf(from, "versions/%s/%s", p->manifest->version, f->path);
		status = p->source.size(p->source.ctx, from->data, &size, err);
		if (rc_good(status) && size == f->bytes)
			return RC_OK;
		rc_buf_clear(from);
	}
	rc_buf_adds(from, f->path);
	return status;
}

static enum rc_status fetch_once(struct pulling *p, const struct manifest_file *f, const char *from, const char *to, struct rc_err *err)
{
	RC_CLEANUP(rc_outfile_abort) struct rc_outfile *out = NULL;
	int64_t size = -1, before = p->flow.done;
	struct rc_digest digest;
	enum rc_status status = p->source.size(p->source.ctx, from, &size, err);

	if (!rc_good(status))
		return status;
	if (size != f->bytes)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_CHANGED, size < 0 ? "'%s' is not there" : "'%s' is not what the manifest says: another size", f->path);
	status = rc_outfile_open(&out, to, err);
	for (int64_t at = 0; rc_good(status) && at < size; at += CHUNK) {
		size_t len = size - at < CHUNK ? (size_t)(size - at) : CHUNK;

		status = p->source.read(p->source.ctx, from, at, p->chunk, len, err);
		if (rc_good(status))
			status = rc_outfile_write(out, p->chunk, len, err);
		if (rc_good(status))
			status = flow_bytes(&p->flow, (int64_t)len, err);
	}
	if (rc_good(status)) {
		digest = rc_outfile_digest(out);
		if (!rc_digest_equal(&digest, &f->digest))
			status = rc_fail(err, RC_PAGE_FAILED, RC_WHY_CHANGED, "'%s' is not what the manifest says: another SHA-256", f->path);
	}
	if (rc_good(status))
		status = rc_outfile_commit(&out, err);
	if (!rc_good(status))
		p->flow.done = before;
	return status;
}

/* May a second try help? Not against our own disk or a wish to stop. */
static bool try_again(enum rc_status status, const struct rc_err *err)
{
	return !rc_good(status) && err->reason != RC_WHY_DISK && err->reason != RC_WHY_STOPPED && err->reason != RC_WHY_MEMORY;
}

static enum rc_status fetch_file(struct pulling *p, const struct manifest_file *f, struct rc_err *err)
{
	RC_OWN_BUF to = RC_BUF(2 * RC_MAX_NAME);
	RC_OWN_BUF from = RC_BUF(RC_MAX_NAME);
	enum rc_status status;

	rc_buf_addf(&to, "%s/%s", p->folder, f->path);
	if (have_file(to.data, f))
		return flow_bytes(&p->flow, f->bytes, err);
	status = place_of(p, f, &from, err);
	if (rc_good(status))
		status = fetch_once(p, f, from.data, to.data, err);
	if (try_again(status, err))
		status = fetch_once(p, f, from.data, to.data, err);
	if (status == RC_PAGE_FAILED) {
		p->flow.result.broken++;
		flow_trouble(&p->flow, err);
		return RC_OK;
	}
	if (!rc_good(status))
		return status;
	p->flow.result.files_sent++;
	p->flow.result.bytes_sent += f->bytes;
	return RC_OK;
}

/* ---- which files -------------------------------------------------------------------------------------------- */

/* Of split and kind? -1 stands for any. */
static bool fits(const struct pull_choice *choice, int split, enum manifest_kind kind)
{
	return (choice->split < 0 || split == choice->split) && (choice->kind < 0 || (int)kind == choice->kind);
}

/* A card below the root is of the kind whose folder it lies in. */
static bool is_card_for(enum manifest_kind kind, const char *path)
{
	const char *name = manifest_kind_name(kind), *slash = strchr(path, '/');

	return !slash || ((size_t)(slash - path) == strlen(name) && strncmp(path, name, strlen(name)) == 0);
}

/* A table of offsets comes with its shard, which stands before it. number: of shards that fit, so far. */
static bool is_chosen(const struct pulling *p, const struct pull_choice *choice, const struct manifest_file *f, int64_t *number)
{
	if (f->kind == MANIFEST_IMAGES && choice->kind < 0) {    /* with the pages that they are of, which stand before */
		const struct manifest_file *pages = manifest_mate(p->manifest, f);

		return pages && p->chosen[pages - p->manifest->files];
	}
	if (manifest_is_shard(f->kind))
		return fits(choice, f->split, f->kind) && (choice->of <= 0 || (*number)++ % choice->of == choice->part);
	if (f->kind == MANIFEST_MDS_INDEX)
		return fits(choice, f->split, MANIFEST_MDS);
	if (f->kind == MANIFEST_OFFSETS) {
		size_t len = strlen(f->path) - strlen(".idx");

		for (const struct manifest_file *shard = p->manifest->files; shard < f; shard++)
			if (strncmp(shard->path, f->path, len) == 0 && shard->path[len] == '\0')
				return p->chosen[shard - p->manifest->files];
		return false;
	}
	return f->kind != MANIFEST_CARD || choice->kind < 0 || is_card_for((enum manifest_kind)choice->kind, f->path);
}

static enum rc_status choose(struct pulling *p, const struct pull_choice *choice, struct rc_err *err)
{
	int64_t number = 0;

	p->chosen = calloc(p->manifest->n_files + 1, sizeof *p->chosen);
	p->chunk = malloc(CHUNK);
	if (!p->chosen || !p->chunk)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot pull: out of memory");
	for (size_t i = 0; i < p->manifest->n_files; i++) {
		const struct manifest_file *f = &p->manifest->files[i];

		p->chosen[i] = is_chosen(p, choice, f, &number);
		if (!p->chosen[i])
			continue;
		p->flow.result.files++;
		p->flow.result.bytes += f->bytes;
	}
	p->flow.result.samples = manifest_samples(p->manifest);
	snprintf(p->flow.result.version, sizeof p->flow.result.version, "%s", p->manifest->version);
	return RC_OK;
}

/* Two corpora in one folder would leave shards that the manifest does not name among those that it does. */
static enum rc_status check_folder(const struct pulling *p, struct rc_err *err)
{
	RC_CLEANUP(manifest_free) struct manifest *there = NULL;
	RC_OWN_BUF path = RC_BUF(2 * RC_MAX_NAME);

	rc_buf_addf(&path, "%s/" MANIFEST_FILE, p->folder);
	if (!rc_good(manifest_load(path.data, &there, NULL)) || strcmp(there->name, p->manifest->name) == 0)
		return RC_OK;
	return rc_fail(err, RC_RUN_FAILED, RC_WHY_USAGE, "cannot pull corpus '%s' into '%s': corpus '%s' is there, choose another folder",
	               p->manifest->name, p->folder, there->name);
}

static bool is_whole(const struct pull_choice *c)
{
	return c->split < 0 && c->kind < 0 && c->of <= 1;
}

static enum rc_status put_unless_same(const char *path, const struct rc_buf *want, struct rc_err *err)
{
	RC_OWN_BUF have = RC_BUF(MANIFEST_MAX_BYTES);

	if (rc_good(rc_buf_read_file(&have, path, NULL)) && have.len == want->len && memcmp(have.data, want->data, have.len) == 0)
		return RC_OK;
	return rc_file_put(path, want->data, want->len, err);
}

/* The manifest with only the chosen files, and with what it is a part of. */
static void make_subset(const struct pulling *p, const struct pull_choice *choice, struct rc_buf *out)
{
	RC_OWN_JSON m = json_copy(p->manifest->json);
	json_t *files = json_array(), *subset = json_object();
	struct rc_digest whole = rc_digest_of(p->manifest_bytes.data, p->manifest_bytes.len);
	char hex[RC_DIGEST_HEX], part[64];

	for (size_t i = 0; i < p->manifest->n_files; i++)
		if (p->chosen[i])
			json_array_append(files, json_array_get(json_object_get(m, "files"), i));
	snprintf(part, sizeof part, "%lld/%lld", (long long)choice->part, (long long)choice->of);
	json_object_set_new(subset, "manifest", json_string(rc_digest_hex(&whole, hex)));
	json_object_set_new(subset, "split", json_string(choice->split >= 0 ? manifest_splits[choice->split] : ""));
	json_object_set_new(subset, "kind", json_string(choice->kind >= 0 ? manifest_kind_name((enum manifest_kind)choice->kind) : ""));
	json_object_set_new(subset, "shards", json_string(choice->of > 0 ? part : ""));
	json_object_set_new(m, "subset", subset);
	json_object_set_new(m, "files", files);
	rc_json_print_pretty(out, m);
}

/* A whole corpus has its version's folder too, so that it can be published on. */
static enum rc_status put_version(struct pulling *p, struct rc_err *err)
{
	RC_OWN_BUF folder = RC_BUF(2 * RC_MAX_NAME);
	RC_OWN_BUF path = RC_BUF(4 * RC_MAX_NAME);
	enum rc_status status = RC_OK;

	rc_buf_addf(&folder, "%s/versions/%s", p->folder, p->manifest->version);
	for (size_t i = 0; rc_good(status) && i < p->manifest->n_files; i++) {
		const struct manifest_file *f = &p->manifest->files[i];
		RC_OWN_BUF bytes = RC_BUF(MANIFEST_MAX_BYTES);

		if (!manifest_is_root_copy(f))
			continue;
		rc_buf_clear(&path);
		rc_buf_addf(&path, "%s/%s", folder.data, f->path);
		if (have_file(path.data, f))
			continue;
		rc_buf_clear(&path);
		rc_buf_addf(&path, "%s/%s", p->folder, f->path);
		status = rc_buf_read_file(&bytes, path.data, err);
		rc_buf_clear(&path);
		rc_buf_addf(&path, "%s/%s", folder.data, f->path);
		if (rc_good(status))
			status = rc_file_put(path.data, bytes.data, bytes.len, err);
	}
	rc_buf_clear(&path);
	rc_buf_addf(&path, "%s/" MANIFEST_FILE, folder.data);
	return rc_good(status) ? put_unless_same(path.data, &p->manifest_bytes, err) : status;
}

/* ---- the whole ------------------------------------------------------------------------------------------------ */

static enum rc_status put_manifest(struct pulling *p, const struct pull_choice *choice, struct rc_err *err)
{
	RC_OWN_BUF path = RC_BUF(2 * RC_MAX_NAME);
	RC_OWN_BUF part = RC_BUF(MANIFEST_MAX_BYTES);
	enum rc_status status = RC_OK;

	rc_buf_addf(&path, "%s/" MANIFEST_FILE, p->folder);
	if (is_whole(choice))
		status = put_version(p, err);
	else
		make_subset(p, choice, &part);
	return rc_good(status) ? put_unless_same(path.data, is_whole(choice) ? &p->manifest_bytes : &part, err) : status;
}

static enum rc_status fetch_all(struct pulling *p, struct rc_err *err)
{
	enum rc_status status = RC_OK;

	/* Shards first; card and sums, which lie at the root, after them. */
	for (int root = 0; root < 2; root++)
		for (size_t i = 0; rc_good(status) && i < p->manifest->n_files; i++)
			if (p->chosen[i] && manifest_is_root_copy(&p->manifest->files[i]) == (root == 1))
				status = fetch_file(p, &p->manifest->files[i], err);
	return status;
}

enum rc_status upload_pull(const char *url, const char *folder, const struct pull_choice *choice, const struct transfer_watch *watch,
                           struct transfer_result *ret, struct rc_err *err)
{
	RC_CLEANUP(pulling_end) struct pulling p = { .flow.watch = watch, .folder = folder, .manifest_bytes = RC_BUF(MANIFEST_MAX_BYTES) };
	enum rc_status status = remote_open(&p.remote, url, false, err);

	if (!rc_good(status))
		return status;
	p.source = remote_source(p.remote);
	status = corpus_read_all(&p.source, MANIFEST_FILE, MANIFEST_MAX_BYTES, &p.manifest_bytes, err);
	if (rc_good(status))
		status = manifest_parse(p.manifest_bytes.data, p.manifest_bytes.len, MANIFEST_FILE, &p.manifest, err);
	if (rc_good(status))
		status = choose(&p, choice, err);
	if (rc_good(status))
		status = check_folder(&p, err);
	if (rc_good(status))
		status = rc_make_dirs(folder, err);
	if (!rc_good(status))
		return status;
	corpus_sweep(folder);
	status = fetch_all(&p, err);
	if (rc_good(status) && p.flow.result.broken)
		status = rc_fail(err, RC_PAGE_FAILED, RC_WHY_CHANGED, "%lld of %lld files at '%s' are broken: '%s' is not complete",
		                 (long long)p.flow.result.broken, (long long)p.flow.result.files, url, folder);
	if (rc_good(status))
		status = put_manifest(&p, choice, err);
	*ret = p.flow.result;
	return status;
}
