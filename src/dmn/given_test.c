/* Values from outside: which an element asks for, under which names they are taken, and JSON that
 * is read as the types ask: wrong kinds, parts, what is allowed, depth, and budgets. */
#include "base/test.h"
#include "dmn/view.h"
#include "json/json.h"

#define MODEL(body)                                                                                \
    "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' namespace='urn:m' "         \
    "name='m'>" body "</definitions>"
#define TEXT(feel)        "<literalExpression><text>" feel "</text></literalExpression>"
#define ITEM(name, parts) "<itemDefinition name='" name "'>" parts "</itemDefinition>"
#define MANY(name, type)                                                                           \
    "<itemDefinition name='" name "' isCollection='true'><typeRef>" type                           \
    "</typeRef></itemDefinition>"
#define BASE(type)        "<typeRef>" type "</typeRef>"
#define ALLOWED(tests)    "<allowedValues><text>" tests "</text></allowedValues>"
#define CONSTRAINT(tests) "<typeConstraint><text>" tests "</text></typeConstraint>"
#define PART(name, type)                                                                           \
    "<itemComponent name='" name "'><typeRef>" type "</typeRef></itemComponent>"
#define INPUT(name, type)                                                                          \
    "<inputData id='" name "' name='" name "'><variable name='" name "' typeRef='" type            \
    "'/></inputData>"
#define DECISION(name, type, needs, logic)                                                         \
    "<decision id='" name "' name='" name "'><variable name='" name "' typeRef='" type             \
    "'/>" needs logic "</decision>"
#define DATA(name)                                                                                 \
    "<informationRequirement><requiredInput href='#" name "'/></informationRequirement>"
#define VALUE(name)                                                                                \
    "<informationRequirement><requiredDecision href='#" name "'/></informationRequirement>"

struct bench {
    struct arena *arena;
    struct dmn_model *model;
    struct budget budget;
    struct err err;
};

static struct bench bench(const char *xml, bool strict, int line) {
    struct bench b = {.arena = arena_create("given", 64 << 20),
                      .budget = budget_of(10000000, 64 << 20)};
    struct dmn_options options = {.strict = strict};
    CHECK_OK_AT(line,
                dmn_load(&b.model, b.arena, str_from(xml), "m.dmn", &options, &b.budget, &b.err),
                &b.err);
    return b;
}

/* DMN 1.5: 6.3.11, 10.4: what is asked for; an element that has no value asks for nothing */
void test_dmn_given_asks(void) {
    static const struct {
        int line;
        const char *xml, *element, *want; /* names, comma behind each */
    } rows[] = {
#define NEEDY                                                                                      \
    INPUT("n", "number")                                                                           \
    INPUT("m", "number")                                                                           \
    DECISION("a", "Any", DATA("n"), TEXT("n"))                                                     \
    DECISION("b", "Any", VALUE("a") DATA("m"), TEXT("a + m"))                                      \
    "<decisionService id='s' name='s'><outputDecision "                                            \
    "href='#b'/><inputDecision "                                                                   \
    "href='#a'/><inputData href='#m'/></decisionService>"                                          \
    "<businessKnowledgeModel id='f' "                                                              \
    "name='f'><encapsulatedLogic><formalParameter "                                                \
    "name='x - y'/><formalParameter name='z'/>" TEXT("z") "</encapsulatedLogic>"                   \
                                                          "</businessKnowledgeModel>"
        {__LINE__, MODEL(NEEDY), "a", "n,"},
        {__LINE__, MODEL(NEEDY), "b", "m,n,"},
        {__LINE__, MODEL(NEEDY), "n", "n,"},
        {__LINE__, MODEL(NEEDY), "s", "m,a,"},
        {__LINE__, MODEL(NEEDY), "f", "x - y,z,"},
        {__LINE__, MODEL(NEEDY), "none", ""},
        /* a circle: it has no value, whatever is given */
        {__LINE__,
         MODEL(INPUT("n", "number") DECISION("a", "Any", VALUE("b") DATA("n"), TEXT("n"))
                   DECISION("b", "Any", VALUE("a") DATA("n"), TEXT("n"))),
         "a", ""},
        {__LINE__,
         MODEL(INPUT("n",
                     "number") "<businessKnowledgeModel id='f' name='f'><encapsulatedLogic>"
                               "<formalParameter name='x'/>" TEXT(
                                   "x") "</encapsulatedLogic>"
                                        "</businessKnowledgeModel><decisionService id='s' name='s'>"
                                        "<outputDecision href='#gone'/><inputData href='#n'/>"
                                        "</decisionService>"),
         "s", ""},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct bench b = bench(rows[i].xml, false, rows[i].line);
        const struct dmn_view_ask *asks;
        struct buf out;
        buf_init(&out, 1 << 12);
        size_t count = dmn_view_asks(&asks, b.model, str_from(rows[i].element), b.arena);
        for (size_t k = 0; k < count; k++)
            buf_printf(&out, "%.*s,", STR_ARG(asks[k].name));
        CHECK_STR_AT(rows[i].line, buf_view(&out), str_from(rows[i].want));
        buf_done(&out);
        arena_destroy(b.arena);
    }
}

