/* record_head.c -- what a record says before its pages: identity, description, rights, quality. */
#include "common/record_parts.h"

#include <string.h>

#include "common/dates.h"

enum { MAX_TERMS = 1000 };      /* that are kept; a catalogue has some dozen columns */

/* Keeps the text of the first element of its kind. */
static void head_text(struct record_reader *r, const char **to)
{
	const char *text = record_keep_text(r, &r->head_strings);

	if (!**to)
		*to = text;
}

/* Room for one more in an array of n. */
static void *grow(void *array, size_t n, size_t size)
{
	return (n & (n - 1)) == 0 ? rc_realloc(array, (n ? 2 * n : 1) * size) : array;
}

/* A part of the number: "fonds", "catalogue", ... */
static void read_part(struct record_reader *r)
{
	const char *name = record_keep(&r->head_strings, record_attr(r, "name")), *value = record_keep_text(r, &r->head_strings);

	if (r->head.n_number == MAX_TERMS)
		return;
	r->number = grow(r->number, r->head.n_number, sizeof *r->number);
	r->number[r->head.n_number++] = (struct record_term){ name, value, "" };
	r->head.number = r->number;
}

static void read_identity(struct record_reader *r)
{
	while (record_child(r)) {
		if (record_is(r, "reference"))
			head_text(r, &r->head.reference);
		else if (record_is(r, "part"))
			read_part(r);
		else
			record_unexpected(r);
	}
}

static const char **place_of(struct record_head *head, const char *name)
{
	return strcmp(name, "title") == 0 ? &head->title : strcmp(name, "language") == 0 ? &head->language :
	       strcmp(name, "date") == 0 ? &head->date : NULL;
}

/* The reader itself needs no date. */
static void check_edtf(struct record_reader *r)
{
	const char *edtf = xml_get(r->xml, "edtf");

	if (edtf && *edtf && !dates_is_edtf(edtf))
		record_advise(r, RULE_DATE_EDTF, edtf, "EDTF, such as 1931-11-07 or 193X", "the date is not EDTF of level 0 or 1");
}

/* One term. Of those that are asked for by name the first counts. */
static void read_term(struct record_reader *r)
{
	const char *name = record_keep(&r->head_strings, xml_name(r->xml)), *edtf = record_keep(&r->head_strings, record_attr_or(r, "edtf", ""));

	check_edtf(r);
	const char *value = record_keep_text(r, &r->head_strings), **place = place_of(&r->head, name);

	if (place && !**place) {
		*place = value;
		if (place == &r->head.date)
			r->head.date_edtf = edtf;
	}
	if (r->head.n_terms == MAX_TERMS)
		return;
	r->terms = grow(r->terms, r->head.n_terms, sizeof *r->terms);
	r->terms[r->head.n_terms++] = (struct record_term){ name, value, edtf };
	r->head.terms = r->terms;
}

static void read_description(struct record_reader *r)
{
	while (record_child(r))
		read_term(r);
}

static void add_part(struct record_reader *r, struct record_part part)
{
	if (r->head.n_parts == MAX_TERMS)
		return;
	r->parts = grow(r->parts, r->head.n_parts, sizeof *r->parts);
	r->parts[r->head.n_parts++] = part;
	r->head.parts = r->parts;
}

static void read_processing(struct record_reader *r)
{
	struct record_string **keep = &r->head_strings;

	r->head.program = record_keep(keep, record_attr_or(r, "program", ""));
	while (record_child(r)) {
		if (record_is(r, "engine")) {
			add_part(r, (struct record_part){ RECORD_ENGINE, record_keep_text(r, keep), "" });
			continue;
		}
		bool model = record_is(r, "model");

		if (!model && !record_is(r, "stage")) {
			record_unexpected(r);
			continue;
		}
		add_part(r, (struct record_part){ model ? RECORD_MODEL : RECORD_STAGE, record_keep(keep, record_attr(r, "name")),
		                                  record_keep(keep, record_attr(r, model ? "digest" : "version")) });
		record_end(r);
	}
}

