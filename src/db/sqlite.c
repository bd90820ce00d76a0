/* SQLite in its write-ahead log: a commit is one append and one fdatasync; readers see the last
 * commit and wait for nobody. Prepared statements are kept by the address of their text, compared
 * by content, so that a lookup costs a few nanoseconds and a reused address cannot deceive.
 * The log is moved into the database by the writer between transactions (db_checkpoint_if_due), not
 * by SQLite within a commit, so that no caller waits for it. */
#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <sqlite3.h>

#include "db/driver.h"
#include "db/sqlite_vfs.h"
#include "os/file.h"
#include "os/log.h"

struct kept {
    const char *sql;
    sqlite3_stmt *statement;
    bool busy; /* between query and end */
};

struct lite {
    struct db_conn base;
    sqlite3 *handle;
    struct kept kept[DB_STATEMENTS_MAX];
    size_t kept_count;
    int log_pages;
    int64_t changed;
};

static struct lite *lite_of(struct db_conn *conn) {
    return (struct lite *)conn;
}

static bool lite_fail(struct err *err, const struct lite *lite, int result, const char *what) {
    enum err_code code = ERR_IO;
    switch (result & 0xFF) {
    case SQLITE_FULL: code = ERR_FULL; break;
    case SQLITE_CONSTRAINT: code = ERR_CONFLICT; break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: code = ERR_BUSY; break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: code = ERR_CORRUPT; break;
    case SQLITE_TOOBIG: code = ERR_LIMIT; break;
    case SQLITE_ERROR:
    case SQLITE_MISUSE:
    case SQLITE_MISMATCH:
    case SQLITE_RANGE: code = ERR_INTERNAL; break;
    default: break;
    }
    if ((result & 0xFF) == SQLITE_IOERR && lite->handle != NULL &&
        sqlite3_system_errno(lite->handle) == ENOSPC)
        code = ERR_FULL;
    /* SQLite's own message names tables and columns, never values */
    const char *text = lite->handle != NULL ? sqlite3_errmsg(lite->handle) : sqlite3_errstr(result);
    return err_set(err, code, err_nowhere, "could not %s the database: %s", what, text);
}

static int log_grew(void *self, sqlite3 *handle, const char *name, int pages) {
    (void)handle, (void)name;
    ((struct lite *)self)->log_pages = pages;
    return SQLITE_OK;
}

