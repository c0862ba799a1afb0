/* ledger_garbage.c -- what nothing refers to any more, asked for by gc.c.
 *
 * Whoever adds a table that refers to objects adds it to rc_ledger_mark(): what is not marked is thrown away. */
#include "run/ledger.h"

/* Not `id NOT IN (...)`: that would keep all of the ids in memory. Each question goes through an index of page. */
#define UNUSED " NOT EXISTS (SELECT 1 FROM page WHERE page.read = result.id) AND NOT EXISTS (SELECT 1 FROM page WHERE page.image = result.id)"

enum rc_status rc_ledger_unused_results(struct rc_ledger *l, int64_t *ret, struct rc_err *err)
{
	return rc_db_number(l->db, 0, err, ret, "SELECT count(*) FROM result WHERE" UNUSED);
}

enum rc_status rc_ledger_forget_unused_results(struct rc_ledger *l, struct rc_err *err)
{
	return rc_db_do(l->db, err, "DELETE FROM result WHERE" UNUSED);
}

enum rc_status rc_ledger_mark(struct rc_ledger *l, struct rc_err *err)
{
	enum rc_status status = rc_ledger_unmark(l, err);

	if (rc_good(status))
		status = rc_db_do(l->db, err, "CREATE TABLE mark (digest BLOB PRIMARY KEY) WITHOUT ROWID");
	if (rc_good(status))
		status = rc_db_do(l->db, err, "INSERT OR IGNORE INTO mark SELECT object FROM result WHERE object IS NOT NULL AND NOT (" UNUSED ")");
	if (rc_good(status))
		status = rc_db_do(l->db, err, "INSERT OR IGNORE INTO mark SELECT scan FROM page WHERE stored = ? AND scan IS NOT NULL", DB_INT(RC_IN_OBJECT));
	if (rc_good(status))
		status = rc_db_do(l->db, err, "INSERT OR IGNORE INTO mark SELECT file FROM correction");
	return rc_good(status) ? rc_db_do(l->db, err, "INSERT OR IGNORE INTO mark SELECT record FROM revision") : status;
}

enum rc_status rc_ledger_unmark(struct rc_ledger *l, struct rc_err *err)
{
	return rc_db_do(l->db, err, "DROP TABLE IF EXISTS mark");
}

bool rc_ledger_is_marked(struct rc_ledger *l, const struct rc_digest *d)
{
	RC_OWN_QUERY q = rc_db_query(l->db, "SELECT 1 FROM mark WHERE digest = ?", DB_SHA(d));

	return rc_db_next(q, NULL) == RC_OK;
}

enum rc_status rc_ledger_each_pack(struct rc_ledger *l, enum rc_status (*fn)(void *ctx, int64_t pack, int64_t objects, struct rc_err *err),
                                   void *ctx, struct rc_err *err)
{
	RC_OWN_QUERY q = rc_db_query(l->db, "SELECT pack, count(*) FROM object GROUP BY pack");
	enum rc_status status;

	while ((status = rc_db_next(q, err)) == RC_OK) {
		status = fn(ctx, rc_db_int(q, 0), rc_db_int(q, 1), err);
		if (!rc_good(status))
			return status;
	}
	return status == RC_SKIP ? RC_OK : status;
}

enum rc_status rc_ledger_object_forget(struct rc_ledger *l, const struct rc_digest *d, struct rc_err *err)
{
	return rc_db_do(l->db, err, "DELETE FROM object WHERE digest = ?", DB_SHA(d));
}

enum rc_status rc_ledger_pack_forget(struct rc_ledger *l, int64_t pack, struct rc_err *err)
{
	return rc_db_do(l->db, err, "DELETE FROM pack WHERE id = ?", DB_INT(pack));
}
