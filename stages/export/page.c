/* page.c -- a page in PAGE 2019-07-15 (https://github.com/PRImA-Research-Lab/PAGE-XML), as a stream.
 *
 *   export_page_page()  the document
 *   write_metadata()    who made it, and of which scan
 *   write_order()       ReadingOrder
 *   write_region()      TextRegion, or what it is with a TextRegion inside where it has lines
 *   write_line()        TextLine, Words (one a line, where there are no spaces), Glyphs with what else they may be
 *
 * Coordinates are pixels of the stored frame, the image as it lies in the scan, before any orientation is applied. conf says how
 * sure a reading is, from 0 to 1. A line that was found and not read is a TextLine without TextEquiv;
 * its `custom` says "not-read", that of a line which people corrected "corrected". */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "common/record_values.h"
#include "export/pages.h"

enum { ID = EXPORT_ID + 48 };

/* PAGE demands a time. Where nobody gave one, this says so, the same each time. */
static const char no_time[] = "1970-01-01T00:00:00Z";

/* ---- attributes and small elements ------------------------------------------------------------------------ */

static void attr_real(struct xml_writer *xml, const char *name, double value)
{
	char text[RECORD_REAL];

	xml_attr(xml, name, record_put_real(text, value, RECORD_SHARE_DECIMALS));
}

static void attr_conf(struct xml_writer *xml, double value)
{
	attr_real(xml, "conf", value > 0 ? fmin(value, 1) : 0);
}

static void write_coords(struct xml_writer *xml, const char *element, const char *points)
{
	xml_start(xml, element);
	xml_attr(xml, "points", points);
	xml_end(xml);
}

static void write_item(struct xml_writer *xml, const char *type, const char *name, const char *value)
{
	xml_start(xml, "MetadataItem");
	xml_attr(xml, "type", type);
	xml_attr(xml, "name", name);
	xml_attr(xml, "value", value);
	xml_end(xml);
}

/* index < 0: the only one. */
static void write_text(struct xml_writer *xml, const char *text, double conf, int index)
{
	xml_start(xml, "TextEquiv");
	if (index >= 0)
		xml_attr_int(xml, "index", index);
	attr_conf(xml, conf);
	xml_element(xml, "Unicode", text);
	xml_end(xml);
}

/* ---- before the regions ------------------------------------------------------------------------------------- */

/* "ocr" "10", "engine" "tesseract 5.3.0", "model" "chi_tra_vert sha256:..." */
static void write_part(struct xml_writer *xml, const struct record_part *part, const struct rc_page *page)
{
	RC_OWN_BUF value = RC_BUF(1 << 10);

	if (part->kind == RECORD_STAGE) {
		write_item(xml, "processingStep", part->name, part->value);
	} else if (part->kind == RECORD_ENGINE) {
		write_item(xml, "processingStep", "engine", part->name);
	} else if (export_has_model(page, part->name)) {
		rc_buf_addf(&value, "%s %s", part->name, part->value);
		write_item(xml, "processingStep", "model", value.data);
	}
}

static void write_metadata(struct xml_writer *xml, const struct export_item *item, const struct record_head *head,
                           const struct record_page *page, const char *scan)
{
	RC_OWN_BUF creator = RC_BUF(1 << 10);

	rc_buf_addf(&creator, "redcorpus%s%s", *head->program ? " " : "", head->program);
	xml_start(xml, "Metadata");
	xml_element(xml, "Creator", creator.data);
	xml_element(xml, "Created", item->created ? item->created : no_time);
	xml_element(xml, "LastChange", item->created ? item->created : no_time);
	xml_element(xml, "Comments", "Coordinates are pixels of the image as it is stored, before any orientation is applied.");
	for (size_t i = 0; i < head->n_parts; i++)
		write_part(xml, &head->parts[i], &page->page);
	write_item(xml, "other", "scan", scan);
	write_item(xml, "other", "item", head->id);
	xml_end(xml);
}

static void attr_direction(struct xml_writer *xml, enum rc_direction direction)
{
	if (direction == RC_DIR_UNKNOWN)
		return;
	xml_attr(xml, "readingDirection", direction == RC_DIR_VERTICAL ? "top-to-bottom" : "left-to-right");
	xml_attr(xml, "textLineOrder", direction == RC_DIR_VERTICAL ? "right-to-left" : "top-to-bottom");
}

