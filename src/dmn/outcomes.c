/* Which values a decision can give, as far as its text says: of one whose whole logic is a table
 * that gives one rule's outputs, all of them literals; of literals chosen by `if`; of one whose
 * type lists its values. What a type or the list of an output may refuse is not followed: then
 * nothing is known, so that no value is missing from the answer. */
#include "dmn/check.h"
#include "dmn/view.h"
#include "feel/code.h"

enum {
    CHECK_STEPS_MAX = 20000000, /* to see whether a table covers everything: a few hundred ms */
    CHECK_BYTES_MAX = 64 << 20,
    IF_DEPTH_MAX = 32,
    TYPE_DEPTH_MAX = 16,
    TYPE_PARTS_MAX = 1000,
};

struct giver {
    const struct dmn_model *model;
    struct feel_value *list;
    size_t count;
    bool others;
    struct arena *arena;
};

static bool give(struct giver *g, struct feel_value value) {
    for (size_t i = 0; i < g->count; i++)
        if (feel_is_true(feel_equal(g->list[i], value)))
            return true;
    if (g->count == DMN_OUTCOMES_MAX)
        return false;
    g->list[g->count++] = value;
    return true;
}

/* --- types
 * --------------------------------------------------------------------------------------------- */
/* Does the type, or a part of it, refuse values of its own kinds? One of too many parts counts as
 * if it did. */
static bool is_restricted(const struct feel_type *type, int depth, int *parts_left) {
    if (type == NULL)
        return false;
    if (depth == 0 || --*parts_left < 0 || type->allowed != NULL || type->constraint != NULL)
        return true;
    for (size_t i = 0; i < type->field_count; i++)
        if (is_restricted(type->fields[i].type, depth - 1, parts_left))
            return true;
    return type->tag == FEEL_TYPE_LIST && is_restricted(type->element, depth - 1, parts_left);
}

/* Will a value stay as it is when it is fitted to the type? False also when that is not known. */
static bool stays(const struct giver *g, const struct feel_type *type, struct feel_value v) {
    const struct feel_value *choices;
    if (type == NULL || feel_is_null(v))
        return true;
    if (!feel_type_has(type, v))
        return false;
    int parts = TYPE_PARTS_MAX;
    if (!is_restricted(type, TYPE_DEPTH_MAX, &parts))
        return true;
    if (type->constraint != NULL || type->base != NULL || type->tag != FEEL_TYPE_KIND)
        return false;
    size_t count = dmn_view_type_choices(&choices, type, g->arena);
    for (size_t i = 0; i < count; i++)
        if (feel_is_true(feel_equal(choices[i], v)))
            return true;
    return false;
}

/* --- tables
 * -------------------------------------------------------------------------------------------- */
static bool cell_value(struct feel_value *out, const struct giver *g,
                       const struct table_output *column, const struct table_output_cell *cell) {
    bool is_default = cell == &column->other;
    if (column->limited && !is_default && !cell->listed)
        return false;
    if (cell->constant)
        *out = cell->value;
    else if (cell->tree != NULL && cell->tree->kind == AST_CONST)
        *out = cell->tree->value;
    else
        return false;
    return stays(g, column->type, *out);
}

/* A rule's outputs, or of rule NULL the defaults. */
static bool give_rule(struct giver *g, const struct dmn_table *t, const struct table_rule *rule) {
    struct feel_entry *entries = arena_new(g->arena, struct feel_entry, t->output_count);
    const struct feel_type *type = t->element->info.type;
    for (uint32_t c = 0; c < t->output_count; c++) {
        const struct table_output *column = &t->outputs[c];
        entries[c].name = column->name;
        if (rule == NULL && !column->has_other)
            entries[c].value = feel_null();
        else if (!cell_value(&entries[c].value, g, column,
                             rule == NULL ? &column->other : &rule->outputs[c]))
            return false;
    }
    if (t->output_count == 1)
        return stays(g, type, entries[0].value) && give(g, entries[0].value);
    if (!stays(g, type, feel_context_of(g->arena, entries, t->output_count)))
        return false;
    for (uint32_t c = 0; c < t->output_count; c++)
        entries[c].name = t->outputs[c].written;
    return give(g, feel_context_of(g->arena, entries, t->output_count));
}

static bool has_default(const struct dmn_table *t) {
    for (uint32_t c = 0; c < t->output_count; c++)
        if (t->outputs[c].has_other)
            return true;
    return false;
}

static size_t table_number(const struct dmn_model *model, const struct dmn_table *t) {
    size_t i = 0;
    while (model->tables.at[i] != t)
        i++;
    return i;
}

