/* What the search found is asked of the table itself before it is told: the values must pass what
 * limits the columns, the expressions of columns that read the same must give them together, and
 * the cells' programs must answer as the intervals did. What is not confirmed is not told. */
#include "dmn/check.h"
#include "feel/code.h"

enum {
    PASS_STEPS = 100000, /* of one cell */
    PASS_BYTES = 1 << 20,
    READS_MAX = 64,
    TRIES_MAX = 64, /* regions of the axis that others are computed from */
    DEPTH_MAX = 200,
};

bool check_passes(bool *out, struct checker *x, const struct feel_program *program,
                  struct feel_value v) {
    struct feel_env env = {.vars = &v, .var_count = 1};
    struct budget budget = budget_of(PASS_STEPS, PASS_BYTES);
    struct err ignored = {0}; /* what takes that much is not seen to pass */
    struct feel_value value;
    *out = false;
    for (size_t i = 1; i < feel_input_count(program); i++)
        if (feel_input_used(program, i))
            return true; /* it hangs on more than the value */
    if (!check_spend(x, 1, PASS_BYTES))
        return false;
    struct arena_mark mark = arena_mark(x->arena);
    bool good = feel_eval(&value, program, &env, x->arena, &budget, &ignored);
    *out = good && feel_is_true(value);
    arena_rewind(x->arena, mark);
    x->budget->left.bytes += PASS_BYTES;
    return check_spend(x, PASS_STEPS - budget.left.steps, 0);
}

/* --- which columns read the same
 * ----------------------------------------------------------------------- */
struct bound {
    const struct bound *outer;
    struct str name;
};

struct reads {
    struct checker *x;
    struct str at[READS_MAX];
    uint32_t count;
    bool all; /* more than fit, or nested too deeply */
};

static void read_add(struct reads *r, struct str text) {
    for (uint32_t i = 0; i < r->count; i++)
        if (str_eq(r->at[i], text))
            return;
    if (r->count == READS_MAX)
        r->all = true;
    else
        r->at[r->count++] = text;
}

/* "person.age" of a path of names; empty for other trees. */
static struct str path_text(struct checker *x, const struct ast *tree, int depth) {
    if (tree == NULL || depth == 0)
        return STR_NONE;
    if (tree->kind == AST_NAME)
        return tree->name;
    if (tree->kind != AST_PATH)
        return STR_NONE;
    struct str from = path_text(x, tree->a, depth - 1);
    return from.len == 0 ? from
                         : arena_printf(x->arena, "%.*s.%.*s", STR_ARG(from), STR_ARG(tree->name));
}

static struct str root_of(struct str path) {
    size_t dot = str_find_byte(path, '.');
    return dot == SIZE_MAX ? path : str_sub(path, 0, dot);
}

static bool is_bound(const struct bound *bound, struct str name) {
    for (; bound != NULL; bound = bound->outer)
        if (str_eq(bound->name, name))
            return true;
    return false;
}

static void reads_of(struct reads *r, const struct ast *tree, const struct bound *bound, int depth);

/* Each of the list may name what those behind it, and a, may read. */
static void reads_of_list(struct reads *r, const struct ast *item, const struct ast *body,
                          const struct bound *bound, int depth) {
    if (depth == 0) {
        r->all = true;
    } else if (item == NULL) {
        reads_of(r, body, bound, depth - 1);
    } else {
        bool names = item->kind == AST_ITER || item->kind == AST_PARAM;
        struct bound inner = {bound, item->name};
        reads_of(r, item->kind == AST_ITER || item->kind == AST_NAMED ? item->a : NULL, bound,
                 depth - 1);
        reads_of(r, item->kind == AST_ITER ? item->b : NULL, bound, depth - 1);
        if (!names && item->kind != AST_NAMED)
            reads_of(r, item, bound, depth - 1);
        reads_of_list(r, item->next, body, names ? &inner : bound, depth - 1);
    }
}

