/* Every field of every kind of row is searched and sorted by once, against the real schema; and the
 * rules that only these rows have. */
#include "store/rows.h"

#include <stdlib.h>

#include "base/test.h"
#include "os/file.h"
#include "store/store.h"

static const struct search_entity *const entities[] = {
    &rows_process_definition,
    &rows_process_instance,
    &rows_element_instance,
    &rows_incident,
    &rows_job,
    &rows_user_task,
    &rows_variable,
    &rows_variable_whole,
    &rows_message_subscription,
    &rows_correlated_subscription,
    &rows_decision_definition,
    &rows_decision_requirements,
    &rows_decision_instance,
    &rows_decision_instance_whole,
    &rows_form,
    &rows_resource,
    &rows_sequence_flow,
};

struct place {
    struct arena *arena;
    const char *folder;
    struct store *store;
    struct db_conn *conn;
};

static void place_open(struct place *p) {
    char path[] = "/tmp/mandate-rows-XXXXXX";
    struct err err = {0};
    CHECK(mkdtemp(path) != NULL);
    p->arena = arena_create("test", 256 << 20);
    p->folder = arena_cstr(p->arena, str_from(path));
    CHECK_OK(store_open(&p->store, p->folder, os_env_real(), &err), &err);
    p->conn = db_writer(store_db(p->store));
}

static void place_close(struct place *p) {
    struct err err = {0};
    store_close(p->store);
    CHECK_OK(os_folder_remove(p->folder, &err), &err);
    arena_destroy(p->arena);
}

static bool search(struct json **out, struct place *p, const struct search_entity *entity,
                   struct str body, struct err *err) {
    const struct json *json = NULL;
    struct budget budget = budget_of(100000, 1 << 24);
    struct err local = {0};
    CHECK_OK(json_read(&json, body, "body", p->arena, &budget, &local), &local);
    const struct search_ask ask = {.body = json, .arena = p->arena};
    return rows_search(out, p->conn, entity, &ask, err);
}

static struct str some_value(const struct search_field *field, struct arena *arena) {
    struct str values = str_from(field->values), word = STR_NONE;
    switch (field->kind) {
    case SEARCH_KEY:
    case SEARCH_JOB:
    case SEARCH_STREAM: return STR("{\"$in\": [\"16777217\"], \"$neq\": \"5\", \"$exists\": true}");
    case SEARCH_I64: return STR("{\"$gte\": 1, \"$lt\": 5}");
    case SEARCH_TIME: return STR("{\"$gte\": \"2026-01-01T00:00:00Z\", \"$exists\": true}");
    case SEARCH_BOOL: return STR("true");
    case SEARCH_ENUM:
    case SEARCH_WORD:
        (void)str_split(&word, &values, ' ');
        return arena_printf(arena, "{\"$in\": [\"%.*s\"], \"$like\": \"*A*\"}", STR_ARG(word));
    case SEARCH_TEXT:
    case SEARCH_JSON: break;
    }
    return STR("{\"$like\": \"a*\", \"$notIn\": [\"b\"], \"$exists\": true}");
}

/* The member that keeps a search within one procedure, where the rule asks for it. */
static struct str place_of(const struct search_entity *entity, struct str field) {
    if (entity == &rows_variable || entity == &rows_variable_whole)
        return str_eq(field, STR("scopeKey")) ? STR("\"processInstanceKey\": \"16777217\"")
                                              : STR("\"scopeKey\": \"16777217\"");
    for (size_t i = 0; i < entity->field_count; i++)
        if ((entity->fields[i].flags & SEARCH_WHOM) != 0 &&
            str_eq(field, str_from(entity->fields[i].name)))
            return STR("\"processDefinitionKey\": \"16777217\"");
    return STR_NONE;
}

