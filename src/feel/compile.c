/* From tree to code, in one walk. Names are resolved here: to a local, a value copied into the
 * function (capture), a slot of the caller's variables, or a built-in function. Inside a filter an
 * unqualified name may be a member of the item, known only at run time, so the member is asked
 * first and the outer meaning second.
 * Invariants: 1. every expression leaves exactly one value more on the operand stack;
 *             2. locals are never shared by two live uses: a slot is taken once in a function;
 *             3. recursion is bounded by AST_DEPTH_MAX.
 * DMN 1.5: 10.3.2.11 */
#include "base/map.h"
#include "feel/builtin.h"
#include "feel/code.h"
#include "feel/regex.h"
#include "feel/tree.h"

enum { LOCALS_MAX = 60000, BINDINGS_MAX = 60000, FUNCTIONS_DEEP_MAX = 32 };

struct list { /* grows in the arena */
    void *at;
    uint32_t count, room;
};

/* A function whose code is being made. level 0 is the program itself. */
struct unit {
    struct unit *outer;
    int level;
    struct list code, places, captures;
    struct list captured; /* int: the binding that captures[i] holds */
    uint32_t local_count, stack, stack_max;
};

enum binding_kind { BIND_LOCAL, BIND_SELF, BIND_FILTER, BIND_PARTIAL };
struct binding {
    enum binding_kind kind;
    struct str name;
    int level;
    uint32_t slot;
    uint16_t bucket;
    uint32_t below; /* in the bucket: 1 + the binding before, or 0 */
};

enum { BUCKETS = 256, FILTERS = BUCKETS }; /* of bindings by name; the last is that of filters */

struct compiler {
    struct arena *arena;
    struct err *err;
    const struct feel_options *options;
    struct feel_program *program;
    struct unit *unit;
    struct list consts, names, types, shapes, protos, hooks, patterns, inputs, bindings;
    struct map input_map; /* of the first inputs_mapped, once there are many */
    uint32_t inputs_mapped;
    uint64_t looked; /* names compared since the last node: each has its part of a step */
    uint32_t bound[BUCKETS + 1]; /* the innermost binding of each bucket, + 1 */
    bool *used;
    const struct ast *node;              /* being compiled, for places */
    bool full;                           /* memory ran out */
    alignas(max_align_t) char spare[64]; /* takes what no longer fits, until the end */
};

static bool gen(struct compiler *c, const struct ast *node);

enum { SLACK_BYTES = 4096 }; /* of the arena, for what is small */

/* Is there memory for bytes more? The first refusal ends the compilation, at the next node. */
static bool affords(struct compiler *c, size_t bytes) {
    size_t left = arena_limit_bytes(c->arena) - arena_used_bytes(c->arena);
    c->full = c->full || left < bytes + SLACK_BYTES;
    return !c->full;
}

/* --- growing lists -------------------------------------------------------------------------------
 */
static void *list_add(struct compiler *c, struct list *list, size_t item_bytes) {
    if (list->count == list->room) {
        uint32_t room = list->room == 0 ? 8 : list->room * 2;
        if (!affords(c, room * item_bytes))
            return c->spare;
        void *grown = arena_alloc(c->arena, room, item_bytes, alignof(max_align_t));
        if (list->count > 0)
            memcpy(grown, list->at, list->count * item_bytes);
        list->at = grown;
        list->room = room;
    }
    return (char *)list->at + item_bytes * list->count++;
}

#define LIST_ADD(c, list, type) ((type *)list_add((c), (list), sizeof(type)))

static int32_t add_const(struct compiler *c, struct feel_value v) {
    *LIST_ADD(c, &c->consts, struct feel_value) = v;
    return (int32_t)c->consts.count - 1;
}

static int32_t add_name(struct compiler *c, struct str name) {
    const struct str *names = c->names.at;
    for (uint32_t i = 0; i < MIN_OF(c->names.count, 64u); i++)
        if (str_eq(names[i], name))
            return (int32_t)i;
    *LIST_ADD(c, &c->names, struct str) = name;
    return (int32_t)c->names.count - 1;
}

static int32_t add_type(struct compiler *c, const struct feel_type *type) {
    *LIST_ADD(c, &c->types, const struct feel_type *) = type;
    return (int32_t)c->types.count - 1;
}

/* --- emitting
 * ------------------------------------------------------------------------------------- */
static uint32_t emit(struct compiler *c, enum op op, uint32_t a, int32_t b, int stack_change) {
    struct unit *u = c->unit;
    *LIST_ADD(c, &u->code, struct ins) = (struct ins){(uint16_t)op, (uint16_t)a, b, 0};
    *LIST_ADD(c, &u->places, struct place) =
        (struct place){c->node->source, c->node->at, c->node->len};
    u->stack = (uint32_t)((int)u->stack + stack_change);
    u->stack_max = MAX_OF(u->stack_max, u->stack);
    return u->code.count - 1;
}

/* An instruction that did not fit has no place: what is said about it goes to the spare bytes. */
static struct ins *ins_at(struct compiler *c, uint32_t ins) {
    return ins < c->unit->code.count ? (struct ins *)c->unit->code.at + ins
                                     : (struct ins *)(void *)c->spare;
}

