/* Tests of the public library, through its header alone but for the bench's own counting. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/test.h"
#include "mandate/feel.h"

static struct mfeel_evaluator *evaluator(uint64_t steps, size_t memory_bytes) {
    struct mfeel_limits limits = MFEEL_LIMITS_INIT;
    limits.steps = steps;
    limits.memory_bytes = memory_bytes;
    return mfeel_evaluator_create(NULL, &limits);
}

/* Expression and JSON in, JSON out. */
void test_lib_json(void) {
    static const struct {
        int line;
        const char *text, *json, *want;
    } rows[] = {
        {__LINE__, "a + b", "{\"a\": 1.10, \"b\": 2}", "3.10"},
        {__LINE__, "monthly fee * 12", "{\"monthly fee\": 10.5}", "126.0"},
        {__LINE__, "a.b c", "{\"a\": {\"b c\": [1, null]}}", "[1,null]"},
        {__LINE__, "date(a) + duration(\"P1M\")", "{\"a\": \"2026-01-31\"}", "\"2026-02-28\""},
        {__LINE__, "{x: a, y: null}", "{\"a\": true}", "{\"x\":true,\"y\":null}"},
        {__LINE__, "missing", "{}", "null"},
        {__LINE__, "12345678901234567890 + 1", "", "12345678901234567891"},
    };
    static const char *const members[] = {"b c"};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct mfeel_options options = MFEEL_OPTIONS_INIT;
        struct mfeel_name names[] = {{"monthly fee", NULL}};
        struct mfeel_error error = {0};
        const char *out = "";
        size_t out_bytes = 0;
        options.open = true;
        options.names = names;
        options.name_count = 1;
        options.members = members;
        options.member_count = 1;
        struct mfeel_evaluator *ev = evaluator(0, 0);
        struct mfeel_program *p =
            mfeel_compile(NULL, rows[i].text, MFEEL_ZERO_ENDED, &options, &error);
        CHECK_AT(rows[i].line, p != NULL);
        CHECK_AT(rows[i].line, p != NULL && mfeel_eval_json(ev, p, rows[i].json, MFEEL_ZERO_ENDED,
                                                            &out, &out_bytes, &error) == MFEEL_OK);
        CHECK_STR_AT(rows[i].line, ((struct str){out, out_bytes}), str_from(rows[i].want));
        CHECK_AT(rows[i].line, strlen(out) == out_bytes);
        mfeel_program_destroy(p);
        mfeel_evaluator_destroy(ev);
    }
}

/* What each kind of error gives, and where. */
void test_lib_errors(void) {
    static const struct {
        int line;
        const char *text;
        enum mfeel_mode mode;
        enum mfeel_status want;
        uint32_t column;
        size_t diagnoses;
    } rows[] = {
        {__LINE__, "1 +", MFEEL_COLLECT, MFEEL_SYNTAX, 4, 0},
        {__LINE__, "\xff", MFEEL_COLLECT, MFEEL_SYNTAX, 0, 0},
        {__LINE__, "1 / 0", MFEEL_COLLECT, MFEEL_OK, 0, 1},
        {__LINE__, "[1 / 0, 2 / 0]", MFEEL_COLLECT, MFEEL_OK, 0, 2},
        {__LINE__, "[1 / 0, 2 / 0]", MFEEL_STOP, MFEEL_INVALID, 2, 1},
        {__LINE__, "1 / 0", MFEEL_QUIET, MFEEL_OK, 0, 0},
        {__LINE__, "for i in 1..100000000 return i", MFEEL_QUIET, MFEEL_LIMIT, 0, 0},
        {__LINE__, "nobody", MFEEL_COLLECT, MFEEL_OK, 0, 1},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct mfeel_error error = {0};
        struct mfeel_value out;
        struct mfeel_evaluator *ev = evaluator(100000, 1 << 20);
        mfeel_mode(ev, rows[i].mode);
        enum mfeel_status status =
            mfeel_once(ev, rows[i].text, MFEEL_ZERO_ENDED, mfeel_null(), &out, &error);
        CHECK_INT_AT(rows[i].line, status, rows[i].want);
        CHECK_INT_AT(rows[i].line, error.status, status);
        CHECK_INT_AT(rows[i].line, error.column, rows[i].column);
        CHECK_INT_AT(rows[i].line, (int64_t)mfeel_diagnosis_count(ev), (int64_t)rows[i].diagnoses);
        CHECK_AT(rows[i].line, mfeel_kind(out) == MFEEL_NULL || status == MFEEL_OK);
        mfeel_evaluator_destroy(ev);
    }
    struct mfeel_error error = {0};
    CHECK(mfeel_compile(NULL, "nobody", MFEEL_ZERO_ENDED, NULL, &error) == NULL);
    CHECK_INT(error.status, MFEEL_UNKNOWN);
    CHECK(mfeel_compile(NULL, "1 instance of none", MFEEL_ZERO_ENDED, NULL, &error) == NULL);
    CHECK_INT(error.status, MFEEL_UNKNOWN);
    struct mfeel_evaluator *ev = evaluator(0, 0);
    struct mfeel_value out;
    CHECK_INT(mfeel_from_json(ev, "[1e9999]", MFEEL_ZERO_ENDED, &out, &error), MFEEL_INVALID);
    CHECK_STR(str_from(error.source), STR("JSON"));
    CHECK_INT(error.column, 2);
    mfeel_evaluator_destroy(ev);
}

