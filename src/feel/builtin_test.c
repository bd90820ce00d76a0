/* The built-in functions on texts, numbers, lists and contexts, at the edges of what they take: odd
 * kinds, nulls, positions outside, replacements, scales. A row: the function, an expression, the
 * value it prints; "refused" for a text that is no FEEL, "limit" for one that takes too much. */
/* CLAUSE rows: DMN 1.5 */
#include "base/test.h"
#include "feel/rows_test.h"

#define HORSE "\xf0\x9f\x90\x8e" /* U+1F40E */

static const struct clause_row text_rows[] = {
    CLAUSE("substring()", "for i in 1..3 return substring(\"a\\U01F40Eb\", i, 1)",
           "[\"a\", \"" HORSE "\", \"b\"]"),
    CLAUSE("substring()", "for i in -3..-1 return substring(\"a\\U01F40Eb\", i, 1)",
           "[\"a\", \"" HORSE "\", \"b\"]"),
    CLAUSE("substring()", "[substring(\"\\U01F40E\\U01F40E\", 2), substring(\"\\U01F40Ea\", 2, 9)]",
           "[\"" HORSE "\", \"a\"]"),
    CLAUSE("substring() from a place that is none",
           "for i in [0, 4, -4, 1e30, -1e30, 0.9, -0.9, null, \"1\"] return substring(\"abc\", i)",
           "[null, null, null, null, null, null, null, null, null]"),
    CLAUSE("substring(): positions are cut to whole ones",
           "[substring(\"abc\", 2.9), substring(\"abc\", -1.9), substring(\"abc\", 1, 1.9)]",
           "[\"bc\", \"c\", \"a\"]"),
    CLAUSE("substring() of a length",
           "for n in [-1, 0, 0.9, 1, 2, 3, 1e30, null, \"1\"] return substring(\"abc\", 2, n)",
           "[null, null, null, \"b\", \"bc\", \"bc\", null, \"bc\", null]"),
    CLAUSE("substring()", "[substring(\"\", 1), substring(null, 1), substring([\"abc\"], [2])]",
           "[null, null, \"bc\"]"),
    CLAUSE("string length()",
           "[string length(\"\"), string length(\"e\\u0301\"), string length(1)]", "[0, 2, null]"),
    CLAUSE("substring before()",
           "[substring before(\"a\\U01F40Eb\", \"\\U01F40E\"), substring before(\"abc\", \"\"), "
           "substring before(\"\", \"a\"), substring before(\"aba\", \"a\")]",
           "[\"a\", \"\", \"\", \"\"]"),
    CLAUSE("substring after()",
           "[substring after(\"a\\U01F40Eb\", \"\\U01F40E\"), substring after(\"abc\", \"\"), "
           "substring after(\"abc\", \"x\"), substring after(\"aba\", \"a\"), substring "
           "after(\"abc\", \"c\")]",
           "[\"b\", \"abc\", \"\", \"ba\", \"\"]"),
    CLAUSE("contains(), starts with(), ends with()",
           "[contains(\"abc\", \"\"), contains(\"\", \"a\"), starts with(\"\", \"\"), starts "
           "with(\"a\", \"ab\"), ends with(\"a\", \"\"), ends with(\"a\", \"ba\"), ends "
           "with(\"\\U01F40E\", \"\\U01F40E\")]",
           "[true, false, true, false, true, false, true]"),
    CLAUSE("contains(), starts with(), ends with()",
           "[contains(null, \"a\"), contains(\"a\", 1), starts with(1, \"a\"), ends with(\"a\", "
           "null)]",
           "[null, null, null, null]"),
    CLAUSE("upper case()",
           "[upper case(\"\"), upper case(\"\\u00df\\ufb03\\u0149\"), upper case(\"\\u01c5\"), "
           "upper case(\"\\U010428\"), upper case(\"1\\U01F40E\")]",
           "[\"\", \"SSFFI\xca\xbcN\", \"\xc7\x84\", \"\xf0\x90\x90\x80\", \"1" HORSE "\"]"),
    CLAUSE("lower case()",
           "[lower case(\"\\u0130\"), lower case(\"\\u01c5\"), lower case(\"\\U010400\"), lower "
           "case(\"\\u1e9e\"), lower case(null)]",
           "[\"i\xcc\x87\", \"\xc7\x86\", \"\xf0\x90\x90\xa8\", \"\xc3\x9f\", null]"),
    CLAUSE("lower case() of a sigma: alone, at the end, inside, beside what has no case",
           "[lower case(\"\\u03a3\"), lower case(\"a\\u03a3\"), lower case(\"a\\u03a3a\"), lower "
           "case(\"a\\u03a3 a\"), lower case(\"1\\u03a3\"), lower case(\"\\u01c5\\u03a31\"), lower "
           "case(\"a\\u03a3\\u01c5\"), lower case(\"a\\u03a3A\")]",
           "[\"\xcf\x83\", \"a\xcf\x82\", \"a\xcf\x83"
           "a\", \"a\xcf\x82 a\", \"1\xcf\x83\", \"\xc7\x86\xcf\x82"
           "1\", \"a\xcf\x83\xc7\x86\", \"a\xcf\x83"
           "a\"]"),
    CLAUSE("lower case() of a sigma: Unicode 3.13: marks and points inside a word are passed over",
           "[lower case(\"\\u0391\\u03a3.\\u0391\"), lower case(\"\\u0391\\u03a3.\"), lower "
           "case(\"\\u0391\\u0301\\u03a3\"), lower case(\"a'\\u03a3\"), lower case(\".\\u03a3\"), "
           "lower "
           "case(\"a\\u03a3'\\u0301A\"), lower case(\"a\\u03a3.1\"), lower "
           "case(\"\\u00aa\\u03a3\"), lower "
           "case(\"a\\u03a3\\u03a3\")]",
           "[\"\xce\xb1\xcf\x83.\xce\xb1\", \"\xce\xb1\xcf\x82.\", \"\xce\xb1\xcc\x81\xcf\x82\", "
           "\"a'\xcf\x82\", \".\xcf\x83\", \"a\xcf\x83'\xcc\x81"
           "a\", \"a\xcf\x82.1\", \"\xc2\xaa\xcf\x82\", \"a\xcf\x83\xcf\x82\"]"),
    CLAUSE("string join()",
           "[string join(\"a\", \"x\"), string join([\"a\", \"b\"], null), string join([null, "
           "null], \"x\"), string join([null, \"a\", null, \"\", \"b\"], \"-\")]",
           "[\"a\", \"ab\", \"\", \"a--b\"]"),
    CLAUSE("string join()",
           "[string join([1]), string join([\"a\", [\"b\"]]), string join(null), string "
           "join([\"a\"], 1)]",
           "[null, null, null, null]"),
    CLAUSE("string()",
           "[string(true), string(\"a\"), string({}), string(@\"P1D\"), string(-0.50), "
           "string(@\"10:00:00@Asia/Shanghai\"), string([\"a\", null]), string({\"a b\": \"c\"})]",
           "[\"true\", \"a\", \"{}\", \"P1D\", \"-0.50\", \"10:00:00@Asia/Shanghai\", "
           "\"[\\\"a\\\", null]\", \"{\\\"a b\\\": \\\"c\\\"}\"]"),
    CLAUSE("number()",
           "[number(\"1 000\", \" \"), number(\"1,000.50\", \",\", \".\"), number(\"1,5\", null, "
           "\",\"), number(\"1.5\", \",\"), number(\"-1 000,5\", \" \", \",\"), number(5), "
           "number(\"-.5\"), number(\"1e3\")]",
           "[1000, 1000.50, 1.5, 1.5, -1000.5, 5, -0.5, 1000]"),
    CLAUSE("number(): a separator is taken out wherever it stands",
           "[number(\",1\", \",\"), number(\"1,\", \",\"), number(\",,1,,2,,\", \",\"), number(\", "
           "\", "
           "\",\"), number(\"1\\u00002\"), number(\"1\\u00002\", \",\"), number(\"-,1\", \",\"), "
           "number(\"1e,3\", \",\"), number(\",\", \",\"), number(\"+1\", \",\")]",
           "[1, 1, 12, null, null, null, -1, 1000, null, null]"),
    CLAUSE("number() of what is none",
           "for t in [\"\", \" 1\", \"1 \", \"5.\", \"0x1\", \"1,0\", \"--1\", \"- 1\", \"one\", "
           "\"\\u0661\", \"1e5x\", \"1e\", \"e5\", \"1e7000\", true, null] return number(t)",
           "[null, null, null, null, null, null, null, null, null, null, null, null, null, null, "
           "null, null]"),
    CLAUSE("number() with separators that are none",
           "[number(\"1\", \";\", \".\"), number(\"1\", \" \", \" \"), number(\"1\", \".\", "
           "\".\"), number(\"1\", \"\", \".\"), number(\"1\", \"  \", \".\"), number(\"1\", \",\", "
           "\"\"), number(\"1\", \".\", \";\"), number(5, \",\", \".\"), number(\"1\", 1, \".\")]",
           "[null, null, null, null, null, null, null, null, null]"),
};

