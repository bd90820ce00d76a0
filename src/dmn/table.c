/* Decision tables. DMN 1.5: 8.3.1, 10.2.1.1, 10.3.2.10, table 46. A table becomes a hook in the
 * tree: its arguments are the values of the input expressions and of every name that a cell uses,
 * so cells are programs of their own over (?, names...). Matching: a set of rules as bits; columns
 * with an index take their share of rules out at once, what is left is asked cell by cell. */
#include <stdlib.h>

#include "dmn/table.h"
#include "feel/builtin.h"
#include "feel/machine.h"

/* --- reading: which names do the cells use
 * --------------------------------------------------------- */
struct names {
    struct arena *arena;
    const struct ast_scope *scope;
    struct feel_name *at;
    uint32_t count, room;
    uint32_t others; /* that stand in no scope: locals, built-in functions, free ones */
};

static bool in_scope(const struct ast_scope *scope, struct str name) {
    for (size_t i = 0; i < scope->options->name_count; i++)
        if (str_eq(scope->options->names[i].name, name))
            return true;
    for (; scope != NULL; scope = scope->outer)
        for (size_t i = 0; i < scope->name_count; i++)
            if (str_eq(scope->names[i], name))
                return true;
    return false;
}

static void names_room(struct names *n, uint32_t more) {
    if (n->room - n->count >= more)
        return;
    uint32_t room = MAX_OF(n->room * 2, n->count + more);
    struct feel_name *grown = arena_new(n->arena, struct feel_name, room);
    if (n->count > 0)
        memcpy(grown, n->at, n->count * sizeof *grown);
    n->at = grown;
    n->room = room;
}

static void names_add(struct names *n, struct str name) {
    for (uint32_t i = 0; i < n->count; i++)
        if (str_eq(n->at[i].name, name))
            return;
    names_room(n, 1);
    n->at[n->count++].name = name;
}

static void names_of(struct names *n, const struct ast *tree, int depth) {
    if (tree == NULL || depth == 0)
        return;
    if (tree->kind == AST_NAME && !str_eq(tree->name, STR("?"))) {
        if (in_scope(n->scope, tree->name))
            names_add(n, tree->name);
        else
            n->others++;
    }
    names_of(n, tree->a, depth - 1);
    names_of(n, tree->b, depth - 1);
    names_of(n, tree->c, depth - 1);
    for (const struct ast *item = tree->list; item != NULL; item = item->next)
        names_of(n, item, depth - 1);
}

/* --- reading: the parts
 * ------------------------------------------------------------------------------- */
struct table_reader {
    struct boxer *b;
    const struct xml_node *node;
    const struct ast_scope *scope;
    struct dmn_table *t;
    struct ast **input_trees;
    struct ast **output_trees; /* rule by rule, then the defaults */
};

static uint32_t count_of(const struct dmn_model *m, const struct xml_node *node, const char *name) {
    uint32_t count = 0;
    for (const struct xml_node *c = dmn_child(m, node, name); c != NULL; c = xml_next(c))
        count++;
    return count;
}

static const char *const policies[] = {"UNIQUE",  "FIRST",      "PRIORITY",    "ANY",
                                       "COLLECT", "RULE ORDER", "OUTPUT ORDER"};

const char *table_policy_name(enum table_policy policy) {
    return policies[policy];
}

/* DMN 1.5: 8.2.10 */
static bool read_policy(struct table_reader *r) {
    static const char *const aggregates[] = {"", "SUM", "COUNT", "MIN", "MAX"};
    struct str policy = xml_attr_text(r->node, STR("hitPolicy"));
    struct str aggregate = xml_attr_text(r->node, STR("aggregation"));
    size_t i = 0, k = 0;
    while (policy.len > 0 && i < COUNT_OF(policies) && !str_eq(policy, str_from(policies[i])))
        i++;
    while (k < COUNT_OF(aggregates) && !str_eq(aggregate, str_from(aggregates[k])))
        k++;
    if (i == COUNT_OF(policies) || k == COUNT_OF(aggregates))
        return err_set(r->b->err, ERR_INVALID, r->t->at, "a hit policy '%.*s' is not known",
                       STR_ARG(i == COUNT_OF(policies) ? policy : aggregate));
    r->t->policy = (enum table_policy)i;
    r->t->aggregate = (enum table_aggregate)k;
    return true;
}

/* The declared type of a parameter of the function whose logic the table is in. */
static const struct feel_type *param_type(struct table_reader *r, struct str name) {
    struct dmn_model *m = r->b->model;
    const struct xml_node *logic = dmn_child(m, r->b->element->node, "encapsulatedLogic");
    const struct feel_type *type = NULL;
    struct err ignored = {0}; /* told where the parameter is read */
    if (logic == NULL)
        return NULL;
    for (const struct xml_node *p = dmn_child(m, logic, "formalParameter"); p != NULL;
         p = xml_next(p))
        if (str_eq(dmn_name(m, xml_attr_text(p, STR("name"))), name))
            return dmn_type_attr(&type, m, p, &ignored) ? type : NULL;
    return NULL;
}

/* The type of a name, or of a member of one, as it is declared: its values are fitted to it before
 * the table sees them. NULL when nothing declares it. */
