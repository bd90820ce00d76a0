/* Deployed files and what is in them. Nothing is ever changed in place but the marks `latest` and
 * `deleted_us`: a running instance stays on the definition that it began with. */
#include "store/definition.h"

#include "store/inner.h"

static const char *const kinds[] = {"bpmn", "dmn", "form", "other"};
static const char *const bindings[] = {[BPMN_BINDING_LATEST] = "latest",
                                       [BPMN_BINDING_DEPLOYMENT] = "deployment",
                                       [BPMN_BINDING_VERSION_TAG] = "versionTag"};

/* ---- processes and requirements: the same columns ----------------------------------------------
 */

static bool definition_read(struct store_definition *out, struct db_rows *rows, struct arena *a,
                            struct err *err) {
    *out = (struct store_definition){0};
    if (db_next(rows, err))
        *out = (struct store_definition){
            .key = db_col_i64(rows, 0),
            .version = db_col_i64(rows, 1),
            .deployment = db_col_i64(rows, 2),
            .resource = db_col_i64(rows, 3),
            .id = arena_str(a, db_col_text(rows, 4)),
            .name = arena_str(a, db_col_text(rows, 5)),
            .version_tag = arena_str(a, db_col_text(rows, 6)),
            .resource_name = arena_str(a, db_col_text(rows, 7)),
            .sha256 = arena_str(a, db_col_blob(rows, 8)),
            .start_form = arena_str(a, db_col_text(rows, 9)),
            .deleted = db_col_i64(rows, 10) != 0,
        };
    return db_end(rows, err);
}

#define PROCESS_COLUMNS                                                                            \
    "SELECT d.key, d.version, d.deployment, d.resource, d.id, d.name, d.version_tag, "             \
    "d.resource_name, d.sha256, d.start_form, d.deleted_us FROM process_definition AS d "
#define REQUIREMENTS_COLUMNS                                                                       \
    "SELECT d.key, d.version, d.deployment, d.resource, d.id, d.name, '', d.resource_name, "       \
    "d.sha256, '', d.deleted_us FROM requirements_definition AS d "

bool store_process_by_key(struct store_definition *out, struct db_conn *conn, int64_t key,
                          struct arena *arena, struct err *err) {
    struct db_rows rows;
    return db_query(&rows, conn, PROCESS_COLUMNS "WHERE d.key = ?1", DB_ARGS(db_n(key)), err) &&
           definition_read(out, &rows, arena, err);
}

bool store_process_by_version(struct store_definition *out, struct db_conn *conn, struct str id,
                              int64_t version, struct arena *arena, struct err *err) {
    struct db_rows rows;
    return db_query(&rows, conn,
                    PROCESS_COLUMNS "WHERE d.id = ?1 AND d.version = ?2 AND d.deleted_us = 0",
                    DB_ARGS(db_t(id), db_n(version)), err) &&
           definition_read(out, &rows, arena, err);
}

bool store_process_bound(struct store_definition *out, struct db_conn *conn, struct str id,
                         const struct store_bound *bound, struct arena *arena, struct err *err) {
    static const char *const finds[] = {
        [BPMN_BINDING_LATEST] = PROCESS_COLUMNS
        "WHERE d.id = ?1 AND d.deleted_us = 0 AND ?2 IS NOT NULL AND ?3 IS NOT NULL ORDER BY "
        "d.version DESC LIMIT 1",
        [BPMN_BINDING_DEPLOYMENT] = PROCESS_COLUMNS
        "JOIN deployed AS p ON p.key = d.key WHERE p.deployment = ?2 AND p.kind = 'process' AND "
        "p.id = ?1 AND d.deleted_us = 0 AND ?3 IS NOT NULL",
        [BPMN_BINDING_VERSION_TAG] = PROCESS_COLUMNS
        "WHERE d.id = ?1 AND d.version_tag = ?3 AND d.deleted_us = 0 AND ?2 IS NOT NULL ORDER BY "
        "d.version DESC LIMIT 1",
    };
    struct db_rows rows;
    return db_query(&rows, conn, finds[bound->binding],
                    DB_ARGS(db_t(id), db_n(bound->deployment), db_t(bound->version_tag)), err) &&
           definition_read(out, &rows, arena, err);
}

