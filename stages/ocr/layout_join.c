/* layout_join.c -- pieces joined to blocks: columns of one tier, glyphs of one spaced head line.
 *
 *   layout_join()     the nearest first, until nothing joins any more
 *   are_columns(), are_stacked(), are_row()   are two pieces of one run?
 *   is_free()         does nothing else, and no rule, come to lie inside?
 *   heal()            runs that blurred or leaning columns broke: pieces that overlap, which no two runs do
 *
 * Nearness decides what a single glyph belongs to, a column or a row: the nearer neighbour gets it, since joins are tried with
 * growing distances. */
#include <math.h>
#include <stdlib.h>
#include <leptonica/allheaders.h>

#include "ocr/layout_parts.h"

/* Steps of the distance, in glyphs of the pieces. Spaced head lines have up to two glyphs between glyphs. */
static const float steps[] = { 0.3f, 0.5f, 0.7f, 1, 1.5f, 2, 2.5f };
/* How far pieces of a kind may be apart: columns of one tier; tiers are 0.5 apart and more, so parts of columns must be nearer. */
static const float columns_apart = 1.6f, parts_apart = 0.4f, spaced_apart = 2.5f;
/* Glyphs differ so much in size within a run. */
static const float same_size = 1.35f;
/* A piece so much of which another covers is part of it, whatever it looks like. */
static const double covered = 0.8;
/* Of one run are pieces that overlap by so many glyphs both ways: across a lean tier that is not reached. */
static const float least_overlap = 0.4f;
/* Indents and what is read as the end of a column differ by so many glyphs within a tier; a tier is higher. */
static const float ragged = 2.5f;

static int right(struct rc_box b)
{
	return b.x + b.w;
}

static int bottom(struct rc_box b)
{
	return b.y + b.h;
}

static int least(int a, int b)
{
	return a < b ? a : b;
}

static int most(int a, int b)
{
	return a > b ? a : b;
}

static struct rc_box around(struct rc_box a, struct rc_box b)
{
	int x = least(a.x, b.x), y = least(a.y, b.y);

	return (struct rc_box){ x, y, most(right(a), right(b)) - x, most(bottom(a), bottom(b)) - y };
}

/* Pixels that both have of an axis; negative: how far they are apart. */
static int shared_x(struct rc_box a, struct rc_box b)
{
	return least(right(a), right(b)) - most(a.x, b.x);
}

static int shared_y(struct rc_box a, struct rc_box b)
{
	return least(bottom(a), bottom(b)) - most(a.y, b.y);
}

static bool alike(float a, float b, float ratio)
{
	return a <= ratio * b && b <= ratio * a;
}

static bool in_columns(const struct layout_piece *p)
{
	return p->shape == LAYOUT_ONE || p->shape == LAYOUT_COLUMN || p->shape == LAYOUT_COLUMNS;
}

/* Side by side, as columns of a tier: they begin at the same height, but for the indent of a paragraph, or end there. */
static bool are_columns(const struct layout_piece *a, const struct layout_piece *b, float distance)
{
	float glyph = fmaxf(a->glyph, b->glyph);
	int gap = -shared_x(a->box, b->box), shorter = least(a->box.h, b->box.h);

	if (!in_columns(a) || !in_columns(b) || (a->shape == LAYOUT_ONE && b->shape == LAYOUT_ONE))
		return false;
	if (!alike(a->glyph, b->glyph, (float)shorter < 4 * glyph ? 1.5f : same_size) || (float)gap > fminf(distance, columns_apart) * glyph || (float)gap < -0.4f * glyph)
		return false;
	if (shared_y(a->box, b->box) * 10 < shorter * 7)
		return false;
	return (float)abs(a->box.y - b->box.y) < 2.5f * glyph || (float)abs(bottom(a->box) - bottom(b->box)) < glyph;
}

