/* From tree to code, in one walk.
 * Invariants: 1. every expression leaves exactly one value more on the operand stack;
 *             2. locals are never shared by two live uses: a slot is taken once in a function;
 *             3. recursion is bounded by AST_DEPTH_MAX. */
#include "feel/builtin.h"
#include "feel/compiler.h"
#include "feel/regex.h"
#include "feel/tree.h"

enum { FUNCTIONS_DEEP_MAX = 32 };

static bool gen(struct compiler *c, const struct ast *node);

/* --- operators
 * ------------------------------------------------------------------------------------ */
static bool gen_two(struct compiler *c, const struct ast *node, enum op op) {
    if (!gen(c, node->a) || !gen(c, node->b))
        return false;
    c->node = node;
    (void)code_emit(c, op, 0, 0, -1);
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
    uint32_t over = code_emit(c, jump, 0, 0, 0);
    if (!gen(c, node->b))
        return false;
    c->node = node;
    (void)code_emit(c, op, 0, 0, -1);
    code_patch(c, over);
    return true;
}

/* DMN 1.5: table 49 */
static bool gen_if(struct compiler *c, const struct ast *node) {
    if (!gen(c, node->a))
        return false;
    c->node = node->a;
    uint32_t to_else = code_emit(c, OP_JUMP_ELSE, 0, 0, -1);
    if (!gen(c, node->b))
        return false;
    uint32_t to_end = code_emit(c, OP_JUMP, 0, 0, -1);
    code_patch(c, to_else);
    if (!gen(c, node->c))
        return false;
    code_patch(c, to_end);
    code_ins(c, to_else)->b = (int32_t)c->unit->code.count;
    return true;
}

/* --- tests: DMN 1.5: table 55
 * --------------------------------------------------------- */
static bool gen_test(struct compiler *c, const struct ast *test, uint32_t subject) {
    c->node = test;
    /* A boolean that stands there as such is a value to be equal to, not a condition that holds for
     * every subject: `true` in a cell must not match where the input is missing. DMN 1.5: 7.3.4 */
    bool literal = test->kind == AST_CONST && feel_kind(test->value) == FEEL_BOOLEAN;
    if (test->kind == AST_UNARY || literal) {
        (void)code_emit(c, OP_LOCAL, 0, (int32_t)subject, 1);
        if (!gen(c, literal ? test : test->a))
            return false;
        c->node = test;
        (void)code_emit(c, literal ? OP_EQ : OP_EQ + test->op, 0, 0, -1);
        return true;
    }
    if (test->kind == AST_RANGE && test->a != NULL && test->b != NULL) {
        if (!gen(c, test->a) || !gen(c, test->b))
            return false;
        c->node = test;
        (void)code_emit(c, OP_IN_RANGE, test->op, (int32_t)subject, -1);
        return true;
    }
    if (!gen(c, test))
        return false;
    c->node = test;
    (void)code_emit(c, OP_TEST, tree_test_kind(test), (int32_t)subject, 0);
    return true;
}

static bool gen_tests(struct compiler *c, const struct ast *tests, uint32_t subject) {
    uint32_t mark = c->bindings.count;
    if (!name_bind(c, BIND_LOCAL, STR("?"), subject))
        return false;
    uint32_t *jumps = arena_new(c->arena, uint32_t, 1);
    uint32_t count = 0, room = 1;
    for (const struct ast *test = tests->list; test != NULL; test = test->next) {
        if (!gen_test(c, test, subject))
            return false;
        if (test != tests->list)
            (void)code_emit(c, OP_OR, 0, 0, -1);
        if (test->next == NULL)
            break;
        if (count == room) {
            if (!code_affords(c, 2 * room * sizeof *jumps))
                return code_refuse(c, ERR_LIMIT, "an expression takes too much memory");
            uint32_t *grown = arena_new(c->arena, uint32_t, room * 2);
            memcpy(grown, jumps, count * sizeof *grown);
            jumps = grown;
            room *= 2;
        }
        jumps[count++] = code_emit(c, OP_JUMP_TRUE, 0, 0, 0);
    }
    for (uint32_t i = 0; i < count; i++)
        code_patch(c, jumps[i]);
    c->node = tests;
    if (tests->op == 1)
        (void)code_emit(c, OP_NOT, 0, 0, 0);
    name_unbind(c, mark);
    return true;
}

