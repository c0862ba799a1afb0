/* line_text.c -- the printed layer of a line, in the form records promise.
 *
 *   is_normal()     the usual case: nothing to do
 *   decode()        text and glyphs -> points: characters that know their glyph
 *   compose()       normalization form C, run by run; glyphs of a run become one
 *   drop_blanks()   white space that CJK text does not have
 *   encode()        points -> text and glyphs
 *
 * Working on points keeps glyphs and characters together whatever is dropped or composed. */
#include "normalize/line_text.h"

#include <string.h>

#include "common/nfc.h"
#include "common/xml.h"
#include "core/text.h"

enum { NO_GLYPH = -1 };

struct point {
	uint32_t cp;
	int32_t glyph;          /* index in line->glyphs, or NO_GLYPH */
};

struct points {
	struct point *v;        /* owned */
	size_t n;
};

static void free_points(struct points *p)
{
	free(p->v);
}
#define OWN_POINTS RC_CLEANUP(free_points) struct points

static bool is_break(uint32_t cp)
{
	return cp == '\t' || cp == '\n' || cp == '\r';
}

static bool is_blank(uint32_t cp)
{
	return cp == ' ' || cp == 0x3000 || cp == 0xA0;
}

/* ---- is there something to do? ------------------------------------------------------------------------ */

static bool all_text(const char *text)
{
	for (uint32_t cp; (cp = rc_utf8_next(&text)) != 0;)
		if (!xml_allows(cp) || is_break(cp))
			return false;
	return true;
}

static bool has_blank(const char *text)
{
	for (uint32_t cp; (cp = rc_utf8_next(&text)) != 0;)
		if (is_blank(cp) || (cp >= 0x1680 && cp <= 0x205F))
			return true;
	return false;
}

static bool is_normal(const char *text)
{
	return all_text(text) && !has_blank(text) && nfc_is(text);
}

/* ---- the steps ---------------------------------------------------------------------------------------- */

/* The glyph that the byte at `offset` belongs to; *from moves on with the text. */
static int32_t glyph_at(const struct rc_line *line, uint32_t offset, size_t *from)
{
	while (*from < line->n_glyphs && line->glyphs[*from].start + line->glyphs[*from].len <= offset)
		(*from)++;
	return *from < line->n_glyphs && line->glyphs[*from].start <= offset ? (int32_t)*from : NO_GLYPH;
}

static struct points decode(const struct rc_line *line)
{
	struct points p = { .v = rc_alloc((strlen(line->text) + 1) * sizeof *p.v) };
	const char *at = line->text;
	size_t glyph = 0;

	while (*at) {
		uint32_t offset = (uint32_t)(at - line->text), cp = rc_utf8_next(&at);

		if (cp == RC_BAD_CP)
			cp = 0xFFFD;
		if (is_break(cp))
			cp = ' ';
		if (xml_allows(cp))
			p.v[p.n++] = (struct point){ cp, glyph_at(line, offset, &glyph) };
	}
	return p;
}

static struct rc_box around(struct rc_box a, struct rc_box b)
{
	int32_t right = a.x + a.w > b.x + b.w ? a.x + a.w : b.x + b.w;
	int32_t bottom = a.y + a.h > b.y + b.h ? a.y + a.h : b.y + b.h;
	int32_t x = a.x < b.x ? a.x : b.x, y = a.y < b.y ? a.y : b.y;

	return (struct rc_box){ x, y, right - x, bottom - y };
}

static void merge_glyph(struct rc_glyph *into, const struct rc_glyph *from)
{
	into->box = around(into->box, from->box);
	if (from->confidence < into->confidence)
		into->confidence = from->confidence;
}

/* The one glyph of points [from, to): the first there is; the others become part of it, here and further on. */
static int32_t merge_run(struct rc_line *line, struct points *p, size_t from, size_t to)
{
	int32_t one = NO_GLYPH;

	for (size_t i = from; i < to; i++) {
		int32_t other = p->v[i].glyph;

		if (other == NO_GLYPH || other == one)
			continue;
		if (one == NO_GLYPH) {
			one = other;
			continue;
		}
		merge_glyph(&line->glyphs[one], &line->glyphs[other]);
		for (size_t k = i; k < p->n && (k < to || p->v[k].glyph == other); k++)
			if (p->v[k].glyph == other)
				p->v[k].glyph = one;
	}
	return one;
}

