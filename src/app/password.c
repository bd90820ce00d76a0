/* Passwords: Argon2id with 19 MiB and two passes (OWASP's parameters), on threads of their own. Few
 * threads, because a hash is meant to be expensive: on the loops it would stop pages, on the writer
 * everything, and unbounded it would let anybody fill the memory. A user name that does not exist
 * is hashed against a password that nobody has, so that time does not tell. */
#include "app/password.h"

#include <assert.h>
#include <sodium.h>

#include "app/process_inner.h"
#include "base/code.h"
#include "merkle/merkle.h"

enum {
    HASH_THREADS = 2,
    HASH_QUEUE_MAX = 64, /* two a 40 ms: the last waits about a second */
    HASH_MEMORY_BYTES = 19456 * 1024,
    HASH_PASSES = 2,
};
static_assert(crypto_pwhash_STRBYTES == APP_PASSWORD_HASH_BYTES, "as password.h says");

struct app_hashers {
    struct arena *arena;
    struct app *app;
    struct os_mutex mutex; /* guards the queue and stopping */
    struct os_cond changed;
    struct app_job *queue[HASH_QUEUE_MAX]; /* a ring */
    size_t first, count;
    bool stopping;
    struct os_thread threads[HASH_THREADS];
    size_t thread_count;
    char nobody[APP_PASSWORD_HASH_BYTES];
};

bool app_password_hash(char out[APP_PASSWORD_HASH_BYTES], struct str password, struct err *err) {
    if (crypto_pwhash_str_alg(out, password.len == 0 ? "" : password.at, password.len, HASH_PASSES,
                              HASH_MEMORY_BYTES, crypto_pwhash_ALG_ARGON2ID13) != 0)
        return err_set(err, ERR_BUSY, err_nowhere, "there is no memory to check a password");
    return true;
}

/* The stored form of a hash that no password has: what is compared with when an account does not
 * exist, so that it takes as long. It is random, not computed: that would take half of a start. */
