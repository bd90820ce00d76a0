/* Decision tables, a row for each rule of how one is read and how it decides: what a hit policy may
 * be called, what counts as listed, what the order of outputs goes by, defaults, and what a cell
 * takes. Expectations are those of the standard's text. */
/* CLAUSE rows: DMN 1.5 */
#include "dmn/rows_test.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/test.h"

#define MODEL(body)                                                                                \
    "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' namespace='urn:m' "         \
    "name='m'>" body "</definitions>"
#define DATA(type) "<inputData id='n' name='n'><variable name='n' typeRef='" type "'/></inputData>"
#define DECIDES(type, logic)                                                                       \
    "<decision id='d' name='d'><variable name='d' typeRef='" type "'/><informationRequirement>"    \
    "<requiredInput href='#n'/></informationRequirement>" logic "</decision>"
#define COLUMN(text) "<input><inputExpression><text>" text "</text></inputExpression></input>"
#define TABLE(attributes, outputs, rules)                                                          \
    MODEL(DATA("Any") DECIDES("Any", "<decisionTable " attributes ">" COLUMN("n") outputs rules    \
                              "</decisionTable>"))
#define IN(feel)       "<inputEntry><text>" feel "</text></inputEntry>"
#define OUT(feel)      "<outputEntry><text>" feel "</text></outputEntry>"
#define RULE(in, out)  "<rule>" IN(in) OUT(out) "</rule>"
#define LISTED(values) "<output><outputValues><text>" values "</text></outputValues></output>"
#define OTHER(feel)                                                                                \
    "<output><defaultOutputEntry><text>" feel "</text></defaultOutputEntry></output>"

#define CLAUSE(clauses, body, inputs, want)                                                        \
    { __LINE__, body, "d", inputs, want }

static void check(const struct dmn_row *rows, size_t count) {
    static const struct dmn_row_way way = {.file = __FILE__, .strict = true};
    for (size_t i = 0; i < count; i++)
        dmn_row_check(&rows[i], &way);
}

/* The names of policies and aggregators, as they are written, and no others. */
void test_dmn_table_policies(void) {
#define NAMED(attributes) TABLE(attributes, "<output/>", RULE("-", "1") RULE("-", "1"))
    static const struct dmn_row rows[] = {
        CLAUSE("8.2.10, hit policy unique", NAMED("hitPolicy='UNIQUE'"), "{}", "null"),
        CLAUSE("8.2.10, hit policy unique", NAMED("hitPolicy=''"), "{}", "null"),
        CLAUSE("8.2.10, hit policy any", NAMED("hitPolicy='ANY'"), "{}", "1"),
        CLAUSE("8.2.10", NAMED("hitPolicy='unique'"), "{}",
               "refused: a hit policy 'unique' is not known"),
        CLAUSE("8.2.10", NAMED("hitPolicy='RULE-ORDER'"), "{}",
               "refused: a hit policy 'RULE-ORDER' is not known"),
        CLAUSE("8.2.10", NAMED("hitPolicy='U'"), "{}", "refused: a hit policy 'U' is not known"),
        CLAUSE("8.2.10, hit policy collect", NAMED("hitPolicy='COLLECT' aggregation='AVG'"), "{}",
               "refused: a hit policy 'AVG' is not known"),
        CLAUSE("8.2.10, hit policy collect", NAMED("hitPolicy='COLLECT' aggregation=''"), "{}",
               "[1, 1]"),
        /* an aggregator belongs to COLLECT: elsewhere it says nothing */
        CLAUSE("8.2.10, hit policy rule order", NAMED("hitPolicy='RULE ORDER' aggregation='SUM'"),
               "{}", "[1, 1]"),
    };
    check(rows, COUNT_OF(rows));
}

