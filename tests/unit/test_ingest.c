/* test_ingest.c -- sources become pages: folders, images, archives, and what is wrong with them. */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>

#include "common/image.h"
#include "fake_books.h"
#include "ingest/ingest.h"

/* ---- files to ingest ----------------------------------------------------------------------------- */

/* A gray picture of 16 by 8 pixels; `shade` makes it another. */
static struct rc_buf picture(unsigned char shade)
{
	struct rc_buf b = RC_BUF(1000);
	unsigned char rows[128];

	memset(rows, shade, sizeof rows);
	rc_buf_adds(&b, "P5\n16 8\n255\n");
	rc_buf_add(&b, rows, sizeof rows);
	return b;
}

static void put(const char *path, const void *bytes, size_t len)
{
	check_int(rc_file_put(path, bytes, len, NULL), RC_OK);
}

static void put_picture(const char *path, unsigned char shade)
{
	RC_OWN_BUF b = picture(shade);

	put(path, b.data, b.len);
}

static void add_le(struct rc_buf *b, uint32_t value, int bytes)
{
	for (int i = 0; i < bytes; i++)
		rc_buf_addc(b, (char)(value >> (8 * i) & 0xFF));
}

static void add_tag(struct rc_buf *b, int tag, int type, uint32_t value)
{
	add_le(b, (uint32_t)tag, 2);
	add_le(b, (uint32_t)type, 2);
	add_le(b, 1, 4);
	add_le(b, value, 4);
}

/* A TIFF of n frames, 8 by 8 pixels gray each. */
static struct rc_buf tiff(int n)
{
	struct rc_buf b = RC_BUF(100000);
	const uint32_t ifd = 2 + 9 * 12 + 4, frame = 64 + ifd;

	rc_buf_add(&b, "II*\0", 4);
	add_le(&b, 8 + 64, 4);
	for (int i = 0; i < n; i++) {
		uint32_t at = 8 + (uint32_t)i * frame;

		for (int k = 0; k < 64; k++)
			rc_buf_addc(&b, (char)(i + k));
		add_le(&b, 9, 2);
		add_tag(&b, 256, 3, 8);
		add_tag(&b, 257, 3, 8);
		add_tag(&b, 258, 3, 8);
		add_tag(&b, 259, 3, 1);
		add_tag(&b, 262, 3, 1);
		add_tag(&b, 273, 4, at);
		add_tag(&b, 277, 3, 1);
		add_tag(&b, 278, 3, 8);
		add_tag(&b, 279, 4, 64);
		add_le(&b, i + 1 < n ? at + frame + 64 : 0, 4);
	}
	return b;
}

/* An archive being written: box_open, box_add..., box_close. Names are bytes. */
static struct archive *box_open(const char *path, const char *format, const char *filter, const char *options)
{
	struct archive *a = archive_write_new();

	check_int(archive_write_set_format_by_name(a, format), ARCHIVE_OK);
	if (filter)
		check_int(archive_write_add_filter_by_name(a, filter), ARCHIVE_OK);
	archive_write_set_bytes_in_last_block(a, 1);
	if (options)
		check_int(archive_write_set_options(a, options), ARCHIVE_OK);
	if (options && strstr(options, "encryption"))
		archive_write_set_passphrase(a, "secret");
	check_int(archive_write_open_filename(a, path), ARCHIVE_OK);
	return a;
}

static void box_add_kind(struct archive *a, const char *name, const void *bytes, size_t len, int type, const char *link)
{
	struct archive_entry *e = archive_entry_new();

	archive_entry_set_pathname(e, name);
	archive_entry_set_filetype(e, (unsigned)type);
	archive_entry_set_perm(e, 0644);
	archive_entry_set_size(e, (la_int64_t)len);
	if (link && type == AE_IFLNK)
		archive_entry_set_symlink(e, link);
	else if (link)
		archive_entry_set_hardlink(e, link);
	check(archive_write_header(a, e) >= ARCHIVE_WARN);
	if (len > 0)
		check_int(archive_write_data(a, bytes, len), len);
	archive_entry_free(e);
}

static void box_add(struct archive *a, const char *name, const void *bytes, size_t len)
{
	box_add_kind(a, name, bytes, len, AE_IFREG, NULL);
}

