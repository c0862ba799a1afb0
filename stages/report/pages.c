/* pages.c -- an item's pages, one after the other: the record and the books side by side.
 *
 *   report_make_item()   walks both
 *   make_page()          facts, glyphs, images, part
 *   make_pictures()      a job in a worker, unless the images are there
 *   source_of_image()    the scan, or the page image of shards where that is as sharp
 *
 * Images are named by what they are made of, parts by where they stand. So a page whose text was corrected gets a new part and
 * keeps its images, and a page that moved keeps both. A page whose image cannot be made is shown without. */
#include "report/pages.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "common/image.h"
#include "common/orientation.h"
#include "common/record.h"
#include "core/outfile.h"
#include "core/text.h"
#include "report/part.h"
#include "report/pictures.h"

enum { PICTURES_VERSION = 1, MAX_PICTURE = 64 << 20 };
static const double sharp_enough = 0.9;         /* a page image at this scale of the frame does as well as the scan */

struct making {
	struct rc_books *books;
	struct report_files *files;
	const struct rc_item_row *item;
	const struct report_wish *wishes;
	size_t n;
	bool waiting;                   /* pages of the item are not read yet */
	struct record_reader *reader;
	struct record_page *next;       /* the reader's; NULL: there is none */
	report_page_fn *fn;
	void *ctx;
};

/* ---- names of files -------------------------------------------------------------------------------------------- */

static void name_file(struct rc_buf *out, const char id[REPORT_ID], const char *ending)
{
	rc_buf_addf(out, "pages/%.2s/%s%s", id, id, ending);
}

static bool keep(struct report_files *files, const char id[REPORT_ID], const char *ending)
{
	RC_OWN_BUF name = RC_BUF(128);

	name_file(&name, id, ending);
	return report_files_keep(files, name.data);
}

static bool keep_pictures(struct report_files *files, const struct report_page *p)
{
	bool page = keep(files, p->picture, ".jpg"), thumb = keep(files, p->picture, "-t.jpg");

	return page && thumb && (p->n_glyphs == 0 || keep(files, p->picture, "-g.jpg"));
}

bool report_keep_page(struct report_files *files, const struct report_page *p)
{
	bool part = !p->shown || keep(files, p->id, ".js");

	return part && (!*p->picture || keep_pictures(files, p));
}

/* ---- images ------------------------------------------------------------------------------------------------------ */

struct source {                 /* what a page's images are made from */
	int fd;                 /* -1: nothing */
	int64_t offset, len;
	enum rc_media media;
	int32_t frame;
	int turned;             /* the orientation its pixels already have, over that of the stored frame */
};

static bool image_is_sharp(const struct rc_config *cfg, const struct rc_page *page)
{
	return (double)cfg->package_image_side >= sharp_enough * fmax(page->width, page->height);
}

static bool open_image(struct rc_books *books, const struct rc_page_row *row, const struct rc_page *page, struct source *s)
{
	if (rc_digest_is_zero(&row->image) || !rc_good(rc_books_open_image(books, row, &s->fd, &s->offset, &s->len, NULL)))
		return false;
	s->media = RC_MEDIA_UNKNOWN;    /* JPEG or PNG: the worker looks */
	s->frame = 0;
	s->turned = page->orientation >= 1 && page->orientation <= 8 ? page->orientation : 1;
	return true;
}

static bool open_scan(struct rc_books *books, const struct rc_page_row *row, struct source *s)
{
	if (!rc_good(rc_books_open_scan(books, row, &s->fd, &s->offset, &s->len, NULL)))
		return false;
	s->media = row->entry.media;
	s->frame = row->entry.frame;
	s->turned = 1;
	return true;
}

static bool source_of_image(struct rc_books *books, const struct rc_page_row *row, const struct rc_page *page, struct source *s)
{
	if (image_is_sharp(rc_books_config(books), page) && open_image(books, row, page, s))
		return true;
	return open_scan(books, row, s) || open_image(books, row, page, s);
}

