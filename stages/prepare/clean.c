/* clean.c -- the steps from a gray, upright page to a clean one.
 *
 *   prepare_clean()   all steps, in this order:
 *   fix_polarity()      light text on dark becomes dark on light
 *   remove_border()     what is dark and hangs on the edge of the frame is paper
 *   level_light()       divide by the paper's own brightness
 *   strengthen()        faint ink becomes darker, so that one threshold fits all pages from here on
 *   straighten()        turn by the measured skew, when the measure is to be trusted
 *   judge_ink()         how much ink there is; is the page blank?
 *
 * The light is levelled before anything is binarised: one threshold over a photograph with a shadow loses the
 * half of the page (measured on a leaflet: error 0.93 before, 0.32 after levelling and straightening). */
#include <math.h>
#include <leptonica/allheaders.h>

#include "prepare/work.h"

#define OWN_PIX RC_CLEANUP(pixDestroy) PIX *

/* The paper's brightness is measured on cells of so many pixels: below the size of a glyph. */
#define CELL 16
/* Cells of the frame laid around the page when dark borders are looked for. */
#define FRAME 4
/* Cells over which dark strokes are bridged: 9 cells are 144 pixels, a head line's stroke at 300 dpi. */
#define BRIDGE 9
/* What paper becomes. Not 255, so that its texture stays inside the range. */
#define PAPER 240
/* The darkest thing that can be paper, of 255; darker is surroundings, and is not lifted to paper. */
#define DARKEST_PAPER 60

/* Ink lighter than FAINT_INK is brought to DARK_INK, with at most MAX_GAIN, when it is so many times darker than the paper's texture
 * (a blank page has no ink: its darkest hundredth is 3 to 6 times the texture below the paper). */
#define FAINT_INK 110
#define DARK_INK 60
#define MAX_GAIN 2.5
#define STANDS_OUT 8

/* Leptonica's measure of how sure the skew is: the ratio of its scores at the best and worst angles.
 * Pages with straight lines of text give 4 and more, blanks and pictures about 1. */
static const l_float32 min_trust = 2.3f;
/* Degrees: less is not worth the resampling, more is not skew. */
static const l_float32 min_degrees = 0.15f, max_degrees = 15.0f;

/* A page with a smaller share of ink is blank. One line of ten 10-point glyphs on A4 covers 0.0003. */
static const float blank_ink = 0.0001f;

static enum rc_status no_memory(const struct prepare_work *work, struct rc_err *err)
{
	return rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMORY, "cannot prepare '%s': not enough memory", work->page->name);
}

/* Takes next as the page; false without memory. */
static bool take(struct prepare_work *work, PIX *next)
{
	if (!next)
		return false;
	pixDestroy(&work->pix);
	work->pix = next;
	return true;
}

/* ---- polarity ------------------------------------------------------------------------------------------- */

/* The grey below which `share` of the page lies. */
static int level_of(PIX *pix, l_float32 share)
{
	l_float32 value = 128;
	int step = pixGetWidth(pix) > 1000 ? 4 : 1;

	(void)pixGetRankValueMasked(pix, NULL, 0, 0, step, share, &value, NULL);
	return (int)value;
}

/* Most of a page is its ground. When even the 70th percentile lies nearer to the dark end than to the light
 * one, the ground is dark: a negative. */
static void fix_polarity(struct prepare_work *work)
{
	int dark = level_of(work->pix, 0.02f), light = level_of(work->pix, 0.98f), ground = level_of(work->pix, 0.7f);

	if (light - dark > 60 && ground - dark < (light - ground) / 2)
		pixInvert(work->pix, work->pix);
}

/* ---- border ------------------------------------------------------------------------------------------------ */

/* Dark through and through, and connected to the edge. small is at a scale of 1:8, of every cell the lightest part,
 * so that text, however dense, is not dark in it. A dark frame is laid around first, so that a thin dark strip along
 * the edge is as massive as a broad one. */
static PIX *find_border(PIX *small)
{
	int paper = level_of(small, 0.8f);
	OWN_PIX dark = pixThresholdToBinary(small, paper * 45 / 100);
	OWN_PIX framed = dark ? pixAddBorder(dark, FRAME, 1) : NULL;
	OWN_PIX massive = framed ? pixOpenBrick(NULL, framed, 5, 5) : NULL;
	OWN_PIX edge = massive ? pixCreateTemplate(massive) : NULL;
	OWN_PIX filled = NULL;

	if (!edge)
		return NULL;
	pixSetOrClearBorder(edge, FRAME, FRAME, FRAME, FRAME, PIX_SET);
	filled = pixSeedfillBinary(NULL, edge, massive, 8);
	return filled ? pixRemoveBorder(filled, FRAME) : NULL;
}