static struct points compose(struct rc_line *line, struct points *p)
{
	enum { GROWTH = 3 };    /* code points that one can become in form C */
	struct points out = { .v = rc_alloc((GROWTH * p->n + 1) * sizeof *out.v) };
	RC_CLEANUP(rc_free) uint32_t *in = rc_alloc((p->n + 1) * sizeof *in);
	RC_CLEANUP(rc_free) uint32_t *composed = rc_alloc((GROWTH * p->n + 1) * sizeof *composed);

	for (size_t from = 0, to; from < p->n; from = to) {
		in[0] = p->v[from].cp;
		for (to = from + 1; to < p->n && !nfc_boundary_before(p->v[to].cp); to++)
			in[to - from] = p->v[to].cp;
		int32_t glyph = to - from > 1 ? merge_run(line, p, from, to) : p->v[from].glyph;
		size_t n = nfc_compose(in, to - from, composed, GROWTH * (to - from));

		for (size_t i = 0; i < n; i++)
			out.v[out.n++] = (struct point){ composed[i], glyph };
	}
	return out;
}

static void put_text(const struct points *p, struct rc_buf *out)
{
	for (size_t i = 0; i < p->n; i++)
		rc_buf_add_cp(out, p->v[i].cp);
}

/* rc_text_join_cjk() decides; it only ever drops blanks, so a point that is not the next one left was dropped. */
static void drop_blanks(struct points *p)
{
	RC_OWN_BUF text = RC_BUF(SIZE_MAX / 4);
	size_t n = 0, first = 0;

	put_text(p, &text);
	rc_text_join_cjk(text.data);
	const char *left = text.data;

	for (size_t i = 0; i < p->n; i++) {
		const char *at = left;

		if (rc_utf8_next(&at) != p->v[i].cp)
			continue;
		p->v[n++] = p->v[i];
		left = at;
	}
	while (n > 0 && is_blank(p->v[n - 1].cp))
		n--;
	while (first < n && is_blank(p->v[first].cp))
		first++;
	p->n = n - first;
	memmove(p->v, p->v + first, p->n * sizeof *p->v);
}

/* Glyphs keep their order, so that each moves to its place or before it. */
static void encode(const struct points *p, struct rc_line *line)
{
	struct rc_buf text = RC_BUF(SIZE_MAX / 4);
	size_t n_glyphs = 0;
	int32_t last = NO_GLYPH;

	for (size_t i = 0; i < p->n; i++) {
		size_t start = text.len;
		int32_t glyph = p->v[i].glyph;

		rc_buf_add_cp(&text, p->v[i].cp);
		if (glyph == NO_GLYPH)
			continue;
		if (glyph != last) {
			line->glyphs[n_glyphs] = line->glyphs[glyph];
			line->glyphs[n_glyphs].start = (uint32_t)start;
			n_glyphs++;
			last = glyph;
		}
		line->glyphs[n_glyphs - 1].len = (uint32_t)(text.len - line->glyphs[n_glyphs - 1].start);
	}
	line->n_glyphs = n_glyphs;
	free(line->text);
	line->text = rc_buf_take(&text);
	if (!line->text)
		rc_out_of_memory();
}

void line_text_normalize(struct rc_line *line)
{
	if (!line->text)
		line->text = rc_strdup("");
	if (is_normal(line->text))
		return;
	OWN_POINTS raw = decode(line);
	OWN_POINTS composed = compose(line, &raw);

	drop_blanks(&composed);
	encode(&composed, line);
	if (strlen(line->text) > RC_MAX_LINE_BYTES) {   /* hostile: form C made it three times as long */
		line->not_read = true;
		line->text[0] = '\0';
		line->n_glyphs = 0;
	}
}
