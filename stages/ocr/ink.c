/* ink.c -- ink against glyphs: text that was never found leaves ink where nothing was read, and text that is not there
 * has boxes without ink.
 *
 *   ocr_is_empty()       is there nothing to see where a glyph was read?
 *   ocr_unevenness()     has a line's ink the pitch of print?
 *   ocr_count_missed()   connected parts of a glyph's size, and those that no glyph accounts for */
#include <math.h>
#include <leptonica/allheaders.h>

#include "ocr/signs.h"

#define OWN_PIX RC_CLEANUP(pixDestroy) PIX *

/* Grey under which a pixel of the levelled page is ink; as in evidence.c. */
enum { INK = 150 };
/* A box with a smaller share of ink holds no glyph: the thinnest, 一, has some 0.06. */
static const double least_ink = 0.02;
/* Longer sides of parts that are glyphs or most of one, in glyphs, and how much longer than the other they may be. Smaller ones
 * may be dust, larger ones rules. */
static const float smallest = 0.5f, largest = 1.5f, longest = 6;
/* Shorter side of parts that are pictures, in glyphs, and the share of their box that is ink; frames and tables are emptier. */
static const float blob = 4;
static const double filled = 0.25;
/* By how much of a glyph boxes are widened before ink is looked for outside them: the engine's are not exact, and along a line they
 * may be a glyph off. */
static const float across = 0.25f, along = 0.8f;

static void free_boxes(BOXA **boxes)
{
	boxaDestroy(boxes);
}

enum rc_status ocr_ink_open(struct ocr_ink *ret, PIX *gray, float glyph, struct rc_err *err)
{
	OWN_PIX half = pixScaleAreaMap2(gray);
	PIX *bin = half ? pixThresholdToBinary(half, INK) : NULL;

	if (!bin)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMORY, "cannot look at the page: not enough memory");
	ret->bin = bin;
	ret->glyph = glyph;
	return RC_OK;
}

void ocr_ink_close(struct ocr_ink *ink)
{
	pixDestroy(&ink->bin);
}

/* Ink from x0, y0 to before x1, y1, pixels of the half-scale copy. */
static double count_ink(PIX *bin, int x0, int y0, int x1, int y1)
{
	double n = 0;

	for (int y = y0; y < y1; y++) {
		const l_uint32 *line = pixGetData(bin) + (size_t)pixGetWpl(bin) * (size_t)y;

		for (int x = x0; x < x1; x++)
			n += GET_DATA_BIT(line, x) != 0;
	}
	return n;
}

bool ocr_is_empty(const struct ocr_ink *ink, struct rc_box b)
{
	int x0 = b.x / 2, y0 = b.y / 2, x1 = (b.x + b.w + 1) / 2, y1 = (b.y + b.h + 1) / 2;

	x1 = x1 < pixGetWidth(ink->bin) ? x1 : pixGetWidth(ink->bin);
	y1 = y1 < pixGetHeight(ink->bin) ? y1 : pixGetHeight(ink->bin);
	return x1 > x0 && y1 > y0 && count_ink(ink->bin, x0, y0, x1, y1) < least_ink * (x1 - x0) * (y1 - y0);
}

/* ---- pitch ----------------------------------------------------------------------------------------------- */

/* Glyphs of print stand at equal distances, and so the ink along a line varies with one period; a hand that writes fluently has
 * none. The spectrum of the ink's profile is looked at around the pitch: print has one peak there, handwriting many. */

/* Shorter lines, in glyphs, have no spectrum to speak of; longer profiles are cut. */
enum { FEWEST = 12, LONGEST = 4096 };
/* The band looked at, in periods per pitch, and steps of frequency in one period of the whole line. */
static const double slowest = 0.62, fastest = 1.6;
enum { FINE = 3 };

/* Ink per row (vertical) or column of the box, less its mean, fading at both ends. Returns the number of values. */
static int profile(const struct ocr_ink *ink, struct rc_box b, bool vertical, double values[LONGEST])
{
	int x1 = (b.x + b.w) / 2, y1 = (b.y + b.h) / 2, n;
	double sum = 0;

	x1 = x1 < pixGetWidth(ink->bin) ? x1 : pixGetWidth(ink->bin);
	y1 = y1 < pixGetHeight(ink->bin) ? y1 : pixGetHeight(ink->bin);
	n = vertical ? y1 - b.y / 2 : x1 - b.x / 2;
	n = n < LONGEST ? n : LONGEST;
	for (int i = 0; i < n; i++)
		values[i] = 0;
	for (int y = b.y / 2; y < y1; y++) {
		const l_uint32 *line = pixGetData(ink->bin) + (size_t)pixGetWpl(ink->bin) * (size_t)y;

		for (int x = b.x / 2; x < x1; x++) {
			int i = vertical ? y - b.y / 2 : x - b.x / 2;

			if (i < n && GET_DATA_BIT(line, x)) {
				values[i]++;
				sum++;
			}
		}
	}
	for (int i = 0; i < n; i++)
		values[i] = (values[i] - sum / n) * (1 - cos(2 * M_PI * (i + 0.5) / n));
	return n;
}

