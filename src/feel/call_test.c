/* Calls of functions that are values, what they capture, and what their types are. An expression
 * and the value it prints. Clause tags: DMN 1.5. */
#include "base/test.h"
#include "feel/ast.h"
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

void test_feel_calls_by_name(void) {
    static const struct row rows[] = {
        /* DMN 1.5: 10.3.2.13.5; doc/feel.md: one that is not given is null, of one's own too */
        {__LINE__, "(function(a, b) [a, b])(b: 1, a: 2)", "[2, 1]"},
        {__LINE__, "(function(a, b) [a, b])(b: 1)", "[null, 1]"},
        {__LINE__, "(function(a, b) [a, b])(a: 1)", "[1, null]"},
        {__LINE__, "(function(a, b) [a, b])(a: 1, a: 2)", "null"},
        {__LINE__, "(function(a, b) [a, b])(b: 1, a: 2, b: 3)", "null"},
        {__LINE__, "(function(a, b) [a, b])(a: 1, c: 2)", "null"},
        {__LINE__, "(function(a, b) [a, b])(a: 1, b: 2, c: 3)", "null"},
        {__LINE__, "(function() 1)(a: 1)", "null"},
        {__LINE__, "(function(a b, c-d) [a b, c-d])(c - d: 1, a  b: 2)", "[2, 1]"},
        {__LINE__, "(function(a: number, b) [a, b])(b: 1, a: \"x\")", "null"},
        {__LINE__, "(function(a: number, b) [a, b])(b: 1)", "[null, 1]"},
        {__LINE__, "(function(a: number) a)(a: [5])", "5"},
        {__LINE__, "{f: function(x) x, r: f(x: f(x: 3))}.r", "3"},
        {__LINE__, "1(a: 1)", "null"},
        {__LINE__, "null(1)", "null"},
        /* by place */
        {__LINE__, "(function(a, b) [a, b])(1)", "null"},
        {__LINE__, "(function(a, b) [a, b])(1, 2, 3)", "null"},
        {__LINE__, "(function() 1)(1)", "null"},
        {__LINE__, "(function(a: number) 1)(\"x\")", "null"},
        {__LINE__, "(function(a: number) 1)(null)", "1"},
        {__LINE__, "(function(a: list<number>) a)(1)", "[1]"},
        {__LINE__, "(function(a: list<number>) a)([\"x\"])", "null"},
        {__LINE__, "(function(a: date and time) a)(@\"2020-01-01\")", "@\"2020-01-01T00:00:00Z\""},
        {__LINE__, "(function(a: date) a)(@\"2020-01-01T00:00:00\")", "null"},
        {__LINE__, "(function(a: list<date and time>) a)(@\"2020-01-01\")", "null"},
        /* DMN 1.5: rule 55: the type of the result */
        {__LINE__, "(function(a): number a)(1)", "1"},
        {__LINE__, "(function(a): number a)(\"x\")", "null"},
        {__LINE__, "(function(a): number a)([1])", "1"},
        {__LINE__, "(function(a): list<number> a)(1)", "[1]"},
        {__LINE__, "(function(a): number a)(null)", "null"},
        {__LINE__, "(function(a): function<number>->Any a)(abs)(-1)", "1"},
        {__LINE__, "(function(a) external {java: 1})(1)", "null"},
        {__LINE__, "(function(a): number external {java: 1}) instance of function<Any>->number",
         "true"},
    };
    check(rows, COUNT_OF(rows));
}

