/* catalogue_values.c -- what people write into the cells of metadata.csv. */
#include "normalize/catalogue_values.h"

#include <string.h>

#include "common/chars.h"
#include "core/text.h"

struct word {
	const char *words;      /* parted by '|', lower case */
	const char *means;
};

static bool is_one_of(const char *words, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = words; *at; at += strspn(at, "|")) {
		size_t n = strcspn(at, "|");

		if (n == len && strncmp(at, word, n) == 0)
			return true;
		at += n;
	}
	return false;
}

static void add_lower(struct rc_buf *out, const char *text)
{
	RC_OWN_BUF kc = RC_BUF(CSV_MAX_ROW_BYTES);

	(void)chars_nfkc(text, strlen(text), &kc, NULL);
	for (const char *at = kc.data; *at; at++)
		rc_buf_addc(out, *at >= 'A' && *at <= 'Z' ? (char)(*at - 'A' + 'a') : *at);
}

/* ---- rights ------------------------------------------------------------------------------------------- */

bool catalogue_read_training(const char *text, enum catalogue_training *ret)
{
	static const char *const words[] = {
		[CATALOGUE_SAYS_NOTHING] = "",
		[CATALOGUE_SAYS_ALLOWED] = "allowed|allow|yes|y|true|1|是|可|可以|允许|允許|准许|同意|已授权|√|✓",
		[CATALOGUE_SAYS_UNKNOWN] = "unknown|?|未知|不明|不详|不詳|待定|未定|待核",
		[CATALOGUE_SAYS_DENIED] = "denied|deny|no|n|false|0|否|不|不可|不可以|不允许|不允許|不准|不同意|禁止|拒绝|拒絕|×|✗",
	};
	RC_OWN_BUF lower = RC_BUF(CSV_MAX_ROW_BYTES);

	add_lower(&lower, text);
	for (int i = CATALOGUE_SAYS_ALLOWED; i <= CATALOGUE_SAYS_DENIED; i++)
		if (is_one_of(words[i], lower.data)) {
			*ret = (enum catalogue_training)i;
			return true;
		}
	return false;
}

bool catalogue_is_uri(const char *text)
{
	static const char scheme[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.";
	size_t n = strspn(text, scheme);
	char first = *text;

	return n > 0 && ((first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z')) && text[n] == ':' && text[n + 1] &&
	       !strpbrk(text, " <>\"");
}

/* ---- languages ---------------------------------------------------------------------------------------- */

/* One to eight letters, then parts of one to eight letters and digits: as XML Schema has xs:language. */
static bool is_tag(const char *text)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	static const char both[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	size_t n = strspn(text, letters);

	while (n >= 1 && n <= 8 && text[n] == '-') {
		text += n + 1;
		n = strspn(text, both);
	}
	return n >= 1 && n <= 8 && text[n] == '\0';
}

const char *catalogue_read_language(const char *text)
{
	static const struct word languages[] = {
		{ "中文|汉语|漢語|汉文|漢文|国文|國文|chinese|chi|zho|华文", "zh" },
		{ "繁体|繁體|繁体中文|繁體中文|繁体字|traditional chinese", "zh-Hant" },
		{ "简体|簡體|简体中文|簡體中文|简体字|simplified chinese", "zh-Hans" },
		{ "文言|文言文|古汉语|lzh", "lzh" },
		{ "英文|英语|英語|english|eng", "en" }, { "俄文|俄语|俄語|russian|rus", "ru" }, { "日文|日语|日語|japanese|jpn", "ja" },
		{ "德文|德语|德語|german|deu|ger", "de" }, { "法文|法语|法語|french|fra|fre", "fr" }, { "朝鲜文|朝鲜语|朝鮮文|korean|kor", "ko" },
		{ "世界语|世界語|esperanto|epo", "eo" }, { "藏文|藏语|藏語|tibetan|bod", "bo" }, { "蒙文|蒙语|蒙古文|mongolian|mon", "mn" },
	};
	RC_OWN_BUF lower = RC_BUF(CSV_MAX_ROW_BYTES);

	add_lower(&lower, text);
	for (size_t i = 0; i < RC_COUNT(languages); i++)
		if (is_one_of(languages[i].words, lower.data))
			return languages[i].means;
	return is_tag(text) ? text : NULL;
}

/* ---- names and numbers -------------------------------------------------------------------------------- */

static bool is_dash(uint32_t cp)
{
	return cp == '-' || (cp >= 0x2010 && cp <= 0x2015) || cp == 0x2212 || cp == 0xFE63;
}

static void add_folded(struct rc_buf *out, const char *name, bool blanks)
{
	RC_OWN_BUF kc = RC_BUF(CSV_MAX_ROW_BYTES);
	size_t start = out->len;

	(void)chars_nfkc(name, strlen(name), &kc, NULL);
	const char *at = kc.data + (strncmp(kc.data, "./", 2) == 0 || strncmp(kc.data, ".\\", 2) == 0 ? 2 : 0);

	for (uint32_t cp; (cp = rc_utf8_next(&at)) != 0;) {
		if (cp == ' ' && (!blanks || out->len == start))
			continue;
		rc_buf_add_cp(out, is_dash(cp) ? '-' : cp == '\\' ? '/' : cp);
	}
	while (out->len > start && (out->data[out->len - 1] == '/' || out->data[out->len - 1] == ' '))
		out->data[--out->len] = '\0';
}

void catalogue_add_key(struct rc_buf *out, const char *name)
{
	add_folded(out, name, true);
}

void catalogue_add_number(struct rc_buf *out, const char *number)
{
	add_folded(out, number, false);
}

void catalogue_add_short_number(struct rc_buf *out, const char *number)
{
	for (const char *at = number; *at;) {
		size_t len = strcspn(at, "-"), zeros = strspn(at, "0");

		if (zeros >= len)
			zeros = len ? len - 1 : 0;
		rc_buf_add(out, at + zeros, len - zeros);
		at += len;
		if (*at)
			rc_buf_addc(out, *at++);
	}
}

/* ---- several values in a cell ------------------------------------------------------------------------- */

static bool parts_values(uint32_t cp)
{
	return cp == ';' || cp == 0xFF1B || cp == '|' || cp == 0x3001;
}

bool catalogue_next_value(const char **at, struct rc_buf *ret)
{
	while (**at) {
		const char *start = *at, *end = *at;

		for (uint32_t cp; (cp = rc_utf8_next(at)) != 0 && !parts_values(cp);)
			end = *at;
		while (start < end && *start == ' ')
			start++;
		while (end > start && end[-1] == ' ')
			end--;
		rc_buf_clear(ret);
		rc_buf_add(ret, start, (size_t)(end - start));
		if (ret->len > 0)
			return true;
	}
	return false;
}
