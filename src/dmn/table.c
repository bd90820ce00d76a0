/* Decision tables as they are read. DMN 1.5: 8.3.1, 10.2.1.1, 10.3.2.10, table 46. A table becomes
 * a hook in the tree: its arguments are the values of the input expressions and of every name that
 * a cell uses, so cells are programs of their own over (?, names...). match.c decides. */
#include "dmn/table.h"
#include "feel/code.h"

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

/* Each name is paid for; when the budget is spent, the next text says so. */
static void pay(const struct names *n) {
    struct budget *budget = n->scope->options->budget;
    uint64_t steps = (n->count + n->scope->options->name_count) / DMN_NAMES_A_STEP;
    if (budget != NULL)
        budget->left.steps -= MIN_OF(steps, budget->left.steps);
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
        pay(n);
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

/* A long list of texts, as of codes, is not looked through for each rule. */
static void map_texts(struct table_output *output, struct arena *a) {
    enum { FEW = 16 };
    bool texts = output->rank_count > FEW;
    for (uint32_t i = 0; i < output->rank_count && texts; i++)
        texts =
            output->ranks[i].program == NULL && feel_kind(output->ranks[i].value) == FEEL_STRING;
    if (!texts)
        return;
    struct map *map = arena_new(a, struct map, 1);
    map_init(map, a);
    for (uint32_t i = 0; i < output->rank_count; i++)
        (void)map_put(map, feel_as_string(output->ranks[i].value), i); /* the first one counts */
    output->texts = map;
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
            output->texts = o->texts;
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
    map_texts(output, r->b->arena);
    return true;
}

uint32_t table_text_rank(const struct table_output *output, struct feel_value v) {
    const size_t *found =
        feel_kind(v) == FEEL_STRING ? map_find(output->texts, feel_as_string(v)) : NULL;
    return found == NULL ? output->rank_count : (uint32_t)*found;
}

static bool mark_listed(const struct table_reader *r, struct table_output_cell *cell,
                        const struct table_output *output) {
    if (!cell->constant)
        return true;
    if (output->texts != NULL) {
        cell->listed = table_text_rank(output, cell->value) < output->rank_count;
        return true;
    }
    for (uint32_t i = 0; i < output->rank_count && !cell->listed; i++)
        cell->listed =
            output->ranks[i].program == NULL && feel_same(output->ranks[i].value, cell->value);
    return budget_spend(r->b->model->loader->budget, (struct cost){output->rank_count / 4, 0},
                        r->b->err);
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
            if (!mark_listed(r, &t->rules[row].outputs[c], &t->outputs[c]))
                return false;
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
