/* Item definitions as FEEL types. DMN 1.5: 7.3.3. A definition may use a later one, also one
 * of an imported model, and models may import each other, so all are declared first and each is
 * made when it is first asked for; one that contains itself is refused. */
#include "dmn/model.h"

struct dmn_item {
    struct dmn_model *m; /* that defines it */
    const struct xml_node *node;
    struct feel_type *type; /* filled in place, so that others may point to it meanwhile */
    uint8_t mark;           /* enum mark */
};

enum mark { UNSEEN, BEING_MADE, DONE, BROKEN };

struct types {
    struct dmn_model *m;
    int depth;
    struct err *err;
};

enum { ITEM_DEPTH_MAX = 32 };

static bool make_type(struct types *t, struct feel_type *type, const struct xml_node *node,
                      struct str name);

/* A name as it stands in the model: "feel:string" is string, "kie:tFee" is tFee, but where the
 * prefix of XML stands for an imported model, it is that model's: lib.tFee. The colons inside of
 * "context<a: number>" are none of XML's. */
static struct str type_name(struct dmn_model *m, const struct xml_node *node, struct str ref) {
    struct str name = str_trim(ref);
    size_t colon = str_find_byte(name, ':');
    if (colon == SIZE_MAX || colon > str_find_byte(name, '<'))
        return ast_name_normal(m->arena, name);
    struct str local = str_sub(name, colon + 1, name.len);
    struct str ns = xml_ns_of(node, str_sub(name, 0, colon));
    for (size_t i = 0; i < m->import_count && ns.len > 0 && !str_eq(ns, m->ns); i++)
        if (str_eq(m->imports[i].model->ns, ns) && m->imports[i].prefix.len > 0)
            return arena_printf(m->arena, "%.*s.%.*s", STR_ARG(m->imports[i].prefix),
                                STR_ARG(ast_name_normal(m->arena, local)));
    return ast_name_normal(m->arena, local);
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

/* name: by type_name(). NULL in *out for Any. */
static bool type_of(const struct feel_type **out, struct dmn_model *m, struct str name,
                    struct err_at at, struct err *err) {
    *out = NULL;
    if (is_any(name))
        return true;
    *out = known_type(m, name);
    if (*out != NULL)
        return true;
    if (str_find_byte(name, '<') != SIZE_MAX) {
        struct feel_options options = {
            .types = m->types, .type_count = m->type_count, .budget = m->loader->budget, .at = at};
        return ast_parse_type(out, m->arena, name, &options, err);
    }
    return err_set(err, ERR_UNKNOWN, at, "there is no type '%.*s'", STR_ARG(name));
}

bool dmn_type_attr(const struct feel_type **out, struct dmn_model *m, const struct xml_node *node,
                   struct err *err) {
    struct str name = type_name(m, node, xml_attr_text(node, STR("typeRef")));
    return type_of(out, m, name, dmn_at(m, node), err) || dmn_pass_over(m, err);
}

static bool make_item(struct types *t, struct dmn_item *item, struct str name, struct err_at at) {
    if (item->mark == DONE)
        return true;
    if (item->mark == BEING_MADE)
        return err_set(t->err, ERR_INVALID, at, "the type '%.*s' contains itself", STR_ARG(name));
    if (item->mark == BROKEN)
        return err_set(t->err, ERR_INVALID, at, "the type '%.*s' is broken", STR_ARG(name));
    struct dmn_model *outer = t->m;
    item->mark = BEING_MADE;
    t->m = item->m;
    bool made = make_type(t, item->type, item->node,
                          dmn_name(item->m, xml_attr_text(item->node, STR("name"))));
    t->m = outer;
    item->mark = made ? DONE : BROKEN;
    return made;
}

/* The item behind a name: of the model, or of one it imports; NULL when it is none. */
static struct dmn_item *find_item(const struct dmn_model *m, struct str name) {
    for (size_t i = 0; i < m->type_count; i++)
        if (str_eq(m->types[i].name, name))
            return m->items[i];
    return NULL;
}

/* A text "list<a>" is a type of its own, made of items that may not be made yet, or are just being
 * made: then it is a part of what it names. Text nests no deeper than the parser does. */
static bool make_named(struct types *t, const struct feel_type *type, struct err_at at) {
    if (type == NULL)
        return true;
    for (size_t i = 0; i < t->m->type_count; i++)
        if (t->m->items[i]->type == type)
            return make_item(t, t->m->items[i], t->m->types[i].name, at);
    if ((type->tag == FEEL_TYPE_LIST || type->tag == FEEL_TYPE_FUNCTION) &&
        !make_named(t, type->element, at))
        return false;
    for (size_t i = 0; i < type->field_count; i++)
        if (!make_named(t, type->fields[i].type, at))
            return false;
    return true;
}

/* The type of a name inside item definitions: another item first. */
static bool item_type(struct types *t, const struct feel_type **out, const struct xml_node *node,
                      struct str type_ref) {
    struct str name = type_name(t->m, node, type_ref);
    struct dmn_item *item = find_item(t->m, name);
    if (item == NULL)
        return type_of(out, t->m, name, dmn_at(t->m, node), t->err) &&
               make_named(t, *out, dmn_at(t->m, node));
    *out = item->type;
    return make_item(t, item, name, dmn_at(t->m, node));
}

/* Tests that are broken pass nothing, and say why. */
static bool broken_tests(struct types *t, struct feel_program **out,
                         const struct feel_options *options) {
    if (t->m->loader->options->strict || t->err->code == ERR_LIMIT)
        return false;
    struct ast_source *source = arena_new(t->m->arena, struct ast_source, 1);
    source->at = t->err->at;
    struct ast *bad = ast_new(t->m->arena, AST_BAD, source);
    bad->name = arena_str(t->m->arena, str_from(t->err->text));
    err_reset(t->err);
    return ast_compile(out, t->m->arena, bad, options, t->err);
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
                                   .types = t->m->types,
                                   .type_count = t->m->type_count,
                                   .zones = t->m->loader->options->zones,
                                   .budget = t->m->loader->budget,
                                   .at = at};
    struct feel_program *program;
    if (str_trim(text).len == 0)
        return true;
    if (!feel_compile(&program, t->m->arena, text, &options, t->err) &&
        !broken_tests(t, &program, &options))
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
        field->name = dmn_name(t->m, xml_attr_text(part, STR("name")));
        if (xml_attr(part, STR_NONE, STR("typeRef")) != NULL) { /* a parameter of a function */
            if (!item_type(t, &field->type, part, xml_attr_text(part, STR("typeRef"))))
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
           item_type(t, &type->element, node, xml_attr_text(node, STR("outputTypeRef")));
}

/* The type without its being a collection; *restricted: what it is made from, where that has tests.
 */
static bool make_single(struct types *t, struct feel_type *type,
                        const struct feel_type **restricted, const struct xml_node *node) {
    const struct xml_node *function = dmn_child(t->m, node, "functionItem");
    if (function != NULL)
        return make_function_type(t, type, function);
    if (dmn_child(t->m, node, "itemComponent") != NULL) {
        type->tag = FEEL_TYPE_CONTEXT;
        type->kind = FEEL_CONTEXT;
        return make_fields(t, type, node, "itemComponent");
    }
    const struct feel_type *base = NULL;
    const struct xml_node *ref = dmn_child(t->m, node, "typeRef");
    if (!item_type(t, &base, ref == NULL ? node : ref, dmn_text(t->m, node, "typeRef", NULL)))
        return false;
    if (base != NULL)
        *type = *base;
    else
        type->tag = FEEL_TYPE_ANY;
    if (type->allowed != NULL || type->constraint != NULL)
        *restricted = base;
    return true;
}

static bool make_type(struct types *t, struct feel_type *type, const struct xml_node *node,
                      struct str name) {
    struct str many = str_trim(xml_attr_text(node, STR("isCollection")));
    bool collection = str_eq(many, STR("true")) || str_eq(many, STR("1"));
    const struct feel_type *restricted = NULL;
    if (++t->depth > ITEM_DEPTH_MAX)
        return err_set(t->err, ERR_LIMIT, dmn_at(t->m, node), "types are nested too deeply");
    if (collection) {
        struct feel_type *element = arena_new(t->m->arena, struct feel_type, 1);
        if (!make_single(t, element, &restricted, node))
            return false;
        *type = (struct feel_type){.tag = FEEL_TYPE_LIST, .kind = FEEL_LIST, .element = element};
        restricted = NULL; /* that is the element's */
    } else if (!make_single(t, type, &restricted, node)) {
        return false;
    }
    const struct feel_program *allowed = type->allowed, *constraint = type->constraint;
    type->name = name;
    t->depth--;
    if (!compile_tests(t, &type->allowed, node, "allowedValues") ||
        !compile_tests(t, &type->constraint, node, "typeConstraint"))
        return false;
    if (type->allowed != allowed || type->constraint != constraint)
        type->base = restricted;
    return true;
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
        m->types[m->type_count++] =
            (struct feel_named_type){dmn_name(m, xml_attr_text(node, STR("name"))), item->type};
    }
}

/* Of a model that is not strict a broken type is no type: who names it is broken, nobody else. */
static void drop_broken(struct dmn_model *m) {
    size_t kept = 0, own = 0;
    for (size_t i = 0; i < m->type_count; i++) {
        if (m->items[i]->mark == BROKEN)
            continue;
        own += i < m->own_type_count;
        m->items[kept] = m->items[i];
        m->types[kept++] = m->types[i];
    }
    m->type_count = kept;
    m->own_type_count = own;
}

static bool make_types(struct dmn_model *m, struct err *err) {
    for (size_t k = 0; k < m->own_type_count; k++) {
        struct types t = {.m = m, .err = err};
        struct dmn_item *item = m->items[k];
        if (item->mark == BROKEN)
            continue;
        if (make_item(&t, item, m->types[k].name, dmn_at(m, item->node)))
            continue;
        if (m->loader->options->strict || err->code == ERR_LIMIT)
            return false;
        err_reset(err);
    }
    return true;
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
        if (!make_types(models[i], err))
            return false;
    for (size_t i = 0; i < count; i++)
        drop_broken(models[i]);
    return true;
}