static void reads_of(struct reads *r, const struct ast *tree, const struct bound *bound,
                     int depth) {
    if (tree == NULL)
        return;
    if (depth == 0) {
        r->all = true;
        return;
    }
    struct str path = path_text(r->x, tree, DEPTH_MAX);
    if (path.len > 0) {
        if (!is_bound(bound, root_of(path)))
            read_add(r, path);
        return;
    }
    /* a function is not a value that changes */
    bool calls = tree->kind == AST_CALL && tree->a != NULL && tree->a->kind == AST_NAME;
    bool binds = tree->kind == AST_FOR || tree->kind == AST_SOME || tree->kind == AST_EVERY ||
                 tree->kind == AST_FUNCTION;
    if (!calls && !binds)
        reads_of(r, tree->a, bound, depth - 1);
    reads_of(r, tree->b, bound, depth - 1);
    reads_of(r, tree->c, bound, depth - 1);
    reads_of_list(r, tree->list, binds ? tree->a : NULL, bound, depth - 1);
}

/* "p" and "p.age" are read together, "p.age" and "p.size" are not. */
static bool same_or_part(struct str a, struct str b) {
    struct str longer = a.len > b.len ? a : b, shorter = a.len > b.len ? b : a;
    return str_starts(longer, shorter) &&
           (longer.len == shorter.len || longer.at[shorter.len] == '.');
}

static bool read_together(const struct axis *a, const struct axis *b) {
    if (a->reads_all || b->reads_all)
        return true;
    for (uint32_t i = 0; i < a->read_count; i++)
        for (uint32_t k = 0; k < b->read_count; k++)
            if (same_or_part(a->reads[i], b->reads[k]))
                return true;
    return false;
}

bool check_ties(struct checker *x) {
    for (uint32_t i = 0; i < x->axis_count; i++) {
        struct axis *axis = &x->axes[i];
        struct reads reads = {.x = x};
        struct str *copy;
        if (!check_spend(x, 16, 1 << 14))
            return false;
        reads_of(&reads, x->t->inputs[axis->column].tree, NULL, DEPTH_MAX);
        copy = arena_new(x->arena, struct str, reads.count);
        if (reads.count > 0)
            memcpy(copy, reads.at, reads.count * sizeof *copy);
        axis->reads = copy;
        axis->read_count = reads.count;
        axis->reads_all = reads.all;
        axis->tied = CHECK_NONE;
    }
    for (uint32_t i = 0; i < x->axis_count; i++)
        for (uint32_t k = i + 1; k < x->axis_count; k++)
            if (read_together(&x->axes[i], &x->axes[k])) {
                x->axes[i].tied = x->axes[i].tied == CHECK_NONE ? k : x->axes[i].tied;
                x->axes[k].tied = x->axes[k].tied == CHECK_NONE ? i : x->axes[k].tied;
            }
    return true;
}

/* --- values of columns that are computed from others
 * ---------------------------------------------------- */
static bool is_name(const struct checker *x, const struct axis *axis) {
    const struct ast *tree = x->t->inputs[axis->column].tree;
    return tree != NULL && tree->kind == AST_NAME;
}

/* A program of a tied axis over the names of those axes that are but a name; NULL when it needs
 * more. */
static const struct feel_program *derivation(struct checker *x, struct axis *axis) {
    struct feel_name names[DMN_COLUMNS_MAX];
    struct feel_options options = {
        .names = names, .types = x->model->types, .type_count = x->model->type_count};
    struct feel_program *program;
    struct err ignored = {0}; /* it reads a name that is no column */
    if (axis->looked_at || is_name(x, axis) || axis->reads_all)
        return axis->program;
    axis->looked_at = true;
    for (uint32_t i = 0; i < x->axis_count; i++)
        if (is_name(x, &x->axes[i]))
            names[options.name_count++] =
                (struct feel_name){x->t->inputs[x->axes[i].column].tree->name, x->axes[i].type};
    if (arena_limit_bytes(x->arena) - arena_used_bytes(x->arena) > (1 << 22) &&
        ast_compile(&program, x->arena, x->t->inputs[axis->column].tree, &options, &ignored))
        axis->program = program;
    return axis->program;
}

