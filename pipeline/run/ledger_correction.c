/* ledger_correction.c -- lines that people corrected, and the records that this made old ones.
 *
 * A correction belongs to a place on a frame of a scan, not to a reading: other models and settings come and go beside it. */
#include <string.h>

#include "run/ledger.h"

static struct rc_correction correction_from_row(struct rc_query *q)
{
	struct rc_correction c = {
		.box = { (int32_t)rc_db_int(q, 0), (int32_t)rc_db_int(q, 1), (int32_t)rc_db_int(q, 2), (int32_t)rc_db_int(q, 3) },
		.direction = (enum rc_direction)rc_db_int(q, 5), .text = rc_db_text(q, 6),
	};
	size_t len;
	const void *polygon = rc_db_blob(q, 4, &len);

	if (polygon && len == sizeof c.polygon)
		memcpy(c.polygon, polygon, sizeof c.polygon);
	const void *beside = rc_db_blob(q, 7, &len);

	if (beside && len == sizeof c.beside)
		memcpy(&c.beside, beside, sizeof c.beside);
	c.rank = (int32_t)rc_db_int(q, 8);
	c.begins = rc_db_int(q, 9);
	c.gone = rc_db_int(q, 10);
	c.width = (int32_t)rc_db_int(q, 11);
	c.height = (int32_t)rc_db_int(q, 12);
	c.before = rc_db_int(q, 13);
	return c;
}

enum rc_status rc_ledger_each_correction(struct rc_ledger *l, const struct rc_digest *scan, int32_t frame, rc_correction_fn *fn, void *ctx,
                                         struct rc_err *err)
{
	enum rc_status status;

	if (!l->corrections)
		return RC_OK;
	const char *of_places = "SELECT x, y, w, h, polygon, direction, text, beside, rank, begins, gone, width, height, before FROM correction"
	                        " WHERE scan = ? AND frame = ? ORDER BY x, y, w, h";
	const char *of_version_2 = "SELECT x, y, w, h, polygon, direction, text, NULL, 0, 0, 0, 0, 0, 0 FROM correction"
	                           " WHERE scan = ? AND frame = ? ORDER BY x, y, w, h";
	RC_OWN_QUERY q = rc_db_query(l->db, l->places ? of_places : of_version_2, DB_SHA(scan), DB_INT(frame));

	while ((status = rc_db_next(q, err)) == RC_OK) {
		struct rc_correction c = correction_from_row(q);

		status = fn(ctx, &c, err);
		if (!rc_good(status))
			return status;
	}
	return status == RC_SKIP ? RC_OK : status;
}

/* ---- writing -------------------------------------------------------------------------------------------- */

/* Which corrections of a frame one makes place for (?3 to ?6: its box). A line that is gone takes only its like with it: it may have lain
 * over others. */
#define COMMON " max(0, min(x + w, ?3 + ?5) - max(x, ?3)) * max(0, min(y + h, ?4 + ?6) - max(y, ?4)) "
#define ALIKE "scan = ?1 AND frame = ?2 AND 3 *" COMMON ">= w * h + ?5 * ?6"
#define OVERLAPPED "scan = ?1 AND frame = ?2 AND 2 *" COMMON ">= w * h"
#define OF_BOX(scan, frame, b) DB_SHA(scan), DB_INT(frame), DB_INT((b).x), DB_INT((b).y), DB_INT((b).w), DB_INT((b).h)

static enum rc_status drop_replaced(struct rc_ledger *l, const struct rc_digest *scan, int32_t frame, const struct rc_correction *c, struct rc_err *err)
{
	return c->gone ? rc_db_do(l->db, err, "DELETE FROM correction WHERE " ALIKE, OF_BOX(scan, frame, c->box))
	               : rc_db_do(l->db, err, "DELETE FROM correction WHERE " OVERLAPPED, OF_BOX(scan, frame, c->box));
}

/* The place of a line that only people know is written down with it alone. Who corrects it stands there too, and who takes it away
 * keeps the place for those that stand beside it. */
static enum rc_status inherit_place(struct rc_ledger *l, const struct rc_digest *scan, int32_t frame, struct rc_correction *c, struct rc_err *err)
{
	const char *alike = "SELECT beside, rank, begins, before FROM correction WHERE " ALIKE
	                    " AND (beside IS NOT NULL OR begins) ORDER BY" COMMON "DESC, x, y, w, h LIMIT 1";
	const char *overlapped = "SELECT beside, rank, begins, before FROM correction WHERE " OVERLAPPED
	                         " AND (beside IS NOT NULL OR begins) ORDER BY" COMMON "DESC, x, y, w, h LIMIT 1";

