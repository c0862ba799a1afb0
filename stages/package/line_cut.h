/* line_cut.h -- the images of a page's lines, cut from its scan in a worker.
 *
 * Arguments: those of common/scan_job.h, "width" and "height" of the stored frame, and "lines": [[x0, y0, x1, y1, x2, y2, x3, y3], ...], the
 * corners of each line on the stored frame, clockwise from its top left as it is read.
 *
 * One part a line, in their order: {"n": 0, "width": 41, "height": 630}; its bytes are a gray PNG of 8 bits. An upright line keeps its
 * pixels as they are; a turned, mirrored or leaning one is straightened (bilinear, in whole numbers: the same pixels on every machine). */
#ifndef PACKAGE_LINE_CUT_H
#define PACKAGE_LINE_CUT_H

#include "core/stage.h"

/* The size of the image that corners give, pixels. false: none, or more than RC_MAX_LINE_PIXELS. */
bool line_cut_size(const int32_t corners[8], int32_t *width, int32_t *height);
enum rc_status line_cut_job(const struct rc_config *cfg, const json_t *args, int source_fd, struct rc_job_out *out, struct rc_err *err);

#endif
