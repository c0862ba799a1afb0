/* eval_pages.c -- finds pages and truths for `eval`.
 *
 *   files_under()        all files of a folder that a test likes, in natural order
 *   eval_truths_open()   the truths
 *   eval_truth_find()    the truth of a page
 *   eval_each_page()     a text, page results, a record, or a folder or batch of those
 */
#include "cli/eval_pages.h"

#include <errno.h>
#include <fts.h>
#include <string.h>
#include <sys/stat.h>

#include "common/image.h"
#include "common/record.h"
#include "core/json.h"
#include "core/text.h"

/* ---- names ----------------------------------------------------------------------------------------- */

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n > m && strcmp(s + n - m, end) == 0;
}

/* The forms of a truth, the one that says most first. */
static const struct form {
	const char *ending;
	bool silver;
} forms[] = {
	{ ".gt.tsv", false },
	{ ".gt.txt", false },
	{ ".xml", false },
	{ ".silver.json", true },
};
enum { FORM_TSV, FORM_TEXT, FORM_PAGE, FORM_SILVER, FORMS, FORM_OTHER = FORMS };

static int form_of(const char *name)
{
	int form = 0;

	while (form < FORMS && !ends_with(name, forms[form].ending))
		form++;
	return form;
}

static bool is_truth(const char *name)
{
	return form_of(name) != FORM_OTHER;
}

static bool is_text(const char *name)
{
	return ends_with(name, ".txt") && !is_truth(name);
}

static bool is_record(const char *name)
{
	return ends_with(name, ".xml");
}

static bool is_result(const char *name)
{
	return ends_with(name, ".json") && !is_truth(name) && !ends_with(name, ".gt.json");
}

static bool is_page_file(const char *name)
{
	return is_text(name) || is_record(name) || is_result(name);
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* The path without its truth's ending, or without whatever follows its last dot. The caller frees. */
static char *without_ending(const char *path)
{
	char *name = rc_strdup(path);
	char *dot = strrchr(name, '.');
	int form = form_of(name);

	if (form != FORM_OTHER)
		name[strlen(name) - strlen(forms[form].ending)] = '\0';
	else if (dot && dot > last_part(name))
		*dot = '\0';
	return name;
}

/* "news.jpg.txt" -> "news", "minutes.tif.2.txt" -> "minutes.2": as `redcorpus ocr --out` names what it read. */
static char *page_name(const char *path)
{
	char *name = without_ending(path), *frame = strrchr(name, '.'), *end = name + strlen(name);

	if (!frame || frame < last_part(name) || !frame[1] || frame[1 + strspn(frame + 1, "0123456789")])
		frame = end;
	for (char *dot = frame; dot > last_part(name);) {
		char kept = *frame;
		bool image;

		dot--;
		if (*dot != '.')
			continue;
		*frame = '\0';
		image = image_name_claims(last_part(name));
		*frame = kept;
		if (image)
			memmove(dot, frame, strlen(frame) + 1);
		break;
	}
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
	truths->v[truths->n++] = (struct eval_truth){ .path = rc_strdup(path), .name = page_name(path + skip), .form = form_of(path) };
	truths->v[truths->n - 1].silver = form_of(path) == FORM_SILVER;
}

static void truth_free(struct eval_truth *truth)
{
	free(truth->path);
	free(truth->name);
}

static int by_name_and_form(const void *a, const void *b)
{
	const struct eval_truth *x = a, *y = b;
	int order = rc_natural_compare(x->name, y->name);

	return order ? order : x->form - y->form;
}

/* Of equal names keeps the form that says most. */
static void keep_best_forms(struct eval_truths *truths)
{
	size_t kept = 0;

	qsort(truths->v, truths->n, sizeof *truths->v, by_name_and_form);
	for (size_t i = 1; i < truths->n; i++) {
		if (strcmp(truths->v[i].name, truths->v[kept].name) == 0)
			truth_free(&truths->v[i]);
		else
			truths->v[++kept] = truths->v[i];
	}
	truths->n = kept + 1;
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
		keep_best_forms(&truths);
	}
	*ret = truths;
	truths = (struct eval_truths){ 0 };
	return RC_OK;
}

void eval_truths_free(struct eval_truths *truths)
{
	for (size_t i = 0; i < truths->n; i++)
		truth_free(&truths->v[i]);
	free(truths->v);
	*truths = (struct eval_truths){ 0 };
}

enum rc_status eval_truth_read(const struct eval_truth *truth, bool by_leaf, struct eval_text *ret, struct rc_err *err)
{
	RC_OWN_BUF bytes = RC_BUF(EVAL_MAX_TEXT);
	OWN_EVAL_TEXT text = { 0 };
	enum rc_status status;

	if (truth->form == FORM_PAGE)
		status = eval_text_layout(&text, truth->path, err);
	else
		status = rc_buf_read_file(&bytes, truth->path, err);
	if (rc_good(status) && truth->form == FORM_TSV)
		status = eval_text_tsv(&text, bytes.data, bytes.len, truth->path, err);
	else if (rc_good(status) && truth->form == FORM_SILVER)
		status = eval_text_silver(&text, bytes.data, bytes.len, by_leaf, truth->path, err);
	else if (rc_good(status) && truth->form != FORM_PAGE && rc_good(status = eval_text_check(bytes.data, bytes.len, truth->path, err)))
		eval_text_plain(&text, bytes.data, bytes.len);
	if (!rc_good(status))
		return status;
	*ret = text;
	text = (struct eval_text){ 0 };
	return RC_OK;
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

void eval_page_free(struct eval_page *page)
{
	free(page->name);
	free(page->file);
	free(page->item);
	eval_text_free(&page->text);
	*page = (struct eval_page){ 0 };
}
#define OWN_EVAL_PAGE RC_CLEANUP(eval_page_free) struct eval_page

void eval_page_name(const struct eval_page *page, struct rc_buf *out)
{
	rc_buf_adds(out, page->name);
	if (page->frame > 0)
		rc_buf_addf(out, ".%d", page->frame + 1);
}

static enum rc_status each_of_record(const char *path, eval_page_fn *on_page, void *ctx, struct rc_err *err)
{
	RC_CLEANUP(record_close) struct record_reader *reader = NULL;
	enum rc_status status = record_open(&reader, path, err);
	struct record_page *page;

