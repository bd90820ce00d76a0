/* Boxed expressions as trees of FEEL, so that one compiler and one machine run both. Each kind of
 * box is the textual form that DMN 1.5: 10.2.1.2 gives for it. */
#include "dmn/model.h"

enum {
    BOX_DEPTH_MAX = 64,
    CHILDREN_MAX = 100000,
    ENTRY_BYTES = 256, /* of the map of a context's names */
};

static const char *const boxes[] = {
    "literalExpression",
    "context",
    "list",
    "relation",
    "functionDefinition",
    "invocation",
    "decisionTable",
    "conditional",
    "for",
    "every",
    "some",
    "filter",
};
enum box {
    BOX_LITERAL,
    BOX_CONTEXT,
    BOX_LIST,
    BOX_RELATION,
    BOX_FUNCTION,
    BOX_INVOCATION,
    BOX_TABLE,
    BOX_CONDITIONAL,
    BOX_FOR,
    BOX_EVERY,
    BOX_SOME,
    BOX_FILTER,
    BOX_COUNT
};

static int box_of(const struct dmn_model *m, const struct xml_node *node) {
    for (int box = 0; box < BOX_COUNT; box++)
        if (dmn_is(m, node, boxes[box]))
            return box;
    return -1;
}

const struct xml_node *boxed_child(const struct dmn_model *m, const struct xml_node *node) {
    for (const struct xml_node *c = xml_first(node); c != NULL; c = xml_sibling(c))
        if (box_of(m, c) >= 0)
            return c;
    return NULL;
}

/* --- nodes
 * ------------------------------------------------------------------------------------------- */
struct ast *boxed_node(struct boxer *b, enum ast_kind kind, const struct xml_node *node) {
    struct ast_source *source = arena_new(b->arena, struct ast_source, 1);
    source->at = dmn_at(b->model, node);
    return ast_new(b->arena, kind, source);
}

static struct ast *closed(struct boxer *b, struct ast *node) {
    return ast_close(node, b->err) ? node : NULL;
}

struct ast *boxed_bad(struct boxer *b, struct err_at at) {
    if (b->model->loader->options->strict || b->err->code == ERR_LIMIT)
        return NULL;
    struct ast_source *source = arena_new(b->arena, struct ast_source, 1);
    source->at = at;
    struct ast *bad = ast_new(b->arena, AST_BAD, source);
    bad->name = arena_str(b->arena, str_from(b->err->text));
    err_reset(b->err);
    return bad;
}

/* --- what the texts read
 * ---------------------------------------------------------------------------- */
/* Each look costs; when the budget is spent, b->err says so. */
static bool is_slot(struct boxer *b, const struct dmn_element *e, struct str name) {
    struct cost cost = {1 + e->slot_count / DMN_NAMES_A_STEP, 0};
    if (!budget_spend(b->model->loader->budget, cost, b->err))
        return false;
    for (size_t i = 0; i < e->slot_count; i++)
        if (str_eq(e->slots[i].name, name))
            return true;
    return false;
}

static void read_add(struct boxer *b, struct str slot, struct str member) {
    struct dmn_element *e = &b->model->elements[b->element - b->model->elements];
    if (e->read_count == DMN_ELEMENT_READS_MAX)
        return;
    for (size_t i = 0; i < e->read_count; i++)
        if (str_eq(e->reads[i].slot, slot) && str_eq(e->reads[i].member, member))
            return;
    if (!is_slot(b, e, slot))
        return;
    if ((e->read_count & (e->read_count - 1)) == 0) { /* 0, 1, 2, 4 ...: grown by doubling */
        size_t room = e->read_count == 0 ? 1 : e->read_count * 2;
        struct dmn_read *grown = arena_new(b->arena, struct dmn_read, room);
        if (e->read_count > 0)
            memcpy(grown, e->reads, e->read_count * sizeof *grown);
        e->reads = grown;
    }
    e->reads[e->read_count++] = (struct dmn_read){slot, member};
}

static void reads_of(struct boxer *b, const struct ast *tree, int depth) {
    if (tree == NULL || depth == 0 || b->err->code == ERR_LIMIT)
        return;
    if (tree->kind == AST_NAME) {
        read_add(b, tree->name, STR_NONE);
        return;
    }
    if (tree->kind == AST_PATH && tree->a != NULL && tree->a->kind == AST_NAME) {
        read_add(b, tree->a->name, tree->name);
        return;
    }
    reads_of(b, tree->a, depth - 1);
    reads_of(b, tree->b, depth - 1);
    reads_of(b, tree->c, depth - 1);
    for (const struct ast *item = tree->list; item != NULL; item = item->next)
        reads_of(b, item, depth - 1);
}

