/* ledger_item.c -- items, their pages in order, and what is decided about them.
 *
 *   rc_ledger_each_item()   visits items one by one, so that the visitor may write
 *   load_item()             one row, with its pages_key made anew when pages were touched
 *   rc_ledger_each_page()   the pages of an item as books.h shows them */
#include <string.h>

#include "run/ledger.h"
#include "run/ledger_states.h"

enum { MAX_TEXT = 64 << 20 };

/* ---- pages of an item --------------------------------------------------------------------------------- */

#define PAGES \
	"SELECT p.id, p.number, p.place, p.frame, p.scan, p.scan_len, p.media, p.stored, p.offset, p.source, p.member," \
	" p.width, p.height, p.dpi, p.state, r.object, i.object, p.reason, COALESCE(p.message, r.message, i.message)," \
	" o.path, o.name, s.path, s.digest, p.conflict, t.name" \
	" FROM page p JOIN result r ON r.id = p.read LEFT JOIN result i ON i.id = p.image" \
	" JOIN source s ON s.id = p.source JOIN root o ON o.id = s.root JOIN item t ON t.id = p.item WHERE "

static const char pages_of_item[] =
	PAGES "p.item = (SELECT id FROM item WHERE name = ?) AND p.state <> 3 ORDER BY p.sort, p.frame, p.id";
static const char pages_of_scan[] =
	PAGES "p.scan = ? AND p.frame = ? AND p.state <> 3 ORDER BY p.id";
static const char pages_like[] =
	PAGES "instr(CASE p.member WHEN '' THEN o.path || '/' || s.path ELSE p.member END, ?) AND p.state <> 3 ORDER BY p.id";

static enum rc_page_state public_state(int64_t state)
{
	return state == PAGE_DONE ? RC_DONE : state == PAGE_QUARANTINED ? RC_QUARANTINED : RC_PENDING;
}

static struct rc_page_row page_from_row(struct rc_query *q, int32_t place)
{
	struct rc_page_row p = {
		.entry = {
			.item = rc_db_text(q, 24), .number = rc_db_text(q, 1), .order = rc_db_text(q, 2), .frame = (int32_t)rc_db_int(q, 3),
			.scan = rc_db_digest(q, 4), .scan_len = rc_db_int(q, 5), .media = (enum rc_media)rc_db_int(q, 6),
			.place = (enum rc_place)rc_db_int(q, 7), .offset = rc_db_int(q, 8), .source = rc_db_int(q, 9),
			.member = rc_db_text(q, 10), .width = (int32_t)rc_db_int(q, 11), .height = (int32_t)rc_db_int(q, 12),
			.dpi = (int32_t)rc_db_int(q, 13),
		},
		.id = rc_db_int(q, 0), .place_in_item = place, .state = public_state(rc_db_int(q, 14)),
		.result = rc_db_digest(q, 15), .image = rc_db_digest(q, 16),
		.root_path = rc_db_text(q, 19), .root_name = rc_db_text(q, 20), .source_path = rc_db_text(q, 21),
		.source_digest = rc_db_digest(q, 22), .message = "",
	};

	if (p.state == RC_QUARANTINED) {
		p.reason = rc_reason_find(rc_db_text(q, 17));
		p.message = rc_db_int(q, 23) ? rc_reason_meaning(RC_WHY_ID_CONFLICT) : rc_db_text(q, 18);
	}
	if (!p.message)
		p.message = "";
	return p;
}

enum rc_status rc_ledger_each_page(struct rc_ledger *l, const char *item, rc_page_fn *fn, void *ctx, struct rc_err *err)
{
	RC_OWN_QUERY q = rc_db_query(l->db, pages_of_item, DB_TEXT(item));
	enum rc_status status;
	int32_t place = 0;

	while ((status = rc_db_next(q, err)) == RC_OK) {
		struct rc_page_row page = page_from_row(q, ++place);

		status = fn(ctx, &page, err);
		if (!rc_good(status))
			return status;
	}
	return status == RC_SKIP ? RC_OK : status;
}

static enum rc_status each_row(struct rc_query *q, rc_page_fn *fn, void *ctx, struct rc_err *err)
{
	enum rc_status status;

	while ((status = rc_db_next(q, err)) == RC_OK) {
		struct rc_page_row page = page_from_row(q, 0);

		status = fn(ctx, &page, err);
		if (!rc_good(status))
			return status;
	}
	return status == RC_SKIP ? RC_OK : status;
}

