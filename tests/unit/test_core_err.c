/* test_core_err.c -- errors as values, buffers with a maximum, digests. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "core/buf.h"
#include "core/digest.h"
#include "core/text.h"

TEST(one_statement_fills_the_error_and_returns)
{
	struct rc_err err;

	check_int(rc_fail(&err, RC_PAGE_FAILED, RC_WHY_DECODE, "cannot decode '%s'", "p7.tif"), RC_PAGE_FAILED);
	check_int(err.reason, RC_WHY_DECODE);
	check_str(err.text, "cannot decode 'p7.tif'");
	check_int(rc_fail(NULL, RC_RETRY, RC_WHY_NETWORK, "nobody listens"), RC_RETRY);
}

TEST(an_error_may_quote_itself)
{
	struct rc_err err;

	rc_fail(&err, RC_PAGE_FAILED, RC_WHY_DECODE, "bad deflate data");
	rc_fail(&err, RC_PAGE_FAILED, RC_WHY_DECODE, "member 'x': %s", err.text);
	check_str(err.text, "member 'x': bad deflate data");
	check_int(rc_fail_in(&err, RC_PAGE_FAILED, "cannot read '%s'", "box12.zip"), RC_PAGE_FAILED);
	check_str(err.text, "cannot read 'box12.zip': member 'x': bad deflate data");
	check_int(err.reason, RC_WHY_DECODE);
}

TEST(a_full_disk_is_never_the_fault_of_a_page)
{
	struct rc_err err;

	errno = ENOSPC;
	check_int(rc_fail_errno(&err, RC_PAGE_FAILED, RC_WHY_DECODE, "cannot write 'x'"), RC_RUN_FAILED);
	check_int(err.reason, RC_WHY_DISK);
	check_str(err.text, "cannot write 'x': No space left on device");
	errno = EACCES;
	check_int(rc_fail_errno(&err, RC_PAGE_FAILED, RC_WHY_UNREADABLE, "cannot read 'x'"), RC_PAGE_FAILED);
	check_int(err.reason, RC_WHY_UNREADABLE);
}

TEST(long_messages_are_cut_between_characters)
{
	char name[3001];
	struct rc_err err;

	for (int shift = 0; shift < 3; shift++) {
		memset(name, 'x', sizeof name);
		for (int i = shift; i + 3 < 3000; i += 3)
			memcpy(name + i, "紅", 3);
		name[3000 - 3] = '\0';
		rc_fail(&err, RC_PAGE_FAILED, RC_WHY_PATH, "%s", name);
		check(strlen(err.text) >= sizeof err.text - 4);
		check(rc_utf8_valid(err.text, strlen(err.text)));
		rc_fail(&err, RC_PAGE_FAILED, RC_WHY_PATH, "short");
		rc_fail_in(&err, RC_PAGE_FAILED, "%s", name);
		check(rc_utf8_valid(err.text, strlen(err.text)));
	}
}

TEST(every_reason_is_found_by_its_name)
{
	for (unsigned i = 0; i < RC_REASON_COUNT; i++) {
		check_int(rc_reason_find(rc_reason_name(i)), i);
		check(rc_reason_meaning(i)[0] != '\0');
	}
	check_int(rc_reason_find("no-such-reason"), RC_REASON_COUNT);
	check_str(rc_status_name(RC_PAGE_FAILED), "page-failed");
	check_str(rc_status_name(77), "unknown");
}

TEST(a_buffer_is_a_string_from_birth)
{
	RC_OWN_BUF b = RC_BUF(100);

	check_str(b.data, "");
	rc_buf_adds(&b, "box");
	rc_buf_addf(&b, "%d/%s", 12, "p7");
	rc_buf_addc(&b, ':');
	rc_buf_add_cp(&b, 0x7D05);
	rc_buf_add_cp(&b, 0xD800);              /* a surrogate is no character */
	check_str(b.data, "box12/p7:\xe7\xb4\x85\xef\xbf\xbd");
	check_int(b.len, strlen(b.data));
	rc_buf_clear(&b);
	check_str(b.data, "");
}

TEST(a_buffer_takes_its_maximum_and_not_one_byte_more)
{
	struct rc_err err;
	RC_OWN_BUF b = RC_BUF(10);

	rc_buf_adds(&b, "0123456789");
	check(rc_good(rc_buf_check(&b, "the text", &err)));
	rc_buf_add(&b, "", 0);
	check(!b.failed);
	rc_buf_addc(&b, 'x');
	rc_buf_adds(&b, "dropped");
	check_str(b.data, "");
	check_int(rc_buf_check(&b, "the text", &err), RC_PAGE_FAILED);
	check_int(err.reason, RC_WHY_BYTES);
	check_str(err.text, "the text is larger than 10 bytes");
	check(rc_buf_take(&b) == NULL);
	check(rc_buf_grow(&b, 1) == NULL);
	rc_buf_clear(&b);
	rc_buf_addf(&b, "%s", "01234567890");
	check(b.failed);
}

