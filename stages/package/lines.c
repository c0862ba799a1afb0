/* lines.c -- the lines of a page, as samples.
 *
 *   page_lines_choose()   is_fit(), and where each lies: set_corners()
 *   page_lines_cut()      jobs of some thousand lines; take_image() takes what comes back */
#include "package/lines.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/image.h"
#include "common/personal.h"
#include "package/line_cut.h"

#define LINES_PER_JOB 4000              /* their corners fit RC_MAX_MESSAGE */

void page_lines_free(struct page_lines *lines)
{
	free(lines->list);
	rc_buf_free(&lines->images);
	*lines = (struct page_lines){ 0 };
}

/* ---- corners ------------------------------------------------------------------------------------------------ */

static void swap(int32_t *a, int32_t *b)
{
	int32_t x = *a;

	*a = *b;
	*b = x;
}

/* Of the box, or of the polygon; people's polygons may begin anywhere and go either way. On the clean page they go clockwise from the corner
 * that is nearest to its top left. */
static void set_corners(const struct rc_affine *to_clean, const struct rc_line *line, int32_t ret[8])
{
	const struct rc_box b = line->box;
	int32_t c[8] = { b.x, b.y, b.x + b.w, b.y, b.x + b.w, b.y + b.h, b.x, b.y + b.h };
	double x[4], y[4], area = 0;
	int first = 0;

	for (int i = 0; i < 8; i++)
		if (line->polygon[i] != 0) {
			memcpy(c, line->polygon, sizeof c);
			break;
		}
	for (int i = 0; i < 4; i++) {
		x[i] = to_clean->a * c[2 * i] + to_clean->b * c[2 * i + 1];
		y[i] = to_clean->d * c[2 * i] + to_clean->e * c[2 * i + 1];
	}
	for (int i = 0; i < 4; i++) {
		area += x[i] * y[(i + 1) % 4] - x[(i + 1) % 4] * y[i];
		if (x[i] + y[i] < x[first] + y[first])
			first = i;
	}
	for (int i = 0; i < 4; i++)
		memcpy(ret + 2 * i, c + 2 * ((first + i) % 4), 2 * sizeof *c);
	if (area < 0) {
		swap(ret + 2, ret + 6);
		swap(ret + 3, ret + 7);
	}
}

/* ---- which ones --------------------------------------------------------------------------------------------- */

/* The page's text, and the span in it that comes next and is masked in other shards. */
struct hidden {
	struct rc_buf text;
	struct personal_span span;
	bool any;               /* there is such a span */
	size_t at, line;        /* bytes: behind the span, and behind the line that was looked at */
	int64_t cp;             /* code points before `at` */
};

static void hidden_start(struct hidden *h, const struct rc_page *page)
{
	rc_page_text(page, &h->text);
	h->any = !h->text.failed && personal_next(h->text.data, &h->at, &h->cp, &h->span);
}

/* Is something of the line hidden? Lines are asked for in the order of the page's text. */
static bool is_hidden(struct hidden *h, const char *text)
{
	const char *found = h->any ? strstr(h->text.data + h->line, text) : NULL;
	size_t start, end;

	if (!found)
		return false;
	start = (size_t)(found - h->text.data);
	h->line = end = start + strlen(text);
	while (h->any && h->span.end <= start)
		h->any = personal_next(h->text.data, &h->at, &h->cp, &h->span);
	return h->any && h->span.start < end;
}

static bool is_fit(const struct rc_line *line, double least)
{
	const char *text = line->text ? line->text : "";

	return !line->not_read && text[strspn(text, " \t")] && !strchr(text, '\n') && line->box.w > 0 && line->box.h > 0 &&
	       (line->human || (double)line->confidence >= least);
}

static bool is_first_of_its_box(json_t *boxes, struct rc_box b)
{
	char name[80];

	snprintf(name, sizeof name, "%d_%d_%d_%d", b.x, b.y, b.w, b.h);
	return !json_object_get(boxes, name) && json_object_set_new(boxes, name, json_true()) == 0;
}

struct choosing {
	const struct rc_page *page;
	double least;
	struct hidden hidden;
	json_t *boxes;          /* "x_y_w_h" of those chosen; owned */
	int64_t pixels;
	struct page_lines *lines;
};

static void choosing_end(struct choosing *c)
{
	rc_buf_free(&c->hidden.text);
	rc_json_free(&c->boxes);
}

static enum rc_status choose_line(struct choosing *c, const struct rc_region *region, const struct rc_line *line, struct rc_err *err)
{
	struct page_line one = { .region = region, .line = line };

	if ((line->text && *line->text && is_hidden(&c->hidden, line->text)) || !is_fit(line, c->least))
		return RC_OK;
	set_corners(&c->page->to_clean, line, one.corners);
	if (!line_cut_size(one.corners, &one.width, &one.height) || !is_first_of_its_box(c->boxes, line->box))
		return RC_OK;
	c->pixels += (int64_t)one.width * one.height;
	if (c->pixels > RC_MAX_LINES_PIXELS)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_PIXELS, "its lines have more pixels than the limit");
	c->lines->list[c->lines->n++] = one;
	return RC_OK;
}

