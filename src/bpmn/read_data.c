/* Data (BPMN 2.0.2: 10.4): which variable each data element is, and data associations as mappings.
 *
 * A data object is named by itself, or by the first reference to it that has a name: modellers
 * usually name only the references. An association is carried out when its activity declares the
 * data input or output at its end; an arrow that was only drawn to a task has none and means
 * nothing, so that drawing data into a model does not change how it runs. */
#include <assert.h>

#include "bpmn/read.h"

static const struct str bpmn_ns = STR_INIT(BPMN_NS);

enum { DATA_DEPTH_MAX = 2 * BPMN_DEPTH_MAX }; /* ioSpecification in activity in sub-process ... */

/* --- which elements
 * --------------------------------------------------------------------------- */
static const struct {
    const char *element;
    enum bpmn_data_kind kind;
} kinds[] = {
    {"dataObject", BPMN_DATA_OBJECT},
    {"property", BPMN_DATA_PROPERTY},
    {"dataInput", BPMN_DATA_INPUT},
    {"dataOutput", BPMN_DATA_OUTPUT},
};

static bool data_kind(enum bpmn_data_kind *out, const struct xml_node *x) {
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (read_is(x, kinds[i].element)) {
            *out = kinds[i].kind;
            return true;
        }
    return false;
}

bool read_is_data(const struct xml_node *x) {
    static const char *const others[] = {
        "dataObjectReference",   "dataStoreReference", "ioSpecification", "dataInputAssociation",
        "dataOutputAssociation", "inputSet",           "outputSet",       "ioBinding"};
    enum bpmn_data_kind kind;
    for (size_t i = 0; i < COUNT_OF(others); i++)
        if (read_is(x, others[i]))
            return true;
    return data_kind(&kind, x);
}

/* --- names
 * ------------------------------------------------------------------------------------ */
static size_t count_data(const struct xml_node *x, int depth) {
    size_t count = 0;
    for (x = xml_first(x); x != NULL && depth < DATA_DEPTH_MAX; x = xml_sibling(x))
        if (str_eq(x->ns, bpmn_ns) && !read_is(x, "extensionElements"))
            count += 1 + count_data(x, depth + 1);
    return count;
}

static void put_data(struct reader *r, const struct xml_node *x, enum bpmn_data_kind kind,
                     struct str name, size_t *count) {
    struct str id = xml_attr_text(x, STR("id"));
    if (id.len == 0 || !map_put(&r->data_at, id, *count))
        return;
    id = arena_str(r->arena, id);
    bool wants_name = kind != BPMN_DATA_INPUT && kind != BPMN_DATA_OUTPUT;
    r->data[(*count)++] = (struct data_ref){.kind = kind,
                                            .name = name.len == 0 && wants_name ? id : name,
                                            .id = id,
                                            .object = BPMN_NONE};
}

/* The name of the first reference to a data object; each element on the way costs a step. */
static struct str name_of_references(struct reader *r, const struct xml_node *x, struct str id,
                                     int depth) {
    struct str name = STR_NONE;
    for (x = xml_first(x); x != NULL && name.len == 0 && depth < DATA_DEPTH_MAX;
         x = xml_sibling(x)) {
        if (r->err->code != ERR_NONE || !budget_spend(r->budget, (struct cost){1, 0}, r->err))
            return STR_NONE;
        if (read_is(x, "dataObjectReference") &&
            str_eq(read_local(xml_attr_text(x, STR("dataObjectRef"))), id))
            name = read_plain_name(r, x);
        else if (read_is(x, "subProcess") || read_is(x, "transaction") ||
                 read_is(x, "adHocSubProcess"))
            name = name_of_references(r, x, id, depth + 1);
    }
    return name;
}

