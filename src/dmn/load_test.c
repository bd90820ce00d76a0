/* What refuses a model, with its place; how large it may be; what its boxes may lack; and that
 * whatever runs out while it is read or decided ends with ERR_LIMIT. */
#include "base/test.h"
#include "dmn/dmn.h"
#include "json/json.h"

#define NS                     "xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/'"
#define DMN                    "https://www.omg.org/spec/DMN/20230324/MODEL/"
#define FRAME(body)            "<definitions " NS " namespace='urn:m' name='m'>" body "</definitions>"
#define TEXT(feel)             "<literalExpression><text>" feel "</text></literalExpression>"
#define D(name, body)          "<decision id='" name "' name='" name "'>" body "</decision>"
#define IMPORT(name, ns, type) "<import name='" name "' namespace='" ns "' importType='" type "'/>"

#define ONE                                                                                        \
    "<informationRequirement><requiredDecision "                                                   \
    "href='urn:same#one'/></informationRequirement>" TEXT("x.one")

enum { ARENA_BYTES = 256 << 20, BYTES = 200 << 20, STEPS = 50000000 };

/* urn:1 imports urn:2, and so on without end; urn:bad is no XML, urn:other no model. */
static bool give(struct str *xml, const char **file, void *self, struct str ns, struct str location,
                 struct err *err) {
    struct arena *a = self;
    int number;
    (void)location;
    *file = "other.dmn";
    if (str_eq(ns, STR("urn:bad"))) {
        *xml = STR("<definitions>\n<x>");
    } else if (str_eq(ns, STR("urn:other"))) {
        *xml = STR("<x/>");
    } else if (str_eq(ns, STR("urn:same"))) {
        *xml = STR("<definitions " NS
                   " namespace='urn:same' name='same'>" D("one", TEXT("1")) "</definitions>");
    } else if (sscanf(arena_cstr(a, ns), "urn:last%d", &number) == 1) { /* of so many more */
        *xml = arena_printf(
            a, "<definitions " NS " namespace='urn:last%d' name='m%d'>%s</definitions>", number,
            number,
            number == 1 ? "" : arena_printf(a, IMPORT("n", "urn:last%d", DMN), number - 1).at);
    } else if (sscanf(arena_cstr(a, ns), "urn:%d", &number) == 1) {
        *xml = arena_printf(a,
                            "<definitions " NS " namespace='urn:%d' name='m%d'>" IMPORT(
                                "n", "urn:%d", DMN) "</definitions>",
                            number, number, number + 1);
    } else {
        return err_set(err, ERR_NOT_FOUND, err_nowhere, "no such model");
    }
    return true;
}

struct load {
    struct arena *arena;
    struct dmn_model *model;
    struct err err;
    bool loaded;
};

static struct load load(struct str xml, bool strict, dmn_import_fn import) {
    struct load l = {.arena = arena_create("load", ARENA_BYTES)};
    struct dmn_options options = {.strict = strict, .import = import, .import_self = l.arena};
    struct budget budget = budget_of(STEPS, BYTES);
    l.loaded = dmn_load(&l.model, l.arena, xml, "m.dmn", &options, &budget, &l.err);
    return l;
}

struct refusal {
    int line;
    const char *xml, *want;
    enum err_code code;
};

static void check_refused(const struct refusal *row, struct str xml, dmn_import_fn import) {
    struct load l = load(xml, true, import);
    char text[ERR_TEXT_MAX + 200] = "";
    CHECK_INT_AT(row->line, l.err.code, row->code);
    CHECK_AT(row->line, l.loaded == (row->code == ERR_NONE) && l.loaded == (l.model != NULL));
    if (!l.loaded)
        err_format(text, sizeof text, &l.err);
    if (!str_starts(str_from(text), str_from(row->want)))
        CHECK_STR_AT(row->line, str_from(text), str_from(row->want));
    arena_destroy(l.arena);
}

