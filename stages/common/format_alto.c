/* format_alto.c -- rules for ALTO: boxes inside their page, confidences in range and in the right sense, lines with text. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "common/format_parts.h"
#include "core/text.h"

struct alto {
	double width, height;           /* of the page; 0: not said */
	bool line_has_text, line_is_marked;
	int64_t line_strings;
	bool in_software, by_tesseract;
	bool has_0_100, has_digit;      /* a WC of "0.100", one of "0.7" */
};

static bool is(const char *element, const char *name)
{
	return strcmp(element, name) == 0;
}

static const char *const blocks[] = { "TextBlock", "ComposedBlock", "Illustration", "GraphicalElement" };
static const char *const boxes[] = { "PrintSpace", "TopMargin", "LeftMargin", "RightMargin", "BottomMargin", "TextLine", "String",
	"SP", "HYP", "Glyph" };

static bool is_one(const char *element, const char *const *names, size_t n)
{
	while (n > 0 && !is(element, names[n - 1]))
		n--;
	return n > 0;
}

/* Half a unit is rounding: coordinates may be fractions of them. */
static void check_box(struct format_check *c)
{
	const struct alto *a = c->state;
	double x, y, w = 0, h = 0;
	char actual[100], expected[100];
	bool placed = format_number(c, "HPOS", 0, &x) & format_number(c, "VPOS", 0, &y);

	format_number(c, "WIDTH", 0, &w);
	format_number(c, "HEIGHT", 0, &h);
	if (!placed || a->width <= 0 || a->height <= 0 || (x + w <= a->width + 0.5 && y + h <= a->height + 0.5))
		return;
	snprintf(actual, sizeof actual, "%g %g %g %g", x, y, w, h);
	snprintf(expected, sizeof expected, "inside %g by %g", a->width, a->height);
	format_broken(c, RULE_BOX_OUTSIDE, actual, expected, "a box reaches outside its page");
}

/* CC has a digit for each character, 0 for sure to 9 for unsure; WC says how sure, 1 for sure. */
static void check_characters(struct format_check *c, const char *content, bool has_wc, double wc)
{
	const char *cc = xml_get(c->xml, "CC");
	size_t n = 0, sum = 0;
	char actual[40], expected[40];

	for (const char *at = cc ? cc : ""; *at; at++) {
		if (isspace((unsigned char)*at))
			continue;
		if (!isdigit((unsigned char)*at)) {
			format_broken(c, RULE_CONFIDENCE, cc, "digits from 0 (sure) to 9 (unsure)", "CC holds what is no digit");
			return;
		}
		n++;
		sum += (size_t)(*at - '0');
	}
	if (!cc)
		return;
	if (n != rc_utf8_count(content)) {
		snprintf(actual, sizeof actual, "%zu digits", n);
		snprintf(expected, sizeof expected, "%zu", rc_utf8_count(content));
		format_broken(c, RULE_CONFIDENCE, actual, expected, "CC has not one digit for each character");
	} else if (n > 0 && has_wc && ((wc > 0.9 && sum > 8 * n) || (wc < 0.1 && sum < n))) {
		format_advise(c, RULE_CONFIDENCE_SENSE, cc, "0 for sure, 9 for unsure", "CC and WC contradict each other");
	}
}

/* "0." and a percentage without its leading zero: Tesseract writes 5 % as 0.5 and 100 % as 0.100. */
static void note_wc(struct alto *a, const char *wc)
{
	a->has_0_100 |= is(wc, "0.100");
	a->has_digit |= strlen(wc) < 5;
}

static void check_string(struct format_check *c)
{
	struct alto *a = c->state;
	const char *content = format_attr(c, "CONTENT");
	double wc = 0;
	bool has_wc = format_confidence(c, "WC", &wc);

	a->line_strings++;
	a->line_has_text |= content[strspn(content, " \t\r\n")] != '\0';
	a->line_is_marked |= *format_attr(c, "TAGREFS") != '\0';
	if (has_wc)
		note_wc(a, format_attr(c, "WC"));
	check_characters(c, content, has_wc, wc);
}

static void start(struct format_check *c, const char *element)
{
	struct alto *a = c->state;
	bool block = is_one(element, blocks, RC_COUNT(blocks));
	double ignored;

	format_id(c, format_attr(c, "ID"), block ? 'r' : 0);
	format_refs(c, "STYLEREFS", 0, RULE_ID_REFERENCE);
	format_refs(c, "TAGREFS", 0, RULE_ID_REFERENCE);
	format_refs(c, "PROCESSINGREFS", 0, RULE_ID_REFERENCE);
	format_refs(c, "IDNEXT", 0, RULE_ID_REFERENCE);
	if (is(element, "ElementRef"))
		format_refs(c, "REF", 0, RULE_READING_ORDER);
	if (is(element, "Page")) {
		*a = (struct alto){ .by_tesseract = a->by_tesseract, .has_0_100 = a->has_0_100, .has_digit = a->has_digit };
		format_number(c, "WIDTH", 0, &a->width);
		format_number(c, "HEIGHT", 0, &a->height);
		format_confidence(c, "PC", &ignored);
	} else if (is(element, "TextLine")) {
		a->line_has_text = false;
		a->line_is_marked = *format_attr(c, "TAGREFS") != '\0';
		a->line_strings = 0;
	}
	if (block || is_one(element, boxes, RC_COUNT(boxes)))
		check_box(c);
	if (is(element, "String"))
		check_string(c);
	else if (is(element, "Glyph"))
		format_confidence(c, "GC", &ignored);
	else if (is(element, "Variant"))
		format_confidence(c, "VC", &ignored);
	a->in_software = is(element, "softwareName") || is(element, "softwareCreator") || (a->in_software && is(element, "br"));
}

static void text(struct format_check *c, const char *value)
{
	struct alto *a = c->state;

	a->by_tesseract |= a->in_software && strcasestr(value, "tesseract");
}

static void end(struct format_check *c, const char *element)
{
	struct alto *a = c->state;

	a->in_software = false;
	if (!is(element, "TextLine"))
		return;
	if (!a->line_has_text && !a->line_is_marked)
		format_advise(c, RULE_LINE_EMPTY, a->line_strings ? "blank" : "nothing", "text, or a tag that says why there is none",
		              "a line without text");
}

static void done(struct format_check *c)
{
	const struct alto *a = c->state;

	if (a->by_tesseract && a->has_0_100 && a->has_digit)
		format_advise(c, RULE_CONFIDENCE_SENSE, "0.100", "1",
		              "Tesseract wrote percentages behind '0.' as WC: 0.5 stands for 5 %, 0.100 for all");
}

const struct format_rules format_alto = { sizeof(struct alto), start, text, end, done };
