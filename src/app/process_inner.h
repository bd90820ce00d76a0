/* app/process_inner.h - what the files about process instances share. Only src/app includes this.
 *
 * models.c    compiled processes and decisions, kept by key
 * live.c      decoded cases and instances, kept on the writer's thread (live.h)
 * drive_store.c data stores
 * drive.c     a command and everything that follows from it in other streams
 * waiters.c   orders that wait: for jobs, for an instance's end, for a task's listeners
 * order_deploy.c order_instance.c order_job.c order_message.c order_decide.c: the verbs */
#ifndef MANDATE_APP_PROCESS_INNER_H
#define MANDATE_APP_PROCESS_INNER_H

#include "app/inner.h"
#include "app/live.h"
#include "app/process.h"
#include "dmn/dmn.h"
#include "process/process.h"
#include "store/definition.h"

enum {
    APP_MODELS_KEPT = 256, /* compiled definitions that nobody uses: some 100 kB each */
    APP_DRIVE_MAX = 10000, /* commands that follow from one order */
    APP_MESSAGE_KEEP_MS =
        3600000, /* a message that a process sends waits so long for who takes it */
};
#define APP_TENANT STR("<default>")

/* ---- models.c ---- */
struct app_models;
struct app_model;
void app_models_init(struct app *app);
void app_models_done(struct app *app);
/* A decision requirements graph, by its key. */
MUST_USE bool app_rules_hold(struct app_model **out, struct app *app, struct db_conn *conn,
                             int64_t requirements, struct err *err);
const struct dmn_model *app_model_rules(const struct app_model *model);
int64_t app_model_key(const struct app_model *model);
int64_t app_model_deployment(const struct app_model *model);
int64_t app_model_version(const struct app_model *model);
/* struct store_processes' find: what it gives stays until app_close(). For verify and rebuild. */
bool app_models_find(const struct bpmn_process **out, void *ctx, int64_t definition,
                     struct db_conn *conn, struct err *err);
/* Read and compile; the arena is the caller's. */
MUST_USE bool app_process_compile(const struct bpmn_process **out, struct str bytes,
                                  struct str name, struct str id, struct arena *arena,
                                  struct err *err);

/* ---- drive.c ---- */
struct drive {
    struct app *app;
    struct store_tx *tx;
    struct arena *arena;
    struct budget *budget;
    uint64_t account;
    struct drive_item *first, **last;
    uint32_t count;
    uint64_t root; /* stream of an instance whose end the order waits for, or 0 */
    bool root_ended, root_failed;
    struct feel_value root_variables;
};
void drive_init(struct drive *d, struct app_job *j);
/* For what nobody ordered. */
void drive_init_system(struct drive *d, struct app *app, struct store_tx *tx,
                       struct budget *budget);
/* Apply a command to a stream, and then whatever follows from it. ERR_ of the command itself; what
 * follows does not fail it. */
MUST_USE bool drive_run(struct drive *d, uint64_t stream, const struct process_command *command,
                        struct err *err);
struct drive_start {
    int64_t definition;
    int64_t parent_element, root;
    struct str started_by, tags_json, message;
    uint32_t node; /* start event that fired; 0: the none start event, or by message */
    uint32_t def;  /* which of its definitions; all: every one that it needs */
    bool all;
    struct feel_value variables;
    const struct bpmn_activate *activate;
    size_t activate_count;
    const uint32_t *stop_after;
    size_t stop_after_count;
};
/* Start an instance, and settle; *stream_out is its own. d->root says whether it ended. */
MUST_USE bool drive_start(uint64_t *stream_out, struct drive *d, const struct drive_start *start,
                          struct err *err);
/* A message: for whoever waits for it, starts included; correlated: how many; *instance_out the
 * first's key. They get it when the queue settles. */
struct drive_message {
    int64_t key;
    struct str name, correlation_key;
    struct feel_value variables;
};
MUST_USE bool drive_message(size_t *correlated, int64_t *instance_out, struct drive *d,
                            const struct drive_message *message, struct err *err);
/* A signal: to everybody but `except`. */
MUST_USE bool drive_signal(struct drive *d, int64_t key, struct str name,
                           struct feel_value variables, uint64_t except, struct err *err);

