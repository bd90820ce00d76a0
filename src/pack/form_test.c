/* Reading forms and checking what people send. */
#include "base/test.h"
#include "pack/form.h"

#define FIELD(type, key, more)                                                                     \
    "{\"type\":\"" type "\",\"key\":\"" key "\",\"label\":\"甲\",\"properties\":"                 \
    "{\"label:en\":\"A\"}" more "}"
#define FORM(fields)                                                                               \
    "{\"type\":\"default\",\"id\":\"f\",\"title\":\"表\",\"title:en\":\"Form\",\"components\":"   \
    "[" fields "]}"
#define REQUIRED ",\"validate\":{\"required\":true}"

static const struct load_row {
    int line;
    const char *text;
    enum err_code want;
} loads[] = {
    {__LINE__, FORM(FIELD("textfield", "a", "")), ERR_NONE},
    {__LINE__, FORM(""), ERR_NONE},
    {__LINE__, "[]", ERR_INVALID},
    {__LINE__, "{", ERR_SYNTAX},
    {__LINE__, FORM(FIELD("textfield", "a", "") "," FIELD("textfield", "a", "")), ERR_INVALID},
    {__LINE__, FORM(FIELD("textfield", "a b", "")), ERR_INVALID},
    {__LINE__, FORM(FIELD("textfield", "", "")), ERR_INVALID},
    {__LINE__, FORM(FIELD("button", "a", "")), ERR_UNSUPPORTED},
    {__LINE__, FORM(FIELD("textfield", "a", ",\"validate\":{\"max\":3}")), ERR_INVALID},
    {__LINE__, FORM(FIELD("textfield", "a", ",\"validate\":{\"minLength\":\"3\"}")), ERR_INVALID},
    {__LINE__, FORM(FIELD("textfield", "a", ",\"colour\":1")), ERR_INVALID},
    {__LINE__, FORM(FIELD("textfield", "a", ",\"conditional\":{\"hide\":\"b\"}")), ERR_INVALID},
    {__LINE__, FORM(FIELD("textfield", "a", ",\"conditional\":{\"hide\":\"=b +\"}")), ERR_SYNTAX},
    {__LINE__, FORM(FIELD("radio", "a", "")), ERR_INVALID}, /* no values */
    {__LINE__, FORM(FIELD("radio", "a", ",\"values\":[{\"label\":\"一\",\"value\":\"x\"}]")),
     ERR_INVALID}, /* the option has no English */
    {__LINE__,
     FORM("{\"type\":\"textfield\",\"key\":\"a\",\"label\":\"甲\",\"properties\":{\"label:en\":"
          "\"A\",\"check\":\"luhn\"}}"),
     ERR_INVALID},
    {__LINE__, FORM("{\"type\":\"textfield\",\"key\":\"a\",\"label\":\"甲\"}"), ERR_INVALID},
    {__LINE__, FORM("3"), ERR_INVALID},
};

void test_form_load(void) {
    for (size_t i = 0; i < COUNT_OF(loads); i++) {
        struct arena *arena = arena_create("form", 16 << 20);
        struct pack_form *form = NULL;
        struct err err = {0};
        bool ok = form_load(&form, arena, str_from(loads[i].text), "f.form", &err);
        CHECK_AT(loads[i].line, ok == (loads[i].want == ERR_NONE));
        CHECK_INT_AT(loads[i].line, (int64_t)err.code, (int64_t)loads[i].want);
        CHECK_AT(loads[i].line, ok == (form != NULL));
        arena_destroy(arena);
    }
}

