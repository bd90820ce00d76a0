/* Rows for the desks and pages. Each list reads along one index, so its cost is its length. */
#include "store/inner.h"

enum { TAIL = STORE_CASE_COLUMN_COUNT }; /* the columns after the header's */

static void task_read(struct store_task *out, const struct db_rows *rows, struct arena *arena) {
    store_case_row_read(&out->file, rows, arena);
    out->task = (uint64_t)db_col_i64(rows, TAIL);
    out->node = arena_str(arena, db_col_text(rows, TAIL + 1));
    out->organ = arena_str(arena, db_col_text(rows, TAIL + 2));
    out->post = arena_str(arena, db_col_text(rows, TAIL + 3));
    out->outcome = arena_str(arena, db_col_text(rows, TAIL + 4));
    out->state = (enum case_task_state)db_col_i64(rows, TAIL + 5);
    out->account = (uint64_t)db_col_i64(rows, TAIL + 6);
    out->created_us = db_col_i64(rows, TAIL + 7);
    out->due_us = db_col_i64(rows, TAIL + 8);
    out->ended_us = db_col_i64(rows, TAIL + 9);
    out->applicant = db_col_i64(rows, TAIL + 10) != 0;
}

#define TASK_COLUMNS                                                                               \
    STORE_CASE_COLUMNS ", t.task, t.node, t.organ, t.post, t.outcome, t.state, t.account, "        \
                       "t.created_us, t.due_us, t.ended_us, t.applicant"

bool store_tasks(struct store_task *out, size_t room, size_t *count_out, struct db_conn *conn,
                 struct str organ, struct str post, const struct store_task_after *after,
                 struct arena *arena, struct err *err) {
    /* A task without a due time comes last: the index has those first, so there are two passes. */
    static const char *const passes[] = {
        "SELECT " TASK_COLUMNS " FROM task AS t JOIN case_file AS f ON f.id = t.case_id "
        "WHERE t.waiting = 1 AND t.organ = ?1 AND t.post = ?2 AND t.due_us > 0 AND "
        "(t.due_us, t.case_id, t.task) > (?3, ?4, ?5) ORDER BY t.due_us, t.case_id, t.task "
        "LIMIT ?6",
        "SELECT " TASK_COLUMNS " FROM task AS t JOIN case_file AS f ON f.id = t.case_id "
        "WHERE t.waiting = 1 AND t.organ = ?1 AND t.post = ?2 AND t.due_us = 0 AND "
        "(t.due_us, t.case_id, t.task) > (?3, ?4, ?5) ORDER BY t.due_us, t.case_id, t.task "
        "LIMIT ?6"};
    size_t count = 0;
    for (size_t pass = after->due_us == 0 && after->case_id > 0 ? 1 : 0; pass < 2; pass++) {
        bool first = after->case_id == 0 || (pass == 1 && after->due_us > 0);
        struct db_rows rows;
        if (!db_query(&rows, conn, passes[pass],
                      DB_ARGS(db_t(organ), db_t(post), db_n(first ? 0 : after->due_us),
                              db_n(first ? 0 : (int64_t)after->case_id),
                              db_n(first ? 0 : (int64_t)after->task),
                              db_n((int64_t)(room - count))),
                      err))
            return false;
        while (db_next(&rows, err))
            task_read(&out[count++], &rows, arena);
        if (!db_end(&rows, err))
            return false;
    }
    *count_out = count;
    return true;
}

bool store_task_by_id(struct store_task *out, struct db_conn *conn, struct case_id id,
                      uint64_t task, struct arena *arena, struct err *err) {
    struct db_rows rows;
    if (!db_query(&rows, conn,
                  "SELECT " TASK_COLUMNS " FROM task AS t JOIN case_file AS f ON f.id = t.case_id "
                  "WHERE t.case_id = ?1 AND t.task = ?2",
                  DB_ARGS(db_n((int64_t)id.n), db_n((int64_t)task)), err))
        return false;
    if (db_next(&rows, err))
        task_read(out, &rows, arena);
    else if (err->code == ERR_NONE)
        (void)err_set(err, ERR_NOT_FOUND, err_nowhere, "there is no such task");
    return db_end(&rows, err);
}

