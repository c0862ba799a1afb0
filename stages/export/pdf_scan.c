/* pdf_scan.c -- a page's scan as a picture of the PDF.
 *
 *   open_scan()       the bytes, once for all pages in them, compared with their digest
 *   as_it_is()        JPEG and JPEG 2000 that every reader of PDF/A-2 shows
 *   made_anew()       one bit as T.6, the rest as JPEG */
#include <errno.h>
#include <string.h>

#include "common/bitonal.h"
#include "core/outfile.h"
#include "export/pdf_parts.h"

enum { QUALITY = 85, DEFAULT_DPI = 300 };

struct picture {
	struct rc_buf made;             /* what was made anew; empty: the scan's own bytes */
	const char *filter;             /* entries of the dictionary */
	int32_t width, height;
	int bits;
	const char *space;              /* "" : the bytes say it */
};

static void picture_clear(struct picture *p)
{
	rc_buf_free(&p->made);
}

void pdf_scan_close(struct pdf_scan *scan)
{
	pdf_close(&scan->pdf);
	rc_close(&scan->at.fd);
	rc_buf_free(&scan->bytes);
	*scan = PDF_SCAN_INIT;
}

/* ---- bytes ---------------------------------------------------------------------------------------------- */

static enum rc_status changed(const char *name, struct rc_err *err)
{
	return rc_fail(err, RC_PAGE_FAILED, RC_WHY_CHANGED, "cannot show '%s': it is no longer what was ingested", name);
}

static enum rc_status read_bytes(struct pdf_scan *scan, const char *name, struct rc_err *err)
{
	char *room = scan->at.len <= RC_MAX_SCAN_BYTES ? rc_buf_grow(&scan->bytes, (size_t)scan->at.len) : NULL;
	struct rc_digest digest;

	if (!room)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMORY, "cannot read '%s': %lld bytes are too many at once", name, (long long)scan->at.len);
	if (!rc_read_all(scan->at.fd, room, (size_t)scan->at.len, scan->at.offset))
		return errno ? rc_fail_errno(err, RC_PAGE_FAILED, RC_WHY_UNREADABLE, "cannot read '%s'", name) : changed(name, err);
	digest = rc_digest_of(room, (size_t)scan->at.len);
	return rc_digest_equal(&digest, &scan->digest) ? RC_OK : changed(name, err);
}

static enum rc_status open_document(struct pdf_scan *scan, const char *name, struct rc_err *err)
{
	struct rc_digest digest;
	enum rc_status status = rc_digest_fd(scan->at.fd, scan->at.offset, scan->at.len, name, &digest, NULL, err);

	if (rc_good(status) && !rc_digest_equal(&digest, &scan->digest))
		return changed(name, err);
	return rc_good(status) ? pdf_open(&scan->pdf, scan->at.fd, scan->at.offset, scan->at.len, name, err) : status;
}

static enum rc_status open_scan(struct pdf_scan *scan, const struct export_item *item, const struct record_page *page, struct rc_err *err)
{
	if (scan->open && rc_digest_equal(&scan->digest, &page->scan))
		return RC_OK;
	pdf_scan_close(scan);
	if (!item->scan)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_BUG, "cannot show '%s': nobody knows where it lies", page->source);
	scan->digest = page->scan;
	scan->media = rc_media_find(page->media);
	enum rc_status status = item->scan(item->ctx, page, &scan->at, err);

	if (rc_good(status))
		status = scan->media == RC_MEDIA_PDF ? open_document(scan, page->source, err) : read_bytes(scan, page->source, err);
	scan->open = rc_good(status);
	return status;
}

/* ---- pictures ------------------------------------------------------------------------------------------- */

static enum rc_status on_frame(void *ctx, int32_t frame, const struct image_info *info, struct rc_err *err)
{
	if (frame == 0)
		*(struct image_info *)ctx = *info;
	return RC_OK;
}

static const char *space_of(int samples)
{
	return samples == 1 ? "/DeviceGray" : "/DeviceRGB";
}

/* JP2 and not a bare codestream: its boxes say which colours it has. */
static bool is_jp2(const struct rc_buf *bytes)
{
	static const char signature[] = "\0\0\0\x0CjP  ";

	return bytes->len > sizeof signature && memcmp(bytes->data, signature, sizeof signature - 1) == 0;
}

