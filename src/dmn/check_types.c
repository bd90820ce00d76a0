/* What is wrong with single cells and values of a table: kinds that never meet, outputs that are
 * not allowed. */
#include "dmn/check.h"

static void wrong_cell(struct checker *x, uint32_t row, uint32_t column, enum feel_kind kind) {
    enum feel_kind own = x->axes[x->axis_of[column]].kind;
    bool date = own == FEEL_DATE_TIME && kind == FEEL_DATE;
    x->told_wrong = true;
    check_report(x, (struct dmn_finding){
                        .kind = DMN_WRONG_TYPE,
                        .at = x->t->rules[row].at,
                        .rule_a = row + 1,
                        .text = arena_printf(x->arena, "rule %u tests '%.*s', a %s, against a %s%s",
                                             row + 1, STR_ARG(check_name(x, column)),
                                             feel_kind_name(own), feel_kind_name(kind),
                                             date ? ": write date and time"
                                                    "(...)"
                                                  : "")});
}

static void check_cells(struct checker *x) {
    const struct dmn_table *t = x->t;
    for (uint32_t row = 0; row < t->rule_count && !x->full; row++)
        for (uint32_t c = 0; c < t->input_count; c++) {
            const struct table_cell *cell = &t->rules[row].cells[c];
            const struct axis *axis = &x->axes[x->axis_of[c]];
            bool known = cell->plain && axis->why.len == 0 && !axis->opaque;
            for (uint32_t i = 0; known && i < cell->interval_count; i++) {
                enum feel_kind kind = feel_kind(table_some_end(&cell->intervals[i]));
                if (kind != axis->kind) {
                    wrong_cell(x, row, c, kind);
                    break;
                }
            }
        }
}

/* A value of one kind that its column reads as another is null, whatever it is. */
static bool check_inputs(struct checker *x) {
    for (uint32_t i = 0; i < x->axis_count; i++) {
        const struct axis *axis = &x->axes[i];
        const struct feel_type *known = x->t->inputs[axis->column].known;
        if (axis->type == NULL || known == NULL || axis->type->tag != FEEL_TYPE_KIND ||
            known->tag != FEEL_TYPE_KIND || known->kind == FEEL_NULL ||
            known->kind == axis->type->kind ||
            (known->kind == FEEL_DATE && axis->type->kind == FEEL_DATE_TIME))
            continue;
        check_report(x, (struct dmn_finding){
                            .kind = DMN_WRONG_TYPE,
                            .at = x->t->inputs[axis->column].at,
                            .text = arena_printf(
                                x->arena, "'%.*s' is a %s, and the table reads it as a %s",
                                STR_ARG(check_name(x, axis->column)), feel_kind_name(known->kind),
                                feel_kind_name(axis->type->kind))});
        return false;
    }
    return true;
}

/* Values that are allowed and none of which the column can have. */
static bool check_limits(struct checker *x) {
    for (uint32_t i = 0; i < x->axis_count; i++) {
        const struct axis *axis = &x->axes[i];
        for (uint32_t k = 0; k < axis->limit_count; k++) {
            const struct table_cell *tests = &axis->limits[k].tests;
            if (!tests->plain || axis->why.len > 0 || !check_foreign(axis, tests))
                continue;
            check_report(x,
                         (struct dmn_finding){
                             .kind = DMN_WRONG_TYPE,
                             .at = x->t->inputs[axis->column].at,
                             .text = arena_printf(
                                 x->arena,
                                 "'%.*s' is a %s, and the values allowed for it, '%.*s', are "
                                 "not",
                                 STR_ARG(check_name(x, axis->column)), feel_kind_name(axis->kind),
                                 STR_ARG(check_short(x, axis->limits[k].text)))});
            return false;
        }
    }
    return true;
}

/* --- outputs
 * ------------------------------------------------------------------------------------------- */
/* Where a value stands among those listed; rank_count: it does not; CHECK_NONE: only an evaluation
 * can tell. */
static bool rank_of(uint32_t *out, struct checker *x, const struct table_output *output,
                    struct feel_value v) {
    if (output->texts != NULL) {
        *out = table_text_rank(output, v);
        return true;
    }
    if (!check_spend(x, output->rank_count / 4, 0))
        return false;
    for (*out = 0; *out < output->rank_count; ++*out) {
        const struct table_rank *rank = &output->ranks[*out];
        bool passes;
        if (rank->program == NULL) {
            if (feel_same(rank->value, v))
                return true;
            continue;
        }
        for (size_t i = 1; i < feel_input_count(rank->program); i++)
            if (feel_input_used(rank->program, i)) {
                *out = CHECK_NONE;
                return true;
            }
        if (!check_passes(&passes, x, rank->program, v))
            return false;
        if (passes)
            return true;
    }
    return true;
}

/* Of all rules; CHECK_NONE for what is computed. A value that is not listed is null where the list
 * is written; it, or that null, may stand behind all others. */
static bool make_ranks(struct checker *x) {
    const struct dmn_table *t = x->t;
    size_t count = (size_t)t->rule_count * t->output_count;
    if (t->policy != TABLE_PRIORITY)
        return true;
    if (!check_spend(x, count, count * sizeof *x->ranks))
        return false;
    x->ranks = arena_new(x->arena, uint32_t, count);
    for (size_t i = 0; i < count; i++) {
        const struct table_output_cell *cell =
            &t->rules[i / t->output_count].outputs[i % t->output_count];
        const struct table_output *output = &t->outputs[i % t->output_count];
        x->ranks[i] = CHECK_NONE;
        if (cell->constant && !rank_of(&x->ranks[i], x, output, cell->value))
            return false;
        if (x->ranks[i] == output->rank_count && output->limited &&
            !rank_of(&x->ranks[i], x, output, feel_null()))
            return false;
    }
    return true;
}