/* One form of every kind; `b` and `c` are shown only when `a` is "yes". */
static const char whole[] = FORM(
    "{\"type\":\"radio\",\"key\":\"a\",\"label\":\"甲\",\"validate\":{\"required\":true},"
    "\"values\":[{\"label\":\"是\",\"value\":\"yes\"},{\"label\":\"否\",\"value\":\"no\"}],"
    "\"properties\":{\"label:en\":\"A\",\"option:yes:en\":\"Yes\",\"option:no:en\":\"No\"}},"
    "{\"type\":\"group\",\"label\":\"组\",\"properties\":{\"label:en\":\"G\"},"
    "\"conditional\":{\"hide\":\"=a != \\\"yes\\\"\"},\"components\":[" FIELD("textfield", "b", ",\"validate\":{\"required\":true,\"minLength\":2,\"maxLength\":4}") "," FIELD(
        "number", "c",
        ",\"validate\":{\"min\":1,\"max\":10}") "]},"
                                                "{\"type\":\"datetime\",\"subtype\":"
                                                "\"date\",\"key\":\"d\","
                                                "\"dateLabel\":\"日\","
                                                "\"properties\":{\"label:en\":"
                                                "\"Day\",\"date\":\"not-future\"}}"
                                                "," FIELD("textfield", "e", ",\"validate\":{\"validationType\":\"email\"}") "," FIELD(
                                                    "textfield", "p",
                                                    ",\"validate\":{\"pattern\":\"["
                                                    "A-Z]{3}\"}") "," FIELD("textare"
                                                                            "a",
                                                                            "t", "") ","
                                                                                     "{\""
                                                                                     "typ"
                                                                                     "e\""
                                                                                     ":\""
                                                                                     "che"
                                                                                     "ckb"
                                                                                     "ox"
                                                                                     "\","
                                                                                     "\"k"
                                                                                     "ey"
                                                                                     "\":"
                                                                                     "\"k"
                                                                                     "\","
                                                                                     "\"l"
                                                                                     "abe"
                                                                                     "l\""
                                                                                     ":\""
                                                                                     "勾"
                                                                                     "\","
                                                                                     "\"p"
                                                                                     "rop"
                                                                                     "ert"
                                                                                     "ies"
                                                                                     "\":"
                                                                                     "{\""
                                                                                     "lab"
                                                                                     "el:"
                                                                                     "en"
                                                                                     "\":"
                                                                                     "\"T"
                                                                                     "ick"
                                                                                     "\"}"
                                                                                     "},"
                                                                                     "{\""
                                                                                     "typ"
                                                                                     "e\""
                                                                                     ":\""
                                                                                     "che"
                                                                                     "ckl"
                                                                                     "ist"
                                                                                     "\","
                                                                                     "\"k"
                                                                                     "ey"
                                                                                     "\":"
                                                                                     "\"l"
                                                                                     "\","
                                                                                     "\"l"
                                                                                     "abe"
                                                                                     "l\""
                                                                                     ":\""
                                                                                     "多"
                                                                                     "\","
                                                                                     "\"v"
                                                                                     "alu"
                                                                                     "es"
                                                                                     "\":"
                                                                                     "["
                                                                                     "{\""
                                                                                     "lab"
                                                                                     "el"
                                                                                     "\":"
                                                                                     "\""
                                                                                     "一"
                                                                                     "\","
                                                                                     "\"v"
                                                                                     "alu"
                                                                                     "e\""
                                                                                     ":\""
                                                                                     "1\""
                                                                                     "},{"
                                                                                     "\"l"
                                                                                     "abe"
                                                                                     "l\""
                                                                                     ":\""
                                                                                     "二"
                                                                                     "\","
                                                                                     "\"v"
                                                                                     "alu"
                                                                                     "e\""
                                                                                     ":\""
                                                                                     "2\""
                                                                                     "}],"
                                                                                     "\"p"
                                                                                     "rop"
                                                                                     "ert"
                                                                                     "ies"
                                                                                     "\":"
                                                                                     "{\""
                                                                                     "lab"
                                                                                     "el:"
                                                                                     "en"
                                                                                     "\":"
                                                                                     "\"L"
                                                                                     "ist"
                                                                                     "\","
                                                                                     "\"o"
                                                                                     "pti"
                                                                                     "on:"
                                                                                     "1:"
                                                                                     "en"
                                                                                     "\":"
                                                                                     "\"O"
                                                                                     "ne"
                                                                                     "\","
                                                                                     "\"o"
                                                                                     "pti"
                                                                                     "on:"
                                                                                     "2:"
                                                                                     "en"
                                                                                     "\":"
                                                                                     "\"T"
                                                                                     "wo"
                                                                                     "\"}"
                                                                                     "}");

