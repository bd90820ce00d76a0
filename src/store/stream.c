/* A stream's chain of events in the log, sealed with the stream's own key: what cases, process
 * instances and everything else that is logged have in common. */
#include <inttypes.h>

#include "audit/audit.h"
#include "process/process.h"
#include "store/inner.h"
#include "store/process.h"

bool store_key_make(struct store_key *out, struct store_tx *tx, struct case_id id,
                    struct err *err) {
    os_random(tx->store->env, out->bytes, sizeof out->bytes);
    return db_run(tx->conn, "INSERT INTO case_key (case_id, key) VALUES (?1, ?2)",
                  DB_ARGS(db_n((int64_t)id.n),
                          db_b((struct str){(const char *)out->bytes, sizeof out->bytes})),
                  err);
}

void store_appending_init(struct store_appending *a) {
    buf_init(&a->plain, STORE_EVENT_BYTES_MAX);
    buf_init(&a->sealed, STORE_EVENT_BYTES_MAX + STORE_SEAL_EXTRA_BYTES);
}

void store_appending_done(struct store_appending *a) {
    buf_done(&a->plain);
    buf_done(&a->sealed);
}

bool store_event_append(struct store_appending *a, const struct store_event *event,
                        struct err *err) {
    struct store_tx *tx = a->tx;
    uint64_t log_index = tx->frontier.leaf_count;
    buf_reset(&a->sealed);
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
        .kind = event->kind,
        .at_us = event->at_us,
        .actor = event->actor,
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
                       db_n(a->previous), db_n(event->at_us), db_t(event->kind), db_t(event->actor),
                       db_b(buf_view(&a->sealed)), db_b(merkle_hash_str(&leaf))),
               err);
    a->previous = (int64_t)log_index;
    return ok;
}

bool store_chain_read(struct str *plain_out, int64_t *previous_out, const struct store_chain *chain,
                      int64_t log_index, uint64_t seq, struct err *err) {
    struct db_rows rows;
    struct buf plain;
    if (!db_query(&rows, chain->conn,
                  "SELECT case_id, case_seq, previous, payload FROM event WHERE seq = ?1",
                  DB_ARGS(db_n(log_index)), err))
        return false;
    buf_init(&plain, STORE_EVENT_BYTES_MAX);
    if (!db_next(&rows, err) || (uint64_t)db_col_i64(&rows, 0) != chain->id.n ||
        (uint64_t)db_col_i64(&rows, 1) != seq) {
        if (err->code == ERR_NONE)
            (void)err_set(err, ERR_CORRUPT, err_nowhere,
                          "event %" PRIu64 " of case %" PRIu64 " is not at %" PRId64 " of the log",
                          seq, chain->id.n, log_index);
    } else {
        *previous_out = db_col_i64(&rows, 2);
        const struct store_seal seal = {"event", chain->id.n, seq};
        if (store_unseal(&plain, chain->key, &seal, db_col_blob(&rows, 3), err))
            *plain_out = arena_str(chain->arena, buf_view(&plain));
    }
    buf_done(&plain);
    return db_end(&rows, err);
}

struct str store_actor_of(uint64_t account, struct arena *arena) {
    return account == 0 ? STR("system") : arena_printf(arena, "account:%" PRIu64, account);
}

bool store_snapshot_put(struct db_conn *conn, struct case_id id, uint64_t event_count,
                        struct str sealed, struct err *err) {
    return db_run(conn,
                  "INSERT INTO case_state (case_id, event_count, state) VALUES (?1, ?2, ?3) "
                  "ON CONFLICT (case_id) DO UPDATE SET event_count = excluded.event_count, "
                  "state = excluded.state",
                  DB_ARGS(db_n((int64_t)id.n), db_n((int64_t)event_count), db_b(sealed)), err);
}

/* ---- streams that are one event ----------------------------------------------------------------
 */

bool store_note_add(uint64_t *stream_out, struct store_tx *tx, struct str kind, uint64_t account,
                    struct str payload, struct arena *arena, struct err *err) {
    struct store_key key;
    struct case_id id = store_case_next(tx);
    if (!store_key_make(&key, tx, id, err))
        return false;
    struct store_appending a = {.tx = tx, .id = id, .key = &key, .arena = arena, .previous = -1};
    store_appending_init(&a);
    bytes_add_str(&a.plain, payload);
    const struct store_event event = {1, tx->now_us, kind, store_actor_of(account, arena)};
    bool ok = store_event_append(&a, &event, err);
    store_appending_done(&a);
    *stream_out = id.n;
    return ok;
}

