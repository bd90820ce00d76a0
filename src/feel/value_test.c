/* Values outside of expressions: copies, JSON, printing, and the diagnoses about them. */
#include "base/test.h"
#include "feel/ast.h"
#include "feel/feel.h"
#include "feel/type.h"
#include "json/json.h"

static struct feel_value value_of(struct arena *a, const char *text) {
    struct budget budget = budget_of(1000000, 32 << 20);
    struct feel_env env = {0};
    struct err err = {0};
    struct feel_value v;
    CHECK_OK(feel_once(&v, str_from(text), feel_null(), env, a, &budget, &err), &err);
    return v;
}

/* text in text, so many times */
static struct feel_value nested(struct arena *a, bool contexts, int depth) {
    struct feel_value v = feel_int(1);
    for (int i = 0; i < depth; i++) {
        struct feel_entry *entry = arena_new(a, struct feel_entry, 1);
        *entry = (struct feel_entry){STR("a"), v};
        v = contexts ? feel_context_of(a, entry, 1) : feel_list(&entry->value, 1);
    }
    return v;
}

static void check_printed(int line, struct feel_value v, const char *want, bool plain) {
    struct buf out;
    buf_init(&out, 1 << 20);
    if (plain)
        feel_print_plain(&out, v);
    else
        feel_print(&out, v);
    CHECK_STR_AT(line, buf_view(&out), str_from(want));
    buf_done(&out);
}

/* A copy borrows nothing, and an arena that is too small for it is told before it is full. */
void test_feel_copy(void) {
    static const struct {
        int line;
        const char *text;
    } rows[] = {
        {__LINE__, "[null, true, 1, -1.50, \"\", \"text\"]"},
        {__LINE__, "[12345678901234567890123, -1e-400, 1.5e300]"},
        {__LINE__, "[@\"10:00:00.5\", @\"10:00:00+08:00\", @\"10:00:00@Asia/Shanghai\"]"},
        {__LINE__, "[@\"2020-01-01\", @\"2020-01-01T10:00:00Z\", @\"P1DT0.5S\", @\"P1Y2M\"]"},
        {__LINE__, "[[1..2), (\"a\"..\"b\"], (< 3), (>= @\"2020-01-01\"), (= 4), (!= \"x\")]"},
        {__LINE__, "{a: {b: [1, [2]], \"c d\": null}, e: {}}"},
        {__LINE__, "{a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7, h: 8, i: 9, j: \"x\"}"},
        {__LINE__, "[[], [[]], [{}]]"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena *from = arena_create("from", 4 << 20), *to = NULL, *again;
        (void)arena_new(from, char, 1 << 17);
        arena_reset(from); /* keeps it, and clears it again below */
        struct feel_value one = value_of(from, rows[i].text), copy, list[300];
        bool good = false;
        for (size_t k = 0; k < COUNT_OF(list); k++)
            list[k] = one;
        for (size_t bytes = 20000; bytes < 1 << 20 && !good; bytes += 1000) {
            struct err err = {0};
            to = arena_create("to", bytes);
            good = feel_copy(&copy, feel_list(list, COUNT_OF(list)), to, &err);
            CHECK_INT_AT(rows[i].line, err.code, good ? ERR_NONE : ERR_LIMIT);
            if (!good)
                arena_destroy(to);
        }
        CHECK_AT(rows[i].line, good && arena_used_bytes(from) < 1 << 17);
        arena_reset(from);
        if (!good)
            continue;
        CHECK_AT(rows[i].line, feel_count(copy) == COUNT_OF(list));
        again = arena_create("again", 1 << 20);
        one = value_of(again, rows[i].text);
        CHECK_AT(rows[i].line, feel_same(feel_item(copy, 0), one));
        CHECK_AT(rows[i].line, feel_same(feel_item(copy, COUNT_OF(list) - 1), one));
        arena_destroy(again);
        arena_destroy(from);
        arena_destroy(to);
    }
}

/* Values of one kind, and boxes alone: the list of them fits, they do not. */
void test_feel_copy_small(void) {
    static const struct {
        int line;
        const char *text;
    } rows[] = {
        {__LINE__, "for i in 1..1000 return @\"10:00:00\""},
        {__LINE__, "for i in 1..1000 return @\"2020-01-01T10:00:00\""},
        {__LINE__, "for i in 1..1000 return 12345678901234567890123 + i"},
        {__LINE__, "for i in 1..1000 return [1..i]"},
        {__LINE__,
         "context(for i in 1..500 return {key: string(i), value: \"a text, many times\"})"},
    };
    struct arena *from = arena_create("from", 16 << 20);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct feel_value v = value_of(from, rows[i].text), copy;
        bool good = false;
        CHECK_AT(rows[i].line, !feel_is_null(v));
        for (size_t bytes = 9000; bytes < 1 << 20 && !good; bytes += 700) {
            struct arena *to = arena_create("to", bytes);
            struct err err = {0};
            good = feel_copy(&copy, v, to, &err);
            CHECK_INT_AT(rows[i].line, err.code, good ? ERR_NONE : ERR_LIMIT);
            CHECK_AT(rows[i].line, !good || feel_same(v, copy));
            arena_destroy(to);
        }
        CHECK_AT(rows[i].line, good);
    }
    arena_destroy(from);
}

