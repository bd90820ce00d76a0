/* What does not depend on the driver: the pool of readers, savepoints, migrations. */
#include "db/driver.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <sodium.h>

#include "os/env.h"
#include "os/thread.h"

enum { DB_ARENA_BYTES = 4 << 20 }; /* connections and their statement tables */

struct db {
    struct arena *arena;
    const struct db_driver *driver;
    struct db_options options;
    struct db_conn *writer;
    struct os_mutex mutex; /* guards the three below */
    struct os_cond given;
    struct db_conn *free_readers[DB_READERS_MAX];
    uint32_t free_count, open_count;
};

static db_fault_hook *fault_hook;
static void *fault_self;

void db_fault_set(db_fault_hook *hook, void *self) {
    fault_hook = hook;
    fault_self = self;
}

int db_fault(enum db_fault_op op) {
    return fault_hook == NULL ? 0 : fault_hook(fault_self, op);
}

static bool statement_may(const struct db_conn *conn, struct err *err) {
    int error_number = db_fault(conn->writes ? DB_FAULT_STATEMENT : DB_FAULT_READ);
    if (error_number == 0)
        return true;
    return err_set(err,
                   error_number == ENOSPC  ? ERR_FULL
                   : error_number == EBUSY ? ERR_BUSY
                                           : ERR_IO,
                   err_nowhere, "a statement fails, as a test wants");
}

bool db_open(struct db **out, const struct db_options *options, struct err *err) {
    assert(options->readers >= 1 && options->readers <= DB_READERS_MAX);
    struct arena *arena = arena_create("database", DB_ARENA_BYTES);
    struct db *db = arena_new(arena, struct db, 1);
    db->arena = arena;
    db->driver = &db_sqlite;
    db->options = *options;
    db->options.path = arena_cstr(arena, str_from(options->path));
    if (!db->driver->open(&db->writer, &db->options, true, arena, err)) {
        arena_destroy(arena);
        return false;
    }
    os_mutex_init(&db->mutex);
    os_cond_init(&db->given);
    *out = db;
    return true;
}

void db_close(struct db *db) {
    if (db == NULL)
        return;
    assert(db->free_count == db->open_count);
    for (uint32_t i = 0; i < db->free_count; i++)
        db->driver->close(db->free_readers[i]);
    db->driver->close(db->writer);
    os_cond_done(&db->given);
    os_mutex_done(&db->mutex);
    arena_destroy(db->arena);
}

struct db_conn *db_writer(struct db *db) {
    return db->writer;
}

/* With the mutex held. False when nothing came free in time, or a connection could not be opened.
 */
static bool reader_find(struct db_conn **out, struct db *db, struct err *err) {
    int64_t until = os_mono_us(os_env_real()) + DB_READER_WAIT_US;
    for (;;) {
        if (db->free_count > 0) {
            *out = db->free_readers[--db->free_count];
            return true;
        }
        if (db->open_count < db->options.readers) {
            if (!db->driver->open(out, &db->options, false, db->arena, err))
                return false;
            db->open_count++;
            return true;
        }
        int64_t left = until - os_mono_us(os_env_real());
        if (left <= 0)
            return err_set(err, ERR_BUSY, err_nowhere, "no reader of the database came free");
        (void)os_cond_wait_us(&db->given, &db->mutex, left);
    }
}

static void reader_put_back(struct db *db, struct db_conn *reader) {
    os_mutex_lock(&db->mutex);
    db->free_readers[db->free_count++] = reader;
    os_cond_wake_one(&db->given);
    os_mutex_unlock(&db->mutex);
}

bool db_reader_take(struct db_conn **out, struct db *db, struct err *err) {
    struct db_conn *reader = NULL;
    os_mutex_lock(&db->mutex);
    bool ok = reader_find(&reader, db, err);
    os_mutex_unlock(&db->mutex);
    if (!ok)
        return false;
    if (!db->driver->begin(reader, err)) {
        reader_put_back(db, reader);
        return false;
    }
    *out = reader;
    return true;
}

bool db_reader_again(struct db_conn *reader, struct err *err) {
    (void)reader->driver->rollback(reader);
    return reader->driver->begin(reader, err);
}

void db_reader_give(struct db *db, struct db_conn *reader) {
    (void)db->driver->rollback(reader);
    reader_put_back(db, reader);
}

bool db_run(struct db_conn *conn, const char *sql, const struct db_value *args, size_t arg_count,
            struct err *err) {
    return statement_may(conn, err) && conn->driver->run(conn, sql, args, arg_count, err);
}

int64_t db_changed(const struct db_conn *conn) {
    return conn->driver->changed(conn);
}

int64_t db_written(const struct db_conn *conn) {
    return conn->driver->written(conn);
}

bool db_script(struct db_conn *conn, const char *sql, struct err *err) {
    return conn->driver->script(conn, sql, err);
}

bool db_query(struct db_rows *rows, struct db_conn *conn, const char *sql,
              const struct db_value *args, size_t arg_count, struct err *err) {
    return statement_may(conn, err) &&
           conn->driver->query(rows, conn, sql, false, args, arg_count, err);
}

bool db_query_once(struct db_rows *rows, struct db_conn *conn, const char *sql,
                   const struct db_value *args, size_t arg_count, struct err *err) {
    return statement_may(conn, err) &&
           conn->driver->query(rows, conn, sql, true, args, arg_count, err);
}

bool db_next(struct db_rows *rows, struct err *err) {
    return err->code == ERR_NONE && rows->conn->driver->next(rows, err);
}

