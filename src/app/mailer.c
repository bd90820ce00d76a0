/* Messages leave here: leased from the outbox, sent, forgotten once they are gone. A failing server
 * delays them (5 s, doubling to an hour) and never loses one; a crash between sending and
 * forgetting sends one twice, under the same Message-ID. Also sweeps documents that nobody named.
 */
#include <inttypes.h>

#include "app/inner.h"
#include "app/mail.h"

enum { LEASE_COUNT = 16, BACKOFF_DOUBLINGS_MAX = 20 };
static const int64_t LEASE_US = 20 * 60 * 1000000LL; /* sixteen messages of a minute each */
static const int64_t WAIT_US = 2 * 1000000LL;        /* between looks, when nobody wakes us */
static const int64_t BACKOFF_US = 5 * 1000000LL, BACKOFF_US_MAX = 3600 * 1000000LL;
static const int64_t SWEEP_US = 6 * 3600 * 1000000LL;

struct app_mailer {
    struct arena *arena; /* holds this */
    struct app *app;
    struct os_thread thread;
    struct os_mutex mutex; /* guards woken, stopping */
    struct os_cond changed;
    bool woken, stopping;
    const char *folder;
    int64_t sweep_us;
};

struct leasing {
    struct store_outbox items[LEASE_COUNT];
    size_t count;
    struct arena *arena;
    struct arena_mark mark;
};

static bool lease_run(void *ctx, struct store_tx *tx, struct err *err) {
    struct leasing *l = ctx;
    arena_rewind(l->arena, l->mark);
    return store_outbox_lease(l->items, LEASE_COUNT, &l->count, tx, STORE_OUTBOX_MAIL, LEASE_US,
                              l->arena, err);
}

struct ending {
    const struct store_outbox *item;
    int64_t wait_us; /* 0: it is gone */
};

static bool ending_run(void *ctx, struct store_tx *tx, struct err *err) {
    const struct ending *e = ctx;
    return e->wait_us == 0 ? store_outbox_sent(tx, e->item, err)
                           : store_outbox_later(tx, e->item, e->wait_us, err);
}

static int64_t backoff_us(int64_t attempts) {
    int64_t doublings = MIN_OF(MAX_OF(attempts - 1, 0), (int64_t)BACKOFF_DOUBLINGS_MAX);
    return MIN_OF(BACKOFF_US << doublings, BACKOFF_US_MAX);
}

static bool send_one(const struct app_mailer *m, const struct store_outbox *item, struct err *err) {
    const struct app_config *config = &m->app->config;
    const struct mail mail = {
        .id = item->id,
        .from = str_from(config->mail_from != NULL ? config->mail_from : "mandate@localhost"),
        .to = item->to,
        .subject = item->subject,
        .text = item->text,
        .at_us = item->created_us,
    };
    return config->smtp_url != NULL ? mail_to_smtp(config->smtp_url, &mail, err)
                                    : mail_to_folder(m->folder, &mail, err);
}

static void one(struct app_mailer *m, const struct store_outbox *item) {
    struct err err = {0}, ended = {0};
    struct ending ending = {item, 0};
    bool sent = send_one(m, item, &err);
    if (!sent && err.code == ERR_INVALID) { /* no server will ever take this address */
        log_event(LOG_WARN, "message-dropped", log_i64("message", (int64_t)item->id),
                  log_err(&err));
    } else if (!sent) {
        ending.wait_us = backoff_us(item->attempts);
        log_event(LOG_WARN, "message-delayed", log_i64("message", (int64_t)item->id),
                  log_i64("attempts", item->attempts), log_i64("wait_s", ending.wait_us / 1000000),
                  log_err(&err));
    }
    if (!app_sync(m->app, ending_run, &ending, &ended))
        log_event(LOG_WARN, "message-state-unknown", log_i64("message", (int64_t)item->id),
                  log_err(&ended)); /* its lease ends, and it is sent again */
}

static bool stopping(struct app_mailer *m) {
    os_mutex_lock(&m->mutex);
    bool now = m->stopping;
    os_mutex_unlock(&m->mutex);
    return now;
}

