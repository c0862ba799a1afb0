/* check_told.c -- what the index tells of one shard. Read only for a shard with damage: one pass over the index. */
#include "package/check_parts.h"

#include <stdio.h>
#include <string.h>

#include "package/read.h"

void told_free(struct told *t)
{
	for (size_t i = 0; i < t->n; i++) {
		free(t->runs[i].item);
		free(t->runs[i].checks);
	}
	free(t->runs);
	*t = (struct told){ 0 };
}

static enum rc_status add_run(struct told *t, const char *item, const json_t *place, struct rc_err *err)
{
	struct told_run run = { rc_json_int(place, "at", 0), rc_json_int(place, "samples", 1), rc_json_int(place, "offset", 0), NULL, NULL };

	if (t->n == t->cap) {
		size_t cap = t->cap ? t->cap * 2 : 64;
		struct told_run *bigger = realloc(t->runs, cap * sizeof *bigger);

		if (!bigger)
			return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot check '%s': out of memory", item);
		t->runs = bigger;
		t->cap = cap;
	}
	run.item = strdup(item);
	run.checks = strdup(rc_json_str(place, "checks", ""));
	t->runs[t->n++] = run;
	return run.item && run.checks ? RC_OK : rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot check '%s': out of memory", item);
}

static enum rc_status add_item(struct told *t, const struct manifest_file *file, const json_t *item, struct rc_err *err)
{
	const char *id = rc_json_str(item, "id", ""), *key = file->kind == MANIFEST_IMAGES ? "images" : "shard";
	const json_t *text = json_object_get(item, "text");
	enum rc_status status = RC_OK;
	size_t i;
	json_t *run;

	if (strcmp(rc_json_str(text, "shard", ""), file->path) == 0)
		status = add_run(t, id, text, err);
	json_array_foreach(json_object_get(item, "pages"), i, run)
		if (rc_good(status) && strcmp(rc_json_str(run, key, ""), file->path) == 0)
			status = add_run(t, id, run, err);
	return status;
}

static int by_number(const void *va, const void *vb)
{
	const struct told_run *a = va, *b = vb;

	return a->at < b->at ? -1 : a->at > b->at;
}

enum rc_status told_load(const struct checking *c, struct told *ret, struct rc_err *err)
{
	RC_CLEANUP(corpus_reader_close) struct corpus_reader *reader = NULL;
	RC_CLEANUP(corpus_index_walk_free) struct corpus_index_walk *walk = NULL;
	struct rc_err why;
	enum rc_status status = corpus_reader_open(&reader, &c->source, c->manifest, err);

	if (!rc_good(status))
		return status;
	status = corpus_index_walk_new(&walk, reader, &why);
	while (rc_good(status)) {
		RC_OWN_JSON item = NULL;

		status = corpus_index_walk_next(walk, &item, &why);
		if (status != RC_OK)
			break;
		status = add_item(ret, c->file, item, err);
		if (!rc_good(status))
			return status;
	}
	if (status != RC_SKIP)
		told_free(ret);         /* half an index would give the blame to the wrong samples */
	if (ret->n)
		qsort(ret->runs, ret->n, sizeof *ret->runs, by_number);
	return RC_OK;
}

const struct told_run *told_of(const struct told *t, int64_t n)
{
	size_t low = 0, high = t->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (n < t->runs[middle].at)
			high = middle;
		else if (n >= t->runs[middle].at + t->runs[middle].samples)
			low = middle + 1;
		else
			return &t->runs[middle];
	}
	return NULL;
}

bool told_differs(const struct told *t, int64_t n, uint32_t check)
{
	const struct told_run *run = told_of(t, n);
	char hex[9];

	if (!run || (int64_t)strlen(run->checks) != 8 * run->samples)
		return false;
	snprintf(hex, sizeof hex, "%08x", (unsigned)check);
	return memcmp(hex, run->checks + 8 * (n - run->at), 8) != 0;
}
