/* prepare.c -- the stage that turns a scan into a clean page: gray, upright, straight, dark on light.
 *
 *   prepare_stage   the descriptor
 *   run()           read the bytes, decode, make what is wanted
 *
 * The colour image is only kept as long as somebody needs it: the largest scan allowed takes 1.6 GB. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>
#include <leptonica/allheaders.h>

#include "common/pdf.h"
#include "core/limits.h"
#include "core/outfile.h"
#include "prepare/prepare.h"
#include "prepare/work.h"

#define OWN_IMAGE RC_CLEANUP(image_free) struct rc_image *

static enum rc_status open_stage(const struct rc_config *cfg, void **state, struct rc_err *err)
{
	image_quiet();
	*state = (void *)(uintptr_t)cfg;
	return RC_OK;
}

static enum rc_status identify(const struct rc_config *cfg, struct rc_buf *lines, struct rc_err *err)
{
	char *leptonica = getLeptonicaVersion();

	rc_buf_addf(lines, "%s\n", leptonica ? leptonica : "leptonica");
	lept_free(leptonica);
	return rc_buf_check(lines, "the list of library versions", err);
}

/* ---- the scan's bytes ------------------------------------------------------------------------------------ */

static enum rc_status read_scan(const struct rc_page *page, uint8_t **ret, struct rc_err *err)
{
	RC_CLEANUP(rc_free) uint8_t *bytes = NULL;

	if (page->scan_len <= 0)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_EMPTY, "cannot read '%s': the file is empty", page->name);
	if (page->scan_len > RC_MAX_SCAN_BYTES)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_BYTES, "cannot read '%s': larger than %lld bytes", page->name, (long long)RC_MAX_SCAN_BYTES);
	bytes = malloc((size_t)page->scan_len);
	if (!bytes)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMORY, "cannot read '%s': not enough memory", page->name);
	if (!rc_read_all(page->scan_fd, bytes, (size_t)page->scan_len, page->scan_offset)) {
		if (errno)
			return rc_fail_errno(err, RC_PAGE_FAILED, RC_WHY_UNREADABLE, "cannot read '%s'", page->name);
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_CHANGED, "cannot read '%s': shorter than it was", page->name);
	}
	*ret = rc_steal(bytes);
	return RC_OK;
}

static enum rc_status decode_pdf(const struct rc_config *cfg, const struct rc_page *page, struct rc_image **ret,
                                 struct image_info *info, struct rc_err *err)
{
	RC_CLEANUP(pdf_close) struct pdf *pdf = NULL;
	enum rc_status status = pdf_open(&pdf, page->scan_fd, page->scan_offset, page->scan_len, page->name, err);

	if (!rc_good(status))
		return status;
	return pdf_render(pdf, page->frame, (int32_t)cfg->ingest_default_dpi, ret, info, err);
}

static enum rc_status decode(const struct rc_config *cfg, const struct rc_page *page, struct rc_image **ret,
                             struct image_info *info, struct rc_err *err)
{
	RC_CLEANUP(rc_free) uint8_t *bytes = NULL;
	enum rc_status status;

	if (page->media == RC_MEDIA_PDF)
		return decode_pdf(cfg, page, ret, info, err);
	status = read_scan(page, &bytes, err);
	if (status != RC_OK)
		return status;
	return image_decode(bytes, (size_t)page->scan_len, page->media, page->frame, page->name, ret, info, err);
}

/* ---- the clean page ---------------------------------------------------------------------------------------- */

/* Gray and upright; and where the sheet is. Takes the scan, so that its memory is free before the steps begin. */
static PIX *gray_upright(struct prepare_work *work, struct rc_image **scan)
{
	PIX *stored = image_take_pix(scan), *gray, *upright;
	bool looked = !work->cfg->prepare_page || prepare_find_sheet(stored, &work->sheet);

	gray = looked ? prepare_gray(work->cfg, work->page, stored) : NULL;
	pixDestroy(&stored);
	if (!gray)
		return NULL;
	upright = prepare_upright(gray, work->page->orientation, work->page->turned, &work->to_clean);
	pixDestroy(&gray);
	return upright;
}

static enum rc_status read_page(const struct rc_config *cfg, struct rc_page *page, struct rc_image **scan, struct rc_err *err)
{
	struct prepare_work work = { .cfg = cfg, .page = page };
	enum rc_status status = RC_OK;

	work.pix = gray_upright(&work, scan);
	if (!work.pix)
		return prepare_no_memory(page, err);
	status = prepare_clean(&work, err);
	if (rc_good(status)) {
		page->to_clean = work.to_clean;
		page->clean_width = pixGetWidth(work.pix);
		page->clean_height = pixGetHeight(work.pix);
		prepare_place_marks(page);
		page->look = prepare_look(work.pix);
		page->clean = image_from_pix(rc_steal(work.pix));
	}
	pixDestroy(&work.pix);
	return status;
}

static enum rc_status run(void *state, struct rc_page *page, struct rc_err *err)
{
	const struct rc_config *cfg = state;
	OWN_IMAGE scan = NULL;
	struct image_info info;
	enum rc_status status = decode(cfg, page, &scan, &info, err);

	if (!rc_good(status))
		return status;
	page->width = image_width(scan);
	page->height = image_height(scan);
	page->declared_dpi = info.dpi;
	page->orientation = info.orientation;
	if (page->want_read) {
		prepare_measure_tones(image_pix(scan), &info, &page->scan);
		page->pixels = prepare_digest_pixels(image_pix(scan));
	}
	if (page->want_image) {
		status = prepare_picture(cfg, page, scan, err);
		if (!rc_good(status))
			return status;
	}
	return page->want_read ? read_page(cfg, page, &scan, err) : RC_OK;
}

static void drop(void *state, struct rc_page *page)
{
	image_free(&page->clean);
}

enum rc_status prepare_show_pix(struct prepare_work *work, const char *name, PIX *pix, struct rc_err *err)
{
	char path[4200];

	if (!work->page->debug_dir)
		return RC_OK;
	(void)snprintf(path, sizeof(path), "%s/%02d-%s.png", work->page->debug_dir, work->step++, name);
	return image_write_png((const struct rc_image *)pix, path, err);
}

enum rc_status prepare_show(struct prepare_work *work, const char *name, struct rc_err *err)
{
	return prepare_show_pix(work, name, work->pix, err);
}

const struct rc_page_stage prepare_stage = {
	.name = "prepare",
	.summary = "decode, find the sheet, level the light, set paper and ink apart, straighten, flatten",
	.version = 13,
	.identify = identify,
	.open = open_stage,
	.run = run,
	.drop = drop,
};
