/* test_pdf.c -- pages of a PDF come out at the resolution of their scan. */
#include <cairo-pdf.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "common/pdf.h"
#include "core/limits.h"
#include "core/outfile.h"

/* A page with a gray image of width x height pixels laid over the rectangle (points), after turning. */
static void paint_scan(cairo_t *cr, int width, int height, double x, double y, double wide, double high)
{
	cairo_surface_t *scan = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
	unsigned char *data = cairo_image_surface_get_data(scan);

	for (int i = 0; i < cairo_image_surface_get_stride(scan) * height; i++)
		data[i] = (unsigned char)(i * 7);
	cairo_surface_mark_dirty(scan);
	cairo_save(cr);
	cairo_translate(cr, x, y);
	cairo_scale(cr, wide / width, high / height);
	cairo_set_source_surface(cr, scan, 0, 0);
	cairo_paint(cr);
	cairo_restore(cr);
	cairo_surface_destroy(scan);
}

static void paint_text(cairo_t *cr)
{
	cairo_set_source_rgb(cr, 0, 0, 0);
	cairo_rectangle(cr, 100, 100, 200, 20);
	cairo_fill(cr);
}

/* 432 by 576 points: 1 scan over the whole page at 200 dpi; 2 lines only; 3 a small picture and lines; 4 two
 * layers at 100 and 300 dpi; 5 a scan in two strips at 150 dpi; 6 a scan at 2 dpi, which is none. */
static void make_pdf(const char *path)
{
	cairo_surface_t *pdf = cairo_pdf_surface_create(path, 432, 576);
	cairo_t *cr = cairo_create(pdf);

	paint_scan(cr, 1200, 1600, 0, 0, 432, 576);
	cairo_show_page(cr);
	paint_text(cr);
	cairo_show_page(cr);
	paint_scan(cr, 500, 500, 0, 0, 100, 100);
	paint_text(cr);
	cairo_show_page(cr);
	paint_scan(cr, 600, 800, 0, 0, 432, 576);
	paint_scan(cr, 1800, 2400, 0, 0, 432, 576);
	cairo_show_page(cr);
	paint_scan(cr, 900, 600, 0, 0, 432, 288);
	paint_scan(cr, 900, 600, 0, 288, 432, 288);
	cairo_show_page(cr);
	paint_scan(cr, 12, 16, 0, 0, 432, 576);
	cairo_show_page(cr);
	cairo_destroy(cr);
	cairo_surface_destroy(pdf);
}

static struct pdf *open_pdf(const char *path, struct rc_err *err)
{
	struct pdf *pdf = NULL;
	RC_OWN_FD fd = open(path, O_RDONLY | O_CLOEXEC);

	check(fd >= 0);
	pdf_open(&pdf, fd, 0, lseek(fd, 0, SEEK_END), path, err);
	return pdf;
}

static void check_page(struct pdf *pdf, int page, int width, int height, int dpi)
{
	struct image_info drawn = { 0 };
	struct rc_image *image = NULL;
	struct rc_err err = { 0 };

	check_int(pdf_render(pdf, page, 250, &image, &drawn, &err), RC_OK);
	check_int(drawn.width, width);
	check_int(drawn.height, height);
	check_int(drawn.dpi, dpi);
	if (check(image != NULL)) {
		check_int(image_width(image), width);
		check_int(image_height(image), height);
	}
	image_free(&image);
}

TEST(a_page_has_the_resolution_of_its_scan)
{
	RC_CLEANUP(pdf_close) struct pdf *pdf = NULL;

	make_pdf("x.pdf");
	pdf = open_pdf("x.pdf", NULL);
	if (!check(pdf != NULL))
		return;
	check_int(pdf_pages(pdf), 6);
	check_page(pdf, 0, 1200, 1600, 200);
	check_page(pdf, 1, 1500, 2000, 250);
	check_page(pdf, 2, 1500, 2000, 250);
	check_page(pdf, 3, 1800, 2400, 300);
	check_page(pdf, 4, 900, 1200, 150);
	check_page(pdf, 5, 1500, 2000, 250);
}

