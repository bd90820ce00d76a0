/* Data stores through the service's own orders: what lasts beyond an instance, and what does not.
 */
#include "app/bench_test.h"

#define STORE "<bpmn:dataStoreReference id='d' name='rates' capacity='3'/>"
#define IO(in, out)                                                                                \
    "<bpmn:ioSpecification><bpmn:dataInput id='" in "' name='in'/><bpmn:dataOutput id='" out       \
    "' name='out'/></bpmn:ioSpecification>"
#define TAKES(in)                                                                                  \
    "<bpmn:dataInputAssociation><bpmn:sourceRef>d</bpmn:sourceRef><bpmn:targetRef>" in             \
    "</bpmn:targetRef></bpmn:dataInputAssociation>"
#define GIVES(out)                                                                                 \
    "<bpmn:dataOutputAssociation><bpmn:sourceRef>" out "</bpmn:sourceRef><bpmn:targetRef>d"        \
    "</bpmn:targetRef></bpmn:dataOutputAssociation>"
/* Reads the store, asks a worker of `type`, writes what it brings as `out`. */
#define KEEPER(id, type)                                                                           \
    PROCESS(id, STORE START                                                                        \
            "<bpmn:serviceTask id='a'><bpmn:extensionElements><zeebe:taskDefinition type='" type   \
            "'/></bpmn:extensionElements>" IO("i", "o") TAKES("i")                                 \
                GIVES("o") "</bpmn:serviceTask>" END FLOW("f1", "s", "a") FLOW("f2", "a", "e"))
/* Waits until the store says more than 3. */
#define WATCHER(id)                                                                                \
    PROCESS(                                                                                       \
        id, STORE START                                                                            \
        "<bpmn:intermediateCatchEvent id='c'><bpmn:conditionalEventDefinition><bpmn:condition>"    \
        "=rates &gt; 3</bpmn:condition></bpmn:conditionalEventDefinition>"                         \
        "</bpmn:intermediateCatchEvent>" END FLOW("f1", "s", "c") FLOW("f2", "c", "e"))

static const struct json *one_job(struct bench *b, const char *id) {
    (void)ask(b, APP_INSTANCE_CREATE, 0,
              arena_printf(b->arena, "{\"processDefinitionId\":\"%s\"}", id).at);
    return activate_one(b, ACTIVATE("work"));
}

/* What the task's input is, as JSON. */
static void check_in(int line, const struct json *job, struct str want) {
    struct buf text;
    buf_init(&text, 1000);
    json_write(&text, json_get(json_get(job, STR("variables")), STR("in")), JSON_COMPACT);
    CHECK_STR_AT(line, buf_view(&text), want);
    buf_done(&text);
}

/* BPMN 2.0.2: 10.4.1 */
/* A later instance, also of a later version, sees what an earlier one wrote; another process with a
 * store of that name does not; the value before is erased, and the last one outlives its writer. */
void test_app_store_kept(void) {
    struct bench b;
    struct bench_found found;
    if (!bench_make(&b))
        return;
    (void)deploy(&b, "k.bpmn", KEEPER("k", "work"));
    const struct json *job = one_job(&b, "k");
    check_in(__LINE__, job, STR("null"));
    (void)ask(&b, APP_JOB_COMPLETE, key_of(job, "jobKey"), "{\"variables\":{\"out\":[1,2]}}");
    CHECK_INT(count_of(&b, "SELECT count(*) FROM data_store WHERE process = 'k' AND store = 'd'"),
              1);
    int64_t note = count_of(&b, "SELECT note FROM data_store");
    (void)deploy(&b, "k.bpmn", KEEPER("k", "work") " ");
    job = one_job(&b, "k");
    check_in(__LINE__, job, STR("[1,2]"));
    (void)ask(&b, APP_JOB_COMPLETE, key_of(job, "jobKey"), "{\"variables\":{\"out\":7}}");
    CHECK_INT(count_of(&b, "SELECT count(*) FROM data_store"), 1);
    CHECK(count_of(&b, "SELECT note FROM data_store") > note);
    CHECK_INT(count_of(&b, "SELECT count(*) FROM event WHERE kind = 'data_store_written'"), 2);
    CHECK_INT(count_of(&b, "SELECT count(*) FROM case_key AS k JOIN event AS e ON e.case_id = "
                           "k.case_id WHERE e.kind = 'data_store_written'"),
              1);
    (void)deploy(&b, "other.bpmn", KEEPER("other", "work"));
    job = one_job(&b, "other");
    check_in(__LINE__, job, STR("null"));
    (void)ask(&b, APP_JOB_COMPLETE, key_of(job, "jobKey"), "{}");
    CHECK_INT(count_of(&b, "SELECT count(*) FROM data_store"), 1);
    /* more than its capacity is an incident */
    job = one_job(&b, "k");
    (void)ask(&b, APP_JOB_COMPLETE, key_of(job, "jobKey"), "{\"variables\":{\"out\":[1,2,3,4]}}");
    CHECK_INT(count_of(&b, "SELECT count(*) FROM incident WHERE type = 'IO_MAPPING_ERROR'"), 1);
    (void)ask(&b, APP_INSTANCE_CANCEL, key_of(job, "processInstanceKey"), "{}");
    /* its writer is erased, and it stands */
    int64_t writer = count_of(&b, "SELECT instance FROM data_store");
    (void)ask(&b, APP_INSTANCE_DELETE, writer, "{}");
    job = one_job(&b, "k");
    check_in(__LINE__, job, STR("7"));
    CHECK_INT((int64_t)bench_verify(&found, &b).instances, 4);
    CHECK_INT(found.count, 0);
    bench_end(&b);
}

