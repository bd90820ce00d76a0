/* The conveniences: variables from a context, an expression evaluated once, functions in C. */
#include "feel/machine.h"
#include "feel/type.h"

enum { MEMBERS_MAX = 1024, MEMBER_DEPTH_MAX = 8 };

struct feel_value feel_native(struct arena *a, feel_native_fn fn, const void *self,
                              const struct str *params, size_t param_count) {
    return feel_native_typed(a, fn, self, params, NULL, param_count, NULL);
}

struct feel_value feel_native_typed(struct arena *a, feel_native_fn fn, const void *self,
                                    const struct str *params, const struct str *aliases,
                                    size_t param_count, const struct feel_type *type) {
    struct feel_function *f = arena_new(a, struct feel_function, 1);
    f->kind = FUNCTION_NATIVE;
    f->native = fn;
    f->self = self;
    f->params = (struct shape){params, (uint32_t)param_count};
    f->aliases = aliases;
    f->type = type;
    return (struct feel_value){.head = FEEL_FUNCTION, .u.function = f};
}

struct feel_value *feel_vars(struct arena *a, const struct feel_program *program,
                             struct feel_value context) {
    struct feel_value *vars = arena_new(a, struct feel_value, program->input_count);
    for (size_t i = 0; i < program->input_count; i++)
        vars[i] = feel_get(context, program->inputs[i]);
    return vars;
}

/* Every name in the data that might be written with blanks or symbols. */
static bool same_keys(struct feel_value a, struct feel_value b) {
    bool same = feel_kind(a) == FEEL_CONTEXT && feel_kind(b) == FEEL_CONTEXT && a.count == b.count;
    for (uint32_t i = 0; same && i < a.count; i++)
        same = str_eq(feel_entries(a)[i].name, feel_entries(b)[i].name);
    return same;
}

static size_t members_of(struct str *out, size_t count, struct feel_value v, int depth) {
    if (depth == 0)
        return count;
    for (uint32_t i = 0; feel_kind(v) == FEEL_LIST && i < v.count && count < MEMBERS_MAX; i++)
        if (i == 0 || !same_keys(v.u.items[i], v.u.items[i - 1])) /* items are mostly alike */
            count = members_of(out, count, v.u.items[i], depth - 1);
    if (feel_kind(v) != FEEL_CONTEXT)
        return count;
    const struct feel_entry *entries = feel_entries(v);
    for (uint32_t i = 0; i < v.count && count < MEMBERS_MAX; i++) {
        out[count++] = entries[i].name;
        count = members_of(out, count, entries[i].value, depth - 1);
    }
    return count;
}

/* What the parser may know of the members of a value: of a list, when its items have the same, and
 * nothing of what is in these. */
static const struct feel_type *type_seen(struct arena *a, struct feel_value v, int depth,
                                         size_t *left) {
    if (depth == 0 || *left == 0)
        return NULL;
    --*left;
    if (feel_kind(v) == FEEL_LIST && v.count > 0) {
        for (uint32_t i = 1; i < v.count; i++)
            if (!same_keys(v.u.items[i], v.u.items[i - 1]))
                return NULL;
        return type_seen(a, v.u.items[0], v.count == 1 ? depth - 1 : 1, left);
    }
    if (feel_kind(v) != FEEL_CONTEXT || v.count > *left)
        return NULL;
    const struct feel_entry *entries = feel_entries(v);
    struct feel_field *fields = arena_new(a, struct feel_field, v.count);
    struct feel_type *type = arena_new(a, struct feel_type, 1);
    *left -= v.count;
    for (uint32_t i = 0; i < v.count; i++)
        fields[i] =
            (struct feel_field){entries[i].name, type_seen(a, entries[i].value, depth - 1, left)};
    *type = (struct feel_type){
        .tag = FEEL_TYPE_CONTEXT, .kind = FEEL_CONTEXT, .fields = fields, .field_count = v.count};
    return type;
}

bool feel_once(struct feel_value *out, struct str text, struct feel_value context,
               struct feel_env env, struct arena *a, struct budget *budget, struct err *err) {
    size_t count = feel_kind(context) == FEEL_CONTEXT ? feel_count(context) : 0;
    struct feel_name *names = arena_new(a, struct feel_name, count);
    struct feel_value *vars = arena_new(a, struct feel_value, count);
    struct str *members = arena_new(a, struct str, MEMBERS_MAX);
    struct feel_program *program;
    size_t left = MEMBERS_MAX;
    for (size_t i = 0; i < count; i++) {
        names[i].name = feel_entries(context)[i].name;
        names[i].type = type_seen(a, feel_entries(context)[i].value, MEMBER_DEPTH_MAX, &left);
        vars[i] = feel_entries(context)[i].value;
    }
    struct feel_options options = {.names = names,
                                   .name_count = count,
                                   .members = members,
                                   .member_count =
                                       members_of(members, 0, context, MEMBER_DEPTH_MAX),
                                   .zones = env.zones,
                                   .open = true,
                                   .budget = budget,
                                   .at = {"expression", 1, 1}};
    *out = feel_null();
    env.vars = vars;
    env.var_count = count;
    return feel_compile(&program, a, text, &options, err) &&
           feel_eval(out, program, &env, a, budget, err);
}
