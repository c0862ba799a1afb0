/* leaf.c -- between the clean page and the stored frame, leaf by leaf.
 *
 *   rc_page_leaf_at()          which leaf
 *   rc_page_stored_corners()   four corners
 *   rc_page_stored_box()       the upright box around them
 *   rc_page_clean_box()        the way prepare went
 *
 * A point goes through the leaf's mesh first (what dewarping moved, it moves back) and then through the inverse of its
 * affine map. The sides of a box are no straight lines behind a mesh, so the box around it looks at points along
 * them too. */
#include <math.h>
#include <string.h>

#include "core/page.h"

/* Points looked at along each side of a box on a curved leaf: a page bends over a few centimetres, a line of text is
 * some twenty long. */
#define SIDE_POINTS 8

void rc_page_drop_leaves(struct rc_page *page)
{
	for (size_t i = 0; i < page->n_leaves; i++) {
		free(page->leaves[i].mesh.dx);
		free(page->leaves[i].mesh.dy);
	}
	memset(page->leaves, 0, sizeof(page->leaves));
	page->n_leaves = 0;
}

bool rc_page_leaves_matter(const struct rc_page *page)
{
	return page->n_leaves > 1 || (page->n_leaves == 1 && page->leaves[0].curved);
}

static double outside(double at, double from, double len)
{
	return at < from ? from - at : at > from + len ? at - from - len : 0;
}

size_t rc_page_leaf_at(const struct rc_page *page, struct rc_box clean)
{
	double x = clean.x + clean.w / 2.0, y = clean.y + clean.h / 2.0, least = INFINITY;
	size_t best = 0;

	for (size_t i = 0; i < page->n_leaves; i++) {
		struct rc_box b = page->leaves[i].box;
		double away = hypot(outside(x, b.x, b.w), outside(y, b.y, b.h));

		if (away < least) {
			least = away;
			best = i;
		}
	}
	return best;
}

/* ---- through a mesh ------------------------------------------------------------------------------------ */

/* The node before `at` and how far beyond it `at` is, in steps; a point outside is carried like the nearest one inside. */
static int32_t node(double at, int32_t nodes, double *ret_part)
{
	double inside = fmin(fmax(at, 0), nodes - 1);
	int32_t i = inside < nodes - 2 ? (int32_t)inside : nodes - 2;

	*ret_part = inside - i;
	return i;
}

static double between(const float *values, const struct rc_mesh *m, int32_t i, int32_t k, double u, double v)
{
	const float *at = values + (size_t)k * (size_t)m->across + i;

	return (1 - v) * ((1 - u) * (double)at[0] + u * (double)at[1]) +
	       v * ((1 - u) * (double)at[m->across] + u * (double)at[m->across + 1]);
}

static void bend(const struct rc_leaf *leaf, double *x, double *y)
{
	const struct rc_mesh *m = &leaf->mesh;
	double u, v;
	int32_t i, k;

	if (!m->dx || m->across < 2 || m->down < 2 || m->step < 1)
		return;
	i = node((*x - leaf->box.x) / m->step, m->across, &u);
	k = node((*y - leaf->box.y) / m->step, m->down, &v);
	double dx = between(m->dx, m, i, k, u, v), dy = between(m->dy, m, i, k, u, v);

	*x += dx;
	*y += dy;
}

/* ---- from the clean page ------------------------------------------------------------------------------- */

struct way {                            /* from the clean page to the frame */
	const struct rc_leaf *leaf;     /* NULL: a page without leaves */
	struct rc_affine to_stored;
};

static bool find_way(const struct rc_page *page, struct rc_box clean, struct way *ret)
{
	ret->leaf = page->n_leaves ? &page->leaves[rc_page_leaf_at(page, clean)] : NULL;
	return rc_affine_invert(ret->leaf ? ret->leaf->to_clean : page->to_clean, &ret->to_stored);
}

static void go(const struct way *way, double x, double y, double to[2])
{
	const struct rc_affine *m = &way->to_stored;

	if (way->leaf)
		bend(way->leaf, &x, &y);
	to[0] = m->a * x + m->b * y + m->c;
	to[1] = m->d * x + m->e * y + m->f;
}

