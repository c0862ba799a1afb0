/* record_about.c -- identity, description and rights of an item.
 *
 *   record_write_identity()      from the row: part_columns(), split_number(); or from the fields
 *   record_write_description()   column by column, in the order of catalogue_columns.def
 *   record_write_rights()        each from the row where it says something */
#include "normalize/record_about.h"

#include <string.h>

#include "common/dates.h"
#include "core/limits.h"
#include "normalize/catalogue_values.h"

static bool given(const char *text)
{
	return text && *text;
}

static void element_given(struct xml_writer *xml, const char *name, const char *text)
{
	if (given(text))
		xml_element(xml, name, text);
}

/* ---- identity ----------------------------------------------------------------------------------------- */

static void write_part(struct xml_writer *xml, const char *name, size_t name_len, const char *text, size_t len)
{
	RC_OWN_STR n = strndup(name, name_len);
	RC_OWN_STR t = strndup(text, len);

	if (!n || !t)
		rc_out_of_memory();
	xml_start(xml, "part");
	xml_attr(xml, "name", n);
	xml_text(xml, t);
	xml_end(xml);
}

static size_t count_parts(const char *joined)
{
	size_t n = 1;

	while ((joined = strchr(joined, '-'))) {
		joined++;
		n++;
	}
	return n;
}

/* A number with more parts than there are names for is not taken apart. */
static void split_number(struct xml_writer *xml, const char *number, const char *names)
{
	if (count_parts(number) > count_parts(names))
		return;
	for (;;) {
		size_t len = strcspn(number, "-"), name = strcspn(names, "-");

		if (len && name)
			write_part(xml, names, name, number, len);
		if (!number[len])
			return;
		number += len + 1;
		names += name + 1;
	}
}

/* Numbers after DA/T 22-2015: "X043-WS·2011-D30-BGS-0026" is fonds, category and year, retention, office, item. */
static bool split_filing_number(struct xml_writer *xml, const char *number)
{
	static const char dot[] = "\u00B7";
	const char *second = strchr(number, '-'), *middle = strstr(number, dot);
	RC_OWN_BUF plain = RC_BUF(RC_MAX_NAME);

	if (!second || !middle || middle < second || strcspn(second + 1, "-") < (size_t)(middle - second) || count_parts(number) != 5)
		return false;
	rc_buf_add(&plain, number, (size_t)(middle - number));
	rc_buf_addc(&plain, '-');
	rc_buf_adds(&plain, middle + strlen(dot));
	split_number(xml, plain.data, "fonds-category-year-retention-office-item");
	return true;
}

static bool has_part_columns(const struct catalogue_row *row)
{
	return given(catalogue_value(row, CATALOGUE_FONDS));
}

static void write_part_columns(struct xml_writer *xml, const struct catalogue_row *row)
{
	for (int c = CATALOGUE_FONDS; c <= CATALOGUE_PAGE; c++) {
		const char *word = catalogue_column_word((enum catalogue_column)c), *text = catalogue_value(row, (enum catalogue_column)c);

		if (*text)
			write_part(xml, word, strlen(word), text, strlen(text));
	}
}

/* The archive's number is made of its parts only where the pattern says that they are parts of one. */
static void write_fields(struct xml_writer *xml, const json_t *fields)
{
	RC_OWN_BUF number = RC_BUF(RC_MAX_NAME);
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)fields, name, value) {
		if (strcmp(name, "page") == 0 || !given(json_string_value(value)))
			continue;
		rc_buf_adds(&number, number.len ? "-" : "");
		rc_buf_adds(&number, json_string_value(value));
	}
	if (number.len && json_object_get(fields, "fonds"))
		xml_element(xml, "reference", number.data);
	json_object_foreach((json_t *)(uintptr_t)fields, name, value)
		if (strcmp(name, "page") != 0 && *name && json_is_string(value))
			write_part(xml, name, strlen(name), json_string_value(value), json_string_length(value));
}

void record_write_identity(struct xml_writer *xml, const struct record_info *info)
{
	const struct catalogue_row *row = info->row;

	xml_start(xml, "identity");
	if (row && *row->reference) {
		const char *number = given(info->number) ? info->number : row->reference;

		xml_element(xml, "reference", number);
		if (has_part_columns(row) && number == row->reference)
			write_part_columns(xml, row);
		else if (!split_filing_number(xml, number))
			split_number(xml, number, given(info->parts) ? info->parts : "");
	} else {
		write_fields(xml, info->fields);
	}
	xml_end(xml);
}

/* ---- description -------------------------------------------------------------------------------------- */

static const char *language_of(const struct record_totals *totals)
{
	if (strcmp(totals->script, "hant") == 0)
		return "zh-Hant";
	if (strcmp(totals->script, "hans") == 0)
		return "zh-Hans";
	return totals->characters > 0 ? "zh" : NULL;
}

/* An EDTF of the archive's own goes before what we read from the words. */
static void write_date(struct xml_writer *xml, const char *written, const char *own)
{
	struct dates_reading read = dates_read(written);
	const char *edtf = dates_is_edtf(own) ? own : read.edtf;

	xml_start(xml, "date");
	if (*edtf)
		xml_attr(xml, "edtf", edtf);
	else
		xml_attr(xml, "reason", dates_reason_name(read.reason));
	xml_text(xml, written);
	xml_end(xml);
}

/* Each value of a list that may be one; returns how many there were. */
static size_t write_list(struct xml_writer *xml, const struct catalogue_value *v)
{
	RC_OWN_BUF one = RC_BUF(CSV_MAX_ROW_BYTES);
	size_t n = 0;

	for (const char *at = v->text; catalogue_next_value(&at, &one); ) {
		const char *text = v->column == CATALOGUE_LANGUAGE ? catalogue_read_language(one.data) : one.data;

		element_given(xml, catalogue_column_element(v->column), text);
		n += given(text);
	}
	return n;
}

void record_write_description(struct xml_writer *xml, const struct record_info *info)
{
	const struct catalogue_row *row = info->row;
	const char *own = catalogue_value(row, CATALOGUE_EDTF);
	size_t languages = 0;

	xml_start(xml, "description");
	for (size_t i = 0; row && i < row->n_values; i++) {
		const struct catalogue_value *v = &row->values[i];

		if (v->column == CATALOGUE_DATE)
			write_date(xml, v->text, own);
		else if (v->column == CATALOGUE_LANGUAGE)
			languages += write_list(xml, v);
		else if (catalogue_column_is_list(v->column))
			write_list(xml, v);
		else if (*catalogue_column_element(v->column))
			xml_element(xml, catalogue_column_element(v->column), v->text);
	}
	if (*own && !given(catalogue_value(row, CATALOGUE_DATE)))
		write_date(xml, own, own);
	if (languages == 0)
		element_given(xml, "language", language_of(info->totals));
	xml_end(xml);
}

/* ---- rights ------------------------------------------------------------------------------------------- */

static const char *own_or(const char *own, const char *of_batch)
{
	return given(own) ? own : of_batch;
}

void record_write_rights(struct xml_writer *xml, const struct record_info *info)
{
	const char *statement = catalogue_value(info->row, CATALOGUE_STATEMENT);

	xml_start(xml, "rights");
	xml_attr(xml, "training", info->training);
	element_given(xml, "statement", catalogue_is_uri(statement) ? statement : info->rights_statement);
	element_given(xml, "license", own_or(catalogue_value(info->row, CATALOGUE_LICENSE), info->rights_license));
	element_given(xml, "holder", own_or(catalogue_value(info->row, CATALOGUE_HOLDER), info->rights_holder));
	xml_end(xml);
}
