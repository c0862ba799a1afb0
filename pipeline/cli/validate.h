/* validate.h -- checks whatever lies at a path, by what it is: what `validate` does, without its options.
 *
 *   validate.c         which kind it is; folders
 *   validate_corpus.c  corpora
 *   validate_xml.c     records; ALTO, PAGE, METS and other XML
 *   validate_batch.c   batches: settings, ledger, records against the ledger, quarantine
 *   validate_bag.c     BagIt bags
 *   validate_sample.c  images, with the truth that lies beside them
 *   validate_read.c    reads them, and measures
 *   validate_report.c  findings as text, JSON and JUnit */
#ifndef RC_VALIDATE_H
#define RC_VALIDATE_H

#include "cli/validate_read.h"
#include "cli/validate_report.h"
#include "common/schema_set.h"
#include "core/page.h"

struct validation {             /* all borrowed */
	struct report *report;
	struct schema_set *schemas;     /* NULL: none were named */
	struct sample_reader *reader;   /* NULL: sample images are not read */
};

/* Checks what lies at path, and what belongs to it; findings go to the report. RC_OK also with findings;
 * RC_RUN_FAILED when checking cannot go on, or when there is nothing at path (RC_WHY_MISSING). */
enum rc_status validate_path(const struct validation *v, const char *path, struct rc_err *err);

/* One kind each; the caller knows it. */
/* named: by a person, who wants to hear of XML that is none of ours. */
enum rc_status validate_xml(const struct validation *v, const char *path, bool named, struct rc_err *err);
enum rc_status validate_sample(const struct validation *v, const char *path, enum rc_media media, struct rc_err *err);
enum rc_status validate_batch(struct report *report, const char *path, struct rc_err *err);
enum rc_status validate_bag(struct report *report, const char *path, struct rc_err *err);
enum rc_status validate_corpus(struct report *report, const char *path, struct rc_err *err);
/* expected: what the ledger knows as the record's digest; NULL: no ledger. */
enum rc_status validate_record(struct report *report, const char *path, const struct rc_digest *expected, struct rc_err *err);

#endif