/* --- texts
 * -----------------------------------------------------------------------------------------------
 */
#define PLACES                                                                                     \
    MANY("tDays", "date")                                                                          \
    ITEM("tP", PART("born", "date") PART("days", "tDays") PART("wait - time", "dayTimeDuration"))  \
    MANY("tPs", "tP")                                                                              \
    "<inputData id='i' name='my day'><variable name='the day' typeRef='date'/>"                    \
    "</inputData>" INPUT("days", "tDays") INPUT("p", "tP") INPUT("ps", "tPs") INPUT("t", "time")   \
        INPUT("at", "dateTime") INPUT("long", "yearMonthDuration") INPUT("s", "string")            \
            DECISION("given", "date", "", TEXT("null"))                                            \
                DECISION("d", "Any",                                                               \
                         DATA("i") DATA("days") DATA("p") DATA("ps") DATA("t") DATA("at")          \
                             DATA("long") DATA("s"),                                               \
                         TEXT("[the day, days, p, ps, t, at, long, s][item != null]"))             \
                    DECISION("o", "Any", VALUE("given"),                                           \
                             TEXT("[given]")) "<decisionService id='s1' "                          \
                                              "name='s1'><outputDecision "                         \
                                              "href='#o'/><inputDecision href='#given'/>"          \
                                              "</decisionService>"                                 \
                                              "<businessKnowledgeModel id='f' "                    \
                                              "name='f'><encapsulatedLogic><formalParameter "      \
                                              "name='x' "                                          \
                                              "typeRef='date'/><formalParameter name='y'/>" TEXT(  \
                                                  "[x, y]") "</encapsulatedLogic>"                 \
                                                            "</businessKnowledgeModel>"
