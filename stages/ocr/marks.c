/* marks.c -- what prepare found that is no text, as regions of its own after those that were read. */
#include "ocr/state.h"

enum rc_status ocr_add_marks(struct rc_page *page, struct rc_err *err)
{
	for (size_t i = 0; i < page->n_marks; i++) {
		struct rc_region *region = rc_page_add_region(page);

		if (!region)
			return rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMBERS, "cannot keep the seals of '%s': more regions than the limit", page->name);
		region->type = page->marks[i].type;
		region->box = page->marks[i].box;
	}
	return RC_OK;
}
