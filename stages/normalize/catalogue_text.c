/* catalogue_text.c -- metadata.csv as rows of UTF-8.
 *
 *   catalogue_text_open()   bytes; find_encoding(), find_delimiter(), the header
 *   catalogue_text_next()   a row; recode(), tidy() */
#include "normalize/catalogue_text.h"

#include <string.h>

#include "common/unicode.h"
#include "core/limits.h"
#include "core/text.h"

enum { JUDGED_LINES = 2000 };   /* lines that are not ASCII; so many tell */

static const char delimiters[] = { ',', '\t', ';' };
static const char *const delimiter_names[] = { "comma", "tab", "semicolon" };
static const char *const encoding_names[] = { "UTF-8", "GB18030", "Big5", "UTF-16" };

const char *catalogue_encoding_name(enum catalogue_encoding e)
{
	return encoding_names[e];
}

const char *catalogue_delimiter_name(char delimiter)
{
	for (size_t i = 0; i < RC_COUNT(delimiters); i++)
		if (delimiters[i] == delimiter)
			return delimiter_names[i];
	return "another";
}

/* ---- fields ------------------------------------------------------------------------------------------- */

static bool is_ascii(const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (bytes[i] & 0x80)
			return false;
	return true;
}

static bool is_well_formed(enum catalogue_encoding e, const char *bytes, size_t len)
{
	RC_OWN_BUF out = RC_BUF(4 * len + 4);

	if (e == CATALOGUE_UTF8)
		return rc_utf8_valid(bytes, len);
	return unicode_from_legacy(e == CATALOGUE_BIG5 ? UNICODE_BIG5 : UNICODE_GB18030, bytes, len, &out);
}

/* Appends the field as UTF-8; false when it is malformed. */
static bool recode_field(enum catalogue_encoding e, const char *field, struct rc_buf *out)
{
	size_t len = strlen(field);

	if (e == CATALOGUE_GB18030 && !is_ascii(field, len))
		return unicode_from_legacy(UNICODE_GB18030, field, len, out);
	if (e == CATALOGUE_BIG5 && !is_ascii(field, len))
		return unicode_from_legacy(UNICODE_BIG5, field, len, out);
	rc_buf_adds(out, field);
	return rc_utf8_valid(field, len);
}

static const char *recode(enum catalogue_encoding e, struct csv_row *row)
{
	struct rc_buf text = RC_BUF(4 * CSV_MAX_ROW_BYTES);

	for (size_t i = 0; i < row->n; i++) {
		size_t start = text.len;

		if (!recode_field(e, csv_field(row, i), &text)) {
			rc_buf_free(&text);
			return e == CATALOGUE_GB18030 ? "it is not whole GB18030 text" :
			       e == CATALOGUE_BIG5 ? "it is not whole Big5 text" : "it is not whole UTF-8 text";
		}
		rc_buf_addc(&text, '\0');
		row->start[i] = start;
	}
	rc_buf_free(&row->text);
	row->text = text;
	return text.failed ? "it is too long" : NULL;
}

static bool is_blank(uint32_t cp)
{
	return cp == ' ' || (cp >= '\t' && cp <= '\r') || cp == 0xA0 || cp == 0x3000 || cp == 0xFEFF;
}

/* Runs of blanks become one space, those at the ends nothing. Returns what is wrong, or NULL. */
static const char *tidy(char *field)
{
	const char *at = field;
	char *to = field;
	bool gap = false;

	while (*at) {
		const char *start = at;
		uint32_t cp = rc_utf8_next(&at);

		if (is_blank(cp)) {
			gap = to > field;
			continue;
		}
		if (cp < ' ' || (cp >= 0x7F && cp < 0xA0))
			return "it has a control character";
		if (gap)
			*to++ = ' ';
		gap = false;
		memmove(to, start, (size_t)(at - start));
		to += at - start;
	}
	*to = '\0';
	return NULL;
}

static const char *make_utf8(enum catalogue_encoding e, struct csv_row *row)
{
	const char *why = recode(e, row);

	for (size_t i = 0; !why && i < row->n; i++)
		why = tidy(row->text.data + row->start[i]);
	return why;
}

enum csv_result catalogue_text_next(struct catalogue_text *text, struct csv_row *row, const char **why)
{
	enum csv_result result = csv_next(&text->reader, row, why);

