#include "store/message.h"

#include "store/inner.h"

bool store_message_put(struct store_tx *tx, const struct store_message *m, struct err *err) {
    int64_t alive = 0;
    if (m->message_id.len > 0 &&
        !db_get_i64(&alive, tx->conn,
                    "SELECT key FROM message WHERE name = ?1 AND correlation_key = ?2 AND "
                    "message_id = ?3 AND message_id <> ''",
                    DB_ARGS(db_t(m->name), db_t(m->correlation_key), db_t(m->message_id)), err))
        return false;
    if (alive != 0)
        return err_set(err, ERR_CONFLICT, err_nowhere,
                       "a message '%.*s' with the id '%.*s' is still alive", STR_ARG(m->name),
                       STR_ARG(m->message_id));
    return db_run(tx->conn,
                  "INSERT INTO message (key, name, correlation_key, message_id, variables, "
                  "until_us) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                  DB_ARGS(db_n(m->key), db_t(m->name), db_t(m->correlation_key),
                          db_t(m->message_id), db_t(m->variables), db_n(m->until_us)),
                  err);
}

static bool messages_read(struct store_message *out, size_t *count_out, struct db_rows *rows,
                          struct arena *arena, struct err *err) {
    size_t count = 0;
    while (db_next(rows, err))
        out[count++] = (struct store_message){
            .key = db_col_i64(rows, 0),
            .until_us = db_col_i64(rows, 1),
            .name = arena_str(arena, db_col_text(rows, 2)),
            .correlation_key = arena_str(arena, db_col_text(rows, 3)),
            .message_id = arena_str(arena, db_col_text(rows, 4)),
            .variables = arena_str(arena, db_col_text(rows, 5)),
        };
    *count_out = count;
    return db_end(rows, err);
}

#define MESSAGE_COLUMNS                                                                            \
    "SELECT m.key, m.until_us, m.name, m.correlation_key, m.message_id, m.variables FROM message " \
    "AS m "

bool store_messages_for(struct store_message *out, size_t room, size_t *count_out,
                        struct db_conn *conn, struct str name, struct str correlation_key,
                        struct str process, int64_t now_us, struct arena *arena, struct err *err) {
    struct db_rows rows;
    return db_query(&rows, conn,
                    MESSAGE_COLUMNS
                    "WHERE m.name = ?1 AND m.correlation_key = ?2 AND m.until_us > ?4 AND NOT "
                    "EXISTS (SELECT 1 FROM message_taken AS t WHERE t.message = m.key AND "
                    "t.process = ?3) ORDER BY m.key LIMIT ?5",
                    DB_ARGS(db_t(name), db_t(correlation_key), db_t(process), db_n(now_us),
                            db_n((int64_t)room)),
                    err) &&
           messages_read(out, count_out, &rows, arena, err);
}

bool store_messages_keyed(struct store_message *out, size_t room, size_t *count_out,
                          struct db_conn *conn, struct str correlation_key, int64_t now_us,
                          struct arena *arena, struct err *err) {
    struct db_rows rows;
    return db_query(&rows, conn,
                    MESSAGE_COLUMNS "WHERE m.correlation_key = ?1 AND m.until_us > ?2 ORDER BY "
                                    "m.key LIMIT ?3",
                    DB_ARGS(db_t(correlation_key), db_n(now_us), db_n((int64_t)room)), err) &&
           messages_read(out, count_out, &rows, arena, err);
}

