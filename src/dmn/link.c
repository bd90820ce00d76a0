/* What each element needs, and the programs of its logic. Requirements are edges; a circle of
 * decisions is refused, one of functions is not, because functions may call each other.
 * DMN 1.5: 6.2.2, 12.3.2 */
#include "dmn/model.h"

#include "feel/known.h"

enum { SLOT_PARTS_MAX = 4096 };

/* --- faults
 * ------------------------------------------------------------------------------------------ */
/* What is broken in an element of a model that is not strict costs its value, not the others'. */
static bool spoil(struct dmn_element *e, struct err *err) {
    if (e->model->loader->options->strict || err->code == ERR_LIMIT)
        return false;
    e->broken = arena_printf(e->model->arena, "has no value: %s", err->text).at;
    err_reset(err);
    return true;
}

bool dmn_pass_over(struct dmn_model *m, struct err *err) {
    if (m->loader->options->strict || err->code == ERR_LIMIT)
        return false;
    if (m->fault == NULL)
        m->fault = arena_printf(m->arena, "has a fault: %s", err->text).at;
    err_reset(err);
    return true;
}

static void keep_fault(struct dmn_element *e) {
    if (e->fault == NULL)
        e->fault = e->model->fault;
    e->model->fault = NULL;
}

/* --- requirements
 * ------------------------------------------------------------------------------------ */
/* "#id" of this model, "namespace#id" of an imported one (or of this one). */
static const struct dmn_element *resolve(struct dmn_model *m, struct str href, struct str *prefix) {
    size_t hash = str_find_byte(href, '#');
    struct str ns = hash == SIZE_MAX ? STR_NONE : str_sub(href, 0, hash);
    struct str id = hash == SIZE_MAX ? href : str_sub(href, hash + 1, href.len);
    *prefix = STR_NONE;
    if (ns.len == 0 || str_eq(ns, m->ns)) {
        const size_t *found = map_find(&m->by_id, id);
        return found == NULL ? NULL : &m->elements[*found];
    }
    for (size_t i = 0; i < m->import_count; i++) {
        struct dmn_model *other = m->imports[i].model;
        const size_t *found = map_find(&other->by_id, id);
        if (str_eq(other->ns, ns) && found != NULL) {
            *prefix = m->imports[i].prefix;
            return &other->elements[*found];
        }
    }
    return NULL;
}

static struct dmn_slot *slot_of(struct dmn_element *e, struct str name) {
    for (size_t i = 0; i < e->slot_count; i++)
        if (str_eq(e->slots[i].name, name))
            return &e->slots[i];
    return NULL;
}

/* DMN 1.5: 6.3.3: of elements of one name, those of the model itself come first, then those of
 * imports without a name as they are written. */
static size_t distance(const struct dmn_model *m, const struct dmn_model *of) {
    size_t i = 0;
    while (i < m->import_count && (m->imports[i].model != of || m->imports[i].prefix.len > 0))
        i++;
    return m == of ? 0 : i + 1;
}

static void grow_parts(struct dmn_slot *slot, struct arena *a) {
    if ((slot->part_count & (slot->part_count - 1)) != 0)
        return; /* 0, 1, 2, 4 ...: by doubling */
    struct dmn_part *grown = arena_new(a, struct dmn_part, MAX_OF(1, 2 * slot->part_count));
    if (slot->part_count > 0)
        memcpy(grown, slot->parts, slot->part_count * sizeof *grown);
    slot->parts = grown;
}

static void add_part(struct dmn_element *e, const struct dmn_element *to, struct str prefix) {
    struct str name = prefix.len > 0 ? prefix : to->variable;
    struct dmn_slot *slot = slot_of(e, name);
    if (slot == NULL) {
        slot = &e->slots[e->slot_count++];
        *slot = (struct dmn_slot){.name = name, .is_context = prefix.len > 0};
    }
    for (size_t i = 0; i < slot->part_count; i++)
        if (slot->parts[i].element == to)
            return;
    if (slot->is_context || slot->part_count == 0) {
        grow_parts(slot, e->model->arena);
        slot->parts[slot->part_count++] = (struct dmn_part){to->variable, to};
    } else if (distance(e->model, to->model) < distance(e->model, slot->parts[0].element->model)) {
        slot->parts[0].element = to;
    }
}

/* For a look through the slots. */
static bool pay_look(const struct dmn_element *e, struct err *err) {
    struct cost cost = {1 + e->slot_count / DMN_NAMES_A_STEP, 0};
    return budget_spend(e->model->loader->budget, cost, err);
}