static const struct feel_type *declared_type(struct table_reader *r, const struct ast *tree,
                                             int depth) {
    if (tree == NULL || depth == 0)
        return NULL;
    if (tree->kind == AST_PATH) {
        const struct feel_type *type = declared_type(r, tree->a, depth - 1);
        for (size_t i = 0; type != NULL && type->tag == FEEL_TYPE_CONTEXT && i < type->field_count;
             i++)
            if (str_eq(type->fields[i].name, tree->name))
                return type->fields[i].type;
        return NULL;
    }
    if (tree->kind != AST_NAME)
        return NULL;
    for (const struct ast_scope *s = r->scope; s != NULL; s = s->outer)
        for (size_t i = 0; i < s->name_count; i++)
            if (str_eq(s->names[i], tree->name)) {
                /* outside of the parameters stands only the function's own name */
                bool outermost = s->outer != NULL && s->outer->names == &r->b->element->variable;
                return outermost ? param_type(r, tree->name) : NULL;
            }
    for (size_t i = 0; i < r->b->options->name_count; i++)
        if (str_eq(r->b->options->names[i].name, tree->name))
            return r->b->options->names[i].type;
    return NULL;
}

/* DMN 1.5: 8.2.3, 8.2.4, 8.3.2 */
static bool read_input(struct table_reader *r, const struct xml_node *node, uint32_t column) {
    struct dmn_model *m = r->b->model;
    struct table_input *input = &r->t->inputs[column];
    const struct xml_node *expression = dmn_child(m, node, "inputExpression");
    const struct xml_node *values = dmn_child(m, node, "inputValues");
    struct err_at at;
    struct str text = str_trim(dmn_text(m, expression, "text", &at));
    input->at = dmn_at(m, node);
    input->text = text.len > 0 ? text : xml_attr_text(node, STR("label"));
    r->t->input_names[column] = input->text;
    if (!dmn_type_attr(&input->type, m, expression, r->b->err))
        return false;
    struct ast *tree = text.len == 0
                           ? boxed_node(r->b, AST_CONST, node)
                           : boxed_text(r->b, expression, text, at, r->scope, FEEL_EXPRESSION);
    if (tree == NULL)
        return false;
    input->tree = text.len == 0 ? NULL : tree;
    input->known = declared_type(r, input->tree, AST_DEPTH_MAX);
    r->input_trees[column] = boxed_typed(r->b, tree, input->type);
    text = values == NULL ? STR_NONE : str_trim(dmn_text(m, values, "text", &at));
    if (text.len > 0)
        input->allowed_tree = boxed_text(r->b, values, text, at, r->scope, FEEL_UNARY_TESTS);
    else if (input->type != NULL && input->type->allowed != NULL)
        input->allowed_tree = input->type->allowed->tree;
    input->is_limited = text.len > 0;
    return r->input_trees[column] != NULL && r->b->err->code == ERR_NONE;
}

/* The type of a column from that of the table, or of the element whose whole logic the table is: of
 * several columns from its components, of a list of outcomes from its elements. DMN 1.5: 8.3.2 */
static bool type_around(struct table_reader *r, const struct feel_type **out, struct str name) {
    const struct dmn_table *t = r->t;
    if (!dmn_type_attr(out, r->b->model, r->node, r->b->err))
        return false;
    const struct feel_type *type = *out;
    if (type == NULL && r->b->depth == 1)
        type = t->element->info.type;
    if (type != NULL && type->tag == FEEL_TYPE_LIST && t->policy >= TABLE_COLLECT)
        type = type->element;
    *out = t->output_count == 1 ? type : NULL;
    for (size_t i = 0; t->output_count > 1 && type != NULL && i < type->field_count; i++)
        if (type->tag == FEEL_TYPE_CONTEXT && str_eq(type->fields[i].name, name))
            *out = type->fields[i].type;
    return true;
}

/* A list of words without quotes names what nothing defines: in a model that is not strict it
 * limits nothing, since no output could be among its values. */
static bool pass_over_unknown(struct table_reader *r, struct table_output *output,
                              struct err_at at) {
    struct dmn_model *m = r->b->model;
    if (m->loader->options->strict || m->free_names || output->listed->kind != AST_TESTS)
        return true;
    const struct ast *test = output->listed->list;
    while (test != NULL && (test->kind != AST_NAME || in_scope(r->scope, test->name)))
        test = test->next;
    if (test == NULL)
        return true;
    output->listed = NULL;
    output->limited = false;
    (void)err_set(r->b->err, ERR_UNKNOWN, at,
                  "the output values name '%.*s', which nothing defines", STR_ARG(test->name));
    return dmn_pass_over(m, r->b->err);
}

/* What is listed for an output: its written values, or those that its type allows. */
static bool read_listed(struct table_reader *r, struct table_output *output,
                        const struct xml_node *values) {
    struct err_at at;
    struct str text =
        values == NULL ? STR_NONE : str_trim(dmn_text(r->b->model, values, "text", &at));
    const struct feel_type *type = output->type;
    if (type == NULL && !type_around(r, &type, output->name))
        return false;
    output->list_type = type;
    output->limited = text.len > 0;
    if (text.len > 0) {
        output->listed = boxed_text(r->b, values, text, at, r->scope, FEEL_UNARY_TESTS);
        return output->listed != NULL && pass_over_unknown(r, output, at);
    }
    if (type != NULL && type->allowed != NULL)
        output->listed = type->allowed->tree;
    return true;
}

