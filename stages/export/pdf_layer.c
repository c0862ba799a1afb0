/* pdf_layer.c -- a page's lines as text that is not seen.
 *
 *   pdf_sheet_of()    which way up the page is, and how large
 *   find_frame()      where a line begins, which way it runs and which way is up in it
 *   find_cells()      from where to where each character goes along the line
 *   put_line()        a matrix for the line, and each character stretched over its place
 *
 * A column is text that runs downwards: the line's matrix is turned by a quarter. So one way of writing serves both directions;
 * characters touch, whatever the gaps in print, and no reader sees a space where there is none; and a mark over
 * found words lies on the words. */
#include <math.h>
#include <string.h>

#include "core/text.h"
#include "export/pages.h"
#include "export/pdf_parts.h"

#define MAX_SIDE 14400.0                /* points; what readers of PDF 1.7 allow */
#define MAX_DRIFT 0.6                   /* of its thickness, from end to end of a line */
#define MIN_SPACE 0.3                   /* of the thickness */
#define MIN_CELL 0.11                   /* of the thickness; closer twins are taken for one, printed twice */
enum { DEFAULT_DPI = 300 };

/* ---- the sheet ------------------------------------------------------------------------------------------ */

/* The eight ways a sheet can lie: a, b, d, e of a map. */
static const signed char ways[][4] = {
	{ 1, 0, 0, 1 }, { 0, -1, 1, 0 }, { -1, 0, 0, -1 }, { 0, 1, -1, 0 },
	{ -1, 0, 0, 1 }, { 1, 0, 0, -1 }, { 0, 1, 1, 0 }, { 0, -1, -1, 0 },
};

void pdf_sheet_of(const struct record_page *page, int32_t width, int32_t height, struct pdf_sheet *ret)
{
	const struct rc_affine m = page->page.to_clean;
	const signed char *way = ways[0];
	double best = -HUGE_VAL;
	int32_t dpi = page->page.declared_dpi > 0 ? page->page.declared_dpi : page->page.quality.dpi > 0 ? page->page.quality.dpi : DEFAULT_DPI;
	double s = 72.0 / dpi;

	for (size_t i = 0; i < RC_COUNT(ways); i++) {
		double likeness = ways[i][0] * m.a + ways[i][1] * m.b + ways[i][2] * m.d + ways[i][3] * m.e;

		if (likeness > best + 1e-6) {
			best = likeness;
			way = ways[i];
		}
	}
	double a = way[0], b = way[1], d = way[2], e = way[3];
	double w = fabs(a) * width + fabs(b) * height, h = fabs(d) * width + fabs(e) * height;
	double c = (a < 0 ? width : 0) + (b < 0 ? height : 0), f = (d < 0 ? width : 0) + (e < 0 ? height : 0);

	s = fmin(s, MAX_SIDE / fmax(w, h));
	ret->width = w * s;
	ret->height = h * s;
	/* Upwards: Y = h - y. */
	ret->map = (struct rc_affine){ s * a, s * b, s * c, -s * d, -s * e, s * (h - f) };
}

/* ---- lines ---------------------------------------------------------------------------------------------- */

struct frame {                          /* of a line, in points of the sheet */
	double x, y;                    /* where it begins, on its foot */
	double ux, uy, vx, vy;          /* along it, and up in it; length 1 */
	double length, thickness;
};

static void map_point(const struct rc_affine *m, double x, double y, double *rx, double *ry)
{
	*rx = m->a * x + m->b * y + m->c;
	*ry = m->d * x + m->e * y + m->f;
}

