/* Process instances outside of matters: their chain of events, their snapshot, their rows. As in
 * case.c, but one command is one event, and the rows follow from the events alone, so that a
 * rebuild goes through all of them. */
#include "store/process.h"

#include <inttypes.h>

#include "store/inner.h"

/* ---- reading --------------------------------------------------------------------------------- */

bool store_instance_get(struct store_instance *out, struct db_conn *conn, uint64_t stream,
                        struct err *err) {
    struct db_rows rows;
    if (!db_query(&rows, conn,
                  "SELECT definition, parent_element, root, event_count, last_event, started_us, "
                  "ended_us, wake_us FROM process_instance WHERE key = ?1",
                  DB_ARGS(db_n(process_key(stream, 1))), err))
        return false;
    if (db_next(&rows, err))
        *out = (struct store_instance){
            .stream = stream,
            .definition = db_col_i64(&rows, 0),
            .parent_element = db_col_i64(&rows, 1),
            .root = db_col_i64(&rows, 2),
            .event_count = (uint64_t)db_col_i64(&rows, 3),
            .last_event = db_col_i64(&rows, 4),
            .started_us = db_col_i64(&rows, 5),
            .ended_us = db_col_i64(&rows, 6),
            .wake_us = db_col_i64(&rows, 7),
        };
    else if (err->code == ERR_NONE)
        (void)err_set(err, ERR_NOT_FOUND, err_nowhere,
                      "there is no process instance with this key");
    return db_end(&rows, err);
}

bool store_instance_events(struct process_event **out, size_t *count_out, struct db_conn *conn,
                           const struct store_instance *row, uint64_t from, struct arena *arena,
                           struct err *err) {
    int64_t *indexes;
    return store_instance_chain(out, &indexes, count_out, conn, row, from, arena, err);
}

bool store_instance_chain(struct process_event **out, int64_t **indexes_out, size_t *count_out,
                          struct db_conn *conn, const struct store_instance *row, uint64_t from,
                          struct arena *arena, struct err *err) {
    struct store_key key;
    struct case_id id = {row->stream};
    size_t count = row->event_count < from ? 0 : (size_t)(row->event_count - from + 1);
    struct process_event *events = arena_new(arena, struct process_event, count);
    int64_t *indexes = arena_new(arena, int64_t, count);
    if (count > 0 && !store_key_of_case(&key, conn, id, err))
        return false;
    const struct store_chain chain = {conn, id, &key, arena};
    int64_t log_index = row->last_event;
    for (size_t i = count; i > 0; i--) {
        struct str plain;
        indexes[i - 1] = log_index;
        if (!store_chain_read(&plain, &log_index, &chain, log_index, from + i - 1, err) ||
            !process_event_decode(&events[i - 1], plain, err))
            return false;
        if (events[i - 1].seq != from + i - 1)
            return err_set(err, ERR_CORRUPT, err_nowhere,
                           "an event of a process instance is out of its order");
    }
    if (from == 1 && count > 0 && log_index != -1)
        return err_set(err, ERR_CORRUPT, err_nowhere,
                       "the first event of a process instance has another before it");
    *out = events;
    *indexes_out = indexes;
    *count_out = count;
    return true;
}

/* An instance that has no snapshot begins on the definition that its first event names. */
static bool empty_state(struct process_instance **out, struct db_conn *conn,
                        const struct store_instance *row, const struct store_processes *processes,
                        struct arena *arena, struct err *err) {
    const struct bpmn_process *process = NULL;
    struct process_event *events = NULL;
    size_t count = 0;
    if (!store_instance_events(&events, &count, conn, row, 1, arena, err))
        return false;
    if (count == 0)
        return err_set(err, ERR_CORRUPT, err_nowhere, "a process instance has no events");
    if (!processes->find(&process, processes->ctx, events[0].n, conn, err))
        return false;
    *out = process_create(arena, process, row->stream);
    return true;
}

static bool snapshot_decode(struct process_instance **out, struct db_conn *conn, struct str plain,
                            uint64_t stream, const struct store_processes *processes,
                            struct arena *arena, struct err *err) {
    const struct bpmn_process *process = NULL;
    return processes->find(&process, processes->ctx, process_encoded_definition(plain), conn,
                           err) &&
           process_decode(out, plain, arena, process, stream, err);
}

