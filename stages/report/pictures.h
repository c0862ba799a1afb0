/* pictures.h -- the images of a page in the report, made in a worker.
 *
 * Arguments: {"name": "p7.tif", "media": "image/tiff", "offset": 0, "len": 91234, "frame": 0, "turn": 1, "orientation": 1,
 * "width": 2480, "height": 3508, "side": 1600, "glyphs": [[x, y, w, h], ...]}. The source holds a scan, or a page image made of
 * it: its frame is turned by "turn" (1 to 8, as in EXIF), and is then the stored frame of "width" by "height" turned by "orientation".
 * Glyph boxes are on the stored frame.
 *
 * Parts, each with its bytes: {"is": "page", "width": 1130, "height": 1600}, {"is": "thumb"}, {"is": "glyphs"}; all JPEG. The
 * last one is a sheet of square cells, REPORT_ACROSS in a row, in the order of the boxes; there is none without glyphs. */
#ifndef REPORT_PICTURES_H
#define REPORT_PICTURES_H

#include "core/stage.h"

enum {
	REPORT_CELL = 40,       /* pixels; a glyph of a newspaper has 25 to 30 */
	REPORT_ACROSS = 20,
	REPORT_THUMB = 240      /* longer side */
};

enum rc_status report_pictures_job(const struct rc_config *cfg, const json_t *args, int source_fd, struct rc_job_out *out,
                                   struct rc_err *err);

#endif
