/* xml.c -- XML written and read as a stream, with libxml2.
 *
 *   writing    xml_writer_new(), xml_start(), xml_attr(), xml_text(), xml_end(), xml_writer_finish()
 *   reading    xml_reader_open(), xml_next(): one libxml2 node -> one event
 *   findings   on_error(): what libxml2 says becomes our message, or the caller's finding
 *
 * libxml2's own limits stay on (10 MB for one text or attribute, no XML_PARSE_HUGE); a document type is refused as
 * soon as it is seen, and of a document nothing external is ever loaded. Prints nothing. */
#include "common/xml_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <libxml/xmlreader.h>
#include <libxml/xmlwriter.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/outfile.h"
#include "core/text.h"

static const char *chars(const xmlChar *s)
{
	return s ? (const char *)s : "";
}

static const xmlChar *bytes_of(const char *s)
{
	return (const xmlChar *)s;
}

/* ---- what XML may hold ------------------------------------------------------------------------------ */

bool xml_allows(uint32_t cp)
{
	if (cp == '\t' || cp == '\n' || cp == '\r')
		return true;
	if (cp < 0x20 || (cp >= 0x7F && cp < 0xA0))
		return false;
	if (cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF))
		return false;
	return (cp & 0xFFFE) != 0xFFFE && !(cp >= 0xFDD0 && cp <= 0xFDEF);
}

void xml_clean(struct rc_buf *out, const char *text)
{
	for (uint32_t cp; (cp = rc_utf8_next(&text)) != 0;)
		rc_buf_add_cp(out, xml_allows(cp) ? cp : 0xFFFD);
}

static bool is_clean(const char *text)
{
	for (uint32_t cp; (cp = rc_utf8_next(&text)) != 0;)
		if (!xml_allows(cp))
			return false;
	return true;
}

/* ---- writing ---------------------------------------------------------------------------------------- */

enum { MAX_STRING = 64 << 20 };         /* one attribute or text that must be cleaned */

enum rc_status xml_to_buf(void *ctx, const void *bytes, size_t len, struct rc_err *err)
{
	rc_buf_add(ctx, bytes, len);
	return rc_buf_check(ctx, "an XML document", err);
}

enum rc_status xml_to_file(void *ctx, const void *bytes, size_t len, struct rc_err *err)
{
	return rc_outfile_write(ctx, bytes, len, err);
}

struct xml_writer {
	xmlTextWriterPtr to;
	xml_sink_fn *sink;
	void *ctx;
	enum rc_status status;
	struct rc_err err;
};

static int on_bytes(void *ctx, const char *bytes, int len)
{
	struct xml_writer *w = ctx;

	if (!rc_good(w->status))
		return -1;
	w->status = w->sink(w->ctx, bytes, (size_t)len, &w->err);
	return rc_good(w->status) ? len : -1;
}

struct xml_writer *xml_writer_new(xml_sink_fn *sink, void *ctx)
{
	struct xml_writer *w = rc_alloc(sizeof *w);

	xml_prepare_library();
	xmlOutputBufferPtr out = xmlOutputBufferCreateIO(on_bytes, NULL, w, NULL);

	w->sink = sink;
	w->ctx = ctx;
	w->to = out ? xmlNewTextWriter(out) : NULL;
	if (!w->to || xmlTextWriterSetIndent(w->to, 1) < 0 || xmlTextWriterStartDocument(w->to, NULL, "UTF-8", NULL) < 0)
		rc_out_of_memory();
	return w;
}

/* libxml2 says -1 for a failed sink (which has told why) and for its own failures. */
static void done(struct xml_writer *w, int result)
{
	if (result < 0 && rc_good(w->status))
		w->status = rc_fail(&w->err, RC_RUN_FAILED, RC_WHY_BUG, "cannot write XML: libxml2 refuses it");
}

void xml_start(struct xml_writer *w, const char *name)
{
	if (rc_good(w->status))
		done(w, xmlTextWriterStartElement(w->to, bytes_of(name)));
}

/* text itself, or what is left of it in `clean`. */
static const char *writable(struct xml_writer *w, const char *text, struct rc_buf *clean)
{
	if (is_clean(text))
		return text;
	xml_clean(clean, text);
	if (clean->failed)
		w->status = rc_fail(&w->err, RC_PAGE_FAILED, RC_WHY_BYTES, "cannot write XML: a text is too long");
	return clean->data;
}

