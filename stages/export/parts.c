/* parts.c -- what formats of pages have in common: ids, points, words. Pixels of the stored frame throughout. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "export/pages.h"

/* ---- ids and points --------------------------------------------------------------------------------------- */

char *export_region_id(char out[EXPORT_ID], size_t region)
{
	snprintf(out, EXPORT_ID, "r%zu", region + 1);
	return out;
}

char *export_line_id(char out[EXPORT_ID], size_t region, size_t line)
{
	return layout_line_id(out, region, line);
}

static struct rc_box around(struct rc_box a, struct rc_box b)
{
	int32_t right = a.x + a.w > b.x + b.w ? a.x + a.w : b.x + b.w;
	int32_t bottom = a.y + a.h > b.y + b.h ? a.y + a.h : b.y + b.h;
	int32_t x = a.x < b.x ? a.x : b.x, y = a.y < b.y ? a.y : b.y;

	return (struct rc_box){ x, y, right - x, bottom - y };
}

struct rc_box export_region_box(const struct rc_region *region)
{
	struct rc_box box = region->box;

	for (size_t i = 0; i < region->n_lines; i++)
		box = around(box, region->lines[i].box);
	return box;
}

bool export_is_vertical(const struct rc_line *line)
{
	return line->direction == RC_DIR_VERTICAL;
}

bool export_line_is_turned(const struct rc_line *line)
{
	for (size_t i = 0; i < RC_COUNT(line->polygon); i++)
		if (line->polygon[i])
			return true;
	return false;
}

/* The part of [at, at + len) that lies in [from, from + room); if none does, its nearest pixel. */
static void clip(int32_t *at, int32_t *len, int32_t from, int32_t room)
{
	int32_t start = *at > from ? *at : from, end = *at + *len < from + room ? *at + *len : from + room;

	if (start >= from + room)
		start = from + room - 1;
	*at = start;
	*len = end > start ? end - start : 1;
}

struct rc_box export_glyph_box(const struct rc_line *line, size_t glyph)
{
	struct rc_box box = line->glyphs[glyph].box;

	if (line->box.w <= 0 || line->box.h <= 0)
		return box;
	clip(&box.x, &box.w, line->box.x, line->box.w);
	clip(&box.y, &box.h, line->box.y, line->box.h);
	return box;
}

static void box_corners(struct rc_box b, int32_t corners[8])
{
	const int32_t right = b.x + b.w, bottom = b.y + b.h;
	const int32_t c[8] = { b.x, b.y, right, b.y, right, bottom, b.x, bottom };

	memcpy(corners, c, sizeof c);
}

static void line_corners(const struct rc_line *line, int32_t corners[8])
{
	if (export_line_is_turned(line))
		memcpy(corners, line->polygon, sizeof line->polygon);
	else
		box_corners(line->box, corners);
}

static int32_t within(int32_t v, int32_t most)
{
	return v < 0 ? 0 : v > most ? most : v;
}

/* Corners of turned lines may lie outside the frame, where readers do not expect them. */
static char *put_points(char out[EXPORT_POINTS], const int32_t *xy, size_t n, const struct rc_page *page)
{
	size_t len = 0;

	for (size_t i = 0; i < n; i++)
		len += (size_t)snprintf(out + len, EXPORT_POINTS - len, "%s%d,%d", i ? " " : "", within(xy[2 * i], page->width),
		                        within(xy[2 * i + 1], page->height));
	return out;
}

char *export_line_points(char out[EXPORT_POINTS], const struct rc_page *page, const struct rc_line *line)
{
	int32_t c[8];

	line_corners(line, c);
	return put_points(out, c, 4, page);
}

char *export_box_points(char out[EXPORT_POINTS], const struct rc_page *page, struct rc_box box)
{
	int32_t c[8];

	box_corners(box, c);
	return put_points(out, c, 4, page);
}

char *export_baseline(char out[EXPORT_POINTS], const struct rc_page *page, const struct rc_line *line)
{
	int32_t c[8];

	line_corners(line, c);
	const int32_t lower[4] = { c[6], c[7], c[4], c[5] };
	const int32_t middle[4] = { (c[0] + c[2]) / 2, (c[1] + c[3]) / 2, (c[6] + c[4]) / 2, (c[7] + c[5]) / 2 };

	return put_points(out, export_is_vertical(line) ? middle : lower, 2, page);
}

double export_rotation(const struct rc_page *page)
{
	const struct rc_affine m = page->to_clean;

	if (m.a * m.e - m.b * m.d <= 0)
		return 0;
	double degrees = atan2(m.d, m.a) * 180 / M_PI;

	return round(degrees * 100) / 100 + 0.0;
}

/* ---- confidences ------------------------------------------------------------------------------------------ */

double export_page_confidence(const struct rc_page *page)
{
	double sure = page->quality.estimated_error >= 0 ? 1 - (double)page->quality.estimated_error : (double)page->quality.confidence;

	return fmin(fmax(sure, 0), 1);
}

/* `models` are names joined by "+". */
bool export_has_model(const struct rc_page *page, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = page->models; *at; at += strcspn(at, "+"), at += *at == '+')
		if (strcspn(at, "+") == len && strncmp(at, name, len) == 0)
			return true;
	return false;
}

/* ---- words ------------------------------------------------------------------------------------------------ */

static void measure_word(const struct rc_line *line, struct export_word *w)
{
	double sum = 0;

	w->box = line->box;
	w->confidence = (double)line->confidence;
	for (size_t i = w->first; i < w->last; i++) {
		w->box = i == w->first ? export_glyph_box(line, i) : around(w->box, export_glyph_box(line, i));
		sum += (double)line->glyphs[i].confidence;
	}
	if (w->last > w->first)
		w->confidence = sum / (double)(w->last - w->first);
}

bool export_next_word(const struct rc_line *line, size_t *at, struct export_word *ret)
{
	const char *text = line->text ? line->text : "";
	size_t start = *at + strspn(text + *at, " ");

	if (!text[start])
		return false;
	*ret = (struct export_word){ .start = start, .end = start + strcspn(text + start, " ") };
	while (ret->first < line->n_glyphs && line->glyphs[ret->first].start < start)
		ret->first++;
	for (ret->last = ret->first; ret->last < line->n_glyphs && line->glyphs[ret->last].start < ret->end;)
		ret->last++;
	measure_word(line, ret);
	*at = ret->end;
	return true;
}
