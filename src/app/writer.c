/* Group commit. A batch is run twice at most: first without savepoints, because nearly every
 * refusal is found before anything was written; when a job fails after it has written, the
 * transaction is rolled back and the batch is run again with a savepoint around each job. So the
 * usual batch pays nothing for the rare one. Invariants: 1. done() is called exactly once for each
 * job taken, outside of the lock, after the commit; 2. only this thread touches the writer's
 * connection; 3. no job is answered "done" before the commit returned. */
#include "app/writer.h"

#include <assert.h>
#include <stdatomic.h>

enum { WRITER_ARENA_BYTES = 1 << 20 };

struct queue {
    struct writer_job *first, **last;
    size_t count;
};

struct writer {
    struct arena *arena;
    struct writer_config config;
    const struct os_env *env;
    struct os_thread thread;
    struct os_mutex mutex; /* guards waiting, stopping, woken, figures */
    struct os_cond changed;
    struct queue waiting;
    bool stopping, woken;
    struct writer_figures figures;
    int64_t failed_us; /* os_mono_us() of the last commit that failed; 0: the last one did not */
    struct queue own;  /* the writer's thread only */
    atomic_uint_fast64_t changes;
    int64_t tick_at_us;
};

static void queue_init(struct queue *q) {
    *q = (struct queue){NULL, NULL, 0};
    q->last = &q->first;
}

static void queue_put(struct queue *q, struct writer_job *job) {
    job->next = NULL;
    *q->last = job;
    q->last = &job->next;
    q->count++;
}

static struct writer_job *queue_take(struct queue *q) {
    struct writer_job *job = q->first;
    if (job == NULL)
        return NULL;
    q->first = job->next;
    q->count--;
    if (q->first == NULL)
        q->last = &q->first;
    return job;
}

struct batch {
    struct writer_job *jobs[BATCH_COMMANDS_MAX];
    size_t count;
};

/* The first pass. False when a job had written before it failed, so that all must be run again, or
 * when the transaction is lost (err). */
static bool batch_run(const struct batch *batch, struct store_tx *tx, bool *again,
                      struct err *err) {
    for (size_t i = 0; i < batch->count; i++) {
        struct writer_job *job = batch->jobs[i];
        int64_t written = store_written(tx);
        uint64_t events = tx->events_added;
        err_reset(&job->err);
        if (job->run(job, tx, &job->err))
            continue;
        if (job->err.code == ERR_FULL || job->err.code == ERR_IO) {
            *err = job->err; /* SQLite may have given up the transaction */
            return false;
        }
        if (store_written(tx) != written || tx->events_added != events) {
            *again = true;
            return false;
        }
    }
    return true;
}

static bool batch_run_saved(const struct batch *batch, struct store_tx *tx, struct err *err) {
    for (size_t i = 0; i < batch->count; i++) {
        struct writer_job *job = batch->jobs[i];
        struct store_tx saved;
        err_reset(&job->err);
        if (!store_savepoint(&saved, tx, err))
            return false;
        bool ok = job->run(job, tx, &job->err);
        if (ok ? store_savepoint_release(tx, err) : store_savepoint_rollback(tx, &saved))
            continue;
        if (err->code == ERR_NONE)
            *err = job->err;
        return false;
    }
    return true;
}

/* One transaction for the whole batch; on false nothing of it stays. */
static bool batch_commit(struct writer *w, const struct batch *batch, bool *wrote,
                         struct err *err) {
    struct store_tx tx;
    bool again = false;
    if (!store_begin(&tx, w->config.store, err))
        return false;
    int64_t written = store_written(&tx);
    bool ok = batch_run(batch, &tx, &again, err);
    if (!ok) {
        store_rollback(&tx);
        if (w->config.over != NULL)
            w->config.over(w->config.ctx, false);
    }
    if (again) {
        if (!store_begin(&tx, w->config.store, err))
            return false;
        ok = batch_run_saved(batch, &tx, err);
        if (!ok)
            store_rollback(&tx);
    }
    *wrote = store_written(&tx) != written; /* a look that was known already writes nothing */
    return ok && store_commit(&tx, err);
}

uint64_t writer_changes(const struct writer *w) {
    return atomic_load(&w->changes);
}

static void batch_answer(struct writer *w, const struct batch *batch, const struct err *err) {
    uint64_t refused = 0;
    for (size_t i = 0; i < batch->count; i++) {
        struct writer_job *job = batch->jobs[i];
        if (err->code != ERR_NONE)
            job->err = *err;
        refused += job->err.code != ERR_NONE ? 1 : 0;
    }
    os_mutex_lock(&w->mutex);
    w->failed_us = err->code == ERR_NONE ? 0 : os_mono_us(w->env);
    w->figures.commits++;
    w->figures.jobs += batch->count;
    w->figures.refused += refused;
    os_mutex_unlock(&w->mutex);
    for (size_t i = 0; i < batch->count; i++) {
        struct err answer = batch->jobs[i]->err; /* done() may free the job */
        batch->jobs[i]->done(batch->jobs[i], &answer);
    }
}