/* In any case. A text that is long is no name of a language: its ends will do. */
static bool has_word(struct str text, struct str word) {
    enum { END_BYTES = 200 };
    for (size_t i = 0; i + word.len <= text.len; i++) {
        if (str_eq_ascii_case(str_sub(text, i, word.len), word))
            return true;
        if (i == END_BYTES && text.len > 2 * (size_t)END_BYTES)
            i = text.len - END_BYTES;
    }
    return false;
}

/* DMN 1.5: 7.3.1: an expression says its language, or the whole model does. FEEL has a URI for each
 * version of the standard. */
static bool is_feel(const struct dmn_model *m, const struct xml_node *node) {
    struct str language = xml_attr_text(node, STR("expressionLanguage"));
    if (language.len == 0)
        language = xml_attr_text(m->root, STR("expressionLanguage"));
    return language.len == 0 || has_word(language, STR("feel")) ||
           has_word(language, STR("/spec/dmn/"));
}

struct ast *boxed_text(struct boxer *b, const struct xml_node *node, struct str text,
                       struct err_at at, const struct ast_scope *scope, enum feel_form form) {
    struct ast *tree;
    if (!is_feel(b->model, node)) {
        (void)err_set(b->err, ERR_UNSUPPORTED, at, "an expression is not in FEEL");
        return boxed_bad(b, at);
    }
    if (!ast_parse(&tree, b->arena, text, scope, form, at, b->err))
        return boxed_bad(b, at);
    reads_of(b, tree, AST_DEPTH_MAX);
    if (b->err->code == ERR_LIMIT)
        return NULL;
    return tree;
}

/* Of a function the type tells what its calls give, too. */
/* DMN 1.5: 7.3.1, 10.3.2.9.4 */
struct ast *boxed_typed(struct boxer *b, struct ast *tree, const struct feel_type *type) {
    if (tree == NULL || type == NULL ||
        (type->tag == FEEL_TYPE_ANY && type->allowed == NULL && type->constraint == NULL))
        return tree;
    if (tree->kind == AST_FUNCTION && tree->type == NULL && type->tag == FEEL_TYPE_FUNCTION)
        tree->type = type->element;
    struct ast *typed = ast_new(b->arena, AST_TYPED, tree->source);
    typed->at = tree->at;
    typed->len = tree->len;
    typed->a = tree;
    typed->type = type;
    return closed(b, typed);
}

/* Tools write the type of the result alone at a function's definition, or at its variable. */
/* DMN 1.5: 10.2.1.7 */
static struct ast *result_typed(struct boxer *b, struct ast *tree, const struct feel_type *type) {
    if (tree->kind != AST_FUNCTION || type == NULL || type->tag == FEEL_TYPE_FUNCTION)
        return boxed_typed(b, tree, type);
    const struct ast *body = tree->a; /* one with a type of its own sees to that itself */
    if (tree->type == NULL || (body->kind == AST_TYPED && body->type == tree->type))
        tree->type = type;
    return tree;
}

struct chain {
    struct ast *first, **last;
};

static void chain_add(struct chain *chain, struct ast *node) {
    if (chain->last == NULL)
        chain->last = &chain->first;
    *chain->last = node;
    chain->last = &node->next;
}

/* The expression inside a child element: <in><literalExpression>... */
static struct ast *read_inner(struct boxer *b, const struct xml_node *node, const char *child,
                              const struct ast_scope *scope) {
    const struct xml_node *outer = child == NULL ? node : dmn_child(b->model, node, child);
    const struct xml_node *inner = boxed_child(b->model, outer);
    if (inner == NULL) {
        (void)err_set(b->err, ERR_INVALID, dmn_at(b->model, node), "'%s' has no expression in it",
                      child == NULL ? "an element" : child);
        return boxed_bad(b, dmn_at(b->model, node));
    }
    return boxed_read(b, inner, scope);
}

/* --- boxes
 * ------------------------------------------------------------------------------------------------
 */
