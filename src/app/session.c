/* Who asks. A session is 256 random bits that only the browser keeps; the database holds their
 * hash, and the token against forged requests is another hash of them, so nothing in the database
 * lets anybody act. Every failure says the same. */
#include <inttypes.h>
#include <sodium.h>

#include "app/inner.h"
#include "base/code.h"

struct str app_token_hash(struct str token, struct arena *arena) {
    struct merkle_hash hash = merkle_sha256(token);
    return arena_str(arena, merkle_hash_str(&hash));
}

struct str app_csrf_of(struct str token, struct arena *arena) {
    struct buf text;
    struct merkle_hash hash = merkle_sha256(arena_printf(arena, "csrf %.*s", STR_ARG(token)));
    buf_init(&text, APP_CSRF_CHARS);
    code_base64url_add(&text, merkle_hash_str(&hash));
    struct str kept = arena_str(arena, buf_view(&text));
    buf_done(&text);
    return kept;
}

static bool signed_out(struct err *err) {
    return err_set(err, ERR_SIGNED_OUT, err_nowhere, "nobody is signed in");
}

struct found {
    struct store_session session;
    struct store_account account;
    struct store_appointment *posts;
    size_t post_count;
};

static bool session_find(struct found *out, struct app *app, struct db_conn *conn,
                         struct str token_hash, struct arena *arena, struct err *err) {
    int64_t now_us = os_wall_us(app->os);
    struct err local = {0};
    bool ok = store_session_get(&out->session, conn, token_hash, &local) &&
              store_account_by_id(&out->account, conn, out->session.account, arena, &local);
    if (!ok && local.code == ERR_NOT_FOUND)
        return signed_out(err);
    if (!ok) {
        *err = local;
        return false;
    }
    if (out->account.locked || now_us - out->session.seen_us > APP_SESSION_IDLE_US ||
        now_us - out->session.created_us > APP_SESSION_ABSOLUTE_US)
        return signed_out(err);
    return store_appointments(&out->posts, &out->post_count, conn, out->account.id, arena, err);
}

/* ---- the session was used: told to the writer now and then, and nobody waits for it ---- */

struct seen_job {
    struct writer_job job; /* first */
    struct arena *arena;
    struct str token_hash;
};

static bool seen_run(struct writer_job *job, struct store_tx *tx, struct err *err) {
    return store_session_seen(tx, ((struct seen_job *)job)->token_hash, err);
}

static void seen_done(struct writer_job *job, const struct err *err) {
    (void)err; /* the next request tells it again */
    arena_destroy(((struct seen_job *)job)->arena);
}

static void session_seen(struct app *app, struct str token_hash) {
    struct err err = {0};
    struct arena *arena = arena_create("seen", 4096);
    struct seen_job *seen = arena_new(arena, struct seen_job, 1);
    *seen = (struct seen_job){
        {.run = seen_run, .done = seen_done}, arena, arena_str(arena, token_hash)};
    if (!writer_put(app->writer, &seen->job, &err))
        arena_destroy(arena);
}

/* ---- sessions lately used ----
 * Every request of an officer asks for the same rows. What they said is kept for SESSION_KEPT_US,
 * and forgotten at once when an order has ended a session or changed an account: the order is
 * answered after that. Offline commands cannot run beside the service. */

enum { SESSIONS_KEPT = 64, SESSION_KEPT_BYTES = 1 << 20 };
#define SESSION_KEPT_US (INT64_C(10) * 1000000)
static_assert(SESSION_KEPT_US < APP_SESSION_SEEN_US, "a session in use is told to the writer");

struct session_kept {
    struct arena *arena; /* NULL: free */
    unsigned char token_hash[MERKLE_HASH_BYTES];
    struct app_caller caller;
    int64_t created_us, read_us;
};

struct app_sessions {
    struct os_mutex mutex; /* guards everything here */
    uint64_t changes;
    struct session_kept list[SESSIONS_KEPT];
};

void app_sessions_init(struct app *app) {
    app->sessions = arena_new(app->arena, struct app_sessions, 1);
    os_mutex_init(&app->sessions->mutex);
}

static void kept_drop(struct session_kept *kept) {
    arena_destroy(kept->arena);
    *kept = (struct session_kept){.arena = NULL};
}

void app_sessions_forget(struct app *app) {
    struct app_sessions *s = app->sessions;
    os_mutex_lock(&s->mutex);
    s->changes++;
    for (size_t i = 0; i < SESSIONS_KEPT; i++)
        kept_drop(&s->list[i]);
    os_mutex_unlock(&s->mutex);
}

void app_sessions_done(struct app *app) {
    if (app->sessions == NULL)
        return;
    app_sessions_forget(app);
    os_mutex_done(&app->sessions->mutex);
}

static struct app_caller caller_copy(const struct app_caller *from, struct arena *arena) {
    struct app_caller copy = *from;
    copy.name = arena_str(arena, from->name);
    copy.csrf = arena_str(arena, from->csrf);
    copy.posts = arena_new(arena, struct app_appointment, from->post_count);
    for (size_t i = 0; i < from->post_count; i++)
        copy.posts[i] = (struct app_appointment){arena_str(arena, from->posts[i].organ),
                                                 arena_str(arena, from->posts[i].post)};
    return copy;
}

