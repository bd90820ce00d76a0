#include "app/offline.h"

#include "app/inner.h"

enum { COPY_ARENA_BYTES = 128 << 20 };

bool app_offline_open(struct app **out, const char *data_dir, bool make, const struct os_env *os,
                      struct err *err) {
    struct app *app = app_blank(&(struct app_config){.data_dir = data_dir}, os);
    const char *path = arena_printf(app->arena, "%s/mandate.db", data_dir).at;
    bool ok =
        make || os_file_exists(path) ||
        err_set(err, ERR_NOT_FOUND, err_nowhere, "'%s' is no data folder of mandate", data_dir);
    if (!ok || !store_open(&app->store, app->config.data_dir, os, err)) {
        app_close(app);
        return false;
    }
    *out = app;
    return true;
}

bool app_offline_verify(struct store_verified *out, struct app *app, store_report *report,
                        void *ctx, struct err *err) {
    return store_verify(out, app->store, &app->store_packs, report, ctx, err);
}

bool app_offline_rebuild(uint64_t *cases_out, struct app *app, struct err *err) {
    return store_rebuild(cases_out, app->store, &app->store_packs, err);
}

/* ---- backup -----------------------------------------------------------------------------------
 */

static bool files_copy(const char *from, const char *to, struct str prefix, struct err *err) {
    struct arena *arena = arena_create("copy", COPY_ARENA_BYTES);
    struct os_entry *files = NULL;
    size_t count = 0;
    const char *source = arena_printf(arena, "%s/%.*s", from, STR_ARG(prefix)).at;
    const char *target = arena_printf(arena, "%s/%.*s", to, STR_ARG(prefix)).at;
    bool ok = os_folder_make(target, err) && os_folder_list(&files, &count, source, arena, err);
    for (size_t i = 0; ok && i < count; i++) {
        struct arena_mark mark = arena_mark(arena);
        struct str bytes;
        if (files[i].kind == OS_ENTRY_FILE && !str_ends(files[i].name, STR(".tmp")))
            ok = os_file_read(&bytes, arena_printf(arena, "%s/%s", source, files[i].name.at).at,
                              UPLOAD_BYTES_MAX, arena, err) &&
                 os_file_write(arena_printf(arena, "%s/%s", target, files[i].name.at).at, bytes,
                               err);
        arena_rewind(arena, mark);
    }
    arena_destroy(arena);
    return ok;
}

static bool documents_copy(const char *from, const char *to, struct err *err) {
    struct arena *arena = arena_create("copy", 1 << 20);
    struct os_entry *folders = NULL;
    size_t count = 0;
    const char *source = arena_printf(arena, "%s/documents", from).at;
    const char *target = arena_printf(arena, "%s/documents", to).at;
    bool ok = os_folder_make(target, err) && os_folder_list(&folders, &count, source, arena, err);
    for (size_t i = 0; ok && i < count; i++)
        if (folders[i].kind == OS_ENTRY_FOLDER)
            ok = files_copy(source, target, folders[i].name, err);
    arena_destroy(arena);
    return ok;
}

bool app_offline_backup(struct app *app, const char *to_dir, struct err *err) {
    if (os_file_exists(to_dir))
        return err_set(err, ERR_CONFLICT, err_nowhere, "'%s' is there already", to_dir);
    const char *path = arena_printf(app->arena, "%s/mandate.db", to_dir).at;
    /* documents first would miss one that an order named meanwhile; a file too many is swept */
    return os_folder_make(to_dir, err) && db_backup(store_db(app->store), path, err) &&
           documents_copy(app->config.data_dir, to_dir, err);
}

/* ---- accounts ----------------------------------------------------------------------------------
 */

static bool post_known(struct app *app, const struct store_appointment *post, bool *any,
                       struct err *err) {
    struct store_pack_version *versions = NULL;
    size_t count = 0;
    bool known = false;
    struct db_conn *conn = db_writer(store_db(app->store));
    struct arena *arena = arena_create("versions", 4 << 20);
    bool ok = store_pack_versions(&versions, &count, conn, arena, err);
    for (size_t i = 0; ok && i < count && !known; i++) {
        const struct pack *pack = NULL;
        ok = app_packs_find(&pack, app, versions[i].id, conn, err);
        known = ok && law_organ(pack->organs, post->organ) != NULL &&
                pack_post(pack, post->post) != NULL;
    }
    *any = count > 0;
    arena_destroy(arena);
    if (ok && *any && !known)
        return err_set(err, ERR_INVALID, err_nowhere, "no pack has a post '%.*s' in '%.*s'",
                       STR_ARG(post->post), STR_ARG(post->organ));
    return ok;
}

/* What is stored: the hash of the password, or the link; empty when there is neither. */
static bool key_take(struct str *out, char hash[APP_PASSWORD_HASH_BYTES],
                     struct app_offline_key key, struct err *err) {
    *out = key.link;
    if (key.password.len == 0)
        return true;
    if (!app_password_fits(key.password, err) || !app_password_hash(hash, key.password, err))
        return false;
    *out = str_from(hash);
    return true;
}

bool app_offline_account_add(struct app *app, const struct app_offline_account *account,
                             struct err *err) {
    char hash[APP_PASSWORD_HASH_BYTES];
    struct store_tx tx;
    uint64_t id;
    bool any;
    struct store_account row = {.user = account->user, .name = account->name};
    if (!app_user_name_fits(account->user, err) ||
        (account->link.len == 0 && !app_password_fits(account->password, err)))
        return false;
    for (size_t i = 0; i < account->post_count; i++)
        if (!post_known(app, &account->posts[i], &any, err))
            return false;
    if (!key_take(&row.password, hash, (struct app_offline_key){account->password, account->link},
                  err) ||
        !store_begin(&tx, app->store, err))
        return false;
    if (!store_account_add(&id, &tx, &row, account->posts, account->post_count, err)) {
        store_rollback(&tx);
        return false;
    }
    return store_commit(&tx, err);
}

bool app_offline_account_save(struct app *app, struct str user, bool locked,
                              struct app_offline_key key, struct err *err) {
    char hash[APP_PASSWORD_HASH_BYTES];
    struct store_account row;
    struct store_tx tx;
    struct str stored;
    if (!key_take(&stored, hash, key, err) || !store_begin(&tx, app->store, err))
        return false;
    bool ok = store_account_by_user(&row, tx.conn, user, app->arena, err);
    if (ok) {
        row.locked = locked;
        row.failures = 0;
        row.retry_us = 0;
        row.password = stored.len > 0 ? stored : row.password;
        ok = store_account_save(&tx, &row, err) && store_sessions_drop(&tx, row.id, err);
    }
    if (!ok) {
        store_rollback(&tx);
        return false;
    }
    return store_commit(&tx, err);
}

bool app_offline_accounts(struct store_account **out, size_t *count_out, struct app *app,
                          struct arena *arena, struct err *err) {
    return store_accounts(out, count_out, db_writer(store_db(app->store)), arena, err);
}