void test_lib_printed(void) {
    static const char text[] = "1 +\n  \"\xc3\xa9\" *";
    struct mfeel_error error = {0};
    struct mfeel_value out;
    char printed[200], cut[9];
    CHECK(mfeel_compile(NULL, text, MFEEL_ZERO_ENDED, NULL, &error) == NULL);
    size_t len = mfeel_error_print(&error, text, MFEEL_ZERO_ENDED, printed, sizeof printed);
    CHECK_INT((int64_t)len, (int64_t)strlen(printed));
    CHECK(strstr(printed, "expression:2:") == printed);
    CHECK(strstr(printed, "\n  \"\xc3\xa9\" *\n") != NULL && printed[len - 2] == '^');
    CHECK_INT((int64_t)mfeel_error_print(&error, text, MFEEL_ZERO_ENDED, cut, sizeof cut),
              (int64_t)len);
    CHECK_STR(str_from(cut), str_sub(str_from(printed), 0, 8));

    struct mfeel_evaluator *ev = evaluator(0, 0);
    struct mfeel_diagnosis d;
    CHECK_INT(mfeel_once(ev, "[1,\n 2 / 0]", MFEEL_ZERO_ENDED, mfeel_null(), &out, NULL), MFEEL_OK);
    CHECK(mfeel_diagnosis_at(ev, 0, &d) && d.line == 2 && d.column == 2 && d.offset == 5 &&
          d.length == 5);
    len = mfeel_diagnosis_print(ev, 0, printed, sizeof printed);
    CHECK_STR(((struct str){printed, len}),
              STR("expression:2:2: a division by zero\n 2 / 0]\n ^^^^^\n"));
    CHECK(!mfeel_diagnosis_at(ev, 1, &d));
    mfeel_evaluator_destroy(ev);

    /* columns are counted in characters, so the caret stands under the place */
    static const char wide[] = "\"\xe4\xb8\xad\xe6\x96\x87\" ) 1";
    CHECK(mfeel_compile(NULL, wide, MFEEL_ZERO_ENDED, NULL, &error) == NULL);
    CHECK_INT(error.column, 6);
    (void)mfeel_error_print(&error, wide, MFEEL_ZERO_ENDED, printed, sizeof printed);
    CHECK(strstr(printed, " ) 1\n     ^\n") != NULL);
}

/* What is told of a text that does not compile, or is too much work, by the status alone. */
void test_lib_bounds(void) {
    static const struct {
        int line;
        const char *repeated;
        size_t times, memory_bytes;
        uint64_t steps;
        enum mfeel_status want;
    } rows[] = {
        {__LINE__, "1, ", 1, 1, 100, MFEEL_OK}, /* the least memory is enough for small work */
        {__LINE__, "1, ", 1000, 0, 0, MFEEL_OK},
        {__LINE__, "1, ", 1000, 0, 1500, MFEEL_LIMIT}, /* compiling takes steps too */
        {__LINE__, "1, ", 100000, 0, 100000, MFEEL_LIMIT},
        {__LINE__, "1, ", 100000, 1 << 20, 0, MFEEL_LIMIT},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buf text;
        struct mfeel_value out;
        buf_init(&text, 1 << 20);
        buf_lit(&text, "[");
        for (size_t k = 0; k < rows[i].times; k++)
            buf_add(&text, str_from(rows[i].repeated));
        buf_lit(&text, "1]");
        struct mfeel_evaluator *ev = evaluator(rows[i].steps, rows[i].memory_bytes);
        CHECK_INT_AT(rows[i].line, mfeel_once(ev, text.at, text.len, mfeel_null(), &out, NULL),
                     rows[i].want);
        mfeel_evaluator_destroy(ev);
        buf_done(&text);
    }
}

/* A cancelled evaluator says so, whatever is begun in it. */
void test_lib_cancelled(void) {
    struct mfeel_evaluator *ev = evaluator(0, 0);
    struct mfeel_program *p = mfeel_compile(NULL, "1 + 1", MFEEL_ZERO_ENDED, NULL, NULL);
    struct mfeel_error error = {0};
    struct mfeel_value out;
    const char *text;
    size_t bytes;
    CHECK(p != NULL);
    mfeel_cancel(ev, true);
    CHECK_INT(mfeel_from_json(ev, "[1]", MFEEL_ZERO_ENDED, &out, &error), MFEEL_CANCELLED);
    CHECK_INT(error.status, MFEEL_CANCELLED);
    CHECK_INT(mfeel_eval_json(ev, p, "{}", MFEEL_ZERO_ENDED, &text, &bytes, NULL), MFEEL_CANCELLED);
    CHECK_INT(mfeel_once(ev, "1", MFEEL_ZERO_ENDED, mfeel_null(), &out, NULL), MFEEL_CANCELLED);
    mfeel_cancel(ev, false);
    CHECK_INT(mfeel_eval_json(ev, p, "{}", MFEEL_ZERO_ENDED, &text, &bytes, NULL), MFEEL_OK);
    mfeel_program_destroy(p);
    mfeel_evaluator_destroy(ev);
}

