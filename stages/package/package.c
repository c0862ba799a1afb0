/* package.c -- turns decisions into a corpus.
 *
 *   package_stage    the descriptor
 *   package_run()    is there anything to do? pack all items in the order of the corpus, then publish
 *   pack_item()      one pass over the item's record gives its text sample and its page samples
 *   page_image()     a page's image and how large it is
 *   pack_lines()     a page's lines, cut from its scan
 *   corpus_name()    what the corpus is called when nobody says
 *
 * What the corpus depends on is added up first (settings, curate's own key, ranks, pages); when that is what it was, and the
 * files are there, there is nothing to do. Otherwise all shards are made again and those whose bytes are there
 * already are left alone: the disk is read, not written. */
#include "package/package.h"

#include <string.h>
#include <unistd.h>

#include "common/image.h"
#include "common/page_key.h"
#include "common/record.h"
#include "common/salt.h"
#include "core/limits.h"
#include "core/outfile.h"
#include "core/text.h"
#include "package/attributes.h"
#include "package/base.h"
#include "package/corpus.h"
#include "package/index.h"
#include "package/line_cut.h"
#include "package/lines.h"
#include "package/sample.h"
#include "package/tombstones.h"
#include "package/upright.h"

#define PACKAGE_VERSION 9
#define NOTE "package.key"
#define CURATE_NOTE "curate.key"        /* curate's sum over all decisions and what they were made from */

struct scan_row {               /* a page of the item that is being packed */
	struct rc_page_row row; /* of its strings only the two below */
	char *root_path, *source_path;  /* owned; where lines are wanted */
};

struct packing {
	struct rc_books *books;
	const struct rc_config *cfg;
	struct corpus_counts counts;
	struct rc_hasher *h;
	struct shards *shards;
	struct index *index;
	struct simplifier *simplifier;  /* NULL: not wanted */
	struct scan_row *rows;  /* owned; of one item */
	size_t n_rows, cap_rows;
	int64_t done, total;
	bool warned;
	bool later;             /* what is missing may be there in another run */
};

static void drop_rows(struct packing *p)
{
	for (size_t i = 0; i < p->n_rows; i++) {
		free(p->rows[i].root_path);
		free(p->rows[i].source_path);
	}
	p->n_rows = 0;
}

static void packing_end(struct packing *p)
{
	corpus_counts_free(&p->counts);
	rc_hasher_free(&p->h);
	shards_free(&p->shards);
	index_free(&p->index);
	simplifier_free(&p->simplifier);
	drop_rows(p);
	free(p->rows);
}

/* ---- what the corpus depends on ------------------------------------------------------------------------------ */

static enum rc_status add_item_key(void *ctx, const struct rc_item_row *item, struct rc_err *err)
{
	struct packing *p = ctx;

	rc_hasher_add_str(p->h, item->id);
	rc_hasher_add(p->h, &item->pages_key, sizeof item->pages_key);
	rc_hasher_add(p->h, &item->record, sizeof item->record);
	p->total++;
	return RC_OK;
}

static enum rc_status whole_key(struct packing *p, const char *name, char hex[RC_DIGEST_HEX], struct rc_err *err)
{
	RC_OWN_STR curated = rc_books_note(p->books, CURATE_NOTE);
	RC_OWN_JSON identity = rc_books_identity(p->books);
	RC_OWN_BUF text = RC_BUF(1 << 20);
	struct rc_digest d;
	enum rc_status status;

	rc_json_print(&text, identity);
	rc_hasher_add_str(p->h, "package");
	rc_hasher_add_int(p->h, PACKAGE_VERSION);
	rc_hasher_add_str(p->h, name);
	for (enum rc_setting_key key = RC_KEY_INGEST; key <= RC_KEY_PACKAGE; key++)
		rc_config_hash(p->cfg, key, p->h);
	rc_hasher_add_str(p->h, curated ? curated : "");
	rc_hasher_add_str(p->h, text.data);
	rc_hasher_add_int(p->h, rc_books_stale(p->books) > 0);
	status = rc_books_each_item(p->books, RC_ITEMS_RANKED, add_item_key, p, err);
	d = rc_hasher_end(p->h);
	rc_digest_hex(&d, hex);
	return status;
}

static enum rc_status least_name(void *ctx, const struct rc_root *root, struct rc_err *err)
{
	char **name = ctx;

