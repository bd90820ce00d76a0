/* Rows as a function of the engine's records: what a step did, said to who searches. The same for a
 * step that was just made and for a rebuild, which goes through all records of the stream. An
 * element that was entered and left in one step is written once. */
#include <assert.h>

#include "process/process.h"
#include "store/inner.h"
#include "store/process.h"

enum { JSON_BYTES_MAX = 16 << 20 };

/* How an element instance that these records entered ended in them. */
enum fate { FATE_ALIVE, FATE_COMPLETED, FATE_TERMINATED };
struct rows {
    const struct store_flow *f;
    const struct bpmn_records *records;
    uint32_t first_id, id_count; /* element instances that were entered: a range of ids */
    uint8_t *fate;               /* enum fate, by id - first_id */
    uint32_t minor;
};

static const char *const fates[] = {"ACTIVE", "COMPLETED", "TERMINATED"};

static int64_t key_of(const struct rows *r, uint32_t n) {
    return process_key(r->f->stream, n);
}

static bool is_new(const struct rows *r, uint32_t id) {
    return id >= r->first_id && id - r->first_id < r->id_count;
}

static void find_fates(struct rows *r) {
    uint32_t first = 0, last = 0;
    for (size_t i = 0; i < r->records->count; i++) {
        const struct bpmn_record *record = &r->records->list[i];
        if (record->kind != BPMN_REC_ENTERED && record->kind != BPMN_REC_STARTED)
            continue;
        first = first == 0 ? record->instance : first;
        last = record->instance;
    }
    r->first_id = first;
    r->id_count = first == 0 ? 0 : last - first + 1;
    r->fate = arena_new(r->f->arena, uint8_t, r->id_count);
    for (size_t i = 0; i < r->records->count; i++) {
        const struct bpmn_record *record = &r->records->list[i];
        bool left = record->kind == BPMN_REC_LEFT ||
                    (record->kind == BPMN_REC_ENDED && record->code != BPMN_ENDING_CANCELLED);
        bool gone = record->kind == BPMN_REC_CANCELLED ||
                    (record->kind == BPMN_REC_ENDED && record->code == BPMN_ENDING_CANCELLED);
        if ((left || gone) && is_new(r, record->instance))
            r->fate[record->instance - r->first_id] = left ? FATE_COMPLETED : FATE_TERMINATED;
    }
}

static struct str value_json(const struct rows *r, struct feel_value value, struct err *err) {
    struct buf text;
    struct str out = STR_NONE;
    if (feel_is_null(value))
        return STR("null");
    buf_init(&text, JSON_BYTES_MAX);
    if (feel_to_json(&text, value, err) && buf_ok(&text, "a variable", err))
        out = arena_str(r->f->arena, buf_view(&text));
    buf_done(&text);
    return out;
}

/* ---- elements -------------------------------------------------------------------------------- */

static bool element_insert(struct rows *r, const struct bpmn_record *record, struct err *err) {
    const struct store_flow *f = r->f;
    enum fate fate = (enum fate)r->fate[record->instance - r->first_id];
    return db_run(f->conn,
                  "INSERT INTO element_instance (key, definition, node, scope, state, started_us, "
                  "ended_us, incident) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0)",
                  DB_ARGS(db_n(key_of(r, record->instance)), db_n(f->definition),
                          db_n(record->node),
                          db_n(record->scope == 0 ? 0 : key_of(r, record->scope)),
                          db_t(str_from(fates[fate])), db_n(f->at_us),
                          db_n(fate == FATE_ALIVE ? 0 : f->at_us)),
                  err);
}

static bool incidents_close(struct rows *r, uint32_t id, struct err *err) {
    return db_run(r->f->conn,
                  "UPDATE incident SET state = 'RESOLVED', resolved_us = ?2 WHERE element_key = ?1 "
                  "AND state = 'ACTIVE'",
                  DB_ARGS(db_n(key_of(r, id)), db_n(r->f->at_us)), err);
}

static bool user_task_end(struct rows *r, const struct bpmn_record *record, struct err *err) {
    if (r->f->process->nodes[record->node].kind != BPMN_USER_TASK)
        return true;
    return db_run(r->f->conn, "UPDATE user_task SET state = ?2, ended_us = ?3 WHERE key = ?1",
                  DB_ARGS(db_n(key_of(r, record->instance)),
                          db_t(record->kind == BPMN_REC_LEFT ? STR("COMPLETED") : STR("CANCELED")),
                          db_n(r->f->at_us)),
                  err);
}

