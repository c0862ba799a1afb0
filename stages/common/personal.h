/* personal.h -- finds numbers and addresses of persons in a text, by their form and, where there is one, their checksum.
 *
 *   id      citizen's number, 18 characters: GB 11643-1999 (region, birth date, serial, check by ISO 7064 MOD 11-2); 15 digits of before
 *           only after a word that says so (身份证, 證)
 *   phone   mobile number, 11 digits from 13 to 19; line with area code, "0797-8123456"
 *   card    bank card, 16 to 19 digits with a right check digit (ISO/IEC 7812, Luhn) and a first digit that issuers have (3 to 6)
 *   email   name@host.tld
 *
 * Papers of the 1930s have none of these; later annotations, stamps and catalogues do. Full-width digits count as digits, and single spaces
 * or hyphens may stand between the digits of phones and cards. A number is found only where no other digit touches it. */
#ifndef COMMON_PERSONAL_H
#define COMMON_PERSONAL_H

#include "core/buf.h"

enum personal_kind { PERSONAL_ID, PERSONAL_PHONE, PERSONAL_CARD, PERSONAL_EMAIL };
const char *personal_kind_name(enum personal_kind kind);        /* "id", "phone", "card", "email" */

struct personal_span {
	enum personal_kind kind;
	size_t start, end;      /* bytes of the text, half open */
	int64_t first, last;    /* code points, half open */
};

/* The next span from byte *at on, which moves past it; false: no more. *cp: the code points before *at; both start at 0. */
bool personal_next(const char *text, size_t *at, int64_t *cp, struct personal_span *ret);
/* Appends the text with every character of the spans replaced by U+25A0 (a black square), so that places of characters stay. Returns
 * the number of spans. */
int personal_mask(const char *text, struct rc_buf *out);

#endif
