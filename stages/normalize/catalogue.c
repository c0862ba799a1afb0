/* catalogue.c -- metadata.csv in memory, and which row is whose.
 *
 *   catalogue_load()    read_rows() -> add_row(): values, rights, keys
 *   index_rows()        sorts the keys; a second row of the same key is a duplicate
 *   catalogue_find()    an item's names, the surest first, looked up among the keys
 *   catalogue_settle()  what several items share is nobody's */
#include "normalize/catalogue.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/dates.h"
#include "core/limits.h"
#include "core/text.h"
#include "normalize/catalogue_text.h"
#include "normalize/catalogue_values.h"

/* Dates and short rows get no more than half of the list: what costs a row must find room. */
enum { MAX_FINDINGS = 10000, MAX_SMALL = MAX_FINDINGS / 2, MAX_PATH_BYTES = 1 << 16, MAX_SETTLED = 1 << 24 };

struct key {
	char *text;             /* owned */
	uint32_t row;
	uint8_t how;            /* enum catalogue_how */
	bool is_short;          /* a number without zeros in front; only looked at last */
	bool shared;            /* short, and of several rows: means nothing */
};

struct catalogue {
	struct catalogue_text text;
	struct rc_digest digest;
	struct catalogue_row *rows;     /* owned, with values and their strings */
	size_t n_rows, cap_rows;
	struct key *keys;               /* owned; sorted by is_short, text, row */
	size_t n_keys, cap_keys;
	struct catalogue_finding *findings;
	size_t n_findings, cap_findings;
	int64_t n_findings_in_all, n_broken, n_small;
};

static void *grow(void *array, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return array;
	*cap = *cap ? *cap * 2 : 64;
	return rc_realloc(array, *cap * size);
}

/* ---- what a person should look at --------------------------------------------------------------------- */

RC_PRINTF(4, 5) static void add_finding(struct catalogue *c, const char *kind, int64_t line, const char *fmt, ...)
{
	struct rc_err text = { 0 };
	va_list args;

	if (c->n_findings_in_all++ >= MAX_FINDINGS)
		return;
	va_start(args, fmt);
	vsnprintf(text.text, sizeof text.text, fmt, args);
	va_end(args);
	c->findings = grow(c->findings, c->n_findings, &c->cap_findings, sizeof *c->findings);
	c->findings[c->n_findings++] = (struct catalogue_finding){ .kind = kind, .line = line, .text = rc_strdup(text.text) };
}

/* Counts one that costs little. Is there room for it in the list? */
static bool has_room(struct catalogue *c)
{
	if (c->n_small++ < MAX_SMALL)
		return true;
	c->n_findings_in_all++;
	return false;
}

static void add_broken(struct catalogue *c, int64_t line, const char *why)
{
	c->n_broken++;
	add_finding(c, "broken-row", line, "the row is left out: %s", why);
}

/* ---- a row -------------------------------------------------------------------------------------------- */

const char *catalogue_value(const struct catalogue_row *row, enum catalogue_column column)
{
	for (size_t i = 0; row && i < row->n_values; i++)
		if (row->values[i].column == column)
			return row->values[i].text;
	return "";
}

static void row_clear(struct catalogue_row *row)
{
	for (size_t i = 0; i < row->n_values; i++)
		free((char *)(uintptr_t)row->values[i].text);
	free((void *)(uintptr_t)row->values);
	free(row->reference);
	*row = (struct catalogue_row){ 0 };
}
#define OWN_ROW RC_CLEANUP(row_clear) struct catalogue_row

/* The cells that are known and not empty, column by column. */
static void take_values(const struct catalogue *c, const struct csv_row *from, struct catalogue_row *row)
{
	const struct catalogue_header *h = &c->text.header;
	struct catalogue_value *values = rc_alloc((h->n_known + 1) * sizeof *values);

	for (int column = 0; column < CATALOGUE_COLUMN_COUNT; column++)
		for (size_t i = 0; i < h->n; i++)
			if (h->column[i] == column && *csv_field(from, i))
				values[row->n_values++] = (struct catalogue_value){ (enum catalogue_column)column, rc_strdup(csv_field(from, i)) };
	row->values = values;
}

static void take_training(struct catalogue *c, struct catalogue_row *row)
{
	const char *text = catalogue_value(row, CATALOGUE_TRAINING);

	if (!*text || catalogue_read_training(text, &row->training))
		return;
	row->training = CATALOGUE_SAYS_DENIED;
	add_finding(c, "value", row->line, "'%.100s' is no answer to whether training is allowed (allowed, denied, unknown; 是, 否, 未知); "
	            "taken as denied", text);
}

