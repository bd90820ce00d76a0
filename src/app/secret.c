/* Keys that sign what must hold longer than the process runs: made once, kept with the store. */
#include "app/inner.h"
#include "base/code.h"

enum { SECRET_ARENA_BYTES = 4096 };

struct secret {
    unsigned char *out;
    struct str name;
    const struct os_env *os;
    struct arena *arena;
};

static bool secret_find(bool *found, struct secret *s, struct db_conn *conn, struct err *err) {
    struct str text;
    struct buf bytes;
    if (!store_setting_get(&text, conn, s->name, s->arena, err))
        return false;
    buf_init(&bytes, APP_SECRET_BYTES);
    *found = text.len == 2 * APP_SECRET_BYTES && code_hex_take(&bytes, text) &&
             bytes.len == APP_SECRET_BYTES;
    if (*found)
        memcpy(s->out, buf_view(&bytes).at, APP_SECRET_BYTES);
    buf_done(&bytes);
    return true;
}

static bool secret_run(void *ctx, struct store_tx *tx, struct err *err) {
    struct secret *s = ctx;
    struct buf text;
    bool found;
    if (!secret_find(&found, s, tx->conn, err) || found)
        return err->code == ERR_NONE;
    os_random(s->os, s->out, APP_SECRET_BYTES);
    buf_init(&text, 2 * APP_SECRET_BYTES + 1);
    code_hex_add(&text, (struct str){(const char *)s->out, APP_SECRET_BYTES});
    bool ok = store_setting_put(tx, s->name, buf_view(&text), err);
    buf_done(&text);
    return ok;
}

bool app_secret(unsigned char out[APP_SECRET_BYTES], struct app *app, struct str name,
                struct err *err) {
    struct arena *arena = arena_create("secret", SECRET_ARENA_BYTES);
    struct secret s = {out, name, app->os, arena};
    bool ok = app_sync(app, secret_run, &s, err);
    arena_destroy(arena);
    return ok;
}
