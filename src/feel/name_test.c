/* Names of several words and with symbols: which of them a text means. The data, as FEEL, an
 * expression over it, and what it prints, or "refused". */
#include "feel/feel.h"

#include "base/test.h"
#include "feel/rows_test.h"

struct row {
    int line;
    const char *data, *text, *want;
};

static void check(const struct row *rows, size_t count) {
    for (size_t i = 0; i < count; i++)
        feel_row_check(__FILE__, (struct feel_row){.line = rows[i].line,
                                                   .data = rows[i].data,
                                                   .text = rows[i].text,
                                                   .want = rows[i].want});
}

/* Behind a dot. f gives its argument back, so that nothing tells its shape. */
void test_feel_names_of_members(void) {
#define F "(function(x) x)"
    static const struct row rows[] = {
        /* DMN 1.5: 10.3.1.4, 10.3.1.5 */
        {__LINE__, "{}", F "({monthly fee: 3}).monthly fee", "3"},
        {__LINE__, "{}", "{a b: 1}.a b + 1", "2"},
        {__LINE__, "{}", "{a b: 1}.a /* c */ b", "1"},
        {__LINE__, "{}", "{a b: 1}.a\n  b", "1"},
        {__LINE__, "{}", "[{a b: 1}, {a b: 2}].a b", "[1, 2]"},
        {__LINE__, "{}", F "({a b: {c d: 1}}).a b.c d", "1"},
        {__LINE__, "{}", F "({fee 2 pay: 4}).fee 2 pay", "4"},
        {__LINE__, "{}", F "({\"is not if\": 4}).is not if", "4"},
        {__LINE__, "{q: {p: {x y: 1}}}", "q.p.x y", "1"},
        {__LINE__, "{q: null}", "q.full name", "null"},
        {__LINE__, "{q: {a b: 1, c d: 5}}", "3 in [q.a b..q.c d]", "true"},
        {__LINE__, "{q: {a b: true}}", "if q.a b then 1 else 2", "1"},
        {__LINE__, "{q: {a b: [1]}}", "for i in q.a b return i", "[1]"},
        {__LINE__, "{q: {a b: 1}}", "some i in [1] satisfies i = q.a b", "true"},
        {__LINE__, "{q: {a b: 1}}", "q.a b between 1 and 2", "true"},
        {__LINE__, "{q: {a b: 1}}", "q.a b instance of number", "true"},
        {__LINE__, "{q: {a b: 1}}", "q.a b in (1, 2) or false", "true"},
        {__LINE__, "{}", "@\"10:00:00+01:00\".time offset", "@\"PT1H\""},
        {__LINE__, "{}", "[1..2].end included and true", "true"},
        {__LINE__, "{q: {a: 1}}", "q.a adn q.a", "refused"},
        {__LINE__, "{}", "{a: 1}.a a", "refused"},
        {__LINE__, "{}", "\"a\" b", "refused"},
        /* DMN 1.5: 10.3.1.6: what the shape tells goes before what is known elsewhere */
        {__LINE__, "{a: {b: 2}, x: {b-c: 9}, c: 1}", "a.b-c", "1"},
        {__LINE__, "{a: {b: 2}, x: {b-c: 9}, c: 1}", "a.b - c + x.b-c", "10"},
        {__LINE__, "{a: {b: 2, b-c: 7}, c: 1}", "a.b-c", "7"},
        {__LINE__, "{a: [{b: 2}], x: {b-c: 9}, c: 1}", "a[1].b - c", "1"},
        {__LINE__, "{c: 1}", "{a: {b: 2}, x: {b-c: 9}, r: a.b-c}.r", "1"},
        {__LINE__, "{c: 1}", "{x: {b-c: 9}, r: for i in [{b: 2}] return i.b-c}.r", "[1]"},
        {__LINE__, "{c: 1}", "{x: {b-c: 9}, r: (function(i: context<b: number>) i.b-c)({b: 2})}.r",
         "1"},
        {__LINE__, "{c: 1}", "{x: {b-c: 9}, r: (function() {b: 2})().b-c}.r", "1"},
        {__LINE__, "{a: {b: true}, x: {b and c: 9}, c: false}", "a.b and c", "false"},
        /* where nothing tells it, a symbol belongs to the name unless both sides are known */
        {__LINE__, "{}", F "({net - gross: 3}).net - gross", "3"},
        {__LINE__, "{gross: 1}", F "({net - gross: 3}).net - gross", "3"},
        {__LINE__, "{gross: 1}", "{x: {net - gross: 3}, r: " F "({net: 5}).net - gross}.r", "4"},
        {__LINE__, "{gross: 1}", F "({net: 5}).net - gross", "4"},
        {__LINE__, "{}", F "({client's age: 3}).client's age + 1", "4"},
        {__LINE__, "{}", F "({a/b: 3}).a/b", "3"},
        {__LINE__, "{}", F "({Profit and loss: 3}).Profit and loss", "3"},
        {__LINE__, "{loss: true}",
         "{x: {Profit and loss: 3}, r: " F "({Profit: false}).Profit and loss}.r", "false"},
        {__LINE__, "{}", F "({a.b c: 3}).a.b c", "3"},
    };
    check(rows, COUNT_OF(rows));
}

