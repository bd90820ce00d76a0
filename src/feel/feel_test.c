/* Tests of the language: expression in, printed value out. Clause tags: DMN 1.5. */
#include "feel/feel.h"

#include "base/test.h"
#include "feel/builtin.h"
#include "json/json.h"

struct row {
    int line;
    const char *text;
    const char *want;
};

static struct feel_value context_of(struct arena *a, const char *text) {
    const struct json *json;
    struct feel_value context = feel_null();
    struct err err = {0};
    struct budget budget = budget_of(100000, 1 << 20);
    CHECK_OK(json_read(&json, str_from(text), "context", a, &budget, &err), &err);
    CHECK_OK(feel_from_json(&context, json, a, &err), &err);
    return context;
}

static void check_row(const struct row *row, const char *context_text) {
    struct arena *a = arena_create("test", 256 << 20);
    struct buf out;
    struct err err = {0};
    struct budget budget = budget_of(1000000, 64 << 20);
    struct feel_value context = context_of(a, context_text), v;
    struct feel_env env = {.now = feel_temporal_text(a, STR("2026-11-21T10:00:00+08:00"), NULL)};
    buf_init(&out, 1 << 20);
    if (feel_once(&v, str_from(row->text), context, env, a, &budget, &err))
        feel_print(&out, v);
    else
        buf_printf(&out, "error: %s", err.text);
    if (!str_eq(buf_view(&out), str_from(row->want)))
        test_check_str(__FILE__, row->line, buf_view(&out), str_from(row->want));
    buf_done(&out);
    arena_destroy(a);
}

static void check_rows(const struct row *rows, size_t count, const char *context) {
    for (size_t i = 0; i < count; i++)
        check_row(&rows[i], context);
}

/* DMN 1.5: 10.3.1.2, 10.3.1.3 */
void test_feel_literals(void) {
    static const struct row rows[] = {
        {__LINE__, "1", "1"},
        {__LINE__, "-1.50", "-1.50"},
        {__LINE__, ".5", "0.5"},
        {__LINE__, "1e3", "1000"},
        {__LINE__, "\"a\\\"b\\u00e9\\U01F40E\"", "\"a\\\"b\xc3\xa9\xf0\x9f\x90\x8e\""},
        {__LINE__, "\"\\d\"", "\"\\\\d\""},
        {__LINE__, "true", "true"},
        {__LINE__, "null", "null"},
        {__LINE__, "@\"2026-01-31\"", "@\"2026-01-31\""},
        {__LINE__, "@\"P1Y2M\"", "@\"P1Y2M\""},
        {__LINE__, "@\"PT36H\"", "@\"P1DT12H\""},
        {__LINE__, "@\"10:00:00+08:00\"", "@\"10:00:00+08:00\""},
        {__LINE__, "@\"nonsense\"", "null"},
        {__LINE__, "[1, \"a\", [true]]", "[1, \"a\", [true]]"},
        {__LINE__, "{a: 1, \"b c\": a + 1}", "{a: 1, \"b c\": 2}"},
        {__LINE__, "{a b: 1, c: a b * 2}.c", "2"},
        {__LINE__, "{a+b: 1}.a+b", "1"},
        {__LINE__, "[1..10]", "[1..10]"},
        {__LINE__, "]1..10[", "(1..10)"},
        {__LINE__, "(1..10)", "(1..10)"},
        {__LINE__, "(<= 10)", "(<= 10)"},
        {__LINE__, "1 // comment\n + /* more */ 2", "3"},
        {__LINE__, "{a: 1, a: 2}", "error: a context has two entries with one name, found 'a'"},
        {__LINE__, "\"abc", "error: a string does not end on its line"},
        {__LINE__, "1 +", "error: expected an expression, found 'the end'"},
        {__LINE__, "(1", "error: expected ')', found 'the end'"},
        {__LINE__, "1 2", "error: expected an operator or the end, found '2'"},
    };
    check_rows(rows, COUNT_OF(rows), "{}");
}