/* The built-in functions, called by name through a value. */
void test_feel_calls_builtin_values(void) {
    static const struct row rows[] = {
        /* DMN 1.5: 10.3.2.11.3, 10.3.2.13.5 */
        {__LINE__, "(function(f) f(start position: 2, string: \"abc\"))(substring)", "\"bc\""},
        {__LINE__, "(function(f) f(string: \"abc\", start position: 2, length: 1))(substring)",
         "\"b\""},
        {__LINE__, "(function(f) f(length: 1, string: \"abc\", start position: 2))(substring)",
         "\"b\""},
        {__LINE__, "(function(f) f(string: \"abc\"))(substring)", "null"},
        {__LINE__, "(function(f) f(string: \"abc\", start: 2))(substring)", "null"},
        {__LINE__, "(function(f) f(string: \"abc\", string: \"abc\"))(substring)", "null"},
        {__LINE__, "(function(f) f(from: \"2020-01-01\"))(date)", "@\"2020-01-01\""},
        {__LINE__, "(function(f) f(day: 3, month: 2, year: 2020))(date)", "@\"2020-02-03\""},
        {__LINE__, "(function(f) f(day: 3, year: 2020))(date)", "null"},
        {__LINE__, "(function(f) f(hour: 3, minute: 2, second: 1))(time)", "@\"03:02:01\""},
        {__LINE__, "(function(f) f(list: [1, 2, 3]))(sum)", "6"},
        {__LINE__, "(function(f) f(list: 4))(sum)", "4"},
        {__LINE__, "(function(f) f(m: {a: 1}, key: \"a\"))(get value)", "1"},
        {__LINE__, "(function(f) f(context: {a: {b: 2}}, keys: [\"a\", \"b\"]))(get value)", "2"},
        {__LINE__, "(function(f) f(m: {a: 1}, key: [\"a\"]))(get value)", "1"},
        {__LINE__,
         "(function(f) f(list: [1, 2], match: function(item, x) x = item, newItem: 3))"
         "(list replace)",
         "[1, 2]"},
        {__LINE__, "(function(f) f(list: [1, 2], newItem: 3, position: 2))(list replace)",
         "[1, 3]"},
        {__LINE__, "(function(f) f(list: [1, 2], newItem: 3, position: \"x\"))(list replace)",
         "null"},
        /* by place */
        {__LINE__, "(function(f) f(\"abc\", 2))(substring)", "\"bc\""},
        {__LINE__, "(function(f) f(\"abc\"))(substring)", "null"},
        {__LINE__, "(function(f) f(\"abc\", 1, 1, 1))(substring)", "null"},
        {__LINE__, "(function(f) f())(count)", "null"},
        {__LINE__, "(function(f) f(1, 2, 3, 4, 5, 6, 7, 8, 9, 10))(sum)", "55"},
    };
    check(rows, COUNT_OF(rows));
}

void test_feel_calls_captures(void) {
    static const struct row rows[] = {
        /* DMN 1.5: 10.3.2.8, 10.3.2.13.4: what a function sees, itself too */
        {__LINE__, "{f: function(n) (function(k) if k = 0 then 0 else f(k - 1) + 1)(n), r: f(3)}.r",
         "3"},
        {__LINE__,
         "{f: function(n) (function() (function(k) if k = 0 then 0 else f(k - 1) + 1)(n))(), "
         "r: f(3)}.r",
         "3"},
        {__LINE__, "{f: function(n) for i in [n] return if i = 0 then 0 else f(i - 1), r: f(2)}.r",
         "[[[0]]]"},
        {__LINE__, "{f: function(n) {g: function() f, r: g()}.r, r: f(1)(2) = f(3)}.r", "true"},
        {__LINE__, "{a: 1, f: function() a, g: {a: 2, r: f()}.r}.g", "1"},
        {__LINE__, "{a: 1, f: function(b) function(c) [a, b, c], r: f(2)(3)}.r", "[1, 2, 3]"},
        {__LINE__, "{a: 1, f: function(a) function() a, r: [f(2)(), f(3)()]}.r", "[2, 3]"},
        {__LINE__, "{a: 1, f: function(a) function(a) a, r: f(2)(3)}.r", "3"},
        {__LINE__, "{l: for i in 1..3 return function() i, r: [l[1](), l[2](), l[3]()]}.r",
         "[1, 2, 3]"},
        {__LINE__, "{l: [4, 5][(function() item)() > 4], r: l}.r", "[5]"},
        {__LINE__, "for i in [1, 2] return (function() (function() i)())()", "[1, 2]"},
        {__LINE__, "some i in [1, 2] satisfies (function() i)() = 2", "true"},
        {__LINE__, "2 in ((function() ? = 2)())", "true"},
        {__LINE__, "{f: function(n) n, g: function(n) f(n), f2: function(n) g(n), r: f2(4)}.r",
         "4"},
        /* DMN 1.5: 10.3.2.14: the list so far, as it was when the function was made */
        {__LINE__, "for i in 1..3 return (function() count(partial) + 1)()", "[1, 2, 3]"},
        {__LINE__, "for i in 1..2 return (function() (function() partial)())()", "[[], [[]]]"},
        {__LINE__,
         "{l: for i in 1..3 return function() partial, r: [count(l[1]()), count(l[3]())]}.r",
         "[0, 2]"},
        {__LINE__, "for i in 1..3 return [1, 2, 3][(function() item > count(partial))()]",
         "[[1, 2, 3], [2, 3], [3]]"},
        {__LINE__,
         "{f: function(n) for i in 1..n return (function() count(partial))(), r: [f(1), f(2)]}.r",
         "[[0], [0, 1]]"},
        {__LINE__,
         "for i in 1..2 return (function() for j in 1..2 return (function() "
         "count(partial))())()",
         "[[0, 1], [0, 1]]"},
        {__LINE__,
         "for i in [1, 2], j in (if i = 1 then null else [(function() partial)()]) "
         "return j",
         "null"},
        {__LINE__, "{f: f}.f", "null"},
        {__LINE__, "{f: function(f) f, r: f(1)}.r", "1"},
        {__LINE__, "{f: function() f() , r: 1}.r", "1"},
        {__LINE__, "{f: [function(n) if n = 0 then 0 else f[1](n - 1)], r: f[1](1)}.r", "null"},
    };
    check(rows, COUNT_OF(rows));
}

