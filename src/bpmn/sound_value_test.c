/* Soundness where values decide: lists of outcomes, decisions, literals, and how long a value is
 * known. */
#include "base/test.h"
#include "bpmn/bpmn.h"
#include "bpmn/model_test.h"
#include "dmn/dmn.h"

#define MAP(source, target)                                                                        \
    "<zeebe:ioMapping><zeebe:output source='" source "' target='" target "'/></zeebe:ioMapping>"
#define MAP_IN(source, target)                                                                     \
    "<zeebe:ioMapping><zeebe:input source='" source "' target='" target "'/></zeebe:ioMapping>"
#define IS(value)   "outcome = &quot;" value "&quot;"
#define X(value)    "x = &quot;" value "&quot;"
#define SPLIT(id)   EXCLUSIVE(id, "")
#define MERGE(id)   "<bpmn:exclusiveGateway id='" id "'/>"
#define QUOTE(text) "=&quot;" text "&quot;"

/* clang-format off */
/* x = "b" chosen at g leads to `between`, then to h, where only x = "a" goes to z. */
#define TWICE(between)                                                                             \
    START("s")                                                                                     \
    SPLIT("g")                                                                                     \
    END("e")                                                                                       \
    EXCLUSIVE("h", "h-f") USER("z", "") END("f") between FLOW("s", "g") IF("g", "e", X("a"))       \
        IF("g", "m", X("b")) FLOW("m", "h") IF("h", "z", X("a")) FLOW("h", "f") FLOW("z", "f")

#define TABLE(policy, outputs, rules)                                                              \
    "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL' namespace='n' name='m'>"     \
    "<inputData id='i' name='n'><variable name='n' typeRef='number'/></inputData>"                 \
    "<decision id='fee' name='Fee'><variable name='Fee'/>"                                         \
    "<informationRequirement><requiredInput href='#i'/></informationRequirement>"                  \
    "<decisionTable hitPolicy='" policy "'><input><inputExpression typeRef='number'>"              \
    "<text>n</text></inputExpression></input>" outputs rules                                       \
    "</decisionTable></decision></definitions>"
#define CELL(text)         "<outputEntry><text>" text "</text></outputEntry>"
#define RULES(test, cells) "<rule><inputEntry><text>" test "</text></inputEntry>" cells "</rule>"
#define TWO_RULES                                                                                  \
    TABLE("UNIQUE", "<output/>",                                                                   \
          RULES("&lt; 10", CELL("\"low\"")) RULES("&gt;= 10", CELL("\"high\"")))
#define BY_FEE(one, two)                                                                           \
    START("s")                                                                                     \
    RULE("d", "fee", "x")                                                                          \
    SPLIT("g")                                                                                     \
    USER("a", "") USER("b", "") END("e") FLOW("s", "d") FLOW("d", "g") IF("g", "a", one)           \
        IF("g", "b", two) FLOW("a", "e") FLOW("b", "e")