void test_feel_copy_refused(void) {
    static const char *const texts[] = {"abs", "[1, function(x) x]", "{a: {b: abs}}"};
    struct arena *a = arena_create("from", 1 << 20);
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct err err = {0};
        struct feel_value copy;
        CHECK(!feel_copy(&copy, value_of(a, texts[i]), a, &err));
        CHECK_INT(err.code, ERR_UNSUPPORTED);
    }
    arena_destroy(a);
}

/* FEEL_DEPTH_MAX: within it everything works, beyond nothing goes on for ever. */
void test_feel_values_deep(void) {
    struct arena *a = arena_create("deep", 4 << 20);
    for (int contexts = 0; contexts < 2; contexts++)
        for (int more = 0; more < 2; more++) {
            struct feel_value v = nested(a, contexts, FEEL_DEPTH_MAX - 1 + more), copy;
            struct feel_value w = nested(a, contexts, FEEL_DEPTH_MAX - 1 + more);
            struct err errs[3] = {0};
            struct buf out;
            buf_init(&out, 1 << 20);
            CHECK(feel_copy(&copy, v, a, &errs[0]) == !more);
            CHECK(feel_encode(&out, v, &errs[1]) == !more);
            CHECK(feel_to_json(&out, v, &errs[2]) == !more);
            for (size_t i = 0; i < COUNT_OF(errs); i++)
                CHECK_INT(errs[i].code, more ? ERR_LIMIT : ERR_NONE);
            CHECK(feel_within(v, 1000) == !more && feel_same(v, w) == !more);
            CHECK(!feel_within(v, FEEL_DEPTH_MAX - 1));
            CHECK(feel_is_null(feel_equal(v, w)) == more);
            buf_reset(&out);
            feel_print(&out, v);
            CHECK((str_find_byte(buf_view(&out), '.') != SIZE_MAX) == more);
            buf_done(&out);
        }
    arena_destroy(a);
}

