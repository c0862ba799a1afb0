/* ledger_page.c -- pages: added, claimed, settled, retried.
 *
 *   rc_ledger_page_add()      a page as ingest found it
 *   rc_ledger_source_done()   pages that were not found again are superseded
 *   rc_ledger_source_same()   pages that could not be opened may be now
 *   settle_claims()           who of several rows is the page: twins and conflicts
 *   rc_ledger_rekey()         other settings, other keys
 *   rc_ledger_claim(), rc_ledger_result()
 *   rc_ledger_upgrade(), rc_ledger_retry()
 *
 * Whatever changes a page's row or its results ends in settling: the view `settled` (ledger.c) says what
 * the state must be, and only pages whose state differs are written. */
#include <string.h>

#include "core/text.h"
#include "run/ledger.h"
#include "run/ledger_states.h"

enum { MAX_NAME_BYTES = 1 << 16, MAX_ID_BYTES = 1 << 30 };

/* ---- settling --------------------------------------------------------------------------------------- */

#define SETTLE "UPDATE page SET state = s.state, reason = s.reason FROM settled s" \
	" WHERE page.id = s.id AND (page.state <> s.state OR page.reason IS NOT s.reason)"

static enum rc_status settle_page(struct rc_ledger *l, int64_t page, struct rc_err *err)
{
	return rc_db_do(l->db, err, SETTLE " AND s.id = ?", DB_INT(page));
}

static enum rc_status settle_result(struct rc_ledger *l, int64_t result, struct rc_err *err)
{
	enum rc_status status = rc_db_do(l->db, err, SETTLE " AND s.read = ?", DB_INT(result));

	return rc_good(status) ? rc_db_do(l->db, err, SETTLE " AND s.image = ?", DB_INT(result)) : status;
}

static enum rc_status settle_all(struct rc_ledger *l, struct rc_err *err)
{
	return rc_db_do(l->db, err, SETTLE);
}

/* All rows that claim one page of an item. One digest: the first row is the page and the others are its
 * twins. Several: none can be believed. */
static enum rc_status settle_claims(struct rc_ledger *l, int64_t item, const char *label, int64_t frame, struct rc_err *err)
{
	int64_t rows = 0, digests = 0, first = 0;
	enum rc_status status;

	{
		RC_OWN_QUERY q = rc_db_query(l->db, "SELECT count(*), count(DISTINCT COALESCE(scan, id)), min(id) FROM page"
		                             " WHERE item = ? AND label = ? AND frame = ?", DB_INT(item), DB_TEXT(label), DB_INT(frame));

		status = rc_db_next(q, err);
		if (status != RC_OK)
			return status;
		rows = rc_db_int(q, 0);
		digests = rc_db_int(q, 1);
		first = rc_db_int(q, 2);
	}
	if (rows == 0)
		return RC_OK;
	status = rc_db_do(l->db, err, "UPDATE page SET conflict = ?4, twin = ?5 AND id <> ?6 WHERE item = ?1 AND label = ?2"
	                  " AND frame = ?3 AND (conflict <> ?4 OR twin <> (?5 AND id <> ?6))",
	                  DB_INT(item), DB_TEXT(label), DB_INT(frame), DB_INT(digests > 1), DB_INT(digests == 1), DB_INT(first));
	if (!rc_good(status) || rows == 1)
		return rc_good(status) ? settle_page(l, first, err) : status;
	return rc_db_do(l->db, err, SETTLE " AND s.id IN (SELECT id FROM page WHERE item = ?1 AND label = ?2 AND frame = ?3)",
	                DB_INT(item), DB_TEXT(label), DB_INT(frame));
}

/* ---- lists of rows ------------------------------------------------------------------------------------ */

/* Row numbers taken from a query before the rows are changed. */
struct ids {
	struct rc_buf bytes;
};
#define OWN_IDS RC_CLEANUP(ids_free) struct ids
#define IDS { .bytes = RC_BUF(MAX_ID_BYTES) }

static void ids_free(struct ids *ids)
{
	rc_buf_free(&ids->bytes);
}

static size_t ids_count(const struct ids *ids)
{
	return ids->bytes.len / sizeof(int64_t);
}