static const struct {
    int line;
    const char *element, *json, *want;
} text_rows[] = {
    {__LINE__, "d", "{\"my day\": \"2026-01-02\"}", "[@\"2026-01-02\"]"},
    {__LINE__, "d", "{\"the day\": \" 2026-01-02 \"}", "[@\"2026-01-02\"]"},
    {__LINE__, "d", "{\"the day\": [\"2026-01-02\"]}", "[@\"2026-01-02\"]"},
    {__LINE__, "d", "{\"the day\": {\"x\": 1}}", "[]"},
    {__LINE__, "d", "{\"the day\": 5}", "[]"},
    {__LINE__, "d", "{\"days\": [\"2026-01-02\", \"2026-01-03\"]}",
     "[[@\"2026-01-02\", @\"2026-01-03\"]]"},
    {__LINE__, "d", "{\"days\": \"2026-01-02\"}", "[[@\"2026-01-02\"]]"},
    {__LINE__, "d", "{\"days\": [\"2026-01-02\", \"soon\"]}", "[]"},
    {__LINE__, "d", "{\"days\": []}", "[[]]"},
    {__LINE__, "d",
     "{\"p\": {\"born\": \"2026-01-02\", \"wait-time\": \"PT5M\", \"x\": 1, \"days\": []}}",
     "[{born: @\"2026-01-02\", \"wait - time\": @\"PT5M\", x: 1, days: []}]"},
    {__LINE__, "d",
     "{\"ps\": [{\"days\": [\"2026-01-02\"], \"born\": null, \"wait - time\": \"PT0S\"}, "
     "{\"born\": \"2026-01-03\", \"days\": [\"2026-01-04\"], \"wait -time\": null}]}",
     "[[{days: [@\"2026-01-02\"], born: null, \"wait - time\": @\"PT0S\"}, "
     "{born: @\"2026-01-03\", days: [@\"2026-01-04\"], \"wait - time\": null}]]"},
    /* a member is missing: it is none of the type. DMN 1.5: 10.3.2.9.2 */
    {__LINE__, "d", "{\"p\": {\"born\": \"2026-01-02\"}}", "[]"},
    {__LINE__, "d", "{\"t\": \"10:00:00Z\"}", "[@\"10:00:00Z\"]"},
    {__LINE__, "d", "{\"at\": \"2026-01-02T10:00:00\"}", "[@\"2026-01-02T10:00:00\"]"},
    {__LINE__, "d", "{\"at\": \"2026-01-02\"}", "[@\"2026-01-02T00:00:00Z\"]"},
    {__LINE__, "d", "{\"long\": \"P1Y2M\"}", "[@\"P1Y2M\"]"},
    {__LINE__, "d", "{\"s\": \"2026-01-02\"}", "[\"2026-01-02\"]"},
    {__LINE__, "d", "[1]", "[]"},
    {__LINE__, "s1", "{\"given\": \"2026-01-02\"}", "[@\"2026-01-02\"]"},
    {__LINE__, "f", "{\"x\": \"2026-01-02\", \"y\": \"2026-01-02\"}",
     "[@\"2026-01-02\", \"2026-01-02\"]"},
};

/* Each kind of place where a declared type asks for a day or a duration. DMN 1.5: 6.3.11, 7.3.3 */
void test_dmn_given_texts(void) {
    struct bench b = bench(MODEL(PLACES), true, __LINE__);
    for (size_t i = 0; i < COUNT_OF(text_rows); i++) {
        const struct json *tree;
        struct feel_value inputs, value = feel_null();
        struct feel_env env = {0};
        struct buf out;
        buf_init(&out, 1 << 12);
        CHECK_OK_AT(
            text_rows[i].line,
            json_read(&tree, str_from(text_rows[i].json), "row", b.arena, &b.budget, &b.err) &&
                feel_from_json(&inputs, tree, b.arena, &b.err) &&
                dmn_view_texts(&inputs, b.model, str_from(text_rows[i].element), NULL, b.arena,
                               &b.budget, &b.err) &&
                dmn_evaluate(&value, b.model, str_from(text_rows[i].element), inputs, &env, NULL,
                             b.arena, &b.budget, &b.err),
            &b.err);
        feel_print(&out, value);
        CHECK_STR_AT(text_rows[i].line, buf_view(&out), str_from(text_rows[i].want));
        buf_done(&out);
    }
    arena_destroy(b.arena);
}

/* Each of its names is known, and nothing that merely looks like one. DMN 1.5: 10.3.1.4 */
void test_dmn_given_names(void) {
    static const struct {
        int line;
        const char *name;
        bool known;
    } rows[] = {
        {__LINE__, "a - b", true}, {__LINE__, "a-b", true}, {__LINE__, "v", true},
        {__LINE__, "n", true},     {__LINE__, ".n", false}, {__LINE__, ".v", false},
        {__LINE__, "", false},     {__LINE__, "d", false},  {__LINE__, "a", false},
    };
    struct bench b =
        bench(MODEL("<inputData id='i' name='a - b'><variable name='v'/></inputData>" INPUT(
                  "n", "number") DECISION("d", "Any", DATA("i") DATA("n"), TEXT("v"))),
              true, __LINE__);
    const struct dmn_view_ask *asks;
    size_t count = dmn_view_asks(&asks, b.model, STR("d"), b.arena);
    CHECK_INT((int64_t)count, 2);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct str name = str_from(rows[i].name);
        struct feel_entry entry = {name, feel_boolean(true)};
        struct feel_value inputs = feel_context_of(b.arena, &entry, 1);
        CHECK_INT_AT(rows[i].line, dmn_view_knows(b.model, asks, count, name), rows[i].known);
        CHECK_INT_AT(rows[i].line, dmn_view_knows(b.model, asks, 0, name), rows[i].known);
        CHECK_INT_AT(rows[i].line,
                     dmn_view_given(&asks[0], inputs) || dmn_view_given(&asks[1], inputs),
                     rows[i].known);
    }
    arena_destroy(b.arena);
}

