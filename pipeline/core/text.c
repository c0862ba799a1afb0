/* text.c -- text and names.
 *
 *   UTF-8        rc_utf8_next(), rc_utf8_put(), rc_utf8_valid(), rc_utf8_count()
 *   kinds        rc_is_han(), rc_is_cjk(), rc_text_join_cjk()
 *   printing     rc_text_escape()
 *   order        rc_natural_compare(), rc_natural_key()
 *   file names   rc_safe_name(), rc_safe_key()
 *
 * Well-formed UTF-8 is table 3-7 of the Unicode standard: no overlong forms, no surrogates, nothing
 * above U+10FFFF. Kinds follow the blocks of Unicode 15. */
#include "core/text.h"

#include <string.h>

#include "core/digest.h"
#include "core/limits.h"

/* ---- UTF-8 ----------------------------------------------------------------------------------------- */

/* Length of the well-formed sequence at s (at most len bytes), 0 when there is none. */
static size_t sequence(const unsigned char *s, size_t len)
{
	unsigned low = 0x80, high = 0xBF;       /* bounds of the second byte */
	size_t want;

	if (len == 0)
		return 0;
	if (s[0] < 0x80)
		return 1;
	if (s[0] >= 0xC2 && s[0] <= 0xDF) {
		want = 2;
	} else if (s[0] >= 0xE0 && s[0] <= 0xEF) {
		want = 3;
		low = s[0] == 0xE0 ? 0xA0 : low;
		high = s[0] == 0xED ? 0x9F : high;
	} else if (s[0] >= 0xF0 && s[0] <= 0xF4) {
		want = 4;
		low = s[0] == 0xF0 ? 0x90 : low;
		high = s[0] == 0xF4 ? 0x8F : high;
	} else {
		return 0;
	}
	if (want > len || s[1] < low || s[1] > high)
		return 0;
	for (size_t i = 2; i < want; i++)
		if ((s[i] & 0xC0) != 0x80)
			return 0;
	return want;
}

uint32_t rc_utf8_next(const char **s)
{
	const unsigned char *at = (const unsigned char *)*s;
	size_t len;

	if (*at == 0)
		return 0;
	/* A zero byte is no continuation, so a check of the bytes in order never passes the end. */
	if (at[0] < 0x80)
		len = 1;
	else
		len = sequence(at, strnlen(*s, 4));
	if (len == 0) {
		(*s)++;
		return RC_BAD_CP;
	}
	*s += len;
	uint32_t cp = len == 1 ? at[0] : at[0] & (0xFFu >> (len + 1));

	for (size_t i = 1; i < len; i++)
		cp = cp << 6 | (at[i] & 0x3F);
	return cp;
}

int rc_utf8_put(uint32_t cp, char out[4])
{
	if (cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF))
		cp = 0xFFFD;
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	int len = cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;

	for (int i = len - 1; i > 0; i--, cp >>= 6)
		out[i] = (char)(0x80 | (cp & 0x3F));
	out[0] = (char)((0xF00 >> len & 0xFF) | cp);
	return len;
}

bool rc_utf8_valid(const char *bytes, size_t len)
{
	const unsigned char *at = (const unsigned char *)bytes;

	while (len > 0) {
		size_t step = sequence(at, len);

		if (step == 0)
			return false;
		at += step;
		len -= step;
	}
	return true;
}

int rc_hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

size_t rc_utf8_count(const char *s)
{
	size_t count = 0;

	while (rc_utf8_next(&s) != 0)
		count++;
	return count;
}

/* ---- kinds of characters --------------------------------------------------------------------------- */

struct range {
	uint32_t first, last;
};

static bool in_ranges(uint32_t cp, const struct range *ranges, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (cp >= ranges[i].first && cp <= ranges[i].last)
			return true;
	return false;
}

bool rc_is_han(uint32_t cp)
{
	static const struct range han[] = {
		{ 0x4E00, 0x9FFF },     /* first: nearly all of them */
		{ 0x3005, 0x3007 }, { 0x3021, 0x3029 }, { 0x3038, 0x303B },
		{ 0x3400, 0x4DBF }, { 0xF900, 0xFAFF },
		{ 0x20000, 0x2FFFD }, { 0x30000, 0x3FFFD },
	};
	return in_ranges(cp, han, RC_COUNT(han));
}

