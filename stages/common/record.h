/* record.h -- the record of an item as others read it: a streaming reader over records/ID.xml.
 *
 * The XML is the truth between normalize (which writes it, stages/normalize/) and everything after: curate,
 * package, validate, eval and trace read records through this and through nothing else. Memory is bounded by
 * one page. schemas/record.xsd is the definition; the reader checks what it relies on. */
#ifndef COMMON_RECORD_H
#define COMMON_RECORD_H

#include "common/rules.h"
#include "core/page.h"

struct record_term {            /* an element of <description>: "title", "subject", ...; edtf of dates, else "". A part of the number: "fonds", "3" */
	const char *name, *value, *edtf;
};

struct record_part {            /* of <processing>: what made the pages */
	enum { RECORD_STAGE, RECORD_ENGINE, RECORD_MODEL } kind;
	const char *name, *value;   /* "ocr" "10"; "tesseract 5.3.0" ""; "chi_tra_vert" "sha256:..." */
};

struct record_head {            /* all strings UTF-8, "" when absent; owned by the reader until it is closed */
	const char *id;
	const char *title;
	const char *date, *date_edtf;
	const char *reference;      /* the archive's own number (档号) */
	const struct record_term *number;       /* its parts, as they stand */
	size_t n_number;
	const char *language;
	const char *rights_statement, *rights_license, *rights_holder;
	const char *training;       /* "allowed", "denied", "unknown" */
	int64_t n_pages, n_read;
	int64_t revision;           /* from 1; above when people corrected it */
	const char *program;        /* version of redcorpus */
	const struct record_term *terms;        /* all of <description>, as they stand */
	size_t n_terms;
	const struct record_part *parts;
	size_t n_parts;
};

struct record_page {            /* valid until the next call */
	int32_t order;              /* from 1 */
	const char *number;         /* "" without a pattern */
	struct rc_digest scan;
	int32_t frame;
	const char *media;          /* "image/tiff" */
	const char *source;         /* root name + path, '/' between: never absolute */
	const char *member;         /* inside an archive, "" otherwise */
	struct rc_digest source_digest;
	bool not_read;              /* quarantined: reason and message say why; `page` has no regions */
	const char *reason, *message;
	struct rc_page page;        /* width, height, dpi, script, direction, models, to_clean, regions, quality */
};

/* The scan could not be decoded, and people typed what is on it: nobody else saw the page. */
static inline bool record_page_is_typed(const struct record_page *page)
{
	return !page->not_read && page->page.clean_width == 0;
}

struct record_reader;
enum rc_status record_open(struct record_reader **ret, const char *path, struct rc_err *err);
const struct record_head *record_head(const struct record_reader *r);
/* RC_SKIP after the last page. Errors: RC_PAGE_FAILED/format "cannot read 'records/x.xml': line 12: ...". */
enum rc_status record_next(struct record_reader *r, struct record_page **ret, struct rc_err *err);
void record_close(struct record_reader **r);

/* The same reader in another manner, for `validate`: the document is checked against schemas/record.xsd and against
 * the rules of schemas/rules.md; what breaks a rule is told, with its line, and reading goes on. actual and
 * expected may be "". Only what ends the reading (damage, limits, no such file) is still an error. */
typedef void record_finding_fn(void *ctx, int64_t line, enum rule rule, const char *actual, const char *expected,
                               const char *message);
enum rc_status record_open_checked(struct record_reader **ret, const char *path, record_finding_fn *on_finding, void *ctx,
                                   struct rc_err *err);

#endif