void xml_attr(struct xml_writer *w, const char *name, const char *value)
{
	RC_OWN_BUF clean = RC_BUF(MAX_STRING);

	if (rc_good(w->status))
		done(w, xmlTextWriterWriteAttribute(w->to, bytes_of(name), bytes_of(writable(w, value, &clean))));
}

void xml_attr_int(struct xml_writer *w, const char *name, int64_t value)
{
	char text[32];

	snprintf(text, sizeof text, "%lld", (long long)value);
	xml_attr(w, name, text);
}

void xml_text(struct xml_writer *w, const char *text)
{
	RC_OWN_BUF clean = RC_BUF(MAX_STRING);

	if (rc_good(w->status) && *text)
		done(w, xmlTextWriterWriteString(w->to, bytes_of(writable(w, text, &clean))));
}

void xml_end(struct xml_writer *w)
{
	if (rc_good(w->status))
		done(w, xmlTextWriterEndElement(w->to));
}

void xml_element(struct xml_writer *w, const char *name, const char *text)
{
	xml_start(w, name);
	xml_text(w, text);
	xml_end(w);
}

enum rc_status xml_writer_status(const struct xml_writer *w, struct rc_err *err)
{
	if (!rc_good(w->status) && err)
		*err = w->err;
	return w->status;
}

enum rc_status xml_writer_finish(struct xml_writer *w, struct rc_err *err)
{
	if (rc_good(w->status))
		done(w, xmlTextWriterEndDocument(w->to));
	if (rc_good(w->status))
		done(w, xmlTextWriterFlush(w->to));
	return xml_writer_status(w, err);
}

void xml_writer_free(struct xml_writer **w)
{
	if (!*w)
		return;
	/* Closing flushes; what was not finished shall not reach the sink any more. */
	if (rc_good((*w)->status))
		(*w)->status = RC_RUN_FAILED;
	xmlFreeTextWriter((*w)->to);
	free(*w);
	*w = NULL;
}

/* ---- reading ----------------------------------------------------------------------------------------- */

struct attribute {
	const char *name, *uri; /* in libxml2's dictionary; "" without a namespace */
	xmlChar *value;         /* owned */
};

struct xml_reader {
	char *name;
	int fd;                 /* -1: it is read from bytes */
	const char *bytes;      /* borrowed */
	size_t left;            /* of them */
	xmlTextReaderPtr from;
	xmlSchemaValidCtxtPtr check;
	xml_invalid_fn *on_invalid;
	void *ctx;
	struct attribute attributes[XML_ATTR_LIMIT];
	size_t n_attributes;
	int64_t text_line;      /* where the text that was the last event ends; 0: it was something else */
	int64_t start_line;     /* the same for the text before the element that starts */
	bool pending_end;       /* "<a/>": its start was given, its end was not */
	bool failed_read;       /* errno_read says why the file could not be read */
	int errno_read;
	int64_t error_line;     /* 0: no error so far */
	char error[500];
};

static int read_bytes(void *ctx, char *to, int len)
{
	struct xml_reader *r = ctx;

	if (r->fd < 0) {
		size_t n = r->left < (size_t)len ? r->left : (size_t)len;

		memcpy(to, r->bytes, n);
		r->bytes += n;
		r->left -= n;
		return (int)n;
	}
	for (;;) {
		ssize_t got = read(r->fd, to, (size_t)len);

		if (got >= 0)
			return (int)got;
		if (errno == EINTR)
			continue;
		r->failed_read = true;
		r->errno_read = errno;
		return -1;
	}
}

static void on_error(void *ctx, xmlErrorPtr error)
{
	struct xml_reader *r = ctx;
	char text[500];

	xml_tidy(error->message ? error->message : "unknown error", text, sizeof text);
	if (error->domain == XML_FROM_SCHEMASV) {
		if (r->on_invalid)
			r->on_invalid(r->ctx, error->line, text);
	} else if (error->level >= XML_ERR_ERROR && r->error_line == 0) {
		r->error_line = error->line > 0 ? error->line : 1;
		memcpy(r->error, text, sizeof r->error);
	}
}

static enum rc_status open_file(const char *path, const char *name, int *ret, struct rc_err *err)
{
	RC_OWN_FD fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0)
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot read '%s'", name);
	if (!S_ISREG(st.st_mode))
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_UNREADABLE, "cannot read '%s': not a file", name);
	*ret = fd;
	fd = -1;
	return RC_OK;
}