static bool remove_border(struct prepare_work *work)
{
	OWN_PIX half = pixScaleAreaMap2(work->pix);
	OWN_PIX small = half ? pixScaleGrayMinMax(half, 4, 4, L_CHOOSE_MAX) : NULL;
	OWN_PIX border = small ? find_border(small) : NULL;
	OWN_PIX grown = NULL;
	OWN_PIX mask = NULL;
	OWN_PIX whole = NULL;
	l_int32 empty = 1;

	if (!border)
		return false;
	pixZero(border, &empty);
	if (empty)
		return true;
	grown = pixDilateBrick(NULL, border, 7, 7);
	mask = grown ? pixExpandReplicate(grown, 8) : NULL;
	/* The last cells of a row or column may be cut. */
	whole = mask ? pixResizeToMatch(mask, work->pix, 0, 0) : NULL;
	return whole && pixSetMasked(work->pix, whole, (l_uint32)level_of(work->pix, 0.8f)) == 0;
}

/* ---- light -------------------------------------------------------------------------------------------------- */

/* The paper's brightness for every cell: the lightest quarter-scale pixel in it (averaging four by four takes
 * the noise away), then a closing that bridges strokes wider than a cell. */
static PIX *measure_paper(PIX *pix)
{
	OWN_PIX half = pixScaleAreaMap2(pix);
	OWN_PIX quarter = half ? pixScaleAreaMap2(half) : NULL;
	OWN_PIX cells = quarter ? pixScaleGrayMinMax(quarter, CELL / 4, CELL / 4, L_CHOOSE_MAX) : NULL;

	return cells ? pixCloseGray(cells, BRIDGE, BRIDGE) : NULL;
}

/* Brings every pixel to PAPER * pixel / paper there, with the paper's brightness interpolated between the centres
 * of the cells (steps at their edges would look like strokes). */
static bool divide_by(PIX *pix, PIX *paper)
{
	int w = pixGetWidth(pix), h = pixGetHeight(pix), pw = pixGetWidth(paper), ph = pixGetHeight(paper);
	RC_CLEANUP(rc_free) uint32_t *gain = malloc((size_t)pw * sizeof(*gain));

	if (!gain)
		return false;
	for (int y = 0; y < h; y++) {
		l_uint32 *line = pixGetData(pix) + (size_t)pixGetWpl(pix) * (size_t)y;
		double fy = fmin(fmax((y + 0.5) / CELL - 0.5, 0), ph - 1);
		int y0 = (int)fy, y1 = y0 + 1 < ph ? y0 + 1 : y0;
		l_uint32 *p0 = pixGetData(paper) + (size_t)pixGetWpl(paper) * (size_t)y0;
		l_uint32 *p1 = pixGetData(paper) + (size_t)pixGetWpl(paper) * (size_t)y1;

		for (int i = 0; i < pw; i++) {
			double level = GET_DATA_BYTE(p0, i) * (1 - (fy - y0)) + GET_DATA_BYTE(p1, i) * (fy - y0);

			gain[i] = (uint32_t)(PAPER * 65536.0 / fmax(level, DARKEST_PAPER));
		}
		for (int x = 0; x < w; x++) {
			int at = 2 * x + 1 - CELL, i = at < 0 ? 0 : at / (2 * CELL), part = at < 0 ? 0 : at % (2 * CELL);
			uint32_t g, v;

			if (i >= pw - 1) {
				i = pw - 1;
				part = 0;
			}
			g = part ? (gain[i] * (uint32_t)(2 * CELL - part) / (2 * CELL) + gain[i + 1] / (2 * CELL) * (uint32_t)part) : gain[i];
			v = (uint32_t)((uint64_t)GET_DATA_BYTE(line, x) * g >> 16);
			SET_DATA_BYTE(line, x, v > 255 ? 255 : v);
		}
	}
	return true;
}

static bool level_light(struct prepare_work *work)
{
	OWN_PIX paper = NULL;

	if (pixGetWidth(work->pix) < 2 * CELL || pixGetHeight(work->pix) < 2 * CELL)
		return true;
	paper = measure_paper(work->pix);
	return paper && divide_by(work->pix, paper);
}

/* ---- faint ink ------------------------------------------------------------------------------------------------- */

/* Ink is what the darkest hundredth of the page is made of, when it stands out from the paper's own texture; the
 * paper's texture is seen above its middle, where no ink is. */
static void strengthen(struct prepare_work *work)
{
	int paper = level_of(work->pix, 0.5f), light = level_of(work->pix, 0.9f), ink = level_of(work->pix, 0.01f);
	double texture = fmax(light - paper, 2) / 1.28, gain = (double)(paper - DARK_INK) / fmax(paper - ink, 1);
	uint8_t to[256];

	if (ink < FAINT_INK || paper - ink < STANDS_OUT * texture)
		return;
	gain = fmin(gain, MAX_GAIN);
	for (int v = 0; v < 256; v++)
		to[v] = v >= paper ? (uint8_t)v : (uint8_t)fmax(paper - (paper - v) * gain, 0);
	for (int y = 0; y < pixGetHeight(work->pix); y++) {
		l_uint32 *line = pixGetData(work->pix) + (size_t)pixGetWpl(work->pix) * (size_t)y;

		for (int x = 0; x < pixGetWidth(work->pix); x++)
			SET_DATA_BYTE(line, x, to[GET_DATA_BYTE(line, x)]);
	}
}

