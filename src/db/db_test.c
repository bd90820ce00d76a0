#include "db/db.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/test.h"
#include "os/file.h"
#include "os/log.h"

struct place {
    struct arena *arena;
    const char *folder, *path;
    struct db *db;
};

static void place_open(struct place *p) {
    char path[] = "/tmp/mandate-db-XXXXXX";
    struct err err = {0};
    CHECK(mkdtemp(path) != NULL);
    p->arena = arena_create("test", 1 << 20);
    p->folder = arena_cstr(p->arena, str_from(path));
    p->path = arena_printf(p->arena, "%s/mandate.db", path).at;
    CHECK_OK(db_open(&p->db, &(struct db_options){p->path, 2}, &err), &err);
}

static void place_close(struct place *p) {
    struct err err = {0};
    db_close(p->db);
    CHECK_OK(os_folder_remove(p->folder, &err), &err);
    arena_destroy(p->arena);
}

static int64_t count_rows(struct db *db) {
    struct err err = {0};
    struct db_conn *reader;
    int64_t n = -1;
    CHECK_OK(db_reader_take(&reader, db, &err), &err);
    CHECK_OK(db_get_i64(&n, reader, "SELECT count(*) FROM t", DB_NO_ARGS, &err), &err);
    db_reader_give(db, reader);
    return n;
}

void test_db_values_round_trip(void) {
    struct place p;
    struct err err = {0};
    place_open(&p);
    struct db_conn *w = db_writer(p.db);
    CHECK_OK(db_script(w, "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b BLOB) STRICT", &err),
             &err);
    CHECK_OK(db_run(w, "INSERT INTO t VALUES (?1, ?2, ?3)",
                    DB_ARGS(db_n(INT64_MIN), db_t(STR("\xE5\xB1\x85")), db_b(STR("\0\1"))), &err),
             &err);
    CHECK_OK(db_run(w, "INSERT INTO t VALUES (?1, ?2, ?3)",
                    DB_ARGS(db_n(7), db_t_or_null(STR("")), db_b(STR_NONE)), &err),
             &err);
    struct db_rows rows;
    CHECK_OK(db_query(&rows, w, "SELECT id, a, b FROM t ORDER BY id", DB_NO_ARGS, &err), &err);
    CHECK(db_next(&rows, &err));
    CHECK_INT(db_col_i64(&rows, 0), INT64_MIN);
    CHECK_STR(db_col_text(&rows, 1), STR("\xE5\xB1\x85"));
    CHECK_STR(db_col_blob(&rows, 2), STR("\0\1"));
    CHECK(db_next(&rows, &err));
    CHECK(db_col_type(&rows, 0) == DB_I64 && db_col_type(&rows, 1) == DB_NULL);
    CHECK(db_col_type(&rows, 2) == DB_BLOB && db_col_blob(&rows, 2).len == 0);
    CHECK(!db_next(&rows, &err));
    CHECK_OK(db_end(&rows, &err), &err);
    CHECK_OK(db_run(w, "UPDATE t SET a = 'x'", DB_NO_ARGS, &err), &err);
    CHECK_INT(db_changed(w), 2);
    int64_t missing = -1;
    CHECK_OK(db_get_i64(&missing, w, "SELECT id FROM t WHERE id = ?1", DB_ARGS(db_n(8)), &err),
             &err);
    CHECK_INT(missing, -1);
    CHECK(!db_run(w, "INSERT INTO nowhere VALUES (1)", DB_NO_ARGS, &err));
    CHECK_INT(err.code, ERR_INTERNAL);
    place_close(&p);
}

void test_db_query_within_itself(void) {
    static const char sql[] = "SELECT id FROM t WHERE id > ?1 ORDER BY id";
    struct place p;
    struct err err = {0};
    place_open(&p);
    struct db_conn *w = db_writer(p.db);
    CHECK_OK(
        db_script(w, "CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1),(2)", &err),
        &err);
    struct db_rows outer, inner;
    int64_t sum = 0;
    CHECK_OK(db_query(&outer, w, sql, DB_ARGS(db_n(0)), &err), &err);
    while (db_next(&outer, &err)) {
        CHECK_OK(db_query(&inner, w, sql, DB_ARGS(db_n(0)), &err), &err);
        while (db_next(&inner, &err))
            sum += db_col_i64(&outer, 0) * db_col_i64(&inner, 0);
        CHECK_OK(db_end(&inner, &err), &err);
    }
    CHECK_OK(db_end(&outer, &err), &err);
    CHECK_INT(sum, 9);
    place_close(&p);
}

