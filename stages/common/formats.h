/* formats.h -- ALTO, PAGE, METS and other XML of archives, checked as a stream: by a schema, where there is one, and by rules of our own
 * for what a schema cannot say (schemas/rules.md).
 *
 *   formats.c         which format it is; the walk; findings
 *   format_names.c    ids and what refers to them
 *   format_alto.c, format_page.c, format_mets.c
 *
 * Memory is bounded by one element and the ids of the document. */
#ifndef COMMON_FORMATS_H
#define COMMON_FORMATS_H

#include "common/rules.h"
#include "common/xml.h"

enum format { FORMAT_ALTO, FORMAT_PAGE, FORMAT_METS, FORMAT_PREMIS, FORMAT_OTHER };

const char *format_name(enum format format);    /* "alto"; "xml" for FORMAT_OTHER */
/* Which format has this element at its root? Any version of it. */
enum format format_find(const char *uri, const char *root);

struct format_finding {
	int64_t line;           /* from 1 */
	enum rule rule;
	bool warning;
	const char *actual, *expected;      /* "": not said */
	const char *message;
};
typedef void format_finding_fn(void *ctx, const struct format_finding *finding);

/* schema may be NULL. Files that a METS document names are looked for below its folder, and read where it gives their
 * checksum. Only what ends the reading is an error: damage is RC_PAGE_FAILED/format "cannot read 'x.xml': line 12: ...". */
enum rc_status format_check(const char *path, enum format format, const struct xml_schema *schema, format_finding_fn *on_finding,
                            void *ctx, struct rc_err *err);

#endif
