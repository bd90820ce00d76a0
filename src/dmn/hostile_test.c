/* Models that would take much more than their size: small texts that mean many types, long lists,
 * and what a model that is not strict makes of its broken parts. */
#include "dmn/view.h"

#include "base/test.h"

#define BEGIN "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' namespace='urn:m'>"
#define END   "</definitions>"

/* The limit is what fails these, not the clock: seconds become hours without the mend. */
enum { ARENA_BYTES = 64 << 20, BUF_BYTES = 4 << 20, STEPS = 10000000 };

struct load {
    struct arena *arena;
    struct dmn_model *model;
    struct err err;
    bool loaded;
};

static void load_init(struct load *l, struct str xml, bool strict) {
    struct dmn_options options = {.strict = strict};
    struct budget budget = budget_of(STEPS, ARENA_BYTES);
    *l = (struct load){.arena = arena_create("load", ARENA_BYTES)};
    l->loaded = dmn_load(&l->model, l->arena, xml, "m.dmn", &options, &budget, &l->err);
}

/* DMN 1.5: 10.4 */
void test_dmn_broken_service_asks_nothing(void) {
    struct load l;
    const struct dmn_view_ask *asks;
    struct buf text;
    buf_init(&text, BUF_BYTES);
    buf_add(&text, STR(BEGIN "<inputData id='n' name='n'/>"));
    for (int i = 0; i < 200; i++)
        buf_printf(&text, "<decision id='d%d' name='d%d'/>", i, i);
    buf_add(&text, STR("<decisionService id='s' name='s'><outputDecision href='#d0'/>"));
    for (int i = 0; i < 200; i++)
        buf_printf(&text, "<inputDecision href='#d%d'/>", i);
    buf_add(&text, STR("<inputData href='#nobody'/></decisionService>" END));
    load_init(&l, buf_view(&text), false);
    CHECK_OK(l.loaded, &l.err);
    struct arena *a = arena_create("asks", 1 << 20);
    CHECK_INT((int64_t)dmn_view_asks(&asks, l.model, STR("s"), a), 0);
    arena_destroy(a);
    arena_destroy(l.arena);
    buf_done(&text);
}

/* Each of 12 types has 20 parts of the next one: 20 to the 12th ways. */
/* DMN 1.5: 7.3.3 */
void test_dmn_types_of_many_ways(void) {
    struct load l;
    struct buf text;
    buf_init(&text, BUF_BYTES);
    buf_add(&text, STR(BEGIN));
    for (int i = 0; i < 12; i++) {
        buf_printf(&text, "<itemDefinition name='t%d'>", i);
        for (int k = 0; k < 20; k++)
            buf_printf(&text, "<itemComponent name='f%d'><typeRef>t%d</typeRef></itemComponent>", k,
                       i + 1);
        buf_add(&text, STR("</itemDefinition>"));
    }
    buf_add(&text, STR("<itemDefinition name='t12'><typeRef>string</typeRef></itemDefinition>"
                       "<decision id='d' name='d'><variable name='d' typeRef='t0'/>"
                       "<literalExpression><text>null</text></literalExpression></decision>" END));
    load_init(&l, buf_view(&text), true);
    CHECK_OK(l.loaded, &l.err);
    struct dmn_outcomes outcomes;
    struct budget budget = budget_of(STEPS, ARENA_BYTES);
    CHECK_OK(l.loaded && dmn_outcomes(&outcomes, l.model, 0, l.arena, &budget, &l.err), &l.err);
    arena_destroy(l.arena);
    buf_done(&text);
}

/* DMN 1.5: 7.3.3 */
void test_dmn_types_of_themselves(void) {
    static const struct {
        int line;
        const char *items, *want;
    } rows[] = {
        {__LINE__,
         "<itemDefinition name='t'><typeRef>context&lt;a: t, b: t&gt;</typeRef></itemDefinition>",
         "the type 't' contains itself"},
        {__LINE__,
         "<itemDefinition name='t'><typeRef>list&lt;u&gt;</typeRef></itemDefinition>"
         "<itemDefinition name='u'><itemComponent name='a'><typeRef>function&lt;number&gt;-&gt;t"
         "</typeRef></itemComponent></itemDefinition>",
         "the type 't' contains itself"},
        {__LINE__,
         "<itemDefinition name='t'><typeRef>list&lt;u&gt;</typeRef></itemDefinition>"
         "<itemDefinition name='u'><typeRef>number</typeRef></itemDefinition>",
         ""},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        for (int strict = 0; strict < 2; strict++) {
            struct load l;
            struct arena *a = arena_create("text", 1 << 16);
            load_init(&l, arena_printf(a, BEGIN "%s" END, rows[i].items), strict == 1);
            CHECK(l.loaded == (strict == 0 || rows[i].want[0] == 0));
            if (strict == 1)
                CHECK_STR_AT(rows[i].line, str_from(l.err.text), str_from(rows[i].want));
            arena_destroy(l.arena);
            arena_destroy(a);
        }
    }
}