/* DMN 1.5: 8.2.5, 8.2.6, 8.3.2 */
static bool read_output(struct table_reader *r, const struct xml_node *node, uint32_t column) {
    struct dmn_model *m = r->b->model;
    struct table_output *output = &r->t->outputs[column];
    const struct xml_node *other = dmn_child(m, node, "defaultOutputEntry");
    struct err_at at;
    output->name = dmn_name(m, xml_attr_text(node, STR("name")));
    output->written = dmn_written(m, output->name);
    if (!dmn_type_attr(&output->type, m, node, r->b->err) ||
        !read_listed(r, output, dmn_child(m, node, "outputValues")))
        return false;
    struct str text = other == NULL ? STR_NONE : str_trim(dmn_text(m, other, "text", &at));
    struct ast **tree = &r->output_trees[r->t->rule_count * r->t->output_count + column];
    output->has_other = text.len > 0;
    if (text.len > 0)
        *tree = boxed_text(r->b, other, text, at, r->scope, FEEL_EXPRESSION);
    return text.len == 0 || *tree != NULL;
}

/* DMN 1.5: 8.2.2, 8.2.7, 8.2.9 */
static bool read_cells(struct table_reader *r, const struct xml_node *node, uint32_t row) {
    struct dmn_model *m = r->b->model;
    struct dmn_table *t = r->t;
    uint32_t column = 0;
    struct err_at at;
    static const struct str subject[] = {STR_INIT("?")};
    struct ast_scope inner = {
        .options = r->b->options, .outer = r->scope, .names = subject, .name_count = 1};
    for (const struct xml_node *c = dmn_child(m, node, "inputEntry"); c != NULL;
         c = xml_next(c), column++) {
        if (column == t->input_count)
            break;
        struct str text = str_trim(dmn_text(m, c, "text", &at));
        if (text.len == 0) /* an empty cell tests nothing, as - does */
            t->rules[row].cells[column].any = true;
        else if (!(t->rules[row].cells[column].tree =
                       boxed_text(r->b, c, text, at, &inner, FEEL_UNARY_TESTS)))
            return false;
    }
    uint32_t output = 0;
    for (const struct xml_node *c = dmn_child(m, node, "outputEntry"); c != NULL;
         c = xml_next(c), output++) {
        if (output == t->output_count)
            break;
        struct str text = str_trim(dmn_text(m, c, "text", &at));
        struct ast **tree = &r->output_trees[row * t->output_count + output];
        *tree = text.len == 0 ? boxed_node(r->b, AST_CONST, c)
                              : boxed_text(r->b, c, text, at, r->scope, FEEL_EXPRESSION);
        if (*tree == NULL)
            return false;
    }
    if (column != t->input_count || output != t->output_count)
        return err_set(r->b->err, ERR_INVALID, dmn_at(m, node),
                       "a rule does not have one cell for each column");
    return true;
}

/* DMN 1.5: 8.3.3 */
static bool read_rule(struct table_reader *r, const struct xml_node *node, uint32_t row) {
    struct dmn_model *m = r->b->model;
    struct dmn_table *t = r->t;
    struct table_rule *rule = &t->rules[row];
    rule->cells = arena_new(m->arena, struct table_cell, t->input_count);
    rule->outputs = arena_new(m->arena, struct table_output_cell, t->output_count);
    rule->id = xml_attr_text(node, STR("id"));
    rule->at = dmn_at(m, node);
    const struct xml_node *note = dmn_child(m, node, "annotationEntry");
    rule->note = str_trim(note != NULL ? dmn_text(m, note, "text", NULL)
                                       : dmn_text(m, node, "description", NULL));
    return read_cells(r, node, row);
}

static bool read_parts(struct table_reader *r) {
    struct dmn_model *m = r->b->model;
    uint32_t i = 0;
    for (const struct xml_node *c = dmn_child(m, r->node, "input"); c != NULL; c = xml_next(c))
        if (!read_input(r, c, i++))
            return false;
    i = 0;
    for (const struct xml_node *c = dmn_child(m, r->node, "rule"); c != NULL; c = xml_next(c))
        if (!read_rule(r, c, i++))
            return false;
    i = 0;
    for (const struct xml_node *c = dmn_child(m, r->node, "output"); c != NULL; c = xml_next(c))
        if (!read_output(r, c, i++))
            return false;
    return true;
}

static bool table_alloc(struct table_reader *r) {
    struct dmn_model *m = r->b->model;
    struct dmn_table *t = r->t;
    t->input_count = count_of(m, r->node, "input");
    t->output_count = count_of(m, r->node, "output");
    t->rule_count = count_of(m, r->node, "rule");
    if (t->input_count > DMN_COLUMNS_MAX || t->output_count > DMN_COLUMNS_MAX ||
        t->rule_count > DMN_RULES_MAX)
        return err_set(r->b->err, ERR_LIMIT, t->at, "a table has more than %d columns or %d rules",
                       DMN_COLUMNS_MAX, DMN_RULES_MAX);
    if (t->output_count == 0)
        return err_set(r->b->err, ERR_INVALID, t->at, "a table has no output");
    size_t cells = (size_t)(t->rule_count + 1) * (t->input_count + t->output_count + 1);
    if (!dmn_affords(m, cells * 1024, r->b->err))
        return false;
    t->inputs = arena_new(m->arena, struct table_input, t->input_count);
    t->input_names = arena_new(m->arena, struct str, t->input_count);
    t->outputs = arena_new(m->arena, struct table_output, t->output_count);
    t->rules = arena_new(m->arena, struct table_rule, t->rule_count);
    t->word_count = (t->rule_count + 63) / 64;
    r->input_trees = arena_new(m->arena, struct ast *, t->input_count);
    r->output_trees =
        arena_new(m->arena, struct ast *, (size_t)(t->rule_count + 1) * t->output_count);
    return true;
}

/* --- compiling
 * ------------------------------------------------------------------------------------------- */
