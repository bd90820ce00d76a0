/* Opening, and the writer's transaction. What a transaction counts up (the log's edge, ids) is
 * worked on in a copy and put back at the commit, so that a rollback is forgetting the copy. */
#include <assert.h>
#include <inttypes.h>
#include <sodium.h>

#include "store/inner.h"

enum { STORE_ARENA_BYTES = 2 << 20 };

bool store_hash_take(struct merkle_hash *out, struct str blob, struct err *err) {
    if (blob.len != sizeof out->bytes)
        return err_set(err, ERR_CORRUPT, err_nowhere, "a stored hash has %zu bytes", blob.len);
    memcpy(out->bytes, blob.at, blob.len);
    return true;
}

static bool frontier_load(struct store *s, struct err *err) {
    struct db_rows rows;
    if (!db_query(&rows, db_writer(s->db), "SELECT frontier FROM audit_frontier WHERE id = 1",
                  DB_NO_ARGS, err))
        return false;
    if (db_next(&rows, err)) {
        struct bytes_reader r = {db_col_blob(&rows, 0), false};
        if (!merkle_frontier_take(&s->frontier, &r) || r.in.len != 0)
            (void)err_set(err, ERR_CORRUPT, err_nowhere, "the audit log's edge is damaged");
    }
    return db_end(&rows, err);
}

static bool number_get(uint64_t *out, struct store *s, const char *sql, struct err *err) {
    int64_t n = 0;
    if (!db_get_i64(&n, db_writer(s->db), sql, DB_NO_ARGS, err))
        return false;
    *out = (uint64_t)n;
    return true;
}

static bool counters_load(struct store *s, struct err *err) {
    uint64_t events = 0, last_us = 0;
    if (!frontier_load(s, err) ||
        !number_get(&events, s, "SELECT coalesce(max(seq) + 1, 0) FROM event", err) ||
        !number_get(&s->next_case, s, "SELECT coalesce(max(case_id), 0) + 1 FROM case_key", err) ||
        !number_get(&s->next_outbox, s, "SELECT coalesce(max(id), 0) + 1 FROM outbox", err) ||
        !number_get(&s->next_account, s, "SELECT coalesce(max(id), 0) + 1 FROM account", err) ||
        !number_get(&s->next_pack, s, "SELECT coalesce(max(id), 0) + 1 FROM pack_version", err) ||
        !number_get(&s->checkpoint_leaves, s,
                    "SELECT coalesce(max(leaf_count), 0) FROM audit_checkpoint", err) ||
        !number_get(&last_us, s,
                    "SELECT coalesce((SELECT at_us FROM event ORDER BY seq DESC LIMIT "
                    "1), 0)",
                    err))
        return false;
    if (events != s->frontier.leaf_count)
        return err_set(err, ERR_CORRUPT, err_nowhere,
                       "the audit log has %" PRIu64 " leaves, but there are %" PRIu64 " events",
                       s->frontier.leaf_count, events);
    atomic_store(&s->last_us, (int64_t)last_us);
    return true;
}

/* An erased case keeps its id: the highest is remembered here when its key is gone. */
static bool settings_load(struct store *s, struct err *err) {
    struct str text;
    int64_t offset_us = 0;
    uint64_t highest = 0;
    struct db_conn *conn = db_writer(s->db);
    if (!store_setting_get(&text, conn, STR("clock_offset_us"), s->arena, err))
        return false;
    if (text.len > 0 && !str_to_i64(&offset_us, text))
        return err_set(err, ERR_CORRUPT, err_nowhere, "setting 'clock_offset_us' is not a number");
    atomic_store(&s->clock_offset_us, offset_us);
    if (!store_setting_get(&text, conn, STR("highest_erased_case"), s->arena, err))
        return false;
    if (text.len > 0 && !str_to_u64(&highest, text))
        return err_set(err, ERR_CORRUPT, err_nowhere,
                       "setting 'highest_erased_case' is not a number");
    s->next_case = MAX_OF(s->next_case, highest + 1);
    return true;
}

