/* Cells, each asked about the same values: once in a table whose column has an index, and once
 * beside a cell that no index has, so that the cells' programs answer. Both must say what the
 * standard says of the test. */
/* CLAUSE rows: DMN 1.5 */
#include "dmn/rows_test.h"

#include "base/arena.h"
#include "base/test.h"

/* A function over a table that counts the rules that match, called with each of the values. */
#define BEGIN                                                                                      \
    "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' namespace='urn:m' "         \
    "name='m'><businessKnowledgeModel id='f' name='f'><variable name='f'/><encapsulatedLogic>"     \
    "<formalParameter name='n'/><decisionTable hitPolicy='COLLECT' aggregation='COUNT'><input>"    \
    "<inputExpression><text>n</text></inputExpression></input><output/>"
#define RULE_FORMAT                                                                                \
    "<rule><inputEntry><text>%s</text></inputEntry><outputEntry><text>1</text></outputEntry>"      \
    "</rule>"
#define MIDDLE                                                                                     \
    "</decisionTable></encapsulatedLogic></businessKnowledgeModel><decision id='d' name='d'>"      \
    "<variable name='d'/><knowledgeRequirement><requiredKnowledge href='#f'/>"                     \
    "</knowledgeRequirement><literalExpression><text>"
#define END "</text></literalExpression></decision></definitions>"

struct cell_row {
    int line;
    const char *cell, *want;
};
#define CELL(clauses, cell, want)                                                                  \
    { __LINE__, cell, want }

/* "01-1": matches the second and fourth of the values */
static void check(const struct cell_row *rows, size_t count, const char *values) {
    static const struct dmn_row_way way = {.file = __FILE__, .strict = true};
    for (size_t i = 0; i < count * 2; i++) {
        const struct cell_row *row = &rows[i / 2];
        struct arena *a = arena_create("cell", 1 << 20);
        struct str rule = arena_printf(a, RULE_FORMAT, row->cell);
        struct str slow = arena_printf(a, RULE_FORMAT, "string(?) = \"none of these\"");
        struct str body = arena_printf(
            a, BEGIN "%s%s" MIDDLE "string join(for x in [%s] return string(f(x)))" END, rule.at,
            i % 2 == 0 ? "" : slow.at, values);
        struct str want = arena_printf(a, "\"%s\"", row->want);
        dmn_row_check(&(struct dmn_row){row->line, body.at, "d", "{}", want.at}, &way);
        arena_destroy(a);
    }
}

void test_dmn_cells_of_numbers(void) {
    static const struct cell_row rows[] = {
        /* null, 0, 1, 2, 3, 4, 5, 2.5, "a", true */
        CELL("8.2.7, 10.3.1.2", "-", "1111111111"),
        CELL("8.2.7, 10.3.1.2", "3", "0000100000"),
        CELL("8.2.7, 10.3.1.2", "&lt; 3", "0111000100"),
        CELL("8.2.7, 10.3.1.2", "&lt;= 3", "0111100100"),
        CELL("8.2.7, 10.3.1.2", "&gt; 3", "0000011000"),
        CELL("8.2.7, 10.3.1.2", "&gt;= 3", "0000111000"),
        CELL("8.2.7, 10.3.1.2", "[2..4]", "0001110100"),
        CELL("8.2.7, 10.3.1.2", "(2..4]", "0000110100"),
        CELL("8.2.7, 10.3.1.2", "[2..4)", "0001100100"),
        CELL("8.2.7, 10.3.1.2", "]2..4[", "0000100100"),
        CELL("8.2.7, 10.3.1.2", "(2..2)", "0000000000"),
        CELL("8.2.7, 10.3.1.2", "[2..2]", "0001000000"),
        CELL("8.2.7, 10.3.1.2", "1, 3, 5", "0010101000"),
        CELL("8.2.7, 10.3.1.2", "&lt; 1, &gt; 4", "0100001000"),
        CELL("8.2.7, 10.3.1.2", "-1, -(-3)", "0000100000"),
        CELL("8.2.7, 10.3.1.2", "1 + 1 * 3", "0000010000"),
        CELL("8.2.7, 10.3.1.2", "1 / 0", "1000000000"),
        /* null is equal to null alone; of different kinds nothing is known. DMN 1.5: table 52 */
        CELL("10.3.2.7", "null", "1000000000"),
        CELL("10.3.2.7", "null, 2", "1001000000"),
        CELL("10.3.2.7", "not(null)", "0111111111"),
        CELL("10.3.2.7", "not(2)", "1110111100"),
        CELL("10.3.2.7", "not(2, 3)", "1110011100"),
        CELL("10.3.2.7", "not(null, 2)", "0110111100"),
        /* a comparison of other kinds is null, and so is its negation. DMN 1.5: table 52 */
        CELL("10.3.2.7, table 52", "not(&lt; 3)", "0000111000"),
        CELL("10.3.2.7, table 52", "not([2..4])", "0110001000"),
        CELL("10.3.2.7, table 52", "not(&lt;= 1, &gt; 4)", "0001110100"),
        CELL("table 53", "!= 3", "1111011100"),
        CELL("table 53", "= 3", "0000100000"),
        CELL("table 53", "not(!= 3)", "0000100000"),
    };
    check(rows, COUNT_OF(rows), "null, 0, 1, 2, 3, 4, 5, 2.5, \"a\", true");
}

