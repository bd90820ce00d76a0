/* The operators on every kind, at the ends of the ranges and on what they do not take. An
 * expression and the value it prints. Clause tags: DMN 1.5. */
#include "base/test.h"
#include "feel/feel.h"
#include "feel/rows_test.h"

struct row {
    int line;
    const char *text, *want;
};

static void check(const struct row *rows, size_t count) {
    for (size_t i = 0; i < count; i++)
        feel_row_check(
            __FILE__,
            (struct feel_row){.line = rows[i].line, .text = rows[i].text, .want = rows[i].want});
}

void test_feel_operators_numbers(void) {
    static const struct row rows[] = {
        /* DMN 1.5: 10.3.2.3.1, tables 56, 58, 60, 62: 34 digits, around those of 64 bits too */
        {__LINE__, "9223372036854775807 + 1", "9223372036854775808"},
        {__LINE__, "-9223372036854775807 - 1", "-9223372036854775808"},
        {__LINE__, "-9223372036854775807 - 2", "-9223372036854775809"},
        {__LINE__, "9223372036854775807 * 9", "83010348331692982263"},
        {__LINE__, "9223372036854775807 + 0.5", "9223372036854775807.5"},
        {__LINE__, "9223372036854775807 - 0.5", "9223372036854775806.5"},
        {__LINE__, "-(12345678901234567890)", "-12345678901234567890"},
        {__LINE__, "{x: 9223372036854775807, r: -(-x - 1)}.r", "9223372036854775808"},
        {__LINE__, "{x: 9223372036854775808, r: -x}.r", "-9223372036854775808"},
        {__LINE__, "{x: 9223372036854775807, r: (-x - 1) / -1}.r", "9223372036854775808"},
        {__LINE__, "0.0000000001 * 0.0000000001", "0.00000000000000000001"},
        {__LINE__, "0.000000001 * 0.000000001", "0.000000000000000001"},
        {__LINE__, "9223372036854775807 < 9223372036854775807.5", "true"},
        {__LINE__, "9223372036854775807 = 9223372036854775807.0", "true"},
        {__LINE__, "1000000000000000000 > 0.000000000000000001", "true"},
        {__LINE__, "12345678901234567890 = 12345678901234567890.0", "true"},
        {__LINE__, "12345678901234567890 < 12345678901234567891", "true"},
        {__LINE__, "[1 < 1.0, 1 <= 1.0, 1 > 1.0, 1 >= 1.0, 1 != 1.0]",
         "[false, true, false, true, false]"},
        {__LINE__, "10 / 5", "2"},
        {__LINE__, "-10 / 5", "-2"},
        {__LINE__, "10 / -5", "-2"},
        {__LINE__, "10 / 4", "2.5"},
        {__LINE__, "1.5 / 0.5", "3"},
        {__LINE__, "1 / 0", "null"},
        {__LINE__, "0 / 0", "null"},
        {__LINE__, "1 / 0.0", "null"},
        {__LINE__, "2 ** -2", "0.25"},
        {__LINE__, "0 ** -1", "null"},
        {__LINE__, "(-1) ** 0.5", "null"},
        {__LINE__, "1e6144 * 10", "null"},
        {__LINE__, "9e6144 + 9e6144", "null"},
        {__LINE__, "1e6145", "null"},
        {__LINE__, "-1e6145", "null"},
        {__LINE__, "1 ** \"a\"", "null"},
        {__LINE__, "\"a\" * 2", "null"},
        {__LINE__, "\"a\" - \"a\"", "null"},
        {__LINE__, "true + true", "null"},
        {__LINE__, "-\"a\"", "null"},
        {__LINE__, "-null", "null"},
        {__LINE__, "-[1]", "null"},
        {__LINE__, "null + 1", "null"},
        {__LINE__, "null * null", "null"},
    };
    check(rows, COUNT_OF(rows));
}

