/* chars.c -- the second door to ICU.
 *
 *   chars_nfkc()    UTF-8 -> UTF-16 -> NFKC -> UTF-8
 *   chars_class()   general category, as one letter
 */
#include "common/chars.h"

#include <limits.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include "core/text.h"

struct utf16 {
	UChar *units;               /* owned */
	int32_t n, room;
};

static void utf16_free(struct utf16 *s)
{
	free(s->units);
}
#define OWN_UTF16 RC_CLEANUP(utf16_free) struct utf16

static void utf16_room(struct utf16 *s, int32_t room)
{
	s->units = rc_realloc(s->units, (size_t)room * sizeof *s->units);
	s->room = room;
}

static bool decode(const char *utf8, int32_t len, struct utf16 *ret)
{
	UErrorCode code = U_ZERO_ERROR;

	/* No character has more UTF-16 units than UTF-8 bytes; a replaced byte is one unit. */
	utf16_room(ret, len + 1);
	u_strFromUTF8WithSub(ret->units, ret->room, &ret->n, utf8, len, 0xFFFD, NULL, &code);
	return U_SUCCESS(code);
}

static bool normalize(const struct utf16 *from, struct utf16 *ret)
{
	UErrorCode code = U_ZERO_ERROR;
	const UNormalizer2 *nfkc = unorm2_getNFKCInstance(&code);

	/* Most text keeps its length; the few characters that grow cost a second pass. */
	utf16_room(ret, from->n + 64);
	ret->n = unorm2_normalize(nfkc, from->units, from->n, ret->units, ret->room, &code);
	if (code == U_BUFFER_OVERFLOW_ERROR) {
		code = U_ZERO_ERROR;
		utf16_room(ret, ret->n + 1);
		ret->n = unorm2_normalize(nfkc, from->units, from->n, ret->units, ret->room, &code);
	}
	return U_SUCCESS(code);
}

enum rc_status chars_nfkc(const char *utf8, size_t len, struct rc_buf *out, struct rc_err *err)
{
	OWN_UTF16 raw = { 0 };
	OWN_UTF16 normal = { 0 };

	/* NFKC makes at most 18 units of one. */
	if (len > INT_MAX / 18)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_BYTES, "cannot normalize %zu bytes of text at once", len);
	if (!decode(utf8, (int32_t)len, &raw) || !normalize(&raw, &normal))
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_BUG, "cannot normalize text: ICU refuses it");
	for (int32_t i = 0; i < normal.n;) {
		UChar32 cp;

		U16_NEXT(normal.units, i, normal.n, cp);
		rc_buf_add_cp(out, (uint32_t)cp);
	}
	return rc_buf_check(out, "normalized text", err);
}

char chars_class(uint32_t cp)
{
	static const char letters[U_CHAR_CATEGORY_COUNT] = {
		[U_UNASSIGNED] = 'C', [U_UPPERCASE_LETTER] = 'L', [U_LOWERCASE_LETTER] = 'L', [U_TITLECASE_LETTER] = 'L',
		[U_MODIFIER_LETTER] = 'L', [U_OTHER_LETTER] = 'L', [U_NON_SPACING_MARK] = 'M', [U_ENCLOSING_MARK] = 'M',
		[U_COMBINING_SPACING_MARK] = 'M', [U_DECIMAL_DIGIT_NUMBER] = 'N', [U_LETTER_NUMBER] = 'N', [U_OTHER_NUMBER] = 'N',
		[U_SPACE_SEPARATOR] = 'Z', [U_LINE_SEPARATOR] = 'Z', [U_PARAGRAPH_SEPARATOR] = 'Z', [U_CONTROL_CHAR] = 'C',
		[U_FORMAT_CHAR] = 'C', [U_PRIVATE_USE_CHAR] = 'C', [U_SURROGATE] = 'C', [U_DASH_PUNCTUATION] = 'P',
		[U_START_PUNCTUATION] = 'P', [U_END_PUNCTUATION] = 'P', [U_CONNECTOR_PUNCTUATION] = 'P', [U_OTHER_PUNCTUATION] = 'P',
		[U_MATH_SYMBOL] = 'S', [U_CURRENCY_SYMBOL] = 'S', [U_MODIFIER_SYMBOL] = 'S', [U_OTHER_SYMBOL] = 'S',
		[U_INITIAL_PUNCTUATION] = 'P', [U_FINAL_PUNCTUATION] = 'P',
	};

	return cp > 0x10FFFF ? 'C' : letters[u_charType((UChar32)cp)];
}
