/* Start events that need several definitions: what has come (BPMN 2.0.2: 10.5.2, parallel
 * multiple). */
#include "store/definition.h"

bool store_pending_put(struct store_tx *tx, const struct store_pending *p, struct err *err) {
    return db_run(tx->conn,
                  "INSERT OR REPLACE INTO start_pending (definition, node, correlation_key, def, "
                  "variables, at_us) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                  DB_ARGS(db_n(p->definition), db_n(p->node), db_t(p->correlation_key),
                          db_n(p->def), db_t(p->variables), db_n(tx->now_us)),
                  err);
}

bool store_pending_room(bool *out, struct db_conn *conn, const struct store_pending *p,
                        struct err *err) {
    int64_t count = 0, there = 0;
    bool ok = db_get_i64(&count, conn, "SELECT count(*) FROM start_pending WHERE definition = ?1",
                         DB_ARGS(db_n(p->definition)), err) &&
              db_get_i64(&there, conn,
                         "SELECT 1 FROM start_pending WHERE definition = ?1 AND node = ?2 AND "
                         "correlation_key = ?3 AND def = ?4",
                         DB_ARGS(db_n(p->definition), db_n(p->node), db_t(p->correlation_key),
                                 db_n(p->def)),
                         err);
    *out = there != 0 || count < STORE_PENDING_MAX;
    return ok;
}

bool store_pending_list(struct store_pending *out, size_t *count_out, struct db_conn *conn,
                        const struct store_pending *which, struct arena *arena, struct err *err) {
    struct db_rows rows;
    size_t count = 0;
    if (!db_query(&rows, conn,
                  "SELECT correlation_key, def, variables FROM start_pending WHERE definition = ?1 "
                  "AND node = ?2 ORDER BY at_us, correlation_key, def LIMIT ?3",
                  DB_ARGS(db_n(which->definition), db_n(which->node), db_n(STORE_PENDING_MAX)),
                  err))
        return false;
    while (db_next(&rows, err))
        out[count++] =
            (struct store_pending){.definition = which->definition,
                                   .node = which->node,
                                   .correlation_key = arena_str(arena, db_col_text(&rows, 0)),
                                   .def = (uint32_t)db_col_i64(&rows, 1),
                                   .variables = arena_str(arena, db_col_text(&rows, 2))};
    *count_out = count;
    return db_end(&rows, err);
}

bool store_pending_drop(struct store_tx *tx, const struct store_pending *which, struct err *err) {
    return db_run(tx->conn,
                  "DELETE FROM start_pending WHERE definition = ?1 AND node = ?2 AND "
                  "correlation_key = ?3",
                  DB_ARGS(db_n(which->definition), db_n(which->node), db_t(which->correlation_key)),
                  err);
}

bool store_pending_expire(struct store_tx *tx, int64_t before_us, struct err *err) {
    return db_run(tx->conn, "DELETE FROM start_pending WHERE at_us < ?1", DB_ARGS(db_n(before_us)),
                  err) &&
           db_run(tx->conn,
                  "DELETE FROM message_taken WHERE instance = 0 AND subscription = 0 AND message "
                  "NOT IN (SELECT key FROM message)",
                  DB_NO_ARGS, err);
}