bool store_process_last(struct store_definition *out, struct db_conn *conn, struct str id,
                        struct arena *arena, struct err *err) {
    struct db_rows rows;
    return db_query(&rows, conn, PROCESS_COLUMNS "WHERE d.id = ?1 ORDER BY d.version DESC LIMIT 1",
                    DB_ARGS(db_t(id)), err) &&
           definition_read(out, &rows, arena, err);
}

bool store_requirements_by_key(struct store_definition *out, struct db_conn *conn, int64_t key,
                               struct arena *arena, struct err *err) {
    struct db_rows rows;
    return db_query(&rows, conn, REQUIREMENTS_COLUMNS "WHERE d.key = ?1", DB_ARGS(db_n(key)),
                    err) &&
           definition_read(out, &rows, arena, err);
}

bool store_requirements_last(struct store_definition *out, struct db_conn *conn, struct str id,
                             struct arena *arena, struct err *err) {
    struct db_rows rows;
    return db_query(&rows, conn,
                    REQUIREMENTS_COLUMNS "WHERE d.id = ?1 ORDER BY d.version DESC LIMIT 1",
                    DB_ARGS(db_t(id)), err) &&
           definition_read(out, &rows, arena, err);
}

static bool elements_put(struct store_tx *tx, int64_t key, const struct bpmn_process *process,
                         struct err *err) {
    for (size_t i = 0; i < process->node_count; i++) {
        const struct bpmn_node *node = &process->nodes[i];
        if (!db_run(tx->conn,
                    "INSERT INTO process_element (definition, node, element, name, type) VALUES "
                    "(?1, ?2, ?3, ?4, ?5)",
                    DB_ARGS(db_n(key), db_n((int64_t)i), db_t(i == 0 ? process->id : node->id),
                            db_t(bpmn_label(node, LANG_zh)),
                            db_t(str_from(store_element_type(node)))),
                    err))
            return false;
    }
    return true;
}

bool store_process_put(struct store_tx *tx, const struct store_definition *d,
                       const struct bpmn_process *process, struct err *err) {
    return db_run(tx->conn, "UPDATE process_definition SET latest = 0 WHERE id = ?1 AND latest = 1",
                  DB_ARGS(db_t(d->id)), err) &&
           db_run(
               tx->conn,
               "INSERT INTO process_definition (key, id, version, version_tag, name, deployment, "
               "resource, resource_name, sha256, latest, start_form, start_binding, start_tag, "
               "at_us, deleted_us) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 1, ?10, ?11, ?12, "
               "?13, 0)",
               DB_ARGS(db_n(d->key), db_t(d->id), db_n(d->version), db_t(d->version_tag),
                       db_t(d->name), db_n(d->deployment), db_n(d->resource),
                       db_t(d->resource_name), db_b(d->sha256), db_t(d->start_form),
                       db_t(str_from(bindings[d->start_bound.binding])),
                       db_t(d->start_bound.version_tag), db_n(tx->now_us)),
               err) &&
           elements_put(tx, d->key, process, err);
}

bool store_requirements_put(struct store_tx *tx, const struct store_definition *d,
                            struct err *err) {
    return db_run(tx->conn,
                  "INSERT INTO requirements_definition (key, id, name, version, deployment, "
                  "resource, resource_name, sha256, at_us, deleted_us) VALUES (?1, ?2, ?3, ?4, ?5, "
                  "?6, ?7, ?8, ?9, 0)",
                  DB_ARGS(db_n(d->key), db_t(d->id), db_t(d->name), db_n(d->version),
                          db_n(d->deployment), db_n(d->resource), db_t(d->resource_name),
                          db_b(d->sha256), db_n(tx->now_us)),
                  err);
}

