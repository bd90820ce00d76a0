/* The grammar of FEEL, production by production: DMN 1.5, 10.3.1.2. An expression and the value it
 * prints, or "refused". */
#include "base/test.h"
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

void test_feel_grammar_ranges(void) {
    static const struct row rows[] = {
        {__LINE__, "[1..3]", "[1..3]"},
        {__LINE__, "(1..3)", "(1..3)"},
        {__LINE__, "]1..3[", "(1..3)"},
        {__LINE__, "[1..3[ = [1..3)", "true"},
        {__LINE__, "]1..3[ in [1..3]", "null"},
        {__LINE__, "]1..3[ * 2", "null"},
        {__LINE__, "]1..3[ instance of range<number>", "true"},
        {__LINE__, "[]1..3]]", "[(1..3]]"},
        {__LINE__, "[]@\"2020-01-01\"..@\"2020-01-02\"[, 1]",
         "[(@\"2020-01-01\"..@\"2020-01-02\"), 1]"},
        {__LINE__, "[1, ]1..3[]", "[1, (1..3)]"},
        {__LINE__, "[](1)..3]]", "[(1..3]]"},
        {__LINE__, "]]1..2[ .. 3[", "null"},
        {__LINE__, "[]-1..3]]", "[(-1..3]]"},
        {__LINE__, "[[1..3[]", "[[1..3)]"},
        {__LINE__, "[1..[3][1]]", "[1..3]"},
        {__LINE__, "[1 + 1..3 * 2]", "[2..6]"},
        {__LINE__, "[3..1]", "null"},
        {__LINE__, "[1..null]", "null"},
        {__LINE__, "[1..\"a\"]", "null"},
        {__LINE__, "[1..3", "refused"},
        {__LINE__, "[1..", "refused"},
        {__LINE__, "1..3", "refused"},
    };
    check(rows, COUNT_OF(rows));
}

void test_feel_grammar_one_sided(void) {
    static const struct row rows[] = {
        /* DMN 1.5: rules 2, 7, 10.3.2.7: a range of one side is an expression anywhere */
        {__LINE__, "< 5", "(< 5)"},
        {__LINE__, "[<5, >= 7]", "[(< 5), (>= 7)]"},
        {__LINE__, "{a: <5, b: >a}", "{a: (< 5), b: null}"},
        {__LINE__, "{a: <5}.a.end", "5"},
        {__LINE__, "count([<5, >7])", "2"},
        {__LINE__, "includes(> 5, 6)", "true"},
        {__LINE__, "(function(x) x.end)(<5)", "5"},
        {__LINE__, "if true then <5 else >5", "(< 5)"},
        {__LINE__, "for x in [< 2] return 1 in x", "[true]"},
        {__LINE__, "(<5) instance of range<number>", "true"},
        {__LINE__, "(>= @\"2019-01-01\") instance of range<date>", "true"},
        {__LINE__, "(<5) instance of range<string>", "false"},
        {__LINE__, "< 2 + 3", "(< 5)"},
        {__LINE__, "(..5)", "refused"},
        /* DMN 1.5: table 55: in a list each is a test */
        {__LINE__, "1 in [<2, >5]", "true"},
        {__LINE__, "3 in [<2, >5]", "false"},
        {__LINE__, "5 in [=5]", "true"},
        {__LINE__, "5 in <6 and true", "true"},
        {__LINE__, "5 in (<2, >4)", "true"},
        {__LINE__, "(<5) = (<5)", "true"},
        {__LINE__, "range(\"(..2)\") = <2", "true"},
        /* operators of other languages */
        {__LINE__, "1 == 1", "refused"},
        {__LINE__, "1 === 1", "refused"},
        {__LINE__, "1 <> 2", "refused"},
        {__LINE__, "1 =< 2", "refused"},
    };
    check(rows, COUNT_OF(rows));
}

