/* csv.c -- rows of fields after RFC 4180.
 *
 *   csv_next()      one row; a broken one is read again from its second line
 *   read_field()    plain or quoted, with what ends it
 *   read_quoted()   between quotes */
#include "common/csv.h"

#include <string.h>

enum end { AFTER_FIELD, AFTER_ROW };

void csv_row_clear(struct csv_row *row)
{
	rc_buf_free(&row->text);
	row->n = 0;
}

static bool at_line_end(const struct csv_reader *r)
{
	return r->at == r->end || *r->at == '\n' || *r->at == '\r';
}

/* Over LF, CR LF or CR. */
static void pass_line_end(struct csv_reader *r)
{
	if (r->at == r->end)
		return;
	r->at += r->at[0] == '\r' && r->end - r->at > 1 && r->at[1] == '\n' ? 2 : 1;
	r->line++;
}

static void pass_line(struct csv_reader *r)
{
	while (!at_line_end(r))
		r->at++;
	pass_line_end(r);
}

static const char *read_plain(struct csv_reader *r, struct rc_buf *out)
{
	const char *start = r->at;

	while (!at_line_end(r) && *r->at != r->delimiter)
		r->at++;
	rc_buf_add(out, start, (size_t)(r->at - start));
	return NULL;
}

/* r->at is behind the opening quote; afterwards behind the closing one. */
static const char *read_quoted(struct csv_reader *r, struct rc_buf *out)
{
	int64_t first = r->line;

	for (;;) {
		const char *start = r->at;

		while (r->at < r->end && *r->at != '"' && !at_line_end(r))
			r->at++;
		rc_buf_add(out, start, (size_t)(r->at - start));
		if (r->at == r->end || r->line - first >= CSV_MAX_ROW_LINES || out->failed)
			return out->failed ? "it is too long" : "a quote is opened and never closed";
		if (*r->at != '"') {
			rc_buf_addc(out, '\n');
			pass_line_end(r);
			continue;
		}
		r->at++;
		if (r->at == r->end || *r->at != '"')
			return NULL;
		rc_buf_addc(out, '"');
		r->at++;
	}
}

/* Returns what is wrong, or NULL. */
static const char *read_field(struct csv_reader *r, struct rc_buf *out, enum end *ret)
{
	size_t start = out->len;
	const char *why;

	if (r->at < r->end && *r->at == '"') {
		r->at++;
		why = read_quoted(r, out);
		if (!why && !at_line_end(r) && *r->at != r->delimiter)
			why = "text stands behind a closing quote (a quote inside quotes is written twice)";
	} else {
		why = read_plain(r, out);
	}
	if (!why && out->failed)
		why = "it is too long";
	if (!why && memchr(out->data + start, '\0', out->len - start))
		why = "it has a zero byte";
	if (why)
		return why;
	rc_buf_addc(out, '\0');
	*ret = at_line_end(r) ? AFTER_ROW : AFTER_FIELD;
	if (*ret == AFTER_ROW)
		pass_line_end(r);
	else
		r->at++;
	return NULL;
}

static const char *read_row(struct csv_reader *r, struct csv_row *row)
{
	enum end end = AFTER_FIELD;
	const char *why = NULL;

	rc_buf_clear(&row->text);
	row->text.failed = false;
	for (row->n = 0; !why && end == AFTER_FIELD; row->n++) {
		if (row->n == CSV_MAX_FIELDS)
			return "it has more fields than the limit";
		row->start[row->n] = row->text.len;
		why = read_field(r, &row->text, &end);
	}
	return why;
}

/* Nothing but delimiters: what spreadsheets write for rows that were cleared. */
static bool is_empty(const struct csv_row *row)
{
	return row->text.len == row->n;
}

enum csv_result csv_next(struct csv_reader *r, struct csv_row *row, const char **why)
{
	while (r->at < r->end) {
		const struct csv_reader start = *r;

		row->line = r->line;
		*why = read_row(r, row);
		if (*why) {
			*r = start;
			pass_line(r);
			return CSV_BROKEN;
		}
		if (!is_empty(row))
			return CSV_ROW;
	}
	return CSV_END;
}