/* Is a message due? Asked of a reader, so that an idle service writes nothing. */
static bool due(struct app_mailer *m) {
    struct db_conn *conn;
    struct err err = {0};
    int64_t due_us = 0;
    if (!db_reader_take(&conn, store_db(m->app->store), &err))
        return false;
    bool ok = store_outbox_next(&due_us, conn, STORE_OUTBOX_MAIL, &err);
    db_reader_give(store_db(m->app->store), conn);
    return ok && due_us != 0 && due_us <= store_now_us(m->app->store);
}

static void send_due(struct app_mailer *m) {
    while (!stopping(m) && due(m)) {
        struct err err = {0};
        struct arena *arena = arena_create("messages", (size_t)LEASE_COUNT * MAIL_BYTES_MAX);
        struct leasing leasing = {.arena = arena, .mark = arena_mark(arena)};
        bool ok = app_sync(m->app, lease_run, &leasing, &err);
        for (size_t i = 0; ok && i < leasing.count && !stopping(m); i++)
            one(m, &leasing.items[i]);
        arena_destroy(arena);
        if (!ok) {
            log_event(LOG_WARN, "messages-not-leased", log_err(&err));
            return;
        }
    }
}

static void sweep_if_due(struct app_mailer *m) {
    struct db_conn *conn;
    struct err err = {0};
    size_t removed = 0;
    int64_t now_us = os_mono_us(m->app->os);
    if (now_us < m->sweep_us)
        return;
    m->sweep_us = now_us + SWEEP_US;
    app_retention_run(m->app);
    if (!db_reader_take(&conn, store_db(m->app->store), &err))
        return;
    if (!store_documents_sweep(&removed, m->app->store, conn, &err))
        log_event(LOG_WARN, "sweep-failed", log_err(&err));
    else if (removed > 0)
        log_event(LOG_INFO, "documents-swept", log_i64("removed", (int64_t)removed));
    db_reader_give(store_db(m->app->store), conn);
}

static void mailer_main(void *self) {
    struct app_mailer *m = self;
    for (;;) {
        os_mutex_lock(&m->mutex);
        if (!m->woken && !m->stopping)
            (void)os_cond_wait_us(&m->changed, &m->mutex, WAIT_US);
        m->woken = false;
        bool over = m->stopping;
        os_mutex_unlock(&m->mutex);
        if (over)
            return;
        send_due(m);
        sweep_if_due(m);
    }
}

bool app_mailer_start(struct app *app, struct err *err) {
    if (app->config.smtp_url != NULL && !mail_smtp_start(err))
        return false;
    struct arena *arena = arena_create("mailer", 1 << 16);
    struct app_mailer *m = arena_new(arena, struct app_mailer, 1);
    m->arena = arena;
    m->app = app;
    m->folder = arena_printf(arena, "%s/mail", app->config.data_dir).at;
    m->sweep_us = os_mono_us(app->os);
    os_mutex_init(&m->mutex);
    os_cond_init(&m->changed);
    if (!os_thread_start(&m->thread, "mailer", mailer_main, m, err)) {
        os_cond_done(&m->changed);
        os_mutex_done(&m->mutex);
        arena_destroy(arena);
        return false;
    }
    app->mailer = m;
    return true;
}

void app_mailer_stop(struct app *app) {
    struct app_mailer *m = app->mailer;
    if (m == NULL)
        return;
    os_mutex_lock(&m->mutex);
    m->stopping = true;
    os_cond_wake_all(&m->changed);
    os_mutex_unlock(&m->mutex);
    os_thread_join(m->thread);
    os_cond_done(&m->changed);
    os_mutex_done(&m->mutex);
    arena_destroy(m->arena);
    app->mailer = NULL;
}

void app_mailer_wake(struct app *app) {
    struct app_mailer *m = app->mailer;
    if (m == NULL)
        return;
    os_mutex_lock(&m->mutex);
    m->woken = true;
    os_cond_wake_one(&m->changed);
    os_mutex_unlock(&m->mutex);
}
