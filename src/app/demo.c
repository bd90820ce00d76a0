/* The demonstration's accounts: one for each post of the packs, named like the post, in every organ
 * that has it, all with the same password that is printed at the start. A few hold a second post,
 * so that the nine accounts which the start names can handle every matter. They exist only in a
 * data folder that was opened with --demo, which listens on the machine itself alone. */
#include "app/inner.h"

enum { DEMO_POSTS_MAX = 256, DEMO_APPOINTMENTS_MAX = 65536 };
#define DEMO_PASSWORD STR("mandate-demo")

struct demo {
    struct app *app;
    struct str password_hash; /* empty: only count what is missing */
    struct arena *arena;
    struct arena_mark mark;
    size_t missing, added;
};

/* Whoever took part in a decision cannot review it: so the reconsideration organ's head is neither
 * the head nor the examiner. */
static const struct also {
    struct str user, post;
} also[] = {
    {STR_INIT("examiner"), STR_INIT("disclosure")},
    {STR_INIT("examiner"), STR_INIT("inspector")},
    {STR_INIT("supervisor"), STR_INIT("review-head")},
};

static bool organ_has(const struct law_organ *organ, struct str post) {
    if (organ->kind == LAW_ORGAN_EXTERNAL)
        return false;
    for (size_t i = 0; i < organ->post_count; i++)
        if (str_eq(organ->posts[i], post))
            return true;
    return organ->post_count == 0;
}

static size_t appointments_add(struct store_appointment *out, size_t count, size_t room,
                               const struct app_packs *packs, struct str post) {
    for (size_t i = 0; i < packs->count; i++) {
        const struct law_organs *organs = packs->list[i].pack->organs;
        for (size_t k = 0; k < organs->count && count < room; k++)
            if (pack_post(packs->list[i].pack, post) != NULL && organ_has(&organs->list[k], post))
                out[count++] = (struct store_appointment){organs->list[k].id, post};
    }
    return count;
}

static bool account_make(struct demo *d, struct store_tx *tx, const struct app_packs *packs,
                         const struct pack_post *post, struct err *err) {
    struct store_account account = {
        .user = post->id, .name = post->title.in[LANG_zh], .password = d->password_hash};
    struct store_account known;
    struct err local = {0};
    uint64_t id;
    if (store_account_by_user(&known, tx->conn, post->id, d->arena, &local))
        return true;
    if (local.code != ERR_NOT_FOUND) {
        *err = local;
        return false;
    }
    d->missing++;
    if (d->password_hash.len == 0)
        return true;
    struct store_appointment *posts =
        arena_new(d->arena, struct store_appointment, DEMO_APPOINTMENTS_MAX);
    size_t count = appointments_add(posts, 0, DEMO_APPOINTMENTS_MAX, packs, post->id);
    for (size_t i = 0; i < COUNT_OF(also); i++)
        if (str_eq(also[i].user, post->id))
            count = appointments_add(posts, count, DEMO_APPOINTMENTS_MAX, packs, also[i].post);
    d->added++;
    return store_account_add(&id, tx, &account, posts, count, err);
}

static bool demo_run(void *ctx, struct store_tx *tx, struct err *err) {
    struct demo *d = ctx;
    const struct app_packs *packs = app_packs_hold(d->app);
    for (size_t i = 0; i < packs->count; i++) {
        const struct pack *pack = packs->list[i].pack;
        for (size_t k = 0; k < pack->post_count && k < DEMO_POSTS_MAX; k++) {
            arena_rewind(d->arena, d->mark);
            if (!account_make(d, tx, packs, &pack->posts[k], err))
                return false;
        }
    }
    return true;
}

bool app_demo_accounts(struct app *app, struct err *err) {
    char hash[APP_PASSWORD_HASH_BYTES];
    struct arena *arena = arena_create("demo", 8 << 20);
    struct demo d = {.app = app, .arena = arena, .mark = arena_mark(arena)};
    bool ok = app_sync(app, demo_run, &d, err);
    /* A hash takes longer than all else of a start, so it is made only when an account needs it. */
    if (ok && d.missing > 0) {
        ok = app_password_hash(hash, DEMO_PASSWORD, err);
        d.password_hash = ok ? str_from(hash) : STR_NONE;
        ok = ok && app_sync(app, demo_run, &d, err);
    }
    if (ok && d.added > 0)
        log_event(LOG_INFO, "demo-accounts-added", log_i64("accounts", (int64_t)d.added));
    arena_destroy(arena);
    return ok;
}