bool store_stream_forget(struct store_tx *tx, struct case_id id, struct err *err) {
    char text[32];
    (void)snprintf(text, sizeof text, "%" PRIu64, tx->next_case - 1);
    store_key_forget(tx, id);
    return db_run(tx->conn, "DELETE FROM case_key WHERE case_id = ?1", DB_ARGS(db_n((int64_t)id.n)),
                  err) &&
           db_run(tx->conn, "DELETE FROM case_state WHERE case_id = ?1",
                  DB_ARGS(db_n((int64_t)id.n)), err) &&
           store_setting_put(tx, STR("highest_erased_case"), str_from(text), err);
}

bool store_note_erase(struct store_tx *tx, uint64_t stream, struct err *err) {
    return store_stream_forget(tx, (struct case_id){stream}, err);
}

enum { NOTES_ROOM = 256 };
#define NOTES_SEEN STR("notes_seen") /* events of the log that were looked at */

struct old_note {
    int64_t seq, stream;
    bool is_note, is_decision;
};

static bool old_notes(struct old_note *out, size_t *count_out, struct store_tx *tx, int64_t from,
                      int64_t before_us, size_t most, struct err *err) {
    struct db_rows rows;
    size_t count = 0;
    if (!db_query(&rows, tx->conn,
                  "SELECT seq, case_id, kind, at_us FROM event WHERE seq >= ?1 ORDER BY seq LIMIT "
                  "?2",
                  DB_ARGS(db_n(from), db_n((int64_t)most)), err))
        return false;
    while (db_next(&rows, err) && db_col_i64(&rows, 3) < before_us) {
        struct str kind = db_col_text(&rows, 2);
        bool is_decision = str_eq(kind, STR("decision_evaluated"));
        out[count++] = (struct old_note){db_col_i64(&rows, 0), db_col_i64(&rows, 1),
                                         is_decision || str_eq(kind, STR("signal_broadcast")) ||
                                             str_eq(kind, STR(STORE_LOOKED_KIND)) ||
                                             str_eq(kind, STR("message_published")),
                                         is_decision};
    }
    *count_out = count;
    return db_end(&rows, err);
}

static bool note_expire(struct store_tx *tx, const struct old_note *note, struct err *err) {
    int64_t key = process_key((uint64_t)note->stream, 0), waits = 0;
    if (!note->is_note)
        return true;
    if (note->is_decision &&
        !db_run(tx->conn, "DELETE FROM decision_instance WHERE evaluation = ?1", DB_ARGS(db_n(key)),
                err))
        return false;
    return db_get_i64(&waits, tx->conn, "SELECT 1 FROM message WHERE key = ?1", DB_ARGS(db_n(key)),
                      err) &&
           (waits != 0 || store_note_erase(tx, (uint64_t)note->stream, err));
}

bool store_notes_expire(size_t *count_out, struct store_tx *tx, int64_t before_us, size_t most,
                        struct err *err) {
    struct old_note notes[NOTES_ROOM];
    struct arena *arena = arena_create("notes", 1 << 16);
    struct str text = STR_NONE;
    int64_t from = 0;
    *count_out = 0;
    bool ok = store_setting_get(&text, tx->conn, NOTES_SEEN, arena, err);
    if (ok && text.len > 0 && !str_to_i64(&from, text))
        ok = err_set(err, ERR_CORRUPT, err_nowhere, "setting 'notes_seen' is not a number");
    ok = ok &&
         old_notes(notes, count_out, tx, from, before_us, MIN_OF(most, (size_t)NOTES_ROOM), err);
    for (size_t i = 0; ok && i < *count_out; i++)
        ok = note_expire(tx, &notes[i], err);
    if (ok && *count_out > 0)
        ok = store_setting_put(tx, NOTES_SEEN,
                               arena_printf(arena, "%" PRId64, notes[*count_out - 1].seq + 1), err);
    arena_destroy(arena);
    return ok;
}
