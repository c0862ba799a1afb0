/* trace.c -- finds out where a sample comes from.
 *
 *   trace_corpus()   index, samples, manifest
 *   trace_batch()    ledger, record, and the corpus where there is one
 *   read_record()    what the record says of each page */
#include "cli/trace.h"

#include <string.h>

#include "cli/corpus_at.h"
#include "cli/trace_why.h"
#include "common/record.h"
#include "core/text.h"
#include "run/books.h"

static void set(json_t *object, const char *key, json_t *value)
{
	json_object_set_new(object, key, value);
}

static void set_str(json_t *object, const char *key, const char *value)
{
	set(object, key, rc_json_text(value ? value : ""));
}

static void set_digest(json_t *object, const char *key, const struct rc_digest *d)
{
	char hex[RC_DIGEST_HEX];

	set(object, key, json_string(rc_digest_is_zero(d) ? "" : rc_digest_hex(d, hex)));
}

static enum rc_status unknown(const char *sample, const char *where, struct rc_err *err)
{
	return rc_fail(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot find '%s' in '%s': a sample is named by its id, which 'redcorpus cat' prints", sample, where);
}

/* ---- in a corpus -------------------------------------------------------------------------------------------- */

static void add_manifest(json_t *trace, const struct manifest *m)
{
	set_str(trace, "corpus", m->name);
	set_str(trace, "version", m->version);
	json_object_set(trace, "made_by", json_object_get(m->json, "made_by"));
	set_str(trace, "settings", rc_json_str(m->json, "settings", ""));
}

/* Index entry of the item that `sample` is or is a page of. */
static enum rc_status find_entry(struct corpus_at *at, const char *sample, json_t **ret, struct rc_err *err)
{
	RC_OWN_BUF item = RC_BUF(1 << 16);
	enum rc_status status = corpus_reader_item(at->reader, sample, ret, err);

	if (status != RC_SKIP)
		return status;
	status = corpus_reader_item_of_key(at->reader, sample, &item, err);
	return status == RC_OK ? corpus_reader_item(at->reader, item.data, ret, err) : status;
}

static enum rc_status keep_json(void *ctx, const char *json, size_t len, struct rc_err *err)
{
	return rc_json_parse(json, len, "sample", ctx, err);
}

/* The pages that a text sample lists, or the one page of a page sample; "key" tells a page wanted from its siblings. */
static void add_page(json_t *pages, const json_t *from, const char *item, const char *wanted)
{
	static const char *const fields[] = { "order", "number", "scan", "frame", "source", "member", "in_text", "class", "tags",
	                                      "confidence", "estimated_error", "script", "direction", "models" };
	RC_OWN_BUF key = RC_BUF(1 << 10);
	json_t *page = json_object();
	struct rc_digest scan;

	if (rc_digest_parse(rc_json_str(from, "scan", ""), &scan))
		page_key(item, &scan, (int32_t)rc_json_int(from, "frame", 0), &key);
	set_str(page, "key", key.data);
	for (size_t i = 0; i < RC_COUNT(fields); i++)
		if (json_object_get(from, fields[i]))
			json_object_set(page, fields[i], json_object_get(from, fields[i]));
	if (!json_object_get(from, "in_text"))
		set(page, "in_text", json_boolean(!rc_json_bool(from, "not_read", true)));
	trace_why_page(page, NULL);
	if (!*wanted || strcmp(wanted, key.data) == 0)
		json_array_append_new(pages, page);
	else
		json_decref(page);
}

static enum rc_status add_samples(struct corpus_at *at, json_t *trace, const json_t *entry, const char *sample, struct rc_err *err)
{
	const char *item = rc_json_str(entry, "id", "");
	const char *wanted = strcmp(item, sample) == 0 ? "" : sample;
	json_t *pages = json_array(), *page;
	RC_OWN_JSON found = NULL;
	enum rc_status status = RC_OK;
	size_t i;

	set(trace, "pages", pages);
	if (json_object_get(entry, "text")) {
		status = corpus_reader_id(at->reader, MANIFEST_TEXT, item, keep_json, &found, err);
		json_array_foreach(json_object_get(json_object_get(found, "metadata"), "pages"), i, page)
			add_page(pages, page, item, wanted);
		set_str(trace, "record", rc_json_str(json_object_get(found, "metadata"), "record", ""));
	}
	if (rc_good(status) && *wanted && json_array_size(pages) == 0) {
		rc_json_free(&found);
		status = corpus_reader_id(at->reader, MANIFEST_PAGES, sample, keep_json, &found, err);
		if (rc_good(status))
			add_page(pages, found, item, wanted);
		set_str(trace, "record", rc_json_str(found, "record", ""));
	}
	return status;
}

enum rc_status trace_corpus(const char *corpus, const char *sample, json_t **ret, struct rc_err *err)
{
	RC_CLEANUP(corpus_at_close) struct corpus_at at = { 0 };
	RC_OWN_JSON entry = NULL;
	RC_OWN_JSON trace = json_object();
	enum rc_status status = corpus_at_open(&at, corpus, err);

