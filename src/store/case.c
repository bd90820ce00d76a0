/* Cases: their events in the log, their key, their snapshot. A case's events are a chain through
 * the log, walked backwards from case_file.last_event, so that appending touches no index. */
#include <assert.h>
#include <inttypes.h>

#include "audit/audit.h"
#include "store/inner.h"

void store_case_row_read(struct store_case *out, const struct db_rows *rows, struct arena *a) {
    *out = (struct store_case){
        .id = {(uint64_t)db_col_i64(rows, 0)},
        .reference = arena_str(a, db_col_text(rows, 1)),
        .code_sha256 = arena_str(a, db_col_blob(rows, 2)),
        .pack_version = db_col_i64(rows, 3),
        .matter = arena_str(a, db_col_text(rows, 4)),
        .status = arena_str(a, db_col_text(rows, 5)),
        .place = arena_str(a, db_col_text(rows, 6)),
        .accepting = arena_str(a, db_col_text(rows, 7)),
        .competent = arena_str(a, db_col_text(rows, 8)),
        .superior = arena_str(a, db_col_text(rows, 9)),
        .review = arena_str(a, db_col_text(rows, 10)),
        .parent = arena_str(a, db_col_text(rows, 11)),
        .event_count = (uint64_t)db_col_i64(rows, 12),
        .last_event = (uint64_t)db_col_i64(rows, 13),
        .submitted_us = db_col_i64(rows, 14),
        .closed_us = db_col_i64(rows, 15),
        .wake_us = db_col_i64(rows, 16),
        .adverse = db_col_i64(rows, 17) != 0,
    };
}

static bool case_row_find(struct store_case *out, struct db_rows *rows, struct arena *arena,
                          struct err *err) {
    if (db_next(rows, err))
        store_case_row_read(out, rows, arena);
    else if (err->code == ERR_NONE)
        (void)err_set(err, ERR_NOT_FOUND, err_nowhere, "there is no such case");
    return db_end(rows, err);
}

bool store_case_by_reference(struct store_case *out, struct db_conn *conn, struct str reference,
                             struct arena *arena, struct err *err) {
    struct db_rows rows;
    return db_query(&rows, conn,
                    "SELECT " STORE_CASE_COLUMNS " FROM case_file AS f WHERE f.reference = ?1",
                    DB_ARGS(db_t(reference)), err) &&
           case_row_find(out, &rows, arena, err);
}

bool store_case_by_id(struct store_case *out, struct db_conn *conn, struct case_id id,
                      struct arena *arena, struct err *err) {
    struct db_rows rows;
    return db_query(&rows, conn,
                    "SELECT " STORE_CASE_COLUMNS " FROM case_file AS f WHERE f.id = ?1",
                    DB_ARGS(db_n((int64_t)id.n)), err) &&
           case_row_find(out, &rows, arena, err);
}

/* ---- reading events -------------------------------------------------------------------------- */

struct event_reader {
    struct db_conn *conn;
    struct case_id id;
    const struct store_key *key;
    struct arena *arena;
};

/* One event of the chain, which must be event number `seq` of the case. */
static bool event_read(struct case_event *out, int64_t *previous_out, const struct event_reader *r,
                       int64_t log_index, uint64_t seq, struct err *err) {
    struct db_rows rows;
    struct buf plain;
    if (!db_query(&rows, r->conn,
                  "SELECT case_id, case_seq, previous, payload FROM event WHERE seq = ?1",
                  DB_ARGS(db_n(log_index)), err))
        return false;
    buf_init(&plain, STORE_EVENT_BYTES_MAX);
    if (!db_next(&rows, err) || (uint64_t)db_col_i64(&rows, 0) != r->id.n ||
        (uint64_t)db_col_i64(&rows, 1) != seq) {
        if (err->code == ERR_NONE)
            (void)err_set(err, ERR_CORRUPT, err_nowhere,
                          "event %" PRIu64 " of case %" PRIu64 " is not at %" PRId64 " of the log",
                          seq, r->id.n, log_index);
    } else {
        *previous_out = db_col_i64(&rows, 2);
        const struct store_seal seal = {"event", r->id.n, seq};
        if (store_unseal(&plain, r->key, &seal, db_col_blob(&rows, 3), err) &&
            case_event_decode(out, arena_str(r->arena, buf_view(&plain)), err) && out->seq != seq)
            (void)err_set(err, ERR_CORRUPT, err_nowhere, "an event of a case is out of its order");
    }
    buf_done(&plain);
    return db_end(&rows, err);
}