static bool gen_in(struct compiler *c, const struct ast *node) {
    uint32_t subject;
    if (!code_take_locals(c, &subject, 1) || !gen(c, node->a))
        return false;
    c->node = node;
    (void)code_emit(c, OP_SET, 0, (int32_t)subject, -1);
    return gen_tests(c, node->b, subject);
}

/* A whole cell: tests of the variable "?". */
static bool gen_cell(struct compiler *c, const struct ast *node) {
    uint32_t subject;
    if (!code_take_locals(c, &subject, 1) || !name_gen(c, STR("?")))
        return false;
    (void)code_emit(c, OP_SET, 0, (int32_t)subject, -1);
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
    (void)code_emit(c, OP_LIST, 0, count, 1 - count);
    return true;
}

static int32_t add_shape(struct compiler *c, const struct ast *list) {
    uint32_t count = tree_count(list), i = 0;
    if (!code_affords(c, count * sizeof(struct str)))
        return 0;
    struct str *names = arena_new(c->arena, struct str, count);
    for (; list != NULL; list = list->next)
        names[i++] = list->name;
    *CODE_ADD(c, &c->shapes, struct shape) = (struct shape){names, count};
    return (int32_t)c->shapes.count - 1;
}

static bool gen_function(struct compiler *c, const struct ast *node, struct str self);

/* DMN 1.5: 10.3.2.6, 10.3.2.11.1, 10.3.2.13.4, table 69: an entry sees those before it; a function
 * sees itself too */
static bool gen_context(struct compiler *c, const struct ast *node) {
    uint32_t mark = c->bindings.count, slot, i = 0;
    if (!code_take_locals(c, &slot, tree_count(node->list)))
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
            (void)code_emit(c, OP_COERCE, 0, code_add_type(c, typed->type), 0);
        c->node = entry;
        (void)code_emit(c, OP_SET, 0, (int32_t)(slot + i), -1);
        if (!name_bind(c, BIND_LOCAL, entry->name, slot + i))
            return false;
    }
    name_unbind(c, mark);
    c->node = node;
    (void)code_emit(c, OP_CONTEXT, slot, add_shape(c, node->list), 1);
    return true;
}

static bool gen_range(struct compiler *c, const struct ast *node) {
    int32_t missing = (node->a == NULL ? 1 : 0) | (node->b == NULL ? 2 : 0);
    if ((node->a != NULL && !gen(c, node->a)) || (node->b != NULL && !gen(c, node->b)))
        return false;
    c->node = node;
    (void)code_emit(c, OP_RANGE, node->op, missing, 1 - (node->a != NULL) - (node->b != NULL));
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
        if (!code_take_locals(c, &slot, 1))
            return false;
        (void)code_emit(c, OP_SET, 0, (int32_t)slot, -1);
        (void)code_emit(c, OP_LOCAL, 0, (int32_t)slot, 1);
        (void)code_emit(c, OP_LOCAL, 0, (int32_t)slot, 1);
        (void)code_emit(c, OP_RANGE,
                        node->op == AST_EQ ? AST_LOW_CLOSED | AST_HIGH_CLOSED | AST_ONLY_EQUAL
                                           : AST_ONLY_OTHERS,
                        0, -1);
        return true;
    }
    (void)code_emit(c, OP_RANGE, rows[node->op].flags, rows[node->op].missing, 0);
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
        (void)code_emit(c, OP_INDEX, 0, 0, -1);
        return true;
    }
    uint32_t slots, mark = c->bindings.count;
    if (!code_take_locals(c, &slots, 4) || !name_bind(c, BIND_FILTER, STR_NONE, slots + 3))
        return false;
    c->node = node;
    uint32_t begin =
        code_emit(c, OP_FILTER, tree_is_condition(node->b) ? 1 : 0, (int32_t)slots, -1);
    uint32_t loop = c->unit->code.count;
    if (!gen(c, node->b))
        return false;
    c->node = node;
    code_patch_to(c, code_emit(c, OP_FILTER_NEXT, node->op, (int32_t)slots, 0), loop);
    code_patch(c, begin);
    name_unbind(c, mark);
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
    *jump = iter->b == NULL ? code_emit(c, OP_ITER, result, (int32_t)slots, -1)
                            : code_emit(c, OP_ITER_RANGE, result, (int32_t)slots, -2);
    return name_bind(c, BIND_LOCAL, iter->name, slots + 2);
}