void test_db_readers_see_commits(void) {
    struct place p;
    struct err err = {0};
    place_open(&p);
    struct db_conn *w = db_writer(p.db), *first, *second;
    int64_t n = -1;
    CHECK_OK(db_script(w, "CREATE TABLE t (id INTEGER PRIMARY KEY)", &err), &err);
    CHECK_OK(db_reader_take(&first, p.db, &err), &err);
    CHECK_OK(db_get_i64(&n, first, "SELECT count(*) FROM t", DB_NO_ARGS, &err), &err);
    CHECK_INT(n, 0);
    CHECK_OK(db_begin(w, &err), &err);
    CHECK_OK(db_run(w, "INSERT INTO t VALUES (1)", DB_NO_ARGS, &err), &err);
    CHECK_OK(db_reader_take(&second, p.db, &err), &err);
    CHECK_OK(db_get_i64(&n, second, "SELECT count(*) FROM t", DB_NO_ARGS, &err), &err);
    CHECK_INT(n, 0); /* not committed */
    db_reader_give(p.db, second);
    CHECK_OK(db_commit(w, &err), &err);
    CHECK_OK(db_get_i64(&n, first, "SELECT count(*) FROM t", DB_NO_ARGS, &err), &err);
    CHECK_INT(n, 0); /* its moment is before the commit */
    CHECK(!db_run(first, "INSERT INTO t VALUES (2)", DB_NO_ARGS, &err)); /* readers cannot write */
    err_reset(&err);
    db_reader_give(p.db, first);
    CHECK_INT(count_rows(p.db), 1);
    place_close(&p);
}

void test_db_savepoint_gives_up_one(void) {
    struct place p;
    struct err err = {0};
    place_open(&p);
    struct db_conn *w = db_writer(p.db);
    CHECK_OK(db_script(w, "CREATE TABLE t (id INTEGER PRIMARY KEY)", &err), &err);
    CHECK_OK(db_begin(w, &err), &err);
    for (int64_t i = 0; i < 3; i++) {
        CHECK_OK(db_savepoint(w, &err), &err);
        bool ok = db_run(w, "INSERT INTO t VALUES (?1)", DB_ARGS(db_n(i)), &err) &&
                  db_run(w, "INSERT INTO t VALUES (?1)", DB_ARGS(db_n(i == 1 ? 0 : i + 10)), &err);
        if (ok)
            CHECK_OK(db_savepoint_release(w, &err), &err);
        else
            CHECK(db_savepoint_rollback(w));
        CHECK_INT(err.code, i == 1 ? ERR_CONFLICT : ERR_NONE);
        err_reset(&err);
    }
    CHECK_OK(db_commit(w, &err), &err);
    CHECK_INT(count_rows(p.db), 4); /* 0, 10, 2, 12 */
    place_close(&p);
}

void test_db_migrations(void) {
    struct db_migration list[] = {
        {1, "first", "CREATE TABLE t (id INTEGER PRIMARY KEY) STRICT"},
        {2, "second", "ALTER TABLE t ADD COLUMN a TEXT; CREATE INDEX t_a ON t (a)"},
        {3, "broken", "CREATE TABLE u (id INTEGER PRIMARY KEY); CREATE TABLE u (id INTEGER)"},
    };
    struct place p;
    struct err err = {0};
    place_open(&p);
    struct db_conn *w = db_writer(p.db);
    size_t count = 9;
    CHECK_OK(db_migrate(w, list, 1, 5, &count, &err), &err);
    CHECK_INT((int64_t)count, 1);
    CHECK_OK(db_migrate(w, list, 2, 6, &count, &err), &err);
    CHECK_INT((int64_t)count, 1);
    CHECK_OK(db_migrate(w, list, 2, 7, &count, &err), &err);
    CHECK_INT((int64_t)count, 0);
    CHECK(!db_migrate(w, list, 3, 8, &count, &err));
    CHECK(str_starts(str_from(err.text), STR("migration 3 'broken': ")));
    err_reset(&err);
    int64_t tables = -1; /* the broken one left nothing */
    CHECK_OK(db_get_i64(&tables, w, "SELECT count(*) FROM sqlite_master WHERE name = 'u'",
                        DB_NO_ARGS, &err),
             &err);
    CHECK_INT(tables, 0);
    CHECK(!db_migrate(w, list, 1, 9, &count, &err) && err.code == ERR_CONFLICT); /* newer */
    err_reset(&err);
    list[0].sql = "CREATE TABLE t (id INTEGER PRIMARY KEY, other TEXT) STRICT";
    CHECK(!db_migrate(w, list, 2, 9, &count, &err) && err.code == ERR_CONFLICT); /* changed */
    place_close(&p);
}

