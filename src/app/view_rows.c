/* What process clients read (store/rows.h), through a reader of the loop's thread. */
#include "app/reader.h"
#include "store/rows.h"

bool app_rows_open(struct db_conn **out, struct app_reader *r, struct err *err) {
    return db_reader_take(out, store_db(app_store(r->app)), err);
}

void app_rows_close(struct app_reader *r, struct db_conn *conn) {
    db_reader_give(store_db(app_store(r->app)), conn);
}

bool app_user_of(struct str *out, struct app_reader *r, uint64_t account, struct arena *arena,
                 struct err *err) {
    struct db_conn *conn;
    struct store_account row;
    if (!app_rows_open(&conn, r, err))
        return false;
    bool ok = store_account_by_id(&row, conn, account, arena, err);
    app_rows_close(r, conn);
    if (ok)
        *out = row.user;
    return ok;
}

bool app_rows_document(struct rows_document *out, struct buf *bytes, struct app_reader *r,
                       struct str id, struct arena *arena, struct err *err) {
    struct db_conn *conn;
    if (!app_rows_open(&conn, r, err))
        return false;
    bool ok = rows_document(out, conn, id, app_now_us(r->app), arena, err);
    app_rows_close(r, conn);
    return ok && (bytes == NULL || store_document_get(bytes, app_store(r->app), out->sha256, err));
}
