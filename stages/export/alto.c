/* alto.c -- a page in ALTO 4.4 (http://www.loc.gov/standards/alto/), as a stream.
 *
 *   export_alto_page()        the document
 *   write_head()       Description, Tags, ReadingOrder
 *   write_region()     TextBlock, Illustration, GraphicalElement; ComposedBlock where other than text has lines
 *   write_line()       TextLine; write_string() a word; write_glyph() a glyph and what else it may be
 *
 * Coordinates are pixels of the stored frame, the image as it lies in the scan, before any orientation is applied.
 * WC, PC and GC say how sure a reading is, from 0 to 1; the digits of CC say how unsure, from 0 to 9, one for each character.
 * CS marks lines that people corrected. A line that was found and not read stands as a line with an empty String and the tag "not-read", so that who corrects the
 * page finds it in its place. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "common/record_values.h"
#include "core/text.h"
#include "export/pages.h"

static const char not_read_tag[] = "not-read", correction_id[] = "correction";

/* ---- attributes --------------------------------------------------------------------------------------------- */

static void attr_box(struct xml_writer *xml, struct rc_box box)
{
	xml_attr_int(xml, "HPOS", box.x);
	xml_attr_int(xml, "VPOS", box.y);
	xml_attr_int(xml, "WIDTH", box.w);
	xml_attr_int(xml, "HEIGHT", box.h);
}

static void attr_real(struct xml_writer *xml, const char *name, double value)
{
	char text[RECORD_REAL];

	xml_attr(xml, name, record_put_real(text, value, RECORD_SHARE_DECIMALS));
}

static double share(double value)
{
	return value > 0 ? fmin(value, 1) : 0;
}

static const char *direction_name(enum rc_direction direction)
{
	return direction == RC_DIR_VERTICAL ? "ttb" : direction == RC_DIR_HORIZONTAL ? "ltr" : NULL;
}

static void attr_direction(struct xml_writer *xml, enum rc_direction direction)
{
	if (direction_name(direction))
		xml_attr(xml, "BASEDIRECTION", direction_name(direction));
}

static void write_polygon(struct xml_writer *xml, const char *points)
{
	xml_start(xml, "Shape");
	xml_start(xml, "Polygon");
	xml_attr(xml, "POINTS", points);
	xml_end(xml);
	xml_end(xml);
}

/* ---- before the layout -------------------------------------------------------------------------------------- */

static void write_source(struct xml_writer *xml, const struct record_head *head, const struct record_page *page)
{
	char scan[EXPORT_SCAN];

	xml_start(xml, "sourceImageInformation");
	xml_element(xml, "fileName", export_image_name(page));
	xml_start(xml, "fileIdentifier");
	xml_attr(xml, "fileIdentifierLocation", "scan");
	xml_text(xml, export_scan_name(scan, page));
	xml_end(xml);
	xml_start(xml, "documentIdentifier");
	xml_attr(xml, "documentIdentifierLocation", "item");
	xml_text(xml, head->id);
	xml_end(xml);
	xml_end(xml);
}

/* "chi_tra_vert sha256:..." for each model that read the page, and the versions of libraries. */
static void add_settings(struct rc_buf *out, const struct record_head *head, const struct rc_page *page)
{
	for (size_t i = 0; i < head->n_parts; i++) {
		const struct record_part *part = &head->parts[i];

		if (part->kind == RECORD_ENGINE || (part->kind == RECORD_MODEL && export_has_model(page, part->name)))
			rc_buf_addf(out, "%s%s%s%s", out->len ? "; " : "", part->name, *part->value ? " " : "", part->value);
	}
}

/* A stage of the program, under its own name. */
static void write_processing(struct xml_writer *xml, const struct record_head *head, const struct rc_page *page, const struct record_part *stage)
{
	RC_OWN_BUF text = RC_BUF(1 << 16);
	bool ocr = strcmp(stage->name, "ocr") == 0;

	xml_start(xml, "Processing");
	xml_attr(xml, "ID", stage->name);
	xml_element(xml, "processingCategory", ocr ? "contentGeneration" : "preOperation");
	rc_buf_addf(&text, "%s %s", stage->name, stage->value);
	xml_element(xml, "processingStepDescription", text.data);
	rc_buf_clear(&text);
	if (ocr)
		add_settings(&text, head, page);
	if (text.len)
		xml_element(xml, "processingStepSettings", text.data);
	xml_start(xml, "processingSoftware");
	xml_element(xml, "softwareName", "redcorpus");
	if (*head->program)
		xml_element(xml, "softwareVersion", head->program);
	xml_end(xml);
	xml_end(xml);
}

