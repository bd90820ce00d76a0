/* Memory and steps that run out, at every place where they can: compiling and evaluating end with
 * ERR_LIMIT until there is enough, and then with the value. */
#include "base/test.h"
#include "feel/feel.h"
#include "feel/known.h"
#include "feel/rows_test.h"
#include <stdio.h>
#include <stdlib.h>

struct text {
    int line;
    struct feel_parts parts;
};

/* False: the arena was too small. */
static bool compiles(int line, struct str text, size_t limit_bytes) {
    static const struct feel_name names[] = {{.name = STR_INIT("y z")}, {.name = STR_INIT("?")}};
    struct arena *a = arena_create("compile", limit_bytes);
    struct feel_options options = {.names = names, .name_count = 2, .open = true};
    struct feel_program *program;
    struct err err = {0};
    bool good = feel_compile(&program, a, text, &options, &err);
    CHECK_AT(line, good == (program != NULL));
    CHECK_INT_AT(line, err.code, good ? ERR_NONE : ERR_LIMIT);
    CHECK_STR_AT(line, str_from(err.text),
                 good ? STR("") : STR("an expression takes too much memory"));
    arena_destroy(a);
    return good;
}

void test_feel_memory_compile(void) {
    static const struct text texts[] = {
        {__LINE__, {"[1", ", #", 1500, "]"}},
        {__LINE__, {"[1", ", a#", 700, "]"}},
        {__LINE__, {"[1", ", x.a#", 700, "]"}},
        {__LINE__, {"{a: 1", ", a#: a", 700, "}"}},
        {__LINE__, {"{a: 1", ", b a#: a", 700, "}.b a7"}},
        {__LINE__, {"{a: {b: 1}", ", b-a#: a.b-a#.y z", 200, "}"}},
        {__LINE__, {"[1", ", function(a, b: number) a#", 200, "]"}},
        {__LINE__, {"function() [1", ", a#", 700, "]"}},
        {__LINE__, {"function() function() [y z", ", a#", 700, "]"}},
        {__LINE__, {"function(a", ", a#: number", 700, ") a"}},
        {__LINE__, {"[1", ", x instance of list<number>", 300, "]"}},
        {__LINE__, {"[1", ", 1 instance of context<a b: number>", 50, "]"}},
        {__LINE__, {"[1", ", {a: #}", 400, "]"}},
        {__LINE__, {"[1", ", x[a# = 1]", 300, "]"}},
        {__LINE__, {"x", "[y z > #]", 150, ""}},
        {__LINE__, {"1 in (1", ", #", 1500, ")"}},
        {__LINE__, {"[1", ", 1 in [1..#]", 500, "]"}},
        {__LINE__, {"for a in [1]", ", a# in a..#", 150, " return partial"}},
        {__LINE__, {"every a in [1]", ", a# in x", 150, " satisfies a > 1"}},
        {__LINE__, {"[1", ", if a then # else b", 400, "]"}},
        {__LINE__, {"1", " + (1 - #) * -x", 150, ""}},
        {__LINE__, {"true", " and x = # or false", 300, ""}},
        {__LINE__, {"[1", ", \"a\\n#\"", 700, "]"}},
        {__LINE__, {"[1", ", 1234567890123456789012345678901#", 200, "]"}},
        {__LINE__, {"[1", ", @\"2020-01-01T10:00:00\"", 300, "]"}},
        {__LINE__, {"[1", ", @\"bad\"", 300, "]"}},
        {__LINE__, {"[1", ", matches(\"a\", \"a{9000}\")", 3, "]"}},
        {__LINE__, {"[1", ", matches(\"a\", \"(a|b)*#\")", 100, "]"}},
        {__LINE__, {"[1", ", substring(start position: #, string: \"a\")", 100, "]"}},
        {__LINE__, {"[1", ", f(a: #, b: 1)", 300, "]"}},
        {__LINE__, {"[1", ", count", 300, "]"}},
        {__LINE__, {"[1", ", sum(1, a, b)", 300, "]"}},
        {__LINE__, {"[1", ", x between # and 2", 300, "]"}},
        {__LINE__, {"[1", ", < #", 500, "]"}},
        {__LINE__, {"[1", ", = #", 300, "]"}},
    };
    struct buf text;
    buf_init(&text, 1 << 20);
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        buf_reset(&text);
        feel_parts_print(&text, texts[i].parts);
        CHECK_AT(texts[i].line, compiles(texts[i].line, buf_view(&text), 16 << 20));
        size_t bytes = 8192, tries = 0;
        while (bytes < 16 << 20 && !compiles(texts[i].line, buf_view(&text), bytes)) {
            bytes += 509 + bytes / 64;
            tries++;
        }
        CHECK_AT(texts[i].line, tries > 10 && bytes < 16 << 20);
    }
    buf_done(&text);
}

