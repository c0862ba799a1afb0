/* config_yaml.c -- batch.yaml; the door to libyaml.
 *
 *   rc_config_parse()   settings over what cfg holds, all or nothing
 *   read_sections()     the outer mapping: section: { ... }
 *   read_section()      one inner mapping: name: value
 *   read_value()        a scalar, or a list of words
 *
 * Read as events, so that the document has exactly the three levels that settings have: anchors, aliases
 * and tags are refused, and nothing can be nested or repeated without end. */
#include <string.h>
#include <yaml.h>

#include "core/config_table.h"
#include "core/limits.h"

struct reader {
	yaml_parser_t parser;
	yaml_event_t event;             /* the current one */
	bool has_event;
	const char *name;               /* of the file, for messages */
	struct rc_config *cfg;          /* a copy, thrown away on error */
	unsigned *lines;                /* per setting: where it was given, 0: not yet */
	unsigned *section_lines;        /* the same for sections, under their first setting */
	struct rc_err *err;
};

static unsigned line_of(const struct reader *r)
{
	return (unsigned)r->event.start_mark.line + 1;
}

/* Fails with "batch.yaml:14: " before the words. */
#define wrong(r, ...)                                                                     \
	rc_fail_in((r)->err, rc_fail((r)->err, RC_RUN_FAILED, RC_WHY_SETTING, __VA_ARGS__), \
	           "%s:%u", (r)->name, line_of(r))

static void drop_event(struct reader *r)
{
	if (r->has_event)
		yaml_event_delete(&r->event);
	r->has_event = false;
}

/* Has the event an anchor or a tag that people wrote? ("!" alone is what libyaml reports for nothing special.) */
static bool is_decorated(const yaml_event_t *e)
{
	switch (e->type) {
	case YAML_SCALAR_EVENT:         return e->data.scalar.anchor || e->data.scalar.tag;
	case YAML_SEQUENCE_START_EVENT: return e->data.sequence_start.anchor || e->data.sequence_start.tag;
	case YAML_MAPPING_START_EVENT:  return e->data.mapping_start.anchor || e->data.mapping_start.tag;
	default:                        return e->type == YAML_ALIAS_EVENT;
	}
}

static enum rc_status next(struct reader *r)
{
	drop_event(r);
	if (!yaml_parser_parse(&r->parser, &r->event)) {
		const char *problem = r->parser.problem ? r->parser.problem : "not YAML";

		/* Errors of the reader (encoding) carry no mark. */
		if (r->parser.error == YAML_MEMORY_ERROR)
			rc_out_of_memory();
		if (r->parser.error == YAML_READER_ERROR)
			return rc_fail(r->err, RC_RUN_FAILED, RC_WHY_SETTING, "%s: byte %zu: %s", r->name,
			               r->parser.problem_offset, problem);
		return rc_fail(r->err, RC_RUN_FAILED, RC_WHY_SETTING, "%s:%zu: %s", r->name,
		               r->parser.problem_mark.line + 1, problem);
	}
	r->has_event = true;
	if (is_decorated(&r->event))
		return wrong(r, "anchors, aliases and tags are not allowed in settings");
	return RC_OK;
}

/* The current scalar as a C string, borrowed; NULL when a zero byte is in it. */
static const char *scalar(const struct reader *r)
{
	const char *text = (const char *)r->event.data.scalar.value;

	return strlen(text) == r->event.data.scalar.length ? text : NULL;
}

