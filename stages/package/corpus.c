/* corpus.c -- makes a version of the corpus and makes it current.
 *
 *   corpus_publish()   card, sums, manifest; versions/V; root copies; clean-up
 *   make_manifest()    the JSON
 *   put_version()      a folder that appears whole
 *   sweep()            removes shards and drafts that no version names
 *
 * Without corpus.version a version is called "draft-" and digest digits of its content. A draft gives way to the next
 * version; a named one stays. A named version whose content changed is replaced: it becomes immutable by being published,
 * and publish refuses another content under its name. */
#include "package/corpus.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/outfile.h"
#include "package/mds.h"

#define DRAFT "draft-"
#define DRAFT_DIGITS 12
#define MAX_CARD (INT64_C(256) << 20)

static const char *const shard_folders[] = { "text", "pages", "images", "lines", "mds/train", "mds/validation", "mds/test", "mds", "attributes", "index" };
/* What every version has a copy of, in the order in which the root gets them. A text that is empty is no file. */
enum { CARD, PAGES_CARD, IMAGES_CARD, LINES_CARD, CROISSANT, MDS_INDEX, SUMS = MDS_INDEX + SPLIT_COUNT, MANIFEST, N_TEXTS };
static const struct {
	const char *path;
	enum manifest_kind kind;
	int split;
} root_files[N_TEXTS] = {
	[CARD] = { "README.md", MANIFEST_CARD, -1 },
	[PAGES_CARD] = { "pages/README.md", MANIFEST_CARD, -1 },
	[IMAGES_CARD] = { "images/README.md", MANIFEST_CARD, -1 },
	[LINES_CARD] = { "lines/README.md", MANIFEST_CARD, -1 },
	[CROISSANT] = { "croissant.json", MANIFEST_CARD, -1 },
	[MDS_INDEX + SPLIT_TRAIN] = { "mds/train/index.json", MANIFEST_MDS_INDEX, SPLIT_TRAIN },
	[MDS_INDEX + SPLIT_VALIDATION] = { "mds/validation/index.json", MANIFEST_MDS_INDEX, SPLIT_VALIDATION },
	[MDS_INDEX + SPLIT_TEST] = { "mds/test/index.json", MANIFEST_MDS_INDEX, SPLIT_TEST },
	[SUMS] = { "SHA256SUMS", MANIFEST_SUMS, -1 },
	[MANIFEST] = { MANIFEST_FILE, MANIFEST_KIND_COUNT, -1 },
};

struct version {                /* one that is being made */
	const struct shard **files;     /* in the order of the manifest */
	size_t n;
	char name[80];
	struct rc_buf texts[N_TEXTS];   /* as root_files */
};

static void version_free(struct version *v)
{
	free(v->files);
	for (size_t i = 0; i < RC_COUNT(v->texts); i++)
		rc_buf_free(&v->texts[i]);
}

/* ---- counts ------------------------------------------------------------------------------------------------ */

void corpus_counts_init(struct corpus_counts *c)
{
	*c = (struct corpus_counts){ .excluded = json_object(), .tags = json_object(), .scripts = json_object() };
}

void corpus_counts_free(struct corpus_counts *c)
{
	rc_json_free(&c->excluded);
	rc_json_free(&c->tags);
	rc_json_free(&c->scripts);
}

void corpus_count(json_t *counts, const char *name, int64_t n)
{
	json_object_set_new(counts, name, json_integer(rc_json_int(counts, name, 0) + n));
}

/* ---- manifest ------------------------------------------------------------------------------------------------ */

static json_t *file_entry(const char *path, const char *kind, int split, int64_t bytes, int64_t samples, const struct rc_digest *digest)
{
	json_t *entry = json_object();
	char hex[RC_DIGEST_HEX];

	json_object_set_new(entry, "path", json_string(path));
	json_object_set_new(entry, "kind", json_string(kind));
	if (split >= 0)
		json_object_set_new(entry, "split", json_string(manifest_splits[split]));
	json_object_set_new(entry, "bytes", json_integer(bytes));
	json_object_set_new(entry, "samples", json_integer(samples));
	json_object_set_new(entry, "sha256", json_string(rc_digest_hex(digest, hex)));
	return entry;
}

