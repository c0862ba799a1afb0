/* report.c -- a batch to look at.
 *
 *   report_stage   the descriptor
 *   report_run()   did anything change? choose the pages to show, go through the items, write the rest
 *   look_at()      first pass over the items: what the report depends on, and how doubtful pages are
 *   add_item()     second pass: taken over from the last run, or made anew
 *
 * The first pass only adds up keys; while they are what they were there is nothing to do. Otherwise what is made anew is what
 * changed: items by their key, images by what they are made of. Lists, glyph lists and the first page are always written, from the
 * facts that the last run left (facts.h), and only where they differ from what is there. Memory: 16 bytes for a glyph image,
 * 100 for a page, and one page of a record.
 *
 * Unlike records and shards the report is for eyes: it says how fast pages were read, so two of the same batch differ. */
#include "report/report.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "report/choices.h"
#include "report/facts.h"
#include "report/glyphs.h"
#include "report/index.h"
#include "report/pages.h"
#include "report/pictures.h"
#include "report/script.h"

#define REPORT_VERSION 3
#define KEY_NOTE "report.key"
#define MEMORY_NOTE "report.memory"             /* digest of .redcorpus/report.jsonl */
#define MOST_DOUBT 10001                        /* of a page: its estimated error in ten-thousandths, and one more */

static const char *const tables[] = { "dat31", "catalogue" };

struct reporting {
	struct rc_books *books;
	const struct rc_config *cfg;
	struct rc_hasher *h;            /* owned; first pass */
	int64_t of_doubt[MOST_DOUBT + 1];
	int64_t pages;
	int from_doubt;                 /* pages from this doubt on are shown, */
	int64_t at_limit;               /* of those right at it so many */
	struct report_files *files;     /* owned */
	struct report_memory *memory;   /* owned */
	struct rc_outfile *remembered;  /* owned: the next run's memory */
	struct report_glyphs *glyphs;   /* owned */
	struct report_index *index;     /* owned */
	struct report_choices *choices; /* owned */
	struct report_wish *wishes;     /* owned; of one item */
	size_t cap_wishes;
	int64_t done;
	bool warned;
};

static void reporting_end(struct reporting *r)
{
	rc_hasher_free(&r->h);
	report_files_free(&r->files);
	report_memory_close(&r->memory);
	rc_outfile_abort(&r->remembered);
	report_glyphs_free(&r->glyphs);
	report_index_free(&r->index);
	report_choices_free(&r->choices);
	free(r->wishes);
}

/* ---- first pass ----------------------------------------------------------------------------------------------- */

/* How much a page wants to be looked at; -1: there is nothing to show. */
static int doubt_of(const json_t *page)
{
	if (strcmp(rc_json_str(page, "class", ""), "not-read") == 0)
		return -1;
	int64_t error = rc_json_int(page, "error", -1) + 1;

	return error < 0 ? 0 : error > MOST_DOUBT ? MOST_DOUBT : (int)error;
}

/* What the report says of a decision besides. */
static void hash_decision(const json_t *decision, struct rc_hasher *h)
{
	size_t i, k;
	json_t *page, *word;

	json_array_foreach(json_object_get(decision, "reasons"), k, word)
		rc_hasher_add_str(h, json_string_value(word));
	json_array_foreach(json_object_get(decision, "pages"), i, page) {
		json_array_foreach(json_object_get(page, "tags"), k, word)
			rc_hasher_add_str(h, json_string_value(word));
		rc_hasher_add_int(h, rc_json_bool(page, "image", false));
		rc_hasher_add_int(h, rc_json_int(page, "copies", 1));
		rc_hasher_add_str(h, rc_json_str(json_object_get(page, "duplicate_of"), "item", ""));
		rc_hasher_add_int(h, rc_json_int(json_object_get(page, "duplicate_of"), "order", 0));
	}
}

static enum rc_status look_at(void *ctx, const struct rc_item_row *item, struct rc_err *err)
{
	struct reporting *r = ctx;
	size_t i;
	json_t *page;

	rc_hasher_add_str(r->h, item->id);
	rc_hasher_add(r->h, item->pages_key.bytes, sizeof item->pages_key.bytes);
	rc_hasher_add(r->h, item->record.bytes, sizeof item->record.bytes);
	json_array_foreach(json_object_get(item->decision, "pages"), i, page) {
		int doubt = doubt_of(page);

		if (doubt >= 0)
			r->of_doubt[doubt]++;
		rc_hasher_add_int(r->h, rc_json_bool(page, "text", false));
	}
	hash_decision(item->decision, r->h);
	report_choices_look(r->choices, item->id, item->decision);
	r->pages += item->n_pages;
	return RC_OK;
}

