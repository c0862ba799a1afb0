/* pdf.c -- a PDF/A-2b per item: the scans as pages, with what was read lying over them unseen.
 *
 *   put_page()        a page's picture, text and dictionary, in this order, and out of memory
 *   put_end()         what needs to know of all pages: the tree of pages, labels, font, metadata, catalogue
 *
 * In memory are one page and a few numbers for each. A page whose scan is no picture is a crossed sheet: the n-th page of the PDF
 * is the n-th of the item. */
#include <stdio.h>
#include <string.h>

#include "core/version.h"
#include "export/pages.h"
#include "export/pdf_parts.h"

enum { PER_NODE = 64, MAX_TEXT = 1 << 30 };

/* A4, for pages of which no size is known. */
static const struct pdf_sheet no_sheet = { .width = 595, .height = 842 };

struct making {
	struct pdf_file *file;
	struct pdf_font *font;
	struct pdf_scan scan;
	int32_t tree;                   /* the root of the pages */
	int32_t *nodes;                 /* owned; of the tree: one for PER_NODE pages */
	int32_t n_nodes, n_pages;
	struct rc_buf kids;             /* of the node that is being filled */
	struct rc_buf labels;
	bool labelled;                  /* some page has a number of its own */
};

static void making_clear(struct making *m)
{
	pdf_scan_close(&m->scan);
	pdf_font_free(&m->font);
	pdf_file_abort(&m->file);
	free(m->nodes);
	rc_buf_free(&m->kids);
	rc_buf_free(&m->labels);
}

/* ---- pages ---------------------------------------------------------------------------------------------- */

static void end_node(struct making *m)
{
	int32_t count = (m->n_pages - 1) % PER_NODE + 1;

	if (m->n_pages)
		pdf_file_object(m->file, m->nodes[m->n_nodes - 1], "<< /Type /Pages /Parent %d 0 R /Count %d /Kids [%s] >>", m->tree, count, m->kids.data);
	rc_buf_clear(&m->kids);
}

/* The node that the next page belongs to. */
static int32_t node_for_page(struct making *m)
{
	if (m->n_pages % PER_NODE == 0) {
		end_node(m);
		if ((m->n_nodes & (m->n_nodes - 1)) == 0)
			m->nodes = rc_realloc(m->nodes, (m->n_nodes ? 2 * (size_t)m->n_nodes : 1) * sizeof *m->nodes);
		m->nodes[m->n_nodes++] = pdf_file_reserve(m->file);
	}
	return m->nodes[m->n_nodes - 1];
}

static void add_label(struct making *m, const struct record_page *page)
{
	char order[16];

	snprintf(order, sizeof order, "%d", page->order);
	rc_buf_addf(&m->labels, "%d << /P ", m->n_pages);
	pdf_text_string(&m->labels, *page->number ? page->number : order);
	rc_buf_adds(&m->labels, " >> ");
	m->labelled |= *page->number != '\0';
}

/* The picture fills the sheet: its unit square is mapped as its pixels are. */
static void put_picture(const struct pdf_sheet *sheet, double w, double h, struct rc_buf *out)
{
	const struct rc_affine *m = &sheet->map;
	const double matrix[] = { m->a * w, m->d * w, -m->b * h, -m->e * h, m->b * h + m->c, m->e * h + m->f };

	rc_buf_adds(out, "q ");
	for (size_t i = 0; i < RC_COUNT(matrix); i++) {
		pdf_number(out, matrix[i]);
		rc_buf_addc(out, ' ');
	}
	rc_buf_adds(out, "cm /I Do Q\n");
}

static void put_cross(const struct pdf_sheet *sheet, struct rc_buf *out)
{
	rc_buf_addf(out, "0.8 G 2 w 0 0 m %d %d l S 0 %d m %d 0 l S\n", (int)sheet->width, (int)sheet->height, (int)sheet->height, (int)sheet->width);
}

static void put_page_object(struct making *m, int32_t number, int32_t node, int32_t contents, int32_t picture, const struct pdf_sheet *sheet)
{
	RC_OWN_BUF box = RC_BUF(200);
	RC_OWN_BUF resources = RC_BUF(200);

	pdf_number(&box, sheet->width);
	rc_buf_addc(&box, ' ');
	pdf_number(&box, sheet->height);
	if (picture)
		rc_buf_addf(&resources, "/XObject << /I %d 0 R >> ", picture);
	rc_buf_addf(&resources, "/Font << /F %d 0 R >>", pdf_font_object(m->font));
	pdf_file_object(m->file, number, "<< /Type /Page /Parent %d 0 R /MediaBox [0 0 %s] /Resources << %s >> /Contents %d 0 R >>", node, box.data,
	                resources.data, contents);
}

static enum rc_status put_page(struct making *m, const struct export_item *item, const struct record_page *page, struct rc_err *err)
{
	RC_OWN_BUF text = RC_BUF(MAX_TEXT);
	struct pdf_sheet sheet = no_sheet;
	int32_t picture, width, height;
	enum rc_status status = pdf_scan_picture(&m->scan, item, page, m->file, &picture, &width, &height, err);