static void box_picture(struct archive *a, const char *name, unsigned char shade)
{
	RC_OWN_BUF b = picture(shade);

	box_add(a, name, b.data, b.len);
}

static void box_close(struct archive *a)
{
	check_int(archive_write_close(a), ARCHIVE_OK);
	archive_write_free(a);
}

static void box_file(struct archive *a, const char *name, const char *path)
{
	RC_OWN_BUF b = RC_BUF(1 << 24);

	check_int(rc_buf_read_file(&b, path, NULL), RC_OK);
	box_add(a, name, b.data, b.len);
}

static void cut_file(const char *path, double share)
{
	struct stat st;

	check_int(stat(path, &st), 0);
	check_int(truncate(path, (off_t)((double)st.st_size * share)), 0);
}

static void books_free(struct rc_books **b)
{
	fake_books_free(b);
}
#define OWN_BOOKS RC_CLEANUP(books_free) struct rc_books *

static struct rc_books *ingest(struct rc_books *b, const char *path)
{
	struct rc_err err = { 0 };

	if (path)
		fake_books_root(b, path);
	if (!check(rc_good(fake_books_run(b, &ingest_stage, &err))))
		check_str(err.text, "");
	return b;
}

/* Why the n-th row failed, in words. */
static const char *why(const struct rc_books *b, size_t n)
{
	return n < b->n_rows && b->rows[n].text ? b->rows[n].text : "";
}

/* ---- folders ------------------------------------------------------------------------------------- */

TEST(a_folder_is_walked_in_natural_order)
{
	OWN_BOOKS b = fake_books_new();

	put_picture("scans/p10.pgm", 1);
	put_picture("scans/p2.pgm", 2);
	put_picture("scans/b/p1.pgm", 3);
	put("scans/notes.txt", "hello", 5);
	ingest(b, "scans");
	check_str(fake_books_tell(b),
	          "page scans%2Fb p1.pgm 0 image/x-portable-anymap\n"
	          "ignored notes.txt\n"
	          "page scans p2.pgm 0 image/x-portable-anymap\n"
	          "page scans p10.pgm 0 image/x-portable-anymap\n");
	check_int(b->rows[2].width, 16);
	check_int(b->rows[2].height, 8);
}

TEST(a_second_walk_reads_nothing)
{
	OWN_BOOKS b = fake_books_new();
	size_t jobs;

	put_picture("scans/p1.pgm", 1);
	put("scans/notes.txt", "hello", 5);
	ingest(b, "scans");
	jobs = b->n_jobs;
	ingest(b, "scans");
	check_int(b->n_jobs, jobs);
	check_int(b->n_rows, 2);
	check_int(fake_books_run(b, &ingest_stage, NULL), RC_SKIP);
}

TEST(a_touched_file_is_the_same_and_a_changed_one_is_not)
{
	OWN_BOOKS b = fake_books_new();
	struct timespec times[2] = { { .tv_sec = 1000 }, { .tv_sec = 1000 } };

	put_picture("scans/p1.pgm", 1);
	ingest(b, "scans");
	check_int(utimensat(AT_FDCWD, "scans/p1.pgm", times, 0), 0);
	ingest(b, "scans");
	check_int(b->n_jobs, 1);
	check_int(b->sources[0].mtime_ns, INT64_C(1000000000000));
	put_picture("scans/p1.pgm", 9);
	ingest(b, "scans");
	check_int(b->n_jobs, 2);
	check_int(b->n_rows, 1);
}

TEST(a_vanished_file_is_gone_and_a_vanished_source_a_warning)
{
	OWN_BOOKS b = fake_books_new();

	put_picture("scans/p1.pgm", 1);
	put_picture("scans/p2.pgm", 2);
	ingest(b, "scans");
	unlink("scans/p1.pgm");
	ingest(b, "scans");
	check_int(b->n_gone, 1);
	check_int(b->n_rows, 2);
	rename("scans", "elsewhere");
	b->root_todo[0] = true;
	ingest(b, NULL);
	check_contains(b->warnings.data, "is no longer there");
	check_int(b->n_rows, 2);
}

