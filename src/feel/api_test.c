/* Tests of the library around the language: values, bytes, JSON, diagnoses, budgets, functions in
 * C, calendars, unary tests. */
#include "base/test.h"
#include "cal/calendar.h"
#include "feel/ast.h"
#include "feel/feel.h"
#include "feel/letter.h"
#include "feel/regex.h"
#include "feel/type.h"
#include "num/num.h"
#include "json/json.h"

struct bench {
    struct arena *arena;
    struct budget budget;
    struct feel_diags diags;
    struct feel_env env;
    struct err err;
};

static void bench_init(struct bench *b) {
    *b = (struct bench){.arena = arena_create("test", 256 << 20),
                        .budget = budget_of(1000000, 64 << 20)};
    b->diags.arena = b->arena;
    b->env.diags = &b->diags;
}

static bool once(struct bench *b, const char *text, struct feel_value *out) {
    return feel_once(out, str_from(text), feel_context_of(b->arena, NULL, 0), b->env, b->arena,
                     &b->budget, &b->err);
}

/* The same value comes back from its bytes, and no part of the bytes is a value. */
void test_feel_bytes(void) {
    static const struct {
        int line;
        const char *text;
    } rows[] = {
        {__LINE__, "null"},
        {__LINE__, "[true, false]"},
        {__LINE__, "[0, -1, 1.10, 9223372036854775807, 12345678901234567890.5, 1e-400]"},
        {__LINE__, "\"caf\\u00e9\""},
        {__LINE__, "[@\"2026-01-31\", @\"-0044-03-15\"]"},
        {__LINE__, "[@\"10:00:00.5\", @\"10:00:00-03:30\", @\"10:00:00@Asia/Shanghai\"]"},
        {__LINE__, "@\"2026-01-31T23:59:59.999999999Z\""},
        {__LINE__, "[@\"P1DT0.5S\", -@\"PT1S\", @\"P1Y2M\"]"},
        {__LINE__, "{b: 1, a: {c: []}}"},
        {__LINE__, "[[1..5), (< 3), (>= @\"2026-01-31\"), (= 4), (!= 5)]"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct bench b;
        struct feel_value v, again;
        struct buf bytes;
        bench_init(&b);
        buf_init(&bytes, 1 << 16);
        CHECK_OK_AT(rows[i].line, once(&b, rows[i].text, &v), &b.err);
        CHECK_OK_AT(rows[i].line, feel_encode(&bytes, v, &b.err), &b.err);
        struct bytes_reader in = {buf_view(&bytes), false};
        CHECK_OK_AT(rows[i].line, feel_decode(&again, &in, b.arena, &b.err), &b.err);
        CHECK_AT(rows[i].line, feel_same(v, again) && in.in.len == 0);
        for (size_t len = 0; len < bytes.len; len++) {
            struct err err = {0};
            struct bytes_reader part = {{bytes.at, len}, false};
            CHECK_AT(rows[i].line,
                     !feel_decode(&again, &part, b.arena, &err) && err.code == ERR_CORRUPT);
        }
        buf_done(&bytes);
        arena_destroy(b.arena);
    }
}

void test_feel_bytes_refused(void) {
    struct bench b;
    struct feel_value v;
    struct buf bytes;
    bench_init(&b);
    buf_init(&bytes, 1 << 16);
    CHECK_OK(once(&b, "function(x) x", &v), &b.err);
    CHECK(!feel_encode(&bytes, v, &b.err) && b.err.code == ERR_UNSUPPORTED);
    buf_done(&bytes);
    arena_destroy(b.arena);
}

void test_feel_json(void) {
    static const struct {
        int line;
        const char *in, *out;
    } rows[] = {
        {__LINE__, "null", "null"},
        {__LINE__, "[true,1.10,-0.5,9007199254740993]", "[true,1.10,-0.5,9007199254740993]"},
        {__LINE__, "{\"a b\":\"x\\n\\\"\",\"c\":[]}", "{\"a b\":\"x\\n\\\"\",\"c\":[]}"},
        {__LINE__, "12345678901234567890123456789012345678",
         "12345678901234567890123456789012350000"}, /* 34 digits */
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct bench b;
        const struct json *json;
        struct feel_value v;
        struct buf text;
        bench_init(&b);
        buf_init(&text, 1 << 16);
        CHECK_OK_AT(rows[i].line,
                    json_read(&json, str_from(rows[i].in), "t", b.arena, &b.budget, &b.err),
                    &b.err);
        CHECK_OK_AT(rows[i].line, feel_from_json(&v, json, b.arena, &b.err), &b.err);
        CHECK_OK_AT(rows[i].line, feel_to_json(&text, v, &b.err), &b.err);
        CHECK_STR_AT(rows[i].line, buf_view(&text), str_from(rows[i].out));
        buf_done(&text);
        arena_destroy(b.arena);
    }
}

void test_feel_json_of_times(void) {
    struct bench b;
    struct feel_value v;
    struct buf text;
    bench_init(&b);
    buf_init(&text, 1 << 16);
    CHECK_OK(once(&b, "{d: @\"2026-01-31\", p: @\"P1Y\", r: [1..2]}", &v), &b.err);
    CHECK_OK(feel_to_json(&text, v, &b.err), &b.err);
    CHECK_STR(buf_view(&text), STR("{\"d\":\"2026-01-31\",\"p\":\"P1Y\",\"r\":\"[1..2]\"}"));
    buf_done(&text);
    arena_destroy(b.arena);
}

void test_feel_context_large(void) {
    struct arena *a = arena_create("test", 1 << 20);
    struct feel_entry entries[100];
    for (int i = 0; i < 100; i++)
        entries[i] = (struct feel_entry){arena_printf(a, "key %d", i % 50), feel_int(i)};
    struct feel_value c = feel_context_of(a, entries, COUNT_OF(entries));
    CHECK_INT((int64_t)feel_count(c), 50);
    for (int i = 0; i < 50; i++) {
        int64_t n = -1;
        CHECK(feel_to_i64(&n, feel_get(c, entries[i].name)) && n == i + 50); /* the later one */
    }
    CHECK(!feel_has(c, STR("key 50")) && feel_is_null(feel_get(c, STR("key 50"))));
    arena_destroy(a);
}

void test_feel_diags(void) {
    static const struct {
        int line;
        const char *text, *want;
    } rows[] = {
        {__LINE__, "1 + \"a\"",
         "expression:1:1: cannot add number and string\n1 + \"a\"\n^^^^^^^\n"},
        {__LINE__, "[1,\n  2 / 0]", "expression:2:3: a division by zero\n  2 / 0]\n  ^^^^^\n"},
        {__LINE__, "{\"\xe4\xb8\xad\": abs(\"x\")}",
         "expression:1:7: argument 1 of abs() is a string\n{\"\xe4\xb8\xad\": abs(\"x\")}\n      "
         "^^^^^^^^\n"},
        {__LINE__, "{a: 1}.b", "expression:1:1: a context has no entry 'b'\n{a: 1}.b\n^^^^^^^^\n"},
        {__LINE__, "nobody", "expression:1:1: nothing is named 'nobody'\nnobody\n^^^^^^\n"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct bench b;
        struct feel_value v;
        struct buf text;
        bench_init(&b);
        buf_init(&text, 1 << 16);
        CHECK_OK_AT(rows[i].line, once(&b, rows[i].text, &v), &b.err);
        CHECK_INT_AT(rows[i].line, (int64_t)b.diags.count, 1);
        if (b.diags.count > 0)
            feel_diag_print(&text, &b.diags.items[0]);
        CHECK_STR_AT(rows[i].line, buf_view(&text), str_from(rows[i].want));
        b.env.stop = true;
        CHECK_AT(rows[i].line, !once(&b, rows[i].text, &v) && b.err.code == ERR_INVALID);
        buf_done(&text);
        arena_destroy(b.arena);
    }
}

/* Every budget that is too small ends with ERR_LIMIT and null; the first that is not gives the
 * value. */
void test_feel_budgets(void) {
    static const char text[] =
        "{s: sum(for i in 1..20 return i * i), t: string join([\"a\", \"b\"]), u: sort([2, 1]), "
        "f: function(x) x + 1, g: f(f(1)), m: replace(\"abc\", \"b\", \"x\")}.s";
    struct bench b;
    struct feel_value v;
    bool ended = false;
    bench_init(&b);
    for (uint64_t steps = 0; steps < 2000 && !ended; steps++) {
        struct arena_mark mark = arena_mark(b.arena);
        err_reset(&b.err);
        b.budget = budget_of(steps, 64 << 20);
        ended = once(&b, text, &v);
        CHECK(ended || (b.err.code == ERR_LIMIT && feel_is_null(v)));
        arena_rewind(b.arena, mark);
    }
    CHECK(ended);
    ended = false;
    for (uint64_t bytes = 0; bytes < (1 << 20) && !ended; bytes += 4001) {
        struct arena_mark mark = arena_mark(b.arena);
        err_reset(&b.err);
        b.budget = budget_of(1000000, bytes);
        ended = once(&b, text, &v);
        CHECK(ended || (b.err.code == ERR_LIMIT && feel_is_null(v)));
        arena_rewind(b.arena, mark);
    }
    CHECK(ended);
    arena_destroy(b.arena);
}

/* Compiling asks the same budget, and may be cancelled; without one it asks nobody. */
void test_feel_compile_budget(void) {
    static const struct {
        int line;
        uint64_t steps;
        bool cancelled, want;
    } rows[] = {
        {__LINE__, 0, false, false},    {__LINE__, 2000, false, false}, /* the tokens */
        {__LINE__, 5000, false, false},                                 /* and the nodes */
        {__LINE__, 20000, false, true}, {__LINE__, 20000, true, false},
    };
    struct arena *a = arena_create("test", 16 << 20);
    struct buf text;
    buf_init(&text, 1 << 16);
    buf_lit(&text, "[1");
    for (int i = 0; i < 2000; i++)
        buf_lit(&text, ", 1");
    buf_lit(&text, "]");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct err err = {0};
        struct feel_program *program;
        struct budget budget = budget_of(rows[i].steps, 1 << 20);
        const _Atomic bool cancel = rows[i].cancelled;
        struct feel_options options = {.budget = &budget};
        budget.cancel = &cancel;
        bool good = feel_compile(&program, a, buf_view(&text), &options, &err);
        CHECK_AT(rows[i].line, good == rows[i].want);
        CHECK_AT(rows[i].line, good || (err.code == ERR_LIMIT && program == NULL));
    }
    buf_done(&text);
    arena_destroy(a);
}

/* Parts that are shared make a small value a tree of 2^60 parts: each walk over it ends. */
void test_feel_shared_parts(void) {
    static const struct {
        int line;
        const char *text;
        enum err_code code;
    } rows[] = {
        {__LINE__, "d = e", ERR_LIMIT},
        {__LINE__, "d != e", ERR_LIMIT},
        {__LINE__, "d in [e]", ERR_LIMIT},
        {__LINE__, "list contains([d], e)", ERR_LIMIT},
        {__LINE__, "distinct values([d, e])", ERR_LIMIT},
        {__LINE__, "string(d)", ERR_LIMIT},
        {__LINE__, "is(d, e)", ERR_LIMIT},
        {__LINE__, "flatten(d)", ERR_LIMIT},
        {__LINE__,
         "d instance of list<list<list<list<list<list<list<list<list<list<list<list<"
         "list<list<list<list<list<list<list<list<list<list<list<list<list<list<list<"
         "list<Any>>>>>>>>>>>>>>>>>>>>>>>>>>>>",
         ERR_LIMIT},
        {__LINE__, "function(x: list<list<list<Any>>>) count(x)(d)", ERR_NONE},
    };
    struct bench b;
    struct buf text;
    bench_init(&b);
    buf_init(&text, 1 << 20);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct feel_value v, copy;
        struct arena_mark mark = arena_mark(b.arena);
        err_reset(&b.err);
        b.budget = budget_of(1000000, 64 << 20);
        buf_reset(&text);
        buf_lit(&text, "for x in [[[1], [1]]] return {");
        for (int k = 0; k < 2; k++)
            for (int n = 0; n < 60; n++)
                buf_printf(&text, n == 0 ? "%c0: x[%d], " : "%c%d: [%c%d, %c%d], ",
                           k == 0 ? 'a' : 'b', n == 0 ? k + 1 : n, k == 0 ? 'a' : 'b', n - 1,
                           k == 0 ? 'a' : 'b', n - 1);
        buf_printf(&text, "d: a59, e: b59, r: %s}", rows[i].text);
        bool good = once(&b, arena_cstr(b.arena, buf_view(&text)), &v);
        CHECK_INT_AT(rows[i].line, b.err.code, rows[i].code);
        CHECK_AT(rows[i].line, good == (rows[i].code == ERR_NONE));
        if (good) {
            struct feel_value d = feel_get(feel_item(v, 0), STR("d"));
            struct arena *small = arena_create("small", 1 << 20);
            buf_reset(&text);
            CHECK(!feel_within(d, 1000000));
            CHECK(!feel_same(d, feel_get(feel_item(v, 0), STR("e"))));
            CHECK(feel_is_null(feel_equal(d, feel_get(feel_item(v, 0), STR("e")))));
            feel_print(&text, d);
            CHECK(text.full);
            buf_reset(&text);
            CHECK(!feel_encode(&text, d, &b.err) && b.err.code == ERR_LIMIT);
            err_reset(&b.err);
            buf_reset(&text);
            CHECK(feel_to_json(&text, d, &b.err) && text.full);
            CHECK(!feel_copy(&copy, d, small, &b.err) && b.err.code == ERR_LIMIT);
            arena_destroy(small);
        }
        arena_rewind(b.arena, mark);
    }
    buf_done(&text);
    arena_destroy(b.arena);
}