struct nth {
    int left, error_number;
    enum db_fault_op op;
    int calls;
};
static int nth_fails(void *self, enum db_fault_op op) {
    struct nth *nth = self;
    if (op != nth->op)
        return 0;
    nth->calls++;
    return --nth->left == 0 ? nth->error_number : 0;
}

/* Two rows in one transaction, one of them larger than a page. */
static bool pair_insert(struct db_conn *w, int64_t id, struct err *err) {
    static char big[9000];
    if (!db_begin(w, err))
        return false;
    bool ok = db_run(w, "INSERT INTO t VALUES (?1, ?2)", DB_ARGS(db_n(id * 2), db_null()), err) &&
              db_run(w, "INSERT INTO t VALUES (?1, ?2)",
                     DB_ARGS(db_n(id * 2 + 1), db_b((struct str){big, sizeof big})), err) &&
              db_commit(w, err);
    if (!ok)
        db_rollback(w);
    return ok;
}

/* The n-th write to a file finds a full disk: the transaction is gone whole, the next one works. */
void test_db_full_disk_each_write(void) {
    struct place p;
    struct err err = {0};
    place_open(&p);
    struct db_conn *w = db_writer(p.db);
    CHECK_OK(db_script(w, "CREATE TABLE t (id INTEGER PRIMARY KEY, b BLOB)", &err), &err);
    int64_t committed = 0;
    int n = 1;
    for (;; n++) {
        struct nth nth = {n, ENOSPC, DB_FAULT_WRITE, 0};
        db_fault_set(nth_fails, &nth);
        bool ok = pair_insert(w, n, &err);
        db_fault_set(NULL, NULL);
        committed += ok ? 1 : 0;
        CHECK_INT(count_rows(p.db), committed * 2);
        if (ok)
            break;
        CHECK_INT(err.code, ERR_FULL);
        err_reset(&err);
        CHECK_OK(pair_insert(w, n, &err), &err);
        committed++;
    }
    CHECK(n > 3);
    db_close(p.db);
    CHECK_OK(db_open(&p.db, &(struct db_options){p.path, 1}, &err), &err);
    CHECK_INT(count_rows(p.db), committed * 2);
    CHECK_OK(db_integrity(db_writer(p.db), &err), &err);
    place_close(&p);
}

static void no_lines(void *self, struct str line) {
    (void)self, (void)line;
}

/* In a process of its own: acknowledge each committed pair on the pipe until a sync fails. */
static void sync_child(struct place *p, int sync_number, int pipe_fd) {
    struct err err = {0};
    struct nth nth = {sync_number, EIO, DB_FAULT_SYNC, 0};
    log_sink_set(no_lines, NULL);
    db_fault_set(nth_fails, &nth);
    if (!db_open(&p->db, &(struct db_options){p->path, 1}, &err))
        _exit(1);
    for (int64_t i = 0; i < 4; i++) {
        if (!pair_insert(db_writer(p->db), i, &err) || write(pipe_fd, "x", 1) != 1)
            _exit(1);
    }
    db_close(p->db);
    _exit(0);
}