/* Every rule has one cell for each column, and a table has an output. */
void test_dmn_table_shapes(void) {
    static const struct dmn_row rows[] = {
        CLAUSE("8.3.1", TABLE("", "", "<rule>" IN("-") "</rule>"), "{}",
               "refused: a table has no output"),
        CLAUSE("8.3.3", TABLE("", "<output/>", "<rule>" IN("-") "</rule>"), "{}",
               "refused: a rule does not have one cell for each column"),
        CLAUSE("8.3.3", TABLE("", "<output/>", "<rule>" OUT("1") "</rule>"), "{}",
               "refused: a rule does not have one cell for each column"),
        CLAUSE("8.3.3", TABLE("", "<output/>", "<rule>" IN("-") IN("-") OUT("1") "</rule>"), "{}",
               "1"),
        CLAUSE("8.3.3", TABLE("", "<output/>", "<rule>" IN("-") OUT("1") OUT("2") "</rule>"), "{}",
               "1"),
        CLAUSE("8.2.7", TABLE("", "<output/>", RULE("&lt;", "1")), "{}",
               "refused: expected an expression, found 'the end'"),
        CLAUSE("8.2.9", TABLE("", "<output/>", RULE("-", "1 +")), "{}",
               "refused: expected an expression, found 'the end'"),
        CLAUSE("8.2.9", TABLE("", "<output/>", RULE("-", "")), "{}", "null"),
        CLAUSE("8.2.5", TABLE("", LISTED("1, "), RULE("-", "1")), "{}",
               "refused: expected an expression, found 'the end'"),
        CLAUSE("8.2.11", TABLE("", OTHER("1 +"), RULE("-", "1")), "{}",
               "refused: expected an expression, found 'the end'"),
        CLAUSE("8.2.3",
               MODEL(DATA("Any") DECIDES("Any", "<decisionTable>" COLUMN("n +") "<output/>" RULE(
                                                    "-", "1") "</decisionTable>")),
               "{}", "refused: expected an expression, found 'the end'"),
        CLAUSE("8.2.3",
               MODEL(DATA("Any") DECIDES(
                   "Any", "<decisionTable><input><inputExpression typeRef='none'><text>n</text>"
                          "</inputExpression></input><output/>" RULE("-", "1") "</decisionTable>")),
               "{}", "refused: there is no type 'none'"),
        CLAUSE("8.2.5",
               MODEL(DATA("Any") DECIDES(
                   "Any", "<decisionTable>" COLUMN("n") "<output typeRef='none'/>" RULE(
                              "-", "1") "</decisionTable>")),
               "{}", "refused: there is no type 'none'"),
        /* a column without an expression is null */
        CLAUSE("8.2.3",
               MODEL(DATA("Any")
                         DECIDES("Any", "<decisionTable hitPolicy='RULE ORDER'>"
                                        "<input label='what'/><output/>" RULE("-", "1")
                                            RULE("null", "2") RULE("3", "3") "</decisionTable>")),
               "{\"n\": 3}", "[1, 2]"),
        /* no column at all: each rule matches */
        CLAUSE("8.2.3",
               MODEL(DATA("Any") DECIDES(
                   "Any", "<decisionTable hitPolicy='RULE ORDER'><output/><rule>" OUT(
                              "1") "</rule><rule>" OUT("2") "</rule></decisionTable>")),
               "{}", "[1, 2]"),
    };
    check(rows, COUNT_OF(rows));
}

