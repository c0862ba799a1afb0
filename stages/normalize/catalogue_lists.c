/* catalogue_lists.c -- what does not fit between catalogue and scans.
 *
 *   catalogue_settle_items()   one pass over the items
 *   catalogue_write_lists()    findings by line, rows without scans, scans without a row; and how many of each */
#include "normalize/catalogue_lists.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "core/outfile.h"
#include "core/text.h"

enum { MAX_PATH_BYTES = 1 << 16, MAX_COUNTS = 1 << 16, WARNED = 10 };

static const char counts_note[] = "catalogue.counts";
static const char *const how_names[] = { "", "id", "reference", "name" };

struct lists {
	struct catalogue *catalogue;
	struct rc_outfile *file;        /* owned by the caller */
	struct rc_buf line;             /* owned by the caller */
	int64_t n_matched[CATALOGUE_HOW_COUNT], n_without_row;
};

static json_t *fields_of(const struct rc_item_row *item)
{
	json_t *fields = NULL;

	return rc_good(rc_json_parse(item->fields, strlen(item->fields), "fields", &fields, NULL)) ? fields : NULL;
}

/* ---- settling ----------------------------------------------------------------------------------------- */

static enum rc_status count_item(void *ctx, const struct rc_item_row *item, struct rc_err *err)
{
	RC_OWN_JSON fields = fields_of(item);

	catalogue_count(ctx, item->id, fields);
	return RC_OK;
}

enum rc_status catalogue_settle_items(struct rc_books *books, struct catalogue *c, struct rc_err *err)
{
	enum rc_status status = rc_books_each_item(books, RC_ITEMS_READY, count_item, c, err);

	catalogue_settle(c);
	return status;
}

/* ---- the list ----------------------------------------------------------------------------------------- */

/* Names come from outside: no tab or line end may part a line of the list, and no spreadsheet compute it. line 0: none. */
static enum rc_status add_line(struct lists *l, const char *kind, int64_t line, const char *name, const char *message, struct rc_err *err)
{
	rc_buf_clear(&l->line);
	rc_buf_addf(&l->line, "%s\t", kind);
	if (line > 0)
		rc_buf_addf(&l->line, "%" PRId64, line);
	rc_buf_addc(&l->line, '\t');
	rc_text_escape_cell(&l->line, name);
	rc_buf_addc(&l->line, '\t');
	rc_text_escape_cell(&l->line, message);
	rc_buf_addc(&l->line, '\n');
	return rc_outfile_write(l->file, l->line.data, l->line.len, err);
}

static const char *name_of(const struct catalogue_row *row)
{
	const char *id = catalogue_value(row, CATALOGUE_ID), *path = catalogue_value(row, CATALOGUE_PATH);

	return *row->reference ? row->reference : *id ? id : path;
}

/* Findings and rows are both in the order of lines; a broken row is none of them. */
static enum rc_status add_findings(struct lists *l, struct rc_err *err)
{
	const struct catalogue_facts facts = catalogue_facts(l->catalogue);
	enum rc_status status = RC_OK;
	size_t row = 0;

	for (size_t i = 0; i < facts.n_findings && rc_good(status); i++) {
		const struct catalogue_finding *f = &facts.findings[i];

		while (row < facts.n_rows && facts.rows[row].line < f->line)
			row++;
		bool known = row < facts.n_rows && facts.rows[row].line == f->line;

		status = add_line(l, f->kind, f->line, known ? name_of(&facts.rows[row]) : "", f->text, err);
	}
	return status;
}

static bool is_without_scans(const struct catalogue_row *row)
{
	return !row->duplicate && row->n_sure == 0 && row->n_by_name == 0;
}

static bool is_shared(const struct catalogue_row *row)
{
	return !row->duplicate && row->only_sure && row->n_sure == 0;
}

static enum rc_status add_rows(struct lists *l, struct rc_err *err)
{
	const struct catalogue_facts facts = catalogue_facts(l->catalogue);
	enum rc_status status = RC_OK;

	for (size_t i = 0; i < facts.n_rows && rc_good(status); i++) {
		const struct catalogue_row *row = &facts.rows[i];

		if (is_shared(row))
			status = add_line(l, "ambiguous-row", row->line, name_of(row), "several items have this name: it is used for none of them", err);
		else if (is_without_scans(row))
			status = add_line(l, "row-without-scans", row->line, name_of(row), catalogue_value(row, CATALOGUE_TITLE), err);
	}
	return status;
}

static enum rc_status add_item(void *ctx, const struct rc_item_row *item, struct rc_err *err)
{
	struct lists *l = ctx;
	RC_OWN_JSON fields = fields_of(item);
	struct catalogue_match match = catalogue_find(l->catalogue, item->id, fields);

	l->n_matched[match.how]++;
	if (match.row)
		return RC_OK;
	l->n_without_row++;
	return add_line(l, "scans-without-row", 0, item->id, "no row is about this item", err);
}

static void list_path(struct rc_books *books, struct rc_buf *out)
{
	rc_buf_addf(out, "%s/report/catalogue.tsv", rc_books_dir(books));
}

