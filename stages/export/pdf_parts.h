/* pdf_parts.h -- what the files behind the PDF export share.
 *
 *   pdf.c          the document: pages as they come, then what holds them together
 *   pdf_scan.c     a page's scan as a picture of the PDF
 *   pdf_frame.c    where on the sheet a page lies, and its lines
 *   pdf_runs.c     which lines hang together
 *   pdf_layer.c    a page's lines as text that is not seen
 *   pdf_about.c    colour profile, metadata
 *   pdf_font.c     the font, never painted         pdf_file.c   objects and streams */
#ifndef EXPORT_PDF_PARTS_H
#define EXPORT_PDF_PARTS_H

#include "common/image.h"
#include "common/pdf.h"
#include "export/export.h"
#include "export/pdf_font.h"

/* ---- the sheet: from the stored frame to the page as it is looked at ---------------------------------------------------- */

struct pdf_sheet {
	double width, height;           /* points of the PDF page */
	struct rc_affine map;           /* pixels of the stored frame -> points, y upwards */
};
/* width, height: of the stored frame. Turned and mirrored by quarters as the page was read (to_clean), at its resolution; not
 * straightened: the scan is shown as it is. */
void pdf_sheet_of(const struct record_page *page, int32_t width, int32_t height, struct pdf_sheet *ret);

/* ---- pictures ----------------------------------------------------------------------------------------------------------- */

/* The scan of the page before, too: pages of one file follow each other. */
struct pdf_scan {
	bool open;
	struct rc_digest digest;
	enum rc_media media;
	struct export_scan at;          /* fd is owned */
	struct rc_buf bytes;            /* all of it, but for PDF */
	struct pdf *pdf;
};
#define PDF_SCAN_INIT ((struct pdf_scan){ .at.fd = -1, .bytes = RC_BUF(RC_MAX_SCAN_BYTES) })
void pdf_scan_close(struct pdf_scan *scan);

/* Writes the page's picture as an object: JPEG and JPEG 2000 as they are where a PDF can hold them, one bit as T.6, the
 * rest as JPEG. *number 0: the scan is no picture (the page was not read, or only by people, for that reason). The bytes are compared with the digest:
 * RC_PAGE_FAILED/changed. */
enum rc_status pdf_scan_picture(struct pdf_scan *scan, const struct export_item *item, const struct record_page *page, struct pdf_file *f,
                                int32_t *number, int32_t *width, int32_t *height, struct rc_err *err);

/* ---- lines on the sheet ------------------------------------------------------------------------------------------------- */

struct pdf_frame {                      /* of a line, in points of the sheet */
	double x, y;                    /* where it begins, on its foot */
	double ux, uy, vx, vy;          /* along it, and up in it; length 1 */
	double length, thickness;
};
/* False, and nothing set, for a line without extent. Columns run down, rows to the right, or to the left where their glyphs do. */
bool pdf_frame_of(const struct rc_line *line, const struct pdf_sheet *sheet, struct pdf_frame *ret);
/* From where to where a box of the stored frame reaches along the line, in points from its beginning. */
void pdf_frame_along(const struct pdf_frame *f, const struct rc_affine *map, const struct rc_box *box, double *start, double *end);

struct pdf_line {
	const struct rc_line *line;     /* of the page; has text */
	struct pdf_frame frame;
	double size;                    /* of its letters, in points: what lines that hang together have in common */
	double back;                    /* points that both ends stand back from the ends of the frame */
};

struct pdf_lines {
	struct pdf_line *v;             /* owned; in reading order */
	size_t n;
};
/* All lines of the page that have text and extent. */
void pdf_lines_of(const struct record_page *page, const struct pdf_sheet *sheet, struct pdf_lines *ret);
void pdf_lines_clear(struct pdf_lines *lines);

/* ---- text --------------------------------------------------------------------------------------------------------------- */

/* Appends the lines of the page as operators, in reading order; the font is named /F. */
void pdf_layer(const struct record_page *page, const struct pdf_sheet *sheet, struct pdf_font *font, struct rc_buf *out);

/* ---- about ---------------------------------------------------------------------------------------------------------------- */

/* Appends an ICC profile of sRGB (IEC 61966-2-1). */
void pdf_srgb_profile(struct rc_buf *out);
/* Appends an XMP packet that says what the item is and that the file is PDF/A-2b. created: NULL, or a time. */
enum rc_status pdf_xmp(const struct record_head *head, const char *created, struct rc_buf *out, struct rc_err *err);

#endif
