/* record_head.c -- what a record says before its pages: identity, description, rights, quality. */
#include "common/record_parts.h"

#include <string.h>

/* Keeps the text of the first element of its kind. */
static void head_text(struct record_reader *r, const char **to)
{
	const char *text = record_keep_text(r, &r->head_strings);

	if (!**to)
		*to = text;
}

static void read_identity(struct record_reader *r)
{
	while (record_child(r)) {
		if (record_is(r, "reference"))
			head_text(r, &r->head.reference);
		else if (record_is(r, "part"))
			record_skip(r);
		else
			record_unexpected(r);
	}
}

static void read_description(struct record_reader *r)
{
	while (record_child(r)) {
		if (record_is(r, "title")) {
			head_text(r, &r->head.title);
		} else if (record_is(r, "language")) {
			head_text(r, &r->head.language);
		} else if (record_is(r, "date")) {
			if (!*r->head.date)
				r->head.date_edtf = record_keep(&r->head_strings, record_attr_or(r, "edtf", ""));
			head_text(r, &r->head.date);
		} else {
			record_skip(r);        /* terms that nothing after normalize asks for */
		}
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
			record_skip(r);
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
