/* What the clock demands: cases whose timers or time limits are due, and what one case has to tell
 * another. Each becomes a job of its own in the writer's next batch, so that it is durable and
 * audited like any order. A case that cannot be woken (damaged, or its pack is gone) is logged and
 * left alone for a while, so that it does not keep the others from their turn. */
#include <inttypes.h>

#include "app/order.h"
#include "app/process_inner.h"

enum {
    DUE_MAX = 256,          /* cases woken in one batch */
    TELL_MAX = 64,          /* messages between cases in one batch */
    TROUBLE_MAX = 256,      /* cases left alone at once */
    DEMO_WAKES_MAX = 50000, /* in one move of the demonstration's clock */
};
static const int64_t POLL_US = 1000000; /* the demo clock, another day */
static const int64_t TROUBLE_US = 10 * 60 * 1000000LL;
static const int64_t SWEEP_US = 3600 * 1000000LL;
static const int64_t TELL_LEASE_US = 60 * 1000000LL;

struct app_trouble {
    struct case_id id[TROUBLE_MAX];
    int64_t until_us[TROUBLE_MAX]; /* os_mono_us() */
    size_t count;
    int64_t sweep_us;
};

static bool in_trouble(const struct app *app, struct case_id id) {
    const struct app_trouble *t = app->trouble;
    int64_t now_us = os_mono_us(app->os);
    for (size_t i = 0; i < t->count; i++)
        if (t->id[i].n == id.n && t->until_us[i] > now_us)
            return true;
    return false;
}

static void trouble_add(struct app *app, struct case_id id) {
    struct app_trouble *t = app->trouble;
    int64_t until_us = os_mono_us(app->os) + TROUBLE_US;
    size_t at = 0;
    while (at < t->count && t->id[at].n != id.n)
        at++;
    if (at == TROUBLE_MAX) /* the oldest has waited longest */
        for (at = 0; at + 1 < TROUBLE_MAX && t->until_us[at] > t->until_us[at + 1];)
            at++;
    if (at == t->count)
        t->count++;
    t->id[at] = id;
    t->until_us[at] = until_us;
}

static struct budget tick_budget(void) {
    return budget_of(APP_ORDER_STEPS_MAX, APP_ORDER_BYTES_MAX / 2);
}

/* ---- jobs -------------------------------------------------------------------------------------
 */

struct tick_job {
    struct writer_job job; /* first */
    struct arena *arena;
    struct arena_mark mark;
    struct app *app;
    struct case_id id;
};

static bool wake_run(struct writer_job *job, struct store_tx *tx, struct err *err) {
    struct tick_job *t = (struct tick_job *)job;
    struct arena *scratch = t->app->scratch;
    struct arena_mark mark = arena_mark(scratch);
    struct budget budget = tick_budget();
    const struct order_env env = {t->app, tx, &t->app->store_packs, scratch, &budget};
    bool ok = order_tick(&env, t->id, err);
    app_lives_over(t->app, ok);
    err->at = err_nowhere; /* it may point into the scratch */
    arena_rewind(scratch, mark);
    return ok;
}

static void wake_done(struct writer_job *job, const struct err *err) {
    struct tick_job *t = (struct tick_job *)job;
    if (err->code != ERR_NONE) {
        trouble_add(t->app, t->id);
        log_event(LOG_ERROR, "case-not-woken", log_i64("case", (int64_t)t->id.n),
                  log_cstr("code", err_code_name(err->code)), log_err(err));
    }
    arena_destroy(t->arena);
}

/* Lease and tell in one transaction: told exactly once. One message a job; one that cannot be told
 * waits, or is given up when there is nobody left to tell. */
static bool tell_run(struct writer_job *job, struct store_tx *tx, struct err *err) {
    struct tick_job *t = (struct tick_job *)job;
    struct store_outbox item;
    struct err why = {0};
    size_t count = 0;
    arena_rewind(t->arena, t->mark);
    if (!store_outbox_lease(&item, 1, &count, tx, STORE_OUTBOX_REVIEWED, TELL_LEASE_US, t->arena,
                            err))
        return false;
    if (count == 0)
        return true;
    int64_t written = store_written(tx);
    struct budget budget = tick_budget();
    const struct order_env env = {t->app, tx, &t->app->store_packs, t->arena, &budget};
    bool told = order_reviewed(&env, &item, &why) && store_outbox_sent(tx, &item, &why);
    app_lives_over(t->app, told);
    if (told)
        return true;
    if (store_written(tx) != written) { /* half told: nothing of it may stay */
        *err = why;
        return false;
    }
    log_event(LOG_ERROR, "review-not-told", log_i64("case", (int64_t)item.case_id.n),
              log_cstr("code", err_code_name(why.code)), log_err(&why));
    return why.code == ERR_NOT_FOUND ? store_outbox_sent(tx, &item, err)
                                     : store_outbox_later(tx, &item, TROUBLE_US, err);
}

