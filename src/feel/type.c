/* Types: names, conformance, membership, printing. Walks are bounded by depth: a type made from
 * item definitions may be large but dmn/ refuses one that contains itself. DMN 1.5: 10.3.2.9, table
 * 43 */
#include "feel/type.h"

#include "feel/builtin.h"
#include "feel/code.h"
#include "feel/inner.h"

enum { TYPE_DEPTH_MAX = 64 };

static const struct feel_type kinds[FEEL_KIND_COUNT] = {
    [FEEL_NULL] = {.kind = FEEL_NULL, .tag = FEEL_TYPE_KIND},
    [FEEL_BOOLEAN] = {.kind = FEEL_BOOLEAN, .tag = FEEL_TYPE_KIND},
    [FEEL_NUMBER] = {.kind = FEEL_NUMBER, .tag = FEEL_TYPE_KIND},
    [FEEL_STRING] = {.kind = FEEL_STRING, .tag = FEEL_TYPE_KIND},
    [FEEL_DATE] = {.kind = FEEL_DATE, .tag = FEEL_TYPE_KIND},
    [FEEL_TIME] = {.kind = FEEL_TIME, .tag = FEEL_TYPE_KIND},
    [FEEL_DATE_TIME] = {.kind = FEEL_DATE_TIME, .tag = FEEL_TYPE_KIND},
    [FEEL_DAYS_TIME] = {.kind = FEEL_DAYS_TIME, .tag = FEEL_TYPE_KIND},
    [FEEL_YEARS_MONTHS] = {.kind = FEEL_YEARS_MONTHS, .tag = FEEL_TYPE_KIND},
    [FEEL_LIST] = {.kind = FEEL_LIST, .tag = FEEL_TYPE_LIST},
    [FEEL_CONTEXT] = {.kind = FEEL_CONTEXT, .tag = FEEL_TYPE_CONTEXT},
    [FEEL_RANGE] = {.kind = FEEL_RANGE, .tag = FEEL_TYPE_RANGE},
    [FEEL_FUNCTION] = {.kind = FEEL_FUNCTION, .tag = FEEL_TYPE_FUNCTION, .plain = true},
};
static const struct feel_type any_type = {.tag = FEEL_TYPE_ANY};

const struct feel_type *feel_type_of_kind(enum feel_kind kind) {
    return &kinds[kind];
}

const struct feel_type *feel_type_builtin(struct str name) {
    static const struct {
        const char *name;
        enum feel_kind kind;
    } more[] = {
        {"dateTime", FEEL_DATE_TIME},
        {"dayTimeDuration", FEEL_DAYS_TIME},
        {"yearMonthDuration", FEEL_YEARS_MONTHS},
        {"Null", FEEL_NULL},
    };
    if (str_eq(name, STR("Any")))
        return &any_type;
    for (int kind = FEEL_BOOLEAN; kind < FEEL_KIND_COUNT; kind++)
        if (str_eq(name, str_from(feel_kind_name((enum feel_kind)kind))))
            return &kinds[kind];
    for (size_t i = 0; i < COUNT_OF(more); i++)
        if (str_eq(name, str_from(more[i].name)))
            return &kinds[more[i].kind];
    return NULL;
}

const struct feel_type *feel_type_list(struct arena *a, const struct feel_type *element) {
    struct feel_type *type = arena_new(a, struct feel_type, 1);
    type->tag = FEEL_TYPE_LIST;
    type->kind = FEEL_LIST;
    type->element = element;
    return type;
}

static const struct feel_type *or_any(const struct feel_type *type) {
    return type == NULL ? &any_type : type;
}

static const struct feel_type *field_of(const struct feel_type *type, struct str name) {
    for (size_t i = 0; i < type->field_count; i++)
        if (str_eq(type->fields[i].name, name))
            return or_any(type->fields[i].type);
    return NULL;
}

/* --- conforms to ---------------------------------------------------------------------------------
 */
static bool conforms(const struct feel_type *type, const struct feel_type *to, int depth);

static bool function_conforms(const struct feel_type *type, const struct feel_type *to, int depth) {
    if (to->plain)
        return true;
    if (type->plain || type->field_count != to->field_count)
        return false;
    for (size_t i = 0; i < to->field_count; i++) /* parameters the other way round */
        if (!conforms(or_any(to->fields[i].type), or_any(type->fields[i].type), depth))
            return false;
    return conforms(or_any(type->element), or_any(to->element), depth);
}