void test_feel_operators_durations(void) {
    static const struct row rows[] = {
        /* DMN 1.5: tables 56, 57 */
        {__LINE__, "@\"P1D\" + @\"PT1H\"", "@\"P1DT1H\""},
        {__LINE__, "@\"P1D\" - @\"PT25H\"", "@\"-PT1H\""},
        {__LINE__, "@\"P1Y\" + @\"P1M\"", "@\"P1Y1M\""},
        {__LINE__, "@\"P1Y\" - @\"P13M\"", "@\"-P1M\""},
        {__LINE__, "@\"P1Y\" + @\"P1D\"", "null"},
        {__LINE__, "@\"P1D\" - @\"P1Y\"", "null"},
        {__LINE__, "@\"P1D\" + 1", "null"},
        {__LINE__, "1 - @\"P1D\"", "null"},
        {__LINE__, "\"a\" + @\"P1D\"", "null"},
        {__LINE__, "-@\"P1D\"", "@\"-P1D\""},
        {__LINE__, "-@\"P1Y2M\"", "@\"-P1Y2M\""},
        /* the ends of their ranges */
        {__LINE__, "@\"P83333333333Y3M\" + @\"P0M\"", "@\"P83333333333Y3M\""},
        {__LINE__, "@\"P83333333333Y3M\" + @\"P1M\"", "null"},
        {__LINE__, "-@\"P83333333333Y3M\" - @\"P1M\"", "null"},
        {__LINE__, "@\"P83333333333Y3M\" * -1", "@\"-P83333333333Y3M\""},
        {__LINE__, "@\"P83333333333Y3M\" * 1.1", "null"},
        {__LINE__, "@\"P83333333333Y3M\" * 1e6000", "null"},
        {__LINE__, "@\"P1M\" / 1e-6100", "null"},
        {__LINE__, "@\"P600000000000D\" + @\"P500000000000D\"", "@\"P1100000000000D\""},
        {__LINE__, "@\"P600000000000D\" + @\"P600000000000D\"", "null"},
        {__LINE__, "@\"P600000000000D\" * 2", "null"},
        {__LINE__, "@\"PT1S\" * 1e6000", "null"},
        {__LINE__, "@\"PT1S\" / 1e-6100", "null"},
        /* DMN 1.5: tables 58, 59: whole months, towards zero */
        {__LINE__, "@\"P1Y1M\" * 0.5", "@\"P6M\""},
        {__LINE__, "@\"P1Y1M\" * -0.5", "@\"-P6M\""},
        {__LINE__, "2 * @\"P1Y1M\"", "@\"P2Y2M\""},
        {__LINE__, "@\"P1Y1M\" / 2", "@\"P6M\""},
        {__LINE__, "@\"P1Y1M\" / -2", "@\"-P6M\""},
        {__LINE__, "@\"P1Y\" / 0", "null"},
        {__LINE__, "@\"P1D\" / 0", "null"},
        {__LINE__, "@\"P1D\" / 0.0", "null"},
        {__LINE__, "@\"P1D\" / @\"PT0S\"", "null"},
        {__LINE__, "@\"P1Y\" / @\"P0M\"", "null"},
        {__LINE__, "@\"P1D\" / @\"PT6H\"", "4"},
        {__LINE__, "@\"PT6H\" / -@\"P1D\"", "-0.25"},
        {__LINE__, "@\"P1Y\" / @\"P5M\"", "2.4"},
        {__LINE__, "@\"P1Y\" / @\"P1D\"", "null"},
        {__LINE__, "1 / @\"P1D\"", "null"},
        {__LINE__, "@\"P1D\" * @\"P1D\"", "null"},
        {__LINE__, "@\"PT1S\" * 0.5", "@\"PT0.5S\""},
        {__LINE__, "@\"PT1S\" / 3", "@\"PT0.333333333S\""},
        {__LINE__, "@\"P1D\" ** 2", "null"},
        /* DMN 1.5: table 54 */
        {__LINE__, "@\"P1D\" > @\"PT23H\"", "true"},
        {__LINE__, "@\"P1Y\" >= @\"P12M\"", "true"},
        {__LINE__, "@\"P1Y\" < @\"P400D\"", "null"},
        {__LINE__, "@\"P1Y\" = @\"P365D\"", "null"},
    };
    check(rows, COUNT_OF(rows));
}