static bool add_requirement(struct dmn_model *m, struct dmn_element *e, const struct xml_node *node,
                            struct err *err) {
    struct str prefix, href = xml_attr_text(node, STR("href"));
    const struct dmn_element *to = resolve(m, href, &prefix);
    if (to == NULL) {
        (void)err_set(err, ERR_UNKNOWN, dmn_at(m, node),
                      "'%.*s' requires '%.*s', which nothing defines", STR_ARG(e->info.name),
                      STR_ARG(href));
        return dmn_pass_over(m, err); /* its name is one that nothing defines, too */
    }
    if (!pay_look(e, err))
        return false;
    add_part(e, to, prefix);
    e->needs.at[e->needs.count++] = to;
    return true;
}

/* Tables drawn for Camunda call a decision by its id. A name goes first. */
static bool add_ids(struct dmn_element *e, struct err *err) {
    for (size_t i = 0; i < e->needs.count; i++) {
        const struct dmn_element *to = e->needs.at[i];
        struct str id = to->info.id;
        if (to->info.kind != DMN_DECISION || to->model != e->model || id.len == 0 ||
            dmn_has_symbol(id))
            continue;
        if (!pay_look(e, err))
            return false;
        if (slot_of(e, id) != NULL)
            continue;
        struct dmn_slot *slot = &e->slots[e->slot_count++];
        *slot = (struct dmn_slot){.name = id};
        grow_parts(slot, e->model->arena);
        slot->parts[slot->part_count++] = (struct dmn_part){id, to};
    }
    return true;
}

/* informationRequirement/requiredInput and the like: two levels */
/* DMN 1.5: 6.3.13, 6.3.14 */
static bool read_requirements(struct dmn_model *m, struct dmn_element *e, struct err *err) {
    static const char *const outer[] = {"informationRequirement", "knowledgeRequirement"};
    static const char *const inner[] = {"requiredInput", "requiredDecision", "requiredKnowledge"};
    size_t room = 0;
    for (const struct xml_node *node = xml_first(e->node); node != NULL; node = xml_sibling(node))
        room += dmn_is(m, node, outer[0]) || dmn_is(m, node, outer[1]);
    e->slots = arena_new(m->arena, struct dmn_slot, m->free_names ? 2 * room : room);
    e->needs.at = arena_new(m->arena, const struct dmn_element *, room);
    for (const struct xml_node *node = xml_first(e->node); node != NULL; node = xml_sibling(node)) {
        if (!dmn_is(m, node, outer[0]) && !dmn_is(m, node, outer[1]))
            continue;
        const struct xml_node *to = NULL;
        for (size_t i = 0; i < COUNT_OF(inner) && to == NULL; i++)
            to = dmn_child(m, node, inner[i]);
        if (to != NULL && !add_requirement(m, e, to, err))
            return false;
    }
    return !m->free_names || add_ids(e, err);
}

/* --- services
 * ------------------------------------------------------------------------------------------ */
/* What a list of a service names: the elements, and their names as seen from the service. */
struct members {
    struct dmn_elements *list;
    struct str *names; /* I.E for E of the import I */
    struct str *plain;
};

/* DMN 1.5: 10.4 */
static bool read_member(struct dmn_model *m, struct dmn_element *e, struct members *members,
                        const struct xml_node *node, struct err *err) {
    struct str href = xml_attr_text(node, STR("href")), prefix;
    const struct dmn_element *to = resolve(m, href, &prefix);
    size_t i = members->list->count;
    if (to == NULL)
        return err_set(err, ERR_UNKNOWN, dmn_at(m, node),
                       "the service '%.*s' names '%.*s', which nothing defines",
                       STR_ARG(e->info.name), STR_ARG(href));
    members->plain[i] = to->variable;
    members->names[i] =
        prefix.len == 0
            ? to->variable
            : dmn_name(m, arena_printf(m->arena, "%.*s.%.*s", STR_ARG(dmn_written(m, prefix)),
                                       STR_ARG(dmn_written(m, to->variable))));
    members->list->at[members->list->count++] = to;
    return true;
}

static size_t count_children(const struct dmn_model *m, const struct xml_node *node,
                             const char *child) {
    size_t count = 0;
    for (const struct xml_node *c = dmn_child(m, node, child); c != NULL; c = xml_next(c))
        count++;
    return count;
}

static bool read_members(struct dmn_model *m, struct dmn_element *e, struct members *members,
                         const char *child, struct err *err) {
    size_t count = count_children(m, e->node, child);
    members->list->at = arena_new(m->arena, const struct dmn_element *, count);
    for (const struct xml_node *node = dmn_child(m, e->node, child); node != NULL;
         node = xml_next(node))
        if (!read_member(m, e, members, node, err))
            return false;
    return true;
}

