/* page.h -- one page on its way through the page stages, and what was read from it.
 *
 * Coordinates of everything that leaves the worker are pixels of the *stored frame*, before any
 * orientation, origin top left, x right, y down; boxes are half-open: [x, x+w) by [y, y+h).
 * While prepare and ocr work they use the clean page's pixels and map back with `to_clean`.
 *
 * `rc_page_to_json` and `rc_page_from_json` are the page result's one serial form
 * (schemas/page.schema.json): what the object store keeps and what `ocr --format json` prints. */
#ifndef RC_PAGE_H
#define RC_PAGE_H

#include "core/digest.h"
#include "core/json.h"
#include "core/limits.h"

struct rc_image;                /* pixels; known only to stages/common/image.h */

enum rc_media {                 /* what a file is, by its content */
	RC_MEDIA_UNKNOWN = 0,
	RC_MEDIA_TIFF, RC_MEDIA_JPEG, RC_MEDIA_PNG, RC_MEDIA_JP2, RC_MEDIA_WEBP,
	RC_MEDIA_BMP, RC_MEDIA_GIF, RC_MEDIA_PNM,
	RC_MEDIA_PDF,
	RC_MEDIA_ARCHIVE,           /* whatever libarchive is allowed to open */
	RC_MEDIA_COUNT
};
const char *rc_media_name(enum rc_media media);         /* "image/tiff", ...; "application/octet-stream" */
enum rc_media rc_media_find(const char *name);          /* RC_MEDIA_UNKNOWN when there is none */

struct rc_box {
	int32_t x, y, w, h;
};

/* Affine map: x' = a x + b y + c, y' = d x + e y + f. */
struct rc_affine {
	double a, b, c, d, e, f;
};
#define RC_AFFINE_IDENTITY ((struct rc_affine){ .a = 1, .e = 1 })
struct rc_affine rc_affine_mul(struct rc_affine after, struct rc_affine before); /* after(before(p)) */
bool rc_affine_invert(struct rc_affine m, struct rc_affine *ret);                /* false if singular */
/* The four mapped corners of a box (clockwise from its top left), x0 y0 x1 y1 ... */
void rc_affine_corners(struct rc_affine m, struct rc_box box, double corners[8]);
/* The whole pixels from low to high (x, y), cut to [0,width) by [0,height). */
struct rc_box rc_box_around(const double low[2], const double high[2], int width, int height);
/* The upright box around the mapped corners, cut likewise. */
struct rc_box rc_affine_box(struct rc_affine m, struct rc_box box, int width, int height);

/* The map from a stored frame of width by height pixels to an upright image of it: orientation 1 to 8 as in TIFF 6.0 and
 * EXIF, any size. RC_AFFINE_IDENTITY for a frame without pixels. */
struct rc_affine rc_affine_to_image(int32_t width, int32_t height, int32_t orientation, int32_t image_width, int32_t image_height);

enum rc_direction { RC_DIR_UNKNOWN = 0, RC_DIR_HORIZONTAL, RC_DIR_VERTICAL, RC_DIR_COUNT };
enum rc_region_type {
	RC_REGION_TEXT = 0, RC_REGION_HEADING, RC_REGION_TABLE, RC_REGION_IMAGE,
	RC_REGION_SEPARATOR, RC_REGION_SEAL, RC_REGION_NOISE, RC_REGION_TYPE_COUNT
};
enum rc_page_class {            /* what kind of page it turned out to be */
	RC_PAGE_TEXT = 0, RC_PAGE_BLANK, RC_PAGE_PICTURE, RC_PAGE_HANDWRITING, RC_PAGE_UNREADABLE,
	RC_PAGE_CLASS_COUNT
};
const char *rc_direction_name(enum rc_direction d);     /* "unknown", "horizontal", "vertical" */
const char *rc_region_type_name(enum rc_region_type t); /* "text", "heading", ... */
const char *rc_page_class_name(enum rc_page_class c);   /* "text", "blank", ... */
/* The number behind a name; the COUNT of its enum when there is none. */
enum rc_direction rc_direction_find(const char *name);
enum rc_region_type rc_region_type_find(const char *name);
enum rc_page_class rc_page_class_find(const char *name);