static bool snapshot_load(struct process_instance **out, struct db_conn *conn,
                          const struct store_instance *row, const struct store_processes *processes,
                          struct arena *arena, struct err *err) {
    struct store_key key;
    struct db_rows rows;
    struct buf plain;
    struct case_id id = {row->stream};
    bool found = false;
    if (!store_key_of_case(&key, conn, id, err) ||
        !db_query(&rows, conn, "SELECT event_count, state FROM case_state WHERE case_id = ?1",
                  DB_ARGS(db_n((int64_t)id.n)), err))
        return false;
    buf_init(&plain, STORE_STATE_BYTES_MAX);
    if (db_next(&rows, err)) {
        const struct store_seal seal = {"state", id.n, (uint64_t)db_col_i64(&rows, 0)};
        found = store_unseal(&plain, &key, &seal, db_col_blob(&rows, 1), err);
    }
    bool ok = db_end(&rows, err) &&
              (found ? snapshot_decode(out, conn, buf_view(&plain), id.n, processes, arena, err)
                     : empty_state(out, conn, row, processes, arena, err));
    buf_done(&plain);
    return ok;
}

bool store_instance_fold(struct process_instance *p, struct db_conn *conn,
                         const struct process_event *event, const struct store_processes *processes,
                         struct err *err) {
    if (event->kind == PROCESS_EVENT_migrated &&
        !processes->find(&p->target, processes->ctx, event->n, conn, err))
        return false;
    return process_fold(p, event, err);
}

