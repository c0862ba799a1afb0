/* twice.c -- weak lines of horizontal text read again, alone and in another picture.
 *
 *   ocr_is_weak()            which
 *   ocr_read_again()         light and print levelled along the line, at the size that models like, without its neighbours
 *   ocr_compare_readings()   which reading stays, but for what words choose (words.c)
 *
 * The first reading has a whole block for a picture. On seven photographed leaflets, lines below 0.95 in mean confidence are two fifths of
 * the characters and two thirds of the errors. The same model in another picture helps; the model of the other script is
 * right where this one is wrong less often, and costs as much. */
#include <math.h>
#include <leptonica/allheaders.h>

#include "core/text.h"
#include "ocr/columns_parts.h"
#include "ocr/lines.h"
#include "ocr/state.h"

#define OWN_PIX RC_CLEANUP(pixDestroy) PIX *

static const double weak = 0.95;
/* Breadth of the line's box in the picture, of OCR_LINE_HEIGHT: 38 makes fewer errors than 33 or 28. */
enum { CORE = 38 };
/* Paper around the line, in its heights: what reaches out of its box. */
static const double margin = 0.17;
/* The first reading, which has the line among its neighbours, stays unless the other is better by so much confidence. */
static const double clearly = 0.01;
/* What neighbours that stand together in no word weigh against confidence: as in estimate.c. A few pairs say little. */
static const double weight_of_words = 5.07 / 21.60, few_pairs = 2;

static double mean_confidence(const struct ocr_line_reading *r, double least)
{
	double sum = 0;

	for (int i = 0; i < r->n; i++)
		sum += (double)r->glyph[i].confidence;
	return sum / fmax(r->n, fmax(least, 1));
}

bool ocr_is_weak(const struct rc_config *cfg, const struct ocr_line_reading *r)
{
	return r->n > 0 && (cfg->ocr_effort == RC_EFFORT_BEST || (cfg->ocr_effort == RC_EFFORT_NORMAL && mean_confidence(r, 0) < weak));
}

/* The line turned by a quarter, as if it were a column: its left end is the column's head. */
static PIX *as_column(const struct ocr_patch *ink)
{
	OWN_PIX pix = pixCreate(ink->w, ink->h, 8);

	for (int y = 0; pix && y < ink->h; y++) {
		l_uint32 *row = pixGetData(pix) + (size_t)pixGetWpl(pix) * (size_t)y;

		for (int x = 0; x < ink->w; x++)
			SET_DATA_BYTE(row, x, 255 - ink->bytes[(size_t)y * (size_t)ink->w + (size_t)x]);
	}
	return pix ? pixRotate90(pix, 1) : NULL;
}

enum rc_status ocr_read_again(struct ocr_engine *engine, PIX *gray, struct rc_box line, struct ocr_line_reading *ret, struct rc_err *err)
{
	RC_CLEANUP(ocr_patch_free) struct ocr_patch ink = { 0 };
	const struct ocr_way way = { .engine = engine, .core = CORE, .stretch = 1, .horizontal = true };
	int around = (int)lround(margin * line.h);
	struct rc_box part = { line.x - around, line.y - around, line.w + 2 * around, line.h + 2 * around };
	OWN_PIX pix = NULL;
	enum rc_status status = ocr_patch_open(&ink, gray, part, line.h, err);

	ret->n = 0;
	if (status != RC_OK || ink.w == 0 || ink.h == 0)
		return status;
	pix = as_column(&ink);
	if (!pix)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMORY, "cannot read a line again: not enough memory");
	status = ocr_read_column(&(struct ocr_column){ .pix = pix, .middle = (float)(ink.y + ink.h - line.y) - (float)line.h / 2, .core = (float)line.h },
	                         &way, ret, err);
	for (int i = 0; i < ret->n; i++) {
		ret->glyph[i].from += (float)(ink.x - line.x);
		ret->glyph[i].to += (float)(ink.x - line.x);
	}
	return status;
}

static uint32_t han(const struct ocr_language *language, const struct ocr_read_glyph *g)
{
	const char *text = g->text;
	uint32_t cp = rc_utf8_next(&text);

	return rc_is_han(cp) ? ocr_language_fold(language, cp) : 0;
}

/* Share of neighbours that stand together in no word. */
static double wordless(const struct ocr_language *language, const struct ocr_line_reading *r)
{
	int pairs = 0, none = 0;

	for (int i = 1; i < r->n; i++) {
		uint32_t a = han(language, &r->glyph[i - 1]), b = han(language, &r->glyph[i]);

		pairs += a && b;
		none += a && b && !ocr_language_is_pair(language, a, b);
	}
	return none / (pairs + few_pairs);
}

double ocr_compare_readings(const struct ocr_language *language, const struct ocr_line_reading *a, const struct ocr_line_reading *b)
{
	double least = 0.9 * (a->n > b->n ? a->n : b->n);      /* finding fewer glyphs is no success */
	double of_a = mean_confidence(a, least) - weight_of_words * wordless(language, a);

	return mean_confidence(b, least) - weight_of_words * wordless(language, b) - of_a - clearly;
}