enum rc_status rc_ledger_pages_of_scan(struct rc_ledger *l, const struct rc_digest *scan, int32_t frame, rc_page_fn *fn, void *ctx,
                                       struct rc_err *err)
{
	RC_OWN_QUERY q = rc_db_query(l->db, pages_of_scan, DB_SHA(scan), DB_INT(frame));

	return each_row(q, fn, ctx, err);
}

enum rc_status rc_ledger_pages_like(struct rc_ledger *l, const char *part, rc_page_fn *fn, void *ctx, struct rc_err *err)
{
	RC_OWN_QUERY q = rc_db_query(l->db, pages_like, DB_TEXT(part));

	return each_row(q, fn, ctx, err);
}

/* Everything a record says of the page: no row numbers, no times, no absolute paths. */
static enum rc_status add_page_to_key(void *ctx, const struct rc_page_row *p, struct rc_err *err)
{
	struct rc_hasher *h = ctx;

	rc_hasher_add_str(h, p->entry.number);
	rc_hasher_add_str(h, p->entry.order);
	rc_hasher_add_int(h, p->entry.frame);
	rc_hasher_add(h, p->entry.scan.bytes, sizeof p->entry.scan.bytes);
	rc_hasher_add_int(h, p->state);
	rc_hasher_add(h, p->result.bytes, sizeof p->result.bytes);
	rc_hasher_add(h, p->image.bytes, sizeof p->image.bytes);
	rc_hasher_add_int(h, p->reason);
	rc_hasher_add_str(h, p->message);
	rc_hasher_add_str(h, p->root_name);
	rc_hasher_add_str(h, p->source_path);
	rc_hasher_add_str(h, p->entry.member);
	rc_hasher_add(h, p->source_digest.bytes, sizeof p->source_digest.bytes);
	return RC_OK;
}

/* A correction changes what the record says of its page; a page without any keeps the key that it had. */
static enum rc_status add_correction_to_key(void *ctx, const struct rc_correction *c, struct rc_err *err)
{
	struct rc_hasher *h = ctx;

	rc_hasher_add(h, &c->box, sizeof c->box);
	rc_hasher_add(h, c->polygon, sizeof c->polygon);
	rc_hasher_add_int(h, c->direction);
	rc_hasher_add_str(h, c->text);
	if (c->rank > 0) {      /* those of version 2 have none, and keep their key */
		rc_hasher_add(h, &c->beside, sizeof c->beside);
		rc_hasher_add_int(h, c->rank);
		rc_hasher_add_int(h, 4 * c->before + 2 * c->begins + c->gone);
		rc_hasher_add_int(h, c->width);
		rc_hasher_add_int(h, c->height);
	}
	return RC_OK;
}

struct key_of_pages {
	struct rc_ledger *ledger;
	struct rc_hasher *hasher;
};

static enum rc_status add_corrected_page_to_key(void *ctx, const struct rc_page_row *p, struct rc_err *err)
{
	struct key_of_pages *k = ctx;
	enum rc_status status = add_page_to_key(k->hasher, p, err);

	return rc_good(status) ? rc_ledger_each_correction(k->ledger, &p->entry.scan, p->entry.frame, add_correction_to_key, k->hasher, err) : status;
}

static bool has_corrections(struct rc_ledger *l)
{
	int64_t any = 0;

	if (l->corrections)
		(void)rc_db_number(l->db, 0, NULL, &any, "SELECT 1 FROM correction LIMIT 1");
	return any;
}

static enum rc_status make_pages_key(struct rc_ledger *l, const char *item, struct rc_digest *ret, struct rc_err *err)
{
	RC_CLEANUP(rc_hasher_free) struct rc_hasher *h = rc_hasher_new();
	struct key_of_pages corrected = { l, h };
	enum rc_status status;
	RC_OWN_QUERY q = rc_db_query(l->db, "SELECT fields FROM item WHERE name = ?", DB_TEXT(item));

	if (rc_db_next(q, err) == RC_OK)
		rc_hasher_add_str(h, rc_db_text(q, 0));
	if (has_corrections(l))
		status = rc_ledger_each_page(l, item, add_corrected_page_to_key, &corrected, err);
	else
		status = rc_ledger_each_page(l, item, add_page_to_key, h, err);
	if (!rc_good(status))
		return status;
	*ret = rc_hasher_end(h);
	return RC_OK;
}

/* ---- one item ------------------------------------------------------------------------------------------ */

struct item {                   /* a row that owns its strings */
	struct rc_item_row row;
	struct rc_digest recorded_pages_key;
	bool touched;
	char *id, *fields;
	json_t *decision;
};

static void item_clear(struct item *item)
{
	free(item->id);
	free(item->fields);
	rc_json_free(&item->decision);
}
#define OWN_ITEM RC_CLEANUP(item_clear) struct item