/* Signs that a reading is wrong, each a share from 0 (nothing speaks against it) to 1. stages/ocr/signs.h says how they
 * are taken, stages/ocr/estimate.c what they weigh. */
enum rc_sign {
	RC_SIGN_DOUBT = 0,          /* 1 - mean confidence of the glyphs */
	RC_SIGN_WEAK,               /* glyphs of low confidence */
	RC_SIGN_RARE,               /* Han glyphs that are no common characters */
	RC_SIGN_FORM,               /* Han glyphs of the other script: simplified in traditional print, and the other way round */
	RC_SIGN_STRAY,              /* glyphs that do not belong among Han: lone letters, symbols */
	RC_SIGN_WORDLESS,           /* neighbours that stand together in no word */
	RC_SIGN_DIFFER,             /* glyphs that a second reading has otherwise */
	RC_SIGN_MISSED,             /* ink of a glyph's size where no glyph was read */
	RC_SIGN_EMPTY,              /* glyphs without ink in their box */
	RC_SIGN_LOOP,               /* glyphs in repetitions */
	RC_SIGN_MARKS,              /* punctuation */
	RC_SIGN_PITCH,              /* mean deviation of the distance from glyph to glyph */
	RC_SIGN_SIZE,               /* mean deviation of the glyphs' sides */
	RC_SIGN_UNEVEN,             /* the ink along lines has no common pitch, as print has it */
	RC_SIGN_ALONE,              /* glyphs in lines of one or two: text cut across its lines */
	RC_SIGN_ORDER,              /* neighbours that are surely read and stand in no word, beyond what any text has: not neighbours */
	RC_SIGN_COUNT
};
const char *rc_sign_name(enum rc_sign s);               /* "doubt", "weak", ... */

/* Grades of estimated error rates, in steps that matter to readers: A to 0.02, B to 0.05, C to 0.15, D to 0.40, E beyond;
 * '\0' without an estimate (< 0). */
char rc_grade(float estimated_error);

#define RC_GLYPH_OTHERS 2
struct rc_glyph {
	uint32_t start, len;        /* bytes of the line's text */
	struct rc_box box;
	float confidence;           /* 0 to 1 */
	struct rc_other {           /* what else it may be, the likeliest first; "": no more */
		char text[8];           /* UTF-8, one or two code points */
		float confidence;
	} others[RC_GLYPH_OTHERS];
	bool chosen;                /* words spoke for it against others[0], which the better reading has there */
};

struct rc_line {                /* one printed column where the direction is vertical */
	struct rc_box box;
	int32_t polygon[8];         /* four corners when the line is turned on the frame, else all 0 */
	enum rc_direction direction;
	float confidence;           /* 0 to 1, mean of its glyphs */
	bool read_twice;            /* a second reading, by another way, was compared with this one */
	float agreement;            /* read_twice: share of the glyphs that both readings have alike, 0 to 1 */
	float estimated_error;      /* estimated character error rate 0 to 1; < 0: no estimate */
	float signs[RC_SIGN_COUNT]; /* what that was made of; all 0 without an estimate */
	bool not_read;              /* there is a line, but its text is not to be trusted: text is "" */
	bool human;                 /* a person corrected it; only in records, for page results never hold such lines */
	char *text;                 /* UTF-8 as printed, no spaces between Han; owned; NULL means "" */
	struct rc_glyph *glyphs;    /* owned; in reading order; ranges do not overlap */
	size_t n_glyphs;
};

struct rc_region {
	enum rc_region_type type;
	struct rc_box box;
	enum rc_direction direction;
	struct rc_line *lines;      /* owned; in reading order: vertical columns right to left */
	size_t n_lines;
};