	if (result == CSV_ROW)
		*why = make_utf8(text->encoding, row);
	return result == CSV_ROW && *why ? CSV_BROKEN : result;
}

/* ---- evidence ----------------------------------------------------------------------------------------- */

/* Of lines that are not ASCII: malformed ones less well-formed ones. */
static int64_t count_malformed(enum catalogue_encoding e, const char *bytes, size_t len)
{
	const char *end = bytes + len;
	int64_t balance = 0;

	for (int judged = 0; bytes < end && judged < JUDGED_LINES;) {
		const char *stop = memchr(bytes, '\n', (size_t)(end - bytes));
		size_t line = (size_t)((stop ? stop : end) - bytes);

		if (!is_ascii(bytes, line)) {
			balance += is_well_formed(e, bytes, line) ? -1 : 1;
			judged++;
		}
		bytes += line + (stop ? 1 : 0);
	}
	return balance;
}

struct guess {
	enum catalogue_encoding encoding;
	char delimiter;
	struct catalogue_header header;
};

/* Reads the header by this guess; false when it cannot be read. */
static bool try(struct guess *g, const struct catalogue_names *names, const char *bytes, size_t len)
{
	CSV_OWN_ROW row = CSV_ROW_INIT;
	struct csv_reader r = CSV_READER(bytes, len, g->delimiter);
	const char *why;

	if (csv_next(&r, &row, &why) != CSV_ROW || make_utf8(g->encoding, &row))
		return false;
	catalogue_header_read(names, &row, &g->header);
	return true;
}

static bool is_better(const struct catalogue_header *a, const struct catalogue_header *b)
{
	return a->n_known != b->n_known ? a->n_known > b->n_known : a->n > b->n;
}

/* The likeliest delimiter for an encoding; only: 0, or the one that it must be. */
static struct guess guess_delimiter(enum catalogue_encoding e, char only, const struct catalogue_names *names, const char *bytes, size_t len)
{
	struct guess best = { .encoding = e, .delimiter = only ? only : ',' };

	for (size_t i = 0; i < RC_COUNT(delimiters); i++) {
		struct guess g = { .encoding = e, .delimiter = delimiters[i] };

		if ((!only || only == delimiters[i]) && try(&g, names, bytes, len) && is_better(&g.header, &best.header))
			best = g;
	}
	return best;
}

static struct guess guess_all(int setting, char only, const struct catalogue_names *names, const char *bytes, size_t len)
{
	if (setting == RC_ENCODING_UTF8 || (setting == RC_ENCODING_AUTO && count_malformed(CATALOGUE_UTF8, bytes, len) <= 0))
		return guess_delimiter(CATALOGUE_UTF8, only, names, bytes, len);
	struct guess gb = guess_delimiter(CATALOGUE_GB18030, only, names, bytes, len);
	struct guess big5 = guess_delimiter(CATALOGUE_BIG5, only, names, bytes, len);

	if (setting == RC_ENCODING_GB18030 || setting == RC_ENCODING_BIG5)
		return setting == RC_ENCODING_BIG5 ? big5 : gb;
	if (gb.header.n_known != big5.header.n_known)
		return gb.header.n_known > big5.header.n_known ? gb : big5;
	return count_malformed(CATALOGUE_BIG5, bytes, len) < count_malformed(CATALOGUE_GB18030, bytes, len) ? big5 : gb;
}

/* ---- opening ------------------------------------------------------------------------------------------ */

static bool starts(const struct rc_buf *b, const char *bytes, size_t len)
{
	return b->len >= len && memcmp(b->data, bytes, len) == 0;
}

static void drop_start(struct rc_buf *b, size_t len)
{
	memmove(b->data, b->data + len, b->len - len + 1);
	b->len -= len;
}

/* Looks at the mark at the start. *setting becomes what it says; UTF-16 is made UTF-8. */
static enum rc_status heed_mark(struct catalogue_text *t, int *setting, struct rc_err *err)
{
	bool big = starts(&t->bytes, "\xFE\xFF", 2), little = starts(&t->bytes, "\xFF\xFE", 2);

