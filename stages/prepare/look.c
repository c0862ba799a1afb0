/* look.c -- two short names of a page: one of its exact pixels, one of how it looks.
 *
 *   prepare_digest_pixels()   equal for equal pixels, however a file packs them
 *   prepare_look()            a row of 128 bits, of which another scan of the same print has nearly all
 *
 * The look is the perceptual hash by the signs of a cosine transform (Zauner, "Implementation and benchmarking of perceptual image hash
 * functions", 2010), made for print: what counts is ink and not brightness, it is measured between the margins, so that another crop does
 * not matter, and it has 128 bits instead of 64, since all pages of text look alike in their lowest frequencies. The clean page is
 * straight and without its light already. All numbers are whole, so that every machine finds the same bits. */
#include <math.h>
#include <string.h>
#include <leptonica/allheaders.h>

#include "core/digest.h"
#include "prepare/work.h"

/* ---- exact pixels ------------------------------------------------------------------------------------------ */

static bool is_gray(PIX *pix)
{
	const int w = pixGetWidth(pix), h = pixGetHeight(pix), wpl = pixGetWpl(pix);
	const l_uint32 *line = pixGetData(pix);

	for (int y = 0; y < h; y++, line += wpl)
		for (int x = 0; x < w; x++)
			if (((line[x] >> 8 ^ line[x] >> 16) & 0xff) || ((line[x] >> 16 ^ line[x] >> 24) & 0xff))
				return false;
	return true;
}

/* A row as bytes: one a pixel where there is no colour, else three. Returns how many. */
static size_t row_bytes(const l_uint32 *line, int w, int depth, bool gray, uint8_t *to)
{
	const uint8_t *start = to;

	for (int x = 0; x < w; x++) {
		if (depth == 1) {
			*to++ = GET_DATA_BIT(line, x) ? 0 : 255;
		} else if (depth == 8) {
			*to++ = (uint8_t)GET_DATA_BYTE(line, x);
		} else {
			*to++ = (uint8_t)(line[x] >> L_RED_SHIFT);
			if (gray)
				continue;
			*to++ = (uint8_t)(line[x] >> L_GREEN_SHIFT);
			*to++ = (uint8_t)(line[x] >> L_BLUE_SHIFT);
		}
	}
	return (size_t)(to - start);
}

struct rc_digest prepare_digest_pixels(PIX *pix)
{
	const int w = pixGetWidth(pix), h = pixGetHeight(pix), depth = pixGetDepth(pix), wpl = pixGetWpl(pix);
	const l_uint32 *line = pixGetData(pix);
	RC_CLEANUP(rc_hasher_free) struct rc_hasher *hasher = NULL;
	RC_CLEANUP(rc_free) uint8_t *row = NULL;
	bool gray;

	if (pixGetColormap(pix) || (depth != 1 && depth != 8 && depth != 32))
		return (struct rc_digest){ 0 };
	hasher = rc_hasher_new();
	row = rc_alloc(3 * (size_t)w);
	gray = depth != 32 || is_gray(pix);
	rc_hasher_add_int(hasher, w);
	rc_hasher_add_int(hasher, h);
	rc_hasher_add_int(hasher, gray ? 1 : 3);
	for (int y = 0; y < h; y++, line += wpl)
		rc_hasher_add(hasher, row, row_bytes(line, w, depth, gray, row));
	return rc_hasher_end(hasher);
}

/* ---- how it looks ---------------------------------------------------------------------------------------- */

enum {
	SMALL = 512,                    /* longer side of the page made small */
	CELLS = 32,                     /* of the square that the ink is stretched to */
	WAVES = 16,                     /* so many frequencies along either side, of which the lowest together make the bits */
	PAPER = 208                     /* what is lighter is no ink */
};

struct small {
	int w, h;
	uint32_t ink[SMALL + 1][SMALL + 1];     /* mean of 0 to 255 */
};

static void make_small(PIX *pix, struct small *s)
{
	const int w = pixGetWidth(pix), h = pixGetHeight(pix), wpl = pixGetWpl(pix);
	const int step = ((w > h ? w : h) + SMALL - 1) / SMALL;
	const l_uint32 *line = pixGetData(pix);

	s->w = w / step;
	s->h = h / step;
	for (int y = 0; y < s->h * step; y++, line += wpl)
		for (int x = 0; x < s->w * step; x++) {
			int v = GET_DATA_BYTE(line, x);

			s->ink[y / step][x / step] += v < PAPER ? (uint32_t)(255 - v) : 0;
		}
	for (int y = 0; y < s->h; y++)
		for (int x = 0; x < s->w; x++)
			s->ink[y][x] /= (uint32_t)(step * step);
}

