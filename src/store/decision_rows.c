/* The history of decisions: one row for each table or expression that an evaluation went through.
 */
#include "store/inner.h"
#include "store/process.h"
#include "json/json.h"

enum { STEPS_MAX = 10000000, BYTES_MAX = 64 << 20 };

static struct str json_text_of(const struct json *node, struct arena *arena) {
    struct buf text;
    if (node == NULL)
        return STR_NONE;
    buf_init(&text, BYTES_MAX);
    json_write(&text, node, JSON_COMPACT);
    struct str out = arena_str(arena, buf_view(&text));
    buf_done(&text);
    return out;
}

struct definition {
    int64_t key, version;
};

static bool definition_of(struct definition *out, struct db_conn *conn, int64_t requirements,
                          struct str id, struct err *err) {
    struct db_rows rows;
    *out = (struct definition){0, 0};
    if (!db_query(
            &rows, conn,
            "SELECT key, version FROM decision_definition WHERE id = ?2 AND requirements = ?1",
            DB_ARGS(db_n(requirements), db_t(id)), err))
        return false;
    if (db_next(&rows, err))
        *out = (struct definition){db_col_i64(&rows, 0), db_col_i64(&rows, 1)};
    return db_end(&rows, err);
}

static bool step_insert(struct db_conn *conn, const struct store_evaluated *e,
                        const struct json *step, size_t n, bool last, int64_t requirements,
                        struct arena *arena, struct err *err) {
    struct definition definition;
    struct str id = json_get_text(step, STR("decision"));
    struct str name = json_get_text(step, STR("name"));
    struct str failure = last ? e->failure : STR_NONE;
    bool table = json_is_true(json_get(step, STR("table")));
    id = id.len > 0 ? id : name; /* as it was deployed */
    if (!definition_of(&definition, conn, requirements, id, err))
        return false;
    return db_run(
        conn,
        "INSERT INTO decision_instance (evaluation, n, definition, id, name, version, "
        "requirements, type, state, process, element_key, output, failure, inputs, rules, at_us) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
        DB_ARGS(db_n(e->key), db_n((int64_t)n), db_n(definition.key), db_t(id), db_t(name),
                db_n(definition.version), db_n(requirements),
                db_t(table ? STR("DECISION_TABLE") : STR("LITERAL_EXPRESSION")),
                db_t(failure.len > 0 ? STR("FAILED") : STR("EVALUATED")), db_n(e->process),
                db_n(e->element_key), db_t(json_text_of(json_get(step, STR("output")), arena)),
                db_t(failure), db_t(json_text_of(json_get(step, STR("inputs")), arena)),
                db_t(json_text_of(json_get(step, STR("rules")), arena)), db_n(e->at_us)),
        err);
}

bool store_decision_rows(struct db_conn *conn, const struct store_evaluated *evaluated,
                         struct arena *arena, struct err *err) {
    const struct json *trace;
    struct budget budget = budget_of(STEPS_MAX, BYTES_MAX);
    int64_t requirements = 0;
    if (!json_read(&trace, evaluated->trace, "trace", arena, &budget, err))
        return false;
    (void)!json_to_i64(&requirements, json_get(trace, STR("requirements")));
    const struct json *steps = json_get(trace, STR("steps"));
    for (size_t i = 0; i < json_count(steps); i++)
        if (!step_insert(conn, evaluated, json_item(steps, i), i + 1, i + 1 == json_count(steps),
                         requirements, arena, err))
            return false;
    return true;
}
