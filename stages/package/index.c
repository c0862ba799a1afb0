/* index.c -- collects the places of samples while shards are written. About 150 bytes per item, and 4 per page. */
#include "package/index.h"

#include <string.h>

struct run {
	struct sample_place place;      /* of its first sample */
	int64_t samples;
	uint32_t *checks;       /* of every sample */
};

struct entry {
	char *id;
	int split;
	struct rc_digest record;
	bool has_text, given;
	struct sample_place text;
	struct run *runs;
	size_t n_runs;
};

struct index {
	struct entry *entries;
	size_t n, cap;
};

void index_free(struct index **index)
{
	if (!*index)
		return;
	for (size_t i = 0; i < (*index)->n; i++) {
		free((*index)->entries[i].id);
		for (size_t r = 0; r < (*index)->entries[i].n_runs; r++)
			free((*index)->entries[i].runs[r].checks);
		free((*index)->entries[i].runs);
	}
	free((*index)->entries);
	free(*index);
	*index = NULL;
}

static enum rc_status no_memory(struct rc_err *err)
{
	return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot write the index: out of memory");
}

enum rc_status index_new(struct index **ret, struct rc_err *err)
{
	*ret = calloc(1, sizeof **ret);
	return *ret ? RC_OK : no_memory(err);
}

enum rc_status index_add_item(struct index *index, const char *id, int split, const struct rc_digest *record, struct rc_err *err)
{
	char *copy;

	if (index->n == index->cap) {
		size_t cap = index->cap ? index->cap * 2 : 256;
		struct entry *bigger = realloc(index->entries, cap * sizeof *bigger);

		if (!bigger)
			return no_memory(err);
		index->entries = bigger;
		index->cap = cap;
	}
	copy = strdup(id);
	if (!copy)
		return no_memory(err);
	index->entries[index->n++] = (struct entry){ .id = copy, .split = split, .record = *record };
	return RC_OK;
}

void index_set_text(struct index *index, struct sample_place place)
{
	struct entry *e = &index->entries[index->n - 1];

	e->has_text = e->given = true;
	e->text = place;
}

void index_set_given(struct index *index)
{
	index->entries[index->n - 1].given = true;
}

static enum rc_status add_check(struct run *run, uint32_t check, struct rc_err *err)
{
	uint32_t *bigger = realloc(run->checks, (size_t)(run->samples + 1) * sizeof *bigger);

	if (!bigger)
		return no_memory(err);
	run->checks = bigger;
	run->checks[run->samples++] = check;
	return RC_OK;
}

enum rc_status index_add_page(struct index *index, struct sample_place place, struct rc_err *err)
{
	struct entry *e = &index->entries[index->n - 1];
	struct run *bigger;

	/* JPEG and PNG pages of an item take turns between two streams: any of the last two runs may go on. */
	for (size_t i = e->n_runs; i-- > 0 && i + 2 >= e->n_runs;)
		if (e->runs[i].place.shard == place.shard)
			return add_check(&e->runs[i], place.check, err);
	bigger = realloc(e->runs, (e->n_runs + 1) * sizeof *bigger);
	if (!bigger)
		return no_memory(err);
	e->runs = bigger;
	e->runs[e->n_runs] = (struct run){ .place = place };
	return add_check(&e->runs[e->n_runs++], place.check, err);
}

int64_t index_items(const struct index *index)
{
	int64_t n = 0;

	for (size_t i = 0; i < index->n; i++)
		n += index->entries[i].given || index->entries[i].n_runs > 0;
	return n;
}

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->id, ((const struct entry *)b)->id);
}

static json_t *place_json(const struct shards *shards, struct sample_place place)
{
	size_t n;
	const struct shard *list = shards_list(shards, &n);
	json_t *json = json_object();

	json_object_set_new(json, "shard", json_string(list[place.shard].path));
	json_object_set_new(json, "at", json_integer(place.at));
	json_object_set_new(json, "offset", json_integer(place.offset));
	return json;
}

static json_t *checks_json(const uint32_t *checks, int64_t n)
{
	RC_OWN_BUF hex = RC_BUF(1 << 24);

	for (int64_t i = 0; i < n; i++)
		rc_buf_addf(&hex, "%08x", (unsigned)checks[i]);
	return json_string(hex.data ? hex.data : "");
}

static json_t *run_json(const struct shards *shards, const struct run *run)
{
	size_t n;
	const struct shard *list = shards_list(shards, &n);
	json_t *json = place_json(shards, run->place);

	json_object_set_new(json, "samples", json_integer(run->samples));
	json_object_set_new(json, "checks", checks_json(run->checks, run->samples));
	if (run->place.apart) {
		json_object_set_new(json, "images", json_string(list[run->place.image_shard].path));
		json_object_set_new(json, "images_offset", json_integer(run->place.image_offset));
	}
	return json;
}

static json_t *entry_json(const struct shards *shards, const struct entry *e)
{
	json_t *json = json_object(), *pages, *text;
	char hex[RC_DIGEST_HEX];

	json_object_set_new(json, "id", json_string(e->id));
	json_object_set_new(json, "split", json_string(manifest_splits[e->split]));
	json_object_set_new(json, "record", json_string(rc_digest_hex(&e->record, hex)));
	if (e->has_text) {
		text = place_json(shards, e->text);
		json_object_set_new(text, "check", checks_json(&e->text.check, 1));
		json_object_set_new(json, "text", text);
	}
	if (e->n_runs == 0)
		return json;
	pages = json_array();
	for (size_t i = 0; i < e->n_runs; i++)
		json_array_append_new(pages, run_json(shards, &e->runs[i]));
	json_object_set_new(json, "pages", pages);
	return json;
}

enum rc_status index_write(struct index *index, struct shards *shards, struct rc_err *err)
{
	RC_OWN_BUF line = RC_BUF(1 << 24);
	struct sample_place place;
	enum rc_status status = RC_OK;

	if (index->n)
		qsort(index->entries, index->n, sizeof *index->entries, by_id);
	for (size_t i = 0; rc_good(status) && i < index->n; i++) {
		const struct entry *e = &index->entries[i];
		RC_OWN_JSON json = NULL;

		if (!e->has_text && e->n_runs == 0)
			continue;
		json = entry_json(shards, e);
		rc_buf_clear(&line);
		rc_json_print(&line, json);
		rc_buf_addc(&line, '\n');
		status = rc_buf_check(&line, "a line of the index", err);
		if (rc_good(status))
			status = shards_add_line(shards, MANIFEST_INDEX, -1, NULL, &line, &place, err);
	}
	return rc_good(status) ? shards_finish(shards, err) : status;
}
