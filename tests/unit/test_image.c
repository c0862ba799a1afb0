/* test_image.c -- what a file is, how large, and its pixels: from bytes that may lie. */
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <leptonica/allheaders.h>
#include <tiffio.h>

#include "check.h"
#include "common/image.h"
#include "core/buf.h"
#include "core/limits.h"

#define OWN_IMAGE RC_CLEANUP(image_free) struct rc_image *

/* ---- making pictures ------------------------------------------------------------------------------------ */

/* 40 by 30: black, but for a white left half and a gray (128) lower right quarter. */
static PIX *quarters(int depth)
{
	PIX *pix = pixCreate(40, 30, depth);

	for (int y = 0; y < 30; y++)
		for (int x = 0; x < 40; x++) {
			unsigned v = x < 20 ? 255 : y < 15 ? 0 : 128;

			pixSetPixel(pix, x, y, depth == 1 ? v < 100 : depth == 8 ? v : v << 24 | v << 16 | v << 8);
		}
	return pix;
}

static void encode(PIX *pix, int format, struct rc_buf *out)
{
	l_uint8 *data = NULL;
	size_t len = 0;

	check_int(pixWriteMem(&data, &len, pix, format), 0);
	rc_buf_add(out, data, len);
	lept_free(data);
	pixDestroy(&pix);
}

static enum rc_status decode(const struct rc_buf *b, int frame, struct rc_image **ret, struct image_info *info, struct rc_err *err)
{
	return image_decode(b->data, b->len, image_sniff(b->data, b->len), frame, "x", ret, info, err);
}

static int gray_at(const struct rc_image *image, int x, int y)
{
	l_uint32 v = 0;

	pixGetPixel(image_pix(image), x, y, &v);
	return pixGetDepth(image_pix(image)) == 32 ? (int)(v >> 24) : pixGetDepth(image_pix(image)) == 1 ? (v ? 0 : 255) : (int)v;
}

static void check_quarters(const struct rc_buf *file, bool two_tones)
{
	OWN_IMAGE image = NULL;
	struct image_info info = { 0 };
	struct rc_err err = { 0 };

	check_int(decode(file, 0, &image, &info, &err), RC_OK);
	check_str(err.text, "");
	if (!image)
		return;
	check_int(image_width(image), 40);
	check_int(info.height, 30);
	check_near(gray_at(image, 5, 5), 255, 8);
	check_near(gray_at(image, 35, 5), 0, 8);
	check_near(gray_at(image, 35, 25), two_tones ? 255 : 128, 8);
}

/* ---- what it is --------------------------------------------------------------------------------------------- */

TEST(content_decides_what_a_file_is)
{
	static const struct { const char *bytes; size_t len; enum rc_media media; } cases[] = {
		{ "II*\0....", 8, RC_MEDIA_TIFF }, { "MM\0*....", 8, RC_MEDIA_TIFF }, { "II+\0....", 8, RC_MEDIA_TIFF },
		{ "\xff\xd8\xff\xe0", 4, RC_MEDIA_JPEG }, { "\x89PNG\r\n\x1a\n", 8, RC_MEDIA_PNG },
		{ "\xff\x4f\xff\x51", 4, RC_MEDIA_JP2 }, { "GIF89a", 6, RC_MEDIA_GIF },
		{ "RIFF\1\0\0\0WEBP", 12, RC_MEDIA_WEBP }, { "P4\n# by hand\n8 8\n", 16, RC_MEDIA_PNM },
		{ "rubbish\n%PDF-1.4", 16, RC_MEDIA_PDF }, { "PK\3\4", 4, RC_MEDIA_ARCHIVE },
		{ "070701", 6, RC_MEDIA_ARCHIVE }, { "\x28\xb5\x2f\xfd", 4, RC_MEDIA_ARCHIVE },
		{ "BMW is a make of cars", 21, RC_MEDIA_UNKNOWN }, { "P4 was a processor", 18, RC_MEDIA_UNKNOWN },
		{ "BZh is how it starts", 20, RC_MEDIA_UNKNOWN }, { "", 0, RC_MEDIA_UNKNOWN },
	};

	for (size_t i = 0; i < RC_COUNT(cases); i++)
		check_int(image_sniff(cases[i].bytes, cases[i].len), cases[i].media);
}

TEST(a_tar_from_before_posix_is_known_by_its_checksum)
{
	char block[512] = "page1.tif";
	unsigned sum = 8 * ' ';

	(void)snprintf(block + 124, 12, "%011o", 1000U);
	for (int i = 0; i < 512; i++)
		sum += (unsigned char)block[i];
	(void)snprintf(block + 148, 8, "%06o", sum);
	check_int(image_sniff(block, sizeof block), RC_MEDIA_ARCHIVE);
	block[0] = 'q';
	check_int(image_sniff(block, sizeof block), RC_MEDIA_UNKNOWN);
}