/* Columns near one of them that end (or begin) at the same height. */
static int aligned(const struct layout_pieces *all, const struct layout_piece *at, bool ends, float glyph)
{
	int n = 0;

	for (int i = 0; i < all->n; i++) {
		const struct layout_piece *p = &all->piece[i];
		int off = ends ? bottom(p->box) - bottom(at->box) : p->box.y - at->box.y;

		if (p == at || p->gone || !in_columns(p) || -shared_x(p->box, at->box) > (int)(6 * glyph) || shared_x(p->box, at->box) > (int)(0.5f * glyph))
			continue;
		if ((float)abs(off) < 0.8f * glyph)
			n += most(1, (int)((float)p->box.w / (1.2f * glyph)));
	}
	return n;
}

/* Is the white between two parts of a column a lane between tiers? Then it goes on to the sides, and other columns end and begin
 * there too. */
static bool is_lane(const struct layout_pieces *all, const struct layout_piece *upper, const struct layout_piece *lower, float glyph)
{
	int x0 = most(upper->box.x, lower->box.x), x1 = least(right(upper->box), right(lower->box)), found = 0;
	BOX *box = boxCreate(x0, bottom(upper->box), most(x1 - x0, 1), most(lower->box.y - bottom(upper->box), 1));

	if (box)
		(void)pixCountPixelsInRect(all->tiers, box, &found, NULL);
	boxDestroy(&box);
	return lower->box.y > bottom(upper->box) && found > 0 && aligned(all, upper, true, glyph) >= 2 && aligned(all, lower, false, glyph) >= 2;
}

/* One over the other, as parts of one column: where no lane passes between them, or where glyphs are spaced. */
static bool are_stacked(const struct layout_piece *a, const struct layout_piece *b, float distance, const struct layout_pieces *all)
{
	const struct layout_piece *upper = a->box.y < b->box.y ? a : b, *lower = a->box.y < b->box.y ? b : a;
	float glyph = fmaxf(a->glyph, b->glyph);
	int gap = -shared_y(a->box, b->box), narrower = least(a->box.w, b->box.w), wider = most(a->box.w, b->box.w);
	bool one = a->shape == LAYOUT_ONE || b->shape == LAYOUT_ONE;

	if (!in_columns(a) || !in_columns(b) || (float)wider > 1.6f * glyph || !alike(a->glyph, b->glyph, one ? 2 * same_size : same_size))
		return false;
	if ((float)gap > distance * glyph || (float)gap < -0.4f * glyph || shared_x(a->box, b->box) * 10 < narrower * 7)
		return false;
	if ((float)gap <= parts_apart * glyph || !is_lane(all, upper, lower, glyph))
		return true;
	return a->shape == LAYOUT_ONE && b->shape == LAYOUT_ONE ? true : glyph > 1.3f * all->body && (float)gap < glyph;
}

/* Side by side, as glyphs of a row. */
static bool are_row(const struct layout_piece *a, const struct layout_piece *b, float distance)
{
	float glyph = fmaxf(a->glyph, b->glyph);
	int gap = -shared_x(a->box, b->box);

	if ((a->shape != LAYOUT_ONE && a->shape != LAYOUT_ROW) || (b->shape != LAYOUT_ONE && b->shape != LAYOUT_ROW))
		return false;
	if (!alike((float)a->box.h, (float)b->box.h, 1.5f) || (float)gap > fminf(distance, spaced_apart) * glyph || (float)gap < -0.3f * glyph)
		return false;
	return shared_y(a->box, b->box) * 10 >= least(a->box.h, b->box.h) * 7;
}

/* Crumbs go to whom they are near. */
static bool is_crumb(const struct layout_piece *a, const struct layout_piece *b, float distance, float body)
{
	float side = (float)most(a->box.w, a->box.h);

	return side < 0.6f * body && -shared_x(a->box, b->box) <= (int)(fminf(distance, 0.5f) * body)
		&& -shared_y(a->box, b->box) <= (int)(fminf(distance, 0.5f) * body);
}

/* ---- what lies between ----------------------------------------------------------------------------------- */