static int64_t ids_at(const struct ids *ids, size_t i)
{
	int64_t id;

	memcpy(&id, ids->bytes.data + i * sizeof id, sizeof id);
	return id;
}

/* Ends the query. */
static enum rc_status ids_take(struct ids *ids, struct rc_query *query, struct rc_err *err)
{
	RC_OWN_QUERY q = query;
	enum rc_status status;

	while ((status = rc_db_next(q, err)) == RC_OK) {
		int64_t id = rc_db_int(q, 0);

		rc_buf_add(&ids->bytes, &id, sizeof id);
	}
	return status == RC_SKIP ? rc_buf_check(&ids->bytes, "a list of rows", err) : status;
}

/* ---- adding and superseding --------------------------------------------------------------------------- */

static enum rc_status find_or_add(struct rc_ledger *l, const char *find, const char *add, struct rc_db_arg what,
                                  int64_t *ret, struct rc_err *err)
{
	int64_t id = 0;
	enum rc_status status = rc_db_number(l->db, 0, err, &id, find, what);

	if (rc_good(status) && id == 0) {
		status = rc_db_do(l->db, err, add, what);
		id = rc_db_last_id(l->db);
	}
	if (rc_good(status))
		*ret = id;
	return status;
}

static enum rc_status find_item(struct rc_ledger *l, const char *name, int64_t *ret, struct rc_err *err)
{
	return find_or_add(l, "SELECT id FROM item WHERE name = ?", "INSERT INTO item (name) VALUES (?)", DB_TEXT(name), ret, err);
}

/* The result rows a scan is filed under; image 0 when none is wanted. */
static enum rc_status file_scan(struct rc_ledger *l, const struct rc_digest *scan, int32_t frame, enum rc_media media,
                                int64_t *read, int64_t *image, struct rc_err *err)
{
	static const char find[] = "SELECT id FROM result WHERE key = ?", add[] = "INSERT INTO result (key) VALUES (?)";
	struct rc_digest key = rc_key_read(l->keys, scan, frame, media);
	enum rc_status status = find_or_add(l, find, add, DB_SHA(&key), read, err);

	*image = 0;
	if (!rc_good(status) || !l->keys->want_image)
		return status;
	key = rc_key_image(l->keys, scan, frame, media);
	return find_or_add(l, find, add, DB_SHA(&key), image, err);
}

static struct rc_db_arg row_or_null(int64_t row)
{
	return row ? DB_INT(row) : DB_TEXT(NULL);
}

static enum rc_status drop_page(struct rc_ledger *l, int64_t page, struct rc_err *err)
{
	RC_OWN_BUF label = RC_BUF(MAX_NAME_BYTES);
	int64_t item, frame;
	enum rc_status status;

	{
		RC_OWN_QUERY q = rc_db_query(l->db, "SELECT item, label, frame FROM page WHERE id = ?", DB_INT(page));

		status = rc_db_next(q, err);
		if (status != RC_OK)
			return status;
		item = rc_db_int(q, 0);
		rc_buf_adds(&label, rc_db_text(q, 1));
		frame = rc_db_int(q, 2);
	}
	status = rc_db_do(l->db, err, "DELETE FROM page WHERE id = ?", DB_INT(page));
	return rc_good(status) ? settle_claims(l, item, label.data, frame, err) : status;
}

/* What makes rows claim the same page of an item. */
static const char *label_of(const struct rc_page_entry *p)
{
	return p->number[0] ? p->number : p->order;
}

/* Finds the row of this very page, and lists rows of earlier versions of it. */
static enum rc_status find_versions(struct rc_ledger *l, const struct rc_page_entry *p, int64_t item, int64_t turn,
                                    int64_t *same, struct ids *old, struct rc_err *err)
{
	RC_OWN_QUERY q = rc_db_query(l->db, "SELECT id, item, label, scan, turn, place FROM page"
	                             " WHERE source = ? AND member = ? AND frame = ?",
	                             DB_INT(p->source), DB_TEXT(p->member), DB_INT(p->frame));
	enum rc_status status;

	*same = 0;
	while ((status = rc_db_next(q, err)) == RC_OK) {
		struct rc_digest scan = rc_db_digest(q, 3);
		int64_t id = rc_db_int(q, 0);

		if (!*same && rc_digest_equal(&scan, &p->scan) && rc_db_int(q, 1) == item
		    && strcmp(rc_db_text(q, 2), label_of(p)) == 0 && strcmp(rc_db_text(q, 5), p->order) == 0)
			*same = id;
		else if (rc_db_int(q, 4) != turn)
			rc_buf_add(&old->bytes, &id, sizeof id);
	}
	return status == RC_SKIP ? RC_OK : status;
}

