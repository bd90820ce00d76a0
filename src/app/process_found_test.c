/* What a process names beside itself, and how it is found: forms, linked resources, decisions and
 * processes, by the newest version, by that of the process's deployment, by version tag. */
#include <inttypes.h>

#include "app/bench_test.h"

#define FORM(tag, text)                                                                            \
    "{\"id\":\"f\",\"type\":\"default\"," tag                                                      \
    "\"schemaVersion\":16,\"components\":[{\"text\":\"" text "\"}]}"
#define FORM_TASK(form)                                                                            \
    PROCESS("p", START "<bpmn:userTask id='u'><bpmn:extensionElements><zeebe:userTask/>"           \
                       "<zeebe:formDefinition " form                                               \
                       "/></bpmn:extensionElements></bpmn:userTask>" END FLOW("f1", "s", "u")      \
                           FLOW("f2", "u", "e"))
#define LINKED(binding)                                                                            \
    PROCESS("p", START                                                                             \
            "<bpmn:serviceTask id='a'><bpmn:extensionElements><zeebe:taskDefinition type='work'/>" \
            "<zeebe:taskHeaders><zeebe:header key='h' value='1'/></zeebe:taskHeaders>"             \
            "<zeebe:linkedResources><zeebe:linkedResource resourceId='r' resourceType='RPA' "      \
            "linkName='script' " binding "/></zeebe:linkedResources></bpmn:extensionElements>"     \
            "</bpmn:serviceTask>" END FLOW("f1", "s", "a") FLOW("f2", "a", "e"))
#define CREATE "{\"processDefinitionId\":\"p\"}"

static int64_t completed(struct bench *b) {
    return count_of(b, "SELECT count(*) FROM process_instance WHERE state = 'COMPLETED'");
}

static void resolve_one(struct bench *b) {
    int64_t incident = count_of(b, "SELECT key FROM incident WHERE state = 'ACTIVE'");
    (void)ask(b, APP_INCIDENT_RESOLVE, incident, "{}");
}

static struct str open_incident(struct bench *b) {
    return text_of(b, "SELECT type || ': ' || message FROM incident WHERE state = 'ACTIVE'");
}

/* A task waits for its form as for a repair, and then has the one that was found. */
void test_app_process_form_missing(void) {
    static const struct row {
        int line;
        const char *bpmn, *why, *wrong, *form;
    } rows[] = {
        {__LINE__, FORM_TASK("formId='f'"), "FORM_NOT_FOUND: element 'u': no form 'f' is deployed",
         "{\"id\":\"g\"}", FORM("", "a")},
        {__LINE__, FORM_TASK("formId='f' bindingType='versionTag' versionTag='v2'"),
         "FORM_NOT_FOUND: element 'u': no form 'f' is deployed with the version tag 'v2'",
         FORM("\"versionTag\":\"v1\",", "a"), FORM("\"versionTag\":\"v2\",", "a")},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct bench b;
        if (!bench_make(&b))
            return;
        (void)deploy_at(rows[i].line, &b, "p.bpmn", str_from(rows[i].bpmn));
        (void)deploy_at(rows[i].line, &b, "wrong.form", str_from(rows[i].wrong));
        (void)ask(&b, APP_INSTANCE_CREATE, 0, CREATE);
        CHECK_STR_AT(rows[i].line, open_incident(&b), str_from(rows[i].why));
        CHECK_INT_AT(rows[i].line, count_of(&b, "SELECT count(*) FROM user_task"), 0);
        resolve_one(&b); /* too early: it comes back */
        CHECK_STR_AT(rows[i].line, open_incident(&b), str_from(rows[i].why));
        (void)deploy_at(rows[i].line, &b, "f.form", str_from(rows[i].form));
        resolve_one(&b);
        CHECK_INT_AT(rows[i].line, count_of(&b, "SELECT form FROM user_task"),
                     count_of(&b, "SELECT max(key) FROM resource WHERE id = 'f'"));
        (void)ask(&b, APP_TASK_COMPLETE, count_of(&b, "SELECT key FROM user_task"), "{}");
        CHECK_INT_AT(rows[i].line, completed(&b), 1);
        bench_end(&b);
    }
}

/* Deploy a process with version 1 of what it names, then version 2 alone: which one it gets. */
static int64_t bound_to(int line, struct bench *b, const char *bpmn, const char *name,
                        const char *one, const char *two) {
    const struct app_file both[] = {{STR("p.bpmn"), str_from(bpmn)},
                                    {str_from(name), str_from(one)}};
    struct waiting w = deploy_files(b, both, COUNT_OF(both), "{}");
    CHECK_INT_AT(line, w.err.code, ERR_NONE);
    CHECK_STR_AT(line, str_from(w.err.text), STR(""));
    arena_destroy(w.arena);
    (void)deploy_at(line, b, name, str_from(two));
    return key_of(ask(b, APP_INSTANCE_CREATE, 0, CREATE), "processInstanceKey");
}

