/* An order's way: app_do() gives it an arena of its own and a place in the queue; the writer runs
 * it in its transaction (order_run); after the commit its caller is answered and the arena goes. A
 * repeated idempotency key finds the first answer in the same transaction in which a first one
 * would be kept, so two at once cannot both be the first. */
#include <assert.h>
#include <inttypes.h>

#include "app/inner.h"
#include "app/order.h"
#include "app/process_inner.h"

enum { ORDER_TEXT_BYTES_MAX = 8 << 20, ANSWER_STEPS = 1000000 };

static bool run_case(struct app_job *j, struct err *err) {
    const struct order_env env = {j->app, j->tx, &j->app->store_packs, j->app->scratch, &j->budget};
    return order_case(&j->body, &env, &j->order, err);
}

static const struct verb {
    const char *name;
    app_verb_run *run;
    bool prepared; /* a password is hashed, or files are read, before the writer's turn */
    bool accounts; /* it ends a session or changes an account */
} verbs[APP_VERBS] = {
    [APP_SIGN_IN] = {"sign-in", app_run_sign_in, true, true},
    [APP_ENTER] = {"enter", app_run_enter, true, true},
    [APP_SIGN_OUT] = {"sign-out", app_run_sign_out, false, true},
    [APP_APPLY] = {"apply", run_case, false, false},
    [APP_CORRECT] = {"correct", run_case, false, false},
    [APP_WITHDRAW] = {"withdraw", run_case, false, false},
    [APP_CLAIM] = {"claim", run_case, false, false},
    [APP_RELEASE] = {"release", run_case, false, false},
    [APP_COMPLETE] = {"complete", run_case, false, false},
    [APP_EXTEND] = {"extend", run_case, false, false},
    [APP_ATTACH] = {"attach", run_case, false, false},
    [APP_NOTE] = {"note", run_case, false, false},
    [APP_RETRY] = {"retry", run_case, false, false},
    [APP_LOOK] = {"look", run_case, false, false},
    [APP_DRAFT] = {"draft", app_run_draft, false, false},
    [APP_DRAFT_DROP] = {"draft-drop", app_run_draft_drop, false, false},
    [APP_ACCOUNT_ADD] = {"account-add", app_run_account_add, true, true},
    [APP_ACCOUNT_LOCK] = {"account-lock", app_run_account_lock, false, true},
    [APP_ACCOUNT_PASSWORD] = {"account-password", app_run_account_password, true, true},
    [APP_DEMO_CLOCK] = {"demo-clock", app_run_demo_clock, false, false},
    [APP_DEMO_CLOCK_RESET] = {"demo-clock-reset", app_run_demo_clock_reset, false, false},
    [APP_DEPLOY] = {"deploy", app_run_deploy, true, false},
    [APP_RESOURCE_DELETE] = {"resource-delete", app_run_resource_delete, false, false},
    [APP_INSTANCE_CREATE] = {"instance-create", app_run_instance, false, false},
    [APP_INSTANCE_CANCEL] = {"instance-cancel", app_run_instance, false, false},
    [APP_INSTANCE_DELETE] = {"instance-delete", app_run_instance, false, false},
    [APP_AD_HOC_ACTIVATE] = {"ad-hoc-activate", app_run_instance, false, false},
    [APP_VALUES_LOOK] = {"values-look", app_run_look, false, false},
    [APP_VARIABLES_SET] = {"variables-set", app_run_instance, false, false},
    [APP_INCIDENT_RESOLVE] = {"incident-resolve", app_run_instance, false, false},
    [APP_JOBS_ACTIVATE] = {"jobs-activate", app_run_job, false, false},
    [APP_JOB_COMPLETE] = {"job-complete", app_run_job, false, false},
    [APP_JOB_FAIL] = {"job-fail", app_run_job, false, false},
    [APP_JOB_ERROR] = {"job-error", app_run_job, false, false},
    [APP_JOB_UPDATE] = {"job-update", app_run_job, false, false},
    [APP_INSTANCE_MODIFY] = {"instance-modify", app_run_instance, false, false},
    [APP_INSTANCE_MIGRATE] = {"instance-migrate", app_run_instance, false, false},
    [APP_TASK_ASSIGN] = {"task-assign", app_run_task, false, false},
    [APP_TASK_UNASSIGN] = {"task-unassign", app_run_task, false, false},
    [APP_TASK_UPDATE] = {"task-update", app_run_task, false, false},
    [APP_TASK_LOOK] = {"task-look", app_run_task, false, false},
    [APP_TASK_COMPLETE] = {"task-complete", app_run_task, false, false},
    [APP_MESSAGE_PUBLISH] = {"message-publish", app_run_message, false, false},
    [APP_MESSAGE_CORRELATE] = {"message-correlate", app_run_message, false, false},
    [APP_DOCUMENT_PUT] = {"document-put", app_run_document, false, false},
    [APP_DOCUMENT_DROP] = {"document-drop", app_run_document, false, false},
    [APP_SIGNAL] = {"signal", app_run_message, false, false},
    [APP_CONDITIONALS_EVALUATE] = {"conditionals-evaluate", app_run_message, false, false},
    [APP_DECISION_EVALUATE] = {"decision-evaluate", app_run_decide, false, false},
};

