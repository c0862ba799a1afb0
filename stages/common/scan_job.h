/* scan_job.h -- a batch stage's job gets a scan: decoding the frame that its arguments name.
 *
 * Arguments that it looks at: {"name": "p7.tif", "media": "image/tiff", "offset": 0, "len": 91234, "frame": 0}. The media of
 * what is no scan may be missing: then the bytes tell. */
#ifndef COMMON_SCAN_JOB_H
#define COMMON_SCAN_JOB_H

#include "common/image.h"
#include "core/config.h"
#include "core/json.h"

/* The frame as stored (image_free), decoded as prepare does: PDF pages without a scan in the resolution of ingest.default_dpi. Quietens
 * Leptonica. RC_PAGE_FAILED with bytes, memory, truncated or what image_decode() and pdf_render() say. */
enum rc_status scan_job_decode(const struct rc_config *cfg, const json_t *args, int fd, struct rc_image **ret, struct rc_err *err);

#endif
