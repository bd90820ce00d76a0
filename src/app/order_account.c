/* Signing in and accounts. A wrong password is counted, so it is a change that must be durable
 * although the caller is refused: run() returns true with j->refused set. Every reason for which
 * nobody gets in has the same text. */
#include "app/inner.h"
#include "app/reader.h"
#include "base/code.h"
#include "base/utf8.h"

enum {
    FREE_FAILURES = 5, /* wrong passwords that cost no waiting: people mistype */
    WAIT_S_MAX =
        15 * 60, /* the longest waiting; a lock without end would let anybody lock us out */
    USER_BYTES_MAX = 64,
};

static bool wrong(struct app_job *j) {
    (void)err_set(&j->refused, ERR_SIGNED_OUT, err_nowhere,
                  "the user name or the password is wrong, or the account must wait");
    return true;
}

static int64_t wait_us_after(int64_t failures) {
    int64_t wait_s = 0;
    if (failures > FREE_FAILURES) {
        int64_t doublings = MIN_OF(failures - FREE_FAILURES, 20);
        wait_s = MIN_OF(INT64_C(1) << doublings, (int64_t)WAIT_S_MAX);
    }
    return wait_s * 1000000;
}

static const struct pack_post *post_of(const struct app_packs *packs, struct str id) {
    for (size_t i = 0; i < packs->count; i++) {
        const struct pack_post *post = pack_post(packs->list[i].pack, id);
        if (post != NULL)
            return post;
    }
    return NULL;
}

static const struct law_organ *organ_of(const struct app_packs *packs, struct str id) {
    for (size_t i = 0; i < packs->count; i++) {
        const struct law_organ *organ = law_organ(packs->list[i].pack->organs, id);
        if (organ != NULL)
            return organ;
    }
    return NULL;
}

/* {token, csrf, person, posts} */
static bool sign_in_answer(struct app_job *j, const struct store_account *account, struct str token,
                           struct err *err) {
    struct store_appointment *posts = NULL;
    size_t count = 0;
    const struct app_packs *packs = app_packs_hold(j->app);
    if (!store_appointments(&posts, &count, j->tx->conn, account->id, j->arena, err))
        return false;
    j->body = json_obj(j->arena);
    json_set_str(j->body, STR("token"), token);
    json_set_str(j->body, STR("csrf"), app_csrf_of(token, j->arena));
    struct json *person = json_set_obj(j->body, STR("person"));
    json_set_str(person, STR("user"), account->user);
    json_set_str(person, STR("name"), account->name);
    struct json *list = json_set_arr(j->body, STR("posts"));
    for (size_t i = 0; i < count; i++) {
        struct json *item = json_push_obj(list);
        const struct pack_post *post = post_of(packs, posts[i].post);
        const struct law_organ *organ = organ_of(packs, posts[i].organ);
        json_set_str(item, STR("organ"), posts[i].organ);
        json_set_str(item, STR("post"), posts[i].post);
        if (organ != NULL)
            view_text(item, STR("organ_name"), &organ->name);
        if (post != NULL)
            view_text(item, STR("post_title"), &post->title);
    }
    return true;
}

static struct str token_make(struct app_job *j) {
    unsigned char bytes[APP_TOKEN_BYTES];
    struct buf text;
    os_random(j->app->os, bytes, sizeof bytes);
    buf_init(&text, APP_TOKEN_CHARS);
    code_base64url_add(&text, (struct str){(const char *)bytes, sizeof bytes});
    struct str token = arena_str(j->arena, buf_view(&text));
    buf_done(&text);
    return token;
}

