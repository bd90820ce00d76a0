/* Item definitions as FEEL types. DMN 1.5: 7.3.2, 7.3.3. A definition may use a later one, so each
 * is made when it is first asked for; one that contains itself is refused. */
#include "dmn/model.h"

struct item {
    const struct xml_node *node;
    struct feel_type *type; /* filled in place, so that others may point to it meanwhile */
    uint8_t mark;           /* 0 unseen, 1 being made, 2 done */
};

struct types {
    struct dmn_model *m;
    struct item *items;
    size_t count;
    int depth;
    struct err *err;
};

enum { ITEM_DEPTH_MAX = 32 };

static bool make_type(struct types *t, struct feel_type *type, const struct xml_node *node,
                      struct str name);

/* "feel:string", "kie:tFee": the prefix of XML says nothing that we need */
static struct str without_prefix(struct str name) {
    size_t colon = str_find_byte(name, ':');
    return colon == SIZE_MAX ? name : str_sub(name, colon + 1, name.len);
}

static const struct feel_type *known_type(const struct dmn_model *m, struct str name) {
    for (size_t i = 0; i < m->type_count; i++)
        if (str_eq(m->types[i].name, name))
            return m->types[i].type;
    return feel_type_builtin(name);
}

static bool is_any(struct str name) {
    return name.len == 0 || str_eq(name, STR("Any"));
}

bool dmn_type_of(const struct feel_type **out, struct dmn_model *m, struct str type_ref,
                 struct err_at at, struct err *err) {
    struct str name = str_trim(type_ref), local = without_prefix(name);
    *out = NULL;
    if (is_any(local))
        return true;
    *out = known_type(m, name);
    if (*out == NULL)
        *out = known_type(m, ast_name_normal(m->arena, local));
    if (*out != NULL)
        return true;
    if (str_find_byte(local, '<') != SIZE_MAX) {
        struct feel_options options = {.types = m->types, .type_count = m->type_count, .at = at};
        return ast_parse_type(out, m->arena, local, &options, err);
    }
    return err_set(err, ERR_UNKNOWN, at, "there is no type '%.*s'", STR_ARG(name));
}

bool dmn_type_attr(const struct feel_type **out, struct dmn_model *m, const struct xml_node *node,
                   struct err *err) {
    struct str type_ref = xml_attr_text(node, STR("typeRef"));
    return dmn_type_of(out, m, type_ref, dmn_at(m, node), err);
}

/* The type of a name inside item definitions: another item first. */
static bool item_type(struct types *t, const struct feel_type **out, struct str type_ref,
                      struct err_at at) {
    struct str name = without_prefix(str_trim(type_ref));
    for (size_t i = 0; i < t->count; i++) {
        struct item *item = &t->items[i];
        if (!str_eq(t->m->types[i].name, ast_name_normal(t->m->arena, name)))
            continue;
        if (item->mark == 1)
            return err_set(t->err, ERR_INVALID, at, "the type '%.*s' contains itself",
                           STR_ARG(name));
        if (item->mark == 0) {
            item->mark = 1;
            if (!make_type(t, item->type, item->node, t->m->types[i].name))
                return false;
            item->mark = 2;
        }
        *out = item->type;
        return true;
    }
    return dmn_type_of(out, t->m, type_ref, at, t->err);
}

static bool compile_tests(struct types *t, const struct feel_program **out,
                          const struct xml_node *node, const char *child) {
    static const struct feel_name subject[] = {{.name = STR_INIT("?")}};
    const struct xml_node *tests = dmn_child(t->m, node, child);
    struct err_at at;
    if (tests == NULL)
        return true;
    struct str text = dmn_text(t->m, tests, "text", &at);
    struct feel_options options = {.form = FEEL_UNARY_TESTS,
                                   .names = subject,
                                   .name_count = 1,
                                   .zones = t->m->loader->options->zones,
                                   .at = at};
    struct feel_program *program;
    if (str_trim(text).len == 0)
        return true;
    if (!feel_compile(&program, t->m->arena, text, &options, t->err))
        return false;
    *out = program;
    return true;
}

static bool make_fields(struct types *t, struct feel_type *type, const struct xml_node *node,
                        const char *child) {
    size_t count = 0;
    for (const struct xml_node *part = dmn_child(t->m, node, child); part != NULL;
         part = xml_next(part))
        count++;
    struct feel_field *fields = arena_new(t->m->arena, struct feel_field, count);
    type->fields = fields;
    for (const struct xml_node *part = dmn_child(t->m, node, child); part != NULL;
         part = xml_next(part)) {
        struct feel_field *field = &fields[type->field_count++];
        field->name = ast_name_normal(t->m->arena, xml_attr_text(part, STR("name")));
        if (xml_attr(part, STR_NONE, STR("typeRef")) != NULL) { /* a parameter of a function */
            if (!item_type(t, &field->type, xml_attr_text(part, STR("typeRef")),
                           dmn_at(t->m, part)))
                return false;
            continue;
        }
        struct feel_type *inner = arena_new(t->m->arena, struct feel_type, 1);
        if (!make_type(t, inner, part, STR_NONE))
            return false;
        field->type = inner;
    }
    return true;
}

