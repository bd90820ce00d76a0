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

/* 9000 requirements are 9000 names, not 9000 times 9000 of them. */
/* DMN 1.5: 6.3.13 */
void test_dmn_many_requirements(void) {
    enum { INPUTS = 9000 };
    struct load l;
    struct buf text;
    buf_init(&text, BUF_BYTES);
    buf_add(&text, STR(BEGIN));
    for (int i = 0; i < INPUTS; i++)
        buf_printf(&text, "<inputData id='i%d' name='i%d'/>", i, i);
    buf_add(&text, STR("<decision id='d' name='d'>"));
    for (int i = 0; i < INPUTS; i++)
        buf_printf(&text,
                   "<informationRequirement><requiredInput href='#i%d'/></informationRequirement>",
                   i);
    buf_add(&text, STR("<literalExpression><text>i1</text></literalExpression></decision>"));
    buf_add(&text, STR(END));
    load_init(&l, buf_view(&text), true);
    CHECK_OK(l.loaded, &l.err);
    arena_destroy(l.arena);
    buf_done(&text);
}

/* Each rule counts nearly everywhere on a line of 6000 values, of which its cell leaves out two. */
/* DMN 1.5: 8.3.3 */
void test_dmn_many_negations(void) {
    enum { RULES = 3000 };
    struct load l;
    struct buf text;
    buf_init(&text, BUF_BYTES);
    buf_add(&text, STR(BEGIN "<inputData id='n' name='n'/><decision id='d' name='d'>"
                             "<informationRequirement><requiredInput href='#n'/>"
                             "</informationRequirement><decisionTable hitPolicy='COLLECT' "
                             "aggregation='COUNT'><input><inputExpression><text>n</text>"
                             "</inputExpression></input><output/>"));
    for (int i = 0; i < RULES; i++)
        buf_printf(&text,
                   "<rule><inputEntry><text>not(%d, [%d..%d])</text></inputEntry>"
                   "<outputEntry><text>1</text></outputEntry></rule>",
                   i, RULES + i, RULES + i + 1);
    buf_add(&text, STR("</decisionTable></decision>" END));
    load_init(&l, buf_view(&text), true);
    CHECK_OK(l.loaded, &l.err);
    static const struct {
        int line;
        int64_t n, want;
    } rows[] = {
        {__LINE__, 0, RULES - 1},         {__LINE__, RULES - 1, RULES - 1},
        {__LINE__, RULES, RULES - 1}, /* of the interval that begins there; none ends there */
        {__LINE__, RULES + 1, RULES - 2}, {__LINE__, 2 * RULES, RULES - 1},
        {__LINE__, 2 * RULES + 1, RULES}, {__LINE__, -1, RULES},
    };
    for (size_t i = 0; l.loaded && i < COUNT_OF(rows); i++) {
        struct feel_entry inputs[] = {{STR("n"), feel_int(rows[i].n)}};
        struct feel_env env = {0};
        struct budget budget = budget_of(STEPS, ARENA_BYTES);
        struct feel_value v;
        int64_t got = -1;
        CHECK_OK(dmn_evaluate(&v, l.model, STR("d"), feel_context_of(l.arena, inputs, 1), &env,
                              NULL, l.arena, &budget, &l.err),
                 &l.err);
        CHECK_AT(rows[i].line, feel_to_i64(&got, v));
        CHECK_INT_AT(rows[i].line, got, rows[i].want);
    }
    arena_destroy(l.arena);
    buf_done(&text);
}

/* Something of everything, a few dozen times. */
static void write_all(struct buf *text) {
    buf_add(text, STR(BEGIN "<itemDefinition name='t'><itemComponent name='a b'><typeRef>number"
                            "</typeRef><allowedValues><text>1, [3..5]</text></allowedValues>"
                            "</itemComponent></itemDefinition><inputData id='n' name='n'>"
                            "<variable name='n' typeRef='t'/></inputData>"));
    for (int i = 0; i < 30; i++)
        buf_printf(
            text,
            "<businessKnowledgeModel id='b%d' name='b%d'><encapsulatedLogic>"
            "<formalParameter name='x' typeRef='number'/><context><contextEntry><variable "
            "name='net - gross'/><literalExpression><text>x * 2</text></literalExpression>"
            "</contextEntry><contextEntry><relation><column name='c'/><row><literalExpression>"
            "<text>net - gross</text></literalExpression></row></relation></contextEntry>"
            "</context></encapsulatedLogic></businessKnowledgeModel>"
            "<decision id='d%d' name='d%d'><informationRequirement><requiredInput href='#n'/>"
            "</informationRequirement><knowledgeRequirement><requiredKnowledge href='#b%d'/>"
            "</knowledgeRequirement><decisionTable hitPolicy='PRIORITY'><input><inputExpression>"
            "<text>n.a b</text></inputExpression></input><input><inputExpression><text>b%d(n.a b)"
            "</text></inputExpression></input><output><outputValues><text>\"p\", \"q\"</text>"
            "</outputValues></output><rule><inputEntry><text>not([1..2], &gt; 7)</text>"
            "</inputEntry><inputEntry><text>matches(?, \"a(b|c)*d\")</text></inputEntry>"
            "<outputEntry><text>\"p\"</text></outputEntry></rule></decisionTable></decision>"
            "<decisionService id='s%d' name='s%d'><outputDecision href='#d%d'/>"
            "<inputData href='#n'/></decisionService>",
            i, i, i, i, i, i, i, i, i);
    buf_add(text, STR(END));
}

