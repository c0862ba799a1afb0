/* format_parts.h -- what the files behind formats.h share; nobody else includes it. */
#ifndef COMMON_FORMAT_PARTS_H
#define COMMON_FORMAT_PARTS_H

#include "common/formats.h"
#include "core/buf.h"

/* ---- ids and what refers to them (format_names.c) ------------------------------------------------------- */

struct format_names {
	struct rc_buf text;             /* all names, each with a zero byte */
	struct format_name {
		size_t at;              /* in the text */
		int64_t line;
		char kind;              /* of an id: 'r' region, 'f' file, 0 another; of a reference: the kind it must be, 0 any */
		enum rule rule;         /* of a reference: what is broken when nothing has that id */
	} *v;                           /* owned */
	size_t n, room;
};

/* ---- a document in checking ------------------------------------------------------------------------------- */

struct format_check {
	const char *path;
	struct xml_reader *xml;
	bool by_schema;                 /* values of the wrong form are its to tell */
	format_finding_fn *on_finding;
	void *ctx;
	struct format_names ids, refs;
	void *state;                    /* of the format's rules */
	enum rc_status status;          /* what ended the checking */
	struct rc_err *err;
};

/* The rules of a format: what is done at each event; NULL: nothing. Elements are those of the root's namespace. */
struct format_rules {
	size_t state;                   /* bytes of it, zero at the start */
	void (*start)(struct format_check *c, const char *element);
	void (*text)(struct format_check *c, const char *text);
	void (*end)(struct format_check *c, const char *element);
	void (*done)(struct format_check *c);
};
extern const struct format_rules format_alto, format_page, format_mets;

/* At the event's line. actual and expected may be "". */
void format_broken(struct format_check *c, enum rule rule, const char *actual, const char *expected, const char *message);
/* The same, but it does not make the document invalid. */
void format_advise(struct format_check *c, enum rule rule, const char *actual, const char *expected, const char *message);
/* An attribute of the element that starts, or "". */
const char *format_attr(const struct format_check *c, const char *name);
/* A number in the attribute; false: there is none, or (said once, and not when a schema says it) it is no number from low on. */
bool format_number(struct format_check *c, const char *name, double low, double *ret);
/* A confidence from 0 to 1, if the attribute is there. */
bool format_confidence(struct format_check *c, const char *name, double *ret);
/* An id of the element that starts. */
void format_id(struct format_check *c, const char *id, char kind);
/* Ids in the attribute, with blanks between, that must be there. */
void format_refs(struct format_check *c, const char *attribute, char kind, enum rule rule);

void format_names_add(struct format_names *names, const char *name, size_t len, struct format_name about);
/* At the end: ids that are there twice, and references to what is not there. */
void format_names_check(struct format_check *c);
void format_names_free(struct format_names *names);

#endif