static enum rc_status confirm_page(struct rc_ledger *l, int64_t page, const struct rc_page_entry *p, int64_t turn,
                                   const struct rc_err *why, struct rc_err *err)
{
	const char *reason = why ? rc_reason_name(why->reason) : NULL;
	enum rc_status status;

	status = rc_db_do(l->db, err, "UPDATE page SET turn = ?2, stored = ?3, offset = ?4, scan_len = ?5 WHERE id = ?1",
	                  DB_INT(page), DB_INT(turn), DB_INT(p->place), DB_INT(p->offset), DB_INT(p->scan_len));
	if (rc_good(status))
		status = rc_db_do(l->db, err, "UPDATE page SET why = ?2, message = ?3 WHERE id = ?1"
		                  " AND (why IS NOT ?2 OR message IS NOT ?3)",
		                  DB_INT(page), DB_TEXT(reason), DB_TEXT(why ? why->text : NULL));
	return rc_good(status) ? settle_page(l, page, err) : status;
}

static enum rc_status insert_page(struct rc_ledger *l, const struct rc_page_entry *p, int64_t item, int64_t turn,
                                  const struct rc_err *why, struct rc_err *err)
{
	RC_OWN_BUF sort = RC_BUF(MAX_NAME_BYTES);
	int64_t read = 0, image = 0;
	enum rc_status status = file_scan(l, &p->scan, p->frame, p->media, &read, &image, err);

	rc_natural_key(&sort, p->order);
	if (rc_good(status))
		status = rc_buf_check(&sort, "the order of a page", err);
	if (!rc_good(status))
		return status;
	status = rc_db_do(l->db, err, "INSERT INTO page (item, number, label, place, sort, frame, scan, scan_len, media, stored,"
	                  " offset, source, member, turn, width, height, dpi, read, image, why, message, state)"
	                  " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	                  DB_INT(item), DB_TEXT(p->number), DB_TEXT(label_of(p)), DB_TEXT(p->order), DB_BLOB(sort.data, sort.len),
	                  DB_INT(p->frame), DB_SHA(&p->scan), DB_INT(p->scan_len), DB_INT(p->media), DB_INT(p->place),
	                  DB_INT(p->offset), DB_INT(p->source), DB_TEXT(p->member), DB_INT(turn), DB_INT(p->width),
	                  DB_INT(p->height), DB_INT(p->dpi), DB_INT(read), row_or_null(image),
	                  DB_TEXT(why ? rc_reason_name(why->reason) : NULL), DB_TEXT(why ? why->text : NULL),
	                  DB_INT(why ? PAGE_QUARANTINED : PAGE_PENDING));
	return rc_good(status) ? settle_claims(l, item, label_of(p), p->frame, err) : status;
}

enum rc_status rc_ledger_page_add(struct rc_ledger *l, const struct rc_page_entry *p, const struct rc_err *why, struct rc_err *err)
{
	OWN_IDS old = IDS;
	int64_t item = 0, turn = 0, same = 0;
	enum rc_status status = find_item(l, p->item, &item, err);

	if (rc_good(status))
		status = rc_db_number(l->db, 0, err, &turn, "SELECT turn FROM source WHERE id = ?", DB_INT(p->source));
	if (rc_good(status))
		status = find_versions(l, p, item, turn, &same, &old, err);
	for (size_t i = 0; i < ids_count(&old) && rc_good(status); i++)
		status = drop_page(l, ids_at(&old, i), err);
	if (!rc_good(status))
		return status;
	return same ? confirm_page(l, same, p, turn, why, err) : insert_page(l, p, item, turn, why, err);
}