	if (*root->name && (!*name || strcmp(root->name, *name) < 0)) {
		free(*name);
		*name = strdup(root->name);
	}
	return RC_OK;
}

/* The setting, or the first source by name: nothing that depends on where the batch lies. */
static enum rc_status corpus_name(struct packing *p, char **ret, struct rc_err *err)
{
	RC_OWN_STR name = *p->cfg->corpus_name ? strdup(p->cfg->corpus_name) : NULL;
	enum rc_status status = name ? RC_OK : rc_books_all_roots(p->books, least_name, &name, err);

	if (!rc_good(status))
		return status;
	if (!name)
		name = strdup("corpus");
	*ret = rc_steal(name);
	return *ret ? RC_OK : rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot package: out of memory");
}

/* ---- counting over all records --------------------------------------------------------------------------------- */

static enum rc_status count_item(void *ctx, const struct rc_item_row *item, struct rc_err *err)
{
	struct packing *p = ctx;
	size_t i, j;
	json_t *reason, *page, *tag;

	p->counts.items++;
	p->counts.pages += item->n_pages;
	p->counts.pages_not_read += item->n_quarantined;
	json_array_foreach(json_object_get(item->decision, "reasons"), i, reason)
		corpus_count(p->counts.excluded, json_string_value(reason), 1);
	json_array_foreach(json_object_get(item->decision, "pages"), i, page)
		json_array_foreach(json_object_get(page, "tags"), j, tag)
			corpus_count(p->counts.tags, json_string_value(tag), 1);
	return RC_OK;
}

/* ---- one item ---------------------------------------------------------------------------------------------------- */

static enum rc_status add_row(void *ctx, const struct rc_page_row *page, struct rc_err *err)
{
	struct packing *p = ctx;
	struct scan_row *row;

	if (p->n_rows == p->cap_rows) {
		size_t cap = p->cap_rows ? p->cap_rows * 2 : 64;
		struct scan_row *bigger = realloc(p->rows, cap * sizeof *bigger);

		if (!bigger)
			return rc_fail(err, RC_RUN_FAILED, RC_WHY_MEMORY, "cannot package: out of memory");
		p->rows = bigger;
		p->cap_rows = cap;
	}
	row = &p->rows[p->n_rows++];
	*row = (struct scan_row){ *page, NULL, NULL };
	row->row.entry.item = row->row.entry.number = row->row.entry.order = row->row.entry.member = NULL;
	row->row.message = row->row.root_name = row->row.root_path = row->row.source_path = NULL;
	if (p->cfg->package_shards & RC_SHARDS_LINES) {
		row->row.root_path = row->root_path = rc_strdup(page->root_path);
		row->row.source_path = row->source_path = rc_strdup(page->source_path);
	}
	return RC_OK;
}

/* The row of a page of the record: records and rows are in the same order, unless pages came since. */
static const struct rc_page_row *find_row(const struct packing *p, const struct record_page *page)
{
	for (size_t i = 0; i < p->n_rows; i++) {
		const struct rc_page_row *row = &p->rows[(i + (size_t)page->order - 1) % p->n_rows].row;

		if (row->entry.frame == page->frame && rc_digest_equal(&row->entry.scan, &page->scan))
			return row;
	}
	return NULL;
}

static enum rc_status take_info(void *ctx, int32_t frame, const struct image_info *info, struct rc_err *err)
{
	struct page_image *image = ctx;

	image->width = info->width;
	image->height = info->height;
	return RC_OK;
}

static enum rc_status page_image(struct packing *p, const struct rc_page_row *row, const struct record_page *page, const char *key,
                                 struct rc_buf *bytes, struct page_image *image, struct rc_err *err)
{
	enum rc_status status = rc_books_object(p->books, &row->image, bytes, err);
	enum rc_media media = image_sniff(bytes->data, bytes->len);

	if (!rc_good(status))
		return status;
	if (media != RC_MEDIA_JPEG && media != RC_MEDIA_PNG)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_DECODE, "cannot package the image of '%s': neither JPEG nor PNG", key);
	status = upright_image(p->books, row, page, key, bytes, image, err);
	if (!rc_good(status))
		return status;
	image->png = media == RC_MEDIA_PNG;
	image->digest = rc_digest_of(bytes->data, bytes->len);
	return image_probe(bytes->data, bytes->len, media, key, take_info, image, err);
}

