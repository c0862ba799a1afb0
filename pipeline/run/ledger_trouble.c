/* ledger_trouble.c -- the quarantine as people see it: notices for quarantine/, lists, tallies. */
#include <string.h>

#include "run/ledger.h"

#define PAGE_TROUBLE "it.name || '.' || p.id || '.txt', p.state IS 2, it.name, p.number, p.frame, o.path, s.path, p.member," \
	" p.reason, CASE WHEN p.conflict THEN NULL ELSE COALESCE(p.message, r.message, i.message) END"
#define PAGE_JOINS " JOIN item it ON it.id = p.item JOIN result r ON r.id = p.read LEFT JOIN result i ON i.id = p.image" \
	" JOIN source s ON s.id = p.source JOIN root o ON o.id = s.root"
#define FAULT_TROUBLE "'source.' || f.id || '.txt', 1, NULL, NULL, 0, o.path, s.path, f.member, f.reason, f.message"
#define FAULT_JOINS " JOIN source s ON s.id = f.source JOIN root o ON o.id = s.root"

static struct rc_trouble trouble_from_row(struct rc_query *q)
{
	struct rc_trouble t = {
		.name = rc_db_text(q, 0), .present = rc_db_int(q, 1), .item = rc_db_text(q, 2), .number = rc_db_text(q, 3),
		.frame = rc_db_int(q, 4), .root_path = rc_db_text(q, 5), .source_path = rc_db_text(q, 6),
		.member = rc_db_text(q, 7), .reason = rc_db_text(q, 8), .message = rc_db_text(q, 9),
	};

	if (!t.reason)
		t.reason = "none";
	if (!t.message)
		t.message = rc_reason_meaning(rc_reason_find(t.reason));
	return t;
}

static enum rc_status each_row(struct rc_query *query, int64_t *n, rc_trouble_fn *fn, void *ctx, struct rc_err *err)
{
	RC_OWN_QUERY q = query;
	enum rc_status status;

	while ((status = rc_db_next(q, err)) == RC_OK) {
		struct rc_trouble t = trouble_from_row(q);

		status = fn(ctx, &t, err);
		if (!rc_good(status))
			return status;
		++*n;
	}
	return status == RC_SKIP ? RC_OK : status;
}

enum rc_status rc_ledger_each_trouble(struct rc_ledger *l, int64_t limit, rc_trouble_fn *fn, void *ctx, struct rc_err *err)
{
	int64_t n = 0;
	enum rc_status status;

	status = each_row(rc_db_query(l->db, "SELECT " PAGE_TROUBLE " FROM page p" PAGE_JOINS " WHERE p.state = 2"
	                              " ORDER BY p.reason, p.id LIMIT ?", DB_INT(limit)), &n, fn, ctx, err);
	if (!rc_good(status))
		return status;
	return each_row(rc_db_query(l->db, "SELECT " FAULT_TROUBLE " FROM fault f" FAULT_JOINS " ORDER BY f.reason, f.id LIMIT ?",
	                            DB_INT(limit - n)), &n, fn, ctx, err);
}

/* ---- notices -------------------------------------------------------------------------------------------- */

/* The name counts, not the row alone: the number of a row that went may be another page's by now. */
static enum rc_status show_notice(struct rc_ledger *l, const char *name, int64_t page, int64_t fault,
                                  rc_trouble_fn *fn, void *ctx, struct rc_err *err)
{
	struct rc_trouble gone = { .name = name };
	int64_t n = 0;
	enum rc_status status;

	if (page)
		status = each_row(rc_db_query(l->db, "SELECT " PAGE_TROUBLE " FROM page p" PAGE_JOINS " WHERE p.id = ? AND p.state = 2"
		                              " AND it.name || '.' || p.id || '.txt' = ?", DB_INT(page), DB_TEXT(name)), &n, fn, ctx, err);
	else
		status = each_row(rc_db_query(l->db, "SELECT " FAULT_TROUBLE " FROM fault f" FAULT_JOINS " WHERE f.id = ?",
		                              DB_INT(fault)), &n, fn, ctx, err);
	return rc_good(status) && n == 0 ? fn(ctx, &gone, err) : status;
}

enum rc_status rc_ledger_each_notice(struct rc_ledger *l, rc_trouble_fn *fn, void *ctx, struct rc_err *err)
{
	RC_OWN_BUF name = RC_BUF(1 << 16);
	int64_t page, fault;
	enum rc_status status;

	for (;;) {
		{
			RC_OWN_QUERY q = rc_db_query(l->db, "SELECT name, page, fault FROM notice LIMIT 1");

			status = rc_db_next(q, err);
			if (status != RC_OK)
				return status == RC_SKIP ? RC_OK : status;
			rc_buf_clear(&name);
			rc_buf_adds(&name, rc_db_text(q, 0));
			page = rc_db_int(q, 1);
			fault = rc_db_int(q, 2);
		}
		status = show_notice(l, name.data, page, fault, fn, ctx, err);
		if (rc_good(status))
			status = rc_db_do(l->db, err, "DELETE FROM notice WHERE name = ?", DB_TEXT(name.data));
		if (!rc_good(status))
			return status;
	}
}

enum rc_status rc_ledger_tell(struct rc_query *q, rc_tally_fn *fn, void *ctx, struct rc_err *err)
{
	enum rc_status status;

	while ((status = rc_db_next(q, err)) == RC_OK) {
		status = fn(ctx, rc_db_text(q, 0), rc_db_int(q, 1), err);
		if (!rc_good(status))
			return status;
	}
	return status == RC_SKIP ? RC_OK : status;
}

enum rc_status rc_ledger_tally(struct rc_ledger *l, rc_tally_fn *fn, void *ctx, struct rc_err *err)
{
	RC_OWN_QUERY q = rc_db_query(l->db, "SELECT reason, sum(n) AS n FROM"
	                             " (SELECT reason, count(*) AS n FROM page WHERE state = 2 GROUP BY reason"
	                             "  UNION ALL SELECT reason, count(*) FROM fault GROUP BY reason)"
	                             " GROUP BY reason ORDER BY n DESC, reason");

	return rc_ledger_tell(q, fn, ctx, err);
}