/* DMN 1.5: 7.3.4, 10.3.2.8, table 55: conditions over ? */
void test_dmn_cells_of_conditions(void) {
    static const struct cell_row rows[] = {
        /* 0, 1, 2, 3, 4, 5, 2.5 */
        CELL("7.3.4", "? &lt; 3", "1110001"),
        CELL("7.3.4", "? &lt;= 3", "1111001"),
        CELL("7.3.4", "? &gt; 3", "0000110"),
        CELL("7.3.4", "? &gt;= 3", "0001110"),
        CELL("7.3.4", "? = 3", "0001000"),
        CELL("7.3.4", "? != 3", "1110111"),
        CELL("7.3.4", "3 &lt; ?", "0000110"),
        CELL("7.3.4", "3 &lt;= ?", "0001110"),
        CELL("7.3.4", "3 &gt; ?", "1110001"),
        CELL("7.3.4", "3 &gt;= ?", "1111001"),
        CELL("7.3.4", "3 = ?", "0001000"),
        CELL("7.3.4", "3 != ?", "1110111"),
        CELL("7.3.4", "? between 2 and 4", "0011101"),
        CELL("7.3.4", "? between 4 and 2", "0000000"),
        CELL("table 55", "? in [2..4)", "0011001"),
        CELL("table 55", "? in (1, &gt; 3)", "0100110"),
        CELL("table 55", "? in [1, 4]", "0100100"),
        CELL("table 55", "[1, [3..4]]", "0101100"),
        CELL("table 55", "[1, 4], 5", "0100110"),
        CELL("table 55", "not(? in [2..4))", "1100110"),
        /* two ends that meet, from both sides, in either order, open and closed */
        CELL("7.3.4", "? &gt; 1 and ? &lt; 4", "0011001"),
        CELL("7.3.4", "? &lt; 4 and ? &gt; 1", "0011001"),
        CELL("7.3.4", "? &gt;= 1 and ? &gt; 1", "0011111"),
        CELL("7.3.4", "? &gt; 1 and ? &gt;= 1", "0011111"),
        CELL("7.3.4", "? &gt;= 1 and ? &gt;= 1", "0111111"),
        CELL("7.3.4", "? &gt; 1 and ? &gt;= 3", "0001110"),
        CELL("7.3.4", "? &gt;= 3 and ? &gt; 1", "0001110"),
        CELL("7.3.4", "? &gt;= 1 and ? &gt; 3", "0000110"),
        CELL("7.3.4", "? &lt;= 4 and ? &lt; 4", "1111001"),
        CELL("7.3.4", "? &lt; 4 and ? &lt;= 4", "1111001"),
        CELL("7.3.4", "? &lt;= 4 and ? &lt;= 4", "1111101"),
        CELL("7.3.4", "? &lt; 4 and ? &lt;= 2", "1110000"),
        CELL("7.3.4", "? &lt;= 2 and ? &lt; 4", "1110000"),
        CELL("7.3.4", "? &lt;= 4 and ? &lt; 2", "1100000"),
        CELL("7.3.4", "? &lt; 2 and ? &gt; 3", "0000000"),
        CELL("7.3.4", "? &lt;= 2 and ? &gt;= 2", "0010000"),
        CELL("7.3.4", "? &lt; 2 and ? &gt;= 2", "0000000"),
        CELL("7.3.4", "? &lt;= 2 and ? &gt; 2", "0000000"),
        CELL("7.3.4", "? != 2 and ? != 4", "1101011"),
        CELL("7.3.4", "(? &lt; 1 or ? &gt; 4) and ? != 5", "1000000"),
        CELL("7.3.4", "(? &lt; 2 or ? &gt; 3) and (? &lt; 1 or ? &gt; 4)", "1000010"),
        CELL("7.3.4", "? between 1 and 4 and ? between 3 and 5", "0001100"),
        CELL("7.3.4", "? &lt; 1 or ? = 3 or ? &gt; 4", "1001010"),
        CELL("7.3.4", "not(? &lt; 1 or ? &gt; 4)", "0111101"),
        CELL("7.3.4", "not(? &gt; 1 and ? &lt; 4)", "1100110"),
        /* more than ranges: each is asked of the program alone */
        CELL("7.3.4", "? * 2 &gt; 6", "0000110"),
        CELL("7.3.4", "2 &lt; 3", "1111111"),
        CELL("7.3.4", "3 &lt; 2", "0000000"),
        CELL("7.3.4", "? between 2 and ?", "0011111"),
        CELL("7.3.4", "? &lt; 3 and modulo(?, 2) = 0", "1010000"),
        CELL("7.3.4", "? &lt; 3 or ? = \"a\"", "1110001"),
        CELL("7.3.4", "[? .. 3]", "1111001"),
        /* of two kinds one is null, and true and null is not true */
        CELL("7.3.4, table 50", "? &lt;= 3 and ? &lt;= \"a\"", "0000000"),
        CELL("7.3.4, table 50", "? &lt;= \"a\" and ? &lt;= 3", "0000000"),
        CELL("7.3.4, table 50", "? &lt;= 3 or ? &lt;= \"a\"", "1111001"),
    };
    check(rows, COUNT_OF(rows), "0, 1, 2, 3, 4, 5, 2.5");
}

