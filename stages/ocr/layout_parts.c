/* layout_parts.c -- the page's ink sorted into glyphs, rules and pictures.
 *
 *   layout_take_apart()   all of it
 *   sort_components()     by the size and shape of connected parts
 *   take_rules()          bands longer than any stroke and thinner than a glyph, straight or wavy
 *   take_residue()        what large parts are without their rules: glyphs that touched a frame, pictures
 *
 * A border is found whatever its pattern: it is closed across its direction, so that waves and double lines become a band, and the
 * band is longer than any stroke. Columns of glyphs do not become bands, since there is white between glyphs. */
#include <math.h>
#include <leptonica/allheaders.h>

#include "ocr/layout_parts.h"

#define OWN_PIX RC_CLEANUP(pixDestroy) PIX *

/* All in glyphs of the body. */
static const float large = 6;           /* a longer part is no glyph: head lines are up to five times the body */
static const float huge = 12;           /* but for the title of a paper */
static const float dust = 0.12f;
static const float rule_length = 2.2f;  /* a long thin part by itself */
static const float hair = 0.2f, hair_length = 1.4f;     /* a piece of a thin one; strokes of large glyphs are thicker */
static const float band_length = 4;     /* a rule within a larger part, or made up of pieces */
static const float band_wave = 0.5f;    /* closed across a rule: double lines, depth of waves */
static const float band_gap = 1.0f;     /* closed along it: from wave to wave, from dot to dot */
static const float thickest = 0.9f;     /* of a straight rule */
static const float thickest_wave = 0.7f; /* of what had to be closed: thicker, and it may be a column of glyphs */
/* What is about as thick as a column, but not solid as a bar is, may be one whose blurred glyphs run into one another; but among so
 * many there is one that does not touch the next. */
static const float column_like = 0.5f, column_most = 1.3f, longest_blur = 12;
static const double solid = 0.85;
/* Crests of waves reach so far beyond the straight core of their rule. */
static const float crest = 0.3f;
/* Longer side to shorter side of what may be a piece of a rule. */
static const int thin = 6;

struct layers {
	PIX *glyphs;
	PIX *big;               /* large parts: frames, pictures, huge glyphs */
	PIX *pieces;            /* part of glyphs too: dots and dashes, which may make up a rule */
	PIX *rules;
};

static void pixa_free(PIXA **pixa)
{
	pixaDestroy(pixa);
}

static void boxa_free(BOXA **boxa)
{
	boxaDestroy(boxa);
}

static int units(float glyphs, float glyph)
{
	int n = (int)lroundf(glyphs * glyph);

	return n > 1 ? n : 1;
}

static void layers_close(struct layers *l)
{
	pixDestroy(&l->glyphs);
	pixDestroy(&l->big);
	pixDestroy(&l->pieces);
	pixDestroy(&l->rules);
}

static void paint(PIX *on, PIX *part, int x, int y)
{
	(void)pixRasterop(on, x, y, pixGetWidth(part), pixGetHeight(part), PIX_PAINT, part, 0, 0);
}

/* A mast head's glyph is full of strokes where a frame of its size is empty. */
static bool is_huge_glyph(PIX *part, float glyph)
{
	int w = pixGetWidth(part), h = pixGetHeight(part), ink = 0;
	int longer = w > h ? w : h, shorter = w < h ? w : h;

	if ((float)longer > huge * glyph || longer > 3 * shorter)
		return false;
	(void)pixCountPixels(part, &ink, NULL);
	return ink * 4 > w * h;
}

/* Glyphs of a column that run into one another. */
static bool is_blurred_column(PIX *part, float glyph)
{
	int w = pixGetWidth(part), h = pixGetHeight(part), ink = 0;

	if (h < w || (float)w <= column_like * glyph || (float)w > column_most * glyph || (float)h >= longest_blur * glyph)
		return false;
	(void)pixCountPixels(part, &ink, NULL);
	return ink < solid * w * h;
}

