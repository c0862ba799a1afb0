/* normalize.c -- lines -> record.
 *
 *   normalize_stage    the descriptor
 *   normalize_run()    which items; on_item() decides by key, write_record() writes
 *   load_page()        what the books hold of a page -> struct record_page
 *   normalize_file()   the same without a batch
 *
 * A record is made in two passes over the item's pages, because what stands before the pages (totals, language)
 * needs them all and memory holds one. A result that cannot be understood costs its page: it stands as not read.
 *
 * Memory of work: record_key = what the item's pages are and say (pages_key), its fields, its row of the catalogue, the settings of
 * records, and the version of this stage. The settings, the catalogue and the time of the folder of records are remembered for the batch as
 * well: while they stay the same only items whose pages changed are looked at. */
#include "normalize/normalize.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/outfile.h"
#include "core/text.h"
#include "normalize/catalogue_lists.h"
#include "normalize/corrections.h"
#include "normalize/dat31.h"
#include "normalize/line_text.h"
#include "normalize/record_write.h"

enum { VERSION = 4, MAX_STATE = 1 << 24 };
enum { OF_CORRECTIONS = 1 };     /* raise it when the same corrections may give another record: only items that have some are written anew */
static const char state_note[] = "normalize.state";
static const char settled_note[] = "catalogue.settled", listed_note[] = "catalogue.listed";

struct normalizer {
	struct rc_books *books;
	json_t *processing;             /* owned: rc_books_identity() */
	struct catalogue *catalogue;    /* owned; NULL: there is none */
	int64_t written;
};

/* One item, in one of the two passes. */
struct pass {
	struct normalizer *n;
	const json_t *fields;           /* borrowed; NULL: none */
	struct catalogue_match match;
	struct record_totals totals;
	struct record_writer *writer;   /* owned; NULL: only counting */
	bool pending;                   /* a page is not done after all */
};

/* ---- a page ------------------------------------------------------------------------------------------- */

struct loaded {                         /* a page and the strings it points at */
	struct record_page page;
	struct rc_buf source, message;
};

static void loaded_clear(struct loaded *l)
{
	rc_page_clear(&l->page.page);
	rc_buf_free(&l->source);
	rc_buf_free(&l->message);
}
#define OWN_LOADED RC_CLEANUP(loaded_clear) struct loaded

/* Appends text with every `from` as `to`. */
static void add_replaced(struct rc_buf *out, const char *text, const char *from, const char *to)
{
	size_t len = strlen(from);

	for (const char *hit; len > 0 && (hit = strstr(text, from)); text = hit + len) {
		rc_buf_add(out, text, (size_t)(hit - text));
		rc_buf_adds(out, to);
	}
	rc_buf_adds(out, text);
}

/* What a person reads; the place where the source lay on this machine is no business of the record. */
static void set_unread(struct loaded *l, const struct rc_page_row *row, enum rc_reason reason, const char *message)
{
	rc_page_clear(&l->page.page);
	l->page.page = RC_PAGE_INIT;
	l->page.not_read = true;
	l->page.reason = rc_reason_name(reason);
	add_replaced(&l->message, message ? message : "", row->root_path, row->root_name);
	l->page.message = l->message.data;
}

static enum rc_status parse_result(struct rc_books *books, const struct rc_page_row *row, struct rc_page *page, struct rc_err *err)
{
	RC_OWN_BUF bytes = RC_BUF(RC_MAX_RESULT_BYTES);
	RC_OWN_JSON json = NULL;
	enum rc_status status = rc_books_object(books, &row->result, &bytes, err);

	if (rc_good(status))
		status = rc_json_parse(bytes.data, bytes.len, "page result", &json, err);
	return rc_good(status) ? rc_page_from_json(json, page, err) : status;
}

/* Texts as records promise them. */
static void normalize_lines(struct rc_page *page)
{
	for (size_t i = 0; i < page->n_regions; i++)
		for (size_t k = 0; k < page->regions[i].n_lines; k++)
			line_text_normalize(&page->regions[i].lines[k]);
}

/* A page that no machine could read, as people typed it: nothing is known of it but what they say. RC_SKIP: they say nothing. */
static enum rc_status typed_page(struct rc_books *books, const struct rc_page_row *row, struct rc_page *ret, struct rc_err *err)
{
	RC_CLEANUP(corrections_free) struct corrections corrections = { 0 };
	enum rc_status status = corrections_load(&corrections, books, &row->entry.scan, row->entry.frame, err);
	struct rc_page page = RC_PAGE_INIT;

