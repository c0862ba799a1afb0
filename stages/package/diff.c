/* diff.c -- merges two sorted indexes and compares two lists of files.
 *
 *   corpus_diff()       the sum of both
 *   compare_items()     the indexes, as two streams in step
 *   step_of()           what kind of step that is for a version number
 *   compare_files()     by path: the name of a shard carries its digest, and cards and sums are compared by theirs */
#include "package/diff.h"

#include <string.h>

#include "package/semver.h"

struct tally {
	int64_t items[CORPUS_CHANGE_COUNT], same_items;
	int64_t files[CORPUS_CHANGE_COUNT], bytes[CORPUS_CHANGE_COUNT];
	int64_t same_files, same_bytes;
};

const char *corpus_change_name(enum corpus_change change)
{
	static const char *const names[] = { "added", "removed", "changed", "moved" };

	return names[change];
}

/* ---- items ------------------------------------------------------------------------------------------------- */

static enum rc_status tell_item(const struct corpus_diff_sink *sink, struct tally *t, enum corpus_change change, const json_t *from,
                                const json_t *to, struct rc_err *err)
{
	t->items[change]++;
	if (!sink || !sink->item)
		return RC_OK;
	return sink->item(sink->ctx, change, rc_json_str(from ? from : to, "id", ""), rc_json_str(from, "split", ""),
	                  rc_json_str(to, "split", ""), err);
}

static enum rc_status compare_item(const struct corpus_diff_sink *sink, struct tally *t, const json_t *from, const json_t *to, struct rc_err *err)
{
	const char *was = rc_json_str(from, "record", ""), *is = rc_json_str(to, "record", "");
	bool changed = *was && *is && strcmp(was, is) != 0;
	bool moved = strcmp(rc_json_str(from, "split", ""), rc_json_str(to, "split", "")) != 0;
	enum rc_status status = RC_OK;

	t->same_items += !changed && !moved;
	if (changed)
		status = tell_item(sink, t, CORPUS_CHANGED, from, to, err);
	if (rc_good(status) && moved)
		status = tell_item(sink, t, CORPUS_MOVED, from, to, err);
	return status;
}

/* The next item of a walk; *at NULL behind the last. */
static enum rc_status step(struct corpus_index_walk *w, json_t **at, struct rc_err *err)
{
	enum rc_status status;

	rc_json_free(at);
	status = corpus_index_walk_next(w, at, err);
	return status == RC_SKIP ? RC_OK : status;
}

static enum rc_status merge(struct corpus_index_walk *a, struct corpus_index_walk *b, const struct corpus_diff_sink *sink,
                            struct tally *t, struct rc_err *err)
{
	RC_OWN_JSON from = NULL;
	RC_OWN_JSON to = NULL;
	enum rc_status status = step(a, &from, err);

	if (rc_good(status))
		status = step(b, &to, err);
	while (rc_good(status) && (from || to)) {
		int order = !from ? 1 : !to ? -1 : strcmp(rc_json_str(from, "id", ""), rc_json_str(to, "id", ""));

		if (order < 0)
			status = tell_item(sink, t, CORPUS_REMOVED, from, NULL, err);
		else if (order > 0)
			status = tell_item(sink, t, CORPUS_ADDED, NULL, to, err);
		else
			status = compare_item(sink, t, from, to, err);
		if (rc_good(status) && order <= 0)
			status = step(a, &from, err);
		if (rc_good(status) && order >= 0)
			status = step(b, &to, err);
	}
	return status;
}

static enum rc_status compare_items(const struct corpus_side *from, const struct corpus_side *to, const struct corpus_diff_sink *sink,
                                    struct tally *t, struct rc_err *err)
{
	RC_CLEANUP(corpus_index_walk_free) struct corpus_index_walk *a = NULL;
	RC_CLEANUP(corpus_index_walk_free) struct corpus_index_walk *b = NULL;
	enum rc_status status = corpus_index_walk_new(&a, from->reader, err);

	if (rc_good(status))
		status = corpus_index_walk_new(&b, to->reader, err);
	return rc_good(status) ? merge(a, b, sink, t, err) : status;
}

/* ---- files ------------------------------------------------------------------------------------------------- */

static json_t *by_path(const struct manifest *m)
{
	json_t *paths = json_object();

	for (size_t i = 0; i < m->n_files; i++)
		json_object_set_new(paths, m->files[i].path, json_integer((json_int_t)i));
	return paths;
}

/* Is the file in the other corpus, with the same bytes? */
static bool is_in(const struct manifest_file *file, const struct manifest *other, const json_t *paths)
{
	int64_t i = rc_json_int(paths, file->path, -1);

	return i >= 0 && rc_digest_equal(&file->digest, &other->files[i].digest);
}

