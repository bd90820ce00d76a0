/* Process instances through the service's own orders: what the REST API does, without its wire. */
#include <stdlib.h>

#include "app/bench_test.h"
#include "app/offline.h"

void test_app_process_job(void) {
    struct bench b;
    if (!bench_make(&b))
        return;
    int64_t definition = deploy(&b, "one.bpmn", ONE_JOB("one"));
    CHECK(definition == deploy(&b, "one.bpmn", ONE_JOB("one"))); /* the same file again */
    const struct json *created =
        ask(&b, APP_INSTANCE_CREATE, 0,
            "{\"processDefinitionId\":\"one\",\"variables\":{\"x\":1.50,\"y\":[true]},"
            "\"tags\":[\"t:1\"]}");
    CHECK_INT(key_of(created, "processDefinitionKey"), definition);
    int64_t instance = key_of(created, "processInstanceKey");
    const struct json *job = activate_one(&b, ACTIVATE("work"));
    CHECK_INT(key_of(job, "processInstanceKey"), instance);
    CHECK_STR(json_text(json_get(json_get(job, STR("variables")), STR("x"))), STR("1.50"));
    CHECK_STR(json_get_text(job, STR("elementId")), STR("a"));
    CHECK_INT(
        (int64_t)json_count(json_get(ask(&b, APP_JOBS_ACTIVATE, 0, ACTIVATE("work")), STR("jobs"))),
        0);
    refused(&b, APP_JOB_COMPLETE, key_of(job, "jobKey"), "{\"worker\":\"other\"}", ERR_CONFLICT);
    (void)ask(&b, APP_JOB_COMPLETE, key_of(job, "jobKey"), "{\"variables\":{\"z\":3}}");
    refused(&b, APP_JOB_COMPLETE, key_of(job, "jobKey"), "{}", ERR_NOT_FOUND);
    CHECK_INT(count_of(&b, "SELECT count(*) FROM process_instance WHERE state = 'COMPLETED'"), 1);
    CHECK_INT(count_of(&b, "SELECT count(*) FROM element_instance WHERE state = 'COMPLETED'"), 4);
    CHECK_INT(count_of(&b, "SELECT count(*) FROM sequence_flow"), 2);
    CHECK_INT(count_of(&b, "SELECT count(*) FROM variable"), 3);
    CHECK_INT(count_of(&b, "SELECT count(*) FROM job WHERE state = 'COMPLETED' AND open = 0"), 1);
    bench_end(&b);
}

/* Whoever asked before there was a job gets it when there is one. */
void test_app_process_long_poll(void) {
    struct bench b;
    struct waiting poll, end;
    if (!bench_make(&b))
        return;
    (void)deploy(&b, "one.bpmn", ONE_JOB("one"));
    give(&poll, &b, APP_JOBS_ACTIVATE, 0,
         "{\"type\":\"work\",\"worker\":\"w\",\"timeout\":60000,\"maxJobsToActivate\":5,"
         "\"requestTimeout\":60000}");
    give(&end, &b, APP_INSTANCE_CREATE, 0,
         "{\"processDefinitionId\":\"one\",\"awaitCompletion\":true,\"variables\":{\"x\":1},"
         "\"fetchVariables\":[\"z\"]}");
    const struct json *jobs = json_get(take(&poll, &b), STR("jobs"));
    CHECK_INT((int64_t)json_count(jobs), 1);
    CHECK(!atomic_load(&end.over));
    (void)ask(&b, APP_JOB_COMPLETE, key_of(json_item(jobs, 0), "jobKey"),
              "{\"variables\":{\"z\":3}}");
    const struct json *variables = json_get(take(&end, &b), STR("variables"));
    CHECK_INT((int64_t)json_count(variables), 1);
    CHECK_STR(json_get_text(variables, STR("z")), STR("3"));
    give(&poll, &b, APP_JOBS_ACTIVATE, 0,
         "{\"type\":\"none\",\"timeout\":1000,\"maxJobsToActivate\":1,\"requestTimeout\":20}");
    CHECK_INT((int64_t)json_count(json_get(take(&poll, &b), STR("jobs"))), 0);
    bench_end(&b);
}

/* Who lost a job to another cannot answer for it any more, and is known by nothing but its key. */
void test_app_process_late_worker(void) {
    struct bench b;
    if (!bench_make(&b))
        return;
    (void)deploy(&b, "one.bpmn", ONE_JOB("one"));
    (void)ask(&b, APP_INSTANCE_CREATE, 0, "{\"processDefinitionId\":\"one\"}");
    int64_t first = key_of(activate_one(&b, ACTIVATE_FOR("work", "1")), "jobKey"), second = 0;
    for (int tries = 0; tries < 1000 && second == 0; tries++) {
        const struct json *jobs =
            json_get(ask(&b, APP_JOBS_ACTIVATE, 0, ACTIVATE("work")), STR("jobs"));
        second = json_count(jobs) == 0 ? 0 : key_of(json_item(jobs, 0), "jobKey");
    }
    CHECK(second != 0 && second != first);
    CHECK_INT((int64_t)process_key_stream(first), (int64_t)process_key_stream(second));
    refused(&b, APP_JOB_COMPLETE, first, "{}", ERR_CONFLICT);
    refused(&b, APP_JOB_FAIL, first, "{\"retries\":0}", ERR_CONFLICT);
    refused(&b, APP_JOB_ERROR, first, "{\"errorCode\":\"e\"}", ERR_CONFLICT);
    (void)ask(&b, APP_JOB_UPDATE, first, "{\"changeset\":{\"retries\":7}}");
    CHECK_INT(count_of(&b, "SELECT lease FROM job"), 1);
    (void)ask(&b, APP_JOB_COMPLETE, second, "{}");
    CHECK_INT(count_of(&b, "SELECT count(*) FROM process_instance WHERE state = 'COMPLETED'"), 1);
    bench_end(&b);
}