/* Tables, by hand: a row is a model, the decisions and what is found. */
static const struct row {
    int line;
    const char *model, *rules;
    const char *want; /* "fault node" of each finding, then ": " and the values of the first one's way */
} rows[] = {
    /* what a list of outcomes can give, and nothing else */
    {__LINE__,
     START("s") USER("a", OUTCOME("grant") OUTCOME("refuse")) SPLIT("g") END("e") END("f")
         FLOW("s", "a") FLOW("a", "g") IF("g", "e", IS("grant")) IF("g", "f", IS("refuse")),
     NULL, ""},
    {__LINE__,
     START("s") USER("a", OUTCOME("grant") OUTCOME("refuse") OUTCOME("return")) SPLIT("g") END("e") END("f")
         FLOW("s", "a") FLOW("a", "g") IF("g", "e", IS("grant")) IF("g", "f", IS("refuse")),
     NULL, "stuck:g: a: outcome = \"return\""},
    {__LINE__,
     START("s") USER("a", OUTCOME("grant") OUTCOME("refuse")) SPLIT("g") END("e") END("f") USER("w", "")
         FLOW("s", "a") FLOW("a", "g") IF("g", "e", IS("grant")) IF("g", "f", IS("refuse"))
         IF("g", "w", IS("withdraw")) FLOW("w", "f"),
     NULL, "dead:w"},
    {__LINE__,
     START("s") USER("a", OUTCOME("grant") OUTCOME("refuse")) EXCLUSIVE("g", "g-w") END("e") END("f") USER("w", "")
         FLOW("s", "a") FLOW("a", "g") IF("g", "e", IS("grant")) IF("g", "f", IS("refuse"))
         FLOW("g", "w") FLOW("w", "f"),
     NULL, "dead:w"},
    {__LINE__,
     START("s") USER("a", OUTCOME("grant") OUTCOME("refuse") OUTCOME("return")) EXCLUSIVE("g", "g-w") END("e") USER("w", "")
         FLOW("s", "a") FLOW("a", "g") IF("g", "e", "outcome in (&quot;grant&quot;, &quot;refuse&quot;)")
         FLOW("g", "w") FLOW("w", "e"),
     NULL, ""},
    /* without a list it is anything that leads on */
    {__LINE__,
     START("s") USER("a", "") SPLIT("g") END("e") END("f")
         FLOW("s", "a") FLOW("a", "g") IF("g", "e", IS("grant")) IF("g", "f", IS("refuse")),
     NULL, ""},
    /* flows out of the task itself */
    {__LINE__,
     START("s") USER("a", OUTCOME("grant") OUTCOME("refuse")) END("e") END("f")
         FLOW("s", "a") IF("a", "e", IS("grant")) IF("a", "f", IS("refuse")),
     NULL, ""},
    {__LINE__,
     START("s") USER("a", OUTCOME("grant") OUTCOME("refuse")) END("e")
         FLOW("s", "a") IF("a", "e", IS("grant")),
     NULL, "stuck:a: a: outcome = \"refuse\""},
    /* together with another variable, of which nothing is known */
    {__LINE__,
     START("s") USER("a", OUTCOME("grant") OUTCOME("refuse")) EXCLUSIVE("g", "g-f") USER("b", "") END("e") END("f")
         FLOW("s", "a") FLOW("a", "g") IF("g", "e", IS("grant") " and not(m.head)")
         IF("g", "b", IS("return") " and m.head") FLOW("g", "f") FLOW("b", "e"),
     NULL, "dead:b"},
    {__LINE__,
     START("s") USER("a", OUTCOME("grant") OUTCOME("refuse")) SPLIT("g") END("e") END("f")
         FLOW("s", "a") FLOW("a", "g") IF("g", "e", IS("grant") " and not(m.head)")
         IF("g", "f", IS("grant") " and m.head"),
     NULL, "stuck:g: a: outcome = \"refuse\""},
    /* under another name, and kept by a mapping while the next task writes its own */
    {__LINE__,
     START("s") NODE_OF("userTask", "a", " mandate:result='answer'", EXT(OUTCOME("yes") OUTCOME("no"))) SPLIT("g") END("e")
         FLOW("s", "a") FLOW("a", "g") IF("g", "e", "answer = &quot;yes&quot;"),
     NULL, "stuck:g: a: answer = \"no\""},
    {__LINE__,
     START("s") USER("a", MAP("=outcome", "proposal") OUTCOME("yes") OUTCOME("no"))
         USER("b", MAP("=1", "seen") OUTCOME("sign") OUTCOME("return")) SPLIT("g") END("e") SPLIT("h") END("f")
         FLOW("s", "a") FLOW("a", "b") FLOW("b", "g") IF("g", "e", IS("return"))
         IF("g", "h", IS("sign")) IF("h", "f", "proposal = &quot;yes&quot;"),
     NULL, "stuck:h: a: outcome = \"no\", b: outcome = \"sign\""},
    /* two gateways read one variable; nothing was written in between, or only to another name */
    {__LINE__, TWICE(MANUAL("m")), NULL, "dead:z"},
    {__LINE__, TWICE(CATCH("m", DURATION("PT1S"))), NULL, "dead:z"},
    {__LINE__, TWICE(USER("m", MAP("=1", "y"))), NULL, "dead:z"},
    {__LINE__, TWICE(USER("m", OUTCOME("a") MAP("=outcome", "y"))), NULL, "dead:z"},
    {__LINE__, TWICE(SCRIPT("m", "=1", "y")), NULL, "dead:z"},
    {__LINE__, TWICE(SCRIPT("m", QUOTE("b"), "x")), NULL, "dead:z"},
    /* written: anything, or a literal */
    {__LINE__, TWICE(USER("m", "")), NULL, ""},
    {__LINE__, TWICE(USER("m", OUTCOME("a"))), NULL, ""},
    {__LINE__, TWICE(USER("m", MAP("=y", "x"))), NULL, ""},
    {__LINE__, TWICE(SERVICE("m", "t", "")), NULL, ""},
    {__LINE__, TWICE(SCRIPT("m", "=y", "x")), NULL, ""},
    {__LINE__, TWICE(RULE("m", "unknown", "x")), NULL, ""},
    {__LINE__, TWICE(CALL("m", "other", "")), NULL, ""},
    {__LINE__, TWICE(CALL("m", "other", " propagateAllChildVariables='false'")), NULL, "dead:z"},
    {__LINE__, MESSAGE("w", "M", "1") TWICE(CATCH("m", EVENT_MESSAGE("w"))), NULL, ""},
    {__LINE__, TWICE(SCRIPT("m", QUOTE("c"), "x")), NULL, "dead:z"},
    {__LINE__,
     START("s") SPLIT("g") END("e") SPLIT("h") SCRIPT("m", QUOTE("c"), "x") END("f") FLOW("s", "g")
         IF("g", "e", X("a")) IF("g", "m", X("b")) FLOW("m", "h") IF("h", "f", X("a")),
     NULL, "stuck:h dead:f: g: x = \"b\", m: x = \"c\""},
    /* another variable of the same name inside a sub-process: nothing is remembered */
    {__LINE__,
     START("s") SPLIT("g") END("e") END("f")
         NODE_OF("subProcess", "p", "", EXT(MAP_IN(QUOTE("a"), "x")) START("i") EXCLUSIVE("h", "h-o")
                 USER("z", "") END("o") FLOW("i", "h") IF("h", "z", X("a")) FLOW("h", "o") FLOW("z", "o"))
             FLOW("s", "g") IF("g", "e", X("a")) IF("g", "p", X("b")) FLOW("p", "f"),
     NULL, ""},
    /* what another branch may write is forgotten; what it cannot is not */
    {__LINE__,
     START("s") SPLIT("g") END("e") PARALLEL("k") CATCH("m", DURATION("PT1S")) SERVICE("n", "t", "") END("o")
         EXCLUSIVE("h", "h-f") USER("z", "") END("f") FLOW("s", "g") IF("g", "e", X("a")) IF("g", "k", X("b"))
         FLOW("k", "m") FLOW("k", "n") FLOW("n", "o") FLOW("m", "h") IF("h", "z", X("a")) FLOW("h", "f") FLOW("z", "f"),
     NULL, ""},
    {__LINE__,
     START("s") SPLIT("g") END("e") PARALLEL("k") CATCH("m", DURATION("PT1S")) SERVICE("n", "t", MAP("=1", "y")) END("o")
         EXCLUSIVE("h", "h-f") USER("z", "") END("f") FLOW("s", "g") IF("g", "e", X("a")) IF("g", "k", X("b"))
         FLOW("k", "m") FLOW("k", "n") FLOW("n", "o") FLOW("m", "h") IF("h", "z", X("a")) FLOW("h", "f") FLOW("z", "f"),
     NULL, "dead:z"},
    /* round a loop in which nobody can change it */
    {__LINE__,
     START("s") USER("a", OUTCOME("done") OUTCOME("wait")) MERGE("m") SPLIT("g") CATCH("t", DURATION("PT1S"))
         END("e") FLOW("s", "a") FLOW("a", "m") FLOW("m", "g") IF("g", "e", IS("done")) IF("g", "t", IS("wait"))
         FLOW("t", "m"),
     NULL, "stuck:t: a: outcome = \"wait\""},
    /* an error of a worker may bring variables too */
    {__LINE__,
     ERROR("r", "E") START("s") SPLIT("g") END("e") SERVICE("m", "t", MAP("=1", "y")) EXCLUSIVE("h", "h-f")
         BOUNDARY("b", "m", "true", EVENT_ERROR("r")) USER("z", "") END("f") FLOW("s", "g") IF("g", "e", X("a"))
         IF("g", "m", X("b")) FLOW("m", "f") FLOW("b", "h") IF("h", "z", X("a")) FLOW("h", "f") FLOW("z", "f"),
     NULL, ""},
    /* decisions */
    {__LINE__, BY_FEE(X("low"), X("high")), TWO_RULES, ""},
    {__LINE__, BY_FEE(X("low"), X("none")), TWO_RULES, "stuck:g dead:b: d: x = \"high\""},
    {__LINE__, BY_FEE(X("low"), X("none")), NULL, ""},
    {__LINE__, BY_FEE(X("low"), "x != &quot;low&quot;"), TWO_RULES, ""},
    {__LINE__, BY_FEE("x.class = &quot;low&quot;", "x.class = &quot;high&quot;"),
     TABLE("FIRST", "<output name='class'/><output name='days'/>",
           RULES("&lt; 10", CELL("\"low\"") CELL("5")) RULES("-", CELL("\"high\"") CELL("30"))), ""},
    {__LINE__, BY_FEE("x.class = &quot;low&quot; and x.days = 5", "x.class = &quot;high&quot; and x.days = 5"),
     TABLE("FIRST", "<output name='class'/><output name='days'/>",
           RULES("&lt; 10", CELL("\"low\"") CELL("5")) RULES("-", CELL("\"high\"") CELL("30"))),
     "stuck:g dead:b: d: x = {class: \"high\", days: 30}"},
    /* no rule: null; or the default */
    {__LINE__, BY_FEE(X("low"), X("high")),
     TABLE("UNIQUE", "<output/>", RULES("&lt; 10", CELL("\"low\"")) RULES("&gt; 10", CELL("\"high\""))),
     "stuck:g: d: x = null"},
    {__LINE__, BY_FEE(X("low"), X("high")),
     TABLE("UNIQUE", "<output><defaultOutputEntry><text>\"low\"</text></defaultOutputEntry></output>",
           RULES("&gt; 10", CELL("\"high\""))),
     ""},
    /* not one rule's literals: free */
    {__LINE__, BY_FEE(X("low"), X("none")),
     TABLE("FIRST", "<output/>", RULES("&lt; 10", CELL("\"low\"")) RULES("-", CELL("string(n)"))), ""},
    {__LINE__, BY_FEE(X("low"), X("none")),
     TABLE("COLLECT", "<output/>", RULES("&lt; 10", CELL("\"low\"")) RULES("-", CELL("\"high\""))), ""},
    /* of a type that lists its values */
    {__LINE__, BY_FEE(X("low"), X("none")),
     "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL' namespace='n' name='m'>"
     "<itemDefinition name='t'><typeRef>string</typeRef><allowedValues><text>\"low\", \"high\"</text>"
     "</allowedValues></itemDefinition><decision id='fee' name='Fee'><variable name='Fee' typeRef='t'/>"
     "<literalExpression><text>lower case(\"LOW\")</text></literalExpression></decision></definitions>",
     "stuck:g: d: x = \"high\""},
    {__LINE__, BY_FEE(X("low"), X("none")),
     "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL' namespace='n' name='m'>"
     "<decision id='fee' name='Fee'><variable name='Fee'/><literalExpression><text>if 1 &gt; 2 then "
     "\"low\" else \"high\"</text></literalExpression></decision></definitions>",
     "stuck:g dead:b: d: x = \"high\""},
    /* carried out several times at once is no fault */
    {__LINE__,
     START("s") NODE_OF("userTask", "a", "", EXT(OUTCOME("yes") OUTCOME("no")) "<bpmn:multiInstanceLoopCharacteristics>"
             "<bpmn:loopCardinality>=n</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>")
         SPLIT("g") END("e") END("f") FLOW("s", "a") FLOW("a", "g") IF("g", "e", IS("yes")) IF("g", "f", IS("no")),
     NULL, ""},
};
/* clang-format on */