/* An arena that is nearly full is a budget too: nothing aborts. */
void test_feel_small_arena(void) {
    struct arena *a = arena_create("small", 40000);
    struct feel_program *program;
    struct feel_options options = {.form = FEEL_EXPRESSION};
    struct err err = {0};
    CHECK_OK(feel_compile(&program, a, STR("for i in 1..100000 return i"), &options, &err), &err);
    struct budget budget = budget_of(1000000, 64 << 20);
    struct feel_env env = {.now = feel_null()};
    struct feel_value v;
    CHECK(!feel_eval(&v, program, &env, a, &budget, &err) && err.code == ERR_LIMIT);
    arena_destroy(a);
}

void test_feel_depth(void) {
    struct bench b;
    struct buf text;
    struct feel_value v;
    bench_init(&b);
    buf_init(&text, 1 << 20);
    for (int i = 0; i < 5000; i++)
        buf_lit(&text, "(");
    CHECK(!once(&b, arena_cstr(b.arena, buf_view(&text)), &v) && b.err.code == ERR_SYNTAX);
    err_reset(&b.err);
    buf_reset(&text);
    for (int i = 0; i < 5000; i++)
        buf_lit(&text, "1+");
    buf_lit(&text, "1");
    CHECK(!once(&b, arena_cstr(b.arena, buf_view(&text)), &v) && b.err.code == ERR_LIMIT);
    buf_done(&text);
    arena_destroy(b.arena);
}

