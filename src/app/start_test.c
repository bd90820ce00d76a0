/* Start events with several definitions and with conditions, through the service's own orders. */
#include "app/bench_test.h"

#define MESSAGES "<bpmn:message id='m1' name='one'/><bpmn:message id='m2' name='two'/>"
#define ON(id)   "<bpmn:messageEventDefinition messageRef='" id "'/>"
#define SIGNAL   "<bpmn:signal id='g' name='go'/>"
#define BEGINS(id, roots, start, definitions)                                                      \
    HEAD roots "<bpmn:process id='" id "' isExecutable='true'><bpmn:startEvent id='s'" start       \
               ">" definitions "</bpmn:startEvent>" JOB("a", "work") END FLOW("f1", "s", "a")      \
                   FLOW("f2", "a", "e") "</bpmn:process></bpmn:definitions>"
#define WHEN(condition)                                                                            \
    "<bpmn:conditionalEventDefinition><bpmn:condition>=" condition                                 \
    "</bpmn:condition></bpmn:conditionalEventDefinition>"
#define RUNNING "SELECT count(*) FROM process_instance WHERE state = 'ACTIVE'"
#define PENDING "SELECT count(*) FROM start_pending"

static void publish(struct bench *b, const char *name, const char *key, const char *variables) {
    (void)ask(b, APP_MESSAGE_PUBLISH, 0,
              arena_printf(b->arena, "{\"name\":\"%s\",\"correlationKey\":\"%s\",\"variables\":%s}",
                           name, key, variables)
                  .at);
}

/* BPMN 2.0.2: 10.5.2, multiple: any of them starts an instance. */
void test_app_start_multiple(void) {
    struct bench b;
    if (!bench_make(&b))
        return;
    (void)deploy(&b, "any.bpmn",
                 BEGINS("any", MESSAGES SIGNAL, "",
                        ON("m1") ON("m2") "<bpmn:signalEventDefinition signalRef='g'/>"));
    CHECK_INT(count_of(&b, "SELECT count(*) FROM start_event"), 3);
    publish(&b, "two", "", "{\"x\":2}");
    CHECK_INT(count_of(&b, RUNNING), 1);
    (void)ask(&b, APP_SIGNAL, 0, "{\"signalName\":\"go\"}");
    CHECK_INT(count_of(&b, RUNNING), 2);
    (void)ask(&b, APP_MESSAGE_CORRELATE, 0, "{\"name\":\"one\",\"correlationKey\":\"k\"}");
    CHECK_INT(count_of(&b, RUNNING), 3);
    bench_end(&b);
}

/* Parallel multiple: all of them, those of one key together; what has no key counts for all. */
void test_app_start_parallel_multiple(void) {
    struct bench b;
    if (!bench_make(&b))
        return;
    (void)deploy(&b, "all.bpmn",
                 BEGINS("all", MESSAGES SIGNAL, " parallelMultiple='true'",
                        ON("m1") ON("m2") "<bpmn:signalEventDefinition signalRef='g'/>"));
    publish(&b, "one", "k", "{\"x\":1}");
    publish(&b, "two", "l", "{\"y\":1}");
    publish(&b, "one", "k", "{\"x\":2}"); /* twice is once */
    CHECK_INT(count_of(&b, PENDING), 2);
    refused(&b, APP_MESSAGE_CORRELATE, 0, "{\"name\":\"two\",\"correlationKey\":\"m\"}",
            ERR_NOT_FOUND);
    (void)ask(&b, APP_SIGNAL, 0, "{\"signalName\":\"go\"}");
    CHECK_INT(count_of(&b, RUNNING), 0);
    CHECK_INT(count_of(&b, PENDING), 3);
    const struct json *answer =
        ask(&b, APP_MESSAGE_CORRELATE, 0, "{\"name\":\"two\",\"correlationKey\":\"k\"}");
    CHECK(key_of(answer, "processInstanceKey") != 0);
    CHECK_INT(count_of(&b, RUNNING), 1);
    CHECK_INT(count_of(&b, PENDING), 1); /* of the other key; the signal was used */
    CHECK_INT(count_of(&b, "SELECT count(*) FROM variable WHERE name = 'x' AND value = '2'"), 1);
    CHECK_INT(count_of(&b, "SELECT count(*) FROM process_instance WHERE started_by = 'k'"), 1);
    const struct json *job = activate_one(&b, ACTIVATE("work"));
    (void)ask(&b, APP_JOB_COMPLETE, key_of(job, "jobKey"), "{}");
    /* the signal completes each key that waits for nothing else */
    publish(&b, "one", "l", "{}");
    publish(&b, "one", "n", "{}");
    publish(&b, "two", "n", "{}");
    (void)ask(&b, APP_SIGNAL, 0, "{\"signalName\":\"go\",\"variables\":{\"z\":1}}");
    CHECK_INT(count_of(&b, RUNNING), 2);
    CHECK_INT(count_of(&b, PENDING), 0);
    CHECK_INT(count_of(&b, "SELECT count(*) FROM variable WHERE name = 'z'"), 2);
    /* a new version begins with nothing */
    publish(&b, "one", "p", "{}");
    (void)deploy(&b, "all.bpmn",
                 BEGINS("all", MESSAGES, " parallelMultiple='true'", ON("m1") ON("m2")));
    CHECK_INT(count_of(&b, PENDING), 0);
    bench_end(&b);
}