/* DMN 1.5: 10.3.2.15, tables 50-62 */
void test_feel_operators(void) {
    static const struct row rows[] = {
        {__LINE__, "1 + 2 * 3", "7"},
        {__LINE__, "(1 + 2) * 3", "9"},
        {__LINE__, "10 - 3 - 2", "5"},
        {__LINE__, "7 / 2", "3.5"},
        {__LINE__, "8 / 2", "4"},
        {__LINE__, "1 / 0", "null"},
        {__LINE__, "2 ** 10", "1024"},
        {__LINE__, "2 ** -1", "0.5"},
        {__LINE__, "-2 ** 2", "4"},
        {__LINE__, "0.1 + 0.2", "0.3"},
        {__LINE__, "0.1 + 0.2 = 0.3", "true"},
        {__LINE__, "10.50 * 3", "31.50"},
        {__LINE__, "9223372036854775807 + 1", "9223372036854775808"},
        {__LINE__, "9223372036854775807 * 9223372036854775807",
         "85070591730234615847396907784232500000"},
        {__LINE__, "\"a\" + \"b\"", "\"ab\""},
        {__LINE__, "\"a\" + 1", "null"},
        {__LINE__, "1 + null", "null"},
        {__LINE__, "1 = 1.0", "true"},
        {__LINE__, "1 = \"1\"", "null"},
        {__LINE__, "null = null", "true"},
        {__LINE__, "1 = null", "false"},
        {__LINE__, "1 != null", "true"},
        {__LINE__, "[1, 2] = [1, 2]", "true"},
        {__LINE__, "{a: 1, b: 2} = {b: 2, a: 1}", "true"},
        {__LINE__, "1 < null", "null"},
        {__LINE__, "\"a\" < \"b\"", "true"},
        {__LINE__, "@\"10:00:00\" < @\"11:00:00+08:00\"", "true"},
        {__LINE__, "@\"10:00:00\" < @\"09:00:00+08:00\"", "false"},
        {__LINE__, "@\"2020-01-01T10:00:00\" > @\"2020-01-01T09:00:00Z\"", "true"},
        {__LINE__, "@\"10:00:00\" = @\"10:00:00Z\"", "false"},
        {__LINE__, "@\"10:00:00\" - @\"10:00:00Z\"", "null"},
        {__LINE__, "max(@\"10:00:00\", @\"10:00:00Z\")", "null"},
        {__LINE__, "@\"12:00:00\" in [@\"10:00:00Z\"..@\"14:00:00Z\"]", "true"},
        {__LINE__, "before(@\"10:00:00\", @\"11:00:00Z\")", "true"},
        {__LINE__, "true and null", "null"},
        {__LINE__, "false and null", "false"},
        {__LINE__, "null and false", "false"},
        {__LINE__, "true or null", "true"},
        {__LINE__, "null or true", "true"},
        {__LINE__, "false or null", "null"},
        {__LINE__, "not(true)", "false"},
        {__LINE__, "not(null)", "null"},
        {__LINE__, "5 between 1 and 10 and true", "true"},
        {__LINE__, "5 in [1..5)", "false"},
        {__LINE__, "5 in (1..5]", "true"},
        {__LINE__, "5 in (< 3, > 4)", "true"},
        {__LINE__, "5 in [1, 5]", "true"},
        {__LINE__, "5 in ([1..2], [4..6])", "true"},
        {__LINE__, "\"b\" in (\"a\", \"b\")", "true"},
        {__LINE__, "if 1 > 2 then \"a\" else \"b\"", "\"b\""},
        {__LINE__, "if null then 1 else 2", "2"},
        {__LINE__, "1 instance of number", "true"},
        {__LINE__, "[1, 2] instance of list<number>", "true"},
        {__LINE__, "[1, \"a\"] instance of list<number>", "false"},
        {__LINE__, "{a: 1} instance of context<a: number>", "true"},
        {__LINE__, "null instance of string", "false"},
        {__LINE__, "(function(x: number) x) instance of function<number> -> number", "true"},
    };
    check_rows(rows, COUNT_OF(rows), "{}");
}