TEST(links_are_ignored_counted_and_never_followed)
{
	OWN_BOOKS b = fake_books_new();

	put_picture("scans/p1.pgm", 1);
	check_int(symlink("p1.pgm", "scans/p2.pgm"), 0);
	check_int(symlink("..", "scans/loop"), 0);
	check_int(mkfifo("scans/pipe.pgm", 0600), 0);
	ingest(b, "scans");
	check_str(fake_books_tell(b),
	          "ignored loop\n"
	          "page scans p1.pgm 0 image/x-portable-anymap\n"
	          "ignored p2.pgm\n"
	          "ignored pipe.pgm\n");
	check_contains(b->warnings.data, "2 links");
}

TEST(file_names_in_gbk_become_right)
{
	OWN_BOOKS b = fake_books_new();

	put_picture("scans/\xBA\xEC\xC9\xAB/\xB5\xDA" "1\xD2\xB3.pgm", 1);
	put_picture("scans/\xBA\xEC\xC9\xAB/x\xFF.pgm", 2);
	ingest(b, "scans");
	check_str(fake_books_tell(b),
	          "page scans%2F红色 x\\xff.pgm 0 image/x-portable-anymap\n"
	          "page scans%2F红色 第1页.pgm 0 image/x-portable-anymap\n");
}

TEST(batches_are_not_sources)
{
	OWN_BOOKS b = fake_books_new();

	put_picture("scans/p1.pgm", 1);
	put_picture("scans/batch/p2.pgm", 2);
	check_int(rc_make_dirs("scans/batch/.redcorpus", NULL), RC_OK);
	ingest(b, "scans");
	check_int(b->n_rows, 1);
}

TEST(what_is_named_like_an_image_and_is_none_is_quarantined)
{
	OWN_BOOKS b = fake_books_new();

	put("scans/a.jpg", "not a picture", 13);
	put("scans/b.png", "", 0);
	put("scans/c.zip", "nothing packed", 14);
	put("scans/d.tif", "II*\0\377\0\0\0", 8);
	ingest(b, "scans");
	check_str(fake_books_tell(b),
	          "page scans a.jpg 0 application/octet-stream not-image\n"
	          "page scans b.png 0 application/octet-stream empty\n"
	          "failed c.zip not-image\n"
	          "page scans d.tif 0 image/tiff decode\n");
}

TEST(content_counts_and_not_the_name)
{
	OWN_BOOKS b = fake_books_new();

	put_picture("scans/picture.txt", 1);
	put_picture("scans/picture.zip", 2);
	ingest(b, "scans");
	check_str(fake_books_tell(b),
	          "page scans picture.txt 0 image/x-portable-anymap\n"
	          "page scans picture.zip 0 image/x-portable-anymap\n");
}

TEST(an_unreadable_file_costs_itself_and_is_tried_again)
{
	OWN_BOOKS b = fake_books_new();

	if (geteuid() == 0)
		check_skip("root reads everything");
	put_picture("scans/p1.pgm", 1);
	put_picture("scans/p2.pgm", 2);
	chmod("scans/p1.pgm", 0);
	ingest(b, "scans");
	check_contains(fake_books_tell(b), "failed p1.pgm unreadable\n");
	chmod("scans/p1.pgm", 0600);
	ingest(b, "scans");
	check_contains(fake_books_tell(b), "page scans p1.pgm");
	check_int(b->n_rows, 2);
}

TEST(a_tiff_of_many_frames_is_an_item)
{
	OWN_BOOKS b = fake_books_new();
	RC_OWN_BUF three = tiff(3), one = tiff(1);

	put("scans/three.tif", three.data, three.len);
	put("scans/one.tif", one.data, one.len);
	ingest(b, "scans");
	check_str(fake_books_tell(b),
	          "page scans one.tif 0 image/tiff\n"
	          "page scans%2Fthree.tif three.tif 0 image/tiff\n"
	          "page scans%2Fthree.tif three.tif 1 image/tiff\n"
	          "page scans%2Fthree.tif three.tif 2 image/tiff\n");
	check_int(b->rows[3].width, 8);
}

