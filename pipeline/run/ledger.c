/* ledger.c -- the tables of a batch, its notes and its totals.
 *
 *   root      a path somebody named; `walk` counts its walks, `walking` says that one is not finished
 *   source    a file below a root; `turn` counts how often it was begun, so that what was not added
 *             again in the last turn can be told from what was
 *   ignored   what is no scan               fault   what should be one and cannot be read
 *   page      a frame of a scan and its place in an item. Rows of one (item, label, frame) claim the same
 *             page: with one digest, the later rows are twins; with two, all of them are in conflict.
 *             `why` is the page's own trouble, `reason` what it is in quarantine for
 *   result    what came of a key (keys.h): an object, or a reason. Pages share results by `read` and `image`
 *   program   who made results: page stages, libraries, models
 *   item      its record and decision. `touched`: pages_key must be computed again. `todo`: perhaps its
 *             record must be
 *   correction   a line that a person corrected, by scan, frame and box; `file`: the object it came in
 *   revision  records that corrections made old ones
 *   object    where a digest's bytes are      pack    how far each pack's objects are all known
 *   notice    changes of the quarantine that quarantine/ does not show yet
 *   total     see enum rc_ledger_count
 *   note      small memories of stages
 *
 * The state of a page follows from its rows alone, and the view `settled` says how; whoever changes a
 * row settles the pages it touches. Totals, an item's counts, and notices are kept by triggers, so that
 * no writer can forget them and no reader ever counts a table. A step costs the same in a batch of 10^7
 * pages as in one of 10^2: every question below goes through an index, and queues have partial indexes
 * that hold only what is waiting. */
#include "run/ledger.h"

#include <string.h>

#include "run/ledger_states.h"