static const struct check_row {
    int line;
    const char *raw;
    const char *values; /* what is kept, as JSON */
    const char *faults; /* keys of the fields that do not pass */
} checks[] = {
    {__LINE__, "{\"a\":\"no\"}", "{\"a\":\"no\",\"k\":false}", ""},
    {__LINE__, "{}", "{\"k\":false}", "a "},
    {__LINE__, "{\"a\":\"maybe\"}", "{\"a\":\"maybe\",\"k\":false}", "a "},
    /* hidden fields are neither asked for nor kept */
    {__LINE__, "{\"a\":\"no\",\"b\":\"x\",\"c\":\"99\"}", "{\"a\":\"no\",\"k\":false}", ""},
    {__LINE__, "{\"a\":\"yes\"}", "{\"a\":\"yes\",\"k\":false}", "b "},
    {__LINE__, "{\"a\":\"yes\",\"b\":\" 示范 \",\"c\":\"1.50\"}",
     "{\"a\":\"yes\",\"b\":\"示范\",\"c\":1.50,\"k\":false}", ""},
    {__LINE__, "{\"a\":\"yes\",\"b\":\"示\"}", "{\"a\":\"yes\",\"b\":\"示\",\"k\":false}", "b "},
    {__LINE__, "{\"a\":\"yes\",\"b\":\"一二三四五\"}",
     "{\"a\":\"yes\",\"b\":\"一二三四五\",\"k\":false}", "b "},
    {__LINE__, "{\"a\":\"yes\",\"b\":\"ab\",\"c\":\"0\"}",
     "{\"a\":\"yes\",\"b\":\"ab\",\"c\":0,\"k\":false}", "c "},
    {__LINE__, "{\"a\":\"yes\",\"b\":\"ab\",\"c\":\"ten\"}",
     "{\"a\":\"yes\",\"b\":\"ab\",\"c\":\"ten\",\"k\":false}", "c "},
    {__LINE__, "{\"a\":\"no\",\"d\":\"2026-03-01\"}",
     "{\"a\":\"no\",\"d\":\"2026-03-01\",\"k\":false}", ""},
    {__LINE__, "{\"a\":\"no\",\"d\":\"2026-03-02\"}",
     "{\"a\":\"no\",\"d\":\"2026-03-02\",\"k\":false}", "d "}, /* tomorrow */
    {__LINE__, "{\"a\":\"no\",\"d\":\"2026-02-29\"}",
     "{\"a\":\"no\",\"d\":\"2026-02-29\",\"k\":false}", "d "},
    {__LINE__, "{\"a\":\"no\",\"e\":\"a@b.example\"}",
     "{\"a\":\"no\",\"e\":\"a@b.example\",\"k\":false}", ""},
    {__LINE__, "{\"a\":\"no\",\"e\":\"a@b\"}", "{\"a\":\"no\",\"e\":\"a@b\",\"k\":false}", "e "},
    {__LINE__, "{\"a\":\"no\",\"e\":\"a b@c.example\"}",
     "{\"a\":\"no\",\"e\":\"a b@c.example\",\"k\":false}", "e "},
    {__LINE__, "{\"a\":\"no\",\"p\":\"XABCX\"}", "{\"a\":\"no\",\"p\":\"XABCX\",\"k\":false}", ""},
    {__LINE__, "{\"a\":\"no\",\"p\":\"ab\"}", "{\"a\":\"no\",\"p\":\"ab\",\"k\":false}", "p "},
    {__LINE__, "{\"a\":\"no\",\"t\":\"x\\r\\ny\"}", "{\"a\":\"no\",\"t\":\"x\\ny\",\"k\":false}",
     ""},
    {__LINE__, "{\"a\":\"no\",\"t\":\"x\\u0000y\"}",
     "{\"a\":\"no\",\"t\":\"x\\u0000y\",\"k\":false}", "t "},
    {__LINE__, "{\"a\":\"no\",\"k\":\"on\",\"l\":[\"2\",\"1\",\"2\",\"3\"]}",
     "{\"a\":\"no\",\"k\":true,\"l\":[\"1\",\"2\"]}", ""},
    {__LINE__, "{\"a\":[\"no\",\"yes\"],\"b\":\"ab\",\"l\":\"1\"}",
     "{\"a\":\"yes\",\"b\":\"ab\",\"k\":false,\"l\":[\"1\"]}", ""},
    {__LINE__, "{\"a\":{\"x\":1},\"z\":\"unknown keys are dropped\"}", "{\"k\":false}", "a "},
};