bool store_case_events(struct case_event **out, uint64_t **log_index_out, size_t *count_out,
                       struct db_conn *conn, const struct store_case *row, uint64_t from,
                       struct arena *arena, struct err *err) {
    struct store_key key;
    assert(from >= 1);
    size_t count = row->event_count < from ? 0 : (size_t)(row->event_count - from + 1);
    struct case_event *events = arena_new(arena, struct case_event, count);
    uint64_t *indexes = arena_new(arena, uint64_t, count);
    if (count > 0 && !store_key_of_case(&key, conn, row->id, err))
        return false;
    const struct event_reader reader = {conn, row->id, &key, arena};
    int64_t log_index = (int64_t)row->last_event;
    for (size_t i = count; i > 0; i--) {
        indexes[i - 1] = (uint64_t)log_index;
        if (!event_read(&events[i - 1], &log_index, &reader, log_index, from + i - 1, err))
            return false;
    }
    if (from == 1 && count > 0 && log_index != -1)
        return err_set(err, ERR_CORRUPT, err_nowhere,
                       "the first event of a case has another before it");
    *out = events;
    *count_out = count;
    if (log_index_out != NULL)
        *log_index_out = indexes;
    return true;
}

/* The snapshot, or an empty state when there is none. */
static bool snapshot_load(struct case_file **out, struct db_conn *conn,
                          const struct store_case *row, const struct pack *pack,
                          struct arena *arena, struct err *err) {
    struct store_key key;
    struct db_rows rows;
    struct buf plain;
    if (!store_key_of_case(&key, conn, row->id, err))
        return false;
    if (!db_query(&rows, conn, "SELECT event_count, state FROM case_state WHERE case_id = ?1",
                  DB_ARGS(db_n((int64_t)row->id.n)), err))
        return false;
    buf_init(&plain, STORE_STATE_BYTES_MAX);
    if (db_next(&rows, err)) {
        const struct store_seal seal = {"state", row->id.n, (uint64_t)db_col_i64(&rows, 0)};
        if (store_unseal(&plain, &key, &seal, db_col_blob(&rows, 1), err) &&
            case_decode(out, arena_str(arena, buf_view(&plain)), arena, pack, err) &&
            (*out)->event_count != seal.n)
            (void)err_set(err, ERR_CORRUPT, err_nowhere, "a snapshot is of another time");
    } else if (err->code == ERR_NONE) {
        *out = case_create(arena, pack, row->id);
    }
    buf_done(&plain);
    return db_end(&rows, err);
}