static bool twice(struct feel_value *out, struct feel_call *call, struct err *err) {
    int64_t n;
    (void)err;
    if (!feel_to_i64(&n, call->args[0]))
        call->why = STR("twice() takes a whole number");
    else
        *out = feel_int(2 * n + *(const int64_t *)call->self);
    return true;
}

void test_feel_native(void) {
    static const struct str params[] = {STR_INIT("n")};
    static const struct {
        int line;
        const char *text, *want;
    } rows[] = {
        {__LINE__, "twice(4)", "18"},
        {__LINE__, "twice(n: 4)", "18"},
        {__LINE__, "twice(m: 4)", "null"},
        {__LINE__, "twice()", "null"},
        {__LINE__, "twice(\"x\")", "null"},
        {__LINE__, "sort([1, 3, 2], function(a, b) twice(a) > twice(b))", "[3, 2, 1]"},
    };
    int64_t more = 10;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct bench b;
        struct feel_value v;
        struct buf text;
        bench_init(&b);
        buf_init(&text, 1 << 16);
        struct feel_entry entry = {STR("twice"), feel_native(b.arena, twice, &more, params, 1)};
        CHECK_OK_AT(rows[i].line,
                    feel_once(&v, str_from(rows[i].text), feel_context_of(b.arena, &entry, 1),
                              b.env, b.arena, &b.budget, &b.err),
                    &b.err);
        feel_print(&text, v);
        CHECK_STR_AT(rows[i].line, buf_view(&text), str_from(rows[i].want));
        buf_done(&text);
        arena_destroy(b.arena);
    }
}

