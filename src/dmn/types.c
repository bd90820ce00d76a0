/* Item definitions as FEEL types. DMN 1.5: 7.3.3. A definition may use a later one, also one
 * of an imported model, and models may import each other, so all are declared first and each is
 * made when it is first asked for; one that contains itself is refused. */
#include "dmn/model.h"

struct dmn_item {
    struct dmn_model *m; /* that defines it */
    const struct xml_node *node;
    struct feel_type *type; /* filled in place, so that others may point to it meanwhile */
    uint8_t mark;           /* 0 unseen, 1 being made, 2 done */
};

struct types {
    struct dmn_model *m;
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

static bool make_item(struct types *t, struct dmn_item *item, struct str name, struct err_at at) {
    if (item->mark == 2)
        return true;
    if (item->mark == 1)
        return err_set(t->err, ERR_INVALID, at, "the type '%.*s' contains itself", STR_ARG(name));
    struct dmn_model *outer = t->m;
    item->mark = 1;
    t->m = item->m;
    if (!make_type(t, item->type, item->node,
                   ast_name_normal(item->m->arena, xml_attr_text(item->node, STR("name")))))
        return false;
    t->m = outer;
    item->mark = 2;
    return true;
}

/* The item behind a name: of the model, or of one it imports; NULL when it is none. */
static struct dmn_item *find_item(const struct dmn_model *m, struct str name) {
    for (size_t i = 0; i < m->type_count; i++)
        if (str_eq(m->types[i].name, name))
            return m->items[i];
    return NULL;
}

/* The type of a name inside item definitions: another item first. */
static bool item_type(struct types *t, const struct feel_type **out, struct str type_ref,
                      struct err_at at) {
    struct str name = str_trim(type_ref);
    struct str local = ast_name_normal(t->m->arena, without_prefix(name));
    struct dmn_item *item = find_item(t->m, local);
    if (item == NULL)
        item = find_item(t->m, name);
    if (item == NULL)
        return dmn_type_of(out, t->m, type_ref, at, t->err);
    *out = item->type;
    return make_item(t, item, local, at);
}

/* DMN 1.5: 7.3.2 */
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
        count += m->imports[i].model->own_type_count;
    return count;
}

static void add_imported(struct dmn_model *m) {
    for (size_t i = 0; i < m->import_count; i++) {
        const struct dmn_import *import = &m->imports[i];
        for (size_t k = 0; k < import->model->own_type_count; k++) {
            struct feel_named_type named = import->model->types[k];
            if (import->prefix.len > 0)
                named.name = arena_printf(m->arena, "%.*s.%.*s", STR_ARG(import->prefix),
                                          STR_ARG(named.name));
            m->items[m->type_count] = import->model->items[k];
            m->types[m->type_count++] = named;
        }
    }
}

static size_t own_count(const struct dmn_model *m) {
    size_t count = 0;
    for (const struct xml_node *node = dmn_child(m, m->root, "itemDefinition"); node != NULL;
         node = xml_next(node))
        count++;
    return count;
}

/* Room for the names of the imported ones is made here too, so the counts of all must be known. */
static void declare(struct dmn_model *m) {
    size_t room = m->own_type_count + imported_count(m);
    m->types = arena_new(m->arena, struct feel_named_type, room);
    m->items = arena_new(m->arena, struct dmn_item *, room);
    for (const struct xml_node *node = dmn_child(m, m->root, "itemDefinition"); node != NULL;
         node = xml_next(node)) {
        struct dmn_item *item = arena_new(m->arena, struct dmn_item, 1);
        *item = (struct dmn_item){m, node, arena_new(m->arena, struct feel_type, 1), 0};
        m->items[m->type_count] = item;
        m->types[m->type_count++] = (struct feel_named_type){
            ast_name_normal(m->arena, xml_attr_text(node, STR("name"))), item->type};
    }
}

bool dmn_types_read(struct dmn_model *const *models, size_t count, struct err *err) {
    for (size_t i = 0; i < count; i++) {
        models[i]->own_type_count = own_count(models[i]);
        if (models[i]->own_type_count > DMN_ELEMENTS_MAX)
            return err_set(err, ERR_LIMIT, dmn_at(models[i], models[i]->root),
                           "a model has more than %d types", DMN_ELEMENTS_MAX);
    }
    for (size_t i = 0; i < count; i++) {
        size_t types = models[i]->own_type_count + imported_count(models[i]);
        if (!dmn_affords(models[i], types * 512, err))
            return false;
        declare(models[i]);
    }
    for (size_t i = 0; i < count; i++)
        add_imported(models[i]);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < models[i]->own_type_count; k++) {
            struct types t = {.m = models[i], .err = err};
            struct dmn_item *item = models[i]->items[k];
            if (!make_item(&t, item, models[i]->types[k].name, dmn_at(models[i], item->node)))
                return false;
        }
    return true;
}