void test_builtin_text(void) {
    feel_clauses_check(__FILE__, text_rows, COUNT_OF(text_rows));
}

#define TWELVE "(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)(l)"

/* matches(), replace(), split(): what they add to the pattern, which regex_test.c is about.
 * XPath and XQuery Functions 3.1: 5.6.4 */
static const struct clause_row pattern_rows[] = {
    CLAUSE("replace(): $0 is the whole", "replace(\"abc\", \"b\", \"[$0$0]\")", "\"a[bb]c\""),
    CLAUSE("replace(): a group that is not there is empty",
           "[replace(\"abc\", \"b\", \"[$1]\"), replace(\"abc\", \"(b)\", \"[$2]\")]",
           "[\"a[]c\", \"a[]c\"]"),
    CLAUSE("replace(): a group that took no part is empty",
           "replace(\"abcd\", \"(ab)|(cd)\", \"<$2$1>\")", "\"<ab><cd>\""),
    CLAUSE("replace(): digits beyond the groups stand for themselves",
           "[replace(\"abc\", \"(b)\", \"[$10]\"), replace(\"abcdefghijkl\", \"" TWELVE
           "\", \"$12$10$1\"), replace(\"abcdefghijkl\", \"" TWELVE
           "\", \"$123\"), replace(\"abcdefghijkl\", \"" TWELVE "\", \"$13\")]",
           "[\"a[b0]c\", \"lja\", \"l3\", \"a3\"]"),
    CLAUSE("replace(): escapes",
           "[replace(\"abc\", \"b\", \"\\\\$1\"), replace(\"abc\", \"b\", \"\\\\\\\\$0\"), "
           "replace(\"abc\", \"b\", \"\\\\\\\\\")]",
           "[\"a$1c\", \"a\\\\bc\", \"a\\\\c\"]"),
    CLAUSE("replace(): a replacement that is none",
           "for r in [\"$\", \"$x\", \"a$\", \"$ 1\", \"\\\\\", \"\\\\n\", \"a\\\\\", \"\\\\1\", "
           "\"$1$\", \"$-1\"] return replace(\"abc\", \"(b)\", r)",
           "[null, null, null, null, null, null, null, null, null, null]"),
    CLAUSE("replace(): flag q",
           "[replace(\"a.c abc\", \"a.c\", \"$0\\\\\", \"q\"), replace(\"A.b\", \"a.\", \"$\", "
           "\"qi\")]",
           "[\"$0\\\\ abc\", \"$b\"]"),
    CLAUSE("replace(): every match, from left to right",
           "[replace(\"aaaa\", \"aa\", \"b\"), replace(\"aaa\", \"^a\", \"b\"), replace(\"aaa\", "
           "\"a$\", \"b\"), replace(\"abab\", \"ab\", \"\"), replace(\"a1b22\", \"\\\\d+\", "
           "\"#\"), replace(\"\", \"a\", \"b\"), replace(\"abc\", \"x\", \"y\")]",
           "[\"bb\", \"baa\", \"aab\", \"\", \"a#b#\", \"\", \"abc\"]"),
    CLAUSE("replace() beyond the basic plane",
           "[replace(\"\\U01F40Ea\\U01F40E\", \"\\U01F40E\", \"h\"), replace(\"ab\", \"b\", "
           "\"\\U01F40E$0\"), replace(\"\\U01F40E\", \".\", \"$0$0\")]",
           "[\"hah\", \"a" HORSE "b\", \"" HORSE HORSE "\"]"),
    CLAUSE("replace(): flags",
           "[replace(\"aA\", \"a\", \"b\", \"i\"), replace(\"a\\nb\", \"a.\", \"c\", \"s\"), "
           "replace(\"ab\", \"a b\", \"c\", \"x\"), replace(\"a\\nb\", \"^b\", \"c\", \"m\"), "
           "replace(\"a\", \"a\", \"b\", null), replace(\"a\", \"a\", \"b\", \"\")]",
           "[\"bb\", \"cb\", \"c\", \"a\\nc\", \"b\", \"b\"]"),
    CLAUSE("replace() of a pattern that matches the empty string",
           "for p in [\"\", \"a*\", \"a?\", \"^\", \"$\", \"a|\", \"(a?){2}\", \"()\", \"a{0}\"] "
           "return replace(\"bab\", p, \"x\")",
           "[null, null, null, null, null, null, null, null, null]"),
    CLAUSE("replace() of a broken pattern, of broken flags, of other kinds",
           "[replace(\"a\", \"(\", \"b\"), replace(\"a\", \"a\", \"b\", \"y\"), replace(1, \"a\", "
           "\"b\"), replace(\"a\", 1, \"b\"), replace(\"a\", \"a\", null), replace(\"a\", \"a\", "
           "\"b\", 1)]",
           "[null, null, null, null, null, null]"),
    CLAUSE("matches(): anywhere",
           "[matches(\"abc\", \"b\"), matches(\"abc\", \"^b\"), matches(\"abc\", \"\"), "
           "matches(\"\", \"^$\"), matches(\"\\U01F40E\", \"^.$\"), matches(\"a\", \"A\", null)]",
           "[true, false, true, true, true, false]"),
    CLAUSE("matches() of a broken pattern, of broken flags, of other kinds",
           "[matches(\"a\", \"[\"), matches(\"a\", \"a\", \"ig\"), matches(null, \"a\"), "
           "matches(\"a\", null), matches(\"a\", \"a\", true)]",
           "[null, null, null, null, null]"),
    CLAUSE("matches(): one pattern with and without a flag",
           "for f in [\"i\", null, \"i\", \"q\"] return matches(\"A.\", \"a.\", f)",
           "[true, false, true, false]"),
    CLAUSE("split()",
           "[split(\";a;\", \";\"), split(\"abc\", \"x\"), split(\"a1b22c\", \"\\\\d+\"), "
           "split(\"a.b\", \"\\\\.\"), split(\"a, b,c\", \",\\\\s*\"), split(\"\\U01F40Ea\", "
           "\"a\")]",
           "[[\"\", \"a\", \"\"], [\"abc\"], [\"a\", \"b\", \"c\"], [\"a\", \"b\"], [\"a\", "
           "\"b\", \"c\"], [\"" HORSE "\", \"\"]]"),
    CLAUSE("split() by what matches the empty string, a broken pattern, other kinds",
           "[split(\"abc\", \"\"), split(\"abc\", \"x*\"), split(\"abc\", \"(\"), split(1, \"a\"), "
           "split(\"a\", null)]",
           "[null, null, null, null, null]"),
    CLAUSE("split() by groups gives no groups", "split(\"a1b\", \"(\\\\d)\")", "[\"a\", \"b\"]"),
};

