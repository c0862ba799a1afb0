/* form.c -- reads a filled form.
 *
 *   form_read()     bytes, delimiter, header, rows
 *   take_row()      one page: its grade, what the batch has of that grade, what was checked */
#include "report/form.h"

#include <string.h>

#include "common/csv.h"
#include "core/text.h"
#include "report/drawn.h"

enum { MAX_FORM = 256 << 20 };

enum column { ID, GRADE, CHECKED, ERRORS, GRADE_PAGES, GRADE_CHARACTERS, COLUMNS };
static const char *const names[COLUMNS] = { "page_id", "grade", "checked", "errors", "grade_pages", "grade_characters" };

const char form_header[] = "\xEF\xBB\xBF" "no 序号,page_id 页标识,item 件,page 页,file 文件,grade 等级,image 图像,characters 识读字数,text 识读文本,"
	"checked 核对字数,errors 差错数,note 备注,grade_pages 该等级页数,grade_characters 该等级字数\r\n";

struct seen {                   /* pages that came already, by the digits of their ids */
	uint64_t *v;            /* owned */
	size_t n;
};

struct reading {
	const char *name;
	struct form *f;
	size_t columns[COLUMNS];
	struct seen seen;
};

void form_clear(struct form *f)
{
	for (int g = 0; g < ESTIMATE_GRADES; g++)
		free(f->grades[g].checked);
	*f = (struct form){ 0 };
}

static enum rc_status wrong(const struct reading *r, int64_t line, const char *what, const char *value, const char *why, struct rc_err *err)
{
	return rc_fail(err, RC_PAGE_FAILED, RC_WHY_INVALID, "cannot use '%s': line %lld: %s: '%.60s' %s", r->name, (long long)line, what, value, why);
}

/* The ASCII word that a field begins with, without the blanks and quotes around it. */
static size_t word_of(const char *field, const char **ret)
{
	*ret = field + strspn(field, " \t'");
	return strcspn(*ret, " \t(");
}

static bool is_column(const char *field, const char *name)
{
	const char *word;
	size_t len = word_of(field, &word);

	return len == strlen(name) && strncmp(word, name, len) == 0;
}

/* All columns must be there. Returns the first that is not, or NULL. */
static const char *find_columns(const struct csv_row *row, size_t columns[COLUMNS])
{
	for (int c = 0; c < COLUMNS; c++) {
		for (columns[c] = 0; columns[c] < row->n && !is_column(csv_field(row, columns[c]), names[c]); columns[c]++)
			;
		if (columns[c] == row->n)
			return names[c];
	}
	return NULL;
}

static const char *field_of(const struct reading *r, const struct csv_row *row, enum column c)
{
	return csv_field(row, r->columns[c]);
}

/* Whole numbers, with or without commas between the thousands and ".0" at the end, as spreadsheets have them. */
static bool number_of(const char *field, int64_t *ret)
{
	const char *s = field + strspn(field, " '");
	int digits = 0;

	for (*ret = 0; (*s >= '0' && *s <= '9') || (*s == ',' && digits > 0); s++) {
		if (*s == ',')
			continue;
		if (++digits > 12)
			return false;
		*ret = *ret * 10 + (*s - '0');
	}
	if (*s == '.')
		s += 1 + strspn(s + 1, "0");
	return digits > 0 && s[strspn(s, " ")] == '\0';
}

static enum rc_status take_number(const struct reading *r, const struct csv_row *row, enum column c, int64_t *ret, struct rc_err *err)
{
	return number_of(field_of(r, row, c), ret) ? RC_OK : wrong(r, row->line, names[c], field_of(r, row, c), "is no number", err);
}

static enum rc_status take_id(struct reading *r, const struct csv_row *row, struct rc_err *err)
{
	const char *word;
	size_t len = word_of(field_of(r, row, ID), &word);
	uint64_t id = 0;

	if (len != 17 || *word != 'p' || strspn(word + 1, "0123456789abcdef") < 16)
		return wrong(r, row->line, names[ID], field_of(r, row, ID), "is no id of a page", err);
	for (size_t i = 1; i < len; i++)
		id = id << 4 | (uint64_t)(word[i] <= '9' ? word[i] - '0' : word[i] - 'a' + 10);
	for (size_t i = 0; i < r->seen.n; i++)
		if (r->seen.v[i] == id)
			return wrong(r, row->line, names[ID], field_of(r, row, ID), "came before", err);
	r->seen.v = rc_realloc(r->seen.v, (r->seen.n + 1) * sizeof *r->seen.v);
	r->seen.v[r->seen.n++] = id;
	return RC_OK;
}

static int grade_of(const char *field)
{
	for (int g = 0; g < ESTIMATE_GRADES; g++)
		if (is_column(field, drawn_grades[g]))
			return g;
	return -1;
}

/* What the batch has of a grade stands in every row of it, and must be the same. */
static enum rc_status take_grade(const struct reading *r, const struct csv_row *row, struct estimate_grade **ret, struct rc_err *err)
{
	int g = grade_of(field_of(r, row, GRADE));
	int64_t pages, characters;
	enum rc_status status;

