/* index.c -- sums, lists, index.html.
 *
 *   report_index_add()     one page into sums, lists and the worst
 *   report_index_table()   a table of another stage
 *   report_index_write()   data_of(), then compose(): the page around it
 *   corpus_of()            what the manifest says */
#include "report/index.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/manifest.h"
#include "core/text.h"
#include "core/version.h"
#include "report/choices.h"
#include "report/look.h"
#include "report/times.h"

enum { GRADES = 6, MAX_TABLE = 32 << 20, MAX_ROWS = 20000, MAX_PAGE = 64 << 20 };

struct report_index {
	struct report_files *files;     /* borrowed */
	int64_t pages, not_read, shown, chars, items;
	int64_t grades[GRADES];         /* A to E, without one */
	int64_t classes[RC_PAGE_CLASS_COUNT];
	int64_t bins[REPORT_BINS];
	char *item;                     /* owned: of the last page */
	json_t *list, *firsts;          /* owned: the list that is being filled; [item, order] of each list's first page */
	int64_t n_lists;
	json_t *worst[REPORT_WORST];    /* owned: entries, the worst first */
	int32_t errors[REPORT_WORST];
	size_t n_worst;
	json_t *tables;                 /* owned */
};

struct report_index *report_index_new(struct report_files *files)
{
	struct report_index *x = rc_alloc(sizeof *x);

	x->files = files;
	x->list = json_array();
	x->firsts = json_array();
	x->tables = json_object();
	return x;
}

void report_index_free(struct report_index **x)
{
	if (!*x)
		return;
	for (size_t i = 0; i < (*x)->n_worst; i++)
		rc_json_free(&(*x)->worst[i]);
	rc_json_free(&(*x)->list);
	rc_json_free(&(*x)->firsts);
	rc_json_free(&(*x)->tables);
	free((*x)->item);
	free(*x);
	*x = NULL;
}

/* ---- pages -------------------------------------------------------------------------------------------------- */

json_t *report_index_entry(const struct report_page *p)
{
	char grade[2] = { report_page_grade(p), '\0' };

	return json_pack("[s, s, o, I, o, o, s, s, s, i, i, I, I, i, i]", p->id, p->picture, rc_json_text(p->item), (json_int_t)p->order,
	                 rc_json_text(p->number), rc_json_text(p->name), p->reason, rc_page_class_name(p->page_class), grade,
	                 p->error, p->confidence, (json_int_t)p->chars, (json_int_t)p->lines, (int)p->in_text, (int)p->shown);
}

static void count(struct report_index *x, const struct report_page *p)
{
	char grade = report_page_grade(p);

	x->pages++;
	x->not_read += !report_page_was_read(p);
	x->shown += p->shown;
	x->chars += p->chars;
	if (!x->item || strcmp(x->item, p->item) != 0) {
		free(x->item);
		x->item = rc_strdup(p->item);
		x->items++;
	}
	if (!report_page_was_read(p))
		return;
	x->classes[p->page_class]++;
	if (p->page_class != RC_PAGE_TEXT)
		return;
	x->grades[grade ? grade - 'A' : GRADES - 1]++;
	if (p->error >= 0)
		x->bins[p->error * REPORT_BINS / 10000 < REPORT_BINS ? p->error * REPORT_BINS / 10000 : REPORT_BINS - 1]++;
}

/* Keeps the worst pages of those that can be looked at; of equal ones, the earlier. */
static void keep_if_bad(struct report_index *x, const struct report_page *p)
{
	size_t at = x->n_worst;

	if (!report_page_grade(p) || !p->shown)
		return;
	while (at > 0 && x->errors[at - 1] < p->error)
		at--;
	if (at == REPORT_WORST)
		return;
	if (x->n_worst == REPORT_WORST)
		rc_json_free(&x->worst[--x->n_worst]);
	memmove(x->worst + at + 1, x->worst + at, (x->n_worst - at) * sizeof *x->worst);
	memmove(x->errors + at + 1, x->errors + at, (x->n_worst - at) * sizeof *x->errors);
	x->worst[at] = report_index_entry(p);
	x->errors[at] = p->error;
	x->n_worst++;
}