static bool context_conforms(const struct feel_type *type, const struct feel_type *to, int depth) {
    for (size_t i = 0; i < to->field_count; i++) {
        const struct feel_type *field = field_of(type, to->fields[i].name);
        if (field == NULL || !conforms(field, or_any(to->fields[i].type), depth))
            return false;
    }
    return true;
}

/* DMN 1.5: 10.3.2.9.1, 10.3.2.9.2, table 44 */
static bool conforms(const struct feel_type *type, const struct feel_type *to, int depth) {
    if (type == to || to->tag == FEEL_TYPE_ANY)
        return true;
    if (depth == 0)
        return false;
    if (type->tag == FEEL_TYPE_KIND && type->kind == FEEL_NULL)
        return true;
    if (type->tag != to->tag)
        return false;
    switch (to->tag) {
    case FEEL_TYPE_KIND: return type->kind == to->kind;
    case FEEL_TYPE_LIST:
    case FEEL_TYPE_RANGE: return conforms(or_any(type->element), or_any(to->element), depth - 1);
    case FEEL_TYPE_CONTEXT: return context_conforms(type, to, depth - 1);
    case FEEL_TYPE_FUNCTION: return function_conforms(type, to, depth - 1);
    case FEEL_TYPE_ANY: break;
    }
    return true;
}

bool feel_type_conforms(const struct feel_type *type, const struct feel_type *to) {
    return conforms(or_any(type), or_any(to), TYPE_DEPTH_MAX);
}

/* --- has
 * -----------------------------------------------------------------------------------------------
 */
static bool has(const struct feel_type *type, struct feel_value v, int depth, uint64_t *nodes);

/* null may stand for a part that is missing */
static bool part_has(const struct feel_type *type, struct feel_value v, int depth,
                     uint64_t *nodes) {
    return type == NULL || feel_is_null(v) || has(type, v, depth, nodes);
}

/* The kinds of a type's values, null aside, as bits. */
static uint32_t kinds_of(const struct feel_type *type) {
    switch (type->tag) {
    case FEEL_TYPE_KIND: return type->kind == FEEL_NULL ? 0 : UINT32_C(1) << type->kind;
    case FEEL_TYPE_LIST: return UINT32_C(1) << FEEL_LIST;
    case FEEL_TYPE_CONTEXT: return UINT32_C(1) << FEEL_CONTEXT;
    case FEEL_TYPE_RANGE: return UINT32_C(1) << FEEL_RANGE;
    case FEEL_TYPE_FUNCTION: return UINT32_C(1) << FEEL_FUNCTION;
    case FEEL_TYPE_ANY: break;
    }
    return UINT32_MAX;
}

/* What is passed must be of a kind that the function takes; what it gives is not told. */
static bool builtin_has(const struct feel_type *type, const struct builtin *b) {
    size_t last = strlen(b->kinds) - 1;
    if (type->field_count < b->min || type->field_count > b->max)
        return false;
    for (size_t i = 0; i < type->field_count; i++) {
        if ((kinds_of(or_any(type->fields[i].type)) & ~builtin_mask(b->kinds[MIN_OF(i, last)])) !=
            0)
            return false;
    }
    return true;
}

static bool function_has(const struct feel_type *type, const struct feel_function *f, int depth) {
    if (type->plain)
        return true;
    if (f->kind == FUNCTION_BUILTIN)
        return builtin_has(type, &builtins[f->builtin]);
    if (f->kind == FUNCTION_NATIVE && f->type == NULL)
        return f->params.count == type->field_count;
    const struct proto *proto = f->kind == FUNCTION_NATIVE ? NULL : f->proto;
    size_t count = proto == NULL ? f->type->field_count : proto->params.count;
    if (count != type->field_count)
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct feel_type *param =
            proto == NULL ? f->type->fields[i].type : proto->param_types[i];
        if (!conforms(or_any(type->fields[i].type), or_any(param), depth))
            return false;
    }
    const struct feel_type *result = proto == NULL ? f->type->element : proto->result_type;
    return result == NULL || conforms(result, or_any(type->element), depth);
}