static void tell(struct buf *out, const struct bpmn_findings *found,
                 const struct bpmn_process *process) {
    for (size_t i = 0; i < found->count; i++)
        buf_printf(out, "%s%s:%.*s", i > 0 ? " " : "", bpmn_fault_name(found->list[i].fault),
                   STR_ARG(process->nodes[found->list[i].node].id));
    const char *before = ": ";
    for (size_t i = 0; found->count > 0 && i < found->list[0].step_count; i++) {
        struct str value = found->list[0].step_values[i];
        if (value.len > 0)
            buf_printf(out, "%s%.*s: %.*s", before,
                       STR_ARG(process->nodes[found->list[0].steps[i]].id), STR_ARG(value));
        before = value.len > 0 ? ", " : before;
    }
}

void test_bpmn_sound_values(void) {
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct err err = {0};
        struct arena *arena = arena_create("sound", 256 << 20);
        struct bpmn_process *process;
        struct bpmn_findings found = {0};
        struct budget budget = budget_of(100000000, (uint64_t)200 << 20);
        const struct dmn_options options = {.strict = true, .free_names = true};
        struct dmn_model *model = NULL;
        struct buf got;
        buf_init(&got, 4096);
        if (rows[i].rules != NULL)
            CHECK_OK_AT(rows[i].line,
                        dmn_load(&model, arena, str_from(rows[i].rules), "fee.dmn", &options,
                                 &budget, &err),
                        &err);
        const struct dmn_model *models[] = {model};
        struct bpmn_sound_limits limits = {.decisions = models, .decision_count = model != NULL};
        CHECK_OK_AT(rows[i].line,
                    model_read(&process, arena, rows[i].model, &err) &&
                        bpmn_check_sound(&found, process, limits, arena, &budget, &err),
                    &err);
        if (err.code == ERR_NONE)
            tell(&got, &found, process);
        CHECK_STR_AT(rows[i].line, buf_view(&got), str_from(rows[i].want));
        buf_done(&got);
        arena_destroy(arena);
    }
}

/* What the finding says of the place where no way leads on, in both languages. */
void test_bpmn_sound_no_way(void) {
    struct err err = {0};
    struct arena *arena = arena_create("sound", 256 << 20);
    struct bpmn_process *process;
    struct bpmn_findings found = {0};
    struct budget budget = budget_of(10000000, (uint64_t)200 << 20);
    CHECK_OK(
        model_read(&process, arena, rows[1].model, &err) &&
            bpmn_check_sound(&found, process, (struct bpmn_sound_limits){0}, arena, &budget, &err),
        &err);
    CHECK_INT((int64_t)found.count, 1);
    if (found.count == 1) {
        CHECK_STR(
            found.list[0].text.in[LANG_en],
            STR("the process can get stuck: from here it cannot end; no way leads on from 'g' "
                "with outcome = \"return\"; tokens stay at: g"));
        CHECK_STR(found.list[0].text.in[LANG_zh],
                  STR("流程会停住，到不了结束；“g”无路可走：outcome = \"return\"；停留在：g"));
    }
    arena_destroy(arena);
}
