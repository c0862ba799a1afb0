/* upright.h -- page images of pages whose text lay, turned as reading found them to lie.
 *
 * The image is made without reading the page, and is upright only as far as the file says so (prepare/picture.c). Most are; the others
 * are turned in a worker, for decoding is no work for the supervisor.
 *
 * Arguments: those of common/scan_job.h of the image, and "turn": 1 to 8, as in EXIF. One part: {}, its bytes are an image of the
 * same kind. */
#ifndef PACKAGE_UPRIGHT_H
#define PACKAGE_UPRIGHT_H

#include "common/record.h"
#include "core/books.h"
#include "core/stage.h"
#include "package/sample.h"

/* How the image of a page in a shard lies over the stored frame, 1 to 8: as the text was found, or else as the file says. */
int upright_orientation(const struct record_page *page);
/* Turns bytes, the image of the page as it was made, where it needs that, and sets image->orientation. The rest of image is not touched. name: for
 * messages. */
enum rc_status upright_image(struct rc_books *books, const struct rc_page_row *row, const struct record_page *page, const char *name,
                             struct rc_buf *bytes, struct page_image *image, struct rc_err *err);
enum rc_status upright_job(const struct rc_config *cfg, const json_t *args, int source_fd, struct rc_job_out *out, struct rc_err *err);

#endif