static const char tables[] =
	"CREATE TABLE note (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE total (what INTEGER PRIMARY KEY, n INTEGER NOT NULL);"

	"CREATE TABLE root (id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, name TEXT NOT NULL DEFAULT '',"
	"  walk INTEGER NOT NULL DEFAULT 1, walking INTEGER NOT NULL DEFAULT 1);"

	"CREATE TABLE source (id INTEGER PRIMARY KEY, root INTEGER NOT NULL, path TEXT NOT NULL,"
	"  size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, digest BLOB, media INTEGER NOT NULL,"
	"  complete INTEGER NOT NULL DEFAULT 0, gone INTEGER NOT NULL DEFAULT 0,"
	"  walk INTEGER NOT NULL, turn INTEGER NOT NULL DEFAULT 1,"
	"  n_pages INTEGER NOT NULL DEFAULT 0, n_faults INTEGER NOT NULL DEFAULT 0,"
	"  kind INTEGER GENERATED ALWAYS AS (CASE WHEN n_pages > 0 THEN 11 WHEN n_faults > 0 THEN 12"
	"    WHEN complete THEN 13 ELSE 10 END) VIRTUAL,"
	"  UNIQUE (root, path));"
	"CREATE TABLE ignored (id INTEGER PRIMARY KEY, source INTEGER NOT NULL, member TEXT);"
	"CREATE INDEX ignored_source ON ignored (source);"
	"CREATE TABLE fault (id INTEGER PRIMARY KEY, source INTEGER NOT NULL, member TEXT, turn INTEGER NOT NULL,"
	"  reason TEXT NOT NULL, message TEXT NOT NULL);"
	"CREATE INDEX fault_source ON fault (source);"
	"CREATE INDEX fault_reason ON fault (reason);"

	"CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, fields TEXT NOT NULL DEFAULT '{}',"
	"  n_pages INTEGER NOT NULL DEFAULT 0, n_pending INTEGER NOT NULL DEFAULT 0, n_bad INTEGER NOT NULL DEFAULT 0,"
	"  touched INTEGER NOT NULL DEFAULT 1, todo INTEGER NOT NULL DEFAULT 1, pages_key BLOB,"
	"  recorded_pages_key BLOB, record_key BLOB, record BLOB, decision TEXT, rank BLOB);"
	"CREATE INDEX item_todo ON item (name) WHERE todo AND n_pending = 0 AND n_pages > 0;"
	"CREATE INDEX item_recorded ON item (name) WHERE record IS NOT NULL;"
	"CREATE INDEX item_ranked ON item (rank, name) WHERE rank IS NOT NULL;"
	"CREATE INDEX item_empty ON item (name) WHERE n_pages = 0 AND (record IS NOT NULL OR rank IS NOT NULL);"

	"CREATE TABLE program (id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, identity TEXT NOT NULL);"
	"CREATE TABLE result (id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, program INTEGER, object BLOB,"
	"  reason TEXT, message TEXT, tries INTEGER NOT NULL DEFAULT 0, confidence REAL);"
	"CREATE INDEX result_program ON result (program) WHERE program IS NOT NULL;"

	"CREATE TABLE page (id INTEGER PRIMARY KEY, item INTEGER NOT NULL, number TEXT NOT NULL, label TEXT NOT NULL,"
	"  place TEXT NOT NULL, sort BLOB NOT NULL, frame INTEGER NOT NULL, scan BLOB, scan_len INTEGER NOT NULL,"
	"  media INTEGER NOT NULL, stored INTEGER NOT NULL, offset INTEGER NOT NULL, source INTEGER NOT NULL,"
	"  member TEXT NOT NULL, turn INTEGER NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL,"
	"  dpi INTEGER NOT NULL, read INTEGER NOT NULL, image INTEGER, twin INTEGER NOT NULL DEFAULT 0,"
	"  conflict INTEGER NOT NULL DEFAULT 0, why TEXT, message TEXT, state INTEGER NOT NULL, reason TEXT);"
	"CREATE INDEX page_item ON page (item, sort, frame);"
	"CREATE INDEX page_label ON page (item, label, frame);"
	"CREATE INDEX page_source ON page (source, member, frame);"
	"CREATE INDEX page_read ON page (read);"
	"CREATE INDEX page_image ON page (image) WHERE image IS NOT NULL;"
	"CREATE INDEX page_pending ON page (item, sort, frame) WHERE state = 0;"
	"CREATE INDEX page_alone ON page (item, sort, frame) WHERE state = 4;"
	"CREATE INDEX page_bad ON page (reason) WHERE state = 2;"

	"CREATE TABLE object (digest BLOB PRIMARY KEY, pack INTEGER NOT NULL, offset INTEGER NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE pack (id INTEGER PRIMARY KEY, known INTEGER NOT NULL);"
	"CREATE TABLE notice (name TEXT PRIMARY KEY, page INTEGER, fault INTEGER) WITHOUT ROWID;";

/* What a page's state and reason ought to be (enum page_state). */
static const char views[] =
	"CREATE VIEW settled AS SELECT p.id AS id, p.read AS read, p.image AS image,"
	"  CASE WHEN p.conflict THEN 'id-conflict' ELSE COALESCE(p.why, r.reason, i.reason) END AS reason,"
	"  CASE WHEN p.twin THEN 3"
	"       WHEN p.conflict OR p.why IS NOT NULL OR r.reason IS NOT NULL OR i.reason IS NOT NULL THEN 2"
	"       WHEN r.object IS NOT NULL AND (p.image IS NULL OR i.object IS NOT NULL) THEN 1"
	"       WHEN r.tries > 0 OR i.tries > 0 THEN 4"
	"       ELSE 0 END AS state"
	" FROM page p JOIN result r ON r.id = p.read LEFT JOIN result i ON i.id = p.image;";

#define ADD(what, n) "UPDATE total SET n = n + (" n ") WHERE what = " what ";"
#define IS(alias, states) "(" alias ".state IN (" states "))"
#define NOTICE(alias) "INSERT OR REPLACE INTO notice (name, page)" \
	" SELECT name || '.' || " alias ".id || '.txt', " alias ".id FROM item WHERE id = " alias ".item;"

