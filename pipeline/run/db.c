/* db.c -- the door to SQLite.
 *
 *   rc_db_open()      connection and pragmas
 *   cached()          a prepared statement by the address of its text
 *   rc_db_query(), rc_db_next(), rc_db_do()
 *   db_fail()         SQLite's codes as statuses and reasons
 *
 * The statement cache is an array searched by pointer: there are under a hundred texts, and comparing
 * a hundred pointers is nothing beside one step of SQLite. A text whose statement is still running
 * gets a second one, so that callbacks may ask the same question their caller is iterating over. */
#include "run/db.h"

#include <errno.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>

#include "core/buf.h"

enum {
	MAX_STATEMENTS = 256,
	READER_PATIENCE_MS = 10000,     /* a commit holds readers off for milliseconds; a slow disk for seconds */
	CACHE_KIB = 64 << 10,
};

struct rc_query {
	struct rc_db *db;
	const char *sql;                /* NULL: free slot */
	sqlite3_stmt *statement;        /* NULL: could not be prepared, see code */
	int code;                       /* of preparing or binding */
	bool running;
};

struct rc_db {
	sqlite3 *connection;
	char *path;
	bool in_transaction;
	bool broken;                    /* something in the transaction failed: it must not be committed */
	struct rc_query statements[MAX_STATEMENTS];
};

static enum rc_status db_fail(struct rc_db *db, int code, struct rc_err *err)
{
	int cause = db->connection ? sqlite3_system_errno(db->connection) : 0;

	db->broken = true;
	switch (code & 0xff) {
	case SQLITE_FULL:
		errno = ENOSPC;
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_DISK, "cannot write '%s'", db->path);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_BUSY, "cannot use '%s': locked by another process", db->path);
	case SQLITE_NOTADB:
	case SQLITE_CORRUPT:
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_FORMAT, "cannot read '%s': %s", db->path, sqlite3_errstr(code));
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
	case SQLITE_READONLY:
	case SQLITE_IOERR:
		if (cause == ENOSPC || cause == EDQUOT || (code & 0xff) == SQLITE_IOERR) {
			errno = cause ? cause : EIO;
			return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_DISK, "cannot use '%s'", db->path);
		}
		if (cause) {
			errno = cause;
			return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot use '%s'", db->path);
		}
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot use '%s': %s", db->path, sqlite3_errstr(code));
	default:
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_BUG, "cannot use '%s': %s", db->path,
		               db->connection ? sqlite3_errmsg(db->connection) : sqlite3_errstr(code));
	}
}

/* ---- connection ------------------------------------------------------------------------------------ */

static enum rc_status configure(struct rc_db *db, bool reading, struct rc_err *err)
{
	RC_OWN_BUF sql = RC_BUF(1000);

	sqlite3_extended_result_codes(db->connection, 1);
	sqlite3_busy_timeout(db->connection, READER_PATIENCE_MS);
	rc_buf_addf(&sql, "PRAGMA cache_size = -%d; PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = OFF;", CACHE_KIB);
	if (reading)
		rc_buf_adds(&sql, "PRAGMA query_only = ON;");
	else    /* one journal file that is kept: no directory entry made and removed with every commit */
		rc_buf_adds(&sql, "PRAGMA page_size = 4096; PRAGMA journal_mode = PERSIST;"
		            "PRAGMA journal_size_limit = 16777216; PRAGMA synchronous = NORMAL;"
		            "PRAGMA recursive_triggers = OFF;");
	return rc_db_script(db, sql.data, err);
}

/* A reader also needs the right to write where it can get it: only so can SQLite roll back what a killed
 * owner left half done. */