bool store_case_load(struct case_file **out, struct db_conn *conn, const struct store_case *row,
                     const struct store_packs *packs, struct arena *arena, struct err *err) {
    const struct pack *pack = NULL;
    struct case_file *state = NULL;
    struct case_event *events = NULL;
    size_t count = 0;
    if (!packs->find(&pack, packs->ctx, row->pack_version, conn, err) ||
        !snapshot_load(&state, conn, row, pack, arena, err))
        return false;
    assert(state != NULL);
    if (!store_case_events(&events, NULL, &count, conn, row, state->event_count + 1, arena, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!case_fold(state, &events[i], err))
            return false;
    *out = state;
    return true;
}

/* ---- writing --------------------------------------------------------------------------------- */

static struct str actor_name(const struct case_actor *actor, struct arena *arena) {
    switch (actor->kind) {
    case CASE_ACTOR_SYSTEM: return STR("system");
    case CASE_ACTOR_APPLICANT: return STR("applicant");
    case CASE_ACTOR_OFFICER: return arena_printf(arena, "account:%" PRIu64, actor->account);
    }
    return STR("system");
}

struct appending {
    struct store_tx *tx;
    struct case_id id;
    const struct store_key *key;
    struct arena *arena;
    struct buf plain, sealed;
    int64_t previous; /* log index of the case's event before, -1: none */
};

static bool event_append(struct appending *a, const struct case_event *event, struct err *err) {
    struct store_tx *tx = a->tx;
    uint64_t log_index = tx->frontier.leaf_count;
    struct str kind = case_event_name(event->kind);
    struct str actor = actor_name(&event->actor, a->arena);
    buf_reset(&a->plain);
    buf_reset(&a->sealed);
    case_event_encode(&a->plain, event);
    if (!buf_ok(&a->plain, "an event", err))
        return false;
    const struct store_seal seal = {"event", a->id.n, event->seq};
    store_seal(&a->sealed, a->key, &seal, buf_view(&a->plain), tx->store->env);
    if (!buf_ok(&a->sealed, "an event", err))
        return false;
    const struct audit_event audited = {
        .log_index = log_index,
        .case_id = a->id.n,
        .case_sequence = event->seq,
        .kind = kind,
        .at_us = event->at_us,
        .actor = actor,
        .payload_sha256 = merkle_sha256(buf_view(&a->sealed)),
    };
    struct merkle_hash leaf = audit_leaf(&audited);
    (void)merkle_append(&tx->frontier, &leaf, NULL);
    tx->events_added++;
    bool ok =
        db_run(tx->conn,
               "INSERT INTO event (seq, case_id, case_seq, previous, at_us, kind, actor, "
               "payload, leaf) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
               DB_ARGS(db_n((int64_t)log_index), db_n((int64_t)a->id.n), db_n((int64_t)event->seq),
                       db_n(a->previous), db_n(event->at_us), db_t(kind), db_t(actor),
                       db_b(buf_view(&a->sealed)), db_b(merkle_hash_str(&leaf))),
               err);
    a->previous = (int64_t)log_index;
    return ok;
}

static bool key_make(struct store_key *out, struct store_tx *tx, struct case_id id,
                     struct err *err) {
    os_random(tx->store->env, out->bytes, sizeof out->bytes);
    return db_run(tx->conn, "INSERT INTO case_key (case_id, key) VALUES (?1, ?2)",
                  DB_ARGS(db_n((int64_t)id.n),
                          db_b((struct str){(const char *)out->bytes, sizeof out->bytes})),
                  err);
}

struct header {
    int64_t last_event, wake_us;
};

static bool header_of(struct header *out, struct store_tx *tx, const struct case_file *state,
                      uint64_t want_count, struct err *err) {
    struct db_rows rows;
    if (!db_query(&rows, tx->conn,
                  "SELECT event_count, last_event, wake_us FROM case_file WHERE id = ?1",
                  DB_ARGS(db_n((int64_t)state->id.n)), err))
        return false;
    if (!db_next(&rows, err) || (uint64_t)db_col_i64(&rows, 0) != want_count) {
        if (err->code == ERR_NONE)
            (void)err_set(err, ERR_INTERNAL, err_nowhere,
                          "case %" PRIu64 " was changed beside the writer", state->id.n);
    } else {
        *out = (struct header){db_col_i64(&rows, 1), db_col_i64(&rows, 2)};
    }
    return db_end(&rows, err);
}

bool store_state_write(struct db_conn *conn, const struct case_file *state,
                       const struct store_key *key, const struct os_env *env, struct err *err) {
    struct buf plain, sealed;
    buf_init(&plain, STORE_STATE_BYTES_MAX);
    buf_init(&sealed, STORE_STATE_BYTES_MAX + STORE_SEAL_EXTRA_BYTES);
    bool ok = case_encode(&plain, state, err) && buf_ok(&plain, "the state of a case", err);
    if (ok) {
        const struct store_seal seal = {"state", state->id.n, state->event_count};
        store_seal(&sealed, key, &seal, buf_view(&plain), env);
        ok = buf_ok(&sealed, "the state of a case", err) &&
             db_run(conn,
                    "INSERT INTO case_state (case_id, event_count, state) VALUES (?1, ?2, ?3) "
                    "ON CONFLICT (case_id) DO UPDATE SET event_count = excluded.event_count, "
                    "state = excluded.state",
                    DB_ARGS(db_n((int64_t)state->id.n), db_n((int64_t)state->event_count),
                            db_b(buf_view(&sealed))),
                    err);
    }
    buf_done(&plain);
    buf_done(&sealed);
    return ok;
}

/* A snapshot when STORE_SNAPSHOT_EVENTS boundaries were crossed, and when the case is over. */
static bool snapshot_due(const struct case_file *state, uint64_t before) {
    return state->closed ||
           before / STORE_SNAPSHOT_EVENTS != state->event_count / STORE_SNAPSHOT_EVENTS;
}

static bool events_append(uint64_t *indexes, struct appending *a, const struct case_result *result,
                          struct err *err) {
    buf_init(&a->plain, STORE_EVENT_BYTES_MAX);
    buf_init(&a->sealed, STORE_EVENT_BYTES_MAX + STORE_SEAL_EXTRA_BYTES);
    bool ok = true;
    for (size_t i = 0; ok && i < result->event_count; i++) {
        indexes[i] = a->tx->frontier.leaf_count;
        ok = event_append(a, &result->events[i], err);
    }
    buf_done(&a->plain);
    buf_done(&a->sealed);
    return ok;
}

bool store_case_save(struct store_tx *tx, const struct case_file *state,
                     const struct case_result *result, int64_t pack_version, struct arena *arena,
                     struct err *err) {
    if (result->event_count == 0)
        return true;
    struct store_key key;
    uint64_t before = state->event_count - result->event_count;
    struct appending a = {.tx = tx, .id = state->id, .key = &key, .arena = arena, .previous = -1};
    struct header header = {-1, 0};
    bool ok = before == 0 ? key_make(&key, tx, state->id, err)
                          : store_key_for_writing(&key, tx, state->id, err) &&
                                header_of(&header, tx, state, before, err);
    a.previous = header.last_event;
    uint64_t *indexes = arena_new(arena, uint64_t, result->event_count);
    if (!ok || !events_append(indexes, &a, result, err))
        return false;
    const struct store_project project = {
        .state = state,
        .pack_version = pack_version,
        .last_event = (uint64_t)a.previous,
        .wake_us_before = header.wake_us,
        .events = result->events,
        .event_index = indexes,
        .event_count = result->event_count,
    };
    ok = store_project_rows(tx->conn, &project, err) &&
         (!snapshot_due(state, before) ||
          store_state_write(tx->conn, state, &key, tx->store->env, err));
    for (size_t i = 0; ok && i < result->effect_count; i++)
        ok = store_outbox_add(tx, &result->effects[i], state->id, &key, err);
    return ok;
}

bool store_cases_due(struct case_id *out, size_t room, size_t *count_out, int64_t *next_us_out,
                     struct db_conn *conn, int64_t now_us, struct err *err) {
    struct db_rows rows;
    size_t count = 0;
    *next_us_out = 0;
    if (!db_query(&rows, conn,
                  "SELECT id, wake_us FROM case_file WHERE wake_us > 0 ORDER BY wake_us LIMIT ?1",
                  DB_ARGS(db_n((int64_t)room + 1)), err))
        return false;
    while (db_next(&rows, err)) {
        int64_t wake_us = db_col_i64(&rows, 1);
        if (wake_us > now_us || count == room) {
            *next_us_out = wake_us;
            break;
        }
        out[count++] = (struct case_id){(uint64_t)db_col_i64(&rows, 0)};
    }
    *count_out = count;
    return db_end(&rows, err);
}

static bool erase_documents(struct store_tx *tx, struct case_id id, struct err *err) {
    return db_run(tx->conn,
                  "DELETE FROM document WHERE case_id = ?1", /* the sweep removes the files */
                  DB_ARGS(db_n((int64_t)id.n)), err);
}

bool store_case_erase(struct store_tx *tx, struct case_id id, struct err *err) {
    struct store_key key;
    if (!store_key_of_case(&key, tx->conn, id, err)) /* ERR_NOT_FOUND for one that is erased */
        return false;
    char text[32];
    (void)snprintf(text, sizeof text, "%" PRIu64, tx->next_case - 1);
    store_key_forget(tx, id);
    const struct db_value of_case = db_n((int64_t)id.n);
    return store_project_drop(tx->conn, id, err) && erase_documents(tx, id, err) &&
           db_run(tx->conn, "DELETE FROM outbox WHERE case_id = ?1", DB_ARGS(of_case), err) &&
           db_run(tx->conn, "DELETE FROM access_look WHERE case_id = ?1", DB_ARGS(of_case), err) &&
           db_run(tx->conn, "DELETE FROM case_key WHERE case_id = ?1", DB_ARGS(of_case), err) &&
           store_setting_put(tx, STR("highest_erased_case"), str_from(text), err);
}