/* DMN 1.5: 10.3.2.5, 10.3.2.14 */
void test_feel_lists(void) {
    static const struct row rows[] = {
        {__LINE__, "[1, 2, 3][2]", "2"},
        {__LINE__, "[1, 2, 3][-1]", "3"},
        {__LINE__, "[1, 2, 3][4]", "null"},
        {__LINE__, "[1, 2, 3][item > 1]", "[2, 3]"},
        {__LINE__, "[][item > 1]", "[]"},
        {__LINE__, "[1, 2, 3][count(item) + 1]", "2"},
        {__LINE__, "people[age >= limit].name", "[\"B\", \"C\"]"},
        {__LINE__, "people[age >= limit][1].name", "\"B\""},
        {__LINE__, "people[name = \"A\"].age", "[17]"},
        {__LINE__, "people.age", "[17, 30, 65]"},
        {__LINE__, "people[item.age > 20 and count(people) = 3].name", "[\"B\", \"C\"]"},
        {__LINE__, "[[1, 2], [3]][count(item[item > 1]) = 1]", "[[1, 2], [3]]"},
        {__LINE__, "for i in 1..3 return i * i", "[1, 4, 9]"},
        {__LINE__, "for i in 3..1 return i", "[3, 2, 1]"},
        {__LINE__, "for i in [1, 2], j in [10, 20] return i + j", "[11, 21, 12, 22]"},
        {__LINE__, "for i in 1..5 return if i <= 2 then 1 else partial[-1] + partial[-2]",
         "[1, 1, 2, 3, 5]"},
        {__LINE__, "for p in people, i in 1..p.visits return p.name + string(i)",
         "[\"A1\", \"B1\", \"B2\", \"C1\"]"},
        {__LINE__, "for i in null return i", "null"},
        {__LINE__, "for d in @\"2026-02-27\"..@\"2026-03-01\" return d.day", "[27, 28, 1]"},
        {__LINE__, "some p in people satisfies p.age > 60", "true"},
        {__LINE__, "every p in people satisfies p.age > 60", "false"},
        {__LINE__, "every p in [] satisfies p.age > 60", "true"},
        {__LINE__, "some x in [1, 2], y in [2, 3] satisfies x = y", "true"},
        {__LINE__, "some x in [1, null] satisfies x > 1", "null"},
        {__LINE__, "sum(for i in 1..100 return i * i)", "338350"},
        {__LINE__, "count(people[gross income > 100])", "2"},
        {__LINE__, "people[1].gross income", "90"},
    };
    check_rows(rows, COUNT_OF(rows),
               "{\"limit\": 18, \"people\": ["
               "{\"name\": \"A\", \"age\": 17, \"visits\": 1, \"gross income\": 90},"
               "{\"name\": \"B\", \"age\": 30, \"visits\": 2, \"gross income\": 200},"
               "{\"name\": \"C\", \"age\": 65, \"visits\": 1, \"gross income\": 300}]}");
}

/* DMN 1.5: 10.3.2.13.2, 10.3.2.13.4 */
void test_feel_functions(void) {
    static const struct row rows[] = {
        {__LINE__, "(function(x, y) x - y)(5, 3)", "2"},
        {__LINE__, "(function(x, y) x - y)(y: 5, x: 3)", "-2"},
        {__LINE__, "{f: function(n) if n <= 1 then 1 else n * f(n - 1), r: f(20)}.r",
         "2432902008176640000"},
        {__LINE__, "{k: 3, f: function(x) x * k, r: f(4)}.r", "12"},
        {__LINE__, "{add: function(a) function(b) a + b, r: add(1)(2)}.r", "3"},
        {__LINE__, "{add: function(a) function(b) a + b + base, r: add(1)(2)}.r", "103"},
        {__LINE__, "(function(x: string) x)(1)", "null"},
        {__LINE__, "(function(x) x)()", "null"},
        {__LINE__, "5(1)", "null"},
        {__LINE__, "sort([3, 1, 2], function(x, y) x < y)", "[1, 2, 3]"},
        {__LINE__, "sort(list: [3, 1, 2], precedes: function(x, y) x > y)", "[3, 2, 1]"},
        {__LINE__, "substring(string: \"hello\", start position: 2, length: 3)", "\"ell\""},
        {__LINE__, "substring(start position: 2, string: \"hello\")", "\"ello\""},
        {__LINE__, "abs(1, 2)", "null"},
        {__LINE__, "{f: abs, r: f(-3)}.r", "3"},
        {__LINE__, "{f: function(n) f(n + 1), r: f(1)}.r",
         "error: functions call each other deeper than 2000"},
        {__LINE__, "for i in 1..1000000000000 return i", "error: the work takes too many steps"},
    };
    check_rows(rows, COUNT_OF(rows), "{\"base\": 100}");
}

