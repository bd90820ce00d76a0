/* The token engine, element by element. A row is a model and a play (play_test.h). More tables, in
 * a shorter form, stand in test/bpmn/. */
#include <inttypes.h>

#include "base/test.h"
#include "bpmn/model_test.h"
#include "bpmn/play_test.h"

static void play_row(int line, const char *model, const char *script) {
    struct err err = {0};
    struct arena *arena = arena_create("play", 256 << 20);
    struct bpmn_process *process;
    if (model_read(&process, arena, model, &err)) {
        play_script(__FILE__, line, process, arena, script);
    } else {
        CHECK_OK_AT(line, false, &err);
    }
    arena_destroy(arena);
}

struct row {
    int line;
    const char *model, *script;
};
#define ROW(model, script)                                                                         \
    { __LINE__, model, script }

static void play_rows(const struct row *rows, size_t count) {
    for (size_t i = 0; i < count; i++)
        play_row(rows[i].line, rows[i].model, rows[i].script);
}

/* Tables, by hand: a row is a model, a line break, and what happens to it. */
/* clang-format off */
/* --- BPMN 2.0.2: 13.2, 13.5.1, 13.5.6: starting and ending
 * -------------------------------------------------- */
static const struct row start_end[] = {
    ROW(START("s") END("e") FLOW("s", "e"), "start -> +s -s +e -e end:completed"),
    ROW(START("s") END("e") FLOW("s", "e"),
        "start {x: 1, y: \"a\"} -> x=1 y=\"a\" +s -s +e -e end:completed"
        "| cancel -> refused:conflict | start -> refused:conflict"),
    ROW(START("s") USER("a", "") END("e") FLOW("s", "a") FLOW("a", "e"),
        "do a -> refused:conflict | start -> +s -s +a ?a | start -> refused:conflict"
        "| do b -> refused:not-found | do s -> refused:not-found"
        "| do a -> -a +e -e end:completed | do a -> refused:conflict"),
    ROW(START("s") USER("a", "") END("e") FLOW("s", "a") FLOW("a", "e"),
        "start -> +s -s +a ?a | cancel -> xa end:cancelled"),
    ROW(MESSAGE("m", "go", "") START_ON("s", EVENT_MESSAGE("m")) END("e") FLOW("s", "e"),
        "start -> refused:not-found | start stop -> refused:not-found"
        "| start go {x: 1} -> x=1 +s -s +e -e end:completed"),
    ROW(MESSAGE("m", "go", "") START("s") START_ON("t", EVENT_MESSAGE("m")) END("e") FLOW("s", "e")
            FLOW("t", "e"),
        "start go -> +t -t +e -e end:completed"),
    /* a terminate end takes the other token's work with it */
    ROW(START("s") USER("a", "") USER("b", "") END("e")
            END_ON("z", "<bpmn:terminateEventDefinition/>") FLOW("s", "a") FLOW("s", "b")
                FLOW("a", "e") FLOW("b", "z"),
        "start -> +s -s +a ?a +b ?b | do b -> -b +z -z xa end:terminated"),
    /* the process ends with its last token, and every end event is passed */
    ROW(START("s") USER("a", "") USER("b", "") END("e") END("f") FLOW("s", "a") FLOW("s", "b")
            FLOW("a", "e") FLOW("b", "f"),
        "start -> +s -s +a ?a +b ?b | do b -> -b +f -f | do a -> -a +e -e end:completed"),
};
/* BPMN 2.0.2: chapter 13 */
void test_bpmn_start_end(void) {
    play_rows(start_end, COUNT_OF(start_end));
}

/* --- BPMN 2.0.2: 13.3.2, 13.3.3: tasks
 * ------------------------------------------------------------------------ */
