/* The limits of compiling and evaluating: what is just within them has a value, what is beyond ends
 * with ERR_LIMIT. */
#include "base/test.h"
#include "feel/ast.h"
#include "feel/feel.h"
#include "feel/rows_test.h"

/* A text and the value it prints, or the error's text. */
struct row {
    int line;
    struct feel_parts text;
    enum err_code code;
    const char *want;
};

static void check(const struct row *rows, size_t count) {
    struct buf text, out;
    buf_init(&text, 2 << 20);
    buf_init(&out, 1 << 20);
    for (size_t i = 0; i < count; i++) {
        struct arena *a = arena_create("limit", 512 << 20);
        struct budget budget = budget_of(20000000, 256 << 20);
        struct feel_env env = {0};
        struct feel_value v;
        struct err err = {0};
        buf_reset(&text);
        buf_reset(&out);
        feel_parts_print(&text, rows[i].text);
        if (feel_once(&v, buf_view(&text), feel_null(), env, a, &budget, &err))
            feel_print(&out, v);
        else
            buf_add(&out, str_from(err.text));
        CHECK_INT_AT(rows[i].line, err.code, rows[i].code);
        CHECK_STR_AT(rows[i].line, buf_view(&out), str_from(rows[i].want));
        arena_destroy(a);
    }
    buf_done(&text);
    buf_done(&out);
}

void test_feel_limits_names(void) {
    static const struct row rows[] = {
        /* each test takes a local, the context at their end one for its entry */
        {__LINE__, {"[", "1 in 1,", 59999, "{a: 7}.a][-1]"}, ERR_NONE, "7"},
        {__LINE__,
         {"[", "1 in 1,", 60000, "{a: 7}.a][-1]"},
         ERR_LIMIT,
         "an expression has too many variables"},
        {__LINE__,
         {"[", "1 in 1,", 60001, "7]"},
         ERR_LIMIT,
         "an expression has too many variables"},
        {__LINE__,
         {"[", "1 in 1,", 59997, "[7][item = 7]]"},
         ERR_LIMIT,
         "an expression has too many variables"},
        {__LINE__, {"[", "1 in 1,", 59996, "[7][item = 7]][-1]"}, ERR_NONE, "[7]"},
        {__LINE__,
         {"[", "1 in 1,", 59997, "for x in [7] return x]"},
         ERR_LIMIT,
         "an expression has too many variables"},
        {__LINE__, {"[", "1 in 1,", 59996, "for x in [7] return x][-1]"}, ERR_NONE, "[7]"},
        {__LINE__,
         {"[", "1 in 1,", 59997, "some x in [7] satisfies x = 7]"},
         ERR_LIMIT,
         "an expression has too many variables"},
        {__LINE__,
         {"[", "1 in 1,", 59996, "every x in [7] satisfies x = 7][-1]"},
         ERR_NONE,
         "true"},
        {__LINE__,
         {"[", "1 in 1,", 60000, "= 5]"},
         ERR_LIMIT,
         "an expression has too many variables"},
        {__LINE__, {"[", "1 in 1,", 59999, "= 5][-1]"}, ERR_NONE, "(= 5)"},
        /* a function's variables are its own, but names are counted together */
        {__LINE__, {"[", "1 in 1,", 59999, "(function(a, b) a + b)(3, 4)][-1]"}, ERR_NONE, "7"},
        {__LINE__,
         {"{", "a#:1,", 59995, "f: function(p, q, r) p, r: f(1, 2, 3)}.r"},
         ERR_NONE,
         "1"},
        {__LINE__,
         {"{", "a#:1,", 59997, "f: function(p, q, r) p}"},
         ERR_LIMIT,
         "an expression has too many names"},
        {__LINE__,
         {"{", "a#:1,", 59998, "f: function(p, q) p}"},
         ERR_LIMIT,
         "an expression has too many names"},
        {__LINE__, {"{", "a#:1,", 59999, "f: function() 1}.a59998"}, ERR_NONE, "1"},
        {__LINE__,
         {"function(", "a#,", 60000, "b) 1"},
         ERR_LIMIT,
         "an expression has too many variables"},
    };
    check(rows, COUNT_OF(rows));
}

