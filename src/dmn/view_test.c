/* Tests of what people read of a decision: its table, its names, what it asks for, and values that
 * come from outside. */
#include "dmn/view.h"

#include "base/test.h"
#include "json/json.h"

static const char model_text[] =
    "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' name='m' namespace='n' "
    "xmlns:mandate='https://mandate.example/bpmn/1'>"
    "<itemDefinition name='tWho'>"
    "<itemComponent name='age'><typeRef>number</typeRef></itemComponent>"
    "<itemComponent name='born'><typeRef>date</typeRef></itemComponent>"
    "<itemComponent name='place'><typeRef>string</typeRef>"
    "<allowedValues><text>\"a\", \"b\"</text></allowedValues></itemComponent>"
    "<itemComponent name='waits' isCollection='true'>"
    "<typeRef>dayTimeDuration</typeRef></itemComponent></itemDefinition>"
    "<inputData id='i1' name='who'><variable name='who' typeRef='tWho'/></inputData>"
    "<inputData id='i2' name='form'><extensionElements><mandate:name lang='en'>The form"
    "</mandate:name></extensionElements><variable name='form'/></inputData>"
    "<decision id='d1' name='first'><variable name='first'/>"
    "<informationRequirement><requiredInput href='#i2'/></informationRequirement>"
    "<decisionTable hitPolicy='COLLECT' aggregation='SUM'>"
    "<input label='L'><extensionElements><mandate:name lang='en'>Label</mandate:name>"
    "</extensionElements><inputExpression typeRef='string'><text> form.kind </text>"
    "</inputExpression><inputValues><text>\"x\", \"y\"</text></inputValues></input>"
    "<input><inputExpression><text>form.count</text></inputExpression></input>"
    "<output name='fee' typeRef='number'/><annotation name='why'/>"
    "<rule id='r1'><inputEntry><text>\"x\"</text></inputEntry><inputEntry><text/></inputEntry>"
    "<outputEntry><text>1</text></outputEntry><annotationEntry><text>because</text>"
    "</annotationEntry></rule>"
    "<rule id='r2'><inputEntry><text>-</text></inputEntry><inputEntry><text>&gt; form.count</text>"
    "</inputEntry><outputEntry><text>2</text></outputEntry></rule></decisionTable></decision>"
    "<decision id='d2' name='second'><variable name='second'/>"
    "<informationRequirement><requiredDecision href='#d1'/></informationRequirement>"
    "<informationRequirement><requiredInput href='#i1'/></informationRequirement>"
    "<literalExpression><text>first + count(who) + who.age</text></literalExpression></decision>"
    "</definitions>";

struct bench {
    struct arena *arena;
    struct budget budget;
    struct err err;
    struct dmn_model *model;
};

static void bench_init(struct bench *b, struct str xml) {
    const struct dmn_options options = {0};
    *b = (struct bench){.arena = arena_create("view", 64 << 20),
                        .budget = budget_of(10000000, 64 << 20)};
    CHECK_OK(dmn_load(&b->model, b->arena, xml, "m.dmn", &options, &b->budget, &b->err), &b->err);
}

void test_dmn_view_table(void) {
    struct bench b;
    struct dmn_view_table t;
    bench_init(&b, str_from(model_text));
    CHECK(dmn_view_table(&t, b.model, dmn_find(b.model, STR("d1")), NULL, 0, b.arena));
    CHECK_STR(str_from(t.hit_policy), STR("COLLECT SUM"));
    CHECK(t.input_count == 2 && t.output_count == 1 && t.rule_count == 2 && t.shown_count == 2);
    CHECK_STR(t.inputs[0].label.in[LANG_zh], STR("L"));
    CHECK_STR(t.inputs[0].label.in[LANG_en], STR("Label"));
    CHECK_STR(t.inputs[0].text, STR("form.kind"));
    CHECK_STR(t.inputs[0].allowed, STR("\"x\", \"y\""));
    CHECK_STR(t.inputs[1].label.in[LANG_en], STR("form.count"));
    CHECK_STR(t.outputs[0].label.in[LANG_zh], STR("fee"));
    CHECK_STR(t.rules[0].cells[0], STR("\"x\""));
    CHECK_STR(t.rules[0].note.in[LANG_en], STR("because"));
    CHECK_STR(t.rules[1].cells[1], STR("> form.count"));
    CHECK_STR(t.rules[1].cells[2], STR("2"));
    CHECK(!dmn_view_table(&t, b.model, dmn_find(b.model, STR("d2")), NULL, 0, b.arena));
    CHECK_STR(dmn_view_expression(b.model, dmn_find(b.model, STR("d2")), b.arena),
              STR("first + count(who) + who.age"));
    arena_destroy(b.arena);
}