/* ---- between drive.c, drive_message.c and drive_case.c ---- */
/* Whose effects they are. */
struct drive_at {
    uint64_t stream;
    const struct bpmn_process *process;
    struct str process_id;          /* of a case its matter */
    int64_t definition, deployment; /* 0: of a case */
    int64_t parent_element, root;   /* root: key of the instance at the top; 0: of a case */
    struct str started_by;
};
MUST_USE bool drive_effect(struct drive *d, const struct drive_at *at,
                           const struct process_effect *effect, struct err *err);
/* The command for the procedure of a case. ERR_NOT_FOUND when the stream is none either. */
MUST_USE bool drive_case(struct drive *d, uint64_t stream, const struct process_command *command,
                         struct err *err);
bool drive_case_catches(struct drive *d, int64_t element, enum bpmn_event event, struct str code);
/* What a worker may see of a case's job: the values that its element's purposes name; and the look,
 * logged. */
struct store_job;
MUST_USE bool drive_case_job(struct json *out, struct app_job *j, const struct store_job *row,
                             struct str worker, struct err *err);
struct store_message;
MUST_USE bool drive_push(struct drive *d, uint64_t stream, const struct process_command *command,
                         struct err *err);
MUST_USE bool drive_push_start(uint64_t *stream_out, struct drive *d,
                               const struct drive_start *start, struct err *err);
/* ---- drive_start.c: start events that fire ---- */
struct drive_begun { /* what came */
    struct str correlation_key, message;
    struct feel_value variables;
};
/* An instance begins, when the queue settles; 0: the start event waits for other definitions, or
 * (kept false) cannot keep any more. */
MUST_USE bool drive_begin(int64_t *instance_out, bool *kept, struct drive *d,
                          const struct store_start *start, const struct drive_begun *by,
                          struct err *err);
/* Start events whose condition holds with these variables, of one definition or (0) of all: an
 * instance begins. */
struct drive_condition {
    int64_t definition, instance; /* keys */
};
MUST_USE bool drive_conditions(struct drive_condition **out, size_t *count_out, struct drive *d,
                               int64_t definition, struct feel_value variables, struct err *err);
/* A data store of the process was written: start events whose condition became true. */
MUST_USE bool drive_conditions_stored(struct drive *d, struct str process, struct err *err);
/* ---- drive_store.c: what processes keep beyond their end ---- */
/* What the data stores of the process hold, in its order. */
MUST_USE bool drive_stores(struct bpmn_stored **out, struct drive *d,
                           const struct bpmn_process *process, struct err *err);
/* One was written: it holds that, and whoever waits for it looks again. */
MUST_USE bool drive_stored(struct drive *d, const struct drive_at *at,
                           const struct process_effect *effect, struct err *err);
/* Run what waits in the queue. */
MUST_USE bool drive_settle(struct drive *d, struct err *err);
MUST_USE bool drive_message_publish(struct drive *d, struct drive_message *m, struct str message_id,
                                    int64_t keep_ms, size_t *correlated, int64_t *instance_out,
                                    struct err *err);
MUST_USE bool drive_message_sent(struct drive *d, const struct process_effect *e, struct err *err);
MUST_USE bool drive_message_waiting(struct drive *d, const struct drive_at *at,
                                    const struct process_effect *e, struct err *err);
/* A message that waited starts an instance of the process, when it may. */
MUST_USE bool drive_message_starts(struct drive *d, const struct store_message *waiting,
                                   struct str process, struct err *err);

/* ---- waiters.c: the writer's thread only ---- */
void app_waiters_init(struct app *app);
/* Answers everybody who waits: the service stops. */
void app_waiters_done(struct app *app);
/* The order is not answered yet but waits, when its transaction is committed. until_us:
 * os_mono_us() at which it gives up. ERR_BUSY when too many wait. */
MUST_USE bool app_wait_for_jobs(struct app_job *j, struct str type, int64_t until_us,
                                struct err *err);
MUST_USE bool app_wait_for_end(struct app_job *j, uint64_t stream, int64_t until_us,
                               struct err *err);
