/* record.c -- reads records/ID.xml as a stream, and checks them: the reader's life.
 *
 *   record_open()          to <pages>: record_read_head()
 *   record_next()          one <page>: record_read_page()
 *   record_open_checked()  the same, but what is wrong is told and reading goes on
 *
 * record_parts.h says what is in the other files. */
#include "common/record_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/schemas.h"

/* After the last page. */
static void check_totals(struct record_reader *r)
{
	const struct {
		int64_t said, seen;
		const char *message;
	} totals[] = {
		{ r->head.n_pages, r->pages, "the number of pages in <quality> is wrong" },
		{ r->head.n_read, r->read, "the number of read pages in <quality> is wrong" },
		{ r->head_lines, r->lines, "the number of lines in <quality> is wrong" },
		{ r->head_characters, r->characters, "the number of characters in <quality> is wrong" },
	};

	for (size_t i = 0; i < RC_COUNT(totals) && r->findings == 0; i++)
		record_broken_count(r, RULE_TOTALS, totals[i].said, totals[i].seen, totals[i].message);
}

static void read_tail(struct record_reader *r)
{
	r->ended = true;
	record_end(r);                  /* of <record> */
	if (!record_failed(r) && record_event(r) != XML_EVENT_DONE)
		record_malformed(r, "something after the end");
	check_totals(r);
}

static void on_invalid(void *ctx, int64_t line, const char *message)
{
	struct record_reader *r = ctx;
	const char *end = strstr(message, "': ");
	size_t place = end ? (size_t)(end - message) : strlen(message);

	/* libxml2 complains of a list's word, then of the list. */
	if (line == r->schema_line && strncmp(message, r->schema_place, place) == 0 && r->schema_place[place] == '\0' &&
	    strstr(message, "attribute"))
		return;
	r->schema_line = line;
	snprintf(r->schema_place, sizeof r->schema_place, "%.*s", (int)place, message);
	r->findings++;
	r->on_finding(r->ctx, line, RULE_SCHEMA, "", "", message);
}

static enum rc_status attach_schema(struct record_reader *r, struct rc_err *err)
{
	enum rc_status status = xml_schema_load(&r->schema, schemas_record, (size_t)(schemas_record_end - schemas_record),
	                                        "record.xsd", err);

	return rc_good(status) ? xml_reader_check(r->xml, r->schema, on_invalid, r, err) : status;
}

static enum rc_status open_record(struct record_reader **ret, const char *path, record_finding_fn *on_finding, void *ctx,
                                  struct rc_err *err)
{
	RC_CLEANUP(record_close) struct record_reader *r = rc_alloc(sizeof *r);

	r->path = rc_strdup(path);
	r->on_finding = on_finding;
	r->ctx = ctx;
	r->err = err;
	r->head = (struct record_head){
		.id = "", .title = "", .date = "", .date_edtf = "", .reference = "", .language = "", .rights_statement = "", .rights_license = "",
		.rights_holder = "", .training = "", .revision = 1, .program = "",
	};
	record_clear_page(r);
	r->status = xml_reader_open(&r->xml, path, path, err);
	if (!record_failed(r) && on_finding)
		r->status = attach_schema(r, err);
	if (!record_failed(r))
		record_read_head(r);
	if (record_failed(r))
		return r->status;
	*ret = rc_steal(r);
	return RC_OK;
}

enum rc_status record_open(struct record_reader **ret, const char *path, struct rc_err *err)
{
	return open_record(ret, path, NULL, NULL, err);
}

enum rc_status record_open_checked(struct record_reader **ret, const char *path, record_finding_fn *on_finding, void *ctx,
                                   struct rc_err *err)
{
	return open_record(ret, path, on_finding, ctx, err);
}

const struct record_head *record_head(const struct record_reader *r)
{
	return &r->head;
}

enum rc_status record_next(struct record_reader *r, struct record_page **ret, struct rc_err *err)
{
	r->err = err;
	while (!r->ended && !record_failed(r)) {
		if (!record_child(r)) {
			if (!record_failed(r))
				read_tail(r);
			break;
		}
		if (!record_is(r, "page")) {
			record_unexpected(r);
			continue;
		}
		record_read_page(r);
		if (record_failed(r))
			break;
		*ret = &r->page;
		return RC_OK;
	}
	return record_failed(r) ? r->status : RC_SKIP;
}

void record_close(struct record_reader **r)
{
	if (!*r)
		return;
	record_clear_page(*r);
	record_free_strings(&(*r)->head_strings);
	free((*r)->terms);
	free((*r)->number);
	free((*r)->parts);
	xml_reader_close(&(*r)->xml);
	xml_schema_free(&(*r)->schema);
	free((*r)->path);
	free(*r);
	*r = NULL;
}
