/* What a gateway can choose when all its conditions look at one variable: x = "a", x in ("a", "b"),
 * x < 5, not(x). Conditions of any other form, or of several variables, stay free choices.
 *
 * 1. Such conditions tell apart no more than the literals they name, what lies between two numbers,
 *    and every other kind of value. So one value of each of these regions stands for all of it.
 * 2. The program itself is evaluated with that value: what is checked is what runs.
 * 3. A value with which a condition is neither true nor false is an incident and no choice. That
 *    no condition is true remains a choice wherever the gateway has something to go along then: it
 *    is for what nobody expected. */
#include "bpmn/engine.h"
#include "feel/code.h"

enum {
    CONDITIONS_MAX = 24, /* of a gateway, and literals in them */
    LITERALS_MAX = 24,
    VALUES_MAX = LITERALS_MAX * 4 + 16,
    LITERAL_BYTES_MAX = 15, /* of a number: between two of them there is another one */
    WALK_MAX = 32,          /* and, or, not in each other */
};

struct regions {
    const struct bpmn_process *p;
    struct arena *arena, *scratch;
    struct budget *budget;
    struct err *err;
    struct str variable;
    struct feel_value literals[LITERALS_MAX];
    uint32_t literal_count;
    struct feel_value values[VALUES_MAX];
    uint32_t value_count;
    const struct feel_program *tests[CONDITIONS_MAX];
    uint32_t test_count;
    bool failed; /* err is set */
};

/* --- the form of a condition
 * ---------------------------------------------------------------------------- */
static bool is_variable(struct regions *r, const struct ast *tree) {
    if (tree == NULL || tree->kind != AST_NAME)
        return false;
    if (r->variable.len == 0)
        r->variable = tree->name;
    return str_eq(tree->name, r->variable);
}

static bool compute(struct feel_value *out, struct regions *r, struct str text, struct feel_value a,
                    struct feel_value b) {
    struct feel_entry entries[] = {{STR("a"), a}, {STR("b"), b}};
    struct feel_env env = {0};
    r->failed = r->failed || !feel_once(out, text, feel_context_of(r->scratch, entries, 2), env,
                                        r->scratch, r->budget, r->err);
    return !r->failed;
}

static bool add_literal(struct regions *r, const struct ast *tree, bool number) {
    bool negative = tree != NULL && tree->kind == AST_NEGATE;
    const struct ast *literal = negative ? tree->a : tree;
    if (literal == NULL || literal->kind != AST_CONST || r->literal_count == LITERALS_MAX)
        return false;
    struct feel_value value = literal->value;
    enum feel_kind kind = feel_kind(value);
    if (kind == FEEL_NUMBER ? literal->len > LITERAL_BYTES_MAX : number || negative)
        return false;
    if (kind != FEEL_NUMBER && kind != FEEL_STRING && kind != FEEL_BOOLEAN && kind != FEEL_NULL)
        return false;
    if (negative && !compute(&value, r, STR("-a"), value, feel_null()))
        return false;
    r->literals[r->literal_count++] = value;
    return true;
}

static bool is_compared(struct regions *r, const struct ast *literal, uint8_t op) {
    return add_literal(r, literal, op != AST_EQ && op != AST_NE);
}

/* One of the tests behind `in`. */
static bool is_test(struct regions *r, const struct ast *test) {
    switch ((enum ast_kind)test->kind) {
    case AST_CONST:
    case AST_NEGATE: return add_literal(r, test, false);
    case AST_UNARY: return is_compared(r, test->a, test->op);
    case AST_RANGE: return add_literal(r, test->a, true) && add_literal(r, test->b, true);
    default: return false;
    }
}

