/* ledger_source.c -- roots and sources, what is ignored in them and what is at fault. */
#include <string.h>

#include "core/text.h"
#include "run/ledger.h"

/* ---- roots ------------------------------------------------------------------------------------------ */

enum rc_status rc_ledger_name_source(struct rc_ledger *l, const char *path, struct rc_err *err)
{
	return rc_db_do(l->db, err, "INSERT INTO root (path) VALUES (?)"
	                " ON CONFLICT (path) DO UPDATE SET walk = walk + 1, walking = 1", DB_TEXT(path));
}

enum { MAX_ROOT_PATH = 1 << 16 };

/* The roots after `after`, one at a time, so that fn may write. */
static enum rc_status next_root(struct rc_ledger *l, bool only_walking, int64_t after, struct rc_root *ret,
                                struct rc_buf *path, struct rc_buf *name, struct rc_err *err)
{
	RC_OWN_QUERY q = rc_db_query(l->db, "SELECT id, path, name FROM root WHERE id > ? AND walking >= ? ORDER BY id LIMIT 1",
	                             DB_INT(after), DB_INT(only_walking));
	enum rc_status status = rc_db_next(q, err);

	if (status != RC_OK)
		return status;
	rc_buf_clear(path);
	rc_buf_adds(path, rc_db_text(q, 1));
	rc_buf_clear(name);
	rc_buf_adds(name, rc_db_text(q, 2));
	*ret = (struct rc_root){ .id = rc_db_int(q, 0), .path = path->data, .name = name->data };
	return RC_OK;
}

enum rc_status rc_ledger_each_root(struct rc_ledger *l, bool only_walking, rc_root_fn *fn, void *ctx, struct rc_err *err)
{
	RC_OWN_BUF path = RC_BUF(MAX_ROOT_PATH);
	RC_OWN_BUF name = RC_BUF(MAX_ROOT_PATH);
	struct rc_root root = { 0 };
	enum rc_status status;

	while ((status = next_root(l, only_walking, root.id, &root, &path, &name, err)) == RC_OK) {
		status = fn(ctx, &root, err);
		if (!rc_good(status))
			return status;
	}
	return status == RC_SKIP ? RC_OK : status;
}

/* The name stands in outputs, so the items below the root must be looked at again. */
enum rc_status rc_ledger_name_root(struct rc_ledger *l, int64_t root, const char *name, struct rc_err *err)
{
	enum rc_status status = rc_db_do(l->db, err, "UPDATE root SET name = ?2 WHERE id = ?1 AND name <> ?2",
	                                 DB_INT(root), DB_TEXT(name));

	if (!rc_good(status) || rc_db_changes(l->db) == 0)
		return status;
	return rc_db_do(l->db, err, "UPDATE item SET touched = 1, todo = 1 WHERE id IN (SELECT DISTINCT p.item FROM source s"
	                " JOIN page p ON p.source = s.id WHERE s.root = ?)", DB_INT(root));
}

enum rc_status rc_ledger_root_done(struct rc_ledger *l, int64_t root, void (*on_gone)(void *ctx, const char *path),
                                   void *ctx, struct rc_err *err)
{
	enum rc_status status;

	{
		RC_OWN_QUERY q = rc_db_query(l->db, "SELECT s.path FROM source s JOIN root r ON r.id = s.root"
		                             " WHERE s.root = ? AND s.walk <> r.walk AND NOT s.gone ORDER BY s.path", DB_INT(root));

		while ((status = rc_db_next(q, err)) == RC_OK)
			on_gone(ctx, rc_db_text(q, 0));
	}
	if (rc_good(status))
		status = rc_db_do(l->db, err, "UPDATE source SET gone = 1 WHERE root = ?1 AND NOT gone"
		                  " AND walk <> (SELECT walk FROM root WHERE id = ?1)", DB_INT(root));
	if (rc_good(status))
		status = rc_db_do(l->db, err, "UPDATE root SET walking = 0 WHERE id = ?", DB_INT(root));
	return status;
}

/* ---- sources ---------------------------------------------------------------------------------------- */

enum rc_status rc_ledger_source(struct rc_ledger *l, int64_t root, const char *path, struct rc_source *ret, struct rc_err *err)
{
	RC_OWN_QUERY q = rc_db_query(l->db, "SELECT s.id, s.size, s.mtime_ns, s.digest, s.media, s.complete, s.walk = r.walk"
	                             " FROM source s JOIN root r ON r.id = s.root WHERE s.root = ? AND s.path = ?",
	                             DB_INT(root), DB_TEXT(path));
	enum rc_status status = rc_db_next(q, err);

