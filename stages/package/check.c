/* check.c -- verifies a corpus, file by file and sample by sample.
 *
 *   corpus_check()    manifest, files, root copies and versions, files that nobody names
 *   check_file()      size and digest, then the samples of its kind
 *   check_lines()     JSON Lines: frames, one sample per line
 *   check_pages()     tar of pages or lines: three members per sample
 *   ids_check()       no id twice
 *
 * A file with another digest is looked at all the same: what can be told apart narrows down the samples touched. */
#include "package/check.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "common/zst.h"
#include "core/text.h"
#include "package/check_text.h"
#include "package/mds.h"
#include "package/tar_read.h"

#define CHUNK (1 << 20)

struct id {
	uint8_t hash[16];
	uint32_t file;                  /* in the manifest */
	uint32_t kind;
};

struct checking {
	struct corpus_source source;
	struct manifest *manifest;
	corpus_finding_fn *on_finding;
	void *ctx;
	struct corpus_check_result *result;
	struct id *ids;
	size_t n_ids, cap_ids;
	/* the file that is being looked at */
	const struct manifest_file *file;
	int64_t good;                   /* samples in order so far */
};

static void report(struct checking *c, const char *file, const char *rule, bool warning, int64_t line, int64_t samples,
                   const char *fmt, ...) RC_PRINTF(7, 8);
