/* ruled.c -- blocks that have a rule between any two columns, as manuscripts and woodblock prints do.
 *
 *   ocr_ruled_clear()   tells whether a block is ruled, and takes its rules away
 *   find_lines()        thin upright lines
 *   find_rules()        where long ones stand
 *   clear()             long ones, and short ones at the same places, and the frame
 *
 * What stands between two rules is one column, however it is set: its glyphs, or two smaller ones side by side. Rules are drawn or cut by
 * hand: each leans its own way and is broken here and there, and glyphs reach across. */
#include <math.h>
#include <stdlib.h>
#include <leptonica/allheaders.h>

#include "ocr/columns_parts.h"

#define OWN_PIX RC_CLEANUP(pixDestroy) PIX *

/* In glyphs: longest break, greatest thickness and least length of a line, by which a rule is known, and of a piece of it; how far it
 * strays from the block's lean. */
static const double longest_break = 0.25, thickest = 0.3, shortest = 2.5, piece = 0.35, astray = 0.15;
/* The same of the frame above and below: its least length in distances from rule to rule. */
static const double thickest_frame = 0.6, shortest_frame = 2;
/* How much of the block's height they cover in a rule. Half of it is the least on five manuscript leaves, a quarter on a woodblock
 * print with worn rules; that rules come at a regular distance is the stronger evidence. */
static const double covered = 0.2;
/* From rule to rule, in glyphs; the least height of a block. */
static const double narrowest = 1, widest = 4, lowest = 6;
/* Rules part columns when so many distances are the common one, give or take. */
static const double regular = 0.7, tolerance = 0.12;
enum { LEAST_RULES = 4 };

static int pixels(double glyphs, double glyph)
{
	return (int)fmax(lround(glyphs * glyph), 1);
}

static PIX *black_of(const struct ocr_patch *ink)
{
	PIX *pix = pixCreate(ink->w, ink->h, 1);

	for (int y = 0; pix && y < ink->h; y++) {
		l_uint32 *row = pixGetData(pix) + (size_t)pixGetWpl(pix) * (size_t)y;

		for (int x = 0; x < ink->w; x++)
			if (ink->bytes[(size_t)y * (size_t)ink->w + (size_t)x] > OCR_BLACK)
				SET_DATA_BIT(row, x);
	}
	return pix;
}

static PIX *find_lines(const struct ocr_patch *ink, double least, double glyph)
{
	OWN_PIX black = black_of(ink);
	OWN_PIX whole = black ? pixCloseSafeBrick(NULL, black, 1, pixels(longest_break, glyph)) : NULL;
	OWN_PIX thick = whole ? pixOpenBrick(NULL, whole, pixels(thickest, glyph), 1) : NULL;
	OWN_PIX thin = thick ? pixSubtract(NULL, whole, thick) : NULL;

	return thin ? pixOpenBrick(NULL, thin, 1, pixels(least, glyph)) : NULL;
}

/* Flat lines across several columns, from which the rules are gone. */
static PIX *find_frame(const struct ocr_patch *ink, PIX *rules, double pitch, double glyph)
{
	OWN_PIX black = black_of(ink);
	OWN_PIX rest = black ? pixSubtract(NULL, black, rules) : NULL;
	OWN_PIX whole = rest ? pixCloseSafeBrick(NULL, rest, pixels(longest_break, glyph), 1) : NULL;
	OWN_PIX flat = whole ? pixOpenBrick(NULL, whole, pixels(shortest_frame, pitch), 1) : NULL;
	OWN_PIX thick = flat ? pixOpenBrick(NULL, flat, 1, pixels(thickest_frame, glyph)) : NULL;

	return thick ? pixSubtract(NULL, flat, thick) : NULL;
}

/* Rows in which a line passes each place of the middle row, or close by. False without memory. */
static bool cover(PIX *lines, double lean, double glyph, int32_t *rows)
{
	int h = pixGetHeight(lines), w = pixGetWidth(lines), around = pixels(astray, glyph);
	OWN_PIX wide = pixDilateBrick(NULL, lines, 2 * around + 1, 1);

	for (int y = 0; wide && y < h; y++) {
		l_uint32 *row = pixGetData(wide) + (size_t)pixGetWpl(wide) * (size_t)y;
		int shift = (int)lround(lean * (y - h / 2));

		for (int x = shift < 0 ? -shift : 0; x < w && x + shift < w; x++)
			rows[x] += (int32_t)GET_DATA_BIT(row, x + shift);
	}
	return wide != NULL;
}

