/* layout_page.c -- lines from PAGE XML.
 *
 *   layout_read_page()   Metadata, Page
 *   read_regions()       whatever holds regions
 *   read_line()          its own TextEquiv, or its words'; and whether the two agree
 *
 * Of several TextEquiv the one with the lowest index counts, and the first of equals. */
#include <string.h>

#include "common/layout_parts.h"
#include "core/text.h"

static void read_metadata(struct layout_reader *r)
{
	while (layout_child(r)) {
		const char *name = xml_get(r->xml, "name");

		if (layout_is(r, "MetadataItem") && name && strcmp(name, "scan") == 0)
			layout_keep(&r->out->scan, layout_attr(r, "value"));
		else if (layout_is(r, "MetadataItem") && name && strcmp(name, "item") == 0)
			layout_keep(&r->out->item, layout_attr(r, "value"));
		layout_skip(r);
	}
}

static void read_order(struct layout_reader *r)
{
	while (layout_child(r)) {
		if (strncmp(xml_name(r->xml), "RegionRef", 9) == 0)
			layout_add_refs(r, xml_get(r->xml, "regionRef"));
		read_order(r);
	}
}

static enum rc_direction direction_of(const struct layout_reader *r, enum rc_direction fallback)
{
	const char *word = xml_get(r->xml, "readingDirection");

	if (!word)
		return fallback;
	return strcmp(word, "top-to-bottom") == 0 || strcmp(word, "bottom-to-top") == 0 ? RC_DIR_VERTICAL : RC_DIR_HORIZONTAL;
}

/* `points`, or in files before 2013 a Point for each. */
static void read_coords(struct layout_reader *r, struct layout_line *line)
{
	RC_OWN_BUF points = RC_BUF(RC_MAX_LINE_BYTES);

	if (xml_get(r->xml, "points"))
		rc_buf_adds(&points, xml_get(r->xml, "points"));
	while (layout_child(r)) {
		if (layout_is(r, "Point") && xml_get(r->xml, "x") && xml_get(r->xml, "y"))
			rc_buf_addf(&points, " %s,%s", xml_get(r->xml, "x"), xml_get(r->xml, "y"));
		layout_skip(r);
	}
	layout_points(line, points.data);
}

struct equiv {
	char *text;                     /* owned; NULL: none so far */
	double index;
};

static void equiv_free(struct equiv *e)
{
	free(e->text);
}

static void read_equiv(struct layout_reader *r, struct equiv *best)
{
	double index = 0;

	(void)layout_real(r, "index", &index);
	while (layout_child(r)) {
		if (!layout_is(r, "Unicode")) {
			layout_skip(r);
			continue;
		}
		char *text = layout_take_text(r);

		if (best->text && best->index <= index) {
			free(text);
			continue;
		}
		free(best->text);
		*best = (struct equiv){ text, index };
	}
}

/* false: it has no text, as where only its glyphs do. */
static bool read_word(struct layout_reader *r, struct rc_buf *words)
{
	RC_CLEANUP(equiv_free) struct equiv best = { 0 };

	while (layout_child(r)) {
		if (layout_is(r, "TextEquiv"))
			read_equiv(r, &best);
		else
			layout_skip(r);
	}
	if (best.text)
		rc_buf_addf(words, "%s%s", words->len ? " " : "", best.text);
	return best.text != NULL;
}

/* The next character that is no blank, or 0. */
static uint32_t next_inked(const char **at)
{
	uint32_t cp;

	do
		cp = rc_utf8_next(at);
	while (cp == ' ' || cp == '\t' || cp == '\n' || cp == '\r' || cp == 0xA0 || cp == 0x3000);
	return cp;
}

/* Not in their blanks: words are joined by one, and Chinese is set without. */
static bool is_same(const char *a, const char *b)
{
	uint32_t cp;

	do {
		cp = next_inked(&a);
		if (cp != next_inked(&b))
			return false;
	} while (cp != 0);
	return true;
}

static void read_line(struct layout_reader *r, int32_t region, enum rc_direction direction)
{
	RC_CLEANUP(equiv_free) struct equiv best = { 0 };
	RC_OWN_BUF words = RC_BUF(RC_MAX_LINE_BYTES);
	struct layout_line *line = layout_add_line(r);
	bool whole = true;              /* each of the words has a text */

	if (!line)
		return;
	layout_keep(&line->id, layout_attr(r, "id"));
	line->region = region;
	line->corrected = xml_get(r->xml, "custom") && strstr(xml_get(r->xml, "custom"), "corrected");
	line->direction = direction_of(r, direction);
	while (layout_child(r)) {
		if (layout_is(r, "Coords"))
			read_coords(r, line);
		else if (layout_is(r, "TextEquiv"))
			read_equiv(r, &best);
		else if (layout_is(r, "Word"))
			whole &= read_word(r, &words);
		else
			layout_skip(r);
	}
	if (rc_good(r->status))
		r->status = rc_buf_check(&words, "a line", r->err);
	line->words_differ = best.text && words.len && whole && !is_same(best.text, words.data);
	if (best.text || words.len)
		layout_set_text(r, line, best.text ? rc_steal(best.text) : rc_strdup(words.data));
}

static bool is_region(const struct layout_reader *r)
{
	const char *name = xml_name(r->xml), *end = strstr(name, "Region");

	return end && end[6] == '\0';
}

/* region: of the lines that stand right here; they only do in a TextRegion. */
static void read_regions(struct layout_reader *r, int32_t region, enum rc_direction direction)
{
	while (layout_child(r)) {
		if (layout_is(r, "TextLine"))
			read_line(r, region, direction);
		else if (layout_is(r, "TextRegion"))
			read_regions(r, layout_rank(r, xml_get(r->xml, "id")), direction_of(r, direction));
		else if (is_region(r))
			read_regions(r, region, direction_of(r, direction));
		else if (layout_is(r, "ReadingOrder"))
			read_order(r);
		else
			layout_skip(r);
	}
}

void layout_read_page(struct layout_reader *r)
{
	while (layout_child(r)) {
		if (layout_is(r, "Metadata")) {
			read_metadata(r);
			continue;
		}
		if (!layout_is(r, "Page")) {
			layout_skip(r);
			continue;
		}
		r->out->n_pages++;
		layout_keep(&r->out->image, layout_attr(r, "imageFilename"));
		layout_keep(&r->out->scan, layout_attr(r, "custom"));
		(void)layout_real(r, "imageWidth", &r->out->width);
		(void)layout_real(r, "imageHeight", &r->out->height);
		read_regions(r, 0, direction_of(r, RC_DIR_UNKNOWN));
	}
}