static const char triggers[] =
	"CREATE TRIGGER page_in AFTER INSERT ON page BEGIN "
	ADD("NEW.state", "1")
	"UPDATE source SET n_pages = n_pages + 1 WHERE id = NEW.source;"
	"UPDATE item SET touched = 1, todo = 1, n_pages = n_pages + (NEW.state <> 3),"
	"  n_pending = n_pending + " IS("NEW", "0, 4") ", n_bad = n_bad + (NEW.state = 2) WHERE id = NEW.item; END;"
	"CREATE TRIGGER page_out AFTER DELETE ON page BEGIN "
	ADD("OLD.state", "-1")
	"UPDATE source SET n_pages = n_pages - 1 WHERE id = OLD.source;"
	"UPDATE item SET touched = 1, todo = 1, n_pages = n_pages - (OLD.state <> 3),"
	"  n_pending = n_pending - " IS("OLD", "0, 4") ", n_bad = n_bad - (OLD.state = 2) WHERE id = OLD.item; END;"
	"CREATE TRIGGER page_moves AFTER UPDATE OF state ON page WHEN OLD.state <> NEW.state BEGIN "
	ADD("OLD.state", "-1") ADD("NEW.state", "1")
	"UPDATE item SET n_pages = n_pages - (OLD.state <> 3) + (NEW.state <> 3),"
	"  n_pending = n_pending - " IS("OLD", "0, 4") " + " IS("NEW", "0, 4") ","
	"  n_bad = n_bad - (OLD.state = 2) + (NEW.state = 2) WHERE id = NEW.item; END;"
	"CREATE TRIGGER page_touches AFTER UPDATE OF state, reason, why, read, image, source ON page BEGIN"
	"  UPDATE item SET touched = 1, todo = 1 WHERE id = NEW.item; END;"

	"CREATE TRIGGER page_bad_in AFTER INSERT ON page WHEN NEW.state = 2 BEGIN " NOTICE("NEW") "END;"
	"CREATE TRIGGER page_bad_out AFTER DELETE ON page WHEN OLD.state = 2 BEGIN " NOTICE("OLD") "END;"
	"CREATE TRIGGER page_bad_moves AFTER UPDATE OF state, reason ON page"
	"  WHEN (OLD.state = 2) <> (NEW.state = 2) OR NEW.state = 2 AND OLD.reason IS NOT NEW.reason BEGIN " NOTICE("NEW") "END;"

	"CREATE TRIGGER fault_in AFTER INSERT ON fault BEGIN " ADD("23", "1")
	"UPDATE source SET n_faults = n_faults + 1 WHERE id = NEW.source;"
	"INSERT OR REPLACE INTO notice (name, fault) VALUES ('source.' || NEW.id || '.txt', NEW.id); END;"
	"CREATE TRIGGER fault_out AFTER DELETE ON fault BEGIN " ADD("23", "-1")
	"UPDATE source SET n_faults = n_faults - 1 WHERE id = OLD.source;"
	"INSERT OR REPLACE INTO notice (name, fault) VALUES ('source.' || OLD.id || '.txt', OLD.id); END;"

	"CREATE TRIGGER ignored_in AFTER INSERT ON ignored BEGIN " ADD("24", "1") "END;"
	"CREATE TRIGGER ignored_out AFTER DELETE ON ignored BEGIN " ADD("24", "-1") "END;"
	"CREATE TRIGGER source_in AFTER INSERT ON source BEGIN " ADD("NEW.kind", "1") "END;"
	"CREATE TRIGGER source_moves AFTER UPDATE ON source WHEN OLD.kind <> NEW.kind BEGIN "
	ADD("OLD.kind", "-1") ADD("NEW.kind", "1") "END;"
	"CREATE TRIGGER source_goes AFTER UPDATE OF gone ON source WHEN OLD.gone <> NEW.gone BEGIN "
	ADD("25", "NEW.gone - OLD.gone") "END;"

	"CREATE TRIGGER item_moves AFTER UPDATE ON item BEGIN "
	ADD("20", "(NEW.n_pages > 0) - (OLD.n_pages > 0)")
	ADD("21", "(NEW.record IS NOT NULL) - (OLD.record IS NOT NULL)")
	ADD("22", "(NEW.rank IS NOT NULL) - (OLD.rank IS NOT NULL)") "END;";