static bool element_end(struct rows *r, const struct bpmn_record *record, struct err *err) {
    enum fate fate = record->kind == BPMN_REC_CANCELLED || (record->kind == BPMN_REC_ENDED &&
                                                            record->code == BPMN_ENDING_CANCELLED)
                         ? FATE_TERMINATED
                         : FATE_COMPLETED;
    if (record->kind != BPMN_REC_LEFT && !incidents_close(r, record->instance, err))
        return false;
    return (is_new(r, record->instance) ||
            db_run(r->f->conn,
                   "UPDATE element_instance SET state = ?2, ended_us = ?3, incident = 0 WHERE key "
                   "= ?1",
                   DB_ARGS(db_n(key_of(r, record->instance)), db_t(str_from(fates[fate])),
                           db_n(r->f->at_us)),
                   err)) &&
           (record->kind == BPMN_REC_ENDED || user_task_end(r, record, err));
}

static bool flow_taken(struct rows *r, const struct bpmn_record *record, struct err *err) {
    const struct store_flow *f = r->f;
    return db_run(
        f->conn,
        "INSERT INTO sequence_flow (instance, element, definition) VALUES (?1, ?2, ?3) "
        "ON CONFLICT DO NOTHING",
        DB_ARGS(db_n(key_of(r, 1)), db_t(f->process->flows[record->node].id), db_n(f->definition)),
        err);
}

static bool variable_write(struct rows *r, const struct bpmn_record *record, struct err *err) {
    struct str value = value_json(r, record->value, err);
    r->minor++;
    return err->code == ERR_NONE &&
           db_run(r->f->conn,
                  "INSERT INTO variable (scope, name, key, value) VALUES (?1, ?2, ?3, ?4) "
                  "ON CONFLICT (scope, name) DO UPDATE SET value = excluded.value",
                  DB_ARGS(db_n(key_of(r, record->scope)), db_t(record->name),
                          db_n(key_of(r, process_minor(r->minor))), db_t(value)),
                  err);
}

/* ---- incidents ------------------------------------------------------------------------------- */

/* The job of the instance that these records speak of, or else the one that is open. */
static uint32_t job_of(const struct rows *r, uint32_t instance) {
    for (size_t i = r->records->count; i-- > 0;)
        if (r->records->list[i].kind == BPMN_REC_JOB_FAILED &&
            r->records->list[i].instance == instance)
            return r->records->list[i].ref;
    for (uint32_t i = 0; i < r->f->flow->jobs.count; i++)
        if (r->f->flow->jobs.list[i].instance == instance)
            return r->f->flow->jobs.list[i].id;
    return 0;
}

static bool incident_insert(struct rows *r, const struct bpmn_record *record, struct err *err) {
    const struct store_flow *f = r->f;
    int64_t key = key_of(r, process_minor(++r->minor));
    uint32_t job = job_of(r, record->instance);
    return db_run(
               f->conn,
               "INSERT INTO incident (key, definition, element, element_key, job, type, message, "
               "state, created_us, resolved_us) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'ACTIVE', "
               "?8, 0)",
               DB_ARGS(db_n(key), db_n(f->definition), db_t(f->process->nodes[record->node].id),
                       db_n(key_of(r, record->instance)), db_n(job == 0 ? 0 : key_of(r, job)),
                       db_t(str_from(bpmn_incident_type((enum bpmn_incident)record->code))),
                       db_t(record->text), db_n(f->at_us)),
               err) &&
           db_run(f->conn, "UPDATE element_instance SET incident = ?2 WHERE key = ?1",
                  DB_ARGS(db_n(key_of(r, record->instance)), db_n(key)), err);
}

static bool incident_end(struct rows *r, const struct bpmn_record *record, struct err *err) {
    return incidents_close(r, record->instance, err) &&
           db_run(r->f->conn, "UPDATE element_instance SET incident = 0 WHERE key = ?1",
                  DB_ARGS(db_n(key_of(r, record->instance))), err);
}

/* ---- jobs ------------------------------------------------------------------------------------ */

