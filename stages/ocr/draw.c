/* draw.c -- the debug pictures.
 *
 *   ocr_draw_turn()     70-turn.png: the parts of the page in which it was looked for which way is up, in all four ways; the one taken is framed
 *   ocr_draw_blocks()   80-blocks.png: blocks with their numbers and those of their regions, in red head lines, in orange what goes
 *                       from right to left; the order as a green thread
 *   ocr_draw()          90-lines.png: regions in blue, lines in red, the reading order as a green thread; seals, pictures and rules in violet */
#include <math.h>
#include <stdio.h>
#include <leptonica/allheaders.h>

#include "common/image.h"
#include "ocr/state.h"

static void draw_box(PIX *pix, struct rc_box b, int width, uint8_t red, uint8_t green, uint8_t blue)
{
	BOX *box = boxCreate(b.x, b.y, b.w, b.h);

	if (box)
		pixRenderBoxArb(pix, box, width, red, green, blue);
	boxDestroy(&box);
}

static bool is_text(const struct rc_region *r)
{
	return r->type != RC_REGION_SEPARATOR && r->type != RC_REGION_IMAGE && r->type != RC_REGION_SEAL;
}

static void draw_page(const struct rc_page *page, PIX *pix)
{
	int last_x = -1, last_y = 0;

	for (size_t r = 0; r < page->n_regions; r++) {
		const struct rc_region *region = &page->regions[r];

		draw_box(pix, rc_page_clean_box(page, region->box), 5, is_text(region) ? 0 : 190, 0, is_text(region) ? 255 : 190);
		for (size_t l = 0; l < region->n_lines; l++) {
			struct rc_box b = rc_page_clean_box(page, region->lines[l].box);
			int x = b.x + b.w / 2, y = b.y + b.h / 2;

			draw_box(pix, b, 2, 255, region->lines[l].not_read ? 160 : 0, 0);
			if (last_x >= 0)
				pixRenderLineArb(pix, last_x, last_y, x, y, 3, 0, 160, 0);
			last_x = x;
			last_y = y;
		}
	}
}

static void bmf_free(L_BMF **bmf)
{
	bmfDestroy(bmf);
}

static void draw_block(PIX *pix, const struct ocr_block *b, int number, L_BMF *letters)
{
	bool heading = b->type == RC_REGION_HEADING;
	char label[32];

	draw_box(pix, b->box, 4, b->vertical && !heading ? 0 : 255, b->vertical ? 0 : 140, b->vertical && !heading ? 255 : 0);
	(void)snprintf(label, sizeof(label), "%d/%d", number, b->region);
	(void)pixSetTextline(pix, letters, label, 0xc000c000, b->box.x + 4, b->box.y + 20, NULL, NULL);
}

static enum rc_status write_picture(const struct rc_page *page, PIX *pix, const char *name, struct rc_err *err)
{
	char path[4200];

	(void)snprintf(path, sizeof(path), "%s/%s", page->debug_dir, name);
	return image_write_png((const struct rc_image *)pix, path, err);
}

static enum rc_status cannot_draw(const struct rc_page *page, struct rc_err *err)
{
	return rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMORY, "cannot draw '%s': not enough memory", page->name);
}

/* Part i in all four ways, in row i; side: of a place. */
static bool draw_ways(PIX *on, PIX *part, int i, int side, int turn)
{
	for (int way = 0; way < 4; way++) {
		RC_CLEANUP(pixDestroy) PIX *turned = way ? pixRotateOrth(part, way) : pixClone(part);

		if (!turned)
			return false;
		(void)pixRasterop(on, way * side + 6, i * side + 6, pixGetWidth(turned), pixGetHeight(turned), PIX_SRC, turned, 0, 0);
		if (way == turn)
			draw_box(on, (struct rc_box){ way * side + 2, i * side + 2, pixGetWidth(turned) + 8, pixGetHeight(turned) + 8 }, 4, 0, 160, 0);
	}
	return true;
}

enum rc_status ocr_draw_turn(const struct rc_page *page, PIX *gray, const struct ocr_evidence *seen, int turn, struct rc_err *err)
{
	int side = 0;

	if (!page->debug_dir || seen->parts == 0)
		return RC_OK;
	for (int i = 0; i < seen->parts; i++)
		side = (int)fmax(side, fmax(seen->part[i].w, seen->part[i].h) + 16);

	RC_CLEANUP(pixDestroy) PIX *pix = pixCreate(4 * side, seen->parts * side, 32);

	if (!pix || pixSetAll(pix) != 0)
		return cannot_draw(page, err);
	for (int i = 0; i < seen->parts; i++) {
		RC_CLEANUP(boxDestroy) BOX *box = boxCreate(seen->part[i].x, seen->part[i].y, seen->part[i].w, seen->part[i].h);
		RC_CLEANUP(pixDestroy) PIX *cut = box ? pixClipRectangle(gray, box, NULL) : NULL;
		RC_CLEANUP(pixDestroy) PIX *part = cut ? pixConvertTo32(cut) : NULL;

		if (!part || !draw_ways(pix, part, i, side, turn))
			return cannot_draw(page, err);
	}
	return write_picture(page, pix, "70-turn.png", err);
}

enum rc_status ocr_draw_blocks(const struct rc_page *page, PIX *gray, const struct ocr_blocks *blocks, struct rc_err *err)
{
	RC_CLEANUP(pixDestroy) PIX *pix = page->debug_dir ? pixConvertTo32(gray) : NULL;
	RC_CLEANUP(bmf_free) L_BMF *letters = page->debug_dir ? bmfCreate(NULL, 10) : NULL;

	if (!page->debug_dir)
		return RC_OK;
	if (!pix || !letters)
		return cannot_draw(page, err);
	for (int i = 0; i < blocks->n; i++) {
		struct rc_box b = blocks->block[i].box, last = blocks->block[i ? i - 1 : 0].box;

		draw_block(pix, &blocks->block[i], i, letters);
		(void)pixRenderLineArb(pix, last.x + last.w / 2, last.y + last.h / 2, b.x + b.w / 2, b.y + b.h / 2, 3, 0, 160, 0);
	}
	return write_picture(page, pix, "80-blocks.png", err);
}

enum rc_status ocr_draw(const struct rc_page *page, PIX *gray, struct rc_err *err)
{
	RC_CLEANUP(pixDestroy) PIX *pix = page->debug_dir ? pixConvertTo32(gray) : NULL;

	if (!page->debug_dir)
		return RC_OK;
	if (!pix)
		return cannot_draw(page, err);
	draw_page(page, pix);
	return write_picture(page, pix, "90-lines.png", err);
}