/* The store of a reference, which the first reference to it declares. */
static bool put_store(struct reader *r, const struct xml_node *x, size_t *count) {
    struct bpmn_process *p = r->process;
    const struct xml_node *declared = read_find(r, xml_attr_text(x, STR("dataStoreRef")));
    const struct xml_node *store = declared == NULL ? x : declared;
    struct str id = xml_attr_text(store, STR("id")), name = read_plain_name(r, store);
    struct str capacity = str_trim(xml_attr_text(store, STR("capacity")));
    uint64_t items = BPMN_NONE;
    uint32_t i = 0;
    while (i < p->store_count && !str_eq(p->stores[i].id, id))
        i++;
    if (i == BPMN_STORES_MAX)
        return err_set(r->err, ERR_LIMIT, xml_where(x, r->source),
                       "a process uses at most %d data stores", BPMN_STORES_MAX);
    if (i == p->store_count) {
        if (capacity.len > 0 && (!str_to_u64(&items, capacity) || items > BPMN_NONE) &&
            !read_wrong(r, store, "the capacity '%.*s' is no number", STR_ARG(capacity)))
            return false;
        if (read_flag(store, "isUnlimited", false))
            items = BPMN_NONE;
        name = name.len > 0 ? name : read_plain_name(r, x);
        p->stores[p->store_count++] =
            (struct bpmn_store){.id = arena_str(r->arena, id),
                                .name = name.len > 0 ? name : arena_str(r->arena, id),
                                .line = store->line,
                                .capacity = (uint32_t)items};
    }
    size_t before = *count;
    put_data(r, x, BPMN_DATA_STORE, p->stores[i].name, count);
    if (*count > before)
        r->data[before].store = i;
    return true;
}

static bool name_data(struct reader *r, const struct xml_node *scope, size_t *count, int depth) {
    for (const struct xml_node *x = xml_first(scope); x != NULL && depth < DATA_DEPTH_MAX;
         x = xml_sibling(x)) {
        enum bpmn_data_kind kind;
        if (!str_eq(x->ns, bpmn_ns) || read_is(x, "extensionElements"))
            continue;
        struct str name = read_plain_name(r, x);
        if (read_is(x, "dataStoreReference")) {
            if (!put_store(r, x, count))
                return false;
        } else if (data_kind(&kind, x)) {
            if (kind == BPMN_DATA_OBJECT && name.len == 0)
                name = name_of_references(r, scope, xml_attr_text(x, STR("id")), 0);
            if (r->err->code != ERR_NONE)
                return false;
            put_data(r, x, kind, name, count);
        } else if (!name_data(r, x, count, depth + 1)) {
            return false;
        }
    }
    return true;
}

static const struct data_ref *find_data(const struct reader *r, struct str ref) {
    ref = str_trim(ref);
    const size_t *index = map_find(&r->data_at, ref);
    if (index == NULL)
        index = map_find(&r->data_at, read_local(ref));
    return index == NULL ? NULL : &r->data[*index];
}

/* References stand for what they refer to; they may come before it in the file. */
static void name_references(struct reader *r, const struct xml_node *scope, size_t *count,
                            int depth) {
    for (const struct xml_node *x = xml_first(scope); x != NULL && depth < DATA_DEPTH_MAX;
         x = xml_sibling(x)) {
        if (!str_eq(x->ns, bpmn_ns) || read_is(x, "extensionElements"))
            continue;
        if (read_is(x, "dataObjectReference")) {
            struct str ref = xml_attr_text(x, STR("dataObjectRef"));
            struct str name = read_variable(r, ref);
            const struct data_ref *object = find_data(r, ref);
            size_t before = *count;
            put_data(r, x, BPMN_DATA_OBJECT, name.len > 0 ? name : read_plain_name(r, x), count);
            if (object != NULL && *count > before)
                r->data[before].object = (uint32_t)(object - r->data);
        } else {
            name_references(r, x, count, depth + 1);
        }
    }
}

bool read_data_names(struct reader *r, const struct xml_node *process) {
    size_t room = count_data(process, 0), count = 0;
    if (!budget_spend(r->budget, (struct cost){room, room * sizeof(struct data_ref)}, r->err))
        return false;
    map_init(&r->data_at, r->scratch);
    r->data = arena_new(r->scratch, struct data_ref, room);
    r->process->stores = arena_new(r->arena, struct bpmn_store, MIN_OF(room, BPMN_STORES_MAX));
    if (!name_data(r, process, &count, 0))
        return false;
    name_references(r, process, &count, 0);
    return true;
}

struct str read_variable(const struct reader *r, struct str ref) {
    const struct data_ref *data = find_data(r, ref);
    if (data == NULL)
        return STR_NONE;
    return data->name.len > 0 ? data->name : data->id;
}

