/* marks.c -- red on a page of black text: seals and notes become a layer of their own.
 *
 *   prepare_gray()     a scan to gray; on the way what is red is found, marked and taken out
 *   paper_colour()       what the page is printed on
 *   count_cells()        where there is red, and where dark ink
 *   is_print()           are pages, or lines, printed in red? then red is the text
 *   take_red()           inside a mark the red channel is the gray: red ink is as light as paper there, black ink dark
 *
 * Red is judged against the paper's own colour, so that yellow paper is not red and pink is. A gray scan has no red. */
#include <stdlib.h>
#include <leptonica/allheaders.h>

#include "prepare/work.h"

#define OWN_PIX RC_CLEANUP(pixDestroy) PIX *

/* Pixels of a cell's side. */
#define CELL 16
/* So much more red over the stronger of green and blue than the paper has is red: old seals have 20 to 50 more, fresh ones
 * and print 100; paper varies by 3. Stains are brown: as far from green to blue as from red to green. */
#define LEAST_RED 20
static const float brown = 0.7f;
/* Dark ink: below this share of the paper's brightness in all channels. */
static const float dark_share = 0.5f;
/* Pixels of a cell (of 256) that make it a red or a dark one. */
enum { RED_CELL = 26, DARK_CELL = 13 };
/* A page with more red than this share of its cells, and less than half as many dark ones, is printed in red. */
static const double printed_red = 0.04;
/* What is taken out is at least so many cells wide and high. When it fills more of the page than this, or is longer than so
 * many times its other side, it is the lines of ruled paper, and no mark. */
enum { LEAST_SIDE = 3, LONGEST = 5 };
static const double most_of_page = 0.5;
/* Longer than so many times its other side, and hardly any dark ink in it: a line printed in red. */
static const double long_side = 2.5, no_ink = 0.1;

struct colour { int r, g, b; };

static struct colour colour_at(const l_uint32 *line, int x)
{
	return (struct colour){ (int)(line[x] >> L_RED_SHIFT & 0xff), (int)(line[x] >> L_GREEN_SHIFT & 0xff), (int)(line[x] >> L_BLUE_SHIFT & 0xff) };
}

static int brightness(struct colour c)
{
	return (c.r * 5 + c.g * 9 + c.b * 2) / 16;
}

static int redness(struct colour c)
{
	return c.r - (c.g > c.b ? c.g : c.b);
}

/* least: redness of the paper and LEAST_RED. */
static bool is_red(struct colour c, int least)
{
	return redness(c) > least && (float)(c.g - c.b) < brown * (float)(c.r - c.g);
}

/* Green and blue paper is no less red than white paper: black ink on it would be red. */
static int least_red(struct colour paper)
{
	return (redness(paper) > 0 ? redness(paper) : 0) + LEAST_RED;
}

/* ---- paper ------------------------------------------------------------------------------------------------ */

/* The mean of the pixels around the 70th percentile of brightness; every 4th of every 4th row is looked at. */
static struct colour paper_colour(PIX *rgb)
{
	int64_t counts[256] = { 0 }, n = 0, below = 0, r = 0, g = 0, b = 0, near = 0;
	int w = pixGetWidth(rgb), h = pixGetHeight(rgb), level = 0;

	for (int y = 0; y < h; y += 4)
		for (int x = 0; x < w; x += 4, n++)
			counts[brightness(colour_at(pixGetData(rgb) + (size_t)pixGetWpl(rgb) * (size_t)y, x))]++;
	while (level < 255 && (below += counts[level]) * 10 < n * 7)
		level++;
	for (int y = 0; y < h; y += 4)
		for (int x = 0; x < w; x += 4) {
			struct colour c = colour_at(pixGetData(rgb) + (size_t)pixGetWpl(rgb) * (size_t)y, x);

			if (abs(brightness(c) - level) > 12)
				continue;
			r += c.r;
			g += c.g;
			b += c.b;
			near++;
		}
	return near ? (struct colour){ (int)(r / near), (int)(g / near), (int)(b / near) } : (struct colour){ 255, 255, 255 };
}

/* ---- cells --------------------------------------------------------------------------------------------------- */

struct red_cells {
	PIX *red, *dark;                /* one bit for each cell */
	int64_t n_red, n_dark;
};

static void cells_free(struct red_cells *c)
{
	pixDestroy(&c->red);
	pixDestroy(&c->dark);
}

static void count_cell(PIX *rgb, int x0, int y0, struct colour paper, int *ret_red, int *ret_dark)
{
	int x1 = x0 + CELL < pixGetWidth(rgb) ? x0 + CELL : pixGetWidth(rgb), y1 = y0 + CELL < pixGetHeight(rgb) ? y0 + CELL : pixGetHeight(rgb);
	int least = least_red(paper), dark = (int)(dark_share * (float)brightness(paper));

	*ret_red = *ret_dark = 0;
	for (int y = y0; y < y1; y++) {
		const l_uint32 *line = pixGetData(rgb) + (size_t)pixGetWpl(rgb) * (size_t)y;

		for (int x = x0; x < x1; x++) {
			struct colour c = colour_at(line, x);

			*ret_red += is_red(c, least);
			*ret_dark += c.r < dark && c.g < dark && c.b < dark;
		}
	}
}