void test_feel_operators_dates(void) {
    static const struct row rows[] = {
        /* DMN 1.5: tables 56, 57 */
        {__LINE__, "@\"2020-02-29\" + @\"P1Y\"", "@\"2021-02-28\""},
        {__LINE__, "@\"2020-01-31\" + @\"P1M\"", "@\"2020-02-29\""},
        {__LINE__, "@\"2020-03-31\" - @\"P1M\"", "@\"2020-02-29\""},
        {__LINE__, "@\"P1M\" + @\"2020-01-31\"", "@\"2020-02-29\""},
        {__LINE__, "@\"P1M\" - @\"2020-01-31\"", "null"},
        {__LINE__, "@\"2020-01-01\" + @\"PT23H\"", "@\"2020-01-01\""},
        {__LINE__, "@\"2020-01-01\" + @\"PT24H\"", "@\"2020-01-02\""},
        {__LINE__, "@\"2020-01-01\" - @\"PT1S\"", "@\"2019-12-31\""},
        {__LINE__, "@\"2020-01-01\" - @\"PT24H\"", "@\"2019-12-31\""},
        {__LINE__, "@\"2020-01-01\" - @\"PT24H1S\"", "@\"2019-12-30\""},
        {__LINE__, "@\"2020-01-01\" + @\"2020-01-01\"", "null"},
        {__LINE__, "@\"2020-01-01\" + 1", "null"},
        {__LINE__, "@\"2020-01-01\" - 1", "null"},
        {__LINE__, "@\"2020-01-01\" - @\"10:00:00\"", "null"},
        {__LINE__, "date(999999999, 12, 31) + @\"P1D\"", "null"},
        {__LINE__, "date(999999999, 12, 31) + @\"P1M\"", "null"},
        {__LINE__, "date(-999999999, 1, 1) - @\"P1D\"", "null"},
        {__LINE__, "date(-999999999, 1, 1) - @\"P1M\"", "null"},
        {__LINE__, "@\"999999999-12-31T23:59:59\" + @\"PT1S\"", "null"},
        {__LINE__, "@\"999999999-12-31T23:59:59\" + @\"P1M\"", "null"},
        {__LINE__, "@\"2020-01-31T10:00:00Z\" + @\"P1M\"", "@\"2020-02-29T10:00:00Z\""},
        {__LINE__, "@\"2020-01-31T10:00:00+02:00\" - @\"PT11H\"", "@\"2020-01-30T23:00:00+02:00\""},
        {__LINE__, "@\"2020-01-02\" - @\"2020-01-01\"", "@\"P1D\""},
        {__LINE__, "@\"2020-01-01T10:00:00Z\" - @\"2020-01-01T10:00:00+02:00\"", "@\"PT2H\""},
        {__LINE__, "@\"2020-01-01T10:00:00\" - @\"2020-01-01T09:00:00\"", "@\"PT1H\""},
        {__LINE__, "@\"2020-01-01T10:00:00\" - @\"2020-01-01T09:00:00Z\"", "null"},
        {__LINE__, "@\"2020-01-01T10:00:00Z\" - @\"2020-01-01\"", "@\"PT10H\""},
        {__LINE__, "@\"2020-01-01\" - @\"2020-01-01T10:00:00\"", "null"},
        {__LINE__, "@\"23:00:00\" + @\"PT2H\"", "@\"01:00:00\""},
        {__LINE__, "@\"01:00:00\" - @\"PT2H\"", "@\"23:00:00\""},
        {__LINE__, "@\"PT2H\" + @\"23:00:00+01:00\"", "@\"01:00:00+01:00\""},
        {__LINE__, "@\"10:00:00\" + @\"P1M\"", "null"},
        {__LINE__, "@\"10:00:00\" - @\"P1M\"", "null"},
        {__LINE__, "@\"10:00:00\" - @\"11:00:00\"", "@\"-PT1H\""},
        {__LINE__, "@\"10:00:00Z\" - @\"10:00:00+01:00\"", "@\"PT1H\""},
        {__LINE__, "@\"10:00:00\" - @\"10:00:00Z\"", "null"},
        {__LINE__, "-@\"2020-01-01\"", "null"},
        /* DMN 1.5: tables 42, 53, 54: equality looks at whole seconds, order at all of it */
        {__LINE__, "@\"10:00:00.1\" = @\"10:00:00.9\"", "true"},
        {__LINE__, "@\"10:00:00.1\" < @\"10:00:00.9\"", "true"},
        {__LINE__, "@\"2020-01-01T10:00:00.1\" = @\"2020-01-01T10:00:00.9\"", "true"},
        {__LINE__, "@\"10:00:00Z\" = @\"11:00:00+01:00\"", "true"},
        {__LINE__, "@\"10:00:00\" = @\"10:00:00Z\"", "false"},
        {__LINE__, "@\"10:00:00\" <= @\"10:00:00Z\"", "true"},
        {__LINE__, "@\"2020-01-01T10:00:00\" < @\"2020-01-01T11:00:00Z\"", "true"},
        {__LINE__, "@\"2020-01-01T10:00:00\" = @\"2020-01-01T10:00:00Z\"", "false"},
        {__LINE__, "@\"2020-01-01\" < @\"2020-01-02T00:00:00\"", "null"},
        {__LINE__, "@\"2020-01-01\" = @\"2020-01-01T00:00:00Z\"", "null"},
    };
    check(rows, COUNT_OF(rows));
}

