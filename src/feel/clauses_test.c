/* Every clause of FEEL in the standard, a row or more each: the grammar, what it means, and the
 * built-in functions. A row: the clauses, an expression, the value it prints; "refused" for a text
 * that is no FEEL. */
/* CLAUSE rows: DMN 1.5 */
#include "base/test.h"
#include "feel/rows_test.h"

struct clause_row {
    int line;
    const char *clauses, *text, *want;
};
#define CLAUSE(clauses, text, want)                                                                \
    { __LINE__, clauses, text, want }

static void check(const struct clause_row *rows, size_t count) {
    for (size_t i = 0; i < count; i++)
        feel_row_check(__FILE__, (struct feel_row){.line = rows[i].line,
                                                   .clauses = rows[i].clauses,
                                                   .text = rows[i].text,
                                                   .want = rows[i].want});
}

static const struct clause_row grammar_rows[] = {
    CLAUSE("rule 1", "[1 + 1]", "[2]"),
    CLAUSE("rule 2", "1 + 2 = 3 and true", "true"),
    CLAUSE("rule 2", "(1)", "1"),
    CLAUSE("rule 4", "2 + 3 * 2 ** 2", "14"),
    CLAUSE("rule 7", "5 in (< 10)", "true"),
    CLAUSE("rule 7", "5 in [1..4]", "false"),
    CLAUSE("rule 8", "[1..3).end included", "false"),
    CLAUSE("rule 9", "1 in (1..3]", "false"),
    CLAUSE("rule 9", "1 in ]1..3]", "false"),
    CLAUSE("rule 10", "1 in [1..3]", "true"),
    CLAUSE("rule 11", "3 in [1..3)", "false"),
    CLAUSE("rule 11", "3 in [1..3[", "false"),
    CLAUSE("rule 12", "3 in [1..3]", "true"),
    CLAUSE("rule 16", "[1 + 1..2 * 3]", "[2..6]"),
    CLAUSE("rule 18", "{a: {b: 1}}.a.b", "1"),
    CLAUSE("rule 19", "1 + 2", "3"),
    CLAUSE("rule 20", "1 - 2 - 3", "-4"),
    CLAUSE("rule 21", "2 * 3", "6"),
    CLAUSE("rule 22", "12 / 3 / 2", "2"),
    CLAUSE("rule 23", "2 ** 3 ** 2", "64"),
    CLAUSE("rule 24", "-(1 + 2)", "-3"),
    CLAUSE("rule 25", "{monthly fee + tax: 3}.monthly fee + tax", "3"),
    CLAUSE("rule 26", "{if1: 2}.if1", "2"),
    CLAUSE("rule 27", "{fee 2 pay: 4}.fee 2 pay", "4"),
    CLAUSE("rule 28, 29", "{\u00e9t\u00e91: 5}.\u00e9t\u00e91", "5"),
    CLAUSE("rule 28", "{1a: 5}", "refused"),
    CLAUSE("rule 30", "{a: 1, a/b-c.d+e*f: 6, r: a/b-c.d+e*f}.r", "6"),
    CLAUSE("rule 31", "null", "null"),
    CLAUSE("rule 32", "[1, \"a\", true, @\"2020-01-01\"]", "[1, \"a\", true, @\"2020-01-01\"]"),
    CLAUSE("rule 33", "\"ab\"", "\"ab\""),
    CLAUSE("rule 33", "\"a\nb\"", "refused"),
    CLAUSE("rule 34", "[true, false]", "[true, false]"),
    CLAUSE("rule 35", "[1, -1.50, .5]", "[1, -1.50, 0.5]"),
    CLAUSE("rules 36, 37", "1234567890", "1234567890"),
    CLAUSE("rule 38", "(function(x) x + 1)(2)", "3"),
    CLAUSE("rule 39", "count([1, 2])", "2"),
    CLAUSE("rules 40, 41", "substring(start position: 2, string: \"abc\")", "\"bc\""),
    CLAUSE("rule 42", "substring(\"abc\", 2)", "\"bc\""),
    CLAUSE("rule 43", "[{a: 1}, {a: 2}].a", "[1, 2]"),
    CLAUSE("rule 44", "for i in [1, 2], j in [10, 20] return i + j", "[11, 21, 12, 22]"),
    CLAUSE("rule 45", "if 1 < 2 then \"a\" else \"b\"", "\"a\""),
    CLAUSE("rule 45", "if true then 1", "refused"),
    CLAUSE("rule 46", "some i in [1, 2], j in [2] satisfies i = j", "true"),
    CLAUSE("rule 46", "every i in [1, 2] satisfies i > 1", "false"),
    CLAUSE("rule 47", "false or true", "true"),
    CLAUSE("rule 48", "true and false", "false"),
    CLAUSE("rule 49", "1 != 2", "true"),
    CLAUSE("rule 49", "2 between 1 and 3", "true"),
    CLAUSE("rule 49", "2 in (1, 2)", "true"),
    CLAUSE("rule 50", "[1, 2, 3][item > 1]", "[2, 3]"),
    CLAUSE("rule 51", "1 instance of number", "true"),
    CLAUSE("rule 52", "[1] instance of list<number>", "true"),
    CLAUSE("rule 52", "[1..2] instance of range<number>", "true"),
    CLAUSE("rule 52", "{a: 1} instance of context<a: string>", "false"),
    CLAUSE("rule 52", "(function(a: number) a) instance of function<number> -> Any", "true"),
    CLAUSE("rule 53", "{a: [function(x) x][1](4)}.a", "4"),
    CLAUSE("rule 54", "[1, [2], []]", "[1, [2], []]"),
    CLAUSE("rule 55", "(function(a, b) a - b)(3, 1)", "2"),
    CLAUSE("rule 56", "(function(a: number) a)(\"x\")", "null"),
    CLAUSE("rule 57", "{}", "{}"),
    CLAUSE("rule 58", "{a: 1, b: a + 1}.b", "2"),
    CLAUSE("rule 59", "{\"a b\": 1}.a b", "1"),
    CLAUSE("rule 60", "date(\"2020-02-29\") = @\"2020-02-29\"", "true"),
    CLAUSE("rule 61", "1\u00a0+\u30001", "2"),
    CLAUSE("rule 62", "1\n+\r\n1", "2"),
    CLAUSE("rule 63", "for i in 3..1 return i", "[3, 2, 1]"),
    CLAUSE("rule 64", "string length(\"\\n\\t\\\"\\\\\\u00e9\\U01F40E\")", "6"),
    CLAUSE("rule 65", "@\"P1D\"", "@\"P1D\""),
    CLAUSE("10.3.1.2", "1 /* one */ + 2 // two", "3"),
    CLAUSE("10.3.1.3", "@\"10:00:00\" instance of time", "true"),
    CLAUSE("10.3.1.4", "{a  b: 1}.a b", "1"),
    CLAUSE("10.3.1.5", "[{a: {b: [1]}}, {a: {b: [2, 3]}}].a.b", "[[1], [2, 3]]"),
    CLAUSE("10.3.1.6", "{a: 5, b: 2, a-b: 9, r: a-b}.r", "9"),
    CLAUSE("10.3.1.6", "{a: 5, b: 2, a-b: 9, r: (a)-(b)}.r", "3"),
};