/* A table that calls itself through its function without end: one reason, whatever of it is still
 * to be done. */
/* DMN 1.5: 8.2.5, 10.3.2.13.4 */
void test_dmn_tables_that_call_themselves(void) {
#define SELF(attributes, outputs, rule)                                                            \
    BEGIN "<decision id='r' name='r'><context><contextEntry><variable name='f'/>"                  \
          "<functionDefinition><formalParameter name='n'/><decisionTable " attributes              \
          "><input><inputExpression><text>n</text></inputExpression></input>" outputs              \
          "<rule>" rule "</rule><rule>" rule "</rule></decisionTable></functionDefinition>"        \
          "</contextEntry><contextEntry><literalExpression><text>f(0)</text></literalExpression>"  \
          "</contextEntry></context></decision>" END
#define IN(feel)     "<inputEntry><text>" feel "</text></inputEntry>"
#define OUT(feel)    "<outputEntry><text>" feel "</text></outputEntry>"
#define LISTED(feel) "<output><outputValues><text>" feel "</text></outputValues></output>"
    static const char *const models[] = {
        SELF("hitPolicy='FIRST'", "<output name='a'/><output name='b'/>",
             IN("-") OUT("f(n + 1)") OUT("f(n + 2)")),
        SELF("hitPolicy='COLLECT'", "<output/>", IN("-") OUT("f(n + 1)")),
        SELF("hitPolicy='FIRST'", LISTED("f(? + 1), f(? + 2)"), IN("-") OUT("n")),
        SELF("hitPolicy='PRIORITY'", LISTED("f(? + 1), f(? + 2)"), IN("-") OUT("n")),
        SELF("hitPolicy='OUTPUT ORDER'", LISTED("f(? + 1), f(? + 2)"), IN("-") OUT("n + 1")),
        SELF("hitPolicy='ANY'", "<output/>", IN("f(n + 1), f(n + 2)") OUT("n")),
    };
#undef SELF
#undef IN
#undef OUT
#undef LISTED
    for (size_t i = 0; i < COUNT_OF(models); i++) {
        struct load l;
        struct arena *a = arena_create("self", ARENA_BYTES);
        struct budget budget = budget_of(STEPS, ARENA_BYTES);
        struct feel_env env = {0};
        struct feel_value v;
        struct err err = {0};
        load_init(&l, str_from(models[i]), true);
        CHECK_OK(l.loaded, &l.err);
        CHECK(!dmn_evaluate(&v, l.model, STR("r"), feel_null(), &env, NULL, a, &budget, &err));
        CHECK_INT(err.code, ERR_LIMIT);
        arena_destroy(a);
        arena_destroy(l.arena);
    }
}

/* However little there is, loading ends with a model or with that it takes too much. */
void test_dmn_memory_that_runs_out(void) {
    struct buf text;
    buf_init(&text, BUF_BYTES);
    write_all(&text);
    for (int strict = 0; strict < 2; strict++) {
        size_t refused = 0, bytes = 8 << 10;
        for (bool loaded = false; !loaded && bytes < ARENA_BYTES; bytes += bytes / 32) {
            struct arena *a = arena_create("little", bytes);
            struct dmn_options options = {.strict = strict == 1};
            struct budget budget = budget_of(STEPS, ARENA_BYTES);
            struct dmn_model *model;
            struct err err = {0};
            loaded = dmn_load(&model, a, buf_view(&text), "m.dmn", &options, &budget, &err);
            CHECK(loaded || (err.code == ERR_LIMIT && model == NULL));
            refused += !loaded;
            arena_destroy(a);
        }
        CHECK(refused > 50);
        CHECK(bytes < ARENA_BYTES);
    }
    buf_done(&text);
}

