/* chars.h -- the second door to ICU: what a character is, and the form in which two texts can be compared. */
#ifndef COMMON_CHARS_H
#define COMMON_CHARS_H

#include "core/buf.h"

/* Appends the text in Unicode normalization form KC (UAX 15). Bytes that are no UTF-8 become U+FFFD.
 * RC_PAGE_FAILED/bytes when it does not fit, into out or into ICU's 31 bits. */
enum rc_status chars_nfkc(const char *utf8, size_t len, struct rc_buf *out, struct rc_err *err);

/* First letter of the general category (UAX 44): 'L' letter, 'M' mark, 'N' number, 'P' punctuation, 'S' symbol,
 * 'Z' separator, 'C' control, private use, unassigned, and what is no code point. */
char chars_class(uint32_t cp);

#endif