static bool make_function_type(struct types *t, struct feel_type *type,
                               const struct xml_node *node) {
    type->tag = FEEL_TYPE_FUNCTION;
    type->kind = FEEL_FUNCTION;
    return make_fields(t, type, node, "parameters") &&
           item_type(t, &type->element, xml_attr_text(node, STR("outputTypeRef")),
                     dmn_at(t->m, node));
}

/* The type without its being a collection. */
static bool make_single(struct types *t, struct feel_type *type, const struct xml_node *node) {
    struct err_at at;
    const struct xml_node *function = dmn_child(t->m, node, "functionItem");
    if (function != NULL)
        return make_function_type(t, type, function);
    if (dmn_child(t->m, node, "itemComponent") != NULL) {
        type->tag = FEEL_TYPE_CONTEXT;
        type->kind = FEEL_CONTEXT;
        return make_fields(t, type, node, "itemComponent");
    }
    const struct feel_type *base = NULL;
    struct str ref = dmn_text(t->m, node, "typeRef", &at);
    if (!item_type(t, &base, ref, at))
        return false;
    if (base != NULL)
        *type = *base;
    else
        type->tag = FEEL_TYPE_ANY;
    return true;
}

static bool make_type(struct types *t, struct feel_type *type, const struct xml_node *node,
                      struct str name) {
    bool collection = str_eq(xml_attr_text(node, STR("isCollection")), STR("true"));
    if (++t->depth > ITEM_DEPTH_MAX)
        return err_set(t->err, ERR_LIMIT, dmn_at(t->m, node), "types are nested too deeply");
    if (collection) {
        struct feel_type *element = arena_new(t->m->arena, struct feel_type, 1);
        if (!make_single(t, element, node))
            return false;
        *type = (struct feel_type){.tag = FEEL_TYPE_LIST, .kind = FEEL_LIST, .element = element};
    } else if (!make_single(t, type, node)) {
        return false;
    }
    type->name = name;
    t->depth--;
    return compile_tests(t, &type->allowed, node, "allowedValues") &&
           compile_tests(t, &type->constraint, node, "typeConstraint");
}

static size_t imported_count(const struct dmn_model *m) {
    size_t count = 0;
    for (size_t i = 0; i < m->import_count; i++)
        count += m->imports[i].model->type_count;
    return count;
}

static void add_imported(struct dmn_model *m) {
    for (size_t i = 0; i < m->import_count; i++) {
        const struct dmn_import *import = &m->imports[i];
        for (size_t k = 0; k < import->model->type_count; k++) {
            struct feel_named_type named = import->model->types[k];
            if (str_find_byte(named.name, '.') != SIZE_MAX)
                continue; /* of an import of the import */
            if (import->prefix.len > 0)
                named.name = arena_printf(m->arena, "%.*s.%.*s", STR_ARG(import->prefix),
                                          STR_ARG(named.name));
            m->types[m->type_count++] = named;
        }
    }
}

bool dmn_types_read(struct dmn_model *m, struct err *err) {
    struct types t = {.m = m, .err = err};
    size_t own = 0;
    for (const struct xml_node *node = dmn_child(m, m->root, "itemDefinition"); node != NULL;
         node = xml_next(node))
        own++;
    if (own > DMN_ELEMENTS_MAX)
        return err_set(err, ERR_LIMIT, dmn_at(m, m->root), "a model has more than %d types",
                       DMN_ELEMENTS_MAX);
    t.items = arena_new(m->arena, struct item, own);
    m->types = arena_new(m->arena, struct feel_named_type, own + imported_count(m));
    for (const struct xml_node *node = dmn_child(m, m->root, "itemDefinition"); node != NULL;
         node = xml_next(node)) {
        struct feel_type *type = arena_new(m->arena, struct feel_type, 1);
        t.items[t.count++] = (struct item){.node = node, .type = type};
        m->types[m->type_count++] = (struct feel_named_type){
            ast_name_normal(m->arena, xml_attr_text(node, STR("name"))), type};
    }
    add_imported(m);
    for (size_t i = 0; i < t.count; i++) {
        const struct feel_type *made;
        t.depth = 0;
        if (!item_type(&t, &made, m->types[i].name, dmn_at(m, t.items[i].node)))
            return false;
    }
    return true;
}
