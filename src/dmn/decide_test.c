/* How decisions are made of each other: depth, services with input decisions, what is told, the
 * trace, and which values can come out. */
#include "base/test.h"
#include "dmn/rows_test.h"
#include "dmn/view.h"
#include "json/json.h"

#define MODEL(body)                                                                                \
    "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' namespace='urn:m' "         \
    "name='m'>" body "</definitions>"
#define TEXT(feel) "<literalExpression><text>" feel "</text></literalExpression>"
#define INPUT(name, type)                                                                          \
    "<inputData id='" name "' name='" name "'><variable name='" name "' typeRef='" type            \
    "'/></inputData>"
#define DECISION(name, type, needs, logic)                                                         \
    "<decision id='" name "' name='" name "'><variable name='" name "' typeRef='" type             \
    "'/>" needs logic "</decision>"
#define DATA(name)                                                                                 \
    "<informationRequirement><requiredInput href='#" name "'/></informationRequirement>"
#define VALUE(name)                                                                                \
    "<informationRequirement><requiredDecision href='#" name "'/></informationRequirement>"
#define CALLS(name)                                                                                \
    "<knowledgeRequirement><requiredKnowledge href='#" name "'/></knowledgeRequirement>"

enum { ARENA_BYTES = 128 << 20, STEPS = 50000000 };

struct bench {
    struct arena *arena;
    struct dmn_model *model;
    struct budget budget;
    struct err err;
};

static struct bench bench(struct str xml, bool strict, int line) {
    struct bench b = {.arena = arena_create("decide", ARENA_BYTES),
                      .budget = budget_of(STEPS, ARENA_BYTES)};
    struct dmn_options options = {.strict = strict};
    CHECK_OK_AT(line, dmn_load(&b.model, b.arena, xml, "m.dmn", &options, &b.budget, &b.err),
                &b.err);
    return b;
}

/* A chain of decisions, each of which needs the next one. DMN 1.5: 6.3.13 */
void test_dmn_decide_deep(void) {
    static const struct {
        int line, count;
        enum err_code code;
    } rows[] = {{__LINE__, 200, ERR_NONE}, {__LINE__, 201, ERR_LIMIT}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buf xml;
        struct feel_env env = {0};
        struct feel_value v;
        int64_t got = -1;
        buf_init(&xml, 1 << 20);
        buf_lit(&xml, "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/'>");
        for (int k = 1; k < rows[i].count; k++)
            buf_printf(&xml,
                       "<decision id='d%d' name='d%d'><informationRequirement><requiredDecision "
                       "href='#d%d'/></informationRequirement>" TEXT("d%d + 1") "</decision>",
                       k, k, k + 1, k + 1);
        buf_printf(&xml, "<decision id='d%d' name='d%d'>" TEXT("1") "</decision></definitions>",
                   rows[i].count, rows[i].count);
        struct bench b = bench(buf_view(&xml), true, rows[i].line);
        bool good = dmn_evaluate(&v, b.model, STR("d1"), feel_null(), &env, NULL, b.arena,
                                 &b.budget, &b.err);
        CHECK_INT_AT(rows[i].line, b.err.code, rows[i].code);
        CHECK_AT(rows[i].line, !good || (feel_to_i64(&got, v) && got == rows[i].count));
        arena_destroy(b.arena);
        buf_done(&xml);
    }
}

/* A service whose decision calls it again; a circle of decisions through a service. DMN 1.5: 10.4
 */
void test_dmn_decide_without_end(void) {
    struct bench b =
        bench(STR(MODEL(DECISION("a", "Any", CALLS("s"),
                                 TEXT("s()")) "<decisionService id='s' name='s'><outputDecision "
                                              "href='#a'/></decisionService>")),
              true, __LINE__);
    struct feel_env env = {0};
    struct feel_value v;
    CHECK(
        !dmn_evaluate(&v, b.model, STR("s"), feel_null(), &env, NULL, b.arena, &b.budget, &b.err));
    CHECK_INT(b.err.code, ERR_LIMIT);
    arena_destroy(b.arena);
}

static void check(const struct dmn_row *rows, size_t count, bool strict) {
    const struct dmn_row_way way = {.file = __FILE__, .strict = strict, .told = !strict};
    for (size_t i = 0; i < count; i++)
        dmn_row_check(&rows[i], &way);
}