void test_feel_builtins_text(void) {
    static const struct row rows[] = {
        {__LINE__, "string length(\"\xe4\xb8\xad\xe6\x96\x87x\")", "3"},
        {__LINE__, "substring(\"foobar\", 3)", "\"obar\""},
        {__LINE__, "substring(\"foobar\", 7)", "null"},
        {__LINE__, "substring(\"foobar\", -7)", "null"},
        {__LINE__, "substring(\"foobar\", -2, 1)", "\"a\""},
        {__LINE__, "substring(\"foobar\", 0)", "null"},
        {__LINE__,
         "upper case(\"stra\xc3\x9f"
         "e\xc3\xa9\")",
         "\"STRASSE\xc3\x89\""},
        {__LINE__, "lower case(\"ABC\xd0\x96\")", "\"abc\xd0\xb6\""},
        {__LINE__, "substring before(\"foobar\", \"bar\")", "\"foo\""},
        {__LINE__, "substring after(\"foobar\", \"ob\")", "\"ar\""},
        {__LINE__, "contains(\"foobar\", \"of\")", "false"},
        {__LINE__, "starts with(\"foobar\", \"fo\")", "true"},
        {__LINE__, "ends with(\"foobar\", \"r\")", "true"},
        {__LINE__, "matches(\"foobar\", \"^fo*b\")", "true"},
        {__LINE__, "matches(\"FoOBar\", \"foobar\", \"i\")", "true"},
        {__LINE__, "for p in [\"a\", \"a\", \"b\", \"(\"] return matches(\"xa\", p)",
         "[true, true, false, null]"},
        {__LINE__, "for f in [\"\", \"i\"] return matches(\"A\", \"a\", f)", "[false, true]"},
        {__LINE__, "[matches(\"a\", \"(\"), matches(\"a\", \"a\", \"z\")]", "[null, null]"},
        {__LINE__, "replace(replace(\"ab\", \"a\", \"b\"), \"b\", \"c\")", "\"cc\""},
        {__LINE__, "lower case(\"\u039f\u0394\u039f\u03a3 \u03a3\")",
         "\"\xce\xbf\xce\xb4\xce\xbf\xcf\x82 \xcf\x83\""},
        {__LINE__, "upper case(\"\ufb01\")", "\"FI\""},
        {__LINE__, "[{item: 1}, {item: 2}, 2][item >= 2]", "[{item: 2}, 2]"},
        {__LINE__, "{item: 5, r: [1, 5][item = 5]}.r", "[5]"},
        {__LINE__, "date and time(2012, 12, 24, 10, 0, 0, @\"PT1H30M\")",
         "@\"2012-12-24T10:00:00+01:30\""},
        {__LINE__, "matches(\"abab\", \"(ab)\\1\")", "true"},
        {__LINE__, "matches(\"a\", \"[a-z-[aeiou]]\")", "false"},
        {__LINE__, "matches(\"a\", \"(\")", "null"},
        {__LINE__, "replace(\"abcd\", \"(ab)|(a)\", \"[1=$1][2=$2]\")", "\"[1=ab][2=]cd\""},
        {__LINE__, "replace(\"2026-01-31\", \"(\\d+)-(\\d+)-(\\d+)\", \"$3.$2.$1\")",
         "\"31.01.2026\""},
        {__LINE__, "replace(\"aaa\", \"a*?\", \"b\")", "null"},
        {__LINE__, "split(\"a;b;;c\", \";\")", "[\"a\", \"b\", \"\", \"c\"]"},
        {__LINE__, "split(\"John Doe\", \"\\s\")", "[\"John\", \"Doe\"]"},
        {__LINE__, "string join([\"a\", null, \"c\"], \", \")", "\"a, c\""},
        {__LINE__, "string(1.10)", "\"1.10\""},
        {__LINE__, "string({a: \"x\"})", "\"{a: \\\"x\\\"}\""},
        {__LINE__, "string(@\"2026-01-31\")", "\"2026-01-31\""},
        {__LINE__, "number(\"1 000,5\", \" \", \",\")", "1000.5"},
        {__LINE__, "number(\"1,000.5\", \",\", \".\")", "1000.5"},
        {__LINE__, "number(\"x\")", "null"},
        {__LINE__, "matches(\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\", \"^(a+)+$\")",
         "error: the work takes too many steps"},
    };
    check_rows(rows, COUNT_OF(rows), "{}");
}