void test_app_process_form_bound(void) {
    static const struct row {
        int line;
        const char *bpmn;
        int version;
    } rows[] = {
        {__LINE__, FORM_TASK("formId='f'"), 2},
        {__LINE__, FORM_TASK("formId='f' bindingType='deployment'"), 1},
        {__LINE__, FORM_TASK("formId='f' bindingType='versionTag' versionTag='v1'"), 1},
        {__LINE__, FORM_TASK("formId='f' bindingType='versionTag' versionTag='v2'"), 2},
        {__LINE__, FORM_TASK("formKey='somewhere'"), 0},
        {__LINE__, FORM_TASK("externalReference='=\"form/\" + \"7\"'"), 0},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct bench b;
        if (!bench_make(&b))
            return;
        (void)bound_to(rows[i].line, &b, rows[i].bpmn, "f.form",
                       FORM("\"versionTag\":\"v1\",", "a"), FORM("\"versionTag\":\"v2\",", "b"));
        CHECK_INT_AT(rows[i].line, count_of(&b, "SELECT count(*) FROM user_task"), 1);
        CHECK_INT_AT(rows[i].line,
                     count_of(&b, "SELECT ifnull((SELECT version FROM resource WHERE key = "
                                  "(SELECT form FROM user_task)), 0)"),
                     rows[i].version);
        CHECK_STR_AT(rows[i].line, text_of(&b, "SELECT external_form FROM user_task"),
                     str_from(i + 1 < COUNT_OF(rows) ? "" : "form/7"));
        bench_end(&b);
    }
}

/* A deployed form that was deleted is not found any more; the same file deployed again is a new
 * version. */
void test_app_process_form_deleted(void) {
    struct bench b;
    if (!bench_make(&b))
        return;
    (void)deploy(&b, "p.bpmn", FORM_TASK("formId='f'"));
    (void)deploy(&b, "f.form", FORM("", "a"));
    (void)ask(&b, APP_RESOURCE_DELETE, count_of(&b, "SELECT key FROM resource WHERE kind = 'form'"),
              "{}");
    (void)ask(&b, APP_INSTANCE_CREATE, 0, CREATE);
    CHECK_INT(count_of(&b, "SELECT count(*) FROM incident WHERE type = 'FORM_NOT_FOUND'"), 1);
    (void)deploy(&b, "f.form", FORM("", "a"));
    resolve_one(&b);
    CHECK_INT(count_of(&b, "SELECT f.version FROM user_task AS u JOIN resource AS f ON f.key = "
                           "u.form"),
              2);
    bench_end(&b);
}

/* A user task that is a job tells its worker which form. */
void test_app_process_form_of_job(void) {
    struct bench b;
    if (!bench_make(&b))
        return;
    (void)deploy(&b, "f.form", FORM("", "a"));
    (void)deploy(&b, "p.bpmn",
                 PROCESS("p",
                         START "<bpmn:userTask id='u'><bpmn:extensionElements>"
                               "<zeebe:formDefinition formId='f'/></bpmn:extensionElements>"
                               "</bpmn:userTask>" END FLOW("f1", "s", "u") FLOW("f2", "u", "e")));
    (void)ask(&b, APP_INSTANCE_CREATE, 0, CREATE);
    const struct json *job = activate_one(&b, ACTIVATE(BPMN_USER_TASK_JOB));
    CHECK_STR(json_get_text(json_get(job, STR("customHeaders")), STR("io.camunda.zeebe:formKey")),
              text_of(&b, "SELECT CAST(key AS TEXT) FROM resource WHERE kind = 'form'"));
    bench_end(&b);
}

void test_app_process_linked_resource(void) {
    static const char one[] = "{\"id\":\"r\",\"versionTag\":\"v1\",\"script\":\"1\"}",
                      two[] = "{\"id\":\"r\",\"versionTag\":\"v2\",\"script\":\"2\"}";
    static const struct row {
        int line;
        const char *bpmn;
        int version;
    } rows[] = {
        {__LINE__, LINKED(""), 2},
        {__LINE__, LINKED("bindingType='deployment'"), 1},
        {__LINE__, LINKED("bindingType='versionTag' versionTag='v1'"), 1},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct bench b;
        if (!bench_make(&b))
            return;
        (void)bound_to(rows[i].line, &b, rows[i].bpmn, "r.rpa", one, two);
        const struct json *job = activate_one(&b, ACTIVATE("work"));
        const struct json *headers = json_get(job, STR("customHeaders"));
        struct str want = text_of(
            &b, arena_printf(b.arena,
                             "SELECT '[{\"resourceKey\":\"' || key || '\",\"resourceType\":\"RPA\""
                             ",\"linkName\":\"script\"}]' FROM resource WHERE id = 'r' AND "
                             "version = %d",
                             rows[i].version)
                    .at);
        CHECK_STR_AT(rows[i].line, json_get_text(headers, STR("linkedResources")), want);
        CHECK_STR_AT(rows[i].line, json_get_text(headers, STR("h")), STR("1"));
        bench_end(&b);
    }
}

