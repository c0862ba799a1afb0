/* xml.h -- the door to libxml2: writing XML as a stream, and reading it as one with distrust.
 *
 * Reading: no document type, so no entities of any kind; nothing is fetched from anywhere; depth, names and the
 * length of one text or attribute are limited; memory is bounded by one element. A document may be checked
 * against a schema (XSD 1.0) on the way. */
#ifndef COMMON_XML_H
#define COMMON_XML_H

#include "core/buf.h"

/* ---- writing -------------------------------------------------------------------------------------- */

/* Takes the bytes as they are made. A status that is not good ends the writing and becomes its outcome. */
typedef enum rc_status xml_sink_fn(void *ctx, const void *bytes, size_t len, struct rc_err *err);

/* The two usual sinks; ctx is a struct rc_buf or a struct rc_outfile. */
enum rc_status xml_to_buf(void *ctx, const void *bytes, size_t len, struct rc_err *err);
enum rc_status xml_to_file(void *ctx, const void *bytes, size_t len, struct rc_err *err);

struct xml_writer;

/* Starts a document in UTF-8, indented by one space; ctx is borrowed until the writer is freed. Calls need not be
 * checked: after a failure they do nothing, and xml_writer_finish() tells. Strings are UTF-8; what XML cannot
 * hold is written as xml_clean() makes it. */
struct xml_writer *xml_writer_new(xml_sink_fn *sink, void *ctx);
void xml_start(struct xml_writer *w, const char *name);
void xml_attr(struct xml_writer *w, const char *name, const char *value);
void xml_attr_int(struct xml_writer *w, const char *name, int64_t value);
void xml_text(struct xml_writer *w, const char *text);
void xml_end(struct xml_writer *w);
/* start, text, end. */
void xml_element(struct xml_writer *w, const char *name, const char *text);
/* What has gone wrong so far, without finishing. */
enum rc_status xml_writer_status(const struct xml_writer *w, struct rc_err *err);
/* Ends all open elements and gives the last bytes to the sink. */
enum rc_status xml_writer_finish(struct xml_writer *w, struct rc_err *err);
void xml_writer_free(struct xml_writer **w);

/* May the code point stand in an XML 1.0 document, and be exchanged? Not so: control characters but tab, line
 * feed and carriage return; surrogates; noncharacters. */
bool xml_allows(uint32_t cp);
/* Appends the text with U+FFFD for what xml_allows() refuses and for bytes that are no UTF-8. */
void xml_clean(struct rc_buf *out, const char *text);

/* ---- schemas -------------------------------------------------------------------------------------- */

struct xml_schema;
/* A broken schema is a bug of ours: RC_RUN_FAILED/bug. name is for messages. */
enum rc_status xml_schema_load(struct xml_schema **ret, const void *bytes, size_t len, const char *name, struct rc_err *err);
/* The same from a file, which is somebody else's: broken is RC_RUN_FAILED/setting. What it imports is looked for with `find`, which
 * appends the path of a local file to `path` (the location may be such a path already), or returns false: then it is done without. */
typedef bool xml_find_fn(void *ctx, const char *location, struct rc_buf *path);
enum rc_status xml_schema_load_file(struct xml_schema **ret, const char *path, xml_find_fn *find, void *ctx, struct rc_err *err);
void xml_schema_free(struct xml_schema **schema);

/* An XML catalogue (OASIS XML Catalogs 1.1). Not readable as such: RC_RUN_FAILED/setting. */
struct xml_catalog;
enum rc_status xml_catalog_load(struct xml_catalog **ret, const char *path, struct rc_err *err);
/* Appends what it says about the URI, itself a URI or a path; false: nothing. */
bool xml_catalog_find(const struct xml_catalog *catalog, const char *uri, struct rc_buf *ret);
void xml_catalog_free(struct xml_catalog **catalog);

/* ---- reading -------------------------------------------------------------------------------------- */

#define XML_DEPTH_LIMIT 64      /* elements in elements; a record has 7, METS one for each level of its structure */
#define XML_ATTR_LIMIT 64       /* attributes of one element */

enum xml_event { XML_EVENT_START, XML_EVENT_TEXT, XML_EVENT_END, XML_EVENT_DONE };

struct xml_reader;
/* Opens a regular file; name stands for it in messages. Missing: RC_RUN_FAILED/missing. */
enum rc_status xml_reader_open(struct xml_reader **ret, const char *path, const char *name, struct rc_err *err);
/* The same over bytes in memory, borrowed until it is closed. */
struct xml_reader *xml_reader_of_bytes(const void *bytes, size_t len, const char *name);
/* Checks the document against the schema while it is read; before the first xml_next(). on_invalid is called
 * for each finding, from xml_next(), perhaps some elements ahead of it. */
typedef void xml_invalid_fn(void *ctx, int64_t line, const char *message);
enum rc_status xml_reader_check(struct xml_reader *r, const struct xml_schema *schema, xml_invalid_fn *on_invalid,
                                void *ctx, struct rc_err *err);
/* The next start of an element, piece of text, or end of an element (also for "<a/>"). Comments and processing
 * instructions are left out. Damage is RC_PAGE_FAILED/format "cannot read 'x.xml': line 12: ...". */
enum rc_status xml_next(struct xml_reader *r, enum xml_event *ret, struct rc_err *err);
/* Of the element that starts or ends; "" for its namespace when it has none. Valid until the next xml_next(). */
const char *xml_name(const struct xml_reader *r);
const char *xml_namespace(const struct xml_reader *r);
/* An attribute without namespace of the element that starts, or NULL. */
const char *xml_get(const struct xml_reader *r, const char *attribute);
/* One of a namespace. */
const char *xml_get_in(const struct xml_reader *r, const char *uri, const char *attribute);
/* The piece of text. */
const char *xml_value(const struct xml_reader *r);
/* Line of the event, from 1. */
int64_t xml_line(const struct xml_reader *r);
/* RC_PAGE_FAILED/format with file and line before the message. */
enum rc_status xml_bad(const struct xml_reader *r, struct rc_err *err, const char *fmt, ...) RC_PRINTF(3, 4);
void xml_reader_close(struct xml_reader **r);

/* Of libxml2, for --version: "2.9.14". */
const char *xml_version(void);

#endif