/* The names without their prefixes, where they are left to be unique among the parameters. */
static bool read_aliases(struct dmn_model *m, struct dmn_element *e, const struct str *plain,
                         struct err *err) {
    enum { NAME_BYTES = 512 }; /* of both maps */
    struct map params, counts;
    if (!dmn_affords(m, (e->param_count + 16) * NAME_BYTES, err))
        return false;
    struct str *aliases = arena_new(m->arena, struct str, e->param_count);
    map_init(&params, m->arena);
    map_init(&counts, m->arena);
    for (size_t i = 0; i < e->param_count; i++) {
        (void)map_put(&params, e->params[i], i);
        if (!map_put(&counts, plain[i], 1))
            ++*map_find(&counts, plain[i]);
    }
    for (size_t i = 0; i < e->param_count; i++)
        if (map_find(&params, plain[i]) == NULL && *map_find(&counts, plain[i]) == 1)
            aliases[i] = plain[i];
    e->aliases = aliases;
    return true;
}

/* DMN 1.5: 6.2.5, 6.3.10. 10.4: parameters of a service: input data, then input decisions */
static bool read_service(struct dmn_model *m, struct dmn_element *e, struct err *err) {
    size_t data = count_children(m, e->node, "inputData");
    size_t params = data + count_children(m, e->node, "inputDecision");
    size_t outputs = count_children(m, e->node, "outputDecision");
    struct str *names = arena_new(m->arena, struct str, params + outputs);
    struct str *plain = arena_new(m->arena, struct str, params + outputs);
    struct members in_data = {&e->input_data, names, plain};
    struct members in_decisions = {&e->input_decisions, names + data, plain + data};
    struct members out = {&e->outputs, names + params, plain + params};
    if (!read_members(m, e, &out, "outputDecision", err) ||
        !read_members(m, e, &in_decisions, "inputDecision", err) ||
        !read_members(m, e, &in_data, "inputData", err)) {
        e->outputs.count = e->input_decisions.count = e->input_data.count = 0;
        return false;
    }
    e->params = names;
    e->param_count = params;
    e->output_names = names + params;
    if (!read_aliases(m, e, plain, err))
        return false;
    e->needs = e->outputs;
    for (size_t i = 0; i < e->input_decisions.count; i++) {
        const struct dmn_element *to = e->input_decisions.at[i];
        to->model->elements[to - to->model->elements].is_parameter = true;
    }
    return true;
}

/* --- logic
 * ------------------------------------------------------------------------------------------------
 */
/* What the parser may know of an import's name: a context of its elements that are required. */
static const struct feel_type *import_type(struct dmn_model *m, const struct dmn_slot *slot) {
    struct feel_field *fields = arena_new(m->arena, struct feel_field, slot->part_count);
    struct feel_type *type = arena_new(m->arena, struct feel_type, 1);
    for (size_t i = 0; i < slot->part_count; i++)
        fields[i] = (struct feel_field){slot->parts[i].name, slot->parts[i].element->info.type};
    *type = (struct feel_type){.tag = FEEL_TYPE_CONTEXT,
                               .kind = FEEL_CONTEXT,
                               .fields = fields,
                               .field_count = slot->part_count};
    return type;
}

static void scope_of(struct feel_options *options, const struct dmn_element *e) {
    struct dmn_model *m = e->model;
    struct feel_name *names = arena_new(m->arena, struct feel_name, e->slot_count);
    struct feel_known *known = arena_new(m->arena, struct feel_known, 1);
    bool ready = true; /* else each text finds out for itself */
    known->arena = m->arena;
    for (size_t i = 0; i < e->slot_count; i++) {
        names[i].name = e->slots[i].name;
        names[i].type = e->slots[i].is_context ? import_type(m, &e->slots[i])
                                               : e->slots[i].parts[0].element->info.type;
    }
    for (size_t i = 0; i < e->slot_count; i++) {
        uint32_t node;
        ready = ready && known_add(&node, known, names[i].name, true);
    }
    *options = (struct feel_options){.names = names,
                                     .name_count = e->slot_count,
                                     .known = m->known,
                                     .known_names = ready ? known : NULL,
                                     .types = m->types,
                                     .type_count = m->type_count,
                                     .zones = m->loader->options->zones,
                                     .budget = m->loader->budget,
                                     .open = !m->loader->options->strict || m->free_names,
                                     .at = e->info.at};
}