/* What is listed, by the type of the output: list, any, none; single lists stand for their item. */
void test_dmn_table_listed(void) {
#define TYPES                                                                                      \
    "<itemDefinition name='tL' isCollection='true'><typeRef>string</typeRef></itemDefinition>"     \
    "<itemDefinition name='tLL' isCollection='true'><typeRef>tL</typeRef></itemDefinition>"
#define GIVES(decided, typed, values, entry)                                                       \
    MODEL(TYPES DATA("Any") DECIDES(                                                               \
        decided, "<decisionTable>" COLUMN("n") "<output" typed "><outputValues><text>" values      \
                                               "</text></outputValues></output>" RULE(             \
                                                   "-", entry) "</decisionTable>"))
#define LIST " typeRef='tL'"
#define ANY  " typeRef='Any'"
#define ONE  " typeRef='string'"
    static const struct dmn_row rows[] = {
        /* of a list every item is */
        CLAUSE("7.3.3, 8.2.5", GIVES("Any", LIST, "\"a\", \"b\"", "[\"a\"]"), "{}", "[\"a\"]"),
        CLAUSE("7.3.3, 8.2.5", GIVES("Any", LIST, "\"a\", \"b\"", "[\"a\", \"b\", \"a\"]"), "{}",
               "[\"a\", \"b\", \"a\"]"),
        CLAUSE("7.3.3, 8.2.5", GIVES("Any", LIST, "\"a\", \"b\"", "[\"b\", \"c\"]"), "{}", "null"),
        CLAUSE("7.3.3, 8.2.5", GIVES("Any", LIST, "\"a\", \"b\"", "[\"c\"]"), "{}", "null"),
        CLAUSE("7.3.3, 8.2.5", GIVES("Any", LIST, "\"a\", \"b\"", "[]"), "{}", "[]"),
        CLAUSE("7.3.3, 8.2.5", GIVES("Any", LIST, "\"a\", \"b\"", "\"b\""), "{}", "[\"b\"]"),
        CLAUSE("7.3.3, 8.2.5", GIVES("Any", LIST, "\"a\", \"b\"", "\"c\""), "{}", "null"),
        CLAUSE("7.3.3, 8.2.5", GIVES("Any", LIST, "\"a\", \"b\"", "null"), "{}", "null"),
        /* one in a list of values, as any test has it. DMN 1.5: table 55 */
        CLAUSE("7.3.3, 8.2.5, table 55",
               GIVES("Any", LIST, "[\"a\", \"c\"], \"b\"", "[\"c\", \"b\"]"), "{}",
               "[\"c\", \"b\"]"),
        CLAUSE("7.3.3, 8.2.5", GIVES("Any", LIST, "string length(?) = 1", "[\"x\", \"yz\"]"), "{}",
               "null"),
        CLAUSE("7.3.3, 8.2.5", GIVES("Any", LIST, "count(?) = 2", "[\"x\", \"y\"]"), "{}", "null"),
        /* of a string the string; a list of one stands for it */
        CLAUSE("8.2.5, 10.3.2.9.4", GIVES("Any", ONE, "\"a\", \"b\"", "[\"b\"]"), "{}", "\"b\""),
        CLAUSE("8.2.5, 10.3.2.9.4", GIVES("Any", ONE, "\"a\", \"b\"", "[\"c\"]"), "{}", "null"),
        CLAUSE("8.2.5, 10.3.2.9.4", GIVES("Any", ONE, "\"a\", \"b\"", "[\"a\", \"b\"]"), "{}",
               "null"),
        CLAUSE("8.2.5, 10.3.2.9.4", GIVES("string", "", "\"a\"", "[\"a\"]"), "{}", "\"a\""),
        /* where nothing tells the type: the value itself, or each item */
        CLAUSE("8.2.5", GIVES("Any", "", "\"a\", \"b\"", "[\"a\"]"), "{}", "[\"a\"]"),
        CLAUSE("8.2.5", GIVES("Any", "", "\"a\", \"b\"", "[\"c\"]"), "{}", "null"),
        CLAUSE("8.2.5", GIVES("Any", ANY, "\"a\", \"b\"", "[\"b\", \"a\"]"), "{}",
               "[\"b\", \"a\"]"),
        CLAUSE("8.2.5", GIVES("Any", ANY, "\"a\", \"b\"", "\"b\""), "{}", "\"b\""),
        CLAUSE("8.2.5", GIVES("Any", "", "count(?) = 2", "[\"x\", \"y\"]"), "{}", "[\"x\", \"y\"]"),
        CLAUSE("8.2.5", GIVES("Any", "", "count(?) = 2", "[\"x\"]"), "{}", "null"),
        /* a test, a negation, a range among the values; what is computed is looked up too */
        CLAUSE("8.2.5", GIVES("Any", "", "not(\"a\")", "\"b\""), "{}", "\"b\""),
        CLAUSE("8.2.5", GIVES("Any", "", "not(\"a\")", "\"a\""), "{}", "null"),
        CLAUSE("8.2.5", GIVES("Any", "", "-", "\"a\""), "{}", "\"a\""),
        CLAUSE("8.2.5", GIVES("Any", "", "[1..n], 20", "n"), "{\"n\": 5}", "5"),
        CLAUSE("8.2.5", GIVES("Any", "", "[1..n), 20", "n"), "{\"n\": 5}", "null"),
        CLAUSE("8.2.5", GIVES("Any", "", "[1..n), 20", "n * 4"), "{\"n\": 5}", "20"),
        CLAUSE("8.2.5", GIVES("Any", "", "1.0", "1"), "{}", "1"),
    };
    check(rows, COUNT_OF(rows));
}