/* Power at so many periods in n values (Goertzel). */
static double power_at(const double *values, int n, double periods)
{
	double turn = 2 * cos(2 * M_PI * periods / n), a = 0, b = 0;

	for (int i = 0; i < n; i++) {
		double next = values[i] + turn * a - b;

		b = a;
		a = next;
	}
	return a * a + b * b - turn * a * b;
}

double ocr_unevenness(const struct ocr_ink *ink, struct rc_box box, bool vertical, double pitch)
{
	double values[LONGEST], power[2 * LONGEST], all = 0, peak = 0, glyphs;
	int n = profile(ink, box, vertical, values), first, last, top;

	glyphs = pitch > 8 ? 2 * n / pitch : 0;
	if (glyphs < FEWEST)
		return -1;
	first = (int)ceil(slowest * glyphs * FINE);
	last = (int)(fastest * glyphs * FINE);
	top = first;
	for (int i = first; i <= last && i < 2 * LONGEST; i++) {
		power[i] = power_at(values, n, (double)i / FINE);
		all += power[i];
		top = power[i] > power[top] ? i : top;
	}
	/* The peak of one frequency is as wide as the fading makes it: two periods to each side. */
	for (int i = top - 3 * FINE / 2; i <= top + 3 * FINE / 2; i++)
		peak += i >= first && i <= last ? power[i] : 0;
	return all > 0 ? 1 - peak / all : -1;
}

/* ---- missed ---------------------------------------------------------------------------------------------- */

/* Blackens the box, of the stored frame, in a mask of the ink's size. */
static void mark(PIX *mask, const struct rc_page *page, struct rc_box stored, int wider, int higher)
{
	struct rc_box b = rc_page_clean_box(page, stored);

	pixRasterop(mask, (b.x - wider) / 2, (b.y - higher) / 2, (b.w + 2 * wider) / 2, (b.h + 2 * higher) / 2, PIX_SET, NULL, 0, 0);
}

/* Where glyphs were read, or none are to be expected. */
static PIX *accounted_for(const struct rc_page *page, const struct ocr_ink *ink)
{
	PIX *mask = pixCreateTemplate(ink->bin);
	int little = (int)(across * ink->glyph), much = (int)(along * ink->glyph);

	for (size_t r = 0; mask && r < page->n_regions; r++) {
		const struct rc_region *region = &page->regions[r];

		if (region->type == RC_REGION_IMAGE || region->type == RC_REGION_SEPARATOR)
			mark(mask, page, region->box, 0, 0);
		for (size_t l = 0; l < region->n_lines; l++)
			for (size_t g = 0; g < region->lines[l].n_glyphs; g++) {
				bool vertical = region->lines[l].direction == RC_DIR_VERTICAL;

				mark(mask, page, region->lines[l].glyphs[g].box, vertical ? little : much, vertical ? much : little);
			}
	}
	return mask;
}

/* b: a connected part, at half scale. */
static void add_part(const struct ocr_ink *ink, PIX *mask, struct rc_box b, struct ocr_sums *sums)
{
	float side = 2 * (float)(b.w > b.h ? b.w : b.h), other = 2 * (float)(b.w > b.h ? b.h : b.w);
	l_uint32 read = 0;

	if (other > blob * ink->glyph) {
		double there = count_ink(ink->bin, b.x, b.y, b.x + b.w, b.y + b.h);

		sums->blobs += there > filled * b.w * b.h ? there : 0;
	}
	if (side < smallest * ink->glyph || side > largest * ink->glyph || side > longest * other)
		return;
	pixGetPixel(mask, b.x + b.w / 2, b.y + b.h / 2, &read);
	sums->parts++;
	sums->missed += !read;
}

enum rc_status ocr_count_missed(const struct rc_page *page, const struct ocr_ink *ink, struct ocr_sums *sums, struct rc_err *err)
{
	OWN_PIX mask = accounted_for(page, ink);
	RC_CLEANUP(free_boxes) BOXA *boxes = mask ? pixConnCompBB(ink->bin, 8) : NULL;

	if (!boxes)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMORY, "cannot look at the page: not enough memory");
	sums->ink = count_ink(ink->bin, 0, 0, pixGetWidth(ink->bin), pixGetHeight(ink->bin));
	for (int i = 0; i < boxaGetCount(boxes); i++) {
		l_int32 x, y, w, h;

		boxaGetBoxGeometry(boxes, i, &x, &y, &w, &h);
		add_part(ink, mask, (struct rc_box){ x, y, w, h }, sums);
	}
	return RC_OK;
}
