/* `mandate:` elements written as properties, for modellers whose templates can set nothing else:
 *     <zeebe:property name="mandate:clock.id" value="decide"/>
 *     <zeebe:property name="mandate:clock.action" value="start"/>
 * are <mandate:clock id="decide" action="start"/>; a second one of its kind is
 * "mandate:clock#2.id". An empty value sets nothing, and an element of which nothing is set is not
 * there. An element without attributes is "mandate:adverse" with the value "true"; a name in
 * another language, "mandate:name.en". They become nodes of the tree before anything reads it, so
 * there is one reader and one table for both ways of writing. */
#include "bpmn/read.h"

enum { GROUPS_MAX = 64 }; /* mandate: elements of one BPMN element */

#define PROPERTY_PREFIX STR("mandate:")

struct group {
    struct str element, number;
    struct xml_node *node;
};

struct expanding {
    struct reader *r;
    struct xml_node *extensions;
    struct group groups[GROUPS_MAX];
    size_t count;
};

/* The first attribute of each element; empty: it has none. */
static const struct key {
    struct str element, attributes;
} keys[] = {
#define MANDATE(name, attributes, on, once, reader, what) {STR_INIT(#name), STR_INIT(attributes)},
#define LANE(name, attributes, what)                      {STR_INIT(#name), STR_INIT(attributes)},
#define WORDS(element, attribute, words, what)
#define LABEL(element, attribute, what)
#include "bpmn/mandate.def"
#undef MANDATE
#undef LANE
#undef WORDS
#undef LABEL
};

static struct xml_node *node_new(struct expanding *x, struct str name,
                                 const struct xml_node *property) {
    struct xml_node *node = arena_new(x->r->scratch, struct xml_node, 1);
    *node = (struct xml_node){.ns = STR(BPMN_MANDATE_NS),
                              .name = name,
                              .prefix = STR("mandate"),
                              .attrs = arena_new(x->r->scratch, struct xml_attr, XML_ATTRS_MAX),
                              .parent = x->extensions,
                              .line = property->line,
                              .column = property->column};
    return node;
}

/* The properties themselves stand before it. */
static void node_add(struct expanding *x, struct xml_node *node) {
    x->extensions->last->next = node;
    x->extensions->last = node;
}

/* Does the element say anything? One that nothing knows does, so that the reader refuses it. */
static bool is_set(const struct xml_node *node) {
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        struct str key, rest = keys[i].attributes;
        if (!str_eq(keys[i].element, node->name) || rest.len == 0)
            continue;
        (void)str_split(&key, &rest, ' ');
        return xml_attr_text(node, key).len > 0;
    }
    return true;
}

static struct group *group_of(struct expanding *x, struct str element, struct str number,
                              const struct xml_node *property) {
    for (size_t i = 0; i < x->count; i++)
        if (str_eq(x->groups[i].element, element) && str_eq(x->groups[i].number, number))
            return &x->groups[i];
    if (x->count == GROUPS_MAX)
        return NULL;
    x->groups[x->count] = (struct group){element, number, node_new(x, element, property)};
    return &x->groups[x->count++];
}

static bool attribute_set(struct expanding *x, struct xml_node *node, struct str name,
                          struct str value, const struct xml_node *property) {
    for (uint32_t i = 0; i < node->attr_count; i++)
        if (str_eq(node->attrs[i].name, name))
            return read_wrong(x->r, property, "the property stands twice");
    if (node->attr_count == XML_ATTRS_MAX)
        return read_wrong(x->r, property, "an element has more than %d attributes", XML_ATTRS_MAX);
    node->attrs[node->attr_count++] = (struct xml_attr){.name = name, .value = value};
    return true;
}

/* mandate:name.en: the text of an element of its own. */
static bool name_set(struct expanding *x, struct str lang, struct str value,
                     const struct xml_node *property) {
    struct xml_node *node = node_new(x, STR("name"), property);
    struct xml_node *text = arena_new(x->r->scratch, struct xml_node, 1);
    *text = (struct xml_node){.is_text = true, .text = value, .parent = node};
    node->first = node->last = text;
    node_add(x, node);
    return attribute_set(x, node, STR("lang"), lang, property);
}

static bool property_expand(struct expanding *x, const struct xml_node *property) {
    struct str name = xml_attr_text(property, STR("name"));
    struct str value = str_trim(xml_attr_text(property, STR("value")));
    if (!str_starts(name, PROPERTY_PREFIX) || value.len == 0)
        return true;
    name = str_sub(name, PROPERTY_PREFIX.len, name.len);
    size_t dot = str_find_byte(name, '.');
    struct str element = str_sub(name, 0, dot);
    size_t hash = str_find_byte(element, '#');
    struct str number = hash == SIZE_MAX ? STR_NONE : str_sub(element, hash + 1, element.len);
    element = str_sub(element, 0, hash);
    struct str attribute = dot == SIZE_MAX ? STR_NONE : str_sub(name, dot + 1, name.len);
    if (str_eq(element, STR("name")) && attribute.len > 0)
        return name_set(x, attribute, value, property);
    if (attribute.len == 0 && str_eq(value, STR("false")))
        return true;
    if (attribute.len == 0 && !str_eq(value, STR("true")))
        return read_wrong(x->r, property, "'mandate:%.*s' is true or false", STR_ARG(name));
    struct group *group = group_of(x, element, number, property);
    if (group == NULL)
        return read_wrong(x->r, property, "more than %d elements are written as properties",
                          GROUPS_MAX);
    return attribute.len == 0 || attribute_set(x, group->node, attribute, value, property);
}

static bool extensions_expand(struct reader *r, struct xml_node *extensions) {
    const struct xml_node *properties =
        xml_child(extensions, STR(BPMN_ZEEBE_NS), STR("properties"));
    struct expanding *x;
    if (properties == NULL)
        return true;
    x = arena_new(r->scratch, struct expanding, 1);
    x->r = r;
    x->extensions = extensions;
    for (const struct xml_node *c = xml_child(properties, STR(BPMN_ZEEBE_NS), STR("property"));
         c != NULL; c = xml_next(c))
        if (!property_expand(x, c))
            return false;
    for (size_t i = 0; i < x->count; i++)
        if (is_set(x->groups[i].node))
            node_add(x, x->groups[i].node);
    return true;
}

bool read_properties_expand(struct reader *r, struct xml_node *root) {
    struct xml_node *at = root;
    for (;;) { /* every node, without recursion */
        if (!at->is_text && read_is(at, "extensionElements") && !extensions_expand(r, at))
            return false;
        if (!at->is_text && at->first != NULL) {
            at = at->first;
            continue;
        }
        while (at != root && at->next == NULL)
            at = at->parent;
        if (at == root)
            return true;
        at = at->next;
    }
}