/* The order of the listed values; what is not listed comes last, and ties go by the rules. */
void test_dmn_table_order(void) {
#define ORDERED(policy, values, rules) TABLE("hitPolicy='" policy "'", LISTED(values), rules)
#define TWO(policy, rules)                                                                         \
    MODEL(DATA("Any") DECIDES(                                                                     \
        "Any", "<decisionTable hitPolicy='" policy                                                 \
               "'>" COLUMN("n") "<output name='a'><outputValues><text>1, 2</text>"                 \
                                "</outputValues></output><output name='b'><outputValues>"          \
                                "<text>\"x\", \"y\"</text></outputValues></output>" rules          \
                                "</decisionTable>"))
#define PAIR(a, b) "<rule>" IN("-") OUT(a) OUT(b) "</rule>"
    static const struct dmn_row rows[] = {
        CLAUSE("hit policy priority",
               ORDERED("PRIORITY", "3, 1, 2", RULE("-", "2") RULE("-", "1") RULE("-", "3")), "{}",
               "3"),
        CLAUSE("hit policy priority",
               ORDERED("PRIORITY", "3, 1, 2", RULE("-", "2") RULE("-", "1") RULE("5", "3")), "{}",
               "1"),
        CLAUSE("hit policy output order",
               ORDERED("OUTPUT ORDER", "3, 1, 2",
                       RULE("-", "2") RULE("-", "1") RULE("-", "3") RULE("-", "1")),
               "{}", "[3, 1, 1, 2]"),
        /* ranks that are computed */
        CLAUSE("hit policy output order",
               ORDERED("OUTPUT ORDER", "&gt;= n, &lt; 2, n - 1",
                       RULE("-", "3") RULE("-", "1") RULE("-", "4") RULE("-", "9")),
               "{\"n\": 4}", "[4, 9, 1, 3]"),
        CLAUSE("hit policy priority",
               ORDERED("PRIORITY", "\"b\", starts with(?, \"a\")",
                       RULE("-", "\"ab\"") RULE("-", "\"b\"")),
               "{}", "\"b\""),
        CLAUSE("hit policy priority",
               ORDERED("PRIORITY", "starts with(?, \"a\"), \"b\"",
                       RULE("-", "\"b\"") RULE("-", "\"ab\"")),
               "{}", "\"ab\""),
        /* one test of all values: no value goes before another, so the rules' order is left */
        CLAUSE("hit policy output order",
               ORDERED("OUTPUT ORDER", "not(7)", RULE("-", "2") RULE("-", "1")), "{}", "[2, 1]"),
        /* a value that is not listed is null, and comes last */
        CLAUSE("hit policy output order",
               ORDERED("OUTPUT ORDER", "3, 1", RULE("-", "5") RULE("-", "1") RULE("-", "3")), "{}",
               "[3, 1, null]"),
        CLAUSE("hit policy priority", ORDERED("PRIORITY", "3, 1", RULE("-", "5") RULE("-", "1")),
               "{}", "1"),
        /* of several columns the first counts first */
        CLAUSE("hit policy priority",
               TWO("PRIORITY", PAIR("2", "\"x\"") PAIR("1", "\"y\"") PAIR("2", "\"y\"")), "{}",
               "{a: 1, b: \"y\"}"),
        CLAUSE("hit policy output order",
               TWO("OUTPUT ORDER",
                   PAIR("2", "\"y\"") PAIR("1", "\"y\"") PAIR("2", "\"x\"") PAIR("1", "\"x\"")),
               "{}", "[{a: 1, b: \"x\"}, {a: 1, b: \"y\"}, {a: 2, b: \"x\"}, {a: 2, b: \"y\"}]"),
    };
    check(rows, COUNT_OF(rows));
}