	if (!rc_good(status))
		return status;
	for (size_t i = 0; i < corrections.n; i++) {
		if (corrections.v[i].gone || !*corrections.v[i].text)
			continue;
		page.width = corrections.v[i].width > page.width ? corrections.v[i].width : page.width;
		page.height = corrections.v[i].height > page.height ? corrections.v[i].height : page.height;
	}
	if (page.width <= 0 || page.height <= 0)
		return RC_SKIP;
	corrections_apply(&corrections, &page);
	normalize_lines(&page);
	for (size_t i = 0; i < page.n_regions && page.direction == RC_DIR_UNKNOWN; i++)
		page.direction = page.regions[i].direction;
	*ret = page;
	return RC_OK;
}

static enum rc_status correct(struct rc_books *books, const struct rc_page_row *row, struct rc_page *page, struct rc_err *err)
{
	RC_CLEANUP(corrections_free) struct corrections corrections = { 0 };
	enum rc_status status = corrections_load(&corrections, books, &row->entry.scan, row->entry.frame, err);

	if (rc_good(status))
		corrections_apply(&corrections, page);
	return status;
}

/* The result is foreign: whatever is wrong with it costs this page, but a failing disk does not. */
static enum rc_status load_result(struct rc_books *books, const struct rc_page_row *row, struct loaded *l, struct rc_err *err)
{
	struct rc_err why = { 0 };
	struct rc_page *page = &l->page.page;
	enum rc_status status = parse_result(books, row, page, &why);

	if (status == RC_RUN_FAILED) {
		if (err)
			*err = why;
		return status;
	}
	if (!rc_good(status)) {
		set_unread(l, row, why.reason, why.text);
		return RC_WARN;
	}
	status = correct(books, row, page, err);
	normalize_lines(page);
	return status;
}

/* "box12/sub/p07.tif": the root by its name. */
static void set_source(struct loaded *l, const struct rc_page_row *row)
{
	const char *slash = strrchr(row->root_path, '/');
	const char *name = *row->root_name || *row->source_path ? row->root_name : slash ? slash + 1 : row->root_path;

	rc_buf_adds(&l->source, name);
	if (*name && *row->source_path)
		rc_buf_addc(&l->source, '/');
	rc_buf_adds(&l->source, row->source_path);
	l->page.source = l->source.data;
}

/* RC_WARN: its result was lost; the page stands as not read. */
static enum rc_status load_page(struct rc_books *books, const struct rc_page_row *row, struct loaded *ret, struct rc_err *err)
{
	*ret = (struct loaded){
		.source = RC_BUF(2 * RC_MAX_NAME + 1), .message = RC_BUF(RC_MAX_NAME),
		.page = {
			.order = row->place_in_item, .number = row->entry.number, .scan = row->entry.scan,
			.frame = row->entry.frame, .media = rc_media_name(row->entry.media), .member = row->entry.member,
			.source_digest = row->source_digest, .reason = "", .message = "", .page = RC_PAGE_INIT,
		},
	};
	set_source(ret, row);
	if (row->state == RC_DONE)
		return load_result(books, row, ret, err);
	enum rc_status status = typed_page(books, row, &ret->page.page, err);

	if (status != RC_SKIP)
		return status;
	set_unread(ret, row, row->reason, row->message);
	return RC_OK;
}

static enum rc_status on_page(void *ctx, const struct rc_page_row *row, struct rc_err *err)
{
	struct pass *pass = ctx;
	OWN_LOADED loaded = { 0 };

	if (row->state == RC_PENDING) {
		pass->pending = true;
		return RC_OK;
	}
	enum rc_status status = load_page(pass->n->books, row, &loaded, err);

	if (!rc_good(status))
		return status;
	if (!pass->writer) {
		record_totals_add(&pass->totals, &loaded.page);
		return RC_OK;
	}
	if (status == RC_WARN) {
		struct rc_err what = { 0 };

		rc_fail(&what, RC_WARN, rc_reason_find(loaded.page.reason), "cannot use the result of page %d of '%s': %s",
		        row->place_in_item, row->entry.item, loaded.page.message);
		rc_books_warn(pass->n->books, &what);
	}
	return record_write_page(pass->writer, &loaded.page, err);
}

/* ---- an item ------------------------------------------------------------------------------------------ */