/* BPMN 2.0.2: 10.5.2, conditional: asked with variables, and when a data store changes. */
void test_app_start_conditional(void) {
    struct bench b;
    if (!bench_make(&b))
        return;
    int64_t first = deploy(&b, "when.bpmn", BEGINS("when", "", "", WHEN("x &gt; 3")));
    (void)deploy(&b, "other.bpmn", BEGINS("other", "", "", WHEN("x &gt; 1 and y = true")));
    const struct json *answer = ask(&b, APP_CONDITIONALS_EVALUATE, 0, "{\"variables\":{\"x\":5}}");
    const struct json *begun = json_get(answer, STR("processInstances"));
    CHECK_INT((int64_t)json_count(begun), 1);
    CHECK_INT(key_of(json_item(begun, 0), "processDefinitionKey"), first);
    CHECK(key_of(answer, "conditionalEvaluationKey") != 0);
    CHECK_INT(count_of(&b, RUNNING), 1);
    CHECK_INT(count_of(&b, "SELECT count(*) FROM variable WHERE name = 'x' AND value = '5'"), 1);
    answer = ask(&b, APP_CONDITIONALS_EVALUATE, 0, "{\"variables\":{\"x\":5,\"y\":true}}");
    CHECK_INT((int64_t)json_count(json_get(answer, STR("processInstances"))), 2);
    struct str body = arena_printf(
        b.arena, "{\"processDefinitionKey\":\"%lld\",\"variables\":{\"x\":9,\"y\":true}}",
        (long long)first);
    answer = ask(&b, APP_CONDITIONALS_EVALUATE, 0, body.at);
    CHECK_INT((int64_t)json_count(json_get(answer, STR("processInstances"))), 1);
    (void)ask(&b, APP_CONDITIONALS_EVALUATE, 0, "{\"variables\":{\"x\":1}}");
    CHECK_INT(count_of(&b, RUNNING), 4);
    refused(&b, APP_CONDITIONALS_EVALUATE, 0, "{\"processDefinitionKey\":\"7\"}", ERR_NOT_FOUND);
    bench_end(&b);
}

/* An instance writes what a condition of its own process reads: one begins when it becomes true. */
void test_app_start_conditional_store(void) {
    struct bench b;
    if (!bench_make(&b))
        return;
    (void)deploy(
        &b, "level.bpmn",
        PROCESS(
            "level",
            "<bpmn:dataStoreReference id='d' name='level'/>" START "<bpmn:startEvent id='w'>" WHEN(
                "level &gt; 3") "</bpmn:startEvent>"
                                "<bpmn:serviceTask "
                                "id='a'><bpmn:extensionElements><zeebe:taskDefinition "
                                "type='work'/></"
                                "bpmn:extensionElements><bpmn:ioSpecification><bpmn:dataOutput "
                                "id='o' "
                                "name='out'/></bpmn:ioSpecification><bpmn:dataOutputAssociation>"
                                "<bpmn:sourceRef>o</bpmn:sourceRef><bpmn:targetRef>d</"
                                "bpmn:targetRef>"
                                "</bpmn:dataOutputAssociation></bpmn:serviceTask>" JOB("b", "alarm")
                                    END FLOW("f1", "s", "a") FLOW("f2", "a", "e")
                                        FLOW("f3", "w", "b") FLOW("f4", "b", "e")));
    static const char *const levels[] = {"2", "4", "5", "1", "6"};
    static const int64_t alarms[] = {0, 1, 1, 1, 2};
    for (size_t i = 0; i < COUNT_OF(levels); i++) {
        (void)ask(&b, APP_INSTANCE_CREATE, 0, "{\"processDefinitionId\":\"level\"}");
        const struct json *job = activate_one(&b, ACTIVATE("work"));
        (void)ask(&b, APP_JOB_COMPLETE, key_of(job, "jobKey"),
                  arena_printf(b.arena, "{\"variables\":{\"out\":%s}}", levels[i]).at);
        CHECK_INT(count_of(&b, "SELECT count(*) FROM job WHERE type = 'alarm'"), alarms[i]);
    }
    bench_end(&b);
}

/* However many processes hear of it. */
void test_app_start_many(void) {
    enum { FILES = 26, IN_EACH = 10, MANY = FILES * IN_EACH };
    struct bench b;
    struct buf text;
    if (!bench_make(&b))
        return;
    buf_init(&text, 1 << 20);
    for (int n = 0; n < FILES; n++) {
        buf_reset(&text);
        buf_lit(&text, HEAD MESSAGES SIGNAL);
        for (int i = 0; i < IN_EACH; i++)
            buf_printf(&text,
                       "<bpmn:process id='p%d-%d' isExecutable='true'><bpmn:startEvent id='s%d'>" //
                       ON("m1") "<bpmn:signalEventDefinition signalRef='g'/>" WHEN(
                           "x = 1") "</bpmn:startEvent><bpmn:endEvent id='e%d'/><bpmn:sequenceFlow "
                                    "id='f%d' "
                                    "sourceRef='s%d' targetRef='e%d'/></bpmn:process>",
                       n, i, i, i, i, i, i);
        buf_lit(&text, "</bpmn:definitions>");
        (void)deploy_at(__LINE__, &b, arena_printf(b.arena, "%d.bpmn", n).at, buf_view(&text));
    }
    buf_done(&text);
    (void)ask(&b, APP_SIGNAL, 0, "{\"signalName\":\"go\"}");
    CHECK_INT(count_of(&b, "SELECT count(*) FROM process_instance"), MANY);
    publish(&b, "one", "", "{}");
    CHECK_INT(count_of(&b, "SELECT count(*) FROM process_instance"), 2 * MANY);
    const struct json *began = ask(&b, APP_CONDITIONALS_EVALUATE, 0, "{\"variables\":{\"x\":1}}");
    CHECK_INT((int64_t)json_count(json_get(began, STR("processInstances"))), MANY);
    CHECK_INT(count_of(&b, "SELECT count(*) FROM process_instance"), 3 * MANY);
    bench_end(&b);
}
