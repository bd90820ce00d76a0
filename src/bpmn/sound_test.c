/* Soundness: processes that are sound, and for each fault a process that has it. */
#include "base/test.h"
#include "bpmn/bpmn.h"
#include "bpmn/model_test.h"

#define SUB(content) "<bpmn:subProcess id='p'>" content "</bpmn:subProcess>"
#define FORK                                                                                       \
    START("s")                                                                                     \
    PARALLEL("f") USER("a", "") USER("b", "") END("e") FLOW("s", "f") FLOW("f", "a") FLOW("f", "b")

/* Tables, by hand: a row is a model and what is found. */
/* clang-format off */
static const struct row {
    int line;
    const char *model;
    const char *want; /* "fault node" of each finding, separated by blanks */
} rows[] = {
    {__LINE__, START("s") USER("a", "") END("e") FLOW("s", "a") FLOW("a", "e"), ""},
    {__LINE__, FORK PARALLEL("j") FLOW("a", "j") FLOW("b", "j") FLOW("j", "e"), ""},
    {__LINE__, FORK INCLUSIVE("j", "") FLOW("a", "j") FLOW("b", "j") FLOW("j", "e"), ""},
    /* a choice that is joined as if it were a fork waits for ever */
    {__LINE__,
     START("s") EXCLUSIVE("g", "g-b") USER("a", "") USER("b", "") PARALLEL("j") END("e") FLOW(
         "s", "g") IF("g", "a", "x") FLOW("g", "b") FLOW("a", "j") FLOW("b", "j") FLOW("j", "e"),
     "stuck:j dead:j dead:e"},
    /* a fork that is merged as if it were a choice does things twice */
    {__LINE__,
     FORK "<bpmn:exclusiveGateway id='g'/>" USER("c", "") FLOW("a", "g") FLOW("b", "g")
         FLOW("g", "c") FLOW("c", "e"),
     "twice:c"},
    {__LINE__,
     START("s") INCLUSIVE("f", "") USER("a", "") USER("b", "") INCLUSIVE("j", "") END("e") FLOW(
         "s", "f") IF("f", "a", "x") IF("f", "b", "y") FLOW("a", "j") FLOW("b", "j") FLOW("j", "e"),
     ""},
    {__LINE__,
     START("s") INCLUSIVE("f", "") USER("a", "") USER("b", "") PARALLEL("j") END("e") FLOW("s", "f")
         IF("f", "a", "x") IF("f", "b", "y") FLOW("a", "j") FLOW("b", "j") FLOW("j", "e"),
     "stuck:j"},
    /* a loop that can be left is fine, even when it waits for nothing */
    {__LINE__,
     START("s") EXCLUSIVE("g", "") TASK("a") END("e") FLOW("s", "g") IF("g", "a", "x")
         IF("g", "e", "y") FLOW("a", "g"),
     ""},
    /* a loop that cannot be left never ends */
    {__LINE__,
     START("s") TASK("m") USER("a", "") END("e") EXCLUSIVE("g", "") FLOW("s", "m") FLOW("m", "a")
         FLOW("a", "g") IF("g", "m", "true") "<bpmn:userTask id='z'/>" FLOW("z", "e")
             IF("z", "z", "true"),
     "stuck:a dead:e dead:z"},
    {__LINE__, START("s") TASK("a") END("e") FLOW("s", "a") IF("a", "e", "x") IF("a", "a", "y"),
     ""},
    /* a fork in a loop piles up */
    {__LINE__,
     START("s") "<bpmn:exclusiveGateway id='m'/>" PARALLEL("f") USER("a", "") USER("b", "") END("e")
         FLOW("s", "m") FLOW("m", "f") FLOW("f", "a") FLOW("f", "b") FLOW("a", "m") FLOW("b", "e"),
     "unbounded:b"},
    /* boundary events, event-based gateways, event sub-processes */
    {__LINE__,
     START("s") USER("a", "") BOUNDARY("t", "a", "true", DURATION("PT1S")) END("e") FLOW("s", "a")
         FLOW("a", "e") FLOW("t", "e"),
     ""},
    {__LINE__,
     START("s") USER("a", "") BOUNDARY("t", "a", "true", DURATION("PT1S")) USER("b", "") PARALLEL(
         "j") END("e") FLOW("s", "a") FLOW("a", "j") FLOW("t", "b") FLOW("b", "j") FLOW("j", "e"),
     "stuck:j dead:j dead:e"},
    {__LINE__,
     MESSAGE("m", "x", "") START("s") USER("a", "") BOUNDARY("t", "a", "false", EVENT_MESSAGE("m"))
         USER("b", "") END("e") END("f") FLOW("s", "a") FLOW("a", "e") FLOW("t", "b")
             FLOW("b", "f"),
     ""},
    {__LINE__,
     MESSAGE("m", "x", "") START("s") EVENT_BASED("g") RECEIVE("a", "m")
         CATCH("b", DURATION("PT1H")) END("e") FLOW("s", "g") FLOW("g", "a") FLOW("g", "b")
             FLOW("a", "e") FLOW("b", "e"),
     ""},
    {__LINE__,
     ERROR("x", "E1") START("s")
         SUB(START("i") SERVICE("a", "t", "") END("o") END_ON("z", EVENT_ERROR("x"))
                 EXCLUSIVE("g", "") FLOW("i", "a") FLOW("a", "g") IF("g", "o", "x")
                     IF("g", "z", "y")) BOUNDARY("t", "p", "true", EVENT_ERROR("x")) END("e")
             FLOW("s", "p") FLOW("p", "e") FLOW("t", "e"),
     ""},
    /* an error that nobody throws */
    {__LINE__,
     ERROR("x", "E1") START("s") USER("a", "<zeebe:userTask/>")
         BOUNDARY("t", "a", "true", EVENT_ERROR("x")) END("e")
         FLOW("s", "a") FLOW("a", "e") FLOW("t", "e"),
     "dead:t"},
    {__LINE__,
     START("s") USER("a", "") USER("b", "") END_ON("z", "<bpmn:terminateEventDefinition/>")
         FLOW("s", "a") FLOW("s", "b") FLOW("a", "z") FLOW("b", "z"),
     ""},
    {__LINE__,
     MESSAGE("m", "x", "") START("s")
         USER("a", "") "<bpmn:subProcess id='q' "
                       "triggeredByEvent='true'>" START_ON("i", EVENT_MESSAGE("m")) END("o") FLOW(
                           "i", "o") "</bpmn:subProcess>" END("e") FLOW("s", "a") FLOW("a", "e"),
     ""},
    /* one value is never both, so the join behind an inclusive gateway may be a merge ... */
    {__LINE__,
     START("s") INCLUSIVE("f", "") USER("a", "") USER("b", "") "<bpmn:exclusiveGateway id='m'/>"
         USER("c", "") END("e") FLOW("s", "f") IF("f", "a", "x = &quot;a&quot;")
             IF("f", "b", "x = &quot;b&quot;") FLOW("a", "m") FLOW("b", "m") FLOW("m", "c") FLOW("c", "e"),
     ""},
    /* ... but two variables can be anything, and so can regions that overlap */
    {__LINE__,
     START("s") INCLUSIVE("f", "") USER("a", "") USER("b", "") "<bpmn:exclusiveGateway id='m'/>"
         USER("c", "") END("e") FLOW("s", "f") IF("f", "a", "x = &quot;a&quot;")
             IF("f", "b", "y = &quot;b&quot;") FLOW("a", "m") FLOW("b", "m") FLOW("m", "c") FLOW("c", "e"),
     "twice:c"},
    {__LINE__,
     START("s") INCLUSIVE("f", "") USER("a", "") USER("b", "") "<bpmn:exclusiveGateway id='m'/>"
         USER("c", "") END("e") FLOW("s", "f") IF("f", "a", "x &lt;= 5")
             IF("f", "b", "x between 5 and 9") FLOW("a", "m") FLOW("b", "m") FLOW("m", "c") FLOW("c", "e"),
     "twice:c"},
    {__LINE__,
     START("s") INCLUSIVE("f", "") USER("a", "") USER("b", "") "<bpmn:exclusiveGateway id='m'/>"
         USER("c", "") END("e") FLOW("s", "f") IF("f", "a", "x &lt; 5")
             IF("f", "b", "x in ([5..9], &gt;= 20)") FLOW("a", "m") FLOW("b", "m") FLOW("m", "c") FLOW("c", "e"),
     ""},
    {__LINE__,
     START("s") INCLUSIVE("f", "") USER("a", "") USER("b", "") "<bpmn:exclusiveGateway id='m'/>"
         USER("c", "") END("e") FLOW("s", "f") IF("f", "a", "x &lt; 5.5")
             IF("f", "b", "x &gt; 5.4") FLOW("a", "m") FLOW("b", "m") FLOW("m", "c") FLOW("c", "e"),
     "twice:c"},
    {__LINE__,
     START("s") INCLUSIVE("f", "") USER("a", "") USER("b", "") "<bpmn:exclusiveGateway id='m'/>"
         USER("c", "") END("e") FLOW("s", "f") IF("f", "a", "x") IF("f", "b", "not(x)")
             FLOW("a", "m") FLOW("b", "m") FLOW("m", "c") FLOW("c", "e"),
     ""},
    /* both or none: the parallel join gets both */
    {__LINE__,
     START("s") INCLUSIVE("f", "") USER("a", "") USER("b", "") PARALLEL("j") END("e") FLOW("s", "f")
         IF("f", "a", "x = true") IF("f", "b", "x") FLOW("a", "j") FLOW("b", "j") FLOW("j", "e"),
     ""},
    /* what is true for the second is true for the first */
    {__LINE__,
     START("s") EXCLUSIVE("g", "g-c") USER("a", "") USER("b", "") USER("c", "") END("e") FLOW("s", "g")
         IF("g", "a", "x in (&quot;a&quot;, &quot;b&quot;)") IF("g", "b", "x = &quot;b&quot;") FLOW("g", "c")
             FLOW("a", "e") FLOW("b", "e") FLOW("c", "e"),
     "dead:b"},
    {__LINE__,
     START("s") EXCLUSIVE("g", "g-c") USER("a", "") USER("b", "") USER("c", "") END("e") FLOW("s", "g")
         IF("g", "a", "x = &quot;b&quot;") IF("g", "b", "x != &quot;a&quot;") FLOW("g", "c")
             FLOW("a", "e") FLOW("b", "e") FLOW("c", "e"),
     ""},
    /* an unknown value is a value too */
    {__LINE__,
     START("s") INCLUSIVE("f", "") USER("a", "") USER("b", "") PARALLEL("j") END("e") FLOW("s", "f")
         IF("f", "a", "x = null or x = &quot;a&quot;") IF("f", "b", "x != &quot;a&quot;")
             FLOW("a", "j") FLOW("b", "j") FLOW("j", "e"),
     "stuck:j"},
    /* one region of three has both: the join is reached, but not always */
    {__LINE__,
     START("s") INCLUSIVE("f", "") USER("a", "") USER("b", "") PARALLEL("j") END("e") FLOW("s", "f")
         IF("f", "a", "x &gt; -1") IF("f", "b", "x in (&lt; 1)")
             FLOW("a", "j") FLOW("b", "j") FLOW("j", "e"),
     "stuck:j"},
    /* never both: the join is dead */
    {__LINE__,
     START("s") INCLUSIVE("f", "") USER("a", "") USER("b", "") PARALLEL("j") END("e") FLOW("s", "f")
         IF("f", "a", "x &gt; 1") IF("f", "b", "x in [0..1]")
             FLOW("a", "j") FLOW("b", "j") FLOW("j", "e"),
     "stuck:j dead:j dead:e"},
    /* what nobody expects may still come: a default flow is no dead one */
    {__LINE__,
     START("s") EXCLUSIVE("g", "g-c") USER("a", "") USER("b", "") USER("c", "") END("e") FLOW("s", "g")
         IF("g", "a", "x &lt; 5") IF("g", "b", "x &gt;= 5") FLOW("g", "c") FLOW("a", "e") FLOW("b", "e")
             FLOW("c", "e"),
     ""},
};