/* The four corners on the sheet, one after the other around. */
static void sheet_corners(const struct rc_line *line, bool turned, const struct rc_affine *m, double x[4], double y[4])
{
	const struct rc_box *b = &line->box;
	double x0, y0, x1, y1;

	if (turned) {
		for (size_t i = 0; i < 4; i++)
			map_point(m, line->polygon[2 * i], line->polygon[2 * i + 1], &x[i], &y[i]);
		return;
	}
	map_point(m, b->x, b->y, &x0, &y0);
	map_point(m, b->x + b->w, b->y + b->h, &x1, &y1);
	x[0] = x[3] = fmin(x0, x1);
	x[1] = x[2] = fmax(x0, x1);
	y[0] = y[1] = fmax(y0, y1);
	y[2] = y[3] = fmin(y0, y1);
}

/* Some readers take text apart whose foot is not at one height. Where a line leans so little that it stays on itself, its
 * text is set straight. */
static void level(double *ux, double *uy, double length, double thickness)
{
	double small = fmin(fabs(*ux), fabs(*uy));

	if (small * length > MAX_DRIFT * thickness)
		return;
	*ux = fabs(*ux) > fabs(*uy) ? copysign(1, *ux) : 0;
	*uy = *ux == 0 ? copysign(1, *uy) : 0;
}

/* False for a line without extent. Which corner comes first does not matter: on the sheet, columns run down and rows to
 * the right. */
static bool find_frame(const struct rc_line *line, bool turned, const struct rc_affine *m, struct frame *ret)
{
	bool vertical = export_is_vertical(line);
	double x[4], y[4];

	sheet_corners(line, turned, m, x, y);
	double ax = (x[1] - x[0] + x[2] - x[3]) / 2, ay = (y[1] - y[0] + y[2] - y[3]) / 2, a = hypot(ax, ay);
	double bx = (x[3] - x[0] + x[2] - x[1]) / 2, by = (y[3] - y[0] + y[2] - y[1]) / 2, b = hypot(bx, by);

	if (a < 0.01 || b < 0.01)
		return false;
	double way_a = (vertical ? -ay : ax) / a, way_b = (vertical ? -by : bx) / b;
	bool first = fabs(way_a) >= fabs(way_b);
	double sign = (first ? way_a : way_b) < 0 ? -1 : 1, length = first ? a : b;
	double ux = sign * (first ? ax : bx) / length, uy = sign * (first ? ay : by) / length;
	double thickness = fabs((first ? bx : ax) * -uy + (first ? by : ay) * ux);

	if (thickness < 0.01)
		return false;
	level(&ux, &uy, length, thickness);
	double middle_x = (x[0] + x[1] + x[2] + x[3]) / 4, middle_y = (y[0] + y[1] + y[2] + y[3]) / 4;

	/* Up is (-uy, ux). From the middle, which turning leaves in its place, half a length back and half a thickness down. */
	*ret = (struct frame){ middle_x - ux * length / 2 + uy * thickness / 2, middle_y - uy * length / 2 - ux * thickness / 2,
		ux, uy, -uy, ux, length, thickness };
	return true;
}

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

static void along(const struct frame *f, const struct rc_affine *m, const struct rc_box *box, double *start, double *end)
{
	*start = HUGE_VAL;
	*end = -HUGE_VAL;
	for (int i = 0; i < 4; i++) {
		double x, y;

		map_point(m, box->x + (i % 2 ? box->w : 0), box->y + (i / 2 ? box->h : 0), &x, &y);
		double t = (x - f->x) * f->ux + (y - f->y) * f->uy;

		*start = fmin(*start, t);
		*end = fmax(*end, t);
	}
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

/* Readers drop spaces and find them again by the gaps: a space that print hardly shows takes some of what is before it. */
static void widen_spaces(struct cells *c, double thickness)
{
	for (size_t i = 1; i < c->n; i++)
		if (c->v[i].cp == ' ')
			c->v[i].start = fmax(fmin(c->v[i].start, c->v[i].end - MIN_SPACE * thickness), (c->v[i - 1].start + c->v[i - 1].end) / 2);
}

static void find_cells(const struct rc_line *line, const struct frame *f, const struct rc_affine *m, struct cells *ret)
{
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

			along(f, m, &line->glyphs[glyph].box, &start, &end);
			place_glyph(ret, first, fmax(start, 0), fmin(end, f->length));
			glyph++;
		}
	}
	fill_gaps(ret, f->length);
	widen_spaces(ret, f->thickness);
}

