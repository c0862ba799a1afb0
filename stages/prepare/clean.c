/* clean.c -- the steps from a gray, upright page to a clean one.
 *
 *   prepare_clean()     all steps, in their order
 *   fix_polarity()      light text on dark becomes dark on light
 *   judge_ink()         how much ink there is; is the page blank?
 *   assemble()          the leaves beside each other on one clean page */
#include <math.h>
#include <leptonica/allheaders.h>

#include "prepare/work.h"

#define OWN_PIX RC_CLEANUP(pixDestroy) PIX *

/* White between two leaves on the clean page, as a share of its width: wider than any lane between columns. */
static const double leaf_gap = 0.04;
/* A page with a smaller share of ink is blank. One line of ten 10-point glyphs on A4 covers 0.0003. */
static const float blank_ink = 0.0001f;

enum rc_status prepare_no_memory(const struct rc_page *page, struct rc_err *err)
{
	return rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMORY, "cannot prepare '%s': not enough memory", page->name);
}

bool prepare_take(PIX **pix, PIX *next)
{
	if (!next)
		return false;
	pixDestroy(pix);
	*pix = next;
	return true;
}

void prepare_add_mark(struct prepare_work *work, enum rc_region_type type, struct rc_box box)
{
	struct rc_page *page = work->page;
	struct rc_affine back;

	if (page->n_marks < RC_MAX_MARKS && rc_affine_invert(work->to_clean, &back))
		page->marks[page->n_marks++] = (struct rc_mark){ .type = type, .box = rc_affine_box(back, box, page->width, page->height) };
}

/* ---- polarity ------------------------------------------------------------------------------------------- */

/* Most of a page is its ground. When even the 70th percentile lies nearer to the dark end than to the light
 * one, the ground is dark: a negative. */
static void fix_polarity(struct prepare_work *work)
{
	int dark = prepare_level(work->pix, 0.02f), light = prepare_level(work->pix, 0.98f), ground = prepare_level(work->pix, 0.7f);

	if (light - dark > 60 && ground - dark < (light - ground) / 2)
		pixInvert(work->pix, work->pix);
}

/* ---- ink -------------------------------------------------------------------------------------------------------- */

PIX *prepare_ink(PIX *pix)
{
	OWN_PIX half = pixGetWidth(pix) > 800 ? pixScaleAreaMap2(pix) : pixClone(pix);

	return half ? pixThresholdToBinary(half, PREPARE_PAPER * 6 / 10) : NULL;
}

/* Specks below 3 by 3 half-scale pixels are dust. */
static bool judge_ink(struct prepare_work *work)
{
	OWN_PIX bin = prepare_ink(work->pix);
	OWN_PIX solid = bin ? pixSelectBySize(bin, 3, 3, 8, L_SELECT_IF_EITHER, L_SELECT_IF_GTE, NULL) : NULL;
	l_int32 black = 0;

	if (!solid)
		return false;
	(void)pixCountPixels(solid, &black, NULL);
	work->page->quality.ink = (float)black / ((float)pixGetWidth(bin) * (float)pixGetHeight(bin));
	if (work->page->quality.ink < blank_ink)
		work->page->quality.page_class = RC_PAGE_BLANK;
	return true;
}

/* ---- leaves ------------------------------------------------------------------------------------------------------- */

static void leaves_free(struct prepare_leaves *leaves)
{
	for (int i = 0; i < leaves->n; i++) {
		pixDestroy(&leaves->leaf[i].pix);
		pixDestroy(&leaves->leaf[i].unturned);
		free(leaves->leaf[i].mesh.dx);
		free(leaves->leaf[i].mesh.dy);
	}
}

/* Beside each other, their tops level; each leaf's map and box take up its place. */
static PIX *side_by_side(struct prepare_leaves *leaves, struct rc_page *page)
{
	int width = 0, height = 0, gap = 0, x = 0;
	PIX *ret;

	for (int i = 0; i < leaves->n; i++) {
		int w = pixGetWidth(leaves->leaf[i].pix), h = pixGetHeight(leaves->leaf[i].pix);

		width += w;
		height = h > height ? h : height;
	}
	gap = (int)(leaf_gap * width);
	ret = pixCreate(width + gap * (leaves->n - 1), height, 8);
	if (!ret)
		return NULL;
	(void)pixSetAll(ret);
	for (int i = 0; i < leaves->n; i++) {
		struct prepare_leaf *leaf = &leaves->leaf[i];
		int w = pixGetWidth(leaf->pix), h = pixGetHeight(leaf->pix);

		(void)pixRasterop(ret, x, 0, w, h, PIX_SRC, leaf->pix, 0, 0);
		page->leaves[page->n_leaves++] = (struct rc_leaf){
			.box = { x, 0, w, h }, .skew = leaf->skew, .curved = leaf->mesh.dx != NULL,
			.to_clean = rc_affine_mul((struct rc_affine){ .a = 1, .c = x, .e = 1 }, leaf->to_clean),
			.mesh = leaf->mesh,
		};
		leaf->mesh = (struct rc_mesh){ 0 };
		x += w + gap;
	}
	return ret;
}

