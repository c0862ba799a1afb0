/* layout_figures.c -- where the page's rules, borders and dark pictures are.
 *
 *   layout_find_figures()   all of them
 *   add_rules()             pieces of one rule are one figure, and so are the lines of a double one
 *   add_pictures()          those that are dark; what is left of a frame is none
 *
 * Where there are too many, pictures and the longest rules stay. Nothing of the reading depends on them. */
#include <stdlib.h>
#include <leptonica/allheaders.h>

#include "ocr/layout_parts.h"

/* All in glyphs of the body. A shorter rule is a dash, a stroke of a head line or what marks a name. */
static const float least_length = 6;
static const float along = 1, across = 0.35f;   /* white between two pieces of one rule, and between two lines of a double one */
static const float edge = 0.5f;         /* what runs so near to the edge of the page is the edge of the paper */
/* The least share of a picture's box that is its own ink. */
static const double dark = 0.2;

static int longer(struct rc_box b)
{
	return b.w > b.h ? b.w : b.h;
}

static int shorter(struct rc_box b)
{
	return b.w < b.h ? b.w : b.h;
}

static struct rc_box around(struct rc_box a, struct rc_box b)
{
	int x = a.x < b.x ? a.x : b.x, y = a.y < b.y ? a.y : b.y;
	int right = a.x + a.w > b.x + b.w ? a.x + a.w : b.x + b.w, bottom = a.y + a.h > b.y + b.h ? a.y + a.h : b.y + b.h;

	return (struct rc_box){ x, y, right - x, bottom - y };
}

/* No more white than that between two boxes? */
static bool is_near(struct rc_box a, struct rc_box b, float white_x, float white_y)
{
	return (float)(b.x - a.x - a.w) <= white_x && (float)(a.x - b.x - b.w) <= white_x
	       && (float)(b.y - a.y - a.h) <= white_y && (float)(a.y - b.y - b.h) <= white_y;
}

/* Joins whatever is near, until nothing is. Returns how many are left. */
static int join(struct layout_rule *rule, int n, float glyph)
{
	for (int i = 0; i < n; i++)
		for (int k = 0; k < n; k++) {
			bool upright = rule[i].upright;

			if (k == i || rule[k].upright != upright
			    || !is_near(rule[i].box, rule[k].box, (upright ? across : along) * glyph, (upright ? along : across) * glyph))
				continue;
			rule[i].box = around(rule[i].box, rule[k].box);
			rule[k] = rule[--n];
			if (i == n)
				i = k;
			k = -1;
		}
	return n;
}

static struct rc_box full_scale(struct rc_box b)
{
	return (struct rc_box){ 2 * b.x, 2 * b.y, 2 * b.w, 2 * b.h };
}

static void add(struct layout_figures *to, enum rc_region_type type, struct rc_box half)
{
	to->figure[to->n++] = (struct layout_figure){ type, full_scale(half) };
}

static bool is_edge(const struct layout_parts *parts, struct rc_box b, bool upright)
{
	int side = upright ? pixGetWidth(parts->text) : pixGetHeight(parts->text);
	int from = upright ? b.x : b.y, to = from + (upright ? b.w : b.h);

	return (float)from < edge * parts->glyph || (float)(side - to) < edge * parts->glyph;
}

static void add_rules(struct layout_parts *parts, struct layout_figures *to)
{
	int n = join(parts->rule, parts->n_rules, parts->glyph);

	for (int i = 0; i < n; i++)
		if ((float)longer(parts->rule[i].box) >= least_length * parts->glyph && !is_edge(parts, parts->rule[i].box, parts->rule[i].upright))
			add(to, RC_REGION_SEPARATOR, parts->rule[i].box);
}

static void add_pictures(const struct layout_parts *parts, struct layout_figures *to)
{
	for (int i = 0; i < parts->n_pictures; i++) {
		const struct layout_picture *p = &parts->picture[i];
		bool is_strip = longer(p->box) > 3 * shorter(p->box) && is_edge(parts, p->box, p->box.h > p->box.w);

		if ((double)p->ink >= dark * p->box.w * p->box.h && !is_strip)
			add(to, RC_REGION_IMAGE, p->box);
	}
}

/* Pictures first, then by length; what is as long stays in the order of its place. */
static int by_weight(const void *a, const void *b)
{
	const struct layout_figure *x = a, *y = b;

	if (x->type != y->type)
		return x->type == RC_REGION_IMAGE ? -1 : 1;
	if (longer(x->box) != longer(y->box))
		return longer(x->box) > longer(y->box) ? -1 : 1;
	return x->box.y != y->box.y ? (x->box.y > y->box.y) - (x->box.y < y->box.y) : (x->box.x > y->box.x) - (x->box.x < y->box.x);
}

static int by_place(const void *a, const void *b)
{
	const struct layout_figure *x = a, *y = b;

	return x->box.y != y->box.y ? (x->box.y > y->box.y) - (x->box.y < y->box.y) : (x->box.x > y->box.x) - (x->box.x < y->box.x);
}

enum rc_status layout_find_figures(PIX *gray, float glyph, struct layout_figures *ret, struct rc_err *err)
{
	RC_CLEANUP(layout_parts_close) struct layout_parts parts = { 0 };
	enum rc_status status = layout_take_apart(gray, glyph, &parts, err);

	if (status != RC_OK)
		return status;
	ret->n = 0;
	add_rules(&parts, ret);
	add_pictures(&parts, ret);
	qsort(ret->figure, (size_t)ret->n, sizeof(*ret->figure), by_weight);
	if (ret->n > LAYOUT_MOST_FIGURES)
		ret->n = LAYOUT_MOST_FIGURES;
	qsort(ret->figure, (size_t)ret->n, sizeof(*ret->figure), by_place);
	return RC_OK;
}