static const struct row tasks[] = {
    ROW(START("s") TASK("a") MANUAL("b") END("e") FLOW("s", "a") FLOW("a", "b") FLOW("b", "e"),
        "start -> +s -s +a -a +b -b +e -e end:completed"),
    ROW(START("s") SERVICE("a", "pay", "") END("e") FLOW("s", "a") FLOW("a", "e"),
        "start -> +s -s +a job:a:pay | do a -> refused:not-found"
        "| job b -> refused:not-found | job a {fee: 10} -> fee=10 -a +e -e end:completed"),
    ROW(START("s") SERVICE("a", "pay", "") END("e") FLOW("s", "a") FLOW("a", "e"),
        "start -> +s -s +a job:a:pay | fail a 2 -> retries:2"
        "| fail a 0 -> retries:0 stop:a:job-retries | job a -> refused:conflict"
        "| retry b -> refused:conflict | retry a 3 -> go:a retries:3"
        "| job a -> -a +e -e end:completed"),
    ROW(START("s") SERVICE("a", "pay", "") END("e") FLOW("s", "a") FLOW("a", "e"),
        "start -> +s -s +a job:a:pay | error a E1 -> throw:E1 stop:a:error"
        "| retry a 1 -> go:a retries:1 | job a -> -a +e -e end:completed"),
    ROW(START("s") SERVICE("a", "=kind", "") END("e") FLOW("s", "a") FLOW("a", "e"),
        "start {kind: \"mail\"} -> kind=\"mail\" +s -s +a job:a:mail"),
    ROW(START("s") SERVICE("a", "=kind", "") END("e") FLOW("s", "a") FLOW("a", "e"),
        "start -> +s -s +a stop:a:job | set {kind: \"mail\"} -> kind=\"mail\""
        "| retry a -> go:a job:a:mail | job a -> -a +e -e end:completed"),
    ROW(START("s") RULE("a", "fee", "price") END("e") FLOW("s", "a") FLOW("a", "e"),
        "start {base: 7} -> base=7 +s -s +a dec:fee price=7 -a +e -e end:completed"),
    ROW(START("s") RULE("a", "other", "price") END("e") FLOW("s", "a") FLOW("a", "e"),
        "start -> +s -s +a stop:a:decision | retry a -> go:a stop:a:decision"),
    ROW(START("s") SCRIPT("a", "=x + 1", "y") END("e") FLOW("s", "a") FLOW("a", "e"),
        "start {x: 1} -> x=1 +s -s +a y=2 -a +e -e end:completed"),
    ROW(START("s") SCRIPT("a", "=x + 1", "y") END("e") FLOW("s", "a") FLOW("a", "e"),
        "start -> +s -s +a stop:a:script | set {x: 4} -> x=4"
        "| retry a -> go:a y=5 -a +e -e end:completed"),
    ROW(MESSAGE("m", "paid", "=nr") START("s") RECEIVE("a", "m") END("e") FLOW("s", "a")
            FLOW("a", "e"),
        "start {nr: 12} -> nr=12 +s -s +a wait:a:paid:12"
        "| message paid 13 -> refused:not-found | message sold 12 -> refused:not-found"
        "| message paid 12 {x: 1} -> met:a x=1 -a +e -e end:completed"),
    ROW(MESSAGE("m", "paid", "=nr") START("s") RECEIVE("a", "m") END("e") FLOW("s", "a")
            FLOW("a", "e"),
        "start -> +s -s +a stop:a:message | message paid -> refused:not-found"
        "| set {nr: \"x\"} -> nr=\"x\" | retry a -> go:a wait:a:paid:x"),
    ROW(START("s") SEND("a", "<mandate:letter id='notice' to='applicant'/>") END("e") FLOW("s", "a")
            FLOW("a", "e"),
        "start -> +s -s +a letter:notice -a +e -e end:completed"),
    ROW(START("s") SEND("a", "<zeebe:taskDefinition type='mail'/>") END("e") FLOW("s", "a")
            FLOW("a", "e"),
        "start -> +s -s +a job:a:mail | job a -> -a +e -e end:completed"),
    ROW(START("s") CALL("a", "other", "") END("e") FLOW("s", "a") FLOW("a", "e"),
        "start {x: 1} -> x=1 +s -s +a call:other | called a {y: 2} -> y=2 -a +e -e end:completed"),
    ROW(ERROR("x", "E1") START("s") CALL("a", "other", "") BOUNDARY("t", "a", "true", EVENT_ERROR("x"))
            END("e") END("bad") FLOW("s", "a") FLOW("a", "e") FLOW("t", "bad"),
        "start -> +s -s +a call:other | call-error a E2 -> throw:E2 stop:a:error"
        "| retry a -> go:a call:other"
        "| call-error a E1 -> throw:E1 xa +t -t +bad -bad end:completed"),
    ROW(START("s") CALL("a", "other", " propagateAllChildVariables='true'") END("e") FLOW("s", "a")
            FLOW("a", "e"),
        "start -> +s -s +a call:other | called a {y: 2} -> y=2 -a +e -e end:completed"),
    /* two tokens make two instances of an activity; both go on (13.3.1) */
    ROW(START("s") USER("a", "") END("e")
            FLOW("s", "a") "<bpmn:sequenceFlow id='again' "
                           "sourceRef='s' targetRef='a'/>" FLOW("a", "e"),
        "start -> +s -s +a ?a +a ?a | do a -> -a +e -e | do a -> -a +e -e end:completed"),
};
void test_bpmn_tasks(void) {
    play_rows(tasks, COUNT_OF(tasks));
}

/* User tasks: outcomes, attributes, scopes of variables, mappings. */
static const struct row user_task[] = {
    ROW(START("s") USER("a", OUTCOME("grant") OUTCOME("refuse")) END("e") FLOW("s", "a")
            FLOW("a", "e"),
        "start -> +s -s +a ?a | do a -> refused:invalid | do a other -> refused:invalid"
        "| do a grant {n: 1} -> chose:grant n=1 outcome=\"grant\" -a +e -e end:completed"),
    ROW(START("s") USER("a", "") END("e") FLOW("s", "a") FLOW("a", "e"),
        "start -> +s -s +a ?a | do a grant -> refused:invalid"),
    ROW(START("s") "<bpmn:userTask id='a' mandate:result='verdict'>" EXT(
            OUTCOME("yes")) "</bpmn:userTask>" END("e") FLOW("s", "a") FLOW("a", "e"),
        "start -> +s -s +a ?a"
        "| do a yes -> chose:yes verdict=\"yes\" -a +e -e end:completed"),
    ROW(START("s")
            USER("a", "<zeebe:assignmentDefinition assignee='=who' candidateGroups='x,y'/>"
                      "<zeebe:taskSchedule dueDate='=date and time(\"1970-01-01T00:01:01Z\")'/>"
                      "<zeebe:priorityDefinition priority='60'/>") END("e") FLOW("s", "a")
                FLOW("a", "e"),
        "start {who: \"li\"} -> who=\"li\" +s -s +a ?a@60{assignee: \"li\", candidateGroups: "
        "\"x,y\", dueDate: @\"1970-01-01T00:01:01Z\", priority: \"60\"}"),
    ROW(START("s") USER("a", "<zeebe:taskSchedule dueDate='=when'/>") END("e") FLOW("s", "a")
            FLOW("a", "e"),
        "start -> +s -s +a stop:a:task | do a -> refused:conflict"
        "| set {when: @\"1970-01-01T00:00:11Z\"} -> when=@\"1970-01-01T00:00:11Z\""
        "| retry a -> go:a ?a@10{dueDate: @\"1970-01-01T00:00:11Z\"}"),
    /* inputs are local; with outputs everything stays local and the mappings decide */
    ROW(START("s") USER("a", "<zeebe:ioMapping><zeebe:input source='=x * 2' target='y'/>"
                             "<zeebe:output source='=y + z' target='sum'/></zeebe:ioMapping>")
            END("e") FLOW("s", "a") FLOW("a", "e"),
        "start {x: 3} -> x=3 +s -s +a 3.y=6 ?a"
        "| do a {z: 1} -> 3.z=1 sum=7 -a +e -e end:completed"),
    ROW(START("s") USER("a", "<zeebe:ioMapping><zeebe:output source='=z.b.c + nothing' "
                             "target='sum'/></zeebe:ioMapping>") END("e") FLOW("s", "a")
            FLOW("a", "e"),
        "start -> +s -s +a ?a | do a -> stop:a:mapping | do a -> refused:conflict"
        "| set {nothing: 1, z: {b: {c: 2}}} -> nothing=1 z={b: {c: 2}}"
        "| retry a -> go:a sum=3 -a +e -e end:completed"),
    ROW(START("s") USER("a", OUTCOME("yes") "<zeebe:ioMapping><zeebe:output source='= outcome' "
                                            "target='proposal'/></zeebe:ioMapping>") END("e")
            FLOW("s", "a") FLOW("a", "e"),
        "start -> +s -s +a ?a | do a yes -> chose:yes outcome=\"yes\" proposal=\"yes\" -a +e "
        "-e "
        "end:completed"),
    ROW(START("s") USER("a", "<zeebe:ioMapping><zeebe:input source='=1' target='w.x.y'/>"
                             "<zeebe:input source='=2' target='w.z'/>"
                             "<zeebe:output source='=w' target='out.a'/></zeebe:ioMapping>")
            END("e") FLOW("s", "a") FLOW("a", "e"),
        "start {out: {b: 1}} -> out={b: 1} +s -s +a 3.w={x: {y: 1}} 3.w={x: {y: 1}, z: 2} ?a"
        "| do a -> out={b: 1, a: {x: {y: 1}, z: 2}} -a +e -e end:completed"),
    /* names that are no variables come from the world */
    ROW(START("s") SCRIPT("a", "=world", "x") END("e") FLOW("s", "a") FLOW("a", "e"),
        "start -> +s -s +a x=\"round\" -a +e -e end:completed"),
};
void test_bpmn_user_task(void) {
    play_rows(user_task, COUNT_OF(user_task));
}

