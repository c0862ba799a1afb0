/* manifest.c -- reading manifests with distrust.
 *
 *   manifest_parse()    the document, then each file entry
 *   manifest_path_ok()  what a path below a corpus may be
 *
 * corpus_source is in corpus_source.c. */
#include "common/manifest.h"

#include <string.h>

#include "core/text.h"

const char *const manifest_splits[SPLIT_COUNT] = { "train", "validation", "test" };

static const char *const kind_names[MANIFEST_KIND_COUNT] = {
	[MANIFEST_TEXT] = "text", [MANIFEST_PAGES] = "pages", [MANIFEST_LINES] = "lines", [MANIFEST_MDS] = "mds",
	[MANIFEST_IMAGES] = "images",
	[MANIFEST_ATTRIBUTES] = "attributes", [MANIFEST_OFFSETS] = "offsets", [MANIFEST_INDEX] = "index", [MANIFEST_MDS_INDEX] = "mds-index",
	[MANIFEST_CARD] = "card", [MANIFEST_SUMS] = "sums",
};

const char *manifest_kind_name(enum manifest_kind kind)
{
	return kind < MANIFEST_KIND_COUNT ? kind_names[kind] : "";
}

enum manifest_kind manifest_kind_find(const char *name)
{
	int k = 0;

	while (k < MANIFEST_KIND_COUNT && strcmp(kind_names[k], name) != 0)
		k++;
	return k;
}

int manifest_split_find(const char *name)
{
	for (int i = 0; i < SPLIT_COUNT; i++)
		if (strcmp(manifest_splits[i], name) == 0)
			return i;
	return -1;
}

bool manifest_path_ok(const char *path)
{
	size_t len = strlen(path);

	if (len == 0 || len > MANIFEST_MAX_PATH || !rc_utf8_valid(path, len))
		return false;
	for (const char *c = path; *c; c++) {
		bool first = c == path || c[-1] == '/';

		if ((unsigned char)*c < 0x20 || *c == 0x7f || *c == '\\' || (first && (*c == '.' || *c == '/')))
			return false;
	}
	return path[len - 1] != '/';
}

bool manifest_version_ok(const char *version)
{
	size_t len = strspn(version, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-+_");

	return len > 0 && len <= 64 && version[len] == 0 && version[0] != '.';
}

/* ---- parsing --------------------------------------------------------------------------------------- */

static enum rc_status bad_file(const char *name, size_t i, const char *why, const char *what, struct rc_err *err)
{
	return rc_fail(err, RC_PAGE_FAILED, RC_WHY_FORMAT, "cannot use '%s': file %zu: %s '%s'", name, i + 1, why, what);
}

static bool ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n > m && strcmp(text + n - m, end) == 0;
}

static const char *const cards[] = { "README.md", "pages/README.md", "images/README.md", "lines/README.md", "croissant.json" };

static bool is_card(const char *path)
{
	for (size_t i = 0; i < RC_COUNT(cards); i++)
		if (strcmp(path, cards[i]) == 0)
			return true;
	return false;
}

/* Where a file of this kind must lie, so that a manifest cannot name the files that a corpus has besides. */
static bool place_ok(const struct manifest_file *f)
{
	switch (f->kind) {
	case MANIFEST_CARD:
		return is_card(f->path);
	case MANIFEST_SUMS:
		return strcmp(f->path, "SHA256SUMS") == 0;
	case MANIFEST_INDEX:
		return strncmp(f->path, "index/", 6) == 0;
	case MANIFEST_MDS_INDEX:
		return strncmp(f->path, "mds/", 4) == 0 && ends_with(f->path, "/index.json");
	case MANIFEST_OFFSETS:
		return (strncmp(f->path, "pages/", 6) == 0 || strncmp(f->path, "images/", 7) == 0 || strncmp(f->path, "lines/", 6) == 0) &&
		       ends_with(f->path, ".tar.idx");
	default: {
		const char *folder = kind_names[f->kind];
		size_t len = strlen(folder);

		return strncmp(f->path, folder, len) == 0 && f->path[len] == '/';
	}
	}
}

