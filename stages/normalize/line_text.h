/* line_text.h -- the printed layer of a line, in the form records promise. */
#ifndef NORMALIZE_LINE_TEXT_H
#define NORMALIZE_LINE_TEXT_H

#include "core/page.h"

/* Puts line->text into normalization form C, without characters that are no text, without white space between CJK
 * characters or at the ends. Glyphs follow: what lost all its characters goes, what was composed into one
 * character becomes one glyph around all. Changes nothing where there is nothing to do. */
void line_text_normalize(struct rc_line *line);

#endif