void test_db_failed_sync_stops_the_program(void) {
    int n = 1;
    for (bool clean = false; !clean; n++) {
        struct place p;
        struct err err = {0};
        place_open(&p);
        CHECK_OK(
            db_script(db_writer(p.db), "CREATE TABLE t (id INTEGER PRIMARY KEY, b BLOB)", &err),
            &err);
        db_close(p.db);
        int fds[2], status = 0;
        CHECK(pipe(fds) == 0);
        (void)fflush(stdout);
        pid_t child = fork();
        if (child == 0)
            sync_child(&p, n, fds[1]);
        (void)close(fds[1]);
        char acknowledged[16];
        ssize_t got = 0, part;
        while ((part = read(fds[0], acknowledged, sizeof acknowledged)) > 0)
            got += part;
        (void)close(fds[0]);
        CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
        clean = WEXITSTATUS(status) == 0;
        CHECK(clean || WEXITSTATUS(status) == 2);
        CHECK_OK(db_open(&p.db, &(struct db_options){p.path, 1}, &err), &err);
        int64_t rows = count_rows(p.db);
        CHECK(rows >= got * 2 && rows % 2 == 0); /* an unacknowledged one may be there, but whole */
        CHECK_OK(db_integrity(db_writer(p.db), &err), &err);
        place_close(&p);
    }
    CHECK(n > 5);
}

void test_db_backup_is_whole(void) {
    struct place p;
    struct err err = {0};
    place_open(&p);
    struct db_conn *w = db_writer(p.db);
    CHECK_OK(db_script(w, "CREATE TABLE t (id INTEGER PRIMARY KEY, b BLOB)", &err), &err);
    for (int64_t i = 0; i < 50; i++)
        CHECK_OK(pair_insert(w, i, &err), &err);
    const char *copy = arena_printf(p.arena, "%s/copy.db", p.folder).at;
    CHECK_OK(db_backup(p.db, copy, &err), &err);
    CHECK(!db_backup(p.db, copy, &err) && err.code == ERR_CONFLICT);
    err_reset(&err);
    struct db *other;
    CHECK_OK(db_open(&other, &(struct db_options){copy, 1}, &err), &err);
    CHECK_INT(count_rows(other), 100);
    CHECK_OK(db_integrity(db_writer(other), &err), &err);
    db_close(other);
    place_close(&p);
}

void test_db_refuses_a_foreign_file(void) {
    struct place p;
    struct err err = {0};
    place_open(&p);
    const char *path = arena_printf(p.arena, "%s/text", p.folder).at;
    CHECK_OK(os_file_write(path,
                           STR("this is no database, but it is longer than a header of one; "
                               "so it is read and found to be something else entirely"),
                           &err),
             &err);
    struct db *db;
    CHECK(!db_open(&db, &(struct db_options){path, 1}, &err) && err.code == ERR_CORRUPT);
    place_close(&p);
}

/* The log moves into the database between transactions; nothing is lost by a failing write. */
void test_db_checkpoint_survives_full_disk(void) {
    static char big[100000];
    struct place p;
    struct err err = {0};
    place_open(&p);
    log_sink_set(no_lines, NULL);
    struct db_conn *w = db_writer(p.db);
    CHECK_OK(db_script(w, "CREATE TABLE t (id INTEGER PRIMARY KEY, b BLOB)", &err), &err);
    int64_t rows = 0;
    for (int64_t i = 0; i < 400; i++) {
        CHECK_OK(db_run(w, "INSERT INTO t VALUES (?1, ?2)",
                        DB_ARGS(db_n(i), db_b((struct str){big, sizeof big})), &err),
                 &err);
        struct nth nth = {i % 2 == 0 ? 10 : -1, ENOSPC, DB_FAULT_WRITE, 0};
        db_fault_set(nth_fails, &nth);
        db_checkpoint_if_due(w);
        db_fault_set(NULL, NULL);
        rows++;
    }
    log_sink_set(NULL, NULL);
    CHECK_INT(count_rows(p.db), rows);
    uint64_t log_bytes = 0;
    CHECK_OK(os_file_size(&log_bytes, arena_printf(p.arena, "%s-wal", p.path).at, &err), &err);
    CHECK(log_bytes < (uint64_t)32 << 20); /* it was emptied on the way: 40 MB were written */
    CHECK_OK(db_integrity(w, &err), &err);
    place_close(&p);
}
