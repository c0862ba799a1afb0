/* grey.c -- what is seen between pixels. */
#include <math.h>
#include <leptonica/allheaders.h>

#include "common/cubic.h"
#include "prepare/work.h"

int prepare_grey_at(void **lines, int w, int h, double x, double y)
{
	int left = (int)floor(x), top = (int)floor(y);
	double across[4], down[4], sum = 0;

	if (left < -1 || top < -1 || left > w || top > h)
		return 255;
	cubic_weights(x - left, across);
	cubic_weights(y - top, down);
	for (int j = 0; j < 4; j++) {
		int row = top + j - 1;
		double of_row = 0;

		for (int i = 0; i < 4; i++) {
			int column = left + i - 1;
			bool inside = row >= 0 && row < h && column >= 0 && column < w;

			of_row += across[i] * (inside ? GET_DATA_BYTE(lines[row], column) : 255);
		}
		sum += down[j] * of_row;
	}
	return (int)lround(fmin(fmax(sum, 0), 255));
}