void test_builtin_patterns(void) {
    feel_clauses_check(__FILE__, pattern_rows, COUNT_OF(pattern_rows));
}

static const struct clause_row number_rows[] = {
    CLAUSE("decimal(): scales from -6111 to 6176",
           "[decimal(1, 6176), decimal(1, 6177), decimal(1, -6112), decimal(1, 1e30), decimal(1, "
           "-1e30), decimal(9, -6111), decimal(1, null), decimal(1, \"2\")]",
           "[1, null, null, null, null, 0, null, null]"),
    CLAUSE("decimal(): a scale is cut to a whole one",
           "[decimal(1 / 3, 2.9), decimal(1.5, 0.9), decimal(1.5, -0.9)]", "[0.33, 2, 2]"),
    CLAUSE("decimal(): zeros as far as 34 digits go",
           "[decimal(1, 33), decimal(1, 34), decimal(10, 32), decimal(10, 33), decimal(-1, 34), "
           "decimal(0.5, 34), decimal(0.5, 35)]",
           "[1.000000000000000000000000000000000, 1, 10.00000000000000000000000000000000, 10, -1, "
           "0.5000000000000000000000000000000000, 0.5]"),
    CLAUSE("decimal(): half to even",
           "[decimal(15, -1), decimal(25, -1), decimal(5, -1), decimal(-25, -1), decimal(-0.4, 0), "
           "decimal(0.125, 2), decimal(0.1251, 2)]",
           "[20, 20, 0, -20, 0, 0.12, 0.13]"),
    CLAUSE("floor()", "[floor(15, -1), floor(-15, -1), floor(-0.1), floor(1e40), floor(7.0)]",
           "[10, -20, -1, 10000000000000000000000000000000000000000, 7]"),
    CLAUSE("floor()", "[floor(-1, -6111), floor(1, -6111), floor(1.5, 3), floor(1, -6112)]",
           "[-1E+6111, 0, 1.500, null]"),
    CLAUSE("ceiling()",
           "[ceiling(15, -1), ceiling(-15, -1), ceiling(-0.1), ceiling(1, -6111), ceiling(1, "
           "6177), ceiling(-1.5)]",
           "[20, -10, 0, 1E+6111, null, -1]"),
    CLAUSE("round up()",
           "[round up(11, -1), round up(-11, -1), round up(0, -3), round up(10, -1), round "
           "up(1.001, 2), round up(1e-6176, 0)]",
           "[20, -20, 0, 10, 1.01, 1]"),
    CLAUSE("round down()",
           "[round down(19, -1), round down(-19, -1), round down(0.999, 2), round down(1, -1)]",
           "[10, -10, 0.99, 0]"),
    CLAUSE("round half up()",
           "[round half up(15, -1), round half up(-15, -1), round half up(14.9, -1), round half "
           "up(0.005, 2), round half up(5e-6176, 6175) = 1e-6175]",
           "[20, -20, 10, 0.01, true]"),
    CLAUSE("round half up() of all digits, and of far more than there are",
           "for n in [-33, -34, -35, -37, -38, -72, -6111] return round half "
           "up(9999999999999999999999999999999999, n)",
           "[10000000000000000000000000000000000, 10000000000000000000000000000000000, 0, 0, 0, 0, "
           "0]"),
    CLAUSE("round half down()",
           "[round half down(15, -1), round half down(-15, -1), round half down(15.1, -1), round "
           "half down(0.005, 2), round half down(1.5)]",
           "[10, -10, 20, 0.00, 1]"),
    CLAUSE("round up() and others, of other kinds",
           "[round up(\"1\", 0), round up(null, 0), round half up(1, null), round half down(1, "
           "\"a\"), floor(@\"P1D\")]",
           "[null, null, null, null, null]"),
    CLAUSE("abs()", "[abs(-0.50), abs(0), abs(-9223372036854775808), abs(null), abs(\"a\")]",
           "[0.50, 0, 9223372036854775808, null, null]"),
    CLAUSE("modulo() has the sign of the divisor",
           "[modulo(12, 5), modulo(-12, 5), modulo(12, -5), modulo(-12, -5), modulo(10.1, 4.5), "
           "modulo(-10.1, 4.5), modulo(10.1, -4.5), modulo(-10.1, -4.5)]",
           "[2, 3, -3, -2, 1.1, 3.4, -3.4, -1.1]"),
    CLAUSE("modulo()",
           "[modulo(0, 5), modulo(-10, 5), modulo(5, 0.3), modulo(-9223372036854775808, -1), "
           "modulo(1, 0.0), modulo(1, \"a\")]",
           "[0, 0, 0.2, 0, null, null]"),
    CLAUSE("table 76: modulo() by its definition, in 34 digits",
           "[modulo(-1e-30, 1e10) = 1e10, modulo(-1e-30, 1), modulo(1e-30, -1e10) = -1e10, "
           "modulo(-1e10, 1e-30) = 0]",
           "[true, 0.999999999999999999999999999999, true, true]"),
    CLAUSE("exp() of what is too small or too large for a number",
           "[exp(-20000), exp(-15000) = null, exp(20000), exp(-14000) > 0]",
           "[null, true, null, true]"),
    CLAUSE("sqrt(), log(), exp()",
           "[sqrt(2), sqrt(0), sqrt(\"4\"), log(1), log(0), log(-1), log(null), exp(0), exp(1e5), "
           "exp(\"1\")]",
           "[1.414213562373095048801688724209698, 0, null, 0, null, null, null, 1, null, null]"),
    CLAUSE("odd(), even()",
           "[odd(-3), odd(5.0), odd(5.5), odd(1e40), odd(0), even(-2), even(5.5), even(4.0), "
           "even(1e40), odd(\"1\"), even(null)]",
           "[true, true, false, false, false, true, false, true, true, null, null]"),
    CLAUSE("table 60",
           "[3 ** -2 = 1 / 9, decimal(3 ** -40 * 3 ** 40, 30) = 1, 3 ** -20000, (-2) ** 3, (-2) ** "
           "-3, (-2) ** 0.5, 0 ** 0, 0 ** -1, 1 ** 1e30, 2 ** 0.5, 4 ** 0.5, 10 ** 6144 > 1, 10 ** "
           "6145, 2 ** -1e30, 1e-3000 ** 3]",
           "[true, true, null, -8, -0.125, null, 1, null, 1, "
           "1.414213562373095048801688724209698, 2, true, null, null, null]"),
    CLAUSE("not()", "[not(null), not(1), not([false]), not([true, false])]",
           "[null, null, true, null]"),
};

