/* test_dat31.c -- what a scan breaks of DA/T 31-2017. */
#include "check.h"
#include "normalize/dat31.h"

static struct rc_page_row scan(const char *path, int dpi, enum rc_media media)
{
	return (struct rc_page_row){
		.entry = { .item = "i", .number = "", .order = "", .member = "", .media = media, .dpi = dpi },
		.root_path = "/box", .root_name = "box", .source_path = path,
	};
}

TEST(names_are_an_archival_number_and_a_serial_number)
{
	check(dat31_name_is_good("3-1-12-0007.tif"));
	check(dat31_name_is_good("box/J012-1-0045-003-0007.jpg"));
	check(dat31_name_is_good("X043-WS·2011-D30-BGS-0026-0001.jp2"));
	check(!dat31_name_is_good("IMG_0007.jpg"));
	check(!dat31_name_is_good("7.tif"));
	check(!dat31_name_is_good("3-0007.tif"));
	check(!dat31_name_is_good("3-1-12-a7.tif"));
	check(!dat31_name_is_good("3--12-0007.tif"));
	check(!dat31_name_is_good("3-1-12-.tif"));
	check(!dat31_name_is_good(""));
}

TEST(a_scan_that_keeps_to_the_standard_has_no_finding)
{
	struct rc_page_row page = scan("3-1-12-0007.tif", 300, RC_MEDIA_TIFF);

	check_int(dat31_look(&page, RC_MEDIA_TIFF), 0);
}

TEST(resolution_is_unknown_low_or_fair)
{
	struct rc_page_row none = scan("3-1-12-0007.tif", 0, RC_MEDIA_TIFF), low = scan("3-1-12-0007.tif", 199, RC_MEDIA_TIFF);
	struct rc_page_row fair = scan("3-1-12-0007.tif", 200, RC_MEDIA_TIFF);

	check_int(dat31_look(&none, RC_MEDIA_TIFF), 1 << DAT31_NO_DPI);
	check_int(dat31_look(&low, RC_MEDIA_TIFF), 1 << DAT31_LOW_DPI);
	check_int(dat31_look(&fair, RC_MEDIA_TIFF), 1 << DAT31_FAIR_DPI);
}

TEST(one_format_a_batch_and_one_page_a_file)
{
	struct rc_page_row png = scan("3-1-12-0007.png", 300, RC_MEDIA_PNG), second = scan("3-1-12-0007.tif", 300, RC_MEDIA_TIFF);

	second.entry.frame = 1;
	check_int(dat31_look(&png, RC_MEDIA_TIFF), 1 << DAT31_FORMAT | 1 << DAT31_MIXED);
	check_int(dat31_look(&second, RC_MEDIA_TIFF), 1 << DAT31_MANY);
}

TEST(what_the_pattern_took_apart_has_a_name)
{
	struct rc_page_row page = scan("page7.tif", 300, RC_MEDIA_TIFF);

	check_int(dat31_look(&page, RC_MEDIA_TIFF), 1 << DAT31_NAME);
	page.entry.number = "7";
	check_int(dat31_look(&page, RC_MEDIA_TIFF), 0);
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
