/* charsets.h -- in which of the two old character sets of Chinese a Han stands: GB 2312-80 (simplified) or Big5 (traditional), and whether
 * at their first level, which holds the common characters (3755 and 5401). */
#ifndef CURATE_CHARSETS_H
#define CURATE_CHARSETS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/err.h"

enum { CHARSET_GB = 1, CHARSET_BIG5 = 2, CHARSET_GB_COMMON = 4, CHARSET_BIG5_COMMON = 8 };

struct charsets;
/* Reads the sets from ICU's tables, once: 21 KB. RC_RUN_FAILED/missing when ICU lacks one. */
enum rc_status charsets_new(struct charsets **ret, struct rc_err *err);
void charsets_free(struct charsets **c);
/* The bits of a code point; 0 for what is in neither. */
unsigned charsets_of(const struct charsets *c, uint32_t cp);

#endif
