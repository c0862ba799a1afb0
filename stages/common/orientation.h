/* orientation.h -- the eight ways in which an image can lie: 1 to 8, as in TIFF 6.0 and EXIF. */
#ifndef COMMON_ORIENTATION_H
#define COMMON_ORIENTATION_H

#include "core/page.h"

struct Pix;

/* The orientation that a map turns by, as nearly as quarters and mirrors can. */
int orientation_of(struct rc_affine map);
/* What must be done to an image already turned by `from` so that it is turned by `to` (all 1 to 8). */
int orientation_between(int from, int to);
/* Turned so; the caller owns it. NULL: no memory. */
struct Pix *orientation_turn(struct Pix *pix, int orientation);

#endif
