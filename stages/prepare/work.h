/* work.h -- what the files of prepare share.
 *
 *   prepare.c    the stage: read, decode, hand on
 *   tones.c      how the scan is stored, and its colours
 *   upright.c    orientation; from the stored frame to one a reader holds right
 *   marks.c      from colour to gray; red seals and notes
 *   clean.c      the steps in their order
 *   sheet.c      the sheet of paper, and what it lies on
 *   border.c     what is dark and hangs on the edge
 *   light.c      one light, two levels
 *   dots.c       size of glyphs; grounds of dots
 *   leaves.c     the sides of a spread
 *   straight.c   skew
 *   dewarp.c     curved paper; slopes.c, bend.c (curves.h)
 *   grey.c       between pixels
 *   look.c       what tells a page that was scanned twice
 *   picture.c    the page image for shards
 *
 * Up to the leaves a step changes work->pix; from there on each leaf's pix. What moves pixels moves to_clean with them. */
#ifndef PREPARE_WORK_H
#define PREPARE_WORK_H

#include "common/image.h"
#include "core/config.h"

struct Pix;

/* The paper's brightness is measured on cells of so many pixels; smaller pages have no room for a glyph. */
#define PREPARE_CELL 16
/* What paper becomes when the light is levelled. */
#define PREPARE_PAPER 240

struct prepare_sheet {                  /* the sheet of paper on the stored frame */
	bool found;
	double corners[8];              /* clockwise from the top left */
};

struct prepare_work {
	const struct rc_config *cfg;
	struct rc_page *page;
	struct Pix *pix;                /* gray, 8 bit; owned */
	struct rc_affine to_clean;      /* stored frame -> pix */
	struct prepare_sheet sheet;
	int glyph;                      /* typical side of a glyph, pixels of pix; 0: not known */
	int step;                       /* number of the next debug picture */
};

/* Fills page->scan: what the header says, and what the pixels (any depth) are like. */
void prepare_measure_tones(struct Pix *scan, const struct image_info *info, struct rc_scan *ret);

/* Of size and values of all pixels, the same however a file packs them (1, 8 or 32 bits, gray kept as colour); zero: no such depth. */
struct rc_digest prepare_digest_pixels(struct Pix *scan);
/* A clean page (8-bit gray) as 128 bits; another scan of the same print differs in few of them, another page in about half. Zero: there
 * is too little on it to know it by. */
struct rc_look prepare_look(struct Pix *clean);

/* Turns pix (any depth) so that the orientation becomes 1, and then by so many quarters clockwise; sets *to to the map from
 * stored pixels. Gives a new reference or NULL without memory. */
struct Pix *prepare_upright(struct Pix *pix, int32_t orientation, int32_t turned, struct rc_affine *to);

/* A scan (any depth) as 8-bit gray, a new reference; red marks of the stored frame go to page->marks. NULL without memory. */
struct Pix *prepare_gray(const struct rc_config *cfg, struct rc_page *page, struct Pix *scan);

/* Looks for the sheet on a scan that is gray or in colour. false without memory. */
bool prepare_find_sheet(struct Pix *scan, struct prepare_sheet *ret);

struct prepare_leaf {
	struct Pix *pix;                /* gray, 8 bit; owned */
	struct rc_affine to_clean;      /* stored frame -> pix, but for the mesh */
	float skew;                     /* degrees, clockwise positive */
	/* What pix was turned from and how, so that flattening need not look at pixels that were looked up before, which blurs; owned;
	 * NULL: pix was not turned. */
	struct Pix *unturned;
	struct rc_affine turn;          /* unturned -> pix */
	struct rc_mesh mesh;            /* owned; all 0: flat */
};
struct prepare_leaves {
	struct prepare_leaf leaf[RC_MAX_LEAVES];        /* from left to right */
	int n;
};

/* All steps over a gray, upright page; fills leaves, quality.ink, skew, dpi and page_class of the page. */
enum rc_status prepare_clean(struct prepare_work *work, struct rc_err *err);

/* The steps; false without memory. */
bool prepare_page(struct prepare_work *work);
bool prepare_border(struct prepare_work *work);
bool prepare_light(struct prepare_work *work);
bool prepare_contrast(struct prepare_work *work);
/* Fills work->glyph and quality.dpi, too. */
bool prepare_dots(struct prepare_work *work);
/* At least one leaf. */
bool prepare_split(struct prepare_work *work, struct prepare_leaves *ret);
bool prepare_straighten(struct prepare_leaf *leaf);
/* Flattens a curved leaf and fills its mesh; others stay as they are. With debug_dir: a picture of the curves. */
enum rc_status prepare_dewarp(struct prepare_work *work, struct prepare_leaf *leaf, struct rc_err *err);
/* Fills marks[].clean, once the page has leaves and a size. */
void prepare_place_marks(struct rc_page *page);

/* A mark on the page as it lies in work->pix, before the leaves. Beyond RC_MAX_MARKS there are no more. */
void prepare_add_mark(struct prepare_work *work, enum rc_region_type type, struct rc_box box);
/* Ink in black and white at half scale, for counting parts. */
struct Pix *prepare_half_ink(struct Pix *pix);
/* Likewise for measuring skew and ink; small pages stay as large as they are. */
struct Pix *prepare_ink(struct Pix *pix);
/* The grey of an 8-bit image at a place between pixels (those lie at whole numbers), by cubic interpolation; white outside. lines:
 * pixGetLinePtrs(). */
int prepare_grey_at(void **lines, int w, int h, double x, double y);
/* The grey below which `share` of the page lies. */
int prepare_level(struct Pix *pix, float share);
/* Puts next in the place of *pix; false when next is NULL. */
bool prepare_take(struct Pix **pix, struct Pix *next);
enum rc_status prepare_no_memory(const struct rc_page *page, struct rc_err *err);

/* Makes page->image from the decoded scan. */
enum rc_status prepare_picture(const struct rc_config *cfg, struct rc_page *page, const struct rc_image *scan, struct rc_err *err);

/* With debug_dir: writes NN-NAME.png there; of work->pix, or of another picture. */
enum rc_status prepare_show(struct prepare_work *work, const char *name, struct rc_err *err);
enum rc_status prepare_show_pix(struct prepare_work *work, const char *name, struct Pix *pix, struct rc_err *err);

#endif
