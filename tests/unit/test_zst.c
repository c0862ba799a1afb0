/* test_zst.c -- seekable Zstandard files: what any zstd reads, and what a table lets us find. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "common/zst.h"
#include "core/outfile.h"

static enum rc_status to_buf(void *ctx, const void *bytes, size_t len, struct rc_err *err)
{
	rc_buf_add(ctx, bytes, len);
	return RC_OK;
}

static enum rc_status from_buf(void *ctx, int64_t offset, void *bytes, size_t len, struct rc_err *err)
{
	const struct rc_buf *b = ctx;

	if (offset < 0 || offset + (int64_t)len > (int64_t)b->len)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_TRUNCATED, "short");
	memcpy(bytes, b->data + offset, len);
	return RC_OK;
}

/* n samples of about 1 KB, each different. */
static void pack(int n, int level, struct rc_buf *packed, struct rc_buf *plain)
{
	struct zst_writer *w = NULL;

	check_int(zst_writer_new(&w, level, ZST_FRAME_BYTES, to_buf, packed, NULL), RC_OK);
	for (int i = 0; i < n; i++) {
		char sample[1200];
		int len = snprintf(sample, sizeof sample, "{\"id\":\"item-%d\",\"text\":\"", i);

		for (int j = 0; j < 1000; j++)
			sample[len++] = (char)('a' + (i * 7 + j * j) % 26);
		len += snprintf(sample + len, sizeof sample - (size_t)len, "\"}\n");
		rc_buf_add(plain, sample, (size_t)len);
		check_int(zst_writer_add(w, sample, (size_t)len, NULL), RC_OK);
	}
	check_int(zst_writer_finish(w, NULL), RC_OK);
	zst_writer_free(&w);
}

TEST(every_frame_is_found_by_the_table_and_ends_with_a_sample)
{
	RC_OWN_BUF packed = RC_BUF(1 << 26), plain = RC_BUF(1 << 26), got = RC_BUF(1 << 26);
	RC_CLEANUP(zst_table_free) struct zst_table t = { 0 };

	pack(2000, 3, &packed, &plain);
	struct zst_file f = { from_buf, &packed, (int64_t)packed.len, "x.zst" };

	check_int(zst_table_load(&f, &t, NULL), RC_OK);
	check(t.n >= 3);
	check(t.has_checks);
	for (size_t i = t.n; i-- > 0;) {
		rc_buf_clear(&got);
		check_int(zst_frame_read(&f, &t, i, &got, NULL, NULL), RC_OK);
		check_int(got.len, t.frames[i].raw);
		check(memcmp(got.data, plain.data + t.frames[i].start, got.len) == 0);
		check(got.data[0] == '{' && got.data[got.len - 1] == '\n');
	}
	check_int(t.frames[t.n - 1].start + t.frames[t.n - 1].raw, plain.len);
}

TEST(the_zstd_program_reads_it_as_one_stream)
{
	RC_OWN_BUF packed = RC_BUF(1 << 26), plain = RC_BUF(1 << 26), got = RC_BUF(1 << 26);

	if (system("command -v zstd >/dev/null") != 0)
		check_skip("no zstd program");
	pack(1500, 9, &packed, &plain);
	check_int(rc_file_put("x.zst", packed.data, packed.len, NULL), RC_OK);
	check_int(system("zstd -dq x.zst -o x && zstd -tq x.zst"), 0);
	check_int(rc_buf_read_file(&got, "x", NULL), RC_OK);
	check(got.len == plain.len && memcmp(got.data, plain.data, got.len) == 0);
}

/* Reads the table as the published description of the format has it, without our own reader. */
TEST(the_table_is_what_the_format_describes)
{
	RC_OWN_BUF packed = RC_BUF(1 << 26), plain = RC_BUF(1 << 26);

	pack(2000, 1, &packed, &plain);
	const unsigned char *end = (unsigned char *)packed.data + packed.len;
	uint32_t n = end[-9] | (uint32_t)end[-8] << 8 | (uint32_t)end[-7] << 16 | (uint32_t)end[-6] << 24;

	check(memcmp(end - 4, "\xB1\xEA\x92\x8F", 4) == 0);
	check_int(end[-5], 0x80);
	const unsigned char *head = end - 9 - n * 12 - 8;
	uint32_t size = head[4] | (uint32_t)head[5] << 8 | (uint32_t)head[6] << 16 | (uint32_t)head[7] << 24;
	int64_t sum = 0, raw = 0;

	check(memcmp(head, "\x5E\x2A\x4D\x18", 4) == 0);
	check_int(size, n * 12 + 9);
	for (uint32_t i = 0; i < n; i++) {
		const unsigned char *e = head + 8 + i * 12;

		sum += e[0] | (int64_t)e[1] << 8 | (int64_t)e[2] << 16 | (int64_t)e[3] << 24;
		raw += e[4] | (int64_t)e[5] << 8 | (int64_t)e[6] << 16 | (int64_t)e[7] << 24;
	}
	check_int(sum, head - (unsigned char *)packed.data);
	check_int(raw, plain.len);
}