/* A struct from a program of another version: shorter than 1.0 had it, or longer. */
void test_lib_versions(void) {
    struct later {
        struct mfeel_options options;
        uint64_t more[2];
    } later = {.options = MFEEL_OPTIONS_INIT};
    static const struct {
        int line;
        size_t struct_bytes;
        uint64_t more;
        bool taken;
    } rows[] = {
        {__LINE__, 0, 0, false},
        {__LINE__, sizeof(struct mfeel_options) - 8, 0, false},
        {__LINE__, sizeof(struct mfeel_options), 1, true}, /* what lies behind it is not its own */
        {__LINE__, sizeof(struct later), 0, true},
        {__LINE__, sizeof(struct later), 1, false},
        {__LINE__, 100000, 0, false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct mfeel_error error = {0};
        later.options.struct_bytes = rows[i].struct_bytes;
        later.more[1] = rows[i].more;
        struct mfeel_program *p =
            mfeel_compile(NULL, "1", MFEEL_ZERO_ENDED, &later.options, &error);
        CHECK_AT(rows[i].line, (p != NULL) == rows[i].taken);
        CHECK_AT(rows[i].line, p != NULL || error.status == MFEEL_INVALID);
        mfeel_program_destroy(p);
    }
    struct mfeel_limits limits = MFEEL_LIMITS_INIT;
    struct mfeel_model_options options = MFEEL_MODEL_OPTIONS_INIT;
    struct mfeel_error error = {0};
    limits.struct_bytes = 8;
    CHECK(mfeel_evaluator_create(NULL, &limits) == NULL);
    options.struct_bytes = 0;
    CHECK(mfeel_model_load(NULL, "<definitions/>", MFEEL_ZERO_ENDED, &options, &error) == NULL);
    CHECK_INT(error.status, MFEEL_INVALID);
}

/* Names that no expression can mean, and forms that are none. */
void test_lib_options_refused(void) {
    static const struct {
        int line;
        const char *names[2];
        int form;
        enum mfeel_status want;
    } rows[] = {
        {__LINE__, {"a", "monthly fee"}, MFEEL_EXPRESSION, MFEEL_OK},
        {__LINE__, {"?", "iffy"}, MFEEL_UNARY_TESTS, MFEEL_OK},
        {__LINE__, {"if then", "a"}, MFEEL_EXPRESSION, MFEEL_OK},
        {__LINE__, {"", "a"}, MFEEL_EXPRESSION, MFEEL_INVALID},
        {__LINE__, {NULL, "a"}, MFEEL_EXPRESSION, MFEEL_INVALID},
        {__LINE__, {"a", " "}, MFEEL_EXPRESSION, MFEEL_INVALID},
        {__LINE__, {"a", "if"}, MFEEL_EXPRESSION, MFEEL_INVALID},
        {__LINE__, {"true", "a"}, MFEEL_EXPRESSION, MFEEL_INVALID},
        {__LINE__, {"a", "a"}, MFEEL_EXPRESSION, MFEEL_INVALID},
        {__LINE__, {"a + b", "a+b"}, MFEEL_EXPRESSION, MFEEL_INVALID},
        {__LINE__, {"a", "\xff"}, MFEEL_EXPRESSION, MFEEL_SYNTAX},
        {__LINE__, {"a", "b"}, 42, MFEEL_INVALID},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct mfeel_options options = MFEEL_OPTIONS_INIT;
        struct mfeel_name names[] = {{rows[i].names[0], NULL}, {rows[i].names[1], "number"}};
        struct mfeel_error error = {0};
        options.names = names;
        options.name_count = 2;
        options.form = rows[i].form;
        struct mfeel_program *p = mfeel_compile(NULL, "1", MFEEL_ZERO_ENDED, &options, &error);
        CHECK_AT(rows[i].line, (p != NULL) == (rows[i].want == MFEEL_OK));
        CHECK_INT_AT(rows[i].line, error.status, rows[i].want);
        mfeel_program_destroy(p);
    }
}

static struct mfeel_value list_of_none(struct mfeel_evaluator *ev) {
    struct mfeel_value list = mfeel_null();
    CHECK_INT(mfeel_list(ev, NULL, 0, &list, NULL), MFEEL_OK);
    return list;
}

/* Every kind goes in and comes out as it was. */
void test_lib_values(void) {
    struct mfeel_evaluator *ev = evaluator(0, 0), *other = evaluator(0, 0);
    struct mfeel_value v, items[3], list, context, copy, range;
    struct mfeel_range r = {mfeel_int(1), mfeel_null(), true, true}, ends;
    struct mfeel_entry entries[20], entry;
    struct mfeel_error error = {0};
    char number[96];
    const char *text;
    size_t bytes;
    int64_t n = 7;
    int32_t year;
    int month, day;
    bool b;
    CHECK(mfeel_number(ev, "-1234567890123456789012.50", MFEEL_ZERO_ENDED, &v, &error) == MFEEL_OK);
    CHECK_INT((int64_t)mfeel_to_number(v, number, sizeof number), 26);
    CHECK_STR(str_from(number), STR("-1234567890123456789012.50"));
    CHECK(!mfeel_to_int(v, &n) && n == 7);
    CHECK(mfeel_number(ev, "12x", MFEEL_ZERO_ENDED, &v, &error) == MFEEL_SYNTAX);
    CHECK(mfeel_to_int(mfeel_decimal(200, 2), &n) && n == 2);
    CHECK(mfeel_kind(mfeel_decimal(1, 19)) == MFEEL_NULL);
    CHECK(mfeel_to_boolean(mfeel_boolean(true), &b) && b);
    CHECK(mfeel_to_date(mfeel_date(2026, 2, 28), &year, &month, &day) && year == 2026 &&
          month == 2 && day == 28);
    CHECK(mfeel_kind(mfeel_date(2026, 2, 29)) == MFEEL_NULL);
    CHECK(mfeel_string(ev, "a\xff", 2, &v, &error) == MFEEL_SYNTAX);
    CHECK(mfeel_string(ev, "\xe4\xb8\xad", MFEEL_ZERO_ENDED, &items[0], &error) == MFEEL_OK);
    CHECK(mfeel_to_string(items[0], &text, &bytes) && bytes == 3);
    CHECK(mfeel_temporal(ev, "2026-01-31T10:00:00@Asia/Shanghai", MFEEL_ZERO_ENDED, &items[1],
                         &error) == MFEEL_OK);
    CHECK(mfeel_temporal(ev, "tomorrow", MFEEL_ZERO_ENDED, &v, &error) == MFEEL_SYNTAX);
    CHECK(mfeel_temporal(ev, "x@Europe/Paris", MFEEL_ZERO_ENDED, &v, &error) == MFEEL_SYNTAX);
    CHECK(mfeel_temporal(ev, "10:00:00@Europe/Paris", MFEEL_ZERO_ENDED, &v, &error) ==
          MFEEL_UNKNOWN);
    CHECK_STR(str_from(error.text), STR("there is no time zone 'Europe/Paris'"));
    CHECK(mfeel_text(ev, list_of_none(ev), (enum mfeel_text)99, &text, &bytes, &error) ==
          MFEEL_INVALID);
    CHECK(mfeel_range(ev, &r, &items[2], &error) == MFEEL_OK);
    CHECK(mfeel_to_range(items[2], &ends) && ends.low_closed && !ends.high_closed);
    r.high = mfeel_int(0);
    CHECK(mfeel_range(ev, &r, &range, &error) == MFEEL_INVALID);
    CHECK(mfeel_list(ev, items, 3, &list, &error) == MFEEL_OK && mfeel_count(list) == 3);
    for (int i = 0; i < 20; i++)
        entries[i] = (struct mfeel_entry){i == 19      ? "k"
                                          : i % 2 == 0 ? "k"
                                                       : "list",
                                          MFEEL_ZERO_ENDED, i == 19 ? mfeel_int(19) : list};
    CHECK(mfeel_context(ev, entries, 20, &context, &error) == MFEEL_OK);
    CHECK_INT((int64_t)mfeel_count(context), 2);
    CHECK(mfeel_to_int(mfeel_get(context, "k", 1), &n) && n == 19);
    CHECK(mfeel_entry_at(context, 1, &entry) && entry.name_bytes == 4);
    CHECK(!mfeel_entry_at(context, 2, &entry) && !mfeel_entry_at(list, 0, &entry));
    CHECK(mfeel_same(mfeel_item(mfeel_get(context, "list", 4), 1), items[1]));
    CHECK(mfeel_kind(mfeel_item(list, 3)) == MFEEL_NULL);
    CHECK(mfeel_copy(other, context, &copy, &error) == MFEEL_OK);
    CHECK(mfeel_text(ev, context, MFEEL_TEXT_FEEL, &text, &bytes, &error) == MFEEL_OK);
    struct str before = {text, bytes};
    CHECK(mfeel_text(other, copy, MFEEL_TEXT_FEEL, &text, &bytes, &error) == MFEEL_OK);
    CHECK_STR(((struct str){text, bytes}), before);
    mfeel_reset(ev);
    CHECK(mfeel_memory_used(ev) == 0 && mfeel_memory_used(other) > 0);
    mfeel_evaluator_destroy(ev);
    mfeel_evaluator_destroy(other);
}

/* Every evaluator too small for the work says so, and none ends the process. */
/* A text of FEEL ends an evaluation, in whatever memory, but never the process. */
static void check_small_once(struct str text, size_t from, size_t to, size_t step) {
    for (size_t bytes = from; bytes <= to; bytes += step) {
        struct mfeel_evaluator *ev = evaluator(0, bytes);
        struct mfeel_value out;
        enum mfeel_status status = mfeel_once(ev, text.at, text.len, mfeel_null(), &out, NULL);
        CHECK(status == MFEEL_OK || status == MFEEL_LIMIT || status == MFEEL_UNKNOWN);
        CHECK(mfeel_memory_used(ev) <= bytes);
        mfeel_evaluator_destroy(ev);
    }
}

void test_lib_small_memory_types(void) {
    struct buf text;
    buf_init(&text, 1 << 20);
    buf_lit(&text, "1 instance of a");
    for (int i = 0; i < 80000; i++)
        buf_lit(&text, ".a");
    check_small_once(buf_view(&text), 1 << 20, 64 << 20, 21 << 20);
    buf_reset(&text);
    buf_lit(&text, "1 instance of function<");
    for (int i = 0; i < 60; i++) {
        for (int k = 0; k < 150; k++)
            buf_lit(&text, "list<");
        buf_lit(&text, "number");
        for (int k = 0; k < 150; k++)
            buf_add_byte(&text, '>');
        buf_add(&text, i < 59 ? STR(",") : STR("> -> number"));
    }
    check_small_once(buf_view(&text), 350000, 2000000, 20000);
    buf_done(&text);
}

static void check_once(int line, struct mfeel_evaluator *ev, struct str text, const char *want) {
    struct mfeel_value out;
    const char *printed = "";
    size_t bytes = 0;
    CHECK_INT_AT(line, mfeel_once(ev, text.at, text.len, mfeel_null(), &out, NULL), MFEEL_OK);
    CHECK_AT(line, mfeel_text(ev, out, MFEEL_TEXT_FEEL, &printed, &bytes, NULL) == MFEEL_OK);
    CHECK_STR_AT(line, ((struct str){printed, bytes}), str_from(want));
}

/* DMN 1.5: 10.3.2.13.5 */
/* What looking for names costs is paid in steps; in the order of the parameters it costs nothing.
 */
void test_lib_call_by_name(void) {
    static const struct {
        int line;
        const char *text, *want;
    } rows[] = {
#define FEEL_F "{f: function(a, b, c) [a, b, c], r: f"
        {__LINE__, FEEL_F "(a: 1, b: 2, c: 3)}.r", "[1, 2, 3]"},
        {__LINE__, FEEL_F "(c: 3, b: 2, a: 1)}.r", "[1, 2, 3]"},
        {__LINE__, FEEL_F "(c: 3, a: 1)}.r", "[1, null, 3]"},
        {__LINE__, FEEL_F "(b: null)}.r", "[null, null, null]"},
        {__LINE__, FEEL_F "(b: null, b: 1)}.r", "null"},
        {__LINE__, FEEL_F "(a: 1, b: 1, a: 2)}.r", "null"},
        {__LINE__, FEEL_F "(a: 1, d: 1)}.r", "null"},
        {__LINE__, FEEL_F "(a: 1, b: 1, c: 1, d: 1)}.r", "null"},
#undef FEEL_F
    };
    enum { PARAMS = 4000 };
    struct mfeel_evaluator *ev = evaluator(0, 0);
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        check_once(rows[i].line, ev, str_from(rows[i].text), rows[i].want);
    uint64_t steps[2];
    for (int reversed = 0; reversed < 2; reversed++) {
        struct buf text;
        buf_init(&text, 1 << 20);
        buf_lit(&text, "(function(");
        for (int i = 0; i < PARAMS; i++)
            buf_printf(&text, "%sp%d", i == 0 ? "" : ", ", i);
        buf_lit(&text, ") p0)(");
        for (int i = 0; i < PARAMS; i++)
            buf_printf(&text, "%sp%d: 1", i == 0 ? "" : ", ", reversed ? PARAMS - 1 - i : i);
        buf_add_byte(&text, ')');
        check_once(__LINE__, ev, buf_view(&text), "1");
        steps[reversed] = mfeel_steps_used(ev);
        buf_done(&text);
    }
    CHECK(steps[1] > steps[0] + (uint64_t)PARAMS * PARAMS / 20);
    CHECK(steps[0] < (uint64_t)PARAMS * 20);
    mfeel_evaluator_destroy(ev);
}

/* The types of the names that a program gives are bounded. */
void test_lib_names_typed(void) {
    enum { NAMES = 25000 };
    struct buf text;
    char *room = malloc((size_t)NAMES * 16);
    struct mfeel_name *names = calloc(NAMES, sizeof *names);
    buf_init(&text, 1 << 16);
    for (int i = 0; i < 198; i++)
        buf_lit(&text, "list<");
    buf_lit(&text, "number");
    for (int i = 0; i < 198; i++)
        buf_add_byte(&text, '>');
    buf_add_byte(&text, '\0');
    if (room == NULL || names == NULL)
        abort();
    for (int i = 0; i < NAMES; i++) {
        (void)snprintf(room + (size_t)i * 16, 16, "n%d", i);
        names[i] = (struct mfeel_name){.name = room + (size_t)i * 16, .type = buf_view(&text).at};
    }
    struct mfeel_options options = MFEEL_OPTIONS_INIT;
    options.names = names;
    for (options.name_count = 1; options.name_count <= NAMES; options.name_count *= 25) {
        struct mfeel_error error = {0};
        bool fits = options.name_count < 2000;
        struct mfeel_program *program = mfeel_compile(NULL, "n0", 2, &options, &error);
        CHECK((program != NULL) == fits && error.status == (fits ? MFEEL_OK : MFEEL_LIMIT));
        mfeel_program_destroy(program);
    }
    free(names);
    free(room);
    buf_done(&text);
}

void test_lib_small_memory(void) {
    static const char json[] = "{\"a\": [[], {}, [1, 2.5, \"x\", {\"y\": [null, true]}], "
                               "12345678901234567890123, {\"k\": {\"k\": {\"k\": {}}}}]}";
    char large[20000];
    size_t len = 0;
    large[len++] = '[';
    while (len + sizeof json + 2 < sizeof large) {
        memcpy(large + len, json, sizeof json - 1);
        len += sizeof json - 1;
        large[len++] = ',';
    }
    large[len++] = '1';
    large[len++] = ']';
    size_t fitted = 0;
    for (size_t bytes = 1 << 17; bytes < (4 << 20); bytes += 40961) {
        struct mfeel_evaluator *ev = evaluator(0, bytes);
        struct mfeel_value v, out;
        const char *text;
        size_t text_bytes;
        enum mfeel_status status = mfeel_from_json(ev, large, len, &v, NULL);
        for (int i = 0; i < 100 && status == MFEEL_OK; i++)
            status = mfeel_text(ev, v, MFEEL_TEXT_JSON, &text, &text_bytes, NULL);
        CHECK(status == MFEEL_OK || status == MFEEL_LIMIT);
        status = mfeel_once(ev, "for i in 1..1000 return [i / 0, string(i)]", MFEEL_ZERO_ENDED,
                            mfeel_null(), &out, NULL);
        CHECK(status == MFEEL_OK || status == MFEEL_LIMIT);
        CHECK(mfeel_memory_used(ev) <= bytes);
        fitted += status == MFEEL_OK;
        mfeel_evaluator_destroy(ev);
    }
    CHECK(fitted > 0);
}

static enum mfeel_status twice(struct mfeel_value *out, void *self, struct mfeel_evaluator *ev,
                               const struct mfeel_value *args, size_t arg_count, const char **why) {
    int64_t n;
    int *calls = self;
    (void)ev;
    ++*calls;
    if (arg_count != 1 || !mfeel_to_int(args[0], &n))
        *why = "twice() takes a whole number";
    else if (n < 0)
        return MFEEL_CANCELLED;
    else
        *out = mfeel_int(2 * n);
    return MFEEL_OK;
}

/* What a function must not do: begin in its own evaluator, forget what it stands on, give a status
 * that is none. */
static enum mfeel_status misbehave(struct mfeel_value *out, void *self, struct mfeel_evaluator *ev,
                                   const struct mfeel_value *args, size_t arg_count,
                                   const char **why) {
    int64_t status = 0;
    (void)self;
    (void)why;
    if (arg_count == 1 && mfeel_to_int(args[0], &status) && status != 0)
        return (enum mfeel_status)status;
    mfeel_reset(ev);
    CHECK_INT(mfeel_now(ev, 0, NULL, NULL), MFEEL_INVALID);
    CHECK_INT(mfeel_once(ev, "1 + 1", MFEEL_ZERO_ENDED, mfeel_null(), out, NULL), MFEEL_INVALID);
    *out = mfeel_int(7);
    return MFEEL_OK;
}

/* A value of now() is a value: it stays when the evaluator is told another time. */
void test_lib_now_stays(void) {
    struct mfeel_evaluator *ev = evaluator(0, 0);
    for (int i = 0; i < 2; i++) {
        static const char *const want[] = {"@\"1970-01-01T00:00:01@UTC\"",
                                           "@\"1970-01-01T00:01:39@UTC\""};
        struct mfeel_value early, late;
        const char *text = "";
        size_t bytes = 0;
        CHECK_INT(mfeel_now(ev, 1000000, NULL, NULL), MFEEL_OK);
        CHECK_INT(mfeel_once(ev, "now()", 5, mfeel_null(), &early, NULL), MFEEL_OK);
        size_t used = mfeel_memory_used(ev);
        CHECK_INT(mfeel_now(ev, 99000000, NULL, NULL), MFEEL_OK);
        CHECK_INT(mfeel_once(ev, "now()", 5, mfeel_null(), &late, NULL), MFEEL_OK);
        CHECK(mfeel_memory_used(ev) > used);
        CHECK_INT(mfeel_text(ev, early, MFEEL_TEXT_FEEL, &text, &bytes, NULL), MFEEL_OK);
        CHECK_STR(((struct str){text, bytes}), str_from(want[0]));
        CHECK_INT(mfeel_text(ev, late, MFEEL_TEXT_FEEL, &text, &bytes, NULL), MFEEL_OK);
        CHECK_STR(((struct str){text, bytes}), str_from(want[1]));
        mfeel_reset(ev);
    }
    mfeel_evaluator_destroy(ev);
}

void test_lib_native_misbehaves(void) {
    static const char *const params[] = {"n"};
    static const struct {
        int line;
        const char *text, *want;
        enum mfeel_status status;
        size_t diagnoses;
    } rows[] = {
        {__LINE__, "[1 / 0, f(0), f(0), 2 / 0]", "[null, 7, 7, null]", MFEEL_OK, 2},
        {__LINE__, "f(99)", "", MFEEL_INVALID, 0},
        {__LINE__, "f(-1)", "", MFEEL_INVALID, 0},
        {__LINE__, "f(8)", "", MFEEL_IO, 0},
    };
    struct mfeel_evaluator *ev = evaluator(0, 0);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct mfeel_entry entry = {"f", MFEEL_ZERO_ENDED, mfeel_null()};
        struct mfeel_error error = {0};
        struct mfeel_value context, out;
        const char *text = "";
        size_t bytes = 0;
        mfeel_reset(ev);
        mfeel_mode(ev, (enum mfeel_mode)77); /* none: nothing changes */
        CHECK(mfeel_function(ev, misbehave, NULL, params, 1, &entry.value, NULL) == MFEEL_OK);
        CHECK(mfeel_context(ev, &entry, 1, &context, NULL) == MFEEL_OK);
        CHECK_INT_AT(rows[i].line,
                     mfeel_once(ev, rows[i].text, MFEEL_ZERO_ENDED, context, &out, &error),
                     rows[i].status);
        CHECK_INT_AT(rows[i].line, error.status, rows[i].status);
        CHECK_INT_AT(rows[i].line, (int64_t)mfeel_diagnosis_count(ev), (int64_t)rows[i].diagnoses);
        if (rows[i].status == MFEEL_OK)
            CHECK(mfeel_text(ev, out, MFEEL_TEXT_FEEL, &text, &bytes, NULL) == MFEEL_OK);
        CHECK_STR_AT(rows[i].line, ((struct str){text, bytes}), str_from(rows[i].want));
    }
    mfeel_evaluator_destroy(ev);
}

