/* test_core_text.c -- UTF-8, kinds of characters, printing, natural order, safe names; JSON's door. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "core/json.h"
#include "core/limits.h"
#include "core/text.h"

static bool valid(const char *s)
{
	return rc_utf8_valid(s, strlen(s));
}

TEST(every_character_survives_utf8)
{
	for (uint32_t cp = 1; cp <= 0x10FFFF; cp++) {
		char bytes[5] = "";
		const char *at = bytes;

		if (cp >= 0xD800 && cp <= 0xDFFF)
			continue;
		int len = rc_utf8_put(cp, bytes);

		if (rc_utf8_next(&at) != cp || at != bytes + len || !rc_utf8_valid(bytes, (size_t)len)) {
			check_int(cp, 0);
			return;
		}
	}
}

TEST(forms_that_unicode_forbids_are_bad_bytes)
{
	static const char *const bad[] = {
		"\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xE0\x9F\xBF", "\xF0\x80\x80\x80", "\xF0\x8F\xBF\xBF", /* overlong */
		"\xED\xA0\x80", "\xED\xBF\xBF",                 /* surrogates */
		"\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", /* beyond U+10FFFF */
		"\x80", "\xBF", "\xE7", "\xE7\xB4", "\xF0\x9F\x98", "\xE7\x41\x85",  /* alone, cut, broken */
		"\xBA\xEC\xC9\xAB",                             /* GBK is not UTF-8 */
	};
	for (size_t i = 0; i < RC_COUNT(bad); i++) {
		const char *at = bad[i];

		check(!valid(bad[i]));
		check_int(rc_utf8_next(&at), RC_BAD_CP);
		check_int(at - bad[i], 1);
	}
	check(valid("\xF4\x8F\xBF\xBF"));
	check(valid("\xED\x9F\xBF\xEE\x80\x80"));
	check(rc_utf8_valid("a\0b", 3));
	check(!rc_utf8_valid("\xE7\xB4\x85", 2));
}

TEST(characters_are_counted_and_bad_bytes_one_each)
{
	check_int(rc_utf8_count(""), 0);
	check_int(rc_utf8_count("紅色中華"), 4);
	check_int(rc_utf8_count("a\xFF\xFE" "b"), 4);
	check_int(rc_utf8_count("\xE7\xB4"), 2);

	const char *end = "";

	check_int(rc_utf8_next(&end), 0);
	check_int(rc_utf8_next(&end), 0);
}

TEST(han_is_known_on_all_planes)
{
	static const uint32_t yes[] = { 0x4E00, 0x9FFF, 0x3400, 0x3005, 0x3006, 0x3007, 0xF900, 0x20000, 0x2A6DF, 0x2F800, 0x30000, 0x323AF };
	static const uint32_t no[] = { 'a', 0x3001, 0x3042, 0xFF0C, 0xAC00, 0x1F600, 0x3000, RC_BAD_CP };

	for (size_t i = 0; i < RC_COUNT(yes); i++)
		check(rc_is_han(yes[i]) && rc_is_cjk(yes[i]));
	for (size_t i = 0; i < RC_COUNT(no); i++)
		check(!rc_is_han(no[i]));
	check(rc_is_cjk(0x3002) && rc_is_cjk(0xFF0C) && rc_is_cjk(0x30A2) && rc_is_cjk(0xFE35));
	check(!rc_is_cjk('1') && !rc_is_cjk(0x3000) && !rc_is_cjk(0xAC00));
}

static void joined(const char *before, const char *after)
{
	RC_OWN_STR text = rc_strdup(before);

	rc_text_join_cjk(text);
	check_str(text, after);
}

TEST(no_spaces_stay_between_han)
{
	joined("紅 色 中 華", "紅色中華");
	joined("紅 \t　色", "紅色");
	joined("蘇 區 、 閩 西", "蘇區、閩西");
	joined("第 12 期", "第 12 期");
	joined("Red China 紅 色 x", "Red China 紅色 x");
	joined(" 紅 色 ", " 紅色 ");
	joined("紅\n色", "紅\n色");
	joined("紅 \xFF 色", "紅 \xFF 色");
	joined("𠀀 𠀁", "𠀀𠀁");
	joined("打破 “ 終 ” … 他 — 說", "打破“終”…他—說");
	joined("said “ no ” twice", "said “ no ” twice");
	joined("", "");
	joined("   ", "   ");
}

static void escaped(const char *name, const char *want)
{
	RC_OWN_BUF out = RC_BUF(1000);

	rc_text_escape(&out, name);
	check_str(out.data, want);
}