struct item_work {              /* the item that is being packed */
	const struct rc_item_row *row;
	const struct record_head *head;
	struct text_sample text;
	int split;
	uint64_t box;
	struct rc_buf tags;
};

static void item_work_end(struct item_work *w)
{
	text_sample_free(&w->text);
	rc_buf_free(&w->tags);
}

static enum rc_status pack_page(struct packing *p, struct item_work *w, const struct record_page *page, const struct sample_choice *choice,
                                struct rc_err *err)
{
	const struct rc_page_row *row = find_row(p, page);
	RC_OWN_BUF key = RC_BUF(1 << 10);
	RC_OWN_BUF image = RC_BUF(RC_MAX_IMAGE_BYTES);
	RC_OWN_BUF json = RC_BUF(RC_MAX_RESULT_BYTES);
	RC_OWN_BUF text = RC_BUF(RC_MAX_RESULT_BYTES);
	struct page_image size = { 0 };
	struct sample_place place;
	enum rc_status status;

	if (!row || rc_digest_is_zero(&row->image))
		return RC_OK;
	page_key(w->row->id, &page->scan, page->frame, &key);
	status = page_image(p, row, page, key.data, &image, &size, err);
	if (!rc_good(status))
		return status;
	page_sample_print(key.data, w->head, page, choice, manifest_splits[w->split], &size, &w->row->record, p->cfg->corpus_license, &json);
	if (choice->in_text)
		sample_page_text(&page->page, choice->mask, &text);
	if (json.failed || text.failed)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_BYTES, "cannot package '%s': its JSON is too large", key.data);
	status = shards_add_page(p->shards, MANIFEST_PAGES, w->split, &(struct sample_cut){ salt_hash(p->cfg, "cut", key.data, NULL), w->box },
	                         &(struct page_sample){ key.data, size.png, &image, &json, &text }, &place, err);
	return rc_good(status) ? index_add_page(p->index, place, err) : status;
}

static enum rc_status pack_line(struct packing *p, struct item_work *w, const struct record_page *page, const struct page_lines *lines,
                                const struct page_line *line, struct rc_err *err)
{
	const struct rc_buf image = { .data = lines->images.data + line->start, .len = line->len, .max = line->len };
	const struct rc_digest digest = rc_digest_of(image.data, image.len);
	RC_OWN_BUF key = RC_BUF(1 << 10);
	RC_OWN_BUF json = RC_BUF(RC_MAX_RESULT_BYTES);
	RC_OWN_BUF text = RC_BUF(RC_MAX_LINE_BYTES);
	struct sample_place place;
	enum rc_status status;

	line_key(w->row->id, &page->scan, page->frame, line->line->box, &key);
	line_sample_print(key.data, w->head, page, line, manifest_splits[w->split], &digest, &w->row->record, p->cfg->corpus_license, &json);
	rc_buf_adds(&text, line->line->text);
	if (json.failed || text.failed)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_BYTES, "cannot package '%s': its JSON or text is too large", key.data);
	status = shards_add_page(p->shards, MANIFEST_LINES, w->split, &(struct sample_cut){ salt_hash(p->cfg, "cut", key.data, NULL), w->box },
	                         &(struct page_sample){ key.data, true, &image, &json, &text }, &place, err);
	if (rc_good(status))
		index_set_given(p->index);
	return status;
}

/* All lines of a page or, when its scan cannot be had or read, none. */
static enum rc_status pack_lines(struct packing *p, struct item_work *w, const struct record_page *page, bool mask, struct rc_err *err)
{
	const struct rc_page_row *row = find_row(p, page);
	RC_CLEANUP(page_lines_free) struct page_lines lines = { 0 };
	enum rc_status status = row ? page_lines_choose(&page->page, mask, p->cfg->package_line_confidence, &lines, err) : RC_OK;

	if (rc_good(status) && lines.n > 0)
		status = page_lines_cut(p->books, row, &page->page, &lines, err);
	if (status == RC_RETRY || (status == RC_PAGE_FAILED && (err->reason == RC_WHY_GONE || err->reason == RC_WHY_UNREADABLE)))
		p->later = true;
	if (status == RC_RETRY || status == RC_PAGE_FAILED)
		return rc_fail_in(err, RC_PAGE_FAILED, "no lines of page %d of '%s'", page->order, w->row->id);
	for (size_t i = 0; rc_good(status) && i < lines.n; i++)
		status = pack_line(p, w, page, &lines, &lines.list[i], err);
	return status;
}