static void start_page(struct xml_writer *xml, const struct record_page *record, const char *scan)
{
	const struct rc_page *page = &record->page;
	double rotation = export_rotation(page);

	xml_start(xml, "Page");
	xml_attr(xml, "imageFilename", export_image_name(record));
	xml_attr_int(xml, "imageWidth", page->width);
	xml_attr_int(xml, "imageHeight", page->height);
	if (page->declared_dpi > 0) {
		xml_attr_int(xml, "imageXResolution", page->declared_dpi);
		xml_attr_int(xml, "imageYResolution", page->declared_dpi);
		xml_attr(xml, "imageResolutionUnit", "PPI");
	}
	xml_attr(xml, "custom", scan);
	if (rotation < 0 || rotation > 0)
		attr_real(xml, "orientation", rotation);
	xml_attr(xml, "type", page->quality.page_class == RC_PAGE_BLANK ? "blank" : "content");
	xml_attr(xml, "primaryLanguage", "Chinese");
	if (strcmp(page->script, "hant") == 0)
		xml_attr(xml, "primaryScript", "Hant - Han (Traditional variant)");
	else if (strcmp(page->script, "hans") == 0)
		xml_attr(xml, "primaryScript", "Hans - Han (Simplified variant)");
	attr_direction(xml, page->direction);
	attr_conf(xml, export_page_confidence(page));
}

static bool is_text(const struct rc_region *region)
{
	return region->type == RC_REGION_TEXT || region->type == RC_REGION_HEADING;
}

/* Rules and dirt are not read. */
static bool has_order(const struct rc_region *region)
{
	return region->n_lines > 0 || (region->type != RC_REGION_SEPARATOR && region->type != RC_REGION_NOISE);
}

/* Of the region that holds the lines: where that is not the region itself, it is the one inside. */
static const char *text_id(char out[ID], const struct rc_page *page, size_t index)
{
	char id[EXPORT_ID];
	const struct rc_region *region = &page->regions[index];

	snprintf(out, ID, "%s%s", export_region_id(id, index), region->n_lines > 0 && !is_text(region) ? "-text" : "");
	return out;
}

static void write_order(struct xml_writer *xml, const struct rc_page *page)
{
	char id[ID];
	int n = 0;

	for (size_t i = 0; i < page->n_regions; i++) {
		if (!has_order(&page->regions[i]))
			continue;
		if (n == 0) {
			xml_start(xml, "ReadingOrder");
			xml_start(xml, "OrderedGroup");
			xml_attr(xml, "id", "order");
		}
		xml_start(xml, "RegionRefIndexed");
		xml_attr_int(xml, "index", n++);
		xml_attr(xml, "regionRef", text_id(id, page, i));
		xml_end(xml);
	}
	if (n > 0) {
		xml_end(xml);
		xml_end(xml);
	}
}

/* ---- lines ---------------------------------------------------------------------------------------------------- */

static void write_glyph(struct xml_writer *xml, const struct rc_page *page, const struct rc_line *line, const struct rc_glyph *g,
                        const char *id)
{
	RC_OWN_BUF text = RC_BUF(RC_MAX_LINE_BYTES + 1);
	char points[EXPORT_POINTS];
	bool others = g->others[0].text[0];

	rc_buf_add(&text, line->text + g->start, g->len);
	xml_start(xml, "Glyph");
	xml_attr(xml, "id", id);
	write_coords(xml, "Coords", export_box_points(points, page, export_glyph_box(line, (size_t)(g - line->glyphs))));
	write_text(xml, text.data, (double)g->confidence, others ? 0 : -1);
	for (int i = 0; i < RC_GLYPH_OTHERS && g->others[i].text[0]; i++)
		write_text(xml, g->others[i].text, (double)g->others[i].confidence, i + 1);
	xml_end(xml);
}

static void write_word(struct xml_writer *xml, const struct rc_page *page, const struct rc_line *line, const struct export_word *word,
                       const char *id)
{
	RC_OWN_BUF text = RC_BUF(RC_MAX_LINE_BYTES + 1);
	RC_OWN_BUF outline = RC_BUF(RC_MAX_RESULT_BYTES);
	char points[EXPORT_POINTS], glyph[ID];

	rc_buf_add(&text, line->text + word->start, word->end - word->start);
	xml_start(xml, "Word");
	xml_attr(xml, "id", id);
	/* What is all of the line has the line's place, also where that leans. */
	if (word->first == 0 && word->last == line->n_glyphs)
		export_line_outline(page, line, &outline);
	else
		rc_buf_adds(&outline, export_box_points(points, page, word->box));
	write_coords(xml, "Coords", outline.data);
	for (size_t i = word->first; i < word->last; i++) {
		snprintf(glyph, sizeof glyph, "%sg%zu", id, i - word->first + 1);
		write_glyph(xml, page, line, &line->glyphs[i], glyph);
	}
	write_text(xml, text.data, word->confidence, -1);
	xml_end(xml);
}

