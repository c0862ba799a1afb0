/* catalogue_columns.c -- what the columns of metadata.csv are, by their names.
 *
 *   fold()                   the form in which names are compared
 *   catalogue_names_new()    names of an archive's own
 *   catalogue_header_read()  its own names first, then those of the table */
#include "normalize/catalogue_columns.h"

#include <stdio.h>
#include <string.h>

#include "common/chars.h"
#include "core/text.h"

enum { MAX_NAME = 200, MAX_OWN = 64 };  /* bytes of a column's name; names in catalogue.columns */

static const struct {
	const char *word, *element, *names;
	bool list;
} columns[] = {
#define COLUMN(symbol, word_, element_, list_, names_) { .word = word_, .element = element_, .list = list_, .names = names_ },
#include "normalize/catalogue_columns.def"
#undef COLUMN
};

struct catalogue_names {
	size_t n;
	struct {
		enum catalogue_column column;
		char name[MAX_NAME];    /* folded */
	} own[MAX_OWN];
};

const char *catalogue_column_word(enum catalogue_column c)
{
	return columns[c].word;
}

const char *catalogue_column_element(enum catalogue_column c)
{
	return columns[c].element;
}

bool catalogue_column_is_list(enum catalogue_column c)
{
	return columns[c].list;
}

/* ---- names -------------------------------------------------------------------------------------------- */

static bool starts(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* Puts the name's folded form into ret; "" for a name that is too long to be one. */
static void fold(const char *name, size_t len, char ret[MAX_NAME])
{
	static const char skipped[] = " \t\r\n_-.*";
	RC_OWN_BUF kc = RC_BUF(4 * MAX_NAME);
	size_t n = 0;

	(void)chars_nfkc(name, len, &kc, NULL);
	for (const char *at = kc.data; *at && *at != '(' && *at != '[' && n < MAX_NAME - 1; at++)
		if (!strchr(skipped, *at))
			ret[n++] = *at >= 'A' && *at <= 'Z' ? (char)(*at - 'A' + 'a') : *at;
	ret[n] = '\0';
	const char *prefix = starts(ret, "dcterms:") ? "dcterms:" : starts(ret, "dc:") ? "dc:" : "";

	memmove(ret, ret + strlen(prefix), n - strlen(prefix) + 1);
}

static bool is_one_of(const char *names, const char *folded)
{
	char one[MAX_NAME];

	for (const char *at = names; *at; at += strspn(at, "|")) {
		size_t len = strcspn(at, "|");

		fold(at, len, one);
		if (strcmp(one, folded) == 0)
			return true;
		at += len;
	}
	return false;
}

static enum catalogue_column find_word(const char *word, size_t len)
{
	for (int c = 0; c < CATALOGUE_COLUMN_COUNT; c++)
		if (strlen(columns[c].word) == len && strncmp(columns[c].word, word, len) == 0)
			return (enum catalogue_column)c;
	return CATALOGUE_COLUMN_COUNT;
}

static enum catalogue_column find_known(const char *folded, bool numbered)
{
	if (strcmp(folded, "item") == 0)
		return numbered ? CATALOGUE_ITEM : CATALOGUE_ID;
	if (strcmp(folded, "file") == 0)
		return numbered ? CATALOGUE_FILE : CATALOGUE_PATH;
	for (int c = 0; c < CATALOGUE_COLUMN_COUNT; c++)
		if (is_one_of(columns[c].names, folded))
			return (enum catalogue_column)c;
	return CATALOGUE_UNUSED;
}

/* ---- catalogue.columns -------------------------------------------------------------------------------- */

/* One "word=name"; blanks around both do not count. */
static enum rc_status add_own(struct catalogue_names *names, const char *pair, size_t len, struct rc_err *err)
{
	const char *equals = memchr(pair, '=', len);
	size_t start = strspn(pair, " \t");
	size_t end = equals ? (size_t)(equals - pair) : 0;

	if (!equals)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_SETTING, "catalogue.columns: '%.*s' is not WORD=NAME", (int)len, pair);
	while (end > start && pair[end - 1] == ' ')
		end--;
	bool unused = end - start == 1 && pair[start] == '-';
	enum catalogue_column c = unused ? CATALOGUE_UNUSED : find_word(pair + start, end - start);

	if (c == CATALOGUE_COLUMN_COUNT && !unused)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_SETTING, "catalogue.columns: no column is called '%.*s' (id, path, reference, fonds, "
		               "title, creator, date, training, ...; schemas/crosswalk.md lists them)", (int)(end - start), pair + start);
	if (names->n == MAX_OWN)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_SETTING, "catalogue.columns: more than %d names", (int)MAX_OWN);
	names->own[names->n].column = c;
	fold(equals + 1, len - (size_t)(equals + 1 - pair), names->own[names->n].name);
	if (!names->own[names->n++].name[0])
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_SETTING, "catalogue.columns: '%.*s' names no column", (int)len, pair);
	return RC_OK;
}

enum rc_status catalogue_names_new(struct catalogue_names **ret, const char *setting, struct rc_err *err)
{
	RC_CLEANUP(catalogue_names_free) struct catalogue_names *names = rc_alloc(sizeof *names);

	for (const char *at = setting; *at; at += *at == ';') {
		size_t len = strcspn(at, ";");
		enum rc_status status = strspn(at, " \t") >= len ? RC_SKIP : add_own(names, at, len, err);

		if (!rc_good(status))
			return status;
		at += len;
	}
	*ret = rc_steal(names);
	return RC_OK;
}

void catalogue_names_free(struct catalogue_names **names)
{
	free(*names);
	*names = NULL;
}

static bool find_own(const struct catalogue_names *names, const char *folded, enum catalogue_column *ret)
{
	for (size_t i = 0; names && i < names->n; i++)
		if (strcmp(names->own[i].name, folded) == 0) {
			*ret = names->own[i].column;
			return true;
		}
	return false;
}

/* ---- the header --------------------------------------------------------------------------------------- */

static enum catalogue_column column_of(const struct catalogue_names *names, const char *name, bool numbered)
{
	char folded[MAX_NAME];
	enum catalogue_column c;

	fold(name, strlen(name), folded);
	return find_own(names, folded, &c) ? c : find_known(folded, numbered);
}

void catalogue_header_read(const struct catalogue_names *names, const struct csv_row *row, struct catalogue_header *ret)
{
	bool numbered = false;

	*ret = (struct catalogue_header){ .n = row->n };
	for (size_t i = 0; i < row->n; i++)
		numbered |= column_of(names, csv_field(row, i), false) == CATALOGUE_FONDS;
	for (size_t i = 0; i < row->n; i++) {
		ret->column[i] = (uint8_t)column_of(names, csv_field(row, i), numbered);
		ret->n_known += ret->column[i] != CATALOGUE_UNUSED;
	}
}

bool catalogue_header_has(const struct catalogue_header *h, enum catalogue_column c)
{
	return memchr(h->column, c, h->n) != NULL;
}