void test_feel_clauses_grammar(void) {
    check(grammar_rows, COUNT_OF(grammar_rows));
}

static const struct clause_row meaning_rows[] = {
    CLAUSE("10.3.2.1", "null instance of Null", "true"),
    CLAUSE("10.3.2.1", "[1] instance of Any", "true"),
    CLAUSE("10.3.2.2", "[1 = 1.0, \"1\" = 1]", "[true, null]"),
    CLAUSE("10.3.2.3.1", "0.1 + 0.2 = 0.3", "true"),
    CLAUSE("10.3.2.3.1", "1 / 3", "0.3333333333333333333333333333333333"),
    CLAUSE("10.3.2.3.2", "string length(\"\\U01F40Eab\")", "3"),
    CLAUSE("10.3.2.3.3", "true = false", "false"),
    CLAUSE("10.3.2.3.4", "@\"23:30:00\" + @\"PT1H\"", "@\"00:30:00\""),
    CLAUSE("10.3.2.3.5", "date(-999999999, 1, 1).year", "-999999999"),
    CLAUSE("10.3.2.3.5", "date(1000000000, 1, 1)", "null"),
    CLAUSE("10.3.2.3.6", "@\"2020-01-01\" - @\"2019-12-31T00:00:00Z\"", "@\"P1D\""),
    CLAUSE("10.3.2.3.7", "@\"P0DT25H\"", "@\"P1DT1H\""),
    CLAUSE("10.3.2.3.8", "@\"P0Y13M\"", "@\"P1Y1M\""),
    CLAUSE("10.3.2.4", "[true or 1, false and 1]", "[true, false]"),
    CLAUSE("10.3.2.5", "[[4, 5][1], [4, 5][-1], [4, 5][3]]", "[4, 5, null]"),
    CLAUSE("10.3.2.5", "[{x: 1, y: 2}, {x: null, y: 3}][x < 2].y", "[2]"),
    CLAUSE("10.3.2.6", "get value({\"a b\": 1}, \"a b\")", "1"),
    CLAUSE("10.3.1.4", "get value({a - b: 1}, \"a - b\")", "1"),
    CLAUSE("10.3.1.4", "get value({x: {a - b: 1}}, [\"x\", \"a  -b\"])", "1"),
    CLAUSE("10.3.1.4", "get value({a - b: 1}, \"a - c\")", "null"),
    CLAUSE("10.3.2.7", "[5..1]", "null"),
    CLAUSE("10.3.2.8", "(function(f, x) f(x))(function(y) y * 2, 4)", "8"),
    CLAUSE("10.3.2.9", "[\"a\", 1] instance of list<Any>", "true"),
    CLAUSE("10.3.2.9.1", "[\"a\"] instance of list<string>", "true"),
    CLAUSE("10.3.2.9.2", "{a: 1, b: 2} instance of context<a: number>", "true"),
    CLAUSE("10.3.2.9.4", "contains([\"foobar\"], \"ob\")", "true"),
    CLAUSE("10.3.2.9.4", "3[item > 2]", "[3]"),
    CLAUSE("10.3.2.11", "{a: 1, b: {a: 2, c: a}}.b.c", "2"),
    CLAUSE("10.3.2.11.1", "{a: 1, b: a}", "{a: 1, b: 1}"),
    CLAUSE("10.3.2.11.2", "{a: 3, b: {c: a}}.b.c", "3"),
    CLAUSE("10.3.2.11.3", "(function(count) count)(7)", "7"),
    CLAUSE("10.3.2.11.4", "[{item: 1}][item = 1]", "[{item: 1}]"),
    CLAUSE("10.3.2.13.1", "upper case(1)", "null"),
    CLAUSE("10.3.2.13.2", "(function(n) function(x) x + n)(2)(3)", "5"),
    CLAUSE("10.3.2.13.3",
           "(function(x) external {java: {class: \"a\", method signature: "
           "\"b(int)\"}})(1)",
           "null"),
    CLAUSE("10.3.2.13.4", "{f: function(n) if n = 0 then 1 else n * f(n - 1), r: f(5)}.r", "120"),
    CLAUSE("10.3.2.13.5", "(function(a, b) a - b)(b: 1, a: 3)", "2"),
    CLAUSE("10.3.2.13.5", "(function(a, b) a)(1)", "null"),
    CLAUSE("10.3.2.14", "for i in 0..4 return if i = 0 then 1 else i * partial[-1]",
           "[1, 1, 2, 6, 24]"),
    CLAUSE("10.3.2.15", "1 + \"a\"", "null"),
    CLAUSE("10.3.2.16", "date(\"nothing\")", "null"),
    CLAUSE("table 42", "[(< 10).start, (< 10).end, (<= 10).end included]", "[null, 10, true]"),
    CLAUSE("table 42", "[(> 1).start included, (> 1).end included]", "[false, false]"),
    CLAUSE("table 43",
           "[(>= @\"2019-01-01\") instance of range<date>, [1, \"a\"] instance of "
           "list<number>]",
           "[true, false]"),
    CLAUSE("table 44",
           "(function(x: context<a: number>) x) instance of function<context<a: "
           "number, b: number>> -> Any",
           "true"),
    CLAUSE("table 45", "string length([\"abc\"])", "3"),
    CLAUSE("table 48", "(function(a) a + 1) instance of function<Any> -> Any", "true"),
    CLAUSE("table 49", "[null = null, 1 = null, 1 != null]", "[true, false, true]"),
    CLAUSE("table 49", "[some i in [] satisfies true, every i in [] satisfies false]",
           "[false, true]"),
    CLAUSE("table 50", "[true and null, false and null, null and null]", "[null, false, null]"),
    CLAUSE("table 50", "[true or null, false or null, null or null]", "[true, null, null]"),
    CLAUSE("table 51", "[not(true), not(false), not(null)]", "[false, true, null]"),
    CLAUSE("table 52", "[1 = true, 1 < \"a\"]", "[null, null]"),
    CLAUSE("table 53",
           "[[1, 2] = [1, 2], {a: 1, b: 2} = {b: 2, a: 1}, [1..2] = [1..2), "
           "@\"P1D\" = @\"PT24H\"]",
           "[true, true, false, true]"),
    CLAUSE("table 53: each part as it is alone",
           "[[1] = [\"x\"], {a: 1} = {a: \"x\"}, {a: 1} != {a: \"x\"}, "
           "{a: 1, b: 2} = {a: \"x\", b: 3}, [1, 2] = [\"x\", 3]]",
           "[null, null, null, false, false]"),
    CLAUSE("table 54",
           "[\"a\" < \"ab\", @\"2020-01-01\" < @\"2020-01-02\", @\"PT1H\" < "
           "@\"PT2H\", @\"P1Y\" > @\"P11M\"]",
           "[true, true, true, true]"),
    CLAUSE("table 54", "@\"2020-01-01T10:00:00\" < @\"2020-01-01T11:00:00+08:00\"", "true"),
    CLAUSE("table 55", "[1 between 2 and 3, 2 in [1, 2], 2 in ([1..2], 5), 2 in (> 1)]",
           "[false, true, true, true]"),
    CLAUSE("table 56", "[1 + null, \"a\" - \"b\"]", "[null, null]"),
    CLAUSE("table 57", "[\"a\" + \"b\", @\"P1Y\" + @\"P1M\", @\"P1D\" - @\"PT1H\"]",
           "[\"ab\", @\"P1Y1M\", @\"PT23H\"]"),
    CLAUSE("table 57",
           "[@\"2020-01-31\" + @\"P1D\", @\"P1M\" + @\"2020-01-15\", @\"2020-01-02\" "
           "- @\"2020-01-01\"]",
           "[@\"2020-02-01\", @\"2020-02-15\", @\"P1D\"]"),
    CLAUSE("table 57", "[@\"10:00:00\" - @\"09:00:00\", @\"10:00:00\" - @\"09:00:00Z\"]",
           "[@\"PT1H\", null]"),
    CLAUSE("table 58", "[1 / 0, \"a\" * 2]", "[null, null]"),
    CLAUSE("table 59", "[@\"P1Y\" * 2, 2 * @\"PT1H\", @\"P1Y\" / @\"P6M\", @\"P1D\" / 2]",
           "[@\"P2Y\", @\"PT2H\", 2, @\"PT12H\"]"),
    CLAUSE("table 60", "[2 ** 10, 2 ** -1, 10 ** 7000]", "[1024, 0.5, null]"),
    CLAUSE("table 61", "[1 instance of string, null instance of number]", "[false, false]"),
    CLAUSE("table 62", "[-(2), -@\"P1D\"]", "[-2, @\"-P1D\"]"),
    CLAUSE("table 63", "[(function(a) a)(1, 2), 1(2)]", "[null, null]"),
    CLAUSE("table 64", "[{a: 1}.a, {a: 1}.b, @\"2020-05-06\".month]", "[1, null, 5]"),
    CLAUSE("table 65", "[@\"2020-01-01\".hour, @\"P1Y\".days, @\"PT1H\".hours]", "[null, null, 1]"),
    CLAUSE("table 66",
           "[@\"2020-01-01\".weekday, @\"10:20:30.5\".second, "
           "@\"10:20:30+08:00\".time offset, @\"10:20:30@Asia/Shanghai\".timezone, "
           "@\"10:20:30Z\".timezone, @\"-PT1.25S\".seconds]",
           "[3, 30.5, @\"PT8H\", \"Asia/Shanghai\", null, -1.25]"),
    CLAUSE("table 67", "[[1..3).start, [1..3).end included]", "[1, false]"),
    CLAUSE("table 68", "[[7, 8][2], 7[1], [7, 8][item = 8], 7[item = 8]]", "[8, 7, [8], []]"),
    CLAUSE("table 69", "{a: 1, b: {a: 2, c: a}, d: a}", "{a: 1, b: {a: 2, c: 2}, d: 1}"),
    CLAUSE("tables 59, 60: beyond every scale",
           "[1e-6000 * 1e-200, 1e-6176 / 10, 10 ** -6177, 0 * 1e-6176 = 0]",
           "[null, null, null, true]"),
    CLAUSE("table 60: a negative exponent",
           "[10 ** -6150 = 1e-6150, 100 ** -3073 = 1e-6146, 2 ** -20450 > 0, 2 ** -2]",
           "[true, true, true, 0.25]"),
    CLAUSE("10.3.2.13.5: a function by name",
           "[(function(x, y) if y = null then x else y)(x: 1), {f: function(a, b) [a, b], r: f(b: "
           "1)}.r, (function(a, b) a)(a: 1, a: 2), (function(a) a)(c: 1)]",
           "[1, [null, 1], null, null]"),
    CLAUSE("table 53: one built-in function",
           "[count = count, abs != abs, abs = count, [abs] = [abs]]", "[true, false, false, true]"),
    CLAUSE("10.3.2.9.4: from a list of one list", "(function(x: list<number>) x)([[1]])", "[1]"),
};