static enum rc_status parse_file(const json_t *entry, const char *name, size_t i, struct manifest_file *f, struct rc_err *err)
{
	const char *kind = rc_json_str(entry, "kind", ""), *split = rc_json_str(entry, "split", "");

	f->path = rc_json_str(entry, "path", "");
	if (!manifest_path_ok(f->path))
		return bad_file(name, i, "not a path below the corpus:", f->path, err);
	f->kind = manifest_kind_find(kind);
	if (f->kind == MANIFEST_KIND_COUNT)
		return bad_file(name, i, "unknown kind", kind, err);
	if (!place_ok(f))
		return bad_file(name, i, "not where its kind belongs:", f->path, err);
	f->split = manifest_split_find(split);
	if (*split ? f->split < 0 : manifest_is_shard(f->kind))
		return bad_file(name, i, "unknown split", split, err);
	f->bytes = rc_json_int(entry, "bytes", -1);
	f->samples = rc_json_int(entry, "samples", 0);
	if (f->bytes < 0 || f->bytes > MANIFEST_MAX_FILE_BYTES || f->samples < 0 || f->samples > f->bytes)
		return bad_file(name, i, "impossible size or count:", f->path, err);
	if (!rc_digest_parse(rc_json_str(entry, "sha256", ""), &f->digest))
		return bad_file(name, i, "no SHA-256:", f->path, err);
	return RC_OK;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static enum rc_status check_unique(const struct manifest *m, const char *name, struct rc_err *err)
{
	RC_CLEANUP(rc_free) const char **paths = calloc(m->n_files + 1, sizeof *paths);

	if (!paths)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot use '%s': out of memory", name);
	for (size_t i = 0; i < m->n_files; i++)
		paths[i] = m->files[i].path;
	qsort(paths, m->n_files, sizeof *paths, by_path);
	for (size_t i = 1; i < m->n_files; i++)
		if (strcmp(paths[i - 1], paths[i]) == 0)
			return rc_fail(err, RC_PAGE_FAILED, RC_WHY_FORMAT, "cannot use '%s': '%s' is listed twice", name, paths[i]);
	return RC_OK;
}

static enum rc_status parse_files(struct manifest *m, const char *name, struct rc_err *err)
{
	const json_t *files = json_object_get(m->json, "files");
	size_t n = json_array_size(files);

	if (!json_is_array(files) || n > MANIFEST_MAX_FILES)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_FORMAT, "cannot use '%s': no list of at most %d files", name, MANIFEST_MAX_FILES);
	m->files = calloc(n + 1, sizeof *m->files);
	if (!m->files)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot use '%s': out of memory", name);
	for (size_t i = 0; i < n; i++) {
		enum rc_status status = parse_file(json_array_get(files, i), name, i, &m->files[i], err);

		if (!rc_good(status))
			return status;
		m->n_files++;
		m->n_samples[m->files[i].kind] += m->files[i].samples;
	}
	return check_unique(m, name, err);
}

enum rc_status manifest_parse(const char *bytes, size_t len, const char *name, struct manifest **ret, struct rc_err *err)
{
	RC_CLEANUP(manifest_free) struct manifest *m = calloc(1, sizeof *m);
	const json_t *schema;
	enum rc_status status;

	if (!m)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot use '%s': out of memory", name);
	status = rc_json_parse(bytes, len, name, &m->json, err);
	if (!rc_good(status))
		return status;
	schema = json_object_get(m->json, "schema");
	if (strcmp(rc_json_str(schema, "name", ""), MANIFEST_SCHEMA) != 0)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_FORMAT, "cannot use '%s': not a manifest of redcorpus", name);
	if (rc_json_int(schema, "version", 0) != MANIFEST_VERSION)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_FORMAT, "cannot use '%s': manifest version %lld, this program knows %d",
		               name, (long long)rc_json_int(schema, "version", 0), MANIFEST_VERSION);
	m->name = rc_json_str(m->json, "name", "");
	m->version = rc_json_str(m->json, "version", "");
	if (!manifest_version_ok(m->version))
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_FORMAT, "cannot use '%s': version '%s' cannot name a folder", name, m->version);
	status = parse_files(m, name, err);
	if (rc_good(status))
		*ret = rc_steal(m);
	return status;
}