/* DMN 1.5: 7.3.5, 10.2.1.2 */
static struct ast *read_literal(struct boxer *b, const struct xml_node *node,
                                const struct ast_scope *scope) {
    struct err_at at;
    struct str text = dmn_text(b->model, node, "text", &at);
    if (str_trim(text).len == 0) { /* nothing written: null, and no complaint */
        return boxed_node(b, AST_CONST, node);
    }
    return boxed_text(b, node, text, at, scope, FEEL_EXPRESSION);
}

static size_t count_children(const struct dmn_model *m, const struct xml_node *node,
                             const char *name) {
    size_t count = 0;
    for (const struct xml_node *c = dmn_child(m, node, name); c != NULL; c = xml_next(c))
        count++;
    return count;
}

/* The entry that has no variable is the result: {a: ..., b: ..., result: ...}.result. Its key holds
 * a byte that no name can. */
static struct ast *context_result(struct boxer *b, const struct xml_node *node, struct ast *context,
                                  struct ast *result, struct chain *chain) {
    static const struct str key = STR_INIT("\x01result");
    struct ast *entry = boxed_node(b, AST_NAMED, node), *path = boxed_node(b, AST_PATH, node);
    entry->name = key;
    entry->a = result;
    if (closed(b, entry) == NULL)
        return NULL;
    chain_add(chain, entry);
    context->list = chain->first;
    path->a = closed(b, context);
    path->name = key;
    return path->a == NULL ? NULL : closed(b, path);
}

/* A function of a boxed context may call itself, also by a name with blanks, so the name is known
 * inside of it. */
static bool is_function_entry(const struct boxer *b, const struct xml_node *entry) {
    const struct xml_node *logic = boxed_child(b->model, entry);
    return logic != NULL && box_of(b->model, logic) == BOX_FUNCTION;
}

/* DMN 1.5: 10.2.1.4, 10.5.1, 10.5.2, rule 25 */
static struct ast *read_context(struct boxer *b, const struct xml_node *node,
                                const struct ast_scope *scope) {
    struct dmn_model *m = b->model;
    struct ast *context = boxed_node(b, AST_CONTEXT, node);
    size_t room = count_children(m, node, "contextEntry");
    if (!dmn_affords(m, (room + 16) * (sizeof(struct str) + ENTRY_BYTES), b->err))
        return NULL;
    struct str *names = arena_new(b->arena, struct str, room);
    struct map seen;
    struct ast_scope inner = {.options = b->options, .outer = scope, .names = names};
    struct chain chain = {0};
    map_init(&seen, b->arena);
    for (const struct xml_node *e = dmn_child(m, node, "contextEntry"); e != NULL;
         e = xml_next(e)) {
        const struct xml_node *variable = dmn_child(m, e, "variable");
        const struct feel_type *type = NULL;
        struct str name = dmn_name(b->model, xml_attr_text(variable, STR("name")));
        if (variable != NULL && !map_put(&seen, name, 0)) {
            (void)err_set(b->err, ERR_INVALID, dmn_at(m, e),
                          "a boxed context has two entries named '%.*s'", STR_ARG(name));
            return boxed_bad(b, dmn_at(m, e));
        }
        bool calls_itself = variable != NULL && is_function_entry(b, e);
        names[inner.name_count] = name;
        inner.name_count += calls_itself;
        struct ast *value = read_inner(b, e, NULL, &inner);
        if (value == NULL || !dmn_type_attr(&type, m, variable, b->err))
            return NULL;
        value = result_typed(b, value, type);
        if (variable == NULL)
            return context_result(b, e, context, value, &chain);
        struct ast *entry = boxed_node(b, AST_NAMED, e);
        entry->name = name;
        entry->a = value;
        if (closed(b, entry) == NULL)
            return NULL;
        chain_add(&chain, entry);
        inner.name_count += !calls_itself;
    }
    context->list = chain.first;
    return closed(b, context);
}

/* DMN 1.5: 10.2.1.5, 10.5.4 */
static struct ast *read_list(struct boxer *b, const struct xml_node *node,
                             const struct ast_scope *scope) {
    struct ast *list = boxed_node(b, AST_LIST, node);
    struct chain chain = {0};
    for (const struct xml_node *c = xml_first(node); c != NULL; c = xml_sibling(c)) {
        if (box_of(b->model, c) < 0)
            continue;
        struct ast *item = boxed_read(b, c, scope);
        if (item == NULL)
            return NULL;
        chain_add(&chain, item);
    }
    list->list = chain.first;
    return closed(b, list);
}