static bool compile_cell(struct table_reader *r, struct table_cell *cell,
                         const struct feel_options *options) {
    struct feel_program *program;
    if (cell->any)
        return true;
    table_classify(cell, r->b->arena);
    if (cell->any)
        return true;
    if (!ast_compile(&program, r->b->arena, cell->tree, options, r->b->err))
        return false;
    cell->program = program;
    return true;
}

static bool compile_output(struct table_reader *r, struct table_output_cell *out, struct ast *tree,
                           const struct feel_type *type, const struct feel_options *options) {
    struct feel_program *program;
    out->tree = tree;
    if (tree->kind == AST_CONST &&
        (type == NULL || feel_is_null(tree->value) ||
         (feel_type_has(type, tree->value) && type->allowed == NULL && type->constraint == NULL))) {
        out->constant = true;
        out->value = tree->value;
        return true;
    }
    tree = boxed_typed(r->b, tree, type);
    if (tree == NULL || !ast_compile(&program, r->b->arena, tree, options, r->b->err))
        return false;
    out->program = program;
    return true;
}

/* A value of the list stands for itself; of a test a program asks whether a value passes it. */
static bool compile_rank(struct table_reader *r, struct table_rank *rank, const struct ast *test,
                         const struct feel_options *options) {
    struct feel_program *program;
    if (test->kind == AST_CONST) {
        rank->value = test->value;
        return true;
    }
    struct ast *tests = ast_new(r->b->arena, AST_TESTS, test->source);
    struct ast *only = ast_new(r->b->arena, AST_TESTS, test->source);
    *only = *test;
    only->next = NULL;
    tests->list = only;
    if (!ast_close(tests, r->b->err) ||
        !ast_compile(&program, r->b->arena, tests, options, r->b->err))
        return false;
    rank->program = program;
    return true;
}

/* DMN 1.5: hit policy priority: the listed values in order, or one test of all: not(...) */
static bool compile_ranks(struct table_reader *r, struct table_output *output,
                          const struct feel_options *options) {
    const struct ast *tests = output->listed;
    struct feel_program *program;
    uint32_t room = 1;
    if (tests == NULL || tests->kind != AST_TESTS) {
        output->limited = false;
        return true;
    }
    for (const struct ast *t = tests->list; t != NULL; t = t->next)
        room++;
    for (const struct table_output *o = r->t->outputs; o < output; o++)
        if (o->listed == tests) { /* those of a type that several columns have */
            output->ranks = o->ranks;
            output->rank_count = o->rank_count;
            return true;
        }
    if (!dmn_affords(r->b->model, (size_t)room * 1024, r->b->err))
        return false;
    struct table_rank *ranks = arena_new(r->b->arena, struct table_rank, room);
    output->ranks = ranks;
    if (tests->op == 1) {
        if (!ast_compile(&program, r->b->arena, tests, options, r->b->err))
            return false;
        ranks[output->rank_count++].program = program;
        return true;
    }
    for (const struct ast *t = tests->list; t != NULL; t = t->next)
        if (!compile_rank(r, &ranks[output->rank_count++], t, options))
            return false;
    return true;
}

static void mark_listed(struct table_output_cell *cell, const struct table_output *output) {
    for (uint32_t i = 0; i < output->rank_count && cell->constant && !cell->listed; i++)
        if (output->ranks[i].program == NULL && feel_same(output->ranks[i].value, cell->value))
            cell->listed = true;
}

/* Output columns of a table with one output take their type from the variable, which fits the
 * table's value as a whole; so only the column's own type counts here. */
static bool compile_rules(struct table_reader *r, const struct feel_options *options) {
    struct dmn_table *t = r->t;
    for (uint32_t c = 0; c < t->output_count; c++)
        if (!compile_ranks(r, &t->outputs[c], options))
            return false;
    for (uint32_t row = 0; row < t->rule_count; row++) {
        for (uint32_t c = 0; c < t->input_count; c++)
            if (!compile_cell(r, &t->rules[row].cells[c], options))
                return false;
        for (uint32_t c = 0; c < t->output_count; c++)
            if (!compile_output(r, &t->rules[row].outputs[c],
                                r->output_trees[row * t->output_count + c], t->outputs[c].type,
                                options))
                return false;
        for (uint32_t c = 0; c < t->output_count; c++)
            mark_listed(&t->rules[row].outputs[c], &t->outputs[c]);
    }
    for (uint32_t c = 0; c < t->output_count; c++)
        if (t->outputs[c].has_other &&
            !compile_output(r, &t->outputs[c].other,
                            r->output_trees[t->rule_count * t->output_count + c],
                            t->outputs[c].type, options))
            return false;
    struct feel_program *program;
    for (uint32_t c = 0; c < t->input_count; c++) {
        if (!t->inputs[c].is_limited)
            continue;
        if (!ast_compile(&program, r->b->arena, t->inputs[c].allowed_tree, options, r->b->err))
            return false;
        t->inputs[c].allowed = program;
    }
    return true;
}

static bool table_eval(struct feel_value *out, const void *self, const struct feel_value *args,
                       size_t arg_count, struct feel_machine *m, struct err *err);

/* The hook's arguments: the inputs, then the names that cells use. */
static struct ast *make_hook(struct table_reader *r, const struct names *names) {
    struct ast *hook = boxed_node(r->b, AST_HOOK, r->node);
    struct ast **last = &hook->list;
    for (uint32_t i = 0; i < r->t->input_count; i++) {
        *last = r->input_trees[i];
        last = &r->input_trees[i]->next;
    }
    for (uint32_t i = 1; i < names->count; i++) {
        struct ast *name = boxed_node(r->b, AST_NAME, r->node);
        name->name = names->at[i].name;
        *last = name;
        last = &name->next;
    }
    hook->hook = (struct ast_hook){table_eval, r->t};
    return ast_close(hook, r->b->err) ? hook : NULL;
}

