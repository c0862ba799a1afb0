/* s3_xml.c -- the few shapes of XML that S3 servers answer with, read as a stream (common/xml.h has the limits). */
#include "upload/s3_xml.h"

#include <stdio.h>
#include <string.h>

#include "common/xml.h"

struct walk {
	struct xml_reader *r;
	struct rc_buf value;
	char group[80], name[80];
	int depth;
	s3_field_fn *field;
	void *ctx;
};

static enum rc_status on_end(struct walk *w, struct rc_err *err)
{
	enum rc_status status = RC_OK;

	if (w->value.failed)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_NETWORK, "the answer has a value of more than %d bytes", S3_XML_VALUE);
	if (w->depth == 3)
		status = w->field(w->ctx, w->group, xml_name(w->r), w->value.data, err);
	else if (w->depth == 2 && *w->name)
		status = w->field(w->ctx, w->group, NULL, NULL, err);
	else if (w->depth == 2)
		status = w->field(w->ctx, "", xml_name(w->r), w->value.data, err);
	rc_buf_clear(&w->value);
	return status;
}

static enum rc_status on_start(struct walk *w, const char *root, struct rc_err *err)
{
	w->depth++;
	rc_buf_clear(&w->value);
	if (w->depth == 1 && strcmp(xml_name(w->r), root) != 0)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_NETWORK, "the server answers <%.60s> and not <%s>", xml_name(w->r), root);
	if (w->depth == 2) {
		snprintf(w->group, sizeof w->group, "%s", xml_name(w->r));
		w->name[0] = '\0';
	}
	if (w->depth == 3)
		snprintf(w->name, sizeof w->name, "%s", xml_name(w->r));
	return RC_OK;
}

static enum rc_status walk_all(struct walk *w, const char *root, struct rc_err *err)
{
	enum xml_event event = XML_EVENT_START;
	enum rc_status status = xml_next(w->r, &event, err);

	for (; rc_good(status) && event != XML_EVENT_DONE; status = rc_good(status) ? xml_next(w->r, &event, err) : status) {
		if (event == XML_EVENT_START)
			status = on_start(w, root, err);
		else if (event == XML_EVENT_TEXT)
			rc_buf_adds(&w->value, xml_value(w->r));
		else if (event == XML_EVENT_END) {
			status = on_end(w, err);
			w->depth--;
		}
	}
	return status;
}

enum rc_status s3_xml_each(const struct rc_buf *xml, const char *root, s3_field_fn *field, void *ctx, struct rc_err *err)
{
	RC_CLEANUP(xml_reader_close) struct xml_reader *r = xml_reader_of_bytes(xml->data, xml->len, "the answer of the server");
	RC_OWN_BUF value = RC_BUF(S3_XML_VALUE);
	struct walk w = { .r = r, .value = value, .field = field, .ctx = ctx };
	enum rc_status status = walk_all(&w, root, err);

	value = w.value;
	if (status == RC_PAGE_FAILED) {
		err->reason = RC_WHY_NETWORK;
		return RC_RUN_FAILED;
	}
	return status;
}

static enum rc_status note_error(void *ctx, const char *group, const char *name, const char *value, struct rc_err *err)
{
	struct s3_error *e = ctx;

	if (*group || !name)
		return RC_OK;
	if (strcmp(name, "Code") == 0)
		snprintf(e->code, sizeof e->code, "%s", value);
	else if (strcmp(name, "Message") == 0)
		snprintf(e->message, sizeof e->message, "%s", value);
	else if (strcmp(name, "Region") == 0)
		snprintf(e->region, sizeof e->region, "%s", value);
	return RC_OK;
}

void s3_xml_error(const struct rc_buf *xml, struct s3_error *ret)
{
	struct rc_err ignored;

	*ret = (struct s3_error){ 0 };
	if (xml->len)
		s3_xml_each(xml, "Error", note_error, ret, &ignored);
}