/* --- BPMN 2.0.2: 13.4: gateways
 * ---------------------------------------------------------------------------------- */
#define PAIR                                                                                       \
    START("s")                                                                                     \
    PARALLEL("f") USER("a", "") USER("b", "") END("e") FLOW("s", "f") FLOW("f", "a") FLOW("f", "b")
#define OR_PAIR                                                                                    \
    START("s")                                                                                     \
    INCLUSIVE("f", "")                                                                             \
    USER("a", "")                                                                                  \
    USER("b", "")                                                                                  \
    INCLUSIVE("j", "")                                                                             \
    END("e") FLOW("s", "f") IF("f", "a", "x &gt; 0") IF("f", "b", "x &gt; 1") FLOW("a", "j")       \
        FLOW("b", "j") FLOW("j", "e")
static const struct row gateways[] = {
    ROW(START("s") EXCLUSIVE("g", "g-c") END("a") END("b") END("c") FLOW("s", "g")
            IF("g", "a", "x = 1") IF("g", "b", "x &lt; 3") FLOW("g", "c"),
        "start {x: 1} -> x=1 +s -s +g -g +a -a end:completed"),
    ROW(START("s") EXCLUSIVE("g", "g-c") END("a") END("b") END("c") FLOW("s", "g")
            IF("g", "a", "x = 1") IF("g", "b", "x &lt; 3") FLOW("g", "c"),
        "start {x: 2} -> x=2 +s -s +g -g +b -b end:completed"),
    ROW(START("s") EXCLUSIVE("g", "g-c") END("a") END("b") END("c") FLOW("s", "g")
            IF("g", "a", "x = 1") IF("g", "b", "x &lt; 3") FLOW("g", "c"),
        "start {x: 3} -> x=3 +s -s +g -g +c -c end:completed"),
    ROW(START("s") EXCLUSIVE("g", "") END("a") END("b") FLOW("s", "g") IF("g", "a", "x = 1")
            IF("g", "b", "x = 2"),
        "start {x: 3} -> x=3 +s -s +g stop:g:no-flow | set {x: 2} -> x=2"
        "| retry g -> go:g -g +b -b end:completed"),
    ROW(START("s") EXCLUSIVE("g", "") END("a") END("b") FLOW("s", "g") IF("g", "a", "x &gt; 1")
            IF("g", "b", "true"),
        "start {x: \"no\"} -> x=\"no\" +s -s +g stop:g:condition"),
    ROW(START("s") EXCLUSIVE("g", "") END("a") END("b") FLOW("s", "g") IF("g", "a", "1 + 1")
            IF("g", "b", "true"),
        "start -> +s -s +g stop:g:condition"),
    ROW(PAIR PARALLEL("j") FLOW("a", "j") FLOW("b", "j") FLOW("j", "e"),
        "start -> +s -s +f -f +a ?a +b ?b | do b -> -b | do a -> -a +j -j +e -e end:completed"),
    /* each join takes one token a flow: the second round waits again */
    ROW(PAIR "<bpmn:exclusiveGateway id='g'/>" FLOW("a", "g") FLOW("b", "g") FLOW("g", "e"),
        "start -> +s -s +f -f +a ?a +b ?b | do a -> -a +g -g +e -e"
        "| do b -> -b +g -g +e -e end:completed"),
    ROW(OR_PAIR, "start {x: 1} -> x=1 +s -s +f -f +a ?a | do a -> -a +j -j +e -e end:completed"),
    ROW(OR_PAIR, "start {x: 2} -> x=2 +s -s +f -f +a ?a +b ?b | do a -> -a"
                 "| do b -> -b +j -j +e -e end:completed"),
    ROW(OR_PAIR, "start {x: 0} -> x=0 +s -s +f stop:f:no-flow"),
    /* an inclusive join waits for a token that can still come, and not for one that has to pass
     * the join itself first */
    ROW(START("s") PARALLEL("f") USER("a", "") USER("b", "") USER("c", "") INCLUSIVE("j", "")
            EXCLUSIVE("g", "g-e") END("e") END("z") FLOW("s", "f") FLOW("f", "a") FLOW("f", "b")
                FLOW("a", "j") FLOW("b", "c") FLOW("c", "z") FLOW("j", "g") IF("g", "j", "again")
                    FLOW("g", "e"),
        "start {again: false} -> again=false +s -s +f -f +a ?a +b ?b"
        "| do a -> -a +j -j +g -g +e -e | do b -> -b +c ?c | do c -> -c +z -z end:completed"),
    ROW(START("s") PARALLEL("f") USER("a", "") USER("b", "") EXCLUSIVE("g", "g-z")
            INCLUSIVE("j", "") END("e") END("z") FLOW("s", "f") FLOW("f", "a") FLOW("f", "b")
                FLOW("a", "j") FLOW("b", "g") IF("g", "j", "x") FLOW("g", "z") FLOW("j", "e"),
        "start {x: false} -> x=false +s -s +f -f +a ?a +b ?b | do a -> -a"
        "| do b -> -b +g -g +z -z +j -j +e -e end:completed"),
    /* conditional flows out of an activity, with a default */
    ROW(START("s") "<bpmn:userTask id='a' default='a-d'/>" END("b") END("c") END("d") FLOW("s", "a")
            IF("a", "b", "x &gt; 0") IF("a", "c", "x &gt; 1") FLOW("a", "d"),
        "start {x: 2} -> x=2 +s -s +a ?a | do a -> -a +b -b +c -c end:completed"),
    ROW(START("s") "<bpmn:userTask id='a' default='a-d'/>" END("b") END("c") END("d") FLOW("s", "a")
            IF("a", "b", "x &gt; 0") IF("a", "c", "x &gt; 1") FLOW("a", "d"),
        "start {x: 0} -> x=0 +s -s +a ?a | do a -> -a +d -d end:completed"),
    /* event-based: the first event decides (13.4.4) */
    ROW(MESSAGE("m", "paid", "") START("s") EVENT_BASED("g") CATCH("a", EVENT_MESSAGE("m"))
            CATCH("b", DURATION("PT1H")) END("x") END("y") FLOW("s", "g") FLOW("g", "a")
                FLOW("g", "b") FLOW("a", "x") FLOW("b", "y"),
        "start -> +s -s +g wait:a:paid timer:b:3600"
        "| message paid {n: 1} -> met:a -g +a n=1 -a +x -x end:completed"),
    ROW(MESSAGE("m", "paid", "") START("s") EVENT_BASED("g") CATCH("a", EVENT_MESSAGE("m"))
            CATCH("b", DURATION("PT1H")) END("x") END("y") FLOW("s", "g") FLOW("g", "a")
                FLOW("g", "b") FLOW("a", "x") FLOW("b", "y"),
        "start -> +s -s +g wait:a:paid timer:b:3600 | timer b 3599 -> refused:conflict"
        "| timer b 3600 -> fired:b -g +b -b +y -y end:completed"),
    ROW(MESSAGE("m", "paid", "") START("s") EVENT_BASED("g") RECEIVE("a", "m")
            CATCH("b", DURATION("PT1H")) END("x") END("y") FLOW("s", "g") FLOW("g", "a")
                FLOW("g", "b") FLOW("a", "x") FLOW("b", "y"),
        "start -> +s -s +g wait:a:paid timer:b:3600"
        "| message paid -> met:a -g +a -a +x -x end:completed"),
    /* a loop that never waits is stopped and shown */
    ROW(START("s") EXCLUSIVE("g", "") TASK("a") END("e") FLOW("s", "g") IF("g", "a", "go")
            IF("g", "e", "not(go)") FLOW("a", "g"),
        "start {go: false} -> go=false +s -s +g -g +e -e end:completed"),
};
void test_bpmn_gateways(void) {
    play_rows(gateways, COUNT_OF(gateways));
}