/* Where no rule matches. */
void test_dmn_table_defaults(void) {
#define ONLY_ONE(attributes, outputs) TABLE(attributes, outputs, RULE("1", "\"one\""))
#define BOTH(other_a, other_b)                                                                     \
    MODEL(DATA("Any") DECIDES(                                                                     \
        "Any", "<decisionTable>" COLUMN("n") "<output name='a'>" other_a "</output><output "       \
                                             "name='b'>" other_b "</output><rule>" IN("1") OUT(    \
                                                 "\"one\"") OUT("1") "</rule></decisionTable>"))
#define ELSE(feel) "<defaultOutputEntry><text>" feel "</text></defaultOutputEntry>"
    static const struct dmn_row rows[] = {
        CLAUSE("8.2.11", ONLY_ONE("", OTHER("\"other\"")), "{\"n\": 2}", "\"other\""),
        CLAUSE("8.2.11", ONLY_ONE("", OTHER("\"other\"")), "{\"n\": 1}", "\"one\""),
        CLAUSE("8.2.11", ONLY_ONE("", OTHER("n + 5")), "{\"n\": 2}", "7"),
        CLAUSE("8.2.11", ONLY_ONE("", OTHER(" ")), "{\"n\": 2}", "null"),
        CLAUSE("8.2.11", ONLY_ONE("", OTHER("null")), "{\"n\": 2}", "null"),
        CLAUSE("8.2.11", ONLY_ONE("hitPolicy='FIRST'", OTHER("0")), "{}", "0"),
        CLAUSE("8.2.11", ONLY_ONE("hitPolicy='ANY'", OTHER("0")), "{}", "0"),
        CLAUSE("8.2.11", ONLY_ONE("hitPolicy='RULE ORDER'", "<output/>"), "{}", "null"),
        CLAUSE("8.2.11, hit policy collect", ONLY_ONE("hitPolicy='COLLECT'", "<output/>"), "{}",
               "[]"),
        CLAUSE("8.2.11, hit policy collect",
               ONLY_ONE("hitPolicy='COLLECT' aggregation='SUM'", "<output/>"), "{}", "null"),
        CLAUSE("8.2.11, hit policy collect",
               ONLY_ONE("hitPolicy='COLLECT' aggregation='COUNT'", "<output/>"), "{}", "0"),
        CLAUSE("8.2.11", BOTH(ELSE("\"z\""), ELSE("9")), "{\"n\": 2}", "{a: \"z\", b: 9}"),
        CLAUSE("8.2.11", BOTH("", ELSE("9")), "{\"n\": 2}", "{a: null, b: 9}"),
        CLAUSE("8.2.11", BOTH(ELSE("\"z\""), ""), "{\"n\": 2}", "{a: \"z\", b: null}"),
        CLAUSE("8.2.11", BOTH("", ""), "{\"n\": 2}", "null"),
        CLAUSE("8.2.11", BOTH("", ELSE("9")), "{\"n\": 1}", "{a: \"one\", b: 1}"),
        /* a default of another type than the column's */
        CLAUSE("8.2.11, 10.3.2.9.4",
               ONLY_ONE("", "<output typeRef='string'>" ELSE("5") "</output>"), "{}", "null"),
        CLAUSE("8.2.11, 10.3.2.9.4",
               ONLY_ONE("", "<output typeRef='string'>" ELSE("[\"x\"]") "</output>"), "{}",
               "\"x\""),
    };
    check(rows, COUNT_OF(rows));
}

