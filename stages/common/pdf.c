/* pdf.c -- the door to Poppler and cairo.
 *
 *   pdf_open, pdf_pages, pdf_close
 *   pdf_render      the page as pixels
 *   resolution      that of the scan on the page, so that rendering gives back the scan's own pixels
 *
 * The file is mapped: Poppler gets bytes and never opens a path. What it complains about goes to GLib's debug log,
 * which nobody reads; a page on which it complained and that stays white all over is not passed off as blank. */
#include "common/pdf.h"

#include <cairo.h>
#include <limits.h>
#include <math.h>
#include <poppler.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/limits.h"

#define POINTS_PER_INCH 72.0
/* Cairo's own ceiling on an image's side. */
#define MAX_CAIRO_SIDE 32767
/* Declared resolutions outside are taken for mistakes, as image_probe does. */
#define MIN_DPI 30
#define MAX_DPI 2540
/* Pages of layered scans (background, text mask) have a few images of one size; more are not looked at. */
#define MAX_LAYERS 4

struct pdf {
	void *map;
	size_t map_len;
	PopplerDocument *document;
	int32_t n_pages;
	char *name;
};

struct sheet {                          /* one page, measured */
	PopplerPage *page;
	double width, height;           /* points, turned as the page says */
	double scale;                   /* pixels per point */
	bool has_scan;
	struct image_info info;
};

void pdf_close(struct pdf **pdf)
{
	if (!*pdf)
		return;
	if ((*pdf)->document)
		g_object_unref((*pdf)->document);
	if ((*pdf)->map)
		munmap((*pdf)->map, (*pdf)->map_len);
	free((*pdf)->name);
	free(*pdf);
	*pdf = NULL;
}

static void gerror_free(GError **error)
{
	g_clear_error(error);
}

static enum rc_status cannot_open(const char *name, const GError *error, struct rc_err *err)
{
	enum rc_reason why = RC_WHY_DECODE;

	if (error && error->domain == POPPLER_ERROR && error->code == POPPLER_ERROR_ENCRYPTED)
		why = RC_WHY_ENCRYPTED;
	return rc_fail(err, RC_PAGE_FAILED, why, "cannot read '%s': %s", name, error ? error->message : "it is no PDF");
}

enum rc_status pdf_open(struct pdf **ret, int fd, int64_t offset, int64_t len, const char *name, struct rc_err *err)
{
	RC_CLEANUP(pdf_close) struct pdf *pdf = calloc(1, sizeof *pdf);
	RC_CLEANUP(gerror_free) GError *error = NULL;
	int64_t into_page = offset % sysconf(_SC_PAGESIZE);
	GBytes *bytes;

	if (!pdf || !(pdf->name = strdup(name)))
		return rc_fail(err, RC_RETRY, RC_WHY_MEMORY, "cannot read '%s': out of memory", name);
	if (len <= 0 || len > RC_MAX_SCAN_BYTES)
		return rc_fail(err, RC_PAGE_FAILED, len > 0 ? RC_WHY_BYTES : RC_WHY_EMPTY, "cannot read '%s': it has %lld bytes", name,
		               (long long)len);
	pdf->map_len = (size_t)(into_page + len);
	pdf->map = mmap(NULL, pdf->map_len, PROT_READ, MAP_PRIVATE, fd, (off_t)(offset - into_page));
	if (pdf->map == MAP_FAILED) {
		pdf->map = NULL;
		return rc_fail_errno(err, RC_PAGE_FAILED, RC_WHY_UNREADABLE, "cannot map '%s'", name);
	}
	bytes = g_bytes_new_static((char *)pdf->map + into_page, (gsize)len);
	pdf->document = poppler_document_new_from_bytes(bytes, NULL, &error);
	g_bytes_unref(bytes);
	if (!pdf->document)
		return cannot_open(name, error, err);
	pdf->n_pages = poppler_document_get_n_pages(pdf->document);
	*ret = rc_steal(pdf);
	return RC_OK;
}