/* --- what a node declares
 * --------------------------------------------------------------------- */
static struct str item_of(struct reader *r, const struct xml_node *x) {
    const struct xml_node *item = read_find(r, xml_attr_text(x, STR("itemSubjectRef")));
    return item == NULL ? STR_NONE : read_attr(r, item, "structureRef");
}

static void read_declared_data(struct reader *r, struct bpmn_node *node,
                               const struct xml_node *in) {
    for (const struct xml_node *x = xml_first(in); x != NULL; x = xml_sibling(x)) {
        enum bpmn_data_kind kind;
        if (!data_kind(&kind, x))
            continue;
        const struct xml_node *state = xml_child(x, bpmn_ns, STR("dataState"));
        node->data[node->data_count++] =
            (struct bpmn_data){.kind = kind,
                               .id = read_attr(r, x, "id"),
                               .name = read_variable(r, xml_attr_text(x, STR("id"))),
                               .item = item_of(r, x),
                               .state = state == NULL ? STR_NONE : read_attr(r, state, "name"),
                               .collection = read_flag(x, "isCollection", false),
                               .line = x->line};
    }
}

static uint32_t data_index(const struct bpmn_node *node, struct str id) {
    for (size_t i = 0; i < node->data_count; i++)
        if (str_eq(node->data[i].id, id))
            return (uint32_t)i;
    return BPMN_NONE;
}

static bool read_refs(uint32_t **out, size_t *count, struct reader *r, const struct bpmn_node *node,
                      const struct xml_node *set, const char *element) {
    *out = arena_new(r->arena, uint32_t, read_count(set, element));
    for (const struct xml_node *x = xml_child(set, bpmn_ns, str_from(element)); x != NULL;
         x = xml_next(x)) {
        struct str id = read_local(str_trim(xml_text(x, r->scratch)));
        uint32_t index = data_index(node, id);
        if (index == BPMN_NONE) {
            if (!read_missing(r, x, "'%.*s' is not declared beside it", STR_ARG(id)))
                return false;
            continue;
        }
        (*out)[(*count)++] = index;
    }
    return true;
}

static bool read_sets(struct reader *r, struct bpmn_node *node, const struct xml_node *in) {
    for (const struct xml_node *x = xml_first(in); x != NULL; x = xml_sibling(x)) {
        bool input = read_is(x, "inputSet");
        if (!input && !read_is(x, "outputSet"))
            continue;
        struct bpmn_data_set *set = &node->data_sets[node->data_set_count++];
        set->id = read_attr(r, x, "id");
        set->input = input;
        if (!read_refs(&set->refs, &set->ref_count, r, node, x,
                       input ? "dataInputRefs" : "dataOutputRefs") ||
            !read_refs(&set->optional, &set->optional_count, r, node, x,
                       input ? "optionalInputRefs" : "optionalOutputRefs") ||
            !read_refs(&set->executing, &set->executing_count, r, node, x,
                       input ? "whileExecutingInputRefs" : "whileExecutingOutputRefs"))
            return false;
    }
    return true;
}

/* --- associations
 * ------------------------------------------------------------------------------ */
struct association {
    const struct xml_node *x;
    struct bpmn_expr *needs; /* of an input: its sources that are data */
    size_t need_count;
    const struct data_ref *source, *target; /* NULL: no data element */
    size_t sources;
    bool input;
};

static void add_mapping(struct bpmn_node *node, const struct association *a,
                        struct bpmn_mapping mapping) {
    struct bpmn_mapping *list = a->input ? node->data_in : node->data_out;
    assert(list != NULL); /* room was made for each that can come */
    mapping.input = a->input && a->target != NULL ? data_index(node, a->target->id) : BPMN_NONE;
    mapping.needs = a->needs;
    mapping.need_count = a->need_count;
    list[a->input ? node->data_in_count++ : node->data_out_count++] = mapping;
}

static struct str write_store(const struct reader *r, const struct data_ref *to) {
    struct bpmn_store *store = &r->process->stores[to->store];
    store->written = true;
    return store->id;
}

