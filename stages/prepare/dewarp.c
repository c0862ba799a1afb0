/* dewarp.c -- a curved leaf becomes flat, when there is evidence enough that it is curved.
 *
 *   prepare_dewarp()     all of it
 *   find_bend()            one axis: slopes, the surface through them, and is it to be believed?
 *   flatten()              a leaf's pixels, by both surfaces
 *   is_straighter()        the flat leaf, looked at again
 *   show_curves()          for people
 *
 * Lines that should be straight say how the paper is bent; what runs along x tells by how much places move up and down, what runs
 * along y how much to the sides. A surface that was fitted to every other band of the page has to foretell the slopes of the bands
 * between them: chance does not. Then the flattened leaf is looked at again, and must be straighter. Where it is
 * not, and on all flat leaves, no pixel changes. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <leptonica/allheaders.h>

#include "prepare/curves.h"
#include "prepare/work.h"

#define OWN_PIX RC_CLEANUP(pixDestroy) PIX *

/* A surface is believed when it rests on so many windows, in so many bands, ... */
enum { LEAST_WINDOWS = 20, LEAST_BANDS = 4 };
/* ... lines lean by so much without it and by this share of that after a surface fitted to the other bands, ... */
static const double least_lean = 0.006, foretold = 0.75;
/* ... they do not all lean as much as they would if only glyphs were set in steps, ... */
static const double most_lean = 0.06;
/* ... what is left then is no more than the measure's own error, also where many lines and few glyphs are seen, ... */
static const double most_rest = 0.018;
/* ... and some line is bent by this much, in glyphs. Less does no harm to reading. */
static const double least_glyphs = 0.25;
/* A flattened leaf leans by less than this share of what it did, and by no more than the rest. */
static const double straighter = 0.75;

struct finding {                        /* along one axis */
	struct prepare_slopes slopes;
	struct prepare_bend bend;
	bool bent;                      /* bend is to be believed */
};
struct findings {
	struct finding axis[2];         /* by enum prepare_axis */
};

static void findings_free(struct findings *f)
{
	prepare_slopes_free(&f->axis[0].slopes);
	prepare_slopes_free(&f->axis[1].slopes);
}

/* ---- is it bent? ---------------------------------------------------------------------------------------- */

static int bands_of(const struct prepare_slopes *s)
{
	int bands = 0, last = -1;

	for (int i = 0; i < s->n; i++) {
		bands += s->all[i].band != last;
		last = s->all[i].band;
	}
	return bands;
}

/* The most that places with evidence in one band move against each other. */
static double bow_of(const struct prepare_slopes *s, const struct prepare_bend *bend)
{
	double most = 0, low = 0, high = 0;

	for (int i = 0; i < s->n; i++) {
		double at = prepare_bend_at(bend, s->all[i].along, s->all[i].across);
		bool first = i == 0 || s->all[i].band != s->all[i - 1].band;

		low = first ? at : fmin(low, at);
		high = first ? at : fmax(high, at);
		most = fmax(most, high - low);
	}
	return most;
}

/* Does each half of the bands tell how the other half leans? */
static bool is_foretold(const struct prepare_slopes *s)
{
	double before = 0, after = 0;

	for (int half = PREPARE_EVEN_BANDS; half <= PREPARE_ODD_BANDS; half++) {
		enum prepare_half other = half == PREPARE_EVEN_BANDS ? PREPARE_ODD_BANDS : PREPARE_EVEN_BANDS;
		struct prepare_bend bend;

		if (!prepare_fit_bend(s, other, &bend))
			return false;
		before += prepare_typical_rest(s, half, NULL) / 2;
		after += prepare_typical_rest(s, half, &bend) / 2;
	}
	return before >= least_lean && after <= fmin(foretold * before, most_rest);
}

static bool find_bend(PIX *ink, int scale, double glyph, enum prepare_axis axis, struct finding *ret)
{
	const struct prepare_slopes *s = &ret->slopes;

	if (!prepare_find_slopes(ink, scale, glyph, axis, &ret->slopes))
		return false;
	ret->bent = s->n >= LEAST_WINDOWS && bands_of(s) >= LEAST_BANDS && fabs(s->lean) <= most_lean && is_foretold(s) && prepare_fit_bend(s, PREPARE_ALL_BANDS, &ret->bend) &&
	            bow_of(s, &ret->bend) >= least_glyphs * glyph;
	return true;
}