static void write_correction(struct xml_writer *xml)
{
	xml_start(xml, "Processing");
	xml_attr(xml, "ID", correction_id);
	xml_element(xml, "processingCategory", "contentModification");
	xml_element(xml, "processingStepDescription", "people corrected the lines that refer to this");
	xml_end(xml);
}

static bool is_unread(const struct rc_line *line)
{
	return line->not_read;
}

static bool is_human(const struct rc_line *line)
{
	return line->human;
}

static bool any_line(const struct rc_page *page, bool (*is)(const struct rc_line *line))
{
	for (size_t i = 0; i < page->n_regions; i++)
		for (size_t k = 0; k < page->regions[i].n_lines; k++)
			if (is(&page->regions[i].lines[k]))
				return true;
	return false;
}

static void write_description(struct xml_writer *xml, const struct record_head *head, const struct record_page *page)
{
	xml_start(xml, "Description");
	xml_element(xml, "MeasurementUnit", "pixel");
	write_source(xml, head, page);
	for (size_t i = 0; i < head->n_parts; i++)
		if (head->parts[i].kind == RECORD_STAGE)
			write_processing(xml, head, &page->page, &head->parts[i]);
	if (any_line(&page->page, is_human))
		write_correction(xml);
	xml_end(xml);
}

static bool is_tagged(enum rc_region_type type)
{
	return type == RC_REGION_HEADING || type == RC_REGION_TABLE || type == RC_REGION_NOISE;
}

static void write_tag(struct xml_writer *xml, const char *element, const char *id)
{
	xml_start(xml, element);
	xml_attr(xml, "ID", id);
	xml_attr(xml, "LABEL", id);
	xml_end(xml);
}

/* Only those that are used. */
static void write_tags(struct xml_writer *xml, const struct rc_page *page)
{
	bool used[RC_REGION_TYPE_COUNT] = { false }, unread = any_line(page, is_unread), any = unread;

	for (size_t i = 0; i < page->n_regions; i++) {
		used[page->regions[i].type] |= is_tagged(page->regions[i].type);
		any |= is_tagged(page->regions[i].type);
	}
	if (!any)
		return;
	xml_start(xml, "Tags");
	for (int type = 0; type < RC_REGION_TYPE_COUNT; type++)
		if (used[type])
			write_tag(xml, "StructureTag", rc_region_type_name((enum rc_region_type)type));
	if (unread)
		write_tag(xml, "OtherTag", not_read_tag);
	xml_end(xml);
}

static void write_order(struct xml_writer *xml, const struct rc_page *page)
{
	char id[EXPORT_ID], ref[EXPORT_ID + 8];

	if (page->n_regions == 0)
		return;
	xml_start(xml, "ReadingOrder");
	xml_start(xml, "OrderedGroup");
	xml_attr(xml, "ID", "order");
	for (size_t i = 0; i < page->n_regions; i++) {
		xml_start(xml, "ElementRef");
		snprintf(ref, sizeof ref, "order-%s", export_region_id(id, i));
		xml_attr(xml, "ID", ref);
		xml_attr(xml, "REF", id);
		xml_end(xml);
	}
	xml_end(xml);
	xml_end(xml);
}

/* ---- words and glyphs ---------------------------------------------------------------------------------------- */

/* Variation selectors and combining marks have no glyph of their own in ALTO: they stand in the String. */
static bool joins_the_one_before(uint32_t cp)
{
	return (cp >= 0xFE00 && cp <= 0xFE0F) || (cp >= 0xE0100 && cp <= 0xE01EF) || (cp >= 0x0300 && cp <= 0x036F) ||
	       cp == 0x3099 || cp == 0x309A;
}

static void write_variants(struct xml_writer *xml, const struct rc_glyph *g)
{
	for (size_t i = 0; i < RC_GLYPH_OTHERS && g->others[i].text[0]; i++) {
		xml_start(xml, "Variant");
		xml_attr(xml, "CONTENT", g->others[i].text);
		attr_real(xml, "VC", share((double)g->others[i].confidence));
		xml_end(xml);
	}
}