static enum rc_status read_item(struct rc_ledger *l, const char *name, struct item *ret, struct rc_err *err)
{
	RC_OWN_QUERY q = rc_db_query(l->db, "SELECT name, n_pages, n_pending, n_bad, touched, pages_key, recorded_pages_key,"
	                             " record_key, record, decision, fields FROM item WHERE name = ?", DB_TEXT(name));
	enum rc_status status = rc_db_next(q, err);
	const char *decision;

	if (status != RC_OK)
		return status;
	ret->id = strdup(rc_db_text(q, 0));
	ret->fields = strdup(rc_db_text(q, 10));
	ret->touched = rc_db_int(q, 4);
	ret->recorded_pages_key = rc_db_digest(q, 6);
	ret->row = (struct rc_item_row){
		.id = ret->id, .fields = ret->fields, .n_pages = rc_db_int(q, 1), .n_quarantined = rc_db_int(q, 3),
		.n_done = rc_db_int(q, 1) - rc_db_int(q, 2) - rc_db_int(q, 3), .pages_key = rc_db_digest(q, 5),
		.record_key = rc_db_digest(q, 7), .record = rc_db_digest(q, 8), .revision = rc_ledger_revision(l, name),
	};
	decision = rc_db_text(q, 9);
	if (decision) {
		status = rc_json_parse(decision, strlen(decision), "a decision in the ledger", &ret->decision, err);
		if (!rc_good(status))
			return status;
		ret->row.decision = ret->decision;
	}
	return RC_OK;
}

/* Makes pages_key anew when something touched a page since. */
static enum rc_status load_item(struct rc_ledger *l, const char *name, struct item *ret, struct rc_err *err)
{
	enum rc_status status = read_item(l, name, ret, err);

	if (status != RC_OK || !ret->touched)
		return status;
	status = make_pages_key(l, name, &ret->row.pages_key, err);
	if (!rc_good(status) || !l->keys)        /* a reader keeps it to itself */
		return status;
	return rc_db_do(l->db, err, "UPDATE item SET touched = 0, pages_key = ?2,"
	                " todo = ?2 IS NOT recorded_pages_key WHERE name = ?1", DB_TEXT(name), DB_SHA(&ret->row.pages_key));
}

/* ---- visits -------------------------------------------------------------------------------------------- */

struct cursor {
	struct rc_buf name, rank;
	bool started;
};

static void cursor_free(struct cursor *c)
{
	rc_buf_free(&c->name);
	rc_buf_free(&c->rank);
}

static struct rc_query *ask_next(struct rc_ledger *l, enum rc_items which, const struct cursor *c)
{
	struct rc_db_arg name = DB_TEXT(c->name.data);

	switch (which) {
	case RC_ITEMS_READY:
		return rc_db_query(l->db, "SELECT name, NULL FROM item WHERE name > ? AND n_pending = 0 AND n_pages > 0"
		                   " ORDER BY name LIMIT 1", name);
	case RC_ITEMS_UNRECORDED:
		return rc_db_query(l->db, "SELECT name, NULL FROM item WHERE name > ? AND todo AND n_pending = 0 AND n_pages > 0"
		                   " ORDER BY name LIMIT 1", name);
	case RC_ITEMS_RECORDED:
		return rc_db_query(l->db, "SELECT name, NULL FROM item WHERE name > ? AND record IS NOT NULL"
		                   " ORDER BY name LIMIT 1", name);
	default:
		if (!c->started)
			return rc_db_query(l->db, "SELECT name, rank FROM item WHERE rank IS NOT NULL ORDER BY rank, name LIMIT 1");
		return rc_db_query(l->db, "SELECT name, rank FROM item WHERE rank IS NOT NULL AND (rank, name) > (?, ?)"
		                   " ORDER BY rank, name LIMIT 1", DB_BLOB(c->rank.data, c->rank.len), name);
	}
}

static enum rc_status move_on(struct rc_ledger *l, enum rc_items which, struct cursor *c, struct rc_err *err)
{
	RC_OWN_QUERY q = ask_next(l, which, c);
	enum rc_status status = rc_db_next(q, err);
	const void *rank;
	size_t len;

	if (status != RC_OK)
		return status;
	rc_buf_clear(&c->name);
	rc_buf_adds(&c->name, rc_db_text(q, 0));
	rank = rc_db_blob(q, 1, &len);
	rc_buf_clear(&c->rank);
	if (len)
		rc_buf_add(&c->rank, rank, len);
	c->started = true;
	return RC_OK;
}

