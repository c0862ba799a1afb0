/* nfc.h -- the door to ICU's normalizer: Unicode normalization form C (UAX 15). */
#ifndef COMMON_NFC_H
#define COMMON_NFC_H

#include "core/buf.h"

/* Is the text in form C? Bytes that are no UTF-8 count as U+FFFD. */
bool nfc_is(const char *utf8);
/* Can text be cut before this code point, and its parts be composed apart? */
bool nfc_boundary_before(uint32_t cp);
/* Composes n code points; returns how many came out. More than room: the first room of them. */
size_t nfc_compose(const uint32_t *in, size_t n, uint32_t *out, size_t room);
/* Appends a form in which names are equal that some file systems cannot tell apart: letters of either case alike, and in
 * form C. Bytes that are no UTF-8 become U+FFFD. */
void nfc_fold(const char *utf8, struct rc_buf *out);

#endif
