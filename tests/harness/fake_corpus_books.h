/* fake_corpus_books.h -- books and records in memory, for the tests of curate, package and upload.
 *
 * Include it once in a test program: it defines rc_books_*() and record_*() itself, so that the linker takes these and not
 * the real ones. A record's file name is kept; its content is what the test put into struct fake_item. */
#ifndef FAKE_CORPUS_BOOKS_H
#define FAKE_CORPUS_BOOKS_H

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/record.h"
#include "core/outfile.h"
#include "core/stage.h"

#define FAKE_PAGES 8
#define FAKE_ITEMS 2000

struct fake_page {
	const char *scan;               /* any text: its digest is the scan's */
	const char *text;               /* lines end in '\n' */
	const char *pixels;             /* any text: its digest is that of the pixels; NULL: not known */
	struct rc_look look;
	const char *image;              /* bytes are in image_len; NULL: none */
	size_t image_len;
	int32_t width, height;          /* of the image, when it is the scan as well; 0: there is no scan */
	float confidence;
	float error;                    /* estimated; 0: no estimate */
	enum rc_page_class page_class;
	bool not_read;
};
struct fake_item {
	char id[120];
	const char *training;
	int n;
	struct fake_page pages[FAKE_PAGES];
	json_t *decision;
	uint8_t rank[64];
	size_t rank_len;
};
struct rc_books {
	struct rc_config *cfg;
	char dir[4200];
	struct fake_item items[FAKE_ITEMS];
	int n;
	char notes[8][2][80];
	int n_notes, n_warnings, n_decided, n_records_read;
	char last_warning[1000];
	bool reversed;                  /* hand out items in the other order, to show that it does not matter */
	int64_t stale;
	/* work in a worker: the stage's job, run here */
	enum rc_status (*job)(const struct rc_config *cfg, const json_t *args, int source_fd, struct rc_job_out *out, struct rc_err *err);
	int crash_after;                /* > 0: the next job's worker dies when it sends part number crash_after, once */
};

static struct rc_books *fake_current;

static struct rc_books *fake_books_new(const char *dir)
{
	struct rc_books *b = calloc(1, sizeof *b);

	b->cfg = rc_config_new();
	snprintf(b->dir, sizeof b->dir, "%s", dir);
	fake_current = b;
	return b;
}

static void fake_books_free(struct rc_books *b)
{
	rc_config_free(&b->cfg);
	for (int i = 0; i < b->n; i++)
		json_decref(b->items[i].decision);
	free(b);
}

static struct fake_item *fake_add_item(struct rc_books *b, const char *id, const char *training)
{
	struct fake_item *it = &b->items[b->n++];

	snprintf(it->id, sizeof it->id, "%s", id);
	it->training = training;
	return it;
}

static struct fake_page *fake_add_page(struct fake_item *it, const char *scan, const char *text, float confidence)
{
	struct fake_page *p = &it->pages[it->n++];

	*p = (struct fake_page){ .scan = scan, .text = text, .confidence = confidence };
	return p;
}

static struct rc_digest fake_digest(const char *text)
{
	return rc_digest_of(text, strlen(text));
}

/* ---- books ------------------------------------------------------------------------------------------------ */

const struct rc_config *rc_books_config(struct rc_books *b) { return b->cfg; }
const char *rc_books_dir(struct rc_books *b) { return b->dir; }
bool rc_books_stopping(struct rc_books *b) { return false; }
enum rc_status rc_books_pump(struct rc_books *b, struct rc_err *err) { return RC_OK; }
void rc_books_progress(struct rc_books *b, const char *doing, int64_t done, int64_t total) {}
int64_t rc_books_stale(struct rc_books *b) { return b->stale; }
int64_t rc_books_pending(struct rc_books *b) { return 0; }

void rc_books_warn(struct rc_books *b, const struct rc_err *what)
{
	b->n_warnings++;
	snprintf(b->last_warning, sizeof b->last_warning, "%s", what->text);
}

char *rc_books_note(struct rc_books *b, const char *name)
{
	for (int i = 0; i < b->n_notes; i++)
		if (strcmp(b->notes[i][0], name) == 0)
			return strdup(b->notes[i][1]);
	return NULL;
}