/* ---- decisions ------------------------------------------------------------------------------- */

#define DECISION_COLUMNS                                                                           \
    "SELECT d.key, d.version, d.requirements, d.deployment, d.id, d.name, d.version_tag FROM "     \
    "decision_definition AS d "

static bool decision_read(struct store_decision *out, struct db_rows *rows, struct arena *a,
                          struct err *err) {
    *out = (struct store_decision){0};
    if (db_next(rows, err))
        *out = (struct store_decision){
            .key = db_col_i64(rows, 0),
            .version = db_col_i64(rows, 1),
            .requirements = db_col_i64(rows, 2),
            .deployment = db_col_i64(rows, 3),
            .id = arena_str(a, db_col_text(rows, 4)),
            .name = arena_str(a, db_col_text(rows, 5)),
            .version_tag = arena_str(a, db_col_text(rows, 6)),
        };
    return db_end(rows, err);
}

bool store_decision_by_key(struct store_decision *out, struct db_conn *conn, int64_t key,
                           struct arena *arena, struct err *err) {
    struct db_rows rows;
    return db_query(&rows, conn, DECISION_COLUMNS "WHERE d.key = ?1 AND d.deleted_us = 0",
                    DB_ARGS(db_n(key)), err) &&
           decision_read(out, &rows, arena, err);
}

bool store_decision_bound(struct store_decision *out, struct db_conn *conn, struct str id,
                          const struct store_bound *bound, struct arena *arena, struct err *err) {
    static const char *const finds[] = {
        [BPMN_BINDING_LATEST] = DECISION_COLUMNS
        "WHERE d.id = ?1 AND d.deleted_us = 0 AND ?2 IS NOT NULL AND ?3 IS NOT NULL ORDER BY "
        "d.version DESC LIMIT 1",
        [BPMN_BINDING_DEPLOYMENT] = DECISION_COLUMNS
        "JOIN deployed AS p ON p.key = d.key WHERE p.deployment = ?2 AND p.kind = 'decision' AND "
        "p.id = ?1 AND d.deleted_us = 0 AND ?3 IS NOT NULL",
        [BPMN_BINDING_VERSION_TAG] = DECISION_COLUMNS
        "WHERE d.id = ?1 AND d.version_tag = ?3 AND d.deleted_us = 0 AND ?2 IS NOT NULL ORDER BY "
        "d.version DESC LIMIT 1",
    };
    struct db_rows rows;
    return db_query(&rows, conn, finds[bound->binding],
                    DB_ARGS(db_t(id), db_n(bound->deployment), db_t(bound->version_tag)), err) &&
           decision_read(out, &rows, arena, err);
}

bool store_decision_in(struct store_decision *out, struct db_conn *conn, int64_t requirements,
                       struct str id, struct arena *arena, struct err *err) {
    struct db_rows rows;
    return db_query(&rows, conn, DECISION_COLUMNS "WHERE d.id = ?2 AND d.requirements = ?1",
                    DB_ARGS(db_n(requirements), db_t(id)), err) &&
           decision_read(out, &rows, arena, err);
}

bool store_decision_last(struct store_decision *out, struct db_conn *conn, struct str id,
                         struct arena *arena, struct err *err) {
    struct db_rows rows;
    return db_query(&rows, conn, DECISION_COLUMNS "WHERE d.id = ?1 ORDER BY d.version DESC LIMIT 1",
                    DB_ARGS(db_t(id)), err) &&
           decision_read(out, &rows, arena, err);
}