static void join_tags(const json_t *decision, struct rc_buf *out)
{
	size_t i;
	json_t *tag;

	rc_buf_clear(out);
	json_array_foreach(json_object_get(decision, "tags"), i, tag)
		rc_buf_addf(out, "%s%s", i ? "," : "", json_string_value(tag));
}

/* What costs a page is told, and packaging goes on. */
static enum rc_status survive(struct packing *p, enum rc_status status, const struct rc_err *err)
{
	if (status != RC_PAGE_FAILED)
		return status;
	rc_books_warn(p->books, err);
	p->warned = true;
	return RC_OK;
}

static enum rc_status pack_pages(struct packing *p, struct item_work *w, struct record_reader *reader, struct rc_err *err)
{
	const json_t *decisions = json_object_get(w->row->decision, "pages");
	struct record_page *page = NULL;
	enum rc_status status;

	for (size_t i = 0; (status = record_next(reader, &page, err)) == RC_OK; i++) {
		const json_t *decision = json_array_get(decisions, i);
		struct sample_choice choice = { rc_json_bool(decision, "text", false) && !page->not_read, "", rc_json_int(decision, "copies", 1),
		                                p->cfg->package_personal == 0 };

		if (rc_json_int(decision, "order", -1) != page->order)
			return rc_fail(err, RC_PAGE_FAILED, RC_WHY_CHANGED, "cannot package '%s': its record is not the one that was curated", w->row->id);
		join_tags(decision, &w->tags);
		choice.tags = w->tags.data;
		status = text_sample_add(&w->text, page, &choice, err);
		if (rc_good(status) && choice.in_text && *page->page.script)
			corpus_count(p->counts.scripts, page->page.script, 1);
		if (rc_good(status) && (p->cfg->package_shards & RC_SHARDS_PAGES) && rc_json_bool(decision, "image", false))
			status = pack_page(p, w, page, &choice, err);
		status = survive(p, status, err);       /* one image costs one sample */
		if (rc_good(status) && (p->cfg->package_shards & RC_SHARDS_LINES) && choice.in_text && !record_page_is_typed(page))
			status = survive(p, pack_lines(p, w, page, choice.mask, err), err);
		if (!rc_good(status))
			return status;
	}
	return status == RC_SKIP ? RC_OK : status;
}

static enum rc_status pack_text(struct packing *p, struct item_work *w, struct rc_err *err)
{
	RC_OWN_BUF line = RC_BUF(RC_MAX_RESULT_BYTES * 2);
	struct sample_cut cut = { salt_hash(p->cfg, "cut", w->row->id, NULL), w->box };
	struct sample_place place;
	enum rc_status status;

	if (!(p->cfg->package_shards & (RC_SHARDS_TEXT | RC_SHARDS_MDS)) || w->text.n_text == 0)
		return RC_OK;
	status = text_sample_check(&w->text, w->row->id, err);
	if (!rc_good(status))
		return status;
	status = text_sample_print(&w->text, w->head, manifest_splits[w->split], &w->row->record, p->cfg->corpus_license, p->simplifier, &line, err);
	if (rc_good(status))
		status = rc_buf_check(&line, "a text sample", err);
	if (rc_good(status) && (p->cfg->package_shards & RC_SHARDS_MDS))
		status = shards_add_line(p->shards, MANIFEST_MDS, w->split, &cut, &line, &place, err);
	if (rc_good(status)) {
		index_set_given(p->index);
		p->counts.chars[w->split] += w->text.chars;
	}
	if (!rc_good(status) || !(p->cfg->package_shards & RC_SHARDS_TEXT))
		return status;
	status = shards_add_line(p->shards, MANIFEST_TEXT, w->split, &cut, &line, &place, err);
	if (!rc_good(status))
		return status;
	index_set_text(p->index, place);
	rc_buf_clear(&line);
	attributes_print(&w->text, w->row->id, w->row->decision, &line);
	status = rc_buf_check(&line, "a line of attributes", err);
	return rc_good(status) ? shards_add_attributes(p->shards, w->split, &place, &line, err) : status;
}

static enum rc_status pack_record(struct packing *p, const struct rc_item_row *row, struct rc_err *err)
{
	RC_CLEANUP(record_close) struct record_reader *reader = NULL;
	RC_CLEANUP(item_work_end) struct item_work w = { .row = row, .tags = RC_BUF(1 << 16) };
	RC_OWN_BUF path = RC_BUF(1 << 16);
	enum rc_status status = text_sample_init(&w.text, err);

