/* paragraphs.h -- printed lines joined to the paragraphs they were before somebody set them in type.
 *
 * A line of vertical print is a column, and a paragraph runs over columns, often on into the next region. Where it ends is decided by
 * evidence that is added up between a line and the next; a paragraph begins at 2:
 *
 *   +2  the line begins 0.6 glyphs or more after its neighbours, or 1.5 after the line before (indented), or 0.6 before its neighbours (a hanging
 *       number); +1: 0.6 after the line before; 0: it hangs below the mark of an entry
 *   +2  it begins with a mark of an entry: 一、 (二) 第三條 1. ○
 *   +1  the line before ends a glyph or more before its neighbours; +2: two; +3: four
 *   +1  the line before ends with a mark that ends a sentence
 *   -1  it does not, and the page has such marks
 *   -2  it ends with a comma or an opening bracket (a comma counts on pages that have other marks: older print ends sentences with it)
 *   +1  the line stands in another region, but like the next column of the same block; +2: elsewhere in another region
 *   +2  in another region with glyphs 1.15 times as large or as small: a note
 *
 * "Neighbours" are the lines of the region up to six before and behind: print leans, and a block may be indented as a whole. Apart in any case
 * are: a line whose glyphs are 1.35 times as large or as small as those before, one of another direction, one that begins more than four
 * glyphs late (a signature, a date), head lines, tables and what is no text. Lines without places are paragraphs each.
 *
 * Paragraphs end in a line feed; before a head line stands an empty line. In a paragraph lines follow each other without anything
 * between, but for a space between words of letters or digits; a hyphen at the end of a line stays, as it was printed and is told.
 * Small characters beside the line that tell how others are read are not taken apart: the layout does not know them from notes. */
#ifndef COMMON_PARAGRAPHS_H
#define COMMON_PARAGRAPHS_H

#include "core/page.h"

struct paragraph_line {         /* where a line that was read stands in the text; code points, half open */
	uint32_t region, line;  /* of the page, from 0 */
	int64_t start, end;
	bool hyphen;            /* its last character is a hyphen that only the end of the line made: the word goes on in the next */
};

struct paragraphs {
	struct rc_buf text;     /* owned; no line feed at its end */
	struct paragraph_line *lines;   /* owned; in the order of the text */
	size_t n;
	int64_t chars;          /* code points of the text */
};

/* All lines of the page that have a text, in reading order. The lines' own texts stand in it unchanged. RC_PAGE_FAILED/bytes beyond 64 MiB. */
enum rc_status paragraphs_make(const struct rc_page *page, struct paragraphs *ret, struct rc_err *err);
void paragraphs_free(struct paragraphs *p);

#endif