bool rc_is_cjk(uint32_t cp)
{
	static const struct range others[] = {
		{ 0x3001, 0x303F },     /* punctuation; U+3000 is a space */
		{ 0xFF01, 0xFF9F }, { 0xFFE0, 0xFFEE },
		{ 0x3041, 0x312F },     /* kana, bopomofo */
		{ 0x31A0, 0x33FF },     /* bopomofo, strokes, kana, enclosed and squared */
		{ 0x2E80, 0x2FFF },     /* radicals, description characters */
		{ 0xFE10, 0xFE1F }, { 0xFE30, 0xFE4F },
		{ 0x1AFF0, 0x1B16F },   /* historic kana */
		{ 0x2014, 0x2015 }, { 0x2018, 0x2019 }, { 0x201C, 0x201D }, { 0x2025, 0x2026 },
		{ 0x00B7, 0x00B7 },     /* dashes, quotes and dots that Chinese text shares with Latin */
	};
	return rc_is_han(cp) || in_ranges(cp, others, RC_COUNT(others));
}

/* White space inside a line; line breaks are none of it. */
static bool is_blank(uint32_t cp)
{
	return cp == ' ' || cp == '\t' || cp == 0xA0 || cp == 0x3000 || cp == 0x1680 || cp == 0x202F || cp == 0x205F ||
	       (cp >= 0x2000 && cp <= 0x200B);
}

void rc_text_join_cjk(char *utf8)
{
	const char *in = utf8;
	char *out = utf8, *blanks = NULL;       /* where the last run of blanks began in out */
	bool after_cjk = false;                 /* was the character before that run CJK? */

	while (*in) {
		const char *from = in;
		uint32_t cp = rc_utf8_next(&in);
		size_t len = (size_t)(in - from);

		if (is_blank(cp)) {
			if (!blanks)
				blanks = out;
		} else {
			bool cjk = rc_is_cjk(cp);

			if (blanks && after_cjk && cjk)
				out = blanks;
			blanks = NULL;
			after_cjk = cjk;
		}
		memmove(out, from, len);
		out += len;
	}
	*out = '\0';
}

/* ---- printing -------------------------------------------------------------------------------------- */

/* Characters that a terminal obeys or hides instead of showing. */
static bool is_unprintable(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || cp == 0xAD || cp == 0x061C ||
	       (cp >= 0x200B && cp <= 0x200F) || (cp >= 0x2028 && cp <= 0x202E) || (cp >= 0x2060 && cp <= 0x206F) ||
	       cp == 0xFEFF || (cp >= 0xFFF9 && cp <= 0xFFFB) || (cp & 0xFFFE) == 0xFFFE || (cp >= 0xE0000 && cp <= 0xE0FFF);
}

void rc_text_escape(struct rc_buf *out, const char *name)
{
	while (*name) {
		const char *from = name;
		uint32_t cp = rc_utf8_next(&name);

		if (cp == '\\')
			rc_buf_adds(out, "\\\\");
		else if (cp == '\n')
			rc_buf_adds(out, "\\n");
		else if (cp == '\r')
			rc_buf_adds(out, "\\r");
		else if (cp == '\t')
			rc_buf_adds(out, "\\t");
		else if (cp == RC_BAD_CP || cp < 0x20 || cp == 0x7F)
			rc_buf_addf(out, "\\x%02x", (unsigned)(unsigned char)*from);
		else if (is_unprintable(cp))
			rc_buf_addf(out, "\\u{%04x}", cp);
		else
			rc_buf_add(out, from, (size_t)(name - from));
	}
}

void rc_text_escape_cell(struct rc_buf *out, const char *name)
{
	if (*name && strchr("=+-@", *name))
		rc_buf_addc(out, '\'');
	rc_text_escape(out, name);
}

/* ---- natural order --------------------------------------------------------------------------------- */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Order of a byte that is not part of a number: the end, then '/', then the rest. */
static int weight(char c)
{
	if (c == '\0')
		return 0;
	return c == '/' ? 1 : (unsigned char)c + 1;
}

/* The digits of the number at *s without leading zeros; moves *s past it. */
static size_t number(const char **s, const char **digits)
{
	while (**s == '0')
		(*s)++;
	*digits = *s;
	while (is_digit(**s))
		(*s)++;
	return (size_t)(*s - *digits);
}