	if (rc_good(status))
		status = find_entry(&at, sample, &entry, err);
	if (status == RC_SKIP)
		return unknown(sample, corpus, err);
	if (!rc_good(status))
		return status;
	set_str(trace, "sample", sample);
	set_str(trace, "item", rc_json_str(entry, "id", ""));
	set_str(trace, "split", rc_json_str(entry, "split", ""));
	json_object_set(trace, "place", entry);
	status = add_samples(&at, trace, entry, sample, err);
	add_manifest(trace, at.manifest);
	if (rc_good(status))
		*ret = rc_steal(trace);
	return status;
}

/* ---- in a batch --------------------------------------------------------------------------------------------- */

struct search {
	struct rc_books *books;
	const char *sample;
	const char *wanted;             /* the page key that is wanted; "" for all pages */
	json_t *trace;                  /* what was found */
	json_t *pages;                  /* borrowed from trace */
	struct rc_digest record;
	bool found;
};

static void read_record(struct search *s, const char *item);

static enum rc_status add_row(void *ctx, const struct rc_page_row *row, struct rc_err *err)
{
	struct search *s = ctx;
	RC_OWN_BUF key = RC_BUF(1 << 10);
	json_t *page;

	page_key(row->entry.item, &row->entry.scan, row->entry.frame, &key);
	if (*s->wanted && strcmp(s->wanted, key.data) != 0)
		return RC_OK;
	page = json_object();
	set_str(page, "key", key.data);
	set(page, "order", json_integer(row->place_in_item));
	set_str(page, "number", row->entry.number);
	set_digest(page, "scan", &row->entry.scan);
	set(page, "frame", json_integer(row->entry.frame));
	set_str(page, "media", rc_media_name(row->entry.media));
	set_str(page, "root", row->root_path);
	set_str(page, "source", row->source_path);
	set_str(page, "member", row->entry.member);
	set_digest(page, "source_sha256", &row->source_digest);
	set_str(page, "state", row->state == RC_DONE ? "read" : row->state == RC_QUARANTINED ? "quarantined" : "pending");
	if (row->state == RC_QUARANTINED) {
		set_str(page, "reason", rc_reason_name(row->reason));
		set_str(page, "message", row->message);
	}
	set_digest(page, "result", &row->result);
	set_digest(page, "image", &row->image);
	json_array_append_new(s->pages, page);
	return RC_OK;
}

/* What curate decided, without the facts that only curate needs. */
static void add_decision(struct search *s, const json_t *decision)
{
	static const char *const kept[] = { "tags", "duplicate_of", "contamination" };
	bool placed = json_array_size(json_object_get(decision, "reasons")) == 0;
	size_t i, j;
	json_t *decided, *page;

	set_str(s->trace, "split", rc_json_str(decision, "split", ""));
	set_str(s->trace, "training", rc_json_str(decision, "training", ""));
	json_object_set(s->trace, "left_out", json_object_get(decision, "reasons"));
	set(s->trace, "why", trace_why_item(json_object_get(decision, "reasons")));
	json_array_foreach(s->pages, i, page)
		json_array_foreach(json_object_get(decision, "pages"), j, decided)
			if (rc_json_int(decided, "order", -1) == rc_json_int(page, "order", 0)) {
				set(page, "in_text", json_boolean(placed && rc_json_bool(decided, "text", false)));
				set(page, "in_pages", json_boolean(placed && rc_json_bool(decided, "image", false)));
				set(page, "copies", json_integer(rc_json_int(decided, "copies", 1)));
				for (size_t k = 0; k < RC_COUNT(kept); k++)
					json_object_set(page, kept[k], json_object_get(decided, kept[k]));
				trace_why_page(page, decided);
			}
}

static enum rc_status add_revision(void *ctx, int64_t number, const struct rc_digest *record, struct rc_err *err)
{
	json_t *old = json_object();

	set(old, "revision", json_integer(number));
	set_digest(old, "record", record);
	json_array_append_new(ctx, old);
	return RC_OK;
}

/* Records that people's corrections made old ones. */
static enum rc_status add_revisions(struct search *s, const struct rc_item_row *item, struct rc_err *err)
{
	json_t *old = json_array();

	set(s->trace, "revision", json_integer(item->revision));
	set(s->trace, "old_records", old);
	return rc_ledger_each_revision(s->books->ledger, item->id, add_revision, old, err);
}

static enum rc_status look_at(void *ctx, const struct rc_item_row *item, struct rc_err *err)
{
	struct search *s = ctx;
	bool is_item = strcmp(item->id, s->sample) == 0;
	enum rc_status status;

