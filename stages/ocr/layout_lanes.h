/* layout_lanes.h -- a picture of glyphs cut along white lanes. */
#ifndef OCR_LAYOUT_LANES_H
#define OCR_LAYOUT_LANES_H

#include "core/page.h"

struct Pix;

struct layout_lanes {           /* what to cut at, pixels */
	double flat, upright;           /* least width of a lane of either direction */
	double least_h, least_w;        /* least height of a part above and below a flat lane; width of one beside an upright one */
	bool right_first;
	int most;                       /* parts wanted at most: beyond that, what is left stays in one piece */
};

/* Called for every part in reading order, with its place and its ink in pixels. */
typedef void layout_part_fn(void *ctx, struct rc_box box, int64_t ink);

/* text: 1 bit. false: not enough memory. */
bool layout_cut_lanes(struct Pix *text, const struct layout_lanes *at, layout_part_fn *on_part, void *ctx);

#endif