/* --- values as the type asks
 * -------------------------------------------------------------------------------------------------
 */
struct taking_row {
    int line;
    const char *input, *json;
    enum err_code code;
    const char *want; /* the value, or the pointer of what is wrong */
};

#define TAKEN                                                                                      \
    ITEM("tGrade", BASE("string") ALLOWED("\"a\", \"b\""))                                         \
    ITEM("tEven", BASE("number") CONSTRAINT("modulo(?, 2) = 0"))                                   \
    MANY("tGrades", "tGrade")                                                                      \
    "<itemDefinition name='tFew' isCollection='true'><typeRef>number</typeRef>" ALLOWED("&lt; 10") \
        CONSTRAINT("count(?) &lt; 3") "</itemDefinition>" ITEM(                                    \
            "tP", PART("a/b", "tEven") PART("g", "tGrades") PART("any", "Any"))                    \
            INPUT("grade", "tGrade") INPUT("even", "tEven") INPUT("grades", "tGrades")             \
                INPUT("few", "tFew") INPUT("p", "tP") INPUT("any", "Any") INPUT("open", "context") \
                    INPUT("r", "range&lt;number&gt;")                                              \
                        INPUT("f", "function&lt;number&gt;-&gt;number") INPUT("n", "number")       \
                            INPUT("b", "boolean") INPUT("s", "string") INPUT("t", "time")          \
                                INPUT("at", "dateTime") INPUT("days", "dayTimeDuration")           \
                                    INPUT("nested", "list&lt;list&lt;number&gt;&gt;") DECISION(    \
                                        "d", "Any",                                                \
                                        DATA("grade") DATA("even") DATA("grades") DATA("few")      \
                                            DATA("p") DATA("any") DATA("open") DATA("r") DATA("f") \
                                                DATA("n") DATA("b") DATA("s") DATA("t") DATA("at") \
                                                    DATA("days") DATA("nested"),                   \
                                        TEXT("1"))

