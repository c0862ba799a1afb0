/* validate_report.h -- findings of `validate` as text for people, JSON and JUnit, while they come.
 *
 * Things are checked one after another: report_begin(), report_add() for each finding, report_end(). Memory is bounded:
 * findings are printed at once, what JUnit needs waits in a temporary file. On a terminal stderr says where it is. */
#ifndef RC_VALIDATE_REPORT_H
#define RC_VALIDATE_REPORT_H

#include "common/rules.h"
#include "core/buf.h"

struct finding {
	const char *file;           /* NULL: the thing that was begun */
	int64_t line;               /* from 1; 0: none */
	enum rule rule;
	bool warning;               /* a person should look, but it is not invalid */
	const char *actual, *expected;      /* NULL or "": not said */
	const char *message;
};

struct report;

/* Prints to stdout: text, or with json one document after schemas/validate.schema.json. junit: path of a file to write at the
 * end, or NULL. quiet: text without the last line. */
enum rc_status report_new(struct report **ret, bool json, bool quiet, const char *junit, struct rc_err *err);
/* kind: "record", "alto", "batch", "corpus", "bag", "sample", "other". Both strings are copied. */
void report_begin(struct report *r, const char *file, const char *kind);
void report_add(struct report *r, const struct finding *finding);
/* Is this the first time that the report is asked about this word? For what is said once. */
bool report_once(struct report *r, const char *word);
/* A warning about something that is none of the things checked, between two of them. */
void report_warn(struct report *r, const char *file, enum rule rule, const char *message);
/* How many findings (without warnings) the thing that was begun has so far. */
int64_t report_invalid_here(const struct report *r);
void report_end(struct report *r);
/* Ends the document and writes the JUnit file. */
enum rc_status report_finish(struct report *r, struct rc_err *err);
int64_t report_checked(const struct report *r);         /* things */
int64_t report_invalid(const struct report *r);         /* things with findings */
void report_free(struct report **r);

/* A finding with nothing to compare. */
void report_rule(struct report *r, const char *file, int64_t line, enum rule rule, const char *message);

#endif