/* The value of each tied axis that is not a name, from x->shown of those that are. */
static bool derive(bool *out, struct checker *x) {
    struct feel_value vars[DMN_COLUMNS_MAX];
    struct feel_env env = {.vars = vars};
    for (uint32_t i = 0; i < x->axis_count; i++)
        if (is_name(x, &x->axes[i]))
            vars[env.var_count++] = x->shown[i];
    *out = true;
    for (uint32_t i = 0; i < x->axis_count && *out; i++) {
        struct axis *axis = &x->axes[i];
        struct budget budget = budget_of(PASS_STEPS, PASS_BYTES);
        struct err ignored = {0};
        if (axis->tied == CHECK_NONE || is_name(x, axis))
            continue;
        const struct feel_program *program = derivation(x, axis);
        if (!check_spend(x, 1, PASS_BYTES))
            return false;
        *out = program != NULL &&
               feel_eval(&x->shown[i], program, &env, x->arena, &budget, &ignored) &&
               feel_kind(x->shown[i]) == axis->kind && axis->kind != FEEL_NULL;
    }
    return true;
}

/* --- is it so
 * ------------------------------------------------------------------------------------------ */
/* Nothing that an evaluation by itself has not: the clock, calendars, functions of the model. */
static bool is_pure(const struct ast *tree, int depth) {
    static const char *const functions[] = {
        "starts with",   "ends with",  "contains", "matches", "string length", "substring",
        "upper case",    "lower case", "modulo",   "odd",     "even",          "abs",
        "floor",         "ceiling",    "not",      "number",  "string",        "date",
        "list contains", "duration",   "split",    "count",   "date and time", "time"};
    bool known = tree == NULL || tree->kind != AST_CALL;
    if (tree == NULL)
        return true;
    if (depth == 0 || tree->kind == AST_HOOK)
        return false;
    for (size_t i = 0; !known && tree->a->kind == AST_NAME && i < COUNT_OF(functions); i++)
        known = str_eq(tree->a->name, str_from(functions[i]));
    for (const struct ast *item = tree->list; known && item != NULL; item = item->next)
        known = is_pure(item, depth - 1);
    return known && is_pure(tree->a, depth - 1) && is_pure(tree->b, depth - 1) &&
           is_pure(tree->c, depth - 1);
}

/* Can an unsure cell be asked about one value? Not when it reads more than that. */
static bool can_ask(const struct checker *x, const struct table_cell *cell, uint32_t column) {
    const struct axis *axis = &x->axes[x->axis_of[column]];
    if (cell->plain || axis->opaque || axis->why.len > 0 ||
        feel_is_null(x->shown[x->axis_of[column]]))
        return false;
    for (size_t i = 1; i < feel_input_count(cell->program); i++)
        if (feel_input_used(cell->program, i))
            return false;
    return is_pure(cell->tree, DEPTH_MAX);
}

/* Does the cell hold for what is shown of its column? For certain; or not, for certain. */
static bool holds(bool *out, struct checker *x, uint32_t row, uint32_t column, bool yes) {
    const struct table_cell *cell = &x->t->rules[row].cells[column];
    struct feel_value v = x->shown[x->axis_of[column]];
    *out = false;
    if (check_unsure(x, row, column) && !can_ask(x, cell, column))
        return true;
    if (cell->any || feel_is_null(v)) { /* any value: but for -, only null is tested */
        *out = (cell->any || cell->negated) == yes;
        return true;
    }
    if (!check_passes(out, x, cell->program, v))
        return false;
    *out = *out == yes;
    return true;
}

static bool rule_covers(bool *out, struct checker *x, uint32_t row) {
    *out = true;
    for (uint32_t c = 0; c < x->t->input_count && *out; c++)
        if (!holds(out, x, row, c, true))
            return false;
    return true;
}

static bool rule_fails(bool *out, struct checker *x, uint32_t row) {
    *out = false;
    for (uint32_t c = 0; c < x->t->input_count && !*out; c++)
        if (!holds(out, x, row, c, false))
            return false;
    return true;
}

