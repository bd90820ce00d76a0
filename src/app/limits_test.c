/* What is too much for one instance, as the service takes it: a loop without a wait, a variable
 * beyond its limit, a storm of messages. (Many tokens: bpmn/large_test.c.) */
#include "app/bench_test.h"
#include "bpmn/step.h"

#define CONDITION(id, from, to, feel)                                                              \
    "<bpmn:sequenceFlow id='" id "' sourceRef='" from "' targetRef='" to                           \
    "'><bpmn:conditionExpression>=" feel "</bpmn:conditionExpression></bpmn:sequenceFlow>"
/* Behind `first`: counts n to a million. */
#define COUNTS(first)                                                                              \
    START "<bpmn:exclusiveGateway id='again'/><bpmn:scriptTask id='step'><bpmn:extensionElements>" \
          "<zeebe:script expression='=n + 1' resultVariable='n'/></bpmn:extensionElements>"        \
          "</bpmn:scriptTask><bpmn:exclusiveGateway id='more' default='f4'/>" END FLOW(            \
              "f1", first, "again") FLOW("f2", "again", "step") FLOW("f3", "step", "more")         \
              FLOW("f4", "more", "e") CONDITION("f5", "more", "again", "n &lt; 1000000")

static const char counter[] = "SELECT CAST(value AS INTEGER) FROM variable WHERE name = 'n'";
static const char active[] = "SELECT count(*) FROM incident WHERE state = 'ACTIVE'";

/* A loop of a million steps is stopped by what one order may cost, and is an incident; it goes on
 * when that is resolved, and can be cancelled. */
void test_app_limits_endless(void) {
    struct bench b;
    if (!bench_make(&b))
        return;
    (void)deploy(&b, "counts.bpmn", PROCESS("counts", COUNTS("s")));
    (void)ask(&b, APP_INSTANCE_CREATE, 0,
              "{\"processDefinitionId\":\"counts\",\"variables\":{\"n\":0}}");
    CHECK_INT(count_of(&b, active), 1);
    int64_t first = count_of(&b, counter);
    CHECK(first > 300 && first < BPMN_STEP_ELEMENTS_MAX);
    CHECK_STR(text_of(&b, "SELECT type FROM incident"), STR("UNKNOWN"));
    (void)ask(&b, APP_INCIDENT_RESOLVE, count_of(&b, "SELECT max(key) FROM incident"), "{}");
    CHECK_INT(count_of(&b, active), 1);
    CHECK(count_of(&b, counter) > first);
    (void)ask(&b, APP_INSTANCE_CANCEL, count_of(&b, "SELECT key FROM process_instance"), "{}");
    CHECK_INT(count_of(&b, active), 0);
    bench_end(&b);
}

/* Nobody asks for it when a timer leads into the loop: it fires once, and the service goes on. */
void test_app_limits_endless_timer(void) {
    struct bench b;
    if (!bench_make(&b))
        return;
    (void)deploy(&b, "later.bpmn",
                 PROCESS("later",
                         "<bpmn:intermediateCatchEvent id='t'><bpmn:timerEventDefinition>"
                         "<bpmn:timeDuration xsi:type='bpmn:tFormalExpression'>PT1H"
                         "</bpmn:timeDuration></bpmn:timerEventDefinition>"
                         "</bpmn:intermediateCatchEvent>" FLOW("f0", "s", "t") COUNTS("t")));
    (void)deploy(&b, "one.bpmn", ONE_JOB("one"));
    (void)ask(&b, APP_INSTANCE_CREATE, 0,
              "{\"processDefinitionId\":\"later\",\"variables\":{\"n\":0}}");
    bench_clock_forward(&b, INT64_C(2) * 3600 * 1000000);
    for (int i = 0; i < 200 && count_of(&b, active) == 0; i++)
        (void)ask(
            &b, APP_JOBS_ACTIVATE, 0,
            "{\"type\":\"none\",\"timeout\":1,\"maxJobsToActivate\":1,\"requestTimeout\":10}");
    CHECK_INT(count_of(&b, active), 1);
    (void)ask(&b, APP_INSTANCE_CREATE, 0, "{\"processDefinitionId\":\"one\"}");
    (void)activate_one(&b, ACTIVATE("work"));
    bench_end(&b);
}

/* A hundred megabytes do not even begin to be read; one variable, and all that comes at once, have
 * their limits; what was refused has changed nothing. */
void test_app_limits_variables(void) {
    struct bench b;
    if (!bench_make(&b))
        return;
    (void)deploy(&b, "one.bpmn", ONE_JOB("one"));
    size_t size = BPMN_VARIABLE_BYTES_MAX + 100;
    char *body = arena_new(b.arena, char, size + 100);
    size_t head = strlen("{\"processDefinitionId\":\"one\",\"variables\":{\"v\":\"");
    memcpy(body, "{\"processDefinitionId\":\"one\",\"variables\":{\"v\":\"", head);
    memset(body + head, 'x', size);
    memcpy(body + head + size, "\"}}", 3);
    struct waiting w;
    give(&w, &b, APP_INSTANCE_CREATE, 0, body);
    (void)take(&w, &b);
    CHECK_INT(w.err.code, ERR_LIMIT);
    CHECK(str_find(str_from(w.err.text), STR("variable 'v' is larger than")) != SIZE_MAX);
    CHECK_INT(count_of(&b, "SELECT count(*) FROM process_instance"), 0);
    bench_end(&b);
}

/* A storm of messages that nobody awaits yet: each is kept, and all are given in one order, each
 * once, in the order in which they came; those with an identifier that is known are refused. */
void test_app_limits_storm(void) {
    enum { STORM = 200 };
    struct bench b;
    if (!bench_make(&b))
        return;
    (void)deploy(
        &b, "takes.bpmn",
        HEAD "<bpmn:message id='M' name='ping'><bpmn:extensionElements><zeebe:subscription "
             "correlationKey='=k'/></bpmn:extensionElements></bpmn:message>"
             "<bpmn:process id='takes' isExecutable='true'>" START
             "<bpmn:receiveTask id='r' messageRef='M'>"
             "<bpmn:multiInstanceLoopCharacteristics isSequential='true'>"
             "<bpmn:loopCardinality>=200</bpmn:loopCardinality>"
             "</bpmn:multiInstanceLoopCharacteristics></bpmn:receiveTask>" END FLOW("f1", "s", "r")
                 FLOW("f2", "r", "e") "</bpmn:process></bpmn:definitions>");
    for (int i = 0; i < STORM; i++) {
        struct str body = arena_printf(b.arena,
                                       "{\"name\":\"ping\",\"correlationKey\":\"k\",\"timeToLive\":"
                                       "3600000,\"messageId\":\"m%d\",\"variables\":{\"last\":%d}}",
                                       i, i);
        (void)ask(&b, APP_MESSAGE_PUBLISH, 0, body.at);
        if (i % 20 == 0)
            refused(&b, APP_MESSAGE_PUBLISH, 0, body.at, ERR_CONFLICT);
    }
    (void)ask(&b, APP_INSTANCE_CREATE, 0,
              "{\"processDefinitionId\":\"takes\",\"variables\":{\"k\":\"k\"}}");
    CHECK_INT(count_of(&b, "SELECT count(*) FROM process_instance WHERE state = 'COMPLETED'"), 1);
    CHECK_INT(count_of(&b, "SELECT CAST(value AS INTEGER) FROM variable WHERE name = 'last'"),
              STORM - 1);
    bench_end(&b);
}