/* DMN 1.5: tables 53 and 54: the other kinds */
void test_dmn_cells_of_kinds(void) {
    static const struct cell_row texts[] = {
        /* "", "a", "ab", "b", null */
        CELL("table 53", "\"a\"", "01000"),
        CELL("table 54", "&lt; \"ab\"", "11000"),
        CELL("table 54", "&gt;= \"ab\"", "00110"),
        CELL("table 54", "[\"a\"..\"b\"]", "01110"),
        CELL("table 54", "(\"\"..\"b\")", "01100"),
        CELL("10.3.2.7", "not(\"a\")", "10111"),
        CELL("table 55", "? &gt; \"a\" and ? &lt; \"b\"", "00100"),
    };
    static const struct cell_row booleans[] = {
        /* true, false, null */
        CELL("table 53", "true", "100"),
        CELL("table 53", "false", "010"),
        CELL("table 53", "not(true)", "011"),
        CELL("table 53", "!= true", "011"),
        CELL("table 53", "!= false", "101"),
        CELL("table 53", "true, false", "110"),
        CELL("table 53", "not(true, false)", "001"),
        CELL("table 53", "&lt; true", "000"),
        CELL("table 53", "? = true", "100"),
        CELL("table 53", "? != true", "011"),
        CELL("table 53", "[true, false]", "110"),
        CELL("7.3.4", "? or false", "100"),
    };
    static const struct cell_row days[] = {
        CELL("table 54", "&lt; date(\"2026-03-01\")", "11000"),
        CELL("table 54", "[@\"2026-02-28\"..@\"2026-03-01\"]", "01100"),
        CELL("table 54", "date(2026, 3, 1)", "00100"),
        CELL("table 54", "&gt; date(\"2026-02-28\") + duration(\"P1D\")", "00010"),
        CELL("table 54", "&gt; date(\"not a day\")", "00000"),
        CELL("table 54", "date and time(\"2026-03-01T00:00:00\")", "00001"),
    };
    static const struct cell_row spans[] = {
        CELL("table 54", "&lt; duration(\"P1D\")", "10000"),
        CELL("table 54", "&gt;= @\"P1D\"", "01100"),
        CELL("table 54", "@\"P1D\"", "01000"),
        CELL("table 54", "&gt; @\"P1Y\"", "00001"),
        CELL("table 54", "@\"P12M\", @\"PT24H\"", "01010"),
        CELL("table 54", "[@\"PT23H\"..@\"P1DT1M\")", "01000"),
    };
    check(texts, COUNT_OF(texts), "\"\", \"a\", \"ab\", \"b\", null");
    check(booleans, COUNT_OF(booleans), "true, false, null");
    check(days, COUNT_OF(days),
          "@\"2026-02-27\", @\"2026-02-28\", @\"2026-03-01\", @\"2026-03-02\", "
          "@\"2026-03-01T00:00:00\"");
    check(spans, COUNT_OF(spans), "@\"PT1H\", @\"PT24H\", @\"P2D\", @\"P1Y\", @\"P13M\"");
}