static void report(struct checking *c, const char *file, const char *rule, bool warning, int64_t line, int64_t samples,
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

/* What ends a file is a finding; what ends checking is passed on. */
static enum rc_status settle(struct checking *c, enum rc_status status, const char *rule, const struct rc_err *why, struct rc_err *err)
{
	int64_t left = c->file->samples > c->good ? c->file->samples - c->good : 0;

	if (rc_good(status))
		return RC_OK;
	if (status == RC_RUN_FAILED && why->reason != RC_WHY_MISSING && why->reason != RC_WHY_UNREADABLE) {
		if (err)
			*err = *why;
		return status;
	}
	report(c, c->file->path, rule, false, 0, left, "%s", why->text);
	return RC_OK;
}

/* ---- ids ------------------------------------------------------------------------------------------------ */

static enum rc_status add_id(struct checking *c, const char *text, struct rc_err *err)
{
	struct rc_digest d = rc_digest_of(text, strlen(text));

	if (c->n_ids == c->cap_ids) {
		size_t cap = c->cap_ids ? c->cap_ids * 2 : 4096;
		struct id *bigger = realloc(c->ids, cap * sizeof *bigger);

		if (!bigger)
			return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot check '%s': out of memory", c->source.name);
		c->ids = bigger;
		c->cap_ids = cap;
	}
	c->ids[c->n_ids] = (struct id){ .file = (uint32_t)(c->file - c->manifest->files), .kind = c->file->kind };
	memcpy(c->ids[c->n_ids++].hash, d.bytes, sizeof c->ids->hash);
	return RC_OK;
}

static int by_id(const void *va, const void *vb)
{
	const struct id *a = va, *b = vb;
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
			report(c, c->manifest->files[c->ids[i].file].path, "duplicate-id", false, 0, 1, "a sample has the id of one in '%s'",
			       c->manifest->files[c->ids[i - 1].file].path);
}

/* ---- JSON Lines ------------------------------------------------------------------------------------------- */

static const char *index_fault(const struct checking *c, const json_t *entry)
{
	const json_t *text = json_object_get(entry, "text");
	size_t i;
	json_t *run;

	if (!rc_json_str(entry, "id", NULL) || manifest_split_find(rc_json_str(entry, "split", "")) < 0)
		return "it lacks id or split";
	if (json_object_get(c->manifest->json, "subset"))       /* a part that was pulled: its index is of the whole */
		return NULL;
	if (text && !manifest_find(c->manifest, rc_json_str(text, "shard", "")))
		return "it names a shard that is not in the manifest";
	json_array_foreach(json_object_get(entry, "pages"), i, run)
		if (!manifest_find(c->manifest, rc_json_str(run, "shard", "")))
			return "it names a shard that is not in the manifest";
	return NULL;
}

static enum rc_status check_line(struct checking *c, const char *line, size_t len, int64_t number, struct rc_err *err)
{
	bool text = c->file->kind == MANIFEST_TEXT;
	RC_OWN_JSON json = NULL;
	struct rc_err why;
	const char *fault;

	if (!rc_good(rc_json_parse(line, len, c->file->path, &json, &why))) {
		report(c, c->file->path, text ? "text-sample" : "index", false, number, 1, "%s", why.text);
		return RC_OK;
	}
	fault = text ? text_sample_fault(json, manifest_splits[c->file->split]) : index_fault(c, json);
	if (fault)
		report(c, c->file->path, text ? "text-sample" : "index", false, number, 1, "sample '%s': %s", rc_json_str(json, "id", ""), fault);
	c->good++;
	return add_id(c, rc_json_str(json, "id", ""), err);
}

static enum rc_status check_frame(struct checking *c, const struct rc_buf *raw, int64_t *number, struct rc_err *err)
{
	enum rc_status status = RC_OK;
	const char *line = raw->data, *stop = raw->data + raw->len, *end;

	while (rc_good(status) && line < stop && (end = memchr(line, '\n', (size_t)(stop - line)))) {
		status = check_line(c, line, (size_t)(end - line), ++*number, err);
		line = end + 1;
	}
	if (rc_good(status) && line < stop)
		report(c, c->file->path, "format", false, *number + 1, 1, "a frame ends inside a sample");
	return status;
}

static enum rc_status check_lines(struct checking *c, struct rc_err *err)
{
	struct corpus_file at = { &c->source, c->file->path };
	struct zst_file zst = { corpus_file_read, &at, c->file->bytes, c->file->path };
	RC_CLEANUP(zst_table_free) struct zst_table table = { 0 };
	RC_OWN_BUF raw = RC_BUF(ZST_MAX_FRAME);
	struct rc_err why;
	enum rc_status status = zst_table_load(&zst, &table, &why);
	int64_t number = 0;
	size_t bad = 0;

	if (!rc_good(status))
		return settle(c, status, "seek-table", &why, err);
	for (size_t i = 0; i < table.n; i++) {
		rc_buf_clear(&raw);
		status = zst_frame_read(&zst, &table, i, &raw, NULL, &why);
		if (status == RC_RUN_FAILED)
			return settle(c, status, "format", &why, err);
		if (!rc_good(status)) {         /* the next frame can be read all the same */
			if (bad++ == 0)
				report(c, c->file->path, "format", false, number + 1, 0, "%s (frame %zu, after sample %lld)", why.text, i + 1, (long long)number);
			continue;
		}
		status = check_frame(c, &raw, &number, err);
		if (!rc_good(status))
			return status;
	}
	if (c->good != c->file->samples)
		report(c, c->file->path, "samples", false, 0, c->file->samples > c->good ? c->file->samples - c->good : 0,
		       "%lld samples can be read, the manifest says %lld", (long long)c->good, (long long)c->file->samples);
	return RC_OK;
}

/* ---- pages ------------------------------------------------------------------------------------------------ */

static const char *page_fault(const struct tar_sample *s, const json_t *json, enum manifest_kind kind, const char *split)
{
	char hex[RC_DIGEST_HEX];

	if (strcmp(rc_json_str(json, "id", ""), s->key) != 0)
		return "its id is not its key";
	if (strcmp(rc_json_str(json, "split", ""), split) != 0)
		return "its split is not that of the shard";
	if (strcmp(rc_json_str(json, "image_sha256", ""), rc_digest_hex(&s->image, hex)) != 0)
		return "its image is another one";
	if (!rc_utf8_valid(s->text.data, s->text.len))
		return "its text is not UTF-8";
	if (rc_json_bool(json, "not_read", false) && s->text.len > 0)
		return "it has a text and was not read";
	if (kind == MANIFEST_LINES && (s->text.len == 0 || !s->png))
		return "it has no text, or its image is no PNG";
	return NULL;
}

static enum rc_status check_page(struct checking *c, const struct tar_sample *s, struct rc_err *err)
{
	const char *rule = c->file->kind == MANIFEST_LINES ? "line-sample" : "page-sample";
	RC_OWN_JSON json = NULL;
	struct rc_err why;
	const char *fault;

	if (!rc_good(rc_json_parse(s->json.data, s->json.len, s->key, &json, &why))) {
		report(c, c->file->path, rule, false, 0, 1, "%s", why.text);
		return RC_OK;
	}
	fault = page_fault(s, json, c->file->kind, manifest_splits[c->file->split]);
	if (fault)
		report(c, c->file->path, rule, false, 0, 1, "sample '%s': %s", s->key, fault);
	c->good++;
	return add_id(c, s->key, err);
}

static enum rc_status check_pages(struct checking *c, struct rc_err *err)
{
	RC_CLEANUP(tar_walk_close) struct tar_walk w;
	RC_CLEANUP(tar_sample_free) struct tar_sample s;
	struct rc_err why = { 0 };
	enum rc_status status = tar_walk_open(&w, &c->source, c->file, 0, false, &why), own = RC_OK;

	tar_sample_init(&s);
	while (rc_good(own) && rc_good(status) && (status = tar_sample_next(&w, true, &s, &why)) == RC_OK)
		own = check_page(c, &s, err);
	if (!rc_good(own))
		return own;
	if (!rc_good(status))
		return settle(c, status, "format", &why, err);
	if (c->good != c->file->samples)
		report(c, c->file->path, "samples", false, 0, 0, "%lld samples, the manifest says %lld", (long long)c->good, (long long)c->file->samples);
	return RC_OK;
}

/* ---- other forms ------------------------------------------------------------------------------------------ */

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
		return settle(c, status, "format", &why, err);
	if (mds_is_whole(&raw, c->file->samples, &fault))
		c->good = c->file->samples;
	else
		report(c, c->file->path, "format", false, 0, c->file->samples, "%s", fault);
	return RC_OK;
}