/* Part `at` of `of` of a box, along the line. */
static struct rc_box part_of(struct rc_box box, bool vertical, int at, int of)
{
	int32_t len = vertical ? box.h : box.w, from = len * at / of, to = len * (at + 1) / of;

	return vertical ? (struct rc_box){ box.x, box.y + from, box.w, to - from } : (struct rc_box){ box.x + from, box.y, to - from, box.h };
}

/* A glyph of ours may stand for several characters ("……"); ALTO has one Glyph for each. */
static void write_glyph(struct xml_writer *xml, const struct rc_line *line, const struct rc_glyph *g)
{
	const char *at = line->text + g->start, *end = at + g->len;
	uint32_t cps[32];
	int n = 0;

	while (at < end && n < (int)RC_COUNT(cps)) {
		uint32_t cp = rc_utf8_next(&at);

		if (cp == 0)
			break;
		if (!joins_the_one_before(cp))
			cps[n++] = cp;
	}
	for (int i = 0; i < n; i++) {
		char content[5] = "";

		content[rc_utf8_put(cps[i], content)] = '\0';
		xml_start(xml, "Glyph");
		attr_box(xml, part_of(export_glyph_box(line, (size_t)(g - line->glyphs)), export_is_vertical(line), i, n));
		xml_attr(xml, "CONTENT", content);
		attr_real(xml, "GC", share((double)g->confidence));
		if (n == 1)
			write_variants(xml, g);
		xml_end(xml);
	}
}

/* One digit for each character, 0 (sure) to 9. */
static void attr_doubts(struct xml_writer *xml, const struct rc_line *line, const struct export_word *word)
{
	RC_OWN_BUF digits = RC_BUF(RC_MAX_LINE_BYTES + 1);
	size_t glyph = word->first;

	for (const char *at = line->text + word->start; at < line->text + word->end;) {
		uint32_t offset = (uint32_t)(at - line->text);
		double sure = word->confidence;

		while (glyph < word->last && line->glyphs[glyph].start + line->glyphs[glyph].len <= offset)
			glyph++;
		if (glyph < word->last && line->glyphs[glyph].start <= offset)
			sure = (double)line->glyphs[glyph].confidence;
		rc_buf_addc(&digits, (char)('0' + lround(9 * (1 - share(sure)))));
		(void)rc_utf8_next(&at);
	}
	xml_attr(xml, "CC", digits.data);
}

static void write_string(struct xml_writer *xml, const struct rc_line *line, const struct export_word *word)
{
	RC_OWN_BUF content = RC_BUF(RC_MAX_LINE_BYTES + 1);

	rc_buf_add(&content, line->text + word->start, word->end - word->start);
	xml_start(xml, "String");
	attr_box(xml, word->box);
	xml_attr(xml, "CONTENT", content.data);
	attr_real(xml, "WC", share(word->confidence));
	attr_doubts(xml, line, word);
	for (size_t i = word->first; i < word->last; i++)
		write_glyph(xml, line, &line->glyphs[i]);
	xml_end(xml);
}

static void write_strings(struct xml_writer *xml, const struct rc_line *line)
{
	struct export_word word;
	size_t at = 0;
	bool any = false;

	while (!line->not_read && export_next_word(line, &at, &word)) {
		if (any) {
			xml_start(xml, "SP");
			xml_end(xml);
		}
		write_string(xml, line, &word);
		any = true;
	}
	if (any)
		return;
	xml_start(xml, "String");
	attr_box(xml, line->box);
	xml_attr(xml, "CONTENT", "");
	xml_end(xml);
}

/* ---- lines and regions --------------------------------------------------------------------------------------- */

static void write_line(struct xml_writer *xml, const struct rc_page *page, const struct rc_line *line, const char *id)
{
	char points[EXPORT_POINTS];

	xml_start(xml, "TextLine");
	xml_attr(xml, "ID", id);
	attr_box(xml, line->box);
	attr_direction(xml, line->direction);
	xml_attr(xml, "BASELINE", export_baseline(points, page, line));
	if (line->human) {
		xml_attr(xml, "PROCESSINGREFS", correction_id);
		xml_attr(xml, "CS", "true");
	}
	if (line->not_read)
		xml_attr(xml, "TAGREFS", not_read_tag);
	if (export_line_is_turned(line))
		write_polygon(xml, export_line_points(points, page, line));
	write_strings(xml, line);
	xml_end(xml);
}

