/* test_personal.c -- numbers of persons are found by form and checksum, and what only looks like one is left alone. */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "common/personal.h"

/* The kinds that are found in a text, with their code points: "id 3-21, email 30-45". */
static const char *found(const char *text)
{
	static char out[400];
	struct personal_span s;
	size_t at = 0, len = 0;
	int64_t cp = 0;

	out[0] = 0;
	while (personal_next(text, &at, &cp, &s))
		len += (size_t)snprintf(out + len, sizeof out - len, "%s%s %lld-%lld", len ? ", " : "", personal_kind_name(s.kind),
		                        (long long)s.first, (long long)s.last);
	return out;
}

TEST(a_citizens_number_needs_its_checksum_and_a_date)
{
	check_str(found("號碼11010519491231002X。"), "id 2-20");
	check_str(found("號碼110105194912310021。"), "");
	check_str(found("１１０１０５１９４９１２３１００２Ｘ"), "id 0-18");
	check_str(found("440524188001010014"), "id 0-18");
	check_str(found("110105194913310024"), "");
	check_str(found("9110105194912310021X"), "");
}

TEST(an_old_number_of_fifteen_digits_needs_a_word_before_it)
{
	check_str(found("身份证：110105491231002"), "id 4-19");
	check_str(found("第110105491231002號"), "");
}

TEST(phones_with_and_without_gaps)
{
	check_str(found("電話13812345678"), "phone 2-13");
	check_str(found("138-1234-5678"), "phone 0-13");
	check_str(found("0797-8123456"), "phone 0-12");
	check_str(found("0797-8123456轉3，12345678901"), "phone 0-12");
	check_str(found("13812345678 13912345678 第3號"), "phone 0-11, phone 12-23");
	check_str(found("13812345678 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7"), "phone 0-11");
	check_str(found("一九三一年 19311107 1931-1107"), "");
}

TEST(cards_by_their_check_digit)
{
	check_str(found("6222 0212 3456 7890"), "");
	check_str(found("4111 1111 1111 1111"), "card 0-19");
	check_str(found("4111111111111112"), "");
	check_str(found("6212345678901232"), "card 0-16");
	check_str(found("1234567890123456789012345678"), "");
}

TEST(addresses_of_mail)
{
	check_str(found("函寄li.ming+2@archive.example.cn，"), "email 2-30");
	check_str(found("a@b"), "");
	check_str(found("@名 x@ y.cn"), "");
}

TEST(masking_keeps_the_places_of_characters)
{
	RC_OWN_BUF out = RC_BUF(1000);

	check_int(personal_mask("電話13812345678，函a.b@c.cn。", &out), 2);
	check_str(out.data, "電話■■■■■■■■■■■，函■■■■■■■■。");
	rc_buf_clear(&out);
	check_int(personal_mask("蘇維埃政府布告\n第七號\n", &out), 0);
	check_str(out.data, "蘇維埃政府布告\n第七號\n");
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
