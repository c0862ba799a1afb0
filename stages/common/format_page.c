/* format_page.c -- rules for PAGE: outlines inside the image, confidences in range, the reading order, lines with text. */
#include <stdio.h>
#include <string.h>

#include "common/format_parts.h"
#include "common/record_values.h"
#include "core/limits.h"

struct page {
	double width, height;           /* of the image; 0: not said */
	int line;                       /* elements of the line we are in, 0: none: 1 the line itself, 2 its TextEquiv, 3 that one's Unicode */
	bool line_has_text, line_is_marked;
};

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && strcmp(s + n - m, end) == 0;
}

static bool is(const char *element, const char *name)
{
	return strcmp(element, name) == 0;
}

/* One "x,y"; false: it is none. A point may be as far out as it likes here. */
static bool next_point(const char **at, int64_t *x, int64_t *y)
{
	char word[64], *comma;

	if (!record_next_word(at, word, sizeof word) || !(comma = strchr(word, ',')))
		return false;
	*comma = '\0';
	return record_get_int(word, -INT32_MAX, INT32_MAX, x) && record_get_int(comma + 1, -INT32_MAX, INT32_MAX, y);
}

static void check_points(struct format_check *c, int64_t least)
{
	const struct page *p = c->state;
	const char *points = format_attr(c, "points"), *at = points;
	int64_t n = 0, x, y;
	char actual[64], expected[64];

	for (; !record_list_end(at); n++) {
		if (!next_point(&at, &x, &y)) {
			if (!c->by_schema)
				format_broken(c, RULE_NUMBER, points, "", "an outline is not points 'x,y' with blanks between");
			return;
		}
		if (p->width <= 0 || p->height <= 0 || (x >= 0 && y >= 0 && (double)x <= p->width && (double)y <= p->height))
			continue;
		snprintf(actual, sizeof actual, "%lld,%lld", (long long)x, (long long)y);
		snprintf(expected, sizeof expected, "inside %g by %g", p->width, p->height);
		format_broken(c, RULE_BOX_OUTSIDE, actual, expected, "an outline reaches outside its image");
		return;
	}
	if (n < least && (!c->by_schema || n >= 2))
		format_broken(c, RULE_NUMBER, points, least == 3 ? "three points at least" : "two points at least", "an outline has too few points");
}

static void start(struct format_check *c, const char *element)
{
	struct page *p = c->state;
	double ignored;

	format_id(c, format_attr(c, "id"), ends_with(element, "Region") ? 'r' : 0);
	if (ends_with(element, "Ref") || ends_with(element, "RefIndexed"))
		format_refs(c, "regionRef", 'r', RULE_READING_ORDER);
	else
		format_refs(c, "regionRef", 'r', RULE_ID_REFERENCE);
	format_confidence(c, "conf", &ignored);
	if (is(element, "Page")) {
		format_number(c, "imageWidth", 1, &p->width);
		format_number(c, "imageHeight", 1, &p->height);
	} else if (is(element, "Coords")) {
		check_points(c, 3);
	} else if (is(element, "Baseline")) {
		check_points(c, 2);
	}
	if (is(element, "TextLine")) {
		p->line = 1;
		p->line_has_text = false;
		p->line_is_marked = strstr(format_attr(c, "custom"), "not-read") != NULL;
	} else if (p->line == 1 && is(element, "TextEquiv")) {
		p->line = 2;
	} else if (p->line == 2 && is(element, "Unicode")) {
		p->line = 3;
	}
}

/* Words count too: not everybody writes the text of lines again. */
static void text(struct format_check *c, const char *value)
{
	struct page *p = c->state;

	p->line_has_text |= p->line == 3 && value[strspn(value, " \t\r\n")];
}

static void end(struct format_check *c, const char *element)
{
	struct page *p = c->state;

	if (p->line == 3 && is(element, "Unicode"))
		p->line = 2;
	else if (p->line == 2 && is(element, "TextEquiv"))
		p->line = 1;
	if (!is(element, "TextLine"))
		return;
	if (!p->line_has_text && !p->line_is_marked)
		format_advise(c, RULE_LINE_EMPTY, "nothing", "text, or 'not-read' in custom", "a line without text");
	p->line = 0;
}

const struct format_rules format_page = { sizeof(struct page), start, text, end, NULL };