/* Of compiling; SIZE_MAX: more than there are. */
static uint64_t steps_used(int line, struct str text, uint64_t steps) {
    struct arena *a = arena_create("compile", 64 << 20);
    struct budget budget = budget_of(steps, 0);
    struct feel_options options = {.open = true, .budget = &budget};
    struct feel_program *program;
    struct err err = {0};
    bool good = feel_compile(&program, a, text, &options, &err);
    CHECK_INT_AT(line, err.code, good ? ERR_NONE : ERR_LIMIT);
    CHECK_AT(line, good == (program != NULL));
    arena_destroy(a);
    return good ? steps - budget.left.steps : SIZE_MAX;
}

/* Steps that compiling takes: those of the tokens, of the nodes, of names that are looked up, and
 * of patterns that are made ready. */
void test_feel_memory_compile_steps(void) {
    static const struct {
        struct text text;
        uint64_t least, most;
    } rows[] = {
        {{__LINE__, {"1", "", 0, ""}}, 3, 10},
        {{__LINE__, {"[1", ", #", 100, "]"}}, 300, 400},
        {{__LINE__, {"matches(\"a\", \"a\")", "", 0, ""}}, 10, 100},
        {{__LINE__, {"matches(\"a\", \"a{4000}\")", "", 0, ""}}, 1000, 100000},
        {{__LINE__, {"split(\"a\", \"a{4000}\")", "", 0, ""}}, 1000, 100000},
        {{__LINE__, {"replace(\"a\", \"a{4000}\", \"b\", \"i\")", "", 0, ""}}, 1000, 100000},
        /* those of another kind only once they run */
        {{__LINE__, {"matches(\"a\", \"a{40\" + \"00}\")", "", 0, ""}}, 10, 100},
        {{__LINE__, {"contains(\"a\", \"a{4000}\")", "", 0, ""}}, 10, 100},
        /* names compared with others: of one bucket, or of what a function copied already */
        {{__LINE__, {"{a: 1", ", b#: a", 20000, "}"}}, 130000, 200000},
        {{__LINE__, {"{a: 1", ", b#: 1", 20000, "}"}}, 90000, 125000},
        {{__LINE__, {"function() [1", ", a#", 1000, "]"}}, 20000, 60000},
    };
    struct buf text;
    buf_init(&text, 1 << 20);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        buf_reset(&text);
        feel_parts_print(&text, rows[i].text.parts);
        uint64_t used = steps_used(rows[i].text.line, buf_view(&text), 10000000);
        CHECK_AT(rows[i].text.line, used >= rows[i].least && used <= rows[i].most);
        const uint64_t few[] = {0, 1, 2, used / 2, used - 2, used - 1};
        for (size_t k = 0; k < COUNT_OF(few); k++)
            CHECK_AT(rows[i].text.line,
                     steps_used(rows[i].text.line, buf_view(&text), few[k]) == SIZE_MAX);
        CHECK_AT(rows[i].text.line, steps_used(rows[i].text.line, buf_view(&text), used) == used);
    }
    buf_done(&text);
}

struct bench {
    struct arena *programs;
    struct feel_program *program;
    struct buf want;
};

/* False: not enough. */
static bool gives(int line, const struct bench *b, size_t limit_bytes, struct cost cost) {
    struct arena *a = arena_create("run", limit_bytes);
    struct feel_env env = {.now = feel_null()};
    struct budget budget = {.left = cost};
    struct feel_value v;
    struct err err = {0};
    struct buf out;
    buf_init(&out, 1 << 20);
    bool good = feel_eval(&v, b->program, &env, a, &budget, &err);
    feel_print(&out, v);
    CHECK_INT_AT(line, err.code, good ? ERR_NONE : ERR_LIMIT);
    CHECK_STR_AT(line, buf_view(&out), good ? buf_view(&b->want) : STR("null"));
    CHECK_AT(line, budget.left.steps <= cost.steps && budget.left.bytes <= cost.bytes);
    CHECK_AT(line, !good || cost.bytes - budget.left.bytes + 4096 >= arena_used_bytes(a));
    buf_done(&out);
    arena_destroy(a);
    return good;
}

static void walk(const struct text *text, struct bench *b) {
    static const struct cost enough = {1000000, 8 << 20};
    const size_t room = 16 << 20;
    struct feel_options options = {.open = true};
    struct err err = {0};
    struct buf made;
    buf_init(&made, 1 << 20);
    feel_parts_print(&made, text->parts);
    CHECK_OK_AT(text->line, feel_compile(&b->program, b->programs, buf_view(&made), &options, &err),
                &err);
    bool good = b->program == NULL;
    for (size_t steps = 0; steps < 5000 && !good; steps++)
        good = gives(text->line, b, room, (struct cost){steps, enough.bytes});
    CHECK_AT(text->line, good);
    good = false;
    for (size_t bytes = 0; bytes < 1 << 20 && !good; bytes += 8 + bytes / 256)
        good = gives(text->line, b, room, (struct cost){enough.steps, bytes});
    CHECK_AT(text->line, good);
    good = false;
    for (size_t bytes = 4096; bytes < 1 << 20 && !good; bytes += 8 + bytes / 256)
        good = gives(text->line, b, bytes, enough);
    CHECK_AT(text->line, good);
    buf_done(&made);
}

