/* dat31.h -- do the scans keep to DA/T 31-2017 (digitization of paper records)? A report, never a hindrance: ingest.profile=dat31.
 *
 *   dat31.c        one page: what it declares and what was measured on it, against the standard
 *   dat31_list.c   all pages: report/dat31.tsv and the counts */
#ifndef NORMALIZE_DAT31_H
#define NORMALIZE_DAT31_H

#include "core/books.h"
#include "normalize/catalogue.h"

enum dat31_finding {
#define FINDING(symbol, code, meaning) DAT31_##symbol,
#include "normalize/dat31_findings.def"
#undef FINDING
	DAT31_COUNT
};
const char *dat31_code(enum dat31_finding f);

enum dat31_mode { DAT31_MODE_UNKNOWN = 0, DAT31_BLACK_AND_WHITE, DAT31_GREY, DAT31_COLOUR };
const char *dat31_mode_name(enum dat31_mode mode);      /* "", "bw", "grey", "colour" */

/* A name "3-1-12-0007": the archival number, and the serial number after its last hyphen. */
struct dat31_name {
	const char *number;             /* not ended by '\0'; borrowed */
	size_t number_len;              /* 0: only the serial number is known, from ingest.item_pattern */
	int64_t serial;                 /* -1: not known, and neither is the number */
};
/* Is a scan called by an archival number and a serial number? name: of the file, perhaps with folders and an extension. ret may be NULL. */
bool dat31_name_is_good(const char *name, struct dat31_name *ret);

struct dat31_page {
	const struct rc_page_row *row;
	struct dat31_name name;
	struct rc_scan scan;            /* all 0: there is no result, or one that does not say */
	int64_t seals;                  /* regions */
	int32_t glyph;                  /* of a Han glyph along its line, pixels, if enough were read; else 0 */
};
/* What the row and the page result say. result NULL: there is none. */
struct dat31_page dat31_page(const struct rc_page_row *row, const struct rc_page *result);
enum dat31_mode dat31_declared_mode(const struct rc_scan *scan);
enum dat31_mode dat31_measured_mode(const struct rc_scan *scan);
/* The resolution at which the glyphs are those of body text; 0 when it is not known. */
int32_t dat31_measured_dpi(const struct dat31_page *page);

/* What a page is looked at against. */
struct dat31_around {
	enum rc_media usual;            /* what most of the batch's scans are */
	const char *reference;          /* the archival number of the item's row in the catalogue; "" when there is none */
	const struct dat31_name *before;/* of the page before in the item; NULL: it is the first, or the one before says nothing */
};
/* What one page breaks, as bits 1 << enum dat31_finding. */
unsigned dat31_look(const struct dat31_page *page, const struct dat31_around *around);

/* Of what the list says: rises when the same pages would get another list. */
enum { DAT31_VERSION = 2 };
/* Writes report/dat31.tsv, one line a page, and the counts into the note "dat31.counts"; or removes both when the profile is not
 * asked for. catalogue may be NULL. */
enum rc_status dat31_write(struct rc_books *books, const struct catalogue *catalogue, struct rc_err *err);

#endif