static struct xml_reader *reader_new(const char *name, int fd, const void *bytes, size_t len)
{
	struct xml_reader *r = rc_alloc(sizeof *r);

	xml_prepare_library();
	xmlResetLastError();
	r->name = rc_strdup(name);
	r->fd = fd;
	r->bytes = bytes;
	r->left = len;
	r->from = xmlReaderForIO(read_bytes, NULL, r, NULL, NULL, XML_PARSE_NONET | XML_PARSE_BIG_LINES | XML_PARSE_NOCDATA);
	if (!r->from)
		rc_out_of_memory();
	xmlTextReaderSetStructuredErrorHandler(r->from, on_error, r);
	return r;
}

enum rc_status xml_reader_open(struct xml_reader **ret, const char *path, const char *name, struct rc_err *err)
{
	int fd = -1;
	enum rc_status status = open_file(path, name, &fd, err);

	if (rc_good(status))
		*ret = reader_new(name, fd, NULL, 0);
	return status;
}

struct xml_reader *xml_reader_of_bytes(const void *bytes, size_t len, const char *name)
{
	return reader_new(name, -1, bytes, len);
}

enum rc_status xml_reader_check(struct xml_reader *r, const struct xml_schema *schema, xml_invalid_fn *on_invalid,
                                void *ctx, struct rc_err *err)
{
	r->on_invalid = on_invalid;
	r->ctx = ctx;
	r->check = xmlSchemaNewValidCtxt(schema->schema);
	if (!r->check)
		rc_out_of_memory();
	if (xmlTextReaderSchemaValidateCtxt(r->from, r->check, 0) != 0)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_BUG, "cannot check '%s': libxml2 refuses the schema", r->name);
	return RC_OK;
}

static void drop_attributes(struct xml_reader *r)
{
	while (r->n_attributes > 0)
		xmlFree(r->attributes[--r->n_attributes].value);
}

/* Copies of the attributes; declarations of namespaces are none. */
static enum rc_status take_attributes(struct xml_reader *r, struct rc_err *err)
{
	int more = xmlTextReaderMoveToFirstAttribute(r->from);

	for (; more == 1; more = xmlTextReaderMoveToNextAttribute(r->from)) {
		const char *uri = chars(xmlTextReaderConstNamespaceUri(r->from));
		const char *name = chars(xmlTextReaderConstLocalName(r->from));

		if (xmlTextReaderIsNamespaceDecl(r->from) == 1)
			continue;
		if (r->n_attributes == XML_ATTR_LIMIT)
			return xml_bad(r, err, "more than %d attributes", XML_ATTR_LIMIT);
		xmlChar *value = xmlTextReaderValue(r->from);

		if (!value)
			return xml_bad(r, err, "cannot read attribute '%s'", name);
		r->attributes[r->n_attributes++] = (struct attribute){ name, uri, value };
	}
	xmlTextReaderMoveToElement(r->from);
	return RC_OK;
}

static enum rc_status cannot_parse(struct xml_reader *r, struct rc_err *err)
{
	if (r->failed_read) {
		errno = r->errno_read;
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_UNREADABLE, "cannot read '%s'", r->name);
	}
	/* A schema puts handlers of its own between parser and reader; what the parser says then only stands here. */
	if (r->error_line == 0 && xmlGetLastError() && xmlGetLastError()->domain == XML_FROM_PARSER)
		on_error(r, xmlGetLastError());
	if (r->error_line == 0)
		return xml_bad(r, err, "not well formed");
	return rc_fail(err, RC_PAGE_FAILED, RC_WHY_FORMAT, "cannot read '%s': line %lld: %s", r->name,
	               (long long)r->error_line, r->error);
}