int rc_natural_compare(const char *a, const char *b)
{
	const char *p = a, *q = b;

	for (;;) {
		if (is_digit(*p) && is_digit(*q)) {
			const char *x, *y;
			size_t n = number(&p, &x), m = number(&q, &y);

			if (n != m)
				return n < m ? -1 : 1;
			int order = memcmp(x, y, n);

			if (order)
				return order;
			continue;
		}
		/* A number beside something else stands where the digit 0 stands. */
		int order = weight(is_digit(*p) ? '0' : *p) - weight(is_digit(*q) ? '0' : *q);

		if (order)
			return order;
		if (*p == '\0')
			return strcmp(a, b);
		p++;
		q++;
	}
}

/* Layout: '/' is 01; bytes 01 and 02 are 02 01 and 02 02; a number is '0', the count of its digits plus one
 * (from 255 on: FF and four bytes, high first), and its digits; other bytes are themselves. Then 00 and
 * the name again, which decides ties. No part contains 00, so a prefix comes before what it begins. */
void rc_natural_key(struct rc_buf *out, const char *name)
{
	const char *s = name;

	while (*s) {
		if (is_digit(*s)) {
			const char *digits;
			size_t n = number(&s, &digits);

			rc_buf_addc(out, '0');
			if (n < 254) {
				rc_buf_addc(out, (char)(n + 1));
			} else {
				rc_buf_addc(out, (char)0xFF);
				for (int shift = 24; shift >= 0; shift -= 8)
					rc_buf_addc(out, (char)(n >> shift & 0xFF));
			}
			rc_buf_add(out, digits, n);
			continue;
		}
		if (*s == '\x01' || *s == '\x02')
			rc_buf_addc(out, '\x02');
		rc_buf_addc(out, *s == '/' ? '\x01' : *s);
		s++;
	}
	rc_buf_addc(out, '\0');
	rc_buf_adds(out, name);
}

/* ---- file names ------------------------------------------------------------------------------------ */

/* Must this character be encoded, wherever it stands? */
static bool is_unsafe(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || cp == RC_BAD_CP || (cp < 0x80 && strchr("/%\\<>:\"|?*", (int)cp));
}

/* Appends one character of a name, encoded if it must be. */
static void add_safe(struct rc_buf *out, const char *bytes, size_t len, bool encode)
{
	if (!encode) {
		rc_buf_add(out, bytes, len);
		return;
	}
	for (size_t i = 0; i < len; i++)
		rc_buf_addf(out, "%%%02X", (unsigned)(unsigned char)bytes[i]);
}

static void add_name(struct rc_buf *out, const char *name, bool dots)
{
	enum { TAIL = 1 + 12 };         /* "~" and digest digits */
	RC_OWN_BUF safe = RC_BUF(RC_MAX_ITEM_ID + 12);
	size_t fits = 0;                /* longest whole prefix with room for the tail */
	const char *s = name;

	if (!*name)
		rc_buf_addc(&safe, '%');
	while (*s && safe.len <= RC_MAX_ITEM_ID) {
		const char *from = s;
		uint32_t cp = rc_utf8_next(&s);
		bool first = from == name, last = *s == '\0';

		add_safe(&safe, from, (size_t)(s - from),
		         is_unsafe(cp) || (cp == '.' && (dots || first || last)) || (cp == ' ' && last) ||
		         (first && (cp == '-' || cp == '~')));
		if (safe.len <= RC_MAX_ITEM_ID - TAIL)
			fits = safe.len;
	}
	if (safe.len <= RC_MAX_ITEM_ID) {
		rc_buf_add(out, safe.data, safe.len);
		return;
	}
	struct rc_digest digest = rc_digest_of(name, strlen(name));
	char hex[RC_DIGEST_HEX];

	rc_buf_add(out, safe.data, fits);
	rc_buf_addc(out, '~');
	rc_buf_add(out, rc_digest_hex(&digest, hex), TAIL - 1);
}

void rc_safe_name(struct rc_buf *out, const char *name)
{
	add_name(out, name, false);
}

void rc_safe_key(struct rc_buf *out, const char *name)
{
	add_name(out, name, true);
}