/* A failure leaves retries, then an incident, which is repaired. */
void test_app_process_incident(void) {
    struct bench b;
    if (!bench_make(&b))
        return;
    (void)deploy(&b, "one.bpmn", ONE_JOB("one"));
    (void)ask(&b, APP_INSTANCE_CREATE, 0, "{\"processDefinitionId\":\"one\"}");
    int64_t job = key_of(activate_one(&b, ACTIVATE("work")), "jobKey");
    (void)ask(&b, APP_JOB_FAIL, job, "{\"retries\":1,\"errorMessage\":\"once\"}");
    CHECK_INT(key_of(activate_one(&b, ACTIVATE("work")), "jobKey"), job);
    (void)ask(&b, APP_JOB_FAIL, job, "{\"retries\":0,\"errorMessage\":\"twice\"}");
    CHECK_INT(count_of(&b, "SELECT count(*) FROM incident WHERE type = 'JOB_NO_RETRIES' AND "
                           "message = 'twice' AND state = 'ACTIVE' AND job <> 0"),
              1);
    CHECK_INT(count_of(&b, "SELECT incidents FROM process_instance"), 1);
    int64_t incident = count_of(&b, "SELECT key FROM incident");
    (void)ask(&b, APP_JOB_UPDATE, job, "{\"changeset\":{\"retries\":2}}");
    CHECK_INT(count_of(&b, "SELECT count(*) FROM job WHERE open = 1"), 0);
    (void)ask(&b, APP_INCIDENT_RESOLVE, incident, "{}");
    refused(&b, APP_INCIDENT_RESOLVE, incident, "{}", ERR_NOT_FOUND);
    const struct json *again = activate_one(&b, ACTIVATE("work"));
    CHECK_STR(json_get_text(again, STR("retries")), STR("2"));
    (void)ask(&b, APP_JOB_COMPLETE, job, "{}");
    CHECK_INT(count_of(&b, "SELECT count(*) FROM process_instance WHERE state = 'COMPLETED' AND "
                           "incidents = 0"),
              1);
    bench_end(&b);
}

/* What can get stuck is refused with the way there, and deployed when it is named. */
void test_app_process_unsound(void) {
    static const char stuck[] =
        PROCESS("stuck", START "<bpmn:exclusiveGateway id='g' default='f2'/>" JOB("a", "t")
                             JOB("b", "t") "<bpmn:parallelGateway id='j'/>" END FLOW("f1", "s", "g")
                                 FLOW("f2", "g",
                                      "a") "<bpmn:sequenceFlow id='f3' sourceRef='g' targetRef='b'>"
                                           "<bpmn:conditionExpression>=x</bpmn:conditionExpression>"
                                           "</bpmn:sequenceFlow>" FLOW("f4", "a", "j")
                                               FLOW("f5", "b", "j") FLOW("f6", "j", "e"));
    struct bench b;
    if (!bench_make(&b))
        return;
    struct waiting w = deploy_file(&b, "stuck.bpmn", str_from(stuck), "{}");
    CHECK_INT(w.err.code, ERR_INVALID);
    CHECK(str_find(str_from(w.err.text), STR("is not sound")) != SIZE_MAX);
    arena_destroy(w.arena);
    w = deploy_file(&b, "stuck.bpmn", str_from(stuck), "{\"override\":[\"stuck\"]}");
    CHECK_INT(w.err.code, ERR_NONE);
    CHECK_INT((int64_t)json_count(json_get(w.body, STR("warnings"))), 1);
    arena_destroy(w.arena);
    bench_end(&b);
}

/* The values of a decision that comes with the process count; of one that does not, nothing is
 * known. */
void test_app_process_unsound_values(void) {
    static const char process[] = PROCESS(
        "values", START
        "<bpmn:businessRuleTask id='d'><bpmn:extensionElements><zeebe:calledDecision "
        "decisionId='fee' resultVariable='x'/></bpmn:extensionElements></bpmn:"
        "businessRuleTask><bpmn:exclusiveGateway id='g'/>" END
        "<bpmn:endEvent id='f'/>" FLOW("f1", "s", "d") FLOW(
            "f2", "d",
            "g") "<bpmn:sequenceFlow id='f3' sourceRef='g' targetRef='e'><bpmn:conditionExpression>"
                 "=x = \"low\"</bpmn:conditionExpression></bpmn:sequenceFlow>"
                 "<bpmn:sequenceFlow id='f4' sourceRef='g' targetRef='f'><bpmn:conditionExpression>"
                 "=x = \"none\"</bpmn:conditionExpression></bpmn:sequenceFlow>");
    static const char rules[] =
        "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL' id='m' name='m' "
        "namespace='n'><decision id='fee' name='Fee'><variable name='Fee'/><literalExpression>"
        "<text>if n = 1 then \"low\" else \"high\"</text></literalExpression></decision>"
        "</definitions>";
    const struct app_file files[] = {{STR("values.bpmn"), str_from(process)},
                                     {STR("fee.dmn"), str_from(rules)}};
    struct bench b;
    if (!bench_make(&b))
        return;
    struct waiting w = deploy_files(&b, files, 2, "{}");
    CHECK_INT(w.err.code, ERR_INVALID);
    CHECK_STR(str_from(w.err.text),
              STR("process 'values' is not sound: the process can get stuck: from here it cannot "
                  "end; no way leads on from 'g' with x = \"high\"; tokens stay at: g; the way "
                  "there: s, d (x = \"high\"), g"));
    arena_destroy(w.arena);
    w = deploy_files(&b, files, 1, "{}");
    CHECK_OK(w.err.code == ERR_NONE, &w.err);
    arena_destroy(w.arena);
    bench_end(&b);
}

/* ---- user tasks, messages, signals, calls, decisions, changes
 * ------------------------------------ */