/* A function that may call itself: {name: function}.name */
static struct ast *self_named(struct boxer *b, struct ast *function, struct str name) {
    struct ast *context = boxed_node(b, AST_CONTEXT, b->element->node);
    struct ast *entry = boxed_node(b, AST_NAMED, b->element->node);
    struct ast *path = boxed_node(b, AST_PATH, b->element->node);
    entry->name = name;
    entry->a = function;
    context->list = entry;
    path->a = context;
    path->name = name;
    return ast_close(entry, b->err) && ast_close(context, b->err) && ast_close(path, b->err) ? path
                                                                                             : NULL;
}

static void read_params(struct dmn_element *e, const struct ast *function) {
    struct arena *a = e->model->arena;
    size_t room = 0;
    for (const struct ast *param = function->list; param != NULL; param = param->next)
        room++;
    room = MIN_OF(room, (size_t)DMN_COLUMNS_MAX);
    struct str *params = arena_new(a, struct str, room);
    const struct feel_type **types = arena_new(a, const struct feel_type *, room);
    for (const struct ast *param = function->list; param != NULL; param = param->next)
        if (e->param_count < room) {
            types[e->param_count] = param->type;
            params[e->param_count++] = param->name;
        }
    e->params = params;
    e->param_types = types;
}

/* DMN 1.5: 6.3.7, 6.3.9 */
static bool compile_logic(struct dmn_model *m, struct dmn_element *e, struct err *err) {
    struct feel_options options;
    scope_of(&options, e);
    struct boxer b = {.model = m, .element = e, .arena = m->arena, .options = &options, .err = err};
    struct ast_scope scope = {.options = &options};
    const struct xml_node *logic;
    struct ast *tree;
    struct feel_program *program;
    if (e->info.kind == DMN_FUNCTION) {
        logic = dmn_child(m, e->node, "encapsulatedLogic");
        if (logic == NULL)
            return true;
        const struct ast_scope self = {/* DMN 1.5: 6.3.9, rule 25: it may call itself */
                                       .options = &options,
                                       .outer = &scope,
                                       .names = &e->variable,
                                       .name_count = 1};
        tree = boxed_function(&b, logic, &self);
        if (tree == NULL)
            return false;
        read_params(e, tree);
        if (e->info.type != NULL)
            tree->type = e->info.type;
        tree = self_named(&b, tree, e->variable);
    } else {
        logic = boxed_child(m, e->node);
        if (logic == NULL)
            return true; /* DMN 1.5: 6.3.7: without logic its value is null */
        tree = boxed_read(&b, logic, &scope);
        if (tree != NULL)
            tree = boxed_typed(&b, tree, e->info.type);
    }
    if (tree == NULL)
        return false;
    if (!ast_compile(&program, m->arena, tree, &options, err)) {
        tree = boxed_bad(&b, e->info.at);
        if (tree == NULL || !ast_compile(&program, m->arena, tree, &options, err))
            return false;
    }
    e->program = program;
    e->has_logic = true;
    return true;
}

/* The value that comes from outside, fitted to the type of the input. */
static bool compile_fit(struct dmn_model *m, struct dmn_element *e, struct err *err) {
    static const struct feel_name names[] = {{.name = STR_INIT("?")}};
    if (e->info.type == NULL)
        return true;
    struct feel_options options = {.names = names, .name_count = 1};
    struct boxer b = {.model = m, .element = e, .arena = m->arena, .options = &options, .err = err};
    struct ast *name = boxed_node(&b, AST_NAME, e->node);
    struct ast_source *source = arena_new(m->arena, struct ast_source, 1);
    /* the place of what does not fit is the name of the input: a diagnosis shows it */
    *source = (struct ast_source){e->info.name, dmn_at(m, e->node)};
    name->source = source;
    name->len = (uint32_t)e->info.name.len;
    name->name = names[0].name;
    struct ast *tree = boxed_typed(&b, name, e->info.type);
    struct feel_program *program;
    if (tree == NULL || !ast_compile(&program, m->arena, tree, &options, err))
        return false;
    e->fit = program;
    return true;
}

/* The result type of a function or service stands at the variable too: as its type, or as the type
 * of the function. */
static bool read_type(struct dmn_model *m, struct dmn_element *e, struct err *err) {
    const struct xml_node *variable = dmn_child(m, e->node, "variable");
    const struct feel_type *type;
    if (!dmn_type_attr(&type, m, variable, err))
        return false;
    if ((e->info.kind == DMN_FUNCTION || e->info.kind == DMN_SERVICE) && type != NULL &&
        type->tag == FEEL_TYPE_FUNCTION)
        type = type->element;
    e->info.type = type;
    return true;
}

