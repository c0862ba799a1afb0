/* draw.h -- gray pages drawn for a test: white paper, black bars, and what looks like glyphs. */
#ifndef TESTS_DRAW_H
#define TESTS_DRAW_H

#include <leptonica/allheaders.h>

static inline PIX *paper(int w, int h)
{
	PIX *page = pixCreate(w, h, 8);

	(void)pixSetAll(page);
	return page;
}

static inline void ink(PIX *page, int x, int y, int w, int h)
{
	(void)pixRasterop(page, x, y, w, h, PIX_CLR, NULL, 0, 0);
}

/* A cross with some of a square around it: sides that went on from glyph to glyph would be rules. */
static inline void cross(PIX *page, int x, int y, int w, int h)
{
	int thick = (w < h ? w : h) / 8;

	ink(page, x, y, w, thick);
	ink(page, x, y + h - thick, w, thick);
	ink(page, x, y, thick, h / 2);
	ink(page, x + w - thick, y + h / 2, thick, h / 2);
	ink(page, x + (w - thick) / 2, y, thick, h);
	ink(page, x, y + (h - thick) / 2, w, thick);
}

#endif