static struct rc_digest key_of(const struct rc_config *cfg, const struct rc_item_row *item, const struct catalogue_match *match)
{
	RC_CLEANUP(rc_hasher_free) struct rc_hasher *h = rc_hasher_new();

	rc_hasher_add_int(h, VERSION);
	rc_config_hash(cfg, RC_KEY_RECORD, h);
	rc_hasher_add(h, item->pages_key.bytes, sizeof item->pages_key.bytes);
	rc_hasher_add_str(h, item->fields);
	if (item->revision > 1) {
		rc_hasher_add_int(h, OF_CORRECTIONS);
		rc_hasher_add_int(h, item->revision);
	}
	catalogue_match_hash(match, h);
	if (match->row && *match->row->reference) {
		rc_hasher_add_str(h, cfg->catalogue_parts);
		rc_hasher_add_str(h, match->number);
	}
	return rc_hasher_end(h);
}

/* The item's own right before the batch's. Where no row is the item's, what is said of it can only take away. */
static const char *training_of(const struct rc_config *cfg, const struct catalogue_match *match)
{
	static const char *const words[] = { "", "allowed", "unknown", "denied" };
	const char *of_batch = rc_config_word(cfg, "rights.training");

	if (match->training == CATALOGUE_SAYS_NOTHING || (!match->row && strcmp(of_batch, "denied") == 0))
		return of_batch;
	return words[match->training];
}

static struct record_info info_of(const struct rc_config *cfg, const char *id, const json_t *fields, const struct catalogue_match *match,
                                  const json_t *processing, const struct record_totals *totals)
{
	return (struct record_info){
		.id = id, .fields = fields, .row = match->row, .number = match->number, .parts = cfg->catalogue_parts, .training = training_of(cfg, match),
		.rights_statement = cfg->rights_statement, .rights_license = cfg->rights_license,
		.rights_holder = cfg->rights_holder, .processing = processing, .totals = totals,
	};
}

static enum rc_status write_pages(struct pass *pass, const struct rc_item_row *item, struct rc_outfile *file, struct rc_err *err)
{
	struct record_info info = info_of(rc_books_config(pass->n->books), item->id, pass->fields, &pass->match,
	                                  pass->n->processing, &pass->totals);

	info.revision = item->revision;
	pass->writer = record_writer_new(xml_to_file, file, &info);
	enum rc_status status = rc_books_each_page(pass->n->books, item->id, on_page, pass, err);

	if (rc_good(status))
		status = record_writer_finish(pass->writer, err);
	record_writer_free(&pass->writer);
	return status;
}

/* RC_SKIP: a page is pending after all. */
static enum rc_status write_record(struct pass *pass, const struct rc_item_row *item, const char *path, const struct rc_digest *key,
                                   struct rc_err *err)
{
	RC_CLEANUP(rc_outfile_abort) struct rc_outfile *file = NULL;
	enum rc_status status = rc_books_each_page(pass->n->books, item->id, on_page, pass, err);

	if (!rc_good(status) || pass->pending)
		return rc_good(status) ? RC_SKIP : status;
	status = rc_outfile_open(&file, path, err);
	if (rc_good(status))
		status = write_pages(pass, item, file, err);
	if (!rc_good(status))
		return status;
	struct rc_digest digest = rc_outfile_digest(file);

	status = rc_outfile_commit(&file, err);
	return rc_good(status) ? rc_books_record_done(pass->n->books, item->id, key, &digest, err) : status;
}

static enum rc_status on_item(void *ctx, const struct rc_item_row *item, struct rc_err *err)
{
	struct normalizer *n = ctx;
	RC_OWN_BUF path = RC_BUF(4 * RC_MAX_NAME);
	RC_OWN_JSON fields = NULL;
	struct pass pass = { .n = n };

	/* Fields come from our own ingest; what is no object says nothing. */
	if (rc_good(rc_json_parse(item->fields, strlen(item->fields), "fields", &fields, NULL)))
		pass.fields = fields;
	if (n->catalogue)
		pass.match = catalogue_find(n->catalogue, item->id, fields);
	struct rc_digest key = key_of(rc_books_config(n->books), item, &pass.match);

	if (rc_books_stopping(n->books))
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_STOPPED, "stopped before all records were written");
	rc_books_record_path(n->books, item->id, &path);
	if (rc_digest_equal(&key, &item->record_key) && access(path.data, F_OK) == 0)
		return RC_OK;
	enum rc_status status = write_record(&pass, item, path.data, &key, err);

	if (!rc_good(status))
		return rc_fail_in(err, status, "cannot write the record of '%s'", item->id);
	n->written += status != RC_SKIP;
	rc_books_progress(n->books, "writing records", n->written, 0);
	return rc_books_pump(n->books, err);
}

