/* facts.c -- facts of pages, in memory and as lines of JSON.
 *
 *   report_memory_*()   reading what an earlier run wrote, writing what the next one reads
 *
 * Glyphs are one string of 22 hexadecimal digits each: character, other reading, line, confidence, doubt. */
#include "report/facts.h"

#include <string.h>

#include "core/limits.h"
#include "core/text.h"

enum { MEMORY_VERSION = 1, GLYPH_DIGITS = 22, MAX_LINE = 16 << 20 };

/* ---- a page -------------------------------------------------------------------------------------------- */

void report_page_clear(struct report_page *p)
{
	free(p->item);
	free(p->number);
	free(p->name);
	free(p->reason);
	free(p->glyphs);
	*p = (struct report_page){ .error = -1 };
}

bool report_page_was_read(const struct report_page *p)
{
	return !*p->reason;
}

char report_page_grade(const struct report_page *p)
{
	return report_page_was_read(p) && p->page_class == RC_PAGE_TEXT && p->error >= 0 ? rc_grade((float)p->error / 10000) : '\0';
}

void report_id(const struct rc_digest *d, char ret[REPORT_ID])
{
	char hex[RC_DIGEST_HEX];

	rc_digest_hex(d, hex);
	memcpy(ret, hex, REPORT_ID - 1);
	ret[REPORT_ID - 1] = '\0';
}

struct report_glyph *report_add_glyph(struct report_page *p)
{
	if (p->n_glyphs == p->cap_glyphs) {
		p->cap_glyphs = p->cap_glyphs ? 2 * p->cap_glyphs : 64;
		p->glyphs = rc_realloc(p->glyphs, p->cap_glyphs * sizeof *p->glyphs);
	}
	p->glyphs[p->n_glyphs] = (struct report_glyph){ 0 };
	return &p->glyphs[p->n_glyphs++];
}

/* ---- writing ------------------------------------------------------------------------------------------- */

static enum rc_status write_line(struct rc_outfile *out, json_t *owned, struct rc_err *err)
{
	RC_OWN_JSON line = owned;
	RC_OWN_BUF text = RC_BUF(MAX_LINE);

	rc_json_print(&text, line);
	rc_buf_addc(&text, '\n');
	enum rc_status status = rc_buf_check(&text, "a line of the report's memory", err);

	return rc_good(status) ? rc_outfile_write(out, text.data, text.len, err) : status;
}

enum rc_status report_memory_begin(struct rc_outfile *out, struct rc_err *err)
{
	return write_line(out, json_pack("{s:i}", "memory", MEMORY_VERSION), err);
}

enum rc_status report_memory_item(struct rc_outfile *out, const char *item, const struct rc_digest *key, struct rc_err *err)
{
	char hex[RC_DIGEST_HEX];

	return write_line(out, json_pack("{s:o, s:s}", "item", rc_json_text(item), "key", rc_digest_hex(key, hex)), err);
}

enum rc_status report_memory_page(struct rc_outfile *out, const struct report_page *p, struct rc_err *err)
{
	RC_OWN_BUF glyphs = RC_BUF(MAX_LINE);
	json_t *line = json_pack("{s:s, s:s, s:o, s:o, s:s, s:I}", "id", p->id, "picture", p->picture, "number", rc_json_text(p->number),
	                         "name", rc_json_text(p->name), "reason", p->reason, "order", (json_int_t)p->order);

	for (size_t i = 0; i < p->n_glyphs; i++) {
		const struct report_glyph *g = &p->glyphs[i];

		rc_buf_addf(&glyphs, "%06x%06x%06x%02x%02x", g->cp, g->other, g->line, g->confidence, g->doubt);
	}
	json_object_set_new(line, "class", json_string(rc_page_class_name(p->page_class)));
	json_object_set_new(line, "error", json_integer(p->error));
	json_object_set_new(line, "confidence", json_integer(p->confidence));
	json_object_set_new(line, "chars", json_integer(p->chars));
	json_object_set_new(line, "lines", json_integer(p->lines));
	json_object_set_new(line, "in_text", json_boolean(p->in_text));
	json_object_set_new(line, "shown", json_boolean(p->shown));
	json_object_set_new(line, "width", json_integer(p->width));
	json_object_set_new(line, "height", json_integer(p->height));
	json_object_set_new(line, "glyphs", json_string(glyphs.data));
	return write_line(out, line, err);
}

/* ---- reading ------------------------------------------------------------------------------------------- */

struct report_memory {
	FILE *file;             /* NULL: there is nothing more to read */
	char *line;             /* owned, getline's */
	size_t cap;
	json_t *item, *ahead;   /* owned: the item we stand at; the line after what was read, NULL at the end */
};

static void read_ahead(struct report_memory *m)
{
	ssize_t len = m->file ? getline(&m->line, &m->cap, m->file) : -1;

	rc_json_free(&m->ahead);
	if (len > 0 && len <= MAX_LINE && m->line[len - 1] == '\n')
		(void)rc_json_parse(m->line, (size_t)len - 1, "report.jsonl", &m->ahead, NULL);
}

/* Whole and unchanged? */
static bool is_what_was_written(FILE *file, const struct rc_digest *wanted)
{
	struct rc_digest got;

	return rc_good(rc_digest_fd(fileno(file), 0, -1, "report.jsonl", &got, NULL, NULL)) && rc_digest_equal(&got, wanted);
}

