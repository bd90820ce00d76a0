/* Test cases of the DMN compatibility kit. Whatever stands in the file, a value that is read of it
 * matches itself, comes back from a decision that gives its input back, and prints as FEEL that
 * reads back; decisions over inputs of any shape end within their budget. */
#include "main/tck.h"

#include "dmn/dmn.h"
#include "fuzz/fuzz.h"

static const char model_text[] =
    "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' id='m' name='m'"
    " namespace='urn:m'>"
    "<itemDefinition name='tNumbers' isCollection='true'><typeRef>number</typeRef>"
    "</itemDefinition>"
    "<inputData id='a' name='A'><variable name='A'/></inputData>"
    "<inputData id='n' name='N'><variable name='N' typeRef='number'/></inputData>"
    "<inputData id='l' name='L'><variable name='L' typeRef='tNumbers'/></inputData>"
    "<decision id='e' name='Echo'><variable name='Echo'/><informationRequirement>"
    "<requiredInput href='#a'/></informationRequirement><literalExpression><text>A</text>"
    "</literalExpression></decision>"
    "<decision id='d' name='Deep'><variable name='Deep'/><informationRequirement>"
    "<requiredInput href='#a'/></informationRequirement><informationRequirement>"
    "<requiredInput href='#n'/></informationRequirement><informationRequirement>"
    "<requiredInput href='#l'/></informationRequirement><literalExpression>"
    "<text>[A.x, A[item = N], string(A), count(L[item > N]), N + 1, sort(L), A in [1..10],"
    " flatten([A]), for i in L return i * N]</text></literalExpression></decision>"
    "<decision id='t' name='Table'><variable name='Table'/><informationRequirement>"
    "<requiredInput href='#a'/></informationRequirement><informationRequirement>"
    "<requiredInput href='#n'/></informationRequirement><decisionTable hitPolicy='COLLECT'>"
    "<input><inputExpression><text>A</text></inputExpression></input>"
    "<input><inputExpression typeRef='number'><text>N</text></inputExpression></input><output/>"
    "<rule><inputEntry><text>\"a\", \"b\"</text></inputEntry><inputEntry><text>&lt; 10</text>"
    "</inputEntry><outputEntry><text>N</text></outputEntry></rule>"
    "<rule><inputEntry><text>[date(\"2020-01-01\")..date(\"2021-01-01\")]</text></inputEntry>"
    "<inputEntry><text>-</text></inputEntry><outputEntry><text>A</text></outputEntry></rule>"
    "<rule><inputEntry><text>not(null)</text></inputEntry><inputEntry><text>[1..5], 7</text>"
    "</inputEntry><outputEntry><text>A = N</text></outputEntry></rule>"
    "</decisionTable></decision></definitions>";

static struct feel_value decided(const struct dmn_model *model, const char *name,
                                 struct feel_value inputs, struct arena *arena) {
    struct budget budget = budget_of(FUZZ_STEPS / 4, FUZZ_BYTES / 4);
    struct feel_diags diags = {.arena = arena};
    struct feel_env env = {.diags = &diags};
    struct feel_value out;
    struct err err = {0};
    bool good = dmn_evaluate(&out, model, str_from(name), inputs, &env, NULL, arena, &budget, &err);
    FUZZ_CHECK(good || err.code == ERR_LIMIT, &err);
    return out;
}

static void check_value(const struct dmn_model *model, struct feel_value v, struct arena *arena) {
    struct arena_mark mark = arena_mark(arena);
    struct feel_entry entry = {STR("A"), v};
    struct feel_value echo = decided(model, "Echo", feel_context_of(arena, &entry, 1), arena),
                      again;
    struct budget budget = budget_of(FUZZ_STEPS, FUZZ_BYTES / 4);
    struct feel_env env = {.now = feel_null()};
    struct err err = {0};
    struct buf text;
    FUZZ_CHECK(tck_matches(v, v) && tck_matches(echo, v) && feel_same(echo, v), NULL);
    buf_init(&text, FUZZ_BYTES / 16);
    feel_print(&text, v);
    if (!text.full) {
        bool read = feel_once(&again, arena_str(arena, buf_view(&text)),
                              feel_context_of(arena, NULL, 0), env, arena, &budget, &err);
        FUZZ_CHECK(read ? feel_same(v, again) : err.code == ERR_LIMIT, &err);
    }
    buf_done(&text);
    arena_rewind(arena, mark);
}

static void check_case(const struct dmn_model *model, const struct xml_node *test,
                       struct arena *arena) {
    struct tck_reader reader = {arena, NULL};
    struct feel_value inputs = tck_inputs(&reader, test, model);
    for (size_t i = 0; i < feel_count(inputs); i++)
        check_value(model, feel_entries(inputs)[i].value, arena);
    (void)decided(model, "Deep", inputs, arena);
    (void)decided(model, "Table", inputs, arena);
    for (const struct xml_node *c = xml_first(test); c != NULL; c = xml_sibling(c))
        if (tck_is(c, "resultNode"))
            check_value(model, tck_value(&reader, tck_child(c, "expected")), arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
    struct arena *arena = arena_create("fuzz", 4 * (size_t)FUZZ_ARENA_BYTES);
    struct budget budget = budget_of(FUZZ_STEPS, FUZZ_BYTES);
    struct dmn_options options = {.strict = true};
    struct dmn_model *model;
    struct err err = {0};
    struct xml_node *root;
    FUZZ_CHECK(dmn_load(&model, arena, str_from(model_text), "model", &options, &budget, &err),
               &err);
    budget = budget_of(FUZZ_STEPS, FUZZ_BYTES / 4);
    if (xml_read(&root, fuzz_input(bytes, len), "fuzz", arena, &budget, &err)) {
        int cases = 0;
        for (const struct xml_node *c = xml_first(root); c != NULL; c = xml_sibling(c))
            if (tck_is(c, "testCase") && ++cases <= 10)
                check_case(model, c, arena);
    }
    arena_destroy(arena);
    return 0;
}
