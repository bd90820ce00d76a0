/* A process instance again from its events: for verifying and for rebuilding its rows. */
#include <inttypes.h>

#include "store/inner.h"
#include "store/process.h"

enum { ROWS_BYTES_MAX = 64 << 20 };

/* Every table with rows of an instance, by the range of its keys, in a fixed order. */
static const struct derived {
    const char *name, *select;
} derived[] = {
    {"process_instance", "SELECT * FROM process_instance WHERE key BETWEEN ?1 AND ?2"},
    {"element_instance", "SELECT * FROM element_instance WHERE key BETWEEN ?1 AND ?2 ORDER BY key"},
    {"sequence_flow",
     "SELECT * FROM sequence_flow WHERE instance BETWEEN ?1 AND ?2 ORDER BY element"},
    {"variable", "SELECT * FROM variable WHERE scope BETWEEN ?1 AND ?2 ORDER BY scope, name"},
    {"job", "SELECT * FROM job WHERE key BETWEEN ?1 AND ?2 ORDER BY key"},
    {"user_task", "SELECT * FROM user_task WHERE key BETWEEN ?1 AND ?2 ORDER BY key"},
    {"incident", "SELECT * FROM incident WHERE key BETWEEN ?1 AND ?2 ORDER BY key"},
    {"subscription", "SELECT * FROM subscription WHERE key BETWEEN ?1 AND ?2 ORDER BY key"},
    {"decision_instance",
     "SELECT * FROM decision_instance WHERE evaluation BETWEEN ?1 AND ?2 ORDER BY evaluation, n"},
};

static bool dump(struct buf *out, struct db_conn *conn, const char *select, uint64_t stream,
                 struct err *err) {
    struct db_rows rows;
    buf_init(out, ROWS_BYTES_MAX);
    if (!db_query(&rows, conn, select,
                  DB_ARGS(db_n(process_key(stream, 0)), db_n(process_key(stream + 1, 0) - 1)), err))
        return false;
    int columns = db_col_count(&rows);
    while (db_next(&rows, err))
        for (int i = 0; i < columns; i++) {
            enum db_type type = db_col_type(&rows, i);
            bytes_add_u64(out, type);
            if (type == DB_I64)
                bytes_add_i64(out, db_col_i64(&rows, i));
            else
                bytes_add_str(out, db_col_blob(&rows, i));
        }
    return db_end(&rows, err) && buf_ok(out, "the rows of a process instance", err);
}

bool store_instance_refold(struct process_instance **out, struct db_conn *conn,
                           const struct store_instance *row,
                           const struct store_processes *processes, bool write_rows,
                           struct arena *arena, struct err *err) {
    struct process_event *events = NULL;
    int64_t *indexes = NULL;
    size_t count = 0;
    const struct bpmn_process *process = NULL;
    struct store_instance head = {.stream = row->stream};
    if (!store_instance_chain(&events, &indexes, &count, conn, row, 1, arena, err))
        return false;
    if (count == 0 || events[0].kind != PROCESS_EVENT_created)
        return err_set(err, ERR_CORRUPT, err_nowhere, "its first event is not its start");
    if (!processes->find(&process, processes->ctx, events[0].n, conn, err))
        return false;
    struct process_instance *p = process_create(arena, process, row->stream);
    for (size_t i = 0; i < count; i++) {
        struct bpmn_records records;
        if (!store_instance_fold(p, conn, &events[i], processes, err))
            return false;
        head.last_event = indexes[i];
        if (write_rows && (!process_records(&records, &events[i], arena, err) ||
                           !store_instance_rows(conn, p, &events[i], &records, &head, arena, err)))
            return false;
        head.wake_us = store_instance_wake_us(p);
    }
    *out = p;
    return true;
}

static bool snapshot_same(bool *same, struct db_conn *conn, const struct store_instance *row,
                          const struct process_instance *p, const struct store_processes *processes,
                          struct arena *arena, struct err *err) {
    struct process_instance *loaded = NULL;
    struct buf a, b;
    if (!store_instance_load(&loaded, conn, row, processes, arena, err))
        return false;
    buf_init(&a, STORE_STATE_BYTES_MAX);
    buf_init(&b, STORE_STATE_BYTES_MAX);
    bool ok = process_encode(&a, loaded, err) && process_encode(&b, p, err);
    *same = ok && str_eq(buf_view(&a), buf_view(&b));
    buf_done(&a);
    buf_done(&b);
    return ok;
}

bool store_instance_compare(struct db_conn *conn, const struct store_instance *row,
                            const struct store_processes *processes, store_report *report,
                            void *ctx, struct arena *arena, struct err *err) {
    struct buf before[COUNT_OF(derived)], after;
    struct process_instance *p = NULL;
    bool same = false, ok = true;
    char line[200];
    for (size_t i = 0; i < COUNT_OF(derived); i++)
        buf_init(&before[i], ROWS_BYTES_MAX);
    for (size_t i = 0; ok && i < COUNT_OF(derived); i++)
        ok = dump(&before[i], conn, derived[i].select, row->stream, err);
    ok = ok && store_instance_drop(conn, row->stream, err) &&
         store_instance_refold(&p, conn, row, processes, true, arena, err) &&
         snapshot_same(&same, conn, row, p, processes, arena, err);
    if (ok && !same) {
        (void)snprintf(line, sizeof line,
                       "the snapshot of process instance %" PRIu64 " differs from its events",
                       row->stream);
        report(ctx, line);
    }
    for (size_t i = 0; i < COUNT_OF(derived); i++) {
        buf_init(&after, ROWS_BYTES_MAX);
        ok = ok && dump(&after, conn, derived[i].select, row->stream, err);
        if (ok && !str_eq(buf_view(&before[i]), buf_view(&after))) {
            (void)snprintf(line, sizeof line,
                           "the rows of process instance %" PRIu64
                           " in table '%s' differ from its events",
                           row->stream, derived[i].name);
            report(ctx, line);
        }
        buf_done(&after);
        buf_done(&before[i]);
    }
    return ok;
}