static bool lite_settings(struct lite *lite, struct err *err) {
    char text[512];
    (void)snprintf(text, sizeof text,
                   "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-%d;"
                   "PRAGMA temp_store=MEMORY; PRAGMA mmap_size=0; PRAGMA trusted_schema=OFF;"
                   "PRAGMA cell_size_check=ON; PRAGMA foreign_keys=OFF; PRAGMA secure_delete=ON;"
                   "PRAGMA case_sensitive_like=ON;%s",
                   lite->base.writes ? DB_WRITER_CACHE_KB : DB_READER_CACHE_KB,
                   lite->base.writes ? "" : "PRAGMA query_only=ON;");
    int result = sqlite3_exec(lite->handle, text, NULL, NULL, NULL);
    if (result != SQLITE_OK)
        return lite_fail(err, lite, result, "set up");
    (void)sqlite3_db_config(lite->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    (void)sqlite3_limit(lite->handle, SQLITE_LIMIT_LENGTH, DB_VALUE_BYTES_MAX);
    (void)sqlite3_limit(lite->handle, SQLITE_LIMIT_ATTACHED, 0);
    (void)sqlite3_wal_autocheckpoint(lite->handle, 0);
    if (lite->base.writes)
        (void)sqlite3_wal_hook(lite->handle, log_grew, lite);
    return true;
}

static void lite_close(struct db_conn *conn) {
    struct lite *lite = lite_of(conn);
    for (size_t i = 0; i < DB_STATEMENTS_MAX; i++)
        (void)sqlite3_finalize(lite->kept[i].statement);
    /* the last connection to close also moves the log into the database */
    int result = sqlite3_close(lite->handle);
    assert(result == SQLITE_OK); /* every db_query() had its db_end() */
    (void)result;
}

static bool lite_open(struct db_conn **out, const struct db_options *options, bool writes,
                      struct arena *arena, struct err *err) {
    struct lite *lite = arena_new(arena, struct lite, 1);
    lite->base = (struct db_conn){&db_sqlite, writes};
    const char *vfs = db_sqlite_vfs();
    if (vfs == NULL)
        return err_set(err, ERR_IO, err_nowhere, "could not register the layer below SQLite");
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                (writes ? SQLITE_OPEN_CREATE : 0);
    int result = sqlite3_open_v2(options->path, &lite->handle, flags, vfs);
    bool ok = result == SQLITE_OK || lite_fail(err, lite, result, "open");
    if (ok)
        (void)sqlite3_busy_timeout(lite->handle, DB_BUSY_WAIT_MS);
    ok = ok && lite_settings(lite, err);
    if (!ok) {
        (void)err_context(err, "'%s'", options->path);
        (void)sqlite3_close(lite->handle);
        return false;
    }
    *out = &lite->base;
    return true;
}

static bool prepare(sqlite3_stmt **out, struct lite *lite, const char *sql, unsigned flags,
                    struct err *err) {
    const char *rest = NULL;
    int result = sqlite3_prepare_v3(lite->handle, sql, -1, flags, out, &rest);
    if (result != SQLITE_OK) {
        (void)lite_fail(err, lite, result, "prepare a statement of");
        return err_context(err, "'%.60s'", sql);
    }
    assert(*out != NULL && rest[strspn(rest, " ;\n")] == '\0'); /* exactly one statement */
    return true;
}

/* A prepared statement that nobody uses. *slot is -1 when it is not kept. */
static bool statement_find(sqlite3_stmt **out, int32_t *slot, struct lite *lite, const char *sql,
                           struct err *err) {
    size_t at = (size_t)(((uintptr_t)sql * UINT64_C(0x9E3779B97F4A7C15)) >> 40);
    for (;; at++) {
        struct kept *kept = &lite->kept[at % DB_STATEMENTS_MAX];
        if (kept->statement == NULL)
            break;
        if (kept->sql != sql || strcmp(sqlite3_sql(kept->statement), sql) != 0)
            continue;
        if (kept->busy)
            break; /* a query within a loop over the same query */
        *slot = (int32_t)(at % DB_STATEMENTS_MAX);
        *out = kept->statement;
        return true;
    }
    struct kept *kept = &lite->kept[at % DB_STATEMENTS_MAX];
    bool keep = kept->statement == NULL && lite->kept_count < DB_STATEMENTS_MAX * 3 / 4;
    if (!prepare(out, lite, sql, keep ? SQLITE_PREPARE_PERSISTENT : 0, err))
        return false;
    *slot = -1;
    if (keep) {
        *kept = (struct kept){sql, *out, false};
        lite->kept_count++;
        *slot = (int32_t)(at % DB_STATEMENTS_MAX);
    }
    return true;
}

static int bind_one(sqlite3_stmt *statement, int n, const struct db_value *value, bool copy) {
    void (*const how)(void *) = copy ? SQLITE_TRANSIENT : SQLITE_STATIC;
    /* a NULL pointer would bind NULL instead of the empty text */
    const char *bytes = value->bytes.len == 0 ? "" : value->bytes.at;
    switch (value->type) {
    case DB_NULL: return sqlite3_bind_null(statement, n);
    case DB_I64: return sqlite3_bind_int64(statement, n, value->n);
    case DB_TEXT:
        return sqlite3_bind_text64(statement, n, bytes, value->bytes.len, how, SQLITE_UTF8);
    case DB_BLOB: return sqlite3_bind_blob64(statement, n, bytes, value->bytes.len, how);
    }
    return SQLITE_MISUSE;
}

/* A query copies the texts, because its caller goes on before the rows are read. */
static bool bind_all(struct lite *lite, sqlite3_stmt *statement, const struct db_value *args,
                     size_t arg_count, bool copy, struct err *err) {
    assert((size_t)sqlite3_bind_parameter_count(statement) == arg_count);
    for (size_t i = 0; i < arg_count; i++) {
        int result = bind_one(statement, (int)i + 1, &args[i], copy);
        if (result != SQLITE_OK)
            return lite_fail(err, lite, result, "bind a value for");
    }
    return true;
}

static void statement_give(struct lite *lite, sqlite3_stmt *statement, int32_t slot) {
    if (slot < 0) {
        (void)sqlite3_finalize(statement);
        return;
    }
    (void)sqlite3_reset(statement);
    (void)sqlite3_clear_bindings(statement);
    lite->kept[slot].busy = false;
}

static bool lite_run(struct db_conn *conn, const char *sql, const struct db_value *args,
                     size_t arg_count, struct err *err) {
    struct lite *lite = lite_of(conn);
    sqlite3_stmt *statement = NULL;
    int32_t slot = -1;
    if (!statement_find(&statement, &slot, lite, sql, err))
        return false;
    bool ok = bind_all(lite, statement, args, arg_count, false, err);
    if (ok) {
        int result = sqlite3_step(statement);
        while (result == SQLITE_ROW)
            result = sqlite3_step(statement);
        if (result != SQLITE_DONE)
            ok = lite_fail(err, lite, result, "write to");
        lite->changed = ok ? sqlite3_changes64(lite->handle) : 0;
    }
    statement_give(lite, statement, slot);
    return ok;
}

static int64_t lite_changed(const struct db_conn *conn) {
    return ((const struct lite *)conn)->changed;
}

static int64_t lite_written(const struct db_conn *conn) {
    return sqlite3_total_changes64(((const struct lite *)conn)->handle);
}

static bool lite_script(struct db_conn *conn, const char *sql, struct err *err) {
    struct lite *lite = lite_of(conn);
    int result = sqlite3_exec(lite->handle, sql, NULL, NULL, NULL);
    return result == SQLITE_OK || lite_fail(err, lite, result, "change");
}

static bool lite_query(struct db_rows *rows, struct db_conn *conn, const char *sql, bool once,
                       const struct db_value *args, size_t arg_count, struct err *err) {
    struct lite *lite = lite_of(conn);
    sqlite3_stmt *statement = NULL;
    int32_t slot = -1;
    if (once ? !prepare(&statement, lite, sql, 0, err)
             : !statement_find(&statement, &slot, lite, sql, err))
        return false;
    if (!bind_all(lite, statement, args, arg_count, true, err)) {
        statement_give(lite, statement, slot);
        return false;
    }
    if (slot >= 0)
        lite->kept[slot].busy = true;
    *rows = (struct db_rows){conn, statement, slot};
    return true;
}

static bool lite_next(struct db_rows *rows, struct err *err) {
    struct lite *lite = lite_of(rows->conn);
    int result = sqlite3_step(rows->statement);
    if (result == SQLITE_ROW)
        return true;
    if (result != SQLITE_DONE)
        (void)lite_fail(err, lite, result, "read");
    return false;
}

static void lite_end(struct db_rows *rows) {
    statement_give(lite_of(rows->conn), rows->statement, rows->slot);
    rows->statement = NULL;
}

static int lite_col_count(const struct db_rows *rows) {
    return sqlite3_column_count(rows->statement);
}

static enum db_type lite_col_type(const struct db_rows *rows, int column) {
    switch (sqlite3_column_type(rows->statement, column)) {
    case SQLITE_INTEGER: return DB_I64;
    case SQLITE_TEXT: return DB_TEXT;
    case SQLITE_BLOB: return DB_BLOB;
    default: return DB_NULL;
    }
}

static int64_t lite_col_i64(const struct db_rows *rows, int column) {
    return sqlite3_column_int64(rows->statement, column);
}

static struct str lite_col_bytes(const struct db_rows *rows, int column) {
    const void *at = sqlite3_column_blob(rows->statement, column);
    return (struct str){at, (size_t)sqlite3_column_bytes(rows->statement, column)};
}

static bool lite_begin(struct db_conn *conn, struct err *err) {
    return lite_run(conn, conn->writes ? "BEGIN IMMEDIATE" : "BEGIN", DB_NO_ARGS, err);
}

static bool lite_rollback(struct db_conn *conn) {
    if (sqlite3_get_autocommit(lite_of(conn)->handle) != 0)
        return true; /* SQLite gave the transaction up by itself, as it does when the disk is full
                      */
    struct err err = {0};
    return lite_run(conn, "ROLLBACK", DB_NO_ARGS, &err);
}

static bool lite_commit(struct db_conn *conn, struct err *err) {
    if (lite_run(conn, "COMMIT", DB_NO_ARGS, err))
        return true;
    (void)lite_rollback(conn);
    return false;
}

static void lite_checkpoint_if_due(struct db_conn *conn) {
    struct lite *lite = lite_of(conn);
    if (lite->log_pages < DB_CHECKPOINT_PAGES)
        return;
    int pages = 0, moved = 0;
    int result =
        sqlite3_wal_checkpoint_v2(lite->handle, NULL, SQLITE_CHECKPOINT_PASSIVE, &pages, &moved);
    /* the log keeps everything that was not moved; the next one tries again */
    if (result != SQLITE_OK)
        log_event(LOG_WARN, "checkpoint-failed", log_i64("pages", pages), log_i64("moved", moved),
                  log_cstr("error", sqlite3_errmsg(lite->handle)));
}

static bool backup_run(sqlite3 *to, struct lite *from, struct err *err) {
    sqlite3_backup *copy = sqlite3_backup_init(to, "main", from->handle, "main");
    if (copy == NULL)
        return err_set(err, ERR_IO, err_nowhere, "could not begin the backup: %s",
                       sqlite3_errmsg(to));
    int result = sqlite3_backup_step(copy, -1);
    int ended = sqlite3_backup_finish(copy);
    if (result != SQLITE_DONE || ended != SQLITE_OK)
        return err_set(err, result == SQLITE_FULL ? ERR_FULL : ERR_IO, err_nowhere,
                       "could not write the backup: %s", sqlite3_errmsg(to));
    return true;
}

static bool lite_backup(struct db_conn *from, const char *path, struct err *err) {
    if (os_file_exists(path))
        return err_set(err, ERR_CONFLICT, err_nowhere, "file '%s' is there already", path);
    sqlite3 *to = NULL;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    int result = sqlite3_open_v2(path, &to, flags, db_sqlite_vfs());
    bool ok = result == SQLITE_OK || err_set(err, ERR_IO, err_nowhere, "could not create '%s': %s",
                                             path, sqlite3_errstr(result));
    ok = ok && backup_run(to, lite_of(from), err);
    if (sqlite3_close(to) != SQLITE_OK && ok)
        ok = err_set(err, ERR_IO, err_nowhere, "could not close '%s'", path);
    return ok;
}

static bool lite_integrity(struct db_conn *conn, struct err *err) {
    struct db_rows rows;
    if (!lite_query(&rows, conn, "PRAGMA integrity_check(1)", false, DB_NO_ARGS, err))
        return false;
    if (lite_next(&rows, err) && !str_eq(lite_col_bytes(&rows, 0), STR("ok")))
        (void)err_set(err, ERR_CORRUPT, err_nowhere, "the database is damaged: %.*s",
                      STR_ARG(lite_col_bytes(&rows, 0)));
    lite_end(&rows);
    return err->code == ERR_NONE;
}

const struct db_driver db_sqlite = {
    .open = lite_open,
    .close = lite_close,
    .run = lite_run,
    .changed = lite_changed,
    .written = lite_written,
    .script = lite_script,
    .query = lite_query,
    .next = lite_next,
    .end = lite_end,
    .col_count = lite_col_count,
    .col_type = lite_col_type,
    .col_i64 = lite_col_i64,
    .col_bytes = lite_col_bytes,
    .begin = lite_begin,
    .commit = lite_commit,
    .rollback = lite_rollback,
    .checkpoint_if_due = lite_checkpoint_if_due,
    .backup = lite_backup,
    .integrity = lite_integrity,
};
