/* Orders that wait. One that asked for jobs when there were none, or for the result of an instance
 * that still runs, is parked after its transaction and not answered. What a later transaction adds
 * is said while it runs and heard after its commit: then those who waited for it are put in front
 * of the queue again, or are answered. Nothing is lost between: parking and hearing are both after
 * the same commit, on the writer's thread, in this order. */
#include "app/process_inner.h"

enum { TELLINGS_MAX = 4096, ARENA_BYTES = 64 << 20 };
static const int64_t LOOK_US = 1000000; /* leases that run out free a job without a commit */

struct app_wait {
    struct app_job *j;
    struct str type; /* of jobs; empty: waits for an end or for a task's listeners */
    uint64_t stream;
    uint32_t task; /* of the stream; 0: waits for an end */
    int64_t until_us;
    struct app_wait *next;
};

struct telling {
    struct str type;
    uint64_t stream;
    uint32_t task;
    size_t count;
    const struct json *variables;
    struct str refused;
};

struct app_waiters {
    struct app_wait *first, **last;
    size_t count;
    struct arena *arena; /* of the tellings, until the commit */
    struct telling tellings[TELLINGS_MAX];
    size_t telling_count;
    size_t asked; /* orders of this batch that will wait for a stream: they are not parked yet */
};

void app_waiters_init(struct app *app) {
    app->waiters = arena_new(app->arena, struct app_waiters, 1);
    app->waiters->last = &app->waiters->first;
    app->waiters->arena = arena_create("waiters", ARENA_BYTES);
}

static void give_up(struct app_wait *wait, const struct err *err) {
    struct app_job *j = wait->j;
    j->wait = NULL;
    app_job_finish(j, err);
}

void app_waiters_done(struct app *app) {
    struct app_waiters *w = app->waiters;
    struct err err = {0};
    (void)err_set(&err, ERR_BUSY, err_nowhere, "the service is stopping");
    while (w->first != NULL) {
        struct app_wait *wait = w->first;
        w->first = wait->next;
        give_up(wait, &err);
    }
    arena_destroy(w->arena);
}

static bool wait_for(struct app_job *j, const struct app_wait *what, struct err *err) {
    if (j->app->waiters->count >= APP_WAITERS_MAX)
        return err_set(err, ERR_BUSY, err_nowhere, "too many orders wait");
    j->wait = arena_new(j->arena, struct app_wait, 1);
    *j->wait = *what;
    j->wait->j = j;
    j->wait->type = arena_str(j->arena, what->type);
    j->app->waiters->asked += what->stream != 0;
    return true;
}

bool app_wait_for_jobs(struct app_job *j, struct str type, int64_t until_us, struct err *err) {
    const struct app_wait what = {.type = type, .until_us = until_us};
    return wait_for(j, &what, err);
}

bool app_wait_for_end(struct app_job *j, uint64_t stream, int64_t until_us, struct err *err) {
    const struct app_wait what = {.stream = stream, .until_us = until_us};
    return wait_for(j, &what, err);
}

bool app_wait_for_task(struct app_job *j, uint64_t stream, uint32_t task, int64_t until_us,
                       struct err *err) {
    const struct app_wait what = {.stream = stream, .task = task, .until_us = until_us};
    return wait_for(j, &what, err);
}

bool app_waiters_park(struct app_job *j) {
    struct app_waiters *w = j->app->waiters;
    struct app_wait *wait = j->wait;
    if (wait == NULL)
        return false;
    wait->next = NULL;
    *w->last = wait;
    w->last = &wait->next;
    w->count++;
    writer_wake(j->app->writer); /* its time may come before the next tick */
    return true;
}

static struct app_wait *take(struct app_waiters *w, struct app_wait **at) {
    struct app_wait *wait = *at;
    *at = wait->next;
    if (w->last == &wait->next)
        w->last = at;
    w->count--;
    return wait;
}

/* ---- saying -----------------------------------------------------------------------------------
 */

static void tell(struct app *app, const struct telling *t) {
    struct app_waiters *w = app->waiters;
    for (size_t i = 0; t->stream == 0 && i < w->telling_count; i++)
        if (w->tellings[i].stream == 0 && str_eq(w->tellings[i].type, t->type)) {
            w->tellings[i].count++;
            return;
        }
    if (w->telling_count == TELLINGS_MAX)
        return; /* whoever waits for jobs looks again within a second; an end that is not heard
                   is told by the timeout */
    struct telling *kept = &w->tellings[w->telling_count++];
    *kept = *t;
    kept->type = arena_str(w->arena, t->type);
    kept->refused = arena_str(w->arena, t->refused);
    kept->count = 1;
    if (t->variables != NULL)
        kept->variables = json_copy(t->variables, w->arena);
}

