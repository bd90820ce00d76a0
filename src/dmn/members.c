/* The names that members of values may have: of fields, entries, columns, outputs and variables, of
 * all models that are loaded together, since values go from one to the other. A decision without a
 * typeRef may be read by others, and nothing but its boxes tells that `c.net - gross` is one name.
 * DMN 1.5: 10.2.1.4, 10.3.1.4, 10.3.1.6 */
#include "dmn/model.h"

#include "feel/known.h"

enum { TYPE_DEPTH_MAX = 8 };

struct members {
    const struct dmn_model *m;
    struct feel_known *known;
    struct err *err;
};

static bool add(struct members *members, struct str name) {
    uint32_t node;
    return known_add(&node, members->known, name, false) ||
           err_set(members->err, ERR_LIMIT, dmn_at(members->m, members->m->root),
                   "the model takes too much memory");
}

static bool add_type(struct members *members, const struct feel_type *type, int depth) {
    if (type == NULL || depth == 0)
        return true;
    if ((type->tag == FEEL_TYPE_LIST || type->tag == FEEL_TYPE_FUNCTION) &&
        !add_type(members, type->element, depth - 1))
        return false;
    for (size_t i = 0; type->tag == FEEL_TYPE_CONTEXT && i < type->field_count; i++)
        if (!add(members, type->fields[i].name) ||
            !add_type(members, type->fields[i].type, depth - 1))
            return false;
    return true;
}

/* {first name: ...} in a text of FEEL */
static bool add_keys(struct members *members, const struct xml_node *node) {
    for (const struct xml_node *run = node->first; run != NULL; run = run->next) {
        struct str key;
        uint32_t at = 0;
        if (!run->is_text || str_find_byte(run->text, '{') == SIZE_MAX)
            continue;
        while (ast_key_next(&key, &at, run->text))
            if (!add(members, ast_name_normal(members->m->arena, key)))
                return false;
    }
    return true;
}

static bool add_node(struct members *members, const struct xml_node *node) {
    static const char *const named[] = {"variable", "column", "output"};
    for (size_t i = 0; i < COUNT_OF(named); i++)
        if (dmn_is(members->m, node, named[i]) &&
            !add(members, ast_name_normal(members->m->arena, xml_attr_text(node, STR("name")))))
            return false;
    return !dmn_is(members->m, node, "text") || add_keys(members, node);
}

static const struct xml_node *node_after(const struct xml_node *node, const struct xml_node *root) {
    const struct xml_node *next = xml_first(node);
    for (; next == NULL && node != root; node = node->parent)
        next = xml_sibling(node);
    return next;
}

static bool add_model(struct members *members) {
    const struct dmn_model *m = members->m;
    for (size_t i = 0; i < m->own_type_count; i++)
        if (!add_type(members, m->types[i].type, TYPE_DEPTH_MAX))
            return false;
    for (size_t i = 0; i < m->element_count; i++)
        if (!add(members, m->elements[i].variable))
            return false;
    for (const struct xml_node *node = m->root; node != NULL; node = node_after(node, m->root))
        if (!add_node(members, node))
            return false;
    return true;
}

bool dmn_members(struct dmn_model *const *models, size_t count, struct err *err) {
    if (count == 0)
        return true;
    struct feel_known *known = arena_new(models[0]->arena, struct feel_known, 1);
    known->arena = models[0]->arena;
    for (size_t i = 0; i < count; i++) {
        struct members members = {models[i], known, err};
        if (!add_model(&members))
            return false;
        models[i]->known = known;
    }
    return true;
}