bool store_messages_expire(size_t *count_out, struct store_tx *tx, size_t most, struct err *err) {
    enum { ROOM = 256 };
    int64_t keys[ROOM];
    struct db_rows rows;
    size_t count = 0;
    if (!db_query(&rows, tx->conn,
                  "SELECT key FROM message WHERE until_us <= ?1 ORDER BY until_us LIMIT ?2",
                  DB_ARGS(db_n(tx->now_us), db_n((int64_t)MIN_OF(most, ROOM))), err))
        return false;
    while (db_next(&rows, err))
        keys[count++] = db_col_i64(&rows, 0);
    if (!db_end(&rows, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!db_run(tx->conn, "DELETE FROM message WHERE key = ?1", DB_ARGS(db_n(keys[i])), err) ||
            !db_run(tx->conn,
                    "DELETE FROM message_taken WHERE message = ?1 AND instance > 0 AND NOT EXISTS "
                    "(SELECT 1 FROM process_instance AS p WHERE p.key = instance)",
                    DB_ARGS(db_n(keys[i])), err) ||
            !store_note_erase(tx, process_key_stream(keys[i]), err))
            return false;
    *count_out = count;
    return true;
}

bool store_messages_next(int64_t *out_us, struct db_conn *conn, struct err *err) {
    *out_us = 0;
    return db_get_i64(out_us, conn, "SELECT until_us FROM message ORDER BY until_us LIMIT 1",
                      DB_NO_ARGS, err);
}

bool store_message_taken(struct store_tx *tx, const struct store_taken *t, struct err *err) {
    return db_run(tx->conn,
                  "INSERT INTO message_taken (message, process, instance, subscription, "
                  "definition, element, element_key, name, correlation_key, at_us) VALUES (?1, ?2, "
                  "?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                  DB_ARGS(db_n(t->message), db_t(t->process), db_n(t->instance),
                          db_n(t->subscription), db_n(t->definition), db_t(t->element),
                          db_n(t->element_key), db_t(t->name), db_t(t->correlation_key),
                          db_n(tx->now_us)),
                  err);
}

bool store_message_was_taken(bool *out, struct db_conn *conn, int64_t message, struct str process,
                             struct err *err) {
    int64_t found = 0;
    bool ok =
        db_get_i64(&found, conn, "SELECT 1 FROM message_taken WHERE message = ?1 AND process = ?2",
                   DB_ARGS(db_n(message), db_t(process)), err);
    *out = found != 0;
    return ok;
}

bool store_subscriptions(struct store_subscription *out, size_t room, size_t *count_out,
                         struct db_conn *conn, struct str event, struct str name,
                         struct str correlation_key, int64_t after, struct arena *arena,
                         struct err *err) {
    struct db_rows rows;
    size_t count = 0;
    if (!db_query(&rows, conn,
                  "SELECT key, element_key, definition, node, name, correlation_key, process, "
                  "element FROM subscription WHERE open = 1 AND event = ?1 AND name = ?2 AND "
                  "correlation_key IN (?3, '') AND key > ?4 ORDER BY key LIMIT ?5",
                  DB_ARGS(db_t(event), db_t(name), db_t(correlation_key), db_n(after),
                          db_n((int64_t)room)),
                  err))
        return false;
    while (db_next(&rows, err))
        out[count++] = (struct store_subscription){
            .key = db_col_i64(&rows, 0),
            .element_key = db_col_i64(&rows, 1),
            .definition = db_col_i64(&rows, 2),
            .node = (uint32_t)db_col_i64(&rows, 3),
            .name = arena_str(arena, db_col_text(&rows, 4)),
            .correlation_key = arena_str(arena, db_col_text(&rows, 5)),
            .process = arena_str(arena, db_col_text(&rows, 6)),
            .element = arena_str(arena, db_col_text(&rows, 7)),
        };
    *count_out = count;
    return db_end(&rows, err);
}

bool store_started_by(int64_t *instance_out, struct db_conn *conn, struct str process,
                      struct str correlation_key, struct err *err) {
    *instance_out = 0;
    return db_get_i64(instance_out, conn,
                      "SELECT i.key FROM process_instance AS i JOIN process_definition AS d ON "
                      "d.key = i.definition WHERE i.started_by = ?2 AND i.started_by <> '' AND "
                      "i.ended_us = 0 AND d.id = ?1 LIMIT 1",
                      DB_ARGS(db_t(process), db_t(correlation_key)), err);
}