enum rc_status rc_ledger_source_done(struct rc_ledger *l, int64_t source, struct rc_err *err)
{
	OWN_IDS old = IDS;
	enum rc_status status;

	status = ids_take(&old, rc_db_query(l->db, "SELECT p.id FROM page p JOIN source s ON s.id = p.source"
	                                    " WHERE p.source = ? AND p.turn <> s.turn", DB_INT(source)), err);
	for (size_t i = 0; i < ids_count(&old) && rc_good(status); i++)
		status = drop_page(l, ids_at(&old, i), err);
	if (rc_good(status))
		status = rc_db_do(l->db, err, "DELETE FROM fault WHERE source = ?1"
		                  " AND turn <> (SELECT turn FROM source WHERE id = ?1)", DB_INT(source));
	if (rc_good(status))
		status = rc_db_do(l->db, err, "UPDATE source SET complete = 1, gone = 0,"
		                  " walk = (SELECT walk FROM root WHERE root.id = source.root) WHERE id = ?", DB_INT(source));
	return status;
}

enum rc_status rc_ledger_source_same(struct rc_ledger *l, int64_t source, int64_t mtime_ns, struct rc_err *err)
{
	OWN_IDS back = IDS;
	enum rc_status status;

	status = rc_db_do(l->db, err, "UPDATE source SET mtime_ns = ?2, gone = 0,"
	                  " walk = (SELECT walk FROM root WHERE root.id = source.root) WHERE id = ?1"
	                  " AND (mtime_ns <> ?2 OR gone OR walk <> (SELECT walk FROM root WHERE root.id = source.root))",
	                  DB_INT(source), DB_INT(mtime_ns));
	/* The bytes that pages could not be read from are there after all. */
	if (rc_good(status))
		status = ids_take(&back, rc_db_query(l->db, "SELECT id FROM page WHERE source = ? AND scan_len > 0"
		                                     " AND why IN ('gone', 'changed')", DB_INT(source)), err);
	for (size_t i = 0; i < ids_count(&back) && rc_good(status); i++) {
		status = rc_db_do(l->db, err, "UPDATE page SET why = NULL, message = NULL WHERE id = ?", DB_INT(ids_at(&back, i)));
		if (rc_good(status))
			status = settle_page(l, ids_at(&back, i), err);
	}
	return status;
}

/* ---- keys --------------------------------------------------------------------------------------------- */

static enum rc_status rekey_page(struct rc_ledger *l, int64_t page, struct rc_err *err)
{
	struct rc_digest scan;
	int64_t frame, media, read = 0, image = 0;
	enum rc_status status;

	{
		RC_OWN_QUERY q = rc_db_query(l->db, "SELECT scan, frame, media FROM page WHERE id = ?", DB_INT(page));

		status = rc_db_next(q, err);
		if (status != RC_OK)
			return status;
		scan = rc_db_digest(q, 0);
		frame = rc_db_int(q, 1);
		media = rc_db_int(q, 2);
	}
	status = file_scan(l, &scan, (int32_t)frame, (enum rc_media)media, &read, &image, err);
	if (rc_good(status))
		status = rc_db_do(l->db, err, "UPDATE page SET read = ?2, image = ?3 WHERE id = ?1"
		                  " AND (read <> ?2 OR image IS NOT ?3)", DB_INT(page), DB_INT(read), row_or_null(image));
	return status;
}

static enum rc_status rekey_all(struct rc_ledger *l, struct rc_err *err)
{
	int64_t page = 0;
	enum rc_status status;

	for (;;) {
		status = rc_db_number(l->db, 0, err, &page, "SELECT id FROM page WHERE id > ? ORDER BY id LIMIT 1", DB_INT(page));
		if (!rc_good(status) || page == 0)
			break;
		status = rekey_page(l, page, err);
		if (!rc_good(status))
			break;
	}
	return rc_good(status) ? settle_all(l, err) : status;
}

enum rc_status rc_ledger_rekey(struct rc_ledger *l, const struct rc_keys *keys, struct rc_err *err)
{
	struct rc_digest filing = rc_keys_filing(keys);
	RC_OWN_STR before = rc_ledger_note(l, "run.filing");
	char hex[RC_DIGEST_HEX];
	enum rc_status status;