static bool gen_iteration_body(struct compiler *c, const struct ast *node, uint32_t result) {
    if (!gen(c, node->a))
        return false;
    c->node = node;
    (void)code_emit(c, OP_APPEND, 0, (int32_t)result, -1);
    return true;
}

static bool gen_iters(struct compiler *c, const struct ast *iter, const struct ast *node,
                      uint32_t result) {
    uint32_t slots, jump;
    if (!code_take_locals(c, &slots, 3) || !gen_iter_begin(c, iter, slots, result, &jump))
        return false;
    uint32_t loop = c->unit->code.count;
    if (!(iter->next != NULL ? gen_iters(c, iter->next, node, result)
                             : gen_iteration_body(c, node, result)))
        return false;
    c->node = iter;
    code_patch_to(c, code_emit(c, OP_ITER_NEXT, 0, (int32_t)slots, 0), loop);
    code_patch(c, jump);
    return true;
}

/* DMN 1.5: table 49 */
static bool gen_for(struct compiler *c, const struct ast *node) {
    uint32_t result, mark = c->bindings.count;
    if (tree_count(node->list) > FEEL_NESTING_MAX)
        return code_refuse(c, ERR_LIMIT, "an iteration has too many variables");
    if (!code_take_locals(c, &result, 1))
        return false;
    (void)code_emit(c, OP_BUILD, 0, (int32_t)result, 0);
    if (!name_bind(c, BIND_PARTIAL, STR("partial"), result) ||
        !gen_iters(c, node->list, node, result))
        return false;
    name_unbind(c, mark);
    c->node = node;
    (void)code_emit(c, OP_BUILT, 0, (int32_t)result, 1);
    return true;
}

/* The innermost test decides at once: jumps go to the end of the whole. */
/* DMN 1.5: table 49 */
static bool gen_quantifier(struct compiler *c, const struct ast *node, enum op op) {
    uint32_t result, mark = c->bindings.count, count = tree_count(node->list), n = 0;
    if (count > FEEL_NESTING_MAX)
        return code_refuse(c, ERR_LIMIT, "an iteration has too many variables");
    uint32_t *slots = arena_new(c->arena, uint32_t, count);
    uint32_t *jumps = arena_new(c->arena, uint32_t, count);
    uint32_t *loops = arena_new(c->arena, uint32_t, count);
    if (!code_take_locals(c, &result, 1))
        return false;
    (void)code_emit(c, OP_CONST, 0, code_add_const(c, feel_boolean(op == OP_EVERY)), 1);
    (void)code_emit(c, OP_SET, 0, (int32_t)result, -1);
    for (const struct ast *iter = node->list; iter != NULL; iter = iter->next, n++) {
        if (!code_take_locals(c, &slots[n], 3) ||
            !gen_iter_begin(c, iter, slots[n], result, &jumps[n]))
            return false;
        loops[n] = c->unit->code.count;
    }
    if (!gen(c, node->a))
        return false;
    c->node = node;
    uint32_t decided = code_emit(c, op, 0, (int32_t)result, -1);
    while (n-- > 0) {
        code_patch_to(c, code_emit(c, OP_ITER_NEXT, 0, (int32_t)slots[n], 0), loops[n]);
        code_patch(c, jumps[n]);
    }
    code_patch(c, decided);
    name_unbind(c, mark);
    (void)code_emit(c, OP_LOCAL, 0, (int32_t)result, 1);
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
    if (!code_affords(c, count * sizeof(void *)))
        return code_refuse(c, ERR_LIMIT, "an expression takes too much memory");
    const struct feel_type **types = arena_new(c->arena, const struct feel_type *, count);
    if (!code_take_locals(c, &first, count))
        return false;
    for (const struct ast *param = node->list; param != NULL; param = param->next, i++) {
        types[i] = param->type;
        if (!name_bind(c, BIND_LOCAL, param->name, first + i))
            return false;
    }
    int32_t shape = add_shape(c, node->list);
    if (c->full)
        return code_refuse(c, ERR_LIMIT, "an expression takes too much memory");
    proto->params = ((const struct shape *)c->shapes.at)[shape];
    proto->param_types = types;
    proto->result_type = node->type;
    proto->external = node->op == 1;
    if (!gen(c, node->a))
        return false;
    c->node = node;
    (void)code_emit(c, OP_RETURN, 0, 0, -1);
    return true;
}

