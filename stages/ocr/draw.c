/* draw.c -- the debug picture: regions in blue, lines in red, the reading order as a green thread. */
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

static void draw_page(const struct rc_page *page, PIX *pix)
{
	int last_x = -1, last_y = 0;

	for (size_t r = 0; r < page->n_regions; r++) {
		const struct rc_region *region = &page->regions[r];

		draw_box(pix, rc_page_clean_box(page, region->box), 5, 0, 0, 255);
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

enum rc_status ocr_draw(const struct rc_page *page, PIX *gray, struct rc_err *err)
{
	RC_CLEANUP(pixDestroy) PIX *pix = NULL;
	char path[4200];

	if (!page->debug_dir)
		return RC_OK;
	pix = pixConvertTo32(gray);
	if (!pix)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMORY, "cannot draw '%s': not enough memory", page->name);
	draw_page(page, pix);
	(void)snprintf(path, sizeof(path), "%s/90-lines.png", page->debug_dir);
	return image_write_png((const struct rc_image *)pix, path, err);
}