void test_app_process_user_task(void) {
    struct bench b;
    if (!bench_make(&b))
        return;
    (void)deploy(&b, "task.bpmn",
                 PROCESS("task",
                         START "<bpmn:userTask id='a' name='Look'><bpmn:extensionElements>"
                               "<zeebe:userTask/><zeebe:assignmentDefinition "
                               "candidateGroups='one, two'/></bpmn:extensionElements>"
                               "</bpmn:userTask>" END FLOW("f1", "s", "a") FLOW("f2", "a", "e")));
    (void)ask(&b, APP_INSTANCE_CREATE, 0, "{\"processDefinitionId\":\"task\"}");
    int64_t task = count_of(&b, "SELECT key FROM user_task WHERE state = 'CREATED' AND "
                                "candidate_groups = '[\"one\",\"two\"]' AND priority = 50");
    CHECK(task > 0);
    (void)ask(&b, APP_TASK_ASSIGN, task, "{\"assignee\":\"anna\",\"allowOverride\":false}");
    refused(&b, APP_TASK_ASSIGN, task, "{\"assignee\":\"ben\",\"allowOverride\":false}",
            ERR_CONFLICT);
    CHECK_INT(count_of(&b, "SELECT count(*) FROM user_task WHERE assignee = 'anna'"), 1);
    (void)ask(&b, APP_TASK_UNASSIGN, task, "{}");
    (void)ask(&b, APP_TASK_UPDATE, task,
              "{\"changeset\":{\"dueDate\":\"2030-01-01T00:00:00Z\",\"candidateGroups\":[\"x\"],"
              "\"priority\":80}}");
    refused(&b, APP_TASK_UPDATE, task, "{\"changeset\":{\"priority\":101}}", ERR_INVALID);
    CHECK_INT(count_of(&b, "SELECT count(*) FROM user_task WHERE assignee = '' AND priority = 80 "
                           "AND due_us = 1893456000000000 AND candidate_groups = '[\"x\"]'"),
              1);
    (void)ask(&b, APP_TASK_COMPLETE, task, "{\"variables\":{\"ok\":true}}");
    refused(&b, APP_TASK_COMPLETE, task, "{}", ERR_NOT_FOUND);
    CHECK_INT(count_of(&b, "SELECT count(*) FROM user_task WHERE state = 'COMPLETED'"), 1);
    CHECK_INT(count_of(&b, "SELECT count(*) FROM process_instance WHERE state = 'COMPLETED'"), 1);
    bench_end(&b);
}

#define MESSAGE(id, name, key)                                                                     \
    "<bpmn:message id='" id "' name='" name "'><bpmn:extensionElements><zeebe:subscription "       \
    "correlationKey='" key "'/></bpmn:extensionElements></bpmn:message>"
#define CATCH(id, message)                                                                         \
    "<bpmn:intermediateCatchEvent id='" id "'><bpmn:messageEventDefinition messageRef='" message   \
    "'/></bpmn:intermediateCatchEvent>"

void test_app_process_message(void) {
    static const char waits[] = HEAD MESSAGE(
        "m", "paid", "=order") "<bpmn:process id='waits' isExecutable='true'>" START CATCH("c", "m")
        END FLOW("f1", "s", "c") FLOW("f2", "c", "e") "</bpmn:process></bpmn:definitions>";
    struct bench b;
    if (!bench_make(&b))
        return;
    (void)deploy_at(__LINE__, &b, "waits.bpmn", str_from(waits));
    refused(&b, APP_MESSAGE_CORRELATE, 0, "{\"name\":\"paid\",\"correlationKey\":\"1\"}",
            ERR_NOT_FOUND);
    int64_t first =
        key_of(ask(&b, APP_INSTANCE_CREATE, 0,
                   "{\"processDefinitionId\":\"waits\",\"variables\":{\"order\":\"1\"}}"),
               "processInstanceKey");
    const struct json *met = ask(&b, APP_MESSAGE_CORRELATE, 0,
                                 "{\"name\":\"paid\",\"correlationKey\":\"1\",\"variables\":"
                                 "{\"sum\":7}}");
    CHECK_INT(key_of(met, "processInstanceKey"), first);
    CHECK_INT(count_of(&b, "SELECT count(*) FROM variable WHERE name = 'sum' AND value = '7'"), 1);
    /* it waits for who comes, and only once with its id */
    (void)ask(&b, APP_MESSAGE_PUBLISH, 0,
              "{\"name\":\"paid\",\"correlationKey\":\"2\",\"timeToLive\":60000,\"messageId\":"
              "\"x\"}");
    refused(&b, APP_MESSAGE_PUBLISH, 0,
            "{\"name\":\"paid\",\"correlationKey\":\"2\",\"timeToLive\":60000,\"messageId\":"
            "\"x\"}",
            ERR_CONFLICT);
    for (int i = 0; i < 2; i++) /* one instance of a process takes it, the second waits on */
        (void)ask(&b, APP_INSTANCE_CREATE, 0,
                  "{\"processDefinitionId\":\"waits\",\"variables\":{\"order\":\"2\"}}");
    CHECK_INT(count_of(&b, "SELECT count(*) FROM process_instance WHERE state = 'COMPLETED'"), 2);
    CHECK_INT(count_of(&b, "SELECT count(*) FROM process_instance WHERE state = 'ACTIVE'"), 1);
    CHECK_INT(count_of(&b, "SELECT count(*) FROM subscription WHERE open = 1"), 1);
    bench_end(&b);
}

/* While an instance that a key started runs, the key starts no other; the message waits for that.
 */
void test_app_process_message_start(void) {
    static const char begins[] =
        HEAD "<bpmn:message id='m' name='begin'/>"
             "<bpmn:process id='begins' isExecutable='true'><bpmn:startEvent id='s'>"
             "<bpmn:messageEventDefinition messageRef='m'/></bpmn:startEvent>" JOB("a", "work")
                 END FLOW("f1", "s", "a") FLOW("f2", "a", "e") "</bpmn:process></bpmn:definitions>";
    struct bench b;
    if (!bench_make(&b))
        return;
    (void)deploy_at(__LINE__, &b, "begins.bpmn", str_from(begins));
    for (int i = 0; i < 2; i++)
        (void)ask(&b, APP_MESSAGE_PUBLISH, 0,
                  "{\"name\":\"begin\",\"correlationKey\":\"k\",\"timeToLive\":60000}");
    CHECK_INT(count_of(&b, "SELECT count(*) FROM process_instance"), 1);
    int64_t job = key_of(activate_one(&b, ACTIVATE("work")), "jobKey");
    (void)ask(&b, APP_JOB_COMPLETE, job, "{}");
    CHECK_INT(count_of(&b, "SELECT count(*) FROM process_instance"), 2);
    CHECK_INT(count_of(&b, "SELECT count(*) FROM process_instance WHERE state = 'ACTIVE'"), 1);
    bench_end(&b);
}