void test_feel_operators_tests(void) {
    static const struct row rows[] = {
        /* DMN 1.5: tables 50, 10.3.2.4 */
        {__LINE__, "[true and null, null and false, 1 and true, 1 and false]",
         "[null, false, null, false]"},
        {__LINE__, "[false or null, null or true, 1 or false, 1 or true]",
         "[null, true, null, true]"},
        {__LINE__, "[if null then 1 else 2, if false then 1 else 2]", "[2, 2]"},
        {__LINE__, "if 1 then 1 else 2", "null"},
        {__LINE__, "[if \"true\" then 1 else 2, 3]", "[null, 3]"},
        /* DMN 1.5: tables 52, 53 */
        {__LINE__, "[null = null, null != null, null = 1, 1 != null]",
         "[true, false, false, true]"},
        {__LINE__, "[null < 1, null >= null, true < false, [1] < [2], {} < {}]",
         "[null, null, null, null, null]"},
        {__LINE__, "[[1, \"a\"] = [1, 2], [2, \"a\"] = [1, 2], [1] = [1, 1]]",
         "[null, false, false]"},
        {__LINE__, "[[1, \"a\"] != [1, 2], [1] != [2]]", "[null, true]"},
        {__LINE__, "[{a: 1, b: 2} = {b: 2, a: 1}, {a: 1} = {b: 1}, {a: 1} = {a: 1, b: 2}]",
         "[true, false, false]"},
        {__LINE__, "[[1..2] = [1..2], [1..2] = [1..2), (1..2] = [1..2], [1..2] = [1..3]]",
         "[true, false, false, false]"},
        {__LINE__, "[(< 1) = (<= 1), (< 1) = (< 1), (= 1) = (= 1), (= 1) = [1..1], (!= 1) = (= 1)]",
         "[false, true, true, false, false]"},
        {__LINE__, "[abs = abs, abs = floor]", "[true, false]"},
        {__LINE__, "{f: function(a) a, g: function(a) a, r: [f = f, f = g, f = abs, abs = f]}.r",
         "[true, false, false, false]"},
        {__LINE__, "[\"a\" < \"b\", \"a\" < \"B\", \"\" < \"a\", \"\" = \"\"]",
         "[true, false, true, true]"},
        /* DMN 1.5: table 55 */
        {__LINE__, "[2 between 1 and 2, 3 between 1 and 2, 0 between 1 and 2]",
         "[true, false, false]"},
        {__LINE__, "[2 between null and 3, 2 between null and 1, 2 between 3 and null]",
         "[null, false, false]"},
        {__LINE__, "[2 between \"a\" and 3, null between 1 and 2]", "[null, null]"},
        {__LINE__, "[1 in [1..2), 2 in [1..2), 1 in (1..2], 0 in [1..2]]",
         "[true, false, false, false]"},
        {__LINE__, "[\"a\" in [1..2], null in [1..2], 3 in [\"a\"..\"b\"]]", "[null, null, null]"},
        {__LINE__, "[5 in (!= 3), 3 in (!= 3), 3 in (= 3), 5 in (= 3)]",
         "[true, false, true, false]"},
        {__LINE__, "[5 in [!= 3], 3 in [!= 3], 3 in [= 3]]", "[true, false, true]"},
        {__LINE__, "{r: (!= 3), s: (= 3), x: [5 in r, 3 in r, 3 in s, 5 in s]}.x",
         "[true, false, true, false]"},
        {__LINE__, "[null in (!= 3), null in (= null), 3 in (!= null)]", "[true, true, true]"},
        {__LINE__, "[[1..2] in [[1..2]], [1..2] in [[1..3]]]", "[true, false]"},
        {__LINE__, "[[1, 2] in [[1, 2]], [1, 2] in [1, 2], 1 in [[1, 2]]]", "[true, true, false]"},
        {__LINE__, "[1 in (2, 1), 1 in (2, 3), 1 in (2, < 1, > 0), 1 in (null)]",
         "[true, false, true, false]"},
        {__LINE__, "[\"a\" in 1, \"a\" in (1, \"a\")]", "[null, true]"},
        {__LINE__, "[1 in (? > 0), 1 in (? > 1), 1 in (? > null)]", "[true, false, null]"},
        /* DMN 1.5: 10.3.2.7 */
        {__LINE__, "[[1..1], (1..1), [2..1], [null..1], [1..null], [1..\"a\"]]",
         "[[1..1], (1..1), null, null, null, null]"},
        {__LINE__, "[[true..true], [[1]..[2]], [null..null], (< null), (> true)]",
         "[null, null, null, null, null]"},
        {__LINE__, "[[\"a\"..\"b\"], [@\"P1D\"..@\"P2D\"], [@\"P1D\"..@\"P1M\"]]",
         "[[\"a\"..\"b\"], [@\"P1D\"..@\"P2D\"], null]"},
        {__LINE__, "[(= 3), (!= 3), (= \"a\"), (>= 1), (< @\"P1D\")]",
         "[(= 3), (!= 3), (= \"a\"), (>= 1), (< @\"P1D\")]"},
        {__LINE__, "[@\"10:00:00\"..@\"09:00:00Z\"]", "null"},
        {__LINE__, "[@\"10:00:00\"..@\"11:00:00Z\"]", "[@\"10:00:00\"..@\"11:00:00Z\"]"},
    };
    check(rows, COUNT_OF(rows));
}

