/* A message's row is what its event says, whole. A deployment's event names its files by digest and
 * what is in them by key and id: the rows are held against that, against the file's own bytes and
 * against the compiled model. A start timer's next time and the rows of files cannot be made again
 * from events: the one depends on when the service ran, the others are the only copy. */
#include "store/shared.h"

#include <inttypes.h>

#include "base/code.h"
#include "store/definition.h"
#include "json/json.h"

static void tell(const struct store_shared *s, const char *format, ...) PRINTF_LIKE(2, 3);
static void tell(const struct store_shared *s, const char *format, ...) {
    char line[300];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(line, sizeof line, format, args);
    va_end(args);
    s->report(s->ctx, line);
}

static bool event_json(const struct json **out, const struct store_shared_event *event,
                       struct arena *arena, struct err *err) {
    struct bytes_reader in = {.in = event->plain};
    struct str text;
    struct budget budget = budget_of(10000000, 64 << 20);
    if (!bytes_take_str(&text, &in) || in.in.len != 0)
        return err_set(err, ERR_CORRUPT, err_nowhere, "its event is damaged");
    return json_read(out, text, "event", arena, &budget, err);
}

/* ---- messages -------------------------------------------------------------------------------- */

/* Event of a message: when it waits, `until` says how long. */
static bool message_of(struct store_message *out, const struct store_shared_event *event,
                       struct arena *arena, struct err *err) {
    const struct json *note;
    struct buf text;
    if (!event_json(&note, event, arena, err))
        return false;
    buf_init(&text, STORE_EVENT_BYTES_MAX);
    const struct json *variables = json_get(note, STR("variables"));
    json_write(&text, variables != NULL ? variables : json_null(arena), JSON_COMPACT);
    *out = (struct store_message){
        .key = process_key(event->stream, 0),
        .name = json_get_text(note, STR("name")),
        .correlation_key = json_get_text(note, STR("correlationKey")),
        .message_id = json_get_text(note, STR("messageId")),
        .variables = arena_str(arena, buf_view(&text)),
    };
    bool ok = buf_ok(&text, "a message", err);
    buf_done(&text);
    (void)!str_to_i64(&out->until_us, json_get_text(note, STR("until")));
    return ok;
}

static bool message_compare(const struct store_shared *s, const struct store_shared_event *event,
                            struct arena *arena, struct err *err) {
    struct store_message m;
    int64_t any = 0, same = 0;
    if (!message_of(&m, event, arena, err) ||
        !db_get_i64(&any, s->conn, "SELECT count(*) FROM message WHERE key = ?1",
                    DB_ARGS(db_n(m.key)), err) ||
        !db_get_i64(&same, s->conn,
                    "SELECT count(*) FROM message WHERE key = ?1 AND name = ?2 AND correlation_key "
                    "= ?3 AND message_id = ?4 AND variables = ?5 AND ?6 IN (0, until_us)",
                    DB_ARGS(db_n(m.key), db_t(m.name), db_t(m.correlation_key), db_t(m.message_id),
                            db_t(m.variables), db_n(m.until_us)),
                    err))
        return false;
    if (any != same || (m.until_us != 0 && same == 0))
        tell(s, "the row of message %" PRId64 " is not what its event says", m.key);
    return true;
}

/* ---- deployments ----------------------------------------------------------------------------- */

static const struct part {
    const char *kind, *sql; /* ?1 key, ?2 id, ?3 deployment */
} parts[] = {
    {"process", "SELECT count(*) FROM process_definition WHERE key = ?1 AND id = ?2 AND deployment "
                "= ?3"},
    {"decision", "SELECT count(*) FROM decision_definition WHERE key = ?1 AND id = ?2 AND "
                 "deployment = ?3"},
    {"requirements", "SELECT count(*) FROM requirements_definition WHERE key = ?1 AND id = ?2 AND "
                     "deployment = ?3"},
    {"form", "SELECT count(*) FROM resource WHERE kind = 'form' AND key = ?1 AND id = ?2 AND "
             "deployment = ?3"},
    {"resource", "SELECT count(*) FROM resource WHERE kind = 'other' AND key = ?1 AND id = ?2 AND "
                 "deployment = ?3"},
};