/* An instantiating receive task and what stands behind an instantiating gateway start one too. */
void test_app_process_start_kinds(void) {
    static const char begins[] =
        HEAD "<bpmn:message id='m1' name='one'/><bpmn:message id='m2' name='two'/>"
             "<bpmn:process id='task' isExecutable='true'>"
             "<bpmn:receiveTask id='r' instantiate='true' messageRef='m1'/>" END FLOW(
                 "f1", "r",
                 "e") "</bpmn:process><bpmn:process id='gate' isExecutable='true'>"
                      "<bpmn:eventBasedGateway id='g' instantiate='true'/>" CATCH("c1", "m1")
                          CATCH("c2", "m2") "<bpmn:endEvent id='e1'/><bpmn:endEvent id='e2'/>" FLOW(
                              "g1", "g", "c1") FLOW("g2", "g", "c2") FLOW("g3", "c1", "e1")
                              FLOW("g4", "c2", "e2") "</bpmn:process></bpmn:definitions>";
    struct bench b;
    if (!bench_make(&b))
        return;
    (void)deploy_at(__LINE__, &b, "begins.bpmn", str_from(begins));
    (void)ask(&b, APP_MESSAGE_CORRELATE, 0, "{\"name\":\"one\"}");
    (void)ask(&b, APP_MESSAGE_CORRELATE, 0, "{\"name\":\"two\"}");
    CHECK_INT(count_of(&b, "SELECT count(*) FROM process_instance WHERE state = 'COMPLETED'"), 3);
    CHECK_INT(count_of(&b, "SELECT count(*) FROM process_definition"), 2);
    bench_end(&b);
}

void test_app_process_signal(void) {
    static const char hears[] = HEAD
        "<bpmn:signal id='g' name='alarm'/>"
        "<bpmn:process id='hears' isExecutable='true'>" START
        "<bpmn:intermediateCatchEvent id='c'><bpmn:signalEventDefinition signalRef='g'/>"
        "</bpmn:intermediateCatchEvent>" END FLOW("f1", "s", "c")
            FLOW("f2", "c",
                 "e") "</bpmn:process><bpmn:process id='begins' "
                      "isExecutable='true'><bpmn:startEvent id='s2'>"
                      "<bpmn:signalEventDefinition signalRef='g'/></bpmn:startEvent><bpmn:endEvent "
                      "id='e2'/>" FLOW("f3", "s2", "e2") "</bpmn:process></bpmn:definitions>";
    struct bench b;
    if (!bench_make(&b))
        return;
    (void)deploy_at(__LINE__, &b, "hears.bpmn", str_from(hears));
    for (int i = 0; i < 3; i++)
        (void)ask(&b, APP_INSTANCE_CREATE, 0, "{\"processDefinitionId\":\"hears\"}");
    (void)ask(&b, APP_SIGNAL, 0, "{\"signalName\":\"alarm\",\"variables\":{\"level\":2}}");
    CHECK_INT(count_of(&b, "SELECT count(*) FROM process_instance WHERE state = 'COMPLETED'"), 4);
    CHECK_INT(count_of(&b, "SELECT count(*) FROM variable WHERE name = 'level'"), 4);
    bench_end(&b);
}

#define CALL(id, process)                                                                          \
    "<bpmn:callActivity id='" id                                                                   \
    "'><bpmn:extensionElements><zeebe:calledElement processId='" process                           \
    "' propagateAllChildVariables='true'/></bpmn:extensionElements></bpmn:callActivity>"

void test_app_process_call(void) {
    struct bench b;
    if (!bench_make(&b))
        return;
    (void)deploy(
        &b, "caller.bpmn",
        PROCESS("caller", START CALL("c", "one") END FLOW("f1", "s", "c") FLOW("f2", "c", "e")));
    (void)ask(&b, APP_INSTANCE_CREATE, 0, "{\"processDefinitionId\":\"caller\"}");
    CHECK_INT(count_of(&b, "SELECT count(*) FROM incident WHERE type = 'CALLED_ELEMENT_ERROR'"), 1);
    (void)deploy(&b, "one.bpmn", ONE_JOB("one"));
    (void)ask(&b, APP_INCIDENT_RESOLVE, count_of(&b, "SELECT key FROM incident"), "{}");
    CHECK_INT(count_of(&b, "SELECT count(*) FROM process_instance WHERE parent <> 0 AND root = "
                           "parent"),
              1);
    refused(&b, APP_INSTANCE_CANCEL, count_of(&b, "SELECT max(key) FROM process_instance"), "{}",
            ERR_CONFLICT);
    int64_t job = key_of(activate_one(&b, ACTIVATE("work")), "jobKey");
    (void)ask(&b, APP_JOB_COMPLETE, job, "{\"variables\":{\"z\":3}}");
    CHECK_INT(count_of(&b, "SELECT count(*) FROM process_instance WHERE state = 'COMPLETED'"), 2);
    CHECK_INT(count_of(&b, "SELECT count(*) FROM variable WHERE name = 'z'"), 2);
    /* cancelling the caller ends what it called */
    int64_t second = key_of(ask(&b, APP_INSTANCE_CREATE, 0, "{\"processDefinitionId\":\"caller\"}"),
                            "processInstanceKey");
    (void)ask(&b, APP_INSTANCE_CANCEL, second, "{}");
    CHECK_INT(count_of(&b, "SELECT count(*) FROM process_instance WHERE state = 'TERMINATED'"), 2);
    CHECK_INT(count_of(&b, "SELECT count(*) FROM job WHERE state = 'CANCELED' AND open = 0"), 1);
    bench_end(&b);
}