/* ---- idempotency ----------------------------------------------------------------------------- */

static struct str scope_of(const struct app_caller *caller, struct arena *arena) {
    switch (caller->kind) {
    case APP_ACCOUNT: return arena_printf(arena, "account:%" PRIu64, caller->account);
    case APP_APPLICANT: return arena_printf(arena, "case:%.*s", STR_ARG(caller->reference));
    case APP_ANONYMOUS: break;
    }
    return STR("anonymous");
}

/* The bytes that a repetition must have again; false when they are too many to compare. */
static bool order_text(struct buf *out, const struct app_order *order, struct err *err) {
    bytes_add_str(out, str_from(verbs[order->verb].name));
    bytes_add_str(out, order->reference);
    bytes_add_str(out, order->task);
    if (order->body != NULL)
        json_write(out, order->body, JSON_COMPACT | JSON_SORTED);
    return buf_ok(out, "the order", err);
}

static bool answer_again(struct app_job *j, struct str text, struct err *err) {
    const struct json *body;
    struct budget budget = budget_of(ANSWER_STEPS, ORDER_TEXT_BYTES_MAX);
    if (!json_read(&body, text, "answer", j->app->scratch, &budget, err))
        return false;
    j->body = json_copy(body, j->app->scratch);
    j->repeated = true;
    return true;
}

static bool answer_keep(struct app_job *j, const struct store_once *once, struct err *err) {
    struct buf text;
    buf_init(&text, ORDER_TEXT_BYTES_MAX);
    json_write(&text, j->body == NULL ? json_obj(j->arena) : j->body, JSON_COMPACT);
    bool ok =
        buf_ok(&text, "the answer", err) && store_once_keep(j->tx, once, buf_view(&text), err);
    buf_done(&text);
    return ok;
}

static bool run_once(struct app_job *j, struct str order, struct err *err) {
    const struct store_once once = {scope_of(j->order.caller, j->app->scratch),
                                    j->order.idempotency_key, order};
    struct str first = STR_NONE;
    bool found = false;
    if (!store_once_find(&first, &found, j->tx->conn, &once, j->app->scratch, err))
        return false;
    if (found)
        return answer_again(j, first, err);
    return verbs[j->order.verb].run(j, err) && answer_keep(j, &once, err);
}

/* ---- the writer's side ----------------------------------------------------------------------- */

/* All orders work in one scratch arena, whose memory stays warm; what the caller gets is copied
 * into the order's own, which lives until it was answered. */
static void order_keep(struct app_job *j, struct err *err) {
    if (j->body != NULL)
        j->body = json_copy(j->body, j->arena);
    if (err->at.source != NULL)
        err->at.source = arena_cstr(j->arena, str_from(err->at.source));
    if (j->refused.at.source != NULL)
        j->refused.at.source = arena_cstr(j->arena, str_from(j->refused.at.source));
}