/* The table of a function, notes and labels where they are left out, cells that are missing. */
void test_dmn_view_parts(void) {
    static const char xml[] =
        "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' name='m' namespace='n' "
        "xmlns:mandate='https://mandate.example/bpmn/1'>"
        "<businessKnowledgeModel id='f' name='f'><encapsulatedLogic><formalParameter name='n'/>"
        "<decisionTable hitPolicy='FIRST'><input><inputExpression><text>n</text>"
        "</inputExpression></input><output label='L'/>"
        "<rule><extensionElements><mandate:name lang='en'>note</mandate:name><mandate:name "
        "lang='none'>x</mandate:name></extensionElements><description> d </description>"
        "<inputEntry><text>-</text></inputEntry><outputEntry><text>1</text></outputEntry></rule>"
        "</decisionTable></encapsulatedLogic></businessKnowledgeModel>"
        "<businessKnowledgeModel id='g' name='g'/><decision id='d' name='D'/>"
        "<decision id='e' name='E'><context/></decision></definitions>";
    struct bench b;
    struct dmn_view_table t;
    bench_init(&b, str_from(xml));
    CHECK(dmn_view_table(&t, b.model, 0, NULL, 0, b.arena));
    CHECK_STR(str_from(t.hit_policy), STR("FIRST"));
    CHECK_STR(t.inputs[0].label.in[LANG_zh], STR("n"));
    CHECK_STR(t.outputs[0].label.in[LANG_en], STR("L"));
    CHECK_STR(t.rules[0].note.in[LANG_zh], STR("d"));
    CHECK_STR(t.rules[0].note.in[LANG_en], STR("note"));
    for (size_t i = 1; i < 4; i++) {
        CHECK_AT((int)i, !dmn_view_table(&t, b.model, i, NULL, 0, b.arena));
        CHECK_INT_AT((int)i, (int64_t)dmn_view_expression(b.model, i, b.arena).len, 0);
    }
    arena_destroy(b.arena);
}

/* A large table is drawn from the top, and with the rules that matched further down. */
void test_dmn_view_large_table(void) {
    struct bench b;
    struct dmn_view_table t;
    struct buf xml;
    buf_init(&xml, 1 << 20);
    buf_lit(&xml, "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' name='m' "
                  "namespace='n'><decision id='d' name='d'><variable name='d'/>"
                  "<decisionTable hitPolicy='FIRST'><input><inputExpression><text>1</text>"
                  "</inputExpression></input><output/>");
    for (int i = 0; i < 500; i++)
        buf_printf(&xml,
                   "<rule><inputEntry><text>%d</text></inputEntry><outputEntry><text>%d</text>"
                   "</outputEntry></rule>",
                   i, i);
    buf_lit(&xml, "</decisionTable></decision></definitions>");
    bench_init(&b, buf_view(&xml));
    const uint32_t also[] = {7, 450};
    CHECK(dmn_view_table(&t, b.model, 0, also, 2, b.arena));
    CHECK(t.rule_count == 500 && t.shown_count == DMN_VIEW_RULES_MAX + 1);
    CHECK(t.rules[DMN_VIEW_RULES_MAX].number == 450);
    CHECK_STR(t.rules[DMN_VIEW_RULES_MAX].cells[0], STR("449"));
    arena_destroy(b.arena);
    buf_done(&xml);
}