void test_rows_every_field(void) {
    struct place p;
    place_open(&p);
    for (size_t i = 0; i < COUNT_OF(entities); i++)
        for (size_t k = 0; k < entities[i]->field_count; k++) {
            const struct search_field *field = &entities[i]->fields[k];
            struct err err = {0};
            struct json *out = NULL;
            struct str rule = place_of(entities[i], str_from(field->name));
            struct str value = some_value(field, p.arena);
            struct str filter =
                (field->flags & SEARCH_BY) == 0
                    ? arena_printf(p.arena, "{%.*s}", STR_ARG(rule))
                    : arena_printf(p.arena, "{%.*s%s\"%s\": %.*s}", STR_ARG(rule),
                                   rule.len == 0 ? "" : ", ", field->name, STR_ARG(value));
            struct str sort = (field->flags & SEARCH_SORT) == 0
                                  ? STR("[]")
                                  : arena_printf(p.arena, "[{\"field\": \"%s\"}]", field->name);
            struct str body = arena_printf(p.arena, "{\"filter\": %.*s, \"sort\": %.*s}",
                                           STR_ARG(filter), STR_ARG(sort));
            CHECK_OK(search(&out, &p, entities[i], body, &err), &err);
            CHECK_INT((int64_t)json_count(json_get(out, STR("items"))), 0);
        }
    place_close(&p);
}

void test_rows_statistics(void) {
    struct place p;
    struct err err = {0};
    struct json *out = NULL;
    place_open(&p);
    const struct search_given given = {"t.definition = ?", db_n(5)};
    const struct search_ask ask = {.given = &given, .given_count = 1, .arena = p.arena};
    CHECK_OK(store_search_groups(&out, p.conn, &rows_statistics, &ask, ROWS_STATISTICS_GROUP, &err),
             &err);
    CHECK(json_count(json_get(out, STR("items"))) == 0);
    place_close(&p);
}

/* Two instances of one process, each with a variable `name`. */
static void instances_add(struct place *p) {
    struct err err = {0};
    CHECK_OK(db_script(p->conn,
                       "INSERT INTO process_definition VALUES (83886081, 'p', 1, '', '', 83886080, "
                       "83886082, 'p.bpmn', x'00', 1, '', 1000000, 0, 'latest', '');"
                       "INSERT INTO process_instance VALUES (100663297, 83886081, 0, 0, 100663297, "
                       "'ACTIVE', 0, 2000000, 0, '', '[\"a\",\"b\"]', 1, 1, 0);"
                       "INSERT INTO process_instance VALUES (117440513, 83886081, 100663297, "
                       "100663299, 100663297, 'COMPLETED', 0, 3000000, 4000000, '', '', 1, 1, 0);"
                       "INSERT INTO variable VALUES (100663297, 'name', 117440511, '\"one\"');"
                       "INSERT INTO variable VALUES (117440513, 'name', 134217727, '\"two\"');"
                       "INSERT INTO decision_instance VALUES (134217728, 1, 5, 'd', 'd', 1, 4, "
                       "'DECISION_TABLE', 'EVALUATED', 0, 0, '20', '', '[]', '[]', 1000000);"
                       "INSERT INTO subscription VALUES (100663300, 'MESSAGE', 'm', 'who-1', "
                       "100663299, 83886081, 'p', 2, 'wait', 'CREATED', 1, 0, 1, 1);"
                       "INSERT INTO message_taken VALUES (150994944, 'p', 100663297, 0, 83886081, "
                       "'s', 0, 'm', 'who-2', 1);",
                       &err),
             &err);
}