void test_feel_names_in_filters(void) {
    static const struct row rows[] = {
        /* DMN 1.5: 10.3.1.4, 10.3.2.5 */
        {__LINE__, "{}", F "([{a b: 1}, {a b: 2}])[a b > 1]", "[{\"a b\": 2}]"},
        {__LINE__, "{}", F "([{a b: 1, c d: 2}])[a b = 1 and c d = 2].c d", "[2]"},
        {__LINE__, "{}", F "([{a b: {c d: 1}}])[a b.c d = 1].a b.c d", "[1]"},
        {__LINE__, "{}", F "([\"abc\"])[string length(item) = 3]", "[\"abc\"]"},
        {__LINE__, "{l: [{net - x: 1}]}", "l[net - x = 1]", "[{\"net-x\": 1}]"},
        {__LINE__, "{}", F "([{net - x: 1}])[net - x = 1]", "[{\"net-x\": 1}]"},
        {__LINE__, "{l: [{net: 5}], x: 4, o: {net-x: 3}}", "l[net - x = 1]", "[{net: 5}]"},
        {__LINE__, "{l: [{p: {net: 5}}], x: 4, o: {net-x: 3}}", "l[p.net - x = 1].p.net", "[5]"},
        {__LINE__, "{l: [{p: {net: 5}}], x: 4, o: {net-x: 3}}", "l[item.p.net - x = 1].p.net",
         "[5]"},
        {__LINE__, "{l: [{b: 5}], c: 1, o: {b-c: 3}}", "l[b-c = 4]", "[{b: 5}]"},
        {__LINE__, "{l: [{y: true, z: true}], o: {y and z: 1}}", "l[y and z].y", "[true]"},
        {__LINE__, "{l: [{y: true}], o: {y then: 1}}", "l[if y then true else false].y", "[true]"},
        {__LINE__, "{l: [{y: 1}], o: {y + 1: 1}}", "l[y + 1 = 2].y", "[1]"},
        {__LINE__, "{l: [{y: 1}]}", "l[y adn y]", "refused"},
    };
    check(rows, COUNT_OF(rows));
#undef F
}

void test_feel_names_in_scope(void) {
    static const struct row rows[] = {
        /* DMN 1.5: 10.3.1.6, 10.3.2.13.4: a function sees its own name */
        {__LINE__, "{}", "{f g: function(n) if n = 0 then 0 else f g(n - 1), r: f g(3)}.r", "0"},
        {__LINE__, "{}", "{f-g: 1, f: 5, g: 2, r: f-g}.r", "1"},
        {__LINE__, "{}", "[{f-g: 1}.f-g, {f: 5, g: 2, r: f - g}.r]", "[1, 3]"},
        {__LINE__, "{f-g: 1}", "(function(f, g) f-g)(5, 2)", "1"},
        {__LINE__, "{what if?: 7}", "what if? + 1", "8"},
        {__LINE__, "{f: 5, g: 2}", "f g", "refused"},
        /* DMN 1.5: 10.3.1.6, 10.3.2.11.3: the built-in functions are in scope, all words of them */
        {__LINE__, "{}", "{f: upper case, r: f(\"a\")}.r", "\"A\""},
        {__LINE__, "{}", "(function(f) f(\"abc\"))(string length)", "3"},
        {__LINE__, "{}", "[upper case][1](\"a\")", "\"A\""},
        {__LINE__, "{}", "upper case instance of function<string>->string", "true"},
        {__LINE__, "{}", "{f: date and time, r: f(\"2020-01-01T00:00:00\")}.r",
         "@\"2020-01-01T00:00:00\""},
        {__LINE__, "{}", "{upper case: 1, r: upper case}.r", "1"},
        {__LINE__, "{upper case: 1}", "upper case + 1", "2"},
        {__LINE__, "{day: 3}", "day + 1", "4"},
        {__LINE__, "{}", "day of week(@\"2020-01-01\")", "\"Wednesday\""},
        {__LINE__, "{date: true, time: false}", "date and time", "false"},
        {__LINE__, "{date: true, time: 3}", "if date and time > 2 then 1 else 2", "1"},
        {__LINE__, "{years: true, months: true}", "years and months", "true"},
        {__LINE__, "{date: true}", "date and time(\"2020-01-01T10:00:00\").hour", "10"},
    };
    check(rows, COUNT_OF(rows));
}