static void sort_components(PIXA *parts, float glyph, struct layers *l)
{
	int n = pixaGetCount(parts);

	for (int i = 0; i < n; i++) {
		OWN_PIX part = pixaGetPix(parts, i, L_CLONE);
		int w = pixGetWidth(part), h = pixGetHeight(part), x, y;
		int longer = w > h ? w : h, shorter = w < h ? w : h;
		bool is_thin = longer >= thin * shorter;
		bool is_hair = is_thin && (float)longer > hair_length * glyph && (float)shorter < hair * glyph;

		(void)pixaGetBoxGeometry(parts, i, &x, &y, NULL, NULL);
		if (is_blurred_column(part, glyph)) {
			paint(l->glyphs, part, x, y);
			continue;
		}
		if (is_hair || (is_thin && (float)longer > rule_length * glyph && (float)shorter < thickest * glyph)) {
			paint(l->rules, part, x, y);
			continue;
		}
		if ((float)longer > large * glyph && !is_huge_glyph(part, glyph)) {
			paint(l->big, part, x, y);
			continue;
		}
		paint(l->glyphs, part, x, y);
		if ((float)longer < 0.4f * glyph || is_thin)
			paint(l->pieces, part, x, y);
	}
}

static bool add_rule(struct layout_parts *p, struct rc_box box, bool upright)
{
	if (p->n_rules == LAYOUT_MAX_RULES)
		return false;
	p->rule[p->n_rules++] = (struct layout_rule){ box, upright };
	return true;
}

/* Bands in one direction of `from`, moved from there to the rules. wavy: closed first. */
static void take_rules(struct layout_parts *p, PIX *from, bool upright, bool wavy)
{
	int length = units(band_length, p->glyph), thick = units(wavy ? thickest_wave : thickest, p->glyph);
	int wave = wavy ? units(band_wave, p->glyph) : 1, along = wavy ? units(band_gap, p->glyph) : 1;
	OWN_PIX joined = pixCloseSafeBrick(NULL, from, upright ? wave : along, upright ? along : wave);
	OWN_PIX bands = joined ? pixOpenBrick(NULL, joined, upright ? 1 : length, upright ? length : 1) : NULL;
	OWN_PIX blots = bands ? pixOpenBrick(NULL, bands, thick, thick) : NULL;
	PIXA *list = NULL;
	OWN_PIX thin_bands = blots ? pixSubtract(NULL, bands, blots) : NULL;
	OWN_PIX straight = thin_bands ? pixOpenBrick(NULL, thin_bands, upright ? 1 : length, upright ? length : 1) : NULL;
	RC_CLEANUP(boxa_free) BOXA *boxes = straight ? pixConnComp(straight, &list, 8) : NULL;
	RC_CLEANUP(pixa_free) PIXA *parts = list;

	for (int i = 0; boxes && i < boxaGetCount(boxes); i++) {
		OWN_PIX part = pixaGetPix(parts, i, L_CLONE);
		int x, y, w, h, ink = 0, longer;

		(void)boxaGetBoxGeometry(boxes, i, &x, &y, &w, &h);
		(void)pixCountPixels(part, &ink, NULL);
		longer = upright ? h : w;
		if ((float)ink > (float)thick * (float)longer)
			continue;
		if (wavy && (float)ink > column_like * p->glyph * (float)longer && (float)longer < longest_blur * p->glyph)
			continue;

		OWN_PIX mask = pixDilateBrick(NULL, part, 3, 3);
		OWN_PIX own = pixCreate(w, h, 1);

		if (!mask || !own || !add_rule(p, (struct rc_box){ x, y, w, h }, upright))
			return;
		(void)pixRasterop(own, 0, 0, w, h, PIX_SRC, from, x, y);
		(void)pixRasterop(own, 0, 0, w, h, PIX_SRC & PIX_DST, mask, 0, 0);
		paint(p->rules, own, x, y);
		(void)pixRasterop(from, x, y, w, h, PIX_DST & PIX_NOT(PIX_SRC), own, 0, 0);
	}
}

/* Rules that were parts by themselves: only their places are missing. */
static void list_rules(struct layout_parts *p)
{
	RC_CLEANUP(boxa_free) BOXA *boxes = pixConnCompBB(p->rules, 8);

	for (int i = 0; boxes && i < boxaGetCount(boxes); i++) {
		int x, y, w, h;

		(void)boxaGetBoxGeometry(boxes, i, &x, &y, &w, &h);
		(void)add_rule(p, (struct rc_box){ x, y, w, h }, h > w);
	}
}

