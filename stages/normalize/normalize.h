/* normalize.h -- the stage that writes records/ID.xml when the last page of an item is done; and records without a batch. */
#ifndef NORMALIZE_NORMALIZE_H
#define NORMALIZE_NORMALIZE_H

#include "common/record.h"
#include "core/stage.h"

extern const struct rc_batch_stage normalize_stage;

/* A page that was read, with its corrections and with texts as its record has them: *ret, an RC_PAGE_INIT before. Of one in quarantine
 * what people typed; RC_SKIP: nothing. */
enum rc_status normalize_load(struct rc_books *books, const struct rc_page_row *row, struct rc_page *ret, struct rc_err *err);
/* A text in the form in which records have printed lines. Owned by the caller. */
char *normalize_text(const char *text);

/* Pages that are in no batch, for `redcorpus ocr --format record`. */
struct normalize_pages {
	int32_t n;
	/* Fills page `order`, from 1. Texts are as the page stages left them; ret->page becomes the caller's, the strings
	 * of *ret are borrowed until the next call. Each page is asked for twice. */
	enum rc_status (*load)(void *ctx, int32_t order, struct record_page *ret, struct rc_err *err);
	void *ctx;
};
/* Writes the record of the item `id` to path, whole or not at all. processing: what made the pages, as
 * rc_books_identity() gives it. */
enum rc_status normalize_file(const char *path, const char *id, const struct normalize_pages *pages, const struct rc_config *cfg,
                              const json_t *processing, struct rc_err *err);

/* Can DIR/metadata.csv be used, if it is there? RC_RUN_FAILED/setting when not. */
enum rc_status normalize_check_catalogue(const char *dir, const struct rc_config *cfg, struct rc_err *err);

#endif