void test_feel_calls_types(void) {
    static const struct row rows[] = {
        /* DMN 1.5: 10.3.2.9.2, table 61 */
        {__LINE__, "(function(a) a) instance of function<Any>->Any", "true"},
        {__LINE__, "(function(a) a) instance of function<Any, Any>->Any", "false"},
        {__LINE__, "(function() 1) instance of function<Any>->Any", "false"},
        {__LINE__, "(function(a: number) a) instance of function<number>->Any", "true"},
        {__LINE__, "(function(a: number) a) instance of function<string>->Any", "false"},
        {__LINE__, "(function(a: number) a) instance of function<Any>->Any", "false"},
        {__LINE__, "(function(a) a) instance of function<number>->Any", "true"},
        {__LINE__, "(function(a): number a) instance of function<Any>->number", "true"},
        {__LINE__, "(function(a): number a) instance of function<Any>->Any", "true"},
        {__LINE__, "(function(a): number a) instance of function<Any>->string", "false"},
        {__LINE__, "(function(a: list<Any>) a) instance of function<list<number>>->Any", "true"},
        {__LINE__, "(function(a: list<number>) a) instance of function<list<Any>>->Any", "false"},
        {__LINE__, "(function(a: range<number>) a) instance of function<range<number>>->Any",
         "true"},
        {__LINE__, "(function(a: range<number>) a) instance of function<range<date>>->Any",
         "false"},
        {__LINE__,
         "(function(a: context<a: Any>) a) instance of "
         "function<context<a: number, b: Any>>->Any",
         "true"},
        {__LINE__, "(function(a: context<a: number>) a) instance of function<context<b: Any>>->Any",
         "false"},
        {__LINE__,
         "(function(f: function<number>->Any) f) instance of "
         "function<function<Any>->number>->Any",
         "true"},
        {__LINE__,
         "(function(f: function<Any>->Any) f) instance of "
         "function<function<number>->Any>->Any",
         "false"},
        {__LINE__,
         "(function(f: function<Any>->Any) f) instance of "
         "function<function<Any, Any>->Any>->Any",
         "false"},
        {__LINE__, "(function(f: function) f) instance of function<function<Any>->Any>->Any",
         "true"},
        {__LINE__, "(function(f: function<Any>->Any) f) instance of function<Null>->Any", "true"},
        {__LINE__, "(function(f: function) f(-1))(abs)", "1"},
        {__LINE__, "(function(f: function) f)(1)", "null"},
        {__LINE__, "(function(f: function<number>->Any) f(-1))(abs)", "1"},
        {__LINE__, "(function(f: function<string>->Any) f(-1))(abs)", "null"},
    };
    check(rows, COUNT_OF(rows));
}