static void patch(struct compiler *c, uint32_t ins) {
    ins_at(c, ins)->c = (int32_t)c->unit->code.count;
}

static void patch_to(struct compiler *c, uint32_t ins, uint32_t target) {
    ins_at(c, ins)->c = (int32_t)target;
}

static bool refuse(struct compiler *c, enum err_code code, const char *what) {
    return err_set(c->err, code, ast_place(c->node->source, c->node->at), "%s", what);
}

static bool take_locals(struct compiler *c, uint32_t *out, uint32_t count) {
    if (count > LOCALS_MAX - c->unit->local_count)
        return refuse(c, ERR_LIMIT, "an expression has too many variables");
    *out = c->unit->local_count;
    c->unit->local_count += count;
    return true;
}

static uint16_t bucket_of(struct str name) {
    return (uint16_t)(str_hash(name) % BUCKETS);
}

static bool bind(struct compiler *c, enum binding_kind kind, struct str name, uint32_t slot) {
    uint16_t bucket = kind == BIND_FILTER ? FILTERS : bucket_of(name);
    if (c->bindings.count == BINDINGS_MAX)
        return refuse(c, ERR_LIMIT, "an expression has too many names");
    uint32_t before = c->bindings.count;
    *LIST_ADD(c, &c->bindings, struct binding) =
        (struct binding){kind, name, c->unit->level, slot, bucket, c->bound[bucket]};
    if (c->bindings.count > before) /* else it went to the spare bytes */
        c->bound[bucket] = c->bindings.count;
    return true;
}

static void unbind(struct compiler *c, uint32_t mark) {
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

/* --- names
 * ---------------------------------------------------------------------------------------- */
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
        from =
            (struct capture){b->kind == BIND_SELF ? CAPTURE_SELF : CAPTURE_LOCAL, (int32_t)b->slot};
    *LIST_ADD(c, &u->captures, struct capture) = from;
    *LIST_ADD(c, &u->captured, int32_t) = id;
    return (int32_t)u->captures.count - 1;
}

static void gen_binding(struct compiler *c, uint32_t index) {
    const struct binding *b = (const struct binding *)c->bindings.at + index;
    if (b->level != c->unit->level)
        (void)emit(c, OP_CAPTURE, 0, capture(c, c->unit, (int32_t)index), 1);
    else if (b->kind == BIND_SELF)
        (void)emit(c, OP_SELF, 0, 0, 1);
    else if (b->kind == BIND_PARTIAL)
        (void)emit(c, OP_BUILT, 0, (int32_t)b->slot, 1);
    else
        (void)emit(c, OP_LOCAL, 0, (int32_t)b->slot, 1);
}

/* Ask the item of a filter for a member; the jump behind it is taken when it has one. */
static bool gen_member(struct compiler *c, uint32_t index, struct str name, uint32_t *jump) {
    struct binding b = ((const struct binding *)c->bindings.at)[index];
    if (b.level != c->unit->level) {
        gen_binding(c, index);
        if (!take_locals(c, &b.slot, 1))
            return false;
        (void)emit(c, OP_SET, 0, (int32_t)b.slot, -1);
    }
    (void)emit(c, OP_MEMBER, b.slot, add_name(c, name), 0);
    *jump = emit(c, OP_JUMP, 0, 0, 0);
    return true;
}

enum { INPUTS_FEW = 16, INPUT_MAP_BYTES = 160 };