void test_feel_builtins_lists(void) {
    static const struct row rows[] = {
        {__LINE__, "min(3, 1, 2)", "1"},
        {__LINE__, "max([3, 1, 2])", "3"},
        {__LINE__, "min([])", "null"},
        {__LINE__, "sum([1, 2.5])", "3.5"},
        {__LINE__, "mean([1, 2, 4, 5])", "3"},
        {__LINE__, "median([6, 1, 2, 3])", "2.5"},
        {__LINE__, "mode([6, 3, 9, 6, 6, 3, 3])", "[3, 6]"},
        {__LINE__, "product([2, 3, 4])", "24"},
        {__LINE__, "all([true, null, false])", "false"},
        {__LINE__, "any([false, null])", "null"},
        {__LINE__, "any([])", "false"},
        {__LINE__, "append([1], 2, 3)", "[1, 2, 3]"},
        {__LINE__, "concatenate([1], [2, 3])", "[1, 2, 3]"},
        {__LINE__, "insert before([1, 3], 2, 2)", "[1, 2, 3]"},
        {__LINE__, "remove([1, 2, 3], -1)", "[1, 2]"},
        {__LINE__, "reverse([1, 2, 3])", "[3, 2, 1]"},
        {__LINE__, "index of([1, 2, 3, 2], 2)", "[2, 4]"},
        {__LINE__, "union([1, 2], [2, 3])", "[1, 2, 3]"},
        {__LINE__, "distinct values([1, 2, 1.0, null, null])", "[1, 2, null]"},
        {__LINE__, "flatten([[1, [2]], 3])", "[1, 2, 3]"},
        {__LINE__, "sublist([1, 2, 3], -2, 1)", "[2]"},
        {__LINE__, "list contains([1, null], null)", "true"},
        {__LINE__, "list replace([2, 4, 7], 3, 6)", "[2, 4, 6]"},
        {__LINE__, "list replace([2, 4, 7], function(item, newItem) item < newItem, 5)",
         "[5, 5, 7]"},
        {__LINE__, "count([1, 2])", "2"},
        {__LINE__, "decimal(1/3, 2)", "0.33"},
        {__LINE__, "decimal(2.5, 0)", "2"},
        {__LINE__, "floor(-1.5)", "-2"},
        {__LINE__, "ceiling(1.13, 1)", "1.2"},
        {__LINE__, "round half up(5.5, 0)", "6"},
        {__LINE__, "modulo(-12, 5)", "3"},
        {__LINE__, "sqrt(16)", "4"},
        {__LINE__, "odd(5)", "true"},
        {__LINE__, "get value({a: {b: 1}}, [\"a\", \"b\"])", "1"},
        {__LINE__, "get entries({a: 1})", "[{key: \"a\", value: 1}]"},
        {__LINE__, "context([{key: \"a\", value: 1}])", "{a: 1}"},
        {__LINE__, "context put({a: {b: 1}}, [\"a\", \"b\"], 2)", "{a: {b: 2}}"},
        {__LINE__, "context merge([{a: 1}, {a: 2, b: 3}])", "{a: 2, b: 3}"},
    };
    check_rows(rows, COUNT_OF(rows), "{}");
}