/* --- BPMN 2.0.2: 13.5.2 - 13.5.5: events
 * --------------------------------------------------------------------------- */
#define WITH_BOUNDARY(cancel, definition)                                                          \
    START("s")                                                                                     \
    USER("a", "")                                                                                  \
    BOUNDARY("t", "a", cancel, definition)                                                         \
    END("e") END("late") FLOW("s", "a") FLOW("a", "e") FLOW("t", "late")
static const struct row events[] = {
    ROW(MESSAGE("m", "paid", "") START("s") CATCH("a", EVENT_MESSAGE("m")) END("e") FLOW("s", "a")
            FLOW("a", "e"),
        "start -> +s -s +a wait:a:paid | message paid any -> met:a -a +e -e end:completed"),
    ROW(START("s") CATCH("a", DURATION("P1D")) END("e") FLOW("s", "a") FLOW("a", "e"),
        "start -> +s -s +a timer:a:86400 | timer a 86400 -> fired:a -a +e -e end:completed"),
    ROW(START("s") CATCH("a", DURATION("=wait")) END("e") FLOW("s", "a") FLOW("a", "e"),
        "start {wait: duration(\"P1M\")} -> wait=@\"P1M\" +s -s +a timer:a:2678400"),
    ROW(START("s") CATCH("a", DURATION("=wait")) END("e") FLOW("s", "a") FLOW("a", "e"),
        "start {wait: 3} -> wait=3 +s -s +a stop:a:timer | set {wait: @\"PT5S\"} -> "
        "wait=@\"PT5S\" | retry a -> go:a timer:a:5"),
    ROW(START("s") CATCH("a", DATE("1970-01-02T00:00:01Z")) END("e") FLOW("s", "a") FLOW("a", "e"),
        "start -> +s -s +a timer:a:86400"),
    ROW(START("s") CATCH("a", DATE("=due")) END("e") FLOW("s", "a") FLOW("a", "e"),
        "start {due: date(\"1970-01-03\")} -> due=@\"1970-01-03\" +s -s +a timer:a:172799"
        "| set {due: \"1970-01-02T00:00:01\"} -> due=\"1970-01-02T00:00:01\""
        "| redue -> timer:a:86400 | redue -> | set {due: 1} -> due=1"
        "| redue -> refused:invalid | timer a 86400 -> fired:a -a +e -e end:completed"),
    /* one timer that cannot be evaluated again keeps the others where they are */
    ROW(START("s") CATCH("a", DATE("=x")) CATCH("b", DATE("=y")) END("e") FLOW("s", "a")
            FLOW("s", "b") FLOW("a", "e") FLOW("b", "e"),
        "start {x: date(\"1970-01-03\"), y: date(\"1970-01-03\")} -> x=@\"1970-01-03\" "
        "y=@\"1970-01-03\" +s -s +a timer:a:172799 +b timer:b:172799"
        "| set {x: date(\"1970-01-04\"), y: 1} -> x=@\"1970-01-04\" y=1"
        "| redue -> refused:invalid | timer a 172799 -> fired:a -a +e -e"),
    ROW(WITH_BOUNDARY("true", DURATION("PT1H")),
        "start -> +s -s +a timer:t:3600 ?a | do a -> -a +e -e end:completed"),
    ROW(WITH_BOUNDARY("true", DURATION("PT1H")),
        "start -> +s -s +a timer:t:3600 ?a"
        "| timer t 3600 -> fired:t xa +t -t +late -late end:completed"),
    ROW(WITH_BOUNDARY("false", DURATION("PT1H")),
        "start -> +s -s +a timer:t:3600 ?a | timer t 3600 -> fired:t +t -t +late -late"
        "| timer t 3600 -> refused:not-found | do a -> -a +e -e end:completed"),
    ROW(WITH_BOUNDARY("false", "<bpmn:timerEventDefinition><bpmn:timeCycle>R2/PT1H"
                               "</bpmn:timeCycle></bpmn:timerEventDefinition>"),
        "start -> +s -s +a timer:t:3600 ?a"
        "| timer t 3600 -> fired:t timer:t:7200 +t -t +late -late"
        "| timer t 7200 -> fired:t +t -t +late -late | do a -> -a +e -e end:completed"),
    /* what was missed falls away */
    ROW(WITH_BOUNDARY("false", "<bpmn:timerEventDefinition><bpmn:timeCycle>R/PT1H"
                               "</bpmn:timeCycle></bpmn:timerEventDefinition>"),
        "start -> +s -s +a timer:t:3600 ?a"
        "| timer t 36000 -> fired:t timer:t:39600 +t -t +late -late"),
    ROW(MESSAGE("m", "stop", "") WITH_BOUNDARY("true", EVENT_MESSAGE("m")),
        "start -> +s -s +a wait:t:stop ?a"
        "| message stop {why: \"x\"} -> met:t xa +t why=\"x\" -t +late -late end:completed"),
    ROW(MESSAGE("m", "ping", "") WITH_BOUNDARY("false", EVENT_MESSAGE("m")),
        "start -> +s -s +a wait:t:ping ?a | message ping -> met:t +t -t +late -late"
        "| message ping -> met:t +t -t +late -late | do a -> -a +e -e end:completed"),
    ROW(SIGNAL("g", "alarm") WITH_BOUNDARY("true", EVENT_SIGNAL("g")),
        "start -> +s -s +a wait:t:alarm ?a | signal calm -> "
        "| signal alarm -> met:t xa +t -t +late -late end:completed"),
    ROW(SIGNAL("g", "alarm") START("s") PARALLEL("f") CATCH("a", EVENT_SIGNAL("g"))
            CATCH("b", EVENT_SIGNAL("g")) END("e") FLOW("s", "f") FLOW("f", "a") FLOW("f", "b")
                FLOW("a", "e") FLOW("b", "e"),
        "start -> +s -s +f -f +a wait:a:alarm +b wait:b:alarm"
        "| signal alarm -> met:a -a met:b -b +e -e +e -e end:completed"),
    ROW(SIGNAL("g", "alarm") START("s") THROW("a", EVENT_SIGNAL("g")) END_ON("e", EVENT_SIGNAL("g"))
            FLOW("s", "a") FLOW("a", "e"),
        "start -> +s -s +a throw:alarm -a +e throw:alarm -e end:completed"),
    ROW(ERROR("x", "E1") START("s") SERVICE("a", "pay", "")
            BOUNDARY("t", "a", "true", EVENT_ERROR("x")) END("e") END("late") FLOW("s", "a")
                FLOW("a", "e") FLOW("t", "late"),
        "start -> +s -s +a job:a:pay"
        "| error a E1 {n: 1} -> throw:E1 xa +t n=1 -t +late -late end:completed"),
    ROW(ERROR("x", "E1") START("s") SERVICE("a", "pay", "")
            BOUNDARY("t", "a", "true", EVENT_ERROR("x"))
                BOUNDARY("u", "a", "true", "<bpmn:errorEventDefinition/>") END("e") END("late")
                    FLOW("s", "a") FLOW("a", "e") FLOW("t", "late") FLOW("u", "late"),
        "start -> +s -s +a job:a:pay | error a E2 -> throw:E2 xa +u -u +late -late "
        "end:completed"),
    ROW(START("s") THROW("a", "<bpmn:linkEventDefinition name='L'/>") CATCH(
            "b", "<bpmn:linkEventDefinition name='L'/>") END("e") FLOW("s", "a") FLOW("b", "e"),
        "start -> +s -s +a -a +b -b +e -e end:completed"),
    /* an incident does not keep a boundary event of the scope around it from coming */
    ROW(START("s") "<bpmn:subProcess id='p'>" START("i")
            USER("a", "<zeebe:taskSchedule dueDate='=no'/>") END("o") FLOW("i", "a")
                FLOW("a", "o") "</bpmn:subProcess>" BOUNDARY("t", "p", "true", DURATION("PT1H"))
                    END("e") END("late") FLOW("s", "p") FLOW("p", "e") FLOW("t", "late"),
        "start -> +s -s +p timer:t:3600 +i -i +a stop:a:task"
        "| timer t 3600 -> fired:t xa xp +t -t +late -late end:completed"),
};
void test_bpmn_events(void) {
    play_rows(events, COUNT_OF(events));
}

