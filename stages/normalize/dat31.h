/* dat31.h -- do the scans keep to DA/T 31-2017 (digitization of paper records)? A report, never a hindrance: ingest.profile=dat31. */
#ifndef NORMALIZE_DAT31_H
#define NORMALIZE_DAT31_H

#include "core/books.h"

enum dat31_finding {
#define FINDING(symbol, code, meaning) DAT31_##symbol,
#include "normalize/dat31_findings.def"
#undef FINDING
	DAT31_COUNT
};
const char *dat31_code(enum dat31_finding f);

/* Is a scan called by an archival number and a serial number: "3-1-12-0007"? name: of the file, perhaps with folders and an extension. */
bool dat31_name_is_good(const char *name);
/* What one page breaks, as bits 1 << enum dat31_finding. usual: what most of the batch's scans are. */
unsigned dat31_look(const struct rc_page_row *page, enum rc_media usual);

/* Writes report/dat31.tsv, one line a page, and the counts into the note "dat31.counts"; or removes both when the profile is not
 * asked for. */
enum rc_status dat31_write(struct rc_books *books, struct rc_err *err);

#endif