void test_feel_builtins_time(void) {
    static const struct row rows[] = {
        {__LINE__, "date(\"2026-01-31\") + duration(\"P1M\")", "@\"2026-02-28\""},
        {__LINE__, "date(2026, 2, 30)", "null"},
        {__LINE__, "date(\"2026-03-01\") - date(\"2026-02-01\")", "@\"P28D\""},
        {__LINE__, "(date(\"2026-03-01\") - date(\"2026-02-01\")).days", "28"},
        {__LINE__, "date and time(\"2026-01-31T10:00:00Z\") + duration(\"PT1H\")",
         "@\"2026-01-31T11:00:00Z\""},
        {__LINE__, "time(10, 30, 0)", "@\"10:30:00\""},
        {__LINE__, "time(10, 30, 0, duration(\"PT8H\"))", "@\"10:30:00+08:00\""},
        {__LINE__, "time(\"10:00:00\") + duration(\"PT15H\")", "@\"01:00:00\""},
        {__LINE__, "date and time(date(\"2026-01-31\"), time(\"10:00:00\"))",
         "@\"2026-01-31T10:00:00\""},
        {__LINE__, "years and months duration(date(\"2011-12-22\"), date(\"2013-08-24\"))",
         "@\"P1Y8M\""},
        {__LINE__, "duration(\"P1Y\") * 1.5", "@\"P1Y6M\""},
        {__LINE__, "duration(\"PT1H\") / duration(\"PT30M\")", "2"},
        {__LINE__, "duration(\"PT1H\") / 2", "@\"PT30M\""},
        {__LINE__, "day of week(date(\"2026-11-21\"))", "\"Saturday\""},
        {__LINE__, "day of year(@\"2026-12-31\")", "365"},
        {__LINE__, "week of year(@\"2026-01-01\")", "1"},
        {__LINE__, "month of year(@\"2026-01-01\")", "\"January\""},
        {__LINE__, "today()", "@\"2026-11-21\""},
        {__LINE__, "now().hour", "10"},
        {__LINE__, "@\"2026-01-31\".weekday", "6"},
        {__LINE__, "@\"10:00:00+08:00\".time offset", "@\"PT8H\""},
        {__LINE__, "@\"P1Y2M\".months", "2"},
        {__LINE__, "@\"2026-01-31\" < @\"2026-02-01\"", "true"},
        {__LINE__, "@\"2026-01-31\" in [@\"2026-01-01\"..@\"2026-12-31\"]", "true"},
        {__LINE__, "is(@\"10:00:00Z\", @\"10:00:00+00:00\")", "true"},
        {__LINE__, "before([1..5), 5)", "true"},
        {__LINE__, "overlaps([1..5], [5..8])", "true"},
        {__LINE__, "during(3, [1..5])", "true"},
        {__LINE__, "coincides([1..5], [1..5])", "true"},
        {__LINE__, "meets([1..5], [5..8])", "true"},
        {__LINE__, "range(\"[1..10)\")", "[1..10)"},
        {__LINE__, "range(\"[1+1..10)\")", "null"},
        {__LINE__, "add working days(@\"2026-01-31\", 5, \"cn\")", "null"},
    };
    check_rows(rows, COUNT_OF(rows), "{}");
}

void test_feel_builtins_sorted(void) {
    for (int i = 1; i < BUILTINS; i++)
        CHECK(strcmp(builtins[i - 1].name, builtins[i].name) < 0);
    for (int i = 0; i < BUILTINS; i++)
        CHECK_INT(builtin_find(str_from(builtins[i].name)), i);
}
