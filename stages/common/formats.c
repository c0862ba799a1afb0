/* formats.c -- the walk through a document of somebody's format.
 *
 *   format_find()      root element -> format
 *   format_check()     walk(): the format's rules at every event; format_names_check() at the end
 *   format_broken() ...    what the rules of a format use */
#include "common/formats.h"

#include <stdio.h>
#include <string.h>

#include "common/format_parts.h"
#include "common/record_values.h"

static bool starts_with(const char *s, const char *start)
{
	return strncmp(s, start, strlen(start)) == 0;
}

const char *format_name(enum format format)
{
	static const char *const names[] = { "alto", "page", "mets", "premis", "xml" };

	return names[format];
}

enum format format_find(const char *uri, const char *root)
{
	if (starts_with(uri, "http://www.loc.gov/standards/alto/") || strcmp(uri, "http://schema.ccs-gmbh.com/ALTO") == 0 ||
	    (!*uri && strcmp(root, "alto") == 0))
		return FORMAT_ALTO;
	if (starts_with(uri, "http://schema.primaresearch.org/PAGE/gts/pagecontent/"))
		return FORMAT_PAGE;
	if (strcmp(uri, "http://www.loc.gov/METS/") == 0)
		return FORMAT_METS;
	if (starts_with(uri, "http://www.loc.gov/premis/") || starts_with(uri, "info:lc/xmlns/premis"))
		return FORMAT_PREMIS;
	return FORMAT_OTHER;
}

/* ---- what the rules use ------------------------------------------------------------------------------- */

static void tell(struct format_check *c, enum rule rule, bool warning, const char *actual, const char *expected, const char *message)
{
	if (rc_good(c->status))
		c->on_finding(c->ctx, &(struct format_finding){ .line = xml_line(c->xml), .rule = rule, .warning = warning,
			.actual = actual, .expected = expected, .message = message });
}

void format_broken(struct format_check *c, enum rule rule, const char *actual, const char *expected, const char *message)
{
	tell(c, rule, false, actual, expected, message);
}

void format_advise(struct format_check *c, enum rule rule, const char *actual, const char *expected, const char *message)
{
	tell(c, rule, true, actual, expected, message);
}

const char *format_attr(const struct format_check *c, const char *name)
{
	const char *value = xml_get(c->xml, name);

	return value ? value : "";
}

bool format_number(struct format_check *c, const char *name, double low, double *ret)
{
	static const double most = 1e9;
	const char *value = xml_get(c->xml, name);
	char message[100];

	if (!value)
		return false;
	if (record_get_real(value, low, most, ret))
		return true;
	snprintf(message, sizeof message, "%s is no number from %g on", name, low);
	if (!c->by_schema || record_get_real(value, -most, most, ret))
		format_broken(c, RULE_NUMBER, value, "", message);
	return false;
}

bool format_confidence(struct format_check *c, const char *name, double *ret)
{
	const char *value = xml_get(c->xml, name);
	char message[100];

	if (!value)
		return false;
	if (record_get_real(value, 0, 1, ret))
		return true;
	snprintf(message, sizeof message, "%s is no confidence", name);
	if (!c->by_schema)
		format_broken(c, RULE_CONFIDENCE, value, "from 0 to 1", message);
	return false;
}

void format_id(struct format_check *c, const char *id, char kind)
{
	if (*id)
		format_names_add(&c->ids, id, strlen(id), (struct format_name){ .line = xml_line(c->xml), .kind = kind });
}

void format_refs(struct format_check *c, const char *attribute, char kind, enum rule rule)
{
	static const char blanks[] = " \t\r\n";
	const char *at = format_attr(c, attribute);

	for (size_t len; *(at += strspn(at, blanks)); at += len) {
		len = strcspn(at, blanks);
		format_names_add(&c->refs, at, len, (struct format_name){ .line = xml_line(c->xml), .kind = kind, .rule = rule });
	}
}

/* ---- the walk ----------------------------------------------------------------------------------------- */

static const struct format_rules no_rules;

static const struct format_rules *rules_of(enum format format)
{
	return format == FORMAT_ALTO ? &format_alto : format == FORMAT_PAGE ? &format_page : format == FORMAT_METS ? &format_mets :
	       &no_rules;
}

static void on_invalid(void *ctx, int64_t line, const char *message)
{
	struct format_check *c = ctx;

	if (rc_good(c->status))
		c->on_finding(c->ctx, &(struct format_finding){ .line = line, .rule = RULE_SCHEMA, .actual = "", .expected = "",
			.message = message });
}

/* What stands inside a foreign element is not ours to judge. */
static void walk(struct format_check *c, const struct format_rules *rules)
{
	RC_OWN_STR root = NULL;
	enum xml_event event = XML_EVENT_DONE;

	while (rc_good(c->status)) {
		c->status = xml_next(c->xml, &event, c->err);
		if (!rc_good(c->status) || event == XML_EVENT_DONE)
			break;
		if (!root)
			root = rc_strdup(xml_namespace(c->xml));
		if (event == XML_EVENT_TEXT && rules->text)
			rules->text(c, xml_value(c->xml));
		if (event == XML_EVENT_TEXT || strcmp(xml_namespace(c->xml), root) != 0)
			continue;
		if (event == XML_EVENT_START && rules->start)
			rules->start(c, xml_name(c->xml));
		if (event == XML_EVENT_END && rules->end)
			rules->end(c, xml_name(c->xml));
	}
	if (rc_good(c->status) && rules->done)
		rules->done(c);
	if (rc_good(c->status))
		format_names_check(c);
}

static void clear(struct format_check *c)
{
	xml_reader_close(&c->xml);
	format_names_free(&c->ids);
	format_names_free(&c->refs);
	free(c->state);
}

enum rc_status format_check(const char *path, enum format format, const struct xml_schema *schema, format_finding_fn *on_finding,
                            void *ctx, struct rc_err *err)
{
	const struct format_rules *rules = rules_of(format);
	RC_CLEANUP(clear) struct format_check c = {
		.path = path, .by_schema = schema != NULL, .on_finding = on_finding, .ctx = ctx, .err = err,
	};

	if (rules->state)
		c.state = rc_alloc(rules->state);
	c.status = xml_reader_open(&c.xml, path, path, err);
	if (rc_good(c.status) && schema)
		c.status = xml_reader_check(c.xml, schema, on_invalid, &c, err);
	if (rc_good(c.status))
		walk(&c, rules);
	return rc_good(c.status) ? RC_OK : c.status;
}