static void batch_do(struct writer *w, const struct batch *batch) {
    struct err err = {0};
    int64_t from_us = os_mono_us(w->env);
    bool wrote = false;
    bool ok = batch_commit(w, batch, &wrote, &err);
    if (wrote) /* before anybody is answered: who was, reads what was written */
        atomic_fetch_add(&w->changes, 1);
    if (!ok)
        log_event(LOG_ERROR, "commit-failed", log_i64("orders", (int64_t)batch->count),
                  log_cstr("code", err_code_name(err.code)), log_err(&err));
    int64_t took_us = os_mono_us(w->env) - from_us;
    os_mutex_lock(&w->mutex);
    w->figures.commit_us_max = MAX_OF(w->figures.commit_us_max, took_us);
    os_mutex_unlock(&w->mutex);
    batch_answer(w, batch, &err);
    if (w->config.over != NULL)
        w->config.over(w->config.ctx, ok);
    db_checkpoint_if_due(db_writer(store_db(w->config.store)));
}

/* With the lock held: wait until there is something to do. False at the end. */
static bool wait_for_work(struct writer *w) {
    while (w->waiting.count == 0 && !w->woken && w->own.count == 0) {
        if (w->stopping)
            return false;
        if (w->config.tick == NULL) {
            os_cond_wait(&w->changed, &w->mutex);
            continue;
        }
        int64_t left_us = w->tick_at_us - os_mono_us(w->env);
        if (left_us <= 0)
            return true;
        (void)os_cond_wait_us(&w->changed, &w->mutex, left_us);
    }
    return true;
}

static void tick_if_due(struct writer *w, bool woken, bool stopping) {
    if (w->config.tick == NULL || stopping)
        return;
    if (woken || os_mono_us(w->env) >= w->tick_at_us)
        w->tick_at_us = w->config.tick(w->config.ctx, w);
}

static void writer_main(void *self) {
    struct writer *w = self;
    for (;;) {
        os_mutex_lock(&w->mutex);
        bool go_on = wait_for_work(w);
        bool woken = w->woken, stopping = w->stopping;
        w->woken = false;
        os_mutex_unlock(&w->mutex);
        if (!go_on)
            return;
        tick_if_due(w, woken, stopping);
        struct batch batch = {.count = 0};
        struct writer_job *job;
        while (batch.count < BATCH_COMMANDS_MAX && (job = queue_take(&w->own)) != NULL)
            batch.jobs[batch.count++] = job;
        os_mutex_lock(&w->mutex);
        while (batch.count < BATCH_COMMANDS_MAX && (job = queue_take(&w->waiting)) != NULL)
            batch.jobs[batch.count++] = job;
        os_mutex_unlock(&w->mutex);
        if (batch.count > 0)
            batch_do(w, &batch);
    }
}

bool writer_start(struct writer **out, const struct writer_config *config, struct err *err) {
    struct arena *arena = arena_create("writer", WRITER_ARENA_BYTES);
    struct writer *w = arena_new(arena, struct writer, 1);
    w->arena = arena;
    w->config = *config;
    if (w->config.queue_max == 0)
        w->config.queue_max = QUEUE_COMMANDS_MAX;
    w->env = store_env(config->store);
    queue_init(&w->waiting);
    queue_init(&w->own);
    os_mutex_init(&w->mutex);
    os_cond_init(&w->changed);
    if (!os_thread_start(&w->thread, "writer", writer_main, w, err)) {
        os_cond_done(&w->changed);
        os_mutex_done(&w->mutex);
        arena_destroy(arena);
        return false;
    }
    *out = w;
    return true;
}

void writer_stop(struct writer *w) {
    if (w == NULL)
        return;
    os_mutex_lock(&w->mutex);
    w->stopping = true;
    os_cond_wake_all(&w->changed);
    os_mutex_unlock(&w->mutex);
    os_thread_join(w->thread);
    assert(w->waiting.count == 0 && w->own.count == 0);
    os_cond_done(&w->changed);
    os_mutex_done(&w->mutex);
    arena_destroy(w->arena);
}

bool writer_put(struct writer *w, struct writer_job *job, struct err *err) {
    os_mutex_lock(&w->mutex);
    bool stopping = w->stopping;
    bool full = w->waiting.count >= w->config.queue_max;
    if (!stopping && !full) {
        queue_put(&w->waiting, job);
        os_cond_wake_one(&w->changed);
    }
    os_mutex_unlock(&w->mutex);
    if (stopping)
        return err_set(err, ERR_BUSY, err_nowhere, "the service is stopping");
    if (full)
        return err_set(err, ERR_BUSY, err_nowhere, "too many orders wait");
    return true;
}

void writer_put_own(struct writer *w, struct writer_job *job) {
    queue_put(&w->own, job);
}

void writer_wake(struct writer *w) {
    os_mutex_lock(&w->mutex);
    w->woken = true;
    os_cond_wake_one(&w->changed);
    os_mutex_unlock(&w->mutex);
}

struct writer_figures writer_figures(struct writer *w) {
    os_mutex_lock(&w->mutex);
    struct writer_figures figures = w->figures;
    figures.waiting = w->waiting.count;
    w->figures.commit_us_max = 0;
    os_mutex_unlock(&w->mutex);
    return figures;
}

bool writer_well(struct writer *w) {
    os_mutex_lock(&w->mutex);
    int64_t failed_us = w->failed_us;
    os_mutex_unlock(&w->mutex);
    return failed_us == 0 || os_mono_us(w->env) - failed_us > WRITER_FAILED_US;
}