static struct str job_kind(const struct bpmn_record *record) {
    switch ((enum bpmn_job_kind)record->code) {
    case BPMN_JOB_LISTENER: return STR("EXECUTION_LISTENER");
    case BPMN_JOB_TASK_LISTENER: return STR("TASK_LISTENER");
    case BPMN_JOB_AD_HOC: return STR("AD_HOC_SUB_PROCESS");
    case BPMN_JOB_ELEMENT:
    case BPMN_JOB_USER_TASK: break;
    }
    return STR("BPMN_ELEMENT");
}

static struct str job_event(const struct bpmn_node *node, const struct bpmn_record *record) {
    static const char *const names[] = {
        [BPMN_LISTEN_START] = "START",         [BPMN_LISTEN_END] = "END",
        [BPMN_LISTEN_CREATING] = "CREATING",   [BPMN_LISTEN_ASSIGNING] = "ASSIGNING",
        [BPMN_LISTEN_UPDATING] = "UPDATING",   [BPMN_LISTEN_COMPLETING] = "COMPLETING",
        [BPMN_LISTEN_CANCELING] = "CANCELING",
    };
    bool listener = record->code == BPMN_JOB_LISTENER || record->code == BPMN_JOB_TASK_LISTENER;
    if (!listener || record->scope >= node->listener_count)
        return STR("UNSPECIFIED");
    return str_from(names[node->listeners[record->scope].listen]);
}

static bool job_insert(struct rows *r, const struct bpmn_record *record, struct err *err) {
    const struct store_flow *f = r->f;
    const struct bpmn_node *node = &f->process->nodes[record->node];
    struct str headers = feel_is_null(record->value) ? STR_NONE : value_json(r, record->value, err);
    int64_t priority = 0;
    (void)!str_to_i64(&priority, record->text);
    return err->code == ERR_NONE &&
           db_run(
               f->conn,
               "INSERT INTO job (key, type, definition, node, element, element_key, kind, event, "
               "state, open, priority, free_us, lease, worker, deadline_us, retries, headers, "
               "error_code, error_message, created_us, ended_us) VALUES (?1, ?2, ?3, ?4, ?5, "
               "?6, ?7, ?8, 'CREATED', ?9, ?10, 0, 0, '', 0, ?11, ?12, '', '', ?13, 0)",
               DB_ARGS(db_n(key_of(r, record->ref)), db_t(record->name), db_n(f->definition),
                       db_n(record->node), db_t(record->node == 0 ? f->process->id : node->id),
                       db_n(key_of(r, record->instance)), db_t(job_kind(record)),
                       db_t(job_event(node, record)), db_n(record->n > 0), db_n(priority),
                       db_n(record->n), db_t(headers), db_n(f->at_us)),
               err);
}

static bool job_retries(struct rows *r, const struct bpmn_record *record, struct err *err) {
    const struct store_flow *f = r->f;
    const struct bpmn_instance *instance = bpmn_instance(f->flow, record->instance);
    bool open = record->n > 0 && (instance == NULL || instance->incident == 0);
    bool failed = f->job_failed && f->job == record->ref;
    return db_run(f->conn,
                  "UPDATE job SET retries = ?2, open = ?3, state = ?4, error_message = ?5 WHERE "
                  "key = ?1",
                  DB_ARGS(db_n(key_of(r, record->ref)), db_n(record->n), db_n(open),
                          db_t(failed ? STR("FAILED") : STR("RETRIES_UPDATED")),
                          db_t(failed ? f->text : STR_NONE)),
                  err);
}

static bool job_lease(struct rows *r, const struct bpmn_record *record, struct err *err) {
    bool held = record->name.len > 0;
    return db_run(r->f->conn,
                  "UPDATE job SET free_us = ?2, lease = lease + ?3, worker = ?4, deadline_us = ?5 "
                  "WHERE key = ?1",
                  DB_ARGS(db_n(key_of(r, record->ref)), db_n(record->n), db_n(record->code),
                          db_t(record->name), db_n(held ? record->n : 0)),
                  err);
}

static bool job_close(struct rows *r, const struct bpmn_record *record, struct err *err) {
    static const char *const ends[] = {"CANCELED", "COMPLETED", "ERROR_THROWN"};
    const struct store_flow *f = r->f;
    enum store_job_end end = f->job == record->ref ? f->job_end : STORE_JOB_CANCELED;
    return db_run(f->conn,
                  "UPDATE job SET open = 0, state = ?2, ended_us = ?3, deadline_us = 0 WHERE key = "
                  "?1",
                  DB_ARGS(db_n(key_of(r, record->ref)), db_t(str_from(ends[end])), db_n(f->at_us)),
                  err);
}

