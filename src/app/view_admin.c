/* Drafts, accounts, and how the service is doing. */
#include "app/reader.h"

#include "base/code.h"

bool app_view_draft(struct json **out, struct app_reader *r, const struct app_ask *ask,
                    struct str key, struct err *err) {
    struct db *db = store_db(app_store(r->app));
    struct db_conn *conn;
    struct store_draft draft;
    if (!db_reader_take(&conn, db, err))
        return false;
    bool ok = store_draft_get(&draft, conn, key, ask->arena, err);
    db_reader_give(db, conn);
    if (!ok)
        return false;
    struct json *page = json_obj(ask->arena);
    json_set_str(page, STR("key"), key);
    json_set_str(page, STR("matter"), draft.matter);
    view_stored(page, STR("content"), draft.content);
    const struct json *content = json_get(page, STR("content"));
    json_set(page, STR("values"),
             json_get(content, STR("values")) == NULL ? json_obj(ask->arena)
                                                      : json_get(content, STR("values")));
    json_set_str(page, STR("step"), json_get_text(content, STR("step")));
    view_time(page, STR("saved"), draft.at_us, NULL);
    *out = page;
    return true;
}

static bool administers(struct app_reader *r, const struct app_ask *ask, struct err *err) {
    const struct app_packs *packs = app_packs_hold(r->app);
    const struct pack *pack = view_pack(packs);
    bool found = false;
    for (size_t i = 0; pack != NULL && i < ask->caller->post_count; i++) {
        const struct pack_post *post = pack_post(pack, ask->caller->posts[i].post);
        found |= post != NULL && post->administers;
    }
    app_packs_let(r->app, packs);
    if (ask->caller->kind != APP_ACCOUNT)
        return err_set(err, ERR_SIGNED_OUT, err_nowhere, "nobody is signed in");
    if (!found)
        return err_set(err, ERR_FORBIDDEN, err_nowhere, "only an administrator may see this");
    return true;
}

static bool add_posts(struct json *out, struct db_conn *conn, uint64_t account, struct arena *arena,
                      struct err *err) {
    struct store_appointment *posts;
    size_t count;
    if (!store_appointments(&posts, &count, conn, account, arena, err))
        return false;
    struct json *list = json_set_arr(out, STR("posts"));
    for (size_t i = 0; i < count; i++) {
        struct json *one = json_push_obj(list);
        json_set_str(one, STR("organ"), posts[i].organ);
        json_set_str(one, STR("post"), posts[i].post);
    }
    return true;
}

bool app_view_accounts(struct json **out, struct app_reader *r, const struct app_ask *ask,
                       struct err *err) {
    struct db *db = store_db(app_store(r->app));
    struct db_conn *conn;
    struct store_account *accounts;
    size_t count;
    if (!administers(r, ask, err) || !db_reader_take(&conn, db, err))
        return false;
    struct json *list = json_arr(ask->arena);
    bool ok = store_accounts(&accounts, &count, conn, ask->arena, err);
    for (size_t i = 0; ok && i < count; i++) {
        struct json *one = json_push_obj(list);
        json_set_str(one, STR("user"), accounts[i].user);
        json_set_str(one, STR("name"), accounts[i].name);
        json_set_bool(one, STR("locked"), accounts[i].locked);
        view_time(one, STR("created"), accounts[i].created_us, NULL);
        view_time(one, STR("last_sign_in"), accounts[i].signed_in_us, NULL);
        ok = add_posts(one, conn, accounts[i].id, ask->arena, err);
    }
    db_reader_give(db, conn);
    *out = view_items(list);
    return ok;
}

static void set_hex(struct json *obj, struct str key, struct str bytes) {
    struct buf hex;
    buf_init(&hex, 256);
    code_hex_add(&hex, bytes);
    json_set(obj, key, json_str_copy(buf_view(&hex), obj->arena));
    buf_done(&hex);
}

bool app_view_health(struct json **out, struct app_reader *r, const struct app_ask *ask,
                     struct err *err) {
    struct db *db = store_db(app_store(r->app));
    struct db_conn *conn;
    struct merkle_head head;
    struct store_outbox_count waiting;
    if (!administers(r, ask, err) || !db_reader_take(&conn, db, err))
        return false;
    bool ok = store_log_head(&head, conn, err) && store_outbox_count(&waiting, conn, err);
    db_reader_give(db, conn);
    if (!ok)
        return false;
    struct json *page = json_obj(ask->arena);
    struct json *log = json_set_obj(page, STR("audit"));
    json_set_i64(log, STR("size"), (int64_t)head.leaf_count);
    set_hex(log, STR("root"), merkle_hash_str(&head.root));
    struct json *outbox = json_set_obj(page, STR("outbox"));
    json_set_i64(outbox, STR("waiting"), waiting.waiting);
    json_set_i64(outbox, STR("failing"), waiting.failing);
    const struct app_packs *packs = app_packs_hold(r->app);
    struct json *list = json_set_arr(page, STR("packs"));
    for (size_t i = 0; i < app_packs_count(packs); i++) {
        const struct pack *pack = app_packs_at(packs, i);
        struct json *one = json_push_obj(list);
        json_set_str(one, STR("id"), pack->id);
        json_set_str(one, STR("version"), pack->version);
        view_text(one, STR("title"), &pack->title);
        set_hex(one, STR("hash"), (struct str){(const char *)pack->hash.bytes, 32});
        json_set_i64(one, STR("matters"), (int64_t)pack->matter_count);
    }
    view_time(page, STR("now"), app_now_us(r->app), NULL);
    *out = json_copy(page, ask->arena);
    app_packs_let(r->app, packs);
    return true;
}