bool store_decision_put(struct store_tx *tx, const struct store_decision *d, struct err *err) {
    return db_run(tx->conn,
                  "INSERT INTO decision_definition (key, id, name, version, version_tag, "
                  "requirements, deployment, at_us, deleted_us) VALUES (?1, ?2, ?3, ?4, ?5, ?6, "
                  "?7, ?8, 0)",
                  DB_ARGS(db_n(d->key), db_t(d->id), db_t(d->name), db_n(d->version),
                          db_t(d->version_tag), db_n(d->requirements), db_n(d->deployment),
                          db_n(tx->now_us)),
                  err);
}

/* ---- files ----------------------------------------------------------------------------------- */

static enum store_resource_kind kind_of(struct str name) {
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (str_eq(name, str_from(kinds[i])))
            return (enum store_resource_kind)i;
    return STORE_RESOURCE_OTHER;
}

static bool resource_read(struct store_resource *out, struct db_rows *rows, bool bytes,
                          struct arena *a, struct err *err) {
    *out = (struct store_resource){0};
    if (db_next(rows, err))
        *out = (struct store_resource){
            .key = db_col_i64(rows, 0),
            .deployment = db_col_i64(rows, 1),
            .version = db_col_i64(rows, 2),
            .kind = kind_of(db_col_text(rows, 3)),
            .name = arena_str(a, db_col_text(rows, 4)),
            .id = arena_str(a, db_col_text(rows, 5)),
            .version_tag = arena_str(a, db_col_text(rows, 6)),
            .sha256 = arena_str(a, db_col_blob(rows, 7)),
            .deleted = db_col_i64(rows, 8) != 0,
            .bytes = bytes ? arena_str(a, db_col_blob(rows, 9)) : STR_NONE,
        };
    return db_end(rows, err);
}

#define RESOURCE_COLUMNS                                                                           \
    "SELECT r.key, r.deployment, r.version, r.kind, r.name, r.id, r.version_tag, r.sha256, "       \
    "r.deleted_us"

bool store_resource_bound(struct store_resource *out, struct db_conn *conn,
                          enum store_resource_kind kind, struct str id,
                          const struct store_bound *bound, struct arena *arena, struct err *err) {
    static const char *const finds[] = {
        [BPMN_BINDING_LATEST] = RESOURCE_COLUMNS
        " FROM resource AS r WHERE r.kind = ?1 AND r.id = ?2 AND r.id <> '' AND r.deleted_us = 0 "
        "AND ?3 IS NOT NULL AND ?4 IS NOT NULL ORDER BY r.version DESC LIMIT 1",
        [BPMN_BINDING_DEPLOYMENT] = RESOURCE_COLUMNS
        " FROM deployed AS p JOIN resource AS r ON r.key = p.key WHERE p.deployment = ?3 AND "
        "r.kind = ?1 AND r.id = ?2 AND r.id <> '' AND r.deleted_us = 0 AND ?4 IS NOT NULL",
        [BPMN_BINDING_VERSION_TAG] = RESOURCE_COLUMNS
        " FROM resource AS r WHERE r.kind = ?1 AND r.id = ?2 AND r.id <> '' AND r.version_tag = ?4 "
        "AND r.deleted_us = 0 AND ?3 IS NOT NULL ORDER BY r.version DESC LIMIT 1",
    };
    struct db_rows rows;
    return db_query(&rows, conn, finds[bound->binding],
                    DB_ARGS(db_t(str_from(kinds[kind])), db_t(id), db_n(bound->deployment),
                            db_t(bound->version_tag)),
                    err) &&
           resource_read(out, &rows, false, arena, err);
}

bool store_resource_get(struct store_resource *out, struct db_conn *conn, int64_t key,
                        struct arena *arena, struct err *err) {
    struct db_rows rows;
    return db_query(&rows, conn, RESOURCE_COLUMNS ", r.bytes FROM resource AS r WHERE r.key = ?1",
                    DB_ARGS(db_n(key)), err) &&
           resource_read(out, &rows, true, arena, err);
}