static enum rc_status end_list(struct report_index *x, struct rc_err *err)
{
	RC_OWN_JSON list = rc_steal(x->list);
	RC_OWN_BUF name = RC_BUF(64);

	x->list = json_array();
	rc_buf_addf(&name, "lists/pages-%" PRId64 ".js", x->n_lists++);
	return report_files_script(x->files, name.data, list, err);
}

enum rc_status report_index_add(struct report_index *x, const struct report_page *p, struct rc_err *err)
{
	count(x, p);
	keep_if_bad(x, p);
	if (json_array_size(x->list) == 0)
		json_array_append_new(x->firsts, json_pack("[o, I]", rc_json_text(p->item), (json_int_t)p->order));
	json_array_append_new(x->list, report_index_entry(p));
	return json_array_size(x->list) == REPORT_LIST ? end_list(x, err) : RC_OK;
}

/* ---- tables of other stages ------------------------------------------------------------------------------------ */

/* Splits at tabs, in place. */
static json_t *row_of(char *line)
{
	json_t *row = json_array();

	line[strcspn(line, "\r")] = '\0';
	for (char *cell; (cell = strsep(&line, "\t"));)
		json_array_append_new(row, rc_json_text(cell));
	return row;
}

static void close_file(FILE **file)
{
	if (*file)
		(void)fclose(*file);
}

/* A line at a time: a table of all pages may be larger than what is shown of it. */
enum rc_status report_index_table(struct report_index *x, const char *dir, const char *name, struct rc_err *err)
{
	RC_OWN_BUF path = RC_BUF(RC_MAX_NAME), part = RC_BUF(RC_MAX_NAME);
	RC_OWN_JSON rows = json_array();
	RC_OWN_STR line = NULL;
	size_t room = 0, bytes = 0;
	int64_t n = 0;

	rc_buf_addf(&path, "%s/%s.tsv", dir, name);
	RC_CLEANUP(close_file) FILE *file = fopen(path.data, "re");

	if (!file)
		return errno == ENOENT ? RC_OK : rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_UNREADABLE, "cannot read '%s'", path.data);
	for (ssize_t len; (len = getline(&line, &room, file)) > 0;) {
		bytes += (size_t)len;
		line[strcspn(line, "\n")] = '\0';
		if (*line && n++ < MAX_ROWS && bytes <= MAX_TABLE)
			json_array_append_new(rows, row_of(line));
	}
	if (ferror(file))
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_UNREADABLE, "cannot read '%s'", path.data);
	json_object_set_new(x->tables, name, json_integer(n > 0 ? n - 1 : 0));   /* its first line names the columns */
	rc_buf_addf(&part, "lists/%s.js", name);
	return report_files_script(x->files, part.data, rows, err);
}

/* ---- the first page's data --------------------------------------------------------------------------------------- */

static json_t *totals_of(const struct rc_totals *t)
{
	json_t *json = json_pack("{s:I, s:I, s:I, s:I, s:I}", "pages", (json_int_t)t->pages, "read", (json_int_t)t->done, "waiting", (json_int_t)t->pending,
	                         "quarantined", (json_int_t)t->quarantined, "stale", (json_int_t)t->stale);

	json_object_set_new(json, "faults", json_integer(t->faults));
	json_object_set_new(json, "ignored", json_integer(t->ignored));
	json_object_set_new(json, "gone", json_integer(t->files_gone));
	json_object_set_new(json, "items", json_integer(t->items));
	json_object_set_new(json, "records", json_integer(t->records));
	json_object_set_new(json, "files", json_integer(t->files));
	json_object_set_new(json, "page_seconds", json_real(t->page_seconds));
	return json;
}

/* Where something lies, without the place on this machine: "box12/p7.tif" or "box12.zip!/p7.tif". */
static json_t *where(const char *root, const char *path, const char *member)
{
	RC_OWN_BUF text = RC_BUF(4 * RC_MAX_NAME);
	const char *slash = strrchr(root, '/');

	rc_buf_addf(&text, "%s%s%s", slash ? slash + 1 : root, *path ? "/" : "", path);
	if (member && *member)
		rc_buf_addf(&text, "!/%s", member);
	return rc_json_text(text.data);
}