	if (status != RC_OK)
		return status;
	*ret = (struct rc_source){
		.id = rc_db_int(q, 0), .root = root, .path = path, .size = rc_db_int(q, 1), .mtime_ns = rc_db_int(q, 2),
		.digest = rc_db_digest(q, 3), .media = (enum rc_media)rc_db_int(q, 4),
		.complete = rc_db_int(q, 5), .seen = rc_db_int(q, 6),
	};
	return RC_OK;
}

enum rc_status rc_ledger_source_begin(struct rc_ledger *l, struct rc_source *s, struct rc_err *err)
{
	enum rc_status status;
	int64_t id;

	status = rc_db_do(l->db, err, "INSERT INTO source (root, path, size, mtime_ns, digest, media, walk)"
	                  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, (SELECT walk FROM root WHERE id = ?1))"
	                  " ON CONFLICT (root, path) DO UPDATE SET size = ?3, mtime_ns = ?4, digest = ?5, media = ?6,"
	                  " walk = excluded.walk, turn = turn + 1, complete = 0, gone = 0",
	                  DB_INT(s->root), DB_TEXT(s->path), DB_INT(s->size), DB_INT(s->mtime_ns), DB_SHA(&s->digest), DB_INT(s->media));
	if (rc_good(status))
		status = rc_db_number(l->db, 0, err, &id, "SELECT id FROM source WHERE root = ? AND path = ?",
		                      DB_INT(s->root), DB_TEXT(s->path));
	if (rc_good(status))
		status = rc_db_do(l->db, err, "DELETE FROM ignored WHERE source = ?", DB_INT(id));
	/* A page's quarantine file and record name the digest of its source. */
	if (rc_good(status))
		status = rc_db_do(l->db, err, "UPDATE item SET touched = 1, todo = 1 WHERE id IN"
		                  " (SELECT DISTINCT item FROM page WHERE source = ?)", DB_INT(id));
	if (rc_good(status))
		s->id = id;
	return status;
}

enum rc_status rc_ledger_ignore(struct rc_ledger *l, int64_t source, const char *member, struct rc_err *err)
{
	return rc_db_do(l->db, err, "INSERT INTO ignored (source, member) VALUES (?, ?)",
	                DB_INT(source), DB_TEXT(member));
}

/* The same fault found again keeps its row, and so its file in quarantine/. */
enum rc_status rc_ledger_fault(struct rc_ledger *l, int64_t source, const char *member, const struct rc_err *why, struct rc_err *err)
{
	enum rc_status status;

	status = rc_db_do(l->db, err, "UPDATE fault SET turn = (SELECT turn FROM source WHERE id = ?1)"
	                  " WHERE source = ?1 AND member IS ?2 AND reason = ?3 AND message = ?4",
	                  DB_INT(source), DB_TEXT(member), DB_TEXT(rc_reason_name(why->reason)), DB_TEXT(why->text));
	if (!rc_good(status) || rc_db_changes(l->db) > 0)
		return status;
	return rc_db_do(l->db, err, "INSERT INTO fault (source, member, turn, reason, message)"
	                " VALUES (?1, ?2, (SELECT turn FROM source WHERE id = ?1), ?3, ?4)",
	                DB_INT(source), DB_TEXT(member), DB_TEXT(rc_reason_name(why->reason)), DB_TEXT(why->text));
}

/* ---- for people ------------------------------------------------------------------------------------- */

enum rc_status rc_ledger_each_ignored(struct rc_ledger *l, int64_t limit, rc_ignored_fn *fn, void *ctx, struct rc_err *err)
{
	RC_OWN_QUERY q = rc_db_query(l->db, "SELECT r.path, s.path, i.member FROM ignored i JOIN source s ON s.id = i.source"
	                             " JOIN root r ON r.id = s.root ORDER BY i.id LIMIT ?", DB_INT(limit));
	enum rc_status status;

	while ((status = rc_db_next(q, err)) == RC_OK) {
		status = fn(ctx, rc_db_text(q, 0), rc_db_text(q, 1), rc_db_text(q, 2), err);
		if (!rc_good(status))
			return status;
	}
	return status == RC_SKIP ? RC_OK : status;
}
