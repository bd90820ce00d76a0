/* What stays of an instance that was erased: digests, and nothing that was said in it. */
#include "app/bench_test.h"

#define SECRET "Quite-Distinct-4711"

static bool folder_says(struct bench *b, const char *file) {
    struct err err = {0};
    struct str bytes = STR_NONE;
    const char *path = arena_printf(b->arena, "%s/%s", b->folder, file).at;
    if (!os_file_read(&bytes, path, 64 << 20, b->arena, &err)) {
        CHECK_INT(err.code, ERR_NOT_FOUND);
        return false;
    }
    return str_find(bytes, STR(SECRET)) != SIZE_MAX;
}

/* Its variables stand in clear in rows, and so do what workers and people said of it. Erased, the
 * text is in no byte of the database, its freed pages and its log included. */
void test_app_process_erased_leaves_nothing(void) {
    struct bench b;
    if (!bench_make(&b))
        return;
    (void)deploy(&b, "one.bpmn",
                 PROCESS("one", START JOB("a", "work") USER("u") END FLOW("f1", "s", "a")
                                    FLOW("f2", "a", "u") FLOW("f3", "u", "e")));
    int64_t key = key_of(ask(&b, APP_INSTANCE_CREATE, 0,
                             "{\"processDefinitionId\":\"one\",\"variables\":{\"name\":\"" SECRET
                             "\"},\"tags\":[\"" SECRET "\"]}"),
                         "processInstanceKey");
    int64_t job = key_of(activate_one(&b, ACTIVATE("work")), "jobKey");
    (void)ask(&b, APP_JOB_FAIL, job, "{\"retries\":0,\"errorMessage\":\"" SECRET "\"}");
    (void)ask(&b, APP_JOB_UPDATE, job, "{\"changeset\":{\"retries\":1}}");
    (void)ask(&b, APP_INCIDENT_RESOLVE, count_of(&b, "SELECT key FROM incident"), "{}");
    (void)ask(&b, APP_JOB_COMPLETE, key_of(activate_one(&b, ACTIVATE("work")), "jobKey"), "{}");
    int64_t task = count_of(&b, "SELECT key FROM user_task");
    (void)ask(&b, APP_TASK_ASSIGN, task, "{\"assignee\":\"" SECRET "\"}");
    app_close(b.app);
    CHECK(folder_says(&b, "mandate.db")); /* so that the end of this test means something */
    CHECK(bench_open(&b));
    (void)ask(&b, APP_TASK_COMPLETE, task, "{\"variables\":{\"more\":\"" SECRET "\"}}");
    refused(&b, APP_INSTANCE_DELETE, key + 1, "{}", ERR_NOT_FOUND);
    (void)ask(&b, APP_INSTANCE_DELETE, key, "{}");
    app_close(b.app);
    CHECK(!folder_says(&b, "mandate.db"));
    CHECK(!folder_says(&b, "mandate.db-wal"));
    CHECK(bench_open(&b));
    CHECK_INT(count_of(&b, "SELECT count(*) FROM event WHERE kind LIKE 'process_%'"), 9);
    bench_end(&b);
}

/* What was said to all, or asked without an instance, is kept as long as an instance is. */
void test_app_process_notes_erased(void) {
    static const char keyed[] =
        "SELECT count(*) FROM event AS e JOIN case_key AS k ON k.case_id = e.case_id WHERE e.kind "
        "IN ('message_published', 'signal_broadcast', 'decision_evaluated', '" STORE_LOOKED_KIND
        "')";
    struct bench b;
    if (!bench_make(&b))
        return;
    (void)deploy(&b, "d.dmn",
                 "<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/' id='drg' "
                 "name='drg' namespace='t'><decision id='d' name='d'><literalExpression><text>1"
                 "</text></literalExpression></decision></definitions>");
    (void)ask(&b, APP_DECISION_EVALUATE, 0,
              "{\"decisionDefinitionId\":\"d\",\"variables\":{\"who\":\"" SECRET "\"}}");
    (void)ask(&b, APP_SIGNAL, 0, "{\"signalName\":\"s\",\"variables\":{\"who\":\"" SECRET "\"}}");
    (void)ask(&b, APP_MESSAGE_PUBLISH, 0,
              "{\"name\":\"m\",\"correlationKey\":\"" SECRET "\",\"variables\":{}}");
    (void)ask(&b, APP_MESSAGE_PUBLISH, 0,
              "{\"name\":\"m\",\"correlationKey\":\"k\",\"timeToLive\":31536000000}");
    (void)ask(&b, APP_VALUES_LOOK, 0,
              "{\"path\":\"/v2/variables/search\",\"asked\":{\"filter\":{\"value\":\"" SECRET
              "\"}}}");
    app_retention_run(b.app);
    CHECK_INT(count_of(&b, keyed), 5);
    CHECK_INT(count_of(&b, "SELECT count(*) FROM event WHERE kind = '" STORE_LOOKED_KIND
                           "' AND actor = (SELECT actor FROM event WHERE kind = "
                           "'signal_broadcast')"),
              1);
    bench_clock_forward(&b, INT64_C(181) * 86400 * 1000000);
    app_retention_run(b.app);
    CHECK_INT(count_of(&b, keyed), 1); /* the message that still waits */
    CHECK_INT(count_of(&b, "SELECT count(*) FROM message"), 1);
    CHECK_INT(count_of(&b, "SELECT count(*) FROM decision_instance"), 0);
    app_retention_run(b.app); /* goes on where it was */
    app_close(b.app);
    CHECK(!folder_says(&b, "mandate.db"));
    CHECK(bench_open(&b));
    bench_end(&b);
}