/* 100 columns of a type that lists 4000 values: they are made once. */
/* DMN 1.5: 8.3.2 */
void test_dmn_listed_values_are_shared(void) {
    struct load l;
    struct buf text;
    buf_init(&text, BUF_BYTES);
    buf_add(&text, STR(BEGIN "<itemDefinition name='t'><typeRef>string</typeRef><allowedValues>"
                             "<text>\"a\""));
    for (int i = 0; i < 4000; i++)
        buf_printf(&text, ",\"v%d\"", i);
    buf_add(&text, STR("</text></allowedValues></itemDefinition><decision id='d' name='d'>"
                       "<decisionTable hitPolicy='PRIORITY'>"));
    for (int i = 0; i < 100; i++)
        buf_printf(&text, "<output name='o%d' typeRef='t'/>", i);
    buf_add(&text, STR("</decisionTable></decision>" END));
    load_init(&l, buf_view(&text), true);
    CHECK_OK(l.loaded, &l.err);
    arena_destroy(l.arena);
    buf_done(&text);
}

/* Words without quotes among the output values. */
/* DMN 1.5: 8.3.2 */
void test_dmn_listed_words(void) {
#define WORDS(values, entry)                                                                       \
    BEGIN "<decision id='d' name='d'><decisionTable><output><outputValues><text>" values           \
          "</text></outputValues></output><rule><outputEntry><text>" entry                         \
          "</text></outputEntry></rule></decisionTable></decision>" END
    static const struct {
        int line;
        const char *xml, *want;
    } rows[] = {
        {__LINE__, WORDS("low, high", "\"low\""), "\"low\""},
        {__LINE__, WORDS("\"low\", high", "\"middle\""), "\"middle\""},
        {__LINE__, WORDS("\"low\", \"high\"", "\"middle\""), "null"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct load l;
        struct buf out;
        struct feel_value v = feel_null();
        struct feel_env env = {0};
        struct budget budget = budget_of(STEPS, ARENA_BYTES);
        buf_init(&out, 1 << 16);
        load_init(&l, str_from(rows[i].xml), false);
        CHECK_OK_AT(rows[i].line,
                    l.loaded && dmn_evaluate(&v, l.model, STR("d"), feel_null(), &env, NULL,
                                             l.arena, &budget, &l.err),
                    &l.err);
        feel_print(&out, v);
        CHECK_STR_AT(rows[i].line, buf_view(&out), str_from(rows[i].want));
        arena_destroy(l.arena);
        buf_done(&out);
    }
}

/* A context of 10000 entries and a service of 10000 parameters: names are looked up, not compared
 * with all others. */
/* DMN 1.5: 6.3.10, 10.2.1.4 */
void test_dmn_many_names(void) {
    struct load l;
    struct buf text;
    buf_init(&text, BUF_BYTES);
    buf_add(&text, STR(BEGIN "<inputData id='n' name='n'/><decision id='d' name='d'><context>"));
    for (int i = 0; i < 10000; i++)
        buf_printf(&text, "<contextEntry><variable name='e%d'/><list/></contextEntry>", i);
    buf_add(&text, STR("</context></decision><decisionService id='s' name='s'>"
                       "<outputDecision href='#d'/>"));
    for (int i = 0; i < 10000; i++)
        buf_add(&text, STR("<inputData href='#n'/>"));
    buf_add(&text, STR("</decisionService>" END));
    load_init(&l, buf_view(&text), true);
    CHECK_OK(l.loaded, &l.err);
    arena_destroy(l.arena);
    buf_done(&text);
}
