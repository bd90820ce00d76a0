/* db/db.h - one SQL interface over the drivers (sqlite.c today; PostgreSQL takes the same texts).
 *
 * SQL is written once: placeholders are ?1, ?2 ...; columns are INTEGER (64 bits), TEXT (UTF-8) or
 * BLOB; RETURNING, ON CONFLICT and LIMIT are allowed; ids are given by the caller, never by the
 * database. What else differs between databases is the driver's business.
 *
 * One connection writes and belongs to one thread at a time; readers come from a pool, see the last
 * commit as a snapshot, and never wait for the writer.
 *
 * Errors: ERR_FULL, the disk is full (nothing of the transaction stays); ERR_IO; ERR_CONFLICT, a
 * constraint; ERR_BUSY, another process keeps the database locked; ERR_CORRUPT; ERR_INTERNAL, SQL
 * that does not parse or a misuse of this interface. A failed sync ends the program: see os_die().
 */
#ifndef MANDATE_DB_DB_H
#define MANDATE_DB_DB_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum {
    DB_READERS_MAX = 16,           /* one a thread that serves pages; each costs about 0.5 MB */
    DB_STATEMENTS_MAX = 256,       /* prepared and kept by one connection; a power of two */
    DB_BUSY_WAIT_MS = 10000,       /* another process' short transaction ends in this time */
    DB_READER_WAIT_US = 5000000,   /* for a free reader; beyond it: ERR_BUSY */
    DB_CHECKPOINT_PAGES = 4000,    /* 16 MB of log are moved into the database at once */
    DB_WRITER_CACHE_KB = 8000,     /* hot ends of the indexes */
    DB_READER_CACHE_KB = 1000,     /* the system's page cache holds the rest */
    DB_VALUE_BYTES_MAX = 64 << 20, /* one column; a pack archive is the largest */
};

struct db;      /* a database with its connections; opaque */
struct db_conn; /* one connection; opaque */

struct db_options {
    const char *path; /* of the SQLite file; made when it is not there */
    uint32_t readers; /* 1..DB_READERS_MAX; opened when first needed */
};
/* Yours: db_close(). Text is borrowed for the call. */
MUST_USE bool db_open(struct db **out, const struct db_options *options, struct err *err);
/* Every reader must have been given back. Moves the log into the database file. */
void db_close(struct db *db); /* NULL is fine */

struct db_conn *db_writer(struct db *db);
/* A reader within a transaction of its own: all it reads is of one moment. Give it back soon: the
 * log cannot shrink below what it sees. */
MUST_USE bool db_reader_take(struct db_conn **out, struct db *db, struct err *err);
/* From here on it sees the newest commit. */
MUST_USE bool db_reader_again(struct db_conn *reader, struct err *err);
void db_reader_give(struct db *db, struct db_conn *reader);

enum db_type { DB_NULL, DB_I64, DB_TEXT, DB_BLOB };
struct db_value {
    enum db_type type;
    int64_t n;
    struct str bytes; /* borrowed until the call that takes it returns */
};
static inline struct db_value db_n(int64_t n) {
    return (struct db_value){DB_I64, n, {NULL, 0}};
}
static inline struct db_value db_t(struct str text) {
    return (struct db_value){DB_TEXT, 0, text};
}
static inline struct db_value db_b(struct str blob) {
    return (struct db_value){DB_BLOB, 0, blob};
}
static inline struct db_value db_null(void) {
    return (struct db_value){DB_NULL, 0, {NULL, 0}};
}
/* NULL when the text is empty. */
static inline struct db_value db_t_or_null(struct str text) {
    return text.len == 0 ? db_null() : db_t(text);
}
/* NULL when n is 0: "no such row" of an id, "not yet" of a time. */
static inline struct db_value db_n_or_null(int64_t n) {
    return n == 0 ? db_null() : db_n(n);
}
/* db_run(conn, "...?1 ?2", DB_ARGS(db_n(1), db_t(name)), err) */
#define DB_ARGS(...)                                                                               \
    (const struct db_value[]){__VA_ARGS__}, COUNT_OF(((const struct db_value[]){__VA_ARGS__}))
#define DB_NO_ARGS NULL, 0

/* A statement without rows (those of a RETURNING are dropped). sql must live as long as the
 * program: a literal. */
MUST_USE bool db_run(struct db_conn *conn, const char *sql, const struct db_value *args,
                     size_t arg_count, struct err *err);
