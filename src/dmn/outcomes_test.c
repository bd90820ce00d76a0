/* Which values a decision can give: of tables, of literals chosen by `if`, of types that list
 * theirs. No value may be missing from an answer; "unknown" is always right, but says nothing. */
#include "base/test.h"
#include "dmn/dmn.h"

#define FRAME(body)                                                                                \
    "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' namespace='n' name='m'>"    \
    "<itemDefinition name='tG'><typeRef>string</typeRef><allowedValues><text>\"a\", \"b\"</text>"  \
    "</allowedValues></itemDefinition><itemDefinition name='tH'><typeRef>tG</typeRef>"             \
    "<allowedValues><text>\"a\"</text></allowedValues></itemDefinition><itemDefinition name='tC'>" \
    "<typeRef>number</typeRef><typeConstraint><text>? &gt; 1</text></typeConstraint>"              \
    "</itemDefinition><itemDefinition name='tP'><itemComponent name='x'><typeRef>tG</typeRef>"     \
    "</itemComponent><itemComponent name='y'><typeRef>number</typeRef></itemComponent>"            \
    "</itemDefinition><itemDefinition name='tQ'><itemComponent name='x'><typeRef>string</typeRef>" \
    "</itemComponent><itemComponent name='y'><typeRef>number</typeRef></itemComponent>"            \
    "</itemDefinition><inputData id='i' name='n'><variable name='n' typeRef='number'/>"            \
    "</inputData>" body "</definitions>"
#define DECIDES(type, logic)                                                                       \
    FRAME("<decision id='d' name='d'><variable name='d' typeRef='" type                            \
          "'/><informationRequirement><requiredInput href='#i'/></informationRequirement>" logic   \
          "</decision>")
#define TEXT(feel) "<literalExpression><text>" feel "</text></literalExpression>"
#define TABLE(attributes, outputs, rules)                                                          \
    "<decisionTable " attributes "><input><inputExpression typeRef='number'><text>n</text>"        \
    "</inputExpression></input>" outputs rules "</decisionTable>"
#define CELL(feel)    "<outputEntry><text>" feel "</text></outputEntry>"
#define RULE(in, out) "<rule><inputEntry><text>" in "</text></inputEntry>" out "</rule>"
#define SPLIT(a, b)   RULE("&lt; 5", a) RULE("&gt;= 5", b)
#define TWO           "<output name='x'/><output name='y'/>"
#define OTHER(feel)                                                                                \
    "<output><defaultOutputEntry><text>" feel "</text></defaultOutputEntry></output>"
#define LISTED(values) "<output><outputValues><text>" values "</text></outputValues></output>"

struct row {
    int line;
    const char *xml, *want;
};

static void check(int line, struct str xml, const char *want) {
    struct arena *a = arena_create("outcomes", 64 << 20);
    struct budget budget = budget_of(10000000, 64 << 20);
    struct dmn_options options = {.strict = true};
    struct dmn_outcomes outcomes = {0};
    struct dmn_model *model;
    struct err err = {0};
    struct buf out;
    buf_init(&out, 1 << 16);
    CHECK_OK_AT(line,
                dmn_load(&model, a, xml, "m.dmn", &options, &budget, &err) &&
                    dmn_outcomes(&outcomes, model, dmn_find(model, STR("d")), a, &budget, &err),
                &err);
    if (outcomes.known)
        feel_print(&out, feel_list(outcomes.values, outcomes.count));
    buf_add(&out, !outcomes.known ? STR("unknown") : outcomes.others ? STR(" others") : STR(""));
    CHECK_STR_AT(line, buf_view(&out), str_from(want));
    buf_done(&out);
    arena_destroy(a);
}