/* From where to where all but 6 % of the ink lies, half of that on either side: what a crop takes, and specks, move it little. */
static void find_span(const uint64_t *sums, int n, uint64_t all, int *from, int *to)
{
	uint64_t before = 0, behind = 0;

	for (*from = 0; *from < n - 1 && before + sums[*from] <= 3 * all / 100; (*from)++)
		before += sums[*from];
	for (*to = n; *to > *from + 1 && behind + sums[*to - 1] <= 3 * all / 100; (*to)--)
		behind += sums[*to - 1];
}

/* Where the ink is; false when there is too little of it, or it stands in one corner, as a stamp does on an empty page. */
static bool find_ink(const struct small *s, struct rc_box *ret)
{
	uint64_t columns[SMALL + 1] = { 0 }, rows[SMALL + 1] = { 0 }, all = 0;
	int right, bottom;

	for (int y = 0; y < s->h; y++)
		for (int x = 0; x < s->w; x++) {
			columns[x] += s->ink[y][x];
			rows[y] += s->ink[y][x];
			all += s->ink[y][x];
		}
	if (s->w < CELLS || s->h < CELLS || all < (uint64_t)s->w * (uint64_t)s->h / 2)
		return false;
	find_span(columns, s->w, all, &ret->x, &right);
	find_span(rows, s->h, all, &ret->y, &bottom);
	ret->w = right - ret->x;
	ret->h = bottom - ret->y;
	return ret->w >= CELLS && ret->h >= CELLS && 4 * (int64_t)ret->w * ret->h >= (int64_t)s->w * s->h;
}

/* Mean ink of each cell, in 64ths; returns how many cells have any. */
static int fill_cells(const struct small *s, struct rc_box box, int32_t cells[CELLS][CELLS])
{
	int inked = 0;

	for (int i = 0; i < CELLS; i++)
		for (int k = 0; k < CELLS; k++) {
			int y0 = box.y + i * box.h / CELLS, y1 = box.y + (i + 1) * box.h / CELLS;
			int x0 = box.x + k * box.w / CELLS, x1 = box.x + (k + 1) * box.w / CELLS;
			int64_t sum = 0;

			for (int y = y0; y < y1; y++)
				for (int x = x0; x < x1; x++)
					sum += s->ink[y][x];
			cells[i][k] = (int32_t)(64 * sum / ((int64_t)(y1 - y0) * (x1 - x0)));
			inked += cells[i][k] > 64;
		}
	return inked;
}

/* cos(pi (2 i + 1) u / 64) in 2^14ths. */
static void make_waves(int32_t waves[WAVES][CELLS])
{
	for (int u = 0; u < WAVES; u++)
		for (int i = 0; i < CELLS; i++)
			waves[u][i] = (int32_t)lround(16384 * cos(M_PI * (2 * i + 1) * u / (2 * CELLS)));
}

static int64_t wave_of(int32_t cells[CELLS][CELLS], const int32_t *down, const int32_t *across)
{
	int64_t sum = 0;

	for (int i = 0; i < CELLS; i++) {
		int64_t row = 0;

		for (int k = 0; k < CELLS; k++)
			row += (int64_t)cells[i][k] * across[k];
		sum += row / 16384 * down[i];
	}
	return sum;
}

/* A bit for each wave: does it begin with ink? The mean has no sign; then come the waves by their frequencies along both sides together. */
static void take_signs(int32_t cells[CELLS][CELLS], struct rc_look *ret)
{
	int32_t waves[WAVES][CELLS];
	size_t bit = 0;

	make_waves(waves);
	for (int both = 1; both < WAVES; both++)
		for (int u = 0; u <= both && bit < 8 * sizeof ret->bits; u++, bit++)
			if (wave_of(cells, waves[both - u], waves[u]) > 0)
				ret->bits[bit / 8] |= (uint8_t)(1 << bit % 8);
}

struct rc_look prepare_look(PIX *pix)
{
	RC_CLEANUP(rc_free) struct small *s = rc_alloc(sizeof *s);
	int32_t cells[CELLS][CELLS];
	struct rc_look look = { 0 };
	struct rc_box box;

	make_small(pix, s);
	if (find_ink(s, &box) && 4 * fill_cells(s, box, cells) >= CELLS * CELLS)
		take_signs(cells, &look);
	return look;
}