/* DMN 1.5: 10.4, 6.3.10: input decisions are parameters, behind the input data */
void test_dmn_decide_services(void) {
#define SERVICES                                                                                   \
    INPUT("n", "number")                                                                           \
    DECISION("given", "number", DATA("n"), TEXT("n * 100"))                                        \
    DECISION("x", "number", VALUE("given") DATA("n"), TEXT("given + n"))                           \
    DECISION("y", "number", VALUE("x"), TEXT("x * 2"))                                             \
    "<decisionService id='s' name='s'><variable name='s' typeRef='number'/><outputDecision "       \
    "href='#x'/><inputDecision href='#given'/><inputData href='#n'/></decisionService>"            \
    "<decisionService id='both' name='both'><outputDecision href='#x'/><outputDecision "           \
    "href='#y'/><inputDecision href='#given'/><inputData href='#n'/></decisionService>"            \
    "<decisionService id='text' name='text'><variable name='text' typeRef='string'/>"              \
    "<outputDecision href='#x'/><inputData href='#n'/></decisionService>"
#define ASKED(feel) MODEL(SERVICES DECISION("d", "Any", CALLS("s") CALLS("both"), TEXT(feel)))
    static const struct dmn_row rows[] = {
        {__LINE__, MODEL(SERVICES), "s", "{\"n\": 1, \"given\": 5}", "6"},
        {__LINE__, MODEL(SERVICES), "s", "{\"n\": 1}", "null"}, /* it is given, not decided */
        {__LINE__, MODEL(SERVICES), "s", "{\"n\": 1, \"given\": \"x\"}", "null"},
        {__LINE__, MODEL(SERVICES), "x", "{\"n\": 1, \"given\": 5}", "101"},
        {__LINE__, MODEL(SERVICES), "both", "{\"n\": 1, \"given\": 5}", "{x: 6, y: 12}"},
        {__LINE__, MODEL(SERVICES), "text", "{\"n\": 1}", "null"}, /* of another type */
        {__LINE__, ASKED("s(1, 5)"), "d", "{}", "6"},
        {__LINE__, ASKED("s(n: 1, given: 5)"), "d", "{}", "6"},
        {__LINE__, ASKED("s(given: 5, n: 1)"), "d", "{}", "6"},
        {__LINE__, ASKED("s([1], [5])"), "d", "{}", "6"},
        {__LINE__, ASKED("s(1)"), "d", "{}", "null"},
        {__LINE__, ASKED("s(1, 5, 6)"), "d", "{}", "null"},
        {__LINE__, ASKED("both(1, 5).y"), "d", "{}", "12"},
        {__LINE__, ASKED("[s(1, 5), s(2, 5), s(1, 5)]"), "d", "{}", "[6, 7, 6]"},
        {__LINE__, MODEL(SERVICES), "nobody", "{}", "refused: the model has no element 'nobody'"},
    };
    check(rows, COUNT_OF(rows), true);
}

/* Each element that has no value says so itself; the first of it is shown. */
void test_dmn_decide_complaints(void) {
    static const struct dmn_row rows[] = {
        {__LINE__, MODEL(DECISION("a", "Any", "", "")), "a", "{}", "null ('a' has no logic)"},
        {__LINE__, MODEL("<businessKnowledgeModel id='f' name='f'/>"), "f", "{}",
         "null ('f' has no logic)"},
        {__LINE__, MODEL(INPUT("n", "number") DECISION("a", "Any", DATA("n"), TEXT("n"))), "a",
         "{\"n\": \"x\"}", "null (a string is not number)"},
        {__LINE__, MODEL(INPUT("n", "number")), "n", "{\"n\": 3}", "3"},
        {__LINE__, MODEL(INPUT("n", "number")), "n", "{}", "null"},
        {__LINE__, MODEL(INPUT("n", "number")), "n", "[1]", "null"},
    };
    check(rows, COUNT_OF(rows), false);
    struct bench b = bench(
        STR(MODEL(DECISION("a", "Any", "", "") DECISION("b", "Any", "", "") DECISION(
            "c", "Any", "", "") DECISION("d", "Any", "", "") DECISION("e", "Any", "", "")
                      DECISION("f", "Any", VALUE("a") VALUE("b") VALUE("c") VALUE("d") VALUE("e"),
                               TEXT("[a, b, c, d, e]")))),
        true, __LINE__);
    struct feel_diags diags = {.arena = b.arena};
    struct feel_env env = {.diags = &diags};
    struct feel_value v;
    CHECK_OK(
        dmn_evaluate(&v, b.model, STR("f"), feel_null(), &env, NULL, b.arena, &b.budget, &b.err),
        &b.err);
    CHECK_INT((int64_t)diags.count, 5);
    for (size_t i = 0; i < diags.count; i++)
        CHECK_STR(diags.items[i].text, arena_printf(b.arena, "'%c' has no logic", 'a' + (int)i));
    arena_destroy(b.arena);
}

/* --- the trace
 * -----------------------------------------------------------------------------------------------
 */