/* Does the node become an event? RC_SKIP: no. */
static enum rc_status to_event(struct xml_reader *r, enum xml_event *ret, struct rc_err *err)
{
	switch (xmlTextReaderNodeType(r->from)) {
	case XML_READER_TYPE_ELEMENT:
		if (xmlTextReaderDepth(r->from) >= XML_DEPTH_LIMIT)
			return xml_bad(r, err, "elements nested deeper than %d", XML_DEPTH_LIMIT);
		r->pending_end = xmlTextReaderIsEmptyElement(r->from) == 1;
		*ret = XML_EVENT_START;
		return take_attributes(r, err);
	case XML_READER_TYPE_END_ELEMENT:
		*ret = XML_EVENT_END;
		return RC_OK;
	case XML_READER_TYPE_TEXT:
	case XML_READER_TYPE_CDATA:
	case XML_READER_TYPE_WHITESPACE:
	case XML_READER_TYPE_SIGNIFICANT_WHITESPACE:
		*ret = XML_EVENT_TEXT;
		return RC_OK;
	case XML_READER_TYPE_DOCUMENT_TYPE:
	case XML_READER_TYPE_ENTITY:
	case XML_READER_TYPE_ENTITY_REFERENCE:
		return xml_bad(r, err, "document types and entities are not allowed");
	default:
		return RC_SKIP;
	}
}

enum { LINE_KEPT = 65535 };             /* the largest line that a node can hold; only texts have room for more */

/* Text ends where the next thing starts, and libxml2 notes the line when it ends. */
static void note_line(struct xml_reader *r, enum xml_event event)
{
	xmlNodePtr node = xmlTextReaderCurrentNode(r->from);

	r->start_line = event == XML_EVENT_START ? r->text_line : 0;
	r->text_line = event == XML_EVENT_TEXT && node ? xmlGetLineNo(node) : 0;
}

enum rc_status xml_next(struct xml_reader *r, enum xml_event *ret, struct rc_err *err)
{
	enum rc_status status = RC_SKIP;

	drop_attributes(r);
	if (r->pending_end) {
		r->pending_end = false;
		note_line(r, XML_EVENT_END);
		*ret = XML_EVENT_END;
		return RC_OK;
	}
	while (status == RC_SKIP) {
		int more = xmlTextReaderRead(r->from);

		if (more < 0 || r->failed_read || r->error_line)
			return cannot_parse(r, err);
		if (more == 0) {
			*ret = XML_EVENT_DONE;
			return RC_OK;
		}
		status = to_event(r, ret, err);
	}
	if (status == RC_OK)
		note_line(r, *ret);
	return status;
}

const char *xml_name(const struct xml_reader *r)
{
	return chars(xmlTextReaderConstLocalName(r->from));
}

const char *xml_namespace(const struct xml_reader *r)
{
	return chars(xmlTextReaderConstNamespaceUri(r->from));
}

const char *xml_get_in(const struct xml_reader *r, const char *uri, const char *attribute)
{
	for (size_t i = 0; i < r->n_attributes; i++)
		if (strcmp(r->attributes[i].name, attribute) == 0 && strcmp(r->attributes[i].uri, uri) == 0)
			return (const char *)r->attributes[i].value;
	return NULL;
}

const char *xml_get(const struct xml_reader *r, const char *attribute)
{
	return xml_get_in(r, "", attribute);
}

const char *xml_value(const struct xml_reader *r)
{
	return chars(xmlTextReaderConstValue(r->from));
}

/* Beyond line 65535, where an element keeps no line: that of the blanks before it, or the parser's, which is near. */
int64_t xml_line(const struct xml_reader *r)
{
	xmlNodePtr node = xmlTextReaderCurrentNode(r->from);
	int parser_line = xmlTextReaderGetParserLineNumber(r->from);
	long line = node ? xmlGetLineNo(node) : 0;

	if (parser_line > LINE_KEPT && r->start_line > 0)
		return r->start_line;
	if (line > 0 && (line != LINE_KEPT || parser_line <= LINE_KEPT))
		return line;
	return parser_line > 0 ? parser_line : 1;
}

enum rc_status xml_bad(const struct xml_reader *r, struct rc_err *err, const char *fmt, ...)
{
	char text[500];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	return rc_fail(err, RC_PAGE_FAILED, RC_WHY_FORMAT, "cannot read '%s': line %lld: %s", r->name,
	               (long long)xml_line(r), text);
}

void xml_reader_close(struct xml_reader **r)
{
	if (!*r)
		return;
	drop_attributes(*r);
	xmlFreeTextReader((*r)->from);
	if ((*r)->check)
		xmlSchemaFreeValidCtxt((*r)->check);
	rc_close(&(*r)->fd);
	free((*r)->name);
	free(*r);
	*r = NULL;
}

const char *xml_version(void)
{
	return LIBXML_DOTTED_VERSION;
}