/* Many of them, as in a large text whose names are all open, are found by a map. */
static void add_input(struct compiler *c, struct str name) {
    *LIST_ADD(c, &c->inputs, struct str) = name;
    if (c->inputs.count <= INPUTS_FEW || !affords(c, (size_t)c->inputs.count * INPUT_MAP_BYTES))
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

static void gen_var(struct compiler *c, int32_t slot) {
    if (c->used != NULL && (size_t)slot < c->options->name_count)
        c->used[slot] = true;
    if (c->unit->level == 0)
        (void)emit(c, OP_VAR, 0, slot, 1);
    else
        (void)emit(c, OP_CAPTURE, 0, capture(c, c->unit, ~slot), 1);
}

static bool gen_free_name(struct compiler *c, struct str name, bool in_filter) {
    int32_t slot;
    if (find_input(c, name, &slot)) {
        gen_var(c, slot);
        return true;
    }
    /* calls are compiled elsewhere: this is the function as a value */
    int id = c->options->shadow ? -1 : builtin_find(name);
    if (id >= 0) {
        struct feel_function *f = arena_new(c->arena, struct feel_function, 1);
        f->kind = FUNCTION_BUILTIN;
        f->builtin = id;
        struct feel_value v = {.head = FEEL_FUNCTION, .u.function = f};
        (void)emit(c, OP_CONST, 0, add_const(c, v), 1);
        return true;
    }
    if (in_filter) {
        struct str why = arena_printf(c->arena, "nothing is named '%.*s'", STR_ARG(name));
        (void)emit(c, OP_BAD, 0, add_name(c, why), 1);
        return true;
    }
    if (!c->options->open)
        return err_set(c->err, ERR_UNKNOWN, ast_place(c->node->source, c->node->at),
                       "nothing is named '%.*s'", STR_ARG(name));
    add_input(c, name);
    gen_var(c, (int32_t)c->inputs.count - 1);
    return true;
}

/* A chain of jumps is patched to the end: filters in filters ask from the inside out. `item` is the
 * item itself, unless that is a context with an entry of that name. DMN 1.5: 10.3.2.5 */
/* DMN 1.5: 10.3.2.11.2, 10.3.2.11.3 */
static bool gen_name(struct compiler *c, struct str name) {
    uint32_t jumps[FEEL_NESTING_MAX];
    uint32_t jump_count = 0;
    bool item = str_eq(name, STR("item"));
    uint32_t stack = c->unit->stack;
    uint32_t bound = bound_at(c, name, c->bound[bucket_of(name)]), filter = c->bound[FILTERS];
    for (; filter > bound; filter = ((const struct binding *)c->bindings.at)[filter - 1].below) {
        if (jump_count == COUNT_OF(jumps))
            return refuse(c, ERR_LIMIT, "too many filters in filters");
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
        patch(c, jumps[i]);
    c->unit->stack = stack + 1;
    return true;
}

/* --- operators
 * ------------------------------------------------------------------------------------ */
static bool gen_two(struct compiler *c, const struct ast *node, enum op op) {
    if (!gen(c, node->a) || !gen(c, node->b))
        return false;
    c->node = node;
    (void)emit(c, op, 0, 0, -1);
    return true;
}

static enum op arith_op(int sign) {
    switch (sign) {
    case '+': return OP_ADD;
    case '-': return OP_SUB;
    case '*': return OP_MUL;
    case '/': return OP_DIV;
    default: return OP_POW;
    }
}

/* DMN 1.5: table 50: false and X is false, whatever X; the right side is then not evaluated */
static bool gen_logic(struct compiler *c, const struct ast *node, enum op jump, enum op op) {
    if (!gen(c, node->a))
        return false;
    c->node = node;
    uint32_t over = emit(c, jump, 0, 0, 0);
    if (!gen(c, node->b))
        return false;
    c->node = node;
    (void)emit(c, op, 0, 0, -1);
    patch(c, over);
    return true;
}

/* DMN 1.5: table 49 */
static bool gen_if(struct compiler *c, const struct ast *node) {
    if (!gen(c, node->a))
        return false;
    c->node = node->a;
    uint32_t to_else = emit(c, OP_JUMP_ELSE, 0, 0, -1);
    if (!gen(c, node->b))
        return false;
    uint32_t to_end = emit(c, OP_JUMP, 0, 0, -1);
    patch(c, to_else);
    if (!gen(c, node->c))
        return false;
    patch(c, to_end);
    ins_at(c, to_else)->b = (int32_t)c->unit->code.count;
    return true;
}

/* --- tests: DMN 1.5: table 55
 * --------------------------------------------------------- */
static bool gen_range_ends(struct compiler *c, const struct ast *node) {
    return gen(c, node->a) && gen(c, node->b);
}

static bool gen_test(struct compiler *c, const struct ast *test, uint32_t subject) {
    c->node = test;
    /* A boolean that stands there as such is a value to be equal to, not a condition that holds for
     * every subject: `true` in a cell must not match where the input is missing. DMN 1.5: 7.3.4 */
    bool literal = test->kind == AST_CONST && feel_kind(test->value) == FEEL_BOOLEAN;
    if (test->kind == AST_UNARY || literal) {
        (void)emit(c, OP_LOCAL, 0, (int32_t)subject, 1);
        if (!gen(c, literal ? test : test->a))
            return false;
        c->node = test;
        (void)emit(c, literal ? OP_EQ : OP_EQ + test->op, 0, 0, -1);
        return true;
    }
    if (test->kind == AST_RANGE && test->a != NULL && test->b != NULL) {
        if (!gen_range_ends(c, test))
            return false;
        c->node = test;
        (void)emit(c, OP_IN_RANGE, test->op, (int32_t)subject, -1);
        return true;
    }
    if (!gen(c, test))
        return false;
    c->node = test;
    (void)emit(c, OP_TEST, tree_test_kind(test), (int32_t)subject, 0);
    return true;
}

static bool gen_tests(struct compiler *c, const struct ast *tests, uint32_t subject) {
    uint32_t mark = c->bindings.count;
    if (!bind(c, BIND_LOCAL, STR("?"), subject))
        return false;
    uint32_t *jumps = arena_new(c->arena, uint32_t, 1);
    uint32_t count = 0, room = 1;
    for (const struct ast *test = tests->list; test != NULL; test = test->next) {
        if (!gen_test(c, test, subject))
            return false;
        if (test != tests->list)
            (void)emit(c, OP_OR, 0, 0, -1);
        if (test->next == NULL)
            break;
        if (count == room) {
            if (!affords(c, 2 * room * sizeof *jumps))
                return refuse(c, ERR_LIMIT, "an expression takes too much memory");
            uint32_t *grown = arena_new(c->arena, uint32_t, room * 2);
            memcpy(grown, jumps, count * sizeof *grown);
            jumps = grown;
            room *= 2;
        }
        jumps[count++] = emit(c, OP_JUMP_TRUE, 0, 0, 0);
    }
    for (uint32_t i = 0; i < count; i++)
        patch(c, jumps[i]);
    c->node = tests;
    if (tests->op == 1)
        (void)emit(c, OP_NOT, 0, 0, 0);
    unbind(c, mark);
    return true;
}

static bool gen_in(struct compiler *c, const struct ast *node) {
    uint32_t subject;
    if (!take_locals(c, &subject, 1) || !gen(c, node->a))
        return false;
    c->node = node;
    (void)emit(c, OP_SET, 0, (int32_t)subject, -1);
    return gen_tests(c, node->b, subject);
}

/* A whole cell: tests of the variable "?". */
static bool gen_cell(struct compiler *c, const struct ast *node) {
    uint32_t subject;
    if (!take_locals(c, &subject, 1) || !gen_name(c, STR("?")))
        return false;
    (void)emit(c, OP_SET, 0, (int32_t)subject, -1);
    return gen_tests(c, node, subject);
}

/* --- lists, contexts, ranges
 * ------------------------------------------------------------------------- */
static bool gen_list(struct compiler *c, const struct ast *node) {
    int32_t count = 0;
    for (const struct ast *item = node->list; item != NULL; item = item->next, count++)
        if (!gen(c, item))
            return false;
    c->node = node;
    (void)emit(c, OP_LIST, 0, count, 1 - count);
    return true;
}

static int32_t add_shape(struct compiler *c, const struct ast *list) {
    uint32_t count = tree_count(list), i = 0;
    if (!affords(c, count * sizeof(struct str)))
        return 0;
    struct str *names = arena_new(c->arena, struct str, count);
    for (; list != NULL; list = list->next)
        names[i++] = list->name;
    *LIST_ADD(c, &c->shapes, struct shape) = (struct shape){names, count};
    return (int32_t)c->shapes.count - 1;
}

static bool gen_function(struct compiler *c, const struct ast *node, struct str self);

/* DMN 1.5: 10.3.2.6, 10.3.2.11.1, 10.3.2.13.4, table 69: an entry sees those before it; a function
 * sees itself too */
static bool gen_context(struct compiler *c, const struct ast *node) {
    uint32_t mark = c->bindings.count, slot, i = 0;
    if (!take_locals(c, &slot, tree_count(node->list)))
        return false;
    for (const struct ast *entry = node->list; entry != NULL; entry = entry->next, i++) {
        bool made = tree_plain(entry->a)->kind == AST_FUNCTION
                        ? gen_function(c, tree_plain(entry->a), entry->name)
                        : gen(c, entry->a);
        if (!made)
            return false;
        for (const struct ast *typed = entry->a;
             tree_plain(entry->a)->kind == AST_FUNCTION && typed != tree_plain(entry->a);
             typed = typed->a)
            (void)emit(c, OP_COERCE, 0, add_type(c, typed->type), 0);
        c->node = entry;
        (void)emit(c, OP_SET, 0, (int32_t)(slot + i), -1);
        if (!bind(c, BIND_LOCAL, entry->name, slot + i))
            return false;
    }
    unbind(c, mark);
    c->node = node;
    (void)emit(c, OP_CONTEXT, slot, add_shape(c, node->list), 1);
    return true;
}

static bool gen_range(struct compiler *c, const struct ast *node) {
    int32_t missing = (node->a == NULL ? 1 : 0) | (node->b == NULL ? 2 : 0);
    if ((node->a != NULL && !gen(c, node->a)) || (node->b != NULL && !gen(c, node->b)))
        return false;
    c->node = node;
    (void)emit(c, OP_RANGE, node->op, missing, 1 - (node->a != NULL) - (node->b != NULL));
    return true;
}

/* (< 10) as a value is the range (null..10) */
static bool gen_unary_range(struct compiler *c, const struct ast *node) {
    static const struct {
        uint8_t flags, missing;
    } rows[] = {[AST_LT] = {0, 1},
                [AST_LE] = {AST_HIGH_CLOSED, 1},
                [AST_GT] = {0, 2},
                [AST_GE] = {AST_LOW_CLOSED, 2}};
    if (!gen(c, node->a))
        return false;
    c->node = node;
    if (node->op == AST_EQ || node->op == AST_NE) { /* (= 5) is [5..5], (!= 5) all but it */
        uint32_t slot;
        if (!take_locals(c, &slot, 1))
            return false;
        (void)emit(c, OP_SET, 0, (int32_t)slot, -1);
        (void)emit(c, OP_LOCAL, 0, (int32_t)slot, 1);
        (void)emit(c, OP_LOCAL, 0, (int32_t)slot, 1);
        (void)emit(c, OP_RANGE,
                   node->op == AST_EQ ? AST_LOW_CLOSED | AST_HIGH_CLOSED | AST_ONLY_EQUAL
                                      : AST_ONLY_OTHERS,
                   0, -1);
        return true;
    }
    (void)emit(c, OP_RANGE, rows[node->op].flags, rows[node->op].missing, 0);
    return true;
}

/* --- filters: DMN 1.5: 10.3.2.5
 * ------------------------------------------------------------------------ */
/* DMN 1.5: 10.3.2.11.4, table 68 */
static bool gen_filter(struct compiler *c, const struct ast *node) {
    if (!gen(c, node->a))
        return false;
    if (node->b->kind == AST_CONST && feel_kind(node->b->value) == FEEL_NUMBER &&
        node->op != AST_FILTER_TESTS) {
        if (!gen(c, node->b))
            return false;
        c->node = node;
        (void)emit(c, OP_INDEX, 0, 0, -1);
        return true;
    }
    uint32_t slots, mark = c->bindings.count;
    if (!take_locals(c, &slots, 4) || !bind(c, BIND_FILTER, STR_NONE, slots + 3))
        return false;
    c->node = node;
    uint32_t begin = emit(c, OP_FILTER, tree_is_condition(node->b) ? 1 : 0, (int32_t)slots, -1);
    uint32_t loop = c->unit->code.count;
    if (!gen(c, node->b))
        return false;
    c->node = node;
    patch_to(c, emit(c, OP_FILTER_NEXT, node->op, (int32_t)slots, 0), loop);
    patch(c, begin);
    unbind(c, mark);
    return true;
}

/* --- iterations: DMN 1.5: 10.3.2.14
 * --------------------------------------------------------------------- */
/* DMN 1.5: 10.3.2.14, rule 63 */
static bool gen_iter_begin(struct compiler *c, const struct ast *iter, uint32_t slots,
                           uint32_t result, uint32_t *jump) {
    if (!gen(c, iter->a) || (iter->b != NULL && !gen(c, iter->b)))
        return false;
    c->node = iter;
    *jump = iter->b == NULL ? emit(c, OP_ITER, result, (int32_t)slots, -1)
                            : emit(c, OP_ITER_RANGE, result, (int32_t)slots, -2);
    return bind(c, BIND_LOCAL, iter->name, slots + 2);
}

static bool gen_iters(struct compiler *c, const struct ast *iter, const struct ast *node,
                      uint32_t result);

static bool gen_iteration_body(struct compiler *c, const struct ast *node, uint32_t result) {
    if (!gen(c, node->a))
        return false;
    c->node = node;
    (void)emit(c, OP_APPEND, 0, (int32_t)result, -1);
    return true;
}

static bool gen_iters(struct compiler *c, const struct ast *iter, const struct ast *node,
                      uint32_t result) {
    uint32_t slots, jump;
    if (!take_locals(c, &slots, 3) || !gen_iter_begin(c, iter, slots, result, &jump))
        return false;
    uint32_t loop = c->unit->code.count;
    if (!(iter->next != NULL ? gen_iters(c, iter->next, node, result)
                             : gen_iteration_body(c, node, result)))
        return false;
    c->node = iter;
    patch_to(c, emit(c, OP_ITER_NEXT, 0, (int32_t)slots, 0), loop);
    patch(c, jump);
    return true;
}

/* DMN 1.5: table 49 */
static bool gen_for(struct compiler *c, const struct ast *node) {
    uint32_t result, mark = c->bindings.count;
    if (tree_count(node->list) > FEEL_NESTING_MAX)
        return refuse(c, ERR_LIMIT, "an iteration has too many variables");
    if (!take_locals(c, &result, 1))
        return false;
    (void)emit(c, OP_BUILD, 0, (int32_t)result, 0);
    if (!bind(c, BIND_PARTIAL, STR("partial"), result) || !gen_iters(c, node->list, node, result))
        return false;
    unbind(c, mark);
    c->node = node;
    (void)emit(c, OP_BUILT, 0, (int32_t)result, 1);
    return true;
}

/* The innermost test decides at once: jumps go to the end of the whole. */
/* DMN 1.5: table 49 */
static bool gen_quantifier(struct compiler *c, const struct ast *node, enum op op) {
    uint32_t result, mark = c->bindings.count, count = tree_count(node->list), n = 0;
    if (count > FEEL_NESTING_MAX)
        return refuse(c, ERR_LIMIT, "an iteration has too many variables");
    uint32_t *slots = arena_new(c->arena, uint32_t, count);
    uint32_t *jumps = arena_new(c->arena, uint32_t, count);
    uint32_t *loops = arena_new(c->arena, uint32_t, count);
    if (!take_locals(c, &result, 1))
        return false;
    (void)emit(c, OP_CONST, 0, add_const(c, feel_boolean(op == OP_EVERY)), 1);
    (void)emit(c, OP_SET, 0, (int32_t)result, -1);
    for (const struct ast *iter = node->list; iter != NULL; iter = iter->next, n++) {
        if (!take_locals(c, &slots[n], 3) || !gen_iter_begin(c, iter, slots[n], result, &jumps[n]))
            return false;
        loops[n] = c->unit->code.count;
    }
    if (!gen(c, node->a))
        return false;
    c->node = node;
    uint32_t decided = emit(c, op, 0, (int32_t)result, -1);
    while (n-- > 0) {
        patch_to(c, emit(c, OP_ITER_NEXT, 0, (int32_t)slots[n], 0), loops[n]);
        patch(c, jumps[n]);
    }
    patch(c, decided);
    unbind(c, mark);
    (void)emit(c, OP_LOCAL, 0, (int32_t)result, 1);
    return true;
}

/* --- functions
 * ----------------------------------------------------------------------------------------- */
static void proto_close(struct proto *proto, const struct unit *u) {
    proto->code = u->code.at;
    proto->places = u->places.at;
    proto->code_count = u->code.count;
    proto->local_count = u->local_count;
    proto->frame_count = u->local_count + u->stack_max + 1;
    proto->captures = u->captures.at;
    proto->capture_count = u->captures.count;
}

static bool gen_body(struct compiler *c, const struct ast *node, struct proto *proto) {
    uint32_t i = 0, count = tree_count(node->list), first;
    if (!affords(c, count * sizeof(void *)))
        return refuse(c, ERR_LIMIT, "an expression takes too much memory");
    const struct feel_type **types = arena_new(c->arena, const struct feel_type *, count);
    if (!take_locals(c, &first, count))
        return false;
    for (const struct ast *param = node->list; param != NULL; param = param->next, i++) {
        types[i] = param->type;
        if (!bind(c, BIND_LOCAL, param->name, first + i))
            return false;
    }
    int32_t shape = add_shape(c, node->list);
    if (c->full)
        return refuse(c, ERR_LIMIT, "an expression takes too much memory");
    proto->params = ((const struct shape *)c->shapes.at)[shape];
    proto->param_types = types;
    proto->result_type = node->type;
    proto->external = node->op == 1;
    if (!gen(c, node->a))
        return false;
    c->node = node;
    (void)emit(c, OP_RETURN, 0, 0, -1);
    return true;
}

/* DMN 1.5: 10.3.2.8, 10.3.2.13.2, table 48 */
static bool gen_function(struct compiler *c, const struct ast *node, struct str self) {
    struct unit unit = {.outer = c->unit, .level = c->unit->level + 1};
    struct proto *proto = arena_new(c->arena, struct proto, 1);
    uint32_t mark = c->bindings.count;
    c->node = node;
    if (unit.level > FUNCTIONS_DEEP_MAX)
        return refuse(c, ERR_LIMIT, "too many functions in functions");
    proto->program = c->program;
    c->unit = &unit;
    bool made = (self.len == 0 || bind(c, BIND_SELF, self, 0)) && gen_body(c, node, proto);
    proto_close(proto, &unit);
    unbind(c, mark);
    c->unit = unit.outer;
    c->node = node;
    if (!made)
        return false;
    *LIST_ADD(c, &c->protos, const struct proto *) = proto;
    (void)emit(c, OP_FUNCTION, 0, (int32_t)c->protos.count - 1, 1);
    return true;
}

static bool is_bound(struct compiler *c, struct str name) {
    if (bound_at(c, name, c->bound[bucket_of(name)]) > 0)
        return true;
    int32_t slot;
    return find_input(c, name, &slot);
}

static bool refuse_arguments(struct compiler *c, const struct ast *node, int id, uint32_t count) {
    c->node = node;
    struct str why =
        count < builtins[id].min || count > builtins[id].max
            ? arena_printf(c->arena, "%s() does not take %u arguments", builtins[id].name, count)
            : arena_printf(c->arena, "%s() has no such parameters", builtins[id].name);
    (void)emit(c, OP_BAD, 0, add_name(c, why), 1);
    return true;
}

enum { ARGUMENTS_MAX = 60000 };

/* Arguments by name are put in the order of the parameters; one that is missing is null. */
/* DMN 1.5: 10.3.2.13.5 */
static bool gen_builtin_named(struct compiler *c, const struct ast *node, int id) {
    const struct ast *args[16] = {NULL};
    struct str names[16];
    uint8_t order[16];
    char letters[16], letter_of[16] = {0};
    uint32_t count = 0;
    for (const struct ast *arg = node->list; arg != NULL; arg = arg->next) {
        if (count == COUNT_OF(names))
            return refuse_arguments(c, node, id, count);
        names[count++] = arg->name;
    }
    uint32_t top = builtin_order(order, letters, id, names, count), i = 0;
    if (top == 0)
        return refuse_arguments(c, node, id, count);
    for (const struct ast *arg = node->list; arg != NULL; arg = arg->next, i++) {
        args[order[i]] = arg->a;
        letter_of[order[i]] = letters[i];
    }
    for (i = 0; i < top; i++) {
        c->node = node;
        if (args[i] == NULL)
            (void)emit(c, OP_CONST, 0, add_const(c, feel_null()), 1);
        else if (!gen(c, args[i]))
            return false;
        if (letter_of[i] != '\0')
            (void)emit(c, OP_COERCE, 0, add_type(c, builtin_letter_type(letter_of[i])), 0);
    }
    c->node = node;
    (void)emit(c, OP_BUILTIN, top, id, 1 - (int)top);
    return true;
}

static bool gen_arguments(struct compiler *c, const struct ast *node, uint32_t *count) {
    *count = 0;
    for (const struct ast *arg = node->list; arg != NULL; arg = arg->next, ++*count)
        if (!gen(c, arg->kind == AST_NAMED ? arg->a : arg))
            return false;
    c->node = node;
    return *count <= ARGUMENTS_MAX || refuse(c, ERR_LIMIT, "a call has too many arguments");
}

/* A literal pattern is made ready once: 1 + its number; 0 for others, and for one that is broken,
 * which then complains each time it is used. */
static int32_t ready_pattern(struct compiler *c, const struct ast *node, int id) {
    static const struct feel_value none;
    if (id != BUILTIN_MATCHES && id != BUILTIN_REPLACE && id != BUILTIN_SPLIT)
        return 0;
    const struct ast *pattern = node->list->next, *flags = pattern->next;
    if (id == BUILTIN_REPLACE)
        flags = flags->next;
    struct feel_value p = pattern->kind == AST_CONST ? pattern->value : none;
    struct feel_value f = flags != NULL && flags->kind == AST_CONST ? flags->value : none;
    if (feel_kind(p) != FEEL_STRING || (flags != NULL && feel_kind(f) != FEEL_STRING))
        return 0;
    size_t left = arena_limit_bytes(c->arena) - arena_used_bytes(c->arena);
    if (left / 4 < regex_bytes_max(p.count))
        return 0;
    struct arena_mark mark = arena_mark(c->arena);
    const char *why = NULL;
    struct regex *re;
    bool good = regex_compile(&re, c->arena, feel_as_string(p),
                              flags == NULL ? STR_NONE : feel_as_string(f), &why);
    struct cost cost = {regex_steps(re), 0};
    if (c->options->budget != NULL && !budget_spend(c->options->budget, cost, c->err))
        good = false;
    if (!good) {
        arena_rewind(c->arena, mark);
        return 0;
    }
    *LIST_ADD(c, &c->patterns, struct regex *) = re;
    return (int32_t)c->patterns.count;
}

static bool gen_builtin_call(struct compiler *c, const struct ast *node, int id) {
    uint32_t count = tree_count(node->list);
    if (node->list != NULL && node->list->kind == AST_NAMED)
        return gen_builtin_named(c, node, id);
    if (count < builtins[id].min ||
        (builtins[id].max != BUILTIN_ANY_COUNT && count > builtins[id].max))
        return refuse_arguments(c, node, id, count);
    if (!gen_arguments(c, node, &count))
        return false;
    uint32_t at = emit(c, OP_BUILTIN, count, id, 1 - (int)count);
    ins_at(c, at)->c = ready_pattern(c, node, id);
    return c->err->code == ERR_NONE;
}

/* DMN 1.5: 10.3.2.13.2 invocation */
/* DMN 1.5: table 63, 10.3.2.13.1 */
static bool gen_call(struct compiler *c, const struct ast *node) {
    if (node->a->kind == AST_NAME && !is_bound(c, node->a->name)) {
        int id = builtin_find(node->a->name);
        if (id >= 0)
            return gen_builtin_call(c, node, id);
    }
    uint32_t count;
    if (!gen(c, node->a) || !gen_arguments(c, node, &count))
        return false;
    if (node->list != NULL && node->list->kind == AST_NAMED)
        (void)emit(c, OP_CALL_NAMED, count, add_shape(c, node->list), -(int)count);
    else
        (void)emit(c, OP_CALL, count, 0, -(int)count);
    return true;
}

static bool gen_hook(struct compiler *c, const struct ast *node) {
    uint32_t count;
    if (!gen_arguments(c, node, &count))
        return false;
    *LIST_ADD(c, &c->hooks, struct ast_hook) = node->hook;
    (void)emit(c, OP_HOOK, count, (int32_t)c->hooks.count - 1, 1 - (int)count);
    return true;
}

/* --- the walk
 * -------------------------------------------------------------------------------------------- */
static bool gen_one(struct compiler *c, const struct ast *node, enum op op, int32_t b) {
    if (!gen(c, node->a))
        return false;
    c->node = node;
    (void)emit(c, op, 0, b, 0);
    return true;
}

/* DMN 1.5: table 55 */
static bool gen_between(struct compiler *c, const struct ast *node) {
    if (!gen(c, node->a) || !gen(c, node->b) || !gen(c, node->c))
        return false;
    c->node = node;
    (void)emit(c, OP_BETWEEN, 0, 0, -2);
    return true;
}

static bool gen(struct compiler *c, const struct ast *node) {
    c->node = node;
    if (!affords(c, 0))
        return refuse(c, ERR_LIMIT, "an expression takes too much memory");
    struct cost cost = {1 + c->looked / 16, 0};
    c->looked = 0;
    if (c->options->budget != NULL && !budget_spend(c->options->budget, cost, c->err))
        return false;
    switch ((enum ast_kind)node->kind) {
    case AST_CONST: (void)emit(c, OP_CONST, 0, add_const(c, node->value), 1); return true;
    case AST_BAD: (void)emit(c, OP_BAD, 0, add_name(c, node->name), 1); return true;
    case AST_NAME: return gen_name(c, node->name);
    case AST_NEGATE: return gen_one(c, node, OP_NEGATE, 0);
    case AST_ARITH: return gen_two(c, node, arith_op(node->op));
    case AST_COMPARE: return gen_two(c, node, OP_EQ + node->op);
    case AST_AND: return gen_logic(c, node, OP_JUMP_FALSE, OP_AND);
    case AST_OR: return gen_logic(c, node, OP_JUMP_TRUE, OP_OR);
    case AST_IF: return gen_if(c, node);
    case AST_BETWEEN: return gen_between(c, node);
    case AST_IN: return gen_in(c, node);
    case AST_INSTANCE: return gen_one(c, node, OP_INSTANCE, add_type(c, node->type));
    case AST_TYPED: return gen_one(c, node, OP_COERCE, add_type(c, node->type));
    case AST_PATH: return gen_one(c, node, OP_PATH, add_name(c, node->name));
    case AST_FILTER: return gen_filter(c, node);
    case AST_CALL: return gen_call(c, node);
    case AST_LIST: return gen_list(c, node);
    case AST_CONTEXT: return gen_context(c, node);
    case AST_RANGE: return gen_range(c, node);
    case AST_UNARY: return gen_unary_range(c, node);
    case AST_FOR: return gen_for(c, node);
    case AST_SOME: return gen_quantifier(c, node, OP_SOME);
    case AST_EVERY: return gen_quantifier(c, node, OP_EVERY);
    case AST_FUNCTION: return gen_function(c, node, STR_NONE);
    case AST_TESTS: return gen_cell(c, node);
    case AST_ANY: (void)emit(c, OP_CONST, 0, add_const(c, feel_boolean(true)), 1); return true;
    case AST_HOOK: return gen_hook(c, node);
    case AST_NAMED:
    case AST_ITER:
    case AST_PARAM: break;
    }
    return refuse(c, ERR_INTERNAL, "a part of an expression stands alone");
}

static void program_close(struct compiler *c, struct feel_program *program) {
    program->consts = c->consts.at;
    program->names = c->names.at;
    program->types = c->types.at;
    program->shapes = c->shapes.at;
    program->protos = c->protos.at;
    program->hooks = c->hooks.at;
    program->patterns = c->patterns.at;
    program->inputs = c->inputs.at;
    program->input_count = c->inputs.count;
    program->input_used = c->used;
    program->declared_count = c->options->name_count;
}

/* Where the lists of a short expression begin, so that the arena gets them once, in their size: a
 * table has thousands of them. */
struct room {
    struct ins code[16];
    struct place places[16];
    struct feel_value consts[8];
    struct str inputs[8];
};

static void settle(struct compiler *c, struct list *list, const void *room, size_t item_bytes) {
    if (list->at != room || !affords(c, list->count * item_bytes))
        return;
    list->at = arena_alloc(c->arena, list->count, item_bytes, alignof(max_align_t));
    if (list->count > 0)
        memcpy(list->at, room, list->count * item_bytes);
}

bool ast_compile(struct feel_program **out, struct arena *a, const struct ast *tree,
                 const struct feel_options *options, struct err *err) {
    struct room room;
    struct unit unit = {.code = {room.code, 0, COUNT_OF(room.code)},
                        .places = {room.places, 0, COUNT_OF(room.places)}};
    struct compiler c = {.arena = a, .err = err, .options = options, .unit = &unit, .node = tree};
    *out = NULL;
    c.consts = (struct list){room.consts, 0, COUNT_OF(room.consts)};
    c.inputs = (struct list){room.inputs, 0, COUNT_OF(room.inputs)};
    c.program = arena_new(a, struct feel_program, 1);
    c.program->tree = tree;
    c.used = arena_new(a, bool, options->name_count);
    for (size_t i = 0; i < options->name_count; i++)
        add_input(&c, options->names[i].name);
    if (!gen(&c, tree))
        return false;
    (void)emit(&c, OP_RETURN, 0, 0, -1);
    settle(&c, &unit.code, room.code, sizeof *room.code);
    settle(&c, &unit.places, room.places, sizeof *room.places);
    settle(&c, &c.consts, room.consts, sizeof *room.consts);
    settle(&c, &c.inputs, room.inputs, sizeof *room.inputs);
    c.program->main.program = c.program;
    proto_close(&c.program->main, &unit);
    if (!affords(&c, 0))
        return refuse(&c, ERR_LIMIT, "an expression takes too much memory");
    program_close(&c, c.program);
    *out = c.program;
    return true;
}

bool feel_compile(struct feel_program **out, struct arena *a, struct str text,
                  const struct feel_options *options, struct err *err) {
    struct ast_scope scope = {.options = options};
    struct ast *tree;
    *out = NULL;
    return ast_parse(&tree, a, text, &scope, options->form, options->at, err) &&
           ast_compile(out, a, tree, options, err);
}

size_t feel_input_count(const struct feel_program *program) {
    return program->input_count;
}

struct str feel_input_name(const struct feel_program *program, size_t slot) {
    assert(slot < program->input_count);
    return program->inputs[slot];
}

bool feel_input_used(const struct feel_program *program, size_t slot) {
    assert(slot < program->input_count);
    return slot >= program->declared_count || program->input_used[slot];
}