/* ---- the stage ---------------------------------------------------------------------------------------- */

/* What all records depend on. */
static struct rc_digest settings_of(const struct rc_config *cfg)
{
	RC_CLEANUP(rc_hasher_free) struct rc_hasher *h = rc_hasher_new();

	rc_hasher_add_int(h, VERSION);
	rc_hasher_add_int(h, OF_CORRECTIONS);
	rc_config_hash(cfg, RC_KEY_RECORD, h);
	rc_config_hash(cfg, RC_KEY_INGEST, h);  /* fields come from ingest.item_pattern */
	return rc_hasher_end(h);
}

/* Appends the time the folder of records last changed: somebody who removes a record changes it, too. */
static void add_folder_time(struct rc_books *books, struct rc_buf *out)
{
	RC_OWN_BUF path = RC_BUF(4 * RC_MAX_NAME);
	struct stat st;

	rc_books_record_path(books, "x", &path);
	char *slash = strrchr(path.data, '/');

	if (!slash)
		return;
	*slash = '\0';
	if (stat(path.data, &st) == 0)
		rc_buf_addf(out, " %" PRId64 ".%09" PRId64, (int64_t)st.st_mtim.tv_sec, (int64_t)st.st_mtim.tv_nsec);
}

/* While this stays what it was, no record is missing or out of date but those of items whose pages changed. */
static void add_state(struct normalizer *n, struct rc_buf *out)
{
	struct rc_digest settings = settings_of(rc_books_config(n->books));
	char hex[RC_DIGEST_HEX];

	rc_buf_adds(out, rc_digest_hex(&settings, hex));
	add_folder_time(n->books, out);
	if (n->catalogue) {
		rc_buf_addc(out, ' ');
		catalogue_settled(n->catalogue, out);
	}
	if (rc_books_config(n->books)->ingest_profile != RC_PROFILE_NONE)
		rc_buf_addf(out, " %s %d", rc_config_word(rc_books_config(n->books), "ingest.profile"), DAT31_VERSION);
}

/* ret: the state afterwards, which is noted. */
static enum rc_status write_records(struct normalizer *n, struct rc_buf *ret, struct rc_err *err)
{
	RC_OWN_STR noted = rc_books_note(n->books, state_note);
	RC_OWN_BUF before = RC_BUF(MAX_STATE);

	add_state(n, &before);
	bool same = noted && strcmp(noted, before.data) == 0;
	enum rc_status status = rc_books_each_item(n->books, same ? RC_ITEMS_UNRECORDED : RC_ITEMS_READY, on_item, n, err);

	rc_buf_clear(ret);
	add_state(n, ret);
	if (rc_good(status) && (!noted || strcmp(noted, ret->data) != 0))
		status = rc_books_set_note(n->books, state_note, ret->data, err);
	return status;
}

/* A catalogue that is new tells what is wrong with it; one that is known is settled as it was. */
static enum rc_status open_catalogue(struct normalizer *n, struct rc_err *err)
{
	RC_OWN_STR settled = rc_books_note(n->books, settled_note);
	RC_OWN_BUF now = RC_BUF(MAX_STATE);
	enum rc_status status = catalogue_load(&n->catalogue, rc_books_dir(n->books), rc_books_config(n->books), err);

	if (!n->catalogue)
		return status;
	if (settled && catalogue_set_settled(n->catalogue, settled))
		return RC_OK;
	catalogue_warn(n->books, n->catalogue);
	catalogue_settled(n->catalogue, &now);
	return rc_books_set_note(n->books, settled_note, now.data, err);
}

/* Whose row is whose can only be told when all items are known. Who loses a row by that gets another record. */
static enum rc_status settle(struct normalizer *n, struct rc_buf *state, struct rc_err *err)
{
	RC_OWN_BUF before = RC_BUF(MAX_STATE), after = RC_BUF(MAX_STATE);
	enum rc_status status;

	if (!n->catalogue)
		return RC_OK;
	catalogue_settled(n->catalogue, &before);
	status = catalogue_settle_items(n->books, n->catalogue, err);
	catalogue_settled(n->catalogue, &after);
	if (!rc_good(status) || strcmp(before.data, after.data) == 0)
		return status;
	status = rc_books_set_note(n->books, settled_note, after.data, err);
	return rc_good(status) ? write_records(n, state, err) : status;
}