static void check_one(const struct check_row *row, const struct pack_form *form,
                      struct arena *arena) {
    const struct json *raw;
    struct json *values = NULL;
    struct form_faults faults = {0};
    struct budget budget = budget_of(1000000, 16 << 20);
    struct cal_date today = {2026, 3, 1};
    struct err err = {0};
    struct buf text, keys;
    buf_init(&text, 4096);
    buf_init(&keys, 4096);
    CHECK_OK_AT(row->line, json_read(&raw, str_from(row->raw), "raw", arena, &budget, &err), &err);
    CHECK_OK_AT(row->line, form_check(&values, &faults, form, raw, today, arena, &budget, &err),
                &err);
    json_write(&text, values, JSON_COMPACT);
    CHECK_STR_AT(row->line, buf_view(&text), str_from(row->values));
    for (size_t i = 0; i < faults.count; i++) {
        buf_printf(&keys, "%.*s ", STR_ARG(faults.list[i].field->key));
        for (size_t l = 0; l < LANGS; l++)
            CHECK_AT(row->line, faults.list[i].text.in[l].len > 0);
    }
    CHECK_STR_AT(row->line, buf_view(&keys), str_from(row->faults));
    buf_done(&text);
    buf_done(&keys);
}

void test_form_check(void) {
    struct arena *arena = arena_create("form", 64 << 20);
    struct pack_form *form = NULL;
    struct err err = {0};
    bool ok = form_load(&form, arena, str_from(whole), "whole.form", &err);
    CHECK_OK(ok, &err);
    for (size_t i = 0; ok && i < COUNT_OF(checks); i++)
        check_one(&checks[i], form, arena);
    arena_destroy(arena);
}

/* A budget that is too small ends with ERR_LIMIT, never with half an answer. */
void test_form_budget(void) {
    struct arena *arena = arena_create("form", 64 << 20);
    struct pack_form *form = NULL;
    struct err err = {0};
    bool ok = form_load(&form, arena, str_from(whole), "whole.form", &err), done = false;
    CHECK_OK(ok, &err);
    for (uint64_t steps = 0; ok && !done && steps < 10000; steps++) {
        struct budget budget = budget_of(steps, 16 << 20);
        struct json *values = NULL, *raw = json_obj(arena);
        struct form_faults faults = {0};
        struct err spent = {0};
        json_set_str(raw, STR("a"), STR("yes"));
        json_set_str(raw, STR("p"), STR("ABC"));
        done = form_check(&values, &faults, form, raw, (struct cal_date){2026, 3, 1}, arena,
                          &budget, &spent);
        CHECK(done ? values != NULL : spent.code == ERR_LIMIT && values == NULL);
    }
    CHECK(done);
    arena_destroy(arena);
}
