/* pdf.h -- the door to Poppler: pages of a PDF as images at the resolution of their scan. */
#ifndef COMMON_PDF_H
#define COMMON_PDF_H

#include "common/image.h"

struct pdf;

/* fd is read from `offset`, len bytes; borrowed while open. Encrypted: RC_PAGE_FAILED/encrypted. */
enum rc_status pdf_open(struct pdf **ret, int fd, int64_t offset, int64_t len, const char *name, struct rc_err *err);
int32_t pdf_pages(const struct pdf *pdf);
/* At the resolution of the largest image on the page; default_dpi when there is none, or it covers less than half of it. Ceilings as
 * image_probe. */
enum rc_status pdf_render(struct pdf *pdf, int32_t page, int32_t default_dpi, struct rc_image **ret,
                          struct image_info *ret_info, struct rc_err *err);
void pdf_close(struct pdf **pdf);

#endif
