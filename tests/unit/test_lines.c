/* test_lines.c -- which lines of a page become samples, and what their images show. */
#include "fake_corpus_books.h"

#include "check.h"
#include "common/image.h"
#include "common/page_key.h"
#include "package/line_cut.h"
#include "package/lines.h"

enum { ACROSS = 200, DOWN = 120 };       /* of the upright page */

/* What stands on the upright page: no two places alike, in no direction. */
static int ink(int x, int y)
{
	return (x * 5 + y * 11 + (x / 10) * (y / 7)) & 0xff;
}

/* A page, as PGM, that lies so that `orientation` makes it upright; its rows belong to `ret`. */
static void lay(int32_t orientation, struct fake_page *ret, struct rc_affine *ret_map)
{
	int32_t w = orientation >= 5 ? DOWN : ACROSS, h = orientation >= 5 ? ACROSS : DOWN;
	struct rc_affine map = rc_affine_to_image(w, h, orientation, ACROSS, DOWN);
	static char pgm[64 + ACROSS * DOWN];
	int head = snprintf(pgm, 64, "P5 %d %d 255\n", w, h);

	for (int y = 0; y < h; y++)
		for (int x = 0; x < w; x++) {
			double px = x + 0.5, py = y + 0.5;

			pgm[head + y * w + x] = (char)ink((int)(map.a * px + map.b * py + map.c), (int)(map.d * px + map.e * py + map.f));
		}
	*ret = (struct fake_page){ .scan = "s", .text = "", .image = pgm, .image_len = (size_t)(head + w * h), .width = w, .height = h };
	*ret_map = map;
}

static int pixel_of(const struct page_lines *lines, size_t n, int x, int y)
{
	extern int pixGetPixel(struct Pix *pix, int px, int py, uint32_t *ret);
	const struct page_line *l = &lines->list[n];
	struct rc_image *image = NULL;
	struct image_info info;
	uint32_t v = 999;

	if (rc_good(image_decode(lines->images.data + l->start, l->len, RC_MEDIA_PNG, 0, "line", &image, &info, NULL)))
		(void)pixGetPixel(image_pix(image), x, y, &v);
	image_free(&image);
	return (int)v;
}

static struct rc_line *add_line(struct rc_page *page, struct rc_box box, const char *text, float confidence)
{
	struct rc_region *region = page->n_regions ? page->regions : rc_page_add_region(page);
	struct rc_line *line = rc_region_add_line(region);

	line->box = box;
	line->text = rc_strdup(text);
	line->confidence = confidence;
	return line;
}

static enum rc_status cut(struct rc_books *b, const struct rc_page *page, struct page_lines *lines, struct rc_err *err)
{
	struct rc_page_row row = { .entry.scan = fake_digest("s"), .root_path = "/scans", .source_path = "p.pgm" };

	b->job = line_cut_job;
	return page_lines_cut(b, &row, page, lines, err);
}

/* Wherever the scanner's operator laid the page: its line is the same image, pixel for pixel. */
TEST(a_line_stands_upright_whichever_way_the_page_lay)
{
	const struct rc_box upright = { 30, 40, 60, 20 };
	struct rc_books *b = fake_books_new(".");
	struct fake_item *item = fake_add_item(b, "i", "allowed");

	(void)fake_add_page(item, "s", "", 1);
	for (int32_t orientation = 1; orientation <= 8; orientation++) {
		RC_CLEANUP(rc_page_clear) struct rc_page page = RC_PAGE_INIT;
		RC_CLEANUP(page_lines_free) struct page_lines lines = { 0 };
		struct rc_affine back;
		int wrong = 0;

		lay(orientation, &item->pages[0], &page.to_clean);
		check(rc_affine_invert(page.to_clean, &back));
		page.width = item->pages[0].width;
		page.height = item->pages[0].height;
		(void)add_line(&page, rc_affine_box(back, upright, page.width, page.height), "x", 1);
		check_int(page_lines_choose(&page, true, 0, &lines, NULL), RC_OK);
		check_int(cut(b, &page, &lines, NULL), RC_OK);
		check_int(lines.n, 1);
		check_int(lines.list[0].width, upright.w);
		check_int(lines.list[0].height, upright.h);
		for (int y = 0; y < upright.h; y += 3)
			for (int x = 0; x < upright.w; x += 7)
				wrong += pixel_of(&lines, 0, x, y) != ink(upright.x + x, upright.y + y);
		check_int(wrong, 0);
	}
	fake_books_free(b);
}