/* DMN 1.5: 8.2.10, 8.2.11 */
void test_dmn_outcomes_of_tables(void) {
    static const struct row rows[] = {
        {__LINE__, DECIDES("Any", TABLE("", "<output/>", SPLIT(CELL("1"), CELL("2")))), "[1, 2]"},
        {__LINE__, DECIDES("Any", TABLE("", "<output/>", SPLIT(CELL("1"), CELL("1")))), "[1]"},
        {__LINE__, DECIDES("Any", TABLE("", "<output/>", SPLIT(CELL("1"), CELL("n")))), "unknown"},
        {__LINE__, DECIDES("Any", TABLE("", "<output/>", SPLIT(CELL("1"), CELL("null")))),
         "[1, null]"},
        /* two that match: null. Under ANY likewise, under PRIORITY not */
        {__LINE__,
         DECIDES("Any", TABLE("", "<output/>", SPLIT(CELL("1"), CELL("2")) RULE("-", CELL("3")))),
         "[1, 2, 3, null]"},
        {__LINE__,
         DECIDES("Any", TABLE("hitPolicy='ANY'", "<output/>",
                              SPLIT(CELL("1"), CELL("2")) RULE("-", CELL("3")))),
         "[1, 2, 3, null]"},
        {__LINE__,
         DECIDES("Any", TABLE("hitPolicy='ANY'", "<output/>", SPLIT(CELL("1"), CELL("2")))),
         "[1, 2]"},
        {__LINE__,
         DECIDES("Any", TABLE("hitPolicy='PRIORITY'", LISTED("1, 2"),
                              SPLIT(CELL("1"), CELL("2")) RULE("-", CELL("2")))),
         "[1, 2]"},
        {__LINE__,
         DECIDES("Any",
                 TABLE("hitPolicy='OUTPUT ORDER'", LISTED("1, 2"), SPLIT(CELL("1"), CELL("2")))),
         "unknown"},
        {__LINE__,
         DECIDES("Any", TABLE("hitPolicy='RULE ORDER'", "<output/>", SPLIT(CELL("1"), CELL("2")))),
         "unknown"},
        {__LINE__,
         DECIDES("Any", TABLE("hitPolicy='COLLECT' aggregation='MIN'", "<output/>",
                              SPLIT(CELL("1"), CELL("2")))),
         "[1, 2]"},
        {__LINE__,
         DECIDES("Any", TABLE("hitPolicy='COLLECT' aggregation='SUM'", "<output/>",
                              SPLIT(CELL("1"), CELL("2")))),
         "unknown"},
        {__LINE__,
         DECIDES("Any", TABLE("hitPolicy='COLLECT' aggregation='MAX'", TWO,
                              SPLIT(CELL("1") CELL("1"), CELL("2") CELL("2")))),
         "unknown"},
        /* the default where no rule matches; and null where there is none */
        {__LINE__, DECIDES("Any", TABLE("", OTHER("7"), RULE("&lt; 5", CELL("1")))), "[1, 7]"},
        {__LINE__, DECIDES("Any", TABLE("", OTHER("n"), RULE("&lt; 5", CELL("1")))), "unknown"},
        {__LINE__, DECIDES("Any", TABLE("", "<output/>", RULE("&lt; 5", CELL("1")))), "[1, null]"},
        {__LINE__,
         DECIDES("Any", TABLE("hitPolicy='FIRST'", "<output/>",
                              RULE("odd(?)", CELL("1")) RULE("n &gt; ?", CELL("2")))),
         "[1, 2] others"},
        {__LINE__,
         DECIDES("Any", TABLE("", TWO, SPLIT(CELL("1") CELL("\"p\""), CELL("2") CELL("\"q\"")))),
         "[{x: 1, y: \"p\"}, {x: 2, y: \"q\"}]"},
        {__LINE__,
         DECIDES("Any",
                 TABLE("",
                       "<output name='x'/><output name='y'><defaultOutputEntry><text>0</text>"
                       "</defaultOutputEntry></output>",
                       RULE("&lt; 5", CELL("1") CELL("2")))),
         "[{x: 1, y: 2}, {x: null, y: 0}]"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        check(rows[i].line, str_from(rows[i].xml), rows[i].want);
}

/* DMN 1.5: 7.3.3, 8.2.5, 10.3.2.9.4: what types and lists make of the values is not followed */
void test_dmn_outcomes_of_types(void) {
    static const struct row rows[] = {
        {__LINE__, DECIDES("tG", TABLE("", "<output/>", SPLIT(CELL("\"a\""), CELL("\"b\"")))),
         "[\"a\", \"b\"]"},
        {__LINE__, DECIDES("tG", TABLE("", "<output/>", SPLIT(CELL("\"a\""), CELL("\"c\"")))),
         "[\"a\", \"b\"] others"},
        {__LINE__, DECIDES("tG", TABLE("", "<output/>", SPLIT(CELL("\"a\""), CELL("[\"b\"]")))),
         "[\"a\", \"b\"] others"},
        {__LINE__, DECIDES("number", TABLE("", "<output/>", SPLIT(CELL("1"), CELL("\"b\"")))),
         "unknown"},
        {__LINE__, DECIDES("tC", TABLE("", "<output/>", SPLIT(CELL("1"), CELL("2")))), "unknown"},
        {__LINE__, DECIDES("tH", TABLE("", "<output/>", SPLIT(CELL("\"a\""), CELL("\"a\"")))),
         "[\"a\"] others"},
        {__LINE__,
         DECIDES("Any", TABLE("", "<output typeRef='tG'/>", SPLIT(CELL("\"a\""), CELL("\"b\"")))),
         "[\"a\", \"b\"]"},
        {__LINE__,
         DECIDES("Any", TABLE("", "<output typeRef='tG'/>", SPLIT(CELL("\"a\""), CELL("\"c\"")))),
         "unknown"},
        {__LINE__, DECIDES("Any", TABLE("", LISTED("1, 2"), SPLIT(CELL("1"), CELL("2")))),
         "[1, 2]"},
        {__LINE__, DECIDES("Any", TABLE("", LISTED("1, 2"), SPLIT(CELL("1"), CELL("3")))),
         "unknown"},
        {__LINE__,
         DECIDES("tP", TABLE("", TWO, SPLIT(CELL("\"a\"") CELL("1"), CELL("\"b\"") CELL("2")))),
         "unknown"},
        {__LINE__,
         DECIDES("tQ", TABLE("", TWO, SPLIT(CELL("\"a\"") CELL("1"), CELL("\"b\"") CELL("2")))),
         "[{x: \"a\", y: 1}, {x: \"b\", y: 2}]"},
        {__LINE__,
         DECIDES("tQ", TABLE("", TWO, SPLIT(CELL("1") CELL("1"), CELL("\"b\"") CELL("2")))),
         "unknown"},
        /* without a table */
        {__LINE__, DECIDES("Any", TEXT("5")), "[5]"},
        {__LINE__, DECIDES("Any", TEXT("n")), "unknown"},
        {__LINE__, DECIDES("Any", ""), "unknown"},
        {__LINE__, DECIDES("tG", ""), "unknown"},
        {__LINE__, DECIDES("number", TEXT("if n &gt; 1 then 1 else if n &gt; 0 then 2 else 1")),
         "[1, 2]"},
        {__LINE__, DECIDES("list&lt;number&gt;", TEXT("if n &gt; 1 then null else null")),
         "[null]"},
        {__LINE__, DECIDES("tG", TEXT("if n &gt; 1 then \"a\" else \"b\"")), "[\"a\", \"b\"]"},
        {__LINE__,
         DECIDES("number", "<literalExpression typeRef='number'><text>if n > 1 then 1 else 2"
                           "</text></literalExpression>"),
         "[1, 2]"},
        {__LINE__,
         DECIDES("tG", "<literalExpression typeRef='string'><text>if n > 1 then \"a\" else \"c\""
                       "</text></literalExpression>"),
         "[\"a\", \"b\"] others"},
        {__LINE__, DECIDES("tC", TEXT("if n &gt; 1 then 1 else 2")), "unknown"},
        {__LINE__, DECIDES("tH", TEXT("n")), "[\"a\"] others"},
        /* a table that is a part of the logic is not the logic */
        {__LINE__,
         DECIDES("Any",
                 "<context><contextEntry><variable name='k'/>" TABLE(
                     "", "<output/>", SPLIT(CELL("1"), CELL("2"))) "</contextEntry></context>"),
         "unknown"},
        {__LINE__,
         DECIDES("Any", "<conditional><if>" TEXT("n = 1") "</if><then>" TEXT(
                            "1") "</then><else>" TEXT("\"x\"") "</else></conditional>"),
         "[1, \"x\"]"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        check(rows[i].line, str_from(rows[i].xml), rows[i].want);
}

/* As many `if` in each other as are followed, and one more. */
void test_dmn_outcomes_deep(void) {
    for (int over = 0; over < 2; over++) {
        struct arena *a = arena_create("deep", 1 << 20);
        struct str ifs = STR("0");
        for (int i = 0; i < 32 + over; i++)
            ifs = arena_printf(a, "if n = %d then 1 else %.*s", i, STR_ARG(ifs));
        check(over, arena_printf(a, DECIDES("Any", TEXT("%.*s")), STR_ARG(ifs)),
              over == 0 ? "[1, 0]" : "unknown");
        arena_destroy(a);
    }
}

/* As many values as are told, null among them; with one more it is among the others. */
void test_dmn_outcomes_many(void) {
    for (int over = 0; over < 2; over++) {
        struct arena *a = arena_create("many", 1 << 20);
        struct buf rules, want;
        buf_init(&rules, 1 << 18);
        buf_init(&want, 1 << 16);
        for (int i = 0; i < DMN_OUTCOMES_MAX - 1 + over; i++) {
            buf_printf(&rules, RULE("%d", CELL("%d")), i, i);
            buf_printf(&want, "%s%d", i == 0 ? "[" : ", ", i);
        }
        buf_add(&want, over == 0 ? STR(", null]") : STR("] others"));
        const char *text = arena_cstr(a, buf_view(&rules));
        check(over, arena_printf(a, DECIDES("Any", TABLE("", "<output/>", "%s")), text),
              arena_cstr(a, buf_view(&want)));
        buf_done(&rules);
        buf_done(&want);
        arena_destroy(a);
    }
}
