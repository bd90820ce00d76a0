/* The derived rows. Each is a function of the folded state alone, so that writing the rows which a
 * command changed, and writing all of them in a rebuild, end in the same table; store_verify()
 * compares the two. */
#include <assert.h>
#include <inttypes.h>

#include "store/inner.h"
#include "store/process.h"

static bool header_insert(struct db_conn *conn, const struct store_project *p, struct err *err) {
    const struct case_file *s = p->state;
    return db_run(
        conn,
        "INSERT INTO case_file (id, reference, code_sha256, pack_version, matter, status, place, "
        "accepting, competent, superior, review, parent, event_count, last_event, submitted_us, "
        "closed_us, adverse, wake_us) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, "
        "?13, ?14, ?15, ?16, ?17, ?18)",
        DB_ARGS(db_n((int64_t)s->id.n), db_t(s->reference), db_b(s->code_sha256),
                db_n(p->pack_version), db_t(s->matter->id), db_t(s->status), db_t(s->place),
                db_t(s->accepting), db_t(s->competent), db_t(s->superior), db_t(s->review),
                db_t(s->parent), db_n((int64_t)s->event_count), db_n((int64_t)p->last_event),
                db_n(s->submitted_us), db_n(s->closed_us), db_n(s->adverse), db_n(s->wake_us)),
        err);
}

/* A column that is named in an UPDATE costs its index, also when it keeps its value: wake_us is
 * named only when it moved. */
static bool header_update(struct db_conn *conn, const struct store_project *p, struct err *err) {
    const struct case_file *s = p->state;
    const struct db_value v[] = {db_n((int64_t)s->id.n),
                                 db_t(s->status),
                                 db_n((int64_t)s->event_count),
                                 db_n((int64_t)p->last_event),
                                 db_n(s->closed_us),
                                 db_n(s->adverse),
                                 db_n((int64_t)(s->event_count - p->event_count)),
                                 db_n(s->wake_us)};
    bool same_wake = p->wake_us_before == s->wake_us;
    if (!db_run(conn,
                same_wake ? "UPDATE case_file SET status = ?2, event_count = ?3, last_event = ?4, "
                            "closed_us = ?5, adverse = ?6 WHERE id = ?1 AND event_count = ?7"
                          : "UPDATE case_file SET status = ?2, event_count = ?3, last_event = ?4, "
                            "closed_us = ?5, adverse = ?6, wake_us = ?8 WHERE id = ?1 AND "
                            "event_count = ?7",
                v, same_wake ? COUNT_OF(v) - 1 : COUNT_OF(v), err))
        return false;
    return db_changed(conn) == 1 ||
           err_set(err, ERR_INTERNAL, err_nowhere, "case %" PRIu64 " was changed beside the writer",
                   s->id.n);
}

static bool is_waiting(const struct case_task *t) {
    return t->state == CASE_TASK_OPEN || t->state == CASE_TASK_CLAIMED;
}

static bool task_insert(struct db_conn *conn, const struct case_file *s, const struct case_task *t,
                        struct err *err) {
    return db_run(
        conn,
        "INSERT INTO task (case_id, task, node, organ, post, applicant, waiting, state, account, "
        "created_us, due_us, ended_us, outcome) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, "
        "?11, ?12, ?13)",
        DB_ARGS(db_n((int64_t)s->id.n), db_n((int64_t)t->id), db_t(t->node), db_t(t->organ),
                db_t(t->post), db_n(t->applicant), db_n(is_waiting(t)), db_n(t->state),
                db_n((int64_t)t->account), db_n(t->created_us), db_n(t->due_us), db_n(t->ended_us),
                db_t(t->outcome)),
        err);
}

static bool task_update(struct db_conn *conn, const struct case_file *s, const struct case_task *t,
                        struct err *err) {
    return db_run(conn,
                  "UPDATE task SET organ = ?3, post = ?4, waiting = ?5, state = ?6, account = ?7, "
                  "due_us = ?8, ended_us = ?9, outcome = ?10 WHERE case_id = ?1 AND task = ?2",
                  DB_ARGS(db_n((int64_t)s->id.n), db_n((int64_t)t->id), db_t(t->organ),
                          db_t(t->post), db_n(is_waiting(t)), db_n(t->state),
                          db_n((int64_t)t->account), db_n(t->due_us), db_n(t->ended_us),
                          db_t(t->outcome)),
                  err);
}

/* Taken or given back: nothing of it stands in an index. */
static bool task_claim(struct db_conn *conn, const struct case_file *s, const struct case_task *t,
                       struct err *err) {
    return db_run(conn, "UPDATE task SET state = ?3, account = ?4 WHERE case_id = ?1 AND task = ?2",
                  DB_ARGS(db_n((int64_t)s->id.n), db_n((int64_t)t->id), db_n(t->state),
                          db_n((int64_t)t->account)),
                  err);
}