	w.split = manifest_split_find(rc_json_str(row->decision, "split", ""));
	w.box = salt_hash(p->cfg, "box", rc_json_str(row->decision, "box", ""), NULL);
	if (rc_good(status) && w.split < 0)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_BUG, "cannot package '%s': it has a rank and no split", row->id);
	rc_books_record_path(p->books, row->id, &path);
	if (rc_good(status))
		status = record_open(&reader, path.data, err);
	if (!rc_good(status))
		return status;
	w.head = record_head(reader);
	if (strcmp(w.head->training, rc_json_str(row->decision, "training", "")) != 0)
		return rc_fail(err, RC_PAGE_FAILED, RC_WHY_CHANGED, "cannot package '%s': its record's training right is not the one that was curated", row->id);
	status = index_add_item(p->index, row->id, w.split, &row->record, err);
	if (rc_good(status))
		status = pack_pages(p, &w, reader, err);
	return rc_good(status) ? pack_text(p, &w, err) : status;
}

static enum rc_status pack_item(void *ctx, const struct rc_item_row *row, struct rc_err *err)
{
	struct packing *p = ctx;
	enum rc_status status;

	if (rc_books_stopping(p->books))
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_STOPPED, "stopped while packaging");
	drop_rows(p);
	status = rc_books_each_page(p->books, row->id, add_row, p, err);
	if (rc_good(status))
		status = pack_record(p, row, err);
	status = survive(p, status, err);
	if (!rc_good(status))
		return status;
	rc_books_progress(p->books, "packaging", ++p->done, p->total);
	return rc_books_pump(p->books, err);
}

/* ---- the stage --------------------------------------------------------------------------------------------------- */

static enum rc_status pack_all(struct packing *p, const char *corpus, struct rc_err *err)
{
	const struct shards_options options = {
		.shard_bytes = p->cfg->package_shard_bytes, .zstd_level = (int)p->cfg->package_zstd_level,
		.single = p->cfg->package_frames == RC_FRAMES_SINGLE, .apart = p->cfg->package_pages_split,
	};
	enum rc_status status = rc_make_dirs(corpus, err);

	if (rc_good(status))
		status = shards_new(&p->shards, corpus, &options, err);
	if (rc_good(status))
		status = index_new(&p->index, err);
	if (rc_good(status) && p->cfg->package_simplified)
		status = simplifier_new(&p->simplifier, err);
	if (rc_good(status))
		status = rc_books_each_item(p->books, RC_ITEMS_RECORDED, count_item, p, err);
	if (rc_good(status))
		status = rc_books_each_item(p->books, RC_ITEMS_RANKED, pack_item, p, err);
	if (rc_good(status))
		status = shards_finish(p->shards, err);
	return rc_good(status) ? index_write(p->index, p->shards, err) : status;
}

/* Of the manifest of corpus.version; zero where that is not set or was not packaged yet. */
static struct rc_digest named_version(const struct packing *p, const char *corpus)
{
	RC_OWN_BUF path = RC_BUF(1 << 16);
	RC_OWN_BUF bytes = RC_BUF(MANIFEST_MAX_BYTES);

	rc_buf_addf(&path, "%s/versions/%s/" MANIFEST_FILE, corpus, p->cfg->corpus_version);
	if (!*p->cfg->corpus_version || !rc_good(rc_buf_read_file(&bytes, path.data, NULL)))
		return (struct rc_digest){ 0 };
	return rc_digest_of(bytes.data, bytes.len);
}

/* A version has one content for whoever knows it by name. Until it is published it may change, but not in silence. */
static void warn_of_content(struct packing *p, const char *corpus, const struct rc_digest *before)
{
	struct rc_digest now = named_version(p, corpus);
	struct rc_err what;

	if (rc_digest_is_zero(before) || rc_digest_equal(before, &now))
		return;
	rc_fail(&what, RC_WARN, RC_WHY_SETTING, "version '%s' has another content now than when it was packaged before; set corpus.version",
	        p->cfg->corpus_version);
	rc_books_warn(p->books, &what);
}