/* One row of a relation: a context named by the columns. DMN 1.5: 10.2.1.6, 10.5.5 */
static struct ast *read_row(struct boxer *b, const struct xml_node *relation,
                            const struct xml_node *row, const struct ast_scope *scope) {
    struct ast *context = boxed_node(b, AST_CONTEXT, row);
    struct chain chain = {0};
    const struct xml_node *column = dmn_child(b->model, relation, "column");
    for (const struct xml_node *c = xml_first(row); c != NULL; c = xml_sibling(c)) {
        const struct feel_type *type = NULL;
        if (box_of(b->model, c) < 0)
            continue;
        if (column == NULL) {
            (void)err_set(b->err, ERR_INVALID, dmn_at(b->model, c),
                          "a row of a relation has more cells than there are columns");
            return NULL;
        }
        struct ast *value = boxed_read(b, c, scope);
        if (value == NULL || !dmn_type_attr(&type, b->model, column, b->err))
            return NULL;
        struct ast *entry = boxed_node(b, AST_NAMED, c);
        entry->name = dmn_name(b->model, xml_attr_text(column, STR("name")));
        entry->a = boxed_typed(b, value, type);
        if (closed(b, entry) == NULL)
            return NULL;
        chain_add(&chain, entry);
        column = xml_next(column);
    }
    context->list = chain.first;
    return closed(b, context);
}

static struct ast *read_relation(struct boxer *b, const struct xml_node *node,
                                 const struct ast_scope *scope) {
    struct ast *list = boxed_node(b, AST_LIST, node);
    struct chain chain = {0};
    for (const struct xml_node *row = dmn_child(b->model, node, "row"); row != NULL;
         row = xml_next(row)) {
        struct ast *context = read_row(b, node, row, scope);
        if (context == NULL)
            return NULL;
        chain_add(&chain, context);
    }
    list->list = chain.first;
    return closed(b, list);
}

/* DMN 1.5: 10.2.1.7, 10.5.3, 10.3.2.13.3. Of kind Java or PMML: known, and null when called */
struct ast *boxed_function(struct boxer *b, const struct xml_node *node,
                           const struct ast_scope *scope) {
    struct dmn_model *m = b->model;
    struct str kind = xml_attr_text(node, STR("kind"));
    struct ast *function = boxed_node(b, AST_FUNCTION, node);
    struct str *names = arena_new(b->arena, struct str, count_children(m, node, "formalParameter"));
    struct ast_scope inner = {.options = b->options, .outer = scope, .names = names};
    struct chain chain = {0};
    for (const struct xml_node *p = dmn_child(m, node, "formalParameter"); p != NULL;
         p = xml_next(p)) {
        struct ast *param = boxed_node(b, AST_PARAM, p);
        param->name = dmn_name(b->model, xml_attr_text(p, STR("name")));
        if (!dmn_type_attr(&param->type, m, p, b->err))
            return NULL;
        chain_add(&chain, param);
        names[inner.name_count++] = param->name;
    }
    function->list = chain.first;
    function->op = kind.len > 0 && !str_eq(kind, STR("FEEL"));
    const struct xml_node *body = boxed_child(m, node);
    function->a = body == NULL || function->op == 1 ? boxed_node(b, AST_CONST, node)
                                                    : boxed_read(b, body, &inner);
    if (function->a == NULL)
        return NULL;
    if (function->a->kind == AST_TYPED) /* DMN 1.5: table 43: the type of what it gives */
        function->type = function->a->type;
    return closed(b, function);
}

/* DMN 1.5: 10.2.1.3, 7.3.6, 7.3.7 */
static struct ast *read_invocation(struct boxer *b, const struct xml_node *node,
                                   const struct ast_scope *scope) {
    struct ast *call = boxed_node(b, AST_CALL, node);
    struct chain chain = {0};
    call->a = read_inner(b, node, NULL, scope);
    if (call->a == NULL)
        return NULL;
    for (const struct xml_node *bind = dmn_child(b->model, node, "binding"); bind != NULL;
         bind = xml_next(bind)) {
        const struct xml_node *param = dmn_child(b->model, bind, "parameter");
        struct ast *named = boxed_node(b, AST_NAMED, bind);
        named->name = dmn_name(b->model, xml_attr_text(param, STR("name")));
        named->a = boxed_child(b->model, bind) == NULL ? boxed_node(b, AST_CONST, bind)
                                                       : read_inner(b, bind, NULL, scope);
        if (named->a == NULL || closed(b, named) == NULL)
            return NULL;
        chain_add(&chain, named);
    }
    call->list = chain.first;
    return closed(b, call);
}