TEST(names_cannot_drive_the_terminal)
{
	escaped("plain 紅色.tif", "plain 紅色.tif");
	escaped("a\nb\rc\td", "a\\nb\\rc\\td");
	escaped("\x1b[2J", "\\x1b[2J");
	escaped("\x7f", "\\x7f");
	escaped("back\\slash", "back\\\\slash");
	escaped("\xBA\xEC", "\\xba\\xec");
	escaped("fdp.\xE2\x80\xAEgpj", "fdp.\\u{202e}gpj");
	escaped("\xC2\x9B" "2J", "\\u{009b}2J");
	escaped("\xE2\x80\xA8", "\\u{2028}");
	escaped("\xEF\xBB\xBF", "\\u{feff}");
}

TEST(pages_come_in_the_order_people_count)
{
	check(rc_natural_compare("p2", "p10") < 0);
	check(rc_natural_compare("p2.tif", "p2/x") > 0);
	check(rc_natural_compare("p9", "p10") < 0);
	check(rc_natural_compare("p010", "p9") > 0);
	check(rc_natural_compare("p01", "p1") < 0);     /* a tie, by bytes */
	check(rc_natural_compare("p01b", "p1a") > 0);   /* not a tie */
	check_int(rc_natural_compare("same7", "same7"), 0);
	check(rc_natural_compare("99999999999999999999999999", "100000000000000000000000000") < 0);
	check(rc_natural_compare("第2期/10", "第10期/2") < 0);
	check(rc_natural_compare("a/z", "a-b") < 0);    /* '/' before every other byte */
	check(rc_natural_compare("a", "a/1") < 0);
	check(rc_natural_compare("a/b/c", "a b") < 0);
	check(rc_natural_compare("p", "p0") < 0);
	check(rc_natural_compare("p\xE7", "p1") > 0);
}

static int sign(int x)
{
	return (x > 0) - (x < 0);
}

static int by_keys(const char *a, const char *b)
{
	RC_OWN_BUF x = RC_BUF(100000), y = RC_BUF(100000);

	rc_natural_key(&x, a);
	rc_natural_key(&y, b);
	int order = memcmp(x.data, y.data, x.len < y.len ? x.len : y.len);

	return order ? order : (x.len > y.len) - (x.len < y.len);
}

TEST(keys_sort_exactly_like_names)
{
	static const char alphabet[] = "001299ab/\x01\x02\x03-.\xE7";
	uint32_t seed = 12345;
	char names[300][12];

	for (int i = 0; i < 300; i++) {
		int len = 0;

		for (; len < i % 11; len++) {
			seed = seed * 1664525 + 1013904223;
			names[i][len] = alphabet[(seed >> 16) % (sizeof alphabet - 1)];
		}
		names[i][len] = '\0';
	}
	for (int i = 0; i < 300; i++)
		for (int k = 0; k < 300; k++)
			if (sign(rc_natural_compare(names[i], names[k])) != sign(by_keys(names[i], names[k]))) {
				check_str(names[i], names[k]);
				return;
			}
}

TEST(numbers_of_hundreds_of_digits_sort_too)
{
	char a[600], b[600];

	memset(a, '7', sizeof a);
	memset(b, '7', sizeof b);
	a[253] = b[254] = '\0';
	check(rc_natural_compare(a, b) < 0 && by_keys(a, b) < 0);
	a[253] = '7';
	a[599] = b[598] = '\0';
	b[254] = '7';
	check(rc_natural_compare(a, b) > 0 && by_keys(a, b) > 0);
}

static void named(const char *name, const char *safe, const char *key)
{
	RC_OWN_BUF a = RC_BUF(1000), b = RC_BUF(1000);

	rc_safe_name(&a, name);
	rc_safe_key(&b, name);
	check_str(a.data, safe);
	check_str(b.data, key);
}

TEST(any_name_becomes_a_file_name)
{
	named("box12", "box12", "box12");
	named("box 12/第1期.v2", "box 12%2F第1期.v2", "box 12%2F第1期%2Ev2");
	named("..", "%2E%2E", "%2E%2E");
	named(".hidden", "%2Ehidden", "%2Ehidden");
	named("-rf", "%2Drf", "%2Drf");
	named("~x", "%7Ex", "%7Ex");
	named("a-~b", "a-~b", "a-~b");
	named("100%", "100%25", "100%25");
	named("end. ", "end.%20", "end%2E%20");
	named("end.", "end%2E", "end%2E");
	named("a\\b\n<>:\"|?*", "a%5Cb%0A%3C%3E%3A%22%7C%3F%2A", "a%5Cb%0A%3C%3E%3A%22%7C%3F%2A");
	named("\xBA\xEC", "%BA%EC", "%BA%EC");
	named("", "%", "%");
}