static bool store_start(struct store *s, struct err *err) {
    const char *lock = arena_printf(s->arena, "%s/lock", s->folder).at;
    const char *path = arena_printf(s->arena, "%s/mandate.db", s->folder).at;
    const char *documents = arena_printf(s->arena, "%s/documents", s->folder).at;
    if (!os_folder_make(s->folder, err) || !os_folder_make(documents, err) ||
        !os_lock_take(&s->lock_fd, lock, err))
        return false;
    if (!db_open(&s->db, &(struct db_options){path, STORE_READERS}, err))
        return false;
    return store_migrate(s, err) && counters_load(s, err) && settings_load(s, err);
}

bool store_open(struct store **out, const char *folder, const struct os_env *env, struct err *err) {
    if (sodium_init() < 0)
        return err_set(err, ERR_IO, err_nowhere, "could not start libsodium");
    struct arena *arena = arena_create("store", STORE_ARENA_BYTES);
    struct store *s = arena_new(arena, struct store, 1);
    s->arena = arena;
    s->folder = arena_cstr(arena, str_from(folder));
    s->env = env;
    s->lock_fd = -1;
    s->keys = arena_new(arena, struct store_key_cache, 1);
    if (!store_start(s, err)) {
        store_close(s);
        return false;
    }
    *out = s;
    return true;
}

void store_close(struct store *s) {
    if (s == NULL)
        return;
    db_close(s->db);
    os_lock_give(s->lock_fd);
    arena_destroy(s->arena);
}

struct db *store_db(struct store *s) {
    return s->db;
}

const char *store_folder(const struct store *s) {
    return s->folder;
}

const struct os_env *store_env(const struct store *s) {
    return s->env;
}

int64_t store_now_us(struct store *s) {
    int64_t now_us = os_wall_us(s->env) + atomic_load(&s->clock_offset_us);
    int64_t last_us = atomic_load(&s->last_us);
    while (last_us < now_us && !atomic_compare_exchange_weak(&s->last_us, &last_us, now_us))
        ;
    return MAX_OF(now_us, last_us);
}

bool store_begin(struct store_tx *tx, struct store *s, struct err *err) {
    *tx = (struct store_tx){
        .store = s,
        .conn = db_writer(s->db),
        .now_us = store_now_us(s),
        .frontier = s->frontier,
        .next_case = s->next_case,
        .next_outbox = s->next_outbox,
        .next_account = s->next_account,
        .next_pack = s->next_pack,
        .clock_offset_us = atomic_load(&s->clock_offset_us),
    };
    return db_begin(tx->conn, err);
}

static bool frontier_write(struct store_tx *tx, struct err *err) {
    struct buf bytes;
    buf_init(&bytes, sizeof tx->frontier + 16);
    merkle_frontier_add(&bytes, &tx->frontier);
    bool ok = buf_ok(&bytes, "the log's edge", err) &&
              db_run(tx->conn,
                     "INSERT INTO audit_frontier (id, frontier) VALUES (1, ?1) "
                     "ON CONFLICT (id) DO UPDATE SET frontier = excluded.frontier",
                     DB_ARGS(db_b(buf_view(&bytes))), err);
    buf_done(&bytes);
    return ok;
}

static bool checkpoint_write(struct store_tx *tx, struct err *err) {
    struct merkle_hash root = merkle_root(&tx->frontier);
    return db_run(tx->conn,
                  "INSERT INTO audit_checkpoint (leaf_count, root, at_us) VALUES (?1, ?2, ?3)",
                  DB_ARGS(db_n((int64_t)tx->frontier.leaf_count), db_b(merkle_hash_str(&root)),
                          db_n(tx->now_us)),
                  err);
}

/* A case that is taken back gives its id, but not its key, to the next one. */
static void keys_forget(struct store *s) {
    sodium_memzero(s->keys, sizeof *s->keys);
}

void store_rollback(struct store_tx *tx) {
    db_rollback(tx->conn);
    keys_forget(tx->store);
}

