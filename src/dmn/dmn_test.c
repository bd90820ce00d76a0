/* Tests of decision models: hit policies, boxed expressions, services, the trace, and the checks.
 * Models are made from a frame and the part that a row is about. */
#include "dmn/dmn.h"

#include "base/test.h"
#include "json/json.h"

#define FRAME_BEGIN                                                                                \
    "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' namespace='n' name='m'>"
#define FRAME_END "</definitions>"

struct bench {
    struct arena *arena;
    struct dmn_model *model;
    struct err err;
};

static bool bench_init(struct bench *b, const char *body, bool strict) {
    struct budget budget = budget_of(10000000, 64 << 20);
    struct dmn_options options = {.strict = strict};
    *b = (struct bench){.arena = arena_create("test", 256 << 20)};
    struct str xml = arena_printf(b->arena, "%s%s%s", FRAME_BEGIN, body, FRAME_END);
    return dmn_load(&b->model, b->arena, xml, "test.dmn", &options, &budget, &b->err);
}

static struct feel_value json_value(struct bench *b, const char *text) {
    const struct json *json;
    struct feel_value v = feel_null();
    struct budget budget = budget_of(100000, 1 << 20);
    CHECK_OK(json_read(&json, str_from(text), "inputs", b->arena, &budget, &b->err), &b->err);
    CHECK_OK(feel_from_json(&v, json, b->arena, &b->err), &b->err);
    return v;
}

static struct feel_value decide(struct bench *b, const char *name, const char *inputs,
                                struct dmn_trace *trace) {
    struct budget budget = budget_of(1000000, 16 << 20);
    struct feel_env env = {.now = feel_null()};
    struct feel_value out;
    CHECK_OK(dmn_evaluate(&out, b->model, str_from(name), json_value(b, inputs), &env, trace,
                          b->arena, &budget, &b->err),
             &b->err);
    return out;
}

static void check_decision(int line, const char *body, const char *name, const char *inputs,
                           const char *want) {
    struct bench b;
    struct buf out;
    buf_init(&out, 1 << 20);
    if (bench_init(&b, body, true))
        feel_print(&out, decide(&b, name, inputs, NULL));
    else
        buf_printf(&out, "error: %s", b.err.text);
    if (!str_eq(buf_view(&out), str_from(want)))
        test_check_str(__FILE__, line, buf_view(&out), str_from(want));
    buf_done(&out);
    arena_destroy(b.arena);
}

/* A table over age (number) and place (string) with the given policy and rules. */
#define INPUTS                                                                                     \
    "<inputData id='a' name='age'><variable name='age' typeRef='number'/></inputData>"             \
    "<inputData id='p' name='home place'><variable name='home place' typeRef='string'/>"           \
    "</inputData>"
#define NEEDS                                                                                      \
    "<informationRequirement><requiredInput href='#a'/></informationRequirement>"                  \
    "<informationRequirement><requiredInput href='#p'/></informationRequirement>"
#define TABLE_BEGIN(attributes)                                                                    \
    INPUTS "<decision id='d' name='Fee'><variable name='Fee'/>" NEEDS "<decisionTable " attributes \
           "><input><inputExpression typeRef='number'><text>age</text></inputExpression></input>"  \
           "<input><inputExpression typeRef='string'><text>home place</text></inputExpression>"    \
           "</input>"
#define OUTPUT "<output/>"
#define RULE(a, p, out)                                                                            \
    "<rule><inputEntry><text>" a "</text></inputEntry><inputEntry><text>" p                        \
    "</text></inputEntry><outputEntry><text>" out "</text></outputEntry></rule>"
#define TABLE_END "</decisionTable></decision>"

/* DMN 1.5: 8.2.10, 8.2.11, 8.3.1, hit policy unique, hit policy any, hit policy priority, hit
 * policy first, hit policy collect, hit policy rule order, hit policy output order, aggregator sum,
 * aggregator count, aggregator min, aggregator max */