static const struct taking_row taking_rows[] = {
    {__LINE__, "n", "5", ERR_NONE, "5"},
    {__LINE__, "n", "null", ERR_NONE, "null"},
    {__LINE__, "n", "true", ERR_TYPE, "/in"},
    {__LINE__, "n", "\"5\"", ERR_TYPE, "/in"},
    {__LINE__, "n", "[5]", ERR_TYPE, "/in"},
    {__LINE__, "n", "{}", ERR_TYPE, "/in"},
    {__LINE__, "b", "false", ERR_NONE, "false"},
    {__LINE__, "b", "0", ERR_TYPE, "/in"},
    {__LINE__, "s", "\"2026-01-01\"", ERR_NONE, "\"2026-01-01\""},
    {__LINE__, "s", "1", ERR_TYPE, "/in"},
    {__LINE__, "t", "\" 10:00:00 \"", ERR_NONE, "@\"10:00:00\""},
    {__LINE__, "t", "\"2026-01-01T10:00:00\"", ERR_TYPE, "/in"},
    {__LINE__, "t", "10", ERR_TYPE, "/in"},
    {__LINE__, "at", "\"2026-01-01T10:00:00Z\"", ERR_NONE, "@\"2026-01-01T10:00:00Z\""},
    {__LINE__, "at", "\"2026-01-01\"", ERR_TYPE, "/in"},
    {__LINE__, "days", "\"P1D\"", ERR_NONE, "@\"P1D\""},
    {__LINE__, "days", "\"P1M\"", ERR_TYPE, "/in"},
    {__LINE__, "grade", "\"b\"", ERR_NONE, "\"b\""},
    {__LINE__, "grade", "\"c\"", ERR_INVALID, "/in"},
    {__LINE__, "even", "4", ERR_NONE, "4"},
    {__LINE__, "even", "5", ERR_INVALID, "/in"},
    {__LINE__, "grades", "[\"a\", \"b\"]", ERR_NONE, "[\"a\", \"b\"]"},
    {__LINE__, "grades", "[\"a\", \"c\"]", ERR_INVALID, "/in/1"},
    {__LINE__, "grades", "[\"a\", 1]", ERR_TYPE, "/in/1"},
    {__LINE__, "grades", "[\"a\", null]", ERR_NONE, "[\"a\", null]"},
    {__LINE__, "grades", "[]", ERR_NONE, "[]"},
    {__LINE__, "grades", "\"a\"", ERR_TYPE, "/in"},
    {__LINE__, "few", "[1, 2]", ERR_NONE, "[1, 2]"},
    {__LINE__, "few", "[1, 10]", ERR_INVALID, "/in/1"},
    {__LINE__, "few", "[1, 2, 3]", ERR_INVALID, "/in"},
    {__LINE__, "nested", "[[1], [], [2, 3]]", ERR_NONE, "[[1], [], [2, 3]]"},
#define TEN "[], [], [], [], [], [], [], [], [], []"
    /* beside each other, which is not deep */
    {__LINE__, "nested", "[" TEN ", " TEN ", " TEN ", " TEN "]", ERR_NONE,
     "[" TEN ", " TEN ", " TEN ", " TEN "]"},
    {__LINE__, "nested", "[[1], [2, \"3\"]]", ERR_TYPE, "/in/1/1"},
    {__LINE__, "p", "{}", ERR_NONE, "{\"a/b\": null, g: null, any: null}"},
    {__LINE__, "p", "{\"any\": {\"x\": [1]}, \"a/b\": 2}", ERR_NONE,
     "{\"a/b\": 2, g: null, any: {x: [1]}}"},
    {__LINE__, "p", "{\"a/b\": 3}", ERR_INVALID, "/in/a~1b"},
    {__LINE__, "p", "{\"g\": [\"a\", \"x\"]}", ERR_INVALID, "/in/g/1"},
    {__LINE__, "p", "{\"h\": 1}", ERR_UNKNOWN, "/in/h"},
    {__LINE__, "p", "[]", ERR_TYPE, "/in"},
    {__LINE__, "any", "{\"x\": [1, \"a\"]}", ERR_NONE, "{x: [1, \"a\"]}"},
    {__LINE__, "open", "{\"x\": {\"y\": 1}}", ERR_NONE, "{x: {y: 1}}"},
    {__LINE__, "open", "5", ERR_TYPE, "/in"},
    {__LINE__, "r", "5", ERR_UNSUPPORTED, "/in"},
    {__LINE__, "r", "null", ERR_NONE, "null"},
    {__LINE__, "f", "5", ERR_UNSUPPORTED, "/in"},
};

static const struct dmn_view_input *input_named(const struct dmn_view_input *inputs, size_t count,
                                                const char *name) {
    for (size_t i = 0; i < count; i++)
        if (str_eq(inputs[i].name, str_from(name)))
            return &inputs[i];
    return NULL;
}

/* DMN 1.5: 7.3.3, 10.3.2.9.4 */
void test_dmn_given_take(void) {
    struct bench b = bench(MODEL(TAKEN), true, __LINE__);
    const struct dmn_view_input *inputs;
    size_t count = dmn_view_inputs(&inputs, b.model, dmn_find(b.model, STR("d")), b.arena);
    for (size_t i = 0; i < COUNT_OF(taking_rows); i++) {
        const struct taking_row *row = &taking_rows[i];
        const struct dmn_view_input *input = input_named(inputs, count, row->input);
        const struct json *tree;
        struct feel_value value;
        struct err err = {0};
        struct buf out;
        buf_init(&out, 1 << 12);
        CHECK_AT(row->line, input != NULL);
        CHECK_OK_AT(row->line,
                    json_read(&tree, str_from(row->json), "row", b.arena, &b.budget, &err), &err);
        bool ok = dmn_view_take(&value, input, tree, "/in", b.arena, &b.budget, &err);
        CHECK_INT_AT(row->line, err.code, row->code);
        if (ok)
            feel_print(&out, value);
        else
            buf_printf(&out, "%s", err.at.source == NULL ? "nowhere" : err.at.source);
        CHECK_STR_AT(row->line, buf_view(&out), str_from(row->want));
        buf_done(&out);
    }
    arena_destroy(b.arena);
}