void test_feel_memory_evaluate(void) {
#define F "{f: function(n) if n = 0 then [] else concatenate([n], f(n - 1)), r: "
    static const struct {
        struct text text;
        const char *want;
    } rows[] = {
        {{__LINE__, {"1", "", 0, ""}}, "1"},
        {{__LINE__, {"\"a\" + \"b\"", "", 0, ""}}, "\"ab\""},
        {{__LINE__, {"\"\" + \"\"", "", 0, ""}}, "\"\""},
        {{__LINE__, {"@\"2020-01-01T10:00:00\" + @\"P1D\"", "", 0, ""}},
         "@\"2020-01-02T10:00:00\""},
        {{__LINE__, {"@\"10:00:00\" - @\"PT1H\"", "", 0, ""}}, "@\"09:00:00\""},
        {{__LINE__, {"9223372036854775807 + 1", "", 0, ""}}, "9223372036854775808"},
        {{__LINE__, {"[1..2]", "", 0, ""}}, "[1..2]"},
        {{__LINE__, {"{a: 1, b: {c: 2}}", "", 0, ""}}, "{a: 1, b: {c: 2}}"},
        {{__LINE__, {"[{a: 1}, {a: 2}].a", "", 0, ""}}, "[1, 2]"},
        {{__LINE__, {"1[item = 1]", "", 0, ""}}, "[1]"},
        {{__LINE__, {"[1, 2, 3][item > 1]", "", 0, ""}}, "[2, 3]"},
        {{__LINE__, {"sum(for i in 1..100 return i)", "", 0, ""}}, "5050"},
        {{__LINE__, {"count(for i in 1..20, j in 1..i return [i, j])", "", 0, ""}}, "210"},
        {{__LINE__, {"(function(x: list<number>) x)(1)", "", 0, ""}}, "[1]"},
        {{__LINE__, {"(function(x: date and time) x)(@\"2020-01-01\")", "", 0, ""}},
         "@\"2020-01-01T00:00:00Z\""},
        {{__LINE__, {"(function(x): list<number> x)(1)", "", 0, ""}}, "[1]"},
        {{__LINE__, {"(function(b, a) a - b)(a: 5, b: 3)", "", 0, ""}}, "2"},
        {{__LINE__, {F "count(f(40))}.r", "", 0, ""}}, "40"},
        {{__LINE__, {F "f(5)}.r", "", 0, ""}}, "[5, 4, 3, 2, 1]"},
        {{__LINE__, {"(function(a) [a", ", a + #", 1200, "])(1)[-1]"}}, "1200"},
        {{__LINE__,
          {"{f: function(n) if n = 0 then [0", ", #", 300, "] else f(n - 1), r: f(8)}.r[-1]"}},
         "299"},
        {{__LINE__, {"sort([3, 1, 2], function(a, b) a < b)", "", 0, ""}}, "[1, 2, 3]"},
        {{__LINE__, {"string([1, \"a\", @\"2020-01-01\"])", "", 0, ""}},
         "\"[1, \\\"a\\\", @\\\"2020-01-01\\\"]\""},
        {{__LINE__, {"replace(\"abc\", \"b\", \"x\")", "", 0, ""}}, "\"axc\""},
        {{__LINE__, {"some x in [[1, 2], [1, 3]] satisfies x = [1, 3]", "", 0, ""}}, "true"},
        {{__LINE__, {"{a: [[1, [2]]], b: [[1, [2]]], r: a = b}.r", "", 0, ""}}, "true"},
        {{__LINE__, {"[[1, [2]]] instance of list<list<Any>>", "", 0, ""}}, "true"},
        {{__LINE__, {"5 in ([1, 2, [3], 5])", "", 0, ""}}, "true"},
    };
#undef F
    struct bench b = {.programs = arena_create("programs", 64 << 20)};
    buf_init(&b.want, 1 << 10);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        buf_reset(&b.want);
        buf_add(&b.want, str_from(rows[i].want));
        walk(&rows[i].text, &b);
    }
    buf_done(&b.want);
    arena_destroy(b.programs);
}

/* What an evaluation takes: a step to begin, for a call, for each round of a loop and each item
 * that is looked at; and for eight instructions of what is called or repeated. What it does not use
 * of a portion it gives back. */