/* --- circles
 * ----------------------------------------------------------------------------------------------------
 */
struct visit {
    struct dmn_element *e;
    size_t next; /* requirement */
};

/* The decisions on the stack from `to` on require themselves. */
static bool spoil_circle(const struct visit *stack, size_t count, const struct dmn_element *to,
                         struct err *err) {
    if (to->model->loader->options->strict)
        return err_set(err, ERR_INVALID, to->info.at, "the decision '%.*s' requires itself",
                       STR_ARG(to->info.name));
    for (size_t i = count; i > 0; i--) {
        stack[i - 1].e->broken = "requires itself";
        if (stack[i - 1].e == to)
            break;
    }
    return true;
}

/* Depth first over decisions; the stack has room for all of them. */
static bool find_circle(struct dmn_element *from, struct visit *stack, struct err *err) {
    size_t count = 0;
    if (from->mark == 2)
        return true;
    stack[count++] = (struct visit){from, 0};
    from->mark = 1;
    while (count > 0) {
        struct visit *top = &stack[count - 1];
        if (top->next == top->e->needs.count) {
            top->e->mark = 2;
            count--;
            continue;
        }
        /* marks are the loader's business, so the const of a requirement is taken off here */
        const struct dmn_element *need = top->e->needs.at[top->next++];
        struct dmn_element *to = &need->model->elements[need - need->model->elements];
        if (to->info.kind != DMN_DECISION || to->mark == 2)
            continue;
        if (to->mark == 1) {
            if (!spoil_circle(stack, count, to, err))
                return false;
            continue;
        }
        to->mark = 1;
        stack[count++] = (struct visit){to, 0};
    }
    return true;
}

/* DMN 1.5: 10.4, table 43: a service is a function of its inputs */
static const struct feel_type *service_type(struct dmn_model *m, const struct dmn_element *e) {
    struct feel_field *params = arena_new(m->arena, struct feel_field, e->param_count);
    struct feel_type *type = arena_new(m->arena, struct feel_type, 1);
    size_t data = e->input_data.count;
    for (size_t i = 0; i < e->param_count; i++)
        params[i] = (struct feel_field){e->params[i],
                                        i < data ? e->input_data.at[i]->info.type
                                                 : e->input_decisions.at[i - data]->info.type};
    *type = (struct feel_type){.tag = FEEL_TYPE_FUNCTION,
                               .kind = FEEL_FUNCTION,
                               .fields = params,
                               .field_count = e->param_count,
                               .element = e->info.type};
    if (type->element == NULL && e->outputs.count == 1)
        type->element = e->outputs.at[0]->info.type;
    return type;
}

static bool link_element(struct dmn_model *m, struct dmn_element *e, struct err *err) {
    switch (e->info.kind) {
    case DMN_INPUT: return compile_fit(m, e, err);
    case DMN_SERVICE: e->type = service_type(m, e); return compile_fit(m, e, err);
    default: return compile_logic(m, e, err) && (!e->is_parameter || compile_fit(m, e, err));
    }
}

static bool read_needs(struct dmn_model *m, struct err *err) {
    for (size_t i = 0; i < m->element_count; i++) {
        struct dmn_element *e = &m->elements[i];
        bool good = read_type(m, e, err);
        if (good && e->info.kind == DMN_SERVICE)
            good = read_service(m, e, err);
        else if (good)
            good = read_requirements(m, e, err);
        if (!good && !spoil(e, err))
            return false;
        keep_fault(e);
    }
    return true;
}

static bool find_circles(struct dmn_model *m, size_t total, struct err *err) {
    struct arena_mark mark = arena_mark(m->arena);
    if (!dmn_affords(m, total * sizeof(struct visit), err))
        return false;
    struct visit *stack = arena_new(m->arena, struct visit, total + 1);
    for (size_t i = 0; i < m->element_count; i++)
        if (m->elements[i].info.kind == DMN_DECISION && !find_circle(&m->elements[i], stack, err))
            return false;
    arena_rewind(m->arena, mark);
    return true;
}

bool dmn_link(struct dmn_model *const *models, size_t count, struct err *err) {
    for (size_t i = 0; i < count; i++)
        if (!read_needs(models[i], err))
            return false;
    if (!dmn_members(models, count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!find_circles(models[i], models[i]->loader->state_count, err))
            return false;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < models[i]->element_count; k++) {
            struct dmn_element *e = &models[i]->elements[k];
            if (e->broken == NULL && !link_element(models[i], e, err) && !spoil(e, err))
                return false;
            keep_fault(e);
        }
    return true;
}
