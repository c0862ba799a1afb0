/* pdf_font.h -- a font that is never painted: text that is there for searching and copying, and never seen.
 *
 * Every character of the document gets a code of two bytes when it first comes; a table at the end says which
 * character a code is (/ToUnicode). All codes share one empty glyph, 1 em wide, of a TrueType font that is made here and
 * weighs a few hundred bytes: no CJK font is embedded, and nobody needs one to search. */
#ifndef EXPORT_PDF_FONT_H
#define EXPORT_PDF_FONT_H

#include "export/pdf_file.h"

struct pdf_font;

struct pdf_font *pdf_font_new(struct pdf_file *f);
void pdf_font_free(struct pdf_font **font);
/* The number of the font object; it is written by pdf_font_write(). */
int32_t pdf_font_object(const struct pdf_font *font);
/* The code of a character; that of U+FFFD when all 65,000 are taken. */
uint16_t pdf_font_code(struct pdf_font *font, uint32_t cp);
void pdf_font_write(struct pdf_font *font, struct pdf_file *f);

#endif