static bool range_has_type(const struct feel_type *type, const struct feel_range *r, int depth,
                           uint64_t *nodes) {
    return part_has(type->element, r->low, depth, nodes) &&
           part_has(type->element, r->high, depth, nodes);
}

static bool has(const struct feel_type *type, struct feel_value v, int depth, uint64_t *nodes) {
    if (type->tag == FEEL_TYPE_ANY)
        return true;
    if (depth == 0 || *nodes == 0)
        return false;
    --*nodes;
    enum feel_kind kind = feel_kind(v);
    switch (type->tag) {
    case FEEL_TYPE_KIND: return kind == type->kind;
    case FEEL_TYPE_LIST:
        if (kind != FEEL_LIST)
            return false;
        for (uint32_t i = 0; i < v.count && type->element != NULL; i++)
            if (!part_has(type->element, v.u.items[i], depth - 1, nodes))
                return false;
        return true;
    case FEEL_TYPE_CONTEXT:
        if (kind != FEEL_CONTEXT)
            return false;
        for (size_t i = 0; i < type->field_count; i++)
            if (!feel_has(v, type->fields[i].name) ||
                !part_has(type->fields[i].type, feel_get(v, type->fields[i].name), depth - 1,
                          nodes))
                return false;
        return true;
    case FEEL_TYPE_RANGE:
        return kind == FEEL_RANGE && range_has_type(type, v.u.range, depth - 1, nodes);
    case FEEL_TYPE_FUNCTION:
        return kind == FEEL_FUNCTION && function_has(type, v.u.function, depth - 1);
    case FEEL_TYPE_ANY: break;
    }
    return true;
}

bool value_has_type(const struct feel_type *type, struct feel_value v, uint64_t *nodes) {
    if (feel_is_null(v))
        return type->tag == FEEL_TYPE_KIND && type->kind == FEEL_NULL;
    return has(or_any(type), v, TYPE_DEPTH_MAX, nodes);
}

/* DMN 1.5: table 61 */
bool feel_type_has(const struct feel_type *type, struct feel_value v) {
    uint64_t nodes = FEEL_NODES_MAX;
    return value_has_type(type, v, &nodes);
}

/* --- printing
 * --------------------------------------------------------------------------------------------- */
static void print_fields(struct buf *out, const struct feel_type *type, bool names, int depth);

static void print(struct buf *out, const struct feel_type *type, int depth) {
    type = or_any(type);
    if (type->name.len > 0 || depth == 0) {
        buf_add(out, type->name.len > 0 ? type->name : STR("..."));
        return;
    }
    switch (type->tag) {
    case FEEL_TYPE_ANY: buf_lit(out, "Any"); return;
    case FEEL_TYPE_KIND:
        buf_add(out, str_from(type->kind == FEEL_NULL ? "Null" : feel_kind_name(type->kind)));
        return;
    case FEEL_TYPE_LIST:
    case FEEL_TYPE_RANGE:
        buf_add(out, type->tag == FEEL_TYPE_LIST ? STR("list") : STR("range"));
        if (type->element == NULL)
            return;
        buf_lit(out, "<");
        print(out, type->element, depth - 1);
        buf_lit(out, ">");
        return;
    case FEEL_TYPE_CONTEXT:
        buf_lit(out, "context");
        if (type->field_count > 0)
            print_fields(out, type, true, depth);
        return;
    case FEEL_TYPE_FUNCTION:
        buf_lit(out, "function");
        if (type->plain)
            return;
        print_fields(out, type, false, depth);
        buf_lit(out, " -> ");
        print(out, type->element, depth - 1);
        return;
    }
}

static void print_fields(struct buf *out, const struct feel_type *type, bool names, int depth) {
    buf_lit(out, "<");
    for (size_t i = 0; i < type->field_count; i++) {
        if (i > 0)
            buf_lit(out, ", ");
        if (names) {
            buf_add(out, type->fields[i].name);
            buf_lit(out, ": ");
        }
        print(out, type->fields[i].type, depth - 1);
    }
    buf_lit(out, ">");
}

void feel_type_print(struct buf *out, const struct feel_type *type) {
    print(out, type, TYPE_DEPTH_MAX);
}
