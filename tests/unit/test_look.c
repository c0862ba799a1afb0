/* test_look.c -- the same print scanned twice looks the same, other prints do not; equal pixels are known in any file.
 *
 * LOOK_LIST=FILE prints the looks of the images that FILE names (a line each), for tests/bench/rescan.py. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <leptonica/allheaders.h>

#include "check.h"
#include "common/image.h"
#include "core/outfile.h"
#include "draw.h"
#include "one_page.h"
#include "prepare/prepare.h"
#include "prepare/work.h"

/* What prepare says of an image; media by its content. */
static bool look_at(const char *path, struct rc_page *ret)
{
	RC_OWN_BUF bytes = RC_BUF(RC_MAX_SCAN_BYTES);
	struct one_page p;
	bool good;

	if (!rc_good(rc_buf_read_file(&bytes, path, NULL)))
		return false;
	check_int(one_page_open(&p, path, image_sniff(bytes.data, bytes.len), 0), RC_OK);
	good = rc_good(one_page_run(&p, &prepare_stage));
	*ret = p.page;
	one_page_close(&p);
	return good;
}

/* Columns of glyphs of many kinds, and where no glyph stands depends on the seed. */
static PIX *draw_page(uint32_t seed)
{
	PIX *page = paper(1200, 1600);

	for (int x = 1060; x > 120; x -= 44)
		for (int y = 120; y < 1450; y += 36) {
			seed = seed * 1664525u + 1013904223u;
			if (seed >> 28 < 3)
				y += 36;
			cross(page, x, y, 20 + (int)(seed >> 20 & 7), 20 + (int)(seed >> 16 & 7));
		}
	return page;
}

static struct rc_look look_of(PIX **page, const char *name)
{
	struct rc_page seen;

	check_int(pixWrite(name, *page, IFF_PNG), 0);
	pixDestroy(page);
	check(look_at(name, &seen));
	return seen.look;
}

/* Another scanner: other resolution, a margin less, darker paper, a little askew. */
static PIX *scan_again(PIX *page)
{
	PIX *cut = pixAddBorderGeneral(page, 60, 10, 30, 80, 255), *small = pixScaleAreaMap(cut, 0.8f, 0.8f);
	PIX *turned = pixRotateAM(small, 0.012f, L_BRING_IN_WHITE);

	pixAddConstantGray(turned, 0);
	pixMultConstantGray(turned, 0.85f);
	pixDestroy(&cut);
	pixDestroy(&small);
	return turned;
}

TEST(a_page_that_was_scanned_twice_looks_the_same_and_another_does_not)
{
	for (uint32_t seed = 1; seed < 4; seed++) {
		PIX *page = draw_page(seed), *again = scan_again(page), *other = draw_page(seed + 100);
		struct rc_look a = look_of(&page, "a.png"), b = look_of(&again, "b.png"), c = look_of(&other, "c.png");

		check(rc_look_is_known(&a));
		printf("same %d, other %d\n", rc_look_distance(&a, &b), rc_look_distance(&a, &c));
		check(rc_look_distance(&a, &b) < 20);
		check(rc_look_distance(&a, &c) > 40);
	}
}

TEST(a_page_with_next_to_nothing_on_it_has_no_look)
{
	PIX *empty = paper(1200, 1600), *stamped = paper(1200, 1600), *one = paper(1, 1);
	struct rc_look look;

	for (int x = 0; x < 5; x++)
		for (int y = 0; y < 5; y++)
			cross(stamped, 100 + 50 * x, 100 + 50 * y, 30, 30);
	look = look_of(&empty, "empty.png");
	check(!rc_look_is_known(&look));
	look = prepare_look(stamped);
	check(!rc_look_is_known(&look));
	look = prepare_look(one);
	check(!rc_look_is_known(&look));
	pixDestroy(&stamped);
	pixDestroy(&one);
}

TEST(equal_pixels_are_known_in_any_file)
{
	PIX *page = draw_page(1), *binary = pixConvertTo1(page, 128), *gray = pixConvertTo8(binary, 0), *colour = pixConvertTo32(gray), *other = pixCopy(NULL, gray);
	const struct { const char *name; PIX *pix; int format; } files[] = {
		{ "1.png", binary, IFF_PNG }, { "1.tif", binary, IFF_TIFF_G4 }, { "8.png", gray, IFF_PNG }, { "8.bmp", gray, IFF_BMP },
		{ "32.png", colour, IFF_PNG }, { "32.tif", colour, IFF_TIFF_LZW },
	};
	struct rc_page first, seen;

	for (size_t i = 0; i < RC_COUNT(files); i++) {
		check_int(pixWrite(files[i].name, files[i].pix, files[i].format), 0);
		check(look_at(files[i].name, i ? &seen : &first));
		check(!rc_digest_is_zero(&first.pixels));
		check(i == 0 || rc_digest_equal(&seen.pixels, &first.pixels));
	}
	pixSetPixel(other, 7, 7, 254);
	check_int(pixWrite("other.png", other, IFF_PNG), 0);
	check(look_at("other.png", &seen));
	check(!rc_digest_equal(&seen.pixels, &first.pixels));
	pixDestroy(&page);
	pixDestroy(&binary);
	pixDestroy(&gray);
	pixDestroy(&colour);
	pixDestroy(&other);
}

TEST(our_sample_pages_all_look_different_and_a_blank_one_like_nothing)
{
	static const char *const names[] = { "notice/notice-0001.jpg", "circular/circular-0001.jpg",
	                                     "newspaper/news-0001.jpg", "booklet/booklet-0012.jpg", "school/timetable.jpg" };
	struct rc_page seen[RC_COUNT(names)], blank;

	for (size_t i = 0; i < RC_COUNT(names); i++) {
		RC_OWN_BUF path = RC_BUF(200);

		rc_buf_addf(&path, "samples/box/%s", names[i]);
		check(look_at(check_root(path.data), &seen[i]));
		check(rc_look_is_known(&seen[i].look));
		for (size_t k = 0; k < i; k++)
			check(rc_look_distance(&seen[i].look, &seen[k].look) > 40);
	}
	check(look_at(check_root("samples/box/notice/notice-0002.jpg"), &blank));
	check(!rc_look_is_known(&blank.look));
}

TEST(looks_of_a_list)
{
	const char *list = getenv("LOOK_LIST");
	FILE *f = list ? fopen(list, "r") : NULL;
	char path[4096], look[RC_LOOK_HEX], pixels[RC_DIGEST_HEX];

	while (f && fgets(path, sizeof path, f)) {
		struct rc_page seen;

		path[strcspn(path, "\n")] = '\0';
		if (look_at(path, &seen))
			printf("%s\t%s\t%s\n", path, rc_look_hex(&seen.look, look), rc_digest_hex(&seen.pixels, pixels));
	}
	if (f)
		(void)fclose(f);
}

int main(int argc, char **argv)
{
	image_quiet();
	return check_main(argc, argv);
}