void test_app_process_decision(void) {
    static const char dmn[] =
        "<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/' id='drg' name='Rates' "
        "namespace='t'><decision id='rate' name='Rate'><decisionTable id='t' hitPolicy='UNIQUE'>"
        "<input id='i'><inputExpression typeRef='number'><text>age</text></inputExpression>"
        "</input><output id='o' name='rate' typeRef='string'/>"
        "<rule id='r1'><inputEntry><text>&lt; 18</text></inputEntry><outputEntry><text>\"half\""
        "</text></outputEntry></rule><rule id='r2'><inputEntry><text>&gt;= 18</text></inputEntry>"
        "<outputEntry><text>\"full\"</text></outputEntry></rule></decisionTable></decision>"
        "</definitions>";
    struct bench b;
    if (!bench_make(&b))
        return;
    (void)deploy_at(__LINE__, &b, "rate.dmn", str_from(dmn));
    const struct json *out = ask(&b, APP_DECISION_EVALUATE, 0,
                                 "{\"decisionDefinitionId\":\"rate\",\"variables\":{\"age\":17}}");
    CHECK_STR(json_get_text(out, STR("output")), STR("\"half\""));
    const struct json *step = json_item(json_get(out, STR("evaluatedDecisions")), 0);
    const struct json *rule = json_item(json_get(step, STR("matchedRules")), 0);
    const struct json *said = json_item(json_get(rule, STR("evaluatedOutputs")), 0);
    CHECK_STR(json_get_text(said, STR("outputName")), STR("rate"));
    CHECK_STR(json_get_text(said, STR("outputValue")), STR("\"half\""));
    CHECK_INT(key_of(step, "decisionDefinitionKey"), key_of(out, "decisionDefinitionKey"));
    (void)deploy(&b, "rule.bpmn",
                 PROCESS("rule",
                         START "<bpmn:businessRuleTask id='r'><bpmn:extensionElements>"
                               "<zeebe:calledDecision decisionId='rate' resultVariable='out'/>"
                               "</bpmn:extensionElements></bpmn:businessRuleTask>" END FLOW(
                                   "f1", "s", "r") FLOW("f2", "r", "e")));
    (void)ask(&b, APP_INSTANCE_CREATE, 0,
              "{\"processDefinitionId\":\"rule\",\"variables\":{\"age\":40}}");
    CHECK_INT(count_of(&b, "SELECT count(*) FROM variable WHERE name = 'out' AND value = "
                           "'\"full\"'"),
              1);
    CHECK_INT(count_of(&b, "SELECT count(*) FROM decision_instance WHERE state = 'EVALUATED' AND "
                           "id = 'rate' AND definition <> 0"),
              2);
    CHECK_INT(count_of(&b, "SELECT count(*) FROM decision_instance WHERE element_key <> 0"), 1);
    bench_end(&b);
}

/* One decision asks another: each is told with its own version and key. */
void test_app_process_decision_versions(void) {
#define DRG(id, more)                                                                              \
    "<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/' id='" id "' name='" id      \
    "' namespace='t'><decision id='base' name='base'><literalExpression><text>2</text>"            \
    "</literalExpression></decision>" more "</definitions>"
    static const char twice[] =
        "<decision id='twice' name='twice'><informationRequirement><requiredDecision href='#base'/>"
        "</informationRequirement><literalExpression><text>2 * base</text></literalExpression>"
        "</decision>";
    struct bench b;
    if (!bench_make(&b))
        return;
    (void)deploy_at(__LINE__, &b, "one.dmn", STR(DRG("one", "")));
    struct str both = arena_printf(b.arena, DRG("two", "%s"), twice);
    (void)deploy_at(__LINE__, &b, "two.dmn", both);
    const struct json *out =
        ask(&b, APP_DECISION_EVALUATE, 0, "{\"decisionDefinitionId\":\"twice\"}");
    CHECK_STR(json_get_text(out, STR("output")), STR("4"));
    static const struct { const char *id, *version; } want[] = {{"base", "2"}, {"twice", "1"}};
    for (size_t i = 0; i < COUNT_OF(want); i++) {
        const struct json *one = json_item(json_get(out, STR("evaluatedDecisions")), i);
        CHECK_STR(json_get_text(one, STR("decisionDefinitionId")), str_from(want[i].id));
        CHECK_STR(json_text(json_get(one, STR("decisionDefinitionVersion"))),
                  str_from(want[i].version));
    }
    bench_end(&b);
}

void test_app_process_modify(void) {
    struct bench b;
    if (!bench_make(&b))
        return;
    (void)deploy(&b, "two.bpmn",
                 PROCESS("two", START JOB("a", "first") JOB("b", "second") END FLOW("f1", "s", "a")
                                    FLOW("f2", "a", "b") FLOW("f3", "b", "e")));
    int64_t key = key_of(ask(&b, APP_INSTANCE_CREATE, 0, "{\"processDefinitionId\":\"two\"}"),
                         "processInstanceKey");
    int64_t element = count_of(&b, "SELECT element_key FROM job");
    struct str body = arena_printf(b.arena,
                                   "{\"activateInstructions\":[{\"elementId\":\"b\","
                                   "\"variableInstructions\":[{\"variables\":{\"v\":1}}]}],"
                                   "\"terminateInstructions\":[{\"elementInstanceKey\":\"%lld\"}]}",
                                   (long long)element);
    (void)ask(&b, APP_INSTANCE_MODIFY, key, body.at);
    CHECK_INT(count_of(&b, "SELECT count(*) FROM job WHERE open = 1 AND type = 'second'"), 1);
    CHECK_INT(count_of(&b, "SELECT count(*) FROM job WHERE state = 'CANCELED'"), 1);
    /* and by another version of it, with the job that waits */
    int64_t next = deploy(
        &b, "two.bpmn",
        PROCESS("two", START JOB("b2", "second") END FLOW("f1", "s", "b2") FLOW("f3", "b2", "e")));
    body = arena_printf(b.arena,
                        "{\"targetProcessDefinitionKey\":\"%lld\",\"mappingInstructions\":[{"
                        "\"sourceElementId\":\"b\",\"targetElementId\":\"b2\"}]}",
                        (long long)next);
    (void)ask(&b, APP_INSTANCE_MIGRATE, key, body.at);
    CHECK_INT(count_of(&b, "SELECT definition FROM process_instance"), next);
    CHECK_INT(count_of(&b, "SELECT count(*) FROM job WHERE element = 'b2' AND open = 1"), 1);
    int64_t job = key_of(activate_one(&b, ACTIVATE("second")), "jobKey");
    (void)ask(&b, APP_JOB_COMPLETE, job, "{}");
    CHECK_INT(count_of(&b, "SELECT count(*) FROM process_instance WHERE state = 'COMPLETED'"), 1);
    bench_end(&b);
}

/* A timer fires by the service's clock; a start cycle that fell behind starts one for all it
 * missed. */