bool store_instance_load(struct process_instance **out, struct db_conn *conn,
                         const struct store_instance *row, const struct store_processes *processes,
                         struct arena *arena, struct err *err) {
    struct process_instance *p = NULL;
    struct process_event *events = NULL;
    size_t count = 0;
    if (!snapshot_load(&p, conn, row, processes, arena, err) ||
        !store_instance_events(&events, &count, conn, row, p->event_count + 1, arena, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!store_instance_fold(p, conn, &events[i], processes, err))
            return false;
    *out = p;
    return true;
}

bool store_instances_due(uint64_t *out, size_t room, size_t *count_out, int64_t *next_us_out,
                         struct db_conn *conn, int64_t now_us, struct err *err) {
    struct db_rows rows;
    size_t count = 0;
    *next_us_out = 0;
    if (!db_query(&rows, conn,
                  "SELECT key, wake_us FROM process_instance WHERE wake_us > 0 ORDER BY wake_us "
                  "LIMIT ?1",
                  DB_ARGS(db_n((int64_t)room + 1)), err))
        return false;
    while (db_next(&rows, err)) {
        if (db_col_i64(&rows, 1) > now_us || count == room) {
            *next_us_out = db_col_i64(&rows, 1);
            break;
        }
        out[count++] = process_key_stream(db_col_i64(&rows, 0));
    }
    *count_out = count;
    return db_end(&rows, err);
}

bool store_instance_called(uint64_t *stream_out, struct db_conn *conn, int64_t element,
                           struct err *err) {
    int64_t key = 0;
    *stream_out = 0;
    if (!db_get_i64(&key, conn,
                    "SELECT key FROM process_instance WHERE parent_element = ?1 AND ended_us = 0",
                    DB_ARGS(db_n(element)), err))
        return false;
    *stream_out = process_key_stream(key);
    return true;
}

bool store_instances_ended(uint64_t *out, size_t room, size_t *count_out, struct db_conn *conn,
                           int64_t before_us, struct err *err) {
    struct db_rows rows;
    size_t count = 0;
    if (!db_query(&rows, conn,
                  "SELECT key FROM process_instance WHERE ended_us > 0 AND ended_us < ?1 ORDER BY "
                  "ended_us LIMIT ?2",
                  DB_ARGS(db_n(before_us), db_n((int64_t)room)), err))
        return false;
    while (db_next(&rows, err))
        out[count++] = process_key_stream(db_col_i64(&rows, 0));
    *count_out = count;
    return db_end(&rows, err);
}

bool store_jobs_free(struct store_job *out, size_t room, size_t *count_out, struct db_conn *conn,
                     struct str type, int64_t now_us, struct arena *arena, struct err *err) {
    struct db_rows rows;
    size_t count = 0;
    if (!db_query(&rows, conn,
                  "SELECT key, definition, element_key, node, retries, deadline_us, element, kind, "
                  "event, worker, headers FROM job WHERE open = 1 AND type = ?1 AND free_us <= ?2 "
                  "ORDER BY type, priority DESC, key LIMIT ?3",
                  DB_ARGS(db_t(type), db_n(now_us), db_n((int64_t)room)), err))
        return false;
    while (db_next(&rows, err))
        out[count++] = (struct store_job){
            .key = db_col_i64(&rows, 0),
            .definition = db_col_i64(&rows, 1),
            .element_key = db_col_i64(&rows, 2),
            .node = (uint32_t)db_col_i64(&rows, 3),
            .retries = db_col_i64(&rows, 4),
            .deadline_us = db_col_i64(&rows, 5),
            .type = type,
            .element = arena_str(arena, db_col_text(&rows, 6)),
            .kind = arena_str(arena, db_col_text(&rows, 7)),
            .event = arena_str(arena, db_col_text(&rows, 8)),
            .worker = arena_str(arena, db_col_text(&rows, 9)),
            .headers = arena_str(arena, db_col_text(&rows, 10)),
        };
    *count_out = count;
    return db_end(&rows, err);
}

bool store_jobs_any(bool *out, struct db_conn *conn, struct str type, int64_t now_us,
                    struct err *err) {
    int64_t found = 0;
    bool ok = db_get_i64(&found, conn,
                         "SELECT 1 FROM job WHERE open = 1 AND type = ?1 AND free_us <= ?2 LIMIT 1",
                         DB_ARGS(db_t(type), db_n(now_us)), err);
    *out = ok && found != 0;
    return ok;
}

bool store_incident_element(int64_t *element_out, struct db_conn *conn, int64_t key,
                            struct err *err) {
    *element_out = 0;
    if (!db_get_i64(element_out, conn,
                    "SELECT element_key FROM incident WHERE key = ?1 AND state = 'ACTIVE'",
                    DB_ARGS(db_n(key)), err))
        return false;
    return *element_out != 0 ||
           err_set(err, ERR_NOT_FOUND, err_nowhere, "there is no active incident with this key");
}

/* ---- rows ------------------------------------------------------------------------------------ */

static struct str state_name(const struct process_instance *p) {
    if (p->flow->ending == 0)
        return STR("ACTIVE");
    return p->flow->ending == BPMN_ENDING_CANCELLED ? STR("TERMINATED") : STR("COMPLETED");
}

int64_t store_instance_wake_us(const struct process_instance *p) {
    return p->flow->ending != 0 || p->wake_us == BPMN_NEVER ? 0 : p->wake_us;
}

static bool header_insert(struct db_conn *conn, const struct process_instance *p,
                          int64_t last_event, struct err *err) {
    const struct process_origin *o = &p->origin;
    int64_t key = process_key(p->stream, 1);
    int64_t parent =
        o->parent_element == 0 ? 0 : process_key(process_key_stream(o->parent_element), 1);
    return db_run(conn,
                  "INSERT INTO process_instance (key, definition, parent, parent_element, root, "
                  "state, incidents, started_us, ended_us, started_by, tags, event_count, "
                  "last_event, wake_us) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, "
                  "?13, ?14)",
                  DB_ARGS(db_n(key), db_n(o->definition), db_n(parent), db_n(o->parent_element),
                          db_n(o->root == 0 ? key : o->root), db_t(state_name(p)),
                          db_n(p->flow->incident_count), db_n(p->started_us), db_n(p->ended_us),
                          db_t(o->started_by), db_t(o->tags_json), db_n((int64_t)p->event_count),
                          db_n(last_event), db_n(store_instance_wake_us(p))),
                  err);
}

/* A column that is named costs its indexes, also when it keeps its value. */
static bool header_update(struct db_conn *conn, const struct process_instance *p,
                          int64_t last_event, int64_t wake_before_us, struct err *err) {
    const struct db_value v[] = {db_n(process_key(p->stream, 1)),
                                 db_n((int64_t)p->event_count),
                                 db_n(last_event),
                                 db_n(p->flow->incident_count),
                                 db_n(store_instance_wake_us(p)),
                                 db_t(state_name(p)),
                                 db_n(p->ended_us)};
    if (p->flow->ending == 0 && wake_before_us == store_instance_wake_us(p))
        return db_run(conn,
                      "UPDATE process_instance SET event_count = ?2, last_event = ?3, incidents = "
                      "?4 WHERE key = ?1",
                      v, 4, err);
    if (p->flow->ending == 0)
        return db_run(conn,
                      "UPDATE process_instance SET event_count = ?2, last_event = ?3, incidents = "
                      "?4, wake_us = ?5 WHERE key = ?1",
                      v, 5, err);
    return db_run(conn,
                  "UPDATE process_instance SET event_count = ?2, last_event = ?3, incidents = ?4, "
                  "wake_us = ?5, state = ?6, ended_us = ?7 WHERE key = ?1",
                  v, COUNT_OF(v), err);
}

/* What the records do not tell of a task. */
static bool task_rows(struct db_conn *conn, const struct process_instance *p,
                      const struct process_event *event, struct err *err) {
    if (event->kind != PROCESS_EVENT_task_completed)
        return true;
    return db_run(conn, "UPDATE user_task SET action = ?2 WHERE key = ?1",
                  DB_ARGS(db_n(process_key(p->stream, event->id)), db_t(event->text)), err);
}

/* p: as it is after the event. */
bool store_instance_rows(struct db_conn *conn, const struct process_instance *p,
                         const struct process_event *event, const struct bpmn_records *records,
                         const struct store_instance *head, struct arena *arena, struct err *err) {
    struct store_flow f = {
        .conn = conn,
        .stream = p->stream,
        .definition = p->origin.definition,
        .process_id = p->process->id,
        .process = p->process,
        .flow = p->flow,
        .at_us = event->at_us,
        .minor = event->minor,
        .name = event->name,
        .text = event->text,
        .arena = arena,
    };
    switch (event->kind) {
    case PROCESS_EVENT_job_completed:
    case PROCESS_EVENT_job_threw:
    case PROCESS_EVENT_job_failed: f.job = event->id; break;
    case PROCESS_EVENT_message_received:
    case PROCESS_EVENT_signal_received: f.message = event->n; break;
    default: break;
    }
    f.job_threw = event->kind == PROCESS_EVENT_job_threw;
    f.job_failed = event->kind == PROCESS_EVENT_job_failed;
    f.job_end = f.job_threw ? STORE_JOB_THREW
                            : (event->kind == PROCESS_EVENT_job_completed ? STORE_JOB_COMPLETED
                                                                          : STORE_JOB_CANCELED);
    return (event->kind == PROCESS_EVENT_created
                ? header_insert(conn, p, head->last_event, err)
                : header_update(conn, p, head->last_event, head->wake_us, err)) &&
           (event->kind != PROCESS_EVENT_migrated ||
            db_run(conn, "UPDATE process_instance SET definition = ?2 WHERE key = ?1",
                   DB_ARGS(db_n(process_key(p->stream, 1)), db_n(f.definition)), err)) &&
           store_flow_rows(&f, records, err) && task_rows(conn, p, event, err);
}

/* ---- writing --------------------------------------------------------------------------------- */

bool store_instance_snapshot(struct db_conn *conn, const struct process_instance *p,
                             const struct store_key *key, const struct os_env *env,
                             struct err *err) {
    struct buf plain, sealed;
    buf_init(&plain, STORE_STATE_BYTES_MAX);
    buf_init(&sealed, STORE_STATE_BYTES_MAX + STORE_SEAL_EXTRA_BYTES);
    bool ok =
        process_encode(&plain, p, err) && buf_ok(&plain, "the state of a process instance", err);
    if (ok) {
        const struct store_seal seal = {"state", p->stream, p->event_count};
        store_seal(&sealed, key, &seal, buf_view(&plain), env);
        ok = buf_ok(&sealed, "the state of a process instance", err) &&
             store_snapshot_put(conn, (struct case_id){p->stream}, p->event_count,
                                buf_view(&sealed), err);
    }
    buf_done(&plain);
    buf_done(&sealed);
    return ok;
}

/* Of a running instance every few events. One that has ended needs none: nothing moves it again. */
static bool snapshot_keep(struct store_tx *tx, const struct process_instance *p,
                          const struct store_key *key, struct err *err) {
    if (p->flow->ending != 0)
        return db_run(tx->conn, "DELETE FROM case_state WHERE case_id = ?1",
                      DB_ARGS(db_n((int64_t)p->stream)), err);
    return p->event_count % STORE_SNAPSHOT_EVENTS != 0 ||
           store_instance_snapshot(tx->conn, p, key, tx->store->env, err);
}

bool store_instance_save(struct store_tx *tx, struct store_instance *head,
                         const struct process_instance *p, const struct process_result *result,
                         struct arena *arena, struct err *err) {
    const struct process_event *event = &result->event;
    struct store_key key;
    struct case_id id = {p->stream};
    if (event->kind == 0)
        return true;
    bool first = event->kind == PROCESS_EVENT_created;
    if (first)
        *head = (struct store_instance){.stream = p->stream, .last_event = -1};
    if (first ? !store_key_make(&key, tx, id, err) : !store_key_for_writing(&key, tx, id, err))
        return false;
    struct store_appending a = {
        .tx = tx, .id = id, .key = &key, .arena = arena, .previous = head->last_event};
    store_appending_init(&a);
    process_event_encode(&a.plain, event);
    bool ok = store_event_append(&a,
                                 &(struct store_event){
                                     .seq = event->seq,
                                     .at_us = event->at_us,
                                     .kind = process_event_name(event->kind),
                                     .actor = store_actor_of(event->account, arena),
                                 },
                                 err);
    store_appending_done(&a);
    head->last_event = a.previous;
    ok = ok && store_instance_rows(tx->conn, p, event, &result->records, head, arena, err) &&
         snapshot_keep(tx, p, &key, err);
    head->event_count = p->event_count;
    head->wake_us = store_instance_wake_us(p);
    head->definition = p->origin.definition;
    head->ended_us = p->ended_us;
    return ok;
}

/* ---- erasing --------------------------------------------------------------------------------- */

/* Every table with rows of an instance, by the range of its keys. */
static const char *const drops[] = {
    "DELETE FROM process_instance WHERE key BETWEEN ?1 AND ?2",
    "DELETE FROM element_instance WHERE key BETWEEN ?1 AND ?2",
    "DELETE FROM sequence_flow WHERE instance BETWEEN ?1 AND ?2",
    "DELETE FROM variable WHERE scope BETWEEN ?1 AND ?2",
    "DELETE FROM job WHERE key BETWEEN ?1 AND ?2",
    "DELETE FROM user_task WHERE key BETWEEN ?1 AND ?2",
    "DELETE FROM incident WHERE key BETWEEN ?1 AND ?2",
    "DELETE FROM subscription WHERE key BETWEEN ?1 AND ?2",
    "DELETE FROM decision_instance WHERE evaluation BETWEEN ?1 AND ?2",
};
/* What an erased instance leaves besides, and a rebuild must not touch. */
static const char *const erases[] = {
    "DELETE FROM api_document WHERE instance BETWEEN ?1 AND ?2",
    /* while a message lives, whom it reached keeps it from reaching that process again */
    "DELETE FROM message_taken WHERE instance BETWEEN ?1 AND ?2 AND message NOT IN (SELECT key "
    "FROM message)",
};

bool store_instance_drop(struct db_conn *conn, uint64_t stream, struct err *err) {
    const struct db_value range[] = {db_n(process_key(stream, 0)),
                                     db_n(process_key(stream + 1, 0) - 1)};
    for (size_t i = 0; i < COUNT_OF(drops); i++)
        if (!db_run(conn, drops[i], range, COUNT_OF(range), err))
            return false;
    return true;
}

bool store_instance_erase(struct store_tx *tx, uint64_t stream, struct err *err) {
    const struct db_value range[] = {db_n(process_key(stream, 0)),
                                     db_n(process_key(stream + 1, 0) - 1)};
    for (size_t i = 0; i < COUNT_OF(erases); i++)
        if (!db_run(tx->conn, erases[i], range, COUNT_OF(range), err))
            return false;
    return store_instance_drop(tx->conn, stream, err) && store_note_erase(tx, stream, err);
}