static int connect_to(const char *path, bool reading, sqlite3 **ret)
{
	int code;

	if (!reading)
		return sqlite3_open_v2(path, ret, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
	code = sqlite3_open_v2(path, ret, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	if (code == SQLITE_OK)
		return code;
	sqlite3_close(*ret);
	return sqlite3_open_v2(path, ret, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL);
}

enum rc_status rc_db_open(const char *path, bool reading, struct rc_db **ret, struct rc_err *err)
{
	RC_CLEANUP(rc_db_close) struct rc_db *db = calloc(1, sizeof *db);
	enum rc_status status;
	struct stat st;
	int code;

	if (!db || !(db->path = strdup(path)))
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_BUG, "cannot open '%s': no memory", path);
	if (reading && stat(path, &st) != 0)
		return rc_fail_errno(err, RC_RUN_FAILED, RC_WHY_MISSING, "cannot open '%s'", path);
	code = connect_to(path, reading, &db->connection);
	if (code != SQLITE_OK)
		return db_fail(db, code, err);
	status = configure(db, reading, err);
	if (!rc_good(status))
		return status;
	*ret = rc_steal(db);
	return RC_OK;
}

void rc_db_close(struct rc_db **db)
{
	if (!*db)
		return;
	for (size_t i = 0; i < MAX_STATEMENTS; i++)
		sqlite3_finalize((*db)->statements[i].statement);
	sqlite3_close((*db)->connection);
	free((*db)->path);
	free(*db);
	*db = NULL;
}

enum rc_status rc_db_script(struct rc_db *db, const char *sql, struct rc_err *err)
{
	int code = sqlite3_exec(db->connection, sql, NULL, NULL, NULL);

	return code == SQLITE_OK ? RC_OK : db_fail(db, code, err);
}

const char *rc_db_version(void)
{
	return sqlite3_libversion();
}

/* ---- statements ------------------------------------------------------------------------------------ */

static struct rc_query *cached(struct rc_db *db, const char *sql)
{
	struct rc_query *free_slot = NULL;

	for (struct rc_query *q = db->statements; q < db->statements + MAX_STATEMENTS; q++) {
		if (q->sql == sql && !q->running)
			return q;
		if (!q->sql) {
			free_slot = q;
			break;
		}
	}
	if (!free_slot)         /* a bug that tests meet: more texts or nesting than anybody wrote */
		abort();
	free_slot->db = db;
	free_slot->sql = sql;
	free_slot->code = sqlite3_prepare_v3(db->connection, sql, -1, SQLITE_PREPARE_PERSISTENT, &free_slot->statement, NULL);
	return free_slot;
}

static int bind(sqlite3_stmt *statement, int index, const struct rc_db_arg *arg)
{
	switch (arg->kind) {
	case DB_ARG_INT:
		return sqlite3_bind_int64(statement, index, arg->number);
	case DB_ARG_REAL:
		return sqlite3_bind_double(statement, index, arg->real);
	case DB_ARG_TEXT:
		return sqlite3_bind_text(statement, index, arg->bytes, -1, SQLITE_STATIC);
	default:
		return arg->bytes ? sqlite3_bind_blob64(statement, index, arg->bytes, arg->len, SQLITE_STATIC)
		                  : sqlite3_bind_null(statement, index);
	}
}

struct rc_db_arg rc_db_sha(const struct rc_digest *d)
{
	bool there = d && !rc_digest_is_zero(d);

	return DB_BLOB(there ? d->bytes : NULL, sizeof d->bytes);
}

struct rc_query *rc_db_query_args(struct rc_db *db, const char *sql, const struct rc_db_arg *args)
{
	struct rc_query *q = cached(db, sql);

	q->running = true;
	if (!q->statement)
		return q;
	q->code = SQLITE_OK;
	for (int i = 0; args[i].kind != DB_ARG_END && q->code == SQLITE_OK; i++)
		q->code = bind(q->statement, i + 1, &args[i]);
	return q;
}

enum rc_status rc_db_next(struct rc_query *q, struct rc_err *err)
{
	int code = q->code;

	if (code == SQLITE_OK)
		code = sqlite3_step(q->statement);
	if (code == SQLITE_ROW)
		return RC_OK;
	return code == SQLITE_DONE ? RC_SKIP : db_fail(q->db, code, err);
}

void rc_db_end(struct rc_query **q)
{
	if (!*q)
		return;
	if ((*q)->statement) {
		sqlite3_reset((*q)->statement);
		sqlite3_clear_bindings((*q)->statement);
	}
	(*q)->running = false;
	*q = NULL;
}

static enum rc_status begin(struct rc_db *db, struct rc_err *err)
{
	enum rc_status status;

	if (db->in_transaction)
		return RC_OK;
	status = rc_db_script(db, "BEGIN IMMEDIATE", err);
	db->in_transaction = rc_good(status);
	db->broken = false;
	return status;
}

enum rc_status rc_db_do_args(struct rc_db *db, struct rc_err *err, const char *sql, const struct rc_db_arg *args)
{
	enum rc_status status = begin(db, err);
	RC_OWN_QUERY q = NULL;

	if (!rc_good(status))
		return status;
	q = rc_db_query_args(db, sql, args);
	while ((status = rc_db_next(q, err)) == RC_OK)
		;
	return status == RC_SKIP ? RC_OK : status;
}

enum rc_status rc_db_number_args(struct rc_db *db, int64_t fallback, struct rc_err *err, int64_t *ret,
                                 const char *sql, const struct rc_db_arg *args)
{
	RC_OWN_QUERY q = rc_db_query_args(db, sql, args);
	enum rc_status status = rc_db_next(q, err);

	if (!rc_good(status))
		return status;
	*ret = status == RC_OK ? rc_db_int(q, 0) : fallback;
	return RC_OK;
}

int64_t rc_db_int(struct rc_query *q, int column)
{
	return sqlite3_column_int64(q->statement, column);
}

const char *rc_db_text(struct rc_query *q, int column)
{
	return (const char *)sqlite3_column_text(q->statement, column);
}

const void *rc_db_blob(struct rc_query *q, int column, size_t *len)
{
	const void *bytes = sqlite3_column_blob(q->statement, column);

	*len = (size_t)sqlite3_column_bytes(q->statement, column);
	return bytes;
}

struct rc_digest rc_db_digest(struct rc_query *q, int column)
{
	struct rc_digest d = { { 0 } };
	size_t len;
	const void *bytes = rc_db_blob(q, column, &len);

	if (bytes && len == sizeof d.bytes)
		memcpy(d.bytes, bytes, len);
	return d;
}

int64_t rc_db_last_id(struct rc_db *db)
{
	return sqlite3_last_insert_rowid(db->connection);
}

int64_t rc_db_changes(struct rc_db *db)
{
	return sqlite3_changes64(db->connection);
}

/* ---- transactions ----------------------------------------------------------------------------------- */

bool rc_db_dirty(const struct rc_db *db)
{
	return db->in_transaction;
}

enum rc_status rc_db_commit(struct rc_db *db, struct rc_err *err)
{
	enum rc_status status;

	if (!db->in_transaction)
		return RC_OK;
	if (db->broken) {
		rc_db_rollback(db);
		return rc_fail(err, RC_RUN_FAILED, RC_WHY_DISK, "cannot write '%s': an earlier step failed", db->path);
	}
	status = rc_db_script(db, "COMMIT", err);
	if (rc_good(status))
		db->in_transaction = false;
	else
		rc_db_rollback(db);
	return status;
}

void rc_db_rollback(struct rc_db *db)
{
	if (db->in_transaction)
		sqlite3_exec(db->connection, "ROLLBACK", NULL, NULL, NULL);
	db->in_transaction = db->broken = false;
}