static enum rc_status publish(struct packing *p, const char *corpus, const char *name, struct rc_err *err)
{
	RC_OWN_JSON identity = rc_books_identity(p->books);
	size_t n;
	const struct shard *shards = shards_list(p->shards, &n);
	RC_CLEANUP(withdrawn_free) struct withdrawn withdrawn = { 0 };
	RC_OWN_JSON tombstones = NULL;
	struct rc_digest before = named_version(p, corpus);
	enum rc_status status = withdrawn_load(rc_books_dir(p->books), &withdrawn, err);

	if (rc_good(status))
		status = tombstones_make(&withdrawn, p->cfg->package_base, &tombstones, err);
	if (rc_good(status))
		status = tombstones_look(&withdrawn, p->books, err);
	if (!rc_good(status))
		return status;
	tombstones_warn(&withdrawn, p->books);
	p->counts.items_in = index_items(p->index);
	status = corpus_publish(corpus, &(struct corpus_facts){ p->cfg, name, &p->counts, identity, tombstones, rc_books_stale(p->books) > 0 },
	                        shards, n, err);
	if (rc_good(status))
		warn_of_content(p, corpus, &before);
	return status;
}

/* What a person who set up the corpus should know, said when a corpus is made. */
static void warn_of_settings(struct packing *p)
{
	const struct { const char *name, *value; } wanted[] = {
		{ "version", p->cfg->corpus_version }, { "date", p->cfg->corpus_date }, { "creator", p->cfg->corpus_creator },
		{ "url", p->cfg->corpus_url }, { "license", p->cfg->corpus_license },
	};
	RC_OWN_BUF missing = RC_BUF(1 << 10);
	struct rc_err what;

	for (size_t i = 0; i < RC_COUNT(wanted); i++)
		if (!*wanted[i].value)
			rc_buf_addf(&missing, "%scorpus.%s", missing.len ? ", " : "", wanted[i].name);
	if (missing.len) {
		rc_fail(&what, RC_WARN, RC_WHY_SETTING, "not set and missing in the dataset card: %s", missing.data);
		rc_books_warn(p->books, &what);
	}
}

/* A version that somebody gave should say how it differs from package.base. That it does not is told, and stops nothing. */
static void warn_of_version(struct packing *p, const char *corpus)
{
	RC_OWN_BUF path = RC_BUF(1 << 16);
	struct rc_err why;

	rc_buf_addf(&path, "%s/" MANIFEST_FILE, corpus);
	if (*p->cfg->corpus_version && corpus_base_step(p->cfg->package_base, path.data, &why) == RC_WARN)
		rc_books_warn(p->books, &why);
}

static enum rc_status package_run(struct rc_books *books, struct rc_err *err)
{
	RC_CLEANUP(packing_end) struct packing p = { .books = books, .cfg = rc_books_config(books), .h = rc_hasher_new() };
	RC_OWN_STR before = rc_books_note(books, NOTE);
	RC_OWN_BUF corpus = RC_BUF(1 << 16);
	RC_OWN_STR name = NULL;
	char key[RC_DIGEST_HEX];
	enum rc_status status;

	corpus_counts_init(&p.counts);
	rc_buf_addf(&corpus, "%s/corpus", rc_books_dir(books));
	status = corpus_name(&p, &name, err);
	if (rc_good(status))
		status = whole_key(&p, name, key, err);
	if (!rc_good(status))
		return status;
	if (before && strcmp(before, key) == 0 && corpus_is_there(corpus.data))
		return RC_SKIP;
	warn_of_settings(&p);
	status = pack_all(&p, corpus.data, err);
	if (rc_good(status))
		status = publish(&p, corpus.data, name, err);
	if (rc_good(status))
		warn_of_version(&p, corpus.data);
	if (rc_good(status) && !p.later)
		status = rc_books_set_note(books, NOTE, key, err);
	return rc_good(status) && p.warned ? RC_WARN : status;
}

/* What a worker does for it: an image to be turned, or lines to be cut. */
static enum rc_status job(const struct rc_config *cfg, const json_t *args, int source_fd, struct rc_job_out *out, struct rc_err *err)
{
	return json_object_get(args, "turn") ? upright_job(cfg, args, source_fd, out, err) : line_cut_job(cfg, args, source_fd, out, err);
}

const struct rc_batch_stage package_stage = {
	.name = "package",
	.summary = "writes the shards, the manifest and the card of the corpus",
	.version = PACKAGE_VERSION,
	.run = package_run,
	.job = job,
};
