/* text.c -- plain text: what was read, in reading order, and nothing else.
 *
 * Lines end in a line feed, an empty line parts regions, a form feed pages. A page that was not read is an empty page, so that
 * the n-th page of the text is the n-th of the item; why it is empty stands in the record, not among the words. */
#include "core/buf.h"
#include "core/outfile.h"
#include "export/pages.h"

static enum rc_status put_page(struct rc_outfile *file, const struct record_page *page, bool first, struct rc_err *err)
{
	RC_OWN_BUF text = RC_BUF(RC_MAX_RESULT_BYTES);

	if (!first)
		rc_buf_addc(&text, '\f');
	rc_page_text(&page->page, &text);
	enum rc_status status = rc_buf_check(&text, "the text of a page", err);

	return rc_good(status) ? rc_outfile_write(file, text.data, text.len, err) : status;
}

enum rc_status export_text(struct export_item *item, const char *to, struct rc_err *err)
{
	RC_CLEANUP(record_close) struct record_reader *record = NULL;
	RC_CLEANUP(rc_outfile_abort) struct rc_outfile *file = NULL;
	struct record_page *page;
	enum rc_status status = record_open(&record, item->record, err);

	if (rc_good(status))
		status = rc_outfile_open(&file, to, err);
	while (rc_good(status) && (status = record_next(record, &page, err)) == RC_OK) {
		status = put_page(file, page, item->pages == 0, err);
		item->pages++;
		item->not_read += page->not_read;
		if (rc_good(status) && item->page_done)
			status = item->page_done(item->ctx, err);
	}
	return status == RC_SKIP ? rc_outfile_commit(&file, err) : status;
}
