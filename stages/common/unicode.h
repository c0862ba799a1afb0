/* unicode.h -- the door to ICU: text in the legacy encodings of Chinese systems, and in UTF-16. */
#ifndef COMMON_UNICODE_H
#define COMMON_UNICODE_H

#include "core/buf.h"

enum unicode_legacy {
	UNICODE_GB18030,                /* and its subsets GB2312 and GBK */
	UNICODE_BIG5,                   /* as Windows code page 950 has it */
	UNICODE_UTF16LE, UNICODE_UTF16BE        /* without a mark of their order at the start */
};

/* Appends the text as UTF-8. False, with nothing appended, when the bytes are not whole and assigned
 * characters of that encoding, or when `out` is full. */
bool unicode_from_legacy(enum unicode_legacy from, const char *bytes, size_t len, struct rc_buf *out);

#endif