/* A text of many names: {x0: 1, x1: x0 + 1, ...} and what is asked of it. */
static void check_many(int line, const char *begin, const char *entry, const char *end,
                       const char *want) {
    struct arena *a = arena_create("names", 64 << 20);
    struct budget budget = budget_of(1000000, 32 << 20);
    struct feel_env env = {0};
    struct err err = {0};
    struct feel_value v;
    struct buf text, out;
    buf_init(&text, 1 << 20);
    buf_init(&out, 1 << 20);
    buf_add(&text, str_from(begin));
    for (int i = 1; i <= 3000; i++) {
        struct str rest = str_from(entry), part;
        while (str_split(&part, &rest, '#')) {
            buf_add(&text, part);
            if (rest.len > 0)
                buf_printf(&text, "%d", rest.at[0] == '<' ? i - 1 : i);
            if (rest.len > 0 && rest.at[0] == '<')
                rest = str_sub(rest, 1, rest.len);
        }
    }
    buf_add(&text, str_from(end));
    if (feel_once(&v, buf_view(&text), feel_null(), env, a, &budget, &err))
        feel_print(&out, v);
    else
        buf_lit(&out, "refused");
    CHECK_STR_AT(line, buf_view(&out), str_from(want));
    buf_done(&text);
    buf_done(&out);
    arena_destroy(a);
}

void test_feel_names_many(void) {
    /* DMN 1.5: 10.3.2.6, 10.3.2.11.1: entries see those before; the inner of two hides the outer */
    check_many(__LINE__, "{x0: 1", ", x#: x#< + 1", "}.x3000", "3001");
    check_many(__LINE__, "{x0: 1", ", a x#: x0 + 1", "}.a x3000", "2");
    check_many(__LINE__, "{x0: 1", ", x#: {x0: 2, r: x0}.r", ", r: x0 + x3000}.r", "3");
    check_many(__LINE__, "{x0: 1", ", x#: [1][item = x0][1]", "}.x3000", "1");
    check_many(__LINE__, "{x0: 1", ", x#: 1", ", x17: 1}", "refused");
    check_many(__LINE__, "{x0: 1", ", x#: 1", ", x2999: 1}", "refused");
    check_many(__LINE__, "count([x0", ", x#", "])", "3001");
}

/* DMN 1.5: 10.3.2.5, 10.3.1.6 */
/* Items of a list need not be alike, and names hide each other from the inside out. */
void test_feel_names_shapes(void) {
    static const struct row rows[] = {
        {__LINE__, "{}", "[{a: 1}, {a b: 2}].a b", "[null, 2]"},
        {__LINE__, "{}",
         "{xs: [{first: 1}, {first: 2, first name: \"z\"}], r: xs[first name = \"z\"].first}.r",
         "[2]"},
        {__LINE__, "{}", "for x in [{k: 1}, {k l: 2}] return x.k l", "[null, 2]"},
        {__LINE__, "{}", "{xs: [{a: {k: 1}}, {a: {k l: 2}}], r: xs.a.k l}.r", "[null, 2]"},
        {__LINE__, "{}", "{p: {k: 1}, q: {k l: 2}, xs: [p, q], r: xs[2].k l}.r", "2"},
        {__LINE__, "{}", "{xs: [{a: 1}, {a-b: 2}], r: xs[a-b = 2]}.r", "[{\"a-b\": 2}]"},
        {__LINE__, "{xs: [{a: 1}, {a: 2, a b: 3}]}", "[xs.a b, count(xs[a b = 3])]",
         "[[null, 3], 1]"},
        {__LINE__, "{ys: [{n: 1}, {n: 2, gross-tax: 5}]}", "ys[gross-tax = 5].n", "[2]"},
        {__LINE__, "{}", "{xs: [{date: true, time: true}], r: xs[date and time].date}.r", "[true]"},
        {__LINE__, "{}",
         "{o: {k: 1}, xs: concatenate([{o: {k l: 2}}], []), r: xs[o.k l = 2].o.k l}.r", "[2]"},
        /* without blanks a name, with blanks an operator, where both have a sense */
        {__LINE__, "{}",
         "{tax: 2, us: concatenate([{net: 5, \"net-tax\": 4}], []), r: us[net-tax = 4].net}.r",
         "[5]"},
        {__LINE__, "{}",
         "{x: concatenate([{net: 4, fee: 2}], []), y: {net-fee: 1}, r: x[net - fee = 2].net}.r",
         "[4]"},
        {__LINE__, "{}", "{d: @\"2020-01-01\", z: {year-month: 5}, month: 1, r: d.year-month}.r",
         "2019"},
        /* a local that is gone leaves the one it hid as that is written */
        {__LINE__, "{}", "{a b: 1, x: {\"a  b\": 2, c: 3}, y: a b}.y", "1"},
        {__LINE__, "{}", "{a+b: 1, x: {\"a + b\": 2, c: 3}, y: a+b}.y", "1"},
    };
    check(rows, COUNT_OF(rows));
}
