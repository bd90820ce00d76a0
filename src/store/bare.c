#include "store/bare.h"

#include <sqlite3.h>

#include "db/db.h"
#include "os/env.h"

enum { BARE_EDGE_BYTES = 400, BARE_PAYLOAD_BYTES_MAX = 65536 };

enum { EVENT, HEADER, TASK, EDGE, BEGIN_TX, COMMIT_TX, NEXT_CASE, STATEMENTS };
static const char *const texts[STATEMENTS] = {
    [EVENT] = "INSERT INTO event (seq, case_id, case_seq, previous, at_us, kind, actor, payload, "
              "leaf) VALUES (?1, ?2, ?3, ?4, ?5, 'task_claimed', 'account:1', ?6, ?7)",
    [HEADER] = "UPDATE case_file SET status = status, event_count = event_count + 1, last_event = "
               "?2, wake_us = wake_us WHERE id = ?1",
    [TASK] = "UPDATE task SET state = 1 - state, account = 1 WHERE case_id = ?1 AND task = ?2",
    [EDGE] = "UPDATE audit_frontier SET frontier = ?1 WHERE id = 1",
    [BEGIN_TX] = "BEGIN IMMEDIATE",
    [COMMIT_TX] = "COMMIT",
    [NEXT_CASE] = "SELECT case_id, task FROM task WHERE waiting = 1 ORDER BY case_id",
};

struct bare {
    sqlite3 *db;
    sqlite3_stmt *statements[STATEMENTS];
    int64_t seq, case_id, task;
    char payload[BARE_PAYLOAD_BYTES_MAX], leaf[32], edge[BARE_EDGE_BYTES];
};

static bool failed(const struct bare *b, struct err *err) {
    return err_set(err, ERR_IO, err_nowhere, "the bare database: %s", sqlite3_errmsg(b->db));
}

static bool run(struct bare *b, int which, struct err *err) {
    int result = sqlite3_step(b->statements[which]);
    (void)sqlite3_reset(b->statements[which]);
    return result == SQLITE_DONE || failed(b, err);
}

/* The waiting tasks in the order of their cases, again and again. */
static bool next_case(struct bare *b, struct err *err) {
    sqlite3_stmt *next = b->statements[NEXT_CASE];
    int result = sqlite3_step(next);
    if (result == SQLITE_DONE) {
        (void)sqlite3_reset(next);
        result = sqlite3_step(next);
    }
    if (result != SQLITE_ROW)
        return failed(b, err);
    b->case_id = sqlite3_column_int64(next, 0);
    b->task = sqlite3_column_int64(next, 1);
    return true;
}

static bool transition(struct bare *b, size_t payload_bytes, struct err *err) {
    sqlite3_stmt *event = b->statements[EVENT];
    int64_t seq = b->seq++;
    const int64_t numbers[] = {seq, b->case_id, seq, seq - 1, seq};
    for (int i = 0; i < 5; i++)
        (void)sqlite3_bind_int64(event, i + 1, numbers[i]);
    (void)sqlite3_bind_blob(event, 6, b->payload, (int)payload_bytes, SQLITE_STATIC);
    (void)sqlite3_bind_blob(event, 7, b->leaf, (int)sizeof b->leaf, SQLITE_STATIC);
    (void)sqlite3_bind_int64(b->statements[HEADER], 1, b->case_id);
    (void)sqlite3_bind_int64(b->statements[HEADER], 2, seq);
    (void)sqlite3_bind_int64(b->statements[TASK], 1, b->case_id);
    (void)sqlite3_bind_int64(b->statements[TASK], 2, b->task);
    return run(b, EVENT, err) && run(b, HEADER, err) && run(b, TASK, err);
}

static bool group_run(struct bare *b, const struct store_bare *bare, struct err *err) {
    int64_t cases[512] = {0}, tasks[512] = {0};
    uint64_t count = MIN_OF(bare->group, (uint64_t)COUNT_OF(cases));
    for (uint64_t i = 0; i < count; i++) { /* outside of the transaction: the service knows them */
        if (!next_case(b, err))
            return false;
        cases[i] = b->case_id;
        tasks[i] = b->task;
    }
    (void)sqlite3_reset(b->statements[NEXT_CASE]);
    if (!run(b, BEGIN_TX, err))
        return false;
    for (uint64_t i = 0; i < count; i++) {
        b->case_id = cases[i];
        b->task = tasks[i];
        if (!transition(b, bare->payload_bytes, err))
            return false;
    }
    (void)sqlite3_bind_blob(b->statements[EDGE], 1, b->edge, (int)sizeof b->edge, SQLITE_STATIC);
    return run(b, EDGE, err) && run(b, COMMIT_TX, err);
}

static bool open_bare(struct bare *b, const char *path, struct err *err) {
    char settings[300];
    (void)snprintf(settings, sizeof settings,
                   "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-%d;"
                   "PRAGMA wal_autocheckpoint=%d",
                   DB_WRITER_CACHE_KB, DB_CHECKPOINT_PAGES);
    if (sqlite3_open_v2(path, &b->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) !=
            SQLITE_OK ||
        sqlite3_exec(b->db, settings, NULL, NULL, NULL) != SQLITE_OK)
        return failed(b, err);
    for (int i = 0; i < STATEMENTS; i++)
        if (sqlite3_prepare_v2(b->db, texts[i], -1, &b->statements[i], NULL) != SQLITE_OK)
            return failed(b, err);
    sqlite3_stmt *last = NULL;
    bool ok = sqlite3_prepare_v2(b->db, "SELECT coalesce(max(seq), 0) FROM event", -1, &last,
                                 NULL) == SQLITE_OK &&
              sqlite3_step(last) == SQLITE_ROW;
    b->seq = ok ? sqlite3_column_int64(last, 0) + 1 : 0;
    (void)sqlite3_finalize(last);
    return ok || failed(b, err);
}

bool store_bare_run(uint64_t *transitions_out, int64_t *took_us_out, const struct store_bare *bare,
                    struct err *err) {
    const struct os_env *env = os_env_real();
    struct arena *arena = arena_create("bare", 1 << 20);
    struct bare *b = arena_new(arena, struct bare, 1);
    uint64_t done = 0;
    int64_t from_us = 0, took_us = 0;
    bool ok = bare->payload_bytes <= sizeof b->payload && open_bare(b, bare->path, err);
    os_random(env, b->payload, sizeof b->payload);
    from_us = os_mono_us(env);
    while (ok && took_us < bare->duration_us) {
        ok = group_run(b, bare, err);
        done += bare->group;
        took_us = os_mono_us(env) - from_us;
    }
    for (int i = 0; i < STATEMENTS; i++)
        (void)sqlite3_finalize(b->statements[i]);
    (void)sqlite3_close(b->db);
    arena_destroy(arena);
    *transitions_out = done;
    *took_us_out = took_us;
    return ok;
}