/* A job whose error nobody caught stays, closed to workers, until its incident is resolved. */
static bool job_thrown(struct rows *r, struct err *err) {
    const struct store_flow *f = r->f;
    if (!f->job_threw)
        return true;
    return db_run(f->conn,
                  "UPDATE job SET open = 0, state = 'ERROR_THROWN', error_code = ?2, "
                  "error_message = ?3 WHERE key = ?1",
                  DB_ARGS(db_n(key_of(r, f->job)), db_t(f->name), db_t(f->text)), err);
}

/* ---- subscriptions --------------------------------------------------------------------------- */

static bool wait_insert(struct rows *r, const struct bpmn_record *record, struct err *err) {
    const struct store_flow *f = r->f;
    bool message = record->code == BPMN_EVENT_MESSAGE;
    /* what another instance writes into a data store may make a condition true */
    bool condition =
        record->code == BPMN_EVENT_CONDITIONAL && !f->is_case && f->process->store_count > 0;
    if (!message && !condition && record->code != BPMN_EVENT_SIGNAL)
        return true;
    return db_run(f->conn,
                  "INSERT INTO subscription (key, event, name, correlation_key, element_key, "
                  "definition, process, node, element, state, open, message, created_us, "
                  "updated_us) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'CREATED', 1, 0, ?10, "
                  "?10)",
                  DB_ARGS(db_n(key_of(r, record->ref)),
                          db_t(message     ? STR("MESSAGE")
                               : condition ? STR("CONDITION")
                                           : STR("SIGNAL")),
                          db_t(record->name), db_t(record->text), db_n(key_of(r, record->instance)),
                          db_n(f->definition), db_t(f->process_id), db_n(record->node),
                          db_t(f->process->nodes[record->node].id), db_n(f->at_us)),
                  err);
}

static bool wait_end(struct rows *r, const struct bpmn_record *record, struct err *err) {
    const struct store_flow *f = r->f;
    bool met = record->kind == BPMN_REC_WAIT_MET, open = false;
    for (uint32_t i = 0; met && i < f->flow->waits.count; i++)
        open = open || f->flow->waits.list[i].id == record->ref;
    return db_run(f->conn,
                  "UPDATE subscription SET state = ?2, open = ?3, message = max(message, ?4), "
                  "updated_us = ?5 WHERE key = ?1",
                  DB_ARGS(db_n(key_of(r, record->ref)),
                          db_t(met ? STR("CORRELATED") : STR("DELETED")), db_n(open),
                          db_n(met ? f->message : 0), db_n(f->at_us)),
                  err);
}

/* ---- user tasks ------------------------------------------------------------------------------ */

static struct str headers_json(const struct rows *r, const struct bpmn_node *node) {
    if (node->header_count == 0)
        return STR_NONE;
    struct json *headers = json_obj(r->f->arena);
    for (size_t i = 0; i < node->header_count; i++)
        json_set_str(headers, node->headers[i].key, node->headers[i].value);
    struct buf text;
    buf_init(&text, JSON_BYTES_MAX);
    json_write(&text, headers, JSON_COMPACT);
    struct str out = arena_str(r->f->arena, buf_view(&text));
    buf_done(&text);
    return out;
}

/* Records of before forms had bindings do not say which form was found: it was the newest. */
static bool user_task_insert(struct rows *r, const struct bpmn_record *record, struct err *err) {
    const struct store_flow *f = r->f;
    const struct bpmn_node *node = &f->process->nodes[record->node];
    struct process_attributes t = process_attributes_of(record->value, f->arena);
    int64_t form = 0;
    bool looked = str_to_i64(&form, record->text);
    struct str external = record->name;
    if (!looked && node->form_external.program == NULL && external.len == 0)
        external = node->form_external.text;
    return db_run(
        f->conn,
        "INSERT INTO user_task (key, definition, node, element, name, state, assignee, "
        "candidate_groups, candidate_users, due_us, follow_up_us, priority, form, "
        "external_form, headers, changed, action, created_us, ended_us) VALUES (?1, ?2, ?3, ?4, "
        "?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, COALESCE((SELECT f.key FROM resource AS f WHERE "
        "f.kind = 'form' AND f.id = ?17 AND f.id <> '' AND f.at_us <= ?16 ORDER BY f.version DESC "
        "LIMIT 1), ?13), ?14, ?15, '', '', ?16, 0)",
        DB_ARGS(db_n(key_of(r, record->instance)), db_n(f->definition), db_n(record->node),
                db_t(node->id), db_t(bpmn_label(node, LANG_zh)),
                db_t(record->code == 1 ? STR("CREATING") : STR("CREATED")), db_t(t.assignee),
                db_t(t.groups_json), db_t(t.users_json),
                db_n(record->n == BPMN_NEVER ? 0 : record->n), db_n(t.follow_up_us),
                db_n(t.priority), db_n(form), db_t(external), db_t(headers_json(r, node)),
                db_n(f->at_us), db_t(looked ? STR_NONE : node->form)),
        err);
}