void test_lib_native(void) {
    static const char *const params[] = {"n"};
    static const struct {
        int line;
        const char *text, *want;
        enum mfeel_status status;
    } rows[] = {
        {__LINE__, "twice(4)", "8", MFEEL_OK},
        {__LINE__, "twice(n: 4)", "8", MFEEL_OK},
        {__LINE__, "for i in [1, 2] return twice(i)", "[2, 4]", MFEEL_OK},
        {__LINE__, "twice(\"x\")", "null", MFEEL_OK},
        {__LINE__, "twice(-1)", "", MFEEL_CANCELLED},
    };
    struct mfeel_evaluator *ev = evaluator(0, 0);
    int calls = 0;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct mfeel_entry entry = {"twice", MFEEL_ZERO_ENDED, mfeel_null()};
        struct mfeel_value context, out;
        const char *text = "";
        size_t bytes = 0;
        mfeel_reset(ev);
        CHECK(mfeel_function(ev, twice, &calls, params, 1, &entry.value, NULL) == MFEEL_OK);
        CHECK(mfeel_context(ev, &entry, 1, &context, NULL) == MFEEL_OK);
        CHECK_INT_AT(rows[i].line,
                     mfeel_once(ev, rows[i].text, MFEEL_ZERO_ENDED, context, &out, NULL),
                     rows[i].status);
        if (rows[i].status == MFEEL_OK)
            CHECK(mfeel_text(ev, out, MFEEL_TEXT_FEEL, &text, &bytes, NULL) == MFEEL_OK);
        CHECK_STR_AT(rows[i].line, ((struct str){text, bytes}), str_from(rows[i].want));
    }
    CHECK_INT(calls, 6);
    mfeel_evaluator_destroy(ev);
}