/* Files of m that the other lacks. */
static enum rc_status missing_files(const struct manifest *m, const struct manifest *other, enum corpus_change change,
                                    const struct corpus_diff_sink *sink, struct tally *t, struct rc_err *err)
{
	RC_OWN_JSON paths = by_path(other);
	enum rc_status status = RC_OK;

	for (size_t i = 0; rc_good(status) && i < m->n_files; i++) {
		const struct manifest_file *file = &m->files[i];

		if (is_in(file, other, paths)) {
			t->same_files += change == CORPUS_ADDED;
			t->same_bytes += change == CORPUS_ADDED ? file->bytes : 0;
			continue;
		}
		t->files[change]++;
		t->bytes[change] += file->bytes;
		if (sink && sink->file)
			status = sink->file(sink->ctx, change, file, err);
	}
	return status;
}

static enum rc_status compare_files(const struct corpus_side *from, const struct corpus_side *to, const struct corpus_diff_sink *sink,
                                    struct tally *t, struct rc_err *err)
{
	enum rc_status status = missing_files(to->manifest, from->manifest, CORPUS_ADDED, sink, t, err);

	return rc_good(status) ? missing_files(from->manifest, to->manifest, CORPUS_REMOVED, sink, t, err) : status;
}

/* ---- the sum ------------------------------------------------------------------------------------------------- */

static json_t *side_json(const struct manifest *m)
{
	json_t *side = json_object();

	json_object_set_new(side, "corpus", json_string(m->name));
	json_object_set_new(side, "version", json_string(m->version));
	return side;
}

static json_t *pair(int64_t files, int64_t bytes)
{
	json_t *json = json_object();

	json_object_set_new(json, "files", json_integer(files));
	json_object_set_new(json, "bytes", json_integer(bytes));
	return json;
}

static enum semver_step step_of(const struct tally *t)
{
	if (t->items[CORPUS_REMOVED] || t->items[CORPUS_MOVED])
		return SEMVER_MAJOR;
	if (t->items[CORPUS_ADDED])
		return SEMVER_MINOR;
	return t->items[CORPUS_CHANGED] || t->files[CORPUS_ADDED] || t->files[CORPUS_REMOVED] ? SEMVER_PATCH : SEMVER_NONE;
}

/* Do the versions say it? null where one of them is no semantic version. */
static json_t *versions_fit(const struct manifest *from, const struct manifest *to, enum semver_step step)
{
	struct semver a, b;

	if (!semver_parse(from->version, &a) || !semver_parse(to->version, &b))
		return json_null();
	return json_boolean(semver_says(&a, &b, step));
}

static json_t *sum(const struct manifest *from, const struct manifest *to, const struct tally *t)
{
	static const char *const keys[] = { "settings", "salt", "made_by", "license" };
	json_t *diff = json_object(), *items = json_object(), *files = json_object(), *other = json_array();

	json_object_set_new(diff, "from", side_json(from));
	json_object_set_new(diff, "to", side_json(to));
	json_object_set_new(items, "same", json_integer(t->same_items));
	for (enum corpus_change c = 0; c < CORPUS_CHANGE_COUNT; c++)
		json_object_set_new(items, corpus_change_name(c), json_integer(t->items[c]));
	json_object_set_new(diff, "items", items);
	json_object_set_new(files, "same", pair(t->same_files, t->same_bytes));
	json_object_set_new(files, "added", pair(t->files[CORPUS_ADDED], t->bytes[CORPUS_ADDED]));
	json_object_set_new(files, "removed", pair(t->files[CORPUS_REMOVED], t->bytes[CORPUS_REMOVED]));
	json_object_set_new(diff, "files", files);
	for (size_t i = 0; i < RC_COUNT(keys); i++)
		if (!json_equal(json_object_get(from->json, keys[i]), json_object_get(to->json, keys[i])))
			json_array_append_new(other, json_string(keys[i]));
	json_object_set_new(diff, "different", other);
	json_object_set_new(diff, "step", json_string(semver_step_name(step_of(t))));
	json_object_set_new(diff, "versions_fit", versions_fit(from, to, step_of(t)));
	return diff;
}

enum rc_status corpus_diff(const struct corpus_side *from, const struct corpus_side *to, const struct corpus_diff_sink *sink,
                           json_t **ret, struct rc_err *err)
{
	struct tally t = { 0 };
	enum rc_status status = compare_files(from, to, sink, &t, err);

	if (rc_good(status))
		status = compare_items(from, to, sink, &t, err);
	if (rc_good(status))
		*ret = sum(from->manifest, to->manifest, &t);
	return status;
}