static uint64_t offset_at(const struct rc_buf *table, size_t i)
{
	uint64_t v = 0;

	for (int byte = 7; byte >= 0; byte--)
		v = v << 8 | (uint8_t)table->data[8 * i + (size_t)byte];
	return v;
}

/* One number a sample and one for the end, growing, and inside the tar. */
static enum rc_status check_offsets(struct checking *c, struct rc_err *err)
{
	RC_OWN_BUF path = RC_BUF(1 << 10);
	RC_OWN_BUF table = RC_BUF(INT64_C(1) << 30);
	const struct manifest_file *tar;
	struct rc_err why;
	enum rc_status status = corpus_read_all(&c->source, c->file->path, INT64_C(1) << 30, &table, &why);
	size_t n = table.len / 8;

	if (!rc_good(status))
		return settle(c, status, "format", &why, err);
	rc_buf_add(&path, c->file->path, strlen(c->file->path) - strlen(".idx"));
	tar = manifest_find(c->manifest, path.data);
	if (!tar || table.len % 8 != 0 || (int64_t)n != tar->samples + 1 || offset_at(&table, 0) != 0) {
		report(c, c->file->path, "format", false, 0, 0, "it is not of a tar in the manifest, or has another number of samples");
		return RC_OK;
	}
	for (size_t i = 1; i < n; i++)
		if (offset_at(&table, i) <= offset_at(&table, i - 1) || offset_at(&table, i) > (uint64_t)tar->bytes) {
			report(c, c->file->path, "format", false, 0, 1, "offset %zu is not behind the one before, or outside of the tar", i);
			return RC_OK;
		}
	return RC_OK;
}

/* ---- files ------------------------------------------------------------------------------------------------ */

static enum rc_status digest_of(const struct corpus_source *source, const char *path, int64_t bytes, struct rc_digest *ret, struct rc_err *err)
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