void rc_page_stored_corners(const struct rc_page *page, struct rc_box clean, double corners[8])
{
	double right = (double)clean.x + clean.w, bottom = (double)clean.y + clean.h;
	struct way way;

	memset(corners, 0, 8 * sizeof(*corners));
	if (!find_way(page, clean, &way))
		return;
	go(&way, clean.x, clean.y, corners);
	go(&way, right, clean.y, corners + 2);
	go(&way, right, bottom, corners + 4);
	go(&way, clean.x, bottom, corners + 6);
}

/* A box on the clean page whose upright box on the frame is the one around the bent sides. */
static void widen(const struct way *way, struct rc_box clean, double low[2], double high[2])
{
	for (int i = 0; i <= SIDE_POINTS; i++) {
		double u = (double)i / SIDE_POINTS, x = clean.x + u * clean.w, y = clean.y + u * clean.h;
		double at[4][2];

		go(way, x, clean.y, at[0]);
		go(way, x, (double)clean.y + clean.h, at[1]);
		go(way, clean.x, y, at[2]);
		go(way, (double)clean.x + clean.w, y, at[3]);
		for (int k = 0; k < 4; k++)
			for (int axis = 0; axis < 2; axis++) {
				low[axis] = fmin(low[axis], at[k][axis]);
				high[axis] = fmax(high[axis], at[k][axis]);
			}
	}
}

struct rc_box rc_page_stored_box(const struct rc_page *page, struct rc_box clean)
{
	double low[2] = { INFINITY, INFINITY }, high[2] = { -INFINITY, -INFINITY };
	struct way way;

	if (!find_way(page, clean, &way))
		return (struct rc_box){ 0 };
	if (!way.leaf || !way.leaf->mesh.dx)
		return rc_affine_box(way.to_stored, clean, page->width, page->height);
	widen(&way, clean, low, high);
	return rc_box_around(low, high, page->width, page->height);
}

/* ---- to the clean page --------------------------------------------------------------------------------- */

static struct rc_box common(struct rc_box a, struct rc_box b)
{
	int32_t x0 = a.x > b.x ? a.x : b.x, y0 = a.y > b.y ? a.y : b.y;
	int32_t x1 = a.x + a.w < b.x + b.w ? a.x + a.w : b.x + b.w, y1 = a.y + a.h < b.y + b.h ? a.y + a.h : b.y + b.h;

	return x1 > x0 && y1 > y0 ? (struct rc_box){ x0, y0, x1 - x0, y1 - y0 } : (struct rc_box){ 0 };
}

/* The mesh leads from the clean page back. It moves neighbours alike, so the point that it would move to (x, y) is found by
 * walking against its displacement a few times. */
static void unbend(const struct rc_leaf *leaf, double *x, double *y)
{
	double px = *x, py = *y;

	for (int i = 0; i < 4; i++) {
		double bx = px, by = py;

		bend(leaf, &bx, &by);
		px += *x - bx;
		py += *y - by;
	}
	*x = px;
	*y = py;
}

static struct rc_box on_leaf(const struct rc_page *page, const struct rc_leaf *leaf, struct rc_box stored)
{
	double corners[8], low[2] = { INFINITY, INFINITY }, high[2] = { -INFINITY, -INFINITY };

	rc_affine_corners(leaf->to_clean, stored, corners);
	for (int i = 0; i < 8; i += 2) {
		unbend(leaf, &corners[i], &corners[i + 1]);
		for (int axis = 0; axis < 2; axis++) {
			low[axis] = fmin(low[axis], corners[i + axis]);
			high[axis] = fmax(high[axis], corners[i + axis]);
		}
	}
	return common(rc_box_around(low, high, page->clean_width, page->clean_height), leaf->box);
}

struct rc_box rc_page_clean_box(const struct rc_page *page, struct rc_box stored)
{
	struct rc_box best = { 0 };

	if (page->n_leaves == 0)
		return rc_affine_box(page->to_clean, stored, page->clean_width, page->clean_height);
	for (size_t i = 0; i < page->n_leaves; i++) {
		struct rc_box b = on_leaf(page, &page->leaves[i], stored);

		if ((int64_t)b.w * b.h > (int64_t)best.w * best.h)
			best = b;
	}
	return best;
}