enum rc_status manifest_load(const char *path, struct manifest **ret, struct rc_err *err)
{
	RC_OWN_BUF bytes = RC_BUF(MANIFEST_MAX_BYTES);
	enum rc_status status = rc_buf_read_file(&bytes, path, err);

	return rc_good(status) ? manifest_parse(bytes.data, bytes.len, path, ret, err) : status;
}

char *manifest_root(const char *path, const struct manifest *m)
{
	RC_OWN_BUF root = RC_BUF(1 << 16);
	RC_OWN_BUF tail = RC_BUF(1 << 16);
	const char *slash = strrchr(path, '/');
	size_t len = slash ? (size_t)(slash - path) : 0;

	rc_buf_addf(&tail, "versions/%s", m->version);
	if (slash)
		rc_buf_add(&root, path, len ? len : 1);
	else
		rc_buf_adds(&root, ".");
	if (root.len >= tail.len && strcmp(root.data + root.len - tail.len, tail.data) == 0 &&
	    (root.len == tail.len || root.data[root.len - tail.len - 1] == '/'))
		rc_buf_adds(&root, "/../..");
	return rc_buf_take(&root);
}

void manifest_free(struct manifest **m)
{
	if (!*m)
		return;
	json_decref((*m)->json);
	free((*m)->files);
	free(*m);
	*m = NULL;
}

int64_t manifest_samples(const struct manifest *m)
{
	int64_t n = 0;

	for (enum manifest_kind kind = 0; kind < MANIFEST_KIND_COUNT; kind++)
		n += manifest_is_shard(kind) ? m->n_samples[kind] : 0;
	return n;
}

static bool has_shards(const struct manifest *m, int kind, int split)
{
	for (size_t i = 0; i < m->n_files; i++) {
		const struct manifest_file *f = &m->files[i];

		if (manifest_is_shard(f->kind) && (kind < 0 || (int)f->kind == kind) && (split < 0 || f->split == split))
			return true;
	}
	return false;
}

bool manifest_has(const struct manifest *m, int kind, int split, struct rc_err *err)
{
	RC_OWN_BUF kinds = RC_BUF(1 << 10);

	if ((kind < 0 && split < 0) || has_shards(m, kind, split))
		return true;
	if (kind < 0 || has_shards(m, kind, -1)) {
		rc_fail(err, RC_WARN, RC_WHY_SETTING, "no samples in split '%s'", manifest_splits[split]);
		return false;
	}
	for (enum manifest_kind k = 0; k < MANIFEST_KIND_COUNT; k++)
		if (has_shards(m, (int)k, -1))
			rc_buf_addf(&kinds, "%s%s", kinds.len ? ", " : "", kind_names[k]);
	rc_fail(err, RC_WARN, RC_WHY_SETTING, "no shards of kind '%s' (there are: %s)", kind_names[kind], kinds.len ? kinds.data : "none");
	return false;
}

const struct manifest_file *manifest_find(const struct manifest *m, const char *path)
{
	for (size_t i = 0; i < m->n_files; i++)
		if (strcmp(m->files[i].path, path) == 0)
			return &m->files[i];
	return NULL;
}

const struct manifest_file *manifest_mate(const struct manifest *m, const struct manifest_file *f)
{
	enum manifest_kind other = f->kind == MANIFEST_PAGES ? MANIFEST_IMAGES : f->kind == MANIFEST_IMAGES ? MANIFEST_PAGES :
	                           f->kind == MANIFEST_TEXT ? MANIFEST_ATTRIBUTES : MANIFEST_TEXT;
	size_t number = 0;

	if (f->kind != MANIFEST_PAGES && f->kind != MANIFEST_IMAGES && f->kind != MANIFEST_TEXT && f->kind != MANIFEST_ATTRIBUTES)
		return NULL;
	for (const struct manifest_file *g = m->files; g < f; g++)
		number += g->kind == f->kind;
	for (size_t i = 0; i < m->n_files; i++)
		if (m->files[i].kind == other && number-- == 0)
			return &m->files[i];
	return NULL;
}