/* todo is set generously; what came out the same as before is no news. */
static bool is_news(enum rc_items which, const struct item *item)
{
	return which != RC_ITEMS_UNRECORDED || !rc_digest_equal(&item->row.pages_key, &item->recorded_pages_key);
}

enum rc_status rc_ledger_each_item(struct rc_ledger *l, enum rc_items which, rc_item_fn *fn, void *ctx, struct rc_err *err)
{
	RC_CLEANUP(cursor_free) struct cursor c = { .name = RC_BUF(MAX_TEXT), .rank = RC_BUF(MAX_TEXT) };
	enum rc_status status;

	while ((status = move_on(l, which, &c, err)) == RC_OK) {
		OWN_ITEM item = { 0 };

		status = load_item(l, c.name.data, &item, err);
		if (rc_good(status) && is_news(which, &item))
			status = fn(ctx, &item.row, err);
		if (!rc_good(status))
			return status;
	}
	return status == RC_SKIP ? RC_OK : status;
}

bool rc_ledger_has_unrecorded(struct rc_ledger *l)
{
	int64_t there = 0;

	(void)rc_db_number(l->db, 0, NULL, &there, "SELECT 1 FROM item WHERE todo AND n_pending = 0 AND n_pages > 0 LIMIT 1");
	return there;
}

/* ---- changes ------------------------------------------------------------------------------------------- */

enum rc_status rc_ledger_item_fields(struct rc_ledger *l, const char *item, const char *fields, struct rc_err *err)
{
	return rc_db_do(l->db, err, "INSERT INTO item (name, fields) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE"
	                " SET fields = ?2, touched = 1, todo = 1 WHERE fields <> ?2", DB_TEXT(item), DB_TEXT(fields));
}

enum rc_status rc_ledger_record_done(struct rc_ledger *l, const char *item, const struct rc_digest *record_key,
                                     const struct rc_digest *record, struct rc_err *err)
{
	return rc_db_do(l->db, err, "UPDATE item SET record_key = ?2, record = ?3, recorded_pages_key = pages_key, todo = touched"
	                " WHERE name = ?1", DB_TEXT(item), DB_SHA(record_key), DB_SHA(record));
}

enum rc_status rc_ledger_decide(struct rc_ledger *l, const char *item, const char *decision,
                                const void *rank, size_t rank_len, struct rc_err *err)
{
	return rc_db_do(l->db, err, "UPDATE item SET decision = ?2, rank = ?3 WHERE name = ?1"
	                " AND (decision IS NOT ?2 OR rank IS NOT ?3)", DB_TEXT(item), DB_TEXT(decision), DB_BLOB(rank, rank_len));
}

enum rc_status rc_ledger_each_empty(struct rc_ledger *l, enum rc_status (*fn)(void *ctx, const char *item, struct rc_err *err),
                                    void *ctx, struct rc_err *err)
{
	RC_OWN_BUF name = RC_BUF(MAX_TEXT);
	enum rc_status status;

	for (;;) {
		{
			RC_OWN_QUERY q = rc_db_query(l->db, "SELECT name FROM item WHERE n_pages = 0"
			                             " AND (record IS NOT NULL OR rank IS NOT NULL) LIMIT 1");

			status = rc_db_next(q, err);
			if (status != RC_OK)
				return status == RC_SKIP ? RC_OK : status;
			rc_buf_clear(&name);
			rc_buf_adds(&name, rc_db_text(q, 0));
		}
		status = fn(ctx, name.data, err);
		if (rc_good(status))
			status = rc_db_do(l->db, err, "UPDATE item SET record = NULL, record_key = NULL, recorded_pages_key = NULL,"
			                  " decision = NULL, rank = NULL WHERE name = ?", DB_TEXT(name.data));
		if (!rc_good(status))
			return status;
	}
}

enum rc_status rc_ledger_tally_grades(struct rc_ledger *l, rc_tally_fn *fn, void *ctx, struct rc_err *err)
{
	/* Decisions of older versions have no grade. */
	RC_OWN_QUERY q = rc_db_query(l->db, "SELECT CASE WHEN class <> 'text' THEN class WHEN grade = '' THEN 'ungraded' ELSE grade END AS kind,"
	                             " count(*) FROM (SELECT json_extract(page.value, '$.class') AS class,"
	                             " ifnull(json_extract(page.value, '$.grade'), '') AS grade"
	                             " FROM item, json_each(item.decision, '$.pages') AS page WHERE item.decision IS NOT NULL)"
	                             " WHERE class <> 'not-read' GROUP BY kind ORDER BY kind");

	return rc_ledger_tell(q, fn, ctx, err);
}
