/* Rows that no instance's events give: each, spoilt behind the service's back, is found. */
#include <stdlib.h>

#include "app/bench_test.h"

/* Something of everything that is deployed, and a message that reached somebody and waits on. */
static void fill(struct bench *b) {
    static const char waits[] =
        HEAD "<bpmn:message id='m' name='paid'><bpmn:extensionElements><zeebe:subscription "
             "correlationKey='=order'/></bpmn:extensionElements></bpmn:message>"
             "<bpmn:process id='waits' isExecutable='true'>" START
             "<bpmn:intermediateCatchEvent id='c'><bpmn:messageEventDefinition messageRef='m'/>"
             "</bpmn:intermediateCatchEvent>" JOB("a", "work") END FLOW("f1", "s", "c")
                 FLOW("f2", "c", "a") FLOW("f3", "a", "e") "</bpmn:process></bpmn:definitions>";
    (void)deploy(b, "one.bpmn", ONE_JOB("one"));
    (void)deploy_at(__LINE__, b, "waits.bpmn", str_from(waits));
    (void)deploy(b, "often.bpmn",
                 PROCESS("often", "<bpmn:startEvent id='s'><bpmn:timerEventDefinition>"
                                  "<bpmn:timeCycle xsi:type='bpmn:tFormalExpression'>R/P1D"
                                  "</bpmn:timeCycle></bpmn:timerEventDefinition>"
                                  "</bpmn:startEvent>" END FLOW("f1", "s", "e")));
    (void)deploy(b, "d.dmn",
                 "<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/' id='drg' "
                 "name='drg' namespace='t'><decision id='d' name='d'><literalExpression><text>1"
                 "</text></literalExpression></decision></definitions>");
    (void)deploy(b, "f.form", "{\"id\":\"f\"}");
    (void)ask(b, APP_RESOURCE_DELETE, count_of(b, "SELECT key FROM resource WHERE kind = 'form'"),
              "{}");
    (void)ask(b, APP_INSTANCE_CREATE, 0,
              "{\"processDefinitionId\":\"waits\",\"variables\":{\"order\":\"7\"}}");
    (void)ask(b, APP_MESSAGE_PUBLISH, 0,
              "{\"name\":\"paid\",\"correlationKey\":\"7\",\"timeToLive\":3600000,"
              "\"variables\":{\"sum\":1.50}}");
}

void test_app_process_verify_shared(void) {
    static const struct row {
        int line;
        const char *sql, *found; /* the last line */
        bool rebuilt;
    } rows[] = {
        {__LINE__, "UPDATE message SET variables = '{}'", "is not what its event says", true},
        {__LINE__, "UPDATE message SET until_us = until_us + 1", "is not what its event says",
         true},
        {__LINE__, "DELETE FROM message", "is not what its event says", true},
        {__LINE__,
         "INSERT INTO message (key, name, correlation_key, message_id, variables, until_us) VALUES "
         "(99 << 24, 'x', '', '', '{}', 1)",
         "1 messages follow from no event", true},
        {__LINE__, "UPDATE process_definition SET latest = 0", "another newest version", true},
        {__LINE__, "UPDATE process_definition SET id = 'x' WHERE id = 'one'",
         "the row of process 'one' is not what its deployment's event says", false},
        {__LINE__, "UPDATE process_element SET type = 'TASK' WHERE element = 'a'",
         "are not what its file says", false},
        {__LINE__, "UPDATE decision_definition SET key = key + 9",
         "the row of decision 'd' is not what its deployment's event says", false},
        {__LINE__, "UPDATE resource SET bytes = CAST(bytes || ' ' AS BLOB) WHERE kind = 'form'",
         "is not what was deployed", false},
        {__LINE__, "UPDATE resource SET deleted_us = 0", "was deleted, and its row does not say so",
         false},
        {__LINE__, "UPDATE start_event SET element = 'x'", "start events are not of the newest",
         false},
        {__LINE__, "UPDATE message_taken SET name = 'x'", "whom a message reached fit no instance",
         false},
        {__LINE__, "DELETE FROM message_taken", "got a message of which it is not noted", false},
    };
    struct bench_found found;
    struct bench b;
    if (!bench_make(&b))
        return;
    fill(&b);
    (void)bench_verify(&found, &b);
    CHECK_STR(str_from(found.last), STR(""));
    CHECK(bench_open(&b));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        app_close(b.app);
        b.app = NULL;
        const char *whole = b.folder;
        const char *copy = arena_printf(b.arena, "%s-%zu", whole, i).at;
        CHECK_INT(system(arena_printf(b.arena, "cp -r %s %s", whole, copy).at), 0);
        b.folder = copy;
        bench_spoil(&b, rows[i].sql);
        (void)bench_verify(&found, &b);
        CHECK_AT(rows[i].line, found.count > 0);
        if (str_find(str_from(found.last), str_from(rows[i].found)) == SIZE_MAX)
            CHECK_STR_AT(rows[i].line, str_from(found.last), str_from(rows[i].found));
        (void)bench_rebuild(&b);
        (void)bench_verify(&found, &b);
        CHECK_AT(rows[i].line, (found.count == 0) == rows[i].rebuilt);
        struct err err = {0};
        CHECK_OK(os_folder_remove(copy, &err), &err);
        b.folder = whole;
    }
    bench_end(&b);
}