bool store_clocks(struct store_clock *out, size_t room, size_t *count_out, struct db_conn *conn,
                  struct str organ, enum store_shown shown, struct arena *arena, struct err *err) {
    struct db_rows rows;
    size_t count = 0;
    if (!db_query(&rows, conn,
                  "SELECT " STORE_CASE_COLUMNS
                  ", k.clock, k.organ, k.post, k.supervisor, k.shown, k.due_us, k.suspended_us, "
                  "k.extended FROM clock AS k JOIN case_file AS f ON f.id = k.case_id "
                  "WHERE k.shown > 0 AND k.shown = ?1 AND k.organ = ?2 ORDER BY k.due_us LIMIT ?3",
                  DB_ARGS(db_n(shown), db_t(organ), db_n((int64_t)room)), err))
        return false;
    while (db_next(&rows, err)) {
        struct store_clock *clock = &out[count++];
        store_case_row_read(&clock->file, &rows, arena);
        clock->clock = arena_str(arena, db_col_text(&rows, TAIL));
        clock->organ = arena_str(arena, db_col_text(&rows, TAIL + 1));
        clock->post = arena_str(arena, db_col_text(&rows, TAIL + 2));
        clock->supervisor = arena_str(arena, db_col_text(&rows, TAIL + 3));
        clock->shown = (enum store_shown)db_col_i64(&rows, TAIL + 4);
        clock->due_us = db_col_i64(&rows, TAIL + 5);
        clock->suspended_us = db_col_i64(&rows, TAIL + 6);
        clock->extended = db_col_i64(&rows, TAIL + 7) != 0;
    }
    *count_out = count;
    return db_end(&rows, err);
}

bool store_cases_closed(struct store_closed *out, size_t room, size_t *count_out,
                        struct db_conn *conn, struct case_id after, struct arena *arena,
                        struct err *err) {
    struct db_rows rows;
    size_t count = 0;
    if (!db_query(&rows, conn,
                  "SELECT id, pack_version, closed_us, matter FROM case_file "
                  "WHERE id > ?1 AND closed_us > 0 ORDER BY id LIMIT ?2",
                  DB_ARGS(db_n((int64_t)after.n), db_n((int64_t)room)), err))
        return false;
    while (db_next(&rows, err))
        out[count++] = (struct store_closed){
            .id = {(uint64_t)db_col_i64(&rows, 0)},
            .pack_version = db_col_i64(&rows, 1),
            .closed_us = db_col_i64(&rows, 2),
            .matter = arena_str(arena, db_col_text(&rows, 3)),
        };
    *count_out = count;
    return db_end(&rows, err);
}

bool store_letter_by_code(struct store_letter *out, struct db_conn *conn, struct str verify_code,
                          struct arena *arena, struct err *err) {
    struct db_rows rows;
    if (!db_query(&rows, conn,
                  "SELECT " STORE_CASE_COLUMNS
                  ", l.n, l.event, l.letter, l.number, l.organ, l.verify_code, l.adverse, l.at_us "
                  "FROM letter AS l JOIN case_file AS f ON f.id = l.case_id "
                  "WHERE l.verify_code = ?1 LIMIT 1",
                  DB_ARGS(db_t(verify_code)), err))
        return false;
    if (db_next(&rows, err)) {
        store_case_row_read(&out->file, &rows, arena);
        out->n = (uint64_t)db_col_i64(&rows, TAIL);
        out->event = (uint64_t)db_col_i64(&rows, TAIL + 1);
        out->letter = arena_str(arena, db_col_text(&rows, TAIL + 2));
        out->number = arena_str(arena, db_col_text(&rows, TAIL + 3));
        out->organ = arena_str(arena, db_col_text(&rows, TAIL + 4));
        out->verify_code = arena_str(arena, db_col_text(&rows, TAIL + 5));
        out->adverse = db_col_i64(&rows, TAIL + 6) != 0;
        out->at_us = db_col_i64(&rows, TAIL + 7);
    } else if (err->code == ERR_NONE) {
        (void)err_set(err, ERR_NOT_FOUND, err_nowhere, "there is no such letter");
    }
    return db_end(&rows, err);
}