/* string() gives strings plain, but not those inside of others. */
void test_feel_print(void) {
    static const struct {
        int line;
        const char *text, *want, *plain;
    } rows[] = {
        {__LINE__, "\"a\\n\\r\\t\\\"\\\\\\u0001\\u001f\\u007f\"",
         "\"a\\n\\r\\t\\\"\\\\\\u0001\\u001f\x7f\"", "a\n\r\t\"\\\x01\x1f\x7f"},
        {__LINE__, "[\"a\\n\"]", "[\"a\\n\"]", "[\"a\\n\"]"},
        {__LINE__, "{\"a b\": \"x\", \"1\": 1, \"\": 2, a_1: 3, \"a\\\"\": 4}",
         "{\"a b\": \"x\", \"1\": 1, \"\": 2, a_1: 3, \"a\\\"\": 4}",
         "{\"a b\": \"x\", \"1\": 1, \"\": 2, a_1: 3, \"a\\\"\": 4}"},
        {__LINE__, "@\"2020-01-01\"", "@\"2020-01-01\"", "2020-01-01"},
        {__LINE__, "[@\"P1D\"]", "[@\"P1D\"]", "[@\"P1D\"]"},
        {__LINE__, "(= \"a\")", "(= \"a\")", "(= \"a\")"},
        {__LINE__, "(!= 1)", "(!= 1)", "(!= 1)"},
        {__LINE__, "[(< 1), (<= 1), (> 1), (>= 1), [1..2], (1..2), (1..2], [1..2)]",
         "[(< 1), (<= 1), (> 1), (>= 1), [1..2], (1..2), (1..2], [1..2)]",
         "[(< 1), (<= 1), (> 1), (>= 1), [1..2], (1..2), (1..2], [1..2)]"},
        {__LINE__, "[abs, function(x) x]", "[function(...), function(...)]",
         "[function(...), function(...)]"},
        {__LINE__, "[null, true, false, [], {}]", "[null, true, false, [], {}]",
         "[null, true, false, [], {}]"},
    };
    struct arena *a = arena_create("print", 1 << 20);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct feel_value v = value_of(a, rows[i].text);
        check_printed(rows[i].line, v, rows[i].want, false);
        check_printed(rows[i].line, v, rows[i].plain, true);
    }
    arena_destroy(a);
}

void test_feel_json_values(void) {
    static const struct {
        int line;
        const char *text, *want;
    } rows[] = {
        {__LINE__, "[null, true, -1.50, \"a\\\"\\n\"]", "[null,true,-1.50,\"a\\\"\\n\"]"},
        {__LINE__, "{\"a b\": {}, c: []}", "{\"a b\":{},\"c\":[]}"},
        {__LINE__, "[@\"10:00:00Z\", @\"2020-01-01T10:00:00\", @\"PT1S\", @\"P1M\"]",
         "[\"10:00:00Z\",\"2020-01-01T10:00:00\",\"PT1S\",\"P1M\"]"},
        {__LINE__, "[(= \"a\"), (< @\"2020-01-01\"), abs]",
         "[\"(= \\\"a\\\")\",\"(< @\\\"2020-01-01\\\")\",\"function(...)\"]"},
    };
    struct arena *a = arena_create("json", 1 << 20);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct err err = {0};
        struct buf out;
        buf_init(&out, 1 << 10);
        CHECK_OK_AT(rows[i].line, feel_to_json(&out, value_of(a, rows[i].text), &err), &err);
        CHECK_STR_AT(rows[i].line, buf_view(&out), str_from(rows[i].want));
        buf_done(&out);
    }
    arena_destroy(a);
}

/* Equality for storage: exact, whatever the kinds. */
void test_feel_same(void) {
    static const struct {
        int line;
        const char *a, *b;
        bool same;
    } rows[] = {
        {__LINE__, "1", "1.0", true},
        {__LINE__, "1", "\"1\"", false},
        {__LINE__, "null", "null", true},
        {__LINE__, "null", "false", false},
        {__LINE__, "@\"10:00:00.1\"", "@\"10:00:00.2\"", false},
        {__LINE__, "@\"10:00:00.1\"", "@\"10:00:00.1\"", true},
        {__LINE__, "@\"2020-01-01T10:00:00.1\"", "@\"2020-01-01T10:00:00.2\"", false},
        {__LINE__, "@\"PT1.1S\"", "@\"PT1.2S\"", false},
        {__LINE__, "@\"PT1.1S\"", "@\"PT2.1S\"", false},
        {__LINE__, "@\"P1M\"", "@\"P2M\"", false},
        {__LINE__, "[1, \"a\"]", "[1, 2]", false},
        {__LINE__, "{a: 1, b: \"x\"}", "{b: \"x\", a: 1}", true},
        {__LINE__, "{a: 1}", "{a: \"1\"}", false},
        {__LINE__, "{a: 1}", "{b: 1}", false},
        {__LINE__, "[1..2]", "[1..2)", false},
        {__LINE__, "(< 1)", "(> 1)", false},
        {__LINE__, "(< 1)", "(< \"a\")", false},
        {__LINE__, "abs", "abs", true},
        {__LINE__, "abs", "floor", false},
    };
    struct arena *a = arena_create("same", 1 << 20);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct feel_value x = value_of(a, rows[i].a), y = value_of(a, rows[i].b);
        CHECK_AT(rows[i].line, feel_same(x, y) == rows[i].same);
        CHECK_AT(rows[i].line, feel_same(y, x) == rows[i].same);
    }
    arena_destroy(a);
}