TEST(names_claim)
{
	check(image_name_claims("a/p1.TIF"));
	check(image_name_claims("x.tar.gz"));
	check(!image_name_claims("notes.txt"));
	check(!image_name_claims("a.tif/readme"));
	check(!image_name_claims(".tif"));
}

/* ---- pixels -------------------------------------------------------------------------------------------------- */

TEST(every_format_gives_the_same_picture)
{
	static const int formats[] = { IFF_PNG, IFF_TIFF, IFF_TIFF_LZW, IFF_TIFF_ZIP, IFF_PNM, IFF_BMP, IFF_WEBP, IFF_JFIF_JPEG, IFF_JP2 };

	for (size_t i = 0; i < RC_COUNT(formats); i++)
		for (int depth = 8; depth <= 32; depth += 24) {
			RC_OWN_BUF file = RC_BUF(1 << 20);

			encode(formats[i] == IFF_WEBP ? quarters(32) : quarters(depth), formats[i], &file);
			check_quarters(&file, false);
		}
}

TEST(black_and_white_stays_so)
{
	static const int formats[] = { IFF_PNG, IFF_TIFF_G4, IFF_TIFF_G3, IFF_TIFF, IFF_PNM, IFF_BMP };

	for (size_t i = 0; i < RC_COUNT(formats); i++) {
		RC_OWN_BUF file = RC_BUF(1 << 20);
		PIX *pix = pixCreate(40, 30, 1);

		pixRasterop(pix, 20, 0, 20, 15, PIX_SET, NULL, 0, 0);
		encode(pix, formats[i], &file);
		check_quarters(&file, true);
	}
}

TEST(transparent_parts_are_white_paper)
{
	RC_OWN_BUF file = RC_BUF(1 << 20);
	OWN_IMAGE image = NULL;
	PIX *pix = pixCreate(10, 10, 32);

	pixSetSpp(pix, 4);
	pixSetAll(pix);
	for (int x = 0; x < 10; x++)
		pixSetPixel(pix, x, 0, 0);
	encode(pix, IFF_PNG, &file);
	check_int(decode(&file, 0, &image, NULL, NULL), RC_OK);
	check(image && gray_at(image, 3, 0) == 255);
}

/* libtiff writes what Leptonica cannot: big endian, planes apart, 16 bits, tiles. */
static void write_tiff(const char *path, const char *mode, int bits, int samples, int planar, bool tiles, int orientation)
{
	TIFF *t = TIFFOpen(path, mode);
	uint8_t row[64 * 3 * 2];

	TIFFSetField(t, TIFFTAG_IMAGEWIDTH, 40);
	TIFFSetField(t, TIFFTAG_IMAGELENGTH, 30);
	TIFFSetField(t, TIFFTAG_BITSPERSAMPLE, bits);
	TIFFSetField(t, TIFFTAG_SAMPLESPERPIXEL, samples);
	TIFFSetField(t, TIFFTAG_PLANARCONFIG, planar);
	TIFFSetField(t, TIFFTAG_ORIENTATION, orientation);
	TIFFSetField(t, TIFFTAG_XRESOLUTION, 118.11);
	TIFFSetField(t, TIFFTAG_RESOLUTIONUNIT, RESUNIT_CENTIMETER);
	TIFFSetField(t, TIFFTAG_PHOTOMETRIC, samples == 3 ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK);
	if (tiles) {
		uint8_t tile[64 * 32];

		TIFFSetField(t, TIFFTAG_TILEWIDTH, 64);
		TIFFSetField(t, TIFFTAG_TILELENGTH, 32);
		for (int i = 0; i < 64 * 32; i++)
			tile[i] = i % 64 < 20 ? 255 : i / 64 < 15 ? 0 : 128;
		TIFFWriteTile(t, tile, 0, 0, 0, 0);
		TIFFClose(t);
		return;
	}
	for (int plane = 0; plane < (planar == PLANARCONFIG_SEPARATE ? samples : 1); plane++)
		for (int y = 0; y < 30; y++) {
			for (int x = 0; x < 40; x++) {
				uint8_t v = x < 20 ? 255 : y < 15 ? 0 : 128;

				if (bits == 16)
					((uint16_t *)(void *)row)[x] = (uint16_t)(v * 257);
				else if (planar == PLANARCONFIG_CONTIG && samples == 3)
					row[3 * x] = row[3 * x + 1] = row[3 * x + 2] = v;
				else
					row[x] = v;
			}
			TIFFWriteScanline(t, row, (uint32_t)y, (uint16_t)plane);
		}
	TIFFClose(t);
}

