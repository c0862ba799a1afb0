/* tombstones.c -- looks withdrawn items up in the index of the version published before. */
#include "package/tombstones.h"

#include <string.h>

#include "common/manifest.h"
#include "package/read.h"

struct base {                   /* the published version; reader NULL: none is known */
	struct corpus_folder *folder;
	struct corpus_source source;
	struct manifest *manifest;
	struct corpus_reader *reader;
};

static void base_close(struct base *b)
{
	corpus_reader_close(&b->reader);
	manifest_free(&b->manifest);
	corpus_folder_close(&b->folder);
}

static enum rc_status base_open(struct base *b, const char *path, struct rc_err *err)
{
	RC_OWN_STR root = NULL;
	enum rc_status status = manifest_load(path, &b->manifest, err);

	if (rc_good(status) && !(root = manifest_root(path, b->manifest)))
		status = rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot use '%s': out of memory", path);
	if (rc_good(status))
		status = corpus_folder_open(&b->folder, root, err);
	if (!rc_good(status))
		return status;
	b->source = corpus_folder_source(b->folder);
	return corpus_reader_open(&b->reader, &b->source, b->manifest, err);
}

static void add_shard(json_t *shards, const char *shard)
{
	size_t i;
	json_t *known;

	json_array_foreach(shards, i, known)
		if (strcmp(json_string_value(known), shard) == 0)
			return;
	if (*shard)
		json_array_append_new(shards, json_string(shard));
}

/* The shards that hold an item, or a page of it: an item's text is one sample with all its pages. */
static enum rc_status find_shards(struct base *b, const char *id, json_t *shards, struct rc_err *err)
{
	RC_OWN_BUF item = RC_BUF(1 << 16);
	RC_OWN_JSON entry = NULL;
	enum rc_status status = corpus_reader_item(b->reader, id, &entry, err);
	size_t i;
	json_t *run;

	if (status == RC_SKIP) {
		status = corpus_reader_item_of_key(b->reader, id, &item, err);
		if (status == RC_OK)
			status = corpus_reader_item(b->reader, item.data, &entry, err);
	}
	if (status != RC_OK)
		return status == RC_SKIP ? RC_OK : status;
	add_shard(shards, rc_json_str(json_object_get(entry, "text"), "shard", ""));
	json_array_foreach(json_object_get(entry, "pages"), i, run) {
		add_shard(shards, rc_json_str(run, "shard", ""));
		add_shard(shards, rc_json_str(run, "images", ""));
	}
	return RC_OK;
}

static enum rc_status make_all(const struct withdrawn *w, struct base *b, json_t *list, struct rc_err *err)
{
	enum rc_status status = RC_OK;

	for (size_t i = 0; rc_good(status) && i < w->n; i++) {
		json_t *stone = json_object(), *shards = json_array();

		json_array_append_new(list, stone);
		json_object_set_new(stone, "id", json_string(w->list[i].id));
		json_object_set_new(stone, "reason", json_string(w->list[i].reason));
		json_object_set_new(stone, "date", json_string(w->list[i].date));
		json_object_set_new(stone, "shards", shards);
		if (b->reader)
			status = find_shards(b, w->list[i].id, shards, err);
	}
	return status;
}

enum rc_status tombstones_make(const struct withdrawn *w, const char *base, json_t **ret, struct rc_err *err)
{
	RC_CLEANUP(base_close) struct base b = { 0 };
	RC_OWN_JSON list = json_array();
	enum rc_status status = w->n > 0 && *base ? base_open(&b, base, err) : RC_OK;

	if (rc_good(status))
		status = make_all(w, &b, list, err);
	if (!rc_good(status)) {
		if (status == RC_PAGE_FAILED)
			err->reason = RC_WHY_SETTING;
		return rc_fail_in(err, RC_RUN_FAILED, "package.base");
	}
	*ret = rc_steal(list);
	return RC_OK;
}