	l->keys = keys;
	status = find_or_add(l, "SELECT id FROM program WHERE key = ?", "INSERT INTO program (key, identity) VALUES (?, '')",
	                     DB_SHA(&keys->program), &l->program, err);
	if (rc_good(status))
		status = rc_db_do(l->db, err, "UPDATE program SET identity = ?2 WHERE id = ?1 AND identity <> ?2",
		                  DB_INT(l->program), DB_TEXT(keys->identity));
	if (rc_good(status))
		status = rc_db_do(l->db, err, "INSERT INTO note (name, value) VALUES ('run.program', ?1)"
		                  " ON CONFLICT (name) DO UPDATE SET value = ?1 WHERE value <> ?1", DB_INT(l->program));
	if (!rc_good(status))
		return status;
	if (before && strcmp(before, rc_digest_hex(&filing, hex)) == 0)
		return RC_SKIP;
	status = rekey_all(l, err);
	return rc_good(status) ? rc_ledger_set_note(l, "run.filing", rc_digest_hex(&filing, hex), err) : status;
}

/* ---- claims and results --------------------------------------------------------------------------------- */

void rc_claim_clear(struct rc_claim *claim)
{
	free(claim->name);
	free(claim->path);
	free(claim->sort);
	*claim = (struct rc_claim){ 0 };
}

/* "root/path!/member", whatever of it there is. */
static char *display_name(const char *root_name, const char *root_path, const char *path, const char *member)
{
	struct rc_buf name = RC_BUF(MAX_NAME_BYTES);

	rc_buf_adds(&name, root_name[0] ? root_name : root_path);
	if (path[0])
		rc_buf_addf(&name, "/%s", path);
	if (member[0])
		rc_buf_addf(&name, "!/%s", member);
	return rc_buf_take(&name);
}

static char *source_file(const char *root_path, const char *path)
{
	struct rc_buf name = RC_BUF(MAX_NAME_BYTES);

	rc_buf_adds(&name, root_path);
	if (path[0])
		rc_buf_addf(&name, "/%s", path);
	return rc_buf_take(&name);
}

#define CLAIM_COLUMNS \
	"SELECT p.id, p.read, p.image, r.object IS NULL, p.image IS NOT NULL AND i.object IS NULL, p.item, p.frame," \
	" p.scan, p.scan_len, p.offset, p.media, p.stored, p.member, s.path, s.size, s.mtime_ns, o.path, o.name, p.sort" \
	" FROM page p JOIN result r ON r.id = p.read LEFT JOIN result i ON i.id = p.image" \
	" JOIN source s ON s.id = p.source JOIN root o ON o.id = s.root WHERE p.id ="
#define CLAIM(state) \
	CLAIM_COLUMNS " (SELECT id FROM page WHERE state = " state " AND (item, sort, frame) >= (?1, ?2, ?3)" \
	"  AND ((item, sort, frame) > (?1, ?2, ?3) OR id > ?4) ORDER BY item, sort, frame, id LIMIT 1)"

static const char claim_pending[] = CLAIM("0"), claim_alone[] = CLAIM("4");

static enum rc_status claim_from_row(struct rc_query *q, struct rc_claim *ret, struct rc_err *err)
{
	struct rc_claim c = {
		.page = rc_db_int(q, 0), .read = rc_db_int(q, 1), .image = rc_db_int(q, 2), .want_read = rc_db_int(q, 3),
		.want_image = rc_db_int(q, 4), .item = rc_db_int(q, 5), .frame = rc_db_int(q, 6), .scan = rc_db_digest(q, 7),
		.scan_len = rc_db_int(q, 8), .offset = rc_db_int(q, 9), .media = (enum rc_media)rc_db_int(q, 10),
		.place = (enum rc_place)rc_db_int(q, 11), .source_size = rc_db_int(q, 14), .source_mtime_ns = rc_db_int(q, 15),
	};
	const void *sort = rc_db_blob(q, 18, &c.sort_len);

