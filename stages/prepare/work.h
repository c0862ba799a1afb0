/* work.h -- what the files of prepare share.
 *
 *   prepare.c    the stage: read, decode, hand on
 *   upright.c    orientation; from the stored frame to one a reader holds right
 *   clean.c      the steps: polarity, border, light, skew
 *   picture.c    the page image for shards
 *
 * A step changes work->pix and, when it moves pixels, work->to_clean with it. */
#ifndef PREPARE_WORK_H
#define PREPARE_WORK_H

#include "common/image.h"
#include "core/config.h"

struct Pix;

struct prepare_work {
	const struct rc_config *cfg;
	struct rc_page *page;
	struct Pix *pix;                /* gray, 8 bit; owned */
	struct rc_affine to_clean;      /* stored frame -> pix */
	int step;                       /* number of the next debug picture */
};

/* Turns pix (any depth) so that the orientation becomes 1, and sets *to to the map from stored pixels. Gives a
 * new reference or NULL without memory. */
struct Pix *prepare_upright(struct Pix *pix, int32_t orientation, struct rc_affine *to);

/* All steps over a gray, upright page; fills quality.ink, skew, dpi and page_class of the page. */
enum rc_status prepare_clean(struct prepare_work *work, struct rc_err *err);

/* Makes page->image from the decoded scan. */
enum rc_status prepare_picture(const struct rc_config *cfg, struct rc_page *page, const struct rc_image *scan, struct rc_err *err);

/* With debug_dir: writes NN-NAME.png there. */
enum rc_status prepare_show(struct prepare_work *work, const char *name, struct rc_err *err);

#endif