/* --- BPMN 2.0.2: 13.3.4, 13.5.3, 13.5.4: sub-processes, event sub-processes
 * --------------------------------------- */
#define SUB(content) "<bpmn:subProcess id='p'>" content "</bpmn:subProcess>"
#define EVENT_SUB(content)                                                                         \
    "<bpmn:subProcess id='q' triggeredByEvent='true'>" content "</bpmn:subProcess>"
static const struct row sub_processes[] = {
    ROW(START("s") SUB(START("i") USER("a", "") END("o") FLOW("i", "a") FLOW("a", "o")) END("e")
            FLOW("s", "p") FLOW("p", "e"),
        "start -> +s -s +p +i -i +a ?a | do a {x: 1} -> x=1 -a +o -o -p +e -e end:completed"),
    /* variables of the sub-process stay in it */
    ROW(START("s") "<bpmn:subProcess id='p'>" EXT(
            "<zeebe:ioMapping><zeebe:input source='=1' "
            "target='x'/><zeebe:output source='=x' target='y'/></zeebe:ioMapping>") START("i")
            USER("a", "") END("o") FLOW("i", "a") FLOW("a", "o") "</bpmn:subProcess>" END("e")
                FLOW("s", "p") FLOW("p", "e"),
        "start -> +s -s +p 3.x=1 +i -i +a ?a | do a {x: 2} -> 3.x=2 -a +o -o y=2 -p +e -e "
        "end:completed"),
    ROW(START("s") SUB(START("i") USER("a", "") USER("b", "") END("o") END_ON(
            "z", "<bpmn:terminateEventDefinition/>") FLOW("i", "a") FLOW("i", "b") FLOW("a", "o")
                           FLOW("b", "z")) END("e") FLOW("s", "p") FLOW("p", "e"),
        "start -> +s -s +p +i -i +a ?a +b ?b | do b -> -b +z -z xa -p +e -e end:completed"),
    ROW(ERROR("x", "E1") START("s") SUB(START("i") USER("a", "") USER("b", "") END("o") END_ON(
            "z", EVENT_ERROR("x")) FLOW("i", "a") FLOW("i", "b") FLOW("a", "o") FLOW("b", "z"))
            BOUNDARY("t", "p", "true", EVENT_ERROR("x")) END("e") END("bad") FLOW("s", "p")
                FLOW("p", "e") FLOW("t", "bad"),
        "start -> +s -s +p +i -i +a ?a +b ?b"
        "| do b -> -b +z throw:E1 xz xa xp +t -t +bad -bad end:completed"),
    ROW(ESCALATION("x", "C1") START("s") SUB(START("i") THROW("a", EVENT_ESCALATION("x")) USER(
            "b", "") END("o") FLOW("i", "a") FLOW("a", "b") FLOW("b", "o"))
            BOUNDARY("t", "p", "false", EVENT_ESCALATION("x")) END("e") END("told") FLOW("s", "p")
                FLOW("p", "e") FLOW("t", "told"),
        "start -> +s -s +p +i -i +a throw:C1 +t -t -a +told -told +b ?b"
        "| do b -> -b +o -o -p +e -e end:completed"),
    ROW(ESCALATION("x", "C1") START("s")
            SUB(START("i") THROW("a", EVENT_ESCALATION("x")) USER("b", "") END("o") FLOW("i", "a")
                    FLOW("a", "b") FLOW("b", "o")) BOUNDARY("t", "p", "true", EVENT_ESCALATION("x"))
                END("e") END("told") FLOW("s", "p") FLOW("p", "e") FLOW("t", "told"),
        "start -> +s -s +p +i -i +a throw:C1 xa xp +t -t +told -told end:completed"),
    /* an escalation that nobody catches is no fault */
    ROW(ESCALATION("x", "C1") START("s") THROW("a", EVENT_ESCALATION("x")) END("e") FLOW("s", "a")
            FLOW("a", "e"),
        "start -> +s -s +a throw:C1 -a +e -e end:completed"),
    /* event sub-processes */
    ROW(MESSAGE("m", "withdraw", "") START("s") USER("a", "")
            EVENT_SUB(START_ON("i", EVENT_MESSAGE("m")) USER("b", "") END("o") FLOW("i", "b")
                          FLOW("b", "o")) END("e") FLOW("s", "a") FLOW("a", "e"),
        "start -> wait:i:withdraw +s -s +a ?a"
        "| message withdraw {why: 1} -> met:i xa +q +i why=1 -i +b ?b"
        "| do b -> -b +o -o -q end:completed"),
    ROW(MESSAGE("m", "withdraw", "") START("s") USER("a", "")
            EVENT_SUB(START_ON("i", EVENT_MESSAGE("m")) END("o") FLOW("i", "o")) END("e")
                FLOW("s", "a") FLOW("a", "e"),
        "start -> wait:i:withdraw +s -s +a ?a | do a -> -a +e -e end:completed"),
    ROW(MESSAGE("m", "note", "") START("s") USER("a", "")
            EVENT_SUB("<bpmn:startEvent id='i' isInterrupting='false'>" EVENT_MESSAGE(
                "m") "</bpmn:startEvent>" END("o") FLOW("i", "o")) END("e") FLOW("s", "a")
                FLOW("a", "e"),
        "start -> wait:i:note +s -s +a ?a | message note -> met:i +q +i -i +o -o -q"
        "| message note -> met:i +q +i -i +o -o -q | do a -> -a +e -e end:completed"),
    ROW(ERROR("x", "E1") START("s") SERVICE("a", "pay", "")
            EVENT_SUB(START_ON("i", EVENT_ERROR("x")) END("o") FLOW("i", "o")) END("e")
                FLOW("s", "a") FLOW("a", "e"),
        "start -> +s -s +a job:a:pay"
        "| error a E1 -> throw:E1 xa +q +i -i +o -o -q end:completed"),
    /* tokens that wait at a join go with the scope */
    ROW(MESSAGE("m", "stop", "") START("s")
            SUB(START("i") PARALLEL("f") USER("a", "") USER("b", "") PARALLEL("j") END("o")
                    FLOW("i", "f") FLOW("f", "a") FLOW("f", "b") FLOW("a", "j") FLOW("b", "j")
                        FLOW("j", "o")) BOUNDARY("t", "p", "true", EVENT_MESSAGE("m")) END("e")
                END("late") FLOW("s", "p") FLOW("p", "e") FLOW("t", "late"),
        "start -> +s -s +p wait:t:stop +i -i +f -f +a ?a +b ?b | do a -> -a"
        "| message stop -> met:t xb drop xp +t -t +late -late end:completed"),
};
void test_bpmn_sub_processes(void) {
    play_rows(sub_processes, COUNT_OF(sub_processes));
}