static void hash_settings(const struct rc_config *cfg, struct rc_hasher *h)
{
	rc_hasher_add_int(h, REPORT_VERSION);
	rc_hasher_add_int(h, cfg->report_glyphs);
	rc_hasher_add_int(h, cfg->report_image_side);
}

static void hash_totals(const struct rc_totals *t, struct rc_hasher *h)
{
	const int64_t all[] = { t->pending, t->done, t->quarantined, t->stale, t->faults, t->ignored, t->files, t->files_gone, t->items };

	for (size_t i = 0; i < RC_COUNT(all); i++)
		rc_hasher_add_int(h, all[i]);
}

static void hash_file(const char *dir, const char *name, struct rc_hasher *h)
{
	RC_OWN_BUF path = RC_BUF(RC_MAX_NAME);
	struct rc_digest digest;

	rc_buf_addf(&path, "%s/%s", dir, name);
	RC_OWN_FD fd = open(path.data, O_RDONLY | O_CLOEXEC);

	if (fd >= 0 && rc_good(rc_digest_fd(fd, 0, -1, name, &digest, NULL, NULL)))
		rc_hasher_add(h, digest.bytes, sizeof digest.bytes);
	rc_hasher_add_str(h, name);
}

static enum rc_status whole_key(struct reporting *r, const char *dir, char hex[RC_DIGEST_HEX], struct rc_err *err)
{
	struct rc_totals totals = rc_books_totals(r->books);
	enum rc_status status;
	struct rc_digest d;

	hash_settings(r->cfg, r->h);
	rc_hasher_add_int(r->h, r->cfg->report_pages);
	hash_totals(&totals, r->h);
	hash_file(rc_books_dir(r->books), "corpus/manifest.json", r->h);
	hash_file(dir, "dat31.tsv", r->h);
	hash_file(dir, "catalogue.tsv", r->h);
	status = rc_books_each_item(r->books, RC_ITEMS_RECORDED, look_at, r, err);
	d = rc_hasher_end(r->h);
	rc_digest_hex(&d, hex);
	return status;
}

/* Of the most doubtful pages as many as the setting says. */
static void choose_pages(struct reporting *r)
{
	int64_t left = r->cfg->report_pages;

	for (r->from_doubt = MOST_DOUBT; r->from_doubt > 0 && r->of_doubt[r->from_doubt] < left; r->from_doubt--)
		left -= r->of_doubt[r->from_doubt];
	r->at_limit = left;
}

/* ---- second pass ------------------------------------------------------------------------------------------------ */

static size_t make_wishes(struct reporting *r, const struct rc_item_row *item)
{
	const json_t *pages = json_object_get(item->decision, "pages");
	bool placed = json_array_size(json_object_get(item->decision, "reasons")) == 0;        /* the item has a place; then pages count */
	size_t n = (size_t)item->n_pages, i;
	json_t *page;

	if (n > r->cap_wishes) {
		r->wishes = rc_realloc(r->wishes, n * sizeof *r->wishes);
		r->cap_wishes = n;
	}
	for (i = 0; i < n; i++)
		r->wishes[i] = (struct report_wish){ 0 };
	json_array_foreach(pages, i, page) {
		int64_t order = rc_json_int(page, "order", 0);
		int doubt = doubt_of(page);
		bool show = doubt > r->from_doubt || (doubt == r->from_doubt && r->at_limit-- > 0);

		if (order >= 1 && order <= (int64_t)n)
			r->wishes[order - 1] = (struct report_wish){ show && doubt >= 0, placed && rc_json_bool(page, "text", false) };
	}
	return n;
}

static struct rc_digest item_key(const struct reporting *r, const struct rc_item_row *item, size_t n)
{
	RC_CLEANUP(rc_hasher_free) struct rc_hasher *h = rc_hasher_new();

	hash_settings(r->cfg, h);
	rc_hasher_add(h, item->pages_key.bytes, sizeof item->pages_key.bytes);
	rc_hasher_add(h, item->record.bytes, sizeof item->record.bytes);
	for (size_t i = 0; i < n; i++)
		rc_hasher_add_int(h, r->wishes[i].show * 2 + r->wishes[i].in_text);
	return rc_hasher_end(h);
}

static enum rc_status take_page(void *ctx, const struct report_page *page, struct rc_err *err)
{
	struct reporting *r = ctx;
	enum rc_status status = report_memory_page(r->remembered, page, err);

	report_glyphs_add(r->glyphs, page);
	report_choices_page(r->choices, page);
	if (rc_good(status))
		status = report_index_add(r->index, page, err);
	rc_books_progress(r->books, "making the report", ++r->done, r->pages);
	return status;
}

static enum rc_status take_over(struct reporting *r, struct rc_err *err)
{
	enum rc_status status;