/* Rows beside the events are found and made again; an emptied store has none; with the last version
 * of the process goes what it kept. */
void test_app_store_rebuilt(void) {
    struct bench b;
    struct bench_found found;
    if (!bench_make(&b))
        return;
    int64_t definition = deploy(&b, "k.bpmn", KEEPER("k", "work"));
    const struct json *job = one_job(&b, "k");
    (void)ask(&b, APP_JOB_COMPLETE, key_of(job, "jobKey"), "{\"variables\":{\"out\":5}}");
    bench_spoil(&b, "UPDATE data_store SET instance = 9");
    bench_spoil(&b, "INSERT INTO data_store SELECT 'q', store, value, instance, 1, at_us FROM "
                    "data_store");
    (void)bench_verify(&found, &b);
    CHECK_INT(found.count, 2);
    (void)bench_rebuild(&b);
    (void)bench_verify(&found, &b);
    CHECK_INT(found.count, 0);
    CHECK(bench_open(&b));
    job = one_job(&b, "k");
    check_in(__LINE__, job, STR("5"));
    (void)ask(&b, APP_JOB_COMPLETE, key_of(job, "jobKey"), "{\"variables\":{\"out\":null}}");
    CHECK_INT(count_of(&b, "SELECT count(*) FROM data_store"), 0);
    job = one_job(&b, "k");
    (void)ask(&b, APP_JOB_COMPLETE, key_of(job, "jobKey"), "{\"variables\":{\"out\":6}}");
    CHECK_INT(count_of(&b, "SELECT count(*) FROM data_store"), 1);
    (void)ask(&b, APP_RESOURCE_DELETE, definition, "{}");
    CHECK_INT(count_of(&b, "SELECT count(*) FROM data_store"), 0);
    (void)bench_verify(&found, &b);
    CHECK_INT(found.count, 0);
    bench_end(&b);
}

/* Another instance of the process that waits for the store's value goes on when it is written. */
void test_app_store_awaited(void) {
    static const char both[] = PROCESS(
        "both", STORE START
        "<bpmn:exclusiveGateway id='g' default='f3'/><bpmn:serviceTask id='a'>"
        "<bpmn:extensionElements><zeebe:taskDefinition type='work'/></bpmn:extensionElements>" IO(
            "i", "o")
            GIVES("o") "</bpmn:serviceTask><bpmn:intermediateCatchEvent id='c'>"
                       "<bpmn:conditionalEventDefinition><bpmn:condition>=rates &gt; 3"
                       "</bpmn:condition></bpmn:conditionalEventDefinition>"
                       "</bpmn:intermediateCatchEvent>" END FLOW(
                           "f1", "s", "g") "<bpmn:sequenceFlow id='f2' sourceRef='g' targetRef='a'>"
                                           "<bpmn:conditionExpression>=writes = true"
                                           "</bpmn:conditionExpression></bpmn:sequenceFlow>" FLOW(
                                               "f3", "g", "c") FLOW("f4", "a", "e")
                                               FLOW("f5", "c", "e"));
    struct bench b;
    struct bench_found found;
    if (!bench_make(&b))
        return;
    (void)deploy_at(__LINE__, &b, "both.bpmn", str_from(both));
    (void)deploy(&b, "watcher.bpmn", WATCHER("watcher"));
    (void)ask(&b, APP_INSTANCE_CREATE, 0, "{\"processDefinitionId\":\"both\"}");
    (void)ask(&b, APP_INSTANCE_CREATE, 0, "{\"processDefinitionId\":\"watcher\"}");
    for (int i = 0; i < 2; i++) {
        (void)ask(&b, APP_INSTANCE_CREATE, 0,
                  "{\"processDefinitionId\":\"both\",\"variables\":{\"writes\":true}}");
        const struct json *job = activate_one(&b, ACTIVATE("work"));
        (void)ask(&b, APP_JOB_COMPLETE, key_of(job, "jobKey"),
                  i == 0 ? "{\"variables\":{\"out\":2}}" : "{\"variables\":{\"out\":4}}");
        CHECK_INT(count_of(&b, "SELECT count(*) FROM process_instance WHERE state = 'COMPLETED'"),
                  i == 0 ? 1 : 3);
    }
    CHECK_INT(count_of(&b, "SELECT count(*) FROM event WHERE kind = 'process_store_changed'"), 1);
    (void)bench_verify(&found, &b);
    CHECK_INT(found.count, 0);
    bench_end(&b);
}