TEST(a_frame_of_impossible_size_costs_no_other)
{
	OWN_BOOKS b = fake_books_new();
	RC_OWN_BUF three = tiff(3);

	/* The width of the second frame: long, 200,000. */
	memcpy(three.data + 8 + 178 + 64 + 2, "\0\1\4\0\1\0\0\0\x40\x0d\3", 12);
	put("scans/three.tif", three.data, three.len);
	ingest(b, "scans");
	check_str(fake_books_tell(b),
	          "page scans%2Fthree.tif three.tif 0 image/tiff\n"
	          "page scans%2Fthree.tif three.tif 1 image/tiff\n"
	          "page scans%2Fthree.tif three.tif 2 image/tiff\n");
}

TEST(a_file_as_source_is_its_own_item)
{
	OWN_BOOKS b = fake_books_new();

	put_picture("x/p1.pgm", 1);
	ingest(b, "x/p1.pgm");
	check_str(fake_books_tell(b), "page p1.pgm p1.pgm 0 image/x-portable-anymap\n");
}

TEST(two_roots_of_one_name_are_told_apart)
{
	OWN_BOOKS b = fake_books_new();

	put_picture("1933/scans/p1.pgm", 1);
	put_picture("1934/scans/p1.pgm", 2);
	ingest(b, "1933/scans");
	ingest(b, "1934/scans");
	check_str(fake_books_tell(b),
	          "page scans p1.pgm 0 image/x-portable-anymap\n"
	          "page 1934%2Fscans p1.pgm 0 image/x-portable-anymap\n");
}

TEST(a_pattern_names_items_and_a_new_pattern_names_them_anew)
{
	OWN_BOOKS b = fake_books_new();
	RC_OWN_BUF two = tiff(2);

	put_picture("scans/J1-2-7.pgm", 1);
	put("scans/J1-3-1.tif", two.data, two.len);
	put_picture("scans/cover.pgm", 2);
	check_int(rc_config_set(b->cfg, "ingest.item_pattern={fonds}-{item}-{page}", NULL), RC_OK);
	ingest(b, "scans");
	check_str(fake_books_tell(b),
	          "page J1-2 7/scans/J1-2-7.pgm 0 image/x-portable-anymap number 7\n"
	          "page J1-3 1/scans/J1-3-1.tif 0 image/tiff number 1.1\n"
	          "page J1-3 1/scans/J1-3-1.tif 1 image/tiff number 1.2\n"
	          "page scans cover.pgm 0 image/x-portable-anymap\n");
	check_contains(b->fields.data, "J1-2 {\"fonds\":\"J1\",\"item\":\"2\"}\n");
	check_int(rc_config_set(b->cfg, "ingest.item_pattern={item}-{page}", NULL), RC_OK);
	ingest(b, NULL);
	check_contains(fake_books_tell(b), "page scans J1-2-7.pgm");
	check_int(b->n_rows, 4);
}

TEST(a_wrong_pattern_stops_the_run)
{
	OWN_BOOKS b = fake_books_new();
	struct rc_err err = { 0 };

	put_picture("scans/p1.pgm", 1);
	fake_books_root(b, "scans");
	check_int(rc_config_set(b->cfg, "ingest.item_pattern={item}", NULL), RC_OK);
	check_int(fake_books_run(b, &ingest_stage, &err), RC_RUN_FAILED);
	check_str(rc_reason_name(err.reason), "setting");
}

/* ---- archives ------------------------------------------------------------------------------------ */

static void check_plain_archive(const char *name, const char *format, const char *filter)
{
	OWN_BOOKS b = fake_books_new();
	struct archive *a = box_open(name, format, filter, NULL);
	RC_OWN_BUF two = tiff(2), want = RC_BUF(2000);

	box_picture(a, "b/p2.pgm", 2);
	box_add(a, "notes.txt", "hello", 5);
	box_add(a, "two.tif", two.data, two.len);
	box_close(a);
	ingest(b, name);
	rc_buf_addf(&want, "page %s%%2Fb p2.pgm 0 image/x-portable-anymap member b/p2.pgm\n", name);
	rc_buf_addf(&want, "ignored . member notes.txt\n");
	rc_buf_addf(&want, "page %s%%2Ftwo.tif two.tif 0 image/tiff member two.tif\n", name);
	rc_buf_addf(&want, "page %s%%2Ftwo.tif two.tif 1 image/tiff member two.tif\n", name);
	check_str(fake_books_tell(b), want.data);
	check_int(b->n_objects, 2);
	check_int(b->rows[0].scan_len, 140);
	check_int(b->rows[0].place, RC_IN_OBJECT);
}