/* --- models ---------------------------------------------------------------------------------- */
static const char model_text[] =
    "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' id='m' name='main'"
    " namespace='urn:main'><import name='lib' namespace='urn:lib' locationURI='lib.dmn'"
    " importType='https://www.omg.org/spec/DMN/20230324/MODEL/'/>"
    "<inputData id='a' name='Age'><variable name='Age' typeRef='number'/></inputData>"
    "<decision id='d' name='Fee'><description>the fee</description>"
    "<variable name='Fee' typeRef='number'/>"
    "<informationRequirement><requiredInput href='#a'/></informationRequirement>"
    "<knowledgeRequirement><requiredKnowledge href='urn:lib#f'/></knowledgeRequirement>"
    "<decisionTable hitPolicy='UNIQUE'><input><inputExpression typeRef='number'><text>Age</text>"
    "</inputExpression></input><output/>"
    "<rule id='r1'><description>young</description><inputEntry><text>&lt; 18</text></inputEntry>"
    "<outputEntry><text>lib.twice(5)</text></outputEntry></rule>"
    "<rule id='r2'><inputEntry><text>> 20</text></inputEntry><outputEntry><text>40</text>"
    "</outputEntry></rule></decisionTable></decision></definitions>";
static const char lib_text[] =
    "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' id='l' name='lib'"
    " namespace='urn:lib'><businessKnowledgeModel id='f' name='twice'><variable name='twice'/>"
    "<encapsulatedLogic><formalParameter name='x'/><literalExpression><text>x * 2</text>"
    "</literalExpression></encapsulatedLogic></businessKnowledgeModel></definitions>";