void test_builtin_numbers(void) {
    feel_clauses_check(__FILE__, number_rows, COUNT_OF(number_rows));
}

static const struct clause_row list_rows[] = {
    CLAUSE("list contains()",
           "[list contains([1, \"a\"], 1.0), list contains([[1]], [1]), list contains([], null), "
           "list contains(null, 1), list contains(1, 1), list contains([1], \"1\")]",
           "[true, true, false, null, true, false]"),
    CLAUSE("count()", "[count(null), count([null]), count({}), count([[]])]", "[null, 1, 1, 1]"),
    CLAUSE("min(), max()",
           "[min([null]), min([true]), min([1], [2]), max([[1], [2]]), max(@\"P1Y\", @\"P1D\"), "
           "min([@\"10:00:00\", @\"10:00:00Z\"]), max(1, null), min(null)]",
           "[null, null, null, null, null, null, null, null]"),
    CLAUSE("min(), max()",
           "[min(5), max([\"a\", \"B\"]), min(@\"2020-01-02\", @\"2020-01-01\"), max([@\"PT1H\", "
           "@\"PT59M\"]), max(@\"P1Y\", @\"P13M\"), min(@\"10:00:00+01:00\", @\"09:30:00Z\")]",
           "[5, \"a\", @\"2020-01-01\", @\"PT1H\", @\"P1Y1M\", @\"10:00:00+01:00\"]"),
    CLAUSE("min(), max(): the first of equals",
           "[min([1.0, 1]), min([1, 1.0]), max([2, 3.0, 3]), max([3, 3.0])]", "[1.0, 1, 3.0, 3]"),
    CLAUSE("sum(), mean(), product() of what are no numbers",
           "[sum([1, null]), sum(\"a\"), sum([[1]]), mean([\"a\"]), mean(null), mean(1, \"2\"), "
           "product([2, \"a\"]), product(null)]",
           "[null, null, null, null, null, null, null, null]"),
    CLAUSE("sum(), mean(), product()",
           "[sum(1, 2, 3.5), sum([9223372036854775807, 1]), mean([1, 2]), mean(7), product(7), "
           "product([1e4000, 1e4000]), sum([9.9e6144, 9.9e6144])]",
           "[6.5, 9223372036854775808, 1.5, 7, 7, null, null]"),
    CLAUSE("stddev()",
           "[stddev([]), stddev(47), stddev([1, \"a\"]), stddev(1, null), stddev([2, 2, 2]), "
           "stddev(1, 3), stddev([[1, 2]])]",
           "[null, null, null, null, 0, 1.414213562373095048801688724209698, null]"),
    CLAUSE("median()",
           "[median([null]), median([\"a\", \"b\"]), median(null), median(2, 1), median([3]), "
           "median(1, 3), median([5, 3, 1, 4])]",
           "[null, null, null, 1.5, 3, 2, 3.5]"),
    CLAUSE("mode()",
           "[mode([null]), mode(\"a\"), mode(null), mode(1), mode([2, 1]), mode([1, 2, 1.0]), "
           "mode([3, 2, 2, 3, 1])]",
           "[null, null, null, [1], [1, 2], [1], [2, 3]]"),
    CLAUSE("all()",
           "[all(null), all(true, true), all(true, false), all([[true]]), all([null, false]), "
           "all(true), all([null, 1]), all([1, false])]",
           "[null, true, false, null, false, true, null, null]"),
    CLAUSE("any()",
           "[any(null), any(false, true), any(false, false), any([[true]]), any([null, true]), "
           "any(false), any([null, 1]), any([1, true])]",
           "[null, true, false, null, true, false, null, null]"),
    CLAUSE("sublist()",
           "for i in [-4, -3, -1, 0, 1, 3, 4, 1e30, \"1\", null] return sublist([7, 8, 9], i)",
           "[null, [7, 8, 9], [9], null, [7, 8, 9], [9], null, null, null, null]"),
    CLAUSE("sublist()", "for n in [-1, 0, 1, 2, 3, 1e30, null] return sublist([7, 8, 9], 2, n)",
           "[null, null, [8], [8, 9], null, null, [8, 9]]"),
    CLAUSE("sublist()", "[sublist([], 1), sublist(7, 1), sublist([7, 8, 9], -2, 2)]",
           "[null, [7], [8, 9]]"),
    CLAUSE("append()", "[append([]), append([1], null), append([1], [2], 3), append([], [])]",
           "[[], [1, null], [1, [2], 3], [[]]]"),
    CLAUSE("concatenate()",
           "[concatenate([]), concatenate([1], null), concatenate([1], [[2]], []), concatenate(1, "
           "2, 3, 4, 5, 6, 7, 8, 9, 10)]",
           "[[], null, [1, [2]], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]]"),
    CLAUSE("insert before()",
           "for i in [-4, -3, -1, 0, 1, 3, 4, 1.5, \"1\", null] return insert before([7, 8, 9], i, "
           "0)",
           "[null, [0, 7, 8, 9], [7, 8, 0, 9], null, [0, 7, 8, 9], [7, 8, 0, 9], null, null, "
           "null, null]"),
    CLAUSE("insert before()", "[insert before([], 1, 0), insert before([1], 1, null)]",
           "[null, [null, 1]]"),
    CLAUSE("remove()", "for i in [-4, -3, -1, 0, 1, 3, 4, 1.5, \"1\"] return remove([7, 8, 9], i)",
           "[null, [8, 9], [7, 8], null, [8, 9], [7, 8], null, null, null]"),
    CLAUSE("list replace() at a place",
           "for i in [-4, -3, -1, 0, 1, 3, 4, 1.5, \"1\", null, [2], [1, 2]] return list "
           "replace([7, 8, 9], i, 0)",
           "[null, [0, 8, 9], [7, 8, 0], null, [0, 8, 9], [7, 8, 0], null, null, null, null, [7, "
           "0, 9], null]"),
    CLAUSE("list replace() of what a function says",
           "[list replace([1, 2, 3], function(x, y) x > 1, null), list replace([], function(x, y) "
           "1, 0), list replace([1], [function(x, y) true], 0), list replace([1, 2], function(x, "
           "y) x = y, 2), list replace(5, function(x, y) true, 0)]",
           "[[1, null, null], [], [0], [1, 2], [0]]"),
    CLAUSE("list replace() with a function that is none of two, or gives no boolean",
           "[list replace([1, 2], function(x, y) null, 0), list replace([1, 2], function(x, y) "
           "\"a\", 0), list replace([1, 2], function(x) true, 0), list replace([1, 2], function(x, "
           "y, z) true, 0), list replace([1, 2], [function(x, y) true, 1], 0)]",
           "[null, null, null, null, null]"),
    CLAUSE("list replace(): the list stays as it was",
           "{l: [1, 2], m: list replace(l, 1, 0), r: l}.r", "[1, 2]"),
    CLAUSE("reverse()", "[reverse([]), reverse(null), reverse(1), reverse([[1, 2], 3])]",
           "[[], null, [1], [3, [1, 2]]]"),
    CLAUSE("index of()",
           "[index of([], 1), index of([1, null], null), index of([1, \"1\", 1.0], 1), index "
           "of([[1]], [1]), index of(null, 1)]",
           "[[], [2], [1, 3], [1], null]"),
    CLAUSE("union()",
           "[union([1, null], [null]), union(1, 1), union([[1]], [[1.0]]), union([1], null), "
           "union([2, 1], [1, 2])]",
           "[[1, null], [1], [[1]], null, [2, 1]]"),
    CLAUSE("distinct values()",
           "[distinct values([1, \"1\", 1.00]), distinct values([]), distinct values([{a: 1}, {a: "
           "1.0}]), distinct values(null)]",
           "[[1, \"1\"], [], [{a: 1}], null]"),
    CLAUSE("flatten() of lists in one another",
           "for n in [100, 200, 300] return for i in (for i in 0..n return if i = 0 then 1 else "
           "[partial[-1]])[-1] return flatten([i])",
           "[[[1]], [[1]], [null]]"),
    CLAUSE("flatten()",
           "[flatten(1), flatten([]), flatten([[], [[]]]), flatten([{a: [1]}, [[2]]])]",
           "[[1], [], [], [{a: [1]}, 2]]"),
    CLAUSE("sort() keeps the order of equals",
           "sort([{k: 1, v: \"a\"}, {k: 0, v: \"b\"}, {k: 1, v: \"c\"}, {k: 0, v: \"d\"}, {k: 1, "
           "v: \"e\"}], function(x, y) x.k < y.k).v",
           "[\"b\", \"d\", \"a\", \"c\", \"e\"]"),
    CLAUSE("sort()",
           "[sort([], function(x, y) 1), sort([1], function(x, y) 1), sort(5, function(x, y) 1), "
           "sort([2, 1], [function(x, y) x < y]), sort([3, 1, 2, 5, 4], function(x, y) x > y)]",
           "[[], [1], [5], [1, 2], [5, 4, 3, 2, 1]]"),
    CLAUSE("sort() with a function that is none of two, or gives no boolean",
           "[sort([2, 1], function(x) true), sort([2, 1], function(x, y, z) true), sort([2, 1], "
           "function(x, y) null), sort([2, 1], function(x, y) \"a\"), sort([1, null, 2], "
           "function(x, y) x < y), sort([2, 1], \"a\"), sort([3, 2, 1], function(x, y) if x = 1 "
           "then null else x < y)]",
           "[null, null, null, null, null, null, null]"),
    CLAUSE("sort() without a function",
           "[sort([2, 1], null), sort([1, \"a\"]), sort([null, 1]), sort([\"b\", \"a\"]), "
           "sort([@\"P1D\", @\"PT1H\"]), sort([true, false]), sort(null)]",
           "[[1, 2], null, null, [\"a\", \"b\"], [@\"PT1H\", @\"P1D\"], null, null]"),
};