/* The message without the place on this machine. */
static json_t *message_of(const struct rc_trouble *t)
{
	const char *slash = strrchr(t->root_path, '/');
	size_t len = slash ? (size_t)(slash - t->root_path) + 1 : 0;
	RC_OWN_BUF text = RC_BUF(1 << 16);
	const char *s = t->message;

	for (const char *hit; len > 1 && (hit = strstr(s, t->root_path)); s = hit + len)
		rc_buf_add(&text, s, (size_t)(hit - s));
	rc_buf_adds(&text, s);
	return rc_json_text(text.data);
}

static enum rc_status add_trouble(void *ctx, const struct rc_trouble *t, struct rc_err *err)
{
	json_array_append_new(ctx, json_pack("[o, o, o, s, o]", rc_json_text(t->item ? t->item : ""), rc_json_text(t->number ? t->number : ""),
	                                     where(t->root_path, t->source_path, t->member), t->reason, message_of(t)));
	return RC_OK;
}

static enum rc_status add_ignored(void *ctx, const char *root, const char *path, const char *member, struct rc_err *err)
{
	json_array_append_new(ctx, where(root, path, member));
	return RC_OK;
}

static json_t *corpus_of(const char *dir)
{
	RC_OWN_BUF path = RC_BUF(RC_MAX_NAME);
	RC_CLEANUP(manifest_free) struct manifest *m = NULL;
	json_t *corpus, *shards = json_array();

	rc_buf_addf(&path, "%s/corpus/" MANIFEST_FILE, dir);
	if (!rc_good(manifest_load(path.data, &m, NULL))) {
		json_decref(shards);
		return json_null();
	}
	for (size_t i = 0; i < m->n_files; i++) {
		const struct manifest_file *f = &m->files[i];

		if (f->split >= 0)
			json_array_append_new(shards, json_pack("[s, s, I, I]", manifest_kind_name(f->kind), manifest_splits[f->split],
			                                        (json_int_t)f->bytes, (json_int_t)f->samples));
	}
	corpus = json_pack("{s:o, s:o, s:o}", "name", rc_json_text(m->name ? m->name : ""), "version", rc_json_text(m->version ? m->version : ""),
	                   "shards", shards);
	json_object_set_new(corpus, "counts", json_deep_copy(json_object_get(m->json, "counts")));
	return corpus;
}

static json_t *numbers(const int64_t *v, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_integer(v[i]));
	return list;
}

static void add_pages(const struct report_index *x, json_t *data)
{
	json_t *classes = json_object(), *worst = json_array();

	for (int i = 0; i < RC_PAGE_CLASS_COUNT; i++)
		json_object_set_new(classes, rc_page_class_name((enum rc_page_class)i), json_integer(x->classes[i]));
	for (size_t i = 0; i < x->n_worst; i++)
		json_array_append(worst, x->worst[i]);
	json_object_set_new(data, "listed", json_integer(x->pages));
	json_object_set_new(data, "shown", json_integer(x->shown));
	json_object_set_new(data, "chars", json_integer(x->chars));
	json_object_set_new(data, "grades", numbers(x->grades, GRADES));
	json_object_set_new(data, "classes", classes);
	json_object_set_new(data, "bins", numbers(x->bins, REPORT_BINS));
	json_object_set_new(data, "worst", worst);
	json_object_set(data, "lists", x->firsts);
	json_object_set_new(data, "list_pages", json_integer(REPORT_LIST));
	json_object_set(data, "tables", x->tables);
}