/* Glyphs that touch are taken for larger ones; a leaf's longer side has room for at least so many. */
static const double most_glyph = 1 / 36.0;

static bool find_bends(PIX *pix, double glyph, struct findings *ret)
{
	OWN_PIX ink = prepare_ink(pix);
	int scale = ink && pixGetWidth(ink) < pixGetWidth(pix) ? 2 : 1;

	glyph = fmin(glyph, most_glyph * fmax(pixGetWidth(pix), pixGetHeight(pix)));
	return ink && find_bend(ink, scale, glyph, PREPARE_ALONG_X, &ret->axis[PREPARE_ALONG_X]) &&
	       find_bend(ink, scale, glyph, PREPARE_ALONG_Y, &ret->axis[PREPARE_ALONG_Y]);
}

/* ---- making it flat ------------------------------------------------------------------------------------------ */

static double in_mesh(const float *values, const struct rc_mesh *m, int x, int y)
{
	int i = x / m->step, k = y / m->step;
	double u = (x % m->step + 0.5) / m->step, v = (y % m->step + 0.5) / m->step;
	const float *at = values + (size_t)k * (size_t)m->across + i;

	return (1 - v) * ((1 - u) * (double)at[0] + u * (double)at[1]) + v * ((1 - u) * (double)at[m->across] + u * (double)at[m->across + 1]);
}

/* The leaf through the mesh and, if it was turned, through that turn, too, so that each pixel is looked up once. A pixel's middle
 * lies half a pixel beyond its place. */
static PIX *flatten(const struct prepare_leaf *leaf, const struct rc_mesh *m, const struct prepare_room *room)
{
	PIX *from = leaf->unturned ? leaf->unturned : leaf->pix;
	int w = pixGetWidth(from), h = pixGetHeight(from);
	struct rc_affine back = RC_AFFINE_IDENTITY;
	PIX *ret = pixCreate(pixGetWidth(leaf->pix) + room->left + room->right, pixGetHeight(leaf->pix) + room->top + room->bottom, 8);
	void **lines = ret && (!leaf->unturned || rc_affine_invert(leaf->turn, &back)) ? pixGetLinePtrs(from, NULL) : NULL;

	for (int y = 0; lines && y < pixGetHeight(ret); y++) {
		l_uint32 *to = pixGetData(ret) + (size_t)pixGetWpl(ret) * (size_t)y;

		for (int x = 0; x < pixGetWidth(ret); x++) {
			double px = x + 0.5 - room->left + in_mesh(m->dx, m, x, y), py = y + 0.5 - room->top + in_mesh(m->dy, m, x, y);

			SET_DATA_BYTE(to, x, prepare_grey_at(lines, w, h, back.a * px + back.b * py + back.c - 0.5,
			                                     back.d * px + back.e * py + back.f - 0.5));
		}
	}
	if (!lines)
		pixDestroy(&ret);
	lept_free(lines);
	return ret;
}

/* Of each axis that was bent. */
static bool is_straighter(const struct findings *before, const struct findings *after)
{
	for (int axis = 0; axis < 2; axis++) {
		double was = prepare_typical_rest(&before->axis[axis].slopes, PREPARE_ALL_BANDS, NULL);
		double is = prepare_typical_rest(&after->axis[axis].slopes, PREPARE_ALL_BANDS, NULL);

		if (before->axis[axis].bent && is > fmin(straighter * was, most_rest))
			return false;
	}
	return true;
}

/* ---- to be seen ------------------------------------------------------------------------------------------------- */

static void draw(PIX *pix, double x0, double y0, double x1, double y1, const l_uint8 rgb[3])
{
	(void)pixRenderLineArb(pix, (l_int32)lround(x0), (l_int32)lround(y0), (l_int32)lround(x1), (l_int32)lround(y1), 3, rgb[0], rgb[1], rgb[2]);
}