/* ---- skew ----------------------------------------------------------------------------------------------------- */

/* Lines of text are looked for both ways: horizontal, and vertical on the page turned by a quarter. Works on a
 * copy in black and white at half scale; the gray page is turned. */
static l_float32 find_skew(PIX *bin)
{
	OWN_PIX turned = pixRotate90(bin, 1);
	l_float32 flat = 0, trust = 0, upright = 0, upright_trust = 0;

	if (pixFindSkewSweepAndSearch(bin, &flat, &trust, 4, 2, 7.0f, 1.0f, 0.01f) != 0)
		flat = trust = 0;
	if (!turned || pixFindSkewSweepAndSearch(turned, &upright, &upright_trust, 4, 2, 7.0f, 1.0f, 0.01f) != 0)
		upright = upright_trust = 0;
	if (upright_trust > trust) {
		flat = upright;
		trust = upright_trust;
	}
	if (trust < min_trust || fabsf(flat) < min_degrees || fabsf(flat) > max_degrees)
		return 0;
	return flat;
}

/* pixRotateAM turns about the integer centre of the frame, clockwise. */
static struct rc_affine turn_about(double x, double y, double degrees)
{
	double c = cos(degrees * M_PI / 180), s = sin(degrees * M_PI / 180);

	return (struct rc_affine){ c, -s, x - c * x + s * y, s, c, y - s * x - c * y };
}

static bool straighten(struct prepare_work *work, PIX *bin)
{
	l_float32 degrees = find_skew(bin), radians = degrees * (l_float32)(M_PI / 180);
	int w = pixGetWidth(work->pix), h = pixGetHeight(work->pix), pad_x, pad_y;
	OWN_PIX padded = NULL;

	if (degrees == 0)
		return true;
	pad_x = (int)ceil(h / 2.0 * fabsf(sinf(radians)));
	pad_y = (int)ceil(w / 2.0 * fabsf(sinf(radians)));
	padded = pixAddBorderGeneral(work->pix, pad_x, pad_x, pad_y, pad_y, PAPER);
	if (!padded || !take(work, pixRotateAM(padded, radians, L_BRING_IN_WHITE)))
		return false;
	work->to_clean = rc_affine_mul((struct rc_affine){ .a = 1, .c = pad_x, .e = 1, .f = pad_y }, work->to_clean);
	work->to_clean = rc_affine_mul(turn_about((w + 2 * pad_x) / 2, (h + 2 * pad_y) / 2, degrees), work->to_clean);
	work->page->quality.skew = degrees;
	return true;
}

/* ---- ink -------------------------------------------------------------------------------------------------------- */

/* Black and white at half scale, for measuring. */
static PIX *measure_ink(PIX *pix)
{
	OWN_PIX half = pixGetWidth(pix) > 800 ? pixScaleAreaMap2(pix) : pixClone(pix);

	return half ? pixThresholdToBinary(half, PAPER * 6 / 10) : NULL;
}

/* Specks below 3 by 3 half-scale pixels are dust. */
static void judge_ink(struct prepare_work *work, PIX *bin)
{
	OWN_PIX solid = pixSelectBySize(bin, 3, 3, 8, L_SELECT_IF_EITHER, L_SELECT_IF_GTE, NULL);
	l_int32 black = 0;

	if (solid)
		(void)pixCountPixels(solid, &black, NULL);
	work->page->quality.ink = (float)black / ((float)pixGetWidth(bin) * (float)pixGetHeight(bin));
	if (work->page->quality.ink < blank_ink)
		work->page->quality.page_class = RC_PAGE_BLANK;
}

/* ---- all of it --------------------------------------------------------------------------------------------------- */

static int32_t believable_dpi(const struct rc_page *page)
{
	return page->declared_dpi >= 100 && page->declared_dpi <= 1200 ? page->declared_dpi : 300;
}

enum rc_status prepare_clean(struct prepare_work *work, struct rc_err *err)
{
	const struct rc_config *cfg = work->cfg;
	OWN_PIX bin = NULL;
	enum rc_status status;

	work->page->quality.dpi = believable_dpi(work->page);
	if (pixGetWidth(work->pix) < CELL || pixGetHeight(work->pix) < CELL) {
		work->page->quality.page_class = RC_PAGE_PICTURE;       /* no room for a glyph */
		return RC_OK;
	}
	fix_polarity(work);
	if ((status = prepare_show(work, "gray", err)) != RC_OK)
		return status;
	if (cfg->prepare_border && !remove_border(work))
		return no_memory(work, err);
	if ((status = prepare_show(work, "border", err)) != RC_OK)
		return status;
	if (cfg->prepare_background && !level_light(work))
		return no_memory(work, err);
	strengthen(work);
	if ((status = prepare_show(work, "light", err)) != RC_OK)
		return status;
	bin = measure_ink(work->pix);
	if (!bin || (cfg->prepare_deskew && !straighten(work, bin)))
		return no_memory(work, err);
	judge_ink(work, bin);
	return prepare_show(work, "straight", err);
}