void test_builtin_lists(void) {
    feel_clauses_check(__FILE__, list_rows, COUNT_OF(list_rows));
}

static const struct clause_row context_rows[] = {
    CLAUSE("get value()",
           "[get value({a: 1}, [\"a\", \"b\"]), get value({a: {b: 1}}, [\"a\", \"c\"]), get "
           "value({a: 1}, []), get value({a: 1}, [1]), get value({a: 1}, 1), get value({a: 1}, "
           "null), get value(null, \"a\"), get value({a: null}, \"a\"), get value([{a: 1}], "
           "\"a\")]",
           "[null, null, null, null, null, null, null, null, 1]"),
    CLAUSE("get value()",
           "[get value({a: {b: {c: 3}}}, [\"a\", \"b\", \"c\"]), get value({a: 1}, [\"a\"]), get "
           "value({\"\": 1}, \"\"), get value(m: {a: 1}, key: \"a\"), get value(context: {a: 1}, "
           "keys: [\"a\"])]",
           "[3, 1, 1, 1, 1]"),
    CLAUSE("get entries()",
           "[get entries({}), get entries(null), get entries([{a: 1}]), get entries({b: 1, a: "
           "null})]",
           "[[], null, [{key: \"a\", value: 1}], [{key: \"b\", value: 1}, {key: \"a\", value: "
           "null}]]"),
    CLAUSE("context()",
           "[context([]), context({key: \"a\", value: 1}), context([{key: \"a\", value: null}]), "
           "context(get entries({b: 1, a: [2]}))]",
           "[{}, {a: 1}, {a: null}, {b: 1, a: [2]}]"),
    CLAUSE(
        "context(), context put(): 10.3.1.4: a name without the blanks around its symbols",
        "[context([{key: \"a - b\", value: 1}, {key: \"c  d\", value: 2}]), context put({a - b: "
        "1}, \"a - b\", 2), context put({}, \"a - b\", 1), context put({\"a - b\": 1}, \"a - b\", "
        "2), context put({x: {a - b: 1}}, [\"x\", \"a - b\"], 2), context put({a - b: {c: 1}}, "
        "[\"a - b\", \"c\"], 2), context([{key: \"a - b\", value: 1}, {key: \"a-b\", value: 2}])]",
        "[{\"a-b\": 1, \"c d\": 2}, {\"a-b\": 2}, {\"a-b\": 1}, {\"a - b\": 2}, {x: {\"a-b\": 2}}, "
        "{\"a-b\": {c: 2}}, null]"),
    CLAUSE("context() and a path: 10.3.1.4",
           "{a - b: 1, c: context([{key: \"a - b\", value: 2}]), d: c.a-b, e: c.a - b}.d", "2"),
    CLAUSE("context() of what are no entries",
           "[context([{key: 1, value: 1}]), context([{value: 1}]), context([{key: \"a\"}]), "
           "context([{key: null, value: 1}]), context([{key: \"a\", value: 1}, {key: \"a\", value: "
           "1}]), context([1]), context([null]), context(null), context([{key: \"a\", value: 1}, "
           "{}])]",
           "[null, null, null, null, null, null, null, null, null]"),
    CLAUSE("context put()",
           "[context put({}, \"a\", 1), context put({a: 1}, \"a\", null), context put({a: 1, b: "
           "2}, \"a\", 3), context put({a: 1}, [\"b\"], 2), context put({a: {b: 1}}, [\"a\", "
           "\"c\"], 2), context put({a: {b: {c: 1}}, d: 2}, [\"a\", \"b\", \"c\"], [3])]",
           "[{a: 1}, {a: null}, {a: 3, b: 2}, {a: 1, b: 2}, {a: {b: 1, c: 2}}, {a: {b: {c: [3]}}, "
           "d: 2}]"),
    CLAUSE("context put() of what is no key",
           "[context put({}, 1, 2), context put({}, null, 2), context put({}, [], 2), context "
           "put({}, [1], 2), context put({a: {}}, [\"a\", 1], 2), context put({}, [\"x\", \"y\"], "
           "2), context put({x: 1}, [\"x\", \"y\"], 2), context put({x: null}, [\"x\", \"y\"], 2), "
           "context put(null, \"a\", 1), context put(1, \"a\", 1)]",
           "[null, null, null, null, null, null, null, null, null, null]"),
    CLAUSE("context put() by names",
           "[context put(context: {a: {b: 1}}, keys: [\"a\", \"b\"], value: 2), context "
           "put(context: {}, key: [\"a\", \"b\"], value: 2), context put(value: 1, key: \"a\", "
           "context: {})]",
           "[{a: {b: 2}}, null, {a: 1}]"),
    CLAUSE("context put(): the context stays as it was",
           "{c: {x: {y: 1}}, d: context put(c, [\"x\", \"y\"], 2), r: c}.r", "{x: {y: 1}}"),
    CLAUSE("context put() at 257 keys, and one more",
           "for n in 257..258 return context put({d: function(n) if n = 0 then {} else {a: d(n - "
           "1)}, r: d(300)}.r, for i in 1..n return \"a\", 1) = null",
           "[false, true]"),
    CLAUSE("context merge()",
           "[context merge([]), context merge([{a: 1}, 1]), context merge([null]), context "
           "merge({a: 1}), context merge([{a: 1, b: 1}, {}, {b: 2, c: 2}, {a: 3}]), context "
           "merge(null), context merge([{a: {b: 1}}, {a: {c: 2}}])]",
           "[{}, null, null, {a: 1}, {a: 3, b: 2, c: 2}, null, {a: {c: 2}}]"),
};