/* What becomes a straight line: one step of it, from a node to the next. */
static void draw_step(PIX *pix, const struct rc_mesh *m, const struct prepare_room *room, int i, int k, int next_i, int next_k, const l_uint8 rgb[3])
{
	int32_t a = k * m->across + i, b = next_k * m->across + next_i;

	draw(pix, (double)i * m->step - room->left + (double)m->dx[a], (double)k * m->step - room->top + (double)m->dy[a],
	     (double)next_i * m->step - room->left + (double)m->dx[b], (double)next_k * m->step - room->top + (double)m->dy[b], rgb);
}

/* The leaf as it was: green, how lines lean where they were seen; red and blue, what becomes straight along x and y. */
static enum rc_status show_curves(struct prepare_work *work, PIX *curved, const struct findings *f, const struct rc_mesh *m,
                                  const struct prepare_room *room, struct rc_err *err)
{
	static const l_uint8 green[3] = { 0, 160, 0 }, red[3] = { 220, 0, 0 }, blue[3] = { 0, 60, 230 };
	OWN_PIX pix = work->page->debug_dir ? pixConvertTo32(curved) : NULL;

	if (!pix)
		return RC_OK;
	for (int k = 0; m->dx && k + 1 < m->down; k++)
		for (int i = 0; i + 1 < m->across; i++) {
			if (k % 8 == 0 && f->axis[PREPARE_ALONG_X].bent)
				draw_step(pix, m, room, i, k, i + 1, k, red);
			if (i % 8 == 0 && f->axis[PREPARE_ALONG_Y].bent)
				draw_step(pix, m, room, i, k, i, k + 1, blue);
		}
	for (int axis = 0; axis < 2; axis++)
		for (int i = 0; i < f->axis[axis].slopes.n; i++) {
			const struct prepare_slope *s = &f->axis[axis].slopes.all[i];
			double half = s->span / 5, off = s->slope * half;

			if (axis == PREPARE_ALONG_X)
				draw(pix, s->along - half, s->across - off, s->along + half, s->across + off, green);
			else
				draw(pix, s->across - off, s->along - half, s->across + off, s->along + half, green);
		}
	return prepare_show_pix(work, "curves", pix, err);
}

/* ---- all of it ---------------------------------------------------------------------------------------------------- */

static void mesh_free(struct rc_mesh *mesh)
{
	free(mesh->dx);
	free(mesh->dy);
}

enum rc_status prepare_dewarp(struct prepare_work *work, struct prepare_leaf *leaf, struct rc_err *err)
{
	RC_CLEANUP(findings_free) struct findings found = { 0 };
	RC_CLEANUP(findings_free) struct findings again = { 0 };
	RC_CLEANUP(mesh_free) struct rc_mesh mesh = { 0 };
	OWN_PIX curved = pixClone(leaf->pix);
	OWN_PIX flat = NULL;
	struct prepare_room room = { 0 };

	if (work->glyph == 0)
		return RC_OK;
	if (!find_bends(curved, work->glyph, &found))
		return prepare_no_memory(work->page, err);
	struct finding *x = &found.axis[PREPARE_ALONG_X], *y = &found.axis[PREPARE_ALONG_Y];
	struct prepare_curves curves = { x->bent ? &x->bend : NULL, y->bent ? &y->bend : NULL };

	if (x->bent || y->bent) {
		if (!prepare_flat_mesh(&curves, pixGetWidth(curved), pixGetHeight(curved), &room, &mesh))
			return prepare_no_memory(work->page, err);
		if (mesh.dx && (!(flat = flatten(leaf, &mesh, &room)) || !find_bends(flat, work->glyph, &again)))
			return prepare_no_memory(work->page, err);
	}
	if (flat && is_straighter(&found, &again)) {
		pixDestroy(&leaf->pix);
		leaf->pix = rc_steal(flat);
		leaf->to_clean = rc_affine_mul((struct rc_affine){ .a = 1, .c = room.left, .e = 1, .f = room.top }, leaf->to_clean);
		leaf->mesh = mesh;
	}
	enum rc_status status = show_curves(work, curved, &found, &mesh, &room, err);

	if (leaf->mesh.dx)
		mesh = (struct rc_mesh){ 0 };
	return status;
}