/* clang-format on */

void test_bpmn_sound(void) {
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct err err = {0};
        struct arena *arena = arena_create("sound", 256 << 20);
        struct bpmn_process *process;
        struct bpmn_findings found = {0};
        struct budget budget = budget_of(10000000, (uint64_t)200 << 20);
        struct buf got;
        buf_init(&got, 4096);
        CHECK_OK_AT(rows[i].line,
                    model_read(&process, arena, rows[i].model, &err) &&
                        bpmn_check_sound(&found, process, (struct bpmn_sound_limits){0}, arena,
                                         &budget, &err),
                    &err);
        for (size_t k = 0; k < found.count; k++)
            buf_printf(&got, "%s%s:%.*s", k ? " " : "", bpmn_fault_name(found.list[k].fault),
                       STR_ARG(process->nodes[found.list[k].node].id));
        CHECK_STR_AT(rows[i].line, buf_view(&got), str_from(rows[i].want));
        buf_done(&got);
        arena_destroy(arena);
    }
}

/* Tokens pile up behind more states than may be looked at: the fullest ones show it. */
void test_bpmn_sound_piles(void) {
    struct err err = {0};
    struct arena *arena = arena_create("sound", 256 << 20);
    struct bpmn_process *process;
    struct bpmn_findings found = {0};
    struct budget budget = budget_of(100000000, (uint64_t)200 << 20);
    CHECK_OK(model_read(&process, arena,
                        START("s") "<bpmn:exclusiveGateway id='m'/>" PARALLEL("f") USER("a", "")
                            USER("b", "") USER("c", "") USER("d", "") USER("x", "") USER("y", "")
                                USER("z", "") PARALLEL("j") END("e") FLOW("s", "m") FLOW("m", "f")
                                    FLOW("f", "a") FLOW("f", "b") FLOW("f", "c") FLOW("f", "d")
                                        FLOW("b", "x") FLOW("c", "y") FLOW("d", "z") FLOW("a", "m")
                                            FLOW("x", "j") FLOW("y", "j") FLOW("z", "j")
                                                FLOW("j", "e"),
                        &err) &&
                 bpmn_check_sound(&found, process,
                                  (struct bpmn_sound_limits){.states_max = 100, .whole = true},
                                  arena, &budget, &err),
             &err);
    CHECK(found.count == 1 && found.list[0].fault == BPMN_FAULT_UNBOUNDED &&
          found.list[0].step_count > 8);
    arena_destroy(arena);
}