/* Does a rule of its own always decide? Where that cannot be seen, something else may come out. */
static bool look_for_gaps(struct giver *g, const struct dmn_table *t, struct budget *budget,
                          struct err *err) {
    const struct dmn_finding *findings;
    struct budget own = budget_of(CHECK_STEPS_MAX, CHECK_BYTES_MAX);
    struct err why = {0};
    size_t count;
    own.cancel = budget->cancel;
    if (!budget_spend(budget, (struct cost){t->rule_count, 0}, err))
        return false;
    if (!dmn_check_table(&findings, &count, g->model, table_number(g->model, t), g->arena, &own,
                         &why)) {
        g->others = true;
        return true;
    }
    for (size_t i = 0; i < count; i++) {
        const struct dmn_finding *f = &findings[i];
        bool none = f->kind == DMN_GAP || f->kind == DMN_OVERLAP;
        if ((none && !give(g, feel_null())) || f->kind == DMN_UNDECIDED)
            g->others = true;
    }
    return true;
}

/* MIN and MAX compare, which gives null for what is no number. */
static bool one_rule_decides(const struct dmn_table *t) {
    if (t->policy != TABLE_COLLECT)
        return t->policy == TABLE_UNIQUE || t->policy == TABLE_FIRST ||
               t->policy == TABLE_PRIORITY || t->policy == TABLE_ANY;
    for (uint32_t row = 0; row < t->rule_count; row++)
        if (t->output_count != 1 || !t->rules[row].outputs[0].constant ||
            feel_kind(t->rules[row].outputs[0].value) != FEEL_NUMBER)
            return false;
    return t->aggregate == TABLE_MIN || t->aggregate == TABLE_MAX;
}

static bool give_table(bool *known, struct giver *g, const struct dmn_table *t,
                       struct budget *budget, struct err *err) {
    if (!one_rule_decides(t))
        return true;
    for (uint32_t i = 0; i < t->rule_count; i++)
        if (!give_rule(g, t, &t->rules[i]))
            return true;
    if (has_default(t) && !give_rule(g, t, NULL))
        return true;
    *known = true;
    return look_for_gaps(g, t, budget, err);
}

/* --- other logic
 * --------------------------------------------------------------------------------------- */
static bool give_tree(struct giver *g, const struct ast *tree, const struct feel_type *type,
                      int depth) {
    if (tree == NULL || depth > IF_DEPTH_MAX)
        return false;
    switch ((enum ast_kind)tree->kind) {
    case AST_CONST: return stays(g, type, tree->value) && give(g, tree->value);
    case AST_TYPED:
        return (type == NULL || type == tree->type) && give_tree(g, tree->a, tree->type, depth + 1);
    case AST_IF:
        return give_tree(g, tree->b, type, depth + 1) && give_tree(g, tree->c, type, depth + 1);
    default: return false;
    }
}

/* Computed, but of a type that lists its values; a value that is none of them becomes null. */
static bool give_listed(struct giver *g, const struct feel_type *type) {
    const struct feel_value *choices;
    size_t count = dmn_view_type_choices(&choices, type, g->arena);
    g->count = 0;
    g->others = true;
    for (size_t i = 0; i < count; i++)
        if (!give(g, choices[i]))
            return false;
    return count > 0;
}

/* The table that is the whole logic of an element; NULL when it is none. */
static const struct dmn_table *table_of(const struct dmn_model *model, size_t index) {
    struct dmn_view_table view;
    struct arena *scratch = arena_create("table", 64 << 20);
    bool is_table = dmn_view_table(&view, model, index, NULL, 0, scratch);
    arena_destroy(scratch);
    for (size_t i = 0; is_table && i < model->tables.count; i++)
        if (model->tables.at[i]->element == &model->elements[index])
            return model->tables.at[i];
    return NULL;
}

bool dmn_outcomes(struct dmn_outcomes *out, const struct dmn_model *model, size_t index,
                  struct arena *a, struct budget *budget, struct err *err) {
    const struct dmn_element *e = &model->elements[index];
    struct giver g = {.model = model, .arena = a};
    assert(index < model->element_count);
    *out = (struct dmn_outcomes){0};
    if (!budget_spend(budget, (struct cost){DMN_OUTCOMES_MAX, DMN_OUTCOMES_MAX * sizeof *g.list},
                      err))
        return false;
    g.list = arena_new(a, struct feel_value, DMN_OUTCOMES_MAX + 1);
    const struct dmn_table *table = e->program == NULL ? NULL : table_of(model, index);
    if (table != NULL && !give_table(&out->known, &g, table, budget, err))
        return false;
    if (table == NULL && e->program != NULL)
        out->known = give_tree(&g, e->program->tree, NULL, 0);
    if (!out->known && e->program != NULL)
        out->known = give_listed(&g, e->info.type);
    out->values = g.list;
    out->count = out->known ? g.count : 0;
    out->others = g.others;
    return true;
}
