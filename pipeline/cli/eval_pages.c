/* eval_pages.c -- finds pages and truths for `eval`.
 *
 *   files_under()        all files of a folder that a test likes, in natural order
 *   eval_truths_open()   the truths
 *   eval_truth_find()    the truth of a page
 *   eval_each_page()     a text, a record, or a folder or batch of those
 */
#include "cli/eval_pages.h"

#include <errno.h>
#include <fts.h>
#include <string.h>
#include <sys/stat.h>

#include "common/record.h"
#include "core/text.h"

/* ---- names ----------------------------------------------------------------------------------------- */

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n > m && strcmp(s + n - m, end) == 0;
}

static bool is_truth(const char *name)
{
	return ends_with(name, ".gt.txt");
}

static bool is_text(const char *name)
{
	return ends_with(name, ".txt") && !is_truth(name);
}

static bool is_record(const char *name)
{
	return ends_with(name, ".xml");
}

static bool is_page_file(const char *name)
{
	return is_text(name) || is_record(name);
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* The path without ".gt.txt", or without whatever follows its last dot. The caller frees. */
static char *without_ending(const char *path)
{
	char *name = rc_strdup(path);
	char *dot = strrchr(name, '.');

	if (is_truth(name))
		name[strlen(name) - strlen(".gt.txt")] = '\0';
	else if (dot && dot > last_part(name))
		*dot = '\0';
	return name;
}

/* ---- folders --------------------------------------------------------------------------------------- */

struct files {
	char **v;                   /* owned */
	size_t n;
};

static void files_free(struct files *files)
{
	for (size_t i = 0; i < files->n; i++)
		free(files->v[i]);
	free(files->v);
	*files = (struct files){ 0 };
}
#define OWN_FILES RC_CLEANUP(files_free) struct files

static int by_name(const void *a, const void *b)
{
	return rc_natural_compare(*(char *const *)a, *(char *const *)b);
}

static void fts_free(FTS **tree)
{
	if (*tree)
		fts_close(*tree);
}

static enum rc_status files_under(const char *folder, bool (*wanted)(const char *name), struct files *ret, struct rc_err *err)
{
	RC_OWN_STR root = rc_strdup(folder);
	char *roots[] = { root, NULL };
	RC_CLEANUP(fts_free) FTS *tree = fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, NULL);
	OWN_FILES files = { 0 };

	if (!tree)
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot read '%s'", folder);
	for (FTSENT *entry; (entry = fts_read(tree)) != NULL;) {
		if (entry->fts_info == FTS_D && entry->fts_level > 0 && strcmp(entry->fts_name, ".redcorpus") == 0)
			fts_set(tree, entry, FTS_SKIP);
		if (entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR || (entry->fts_info == FTS_NS && entry->fts_level == 0)) {
			errno = entry->fts_errno;
			return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot read '%s'", entry->fts_path);
		}
		if (entry->fts_info != FTS_F || !wanted(entry->fts_name))
			continue;
		files.v = rc_realloc(files.v, (files.n + 1) * sizeof *files.v);
		files.v[files.n++] = rc_strdup(entry->fts_path);
	}
	if (files.n)
		qsort(files.v, files.n, sizeof *files.v, by_name);
	*ret = files;
	files = (struct files){ 0 };
	return RC_OK;
}

/* RC_OK with *ret_folder, or RC_RUN_FAILED/missing. */
static enum rc_status look(const char *path, bool *ret_folder, struct rc_err *err)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot read '%s'", path);
	*ret_folder = S_ISDIR(st.st_mode);
	return RC_OK;
}

/* ---- truths ---------------------------------------------------------------------------------------- */

/* path: of a truth, at or below root. */
static void truths_add(struct eval_truths *truths, const char *root, const char *path)
{
	size_t skip = strncmp(path, root, strlen(root)) == 0 ? strlen(root) : 0;

	while (path[skip] == '/')
		skip++;
	truths->v = rc_realloc(truths->v, (truths->n + 1) * sizeof *truths->v);
	truths->v[truths->n++] = (struct eval_truth){ .path = rc_strdup(path), .name = without_ending(path + skip) };
}

enum rc_status eval_truths_open(const char *path, struct eval_truths *ret, struct rc_err *err)
{
	RC_CLEANUP(eval_truths_free) struct eval_truths truths = { 0 };
	OWN_FILES files = { 0 };
	bool folder = false;
	enum rc_status status = look(path, &folder, err);

	if (!rc_good(status))
		return status;
	if (!folder) {
		RC_OWN_STR root = strndup(path, (size_t)(last_part(path) - path));

		truths.single = true;
		truths_add(&truths, root ? root : "", path);
	} else {
		status = files_under(path, is_truth, &files, err);
		if (rc_good(status) && files.n == 0)
			status = files_under(path, is_text, &files, err);
		if (!rc_good(status))
			return status;
		if (files.n == 0)
			return rc_fail(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot find a truth in '%s': no .gt.txt, no .txt", path);
		for (size_t i = 0; i < files.n; i++)
			truths_add(&truths, path, files.v[i]);
	}
	*ret = truths;
	truths = (struct eval_truths){ 0 };
	return RC_OK;
}

void eval_truths_free(struct eval_truths *truths)
{
	for (size_t i = 0; i < truths->n; i++) {
		free(truths->v[i].path);
		free(truths->v[i].name);
	}
	free(truths->v);
	*truths = (struct eval_truths){ 0 };
}

/* How many parts of two paths are equal, counted from the right. */
static int parts_in_common(const char *a, const char *b)
{
	const char *x = a + strlen(a), *y = b + strlen(b);
	int parts = 0;

	while (x > a && y > b && x[-1] == y[-1]) {
		x--, y--;
		parts += *x == '/';
	}
	/* The last part compared counts when it is whole on both sides. */
	return parts + ((x == a || x[-1] == '/') && (y == b || y[-1] == '/') && *x != '/');
}

/* The best truth of that name; RC_SKIP: none. */
static enum rc_status find_name(struct eval_truths *truths, const char *name, struct eval_truth **ret, struct rc_err *err)
{
	struct eval_truth *best = NULL, *rival = NULL;
	int most = 0;