void test_feel_calls_types_of_kinds(void) {
    static const struct row rows[] = {
        /* DMN 1.5: 10.3.2.9.2, table 61 */
        /* the built-in ones, by the kinds they take */
        {__LINE__, "abs instance of function<>->Any", "false"},
        {__LINE__, "abs instance of function<number, number>->Any", "false"},
        {__LINE__, "abs instance of function<range<number>>->Any", "false"},
        {__LINE__, "before instance of function<range<number>, number>->Any", "true"},
        {__LINE__, "before instance of function<list<number>, number>->Any", "false"},
        {__LINE__, "sum instance of function<number, number, number>->Any", "true"},
        {__LINE__, "substring instance of function<string, number>->Any", "true"},
        {__LINE__, "substring instance of function<string, number, number>->Any", "true"},
        {__LINE__, "substring instance of function<string>->Any", "false"},
        {__LINE__, "substring instance of function<string, number, number, Any>->Any", "false"},
        {__LINE__, "string instance of function<Any>->Any", "true"},
        /* what is no function, range, context or list */
        {__LINE__,
         "[1 instance of function<Any>->Any, 1 instance of range<number>, 1 instance of "
         "context<a: Any>, 1 instance of list<Any>]",
         "[false, false, false, false]"},
        {__LINE__,
         "[{a: 1} instance of context<a: number>, {a: null} instance of "
         "context<a: number>, {} instance of context<a: number>]",
         "[true, true, false]"},
        {__LINE__,
         "[[null] instance of list<number>, [1, \"a\"] instance of list<number>, [] "
         "instance of list<number>]",
         "[true, false, true]"},
        {__LINE__,
         "[[1..2] instance of range<Any>, (< 1) instance of range<number>, (> 1) "
         "instance of range<string>, [1..2] instance of range<range<number>>]",
         "[true, true, false, false]"},
        {__LINE__,
         "[null instance of Null, null instance of Any, null instance of number, null "
         "instance of list<Any>, 1 instance of Null, 1 instance of Any]",
         "[true, false, false, false, false, true]"},
        {__LINE__,
         "[@\"P1D\" instance of days and time duration, @\"P1M\" instance of days and "
         "time duration, @\"P1M\" instance of years and months duration]",
         "[true, false, true]"},
        {__LINE__,
         "[@\"2020-01-01T00:00:00\" instance of date and time, @\"2020-01-01\" instance "
         "of date and time, @\"2020-01-01\" instance of date]",
         "[true, false, true]"},
        {__LINE__,
         "[1 instance of dateTime, @\"P1D\" instance of dayTimeDuration, @\"P1M\" "
         "instance of yearMonthDuration]",
         "[false, true, true]"},
    };
    check(rows, COUNT_OF(rows));
}

/* Takes 1000 bytes and 500 steps, and gives its first argument back. */
static bool takes(struct feel_value *out, struct feel_call *call, struct err *err) {
    memset(arena_new(call->arena, char, 1000), 'a', 1000);
    *out = call->args[0];
    return budget_spend(call->budget, (struct cost){500, 0}, err);
}