void test_feel_memory_steps(void) {
    static const struct {
        struct text text;
        uint64_t least, most;
    } rows[] = {
        {{__LINE__, {"1", "", 0, ""}}, 1, 1},
        {{__LINE__, {"1 + 2 * 3", "", 0, ""}}, 1, 1},
        {{__LINE__, {"for i in 1..1000 return i", "", 0, ""}}, 1000, 1010},
        {{__LINE__, {"some i in 1..1000 satisfies i < 0", "", 0, ""}}, 1000, 1010},
        {{__LINE__, {"for i in 1..1000 return i", " + i", 80, ""}}, 20000, 23000},
        {{__LINE__, {"(for i in 1..1000 return i)[item", " + item", 80, " > 0]"}}, 21000, 60000},
        {{__LINE__, {"{f: function(x) x, r: for i in 1..1000 return f(i)}.r", "", 0, ""}},
         2000,
         2600},
        {{__LINE__, {"{f: function(x) x", " + x", 80, ", r: for i in 1..1000 return f(i)}.r"}},
         21000,
         24000},
        {{__LINE__, {"(for i in 1..1000 return {a: i}).a", "", 0, ""}}, 2000, 2300},
        {{__LINE__, {"0 in ((for i in 1..1000 return i))", "", 0, ""}}, 2000, 4300},
        {{__LINE__, {"(for i in 1..1000 return i) = (for i in 1..1000 return i)", "", 0, ""}},
         3000,
         3100},
        {{__LINE__, {"(for i in 1..1000 return i) instance of list<number>", "", 0, ""}},
         2000,
         2100},
        /* an argument that stands far from its parameter */
        {{__LINE__, {"(function(z", ", a#", 800, ") z)(a799: 1, z: 2)"}}, 100, 120},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena *a = arena_create("steps", 16 << 20);
        struct budget budget = budget_of(1000000, 8 << 20);
        struct feel_options options = {.open = true};
        struct feel_env env = {0};
        struct feel_program *program;
        struct feel_value v;
        struct err err = {0};
        struct buf text;
        buf_init(&text, 1 << 16);
        feel_parts_print(&text, rows[i].text.parts);
        CHECK_OK_AT(rows[i].text.line,
                    feel_compile(&program, a, buf_view(&text), &options, &err) &&
                        feel_eval(&v, program, &env, a, &budget, &err),
                    &err);
        uint64_t used = 1000000 - budget.left.steps;
        CHECK_AT(rows[i].text.line, used >= rows[i].least && used <= rows[i].most);
        buf_done(&text);
        arena_destroy(a);
    }
}

/* Two long strings that are alike cost steps to compare: 256 bytes of them a step. */
void test_feel_memory_long_strings(void) {
    struct arena *a = arena_create("strings", 8 << 20);
    static const struct feel_name names[] = {{.name = STR_INIT("x")}, {.name = STR_INIT("y")}};
    static const char *const texts[] = {"x = y", "list contains([x], y)", "x in [y]",
                                        "distinct values([x, y])[1] = x"};
    struct feel_options options = {.names = names, .name_count = 2};
    char *one = arena_new(a, char, 1 << 20), *two = arena_new(a, char, 1 << 20);
    memset(one, 'a', 1 << 20);
    memset(two, 'a', 1 << 20);
    const struct feel_value vars[] = {feel_string((struct str){one, 1 << 20}),
                                      feel_string((struct str){two, 1 << 20})};
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        for (uint64_t steps = 4000; steps <= 16000; steps += 12000) {
            struct feel_program *program;
            struct err err = {0};
            struct budget budget = budget_of(steps, 1 << 20);
            struct feel_env env = {.vars = vars, .var_count = 2};
            struct feel_value v;
            CHECK_OK(feel_compile(&program, a, str_from(texts[i]), &options, &err), &err);
            bool good = feel_eval(&v, program, &env, a, &budget, &err);
            CHECK(good == (steps == 16000) && (!good || feel_is_true(v)));
            CHECK_INT(err.code, good ? ERR_NONE : ERR_LIMIT);
        }
    arena_destroy(a);
}

/* known.h: false when the arena is full, and what was added stays. */
void test_feel_memory_known(void) {
    struct arena *a = arena_create("known", 1 << 20), *names = arena_create("names", 4 << 20);
    struct feel_known known = {.arena = a};
    uint32_t node, count = 0;
    struct str name;
    do
        name = arena_printf(names, "a b%u", count);
    while (known_add(&node, &known, name, true) && count++ < 1000000);
    CHECK(count > 1000 && count < 1000000 && node == 0);
    for (uint32_t i = 0; i <= count; i++) {
        struct str text = arena_printf(names, "a  b%u+1", i);
        CHECK(known_match(&name, &known, text, 0, false) == (i < count ? text.len - 2 : 0));
    }
    arena_destroy(a);
    arena_destroy(names);
}