static void write_line(struct xml_writer *xml, const struct rc_page *page, const struct rc_line *line, const char *id)
{
	RC_OWN_BUF outline = RC_BUF(RC_MAX_RESULT_BYTES);
	struct export_word word;
	char points[EXPORT_POINTS], word_id[EXPORT_ID + 24];
	size_t at = 0;

	xml_start(xml, "TextLine");
	xml_attr(xml, "id", id);
	if (line->direction != RC_DIR_UNKNOWN)
		xml_attr(xml, "readingDirection", export_is_vertical(line) ? "top-to-bottom" : "left-to-right");
	if (line->not_read || line->human)
		xml_attr(xml, "custom", line->human ? "corrected" : "not-read");
	export_line_outline(page, line, &outline);
	write_coords(xml, "Coords", outline.data);
	write_coords(xml, "Baseline", export_baseline(points, page, line));
	for (int n = 1; !line->not_read && export_next_word(line, &at, &word); n++) {
		snprintf(word_id, sizeof word_id, "%sw%d", id, n);
		write_word(xml, page, line, &word, word_id);
	}
	if (!line->not_read)
		write_text(xml, line->text ? line->text : "", (double)line->confidence, -1);
	xml_end(xml);
}

/* ---- regions -------------------------------------------------------------------------------------------------- */

/* The lines' texts once more: readers that stop at regions look here. */
static void write_region_text(struct xml_writer *xml, const struct rc_region *region)
{
	RC_OWN_BUF text = RC_BUF(RC_MAX_RESULT_BYTES);
	double sum = 0, n = 0;

	for (size_t i = 0; i < region->n_lines; i++) {
		const struct rc_line *line = &region->lines[i];

		if (line->not_read)
			continue;
		rc_buf_addf(&text, "%s%s", n > 0 ? "\n" : "", line->text ? line->text : "");
		sum += (double)line->confidence;
		n++;
	}
	if (n > 0)
		write_text(xml, text.data, sum / n, -1);
}

static void write_lines(struct xml_writer *xml, const struct rc_page *page, size_t index)
{
	const struct rc_region *region = &page->regions[index];
	char id[EXPORT_ID];

	for (size_t i = 0; i < region->n_lines; i++)
		write_line(xml, page, &region->lines[i], export_line_id(id, index, i));
	write_region_text(xml, region);
}

static void start_text_region(struct xml_writer *xml, const struct rc_page *page, size_t index, const char *id)
{
	const struct rc_region *region = &page->regions[index];
	char points[EXPORT_POINTS];

	xml_start(xml, "TextRegion");
	xml_attr(xml, "id", id);
	if (is_text(region))
		xml_attr(xml, "type", region->type == RC_REGION_HEADING ? "heading" : "paragraph");
	attr_direction(xml, region->direction);
	write_coords(xml, "Coords", export_box_points(points, page, export_region_box(region)));
}

static void write_region(struct xml_writer *xml, const struct rc_page *page, size_t index)
{
	static const char *const elements[RC_REGION_TYPE_COUNT] = {
		[RC_REGION_TEXT] = "TextRegion", [RC_REGION_HEADING] = "TextRegion", [RC_REGION_TABLE] = "TableRegion",
		[RC_REGION_IMAGE] = "ImageRegion", [RC_REGION_SEPARATOR] = "SeparatorRegion", [RC_REGION_SEAL] = "GraphicRegion",
		[RC_REGION_NOISE] = "NoiseRegion",
	};
	const struct rc_region *region = &page->regions[index];
	char id[EXPORT_ID], inner[ID], points[EXPORT_POINTS];

	export_region_id(id, index);
	if (is_text(region)) {
		start_text_region(xml, page, index, id);
		write_lines(xml, page, index);
		xml_end(xml);
		return;
	}
	xml_start(xml, elements[region->type]);
	xml_attr(xml, "id", id);
	if (region->type == RC_REGION_SEAL)
		xml_attr(xml, "type", "stamp");
	write_coords(xml, "Coords", export_box_points(points, page, export_region_box(region)));
	if (region->n_lines > 0) {
		start_text_region(xml, page, index, text_id(inner, page, index));
		write_lines(xml, page, index);
		xml_end(xml);
	}
	xml_end(xml);
}

/* ---- the document ----------------------------------------------------------------------------------------------- */

void export_page_page(struct xml_writer *xml, const struct export_item *item, const struct record_head *head,
                      const struct record_page *record)
{
	const struct rc_page *page = &record->page;
	char scan[EXPORT_SCAN];

	export_scan_name(scan, record);
	xml_start(xml, "PcGts");
	xml_attr(xml, "xmlns", "http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15");
	write_metadata(xml, item, head, record, scan);
	start_page(xml, record, scan);
	write_order(xml, page);
	for (size_t i = 0; i < page->n_regions; i++)
		write_region(xml, page, i);
	xml_end(xml);
	xml_end(xml);
}

enum rc_status export_page(struct export_item *item, const char *to, struct rc_err *err)
{
	return export_pages(item, to, export_page_page, err);
}
