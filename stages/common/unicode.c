/* unicode.c -- the door to ICU.
 *
 *   unicode_from_legacy()   bytes of GB18030, Big5 or UTF-16 -> UTF-8
 *
 * A converter is opened for each call: ICU keeps its tables, and legacy text is short (file names, cells of a table). */
#include "common/unicode.h"

#include <limits.h>
#include <unicode/ucnv.h>
#include <unicode/ustring.h>

static const char *const converter_names[] = { "gb18030", "windows-950", "UTF-16LE", "UTF-16BE" };

static void converter_close(UConverter **converter)
{
	if (*converter)
		ucnv_close(*converter);
}

/* UTF-16 of the bytes; NULL when one of them cannot be converted. The caller frees. */
static UChar *decode(enum unicode_legacy from, const char *bytes, int32_t len, int32_t *ret_len)
{
	UErrorCode code = U_ZERO_ERROR;
	RC_CLEANUP(converter_close) UConverter *converter = ucnv_open(converter_names[from], &code);
	RC_CLEANUP(rc_free) UChar *utf16 = NULL;
	int32_t n;

	if (U_FAILURE(code))
		return NULL;
	ucnv_setToUCallBack(converter, UCNV_TO_U_CALLBACK_STOP, NULL, NULL, NULL, &code);
	/* No character of these encodings is shorter in bytes than in UTF-16 units. */
	utf16 = malloc(((size_t)len + 1) * sizeof *utf16);
	if (!utf16)
		return NULL;
	n = ucnv_toUChars(converter, utf16, len + 1, bytes, len, &code);
	if (U_FAILURE(code))
		return NULL;
	*ret_len = n;
	return rc_steal(utf16);
}

bool unicode_from_legacy(enum unicode_legacy from, const char *bytes, size_t len, struct rc_buf *out)
{
	RC_CLEANUP(rc_free) UChar *utf16 = NULL;
	RC_OWN_STR utf8 = NULL;
	UErrorCode code = U_ZERO_ERROR;
	int32_t n16 = 0, n8 = 0;

	if (len > INT_MAX / 4)
		return false;
	utf16 = decode(from, bytes, (int32_t)len, &n16);
	utf8 = malloc((size_t)n16 * 3 + 1);
	if (!utf16 || !utf8)
		return false;
	u_strToUTF8(utf8, n16 * 3 + 1, &n8, utf16, n16, &code);
	if (U_FAILURE(code))
		return false;
	rc_buf_add(out, utf8, (size_t)n8);
	return !out->failed;
}