static bool elements_compare(const struct store_shared *s, int64_t definition, struct err *err) {
    const struct bpmn_process *process = NULL;
    struct err local = {0};
    int64_t rows = 0, same = 0;
    if (!s->processes->find(&process, s->processes->ctx, definition, s->conn, &local)) {
        tell(s, "process definition %" PRId64 " cannot be read: %s", definition, local.text);
        return true;
    }
    if (!db_get_i64(&rows, s->conn, "SELECT count(*) FROM process_element WHERE definition = ?1",
                    DB_ARGS(db_n(definition)), err))
        return false;
    bool ok = rows == (int64_t)process->node_count;
    for (size_t i = 0; ok && i < process->node_count; i++) {
        const struct bpmn_node *node = &process->nodes[i];
        if (!db_get_i64(
                &same, s->conn,
                "SELECT count(*) FROM process_element WHERE definition = ?1 AND node = ?2 "
                "AND element = ?3 AND name = ?4 AND type = ?5",
                DB_ARGS(db_n(definition), db_n((int64_t)i), db_t(i == 0 ? process->id : node->id),
                        db_t(bpmn_label(node, LANG_zh)), db_t(str_from(store_element_type(node)))),
                err))
            return false;
        ok = same == 1;
    }
    if (!db_get_i64(&same, s->conn,
                    "SELECT count(*) FROM process_definition WHERE key = ?1 AND version_tag = ?2",
                    DB_ARGS(db_n(definition), db_t(process->version)), err))
        return false;
    if (!ok || same == 0)
        tell(s, "the rows of process definition %" PRId64 " are not what its file says",
             definition);
    return true;
}

static bool import_compare(const struct store_shared *s, const struct json *part, struct err *err) {
    int64_t requirements = 0, resource = 0, found = 0;
    struct str ns = json_get_text(part, STR("id"));
    if (!str_to_i64(&requirements, json_get_text(part, STR("key"))) ||
        !str_to_i64(&resource, json_get_text(part, STR("resource"))))
        return err_set(err, ERR_CORRUPT, err_nowhere, "its event is damaged");
    if (!db_get_i64(&found, s->conn,
                    "SELECT count(*) FROM requirements_import WHERE requirements = ?1 AND "
                    "namespace = ?2 AND resource = ?3",
                    DB_ARGS(db_n(requirements), db_t(ns), db_n(resource)), err))
        return false;
    if (found == 0)
        tell(s, "the import of '%.*s' is not what its deployment's event says", STR_ARG(ns));
    return true;
}

static bool part_compare(const struct store_shared *s, const struct store_shared_event *event,
                         const struct json *part, struct err *err) {
    struct str kind = json_get_text(part, STR("kind")), id = json_get_text(part, STR("id"));
    int64_t key = 0, found = 0, deployment = process_key(event->stream, 0);
    struct str file = json_get_text(part, STR("file"));
    if (kind.len == 0) {
        if (!db_get_i64(
                &found, s->conn,
                "SELECT count(*) FROM resource WHERE deployment = ?1 AND name = ?2 AND "
                "lower(hex(sha256)) = ?3",
                DB_ARGS(db_n(deployment), db_t(file), db_t(json_get_text(part, STR("sha256")))),
                err))
            return false;
        if (found == 0)
            tell(s, "file '%.*s' of deployment %" PRId64 " is not what its event says",
                 STR_ARG(file), deployment);
        return true;
    }
    if (str_eq(kind, STR("import")))
        return import_compare(s, part, err);
    size_t i = 0;
    while (i < COUNT_OF(parts) && !str_eq(kind, str_from(parts[i].kind)))
        i++;
    if (i == COUNT_OF(parts) || !str_to_i64(&key, json_get_text(part, STR("key"))))
        return err_set(err, ERR_CORRUPT, err_nowhere, "its event is damaged");
    if (!db_get_i64(&found, s->conn, parts[i].sql, DB_ARGS(db_n(key), db_t(id), db_n(deployment)),
                    err))
        return false;
    if (found == 0)
        tell(s, "the row of %s '%.*s' is not what its deployment's event says", parts[i].kind,
             STR_ARG(id));
    return i != 0 || found == 0 || elements_compare(s, key, err);
}

