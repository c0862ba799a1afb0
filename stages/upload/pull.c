/* pull.c -- a corpus from a remote into a folder.
 *
 *   upload_pull()     manifest first, then what is missing (pull_files.c), manifest last
 *   choose()          which files
 *   check_folder()    nothing of anybody else's is there
 *   make_subset()     the manifest of what was chosen */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/limits.h"
#include "core/outfile.h"
#include "upload/pull_files.h"

/* In a folder from its first pull until it has a manifest: what lies there was pulled. Empty. */
#define BEGUN_FILE ".redcorpus-pull"

struct pulling {
	struct flow flow;
	struct remote *remote;
	struct corpus_source source;
	const char *folder;
	struct rc_buf manifest_bytes;
	struct manifest *manifest;
	bool *chosen;                   /* of its files */
};

static void pulling_end(struct pulling *p)
{
	rc_buf_free(&p->manifest_bytes);
	manifest_free(&p->manifest);
	remote_close(&p->remote);
	free(p->chosen);
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
	if (f->kind == MANIFEST_ATTRIBUTES) {           /* with the text that they are of, which stands before */
		const struct manifest_file *text = manifest_mate(p->manifest, f);

		return text && p->chosen[text - p->manifest->files];
	}
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
	if (!p->chosen)
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
	manifest_has(p->manifest, choice->kind, choice->split, &p->flow.result.nothing);
	snprintf(p->flow.result.version, sizeof p->flow.result.version, "%s", p->manifest->version);
	return RC_OK;
}

/* ---- the folder --------------------------------------------------------------------------------------------- */

static bool is_there(const char *folder, const char *name)
{
	RC_OWN_BUF path = RC_BUF(2 * RC_MAX_NAME);

	rc_buf_addf(&path, "%s/%s", folder, name);
	return access(path.data, F_OK) == 0;
}

/* A damaged manifest, or one of a later program, is still one of a corpus; there are other manifest.json. */
static bool is_manifest(const char *path)
{
	RC_OWN_BUF bytes = RC_BUF(MANIFEST_MAX_BYTES);

	return rc_good(rc_buf_read_file(&bytes, path, NULL)) && bytes.len && memmem(bytes.data, bytes.len, MANIFEST_SCHEMA, strlen(MANIFEST_SCHEMA));
}

/* A new file system has "lost+found"; a temporary may be of the file that says that a pull was begun. */
static bool is_empty(const char *folder)
{
	DIR *dir = opendir(folder);
	bool empty = true;

	for (struct dirent *e; dir && empty && (e = readdir(dir));)
		empty = strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 || strcmp(e->d_name, "lost+found") == 0 ||
		        strncmp(e->d_name, RC_TMP_PREFIX, strlen(RC_TMP_PREFIX)) == 0;
	if (dir)
		closedir(dir);
	return empty;
}

/* Two corpora in one folder would leave shards that the manifest does not name among those that it does. And what else people keep there,
 * as the scans, is not to be mixed with shards: names do not tell the two apart ("pages/", "README.md"). */
static enum rc_status check_folder(const struct pulling *p, struct rc_err *err)
{
	RC_CLEANUP(manifest_free) struct manifest *there = NULL;
	RC_OWN_BUF path = RC_BUF(2 * RC_MAX_NAME);

	rc_buf_addf(&path, "%s/" MANIFEST_FILE, p->folder);
	if (rc_good(manifest_load(path.data, &there, NULL)))
		return strcmp(there->name, p->manifest->name) == 0
		               ? RC_OK
		               : rc_fail(err, RC_RUN_FAILED, RC_WHY_USAGE, "cannot pull corpus '%s' into '%s': corpus '%s' is there, choose another folder",
		                         p->manifest->name, p->folder, there->name);
	if (is_manifest(path.data) || is_there(p->folder, BEGUN_FILE) || is_empty(p->folder))
		return RC_OK;
	return rc_fail(err, RC_RUN_FAILED, RC_WHY_USAGE, "cannot pull into '%s': it holds other things; name a new folder", p->folder);
}

static enum rc_status begin_folder(const char *folder, struct rc_err *err)
{
	RC_OWN_BUF path = RC_BUF(2 * RC_MAX_NAME);
	enum rc_status status = rc_make_dirs_unsynced(folder, err);

	if (!rc_good(status) || is_there(folder, MANIFEST_FILE) || is_there(folder, BEGUN_FILE))
		return status;
	rc_buf_addf(&path, "%s/" BEGUN_FILE, folder);
	return rc_file_put_unsynced(path.data, "", 0, err);
}

static void end_folder(const char *folder)
{
	RC_OWN_BUF path = RC_BUF(2 * RC_MAX_NAME);

	rc_buf_addf(&path, "%s/" BEGUN_FILE, folder);
	unlink(path.data);
	corpus_sweep(folder);           /* parts of files that nobody wants any longer */
}

/* ---- manifests ---------------------------------------------------------------------------------------------- */

static bool is_whole(const struct pull_choice *c)
{
	return c->split < 0 && c->kind < 0 && c->of <= 1;
}

static enum rc_status put_unless_same(const char *path, const struct rc_buf *want, bool synced, struct rc_err *err)
{
	RC_OWN_BUF have = RC_BUF(MANIFEST_MAX_BYTES);

