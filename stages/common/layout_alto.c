/* layout_alto.c -- lines from ALTO.
 *
 *   layout_read_alto()   Description, ReadingOrder, Layout
 *   read_blocks()        whatever holds blocks: margins, PrintSpace, ComposedBlock
 *   read_line()          String, SP, HYP */
#include <string.h>

#include "common/layout_parts.h"

struct block {
	int32_t region;
	enum rc_direction direction;
};

static void read_source(struct layout_reader *r)
{
	while (layout_child(r)) {
		if (layout_is(r, "fileName"))
			layout_keep(&r->out->image, layout_take_text(r));
		else if (layout_is(r, "fileIdentifier"))
			layout_keep(&r->out->scan, layout_take_text(r));
		else if (layout_is(r, "documentIdentifier"))
			layout_keep(&r->out->item, layout_take_text(r));
		else
			layout_skip(r);
	}
}

static void read_description(struct layout_reader *r)
{
	while (layout_child(r)) {
		if (layout_is(r, "sourceImageInformation"))
			read_source(r);
		else
			layout_skip(r);
	}
}

/* Groups in groups; a reference may name several elements. */
static void read_order(struct layout_reader *r)
{
	while (layout_child(r)) {
		if (layout_is(r, "ElementRef"))
			layout_add_refs(r, xml_get(r->xml, "REF"));
		read_order(r);
	}
}

static enum rc_direction direction_of(const struct layout_reader *r, enum rc_direction fallback)
{
	const char *word = xml_get(r->xml, "BASEDIRECTION");

	if (!word)
		return fallback;
	return strcmp(word, "ttb") == 0 || strcmp(word, "btt") == 0 ? RC_DIR_VERTICAL : RC_DIR_HORIZONTAL;
}

/* left, top, right, bottom of the element that starts; false: it does not say. */
static bool place_of(const struct layout_reader *r, double place[4])
{
	double w, h;

	if (!layout_real(r, "HPOS", &place[0]) || !layout_real(r, "VPOS", &place[1]) || !layout_real(r, "WIDTH", &w) || !layout_real(r, "HEIGHT", &h))
		return false;
	place[2] = place[0] + w;
	place[3] = place[1] + h;
	return w > 0 && h > 0;
}

static void read_shape(struct layout_reader *r, struct layout_line *line)
{
	while (layout_child(r)) {
		if (layout_is(r, "Polygon") && xml_get(r->xml, "POINTS"))
			layout_points(line, xml_get(r->xml, "POINTS"));
		layout_skip(r);
	}
}

static void add_content(struct layout_reader *r, struct rc_buf *text)
{
	const char *content = xml_get(r->xml, "CONTENT");

	rc_buf_adds(text, content ? content : "");
}

static void read_line(struct layout_reader *r, const struct block *block)
{
	RC_OWN_BUF text = RC_BUF(RC_MAX_LINE_BYTES);
	struct layout_line *line = layout_add_line(r);
	double place[4];
	bool placed, any = false;

	if (!line)
		return;
	layout_keep(&line->id, layout_attr(r, "ID"));
	line->region = block->region;
	line->direction = direction_of(r, block->direction);
	placed = place_of(r, place);
	if (placed)
		layout_around(line, place[0], place[1], place[2], place[3]);
	while (layout_child(r)) {
		if (layout_is(r, "Shape")) {
			read_shape(r, line);
			continue;
		}
		if (layout_is(r, "String") || layout_is(r, "HYP"))
			add_content(r, &text);
		else if (layout_is(r, "SP"))
			rc_buf_addc(&text, ' ');
		any |= layout_is(r, "String");
		if (!placed && layout_is(r, "String") && place_of(r, place))
			layout_around(line, place[0], place[1], place[2], place[3]);
		layout_skip(r);
	}
	if (rc_good(r->status))
		r->status = rc_buf_check(&text, "a line", r->err);
	if (any)
		layout_set_text(r, line, rc_strdup(text.data));
}

static void read_text_block(struct layout_reader *r, enum rc_direction direction)
{
	struct block block = { layout_rank(r, xml_get(r->xml, "ID")), direction_of(r, direction) };

	while (layout_child(r)) {
		if (layout_is(r, "TextLine"))
			read_line(r, &block);
		else
			layout_skip(r);
	}
}

static void read_blocks(struct layout_reader *r, enum rc_direction direction)
{
	while (layout_child(r)) {
		if (layout_is(r, "TextBlock"))
			read_text_block(r, direction);
		else if (layout_is(r, "ComposedBlock"))
			read_blocks(r, direction_of(r, direction));
		else
			layout_skip(r);
	}
}

static void read_layout(struct layout_reader *r)
{
	while (layout_child(r)) {
		if (!layout_is(r, "Page")) {
			layout_skip(r);
			continue;
		}
		if (r->out->n_pages++ == 0) {
			(void)layout_real(r, "WIDTH", &r->out->width);
			(void)layout_real(r, "HEIGHT", &r->out->height);
		}
		while (layout_child(r))         /* margins and print space */
			read_blocks(r, RC_DIR_UNKNOWN);
	}
}

void layout_read_alto(struct layout_reader *r)
{
	while (layout_child(r)) {
		if (layout_is(r, "Description"))
			read_description(r);
		else if (layout_is(r, "ReadingOrder"))
			read_order(r);
		else if (layout_is(r, "Layout"))
			read_layout(r);
		else
			layout_skip(r);
	}
}