	if (c->beside.w > 0 || c->begins)
		return RC_OK;
	RC_OWN_QUERY q = rc_db_query(l->db, c->gone ? alike : overlapped, OF_BOX(scan, frame, c->box));
	enum rc_status status = rc_db_next(q, err);
	size_t len;

	if (status != RC_OK)
		return status == RC_SKIP ? RC_OK : status;
	const void *beside = rc_db_blob(q, 0, &len);

	if (beside && len == sizeof c->beside)
		memcpy(&c->beside, beside, sizeof c->beside);
	c->rank = (int32_t)rc_db_int(q, 1);
	c->begins = rc_db_int(q, 2);
	c->before = rc_db_int(q, 3);
	return RC_OK;
}

static bool is_turned(const struct rc_correction *c)
{
	for (size_t i = 0; i < RC_COUNT(c->polygon); i++)
		if (c->polygon[i])
			return true;
	return false;
}

static enum rc_status insert(struct rc_ledger *l, const struct rc_digest *scan, int32_t frame, const struct rc_correction *c,
                             const struct rc_digest *file, struct rc_err *err)
{
	return rc_db_do(l->db, err, "INSERT INTO correction (scan, frame, x, y, w, h, polygon, direction, text, file, beside, rank, begins,"
	                " gone, width, height, before) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", OF_BOX(scan, frame, c->box),
	                DB_BLOB(is_turned(c) ? c->polygon : NULL, sizeof c->polygon), DB_INT(c->direction), DB_TEXT(c->text), DB_SHA(file),
	                DB_BLOB(c->beside.w > 0 ? &c->beside : NULL, sizeof c->beside), DB_INT(c->rank), DB_INT(c->begins), DB_INT(c->gone),
	                DB_INT(c->width), DB_INT(c->height), DB_INT(c->before));
}

enum rc_status rc_ledger_correct(struct rc_ledger *l, const struct rc_digest *scan, int32_t frame, const struct rc_correction *correction,
                                 const struct rc_digest *file, struct rc_err *err)
{
	struct rc_correction c = *correction;
	enum rc_status status = inherit_place(l, scan, frame, &c, err);

	if (rc_good(status))
		status = drop_replaced(l, scan, frame, &c, err);

	if (rc_good(status))
		status = insert(l, scan, frame, &c, file, err);
	if (rc_good(status))
		status = rc_db_do(l->db, err, "UPDATE item SET touched = 1, todo = 1 WHERE id IN (SELECT item FROM page WHERE scan = ? AND frame = ?)",
		                  DB_SHA(scan), DB_INT(frame));
	return status;
}

/* ---- revisions --------------------------------------------------------------------------------------------- */

int64_t rc_ledger_revision(struct rc_ledger *l, const char *item)
{
	int64_t n = 0;

	if (l->corrections)
		(void)rc_db_number(l->db, 0, NULL, &n, "SELECT max(number) FROM revision WHERE item = (SELECT id FROM item WHERE name = ?)",
		                   DB_TEXT(item));
	return n + 1;
}

enum rc_status rc_ledger_add_revision(struct rc_ledger *l, const char *item, const struct rc_digest *record, struct rc_err *err)
{
	int64_t number = rc_ledger_revision(l, item);

	return rc_db_do(l->db, err, "INSERT INTO revision (item, number, record) SELECT t.id, ?2, ?3 FROM item t WHERE t.name = ?1 AND NOT EXISTS"
	                " (SELECT 1 FROM revision v WHERE v.item = t.id AND v.number = ?2 - 1 AND v.record = ?3)",
	                DB_TEXT(item), DB_INT(number), DB_SHA(record));
}

enum rc_status rc_ledger_each_revision(struct rc_ledger *l, const char *item, rc_revision_fn *fn, void *ctx, struct rc_err *err)
{
	enum rc_status status;

	if (!l->corrections)
		return RC_OK;
	RC_OWN_QUERY q = rc_db_query(l->db, "SELECT number, record FROM revision WHERE item = (SELECT id FROM item WHERE name = ?)"
	                             " ORDER BY number", DB_TEXT(item));

	while ((status = rc_db_next(q, err)) == RC_OK) {
		struct rc_digest record = rc_db_digest(q, 1);

		status = fn(ctx, rc_db_int(q, 0), &record, err);
		if (!rc_good(status))
			return status;
	}
	return status == RC_SKIP ? RC_OK : status;
}