void test_dmn_hit_policies(void) {
    static const char rules[] = RULE("&lt; 18", "-", "10") RULE("[18..60]", "\"Wenzhou\"", "20")
        RULE("[18..60]", "not(\"Wenzhou\")", "30") RULE("&gt;= 60", "-", "5");
    static const struct {
        int line;
        const char *attributes, *output, *inputs, *want;
    } rows[] = {
        {__LINE__, "", OUTPUT, "{\"age\": 17, \"home place\": \"x\"}", "10"},
        {__LINE__, "hitPolicy='UNIQUE'", OUTPUT, "{\"age\": 18, \"home place\": \"Wenzhou\"}",
         "20"},
        {__LINE__, "", OUTPUT, "{\"age\": 18, \"home place\": \"x\"}", "30"},
        {__LINE__, "", OUTPUT, "{\"age\": 60, \"home place\": \"x\"}", "null"}, /* two match */
        {__LINE__, "", OUTPUT, "{\"home place\": \"x\"}", "null"},              /* none */
        {__LINE__, "hitPolicy='FIRST'", OUTPUT, "{\"age\": 60, \"home place\": \"x\"}", "30"},
        {__LINE__, "hitPolicy='ANY'", OUTPUT, "{\"age\": 60, \"home place\": \"x\"}", "null"},
        {__LINE__, "hitPolicy='RULE ORDER'", OUTPUT, "{\"age\": 60, \"home place\": \"x\"}",
         "[30, 5]"},
        {__LINE__, "hitPolicy='COLLECT'", OUTPUT, "{\"age\": 60, \"home place\": \"x\"}",
         "[30, 5]"},
        {__LINE__, "hitPolicy='COLLECT' aggregation='SUM'", OUTPUT,
         "{\"age\": 60, \"home place\": \"x\"}", "35"},
        {__LINE__, "hitPolicy='COLLECT' aggregation='MIN'", OUTPUT,
         "{\"age\": 60, \"home place\": \"x\"}", "5"},
        {__LINE__, "hitPolicy='COLLECT' aggregation='MAX'", OUTPUT,
         "{\"age\": 60, \"home place\": \"x\"}", "30"},
        {__LINE__, "hitPolicy='COLLECT' aggregation='COUNT'", OUTPUT,
         "{\"age\": 60, \"home place\": \"x\"}", "2"},
        {__LINE__, "hitPolicy='COLLECT' aggregation='COUNT'", OUTPUT, "{}", "0"},
        {__LINE__, "hitPolicy='PRIORITY'",
         "<output><outputValues><text>5, 10, 30, 20</text></outputValues></output>",
         "{\"age\": 60, \"home place\": \"x\"}", "5"},
        {__LINE__, "hitPolicy='OUTPUT ORDER'",
         "<output><outputValues><text>5, 10, 30, 20</text></outputValues></output>",
         "{\"age\": 60, \"home place\": \"x\"}", "[5, 30]"},
        {__LINE__, "", "<output><defaultOutputEntry><text>99</text></defaultOutputEntry></output>",
         "{}", "99"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena *a = arena_create("body", 1 << 20);
        struct str body = arena_printf(
            a,
            INPUTS "<decision id='d' name='Fee'><variable name='Fee'/>" NEEDS
                   "<decisionTable %s><input><inputExpression typeRef='number'><text>age</text>"
                   "</inputExpression></input><input><inputExpression typeRef='string'>"
                   "<text>home place</text></inputExpression></input>%s%s" TABLE_END,
            rows[i].attributes, rows[i].output, rules);
        check_decision(rows[i].line, body.at, "Fee", rows[i].inputs, rows[i].want);
        arena_destroy(a);
    }
}

#define DECISION(logic)                                                                            \
    INPUTS "<decision id='d' name='D'><variable name='D'/>" NEEDS logic "</decision>"
#define LITERAL(text) "<literalExpression><text>" text "</text></literalExpression>"

/* DMN 1.5: 7.3.5, 10.2.1.2 - 10.2.1.10, 10.5.1 - 10.5.13 */
void test_dmn_boxed(void) {
    static const struct {
        int line;
        const char *body, *want;
    } rows[] = {
        {__LINE__, DECISION(LITERAL("age + 1")), "41"},
        {__LINE__, DECISION(LITERAL("home place + \"!\"")), "\"Lanzhou!\""},
        {__LINE__,
         DECISION("<context><contextEntry><variable name='next year'/>" LITERAL(
             "age + 1") "</contextEntry><contextEntry>" LITERAL("next year * 2") "</contextEntry>"
                                                                                 "</context>"),
         "82"},
        {__LINE__,
         DECISION("<context><contextEntry><variable name='a'/>" LITERAL(
             "1") "</contextEntry>"
                  "<contextEntry><variable name='b'/>" LITERAL(
                      "a + 1") "</contextEntry></context>"),
         "{a: 1, b: 2}"},
        {__LINE__, DECISION("<list>" LITERAL("1") LITERAL("age") "</list>"), "[1, 40]"},
        {__LINE__,
         DECISION("<relation><column name='x'/><column name='y'/><row>" LITERAL("1")
                      LITERAL("2") "</row></relation>"),
         "[{x: 1, y: 2}]"},
        {__LINE__,
         DECISION("<conditional><if>" LITERAL("age &gt; 18") "</if><then>" LITERAL(
             "\"adult\"") "</then><else>" LITERAL("\"minor\"") "</else></conditional>"),
         "\"adult\""},
        {__LINE__,
         DECISION("<for iteratorVariable='i'><in>" LITERAL("1..3") "</in><return>" LITERAL(
             "i * age") "</return></for>"),
         "error: expected an operator or the end, found '..'"},
        {__LINE__,
         DECISION("<for iteratorVariable='i'><in>" LITERAL("[1, 2]") "</in><return>" LITERAL(
             "i * age") "</return></for>"),
         "[40, 80]"},
        {__LINE__,
         DECISION("<some iteratorVariable='i'><in>" LITERAL("[1, 50]") "</in><satisfies>" LITERAL(
             "i &gt; age") "</satisfies></some>"),
         "true"},
        {__LINE__,
         DECISION("<filter><in>" LITERAL("[{n: 1}, {n: 2}]") "</in><match>" LITERAL(
             "n &gt; 1") "</match></filter>"),
         "[{n: 2}]"},
        {__LINE__,
         "<businessKnowledgeModel id='b' name='fact'><variable name='fact'/><encapsulatedLogic>"
         "<formalParameter name='n' typeRef='number'/>" LITERAL(
             "if n &lt;= 1 then 1 else n * fact(n - 1)") "</encapsulatedLogic>"
                                                         "</businessKnowledgeModel>"
                                                         "<decision id='d' name='D'><variable "
                                                         "name='D'/><knowledgeRequirement>"
                                                         "<requiredKnowledge href='#b'/>"
                                                         "</"
                                                         "knowledgeRequirement><"
                                                         "invocation>" LITERAL(
                                                             "fact") "<binding><parameter "
                                                                     "name='n'/>" LITERAL(
                                                                         "5") "</binding>"
                                                                              "</invocation>"
                                                                              "</decision>",
         "120"},
        {__LINE__, DECISION(LITERAL("unknown")), "error: nothing is named 'unknown'"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        check_decision(rows[i].line, rows[i].body, "D",
                       "{\"age\": 40, \"home place\": \"Lanzhou\"}", rows[i].want);
}

void test_dmn_circle(void) {
    struct bench b;
    CHECK(!bench_init(&b,
                      "<decision id='x' name='x'><informationRequirement><requiredDecision "
                      "href='#y'/></informationRequirement></decision>"
                      "<decision id='y' name='y'><informationRequirement><requiredDecision "
                      "href='#x'/></informationRequirement></decision>",
                      true));
    CHECK_STR(str_from(b.err.text), STR("the decision 'x' requires itself"));
    arena_destroy(b.arena);
}

void test_dmn_trace(void) {
    struct bench b;
    struct buf out;
    buf_init(&out, 1 << 16);
    CHECK_OK(bench_init(&b,
                        TABLE_BEGIN("hitPolicy='COLLECT'") OUTPUT RULE("&lt; 18", "-", "10")
                            RULE("-", "\"x\"", "age") TABLE_END,
                        true),
             &b.err);
    struct dmn_trace trace = {.arena = b.arena};
    (void)decide(&b, "d", "{\"age\": 17, \"home place\": \"x\"}", &trace);
    CHECK_OK(dmn_trace_json(&out, &trace, &b.err), &b.err);
    CHECK_STR(buf_view(&out),
              STR("[{\"decision\":\"d\",\"name\":\"Fee\",\"table\":true,\"hit_policy\":\"COLLECT\","
                  "\"inputs\":[{\"expression\":\"age\",\"value\":17},{\"expression\":\"home "
                  "place\",\"value\":\"x\"}],\"rules\":[{\"number\":1,\"id\":\"\",\"note\":\"\","
                  "\"outputs\":[{\"name\":\"\",\"value\":10}]},{\"number\":2,\"id\":\"\","
                  "\"note\":\"\",\"outputs\":[{\"name\":\"\",\"value\":17}]}],"
                  "\"output\":[10,17]}]"));
    buf_done(&out);
    arena_destroy(b.arena);
}

/* A cell `true` asks for the value true: an input that is missing passes no test of a value. */
void test_dmn_null_input(void) {
    check_decision(__LINE__,
                   "<inputData id='x' name='x'><variable name='x' typeRef='boolean'/></inputData>"
                   "<decision id='d' name='D'><variable name='D'/><informationRequirement>"
                   "<requiredInput href='#x'/></informationRequirement><decisionTable>"
                   "<input><inputExpression typeRef='boolean'><text>x</text></inputExpression>"
                   "</input><output/><rule><inputEntry><text>true</text></inputEntry><outputEntry>"
                   "<text>1</text></outputEntry></rule><rule><inputEntry><text>not(true)</text>"
                   "</inputEntry><outputEntry><text>2</text></outputEntry></rule>"
                   "<rule><inputEntry><text>null</text></inputEntry><outputEntry><text>3</text>"
                   "</outputEntry></rule></decisionTable></decision>",
                   "d", "{\"x\": true}", "1");
    check_decision(__LINE__,
                   "<inputData id='x' name='x'><variable name='x' typeRef='boolean'/></inputData>"
                   "<decision id='d' name='D'><variable name='D'/><informationRequirement>"
                   "<requiredInput href='#x'/></informationRequirement><decisionTable>"
                   "<input><inputExpression typeRef='boolean'><text>x</text></inputExpression>"
                   "</input><output/><rule><inputEntry><text>true</text></inputEntry><outputEntry>"
                   "<text>1</text></outputEntry></rule><rule><inputEntry><text>null</text>"
                   "</inputEntry><outputEntry><text>3</text></outputEntry></rule></decisionTable>"
                   "</decision>",
                   "d", "{}", "3");
}

#define ONE_COLUMN(type, values, rules)                                                            \
    "<itemDefinition name='tPlace'><typeRef>string</typeRef><allowedValues><text>\"A\", "          \
    "\"B\"</text></allowedValues></itemDefinition><inputData id='x' name='x'><variable name='x' "  \
    "typeRef='" type "'/></inputData><decision id='d' name='D'><variable name='D'/>"               \
    "<informationRequirement><requiredInput href='#x'/></informationRequirement><decisionTable>"   \
    "<input><inputExpression typeRef='" type "'><text>x</text></inputExpression>" values           \
    "</input><output/>" rules TABLE_END
#define TEST(cell)                                                                                 \
    "<rule><inputEntry><text>" cell "</text></inputEntry><outputEntry><text>1</text>"              \
    "</outputEntry></rule>"

/* Findings as "kind input rule_a rule_b;" */
static void check_findings(int line, const char *body, const char *want) {
    struct bench b;
    struct buf out;
    struct budget budget = budget_of(1000000, 16 << 20);
    const struct dmn_finding *found;
    size_t count = 0;
    buf_init(&out, 1 << 16);
    CHECK_OK_AT(line, bench_init(&b, body, true), &b.err);
    CHECK_OK_AT(line, dmn_check(&found, &count, b.model, b.arena, &budget, &b.err), &b.err);
    for (size_t k = 0; k < count; k++) {
        buf_printf(&out, "%s %.*s", dmn_finding_name(found[k].kind), STR_ARG(found[k].input));
        if (found[k].rule_a != 0)
            buf_printf(&out, " %u %u", found[k].rule_a, found[k].rule_b);
        buf_lit(&out, ";");
    }
    CHECK_STR_AT(line, buf_view(&out), str_from(want));
    buf_done(&out);
    arena_destroy(b.arena);
}

void test_dmn_check(void) {
    static const struct {
        int line;
        const char *body, *want;
    } rows[] = {
        {__LINE__,
         TABLE_BEGIN("") OUTPUT RULE("&lt; 18", "-", "1") RULE("&gt;= 18", "-", "2") TABLE_END, ""},
        {__LINE__,
         TABLE_BEGIN("") OUTPUT RULE("&lt; 18", "-", "1") RULE("&gt; 18", "-", "2") TABLE_END,
         "gap age = 18;"},
        {__LINE__,
         TABLE_BEGIN("") OUTPUT RULE("&lt;= 18", "-", "1") RULE("&gt;= 18", "-", "2") TABLE_END,
         "overlap age = 18 1 2;"},
        {__LINE__,
         TABLE_BEGIN("") OUTPUT RULE("&lt; 18", "\"A\"", "1") RULE("&lt; 18", "not(\"A\")", "2")
             RULE("&gt;= 18", "\"A\", \"B\"", "3") TABLE_END,
         "gap age = 18, home place = \"something else\";"},
        {__LINE__,
         TABLE_BEGIN("hitPolicy='FIRST'") OUTPUT RULE("&lt; 18", "-", "1") RULE("[0..10]", "-", "2")
             RULE("-", "-", "3") TABLE_END,
         "unreachable rule  2 0;"},
        {__LINE__,
         TABLE_BEGIN("hitPolicy='ANY'") OUTPUT RULE("&lt; 18", "-", "1") RULE("[0..10]", "-", "1")
             RULE("&gt;= 18", "-", "3") TABLE_END,
         ""},
        {__LINE__,
         TABLE_BEGIN("hitPolicy='ANY'") OUTPUT RULE("&lt; 18", "-", "1") RULE("[0..10]", "-", "2")
             RULE("&gt;= 18", "-", "3") TABLE_END,
         "overlap age = 0 1 2;"},
        {__LINE__, TABLE_BEGIN("") OUTPUT RULE("\"x\"", "-", "1") TABLE_END, "wrong type  1 0;"},
        {__LINE__,
         TABLE_BEGIN("") OUTPUT RULE("? * 2 &gt; 10", "-", "1") RULE("&lt; 3", "-", "1") TABLE_END,
         "gap age = 3;undecided  1 0;"},
        {__LINE__, TABLE_BEGIN("hitPolicy='COLLECT'") OUTPUT RULE("&lt; 3", "-", "1") TABLE_END,
         ""},
        {__LINE__, ONE_COLUMN("tPlace", "", TEST("\"A\"") TEST("\"B\"")), ""},
        {__LINE__, ONE_COLUMN("tPlace", "", TEST("\"B\"")), "gap x = \"A\";"},
        {__LINE__,
         ONE_COLUMN("string", "<inputValues><text>\"A\", \"C\"</text></inputValues>",
                    TEST("\"A\"") TEST("\"B\"")),
         "gap x = \"C\";unreachable rule  2 0;"},
        {__LINE__, ONE_COLUMN("boolean", "", TEST("true")), "gap x = false;"},
        {__LINE__, ONE_COLUMN("boolean", "", TEST("true") TEST("not(true)")), ""},
        {__LINE__,
         ONE_COLUMN("date", "", TEST("&lt; date(\"2026-01-01\")") TEST("&gt; @\"2026-01-01\"")),
         "gap x = @\"2026-01-01\";"},
        {__LINE__, /* no day lies between */
         ONE_COLUMN("date", "", TEST("&lt;= @\"2026-01-01\"") TEST("&gt;= @\"2026-01-02\"")), ""},
        {__LINE__, ONE_COLUMN("number", "", TEST("&lt;= 1") TEST("&gt;= 2")), "gap x = 1.5;"},
        {__LINE__, ONE_COLUMN("number", "", TEST("[0..5], [5..9]") TEST("9, &gt; 10")),
         "gap x = -1;gap x = 9.5;overlap x = 9 1 2;"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        check_findings(rows[i].line, rows[i].body, rows[i].want);
}

/* The values that a decision can give, then "others" when there may be more; or "unknown". */
void test_dmn_outcomes(void) {
#define GRADES                                                                                     \
    "<itemDefinition name='tG'><typeRef>string</typeRef><allowedValues><text>\"a\", \"b\"</text>"  \
    "</allowedValues></itemDefinition>"
#define TYPED(type, logic)                                                                         \
    GRADES INPUTS "<decision id='d' name='D'><variable name='D' typeRef='" type "'/>" NEEDS logic  \
                  "</decision>"
    static const struct {
        int line;
        const char *body, *want;
    } rows[] = {
        {__LINE__, TABLE_BEGIN("") OUTPUT RULE("&lt; 18", "-", "1") TABLE_END, "[1, null]"},
        {__LINE__, TABLE_BEGIN("hitPolicy='FIRST'") OUTPUT RULE("-", "-", "1") TABLE_END, "[1]"},
        {__LINE__, TABLE_BEGIN("hitPolicy='FIRST'") OUTPUT RULE("-", "-", "age") TABLE_END,
         "unknown"},
        {__LINE__, TABLE_BEGIN("hitPolicy='COLLECT'") OUTPUT RULE("-", "-", "1") TABLE_END,
         "unknown"},
        {__LINE__,
         TABLE_BEGIN("hitPolicy='COLLECT' aggregation='MAX'") OUTPUT RULE("-", "-", "1") TABLE_END,
         "[1]"},
        {__LINE__, /* max() of texts */
         TABLE_BEGIN("hitPolicy='COLLECT' aggregation='MAX'") OUTPUT RULE("-", "-", "\"x\"")
             TABLE_END,
         "unknown"},
        {__LINE__, /* the output is not among those listed, so it is null */
         TABLE_BEGIN("hitPolicy='FIRST'") "<output><outputValues><text>1, 2</text></outputValues>"
                                          "</output>" RULE("-", "-", "3") TABLE_END,
         "unknown"},
        {__LINE__,
         TABLE_BEGIN(
             "hitPolicy='FIRST'") "<output name='a - b'/><output name='c'/>"
                                  "<rule><inputEntry><text>-</text></inputEntry><inputEntry>"
                                  "<text>-</text></inputEntry><outputEntry><text>1</text>"
                                  "</outputEntry><outputEntry><text>2</text></outputEntry>"
                                  "</rule>" TABLE_END,
         "[{\"a - b\": 1, c: 2}]"},
        {__LINE__, TYPED("tG", LITERAL("if age &gt; 1 then \"a\" else \"b\"")), "[\"a\", \"b\"]"},
        {__LINE__, TYPED("tG", LITERAL("if age &gt; 1 then \"a\" else \"c\"")),
         "[\"a\", \"b\"] others"},
        {__LINE__, TYPED("number", LITERAL("if age &gt; 1 then 1 else \"c\"")), "unknown"},
        {__LINE__, TYPED("tG", LITERAL("home place")), "[\"a\", \"b\"] others"},
        {__LINE__, TYPED("number", LITERAL("age")), "unknown"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct bench b;
        struct buf out;
        struct budget budget = budget_of(1000000, 16 << 20);
        struct dmn_outcomes outcomes;
        buf_init(&out, 1 << 16);
        CHECK_OK_AT(rows[i].line, bench_init(&b, rows[i].body, true), &b.err);
        CHECK_OK_AT(
            rows[i].line,
            dmn_outcomes(&outcomes, b.model, dmn_find(b.model, STR("d")), b.arena, &budget, &b.err),
            &b.err);
        if (outcomes.known)
            feel_print(&out, feel_list(outcomes.values, outcomes.count));
        buf_add(&out, !outcomes.known   ? STR("unknown")
                      : outcomes.others ? STR(" others")
                                        : STR(""));
        CHECK_STR_AT(rows[i].line, buf_view(&out), str_from(rows[i].want));
        buf_done(&out);
        arena_destroy(b.arena);
    }
}

/* --- imports -----------------------------------------------------------------------------------
 */
struct circle {
    const char *other; /* the text of the model that is imported */
    const char *self;
};

static bool give(struct str *xml, const char **file, void *self, struct str ns, struct str location,
                 struct err *err) {
    const struct circle *c = self;
    (void)location;
    (void)err;
    *xml = str_from(str_eq(ns, STR("urn:b")) ? c->other : c->self);
    *file = "other.dmn";
    return true;
}

#define IMPORT(name)                                                                               \
    "<import name='" name "' namespace='urn:" name "' importType='https://www.omg.org/spec/DMN/"   \
    "20230324/MODEL/'/>"
#define MODEL(name)                                                                                \
    "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' namespace='urn:" name       \
    "' name='" name "'>"

/* DMN 1.5: 6.3.3. Two models import each other: types, functions and decisions of both work, and a
 * circle of decisions through both is found. */
void test_dmn_imports_in_a_circle(void) {
    static const char a[] = MODEL("a") IMPORT(
        "b") "<itemDefinition name='tNames' isCollection='true'><typeRef>b.tName</typeRef>"
             "</itemDefinition>"
             "<inputData id='i' name='I'><variable name='I' typeRef='tNames'/></inputData>"
             "<decision id='d' name='D'><variable name='D'/><knowledgeRequirement>"
             "<requiredKnowledge href='urn:b#f'/></knowledgeRequirement><informationRequirement>"
             "<requiredInput href='#i'/></informationRequirement><informationRequirement>"
             "<requiredDecision href='urn:b#e'/></informationRequirement>"
             "<literalExpression><text>b.f(I) + b.E</text></literalExpression></decision>"
             "</definitions>";
    static const struct {
        int line;
        const char *e, *inputs, *want;
        enum err_code code;
    } rows[] = {
        {__LINE__,
         "<requiredInput href='urn:a#i'/></informationRequirement><literalExpression>"
         "<text>count(a.I) * 10</text></literalExpression>",
         "{\"I\": [\"x\", \"y\"]}", "22", ERR_NONE},
        {__LINE__,
         "<requiredInput href='urn:a#i'/></informationRequirement><literalExpression>"
         "<text>count(a.I) * 10</text></literalExpression>",
         "{\"I\": [\"not allowed\"]}", "null", ERR_NONE},
        {__LINE__,
         "<requiredDecision href='urn:a#d'/></informationRequirement>"
         "<literalExpression><text>a.D</text></literalExpression>",
         NULL, NULL, ERR_INVALID},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct bench b = {.arena = arena_create("test", 64 << 20)};
        struct budget budget = budget_of(10000000, 64 << 20);
        struct circle circle = {.self = a};
        struct dmn_options options = {.strict = true, .import = give, .import_self = &circle};
        circle.other =
            arena_printf(
                b.arena,
                MODEL("b") IMPORT(
                    "a") "<itemDefinition name='tName'><typeRef>string</typeRef><allowedValues>"
                         "<text>\"x\", \"y\"</text></allowedValues></itemDefinition>"
                         "<businessKnowledgeModel id='f' name='f'><variable name='f'/>"
                         "<encapsulatedLogic><formalParameter name='p' typeRef='a.tNames'/>"
                         "<literalExpression><text>count(p)</text></literalExpression>"
                         "</encapsulatedLogic></businessKnowledgeModel>"
                         "<decision id='e' name='E'><variable name='E'/><informationRequirement>%s"
                         "</decision></definitions>",
                rows[i].e)
                .at;
        bool loaded = dmn_load(&b.model, b.arena, str_from(a), "a.dmn", &options, &budget, &b.err);
        CHECK_INT_AT(rows[i].line, b.err.code, rows[i].code);
        if (loaded) {
            struct buf text;
            buf_init(&text, 1000);
            feel_print(&text, decide(&b, "D", rows[i].inputs, NULL));
            CHECK_STR_AT(rows[i].line, buf_view(&text), str_from(rows[i].want));
            buf_done(&text);
        }
        arena_destroy(b.arena);
    }
}
