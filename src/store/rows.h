/* store/rows.h - the kinds of rows that programs search and read (migrations/0002-process.sql),
 * with the names that the Camunda 8 REST API gives to their fields. What belongs to a case of a
 * matter is in none of them: cases are seen in their own places, each look on record. */
#ifndef MANDATE_STORE_ROWS_H
#define MANDATE_STORE_ROWS_H

#include "store/search.h"

extern const struct search_entity rows_process_definition;
extern const struct search_entity rows_process_instance;
extern const struct search_entity rows_element_instance;
extern const struct search_entity rows_incident;
extern const struct search_entity rows_job;
extern const struct search_entity rows_user_task;
extern const struct search_entity rows_variable;       /* values cut at ROWS_VALUE_CHARS */
extern const struct search_entity rows_variable_whole; /* one variable with its whole value */
extern const struct search_entity rows_message_subscription;
extern const struct search_entity rows_correlated_subscription;
extern const struct search_entity rows_decision_definition;
extern const struct search_entity rows_decision_requirements;
extern const struct search_entity rows_decision_instance;
extern const struct search_entity
    rows_decision_instance_whole; /* with inputs and rules, as stored */
extern const struct search_entity rows_form;
extern const struct search_entity rows_resource;
extern const struct search_entity rows_sequence_flow;
extern const struct search_entity rows_statistics; /* sums by element: for store_search_groups() */
#define ROWS_STATISTICS_GROUP "p.element"
#define ROWS_FLOW_GROUP       "t.element"

/* Conditions on a row t, for struct search_given; the '?' is a key. */
#define ROWS_STREAM(column)                                                                        \
    column " >= ? / 16777216 * 16777216 AND " column " < ? / 16777216 * 16777216 + 16777216"
/* A variable of this key. */
#define ROWS_VARIABLE_KEY ROWS_STREAM("t.scope") " AND t.key = ?"
/* A variable of this element instance or of a scope around it, up to its process instance. */
#define ROWS_SEEN_BY_ELEMENT                                                                       \
    ROWS_STREAM("t.scope")                                                                         \
    " AND t.scope IN (WITH RECURSIVE seen(k) AS (SELECT CAST(? AS INTEGER) "                       \
    "UNION SELECT ? / 16777216 * 16777216 + 1 UNION SELECT e.scope FROM element_instance AS e "    \
    "JOIN seen ON e.key = seen.k WHERE e.scope > 0) SELECT k FROM seen)"
/* A row of this process instance or of one that it called, directly or not. */
#define ROWS_OF_INSTANCE_TREE                                                                      \
    "t.key / 16777216 IN (WITH RECURSIVE tree(k) AS (SELECT CAST(? AS INTEGER) UNION SELECT "      \
    "c.key "                                                                                       \
    "FROM process_instance AS c JOIN tree ON c.parent_element > tree.k AND c.parent_element < "    \
    "tree.k + 16777215 WHERE c.parent_element > 0) SELECT k / 16777216 FROM tree)"
/* The form of a process definition's start event, by its binding; that of a user task. */
#define ROWS_START_FORM                                                                            \
    "t.key = (SELECT f.key FROM process_definition AS d JOIN resource AS f ON f.kind = 'form' "    \
    "AND f.id = d.start_form AND f.deleted_us = 0 WHERE d.key = ? AND d.start_form <> '' AND "     \
    "(d.start_binding <> 'versionTag' OR f.version_tag = d.start_tag) AND (d.start_binding <> "    \
    "'deployment' OR EXISTS (SELECT 1 FROM deployed AS p WHERE p.deployment = d.deployment AND "   \
    "p.kind = 'form' AND p.key = f.key)) ORDER BY f.version DESC LIMIT 1)"
#define ROWS_TASK_FORM "t.key = (SELECT u.form FROM user_task AS u WHERE u.key = ? AND u.form > 0)"

/* A user task that is open to who does not operate processes: assigned to them, or to nobody while
 * they are among the candidates. p: the placeholder of who asks, JSON {"user", "groups": [..]}. */
#define ROWS_TASK_OPEN_TO(p)                                                                       \
    "(t.ended_us = 0 AND t.state <> 'CREATING' AND (t.assignee = json_extract(" p                  \
    ", '$.user') OR "                                                                              \
    "(t.assignee = '' AND (EXISTS (SELECT 1 FROM json_each(NULLIF(t.candidate_users, '')) AS c "   \
    "WHERE c.value = json_extract(" p ", '$.user')) OR EXISTS (SELECT 1 FROM "                     \
    "json_each(NULLIF(t.candidate_groups, '')) AS c JOIN json_each(" p ", '$.groups') AS g ON "    \
    "g.value = c.value)))))"
/* Is the task with this key so? who: as above. */
MUST_USE bool rows_task_is_open(bool *out, struct db_conn *conn, int64_t task, struct str who,
                                struct err *err);

/* store_search(), with the conditions that no column says (variables, tags), and with the rule that
 * nobody is searched for across procedures: what may say whom an item is about (values of
 * variables, tags, correlation keys, results and failures of decisions, messages of errors) is
 * searched, sorted by and shown within one procedure only. A filter stays within one that names,
 * not under $or, a definition (id or key), a process instance or a part of one, by a plain value,
 * $eq or an $in of one; `given` does too. Errors: as store_search(); ERR_INVALID also for that
 * rule; what a search across would show is left out. */
MUST_USE bool rows_search(struct json **out, struct db_conn *conn,
                          const struct search_entity *entity, const struct search_ask *ask,
                          struct err *err);

/* What a search gives from another table: the text of a resource. */
MUST_USE bool rows_resource_bytes(struct str *bytes, struct str *kind, struct db_conn *conn,
                                  int64_t resource, struct arena *arena, struct err *err);
/* The resource of a definition ("process_definition", "requirements_definition" as kind 'p', 'r');
 * ERR_NOT_FOUND. */
MUST_USE bool rows_definition_bytes(struct str *bytes, struct db_conn *conn, char kind,
                                    int64_t definition, struct arena *arena, struct err *err);
struct rows_document {
    struct str id, sha256, name, media_type; /* sha256: 32 raw bytes */
    int64_t size_bytes, expires_us;          /* expires_us 0: never */
};
/* A document that a process client stored. ERR_NOT_FOUND also when its time is over. */
MUST_USE bool rows_document(struct rows_document *out, struct db_conn *conn, struct str id,
                            int64_t now_us, struct arena *arena, struct err *err);
/* The instances from the one at the top down to this one: [{processInstanceKey,
 * processDefinitionKey, processDefinitionName}]. ERR_NOT_FOUND. */
MUST_USE bool rows_call_hierarchy(struct json **out, struct db_conn *conn, int64_t instance,
                                  struct arena *arena, struct err *err);
enum { ROWS_VALUE_CHARS = 8191, ROWS_CALLS_MAX = 100 };

#endif