/* What the images depend on. */
static struct rc_digest picture_key(const struct rc_config *cfg, const struct rc_page_row *row, const struct rc_page *page,
                                    int orientation, const json_t *boxes)
{
	RC_CLEANUP(rc_hasher_free) struct rc_hasher *h = rc_hasher_new();
	RC_OWN_BUF text = RC_BUF(1 << 20);

	rc_json_print(&text, boxes);
	rc_hasher_add_int(h, PICTURES_VERSION);
	rc_hasher_add(h, row->entry.scan.bytes, sizeof row->entry.scan.bytes);
	rc_hasher_add_int(h, row->entry.frame);
	rc_hasher_add_int(h, image_is_sharp(cfg, page) && !rc_digest_is_zero(&row->image));
	rc_hasher_add_int(h, orientation);
	rc_hasher_add_int(h, cfg->report_image_side);
	rc_hasher_add_str(h, text.data);
	return rc_hasher_end(h);
}

struct picture_parts {
	struct report_files *files;
	struct report_page *facts;
};

/* Foreign: a worker made it from a scan. */
static enum rc_status take_part(void *ctx, const json_t *part, int spool_fd, int64_t len, struct rc_err *err)
{
	struct picture_parts *p = ctx;
	const char *is = rc_json_str(part, "is", "");
	bool page = strcmp(is, "page") == 0;
	const char *ending = page ? ".jpg" : strcmp(is, "thumb") == 0 ? "-t.jpg" : "-g.jpg";
	int64_t width = rc_json_int(part, "width", 0), height = rc_json_int(part, "height", 0);
	RC_OWN_BUF bytes = RC_BUF(MAX_PICTURE), name = RC_BUF(128);
	char *to = len > 0 && len <= MAX_PICTURE ? rc_buf_grow(&bytes, (size_t)len) : NULL;

	if (!to || !rc_read_all(spool_fd, to, (size_t)len, 0) || image_sniff(bytes.data, bytes.len) != RC_MEDIA_JPEG ||
	    (page && (width <= 0 || height <= 0 || width > RC_MAX_SIDE || height > RC_MAX_SIDE)))
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_PROTOCOL, "cannot use a picture that a worker made");
	if (page) {
		p->facts->width = (int32_t)width;
		p->facts->height = (int32_t)height;
	}
	name_file(&name, p->facts->picture, ending);
	return report_files_put(p->files, name.data, bytes.data, bytes.len, err);
}

static enum rc_status run_job(struct making *m, const struct source *s, const struct record_page *page, int orientation,
                              json_t *boxes, struct report_page *facts, struct rc_err *err)
{
	RC_OWN_JSON args = json_pack("{s:o, s:s, s:I, s:I, s:i, s:i, s:i}", "name", rc_json_text(facts->name), "media", rc_media_name(s->media),
	                             "offset", (json_int_t)s->offset, "len", (json_int_t)s->len, "frame", s->frame,
	                             "turn", orientation_between(s->turned, orientation), "orientation", orientation);
	struct picture_parts parts = { m->files, facts };

	json_object_set_new(args, "width", json_integer(page->page.width));
	json_object_set_new(args, "height", json_integer(page->page.height));
	json_object_set_new(args, "side", json_integer(rc_books_config(m->books)->report_image_side));
	json_object_set(args, "glyphs", boxes);
	return rc_books_job(m->books, "report", args, s->fd, take_part, &parts, err);
}

static enum rc_status take_size(void *ctx, int32_t frame, const struct image_info *info, struct rc_err *err)
{
	struct report_page *facts = ctx;

	facts->width = info->width;
	facts->height = info->height;
	return RC_OK;
}