static void normalizer_end(struct normalizer *n)
{
	json_decref(n->processing);
	catalogue_free(&n->catalogue);
}

static enum rc_status normalize_run(struct rc_books *books, struct rc_err *err)
{
	RC_CLEANUP(normalizer_end) struct normalizer n = { .books = books, .processing = rc_books_identity(books) };
	RC_OWN_STR listed = rc_books_note(books, listed_note);
	RC_OWN_BUF state = RC_BUF(MAX_STATE);
	enum rc_status status = open_catalogue(&n, err);

	if (rc_good(status))
		status = write_records(&n, &state, err);
	if (rc_good(status) && rc_books_pending(books) == 0 && (!listed || strcmp(listed, state.data) != 0)) {
		status = settle(&n, &state, err);
		if (rc_good(status))
			status = catalogue_write_lists(books, n.catalogue, err);
		if (rc_good(status))
			status = dat31_write(books, n.catalogue, err);
		if (rc_good(status))
			status = rc_books_set_note(books, listed_note, state.data, err);
	}
	if (!rc_good(status))
		return status;
	return n.written ? RC_OK : RC_SKIP;
}

enum rc_status normalize_check_catalogue(const char *dir, const struct rc_config *cfg, struct rc_err *err)
{
	RC_CLEANUP(catalogue_free) struct catalogue *catalogue = NULL;

	return catalogue_load(&catalogue, dir, cfg, err);
}

static enum rc_status normalize_check(const struct rc_config *cfg, struct rc_err *err)
{
	RC_CLEANUP(catalogue_names_free) struct catalogue_names *names = NULL;

	return catalogue_names_new(&names, cfg->catalogue_columns, err);
}

const struct rc_batch_stage normalize_stage = {
	.name = "normalize",
	.summary = "write a record for every item whose pages are done",
	.version = VERSION,
	.check = normalize_check,
	.run = normalize_run,
};

/* ---- for who corrects a page ------------------------------------------------------------------------------ */

enum rc_status normalize_load(struct rc_books *books, const struct rc_page_row *row, struct rc_page *ret, struct rc_err *err)
{
	if (row->state != RC_DONE)
		return typed_page(books, row, ret, err);
	enum rc_status status = parse_result(books, row, ret, err);

	if (rc_good(status))
		status = correct(books, row, ret, err);
	if (rc_good(status))
		normalize_lines(ret);
	return status;
}

char *normalize_text(const char *text)
{
	struct rc_line line = { .text = rc_strdup(text) };

	line_text_normalize(&line);
	return line.text;
}

/* ---- without a batch ------------------------------------------------------------------------------------ */

/* writer NULL: only counts. */
static enum rc_status each_page(const struct normalize_pages *pages, struct record_totals *totals, struct record_writer *writer,
                                struct rc_err *err)
{
	enum rc_status status = RC_OK;

	for (int32_t order = 1; rc_good(status) && order <= pages->n; order++) {
		struct record_page page = { .page = RC_PAGE_INIT };

		status = pages->load(pages->ctx, order, &page, err);
		if (rc_good(status)) {
			normalize_lines(&page.page);
			if (writer)
				status = record_write_page(writer, &page, err);
			else
				record_totals_add(totals, &page);
		}
		rc_page_clear(&page.page);
	}
	return status;
}

enum rc_status normalize_file(const char *path, const char *id, const struct normalize_pages *pages, const struct rc_config *cfg,
                              const json_t *processing, struct rc_err *err)
{
	RC_CLEANUP(rc_outfile_abort) struct rc_outfile *file = NULL;
	RC_CLEANUP(record_writer_free) struct record_writer *writer = NULL;
	struct record_totals totals = { 0 };
	const struct record_info info = info_of(cfg, id, NULL, &(struct catalogue_match){ 0 }, processing, &totals);
	enum rc_status status = each_page(pages, &totals, NULL, err);

	if (rc_good(status))
		status = rc_outfile_open(&file, path, err);
	if (!rc_good(status))
		return status;
	writer = record_writer_new(xml_to_file, file, &info);
	status = each_page(pages, &totals, writer, err);
	if (rc_good(status))
		status = record_writer_finish(writer, err);
	return rc_good(status) ? rc_outfile_commit(&file, err) : status;
}
