/* resize.c -- pictures in another size by cubic interpolation.
 *
 * Leptonica enlarges linearly, which blurs; the same columns are read with a tenth more errors then. */
#include <math.h>
#include <stdlib.h>
#include <leptonica/allheaders.h>

#include "common/cubic.h"
#include "ocr/columns_parts.h"

/* n values at a stride become m. When there are fewer afterwards, the kernel spans as much of the source as of the result. */
static void resample(const float *from, int n, int stride, float *to, int m, int to_stride)
{
	double scale = (double)n / m, wide = fmax(scale, 1);

	for (int i = 0; i < m; i++) {
		double middle = (i + 0.5) * scale - 0.5, sum = 0, weights = 0;

		for (int k = (int)ceil(middle - 2 * wide); k <= (int)floor(middle + 2 * wide); k++) {
			double w = cubic_kernel((k - middle) / wide);
			int at = k < 0 ? 0 : k >= n ? n - 1 : k;

			sum += w * (double)from[(size_t)at * (size_t)stride];
			weights += w;
		}
		to[(size_t)i * (size_t)to_stride] = (float)(sum / weights);
	}
}

PIX *ocr_resize(PIX *pix, int w, int h)
{
	int sw = pixGetWidth(pix), sh = pixGetHeight(pix);
	RC_CLEANUP(rc_free) float *source = calloc((size_t)sw * (size_t)sh + 1, sizeof(*source));
	RC_CLEANUP(rc_free) float *wide = calloc((size_t)w * (size_t)sh + 1, sizeof(*wide));
	RC_CLEANUP(rc_free) float *done = calloc((size_t)w * (size_t)h + 1, sizeof(*done));
	PIX *ret = source && wide && done ? pixCreate(w, h, 8) : NULL;

	if (!ret)
		return NULL;
	for (int y = 0; y < sh; y++)
		for (int x = 0; x < sw; x++)
			source[(size_t)y * (size_t)sw + (size_t)x] = (float)GET_DATA_BYTE(pixGetData(pix) + (size_t)pixGetWpl(pix) * (size_t)y, x);
	for (int y = 0; y < sh; y++)
		resample(source + (size_t)y * (size_t)sw, sw, 1, wide + (size_t)y * (size_t)w, w, 1);
	for (int x = 0; x < w; x++)
		resample(wide + x, sh, w, done + x, h, w);
	for (int y = 0; y < h; y++)
		for (int x = 0; x < w; x++)
			SET_DATA_BYTE(pixGetData(ret) + (size_t)pixGetWpl(ret) * (size_t)y, x,
			              (l_uint32)lroundf(fminf(fmaxf(done[(size_t)y * (size_t)w + (size_t)x], 0), 255)));
	return ret;
}