static bool is_plain(const struct reader *r)
{
	return r->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

/* Is the current event the scalar that stands for nothing ("run:" with nothing after it)? */
static bool is_null(const struct reader *r)
{
	if (r->event.type != YAML_SCALAR_EVENT || !is_plain(r))
		return false;
	const char *text = scalar(r);

	return text && (!*text || strcmp(text, "~") == 0 || strcmp(text, "null") == 0);
}

/* Reads a list of scalars after its start into "a,b,c". */
static enum rc_status read_list(struct reader *r, const struct rc_setting *s, struct rc_buf *joined)
{
	for (;;) {
		enum rc_status status = next(r);

		if (!rc_good(status))
			return status;
		if (r->event.type == YAML_SEQUENCE_END_EVENT)
			return RC_OK;
		const char *word = r->event.type == YAML_SCALAR_EVENT ? scalar(r) : NULL;

		if (!word || strchr(word, ',') || !*word)
			return wrong(r, "%s: not a list of words", s->full);
		if (joined->len)
			rc_buf_addc(joined, ',');
		rc_buf_adds(joined, word);
	}
}

static enum rc_status read_value(struct reader *r, const struct rc_setting *s)
{
	RC_OWN_BUF text = RC_BUF(RC_MAX_SETTINGS_BYTES);
	enum rc_status status = RC_OK;
	unsigned line = line_of(r);

	if (r->event.type == YAML_SEQUENCE_START_EVENT && s->type == RC_SET_SET) {
		status = read_list(r, s, &text);
	} else if (r->event.type != YAML_SCALAR_EVENT) {
		return wrong(r, "%s: one value is wanted here, not %s", s->full,
		             r->event.type == YAML_MAPPING_START_EVENT ? "a mapping" : "a list");
	} else if (is_null(r) && (s->type != RC_SET_STR || *scalar(r))) {
		return wrong(r, "%s: there is no value", s->full);
	} else if (!scalar(r)) {
		return wrong(r, "%s: there is a zero byte in the text", s->full);
	} else if (!is_plain(r) && (s->type == RC_SET_BOOL || s->type == RC_SET_INT || s->type == RC_SET_REAL)) {
		return wrong(r, "%s: '%s' is text; leave out the quotes", s->full, scalar(r));
	} else {
		rc_buf_adds(&text, scalar(r));
	}
	if (!rc_good(status))
		return status;
	status = rc_setting_put(r->cfg, s, text.data, r->err);
	return rc_good(status) ? RC_OK : rc_fail_in(r->err, status, "%s:%u: %s", r->name, line, s->full);
}

/* One "name: value", of which the name is the current event. */
static enum rc_status read_setting(struct reader *r, const char *section)
{
	RC_OWN_BUF full = RC_BUF(RC_MAX_SETTINGS_BYTES);

	if (r->event.type != YAML_SCALAR_EVENT || !scalar(r))
		return wrong(r, "%s: the name of a setting is wanted here", section);
	rc_buf_addf(&full, "%s.%s", section, scalar(r));
	const struct rc_setting *s = rc_setting_find(full.data);

	if (!s)
		return rc_fail_in(r->err, rc_setting_unknown(full.data, r->err), "%s:%u", r->name, line_of(r));
	unsigned *line = &r->lines[s - rc_settings];

	if (*line)
		return wrong(r, "%s is given twice, first in line %u", s->full, *line);
	*line = line_of(r);
	enum rc_status status = next(r);

	return rc_good(status) ? read_value(r, s) : status;
}

static enum rc_status read_section(struct reader *r, const char *section)
{
	enum rc_status status = next(r);

	if (!rc_good(status) || is_null(r))
		return status;
	if (r->event.type != YAML_MAPPING_START_EVENT)
		return wrong(r, "%s: settings are wanted here, as '  name: value'", section);
	while (rc_good(status = next(r)) && r->event.type != YAML_MAPPING_END_EVENT) {
		status = read_setting(r, section);
		if (!rc_good(status))
			return status;
	}
	return status;
}

static enum rc_status unknown_section(struct reader *r, const char *name)
{
	const char *guess = rc_section_guess(name);

	if (rc_setting_find(name))
		return wrong(r, "'%s' is written as '%.*s:' and, indented below it, '%s:'", name,
		             (int)strcspn(name, "."), name, strchr(name, '.') + 1);
	if (guess)
		return wrong(r, "unknown section '%s' (did you mean '%s'?)", name, guess);
	guess = rc_setting_guess(name);
	if (guess)
		return wrong(r, "unknown section '%s' (did you mean '%s'?)", name, guess);
	return wrong(r, "unknown section '%s'", name);
}

/* The outer mapping; its start is the current event. */
static enum rc_status read_sections(struct reader *r)
{
	enum rc_status status;

	while (rc_good(status = next(r)) && r->event.type != YAML_MAPPING_END_EVENT) {
		if (r->event.type != YAML_SCALAR_EVENT || !scalar(r))
			return wrong(r, "the name of a section is wanted here");
		const struct rc_setting *first = rc_section_find(scalar(r));

		if (!first)
			return unknown_section(r, scalar(r));
		unsigned *line = &r->section_lines[first - rc_settings];

		if (*line)
			return wrong(r, "section '%s' is given twice, first in line %u", first->section, *line);
		*line = line_of(r);
		status = read_section(r, first->section);
		if (!rc_good(status))
			return status;
	}
	return status;
}

static enum rc_status read_stream(struct reader *r)
{
	enum rc_status status = next(r);                /* start of the stream */

	if (rc_good(status))
		status = next(r);
	if (!rc_good(status) || r->event.type == YAML_STREAM_END_EVENT)
		return status;
	status = next(r);                               /* after the start of the document */
	if (!rc_good(status))
		return status;
	if (r->event.type == YAML_MAPPING_START_EVENT)
		status = read_sections(r);
	else if (!is_null(r))
		return wrong(r, "sections are wanted here, as 'run:'");
	if (rc_good(status))
		status = next(r);                       /* end of the document */
	if (rc_good(status))
		status = next(r);
	if (rc_good(status) && r->event.type != YAML_STREAM_END_EVENT)
		return wrong(r, "there is a second document");
	return status;
}

enum rc_status rc_config_parse(struct rc_config *cfg, const char *yaml, size_t len, const char *name, struct rc_err *err)
{
	RC_CLEANUP(rc_config_free) struct rc_config *copy = rc_config_copy(cfg);
	RC_CLEANUP(rc_free) unsigned *lines = rc_alloc(2 * rc_n_settings * sizeof *lines);
	struct rc_err unheard;
	struct reader r = { .name = name, .cfg = copy, .lines = lines, .section_lines = lines + rc_n_settings,
	                    .err = err ? err : &unheard };

	if (len > RC_MAX_SETTINGS_BYTES)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_SETTING, "%s: larger than %d bytes", name, RC_MAX_SETTINGS_BYTES);
	if (!yaml_parser_initialize(&r.parser))
		rc_out_of_memory();
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)yaml, len);
	enum rc_status status = read_stream(&r);

	drop_event(&r);
	yaml_parser_delete(&r.parser);
	if (rc_good(status)) {
		struct rc_config old = *cfg;

		*cfg = *copy;
		*copy = old;
	}
	return status;
}

enum rc_status rc_config_load(struct rc_config *cfg, const char *path, struct rc_err *err)
{
	RC_OWN_BUF yaml = RC_BUF(RC_MAX_SETTINGS_BYTES);
	enum rc_status status = rc_buf_read_file(&yaml, path, err);

	if (!rc_good(status)) {
		/* Settings that cannot be read stop everything, whatever the cause. */
		if (err && err->reason != RC_WHY_MISSING && err->reason != RC_WHY_DISK)
			err->reason = err->reason == RC_WHY_UNREADABLE ? RC_WHY_MISSING : RC_WHY_SETTING;
		return RC_RUN_FAILED;
	}
	return rc_config_parse(cfg, yaml.data, yaml.len, path, err);
}
