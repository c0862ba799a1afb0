/* dates_text.c -- text of dates made comparable, and numbers.
 *
 *   dates_fold()         one form for what is written in many
 *   dates_eat*()         words at an end of a text
 *   dates_eat_number()   digits, tens */
#include <string.h>

#include "common/chars.h"
#include "common/dates_parts.h"
#include "core/buf.h"
#include "core/text.h"

/* ---- folding ------------------------------------------------------------------------------------------ */

/* Pairs: what is written, what it counts as. Only what dates are made of. */
static const char pairs[] =
	"國国華华蘇苏維维緒绪統统豐丰慶庆順顺歷历曆历厯历農农舊旧陰阴陽阳約约無无詳详號号閏闰臘腊間间紀纪時时後后來来廢废"
	"啟启製制發发訂订頒颁佈布煕熙據据推推斷断歲岁週周節节"
	"卄廿丗卅零〇○〇◯〇Ｏ〇壹一弌一貳二贰二弍二參三叁三弎三肆四伍五陸六陆六柒七捌八玖九拾十佰百"
	"、.。.,.，.．.·.・.•.‧.﹒.－-—-–-―-‐-‑-−-─-﹣-〜~〔[【[［[〕]】]］]×xＸx□x■x囗x△x";

static uint32_t fold_character(uint32_t cp)
{
	const char *at = pairs;

	if (cp >= 'A' && cp <= 'Z')
		return cp - 'A' + 'a';
	while (*at) {
		uint32_t from = rc_utf8_next(&at), to = rc_utf8_next(&at);

		if (from == cp)
			return to;
	}
	return cp;
}

static bool is_numeral(uint32_t cp)
{
	static const char numerals[] = "0123456789〇一二三四五六七八九十廿卅卌百";
	const char *at = numerals;

	for (uint32_t c; (c = rc_utf8_next(&at)) != 0;)
		if (c == cp)
			return true;
	return false;
}

static bool is_blank(uint32_t cp)
{
	return cp == ' ' || (cp >= '\t' && cp <= '\r') || cp == 0x3000 || cp == 0xA0;
}

bool dates_fold(const char *written, uint32_t *room, struct dates_text *ret)
{
	RC_OWN_BUF kc = RC_BUF(16 * DATES_LENGTH);
	size_t len = strlen(written), n = 0;
	bool gap = false;

	if (len > 4 * DATES_LENGTH)
		return false;
	(void)chars_nfkc(written, len, &kc, NULL);
	const char *at = kc.data;

	for (uint32_t cp; (cp = rc_utf8_next(&at)) != 0;) {
		if (is_blank(cp)) {
			gap = true;
			continue;
		}
		cp = fold_character(cp);
		if (gap && n > 0 && n < DATES_LENGTH && is_numeral(cp) && is_numeral(room[n - 1]))
			room[n++] = '.';
		gap = false;
		/* A dash of two dashes is one. */
		if (cp == '-' && n > 0 && room[n - 1] == '-')
			continue;
		if (n >= DATES_LENGTH)
			return false;
		room[n++] = cp;
	}
	*ret = (struct dates_text){ room, room + n };
	return true;
}

/* ---- words -------------------------------------------------------------------------------------------- */

/* Characters of the word that stand at the start of t; 0 when the word does not. */
static size_t match(const struct dates_text *t, const char *word, const char *word_end)
{
	const uint32_t *at = t->at;

	while (word < word_end) {
		if (at == t->end || rc_utf8_next(&word) != *at)
			return 0;
		at++;
	}
	return (size_t)(at - t->at);
}

static bool eat(struct dates_text *t, const char *word, const char *word_end)
{
	size_t n = match(t, word, word_end);

	t->at += n;
	return n > 0;
}

static bool eat_end(struct dates_text *t, const char *word, const char *word_end)
{
	size_t n = 0;

	for (const char *at = word; at < word_end; n++)
		(void)rc_utf8_next(&at);
	if (n == 0 || (size_t)(t->end - t->at) < n)
		return false;
	struct dates_text tail = { t->end - n, t->end };

	if (match(&tail, word, word_end) != n)
		return false;
	t->end -= n;
	return true;
}

bool dates_eat(struct dates_text *t, const char *utf8)
{
	return eat(t, utf8, utf8 + strlen(utf8));
}