static bool user_task_state(struct rows *r, const struct bpmn_record *record, const char *state,
                            struct err *err) {
    return db_run(r->f->conn, "UPDATE user_task SET state = ?2 WHERE key = ?1",
                  DB_ARGS(db_n(key_of(r, record->instance)), db_t(str_from(state))), err);
}

static const char *changing_state(enum bpmn_listen listen) {
    switch (listen) {
    case BPMN_LISTEN_ASSIGNING: return "ASSIGNING";
    case BPMN_LISTEN_UPDATING: return "UPDATING";
    case BPMN_LISTEN_COMPLETING: return "COMPLETING";
    default: return "CREATING";
    }
}

/* Each attribute that changed, and nothing else: an assignee costs an index. */
static bool user_task_changed(struct rows *r, const struct bpmn_record *record, struct err *err) {
    const struct process_attributes a = process_attributes_of(record->value, r->f->arena);
    const struct {
        unsigned has;
        const char *sql;
        struct db_value value;
    } sets[] = {
        {PROCESS_HAS_ASSIGNEE, "UPDATE user_task SET assignee = ?2 WHERE key = ?1",
         db_t(a.assignee)},
        {PROCESS_HAS_GROUPS, "UPDATE user_task SET candidate_groups = ?2 WHERE key = ?1",
         db_t(a.groups_json)},
        {PROCESS_HAS_USERS, "UPDATE user_task SET candidate_users = ?2 WHERE key = ?1",
         db_t(a.users_json)},
        {PROCESS_HAS_DUE, "UPDATE user_task SET due_us = ?2 WHERE key = ?1", db_n(a.due_us)},
        {PROCESS_HAS_FOLLOW_UP, "UPDATE user_task SET follow_up_us = ?2 WHERE key = ?1",
         db_n(a.follow_up_us)},
        {PROCESS_HAS_PRIORITY, "UPDATE user_task SET priority = ?2 WHERE key = ?1",
         db_n(a.priority)},
    };
    struct db_value key = db_n(key_of(r, record->instance));
    for (size_t i = 0; i < COUNT_OF(sets); i++)
        if (a.has & sets[i].has &&
            !db_run(r->f->conn, sets[i].sql, DB_ARGS(key, sets[i].value), err))
            return false;
    return db_run(r->f->conn, "UPDATE user_task SET state = 'CREATED', action = ?2 WHERE key = ?1",
                  DB_ARGS(key, db_t(record->text)), err);
}

static bool decided(struct rows *r, const struct bpmn_record *record, struct err *err) {
    const struct store_evaluated evaluated = {
        .key = key_of(r, process_minor(++r->minor)),
        .process = r->f->definition,
        .element_key = key_of(r, record->instance),
        .at_us = r->f->at_us,
        .trace = record->text,
    };
    return store_decision_rows(r->f->conn, &evaluated, r->f->arena, err);
}

/* ---- migration ---------------------------------------------------------------------------------
 */

/* What is alive is of the new definition from here on; what has ended stays of the old one. */
static bool moved_row(struct rows *r, const char *sql, uint32_t n, uint32_t node, struct err *err) {
    const struct store_flow *f = r->f;
    return db_run(f->conn, sql,
                  DB_ARGS(db_n(key_of(r, n)), db_n(f->definition), db_n(node),
                          db_t(node == 0 ? f->process->id : f->process->nodes[node].id)),
                  err);
}