void test_feel_limits_parts(void) {
    static const struct row rows[] = {
        {__LINE__, {"sum(", "1,", 59999, "1)"}, ERR_NONE, "60000"},
        {__LINE__, {"sum(", "1,", 60000, "1)"}, ERR_LIMIT, "a call has too many arguments"},
        {__LINE__, {"count([", "1,", 70000, "1])"}, ERR_NONE, "70001"},
        {__LINE__, {"for ", "a# in [1],", 199, "b in [2] return b + a198"}, ERR_NONE, "[3]"},
        {__LINE__,
         {"for ", "a# in [1],", 200, "b in [2] return b"},
         ERR_LIMIT,
         "an iteration has too many variables"},
        {__LINE__, {"some ", "a# in [1],", 199, "b in [2] satisfies b = 2"}, ERR_NONE, "true"},
        {__LINE__,
         {"some ", "a# in [1],", 200, "b in [2] satisfies b = 2"},
         ERR_LIMIT,
         "an iteration has too many variables"},
        {__LINE__,
         {"every ", "a# in [1],", 200, "b in [2] satisfies b = 2"},
         ERR_LIMIT,
         "an iteration has too many variables"},
        {__LINE__,
         {"{f: ", "function() ", 32, "7, r: f() instance of function<>->Any}.r"},
         ERR_NONE,
         "true"},
        {__LINE__, {"1 instance of context<a: number", ", a#: number", 63, ">"}, ERR_NONE, "false"},
        {__LINE__,
         {"1 instance of context<a: number", ", a#: number", 64, ">"},
         ERR_SYNTAX,
         "expected '>' after the types, found 'a63'"},
        {__LINE__, {"string join(", "a#: 1,", 15, "b: 1)"}, ERR_NONE, "null"},
        {__LINE__, {"string join(", "a#: 1,", 16, "b: 1)"}, ERR_NONE, "null"},
        {__LINE__, {"(function(f) f(", "a#: 1,", 15, "b: 1))(string join)"}, ERR_NONE, "null"},
        {__LINE__, {"(function(f) f(", "a#: 1,", 16, "b: 1))(string join)"}, ERR_NONE, "null"},
    };
    check(rows, COUNT_OF(rows));
}

/* doc/feel.md: a function that calls itself without end ends 2,000 calls deep. */
void test_feel_limits_calls(void) {
    static const struct row rows[] = {
        {__LINE__,
         {"{f: function(n) if n = 0 then 0 else f(n - 1), r: f(1999)}.r", "", 0, ""},
         ERR_NONE,
         "0"},
        {__LINE__,
         {"{f: function(n) if n = 0 then 0 else f(n - 1), r: f(2000)}.r", "", 0, ""},
         ERR_LIMIT,
         "functions call each other deeper than 2000"},
        {__LINE__,
         {"{f: function(n) if n = 0 then 0 else f(n - 1), r: for i in 1..30 return f(99)}.r", "", 0,
          "[-1]"},
         ERR_NONE,
         "0"},
        /* sort() calls back; each call is a machine in the machine */
        {__LINE__,
         {"{f: function(n) if n = 0 then 7 else sort([n, n], function(a, b) f(n - 1) < 0)[1], "
          "r: f(48)}.r",
          "", 0, ""},
         ERR_NONE,
         "48"},
        {__LINE__,
         {"{f: function(n) if n = 0 then 7 else sort([n, n], function(a, b) f(n - 1) < 0)[1], "
          "r: f(49)}.r",
          "", 0, ""},
         ERR_LIMIT,
         "functions and tables are nested deeper than 48"},
        {__LINE__,
         {"{f: function(n) if n = 0 then 7 else sort([n, n], function(a, b) f(n - 1) < 0)[1], "
          "r: [f(48), f(48), f(40)]}.r",
          "", 0, ""},
         ERR_NONE,
         "[48, 48, 40]"},
        {__LINE__,
         {"{f: function(n) f(n), r: sort([1, 2], function(a, b) f(a))}.r", "", 0, ""},
         ERR_LIMIT,
         "functions call each other deeper than 2000"},
        {__LINE__,
         {"for i in 1..1000000000000 return i", "", 0, ""},
         ERR_LIMIT,
         "an evaluation takes too much memory"},
        {__LINE__,
         {"some i in 1..1000000000000 satisfies i < 0", "", 0, ""},
         ERR_LIMIT,
         "the work takes too many steps"},
        /* what was called is forgotten when it returns, or is not entered */
        {__LINE__,
         {"count(sort(for i in 1..600 return -i, function(a, b) a < b))", "", 0, ""},
         ERR_NONE,
         "600"},
        {__LINE__,
         {"{f: function(x: number) {a: 1", ", a#: 1", 400,
          "}, r: count(for i in 1..40000 return f(\"x\"))}.r"},
         ERR_NONE,
         "40000"},
        {__LINE__,
         {"{f: function(x: number) {a: 1", ", a#: 1", 400,
          "}, r: sort(for i in 1..6000 return i, function(a, b) f(\"x\") = null and a > b)[1]}.r"},
         ERR_NONE,
         "6000"},
    };
    check(rows, COUNT_OF(rows));
}