/* A week of our own: Monday 2026-02-16 is off, Saturday 2026-02-14 is worked. */
void test_feel_legal_time(void) {
    static const char ics[] =
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:test\r\nNAME:test\r\n"
        "X-MANDATE-COVERS:20260101/20261231\r\n"
        "BEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\nSUMMARY:rest\r\n"
        "CATEGORIES:REST-DAY\r\nDTSTART;VALUE=DATE:20260103\r\n"
        "RRULE:FREQ=WEEKLY;BYDAY=SA,SU\r\nEND:VEVENT\r\n"
        "BEGIN:VEVENT\r\nUID:2\r\nDTSTAMP:20260101T000000Z\r\nSUMMARY:feast\r\n"
        "CATEGORIES:HOLIDAY\r\nDTSTART;VALUE=DATE:20260216\r\nDTEND;VALUE=DATE:20260217\r\n"
        "END:VEVENT\r\n"
        "BEGIN:VEVENT\r\nUID:3\r\nDTSTAMP:20260101T000000Z\r\nSUMMARY:made up\r\n"
        "CATEGORIES:WORKING-DAY\r\nDTSTART;VALUE=DATE:20260214\r\nDTEND;VALUE=DATE:20260215\r\n"
        "END:VEVENT\r\nEND:VCALENDAR\r\n";
    static const struct {
        int line;
        const char *text, *want;
    } rows[] = {
        {__LINE__, "is working day(@\"2026-02-14\", \"cn\")", "true"},
        {__LINE__, "is working day(@\"2026-02-16\", \"cn\")", "false"},
        {__LINE__, "add working days(@\"2026-02-13\", 2, \"cn\")", "@\"2026-02-17\""},
        {__LINE__, "working days between(@\"2026-02-13\", @\"2026-02-17\", \"cn\")", "2"},
        {__LINE__, "next working day(@\"2026-02-15\", \"cn\")", "@\"2026-02-17\""},
        {__LINE__, "last working day(@\"2026-02-16\", \"cn\")", "@\"2026-02-14\""},
        {__LINE__, "end of term(@\"2026-02-13\", 3, \"calendar_day\", \"cn\")", "@\"2026-02-17\""},
        {__LINE__, "end of term(@\"2026-01-31\", 1, \"month\", \"cn\")", "@\"2026-03-02\""},
        {__LINE__, "add working days(@\"2026-02-13\", 2, \"elsewhere\")", "null"},
        {__LINE__, "add working days(@\"2026-12-31\", 2, \"cn\")", "null"},
    };
    struct bench b;
    struct cal_calendar *calendar;
    bench_init(&b);
    CHECK_OK(cal_calendar_read(&calendar, str_from(ics), "test.ics", b.arena, &b.budget, &b.err),
             &b.err);
    struct feel_calendar known = {STR("cn"), calendar};
    b.env.calendars = &known;
    b.env.calendar_count = 1;
    for (size_t i = 0; i < COUNT_OF(rows) && b.err.code == ERR_NONE; i++) {
        struct feel_value v;
        struct buf text;
        buf_init(&text, 1 << 16);
        CHECK_OK_AT(rows[i].line, once(&b, rows[i].text, &v), &b.err);
        feel_print(&text, v);
        CHECK_STR_AT(rows[i].line, buf_view(&text), str_from(rows[i].want));
        buf_done(&text);
    }
    arena_destroy(b.arena);
}