void test_feel_clauses_meaning(void) {
    check(meaning_rows, COUNT_OF(meaning_rows));
}

static const struct clause_row texts_rows[] = {
    CLAUSE("10.3.4.1, table 72, date()", "date(\"2012-12-25\")", "@\"2012-12-25\""),
    CLAUSE("date()", "date(@\"2012-12-25T11:00:00Z\")", "@\"2012-12-25\""),
    CLAUSE("date()", "date(2012, 2, 30)", "null"),
    CLAUSE("date and time()", "date and time(@\"2012-12-24\", @\"23:59:00\")",
           "@\"2012-12-24T23:59:00\""),
    CLAUSE("date and time()", "date and time(\"2012-12-24T23:59:00Z\")",
           "@\"2012-12-24T23:59:00Z\""),
    CLAUSE("time()", "time(23, 59, 0, @\"PT0H\")", "@\"23:59:00Z\""),
    CLAUSE("time()", "time(@\"2012-12-25T11:00:00Z\")", "@\"11:00:00Z\""),
    CLAUSE("number()", "number(\"1.000,5\", \".\", \",\")", "1000.5"),
    CLAUSE("number()", "number(\"1\", \",\", \",\")", "null"),
    CLAUSE("string()", "[string(1.10), string(null), string([1, \"a\"])]",
           "[\"1.10\", null, \"[1, \\\"a\\\"]\"]"),
    CLAUSE("duration()", "[duration(\"P26M\"), duration(\"PT36H\"), duration(\"P1W\")]",
           "[@\"P2Y2M\", @\"P1DT12H\", null]"),
    CLAUSE("years and months duration()",
           "years and months duration(@\"2011-12-22\", @\"2013-08-24\")", "@\"P1Y8M\""),
    CLAUSE("range()", "range(\"[18..21)\")", "[18..21)"),
    CLAUSE("10.3.4.2, table 73, not()", "not(1 = 2)", "true"),
    CLAUSE("10.3.4.3, table 74, substring()", "substring(\"foobar\", -2, 1)", "\"a\""),
    CLAUSE("substring()", "substring(\"foobar\", 7)", "null"),
    CLAUSE("string length()", "string length(\"\\U01F40Eab\")", "3"),
    CLAUSE("upper case()", "upper case(\"aBc4\")", "\"ABC4\""),
    CLAUSE("lower case()", "lower case(\"aBc4\")", "\"abc4\""),
    CLAUSE("substring before()",
           "[substring before(\"foobar\", \"bar\"), substring "
           "before(\"foobar\", \"xyz\")]",
           "[\"foo\", \"\"]"),
    CLAUSE("substring after()", "substring after(\"foobar\", \"ob\")", "\"ar\""),
    CLAUSE("replace()", "replace(\"abcd\", \"(ab)|(a)\", \"[1=$1][2=$2]\")", "\"[1=ab][2=]cd\""),
    CLAUSE("contains()", "contains(\"foobar\", \"of\")", "false"),
    CLAUSE("starts with()", "starts with(\"foobar\", \"fo\")", "true"),
    CLAUSE("ends with()", "ends with(\"foobar\", \"r\")", "true"),
    CLAUSE("matches()",
           "[matches(\"foobar\", \"^fo*b\"), matches(\"A\", \"a\", \"i\"), "
           "matches(\"a\", \"(\")]",
           "[true, true, null]"),
    CLAUSE("split()", "split(\"a;b;;\", \";\")", "[\"a\", \"b\", \"\", \"\"]"),
    CLAUSE("string join()", "[string join([\"a\", null, \"c\"], \"X\"), string join([])]",
           "[\"aXc\", \"\"]"),
    CLAUSE("10.3.4.6, table 77, is()", "is(@\"2012-12-25\", @\"23:00:50\")", "false"),
    CLAUSE("is()",
           "[is(@\"23:00:50Z\", @\"23:00:50+00:00\"), is(@\"23:00:50Z\", "
           "@\"23:00:50\")]",
           "[true, false]"),
    CLAUSE("10.3.4.8, table 79, day of year()", "day of year(date(2019, 9, 17))", "260"),
    CLAUSE("day of week()", "day of week(date(2019, 9, 17))", "\"Tuesday\""),
    CLAUSE("month of year()", "month of year(date(2019, 9, 17))", "\"September\""),
    CLAUSE("week of year()",
           "[week of year(date(2003, 12, 29)), week of year(date(2005, 1, "
           "1))]",
           "[1, 53]"),
    CLAUSE("10.3.4.11, table 82, now()", "now()", "@\"2026-11-21T10:00:00Z\""),
    CLAUSE("today()", "today()", "@\"2026-11-21\""),
    CLAUSE("10.3.2.13.5: date(), time() by name: what is not given is null",
           "[date(year: \"2017-01-01\"), date(from: \"2017-01-01\"), time(hour: \"10:00:00\"), "
           "date and time(date: @\"2017-01-01\"), time(hour: 1, minute: 2, second: 3)]",
           "[null, @\"2017-01-01\", null, null, @\"01:02:03\"]"),
    CLAUSE("10.3.2.9.4: from singleton list",
           "[date([\"2017-01-01\"]), date([2017], [1], [1]), time([\"10:00:00\"]), time([10], [0], "
           "[0], [@\"PT1H\"])]",
           "[@\"2017-01-01\", @\"2017-01-01\", @\"10:00:00\", @\"10:00:00+01:00\"]"),
    CLAUSE("from singleton list",
           "[date and time([\"2017-01-01T10:00:00\"]), date and time([@\"2017-01-01\"], "
           "[@\"10:00:00\"]), not([true])]",
           "[@\"2017-01-01T10:00:00\", @\"2017-01-01T10:00:00\", false]"),
    CLAUSE("date and time() of a date that has an offset",
           "[date and time(\"2012-03-07Z\").year, date and time(\"2012-03-07+01:00\"), date and "
           "time(\"2012-03-07+1:00\"), date and time(\"2012-03-07X\")]",
           "[2012, @\"2012-03-07T00:00:00+01:00\", null, null]"),
    CLAUSE("table 72, footnote 1: every separator is taken out",
           "[number(\"1.0,5\", \",\", \".\"), number(\"1.5\", null, \",\"), number(\"1.2,3\", "
           "\".\", \",\"), number(\"1,2,3\", \".\", \",\")]",
           "[1.05, 1.5, 12.3, null]"),
    CLAUSE("rule 35: no plus",
           "[number(\"+1\"), number(\"-1\"), number(\"1\", \"\\u0000\", \".\")]",
           "[null, -1, null]"),
    CLAUSE("table 74, footnote 2: a broken replacement, matched or not",
           "[replace(\"abc\", \"x\", \"$\"), replace(\"abc\", \"x\", \"\\\\\"), replace(\"\", "
           "\"x\", \"$a\"), replace(\"abc\", \"b\", \"\\\\$\", \"\")]",
           "[null, null, null, \"a$c\"]"),
    CLAUSE(
        "many alternatives, many repetitions",
        "[matches(\"w89\", "
        "\"^(w0|w1|w2|w3|w4|w5|w6|w7|w8|w9|w10|w11|w12|w13|w14|w15|w16|w17|w18|w19|w20|w21|w22|w23|"
        "w24|w25|w26|w27|w28|w29|w30|w31|w32|w33|w34|w35|w36|w37|w38|w39|w40|w41|w42|w43|w44|w45|"
        "w46|w47|w48|w49|w50|w51|w52|w53|w54|w55|w56|w57|w58|w59|w60|w61|w62|w63|w64|w65|w66|w67|"
        "w68|w69|w70|w71|w72|w73|w74|w75|w76|w77|w78|w79|w80|w81|w82|w83|w84|w85|w86|w87|w88|w89)$"
        "\"), matches(\"w90\", "
        "\"^(w0|w1|w2|w3|w4|w5|w6|w7|w8|w9|w10|w11|w12|w13|w14|w15|w16|w17|w18|w19|w20|w21|w22|w23|"
        "w24|w25|w26|w27|w28|w29|w30|w31|w32|w33|w34|w35|w36|w37|w38|w39|w40|w41|w42|w43|w44|w45|"
        "w46|w47|w48|w49|w50|w51|w52|w53|w54|w55|w56|w57|w58|w59|w60|w61|w62|w63|w64|w65|w66|w67|"
        "w68|w69|w70|w71|w72|w73|w74|w75|w76|w77|w78|w79|w80|w81|w82|w83|w84|w85|w86|w87|w88|w89)$"
        "\"), matches(\"ab\", \"^.{0,2000}$\"), matches(\"a\", \"a{0,99999}\")]",
        "[true, false, true, null]"),
    CLAUSE("flag x: an escaped bracket behind an escaped backslash",
           "[matches(\"\\\\[a\", \"\\\\\\\\\\\\[ a\", \"x\"), matches(\"ab\", \"[a b] b\", \"x\")]",
           "[true, true]"),
};