void test_app_process_timer(void) {
    struct bench b;
    if (!bench_make(&b))
        return;
    (void)deploy(&b, "late.bpmn",
                 PROCESS("late",
                         START "<bpmn:intermediateCatchEvent id='t'><bpmn:timerEventDefinition>"
                               "<bpmn:timeDuration xsi:type='bpmn:tFormalExpression'>PT1H"
                               "</bpmn:timeDuration></bpmn:timerEventDefinition>"
                               "</bpmn:intermediateCatchEvent>" END FLOW("f1", "s", "t")
                                   FLOW("f2", "t", "e")));
    (void)deploy(&b, "often.bpmn",
                 PROCESS("often",
                         "<bpmn:startEvent id='s'><bpmn:timerEventDefinition>"
                         "<bpmn:timeCycle xsi:type='bpmn:tFormalExpression'>R/PT10M"
                         "</bpmn:timeCycle></bpmn:timerEventDefinition></bpmn:startEvent>" END FLOW(
                             "f1", "s", "e")));
    (void)ask(&b, APP_INSTANCE_CREATE, 0, "{\"processDefinitionId\":\"late\"}");
    char now[CAL_TEXT_MAX];
    size_t len = cal_us_format(now, app_now_us(b.app) + INT64_C(2) * 3600 * 1000000, NULL);
    struct str body = arena_printf(b.arena, "{\"now\":\"%.*s\"}", (int)len, now);
    (void)ask(&b, APP_DEMO_CLOCK, 0, body.at);
    for (int i = 0; i < 200 && count_of(&b, "SELECT count(*) FROM process_instance WHERE state = "
                                            "'COMPLETED'") < 2;
         i++)
        (void)ask(
            &b, APP_JOBS_ACTIVATE, 0,
            "{\"type\":\"none\",\"timeout\":1,\"maxJobsToActivate\":1,\"requestTimeout\":10}");
    CHECK_INT(count_of(&b, "SELECT count(*) FROM process_instance WHERE state = 'COMPLETED'"), 2);
    CHECK_INT(count_of(&b, "SELECT count(*) FROM start_event WHERE due_us > 0"), 1);
    bench_end(&b);
}

/* A row that was changed beside the service is found, and made again. */
void test_app_process_rebuild(void) {
    struct bench b;
    struct bench_found found;
    if (!bench_make(&b))
        return;
    (void)deploy(&b, "one.bpmn", ONE_JOB("one"));
    (void)ask(&b, APP_INSTANCE_CREATE, 0,
              "{\"processDefinitionId\":\"one\",\"variables\":{\"x\":1}}");
    for (int i = 0; i < 4; i++)
        (void)ask(&b, APP_VARIABLES_SET, count_of(&b, "SELECT key FROM process_instance"),
                  "{\"variables\":{\"x\":2}}");
    bench_spoil(&b, "UPDATE variable SET value = '9'");
    bench_spoil(&b, "DELETE FROM element_instance WHERE node > 0");
    (void)bench_verify(&found, &b);
    CHECK_INT(found.count, 2);
    (void)bench_rebuild(&b);
    CHECK_INT((int64_t)bench_verify(&found, &b).instances, 1);
    CHECK_INT(found.count, 0);
    CHECK(bench_open(&b));
    int64_t job = key_of(activate_one(&b, ACTIVATE("work")), "jobKey");
    (void)ask(&b, APP_JOB_COMPLETE, job, "{}");
    CHECK_INT(count_of(&b, "SELECT count(*) FROM process_instance WHERE state = 'COMPLETED'"), 1);
    bench_end(&b);
}

/* What has ended is kept for its time and then erased, with its documents; what runs stays. */
void test_app_process_retention(void) {
    struct bench b;
    char sha256[65];
    struct err err = {0};
    if (!bench_make(&b))
        return;
    (void)deploy(&b, "one.bpmn", ONE_JOB("one"));
    for (int i = 0; i < 2; i++)
        (void)ask(&b, APP_INSTANCE_CREATE, 0, "{\"processDefinitionId\":\"one\"}");
    int64_t first = count_of(&b, "SELECT min(key) FROM process_instance");
    refused(&b, APP_INSTANCE_DELETE, first, "{}", ERR_CONFLICT);
    CHECK_OK(app_document_put(sha256, b.app, STR("paper"), &err), &err);
    struct str body = arena_printf(b.arena,
                                   "{\"documentId\":\"d\",\"fileName\":\"p.txt\",\"sha256\":\"%s\","
                                   "\"size\":5,\"processInstanceKey\":\"%lld\"}",
                                   sha256, (long long)first);
    (void)ask(&b, APP_DOCUMENT_PUT, 0, body.at);
    refused(&b, APP_DOCUMENT_PUT, 0, body.at, ERR_CONFLICT);
    (void)ask(&b, APP_INSTANCE_CANCEL, first, "{}");
    bench_clock_forward(&b, INT64_C(179) * 86400 * 1000000);
    app_retention_run(b.app);
    CHECK_INT(count_of(&b, "SELECT count(*) FROM process_instance"), 2);
    bench_clock_forward(&b, INT64_C(2) * 86400 * 1000000);
    app_retention_run(b.app);
    CHECK_INT(count_of(&b, "SELECT count(*) FROM process_instance WHERE state = 'ACTIVE'"), 1);
    CHECK_INT(count_of(&b, "SELECT count(*) FROM process_instance"), 1);
    CHECK_INT(count_of(&b, "SELECT count(*) FROM api_document"), 0);
    CHECK_INT(count_of(&b, "SELECT count(*) FROM job"), 1);
    bench_end(&b);
}

/* Whom a message reached goes with the instance, but not while the message lives. */
void test_app_process_message_erased(void) {
    static const char begins[] = HEAD
        "<bpmn:message id='m' name='go'/><bpmn:process id='begins' isExecutable='true'>"
        "<bpmn:startEvent id='s'><bpmn:messageEventDefinition "
        "messageRef='m'/></bpmn:startEvent>" END FLOW("f", "s",
                                                      "e") "</bpmn:process></bpmn:definitions>";
    struct bench b;
    if (!bench_make(&b))
        return;
    (void)deploy_at(__LINE__, &b, "begins.bpmn", str_from(begins));
    (void)ask(&b, APP_MESSAGE_CORRELATE, 0, "{\"name\":\"go\"}");
    (void)ask(&b, APP_MESSAGE_PUBLISH, 0, "{\"name\":\"go\",\"timeToLive\":60000}");
    CHECK_INT(count_of(&b, "SELECT count(*) FROM message_taken"), 2);
    for (int i = 0; i < 2; i++)
        (void)ask(&b, APP_INSTANCE_DELETE, count_of(&b, "SELECT min(key) FROM process_instance"),
                  "{}");
    CHECK_INT(count_of(&b, "SELECT count(*) FROM message_taken"), 1);
    bench_clock_forward(&b, INT64_C(120) * 1000000);
    for (int i = 0; i < 200 && count_of(&b, "SELECT count(*) FROM message") > 0; i++)
        (void)ask(&b, APP_JOBS_ACTIVATE, 0, ACTIVATE_FOR("none", "1"));
    CHECK_INT(count_of(&b, "SELECT count(*) FROM message_taken"), 0);
    bench_end(&b);
}

