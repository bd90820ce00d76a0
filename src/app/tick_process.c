/* What the clock demands of process instances outside matters: timers of instances, timers that
 * start one, messages whose time has passed, orders that have waited long enough. A cycle that fell
 * behind while the service was down has fired once for all that it missed, and goes on from now.
 *
 * What cannot be done (its definition is damaged, say) is logged and left alone for a while. */
#include <inttypes.h>

#include "app/process_inner.h"
#include "bpmn/timer.h"
#include "store/message.h"

enum { DUE_MAX = 256, STARTS_MAX = 64, EXPIRE_MAX = 256, TROUBLE_MAX = 256 };
static const int64_t TROUBLE_US = 10 * 60 * 1000000LL;

struct due_job {
    struct writer_job job; /* first */
    struct arena *arena;
    struct app *app;
    uint64_t stream;          /* of an instance; 0: */
    struct store_start start; /* a start event; definition 0: messages expire */
};

struct app_process_trouble {
    struct {
        uint64_t stream;
        int64_t definition, until_us;
    } list[TROUBLE_MAX];
    size_t next;
};

static bool in_trouble(const struct app *app, uint64_t stream, int64_t definition) {
    const struct app_process_trouble *t = app->process_trouble;
    int64_t now_us = os_mono_us(app->os);
    for (size_t i = 0; i < TROUBLE_MAX; i++)
        if (t->list[i].until_us > now_us && t->list[i].stream == stream &&
            t->list[i].definition == definition)
            return true;
    return false;
}

static void trouble_add(struct app *app, uint64_t stream, int64_t definition) {
    struct app_process_trouble *t = app->process_trouble;
    t->list[t->next].stream = stream;
    t->list[t->next].definition = definition;
    t->list[t->next].until_us = os_mono_us(app->os) + TROUBLE_US;
    t->next = (t->next + 1) % TROUBLE_MAX;
}

/* ---- in the writer's transaction
 * ------------------------------------------------------------------ */

static bool start_fires(struct drive *d, const struct store_start *start, struct err *err) {
    struct app_model *model;
    int64_t next_us = BPMN_NEVER;
    if (!app_model_hold(&model, d->app, d->tx->conn, start->definition, err))
        return false;
    const struct bpmn_process *process = app_model_process(model);
    bool ok = start->node < process->node_count;
    const struct bpmn_node *node = ok ? &process->nodes[start->node] : NULL;
    const struct bpmn_timer_clock clock = {.armed_us = start->armed_us, .after_us = d->tx->now_us};
    if (ok && start->def < node->def_count && node->defs[start->def].event == BPMN_EVENT_TIMER)
        ok = bpmn_timer_next(&next_us, &node->defs[start->def], &clock, d->arena, d->budget, err);
    app_model_let(d->app, model);
    struct store_start moved = *start;
    const struct drive_begun by = {.message = STR_NONE};
    int64_t instance;
    bool kept;
    moved.due_us = next_us == BPMN_NEVER ? 0 : next_us;
    return ok && store_start_move(d->tx, &moved, err) &&
           drive_begin(&instance, &kept, d, start, &by, err) && drive_settle(d, err);
}

static bool due_run(struct writer_job *job, struct store_tx *tx, struct err *err) {
    struct due_job *t = (struct due_job *)job;
    struct arena *scratch = t->app->scratch;
    struct arena_mark mark = arena_mark(scratch);
    struct budget budget = budget_of(APP_ORDER_STEPS_MAX, APP_ORDER_BYTES_MAX / 2);
    struct drive d;
    const struct process_command tick = {.kind = PROCESS_TICK};
    size_t count;
    bool ok;
    drive_init_system(&d, t->app, tx, &budget);
    if (t->stream != 0)
        ok = drive_run(&d, t->stream, &tick, err);
    else if (t->start.definition != 0)
        ok = start_fires(&d, &t->start, err);
    else
        ok = store_messages_expire(&count, tx, EXPIRE_MAX, err);
    app_lives_over(t->app, ok);
    err->at = err_nowhere; /* it may point into the scratch */
    arena_rewind(scratch, mark);
    return ok;
}

static void due_done(struct writer_job *job, const struct err *err) {
    struct due_job *t = (struct due_job *)job;
    if (err->code != ERR_NONE) {
        trouble_add(t->app, t->stream, t->start.definition);
        log_event(LOG_ERROR, "process-not-woken", log_i64("stream", (int64_t)t->stream),
                  log_i64("definition", t->start.definition),
                  log_cstr("code", err_code_name(err->code)), log_err(err));
    }
    arena_destroy(t->arena);
}

static void put(struct app *app, struct writer *w, uint64_t stream,
                const struct store_start *start) {
    int64_t definition = start == NULL ? 0 : start->definition;
    if (in_trouble(app, stream, definition))
        return;
    struct arena *arena = arena_create("tick", APP_ORDER_BYTES_MAX);
    struct due_job *t = arena_new(arena, struct due_job, 1);
    *t = (struct due_job){
        .job = {.run = due_run, .done = due_done}, .arena = arena, .app = app, .stream = stream};
    if (start != NULL)
        t->start = *start;
    t->start.element = t->start.event = t->start.name = STR_NONE; /* they are the caller's */
    writer_put_own(w, &t->job);
}

/* ---- the tick
 * ------------------------------------------------------------------------------------- */

static void sooner(int64_t *next_us, int64_t then_us) {
    if (then_us != 0 && (*next_us == 0 || then_us < *next_us))
        *next_us = then_us;
}

bool app_process_due(struct app *app, struct writer *w, int64_t *next_us, struct err *err) {
    uint64_t due[DUE_MAX];
    struct store_start starts[STARTS_MAX];
    size_t count = 0;
    int64_t now_us = store_now_us(app->store), then_us = 0;
    struct db_conn *conn = db_writer(store_db(app->store));
    struct arena_mark mark = arena_mark(app->scratch);
    bool ok = store_instances_due(due, DUE_MAX, &count, &then_us, conn, now_us, err);
    for (size_t i = 0; ok && i < count; i++)
        put(app, w, due[i], NULL);
    sooner(next_us, then_us);
    ok = ok &&
         store_starts_due(starts, STARTS_MAX, &count, &then_us, conn, now_us, app->scratch, err);
    for (size_t i = 0; ok && i < count; i++)
        put(app, w, 0, &starts[i]);
    sooner(next_us, then_us);
    ok = ok && store_messages_next(&then_us, conn, err);
    if (ok && then_us != 0 && then_us <= now_us)
        put(app, w, 0, NULL);
    else
        sooner(next_us, then_us);
    arena_rewind(app->scratch, mark);
    return ok;
}

void app_process_tick_init(struct app *app) {
    app->process_trouble = arena_new(app->arena, struct app_process_trouble, 1);
}