static enum store_shown clock_shown(const struct law_clock *clock) {
    if (clock->breached)
        return STORE_CLOCK_BREACHED;
    switch (clock->state) {
    case LAW_CLOCK_RUNNING: return STORE_CLOCK_RUNNING;
    case LAW_CLOCK_SUSPENDED: return STORE_CLOCK_SUSPENDED;
    case LAW_CLOCK_NONE:
    case LAW_CLOCK_STOPPED: break;
    }
    return STORE_CLOCK_STOPPED;
}

/* The columns of a clock's row after its name. */
enum { CLOCK_VALUES = 7 };
static void clock_values(struct db_value out[CLOCK_VALUES], const struct case_file *s,
                         const struct case_clock *c) {
    bool suspended = c->clock.state == LAW_CLOCK_SUSPENDED;
    out[0] = db_n(clock_shown(&c->clock));
    out[1] = db_n(c->clock.due_us);
    out[2] = db_n(suspended ? c->clock.suspended_us : 0);
    out[3] = db_n(c->clock.extended);
    out[4] = db_t(c->organ.len > 0 ? c->organ : s->competent);
    out[5] = db_t(c->post);
    out[6] = db_t(s->superior);
}

static bool clock_write(struct db_conn *conn, const struct case_file *s, const struct case_clock *c,
                        struct err *err) {
    struct db_value v[2 + CLOCK_VALUES] = {db_n((int64_t)s->id.n), db_t(c->limit->id)};
    clock_values(v + 2, s, c);
    return db_run(conn,
                  "INSERT INTO clock (case_id, clock, shown, due_us, suspended_us, extended, "
                  "organ, post, supervisor) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) "
                  "ON CONFLICT (case_id, clock) DO UPDATE SET shown = excluded.shown, due_us = "
                  "excluded.due_us, suspended_us = excluded.suspended_us, extended = "
                  "excluded.extended, organ = excluded.organ, post = excluded.post, supervisor = "
                  "excluded.supervisor",
                  v, COUNT_OF(v), err);
}

static bool letter_write(struct db_conn *conn, const struct case_file *s,
                         const struct case_letter *l, uint64_t event, struct err *err) {
    return db_run(conn,
                  "INSERT INTO letter (case_id, n, event, letter, number, organ, verify_code, "
                  "adverse, at_us) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) "
                  "ON CONFLICT (case_id, n) DO NOTHING",
                  DB_ARGS(db_n((int64_t)s->id.n), db_n((int64_t)l->n), db_n((int64_t)event),
                          db_t(l->id), db_t(l->number), db_t(l->organ), db_t(l->verify_code),
                          db_n(l->adverse), db_n(l->at_us)),
                  err);
}