/* The counter-example is the path, in both languages, and what still waits. */
void test_bpmn_sound_path(void) {
    struct err err = {0};
    struct arena *arena = arena_create("sound", 256 << 20);
    struct bpmn_process *process;
    struct bpmn_findings found = {0};
    struct budget budget = budget_of(10000000, (uint64_t)200 << 20);
    CHECK_OK(
        model_read(&process, arena,
                   START("s") EXCLUSIVE("g", "g-b") NODE_OF("userTask", "a", " name='甲'",
                                                            EXT("<mandate:name "
                                                                "lang='en'>A</mandate:name>"))
                       USER("b", "") PARALLEL("j") END("e") FLOW("s", "g") IF("g", "a", "x")
                           FLOW("g", "b") FLOW("a", "j") FLOW("b", "j") FLOW("j", "e"),
                   &err) &&
            bpmn_check_sound(&found, process, (struct bpmn_sound_limits){0}, arena, &budget, &err),
        &err);
    if (found.count > 0) {
        const struct bpmn_finding *f = &found.list[0];
        CHECK_STR(f->text.in[LANG_en],
                  STR("the process can get stuck: from here it cannot end; tokens stay at: j"));
        CHECK_STR(f->text.in[LANG_zh], STR("流程会停住，到不了结束；停留在：j"));
        CHECK_INT((int64_t)f->step_count, 3);
        CHECK_STR(bpmn_label(&process->nodes[f->steps[2]], LANG_zh), STR("甲"));
        CHECK_INT((int64_t)f->token_count, 1);
        CHECK_INT(found.list[0].at.line, 2);
    }
    CHECK_OK(bpmn_check_sound(&found, process, (struct bpmn_sound_limits){.states_max = 2}, arena,
                              &budget, &err),
             &err);
    CHECK(found.count == 1 && found.list[0].fault == BPMN_FAULT_UNDECIDED);
    /* a small budget is an operating error */
    budget = budget_of(20, 1 << 20);
    CHECK(!bpmn_check_sound(&found, process, (struct bpmn_sound_limits){0}, arena, &budget, &err));
    CHECK_INT(err.code, ERR_LIMIT);
    arena_destroy(arena);
}