bool app_run_sign_in(struct app_job *j, struct err *err) {
    struct store_account account;
    struct err local = {0};
    int64_t now_us = os_wall_us(j->app->os);
    struct str user = json_get_text(j->order.body, STR("user"));
    if (!store_account_by_user(&account, j->tx->conn, user, j->arena, &local)) {
        if (local.code == ERR_NOT_FOUND)
            return wrong(j);
        *err = local;
        return false;
    }
    if (account.locked || account.retry_us > now_us)
        return wrong(j);
    if (!j->hash->match || !str_eq(j->hash->compared_with, account.password)) {
        account.failures++;
        account.retry_us = now_us + wait_us_after(account.failures);
        log_event(LOG_WARN, "sign-in-refused", log_i64("account", (int64_t)account.id),
                  log_i64("failures", account.failures));
        return store_account_save(j->tx, &account, err) && wrong(j);
    }
    account.failures = 0;
    account.retry_us = 0;
    account.signed_in_us = now_us;
    struct str token = token_make(j);
    return store_account_save(j->tx, &account, err) &&
           store_session_add(j->tx, app_token_hash(token, j->arena), account.id, err) &&
           sign_in_answer(j, &account, token, err);
}

/* By the link that the administrator handed over: once, because the password takes the link's
 * place. */
bool app_run_enter(struct app_job *j, struct err *err) {
    struct store_account account;
    struct err local = {0};
    int64_t now_us = os_wall_us(j->app->os);
    struct str user = json_get_text(j->order.body, STR("user"));
    struct str code = json_get_text(j->order.body, STR("code"));
    bool known = store_account_by_user(&account, j->tx->conn, user, j->arena, &local);
    if (!known && local.code != ERR_NOT_FOUND) {
        *err = local;
        return false;
    }
    if (!known || account.locked || !app_link_opens(account.password, code, now_us))
        return err_set(err, ERR_SIGNED_OUT, err_nowhere,
                       "the link was used, is too old, or is none");
    if (j->hash->err.code != ERR_NONE) {
        *err = j->hash->err;
        return false;
    }
    account.password = j->hash->made;
    account.failures = 0;
    account.retry_us = 0;
    account.signed_in_us = now_us;
    struct str token = token_make(j);
    log_event(LOG_INFO, "account-entered", log_i64("account", (int64_t)account.id));
    return store_account_save(j->tx, &account, err) &&
           store_session_add(j->tx, app_token_hash(token, j->arena), account.id, err) &&
           sign_in_answer(j, &account, token, err);
}

bool app_run_sign_out(struct app_job *j, struct err *err) {
    struct str token = json_get_text(j->order.body, STR("token"));
    if (token.len > 0)
        return store_session_drop(j->tx, app_token_hash(token, j->arena), err);
    if (j->order.caller->kind != APP_ACCOUNT)
        return err_set(err, ERR_SIGNED_OUT, err_nowhere, "nobody is signed in");
    return store_sessions_drop(j->tx, j->order.caller->account, err);
}

/* ---- accounts, by an administering post ------------------------------------------------------ */

/* Does the caller administer this organ: a post that administers, there or above? */
static bool administers(const struct app_job *j, struct str organ) {
    const struct app_packs *packs = app_packs_hold(j->app);
    for (size_t i = 0; i < j->order.caller->post_count; i++) {
        const struct app_appointment *mine = &j->order.caller->posts[i];
        for (size_t k = 0; k < packs->count; k++) {
            const struct pack *pack = packs->list[k].pack;
            const struct pack_post *post = pack_post(pack, mine->post);
            if (post != NULL && post->administers &&
                (organ.len == 0 || law_is_below(pack->organs, organ, mine->organ)))
                return true;
        }
    }
    return false;
}

static bool forbidden(struct err *err) {
    return err_set(err, ERR_FORBIDDEN, err_nowhere, "your posts do not administer this organ");
}

static bool posts_read(struct store_appointment **out, size_t *count_out, struct app_job *j,
                       struct err *err) {
    const struct json *list = json_get(j->order.body, STR("posts"));
    const struct app_packs *packs = app_packs_hold(j->app);
    size_t count = json_count(list);
    struct store_appointment *posts = arena_new(j->arena, struct store_appointment, count);
    for (size_t i = 0; i < count; i++) {
        const struct json *item = json_item(list, i);
        posts[i] = (struct store_appointment){json_get_text(item, STR("organ")),
                                              json_get_text(item, STR("post"))};
        if (organ_of(packs, posts[i].organ) == NULL || post_of(packs, posts[i].post) == NULL)
            return err_set(err, ERR_INVALID, err_nowhere, "there is no post '%.*s' in '%.*s'",
                           STR_ARG(posts[i].post), STR_ARG(posts[i].organ));
        if (!administers(j, posts[i].organ))
            return forbidden(err);
    }
    *out = posts;
    *count_out = count;
    return true;
}

