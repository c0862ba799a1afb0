/* lists.c -- reads the lists of texts to be kept out of training.
 *
 *   lists_load()   each path of the setting: add_path(), add_folder(), add_file()
 *   add_text()     one text into the set
 *   add_json()     every string of a document */
#include "curate/lists.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "core/json.h"
#include "core/limits.h"
#include "core/text.h"

enum { MAX_DEPTH = 16 };

struct loading {
	struct lists *lists;
	struct rc_hasher *h;            /* owned */
};

void lists_free(struct lists *lists)
{
	gram_fold_free(&lists->fold);
	grams_free(&lists->grams);
	for (size_t i = 0; i < lists->n; i++)
		free(lists->names[i]);
	free(lists->names);
	*lists = (struct lists){ 0 };
}

/* ---- one file ---------------------------------------------------------------------------------------------- */

static enum rc_status add_text(struct lists *lists, const char *text, const char *end, struct rc_err *err)
{
	struct gram gram = { 0 };
	bool empty = false;             /* is the line empty so far? */

	while (text < end) {
		uint32_t cp = *text ? rc_utf8_next(&text) : (uint8_t)*text++, folded;
		enum rc_status status = RC_OK;

		if (cp == '\n' && empty)
			gram = (struct gram){ 0 };
		empty = cp == '\n' || (empty && (cp == ' ' || cp == '\t' || cp == '\r'));
		folded = gram_fold_cp(lists->fold, cp);
		if (folded && gram_add(&gram, folded))
			status = grams_add(&lists->grams, gram.hash, (uint16_t)(lists->n - 1), err);
		if (!rc_good(status))
			return status;
	}
	return RC_OK;
}

static enum rc_status add_json(struct lists *lists, json_t *json, struct rc_err *err)
{
	enum rc_status status = RC_OK;
	const char *key;
	size_t i;
	json_t *part;

	if (json_is_string(json))
		return add_text(lists, json_string_value(json), json_string_value(json) + json_string_length(json), err);
	json_array_foreach(json, i, part)
		if (rc_good(status))
			status = add_json(lists, part, err);
	json_object_foreach(json, key, part)
		if (rc_good(status))
			status = add_json(lists, part, err);
	return status;
}

static enum rc_status add_lines(struct lists *lists, const char *text, const char *end, const char *name, struct rc_err *err)
{
	enum rc_status status = RC_OK;
	int64_t line = 1;

	for (const char *next; rc_good(status) && text < end; text = next, line++) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		RC_OWN_BUF at = RC_BUF(RC_MAX_NAME + 32);
		RC_OWN_JSON json = NULL;

		stop = stop ? stop : end;
		next = stop + 1;
		if (strspn(text, " \t\r") >= (size_t)(stop - text))
			continue;
		rc_buf_addf(&at, "%s:%lld", name, (long long)line);
		status = rc_json_parse(text, (size_t)(stop - text), at.data, &json, err);
		if (rc_good(status))
			status = add_json(lists, json, err);
	}
	return status;
}

static bool ends_in(const char *name, const char *ending)
{
	size_t n = strlen(name), m = strlen(ending);

	return n > m && strcasecmp(name + n - m, ending) == 0;
}

static enum rc_status add_bytes(struct lists *lists, const struct rc_buf *bytes, const char *name, struct rc_err *err)
{
	const char *text = bytes->data, *end = text + bytes->len;
	RC_OWN_JSON json = NULL;
	enum rc_status status;

	if (!rc_utf8_valid(text, bytes->len))
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_SETTING, "not UTF-8");
	if (bytes->len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)    /* a byte order mark */
		text += 3;
	if (ends_in(name, ".jsonl") || ends_in(name, ".ndjson"))
		return add_lines(lists, text, end, name, err);
	if (!ends_in(name, ".json"))
		return add_text(lists, text, end, err);
	status = rc_json_parse(text, (size_t)(end - text), name, &json, err);
	return rc_good(status) ? add_json(lists, json, err) : status;
}

/* Room for one list more, which then is the last one. */
static enum rc_status add_name(struct lists *lists, const char *name, struct rc_err *err)
{
	char **names = lists->n < LISTS_MAX ? realloc(lists->names, (lists->n + 1) * sizeof *names) : NULL;

	if (lists->n == LISTS_MAX)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_SETTING, "more than %d files", LISTS_MAX);
	if (!names)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "out of memory");
	lists->names = names;
	names[lists->n] = rc_strdup(name);
	lists->n++;
	return RC_OK;
}