TEST(a_taken_string_belongs_to_the_caller)
{
	struct rc_buf b = RC_BUF(1000);
	RC_OWN_STR empty = rc_buf_take(&b);

	check_str(empty, "");
	for (int i = 0; i < 100; i++)
		rc_buf_addf(&b, "%d,", i);
	RC_OWN_STR text = rc_buf_take(&b);

	check_int(strlen(text), 290);
	check_int(b.len, 0);
	check_str(b.data, "");
}

TEST(long_formats_are_not_cut)
{
	RC_OWN_BUF b = RC_BUF(5000);

	rc_buf_addf(&b, "%4000d", 7);
	check_int(b.len, 4000);
	check_str(b.data + 3999, "7");
}

TEST(a_file_of_exactly_the_maximum_is_read)
{
	RC_OWN_BUF b = RC_BUF(5), small = RC_BUF(4);
	struct rc_err err;
	RC_OWN_FD fd = open("five", O_RDWR | O_CREAT, 0600);

	check_int(write(fd, "12345", 5), 5);
	check_int(rc_buf_read_file(&b, "five", &err), RC_OK);
	check_str(b.data, "12345");
	check_int(rc_buf_read_file(&small, "five", &err), RC_PAGE_FAILED);
	check_int(err.reason, RC_WHY_BYTES);
	check_int(rc_buf_read_file(&b, "no/such/file", &err), RC_RUN_FAILED);
	check_int(err.reason, RC_WHY_MISSING);
	check_contains(err.text, "cannot open 'no/such/file': No such file");
	rc_buf_clear(&small);
	check_int(rc_buf_read_file(&small, ".", &err), RC_PAGE_FAILED);
	check_int(err.reason, RC_WHY_UNREADABLE);
}

TEST(a_file_that_grew_after_its_size_was_asked_is_read_to_its_end)
{
	RC_OWN_BUF b = RC_BUF(1 << 20);
	struct rc_err err;
	int ends[2];

	check_int(pipe(ends), 0);               /* no size at all */
	check_int(write(ends[1], "abc", 3), 3);
	close(ends[1]);
	check_int(rc_buf_read_fd(&b, ends[0], "pipe", &err), RC_OK);
	check_str(b.data, "abc");
	close(ends[0]);
}

TEST(digests_are_sha256)
{
	char hex[RC_DIGEST_HEX];
	struct rc_digest d = rc_digest_of("abc", 3), parsed;

	check_str(rc_digest_hex(&d, hex), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	check(rc_digest_parse(hex, &parsed));
	check(rc_digest_equal(&d, &parsed));
	check(rc_digest_parse("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD", &parsed));
	check(rc_digest_equal(&d, &parsed));
	d = rc_digest_of(NULL, 0);
	check_str(rc_digest_hex(&d, hex), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	check(!rc_digest_is_zero(&d));
}

TEST(what_is_no_digest_is_refused)
{
	struct rc_digest untouched = { { 7 } };
	char hex[80];

	memset(hex, 'a', sizeof hex);
	hex[65] = '\0';
	check(!rc_digest_parse(hex, &untouched));
	hex[63] = '\0';
	check(!rc_digest_parse(hex, &untouched));
	memset(hex, 'a', 64);
	hex[64] = '\0';
	check(rc_digest_parse(hex, &untouched));
	untouched = (struct rc_digest){ { 7 } };
	hex[10] = 'g';
	check(!rc_digest_parse(hex, &untouched));
	check(!rc_digest_parse("", &untouched));
	check_int(untouched.bytes[0], 7);
}

TEST(strings_in_a_digest_keep_their_borders)
{
	struct rc_hasher *h = rc_hasher_new();

	rc_hasher_add_str(h, "ab");
	rc_hasher_add_str(h, "c");
	struct rc_digest first = rc_hasher_now(h), whole = rc_hasher_end(h);

	check(rc_digest_equal(&first, &whole));
	rc_hasher_add_str(h, "a");
	rc_hasher_add_str(h, "bc");
	struct rc_digest second = rc_hasher_end(h);

	check(!rc_digest_equal(&first, &second));
	rc_hasher_add(h, "abc", 3);             /* starts again from nothing */
	struct rc_digest third = rc_hasher_end(h), abc = rc_digest_of("abc", 3);

	check(rc_digest_equal(&third, &abc));
	rc_hasher_free(&h);
	rc_hasher_free(&h);
}

TEST(part_of_a_file_is_digested_where_it_lies)
{
	RC_OWN_FD fd = open("f", O_RDWR | O_CREAT, 0600);
	struct rc_digest d, abc = rc_digest_of("abc", 3);
	struct rc_err err;
	int64_t len = 0;

	check_int(write(fd, "xxabcyy", 7), 7);
	check_int(rc_digest_fd(fd, 2, 3, "f", &d, &len, &err), RC_OK);
	check(rc_digest_equal(&d, &abc));
	check_int(len, 3);
	check_int(lseek(fd, 0, SEEK_CUR), 7);
	check_int(rc_digest_fd(fd, 2, -1, "f", &d, &len, &err), RC_OK);
	check_int(len, 5);
	check_int(rc_digest_fd(fd, 2, 6, "f", &d, NULL, &err), RC_PAGE_FAILED);
	check_int(err.reason, RC_WHY_TRUNCATED);
	check_str(err.text, "cannot read 'f': it ends 1 bytes early");
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