/* Lists in lists: as deep as a value may be, and one more. */
void test_dmn_given_take_deep(void) {
    for (int depth = 32; depth <= 33; depth++) {
        struct arena *a = arena_create("deep", 1 << 16);
        struct str type = STR("number"), text = STR("");
        for (int i = 0; i < depth; i++) {
            type = arena_printf(a, "list&lt;%.*s&gt;", STR_ARG(type));
            text = arena_printf(a, "[%.*s]", STR_ARG(text));
        }
        struct bench b = bench(
            arena_printf(a,
                         MODEL("<inputData id='i' name='i'><variable name='i' typeRef='%.*s'/>"
                               "</inputData>"),
                         STR_ARG(type))
                .at,
            true, __LINE__);
        const struct dmn_view_input *inputs;
        const struct json *tree;
        struct feel_value value;
        CHECK_INT((int64_t)dmn_view_inputs(&inputs, b.model, 0, b.arena), 1);
        CHECK_OK(json_read(&tree, text, "row", b.arena, &b.budget, &b.err), &b.err);
        bool ok = dmn_view_take(&value, &inputs[0], tree, "", b.arena, &b.budget, &b.err);
        CHECK_INT(b.err.code, ok ? ERR_NONE : ERR_LIMIT);
        CHECK_INT_AT(depth, ok, depth == 32);
        arena_destroy(b.arena);
        arena_destroy(a);
    }
}

/* Whatever is left of the budget: a value, or ERR_LIMIT. DMN 1.5: 6.3.11 */
void test_dmn_given_runs_out(void) {
    static const char json[] =
        "{\"the day\": \"2026-01-02\", \"p\": {\"days\": [\"2026-01-02\", \"x\", \"2026-01-03\"], "
        "\"born\": \"2026-01-02\", \"wait - time\": \"PT1H\"}, \"ps\": [{\"days\": "
        "\"2026-01-02\"}]}";
    struct bench b = bench(MODEL(PLACES), true, __LINE__);
    const struct dmn_view_input *inputs;
    const struct json *tree;
    struct feel_value given;
    size_t count = dmn_view_inputs(&inputs, b.model, dmn_find(b.model, STR("d")), b.arena);
    const struct dmn_view_input *p = input_named(inputs, count, "p");
    CHECK_OK(json_read(&tree, str_from(json), "row", b.arena, &b.budget, &b.err) &&
                 feel_from_json(&given, tree, b.arena, &b.err),
             &b.err);
    for (int kind = 0; p != NULL && kind < 4; kind++) {
        bool enough = false;
        for (uint64_t n = 0; !enough && n < 1000000; n += 1 + n / 32) {
            struct arena *a = arena_create("given", 4 << 20);
            struct budget budget =
                budget_of(kind % 2 == 0 ? n : 1000000, kind % 2 == 0 ? 2 << 20 : n);
            struct feel_value value = given;
            struct err err = {0};
            if (kind < 2)
                enough = dmn_view_texts(&value, b.model, STR("d"), NULL, a, &budget, &err);
            else
                enough = dmn_view_take(&value, p, json_get(tree, STR("ps")), "", a, &budget, &err);
            if (kind >= 2 && err.code == ERR_TYPE)
                enough = true; /* it is no list: that is all that is to be said */
            else
                CHECK_INT_AT(kind, err.code, enough ? ERR_NONE : ERR_LIMIT);
            CHECK_AT(kind, !enough || n > 0);
            arena_destroy(a);
        }
        CHECK_AT(kind, enough);
    }
    arena_destroy(b.arena);
}