/* Any file is a resource: one that is no JSON goes by its name. */
void test_app_process_linked_missing(void) {
    struct bench b;
    if (!bench_make(&b))
        return;
    (void)deploy(&b, "p.bpmn", LINKED("bindingType='versionTag' versionTag='v9'"));
    (void)deploy(&b, "r", "plain text");
    (void)ask(&b, APP_INSTANCE_CREATE, 0, CREATE);
    CHECK_STR(open_incident(&b), STR("RESOURCE_NOT_FOUND: element 'a': no resource 'r' is deployed "
                                     "with the version tag 'v9'"));
    CHECK_INT(count_of(&b, "SELECT count(*) FROM job"), 0);
    (void)deploy(&b, "r.rpa", "{\"id\":\"r\",\"versionTag\":\"v9\"}");
    resolve_one(&b);
    const struct json *job = activate_one(&b, ACTIVATE("work"));
    (void)ask(&b, APP_JOB_COMPLETE, key_of(job, "jobKey"), "{}");
    CHECK_INT(completed(&b), 1);
    (void)deploy(&b, "p.bpmn", LINKED(""));
    (void)ask(&b, APP_INSTANCE_CREATE, 0, CREATE);
    CHECK_INT(
        (int64_t)json_count(json_get(activate_one(&b, ACTIVATE("work")), STR("customHeaders"))), 2);
    bench_end(&b);
}

/* What a file says of itself is checked when it is deployed. */
void test_app_process_resource_refused(void) {
    static const struct row {
        int line;
        const char *name, *text, *why;
    } rows[] = {
        {__LINE__, "f.form", "{\"type\":\"default\"}", "the form has no id"},
        {__LINE__, "f.form", "{\"id\":\"f\",\"versionTag\":3}",
         "the versionTag of the form is a number, not a text"},
        {__LINE__, "r.rpa", "{\"script\":\"x\"}", "the script has no id"},
    };
    struct bench b;
    if (!bench_make(&b))
        return;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct waiting w = deploy_file(&b, rows[i].name, str_from(rows[i].text), "{}");
        CHECK_INT_AT(rows[i].line, w.err.code, ERR_INVALID);
        CHECK_STR_AT(rows[i].line, str_from(w.err.text), str_from(rows[i].why));
        arena_destroy(w.arena);
    }
    bench_end(&b);
}

/* ---- decisions and processes by tag ------------------------------------------------------------
 */

#define DMN(file_tag, decision_tag, result)                                                        \
    "<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/' id='drg' name='drg' "       \
    "xmlns:zeebe='http://camunda.org/schema/zeebe/1.0' namespace='t'>" file_tag                    \
    "<decision id='d' name='d'>" decision_tag "<literalExpression><text>" result                   \
    "</text></literalExpression></decision></definitions>"
#define TAG(tag) "<extensionElements><zeebe:versionTag value='" tag "'/></extensionElements>"
#define RULE(binding)                                                                              \
    PROCESS("p",                                                                                   \
            START "<bpmn:businessRuleTask id='r'><bpmn:extensionElements><zeebe:calledDecision "   \
                  "decisionId='d' resultVariable='out' " binding "/></bpmn:extensionElements>"     \
                  "</bpmn:businessRuleTask>" END FLOW("f1", "s", "r") FLOW("f2", "r", "e"))

void test_app_process_decision_bound(void) {
    static const struct row {
        int line;
        const char *bpmn, *out;
    } rows[] = {
        {__LINE__, RULE(""), "2"},
        {__LINE__, RULE("bindingType='deployment'"), "1"},
        {__LINE__, RULE("bindingType='versionTag' versionTag='v1'"), "1"},
        {__LINE__, RULE("bindingType='versionTag' versionTag='v2'"), "2"},
        {__LINE__, RULE("bindingType='versionTag' versionTag='v3'"), ""},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct bench b;
        if (!bench_make(&b))
            return;
        (void)bound_to(rows[i].line, &b, rows[i].bpmn, "d.dmn", DMN("", TAG("v1"), "1"),
                       DMN(TAG("v2"), "", "2"));
        CHECK_STR_AT(rows[i].line, text_of(&b, "SELECT value FROM variable WHERE name = 'out'"),
                     str_from(rows[i].out));
        CHECK_STR_AT(
            rows[i].line, open_incident(&b),
            str_from(rows[i].out[0] != 0
                         ? ""
                         : "CALLED_DECISION_ERROR: no decision 'd' is deployed with the version "
                           "tag 'v3'"));
        bench_end(&b);
    }
}