/* As many rows as the event names. */
static bool counts_compare(const struct store_shared *s, const struct store_shared_event *event,
                           const struct json *list, struct err *err) {
    int64_t named = 0, rows = 0, deployment = process_key(event->stream, 0);
    for (size_t i = 0; i < json_count(list); i++) {
        struct str kind = json_get_text(json_item(list, i), STR("kind"));
        named += kind.len == 0 || str_eq(kind, STR("process")) || str_eq(kind, STR("decision")) ||
                 str_eq(kind, STR("requirements")) || str_eq(kind, STR("import"));
    }
    if (!db_get_i64(&rows, s->conn,
                    "SELECT (SELECT count(*) FROM resource WHERE deployment = ?1) + (SELECT "
                    "count(*) FROM process_definition WHERE deployment = ?1) + (SELECT count(*) "
                    "FROM decision_definition WHERE deployment = ?1) + (SELECT count(*) FROM "
                    "requirements_definition WHERE deployment = ?1) + (SELECT count(*) FROM "
                    "requirements_import AS i JOIN requirements_definition AS r ON r.key = "
                    "i.requirements WHERE r.deployment = ?1)",
                    DB_ARGS(db_n(deployment)), err))
        return false;
    if (rows != named)
        tell(s, "deployment %" PRId64 " has %" PRId64 " rows and not %" PRId64, deployment, rows,
             named);
    return true;
}

static bool deployment_compare(const struct store_shared *s, const struct store_shared_event *event,
                               struct arena *arena, struct err *err) {
    const struct json *note;
    if (!event_json(&note, event, arena, err))
        return false;
    const struct json *list = json_get(note, STR("parts"));
    for (size_t i = 0; i < json_count(list); i++)
        if (!part_compare(s, event, json_item(list, i), err))
            return false;
    return counts_compare(s, event, list, err);
}

static bool deletion_compare(const struct store_shared *s, const struct store_shared_event *event,
                             struct arena *arena, struct err *err) {
    const struct json *note;
    int64_t key = 0, found = 0;
    if (!event_json(&note, event, arena, err))
        return false;
    if (!str_to_i64(&key, json_get_text(note, STR("key"))))
        return err_set(err, ERR_CORRUPT, err_nowhere, "its event is damaged");
    if (!db_get_i64(&found, s->conn,
                    "SELECT (SELECT count(*) FROM process_definition WHERE key = ?1 AND deleted_us "
                    "= ?2) + (SELECT count(*) FROM requirements_definition WHERE key = ?1 AND "
                    "deleted_us = ?2) + (SELECT count(*) FROM decision_definition WHERE key = ?1 "
                    "AND deleted_us = ?2) + (SELECT count(*) FROM resource WHERE key = ?1 AND "
                    "deleted_us = ?2)",
                    DB_ARGS(db_n(key), db_n(event->at_us)), err))
        return false;
    if (found == 0)
        tell(s, "definition %" PRId64 " was deleted, and its row does not say so", key);
    return true;
}

bool store_shared_compare(const struct store_shared *s, const struct store_shared_event *event,
                          struct arena *arena, struct err *err) {
    if (str_eq(event->kind, STR("message_published")))
        return message_compare(s, event, arena, err);
    if (str_eq(event->kind, STR("deployed")))
        return deployment_compare(s, event, arena, err);
    return !str_eq(event->kind, STR("resource_deleted")) || deletion_compare(s, event, arena, err);
}

/* ---- rows that fit nothing ------------------------------------------------------------------- */