TEST(long_names_are_cut_and_stay_different)
{
	char one[1000], other[1002];
	RC_OWN_BUF a = RC_BUF(1000), b = RC_BUF(1000);

	memset(one, 0, sizeof one);
	for (int i = 0; i < 200; i++)
		memcpy(one + 3 * i, "紅", 3);
	snprintf(other, sizeof other, "%s!", one);
	rc_safe_name(&a, one);
	rc_safe_name(&b, other);
	check(a.len <= RC_MAX_ITEM_ID && a.len > RC_MAX_ITEM_ID - 4);
	check(valid(a.data));
	check(strcmp(a.data, b.data) != 0);
	check_int(a.data[a.len - 13], '~');
	one[66 * 3] = 'x', one[66 * 3 + 1] = 'y', one[66 * 3 + 2] = '\0';
	rc_buf_clear(&a);
	rc_safe_name(&a, one);                  /* exactly 200 bytes: as it is */
	check_str(a.data, one);
}

TEST(cutting_never_splits_an_encoded_byte)
{
	for (int before = 180; before < 190; before++) {
		char name[400];
		RC_OWN_BUF safe = RC_BUF(1000);

		memset(name, 'a', sizeof name);
		memset(name + before, '/', 100);
		name[before + 100] = '\0';
		rc_safe_name(&safe, name);
		size_t tail = safe.len - 13;

		check(safe.len <= RC_MAX_ITEM_ID);
		if (tail > (size_t)before)
			check_int((tail - (size_t)before) % 3, 0);
	}
}

/* ---- JSON ------------------------------------------------------------------------------------------ */

static enum rc_reason refused(const char *text, struct rc_err *err)
{
	json_t *json = NULL;

	check_int(rc_json_parse(text, strlen(text), "answer", &json, err), RC_PAGE_FAILED);
	check(json == NULL);
	return err->reason;
}

TEST(json_from_outside_is_held_to_the_letter)
{
	static const char *const bad[] = {
		"", "{", "[1,]", "{} x", "{\"a\":1,\"a\":2}", "[\"\xBA\xEC\"]", "[\"\\ud800\"]", "[NaN]", "[1e999]",
		"[99999999999999999999]", "[\"\\u0000\"]", "[01]", "{'a':1}",
	};
	struct rc_err err;

	for (size_t i = 0; i < RC_COUNT(bad); i++)
		check_int(refused(bad[i], &err), RC_WHY_FORMAT);
	refused("{\n\"a\":\n}", &err);
	check_contains(err.text, "cannot parse 'answer': line 3: ");
}

TEST(json_nested_without_end_is_refused_before_anybody_recurses)
{
	RC_OWN_BUF deep = RC_BUF(4000000);
	struct rc_err err;
	RC_OWN_JSON json = NULL;

	for (int i = 0; i < 1000000; i++)
		rc_buf_adds(&deep, "[");
	check_int(refused(deep.data, &err), RC_WHY_FORMAT);
	check_contains(err.text, "nested deeper than 64 levels");
	rc_buf_clear(&deep);
	for (int i = 0; i < 128; i++)
		rc_buf_addc(&deep, i < 64 ? '[' : ']');
	check_int(rc_json_parse(deep.data, deep.len, "x", &json, &err), RC_OK);
	rc_json_free(&json);
	check_int(rc_json_parse("[\"[[[\\\"[[[\"]", 12, "x", &json, &err), RC_OK);
}

TEST(json_is_printed_the_same_every_time)
{
	RC_OWN_JSON json = json_pack("{s:i, s:f, s:s, s:[b,n]}", "z", 1, "a", 0.123456789, "text", "紅\"\n", "m", 1);
	RC_OWN_BUF out = RC_BUF(1000);

	rc_json_print(&out, json);
	check_str(out.data, "{\"z\":1,\"a\":0.1235,\"text\":\"紅\\\"\\n\",\"m\":[true,null]}");
	rc_buf_clear(&out);
	rc_json_print_pretty(&out, json);
	check_contains(out.data, "{\n  \"z\": 1,\n  \"a\": 0.1235,");
	check_int(out.data[out.len - 1], '\n');
}

TEST(getters_are_lenient)
{
	RC_OWN_JSON json = json_pack("{s:i, s:f, s:s, s:b}", "i", 7, "r", 0.5, "s", "x", "b", 1);

	check_int(rc_json_int(json, "i", -1), 7);
	check_int(rc_json_int(json, "s", -1), -1);
	check_int(rc_json_int(NULL, "i", -1), -1);
	check_near(rc_json_real(json, "r", 0), 0.5, 0);
	check_near(rc_json_real(json, "i", 0), 7, 0);
	check_str(rc_json_str(json, "s", "no"), "x");
	check_str(rc_json_str(json, "i", "no"), "no");
	check(rc_json_bool(json, "b", false));
	check(rc_json_bool(json, "none", true));
}

TEST(a_spreadsheet_does_not_compute_a_name)
{
	RC_OWN_BUF out = RC_BUF(100);

	rc_text_escape_cell(&out, "=1+1\t");
	rc_text_escape_cell(&out, "a=1");
	rc_text_escape_cell(&out, "");
	rc_text_escape_cell(&out, "@x");
	check_str(out.data, "'=1+1\\ta=1'@x");
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