	if (starts(&t->bytes, "\xEF\xBB\xBF", 3)) {
		drop_start(&t->bytes, 3);
		if (*setting == RC_ENCODING_AUTO)
			*setting = RC_ENCODING_UTF8;
	}
	if (*setting != RC_ENCODING_UTF16 && (*setting != RC_ENCODING_AUTO || (!big && !little)))
		return RC_OK;
	if (big || little)
		drop_start(&t->bytes, 2);
	struct rc_buf utf8 = RC_BUF((size_t)RC_MAX_CATALOGUE_BYTES * 2);

	if (!unicode_from_legacy(big ? UNICODE_UTF16BE : UNICODE_UTF16LE, t->bytes.data, t->bytes.len, &utf8)) {
		rc_buf_free(&utf8);
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_SETTING, "it is not whole UTF-16 text");
	}
	rc_buf_free(&t->bytes);
	t->bytes = utf8;
	t->encoding = CATALOGUE_UTF16;
	*setting = RC_ENCODING_UTF8;
	return RC_OK;
}

/* A first line "sep=;": returns its length, and the delimiter. */
static size_t heed_sep_line(const struct rc_buf *b, char *ret)
{
	if (!starts(b, "sep=", 4) || b->len < 6 || !memchr(delimiters, b->data[4], sizeof delimiters))
		return 0;
	if (b->data[5] != '\n' && b->data[5] != '\r')
		return 0;
	*ret = b->data[4];
	return b->data[5] == '\r' && b->data[6] == '\n' ? 7 : 6;
}

static enum rc_status read_header(struct catalogue_text *t, const struct catalogue_names *names, struct rc_err *err)
{
	CSV_OWN_ROW row = CSV_ROW_INIT;
	const char *why = NULL;
	enum csv_result result = catalogue_text_next(t, &row, &why);

	if (result != CSV_ROW)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_SETTING, "%s%s", result == CSV_END ? "nothing is in it" : "its first row cannot be read: ",
		               result == CSV_END ? "" : why);
	catalogue_header_read(names, &row, &t->header);
	t->names = row.text;
	row.text = RC_BUF(CSV_MAX_ROW_BYTES);
	if (t->header.n_known == 0)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_SETTING, "its first row names no column that is known, as '%.60s'; read as %s with %s; "
		               "say catalogue.columns, .encoding or .delimiter", t->names.data, encoding_names[t->encoding],
		               catalogue_delimiter_name(t->reader.delimiter));
	return RC_OK;
}

static enum rc_status open_text(struct catalogue_text *t, const char *path, const struct rc_config *cfg, struct rc_err *err)
{
	RC_CLEANUP(catalogue_names_free) struct catalogue_names *names = NULL;
	static const char forced[] = { 0, ',', '\t', ';' };
	char only = forced[cfg->catalogue_delimiter], sep = 0;
	int setting = cfg->catalogue_encoding;
	enum rc_status status = catalogue_names_new(&names, cfg->catalogue_columns, err);

	if (rc_good(status))
		status = rc_buf_read_file(&t->bytes, path, err);
	if (rc_good(status))
		status = heed_mark(t, &setting, err);
	if (!rc_good(status))
		return status;
	size_t skip = heed_sep_line(&t->bytes, &sep);
	struct guess g = guess_all(setting, only ? only : sep, names, t->bytes.data + skip, t->bytes.len - skip);

	if (t->encoding != CATALOGUE_UTF16)
		t->encoding = g.encoding;
	t->reader = CSV_READER(t->bytes.data + skip, t->bytes.len - skip, g.delimiter);
	t->reader.line += skip > 0;
	return read_header(t, names, err);
}

enum rc_status catalogue_text_open(struct catalogue_text *ret, const char *path, const struct rc_config *cfg, struct rc_err *err)
{
	*ret = (struct catalogue_text){ .bytes = RC_BUF((size_t)RC_MAX_CATALOGUE_BYTES), .names = RC_BUF(CSV_MAX_ROW_BYTES) };
	enum rc_status status = open_text(ret, path, cfg, err);

	if (rc_good(status))
		return status;
	catalogue_text_close(ret);
	/* Too large is as wrong as malformed: the person must look at it before anything leaves the batch. */
	return rc_fail_in(err, RC_RUN_FAILED, "cannot use the catalogue '%s'", path);
}

void catalogue_text_close(struct catalogue_text *t)
{
	rc_buf_free(&t->bytes);
	rc_buf_free(&t->names);
}