TEST(tar_cpio_zip_and_7z)
{
	check_plain_archive("box.tar", "pax", NULL);
	check_plain_archive("old.tar", "ustar", NULL);
	check_plain_archive("box.cpio", "newc", NULL);
	check_plain_archive("box.zip", "zip", NULL);
	check_plain_archive("box.7z", "7zip", NULL);
}

TEST(every_filter)
{
	check_plain_archive("box.tar.gz", "pax", "gzip");
	check_plain_archive("box.tar.bz2", "pax", "bzip2");
	check_plain_archive("box.tar.xz", "pax", "xz");
	check_plain_archive("box.tar.zst", "pax", "zstd");
	check_plain_archive("box.tar.lz4", "pax", "lz4");
}

TEST(one_compressed_image)
{
	OWN_BOOKS b = fake_books_new();
	struct archive *a = box_open("scans.p1.pgm.gz", "raw", "gzip", NULL);

	box_picture(a, "whatever", 1);
	box_close(a);
	a = box_open("notes.txt.xz", "raw", "xz", NULL);
	box_add(a, "whatever", "hello", 5);
	box_close(a);
	ingest(b, "scans.p1.pgm.gz");
	ingest(b, "notes.txt.xz");
	check_str(fake_books_tell(b),
	          "page scans.p1.pgm.gz scans.p1.pgm 0 image/x-portable-anymap member scans.p1.pgm\n"
	          "ignored . member notes.txt\n");
}

TEST(zips_from_chinese_windows)
{
	OWN_BOOKS b = fake_books_new();
	struct archive *a = box_open("gbk.zip", "zip", NULL, NULL);

	box_picture(a, "\xBA\xEC\xC9\xAB\xD6\xD0\xBB\xAA/\xB5\xDA" "12\xD2\xB3.pgm", 1);
	box_picture(a, "plain/p1.pgm", 2);
	box_close(a);
	a = box_open("big5.zip", "zip", NULL, NULL);
	box_picture(a, "\xA4\xA4\xA5\xA1\xC4\xAC\xB0\xCF/\xA6\xA8\xA5\x5C.pgm", 3);
	box_close(a);
	a = box_open("gb.tar.gz", "gnutar", "gzip", NULL);
	box_picture(a, "\x81\x39\xEE\x39\xD2\xB3.pgm", 4);
	box_close(a);
	ingest(b, "gbk.zip");
	ingest(b, "big5.zip");
	ingest(b, "gb.tar.gz");
	check_str(fake_books_tell(b),
	          "page gbk.zip%2F红色中华 第12页.pgm 0 image/x-portable-anymap member 红色中华/第12页.pgm\n"
	          "page gbk.zip%2Fplain p1.pgm 0 image/x-portable-anymap member plain/p1.pgm\n"
	          "page big5.zip%2F中央蘇區 成功.pgm 0 image/x-portable-anymap member 中央蘇區/成功.pgm\n"
	          "page gb.tar.gz 㐀页.pgm 0 image/x-portable-anymap member 㐀页.pgm\n");
}

TEST(members_that_lead_outside_are_refused)
{
	OWN_BOOKS b = fake_books_new();
	struct archive *a = box_open("slip.zip", "zip", NULL, NULL);

	box_picture(a, "../../up.pgm", 1);
	box_picture(a, "/etc/abs.pgm", 2);
	box_picture(a, "a\\..\\..\\win.pgm", 3);
	box_picture(a, "a\\fine.pgm", 4);
	box_close(a);
	ingest(b, "slip.zip");
	check_str(fake_books_tell(b),
	          "failed . member ../../up.pgm path\n"
	          "failed . member /etc/abs.pgm path\n"
	          "failed . member a/../../win.pgm path\n"
	          "page slip.zip%2Fa fine.pgm 0 image/x-portable-anymap member a/fine.pgm\n");
}

