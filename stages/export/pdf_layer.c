/* pdf_layer.c -- a page's lines as text that is not seen.
 *
 *   find_cells()      from where to where each character goes along the line
 *   put_line()        a matrix for the line, and each character stretched over its place
 *
 * A column is text that runs downwards: the line's matrix is turned by a quarter. So one way of writing serves all directions;
 * characters touch, whatever the gaps in print, and no reader sees a space where there is none; and a mark over
 * found words lies on the words. */
#include <math.h>
#include <string.h>

#include "core/text.h"
#include "export/pages.h"
#include "export/pdf_parts.h"

#define MIN_SPACE 0.3                   /* of the size of the letters */
#define MAX_SPACE 0.6                   /* of the size of the letters */
#define MAX_SHIFT 0.3                   /* of a character's length: how far it may lie from its print */
#define LEAST_APART 0.75                /* of a character's length */
#define MIN_CELL 0.11                   /* of the size of the letters; closer twins are taken for one, printed twice */
enum { MAX_STRING = 64 };

/* ---- characters ----------------------------------------------------------------------------------------- */

struct cell {
	uint32_t cp;
	double start, end;              /* along the line; start < 0: not known */
};

struct cells {
	struct cell *v;                 /* owned */
	size_t n;
};

static void cells_clear(struct cells *c)
{
	free(c->v);
}

static struct cell *add_cell(struct cells *c, uint32_t cp)
{
	c->v[c->n] = (struct cell){ .cp = cp, .start = -1, .end = -1 };
	return &c->v[c->n++];
}

/* Characters of one glyph share its place. */
static void place_glyph(struct cells *c, size_t first, double start, double end)
{
	double step = (end - start) / (double)(c->n - first);

	for (size_t i = first; i < c->n; i++) {
		c->v[i].start = start + (double)(i - first) * step;
		c->v[i].end = c->v[i].start + step;
	}
}

/* What has no place of its own (spaces, lines without glyphs) takes what its neighbours leave, in equal shares. */
static void fill_gaps(struct cells *c, double length)
{
	for (size_t i = 0; i < c->n;) {
		size_t end = i;

		while (end < c->n && c->v[end].start < 0)
			end++;
		if (end == i) {
			i++;
			continue;
		}
		double from = i ? c->v[i - 1].end : 0, to = end < c->n ? c->v[end].start : length;

		for (size_t k = i; k < end; k++) {
			c->v[k].start = from + (to - from) * (double)(k - i) / (double)(end - i);
			c->v[k].end = from + (to - from) * (double)(k + 1 - i) / (double)(end - i);
		}
		i = end;
	}
}

/* Everything moves towards the middle, so that both ends of the line stand back. */
static void draw_back(struct cells *c, double length, double back)
{
	double scale = (length - 2 * back) / length;

	for (size_t i = 0; back > 0 && i < c->n; i++) {
		c->v[i].start = back + c->v[i].start * scale;
		c->v[i].end = back + c->v[i].end * scale;
	}
}

/* Readers drop spaces and find them again by the gaps: a space that print hardly shows takes some of what is before it. What is
 * far from the rest of a line they take for another column: a wide space leaves some to what is before it. */
static void set_spaces(struct cells *c, double size)
{
	for (size_t i = 1; i < c->n; i++) {
		struct cell *cell = &c->v[i];

		if (cell->cp == ' ') {
			cell->start = fmax(fmin(cell->start, cell->end - MIN_SPACE * size), (c->v[i - 1].start + c->v[i - 1].end) / 2);
			cell->start = fmax(cell->start, cell->end - MAX_SPACE * size);
		}
	}
}

static void find_cells(const struct pdf_line *at_line, const struct rc_affine *m, struct cells *ret)
{
	const struct rc_line *line = at_line->line;
	const struct pdf_frame *f = &at_line->frame;
	const char *at = line->text;
	size_t glyph = 0, first = 0;

	ret->v = rc_alloc((strlen(line->text) + 1) * sizeof *ret->v);
	while (*at) {
		size_t byte = (size_t)(at - line->text);
		uint32_t cp = rc_utf8_next(&at);

		if (glyph < line->n_glyphs && byte == line->glyphs[glyph].start)
			first = ret->n;
		add_cell(ret, cp == RC_BAD_CP ? 0xFFFD : cp);
		if (glyph < line->n_glyphs && (size_t)(at - line->text) >= line->glyphs[glyph].start + line->glyphs[glyph].len) {
			double start, end;

			pdf_frame_along(f, m, &line->glyphs[glyph].box, &start, &end);
			place_glyph(ret, first, fmax(start, 0), fmin(end, f->length));
			glyph++;
		}
	}
	fill_gaps(ret, f->length);
	draw_back(ret, f->length, at_line->back);
	set_spaces(ret, at_line->size);
}

/* ---- writing -------------------------------------------------------------------------------------------- */

/* Makes of each cell's end its width: it reaches to where the next begins, and is not thinner than readers believe; all together
 * are as long as they were. */
static void set_widths(struct cells *c, double size)
{
	double length = c->v[c->n - 1].end - c->v[0].start, sum = 0;

	for (size_t i = 0; i < c->n; i++) {
		double to = i + 1 < c->n ? c->v[i + 1].start : c->v[i].end;

		c->v[i].end = fmax(to - c->v[i].start, MIN_CELL * size);
		sum += c->v[i].end;
	}
	for (size_t i = 0; length > 0 && i < c->n; i++)
		c->v[i].end *= fmin(length / sum, 1);
}