TEST(a_pdf_inside_another_file)
{
	RC_CLEANUP(pdf_close) struct pdf *pdf = NULL;
	RC_OWN_BUF bytes = RC_BUF(1 << 24);
	RC_OWN_FD fd = -1;
	size_t len;

	make_pdf("x.pdf");
	for (int i = 0; i < 5000; i++)
		rc_buf_addc(&bytes, 'x');
	check_int(rc_buf_read_file(&bytes, "x.pdf", NULL), RC_OK);
	len = bytes.len - 5000;
	rc_buf_adds(&bytes, "more");
	check_int(rc_file_put("y", bytes.data, bytes.len, NULL), RC_OK);
	fd = open("y", O_RDONLY | O_CLOEXEC);
	check_int(pdf_open(&pdf, fd, 5000, (int64_t)len, "y", NULL), RC_OK);
	check_page(pdf, 0, 1200, 1600, 200);
}

TEST(a_page_that_is_too_large_is_refused_before_it_is_drawn)
{
	RC_CLEANUP(pdf_close) struct pdf *pdf = NULL;
	cairo_surface_t *surface = cairo_pdf_surface_create("huge.pdf", 14400, 14400);
	struct rc_image *image = NULL;
	struct image_info info;
	struct rc_err err = { 0 };

	cairo_surface_show_page(surface);
	cairo_surface_destroy(surface);
	pdf = open_pdf("huge.pdf", NULL);
	check_int(pdf_render(pdf, 0, 600, &image, &info, &err), RC_PAGE_FAILED);
	check_str(rc_reason_name(err.reason), "pixels");
	check_int(pdf_render(pdf, 7, 300, &image, &info, &err), RC_PAGE_FAILED);
}

TEST(what_is_no_pdf_says_so)
{
	RC_CLEANUP(pdf_close) struct pdf *pdf = NULL;
	struct rc_err err = { 0 };

	check_int(rc_file_put("x.pdf", "%PDF-1.4\nnothing", 16, NULL), RC_OK);
	pdf = open_pdf("x.pdf", &err);
	check(pdf == NULL);
	check_str(rc_reason_name(err.reason), "decode");
}

/* Poppler and fontconfig keep a little for the life of the process. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libpoppler.so\nleak:libfontconfig.so\n";
}

static int n_drawn, n_failed;

static void draw_all(const char *path)
{
	RC_CLEANUP(pdf_close) struct pdf *pdf = NULL;
	struct rc_err err = { 0 };

	pdf = open_pdf(path, &err);
	if (!pdf) {
		n_failed++;
		if (getenv("SHOW"))
			printf("%s\t%s\t%s\n", path, rc_reason_name(err.reason), err.text);
	}
	for (int i = 0; pdf && i < pdf_pages(pdf); i++) {
		struct rc_image *image = NULL;
		struct image_info info = { 0 };
		enum rc_status status = pdf_render(pdf, i, 300, &image, &info, &err);

		*(rc_good(status) ? &n_drawn : &n_failed) += 1;
		check(rc_good(status) == (image != NULL));
		if (getenv("SHOW"))
			printf("%s\t%d\t%s\t%dx%d@%d\n", path, i + 1, rc_good(status) ? "ok" : err.text, info.width, info.height, info.dpi);
		if (image && getenv("SHOW")) {
			char png[200];

			snprintf(png, sizeof png, "/tmp/pdf-%s-%d.png", strrchr(path, '/') + 1, i + 1);
			image_write_png(image, png, NULL);
		}
		image_free(&image);
	}
}

static int draw_if_pdf(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	if (type == FTW_F && strlen(path) > 4 && !strcasecmp(path + strlen(path) - 4, ".pdf"))
		draw_all(path);
	return 0;
}

TEST(real_pdfs_are_drawn_or_refused)
{
	const char *hostile = check_shared("hostile"), *modern = check_shared("modern");

	if (!hostile || !modern)
		check_skip("no shared data");
	nftw(hostile, draw_if_pdf, 16, FTW_PHYS);
	nftw(modern, draw_if_pdf, 16, FTW_PHYS);
	printf("%d pages drawn, %d refused\n", n_drawn, n_failed);
	check(n_drawn > n_failed);
}

int main(int argc, char **argv)
{
	return check_main(argc, argv);
}