	if (rc_good(rc_buf_read_file(&have, path, NULL)) && have.len == want->len && memcmp(have.data, want->data, have.len) == 0)
		return RC_OK;
	return synced ? rc_file_put(path, want->data, want->len, err) : rc_file_put_unsynced(path, want->data, want->len, err);
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
		if (pull_have_file(path.data, f))
			continue;
		rc_buf_clear(&path);
		rc_buf_addf(&path, "%s/%s", p->folder, f->path);
		status = rc_buf_read_file(&bytes, path.data, err);
		rc_buf_clear(&path);
		rc_buf_addf(&path, "%s/%s", folder.data, f->path);
		if (rc_good(status))
			status = rc_file_put_unsynced(path.data, bytes.data, bytes.len, err);
	}
	rc_buf_clear(&path);
	rc_buf_addf(&path, "%s/" MANIFEST_FILE, folder.data);
	return rc_good(status) ? put_unless_same(path.data, &p->manifest_bytes, false, err) : status;
}

/* ---- the whole ------------------------------------------------------------------------------------------------ */

/* Files and folders came without a sync each, which takes its time; what a manifest names is on the disk before it. */
static enum rc_status sync_all(const char *folder, struct rc_err *err)
{
	RC_OWN_FD fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd >= 0 && syncfs(fd) == 0 ? RC_OK : rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_DISK, "cannot write to '%s'", folder);
}

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
	if (rc_good(status))
		status = sync_all(p->folder, err);
	return rc_good(status) ? put_unless_same(path.data, is_whole(choice) ? &p->manifest_bytes : &part, true, err) : status;
}

/* Shards first; card and sums, which lie at the root, after them. */
static enum rc_status fetch_all(struct pulling *p, struct rc_err *err)
{
	RC_CLEANUP(rc_free) const struct manifest_file **files = rc_alloc((p->manifest->n_files + 1) * sizeof *files);
	enum rc_status status = RC_OK;

	for (int root = 0; rc_good(status) && root < 2; root++) {
		size_t n = 0;

		for (size_t i = 0; i < p->manifest->n_files; i++)
			if (p->chosen[i] && manifest_is_root_copy(&p->manifest->files[i]) == (root == 1))
				files[n++] = &p->manifest->files[i];
		status = pull_files(p->remote, p->folder, p->manifest->version, files, n, &p->flow, err);
	}
	return status;
}

/* A manifest has nobody that vouches for it but its copy below versions/V: where that is there, both must be the same bytes. RC_SKIP: they
 * are not, which the line may have done. */
static enum rc_status compare_copy(struct pulling *p, struct rc_err *err)
{
	RC_OWN_BUF copy = RC_BUF(MANIFEST_MAX_BYTES);
	RC_OWN_BUF path = RC_BUF(1 << 10);
	int64_t size = -1;
	enum rc_status status;

	rc_buf_addf(&path, "versions/%s/" MANIFEST_FILE, p->manifest->version);
	status = p->source.size(p->source.ctx, path.data, &size, err);
	if (!rc_good(status) || size < 0)
		return status;
	if (size == (int64_t)p->manifest_bytes.len)
		status = corpus_read_all(&p->source, path.data, MANIFEST_MAX_BYTES, &copy, err);
	if (!rc_good(status))
		return status;
	if (copy.len == p->manifest_bytes.len && memcmp(copy.data, p->manifest_bytes.data, copy.len) == 0)
		return RC_OK;
	rc_fail(err, RC_PAGE_FAILED, RC_WHY_CHANGED, "'" MANIFEST_FILE "' of '%s' is not the one of its version %s", p->source.name, p->manifest->version);
	return RC_SKIP;
}

static enum rc_status read_manifest_once(struct pulling *p, struct rc_err *err)
{
	enum rc_status status;

	rc_buf_clear(&p->manifest_bytes);
	manifest_free(&p->manifest);
	remote_forget(p->remote);
	status = corpus_read_all(&p->source, MANIFEST_FILE, MANIFEST_MAX_BYTES, &p->manifest_bytes, err);
	if (rc_good(status))
		status = manifest_parse(p->manifest_bytes.data, p->manifest_bytes.len, MANIFEST_FILE, &p->manifest, err);
	return rc_good(status) ? compare_copy(p, err) : status;
}

static enum rc_status read_manifest(struct pulling *p, const struct pull_choice *choice, struct rc_err *err)
{
	enum { TRIES = 4 };
	enum rc_status status = RC_SKIP;

	for (int i = 0; i < TRIES && (status == RC_SKIP || status == RC_PAGE_FAILED); i++)
		status = read_manifest_once(p, err);
	if (status == RC_SKIP)
		return RC_PAGE_FAILED;
	if (rc_good(status))
		status = choose(p, choice, err);
	return rc_good(status) ? check_folder(p, err) : status;
}

enum rc_status upload_pull(const char *url, const char *folder, const struct pull_choice *choice, const struct rc_config *cfg,
                           const struct transfer_watch *watch, struct transfer_result *ret, struct rc_err *err)
{
	RC_CLEANUP(pulling_end) struct pulling p = { .flow.watch = watch, .folder = folder, .manifest_bytes = RC_BUF(MANIFEST_MAX_BYTES) };
	struct remote_watch bytes = flow_watch(&p.flow);
	enum rc_status status = remote_open(&p.remote, url, false, cfg, err);

	if (!rc_good(status))
		return status;
	p.source = remote_source(p.remote);
	status = read_manifest(&p, choice, err);
	if (rc_good(status))
		status = begin_folder(folder, err);
	if (!rc_good(status))
		return status;
	p.flow.done = 0;                /* the manifest is not counted */
	remote_watch_by(p.remote, &bytes);
	status = fetch_all(&p, err);
	if (rc_good(status) && p.flow.result.broken)
		status = rc_fail(err, RC_PAGE_FAILED, RC_WHY_CHANGED, "%lld of %lld files at '%s' are broken: '%s' is not complete",
		                 (long long)p.flow.result.broken, (long long)p.flow.result.files, url, folder);
	if (rc_good(status))
		status = put_manifest(&p, choice, err);
	if (rc_good(status))
		end_folder(folder);
	*ret = p.flow.result;
	return status;
}
