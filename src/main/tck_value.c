/* The values and cases of the kit's files. A value is one of <value>, <list> and <component>s. */
#include "main/tck.h"

#include "num/num.h"

enum { DEPTH_MAX = 16 };

static const struct str xsi = STR_INIT("http://www.w3.org/2001/XMLSchema-instance");

bool tck_is(const struct xml_node *node, const char *name) {
    return node != NULL && str_eq(node->name, str_from(name));
}

const struct xml_node *tck_child(const struct xml_node *node, const char *name) {
    for (const struct xml_node *c = xml_first(node); c != NULL; c = xml_sibling(c))
        if (tck_is(c, name))
            return c;
    return NULL;
}

/* --- values as the kit writes them
 * --------------------------------------------------------------------- */
static struct feel_value value_at(const struct tck_reader *t, const struct xml_node *node,
                                  int depth);

/* The numbers of XML Schema. */
static bool is_number_type(struct str name) {
    static const char *const names[] = {
        "decimal",
        "double",
        "float",
        "integer",
        "int",
        "long",
        "short",
        "byte",
        "positiveInteger",
        "negativeInteger",
        "nonNegativeInteger",
        "nonPositiveInteger",
        "unsignedLong",
        "unsignedInt",
        "unsignedShort",
        "unsignedByte",
    };
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (str_eq(name, str_from(names[i])))
            return true;
    return false;
}

static bool is_nil(const struct xml_node *node) {
    const struct str *nil = xml_attr(node, xsi, STR("nil"));
    return nil != NULL && (str_eq(*nil, STR("true")) || str_eq(*nil, STR("1")));
}

static struct feel_value simple_value(const struct tck_reader *t, const struct xml_node *node) {
    const struct str *type = xml_attr(node, xsi, STR("type"));
    struct str text = xml_text(node, t->arena);
    struct str name = type == NULL ? STR("string") : *type;
    size_t colon = str_find_byte(name, ':');
    if (colon != SIZE_MAX)
        name = str_sub(name, colon + 1, name.len);
    if (is_nil(node))
        return feel_null();
    if (str_eq(name, STR("string")))
        return feel_string(text);
    if (str_eq(name, STR("boolean")))
        return feel_boolean(str_eq(str_trim(text), STR("true")) ||
                            str_eq(str_trim(text), STR("1")));
    if (is_number_type(name))
        return feel_number_text(t->arena, str_trim(text));
    return feel_temporal_text(t->arena, str_trim(text), t->zones);
}

static struct feel_value list_value(const struct tck_reader *t, const struct xml_node *list,
                                    int depth) {
    size_t count = 0;
    if (is_nil(list))
        return feel_null();
    for (const struct xml_node *c = tck_child(list, "item"); c != NULL; c = xml_sibling(c))
        count++;
    struct feel_value *items = arena_new(t->arena, struct feel_value, count);
    size_t i = 0;
    for (const struct xml_node *c = tck_child(list, "item"); c != NULL; c = xml_sibling(c))
        items[i++] = value_at(t, c, depth - 1);
    return feel_list(items, count);
}

static struct feel_value context_value(const struct tck_reader *t, const struct xml_node *node,
                                       int depth) {
    size_t count = 0;
    for (const struct xml_node *c = xml_first(node); c != NULL; c = xml_sibling(c))
        count += tck_is(c, "component");
    struct feel_entry *entries = arena_new(t->arena, struct feel_entry, count);
    size_t i = 0;
    for (const struct xml_node *c = xml_first(node); c != NULL; c = xml_sibling(c))
        if (tck_is(c, "component"))
            entries[i++] =
                (struct feel_entry){xml_attr_text(c, STR("name")), value_at(t, c, depth - 1)};
    return feel_context_of(t->arena, entries, count);
}

/* node: what holds a value, a list or components */
static struct feel_value value_at(const struct tck_reader *t, const struct xml_node *node,
                                  int depth) {
    if (depth == 0)
        return feel_null();
    if (tck_child(node, "value") != NULL)
        return simple_value(t, tck_child(node, "value"));
    if (tck_child(node, "list") != NULL)
        return list_value(t, tck_child(node, "list"), depth);
    if (tck_child(node, "component") != NULL)
        return context_value(t, node, depth);
    return feel_null();
}

static bool matches(struct feel_value got, struct feel_value want, int depth);

static bool numbers_match(struct feel_value got, struct feel_value want) {
    struct num a, b, allowed = num_of_scaled(1, -8);
    feel_as_num(&a, got);
    feel_as_num(&b, want);
    return num_cmp(num_abs(num_sub(a, b)), allowed) <= 0;
}

/* The entry that a name of the kit means; NULL when there is none. */
static const struct feel_entry *entry_of(struct feel_value got, struct str name) {
    const struct feel_entry *entries = feel_entries(got), *found = NULL;
    for (size_t i = 0; i < feel_count(got); i++)
        if (str_eq(entries[i].name, name))
            return &entries[i];
        else if (found == NULL && dmn_same_name(entries[i].name, name))
            found = &entries[i];
    return found;
}

static bool contexts_match(struct feel_value got, struct feel_value want, int depth) {
    if (feel_count(got) != feel_count(want))
        return false;
    const struct feel_entry *entries = feel_entries(want);
    for (size_t i = 0; i < feel_count(want); i++) {
        const struct feel_entry *entry = entry_of(got, entries[i].name);
        if (entry == NULL || !matches(entry->value, entries[i].value, depth - 1))
            return false;
    }
    return true;
}

static bool matches(struct feel_value got, struct feel_value want, int depth) {
    if (depth == 0 || feel_kind(got) != feel_kind(want))
        return false;
    switch (feel_kind(want)) {
    case FEEL_NUMBER: return numbers_match(got, want);
    case FEEL_CONTEXT: return contexts_match(got, want, depth);
    case FEEL_LIST:
        if (feel_count(got) != feel_count(want))
            return false;
        for (size_t i = 0; i < feel_count(want); i++)
            if (!matches(feel_item(got, i), feel_item(want, i), depth - 1))
                return false;
        return true;
    default: return feel_same(got, want);
    }
}

struct feel_value tck_value(const struct tck_reader *t, const struct xml_node *node) {
    return value_at(t, node, DEPTH_MAX);
}

bool tck_matches(struct feel_value got, struct feel_value want) {
    return matches(got, want, DEPTH_MAX);
}

/* testCases: the name of an inputNode, with the prefix of the import that its namespace means */
static struct str input_name(const struct tck_reader *t, const struct xml_node *node,
                             const struct dmn_model *model) {
    struct str name = xml_attr_text(node, STR("name"));
    struct str prefix = dmn_prefix(model, xml_attr_text(node, STR("namespace")));
    return prefix.len == 0 ? name
                           : arena_printf(t->arena, "%.*s.%.*s", STR_ARG(prefix), STR_ARG(name));
}

struct feel_value tck_inputs(const struct tck_reader *t, const struct xml_node *test,
                             const struct dmn_model *model) {
    size_t count = 0;
    for (const struct xml_node *c = xml_first(test); c != NULL; c = xml_sibling(c))
        count += tck_is(c, "inputNode");
    struct feel_entry *entries = arena_new(t->arena, struct feel_entry, count);
    count = 0;
    for (const struct xml_node *c = xml_first(test); c != NULL; c = xml_sibling(c))
        if (tck_is(c, "inputNode"))
            entries[count++] =
                (struct feel_entry){input_name(t, c, model), value_at(t, c, DEPTH_MAX)};
    return feel_context_of(t->arena, entries, count);
}
