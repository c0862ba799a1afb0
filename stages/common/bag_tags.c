/* bag_tags.c -- the tag files of a bag as text: encodings, lines, and what stands in a line.
 *
 *   bag_decode()          any of the encodings met in bags -> UTF-8, any end of line -> '\n'
 *   bag_next_line()       lines, in place
 *   bag_manifest_line()   "CHECKSUM PATH"         bag_fetch_line()   "URL LENGTH PATH"
 *   bag_label()           "label: value"
 *   bag_path_is_safe()    does a path lead outside?
 *
 * Everything here is foreign text; nothing here opens anything. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "common/bag_parts.h"
#include "common/unicode.h"
#include "core/text.h"

/* ---- encodings ---------------------------------------------------------------------------------------- */

enum bag_encoding bag_encoding_find(const char *name)
{
	static const struct {
		const char *name;
		enum bag_encoding encoding;
	} known[] = {
		{ "UTF-8", BAG_UTF8 }, { "UTF8", BAG_UTF8 }, { "US-ASCII", BAG_UTF8 }, { "ASCII", BAG_UTF8 },
		{ "UTF-16", BAG_UTF16 }, { "UTF-16LE", BAG_UTF16 }, { "UTF-16BE", BAG_UTF16 },
		{ "ISO-8859-1", BAG_LATIN1 }, { "ISO8859-1", BAG_LATIN1 }, { "LATIN1", BAG_LATIN1 },
		{ "GB18030", BAG_GB18030 }, { "GBK", BAG_GB18030 }, { "GB2312", BAG_GB18030 }, { "BIG5", BAG_BIG5 },
	};

	for (size_t i = 0; i < RC_COUNT(known); i++)
		if (strcasecmp(name, known[i].name) == 0)
			return known[i].encoding;
	return BAG_UNKNOWN_ENCODING;
}

/* Without a mark the end that has the zero bytes of ASCII is the high one; RFC 2781 wants big-endian for the rest. */
static bool utf16_is_little(const uint8_t *bytes, size_t len)
{
	if (bytes[0] == 0xFF && bytes[1] == 0xFE)
		return true;
	return len >= 2 && bytes[0] != 0 && bytes[1] == 0;
}

static bool add_utf16(const uint8_t *bytes, size_t len, struct rc_buf *out)
{
	if (len < 2 || len % 2)
		return len == 0;
	unsigned low = utf16_is_little(bytes, len) ? 0 : 1;
	uint32_t high = 0;

	for (size_t i = 0; i < len; i += 2) {
		uint32_t unit = (uint32_t)bytes[i + (1 - low)] << 8 | bytes[i + low];
		bool is_high = unit >= 0xD800 && unit < 0xDC00, is_low = unit >= 0xDC00 && unit < 0xE000;

		if (is_low != (high != 0))
			return false;
		if (is_low)
			rc_buf_add_cp(out, 0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00));
		else if (!is_high && !(i == 0 && unit == 0xFEFF))
			rc_buf_add_cp(out, unit);
		high = is_high ? unit : 0;
	}
	return high == 0;
}

static bool add_decoded(enum bag_encoding from, const char *bytes, size_t len, struct rc_buf *out, bool *marked)
{
	static const char mark[] = "\xEF\xBB\xBF";

	switch (from) {
	case BAG_UTF8:
		*marked = len >= strlen(mark) && memcmp(bytes, mark, strlen(mark)) == 0;
		if (*marked)
			bytes += strlen(mark), len -= strlen(mark);
		rc_buf_add(out, bytes, len);
		return rc_utf8_valid(bytes, len);
	case BAG_UTF16:
		return add_utf16((const uint8_t *)bytes, len, out);
	case BAG_LATIN1:
		for (size_t i = 0; i < len; i++)
			rc_buf_add_cp(out, (uint8_t)bytes[i]);
		return true;
	case BAG_GB18030:
		return unicode_from_legacy(UNICODE_GB18030, bytes, len, out);
	case BAG_BIG5:
		return unicode_from_legacy(UNICODE_BIG5, bytes, len, out);
	case BAG_UNKNOWN_ENCODING:
		break;
	}
	return false;
}

/* LF, CR LF and CR become LF, in place; returns the new length. */
static size_t unify_ends(char *text, size_t len)
{
	size_t to = 0;

	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\r' && i + 1 < len && text[i + 1] == '\n')
			continue;
		text[to++] = text[i] == '\r' ? '\n' : text[i];
	}
	return to;
}

