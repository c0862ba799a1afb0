/* orientation.c -- which of the eight orientations a map is nearest to, and pixels turned by one of them. */
#include "common/orientation.h"

#include <math.h>
#include <leptonica/allheaders.h>

/* Linear parts of the eight turns: a b d e. */
static const int8_t turns[9][4] = {
	[1] = { 1, 0, 0, 1 }, [2] = { -1, 0, 0, 1 }, [3] = { -1, 0, 0, -1 }, [4] = { 1, 0, 0, -1 },
	[5] = { 0, 1, 1, 0 }, [6] = { 0, -1, 1, 0 }, [7] = { 0, -1, -1, 0 }, [8] = { 0, 1, -1, 0 },
};

int orientation_of(struct rc_affine map)
{
	int best = 1;
	double most = -INFINITY;

	for (int i = 1; i <= 8; i++) {
		double likeness = turns[i][0] * map.a + turns[i][1] * map.b + turns[i][2] * map.d + turns[i][3] * map.e;

		if (likeness > most + 1e-9) {
			most = likeness;
			best = i;
		}
	}
	return best;
}

int orientation_between(int from, int to)
{
	const int8_t *f = turns[from];

	for (int i = 1; i <= 8; i++) {
		const int8_t *t = turns[i];

		if (t[0] * f[0] + t[1] * f[2] == turns[to][0] && t[0] * f[1] + t[1] * f[3] == turns[to][1] &&
		    t[2] * f[0] + t[3] * f[2] == turns[to][2] && t[2] * f[1] + t[3] * f[3] == turns[to][3])
			return i;
	}
	return 1;
}

/* Clockwise quarters, then left and right exchanged. */
PIX *orientation_turn(PIX *pix, int orientation)
{
	static const struct { int quarters; bool mirror; } how[9] = {
		[1] = { 0, false }, [2] = { 0, true }, [3] = { 2, false }, [4] = { 2, true },
		[5] = { 1, true },  [6] = { 1, false }, [7] = { 3, true }, [8] = { 3, false },
	};
	RC_CLEANUP(pixDestroy) PIX *rotated = how[orientation].quarters ? pixRotateOrth(pix, how[orientation].quarters) : pixClone(pix);

	return rotated && how[orientation].mirror ? pixFlipLR(NULL, rotated) : pixClone(rotated);
}