/* The first FEEL_DIAGS_MAX are kept; a long one is cut. */
void test_feel_diags_many(void) {
    static const struct {
        int line;
        const char *text;
        size_t count;
    } rows[] = {
        {__LINE__, "1 + 1", 0},
        /* nothing is asked of an item that is not there */
        {__LINE__, "[][item + \"a\" = 1]", 0},
        {__LINE__, "[][a + \"a\" > 1 and true]", 0},
        {__LINE__, "for i in 1..99 return i + \"a\"", 99},
        {__LINE__, "for i in 1..100 return i + \"a\"", 100},
        {__LINE__, "for i in 1..101 return i + \"a\"", FEEL_DIAGS_MAX},
        {__LINE__, "for i in 1..1000 return i + \"a\"", FEEL_DIAGS_MAX},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena *a = arena_create("diags", 4 << 20);
        struct budget budget = budget_of(1000000, 2 << 20);
        struct feel_diags diags = {.arena = a};
        struct feel_env env = {.diags = &diags};
        struct err err = {0};
        struct feel_value v;
        CHECK_OK_AT(rows[i].line,
                    feel_once(&v, str_from(rows[i].text), feel_null(), env, a, &budget, &err),
                    &err);
        CHECK_INT_AT(rows[i].line, (int64_t)diags.count, (int64_t)rows[i].count);
        for (size_t k = 0; k < diags.count; k++)
            CHECK_STR_AT(rows[i].line, diags.items[k].text, STR("cannot add number and string"));
        arena_destroy(a);
    }
}