static bool migrated(struct rows *r, struct err *err) {
    const struct bpmn_state *s = r->f->flow;
    bool ok = true;
    for (uint32_t i = 0; ok && i < s->instances.count; i++) {
        const struct bpmn_instance *e = &s->instances.list[i];
        ok = moved_row(r,
                       "UPDATE element_instance SET definition = ?2, node = ?3 WHERE key = ?1 AND "
                       "?4 IS NOT NULL",
                       e->id, e->node, err) &&
             (e->incident == 0 ||
              moved_row(r,
                        "UPDATE incident SET definition = ?2, element = ?4 WHERE element_key = ?1 "
                        "AND state = 'ACTIVE' AND ?3 IS NOT NULL",
                        e->id, e->node, err)) &&
             (process_task(s, e->id) == NULL ||
              moved_row(r,
                        "UPDATE user_task SET definition = ?2, node = ?3, element = ?4 WHERE key = "
                        "?1",
                        e->id, e->node, err));
    }
    for (uint32_t i = 0; ok && i < s->jobs.count; i++) {
        const struct bpmn_instance *e = bpmn_instance(s, s->jobs.list[i].instance);
        ok =
            e == NULL ||
            moved_row(r,
                      "UPDATE job SET definition = ?2, node = ?3, element = ?4, state = 'MIGRATED' "
                      "WHERE key = ?1",
                      s->jobs.list[i].id, e->node, err);
    }
    for (uint32_t i = 0; ok && i < s->waits.count; i++)
        ok = moved_row(r,
                       "UPDATE subscription SET definition = ?2, node = ?3, element = ?4, state = "
                       "'MIGRATED' WHERE key = ?1",
                       s->waits.list[i].id, s->waits.list[i].node, err);
    return ok;
}

/* ---- all of them ----------------------------------------------------------------------------- */

static bool shared_record(struct rows *r, const struct bpmn_record *record, struct err *err) {
    switch (record->kind) {
    case BPMN_REC_JOB: return job_insert(r, record, err);
    case BPMN_REC_JOB_FAILED: return job_retries(r, record, err);
    case BPMN_REC_LEASED: return job_lease(r, record, err);
    case BPMN_REC_JOB_CLOSED: return job_close(r, record, err);
    case BPMN_REC_WAIT: return wait_insert(r, record, err);
    case BPMN_REC_WAIT_MET:
    case BPMN_REC_WAIT_CLOSED: return wait_end(r, record, err);
    default: return true;
    }
}

static bool own_record(struct rows *r, const struct bpmn_record *record, struct err *err) {
    switch (record->kind) {
    case BPMN_REC_STARTED:
    case BPMN_REC_ENTERED: return element_insert(r, record, err);
    case BPMN_REC_LEFT:
    case BPMN_REC_CANCELLED:
    case BPMN_REC_ENDED: return element_end(r, record, err);
    case BPMN_REC_TAKEN: return flow_taken(r, record, err);
    case BPMN_REC_VARIABLE: return variable_write(r, record, err);
    case BPMN_REC_INCIDENT: return incident_insert(r, record, err);
    case BPMN_REC_RESOLVED: return incident_end(r, record, err);
    case BPMN_REC_TASK: return user_task_insert(r, record, err);
    case BPMN_REC_TASK_CHANGING:
        return user_task_state(r, record, changing_state((enum bpmn_listen)record->code), err);
    case BPMN_REC_TASK_CHANGED: return user_task_changed(r, record, err);
    case BPMN_REC_TASK_DENIED: return user_task_state(r, record, "CREATED", err);
    case BPMN_REC_CLOSING:
        return r->f->process->nodes[record->node].kind != BPMN_USER_TASK ||
               user_task_state(r, record, "CANCELING", err);
    case BPMN_REC_MIGRATED: return migrated(r, err);
    case BPMN_REC_DECIDED: return decided(r, record, err);
    default: return shared_record(r, record, err);
    }
}

bool store_flow_rows(const struct store_flow *f, const struct bpmn_records *records,
                     struct err *err) {
    struct rows r = {.f = f, .records = records, .minor = f->minor};
    if (!f->is_case)
        find_fates(&r);
    for (size_t i = 0; i < records->count; i++)
        if (!(f->is_case ? shared_record(&r, &records->list[i], err)
                         : own_record(&r, &records->list[i], err)))
            return false;
    return job_thrown(&r, err);
}