static bool fits(struct regions *r, const struct ast *tree, int depth) {
    if (tree == NULL || depth > WALK_MAX)
        return false;
    switch ((enum ast_kind)tree->kind) {
    case AST_NAME: return is_variable(r, tree);
    case AST_AND:
    case AST_OR: return fits(r, tree->a, depth + 1) && fits(r, tree->b, depth + 1);
    case AST_COMPARE:
        return (is_variable(r, tree->a) && is_compared(r, tree->b, tree->op)) ||
               (is_variable(r, tree->b) && is_compared(r, tree->a, tree->op));
    case AST_BETWEEN:
        return is_variable(r, tree->a) && add_literal(r, tree->b, true) &&
               add_literal(r, tree->c, true);
    case AST_CALL: /* not() is no name that data could bring */
        return tree->a != NULL && tree->a->kind == AST_NAME && str_eq(tree->a->name, STR("not")) &&
               tree->list != NULL && tree->list->next == NULL && fits(r, tree->list, depth + 1);
    case AST_IN:
        if (tree->b == NULL || tree->b->kind != AST_TESTS || tree->b->op != 0)
            return false;
        for (const struct ast *test = tree->b->list; test != NULL; test = test->next)
            if (!is_test(r, test))
                return false;
        return is_variable(r, tree->a);
    default: return false;
    }
}

static bool reads_it_alone(const struct regions *r, const struct feel_program *program) {
    size_t used = 0, same = 0;
    for (size_t i = 0; i < feel_input_count(program); i++) {
        used += feel_input_used(program, i);
        same += feel_input_used(program, i) && str_eq(feel_input_name(program, i), r->variable);
    }
    return used == 1 && same == 1;
}

/* --- one value of each region
 * --------------------------------------------------------------------------- */
static void add_value(struct regions *r, struct feel_value value) {
    r->values[r->value_count++] = value;
}

static bool is_below(struct feel_value a, struct feel_value b) {
    int order;
    return feel_order(&order, a, b) && order < 0;
}

/* The numbers among the literals, in order, each once. */
static uint32_t sort_numbers(struct feel_value *out, const struct regions *r) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < r->literal_count; i++) {
        uint32_t at = 0;
        if (feel_kind(r->literals[i]) != FEEL_NUMBER)
            continue;
        while (at < count && is_below(out[at], r->literals[i]))
            at++;
        if (at < count && !is_below(r->literals[i], out[at]))
            continue;
        memmove(out + at + 1, out + at, (count - at) * sizeof *out);
        out[at] = r->literals[i];
        count++;
    }
    return count;
}

/* Below, between and above the numbers. False: there is none that can be named. */
static bool add_between(struct regions *r) {
    struct feel_value numbers[LITERALS_MAX + 1], value;
    uint32_t count = sort_numbers(numbers, r);
    if (count == 0) {
        add_value(r, feel_int(0));
        return true;
    }
    if (!compute(&value, r, STR("a - 1"), numbers[0], feel_null()) || !is_below(value, numbers[0]))
        return false;
    add_value(r, value);
    for (uint32_t i = 0; i + 1 < count; i++) {
        if (!compute(&value, r, STR("(a + b) / 2"), numbers[i], numbers[i + 1]) ||
            !is_below(numbers[i], value) || !is_below(value, numbers[i + 1]))
            return false;
        add_value(r, value);
    }
    if (!compute(&value, r, STR("a + 1"), numbers[count - 1], feel_null()) ||
        !is_below(numbers[count - 1], value))
        return false;
    add_value(r, value);
    return true;
}

/* A text that is longer than every one of the literals. */
static struct feel_value other_text(const struct regions *r) {
    size_t len = 1;
    for (uint32_t i = 0; i < r->literal_count; i++)
        if (feel_kind(r->literals[i]) == FEEL_STRING && feel_as_string(r->literals[i]).len >= len)
            len = feel_as_string(r->literals[i]).len + 1;
    char *text = arena_new(r->scratch, char, len);
    memset(text, 'x', len);
    return feel_string((struct str){text, len});
}

static bool add_values(struct regions *r) {
    static const char *const others[] = {
        "[]",       "{}",       "@\"2024-01-01\"", "@\"10:00:00\"", "@\"2024-01-01T10:00:00\"",
        "@\"P1D\"", "@\"P1M\"", "[1..2]"};
    for (uint32_t i = 0; i < r->literal_count; i++) {
        struct feel_value list;
        add_value(r, r->literals[i]);
        if (!compute(&list, r, STR("[a]"), r->literals[i], feel_null()))
            return false;
        add_value(r, list);
    }
    add_value(r, feel_null());
    add_value(r, feel_boolean(true));
    add_value(r, feel_boolean(false));
    add_value(r, other_text(r));
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        struct feel_value value;
        if (!compute(&value, r, str_from(others[i]), feel_null(), feel_null()))
            return false;
        add_value(r, value);
    }
    return add_between(r);
}