bool app_user_name_fits(struct str user, struct err *err) {
    bool ok = user.len > 0 && user.len <= USER_BYTES_MAX;
    for (size_t i = 0; ok && i < user.len; i++) {
        char c = user.at[i];
        ok = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
    }
    return ok || err_set(err, ERR_INVALID, err_nowhere,
                         "a user name has 1 to %d of the characters a-z, 0-9, '-', '.', '_'",
                         USER_BYTES_MAX);
}

bool app_run_account_add(struct app_job *j, struct err *err) {
    struct store_appointment *posts = NULL;
    size_t count = 0;
    uint64_t id = 0;
    const struct json *body = j->order.body;
    const struct store_account account = {
        .user = json_get_text(body, STR("user")),
        .name = json_get_text(body, STR("name")),
        .password = j->hash->made,
    };
    if (!administers(j, STR_NONE))
        return forbidden(err);
    if (j->hash->err.code != ERR_NONE) {
        *err = j->hash->err;
        return false;
    }
    if (account.name.len == 0 || account.name.len > NAME_BYTES_MAX ||
        utf8_bad_at(account.name) != account.name.len)
        return err_set(err, ERR_INVALID, err_nowhere, "an account needs a name of a person");
    if (!app_user_name_fits(account.user, err) || !posts_read(&posts, &count, j, err) ||
        !store_account_add(&id, j->tx, &account, posts, count, err))
        return false;
    j->body = json_obj(j->arena);
    json_set_str(j->body, STR("user"), account.user);
    log_event(LOG_INFO, "account-added", log_i64("account", (int64_t)id),
              log_i64("by", (int64_t)j->order.caller->account));
    return true;
}

/* The account named in the body, if the caller administers every organ in which it has a post. */
static bool account_find(struct store_account *out, struct app_job *j, bool own_allowed,
                         struct err *err) {
    struct store_appointment *posts = NULL;
    size_t count = 0;
    struct str user = json_get_text(j->order.body, STR("user"));
    bool any = administers(j, STR_NONE);
    if (!any && !own_allowed)
        return forbidden(err);
    if (!store_account_by_user(out, j->tx->conn, user, j->arena, err) ||
        !store_appointments(&posts, &count, j->tx->conn, out->id, j->arena, err))
        return false;
    if (own_allowed && out->id == j->order.caller->account)
        return true;
    for (size_t i = 0; i < count; i++)
        if (!administers(j, posts[i].organ))
            return forbidden(err);
    return any || forbidden(err);
}

bool app_run_account_lock(struct app_job *j, struct err *err) {
    struct store_account account;
    if (!account_find(&account, j, false, err))
        return false;
    account.locked = json_is_true(json_get(j->order.body, STR("locked")));
    account.failures = 0;
    account.retry_us = 0;
    log_event(LOG_INFO, account.locked ? "account-locked" : "account-unlocked",
              log_i64("account", (int64_t)account.id),
              log_i64("by", (int64_t)j->order.caller->account));
    return store_account_save(j->tx, &account, err) &&
           (!account.locked || store_sessions_drop(j->tx, account.id, err));
}

bool app_run_account_password(struct app_job *j, struct err *err) {
    struct store_account account;
    if (!account_find(&account, j, true, err))
        return false;
    if (j->hash->err.code != ERR_NONE) {
        *err = j->hash->err;
        return false;
    }
    account.password = j->hash->made;
    account.failures = 0;
    account.retry_us = 0;
    log_event(LOG_INFO, "account-password-set", log_i64("account", (int64_t)account.id),
              log_i64("by", (int64_t)j->order.caller->account));
    return store_account_save(j->tx, &account, err) && store_sessions_drop(j->tx, account.id, err);
}