/* Values that a column does not allow; null is no value. */
void test_dmn_table_allowed(void) {
#define ALLOWS(values, typed)                                                                      \
    MODEL("<itemDefinition name='tL' isCollection='true'><typeRef>number</typeRef>"                \
          "</itemDefinition>" DATA("Any")                                                          \
              DECIDES("Any", "<decisionTable hitPolicy='FIRST'><input><inputExpression" typed      \
                             "><text>n</text></inputExpression><inputValues><text>" values         \
                             "</text></inputValues></input><output/>" RULE("null", "0")            \
                                 RULE("-", "1") "</decisionTable>"))
    static const struct dmn_row rows[] = {
        CLAUSE("8.2.4", ALLOWS("[0..5], 9", ""), "{\"n\": 5}", "1"),
        CLAUSE("8.2.4", ALLOWS("[0..5], 9", ""), "{\"n\": 6}", "null"),
        CLAUSE("8.2.4", ALLOWS("[0..5], 9", ""), "{\"n\": 9}", "1"),
        CLAUSE("8.2.4", ALLOWS("[0..5], 9", ""), "{}", "0"),
        CLAUSE("8.2.4", ALLOWS("not(3)", ""), "{\"n\": 3}", "null"),
        CLAUSE("8.2.4", ALLOWS("? &lt; 3", ""), "{\"n\": 2}", "1"),
        CLAUSE("8.2.4", ALLOWS("? &lt; 3", ""), "{\"n\": 3}", "null"),
        CLAUSE("8.2.4", ALLOWS(" ", ""), "{\"n\": 3}", "1"),
        CLAUSE("8.2.4", ALLOWS("-", ""), "{\"n\": 3}", "1"),
        /* of a list each item; a list where none is declared is a value */
        CLAUSE("7.3.3, 8.2.4", ALLOWS("[0..5]", " typeRef='tL'"), "{\"n\": [1, 5]}", "1"),
        CLAUSE("7.3.3, 8.2.4", ALLOWS("[0..5]", " typeRef='tL'"), "{\"n\": [1, 6]}", "null"),
        CLAUSE("7.3.3, 8.2.4", ALLOWS("[0..5]", " typeRef='tL'"), "{\"n\": 3}", "1"),
        CLAUSE("8.2.4", ALLOWS("count(?) = 2", ""), "{\"n\": [8, 9]}", "1"),
        /* a value of another type is null before it comes to the table */
        CLAUSE("8.2.3, 10.3.2.9.4", ALLOWS("[0..5]", " typeRef='number'"), "{\"n\": \"x\"}", "0"),
        CLAUSE("8.2.3, 10.3.2.9.4", ALLOWS("[0..5]", " typeRef='number'"), "{\"n\": [4]}", "1"),
    };
    check(rows, COUNT_OF(rows));
}

/* More columns and more names than have a place of their own on the stack. */
void test_dmn_table_wide(void) {
    enum { WIDE = 40, NAMES = 20 };
    static const struct dmn_row_way way = {.file = __FILE__, .strict = true};
    for (int hit = 0; hit < WIDE + 1; hit += 13) {
        struct buf xml;
        struct arena *a = arena_create("wide", 1 << 20);
        buf_init(&xml, 1 << 18);
        buf_lit(&xml, "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/'>"
                      "<decision id='d' name='d'><context>");
        for (int i = 0; i < NAMES; i++)
            buf_printf(&xml,
                       "<contextEntry><variable name='v%d'/><literalExpression><text>%d</text>"
                       "</literalExpression></contextEntry>",
                       i, i);
        buf_lit(&xml, "<contextEntry><decisionTable hitPolicy='COLLECT'>");
        for (int i = 0; i < WIDE; i++)
            buf_printf(&xml, "<input><inputExpression><text>%d</text></inputExpression></input>",
                       i);
        buf_lit(&xml, "<output/>");
        for (int rule = 0; rule < 2; rule++) {
            buf_lit(&xml, "<rule>");
            for (int i = 0; i < WIDE; i++)
                buf_printf(&xml, "<inputEntry><text>%s</text></inputEntry>",
                           i == hit && rule == 0 ? "&lt; 0"
                           : i % 3 == 0          ? "&gt;= 0"
                           : i % 3 == 1          ? "? * v1 &gt;= v0"
                                                 : "-");
            buf_lit(&xml, "<outputEntry><text>[");
            for (int i = 0; i < NAMES; i++)
                buf_printf(&xml, "%sv%d", i == 0 ? "" : ", ", i);
            buf_lit(&xml, "]</text></outputEntry></rule>");
        }
        buf_lit(&xml, "</decisionTable></contextEntry></context></decision></definitions>");
        struct str all =
            STR("[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]");
        struct str want = hit < WIDE ? arena_printf(a, "[%.*s]", STR_ARG(all))
                                     : arena_printf(a, "[%.*s, %.*s]", STR_ARG(all), STR_ARG(all));
        dmn_row_check(&(struct dmn_row){hit, arena_cstr(a, buf_view(&xml)), "d", "{}", want.at},
                      &way);
        buf_done(&xml);
        arena_destroy(a);
    }
}
