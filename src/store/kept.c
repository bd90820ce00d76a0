/* Data stores: what processes keep beyond their end (BPMN 2.0.2: 10.4.1). A value is told by an
 * event of its own, so that it outlives the instance that wrote it, whose events are erased in
 * time; the event of the value before is erased when another takes its place. So nothing is
 * gathered here, and the row follows from the one event that there is. */
#include <inttypes.h>

#include "base/code.h"
#include "store/inner.h"
#include "store/process.h"
#include "json/json.h"

enum { VALUE_BYTES_MAX = 4 * BPMN_STORE_BYTES_MAX };

static bool decode(struct feel_value *out, struct str bytes, struct arena *arena, struct err *err) {
    struct bytes_reader in = {.in = arena_str(arena, bytes)};
    if (!feel_decode(out, &in, arena, err))
        return false;
    return in.in.len == 0 ||
           err_set(err, ERR_CORRUPT, err_nowhere, "the value of a data store is damaged");
}

bool store_kept_get(struct feel_value *out, struct db_conn *conn, const struct store_kept *which,
                    struct arena *arena, struct err *err) {
    struct db_rows rows;
    *out = feel_null();
    if (!db_query(&rows, conn, "SELECT value FROM data_store WHERE process = ?1 AND store = ?2",
                  DB_ARGS(db_t(which->process), db_t(which->store)), err))
        return false;
    if (db_next(&rows, err) && !decode(out, db_col_blob(&rows, 0), arena, err)) {
        struct err ignored = {0};
        (void)!db_end(&rows, &ignored);
        return false;
    }
    return db_end(&rows, err);
}

/* The events of the rows that go, then the rows. `where` binds ?1 and ?2. */
static bool drop(struct store_tx *tx, const struct store_kept *which, struct err *err) {
    int64_t notes[BPMN_STORES_MAX];
    size_t count = 0;
    struct db_rows rows;
    if (!db_query(&rows, tx->conn,
                  "SELECT note FROM data_store WHERE process = ?1 AND (?2 = '' OR store = ?2) "
                  "ORDER BY store LIMIT ?3",
                  DB_ARGS(db_t(which->process), db_t(which->store), db_n(COUNT_OF(notes))), err))
        return false;
    while (db_next(&rows, err))
        notes[count++] = db_col_i64(&rows, 0);
    if (!db_end(&rows, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!store_note_erase(tx, (uint64_t)notes[i], err) ||
            !db_run(tx->conn, "DELETE FROM data_store WHERE process = ?1 AND note = ?2",
                    DB_ARGS(db_t(which->process), db_n(notes[i])), err))
            return false;
    return true;
}

bool store_kept_drop(struct store_tx *tx, struct str process, struct err *err) {
    const struct store_kept all = {.process = process};
    int64_t left = 1;
    while (left > 0)
        if (!drop(tx, &all, err) ||
            !db_get_i64(&left, tx->conn, "SELECT count(*) FROM data_store WHERE process = ?1",
                        DB_ARGS(db_t(process)), err))
            return false;
    return true;
}

static bool note_text(struct buf *out, const struct store_kept *kept, struct str bytes,
                      struct arena *arena, struct err *err) {
    struct json *note = json_obj(arena);
    struct buf hex;
    buf_init(&hex, 2 * VALUE_BYTES_MAX);
    code_hex_add(&hex, bytes);
    json_set_str(note, STR("process"), kept->process);
    json_set_str(note, STR("store"), kept->store);
    json_set_str(note, STR("instance"), arena_printf(arena, "%" PRId64, kept->instance));
    json_set(note, STR("value"), json_str_copy(buf_view(&hex), arena));
    buf_done(&hex);
    json_write(out, note, JSON_COMPACT);
    return buf_ok(out, "what a data store holds", err);
}

static bool row_put(struct db_conn *conn, const struct store_kept *kept, uint64_t note,
                    struct str value, struct err *err) {
    return db_run(
        conn,
        "INSERT OR REPLACE INTO data_store (process, store, value, instance, note, at_us) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        DB_ARGS(db_t(kept->process), db_t(kept->store), db_b(value), db_n(kept->instance),
                db_n((int64_t)note), db_n(kept->at_us)),
        err);
}

bool store_kept_put(struct store_tx *tx, const struct store_kept *kept, struct feel_value value,
                    uint64_t account, struct arena *arena, struct err *err) {
    struct store_kept row = *kept;
    struct buf bytes, text;
    uint64_t note;
    if (!drop(tx, kept, err) || feel_is_null(value))
        return err->code == ERR_NONE;
    row.at_us = tx->now_us;
    buf_init(&bytes, VALUE_BYTES_MAX);
    buf_init(&text, STORE_EVENT_BYTES_MAX);
    bool ok =
        feel_encode(&bytes, value, err) && buf_ok(&bytes, "what a data store holds", err) &&
        note_text(&text, kept, buf_view(&bytes), arena, err) &&
        store_note_add(&note, tx, STR(STORE_KEPT_KIND), account, buf_view(&text), arena, err) &&
        row_put(tx->conn, &row, note, buf_view(&bytes), err);
    buf_done(&text);
    buf_done(&bytes);
    return ok;
}

/* ---- verify, rebuild ------------------------------------------------------------------------- */

static bool event_read(struct store_kept *out, struct str *value_out,
                       const struct store_kept_event *event, struct arena *arena, struct err *err) {
    struct bytes_reader in = {.in = event->plain};
    struct str text;
    const struct json *note;
    struct budget budget = budget_of(1000000, 64 << 20);
    struct buf value;
    if (!bytes_take_str(&text, &in) || in.in.len != 0)
        return err_set(err, ERR_CORRUPT, err_nowhere, "the event of a data store is damaged");
    if (!json_read(&note, text, "event", arena, &budget, err))
        return false;
    *out = (struct store_kept){.process = json_get_text(note, STR("process")),
                               .store = json_get_text(note, STR("store")),
                               .at_us = event->at_us};
    buf_init(&value, VALUE_BYTES_MAX);
    bool ok = str_to_i64(&out->instance, json_get_text(note, STR("instance"))) &&
              code_hex_take(&value, json_get_text(note, STR("value")));
    *value_out = arena_str(arena, buf_view(&value));
    buf_done(&value);
    return ok || err_set(err, ERR_CORRUPT, err_nowhere, "the event of a data store is damaged");
}

bool store_kept_compare(bool *same, struct db_conn *conn, const struct store_kept_event *event,
                        struct arena *arena, struct err *err) {
    struct store_kept kept;
    struct str value;
    int64_t count = 0;
    *same = false;
    if (!event_read(&kept, &value, event, arena, err) ||
        !db_get_i64(&count, conn,
                    "SELECT count(*) FROM data_store WHERE process = ?1 AND store = ?2 AND value = "
                    "?3 AND instance = ?4 AND note = ?5 AND at_us = ?6",
                    DB_ARGS(db_t(kept.process), db_t(kept.store), db_b(value), db_n(kept.instance),
                            db_n((int64_t)event->stream), db_n(kept.at_us)),
                    err))
        return false;
    *same = count == 1;
    return true;
}

bool store_kept_rebuild(struct db_conn *conn, const struct store_kept_event *event,
                        struct arena *arena, struct err *err) {
    struct store_kept kept;
    struct str value;
    return event_read(&kept, &value, event, arena, err) &&
           row_put(conn, &kept, event->stream, value, err);
}