	if (g < 0)
		return wrong(r, row->line, names[GRADE], field_of(r, row, GRADE), "is no grade", err);
	*ret = &r->f->grades[g];
	status = take_number(r, row, GRADE_PAGES, &pages, err);
	if (rc_good(status))
		status = take_number(r, row, GRADE_CHARACTERS, &characters, err);
	if (!rc_good(status))
		return status;
	if (pages <= 0 || ((*ret)->pages && (*ret)->pages != pages))
		return wrong(r, row->line, names[GRADE_PAGES], field_of(r, row, GRADE_PAGES), "is not what other rows of this grade say", err);
	if (characters <= 0 || ((*ret)->characters && (*ret)->characters != characters))
		return wrong(r, row->line, names[GRADE_CHARACTERS], field_of(r, row, GRADE_CHARACTERS), "is not what other rows of this grade say", err);
	(*ret)->pages = pages;
	(*ret)->characters = characters;
	return RC_OK;
}

static bool is_blank(const char *field)
{
	return field[strspn(field, " \t'")] == '\0';
}

static enum rc_status take_row(struct reading *r, const struct csv_row *row, struct rc_err *err)
{
	struct estimate_grade *g = NULL;
	struct estimate_page page = { 0 };
	enum rc_status status = take_id(r, row, err);

	if (rc_good(status))
		status = take_grade(r, row, &g, err);
	if (rc_good(status) && !is_blank(field_of(r, row, CHECKED)))
		status = take_number(r, row, CHECKED, &page.checked, err);
	if (rc_good(status) && (page.checked > 0 || !is_blank(field_of(r, row, ERRORS))))
		status = take_number(r, row, ERRORS, &page.errors, err);
	if (!rc_good(status))
		return status;
	r->f->rows++;
	if (page.errors > page.checked)
		return wrong(r, row->line, names[ERRORS], field_of(r, row, ERRORS), "is more than were checked", err);
	if (page.checked == 0)
		return RC_OK;
	if ((int64_t)g->n >= g->pages)
		return wrong(r, row->line, names[GRADE_PAGES], field_of(r, row, GRADE_PAGES), "is less than pages of this grade were checked", err);
	g->checked = rc_realloc(g->checked, (g->n + 1) * sizeof *g->checked);
	g->checked[g->n++] = page;
	r->f->filled++;
	return RC_OK;
}

/* The one of which the first row has all columns. */
static char find_delimiter(const struct rc_buf *bytes, size_t columns[COLUMNS], const char **missing)
{
	static const char all[] = { ',', '\t', ';' };

	for (size_t i = 0; i < RC_COUNT(all); i++) {
		CSV_OWN_ROW row = CSV_ROW_INIT;
		struct csv_reader csv = CSV_READER(bytes->data, bytes->len, all[i]);
		const char *why, *lacks;

		if (csv_next(&csv, &row, &why) != CSV_ROW)
			continue;
		lacks = find_columns(&row, columns);
		if (!lacks)
			return all[i];
		if (i == 0 || row.n > 1)
			*missing = lacks;
	}
	return '\0';
}

static enum rc_status read_rows(struct reading *r, const struct rc_buf *bytes, struct rc_err *err)
{
	CSV_OWN_ROW row = CSV_ROW_INIT;
	const char *why = "it is empty", *missing = names[ID];
	char delimiter = find_delimiter(bytes, r->columns, &missing);
	struct csv_reader csv = CSV_READER(bytes->data, bytes->len, delimiter);
	enum csv_result result;
	enum rc_status status = RC_OK;

	if (!delimiter)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_INVALID, "cannot use '%s': its first row has no column '%s'", r->name, missing);
	(void)csv_next(&csv, &row, &why);
	while (rc_good(status) && (result = csv_next(&csv, &row, &why)) != CSV_END) {
		if (result == CSV_BROKEN)
			return rc_fail(err, RC_PAGE_FAILED, RC_WHY_INVALID, "cannot use '%s': line %lld: %s", r->name, (long long)row.line, why);
		status = take_row(r, &row, err);
	}
	return status;
}

static void reading_end(struct reading *r)
{
	free(r->seen.v);
}

enum rc_status form_read(const char *path, struct form *ret, struct rc_err *err)
{
	OWN_FORM form = { 0 };
	RC_OWN_BUF bytes = RC_BUF(MAX_FORM);
	RC_CLEANUP(reading_end) struct reading r = { .name = path, .f = &form };
	enum rc_status status = rc_buf_read_file(&bytes, path, err);

	if (!rc_good(status))
		return status;
	if (bytes.len >= 3 && memcmp(bytes.data, "\xEF\xBB\xBF", 3) == 0)
		memset(bytes.data, ' ', 3);
	if (memchr(bytes.data, '\0', bytes.len))
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_INVALID, "cannot use '%s': it is no text; save it as CSV", path);
	status = read_rows(&r, &bytes, err);
	if (rc_good(status) && form.filled == 0)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_INVALID, "cannot use '%s': nothing is filled in under 'checked' and 'errors'", path);
	if (!rc_good(status))
		return status;
	*ret = form;
	form = (struct form){ 0 };
	return RC_OK;
}