void test_feel_operators_paths(void) {
    static const struct row rows[] = {
        /* DMN 1.5: 10.3.1.5, tables 64, 65, 69 */
        {__LINE__, "[{a: 1}.b, null.a, 1 .a, \"x\".a, true.a, [].a, [1].a, [null].a]",
         "[null, null, null, null, null, [], [null], [null]]"},
        {__LINE__, "[[{a: 1}], {a: 2}].a", "[null, 2]"},
        {__LINE__, "[[{a: [1, 2]}]][1].a", "[[1, 2]]"},
        {__LINE__, "(function(f) [f.a, f[1] = f])(abs)", "[null, true]"},
        /* DMN 1.5: 10.3.2.5, table 68 */
        {__LINE__, "[[7, 8][1], [7, 8][2], [7, 8][3], [7, 8][0], [7, 8][-2], [7, 8][-3]]",
         "[7, 8, null, null, 7, null]"},
        {__LINE__, "[[7, 8][1.0], [7, 8][1.5], [7, 8][1e20], [][1], 7[1], 7[-1], 7[2], 7[0]]",
         "[7, null, null, null, 7, 7, null, null]"},
        {__LINE__, "[null[1], null[-1], null[item = 1], null[true], [null][1]]",
         "[null, null, null, null, null]"},
        {__LINE__, "[7[true], 7[false], 7[item > 1], [7][null], 7[null]]",
         "[[7], [], [7], [], []]"},
        {__LINE__, "[[7, 8][\"a\"], [7, 8][[1]], [][\"a\"]]", "[null, null, []]"},
        {__LINE__, "{n: 2, s: \"a\", r: [[7, 8][n], [7, 8][s], [7, 8][n - 3], [][n]]}.r",
         "[8, null, 8, null]"},
        {__LINE__, "[{item: 1}, {item: 2}][item = 2]", "[{item: 2}]"},
        {__LINE__, "[{a: 1}, 2, {a: 3}, null][a > 1]", "[{a: 3}]"},
        {__LINE__, "{a: 2, r: [{a: 1}, {b: 5}][a = 2]}.r", "[{b: 5}]"},
        /* a function in a filter sees the item of it */
        {__LINE__, "[{a: 5}, {a: 6}][(function(x) x + a)(1) = 6]", "[{a: 5}]"},
        {__LINE__, "[{a: 5}, {a: 6}][(function(a) a)(6) = 6].a", "[5, 6]"},
        {__LINE__, "[{a: 5}, {a: 6}][(function() (function(x) x + a)(1))() = 7].a", "[6]"},
        {__LINE__, "[{a: [{b: 1}]}, {a: [{b: 2}], c: 2}][count(a[(function() b = c)()]) = 1].c",
         "[2]"},
        {__LINE__, "[5, 6][(function(x) x = item)(6)]", "[6]"},
    };
    check(rows, COUNT_OF(rows));
}