/* Which names are free is what the compiler adds to the inputs of the cell alone. */
static bool names_of_cell(struct names *n, const struct table_reader *r, const struct ast *tree) {
    struct feel_options options = *r->b->options;
    n->others = 0;
    names_of(n, tree, AST_DEPTH_MAX);
    if (n->others == 0 || !r->b->model->free_names)
        return true;
    struct cost cost = {(4 + (uint64_t)n->others / 8) * (n->count + n->others), 0};
    if (!budget_spend(options.budget, cost, r->b->err) ||
        !dmn_affords(r->b->model, n->others * sizeof *n->at, r->b->err))
        return false;
    names_room(n, n->others);
    struct arena_mark mark = arena_mark(n->arena);
    struct feel_program *program;
    options.names = n->at;
    options.name_count = n->count;
    if (!ast_compile(&program, n->arena, tree, &options, r->b->err))
        return false;
    for (size_t i = n->count; i < feel_input_count(program); i++)
        names_add(n, feel_input_name(program, i)); /* there is room: nothing is allocated */
    arena_rewind(n->arena, mark);
    return true;
}

static bool names_of_table(struct names *n, const struct table_reader *r) {
    const struct dmn_table *t = r->t;
    for (uint32_t row = 0; row < t->rule_count; row++)
        for (uint32_t c = 0; c < t->input_count; c++)
            if (!names_of_cell(n, r, t->rules[row].cells[c].tree))
                return false;
    for (uint32_t i = 0; i < (t->rule_count + 1) * t->output_count; i++)
        if (!names_of_cell(n, r, r->output_trees[i]))
            return false;
    for (uint32_t c = 0; c < t->input_count; c++)
        if (!names_of_cell(n, r, t->inputs[c].allowed_tree))
            return false;
    for (uint32_t c = 0; c < t->output_count; c++)
        if (!names_of_cell(n, r, t->outputs[c].listed))
            return false;
    return true;
}

static void table_keep(struct dmn_model *m, const struct dmn_table *t) {
    struct dmn_table_list *list = &m->tables;
    if (list->count == list->room) {
        list->room = list->room == 0 ? 8 : list->room * 2;
        const struct dmn_table **grown = arena_new(m->arena, const struct dmn_table *, list->room);
        if (list->count > 0)
            memcpy(grown, list->at, list->count * sizeof(const struct dmn_table *));
        list->at = grown;
    }
    list->at[list->count++] = t;
}

struct ast *table_read(struct boxer *b, const struct xml_node *node,
                       const struct ast_scope *scope) {
    struct dmn_table *t = arena_new(b->arena, struct dmn_table, 1);
    struct table_reader r = {.b = b, .node = node, .scope = scope, .t = t};
    struct names names = {.arena = b->arena, .scope = scope};
    t->element = b->element;
    t->at = dmn_at(b->model, node);
    if (!read_policy(&r) || !table_alloc(&r) || !read_parts(&r))
        return NULL;
    names.at = arena_new(b->arena, struct feel_name, 8);
    names.room = 8;
    names.at[names.count++].name = STR("?");
    if (!names_of_table(&names, &r))
        return NULL;
    struct feel_options options = *b->options;
    options.names = names.at;
    options.name_count = names.count;
    if (!compile_rules(&r, &options))
        return NULL;
    t->extra_count = names.count - 1;
    table_index(t, b->arena, b->model->loader->budget);
    table_keep(b->model, t);
    return make_hook(&r, &names);
}

/* --- evaluating: which rules match
 * ------------------------------------------------------------------------ */
enum { WORDS_INLINE = 16, VARS_INLINE = 16, REGIONS_INLINE = 16 };

struct matching {
    struct feel_machine *m;
    const struct dmn_table *t;
    const struct feel_value *args;
    struct feel_value *vars;      /* ?, then the names */
    uint64_t *set;                /* rules that match, by bits */
    struct table_region *regions; /* of each column that its index knows */
    struct feel_value *answers;   /* of the first rules that match, for the trace; NULL: no trace */
    uint32_t answer_count;
};

static struct feel_value run_cell(struct matching *x, const struct feel_program *program,
                                  struct feel_value subject) {
    x->vars[0] = subject;
    return machine_eval(x->m, program, x->vars, x->t->extra_count + 1);
}

static void set_all(uint64_t *set, const struct dmn_table *t) {
    for (uint32_t w = 0; w < t->word_count; w++)
        set[w] = UINT64_MAX;
    if (t->rule_count % 64 != 0)
        set[t->word_count - 1] = (UINT64_C(1) << (t->rule_count % 64)) - 1;
}

/* Ask the cells of one column, of the rules that are still in. */
static void ask_column(struct matching *x, uint32_t column) {
    const struct dmn_table *t = x->t;
    for (uint32_t w = 0; w < t->word_count; w++) {
        for (uint64_t left = x->set[w]; left != 0 && !x->m->failed; left &= left - 1) {
            uint32_t bit = (uint32_t)__builtin_ctzll(left);
            const struct table_cell *cell = &t->rules[w * 64 + bit].cells[column];
            if (!cell->any && !feel_is_true(run_cell(x, cell->program, x->args[column])))
                x->set[w] &= ~(UINT64_C(1) << bit);
        }
    }
}

