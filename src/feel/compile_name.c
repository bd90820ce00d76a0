/* What a name means where it stands: a local, a value copied into the function (capture), a slot of
 * the caller's variables, or a built-in function. Inside a filter an unqualified name may be a
 * member of the item, known only at run time, so the member is asked first and the outer meaning
 * second.
 * DMN 1.5: 10.3.2.11 */
#include "feel/builtin.h"
#include "feel/compiler.h"

enum { BINDINGS_MAX = 60000, INPUTS_FEW = 16, INPUT_MAP_BYTES = 160 };

static uint16_t bucket_of(struct str name) {
    return (uint16_t)(str_hash(name) % BUCKETS);
}

bool name_bind(struct compiler *c, enum binding_kind kind, struct str name, uint32_t slot) {
    uint16_t bucket = kind == BIND_FILTER ? FILTERS : bucket_of(name);
    if (c->bindings.count == BINDINGS_MAX)
        return code_refuse(c, ERR_LIMIT, "an expression has too many names");
    uint32_t before = c->bindings.count;
    *CODE_ADD(c, &c->bindings, struct binding) =
        (struct binding){kind, name, c->unit->level, slot, bucket, c->bound[bucket]};
    if (c->bindings.count > before) /* else it went to the spare bytes */
        c->bound[bucket] = c->bindings.count;
    return true;
}

void name_unbind(struct compiler *c, uint32_t mark) {
    const struct binding *bindings = c->bindings.at;
    for (uint32_t i = c->bindings.count; i > mark; i--)
        c->bound[bindings[i - 1].bucket] = bindings[i - 1].below;
    c->bindings.count = MIN_OF(c->bindings.count, mark);
}

/* The binding of that name at or below 1 + index `at`, as 1 + its index; 0: none. */
static uint32_t bound_at(struct compiler *c, struct str name, uint32_t at) {
    const struct binding *bindings = c->bindings.at;
    for (; at > 0 && !str_eq(bindings[at - 1].name, name); c->looked++)
        at = bindings[at - 1].below;
    return at;
}

static enum capture_from capture_from(enum binding_kind kind) {
    switch (kind) {
    case BIND_SELF: return CAPTURE_SELF;
    case BIND_PARTIAL: return CAPTURE_PARTIAL;
    default: return CAPTURE_LOCAL;
    }
}

/* Captures are told by a number: a binding's index, or ~slot for a variable of the caller. */
static int32_t capture(struct compiler *c, struct unit *u, int32_t id) {
    const int32_t *captured = u->captured.at;
    for (uint32_t i = 0; i < u->captured.count; i++, c->looked++)
        if (captured[i] == id)
            return (int32_t)i;
    const struct binding *b = id < 0 ? NULL : (const struct binding *)c->bindings.at + id;
    struct capture from = {CAPTURE_VAR, ~id};
    if (b != NULL ? b->level < u->level - 1 : u->level > 1)
        from = (struct capture){CAPTURE_CAPTURE, capture(c, u->outer, id)};
    else if (b != NULL)
        from = (struct capture){capture_from(b->kind), (int32_t)b->slot};
    *CODE_ADD(c, &u->captures, struct capture) = from;
    *CODE_ADD(c, &u->captured, int32_t) = id;
    return (int32_t)u->captures.count - 1;
}

static void gen_binding(struct compiler *c, uint32_t index) {
    const struct binding *b = (const struct binding *)c->bindings.at + index;
    if (b->level != c->unit->level)
        (void)code_emit(c, OP_CAPTURE, 0, capture(c, c->unit, (int32_t)index), 1);
    else if (b->kind == BIND_SELF)
        (void)code_emit(c, OP_SELF, 0, 0, 1);
    else if (b->kind == BIND_PARTIAL)
        (void)code_emit(c, OP_BUILT, 0, (int32_t)b->slot, 1);
    else
        (void)code_emit(c, OP_LOCAL, 0, (int32_t)b->slot, 1);
}

/* Ask the item of a filter for a member; the jump behind it is taken when it has one. */
static bool gen_member(struct compiler *c, uint32_t index, struct str name, uint32_t *jump) {
    struct binding b = ((const struct binding *)c->bindings.at)[index];
    if (b.level != c->unit->level) {
        gen_binding(c, index);
        if (!code_take_locals(c, &b.slot, 1))
            return false;
        (void)code_emit(c, OP_SET, 0, (int32_t)b.slot, -1);
    }
    (void)code_emit(c, OP_MEMBER, b.slot, code_add_name(c, name), 0);
    *jump = code_emit(c, OP_JUMP, 0, 0, 0);
    return true;
}