enum rc_status rc_books_set_note(struct rc_books *b, const char *name, const char *value, struct rc_err *err)
{
	int i = 0;

	while (i < b->n_notes && strcmp(b->notes[i][0], name) != 0)
		i++;
	if (i == b->n_notes)
		b->n_notes++;
	snprintf(b->notes[i][0], 80, "%s", name);
	snprintf(b->notes[i][1], 80, "%s", value);
	return RC_OK;
}

json_t *rc_books_identity(struct rc_books *b)
{
	return json_pack("{s:s, s:{s:i}}", "program", "0.1.0", "stages", "ocr", 1);
}

enum rc_status rc_books_all_roots(struct rc_books *b, rc_root_fn *fn, void *ctx, struct rc_err *err)
{
	return fn(ctx, &(struct rc_root){ 1, "/scans/box12", "box12" }, err);
}

static struct rc_digest fake_record_digest(const struct fake_item *it)
{
	struct rc_hasher *h = rc_hasher_new();
	struct rc_digest d;

	rc_hasher_add_str(h, it->id);
	rc_hasher_add_str(h, it->training);
	for (int i = 0; i < it->n; i++) {
		rc_hasher_add_str(h, it->pages[i].scan);
		rc_hasher_add_str(h, it->pages[i].text);
		rc_hasher_add_str(h, it->pages[i].pixels ? it->pages[i].pixels : "");
		rc_hasher_add(h, &it->pages[i].look, sizeof it->pages[i].look);
		rc_hasher_add_int(h, (int64_t)(it->pages[i].confidence * 1000) + it->pages[i].page_class * 10000 + (int64_t)(it->pages[i].error * 1000) * 100000 + it->pages[i].not_read);
	}
	d = rc_hasher_end(h);
	rc_hasher_free(&h);
	return d;
}

static int fake_by_id(const void *a, const void *b)
{
	return strcmp((*(struct fake_item *const *)a)->id, (*(struct fake_item *const *)b)->id);
}

static int fake_by_rank(const void *a, const void *b)
{
	return memcmp((*(struct fake_item *const *)a)->rank, (*(struct fake_item *const *)b)->rank, 64);
}

enum rc_status rc_books_each_item(struct rc_books *b, enum rc_items which, rc_item_fn *fn, void *ctx, struct rc_err *err)
{
	struct fake_item *list[FAKE_ITEMS];
	enum rc_status status = RC_OK;
	int n = 0;

	for (int i = 0; i < b->n; i++)
		if (which != RC_ITEMS_RANKED || b->items[i].rank_len)
			list[n++] = &b->items[i];
	qsort(list, (size_t)n, sizeof *list, which == RC_ITEMS_RANKED ? fake_by_rank : fake_by_id);
	for (int i = 0; i < n && rc_good(status); i++) {
		struct fake_item *it = list[i];
		struct rc_item_row row = { .id = it->id, .n_pages = it->n, .decision = it->decision, .fields = "{}" };

		for (int p = 0; p < it->n; p++)
			row.n_quarantined += it->pages[p].not_read;
		row.n_done = row.n_pages - row.n_quarantined;
		row.record = row.pages_key = row.record_key = fake_record_digest(it);
		status = fn(ctx, &row, err);
	}
	return status;
}

static struct fake_item *fake_find(struct rc_books *b, const char *id)
{
	for (int i = 0; i < b->n; i++)
		if (strcmp(b->items[i].id, id) == 0)
			return &b->items[i];
	return NULL;
}

enum rc_status rc_books_each_page(struct rc_books *b, const char *item, rc_page_fn *fn, void *ctx, struct rc_err *err)
{
	struct fake_item *it = fake_find(b, item);
	enum rc_status status = RC_OK;

	for (int i = 0; i < it->n && rc_good(status); i++) {
		struct rc_page_row row = { .id = i, .place_in_item = i + 1, .entry.item = it->id, .entry.scan = fake_digest(it->pages[i].scan),
		                           .root_path = "/scans", .source_path = "p.tif" };

		if (it->pages[i].image)
			row.image = rc_digest_of(it->pages[i].image, it->pages[i].image_len);
		status = fn(ctx, &row, err);
	}
	return status;
}