/* --- what is chosen
 * ------------------------------------------------------------------------------------- */
/* *known false: with this value there is an incident. */
static bool chosen(uint64_t *set, bool *known, struct regions *r, bool exclusive,
                   struct feel_value value) {
    *set = 0;
    *known = true;
    for (uint32_t i = 0; i < r->test_count && *known && !(exclusive && *set != 0); i++) {
        struct arena_mark mark = arena_mark(r->scratch);
        size_t count = feel_input_count(r->tests[i]);
        struct feel_value out, *vars = arena_new(r->scratch, struct feel_value, count + 1);
        for (size_t k = 0; k < count; k++)
            vars[k] = feel_input_used(r->tests[i], k) ? value : feel_null();
        struct feel_env env = {.vars = vars, .var_count = count};
        if (!feel_eval(&out, r->tests[i], &env, r->scratch, r->budget, r->err))
            return false;
        *known = feel_is_true(out) || feel_is_false(out);
        *set |= (uint64_t)feel_is_true(out) << i;
        arena_rewind(r->scratch, mark);
    }
    return true;
}

static void add_set(struct oracle_ways *ways, uint64_t set) {
    for (uint32_t i = 0; i < ways->count; i++)
        if (ways->sets[i] == set)
            return;
    ways->sets[ways->count++] = set;
}

/* Do the conditions have the form? Whether anything is left when none is true: *rest. */
static bool take_conditions(struct regions *r, bool *rest, const struct bpmn_node *node) {
    *rest = node->default_flow != BPMN_NONE;
    for (uint32_t i = 0; i < node->out_count; i++) {
        const struct bpmn_flow *flow = &r->p->flows[node->out[i]];
        const struct feel_program *program = flow->condition.program;
        bool conditional = flow->condition.text.at != NULL;
        if (flow->is_default || !conditional) {
            if (conditional || (!flow->is_default && node->kind == BPMN_EXCLUSIVE))
                return false;
            *rest = true;
            continue;
        }
        if (program == NULL || r->test_count == CONDITIONS_MAX || !fits(r, program->tree, 0))
            return false;
        r->tests[r->test_count++] = program;
    }
    for (uint32_t i = 0; i < r->test_count; i++)
        if (!reads_it_alone(r, r->tests[i]))
            return false;
    return r->test_count > 1;
}

static bool node_ways(struct oracle_ways *out, struct regions *r, const struct bpmn_node *node) {
    bool rest, known;
    if (!take_conditions(r, &rest, node) || !add_values(r))
        return !r->failed;
    struct oracle_ways ways = {.sets = arena_new(r->arena, uint64_t, r->value_count + 1)};
    for (uint32_t i = 0; i < r->value_count; i++) {
        uint64_t set;
        if (!chosen(&set, &known, r, node->kind == BPMN_EXCLUSIVE, r->values[i]))
            return false;
        if (known && set != 0)
            add_set(&ways, set);
    }
    if (ways.count == 0) /* no value is right for it: not for this check to say */
        return true;
    if (rest)
        add_set(&ways, 0);
    *out = ways;
    return true;
}

bool run_known_ways(const struct oracle_ways **out, const struct bpmn_process *process,
                    struct arena *arena, struct arena *scratch, struct budget *budget,
                    struct err *err) {
    struct oracle_ways *ways = arena_new(arena, struct oracle_ways, process->node_count);
    *out = ways;
    for (uint32_t i = 1; i < process->node_count; i++) {
        const struct bpmn_node *node = &process->nodes[i];
        if ((node->kind != BPMN_EXCLUSIVE && node->kind != BPMN_INCLUSIVE) || node->out_count < 2)
            continue;
        struct arena_mark mark = arena_mark(scratch);
        struct regions r = {
            .p = process, .arena = arena, .scratch = scratch, .budget = budget, .err = err};
        if (!node_ways(&ways[i], &r, node))
            return false;
        arena_rewind(scratch, mark);
    }
    return true;
}