/* DMN 1.5: 10.3.2.8, 10.3.2.13.2, table 48 */
static bool gen_function(struct compiler *c, const struct ast *node, struct str self) {
    struct unit unit = {.outer = c->unit, .level = c->unit->level + 1};
    struct proto *proto = arena_new(c->arena, struct proto, 1);
    uint32_t mark = c->bindings.count;
    c->node = node;
    if (unit.level > FUNCTIONS_DEEP_MAX)
        return code_refuse(c, ERR_LIMIT, "too many functions in functions");
    proto->program = c->program;
    c->unit = &unit;
    bool made = (self.len == 0 || name_bind(c, BIND_SELF, self, 0)) && gen_body(c, node, proto);
    proto_close(proto, &unit);
    name_unbind(c, mark);
    c->unit = unit.outer;
    c->node = node;
    if (!made)
        return false;
    *CODE_ADD(c, &c->protos, const struct proto *) = proto;
    (void)code_emit(c, OP_FUNCTION, 0, (int32_t)c->protos.count - 1, 1);
    return true;
}

static bool refuse_arguments(struct compiler *c, const struct ast *node, int id, uint32_t count) {
    c->node = node;
    struct str why =
        count < builtins[id].min || count > builtins[id].max
            ? arena_printf(c->arena, "%s() does not take %u arguments", builtins[id].name, count)
            : arena_printf(c->arena, "%s() has no such parameters", builtins[id].name);
    (void)code_emit(c, OP_BAD, 0, code_add_name(c, why), 1);
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
            (void)code_emit(c, OP_CONST, 0, code_add_const(c, feel_null()), 1);
        else if (!gen(c, args[i]))
            return false;
        if (letter_of[i] != '\0')
            (void)code_emit(c, OP_COERCE, 0, code_add_type(c, builtin_letter_type(letter_of[i])),
                            0);
    }
    c->node = node;
    (void)code_emit(c, OP_BUILTIN, top, id, 1 - (int)top);
    return true;
}

static bool gen_arguments(struct compiler *c, const struct ast *node, uint32_t *count) {
    *count = 0;
    for (const struct ast *arg = node->list; arg != NULL; arg = arg->next, ++*count)
        if (!gen(c, arg->kind == AST_NAMED ? arg->a : arg))
            return false;
    c->node = node;
    return *count <= ARGUMENTS_MAX || code_refuse(c, ERR_LIMIT, "a call has too many arguments");
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
    *CODE_ADD(c, &c->patterns, struct regex *) = re;
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
    uint32_t at = code_emit(c, OP_BUILTIN, count, id, 1 - (int)count);
    code_ins(c, at)->c = ready_pattern(c, node, id);
    return c->err->code == ERR_NONE;
}

/* DMN 1.5: 10.3.2.13.2 invocation */
/* DMN 1.5: table 63, 10.3.2.13.1 */
static bool gen_call(struct compiler *c, const struct ast *node) {
    if (node->a->kind == AST_NAME && !name_is_declared(c, node->a->name)) {
        int id = builtin_find(node->a->name);
        if (id >= 0)
            return gen_builtin_call(c, node, id);
    }
    uint32_t count;
    if (!gen(c, node->a) || !gen_arguments(c, node, &count))
        return false;
    if (node->list != NULL && node->list->kind == AST_NAMED)
        (void)code_emit(c, OP_CALL_NAMED, count, add_shape(c, node->list), -(int)count);
    else
        (void)code_emit(c, OP_CALL, count, 0, -(int)count);
    return true;
}