static bool is_cut_by(const struct layout_rule *rule, struct rc_box a, struct rc_box b)
{
	struct rc_box r = rule->box;
	int middle_x = r.x + r.w / 2, middle_y = r.y + r.h / 2;

	if (rule->upright && shared_y(a, b) > 0) {
		struct rc_box left = a.x < b.x ? a : b, other = a.x < b.x ? b : a;

		return middle_x > left.x + left.w / 2 && middle_x < other.x + other.w / 2
			&& least(shared_y(r, a), shared_y(r, b)) * 2 > least(a.h, b.h);
	}
	if (!rule->upright && shared_x(a, b) > 0) {
		struct rc_box upper = a.y < b.y ? a : b, lower = a.y < b.y ? b : a;

		return middle_y > upper.y + upper.h / 2 && middle_y < lower.y + lower.h / 2
			&& least(shared_x(r, a), shared_x(r, b)) * 2 > least(a.w, b.w);
	}
	return false;
}

/* Columns of a ruled page have a rule between each two of them, as high as they are. */
static bool is_column_rule(const struct layout_rule *rule, const struct layout_piece *a, const struct layout_piece *b, float body)
{
	float glyph = fmaxf(fmaxf(a->glyph, b->glyph), body);

	return rule->upright && ((float)least(a->box.w, b->box.w) < 2 * glyph)
		&& (float)abs(a->box.y - b->box.y) < 2.5f * glyph && shared_y(a->box, b->box) * 10 > least(a->box.h, b->box.h) * 8
		&& (float)rule->box.h < (float)most(a->box.h, b->box.h) + 4 * glyph;
}

/* Another part of the column that b is the first or last of. */
static bool is_rest(const struct layout_piece *rest, const struct layout_piece *b, struct rc_box whole)
{
	return (rest->shape == LAYOUT_ONE || rest->shape == LAYOUT_COLUMN) && b->shape == LAYOUT_COLUMN && alike(rest->glyph, b->glyph, 1.5f)
		&& shared_x(rest->box, b->box) * 10 >= least(rest->box.w, b->box.w) * 7
		&& shared_y(rest->box, whole) * 10 >= rest->box.h * 9;
}

static bool is_free(const struct layout_parts *parts, const struct layout_pieces *all, const struct layout_piece *a, const struct layout_piece *b)
{
	struct rc_box whole = around(a->box, b->box);

	for (int i = 0; i < parts->n_rules; i++)
		if (is_cut_by(&parts->rule[i], a->box, b->box) && !is_column_rule(&parts->rule[i], a, b, all->body))
			return false;
	for (int i = 0; i < all->n; i++) {
		const struct layout_piece *p = &all->piece[i];
		int w = shared_x(p->box, whole), h = shared_y(p->box, whole);

		if (p == a || p == b || p->gone || w <= 0 || h <= 0 || is_rest(p, a, whole) || is_rest(p, b, whole))
			continue;
		if ((float)most(p->box.w, p->box.h) > 0.6f * all->body && (int64_t)w * h * 5 > (int64_t)p->box.w * p->box.h)
			return false;
	}
	return true;
}

/* ---- joining --------------------------------------------------------------------------------------------- */

static void unite(struct layout_piece *a, struct layout_piece *b, enum layout_shape shape)
{
	float of_a = (float)a->box.w * (float)a->box.h, of_b = (float)b->box.w * (float)b->box.h;

	a->glyph = (a->glyph * of_a + b->glyph * of_b) / (of_a + of_b);
	a->box = around(a->box, b->box);
	a->ink += b->ink;
	a->shape = shape;
	b->gone = true;
}

static void take_rest(struct layout_pieces *all, struct layout_piece *a, const struct layout_piece *b)
{
	struct rc_box whole = around(a->box, b->box);

	for (int i = 0; i < all->n; i++) {
		struct layout_piece *p = &all->piece[i];

		if (p != a && p != b && !p->gone && (is_rest(p, a, whole) || is_rest(p, b, whole))) {
			a->ink += p->ink;
			p->gone = true;
		}
	}
}