static bool is_so(bool *out, struct checker *x, uint32_t a, uint32_t b) {
    *out = true;
    for (uint32_t i = 0; i < x->axis_count; i++)
        for (uint32_t k = 0; k < x->axes[i].limit_count && *out && !feel_is_null(x->shown[i]); k++)
            if (!check_passes(out, x, x->axes[i].limits[k].program, x->shown[i]))
                return false;
    if (a != CHECK_NONE && *out && !rule_covers(out, x, a))
        return false;
    if (b != CHECK_NONE && *out && !rule_covers(out, x, b))
        return false;
    for (uint32_t row = 0; a == CHECK_NONE && row < x->t->rule_count && *out; row++)
        if (!rule_fails(out, x, row))
            return false;
    return true;
}

/* The values of x->choice; false where a column has none, or one that may not be allowed. */
static bool choose(struct str *why, struct checker *x) {
    for (uint32_t i = 0; i < x->axis_count; i++) {
        const struct axis *axis = &x->axes[i];
        if (x->choice[i] == CHECK_NONE)
            x->choice[i] = check_region(axis, &axis->all, NULL);
        if (x->choice[i] == CHECK_NONE) {
            *why = STR_NONE; /* no value at all can come here */
            return false;
        }
        x->shown[i] = axis->samples[x->choice[i]];
        for (uint32_t k = 0; axis->doubtful[x->choice[i]] && k < axis->limit_count; k++)
            if (!axis->limits[k].tests.plain) {
                *why = arena_printf(x->arena,
                                    "'%.*s', which limits '%.*s', is more than values "
                                    "and ranges",
                                    STR_ARG(check_short(x, axis->limits[k].text)),
                                    STR_ARG(check_name(x, axis->column)));
                return false;
            }
    }
    return true;
}

static uint32_t first_tied(const struct checker *x, bool name) {
    for (uint32_t i = 0; i < x->axis_count; i++)
        if (x->axes[i].tied != CHECK_NONE && (!name || is_name(x, &x->axes[i])))
            return i;
    return CHECK_NONE;
}

static struct str why_tied(struct checker *x) {
    uint32_t a = first_tied(x, false), b = x->axes[a].tied;
    for (uint32_t i = 0; i < x->axes[a].read_count; i++)
        for (uint32_t k = 0; k < x->axes[b].read_count; k++)
            if (same_or_part(x->axes[a].reads[i], x->axes[b].reads[k]))
                return arena_printf(x->arena, "columns %u and %u both depend on '%.*s'",
                                    x->axes[a].column + 1, x->axes[b].column + 1,
                                    STR_ARG(check_short(x, x->axes[a].reads[i])));
    return arena_printf(x->arena, "columns %u and %u may depend on each other",
                        x->axes[a].column + 1, x->axes[b].column + 1);
}

/* One name as two types would have it. */
static bool names_tied(const struct checker *x) {
    for (uint32_t i = 0; i < x->axis_count; i++)
        for (uint32_t k = i + 1; k < x->axis_count; k++)
            if (is_name(x, &x->axes[i]) && is_name(x, &x->axes[k]) &&
                read_together(&x->axes[i], &x->axes[k]))
                return true;
    return false;
}

bool check_confirm(bool *out, struct str *why, struct checker *x, uint32_t a, uint32_t b) {
    enum { TEXT_BYTES = 1 << 17 }; /* of the input that is told, twice */
    bool derived;
    if (!check_spend(x, 1, TEXT_BYTES))
        return false;
    x->budget->left.bytes += TEXT_BYTES;
    *why = STR("the cells did not give what their ranges say");
    *out = choose(why, x);
    if (!*out)
        return true;
    if (first_tied(x, false) == CHECK_NONE)
        return is_so(out, x, a, b);
    /* Any value of the column that the others are computed from will do: the cells decide. */
    uint32_t base = first_tied(x, true);
    *out = false;
    *why = why_tied(x);
    if (names_tied(x))
        return true;
    for (uint32_t r = 0; base != CHECK_NONE && r < TRIES_MAX; r++) {
        const struct axis *axis = &x->axes[base];
        if (r > axis->region_count)
            break;
        if (r > 0)
            x->shown[base] = axis->samples[r - 1];
        if (!derive(&derived, x))
            return false;
        if (derived && !is_so(out, x, a, b))
            return false;
        if (*out)
            return true;
    }
    return true;
}