	for (;;) {
		OWN_REPORT_PAGE page = { .error = -1 };

		status = report_memory_next(r->memory, &page, err);
		if (status != RC_OK)
			return status == RC_SKIP ? RC_OK : status;
		(void)report_keep_page(r->files, &page);
		status = take_page(r, &page, err);
		if (!rc_good(status))
			return status;
	}
}

static enum rc_status add_item(void *ctx, const struct rc_item_row *item, struct rc_err *err)
{
	struct reporting *r = ctx;
	size_t n = make_wishes(r, item);
	struct rc_digest key = item_key(r, item, n);
	bool known = report_memory_find(r->memory, item->id, &key);
	enum rc_status status;

	if (rc_books_stopping(r->books))
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_STOPPED, "stopped while making the report");
	report_choices_item(r->choices, item->decision);
	status = report_memory_item(r->remembered, item->id, &key, err);
	if (!rc_good(status))
		return status;
	if (known)
		return take_over(r, err);
	status = report_make_item(r->books, r->files, item, r->wishes, n, take_page, r, err);
	if (status == RC_PAGE_FAILED) {         /* a record that cannot be read costs its item */
		rc_books_warn(r->books, err);
		r->warned = true;
		status = RC_OK;
	}
	return status;
}

/* ---- the stage ---------------------------------------------------------------------------------------------------- */

/* Who removes index.html wants all of it anew; images are still taken where they are. */
static enum rc_status begin(struct reporting *r, const char *dir, const char *memory, bool there, struct rc_err *err)
{
	RC_OWN_STR noted = rc_books_note(r->books, MEMORY_NOTE);
	struct rc_digest digest = { 0 };
	enum rc_status status;

	if (noted && there)
		(void)rc_digest_parse(noted, &digest);
	r->files = report_files_new(dir);
	r->memory = report_memory_open(memory, &digest);
	r->glyphs = report_glyphs_new(REPORT_MAX_GLYPHS);
	r->index = report_index_new(r->files);
	status = rc_outfile_open(&r->remembered, memory, err);
	return rc_good(status) ? report_memory_begin(r->remembered, err) : status;
}

/* The first page last: what it leads to is there. */
static enum rc_status finish(struct reporting *r, const char *dir, struct rc_err *err)
{
	struct report_glyph_counts counts = { 0 };
	struct rc_digest digest = rc_outfile_digest(r->remembered);
	char hex[RC_DIGEST_HEX];
	enum rc_status status = report_glyphs_write(r->glyphs, r->files, &counts, err);

	for (size_t i = 0; i < RC_COUNT(tables) && rc_good(status); i++)
		status = report_index_table(r->index, dir, tables[i], err);
	if (rc_good(status))
		status = report_index_write(r->index, r->books, &counts, r->choices, err);
	if (rc_good(status))
		status = rc_outfile_commit(&r->remembered, err);
	if (rc_good(status))
		status = rc_books_set_note(r->books, MEMORY_NOTE, r->warned ? "" : rc_digest_hex(&digest, hex), err);
	return rc_good(status) ? report_files_sweep(r->files, err) : status;
}

static enum rc_status report_run(struct rc_books *books, struct rc_err *err)
{
	RC_CLEANUP(reporting_end) struct reporting r = { .books = books, .cfg = rc_books_config(books), .h = rc_hasher_new(), .choices = report_choices_new() };
	RC_OWN_STR before = rc_books_note(books, KEY_NOTE);
	RC_OWN_BUF dir = RC_BUF(RC_MAX_NAME), index = RC_BUF(RC_MAX_NAME), memory = RC_BUF(RC_MAX_NAME);
	char key[RC_DIGEST_HEX];
	enum rc_status status;

	rc_buf_addf(&dir, "%s/report", rc_books_dir(books));
	rc_buf_addf(&index, "%s/index.html", dir.data);
	rc_buf_addf(&memory, "%s/.redcorpus/report.jsonl", rc_books_dir(books));
	status = whole_key(&r, dir.data, key, err);
	if (!rc_good(status))
		return status;
	bool there = access(index.data, F_OK) == 0;

	if (before && strcmp(before, key) == 0 && there)
		return RC_SKIP;
	choose_pages(&r);
	status = begin(&r, dir.data, memory.data, there, err);
	if (rc_good(status))
		status = rc_books_each_item(books, RC_ITEMS_RECORDED, add_item, &r, err);
	if (rc_good(status))
		status = finish(&r, dir.data, err);
	/* With an item missing, the next run tries again. */
	if (rc_good(status))
		status = rc_books_set_note(books, KEY_NOTE, r.warned ? "" : key, err);
	return rc_good(status) && r.warned ? RC_WARN : status;
}

const struct rc_batch_stage report_stage = {
	.name = "report",
	.summary = "makes report/index.html: totals, pages with what was read from them, quarantine",
	.version = REPORT_VERSION,
	.run = report_run,
	.job = report_pictures_job,
};