static bool order_run(struct writer_job *job, struct store_tx *tx, struct err *err) {
    struct app_job *j = (struct app_job *)job;
    struct arena_mark mark = arena_mark(j->app->scratch);
    struct buf order;
    bool ok;
    arena_rewind(j->arena, j->mark); /* it may be the second time */
    j->tx = tx;
    j->budget = budget_of(APP_ORDER_STEPS_MAX, APP_ORDER_BYTES_MAX / 2);
    j->body = NULL;
    j->repeated = false;
    j->wait = NULL;
    err_reset(&j->refused);
    if (j->order.idempotency_key.len == 0) {
        ok = verbs[j->order.verb].run(j, err);
    } else {
        buf_init(&order, ORDER_TEXT_BYTES_MAX);
        ok = order_text(&order, &j->order, err) && run_once(j, buf_view(&order), err);
        buf_done(&order);
    }
    order_keep(j, err);
    app_lives_over(j->app, ok);
    arena_rewind(j->app->scratch, mark);
    return ok;
}

void app_job_finish(struct app_job *j, const struct err *err) {
    struct app_answer answer = {
        .repeated = j->repeated,
        .err = err->code == ERR_NONE ? j->refused : *err,
        .body = j->body,
    };
    if (answer.err.code != ERR_NONE && answer.err.code != ERR_INVALID)
        answer.body = NULL; /* only faults are told beside an error */
    j->done(j->ctx, &answer);
    app_deploy_done(j);
    arena_destroy(j->arena);
}

static void order_done(struct writer_job *job, const struct err *err) {
    struct app_job *j = (struct app_job *)job;
    struct app *app = j->app;
    if (err->code == ERR_NONE && j->order.verb == APP_DEMO_CLOCK)
        writer_wake(app->writer);
    if (err->code == ERR_NONE && j->outbox_added)
        app_mailer_wake(app);
    if (verbs[j->order.verb].accounts)
        app_sessions_forget(app);
    if (err->code == ERR_NONE && app_waiters_park(j))
        return;
    app_job_finish(j, err);
}

bool app_do(struct app *app, const struct app_order *order, app_done *done, void *ctx,
            struct err *err) {
    assert((size_t)order->verb < COUNT_OF(verbs));
    if (verbs[order->verb].run == NULL)
        return err_set(err, ERR_UNSUPPORTED, err_nowhere, "this order is not taken");
    struct arena *arena = arena_create("order", APP_ORDER_BYTES_MAX);
    struct app_job *j = arena_new(arena, struct app_job, 1);
    j->job = (struct writer_job){.run = order_run, .done = order_done};
    j->arena = arena;
    j->app = app;
    j->order = *order;
    j->done = done;
    j->ctx = ctx;
    j->mark = arena_mark(arena);
    bool ok = verbs[order->verb].prepared ? app_hashers_put(app, j, err)
                                          : writer_put(app->writer, &j->job, err);
    if (!ok)
        arena_destroy(arena);
    return ok;
}

/* ---- something of our own, waited for -------------------------------------------------------- */

struct sync_job {
    struct writer_job job; /* first */
    app_sync_run *run;
    void *ctx;
    struct os_mutex mutex;
    struct os_cond changed;
    bool over;
    struct err err;
};

static bool sync_run(struct writer_job *job, struct store_tx *tx, struct err *err) {
    struct sync_job *sync = (struct sync_job *)job;
    return sync->run(sync->ctx, tx, err);
}

static void sync_done(struct writer_job *job, const struct err *err) {
    struct sync_job *sync = (struct sync_job *)job;
    os_mutex_lock(&sync->mutex);
    sync->err = *err;
    sync->over = true;
    os_cond_wake_all(&sync->changed);
    os_mutex_unlock(&sync->mutex);
}

bool app_sync(struct app *app, app_sync_run *run, void *ctx, struct err *err) {
    struct sync_job sync = {.job = {.run = sync_run, .done = sync_done}, .run = run, .ctx = ctx};
    os_mutex_init(&sync.mutex);
    os_cond_init(&sync.changed);
    bool ok = writer_put(app->writer, &sync.job, err);
    if (ok) {
        os_mutex_lock(&sync.mutex);
        while (!sync.over)
            os_cond_wait(&sync.changed, &sync.mutex);
        os_mutex_unlock(&sync.mutex);
        if (sync.err.code != ERR_NONE) {
            *err = sync.err;
            ok = false;
        }
    }
    os_cond_done(&sync.changed);
    os_mutex_done(&sync.mutex);
    return ok;
}