static enum mfeel_status give(void *self, const char *ns, const char *location, const char **xml,
                              size_t *xml_bytes, const char **source) {
    CHECK_STR(str_from(location), STR("lib.dmn"));
    if (strcmp(ns, "urn:lib") != 0 || self == NULL)
        return MFEEL_NOT_FOUND;
    *xml = lib_text;
    *xml_bytes = sizeof lib_text - 1;
    *source = "lib.dmn";
    return MFEEL_OK;
}

static void count_findings(void *self, const struct mfeel_finding *finding) {
    int *gaps = self;
    *gaps += strcmp(finding->kind, "gap") == 0 && finding->input.bytes > 0;
}

void test_lib_model(void) {
    struct mfeel_model_options options = MFEEL_MODEL_OPTIONS_INIT;
    struct mfeel_error error = {0};
    struct mfeel_evaluator *ev = evaluator(0, 0);
    struct mfeel_element element;
    struct mfeel_step step;
    struct mfeel_step_rule rule;
    struct mfeel_step_input input;
    const struct mfeel_view *names;
    struct mfeel_value out;
    const char *json;
    size_t bytes, count;
    int self = 0, gaps = 0;
    CHECK(mfeel_model_load(NULL, model_text, MFEEL_ZERO_ENDED, NULL, &error) == NULL);
    CHECK_INT(error.status, MFEEL_UNSUPPORTED);
    options.import = give;
    CHECK(mfeel_model_load(NULL, model_text, MFEEL_ZERO_ENDED, &options, &error) == NULL);
    CHECK_INT(error.status, MFEEL_NOT_FOUND);
    options.import_self = &self;
    struct mfeel_model *model =
        mfeel_model_load(NULL, model_text, MFEEL_ZERO_ENDED, &options, &error);
    CHECK(model != NULL);
    if (model == NULL)
        return;
    CHECK_STR(str_from(mfeel_model_namespace(model)), STR("urn:main"));
    CHECK_INT((int64_t)mfeel_element_count(model), 2);
    CHECK(mfeel_element_at(model, 1, &element) && element.kind == MFEEL_DECISION);
    CHECK_STR(str_from(element.description), STR("the fee"));
    CHECK_STR(str_from(element.type), STR("number"));
    CHECK(mfeel_element_find(model, "Nobody", MFEEL_ZERO_ENDED) == MFEEL_NONE);
    CHECK(mfeel_element_inputs(ev, model, 1, &names, &count, &error) == MFEEL_OK && count == 1);
    mfeel_trace(ev, true);
    CHECK_INT(mfeel_decide_json(ev, model, "Fee", MFEEL_ZERO_ENDED, "{\"Age\": 17}",
                                MFEEL_ZERO_ENDED, &json, &bytes, &error),
              MFEEL_OK);
    CHECK_STR(((struct str){json, bytes}), STR("10"));
    CHECK(mfeel_step_at(ev, 0, &step) && step.is_table && step.rule_count == 1);
    CHECK(mfeel_step_rule_at(ev, 0, 0, &rule) && rule.number == 1 && rule.note.bytes == 5);
    CHECK(mfeel_step_input_at(ev, 0, 0, &input) && mfeel_kind(input.value) == MFEEL_NUMBER);
    CHECK(!mfeel_step_at(ev, 1, &step) && !mfeel_step_rule_at(ev, 0, 1, &rule));
    CHECK(mfeel_trace_json(ev, &json, &bytes, &error) == MFEEL_OK && json[0] == '[');
    CHECK_INT(mfeel_decide_json(ev, model, "nobody", 6, "", 0, &json, &bytes, &error),
              MFEEL_NOT_FOUND);
    CHECK_INT(mfeel_decide_json(ev, model, "Fee", 3, "[1]", 3, &json, &bytes, &error),
              MFEEL_INVALID);
    CHECK_INT(mfeel_model_check(ev, model, count_findings, &gaps, &error), MFEEL_OK);
    CHECK_INT(gaps, 1);
    CHECK_INT(mfeel_decide(ev, model, "Fee", 3, mfeel_int(3), &out, &error), MFEEL_INVALID);
    CHECK_STR(str_from(error.text), STR("the inputs are a number, not a context"));
    CHECK_INT(mfeel_decide(ev, model, "Fee", 3, mfeel_null(), &out, &error), MFEEL_OK);
    mfeel_cancel(ev, true);
    CHECK_INT(mfeel_decide_json(ev, model, "Fee", 3, "{\"Age\": 17}", MFEEL_ZERO_ENDED, &json,
                                &bytes, &error),
              MFEEL_CANCELLED);
    mfeel_model_destroy(model);
    mfeel_evaluator_destroy(ev);
}