struct report_memory *report_memory_open(const char *path, const struct rc_digest *digest)
{
	struct report_memory *m = rc_alloc(sizeof *m);

	m->file = fopen(path, "re");
	if (!m->file || !is_what_was_written(m->file, digest))
		return m;
	read_ahead(m);
	if (rc_json_int(m->ahead, "memory", 0) == MEMORY_VERSION)
		read_ahead(m);
	else
		rc_json_free(&m->ahead);
	return m;
}

void report_memory_close(struct report_memory **m)
{
	if (!*m)
		return;
	if ((*m)->file)
		(void)fclose((*m)->file);
	rc_json_free(&(*m)->item);
	rc_json_free(&(*m)->ahead);
	free((*m)->line);
	free(*m);
	*m = NULL;
}

static void next_item(struct report_memory *m)
{
	rc_json_free(&m->item);
	while (m->ahead && !json_object_get(m->ahead, "item"))
		read_ahead(m);
	m->item = rc_steal(m->ahead);
	if (m->item)
		read_ahead(m);
}

static bool go_to(struct report_memory *m, const char *item)
{
	if (!m->item)
		next_item(m);
	while (m->item && strcmp(rc_json_str(m->item, "item", ""), item) < 0)
		next_item(m);
	return m->item && strcmp(rc_json_str(m->item, "item", ""), item) == 0;
}

bool report_memory_find(struct report_memory *m, const char *item, const struct rc_digest *key)
{
	char hex[RC_DIGEST_HEX];

	rc_digest_hex(key, hex);
	return go_to(m, item) && strcmp(rc_json_str(m->item, "key", ""), hex) == 0;
}

static bool read_hex(const char *digits, int n, uint32_t *ret)
{
	*ret = 0;
	for (int i = 0; i < n; i++) {
		int c = digits[i], v = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;

		if (v < 0)
			return false;
		*ret = *ret << 4 | (uint32_t)v;
	}
	return true;
}

static bool read_glyphs(const char *digits, struct report_page *p)
{
	size_t len = strlen(digits);

	if (len % GLYPH_DIGITS || len / GLYPH_DIGITS > RC_MAX_GLYPHS)
		return false;
	for (; *digits; digits += GLYPH_DIGITS) {
		struct report_glyph *g = report_add_glyph(p);
		uint32_t confidence, doubt;

		if (!read_hex(digits, 6, &g->cp) || !read_hex(digits + 6, 6, &g->other) || !read_hex(digits + 12, 6, &g->line) ||
		    !read_hex(digits + 18, 2, &confidence) || !read_hex(digits + 20, 2, &doubt) || confidence > 100 || doubt > 100)
			return false;
		g->confidence = (uint8_t)confidence;
		g->doubt = (uint8_t)doubt;
	}
	return true;
}

static bool read_id(const json_t *line, const char *key, bool may_be_empty, char ret[REPORT_ID])
{
	const char *id = rc_json_str(line, key, "");
	uint32_t ignored;

	if (may_be_empty && !*id)
		return true;
	if (strlen(id) != REPORT_ID - 1 || !read_hex(id, REPORT_ID - 1, &ignored))
		return false;
	memcpy(ret, id, REPORT_ID);
	return true;
}

static bool page_from(const json_t *line, const char *item, struct report_page *p)
{
	*p = (struct report_page){
		.item = rc_strdup(item), .number = rc_strdup(rc_json_str(line, "number", "")),
		.name = rc_strdup(rc_json_str(line, "name", "")), .reason = rc_strdup(rc_json_str(line, "reason", "")),
		.order = rc_json_int(line, "order", 0), .page_class = rc_page_class_find(rc_json_str(line, "class", "")),
		.error = (int32_t)rc_json_int(line, "error", -1), .confidence = (int32_t)rc_json_int(line, "confidence", 0),
		.chars = rc_json_int(line, "chars", 0), .lines = rc_json_int(line, "lines", 0),
		.in_text = rc_json_bool(line, "in_text", false), .shown = rc_json_bool(line, "shown", false),
		.width = (int32_t)rc_json_int(line, "width", 0), .height = (int32_t)rc_json_int(line, "height", 0),
	};
	return p->page_class < RC_PAGE_CLASS_COUNT && p->order > 0 && read_id(line, "id", false, p->id) &&
	       read_id(line, "picture", true, p->picture) && read_glyphs(rc_json_str(line, "glyphs", ""), p);
}

enum rc_status report_memory_next(struct report_memory *m, struct report_page *ret, struct rc_err *err)
{
	OWN_REPORT_PAGE page = { .error = -1 };

	if (!m->item || !m->ahead || json_object_get(m->ahead, "item"))
		return RC_SKIP;
	if (!page_from(m->ahead, rc_json_str(m->item, "item", ""), &page))
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_BUG, "cannot use what the report remembers of '%s'", rc_json_str(m->item, "item", ""));
	read_ahead(m);
	*ret = page;
	page = (struct report_page){ .error = -1 };
	return RC_OK;
}

enum rc_status report_memory_page_after(struct report_memory *m, const char *item, int64_t order, struct report_page *ret, struct rc_err *err)
{
	if (!go_to(m, item))
		return RC_SKIP;
	while (m->ahead && !json_object_get(m->ahead, "item") && rc_json_int(m->ahead, "order", 0) < order)
		read_ahead(m);
	return report_memory_next(m, ret, err);
}