static void start_block(struct xml_writer *xml, const char *element, const char *id, const struct rc_region *region)
{
	xml_start(xml, element);
	xml_attr(xml, "ID", id);
	attr_box(xml, region->box);
	if (is_tagged(region->type))
		xml_attr(xml, "TAGREFS", rc_region_type_name(region->type));
}

static void write_text(struct xml_writer *xml, const struct rc_page *page, size_t index, const char *id)
{
	const struct rc_region *region = &page->regions[index];
	char line[EXPORT_ID];

	start_block(xml, "TextBlock", id, region);
	attr_direction(xml, region->direction);
	for (size_t i = 0; i < region->n_lines; i++)
		write_line(xml, page, &region->lines[i], export_line_id(line, index, i));
	xml_end(xml);
}

static bool is_text(enum rc_region_type type)
{
	return type == RC_REGION_TEXT || type == RC_REGION_HEADING || type == RC_REGION_TABLE;
}

static void write_region(struct xml_writer *xml, const struct rc_page *page, size_t index)
{
	const struct rc_region *region = &page->regions[index];
	bool graphic = region->type == RC_REGION_SEPARATOR || region->type == RC_REGION_NOISE;
	char id[EXPORT_ID], inner[EXPORT_ID + 8];

	export_region_id(id, index);
	if (is_text(region->type)) {
		write_text(xml, page, index, id);
		return;
	}
	start_block(xml, region->n_lines > 0 ? "ComposedBlock" : graphic ? "GraphicalElement" : "Illustration", id, region);
	if (region->n_lines > 0 || !graphic)
		xml_attr(xml, "TYPE", rc_region_type_name(region->type));
	snprintf(inner, sizeof inner, "%s-text", id);
	if (region->n_lines > 0)
		write_text(xml, page, index, inner);
	xml_end(xml);
}

/* ---- the document -------------------------------------------------------------------------------------------- */

static const char *language_of(const struct rc_page *page)
{
	return strcmp(page->script, "hant") == 0 ? "zh-Hant" : strcmp(page->script, "hans") == 0 ? "zh-Hans" : NULL;
}

static bool has_stage(const struct record_head *head, const char *name)
{
	for (size_t i = 0; i < head->n_parts; i++)
		if (head->parts[i].kind == RECORD_STAGE && strcmp(head->parts[i].name, name) == 0)
			return true;
	return false;
}

static void start_page(struct xml_writer *xml, const struct record_head *head, const struct record_page *record)
{
	const struct rc_page *page = &record->page;
	double rotation = export_rotation(page);

	xml_start(xml, "Page");
	xml_attr(xml, "ID", "page");
	xml_attr_int(xml, "PHYSICAL_IMG_NR", record->order);
	xml_attr_int(xml, "WIDTH", page->width);
	xml_attr_int(xml, "HEIGHT", page->height);
	xml_attr(xml, "PAGECLASS", rc_page_class_name(page->quality.page_class));
	if (has_stage(head, "ocr"))
		xml_attr(xml, "PROCESSINGREFS", "ocr");
	if (page->quality.estimated_error >= 0)
		attr_real(xml, "ACCURACY", 100 * export_page_confidence(page));
	attr_real(xml, "PC", export_page_confidence(page));
	if (rotation < 0 || rotation > 0)
		attr_real(xml, "ROTATION", rotation);
	if (language_of(page))
		xml_attr(xml, "LANG", language_of(page));
}

void export_alto_page(struct xml_writer *xml, const struct export_item *item, const struct record_head *head, const struct record_page *record)
{
	const struct rc_page *page = &record->page;

	xml_start(xml, "alto");
	xml_attr(xml, "xmlns", "http://www.loc.gov/standards/alto/ns-v4#");
	xml_attr(xml, "SCHEMAVERSION", "4.4");
	write_description(xml, head, record);
	write_tags(xml, page);
	write_order(xml, page);
	xml_start(xml, "Layout");
	start_page(xml, head, record);
	xml_start(xml, "PrintSpace");
	attr_box(xml, (struct rc_box){ 0, 0, page->width, page->height });
	for (size_t i = 0; i < page->n_regions; i++)
		write_region(xml, page, i);
	xml_end(xml);
	xml_end(xml);
	xml_end(xml);
	xml_end(xml);
}

enum rc_status export_alto(struct export_item *item, const char *to, struct rc_err *err)
{
	return export_pages(item, to, export_alto_page, err);
}