/* The number is whole in one column, or stands in parts. */
static void take_reference(struct catalogue_row *row)
{
	RC_OWN_BUF number = RC_BUF(RC_MAX_NAME);

	catalogue_add_number(&number, catalogue_value(row, CATALOGUE_REFERENCE));
	if (number.len == 0 && *catalogue_value(row, CATALOGUE_FONDS))
		for (int part = CATALOGUE_FONDS; part <= CATALOGUE_ITEM; part++) {
			const char *text = catalogue_value(row, (enum catalogue_column)part);

			if (*text && number.len)
				rc_buf_addc(&number, '-');
			catalogue_add_number(&number, text);
		}
	row->reference = rc_strdup(number.data);
}

/* A date that is told to be missing is understood. */
static void look_at_dates(struct catalogue *c, const struct catalogue_row *row)
{
	if (dates_is_edtf(catalogue_value(row, CATALOGUE_EDTF)))
		return;
	for (size_t i = 0; i < row->n_values; i++) {
		const char *text = row->values[i].text;
		enum dates_reason why = row->values[i].column == CATALOGUE_DATE ? dates_read(text).reason : DATES_WHY_NONE;

		if (why == DATES_WHY_NONE || why == DATES_WHY_NO_DATE)
			continue;
		if (has_room(c))
			add_finding(c, "date", row->line, "the date '%.100s' is kept as it is written, without EDTF: %s (%s)", text,
			            dates_reason_meaning(why), dates_reason_name(why));
	}
}

static void look_at_values(struct catalogue *c, const struct catalogue_row *row)
{
	const char *statement = catalogue_value(row, CATALOGUE_STATEMENT);
	const char *languages = catalogue_value(row, CATALOGUE_LANGUAGE);
	RC_OWN_BUF language = RC_BUF(CSV_MAX_ROW_BYTES);

	if (*statement && !catalogue_is_uri(statement))
		add_finding(c, "value", row->line, "the rights statement '%.100s' is no URI; left out", statement);
	while (catalogue_next_value(&languages, &language))
		if (!catalogue_read_language(language.data))
			add_finding(c, "value", row->line, "'%.100s' is no language that is known, nor a tag as zh-Hant; left out", language.data);
}

/* ---- keys --------------------------------------------------------------------------------------------- */

static void add_key(struct catalogue *c, size_t row, enum catalogue_how how, bool is_short, const char *text)
{
	c->keys = grow(c->keys, c->n_keys, &c->cap_keys, sizeof *c->keys);
	c->keys[c->n_keys++] = (struct key){ .text = rc_strdup(text), .row = (uint32_t)row, .how = (uint8_t)how, .is_short = is_short };
}

static bool add_keys(struct catalogue *c, size_t row)
{
	const struct catalogue_row *r = &c->rows[row];
	const char *id = catalogue_value(r, CATALOGUE_ID), *path = catalogue_value(r, CATALOGUE_PATH);
	size_t before = c->n_keys;
	RC_OWN_BUF key = RC_BUF(CSV_MAX_ROW_BYTES);

	catalogue_add_key(&key, id);
	if (key.len)
		add_key(c, row, CATALOGUE_BY_ID, false, key.data);
	rc_buf_clear(&key);
	catalogue_add_key(&key, path);
	if (key.len)
		add_key(c, row, CATALOGUE_BY_NAME, false, key.data);
	if (*r->reference) {
		add_key(c, row, CATALOGUE_BY_REFERENCE, false, r->reference);
		rc_buf_clear(&key);
		catalogue_add_short_number(&key, r->reference);
		add_key(c, row, CATALOGUE_BY_REFERENCE, true, key.data);
	}
	return c->n_keys > before;
}

static int compare_keys(const void *a, const void *b)
{
	const struct key *x = a, *y = b;
	int order = x->is_short - y->is_short;

	if (order == 0)
		order = strcmp(x->text, y->text);
	return order ? order : x->row < y->row ? -1 : x->row > y->row;
}

static enum catalogue_training stricter(enum catalogue_training a, enum catalogue_training b)
{
	return a > b ? a : b;
}

/* A later row of the same key says the same again, or contradicts: the earlier one counts. */
static void mark_duplicate(struct catalogue *c, const struct key *first, const struct key *again)
{
	struct catalogue_row *a = &c->rows[first->row], *b = &c->rows[again->row];

	if (b->duplicate || first->row == again->row)
		return;
	b->duplicate = true;
	a->training = stricter(a->training, b->training);
	add_finding(c, "duplicate-row", b->line, "the row is left out: line %" PRId64 " is about '%.200s', too", a->line, again->text);
}