static bool assemble(struct prepare_work *work, struct prepare_leaves *leaves)
{
	struct rc_page *page = work->page;

	if (leaves->n == 1) {
		struct prepare_leaf *leaf = &leaves->leaf[0];

		pixDestroy(&work->pix);
		work->pix = rc_steal(leaf->pix);
		page->leaves[page->n_leaves++] = (struct rc_leaf){
			.box = { 0, 0, pixGetWidth(work->pix), pixGetHeight(work->pix) }, .skew = leaf->skew,
			.curved = leaf->mesh.dx != NULL, .to_clean = leaf->to_clean, .mesh = leaf->mesh,
		};
		leaf->mesh = (struct rc_mesh){ 0 };
	} else if (!prepare_take(&work->pix, side_by_side(leaves, page))) {
		return false;
	}
	page->quality.skew = page->leaves[0].skew;
	work->to_clean = page->leaves[0].to_clean;
	return true;
}

static enum rc_status make_leaves(struct prepare_work *work, struct rc_err *err)
{
	RC_CLEANUP(leaves_free) struct prepare_leaves leaves = { 0 };
	const struct rc_config *cfg = work->cfg;
	enum rc_status status = RC_OK;

	if (!prepare_split(work, &leaves))
		return prepare_no_memory(work->page, err);
	for (int i = 0; status == RC_OK && i < leaves.n; i++) {
		if (cfg->prepare_deskew && !prepare_straighten(&leaves.leaf[i]))
			return prepare_no_memory(work->page, err);
		if (cfg->prepare_dewarp)
			status = prepare_dewarp(work, &leaves.leaf[i], err);
		pixDestroy(&leaves.leaf[i].unturned);
	}
	if (status == RC_OK && !assemble(work, &leaves))
		return prepare_no_memory(work->page, err);
	return status == RC_OK ? prepare_show(work, "leaves", err) : status;
}

/* ---- all of it --------------------------------------------------------------------------------------------------- */

/* Where the marks are on the clean page, now that there is one. */
void prepare_place_marks(struct rc_page *page)
{
	for (size_t i = 0; i < page->n_marks; i++)
		page->marks[i].clean = rc_page_clean_box(page, page->marks[i].box);
}

/* A step, its switch and its picture. */
static enum rc_status step(struct prepare_work *work, const char *name, bool wanted, bool (*make)(struct prepare_work *), struct rc_err *err)
{
	if (!wanted)
		return RC_OK;
	return make(work) ? prepare_show(work, name, err) : prepare_no_memory(work->page, err);
}

enum rc_status prepare_clean(struct prepare_work *work, struct rc_err *err)
{
	const struct rc_config *cfg = work->cfg;
	enum rc_status status;

	work->page->quality.dpi = work->page->declared_dpi > 0 ? work->page->declared_dpi : 300;
	if (pixGetWidth(work->pix) < PREPARE_CELL || pixGetHeight(work->pix) < PREPARE_CELL) {
		work->page->quality.page_class = RC_PAGE_PICTURE;       /* no room for a glyph */
		return RC_OK;
	}
	fix_polarity(work);
	status = prepare_show(work, "gray", err);
	if (status == RC_OK)
		status = step(work, "page", work->sheet.found, prepare_page, err);
	if (status == RC_OK)
		status = step(work, "border", cfg->prepare_border, prepare_border, err);
	if (status == RC_OK)
		status = step(work, "light", cfg->prepare_background, prepare_light, err);
	if (status == RC_OK)
		status = step(work, "contrast", cfg->prepare_contrast, prepare_contrast, err);
	if (status == RC_OK)
		status = step(work, "dots", true, prepare_dots, err);
	if (status == RC_OK)
		status = make_leaves(work, err);
	if (status == RC_OK && !judge_ink(work))
		return prepare_no_memory(work->page, err);
	return status;
}