/* CMYK is left out: its colours would need a profile of their own. */
static bool as_it_is(const struct pdf_scan *scan, const char *name, struct picture *ret)
{
	bool jpeg = scan->media == RC_MEDIA_JPEG, jp2 = scan->media == RC_MEDIA_JP2 && is_jp2(&scan->bytes);
	struct image_info info = { 0 };
	struct rc_err err;

	if (!jpeg && !jp2)
		return false;
	if (!rc_good(image_probe(scan->bytes.data, scan->bytes.len, scan->media, name, on_frame, &info, &err)) || info.bits != 8 ||
	    (info.samples != 1 && info.samples != 3))
		return false;
	ret->width = info.width;
	ret->height = info.height;
	ret->bits = 8;
	ret->filter = jpeg ? "/Filter /DCTDecode" : "/Filter /JPXDecode";
	ret->space = jpeg ? space_of(info.samples) : "";
	return true;
}

static enum rc_status decode(struct pdf_scan *scan, const struct record_page *page, struct rc_image **ret, struct image_info *info, struct rc_err *err)
{
	int32_t dpi = page->page.quality.dpi;

	if (scan->media == RC_MEDIA_PDF)
		return pdf_render(scan->pdf, page->frame, dpi >= 72 ? dpi : DEFAULT_DPI, ret, info, err);
	return image_decode(scan->bytes.data, scan->bytes.len, scan->media, page->frame, page->source, ret, info, err);
}

static enum rc_status made_anew(struct pdf_scan *scan, const struct record_page *page, struct picture *ret, struct rc_err *err)
{
	RC_CLEANUP(image_free) struct rc_image *image = NULL;
	struct image_info info = { 0 };
	enum rc_status status = decode(scan, page, &image, &info, err);

	if (!rc_good(status))
		return status;
	ret->width = image_width(image);
	ret->height = image_height(image);
	if (image_depth(image) == 1) {
		ret->bits = 1;
		ret->filter = "/Filter /CCITTFaxDecode";
		ret->space = "/DeviceGray";
		return bitonal_pack(image, &ret->made, err);
	}
	ret->bits = 8;
	ret->filter = "/Filter /DCTDecode";
	ret->space = image_depth(image) == 8 ? "/DeviceGray" : "/DeviceRGB";
	return image_encode(image, RC_MEDIA_JPEG, QUALITY, &ret->made, err);
}

static void write_picture(struct pdf_file *f, int32_t number, const struct pdf_scan *scan, const struct picture *p)
{
	const struct rc_buf *bytes = p->made.len ? &p->made : &scan->bytes;
	RC_OWN_BUF dict = RC_BUF(1000);

	rc_buf_addf(&dict, "/Type /XObject /Subtype /Image /Width %d /Height %d %s", p->width, p->height, p->filter);
	if (*p->space)
		rc_buf_addf(&dict, " /BitsPerComponent %d /ColorSpace %s", p->bits, p->space);
	if (p->bits == 1)
		rc_buf_addf(&dict, " /DecodeParms << /K -1 /Columns %d /Rows %d >>", p->width, p->height);
	pdf_file_stream(f, number, dict.data, bytes->data, bytes->len);
}

enum rc_status pdf_scan_picture(struct pdf_scan *scan, const struct export_item *item, const struct record_page *page, struct pdf_file *f,
                                int32_t *number, int32_t *width, int32_t *height, struct rc_err *err)
{
	RC_CLEANUP(picture_clear) struct picture picture = { .made = RC_BUF(RC_MAX_IMAGE_BYTES) };
	enum rc_status status = open_scan(scan, item, page, err);

	*number = 0;
	/* What could not be read may be no picture at all: then it has to be decoded before it is believed. */
	if (rc_good(status) && (page->not_read || record_page_is_typed(page) || !as_it_is(scan, page->source, &picture)))
		status = made_anew(scan, page, &picture, err);
	if (status == RC_PAGE_FAILED && (page->not_read || record_page_is_typed(page)) && err->reason != RC_WHY_CHANGED && err->reason != RC_WHY_GONE)
		return RC_OK;
	if (!rc_good(status))
		return status;
	*number = pdf_file_reserve(f);
	*width = picture.width;
	*height = picture.height;
	write_picture(f, *number, scan, &picture);
	return RC_OK;
}