TEST(links_and_devices_in_a_tar_are_no_pages)
{
	OWN_BOOKS b = fake_books_new();
	struct archive *a = box_open("odd.tar", "pax", NULL, NULL);

	box_picture(a, "p1.pgm", 1);
	box_add_kind(a, "soft.pgm", NULL, 0, AE_IFLNK, "/etc/passwd");
	box_add_kind(a, "hard.pgm", NULL, 0, AE_IFREG, "p1.pgm");
	box_add_kind(a, "disk", NULL, 0, AE_IFBLK, NULL);
	box_add_kind(a, "pipe", NULL, 0, AE_IFIFO, NULL);
	box_close(a);
	ingest(b, "odd.tar");
	check_str(fake_books_tell(b),
	          "page odd.tar p1.pgm 0 image/x-portable-anymap member p1.pgm\n"
	          "failed . member soft.pgm link\n"
	          "failed . member hard.pgm link\n"
	          "failed . member disk device\n"
	          "failed . member pipe device\n");
}

TEST(junk_of_file_managers_is_ignored)
{
	OWN_BOOKS b = fake_books_new();
	struct archive *a = box_open("mac.zip", "zip", NULL, NULL);

	box_picture(a, "p1.pgm", 1);
	box_add(a, "__MACOSX/._p1.jpg", "resource fork", 13);
	box_add(a, ".DS_Store", "x", 1);
	box_close(a);
	ingest(b, "mac.zip");
	check_str(fake_books_tell(b),
	          "page mac.zip p1.pgm 0 image/x-portable-anymap member p1.pgm\n"
	          "ignored . member __MACOSX/._p1.jpg\n"
	          "ignored . member .DS_Store\n");
}

TEST(a_document_that_is_a_zip_is_no_archive)
{
	OWN_BOOKS b = fake_books_new();
	struct archive *a = box_open("report.docx", "zip", NULL, NULL);

	box_add(a, "[Content_Types].xml", "<x/>", 4);
	box_picture(a, "word/media/image1.pgm", 1);
	box_close(a);
	ingest(b, "report.docx");
	check_str(fake_books_tell(b), "ignored .\n");
}

TEST(archives_in_archives_up_to_the_limit)
{
	OWN_BOOKS b = fake_books_new();
	struct archive *a = box_open("0.zip", "zip", NULL, NULL);

	box_picture(a, "p.pgm", 1);
	box_close(a);
	for (int i = 1; i <= 4; i++) {
		char inner[16], outer[16];

		snprintf(inner, sizeof inner, "%d.zip", i - 1);
		snprintf(outer, sizeof outer, "%d.zip", i);
		a = box_open(outer, "zip", NULL, NULL);
		box_file(a, inner, inner);
		box_close(a);
	}
	ingest(b, "3.zip");
	ingest(b, "4.zip");
	check_str(fake_books_tell(b),
	          "page 3.zip%2F2.zip%2F1.zip%2F0.zip p.pgm 0 image/x-portable-anymap member 2.zip!/1.zip!/0.zip!/p.pgm\n"
	          "failed . member 3.zip!/2.zip!/1.zip!/0.zip nesting\n");
}

TEST(a_bomb_is_stopped_by_its_ratio)
{
	OWN_BOOKS b = fake_books_new();
	struct archive *a = box_open("bomb.tar.gz", "pax", "gzip", NULL);
	size_t len = 100 << 20;
	char *zeros = calloc(1, len);

	box_picture(a, "p1.pgm", 1);
	box_add(a, "huge.tif", zeros, len);
	box_picture(a, "p2.pgm", 2);
	box_close(a);
	free(zeros);
	ingest(b, "bomb.tar.gz");
	check_str(fake_books_tell(b),
	          "page bomb.tar.gz p1.pgm 0 image/x-portable-anymap member p1.pgm\n"
	          "failed . ratio\n");
	check_contains(why(b, 1), "'huge.tif'");
}

