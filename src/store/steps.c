/* Where the time of cases and process instances goes. A case's tasks are rows of their own; every
 * other element in which time passes has one in case_element, written from the engine's records:
 * only what is still there when its step has ended, so that a gateway or an event that is passed
 * through costs nothing. */
#include "store/inner.h"
#include "store/process.h"

/* ---- writing --------------------------------------------------------------------------------- */

/* Element instances that these records entered: their ids rise. */
struct entered {
    uint32_t first, count;
    bool *gone; /* by id - first: left or cancelled in the same records */
};

static bool is_gone_kind(const struct bpmn_record *record) {
    return record->kind == BPMN_REC_LEFT || record->kind == BPMN_REC_CANCELLED;
}

static struct entered find_entered(const struct bpmn_records *records, struct arena *arena) {
    struct entered e = {0};
    uint32_t last = 0;
    for (size_t i = 0; i < records->count; i++) {
        if (records->list[i].kind != BPMN_REC_ENTERED)
            continue;
        e.first = e.first == 0 ? records->list[i].instance : e.first;
        last = records->list[i].instance;
    }
    e.count = e.first == 0 ? 0 : last - e.first + 1;
    e.gone = arena_new(arena, bool, e.count);
    for (size_t i = 0; i < records->count; i++) {
        uint32_t id = records->list[i].instance;
        if (is_gone_kind(&records->list[i]) && id >= e.first && id - e.first < e.count)
            e.gone[id - e.first] = true;
    }
    return e;
}

static bool is_new(const struct entered *e, uint32_t id) {
    return id >= e->first && id - e->first < e->count;
}

/* A body stands for all of its rounds; tasks of people are told by their own rows. */
static bool is_counted(const struct bpmn_process *process, const struct bpmn_record *record) {
    return process->nodes[record->node].kind != BPMN_USER_TASK && record->code != BPMN_AS_INNER &&
           record->code != BPMN_AS_SLOT;
}

bool store_element_rows(const struct store_flow *f, const struct bpmn_records *records,
                        struct err *err) {
    struct entered e = find_entered(records, f->arena);
    int64_t id = (int64_t)f->stream;
    for (size_t i = 0; i < records->count; i++) {
        const struct bpmn_record *record = &records->list[i];
        if (record->kind == BPMN_REC_ENTERED && !e.gone[record->instance - e.first] &&
            is_counted(f->process, record) &&
            !db_run(f->conn,
                    "INSERT INTO case_element (case_id, instance, node, started_us, ended_us, "
                    "cancelled) VALUES (?1, ?2, ?3, ?4, 0, 0)",
                    DB_ARGS(db_n(id), db_n(record->instance),
                            db_t(f->process->nodes[record->node].id), db_n(f->at_us)),
                    err))
            return false;
        if (is_gone_kind(record) && !is_new(&e, record->instance) &&
            f->process->nodes[record->node].kind != BPMN_USER_TASK &&
            !db_run(f->conn,
                    "UPDATE case_element SET ended_us = ?3, cancelled = ?4 WHERE case_id = ?1 AND "
                    "instance = ?2",
                    DB_ARGS(db_n(id), db_n(record->instance), db_n(f->at_us),
                            db_n(record->kind == BPMN_REC_CANCELLED)),
                    err))
            return false;
    }
    return true;
}

/* ---- reading --------------------------------------------------------------------------------- */

static bool read_steps(struct store_step *out, size_t room, size_t *count, struct db_conn *conn,
                       const char *sql, const struct store_steps_ask *ask, struct arena *arena,
                       struct err *err) {
    struct db_rows rows;
    if (!db_query(&rows, conn, sql,
                  DB_ARGS(db_t(ask->id), db_n(ask->version), db_n(ask->from_us), db_n(ask->to_us),
                          db_n((int64_t)(room - *count))),
                  err))
        return false;
    while (db_next(&rows, err))
        out[(*count)++] = (struct store_step){.node = arena_str(arena, db_col_text(&rows, 0)),
                                              .organ = arena_str(arena, db_col_text(&rows, 1)),
                                              .created_us = db_col_i64(&rows, 2),
                                              .ended_us = db_col_i64(&rows, 3),
                                              .due_us = db_col_i64(&rows, 4),
                                              .applicant = db_col_i64(&rows, 5) != 0,
                                              .cancelled = db_col_i64(&rows, 6) != 0};
    return db_end(&rows, err);
}

/* Ended in the period, or not yet. */
#define IN_PERIOD(row)                                                                             \
    "(" row ".ended_us = 0 OR (" row ".ended_us >= ?3 AND " row ".ended_us < ?4))"

