/* validate_xml.c -- one XML file: what it is, and the checks of it.
 *
 *   validate_xml()      a record, or a format of others; of another kind it is a finding where a person named it
 *   validate_record()   schema, rules, and what the ledger says
 *   check_format()      common/formats.h with the schema that --schemas leads to */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/validate.h"
#include "common/formats.h"
#include "common/record.h"
#include "common/record_values.h"
#include "core/digest.h"

struct root {                   /* of a document; strings owned */
	char *name, *uri, *hint;
};

static void root_clear(struct root *root)
{
	free(root->name);
	free(root->uri);
	free(root->hint);
}

static enum rc_status read_root(const char *path, struct root *ret, struct rc_err *err)
{
	static const char instance[] = "http://www.w3.org/2001/XMLSchema-instance";
	RC_CLEANUP(xml_reader_close) struct xml_reader *r = NULL;
	enum xml_event event = XML_EVENT_DONE;
	enum rc_status status = xml_reader_open(&r, path, path, err);

	if (rc_good(status))
		status = xml_next(r, &event, err);
	if (!rc_good(status))
		return status;
	const char *hint = xml_get_in(r, instance, "schemaLocation");

	*ret = (struct root){ rc_strdup(xml_name(r)), rc_strdup(xml_namespace(r)), rc_strdup(hint ? hint : "") };
	return RC_OK;
}

static bool is_record(const struct root *root)
{
	return strcmp(root->name, "record") == 0 && strcmp(root->uri, RECORD_NS) == 0;
}

/* "cannot read 'x.xml': line 12: why": the line, and *why past it; 0 without one. */
static int64_t line_in(const char *text, const char **why)
{
	static const char mark[] = "': line ";
	const char *at = strstr(text, mark);
	char *end;

	*why = text;
	if (!at)
		return 0;
	long long line = strtoll(at + strlen(mark), &end, 10);

	if (strncmp(end, ": ", 2) != 0)
		return 0;
	*why = end + 2;
	return line;
}

static void on_record_finding(void *ctx, int64_t line, enum rule rule, const char *actual, const char *expected, const char *message)
{
	report_add(ctx, &(struct finding){ .line = line, .rule = rule, .actual = actual, .expected = expected, .message = message });
}

static enum rc_status read_record(struct report *report, const char *path, struct rc_err *err)
{
	RC_CLEANUP(record_close) struct record_reader *reader = NULL;
	struct record_page *page;
	enum rc_status status = record_open_checked(&reader, path, on_record_finding, report, err);

	while (status == RC_OK)
		status = record_next(reader, &page, err);
	return status;
}

static enum rc_status check_digest(struct report *report, const char *path, const struct rc_digest *expected, struct rc_err *err)
{
	RC_OWN_FD fd = open(path, O_RDONLY | O_CLOEXEC);
	char is[RC_DIGEST_HEX], should[RC_DIGEST_HEX];
	struct rc_digest digest;
	enum rc_status status;

	if (fd < 0)
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_UNREADABLE, "cannot read '%s'", path);
	status = rc_digest_fd(fd, 0, -1, path, &digest, NULL, err);
	if (rc_good(status) && !rc_digest_equal(&digest, expected))
		report_add(report, &(struct finding){ .rule = RULE_RECORD_CHANGED, .actual = rc_digest_hex(&digest, is),
			.expected = rc_digest_hex(expected, should), .message = "the record is not the one that was written" });
	return status;
}

/* What ended the reading is a finding too. */
static void report_end_of(struct report *report, enum rc_status status, const struct rc_err *why)
{
	const char *text;

	if (!rc_good(status)) {
		int64_t line = line_in(why->text, &text);

		report_rule(report, NULL, line, why->reason == RC_WHY_FORMAT ? RULE_XML : RULE_UNREADABLE, text);
	}
	report_end(report);
}

/* ---- records ------------------------------------------------------------------------------------------ */

enum rc_status validate_record(struct report *report, const char *path, const struct rc_digest *expected, struct rc_err *err)
{
	RC_CLEANUP(root_clear) struct root root = { 0 };
	struct rc_err why = { 0 };

	report_begin(report, path, "record");
	enum rc_status status = read_root(path, &root, &why);

	if (rc_good(status) && !is_record(&root))
		report_rule(report, NULL, 1, RULE_UNKNOWN_KIND, "XML of another kind, or a record of another version");
	else if (rc_good(status))
		status = read_record(report, path, &why);
	if (rc_good(status) && expected && report_invalid_here(report) == 0)
		status = check_digest(report, path, expected, &why);
	report_end_of(report, status, &why);
	return RC_OK;
}

/* ---- formats of others -------------------------------------------------------------------------------- */

static void on_format_finding(void *ctx, const struct format_finding *f)
{
	report_add(ctx, &(struct finding){ .line = f->line, .rule = f->rule, .warning = f->warning, .actual = f->actual,
		.expected = f->expected, .message = f->message });
}

/* RC_RUN_FAILED: what the user named as its schema cannot be used. */
static enum rc_status check_format(const struct validation *v, const char *path, enum format format, const struct root *root,
                                   const struct xml_schema *schema)
{
	struct rc_err why = { 0 };

	report_begin(v->report, path, format_name(format));
	if (!schema && report_once(v->report, root->uri))
		report_add(v->report, &(struct finding){ .rule = RULE_NO_SCHEMA, .warning = true, .actual = root->uri,
			.message = "checked by our own rules alone: no schema of this namespace is named (--schemas)" });
	enum rc_status status = format_check(path, format, schema, on_format_finding, v->report, &why);

	report_end_of(v->report, status, &why);
	return RC_OK;
}

enum rc_status validate_xml(const struct validation *v, const char *path, bool named, struct rc_err *err)
{
	RC_CLEANUP(root_clear) struct root root = { 0 };
	const struct xml_schema *schema = NULL;
	struct rc_err why = { 0 };

	/* Damage is told where a record's would be. */
	if (!rc_good(read_root(path, &root, &why)) || is_record(&root))
		return validate_record(v->report, path, NULL, err);
	enum format format = format_find(root.uri, root.name);
	enum rc_status status = v->schemas ? schema_set_find(v->schemas, root.uri, root.hint, &schema, err) : RC_SKIP;

	if (!rc_good(status))
		return status;
	if (format != FORMAT_OTHER || schema)
		return check_format(v, path, format, &root, schema);
	return named || strcmp(root.name, "record") == 0 ? validate_record(v->report, path, NULL, err) : RC_OK;
}