/* Do characters i to end - 1 come to lie well enough if all are as long as their mean? */
static bool is_even(const struct cells *c, size_t i, size_t end)
{
	double sum = 0, at = 0;

	for (size_t k = i; k < end; k++)
		sum += c->v[k].end;
	double mean = sum / (double)(end - i);

	for (size_t k = i; k < end; k++) {
		at += c->v[k].end;
		if (fabs(at - mean * (double)(k + 1 - i)) > MAX_SHIFT * mean)
			return false;
	}
	return true;
}

/* Where the string that begins with character i ends: two characters at least, if there are as many. */
static size_t end_of_string(const struct cells *c, size_t i)
{
	size_t end = i + 2 < c->n ? i + 2 : c->n;

	while (end < c->n && end - i < MAX_STRING && is_even(c, i, end + 1))
		end++;
	return end + 1 == c->n ? end > i + 2 ? end - 1 : c->n : end;
}

/* A place between first and the end of a line that is most of a character away from `other`, as near to the middle as can be. */
static size_t find_cut(const struct cells *c, size_t first, double from, double other)
{
	size_t best = c->n, middle = (first + c->n) / 2, least = c->n;

	for (size_t k = first + 1; k < c->n; k++) {
		from += c->v[k - 1].end;
		size_t off = k > middle ? k - middle : middle - k;

		if (fabs(from - other) > LEAST_APART * c->v[k].end && off < least) {
			least = off;
			best = k;
		}
	}
	return best;
}

/* A line is few strings of characters of one length each; what rounding takes from a string the next one gets. PDFium wants it so:
 * it takes for a line of its own what does not show by two characters which way it runs; and it sorts the last string and the next by x
 * if they begin at nearly one height. So the last string of a column does not begin where the next column does, and what runs
 * to the left or leans is one string. next: where the next line begins, along this one, from its first character. */
static void put_cells(const struct cells *c, double size, const struct pdf_frame *f, double next, struct pdf_font *font, struct rc_buf *out)
{
	bool column = f->ux == 0, row = f->ux == 1;
	double want = 0, pen = 0;

	for (size_t i = 0, end; i < c->n; i = end) {
		end = column || row ? end_of_string(c, i) : c->n;
		if (column && end == c->n && (i == 0 || fabs(want - next) < LEAST_APART * c->v[i].end))
			end = find_cut(c, i, want, next);
		for (size_t k = i; k < end; k++)
			want += c->v[k].end;
		double tenths = fmax(round((want - pen) / size / (double)(end - i) * 1000), 10);

		pdf_number(out, tenths / 10);
		rc_buf_adds(out, " Tz<");
		for (size_t k = i; k < end; k++)
			rc_buf_addf(out, "%04X", pdf_font_code(font, c->v[k].cp));
		rc_buf_adds(out, ">Tj\n");
		pen += tenths / 1000 * size * (double)(end - i);
	}
}

/* Readers leave out what begins beyond the edge of the page. */
static double on_sheet(double at, double side)
{
	return fmin(fmax(at, 0), side);
}

/* Along the line, from its beginning; far away when there is none. */
static double next_begins(const struct pdf_line *line, const struct pdf_line *next)
{
	const struct pdf_frame *f = &line->frame;

	return next ? (next->frame.x + next->frame.ux * next->back - f->x) * f->ux + (next->frame.y + next->frame.uy * next->back - f->y) * f->uy
	            : -HUGE_VAL;
}

/* next: the line after it; NULL: it is the last. */
static void put_line(const struct pdf_line *line, const struct pdf_line *next, const struct pdf_sheet *sheet, struct pdf_font *font, struct rc_buf *out)
{
	const struct pdf_frame *f = &line->frame;
	RC_CLEANUP(cells_clear) struct cells cells = { 0 };

	find_cells(line, &sheet->map, &cells);
	if (cells.n == 0)
		return;
	/* Letters thinner or thicker than the line stand in its middle. */
	double up = (f->thickness - line->size) / 2, start = cells.v[0].start;
	const double matrix[6] = { f->ux, f->uy, f->vx, f->vy, on_sheet(f->x + f->ux * start + f->vx * up, sheet->width),
		on_sheet(f->y + f->uy * start + f->vy * up, sheet->height) };

	rc_buf_adds(out, "/F ");
	pdf_number(out, line->size);
	rc_buf_adds(out, " Tf ");
	for (size_t i = 0; i < RC_COUNT(matrix); i++) {
		pdf_number(out, matrix[i]);
		rc_buf_addc(out, ' ');
	}
	rc_buf_adds(out, "Tm ");
	set_widths(&cells, line->size);
	put_cells(&cells, line->size, f, next_begins(line, next) - start, font, out);
}

void pdf_layer(const struct record_page *page, const struct pdf_sheet *sheet, struct pdf_font *font, struct rc_buf *out)
{
	RC_CLEANUP(pdf_lines_clear) struct pdf_lines lines = { 0 };

	pdf_lines_of(page, sheet, &lines);
	rc_buf_adds(out, "BT 3 Tr\n");
	for (size_t i = 0; i < lines.n; i++)
		put_line(&lines.v[i], i + 1 < lines.n ? &lines.v[i + 1] : NULL, sheet, font, out);
	rc_buf_adds(out, "ET\n");
}