/* The middle of what is covered, wherever much is; double rules and frames count once. */
static void find_rules(const int32_t *rows, int n, int least, double glyph, struct ocr_ruling *ret)
{
	int from = -1, to = 0;

	ret->n = 0;
	for (int x = 0; x <= n; x++) {
		if (x < n && rows[x] >= least) {
			from = from < 0 ? x : from;
			to = x;
		} else if (from >= 0 && (x == n || x - to > longest_break * glyph)) {
			if (ret->n < OCR_MAX_COLUMNS)
				ret->at[ret->n++] = (from + to) / 2;
			from = -1;
		}
	}
}

static bool is_regular(struct ocr_ruling *r, double glyph)
{
	RC_CLEANUP(rc_free) int32_t *sorted = calloc((size_t)r->n + 1, sizeof(*sorted));
	int alike = 0;

	if (!sorted || r->n < LEAST_RULES)
		return false;
	for (int i = 0; i + 1 < r->n; i++)
		sorted[i] = r->at[i + 1] - r->at[i];
	qsort(sorted, (size_t)r->n - 1, sizeof(*sorted), ocr_compare_ints);
	r->pitch = sorted[(r->n - 1) / 2];
	for (int i = 0; i + 1 < r->n; i++)
		alike += fabs(sorted[i] - r->pitch) <= tolerance * r->pitch;
	return r->pitch >= narrowest * glyph && r->pitch <= widest * glyph && alike >= regular * (r->n - 1);
}

/* Leaves of the pieces what lies along a rule. */
static void only_along(PIX *pieces, const struct ocr_ruling *r, double lean, double glyph)
{
	int h = pixGetHeight(pieces), wide = pixels(astray, glyph);
	OWN_PIX along = pixCreateTemplate(pieces);

	for (int y = 0; along && y < h; y++)
		for (int i = 0; i < r->n; i++)
			(void)pixRasterop(along, r->at[i] - wide + (int)lround(lean * (y - h / 2)), y, 2 * wide + 1, 1, PIX_SET, NULL, 0, 0);
	if (along)
		(void)pixAnd(pieces, pieces, along);
}

/* With a pixel around them: the grey at their borders. False without memory. */
static bool clear(struct ocr_patch *ink, PIX *lines, const struct ocr_ruling *r, double lean, double glyph)
{
	OWN_PIX pieces = find_lines(ink, piece, glyph);
	OWN_PIX frame = find_frame(ink, lines, r->pitch, glyph);
	OWN_PIX wide = NULL;

	if (!pieces || !frame)
		return false;
	only_along(pieces, r, lean, glyph);
	(void)pixOr(pieces, pieces, lines);
	(void)pixOr(pieces, pieces, frame);
	wide = pixDilateBrick(NULL, pieces, 3, 3);
	for (int y = 0; wide && y < ink->h; y++) {
		l_uint32 *row = pixGetData(wide) + (size_t)pixGetWpl(wide) * (size_t)y;

		for (int x = 0; x < ink->w; x++)
			if (GET_DATA_BIT(row, x))
				ink->bytes[(size_t)y * (size_t)ink->w + (size_t)x] = 0;
	}
	return wide != NULL;
}

enum rc_status ocr_ruled_clear(struct ocr_patch *ink, double lean, double glyph, struct ocr_ruling *ret, struct rc_err *err)
{
	RC_CLEANUP(rc_free) int32_t *rows = calloc((size_t)ink->w + 1, sizeof(*rows));
	OWN_PIX lines = NULL;

	ret->n = 0;
	if (!rows)
		return ocr_columns_memory(err);
	if (ink->h < lowest * glyph || ink->w < LEAST_RULES * narrowest * glyph)
		return RC_OK;
	lines = find_lines(ink, shortest, glyph);
	if (!lines || !cover(lines, lean, glyph, rows))
		return ocr_columns_memory(err);
	find_rules(rows, ink->w, (int)(covered * ink->h), glyph, ret);
	if (!is_regular(ret, glyph))
		ret->n = 0;
	return ret->n == 0 || clear(ink, lines, ret, lean, glyph) ? RC_OK : ocr_columns_memory(err);
}
