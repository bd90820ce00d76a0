/* First answers, drafts, and the sweep. Both are encrypted under a key that is made of a secret
 * which only the caller keeps; the row's own key is another hash of it, so that neither can be had
 * from the database. */
#include <sodium.h>

#include "store/inner.h"

enum {
    CONTENT_BYTES_MAX = 4 << 20,
    ROW_KEY_BYTES = 16, /* of the hash: enough that two never meet */
};
static const int64_t HOUR_US = INT64_C(3600) * 1000000;
enum { ONCE_HOURS = 48, DRAFT_HOURS = 30 * 24, SESSION_HOURS = 12 };

static struct str row_key(const struct store_key *key) {
    return (struct str){(const char *)key->bytes, ROW_KEY_BYTES};
}

static const struct store_seal once_seal = {"answer", 0, 0};
static const struct store_seal draft_seal = {"draft", 0, 0};

bool store_once_find(struct str *answer_out, bool *found_out, struct db_conn *conn,
                     const struct store_once *once, struct arena *arena, struct err *err) {
    struct store_key row = store_key_from(STR("once row"), once->scope, once->key);
    struct store_key key = store_key_from(STR("once key"), once->scope, once->key);
    struct store_key order = store_key_from(STR("once order"), once->key, once->order);
    struct db_rows rows;
    struct buf plain;
    *found_out = false;
    if (!db_query(&rows, conn, "SELECT order_hash, answer FROM idempotency WHERE key_hash = ?1",
                  DB_ARGS(db_b(row_key(&row))), err))
        return false;
    buf_init(&plain, CONTENT_BYTES_MAX);
    if (db_next(&rows, err)) {
        *found_out = true;
        if (!str_eq(db_col_blob(&rows, 0), row_key(&order)))
            (void)err_set(err, ERR_CONFLICT, err_nowhere,
                          "the idempotency key was used for another order");
        else if (store_unseal(&plain, &key, &once_seal, db_col_blob(&rows, 1), err))
            *answer_out = arena_str(arena, buf_view(&plain));
    }
    buf_done(&plain);
    return db_end(&rows, err);
}

bool store_once_keep(struct store_tx *tx, const struct store_once *once, struct str answer,
                     struct err *err) {
    struct store_key row = store_key_from(STR("once row"), once->scope, once->key);
    struct store_key key = store_key_from(STR("once key"), once->scope, once->key);
    struct store_key order = store_key_from(STR("once order"), once->key, once->order);
    struct buf sealed;
    buf_init(&sealed, CONTENT_BYTES_MAX);
    store_seal(&sealed, &key, &once_seal, answer, tx->store->env);
    bool ok = buf_ok(&sealed, "an answer", err) &&
              db_run(tx->conn,
                     "INSERT INTO idempotency (key_hash, order_hash, answer, at_us) VALUES (?1, "
                     "?2, ?3, ?4)",
                     DB_ARGS(db_b(row_key(&row)), db_b(row_key(&order)), db_b(buf_view(&sealed)),
                             db_n(os_wall_us(tx->store->env))),
                     err);
    buf_done(&sealed);
    return ok;
}

bool store_draft_put(struct store_tx *tx, struct str key, const struct store_draft *draft,
                     struct err *err) {
    struct store_key row = store_key_from(STR("draft row"), STR_NONE, key);
    struct store_key secret = store_key_from(STR("draft key"), STR_NONE, key);
    struct buf sealed;
    buf_init(&sealed, CONTENT_BYTES_MAX);
    store_seal(&sealed, &secret, &draft_seal, draft->content, tx->store->env);
    bool ok = buf_ok(&sealed, "a draft", err) &&
              db_run(tx->conn,
                     "INSERT INTO draft (key_hash, matter, content, at_us) VALUES (?1, ?2, ?3, "
                     "?4) ON CONFLICT (key_hash) DO UPDATE SET matter = excluded.matter, content "
                     "= excluded.content, at_us = excluded.at_us",
                     DB_ARGS(db_b(row_key(&row)), db_t(draft->matter), db_b(buf_view(&sealed)),
                             db_n(tx->now_us)),
                     err);
    buf_done(&sealed);
    return ok;
}

bool store_draft_get(struct store_draft *out, struct db_conn *conn, struct str key,
                     struct arena *arena, struct err *err) {
    struct store_key row = store_key_from(STR("draft row"), STR_NONE, key);
    struct store_key secret = store_key_from(STR("draft key"), STR_NONE, key);
    struct db_rows rows;
    struct buf plain;
    if (!db_query(&rows, conn, "SELECT matter, content, at_us FROM draft WHERE key_hash = ?1",
                  DB_ARGS(db_b(row_key(&row))), err))
        return false;
    buf_init(&plain, CONTENT_BYTES_MAX);
    if (!db_next(&rows, err)) {
        if (err->code == ERR_NONE)
            (void)err_set(err, ERR_NOT_FOUND, err_nowhere, "there is no such draft");
    } else if (store_unseal(&plain, &secret, &draft_seal, db_col_blob(&rows, 1), err)) {
        out->matter = arena_str(arena, db_col_text(&rows, 0));
        out->content = arena_str(arena, buf_view(&plain));
        out->at_us = db_col_i64(&rows, 2);
    }
    buf_done(&plain);
    return db_end(&rows, err);
}

bool store_draft_drop(struct store_tx *tx, struct str key, struct err *err) {
    struct store_key row = store_key_from(STR("draft row"), STR_NONE, key);
    return db_run(tx->conn, "DELETE FROM draft WHERE key_hash = ?1", DB_ARGS(db_b(row_key(&row))),
                  err);
}

bool store_sweep(struct store_tx *tx, struct err *err) {
    int64_t wall_us = os_wall_us(tx->store->env);
    return db_run(tx->conn, "DELETE FROM idempotency WHERE at_us < ?1",
                  DB_ARGS(db_n(wall_us - ONCE_HOURS * HOUR_US)), err) &&
           db_run(tx->conn, "DELETE FROM draft WHERE at_us < ?1",
                  DB_ARGS(db_n(tx->now_us - DRAFT_HOURS * HOUR_US)), err) &&
           db_run(tx->conn, "DELETE FROM session WHERE created_us < ?1",
                  DB_ARGS(db_n(wall_us - SESSION_HOURS * HOUR_US)), err);
}