bool bag_decode(enum bag_encoding from, const char *bytes, size_t len, struct rc_buf *out, bool *marked)
{
	size_t before = out->len;

	*marked = false;
	if (!add_decoded(from, bytes, len, out, marked) || out->failed || memchr(out->data + before, '\0', out->len - before))
		return false;
	if (out->len > before) {
		out->len = before + unify_ends(out->data + before, out->len - before);
		out->data[out->len] = '\0';
	}
	return true;
}

/* ---- lines -------------------------------------------------------------------------------------------- */

char *bag_next_line(char **rest)
{
	char *line = *rest;

	if (*line == '\0')
		return NULL;
	char *end = strchrnul(line, '\n');

	*rest = *end ? end + 1 : end;
	*end = '\0';
	return line;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static char *skip_blanks(char *at)
{
	while (is_blank(*at))
		at++;
	return at;
}

static void cut_blanks_at_end(char *s)
{
	size_t len = strlen(s);

	while (len && is_blank(s[len - 1]))
		s[--len] = '\0';
}

bool bag_label(char *line, char **label, char **value, bool *loose)
{
	char *colon = strchr(line, ':');

	if (!colon || is_blank(*line))
		return false;
	*colon = '\0';
	*loose = colon > line && is_blank(colon[-1]);
	cut_blanks_at_end(line);
	*label = line;
	*value = skip_blanks(colon + 1);
	cut_blanks_at_end(*value);
	return *line != '\0';
}

/* %0A, %0D and with percent %25, in place; every other '%' stands for itself. */
static bool decode_path(char *path, bool percent)
{
	char *to = path;
	bool any = false;

	for (const char *at = path; *at; at++) {
		int value = at[0] == '%' && rc_hex_digit(at[1]) >= 0 && rc_hex_digit(at[2]) >= 0 ? rc_hex_digit(at[1]) << 4 | rc_hex_digit(at[2]) : -1;

		if (value == '\n' || value == '\r' || (percent && value == '%')) {
			*to++ = (char)value;
			at += 2;
			any = true;
		} else {
			*to++ = *at;
		}
	}
	*to = '\0';
	return any;
}

static bool take_name(char *path, bool percent, struct bag_name *ret)
{
	struct bag_name name = { .path = path };

	while (name.path[0] == '.' && name.path[1] == '/') {
		name.path += 2;
		name.dotted = true;
	}
	name.escaped = decode_path(name.path, percent);
	*ret = name;
	return *name.path != '\0' && strlen(name.path) <= BAG_MAX_PATH;
}

bool bag_manifest_line(char *line, size_t digits, bool percent, char **sum, struct bag_name *ret)
{
	char *at = line;

	while (rc_hex_digit(*at) >= 0)
		at++;
	if ((size_t)(at - line) != digits || !is_blank(*at))
		return false;
	*at = '\0';
	at = skip_blanks(at + 1);
	bool starred = *at == '*';

	if (!take_name(at + starred, percent, ret))
		return false;
	ret->starred = starred;
	*sum = line;
	return true;
}

/* The end of a word, with a zero byte in place of its first blank; NULL when nothing follows. */
static char *end_word(char *at)
{
	while (*at && !is_blank(*at))
		at++;
	if (*at == '\0')
		return NULL;
	*at = '\0';
	return skip_blanks(at + 1);
}

bool bag_fetch_line(char *line, bool percent, struct bag_name *ret)
{
	char *length = end_word(line);
	char *path = length ? end_word(length) : NULL;

	if (!path || *line == '\0' || !(strcmp(length, "-") == 0 || (*length && strspn(length, "0123456789") == strlen(length))))
		return false;
	return take_name(path, percent, ret);
}

/* ---- paths -------------------------------------------------------------------------------------------- */

/* Backslashes part a path on other systems; a name that has them is only dangerous with ".." between. */
bool bag_path_is_safe(const char *path)
{
	static const char parts[] = "/\\";

	if (*path == '\0' || *path == '/' || *path == '\\' || *path == '~' || (isalpha((unsigned char)*path) && path[1] == ':'))
		return false;
	for (const char *at = path;; at++) {
		size_t len = strcspn(at, parts);

		if ((len == 0 && at[len] != '\\') || (len == 1 && at[0] == '.') || (len == 2 && at[0] == '.' && at[1] == '.'))
			return false;
		at += len;
		if (*at == '\0')
			return true;
	}
}

bool bag_path_is_payload(const char *path)
{
	return strncmp(path, "data/", strlen("data/")) == 0;
}

bool bag_is_system_file(const char *path)
{
	static const char *const names[] = { ".DS_Store", "Thumbs.db", "desktop.ini", "._.DS_Store" };
	const char *slash = strrchr(path, '/');

	for (size_t i = 0; i < RC_COUNT(names); i++)
		if (strcasecmp(slash ? slash + 1 : path, names[i]) == 0)
			return true;
	return false;
}