void test_feel_grammar_range_texts(void) {
    static const struct row rows[] = {
        /* DMN 1.5: rule 66, table 72: only an open end may be missing */
        {__LINE__, "is(range(\"[2..)\"), (>=2))", "true"},
        {__LINE__, "is(range(\"(..2)\"), (<2))", "true"},
        {__LINE__, "range(\"(..2]\")", "(<= 2)"},
        {__LINE__, "range(\"]..2[\")", "(< 2)"},
        {__LINE__, "range(\"(1..[\")", "(> 1)"},
        {__LINE__, "range(\"[..2]\")", "null"},
        {__LINE__, "range(\"[1..]\")", "null"},
        {__LINE__, "range(\"[..]\")", "null"},
        {__LINE__, "range(\"(..)\")", "null"},
        {__LINE__, "range(\"\")", "null"},
        {__LINE__, "range(\"[\")", "null"},
        {__LINE__, "range(\"..\")", "null"},
        {__LINE__, "range(\"<5\")", "null"},
        {__LINE__, "range(\"(<5)\")", "null"},
        {__LINE__, "range(\"([1..2])\")", "null"},
        {__LINE__, "range(\"[1..2][1]\")", "null"},
        {__LINE__, "range(\"[1..2..3]\")", "null"},
        {__LINE__, "range(\" [ 1 .. 3 ] \")", "[1..3]"},
        /* DMN 1.5: rules 60, 67: ends are literals */
        {__LINE__, "range(\"[-5..-.5]\")", "[-5..-0.5]"},
        {__LINE__, "range(\"[(1)..2]\")", "null"},
        {__LINE__, "range(\"[1..(2)]\")", "null"},
        {__LINE__, "range(\"[1+1..3]\")", "null"},
        {__LINE__, "range(\"[true..true]\")", "null"},
        {__LINE__, "range(\"[null..2]\")", "null"},
        {__LINE__, "range(\"[date(2020, 1, 1)..date(2020, 1, 2)]\")",
         "[@\"2020-01-01\"..@\"2020-01-02\"]"},
        {__LINE__, "range(\"[date(from: \\\"2020-01-01\\\")..@\\\"2020-01-02\\\"]\")",
         "[@\"2020-01-01\"..@\"2020-01-02\"]"},
        {__LINE__, "range(\"(..time(1, 2, 3)]\")", "(<= @\"01:02:03\")"},
        {__LINE__, "range(\"[date and time(date(2020, 1, 1), time(1, 2, 3))..)\")",
         "(>= @\"2020-01-01T01:02:03\")"},
        {__LINE__, "range(\"[sum(1)..2]\")", "null"},
        {__LINE__, "range(\"[date(2020, 1, 1 + 1)..)\")", "null"},
    };
    check(rows, COUNT_OF(rows));
}

void test_feel_grammar_tests(void) {
    static const struct row rows[] = {
        /* DMN 1.5: table 55: a name that is no list is what to be equal to, also a boolean one */
        {__LINE__, "{b: true, r: 5 in b}.r", "null"},
        {__LINE__, "{b: true, r: true in b}.r", "true"},
        {__LINE__, "{b: {c: true}, r: 5 in (b.c, 5)}.r", "true"},
        {__LINE__, "{b: {c: true}, r: 5 in b.c}.r", "null"},
        {__LINE__, "{b: [1..9], r: 5 in b}.r", "true"},
        {__LINE__, "{b: [5], r: 5 in b}.r", "true"},
        {__LINE__, "{f: function() true, r: 5 in f()}.r", "true"},
        {__LINE__, "{b: 3, r: 5 in (? > b)}.r", "true"},
    };
    check(rows, COUNT_OF(rows));
}

void test_feel_grammar_types(void) {
    static const struct row rows[] = {
        /* DMN 1.5: 10.3.2.9, table 61: no types without their parameters */
        {__LINE__, "[123] instance of list", "null"},
        {__LINE__, "123 instance of list", "null"},
        {__LINE__, "{a: 1} instance of context", "null"},
        {__LINE__, "[1..2] instance of range", "null"},
        {__LINE__, "abs instance of function", "null"},
        {__LINE__, "[[1]] instance of list<list>", "null"},
        {__LINE__, "{a: [1]} instance of context<a: list>", "null"},
        {__LINE__, "abs instance of function<list>->number", "null"},
        {__LINE__, "[[1]] instance of list<list<Any>>", "true"},
        /* DMN 1.5: 10.3.2.9.2: a function conforms that takes all that is asked for */
        {__LINE__, "upper case instance of function<string>->string", "true"},
        {__LINE__, "upper case instance of function<number>->string", "false"},
        {__LINE__, "abs instance of function<Any>->number", "false"},
        {__LINE__, "abs instance of function<days and time duration>->Any", "true"},
        {__LINE__, "abs instance of function<Null>->Any", "true"},
        {__LINE__, "count instance of function<list<Any>>->number", "true"},
        {__LINE__, "count instance of function<list<Any>, number>->number", "false"},
        {__LINE__, "get entries instance of function<context<a: number>>->list<Any>", "true"},
        {__LINE__, "sort instance of function<list<Any>, function<Any, Any>->boolean>->Any",
         "true"},
        {__LINE__, "[1] instance of list<number>=true", "true"},
        {__LINE__, "(function(x: list) count(x))([1])", "1"},
    };
    check(rows, COUNT_OF(rows));
}

void test_feel_grammar_lists(void) {
    static const struct row rows[] = {
        {__LINE__, "[]", "[]"},
        {__LINE__, "[1, [2]]", "[1, [2]]"},
        {__LINE__, "[] and true", "null"},
        {__LINE__, "[]-1", "null"},
        {__LINE__, "1 in ([[1], [2]])[1]", "true"},
        {__LINE__, "3 in (1) + 2", "true"},
        {__LINE__, "3 in (1) * 2", "false"},
        {__LINE__, "1 in (function(a) [a])(1)", "true"},
        {__LINE__, "1 in ({a: 1}).a and true", "true"},
        {__LINE__, "1 in (1, 2)[1]", "refused"},
        {__LINE__, "[1,]", "refused"},
        {__LINE__, "[,]", "refused"},
        {__LINE__, "[1", "refused"},
        {__LINE__, "{a: 1,}", "refused"},
        {__LINE__, "sum(1,)", "refused"},
        {__LINE__, "function(a,) a", "refused"},
    };
    check(rows, COUNT_OF(rows));
}
