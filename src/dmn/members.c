/* The names that members of values may have: of fields, entries, columns, outputs and variables, of
 * all models that are loaded together, since values go from one to the other. A decision without a
 * typeRef may be read by others, and nothing but its boxes tells that `c.net - gross` is one name.
 * DMN 1.5: 10.2.1.4, 10.3.1.4, 10.3.1.6 */
#include "dmn/model.h"

#include "feel/known.h"

/* Types that are met once each, in the order in which they are. */
struct waiting {
    const struct feel_type **at;
    size_t count, room, next;
    struct map seen; /* by the place of what is in them */
};

struct members {
    const struct dmn_model *m;
    struct feel_known *known;
    struct waiting *waiting;
    struct err *err;
};

static bool add(struct members *members, struct str name) {
    uint32_t node;
    return known_add(&node, members->known, name, false) ||
           err_set(members->err, ERR_LIMIT, dmn_at(members->m, members->m->root),
                   "the model takes too much memory");
}

/* Types share their parts, so that the ways through them may be many more than they are. Each part
 * is known by what is in it: the copy of a type in another one has the same fields. */
static bool await(struct members *members, const struct feel_type *type) {
    const void *inside = NULL;
    if (type != NULL && type->tag == FEEL_TYPE_CONTEXT && type->field_count > 0)
        inside = type->fields;
    else if (type != NULL && (type->tag == FEEL_TYPE_LIST || type->tag == FEEL_TYPE_FUNCTION))
        inside = type->element;
    if (inside == NULL)
        return true;
    struct waiting *w = members->waiting;
    if (!dmn_affords(members->m, (w->count + 8) * 256, members->err))
        return false;
    struct str key = arena_str(w->seen.arena, (struct str){(const char *)&inside, sizeof inside});
    if (!map_put(&w->seen, key, 0))
        return true;
    if (w->count == w->room) {
        w->room = w->room == 0 ? 16 : w->room * 2;
        const struct feel_type **grown =
            arena_new(w->seen.arena, const struct feel_type *, w->room);
        if (w->count > 0)
            memcpy(grown, w->at, w->count * sizeof *grown);
        w->at = grown;
    }
    w->at[w->count++] = type;
    return true;
}

static bool add_awaited(struct members *members) {
    struct waiting *w = members->waiting;
    for (; w->next < w->count; w->next++) {
        const struct feel_type *type = w->at[w->next];
        if (type->tag != FEEL_TYPE_CONTEXT && !await(members, type->element))
            return false;
        for (size_t i = 0; type->tag == FEEL_TYPE_CONTEXT && i < type->field_count; i++)
            if (!add(members, type->fields[i].name) || !await(members, type->fields[i].type))
                return false;
    }
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
        if (!await(members, m->types[i].type) || !add_awaited(members))
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
    struct waiting waiting = {0};
    map_init(&waiting.seen, models[0]->arena);
    for (size_t i = 0; i < count; i++) {
        struct members members = {models[i], known, &waiting, err};
        if (!add_model(&members))
            return false;
        models[i]->known = known;
    }
    return true;
}