/* Many of them, as in a large text whose names are all open, are found by a map. */
void name_add_input(struct compiler *c, struct str name) {
    *CODE_ADD(c, &c->inputs, struct str) = name;
    if (c->inputs.count <= INPUTS_FEW ||
        !code_affords(c, (size_t)c->inputs.count * INPUT_MAP_BYTES))
        return;
    if (c->input_map.arena == NULL)
        map_init(&c->input_map, c->arena);
    const struct str *inputs = c->inputs.at;
    for (; c->inputs_mapped < c->inputs.count; c->inputs_mapped++)
        (void)map_put(&c->input_map, inputs[c->inputs_mapped], c->inputs_mapped);
}

static bool find_input(const struct compiler *c, struct str name, int32_t *slot) {
    const struct str *inputs = c->inputs.at;
    if (c->inputs_mapped > 0) {
        const size_t *found = map_find(&c->input_map, name);
        *slot = found == NULL ? -1 : (int32_t)*found;
        return found != NULL;
    }
    for (uint32_t i = 0; i < c->inputs.count; i++)
        if (str_eq(inputs[i], name)) {
            *slot = (int32_t)i;
            return true;
        }
    return false;
}

static void gen_var(struct compiler *c, int32_t slot, bool in_filter) {
    size_t declared = c->options->name_count, index = (size_t)slot;
    if (index < declared)
        c->used[slot] = true;
    else if (!in_filter && index - declared < c->certain.count)
        ((bool *)c->certain.at)[index - declared] = true;
    if (c->unit->level == 0)
        (void)code_emit(c, OP_VAR, 0, slot, 1);
    else
        code_ins(c, code_emit(c, OP_CAPTURE_VAR, 0, capture(c, c->unit, ~slot), 1))->c = slot;
}

static bool gen_free_name(struct compiler *c, struct str name, bool in_filter) {
    int32_t slot;
    if (find_input(c, name, &slot)) {
        gen_var(c, slot, in_filter);
        return true;
    }
    /* calls are compiled elsewhere: this is the function as a value */
    int id = c->options->shadow ? -1 : builtin_find(name);
    if (id >= 0) {
        struct feel_function *f = arena_new(c->arena, struct feel_function, 1);
        f->kind = FUNCTION_BUILTIN;
        f->builtin = id;
        struct feel_value v = {.head = FEEL_FUNCTION, .u.function = f};
        (void)code_emit(c, OP_CONST, 0, code_add_const(c, v), 1);
        return true;
    }
    if (in_filter && !c->options->open) { /* known only when no item has such a member */
        struct str why = arena_printf(c->arena, "nothing is named '%.*s'", STR_ARG(name));
        (void)code_emit(c, OP_BAD, 0, code_add_name(c, why), 1);
        return true;
    }
    if (!c->options->open)
        return err_set(c->err, ERR_UNKNOWN, ast_place(c->node->source, c->node->at),
                       "nothing is named '%.*s'", STR_ARG(name));
    name_add_input(c, name);
    *CODE_ADD(c, &c->certain, bool) = false;
    gen_var(c, (int32_t)c->inputs.count - 1, in_filter);
    return true;
}

/* A chain of jumps is patched to the end: filters in filters ask from the inside out. `item` is the
 * item itself, unless that is a context with an entry of that name.
 * DMN 1.5: 10.3.2.5, 10.3.2.11.2, 10.3.2.11.3 */
bool name_gen(struct compiler *c, struct str name) {
    uint32_t jumps[FEEL_NESTING_MAX];
    uint32_t jump_count = 0;
    bool item = str_eq(name, STR("item"));
    uint32_t stack = c->unit->stack;
    uint32_t bound = bound_at(c, name, c->bound[bucket_of(name)]), filter = c->bound[FILTERS];
    for (; filter > bound; filter = ((const struct binding *)c->bindings.at)[filter - 1].below) {
        if (jump_count == COUNT_OF(jumps))
            return code_refuse(c, ERR_LIMIT, "too many filters in filters");
        if (!gen_member(c, filter - 1, name, &jumps[jump_count++]))
            return false;
        if (item) {
            bound = filter;
            break;
        }
    }
    if (bound > 0) {
        gen_binding(c, bound - 1);
        goto found;
    }
    if (!gen_free_name(c, name, jump_count > 0))
        return false;
found:
    for (uint32_t i = 0; i < jump_count; i++)
        code_patch(c, jumps[i]);
    c->unit->stack = stack + 1;
    return true;
}

bool name_is_declared(struct compiler *c, struct str name) {
    if (bound_at(c, name, c->bound[bucket_of(name)]) > 0)
        return true;
    int32_t slot;
    return find_input(c, name, &slot) && (size_t)slot < c->options->name_count;
}