static void match_rules(struct matching *x) {
    const struct dmn_table *t = x->t;
    set_all(x->set, t);
    for (uint32_t c = 0; c < t->input_count; c++)
        if (x->regions[c].known)
            table_region_keep(x->set, t, &x->regions[c]);
    for (uint32_t c = 0; c < t->input_count && !x->m->failed; c++)
        if (!x->regions[c].known)
            ask_column(x, c);
}

/* May the rule be hit? The columns with an index say so first, as in match_rules(). */
static bool rule_matches(struct matching *x, uint32_t row) {
    const struct dmn_table *t = x->t;
    for (uint32_t c = 0; c < t->input_count; c++)
        if (x->regions[c].known && !table_region_has(&x->regions[c], row))
            return false;
    for (uint32_t c = 0; c < t->input_count && !x->m->failed; c++) {
        const struct table_cell *cell = &t->rules[row].cells[c];
        if (!x->regions[c].known && !cell->any &&
            !feel_is_true(run_cell(x, cell->program, x->args[c])))
            return false;
    }
    return !x->m->failed;
}

enum { FEW = 64 };

/* Where an index leaves few rules, they are looked at alone: what it takes does not grow with the
 * table. False: not so; rows has room for FEW. */
static bool match_few(struct matching *x, uint32_t *rows, uint32_t *count) {
    const struct table_region *best = NULL;
    for (uint32_t c = 0; c < x->t->input_count; c++) {
        x->regions[c].known =
            x->t->indexed && table_index_find(&x->regions[c], x->t, c, x->args[c]);
        if (x->regions[c].known && x->regions[c].set == NULL && x->regions[c].count <= FEW &&
            (best == NULL || x->regions[c].count < best->count))
            best = &x->regions[c];
    }
    for (uint32_t i = 0; best != NULL && i < best->count && !x->m->failed; i++)
        if (rule_matches(x, best->rows[i]))
            rows[(*count)++] = best->rows[i];
    return best != NULL;
}

/* The rules that match, in ascending order. False: memory or budget is spent. */
static bool match(struct matching *x, uint32_t **rows, uint32_t *count) {
    const struct dmn_table *t = x->t;
    uint32_t total = 0;
    if (match_few(x, *rows, count))
        return !x->m->failed;
    if (t->word_count > WORDS_INLINE)
        x->set = machine_new(x->m, uint64_t, t->word_count);
    if (x->set == NULL || !machine_spend(x->m, t->rule_count / 64))
        return false;
    match_rules(x);
    for (uint32_t w = 0; w < t->word_count; w++)
        total += (uint32_t)__builtin_popcountll(x->set[w]);
    if (total > FEW)
        *rows = machine_new(x->m, uint32_t, total);
    if (*rows == NULL)
        return false;
    for (uint32_t w = 0; w < t->word_count; w++)
        for (uint64_t left = x->set[w]; left != 0; left &= left - 1)
            (*rows)[(*count)++] = w * 64 + (uint32_t)__builtin_ctzll(left);
    return !x->m->failed;
}

/* --- evaluating: the outcome
 * ----------------------------------------------------------------------------------- */
static struct feel_value output_of(struct matching *x, const struct table_output_cell *cell) {
    if (cell->constant)
        return cell->value;
    return run_cell(x, cell->program, feel_null());
}

/* The place of a value among those listed; rank_count when it is not there. */
static uint32_t rank_of(struct matching *x, const struct table_output *output,
                        struct feel_value v) {
    for (uint32_t i = 0; i < output->rank_count && machine_spend(x->m, 1); i++) {
        const struct table_rank *rank = &output->ranks[i];
        if (rank->program == NULL ? feel_same(rank->value, v)
                                  : feel_is_true(run_cell(x, rank->program, v)))
            return i;
    }
    return output->rank_count;
}

/* Of a column of lists each item is to be listed; so is that of a list of one which the type makes
 * its item. Where nothing tells the type, a list may be one of the values or of several of them. */
/* DMN 1.5: 7.3.3, 8.3.2, 10.3.2.9.4 */
static bool is_listed(struct matching *x, const struct table_output *output, struct feel_value v) {
    const struct feel_type *type = output->list_type;
    bool any = type == NULL || type->tag == FEEL_TYPE_ANY;
    bool items =
        feel_kind(v) == FEEL_LIST && (any || type->tag == FEEL_TYPE_LIST || feel_count(v) == 1);
    if ((any || !items) && rank_of(x, output, v) < output->rank_count)
        return true;
    for (size_t i = 0; items && i < feel_count(v) && !x->m->failed; i++)
        if (rank_of(x, output, feel_item(v, i)) == output->rank_count)
            return false;
    return items;
}

/* DMN 1.5: 8.2.5 */
static inline struct feel_value rule_output(struct matching *x, const struct table_output *output,
                                            const struct table_output_cell *cell) {
    if (cell->constant && (cell->listed || !output->limited))
        return cell->value;
    struct feel_value v = output_of(x, cell);
    if (!output->limited || cell->listed || feel_is_null(v) || is_listed(x, output, v))
        return v;
    struct str name = output->name.len > 0 ? output->written : x->t->element->info.name;
    return machine_null(x->m, "a rule gives '%.*s' a value that is not among those listed",
                        STR_ARG(name));
}

