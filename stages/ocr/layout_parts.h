/* layout_parts.h -- what the files of the layout share: the page taken apart, at half scale.
 *
 *   layout.c          all of it: horizontal pages by lanes alone, vertical ones by the files below
 *   layout_lanes.c    recursive cut along white lanes that cross a whole block
 *   layout_parts.c    ink sorted into glyphs, rules and pictures
 *   layout_pieces.c   glyphs gathered into pieces between lanes and rules
 *   layout_join.c     pieces joined to blocks
 *   layout_order.c    blocks in the order a reader takes them, and which of them belong together
 *   layout_figures.c  rules and pictures by themselves, when all is read */
#ifndef OCR_LAYOUT_PARTS_H
#define OCR_LAYOUT_PARTS_H

#include "ocr/layout.h"

/* Grey under which a pixel of the levelled page is ink. */
#define LAYOUT_INK 165

/* Leaves everything at half-scale pixels of the clean page until layout.c hands it out. */
struct layout_parts {
	struct Pix *text;               /* 1 bit: parts of glyphs; owned */
	struct Pix *rules;              /* 1 bit: rules, borders, frames; owned */
	float glyph;                    /* side of most parts of glyphs */
	struct layout_rule {
		struct rc_box box;
		bool upright;
	} *rule;                        /* owned */
	int n_rules;
	struct layout_picture {         /* photographs and drawings */
		struct rc_box box;
		int ink;                /* black pixels of their own */
	} *picture;                     /* owned */
	int n_pictures;
};
#define LAYOUT_MAX_RULES 2000          /* a fold has 400 */
#define LAYOUT_MAX_PICTURES 200

/* gray: the clean page; glyph: of the body, pixels of the clean page. RC_PAGE_FAILED/memory. */
enum rc_status layout_take_apart(struct Pix *gray, float glyph, struct layout_parts *ret, struct rc_err *err);
/* Accepts { 0 }. */
void layout_parts_close(struct layout_parts *parts);

enum layout_shape {
	LAYOUT_ONE,                     /* one glyph, of a column or of a row */
	LAYOUT_COLUMN, LAYOUT_COLUMNS,
	LAYOUT_ROW, LAYOUT_ROWS,
};
#define LAYOUT_MAX_PIECES 2500          /* a fold has 1300 */
struct layout_pieces {
	struct Pix *tiers;              /* 1 bit: flat lanes that are several columns wide; owned */
	struct layout_piece {
		struct rc_box box;
		float glyph;
		enum layout_shape shape;
		int64_t ink;            /* black pixels */
		bool gone;              /* joined to another */
	} piece[LAYOUT_MAX_PIECES];
	int n;
	float gap;                      /* white between glyphs of a column; 0: none was seen */
	float body;                     /* side of the glyphs of most of the text */
};

/* Accepts { 0 }. */
void layout_pieces_close(struct layout_pieces *pieces);
enum rc_status layout_find_pieces(const struct layout_parts *parts, struct layout_pieces *ret, struct rc_err *err);
/* Joins what is one run of columns or one head line. */
void layout_join(const struct layout_parts *parts, struct layout_pieces *pieces);
/* Sorts the blocks and numbers their regions. */
void layout_sort(const struct layout_parts *parts, enum ocr_page_order order, struct ocr_blocks *blocks);

#define LAYOUT_MOST_FIGURES 300         /* a fold has 150 */
struct layout_figures {
	struct layout_figure {
		enum rc_region_type type;       /* separator or image */
		struct rc_box box;              /* pixels of the clean page, as everything of figures */
	} figure[LAYOUT_MAX_RULES + LAYOUT_MAX_PICTURES];
	int n;                          /* at most LAYOUT_MOST_FIGURES, from top to bottom */
};
/* Rules, borders and dark pictures. gray, glyph: as above. RC_PAGE_FAILED/memory. */
enum rc_status layout_find_figures(struct Pix *gray, float glyph, struct layout_figures *ret, struct rc_err *err);

#endif