/* What the law attaches to elements. */
static const struct row mandate_actions[] = {
    ROW(START_WITH("s", "<mandate:clock id='c' action='start' at='leave'/>"
                        "<mandate:letter id='receipt' to='applicant'/>"
                        "<mandate:status value='submitted'/>")
            USER("a", "<mandate:clock id='c' action='suspend'/>"
                      "<mandate:clock id='c' action='resume' at='leave'/>")
                END_WITH("e", "<mandate:clock id='c' action='stop'/><mandate:letter id='refusal'/>"
                              "<mandate:status value='refused'/><mandate:adverse/>"
                              "<mandate:remedy code='R60'/>") FLOW("s", "a") FLOW("a", "e"),
        "start -> +s status:submitted letter:receipt clock:c:start -s +a clock:c:suspend ?a"
        "| do a -> clock:c:resume -a +e clock:c:stop status:refused letter:refusal -e "
        "end:completed"),
    /* an interrupted activity does what it does on entering, not what it does on leaving */
    ROW(START("s") USER("a", "<mandate:clock id='c' action='start' from='receipt'/>"
                             "<mandate:clock id='c' action='stop' at='leave'/>")
            BOUNDARY("t", "a", "true", DURATION("PT1S")) END("e") FLOW("s", "a") FLOW("a", "e")
                FLOW("t", "e"),
        "start -> +s -s +a clock:c:start:receipt timer:t:1 ?a"
        "| timer t 1 -> fired:t xa +t -t +e -e end:completed"),
};
void test_bpmn_mandate_actions(void) {
    play_rows(mandate_actions, COUNT_OF(mandate_actions));
}
/* clang-format on */

