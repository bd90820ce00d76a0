/* What a cell tests, as intervals. Literals, ranges and comparisons as they stand, what is constant
 * behind them, lists of such, and conditions over `?` joined by `and` and `or`. Whatever is more
 * stays the program's business. Invariant: for a value of the intervals' kind they say what the
 * program would; how it fares with null and with other kinds differs between a test and a
 * condition, which is why a cell says whether it is soft. */
#include "feel/machine.h"

#include "dmn/table.h"

enum {
    PRODUCT_MAX = 64,      /* intervals of both sides of an `and`, multiplied */
    SLACK_BYTES = 1 << 20, /* what is left of the arena: a cell is not worth its end */
    FOLD_STEPS = 1000,
    FOLD_BYTES = 1 << 16,
};

struct set {
    struct interval *at;
    uint32_t count, room;
};

struct reader {
    struct table_cell *cell;
    struct arena *arena;
};

static bool add(struct reader *r, struct set *set, struct interval in) {
    if (set->count == set->room) {
        uint32_t room = set->room == 0 ? 2 : set->room * 2;
        if (arena_limit_bytes(r->arena) - arena_used_bytes(r->arena) <
            room * sizeof(struct interval) + SLACK_BYTES)
            return false;
        struct interval *grown = arena_new(r->arena, struct interval, room);
        if (set->count > 0)
            memcpy(grown, set->at, set->count * sizeof *grown);
        set->at = grown;
        set->room = room;
    }
    set->at[set->count++] = in;
    return true;
}

/* --- constants
 * ----------------------------------------------------------------------------------- */
static bool is_maker(const struct ast *callee) {
    static const char *const makers[] = {"date", "time", "date and time", "duration"};
    for (size_t i = 0; callee != NULL && callee->kind == AST_NAME && i < COUNT_OF(makers); i++)
        if (str_eq(callee->name, str_from(makers[i])))
            return true;
    return false;
}

/* A literal, or arithmetic and dates of such: nothing that reads a name or the clock. */
static bool is_constant(const struct ast *tree, int depth) {
    if (tree == NULL || depth == 0)
        return false;
    switch ((enum ast_kind)tree->kind) {
    case AST_CONST: return true;
    case AST_NEGATE: return is_constant(tree->a, depth - 1);
    case AST_ARITH: return is_constant(tree->a, depth - 1) && is_constant(tree->b, depth - 1);
    case AST_CALL:
        if (!is_maker(tree->a) || tree->list == NULL)
            return false;
        for (const struct ast *arg = tree->list; arg != NULL; arg = arg->next)
            if (arg->kind == AST_NAMED || !is_constant(arg, depth - 1))
                return false;
        return true;
    default: return false;
    }
}

/* The value of a tree that is constant, as a program would compute it. */
static bool literal(struct feel_value *out, const struct ast *tree, struct arena *a) {
    enum { DEPTH_MAX = 16 };
    if (tree == NULL || !is_constant(tree, DEPTH_MAX))
        return false;
    *out = tree->value;
    if (tree->kind == AST_CONST)
        return true;
    struct feel_options options = {0};
    struct feel_env env = {0};
    struct budget budget = budget_of(FOLD_STEPS, FOLD_BYTES);
    struct feel_program *program;
    struct err err = {0};
    if (arena_limit_bytes(a) - arena_used_bytes(a) < 4 * (size_t)FOLD_BYTES)
        return false;
    return ast_compile(&program, a, tree, &options, &err) &&
           feel_eval(out, program, &env, a, &budget, &err) && !feel_is_null(*out);
}

static bool is_orderable(struct feel_value v) {
    int order;
    return feel_kind(v) == FEEL_BOOLEAN || feel_order(&order, v, v);
}

int table_value_order(struct feel_value a, struct feel_value b) {
    int order = 0;
    if (feel_kind(a) == FEEL_BOOLEAN)
        return (int)feel_as_boolean(a) - (int)feel_as_boolean(b);
    (void)feel_order(&order, a, b);
    return order;
}