/* "http:", "urn:": a letter, then letters, digits, "+", "-" or "." (RFC 3986, 3.1). */
static bool is_absolute_uri(const char *uri)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	size_t first = strspn(uri, letters);
	size_t scheme = first + strspn(uri + first, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");

	return first > 0 && uri[scheme] == ':' && uri[scheme + 1];
}

static void read_rights(struct record_reader *r)
{
	r->head.training = record_keep(&r->head_strings, record_attr(r, "training"));
	if (strcmp(r->head.training, "allowed") != 0 && strcmp(r->head.training, "denied") != 0 &&
	    strcmp(r->head.training, "unknown") != 0)
		record_malformed(r, "training is not 'allowed', 'denied' or 'unknown'");
	while (record_child(r)) {
		if (record_is(r, "statement")) {
			head_text(r, &r->head.rights_statement);
			if (!is_absolute_uri(r->head.rights_statement))
				record_advise(r, RULE_RIGHTS, r->head.rights_statement, "an absolute URI",
				       "the rights statement is no absolute URI");
		} else if (record_is(r, "license")) {
			head_text(r, &r->head.rights_license);
		} else if (record_is(r, "holder")) {
			head_text(r, &r->head.rights_holder);
		} else {
			record_unexpected(r);
		}
	}
}

static void read_item_quality(struct record_reader *r)
{
	r->head.n_pages = record_attr_int(r, "pages", 0, INT32_MAX);
	r->head.n_read = record_attr_int(r, "read", 0, INT32_MAX);
	r->head_lines = record_attr_int(r, "lines", 0, INT64_MAX / 16);
	r->head_characters = record_attr_int(r, "characters", 0, INT64_MAX / 16);
	record_end(r);
}

/* The file of the item 'a' is 'a.xml'. */
static void check_file_name(struct record_reader *r)
{
	const char *slash = strrchr(r->path, '/'), *file = slash ? slash + 1 : r->path;
	size_t len = strlen(r->head.id);

	if (strncmp(file, r->head.id, len) != 0 || strcmp(file + len, ".xml") != 0)
		record_advise(r, RULE_ID_FILE_NAME, r->head.id, file, "the record is not in a file named after its id");
}

static void read_root(struct record_reader *r)
{
	enum xml_event event = record_event(r);

	if (record_failed(r))
		return;
	if (event != XML_EVENT_START || !record_is(r, "record") || strcmp(xml_namespace(r->xml), RECORD_NS) != 0) {
		r->status = xml_bad(r->xml, r->err, "not a record of namespace " RECORD_NS);
		return;
	}
	r->head.id = record_keep(&r->head_strings, record_attr(r, "id"));
	r->head.revision = xml_get(r->xml, "revision") ? record_attr_int(r, "revision", 1, INT64_MAX / 16) : 1;
	if (strlen(r->head.id) > RC_MAX_ITEM_ID)
		record_broken(r, RULE_LIMIT, r->head.id, "200 bytes", "the id is longer than the limit");
	check_file_name(r);
}

void record_read_head(struct record_reader *r)
{
	bool quality = false;

	read_root(r);
	while (record_child(r)) {
		if (record_is(r, "identity")) {
			read_identity(r);
		} else if (record_is(r, "description")) {
			read_description(r);
		} else if (record_is(r, "rights")) {
			read_rights(r);
		} else if (record_is(r, "processing")) {
			read_processing(r);
		} else if (record_is(r, "quality")) {
			read_item_quality(r);
			quality = true;
		} else if (record_is(r, "pages")) {
			if (!quality || !*r->head.training)
				record_malformed(r, "<quality> and <rights> must stand before <pages>");
			return;
		} else {
			record_unexpected(r);
		}
	}
	record_malformed(r, "the record has no <pages>");
	r->ended = true;
}
