/* attributes.c -- attributes of a text sample, from curate's decision about its pages.
 *
 *   attributes_print()   the line
 *   add_page()           spans of one page
 *   attributes_fault()   the form, for `validate` */
#include "package/attributes.h"

#include <string.h>

#include "common/decisions.h"
#include "common/personal.h"

#define PREFIX "redcorpus__"

/* Appends [start, end, score] to an attribute, and makes it first where it is not there. */
static void add_span(json_t *attributes, const char *group, const char *name, int64_t start, int64_t end, double score)
{
	RC_OWN_BUF key = RC_BUF(1 << 10);
	json_t *list, *span;

	rc_buf_addf(&key, PREFIX "%s__%s", group, name);
	list = json_object_get(attributes, key.data);
	if (!list) {
		list = json_array();
		json_object_set_new(attributes, key.data, list);
	}
	if (start < 0)          /* only that it is there */
		return;
	span = json_array();
	json_array_append_new(span, json_integer(start));
	json_array_append_new(span, json_integer(end));
	json_array_append_new(span, json_real(score));
	json_array_append_new(list, span);
}

/* Lists that every line has, empty or not: readers learn the fields from the first lines. */
static void add_empty(json_t *attributes)
{
	for (const struct decision_word *w = decision_words; w->word; w++)
		if (w->out != DECISION_ITEM)
			add_span(attributes, "tag", w->word, -1, -1, 0);
	for (int kind = PERSONAL_ID; kind <= PERSONAL_EMAIL; kind++)
		add_span(attributes, "personal", personal_kind_name((enum personal_kind)kind), -1, -1, 0);
}

static void add_page(json_t *attributes, const json_t *page, const json_t *decided)
{
	int64_t start = rc_json_int(page, "start", 0), end = rc_json_int(page, "end", 0);
	const char *name, *style = rc_json_str(decided, "style", ""), *script = rc_json_str(decided, "script", "");
	size_t i;
	json_t *value;

	json_array_foreach(json_object_get(decided, "tags"), i, value)
		add_span(attributes, "tag", json_string_value(value), start, end, 1);
	if (!rc_json_bool(page, "in_text", false))
		return;
	add_span(attributes, "quality", "confidence", start, end, rc_json_real(page, "confidence", 0));
	add_span(attributes, "quality", "estimated_error", start, end, rc_json_real(page, "estimated_error", -1));
	add_span(attributes, "duplicates", "copies", start, end, (double)rc_json_int(page, "copies", 1));
	json_object_foreach(json_object_get(decided, "statistics"), name, value)
		add_span(attributes, "text", name, start, end,
		         strcmp(name, "chars") == 0 || strcmp(name, "paragraph") == 0 ? (double)json_integer_value(value) : (double)json_integer_value(value) / 10000);
	if (*style)
		add_span(attributes, "style", style, start, end, 1);
	if (*script)
		add_span(attributes, "script", script, start, end, 1);
}

void attributes_print(const struct text_sample *s, const char *id, const json_t *decision, struct rc_buf *out)
{
	RC_OWN_JSON line = json_object();
	json_t *attributes = json_object(), *page, *span;
	const json_t *decided = json_object_get(decision, "pages");
	size_t i;

	add_empty(attributes);
	json_array_foreach(s->pages, i, page)
		add_page(attributes, page, json_array_get(decided, i));
	json_array_foreach(s->personal, i, span)
		add_span(attributes, "personal", json_string_value(json_array_get(span, 2)), json_integer_value(json_array_get(span, 0)),
		         json_integer_value(json_array_get(span, 1)), 1);
	json_object_set_new(line, "id", json_string(id));
	json_object_set_new(line, "attributes", attributes);
	rc_json_print(out, line);
	rc_buf_addc(out, '\n');
}

const char *attributes_fault(const json_t *line)
{
	const char *name;
	json_t *list, *span;
	size_t i;

	if (!rc_json_str(line, "id", NULL) || !json_is_object(json_object_get(line, "attributes")))
		return "it lacks id or attributes";
	json_object_foreach(json_object_get(line, "attributes"), name, list) {
		if (!json_is_array(list))
			return "an attribute is no list";
		json_array_foreach(list, i, span) {
			const json_t *start = json_array_get(span, 0), *end = json_array_get(span, 1);

			if (json_array_size(span) != 3 || !json_is_integer(start) || !json_is_integer(end) || !json_is_number(json_array_get(span, 2)) ||
			    json_integer_value(start) < 0 || json_integer_value(end) < json_integer_value(start))
				return "a span is not [start, end, score]";
		}
	}
	return NULL;
}