/* A person's polygon may begin at any corner and go either way. */
TEST(a_turned_line_is_straightened_from_its_polygon_whichever_corner_comes_first)
{
	static const int32_t clockwise[8] = { 50, 30, 98, 66, 86, 82, 38, 46 };         /* 60 by 20, turned by 36.87 degrees */
	struct rc_books *b = fake_books_new(".");
	struct fake_item *item = fake_add_item(b, "i", "allowed");

	(void)fake_add_page(item, "s", "", 1);
	for (int start = 0; start < 4; start++)
		for (int way = -1; way <= 1; way += 2) {
			RC_CLEANUP(rc_page_clear) struct rc_page page = RC_PAGE_INIT;
			RC_CLEANUP(page_lines_free) struct page_lines lines = { 0 };
			struct rc_line *line;

			lay(1, &item->pages[0], &page.to_clean);
			page.width = ACROSS;
			page.height = DOWN;
			line = add_line(&page, (struct rc_box){ 38, 30, 60, 52 }, "x", 1);
			for (int i = 0; i < 4; i++)
				memcpy(line->polygon + 2 * i, clockwise + 2 * ((start + way * i + 4) % 4), 2 * sizeof *clockwise);
			check_int(page_lines_choose(&page, true, 0, &lines, NULL), RC_OK);
			check_int(memcmp(lines.list[0].corners, clockwise, sizeof clockwise), 0);
			check_int(lines.list[0].width, 60);
			check_int(lines.list[0].height, 20);
			check_int(cut(b, &page, &lines, NULL), RC_OK);
			/* The middle of pixel (29, 9) of the line is (29.5, 9.5) along its sides: 67.9, 55.3. */
			check(abs(pixel_of(&lines, 0, 29, 9) - ink(67, 55)) < 30);
		}
	fake_books_free(b);
}

TEST(only_lines_that_were_read_surely_enough_and_hide_nothing_are_chosen)
{
	RC_CLEANUP(rc_page_clear) struct rc_page page = RC_PAGE_INIT;
	RC_CLEANUP(page_lines_free) struct page_lines lines = { 0 };

	page.width = page.height = 1000;
	(void)add_line(&page, (struct rc_box){ 900, 10, 40, 500 }, "好的一行", 0.9f);
	(void)add_line(&page, (struct rc_box){ 800, 10, 40, 500 }, "", 0.9f);
	add_line(&page, (struct rc_box){ 700, 10, 40, 500 }, "", 0.9f)->not_read = true;
	(void)add_line(&page, (struct rc_box){ 600, 10, 40, 500 }, "身份證", 0.9f);
	(void)add_line(&page, (struct rc_box){ 500, 10, 40, 500 }, "電話13812345678", 0.9f);
	(void)add_line(&page, (struct rc_box){ 400, 10, 40, 500 }, "疑似的一行", 0.4f);
	add_line(&page, (struct rc_box){ 300, 10, 40, 500 }, "改正的一行", 0.4f)->human = true;
	(void)add_line(&page, (struct rc_box){ 900, 10, 40, 500 }, "同一處", 0.9f);
	(void)add_line(&page, (struct rc_box){ 200, 10, 40, 0 }, "無處", 0.9f);
	check_int(page_lines_choose(&page, true, 0.5, &lines, NULL), RC_OK);
	check_int(lines.n, 3);
	check_str(lines.list[0].line->text, "好的一行");
	check_str(lines.list[1].line->text, "身份證");
	check_str(lines.list[2].line->text, "改正的一行");
	page_lines_free(&lines);
	check_int(page_lines_choose(&page, false, 0, &lines, NULL), RC_OK);
	check_int(lines.n, 5);
}

TEST(a_scan_of_another_size_and_corners_beyond_all_measure_give_no_lines)
{
	static const int32_t huge[8] = { 0, 0, 130000, 0, 130000, 130000, 0, 130000 }, far[8] = { 0, 0, INT32_MAX, 0, INT32_MAX, 9, 0, 9 };
	static const int32_t point[8] = { 5, 5, 5, 5, 5, 5, 5, 5 };
	RC_CLEANUP(rc_page_clear) struct rc_page page = RC_PAGE_INIT;
	RC_CLEANUP(page_lines_free) struct page_lines lines = { 0 };
	struct rc_books *b = fake_books_new(".");
	struct fake_item *item = fake_add_item(b, "i", "allowed");
	struct rc_err err = { 0 };
	int32_t w, h;

	check(!line_cut_size(huge, &w, &h) && !line_cut_size(far, &w, &h) && !line_cut_size(point, &w, &h));
	(void)fake_add_page(item, "s", "", 1);
	lay(1, &item->pages[0], &page.to_clean);
	page.width = ACROSS + 1;
	page.height = DOWN;
	(void)add_line(&page, (struct rc_box){ 30, 40, 60, 20 }, "x", 1);
	check_int(page_lines_choose(&page, true, 0, &lines, NULL), RC_OK);
	check_int(cut(b, &page, &lines, &err), RC_PAGE_FAILED);
	check_int(err.reason, RC_WHY_CHANGED);
	fake_books_free(b);
}

TEST(a_line_key_has_no_dots_and_fits_a_tar_header_however_long_the_item_id_is)
{
	const struct rc_digest scan = fake_digest("s");
	const struct rc_box box = { 131071, 131070, 131069, 131068 };
	RC_OWN_BUF key = RC_BUF(1000);
	RC_OWN_BUF page = RC_BUF(1000);
	char id[RC_MAX_ITEM_ID + 1];

	line_key("box.1", &scan, 0, (struct rc_box){ 1, 2, 3, 4 }, &key);
	page_key("box.1", &scan, 0, &page);
	rc_buf_adds(&page, "-1_2_3_4");
	check_str(key.data, page.data);
	for (size_t len = 1; len <= RC_MAX_ITEM_ID; len++) {
		memset(id, 'x', len);
		id[len] = '\0';
		rc_buf_clear(&key);
		line_key(id, &scan, RC_MAX_FRAMES, box, &key);
		check(key.len <= PAGE_KEY_MAX && !strchr(key.data, '.'));
	}
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
