/* check_versions.c -- what stands beside the shards: versions with their own cards and sums, copies at the root, files that nobody names. */
#include "package/check_parts.h"

#include <dirent.h>
#include <string.h>

bool check_in_a_version(const struct checking *c, const struct manifest_file *file, const struct rc_digest *digest)
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

		check_report(c, path.data, "manifest", on_its_way, 0, 0, "%s", why.text);
		return;
	}
	if (strcmp(name, c->manifest->version) == 0 && rc_good(corpus_read_all(&c->source, MANIFEST_FILE, MANIFEST_MAX_BYTES, &root, &why)) &&
	    (root.len != bytes.len || memcmp(root.data, bytes.data, root.len) != 0))
		check_report(c, path.data, "root-copy", may_be_next(c, m), 0, 0, "it is not the manifest at the root");
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
		    !rc_good(check_digest(&c->source, path.data, size, &digest, &why)) || !rc_digest_equal(&digest, &f->digest))
			check_report(c, path.data, "digest", false, 0, 0, "it is not what the version's manifest says");
	}
}

static void check_each_version(struct checking *c, json_t *named)
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
			check_report(c, name.data, "unlisted", true, 0, 0, "no manifest names it");
	}
	if (dir)
		closedir(dir);
}

void check_versions(struct checking *c)
{
	static const char *const ours[] = { "text", "pages", "images", "lines", "mds", "attributes", "index", "versions", MANIFEST_FILE };
	static const char *const folders[] = { "", "text", "pages", "images", "lines", "mds/train", "mds/validation", "mds/test", "attributes", "index" };
	RC_OWN_JSON named = json_object();

	for (size_t i = 0; i < RC_COUNT(ours); i++)
		json_object_set_new(named, ours[i], json_true());
	for (size_t i = 0; i < c->manifest->n_files; i++)
		json_object_set_new(named, c->manifest->files[i].path, json_true());
	check_each_version(c, named);
	for (size_t i = 0; i < RC_COUNT(folders); i++)
		find_unlisted(c, named, folders[i]);
}