/* Likewise deciding and checking. */
void test_dmn_deciding_in_little_memory(void) {
    struct load l;
    struct buf text;
    buf_init(&text, BUF_BYTES);
    write_all(&text);
    load_init(&l, buf_view(&text), true);
    CHECK_OK(l.loaded, &l.err);
    size_t decided = 0, checked = 0, refused = 0;
    for (size_t bytes = 4 << 10; l.loaded && bytes < ARENA_BYTES; bytes += bytes / 16) {
        struct arena *a = arena_create("little", bytes), *b = arena_create("little", bytes);
        struct budget one = budget_of(STEPS, ARENA_BYTES), other = one;
        struct feel_env env = {0};
        struct feel_entry part = {STR("a b"), feel_int(3)};
        struct feel_value v, n = feel_context_of(l.arena, &part, 1);
        struct feel_entry input = {STR("n"), n};
        struct err err = {0}, why = {0};
        const struct dmn_finding *found;
        size_t count;
        bool good = dmn_evaluate(&v, l.model, STR("s7"), feel_context_of(l.arena, &input, 1), &env,
                                 NULL, a, &one, &err);
        CHECK(good || err.code == ERR_LIMIT);
        bool whole = dmn_check(&found, &count, l.model, b, &other, &why);
        CHECK(whole || why.code == ERR_LIMIT);
        decided += good;
        checked += whole;
        refused += !good;
        refused += !whole;
        arena_destroy(a);
        arena_destroy(b);
    }
    CHECK(decided > 0 && checked > 0 && refused > 0);
    arena_destroy(l.arena);
    buf_done(&text);
}

/* Every rule matches, and its output stands somewhere in a list as long as the table. */
/* DMN 1.5: 8.2.5, hit policy priority */
void test_dmn_many_priorities(void) {
    enum { RULES = 6000 };
    struct load l;
    struct buf text;
    buf_init(&text, BUF_BYTES);
    buf_add(&text, STR(BEGIN "<decision id='d' name='d'><decisionTable hitPolicy='PRIORITY'>"
                             "<output><outputValues><text>\"first\", \"first\""));
    for (int i = 0; i < RULES; i++)
        buf_printf(&text, ", \"o%d\"", i);
    buf_add(&text, STR("</text></outputValues></output>"));
    for (int i = RULES - 1; i >= 0; i--)
        buf_printf(&text, "<rule><outputEntry><text>\"o%d\"</text></outputEntry></rule>", i);
    buf_add(&text, STR("<rule><outputEntry><text>\"none\"</text></outputEntry></rule>"
                       "</decisionTable></decision>" END));
    load_init(&l, buf_view(&text), true);
    CHECK_OK(l.loaded, &l.err);
    struct budget budget = budget_of(STEPS, ARENA_BYTES);
    struct feel_env env = {0};
    struct feel_value v = feel_null();
    CHECK_OK(l.loaded && dmn_evaluate(&v, l.model, STR("d"), feel_context_of(l.arena, NULL, 0),
                                      &env, NULL, l.arena, &budget, &l.err),
             &l.err);
    CHECK(feel_same(v, feel_string(STR("o0"))));
    arena_destroy(l.arena);
    buf_done(&text);
}

/* 5000 members of a type with 5000: each look through the type is paid for. */
/* DMN 1.5: 10.3.1.4 */
void test_dmn_many_members(void) {
    enum { MEMBERS = 5000 };
    struct load l;
    struct buf text;
    buf_init(&text, BUF_BYTES);
    buf_add(&text, STR(BEGIN "<itemDefinition name='t'>"));
    for (int i = 0; i < MEMBERS; i++)
        buf_printf(&text, "<itemComponent name='f %d'><typeRef>number</typeRef></itemComponent>",
                   i);
    buf_add(&text, STR("</itemDefinition><inputData id='n' name='n'><variable name='n' "
                       "typeRef='t'/></inputData><decision id='d' name='d'>"
                       "<informationRequirement><requiredInput href='#n'/>"
                       "</informationRequirement><literalExpression><text>[1"));
    for (int i = 0; i < MEMBERS; i++)
        buf_printf(&text, ", n.f %d", i);
    buf_add(&text, STR("]</text></literalExpression></decision>" END));
    load_init(&l, buf_view(&text), false);
    CHECK(!l.loaded);
    CHECK_INT(l.err.code, ERR_LIMIT);
    CHECK_STR(str_from(l.err.at.source), STR("m.dmn"));
    arena_destroy(l.arena);
    buf_done(&text);
}