int64_t db_changed(const struct db_conn *conn); /* rows changed by the last db_run() */
int64_t db_written(const struct db_conn *conn); /* rows written since it was opened */
/* Several statements in one text, prepared for this once: migrations. */
MUST_USE bool db_script(struct db_conn *conn, const char *sql, struct err *err);

/* Rows, one after the other:
 *     if (!db_query(&rows, conn, "SELECT ...", DB_ARGS(db_n(id)), err)) return false;
 *     while (db_next(&rows, err)) ... db_col_i64(&rows, 0) ...
 *     return db_end(&rows, err);
 * Text and blobs of a row are borrowed until the next db_next() or db_end(). */
struct db_rows {
    struct db_conn *conn;
    void *statement;
    int32_t slot; /* in the connection's cache; -1: of its own */
};
MUST_USE bool db_query(struct db_rows *rows, struct db_conn *conn, const char *sql,
                       const struct db_value *args, size_t arg_count, struct err *err);
/* The same for a text that was put together, which need live for the call only: prepared for this
 * once. What stands in it is code's; what came from outside is among the args. */
MUST_USE bool db_query_once(struct db_rows *rows, struct db_conn *conn, const char *sql,
                            const struct db_value *args, size_t arg_count, struct err *err);
bool db_next(struct db_rows *rows, struct err *err);         /* false at the end and on error */
MUST_USE bool db_end(struct db_rows *rows, struct err *err); /* false when err is set */
int db_col_count(const struct db_rows *rows);
enum db_type db_col_type(const struct db_rows *rows, int column);
int64_t db_col_i64(const struct db_rows *rows, int column);     /* NULL reads as 0 */
struct str db_col_text(const struct db_rows *rows, int column); /* NULL reads as empty */
struct str db_col_blob(const struct db_rows *rows, int column);

/* One row of one number: *out stays as it is when there is no row. */
MUST_USE bool db_get_i64(int64_t *out, struct db_conn *conn, const char *sql,
                         const struct db_value *args, size_t arg_count, struct err *err);

/* The writer's transactions. After a failed db_commit() nothing of the transaction stays. */
MUST_USE bool db_begin(struct db_conn *conn, struct err *err);
MUST_USE bool db_commit(struct db_conn *conn, struct err *err);
void db_rollback(struct db_conn *conn);
/* Within a transaction: one command's rows, given up alone. Not nested. */
MUST_USE bool db_savepoint(struct db_conn *conn, struct err *err);
MUST_USE bool db_savepoint_release(struct db_conn *conn, struct err *err);
/* False when the whole transaction was lost with it (a full disk may do that). */
bool db_savepoint_rollback(struct db_conn *conn);
/* Move the log into the database once it has DB_CHECKPOINT_PAGES; outside of transactions. */
void db_checkpoint_if_due(struct db_conn *writer);

/* One file of migrations/: applied in order, each in its own transaction, and never changed. */
struct db_migration {
    int64_t number;
    const char *name, *sql;
};
/* Errors: ERR_CONFLICT when the database is newer than the program, or an applied migration was
 * changed since. count_out: how many were applied now; may be NULL. */
MUST_USE bool db_migrate(struct db_conn *writer, const struct db_migration *list, size_t count,
                         int64_t now_us, size_t *count_out, struct err *err);

/* A consistent copy of the whole database into a new file, while it is being used.
 * Errors: ERR_CONFLICT when the file is there. */
MUST_USE bool db_backup(struct db *db, const char *path, struct err *err);
/* The database's own check of its pages and indexes; ERR_CORRUPT with the first finding. */
MUST_USE bool db_integrity(struct db_conn *conn, struct err *err);

/* For tests: asked before each operation on the database's files, and before each statement of the
 * writer and of a reader, but for those that begin and end transactions; a result other than 0 is
 * the errno with which it fails: ENOSPC, EBUSY, or any other. As every sync is asked too, counting
 * the calls counts the syncs. */
enum db_fault_op {
    DB_FAULT_WRITE,
    DB_FAULT_SYNC,
    DB_FAULT_TRUNCATE,
    DB_FAULT_STATEMENT, /* of the writer */
    DB_FAULT_READ       /* a statement of a reader */
};
typedef int db_fault_hook(void *self, enum db_fault_op op);
void db_fault_set(db_fault_hook *hook, void *self); /* NULL: no faults */

#endif
