/* curves.h -- how the lines of a leaf run, and what makes them straight.
 *
 *   slopes.c   in many small windows: how far lines lean there
 *   bend.c     a smooth surface through them: how far each place must move so that lines are straight
 *   flat.c     the way from the flat leaf back to the curved one, as a mesh
 *   dewarp.c   judges the surfaces, moves the pixels
 *
 * Everything is done twice, with one code: for what runs along x (lines of horizontal text, rules, the heads of columns) and for
 * what runs along y (columns, borders). So it does not matter which way the text is written. `along` and `across` are
 * the leaf's coordinates in the direction of the lines and square to it. Pixels are the leaf's at full size. */
#ifndef PREPARE_CURVES_H
#define PREPARE_CURVES_H

#include "core/page.h"

struct Pix;

enum prepare_axis { PREPARE_ALONG_X, PREPARE_ALONG_Y };

struct prepare_slope {                  /* of the lines in one window */
	double along, across;           /* the window's middle */
	double span;                    /* its length along the lines */
	double slope;                   /* pixels across for each pixel along */
	double weight;                  /* how sure it is; > 0 */
	int band;                       /* windows beside each other, counted across the lines; bands share no pixels */
};

struct prepare_slopes {
	struct prepare_slope *all;      /* owned */
	int n;
	double length, breadth;         /* of the leaf, along and across */
	double lean;                    /* the median slope: what turns or slants the leaf as a whole */
};
void prepare_slopes_free(struct prepare_slopes *slopes);

/* Where lines are to be seen. ink: black and white, of 1/scale the size of the leaf; glyph: side in pixels of the leaf.
 * False without memory. */
bool prepare_find_slopes(struct Pix *ink, int scale, double glyph, enum prepare_axis axis, struct prepare_slopes *ret);

/* A displacement across the lines: cubic B-splines along them, a parabola across. A leaf that is bent as a cylinder, beside
 * a spine, needs no more across; seen at an angle, a straight line. */
enum { PREPARE_KNOTS = 11, PREPARE_DEGREES = 3 };
struct prepare_bend {
	double length, breadth;         /* of the leaf */
	double c[PREPARE_KNOTS][PREPARE_DEGREES];
};

enum prepare_half { PREPARE_ALL_BANDS = -1, PREPARE_EVEN_BANDS, PREPARE_ODD_BANDS };

/* Fits one to slopes, of all bands or of every other. False when they are too few. Lines keep their mean place. */
bool prepare_fit_bend(const struct prepare_slopes *slopes, enum prepare_half half, struct prepare_bend *ret);
/* What a place moves by, pixels across. */
double prepare_bend_at(const struct prepare_bend *bend, double along, double across);
/* What is left of a slope after that. */
double prepare_bend_rest(const struct prepare_bend *bend, const struct prepare_slope *slope);
/* The size that these rests typically have (the square of the mean root, which outliers hardly move); bend NULL: how far slopes
 * typically are from their median. */
double prepare_typical_rest(const struct prepare_slopes *slopes, enum prepare_half half, const struct prepare_bend *bend);

/* ---- both axes together (flat.c) ------------------------------------------------------------------------- */

/* How a leaf is bent: NULL for an axis along which it is straight. */
struct prepare_curves {
	const struct prepare_bend *along_x, *along_y;
};

/* Room that the flat leaf needs beyond the curved one, pixels. */
struct prepare_room {
	int left, right, top, bottom;
};

/* The mesh from the flat leaf (width x height and the room) back to the curved one, whose origin is moved by the room's left and top.
 * False without memory. It is all zero when the curves cannot be made flat: paper would fold over, or move further than
 * paper does. */
bool prepare_flat_mesh(const struct prepare_curves *curves, int width, int height, struct prepare_room *ret_room, struct rc_mesh *ret);

#endif
