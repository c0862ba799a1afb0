/* base.c -- reads the index of a published corpus into a sorted list: 24 bytes per item. */
#include "curate/base.h"

#include <string.h>

#include "common/manifest.h"
#include "common/zst.h"

struct entry {
	uint8_t id[16];         /* first half of the id's digest */
	int32_t split;
};

struct base {
	struct entry *entries;
	size_t n, cap;
};

void base_free(struct base **base)
{
	if (*base)
		free((*base)->entries);
	free(*base);
	*base = NULL;
}

static struct entry entry_of(const char *item, int split)
{
	struct rc_digest d = rc_digest_of(item, strlen(item));
	struct entry e = { .split = split };

	memcpy(e.id, d.bytes, sizeof e.id);
	return e;
}

static int by_id(const void *a, const void *b)
{
	return memcmp(((const struct entry *)a)->id, ((const struct entry *)b)->id, sizeof((struct entry *)0)->id);
}

int base_split(const struct base *base, const char *item)
{
	struct entry key = entry_of(item, 0), *found;

	if (base->n == 0)
		return -1;
	found = bsearch(&key, base->entries, base->n, sizeof key, by_id);
	return found ? found->split : -1;
}

static enum rc_status add_line(struct base *base, const char *line, size_t len, const char *name, struct rc_err *err)
{
	RC_OWN_JSON json = NULL;
	enum rc_status status = rc_json_parse(line, len, name, &json, err);
	int split;

	if (!rc_good(status))
		return status;
	split = manifest_split_find(rc_json_str(json, "split", ""));
	if (split < 0)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_FORMAT, "cannot use '%s': an item without a split", name);
	if (base->n == base->cap) {
		size_t cap = base->cap ? base->cap * 2 : 1024;
		struct entry *bigger = realloc(base->entries, cap * sizeof *bigger);

		if (!bigger)
			return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot use '%s': out of memory", name);
		base->entries = bigger;
		base->cap = cap;
	}
	base->entries[base->n++] = entry_of(rc_json_str(json, "id", ""), split);
	return RC_OK;
}

static enum rc_status add_index(struct base *base, const struct corpus_source *source, const struct manifest_file *file, struct rc_err *err)
{
	struct corpus_file at = { source, file->path };
	struct zst_file zst = { corpus_file_read, &at, file->bytes, file->path };
	RC_CLEANUP(zst_table_free) struct zst_table table = { 0 };
	RC_OWN_BUF raw = RC_BUF(ZST_MAX_FRAME);
	enum rc_status status = zst_table_load(&zst, &table, err);

	for (size_t i = 0; rc_good(status) && i < table.n; i++) {
		rc_buf_clear(&raw);
		status = zst_frame_read(&zst, &table, i, &raw, NULL, err);
		for (char *line = raw.data, *end; rc_good(status) && (end = memchr(line, '\n', raw.len - (size_t)(line - raw.data))); line = end + 1)
			status = add_line(base, line, (size_t)(end - line), file->path, err);
	}
	return status;
}

static enum rc_status load_items(struct base *base, const char *path, const struct manifest *m, struct rc_err *err)
{
	RC_CLEANUP(corpus_folder_close) struct corpus_folder *folder = NULL;
	RC_OWN_STR root = manifest_root(path, m);
	struct corpus_source source;
	enum rc_status status = root ? corpus_folder_open(&folder, root, err)
	                             : rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot use '%s': out of memory", path);

	if (!rc_good(status))
		return status;
	source = corpus_folder_source(folder);
	for (size_t i = 0; rc_good(status) && i < m->n_files; i++)
		if (m->files[i].kind == MANIFEST_INDEX)
			status = add_index(base, &source, &m->files[i], err);
	return status;
}

enum rc_status base_load(struct base **ret, const char *path, struct rc_digest *ret_digest, struct rc_err *err)
{
	RC_CLEANUP(base_free) struct base *base = calloc(1, sizeof *base);
	RC_CLEANUP(manifest_free) struct manifest *m = NULL;
	RC_OWN_BUF bytes = RC_BUF(MANIFEST_MAX_BYTES);
	enum rc_status status = RC_OK;

	if (!base)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot use '%s': out of memory", path);
	if (*path)
		status = rc_buf_read_file(&bytes, path, err);
	if (rc_good(status) && *path)
		status = manifest_parse(bytes.data, bytes.len, path, &m, err);
	if (rc_good(status) && *path)
		status = load_items(base, path, m, err);
	if (!rc_good(status)) {
		if (err && status == RC_PAGE_FAILED)
			err->reason = RC_WHY_SETTING;
		return rc_fail_in(err, RC_RUN_FAILED, "package.base");
	}
	if (base->n)
		qsort(base->entries, base->n, sizeof *base->entries, by_id);
	*ret_digest = rc_digest_of(bytes.data, bytes.len);
	*ret = rc_steal(base);
	return RC_OK;
}