/* feel.h: functions in C: other names for their parameters, their type, and what they take. */
void test_feel_calls_native(void) {
    static const struct str params[] = {STR_INIT("value"), STR_INIT("other")},
                            aliases[] = {STR_INIT("the value"), {NULL, 0}};
    static const struct {
        int line;
        const char *text, *want;
        int calls;
    } rows[] = {
        {__LINE__, "f(1, 2)", "1", 1},
        {__LINE__, "f(value: 1, other: 2)", "1", 1},
        {__LINE__, "f(other: 2, value: 1)", "1", 1},
        {__LINE__, "f(the value: 1, other: 2)", "1", 1},
        {__LINE__, "f(other: 2, the value: 1)", "1", 1},
        {__LINE__, "f(the value: 1)", "1", 1},
        {__LINE__, "f(the value: 1, value: 2)", "null", 0},
        {__LINE__, "f(the other: 1)", "null", 0},
        {__LINE__, "f(1)", "null", 0},
        {__LINE__, "f(1, 2, 3)", "null", 0},
        {__LINE__, "g(value: 1, other: 2)", "1", 1},
        {__LINE__, "g(the value: 1, other: 2)", "null", 0},
        {__LINE__, "for i in 1..3 return f(i, f(i, 1))", "[1, 2, 3]", 6},
        {__LINE__, "f instance of function<number, Any>->number", "true", 0},
        {__LINE__, "f instance of function<string, Any>->number", "false", 0},
        {__LINE__, "f instance of function<number>->number", "false", 0},
        {__LINE__, "f instance of function<number, Any>->string", "false", 0},
        {__LINE__, "g instance of function<string, Any>->string", "true", 0},
        {__LINE__, "g instance of function<string>->string", "false", 0},
        {__LINE__, "[f = f, f = g, f = abs]", "[true, false, false]", 0},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena *a = arena_create("native", 4 << 20);
        struct budget budget = budget_of(100000, 1 << 20);
        struct feel_options options = {0};
        struct err err = {0};
        const struct feel_type *type;
        struct feel_value v;
        struct buf out;
        buf_init(&out, 1 << 10);
        CHECK_OK(ast_parse_type(&type, a, STR("function<number, Any>->number"), &options, &err),
                 &err);
        struct feel_entry entries[] = {
            {STR("f"), feel_native_typed(a, takes, NULL, params, aliases, 2, type)},
            {STR("g"), feel_native(a, takes, NULL, params, 2)}};
        struct feel_value names = feel_context_of(a, entries, 2);
        CHECK_OK_AT(
            rows[i].line,
            feel_once(&v, str_from(rows[i].text), names, (struct feel_env){0}, a, &budget, &err),
            &err);
        feel_print(&out, v);
        CHECK_STR_AT(rows[i].line, buf_view(&out), str_from(rows[i].want));
        uint64_t steps = 100000 - budget.left.steps, bytes = (1 << 20) - budget.left.bytes;
        CHECK_INT_AT(rows[i].line, (int64_t)steps / 500, rows[i].calls);
        CHECK_AT(rows[i].line, bytes >= 1000 * (uint64_t)rows[i].calls);
        buf_done(&out);
        arena_destroy(a);
    }
}

/* feel.h: with shadow, the name of a built-in function that is not called is an input. */
void test_feel_calls_shadow(void) {
    static const struct {
        int line;
        const char *text, *want;
    } rows[] = {
        {__LINE__, "count > 3", "true"},
        {__LINE__, "count([1, 2])", "2"},
        {__LINE__, "[count([1, 2]), count, count + 1]", "[2, 5, 6]"},
        {__LINE__, "[count, count([1, 2]), count]", "[5, 2, 5]"}, /* in either order */
        {__LINE__, "[count, (function() count([count]))(), count(list: [1])]", "[5, 1, 1]"},
        {__LINE__, "{count: function(l) 7, r: [count, count([1, 2])]}.r[2]", "7"},
        {__LINE__, "(function() count)()", "5"},
        {__LINE__, "{count: 7, r: count}.r", "7"},
        {__LINE__, "date and time", "true"},
        {__LINE__, "date and time(\"2020-01-01T00:00:00\").year", "2020"},
        {__LINE__, "sort([2, 1], function(x, y) x < y)", "[1, 2]"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena *a = arena_create("shadow", 1 << 20);
        struct budget budget = budget_of(100000, 1 << 19);
        struct feel_options options = {.open = true, .shadow = true};
        struct feel_program *program;
        struct feel_value v = feel_null(), vars[4];
        struct err err = {0};
        struct buf out;
        buf_init(&out, 1 << 10);
        CHECK_OK_AT(rows[i].line, feel_compile(&program, a, str_from(rows[i].text), &options, &err),
                    &err);
        size_t count = program == NULL ? 0 : feel_input_count(program);
        for (size_t k = 0; k < count && k < COUNT_OF(vars); k++)
            vars[k] = str_eq(feel_input_name(program, k), STR("count")) ? feel_int(5)
                                                                        : feel_boolean(true);
        struct feel_env env = {.vars = vars, .var_count = count};
        CHECK_OK_AT(rows[i].line,
                    count <= COUNT_OF(vars) && feel_eval(&v, program, &env, a, &budget, &err),
                    &err);
        feel_print(&out, v);
        CHECK_STR_AT(rows[i].line, buf_view(&out), str_from(rows[i].want));
        buf_done(&out);
        arena_destroy(a);
    }
}
