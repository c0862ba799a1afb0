/* test_prepare.c -- from a scan to a clean page: what ocr and the shards may rely on. */
#include <math.h>
#include <string.h>

#include "check.h"
#include "common/image.h"
#include "core/outfile.h"
#include "one_page.h"
#include "prepare/prepare.h"

static enum rc_status prepared(struct one_page *p, const char *sample, enum rc_media media, int32_t frame)
{
	check_int(one_page_open(p, check_root(sample), media, frame), RC_OK);
	return one_page_run(p, &prepare_stage);
}

TEST(a_scan_comes_out_as_a_clean_page_with_the_way_back)
{
	struct one_page p;
	struct rc_affine back;

	check_int(prepared(&p, "samples/box/newspaper/news-0001.jpg", RC_MEDIA_JPEG, 0), RC_OK);
	check(p.page.clean != NULL);
	check_int(image_width(p.page.clean), p.page.clean_width);
	check_int(image_height(p.page.clean), p.page.clean_height);
	check(p.page.width == 1600 && p.page.height == 2040);
	check(p.page.scan.bits == 8 && p.page.scan.channels > 0);
	check(p.page.quality.dpi > 0);
	check(p.page.quality.ink > 0.005 && p.page.quality.ink < 0.4);
	check_int(p.page.quality.page_class, RC_PAGE_TEXT);
	check(rc_affine_invert(p.page.to_clean, &back));

	struct rc_box middle = { p.page.width / 2, p.page.height / 2, 10, 10 };
	struct rc_box there = rc_affine_box(p.page.to_clean, middle, p.page.clean_width, p.page.clean_height);
	struct rc_box again = rc_affine_box(back, there, p.page.width, p.page.height);

	check_near(again.x, middle.x, 3);
	check_near(again.y, middle.y, 3);
	one_page_close(&p);
}

TEST(a_turned_page_is_straightened_and_the_setting_leaves_it)
{
	struct one_page p;

	check_int(prepared(&p, "samples/box/newspaper/news-0001.jpg", RC_MEDIA_JPEG, 0), RC_OK);
	check(fabsf(p.page.quality.skew) > 0.3f && fabsf(p.page.quality.skew) < 3);
	one_page_close(&p);

	check_int(one_page_open(&p, check_root("samples/box/newspaper/news-0001.jpg"), RC_MEDIA_JPEG, 0), RC_OK);
	p.cfg->prepare_deskew = false;
	check_int(one_page_run(&p, &prepare_stage), RC_OK);
	check_near(p.page.quality.skew, 0, 0.0001);
	one_page_close(&p);
}

TEST(a_blank_page_is_known_as_blank)
{
	struct one_page p;

	check_int(prepared(&p, "samples/box/notice/notice-0002.jpg", RC_MEDIA_JPEG, 0), RC_OK);
	check_int(p.page.quality.page_class, RC_PAGE_BLANK);
	one_page_close(&p);
}

TEST(a_picture_that_breaks_off_is_a_typed_failure)
{
	struct one_page p;

	check_int(prepared(&p, "samples/box/damaged/fire-0001.jpg", RC_MEDIA_JPEG, 0), RC_PAGE_FAILED);
	check_int(p.err.reason, RC_WHY_TRUNCATED);
	check_contains(p.err.text, "fire-0001.jpg");
	check(p.page.clean == NULL);
	one_page_close(&p);
}

TEST(every_frame_of_a_tiff_and_every_page_of_a_pdf_can_be_had)
{
	static const struct { const char *path; enum rc_media media; } files[] = {
		{ "samples/box/minutes/minutes.tif", RC_MEDIA_TIFF }, { "samples/box/rules/rules.pdf", RC_MEDIA_PDF },
	};

	for (size_t i = 0; i < RC_COUNT(files); i++)
		for (int32_t frame = 0; frame < 3; frame++) {
			struct one_page p;
			enum rc_status status = prepared(&p, files[i].path, files[i].media, frame);

			check_int(status, frame < 2 ? RC_OK : RC_PAGE_FAILED);
			one_page_close(&p);
		}
}

TEST(the_page_image_keeps_to_its_settings_and_costs_no_clean_page)
{
	struct one_page p;

	check_int(one_page_open(&p, check_root("samples/box/newspaper/news-0001.jpg"), RC_MEDIA_JPEG, 0), RC_OK);
	p.page.want_read = false;
	p.page.want_image = true;
	p.cfg->package_image_side = 700;
	check_int(one_page_run(&p, &prepare_stage), RC_OK);
	check(p.page.clean == NULL);
	check_int(p.page.image_media, RC_MEDIA_JPEG);
	check_int(image_sniff(p.page.image.data, p.page.image.len), RC_MEDIA_JPEG);
	check_int(p.page.image_height, 700);
	check_near(p.page.image_width, 700.0 * 1600 / 2040, 1.5);

	struct rc_box whole = rc_affine_box(p.page.to_image, (struct rc_box){ 0, 0, p.page.width, p.page.height },
	                                    p.page.image_width, p.page.image_height);

	check_near(whole.w, p.page.image_width, 1);
	check_near(whole.h, p.page.image_height, 1);
	one_page_close(&p);
}

/* As long as a line: 20,000 by 2 pixels, gray or black and white. */
TEST(a_picture_as_thin_as_a_line_has_a_page_image)
{
	static const char *const heads[] = { "P5\n20000 2\n255\n", "P4\n20000 2\n" };

	for (size_t i = 0; i < RC_COUNT(heads); i++) {
		RC_OWN_BUF scan = RC_BUF(50000);
		struct one_page p;

		rc_buf_adds(&scan, heads[i]);
		for (int k = 0; k < (i ? 5000 : 40000); k++)
			rc_buf_addc(&scan, (char)0xA5);
		check_int(rc_file_put("thin.pnm", scan.data, scan.len, NULL), RC_OK);
		check_int(one_page_open(&p, "thin.pnm", RC_MEDIA_PNM, 0), RC_OK);
		p.page.want_image = true;
		p.cfg->package_image_side = 700;
		check_int(one_page_run(&p, &prepare_stage), RC_OK);
		check_str(p.err.text, "");
		check_int(p.page.image_width, 700);
		check_int(p.page.image_height, 1);
		check_int(p.page.quality.page_class, RC_PAGE_PICTURE);
		one_page_close(&p);
	}
}

TEST(the_same_scan_gives_the_same_pixels)
{
	struct rc_digest digest[2];

	for (int i = 0; i < 2; i++) {
		struct one_page p;
		RC_OWN_BUF png = RC_BUF(RC_MAX_IMAGE_BYTES);

		check_int(prepared(&p, "samples/box/circular/circular-0001.jpg", RC_MEDIA_JPEG, 0), RC_OK);
		check_int(image_encode(p.page.clean, RC_MEDIA_PNG, 0, &png, &p.err), RC_OK);
		digest[i] = rc_digest_of(png.data, png.len);
		one_page_close(&p);
	}
	check(rc_digest_equal(&digest[0], &digest[1]));
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