	c.name = display_name(rc_db_text(q, 17), rc_db_text(q, 16), rc_db_text(q, 13), rc_db_text(q, 12));
	c.path = source_file(rc_db_text(q, 16), rc_db_text(q, 13));
	c.sort = malloc(c.sort_len + 1);
	if (!c.name || !c.path || !c.sort) {
		rc_claim_clear(&c);
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_BUG, "cannot claim a page: no memory");
	}
	if (c.sort_len)
		memcpy(c.sort, sort, c.sort_len);
	*ret = c;
	return RC_OK;
}

enum rc_status rc_ledger_claim(struct rc_ledger *l, const struct rc_claim *after, bool alone, struct rc_claim *ret, struct rc_err *err)
{
	static const struct rc_claim start = { .sort = rc_buf_nothing };
	const struct rc_claim *from = after && after->sort ? after : &start;
	RC_OWN_QUERY q = rc_db_query(l->db, alone ? claim_alone : claim_pending, DB_INT(from->item),
	                             DB_BLOB(from->sort, from->sort_len), DB_INT(from->frame), DB_INT(from->page));
	enum rc_status status = rc_db_next(q, err);

	return status == RC_OK ? claim_from_row(q, ret, err) : status;
}

enum rc_status rc_ledger_claim_page(struct rc_ledger *l, int64_t page, struct rc_claim *ret, struct rc_err *err)
{
	RC_OWN_QUERY q = rc_db_query(l->db, CLAIM_COLUMNS " ?1 AND p.state IN (0, 4)", DB_INT(page));
	enum rc_status status = rc_db_next(q, err);

	return status == RC_OK ? claim_from_row(q, ret, err) : status;
}

enum rc_status rc_ledger_result(struct rc_ledger *l, int64_t result, const struct rc_reading *r, struct rc_err *err)
{
	enum rc_status status;

	if (r->again)
		status = rc_db_do(l->db, err, "UPDATE result SET tries = tries + 1 WHERE id = ?", DB_INT(result));
	else
		status = rc_db_do(l->db, err, "UPDATE result SET object = ?2, program = ?3, reason = ?4, message = ?5,"
		                  " confidence = ?6, tries = 0 WHERE id = ?1", DB_INT(result), DB_SHA(r->object), DB_INT(l->program),
		                  DB_TEXT(r->object ? NULL : rc_reason_name(r->why->reason)),
		                  DB_TEXT(r->object ? NULL : r->why->text), DB_REAL(r->confidence));
	if (rc_good(status) && r->object && r->wall_ms > 0) {
		status = rc_ledger_add(l, RC_COUNT_READ_MS, r->wall_ms, err);
		if (rc_good(status))
			status = rc_ledger_add(l, RC_COUNT_READ_TIMED, 1, err);
	}
	return rc_good(status) ? settle_result(l, result, err) : status;
}

enum rc_status rc_ledger_page_bad(struct rc_ledger *l, int64_t page, const struct rc_err *why, struct rc_err *err)
{
	enum rc_status status = rc_db_do(l->db, err, "UPDATE page SET why = ?2, message = ?3 WHERE id = ?1", DB_INT(page),
	                                 DB_TEXT(rc_reason_name(why->reason)), DB_TEXT(why->text));

	return rc_good(status) ? settle_page(l, page, err) : status;
}

/* ---- upgrade and retry ----------------------------------------------------------------------------------- */

int64_t rc_ledger_stale(struct rc_ledger *l)
{
	int64_t program = l->program, n = 0;

	if (!program)
		(void)rc_db_number(l->db, 0, NULL, &program, "SELECT value FROM note WHERE name = 'run.program'");
	/* Two ranges, so that the index tells at once when there is none. */
	(void)rc_db_number(l->db, 0, NULL, &n, "SELECT count(*) FROM page WHERE state IN (1, 2) AND"
	                   " (read IN (SELECT id FROM result WHERE program < ?1 UNION ALL SELECT id FROM result WHERE program > ?1)"
	                   " OR image IN (SELECT id FROM result WHERE program < ?1 UNION ALL SELECT id FROM result WHERE program > ?1))",
	                   DB_INT(program));
	return n;
}

enum rc_status rc_ledger_upgrade(struct rc_ledger *l, int64_t *n, struct rc_err *err)
{
	enum rc_status status;