bool store_import_get(struct store_resource *out, struct db_conn *conn, int64_t requirements,
                      struct str ns, struct arena *arena, struct err *err) {
    struct db_rows rows;
    return db_query(&rows, conn,
                    RESOURCE_COLUMNS ", r.bytes FROM requirements_import AS i JOIN resource AS r "
                                     "ON r.key = i.resource WHERE i.requirements = ?1 AND "
                                     "i.namespace = ?2",
                    DB_ARGS(db_n(requirements), db_t(ns)), err) &&
           resource_read(out, &rows, true, arena, err);
}

bool store_import_put(struct store_tx *tx, int64_t requirements, struct str ns, int64_t resource,
                      struct err *err) {
    return db_run(tx->conn,
                  "INSERT INTO requirements_import (requirements, namespace, resource) VALUES "
                  "(?1, ?2, ?3)",
                  DB_ARGS(db_n(requirements), db_t(ns), db_n(resource)), err);
}

bool store_resource_last(struct store_resource *out, struct db_conn *conn,
                         enum store_resource_kind kind, struct str id, struct arena *arena,
                         struct err *err) {
    struct db_rows rows;
    return db_query(&rows, conn,
                    RESOURCE_COLUMNS " FROM resource AS r WHERE r.kind = ?1 AND r.id = ?2 AND "
                                     "r.id <> '' ORDER BY r.version DESC LIMIT 1",
                    DB_ARGS(db_t(str_from(kinds[kind])), db_t(id)), err) &&
           resource_read(out, &rows, false, arena, err);
}

bool store_resource_put(struct store_tx *tx, const struct store_resource *r, struct err *err) {
    return db_run(tx->conn,
                  "INSERT INTO resource (key, deployment, name, kind, id, version, version_tag, "
                  "sha256, bytes, at_us, deleted_us) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, "
                  "?10, 0)",
                  DB_ARGS(db_n(r->key), db_n(r->deployment), db_t(r->name),
                          db_t(str_from(kinds[r->kind])), db_t(r->id), db_n(r->version),
                          db_t(r->version_tag), db_b(r->sha256), db_b(r->bytes), db_n(tx->now_us)),
                  err);
}

bool store_deployment_put(struct store_tx *tx, int64_t key, uint64_t account, struct err *err) {
    return db_run(tx->conn, "INSERT INTO deployment (key, account, at_us) VALUES (?1, ?2, ?3)",
                  DB_ARGS(db_n(key), db_n((int64_t)account), db_n(tx->now_us)), err);
}

bool store_deployed_put(struct store_tx *tx, int64_t deployment, uint32_t n, const char *kind,
                        int64_t key, struct str id, struct err *err) {
    return db_run(
        tx->conn, "INSERT INTO deployed (deployment, n, kind, key, id) VALUES (?1, ?2, ?3, ?4, ?5)",
        DB_ARGS(db_n(deployment), db_n(n), db_t(str_from(kind)), db_n(key), db_t(id)), err);
}

/* ---- deleting -------------------------------------------------------------------------------- */

static bool newest_again(int64_t *newest_out, struct store_tx *tx, int64_t key, struct err *err) {
    if (!db_get_i64(newest_out, tx->conn,
                    "SELECT key FROM process_definition WHERE id = (SELECT id FROM "
                    "process_definition WHERE key = ?1) AND deleted_us = 0 ORDER BY version DESC "
                    "LIMIT 1",
                    DB_ARGS(db_n(key)), err))
        return false;
    return db_run(tx->conn, "UPDATE process_definition SET latest = 0 WHERE key = ?1",
                  DB_ARGS(db_n(key)), err) &&
           db_run(tx->conn, "UPDATE process_definition SET latest = 1 WHERE key = ?1",
                  DB_ARGS(db_n(*newest_out)), err);
}