	if (s->found || (!is_item && !page_key_is_of(s->sample, item->id)))
		return RC_OK;
	s->wanted = is_item ? "" : s->sample;
	status = rc_books_each_page(s->books, item->id, add_row, s, err);
	if (!rc_good(status) || json_array_size(s->pages) == 0)
		return status;
	s->found = true;
	s->record = item->record;
	set_str(s->trace, "item", item->id);
	set_digest(s->trace, "record", &item->record);
	add_decision(s, item->decision);
	if (!rc_digest_is_zero(&item->record))
		read_record(s, item->id);
	return add_revisions(s, item, err);
}

static int64_t count_corrected(const struct rc_page *page)
{
	int64_t n = 0;

	for (size_t i = 0; i < page->n_regions; i++)
		for (size_t k = 0; k < page->regions[i].n_lines; k++)
			n += page->regions[i].lines[k].human;
	return n;
}

/* Adds what was read, and how, to the pages found. A record that cannot be read is for `validate` to explain. */
static void read_record(struct search *s, const char *item)
{
	RC_CLEANUP(record_close) struct record_reader *reader = NULL;
	RC_OWN_BUF path = RC_BUF(1 << 16);
	struct record_page *from;
	size_t i;
	json_t *page;

	rc_books_record_path(s->books, item, &path);
	if (!rc_good(record_open(&reader, path.data, NULL)))
		return;
	set_str(s->trace, "title", record_head(reader)->title);
	while (record_next(reader, &from, NULL) == RC_OK)
		json_array_foreach(s->pages, i, page)
			if (rc_json_int(page, "order", 0) == from->order && !from->not_read) {
				set_str(page, "class", rc_page_class_name(from->page.quality.page_class));
				set(page, "confidence", json_real((double)from->page.quality.confidence));
				set(page, "estimated_error", json_real((double)from->page.quality.estimated_error));
				set_str(page, "script", from->page.script);
				set_str(page, "direction", rc_direction_name(from->page.direction));
				set_str(page, "models", from->page.models);
				set(page, "corrected_lines", json_integer(count_corrected(&from->page)));
			}
}

/* Where it is in the batch's corpus, if there is one. */
static void add_place(json_t *trace, const char *batch)
{
	RC_CLEANUP(corpus_at_close) struct corpus_at at = { 0 };
	json_t *entry = NULL;
	struct rc_err err;

	if (!rc_good(corpus_at_open(&at, batch, &err)))
		return;
	if (corpus_reader_item(at.reader, rc_json_str(trace, "item", ""), &entry, &err) == RC_OK)
		set(trace, "place", entry);
	add_manifest(trace, at.manifest);
}

enum rc_status trace_batch(const char *path, const char *sample, json_t **ret, struct rc_err *err)
{
	RC_CLEANUP(rc_batch_close) struct rc_batch *batch = NULL;
	RC_CLEANUP(rc_books_close) struct rc_books *books = NULL;
	RC_OWN_JSON trace = json_object();
	struct search s = { .sample = sample, .wanted = "", .trace = trace, .pages = json_array() };
	enum rc_status status = rc_batch_open(path, false, &batch, err);

	set_str(trace, "sample", sample);
	set(trace, "pages", s.pages);
	if (rc_good(status))
		status = rc_books_open(batch, NULL, &books, err);
	s.books = books;
	if (rc_good(status))
		status = rc_books_each_item(books, RC_ITEMS_READY, look_at, &s, err);
	if (rc_good(status) && !s.found)
		return unknown(sample, path, err);
	if (!rc_good(status))
		return status;
	add_place(trace, path);
	*ret = rc_steal(trace);
	return RC_OK;
}

struct old_record {
	int64_t wanted;
	struct rc_digest record;        /* zero: not found */
};

static enum rc_status find_revision(void *ctx, int64_t number, const struct rc_digest *record, struct rc_err *err)
{
	struct old_record *old = ctx;

	if (number == old->wanted)
		old->record = *record;
	return RC_OK;
}

enum rc_status trace_old_record(const char *path, const char *item, int64_t revision, struct rc_buf *out, struct rc_err *err)
{
	RC_CLEANUP(rc_batch_close) struct rc_batch *batch = NULL;
	RC_CLEANUP(rc_books_close) struct rc_books *books = NULL;
	struct old_record old = { .wanted = revision };
	enum rc_status status = rc_batch_open(path, false, &batch, err);

	if (rc_good(status))
		status = rc_books_open(batch, NULL, &books, err);
	if (rc_good(status))
		status = rc_ledger_each_revision(books->ledger, item, find_revision, &old, err);
	if (rc_good(status) && rc_digest_is_zero(&old.record))
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot find revision %lld of '%s' among the old records of '%s'",
		               (long long)revision, item, path);
	return rc_good(status) ? rc_books_object(books, &old.record, out, err) : status;
}
