/* withdrawn.c -- reads withdraw.csv. */
#include "common/withdrawn.h"

#include <string.h>

#include "common/csv.h"
#include "core/limits.h"
#include "core/text.h"

enum { ID, REASON, DATE, N_COLUMNS };
static const char *const names[N_COLUMNS] = { "id", "reason", "date" };

#define MAX_BYTES (INT64_C(256) << 20)
#define MAX_TEXT  1000          /* bytes of a reason */

void withdrawn_free(struct withdrawn *w)
{
	for (size_t i = 0; i < w->n; i++) {
		free(w->list[i].id);
		free(w->list[i].reason);
		free(w->list[i].date);
	}
	free(w->list);
	*w = (struct withdrawn){ 0 };
}

static enum rc_status bad(int64_t line, const char *why, struct rc_err *err)
{
	return rc_fail(err, RC_RUN_FAILED, RC_WHY_SETTING, "cannot use '" WITHDRAWN_FILE "': line %lld: %s", (long long)line, why);
}

static enum rc_status no_memory(struct rc_err *err)
{
	return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot use '" WITHDRAWN_FILE "': out of memory");
}

/* Which field each column is. */
static enum rc_status read_header(struct csv_reader *r, struct csv_row *row, size_t column[N_COLUMNS], struct rc_err *err)
{
	const char *why = "no header";

	if (csv_next(r, row, &why) != CSV_ROW)
		return bad(1, why, err);
	for (int c = 0; c < N_COLUMNS; c++) {
		column[c] = row->n;
		for (size_t i = 0; i < row->n; i++)
			if (strcmp(csv_field(row, i), names[c]) == 0)
				column[c] = i;
	}
	return column[ID] < row->n ? RC_OK : bad(row->line, "the header must name the columns id, reason, date", err);
}

static enum rc_status add_row(struct withdrawn *w, size_t *cap, const struct csv_row *row, const size_t column[N_COLUMNS], struct rc_err *err)
{
	struct withdrawal *next;

	if (!*csv_field(row, column[ID]))
		return bad(row->line, "no id", err);
	if (strlen(csv_field(row, column[ID])) > RC_MAX_NAME || strlen(csv_field(row, column[REASON])) > MAX_TEXT ||
	    strlen(csv_field(row, column[DATE])) > MAX_TEXT || !rc_utf8_valid(row->text.data, row->text.len))
		return bad(row->line, "longer than it may be, or not UTF-8", err);
	if (w->n == *cap) {
		struct withdrawal *bigger = realloc(w->list, (*cap * 2 + 16) * sizeof *bigger);

		if (!bigger)
			return no_memory(err);
		w->list = bigger;
		*cap = *cap * 2 + 16;
	}
	next = &w->list[w->n++];
	*next = (struct withdrawal){ .id = strdup(csv_field(row, column[ID])), .reason = strdup(csv_field(row, column[REASON])),
	                             .date = strdup(csv_field(row, column[DATE])), .line = row->line };
	return next->id && next->reason && next->date ? RC_OK : no_memory(err);
}

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct withdrawal *)a)->id, ((const struct withdrawal *)b)->id);
}

static enum rc_status read_rows(struct csv_reader *r, struct withdrawn *w, struct rc_err *err)
{
	CSV_OWN_ROW row = CSV_ROW_INIT;
	size_t column[N_COLUMNS], cap = 0;
	const char *why = "";
	enum csv_result got;
	enum rc_status status = read_header(r, &row, column, err);

	while (rc_good(status) && (got = csv_next(r, &row, &why)) != CSV_END)
		status = got == CSV_ROW ? add_row(w, &cap, &row, column, err) : bad(row.line, why, err);
	if (!rc_good(status) || w->n == 0)
		return status;
	qsort(w->list, w->n, sizeof *w->list, by_id);
	for (size_t i = 1; i < w->n; i++)
		if (by_id(&w->list[i - 1], &w->list[i]) == 0)
			return rc_fail(err, RC_RUN_FAILED, RC_WHY_SETTING, "cannot use '" WITHDRAWN_FILE "': '%s' is there twice", w->list[i].id);
	return RC_OK;
}

enum rc_status withdrawn_load(const char *batch, struct withdrawn *ret, struct rc_err *err)
{
	RC_CLEANUP(withdrawn_free) struct withdrawn w = { 0 };
	RC_OWN_BUF path = RC_BUF(1 << 16);
	RC_OWN_BUF bytes = RC_BUF(MAX_BYTES);
	struct rc_err why;
	size_t mark;
	struct csv_reader r;
	enum rc_status status;

	rc_buf_addf(&path, "%s/" WITHDRAWN_FILE, batch);
	status = rc_buf_read_file(&bytes, path.data, &why);
	if (status == RC_RUN_FAILED && why.reason == RC_WHY_MISSING) {
		*ret = w;
		return RC_OK;
	}
	if (!rc_good(status)) {
		*err = why;
		return status == RC_PAGE_FAILED ? RC_RUN_FAILED : status;
	}
	mark = bytes.len >= 3 && memcmp(bytes.data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
	r = CSV_READER(bytes.data + mark, bytes.len - mark, ',');
	status = read_rows(&r, &w, err);
	if (!rc_good(status))
		return status;
	w.digest = rc_digest_of(bytes.data, bytes.len);
	*ret = w;
	w = (struct withdrawn){ 0 };
	return RC_OK;
}

const struct withdrawal *withdrawn_find(const struct withdrawn *w, const char *id)
{
	const struct withdrawal key = { .id = (char *)(uintptr_t)id };

	return w->n ? bsearch(&key, w->list, w->n, sizeof *w->list, by_id) : NULL;
}

void withdrawn_know(struct withdrawn *w, const char *id)
{
	const struct withdrawal *row = withdrawn_find(w, id);

	if (row)
		w->list[row - w->list].known = true;
}