void test_builtin_contexts(void) {
    feel_clauses_check(__FILE__, context_rows, COUNT_OF(context_rows));
}

static const struct clause_row range_rows[] = {
    CLAUSE("range(), rules 66, 67: every bracket",
           "for t in [\"[1..2]\", \"[1..2)\", \"(1..2]\", \"(1..2)\", \"]1..2[\", \"]1..2]\", "
           "\"[1..2[\", \" [ 1 .. 2 ] \", \"[-2..-1]\", \"[1..1]\"] return range(t)",
           "[[1..2], [1..2), (1..2], (1..2), (1..2), (1..2], [1..2), [1..2], [-2..-1], [1..1]]"),
    CLAUSE("range(): an open end may be missing",
           "for t in [\"(..2]\", \"(..2)\", \"]..2]\", \"[1..)\", \"(1..)\", \"[1..[\"] return "
           "range(t)",
           "[(<= 2), (< 2), (<= 2), (>= 1), (> 1), (>= 1)]"),
    CLAUSE("range(): no other end, and not both",
           "for t in [\"[..2]\", \"[1..]\", \"(..)\", \"[..]\", \"]..[\", \"(1..]\", "
           "\"[..2)\"] return range(t)",
           "[null, null, null, null, null, null, null]"),
    CLAUSE("range() of every kind",
           "for t in [\"[\\\"a\\\"..\\\"b\\\"]\", \"[@\\\"2020-01-01\\\"..@\\\"2020-01-02\\\")\", "
           "\"[date(2020, 1, 1)..date(\\\"2020-02-01\\\")]\", "
           "\"(time(\\\"10:00:00\\\")..@\\\"11:00:00\\\"]\", \"[duration(\\\"P1D\\\")..)\", "
           "\"[date(from: \\\"2020-01-01\\\")..)\"] return range(t)",
           "[[\"a\"..\"b\"], [@\"2020-01-01\"..@\"2020-01-02\"), "
           "[@\"2020-01-01\"..@\"2020-02-01\"], (@\"10:00:00\"..@\"11:00:00\"], (>= @\"P1D\"), (>= "
           "@\"2020-01-01\")]"),
    CLAUSE("range() of what is no literal",
           "for t in [\"[1+1..2]\", \"[x..2]\", \"[null..2]\", \"[true..false]\", \"[(1)..2]\", "
           "\"[abs(1)..2]\", \"[[1]..2]\", \"[{}..2]\", \"[date(abs(2020), 1, "
           "1)..@\\\"2020-01-02\\\"]\", \"[date(x)..)\"] return range(t)",
           "[null, null, null, null, null, null, null, null, null, null]"),
    CLAUSE("range() of what is no range",
           "for t in [\"\", \" \", \"1\", \"1..2\", \"[1..2\", \"1..2]\", \"[1,2]\", \"[1..2]x\", "
           "\"x[1..2]\", \"[1..2..3]\", \"[1..2]]\", \"[[1..2]\", \"..\", \"[\", \"[1.2]\", "
           "\"\\\"\", \"[\\\"a..b]\", \"[1..\\\"b]\", \"(<1)\", \"{1..2}\"] return "
           "range(t)",
           "[null, null, null, null, null, null, null, null, null, null, null, null, null, null, "
           "null, null, null, null, null, null]"),
    CLAUSE("range() whose ends do not fit",
           "[range(\"[2..1]\"), range(\"[1..\\\"a\\\"]\"), range(\"[date(\\\"x\\\")..)\"), "
           "range(1), range(null), range([1..2])]",
           "[null, null, null, null, null, null]"),
};