#define CHILD(tag, result)                                                                         \
    HEAD "<bpmn:process id='q' isExecutable='true'><bpmn:extensionElements><zeebe:versionTag "     \
         "value='" tag "'/></bpmn:extensionElements>" START                                        \
         "<bpmn:scriptTask id='x'><bpmn:extensionElements><zeebe:script expression='=" result      \
         "' resultVariable='out'/></bpmn:extensionElements></bpmn:scriptTask>" END FLOW(           \
             "f1", "s", "x") FLOW("f2", "x", "e") "</bpmn:process></bpmn:definitions>"
#define CALL(binding)                                                                              \
    PROCESS("p", START "<bpmn:callActivity id='c'><bpmn:extensionElements><zeebe:calledElement "   \
                       "processId='q' " binding                                                    \
                       "/></bpmn:extensionElements></bpmn:callActivity>" END FLOW("f1", "s", "c")  \
                           FLOW("f2", "c", "e"))

void test_app_process_called_bound(void) {
    static const struct row {
        int line;
        const char *bpmn, *out;
    } rows[] = {
        {__LINE__, CALL(""), "2"},
        {__LINE__, CALL("bindingType='deployment'"), "1"},
        {__LINE__, CALL("bindingType='versionTag' versionTag='v1'"), "1"},
        {__LINE__, CALL("bindingType='versionTag' versionTag='v3'"), ""},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct bench b;
        if (!bench_make(&b))
            return;
        int64_t instance =
            bound_to(rows[i].line, &b, rows[i].bpmn, "q.bpmn", CHILD("v1", "1"), CHILD("v2", "2"));
        CHECK_STR_AT(rows[i].line,
                     text_of(&b, arena_printf(b.arena,
                                              "SELECT value FROM variable WHERE name = 'out' AND "
                                              "scope = %" PRId64,
                                              instance)
                                     .at),
                     str_from(rows[i].out));
        CHECK_STR_AT(
            rows[i].line, open_incident(&b),
            str_from(rows[i].out[0] != 0
                         ? ""
                         : "CALLED_ELEMENT_ERROR: no process 'q' is deployed with the version "
                           "tag 'v3'"));
        bench_end(&b);
    }
}

/* A decision without an id goes by its name, and a function that a decision calls has no key. */
void test_app_process_decision_unnamed(void) {
    static const char dmn[] =
        "<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/' id='drg' name='drg' "
        "namespace='t'><decision name='unnamed'><knowledgeRequirement><requiredKnowledge "
        "href='#k'/></knowledgeRequirement><literalExpression><text>twice(2)</text>"
        "</literalExpression></decision><businessKnowledgeModel id='k' name='twice'>"
        "<encapsulatedLogic><formalParameter name='n'/><decisionTable hitPolicy='FIRST'><input>"
        "<inputExpression><text>n</text></inputExpression></input><output/><rule><inputEntry>"
        "<text>-</text></inputEntry><outputEntry><text>n * 2</text></outputEntry></rule>"
        "</decisionTable></encapsulatedLogic></businessKnowledgeModel></definitions>";
    struct bench b;
    if (!bench_make(&b))
        return;
    (void)deploy_at(__LINE__, &b, "d.dmn", str_from(dmn));
    const struct json *out =
        ask(&b, APP_DECISION_EVALUATE, 0, "{\"decisionDefinitionId\":\"unnamed\"}");
    CHECK_STR(json_get_text(out, STR("output")), STR("4"));
    const struct json *steps = json_get(out, STR("evaluatedDecisions"));
    CHECK_INT((int64_t)json_count(steps), 2);
    CHECK(json_get(json_item(steps, 0), STR("decisionDefinitionKey")) == NULL);
    CHECK_STR(json_get_text(json_item(steps, 1), STR("decisionDefinitionId")), STR("unnamed"));
    CHECK_INT(key_of(json_item(steps, 1), "decisionDefinitionKey"),
              count_of(&b, "SELECT key FROM decision_definition"));
    CHECK_INT(count_of(&b, "SELECT count(*) FROM decision_instance WHERE definition = (SELECT key "
                           "FROM decision_definition) AND id = 'unnamed'"),
              1);
    bench_end(&b);
}