TEST(nothing_packed_is_still_a_file_that_reads_as_nothing)
{
	RC_OWN_BUF packed = RC_BUF(1 << 20), plain = RC_BUF(1 << 20);
	RC_CLEANUP(zst_table_free) struct zst_table t = { 0 };

	pack(0, 3, &packed, &plain);
	struct zst_file f = { from_buf, &packed, (int64_t)packed.len, "x.zst" };

	check_int(zst_table_load(&f, &t, NULL), RC_OK);
	check_int(t.n, 0);
}

TEST(same_samples_same_bytes)
{
	RC_OWN_BUF a = RC_BUF(1 << 26), b = RC_BUF(1 << 26), plain = RC_BUF(1 << 27);

	pack(900, 9, &a, &plain);
	pack(900, 9, &b, &plain);
	check(a.len == b.len && memcmp(a.data, b.data, a.len) == 0);
}

/* Whatever single byte is wrong, the reader says so or gives the right bytes; it never gives wrong ones. */
TEST(a_flipped_byte_never_gives_wrong_samples)
{
	RC_OWN_BUF packed = RC_BUF(1 << 26), plain = RC_BUF(1 << 26), got = RC_BUF(1 << 26);
	int caught = 0, tried = 0;

	pack(700, 3, &packed, &plain);
	for (size_t at = 0; at < packed.len; at += 1 + packed.len / 3000, tried++) {
		RC_CLEANUP(zst_table_free) struct zst_table t = { 0 };
		struct zst_file f = { from_buf, &packed, (int64_t)packed.len, "x.zst" };
		struct rc_err err;
		enum rc_status status;

		packed.data[at] ^= 0x41;
		rc_buf_clear(&got);
		status = zst_table_load(&f, &t, &err);
		for (size_t i = 0; status == RC_OK && i < t.n; i++)
			status = zst_frame_read(&f, &t, i, &got, NULL, &err);
		if (status != RC_OK)
			caught++;
		else
			check(got.len == plain.len && memcmp(got.data, plain.data, got.len) == 0);
		packed.data[at] ^= 0x41;
	}
	check(tried > 1000);
	check(caught > tried * 9 / 10);
}

TEST(a_file_cut_anywhere_has_no_table)
{
	RC_OWN_BUF packed = RC_BUF(1 << 26), plain = RC_BUF(1 << 26);

	pack(700, 3, &packed, &plain);
	for (size_t len = 0; len < packed.len; len += 1 + packed.len / 500) {
		struct zst_table t = { 0 };
		struct zst_file f = { from_buf, &packed, (int64_t)len, "x.zst" };
		struct rc_err err;

		check_int(zst_table_load(&f, &t, &err), RC_PAGE_FAILED);
		check_contains(err.text, "x.zst");
	}
}

/* A file of 2 GiB that is all zeros but for its seek table; nothing of it exists. */
static const int64_t sparse_end = INT64_C(2) << 30;
static const uint8_t sparse_table[] = {
	0x5E, 0x2A, 0x4D, 0x18, 17, 0, 0, 0,    /* skippable frame of 17 bytes */
	0, 0, 0, 0x80, 1, 0, 0, 0,              /* one frame: 2 GiB that unpack to one byte */
	1, 0, 0, 0, 0, 0xB1, 0xEA, 0x92, 0x8F,  /* one entry, no checks, the magic of a seek table */
};

static enum rc_status from_sparse(void *ctx, int64_t offset, void *bytes, size_t len, struct rc_err *err)
{
	for (size_t i = 0; i < len; i++) {
		int64_t at = offset + (int64_t)i - sparse_end;

		((uint8_t *)bytes)[i] = at >= 0 && at < (int64_t)sizeof sparse_table ? sparse_table[at] : 0;
	}
	return RC_OK;
}

TEST(a_sparse_file_cannot_ask_for_memory)
{
	struct zst_file f = { from_sparse, NULL, sparse_end + (int64_t)sizeof sparse_table, "x.zst" };
	struct zst_table t = { 0 };
	struct rc_err err;

	check_int(zst_table_load(&f, &t, &err), RC_PAGE_FAILED);
	check_contains(err.text, "larger than the limit");
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
