/* db.h -- the door to SQLite: statements that are prepared once, typed arguments, errors as values.
 *
 *     rc_db_do(db, err, "UPDATE root SET name = ? WHERE id = ?", DB_TEXT(name), DB_INT(id))
 *
 *     RC_OWN_QUERY q = rc_db_query(db, "SELECT id, name FROM root WHERE walk = ?", DB_INT(1));
 *     while ((status = rc_db_next(q, err)) == RC_OK)
 *             use(rc_db_int(q, 0), rc_db_text(q, 1));
 *     if (status != RC_SKIP) return status;
 *
 * SQL is always a string literal: the cache of prepared statements goes by its address. A transaction
 * begins by itself with the first rc_db_do() and lasts until rc_db_commit(); what was not committed
 * was never there. A rollback journal and no write-ahead log, so that network file systems will do. */
#ifndef RC_DB_H
#define RC_DB_H

#include "core/digest.h"

struct rc_db;
struct rc_query;                /* a running statement; borrowed from the cache until rc_db_end() */

struct rc_db_arg {
	enum { DB_ARG_END, DB_ARG_INT, DB_ARG_REAL, DB_ARG_TEXT, DB_ARG_BLOB } kind;
	int64_t number;
	double real;
	const void *bytes;          /* NULL: SQL NULL. Borrowed until the statement ends. */
	size_t len;
};
#define DB_INT(value)       ((struct rc_db_arg){ .kind = DB_ARG_INT, .number = (value) })
#define DB_REAL(value)      ((struct rc_db_arg){ .kind = DB_ARG_REAL, .real = (value) })
#define DB_TEXT(string)     ((struct rc_db_arg){ .kind = DB_ARG_TEXT, .bytes = (string) })
#define DB_BLOB(data, size) ((struct rc_db_arg){ .kind = DB_ARG_BLOB, .bytes = (data), .len = (size) })
/* A digest by address; NULL and the zero digest are SQL NULL. */
#define DB_SHA(digest)      rc_db_sha(digest)
struct rc_db_arg rc_db_sha(const struct rc_digest *d);

/* reading: never writes (but rolls back what a killed owner left half done, as SQLite must).
 * RC_RUN_FAILED/missing when there is none and reading, /disk, /format (not a ledger), /busy. */
enum rc_status rc_db_open(const char *path, bool reading, struct rc_db **ret, struct rc_err *err);
void rc_db_close(struct rc_db **db);
/* Runs a script of several statements outside the cache. */
enum rc_status rc_db_script(struct rc_db *db, const char *sql, struct rc_err *err);

#define DB_ARGS(...) (const struct rc_db_arg[]){ __VA_ARGS__ __VA_OPT__(,) { .kind = DB_ARG_END } }
#define rc_db_do(db, err, sql, ...) rc_db_do_args(db, err, sql, DB_ARGS(__VA_ARGS__))
#define rc_db_query(db, sql, ...)   rc_db_query_args(db, sql, DB_ARGS(__VA_ARGS__))
/* Returns one number, or fallback when there is no row. */
#define rc_db_number(db, fallback, err, ret, sql, ...) \
	rc_db_number_args(db, fallback, err, ret, sql, DB_ARGS(__VA_ARGS__))

enum rc_status rc_db_do_args(struct rc_db *db, struct rc_err *err, const char *sql, const struct rc_db_arg *args);
/* Never NULL; an error shows at the first rc_db_next(). */
struct rc_query *rc_db_query_args(struct rc_db *db, const char *sql, const struct rc_db_arg *args);
enum rc_status rc_db_number_args(struct rc_db *db, int64_t fallback, struct rc_err *err, int64_t *ret,
                                 const char *sql, const struct rc_db_arg *args);
/* RC_OK: a row is there. RC_SKIP: no more. */
enum rc_status rc_db_next(struct rc_query *q, struct rc_err *err);
void rc_db_end(struct rc_query **q);
#define RC_OWN_QUERY RC_CLEANUP(rc_db_end) struct rc_query *

/* Columns from 0; strings and blobs are borrowed until the next rc_db_next(). */
int64_t rc_db_int(struct rc_query *q, int column);
const char *rc_db_text(struct rc_query *q, int column);         /* NULL for SQL NULL */
const void *rc_db_blob(struct rc_query *q, int column, size_t *len);
struct rc_digest rc_db_digest(struct rc_query *q, int column);  /* zero for SQL NULL */

int64_t rc_db_last_id(struct rc_db *db);
int64_t rc_db_changes(struct rc_db *db);        /* rows touched by the last rc_db_do() */
bool rc_db_dirty(const struct rc_db *db);       /* is there anything to commit? */
/* After a failed statement nothing is committed: everything since the last commit is taken back. */
enum rc_status rc_db_commit(struct rc_db *db, struct rc_err *err);
void rc_db_rollback(struct rc_db *db);
const char *rc_db_version(void);                /* of SQLite, for --version */

#endif