bool table_have_order(struct feel_value a, struct feel_value b) {
    int order;
    return feel_kind(a) == feel_kind(b) &&
           (feel_kind(a) == FEEL_BOOLEAN || feel_order(&order, a, b));
}

struct feel_value table_some_end(const struct interval *in) {
    return feel_is_null(in->low) ? in->high : in->low;
}

/* --- tests
 * ------------------------------------------------------------------------------------------- */
static bool add_point(struct reader *r, struct set *set, struct feel_value v) {
    return is_orderable(v) && add(r, set, (struct interval){v, v, true, true});
}

static bool add_compare(struct reader *r, struct set *set, enum ast_compare op,
                        struct feel_value v) {
    struct feel_value none = feel_null();
    bool boolean = feel_kind(v) == FEEL_BOOLEAN;
    r->cell->compares = r->cell->compares || op != AST_EQ;
    r->cell->differs = r->cell->differs || op == AST_NE;
    if (!is_orderable(v) || (boolean && op != AST_EQ && op != AST_NE))
        return false;
    switch (op) {
    case AST_EQ: return add_point(r, set, v);
    case AST_NE:
        if (boolean)
            return add_point(r, set, feel_boolean(!feel_as_boolean(v)));
        return add(r, set, (struct interval){none, v, false, false}) &&
               add(r, set, (struct interval){v, none, false, false});
    case AST_LT:
    case AST_LE: return add(r, set, (struct interval){none, v, false, op == AST_LE});
    default: return add(r, set, (struct interval){v, none, op == AST_GE, false});
    }
}

static bool add_range(struct reader *r, struct set *set, const struct ast *range) {
    struct feel_value v, w;
    r->cell->compares = true;
    return literal(&v, range->a, r->arena) && literal(&w, range->b, r->arena) && is_orderable(v) &&
           table_have_order(v, w) &&
           add(r, set,
               (struct interval){v, w, (range->op & AST_LOW_CLOSED) != 0,
                                 (range->op & AST_HIGH_CLOSED) != 0});
}

/* DMN 1.5: table 55: one of the list, or within a range of it */
static bool add_list(struct reader *r, struct set *set, const struct ast *list) {
    struct feel_value v;
    r->cell->soft = true;
    for (const struct ast *item = list->list; item != NULL; item = item->next) {
        if (item->kind == AST_RANGE ? !add_range(r, set, item)
                                    : !literal(&v, item, r->arena) || !add_point(r, set, v))
            return false;
    }
    return true;
}

static bool add_condition(struct reader *r, struct set *set, const struct ast *tree, int depth);

static bool add_test(struct reader *r, struct set *set, const struct ast *test, int depth) {
    struct feel_value v;
    if (test->kind == AST_RANGE)
        return add_range(r, set, test);
    if (test->kind == AST_LIST)
        return add_list(r, set, test);
    bool unary = test->kind == AST_UNARY;
    enum ast_compare op = unary ? (enum ast_compare)test->op : AST_EQ;
    if (!literal(&v, unary ? test->a : test, r->arena))
        return !unary && add_condition(r, set, test, depth);
    if (!feel_is_null(v) || op != AST_EQ)
        return add_compare(r, set, op, v);
    r->cell->has_null = true;
    return true;
}

/* --- conditions over ?
 * ------------------------------------------------------------------------------- */
static bool is_subject(const struct ast *tree) {
    return tree != NULL && tree->kind == AST_NAME && str_eq(tree->name, STR("?"));
}

static enum ast_compare flipped(enum ast_compare op) {
    switch (op) {
    case AST_LT: return AST_GT;
    case AST_LE: return AST_GE;
    case AST_GT: return AST_LT;
    case AST_GE: return AST_LE;
    default: return op;
    }
}

static bool is_empty(const struct interval *in) {
    if (feel_is_null(in->low) || feel_is_null(in->high))
        return false;
    int order = table_value_order(in->low, in->high);
    return order > 0 || (order == 0 && !(in->low_closed && in->high_closed));
}