void test_feel_operators_iterations(void) {
    static const struct row rows[] = {
        /* DMN 1.5: 10.3.2.14, rule 63 */
        {__LINE__, "[for i in 1..3 return i, for i in 3..1 return i, for i in 2..2 return i]",
         "[[1, 2, 3], [3, 2, 1], [2]]"},
        {__LINE__, "for i in -1..1 return i", "[-1, 0, 1]"},
        {__LINE__, "for i in 1.0..2.00 return i", "[1, 2]"},
        {__LINE__, "[for i in 1..1.5 return i, for i in 0.5..2 return i]", "[null, null]"},
        {__LINE__,
         "[for i in 1..null return i, for i in null..1 return i, for i in 1..\"a\" return "
         "i, for i in \"a\"..\"c\" return i]",
         "[null, null, null, null]"},
        {__LINE__, "for i in @\"2020-02-28\"..@\"2020-03-01\" return i",
         "[@\"2020-02-28\", @\"2020-02-29\", @\"2020-03-01\"]"},
        {__LINE__, "for i in @\"2020-01-01\"..@\"2019-12-31\" return i",
         "[@\"2020-01-01\", @\"2019-12-31\"]"},
        {__LINE__, "for i in @\"2020-01-01\"..1 return i", "null"},
        {__LINE__, "for i in 1..@\"2020-01-01\" return i", "null"},
        {__LINE__, "for i in 9223372036854775806..9223372036854775807 return i",
         "[9223372036854775806, 9223372036854775807]"},
        {__LINE__, "for i in 9223372036854775808..9223372036854775809 return i", "null"},
        /* ranges that are values: their open ends are left out */
        {__LINE__,
         "[for i in [1..3] return i, for i in (1..3] return i, for i in [1..3) return i, "
         "for i in (1..3) return i]",
         "[[1, 2, 3], [2, 3], [1, 2], [2]]"},
        {__LINE__,
         "[for i in (1..2) return i, for i in (1..1] return i, for i in [1..1] return i, "
         "for i in (1..1) return i]",
         "[[], [], [1], []]"},
        {__LINE__, "for i in (@\"2020-01-01\"..@\"2020-01-03\"] return i",
         "[@\"2020-01-02\", @\"2020-01-03\"]"},
        {__LINE__, "for i in (@\"2020-01-01\"..@\"2020-01-03\") return i", "[@\"2020-01-02\"]"},
        {__LINE__,
         "[for i in (< 3) return i, for i in (> 3) return i, for i in [1.5..2.5] return "
         "i, for i in [\"a\"..\"b\"] return i]",
         "[null, null, null, null]"},
        {__LINE__, "{r: (1..4), x: for i in r return i, y: some i in r satisfies i = 2}",
         "{r: (1..4), x: [2, 3], y: true}"},
    };
    check(rows, COUNT_OF(rows));
}