TEST(kinds_of_tiff)
{
	static const struct { const char *mode; int bits, samples, planar; bool tiles; } kinds[] = {
		{ "wl", 8, 1, 1, false }, { "wb", 16, 1, 1, false }, { "wb8", 8, 3, 1, false }, { "wl", 8, 3, 2, false }, { "wl8", 8, 1, 1, true },
	};

	for (size_t i = 0; i < RC_COUNT(kinds); i++) {
		RC_OWN_BUF file = RC_BUF(1 << 20);

		write_tiff("t.tif", kinds[i].mode, kinds[i].bits, kinds[i].samples, kinds[i].planar, kinds[i].tiles, 1);
		check_int(rc_buf_read_file(&file, "t.tif", NULL), RC_OK);
		check_quarters(&file, false);
	}
}

/* Turning is prepare's business: boxes are those of the stored frame. */
TEST(orientation_is_told_and_not_applied)
{
	RC_OWN_BUF file = RC_BUF(1 << 20);
	OWN_IMAGE image = NULL;
	struct image_info info = { 0 };

	write_tiff("t.tif", "wl", 8, 1, 1, false, 6);
	check_int(rc_buf_read_file(&file, "t.tif", NULL), RC_OK);
	check_quarters(&file, false);
	check_int(decode(&file, 0, &image, &info, NULL), RC_OK);
	check_int(info.orientation, 6);
	check_int(info.dpi, 300);
}

static const char exif6[] = "\xff\xe1\0\x22" "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";

TEST(exif_orientation_of_a_jpeg)
{
	RC_OWN_BUF file = RC_BUF(1 << 20), turned = RC_BUF(1 << 20);
	OWN_IMAGE image = NULL;
	struct image_info info = { 0 };

	encode(quarters(8), IFF_JFIF_JPEG, &file);
	rc_buf_add(&turned, file.data, 2);
	rc_buf_add(&turned, exif6, sizeof exif6 - 1);
	rc_buf_add(&turned, file.data + 2, file.len - 2);
	check_int(decode(&turned, 0, &image, &info, NULL), RC_OK);
	check_int(info.orientation, 6);
	image_free(&image);
	/* Every cut of the block is a file too: no orientation then, and no reading past its end. */
	for (size_t cut = 0; cut < sizeof exif6 - 5; cut++) {
		char *copy = malloc(turned.len);

		memcpy(copy, turned.data, turned.len);
		copy[4] = 0;
		copy[5] = (char)(cut + 2);
		(void)image_decode(copy, turned.len, RC_MEDIA_JPEG, 0, "x", &image, &info, NULL);
		image_free(&image);
		free(copy);
	}
}

/* ---- what is wrong with it -------------------------------------------------------------------------------------- */

TEST(a_file_cut_anywhere_is_truncated_or_refused)
{
	static const int formats[] = { IFF_PNG, IFF_TIFF_ZIP, IFF_JFIF_JPEG, IFF_BMP, IFF_PNM, IFF_JP2, IFF_TIFF_G4 };

	for (size_t i = 0; i < RC_COUNT(formats); i++) {
		RC_OWN_BUF file = RC_BUF(1 << 20);

		encode(quarters(formats[i] == IFF_TIFF_G4 ? 1 : 8), formats[i], &file);
		for (size_t len = 1; len < file.len / 2; len += 7) {
			char *copy = malloc(len);
			OWN_IMAGE image = NULL;
			struct rc_err err = { 0 };

			memcpy(copy, file.data, len);
			check_int(image_decode(copy, len, image_sniff(file.data, file.len), 0, "x", &image, NULL, &err), RC_PAGE_FAILED);
			check(image == NULL && err.reason != RC_WHY_NONE);
			free(copy);
		}
	}
}

TEST(a_jpeg_that_ends_early_is_not_gray_paper)
{
	RC_OWN_BUF file = RC_BUF(1 << 24);
	OWN_IMAGE image = NULL;
	struct rc_err err = { 0 };
	PIX *noise = pixCreate(400, 400, 8);

	for (int i = 0; i < 400 * 400; i++)
		pixSetPixel(noise, i % 400, i / 400, (l_uint32)(i * 7919 % 251));
	encode(noise, IFF_JFIF_JPEG, &file);
	file.len = file.len * 2 / 3;
	check_int(decode(&file, 0, &image, NULL, &err), RC_PAGE_FAILED);
	check_str(rc_reason_name(err.reason), "truncated");
	check_contains(err.text, "'x'");
}