/* beside: columns of a tier too, not only parts of one column or row. */
static bool try_join(const struct layout_parts *parts, struct layout_pieces *all, struct layout_piece *a, struct layout_piece *b, float distance, bool beside)
{
	enum layout_shape shape;
	int far = (int)(2.6f * fmaxf(fmaxf(a->glyph, b->glyph), all->body));

	if (shared_x(a->box, b->box) < -far || shared_y(a->box, b->box) < -far)
		return false;
	if (is_crumb(a, b, distance, all->body)) {
		float glyph = b->glyph;

		shape = b->shape;
		unite(b, a, shape);
		b->glyph = glyph;
		return true;
	}
	if (are_row(a, b, distance))
		shape = LAYOUT_ROW;
	else if (are_stacked(a, b, distance, all))
		shape = LAYOUT_COLUMN;
	else if (beside && are_columns(a, b, distance))
		shape = LAYOUT_COLUMNS;
	else
		return false;
	if (!is_free(parts, all, a, b))
		return false;
	take_rest(all, a, b);
	unite(a, b, shape);
	return true;
}

static bool is_near(const struct layout_pieces *all, int i, float distance)
{
	for (int k = 0; k < all->n; k++)
		if (k != i && !all->piece[k].gone && -shared_x(all->piece[i].box, all->piece[k].box) < (int)distance
		    && -shared_y(all->piece[i].box, all->piece[k].box) < (int)distance && most(all->piece[k].box.w, all->piece[k].box.h) > 2 * (int)all->body)
			return true;
	return false;
}

/* What joined nothing and is smaller than a glyph, or is far from all else, is dirt. */
static void drop_dirt(struct layout_pieces *all)
{
	for (int i = 0; i < all->n; i++) {
		struct layout_piece *p = &all->piece[i];
		float side = (float)most(p->box.w, p->box.h);

		if (!p->gone && (side < 0.7f * all->body || (side < 2 * all->body && !is_near(all, i, 4 * all->body))))
			p->gone = true;
	}
}

/* ---- healing --------------------------------------------------------------------------------------------- */

static int64_t area(struct rc_box b)
{
	return (int64_t)b.w * b.h;
}

static int64_t shared_area(struct rc_box a, struct rc_box b)
{
	int w = shared_x(a, b), h = shared_y(a, b);

	return w > 0 && h > 0 ? (int64_t)w * h : 0;
}

static bool is_white_lane(const struct layout_pieces *all, struct rc_box a, struct rc_box b)
{
	struct rc_box upper = a.y < b.y ? a : b, lower = a.y < b.y ? b : a;
	int x0 = most(a.x, b.x), x1 = least(right(a), right(b)), found = 0;
	BOX *box = lower.y > bottom(upper) && x1 > x0 ? boxCreate(x0, bottom(upper), x1 - x0, lower.y - bottom(upper)) : NULL;

	if (box)
		(void)pixCountPixelsInRect(all->tiers, box, &found, NULL);
	boxDestroy(&box);
	return found > 0;
}

/* A piece of the same run as b, in the place where b's columns go on: no lane is between them. */
static bool is_kin(const struct layout_pieces *all, const struct layout_piece *p, const struct layout_piece *b, struct rc_box whole)
{
	return in_columns(p) && (p->shape == LAYOUT_ONE || alike(p->glyph, b->glyph, same_size))
		&& (double)shared_area(p->box, whole) >= covered * (double)area(p->box) && !is_white_lane(all, p->box, b->box);
}