void test_feel_operators_iterations_of_lists(void) {
    static const struct row rows[] = {
        /* DMN 1.5: 10.3.2.14, 10.3.2.9.4 */
        /* an end that is left out, at the last numbers of all */
        {__LINE__,
         "{n: 9223372036854775807, r: [for i in (n..n] return i, for i in [n..n) return i, "
         "for i in (n - 1..n] return i]}.r",
         "[[], [], [9223372036854775807]]"},
        {__LINE__,
         "{n: -9223372036854775807 - 1, r: [for i in [n..n) return i, for i in (n..n] return i, "
         "for i in [n..n + 1) return i]}.r",
         "[[], [], [-9223372036854775808]]"},
        /* lists; a value is a list of one */
        {__LINE__,
         "[for i in [] return i, for i in 5 return i, for i in \"ab\" return i, for i in "
         "{a: 1} return i.a, for i in [null] return i]",
         "[[], [5], [\"ab\"], [1], [null]]"},
        {__LINE__,
         "[for i in null return i, some i in null satisfies true, every i in null "
         "satisfies true]",
         "[null, null, null]"},
        {__LINE__, "for i in [1, 2], j in [i, 10] return j", "[1, 10, 2, 10]"},
        {__LINE__, "for i in [1, 2], j in [] return j", "[]"},
        {__LINE__, "for i in [], j in null return j", "[]"},
        {__LINE__, "for i in [1], j in null return j", "null"},
        {__LINE__, "for i in [1, 2], j in (if i = 1 then null else [5]) return j", "null"},
        {__LINE__, "for i in 1..4 return if i = 1 then 1 else i * partial[-1]", "[1, 2, 6, 24]"},
        {__LINE__, "for i in 1..2 return count(partial)", "[0, 1]"},
        {__LINE__, "for i in 1..2 return for j in 1..2 return count(partial)", "[[0, 1], [0, 1]]"},
        {__LINE__, "for i in 1..2, j in 1..2 return count(partial)", "[0, 1, 2, 3]"},
        {__LINE__, "for partial in [7] return partial", "[7]"},
        {__LINE__, "{partial: 7, r: for i in [1] return partial}.r", "[[]]"},
        /* DMN 1.5: table 49, 10.3.2.4: three-valued, and decided as early as can be */
        {__LINE__, "[some i in [] satisfies true, every i in [] satisfies false]", "[false, true]"},
        {__LINE__, "[some i in [1, 2] satisfies i = 2, every i in [1, 2] satisfies i > 1]",
         "[true, false]"},
        {__LINE__, "[some i in [1, null] satisfies i > 1, some i in [null, 2] satisfies i > 1]",
         "[null, true]"},
        {__LINE__, "[every i in [2, null] satisfies i > 1, every i in [null, 1] satisfies i > 1]",
         "[null, false]"},
        {__LINE__, "[some i in [1] satisfies 1, every i in [1] satisfies \"a\"]", "[null, null]"},
        {__LINE__, "some i in [1, 2], j in [i + 1] satisfies j = 3", "true"},
        {__LINE__, "every i in 1..3, j in 1..i satisfies j <= i", "true"},
    };
    check(rows, COUNT_OF(rows));
}