static void index_rows(struct catalogue *c)
{
	if (c->n_keys == 0)
		return;
	qsort(c->keys, c->n_keys, sizeof *c->keys, compare_keys);
	for (size_t i = 1, first = 0; i < c->n_keys; i++) {
		struct key *a = &c->keys[first], *b = &c->keys[i];

		if (a->is_short != b->is_short || strcmp(a->text, b->text) != 0)
			first = i;
		else if (a->is_short)
			a->shared |= a->row != b->row;
		else
			mark_duplicate(c, a, b);
	}
}

/* The first of equal keys, or NULL. */
static const struct key *look_up(const struct catalogue *c, const char *text, bool is_short)
{
	const struct key wanted = { .text = (char *)(uintptr_t)text, .is_short = is_short };
	size_t low = 0, high = c->n_keys;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_keys(&c->keys[middle], &wanted) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	const struct key *k = low < c->n_keys ? &c->keys[low] : NULL;

	return k && k->is_short == is_short && strcmp(k->text, text) == 0 && !k->shared && !c->rows[k->row].duplicate ? k : NULL;
}

/* ---- loading ------------------------------------------------------------------------------------------ */

/* Up to the last one with a name: spreadsheets like to add empty ones. */
static size_t named_fields(const struct catalogue *c)
{
	const char *name = c->text.names.data;
	size_t n = 0;

	for (size_t i = 0; i < c->text.header.n; i++, name += strlen(name) + 1)
		if (*name)
			n = i + 1;
	return n;
}

/* It may have lost its end, or a field in its midst, and then all behind stand one column too early. */
static void look_at_length(struct catalogue *c, const struct csv_row *from)
{
	size_t n = from->n < c->text.header.n ? named_fields(c) : 0;

	if (from->n < n && has_room(c))
		add_finding(c, "short-row", from->line, "the row has %zu of %zu fields; the others count as empty", from->n, n);
}

static void add_row(struct catalogue *c, const struct csv_row *from)
{
	OWN_ROW row = { .line = from->line };

	for (size_t i = c->text.header.n; i < from->n; i++)
		if (*csv_field(from, i)) {
			add_broken(c, from->line, "it has more fields than the header");
			return;
		}
	take_values(c, from, &row);
	if (row.n_values == 0)
		return;
	take_reference(&row);
	c->rows = grow(c->rows, c->n_rows, &c->cap_rows, sizeof *c->rows);
	c->rows[c->n_rows] = row;
	if (!add_keys(c, c->n_rows)) {
		add_broken(c, from->line, "it names no item: no id, no archival number (档号), no path");
		return;
	}
	c->n_rows++;
	row = (struct catalogue_row){ 0 };
	look_at_length(c, from);
	take_training(c, &c->rows[c->n_rows - 1]);
	look_at_values(c, &c->rows[c->n_rows - 1]);
	look_at_dates(c, &c->rows[c->n_rows - 1]);
}

static enum rc_status read_rows(struct catalogue *c, struct rc_err *err)
{
	CSV_OWN_ROW row = CSV_ROW_INIT;
	const char *why = NULL;
	enum csv_result result;

	while ((result = catalogue_text_next(&c->text, &row, &why)) != CSV_END) {
		if (c->n_rows == RC_MAX_CATALOGUE_ROWS)
			return rc_fail(err, RC_RUN_FAILED, RC_WHY_SETTING, "it has more than %d rows", RC_MAX_CATALOGUE_ROWS);
		if (result == CSV_BROKEN)
			add_broken(c, row.line, why);
		else
			add_row(c, &row);
	}
	return RC_OK;
}

static void tell_unused(struct catalogue *c)
{
	const char *name = c->text.names.data;

	for (size_t i = 0; i < c->text.header.n; i++, name += strlen(name) + 1)
		if (c->text.header.column[i] == CATALOGUE_UNUSED && *name)
			add_finding(c, "unused-column", 1, "no column is known by the name '%.100s'; it is not used (catalogue.columns can name it)", name);
}

static int compare_findings(const void *a, const void *b)
{
	const struct catalogue_finding *x = a, *y = b;

	return x->line != y->line ? (x->line < y->line ? -1 : 1) : strcmp(x->text, y->text);
}

static struct rc_digest digest_of(const struct catalogue *c, const struct rc_config *cfg)
{
	RC_CLEANUP(rc_hasher_free) struct rc_hasher *h = rc_hasher_new();

