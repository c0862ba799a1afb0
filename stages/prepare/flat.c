/* flat.c -- the way between a curved leaf and the flat one that is made of it.
 *
 *   prepare_flat_mesh()   from the flat leaf back, as a mesh
 *   flat_of()               from the curved leaf to the flat one: what the surfaces say
 *   is_paper()              could paper have been bent so?
 *   curved_of()             the way back, by steps
 *
 * Surfaces are known on the curved leaf; pixels of the flat leaf have to be looked up there. Neighbours move alike, so the place
 * that moves to a given one is found by walking against the displacement a few times. */
#include <math.h>
#include <stdlib.h>

#include "prepare/curves.h"

/* Pixels between nodes: surfaces bend over hundreds of them. */
#define STEP 16
/* Points looked at along each side when paper is judged. */
#define POINTS 48
/* Steps of the way back. Each leaves a small part of the error of the one before: the slope of the surface, see least_stretch. */
#define WALK 10
/* No place moves further than this share of the longer side. */
static const double furthest = 0.12;
/* Paper seen from the side is narrower than it is, never folded; nor is it stretched. */
static const double least_stretch = 0.6, most_stretch = 1.6;

static void flat_of(const struct prepare_curves *c, double x, double y, double to[2])
{
	to[0] = x + (c->along_y ? prepare_bend_at(c->along_y, y, x) : 0);
	to[1] = y + (c->along_x ? prepare_bend_at(c->along_x, x, y) : 0);
}

static void curved_of(const struct prepare_curves *c, double x, double y, double from[2])
{
	from[0] = x;
	from[1] = y;
	for (int i = 0; i < WALK; i++) {
		double at[2];

		flat_of(c, from[0], from[1], at);
		from[0] += x - at[0];
		from[1] += y - at[1];
	}
}

/* Looks at a grid of places: how far they move, and what becomes of the little squares between them. Finds the room, too. */
static bool is_paper(const struct prepare_curves *c, int width, int height, struct prepare_room *ret_room)
{
	double most = furthest * fmax(width, height), low[2] = { 0, 0 }, high[2] = { width, height };
	double sx = (double)width / POINTS, sy = (double)height / POINTS;

	for (int k = 0; k <= POINTS; k++)
		for (int i = 0; i <= POINTS; i++) {
			double x = i * sx, y = k * sy, at[2], right[2], below[2];

			flat_of(c, x, y, at);
			flat_of(c, x + 1, y, right);
			flat_of(c, x, y + 1, below);
			double a = right[0] - at[0], b = below[0] - at[0], d = right[1] - at[1], e = below[1] - at[1], area = a * e - b * d;

			if (hypot(at[0] - x, at[1] - y) > most || (i < POINTS && k < POINTS &&
			    (fmin(fmin(a, e), area) < least_stretch || fmax(fmax(a, e), area) > most_stretch)))
				return false;
			for (int axis = 0; axis < 2; axis++) {
				low[axis] = fmin(low[axis], at[axis]);
				high[axis] = fmax(high[axis], at[axis]);
			}
		}
	*ret_room = (struct prepare_room){ (int)ceil(-low[0]), (int)ceil(high[0] - width), (int)ceil(-low[1]), (int)ceil(high[1] - height) };
	return true;
}

bool prepare_flat_mesh(const struct prepare_curves *curves, int width, int height, struct prepare_room *ret_room, struct rc_mesh *ret)
{
	struct rc_mesh mesh = { .step = STEP };
	struct prepare_room room = { 0 };

	*ret = (struct rc_mesh){ 0 };
	*ret_room = (struct prepare_room){ 0 };
	if (!is_paper(curves, width, height, &room))
		return true;
	mesh.across = (width + room.left + room.right + STEP - 1) / STEP + 1;
	mesh.down = (height + room.top + room.bottom + STEP - 1) / STEP + 1;
	size_t nodes = (size_t)mesh.across * (size_t)mesh.down;
	RC_CLEANUP(rc_free) float *dx = malloc(nodes * sizeof(*dx));
	RC_CLEANUP(rc_free) float *dy = malloc(nodes * sizeof(*dy));

	if (!dx || !dy)
		return false;
	for (size_t n = 0; n < nodes; n++) {
		double x = (double)(n % (size_t)mesh.across) * STEP - room.left, y = (double)(n / (size_t)mesh.across) * STEP - room.top, from[2];

		curved_of(curves, x, y, from);
		dx[n] = (float)(from[0] - x);
		dy[n] = (float)(from[1] - y);
	}
	mesh.dx = rc_steal(dx);
	mesh.dy = rc_steal(dy);
	*ret = mesh;
	*ret_room = room;
	return true;
}