int32_t pdf_pages(const struct pdf *pdf)
{
	return pdf->n_pages;
}

/* ---- resolution ---------------------------------------------------------------------------------- */

static double rectangle_area(const PopplerRectangle *r)
{
	return fabs(r->x2 - r->x1) * fabs(r->y2 - r->y1);
}

/* Pixels per point of one image; 0 when it cannot be told. Poppler tells the size only by decoding the image. */
static double image_scale(PopplerPage *page, const PopplerImageMapping *image)
{
	cairo_surface_t *surface = poppler_page_get_image(page, image->image_id);
	double wide = fabs(image->area.x2 - image->area.x1), high = fabs(image->area.y2 - image->area.y1);
	double width = 0, height = 0;

	if (surface && cairo_surface_get_type(surface) == CAIRO_SURFACE_TYPE_IMAGE) {
		width = cairo_image_surface_get_width(surface);
		height = cairo_image_surface_get_height(surface);
	}
	if (surface)
		cairo_surface_destroy(surface);
	if (width < 1 || height < 1 || wide <= 0 || high <= 0)
		return 0;
	/* An image laid on its side: when that fits its shape better, its rows run up the page. */
	if (fabs(log(width / height * (high / wide))) > fabs(log(height / width * (high / wide)))) {
		double t = wide;

		wide = high;
		high = t;
	}
	/* Fax pages have fewer rows than columns to an inch: nothing of either is to be lost. */
	return fmax(width / wide, height / high);
}

/* Pixels per point of the scan on the page; 0 when there is none: images that cover less than half of it are pictures. */
static double scan_scale(PopplerPage *page, double page_area)
{
	GList *images = poppler_page_get_image_mapping(page);
	double covered = 0, largest = 0, best = 0;
	int looked_at = 0;

	for (GList *l = images; l; l = l->next) {
		double area = rectangle_area(&((PopplerImageMapping *)l->data)->area);

		covered += area;
		largest = fmax(largest, area);
	}
	for (GList *l = images; covered >= page_area / 2 && l && looked_at < MAX_LAYERS; l = l->next) {
		PopplerImageMapping *image = l->data;

		if (rectangle_area(&image->area) >= 0.9 * largest) {
			best = fmax(best, image_scale(page, image));
			looked_at++;
		}
	}
	poppler_page_free_image_mapping(images);
	return best;
}

static enum rc_status check_size(const char *name, int32_t page, double width, double height, struct rc_err *err)
{
	if (!(width >= 1 && height >= 1))
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_DECODE, "cannot read page %d of '%s': it has no area", page + 1, name);
	if (width > MAX_CAIRO_SIDE || height > MAX_CAIRO_SIDE || width * height > (double)RC_MAX_PIXELS)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_PIXELS, "cannot read page %d of '%s': %.0f by %.0f pixels are too many",
		               page + 1, name, width, height);
	return RC_OK;
}

static void sheet_close(struct sheet *sheet)
{
	if (sheet->page)
		g_object_unref(sheet->page);
}

static enum rc_status measure(struct pdf *pdf, int32_t page, int32_t default_dpi, struct sheet *ret, struct rc_err *err)
{
	double width, height;
	enum rc_status status;

	ret->page = page < 0 || page >= pdf->n_pages ? NULL : poppler_document_get_page(pdf->document, page);
	if (!ret->page)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_DECODE, "cannot read page %d of '%s': there is no such page", page + 1, pdf->name);
	poppler_page_get_size(ret->page, &ret->width, &ret->height);
	/* A page that would be too large even at the lowest resolution is not worth decoding its images. */
	status = check_size(pdf->name, page, ret->width * MIN_DPI / POINTS_PER_INCH, ret->height * MIN_DPI / POINTS_PER_INCH, err);
	if (!rc_good(status))
		return status;
	ret->scale = scan_scale(ret->page, ret->width * ret->height);
	ret->has_scan = ret->scale * POINTS_PER_INCH >= MIN_DPI && ret->scale * POINTS_PER_INCH <= MAX_DPI;
	if (!ret->has_scan)
		ret->scale = default_dpi / POINTS_PER_INCH;
	width = round(ret->width * ret->scale);
	height = round(ret->height * ret->scale);
	status = check_size(pdf->name, page, width, height, err);
	if (!rc_good(status))
		return status;
	ret->info = (struct image_info){
		.width = (int32_t)width, .height = (int32_t)height, .bits = 8, .samples = 3,
		.dpi = (int32_t)lround(ret->scale * POINTS_PER_INCH), .orientation = 1,
	};
	return RC_OK;
}