static bool document_write(struct db_conn *conn, const struct case_file *s,
                           const struct case_document *d, struct err *err) {
    return db_run(conn,
                  "INSERT INTO document (sha256, case_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                  DB_ARGS(db_b(d->sha256), db_n((int64_t)s->id.n)), err);
}

/* What the events touched. A clock that moves changes the due time of every open task, and a change
 * of the case's organs every clock. */
struct touched {
    bool open_tasks, clocks, documents;
};

static struct touched touched_by(const struct store_project *p) {
    struct touched t = {0};
    if (p->everything)
        return (struct touched){true, true, true};
    for (size_t i = 0; i < p->event_count; i++) {
        switch (p->events[i].kind) {
        case CASE_EVENT_clock_started:
        case CASE_EVENT_clock_suspended:
        case CASE_EVENT_clock_resumed:
        case CASE_EVENT_clock_extended:
        case CASE_EVENT_clock_stopped:
        case CASE_EVENT_clock_breached: t.clocks = t.open_tasks = true; break;
        case CASE_EVENT_document_attached: t.documents = true; break;
        default: break;
        }
    }
    return t;
}

/* How a task's row is to be written, from the least to the most. */
enum task_change { TASK_SAME, TASK_CLAIM, TASK_UPDATE, TASK_INSERT };

static enum task_change change_by(const struct case_event *e, uint64_t task) {
    switch (e->kind) {
    case CASE_EVENT_task_created: return e->as.task_created.task == task ? TASK_INSERT : TASK_SAME;
    case CASE_EVENT_task_claimed: return e->as.task_claimed.task == task ? TASK_CLAIM : TASK_SAME;
    case CASE_EVENT_task_released: return e->as.task_released.task == task ? TASK_CLAIM : TASK_SAME;
    case CASE_EVENT_task_completed:
        return e->as.task_completed.task == task ? TASK_UPDATE : TASK_SAME;
    case CASE_EVENT_task_cancelled:
        return e->as.task_cancelled.task == task ? TASK_UPDATE : TASK_SAME;
    default: return TASK_SAME;
    }
}

static enum task_change change_of(const struct store_project *p, const struct touched *t,
                                  const struct case_task *task) {
    enum task_change most = t->open_tasks && is_waiting(task) ? TASK_UPDATE : TASK_SAME;
    if (p->everything)
        return TASK_INSERT;
    for (size_t i = 0; i < p->event_count; i++)
        most = MAX_OF(most, change_by(&p->events[i], task->id));
    return most;
}

static bool task_write(struct db_conn *conn, const struct store_project *p, const struct touched *t,
                       const struct case_task *task, struct err *err) {
    switch (change_of(p, t, task)) {
    case TASK_SAME: break;
    case TASK_CLAIM: return task_claim(conn, p->state, task, err);
    case TASK_UPDATE: return task_update(conn, p->state, task, err);
    case TASK_INSERT: return task_insert(conn, p->state, task, err);
    }
    return true;
}

static bool letters_write(struct db_conn *conn, const struct store_project *p, struct err *err) {
    const struct case_file *s = p->state;
    for (size_t i = 0; i < p->event_count; i++) {
        if (p->events[i].kind != CASE_EVENT_letter_issued)
            continue;
        uint64_t n = p->events[i].as.letter_issued.n;
        if (n == 0 || n > s->letter_count)
            return err_set(err, ERR_CORRUPT, err_nowhere, "a letter has no place in its case");
        if (!letter_write(conn, s, &s->letters[n - 1], p->event_index[i], err))
            return false;
    }
    return true;
}

/* ---- jobs, subscriptions, and where time passes -----------------------------------------------
 */

static void told_by(struct store_flow *f, const struct case_event *worked) {
    f->job = 0;
    f->job_end = STORE_JOB_CANCELED;
    f->job_failed = f->job_threw = false;
    f->message = 0;
    f->name = f->text = STR_NONE;
    if (worked == NULL)
        return;
    struct str what = worked->as.worked.what;
    f->job_failed = str_eq(what, STR("failed"));
    f->job_threw = str_eq(what, STR("threw"));
    if (f->job_failed || f->job_threw || str_eq(what, STR("completed")))
        f->job = (uint32_t)worked->as.worked.element;
    if (f->job_failed)
        f->text = worked->as.worked.text;
    if (f->job_threw)
        f->name = worked->as.worked.text;
    if (str_eq(what, STR("completed")))
        f->job_end = STORE_JOB_COMPLETED;
    else if (f->job_threw)
        f->job_end = STORE_JOB_THREW;
    if (str_eq(what, STR("message")) || str_eq(what, STR("signal")))
        f->message = worked->as.worked.key;
}

/* From the records of the procedure: a case of tasks alone has none of these rows. */
static bool flow_write(struct db_conn *conn, const struct store_project *p, struct err *err) {
    const struct case_file *s = p->state;
    const struct case_event *worked = NULL;
    bool ok = true;
    bool outside = p->everything || p->outside, timed = p->everything || p->timed;
    if (!outside && !timed)
        return true;
    struct arena *arena = arena_create("flow", (size_t)STORE_EVENT_BYTES_MAX * 16);
    struct store_flow f = {.conn = conn,
                           .stream = s->id.n,
                           .process_id = s->matter->id,
                           .process = s->matter->process,
                           .flow = s->flow,
                           .is_case = true,
                           .arena = arena};
    for (size_t i = 0; ok && i < p->event_count; i++) {
        const struct case_event *e = &p->events[i];
        struct bpmn_records records;
        if (e->kind == CASE_EVENT_worked)
            worked = e;
        if (e->kind != CASE_EVENT_moved)
            continue;
        const struct process_event as = {.records = e->as.moved.records_bytes};
        told_by(&f, worked);
        f.at_us = e->at_us;
        ok = process_records(&records, &as, arena, err) &&
             (!outside || store_flow_rows(&f, &records, err)) &&
             (!timed || store_element_rows(&f, &records, err));
        worked = NULL;
    }
    arena_destroy(arena);
    return ok;
}

bool store_project_rows(struct db_conn *conn, const struct store_project *p, struct err *err) {
    const struct case_file *s = p->state;
    struct touched t = touched_by(p);
    bool first = p->everything || p->events[0].seq == 1;
    if (first ? !header_insert(conn, p, err) : !header_update(conn, p, err))
        return false;
    for (size_t i = 0; i < s->task_count; i++)
        if (!task_write(conn, p, &t, &s->tasks[i], err))
            return false;
    for (size_t i = 0; t.clocks && i < s->clock_count; i++)
        if (s->clocks[i].clock.state != LAW_CLOCK_NONE && !clock_write(conn, s, &s->clocks[i], err))
            return false;
    for (size_t i = 0; t.documents && i < s->document_count; i++)
        if (!document_write(conn, s, &s->documents[i], err))
            return false;
    return letters_write(conn, p, err) && flow_write(conn, p, err);
}

/* ---- comparing ------------------------------------------------------------------------------- */

/* Every derived table, with the statement that reads a case's rows in a fixed order. */
static const struct derived {
    const char *name, *select, *drop;
} derived[] = {
    {"case_file", "SELECT * FROM case_file WHERE id = ?1", "DELETE FROM case_file WHERE id = ?1"},
    {"task", "SELECT * FROM task WHERE case_id = ?1 ORDER BY task",
     "DELETE FROM task WHERE case_id = ?1"},
    {"clock", "SELECT * FROM clock WHERE case_id = ?1 ORDER BY clock",
     "DELETE FROM clock WHERE case_id = ?1"},
    {"letter", "SELECT * FROM letter WHERE case_id = ?1 ORDER BY n",
     "DELETE FROM letter WHERE case_id = ?1"},
    {"document", "SELECT * FROM document WHERE case_id = ?1 ORDER BY sha256",
     "DELETE FROM document WHERE case_id = ?1"},
    {"case_element", "SELECT * FROM case_element WHERE case_id = ?1 ORDER BY instance",
     "DELETE FROM case_element WHERE case_id = ?1"},
    {"job", "SELECT * FROM job WHERE key BETWEEN ?1 << 24 AND (?1 << 24) + 16777215 ORDER BY key",
     "DELETE FROM job WHERE key BETWEEN ?1 << 24 AND (?1 << 24) + 16777215"},
    {"subscription",
     "SELECT * FROM subscription WHERE key BETWEEN ?1 << 24 AND (?1 << 24) + 16777215 ORDER BY key",
     "DELETE FROM subscription WHERE key BETWEEN ?1 << 24 AND (?1 << 24) + 16777215"},
};

enum { ROWS_BYTES_MAX = 4 << 20 };

bool store_project_drop(struct db_conn *conn, struct case_id id, struct err *err) {
    for (size_t i = 0; i < COUNT_OF(derived); i++)
        if (!db_run(conn, derived[i].drop, DB_ARGS(db_n((int64_t)id.n)), err))
            return false;
    return db_run(conn, "DELETE FROM case_state WHERE case_id = ?1", DB_ARGS(db_n((int64_t)id.n)),
                  err);
}

static bool rows_dump(struct buf *out, struct db_conn *conn, const char *select, struct case_id id,
                      struct err *err) {
    struct db_rows rows;
    buf_reset(out);
    if (!db_query(&rows, conn, select, DB_ARGS(db_n((int64_t)id.n)), err))
        return false;
    int columns = db_col_count(&rows);
    while (db_next(&rows, err)) {
        for (int i = 0; i < columns; i++) {
            enum db_type type = db_col_type(&rows, i);
            bytes_add_u64(out, type);
            if (type == DB_I64)
                bytes_add_i64(out, db_col_i64(&rows, i));
            else
                bytes_add_str(out, db_col_blob(&rows, i));
        }
    }
    return db_end(&rows, err) && buf_ok(out, "the rows of a case", err);
}

bool store_project_compare(bool *same_out, struct db_conn *conn, const struct store_project *p,
                           store_report *report, void *ctx, struct err *err) {
    struct buf before[COUNT_OF(derived)], after;
    struct case_id id = p->state->id;
    bool ok = true;
    *same_out = true;
    buf_init(&after, ROWS_BYTES_MAX);
    for (size_t i = 0; i < COUNT_OF(derived); i++) {
        buf_init(&before[i], ROWS_BYTES_MAX);
        ok = ok && rows_dump(&before[i], conn, derived[i].select, id, err) &&
             db_run(conn, derived[i].drop, DB_ARGS(db_n((int64_t)id.n)), err);
    }
    ok = ok && store_project_rows(conn, p, err);
    for (size_t i = 0; i < COUNT_OF(derived); i++) {
        ok = ok && rows_dump(&after, conn, derived[i].select, id, err);
        if (ok && !str_eq(buf_view(&before[i]), buf_view(&after))) {
            char line[200];
            (void)snprintf(line, sizeof line,
                           "the rows of case %" PRIu64 " in table '%s' differ from its events",
                           id.n, derived[i].name);
            report(ctx, line);
            *same_out = false;
        }
        buf_done(&before[i]);
    }
    buf_done(&after);
    return ok;
}
