/* tombstones.c -- looks withdrawn items up in the index of the version published before. */
#include "package/tombstones.h"

#include <string.h>

#include "package/base.h"

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
static enum rc_status find_shards(struct corpus_base *b, const char *id, json_t *shards, struct rc_err *err)
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

static enum rc_status make_all(const struct withdrawn *w, struct corpus_base *b, json_t *list, struct rc_err *err)
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
	RC_CLEANUP(corpus_base_close) struct corpus_base b = { 0 };
	RC_OWN_JSON list = json_array();
	enum rc_status status = w->n > 0 && *base ? corpus_base_open(&b, base, err) : RC_OK;

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
