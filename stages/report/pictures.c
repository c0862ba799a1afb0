/* pictures.c -- decodes a page once, and makes its image, its thumbnail and its sheet of glyphs.
 *
 *   report_pictures_job()     the job
 *   glyph_sheet()             cells of glyphs, each scaled to fill its cell, with what is around it */
#include "report/pictures.h"

#include <math.h>
#include <string.h>
#include <leptonica/allheaders.h>

#include "common/image.h"
#include "common/orientation.h"
#include "common/scan_job.h"

enum { QUALITY = 60, MARGIN = 3 };      /* of JPEG; white around a glyph in its cell, pixels */
static const double around = 0.12;      /* of a glyph's longer side is shown beside it: what was cut off can be seen */

#define OWN_PIX RC_CLEANUP(pixDestroy) PIX *

/* ---- images --------------------------------------------------------------------------------------------------- */

/* At least a pixel of each side stays. */
static PIX *shrunk(PIX *pix, int side)
{
	int w = pixGetWidth(pix), h = pixGetHeight(pix);
	double scale = fmin(1, (double)side / fmax(w, h));
	OWN_PIX gray = pixGetDepth(pix) == 1 ? pixConvertTo8(pix, 0) : pixClone(pix);

	if (!gray || scale >= 1)
		return pixClone(gray);
	return pixScaleAreaMap(gray, (l_float32)fmax(scale, 1.0 / w), (l_float32)fmax(scale, 1.0 / h));
}

static enum rc_status emit(struct rc_job_out *out, PIX *pix, json_t *owned, struct rc_err *err)
{
	RC_OWN_JSON part = owned;
	RC_OWN_BUF bytes = RC_BUF(RC_MAX_IMAGE_BYTES);
	enum rc_status status = image_encode((const struct rc_image *)pix, RC_MEDIA_JPEG, QUALITY, &bytes, err);

	if (rc_good(status))
		status = rc_job_write(out, bytes.data, bytes.len, err);
	return rc_good(status) ? rc_job_emit(out, part, err) : status;
}

/* One glyph into its cell. A box without pixels leaves it white. */
static void draw_glyph(PIX *sheet, size_t cell, PIX *gray, struct rc_box box)
{
	int beside = (int)lround(around * fmax(box.w, box.h)), room = REPORT_CELL - 2 * MARGIN;
	int x = (int)(cell % REPORT_ACROSS) * REPORT_CELL, y = (int)(cell / REPORT_ACROSS) * REPORT_CELL;
	BOX *clip = box.w > 0 && box.h > 0 ? boxCreate(box.x - beside, box.y - beside, box.w + 2 * beside, box.h + 2 * beside) : NULL;
	OWN_PIX cut = clip ? pixClipRectangle(gray, clip, NULL) : NULL;
	double scale = cut ? room / fmax(pixGetWidth(cut), pixGetHeight(cut)) : 0;
	OWN_PIX fit = scale > 0 ? pixScaleToSize(cut, (int)fmax(1, lround(pixGetWidth(cut) * scale)), (int)fmax(1, lround(pixGetHeight(cut) * scale))) : NULL;

	boxDestroy(&clip);
	if (fit)
		pixRasterop(sheet, x + (REPORT_CELL - pixGetWidth(fit)) / 2, y + (REPORT_CELL - pixGetHeight(fit)) / 2,
		            pixGetWidth(fit), pixGetHeight(fit), PIX_SRC, fit, 0, 0);
}

static struct rc_box box_from(const json_t *json)
{
	int32_t v[4];

	for (size_t i = 0; i < 4; i++)
		v[i] = (int32_t)json_integer_value(json_array_get(json, i));
	return (struct rc_box){ v[0], v[1], v[2], v[3] };
}

static PIX *glyph_sheet(const json_t *args, PIX *pix)
{
	const json_t *boxes = json_object_get(args, "glyphs");
	size_t n = json_array_size(boxes), rows = (n + REPORT_ACROSS - 1) / REPORT_ACROSS;
	struct rc_affine map = rc_affine_to_image((int32_t)rc_json_int(args, "width", 0), (int32_t)rc_json_int(args, "height", 0),
	                                          (int32_t)rc_json_int(args, "orientation", 1), pixGetWidth(pix), pixGetHeight(pix));
	OWN_PIX gray = pixConvertTo8(pix, 0);
	OWN_PIX sheet = pixCreate(REPORT_CELL * REPORT_ACROSS, (int)rows * REPORT_CELL, 8);

	if (!gray || !sheet)
		return NULL;
	(void)pixSetAllArbitrary(sheet, 255);
	for (size_t i = 0; i < n; i++)
		draw_glyph(sheet, i, gray, rc_affine_box(map, box_from(json_array_get(boxes, i)), pixGetWidth(pix), pixGetHeight(pix)));
	return pixClone(sheet);
}

static enum rc_status make(const json_t *args, PIX *pix, struct rc_job_out *out, struct rc_err *err)
{
	OWN_PIX page = shrunk(pix, (int)rc_json_int(args, "side", 1600));
	OWN_PIX thumb = page ? shrunk(page, REPORT_THUMB) : NULL;
	bool wants_glyphs = json_array_size(json_object_get(args, "glyphs")) > 0;
	OWN_PIX sheet = wants_glyphs ? glyph_sheet(args, pix) : NULL;
	enum rc_status status;

	if (!page || !thumb || (wants_glyphs && !sheet))
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMORY, "cannot make the report's images of '%s': not enough memory",
		               rc_json_str(args, "name", "page"));
	status = emit(out, page, json_pack("{s:s, s:i, s:i}", "is", "page", "width", pixGetWidth(page), "height", pixGetHeight(page)), err);
	if (rc_good(status))
		status = emit(out, thumb, json_pack("{s:s}", "is", "thumb"), err);
	if (rc_good(status) && sheet)
		status = emit(out, sheet, json_pack("{s:s}", "is", "glyphs"), err);
	return status;
}

enum rc_status report_pictures_job(const struct rc_config *cfg, const json_t *args, int source_fd, struct rc_job_out *out,
                                   struct rc_err *err)
{
	int64_t turn = rc_json_int(args, "turn", 1);
	struct rc_image *image = NULL;
	OWN_PIX stored = NULL;
	OWN_PIX upright = NULL;
	enum rc_status status = scan_job_decode(cfg, args, source_fd, &image, err);

	if (!rc_good(status))
		return status;
	stored = image_take_pix(&image);
	upright = orientation_turn(stored, turn >= 1 && turn <= 8 ? (int)turn : 1);
	pixDestroy(&stored);
	if (!upright)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMORY, "cannot turn '%s': not enough memory", rc_json_str(args, "name", "page"));
	return make(args, upright, out, err);
}
