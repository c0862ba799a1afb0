/* test_upright.c -- page images in shards lie as the text was found to lie, whatever the file says. */
#include "fake_corpus_books.h"

#include "check.h"
#include "common/image.h"
#include "common/orientation.h"
#include "package/upright.h"

enum { ACROSS = 40, DOWN = 30 };        /* of the upright page */

/* No two neighbours alike, in no direction. */
static int ink(int x, int y)
{
	return (x * 5 + y * 11) & 0xff;
}

/* The scan's frame that `found` makes upright, turned as its file says: what prepare made of it. PNG. */
static void make_image(int found, int declared, struct rc_buf *png)
{
	extern struct Pix *pixCreate(int w, int h, int depth);
	extern int pixSetPixel(struct Pix *pix, int x, int y, uint32_t value);
	struct Pix *upright = pixCreate(ACROSS, DOWN, 8);
	struct rc_image *page = image_from_pix(upright), *image;

	for (int y = 0; y < DOWN; y++)
		for (int x = 0; x < ACROSS; x++)
			(void)pixSetPixel(upright, x, y, (uint32_t)ink(x, y));
	image = image_from_pix(orientation_turn(upright, orientation_between(found, declared)));
	check_int(image_encode(image, RC_MEDIA_PNG, 100, png, NULL), RC_OK);
	image_free(&page);
	image_free(&image);
}

static int n_wrong(const struct rc_buf *png)
{
	extern int pixGetPixel(struct Pix *pix, int px, int py, uint32_t *ret);
	struct rc_image *image = NULL;
	struct image_info info;
	int wrong = 0;

	check_int(image_decode(png->data, png->len, RC_MEDIA_PNG, 0, "page", &image, &info, NULL), RC_OK);
	check_int(info.width, ACROSS);
	check_int(info.height, DOWN);
	for (int y = 0; y < DOWN; y++)
		for (int x = 0; x < ACROSS; x++) {
			uint32_t v = 999;

			(void)pixGetPixel(image_pix(image), x, y, &v);
			wrong += (int)v != ink(x, y);
		}
	image_free(&image);
	return wrong;
}

TEST(an_image_lies_as_its_text_does_whatever_the_file_says)
{
	struct rc_books *b = fake_books_new(".");
	struct fake_page *at = fake_add_page(fake_add_item(b, "i", "allowed"), "s", "", 1);

	b->job = upright_job;
	for (int declared = 1; declared <= 8; declared++)
		for (int found = 1; found <= 8; found++) {
			RC_OWN_BUF png = RC_BUF(1 << 20);
			RC_OWN_BUF bytes = RC_BUF(1 << 20);
			struct rc_page_row row = { 0 };
			int32_t w = found >= 5 ? DOWN : ACROSS, h = found >= 5 ? ACROSS : DOWN;
			struct record_page page = { .page = RC_PAGE_INIT };
			struct page_image image = { 0 };

			page.page.orientation = declared;
			page.page.clean_width = ACROSS * 2;
			page.page.to_clean = rc_affine_to_image(w, h, found, ACROSS * 2, DOWN * 2);
			make_image(found, declared, &png);
			at->image = png.data;
			at->image_len = png.len;
			row.image = rc_digest_of(png.data, png.len);
			rc_buf_add(&bytes, png.data, png.len);
			check_int(upright_image(b, &row, &page, "page", &bytes, &image, NULL), RC_OK);
			check_int(image.orientation, found);
			check_int(n_wrong(&bytes), 0);
			if (declared == found)  /* not touched */
				check(bytes.len == png.len && memcmp(bytes.data, png.data, png.len) == 0);
		}
	at->image = NULL;
	fake_books_free(b);
}

TEST(a_page_that_was_not_read_lies_as_its_file_says)
{
	struct record_page page = { .not_read = true, .page = RC_PAGE_INIT };

	page.page.orientation = 6;
	check_int(upright_orientation(&page), 6);
	page.not_read = false;
	page.page.clean_width = 40;
	page.page.to_clean = (struct rc_affine){ .a = -1, .e = -1, .c = 40, .f = 30 };
	check_int(upright_orientation(&page), 3);
	page.page.clean_width = 0;      /* typed by a person */
	check_int(upright_orientation(&page), 6);
}

/* An image that its worker cannot make is told, and costs its page. */
TEST(an_image_that_cannot_be_turned_is_an_error)
{
	struct rc_books *b = fake_books_new(".");
	struct fake_page *at = fake_add_page(fake_add_item(b, "i", "allowed"), "s", "", 1);
	struct rc_page_row row = { 0 };
	struct record_page page = { .page = RC_PAGE_INIT };
	struct page_image image = { 0 };
	RC_OWN_BUF bytes = RC_BUF(1 << 20);
	struct rc_err err = { 0 };

	rc_buf_adds(&bytes, "\x89PNG\r\n\x1a\nnot an image");
	at->image = bytes.data;
	at->image_len = bytes.len;
	row.image = rc_digest_of(bytes.data, bytes.len);
	page.page.clean_width = 40;
	page.page.to_clean = (struct rc_affine){ .a = -1, .e = -1, .c = 40, .f = 30 };
	b->job = upright_job;
	check_int(upright_image(b, &row, &page, "page", &bytes, &image, &err), RC_PAGE_FAILED);
	at->image = NULL;
	fake_books_free(b);
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