void test_dmn_view_inputs(void) {
    struct bench b;
    const struct dmn_view_input *inputs;
    const struct feel_value *choices;
    bench_init(&b, str_from(model_text));
    size_t index = dmn_find(b.model, STR("d2"));
    CHECK(dmn_view_inputs(&inputs, b.model, index, b.arena) == 2);
    const struct dmn_view_input *who = &inputs[0], *form = &inputs[1];
    CHECK_STR(who->name, STR("who"));
    CHECK(who->type != NULL && who->whole && who->read_count == 1);
    CHECK_STR(who->reads[0], STR("age"));
    CHECK_STR(form->label.in[LANG_en], STR("The form"));
    CHECK(form->type == NULL && !form->whole && form->read_count == 2);
    CHECK_STR(form->reads[0], STR("kind"));
    CHECK_STR(form->reads[1], STR("count"));
    CHECK(dmn_view_choices(&choices, b.model, STR("form"), STR("kind"), b.arena) == 2);
    CHECK_STR(feel_as_string(choices[1]), STR("y"));
    CHECK(dmn_view_choices(&choices, b.model, STR("form"), STR("count"), b.arena) == 0);
    CHECK(dmn_view_choices(&choices, b.model, STR("for"), STR("m.kind"), b.arena) == 0);
    CHECK(dmn_view_choices(&choices, b.model, STR("form"), STR("kine"), b.arena) == 0);
    CHECK(dmn_view_choices(&choices, b.model, STR("farm"), STR("kind"), b.arena) == 0);
    CHECK(dmn_view_choices(&choices, b.model, STR("form"), STR(""), b.arena) == 0);
    CHECK(dmn_view_choices(&choices, b.model, STR("form.kind"), STR(""), b.arena) == 2);
    CHECK_STR(dmn_view_title(b.model, index, b.arena).in[LANG_en], STR("second"));
    CHECK_STR(dmn_view_title(b.model, dmn_find(b.model, STR("i2")), b.arena).in[LANG_en],
              STR("The form"));
    const size_t *needs;
    CHECK(dmn_view_needs(&needs, b.model, index, b.arena) == 2);
    arena_destroy(b.arena);
}

void test_dmn_view_take(void) {
    static const struct row {
        int line;
        const char *json;
        enum err_code want;
        const char *pointer;
    } rows[] = {
        {__LINE__, "null", ERR_NONE, NULL},
        {__LINE__, "{\"age\": 3, \"born\": \"2020-02-29\", \"place\": \"b\"}", ERR_NONE, NULL},
        {__LINE__, "{\"waits\": [\"PT1H\", \"P2D\"]}", ERR_NONE, NULL},
        {__LINE__, "[]", ERR_TYPE, "/in"},
        {__LINE__, "{\"age\": \"3\"}", ERR_TYPE, "/in/age"},
        {__LINE__, "{\"born\": \"2020-02-30\"}", ERR_TYPE, "/in/born"},
        {__LINE__, "{\"born\": \"2020-02-29T00:00:00\"}", ERR_TYPE, "/in/born"},
        {__LINE__, "{\"place\": \"c\"}", ERR_INVALID, "/in/place"},
        {__LINE__, "{\"plaice\": \"c\"}", ERR_UNKNOWN, "/in/plaice"},
        {__LINE__, "{\"a/~\": 1}", ERR_UNKNOWN, "/in/a~1~0"},
        {__LINE__, "{\"waits\": [\"PT1H\", \"P2M\"]}", ERR_TYPE, "/in/waits/1"},
        {__LINE__, "{\"waits\": \"PT1H\"}", ERR_TYPE, "/in/waits"},
    };
    struct bench b;
    const struct dmn_view_input *inputs;
    bench_init(&b, str_from(model_text));
    (void)dmn_view_inputs(&inputs, b.model, dmn_find(b.model, STR("d2")), b.arena);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct row *row = &rows[i];
        const struct json *tree;
        struct feel_value value;
        struct err err = {0};
        CHECK_OK(json_read(&tree, str_from(row->json), "row", b.arena, &b.budget, &err), &err);
        bool ok = dmn_view_take(&value, &inputs[0], tree, "/in", b.arena, &b.budget, &err);
        CHECK_AT(row->line, ok == (row->want == ERR_NONE) && err.code == row->want);
        if (row->pointer != NULL)
            CHECK_AT(row->line, err.at.source != NULL && strcmp(err.at.source, row->pointer) == 0);
    }
    arena_destroy(b.arena);
}

static const char part_text[] =
    "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' name='p' namespace='urn:p'>"
    "<inputData id='i' name='day'><variable name='day' typeRef='date'/></inputData>"
    "<decision id='d' name='month'><variable name='month'/>"
    "<informationRequirement><requiredInput href='#i'/></informationRequirement>"
    "<literalExpression><text>day.month</text></literalExpression></decision></definitions>";
