/* upright.c -- page images turned as the text lies.
 *
 *   upright_image()   asks a worker; take_image() takes what comes back
 *   upright_job()     what the worker does */
#include "package/upright.h"

#include <unistd.h>

#include "common/image.h"
#include "common/orientation.h"
#include "common/scan_job.h"

static int declared(const struct record_page *page)
{
	return page->page.orientation >= 1 && page->page.orientation <= 8 ? page->page.orientation : 1;
}

int upright_orientation(const struct record_page *page)
{
	return page->not_read || record_page_is_typed(page) ? declared(page) : orientation_of(page->page.to_clean);
}

/* Foreign: a worker made it. The old bytes were already read from the store, and give way. */
static enum rc_status take_image(void *ctx, const json_t *part, int spool_fd, int64_t len, struct rc_err *err)
{
	struct rc_buf *bytes = ctx;
	enum rc_media media = image_sniff(bytes->data, bytes->len);
	char *to;

	(void)part;
	bytes->len = 0;
	to = len > 0 && len <= RC_MAX_IMAGE_BYTES ? rc_buf_grow(bytes, (size_t)len) : NULL;
	if (!to || pread(spool_fd, to, (size_t)len, 0) != len || image_sniff(to, (size_t)len) != media)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_PROTOCOL, "cannot use an image that a worker turned");
	return RC_OK;
}

enum rc_status upright_image(struct rc_books *books, const struct rc_page_row *row, const struct record_page *page, const char *name,
                             struct rc_buf *bytes, struct page_image *image, struct rc_err *err)
{
	int turn = orientation_between(declared(page), upright_orientation(page));
	RC_OWN_JSON args = NULL;
	RC_OWN_FD fd = -1;
	int64_t offset, len;
	enum rc_status status;

	image->orientation = upright_orientation(page);
	if (turn == 1)
		return RC_OK;
	status = rc_books_open_image(books, row, &fd, &offset, &len, err);
	if (!rc_good(status))
		return status;
	args = json_pack("{s:o, s:s, s:I, s:I, s:i}", "name", rc_json_text(name), "media", rc_media_name(image_sniff(bytes->data, bytes->len)),
	                 "offset", (json_int_t)offset, "len", (json_int_t)len, "turn", turn);
	return rc_books_job(books, "package", args, fd, take_image, bytes, err);
}

enum rc_status upright_job(const struct rc_config *cfg, const json_t *args, int source_fd, struct rc_job_out *out, struct rc_err *err)
{
	int64_t turn = rc_json_int(args, "turn", 1);
	enum rc_media media = rc_media_find(rc_json_str(args, "media", ""));
	RC_CLEANUP(image_free) struct rc_image *stored = NULL;
	RC_CLEANUP(image_free) struct rc_image *turned = NULL;
	RC_OWN_BUF bytes = RC_BUF(RC_MAX_IMAGE_BYTES);
	RC_OWN_JSON part = json_object();
	enum rc_status status = scan_job_decode(cfg, args, source_fd, &stored, err);

	if (!rc_good(status))
		return status;
	turned = image_from_pix(orientation_turn(image_pix(stored), turn >= 1 && turn <= 8 ? (int)turn : 1));
	if (!turned || !part)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMORY, "cannot turn '%s': not enough memory", rc_json_str(args, "name", "page"));
	status = image_encode(turned, media, (int)cfg->package_image_quality, &bytes, err);
	if (rc_good(status))
		status = rc_job_write(out, bytes.data, bytes.len, err);
	return rc_good(status) ? rc_job_emit(out, part, err) : status;
}