/* `to` names the store that the association leads to, by its name or an id, or a path in it. */
static bool read_into_store(struct reader *r, struct bpmn_mapping *mapping,
                            const struct data_ref *store, const struct xml_node *x, struct str to) {
    struct str name = store->name;
    const struct data_ref *named = find_data(r, to);
    bool whole = str_eq(to, name) ||
                 (named != NULL && named->store == store->store && named->kind == BPMN_DATA_STORE);
    bool inside = to.len > name.len + 1 && str_starts(to, name) && to.at[name.len] == '.';
    if (!whole && !inside)
        return read_wrong(r, x, "'to' is '%.*s', not the data store '%.*s'", STR_ARG(to),
                          STR_ARG(name));
    mapping->target = whole ? STR_NONE : str_sub(to, name.len + 1, to.len);
    mapping->store = write_store(r, store);
    return true;
}

/* <assignment><from/><to/></assignment>: FEEL into a variable or a path in it. */
static bool read_assignment(struct reader *r, struct bpmn_node *node, const struct association *a,
                            const struct xml_node *x) {
    bool into_store = !a->input && a->target != NULL && a->target->kind == BPMN_DATA_STORE;
    const struct xml_node *from = xml_child(x, bpmn_ns, STR("from"));
    const struct xml_node *to = xml_child(x, bpmn_ns, STR("to"));
    struct str target = read_text(r, to);
    if (str_starts(target, STR("=")))
        target = str_trim(str_sub(target, 1, target.len));
    struct bpmn_mapping mapping = {.source = {.program = NULL}};
    if (!read_formal(&mapping.source, r, from))
        return false;
    if (mapping.source.text.at == NULL || target.len == 0)
        return read_wrong(r, x, "an assignment has 'from' and 'to'");
    struct str variable = read_variable(r, target);
    read_data_used(r, target);
    mapping.target = variable.len > 0 ? variable : target;
    if (into_store && !read_into_store(r, &mapping, a->target, x, target))
        return false;
    add_mapping(node, a, mapping);
    return true;
}

static struct str name_or(const struct data_ref *data, const struct data_ref *other) {
    if (data->name.len > 0)
        return data->name;
    return other != NULL && other->name.len > 0 ? other->name : data->id;
}

/* What a source of the association holds. */
static struct bpmn_expr value_of(const struct reader *r, const struct association *a,
                                 const struct data_ref *source) {
    bool store = source->kind == BPMN_DATA_STORE;
    return (struct bpmn_expr){.text = store ? r->process->stores[source->store].id
                                            : name_or(source, a->target),
                              .variable = !store,
                              .store = store,
                              .at = xml_where(a->x, r->source)};
}

static bool read_copy(struct reader *r, struct bpmn_node *node, const struct association *a) {
    const struct xml_node *transformation = xml_child(a->x, bpmn_ns, STR("transformation"));
    struct bpmn_mapping mapping = {.target = name_or(a->target, a->source)};
    if (!a->input && a->target->kind == BPMN_DATA_STORE) {
        mapping.target = STR_NONE;
        mapping.store = write_store(r, a->target);
    }
    if (transformation != NULL) {
        if (!read_formal(&mapping.source, r, transformation))
            return false;
    } else if (a->sources > 1) {
        return read_wrong(r, a->x, "several sources need a transformation");
    } else {
        mapping.source = value_of(r, a, a->source);
        if (!a->input)
            mapping.output = mapping.source.text;
    }
    if (mapping.source.text.at != NULL)
        add_mapping(node, a, mapping);
    return true;
}

/* Both ends of an association that is carried out. */
static void use_ends(struct reader *r, const struct xml_node *x) {
    for (const struct xml_node *s = xml_first(x); s != NULL; s = xml_sibling(s))
        if (read_is(s, "sourceRef") || read_is(s, "targetRef"))
            read_data_used(r, xml_text(s, r->scratch));
}