struct rc_quality {
	enum rc_page_class page_class;
	float confidence;           /* 0 to 1, mean over glyphs; 0 when there are none */
	float ink;                  /* share of dark pixels on the clean page, 0 to 1 */
	float skew;                 /* degrees the page was turned by, clockwise positive */
	int32_t dpi;                /* resolution worked with; never 0 after prepare */
	float estimated_error;      /* estimated character error rate 0 to 1, what was not found included; < 0: no estimate */
	float signs[RC_SIGN_COUNT]; /* all 0 without an estimate */
};

/* How a scan is stored, and how much colour there is in it: measured on every second pixel of every second row. */
struct rc_scan {
	int32_t bits;               /* of a sample as stored, from 1; 0: not known, and neither is the rest */
	int32_t channels;           /* samples of a pixel, from 1; 3 where they stand for colours of a palette */
	float colour;               /* share of pixels that are not grey, 0 to 1 */
	float tones;                /* share of pixels that are neither nearly black nor nearly white, 0 to 1 */
};

/* What straightening a curved leaf moved: the leaf's point (x, y) was at (x + dx, y + dy) before. Between the nodes of a
 * grid it is interpolated; node (i, k) lies at (box.x + i * step, box.y + k * step) of the clean page. */
struct rc_mesh {
	int32_t step;               /* pixels between nodes */
	int32_t across, down;       /* nodes; at least 2 each */
	float *dx, *dy;             /* row by row; owned */
};

/* A piece of paper on the clean page that has a map of its own: the page itself, or one side of a spread. */
#define RC_MAX_LEAVES 4
struct rc_leaf {
	struct rc_box box;          /* on the clean page; leaves do not overlap */
	struct rc_affine to_clean;  /* stored frame -> clean page, but for the mesh */
	float skew;                 /* degrees it was turned by, clockwise positive */
	bool curved;                /* lines were bent, and were straightened by a mesh */
	struct rc_mesh mesh;        /* only while the page is in memory; all 0: none */
};

/* What is no text and was found before reading: seals, notes in red (RC_REGION_SEAL), pictures (RC_REGION_IMAGE). Seals are
 * gone from the clean page, as far as the text under them can be told from them; pictures are still there. */
#define RC_MAX_MARKS 64
struct rc_mark {
	enum rc_region_type type;
	struct rc_box box;          /* on the stored frame */
	struct rc_box clean;        /* on the clean page, cut to it; empty when it is not there */
};

/* How a page looks (stages/prepare/look.c): another scan of the same print differs in few bits, another page in about half. */
struct rc_look {
	uint8_t bits[16];
};
#define RC_LOOK_HEX 33          /* 32 digits and a zero byte */
bool rc_look_is_known(const struct rc_look *look);      /* not all zero */
/* Writes 32 lower-case digits and returns hex. */
char *rc_look_hex(const struct rc_look *look, char hex[RC_LOOK_HEX]);
/* false when the string is not exactly 32 hexadecimal digits. */
bool rc_look_parse(const char *hex, struct rc_look *ret);
int rc_look_distance(const struct rc_look *a, const struct rc_look *b);         /* bits that differ, 0 to 128 */

struct rc_page {
	/* given */
	const char *name;           /* for messages; borrowed */
	int scan_fd;                /* the scan's bytes: borrowed, read with pread */
	int64_t scan_offset, scan_len;
	enum rc_media media;
	int32_t frame;              /* from 0 */
	bool want_read, want_image; /* what is asked for; at least one */
	const char *debug_dir;      /* NULL, or a folder for pictures of every step; borrowed */

