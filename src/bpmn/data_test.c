/* Data associations in running processes. */
#include "base/test.h"
#include "bpmn/model_test.h"
#include "bpmn/play_test.h"

#define ROW(model, script)                                                                         \
    { __LINE__, model, script }
#define OBJECT(id, name)                                                                           \
    "<bpmn:dataObject id='" id "'/><bpmn:dataObjectReference id='" id "-ref' name='" name          \
    "' dataObjectRef='" id "'/>"
#define STORE(id, name) "<bpmn:dataStoreReference id='" id "' name='" name "'/>"
#define IO(content)     "<bpmn:ioSpecification>" content "</bpmn:ioSpecification>"
#define IN(id, name)    "<bpmn:dataInput id='" id "' name='" name "'/>"
#define OUT(id, name)   "<bpmn:dataOutput id='" id "' name='" name "'/>"
#define TAKES(from, to, content)                                                                   \
    "<bpmn:dataInputAssociation><bpmn:sourceRef>" from "</bpmn:sourceRef><bpmn:targetRef>" to      \
    "</bpmn:targetRef>" content "</bpmn:dataInputAssociation>"
#define GIVES(from, to, content)                                                                   \
    "<bpmn:dataOutputAssociation><bpmn:sourceRef>" from "</bpmn:sourceRef><bpmn:targetRef>" to     \
    "</bpmn:targetRef>" content "</bpmn:dataOutputAssociation>"
#define PERSON(id) NODE_OF("userTask", id, "", "")
#define CONDITION(text)                                                                            \
    "<bpmn:conditionalEventDefinition><bpmn:condition>" text                                       \
    "</bpmn:condition></bpmn:conditionalEventDefinition>"
#define WORK(content)                                                                              \
    NODE_OF("serviceTask", "a", "", EXT("<zeebe:taskDefinition type='w'/>") content)
#define AROUND FLOW("s", "a") FLOW("a", "e")