/* The kinds of both must be one: `? < 5 and ? = "x"` would say nothing of either. */
static bool intersect(struct reader *r, struct set *set, const struct set *x, const struct set *y) {
    if ((uint64_t)x->count * y->count > PRODUCT_MAX)
        return false;
    for (uint32_t i = 0; i < x->count; i++)
        for (uint32_t k = 0; k < y->count; k++) {
            struct interval in = x->at[i];
            const struct interval *with = &y->at[k];
            if (!table_have_order(table_some_end(&in), table_some_end(with)))
                return false;
            if (!feel_is_null(with->low)) {
                int order = feel_is_null(in.low) ? -1 : table_value_order(in.low, with->low);
                in.low_closed = order == 0 ? in.low_closed && with->low_closed
                                           : (order < 0 ? with->low_closed : in.low_closed);
                in.low = order < 0 ? with->low : in.low;
            }
            if (!feel_is_null(with->high)) {
                int order = feel_is_null(in.high) ? 1 : table_value_order(in.high, with->high);
                in.high_closed = order == 0 ? in.high_closed && with->high_closed
                                            : (order > 0 ? with->high_closed : in.high_closed);
                in.high = order > 0 ? with->high : in.high;
            }
            if ((!is_empty(&in) || set->count == 0) && !add(r, set, in))
                return false; /* an empty one tells the kind all the same */
        }
    return true;
}

static bool add_condition(struct reader *r, struct set *set, const struct ast *tree, int depth) {
    struct feel_value v, w;
    struct set x = {0}, y = {0};
    r->cell->soft = true;
    if (depth == 0)
        return false;
    switch ((enum ast_kind)tree->kind) {
    case AST_COMPARE:
        if (is_subject(tree->a) && literal(&v, tree->b, r->arena))
            return add_compare(r, set, (enum ast_compare)tree->op, v);
        return is_subject(tree->b) && literal(&v, tree->a, r->arena) &&
               add_compare(r, set, flipped((enum ast_compare)tree->op), v);
    case AST_BETWEEN:
        return is_subject(tree->a) && literal(&v, tree->b, r->arena) &&
               literal(&w, tree->c, r->arena) && is_orderable(v) && table_have_order(v, w) &&
               add(r, set, (struct interval){v, w, true, true});
    case AST_IN:
        if (!is_subject(tree->a) || tree->b == NULL || tree->b->kind != AST_TESTS ||
            tree->b->op == 1)
            return false;
        for (const struct ast *test = tree->b->list; test != NULL; test = test->next)
            if (!add_test(r, set, test, depth - 1))
                return false;
        return true;
    case AST_AND:
        return add_condition(r, &x, tree->a, depth - 1) &&
               add_condition(r, &y, tree->b, depth - 1) && intersect(r, set, &x, &y);
    case AST_OR:
        return add_condition(r, set, tree->a, depth - 1) &&
               add_condition(r, set, tree->b, depth - 1);
    default: return false;
    }
}

void table_classify(struct table_cell *cell, struct arena *a) {
    enum { DEPTH_MAX = 32 };
    struct reader r = {cell, a};
    struct set set = {0};
    if (cell->tree->kind == AST_ANY) {
        cell->any = true;
        return;
    }
    if (cell->tree->kind != AST_TESTS)
        return;
    cell->negated = cell->tree->op == 1;
    for (const struct ast *test = cell->tree->list; test != NULL; test = test->next)
        if (!add_test(&r, &set, test, DEPTH_MAX))
            return;
    cell->intervals = set.at;
    cell->interval_count = set.count;
    cell->plain = true;
}

bool table_classify_tests(struct table_cell *cell, const struct ast *tests, struct arena *a) {
    *cell = (struct table_cell){.tree = (struct ast *)(uintptr_t)tests};
    table_classify(cell, a);
    return cell->plain;
}