bool store_definition_delete(bool *found, int64_t *newest_out, struct store_tx *tx, int64_t key,
                             struct err *err) {
    static const char *const deletes[] = {
        "UPDATE process_definition SET deleted_us = ?2 WHERE key = ?1 AND deleted_us = 0",
        "UPDATE requirements_definition SET deleted_us = ?2 WHERE key = ?1 AND deleted_us = 0",
        ("UPDATE decision_definition SET deleted_us = ?2 WHERE (key = ?1 OR requirements = ?1) "
         "AND deleted_us = 0"),
        "UPDATE resource SET deleted_us = ?2 WHERE key = ?1 AND deleted_us = 0",
    };
    *found = false;
    *newest_out = 0;
    for (size_t i = 0; i < COUNT_OF(deletes); i++) {
        if (!db_run(tx->conn, deletes[i], DB_ARGS(db_n(key), db_n(tx->now_us)), err))
            return false;
        bool here = db_changed(tx->conn) > 0;
        if (here && i == 0 && !newest_again(newest_out, tx, key, err))
            return false;
        *found = *found || here;
    }
    return true;
}

bool store_definition_running(int64_t *count_out, struct db_conn *conn, int64_t key,
                              struct err *err) {
    return db_get_i64(
        count_out, conn,
        "SELECT count(*) FROM process_instance WHERE definition = ?1 AND ended_us = 0",
        DB_ARGS(db_n(key)), err);
}

/* ---- start events ---------------------------------------------------------------------------- */

bool store_start_put(struct store_tx *tx, const struct store_start *s, struct err *err) {
    return db_run(tx->conn,
                  "INSERT INTO start_event (definition, node, def, element, event, name, due_us, "
                  "armed_us, is_true) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0)",
                  DB_ARGS(db_n(s->definition), db_n(s->node), db_n(s->def), db_t(s->element),
                          db_t(s->event), db_t(s->name), db_n(s->due_us), db_n(s->armed_us)),
                  err);
}

bool store_starts_drop(struct store_tx *tx, int64_t definition, struct err *err) {
    return db_run(tx->conn, "DELETE FROM start_event WHERE definition = ?1",
                  DB_ARGS(db_n(definition)), err) &&
           db_run(tx->conn, "DELETE FROM start_pending WHERE definition = ?1",
                  DB_ARGS(db_n(definition)), err);
}

static void start_read(struct store_start *out, const struct db_rows *rows, struct arena *a) {
    *out = (struct store_start){
        .definition = db_col_i64(rows, 0),
        .node = (uint32_t)db_col_i64(rows, 1),
        .element = arena_str(a, db_col_text(rows, 2)),
        .event = arena_str(a, db_col_text(rows, 3)),
        .name = arena_str(a, db_col_text(rows, 4)),
        .due_us = db_col_i64(rows, 5),
        .armed_us = db_col_i64(rows, 6),
        .def = (uint32_t)db_col_i64(rows, 7),
        .is_true = db_col_i64(rows, 8) != 0,
    };
}

#define START_COLUMNS                                                                              \
    "SELECT definition, node, element, event, name, due_us, armed_us, def, is_true FROM "          \
    "start_event "

static bool start_list(struct store_start **out, size_t *count_out, struct db_rows *rows,
                       struct arena *arena, struct err *err) {
    size_t room = 0, count = 0;
    for (*out = NULL; db_next(rows, err); count++) {
        if (count == room) {
            struct store_start *more = arena_new(arena, struct store_start, 2 * room + 16);
            if (count > 0)
                memcpy(more, *out, count * sizeof *more);
            *out = more;
            room = 2 * room + 16;
        }
        start_read(&(*out)[count], rows, arena);
    }
    *count_out = count;
    return db_end(rows, err);
}

bool store_starts_named(struct store_start **out, size_t *count_out, struct db_conn *conn,
                        struct str event, struct str name, struct arena *arena, struct err *err) {
    struct db_rows rows;
    return db_query(&rows, conn,
                    START_COLUMNS "WHERE event = ?1 AND name = ?2 AND name <> '' ORDER BY "
                                  "definition, node, def",
                    DB_ARGS(db_t(event), db_t(name)), err) &&
           start_list(out, count_out, &rows, arena, err);
}

