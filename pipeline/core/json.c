/* json.c -- the door to Jansson: parsing with limits, printing that is the same every time. */
#include "core/json.h"

#include <string.h>

#include "core/limits.h"
#include "core/text.h"

void rc_json_free(json_t **json)
{
	json_decref(*json);
	*json = NULL;
}

/* Jansson recurses, and allows 2048 levels: look before it does. Strings are skipped; what is not
 * JSON anyway is for Jansson to refuse. Returns the line on which it gets too deep, or 0. */
static int too_deep(const char *bytes, size_t len)
{
	int depth = 0, line = 1;
	bool string = false;

	for (size_t i = 0; i < len; i++) {
		char c = bytes[i];

		line += c == '\n';
		if (string && c == '\\')
			i++;
		else if (c == '"')
			string = !string;
		else if (!string && (c == '{' || c == '[') && ++depth > RC_MAX_JSON_DEPTH)
			return line;
		else if (!string && (c == '}' || c == ']'))
			depth--;
	}
	return 0;
}

enum rc_status rc_json_parse(const char *bytes, size_t len, const char *name, json_t **ret, struct rc_err *err)
{
	json_error_t why;
	int line = too_deep(bytes, len);

	if (line)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_FORMAT, "cannot parse '%s': line %d: nested deeper than %d levels",
		               name, line, RC_MAX_JSON_DEPTH);
	json_t *json = json_loadb(bytes, len, JSON_REJECT_DUPLICATES, &why);

	if (!json)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_FORMAT, "cannot parse '%s': line %d: %s", name, why.line, why.text);
	*ret = json;
	return RC_OK;
}

static int add_chunk(const char *chunk, size_t len, void *out)
{
	rc_buf_add(out, chunk, len);
	return 0;
}

static void print(struct rc_buf *out, const json_t *json, size_t flags)
{
	/* The data of a document that exists can be printed; only memory can fail here. */
	if (json_dump_callback(json, add_chunk, out, flags | JSON_ENCODE_ANY | JSON_REAL_PRECISION(4)) != 0)
		rc_out_of_memory();
}

void rc_json_print(struct rc_buf *out, const json_t *json)
{
	print(out, json, JSON_COMPACT);
}

void rc_json_print_pretty(struct rc_buf *out, const json_t *json)
{
	print(out, json, JSON_INDENT(2));
	rc_buf_addc(out, '\n');
}

json_t *rc_json_text(const char *bytes)
{
	RC_OWN_BUF safe = RC_BUF(RC_MAX_MESSAGE);

	if (!bytes)
		return json_null();
	if (rc_utf8_valid(bytes, strlen(bytes)))
		return json_string(bytes);
	rc_text_escape(&safe, bytes);
	return json_string(safe.data);
}

const char *rc_json_str(const json_t *object, const char *key, const char *fallback)
{
	const json_t *value = json_object_get(object, key);

	return json_is_string(value) ? json_string_value(value) : fallback;
}

int64_t rc_json_int(const json_t *object, const char *key, int64_t fallback)
{
	const json_t *value = json_object_get(object, key);

	return json_is_integer(value) ? json_integer_value(value) : fallback;
}

double rc_json_real(const json_t *object, const char *key, double fallback)
{
	const json_t *value = json_object_get(object, key);

	return json_is_number(value) ? json_number_value(value) : fallback;
}

bool rc_json_bool(const json_t *object, const char *key, bool fallback)
{
	const json_t *value = json_object_get(object, key);

	return json_is_boolean(value) ? json_is_true(value) : fallback;
}