/* The value of a rule's outputs: the one, or a context by name. row == rule_count: the defaults. */
static struct feel_value outcome(struct matching *x, uint32_t row) {
    const struct dmn_table *t = x->t;
    if (t->output_count == 1)
        return row < t->rule_count ? rule_output(x, &t->outputs[0], &t->rules[row].outputs[0])
                                   : output_of(x, &t->outputs[0].other);
    struct feel_entry *entries = machine_new(x->m, struct feel_entry, t->output_count);
    /* the context's own copy and index */
    if (entries == NULL || !machine_reserve(x->m, t->output_count * (sizeof *entries + 16) + 256))
        return feel_null();
    for (uint32_t c = 0; c < t->output_count; c++)
        entries[c] = (struct feel_entry){
            t->outputs[c].name, row < t->rule_count
                                    ? rule_output(x, &t->outputs[c], &t->rules[row].outputs[c])
                                : t->outputs[c].has_other ? output_of(x, &t->outputs[c].other)
                                                          : feel_null()};
    return feel_context_of(x->m->arena, entries, t->output_count);
}

static bool has_defaults(const struct dmn_table *t) {
    for (uint32_t c = 0; c < t->output_count; c++)
        if (t->outputs[c].has_other)
            return true;
    return false;
}

/* One outcome, by the ranks of its outputs: from the first column on, then by the order of rules.
 */
struct ranked {
    struct feel_value value;
    const uint32_t *ranks;
    uint32_t rank_count, index;
};

static int by_priority(const void *a, const void *b) {
    const struct ranked *x = a, *y = b;
    for (uint32_t c = 0; c < x->rank_count; c++)
        if (x->ranks[c] != y->ranks[c])
            return x->ranks[c] < y->ranks[c] ? -1 : 1;
    return x->index < y->index ? -1 : 1;
}

/* DMN 1.5: hit policy priority, hit policy output order */
static void order_outputs(struct matching *x, struct feel_value *values, uint32_t count) {
    const struct dmn_table *t = x->t;
    struct ranked *ranked = machine_new(x->m, struct ranked, count);
    uint32_t *ranks = machine_new(x->m, uint32_t, (size_t)count * t->output_count);
    if (ranked == NULL || ranks == NULL)
        return;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t *own = ranks + (size_t)i * t->output_count;
        for (uint32_t c = 0; c < t->output_count; c++)
            own[c] =
                rank_of(x, &t->outputs[c],
                        t->output_count == 1 ? values[i] : feel_get(values[i], t->outputs[c].name));
        ranked[i] = (struct ranked){values[i], own, t->output_count, i};
    }
    qsort(ranked, count, sizeof *ranked, by_priority);
    for (uint32_t i = 0; i < count; i++)
        values[i] = ranked[i].value;
}

/* As the built-in functions make one of a list. */
/* DMN 1.5: 8.2.10, hit policy collect, aggregator sum, aggregator count, aggregator min, aggregator
 * max */
static struct feel_value aggregate(struct matching *x, const struct feel_value *values,
                                   uint32_t count) {
    static const int functions[] = {[TABLE_SUM] = BUILTIN_SUM,
                                    [TABLE_COUNT] = BUILTIN_COUNT,
                                    [TABLE_MIN] = BUILTIN_MIN,
                                    [TABLE_MAX] = BUILTIN_MAX};
    struct feel_value list = feel_list(values, count);
    return builtin_call(x->m, functions[x->t->aggregate], &list, 1);
}

/* DMN 1.5: 8.2.11 */
static struct feel_value none_matched(struct matching *x) {
    const struct dmn_table *t = x->t;
    if (has_defaults(t)) {
        struct feel_value other = outcome(x, t->rule_count);
        return other;
    }
    if (t->policy == TABLE_COLLECT && t->aggregate == TABLE_COUNT)
        return feel_int(0);
    if (t->policy == TABLE_COLLECT && t->aggregate == TABLE_LIST)
        return feel_list(NULL, 0);
    return machine_null(x->m, "no rule of the table matches");
}

/* DMN 1.5: hit policy any */
static struct feel_value any_of(struct matching *x, const struct feel_value *values,
                                uint32_t count) {
    for (uint32_t i = 1; i < count; i++)
        if (!machine_same(x->m, values[0], values[i]))
            return machine_null(x->m, "rules of an ANY table match with different outputs");
    return values[0];
}

static struct dmn_trace *trace_of(const struct matching *x) {
    struct dmn_run *run = x->m->env->host;
    return run == NULL ? NULL : run->trace;
}

/* What the rules say as they stand, before the hit policy makes one of it. */
static void keep_answers(struct matching *x, const struct feel_value *values, uint32_t count) {
    if (trace_of(x) == NULL)
        return;
    x->answers = machine_new(x->m, struct feel_value, count);
    if (x->answers == NULL)
        return;
    memcpy(x->answers, values, count * sizeof *values);
    x->answer_count = count;
}

/* DMN 1.5: 8.2.10, hit policy unique, hit policy first, hit policy rule order */
static struct feel_value decide(struct matching *x, const uint32_t *rows, uint32_t count) {
    const struct dmn_table *t = x->t;
    if (count == 0)
        return none_matched(x);
    if (t->policy == TABLE_FIRST || (t->policy == TABLE_UNIQUE && count == 1)) {
        struct feel_value only = outcome(x, rows[0]);
        keep_answers(x, &only, 1);
        return only;
    }
    if (t->policy == TABLE_UNIQUE)
        return machine_null(x->m, "rules %u and %u of a UNIQUE table match both", rows[0] + 1,
                            rows[1] + 1);
    struct feel_value *values = machine_new(x->m, struct feel_value, count);
    if (values == NULL)
        return feel_null();
    for (uint32_t i = 0; i < count; i++)
        values[i] = outcome(x, rows[i]);
    keep_answers(x, values, count);
    switch (t->policy) {
    case TABLE_ANY: return any_of(x, values, count);
    case TABLE_PRIORITY: order_outputs(x, values, count); return values[0];
    case TABLE_OUTPUT_ORDER: order_outputs(x, values, count); return feel_list(values, count);
    case TABLE_COLLECT:
        if (t->aggregate != TABLE_LIST)
            return aggregate(x, values, count);
        return feel_list(values, count);
    default: return feel_list(values, count);
    }
}