/* Where the first complaint about a text is: at the part that has no meaning. */
static const struct complaint {
    int line;
    const char *text;
    uint32_t column, len;
    const char *what;
} complaints[] = {
    {__LINE__, "if \"x\" then 1 else 2", 4, 3, "a condition is a boolean, not a string"},
    {__LINE__, "if (if true then 1 else 2) then 3 else 4", 4, 23,
     "a condition is a boolean, not a number"},
    {__LINE__, "[1, if 5 then 1 else 2]", 8, 1, "a condition is a boolean, not a number"},
    {__LINE__, "1 + 2 * \"a\"", 5, 7, "cannot multiply number and string"},
    {__LINE__, "1 - -\"a\"", 5, 4, "cannot negate a string"},
    {__LINE__, "[1, 2 / 0]", 5, 5, "a division by zero"},
    {__LINE__, "2 ** (1 ** true)", 6, 11, "cannot raise to a power number and boolean"},
    {__LINE__, "true and 1 < \"a\"", 10, 7, "cannot compare number and string"},
    {__LINE__, "[0, 1 between \"a\" and 2]", 5, 19, "cannot compare number and string"},
    {__LINE__, "[0, 1 in \"a\"]", 10, 3, "cannot compare number and string"},
    {__LINE__, "[0, 1 in [\"a\"..\"b\"]]", 10, 10, "cannot compare number and string"},
    {__LINE__, "[0, [1..\"a\"]]", 5, 8, "cannot make a range of number and string"},
    {__LINE__, "[0, [2..1]]", 5, 6, "a range begins behind its end"},
    {__LINE__, "[0, [1, 2][\"a\"]]", 5, 11, "a filter is a boolean or a position, not a string"},
    {__LINE__, "[0, [1, 2][3]]", 5, 9, "there is no item at that position of a list of 2"},
    {__LINE__, "[0, [1, 2][1.5]]", 5, 11, "a position in a list is a whole number"},
    {__LINE__, "[1, 2][item + \"a\" = 1]", 8, 10, "cannot add number and string"},
    {__LINE__, "[1, 2][a = 1]", 8, 1, "nothing is named 'a'"},
    {__LINE__, "(function() [1, 2][a = 1])()", 20, 1, "nothing is named 'a'"},
    {__LINE__, "[0, (function() (function() a)())()]", 29, 1, "nothing is named 'a'"},
    {__LINE__, "some i in null satisfies i", 6, 9, "cannot iterate over null"},
    {__LINE__, "[0, abs(\"x\")]", 5, 8, "argument 1 of abs() is a string"},
    {__LINE__, "[0, abs(m: 1)]", 5, 9, "abs() has no such parameters"},
    {__LINE__, "[0, abs(1, 2)]", 5, 9, "abs() does not take 2 arguments"},
    {__LINE__, "[0, 1(2)]", 5, 4, "a number is not a function"},
    {__LINE__, "[0, (function(a) a)(b: 1)]", 5, 21, "the function has no parameter 'b'"},
    {__LINE__, "[0, (function(a) a)(a: 1, a: 2)]", 5, 27, "the parameter 'a' is given twice"},
    {__LINE__, "[0, (function(a) a)()]", 5, 17, "the function takes 1 arguments, not 0"},
    {__LINE__, "[0, (function(a: number) a)(\"x\")]", 5, 28, "a string is not number"},
    {__LINE__, "[0, (function(a): list<number> a)(\"x\")]", 5, 29, "a string is not list<number>"},
    {__LINE__, "[0, (function() external 1)()]", 5, 25,
     "functions in another language are not run"},
    {__LINE__, "[0, {a: 1}.b]", 5, 8, "a context has no entry 'b'"},
    {__LINE__, "[0, 1 .b]", 5, 4, "a number has no 'b'"},
    {__LINE__, "[0, @\"x\"]", 5, 4, "neither a date, a time, a date and time nor a duration"},
    {__LINE__, "[0, 1e7000]", 5, 6, "a number beyond the range of FEEL"},
    {__LINE__, "[0, 1e6144 * 10]", 5, 11,
     "the calculation has no result within the numbers of FEEL"},
    {__LINE__, "[0, [1] instance of list]", 5, 20,
     "a type without its parameters, such as list for list<number>"},
    {__LINE__, "(function(x) x + \"a\")(1)", 14, 7, "cannot add number and string"},
    {__LINE__, "sort([1, 2], function(x, y) x + \"a\")", 29, 7, "cannot add number and string"},
};

void test_feel_diags_places(void) {
    for (size_t i = 0; i < COUNT_OF(complaints); i++) {
        struct arena *a = arena_create("places", 4 << 20);
        struct budget budget = budget_of(1000000, 2 << 20);
        struct feel_diags diags = {.arena = a};
        struct feel_env env = {.diags = &diags};
        struct err err = {0};
        struct feel_value v;
        CHECK_OK_AT(complaints[i].line,
                    feel_once(&v, str_from(complaints[i].text), feel_null(), env, a, &budget, &err),
                    &err);
        CHECK_AT(complaints[i].line, diags.count > 0);
        if (diags.count > 0) {
            CHECK_STR_AT(complaints[i].line, diags.items[0].text, str_from(complaints[i].what));
            CHECK_INT_AT(complaints[i].line, diags.items[0].at.column, complaints[i].column);
            CHECK_INT_AT(complaints[i].line, diags.items[0].offset, complaints[i].column - 1);
            CHECK_INT_AT(complaints[i].line, diags.items[0].len, complaints[i].len);
        }
        arena_destroy(a);
    }
}

/* Diagnoses that are full already do not hide the one that ends an evaluation. */
void test_feel_diags_full(void) {
    struct arena *a = arena_create("diags", 4 << 20);
    struct budget budget = budget_of(1000000, 2 << 20);
    struct feel_diags diags = {.arena = a};
    struct feel_env env = {.diags = &diags};
    struct err err = {0};
    struct feel_value v;
    CHECK_OK(
        feel_once(&v, STR("for i in 1..200 return i + \"a\""), feel_null(), env, a, &budget, &err),
        &err);
    env.stop = true;
    CHECK(!feel_once(&v, STR("1 / 0"), feel_null(), env, a, &budget, &err));
    CHECK_INT(err.code, ERR_INVALID);
    CHECK_STR(str_from(err.text), STR("a division by zero"));
    CHECK(diags.count == FEEL_DIAGS_MAX && feel_is_null(v));
    arena_destroy(a);
}

