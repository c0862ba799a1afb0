/* hocr.c -- hOCR 1.2 (http://kba.github.io/hocr-spec/1.2/): one XHTML file per item, a page after the other.
 *
 *   put_head()     what made it, and which classes are in it
 *   put_page()     ocr_page with its image and frame; not read: an empty one
 *   put_region()   ocr_carea with one ocr_par, or what else the region is
 *   put_line()     ocr_line, ocrx_word, ocrx_cinfo: one for each glyph
 *
 * Boxes are pixels of the stored frame. Columns have `writing-mode: vertical-rl`, so that a browser sets them as they were printed.
 * It is written as text, not through common/xml.h: white space between elements would show between characters. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/outfile.h"
#include "core/version.h"
#include "export/pages.h"

/* ---- small things ------------------------------------------------------------------------------------------ */

/* Text, or the value of an attribute in single quotes. */
static void add_escaped(struct rc_buf *out, const char *bytes, size_t len)
{
	RC_OWN_BUF raw = RC_BUF(RC_MAX_LINE_BYTES);
	RC_OWN_BUF clean = RC_BUF(4 * RC_MAX_LINE_BYTES);

	rc_buf_add(&raw, bytes, len);
	xml_clean(&clean, raw.data);
	for (const char *at = clean.data; *at; at++)
		switch (*at) {
		case '&': rc_buf_adds(out, "&amp;"); break;
		case '<': rc_buf_adds(out, "&lt;"); break;
		case '>': rc_buf_adds(out, "&gt;"); break;
		case '"': rc_buf_adds(out, "&quot;"); break;
		case '\'': rc_buf_adds(out, "&#39;"); break;
		default: rc_buf_addc(out, *at);
		}
}

static void add_words(struct rc_buf *out, const char *text)
{
	add_escaped(out, text, strlen(text));
}

/* A file name in a property stands in double quotes; its own, and backslashes, would end or change it. */
static void add_image_name(struct rc_buf *out, const char *name)
{
	RC_OWN_STR copy = rc_strdup(name);

	for (char *at = copy; *at; at++)
		if (*at == '"' || *at == '\\')
			*at = '_';
	add_words(out, copy);
}

static void add_bbox(struct rc_buf *out, const struct rc_box *b)
{
	rc_buf_addf(out, "bbox %d %d %d %d", b->x, b->y, b->x + b->w, b->y + b->h);
}

/* Confidences are percent. */
static int percent(double confidence)
{
	return (int)lround(fmin(fmax(confidence, 0), 1) * 100);
}

/* ---- lines ------------------------------------------------------------------------------------------------- */

static void put_glyphs(struct rc_buf *out, const struct rc_line *line, const struct export_word *word)
{
	size_t at = word->start;

	for (size_t i = word->first; i < word->last; i++) {
		const struct rc_glyph *g = &line->glyphs[i];
		const struct rc_box box = export_glyph_box(line, i);

		if (g->start > at)
			add_escaped(out, line->text + at, g->start - at);
		rc_buf_adds(out, "<span class='ocrx_cinfo' title='");
		add_bbox(out, &box);
		rc_buf_addf(out, "; x_conf %d'>", percent(g->confidence));
		add_escaped(out, line->text + g->start, g->len);
		rc_buf_adds(out, "</span>");
		at = g->start + g->len;
	}
	if (at < word->end)
		add_escaped(out, line->text + at, word->end - at);
}

/* "baseline SLOPE OFFSET" against the lower left corner of the box, for horizontal text that leans a little. */
static void add_baseline(struct rc_buf *out, const struct rc_line *line)
{
	const int32_t *p = line->polygon;
	double run = p[4] - p[6];

	if (export_is_vertical(line) || !export_line_is_turned(line) || run <= 0)
		return;
	double slope = (p[5] - p[7]) / run;

	if (fabs(slope) < 0.2)
		rc_buf_addf(out, "; baseline %.4f %d", slope + 0.0, (int)lround(p[7] + (line->box.x - p[6]) * slope) - (line->box.y + line->box.h));
}

/* Quarters that the text is turned by, counter-clockwise; what leans less is not turned. */
static void add_angle(struct rc_buf *out, const struct rc_page *page)
{
	long quarter = lround(export_rotation(page) / 90) * 90;

	if (quarter)
		rc_buf_addf(out, "; textangle %ld", (quarter + 360) % 360);
}

static void put_line(struct rc_buf *out, const struct record_page *page, const struct rc_line *line, size_t region, size_t number)
{
	struct export_word word;
	size_t at = 0, n = 0;

	rc_buf_addf(out, "<span class='ocr_line' id='line_%d_%zu_%zu' title='", page->order, region, number);
	add_bbox(out, &line->box);
	add_baseline(out, line);
	add_angle(out, &page->page);
	rc_buf_addf(out, "; x_size %d", export_is_vertical(line) ? line->box.w : line->box.h);
	if (!line->not_read)
		rc_buf_addf(out, "; x_wconf %d", percent(line->confidence));
	rc_buf_adds(out, "'>");
	while (export_next_word(line, &at, &word)) {
		if (n++)
			rc_buf_addc(out, ' ');
		rc_buf_addf(out, "<span class='ocrx_word' id='word_%d_%zu_%zu_%zu' title='", page->order, region, number, n);
		add_bbox(out, &word.box);
		rc_buf_addf(out, "; x_wconf %d'>", percent(word.confidence));
		put_glyphs(out, line, &word);
		rc_buf_adds(out, "</span>");
	}
	rc_buf_adds(out, "</span>\n");
}