	/* made by prepare */
	int32_t width, height;      /* of the stored frame, pixels */
	int32_t declared_dpi;       /* what the file says; 0 when it says nothing usable */
	int32_t orientation;        /* EXIF/TIFF orientation of the stored frame, 1 to 8 */
	int32_t turned;             /* quarters clockwise that it was turned by besides, 0 to 3: its text lay. Told by ocr, done by prepare */
	struct rc_scan scan;        /* want_read: what the stored frame is like */
	struct rc_digest pixels;    /* want_read: of the stored frame's pixels, however they are packed; zero: not known */
	struct rc_look look;        /* of the clean page; zero: there is too little on it */
	bool again;                 /* a stage learnt what those before it must know: all run once more (rc_page_start_over) */
	struct rc_affine to_clean;  /* stored frame -> clean page; of the first leaf where there are more */
	/* Leaves lie on the clean page as they do on the frame, from left to right: vertical text is read from the last
	 * one to the first. n_leaves 0 stands for one flat leaf, the whole clean page by to_clean. */
	struct rc_leaf leaves[RC_MAX_LEAVES];
	size_t n_leaves;
	struct rc_mark marks[RC_MAX_MARKS];     /* ocr makes regions of them */
	size_t n_marks;
	int32_t clean_width, clean_height;
	struct rc_image *clean;     /* 8-bit gray, upright, text dark on light; owned (image_free) */
	struct rc_buf image;        /* want_image: the encoded page image */
	enum rc_media image_media;
	struct rc_affine to_image;  /* stored frame -> that image */
	int32_t image_width, image_height;

	/* made by ocr */
	char script[16];            /* "hans", "hant", "" */
	enum rc_direction direction;
	char models[128];           /* names of the models used, joined by '+' */
	struct rc_region *regions;  /* owned; in reading order */
	size_t n_regions;
	struct rc_quality quality;
};

#define RC_PAGE_INIT ((struct rc_page){ .scan_fd = -1, .orientation = 1, .to_clean = RC_AFFINE_IDENTITY, \
	.to_image = RC_AFFINE_IDENTITY, .image = RC_BUF(RC_MAX_IMAGE_BYTES), .quality.estimated_error = -1 })

/* Appends an empty region / line / glyph (all zero, but without an estimated error) and returns it; NULL at the limits of limits.h or without
 * memory. These are the only way to grow the arrays: their capacity follows from their count. Pointers to elements hold until the next add of the same kind. */
struct rc_region *rc_page_add_region(struct rc_page *page);
struct rc_line *rc_region_add_line(struct rc_region *region);
struct rc_glyph *rc_line_add_glyph(struct rc_line *line);
/* Frees regions, lines, glyphs, texts, meshes and the encoded image. The caller has freed `clean`. */
void rc_page_clear(struct rc_page *page);
/* Forgets what the stages made, but for `turned`; the stages have dropped theirs. */
void rc_page_start_over(struct rc_page *page);
/* Only the leaves and their meshes. */
void rc_page_drop_leaves(struct rc_page *page);

/* From the clean page to the stored frame, through the leaf on which the box lies (the nearest one to its middle): the
 * upright box around, and the four corners clockwise from the box's top left. A map that cannot be inverted gives
 * an empty box. */
struct rc_box rc_page_stored_box(const struct rc_page *page, struct rc_box clean);
void rc_page_stored_corners(const struct rc_page *page, struct rc_box clean, double corners[8]);
/* The other way: the upright box around what of a box of the stored frame lies on the clean page; where two leaves share
 * it, on the one that has more of it. */
struct rc_box rc_page_clean_box(const struct rc_page *page, struct rc_box stored);
/* Do the leaves say more than to_clean? */
bool rc_page_leaves_matter(const struct rc_page *page);
/* The leaf nearest to the middle of a box of the clean page; 0 when there are none. */
size_t rc_page_leaf_at(const struct rc_page *page, struct rc_box clean);

/* All text in reading order: lines end in '\n', regions are set apart by an empty line; lines without
 * text leave nothing. */
void rc_page_text(const struct rc_page *page, struct rc_buf *out);

/* What was read: the fields made by prepare and ocr but for those of the page image (image*, to_image), which
 * belong to another key. New reference; never NULL. Reals carry 4 significant digits and maps are in
 * millionths, so that the bytes are the same on every machine. Glyph ranges count code points there, not bytes. */
json_t *rc_page_to_json(const struct rc_page *page);
/* Checks everything: types, UTF-8, limits, glyph ranges inside their text, boxes inside the frame.
 * The page must be RC_PAGE_INIT. A bad result is RC_PAGE_FAILED/protocol with the path of the field. */
enum rc_status rc_page_from_json(const json_t *json, struct rc_page *page, struct rc_err *err);

#endif