bool dates_eat_end(struct dates_text *t, const char *utf8)
{
	return eat_end(t, utf8, utf8 + strlen(utf8));
}

static bool any(struct dates_text *t, const char *words, bool (*eat_one)(struct dates_text *, const char *, const char *))
{
	while (*words) {
		size_t len = strcspn(words, "|");

		if (eat_one(t, words, words + len))
			return true;
		words += len;
		words += *words == '|';
	}
	return false;
}

bool dates_eat_any(struct dates_text *t, const char *words)
{
	return any(t, words, eat);
}

bool dates_eat_any_end(struct dates_text *t, const char *words)
{
	return any(t, words, eat_end);
}

bool dates_has_any(const struct dates_text *t, const char *characters)
{
	for (const char *at = characters; *at;) {
		uint32_t cp = rc_utf8_next(&at);

		for (const uint32_t *p = t->at; p < t->end; p++)
			if (*p == cp)
				return true;
	}
	return false;
}

/* Longer words stand before those that they begin with. */
bool dates_is_any(const struct dates_text *t, const char *words)
{
	while (*words) {
		size_t len = strcspn(words, "|");
		struct dates_text rest = *t;

		if (eat(&rest, words, words + len) && rest.at == rest.end)
			return true;
		words += len;
		words += *words == '|';
	}
	return false;
}

/* ---- numbers ------------------------------------------------------------------------------------------ */

/* 0 to 9, or -1. */
static int digit_of(uint32_t cp)
{
	static const char digits[] = "〇一二三四五六七八九";
	const char *at = digits;

	if (cp >= '0' && cp <= '9')
		return (int)(cp - '0');
	for (int i = 0; i < 10; i++)
		if (rc_utf8_next(&at) == cp)
			return i;
	return -1;
}

/* What a character for tens is worth: 十 10, 廿 20 ...; 0: none. */
static int tens_of(uint32_t cp)
{
	return cp == 0x5341 ? 10 : cp == 0x5EFF ? 20 : cp == 0x5345 ? 30 : cp == 0x534C ? 40 : 0;
}

/* One digit and another, with unknown ones at the end: 一九三一, 1931, 193x. */
static bool eat_digits(struct dates_text *t, struct dates_number *ret)
{
	struct dates_number n = { 0 };
	const uint32_t *at = t->at;

	for (; at < t->end && n.digits < 9; at++, n.digits++) {
		int digit = n.unknown ? -1 : digit_of(*at);

		/* The letter is what keyboards had for 〇. */
		if (*at == 'o' && n.digits > 0 && !n.unknown && at[-1] > 0x3000)
			digit = 0;
		if (digit < 0 && (n.digits == 0 || (*at != 'x' && *at != '?')))
			break;
		n.unknown += digit < 0;
		n.value = n.value * 10 + (digit < 0 ? 0 : digit);
	}
	if (n.digits == 0)
		return false;
	t->at = at;
	*ret = n;
	return true;
}

/* 十, 二十, 二十一, 廿一, 一百一十三: up to 999. */
static bool eat_tens(struct dates_text *t, struct dates_number *ret)
{
	const uint32_t *at = t->at, *end = t->end;
	int value = 0, digit;
	bool any_tens = false;

	if (end - at >= 2 && digit_of(at[0]) > 0 && at[1] == 0x767E) {
		value = 100 * digit_of(at[0]);
		at += 2;
		any_tens = true;
		if (at < end && *at == 0x3007)
			at++;
	}
	if (end - at >= 2 && digit_of(at[0]) > 0 && at[1] == 0x5341) {
		value += 10 * digit_of(at[0]);
		at += 2;
		any_tens = true;
	} else if (at < end && tens_of(*at) > 0) {
		value += tens_of(*at++);
		any_tens = true;
	}
	if (any_tens && at < end && (digit = digit_of(*at)) > 0) {
		value += digit;
		at++;
	}
	if (!any_tens || (at < end && (digit_of(*at) >= 0 || tens_of(*at) > 0)))
		return false;
	t->at = at;
	*ret = (struct dates_number){ .value = value };
	return true;
}

bool dates_eat_number(struct dates_text *t, struct dates_number *ret)
{
	return eat_tens(t, ret) || eat_digits(t, ret);
}