bool store_letter_event(struct case_event *out, struct db_conn *conn, const struct store_case *row,
                        uint64_t n, struct arena *arena, struct err *err) {
    int64_t log_index = -1, seq = 0;
    const struct db_value of_case = db_n((int64_t)row->id.n);
    if (!db_get_i64(&log_index, conn, "SELECT event FROM letter WHERE case_id = ?1 AND n = ?2",
                    DB_ARGS(of_case, db_n((int64_t)n)), err))
        return false;
    if (log_index < 0)
        return err_set(err, ERR_NOT_FOUND, err_nowhere, "there is no such letter");
    if (!db_get_i64(&seq, conn, "SELECT case_seq FROM event WHERE seq = ?1 AND case_id = ?2",
                    DB_ARGS(db_n(log_index), of_case), err))
        return false;
    struct store_case at = *row; /* the chain as it was when the letter was its last event */
    at.event_count = (uint64_t)seq;
    at.last_event = (uint64_t)log_index;
    struct case_event *events = NULL;
    size_t count = 0;
    if (seq < 1 || !store_case_events(&events, NULL, &count, conn, &at, at.event_count, arena, err))
        return err->code != ERR_NONE
                   ? false
                   : err_set(err, ERR_CORRUPT, err_nowhere, "the event of a letter is missing");
    *out = events[0];
    return true;
}

bool store_cases_of_parent(struct store_case *out, size_t room, size_t *count_out,
                           struct db_conn *conn, struct str parent, struct arena *arena,
                           struct err *err) {
    struct db_rows rows;
    size_t count = 0;
    if (!db_query(&rows, conn,
                  "SELECT " STORE_CASE_COLUMNS
                  " FROM case_file AS f WHERE f.parent <> '' AND f.parent = ?1 ORDER BY f.id "
                  "LIMIT ?2",
                  DB_ARGS(db_t(parent), db_n((int64_t)room)), err))
        return false;
    while (db_next(&rows, err))
        store_case_row_read(&out[count++], &rows, arena);
    *count_out = count;
    return db_end(&rows, err);
}

static const int64_t SAME_LOOK_US = INT64_C(3600) * 1000000;

bool store_look_known(bool *known, struct db_conn *conn, struct case_id id,
                      const struct store_look *look, int64_t now_us, struct err *err) {
    int64_t same = 0;
    if (!db_get_i64(&same, conn,
                    "SELECT 1 FROM access_look WHERE case_id = ?1 AND account = ?2 AND organ = ?3 "
                    "AND post = ?4 AND purpose = ?5 AND at_us > ?6 LIMIT 1",
                    DB_ARGS(db_n((int64_t)id.n), db_n((int64_t)look->account), db_t(look->organ),
                            db_t(look->post), db_t(look->purpose), db_n(now_us - SAME_LOOK_US)),
                    err))
        return false;
    *known = same != 0;
    return true;
}

bool store_look_add(struct store_tx *tx, struct case_id id, const struct store_look *look,
                    struct err *err) {
    bool known = false;
    const struct db_value of_case = db_n((int64_t)id.n);
    if (!store_look_known(&known, tx->conn, id, look, tx->now_us, err))
        return false;
    if (known)
        return true;
    return db_run(tx->conn,
                  "INSERT INTO access_look (case_id, n, at_us, account, organ, post, purpose) "
                  "VALUES (?1, (SELECT coalesce(max(n), 0) + 1 FROM access_look WHERE case_id = "
                  "?1), ?2, ?3, ?4, ?5, ?6)",
                  DB_ARGS(of_case, db_n(tx->now_us), db_n((int64_t)look->account),
                          db_t(look->organ), db_t(look->post), db_t(look->purpose)),
                  err);
}

bool store_looks(struct store_look **out, size_t *count_out, struct db_conn *conn,
                 struct case_id id, struct arena *arena, struct err *err) {
    struct db_rows rows;
    int64_t room = 0;
    size_t count = 0;
    const struct db_value of_case = db_n((int64_t)id.n);
    if (!db_get_i64(&room, conn, "SELECT count(*) FROM access_look WHERE case_id = ?1",
                    DB_ARGS(of_case), err))
        return false;
    struct store_look *list = arena_new(arena, struct store_look, (size_t)room);
    if (!db_query(&rows, conn,
                  "SELECT n, account, at_us, organ, post, purpose FROM access_look WHERE case_id = "
                  "?1 ORDER BY n LIMIT ?2",
                  DB_ARGS(of_case, db_n(room)), err))
        return false;
    while (db_next(&rows, err))
        list[count++] = (struct store_look){
            .n = (uint64_t)db_col_i64(&rows, 0),
            .account = (uint64_t)db_col_i64(&rows, 1),
            .at_us = db_col_i64(&rows, 2),
            .organ = arena_str(arena, db_col_text(&rows, 3)),
            .post = arena_str(arena, db_col_text(&rows, 4)),
            .purpose = arena_str(arena, db_col_text(&rows, 5)),
        };
    *out = list;
    *count_out = count;
    return db_end(&rows, err);
}