	if (!rc_good(status))
		return status;
	if (!picture) {
		width = page->page.width;
		height = page->page.height;
	}
	if (width > 0 && height > 0) {
		double w = page->page.width > 0 ? page->page.width : width, h = page->page.height > 0 ? page->page.height : height;

		pdf_sheet_of(page, (int32_t)w, (int32_t)h, &sheet);
		if (picture)
			put_picture(&sheet, w, h, &text);
	}
	if (!picture)
		put_cross(&sheet, &text);
	pdf_layer(page, &sheet, m->font, &text);
	int32_t node = node_for_page(m), contents = pdf_file_reserve(m->file), number = pdf_file_reserve(m->file);

	pdf_file_packed(m->file, contents, "", text.data, text.len);
	put_page_object(m, number, node, contents, picture, &sheet);
	rc_buf_addf(&m->kids, "%d 0 R ", number);
	add_label(m, page);
	m->n_pages++;
	return rc_buf_check(&text, "the text of a page", err);
}

/* ---- what holds them together ---------------------------------------------------------------------------- */

static void put_tree(struct making *m)
{
	end_node(m);
	for (int32_t i = 0; i < m->n_nodes; i++)
		rc_buf_addf(&m->kids, "%d 0 R ", m->nodes[i]);
	pdf_file_object(m->file, m->tree, "<< /Type /Pages /Count %d /Kids [%s] >>", m->n_pages, m->kids.data);
}

static int32_t put_profile(struct making *m)
{
	RC_OWN_BUF profile = RC_BUF(10000);
	int32_t number = pdf_file_reserve(m->file);

	pdf_srgb_profile(&profile);
	pdf_file_packed(m->file, number, "/N 3", profile.data, profile.len);
	return number;
}

/* The same as in the XMP packet, for readers that look here. */
static enum rc_status put_info(struct making *m, const struct record_head *head, const char *created, int32_t *ret, struct rc_err *err)
{
	RC_OWN_BUF info = RC_BUF(1 << 20);

	rc_buf_adds(&info, "/Title ");
	pdf_text_string(&info, *head->title ? head->title : head->id);
	rc_buf_adds(&info, " /Producer ");
	pdf_text_string(&info, "redcorpus " RC_VERSION);
	if (created) {
		char d[16] = "";
		size_t n = 0;

		for (const char *at = created; *at && n < 14; at++)
			if (*at >= '0' && *at <= '9')
				d[n++] = *at;
		rc_buf_addf(&info, " /CreationDate (D:%sZ) /ModDate (D:%sZ)", d, d);
	}
	*ret = pdf_file_reserve(m->file);
	pdf_file_object(m->file, *ret, "<< %s >>", info.data);
	return rc_buf_check(&info, "what a PDF says of itself", err);
}

static enum rc_status put_end(struct making *m, const struct export_item *item, const struct record_head *head, struct rc_err *err)
{
	int32_t profile = put_profile(m), xmp_at = pdf_file_reserve(m->file), catalog = pdf_file_reserve(m->file);
	RC_OWN_BUF xmp = RC_BUF(1 << 20);
	RC_OWN_BUF more = RC_BUF(64 << 20);
	enum rc_status status = pdf_xmp(head, item->created, &xmp, err);

	if (!rc_good(status))
		return status;
	put_tree(m);
	pdf_font_write(m->font, m->file);
	pdf_file_stream(m->file, xmp_at, "/Type /Metadata /Subtype /XML", xmp.data, xmp.len);
	if (*head->language) {
		rc_buf_adds(&more, " /Lang ");
		pdf_text_string(&more, head->language);
	}
	if (m->labelled)
		rc_buf_addf(&more, " /PageLabels << /Nums [%s] >>", m->labels.data);
	status = rc_buf_check(m->labels.failed ? &m->labels : &more, "the labels of the pages", err);
	/* No /Direction /R2L for columns: it would only set facing pages side by side, but PDFium takes text for Hebrew then. */
	pdf_file_object(m->file, catalog, "<< /Type /Catalog /Pages %d 0 R /Metadata %d 0 R /OutputIntents [<< /Type /OutputIntent /S /GTS_PDFA1"
	                " /OutputConditionIdentifier (sRGB IEC61966-2.1) /Info (sRGB IEC61966-2.1) /DestOutputProfile %d 0 R >>]"
	                " /ViewerPreferences << /DisplayDocTitle true >>%s >>", m->tree, xmp_at, profile, more.data);
	int32_t info = 0;

	if (rc_good(status))
		status = put_info(m, head, item->created, &info, err);
	return rc_good(status) ? pdf_file_finish(&m->file, catalog, info, err) : status;
}

enum rc_status export_pdf(struct export_item *item, const char *to, struct rc_err *err)
{
	RC_CLEANUP(record_close) struct record_reader *record = NULL;
	RC_CLEANUP(making_clear) struct making m = { .scan = PDF_SCAN_INIT, .kids = RC_BUF(64 << 20), .labels = RC_BUF(64 << 20) };
	struct record_page *page;
	enum rc_status status = record_open(&record, item->record, err);

	if (rc_good(status))
		status = pdf_file_open(&m.file, to, err);
	if (!rc_good(status))
		return status;
	m.font = pdf_font_new(m.file);
	m.tree = pdf_file_reserve(m.file);
	while (rc_good(status) && (status = record_next(record, &page, err)) == RC_OK) {
		status = put_page(&m, item, page, err);
		item->pages++;
		item->not_read += page->not_read;
		if (rc_good(status) && item->page_done)
			status = item->page_done(item->ctx, err);
	}
	return status == RC_SKIP ? put_end(&m, item, record_head(record), err) : status;
}