TEST(ceilings_hold_before_a_pixel_is_decoded)
{
	static const char huge_png[] = "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\1\x86\xa0\0\1\x86\xa0\x08\0\0\0\0....";
	static const char huge_pgm[] = "P5 99999 99999 255\n";
	OWN_IMAGE image = NULL;
	struct rc_err err = { 0 };

	check_int(image_decode(huge_png, sizeof huge_png - 1, RC_MEDIA_PNG, 0, "x", &image, NULL, &err), RC_PAGE_FAILED);
	check_str(rc_reason_name(err.reason), "pixels");
	check_int(image_decode(huge_pgm, sizeof huge_pgm - 1, RC_MEDIA_PNM, 0, "x", &image, NULL, &err), RC_PAGE_FAILED);
	check_str(rc_reason_name(err.reason), "pixels");
}

static enum rc_status count(void *ctx, int32_t frame, const struct image_info *info, struct rc_err *err)
{
	*(int *)ctx += 1;
	return RC_OK;
}

TEST(frames_of_a_tiff_are_counted_and_read_one_by_one)
{
	RC_OWN_BUF file = RC_BUF(1 << 20);
	OWN_IMAGE image = NULL;
	struct image_info info = { 0 };
	int n = 0;

	write_tiff("t.tif", "wl", 8, 1, 1, false, 1);
	write_tiff("t.tif", "a", 8, 3, 1, false, 3);
	check_int(rc_buf_read_file(&file, "t.tif", NULL), RC_OK);
	check_int(image_probe(file.data, file.len, RC_MEDIA_TIFF, "x", count, &n, NULL), RC_OK);
	check_int(n, 2);
	check_int(decode(&file, 1, &image, &info, NULL), RC_OK);
	check_int(info.orientation, 3);
	check_int(info.samples, 3);
	image_free(&image);
	check_int(decode(&file, 2, &image, &info, NULL), RC_PAGE_FAILED);
}

TEST(what_libraries_print_becomes_the_message)
{
	RC_OWN_BUF file = RC_BUF(1 << 20);
	OWN_IMAGE image = NULL;
	struct rc_err err = { 0 };

	encode(quarters(8), IFF_PNG, &file);
	file.data[file.len / 2] ^= 0x55;
	check_int(decode(&file, 0, &image, NULL, &err), RC_PAGE_FAILED);
	check_contains(err.text, "cannot decode 'x': ");
	check(strchr(err.text, '\n') == NULL);
}

TEST(an_image_survives_encoding)
{
	RC_OWN_BUF jpeg = RC_BUF(1 << 20), png = RC_BUF(1 << 20);
	OWN_IMAGE image = image_from_pix(quarters(32));

	check_int(image_encode(image, RC_MEDIA_JPEG, 90, &jpeg, NULL), RC_OK);
	check_quarters(&jpeg, false);
	check_int(image_encode(image, RC_MEDIA_PNG, 0, &png, NULL), RC_OK);
	check_quarters(&png, false);
}

/* ---- other people's broken files ---------------------------------------------------------------------------------- */

static int n_read, n_failed;

static enum rc_status decode_frame(void *ctx, int32_t frame, const struct image_info *info, struct rc_err *err)
{
	const struct rc_buf *file = ctx;
	OWN_IMAGE image = NULL;
	struct rc_err why = { 0 };
	enum rc_status status;

	if (frame >= 3)
		return RC_OK;
	status = decode(file, frame, &image, NULL, &why);
	check((status == RC_OK) == (image != NULL));
	check(status == RC_OK || (status == RC_PAGE_FAILED && why.reason != RC_WHY_NONE && why.text[0]));
	*(status == RC_OK ? &n_read : &n_failed) += 1;
	return RC_OK;
}

static int try_file(const char *path, const struct stat *st, int kind, struct FTW *where)
{
	RC_OWN_BUF file = RC_BUF(1 << 28);
	struct rc_err err = { 0 };
	enum rc_media media;

	if (kind != FTW_F || rc_buf_read_file(&file, path, &err) != RC_OK)
		return 0;
	media = image_sniff(file.data, file.len);
	if (media == RC_MEDIA_UNKNOWN || media == RC_MEDIA_PDF || media == RC_MEDIA_ARCHIVE)
		return 0;
	if (!rc_good(image_probe(file.data, file.len, media, path, decode_frame, &file, &err)))
		check(err.reason != RC_WHY_NONE && err.text[0]);
	return 0;
}

/* Each ends in pixels or in a typed failure; a crash or a hang fails the test. */
TEST(hostile_files)
{
	const char *folder = check_shared("hostile");

	if (!folder)
		check_skip("../shared/data is not there");
	alarm(300);
	nftw(folder, try_file, 16, FTW_PHYS);
	check(n_read > 250);
	check(n_failed > 100);
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
