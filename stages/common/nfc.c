/* nfc.c -- the door to ICU's normalizer. */
#include "common/nfc.h"

#include <string.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include "core/text.h"

static const UNormalizer2 *normalizer(void)
{
	UErrorCode code = U_ZERO_ERROR;
	const UNormalizer2 *nfc = unorm2_getNFCInstance(&code);

	if (U_FAILURE(code))
		rc_out_of_memory();     /* its data is part of the library */
	return nfc;
}

/* Below U+0300 nothing combines and nothing decomposes into itself otherwise; most of Han neither. */
static bool is_plain(uint32_t cp)
{
	return cp < 0x300 || (cp >= 0x3001 && cp <= 0x3029) || (cp >= 0x4E00 && cp <= 0x9FFF) ||
	       (cp >= 0xFF01 && cp <= 0xFF60);
}

static void free_units(UChar **units)
{
	free(*units);
}
#define OWN_UNITS RC_CLEANUP(free_units) UChar *

/* UTF-16 of n code points; *len units. */
static UChar *to_units(const uint32_t *in, size_t n, int32_t *len)
{
	UChar *units = rc_alloc((2 * n + 1) * sizeof *units);
	int32_t at = 0;

	for (size_t i = 0; i < n; i++)
		U16_APPEND_UNSAFE(units, at, (UChar32)(in[i] <= 0x10FFFF ? in[i] : 0xFFFD));
	*len = at;
	return units;
}

bool nfc_is(const char *utf8)
{
	const char *at = utf8;
	size_t n = 0;
	bool plain = true;

	for (uint32_t cp; (cp = rc_utf8_next(&at)) != 0; n++)
		plain &= is_plain(cp);
	if (plain)
		return true;
	RC_CLEANUP(rc_free) uint32_t *points = rc_alloc(n * sizeof *points);

	at = utf8;
	for (size_t i = 0; i < n; i++)
		points[i] = rc_utf8_next(&at);
	UErrorCode code = U_ZERO_ERROR;
	int32_t len;
	OWN_UNITS units = to_units(points, n, &len);

	return unorm2_isNormalized(normalizer(), units, len, &code) && U_SUCCESS(code);
}

bool nfc_boundary_before(uint32_t cp)
{
	return is_plain(cp) || unorm2_hasBoundaryBefore(normalizer(), (UChar32)(cp <= 0x10FFFF ? cp : 0xFFFD));
}

size_t nfc_compose(const uint32_t *in, size_t n, uint32_t *out, size_t room)
{
	int32_t len;
	OWN_UNITS units = to_units(in, n, &len);
	/* Form C of one unit has at most three (UAX 15, table of expansion factors). */
	int32_t space = 3 * len + 1, composed;
	OWN_UNITS to = rc_alloc((size_t)space * sizeof *to);
	UErrorCode code = U_ZERO_ERROR;
	size_t count = 0;

	composed = unorm2_normalize(normalizer(), units, len, to, space, &code);
	for (int32_t i = 0; U_SUCCESS(code) && i < composed && count < room;) {
		UChar32 cp;

		U16_NEXT(to, i, composed, cp);
		out[count++] = (uint32_t)cp;
	}
	return count;
}

/* Letters are folded between two compositions: a letter and its accent may be folded only as one (UAX 15, section 5). */
void nfc_fold(const char *utf8, struct rc_buf *out)
{
	size_t len = strlen(utf8);
	int32_t room = len < INT32_MAX / 12 ? (int32_t)len : INT32_MAX / 12, n = 0;
	OWN_UNITS a = rc_alloc((3 * (size_t)room + 1) * sizeof *a);
	OWN_UNITS b = rc_alloc((9 * (size_t)room + 1) * sizeof *b);
	OWN_UNITS c = rc_alloc((12 * (size_t)room + 1) * sizeof *c);
	UErrorCode code = U_ZERO_ERROR;

	u_strFromUTF8WithSub(a, room + 1, &n, utf8, room, 0xFFFD, NULL, &code);
	n = unorm2_normalize(normalizer(), a, n, b, 3 * room + 1, &code);
	n = u_strFoldCase(c, 9 * room + 1, b, n, U_FOLD_CASE_DEFAULT, &code);
	n = unorm2_normalize(normalizer(), c, n, b, 9 * room + 1, &code);
	for (int32_t i = 0; U_SUCCESS(code) && i < n;) {
		UChar32 cp;

		U16_NEXT(b, i, n, cp);
		rc_buf_add_cp(out, (uint32_t)cp);
	}
}
