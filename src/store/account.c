#include "store/inner.h"

#define ACCOUNT_COLUMNS                                                                            \
    "id, user, name, password, locked, failures, retry_us, created_us, signed_in_us"

static void account_read(struct store_account *out, const struct db_rows *rows, struct arena *a) {
    *out = (struct store_account){
        .id = (uint64_t)db_col_i64(rows, 0),
        .user = arena_str(a, db_col_text(rows, 1)),
        .name = arena_str(a, db_col_text(rows, 2)),
        .password = arena_str(a, db_col_text(rows, 3)),
        .locked = db_col_i64(rows, 4) != 0,
        .failures = db_col_i64(rows, 5),
        .retry_us = db_col_i64(rows, 6),
        .created_us = db_col_i64(rows, 7),
        .signed_in_us = db_col_i64(rows, 8),
    };
}

bool store_account_add(uint64_t *id_out, struct store_tx *tx, const struct store_account *account,
                       const struct store_appointment *posts, size_t post_count, struct err *err) {
    int64_t taken = 0;
    if (!db_get_i64(&taken, tx->conn, "SELECT 1 FROM account WHERE user = ?1",
                    DB_ARGS(db_t(account->user)), err))
        return false;
    if (taken != 0)
        return err_set(err, ERR_CONFLICT, err_nowhere, "there is an account '%.*s' already",
                       STR_ARG(account->user));
    int64_t id = (int64_t)tx->next_account++;
    if (!db_run(tx->conn,
                "INSERT INTO account (" ACCOUNT_COLUMNS
                ") VALUES (?1, ?2, ?3, ?4, ?5, 0, 0, ?6, 0)",
                DB_ARGS(db_n(id), db_t(account->user), db_t(account->name), db_t(account->password),
                        db_n(account->locked), db_n(tx->now_us)),
                err))
        return false;
    for (size_t i = 0; i < post_count; i++)
        if (!db_run(tx->conn,
                    "INSERT INTO appointment (account, organ, post) VALUES (?1, ?2, ?3) "
                    "ON CONFLICT DO NOTHING",
                    DB_ARGS(db_n(id), db_t(posts[i].organ), db_t(posts[i].post)), err))
            return false;
    *id_out = (uint64_t)id;
    return true;
}

bool store_account_save(struct store_tx *tx, const struct store_account *account, struct err *err) {
    return db_run(tx->conn,
                  "UPDATE account SET password = ?2, locked = ?3, failures = ?4, retry_us = ?5, "
                  "signed_in_us = ?6 WHERE id = ?1",
                  DB_ARGS(db_n((int64_t)account->id), db_t(account->password),
                          db_n(account->locked), db_n(account->failures), db_n(account->retry_us),
                          db_n(account->signed_in_us)),
                  err);
}

static bool account_find(struct store_account *out, struct db_rows *rows, struct arena *arena,
                         struct err *err) {
    if (db_next(rows, err))
        account_read(out, rows, arena);
    else if (err->code == ERR_NONE)
        (void)err_set(err, ERR_NOT_FOUND, err_nowhere, "there is no such account");
    return db_end(rows, err);
}

bool store_account_by_user(struct store_account *out, struct db_conn *conn, struct str user,
                           struct arena *arena, struct err *err) {
    struct db_rows rows;
    return db_query(&rows, conn, "SELECT " ACCOUNT_COLUMNS " FROM account WHERE user = ?1",
                    DB_ARGS(db_t(user)), err) &&
           account_find(out, &rows, arena, err);
}

bool store_account_by_id(struct store_account *out, struct db_conn *conn, uint64_t id,
                         struct arena *arena, struct err *err) {
    struct db_rows rows;
    return db_query(&rows, conn, "SELECT " ACCOUNT_COLUMNS " FROM account WHERE id = ?1",
                    DB_ARGS(db_n((int64_t)id)), err) &&
           account_find(out, &rows, arena, err);
}

bool store_accounts(struct store_account **out, size_t *count_out, struct db_conn *conn,
                    struct arena *arena, struct err *err) {
    struct db_rows rows;
    int64_t room = 0;
    size_t count = 0;
    if (!db_get_i64(&room, conn, "SELECT count(*) FROM account", DB_NO_ARGS, err))
        return false;
    struct store_account *list = arena_new(arena, struct store_account, (size_t)room);
    if (!db_query(&rows, conn, "SELECT " ACCOUNT_COLUMNS " FROM account ORDER BY user LIMIT ?1",
                  DB_ARGS(db_n(room)), err))
        return false;
    while (db_next(&rows, err))
        account_read(&list[count++], &rows, arena);
    *out = list;
    *count_out = count;
    return db_end(&rows, err);
}

bool store_appointments(struct store_appointment **out, size_t *count_out, struct db_conn *conn,
                        uint64_t account, struct arena *arena, struct err *err) {
    struct db_rows rows;
    int64_t room = 0;
    size_t count = 0;
    if (!db_get_i64(&room, conn, "SELECT count(*) FROM appointment WHERE account = ?1",
                    DB_ARGS(db_n((int64_t)account)), err))
        return false;
    struct store_appointment *list = arena_new(arena, struct store_appointment, (size_t)room);
    if (!db_query(&rows, conn,
                  "SELECT organ, post FROM appointment WHERE account = ?1 ORDER BY organ, post "
                  "LIMIT ?2",
                  DB_ARGS(db_n((int64_t)account), db_n(room)), err))
        return false;
    while (db_next(&rows, err))
        list[count++] = (struct store_appointment){arena_str(arena, db_col_text(&rows, 0)),
                                                   arena_str(arena, db_col_text(&rows, 1))};
    *out = list;
    *count_out = count;
    return db_end(&rows, err);
}

bool store_session_add(struct store_tx *tx, struct str token_hash, uint64_t account,
                       struct err *err) {
    return db_run(
        tx->conn,
        "INSERT INTO session (token_hash, account, created_us, seen_us) VALUES (?1, ?2, "
        "?3, ?3)",
        DB_ARGS(db_b(token_hash), db_n((int64_t)account), db_n(os_wall_us(tx->store->env))), err);
}

bool store_session_get(struct store_session *out, struct db_conn *conn, struct str token_hash,
                       struct err *err) {
    struct db_rows rows;
    if (!db_query(&rows, conn,
                  "SELECT account, created_us, seen_us FROM session WHERE token_hash = ?1",
                  DB_ARGS(db_b(token_hash)), err))
        return false;
    if (db_next(&rows, err))
        *out = (struct store_session){(uint64_t)db_col_i64(&rows, 0), db_col_i64(&rows, 1),
                                      db_col_i64(&rows, 2)};
    else if (err->code == ERR_NONE)
        (void)err_set(err, ERR_NOT_FOUND, err_nowhere, "there is no such session");
    return db_end(&rows, err);
}

bool store_session_seen(struct store_tx *tx, struct str token_hash, struct err *err) {
    return db_run(tx->conn, "UPDATE session SET seen_us = ?2 WHERE token_hash = ?1",
                  DB_ARGS(db_b(token_hash), db_n(os_wall_us(tx->store->env))), err);
}

bool store_session_drop(struct store_tx *tx, struct str token_hash, struct err *err) {
    return db_run(tx->conn, "DELETE FROM session WHERE token_hash = ?1", DB_ARGS(db_b(token_hash)),
                  err);
}

bool store_sessions_drop(struct store_tx *tx, uint64_t account, struct err *err) {
    return db_run(tx->conn, "DELETE FROM session WHERE account = ?1",
                  DB_ARGS(db_n((int64_t)account)), err);
}
