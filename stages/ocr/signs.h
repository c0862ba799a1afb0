/* signs.h -- what speaks against a reading, counted: in its text, in its glyphs' boxes, in the ink under them.
 *
 * Everything is a sum over glyphs or over ink, so that the sums of lines add up to those of a page, and a line that is
 * too short to speak for itself borrows from its page. */
#ifndef OCR_SIGNS_H
#define OCR_SIGNS_H

#include "core/page.h"
#include "ocr/language.h"

struct Pix;

struct ocr_sums {
	double glyphs, doubt, weak, stray, marks, loop, differ;
	double han, rare, form;
	double pairs, wordless;         /* Han glyphs next to each other in a line */
	double sure_pairs, sure_wordless;       /* of glyphs of high confidence */
	double cells, empty;            /* glyphs whose box lies on the clean page */
	double steps, pitch;            /* distances between neighbours, and their deviations */
	double sizes, size;
	double beats, uneven;           /* lines long enough for a pitch to be told, in glyphs */
	double alone;
	double parts, missed;           /* ink of a glyph's size; where no glyph was read */
	double ink, blobs;              /* of the page, pixels at half scale; in filled parts much larger than glyphs */
};

/* The ink of a clean page, as far as signs need it: at half scale. */
struct ocr_ink {
	struct Pix *bin;                /* owned */
	float glyph;                    /* side of a typical glyph, pixels of the clean page */
};
/* gray: the clean page. RC_PAGE_FAILED/memory. */
enum rc_status ocr_ink_open(struct ocr_ink *ret, struct Pix *gray, float glyph, struct rc_err *err);
/* Accepts { 0 }. */
void ocr_ink_close(struct ocr_ink *ink);

/* Is there no ink in this box of the clean page? */
bool ocr_is_empty(const struct ocr_ink *ink, struct rc_box box);

/* How much of what varies in the ink along a line (box: on the clean page) does not vary with one common pitch near `pitch`
 * pixels: 0.2 to 0.5 in print, 0.6 to 0.8 in fluent handwriting. < 0: the line is too short to tell. */
double ocr_unevenness(const struct ocr_ink *ink, struct rc_box box, bool vertical, double pitch);

/* The sums of one line. before: the line before it in its region, or NULL; ink: may be NULL. */
struct ocr_sums ocr_line_sums(const struct rc_page *page, const struct rc_line *line, const struct rc_line *before,
                              const struct ocr_language *language, const struct ocr_ink *ink);
/* Adds the parts of the ink, and those of them that no glyph of the page accounts for. RC_PAGE_FAILED/memory. */
enum rc_status ocr_count_missed(const struct rc_page *page, const struct ocr_ink *ink, struct ocr_sums *sums, struct rc_err *err);

void ocr_sums_add(struct ocr_sums *to, const struct ocr_sums *sums, double weight);
/* The signs, enum rc_sign. Where there is little of something its share is drawn to what is usual. */
void ocr_signs(const struct ocr_sums *sums, float ret[RC_SIGN_COUNT]);

#endif