static bool give(struct play *play, struct bpmn_input input) {
    struct err err = {0};
    struct budget budget = budget_of(1000000, 64 << 20);
    struct bpmn_records records = {.arena = play->arena};
    struct bpmn_env env = {.now_us = play->now_us, .lookup = play_lookup, .decide = play_decide};
    bool ok =
        bpmn_step(&records, &play->state, play->process, &input, &env, play->arena, &budget, &err);
    CHECK_OK_AT(play->line, ok, &err);
    return ok;
}

/* Start; do every job and task; at the manual check, or at once for a message, do what is given. */
static void run_way(struct play *play, const char *assessed, struct str rest) {
    struct err err = {0};
    struct bpmn_input start = {.kind = BPMN_IN_START};
    struct str text = arena_printf(play->arena,
                                   "{applicant: {name: \"A\", email: \"a@example.org\"}, "
                                   "corporation: \"C\", applicationNumber: 1, product: \"P\", "
                                   "approved: true, assessed: %s}",
                                   assessed);
    CHECK_OK_AT(play->line, play_variables(&start, play, &text, &err), &err);
    bool ok = give(play, start);
    struct str word[3] = {STR_NONE, STR_NONE, STR_NONE};
    for (size_t i = 0; i < COUNT_OF(word); i++)
        (void)str_split(&word[i], &rest, ' ');
    if (ok && str_eq(word[0], STR("message")))
        ok = give(play,
                  (struct bpmn_input){.kind = BPMN_IN_MESSAGE, .name = word[1], .key = word[2]});
    for (int moves = 0; ok && play->state.ending == 0 && moves < 20; moves++) {
        uint32_t called = play_instance_at(play, STR("Activity_ManualCheck"));
        uint32_t task = play_instance_at(play, STR("UserTask_HandleTimeout"));
        struct bpmn_input next = {.kind = BPMN_IN_JOB_DONE};
        if (called != 0)
            next = (struct bpmn_input){.kind = str_eq(word[0], STR("called")) ? BPMN_IN_CALL_DONE
                                                                              : BPMN_IN_CALL_ERROR,
                                       .id = called,
                                       .name = word[1]};
        else if (task != 0)
            next = (struct bpmn_input){.kind = BPMN_IN_COMPLETE, .id = task};
        else if (play->state.jobs.count > 0)
            next.id = play->state.jobs.list[0].id;
        ok = give(play, next);
    }
}

/* MIWG C.9.0 to each of its ends. */
void test_bpmn_run_c90(void) {
    static const struct {
        const char *assessed, *rest, *last;
    } ways[] = {
        {"null", "", "EndEvent_ApplicationIssued"},
        {"{riskLevel: [\"green\", \"red\"], risk: []}", "", "EndEvent_ApplicationRejected"},
        {"{riskLevel: [\"yellow\"], risk: []}", "called", "EndEvent_ApplicationIssued"},
        {"{riskLevel: [\"yellow\"], risk: []}", "call-error 02",
         "TerminateEvent_ApplicationCanceledFraud"},
        {"{riskLevel: [\"yellow\"], risk: []}", "call-error 00", "EndMessageEvent_Timeout"},
        {"null", "message Message_CancellationRequested 1", "EndMessageEvent_InformOperations"},
    };
    struct str text;
    char path[256];
    if (test_suites() == NULL) {
        test_skip("the MIWG models are not at ../shared/suites; see github bpmn-miwg");
        return;
    }
    (void)snprintf(path, sizeof path, "%s/bpmn-miwg/C.9.0.bpmn", test_suites());
    CHECK(test_read_file(&text, path));
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        struct err err = {0};
        struct arena *arena = arena_create("c90", 256 << 20);
        struct budget budget = budget_of(1000000, 64 << 20);
        struct bpmn_model *model;
        CHECK_OK(bpmn_read(&model, text, "C.9.0", arena, &budget, &err), &err);
        struct play play = {.arena = arena, .now_us = START_US, .file = __FILE__, .line = (int)i};
        if (err.code == ERR_NONE) {
            play.process = model->processes[0];
            bpmn_state_init(&play.state, arena);
            run_way(&play, ways[i].assessed, str_from(ways[i].rest));
            CHECK_AT((int)i, play.state.ending != 0);
            CHECK_STR_AT((int)i, play.process->nodes[play.state.end_node].id,
                         str_from(ways[i].last));
        }
        arena_destroy(arena);
    }
}

/* A loop of the model that never waits ends as an incident, and the step ends. */
void test_bpmn_endless_loop(void) {
    struct err err = {0};
    struct arena *arena = arena_create("loop", 256 << 20);
    struct bpmn_process *process;
    CHECK_OK(model_read(&process, arena,
                        START("s") EXCLUSIVE("g", "") TASK("a") END("e") FLOW("s", "g")
                            IF("g", "a", "true") IF("g", "e", "false") FLOW("a", "g"),
                        &err),
             &err);
    struct bpmn_state state;
    bpmn_state_init(&state, arena);
    struct bpmn_records records = {.arena = arena};
    struct bpmn_env env = {.now_us = START_US};
    struct bpmn_input start = {.kind = BPMN_IN_START};
    struct budget budget = budget_of(10000000, (uint64_t)64 << 20);
    if (err.code == ERR_NONE) {
        CHECK_OK(bpmn_step(&records, &state, process, &start, &env, arena, &budget, &err), &err);
        CHECK_INT(state.incident_count, 1);
        CHECK_INT(state.instances.list[1].incident, BPMN_INCIDENT_STEPS);
        /* a small budget stops the step instead */
        bpmn_state_init(&state, arena);
        budget = budget_of(100, 64 << 20);
        CHECK(!bpmn_step(&records, &state, process, &start, &env, arena, &budget, &err));
        CHECK_INT(err.code, ERR_LIMIT);
    }
    arena_destroy(arena);
}

