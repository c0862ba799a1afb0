/* scans.h -- copies of scans for packages. */
#ifndef EXPORT_SCANS_H
#define EXPORT_SCANS_H

#include "export/export.h"

/* Writes the scan of the page (all of it, whatever the frame) to path, byte for byte, and compares it with its digest: what
 * changed since it was ingested is RC_PAGE_FAILED/changed and leaves nothing. */
enum rc_status export_copy_scan(const struct export_item *item, const struct record_page *page, const char *path, int64_t *ret_size,
                                struct rc_err *err);

#endif
