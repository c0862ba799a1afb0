/* lines.c -- one printed column read as one line, and two such readings compared.
 *
 *   ocr_read_column()   the picture a model wants, and its glyphs back on the column's rows
 *   ocr_agreement()     how alike two readings are
 *   ocr_same_place()    what the other reading has there
 *
 * Models of vertical text know columns that lie on their side. How large the glyphs stand in the line's height matters more than
 * anything else that can be done to the picture: of five crops of a newspaper 0.42 of the characters are wrong where their ink fills 0.6 of it,
 * 0.45 at 0.5 or 0.7, 0.57 at 0.85. Sharpening and black-and-white make it worse. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <leptonica/allheaders.h>

#include "core/text.h"
#include "ocr/columns_parts.h"
#include "ocr/lines.h"

#define OWN_PIX RC_CLEANUP(pixDestroy) PIX *

/* White before the first and after the last glyph, pixels of the line's picture. */
enum { ENDS = 10, MOST_LENGTH = 20000 };

/* Type set two to a column may be higher than wide; models know square glyphs. The pitch has a tenth of white. */
static double squeeze_of(const struct ocr_column *column)
{
	return column->half ? fmin(fmax(1.1 * (double)column->core / fmax((double)column->pitch, 1), 0.5), 1) : 1;
}

/* along: pixels of the line per row of the column. */
static PIX *line_picture(const struct ocr_column *column, const struct ocr_way *way, double *along)
{
	double across = way->core / fmax((double)column->core, 2), most = (double)MOST_LENGTH / pixGetHeight(column->pix);
	OWN_PIX turned = pixRotate90(column->pix, -1);
	OWN_PIX scaled = NULL;
	PIX *line;
	int top;

	*along = fmin(across * way->stretch * squeeze_of(column), most);
	scaled = turned ? ocr_resize(turned, (int)fmax(lround(pixGetWidth(turned) * *along), 1), (int)fmax(lround(pixGetHeight(turned) * across), 1)) : NULL;
	line = scaled ? pixCreate(pixGetWidth(scaled) + 2 * ENDS, OCR_LINE_HEIGHT, 8) : NULL;
	if (!line)
		return NULL;
	top = (int)lround(OCR_LINE_HEIGHT / 2.0 - (pixGetWidth(column->pix) - (double)column->middle) * across);
	(void)pixSetAll(line);
	(void)pixRasterop(line, ENDS, top, pixGetWidth(scaled), pixGetHeight(scaled), PIX_SRC, scaled, 0, 0);
	return line;
}

/* Models were taught marks in their ASCII forms; in a column of Chinese text they are full-width ones. */
static const char *in_a_column(const char *mark)
{
	static const char ascii[] = ",:;?!()[]";
	static const char *const wide[] = { "，", "：", "；", "？", "！", "（", "）", "【", "】" };
	const char *at = mark[0] && !mark[1] ? strchr(ascii, mark[0]) : NULL;

	return at ? wide[at - ascii] : mark;
}

struct catcher {
	struct ocr_line_reading *reading;
	double scale;
	bool horizontal;
};

/* Some models' marks come with a space. */
static const char blanks[] = " \t\r\n";

static enum rc_status catch_glyph(void *ctx, const struct ocr_glyph *g, struct rc_err *err)
{
	struct catcher *c = ctx;
	struct ocr_line_reading *r = c->reading;
	struct ocr_read_glyph *glyph = &r->glyph[r->n];
	const char *from = g->text + strspn(g->text, blanks);
	size_t len = strcspn(from, blanks);
	char text[sizeof(glyph->text)] = "";

	if (len == 0 || len >= sizeof(text) || !rc_utf8_valid(from, len))
		return RC_OK;
	if (r->n == OCR_LINE_GLYPHS)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMBERS, "cannot read a column: more than %d glyphs in it", OCR_LINE_GLYPHS);
	memcpy(text, from, len);
	(void)snprintf(glyph->text, sizeof(glyph->text), "%s", c->horizontal ? text : in_a_column(text));
	glyph->from = (float)((g->box.x - ENDS) / c->scale);
	glyph->to = (float)((g->box.x + g->box.w - ENDS) / c->scale);
	glyph->confidence = fminf(fmaxf(g->confidence, 0), 1);
	glyph->starts_word = g->starts_word;
	r->n++;
	return RC_OK;
}

/* Mean confidence, where finding fewer glyphs than there are cells is no success. */
static double score_of(const struct ocr_line_reading *r, int cells)
{
	double sum = 0;

	for (int i = 0; i < r->n; i++)
		sum += (double)r->glyph[i].confidence;
	return sum / fmax(fmax(r->n, 0.8 * cells), 1);
}

enum rc_status ocr_read_column(const struct ocr_column *column, const struct ocr_way *way, struct ocr_line_reading *ret, struct rc_err *err)
{
	struct catcher c = { .reading = ret, .horizontal = way->horizontal };
	OWN_PIX line = line_picture(column, way, &c.scale);
	enum rc_status status;

	if (!line)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMORY, "cannot read a column: not enough memory");
	ret->n = 0;
	status = ocr_engine_read(way->engine, line, OCR_LAYOUT_LINE, 300, catch_glyph, &c, err);
	ret->score = score_of(ret, column->cells);
	return status;
}

/* ---- two readings --------------------------------------------------------------------------------------------- */

static int letters(const struct ocr_line_reading *r, uint32_t *ret)
{
	int n = 0;

	for (int i = 0; i < r->n; i++) {
		const char *text = r->glyph[i].text;
		uint32_t cp = rc_utf8_next(&text);

		if (rc_is_han(cp) || (cp < 0x80 && isalnum((int)cp)))
			ret[n++] = cp;
	}
	return n;
}

double ocr_agreement(const struct ocr_line_reading *a, const struct ocr_line_reading *b)
{
	uint32_t one[OCR_LINE_GLYPHS], two[OCR_LINE_GLYPHS];
	int row[OCR_LINE_GLYPHS + 1], n = letters(a, one), m = letters(b, two), most = n > m ? n : m;

	for (int j = 0; j <= m; j++)
		row[j] = j;
	for (int i = 1; i <= n; i++) {
		int diagonal = row[0];

		row[0] = i;
		for (int j = 1; j <= m; j++) {
			int change = diagonal + (one[i - 1] != two[j - 1]), one_less = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;

			diagonal = row[j];
			row[j] = change < one_less ? change : one_less;
		}
	}
	return most ? 1 - (double)row[m] / most : 1;
}

const struct ocr_read_glyph *ocr_same_place(const struct ocr_line_reading *of, int i, const struct ocr_line_reading *other)
{
	const struct ocr_read_glyph *g = &of->glyph[i], *found = NULL;

	for (int k = 0; k < other->n; k++) {
		const struct ocr_read_glyph *o = &other->glyph[k];
		float middle = (o->from + o->to) / 2;

		if (middle < g->from || middle > g->to)
			continue;
		if (found)
			return NULL;
		found = o;
	}
	return found;
}
