/* charsets.c -- rows of both sets, as bytes, through ICU's converters. */
#include "curate/charsets.h"

#include <stdlib.h>

#include "common/unicode.h"
#include "core/text.h"

enum { FIRST = 0x4e00, LAST = 0x9fff };

struct charsets {
	uint8_t bits[LAST - FIRST + 1];
};

/* Gives the bits to the characters of one row: lead byte, and trail bytes from `low` to `high`. */
static bool add_row(struct charsets *c, enum unicode_legacy set, int lead, int low, int high, unsigned bits)
{
	RC_OWN_BUF text = RC_BUF(1 << 10);
	char bytes[2 * 256];
	size_t n = 0;
	const char *at;

	for (int trail = low; trail <= high; trail++) {
		bytes[n++] = (char)lead;
		bytes[n++] = (char)trail;
	}
	if (!unicode_from_legacy(set, bytes, n, &text))
		return false;
	at = text.data;
	for (uint32_t cp; (cp = rc_utf8_next(&at)) != 0;)
		if (cp >= FIRST && cp <= LAST)
			c->bits[cp - FIRST] |= bits;
	return true;
}

/* Level 1 in rows 0xb0 to 0xd7, level 2 to 0xf7. */
static bool add_gb(struct charsets *c)
{
	bool good = true;

	for (int lead = 0xb0; lead <= 0xf7; lead++)
		good &= add_row(c, UNICODE_GB18030, lead, 0xa1, 0xfe, CHARSET_GB | (lead <= 0xd7 ? CHARSET_GB_COMMON : 0));
	return good;
}

/* Level 1 from 0xa440 to 0xc67e, level 2 from 0xc940 to 0xf9d5. */
static bool add_big5(struct charsets *c)
{
	bool good = true;

	for (int lead = 0xa4; lead <= 0xf9; lead++) {
		unsigned bits = CHARSET_BIG5 | (lead <= 0xc6 ? CHARSET_BIG5_COMMON : 0);

		if (lead > 0xc6 && lead < 0xc9)
			continue;
		good &= add_row(c, UNICODE_BIG5, lead, 0x40, 0x7e, bits);
		if (lead != 0xc6)
			good &= add_row(c, UNICODE_BIG5, lead, 0xa1, lead == 0xf9 ? 0xd5 : 0xfe, bits);
	}
	return good;
}

enum rc_status charsets_new(struct charsets **ret, struct rc_err *err)
{
	RC_CLEANUP(charsets_free) struct charsets *c = calloc(1, sizeof *c);

	if (!c)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot measure texts: out of memory");
	if (!add_gb(c) || !add_big5(c))
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot measure texts: ICU has no tables of GB 2312 or Big5");
	*ret = rc_steal(c);
	return RC_OK;
}

void charsets_free(struct charsets **c)
{
	free(*c);
	*c = NULL;
}

unsigned charsets_of(const struct charsets *c, uint32_t cp)
{
	return cp >= FIRST && cp <= LAST ? c->bits[cp - FIRST] : 0;
}