/* DMN 1.5: rules 13-15 */
void test_feel_unary_tests(void) {
    static const struct {
        int line;
        const char *text, *subject, *want;
    } rows[] = {
        {__LINE__, "-", "null", "true"},
        {__LINE__, "5", "5", "true"},
        {__LINE__, "< 10, > 20", "15", "false"},
        {__LINE__, "[1..3], 7", "7", "true"},
        {__LINE__, "not(1, 2)", "3", "true"},
        {__LINE__, "not(1, 2)", "2", "false"},
        {__LINE__, "\"a\", \"b\"", "\"b\"", "true"},
        {__LINE__, "? * 2 > 10", "6", "true"},
        {__LINE__, "ends with(?, \"x\")", "\"ax\"", "true"},
        {__LINE__, "[\"a\", \"b\"]", "\"b\"", "true"},
        {__LINE__, "null", "null", "true"},
        {__LINE__, "date(\"2026-01-31\")", "@\"2026-01-31\"", "true"},
        {__LINE__, "true", "false", "false"},
        {__LINE__, "-1", "-1", "true"},
        {__LINE__, "< -1", "-2", "true"},
        {__LINE__, "!= 3", "4", "true"},
        /* a condition that is not known is not equal to a subject that is null */
        {__LINE__, "? < 5", "null", "null"},
        {__LINE__, "? = null", "null", "true"},
        {__LINE__, "not(? < 5)", "null", "null"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct bench b;
        struct feel_value subject, v;
        struct buf text;
        static const struct feel_name names[] = {{.name = STR_INIT("?")}};
        struct feel_options options = {.form = FEEL_UNARY_TESTS, .names = names, .name_count = 1};
        struct feel_program *program;
        bench_init(&b);
        buf_init(&text, 1 << 16);
        CHECK_OK_AT(rows[i].line, once(&b, rows[i].subject, &subject), &b.err);
        CHECK_OK_AT(rows[i].line,
                    feel_compile(&program, b.arena, str_from(rows[i].text), &options, &b.err),
                    &b.err);
        b.env.vars = &subject;
        b.env.var_count = 1;
        CHECK_OK_AT(rows[i].line, feel_eval(&v, program, &b.env, b.arena, &b.budget, &b.err),
                    &b.err);
        feel_print(&text, v);
        CHECK_STR_AT(rows[i].line, buf_view(&text), str_from(rows[i].want));
        buf_done(&text);
        arena_destroy(b.arena);
    }
}

void test_feel_unknown_names(void) {
    static const struct feel_name names[] = {{.name = STR_INIT("known")}};
    struct feel_options options = {.names = names, .name_count = 1, .at = {"form.yaml", 7, 3}};
    struct bench b;
    struct feel_program *program;
    bench_init(&b);
    CHECK(!feel_compile(&program, b.arena, STR("known + other"), &options, &b.err));
    CHECK(b.err.code == ERR_UNKNOWN && b.err.at.line == 7 && b.err.at.column == 11);
    CHECK(program == NULL);
    err_reset(&b.err);
    options.open = true;
    CHECK_OK(feel_compile(&program, b.arena, STR("known + other"), &options, &b.err), &b.err);
    CHECK_INT((int64_t)feel_input_count(program), 2);
    CHECK_STR(feel_input_name(program, 1), STR("other"));
    CHECK(feel_input_used(program, 0) && feel_input_used(program, 1));
    arena_destroy(b.arena);
}

/* With open, a name in a filter is a member of the item, or else an input. DMN 1.5: 10.3.2.5,
 * 10.3.2.11.2, 10.3.2.11.3 */
void test_feel_open_filters(void) {
    static const struct {
        int line;
        bool shadow;
        const char *text, *data, *want; /* the inputs, "?" behind those that filters alone have */
    } rows[] = {
        {__LINE__, false, "l[p > limit]", "{l: [{p: 3}, {p: 8}], limit: 5}",
         "[{p: 8}]; l p? limit?"},
        {__LINE__, false, "l[p > limit]", "{l: [{p: 3, limit: 1}, {p: 4}], limit: 5, p: 9}",
         "[{p: 3, limit: 1}]; l p? limit?"},
        {__LINE__, false, "l[p > limit]", "{l: [{p: 3}, {q: 8}], limit: 5, p: 9}",
         "[{q: 8}]; l p? limit?"},
        {__LINE__, false, "[limit, l[p > limit], p]", "{l: [{p: 3}, {p: 8}], limit: 5}",
         "[5, [{p: 8}], null]; limit l p"},
        {__LINE__, false, "[l[p > limit], limit]", "{l: [{p: 3}, {p: 8}], limit: 5}",
         "[[{p: 8}], 5]; l p? limit"},
        {__LINE__, false, "l[at]", "{l: [7, 8], at: 2}", "8; l at?"},
        {__LINE__, false, "l[m[q = r][1] = s]", "{l: [{m: [{q: 1}], s: {q: 1}}], r: 1}",
         "[{m: [{q: 1}], s: {q: 1}}]; l m? q? r? s?"},
        {__LINE__, false, "(function() l[p > limit])()", "{l: [{p: 3}, {p: 8}], limit: 5}",
         "[{p: 8}]; l p? limit?"},
        {__LINE__, false, "l[(function() p > limit)()]", "{l: [{p: 3}, {p: 8}], limit: 5}",
         "[{p: 8}]; l p? limit?"},
        {__LINE__, false, "for limit in [5] return l[p > limit]", "{l: [{p: 3}, {p: 8}], limit: 0}",
         "[[{p: 8}]]; l p?"},
        {__LINE__, false, "l[item > limit]", "{l: [3, 8], limit: 5}", "[8]; l limit?"},
        {__LINE__, false, "l[p = count]", "{l: [{p: 3}, {p: 8}], count: 3}", "[]; l p?"},
        {__LINE__, true, "l[p = count]", "{l: [{p: 3}, {p: 8}], count: 3}",
         "[{p: 3}]; l p? count?"},
        {__LINE__, true, "l[p = count([p])]", "{l: [{p: 1}, {p: 8}], count: 8}", "[{p: 1}]; l p?"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct bench b;
        struct feel_options options = {.open = true, .shadow = rows[i].shadow};
        struct feel_program *program;
        struct feel_value data, v;
        struct buf out;
        bench_init(&b);
        buf_init(&out, 1 << 10);
        CHECK_OK_AT(rows[i].line, once(&b, rows[i].data, &data), &b.err);
        CHECK_OK_AT(rows[i].line,
                    feel_compile(&program, b.arena, str_from(rows[i].text), &options, &b.err),
                    &b.err);
        b.env.vars = feel_vars(b.arena, program, data);
        b.env.var_count = feel_input_count(program);
        CHECK_OK_AT(rows[i].line, feel_eval(&v, program, &b.env, b.arena, &b.budget, &b.err),
                    &b.err);
        feel_print(&out, v);
        buf_add_byte(&out, ';');
        for (size_t k = 0; k < feel_input_count(program); k++)
            buf_printf(&out, " %.*s%s", STR_ARG(feel_input_name(program, k)),
                       feel_input_certain(program, k) ? "" : "?");
        CHECK_STR_AT(rows[i].line, buf_view(&out), str_from(rows[i].want));
        buf_done(&out);
        arena_destroy(b.arena);
    }
}

struct pattern_row {
    int line;
    const char *pattern, *flags, *input, *found; /* NULL: nothing; "!": not a pattern */
};

static void check_patterns(const struct pattern_row *rows, size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct bench b;
        struct regex *re;
        struct regex_match match;
        const char *why = NULL;
        bench_init(&b);
        struct str input = str_from(rows[i].input);
        bool good =
            regex_compile(&re, b.arena, str_from(rows[i].pattern), str_from(rows[i].flags), &why);
        bool want = rows[i].found == NULL || strcmp(rows[i].found, "!") != 0;
        CHECK_AT(rows[i].line, good == want && (why == NULL) == want);
        if (good && want) {
            bool found = regex_find(&match, re, input, 0, &b.budget, &b.err);
            CHECK_AT(rows[i].line, found == (rows[i].found != NULL) && b.err.code == ERR_NONE);
            if (found && rows[i].found != NULL)
                CHECK_STR_AT(rows[i].line,
                             str_sub(input, match.from[0], match.to[0] - match.from[0]),
                             str_from(rows[i].found));
        }
        arena_destroy(b.arena);
    }
}

/* The most that it takes is what regex_bytes_max() promises, whatever is nested in whatever. */
static void check_pattern_room(int line, struct str pattern) {
    static const char *const flags[] = {"", "x", "i"};
    for (size_t i = 0; i < COUNT_OF(flags); i++) {
        struct arena *a = arena_create("pattern", regex_bytes_max(pattern.len));
        struct regex *re;
        const char *why;
        (void)regex_compile(&re, a, pattern, str_from(flags[i]), &why);
        CHECK_AT(line, arena_used_bytes(a) <= regex_bytes_max(pattern.len));
        CHECK_AT(line, regex_steps(re) <= 1000000);
        arena_destroy(a);
    }
}

void test_feel_regex_room(void) {
    static const struct {
        int line;
        const char *from, *before, *behind; /* before and behind so many times around from */
        int times;
    } rows[] = {
        {__LINE__, "a{9000}", "(", "|b)", 60},     {__LINE__, "a{9000}", "(?:", "|b)", 99},
        {__LINE__, "a{9000}", "(?:", ")?", 99},    {__LINE__, "a{9000}", "(?:", ")*", 99},
        {__LINE__, "a{4000}", "(?:", ")+", 99},    {__LINE__, "a", "(?:", "){2}", 99},
        {__LINE__, "a{0,4000}", "(?:", "|b)?", 9}, {__LINE__, "a{9000}", "(?:", "){0}", 99},
        {__LINE__, "", "[\\C]", "", 5000},         {__LINE__, "", "[\\I]", "", 5000},
        {__LINE__, "", "[\\c\\I]", "", 5000},      {__LINE__, "", "[^a]", "", 5000},
        {__LINE__, "", "[a-[\\I]]", "", 5000},     {__LINE__, "", "\\p{L}", "", 9000},
        {__LINE__, "", "[\\P{IsGreek}]", "", 900}, {__LINE__, "", "(?:[\\C]){0}", "", 20000},
        {__LINE__, "", "(?:){9999}", "", 9000},    {__LINE__, "", "(?:a{9000}){0}", "", 9000},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buf text;
        buf_init(&text, 1 << 20);
        for (int k = 0; k < rows[i].times; k++)
            buf_add(&text, str_from(rows[i].before));
        buf_add(&text, str_from(rows[i].from));
        for (int k = 0; k < rows[i].times; k++)
            buf_add(&text, str_from(rows[i].behind));
        check_pattern_room(rows[i].line, buf_view(&text));
        buf_done(&text);
    }
    struct buf text;
    buf_init(&text, 1 << 20);
    buf_add_byte(&text, '[');
    for (int i = 0; i < 20000; i++)
        buf_add(&text, i % 3 == 0 ? STR("\\C") : STR("\\i\\S"));
    buf_add_byte(&text, ']');
    check_pattern_room(__LINE__, buf_view(&text));
    buf_cut(&text, 1);
    for (uint32_t i = 0; i < 10000; i++) { /* ranges that cannot be joined */
        uint32_t code = 0x4e00 + 2 * (i * 7919 % 10000);
        buf_add_byte(&text, (char)(0xe0 | code >> 12));
        buf_add_byte(&text, (char)(0x80 | (code >> 6 & 63)));
        buf_add_byte(&text, (char)(0x80 | (code & 63)));
    }
    buf_add_byte(&text, ']');
    check_pattern_room(__LINE__, buf_view(&text));
    buf_done(&text);
}

/* XPath and XQuery Functions 3.1: 5.6.1 */
void test_feel_regex(void) {
    static const struct pattern_row rows[] = {
        {__LINE__, "b+", "", "abbc", "bb"},
        {__LINE__, "b+?", "", "abbc", "b"},
        {__LINE__, "^b", "", "a\nb", NULL},
        {__LINE__, "^b", "m", "a\nb", "b"},
        {__LINE__, "a.c", "", "a\nc", NULL},
        {__LINE__, "a.c", "s", "a\nc", "a\nc"},
        {__LINE__, "a b", "x", "ab", "ab"},
        {__LINE__, "a.b", "q", "axb a.b", "a.b"},
        {__LINE__, "(a|ab)(c|bcd)(d*)", "", "abcd", "abcd"},
        {__LINE__, "(?:ab){2}", "", "ababab", "abab"},
        {__LINE__, "a{2,3}", "", "aaaa", "aaa"},
        {__LINE__, "a{0,2}b", "", "aaab", "aab"},
        {__LINE__, "a{0,2}?", "", "aa", ""},
        {__LINE__, "^(?:a|bc){0,2}?$", "", "bca", "bca"},
        {__LINE__, "^(?:a|(?:b|c+)?d){1,3}e", "", "adcccde", "adcccde"},
        {__LINE__, "^(?:(a|b)*c|d?){2,}$", "", "abcbacd", "abcbacd"},
        {__LINE__, "^(?:ab?|c{0}d){2,3}?x", "", "abdax", "abdax"},
        {__LINE__, "x{0}(?:a|b|cd){0}y", "", "aby", "y"},
        {__LINE__, "(a)(b)?\\2", "", "ac", "a"},
        {__LINE__, "([ab])\\1", "", "abb", "bb"},
        {__LINE__, "[^a-c]+", "", "abcxyz", "xyz"},
        {__LINE__, "[a-z-[b-y]]+", "", "bazb", "az"},
        {__LINE__, "\\d{4}", "", "in 2026", "2026"},
        {__LINE__, "\\p{Lu}", "", "abC", "C"},
        {__LINE__, "\\P{L}", "", "ab1", "1"},
        {__LINE__, "\\p{IsCJKUnifiedIdeographs}+", "", "a\xe4\xb8\xad\xe6\x96\x87",
         "\xe4\xb8\xad\xe6\x96\x87"},
        {__LINE__, "(a*)*", "", "b", ""},
        {__LINE__, "(a*)+b", "", "aab", "aab"},
        {__LINE__, "\\$\\^", "", "$^", "$^"},
        {__LINE__, "H\xc3\x89", "i", "h\xc3\xa9", "h\xc3\xa9"},
    };
    check_patterns(rows, COUNT_OF(rows));
}

/* Unicode's categories, blocks and cases, and what is no pattern. */
void test_feel_regex_unicode(void) {
    static const struct pattern_row rows[] = {
        {__LINE__, "\\p{Lt}", "", "DZ \xc7\x85", "\xc7\x85"},
        {__LINE__, "\\p{Sc}+", "", "12 \xe2\x82\xac\xc2\xa5", "\xe2\x82\xac\xc2\xa5"},
        {__LINE__, "\\p{Nl}", "", "IV\xe2\x85\xa3", "\xe2\x85\xa3"},
        {__LINE__, "\\p{Cn}", "", "a\xcd\xb8", "\xcd\xb8"},
        {__LINE__, "\\p{Co}", "", "a\xee\x80\x80", "\xee\x80\x80"},
        {__LINE__, "[\\P{L}]", "", "ab1", "1"},
        {__LINE__, "[^\\P{L}]", "", "12b", "b"},
        {__LINE__, "[\\p{L}-[\\p{Lu}a]]", "", "aAb", "b"},
        {__LINE__, "\\w+", "", "! \xd0\xb6\xe4\xb8\xad_", "\xd0\xb6\xe4\xb8\xad"},
        {__LINE__, "\\d", "", "a\xf0\x9e\xa5\x93", "\xf0\x9e\xa5\x93"},
        {__LINE__, "\\p{IsThai}", "", "a\xe0\xb8\x81", "\xe0\xb8\x81"},
        {__LINE__, "\\P{IsThai}", "", "\xe0\xb8\x81z", "z"},
        {__LINE__, "\\p{IsEmoticons}", "", "a\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"},
        {__LINE__, "\\p{IsNowhere}", "", "", "!"},
        {__LINE__, "\\p{X}", "", "", "!"},
        {__LINE__, "\\p{}", "", "", "!"},
        {__LINE__, "k", "i", "\xe2\x84\xaa", "\xe2\x84\xaa"}, /* the sign of kelvin */
        {__LINE__, "[k]", "i", "\xe2\x84\xaa", "\xe2\x84\xaa"},
        {__LINE__, "[^k]", "i", "K\xe2\x84\xaal", "l"},
        {__LINE__, "\xcf\x83+", "i", "\xce\xa3\xcf\x82", "\xce\xa3\xcf\x82"},
        {__LINE__, "\xf0\x90\x90\x80", "i", "\xf0\x90\x90\xa8", "\xf0\x90\x90\xa8"},
        {__LINE__, "(k)\\1", "i", "k\xe2\x84\xaa", "k\xe2\x84\xaa"},
        {__LINE__, "\\p{Lu}", "i", "aB", "B"}, /* categories do not look at cases */
        {__LINE__, "[a-z]+", "i", "12ABc", "ABc"},
        {__LINE__, "^b|^c", "", "abc", NULL},
        {__LINE__, "^", "m", "\n", ""},
        {__LINE__, "a$", "m", "a\nb", "a"},
        {__LINE__, "b\n$", "m", "b\n", NULL}, /* 5.6.2: it ends before its last line end */
        {__LINE__, "(", "", "", "!"},
        {__LINE__, ")", "", "", "!"},
        {__LINE__, "a**", "", "", "!"},
        {__LINE__, "[z-a]", "", "", "!"},
        {__LINE__, "\\1(a)", "", "", "!"},
        {__LINE__, "a", "z", "", "!"},
        {__LINE__, "a{3,2}", "", "", "!"},
        {__LINE__, "\\y", "", "", "!"},
        {__LINE__, "(((a{1000}){1000}){1000})", "", "", "!"},
    };
    check_patterns(rows, COUNT_OF(rows));
}

/* Unicode 14.0: 4.2, 4.5, 5.18 */
void test_feel_letters(void) {
    static const struct {
        int line;
        uint32_t code, lower, upper;
        enum letter_kind kind;
    } rows[] = {
        {__LINE__, 'a', 'a', 'A', LETTER_LL},
        {__LINE__, '0', '0', '0', LETTER_ND},
        {__LINE__, 0xe9, 0xe9, 0xc9, LETTER_LL},
        {__LINE__, 0x130, 'i', 0x130, LETTER_LU},
        {__LINE__, 0x131, 0x131, 'I', LETTER_LL},
        {__LINE__, 0x1c5, 0x1c6, 0x1c4, LETTER_LT},
        {__LINE__, 0x10a0, 0x2d00, 0x10a0, LETTER_LU},
        {__LINE__, 0xa64a, 0xa64b, 0xa64a, LETTER_LU},
        {__LINE__, 0x10428, 0x10428, 0x10400, LETTER_LL},
        {__LINE__, 0x4e2d, 0x4e2d, 0x4e2d, LETTER_LO},
        {__LINE__, 0x10ffff, 0x10ffff, 0x10ffff, LETTER_CN},
        {__LINE__, 0xd800, 0xd800, 0xd800, LETTER_CS},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CHECK_INT_AT(rows[i].line, letter_lower(rows[i].code), rows[i].lower);
        CHECK_INT_AT(rows[i].line, letter_upper(rows[i].code), rows[i].upper);
        CHECK_INT_AT(rows[i].line, letter_kind(rows[i].code), rows[i].kind);
    }
    uint32_t out[LETTER_LONG_MAX];
    CHECK_INT(letter_upper_long(out, 0xfb03), 3); /* a ligature of three */
    CHECK_INT(letter_upper_long(out, 0xe9), 1);
    CHECK(letter_same('s', 0x17f) && letter_same(0x17f, 'S') && !letter_same('s', 't'));
    /* a variant has the same lower or upper case, and is one both ways */
    for (uint32_t code = 0; code < 0x11000; code++) {
        uint32_t variants[LETTER_VARIANTS_MAX], count = letter_variants(variants, code);
        CHECK(count <= LETTER_VARIANTS_MAX);
        for (uint32_t i = 0; i < count; i++) {
            uint32_t a[LETTER_LONG_MAX] = {0}, b[LETTER_LONG_MAX] = {0};
            (void)letter_upper_long(a, code);
            (void)letter_upper_long(b, variants[i]);
            CHECK(variants[i] != code && letter_same(variants[i], code));
            CHECK(letter_lower(code) == letter_lower(variants[i]) || memcmp(a, b, sizeof a) == 0);
        }
    }
}

/* DMN 1.5: 10.3.2.9.4 */
void test_feel_types(void) {
    static const struct {
        int line;
        const char *type, *to;
        bool conforms;
    } rows[] = {
        {__LINE__, "number", "Any", true},
        {__LINE__, "number", "string", false},
        {__LINE__, "Null", "number", true},
        {__LINE__, "list<number>", "list<Any>", true},
        {__LINE__, "list<number>", "list<string>", false},
        {__LINE__, "context<a: number, b: string>", "context<a: number>", true},
        {__LINE__, "context<a: number>", "context<a: number, b: string>", false},
        {__LINE__, "function<Any> -> number", "function<string> -> number", true},
        {__LINE__, "function<string> -> number", "function<Any> -> number", false},
        {__LINE__, "range<date>", "range<date>", true},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct bench b;
        const struct feel_type *type, *to;
        struct feel_options options = {.form = FEEL_EXPRESSION};
        struct buf text;
        bench_init(&b);
        buf_init(&text, 1 << 16);
        CHECK_OK_AT(rows[i].line,
                    ast_parse_type(&type, b.arena, str_from(rows[i].type), &options, &b.err) &&
                        ast_parse_type(&to, b.arena, str_from(rows[i].to), &options, &b.err),
                    &b.err);
        CHECK_AT(rows[i].line, feel_type_conforms(type, to) == rows[i].conforms);
        feel_type_print(&text, type);
        CHECK_STR_AT(rows[i].line, buf_view(&text), str_from(rows[i].type));
        buf_done(&text);
        arena_destroy(b.arena);
    }
}
