/* catalogue_columns.h -- what the columns of metadata.csv are, by their names.
 *
 * Names are compared without blanks, '_', '-' and '.', without regard to upper and lower case, without what stands in
 * brackets behind them, and without a prefix of Dublin Core ("dc:", "dcterms:"): "Rights_Holder (required)" is "rightsholder".
 * "item" and "file" are parts of the archive's number where there is a column "fonds"; else an item's id and a path. */
#ifndef NORMALIZE_CATALOGUE_COLUMNS_H
#define NORMALIZE_CATALOGUE_COLUMNS_H

#include "common/csv.h"

enum catalogue_column {
#define COLUMN(symbol, ...) CATALOGUE_##symbol,
#include "normalize/catalogue_columns.def"
#undef COLUMN
	CATALOGUE_COLUMN_COUNT,
	CATALOGUE_UNUSED = CATALOGUE_COLUMN_COUNT
};

/* Our word for it ("title"), its element of <description> ("" when it has none), and whether a cell of it may
 * hold a list. */
const char *catalogue_column_word(enum catalogue_column c);
const char *catalogue_column_element(enum catalogue_column c);
bool catalogue_column_is_list(enum catalogue_column c);

/* Names of an archive's own, from catalogue.columns: "title=文件标题; training=可否训练; -=页数". '-' leaves a column unused. */
struct catalogue_names;
/* RC_RUN_FAILED/setting when it is no such list. */
enum rc_status catalogue_names_new(struct catalogue_names **ret, const char *setting, struct rc_err *err);
void catalogue_names_free(struct catalogue_names **names);

struct catalogue_header {
	size_t n, n_known;
	uint8_t column[CSV_MAX_FIELDS]; /* of each field */
};
/* row holds the header, in UTF-8. names may be NULL. */
void catalogue_header_read(const struct catalogue_names *names, const struct csv_row *row, struct catalogue_header *ret);
bool catalogue_header_has(const struct catalogue_header *h, enum catalogue_column c);

#endif