void test_builtin_range_texts(void) {
    feel_clauses_check(__FILE__, range_rows, COUNT_OF(range_rows));
}

static const struct clause_row name_rows[] = {
    CLAUSE(
        "tables 72, 73: by names",
        "[date(from: \"2020-01-02\"), date(day: 3, month: 2, year: 2020), date and time(time: "
        "@\"10:00:00\", date: @\"2020-01-01\"), date and time(from: \"2020-01-01T10:00:00\"), "
        "time(from: \"10:00:00\"), time(offset: @\"PT1H\", second: 3, minute: 2, hour: 1), "
        "number(decimal separator: \",\", grouping separator: \".\", from: \"1.000,5\"), "
        "string(from: 1), duration(from: \"P1D\"), years and months duration(to: @\"2021-02-01\", "
        "from: @\"2020-01-01\"), range(from: \"[1..2]\"), not(negand: true)]",
        "[@\"2020-01-02\", @\"2020-02-03\", @\"2020-01-01T10:00:00\", @\"2020-01-01T10:00:00\", "
        "@\"10:00:00\", @\"01:02:03+01:00\", 1000.5, \"1\", @\"P1D\", @\"P1Y1M\", [1..2], false]"),
    CLAUSE(
        "table 74: by names",
        "[substring(length: 1, start position: 2, string: \"abc\"), string length(string: \"ab\"), "
        "upper case(string: \"a\"), lower case(string: \"A\"), substring before(match: \"b\", "
        "string: \"abc\"), substring after(match: \"b\", string: \"abc\"), replace(flags: \"i\", "
        "replacement: \"x\", pattern: \"B\", input: \"abc\"), contains(match: \"b\", string: "
        "\"abc\"), starts with(match: \"a\", string: \"abc\"), ends with(match: \"c\", string: "
        "\"abc\"), matches(flags: \"i\", pattern: \"B\", input: \"abc\"), split(delimiter: \"b\", "
        "string: \"abc\"), string join(delimiter: \"-\", list: [\"a\", \"b\"])]",
        "[\"b\", 2, \"A\", \"a\", \"a\", \"c\", \"axc\", true, true, true, true, [\"a\", \"c\"], "
        "\"a-b\"]"),
    CLAUSE("table 75: by names",
           "[list contains(element: 1, list: [1]), count(list: [1, 2]), min(list: [1, 2]), "
           "max(list: [1, 2]), sum(list: [1, 2]), mean(list: [1, 3]), all(list: [true]), any(list: "
           "[false]), sublist(length: 1, start position: 2, list: [1, 2, 3]), append(item: 2, "
           "list: [1]), concatenate(list: [1]), insert before(newItem: 0, position: 2, list: [1, "
           "2]), remove(position: 1, list: [1, 2]), list replace(newItem: 0, position: 2, list: "
           "[1, 2]), list replace(newItem: 0, match: function(x, y) x = 1, list: [1, 2])]",
           "[true, 2, 1, 2, 3, 2, true, false, [2], [1, 2], [1], [1, 0, 2], [2], [1, 0], [0, 2]]"),
    CLAUSE("table 75: by names",
           "[reverse(list: [1, 2]), index of(match: 2, list: [1, 2]), union(list: [1, 1]), "
           "distinct values(list: [1, 1]), flatten(list: [[1]]), product(list: [2, 3]), "
           "median(list: [1, 2, 4]), stddev(list: [2, 2]), mode(list: [1, 1, 2]), sort(precedes: "
           "function(x, y) x > y, list: [1, 2])]",
           "[[2, 1], [2], [1], [1], [1], 6, 2, 0, [1], [2, 1]]"),
    CLAUSE("tables 76, 77, 79: by names",
           "[decimal(scale: 1, n: 0.25), floor(scale: 1, n: 0.25), ceiling(scale: 1, n: 0.25), "
           "round up(scale: 1, n: 0.21), round down(scale: 1, n: 0.29), round half up(scale: 1, n: "
           "0.25), round half down(scale: 1, n: 0.25), abs(n: -1), modulo(divisor: 3, dividend: "
           "7), sqrt(number: 4), log(number: 1), exp(number: 0), odd(number: 1), even(number: 1), "
           "is(value2: 1, value1: 2), day of year(date: @\"2020-02-01\"), day of week(date: "
           "@\"2020-02-01\"), month of year(date: @\"2020-02-01\"), week of year(date: "
           "@\"2020-02-01\")]",
           "[0.2, 0.2, 0.3, 0.3, 0.2, 0.3, 0.2, 1, 1, 2, 0, 1, true, false, false, 32, "
           "\"Saturday\", \"February\", 5]"),
    CLAUSE("table 78: by names",
           "[before(point1: 1, point2: 2), before(point: 1, range: [2..3]), before(range1: [1..2], "
           "range2: [3..4]), after(point2: 1, point1: 2), after(range: [2..3], point: 1), "
           "meets(range2: [2..3], range1: [1..2]), met by(range1: [2..3], range2: [1..2]), "
           "overlaps(range1: [1..2], range2: [2..3]), overlaps before(range1: [1..2], range2: "
           "[2..3]), overlaps after(range2: [1..2], range1: [2..3]), finishes(range: [1..2], "
           "point: 2), finished by(point: 2, range: [1..2]), includes(point: 2, range: [1..2]), "
           "during(range: [1..2], point: 2), starts(range: [1..2], point: 1), started by(point: 1, "
           "range: [1..2]), coincides(range2: [1..2], range1: [1..2]), during(range2: [1..3], "
           "range1: [1..2])]",
           "[true, true, true, true, true, true, true, true, true, true, true, true, true, true, "
           "true, true, true, true]"),
    CLAUSE("table 81: by names",
           "[get value(key: \"a\", m: {a: 1}), get entries(m: {}), context(entries: []), context "
           "put(value: 1, key: \"a\", context: {}), context put(value: 1, keys: [\"a\"], context: "
           "{}), context merge(contexts: [{a: 1}])]",
           "[1, [], {}, {a: 1}, {a: 1}, {a: 1}]"),
    CLAUSE("10.3.2.13.5: a name that no signature has",
           "[abs(number: 1), sqrt(n: 4), date(from: \"2020-01-01\", year: 1), substring(string: "
           "\"a\", start: 1), before(point1: 1, range2: [2..3]), coincides(point: 1, range: "
           "[1..2]), count(list: [1], list: [2])]",
           "[null, null, null, null, null, null, null]"),
};

void test_builtin_names(void) {
    feel_clauses_check(__FILE__, name_rows, COUNT_OF(name_rows));
}