static const struct found {
    int line;
    const struct search_entity *entity;
    const char *filter;
    int64_t want; /* -1: refused, and the text speaks of a procedure */
} finds[] = {
    {__LINE__, &rows_variable, "{}", -1},
    {__LINE__, &rows_variable, "{\"name\": \"name\"}", -1},
    {__LINE__, &rows_variable,
     "{\"processInstanceKey\": {\"$in\": [\"100663297\", \"117440513\"]}}", -1},
    {__LINE__, &rows_variable, "{\"processInstanceKey\": {\"$in\": [\"100663297\"]}}", 1},
    {__LINE__, &rows_process_instance,
     "{\"processDefinitionId\": {\"$in\": [\"p\", \"q\"]}, \"variables\": [{\"name\": \"name\", "
     "\"value\": \"\\\"one\\\"\"}]}",
     -1},
    {__LINE__, &rows_process_instance, "{}", 2},
    {__LINE__, &rows_process_instance, "{\"processInstanceKey\": \"100663297\"}", 1},
    {__LINE__, &rows_process_instance, "{\"tags\": [\"a\"]}", -1},
    {__LINE__, &rows_process_instance, "{\"$or\": [{\"tags\": [\"a\"]}]}", -1},
    {__LINE__, &rows_process_instance, "{\"parentProcessInstanceKey\": \"0\", \"tags\": [\"a\"]}",
     -1},
    {__LINE__, &rows_process_instance, "{\"processDefinitionId\": \"p\", \"tags\": [\"a\"]}", 1},
    {__LINE__, &rows_process_instance, "{\"processDefinitionId\": \"p\", \"tags\": [\"a\", \"c\"]}",
     0},
    {__LINE__, &rows_process_instance, "{\"errorMessage\": {\"$like\": \"*one*\"}}", -1},
    {__LINE__, &rows_incident, "{\"errorMessage\": {\"$like\": \"*one*\"}}", -1},
    {__LINE__, &rows_incident, "{\"state\": \"ACTIVE\"}", 0},
    {__LINE__, &rows_job, "{\"errorMessage\": {\"$like\": \"*one*\"}}", -1},
    {__LINE__, &rows_job, "{\"type\": \"t\", \"errorMessage\": \"one\"}", -1},
    {__LINE__, &rows_decision_instance, "{\"evaluationFailure\": \"one\"}", -1},
    {__LINE__, &rows_decision_instance,
     "{\"processInstanceKey\": \"1\", \"evaluationFailure\": \"one\"}", -1},
    {__LINE__, &rows_decision_instance,
     "{\"processDefinitionKey\": \"0\", \"evaluationFailure\": \"\"}", -1},
    {__LINE__, &rows_decision_instance,
     "{\"decisionDefinitionId\": \"d\", \"evaluationFailure\": \"\"}", 1},
    {__LINE__, &rows_decision_instance, "{\"processInstanceKey\": \"1\"}", 0},
    {__LINE__, &rows_correlated_subscription, "{\"correlationKey\": \"x\"}", -1},
    {__LINE__, &rows_process_instance, "{\"endDate\": {\"$exists\": false}}", 1},
    {__LINE__, &rows_process_instance,
     "{\"variables\": [{\"name\": \"name\", \"value\": \"\\\"one\\\"\"}]}", -1},
    {__LINE__, &rows_process_instance,
     "{\"processDefinitionId\": {\"$neq\": \"x\"}, \"variables\": [{\"name\": \"name\", \"value\": "
     "\"\\\"one\\\"\"}]}",
     -1},
    {__LINE__, &rows_process_instance,
     "{\"$or\": [{\"processDefinitionId\": \"p\", \"variables\": [{\"name\": \"name\", \"value\": "
     "\"\\\"one\\\"\"}]}]}",
     -1},
    {__LINE__, &rows_process_instance,
     "{\"processDefinitionId\": \"p\", \"variables\": [{\"name\": \"name\", \"value\": "
     "\"\\\"one\\\"\"}]}",
     1},
    {__LINE__, &rows_process_instance,
     "{\"processDefinitionId\": \"p\", \"variables\": [{\"name\": \"name\", \"value\": {\"$like\": "
     "\"*o*\"}}]}",
     2},
    {__LINE__, &rows_variable, "{\"processInstanceKey\": \"117440513\"}", 1},
    {__LINE__, &rows_variable, "{\"processInstanceKey\": \"117440512\"}", 0},
    {__LINE__, &rows_variable, "{\"value\": \"\\\"two\\\"\"}", -1},
    {__LINE__, &rows_variable, "{\"scopeKey\": \"117440513\", \"value\": \"\\\"two\\\"\"}", 1},
    {__LINE__, &rows_message_subscription, "{\"correlationKey\": \"x\"}", -1},
    {__LINE__, &rows_message_subscription, "{\"$or\": [{\"correlationKey\": \"x\"}]}", -1},
    {__LINE__, &rows_message_subscription,
     "{\"processDefinitionId\": \"p\", \"correlationKey\": \"x\"}", 0},
    {__LINE__, &rows_user_task, "{\"localVariables\": [{\"name\": \"name\", \"value\": \"1\"}]}",
     -1},
};