/* ---- rendering ----------------------------------------------------------------------------------- */

static void surface_free(cairo_surface_t **surface)
{
	if (*surface)
		cairo_surface_destroy(*surface);
}

/* Keeps the first complaint of Poppler while a page is drawn. */
static void keep_complaint(const gchar *domain, GLogLevelFlags level, const gchar *message, gpointer ctx)
{
	char *first = ctx;

	if (!*first)
		g_strlcpy(first, message, 200);
}

static cairo_status_t draw(const struct sheet *sheet, cairo_surface_t *surface, char complaint[200])
{
	cairo_t *cr = cairo_create(surface);
	guint handler = g_log_set_handler("Poppler", G_LOG_LEVEL_MASK, keep_complaint, complaint);
	cairo_status_t status;

	cairo_set_source_rgb(cr, 1, 1, 1);
	cairo_paint(cr);
	cairo_scale(cr, sheet->info.width / sheet->width, sheet->info.height / sheet->height);
	poppler_page_render(sheet->page, cr);
	g_log_remove_handler("Poppler", handler);
	status = cairo_status(cr);
	cairo_destroy(cr);
	cairo_surface_flush(surface);
	return status;
}

static bool all_white(cairo_surface_t *surface)
{
	const unsigned char *row = cairo_image_surface_get_data(surface);
	int width = cairo_image_surface_get_width(surface), height = cairo_image_surface_get_height(surface);

	for (int y = 0; y < height; y++, row += cairo_image_surface_get_stride(surface)) {
		const uint32_t *pixels = (const uint32_t *)(const void *)row;

		for (int x = 0; x < width; x++)
			if ((pixels[x] & 0xFFFFFF) != 0xFFFFFF)
				return false;
	}
	return true;
}

enum rc_status pdf_render(struct pdf *pdf, int32_t page, int32_t default_dpi, struct rc_image **ret,
                          struct image_info *ret_info, struct rc_err *err)
{
	RC_CLEANUP(sheet_close) struct sheet sheet = { 0 };
	RC_CLEANUP(surface_free) cairo_surface_t *surface = NULL;
	char complaint[200] = "";
	enum rc_status status = measure(pdf, page, default_dpi, &sheet, err);
	cairo_status_t drawn;

	if (!rc_good(status))
		return status;
	surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, sheet.info.width, sheet.info.height);
	drawn = cairo_surface_status(surface);
	if (drawn == CAIRO_STATUS_SUCCESS)
		drawn = draw(&sheet, surface, complaint);
	if (drawn == CAIRO_STATUS_NO_MEMORY)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMORY, "cannot draw page %d of '%s': out of memory", page + 1, pdf->name);
	if (drawn != CAIRO_STATUS_SUCCESS)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_DECODE, "cannot draw page %d of '%s': %s", page + 1, pdf->name,
		               cairo_status_to_string(drawn));
	if (*complaint && all_white(surface))
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_DECODE, "cannot draw page %d of '%s': %s", page + 1, pdf->name, complaint);
	status = image_from_rgb(cairo_image_surface_get_data(surface), sheet.info.width, sheet.info.height,
	                        cairo_image_surface_get_stride(surface), sheet.info.dpi, ret, err);
	if (rc_good(status))
		*ret_info = sheet.info;
	return status;
}