	*n = rc_ledger_stale(l);
	status = rc_db_do(l->db, err, "UPDATE result SET object = NULL, reason = NULL, message = NULL, program = NULL, tries = 0"
	                  " WHERE program <> ? AND (EXISTS (SELECT 1 FROM page WHERE read = result.id)"
	                  " OR EXISTS (SELECT 1 FROM page WHERE image = result.id))", DB_INT(l->program));
	return rc_good(status) ? settle_all(l, err) : status;
}

/* The source must be walked again: what is wrong with it was found while ingesting. */
static enum rc_status retry_source(struct rc_ledger *l, int64_t source, struct rc_err *err)
{
	enum rc_status status = rc_db_do(l->db, err, "UPDATE source SET complete = 0, walk = 0 WHERE id = ?", DB_INT(source));

	return rc_good(status) ? rc_db_do(l->db, err, "UPDATE root SET walking = 1 WHERE id ="
	                                  " (SELECT root FROM source WHERE id = ?)", DB_INT(source)) : status;
}

static enum rc_status forget_failure(struct rc_ledger *l, int64_t result, struct rc_err *err)
{
	enum rc_status status = rc_db_do(l->db, err, "UPDATE result SET reason = NULL, message = NULL, tries = 0, program = NULL"
	                                 " WHERE id = ? AND reason IS NOT NULL", DB_INT(result));

	return rc_good(status) ? settle_result(l, result, err) : status;
}

/* Trouble of the page's own that opening its scan again may cure. */
static bool may_open_now(const char *why)
{
	enum rc_reason reason = rc_reason_find(why);

	return reason == RC_WHY_GONE || reason == RC_WHY_CHANGED;
}

static enum rc_status retry_page(struct rc_ledger *l, int64_t page, int64_t *n, struct rc_err *err)
{
	int64_t read, image, source, len;
	bool own, conflict, open_now;
	enum rc_status status;

	{
		RC_OWN_QUERY q = rc_db_query(l->db, "SELECT read, image, source, scan_len, conflict, why FROM page"
		                             " WHERE id = ? AND state = 2", DB_INT(page));

		status = rc_db_next(q, err);
		if (status != RC_OK)
			return status;
		read = rc_db_int(q, 0);
		image = rc_db_int(q, 1);
		source = rc_db_int(q, 2);
		len = rc_db_int(q, 3);
		conflict = rc_db_int(q, 4);
		own = rc_db_text(q, 5);
		open_now = own && len > 0 && may_open_now(rc_db_text(q, 5));
	}
	if (conflict)
		return RC_SKIP;
	(*n)++;
	if (own && !open_now)
		return retry_source(l, source, err);
	if (own)
		status = rc_db_do(l->db, err, "UPDATE page SET why = NULL, message = NULL WHERE id = ?", DB_INT(page));
	if (rc_good(status))
		status = settle_page(l, page, err);
	if (rc_good(status))
		status = forget_failure(l, read, err);
	return rc_good(status) && image ? forget_failure(l, image, err) : status;
}

enum rc_status rc_ledger_retry(struct rc_ledger *l, const char *reason, int64_t *n_pages, int64_t *n_sources, struct rc_err *err)
{
	OWN_IDS pages = IDS;
	OWN_IDS sources = IDS;
	enum rc_status status;

	*n_pages = *n_sources = 0;
	status = ids_take(&pages, rc_db_query(l->db, "SELECT id FROM page WHERE state = 2 AND reason = COALESCE(?, reason)",
	                                      DB_TEXT(reason)), err);
	if (rc_good(status))
		status = ids_take(&sources, rc_db_query(l->db, "SELECT DISTINCT source FROM fault WHERE reason = COALESCE(?, reason)",
		                                        DB_TEXT(reason)), err);
	for (size_t i = 0; i < ids_count(&pages) && rc_good(status); i++)
		status = retry_page(l, ids_at(&pages, i), n_pages, err);
	for (size_t i = 0; i < ids_count(&sources) && rc_good(status); i++) {
		status = retry_source(l, ids_at(&sources, i), err);
		++*n_sources;
	}
	return rc_good(status) ? RC_OK : status;
}