/* Does a part lie along a rule, no farther from it than its waves reach? */
static bool is_crest(const struct layout_parts *p, struct rc_box b)
{
	int reach = units(crest, p->glyph);

	for (int i = 0; i < p->n_rules; i++) {
		struct rc_box r = p->rule[i].box;
		int wide = p->rule[i].upright ? reach : 0, high = p->rule[i].upright ? 0 : reach;

		if (b.x >= r.x - wide && b.x + b.w <= r.x + r.w + wide && b.y >= r.y - high && b.y + b.h <= r.y + r.h + high)
			return true;
	}
	return false;
}

static void add_picture(struct layout_parts *p, PIX *part, struct rc_box box)
{
	int ink = 0;

	if (p->n_pictures == LAYOUT_MAX_PICTURES)
		return;
	(void)pixCountPixels(part, &ink, NULL);
	p->picture[p->n_pictures++] = (struct layout_picture){ box, ink };
}

/* What a large part is without its rules: glyphs that touched them, crumbs, and pictures. */
static void take_residue(struct layout_parts *p, PIX *big)
{
	PIXA *list = NULL;
	RC_CLEANUP(boxa_free) BOXA *boxes = pixConnComp(big, &list, 8);
	RC_CLEANUP(pixa_free) PIXA *parts = list;

	for (int i = 0; boxes && i < boxaGetCount(boxes); i++) {
		OWN_PIX part = pixaGetPix(parts, i, L_CLONE);
		int x, y, w, h, longer, shorter;

		(void)boxaGetBoxGeometry(boxes, i, &x, &y, &w, &h);
		longer = w > h ? w : h;
		shorter = w < h ? w : h;
		if ((float)longer > large * p->glyph) {
			if ((float)shorter > 2 * p->glyph)
				add_picture(p, part, (struct rc_box){ x, y, w, h });
		} else if ((float)longer > 0.5f * p->glyph && !is_crest(p, (struct rc_box){ x, y, w, h })) {
			paint(p->text, part, x, y);
		}
	}
}

static bool layers_open(struct layers *l, PIX *like)
{
	l->glyphs = pixCreateTemplate(like);
	l->big = pixCreateTemplate(like);
	l->pieces = pixCreateTemplate(like);
	l->rules = pixCreateTemplate(like);
	return l->glyphs && l->big && l->pieces && l->rules;
}

enum rc_status layout_take_apart(PIX *gray, float glyph, struct layout_parts *ret, struct rc_err *err)
{
	RC_CLEANUP(layout_parts_close) struct layout_parts p = { .glyph = glyph / 2 };
	RC_CLEANUP(layers_close) struct layers l = { 0 };
	int least = units(dust, p.glyph);
	OWN_PIX full = pixThresholdToBinary(gray, LAYOUT_INK);
	OWN_PIX bin = full ? pixReduceRankBinary2(full, 2, NULL) : NULL;
	OWN_PIX clean = bin ? pixSelectBySize(bin, least, least, 8, L_SELECT_IF_EITHER, L_SELECT_IF_GT, NULL) : NULL;
	PIXA *list = NULL;
	RC_CLEANUP(boxa_free) BOXA *boxes = clean ? pixConnComp(clean, &list, 8) : NULL;
	RC_CLEANUP(pixa_free) PIXA *parts = list;

	p.rule = calloc(LAYOUT_MAX_RULES, sizeof(*p.rule));
	p.picture = calloc(LAYOUT_MAX_PICTURES, sizeof(*p.picture));
	if (!parts || !p.rule || !p.picture || !layers_open(&l, clean))
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMORY, "cannot find the page's rules: not enough memory");
	sort_components(parts, p.glyph, &l);
	p.text = rc_steal(l.glyphs);
	p.rules = rc_steal(l.rules);
	list_rules(&p);
	for (int upright = 0; upright < 2; upright++)
		take_rules(&p, l.big, upright, false);
	for (int upright = 0; upright < 2; upright++) {
		take_rules(&p, l.big, upright, true);
		take_rules(&p, l.pieces, upright, true);
	}
	(void)pixRasterop(p.text, 0, 0, pixGetWidth(p.text), pixGetHeight(p.text), PIX_DST & PIX_NOT(PIX_SRC), p.rules, 0, 0);
	take_residue(&p, l.big);
	*ret = p;
	p = (struct layout_parts){ 0 };
	return RC_OK;
}

void layout_parts_close(struct layout_parts *parts)
{
	pixDestroy(&parts->text);
	pixDestroy(&parts->rules);
	free(parts->rule);
	free(parts->picture);
	*parts = (struct layout_parts){ 0 };
}