/* Would uniting a and b, of which b is the smaller, take in anything of another run? */
static bool is_alien(const struct layout_parts *parts, const struct layout_pieces *all, const struct layout_piece *a, const struct layout_piece *b)
{
	struct rc_box whole = around(a->box, b->box);

	for (int i = 0; i < parts->n_rules; i++)
		if (is_cut_by(&parts->rule[i], a->box, b->box) && !is_column_rule(&parts->rule[i], a, b, all->body))
			return true;
	for (int i = 0; i < all->n; i++) {
		const struct layout_piece *p = &all->piece[i];

		if (p == a || p == b || p->gone || (float)most(p->box.w, p->box.h) <= 0.6f * all->body)
			continue;
		/* What a covers already is no reason against b. */
		if ((shared_area(p->box, whole) - shared_area(p->box, a->box)) * 5 > area(p->box) && !is_kin(all, p, b, whole))
			return true;
	}
	return false;
}

/* Do pieces overlap that are of one tier? Together they are hardly higher than the higher one. */
static bool overlap(const struct layout_piece *a, const struct layout_piece *b)
{
	struct rc_box whole = around(a->box, b->box);
	float glyph = fmaxf(a->glyph, b->glyph);

	if (!in_columns(a) || !in_columns(b) || !(b->shape == LAYOUT_ONE || alike(a->glyph, b->glyph, same_size)))
		return false;
	return (float)shared_x(a->box, b->box) > least_overlap * glyph && (float)shared_y(a->box, b->box) > least_overlap * glyph
		&& (float)(whole.h - most(a->box.h, b->box.h)) < ragged * glyph;
}

/* a keeps its size of glyphs and its shape: what is added are broken parts. */
static void absorb(struct layout_pieces *all, struct layout_piece *a, struct layout_piece *b)
{
	struct rc_box whole = around(a->box, b->box);

	for (int i = 0; i < all->n; i++) {
		struct layout_piece *p = &all->piece[i];

		if (p != a && p != b && !p->gone && is_kin(all, p, b, whole)) {
			a->ink += p->ink;
			p->gone = true;
		}
	}
	a->box = whole;
	a->ink += b->ink;
	a->shape = LAYOUT_COLUMNS;
	b->gone = true;
}

/* Runs do not overlap. Where pieces do, columns that touch were cut where they do not part. */
static int heal(const struct layout_parts *parts, struct layout_pieces *all)
{
	int healed = 0;

	for (int i = 0; i < all->n; i++)
		for (int k = 0; k < all->n && !all->piece[i].gone; k++) {
			struct layout_piece *a = &all->piece[i], *b = &all->piece[k];

			if (k == i || b->gone || area(b->box) > area(a->box) || shared_area(a->box, b->box) == 0)
				continue;
			if (overlap(a, b) && !is_alien(parts, all, a, b)) {
				absorb(all, a, b);
				healed++;
			}
		}
	return healed;
}

/* Read once is enough. */
static void drop_covered(struct layout_pieces *all)
{
	for (int i = 0; i < all->n; i++)
		for (int k = 0; k < all->n && !all->piece[i].gone; k++) {
			const struct layout_piece *a = &all->piece[i];
			struct layout_piece *b = &all->piece[k];

			if (k != i && !b->gone && (area(b->box) < area(a->box) || (area(b->box) == area(a->box) && i < k))
			    && (double)shared_area(a->box, b->box) >= covered * (double)area(b->box))
				b->gone = true;
		}
}

static void join_all(const struct layout_parts *parts, struct layout_pieces *all, bool beside)
{
	for (size_t step = 0; step < sizeof(steps) / sizeof(*steps); step++)
		for (int round = 0, joined = 1; joined && round < 4; round++) {
			joined = 0;
			for (int i = 0; i < all->n; i++)
				for (int k = 0; k < all->n && !all->piece[i].gone; k++)
					if (k != i && !all->piece[k].gone)
						joined += try_join(parts, all, &all->piece[i], &all->piece[k], steps[step], beside);
		}
}

/* Columns are made whole before they are set side by side. */
void layout_join(const struct layout_parts *parts, struct layout_pieces *all)
{
	join_all(parts, all, false);
	join_all(parts, all, true);
	for (int round = 0; round < 4 && heal(parts, all) > 0; round++)
		join_all(parts, all, true);
	drop_covered(all);
	drop_dirt(all);
}
