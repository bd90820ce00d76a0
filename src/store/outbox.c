/* What must leave the service: written in the transaction of the order that caused it, leased by a
 * worker, deleted once it left. A lease is a number that grows: a worker that comes back late,
 * after another has taken over, is refused by it. */
#include <inttypes.h>

#include "store/inner.h"

enum { PAYLOAD_BYTES_MAX = 1 << 20 };

static struct str kind_name(enum store_outbox_kind kind) {
    return kind == STORE_OUTBOX_MAIL ? STR("mail") : STR("reviewed");
}

bool store_outbox_add(struct store_tx *tx, const struct case_effect *effect, struct case_id id,
                      const struct store_key *key, struct err *err) {
    struct buf plain, sealed;
    buf_init(&plain, PAYLOAD_BYTES_MAX);
    buf_init(&sealed, PAYLOAD_BYTES_MAX + STORE_SEAL_EXTRA_BYTES);
    bool mail = effect->kind == CASE_EFFECT_MESSAGE;
    const struct str parts[] = {mail ? effect->to : effect->reference,
                                mail ? effect->subject : effect->letter,
                                mail ? effect->text : effect->outcome};
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        bytes_add_str(&plain, parts[i]);
    const struct store_seal seal = {"outbox", id.n, tx->next_outbox};
    bool ok = buf_ok(&plain, "a message", err);
    if (ok) {
        store_seal(&sealed, key, &seal, buf_view(&plain), tx->store->env);
        ok = buf_ok(&sealed, "a message", err) &&
             db_run(tx->conn,
                    "INSERT INTO outbox (id, kind, case_id, payload, created_us, attempts, "
                    "next_us, lease) VALUES (?1, ?2, ?3, ?4, ?5, 0, ?5, 0)",
                    DB_ARGS(db_n((int64_t)tx->next_outbox),
                            db_t(kind_name(mail ? STORE_OUTBOX_MAIL : STORE_OUTBOX_REVIEWED)),
                            db_n((int64_t)id.n), db_b(buf_view(&sealed)), db_n(tx->now_us)),
                    err);
    }
    tx->next_outbox++;
    tx->outbox_added = true;
    buf_done(&plain);
    buf_done(&sealed);
    return ok;
}

static bool payload_read(struct store_outbox *out, struct db_conn *conn, struct str sealed,
                         struct arena *arena, struct err *err) {
    struct store_key key;
    struct buf plain;
    if (!store_key_of_case(&key, conn, out->case_id, err))
        return false;
    buf_init(&plain, PAYLOAD_BYTES_MAX);
    const struct store_seal seal = {"outbox", out->case_id.n, out->id};
    bool ok = store_unseal(&plain, &key, &seal, sealed, err);
    if (ok) {
        struct bytes_reader r = {arena_str(arena, buf_view(&plain)), false};
        struct str parts[3];
        for (size_t i = 0; i < COUNT_OF(parts); i++)
            (void)bytes_take_str(&parts[i], &r);
        if (r.bad || r.in.len != 0)
            ok = err_set(err, ERR_CORRUPT, err_nowhere, "a message in the outbox is damaged");
        else if (out->kind == STORE_OUTBOX_MAIL)
            out->to = parts[0], out->subject = parts[1], out->text = parts[2];
        else
            out->reference = parts[0], out->letter = parts[1], out->outcome = parts[2];
    }
    buf_done(&plain);
    return ok;
}

bool store_outbox_lease(struct store_outbox *out, size_t room, size_t *count_out,
                        struct store_tx *tx, enum store_outbox_kind kind, int64_t lease_us,
                        struct arena *arena, struct err *err) {
    struct db_rows rows;
    size_t count = 0;
    *count_out = 0;
    if (!db_query(&rows, tx->conn,
                  "UPDATE outbox SET lease = lease + 1, attempts = attempts + 1, next_us = ?1 "
                  "WHERE id IN (SELECT id FROM outbox WHERE next_us <= ?2 AND kind = ?3 ORDER BY "
                  "next_us, id LIMIT ?4) RETURNING id, case_id, payload, created_us, attempts, "
                  "lease",
                  DB_ARGS(db_n(tx->now_us + lease_us), db_n(tx->now_us), db_t(kind_name(kind)),
                          db_n((int64_t)room)),
                  err))
        return false;
    while (db_next(&rows, err)) {
        struct store_outbox *item = &out[count];
        *item = (struct store_outbox){
            .id = (uint64_t)db_col_i64(&rows, 0),
            .case_id = {(uint64_t)db_col_i64(&rows, 1)},
            .kind = kind,
            .created_us = db_col_i64(&rows, 3),
            .attempts = db_col_i64(&rows, 4),
            .lease = (uint64_t)db_col_i64(&rows, 5),
        };
        if (payload_read(item, tx->conn, db_col_blob(&rows, 2), arena, err))
            count++;
    }
    *count_out = count;
    return db_end(&rows, err);
}

static bool leased_changed(struct store_tx *tx, struct err *err) {
    if (db_changed(tx->conn) == 1)
        return true;
    return err_set(err, ERR_CONFLICT, err_nowhere, "the lease of a message is over");
}

bool store_outbox_sent(struct store_tx *tx, const struct store_outbox *item, struct err *err) {
    return db_run(tx->conn, "DELETE FROM outbox WHERE id = ?1 AND lease = ?2",
                  DB_ARGS(db_n((int64_t)item->id), db_n((int64_t)item->lease)), err) &&
           leased_changed(tx, err);
}

bool store_outbox_later(struct store_tx *tx, const struct store_outbox *item, int64_t wait_us,
                        struct err *err) {
    return db_run(tx->conn, "UPDATE outbox SET next_us = ?3 WHERE id = ?1 AND lease = ?2",
                  DB_ARGS(db_n((int64_t)item->id), db_n((int64_t)item->lease),
                          db_n(tx->now_us + wait_us)),
                  err) &&
           leased_changed(tx, err);
}

bool store_outbox_next(int64_t *due_us_out, struct db_conn *conn, enum store_outbox_kind kind,
                       struct err *err) {
    *due_us_out = 0;
    return db_get_i64(due_us_out, conn,
                      "SELECT next_us FROM outbox WHERE kind = ?1 ORDER BY next_us LIMIT 1",
                      DB_ARGS(db_t(kind_name(kind))), err);
}

bool store_outbox_count(struct store_outbox_count *out, struct db_conn *conn, struct err *err) {
    *out = (struct store_outbox_count){0, 0};
    return db_get_i64(&out->waiting, conn, "SELECT count(*) FROM outbox", DB_NO_ARGS, err) &&
           db_get_i64(&out->failing, conn, "SELECT count(*) FROM outbox WHERE attempts > 0",
                      DB_NO_ARGS, err);
}