static bool read_association(struct reader *r, struct bpmn_node *node, const struct xml_node *x) {
    struct association a = {.x = x, .input = read_is(x, "dataInputAssociation")};
    const struct xml_node *target = xml_child(x, bpmn_ns, STR("targetRef"));
    if (target != NULL)
        a.target = find_data(r, xml_text(target, r->scratch));
    a.needs = arena_new(r->arena, struct bpmn_expr, a.input ? read_count(x, "sourceRef") : 0);
    for (const struct xml_node *s = xml_child(x, bpmn_ns, STR("sourceRef")); s != NULL;
         s = xml_next(s)) {
        a.source = find_data(r, xml_text(s, r->scratch));
        a.sources++;
        if (a.input && a.source != NULL)
            a.needs[a.need_count++] = value_of(r, &a, a.source);
    }
    bool assigned = false;
    for (const struct xml_node *s = xml_child(x, bpmn_ns, STR("assignment")); s != NULL;
         s = xml_next(s)) {
        assigned = true;
        if (!read_assignment(r, node, &a, s))
            return false;
    }
    if (assigned)
        use_ends(r, x);
    if (assigned)
        return true;
    /* the end at the activity must be a declared input or output, or there is nothing to do */
    const struct data_ref *own = a.input ? a.target : a.source;
    bool declared = own != NULL && data_index(node, own->id) != BPMN_NONE &&
                    own->kind == (a.input ? BPMN_DATA_INPUT : BPMN_DATA_OUTPUT);
    bool transformed = xml_child(x, bpmn_ns, STR("transformation")) != NULL && a.target != NULL;
    if (!transformed && (!declared || a.source == NULL || a.target == NULL))
        return true;
    use_ends(r, x);
    return read_copy(r, node, &a);
}

bool read_data(struct reader *r, struct bpmn_node *node, const struct xml_node *x) {
    const struct xml_node *io = xml_child(x, bpmn_ns, STR("ioSpecification"));
    size_t room = 0, mappings = 0;
    for (const struct xml_node *c = xml_first(x); c != NULL; c = xml_sibling(c)) {
        room += read_is_data(c);
        if (read_is(c, "dataInputAssociation") || read_is(c, "dataOutputAssociation"))
            mappings += 1 + read_count(c, "assignment");
    }
    for (const struct xml_node *c = xml_first(io); c != NULL; c = xml_sibling(c))
        room++;
    if (room == 0)
        return true;
    node->data = arena_new(r->arena, struct bpmn_data, room);
    node->data_sets = arena_new(r->arena, struct bpmn_data_set, room);
    node->data_in = arena_new(r->arena, struct bpmn_mapping, mappings);
    node->data_out = arena_new(r->arena, struct bpmn_mapping, mappings);
    read_declared_data(r, node, x);
    read_declared_data(r, node, io);
    if (!read_sets(r, node, x) || !read_sets(r, node, io))
        return false;
    for (const struct xml_node *c = xml_first(x); c != NULL; c = xml_sibling(c)) {
        bool association =
            read_is(c, "dataInputAssociation") || read_is(c, "dataOutputAssociation");
        if (association && !read_association(r, node, c))
            return false;
    }
    return true;
}

void read_data_used(struct reader *r, struct str ref) {
    const struct data_ref *data = find_data(r, ref);
    if (data == NULL)
        return;
    r->data[data - r->data].used = true;
    if (data->object != BPMN_NONE)
        r->data[data->object].used = true;
}

static bool has_used(const struct bpmn_node *scope, struct str name) {
    for (size_t i = 0; i < scope->data_count; i++)
        if (scope->data[i].used && str_eq(scope->data[i].name, name))
            return true;
    return false;
}

/* BPMN 2.0.2: 10.4.1: a data object lives as long as the process or sub-process that holds it.
 * Associations go by names, so two that are used must not have one name inside each other. */
bool read_data_scopes(struct reader *r) {
    struct bpmn_process *p = r->process;
    for (size_t i = 0; i < p->node_count; i++) {
        struct bpmn_node *node = &p->nodes[i];
        if (bpmn_kind_group(node->kind) != BPMN_GROUP_SCOPE)
            continue;
        for (size_t k = 0; k < node->data_count; k++) {
            struct bpmn_data *data = &node->data[k];
            const struct data_ref *ref = find_data(r, data->id);
            data->used = ref != NULL && ref->used &&
                         (data->kind == BPMN_DATA_OBJECT || data->kind == BPMN_DATA_PROPERTY);
            for (uint32_t at = node->parent; data->used && at != BPMN_NONE;
                 at = p->nodes[at].parent)
                if (has_used(&p->nodes[at], data->name) &&
                    !read_refuse(r, r->node_xml[i],
                                 "a data object in it has the name of one around it"))
                    return false;
        }
    }
    return true;
}
