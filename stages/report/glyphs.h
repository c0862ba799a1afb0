/* glyphs.h -- column proofreading: all glyph images of the batch by the character they were read as.
 *
 * The part glyphs/index.js lists the characters, Han before others and those with the most doubtful glyphs first: [["的", all, doubtful, FILE], ...];
 * glyphs/FILE.js has the glyphs of some of them, the doubtful ones first:
 *
 *     {"pages": [[ID, PICTURE, ITEM, ORDER], ...],
 *      "characters": {"的": [page, cell, line, confidence, doubt, "other" or 0, ...six values a glyph]}}
 *
 * A glyph costs 16 bytes of memory and a page some 100. Beyond REPORT_MAX_GLYPHS the least doubtful half is left out, again and
 * again; beyond REPORT_MAX_OF_ONE glyphs of one character its least doubtful ones. */
#ifndef REPORT_GLYPHS_H
#define REPORT_GLYPHS_H

#include "report/facts.h"
#include "report/script.h"

enum { REPORT_MAX_GLYPHS = 4000000, REPORT_MAX_OF_ONE = 3000, REPORT_GLYPHS_A_FILE = 8000 };

struct report_glyphs;
/* most: REPORT_MAX_GLYPHS; less in tests. */
struct report_glyphs *report_glyphs_new(size_t most);
void report_glyphs_free(struct report_glyphs **g);
/* Takes the page's glyphs; copies what it needs. */
void report_glyphs_add(struct report_glyphs *g, const struct report_page *page);

struct report_glyph_counts {
	int64_t characters, glyphs, doubtful;   /* that can be looked at */
	int64_t left_out;                       /* for want of room */
};
/* Writes the files. */
enum rc_status report_glyphs_write(struct report_glyphs *g, struct report_files *files, struct report_glyph_counts *ret, struct rc_err *err);

#endif