TEST(a_truncated_archive_keeps_what_came_before)
{
	const char *const kinds[][3] = { { "cut.tar", "pax", NULL }, { "cut.tar.gz", "pax", "gzip" }, { "cut.zip", "zip", NULL },
	                                 { "cut.tar.xz", "pax", "xz" }, { "cut.tar.zst", "pax", "zstd" } };

	for (size_t k = 0; k < RC_COUNT(kinds); k++) {
		OWN_BOOKS b = fake_books_new();
		struct archive *a = box_open(kinds[k][0], kinds[k][1], kinds[k][2], k == 2 ? "zip:compression=store" : NULL);
		char noise[400000];
		uint32_t seed = 1;

		for (size_t i = 0; i < sizeof noise; i++)
			noise[i] = (char)((seed = seed * 1664525 + 1013904223) >> 24);
		box_picture(a, "p1.pgm", 1);
		memcpy(noise, "P5\n1000 399\n255\n", 16);
		box_add(a, "p2.pgm", noise, sizeof noise);
		box_close(a);
		cut_file(kinds[k][0], 0.5);
		ingest(b, kinds[k][0]);
		check_contains(fake_books_tell(b), " p1.pgm 0 image/x-portable-anymap member p1.pgm\nfailed . truncated\n");
		check_int(b->n_rows, 2);
		check_contains(why(b, 1), "'p2.pgm'");
	}
}

TEST(a_7z_without_its_end_is_truncated)
{
	OWN_BOOKS b = fake_books_new();
	struct archive *a = box_open("cut.7z", "7zip", NULL, NULL);

	box_picture(a, "p1.pgm", 1);
	box_close(a);
	cut_file("cut.7z", 0.5);
	ingest(b, "cut.7z");
	check_str(fake_books_tell(b), "failed . truncated\n");
}

TEST(a_damaged_member_of_a_zip_costs_only_itself)
{
	OWN_BOOKS b = fake_books_new();
	struct archive *a = box_open("bad.zip", "zip", NULL, "zip:compression=store");
	RC_OWN_BUF bytes = RC_BUF(100000);
	char *at;

	box_picture(a, "p1.pgm", 1);
	box_picture(a, "p2.pgm", 0x77);
	box_picture(a, "p3.pgm", 3);
	box_close(a);
	check_int(rc_buf_read_file(&bytes, "bad.zip", NULL), RC_OK);
	at = memmem(bytes.data, bytes.len, "\x77\x77\x77\x77", 4);
	if (check(at != NULL))
		at[2] = 0x78;
	put("bad.zip", bytes.data, bytes.len);
	ingest(b, "bad.zip");
	check_str(fake_books_tell(b),
	          "page bad.zip p1.pgm 0 image/x-portable-anymap member p1.pgm\n"
	          "failed . member p2.pgm decode\n"
	          "page bad.zip p3.pgm 0 image/x-portable-anymap member p3.pgm\n");
}

TEST(broken_deflate_in_a_zip_costs_only_its_member)
{
	OWN_BOOKS b = fake_books_new();
	struct archive *a = box_open("bad.zip", "zip", NULL, "zip:compression=deflate");
	RC_OWN_BUF bytes = RC_BUF(100000);
	char *at, *data;

	box_picture(a, "p1.pgm", 1);
	box_picture(a, "broken.pgm", 2);
	box_picture(a, "p3.pgm", 3);
	box_close(a);
	check_int(rc_buf_read_file(&bytes, "bad.zip", NULL), RC_OK);
	at = memmem(bytes.data, bytes.len, "broken.pgm", 10);
	data = at + 10 + (unsigned char)at[-2];
	data[0] = (char)0xFF;
	put("bad.zip", bytes.data, bytes.len);
	ingest(b, "bad.zip");
	check_str(fake_books_tell(b),
	          "page bad.zip p1.pgm 0 image/x-portable-anymap member p1.pgm\n"
	          "failed . member broken.pgm decode\n"
	          "page bad.zip p3.pgm 0 image/x-portable-anymap member p3.pgm\n");
}

TEST(an_encrypted_zip_says_so)
{
	OWN_BOOKS b = fake_books_new();
	struct archive *a = box_open("secret.zip", "zip", NULL, "zip:encryption=aes256");

	box_picture(a, "p1.pgm", 1);
	box_close(a);
	ingest(b, "secret.zip");
	check_str(fake_books_tell(b), "failed . member p1.pgm encrypted\n");
	check_str(why(b, 0), "cannot read 'secret.zip!/p1.pgm': it needs a password");
}