/* ---- writing -------------------------------------------------------------------------------------------- */

/* Makes of each cell's end its width: it reaches to where the next begins, and is not thinner than readers believe; all together
 * are as long as they were. */
static void set_widths(struct cells *c, double thickness)
{
	double length = c->v[c->n - 1].end - c->v[0].start, sum = 0;

	for (size_t i = 0; i < c->n; i++) {
		double to = i + 1 < c->n ? c->v[i + 1].start : c->v[i].end;

		c->v[i].end = fmax(to - c->v[i].start, MIN_CELL * thickness);
		sum += c->v[i].end;
	}
	for (size_t i = 0; length > 0 && i < c->n; i++)
		c->v[i].end *= fmin(length / sum, 1);
}

/* Neighbours of one stretch are one string; what rounding takes from a character the next one gets. */
static void put_cells(const struct cells *c, double size, struct pdf_font *font, struct rc_buf *out)
{
	double want = 0, pen = 0;
	long stretch = -1;

	for (size_t i = 0; i < c->n; i++) {
		want += c->v[i].end;
		long tenths = lround(fmax((want - pen) / size, 0.01) * 1000);

		if (tenths != stretch) {
			if (i)
				rc_buf_adds(out, ">Tj\n");
			stretch = tenths;
			pdf_number(out, (double)tenths / 10);
			rc_buf_adds(out, " Tz<");
		}
		rc_buf_addf(out, "%04X", pdf_font_code(font, c->v[i].cp));
		pen += (double)tenths / 1000 * size;
	}
	rc_buf_adds(out, ">Tj\n");
}

/* Readers leave out what begins beyond the edge of the page. */
static double on_sheet(double at, double side)
{
	return fmin(fmax(at, 0), side);
}

static bool leads_off(const struct frame *f, const struct pdf_sheet *sheet)
{
	double x = f->x + f->ux * f->length, y = f->y + f->uy * f->length;

	return fmin(x, y) < 0 || x > sheet->width || y > sheet->height;
}

static void put_line(const struct rc_line *line, const struct pdf_sheet *sheet, struct pdf_font *font, struct rc_buf *out)
{
	const struct rc_affine *m = &sheet->map;
	RC_CLEANUP(cells_clear) struct cells cells = { 0 };
	struct frame f;

	if (!line->text || !*line->text || !find_frame(line, export_line_is_turned(line), m, &f))
		return;
	/* Corners that were cut at the edge of the frame no longer say how the line leans. */
	if (leads_off(&f, sheet) && !find_frame(line, false, m, &f))
		return;
	find_cells(line, &f, m, &cells);
	if (cells.n == 0)
		return;
	const double matrix[6] = { f.ux, f.uy, f.vx, f.vy, on_sheet(f.x + f.ux * cells.v[0].start, sheet->width),
		on_sheet(f.y + f.uy * cells.v[0].start, sheet->height) };

	rc_buf_adds(out, "/F ");
	pdf_number(out, f.thickness);
	rc_buf_adds(out, " Tf ");
	for (size_t i = 0; i < RC_COUNT(matrix); i++) {
		pdf_number(out, matrix[i]);
		rc_buf_addc(out, ' ');
	}
	rc_buf_adds(out, "Tm ");
	set_widths(&cells, f.thickness);
	put_cells(&cells, f.thickness, font, out);
}

void pdf_layer(const struct record_page *page, const struct pdf_sheet *sheet, struct pdf_font *font, struct rc_buf *out)
{
	rc_buf_adds(out, "BT 3 Tr\n");
	for (size_t r = 0; r < page->page.n_regions; r++)
		for (size_t i = 0; i < page->page.regions[r].n_lines; i++)
			put_line(&page->page.regions[r].lines[i], sheet, font, out);
	rc_buf_adds(out, "ET\n");
}