bool store_starts_conditional(struct store_start **out, size_t *count_out, struct db_conn *conn,
                              int64_t definition, struct str process, struct arena *arena,
                              struct err *err) {
    struct db_rows rows;
    return db_query(&rows, conn,
                    START_COLUMNS
                    "WHERE event = 'CONDITION' AND (?1 = 0 OR definition = ?1) AND (?2 = '' OR "
                    "definition IN (SELECT key FROM process_definition WHERE id = ?2)) ORDER BY "
                    "definition, node, def",
                    DB_ARGS(db_n(definition), db_t(process)), err) &&
           start_list(out, count_out, &rows, arena, err);
}

bool store_starts_due(struct store_start *out, size_t room, size_t *count_out, int64_t *next_us_out,
                      struct db_conn *conn, int64_t now_us, struct arena *arena, struct err *err) {
    struct db_rows rows;
    size_t count = 0;
    *next_us_out = 0;
    if (!db_query(&rows, conn,
                  START_COLUMNS "WHERE due_us > 0 ORDER BY due_us, definition, node, def LIMIT ?1",
                  DB_ARGS(db_n((int64_t)room + 1)), err))
        return false;
    while (db_next(&rows, err)) {
        if (db_col_i64(&rows, 5) > now_us || count == room) {
            *next_us_out = db_col_i64(&rows, 5);
            break;
        }
        start_read(&out[count++], &rows, arena);
    }
    *count_out = count;
    return db_end(&rows, err);
}

bool store_start_move(struct store_tx *tx, const struct store_start *s, struct err *err) {
    return db_run(tx->conn,
                  "UPDATE start_event SET due_us = ?4, is_true = ?5 WHERE definition = ?1 AND node "
                  "= ?2 AND def = ?3",
                  DB_ARGS(db_n(s->definition), db_n(s->node), db_n(s->def), db_n(s->due_us),
                          db_n(s->is_true)),
                  err);
}

const char *store_element_type(const struct bpmn_node *node) {
    switch (node->kind) {
    case BPMN_PROCESS: return "PROCESS";
    case BPMN_SUB_PROCESS:
    case BPMN_TRANSACTION: return "SUB_PROCESS";
    case BPMN_AD_HOC: return "AD_HOC_SUB_PROCESS";
    case BPMN_EVENT_SUB_PROCESS: return "EVENT_SUB_PROCESS";
    case BPMN_START: return "START_EVENT";
    case BPMN_END: return "END_EVENT";
    case BPMN_CATCH: return "INTERMEDIATE_CATCH_EVENT";
    case BPMN_THROW: return "INTERMEDIATE_THROW_EVENT";
    case BPMN_BOUNDARY: return "BOUNDARY_EVENT";
    case BPMN_TASK: return "TASK";
    case BPMN_MANUAL_TASK: return "MANUAL_TASK";
    case BPMN_USER_TASK: return "USER_TASK";
    case BPMN_SERVICE_TASK: return "SERVICE_TASK";
    case BPMN_SEND_TASK: return "SEND_TASK";
    case BPMN_RECEIVE_TASK: return "RECEIVE_TASK";
    case BPMN_RULE_TASK: return "BUSINESS_RULE_TASK";
    case BPMN_SCRIPT_TASK: return "SCRIPT_TASK";
    case BPMN_CALL: return "CALL_ACTIVITY";
    case BPMN_EXCLUSIVE: return "EXCLUSIVE_GATEWAY";
    case BPMN_PARALLEL: return "PARALLEL_GATEWAY";
    case BPMN_INCLUSIVE: return "INCLUSIVE_GATEWAY";
    case BPMN_EVENT_BASED: return "EVENT_BASED_GATEWAY";
    case BPMN_COMPLEX: return "UNKNOWN";
    case BPMN_KINDS: break;
    }
    return "UNSPECIFIED";
}