	for (size_t i = 0; i < truths->n; i++) {
		int parts = parts_in_common(truths->v[i].name, name);

		if (parts > most) {
			most = parts;
			best = &truths->v[i];
			rival = NULL;
		} else if (parts && parts == most) {
			rival = &truths->v[i];
		}
	}
	if (rival)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_USAGE, "cannot tell whether '%s' or '%s' is the truth of '%s'",
		               best->path, rival->path, name);
	if (!best)
		return RC_SKIP;
	*ret = best;
	return RC_OK;
}

enum rc_status eval_truth_find(struct eval_truths *truths, const struct eval_page *page, struct eval_truth **ret,
                               struct rc_err *err)
{
	enum rc_status status = RC_SKIP;

	if (page->frame >= 0) {
		RC_OWN_BUF name = RC_BUF(RC_MAX_NAME * 4);

		rc_buf_addf(&name, "%s.%d", page->name, page->frame + 1);
		status = find_name(truths, name.data, ret, err);
	}
	if (status == RC_SKIP && page->frame <= 0)
		status = find_name(truths, page->name, ret, err);
	if (status == RC_OK)
		(*ret)->used = true;
	return status;
}

/* ---- pages ----------------------------------------------------------------------------------------- */

static enum rc_status each_of_record(const char *path, eval_page_fn *on_page, void *ctx, struct rc_err *err)
{
	RC_CLEANUP(record_close) struct record_reader *reader = NULL;
	enum rc_status status = record_open(&reader, path, err);
	struct record_page *page;

	if (!rc_good(status))
		return status;
	while ((status = record_next(reader, &page, err)) == RC_OK || status == RC_WARN) {
		RC_OWN_BUF text = RC_BUF(EVAL_MAX_TEXT);
		RC_OWN_BUF whole = RC_BUF(4 * RC_MAX_NAME);
		RC_OWN_STR name = NULL;

		rc_page_text(&page->page, &text);
		rc_buf_addf(&whole, "%s%s%s", page->source, *page->member ? "/" : "", page->member);
		if (!rc_good(status = rc_buf_check(&text, path, err)) || !rc_good(status = rc_buf_check(&whole, path, err)))
			return status;
		name = without_ending(whole.data);
		status = on_page(ctx, &(struct eval_page){ .name = name, .frame = page->frame, .not_read = page->not_read,
		                                           .text = text.data, .len = text.len }, err);
		if (!rc_good(status))
			return status;
	}
	return status == RC_SKIP ? RC_OK : status;
}

static enum rc_status text_page(const char *path, eval_page_fn *on_page, void *ctx, struct rc_err *err)
{
	RC_OWN_BUF text = RC_BUF(EVAL_MAX_TEXT);
	RC_OWN_STR name = without_ending(path);
	enum rc_status status = rc_buf_read_file(&text, path, err);

	if (!rc_good(status))
		return status;
	return on_page(ctx, &(struct eval_page){ .name = name, .frame = -1, .text = text.data, .len = text.len }, err);
}

static enum rc_status each_of_file(const char *path, eval_page_fn *on_page, void *ctx, struct rc_err *err)
{
	return is_record(path) ? each_of_record(path, on_page, ctx, err) : text_page(path, on_page, ctx, err);
}

/* The folder to look into: a batch keeps its readings in records/. The caller frees. */
static char *readings_folder(const char *path)
{
	RC_OWN_BUF inner = RC_BUF(4 * RC_MAX_NAME);
	struct stat st;

	rc_buf_addf(&inner, "%s/.redcorpus", path);
	if (inner.failed || stat(inner.data, &st) != 0 || !S_ISDIR(st.st_mode))
		return rc_strdup(path);
	rc_buf_clear(&inner);
	rc_buf_addf(&inner, "%s/records", path);
	return rc_strdup(inner.data);
}

enum rc_status eval_each_page(const char *path, eval_page_fn *on_page, void *ctx, struct rc_err *err)
{
	OWN_FILES files = { 0 };
	RC_OWN_STR folder = NULL;
	bool is_folder = false;
	enum rc_status status = look(path, &is_folder, err);

	if (!rc_good(status))
		return status;
	if (!is_folder)
		return each_of_file(path, on_page, ctx, err);
	folder = readings_folder(path);
	status = files_under(folder, is_page_file, &files, err);
	if (rc_good(status) && files.n == 0)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot find a text or record in '%s'", folder);
	for (size_t i = 0; rc_good(status) && i < files.n; i++)
		status = each_of_file(files.v[i], on_page, ctx, err);
	return status;
}