bool store_commit(struct store_tx *tx, struct err *err) {
    struct store *s = tx->store;
    bool moved = tx->events_added > 0;
    bool checkpoint =
        moved && tx->frontier.leaf_count >= s->checkpoint_leaves + STORE_CHECKPOINT_LEAVES;
    bool ok = (!moved || frontier_write(tx, err)) && (!checkpoint || checkpoint_write(tx, err)) &&
              db_commit(tx->conn, err);
    if (!ok) {
        store_rollback(tx);
        return false;
    }
    s->frontier = tx->frontier;
    s->next_case = tx->next_case;
    s->next_outbox = tx->next_outbox;
    s->next_account = tx->next_account;
    s->next_pack = tx->next_pack;
    if (checkpoint)
        s->checkpoint_leaves = tx->frontier.leaf_count;
    atomic_store(&s->clock_offset_us, tx->clock_offset_us);
    return true;
}

bool store_savepoint(struct store_tx *saved, struct store_tx *tx, struct err *err) {
    *saved = *tx;
    return db_savepoint(tx->conn, err);
}

bool store_savepoint_release(struct store_tx *tx, struct err *err) {
    return db_savepoint_release(tx->conn, err);
}

bool store_savepoint_rollback(struct store_tx *tx, const struct store_tx *saved) {
    *tx = *saved;
    keys_forget(tx->store);
    return db_savepoint_rollback(tx->conn);
}

int64_t store_written(const struct store_tx *tx) {
    return db_written(tx->conn);
}

struct case_id store_case_next(struct store_tx *tx) {
    return (struct case_id){tx->next_case++};
}

bool store_number_next(uint64_t *out, struct store_tx *tx, struct str series, int32_t year,
                       struct err *err) {
    int64_t n = 0;
    if (!db_get_i64(&n, tx->conn,
                    "INSERT INTO counter (series, year, last) VALUES (?1, ?2, 1) "
                    "ON CONFLICT (series, year) DO UPDATE SET last = last + 1 RETURNING last",
                    DB_ARGS(db_t(series), db_n(year)), err))
        return false;
    *out = (uint64_t)n;
    return true;
}

bool store_number_peek(uint64_t *out, struct store_tx *tx, struct str series, int32_t year,
                       struct err *err) {
    int64_t last = 0;
    if (!db_get_i64(&last, tx->conn, "SELECT last FROM counter WHERE series = ?1 AND year = ?2",
                    DB_ARGS(db_t(series), db_n(year)), err))
        return false;
    *out = (uint64_t)last + 1;
    return true;
}

bool store_setting_get(struct str *out, struct db_conn *conn, struct str name, struct arena *arena,
                       struct err *err) {
    struct db_rows rows;
    *out = STR_NONE;
    if (!db_query(&rows, conn, "SELECT value FROM setting WHERE name = ?1", DB_ARGS(db_t(name)),
                  err))
        return false;
    if (db_next(&rows, err))
        *out = arena_str(arena, db_col_text(&rows, 0));
    return db_end(&rows, err);
}

bool store_setting_put(struct store_tx *tx, struct str name, struct str value, struct err *err) {
    return db_run(tx->conn,
                  "INSERT INTO setting (name, value) VALUES (?1, ?2) "
                  "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                  DB_ARGS(db_t(name), db_t(value)), err);
}

bool store_clock_is_moved(const struct store_tx *tx) {
    return tx->clock_offset_us != 0;
}

bool store_clock_move(struct store_tx *tx, int64_t now_us, struct err *err) {
    if (now_us < store_now_us(tx->store))
        return err_set(err, ERR_RANGE, err_nowhere, "the clock moves forward only");
    char text[32];
    tx->clock_offset_us = now_us - os_wall_us(tx->store->env);
    (void)snprintf(text, sizeof text, "%" PRId64, tx->clock_offset_us);
    return store_setting_put(tx, STR("clock_offset_us"), str_from(text), err);
}