static json_t *count_entry(const struct corpus_counts *c, const struct version *v)
{
	json_t *counts = json_object(), *samples = json_object();

	json_object_set_new(counts, "items", json_integer(c->items));
	json_object_set_new(counts, "items_in_corpus", json_integer(c->items_in));
	json_object_set_new(counts, "pages", json_integer(c->pages));
	json_object_set_new(counts, "pages_not_read", json_integer(c->pages_not_read));
	for (enum manifest_kind kind = 0; manifest_is_shard(kind); kind++) {
		json_t *splits = json_object();

		for (int s = 0; s < SPLIT_COUNT; s++)
			json_object_set_new(splits, manifest_splits[s], json_integer(0));
		for (size_t i = 0; i < v->n; i++)
			if (v->files[i]->kind == kind)
				corpus_count(splits, manifest_splits[v->files[i]->split], v->files[i]->samples);
		json_object_set_new(samples, manifest_kind_name(kind), splits);
	}
	json_object_set_new(counts, "samples", samples);
	json_object_set(counts, "items_left_out", c->excluded);
	json_object_set(counts, "page_tags", c->tags);
	return counts;
}

static struct rc_digest settings_digest(const struct rc_config *cfg)
{
	RC_CLEANUP(rc_hasher_free) struct rc_hasher *h = rc_hasher_new();

	for (enum rc_setting_key key = RC_KEY_INGEST; key <= RC_KEY_PACKAGE; key++)
		rc_config_hash(cfg, key, h);
	return rc_hasher_end(h);
}

static json_t *make_manifest(const struct corpus_facts *facts, const struct version *v)
{
	struct rc_digest settings = settings_digest(facts->cfg);
	json_t *m = json_object(), *schema = json_object(), *files = json_array();
	char hex[RC_DIGEST_HEX];

	json_object_set_new(schema, "name", json_string(MANIFEST_SCHEMA));
	json_object_set_new(schema, "version", json_integer(MANIFEST_VERSION));
	json_object_set_new(m, "schema", schema);
	json_object_set_new(m, "name", json_string(facts->name));
	json_object_set_new(m, "version", json_string(v->name));
	json_object_set_new(m, "date", json_string(facts->cfg->corpus_date));
	json_object_set_new(m, "creator", json_string(facts->cfg->corpus_creator));
	json_object_set_new(m, "url", json_string(facts->cfg->corpus_url));
	json_object_set_new(m, "license", json_string(*facts->cfg->corpus_license ? facts->cfg->corpus_license : facts->cfg->rights_license));
	json_object_set_new(m, "language", json_string("zh"));
	json_object_set(m, "made_by", (json_t *)(uintptr_t)facts->identity);
	json_object_set_new(m, "results", json_string(facts->mixed ? "mixed" : "uniform"));
	json_object_set_new(m, "settings", json_string(rc_digest_hex(&settings, hex)));
	json_object_set_new(m, "salt", json_string(facts->cfg->package_salt));
	json_object_set_new(m, "counts", count_entry(facts->counts, v));
	json_object_set(m, "withdrawn", facts->withdrawn);
	for (size_t i = 0; i < v->n; i++) {
		const struct shard *f = v->files[i];

		json_array_append_new(files, file_entry(f->path, manifest_kind_name(f->kind), f->split, f->bytes, f->samples, &f->digest));
	}
	for (int i = 0; i < MANIFEST; i++) {
		struct rc_digest d = rc_digest_of(v->texts[i].data, v->texts[i].len);

		if (v->texts[i].len > 0 || i == SUMS)
			json_array_append_new(files, file_entry(root_files[i].path, manifest_kind_name(root_files[i].kind), root_files[i].split,
			                                        (int64_t)v->texts[i].len, 0, &d));
	}
	json_object_set_new(m, "files", files);
	return m;
}

/* As `sha256sum` writes it. */
static void add_sum(struct rc_buf *out, const struct rc_digest *digest, const char *path)
{
	char hex[RC_DIGEST_HEX];

	rc_buf_addf(out, "%s  %s\n", rc_digest_hex(digest, hex), path);
}