enum rc_status rc_books_object(struct rc_books *b, const struct rc_digest *object, struct rc_buf *out, struct rc_err *err)
{
	for (int i = 0; i < b->n; i++)
		for (int p = 0; p < b->items[i].n; p++) {
			struct fake_page *page = &b->items[i].pages[p];
			struct rc_digest d;

			if (!page->image)
				continue;
			d = rc_digest_of(page->image, page->image_len);
			if (rc_digest_equal(&d, object)) {
				rc_buf_add(out, page->image, page->image_len);
				return RC_OK;
			}
		}
	return rc_fail(err, RC_PAGE_FAILED, RC_WHY_CHANGED, "no such object");
}

/* ---- work in a worker --------------------------------------------------------------------------------------- */

enum rc_status rc_books_open_scan(struct rc_books *b, const struct rc_page_row *row, int *ret, int64_t *offset, int64_t *len, struct rc_err *err)
{
	for (int i = 0; i < b->n; i++)
		for (int p = 0; p < b->items[i].n; p++) {
			const struct fake_page *page = &b->items[i].pages[p];
			struct rc_digest d = fake_digest(page->scan);

			if (!page->width || !rc_digest_equal(&d, &row->entry.scan))
				continue;
			*offset = 0;
			*len = (int64_t)page->image_len;
			*ret = memfd_create("scan", MFD_CLOEXEC);
			return rc_write_all(*ret, page->image, page->image_len) ? RC_OK : RC_RUN_FAILED;
		}
	return rc_fail(err, RC_PAGE_FAILED, RC_WHY_GONE, "cannot open '%s/%s'", row->root_path, row->source_path);
}

enum rc_status rc_books_open_image(struct rc_books *b, const struct rc_page_row *row, int *ret, int64_t *offset, int64_t *len, struct rc_err *err)
{
	RC_OWN_BUF bytes = RC_BUF(1 << 20);
	enum rc_status status = rc_books_object(b, &row->image, &bytes, err);

	if (!rc_good(status))
		return status;
	*offset = 0;
	*len = (int64_t)bytes.len;
	*ret = memfd_create("image", MFD_CLOEXEC);
	return rc_write_all(*ret, bytes.data, bytes.len) ? RC_OK : RC_RUN_FAILED;
}

struct rc_job_out {
	rc_part_fn *on_part;
	void *ctx;
	int fd, parts, crash_after;
	int64_t len;
};

enum rc_status rc_job_write(struct rc_job_out *out, const void *bytes, size_t len, struct rc_err *err)
{
	out->len += (int64_t)len;
	return rc_write_all(out->fd, bytes, len) ? RC_OK : RC_RUN_FAILED;
}

enum rc_status rc_job_emit(struct rc_job_out *out, const json_t *part, struct rc_err *err)
{
	enum rc_status status;

	if (out->crash_after && ++out->parts == out->crash_after)
		return rc_fail(err, RC_RETRY, RC_WHY_CRASH, "the worker died");
	status = out->on_part(out->ctx, part, out->fd, out->len, err);
	out->len = 0;
	return ftruncate(out->fd, 0) == 0 && lseek(out->fd, 0, SEEK_SET) == 0 ? status : RC_RUN_FAILED;
}

enum rc_status rc_books_job(struct rc_books *b, const char *stage, const json_t *args, int source_fd, rc_part_fn *on_part, void *ctx,
                            struct rc_err *err)
{
	enum rc_status status = RC_RETRY;

	for (int attempt = 0; attempt < 2 && status == RC_RETRY; attempt++) {
		RC_OWN_FD fd = memfd_create("spool", MFD_CLOEXEC);
		struct rc_job_out out = { .on_part = on_part, .ctx = ctx, .fd = fd, .crash_after = b->crash_after };

		b->crash_after = 0;
		status = b->job ? b->job(b->cfg, args, source_fd, &out, err) : rc_fail(err, RC_RUN_FAILED, RC_WHY_BUG, "no job");
	}
	return status;
}

void rc_books_record_path(struct rc_books *b, const char *item, struct rc_buf *out)
{
	rc_buf_addf(out, "%s/records/%s.xml", b->dir, item);
}