/* Card and sums at the root may be those of the version that is about to be current: does any version say so? */
static bool in_a_version(const struct checking *c, const struct manifest_file *file, const struct rc_digest *digest)
{
	RC_OWN_BUF path = RC_BUF(1 << 16);
	DIR *dir;
	struct dirent *entry;
	bool found = false;

	rc_buf_addf(&path, "%s/versions", c->source.name);
	dir = opendir(path.data);
	while (dir && !found && (entry = readdir(dir))) {
		RC_CLEANUP(manifest_free) struct manifest *m = NULL;
		RC_OWN_BUF name = RC_BUF(1 << 16);
		const struct manifest_file *other;

		if (!manifest_version_ok(entry->d_name))
			continue;
		rc_buf_addf(&name, "%s/%s/" MANIFEST_FILE, path.data, entry->d_name);
		other = rc_good(manifest_load(name.data, &m, NULL)) ? manifest_find(m, file->path) : NULL;
		found = other && rc_digest_equal(&other->digest, digest);
	}
	if (dir)
		closedir(dir);
	return found;
}

static enum rc_status check_content(struct checking *c, struct rc_err *err)
{
	switch (c->file->kind) {
	case MANIFEST_TEXT:
	case MANIFEST_INDEX:
		return check_lines(c, err);
	case MANIFEST_PAGES:
	case MANIFEST_LINES:
		return check_pages(c, err);
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
	if (!rc_good(status))
		return settle(c, status, "missing", &why, err);
	if (size < 0) {
		report(c, f->path, "missing", false, 0, f->samples, "it is not there");
		return RC_OK;
	}
	status = digest_of(&c->source, f->path, size, &digest, &why);
	if (!rc_good(status))
		return settle(c, status, "missing", &why, err);
	c->result->bytes += size;
	if (manifest_is_root_copy(f) && !rc_digest_equal(&digest, &f->digest) && in_a_version(c, f, &digest)) {
		report(c, f->path, "root-copy", true, 0, 0, "it is of another version: packaging was stopped, run it again");
		return RC_OK;
	}
	if (size != f->bytes) {
		report(c, f->path, "size", false, 0, f->samples, "%lld bytes, the manifest says %lld", (long long)size, (long long)f->bytes);
		return RC_OK;
	}
	if (!rc_digest_equal(&digest, &f->digest))
		report(c, f->path, "digest", false, 0, f->samples, "its SHA-256 is not the one in the manifest: %lld samples in doubt", (long long)f->samples);
	status = check_content(c, err);
	c->result->samples += manifest_is_shard(f->kind) ? c->good : 0;
	return status;
}

/* ---- versions and other files -------------------------------------------------------------------------------- */

/* Can this be the manifest of a version that was about to be current? Then it has other files than the one at the root, and
 * what it names is there: shards are named by digest, so equal paths have equal entries. */
static bool may_be_next(const struct checking *c, const struct manifest *m)
{
	bool other = false;

	for (size_t i = 0; i < m->n_files; i++) {
		const struct manifest_file *f = &m->files[i], *known = manifest_find(c->manifest, f->path);
		int64_t size = -1;

		if (manifest_is_root_copy(f))
			continue;
		if (known && (known->bytes != f->bytes || known->samples != f->samples || !rc_digest_equal(&known->digest, &f->digest)))
			return false;
		if (!known && (!rc_good(c->source.size(c->source.ctx, f->path, &size, NULL)) || size != f->bytes))
			return false;
		other |= !known;
	}
	return other || m->n_files != c->manifest->n_files;
}

/* A version's own card and sums, and that the current one's manifest is the root's. */
static void check_version(struct checking *c, const char *name, json_t *named)
{
	RC_CLEANUP(manifest_free) struct manifest *m = NULL;
	RC_OWN_BUF folder = RC_BUF(1 << 16);
	RC_OWN_BUF bytes = RC_BUF(MANIFEST_MAX_BYTES);
	RC_OWN_BUF root = RC_BUF(MANIFEST_MAX_BYTES);
	RC_OWN_BUF path = RC_BUF(1 << 16);
	struct rc_err why;

	rc_buf_addf(&folder, "versions/%s", name);
	rc_buf_addf(&path, "%s/" MANIFEST_FILE, folder.data);
	if (!rc_good(corpus_read_all(&c->source, path.data, MANIFEST_MAX_BYTES, &bytes, &why)) ||
	    !rc_good(manifest_parse(bytes.data, bytes.len, path.data, &m, &why))) {
		/* A version on its way to a remote gets its manifest last. */
		bool on_its_way = why.reason == RC_WHY_MISSING && strcmp(name, c->manifest->version) != 0;

		report(c, path.data, "manifest", on_its_way, 0, 0, "%s", why.text);
		return;
	}
	if (strcmp(name, c->manifest->version) == 0 && rc_good(corpus_read_all(&c->source, MANIFEST_FILE, MANIFEST_MAX_BYTES, &root, &why)) &&
	    (root.len != bytes.len || memcmp(root.data, bytes.data, root.len) != 0))
		report(c, path.data, "root-copy", may_be_next(c, m), 0, 0, "it is not the manifest at the root");
	for (size_t i = 0; i < m->n_files; i++) {
		const struct manifest_file *f = &m->files[i];
		struct rc_digest digest;
		int64_t size = -1;

		json_object_set_new(named, f->path, json_true());
		if (!manifest_is_root_copy(f))
			continue;
		rc_buf_clear(&path);
		rc_buf_addf(&path, "%s/%s", folder.data, f->path);
		if (!rc_good(c->source.size(c->source.ctx, path.data, &size, &why)) || size != f->bytes ||
		    !rc_good(digest_of(&c->source, path.data, size, &digest, &why)) || !rc_digest_equal(&digest, &f->digest))
			report(c, path.data, "digest", false, 0, 0, "it is not what the version's manifest says");
	}
}

static void check_versions(struct checking *c, json_t *named)
{
	RC_OWN_BUF path = RC_BUF(1 << 16);
	DIR *dir;
	struct dirent *entry;

	rc_buf_addf(&path, "%s/versions", c->source.name);
	dir = opendir(path.data);
	while (dir && (entry = readdir(dir)))
		if (manifest_version_ok(entry->d_name))
			check_version(c, entry->d_name, named);
	if (dir)
		closedir(dir);
}

static void find_unlisted(struct checking *c, const json_t *named, const char *folder)
{
	RC_OWN_BUF path = RC_BUF(1 << 16);
	DIR *dir;
	struct dirent *entry;

	rc_buf_addf(&path, "%s/%s", c->source.name, folder);
	dir = opendir(path.data);
	while (dir && (entry = readdir(dir))) {
		RC_OWN_BUF name = RC_BUF(1 << 16);

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		rc_buf_addf(&name, "%s%s%s", folder, *folder ? "/" : "", entry->d_name);
		if (!json_object_get(named, name.data))
			report(c, name.data, "unlisted", true, 0, 0, "no manifest names it");
	}
	if (dir)
		closedir(dir);
}

static void check_rest(struct checking *c)
{
	static const char *const ours[] = { "text", "pages", "lines", "mds", "index", "versions", MANIFEST_FILE };
	static const char *const folders[] = { "", "text", "pages", "lines", "mds/train", "mds/validation", "mds/test", "index" };
	RC_OWN_JSON named = json_object();

	for (size_t i = 0; i < RC_COUNT(ours); i++)
		json_object_set_new(named, ours[i], json_true());
	for (size_t i = 0; i < c->manifest->n_files; i++)
		json_object_set_new(named, c->manifest->files[i].path, json_true());
	check_versions(c, named);
	for (size_t i = 0; i < RC_COUNT(folders); i++)
		find_unlisted(c, named, folders[i]);
}

/* ---- the whole ------------------------------------------------------------------------------------------------- */

static void checking_end(struct checking *c)
{
	manifest_free(&c->manifest);
	free(c->ids);
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
		report(&c, MANIFEST_FILE, why.reason == RC_WHY_MISSING ? "missing" : "manifest", false, 0, 0, "%s", why.text);
		*ret = result;
		return RC_OK;
	}
	for (size_t i = 0; rc_good(status) && i < c.manifest->n_files; i++) {
		c.file = &c.manifest->files[i];
		status = check_file(&c, err);
	}
	if (!rc_good(status))
		return status;
	ids_check(&c);
	check_rest(&c);
	*ret = result;
	return RC_OK;
}