static void check_trace(int line, struct str xml, const char *name, const char *want) {
    struct bench b = bench(xml, true, line);
    struct dmn_trace trace = {.arena = b.arena};
    struct feel_env env = {0};
    struct feel_value v;
    struct buf out;
    buf_init(&out, 1 << 16);
    CHECK_OK_AT(line,
                dmn_evaluate(&v, b.model, str_from(name), feel_null(), &env, &trace, b.arena,
                             &b.budget, &b.err),
                &b.err);
    if (!dmn_trace_json(&out, &trace, &b.err))
        buf_printf(&out, "refused: %s", b.err.text);
    if (!str_ends(buf_view(&out), str_from(want)))
        CHECK_STR_AT(line, buf_view(&out), str_from(want));
    buf_done(&out);
    arena_destroy(b.arena);
}

void test_dmn_decide_trace(void) {
#define TABLE(outputs, rule)                                                                       \
    "<decisionTable><input><inputExpression><text>1</text></inputExpression></input>" outputs      \
    "<rule id='r'><description>d</description><inputEntry><text>-</text></inputEntry>" rule        \
    "</rule></decisionTable>"
#define CELL(feel) "<outputEntry><text>" feel "</text></outputEntry>"
    /* two columns; and a table that is the whole logic is told once, */
    check_trace(__LINE__,
                STR(MODEL(DECISION(
                    "a", "Any", "",
                    TABLE("<output name='x'/><output name='y - z'/>", CELL("1") CELL("\"b\""))))),
                "a",
                "[{\"decision\":\"a\",\"name\":\"a\",\"table\":true,\"hit_policy\":\"UNIQUE\","
                "\"inputs\":[{\"expression\":\"1\",\"value\":1}],\"rules\":[{\"number\":1,"
                "\"id\":\"r\",\"note\":\"d\",\"outputs\":[{\"name\":\"x\",\"value\":1},"
                "{\"name\":\"y - z\",\"value\":\"b\"}]}],\"output\":{\"x\":1,\"y-z\":\"b\"}}]");
    /* unless the type of the decision makes another value of it */
    check_trace(__LINE__,
                STR(MODEL(DECISION("a", "string", "", TABLE("<output/>", CELL("[\"q\"]"))))), "a",
                "\"output\":[\"q\"]},{\"decision\":\"a\",\"name\":\"a\",\"table\":false,"
                "\"inputs\":[],\"output\":\"q\"}]");
    /* without a table: what the logic reads, each member once, a function not at all */
    check_trace(
        __LINE__,
        STR(MODEL("<businessKnowledgeModel id='f' name='f'><encapsulatedLogic><formalParameter "
                  "name='n'/>" TEXT("n") "</encapsulatedLogic></businessKnowledgeModel>" DECISION(
                      "c", "Any", "", TEXT("{k: 1, l: 2}"))
                      DECISION("a", "Any", VALUE("c") CALLS("f"), TEXT("f(c.k) + c.l + c.k")))),
        "a",
        "{\"decision\":\"a\",\"name\":\"a\",\"table\":false,\"inputs\":[{\"expression\":\"c.k\","
        "\"value\":1},{\"expression\":\"c.l\",\"value\":2}],\"output\":4}]");
    /* JSON has no functions */
    check_trace(__LINE__, STR(MODEL(DECISION("a", "Any", "", TEXT("function(n) n")))), "a",
                "\"inputs\":[],\"output\":\"function(...)\"}]");
}

/* Steps beyond the most are dropped, and the value is the same. */
void test_dmn_decide_long_trace(void) {
    struct bench b = bench(
        STR(MODEL("<businessKnowledgeModel id='f' name='f'><encapsulatedLogic><formalParameter "
                  "name='n'/>" TABLE("<output/>",
                                     CELL("n")) "</encapsulatedLogic>"
                                                "</businessKnowledgeModel>" DECISION(
                                                    "a", "Any", CALLS("f"),
                                                    TEXT("count(for i in 1..1500 return f(i))")))),
        true, __LINE__);
    struct dmn_trace trace = {.arena = b.arena};
    struct feel_env env = {0};
    struct feel_value v = feel_null();
    int64_t got = -1;
    CHECK_OK(
        dmn_evaluate(&v, b.model, STR("a"), feel_null(), &env, &trace, b.arena, &b.budget, &b.err),
        &b.err);
    CHECK(feel_to_i64(&got, v) && got == 1500);
    CHECK_INT((int64_t)trace.count, DMN_TRACE_STEPS_MAX);
    CHECK(trace.steps[999].rule_count == 1 && trace.steps[999].is_table);
    arena_destroy(b.arena);
}