static bool count_cells(PIX *rgb, struct colour paper, struct red_cells *ret)
{
	int across = (pixGetWidth(rgb) + CELL - 1) / CELL, down = (pixGetHeight(rgb) + CELL - 1) / CELL;

	ret->red = pixCreate(across, down, 1);
	ret->dark = pixCreate(across, down, 1);
	if (!ret->red || !ret->dark)
		return false;
	for (int k = 0; k < down; k++)
		for (int i = 0; i < across; i++) {
			int red, dark;

			count_cell(rgb, i * CELL, k * CELL, paper, &red, &dark);
			if (red >= RED_CELL) {
				(void)pixSetPixel(ret->red, i, k, 1);
				ret->n_red++;
			}
			if (dark >= DARK_CELL) {
				(void)pixSetPixel(ret->dark, i, k, 1);
				ret->n_dark++;
			}
		}
	return true;
}

/* ---- marks ------------------------------------------------------------------------------------------------------ */

static bool page_is_print(const struct red_cells *c)
{
	double all = (double)pixGetWidth(c->red) * pixGetHeight(c->red);

	return (double)c->n_red > printed_red * all && c->n_dark * 2 < c->n_red;
}

static bool is_ruling(const struct red_cells *c, struct rc_box b)
{
	int longer = b.w > b.h ? b.w : b.h, shorter = b.w < b.h ? b.w : b.h;

	return longer > LONGEST * shorter || (double)b.w * b.h > most_of_page * pixGetWidth(c->red) * pixGetHeight(c->red);
}

/* A line of red print: long, and no dark ink under it. */
static bool is_print(const struct red_cells *c, struct rc_box b)
{
	double longer = b.w > b.h ? b.w : b.h, shorter = b.w < b.h ? b.w : b.h;
	int dark = 0;

	if (longer < long_side * shorter)
		return false;
	for (int k = b.y; k < b.y + b.h; k++)
		for (int i = b.x; i < b.x + b.w; i++) {
			l_uint32 bit = 0;

			(void)pixGetPixel(c->dark, i, k, &bit);
			dark += (int)bit;
		}
	return dark < no_ink * b.w * b.h;
}

/* The red channel, brought to the brightness that the paper has in gray; what is red and not dark is paper. */
static void take_red(PIX *rgb, PIX *gray, struct rc_box area, struct colour paper)
{
	int level = brightness(paper), least = least_red(paper), dark = (int)(dark_share * (float)paper.r);

	for (int y = area.y; y < area.y + area.h; y++) {
		const l_uint32 *from = pixGetData(rgb) + (size_t)pixGetWpl(rgb) * (size_t)y;
		l_uint32 *to = pixGetData(gray) + (size_t)pixGetWpl(gray) * (size_t)y;

		for (int x = area.x; x < area.x + area.w; x++) {
			struct colour c = colour_at(from, x);
			int v = c.r * level / (paper.r > 0 ? paper.r : 1);

			if (v < level && c.r > dark && is_red(c, least))
				v = level;
			SET_DATA_BYTE(to, x, v > 255 ? 255 : v);
		}
	}
}

static struct rc_box in_pixels(struct rc_box cells, PIX *pix)
{
	int x1 = (cells.x + cells.w + 1) * CELL, y1 = (cells.y + cells.h + 1) * CELL;
	int x = cells.x > 0 ? (cells.x - 1) * CELL : 0, y = cells.y > 0 ? (cells.y - 1) * CELL : 0;

	return (struct rc_box){ x, y, (x1 < pixGetWidth(pix) ? x1 : pixGetWidth(pix)) - x, (y1 < pixGetHeight(pix) ? y1 : pixGetHeight(pix)) - y };
}

static void box_free(BOXA **boxes)
{
	boxaDestroy(boxes);
}

static bool take_marks(struct rc_page *page, PIX *rgb, PIX *gray, struct colour paper, const struct red_cells *c)
{
	OWN_PIX joined = pixCloseSafeBrick(NULL, c->red, 5, 5);
	RC_CLEANUP(box_free) BOXA *boxes = joined ? pixConnCompBB(joined, 8) : NULL;
	int n = boxes ? boxaGetCount(boxes) : 0;

	for (int i = 0; i < n; i++) {
		struct rc_box b, area;

		boxaGetBoxGeometry(boxes, i, &b.x, &b.y, &b.w, &b.h);
		if (b.w < LEAST_SIDE || b.h < LEAST_SIDE || is_print(c, b))
			continue;
		area = in_pixels(b, rgb);
		take_red(rgb, gray, area, paper);
		if (!is_ruling(c, b) && page->n_marks < RC_MAX_MARKS)
			page->marks[page->n_marks++] = (struct rc_mark){ .type = RC_REGION_SEAL, .box = area };
	}
	return boxes != NULL;
}

PIX *prepare_gray(const struct rc_config *cfg, struct rc_page *page, PIX *scan)
{
	OWN_PIX gray = pixConvertTo8(scan, 0);
	RC_CLEANUP(cells_free) struct red_cells cells = { 0 };
	struct colour paper;

	if (!gray || !cfg->prepare_marks || pixGetDepth(scan) != 32)
		return rc_steal(gray);
	paper = paper_colour(scan);
	if (!count_cells(scan, paper, &cells))
		return NULL;
	if (cells.n_red == 0 || page_is_print(&cells))
		return rc_steal(gray);
	return take_marks(page, scan, gray, paper, &cells) ? rc_steal(gray) : NULL;
}