void app_tell_jobs(struct app *app, struct str type) {
    if (app->waiters->count > 0)
        tell(app, &(struct telling){.type = type});
}

static bool awaited(const struct app_waiters *w, uint64_t stream, uint32_t task) {
    if (w->asked > 0)
        return true;
    for (const struct app_wait *wait = w->first; wait != NULL; wait = wait->next)
        if (wait->stream == stream && wait->task == task)
            return true;
    return false;
}

void app_tell_end(struct app *app, uint64_t stream, const struct json *variables) {
    if (awaited(app->waiters, stream, 0))
        tell(app, &(struct telling){.stream = stream, .variables = variables});
}

void app_tell_task(struct app *app, uint64_t stream, uint32_t task, struct str refused) {
    if (awaited(app->waiters, stream, task))
        tell(app, &(struct telling){.stream = stream, .task = task, .refused = refused});
}

bool app_end_awaited(const struct app *app, uint64_t stream) {
    return awaited(app->waiters, stream, 0);
}

/* ---- hearing -----------------------------------------------------------------------------------
 */

static void look_again(struct app *app, struct app_wait *wait) {
    wait->j->wait = NULL;
    writer_put_own(app->writer, &wait->j->job);
}

/* A job that went to a client which has left would lie until its lease ends. */
static bool is_gone(const struct app_wait *wait) {
    return wait->j->order.gone != NULL && wait->j->order.gone(wait->j->ctx);
}

static void drop(struct app_waiters *w, struct app_wait **at) {
    struct err err = {0};
    (void)err_set(&err, ERR_BUSY, err_nowhere, "the client has left");
    give_up(take(w, at), &err);
}

static void wake_for_jobs(struct app *app, const struct telling *t) {
    struct app_waiters *w = app->waiters;
    size_t left = t->count;
    for (struct app_wait **at = &w->first; *at != NULL && left > 0;) {
        if ((*at)->stream != 0 || !str_eq((*at)->type, t->type)) {
            at = &(*at)->next;
            continue;
        }
        if (is_gone(*at)) {
            drop(w, at);
            continue;
        }
        look_again(app, take(w, at));
        left--;
    }
}

static void answer_stream(struct app *app, const struct telling *t) {
    struct app_waiters *w = app->waiters;
    struct err err = {0};
    for (struct app_wait **at = &w->first; *at != NULL;) {
        if ((*at)->stream != t->stream || (*at)->task != t->task) {
            at = &(*at)->next;
            continue;
        }
        struct app_wait *wait = take(w, at);
        struct app_job *j = wait->j;
        if (t->task != 0 && t->refused.len > 0)
            (void)err_set(&err, ERR_CONFLICT, err_nowhere, "%.*s", STR_ARG(t->refused));
        else if (t->task == 0 && t->variables != NULL)
            json_set(j->body, STR("variables"),
                     app_variables_chosen(t->variables, j->order.body, j->arena));
        else if (t->task == 0)
            (void)err_set(&err, ERR_CONFLICT, err_nowhere,
                          "the process instance was terminated before it completed");
        give_up(wait, &err);
        err_reset(&err);
    }
}

void app_waiters_committed(struct app *app, bool ok) {
    struct app_waiters *w = app->waiters;
    for (size_t i = 0; ok && i < w->telling_count; i++) {
        if (w->tellings[i].stream != 0)
            answer_stream(app, &w->tellings[i]);
        else
            wake_for_jobs(app, &w->tellings[i]);
    }
    if (w->telling_count > 0)
        arena_reset(w->arena);
    w->telling_count = 0;
    w->asked = 0;
}

static bool jobs_free(struct app *app, struct str type) {
    struct err err = {0};
    bool found = false;
    return store_jobs_any(&found, db_writer(store_db(app->store)), type, store_now_us(app->store),
                          &err) &&
           found;
}

int64_t app_waiters_tick(struct app *app) {
    struct app_waiters *w = app->waiters;
    struct err none = {0};
    int64_t now_us = os_mono_us(app->os), next_us = 0;
    for (struct app_wait **at = &w->first; *at != NULL;) {
        struct app_wait *wait = *at;
        if (wait->until_us <= now_us) {
            take(w, at);
            if (wait->stream != 0)
                json_set_bool(wait->j->body, STR("timedOut"), true);
            give_up(wait, &none);
        } else if (is_gone(wait)) {
            drop(w, at);
        } else if (wait->stream == 0 && jobs_free(app, wait->type)) {
            look_again(app, take(w, at));
        } else {
            int64_t then_us =
                wait->stream == 0 ? MIN_OF(wait->until_us, now_us + LOOK_US) : wait->until_us;
            next_us = next_us == 0 ? then_us : MIN_OF(next_us, then_us);
            at = &wait->next;
        }
    }
    return next_us;
}