/* The images of an earlier run, when they are all there. */
static bool reuse(struct making *m, struct report_page *facts)
{
	RC_OWN_BUF name = RC_BUF(128), path = RC_BUF(RC_MAX_NAME), bytes = RC_BUF(MAX_PICTURE);

	if (!keep_pictures(m->files, facts))
		return false;
	name_file(&name, facts->picture, ".jpg");
	rc_buf_addf(&path, "%s/report/%s", rc_books_dir(m->books), name.data);
	return rc_good(rc_buf_read_file(&bytes, path.data, NULL)) &&
	       rc_good(image_probe(bytes.data, bytes.len, RC_MEDIA_JPEG, name.data, take_size, facts, NULL));
}

/* Where lines are drawn while there is no image. */
static void set_size(const struct rc_config *cfg, const struct rc_page *page, int orientation, struct report_page *facts)
{
	double scale = fmin(1, (double)cfg->report_image_side / fmax(1, fmax(page->width, page->height)));
	int32_t w = (int32_t)lround(page->width * scale), h = (int32_t)lround(page->height * scale);

	facts->width = orientation >= 5 ? h : w;
	facts->height = orientation >= 5 ? w : h;
}

/* A page whose image cannot be had is shown without it. */
static enum rc_status make_pictures(struct making *m, const struct rc_page_row *row, const struct record_page *page, int orientation,
                                    json_t *boxes, struct report_page *facts, struct rc_err *err)
{
	struct rc_digest key = picture_key(rc_books_config(m->books), row, &page->page, orientation, boxes);
	struct source s = { .fd = -1 };
	struct rc_err why = { 0 };
	enum rc_status status = RC_PAGE_FAILED;

	set_size(rc_books_config(m->books), &page->page, orientation, facts);
	report_id(&key, facts->picture);
	if (reuse(m, facts))
		return RC_OK;
	if (source_of_image(m->books, row, &page->page, &s))
		status = run_job(m, &s, page, orientation, boxes, facts, &why);
	rc_close(&s.fd);
	if (status == RC_RUN_FAILED) {
		*err = why;
		return status;
	}
	if (!rc_good(status)) {
		facts->picture[0] = '\0';
		facts->n_glyphs = 0;
	}
	return RC_OK;
}

/* ---- a page -------------------------------------------------------------------------------------------------------- */

static struct rc_digest part_key(const struct rc_item_row *item, const struct rc_page_row *row)
{
	RC_CLEANUP(rc_hasher_free) struct rc_hasher *h = rc_hasher_new();

	rc_hasher_add_str(h, item->id);
	rc_hasher_add(h, row->entry.scan.bytes, sizeof row->entry.scan.bytes);
	rc_hasher_add_int(h, row->entry.frame);
	rc_hasher_add_str(h, row->source_path);
	rc_hasher_add_str(h, row->entry.member);
	return rc_hasher_end(h);
}

/* The name a person knows the page by: of the file or member, with the number of its frame where it is not the first. */
static char *page_name(const struct record_page *page)
{
	const char *path = *page->member ? page->member : page->source, *slash = strrchr(path, '/');
	RC_OWN_BUF name = RC_BUF(RC_MAX_NAME + 32);

	rc_buf_adds(&name, slash && slash[1] ? slash + 1 : path);
	if (page->frame > 0)
		rc_buf_addf(&name, " #%d", page->frame + 1);
	return rc_buf_take(&name);
}

static void count_text(const struct rc_page *page, struct report_page *facts)
{
	for (size_t r = 0; r < page->n_regions; r++)
		for (size_t l = 0; l < page->regions[r].n_lines; l++) {
			facts->lines++;
			facts->chars += (int64_t)rc_utf8_count(page->regions[r].lines[l].text ? page->regions[r].lines[l].text : "");
		}
}

static int32_t ten_thousandths(float share)
{
	return (int32_t)lround((double)share * 10000);
}

static void set_facts(const struct making *m, const struct rc_page_row *row, const struct record_page *page, const struct report_wish *wish,
                      struct report_page *f)
{
	struct rc_digest key = part_key(m->item, row);
	const struct rc_quality *q = &page->page.quality;
	char *name = page_name(page);