static const char dates_text[] =
    "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' id='m' name='m'"
    " namespace='urn:dates'><itemDefinition name='tStay'>"
    "<itemComponent name='from'><typeRef>date</typeRef></itemComponent>"
    "<itemComponent name='note'><typeRef>string</typeRef></itemComponent></itemDefinition>"
    "<itemDefinition name='tStays' isCollection='true'><typeRef>tStay</typeRef></itemDefinition>"
    "<inputData id='a' name='day'><variable name='day' typeRef='date'/></inputData>"
    "<inputData id='b' name='wait'><variable name='wait' typeRef='dayTimeDuration'/></inputData>"
    "<inputData id='c' name='stays'><variable name='stays' typeRef='tStays'/></inputData>"
    "<inputData id='d' name='at'><variable name='at' typeRef='dateTime'/></inputData>"
    "<inputData id='e' name='loose'><variable name='loose'/></inputData>"
    "<decision id='x' name='x'><variable name='x'/>"
    "<informationRequirement><requiredInput href='#a'/></informationRequirement>"
    "<informationRequirement><requiredInput href='#b'/></informationRequirement>"
    "<informationRequirement><requiredInput href='#c'/></informationRequirement>"
    "<informationRequirement><requiredInput href='#d'/></informationRequirement>"
    "<informationRequirement><requiredInput href='#e'/></informationRequirement>"
    "<literalExpression><text>[day + duration(\"P1D\"), wait * 2, count(stays), "
    "stays[1].from.year, stays[1].note, at.day, loose]</text></literalExpression></decision>"
    "<businessKnowledgeModel id='f' name='next'><variable name='next'/><encapsulatedLogic>"
    "<formalParameter name='since' typeRef='date'/><literalExpression><text>since.month"
    "</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>"
    "<decisionService id='s' name='s'><variable name='s'/><outputDecision href='#y'/>"
    "<inputData href='#a'/></decisionService><decision id='y' name='y'><variable name='y'/>"
    "<informationRequirement><requiredInput href='#a'/></informationRequirement>"
    "<literalExpression><text>day.day</text></literalExpression></decision></definitions>";