/* What version 2 has more than version 1; where an older program was killed, some of it is there. */
static const char corrections[] =
	"CREATE TABLE IF NOT EXISTS correction (scan BLOB NOT NULL, frame INTEGER NOT NULL, x INTEGER NOT NULL, y INTEGER NOT NULL,"
	"  w INTEGER NOT NULL, h INTEGER NOT NULL, polygon BLOB, direction INTEGER NOT NULL, text TEXT NOT NULL, file BLOB NOT NULL,"
	"  PRIMARY KEY (scan, frame, x, y, w, h)) WITHOUT ROWID;"
	"CREATE TABLE IF NOT EXISTS revision (item INTEGER NOT NULL, number INTEGER NOT NULL, record BLOB NOT NULL, PRIMARY KEY (item, number)) WITHOUT ROWID;"
	"CREATE INDEX IF NOT EXISTS page_scan ON page (scan, frame);";

/* What version 3 has more than version 2: of new lines, beside which one they stand; of all, whether they are gone, and how large the
 * frame is (nobody else knows it where a scan could not be read). */
static const char places[] =
	"ALTER TABLE correction ADD COLUMN beside BLOB;"
	"ALTER TABLE correction ADD COLUMN before INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE correction ADD COLUMN rank INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE correction ADD COLUMN begins INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE correction ADD COLUMN gone INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE correction ADD COLUMN width INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE correction ADD COLUMN height INTEGER NOT NULL DEFAULT 0;";

static enum rc_status make_tables(struct rc_ledger *l, struct rc_err *err)
{
	enum rc_status status = rc_db_do(l->db, err, "PRAGMA user_version = 1");

	if (rc_good(status))
		status = rc_db_script(l->db, tables, err);
	if (rc_good(status))
		status = rc_db_script(l->db, views, err);
	if (rc_good(status))
		status = rc_db_script(l->db, triggers, err);
	for (int what = 0; what < 40 && rc_good(status); what++)
		status = rc_db_do(l->db, err, "INSERT INTO total (what, n) VALUES (?, 0)", DB_INT(what));
	return rc_good(status) ? rc_db_commit(l->db, err) : status;
}

/* All of it in one transaction: who is killed in the middle finds version 1 again. */
static enum rc_status make_corrections(struct rc_ledger *l, struct rc_err *err)
{
	enum rc_status status = rc_db_do(l->db, err, "PRAGMA user_version = 2");

	if (rc_good(status))
		status = rc_db_script(l->db, corrections, err);
	return rc_good(status) ? rc_db_commit(l->db, err) : status;
}

static enum rc_status make_places(struct rc_ledger *l, struct rc_err *err)
{
	enum rc_status status = rc_db_do(l->db, err, "PRAGMA user_version = 3");

	if (rc_good(status))
		status = rc_db_script(l->db, places, err);
	return rc_good(status) ? rc_db_commit(l->db, err) : status;
}

enum rc_status rc_ledger_open(const char *path, bool reading, struct rc_ledger **ret, struct rc_err *err)
{
	RC_CLEANUP(rc_ledger_close) struct rc_ledger *l = calloc(1, sizeof *l);
	enum rc_status status;
	int64_t version;

	if (!l)
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_BUG, "cannot open '%s': no memory", path);
	status = rc_db_open(path, reading, &l->db, err);
	if (rc_good(status))
		status = rc_db_number(l->db, 0, err, &version, "PRAGMA user_version");
	if (!rc_good(status))
		return status;
	if (version == 0 && !reading)
		status = make_tables(l, err);
	else if (version < 1 || version > 3)
		status = rc_fail(err, RC_RUN_FAILED, RC_WHY_FORMAT, "cannot use '%s': its tables have version %d, not 1 to 3", path, (int)version);
	if (rc_good(status) && version < 2 && !reading)
		status = make_corrections(l, err);
	if (rc_good(status) && version < 3 && !reading)
		status = make_places(l, err);
	l->corrections = version >= 2 || !reading;
	l->places = version >= 3 || !reading;
	if (!rc_good(status))
		return status;
	*ret = rc_steal(l);
	return RC_OK;
}