void test_feel_clauses_texts(void) {
    check(texts_rows, COUNT_OF(texts_rows));
}

static const struct clause_row lists_rows[] = {
    CLAUSE("10.3.4.4, table 75, list contains()", "list contains([1, null], null)", "true"),
    CLAUSE("list replace()",
           "[list replace([1, 2, 3], 2, 9), list replace([1, 2, 3], "
           "function(i, n) i > 1, 9)]",
           "[[1, 9, 3], [1, 9, 9]]"),
    CLAUSE("count()", "[count([]), count([1, [2, 3]])]", "[0, 2]"),
    CLAUSE("min()", "[min([3, 1]), min(\"b\", \"a\"), min([])]", "[1, \"a\", null]"),
    CLAUSE("max()", "[max(1, 2, 3), max([]), max(1, \"a\")]", "[3, null, null]"),
    CLAUSE("sum()", "[sum([1, 2, 3]), sum(1), sum([])]", "[6, 1, null]"),
    CLAUSE("mean()", "[mean(1, 2, 3), mean([])]", "[2, null]"),
    CLAUSE("all()", "[all([false, null]), all([]), all(0)]", "[false, true, null]"),
    CLAUSE("any()", "[any([true, null]), any([]), any(0)]", "[true, false, null]"),
    CLAUSE("sublist()", "[sublist([4, 5, 6], 1, 2), sublist([4, 5, 6], -1), sublist([4], 2)]",
           "[[4, 5], [6], null]"),
    CLAUSE("append()", "append([1], 2, [3])", "[1, 2, [3]]"),
    CLAUSE("concatenate()", "concatenate([1, 2], [3])", "[1, 2, 3]"),
    CLAUSE("insert before()", "insert before([1, 3], 1, 2)", "[2, 1, 3]"),
    CLAUSE("remove()", "[remove([1, 2, 3], 2), remove([1], 2)]", "[[1, 3], null]"),
    CLAUSE("reverse()", "reverse([1, 2, 3])", "[3, 2, 1]"),
    CLAUSE("index of()", "index of([1, 2, 3, 2], 2)", "[2, 4]"),
    CLAUSE("union()", "union([1, 2], [2, 3])", "[1, 2, 3]"),
    CLAUSE("distinct values()", "distinct values([1, 2, 1.0])", "[1, 2]"),
    CLAUSE("flatten()", "flatten([[1, 2], [[3]], 4])", "[1, 2, 3, 4]"),
    CLAUSE("product()", "[product(2, 3, 4), product([])]", "[24, null]"),
    CLAUSE("median()", "[median(8, 2, 5, 3, 4), median([6, 1, 2, 3]), median([])]",
           "[4, 2.5, null]"),
    CLAUSE("stddev()", "[stddev(2, 4, 7, 5), stddev([47])]",
           "[2.081665999466132735282297706979931, null]"),
    CLAUSE("mode()", "[mode(6, 3, 9, 6, 6), mode([6, 1, 9, 6, 1]), mode([])]", "[[6], [1, 6], []]"),
    CLAUSE("10.3.4.5, table 76, decimal()", "[decimal(1 / 3, 2), decimal(2.5, 0)]", "[0.33, 2]"),
    CLAUSE("floor()", "[floor(1.5), floor(-1.56, 1)]", "[1, -1.6]"),
    CLAUSE("ceiling()", "[ceiling(1.5), ceiling(-1.56, 1), ceiling(1.5, null)]", "[2, -1.5, null]"),
    CLAUSE("round up()", "[round up(-5.5, 0), round up(1.121, 2)]", "[-6, 1.13]"),
    CLAUSE("round down()", "[round down(-5.5, 0), round down(1.126, 2)]", "[-5, 1.12]"),
    CLAUSE("round half up()", "[round half up(-5.5, 0), round half up(1.121, 2)]", "[-6, 1.12]"),
    CLAUSE("round half down()", "[round half down(5.5, 0), round half down(-1.126, 2)]",
           "[5, -1.13]"),
    CLAUSE("abs()", "[abs(-10), abs(@\"-PT5H\"), abs(@\"-P1Y\")]", "[10, @\"PT5H\", @\"P1Y\"]"),
    CLAUSE("modulo()", "[modulo(-12, 5), modulo(10.1, -4.5), modulo(1, 0)]", "[3, -3.4, null]"),
    CLAUSE("sqrt()", "[sqrt(16), sqrt(-1)]", "[4, null]"),
    CLAUSE("log()", "[decimal(log(10), 11), log(0)]", "[2.30258509299, null]"),
    CLAUSE("exp()", "decimal(exp(5), 12)", "148.413159102577"),
    CLAUSE("odd()", "[odd(5), odd(-2)]", "[true, false]"),
    CLAUSE("even()", "[even(5), even(0)]", "[false, true]"),
    CLAUSE("10.3.4.9, table 80, sort()", "sort(list: [3, 1, 2], precedes: function(x, y) x < y)",
           "[1, 2, 3]"),
    CLAUSE("10.3.4.10, table 81, get value()",
           "[get value({a: 1}, \"a\"), get value({a: 1}, \"b\")]", "[1, null]"),
    CLAUSE("get entries()", "get entries({a: 1})", "[{key: \"a\", value: 1}]"),
    CLAUSE("context()", "[context([{key: \"a\", value: 1, more: 2}]), context([{key: \"a\"}])]",
           "[{a: 1}, null]"),
    CLAUSE("context put()",
           "[context put({x: 1, y: 0, z: 0}, \"y\", 2), context put({x: {y: 0}},"
           " [\"x\", \"y\"], 2), context put({x: 1}, [], 2)]",
           "[{x: 1, y: 2, z: 0}, {x: {y: 2}}, null]"),
    CLAUSE("context merge()", "context merge([{x: 1, y: 0}, {y: 2}])", "{x: 1, y: 2}"),
    CLAUSE("table 75, count(list)", "[count([1, 2]), count(\"a\"), count([])]", "[2, 1, 0]"),
    CLAUSE("count(list)", "count(1, 2)", "null"),
    CLAUSE("sum() of numbers", "[sum(1, 2), sum([@\"P1D\", @\"PT1H\"])]", "[3, null]"),
    CLAUSE("all(), any() of booleans",
           "[all([false, \"x\"]), any([true, 1]), all([false, null]), any([true, null]), "
           "all([null, true])]",
           "[null, null, false, true, null]"),
    CLAUSE("append() to a list", "[append(null, 1), append(1, 2)]", "[null, [1, 2]]"),
    CLAUSE("sublist(), length in 1..E", "[sublist([4, 5, 6], 1, 0), sublist([4, 5, 6], 2, 1)]",
           "[null, [5]]"),
    CLAUSE("list replace() by name",
           "[list replace(list: [1, 2], match: function(item, newItem) item = 2, newItem: 3), list "
           "replace(list: [1, 2], position: function(item, newItem) item = 2, newItem: 3), list "
           "replace(list: [1, 2], match: 1, newItem: 3)]",
           "[[1, 3], null, null]"),
    CLAUSE("10.3.2.13.5: what is not given by name is null",
           "[list contains(list: [null]), context put(context: {}, key: \"a\"), insert "
           "before(list: [1], position: 1)]",
           "[true, {a: null}, [null, 1]]"),
    CLAUSE("table 68: null has no items",
           "[null[true], null[1], null[item = 1], {a: null, b: a[x = 1]}.b]",
           "[null, null, null, null]"),
};