	report_id(&key, f->id);
	f->item = rc_strdup(m->item->id);
	f->number = rc_strdup(page->number);
	f->name = name ? name : rc_strdup("?");
	f->reason = rc_strdup(page->not_read ? page->reason : "");
	f->order = page->order;
	f->page_class = q->page_class;
	f->error = q->estimated_error < 0 ? -1 : ten_thousandths(q->estimated_error);
	f->confidence = ten_thousandths(q->confidence);
	f->in_text = wish->in_text && !page->not_read;
	f->shown = wish->show && !page->not_read;
	count_text(&page->page, f);
}

static enum rc_status show_page(struct making *m, const struct rc_page_row *row, const struct record_page *page, struct report_page *f,
                                struct rc_err *err)
{
	RC_OWN_JSON boxes = json_array();
	RC_OWN_JSON part = NULL;
	RC_OWN_BUF name = RC_BUF(128);
	int orientation = orientation_of(page->page.to_clean);
	enum rc_status status;

	report_choose_glyphs(&page->page, (size_t)rc_books_config(m->books)->report_glyphs, f, boxes);
	status = make_pictures(m, row, page, orientation, boxes, f, err);
	if (!rc_good(status))
		return status;
	part = report_part(record_head(m->reader), page, f, rc_affine_to_image(page->page.width, page->page.height, orientation, f->width, f->height));
	name_file(&name, f->id, ".js");
	return report_files_script(m->files, name.data, part, err);
}

static enum rc_status read_on(struct making *m, struct rc_err *err)
{
	enum rc_status status = record_next(m->reader, &m->next, err);

	if (status != RC_OK)
		m->next = NULL;
	return rc_good(status) ? RC_OK : status;
}

/* The record says what was read; while pages wait to be read (again) there may be rows that it does not know yet. */
static enum rc_status make_page(void *ctx, const struct rc_page_row *row, struct rc_err *err)
{
	struct making *m = ctx;
	const struct record_page *page = m->next;
	OWN_REPORT_PAGE facts = { .error = -1 };
	enum rc_status status = RC_OK;

	if (!page || page->frame != row->entry.frame || !rc_digest_equal(&page->scan, &row->entry.scan))
		return m->waiting ? RC_OK : rc_fail(err, RC_PAGE_FAILED, RC_WHY_CHANGED, "cannot show '%s': its record is not of its pages", m->item->id);
	set_facts(m, row, page, (size_t)page->order <= m->n ? &m->wishes[page->order - 1] : &(struct report_wish){ 0 }, &facts);
	if (facts.shown)
		status = show_page(m, row, page, &facts, err);
	if (rc_good(status))
		status = m->fn(m->ctx, &facts, err);
	if (rc_good(status))
		status = read_on(m, err);
	return rc_good(status) ? rc_books_pump(m->books, err) : status;
}

enum rc_status report_make_item(struct rc_books *books, struct report_files *files, const struct rc_item_row *item,
                                const struct report_wish *wishes, size_t n, report_page_fn *fn, void *ctx, struct rc_err *err)
{
	RC_CLEANUP(record_close) struct record_reader *reader = NULL;
	RC_OWN_BUF path = RC_BUF(4 * RC_MAX_NAME);
	struct making m = { .books = books, .files = files, .item = item, .wishes = wishes, .n = n, .fn = fn, .ctx = ctx };
	enum rc_status status;

	rc_books_record_path(books, item->id, &path);
	status = record_open(&reader, path.data, err);
	if (!rc_good(status))
		return status;
	m.reader = reader;
	m.waiting = item->n_done + item->n_quarantined < item->n_pages;
	status = read_on(&m, err);
	return rc_good(status) ? rc_books_each_page(books, item->id, make_page, &m, err) : status;
}