enum rc_status rc_books_decide(struct rc_books *b, const char *item, const json_t *decision, const void *rank, size_t rank_len,
                               struct rc_err *err)
{
	struct fake_item *it = fake_find(b, item);

	json_decref(it->decision);
	it->decision = json_deep_copy(decision);
	memset(it->rank, 0, sizeof it->rank);
	if (rank)
		memcpy(it->rank, rank, rank_len);
	it->rank_len = rank_len;
	b->n_decided++;
	return RC_OK;
}

/* ---- records ------------------------------------------------------------------------------------------------ */

struct record_reader {
	struct fake_item *item;
	int at;
	struct record_head head;
	struct record_page page;
};

enum rc_status record_open(struct record_reader **ret, const char *path, struct rc_err *err)
{
	const char *slash = strrchr(path, '/');
	char id[200];
	struct record_reader *r;

	snprintf(id, sizeof id, "%.*s", (int)(strlen(slash + 1) - 4), slash + 1);
	if (!fake_find(fake_current, id) || strstr(id, "broken"))
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_FORMAT, "cannot read '%s': line 1: broken", path);
	fake_current->n_records_read++;
	r = calloc(1, sizeof *r);
	r->item = fake_find(fake_current, id);
	r->page.page = RC_PAGE_INIT;
	r->head = (struct record_head){
		.id = r->item->id, .title = "\xe5\xb8\x83\xe5\x91\x8a", .date = "1931", .date_edtf = "1931", .reference = "", .language = "zh-Hant",
		.rights_statement = "", .rights_license = "", .rights_holder = "", .training = r->item->training,
		.n_pages = r->item->n, .n_read = r->item->n, .revision = 1, .program = "",
	};
	*ret = r;
	return RC_OK;
}

const struct record_head *record_head(const struct record_reader *r)
{
	return &r->head;
}

static void fake_fill(struct record_page *page, const struct fake_page *from)
{
	const char *line = from->text;
	struct rc_region *region;

	page->page.width = from->width ? from->width : 1000;
	page->page.height = from->width ? from->height : 2000;
	page->page.clean_width = page->page.width;
	page->page.clean_height = page->page.height;
	page->page.quality.confidence = from->confidence;
	page->page.quality.page_class = from->page_class;
	page->page.quality.estimated_error = from->error > 0 ? from->error : -1;
	page->page.direction = RC_DIR_VERTICAL;
	page->page.look = from->look;
	if (from->pixels)
		page->page.pixels = fake_digest(from->pixels);
	snprintf(page->page.script, sizeof page->page.script, "hant");
	if (!*line)
		return;
	region = rc_page_add_region(&page->page);
	region->box = (struct rc_box){ 100, 200, 300, 400 };
	for (const char *end; (end = strchr(line, '\n')); line = end + 1) {
		struct rc_line *l = rc_region_add_line(region);

		l->text = strndup(line, (size_t)(end - line));
		l->box = (struct rc_box){ 100, 200, 50, 400 };
		if (from->width)        /* columns on it */
			l->box = (struct rc_box){ from->width - 12 * (int32_t)region->n_lines, 4, 10, from->height - 8 };
		l->confidence = from->confidence;
	}
}

enum rc_status record_next(struct record_reader *r, struct record_page **ret, struct rc_err *err)
{
	const struct fake_page *from;

	if (r->at >= r->item->n)
		return RC_SKIP;
	rc_page_clear(&r->page.page);
	from = &r->item->pages[r->at++];
	r->page = (struct record_page){ .order = r->at, .number = "", .scan = fake_digest(from->scan), .media = "image/tiff",
	                                .source = "box12/p.tif", .member = "", .not_read = from->not_read,
	                                .reason = from->not_read ? "decode" : "", .message = "", .page = RC_PAGE_INIT };
	if (!from->not_read)
		fake_fill(&r->page, from);
	*ret = &r->page;
	return RC_OK;
}

void record_close(struct record_reader **r)
{
	if (!*r)
		return;
	rc_page_clear(&(*r)->page.page);
	free(*r);
	*r = NULL;
}

#endif