static const char whole_text[] =
    "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' name='w' namespace='urn:w'>"
    "<import name='part' namespace='urn:p' "
    "importType='https://www.omg.org/spec/DMN/20230324/MODEL/'/>"
    "<inputData id='i' name='rest - wait'><variable name='rest - wait' typeRef='dayTimeDuration'/>"
    "</inputData>"
    "<inputData id='j' name='other'><variable name='other' typeRef='number'/></inputData>"
    "<decision id='d' name='d'><variable name='d'/>"
    "<informationRequirement><requiredDecision href='urn:p#d'/></informationRequirement>"
    "<informationRequirement><requiredInput href='#i'/></informationRequirement>"
    "<literalExpression><text>[part.month, (rest-wait).hours]</text></literalExpression></decision>"
    "</definitions>";

static bool give_part(struct str *xml, const char **file, void *self, struct str ns,
                      struct str location, struct err *err) {
    (void)self;
    (void)ns;
    (void)location;
    (void)err;
    *xml = str_from(part_text);
    *file = "part.dmn";
    return true;
}

/* Texts of JSON as the model's inputs ask for them, imported ones too. DMN 1.5: 6.3.11 */
void test_dmn_view_texts(void) {
    static const struct {
        int line;
        const char *json, *want;
        size_t given; /* of the two that the decision asks for */
    } rows[] = {
        {__LINE__, "{\"day\": \"2026-03-01\", \"rest - wait\": \"PT5H\"}", "[3, 5]", 2},
        {__LINE__, "{\"part\": {\"day\": \"2026-03-01\", \"x\": 1}}", "[3, null]", 1},
        {__LINE__, "{\"part.day\": \"2026-03-01\"}", "[3, null]", 1},
        {__LINE__, "{\"rest - wait\": \"PT5H\"}", "[null, 5]", 1},
        {__LINE__, "{\"rest-wait\": \"PT5H\"}", "[null, 5]", 1},
        {__LINE__, "{\"rest - wait\": \"five\", \"other\": \"P1D\"}", "[null, null]", 1},
        {__LINE__, "{}", "[null, null]", 0},
    };
    struct arena *a = arena_create("view", 64 << 20);
    struct budget budget = budget_of(10000000, 64 << 20);
    const struct dmn_options options = {.import = give_part, .strict = true};
    const struct dmn_view_ask *asks;
    struct dmn_model *model;
    struct err err = {0};
    struct buf text;
    CHECK_OK(dmn_load(&model, a, str_from(whole_text), "w.dmn", &options, &budget, &err), &err);
    CHECK_INT((int64_t)dmn_view_asks(&asks, model, STR("nobody"), a), 0);
    CHECK_INT((int64_t)dmn_view_asks(&asks, model, STR("d"), a), 2);
    CHECK(dmn_view_knows(model, asks, 2, STR("day")) &&
          dmn_view_knows(model, asks, 2, STR("part")) &&
          dmn_view_knows(model, asks, 2, STR("part.day")) &&
          dmn_view_knows(model, asks, 2, STR("other")) && /* another decision's */
          !dmn_view_knows(model, asks, 2, STR("Wait")) &&
          !dmn_view_knows(model, asks, 2, STR("part.Wait")));
    buf_init(&text, 1000);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct json *tree;
        struct feel_value inputs, value;
        struct feel_env env = {0};
        buf_reset(&text);
        CHECK_OK(json_read(&tree, str_from(rows[i].json), "row", a, &budget, &err), &err);
        CHECK_OK(feel_from_json(&inputs, tree, a, &err), &err);
        CHECK_INT_AT(rows[i].line,
                     dmn_view_given(&asks[0], inputs) + dmn_view_given(&asks[1], inputs),
                     (int64_t)rows[i].given);
        CHECK_OK_AT(rows[i].line, dmn_view_texts(&inputs, model, STR("d"), NULL, a, &budget, &err),
                    &err);
        CHECK_OK_AT(rows[i].line,
                    dmn_evaluate(&value, model, STR("d"), inputs, &env, NULL, a, &budget, &err),
                    &err);
        feel_print(&text, value);
        CHECK_STR_AT(rows[i].line, buf_view(&text), str_from(rows[i].want));
    }
    buf_done(&text);
    arena_destroy(a);
}
