/* text.h -- text and names: UTF-8, what may be printed, natural order, safe file names. */
#ifndef RC_TEXT_H
#define RC_TEXT_H

#include "core/buf.h"

/* Decodes one code point and moves *s past it. Returns 0xFFFFFFFF for a byte that is not
 * part of well-formed UTF-8 (and moves one byte on); 0 at the terminating zero (and stays). */
#define RC_BAD_CP UINT32_C(0xFFFFFFFF)
uint32_t rc_utf8_next(const char **s);
/* Bytes written to out (1 to 4). */
int rc_utf8_put(uint32_t cp, char out[4]);
bool rc_utf8_valid(const char *bytes, size_t len);
/* The value of a hexadecimal digit, of either case; -1: it is none. */
int rc_hex_digit(char c);
/* Number of code points; invalid bytes count one each. */
size_t rc_utf8_count(const char *s);

/* Ideographs of all planes, 々〇〆 and the compatibility blocks. */
bool rc_is_han(uint32_t cp);
/* Han, kana, CJK punctuation (with the quotes, dashes and dots shared with Latin) and fullwidth forms: what is
 * set without spaces between. */
bool rc_is_cjk(uint32_t cp);

/* Removes white space between two characters of which both are rc_is_cjk; in place. */
void rc_text_join_cjk(char *utf8);

/* Appends the name with control characters, invalid UTF-8, bidi controls, and backslashes
 * written as \n, \xNN, \u{NNNN}: safe on a terminal and in a one-line log. */
void rc_text_escape(struct rc_buf *out, const char *name);
/* The same for a cell of a table that people open in a spreadsheet: what would be computed there (it begins with = + - or @) gets
 * an apostrophe before it. */
void rc_text_escape_cell(struct rc_buf *out, const char *name);

/* Natural order: runs of ASCII digits compare as numbers ("p2" < "p10"), the rest by bytes; ties
 * (leading zeros) by bytes. < 0, 0, > 0. */
int rc_natural_compare(const char *a, const char *b);
/* A key whose memcmp order is rc_natural_compare's, with '/' before every other byte so that a
 * folder's own files and its subfolders stay together. Appends to out. */
void rc_natural_key(struct rc_buf *out, const char *name);

/* A file name from any UTF-8 string: '/', '%', '\\', control characters, any of <>:"|?* , a leading
 * '.', '-' or '~', and a trailing '.' or space are percent-encoded; other Unicode stays. Longer than
 * 200 bytes: cut on a character and "~" + 12 digest digits added. Empty: "%". Appends to out.
 * Injective for names within 200 bytes. */
void rc_safe_name(struct rc_buf *out, const char *name);
/* The same with '.' encoded too: keys in shards. */
void rc_safe_key(struct rc_buf *out, const char *name);

#endif
