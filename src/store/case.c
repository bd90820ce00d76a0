/* Cases: their events in the log, their key, their snapshot. A case's events are a chain through
 * the log, walked backwards from case_file.last_event, so that appending touches no index. */
#include <assert.h>
#include <inttypes.h>

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

bool store_case_find(struct case_id *out, struct db_conn *conn, struct str reference,
                     struct err *err) {
    int64_t id = 0;
    if (!db_get_i64(&id, conn, "SELECT id FROM case_file WHERE reference = ?1",
                    DB_ARGS(db_t(reference)), err))
        return false;
    *out = (struct case_id){(uint64_t)id};
    return id != 0 || err_set(err, ERR_NOT_FOUND, err_nowhere, "there is no such case");
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

static bool event_read(struct case_event *out, int64_t *previous_out,
                       const struct store_chain *chain, int64_t log_index, uint64_t seq,
                       struct err *err) {
    struct str plain;
    if (!store_chain_read(&plain, previous_out, chain, log_index, seq, err) ||
        !case_event_decode(out, plain, err))
        return false;
    return out->seq == seq ||
           err_set(err, ERR_CORRUPT, err_nowhere, "an event of a case is out of its order");
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
    const struct store_chain chain = {conn, row->id, &key, arena};
    int64_t log_index = (int64_t)row->last_event;
    for (size_t i = count; i > 0; i--) {
        indexes[i - 1] = (uint64_t)log_index;
        if (!event_read(&events[i - 1], &log_index, &chain, log_index, from + i - 1, err))
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
    case CASE_ACTOR_OFFICER: return store_actor_of(actor->account, arena);
    }
    return STR("system");
}

static bool event_append(struct store_appending *a, const struct case_event *event,
                         struct err *err) {
    buf_reset(&a->plain);
    case_event_encode(&a->plain, event);
    return store_event_append(a,
                              &(struct store_event){
                                  .seq = event->seq,
                                  .at_us = event->at_us,
                                  .kind = case_event_name(event->kind),
                                  .actor = actor_name(&event->actor, a->arena),
                              },
                              err);
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
             store_snapshot_put(conn, state->id, state->event_count, buf_view(&sealed), err);
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

static bool events_append(uint64_t *indexes, struct store_appending *a,
                          const struct case_result *result, struct err *err) {
    bool ok = true;
    store_appending_init(a);
    for (size_t i = 0; ok && i < result->event_count; i++) {
        indexes[i] = a->tx->frontier.leaf_count;
        ok = event_append(a, &result->events[i], err);
    }
    store_appending_done(a);
    return ok;
}

bool store_case_save(struct store_tx *tx, struct store_case_head *head,
                     const struct case_file *state, const struct case_result *result,
                     struct arena *arena, struct err *err) {
    if (result->event_count == 0)
        return true;
    struct store_key key;
    uint64_t before = head->event_count;
    struct store_appending a = {
        .tx = tx, .id = state->id, .key = &key, .arena = arena, .previous = head->last_event};
    uint64_t *indexes = arena_new(arena, uint64_t, result->event_count);
    bool ok = before == 0 ? store_key_make(&key, tx, state->id, err)
                          : store_key_for_writing(&key, tx, state->id, err);
    if (!ok || !events_append(indexes, &a, result, err))
        return false;
    const struct store_project project = {
        .state = state,
        .pack_version = head->pack_version,
        .last_event = (uint64_t)a.previous,
        .wake_us_before = head->wake_us,
        .outside = result->outside,
        .timed = result->timed,
        .events = result->events,
        .event_index = indexes,
        .event_count = result->event_count,
    };
    ok = store_project_rows(tx->conn, &project, err) &&
         (!snapshot_due(state, before) ||
          store_state_write(tx->conn, state, &key, tx->store->env, err));
    for (size_t i = 0; ok && i < result->effect_count; i++)
        ok = store_outbox_add(tx, &result->effects[i], state->id, &key, err);
    head->event_count = state->event_count;
    head->last_event = a.previous;
    head->wake_us = state->wake_us;
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
    const struct db_value of_case = db_n((int64_t)id.n);
    return store_project_drop(tx->conn, id, err) && erase_documents(tx, id, err) &&
           db_run(tx->conn, "DELETE FROM outbox WHERE case_id = ?1", DB_ARGS(of_case), err) &&
           db_run(tx->conn,
                  "DELETE FROM message_taken WHERE instance = 0 AND subscription >= ?1 << 24 AND "
                  "subscription < (?1 + 1) << 24",
                  DB_ARGS(of_case), err) &&
           db_run(tx->conn, "DELETE FROM access_look WHERE case_id = ?1", DB_ARGS(of_case), err) &&
           store_stream_forget(tx, id, err);
}