/* DMN 1.5: 6.3.1, 6.3.2, 6.3.3, 12.3.1 */
void test_dmn_load_refused(void) {
    static const struct refusal rows[] = {
        {__LINE__, "<definitions " NS "/>", "", ERR_NONE},
        {__LINE__, "\n<definitions xmlns='urn:x'/>", "m.dmn:2:1: the file is not a DMN model",
         ERR_INVALID},
        {__LINE__, "<decision " NS "/>", "m.dmn:1:1: the file is not a DMN model", ERR_INVALID},
        {__LINE__, "<definitions " NS ">", "m.dmn:1:", ERR_SYNTAX},
        {__LINE__, "", "m.dmn:1:1: this is not well-formed XML: no element found", ERR_SYNTAX},
        {__LINE__, FRAME("\n<decision id='a'/>"),
         "m.dmn:2:1: <decision> needs the attribute 'name'", ERR_INVALID},
        {__LINE__, FRAME("<inputData id='a' name=''/>"), "m.dmn:1:", ERR_INVALID},
        {__LINE__, FRAME("<inputData id='a' name='x'/>\n <decision id='a' name='y'/>"),
         "m.dmn:2:2: the id 'a' stands twice", ERR_INVALID},
        {__LINE__, FRAME("<inputData name='x'/><decision name='x'/>"), "", ERR_NONE},
        /* imports */
        {__LINE__, FRAME("\n" IMPORT("x", "urn:none", DMN)), "m.dmn:2:1: no such model",
         ERR_NOT_FOUND},
        {__LINE__, FRAME(IMPORT("x", "urn:none", "http://www.w3.org/2001/XMLSchema")), "",
         ERR_NONE},
        {__LINE__, FRAME(IMPORT("x", "urn:none", "")), "", ERR_NONE},
        {__LINE__, FRAME(IMPORT("x", "urn:same", "http://www.omg.org/spec/dmn/x")), "", ERR_NONE},
        /* one of another kind is passed over, and so defines nothing */
        {__LINE__, FRAME(IMPORT("x", "urn:same", "http://www.omg.org/spec/dmn/x") D("a", ONE)), "",
         ERR_NONE},
        {__LINE__, FRAME(IMPORT("x", "urn:same", "http://www.w3.org/2001/XMLSchema") D("a", ONE)),
         "m.dmn:1:", ERR_UNKNOWN},
        {__LINE__, FRAME(IMPORT("x", "urn:bad", DMN)), "other.dmn:2:", ERR_SYNTAX},
        {__LINE__, FRAME(IMPORT("x", "urn:other", DMN)),
         "other.dmn:1:1: the file is not a DMN model", ERR_INVALID},
        {__LINE__, FRAME(IMPORT("x", "urn:1", DMN)), "other.dmn: a model needs more than 64 others",
         ERR_LIMIT},
        {__LINE__, FRAME(IMPORT("x", "urn:last64", DMN)), "", ERR_NONE},
        {__LINE__, FRAME(IMPORT("x", "urn:last65", DMN)),
         "other.dmn: a model needs more than 64 others", ERR_LIMIT},
        {__LINE__, FRAME(IMPORT("x", "urn:m", DMN) D("a", TEXT("1"))), "", ERR_NONE},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        check_refused(&rows[i], str_from(rows[i].xml), give);
    static const struct refusal nobody = {__LINE__, FRAME("\n " IMPORT("x", "urn:same", DMN)),
                                          "m.dmn:2:2: the model imports 'urn:same', and nothing "
                                          "gives it",
                                          ERR_UNSUPPORTED};
    check_refused(&nobody, str_from(nobody.xml), NULL);
}

/* As many as may be, and one more. */
void test_dmn_load_limits(void) {
    static const struct {
        struct refusal row;
        const char *before, *each, *behind;
        int count;
    } rows[] = {
        {{__LINE__, NULL, "", ERR_NONE}, "", IMPORT("x", "urn:same", DMN), "", DMN_IMPORTS_MAX},
        {{__LINE__, NULL, "m.dmn:1:1: a model has more than 64 imports", ERR_LIMIT},
         "",
         IMPORT("x", "urn:same", DMN),
         "",
         DMN_IMPORTS_MAX + 1},
        {{__LINE__, NULL, "", ERR_NONE}, "", "<inputData name='x'/>", "", DMN_ELEMENTS_MAX},
        {{__LINE__, NULL, "m.dmn:1:1: a model has more than 10000 elements", ERR_LIMIT},
         "",
         "<decision name='x'/>",
         "",
         DMN_ELEMENTS_MAX + 1},
        {{__LINE__, NULL, "m.dmn:1:1: a model has more than 10000 types", ERR_LIMIT},
         "",
         "<itemDefinition name='x'/>",
         "",
         DMN_ELEMENTS_MAX + 1},
        {{__LINE__, NULL, "", ERR_NONE},
         "<decision name='d'><decisionTable><output/>",
         "<input/>",
         "</decisionTable></decision>",
         DMN_COLUMNS_MAX},
        {{__LINE__, NULL, "m.dmn:1:", ERR_LIMIT},
         "<decision name='d'><decisionTable><output/>",
         "<input/>",
         "</decisionTable></decision>",
         DMN_COLUMNS_MAX + 1},
        {{__LINE__, NULL, "", ERR_NONE},
         "<decision name='d'><decisionTable>",
         "<output name='x'/>",
         "</decisionTable></decision>",
         DMN_COLUMNS_MAX},
        {{__LINE__, NULL, "m.dmn:1:", ERR_LIMIT},
         "<decision name='d'><decisionTable>",
         "<output name='x'/>",
         "</decisionTable></decision>",
         DMN_COLUMNS_MAX + 1},
        {{__LINE__, NULL, "m.dmn:1:", ERR_LIMIT},
         "<decision name='d'><decisionTable><output/>",
         "<rule/>",
         "</decisionTable></decision>",
         DMN_RULES_MAX + 1},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buf xml;
        buf_init(&xml, 16 << 20);
        buf_printf(&xml, "<definitions " NS " namespace='urn:m' name='m'>%s", rows[i].before);
        for (int k = 0; k < rows[i].count; k++)
            buf_add(&xml, str_from(rows[i].each));
        buf_printf(&xml, "%s</definitions>", rows[i].behind);
        check_refused(&rows[i].row, buf_view(&xml), give);
        buf_done(&xml);
    }
}

/* Boxes and types in each other. */
void test_dmn_load_nested(void) {
    static const struct {
        struct refusal row;
        const char *before, *opens, *middle, *closes, *behind;
        int depth;
    } rows[] = {
        {{__LINE__, NULL, "", ERR_NONE},
         "<decision name='d'>",
         "<list>",
         "",
         "</list>",
         "</decision>",
         64},
        {{__LINE__, NULL, "m.dmn:1:", ERR_LIMIT},
         "<decision name='d'>",
         "<list>",
         "",
         "</list>",
         "</decision>",
         65},
        {{__LINE__, NULL, "", ERR_NONE},
         "<itemDefinition name='t'>",
         "<itemComponent name='c'>",
         "<typeRef>number</typeRef>",
         "</itemComponent>",
         "</itemDefinition>",
         31},
        {{__LINE__, NULL, "m.dmn:1:", ERR_LIMIT},
         "<itemDefinition name='t'>",
         "<itemComponent name='c'>",
         "<typeRef>number</typeRef>",
         "</itemComponent>",
         "</itemDefinition>",
         32},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buf xml;
        buf_init(&xml, 1 << 20);
        buf_printf(&xml, "<definitions " NS " namespace='urn:m' name='m'>%s", rows[i].before);
        for (int k = 0; k < rows[i].depth; k++)
            buf_add(&xml, str_from(rows[i].opens));
        buf_add(&xml, str_from(rows[i].middle));
        for (int k = 0; k < rows[i].depth; k++)
            buf_add(&xml, str_from(rows[i].closes));
        buf_printf(&xml, "%s</definitions>", rows[i].behind);
        check_refused(&rows[i].row, buf_view(&xml), give);
        buf_done(&xml);
    }
}

/* --- what runs out
 * ---------------------------------------------------------------------------------------- */
/* Something of everything; its value is known. */
static const char rich[] = FRAME(
    "<itemDefinition name='tN'><typeRef>number</typeRef><allowedValues><text>[0..100]</text>"
    "</allowedValues></itemDefinition><itemDefinition name='tL' isCollection='true'><typeRef>tN"
    "</typeRef></itemDefinition><itemDefinition name='tP'><itemComponent name='a - b'><typeRef>tN"
    "</typeRef></itemComponent><itemComponent name='l'><typeRef>tL</typeRef></itemComponent>"
    "</itemDefinition>"
    "<inputData id='i' name='p'><variable name='p' typeRef='tP'/></inputData>"
    "<businessKnowledgeModel id='f' name='f'><encapsulatedLogic><formalParameter name='n' "
    "typeRef='tN'/>" TEXT(
        "n * 2") "</encapsulatedLogic></businessKnowledgeModel>"
                 "<decision id='t' name='t'><variable name='t' "
                 "typeRef='tL'/><informationRequirement>"
                 "<requiredInput href='#i'/></informationRequirement><decisionTable "
                 "hitPolicy='OUTPUT ORDER'>"
                 "<input><inputExpression><text>p.a - "
                 "b</text></inputExpression><inputValues><text>[0..50]"
                 "</text></inputValues></input><output><outputValues><text>3, 2, "
                 "1</text></outputValues>"
                 "</output><rule><inputEntry><text>&lt; "
                 "10</text></inputEntry><outputEntry><text>1</text>"
                 "</outputEntry></rule><rule><inputEntry><text>? &gt; "
                 "count(p.l)</text></inputEntry>"
                 "<outputEntry><text>count(p.l)</text></outputEntry></rule></decisionTable></"
                 "decision>"
                 "<decision id='c' name='c'><variable "
                 "name='c'/><informationRequirement><requiredDecision "
                 "href='#t'/></informationRequirement><context><contextEntry><variable "
                 "name='k'/><relation>"
                 "<column name='x'/><row>" TEXT(
                     "t[1]") "</row></relation></contextEntry><contextEntry>"
                             "<filter><in>" TEXT("k") "</in><match>" TEXT(
                                 "x &gt; 1") "</match></filter></contextEntry>"
                                             "</context></decision>"
                                             "<decisionService id='s' name='s'><outputDecision "
                                             "href='#c'/><outputDecision href='#t'/>"
                                             "<inputData href='#i'/></decisionService>"
                                             "<decision id='d' name='d'><variable "
                                             "name='d'/><informationRequirement><requiredInput "
                                             "href='#i'"
                                             "/></"
                                             "informationRequirement><knowledgeRequirement><"
                                             "requiredKnowledge href='#s'/>"
                                             "</"
                                             "knowledgeRequirement><knowledgeRequirement><"
                                             "requiredKnowledge href='#f'/>"
                                             "</"
                                             "knowledgeRequirement><context><contextEntry><"
                                             "variable name='a - b'/>" TEXT(
                                                 "s(p)") "</"
                                                         "contextEntry><"
                                                         "contextEntry><"
                                                         "variable "
                                                         "name='e'/"
                                                         "><"
                                                         "invocation"
                                                         ">" TEXT("f") "<binding><parameter "
                                                                       "name='n'/>" TEXT(
                                                                           "count(p."
                                                                           "l)") "</"
                                                                                 "bind"
                                                                                 "ing>"
                                                                                 "</"
                                                                                 "invo"
                                                                                 "cati"
                                                                                 "on><"
                                                                                 "/con"
                                                                                 "text"
                                                                                 "Entr"
                                                                                 "y>"
                                                                                 "</"
                                                                                 "cont"
                                                                                 "ext>"
                                                                                 "</"
                                                                                 "deci"
                                                                                 "sion"
                                                                                 ">");
#define RICH_INPUT "{\"p\": {\"a - b\": 5, \"l\": [7, 8]}}"
#define RICH_VALUE "{\"a - b\": {c: [{x: 2}], t: [2, 1]}, e: 4}"

static struct feel_value rich_input(struct arena *a) {
    const struct json *json;
    struct budget budget = budget_of(100000, 1 << 20);
    struct feel_value inputs = feel_null();
    struct err err = {0};
    CHECK_OK(json_read(&json, STR(RICH_INPUT), "inputs", a, &budget, &err) &&
                 feel_from_json(&inputs, json, a, &err),
             &err);
    return inputs;
}

/* Steps and bytes of the budget, and room of the arena, each from next to nothing to enough. */
void test_dmn_load_runs_out(void) {
    for (int kind = 0; kind < 3; kind++) {
        bool enough = false;
        for (uint64_t n = 16; !enough && n < (UINT64_C(64) << 20); n += n / 16 + 1) {
            struct arena *a = arena_create("load", kind == 2 ? (size_t)n + (256 << 10) : 64 << 20);
            struct budget budget = budget_of(kind == 0 ? n : STEPS, kind == 0 ? 64 << 20 : n);
            struct dmn_options options = {.strict = n % 2 == 0};
            struct dmn_model *model;
            struct err err = {0};
            enough = dmn_load(&model, a, str_from(rich), "rich.dmn", &options, &budget, &err);
            CHECK_INT_AT(kind, err.code, enough ? ERR_NONE : ERR_LIMIT);
            CHECK_AT(kind, enough == (model != NULL));
            arena_destroy(a);
        }
        CHECK_AT(kind, enough);
    }
}

void test_dmn_decide_runs_out(void) {
    struct load l = load(str_from(rich), true, NULL);
    CHECK_OK(l.loaded, &l.err);
    struct feel_value inputs = rich_input(l.arena);
    for (int kind = 0; l.loaded && kind < 4; kind++) {
        bool enough = false;
        for (uint64_t n = 1; !enough && n < (UINT64_C(16) << 20); n += n / 16 + 1) {
            struct arena *a = arena_create("decide", kind == 2 ? (size_t)n + 8192 : 64 << 20);
            struct arena *trace_arena =
                arena_create("trace", kind == 3 ? (size_t)n + 8192 : 64 << 20);
            struct dmn_trace trace = {.arena = trace_arena};
            struct budget budget =
                budget_of(kind == 0 ? n : STEPS, kind == 1 ? n : (uint64_t)64 << 20);
            struct feel_env env = {0};
            struct feel_value v;
            struct err err = {0};
            bool good = dmn_evaluate(&v, l.model, STR("d"), inputs, &env, kind == 3 ? &trace : NULL,
                                     a, &budget, &err);
            CHECK_INT_AT(kind, err.code, good ? ERR_NONE : ERR_LIMIT);
            CHECK_AT(kind, good || kind < 3); /* a trace that does not fit is cut short */
            enough = good && (kind < 3 || trace.count == 3);
            if (good) {
                struct buf out;
                buf_init(&out, 1 << 16);
                feel_print(&out, v);
                CHECK_STR_AT(kind, buf_view(&out), STR(RICH_VALUE));
                buf_done(&out);
            }
            arena_destroy(a);
            arena_destroy(trace_arena);
        }
        CHECK_AT(kind, enough);
    }
    arena_destroy(l.arena);
}