/* ---- regions and pages --------------------------------------------------------------------------------------- */

static const char *const classes[RC_REGION_TYPE_COUNT] = {
	[RC_REGION_TEXT] = "ocr_carea", [RC_REGION_HEADING] = "ocr_carea", [RC_REGION_TABLE] = "ocr_table", [RC_REGION_IMAGE] = "ocr_photo",
	[RC_REGION_SEPARATOR] = "ocr_separator", [RC_REGION_SEAL] = "ocr_image", [RC_REGION_NOISE] = "ocr_image",
};

static void put_region(struct rc_buf *out, const struct record_page *page, const struct rc_region *region, size_t number)
{
	bool vertical = region->direction == RC_DIR_VERTICAL;

	rc_buf_addf(out, "<div class='%s' id='block_%d_%zu' title='", classes[region->type], page->order, number);
	add_bbox(out, &region->box);
	rc_buf_addf(out, "'%s>", vertical ? " style='writing-mode: vertical-rl'" : "");
	if (region->n_lines) {
		rc_buf_addf(out, "<p class='ocr_par' id='par_%d_%zu' title='", page->order, number);
		add_bbox(out, &region->box);
		rc_buf_adds(out, "'>\n");
		for (size_t i = 0; i < region->n_lines; i++)
			put_line(out, page, &region->lines[i], number, i + 1);
		rc_buf_adds(out, "</p>");
	}
	rc_buf_adds(out, "</div>\n");
}

static void put_page(struct rc_buf *out, const struct record_page *page)
{
	const struct rc_page *p = &page->page;

	rc_buf_addf(out, "<div class='ocr_page' id='page_%d' title='image \"", page->order);
	add_image_name(out, export_image_name(page));
	rc_buf_addf(out, "\"; bbox 0 0 %d %d; ppageno %d", p->width, p->height, page->order - 1);
	if (*page->number) {
		rc_buf_adds(out, "; lpageno \"");
		add_image_name(out, page->number);
		rc_buf_addc(out, '"');
	}
	if (p->quality.dpi > 0)
		rc_buf_addf(out, "; scan_res %d %d", p->quality.dpi, p->quality.dpi);
	if (!page->not_read)
		rc_buf_addf(out, "; x_wconf %d", percent(export_page_confidence(p)));
	rc_buf_adds(out, "'>\n");
	for (size_t i = 0; i < p->n_regions; i++)
		put_region(out, page, &p->regions[i], i + 1);
	rc_buf_adds(out, "</div>\n");
}

static void put_head(struct rc_buf *out, const struct record_head *head)
{
	const char *language = *head->language ? head->language : "zh";

	rc_buf_adds(out, "<?xml version='1.0' encoding='UTF-8'?>\n<!DOCTYPE html>\n<html xmlns='http://www.w3.org/1999/xhtml' xml:lang='");
	add_words(out, language);
	rc_buf_adds(out, "' lang='");
	add_words(out, language);
	rc_buf_adds(out, "'>\n<head>\n<meta charset='UTF-8'/>\n<title>");
	add_words(out, *head->title ? head->title : head->id);
	rc_buf_addf(out, "</title>\n<meta name='ocr-system' content='redcorpus " RC_VERSION "'/>\n"
	            "<meta name='ocr-capabilities' content='ocr_page ocr_carea ocr_par ocr_line ocrx_word ocrx_cinfo ocr_table ocr_photo"
	            " ocr_separator ocr_image ocrp_lang ocrp_wconf'/>\n<meta name='ocr-number-of-pages' content='%lld'/>\n"
	            "<meta name='ocr-langs' content='", (long long)head->n_pages);
	add_words(out, language);
	rc_buf_adds(out, "'/>\n</head>\n<body>\n");
}

static enum rc_status flush(struct rc_outfile *file, struct rc_buf *out, struct rc_err *err)
{
	enum rc_status status = rc_buf_check(out, "a page of hOCR", err);

	if (rc_good(status))
		status = rc_outfile_write(file, out->data, out->len, err);
	rc_buf_clear(out);
	return status;
}

enum rc_status export_hocr(struct export_item *item, const char *to, struct rc_err *err)
{
	RC_CLEANUP(record_close) struct record_reader *record = NULL;
	RC_CLEANUP(rc_outfile_abort) struct rc_outfile *file = NULL;
	RC_OWN_BUF out = RC_BUF(RC_MAX_RESULT_BYTES);
	struct record_page *page;
	enum rc_status status = record_open(&record, item->record, err);

	if (rc_good(status))
		status = rc_outfile_open(&file, to, err);
	if (!rc_good(status))
		return status;
	put_head(&out, record_head(record));
	while (rc_good(status) && (status = record_next(record, &page, err)) == RC_OK) {
		put_page(&out, page);
		status = flush(file, &out, err);
		item->pages++;
		item->not_read += page->not_read;
		if (rc_good(status) && item->page_done)
			status = item->page_done(item->ctx, err);
	}
	if (status != RC_SKIP)
		return status;
	rc_buf_adds(&out, "</body>\n</html>\n");
	status = flush(file, &out, err);
	return rc_good(status) ? rc_outfile_commit(&file, err) : status;
}
