/* pdf_frame.c -- where on the sheet a page lies, and its lines.
 *
 *   pdf_sheet_of()        which way up the page is, and how large
 *   pdf_frame_of()        where a line begins, which way it runs and which way is up in it
 *   pdf_frame_along()     from where to where a box reaches along a line
 *
 * A column is a line that runs downwards, a head line set from right to left one that runs to the left: so one way of writing
 * serves them all. */
#include <math.h>

#include "export/pages.h"
#include "export/pdf_parts.h"

#define MAX_SIDE 14400.0                /* points; what readers of PDF 1.7 allow */
#define MAX_DRIFT 0.6                   /* of its thickness, from end to end of a line */
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
static bool find_frame(const struct rc_line *line, bool turned, const struct rc_affine *m, struct pdf_frame *ret)
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
	*ret = (struct pdf_frame){ middle_x - ux * length / 2 + uy * thickness / 2, middle_y - uy * length / 2 - ux * thickness / 2,
		ux, uy, -uy, ux, length, thickness };
	return true;
}

void pdf_frame_along(const struct pdf_frame *f, const struct rc_affine *m, const struct rc_box *box, double *start, double *end)
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

/* Most glyphs come to lie before the one they follow. */
static bool runs_back(const struct rc_line *line, const struct pdf_frame *f, const struct rc_affine *m)
{
	double start, end, last = 0;
	long steps = 0;

	for (size_t i = 0; i < line->n_glyphs; i++) {
		pdf_frame_along(f, m, &line->glyphs[i].box, &start, &end);
		if (i)
			steps += start + end < last ? -1 : 1;
		last = start + end;
	}
	return steps < 0;
}

/* The other end becomes the beginning, and the head the foot. */
static void turn_half(struct pdf_frame *f)
{
	f->x += f->ux * f->length + f->vx * f->thickness;
	f->y += f->uy * f->length + f->vy * f->thickness;
	f->ux = -f->ux;
	f->uy = -f->uy;
	f->vx = -f->vx;
	f->vy = -f->vy;
}

static bool leads_off(const struct pdf_frame *f, const struct pdf_sheet *sheet)
{
	double x = f->x + f->ux * f->length, y = f->y + f->uy * f->length;

	return fmin(x, y) < 0 || x > sheet->width || y > sheet->height;
}

bool pdf_frame_of(const struct rc_line *line, const struct pdf_sheet *sheet, struct pdf_frame *ret)
{
	struct pdf_frame f;

	if (!find_frame(line, export_line_is_turned(line), &sheet->map, &f))
		return false;
	/* Corners that were cut at the edge of the frame no longer say how the line leans. */
	if (leads_off(&f, sheet) && !find_frame(line, false, &sheet->map, &f))
		return false;
	if (!export_is_vertical(line) && runs_back(line, &f, &sheet->map))
		turn_half(&f);
	*ret = f;
	return true;
}
