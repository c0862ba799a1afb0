/* record_glyphs.c -- the glyphs of a line in a record: lists of boxes, confidences, spans and other readings. */
#include "common/record_parts.h"

#include <stdio.h>

/* Are the lists of the glyphs as long as each other and, without spans, as the text? */
static bool check_counts(struct record_reader *r, const struct rc_line *line, size_t *ret)
{
	size_t boxes = record_list_count(record_attr(r, "boxes")), confidences = record_list_count(record_attr(r, "confidences"));
	const char *spans = xml_get(r->xml, "spans");
	size_t wanted = spans ? record_list_count(spans) : 2 * rc_utf8_count(line->text);
	char actual[96];

	*ret = boxes / 4;
	if (boxes == 4 * confidences && wanted == 2 * confidences)
		return true;
	if (r->text_findings && !spans)
		return false;           /* the text is wrong, and that was told */
	snprintf(actual, sizeof actual, "%zu numbers, %zu confidences, %zu %s", boxes, confidences, wanted / (spans ? 1 : 2),
	         spans ? "span numbers" : "characters");
	record_broken(r, RULE_GLYPH_COUNT, actual, "four numbers and one confidence for each",
	       spans ? "the lists of glyphs differ in length" : "glyphs and characters differ in number");
	return false;
}

struct walk {                   /* through the text of a line */
	const char *at;
	int64_t count;          /* code points before `at` */
};

/* The bytes of the next span of the list; false when it is behind the walk, or ends after the text. */
static bool next_span(struct walk *walk, const char *text, const char **spans, struct rc_glyph *g)
{
	int64_t start = walk->count, len = 1;

	if (*spans && (!record_next_int(spans, 0, RC_MAX_LINE_BYTES, &start) || !record_next_int(spans, 1, RC_MAX_LINE_BYTES, &len)))
		return false;
	if (start < walk->count)
		return false;
	for (; walk->count < start; walk->count++)
		if (rc_utf8_next(&walk->at) == 0)
			return false;
	g->start = (uint32_t)(walk->at - text);
	for (; walk->count < start + len; walk->count++)
		if (rc_utf8_next(&walk->at) == 0)
			return false;
	g->len = (uint32_t)(walk->at - text) - g->start;
	return true;
}

static bool next_box(const char **boxes, struct rc_box *ret)
{
	int64_t v[4];

	for (size_t i = 0; i < RC_COUNT(v); i++)
		if (!record_next_int(boxes, 0, RC_MAX_SIDE, &v[i]))
			return false;
	*ret = (struct rc_box){ (int32_t)v[0], (int32_t)v[1], (int32_t)v[2], (int32_t)v[3] };
	return true;
}

static void add_glyphs(struct record_reader *r, struct rc_line *line, size_t n)
{
	const char *boxes = record_attr(r, "boxes"), *confidences = record_attr(r, "confidences"), *spans = xml_get(r->xml, "spans");
	struct walk walk = { line->text, 0 };

	for (size_t i = 0; i < n && !record_failed(r); i++) {
		struct rc_glyph *g = rc_line_add_glyph(line);
		int64_t percent;

		if (!g) {
			record_malformed(r, "not enough memory");
		} else if (!next_box(&boxes, &g->box) || !record_next_int(&confidences, 0, 100, &percent)) {
			record_malformed(r, "glyph %zu has no box or confidence in range", i + 1);
		} else if (!next_span(&walk, line->text, &spans, g)) {
			record_broken(r, RULE_GLYPH_SPAN, spans ? spans : "", "spans in order and inside the text", "a glyph's span does not fit the text");
			return;
		} else {
			g->confidence = (float)percent / 100;
			record_check_inside(r, g->box);
		}
	}
}

/* "index text confidence ...": each belongs to a glyph, and no glyph has more than there is room for. */
static void add_others(struct record_reader *r, struct rc_line *line)
{
	const char *list = xml_get(r->xml, "others");

	while (list && !record_list_end(list)) {
		struct rc_other other;
		int64_t glyph, percent;
		size_t k = 0;

		if (!record_next_int(&list, 0, (int64_t)line->n_glyphs - 1, &glyph) || !record_next_word(&list, other.text, sizeof other.text) ||
		    !record_next_int(&list, 0, 100, &percent)) {
			record_malformed(r, "attribute 'others' is not a list of glyph, text and confidence");
			return;
		}
		while (k < RC_GLYPH_OTHERS && line->glyphs[glyph].others[k].text[0])
			k++;
		other.confidence = (float)percent / 100;
		if (k < RC_GLYPH_OTHERS)
			line->glyphs[glyph].others[k] = other;
	}
}

static void mark_chosen(struct record_reader *r, struct rc_line *line)
{
	const char *list = xml_get(r->xml, "chosen");
	int64_t glyph;

	while (list && !record_list_end(list)) {
		if (!record_next_int(&list, 0, (int64_t)line->n_glyphs - 1, &glyph)) {
			record_malformed(r, "attribute 'chosen' is not a list of glyphs");
			return;
		}
		line->glyphs[glyph].chosen = true;
	}
}

void record_read_glyphs(struct record_reader *r, struct rc_line *line)
{
	size_t n;

	if (!line->text) {
		record_malformed(r, "<glyphs> before <text>");
	} else if (line->n_glyphs) {
		record_malformed(r, "<glyphs> twice");
	} else if (check_counts(r, line, &n)) {
		r->page_glyphs += n;
		if (r->page_glyphs > RC_MAX_GLYPHS)
			record_broken(r, RULE_LIMIT, "more", "200000", "a page has more glyphs than the limit");
		else
			add_glyphs(r, line, n);
		add_others(r, line);
		mark_chosen(r, line);
	}
	record_end(r);
}
