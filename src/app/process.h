/* app/process.h - process instances outside matters, for who calls their verbs (verbs.def) and
 * reads their rows (migrations/0002-process.sql).
 *
 * Bodies and answers of the verbs are the request and response bodies of the REST API, checked
 * here: a field that is missing or of the wrong type is ERR_INVALID. Errors, as the API has them:
 *   ERR_NOT_FOUND  no such definition, instance, job, task, incident, or nothing waits (404)
 *   ERR_CONFLICT   the job, task or instance is not in a state for that; a lease that ran out (409)
 *   ERR_INVALID, ERR_SYNTAX, ERR_TYPE, ERR_RANGE, ERR_UNSUPPORTED, ERR_UNKNOWN  the request or a
 *                  deployed file (400)
 *   ERR_LIMIT      variables or files beyond their limits (413)
 *   ERR_BUSY       back-pressure: the queue is full, or too many wait for jobs or results (503)
 *
 * A job's lease is fenced: a lease that ran out unanswered gets a number when another worker takes
 * the job, and the job's key carries that number in its highest bits. Whoever completes or fails a
 * job, or throws an error from it, tells nothing but the key, so a worker that comes late is known
 * by it: ERR_CONFLICT. While nobody else took the job its order is still taken, and a job that was
 * never activated may be completed too (the API allows it). `worker` in the body, where a client
 * sends it, must be the one that holds the lease. */
#ifndef MANDATE_APP_PROCESS_H
#define MANDATE_APP_PROCESS_H

#include "app/app.h"
#include "bpmn/bpmn.h"

struct db_conn;
struct dmn_model;

enum {
    APP_JOBS_MAX = 1000,               /* in one activation */
    APP_AWAIT_MS_DEFAULT = 10000,      /* for an instance's end, for a task's listeners */
    APP_AWAIT_MS_MAX = 600000,         /* for jobs or an end: longer is asked again */
    APP_WAITERS_MAX = 4096,            /* orders that wait for jobs, for an end or for listeners */
    APP_VARIABLES_BYTES_MAX = 4 << 20, /* of one order's variables */
};

/* ---- who may: a post's flags in the pack (doc/packs.md), by which routes are guarded ----------
 */
enum app_right {
    APP_RIGHT_WORK,    /* activate and finish jobs, publish messages, evaluate decisions */
    APP_RIGHT_OPERATE, /* start, cancel, repair, read: everything but deploying */
    APP_RIGHT_DEPLOY   /* deploy, delete resources: a post that administers */
};
/* A post that administers has every right, one that operates also the first. */
bool app_may(struct app *app, const struct app_caller *caller, enum app_right right);

/* Who does user tasks without operating processes: an account to which a task is assigned, or,
 * while it is assigned to nobody, one of its candidates. A candidate group is a post, "examiner",
 * or a post of one organ, "wenzhou/examiner". Such an account sees the task (its variables only by
 * APP_TASK_LOOK), assigns it to itself, gives it back and completes it; to anybody else it does not
 * exist. JSON {"user", "groups"} for store/rows.h: ROWS_TASK_OPEN_TO. */
struct str app_task_seeker(const struct app_caller *caller, struct str user, struct arena *arena);

/* ---- keys -------------------------------------------------------------------------------------
 */
enum { APP_KEY_BITS = 24 };
static inline int64_t app_key(uint64_t stream, uint32_t n) {
    return (int64_t)(stream << APP_KEY_BITS | n);
}
static inline uint64_t app_key_stream(int64_t key) {
    return (uint64_t)key >> APP_KEY_BITS;
}
static inline uint32_t app_key_n(int64_t key) {
    return (uint32_t)((uint64_t)key & ((1U << APP_KEY_BITS) - 1));
}
/* The key of the process instance that an element instance, job, ... belongs to. */
static inline int64_t app_key_instance(int64_t key) {
    return (int64_t)((uint64_t)key >> APP_KEY_BITS << APP_KEY_BITS | 1);
}

/* ---- compiled models, from any thread ---------------------------------------------------------
 */
/* Kept in memory by definition key, the ones used last (APP_MODELS_KEPT); loaded from the store on
 * demand through conn. Hold while you read. ERR_NOT_FOUND. */
struct app_model;
MUST_USE bool app_model_hold(struct app_model **out, struct app *app, struct db_conn *conn,
                             int64_t definition, struct err *err);
void app_model_let(struct app *app, struct app_model *model);
const struct bpmn_process *app_model_process(const struct app_model *model);

#endif
