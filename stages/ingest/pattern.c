/* pattern.c -- takes an item and a page number from a path.
 *
 *   ingest_pattern_new    text -> parts: literals and fields in turn
 *   ingest_pattern_match  one pass over the path, no backtracking
 *   build_item            what the parts say without {page} */
#include "pattern.h"

#include <string.h>

#include "core/limits.h"
#include "core/text.h"

#define MAX_PARTS 64

struct part {
	char *text;                     /* owned: the literal, or the field's name */
	bool field, page;
};

struct ingest_pattern {
	struct part parts[MAX_PARTS];
	size_t n_parts, slashes;
};

void ingest_pattern_free(struct ingest_pattern **pattern)
{
	if (!*pattern)
		return;
	for (size_t i = 0; i < (*pattern)->n_parts; i++)
		free((*pattern)->parts[i].text);
	free(*pattern);
	*pattern = NULL;
}

static enum rc_status wrong(struct rc_err *err, const char *text, const char *why)
{
	return rc_fail(err, RC_RUN_FAILED, RC_WHY_SETTING, "ingest.item_pattern: '%s' is no pattern: %s", text, why);
}

static bool is_field_name(const char *s, size_t len)
{
	return len > 0 && strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_") >= len;
}

/* Reads one part at s; returns its length in the text, 0 with *why set when it is wrong. */
static size_t read_part(const char *s, struct part *ret, const char **why)
{
	size_t len = strcspn(s, "{}");

	if (*s == '{') {
		len = strcspn(++s, "{}");
		ret->field = true;
		if (s[len] != '}')
			*why = "a '{' without its '}'";
		else if (!is_field_name(s, len))
			*why = "a field's name is made of a-z, 0-9 and '_'";
	} else if (*s == '}') {
		*why = "a '}' without its '{'";
	}
	if (*why)
		return 0;
	ret->text = strndup(s, len);
	ret->page = ret->field && ret->text && !strcmp(ret->text, "page");
	return ret->field ? len + 2 : len;
}

/* What is wrong with the parts as a whole; NULL when nothing is. */
static const char *check_parts(const struct ingest_pattern *p)
{
	size_t pages = 0, fields = 0;

	for (size_t i = 0; i < p->n_parts; i++) {
		if (!p->parts[i].field)
			continue;
		if (i > 0 && p->parts[i - 1].field)
			return "two fields need something between them";
		for (size_t k = 0; k < i; k++)
			if (p->parts[k].field && !strcmp(p->parts[k].text, p->parts[i].text))
				return "a field is there twice";
		fields++;
		pages += p->parts[i].page;
	}
	if (pages == 0)
		return "{page} is missing";
	return fields < 2 ? "it needs a field besides {page}" : NULL;
}

enum rc_status ingest_pattern_new(struct ingest_pattern **ret, const char *text, struct rc_err *err)
{
	RC_CLEANUP(ingest_pattern_free) struct ingest_pattern *p = NULL;
	const char *why = NULL;

	if (!*text) {
		*ret = NULL;
		return RC_OK;
	}
	p = calloc(1, sizeof *p);
	if (!p)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot read ingest.item_pattern: out of memory");
	for (const char *s = text; *s;) {
		size_t len = p->n_parts < MAX_PARTS ? read_part(s, &p->parts[p->n_parts], &why) : 0;

		if (len == 0)
			return wrong(err, text, why ? why : "it is too long");
		if (!p->parts[p->n_parts++].text)
			return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot read ingest.item_pattern: out of memory");
		s += len;
	}
	why = check_parts(p);
	if (why)
		return wrong(err, text, why);
	for (const char *s = text; *s; s++)
		p->slashes += *s == '/';
	*ret = rc_steal(p);
	return RC_OK;
}

/* ---- matching ------------------------------------------------------------------------------------ */

struct span {
	const char *at;
	size_t len;
};

/* The last n + 1 parts of the path; NULL when it has fewer. */
static const char *tail(const char *path, size_t n)
{
	const char *s = path + strlen(path);

	for (;; s--) {
		if (s == path)
			return n == 0 ? s : NULL;
		if (s[-1] == '/' && n-- == 0)
			return s;
	}
}

static bool span_has(struct span span, const char *text)
{
	return memmem(span.at, span.len, text, strlen(text)) != NULL;
}

static bool match_spans(const struct ingest_pattern *p, const char *s, struct span *spans)
{
	for (size_t i = 0; i < p->n_parts; i++) {
		const char *before = i > 0 ? p->parts[i - 1].text : NULL;
		const char *after = i + 1 < p->n_parts ? p->parts[i + 1].text : NULL;
		const char *end;

		if (p->parts[i].field) {
			end = after ? strstr(s, after) : s + strlen(s);
		} else {
			end = strncmp(s, p->parts[i].text, strlen(p->parts[i].text)) ? NULL : s + strlen(p->parts[i].text);
		}
		if (!end)
			return false;
		spans[i] = (struct span){ s, (size_t)(end - s) };
		if (p->parts[i].field &&
		    (end == s || span_has(spans[i], "/") || (before && span_has(spans[i], before))))
			return false;
		s = end;
	}
	return *s == '\0';
}

/* Drops {page} and the text before it (after it, when it comes first). */
static char *build_item(const struct ingest_pattern *p, const struct span *spans)
{
	RC_OWN_BUF item = RC_BUF(RC_MAX_NAME);

	for (size_t i = 0; i < p->n_parts; i++) {
		bool before_page = i + 1 < p->n_parts && p->parts[i + 1].page && i > 0;
		bool after_page = i > 0 && p->parts[i - 1].page && item.len == 0;

		if (!p->parts[i].page && (p->parts[i].field || !(before_page || after_page)))
			rc_buf_add(&item, spans[i].at, spans[i].len);
	}
	return rc_buf_take(&item);
}

void ingest_match_clear(struct ingest_match *match)
{
	free(match->item);
	free(match->page);
	json_decref(match->fields);
	*match = (struct ingest_match){ 0 };
}

bool ingest_pattern_match(const struct ingest_pattern *p, const char *path, struct ingest_match *ret)
{
	struct span spans[MAX_PARTS];
	INGEST_OWN_MATCH match = { .fields = json_object() };
	const char *s = p ? tail(path, p->slashes) : NULL;

	if (!s || !match_spans(p, s, spans))
		return false;
	for (size_t i = 0; i < p->n_parts; i++) {
		if (p->parts[i].page)
			match.page = strndup(spans[i].at, spans[i].len);
		else if (p->parts[i].field)
			json_object_set_new(match.fields, p->parts[i].text, json_stringn(spans[i].at, spans[i].len));
	}
	match.item = build_item(p, spans);
	if (!match.item || !match.page || !match.fields)
		return false;
	*ret = match;
	match = (struct ingest_match){ 0 };
	return true;
}