static struct session_kept *kept_slot(struct app_sessions *s, struct str token_hash) {
    return &s->list[(unsigned char)token_hash.at[0] % SESSIONS_KEPT];
}

static bool kept_find(struct app_caller *out, uint64_t *changes, struct app *app,
                      struct str token_hash, struct arena *arena) {
    struct app_sessions *s = app->sessions;
    int64_t now_us = os_wall_us(app->os);
    os_mutex_lock(&s->mutex);
    const struct session_kept *kept = kept_slot(s, token_hash);
    *changes = s->changes;
    bool found = kept->arena != NULL &&
                 memcmp(kept->token_hash, token_hash.at, sizeof kept->token_hash) == 0 &&
                 now_us >= kept->read_us && now_us - kept->read_us < SESSION_KEPT_US &&
                 now_us - kept->created_us <= APP_SESSION_ABSOLUTE_US;
    if (found)
        *out = caller_copy(&kept->caller, arena);
    os_mutex_unlock(&s->mutex);
    return found;
}

/* changes: as it was before the rows were read; what was changed since is not kept. */
static void kept_add(struct app *app, uint64_t changes, struct str token_hash,
                     const struct app_caller *caller, int64_t created_us, int64_t read_us) {
    struct app_sessions *s = app->sessions;
    os_mutex_lock(&s->mutex);
    if (s->changes == changes) {
        struct session_kept *kept = kept_slot(s, token_hash);
        kept_drop(kept);
        kept->arena = arena_create("session", SESSION_KEPT_BYTES);
        memcpy(kept->token_hash, token_hash.at, sizeof kept->token_hash);
        kept->caller = caller_copy(caller, kept->arena);
        kept->created_us = created_us;
        kept->read_us = read_us;
    }
    os_mutex_unlock(&s->mutex);
}

static bool session_read(struct app_caller *out, struct app *app, struct str token, struct str hash,
                         uint64_t changes, struct arena *arena, struct err *err) {
    struct db_conn *conn;
    struct found found = {0};
    int64_t now_us = os_wall_us(app->os);
    if (!db_reader_take(&conn, store_db(app->store), err))
        return false;
    bool ok = session_find(&found, app, conn, hash, arena, err);
    db_reader_give(store_db(app->store), conn);
    if (!ok)
        return false;
    if (now_us - found.session.seen_us > APP_SESSION_SEEN_US)
        session_seen(app, hash);
    struct app_appointment *posts = arena_new(arena, struct app_appointment, found.post_count);
    for (size_t i = 0; i < found.post_count; i++)
        posts[i] = (struct app_appointment){found.posts[i].organ, found.posts[i].post};
    *out = (struct app_caller){
        .kind = APP_ACCOUNT,
        .account = found.account.id,
        .name = found.account.name,
        .posts = posts,
        .post_count = found.post_count,
        .csrf = app_csrf_of(token, arena),
    };
    kept_add(app, changes, hash, out, found.session.created_us, now_us);
    return true;
}

bool app_caller_session(struct app_caller *out, struct app *app, struct str token,
                        struct arena *arena, struct err *err) {
    uint64_t changes;
    if (token.len != APP_TOKEN_CHARS)
        return signed_out(err);
    struct str hash = app_token_hash(token, arena);
    return kept_find(out, &changes, app, hash, arena) ||
           session_read(out, app, token, hash, changes, arena, err);
}

/* ---- an applicant: the case's reference and its access code ---- */

static bool code_matches(const struct store_case *row, struct str code) {
    struct buf normal;
    buf_init(&normal, 64);
    bool ok = code_base32_normal(&normal, code) && !normal.full;
    struct merkle_hash hash = merkle_sha256(buf_view(&normal));
    ok = ok && row->code_sha256.len == sizeof hash.bytes &&
         sodium_memcmp(hash.bytes, row->code_sha256.at, sizeof hash.bytes) == 0;
    buf_done(&normal);
    return ok;
}

bool app_code_check(struct store_case *out, struct db_conn *conn, struct str reference,
                    struct str code, struct arena *arena, struct err *err) {
    struct str canonical;
    struct err local = {0};
    bool found = case_reference_read(&canonical, arena, reference) &&
                 store_case_by_reference(out, conn, canonical, arena, &local);
    if (!found && local.code != ERR_NONE && local.code != ERR_NOT_FOUND) {
        *err = local;
        return false;
    }
    if (!found || !code_matches(out, code))
        return err_set(err, ERR_NOT_FOUND, err_nowhere,
                       "there is no case with this reference and access code");
    return true;
}

bool app_caller_code(struct app_caller *out, struct app *app, struct str reference, struct str code,
                     struct arena *arena, struct err *err) {
    struct db_conn *conn;
    struct store_case row;
    if (!db_reader_take(&conn, store_db(app->store), err))
        return false;
    bool ok = app_code_check(&row, conn, reference, code, arena, err);
    db_reader_give(store_db(app->store), conn);
    if (ok)
        *out = (struct app_caller){.kind = APP_APPLICANT, .reference = row.reference};
    return ok;
}