static bool gen_hook(struct compiler *c, const struct ast *node) {
    uint32_t count;
    if (!gen_arguments(c, node, &count))
        return false;
    *CODE_ADD(c, &c->hooks, struct ast_hook) = node->hook;
    (void)code_emit(c, OP_HOOK, count, (int32_t)c->hooks.count - 1, 1 - (int)count);
    return true;
}

/* --- the walk
 * -------------------------------------------------------------------------------------------- */
static bool gen_one(struct compiler *c, const struct ast *node, enum op op, int32_t b) {
    if (!gen(c, node->a))
        return false;
    c->node = node;
    (void)code_emit(c, op, 0, b, 0);
    return true;
}

/* DMN 1.5: table 55 */
static bool gen_between(struct compiler *c, const struct ast *node) {
    if (!gen(c, node->a) || !gen(c, node->b) || !gen(c, node->c))
        return false;
    c->node = node;
    (void)code_emit(c, OP_BETWEEN, 0, 0, -2);
    return true;
}

static bool gen(struct compiler *c, const struct ast *node) {
    c->node = node;
    if (!code_affords(c, 0))
        return code_refuse(c, ERR_LIMIT, "an expression takes too much memory");
    struct cost cost = {1 + c->looked / 16, 0};
    c->looked = 0;
    if (c->options->budget != NULL && !budget_spend(c->options->budget, cost, c->err))
        return false;
    switch ((enum ast_kind)node->kind) {
    case AST_CONST: (void)code_emit(c, OP_CONST, 0, code_add_const(c, node->value), 1); return true;
    case AST_BAD: (void)code_emit(c, OP_BAD, 0, code_add_name(c, node->name), 1); return true;
    case AST_NAME: return name_gen(c, node->name);
    case AST_NEGATE: return gen_one(c, node, OP_NEGATE, 0);
    case AST_ARITH: return gen_two(c, node, arith_op(node->op));
    case AST_COMPARE: return gen_two(c, node, OP_EQ + node->op);
    case AST_AND: return gen_logic(c, node, OP_JUMP_FALSE, OP_AND);
    case AST_OR: return gen_logic(c, node, OP_JUMP_TRUE, OP_OR);
    case AST_IF: return gen_if(c, node);
    case AST_BETWEEN: return gen_between(c, node);
    case AST_IN: return gen_in(c, node);
    case AST_INSTANCE: return gen_one(c, node, OP_INSTANCE, code_add_type(c, node->type));
    case AST_TYPED: return gen_one(c, node, OP_COERCE, code_add_type(c, node->type));
    case AST_PATH: return gen_one(c, node, OP_PATH, code_add_name(c, node->name));
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
    case AST_ANY:
        (void)code_emit(c, OP_CONST, 0, code_add_const(c, feel_boolean(true)), 1);
        return true;
    case AST_HOOK: return gen_hook(c, node);
    case AST_NAMED:
    case AST_ITER:
    case AST_PARAM: break;
    }
    return code_refuse(c, ERR_INTERNAL, "a part of an expression stands alone");
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
    program->input_certain = c->certain.at;
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
    if (list->at != room || !code_affords(c, list->count * item_bytes))
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
        name_add_input(&c, options->names[i].name);
    if (!gen(&c, tree))
        return false;
    (void)code_emit(&c, OP_RETURN, 0, 0, -1);
    settle(&c, &unit.code, room.code, sizeof *room.code);
    settle(&c, &unit.places, room.places, sizeof *room.places);
    settle(&c, &c.consts, room.consts, sizeof *room.consts);
    settle(&c, &c.inputs, room.inputs, sizeof *room.inputs);
    c.program->main.program = c.program;
    proto_close(&c.program->main, &unit);
    if (!code_affords(&c, 0))
        return code_refuse(&c, ERR_LIMIT, "an expression takes too much memory");
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

bool feel_input_certain(const struct feel_program *program, size_t slot) {
    assert(slot < program->input_count);
    return slot < program->declared_count || program->input_certain[slot - program->declared_count];
}
