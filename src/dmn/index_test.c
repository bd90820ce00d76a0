/* The index of tables against the cells themselves: random tables, and for random inputs the rules
 * that a table says it matched beside those whose cells, each evaluated alone as FEEL, are true. */
#include "dmn/dmn.h"

#include <inttypes.h>

#include "base/test.h"

enum { INPUTS = 25, CELL_BYTES = 64 };

struct random {
    uint64_t state;
};

static uint32_t below(struct random *r, uint32_t n) {
    r->state = r->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(r->state >> 33) % n;
}

/* A cell of the number column: an interval of its own mostly, else something wider. */
static void number_cell(char *out, struct random *r, uint32_t row) {
    uint32_t a = below(r, 40), b = a + below(r, 20);
    switch (below(r, 12)) {
    case 0: (void)snprintf(out, CELL_BYTES, "-"); break;
    case 1: (void)snprintf(out, CELL_BYTES, "< %u", a); break;
    case 2: (void)snprintf(out, CELL_BYTES, ">= %u, %u", a, b / 2); break;
    case 3: (void)snprintf(out, CELL_BYTES, "not([%u..%u), %u)", a, b, b + 3); break;
    case 4: (void)snprintf(out, CELL_BYTES, "%u, %u, [%u..%u]", a, a, a, b); break;
    case 5: (void)snprintf(out, CELL_BYTES, "(%u..%u)", a, b); break;
    default: (void)snprintf(out, CELL_BYTES, "[%u..%u)", row % 50, row % 50 + 1);
    }
}

static void text_cell(char *out, struct random *r) {
    switch (below(r, 5)) {
    case 0: (void)snprintf(out, CELL_BYTES, "-"); break;
    case 1: (void)snprintf(out, CELL_BYTES, "not(\"p%u\")", below(r, 5)); break;
    default: (void)snprintf(out, CELL_BYTES, "\"p%u\", \"p%u\"", below(r, 5), below(r, 5));
    }
}

struct table {
    struct arena *arena;
    struct dmn_model *model;
    uint32_t count;
    char (*numbers)[CELL_BYTES], (*texts)[CELL_BYTES];
};

static void put_cell(struct buf *xml, const char *cell) {
    buf_lit(xml, "<inputEntry><text>");
    for (; *cell != 0; cell++)
        if (*cell == '<')
            buf_lit(xml, "&lt;");
        else
            buf_add_byte(xml, *cell);
    buf_lit(xml, "</text></inputEntry>");
}

static void make_table(struct table *t, struct random *r, uint32_t count) {
    struct budget budget = budget_of(100000000, 256 << 20);
    struct dmn_options options = {.strict = true};
    struct err err = {0};
    struct buf xml;
    buf_init(&xml, 16 << 20);
    t->arena = arena_create("index", 512 << 20);
    t->count = count;
    t->numbers = arena_alloc(t->arena, count, CELL_BYTES, 1);
    t->texts = arena_alloc(t->arena, count, CELL_BYTES, 1);
    buf_lit(&xml, "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' namespace='n' "
                  "name='m'><inputData id='n' name='n'/><inputData id='p' name='p'/>"
                  "<decision id='d' name='d'><variable name='d'/>"
                  "<informationRequirement><requiredInput href='#n'/></informationRequirement>"
                  "<informationRequirement><requiredInput href='#p'/></informationRequirement>"
                  "<decisionTable hitPolicy='RULE ORDER'><input><inputExpression><text>n</text>"
                  "</inputExpression></input><input><inputExpression><text>p</text>"
                  "</inputExpression></input><output/>");
    for (uint32_t i = 0; i < count; i++) {
        number_cell(t->numbers[i], r, i);
        text_cell(t->texts[i], r);
        buf_lit(&xml, "<rule>");
        put_cell(&xml, t->numbers[i]);
        put_cell(&xml, t->texts[i]);
        buf_printf(&xml, "<outputEntry><text>%u</text></outputEntry></rule>", i);
    }
    buf_lit(&xml, "</decisionTable></decision></definitions>");
    CHECK_OK(dmn_load(&t->model, t->arena, arena_str(t->arena, buf_view(&xml)), "random.dmn",
                      &options, &budget, &err),
             &err);
    buf_done(&xml);
}

/* Does the input pass the cell, alone? */
static bool passes(struct arena *a, const char *input, const char *cell) {
    struct budget budget = budget_of(100000, 1 << 20);
    struct feel_env env = {0};
    struct feel_value v;
    struct err err = {0};
    bool negated = strncmp(cell, "not", 3) == 0;
    if (strcmp(cell, "-") == 0)
        return true;
    struct str text = negated ? arena_printf(a, "%s in %s", input, cell + 3)
                              : arena_printf(a, "%s in (%s)", input, cell);
    CHECK_OK(feel_once(&v, text, feel_null(), env, a, &budget, &err), &err);
    return negated ? feel_is_false(v) : feel_is_true(v);
}

static void check_input(const struct table *t, const char *number, const char *text,
                        uint64_t seed) {
    struct arena *a = arena_create("input", 64 << 20);
    struct budget budget = budget_of(10000000, 32 << 20);
    struct feel_env env = {0};
    struct feel_value v, n = feel_null(), p = feel_null();
    struct err err = {0};
    size_t next = 0;
    bool alike = true;
    CHECK_OK(feel_once(&n, str_from(number), feel_null(), env, a, &budget, &err) &&
                 feel_once(&p, str_from(text), feel_null(), env, a, &budget, &err),
             &err);
    struct feel_entry inputs[] = {{STR("n"), n}, {STR("p"), p}};
    CHECK_OK(dmn_evaluate(&v, t->model, STR("d"), feel_context_of(a, inputs, 2), &env, NULL, a,
                          &budget, &err),
             &err);
    size_t count = feel_kind(v) == FEEL_LIST ? feel_count(v) : 0;
    for (uint32_t i = 0; i < t->count && alike; i++) {
        int64_t got = -1;
        if (!passes(a, number, t->numbers[i]) || !passes(a, text, t->texts[i]))
            continue;
        alike = next < count && feel_to_i64(&got, feel_item(v, next++)) && got == (int64_t)i;
        if (!alike)
            (void)printf("    seed %" PRIu64 ", %u rules, n = %s, p = %s: rule %u (%s | %s) is not "
                         "hit\n",
                         seed, t->count, number, text, i, t->numbers[i], t->texts[i]);
    }
    CHECK(alike && next == count);
    arena_destroy(a);
}

void test_dmn_index(void) {
    static const uint32_t counts[] = {3, 63, 64, 65, 300, 1500};
    for (uint64_t seed = 0; seed < COUNT_OF(counts) * 2; seed++) {
        struct random r = {seed};
        struct table t;
        make_table(&t, &r, counts[seed % COUNT_OF(counts)]);
        for (int i = 0; i < (t.count > 1000 ? 5 : INPUTS); i++) {
            char number[16], text[8];
            (void)snprintf(number, sizeof number, "%u%s", below(&r, 60), below(&r, 2) ? "" : ".5");
            (void)snprintf(text, sizeof text, "\"p%u\"", below(&r, 6));
            check_input(&t, number, text, seed);
        }
        check_input(&t, "7", "3", seed); /* of another kind: the cells are asked */
        arena_destroy(t.arena);
    }
}