/* Trees of boxed expressions may hold more filters in each other than a text may. */
void test_feel_limits_filters(void) {
    for (int depth = FEEL_NESTING_MAX; depth <= FEEL_NESTING_MAX + 1; depth++) {
        struct arena *a = arena_create("filters", 16 << 20);
        struct ast_source source = {STR("x"), {"t", 1, 1}};
        struct feel_options options = {.open = true};
        struct feel_program *program;
        struct err err = {0};
        struct ast *tree = ast_new(a, AST_NAME, &source);
        tree->name = STR("x");
        for (int i = 0; i < depth; i++) {
            struct ast *filter = ast_new(a, AST_FILTER, &source);
            filter->a = ast_new(a, AST_LIST, &source);
            filter->b = tree;
            CHECK_OK(ast_close(filter, &err), &err);
            tree = filter;
        }
        bool good = ast_compile(&program, a, tree, &options, &err);
        CHECK(good == (depth == FEEL_NESTING_MAX));
        CHECK_INT(err.code, good ? ERR_NONE : ERR_LIMIT);
        CHECK_STR(str_from(err.text), good ? STR("") : STR("too many filters in filters"));
        arena_destroy(a);
    }
}

void test_feel_limits_texts(void) {
    struct buf text;
    buf_init(&text, 2 << 20);
    for (size_t more = 0; more < 2; more++) {
        struct arena *a = arena_create("text", 64 << 20);
        struct feel_options options = {.at = {"t", 3, 4}};
        struct feel_program *program;
        struct err err = {0};
        buf_reset(&text);
        buf_lit(&text, "1");
        while (text.len < FEEL_SOURCE_BYTES_MAX + more)
            buf_lit(&text, " ");
        CHECK(feel_compile(&program, a, buf_view(&text), &options, &err) == (more == 0));
        CHECK_INT(err.code, more == 0 ? ERR_NONE : ERR_LIMIT);
        CHECK_INT(err.at.line, more == 0 ? 0 : 3);
        arena_destroy(a);
    }
    buf_done(&text);
}

/* FEEL_TEXT_BYTES_MAX: a longer string is null, and nothing so long is made. */
void test_feel_limits_strings(void) {
    static const struct {
        int line;
        const char *text;
        bool good;
    } rows[] = {
        {__LINE__, "string length(x + x)", true},
        {__LINE__, "x + x + \"a\"", false},
        {__LINE__, "\"a\" + x + x", false},
        {__LINE__, "string length(string join([x, x]))", true},
        {__LINE__, "string join([x, \"a\", x])", false},
        {__LINE__, "string([x, x])", false},
        {__LINE__, "replace(x, \"^a\", x + x)", false},
        {__LINE__, "string length(replace(x, \"^a\", x))", true},
    };
    static const struct feel_name names[] = {{.name = STR_INIT("x")}};
    enum { HALF = FEEL_TEXT_BYTES_MAX / 2 };
    struct arena *a = arena_create("strings", 16 << 20);
    char *text = arena_new(a, char, HALF);
    memset(text, 'a', HALF);
    const struct feel_value x = feel_string((struct str){text, HALF});
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena *run = arena_create("run", 256 << 20);
        struct feel_options options = {.names = names, .name_count = 1};
        struct feel_diags diags = {.arena = a};
        struct feel_env env = {.vars = &x, .var_count = 1, .diags = &diags};
        struct budget budget = budget_of(100000000, 200 << 20);
        struct feel_program *program;
        struct feel_value v = feel_null();
        struct err err = {0};
        CHECK_OK_AT(rows[i].line,
                    feel_compile(&program, a, str_from(rows[i].text), &options, &err) &&
                        feel_eval(&v, program, &env, run, &budget, &err),
                    &err);
        CHECK_AT(rows[i].line, feel_is_null(v) == !rows[i].good);
        CHECK_INT_AT(rows[i].line, (int64_t)diags.count, rows[i].good ? 0 : 1);
        if (diags.count > 0)
            CHECK_STR_AT(rows[i].line, diags.items[0].text,
                         STR("a string is longer than 16777216 bytes"));
        arena_destroy(run);
    }
    arena_destroy(a);
}
