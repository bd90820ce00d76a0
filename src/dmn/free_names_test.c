/* Models whose names are free: tables drawn for Camunda declare no input data, and call a decision
 * that they require by its id. */
#include "dmn/view.h"

#include "base/test.h"

#define HEAD                                                                                       \
    "<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/' namespace='urn:m'>"         \
    "<decision id='base' name='Base fee'><literalExpression><text>if age &gt; 60 then 10 else 20"  \
    "</text></literalExpression></decision>"                                                       \
    "<decision id='a-b' name='Other'><literalExpression><text>7</text></literalExpression>"        \
    "</decision>"                                                                                  \
    "<decision id='place' name='base'><literalExpression><text>\"named\"</text>"                   \
    "</literalExpression></decision>"
#define NEEDS(id)                                                                                  \
    "<informationRequirement><requiredDecision href='#" id "'/></informationRequirement>"
#define LAST(needs, text)                                                                          \
    HEAD "<decision id='d' name='d'>" needs "<literalExpression><text>" text                       \
         "</text></literalExpression></decision></definitions>"

#define TABLE(in, out)                                                                             \
    HEAD "<decision id='d' name='d'><decisionTable><input><inputExpression><text>age</text>"       \
         "</inputExpression></input><output/><rule><inputEntry><text>" in                          \
         "</text></inputEntry><outputEntry><text>" out                                             \
         "</text></outputEntry></rule></decisionTable></decision></definitions>"

void test_dmn_free_names(void) {
    static const struct {
        int line;
        const char *model, *want;
    } rows[] = {
        {__LINE__, LAST(NEEDS("base"), "base + 1"), "11; asks age"},
        {__LINE__, LAST(NEEDS("base"), "Base fee + 1"), "11; asks age"},
        {__LINE__, LAST("", "base"), "\"given\"; asks base"}, /* not required: an input */
        {__LINE__, LAST(NEEDS("base") NEEDS("place"), "base"), "\"named\"; asks age"},
        {__LINE__, LAST(NEEDS("place") NEEDS("base"), "base"), "\"named\"; asks age"},
        {__LINE__, LAST(NEEDS("a-b"), "a-b"), "3; asks a b"}, /* minus: such an id is no name */
        {__LINE__, LAST(NEEDS("base"), "[base, age, age, b, x.y]"),
         "[10, 61, 61, 2, null]; asks age b x"},
        /* DMN 1.5: 8.2.7, 8.2.9: those of the cells too */
        {__LINE__, TABLE("&gt; b", "age + a"), "66; asks age b a"},
        {__LINE__, TABLE("[b..100], a", "for i in [a] return i + b"), "[7]; asks age b a"},
        {__LINE__, TABLE("? &gt; 3 and (function(a) a = 1)(1)", "count([1])"), "1; asks age"},
        {__LINE__, TABLE("-", "{b: 1, r: b + a}.r"), "6; asks age a"},
        {__LINE__, TABLE("-", "[{p: 3}, {p: 70}][p &gt; a]"), "[{p: 70}]; asks age p a"},
        /* DMN 1.5: 10.3.2.5: a member, or an input */
        {__LINE__, LAST("", "[{p: 3}, {p: 70}][p &gt; age]"), "[{p: 70}]; asks p? age?"},
        {__LINE__, LAST(NEEDS("base"), "[{p: 3}, {p: 10}][p = base and b + age = 63]"),
         "[{p: 10}]; asks p? b? age"},
    };
    struct buf out;
    buf_init(&out, 1 << 16);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena *a = arena_create("free names", 8 << 20);
        struct dmn_options options = {.strict = true, .free_names = true};
        struct budget budget = budget_of(1000000, 8 << 20);
        struct feel_env env = {0};
        struct err err = {0};
        struct feel_entry inputs[] = {{STR("age"), feel_int(61)},
                                      {STR("a"), feel_int(5)},
                                      {STR("b"), feel_int(2)},
                                      {STR("base"), feel_string(STR("given"))}};
        struct feel_value in = feel_context_of(a, inputs, COUNT_OF(inputs)), v = feel_null();
        const struct dmn_view_ask *asks = NULL;
        struct dmn_model *model = NULL;
        CHECK_OK(dmn_load(&model, a, str_from(rows[i].model), "m.dmn", &options, &budget, &err),
                 &err);
        CHECK_OK(dmn_evaluate(&v, model, STR("d"), in, &env, NULL, a, &budget, &err), &err);
        buf_reset(&out);
        feel_print(&out, v);
        buf_add(&out, STR("; asks"));
        size_t count = dmn_view_asks(&asks, model, STR("d"), a);
        for (size_t k = 0; k < count; k++)
            buf_printf(&out, " %.*s%s", STR_ARG(asks[k].name), asks[k].maybe ? "?" : "");
        CHECK_STR_AT(rows[i].line, buf_view(&out), str_from(rows[i].want));
        arena_destroy(a);
    }
    buf_done(&out);
}

/* Elsewhere a decision is called by its name alone. DMN 1.5: 6.3.7 */
void test_dmn_ids_are_no_names(void) {
    struct arena *a = arena_create("names", 8 << 20);
    struct dmn_options options = {.strict = true};
    struct budget budget = budget_of(1000000, 8 << 20);
    struct err err = {0};
    struct dmn_model *model;
    const char *text =
        "<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/' namespace='urn:m'>"
        "<decision id='base' name='Base fee'><literalExpression><text>1</text>"
        "</literalExpression></decision><decision id='d' name='d'>" NEEDS(
            "base") "<literalExpression><text>base</text></literalExpression></decision>"
                    "</definitions>";
    CHECK(!dmn_load(&model, a, str_from(text), "m.dmn", &options, &budget, &err));
    CHECK_STR(str_from(err.text), STR("nothing is named 'base'"));
    arena_destroy(a);
}
