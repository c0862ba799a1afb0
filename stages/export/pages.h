/* pages.h -- formats with one XML file per page: what they share. */
#ifndef EXPORT_PAGES_H
#define EXPORT_PAGES_H

#include "common/layout_xml.h"
#include "common/xml.h"
#include "export/export.h"

/* The formats, as export.h says of a writer of folders. */
enum rc_status export_alto(struct export_item *item, const char *to, struct rc_err *err);
enum rc_status export_page(struct export_item *item, const char *to, struct rc_err *err);
enum rc_status export_mets(struct export_item *item, const char *to, struct rc_err *err);
enum rc_status export_bagit(struct export_item *item, const char *to, struct rc_err *err);
enum rc_status export_pdf(struct export_item *item, const char *to, struct rc_err *err);
enum rc_status export_hocr(struct export_item *item, const char *to, struct rc_err *err);
enum rc_status export_text(struct export_item *item, const char *to, struct rc_err *err);

/* Their documents. */
void export_alto_page(struct xml_writer *xml, const struct export_item *item, const struct record_head *head,
               const struct record_page *page);

void export_page_page(struct xml_writer *xml, const struct export_item *item, const struct record_head *head,
                      const struct record_page *page);

/* Writes every page of the item that was read into the folder `to`, named after its image (export_page_name). */
enum rc_status export_pages(struct export_item *item, const char *to, export_page_fn *write, struct rc_err *err);

/* Writes the document of one page to path, and tells its digest and size (both may be NULL). */
enum rc_status export_page_file(const struct export_item *item, const char *path, export_page_fn *write, const struct record_head *head,
                                const struct record_page *page, struct rc_digest *ret_digest, int64_t *ret_size, struct rc_err *err);

/* The file that the scan is: the last part of the member's or the source's path. Points into page. */
const char *export_image_name(const struct record_page *page);
/* "sha256:0123...#frame=0": the frame of the scan that the page is. `import` finds the page by it. */
enum { EXPORT_SCAN = 96 };
char *export_scan_name(char out[EXPORT_SCAN], const struct record_page *page);

/* The names that files of an item have been given so far. */
struct export_names;
struct export_names *export_names_new(void);
void export_names_free(struct export_names **names);
/* Appends a name for the page's files that no other page of the item has: its image's without the ending, with ".2" for the
 * second frame; and with ".00000012" for page 12 where that name is taken. */
void export_page_name(struct export_names *names, const struct record_page *page, struct rc_buf *out);
/* The same for the scan itself, which has all its frames: "p1.tif". */
void export_scan_file_name(struct export_names *names, const struct record_page *page, struct rc_buf *out);
/* Appends a path as a reference in XML: percent-encoded where a URI needs it. */
void export_href(const char *path, struct rc_buf *out);

/* ---- parts ---------------------------------------------------------------------------------------------- */

enum { EXPORT_ID = LAYOUT_ID, EXPORT_POINTS = 160 };   /* bytes that an id, and four corners, need */

/* "r3", "r3l12": regions and lines from 1, as they stand in the record. */
char *export_region_id(char out[EXPORT_ID], size_t region);
char *export_line_id(char out[EXPORT_ID], size_t region, size_t line);

/* The glyph's box as far as it lies in its line's, at least one pixel: what sticks out (a wide guess) belongs to a neighbour. */
struct rc_box export_glyph_box(const struct rc_line *line, size_t glyph);

bool export_is_vertical(const struct rc_line *line);
/* "x0,y0 x1,y1 x2,y2 x3,y3": the line's corners, clockwise from its own top left; the box's where it is not turned. Points are cut to the frame. */
char *export_line_points(char out[EXPORT_POINTS], const struct rc_page *page, const struct rc_line *line);
bool export_line_is_turned(const struct rc_line *line);
char *export_box_points(char out[EXPORT_POINTS], const struct rc_page *page, struct rc_box box);
/* Around the region's box and those of its lines, which may stick out a little. */
struct rc_box export_region_box(const struct rc_region *region);
/* The line that the text stands on, "x0,y0 x1,y1", in reading direction: the lower edge of horizontal text, the middle of a
 * column. */
char *export_baseline(char out[EXPORT_POINTS], const struct rc_page *page, const struct rc_line *line);
/* Degrees by which the text is turned on the frame against its upright place, counter-clockwise, 2 decimals; 0 for a page that is
 * mirrored. */
double export_rotation(const struct rc_page *page);

/* Was the page read with this model? */
bool export_has_model(const struct rc_page *page, const char *name);

/* How sure the reading is, 0 to 1: of the page, 1 less its estimated error, or where there is none its mean confidence. */
double export_page_confidence(const struct rc_page *page);

/* A word of a line: what stands between spaces. */
struct export_word {
	size_t start, end;              /* bytes of the line's text */
	size_t first, last;             /* glyphs [first, last) */
	struct rc_box box;              /* around its glyphs; the line's without any */
	double confidence;              /* mean of its glyphs; the line's without any */
};
/* The next word from *at (0 at first) on; false: there is none. */
bool export_next_word(const struct rc_line *line, size_t *at, struct export_word *ret);

/* Appends "x,y x,y ...": the line's box; around a line that leans all of its corners, words and glyphs. */
void export_line_outline(const struct rc_page *page, const struct rc_line *line, struct rc_buf *out);

#endif