/* JSON as deep as values may be is read, and no deeper. */
void test_feel_json_deep(void) {
    for (int depth = FEEL_DEPTH_MAX - 2; depth <= FEEL_DEPTH_MAX + 1; depth++) {
        struct arena *a = arena_create("json", 4 << 20);
        struct budget budget = budget_of(100000, 2 << 20);
        const struct json *json;
        struct err err = {0};
        struct feel_value v;
        struct buf text;
        buf_init(&text, 1 << 12);
        for (int i = 1; i < depth; i++)
            buf_lit(&text, "[");
        buf_lit(&text, "1");
        for (int i = 1; i < depth; i++)
            buf_lit(&text, "]");
        bool good = json_read(&json, buf_view(&text), "t", a, &budget, &err) &&
                    feel_from_json(&v, json, a, &err);
        CHECK(good == (depth <= FEEL_DEPTH_MAX));
        CHECK_INT(err.code, good ? ERR_NONE : ERR_LIMIT);
        CHECK(!good || feel_within(v, (size_t)depth));
        buf_done(&text);
        arena_destroy(a);
    }
}

/* Names of types may be longer than the built-in ones they begin like. */
void test_feel_types_named(void) {
    static const struct {
        int line;
        const char *type, *want;
    } rows[] = {
        {__LINE__, "tLoan", "tLoan"},
        {__LINE__, "list<tLoan>", "list<tLoan>"},
        {__LINE__, "list<tLoan product>", "list<tLoan product>"},
        {__LINE__, "tLoan  product", "tLoan product"},
        {__LINE__, "date", "date"},
        {__LINE__, "date and time", "date and time"},
        {__LINE__, "date and time zone", "date and time zone"},
        {__LINE__, "context<a b: date and time zone>", "context<a b: date and time zone>"},
        {__LINE__, "m.tLoan", "m.tLoan"},
        {__LINE__, "m . t-x", "m.t-x"},
        {__LINE__, "function<m.t-x>->tLoan", "function<m.t-x> -> tLoan"},
        {__LINE__, "m.number", "error: there is no type 'm.number'"},
        {__LINE__, "tLoa", "error: there is no type 'tLoa'"},
        {__LINE__, "tLoan.x", "error: there is no type 'tLoan.x'"},
    };
    static const char *const names[] = {"tLoan", "tLoan product", "date and time zone", "m.tLoan",
                                        "m.t-x"};
    struct feel_type own[COUNT_OF(names)];
    struct feel_named_type types[COUNT_OF(names)];
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        own[i] = *feel_type_of_kind(FEEL_NUMBER);
        own[i].name = str_from(names[i]);
        types[i] = (struct feel_named_type){own[i].name, &own[i]};
    }
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena *a = arena_create("types", 1 << 20);
        struct feel_options options = {.types = types, .type_count = COUNT_OF(types)};
        const struct feel_type *type;
        struct err err = {0};
        struct buf out;
        buf_init(&out, 1 << 10);
        if (ast_parse_type(&type, a, str_from(rows[i].type), &options, &err))
            feel_type_print(&out, type);
        else
            buf_printf(&out, "error: %s", err.text);
        CHECK_INT_AT(rows[i].line, err.code, rows[i].want[0] == 'e' ? ERR_UNKNOWN : ERR_NONE);
        CHECK_STR_AT(rows[i].line, buf_view(&out), str_from(rows[i].want));
        buf_done(&out);
        arena_destroy(a);
    }
}

