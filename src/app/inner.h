/* app/inner.h - what the files of app/ share. Only src/app includes this. */
#ifndef MANDATE_APP_INNER_H
#define MANDATE_APP_INNER_H

#include <stdatomic.h>

#include "app/app.h"
#include "app/password.h"
#include "app/writer.h"
#include "store/store.h"

enum {
    APP_VERSIONS_MAX = 256,        /* pack versions in memory: each is some MB */
    APP_SETS_MAX = 1024,           /* reloads in one run */
    APP_PACKS_MAX = 16,            /* packs in use at once */
    APP_PACK_BYTES_MAX = 64 << 20, /* all files of one pack */
    APP_ORDER_BYTES_MAX = 64 << 20,
    APP_SCRATCH_BYTES = 256 << 10, /* what an order takes as a rule; beyond it chunks come and go */
    APP_ORDER_STEPS_MAX = 5000000, /* of the procedure, its rules and forms, for one order */
    APP_TOKEN_BYTES = 32,          /* 256 bits */
    APP_TOKEN_CHARS = 43,          /* base64url of it */
    APP_CSRF_CHARS = 43,
};
#define APP_SESSION_IDLE_US     (INT64_C(30) * 60 * 1000000)   /* a desk left alone */
#define APP_SESSION_ABSOLUTE_US (INT64_C(12) * 3600 * 1000000) /* a shift */
#define APP_SESSION_SEEN_US     (INT64_C(60) * 1000000)        /* no row more often than this */

struct app_version {
    int64_t id; /* pack_version.id */
    const struct pack *pack;
};

/* The packs in use. Sets and packs live until app_close(): old cases run on old versions, so there
 * is nothing to gain from giving them up earlier. */
struct app_packs {
    struct app_version list[APP_PACKS_MAX];
    size_t count;
};

struct app_hashers;
struct app_mailer;
struct app_sessions;

struct app {
    struct arena *arena;
    struct app_config config;
    const struct os_env *os;
    struct store *store;
    struct store_packs store_packs;
    struct writer *writer;
    struct arena *scratch; /* the writer's thread only: of the order that runs */
    struct app_hashers *hashers;
    struct app_mailer *mailer;
    struct app_sessions *sessions; /* session.c: those lately used */
    struct os_mutex mutex;         /* guards versions, sets, and the arena */
    struct app_version versions[APP_VERSIONS_MAX];
    size_t version_count;
    struct app_packs *sets[APP_SETS_MAX];
    size_t set_count;
    const struct app_packs *_Atomic packs; /* the newest set */
    struct app_trouble *trouble;           /* tick.c; the writer's thread only */
    /* process instances outside matters: process_inner.h */
    struct app_models *models;
    struct app_lives *lives; /* the writer's thread only, as is the next */
    struct app_waiters *waiters;
    struct app_process_trouble *process_trouble;
};

/* An app of which nothing is open yet. */
struct app *app_blank(const struct app_config *config, const struct os_env *os);

/* ---- packs.c ---- */
/* *kept_count: packs whose folder was refused, so that the version before stays in use. */
MUST_USE bool app_packs_deploy(struct app *app, size_t *kept_count, struct err *err);
void app_packs_close(struct app *app);
bool app_packs_find(const struct pack **out, void *ctx, int64_t version, struct db_conn *conn,
                    struct err *err);

/* What ended before *out_us is to be erased. keep: days and time, or years and months. ERR_INVALID.
 */
MUST_USE bool app_history_before(int64_t *out_us, const char *keep, int64_t now_us,
                                 struct err *err);
/* Erase what was kept for as long as its matter says (retention.c). Not on the writer's thread. */
void app_retention_run(struct app *app);

/* ---- jobs ---- */
/* Run something in a transaction of the writer and wait for it. Never on the writer's thread. */
typedef bool app_sync_run(void *ctx, struct store_tx *tx, struct err *err);
MUST_USE bool app_sync(struct app *app, app_sync_run *run, void *ctx, struct err *err);

/* An order on its way through the writer. In an arena of its own. */
struct app_job {
    struct writer_job job; /* first */
    struct arena *arena;
    struct app *app;
    struct app_order order;
    app_done *done;
    void *ctx;
    /* of one run: */
    struct store_tx *tx;
    struct budget budget;
    struct json *body; /* the answer's */
    bool repeated, outbox_added;
    struct err refused; /* durable, but the caller is told this: a wrong password is counted */
    struct app_hash_work *hash; /* password.c: what was found out before the writer's turn */
    struct app_deploy *deploy;  /* order_deploy.c: likewise */
    struct app_wait *wait;      /* waiters.c: it is not answered yet */
    int64_t wait_until_us;      /* os_mono_us(); 0: it has not waited */
    struct arena_mark mark;
};
typedef bool app_verb_run(struct app_job *j, struct err *err);

/* order_account.c */
bool app_run_sign_in(struct app_job *j, struct err *err);
bool app_run_enter(struct app_job *j, struct err *err);
bool app_run_sign_out(struct app_job *j, struct err *err);
bool app_run_account_add(struct app_job *j, struct err *err);
bool app_run_account_lock(struct app_job *j, struct err *err);
bool app_run_account_password(struct app_job *j, struct err *err);
MUST_USE bool app_user_name_fits(struct str user, struct err *err);
/* order_misc.c */
bool app_run_draft(struct app_job *j, struct err *err);
bool app_run_draft_drop(struct app_job *j, struct err *err);
bool app_run_demo_clock(struct app_job *j, struct err *err);
bool app_run_demo_clock_reset(struct app_job *j, struct err *err);

/* ---- password.c: Argon2id off the writer's and the loops' threads ---- */
MUST_USE bool app_hashers_start(struct app *app, struct err *err);
void app_hashers_stop(struct app *app);
/* Hash first, then hand the job to the writer. */
MUST_USE bool app_hashers_put(struct app *app, struct app_job *j, struct err *err);
void app_job_finish(struct app_job *j, const struct err *err);

/* ---- session.c ---- */
void app_sessions_init(struct app *app);
void app_sessions_done(struct app *app);
/* After the commit of whatever ends a session or changes an account. Any thread. */
void app_sessions_forget(struct app *app);
struct str app_token_hash(struct str token, struct arena *arena); /* 32 raw bytes */
struct str app_csrf_of(struct str token, struct arena *arena);
/* The case with this reference, if the code is its own; ERR_NOT_FOUND whichever is wrong. */
MUST_USE bool app_code_check(struct store_case *out, struct db_conn *conn, struct str reference,
                             struct str code, struct arena *arena, struct err *err);

/* ---- tick.c ---- */
void app_tick_init(struct app *app);
int64_t app_tick(void *ctx, struct writer *w);
void app_batch_over(void *ctx, bool committed);
/* Wake every case that is due until then, each at its own time, within the transaction. */
MUST_USE bool app_tick_until(struct app *app, struct store_tx *tx, int64_t to_us, struct err *err);

/* ---- demo.c ---- */
MUST_USE bool app_demo_accounts(struct app *app, struct err *err);

/* ---- mailer.c ---- */
MUST_USE bool app_mailer_start(struct app *app, struct err *err);
void app_mailer_stop(struct app *app);
void app_mailer_wake(struct app *app);

#endif