	rc_hasher_add(h, c->text.bytes.data, c->text.bytes.len);
	rc_hasher_add_int(h, cfg->catalogue_encoding);
	rc_hasher_add_int(h, cfg->catalogue_delimiter);
	rc_hasher_add_str(h, cfg->catalogue_columns);
	rc_hasher_add_str(h, cfg->catalogue_parts);
	return rc_hasher_end(h);
}

enum rc_status catalogue_load(struct catalogue **ret, const char *dir, const struct rc_config *cfg, struct rc_err *err)
{
	RC_CLEANUP(catalogue_free) struct catalogue *c = NULL;
	RC_OWN_BUF path = RC_BUF(MAX_PATH_BYTES);

	*ret = NULL;
	rc_buf_addf(&path, "%s/metadata.csv", dir);
	if (access(path.data, F_OK) != 0)
		return RC_SKIP;
	c = rc_alloc(sizeof *c);
	enum rc_status status = catalogue_text_open(&c->text, path.data, cfg, err);

	if (!rc_good(status))
		return status;
	c->digest = digest_of(c, cfg);
	tell_unused(c);
	status = read_rows(c, err);
	if (!rc_good(status))
		return rc_fail_in(err, status, "cannot use the catalogue '%s'", path.data);
	index_rows(c);
	if (c->n_findings > 0)
		qsort(c->findings, c->n_findings, sizeof *c->findings, compare_findings);
	rc_buf_free(&c->text.bytes);
	*ret = rc_steal(c);
	return RC_OK;
}

void catalogue_free(struct catalogue **catalogue)
{
	struct catalogue *c = *catalogue;

	if (!c)
		return;
	for (size_t i = 0; i < c->n_rows; i++)
		row_clear(&c->rows[i]);
	for (size_t i = 0; i < c->n_keys; i++)
		free(c->keys[i].text);
	for (size_t i = 0; i < c->n_findings; i++)
		free(c->findings[i].text);
	catalogue_text_close(&c->text);
	free(c->rows);
	free(c->keys);
	free(c->findings);
	free(c);
	*catalogue = NULL;
}

/* ---- finding ------------------------------------------------------------------------------------------ */

/* Appends the path that the id was made of: "box%2Fp7" -> "box/p7" (rc_safe_name() backwards). */
static void add_path(struct rc_buf *out, const char *id)
{
	for (; *id; id++) {
		if (*id == '%' && rc_hex_digit(id[1]) >= 0 && rc_hex_digit(id[2]) >= 0) {
			rc_buf_addc(out, (char)(rc_hex_digit(id[1]) * 16 + rc_hex_digit(id[2])));
			id += 2;
		} else {
			rc_buf_addc(out, *id);
		}
	}
}

/* The number that the pattern found, as normalize writes it; nothing without a part "fonds". */
static void add_field_number(struct rc_buf *out, const json_t *fields)
{
	const char *name;
	json_t *value;

	if (!json_object_get(fields, "fonds"))
		return;
	json_object_foreach((json_t *)(uintptr_t)fields, name, value) {
		const char *text = json_string_value(value);

		if (!text || !*text || strcmp(name, "page") == 0)
			continue;
		if (out->len)
			rc_buf_addc(out, '-');
		catalogue_add_number(out, text);
	}
}

struct search {
	const struct catalogue *c;
	struct catalogue_match *match;
};

static bool take(const struct search *s, const char *text, bool is_short, bool by_name)
{
	const struct key *k = *text ? look_up(s->c, text, is_short) : NULL;

	if (!k)
		return false;
	*s->match = (struct catalogue_match){ .row = &s->c->rows[k->row], .how = (enum catalogue_how)k->how, .by_name = by_name };
	return true;
}

/* By a number that the row has without its zeros; the item knows it better. */
static bool take_short(const struct search *s, const char *number, bool by_name)
{
	RC_OWN_BUF shortened = RC_BUF(RC_MAX_NAME);

	catalogue_add_short_number(&shortened, number);
	if (!take(s, shortened.data, true, by_name))
		return false;
	snprintf(s->match->number, sizeof s->match->number, "%s", number);
	return true;
}

static size_t without_extension(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot && dot > name && strlen(dot) <= 5 ? (size_t)(dot - name) : strlen(name);
}