/* Shards by kind and split, in the order of the corpus within. */
static enum rc_status sort_files(struct version *v, const struct shard *shards, size_t n, struct rc_err *err)
{
	v->files = calloc(n + 1, sizeof *v->files);
	if (!v->files)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot write the manifest: out of memory");
	for (enum manifest_kind kind = MANIFEST_TEXT; kind <= MANIFEST_INDEX; kind++)
		for (int split = -1; split < SPLIT_COUNT; split++)
			for (size_t i = 0; i < n; i++)
				if (shards[i].kind == kind && shards[i].split == split)
					v->files[v->n++] = &shards[i];
	return RC_OK;
}

static void name_version(struct version *v, const struct corpus_facts *facts)
{
	RC_CLEANUP(rc_hasher_free) struct rc_hasher *h = rc_hasher_new();
	RC_OWN_JSON body = NULL;
	RC_OWN_BUF text = RC_BUF(MANIFEST_MAX_BYTES);
	struct rc_digest d;
	char hex[RC_DIGEST_HEX];

	if (*facts->cfg->corpus_version) {
		snprintf(v->name, sizeof v->name, "%s", facts->cfg->corpus_version);
		return;
	}
	body = make_manifest(facts, v);
	rc_json_print(&text, body);
	rc_hasher_add(h, text.data, text.len);
	d = rc_hasher_end(h);
	snprintf(v->name, sizeof v->name, DRAFT "%.*s", DRAFT_DIGITS, rc_digest_hex(&d, hex));
}

/* The shards of one split as readers of MDS want them listed; nothing without any. */
static void print_mds_index(const struct version *v, int split, const struct rc_config *cfg, struct rc_buf *out)
{
	RC_CLEANUP(rc_free) struct mds_shard *shards = calloc(v->n + 1, sizeof *shards);
	size_t n = 0;

	out->failed |= !shards;
	for (size_t i = 0; shards && i < v->n; i++) {
		const struct shard *f = v->files[i];

		if (f->kind == MANIFEST_MDS && f->split == split)
			shards[n++] = (struct mds_shard){ strrchr(f->path, '/') + 1, f->samples, f->bytes, f->raw_bytes, f->digest, f->raw_digest };
	}
	if (n > 0)
		mds_index_print(shards, n, (int)cfg->package_zstd_level, out);
}

static enum rc_status make_texts(struct version *v, const struct corpus_facts *facts, struct rc_err *err)
{
	RC_OWN_JSON manifest = NULL;

	name_version(v, facts);
	if (!manifest_version_ok(v->name))
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_SETTING,
		               "corpus.version: '%s' cannot name a folder (letters, digits, '.', '-', '+', '_')", v->name);
	card_print(facts, v->name, v->files, v->n, &v->texts[CARD]);
	card_print_of(MANIFEST_PAGES, facts, v->files, v->n, &v->texts[PAGES_CARD]);
	card_print_of(MANIFEST_IMAGES, facts, v->files, v->n, &v->texts[IMAGES_CARD]);
	card_print_of(MANIFEST_LINES, facts, v->files, v->n, &v->texts[LINES_CARD]);
	croissant_print(facts, v->name, v->files, v->n, &v->texts[CROISSANT]);
	for (int split = 0; split < SPLIT_COUNT; split++)
		print_mds_index(v, split, facts->cfg, &v->texts[MDS_INDEX + split]);
	for (size_t i = 0; i < v->n; i++)
		add_sum(&v->texts[SUMS], &v->files[i]->digest, v->files[i]->path);
	for (int i = CARD; i < SUMS; i++) {
		struct rc_digest d = rc_digest_of(v->texts[i].data, v->texts[i].len);

		if (v->texts[i].len > 0)
			add_sum(&v->texts[SUMS], &d, root_files[i].path);
	}
	manifest = make_manifest(facts, v);
	rc_json_print_pretty(&v->texts[MANIFEST], manifest);
	for (int i = 0; i < N_TEXTS; i++)
		if (v->texts[i].failed)
			return rc_fail(err, RC_RUN_FAILED, RC_WHY_BYTES, "cannot write '%s': too large", root_files[i].path);
	return RC_OK;
}

/* ---- on disk --------------------------------------------------------------------------------------------------- */