static enum rc_status write_file(struct rc_books *books, struct lists *l, struct rc_err *err)
{
	static const char head[] = "kind\tline\tname\tmessage\n";
	RC_OWN_BUF path = RC_BUF(MAX_PATH_BYTES);

	list_path(books, &path);
	enum rc_status status = rc_outfile_open(&l->file, path.data, err);

	if (rc_good(status))
		status = rc_outfile_write(l->file, head, strlen(head), err);
	if (rc_good(status))
		status = add_findings(l, err);
	if (rc_good(status))
		status = add_rows(l, err);
	if (rc_good(status))
		status = rc_books_each_item(books, RC_ITEMS_READY, add_item, l, err);
	if (!rc_good(status)) {
		rc_outfile_abort(&l->file);
		return status;
	}
	return rc_outfile_commit(&l->file, err);
}

/* ---- counts ------------------------------------------------------------------------------------------- */

static enum rc_status note_counts(struct rc_books *books, const struct lists *l, struct rc_err *err)
{
	const struct catalogue_facts facts = catalogue_facts(l->catalogue);
	RC_OWN_JSON counts = json_object();
	RC_OWN_BUF text = RC_BUF(MAX_COUNTS);
	json_t *matched = json_object();
	int64_t without_scans = 0, ambiguous = 0, duplicate = 0;

	for (size_t i = 0; i < facts.n_rows; i++) {
		without_scans += is_without_scans(&facts.rows[i]);
		ambiguous += is_shared(&facts.rows[i]);
		duplicate += facts.rows[i].duplicate;
	}
	json_object_set_new(counts, "encoding", json_string(facts.encoding));
	json_object_set_new(counts, "delimiter", json_string(facts.delimiter));
	json_object_set_new(counts, "rows", json_integer((json_int_t)facts.n_rows));
	for (int how = CATALOGUE_BY_ID; how < CATALOGUE_HOW_COUNT; how++)
		json_object_set_new(matched, how_names[how], json_integer((json_int_t)l->n_matched[how]));
	json_object_set_new(counts, "items", matched);
	json_object_set_new(counts, "rows_without_scans", json_integer((json_int_t)without_scans));
	json_object_set_new(counts, "scans_without_row", json_integer((json_int_t)l->n_without_row));
	json_object_set_new(counts, "broken", json_integer((json_int_t)facts.n_broken));
	json_object_set_new(counts, "duplicate", json_integer((json_int_t)duplicate));
	json_object_set_new(counts, "ambiguous", json_integer((json_int_t)ambiguous));
	json_object_set_new(counts, "findings", json_integer((json_int_t)facts.n_findings_in_all));
	rc_json_print(&text, counts);
	return rc_books_set_note(books, counts_note, text.data, err);
}

enum rc_status catalogue_write_lists(struct rc_books *books, struct catalogue *c, struct rc_err *err)
{
	RC_OWN_BUF path = RC_BUF(MAX_PATH_BYTES), line = RC_BUF(4 * CSV_MAX_ROW_BYTES);
	RC_OWN_STR before = rc_books_note(books, counts_note);
	struct lists lists = { .catalogue = c, .line = line };

	list_path(books, &path);
	if (!c) {
		if (!before || !*before)
			return RC_OK;
		if (unlink(path.data) != 0 && errno != ENOENT)
			return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot remove '%s'", path.data);
		return rc_books_set_note(books, counts_note, "", err);
	}
	enum rc_status status = write_file(books, &lists, err);

	line = lists.line;      /* it may have moved */
	return rc_good(status) ? note_counts(books, &lists, err) : status;
}

/* ---- for people --------------------------------------------------------------------------------------- */

static bool costs_little(const struct catalogue_finding *f)
{
	return strcmp(f->kind, "date") == 0 || strcmp(f->kind, "short-row") == 0;
}

/* Warns of those that cost little, or of the others, as long as there were fewer than WARNED. */
static void warn_of(struct rc_books *books, const struct catalogue_facts *facts, bool little, int *warned)
{
	struct rc_err what = { 0 };

	for (size_t i = 0; i < facts->n_findings && *warned < WARNED; i++) {
		if (costs_little(&facts->findings[i]) != little)
			continue;
		rc_fail(&what, RC_WARN, RC_WHY_FORMAT, "metadata.csv:%" PRId64 ": %s", facts->findings[i].line, facts->findings[i].text);
		rc_books_warn(books, &what);
		++*warned;
	}
}

/* A thousand dates without a century must not hide the one row that is left out. */
void catalogue_warn(struct rc_books *books, const struct catalogue *c)
{
	const struct catalogue_facts facts = catalogue_facts(c);
	struct rc_err what = { 0 };
	int warned = 0;

	warn_of(books, &facts, false, &warned);
	warn_of(books, &facts, true, &warned);
	if (facts.n_findings_in_all > WARNED) {
		rc_fail(&what, RC_WARN, RC_WHY_FORMAT, "metadata.csv: %" PRId64 " more; report/catalogue.tsv lists them",
		        facts.n_findings_in_all - WARNED);
		rc_books_warn(books, &what);
	}
}