/* JSON has no dates: a text becomes one where the model asks for it. DMN 1.5: 7.3.1, 10.3.2.9.4 */
void test_lib_dates_by_json(void) {
    static const struct {
        int line;
        const char *element, *json, *want;
        size_t diagnoses;
    } rows[] = {
        {__LINE__, "x",
         "{\"day\": \"2026-01-31\", \"wait\": \"P2D\", \"at\": \"2026-03-04T05:06:07Z\", "
         "\"loose\": \"2026-01-31\", \"stays\": [{\"from\": \"2025-01-01\", \"note\": "
         "\"2026-01-31\"}, {\"from\": \"2024-01-01\", \"note\": null}]}",
         "[\"2026-02-01\",\"P4D\",2,2025,\"2026-01-31\",4,\"2026-01-31\"]", 0},
        /* what is no date stays a text, and is told by the name of the input */
        {__LINE__, "y", "{\"day\": \"2026-02-30\"}", "null", 2},
        {__LINE__, "y", "{\"day\": 3}", "null", 2},
        /* a list and its only item stand for each other; blanks around a date are none of it */
        {__LINE__, "y", "{\"day\": [\" 2026-02-03 \"]}", "3", 0},
        {__LINE__, "next", "{\"since\": \"2026-02-03\"}", "2", 0},
        {__LINE__, "s", "{\"day\": \"2026-02-03\"}", "3", 0},
    };
    struct mfeel_error error = {0};
    struct mfeel_model *model = mfeel_model_load(NULL, dates_text, MFEEL_ZERO_ENDED, NULL, &error);
    struct mfeel_evaluator *ev = evaluator(0, 0);
    CHECK_STR(str_from(error.text), STR(""));
    for (size_t i = 0; model != NULL && i < COUNT_OF(rows); i++) {
        const char *text = "";
        size_t bytes = 0;
        mfeel_reset(ev);
        CHECK_INT_AT(rows[i].line,
                     mfeel_decide_json(ev, model, rows[i].element, MFEEL_ZERO_ENDED, rows[i].json,
                                       MFEEL_ZERO_ENDED, &text, &bytes, NULL),
                     MFEEL_OK);
        CHECK_STR_AT(rows[i].line, ((struct str){text, bytes}), str_from(rows[i].want));
        CHECK_INT_AT(rows[i].line, (int64_t)mfeel_diagnosis_count(ev), (int64_t)rows[i].diagnoses);
        struct mfeel_diagnosis d;
        if (mfeel_diagnosis_at(ev, 0, &d))
            CHECK_STR_AT(rows[i].line, ((struct str){d.expression.at, d.expression.bytes}),
                         STR("day"));
    }
    mfeel_model_destroy(model);
    mfeel_evaluator_destroy(ev);
}

/* Zones, calendars and the clock. */
void test_lib_engine(void) {
    static const char ics[] =
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:test\r\nX-MANDATE-COVERS:20260101/20261231\r\n"
        "BEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\nSUMMARY:rest\r\n"
        "CATEGORIES:REST-DAY\r\nDTSTART;VALUE=DATE:20260103\r\nRRULE:FREQ=WEEKLY;BYDAY=SA,SU\r\n"
        "END:VEVENT\r\nEND:VCALENDAR\r\n";
    struct mfeel_engine *engine = mfeel_engine_create();
    struct mfeel_evaluator *ev = mfeel_evaluator_create(engine, NULL);
    struct mfeel_error error = {0};
    struct mfeel_value out;
    const char *text;
    size_t bytes;
    CHECK_INT(mfeel_engine_zones(engine, "/nowhere", &error), MFEEL_NOT_FOUND);
    CHECK_INT(mfeel_engine_calendar(engine, "x", "nonsense", MFEEL_ZERO_ENDED, &error),
              MFEEL_SYNTAX);
    CHECK_INT(mfeel_engine_calendar(engine, "x", ics, sizeof ics - 1, &error), MFEEL_OK);
    CHECK_INT(mfeel_once(ev, "add working days(@\"2026-01-30\", 1, \"x\")", MFEEL_ZERO_ENDED,
                         mfeel_null(), &out, &error),
              MFEEL_OK);
    CHECK(mfeel_same(out, mfeel_date(2026, 2, 2)));
    CHECK_INT(mfeel_once(ev, "now()", MFEEL_ZERO_ENDED, mfeel_null(), &out, &error), MFEEL_OK);
    CHECK(mfeel_kind(out) == MFEEL_NULL);
    CHECK_INT(mfeel_now(ev, 0, "Nowhere/None", &error), MFEEL_UNKNOWN);
    CHECK_INT(mfeel_now(ev, 1000000, "Asia/Shanghai", &error), MFEEL_OK);
    CHECK_INT(mfeel_once(ev, "now()", MFEEL_ZERO_ENDED, mfeel_null(), &out, &error), MFEEL_OK);
    CHECK(mfeel_text(ev, out, MFEEL_TEXT_PLAIN, &text, &bytes, &error) == MFEEL_OK);
    CHECK_STR(((struct str){text, bytes}), STR("1970-01-01T08:00:01@Asia/Shanghai"));
    if (mfeel_engine_zones(engine, NULL, &error) == MFEEL_OK) {
        CHECK_INT(mfeel_now(ev, 0, "Europe/Paris", &error), MFEEL_OK);
        CHECK_INT(mfeel_now(ev, 0, "../../etc/passwd", &error), MFEEL_UNKNOWN);
    }
    CHECK_INT(mfeel_engine_zones(engine, NULL, &error), MFEEL_INVALID);
    mfeel_evaluator_destroy(ev);
    mfeel_engine_destroy(engine);
}