/* "1934/p7.pdf", "p7.pdf", then "1934/p7", "p7", then "p7" as a number. */
static bool find_by_name(const struct search *s, const char *path)
{
	RC_OWN_STR bare = strndup(path, without_extension(path));
	const char *forms[] = { path, bare ? bare : "" };

	for (size_t f = 0; f < RC_COUNT(forms); f++)
		for (const char *end = forms[f]; end; end = strchr(end, '/') ? strchr(end, '/') + 1 : NULL)
			if (take(s, end, false, true))
				return true;
	const char *slash = strrchr(forms[1], '/');

	return take_short(s, slash ? slash + 1 : forms[1], true);
}

static bool find_surely(const struct search *s, const char *item, const char *path, const json_t *fields)
{
	RC_OWN_BUF number = RC_BUF(RC_MAX_NAME);

	add_field_number(&number, fields);
	return take(s, item, false, false) || take(s, path, false, false) || take(s, number.data, false, false) ||
	       take_short(s, number.data, false);
}

static struct catalogue_match search(const struct catalogue *c, const char *item, const json_t *fields)
{
	struct catalogue_match match = { 0 };
	const struct search s = { c, &match };
	RC_OWN_BUF path = RC_BUF(RC_MAX_NAME), key = RC_BUF(RC_MAX_NAME * 4);

	add_path(&path, item);
	catalogue_add_key(&key, path.data);
	if (!find_surely(&s, item, key.data, fields))
		(void)find_by_name(&s, key.data);
	return match;
}

/* May a denial be hidden in what could not be read or is nobody's? */
static bool hides_denials(const struct catalogue *c)
{
	return c->n_broken > 0 && catalogue_header_has(&c->text.header, CATALOGUE_TRAINING);
}

struct catalogue_match catalogue_find(const struct catalogue *c, const char *item, const json_t *fields)
{
	struct catalogue_match match = search(c, item, fields);

	if (match.row && match.by_name && match.row->only_sure) {
		/* Nobody's row; but what it forbids, it forbids all whom it may mean. */
		match = (struct catalogue_match){
			.training = match.row->training == CATALOGUE_SAYS_ALLOWED ? CATALOGUE_SAYS_UNKNOWN : match.row->training,
		};
	} else if (match.row) {
		match.training = match.row->training;
	} else if (hides_denials(c)) {
		match.training = CATALOGUE_SAYS_UNKNOWN;
	}
	return match;
}

/* ---- settling ----------------------------------------------------------------------------------------- */

void catalogue_count(struct catalogue *c, const char *item, const json_t *fields)
{
	struct catalogue_match match = search(c, item, fields);

	if (match.row && match.by_name)
		match.row->n_by_name++;
	else if (match.row)
		match.row->n_sure++;
}

void catalogue_settle(struct catalogue *c)
{
	for (size_t i = 0; i < c->n_rows; i++)
		c->rows[i].only_sure = c->rows[i].n_by_name + (c->rows[i].n_sure > 0) > 1;
}

void catalogue_settled(const struct catalogue *c, struct rc_buf *out)
{
	char digits[RC_DIGEST_HEX];

	rc_buf_adds(out, rc_digest_hex(&c->digest, digits));
	for (size_t i = 0; i < c->n_rows; i++)
		if (c->rows[i].only_sure)
			rc_buf_addf(out, " %" PRId64, c->rows[i].line);
}

bool catalogue_set_settled(struct catalogue *c, const char *text)
{
	char digits[RC_DIGEST_HEX];
	size_t i = 0;

	if (strncmp(text, rc_digest_hex(&c->digest, digits), RC_DIGEST_HEX - 1) != 0)
		return false;
	for (const char *at = text + RC_DIGEST_HEX - 1; *at == ' ';) {
		char *end;
		int64_t line = strtoll(at, &end, 10);

		while (i < c->n_rows && c->rows[i].line < line)
			i++;
		if (i < c->n_rows && c->rows[i].line == line)
			c->rows[i].only_sure = true;
		at = end;
	}
	return true;
}

void catalogue_match_hash(const struct catalogue_match *match, struct rc_hasher *h)
{
	rc_hasher_add_int(h, match->training);
	for (size_t i = 0; match->row && i < match->row->n_values; i++) {
		rc_hasher_add_int(h, match->row->values[i].column);
		rc_hasher_add_str(h, match->row->values[i].text);
	}
}

struct catalogue_facts catalogue_facts(const struct catalogue *c)
{
	return (struct catalogue_facts){
		.encoding = catalogue_encoding_name(c->text.encoding), .delimiter = catalogue_delimiter_name(c->text.reader.delimiter),
		.rows = c->rows, .n_rows = c->n_rows, .findings = c->findings, .n_findings = c->n_findings,
		.n_broken = c->n_broken, .n_findings_in_all = c->n_findings_in_all,
	};
}