static const struct stray {
    const char *what, *sql;
} strays[] = {
    {"messages follow from no event",
     "SELECT count(*) FROM message WHERE key >> 24 NOT IN (SELECT case_id FROM case_end WHERE "
     "first = 'message_published')"},
    {"definitions and files follow from no deployment",
     "SELECT (SELECT count(*) FROM resource WHERE deployment NOT IN d) + (SELECT count(*) FROM "
     "process_definition WHERE deployment NOT IN d) + (SELECT count(*) FROM decision_definition "
     "WHERE deployment NOT IN d) + (SELECT count(*) FROM requirements_definition WHERE deployment "
     "NOT IN d) FROM (SELECT 1)"},
    {"imports are of no decision requirements",
     "SELECT count(*) FROM requirements_import WHERE requirements NOT IN (SELECT key FROM "
     "requirements_definition)"},
    {"start events are not of the newest version of a process",
     "SELECT count(*) FROM start_event AS s WHERE NOT EXISTS (SELECT 1 FROM process_definition AS "
     "d JOIN process_element AS e ON e.definition = d.key WHERE d.key = s.definition AND d.latest "
     "= 1 AND e.node = s.node AND e.element = s.element)"},
    {"process ids have another newest version than they should",
     "SELECT count(*) FROM process_definition AS d WHERE d.latest <> (d.deleted_us = 0 AND NOT "
     "EXISTS (SELECT 1 FROM process_definition AS n WHERE n.id = d.id AND n.version > d.version "
     "AND n.deleted_us = 0))"},
    {"notes of whom a message reached fit no instance",
     "SELECT count(*) FROM message_taken AS t WHERE t.instance > 0 AND EXISTS (SELECT 1 FROM "
     "process_instance AS p WHERE p.key = t.instance) AND CASE WHEN t.subscription > 0 THEN NOT "
     "EXISTS (SELECT 1 FROM subscription AS s WHERE s.key = t.subscription AND s.name = t.name AND "
     "s.correlation_key = t.correlation_key AND s.process = t.process AND t.element_key IN (0, "
     "s.element_key) AND s.message >= t.message) ELSE NOT EXISTS (SELECT 1 FROM process_instance "
     "AS "
     "p JOIN process_definition AS d ON d.key = p.definition WHERE p.key = t.instance AND "
     "p.started_by = t.correlation_key AND d.id = t.process) END"},
    {"subscriptions got a message of which it is not noted",
     "SELECT count(*) FROM subscription AS s WHERE s.event = 'MESSAGE' AND s.message > 0 AND "
     "s.definition > 0 AND NOT EXISTS (SELECT 1 FROM message_taken AS t WHERE t.message = "
     "s.message AND t.subscription = s.key)"},
};

static bool files_compare(const struct store_shared *s, struct err *err) {
    struct db_rows rows;
    if (!db_query(&rows, s->conn, "SELECT key, sha256, bytes FROM resource ORDER BY key",
                  DB_NO_ARGS, err))
        return false;
    while (db_next(&rows, err)) {
        struct merkle_hash hash = merkle_sha256(db_col_blob(&rows, 2));
        if (!str_eq(merkle_hash_str(&hash), db_col_blob(&rows, 1)))
            tell(s, "file %" PRId64 " is not what was deployed", db_col_i64(&rows, 0));
    }
    return db_end(&rows, err);
}

bool store_shared_strays(const struct store_shared *s, struct err *err) {
    if (!db_script(s->conn,
                   "CREATE TEMP VIEW d AS SELECT case_id << 24 FROM case_end WHERE first = "
                   "'deployed'",
                   err))
        return false;
    for (size_t i = 0; i < COUNT_OF(strays); i++) {
        int64_t count = 0;
        if (!db_get_i64(&count, s->conn, strays[i].sql, DB_NO_ARGS, err))
            return false;
        if (count > 0)
            tell(s, "%" PRId64 " %s", count, strays[i].what);
    }
    return files_compare(s, err);
}

/* ---- rebuild --------------------------------------------------------------------------------- */

bool store_shared_clear(struct db_conn *conn, struct err *err) {
    /* those of an earlier program, whose events do not say how long they wait, stay as they are */
    return db_run(conn, "DELETE FROM message WHERE key >> 24 NOT IN (SELECT case_id FROM case_key)",
                  DB_NO_ARGS, err);
}

bool store_shared_rebuild(struct db_conn *conn, const struct store_shared_event *event,
                          struct arena *arena, struct err *err) {
    struct store_message m;
    if (!str_eq(event->kind, STR("message_published")))
        return true;
    if (!message_of(&m, event, arena, err))
        return false;
    if (m.until_us == 0)
        return true;
    return db_run(conn, "DELETE FROM message WHERE key = ?1", DB_ARGS(db_n(m.key)), err) &&
           db_run(conn,
                  "INSERT INTO message (key, name, correlation_key, message_id, variables, "
                  "until_us) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                  DB_ARGS(db_n(m.key), db_t(m.name), db_t(m.correlation_key), db_t(m.message_id),
                          db_t(m.variables), db_n(m.until_us)),
                  err);
}

bool store_shared_finish(struct db_conn *conn, struct err *err) {
    return db_run(conn,
                  "UPDATE process_definition AS d SET latest = (d.deleted_us = 0 AND NOT EXISTS "
                  "(SELECT 1 FROM process_definition AS n WHERE n.id = d.id AND n.version > "
                  "d.version AND n.deleted_us = 0))",
                  DB_NO_ARGS, err);
}