/* ---- cases of matters
 * ------------------------------------------------------------------------------ */

/* A copy of the packs in whose procedure `nodes` stand between `submitted`, whose flow leads to the
 * element `first`, and acceptance, to which a flow must lead from `last`. */
static const char *pack_with(struct bench *b, const char *messages, const char *nodes,
                             const char *first, const char *last) {
    static const char from[] = "<bpmn:sequenceFlow id=\"submitted-to-accept\" "
                               "sourceRef=\"submitted\" targetRef=\"accept\"/>";
    struct err err = {0};
    struct str text;
    const char *file =
        arena_printf(b->arena, "%s-packs/base/processes/application-decision.bpmn", b->folder).at;
    struct str copy = arena_printf(b->arena, "cp -r packs %s-packs", b->folder);
    CHECK(system(copy.at) == 0);
    CHECK_OK(os_file_read(&text, file, 1 << 20, b->arena, &err), &err);
    size_t top = str_find(text, STR("<bpmn:collaboration"));
    size_t at = str_find(text, STR("<bpmn:sequenceFlow id=\"submitted-to-accept\""));
    CHECK(top != SIZE_MAX && at != SIZE_MAX && top < at);
    struct buf out;
    buf_init(&out, 1 << 21);
    buf_add(&out, str_sub(text, 0, top));
    buf_add(&out, str_from(messages));
    buf_add(&out, str_sub(text, top, at - top));
    buf_add(&out, str_from(nodes));
    buf_add(&out, arena_printf(b->arena,
                               "<bpmn:sequenceFlow id=\"submitted-to-accept\" "
                               "sourceRef=\"submitted\" targetRef=\"%s\"/><bpmn:sequenceFlow "
                               "id=\"to-accept\" sourceRef=\"%s\" targetRef=\"accept\"/>",
                               first, last));
    buf_add(&out, str_sub(text, at + sizeof from - 1, text.len));
    CHECK_OK(os_file_write(file, buf_view(&out), &err), &err);
    buf_done(&out);
    return arena_printf(b->arena, "%s-packs/public-security", b->folder).at;
}

static bool bench_make_case(struct bench *b, const char *messages, const char *nodes,
                            const char *first, const char *last) {
    bench_folder(b);
    return bench_open_pack(b, pack_with(b, messages, nodes, first, last));
}

static void bench_done_case(struct bench *b) {
    struct err err = {0};
    char packs[64];
    (void)snprintf(packs, sizeof packs, "%s-packs", b->folder);
    bench_end(b);
    CHECK_OK(os_folder_remove(packs, &err), &err);
}

static const char application[] =
    "{\"matter\":\"residence-permit-issue\",\"place\":\"330302\",\"lang\":\"zh\","
    "\"applicant\":{\"name\":\"Example Person\",\"identity\":\"11010519491231002X\",\"phone\":"
    "\"13800000000\"},\"form\":{\"kind\":\"first\",\"ground\":\"dwelling\",\"household\":"
    "\"Lanzhou\",\"address\":\"1 Example Road, Unit 2\",\"since\":\"2025-01-01\",\"delivery\":"
    "\"station\"}}";

/* The procedure asks a register before a person looks. */
void test_app_process_case_job(void) {
    static const char enquire[] =
        "<bpmn:serviceTask id=\"enquire\" name=\"查询\"><bpmn:extensionElements>"
        "<mandate:name lang=\"en\">Enquire</mandate:name>"
        "<zeebe:taskDefinition type=\"enquire\"/>"
        "<mandate:purpose fields=\"since\" why=\"核实居住\" why.en=\"To check the residence\"/>"
        "</bpmn:extensionElements></bpmn:serviceTask>";
    struct bench b;
    if (!bench_make_case(&b, "", enquire, "enquire", "enquire"))
        return;
    (void)ask(&b, APP_APPLY, 0, application);
    CHECK_INT(count_of(&b, "SELECT count(*) FROM job WHERE definition = 0 AND open = 1"), 1);
    const struct json *job = activate_one(&b, ACTIVATE("enquire"));
    const struct json *seen = json_get(job, STR("variables"));
    CHECK_INT((int64_t)json_count(seen), 1); /* what the purpose names, and nothing else */
    CHECK_STR(json_get_text(seen, STR("since")), STR("2025-01-01"));
    CHECK_INT(count_of(&b, "SELECT count(*) FROM access_look WHERE account = 7"), 1);
    int64_t key = key_of(job, "jobKey");
    (void)ask(&b, APP_JOB_FAIL, key, "{\"retries\":1,\"errorMessage\":\"later\"}");
    CHECK_INT(key_of(activate_one(&b, ACTIVATE("enquire")), "jobKey"), key);
    (void)ask(&b, APP_JOB_COMPLETE, key, "{\"variables\":{\"found\":true}}");
    refused(&b, APP_JOB_COMPLETE, key, "{}", ERR_NOT_FOUND);
    CHECK_INT(count_of(&b, "SELECT count(*) FROM task WHERE node = 'accept' AND waiting = 1"), 1);
    CHECK_INT(count_of(&b, "SELECT count(*) FROM event WHERE kind = 'worked'"), 4);
    bench_done_case(&b);
}

#define NAMES(zh, en)                                                                              \
    "<bpmn:extensionElements><mandate:name lang=\"en\">" en "</mandate:name>" zh                   \
    "</bpmn:extensionElements>"