/* clang-format off */
static const struct row {
    int line;
    const char *model, *script;
} rows[] = {
    /* a data object is a variable; an input is one of the task's own */
    ROW(START("s") OBJECT("o", "amount") WORK(IO(IN("i", "in")) TAKES("o-ref", "i", "")) END("e")
            AROUND,
        "start {amount: 3} -> amount=3 +s -s +a 3.in=3 job:a:w | job a {x: 1} -> x=1 -a +e -e "
        "end:completed"),
    /* what the task brings as its output goes to the object; the rest goes its usual way */
    ROW(START("s") OBJECT("o", "total") WORK(IO(OUT("r", "res")) GIVES("r", "o-ref", "")) END("e")
            AROUND,
        "start -> +s -s +a job:a:w | job a {res: 5, x: 1} -> 3.res=5 x=1 total=5 -a +e -e "
        "end:completed"),
    /* an output that it does not bring leaves the object alone */
    ROW(START("s") OBJECT("o", "total") WORK(IO(OUT("r", "res")) GIVES("r", "o-ref", "")) END("e")
            AROUND,
        "start {total: 1} -> total=1 +s -s +a job:a:w | job a {x: 1} -> x=1 -a +e -e "
        "end:completed"),
    /* without names an input is called as what it comes from, an output as where it goes */
    ROW(START("s") OBJECT("o", "the total")
            WORK(IO("<bpmn:dataInput id='i'/>") TAKES("o-ref", "i", "")) END("e") AROUND,
        "start {\"the total\": 2} -> the total=2 +s -s +a 3.the total=2 job:a:w"),
    /* transformation and assignments; several sources */
    ROW(START("s") OBJECT("o", "x") WORK(
            IO(IN("i", "in"))
                TAKES("o-ref", "i", "<bpmn:transformation>x * 2</bpmn:transformation>")) END("e")
            AROUND,
        "start {x: 4} -> x=4 +s -s +a 3.in=8 job:a:w"),
    ROW(START("s") OBJECT("o", "x") WORK(
            IO(IN("i", "in"))
                TAKES("o-ref", "i",
                      "<bpmn:assignment><bpmn:from>x + 1</bpmn:from><bpmn:to>in.one</bpmn:to>"
                      "</bpmn:assignment><bpmn:assignment><bpmn:from>x + 2</bpmn:from>"
                      "<bpmn:to>in.two</bpmn:to></bpmn:assignment>")) END("e") AROUND,
        "start {x: 1} -> x=1 +s -s +a 3.in={one: 2} 3.in={one: 2, two: 3} job:a:w"),
    /* an arrow that was only drawn means nothing */
    ROW(START("s") OBJECT("o", "x")
            WORK("<bpmn:property id='p' name='__targetRef_placeholder'/>" TAKES("o-ref", "p", "")
                     GIVES("a", "o-ref", "")) END("e") AROUND,
        "start {x: 1} -> x=1 +s -s +a job:a:w | job a {y: 2} -> y=2 -a +e -e end:completed"),
    /* a data store that nothing is known of gives null */
    ROW(START("s") STORE("d", "register") WORK(IO(IN("i", "in")) TAKES("d", "i", "")) END("e")
            AROUND,
        "start -> +s -s +a 3.in=null job:a:w"),
    /* a data store is written whole, and read again by the same instance (10.4.1) */
    ROW(START("s") STORE("d", "rates") WORK(IO(IN("i", "in") OUT("r", "res")) TAKES("d", "i", "")
            GIVES("r", "d", "")) FLOW("s", "a") FLOW("a", "g") EXCLUSIVE("g", "g-f") END("f")
            IF("g", "e", "rates.fee &gt; 3") FLOW("g", "f") END("e"),
        "start -> +s -s +a 3.in=null job:a:w | job a {res: {fee: 5}} -> 3.res={fee: 5} "
        "stored:d={fee: 5} -a +g -g +e -e end:completed"),
    /* what it held before the instance began; an output that is not brought leaves it alone */
    ROW(START("s") STORE("d", "rates") WORK(IO(IN("i", "in") OUT("r", "res")) TAKES("d", "i", "")
            GIVES("r", "d", "")) END("e") FLOW("s", "t") PERSON("t") FLOW("t", "a") FLOW("a", "e"),
        "start -> +s -s +t ?t | stored d {v: 7} -> | do t -> -t +a 4.in=7 job:a:w | job a -> -a +e -e "
        "end:completed"),
    /* part of it, by assignments; a variable of the store's name hides it from expressions alone */
    ROW(START("s") STORE("d", "rates") WORK(IO(IN("i", "in") OUT("r", "res")) TAKES("d", "i", "")
            GIVES("r", "d", "<bpmn:assignment><bpmn:from>res</bpmn:from><bpmn:to>rates.low</bpmn:to>"
            "</bpmn:assignment><bpmn:assignment><bpmn:from>res * 2</bpmn:from><bpmn:to>rates.high</bpmn:to>"
            "</bpmn:assignment>")) END("e") AROUND,
        "start {rates: 1, res: 4} -> rates=1 res=4 +s -s +a 3.in=null job:a:w | job a -> "
        "stored:d={low: 4} stored:d={low: 4, high: 8} -a +e -e end:completed"),
    /* too many items, too many bytes: incidents, which a retry repeats */
    ROW(START("s") "<bpmn:dataStoreReference id='d' name='rates' capacity='2'/>" WORK(IO(OUT("r", "res")) GIVES("r", "d", ""))
            END("e") AROUND,
        "start -> +s -s +a job:a:w | job a {res: [1, 2, 3]} -> 3.res=[1, 2, 3] stop:a:mapping | "
        "set-local a {res: [1, 2]} -> 3.res=[1, 2] | retry a -> go:a stored:d=[1, 2] -a +e -e end:completed"),
    ROW(START("s") STORE("d", "rates") WORK(IO(OUT("r", "res")) GIVES("r", "d", "<bpmn:transformation>"
            "string join(for i in 1..7000 return \"1234567890\")</bpmn:transformation>")) END("e") AROUND,
        "start -> +s -s +a job:a:w | job a {res: 1} -> res=1 stop:a:mapping"),
    /* a condition that reads a store is looked at when the instance or another writes it */
    ROW(START("s") STORE("d", "rates") PERSON("a") BOUNDARY("b", "a", "true", CONDITION("rates &gt; 3")) END("e") END("f")
            AROUND FLOW("b", "f"),
        "start -> +s -s +a wait:b: ?a | stored d {v: 2} -> | stored d {v: 4} -> true:b met:b xa +b -b +f -f "
        "end:completed"),
    /* a data object of a sub-process comes and goes with it (10.4.1) */
    ROW(START("s") NODE_OF("subProcess", "p", "", START("i") OBJECT("o", "total") WORK(IO(OUT("r", "res"))
            GIVES("r", "o-ref", "")) END("f") FLOW("i", "a") FLOW("a", "f")) END("e") FLOW("s", "p") FLOW("p", "e"),
        "start {total: 1} -> total=1 +s -s +p 3.total=null +i -i +a job:a:w | job a {res: 5} -> 5.res=5 3.total=5 "
        "-a +f -f -p +e -e end:completed"),
    /* one for each time the sub-process is carried out */
    ROW(START("s") NODE_OF("subProcess", "p", "", "<bpmn:multiInstanceLoopCharacteristics>"
            "<bpmn:loopCardinality>2</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"
            START("i") OBJECT("o", "total") WORK(IO(OUT("r", "res")) GIVES("r", "o-ref", "")) END("f")
            FLOW("i", "a") FLOW("a", "f")) END("e") FLOW("s", "p") FLOW("p", "e"),
        "start -> +s -s +p[] loop:p:2 +p[1] 4.loopCounter=1 +p[2] 5.loopCounter=2 4.total=null +i -i 5.total=null +i "
        "-i +a job:a:w +a job:a:w | job a#2 {res: 5} -> 10.res=5 5.total=5 -a +f -f -p"),
    /* one that is only drawn hides nothing */
    ROW(START("s") NODE_OF("subProcess", "p", "", START("i") OBJECT("o", "total") WORK("") END("f")
            FLOW("i", "a") FLOW("a", "f")) END("e") FLOW("s", "p") FLOW("p", "e"),
        "start {total: 1} -> total=1 +s -s +p +i -i +a job:a:w | job a {total: 2} -> total=2 -a +f -f -p +e -e "
        "end:completed"),
    /* an input of the process itself */
    ROW(IO(IN("pi", "badge number")) START("s") WORK(IO(IN("i", "in")) TAKES("pi", "i", ""))
            END("e") AROUND,
        "start {\"badge number\": 7} -> badge number=7 +s -s +a 3.in=7 job:a:w"),
    /* names with blanks in expressions */
    ROW(START("s") EXCLUSIVE("g", "g-f") END("e") END("f") FLOW("s", "g")
            IF("g", "e", "order total &gt; 10 and order total &lt; 20") FLOW("g", "f"),
        "start {\"order total\": 15} -> order total=15 +s -s +g -g +e -e end:completed"),
};
/* clang-format on */

/* BPMN 2.0.2: 10.4 */
void test_bpmn_data(void) {
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct err err = {0};
        struct arena *arena = arena_create("play", 64 << 20);
        struct bpmn_process *process;
        bool ok = model_read(&process, arena, rows[i].model, &err);
        CHECK_OK_AT(rows[i].line, ok, &err);
        if (ok)
            play_script(__FILE__, rows[i].line, process, arena, rows[i].script);
        arena_destroy(arena);
    }
}