/* Column by column, in the trace's arena. */
static void trace_answers(struct dmn_step *step, const struct matching *x, struct arena *a) {
    const struct dmn_table *t = x->t;
    struct str *names = arena_new(a, struct str, t->output_count);
    struct feel_value *answers =
        arena_new(a, struct feel_value, (size_t)x->answer_count * t->output_count);
    for (uint32_t c = 0; c < t->output_count; c++)
        names[c] = t->outputs[c].written;
    for (uint32_t i = 0; i < x->answer_count; i++)
        for (uint32_t c = 0; c < t->output_count; c++)
            answers[(size_t)i * t->output_count + c] =
                t->output_count == 1 ? x->answers[i] : feel_get(x->answers[i], t->outputs[c].name);
    step->output_names = names;
    step->output_count = t->output_count;
    step->answers = answers;
    step->answer_count = x->answer_count;
}

static void trace(struct matching *x, const uint32_t *rows, uint32_t count,
                  struct feel_value output) {
    const struct dmn_table *t = x->t;
    if (trace_of(x) == NULL)
        return;
    struct dmn_run *run = x->m->env->host;
    struct arena *a = run->trace->arena;
    size_t bytes =
        count * (sizeof(uint32_t) + 2 * sizeof(struct str)) +
        t->input_count * sizeof(struct feel_value) +
        t->output_count * (sizeof(struct str) + x->answer_count * sizeof(struct feel_value));
    if (!run_trace_affords(run->trace, bytes))
        return;
    uint32_t *rules = arena_new(a, uint32_t, count);
    struct str *ids = arena_new(a, struct str, count), *notes = arena_new(a, struct str, count);
    struct feel_value *inputs = arena_new(a, struct feel_value, t->input_count);
    for (uint32_t i = 0; i < count; i++) {
        rules[i] = rows[i] + 1;
        ids[i] = t->rules[rows[i]].id;
        notes[i] = t->rules[rows[i]].note;
    }
    if (t->input_count > 0)
        memcpy(inputs, x->args, t->input_count * sizeof *inputs);
    struct dmn_step step = {.decision_id = t->element->info.id,
                            .decision_name = t->element->info.name,
                            .is_table = true,
                            .hit_policy = policies[t->policy],
                            .input_names = t->input_names,
                            .inputs = inputs,
                            .input_count = t->input_count,
                            .rules = rules,
                            .rule_ids = ids,
                            .rule_notes = notes,
                            .rule_count = count,
                            .output = output};
    trace_answers(&step, x, a);
    run_trace(run, &step);
}

/* A value outside the listed ones is an error of the table's user, told and then decided as null:
 * DMN 1.5: 8.2.4 */
static bool input_allowed(struct matching *x, uint32_t column) {
    const struct table_input *input = &x->t->inputs[column];
    struct feel_value v = x->args[column];
    if (feel_is_null(v))
        return true;
    if (input->type == NULL || input->type->tag != FEEL_TYPE_LIST || feel_kind(v) != FEEL_LIST)
        return feel_is_true(run_cell(x, input->allowed, v));
    for (size_t i = 0; i < feel_count(v) && !x->m->failed; i++)
        if (!feel_is_true(run_cell(x, input->allowed, feel_item(v, i))))
            return false; /* as the allowed values of a collection are those of its items */
    return true;
}

static bool inputs_allowed(struct matching *x) {
    const struct dmn_table *t = x->t;
    for (uint32_t c = 0; c < t->input_count; c++)
        if (t->inputs[c].allowed != NULL && !input_allowed(x, c)) {
            (void)machine_null(x->m, "'%.*s' has a value that the table does not allow",
                               STR_ARG(t->inputs[c].text));
            return false;
        }
    return true;
}

static bool table_eval(struct feel_value *out, const void *self, const struct feel_value *args,
                       size_t arg_count, struct feel_machine *m, struct err *err) {
    const struct dmn_table *t = self;
    struct feel_value vars[VARS_INLINE];
    uint32_t rows_inline[FEW], *rows = rows_inline, count = 0;
    struct table_region regions[REGIONS_INLINE];
    uint64_t words[WORDS_INLINE];
    struct matching x = {
        .m = m, .t = t, .args = args, .vars = vars, .set = words, .regions = regions};
    (void)err;
    (void)arg_count;
    *out = feel_null();
    if (t->extra_count + 1 > VARS_INLINE)
        x.vars = machine_new(m, struct feel_value, t->extra_count + 1);
    if (t->input_count > REGIONS_INLINE)
        x.regions = machine_new(m, struct table_region, t->input_count);
    if (x.vars == NULL || x.regions == NULL || !machine_spend(m, 1))
        return false;
    if (t->extra_count > 0)
        memcpy(x.vars + 1, args + t->input_count, t->extra_count * sizeof *args);
    if (!inputs_allowed(&x))
        return !m->failed;
    if (!match(&x, &rows, &count))
        return false;
    *out = decide(&x, rows, count);
    trace(&x, rows, count, *out);
    return !m->failed;
}