bool store_steps(struct store_step *out, size_t room, size_t *count_out, struct db_conn *conn,
                 const struct store_steps_ask *ask, struct arena *arena, struct err *err) {
    static const char *const sql[] = {
        "SELECT t.node, t.organ, t.created_us, t.ended_us, t.due_us, t.applicant, t.state = 3 "
        "FROM case_file AS f JOIN task AS t ON t.case_id = f.id "
        "WHERE f.matter = ?1 AND (?2 = 0 OR f.pack_version = ?2) AND " IN_PERIOD(
            "t") " ORDER BY f.id DESC, t.task DESC LIMIT ?5",
        "SELECT e.node, CASE WHEN f.competent = '' THEN f.accepting ELSE f.competent END, "
        "e.started_us, e.ended_us, 0, 0, e.cancelled "
        "FROM case_file AS f JOIN case_element AS e ON e.case_id = f.id "
        "WHERE f.matter = ?1 AND (?2 = 0 OR f.pack_version = ?2) AND " IN_PERIOD(
            "e") " ORDER BY f.id DESC, e.instance DESC LIMIT ?5",
    };
    size_t count = 0;
    for (size_t i = 0; i < COUNT_OF(sql); i++)
        if (!read_steps(out, i == 0 ? room / 2 : room, &count, conn, sql[i], ask, arena, err))
            return false;
    *count_out = count;
    return true;
}

/* What was over at once is left out; an element that runs several times counts once, from the
 * first to the last: what stands in an instance of the same element is a round of it. There is no
 * index by definition, so that starting an instance costs none: the latest instances of all
 * processes are looked through. */
bool store_process_steps(struct store_step *out, size_t room, size_t *count_out,
                         struct db_conn *conn, const struct store_steps_ask *ask,
                         struct arena *arena, struct err *err) {
    static const char sql[] =
        "SELECT p.element, '', e.started_us, e.ended_us, coalesce(u.due_us, 0), 0, "
        "e.state = 'TERMINATED' "
        "FROM (SELECT key, definition FROM process_instance ORDER BY key DESC LIMIT 200000) AS i "
        "JOIN process_definition AS d ON d.key = i.definition AND d.id = ?1 "
        "JOIN element_instance AS e ON e.key > i.key AND e.key < i.key + 16777215 "
        "JOIN process_definition AS v ON v.key = e.definition AND v.id = ?1 AND "
        "(?2 = 0 OR v.version = ?2) "
        "JOIN process_element AS p ON p.definition = e.definition AND p.node = e.node "
        "LEFT JOIN element_instance AS s ON s.key = e.scope "
        "LEFT JOIN user_task AS u ON u.key = e.key "
        "WHERE (e.ended_us = 0 OR e.ended_us > e.started_us) AND " IN_PERIOD(
            "e") " AND (s.key IS NULL OR s.node <> e.node) ORDER BY i.key DESC, e.key DESC LIMIT "
                 "?5";
    *count_out = 0;
    return read_steps(out, room, count_out, conn, sql, ask, arena, err);
}

bool store_process_versions(struct store_version *out, size_t room, size_t *count_out,
                            struct db_conn *conn, struct str id, struct arena *arena,
                            struct err *err) {
    struct db_rows rows;
    *count_out = 0;
    if (!db_query(&rows, conn,
                  "SELECT d.version, d.version_tag, d.at_us, d.name, d.resource FROM "
                  "process_definition AS d WHERE d.id = ?1 ORDER BY d.version DESC LIMIT ?2",
                  DB_ARGS(db_t(id), db_n((int64_t)room)), err))
        return false;
    while (db_next(&rows, err))
        out[(*count_out)++] =
            (struct store_version){.version = db_col_i64(&rows, 0),
                                   .tag = arena_str(arena, db_col_text(&rows, 1)),
                                   .at_us = db_col_i64(&rows, 2),
                                   .name = arena_str(arena, db_col_text(&rows, 3)),
                                   .resource = db_col_i64(&rows, 4)};
    return db_end(&rows, err);
}

bool store_process_names(struct store_version *out, size_t room, size_t *count_out,
                         struct db_conn *conn, struct arena *arena, struct err *err) {
    struct db_rows rows;
    *count_out = 0;
    if (!db_query(&rows, conn,
                  "SELECT id, name FROM process_definition WHERE latest = 1 ORDER BY id LIMIT ?1",
                  DB_ARGS(db_n((int64_t)room)), err))
        return false;
    while (db_next(&rows, err))
        out[(*count_out)++] =
            (struct store_version){.id = arena_str(arena, db_col_text(&rows, 0)),
                                   .name = arena_str(arena, db_col_text(&rows, 1))};
    return db_end(&rows, err);
}