/* Until the listeners of what was ordered of this user task have done. */
MUST_USE bool app_wait_for_task(struct app_job *j, uint64_t stream, uint32_t task, int64_t until_us,
                                struct err *err);
/* Said within a transaction, heard after its commit. */
void app_tell_jobs(struct app *app, struct str type);
void app_tell_end(struct app *app, uint64_t stream, const struct json *variables);
/* refused: why it was not done as ordered; empty: it was. */
void app_tell_task(struct app *app, uint64_t stream, uint32_t task, struct str refused);
bool app_end_awaited(const struct app *app, uint64_t stream);
/* After a batch was answered. */
void app_waiters_committed(struct app *app, bool ok);
/* Who has waited long enough; gives the time at which to come again, 0 for never. */
int64_t app_waiters_tick(struct app *app);
bool app_waiters_park(struct app_job *j); /* true: the order waits and is not answered now */

/* ---- tick_process.c ---- */
void app_process_tick_init(struct app *app);
/* Puts what is due in front of the queue; *next_us: made earlier when something is due before it
 * (0: nothing is), by the service's clock. */
MUST_USE bool app_process_due(struct app *app, struct writer *w, int64_t *next_us, struct err *err);

/* ---- order_*.c ---- */
bool app_run_deploy(struct app_job *j, struct err *err);
void app_deploy_prepare(struct app_job *j); /* not on the writer's thread */
void app_deploy_done(struct app_job *j);
/* The start events of the newest version of a process. */
MUST_USE bool app_starts_put(struct app_job *j, int64_t definition,
                             const struct bpmn_process *process, struct err *err);
bool app_run_resource_delete(struct app_job *j, struct err *err);
bool app_run_instance(struct app_job *j, struct err *err); /* INSTANCE_*, VARIABLES_SET, ... */
bool app_run_job(struct app_job *j, struct err *err);      /* JOBS_ACTIVATE, JOB_* */
bool app_run_task(struct app_job *j, struct err *err);     /* TASK_* */
bool app_run_message(struct app_job *j, struct err *err);  /* MESSAGE_*, SIGNAL */
bool app_run_look(struct app_job *j, struct err *err);     /* VALUES_LOOK */
bool app_run_decide(struct app_job *j, struct err *err);
bool app_run_document(struct app_job *j, struct err *err);

/* Of variables in JSON those that the body's fetchVariables names; all when it names none. */
const struct json *app_variables_chosen(const struct json *variables, const struct json *body,
                                        struct arena *arena);

/* ---- reading bodies and making answers (body.c) ---- */
struct json *app_json_key(int64_t key, struct arena *arena); /* "123" */
void app_set_key(struct json *obj, struct str name, int64_t key);
/* Absent or null: as *out was. ERR_TYPE. */
MUST_USE bool app_take_text(struct str *out, const struct json *body, const char *name,
                            struct err *err);
MUST_USE bool app_take_i64(int64_t *out, const struct json *body, const char *name,
                           struct err *err);
MUST_USE bool app_take_bool(bool *out, const struct json *body, const char *name, struct err *err);
/* A key, as text of digits or as number. */
MUST_USE bool app_take_key(int64_t *out, const struct json *body, const char *name,
                           struct err *err);
/* An object of variables; absent: null. ERR_TYPE, ERR_LIMIT. */
MUST_USE bool app_take_variables(struct feel_value *out, const struct json *body, const char *name,
                                 struct arena *arena, struct err *err);
/* A list of texts. */
MUST_USE bool app_take_texts(struct str **out, size_t *count_out, const struct json *body,
                             const char *name, struct arena *arena, struct err *err);
/* What an ad-hoc sub-process is to begin, [{elementId, variables}], into the command. */
MUST_USE bool app_take_activations(struct process_command *command, const struct json *list,
                                   const struct bpmn_process *process, struct arena *arena,
                                   struct err *err);
/* A context as JSON, those named alone (names NULL: all). */
MUST_USE bool app_variables_json(const struct json **out, struct feel_value context,
                                 const struct str *names, size_t name_count, struct arena *arena,
                                 struct err *err);

#endif