static enum rc_status data_of(const struct report_index *x, struct rc_books *books, const struct report_glyph_counts *glyphs, const struct report_choices *choices,
                              json_t *data, struct rc_err *err)
{
	const char *dir = rc_books_dir(books), *slash = strrchr(dir, '/');
	struct rc_totals totals = rc_books_totals(books);
	json_t *trouble = json_array(), *ignored = json_array(), *times = NULL;
	enum rc_status status;

	json_object_set_new(data, "batch", rc_json_text(slash ? slash + 1 : dir));
	json_object_set_new(data, "program", json_string(RC_VERSION));
	json_object_set_new(data, "totals", totals_of(&totals));
	json_object_set_new(data, "trouble", trouble);
	json_object_set_new(data, "ignored", ignored);
	json_object_set_new(data, "corpus", corpus_of(dir));
	json_object_set_new(data, "choices", report_choices_json(choices));
	json_object_set_new(data, "characters", json_pack("{s:I, s:I, s:I, s:I}", "n", (json_int_t)glyphs->characters, "glyphs",
	                                                  (json_int_t)glyphs->glyphs, "doubtful", (json_int_t)glyphs->doubtful, "left_out",
	                                                  (json_int_t)glyphs->left_out));
	add_pages(x, data);
	status = rc_books_each_trouble(books, REPORT_LISTED, add_trouble, trouble, err);
	if (rc_good(status))
		status = rc_books_each_ignored(books, REPORT_LISTED, add_ignored, ignored, err);
	if (rc_good(status))
		status = report_times(books, &times, err);
	if (rc_good(status))
		json_object_set_new(data, "times", times);
	return status;
}

/* ---- index.html ------------------------------------------------------------------------------------------------------ */

static void add_base64(struct rc_buf *out, const uint8_t *b, size_t len)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < len; i += 3) {
		size_t n = len - i;
		uint32_t three = (uint32_t)b[i] << 16 | (n > 1 ? (uint32_t)b[i + 1] << 8 : 0) | (n > 2 ? b[i + 2] : 0);
		char four[4] = { digits[three >> 18], digits[three >> 12 & 63], n > 1 ? digits[three >> 6 & 63] : '=',
		                 n > 2 ? digits[three & 63] : '=' };

		rc_buf_add(out, four, sizeof four);
	}
}

/* 'sha256-...' of an inline script or style, as the policy names it. */
static void add_source(struct rc_buf *out, const char *from, const char *to)
{
	struct rc_digest d = rc_digest_of(from, (size_t)(to - from));

	rc_buf_adds(out, "'sha256-");
	add_base64(out, d.bytes, sizeof d.bytes);
	rc_buf_addc(out, '\'');
}

static void add_policy(struct rc_buf *out)
{
	rc_buf_adds(out, "default-src 'none'; base-uri 'none'; form-action 'none'; img-src 'self' file:; style-src ");
	add_source(out, report_css, report_css_end);
	rc_buf_adds(out, "; script-src 'self' file: ");
	add_source(out, report_js, report_js_end);
}

/* look/report.html with @POLICY@, @CSS@, @DATA@ and @JS@ filled in. */
static void compose(struct rc_buf *out, const json_t *data)
{
	for (const char *s = report_html; s < report_html_end; s++) {
		if (strncmp(s, "@POLICY@", 8) == 0) {
			add_policy(out);
			s += 7;
		} else if (strncmp(s, "@CSS@", 5) == 0) {
			rc_buf_add(out, report_css, (size_t)(report_css_end - report_css));
			s += 4;
		} else if (strncmp(s, "@DATA@", 6) == 0) {
			report_script_json(out, data);
			s += 5;
		} else if (strncmp(s, "@JS@", 4) == 0) {
			rc_buf_add(out, report_js, (size_t)(report_js_end - report_js));
			s += 3;
		} else {
			rc_buf_addc(out, *s);
		}
	}
}

enum rc_status report_index_write(struct report_index *x, struct rc_books *books, const struct report_glyph_counts *glyphs,
                                  const struct report_choices *choices, struct rc_err *err)
{
	RC_OWN_JSON data = json_object();
	RC_OWN_BUF html = RC_BUF(MAX_PAGE);
	enum rc_status status = json_array_size(x->list) > 0 ? end_list(x, err) : RC_OK;

	if (rc_good(status))
		status = data_of(x, books, glyphs, choices, data, err);
	if (!rc_good(status))
		return status;
	compose(&html, data);
	status = rc_buf_check(&html, "index.html", err);
	return rc_good(status) ? report_files_put(x->files, "index.html", html.data, html.len, err) : status;
}