/* It waits for a message, then for a signal, then for the process that it calls. */
void test_app_process_case_reached(void) {
    static const char messages[] =
        MESSAGE("m-paid", "paid", "=&quot;k&quot;") "<bpmn:signal id='g' name='alarm'/>";
    static const char nodes[] = "<bpmn:intermediateCatchEvent id='paid' name='付款'>" NAMES(
        "",
        "Paid") "<bpmn:messageEventDefinition messageRef='m-paid'/></bpmn:intermediateCatchEvent>"
                "<bpmn:intermediateCatchEvent id='heard' name='信号'>" NAMES(
                    "", "Heard") "<bpmn:signalEventDefinition "
                                 "signalRef='g'/></bpmn:intermediateCatchEvent>"
                                 "<bpmn:callActivity id='call' name='调用'>" NAMES(
                                     "<zeebe:calledElement processId='one' "
                                     "propagateAllParentVariables='false' "
                                     "propagateAllChildVariables='true'/>",
                                     "Call") "</bpmn:callActivity>" FLOW("paid-heard", "paid",
                                                                         "heard")
                                     FLOW("heard-call", "heard", "call");
    struct bench b;
    if (!bench_make_case(&b, messages, nodes, "paid", "call"))
        return;
    (void)deploy(&b, "one.bpmn", ONE_JOB("one"));
    (void)ask(&b, APP_APPLY, 0, application);
    refused(&b, APP_MESSAGE_CORRELATE, 0, "{\"name\":\"paid\",\"correlationKey\":\"other\"}",
            ERR_NOT_FOUND);
    (void)ask(&b, APP_MESSAGE_CORRELATE, 0,
              "{\"name\":\"paid\",\"correlationKey\":\"k\",\"variables\":{\"sum\":7}}");
    refused(&b, APP_MESSAGE_CORRELATE, 0, "{\"name\":\"paid\",\"correlationKey\":\"k\"}",
            ERR_NOT_FOUND);
    /* one that waits is taken by the case that comes, and once */
    (void)ask(&b, APP_MESSAGE_PUBLISH, 0,
              "{\"name\":\"paid\",\"correlationKey\":\"k\",\"timeToLive\":60000}");
    for (int i = 0; i < 2; i++)
        (void)ask(&b, APP_APPLY, 0, application);
    CHECK_INT(count_of(&b, "SELECT count(*) FROM subscription WHERE open = 1 AND name = 'paid'"),
              1);
    CHECK_INT(count_of(&b, "SELECT count(*) FROM subscription WHERE open = 1 AND name = 'alarm'"),
              2);
    CHECK_INT(count_of(&b, "SELECT count(*) FROM message_taken WHERE instance = 0"), 2);
    /* both that wait for it hear it, and call */
    (void)ask(&b, APP_SIGNAL, 0, "{\"signalName\":\"alarm\"}");
    CHECK_INT(count_of(&b, "SELECT count(*) FROM process_instance WHERE state = 'ACTIVE'"), 2);
    CHECK_INT(count_of(&b, "SELECT count(*) FROM task WHERE node = 'accept' AND waiting = 1"), 0);
    const struct json *jobs =
        json_get(ask(&b, APP_JOBS_ACTIVATE, 0, ACTIVATE("work")), STR("jobs"));
    CHECK_INT((int64_t)json_count(jobs), 2);
    (void)ask(&b, APP_JOB_COMPLETE, key_of(json_item(jobs, 0), "jobKey"),
              "{\"variables\":{\"z\":3}}");
    CHECK_INT(count_of(&b, "SELECT count(*) FROM task WHERE node = 'accept' AND waiting = 1"), 1);
    CHECK_INT(count_of(&b, "SELECT count(*) FROM event WHERE kind = 'worked'"), 5);
    bench_done_case(&b);
}

/* An error that the called process does not catch goes to who called it. */
void test_app_process_call_error(void) {
    static const char called[] = HEAD
        "<bpmn:error id='x' errorCode='oops'/>"
        "<bpmn:process id='fails' isExecutable='true'>" START
        "<bpmn:endEvent id='e'><bpmn:errorEventDefinition errorRef='x'/></bpmn:endEvent>" FLOW(
            "f1", "s",
            "e") "</bpmn:process>"
                 "<bpmn:process id='catches' isExecutable='true'><bpmn:startEvent id='s2'/>" CALL(
                     "c",
                     "fails") "<bpmn:boundaryEvent id='b' attachedToRef='c'>"
                              "<bpmn:errorEventDefinition errorRef='x'/></bpmn:boundaryEvent>" JOB(
                                  "a",
                                  "repair") "<bpmn:endEvent id='e2'/><bpmn:endEvent "
                                            "id='e3'/>" FLOW("g1", "s2", "c") FLOW("g2", "c", "e2")
                                                FLOW("g3", "b", "a")
                                                    FLOW("g4", "a",
                                                         "e3") "</bpmn:process></bpmn:definitions>";
    struct bench b;
    if (!bench_make(&b))
        return;
    struct waiting w =
        deploy_file(&b, "fails.bpmn", str_from(called), "{\"override\":[\"fails\",\"catches\"]}");
    CHECK_INT(w.err.code, ERR_NONE);
    if (w.err.code != ERR_NONE)
        CHECK_STR(str_from(w.err.text), STR(""));
    arena_destroy(w.arena);
    (void)ask(&b, APP_INSTANCE_CREATE, 0, "{\"processDefinitionId\":\"catches\"}");
    CHECK_INT(count_of(&b, "SELECT count(*) FROM job WHERE type = 'repair' AND open = 1"), 1);
    CHECK_INT(count_of(&b, "SELECT count(*) FROM incident"), 0);
    CHECK_INT(count_of(&b, "SELECT count(*) FROM process_instance WHERE state <> 'ACTIVE'"), 1);
    /* alone, nobody catches it: an incident, and cancelling ends it */
    int64_t alone = key_of(ask(&b, APP_INSTANCE_CREATE, 0, "{\"processDefinitionId\":\"fails\"}"),
                           "processInstanceKey");
    CHECK_INT(count_of(&b, "SELECT count(*) FROM incident WHERE type = 'UNHANDLED_ERROR_EVENT'"),
              1);
    (void)ask(&b, APP_INSTANCE_CANCEL, alone, "{}");
    CHECK_INT(count_of(&b, "SELECT count(*) FROM incident WHERE state = 'ACTIVE'"), 0);
    bench_end(&b);
}