/* Is the constant a value of the type, as coercion has it? DMN 1.5: 10.3.2.9.4 */
static bool fits(bool *out, struct checker *x, const struct feel_type *type,
                 const struct ast *tree) {
    enum { STEPS = 10000, BYTES = 1 << 18 };
    *out = type == NULL ||
           (feel_type_has(type, tree->value) && type->allowed == NULL && type->constraint == NULL);
    if (*out)
        return true;
    if (!check_spend(x, 10, 4 * (size_t)BYTES))
        return false;
    struct arena_mark mark = arena_mark(x->arena);
    struct ast *typed = ast_new(x->arena, AST_TYPED, tree->source);
    struct feel_options options = {0};
    struct feel_env env = {0};
    struct budget budget = budget_of(STEPS, BYTES);
    struct feel_program *program;
    struct feel_value value;
    struct err ignored = {0};
    typed->at = tree->at;
    typed->len = tree->len;
    typed->a = (struct ast *)(uintptr_t)tree;
    typed->type = type;
    bool known = ast_close(typed, &ignored) &&
                 ast_compile(&program, x->arena, typed, &options, &ignored) &&
                 feel_eval(&value, program, &env, x->arena, &budget, &ignored);
    *out = !known || !feel_is_null(value);
    arena_rewind(x->arena, mark);
    x->budget->left.bytes += 4 * (size_t)BYTES;
    return true;
}

/* The type that the only output of the table takes from the decision whose whole logic it is; each:
 * of one rule, where the decision is a list of them. */
static const struct feel_type *type_of_decision(const struct dmn_table *t, bool each) {
    const struct dmn_element *e = t->element;
    const struct xml_node *whole =
        e->info.kind == DMN_DECISION ? dmn_child(e->model, e->node, "decisionTable") : NULL;
    const struct feel_type *type = e->info.type;
    if (whole == NULL || t->output_count != 1 || type == NULL)
        return NULL;
    struct err_at at = dmn_at(e->model, whole);
    if (at.line != t->at.line || at.column != t->at.column)
        return NULL;
    bool lists = t->policy == TABLE_RULE_ORDER || t->policy == TABLE_OUTPUT_ORDER ||
                 (t->policy == TABLE_COLLECT && t->aggregate == TABLE_LIST);
    if (t->policy == TABLE_COLLECT && t->aggregate == TABLE_COUNT)
        return NULL;
    if (lists && each)
        return type->tag == FEEL_TYPE_LIST ? type->element : NULL;
    return type;
}

/* row: CHECK_NONE is the default. */
static bool check_output(struct checker *x, uint32_t row, uint32_t column,
                         const struct feel_type *decided) {
    const struct dmn_table *t = x->t;
    const struct table_output *output = &t->outputs[column];
    const struct ast *tree =
        row == CHECK_NONE ? output->other.tree : t->rules[row].outputs[column].tree;
    const struct feel_type *type = output->type != NULL ? output->type : decided;
    struct str name = check_short(x, output->name.len > 0 ? output->name : t->element->info.name);
    bool good;
    if (tree == NULL || tree->kind != AST_CONST || feel_is_null(tree->value))
        return true;
    if (!fits(&good, x, type, tree))
        return false;
    uint32_t rank;
    if (!rank_of(&rank, x, output, tree->value))
        return false;
    bool listed = !output->limited || rank != output->rank_count;
    if (good && listed)
        return true;
    const char *what = !listed && (good || feel_type_has(type, tree->value))
                           ? "is not among those listed"
                       : feel_type_has(type, tree->value) ? "is not allowed"
                                                          : "is of another type";
    struct str who =
        row == CHECK_NONE ? STR("the default") : arena_printf(x->arena, "rule %u", row + 1);
    check_report(
        x, (struct dmn_finding){.kind = DMN_WRONG_TYPE,
                                .at = row == CHECK_NONE ? t->at : t->rules[row].at,
                                .rule_a = row == CHECK_NONE ? 0 : row + 1,
                                .text = arena_printf(x->arena, "%.*s gives '%.*s' a value that %s",
                                                     STR_ARG(who), STR_ARG(name), what)});
    return true;
}

static bool check_outputs(struct checker *x) {
    const struct dmn_table *t = x->t;
    const struct feel_type *each = type_of_decision(t, true), *whole = type_of_decision(t, false);
    for (uint32_t row = 0; row < t->rule_count && !x->full; row++)
        for (uint32_t c = 0; c < t->output_count; c++)
            if (!check_output(x, row, c, each))
                return false;
    for (uint32_t c = 0; c < t->output_count; c++)
        if (t->outputs[c].has_other && !check_output(x, CHECK_NONE, c, whole))
            return false;
    return true;
}

/* DMN 1.5: 8.2.10: the order of the listed values is the priority. */
static void check_priorities(struct checker *x) {
    const struct dmn_table *t = x->t;
    if (t->policy != TABLE_PRIORITY && t->policy != TABLE_OUTPUT_ORDER)
        return;
    for (uint32_t c = 0; c < t->output_count; c++)
        if (t->outputs[c].rank_count > 0)
            return;
    check_report(x, (struct dmn_finding){
                        .kind = DMN_WRONG_TYPE,
                        .text = arena_printf(x->arena,
                                             "no output of the %s table lists its values, so no "
                                             "rule goes before another",
                                             table_policy_name(t->policy))});
}

bool check_types(bool *out, struct checker *x) {
    check_cells(x);
    check_priorities(x);
    *out = check_inputs(x) && check_limits(x);
    return make_ranks(x) && check_outputs(x);
}
