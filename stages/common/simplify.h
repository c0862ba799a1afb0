/* simplify.h -- the third door to ICU: traditional characters as simplified ones, one by one.
 *
 * For finding texts again, not for writing them: every code point stands for itself alone, so that places stay and a text in
 * either script gives the same row of characters. What a phrase would decide (乾: 干 or 乾) is decided the same way everywhere.
 * ICU's transliterator Hant-Hans (CLDR) has the pairs. */
#ifndef COMMON_SIMPLIFY_H
#define COMMON_SIMPLIFY_H

#include "core/err.h"

struct simplify;
/* Reads the pairs once, 84 KB. RC_RUN_FAILED/missing when ICU has none, or without memory. */
enum rc_status simplify_new(struct simplify **ret, struct rc_err *err);
/* The simplified form; any other code point gives itself. */
uint32_t simplify_cp(const struct simplify *s, uint32_t cp);
void simplify_free(struct simplify **s);

#endif