static void nobody_make(char out[APP_PASSWORD_HASH_BYTES], const struct os_env *os) {
    enum { SALT_BYTES = crypto_pwhash_SALTBYTES, HASH_BYTES = 32 };
    unsigned char random[SALT_BYTES + HASH_BYTES];
    char salt[24], hash[48]; /* base64 of them without padding, and a zero */
    os_random(os, random, sizeof random);
    (void)sodium_bin2base64(salt, sizeof salt, random, SALT_BYTES,
                            sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
    (void)sodium_bin2base64(hash, sizeof hash, random + SALT_BYTES, HASH_BYTES,
                            sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
    (void)snprintf(out, APP_PASSWORD_HASH_BYTES, "$argon2id$v=19$m=%d,t=%d,p=1$%s$%s",
                   HASH_MEMORY_BYTES / 1024, (int)HASH_PASSES, salt, hash);
}

bool app_password_fits(struct str password, struct err *err) {
    if (password.len < APP_PASSWORD_BYTES_MIN || password.len > APP_PASSWORD_BYTES_MAX)
        return err_set(err, ERR_INVALID, err_nowhere, "a password has %d to %d bytes",
                       APP_PASSWORD_BYTES_MIN, APP_PASSWORD_BYTES_MAX);
    return true;
}

/* 64 hex digits of the code's SHA-256: the code itself is nowhere stored. */
static void code_digest(char out[65], struct str code) {
    struct merkle_hash hash = merkle_sha256(code);
    struct buf hex;
    buf_init(&hex, 64);
    code_hex_add(&hex, merkle_hash_str(&hash));
    memcpy(out, hex.at, 64);
    out[64] = 0;
    buf_done(&hex);
}

void app_link_make(char out[APP_LINK_BYTES], struct str code, int64_t until_us) {
    char digest[65];
    code_digest(digest, code);
    (void)snprintf(out, APP_LINK_BYTES, "link:%s:%lld", digest, (long long)until_us);
}

bool app_link_opens(struct str stored, struct str code, int64_t now_us) {
    char digest[65];
    uint64_t until_us;
    struct str rest = str_sub(stored, 5, stored.len), given;
    code_digest(digest, code);
    return str_starts(stored, STR("link:")) && str_split(&given, &rest, ':') && given.len == 64 &&
           sodium_memcmp(given.at, digest, 64) == 0 && str_to_u64(&until_us, rest) &&
           (uint64_t)now_us <= until_us;
}

static bool matches(const char *hash, struct str password) {
    return crypto_pwhash_str_verify(hash, password.len == 0 ? "" : password.at, password.len) == 0;
}

/* What was stored when the password was compared: the writer sees whether it still is. */
static void sign_in_prepare(struct app_hashers *h, struct app_job *j) {
    struct app *app = h->app;
    struct str user = json_get_text(j->order.body, STR("user"));
    struct str password = json_get_text(j->order.body, STR("password"));
    struct app_hash_work *work = j->hash;
    struct store_account account = {0};
    struct db_conn *conn;
    struct err err = {0};
    bool known = db_reader_take(&conn, store_db(app->store), &err);
    if (known) {
        known = store_account_by_user(&account, conn, user, j->arena, &err);
        db_reader_give(store_db(app->store), conn);
    }
    known = known && str_starts(account.password, STR("$")); /* no hash: none yet, or a link */
    bool fits = password.len <= APP_PASSWORD_BYTES_MAX;
    const char *against = known ? arena_cstr(j->arena, account.password) : h->nobody;
    bool match = matches(against, fits ? password : STR("too long"));
    work->compared_with = known ? account.password : STR_NONE;
    work->match = known && fits && match;
}

static void hash_prepare(struct app_job *j) {
    struct str password = json_get_text(j->order.body, STR("password"));
    struct app_hash_work *work = j->hash;
    char *text = arena_new(j->arena, char, APP_PASSWORD_HASH_BYTES);
    if (app_password_fits(password, &work->err) && app_password_hash(text, password, &work->err))
        work->made = str_from(text);
}

static void job_prepare(struct app_hashers *h, struct app_job *j) {
    struct err err = {0};
    if (j->order.verb == APP_SIGN_IN)
        sign_in_prepare(h, j);
    else if (j->order.verb == APP_DEPLOY)
        app_deploy_prepare(j);
    else
        hash_prepare(j);
    j->mark = arena_mark(j->arena); /* what was prepared stays when the order is run again */
    if (!writer_put(h->app->writer, &j->job, &err))
        app_job_finish(j, &err);
}

static void hasher_main(void *self) {
    struct app_hashers *h = self;
    os_mutex_lock(&h->mutex);
    for (;;) {
        while (h->count == 0 && !h->stopping)
            os_cond_wait(&h->changed, &h->mutex);
        if (h->count == 0)
            break;
        struct app_job *j = h->queue[h->first];
        h->first = (h->first + 1) % HASH_QUEUE_MAX;
        h->count--;
        os_mutex_unlock(&h->mutex);
        job_prepare(h, j);
        os_mutex_lock(&h->mutex);
    }
    os_mutex_unlock(&h->mutex);
}

bool app_hashers_put(struct app *app, struct app_job *j, struct err *err) {
    struct app_hashers *h = app->hashers;
    j->hash = arena_new(j->arena, struct app_hash_work, 1);
    os_mutex_lock(&h->mutex);
    bool room = h->count < HASH_QUEUE_MAX && !h->stopping;
    if (room) {
        h->queue[(h->first + h->count++) % HASH_QUEUE_MAX] = j;
        os_cond_wake_one(&h->changed);
    }
    os_mutex_unlock(&h->mutex);
    return room || err_set(err, ERR_BUSY, err_nowhere, "too many people sign in at once");
}

bool app_hashers_start(struct app *app, struct err *err) {
    struct arena *arena = arena_create("hashers", 1 << 16);
    struct app_hashers *h = arena_new(arena, struct app_hashers, 1);
    h->arena = arena;
    h->app = app;
    os_mutex_init(&h->mutex);
    os_cond_init(&h->changed);
    app->hashers = h;
    bool ok = true;
    nobody_make(h->nobody, app->os);
    assert(crypto_pwhash_str_needs_rehash(h->nobody, HASH_PASSES, HASH_MEMORY_BYTES) == 0);
    for (; ok && h->thread_count < HASH_THREADS; h->thread_count++)
        ok = os_thread_start(&h->threads[h->thread_count], "hasher", hasher_main, h, err);
    if (!ok) {
        if (h->thread_count > 0)
            h->thread_count--; /* the last one did not start */
        app_hashers_stop(app);
    }
    return ok;
}

void app_hashers_stop(struct app *app) {
    struct app_hashers *h = app->hashers;
    if (h == NULL)
        return;
    os_mutex_lock(&h->mutex);
    h->stopping = true;
    os_cond_wake_all(&h->changed);
    os_mutex_unlock(&h->mutex);
    for (size_t i = 0; i < h->thread_count; i++)
        os_thread_join(h->threads[i]);
    os_cond_done(&h->changed);
    os_mutex_done(&h->mutex);
    arena_destroy(h->arena);
    app->hashers = NULL;
}
