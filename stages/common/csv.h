/* csv.h -- tables as text: rows of fields after RFC 4180, by distrustful reading.
 *
 * Fields are parted by one delimiter, rows by line ends (LF, CR LF, or CR alone); a field in double quotes may hold all
 * of these, and a quote as two. Quotes in the middle of a field that does not begin with one stand for themselves, as
 * spreadsheets read them.
 *
 * What breaks these rules costs its own line and no more: a quote that is never closed does not swallow the rest of the
 * table. That, line numbers and ceilings are why this is no library: libcsv, the one Debian has, either takes a
 * broken row as if it were whole or stops at it, and tells no lines. */
#ifndef COMMON_CSV_H
#define COMMON_CSV_H

#include "core/buf.h"

#define CSV_MAX_FIELDS    256           /* of one row */
#define CSV_MAX_ROW_BYTES (1 << 18)     /* of one row, its quotes not counted */
#define CSV_MAX_ROW_LINES 1000          /* a longer row is a quote that somebody forgot to close */

struct csv_reader {             /* Initialise with CSV_READER() */
	const char *at, *end;   /* borrowed; bytes of UTF-8, GB18030 or Big5: in none of them is a delimiter part of a character */
	char delimiter;
	int64_t line;           /* of `at`, from 1 */
};
#define CSV_READER(bytes, len, delimiter_) ((struct csv_reader){ .at = (bytes), .end = (bytes) + (len), .delimiter = (delimiter_), .line = 1 })

struct csv_row {
	int64_t line;           /* where it begins */
	size_t n;
	size_t start[CSV_MAX_FIELDS];   /* of each field in text; each ends with a zero byte */
	struct rc_buf text;     /* owned; used again for the next row */
};
#define CSV_ROW_INIT ((struct csv_row){ .text = RC_BUF(CSV_MAX_ROW_BYTES) })
void csv_row_clear(struct csv_row *row);
#define CSV_OWN_ROW RC_CLEANUP(csv_row_clear) struct csv_row

static inline const char *csv_field(const struct csv_row *row, size_t i)
{
	return i < row->n ? row->text.data + row->start[i] : "";
}

enum csv_result { CSV_ROW, CSV_BROKEN, CSV_END };
/* The next row that is not empty. CSV_BROKEN: *why says what is wrong in row->line, which is left out. */
enum csv_result csv_next(struct csv_reader *r, struct csv_row *row, const char **why);

#endif