	if (!rc_good(status))
		return status;
	while ((status = record_next(reader, &page, err)) == RC_OK || status == RC_WARN) {
		OWN_EVAL_PAGE p = { .frame = page->frame, .not_read = page->not_read, .estimate = page->page.quality.estimated_error,
		                    .page_class = page->page.quality.page_class, .file = rc_strdup(path),
		                    .item = rc_strdup(record_head(reader)->id), .order = page->order };
		RC_OWN_BUF whole = RC_BUF(4 * RC_MAX_NAME);

		rc_buf_addf(&whole, "%s%s%s", page->source, *page->member ? "/" : "", page->member);
		if (!rc_good(status = rc_buf_check(&whole, path, err)))
			return status;
		p.name = without_ending(whole.data);
		eval_text_page(&p.text, &page->page);
		if (!rc_good(status = on_page(ctx, &p, err)))
			return status;
	}
	return status == RC_SKIP ? RC_OK : status;
}

/* Bytes that are no UTF-8 become U+FFFD, a symbol: it stands in no comparison. */
static void clean(struct rc_buf *out, const struct rc_buf *bytes)
{
	for (const char *s = bytes->data, *end = s + bytes->len; s < end;) {
		uint32_t cp = rc_utf8_next(&s);

		s += cp == 0;
		rc_buf_add_cp(out, cp ? cp : 0xFFFD);
	}
}

static enum rc_status text_page(const char *path, eval_page_fn *on_page, void *ctx, struct rc_err *err)
{
	RC_OWN_BUF bytes = RC_BUF(EVAL_MAX_TEXT);
	RC_OWN_BUF text = RC_BUF(3 * EVAL_MAX_TEXT);
	OWN_EVAL_PAGE page = { .frame = -1, .estimate = -1, .name = page_name(path), .file = rc_strdup(path) };
	enum rc_status status = rc_buf_read_file(&bytes, path, err);

	if (!rc_good(status))
		return status;
	clean(&text, &bytes);
	if (!rc_good(status = rc_buf_check(&text, path, err)))
		return status;
	eval_text_plain(&page.text, text.data, text.len);
	return on_page(ctx, &page, err);
}

/* One page result. `source` and `frame` are what `redcorpus ocr` adds; without them the file's name says all. */
static enum rc_status result_page(const char *path, json_t *json, eval_page_fn *on_page, void *ctx, struct rc_err *err)
{
	struct rc_page page = RC_PAGE_INIT;
	OWN_EVAL_PAGE p = { .frame = -1, .file = rc_strdup(path) };
	const char *source = rc_json_str(json, "source", NULL);
	enum rc_status status;

	p.name = source ? without_ending(source) : page_name(path);
	if (source)
		p.frame = (int)rc_json_int(json, "frame", 0);
	json_object_del(json, "source");
	json_object_del(json, "frame");
	status = rc_page_from_json(json, &page, err);
	if (rc_good(status)) {
		p.estimate = page.quality.estimated_error;
		p.page_class = page.quality.page_class;
		eval_text_page(&p.text, &page);
	}
	rc_page_clear(&page);
	return rc_good(status) ? on_page(ctx, &p, err) : rc_fail_in(err, status, "cannot read '%s'", path);
}

/* `redcorpus ocr --format json` prints one result a line. alone: the file was named, and so must be one of results. */
static enum rc_status each_result(const char *path, bool alone, eval_page_fn *on_page, void *ctx, struct rc_err *err)
{
	RC_OWN_BUF bytes = RC_BUF(EVAL_MAX_TEXT);
	enum rc_status status = rc_buf_read_file(&bytes, path, err);
	bool known = alone;

	for (const char *at = bytes.data, *end = at + bytes.len; rc_good(status) && at < end;) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		RC_OWN_JSON json = NULL;

		stop = stop ? stop : end;
		status = rc_json_parse(at, (size_t)(stop - at), path, &json, err);
		if (!known && (!rc_good(status) || !json_object_get(json, "regions")))
			return RC_OK;
		known = true;
		if (rc_good(status))
			status = result_page(path, json, on_page, ctx, err);
		at = stop + 1;
	}
	return status;
}

static enum rc_status each_of_file(const char *path, bool alone, eval_page_fn *on_page, void *ctx, struct rc_err *err)
{
	if (is_record(path))
		return each_of_record(path, on_page, ctx, err);
	return is_result(path) ? each_result(path, alone, on_page, ctx, err) : text_page(path, on_page, ctx, err);
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
		return each_of_file(path, true, on_page, ctx, err);
	folder = readings_folder(path);
	status = files_under(folder, is_page_file, &files, err);
	if (rc_good(status) && files.n == 0)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot find a text, page result or record in '%s'", folder);
	for (size_t i = 0; rc_good(status) && i < files.n; i++)
		status = each_of_file(files.v[i], false, on_page, ctx, err);
	return status;
}