bool db_end(struct db_rows *rows, struct err *err) {
    rows->conn->driver->end(rows);
    return err->code == ERR_NONE;
}

int db_col_count(const struct db_rows *rows) {
    return rows->conn->driver->col_count(rows);
}

enum db_type db_col_type(const struct db_rows *rows, int column) {
    return rows->conn->driver->col_type(rows, column);
}

int64_t db_col_i64(const struct db_rows *rows, int column) {
    return rows->conn->driver->col_i64(rows, column);
}

struct str db_col_text(const struct db_rows *rows, int column) {
    return rows->conn->driver->col_bytes(rows, column);
}

struct str db_col_blob(const struct db_rows *rows, int column) {
    return rows->conn->driver->col_bytes(rows, column);
}

bool db_get_i64(int64_t *out, struct db_conn *conn, const char *sql, const struct db_value *args,
                size_t arg_count, struct err *err) {
    struct db_rows rows;
    if (!db_query(&rows, conn, sql, args, arg_count, err))
        return false;
    if (db_next(&rows, err))
        *out = db_col_i64(&rows, 0);
    return db_end(&rows, err);
}

bool db_begin(struct db_conn *conn, struct err *err) {
    return conn->driver->begin(conn, err);
}

bool db_commit(struct db_conn *conn, struct err *err) {
    return conn->driver->commit(conn, err);
}

void db_rollback(struct db_conn *conn) {
    (void)conn->driver->rollback(conn);
}

bool db_savepoint(struct db_conn *conn, struct err *err) {
    return db_run(conn, "SAVEPOINT command", DB_NO_ARGS, err);
}

bool db_savepoint_release(struct db_conn *conn, struct err *err) {
    return db_run(conn, "RELEASE command", DB_NO_ARGS, err);
}

bool db_savepoint_rollback(struct db_conn *conn) {
    struct err err = {0};
    return db_run(conn, "ROLLBACK TO command", DB_NO_ARGS, &err) &&
           db_run(conn, "RELEASE command", DB_NO_ARGS, &err);
}

void db_checkpoint_if_due(struct db_conn *writer) {
    writer->driver->checkpoint_if_due(writer);
}

bool db_backup(struct db *db, const char *path, struct err *err) {
    struct db_conn *reader;
    if (!db_reader_take(&reader, db, err))
        return false;
    bool ok = db->driver->backup(reader, path, err);
    db_reader_give(db, reader);
    return ok;
}

bool db_integrity(struct db_conn *conn, struct err *err) {
    return conn->driver->integrity(conn, err);
}

struct checksum {
    unsigned char bytes[crypto_hash_sha256_BYTES];
};

static struct checksum checksum_of(const char *sql) {
    struct checksum sum;
    (void)crypto_hash_sha256(sum.bytes, (const unsigned char *)sql, strlen(sql));
    return sum;
}

static struct str checksum_str(const struct checksum *sum) {
    return (struct str){(const char *)sum->bytes, sizeof sum->bytes};
}

/* Applied migrations must be the first ones of the list, with the same bytes. */
static bool applied_check(size_t *done_out, struct db_conn *writer, const struct db_migration *list,
                          size_t count, struct err *err) {
    struct db_rows rows;
    size_t done = 0;
    if (!db_query(&rows, writer, "SELECT number, name, sha256 FROM migration ORDER BY number",
                  DB_NO_ARGS, err))
        return false;
    while (db_next(&rows, err)) {
        int64_t number = db_col_i64(&rows, 0);
        struct str name = db_col_text(&rows, 1);
        if (done == count || list[done].number != number) {
            (void)err_set(err, ERR_CONFLICT, err_nowhere,
                          "the database has migration %" PRId64
                          " '%.*s', which this program does not know: it was made by a newer one",
                          number, STR_ARG(name));
            break;
        }
        struct checksum sum = checksum_of(list[done].sql);
        if (!str_eq(db_col_blob(&rows, 2), checksum_str(&sum))) {
            (void)err_set(err, ERR_CONFLICT, err_nowhere,
                          "migration %" PRId64 " '%.*s' is not the one that was applied", number,
                          STR_ARG(name));
            break;
        }
        done++;
    }
    *done_out = done;
    return db_end(&rows, err);
}

static bool migration_apply(struct db_conn *writer, const struct db_migration *m, int64_t now_us,
                            struct err *err) {
    struct checksum sum = checksum_of(m->sql);
    if (!db_begin(writer, err))
        return false;
    bool ok = db_script(writer, m->sql, err) &&
              db_run(writer,
                     "INSERT INTO migration (number, name, sha256, at_us) VALUES (?1, ?2, ?3, ?4)",
                     DB_ARGS(db_n(m->number), db_t(str_from(m->name)), db_b(checksum_str(&sum)),
                             db_n(now_us)),
                     err) &&
              db_commit(writer, err);
    if (!ok) {
        db_rollback(writer);
        return err_context(err, "migration %" PRId64 " '%s'", m->number, m->name);
    }
    return true;
}

bool db_migrate(struct db_conn *writer, const struct db_migration *list, size_t count,
                int64_t now_us, size_t *count_out, struct err *err) {
    static const char table[] =
        "CREATE TABLE IF NOT EXISTS migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, "
        "sha256 BLOB NOT NULL, at_us INTEGER NOT NULL) STRICT";
    size_t done = 0;
    if (!db_script(writer, table, err) || !applied_check(&done, writer, list, count, err))
        return false;
    if (count_out != NULL)
        *count_out = count - done;
    for (size_t i = done; i < count; i++)
        if (!migration_apply(writer, &list[i], now_us, err))
            return false;
    return true;
}