TEST(an_empty_archive_and_one_that_is_none)
{
	OWN_BOOKS b = fake_books_new();

	box_close(box_open("empty.zip", "zip", NULL, NULL));
	ingest(b, "empty.zip");
	put("half.zip", "PK\3\4 and then nonsense that is no header at all", 46);
	ingest(b, "half.zip");
	check_contains(fake_books_tell(b), "failed . empty\nfailed . ");
}

TEST(named_like_an_image_in_an_archive)
{
	OWN_BOOKS b = fake_books_new();
	struct archive *a = box_open("box.zip", "zip", NULL, NULL);

	box_add(a, "p1.jpg", "no picture", 10);
	box_add(a, "p2.jpg", "", 0);
	box_add(a, "in.zip", "no archive", 10);
	box_close(a);
	ingest(b, "box.zip");
	check_str(fake_books_tell(b),
	          "page box.zip p1.jpg 0 application/octet-stream member p1.jpg not-image\n"
	          "page box.zip p2.jpg 0 application/octet-stream member p2.jpg empty\n"
	          "failed . member in.zip not-image\n");
}

TEST(a_worker_that_dies_halfway_changes_nothing)
{
	OWN_BOOKS b = fake_books_new();
	OWN_BOOKS again = fake_books_new();
	struct archive *a = box_open("box.tar", "pax", NULL, NULL);

	for (int i = 0; i < 5; i++) {
		char name[16];

		snprintf(name, sizeof name, "p%d.pgm", i);
		box_picture(a, name, (unsigned char)i);
	}
	box_close(a);
	again->break_after = 3;
	ingest(again, "box.tar");
	ingest(b, "box.tar");
	RC_OWN_STR want = strdup(fake_books_tell(b));
	check_str(fake_books_tell(again), want);
	check_int(b->n_rows, 5);
}

TEST(after_a_stop_the_archive_is_read_again_and_nothing_is_written_twice)
{
	OWN_BOOKS b = fake_books_new();
	struct archive *a;

	put_picture("s/b.pgm", 3);
	a = box_open("s/a.tar", "pax", NULL, NULL);
	box_picture(a, "p1.pgm", 1);
	box_picture(a, "p2.pgm", 2);
	box_close(a);
	fake_books_root(b, "s");
	b->stop_after = 2;
	check_int(fake_books_run(b, &ingest_stage, NULL), RC_RUN_FAILED);
	check_int(b->n_kept, 2);
	b->stop_after = 0;
	b->sources[1].complete = false;
	ingest(b, NULL);
	check_int(b->n_kept, 2);
	check_int(b->n_rows, 3);
}

/* ---- real data ----------------------------------------------------------------------------------- */

static int n_regular;

static int count_regular(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	n_regular += type == FTW_F;
	return 0;
}

/* Every file ends as pages, failed or ignored, and nothing crashes. */
TEST(the_hostile_folder)
{
	const char *path = check_shared("hostile");
	OWN_BOOKS b = fake_books_new();
	int untold = 0;

	if (!path)
		check_skip("no shared data");
	nftw(path, count_regular, 16, FTW_PHYS);
	ingest(b, path);
	for (size_t i = 0; i < b->n_sources; i++) {
		bool told = false;

		for (size_t k = 0; k < b->n_rows && !told; k++)
			told = b->rows[k].source == (int64_t)i + 1;
		untold += !told;
		if (!told)
			printf("nothing told of %s\n", b->sources[i].path);
	}
	check_int(untold, 0);
	check_int(b->n_sources, n_regular);
	if (getenv("SHOW"))
		for (size_t i = 0; i < b->n_rows; i++)
			printf("%s\t%s\t%d\t%s\t%s\t%dx%d@%d\t%s\n", b->sources[b->rows[i].source - 1].path, b->rows[i].member,
			       b->rows[i].frame, rc_reason_name(b->rows[i].why), rc_media_name(b->rows[i].media), b->rows[i].width,
			       b->rows[i].height, b->rows[i].dpi, b->rows[i].text ? b->rows[i].text : "");
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
