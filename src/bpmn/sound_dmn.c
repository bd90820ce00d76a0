/* Which values a decision can give, as far as its text says. Only a decision whose whole logic is a
 * table that gives one rule's outputs, all of them literals (or of a type that lists its values),
 * or literals chosen by `if`. */
#include "bpmn/sound_known.h"
#include "dmn/table.h"
#include "dmn/view.h"
#include "feel/code.h"

enum {
    VALUES_MAX = 200,           /* of one decision */
    CHECK_STEPS_MAX = 20000000, /* to see whether a table covers everything: a few hundred ms */
    CHECK_BYTES_MAX = 64 << 20,
    IF_DEPTH_MAX = 32,
};

struct giver {
    struct feel_value *list;
    size_t count;
    bool others;
    struct arena *arena;
};

static bool give(struct giver *g, struct feel_value value) {
    for (size_t i = 0; i < g->count; i++)
        if (known_same(g->list[i], value))
            return true;
    if (g->count == VALUES_MAX)
        return false;
    g->list[g->count++] = value;
    return true;
}

/* --- tables
 * -------------------------------------------------------------------------------------------- */
static bool cell_value(struct feel_value *out, const struct table_output_cell *cell,
                       const struct feel_type *type) {
    const struct ast *tree = cell->tree;
    if (cell->constant)
        *out = cell->value;
    else if (tree != NULL && tree->kind == AST_CONST && feel_type_has(type, tree->value))
        *out = tree->value;
    else
        return false;
    return true;
}

/* A rule's outputs, or of rule NULL the defaults. */
static bool give_rule(struct giver *g, const struct dmn_table *t, const struct table_rule *rule) {
    struct feel_entry *entries = arena_new(g->arena, struct feel_entry, t->output_count);
    for (uint32_t c = 0; c < t->output_count; c++) {
        const struct table_output *column = &t->outputs[c];
        entries[c].name = column->name;
        if (rule == NULL && !column->has_other)
            entries[c].value = feel_null();
        else if (!cell_value(&entries[c].value, rule == NULL ? &column->other : &rule->outputs[c],
                             column->type))
            return false;
    }
    const struct feel_type *type = t->element->info.type; /* of the only output too */
    if (t->output_count == 1 && type != NULL && !feel_type_has(type, entries[0].value))
        return false;
    return give(g, t->output_count == 1 ? entries[0].value
                                        : feel_context_of(g->arena, entries, t->output_count));
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
static bool look_for_gaps(struct giver *g, const struct dmn_model *model, const struct dmn_table *t,
                          struct budget *budget, struct err *err) {
    const struct dmn_finding *findings;
    struct budget own = budget_of(CHECK_STEPS_MAX, CHECK_BYTES_MAX);
    struct err why = {0};
    size_t count;
    own.cancel = budget->cancel;
    if (!budget_spend(budget, (struct cost){t->rule_count, 0}, err))
        return false;
    if (!dmn_check_table(&findings, &count, model, table_number(model, t), g->arena, &own, &why)) {
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

static bool one_rule_decides(const struct dmn_table *t) {
    if (t->policy == TABLE_COLLECT)
        return t->aggregate == TABLE_MIN || t->aggregate == TABLE_MAX;
    return t->policy == TABLE_UNIQUE || t->policy == TABLE_FIRST || t->policy == TABLE_PRIORITY ||
           t->policy == TABLE_ANY;
}

static bool give_table(bool *found, struct giver *g, const struct dmn_model *model,
                       const struct dmn_table *t, struct budget *budget, struct err *err) {
    *found = false;
    if (!one_rule_decides(t))
        return true;
    for (uint32_t i = 0; i < t->rule_count; i++)
        if (!give_rule(g, t, &t->rules[i]))
            return true;
    if (has_default(t) && !give_rule(g, t, NULL))
        return true;
    *found = true;
    return look_for_gaps(g, model, t, budget, err);
}

/* --- other logic
 * --------------------------------------------------------------------------------------- */
static bool give_tree(struct giver *g, const struct ast *tree, int depth) {
    if (tree == NULL || depth > IF_DEPTH_MAX)
        return false;
    switch ((enum ast_kind)tree->kind) {
    case AST_CONST: return give(g, tree->value);
    case AST_TYPED: return give_tree(g, tree->a, depth + 1);
    case AST_IF: return give_tree(g, tree->b, depth + 1) && give_tree(g, tree->c, depth + 1);
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

bool known_decision(struct feel_value **list, size_t *count, bool *found, bool *others,
                    const struct dmn_model *const *models, size_t model_count, struct str decision,
                    struct arena *arena, struct budget *budget, struct err *err) {
    struct giver g = {.arena = arena};
    *found = false;
    *count = 0;
    for (size_t i = 0; i < model_count; i++) {
        size_t at = dmn_find(models[i], decision);
        if (at == SIZE_MAX || dmn_info(models[i], at).kind != DMN_DECISION)
            continue;
        if (!budget_spend(budget, (struct cost){VALUES_MAX, VALUES_MAX * sizeof *g.list}, err))
            return false;
        g.list = arena_new(arena, struct feel_value, VALUES_MAX + 1);
        const struct dmn_table *table = table_of(models[i], at);
        if (table != NULL) {
            if (!give_table(found, &g, models[i], table, budget, err))
                return false;
        } else if (models[i]->elements[at].program != NULL) {
            *found = give_tree(&g, models[i]->elements[at].program->tree, 0);
        }
        if (!*found)
            *found = give_listed(&g, dmn_info(models[i], at).type);
        break;
    }
    *list = g.list;
    *count = g.count;
    *others = g.others;
    return true;
}