/* Records that cannot follow are refused, whatever their fields say. */
void test_bpmn_fold_corrupt(void) {
    static const struct bpmn_record rows[] = {
        {.kind = BPMN_REC_STARTED, .instance = 1},
        {.kind = BPMN_REC_ENTERED, .instance = 3, .node = 1, .scope = 1, .n = -1},
        {.kind = BPMN_REC_ENTERED, .instance = 9, .node = 1, .scope = 7, .n = -1},
        {.kind = BPMN_REC_ENTERED, .instance = 9, .node = 99, .scope = 1, .n = -1},
        {.kind = BPMN_REC_ENTERED, .instance = 4, .node = 3, .scope = 1, .n = 1},
        {.kind = BPMN_REC_ENTERED, .instance = 4, .node = 3, .scope = 1, .n = 77},
        {.kind = BPMN_REC_LEFT, .instance = 1},
        {.kind = BPMN_REC_LEFT, .instance = 77},
        {.kind = BPMN_REC_TAKEN, .node = 77, .scope = 1},
        {.kind = BPMN_REC_TAKEN, .node = 0, .scope = 77},
        {.kind = BPMN_REC_VARIABLE, .scope = 77},
        {.kind = BPMN_REC_TIMER, .instance = 3, .node = 2, .ref = 77},
        {.kind = BPMN_REC_TIMER, .instance = 77, .node = 2, .ref = 4},
        {.kind = BPMN_REC_TIMER_FIRED, .ref = 77},
        {.kind = BPMN_REC_WAIT, .instance = 3, .node = 2, .ref = 77},
        {.kind = BPMN_REC_WAIT_MET, .ref = 77},
        {.kind = BPMN_REC_JOB, .instance = 3, .ref = 77},
        {.kind = BPMN_REC_JOB_FAILED, .instance = 3, .ref = 77},
        {.kind = BPMN_REC_LEASED, .instance = 3, .ref = 77, .code = 1},
        {.kind = BPMN_REC_JOB_CLOSED, .instance = 3, .ref = 77},
        {.kind = BPMN_REC_INCIDENT, .instance = 3},
        {.kind = BPMN_REC_RESOLVED, .instance = 3},
        {.kind = BPMN_REC_DROPPED, .scope = 77},
        {.kind = BPMN_REC_ENDED, .instance = 1, .code = 1},
        {.kind = (enum bpmn_record_kind)99},
    };
    struct err err = {0};
    struct arena *arena = arena_create("corrupt", 16 << 20);
    struct bpmn_process *process;
    struct bpmn_state state;
    bpmn_state_init(&state, arena);
    CHECK_OK(model_read(&process, arena,
                        START("s") USER("a", "") END("e") FLOW("s", "a") FLOW("a", "e"), &err),
             &err);
    struct bpmn_records records = {.arena = arena};
    struct bpmn_env env = {.now_us = START_US};
    struct bpmn_input start = {.kind = BPMN_IN_START};
    struct budget budget = budget_of(1000, 1 << 20);
    CHECK_OK(bpmn_step(&records, &state, process, &start, &env, arena, &budget, &err), &err);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct err fault = {0};
        CHECK_AT((int)i, !bpmn_fold(&state, process, &rows[i], &fault));
        CHECK_INT_AT((int)i, fault.code, ERR_CORRUPT);
    }
    arena_destroy(arena);
}

/* Who has a job is kept with it, and comes back from the state's bytes. */
void test_bpmn_job_lease(void) {
    struct err err = {0};
    struct arena *arena = arena_create("lease", 16 << 20);
    struct bpmn_process *process;
    struct bpmn_state state, decoded;
    bpmn_state_init(&state, arena);
    CHECK_OK(model_read(&process, arena,
                        START("s") SERVICE("a", "t", "") END("e") FLOW("s", "a") FLOW("a", "e"),
                        &err),
             &err);
    struct bpmn_records records = {.arena = arena};
    struct bpmn_env env = {.now_us = START_US};
    struct budget budget = budget_of(1000, 1 << 20);
    const struct bpmn_input inputs[] = {
        {.kind = BPMN_IN_START},
        {.kind = BPMN_IN_JOB_LEASE, .id = 4, .name = STR("w1"), .until_us = 50, .n = 1},
        {.kind = BPMN_IN_JOB_LEASE, .id = 4, .name = STR("w1"), .until_us = 70},
        {.kind = BPMN_IN_JOB_LEASE, .id = 4, .name = STR("w2"), .until_us = 90, .n = 1},
        {.kind = BPMN_IN_JOB_RETRIES, .id = 4, .n = 5},
    };
    for (size_t i = 0; i < COUNT_OF(inputs); i++)
        CHECK_OK(bpmn_step(&records, &state, process, &inputs[i], &env, arena, &budget, &err),
                 &err);
    struct buf bytes;
    buf_init(&bytes, 1 << 16);
    CHECK_OK(bpmn_state_encode(&bytes, &state, &err), &err);
    struct bytes_reader in = {.in = buf_view(&bytes)};
    CHECK_OK(bpmn_state_decode(&decoded, &in, process, arena, &err), &err);
    CHECK_INT(decoded.jobs.count, 1);
    CHECK_INT(decoded.jobs.list[0].lease, 1);
    CHECK_INT(decoded.jobs.list[0].free_us, 90);
    CHECK_INT(decoded.jobs.list[0].retries, 5);
    CHECK_STR(decoded.jobs.list[0].worker, STR("w2"));
    const struct bpmn_input fail = {
        .kind = BPMN_IN_JOB_FAIL, .id = 4, .n = 2, .until_us = 120, .text = STR("no")};
    CHECK_OK(bpmn_step(&records, &decoded, process, &fail, &env, arena, &budget, &err), &err);
    CHECK_INT(decoded.jobs.list[0].free_us, 120);
    CHECK(decoded.jobs.list[0].worker.len == 0);
    buf_done(&bytes);
    arena_destroy(arena);
}
