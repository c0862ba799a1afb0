/* json.h -- the door to Jansson: parsing with limits, printing that is the same every time. */
#ifndef RC_JSON_H
#define RC_JSON_H

#include <jansson.h>

#include "core/buf.h"

void rc_json_free(json_t **json);
#define RC_OWN_JSON RC_CLEANUP(rc_json_free) json_t *

/* Duplicate keys, invalid UTF-8, depth over RC_MAX_JSON_DEPTH and trailing bytes are errors:
 * RC_PAGE_FAILED/format "cannot parse 'NAME': line 3: ...". */
enum rc_status rc_json_parse(const char *bytes, size_t len, const char *name, json_t **ret, struct rc_err *err);
/* Compact, keys in the order they were set, real numbers with 4 significant digits. */
void rc_json_print(struct rc_buf *out, const json_t *json);
/* The same, indented by two spaces and with a final newline: for files that people open. */
void rc_json_print_pretty(struct rc_buf *out, const json_t *json);

/* A name or message from outside as JSON text, escaped as by rc_text_escape() when it is no UTF-8 (jansson has no string for
 * that, and a member would be missing); NULL gives null. New reference. */
json_t *rc_json_text(const char *bytes);

/* Lenient getters for documents already checked: a missing or mistyped member gives the fallback. */
const char *rc_json_str(const json_t *object, const char *key, const char *fallback);
int64_t rc_json_int(const json_t *object, const char *key, int64_t fallback);
double rc_json_real(const json_t *object, const char *key, double fallback);
bool rc_json_bool(const json_t *object, const char *key, bool fallback);

#endif