static bool holds(const char *path, const struct rc_buf *want)
{
	RC_OWN_BUF have = RC_BUF(want->len + 1);

	return rc_good(rc_buf_read_file(&have, path, NULL)) && have.len == want->len && memcmp(have.data, want->data, have.len) == 0;
}

/* Removes the folder of a version: files, and folders of files. */
static void remove_folder(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		RC_OWN_BUF below = RC_BUF(1 << 16);

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		rc_buf_addf(&below, "%s/%s", path, entry->d_name);
		if (unlinkat(dirfd(dir), entry->d_name, 0) != 0 && errno == EISDIR)
			remove_folder(below.data);
	}
	if (dir)
		closedir(dir);
	rmdir(path);
}

static enum rc_status sync_folder(const char *path, struct rc_err *err)
{
	RC_OWN_FD fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd >= 0 && fsync(fd) == 0 ? RC_OK : rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_DISK, "cannot write '%s'", path);
}

/* A folder cannot be renamed over one that holds files: then the two change places. */
static enum rc_status take_place(const char *made, const char *path, struct rc_err *err)
{
	if (rename(made, path) == 0)
		return RC_OK;
	if ((errno == EEXIST || errno == ENOTEMPTY) && renameat2(AT_FDCWD, made, AT_FDCWD, path, RENAME_EXCHANGE) == 0) {
		remove_folder(made);
		return RC_OK;
	}
	if (errno == EINVAL || errno == ENOSYS) {       /* a file system that cannot exchange */
		remove_folder(path);
		if (rename(made, path) == 0)
			return RC_OK;
	}
	return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_DISK, "cannot write '%s'", path);
}

static enum rc_status put_version(const char *corpus, const struct version *v, struct rc_err *err)
{
	RC_OWN_BUF folder = RC_BUF(1 << 16);
	RC_OWN_BUF made = RC_BUF(1 << 16);
	RC_OWN_BUF path = RC_BUF(1 << 16);
	enum rc_status status = RC_OK;
	bool same = true;

	rc_buf_addf(&folder, "%s/versions/%s", corpus, v->name);
	rc_buf_addf(&made, "%s/versions/" RC_TMP_PREFIX "%s", corpus, v->name);
	for (int i = 0; i < N_TEXTS; i++) {
		rc_buf_clear(&path);
		rc_buf_addf(&path, "%s/%s", folder.data, root_files[i].path);
		same &= v->texts[i].len == 0 || holds(path.data, &v->texts[i]);
	}
	if (same)
		return RC_OK;
	remove_folder(made.data);
	for (int i = 0; rc_good(status) && i < N_TEXTS; i++) {
		rc_buf_clear(&path);
		rc_buf_addf(&path, "%s/%s", made.data, root_files[i].path);
		if (v->texts[i].len > 0 || i == SUMS)
			status = rc_file_put(path.data, v->texts[i].data, v->texts[i].len, err);
	}
	if (rc_good(status))
		status = take_place(made.data, folder.data, err);
	if (!rc_good(status)) {
		remove_folder(made.data);
		return status;
	}
	rc_buf_clear(&path);
	rc_buf_addf(&path, "%s/versions", corpus);
	return sync_folder(path.data, err);
}

static enum rc_status put_root(const char *corpus, const struct version *v, struct rc_err *err)
{
	enum rc_status status = RC_OK;

	for (int i = 0; rc_good(status) && i < N_TEXTS; i++) {
		RC_OWN_BUF path = RC_BUF(1 << 16);

		rc_buf_addf(&path, "%s/%s", corpus, root_files[i].path);
		if ((v->texts[i].len > 0 || i == SUMS) && !holds(path.data, &v->texts[i]))
			status = rc_file_put(path.data, v->texts[i].data, v->texts[i].len, err);
	}
	return status;
}

/* ---- clean-up ---------------------------------------------------------------------------------------------------- */

static enum rc_status name_files(json_t *named, const char *manifest, struct rc_err *err)
{
	RC_CLEANUP(manifest_free) struct manifest *m = NULL;
	enum rc_status status = manifest_load(manifest, &m, err);

	for (size_t i = 0; rc_good(status) && i < m->n_files; i++)
		json_object_set_new(named, m->files[i].path, json_true());
	return status;
}

