/* Timers that fell behind: the service was down while they were due. */
#include "app/bench_test.h"

#define TIMER(cycle)                                                                               \
    "<bpmn:timerEventDefinition><bpmn:timeCycle xsi:type='bpmn:tFormalExpression'>" cycle          \
    "</bpmn:timeCycle></bpmn:timerEventDefinition>"

static const int64_t MINUTE_US = 60000000;

/* The clock goes on while the service is closed; it is opened again. */
static void down_for(struct bench *b, int minutes) {
    const char *sql =
        arena_printf(b->arena,
                     "INSERT INTO setting (name, value) VALUES ('clock_offset_us', '%lld') ON "
                     "CONFLICT (name) DO UPDATE SET value = CAST(CAST(value AS INTEGER) + %lld AS "
                     "TEXT)",
                     (long long)(minutes * MINUTE_US), (long long)(minutes * MINUTE_US))
            .at;
    bench_spoil(b, sql);
    CHECK(bench_open(b));
}

/* Until the number is there, or three seconds have passed. */
static int64_t settled(struct bench *b, const char *sql, int64_t want) {
    for (int i = 0; i < 300 && count_of(b, sql) != want; i++)
        os_pause_us(10000);
    return count_of(b, sql);
}

static const char fired[] =
    "SELECT count(*) FROM sequence_flow AS f JOIN process_definition AS d ON d.key = f.definition "
    "WHERE d.id = 'often' AND f.element = 'f1'";
static const char reminded[] = "SELECT count(*) FROM element_instance AS e JOIN process_element AS "
                               "p ON p.definition = e.definition AND p.node = e.node WHERE "
                               "p.element = 'said'";
/* When the user task's timer is due, in minutes from its start. */
static const char due[] =
    "SELECT CASE wake_us WHEN 0 THEN 0 ELSE (wake_us - started_us) / 60000000 END FROM "
    "process_instance WHERE state = 'ACTIVE'";

void test_app_process_cycle_behind(void) {
    struct bench b;
    if (!bench_make(&b))
        return;
    (void)deploy(&b, "often.bpmn",
                 PROCESS("often", "<bpmn:startEvent id='s'>" TIMER(
                                      "R/PT10M") "</bpmn:startEvent>" END FLOW("f1", "s", "e")));
    (void)deploy(
        &b, "reminds.bpmn",
        PROCESS(
            "reminds",
            START USER("u") "<bpmn:boundaryEvent id='b' attachedToRef='u' "
                            "cancelActivity='false'>" TIMER(
                                "R5/PT10M") "</bpmn:boundaryEvent><bpmn:endEvent id='said'/>" END
                                FLOW("f1", "s", "u") FLOW("f2", "u", "e") FLOW("f3", "b", "said")));
    (void)ask(&b, APP_INSTANCE_CREATE, 0, "{\"processDefinitionId\":\"reminds\"}");
    CHECK_INT(count_of(&b, due), 10);
    down_for(&b, 35); /* 10, 20 and 30 were missed: they fire once, together, and count */
    CHECK_INT(settled(&b, fired, 1), 1);
    CHECK_INT(settled(&b, reminded, 1), 1);
    CHECK_INT(count_of(&b, due), 40);
    CHECK_INT(count_of(&b, "SELECT count(*) FROM start_event WHERE due_us - armed_us = 2400000000"),
              1);
    bench_clock_forward(&b, 10 * MINUTE_US); /* 45: nothing was missed */
    CHECK_INT(settled(&b, fired, 2), 2);
    CHECK_INT(settled(&b, reminded, 2), 2);
    CHECK_INT(count_of(&b, due), 50);
    down_for(&b, 60); /* the fifth is the last */
    CHECK_INT(settled(&b, fired, 3), 3);
    CHECK_INT(settled(&b, reminded, 3), 3);
    CHECK_INT(count_of(&b, due), 0);
    (void)ask(&b, APP_TASK_COMPLETE, count_of(&b, "SELECT key FROM user_task"), "{}");
    CHECK_INT(count_of(&b, "SELECT count(*) FROM process_instance WHERE state = 'ACTIVE'"), 0);
    bench_end(&b);
}

/* How long an instance that has ended is kept. */
void test_app_process_history_length(void) {
    static const struct row {
        int line;
        const char *keep, *before; /* from 2026-03-31T12:00:00Z; NULL: refused */
    } rows[] = {
        {__LINE__, "P180D", "2025-10-02T12:00:00Z"},
        {__LINE__, "PT36H", "2026-03-30T00:00:00Z"},
        {__LINE__, "P1DT1M", "2026-03-30T11:59:00Z"},
        {__LINE__, "P1M", "2026-02-28T12:00:00Z"},
        {__LINE__, "P1Y", "2025-03-31T12:00:00Z"},
        {__LINE__, "180", NULL},
        {__LINE__, "P0D", NULL},
        {__LINE__, "-P1D", NULL},
        {__LINE__, "P1000Y", NULL},
        {__LINE__, "", NULL},
    };
    int64_t now_us = 0;
    CHECK(cal_us_parse(&now_us, STR("2026-03-31T12:00:00Z")));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct err err = {0};
        int64_t want_us = -1, got_us = -1;
        if (rows[i].before != NULL)
            CHECK_AT(rows[i].line, cal_us_parse(&want_us, str_from(rows[i].before)));
        bool ok = app_history_before(&got_us, rows[i].keep, now_us, &err);
        CHECK_AT(rows[i].line, ok == (rows[i].before != NULL));
        CHECK_INT_AT(rows[i].line, got_us, want_us);
    }
}