enum rc_status page_lines_choose(const struct rc_page *page, bool mask, double least, struct page_lines *ret, struct rc_err *err)
{
	RC_CLEANUP(choosing_end) struct choosing c = { page, least, { .text = RC_BUF(RC_MAX_RESULT_BYTES) }, json_object(), 0, ret };
	enum rc_status status = RC_OK;
	size_t most = 1;

	for (size_t r = 0; r < page->n_regions; r++)
		most += page->regions[r].n_lines;
	*ret = (struct page_lines){ .list = calloc(most, sizeof *ret->list), .images = RC_BUF(RC_MAX_IMAGE_BYTES) };
	if (mask)
		hidden_start(&c.hidden, page);
	if (!ret->list || !c.boxes || c.hidden.text.failed)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_MEMORY, "not enough memory");
	for (size_t r = 0; r < page->n_regions; r++)
		for (size_t l = 0; rc_good(status) && l < page->regions[r].n_lines; l++)
			status = choose_line(&c, &page->regions[r], &page->regions[r].lines[l], err);
	return status;
}

/* ---- images ------------------------------------------------------------------------------------------------- */

struct taking {                 /* of one job */
	struct page_lines *lines;
	size_t first, n, next;
};

static enum rc_status check_size(void *ctx, int32_t frame, const struct image_info *info, struct rc_err *err)
{
	const struct page_line *line = ctx;

	return info->width == line->width && info->height == line->height ? RC_OK : RC_SKIP;
}

/* Foreign: a worker made it from a scan. A second attempt begins with the first line again. */
static enum rc_status take_image(void *ctx, const json_t *part, int spool_fd, int64_t len, struct rc_err *err)
{
	struct taking *t = ctx;
	struct page_line *line;
	int64_t n = rc_json_int(part, "n", -1);
	char *to;

	if (n == 0) {
		t->next = 0;
		t->lines->images.len = t->first == 0 ? 0 : t->lines->list[t->first - 1].start + t->lines->list[t->first - 1].len;
	}
	if (n < 0 || (size_t)n != t->next || t->next >= t->n || len <= 0)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_PROTOCOL, "cannot use a line that a worker cut");
	line = &t->lines->list[t->first + t->next++];
	line->start = t->lines->images.len;
	line->len = (size_t)len;
	to = len <= RC_MAX_IMAGE_BYTES ? rc_buf_grow(&t->lines->images, (size_t)len) : NULL;
	if (!to)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_BYTES, "the images of a page's lines are larger than the limit");
	if (pread(spool_fd, to, (size_t)len, 0) != len || image_sniff(to, (size_t)len) != RC_MEDIA_PNG ||
	    image_probe(to, (size_t)len, RC_MEDIA_PNG, "line", check_size, line, err) != RC_OK)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_PROTOCOL, "cannot use a line that a worker cut");
	return RC_OK;
}

static json_t *corners_json(const struct page_line *line)
{
	json_t *corners = json_array();

	for (int i = 0; i < 8; i++)
		json_array_append_new(corners, json_integer(line->corners[i]));
	return corners;
}

struct scan {
	int fd;                 /* borrowed */
	int64_t offset, len;
};

static enum rc_status cut_some(struct rc_books *books, const struct rc_page_row *row, const struct rc_page *page, const struct scan *scan,
                               struct taking *t, struct rc_err *err)
{
	RC_OWN_JSON args = json_pack("{s:o, s:s, s:I, s:I, s:i, s:i, s:i}", "name", rc_json_text(row->source_path), "media", rc_media_name(row->entry.media),
	                             "offset", (json_int_t)scan->offset, "len", (json_int_t)scan->len, "frame", row->entry.frame,
	                             "width", page->width, "height", page->height);
	json_t *lines = json_array();
	enum rc_status status;

	for (size_t i = 0; i < t->n; i++)
		json_array_append_new(lines, corners_json(&t->lines->list[t->first + i]));
	json_object_set_new(args, "lines", lines);
	status = rc_books_job(books, "package", args, scan->fd, take_image, t, err);
	if (rc_good(status) && t->next != t->n)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_PROTOCOL, "cannot cut lines from '%s': some are missing", row->source_path);
	return status;
}

enum rc_status page_lines_cut(struct rc_books *books, const struct rc_page_row *row, const struct rc_page *page, struct page_lines *lines,
                              struct rc_err *err)
{
	RC_OWN_FD fd = -1;
	struct scan scan;
	enum rc_status status = rc_books_open_scan(books, row, &fd, &scan.offset, &scan.len, err);

	scan.fd = fd;
	for (size_t first = 0; rc_good(status) && first < lines->n; first += LINES_PER_JOB) {
		struct taking t = { .lines = lines, .first = first, .n = lines->n - first < LINES_PER_JOB ? lines->n - first : LINES_PER_JOB };

		status = cut_some(books, row, page, &scan, &t, err);
	}
	return status;
}