void rc_ledger_close(struct rc_ledger **ledger)
{
	if (!*ledger)
		return;
	rc_db_close(&(*ledger)->db);
	free(*ledger);
	*ledger = NULL;
}

enum rc_status rc_ledger_commit(struct rc_ledger *l, struct rc_err *err)
{
	return rc_db_commit(l->db, err);
}

void rc_ledger_rollback(struct rc_ledger *l)
{
	rc_db_rollback(l->db);
}

/* ---- notes and totals ------------------------------------------------------------------------------ */

char *rc_ledger_note(struct rc_ledger *l, const char *name)
{
	RC_OWN_QUERY q = rc_db_query(l->db, "SELECT value FROM note WHERE name = ?", DB_TEXT(name));

	return rc_db_next(q, NULL) == RC_OK ? strdup(rc_db_text(q, 0)) : NULL;
}

enum rc_status rc_ledger_set_note(struct rc_ledger *l, const char *name, const char *value, struct rc_err *err)
{
	return rc_db_do(l->db, err, "INSERT INTO note (name, value) VALUES (?1, ?2)"
	                " ON CONFLICT (name) DO UPDATE SET value = ?2 WHERE value <> ?2", DB_TEXT(name), DB_TEXT(value));
}

int64_t rc_ledger_count(struct rc_ledger *l, enum rc_ledger_count what)
{
	int64_t n = 0;

	(void)rc_db_number(l->db, 0, NULL, &n, "SELECT n FROM total WHERE what = ?", DB_INT(what));
	return n;
}

enum rc_status rc_ledger_add(struct rc_ledger *l, enum rc_ledger_count what, int64_t n, struct rc_err *err)
{
	return rc_db_do(l->db, err, "UPDATE total SET n = n + ?2 WHERE what = ?1", DB_INT(what), DB_INT(n));
}

/* ---- objects --------------------------------------------------------------------------------------- */

enum rc_status rc_ledger_object(struct rc_ledger *l, const struct rc_digest *d, struct rc_object_place *ret, struct rc_err *err)
{
	RC_OWN_QUERY q = rc_db_query(l->db, "SELECT pack, offset FROM object WHERE digest = ?", DB_SHA(d));
	enum rc_status status = rc_db_next(q, err);

	if (status == RC_OK)
		*ret = (struct rc_object_place){ .pack = rc_db_int(q, 0), .offset = rc_db_int(q, 1) };
	return status;
}

enum rc_status rc_ledger_object_add(struct rc_ledger *l, const struct rc_digest *d, const struct rc_object_place *place,
                                    struct rc_err *err)
{
	return rc_db_do(l->db, err, "INSERT OR IGNORE INTO object (digest, pack, offset) VALUES (?, ?, ?)",
	                DB_SHA(d), DB_INT(place->pack), DB_INT(place->offset));
}

enum rc_status rc_ledger_object_move(struct rc_ledger *l, const struct rc_digest *d, const struct rc_object_place *place, struct rc_err *err)
{
	return rc_db_do(l->db, err, "UPDATE object SET pack = ?2, offset = ?3 WHERE digest = ?1", DB_SHA(d), DB_INT(place->pack), DB_INT(place->offset));
}

enum rc_status rc_ledger_pack(struct rc_ledger *l, int64_t pack, int64_t *known, struct rc_err *err)
{
	RC_OWN_QUERY q = rc_db_query(l->db, "SELECT known FROM pack WHERE id = ?", DB_INT(pack));
	enum rc_status status = rc_db_next(q, err);

	if (status == RC_OK)
		*known = rc_db_int(q, 0);
	return status;
}

enum rc_status rc_ledger_pack_grown(struct rc_ledger *l, int64_t pack, int64_t known, struct rc_err *err)
{
	return rc_db_do(l->db, err, "INSERT INTO pack (id, known) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET known = ?2",
	                DB_INT(pack), DB_INT(known));
}
