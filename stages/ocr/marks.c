/* marks.c -- what is no text, as regions of its own after those that were read.
 *
 *   ocr_add_marks()     what prepare found: seals, halftones
 *   ocr_add_figures()   rules and dark pictures; text that was read wins over a picture, a picture over rules */
#include "ocr/layout_parts.h"
#include "ocr/state.h"

/* Shares of a picture: under lines that were read, from which it is no picture; and of a figure, in a picture, from which it is part of it. */
static const double read_share = 0.25, inside_share = 0.6;

static enum rc_status add_region(struct rc_page *page, enum rc_region_type type, struct rc_box box, struct rc_err *err)
{
	struct rc_region *region = rc_page_add_region(page);

	if (!region)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMBERS, "cannot keep the pictures of '%s': more regions than the limit", page->name);
	region->type = type;
	region->box = box;
	return RC_OK;
}

enum rc_status ocr_add_marks(struct rc_page *page, struct rc_err *err)
{
	enum rc_status status = RC_OK;

	for (size_t i = 0; status == RC_OK && i < page->n_marks; i++)
		status = add_region(page, page->marks[i].type, page->marks[i].box, err);
	return status;
}

/* ---- figures ----------------------------------------------------------------------------------------------- */

/* Pixels that both have. */
static double shared(struct rc_box a, struct rc_box b)
{
	int w = (a.x + a.w < b.x + b.w ? a.x + a.w : b.x + b.w) - (a.x > b.x ? a.x : b.x);
	int h = (a.y + a.h < b.y + b.h ? a.y + a.h : b.y + b.h) - (a.y > b.y ? a.y : b.y);

	return w > 0 && h > 0 ? (double)w * h : 0;
}

static double area(struct rc_box b)
{
	return (double)b.w * b.h;
}

/* Both on the stored frame. Lines that nothing could be read from do not count: they may be strokes of the picture. */
static bool is_read(const struct rc_page *page, struct rc_box picture)
{
	double text = 0;

	for (size_t r = 0; r < page->n_regions; r++)
		for (size_t l = 0; l < page->regions[r].n_lines; l++)
			if (!page->regions[r].lines[l].not_read)
				text += shared(page->regions[r].lines[l].box, picture);
	return text > read_share * area(picture);
}

static bool is_in_picture(const struct rc_page *page, struct rc_box box)
{
	for (size_t r = 0; r < page->n_regions; r++)
		if (page->regions[r].type == RC_REGION_IMAGE && shared(page->regions[r].box, box) > inside_share * area(box))
			return true;
	return false;
}

static enum rc_status add_all(struct rc_page *page, const struct layout_figures *figures, enum rc_region_type type, struct rc_err *err)
{
	enum rc_status status = RC_OK;

	for (int i = 0; status == RC_OK && i < figures->n; i++) {
		const struct layout_figure *f = &figures->figure[i];
		struct rc_box box = rc_page_stored_box(page, f->box);

		if (f->type != type || box.w <= 0 || box.h <= 0 || is_in_picture(page, box) || (type == RC_REGION_IMAGE && is_read(page, box)))
			continue;
		status = add_region(page, type, box, err);
	}
	return status;
}

enum rc_status ocr_add_figures(struct rc_page *page, struct Pix *gray, float glyph, struct rc_err *err)
{
	RC_CLEANUP(rc_free) struct layout_figures *figures = malloc(sizeof(*figures));
	enum rc_status status;

	if (!figures)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMORY, "cannot find the rules of '%s': not enough memory", page->name);
	status = layout_find_figures(gray, glyph, figures, err);
	if (status == RC_OK)
		status = add_all(page, figures, RC_REGION_IMAGE, err);
	return status == RC_OK ? add_all(page, figures, RC_REGION_SEPARATOR, err) : status;
}