void test_rows_rules(void) {
    struct place p;
    place_open(&p);
    instances_add(&p);
    for (size_t i = 0; i < COUNT_OF(finds); i++) {
        struct err err = {0};
        struct json *out = NULL;
        struct str body = arena_printf(p.arena, "{\"filter\": %s}", finds[i].filter);
        bool ok = search(&out, &p, finds[i].entity, body, &err);
        CHECK_AT(finds[i].line, ok == (finds[i].want >= 0));
        if (ok)
            CHECK_INT_AT(finds[i].line, (int64_t)json_count(json_get(out, STR("items"))),
                         finds[i].want);
        else
            CHECK_AT(finds[i].line, str_find(str_from(err.text), STR("procedure")) != SIZE_MAX);
    }
    place_close(&p);
}

/* What may say whom an item is about is shown within one procedure only. */
static const struct shown {
    int line;
    const struct search_entity *entity;
    const char *filter, *member, *want; /* NULL: the item has no such member */
} shows[] = {
    {__LINE__, &rows_process_instance, "{}", "tags", NULL},
    {__LINE__, &rows_process_instance, "{\"processDefinitionId\": {\"$like\": \"p\"}}", "tags",
     NULL},
    {__LINE__, &rows_process_instance, "{\"processDefinitionId\": \"p\"}", "tags", "[\"a\",\"b\"]"},
    {__LINE__, &rows_decision_instance, "{}", "result", NULL},
    {__LINE__, &rows_decision_instance, "{\"state\": \"EVALUATED\"}", "result", NULL},
    {__LINE__, &rows_decision_instance, "{\"decisionDefinitionKey\": \"5\"}", "result", NULL},
    {__LINE__, &rows_decision_instance, "{\"decisionDefinitionId\": \"d\"}", "result", "\"20\""},
    {__LINE__, &rows_message_subscription, "{}", "correlationKey", NULL},
    {__LINE__, &rows_message_subscription, "{\"processDefinitionId\": \"p\"}", "correlationKey",
     "\"who-1\""},
    {__LINE__, &rows_correlated_subscription, "{}", "correlationKey", "\"\""},
    {__LINE__, &rows_correlated_subscription, "{\"processInstanceKey\": \"100663297\"}",
     "correlationKey", "\"who-2\""},
};

void test_rows_shown_within_one(void) {
    struct place p;
    place_open(&p);
    instances_add(&p);
    for (size_t i = 0; i < COUNT_OF(shows); i++) {
        const struct shown *s = &shows[i];
        struct err err = {0};
        struct json *out = NULL;
        struct buf text;
        struct str body = arena_printf(p.arena, "{\"filter\": %s}", s->filter);
        CHECK_OK(search(&out, &p, s->entity, body, &err), &err);
        const struct json *item = json_item(json_get(out, STR("items")), 0);
        const struct json *got = json_get(item, str_from(s->member));
        CHECK_AT(s->line, item != NULL && (got == NULL) == (s->want == NULL));
        if (got == NULL || s->want == NULL)
            continue;
        buf_init(&text, 1000);
        json_write(&text, got, JSON_COMPACT);
        CHECK_STR_AT(s->line, buf_view(&text), str_from(s->want));
        buf_done(&text);
    }
    struct err err = {0};
    struct json *out = NULL;
    CHECK(!search(&out, &p, &rows_message_subscription,
                  STR("{\"sort\": [{\"field\": \"correlationKey\"}]}"), &err) &&
          err.code == ERR_INVALID);
    place_close(&p);
}

void test_rows_call_hierarchy(void) {
    struct place p;
    struct err err = {0};
    struct json *out = NULL;
    place_open(&p);
    instances_add(&p);
    CHECK_OK(rows_call_hierarchy(&out, p.conn, 117440513, p.arena, &err), &err);
    CHECK_INT((int64_t)json_count(out), 2);
    CHECK_STR(json_get_text(json_item(out, 0), STR("processInstanceKey")), STR("100663297"));
    CHECK(!rows_call_hierarchy(&out, p.conn, 7, p.arena, &err) && err.code == ERR_NOT_FOUND);
    place_close(&p);
}