static void tell_done(struct writer_job *job, const struct err *err) {
    struct tick_job *t = (struct tick_job *)job;
    if (err->code != ERR_NONE)
        log_event(LOG_ERROR, "tick-failed", log_cstr("code", err_code_name(err->code)),
                  log_err(err));
    arena_destroy(t->arena);
}

static bool sweep_run(struct writer_job *job, struct store_tx *tx, struct err *err) {
    (void)job;
    return store_sweep(tx, err);
}

static void job_put(struct app *app, struct writer *w, struct case_id id,
                    bool (*run)(struct writer_job *, struct store_tx *, struct err *),
                    void (*done)(struct writer_job *, const struct err *)) {
    struct arena *arena = arena_create("tick", APP_ORDER_BYTES_MAX);
    struct tick_job *t = arena_new(arena, struct tick_job, 1);
    *t = (struct tick_job){{.run = run, .done = done}, arena, arena_mark(arena), app, id};
    writer_put_own(w, &t->job);
}

static bool due_put(struct app *app, struct writer *w, int64_t *next_us, struct err *err) {
    struct case_id due[DUE_MAX];
    size_t count = 0;
    int64_t now_us = store_now_us(app->store);
    struct db_conn *conn = db_writer(store_db(app->store));
    if (!store_cases_due(due, DUE_MAX, &count, next_us, conn, now_us, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!in_trouble(app, due[i]))
            job_put(app, w, due[i], wake_run, wake_done);
    if (!app_process_due(app, w, next_us, err))
        return false;
    *next_us = *next_us == 0 ? POLL_US : MIN_OF(MAX_OF(*next_us - now_us, 0), POLL_US);
    int64_t tell_us = 0;
    if (!store_outbox_next(&tell_us, conn, STORE_OUTBOX_REVIEWED, err))
        return false;
    if (tell_us != 0 && tell_us <= now_us)
        job_put(app, w, (struct case_id){0}, tell_run, tell_done);
    return true;
}

int64_t app_tick(void *ctx, struct writer *w) {
    struct app *app = ctx;
    struct err err = {0};
    int64_t mono_us = os_mono_us(app->os), next_us = POLL_US;
    if (!due_put(app, w, &next_us, &err)) {
        log_event(LOG_ERROR, "tick-failed", log_cstr("code", err_code_name(err.code)),
                  log_err(&err));
        next_us = POLL_US;
    }
    if (mono_us >= app->trouble->sweep_us) {
        app->trouble->sweep_us = mono_us + SWEEP_US;
        job_put(app, w, (struct case_id){0}, sweep_run, tell_done);
    }
    int64_t waiter_us = app_waiters_tick(app);
    int64_t then_us = mono_us + MAX_OF(next_us, 1000);
    return waiter_us == 0 ? then_us : MIN_OF(then_us, waiter_us);
}

void app_batch_over(void *ctx, bool committed) {
    struct app *app = ctx;
    app_lives_committed(app, committed);
    app_waiters_committed(app, committed);
}

void app_tick_init(struct app *app) {
    app->trouble = arena_new(app->arena, struct app_trouble, 1);
    app_process_tick_init(app);
    app->trouble->sweep_us = os_mono_us(app->os) + SWEEP_US;
}

bool app_tick_until(struct app *app, struct store_tx *tx, int64_t to_us, struct err *err) {
    struct arena *arena = arena_create("tick", APP_ORDER_BYTES_MAX);
    struct arena_mark mark = arena_mark(arena);
    uint64_t last_case = 0, last_count = 0;
    bool ok = true;
    for (int wakes = 0; ok && wakes < DEMO_WAKES_MAX; wakes++) {
        struct case_id due;
        struct store_case row;
        size_t count = 0;
        int64_t next_us = 0;
        ok = store_cases_due(&due, 1, &count, &next_us, tx->conn, to_us, err);
        if (!ok || count == 0)
            break;
        ok = store_case_by_id(&row, tx->conn, due, arena, err);
        if (ok && row.id.n == last_case && row.event_count == last_count)
            break; /* waking it changed nothing: the next tick looks at it again */
        last_case = row.id.n;
        last_count = row.event_count;
        tx->now_us = MAX_OF(tx->now_us, row.wake_us);
        struct budget budget = tick_budget();
        const struct order_env env = {app, tx, &app->store_packs, arena, &budget};
        ok = ok && order_tick(&env, due, err);
        app_lives_next(app);
        arena_rewind(arena, mark);
    }
    arena_destroy(arena);
    return ok;
}