void test_feel_clauses_lists(void) {
    check(lists_rows, COUNT_OF(lists_rows));
}

static const struct clause_row ranges_rows[] = {
    CLAUSE("10.3.4.7, table 78, before()",
           "[before(1, 10), before(1, [1..10]), before(1, (1..10]), before([1..10), 10), "
           "before([1..10), [10..20])]",
           "[true, false, true, true, true]"),
    CLAUSE("after()",
           "[after(10, 5), after(10, [1..10)), after((11..20], 11), after([11..20], [1..11))]",
           "[true, true, true, true]"),
    CLAUSE("meets()", "[meets([1..5], [5..10]), meets([1..5), [5..10])]", "[true, false]"),
    CLAUSE("met by()", "[met by([5..10], [1..5]), met by((5..10], [1..5])]", "[true, false]"),
    CLAUSE("overlaps()", "[overlaps([1..5], [5..8]), overlaps([1..5], (5..8])]", "[true, false]"),
    CLAUSE("overlaps before()",
           "[overlaps before([1..5], [3..8]), overlaps before([1..5), "
           "(1..5]), overlaps before([1..5], [1..5])]",
           "[true, true, false]"),
    CLAUSE("overlaps after()",
           "[overlaps after([3..8], [1..5]), overlaps after((1..5], "
           "[1..5)), overlaps after([1..5], [1..5])]",
           "[true, true, false]"),
    CLAUSE("finishes()",
           "[finishes(10, [1..10]), finishes(10, [1..10)), finishes([5..10], "
           "[1..10]), finishes([5..10), [1..10])]",
           "[true, false, true, false]"),
    CLAUSE("finished by()", "[finished by([1..10], 10), finished by([1..10], (1..10])]",
           "[true, true]"),
    CLAUSE("includes()",
           "[includes([1..10], 1), includes((1..10], 1), includes([1..10), "
           "[5..10)), includes([1..10], (1..10))]",
           "[true, false, true, true]"),
    CLAUSE("during()", "[during(5, [1..10]), during(10, [1..10)), during((1..10], [1..10])]",
           "[true, false, true]"),
    CLAUSE("starts()", "[starts(1, [1..10]), starts(1, (1..10]), starts([1..10), [1..10])]",
           "[true, false, true]"),
    CLAUSE("started by()", "[started by([1..10], 1), started by([1..10], [1..5])]", "[true, true]"),
    CLAUSE("coincides()", "[coincides(5, 5), coincides((1..5), [1..5])]", "[true, false]"),
    CLAUSE("includes(), during() of a point: an end that is included is enough",
           "[includes((5..5], 5), includes([5..5), 5), during(5, (5..5]), includes((5..5), 5)]",
           "[true, true, true, false]"),
    CLAUSE("coincides() of two points or two ranges",
           "[coincides(5, [5..5]), coincides([5..5], 5), coincides([1..5], [1..5])]",
           "[null, null, true]"),
    CLAUSE("before(), after() by the names range, point",
           "[before(range: [2..3], point: 4), before(point: 4, range: [2..3]), after(range: "
           "[2..3], point: 1)]",
           "[true, false, true]"),
    CLAUSE("table 55: an end that is null is compared",
           "[5 in [1..null], 5 in (null..10), 5 in [null..3], {x: null, r: 5 in [x..10]}.r]",
           "[null, null, false, null]"),
};

void test_feel_clauses_ranges(void) {
    check(ranges_rows, COUNT_OF(ranges_rows));
}