/* A name that name_version() made; "draft-2", say, is a person's and stays. */
static bool is_draft(const char *version)
{
	size_t len = strlen(DRAFT);

	return strncmp(version, DRAFT, len) == 0 && strlen(version + len) == DRAFT_DIGITS &&
	       strspn(version + len, "0123456789abcdef") == DRAFT_DIGITS;
}

/* Collects the paths that any version names, after removing drafts that are not `current`. A version that cannot be read
 * protects everything: RC_SKIP. */
static enum rc_status walk_versions(const char *corpus, const char *current, json_t *named)
{
	RC_OWN_BUF versions = RC_BUF(1 << 16);
	DIR *dir;
	struct dirent *entry;
	enum rc_status status = RC_OK;

	rc_buf_addf(&versions, "%s/versions", corpus);
	dir = opendir(versions.data);
	while (dir && rc_good(status) && (entry = readdir(dir))) {
		RC_OWN_BUF path = RC_BUF(1 << 16);
		bool draft = is_draft(entry->d_name) && strcmp(entry->d_name, current) != 0;

		rc_buf_addf(&path, "%s/%s", versions.data, entry->d_name);
		if (draft || strncmp(entry->d_name, RC_TMP_PREFIX, strlen(RC_TMP_PREFIX)) == 0) {
			remove_folder(path.data);
		} else if (entry->d_name[0] != '.') {
			rc_buf_adds(&path, "/" MANIFEST_FILE);
			status = name_files(named, path.data, NULL);
		}
	}
	if (dir)
		closedir(dir);
	return dir && rc_good(status) ? RC_OK : RC_SKIP;
}

static void sweep_folder(const char *corpus, const char *folder, const json_t *named)
{
	RC_OWN_BUF path = RC_BUF(1 << 16);
	DIR *dir;
	struct dirent *entry;

	rc_buf_addf(&path, "%s/%s", corpus, folder);
	rc_sweep_temporaries(path.data);
	dir = opendir(path.data);
	while (dir && (entry = readdir(dir))) {
		RC_OWN_BUF name = RC_BUF(1 << 16);

		rc_buf_addf(&name, "%s/%s", folder, entry->d_name);
		if (entry->d_name[0] != '.' && !json_object_get(named, name.data))
			unlinkat(dirfd(dir), entry->d_name, 0);
	}
	if (dir)
		closedir(dir);
	rmdir(path.data);       /* when nothing is left in it */
}

static void sweep(const char *corpus, const char *current)
{
	RC_OWN_JSON named = json_object();

	rc_sweep_temporaries(corpus);
	if (walk_versions(corpus, current, named) != RC_OK)
		return;
	for (size_t i = 0; i < RC_COUNT(shard_folders); i++)
		sweep_folder(corpus, shard_folders[i], named);
}

/* ---- the whole ----------------------------------------------------------------------------------------------------- */

enum rc_status corpus_publish(const char *corpus, const struct corpus_facts *facts, const struct shard *shards, size_t n_shards,
                              struct rc_err *err)
{
	RC_CLEANUP(version_free) struct version v = { 0 };
	enum rc_status status;

	for (int i = 0; i < N_TEXTS; i++)
		v.texts[i] = RC_BUF(MAX_CARD);
	status = sort_files(&v, shards, n_shards, err);
	if (rc_good(status))
		status = make_texts(&v, facts, err);
	if (rc_good(status))
		status = put_version(corpus, &v, err);
	if (rc_good(status))
		status = put_root(corpus, &v, err);
	if (rc_good(status))
		sweep(corpus, v.name);
	return status;
}

bool corpus_is_there(const char *corpus)
{
	RC_CLEANUP(manifest_free) struct manifest *m = NULL;
	RC_OWN_BUF path = RC_BUF(1 << 16);
	struct stat st;

	rc_buf_addf(&path, "%s/" MANIFEST_FILE, corpus);
	if (!rc_good(manifest_load(path.data, &m, NULL)))
		return false;
	for (size_t i = 0; i < m->n_files; i++) {
		rc_buf_clear(&path);
		rc_buf_addf(&path, "%s/%s", corpus, m->files[i].path);
		if (stat(path.data, &st) != 0 || st.st_size != m->files[i].bytes)
			return false;
	}
	return true;
}