/* DMN 1.5: 10.2.1.8, 10.5.6, 10.5.7 */
static struct ast *read_conditional(struct boxer *b, const struct xml_node *node,
                                    const struct ast_scope *scope) {
    struct ast *tree = boxed_node(b, AST_IF, node);
    tree->a = read_inner(b, node, "if", scope);
    tree->b = tree->a == NULL ? NULL : read_inner(b, node, "then", scope);
    tree->c = tree->b == NULL ? NULL : read_inner(b, node, "else", scope);
    return tree->c == NULL ? NULL : closed(b, tree);
}

/* DMN 1.5: 10.2.1.10, 10.5.9 - 10.5.13 */
static struct ast *read_iteration(struct boxer *b, const struct xml_node *node,
                                  const struct ast_scope *scope, enum ast_kind kind) {
    struct ast *tree = boxed_node(b, kind, node), *iter = boxed_node(b, AST_ITER, node);
    struct str name = dmn_name(b->model, xml_attr_text(node, STR("iteratorVariable")));
    struct str names[] = {name, STR("partial")};
    struct ast_scope inner = {
        .options = b->options, .outer = scope, .names = names, .name_count = COUNT_OF(names)};
    iter->name = name;
    iter->a = read_inner(b, node, "in", scope);
    if (iter->a == NULL || closed(b, iter) == NULL)
        return NULL;
    tree->list = iter;
    tree->a = read_inner(b, node, kind == AST_FOR ? "return" : "satisfies", &inner);
    return tree->a == NULL ? NULL : closed(b, tree);
}

/* DMN 1.5: 10.2.1.9, 10.5.8. The match is a boolean: here a number is no position. */
static struct ast *read_filter(struct boxer *b, const struct xml_node *node,
                               const struct ast_scope *scope) {
    struct ast *tree = boxed_node(b, AST_FILTER, node);
    tree->op = AST_FILTER_TESTS;
    struct str names[] = {STR("item")};
    struct ast_scope inner = {.options = b->options,
                              .outer = scope,
                              .names = names,
                              .name_count = COUNT_OF(names),
                              .in_filter = true};
    tree->a = read_inner(b, node, "in", scope);
    tree->b = tree->a == NULL ? NULL : read_inner(b, node, "match", &inner);
    return tree->b == NULL ? NULL : closed(b, tree);
}

/* DMN 1.5: 2.1, 2.2.2 */
static struct ast *read_box(struct boxer *b, const struct xml_node *node,
                            const struct ast_scope *scope) {
    switch (box_of(b->model, node)) {
    case BOX_LITERAL: return read_literal(b, node, scope);
    case BOX_CONTEXT: return read_context(b, node, scope);
    case BOX_LIST: return read_list(b, node, scope);
    case BOX_RELATION: return read_relation(b, node, scope);
    case BOX_FUNCTION: return boxed_function(b, node, scope);
    case BOX_INVOCATION: return read_invocation(b, node, scope);
    case BOX_TABLE: return table_read(b, node, scope);
    case BOX_CONDITIONAL: return read_conditional(b, node, scope);
    case BOX_FOR: return read_iteration(b, node, scope, AST_FOR);
    case BOX_EVERY: return read_iteration(b, node, scope, AST_EVERY);
    case BOX_SOME: return read_iteration(b, node, scope, AST_SOME);
    case BOX_FILTER: return read_filter(b, node, scope);
    default:
        (void)err_set(b->err, ERR_UNSUPPORTED, dmn_at(b->model, node),
                      "an expression '%.*s' is not known", STR_ARG(node->name));
        return NULL;
    }
}

struct ast *boxed_read(struct boxer *b, const struct xml_node *node,
                       const struct ast_scope *scope) {
    if (b->depth >= BOX_DEPTH_MAX) {
        (void)err_set(b->err, ERR_LIMIT, dmn_at(b->model, node),
                      "boxed expressions are nested too deeply");
        return NULL;
    }
    const struct feel_type *type;
    b->depth++;
    struct ast *tree = read_box(b, node, scope);
    b->depth--;
    if (tree == NULL)
        tree = boxed_bad(b, dmn_at(b->model, node));
    if (tree == NULL || !dmn_type_attr(&type, b->model, node, b->err))
        return NULL;
    return result_typed(b, tree, type);
}
