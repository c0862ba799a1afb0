/* draw.h -- gray pages drawn for a test: white paper and black bars. */
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

#endif
