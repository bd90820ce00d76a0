#include "store/inner.h"
#include "store/process.h"

bool store_api_document_put(struct store_tx *tx, const struct store_api_document *d,
                            struct err *err) {
    int64_t there = 0;
    if (!db_get_i64(&there, tx->conn, "SELECT 1 FROM api_document WHERE id = ?1",
                    DB_ARGS(db_t(d->id)), err))
        return false;
    if (there != 0)
        return err_set(err, ERR_CONFLICT, err_nowhere, "there is a document '%.*s' already",
                       STR_ARG(d->id));
    return db_run(tx->conn,
                  "INSERT INTO api_document (id, sha256, name, media_type, size, metadata, "
                  "instance, expires_us, at_us) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                  DB_ARGS(db_t(d->id), db_b(d->sha256), db_t(d->name), db_t(d->media_type),
                          db_n(d->size), db_t(d->metadata), db_n(d->instance), db_n(d->expires_us),
                          db_n(tx->now_us)),
                  err);
}

bool store_api_document_drop(struct store_tx *tx, struct str id, struct err *err) {
    if (!db_run(tx->conn, "DELETE FROM api_document WHERE id = ?1", DB_ARGS(db_t(id)), err))
        return false;
    return db_changed(tx->conn) > 0 ||
           err_set(err, ERR_NOT_FOUND, err_nowhere, "there is no document '%.*s'", STR_ARG(id));
}

bool store_api_documents_expire(struct store_tx *tx, struct err *err) {
    return db_run(tx->conn, "DELETE FROM api_document WHERE expires_us > 0 AND expires_us <= ?1",
                  DB_ARGS(db_n(tx->now_us)), err);
}
