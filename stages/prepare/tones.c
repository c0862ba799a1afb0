/* tones.c -- how a scan is stored, and whether its pixels need it: a file with three channels may hold a grey picture.
 *
 *   prepare_measure_tones()   header and pixels -> struct rc_scan
 *
 * Two shares say it: how many pixels have a colour, and how many a tone between black and white. Paper that has yellowed and was
 * scanned in colour has a colour everywhere; what was made grey and stored as colour has none, but for what compression adds. */
#include <leptonica/allheaders.h>

#include "core/limits.h"
#include "prepare/work.h"

/* Grey pixels have channels no further apart than this (of 255): JPEG with few bits adds up to 8. */
enum { GREY_SPREAD = 12 };
/* Nearly black is below, nearly white above: text in black and white keeps to the ends even after JPEG, but for its edges. */
enum { NEARLY_BLACK = 32, NEARLY_WHITE = 223 };
/* Every second pixel of every second row. */
enum { STEP = 2 };

struct counts {
	int64_t pixels, coloured, between;
};

static bool is_between(int grey)
{
	return grey >= NEARLY_BLACK && grey <= NEARLY_WHITE;
}

static void count_grey(const l_uint32 *line, int width, struct counts *c)
{
	for (int x = 0; x < width; x += STEP)
		c->between += is_between((int)GET_DATA_BYTE(line, x));
}

static void count_colour(const l_uint32 *line, int width, struct counts *c)
{
	for (int x = 0; x < width; x += STEP) {
		int r = (int)(line[x] >> L_RED_SHIFT & 0xff), g = (int)(line[x] >> L_GREEN_SHIFT & 0xff), b = (int)(line[x] >> L_BLUE_SHIFT & 0xff);
		int low = r < g ? r : g, high = r > g ? r : g;

		low = b < low ? b : low;
		high = b > high ? b : high;
		c->coloured += high - low > GREY_SPREAD;
		c->between += is_between((r * 5 + g * 9 + b * 2) / 16);
	}
}

static struct counts count(PIX *scan)
{
	int w = pixGetWidth(scan), h = pixGetHeight(scan), depth = pixGetDepth(scan);
	struct counts c = { 0 };

	for (int y = 0; y < h; y += STEP) {
		const l_uint32 *line = pixGetData(scan) + (size_t)pixGetWpl(scan) * (size_t)y;

		c.pixels += (w + STEP - 1) / STEP;
		if (depth == 32)
			count_colour(line, w, &c);
		else if (depth == 8)
			count_grey(line, w, &c);
	}
	return c;
}

void prepare_measure_tones(PIX *scan, const struct image_info *info, struct rc_scan *ret)
{
	struct counts c = count(scan);

	*ret = (struct rc_scan){ 0 };
	if (c.pixels == 0 || info->bits < 1 || info->bits > RC_MAX_SAMPLE_BITS || info->samples < 1 || info->samples > RC_MAX_CHANNELS)
		return;
	*ret = (struct rc_scan){
		.bits = info->bits, .channels = info->samples,
		.colour = (float)c.coloured / (float)c.pixels, .tones = (float)c.between / (float)c.pixels,
	};
	/* One sample a pixel that was decoded to colours is a place in a palette. */
	if (info->samples == 1 && pixGetDepth(scan) == 32)
		ret->channels = 3;
}
