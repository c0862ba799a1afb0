/* catalogue.h -- what the archive's own catalogue knows of the items: metadata.csv in the batch.
 *
 * One row an item. All rows are in memory while records are written: about twice the bytes of the file.
 *
 * Which row is an item's? Each row names its item by one or more of: the item's id, the archive's number (档号; whole, or made
 * of its parts), the path or name of its folder or file. An item is looked for, in this order,
 *   surely   by its id, its path, and the number that ingest.item_pattern found;
 *   by name  by the ends of its path ("1934/p7.pdf", "p7.pdf", "p7") and, last, by such a name read as a number whose parts have
 *            lost their zeros in front, as spreadsheets take them away ("3-1-12" is "003-01-0012").
 * A name that several items share is nobody's: catalogue_settle().
 *
 * Rights are on the safe side. What a row says of training and is not understood counts as denied, and of two rows for one item
 * the stricter counts. While rows are broken or belong to nobody, an item without a row is not allowed by the batch's setting. */
#ifndef NORMALIZE_CATALOGUE_H
#define NORMALIZE_CATALOGUE_H

#include "core/config.h"
#include "core/digest.h"
#include "core/json.h"
#include "core/limits.h"
#include "normalize/catalogue_columns.h"

enum catalogue_training { CATALOGUE_SAYS_NOTHING, CATALOGUE_SAYS_ALLOWED, CATALOGUE_SAYS_UNKNOWN, CATALOGUE_SAYS_DENIED };

struct catalogue_value {
	enum catalogue_column column;
	const char *text;               /* not "" */
};
struct catalogue_row {
	int64_t line;
	const struct catalogue_value *values;   /* in the order of catalogue_columns.def */
	size_t n_values;
	enum catalogue_training training;
	char *reference;                /* the archive's number, parts joined by '-'; "" when it says none */
	int64_t n_sure, n_by_name;      /* items it was found for */
	bool only_sure;                 /* settled: no item gets it by name */
	bool duplicate;                 /* an earlier row is about the same item: this one counts for nothing */
};

struct catalogue;
/* Reads DIR/metadata.csv. RC_SKIP, and *ret NULL, when there is none; RC_RUN_FAILED when it is no catalogue at all. */
enum rc_status catalogue_load(struct catalogue **ret, const char *dir, const struct rc_config *cfg, struct rc_err *err);
void catalogue_free(struct catalogue **catalogue);

enum catalogue_how { CATALOGUE_NOT_FOUND, CATALOGUE_BY_ID, CATALOGUE_BY_REFERENCE, CATALOGUE_BY_NAME, CATALOGUE_HOW_COUNT };
struct catalogue_match {
	struct catalogue_row *row;      /* NULL: none */
	enum catalogue_how how;         /* which of the row's columns it was */
	bool by_name;                   /* an end of the item's path, not the whole */
	enum catalogue_training training;       /* also of an item without a row */
	char number[RC_MAX_ITEM_ID + 1];        /* the item's own form of the number, where the row's has lost its zeros; else "" */
};
/* fields: JSON object that the pattern found, or NULL. */
struct catalogue_match catalogue_find(const struct catalogue *c, const char *item, const json_t *fields);

/* Once all items are known: catalogue_count() for each, then catalogue_settle(). */
void catalogue_count(struct catalogue *c, const char *item, const json_t *fields);
void catalogue_settle(struct catalogue *c);
/* What was settled, as text to be remembered and set again for the same file: false when it is of another. */
void catalogue_settled(const struct catalogue *c, struct rc_buf *out);
bool catalogue_set_settled(struct catalogue *c, const char *text);

/* Adds what a record says because of the match. */
void catalogue_match_hash(const struct catalogue_match *match, struct rc_hasher *h);
/* First value of a column, or "". row may be NULL. */
const char *catalogue_value(const struct catalogue_row *row, enum catalogue_column column);

/* ---- for the lists (catalogue_lists.c) ---- */

struct catalogue_finding {
	const char *kind;               /* "broken-row", "duplicate-row", "short-row", "value", "date", "unused-column" */
	int64_t line;
	char *text;
};
struct catalogue_facts {                /* borrowed from the catalogue */
	const char *encoding, *delimiter;
	struct catalogue_row *rows;
	size_t n_rows;
	const struct catalogue_finding *findings;       /* by line; at most some thousands */
	size_t n_findings;
	int64_t n_broken, n_findings_in_all;
};
struct catalogue_facts catalogue_facts(const struct catalogue *c);

#endif
