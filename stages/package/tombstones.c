/* tombstones.c -- looks withdrawn items up in the index of the version published before, and in the batch.
 *
 *   tombstones_make()   a tombstone a row, with shards of package.base
 *   tombstones_look()   which rows name something of the batch
 *   tombstones_warn()   which name nothing */
#include "package/tombstones.h"

#include <string.h>

#include "common/page_key.h"
#include "package/base.h"

#define SHOWN_UNKNOWN 20        /* rows that are warned of by name; a table for another batch would fill the screen */

static void add_shard(json_t *shards, const char *shard)
{
	size_t i;
	json_t *known;

	json_array_foreach(shards, i, known)
		if (strcmp(json_string_value(known), shard) == 0)
			return;
	if (*shard)
		json_array_append_new(shards, json_string(shard));
}

static enum rc_status forget_sample(void *ctx, const char *json, size_t len, struct rc_err *err)
{
	return RC_OK;
}

/* Does base have that page? Its item's index alone does not tell: with a wrong digit a key is still one of that item. */
static enum rc_status find_page(struct corpus_base *b, struct withdrawal *w, struct rc_err *err)
{
	enum rc_status status = corpus_reader_id(b->reader, MANIFEST_PAGES, w->id, forget_sample, NULL, err);

	w->known |= status == RC_OK;
	return status == RC_SKIP ? RC_OK : status;
}

/* The shards that hold an item, or a page of it: an item's text is one sample with all its pages. */
static enum rc_status find_shards(struct corpus_base *b, struct withdrawal *w, json_t *shards, struct rc_err *err)
{
	RC_OWN_BUF item = RC_BUF(1 << 16);
	RC_OWN_JSON entry = NULL;
	enum rc_status status = corpus_reader_item(b->reader, w->id, &entry, err);
	size_t i;
	json_t *run;

	w->known |= status == RC_OK;
	if (status == RC_SKIP) {
		status = corpus_reader_item_of_key(b->reader, w->id, &item, err);
		if (status == RC_OK)
			status = corpus_reader_item(b->reader, item.data, &entry, err);
		if (status == RC_OK && !w->known)
			status = find_page(b, w, err);
	}
	if (status != RC_OK)
		return status == RC_SKIP ? RC_OK : status;
	add_shard(shards, rc_json_str(json_object_get(entry, "text"), "shard", ""));
	json_array_foreach(json_object_get(entry, "pages"), i, run) {
		add_shard(shards, rc_json_str(run, "shard", ""));
		add_shard(shards, rc_json_str(run, "images", ""));
	}
	return RC_OK;
}

static enum rc_status make_all(struct withdrawn *w, struct corpus_base *b, json_t *list, struct rc_err *err)
{
	enum rc_status status = RC_OK;

	for (size_t i = 0; rc_good(status) && i < w->n; i++) {
		json_t *stone = json_object(), *shards = json_array();

		json_array_append_new(list, stone);
		json_object_set_new(stone, "id", json_string(w->list[i].id));
		json_object_set_new(stone, "reason", json_string(w->list[i].reason));
		json_object_set_new(stone, "date", json_string(w->list[i].date));
		json_object_set_new(stone, "shards", shards);
		if (b->reader)
			status = find_shards(b, &w->list[i], shards, err);
	}
	return status;
}

enum rc_status tombstones_make(struct withdrawn *w, const char *base, json_t **ret, struct rc_err *err)
{
	RC_CLEANUP(corpus_base_close) struct corpus_base b = { 0 };
	RC_OWN_JSON list = json_array();
	enum rc_status status = w->n > 0 && *base ? corpus_base_open(&b, base, err) : RC_OK;

	if (rc_good(status))
		status = make_all(w, &b, list, err);
	if (!rc_good(status)) {
		if (status == RC_PAGE_FAILED)
			err->reason = RC_WHY_SETTING;
		return rc_fail_in(err, RC_RUN_FAILED, "package.base");
	}
	*ret = rc_steal(list);
	return RC_OK;
}

/* ---- the batch ---------------------------------------------------------------------------------------------- */

struct looking {
	struct withdrawn *w;
	struct rc_books *books;
	const char *item;
};

static enum rc_status look_at_page(void *ctx, const struct rc_page_row *page, struct rc_err *err)
{
	struct looking *l = ctx;
	RC_OWN_BUF key = RC_BUF(1 << 12);

	page_key(l->item, &page->entry.scan, page->entry.frame, &key);
	withdrawn_know(l->w, key.data);
	return RC_OK;
}

static enum rc_status look_at_item(void *ctx, const struct rc_item_row *item, struct rc_err *err)
{
	struct looking *l = ctx;

	withdrawn_know(l->w, item->id);
	l->item = item->id;
	return rc_books_each_page(l->books, item->id, look_at_page, l, err);
}

enum rc_status tombstones_look(struct withdrawn *w, struct rc_books *books, struct rc_err *err)
{
	struct looking l = { w, books, "" };

	return w->n > 0 ? rc_books_each_item(books, RC_ITEMS_READY, look_at_item, &l, err) : RC_OK;
}

void tombstones_warn(const struct withdrawn *w, struct rc_books *books)
{
	struct rc_err what;
	int64_t n = 0;

	if (w->n == 0 || rc_books_pending(books) > 0)
		return;
	for (size_t i = 0; i < w->n; i++) {
		if (w->list[i].known || n++ >= SHOWN_UNKNOWN)
			continue;
		rc_fail(&what, RC_WARN, RC_WHY_SETTING, WITHDRAWN_FILE ":%lld: no item or page '%s' in this batch or in package.base: it takes nothing back",
		        (long long)w->list[i].line, w->list[i].id);
		rc_books_warn(books, &what);
	}
	if (n > SHOWN_UNKNOWN) {
		rc_fail(&what, RC_WARN, RC_WHY_SETTING, WITHDRAWN_FILE ": %lld more rows name nothing", (long long)(n - SHOWN_UNKNOWN));
		rc_books_warn(books, &what);
	}
}