static enum rc_status add_file(struct loading *l, const char *path, const char *name, struct rc_err *err)
{
	RC_OWN_BUF bytes = RC_BUF(LIST_MAX_BYTES);
	enum rc_status status = rc_buf_read_file(&bytes, path, err);
	struct rc_digest digest;

	if (rc_good(status))
		status = add_name(l->lists, name, err);
	if (rc_good(status))
		status = add_bytes(l->lists, &bytes, name, err);
	if (!rc_good(status)) {
		if (err && status == RC_PAGE_FAILED)
			err->reason = RC_WHY_SETTING;
		return rc_fail_in(err, RC_RUN_FAILED, "cannot use '%s'", name);
	}
	digest = rc_digest_of(bytes.data, bytes.len);
	rc_hasher_add_str(l->h, name);
	rc_hasher_add(l->h, digest.bytes, sizeof digest.bytes);
	return RC_OK;
}

/* ---- what a path stands for ---------------------------------------------------------------------------------- */

static int is_entry(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return rc_natural_compare((*a)->d_name, (*b)->d_name);
}

static enum rc_status add_path(struct loading *l, const char *path, const char *name, int depth, struct rc_err *err);

static enum rc_status add_folder(struct loading *l, const char *path, const char *name, int depth, struct rc_err *err)
{
	struct dirent **entries = NULL;
	enum rc_status status = RC_OK;
	int n = scandir(path, &entries, is_entry, by_name);

	if (n < 0)
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_UNREADABLE, "cannot use '%s'", name);
	for (int i = 0; i < n; i++) {
		RC_OWN_BUF below = RC_BUF(RC_MAX_NAME), called = RC_BUF(RC_MAX_NAME);

		rc_buf_addf(&below, "%s/%s", path, entries[i]->d_name);
		rc_buf_addf(&called, "%s/%s", name, entries[i]->d_name);
		free(entries[i]);
		if (rc_good(status) && (below.failed || called.failed))
			status = rc_fail(err, RC_RUN_FAILED, RC_WHY_SETTING, "cannot use '%s': a path in it is too long", name);
		if (rc_good(status))
			status = add_path(l, below.data, called.data, depth + 1, err);
	}
	free(entries);
	return status;
}

/* Links below the path that was named, devices and the like are left alone. */
static enum rc_status add_path(struct loading *l, const char *path, const char *name, int depth, struct rc_err *err)
{
	struct stat st;

	if ((depth ? lstat : stat)(path, &st) < 0)
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot use '%s'", path);
	if (depth > MAX_DEPTH)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_SETTING, "cannot use '%s': more than %d folders deep", name, MAX_DEPTH);
	if (S_ISDIR(st.st_mode))
		return add_folder(l, path, name, depth, err);
	return S_ISREG(st.st_mode) ? add_file(l, path, name, err) : RC_OK;
}

/* The last part of a path, whatever slashes end it. */
static char *last_part(const char *path)
{
	size_t end = strlen(path), start;

	while (end > 1 && path[end - 1] == '/')
		end--;
	for (start = end; start > 0 && path[start - 1] != '/'; start--)
		;
	return strndup(path + start, end - start);
}

static void loading_end(struct loading *l)
{
	rc_hasher_free(&l->h);
}

static enum rc_status load(struct lists *lists, const char *paths, struct rc_err *err)
{
	RC_CLEANUP(loading_end) struct loading l = { lists, rc_hasher_new() };
	RC_OWN_STR rest = rc_strdup(paths);
	enum rc_status status = gram_fold_new(&lists->fold, err);

	for (char *path = rest, *next; rc_good(status) && path; path = next) {
		RC_OWN_STR name = NULL;

		next = strchr(path, ';');
		if (next)
			*next++ = '\0';
		path += strspn(path, " ");
		for (size_t n = strlen(path); n > 0 && path[n - 1] == ' '; n--)
			path[n - 1] = '\0';
		name = last_part(path);
		if (*path)
			status = name ? add_path(&l, path, name, 0, err) : rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot curate: out of memory");
	}
	if (rc_good(status) && lists->grams.n == 0)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_SETTING, "cannot use '%s': no text of %d characters or more is in it", paths, GRAM_CHARS);
	lists->digest = rc_hasher_end(l.h);
	return status;
}

enum rc_status lists_load(struct lists *ret, const char *paths, struct rc_err *err)
{
	RC_CLEANUP(lists_free) struct lists lists = { 0 };
	enum rc_status status = RC_OK;

	if (paths[strspn(paths, "; ")])
		status = load(&lists, paths, err);
	if (!rc_good(status))
		return rc_fail_in(err, status, "curate.contamination_lists");
	*ret = lists;
	lists = (struct lists){ 0 };
	return RC_OK;
}
