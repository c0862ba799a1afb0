/* record_walk.c -- through a record, element by element, and what is wrong on the way. */
#include "common/record_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char *record_keep(struct record_string **list, const char *text)
{
	size_t len = strlen(text);

	if (len == 0)
		return "";
	struct record_string *s = rc_alloc(sizeof *s + len + 1);

	memcpy(s->text, text, len + 1);
	s->next = *list;
	*list = s;
	return s->text;
}

void record_free_strings(struct record_string **list)
{
	while (*list) {
		struct record_string *next = (*list)->next;

		free(*list);
		*list = next;
	}
}

/* ---- what is wrong ---------------------------------------------------------------------------------- */

RC_PRINTF(2, 3) void record_malformed(struct record_reader *r, const char *fmt, ...)
{
	char text[RECORD_WORDS];
	va_list args;

	r->doubt = true;
	if (record_failed(r) || r->on_finding)
		return;
	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	r->status = xml_bad(r->xml, r->err, "%s", text);
}

void record_advise(struct record_reader *r, enum rule rule, const char *actual, const char *expected, const char *message)
{
	if (!r->on_finding || record_failed(r) || r->doubt)
		return;
	r->findings++;
	r->on_finding(r->ctx, xml_line(r->xml), rule, actual, expected, message);
}

void record_broken(struct record_reader *r, enum rule rule, const char *actual, const char *expected, const char *message)
{
	if (record_failed(r))
		return;
	if (r->on_finding)
		record_advise(r, rule, actual, expected, message);
	else
		r->status = xml_bad(r->xml, r->err, "%s: %s (expected: %s)", message, actual, expected);
}

void record_broken_count(struct record_reader *r, enum rule rule, int64_t actual, int64_t expected, const char *message)
{
	char a[32], e[32];

	if (actual == expected)
		return;
	snprintf(a, sizeof a, "%" PRId64, actual);
	snprintf(e, sizeof e, "%" PRId64, expected);
	record_broken(r, rule, a, e, message);
}

/* ---- moving through the document -------------------------------------------------------------------- */

enum xml_event record_event(struct record_reader *r)
{
	enum xml_event event = XML_EVENT_DONE;

	if (!record_failed(r))
		r->status = xml_next(r->xml, &event, r->err);
	return event;
}

static bool is_blank(const char *text)
{
	return text[strspn(text, " \t\r\n")] == '\0';
}

void record_skip(struct record_reader *r)
{
	for (int depth = 1; depth > 0 && !record_failed(r);) {
		enum xml_event event = record_event(r);

		depth += event == XML_EVENT_START;
		depth -= event == XML_EVENT_END;
	}
}

bool record_child(struct record_reader *r)
{
	while (!record_failed(r)) {
		enum xml_event event = record_event(r);

		if (record_failed(r) || event == XML_EVENT_END || event == XML_EVENT_DONE)
			return false;
		if (event == XML_EVENT_TEXT) {
			if (!is_blank(xml_value(r->xml)))
				record_malformed(r, "text between elements");
			continue;
		}
		r->doubt = false;
		if (strcmp(xml_namespace(r->xml), RECORD_NS) == 0)
			return true;
		record_malformed(r, "element '%s' of another namespace", xml_name(r->xml));
		record_skip(r);
	}
	return false;
}

bool record_is(const struct record_reader *r, const char *name)
{
	return strcmp(xml_name(r->xml), name) == 0;
}

void record_unexpected(struct record_reader *r)
{
	record_malformed(r, "element '%s' is not expected here", xml_name(r->xml));
	record_skip(r);
}

void record_end(struct record_reader *r)
{
	while (record_child(r))
		record_unexpected(r);
}

void record_take_text(struct record_reader *r, struct rc_buf *out)
{
	for (;;) {
		enum xml_event event = record_event(r);

		if (record_failed(r) || event == XML_EVENT_END || event == XML_EVENT_DONE)
			break;
		if (event == XML_EVENT_START)
			record_unexpected(r);
		else
			rc_buf_adds(out, xml_value(r->xml));
	}
	if (out->failed)
		record_broken(r, RULE_LIMIT, "more", "less", "a text is longer than the limit");
}

const char *record_keep_text(struct record_reader *r, struct record_string **list)
{
	RC_OWN_BUF text = RC_BUF(RECORD_MAX_TEXT);

	record_take_text(r, &text);
	return record_keep(list, text.data);
}
