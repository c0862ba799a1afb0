/* cuts.c -- a profile cut into pieces of about one size: columns of a block, glyphs of a column.
 *
 *   ocr_cut_profile()   by dynamic programming over the places where it may be cut */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ocr/columns_parts.h"

int ocr_compare_ints(const void *a, const void *b)
{
	int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

	return (x > y) - (x < y);
}

/* What the middle of a column has: three quarters up in the profile. */
static double common_height(const int32_t *sums, int n)
{
	RC_CLEANUP(rc_free) int32_t *sorted = calloc((size_t)n, sizeof(*sorted));

	if (!sorted)
		return 1;
	memcpy(sorted, sums, (size_t)n * sizeof(*sorted));
	qsort(sorted, (size_t)n, sizeof(*sorted), ocr_compare_ints);
	return fmax(sorted[n * 3 / 4], 1);
}

int ocr_cut_profile(const int32_t *sums, int n, const struct ocr_cutting *c, int32_t *cuts, int most)
{
	RC_CLEANUP(rc_free) double *cost = calloc((size_t)n + 1, sizeof(*cost));
	RC_CLEANUP(rc_free) int32_t *back = calloc((size_t)n + 1, sizeof(*back));
	int first = 0, last = n, least = (int)fmax(2, floor(c->pitch * c->least)), wide = (int)ceil(c->pitch * c->most), at, count = 0;
	double reference = common_height(sums, n);

	if (!cost || !back)
		return -1;
	while (first < n && sums[first] <= c->white)
		first++;
	while (last > first && sums[last - 1] <= c->white)
		last--;
	if (first == last)
		return 0;
	for (int x = 0; x <= n; x++) {
		int l = x > 0 ? sums[x - 1] : 0, r = x < n ? sums[x] : 0;
		double here = fmin((l + r) / 2.0 / reference, 2);

		back[x] = -1;
		cost[x] = x <= first ? here : INFINITY;
		for (int d = least; d <= wide && d <= x; d++) {
			double off = (d - c->pitch) / c->pitch, v = cost[x - d] + here + (off > 0 ? c->stretch : c->squeeze) * off * off;

			if (v < cost[x] && x > first) {
				cost[x] = v;
				back[x] = x - d;
			}
		}
	}
	at = last;
	for (int x = last; x <= n; x++)
		at = cost[x] < cost[at] ? x : at;
	if (!isfinite(cost[at])) {          /* narrower than anything: in one piece */
		cuts[0] = first;
		cuts[1] = last;
		return most >= 1;
	}
	for (int x = at; x >= 0; x = back[x])
		count++;
	if (count - 1 > most)
		return 0;
	for (int x = at, i = count - 1; x >= 0; x = back[x], i--)
		cuts[i] = x;
	return count - 1;
}