/* DMN 1.5: 10.3.1.4: one name however its blanks are written */
void test_feel_names_normal(void) {
    static const struct {
        int line;
        const char *name, *want;
    } rows[] = {
        {__LINE__, "a", "a"},
        {__LINE__, " a ", "a"},
        {__LINE__, "a  b", "a b"},
        {__LINE__, "a \t\n b", "a b"},
        {__LINE__,
         "a\xc2\xa0"
         "b",
         "a b"},
        {__LINE__, "a b\xc2\xa0", "a b"},
        {__LINE__,
         "\xe3\x80\x80"
         "a b",
         "a b"},
        {__LINE__, "a + b", "a+b"},
        {__LINE__, "a +b", "a+b"},
        {__LINE__, "a - - b", "a--b"},
        {__LINE__, "a -", "a-"},
        {__LINE__, "- a", "-a"},
        {__LINE__, "a/* c */b", "a b"},
        {__LINE__, "a b // c", "a b"},
        {__LINE__, "", ""},
        {__LINE__, "  ", ""},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena *a = arena_create("names", 1 << 16);
        CHECK_STR_AT(rows[i].line, ast_name_normal(a, str_from(rows[i].name)),
                     str_from(rows[i].want));
        arena_destroy(a);
    }
}

void test_feel_error_print(void) {
    static const struct {
        int line;
        uint32_t at_line, at_column;
        const char *source, *want;
    } rows[] = {
        {__LINE__, 1, 1, "ab", "t:1:1: what\nab\n^\n"},
        {__LINE__, 1, 2, "ab", "t:1:2: what\nab\n ^\n"},
        {__LINE__, 1, 3, "ab", "t:1:3: what\nab\n  ^\n"},
        {__LINE__, 1, 4, "ab", "t:1:4: what\n"},
        {__LINE__, 2, 2, "ab\ncd\nef", "t:2:2: what\ncd\n ^\n"},
        {__LINE__, 3, 1, "ab\ncd\nef", "t:3:1: what\nef\n^\n"},
        {__LINE__, 4, 1, "ab\ncd\nef", "t:4:1: what\n"},
        {__LINE__, 2, 1, "ab\n", "t:2:1: what\n"},
        {__LINE__, 1, 2, "\xc3\xa9x", "t:1:2: what\n\xc3\xa9x\n ^\n"},
        {__LINE__, 0, 0, "ab", "t: what\n"},
        {__LINE__, 1, 0, "ab", "t:1: what\n"},
        {__LINE__, 1, 1, "", "t:1:1: what\n"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct err_at at = {"t", rows[i].at_line, rows[i].at_column};
        struct buf out;
        buf_init(&out, 1 << 10);
        feel_error_print(&out, at, STR("what"), str_from(rows[i].source));
        CHECK_STR_AT(rows[i].line, buf_view(&out), str_from(rows[i].want));
        buf_done(&out);
    }
}

/* Types print as they are written; those without parameters as their word. */
void test_feel_types_print(void) {
    static const char *const names[] = {"boolean",
                                        "number",
                                        "string",
                                        "date",
                                        "time",
                                        "date and time",
                                        "days and time duration",
                                        "years and months duration",
                                        "list",
                                        "context",
                                        "range",
                                        "function",
                                        "Null",
                                        "Any"};
    struct arena *a = arena_create("types", 1 << 20);
    struct buf out;
    buf_init(&out, 1 << 10);
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        buf_reset(&out);
        const struct feel_type *type = feel_type_builtin(str_from(names[i]));
        CHECK(type != NULL);
        feel_type_print(&out, type);
        CHECK_STR(buf_view(&out), str_from(names[i]));
    }
    buf_reset(&out);
    feel_type_print(&out, feel_type_list(a, feel_type_builtin(STR("number"))));
    CHECK_STR(buf_view(&out), STR("list<number>"));
    struct feel_type own = {.tag = FEEL_TYPE_LIST, .name = STR("tOwn")};
    buf_reset(&out);
    feel_type_print(&out, feel_type_list(a, &own));
    CHECK_STR(buf_view(&out), STR("list<tOwn>"));
    const struct feel_type *deep = feel_type_builtin(STR("number"));
    for (int i = 0; i < 100; i++)
        deep = feel_type_list(a, deep);
    buf_reset(&out);
    feel_type_print(&out, deep);
    CHECK(str_starts(buf_view(&out), STR("list<list<")) &&
          str_starts(str_sub(buf_view(&out), 320, out.len), STR("...>>>")));
    CHECK(feel_type_builtin(STR("Number")) == NULL && feel_type_builtin(STR("null")) == NULL);
    buf_done(&out);
    arena_destroy(a);
}
