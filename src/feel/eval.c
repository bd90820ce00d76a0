/* The machine. One flat switch over the instructions; a call of a FEEL function makes a frame here
 * and does not recurse in C, so calls are bounded by FEEL_CALLS_MAX and not by the thread's stack.
 * Built-in functions that call functions, and tables, enter run() again, at most NESTED_MAX deep.
 * Invariants: 1. base[0..local_count) are the locals, sp points behind the last operand;
 *             2. the frame's room was checked when it was made, so pushing never checks;
 *             3. loops and calls spend steps, so every evaluation ends;
 *             4. after m->failed nothing else happens: run() returns false, and neither a call nor
 *                a program from outside begins.
 * Not the obvious tree walk: it is slower by half here, and recursion would need its own limit. */
#include "feel/builtin.h"
#include "feel/machine.h"

enum {
    STACK_FIRST = 64,    /* values on the C stack, for expressions of ordinary size */
    STACK_CHUNK = 1024,  /* values */
    NESTED_MAX = 48,     /* run() in run(): about 1 kB of C stack each */
    STEPS_PORTION = 256, /* steps taken from the budget at once */
    INS_PER_STEP = 8,    /* instructions that run for one step */
    SLACK_BYTES = 8192,  /* of an arena's limit, kept for alignment and messages */
};

/* Kinds of locals that only the machine sees. */
enum { INNER_INTS = 0xf0, INNER_DATES = 0xf1, INNER_LIST = 0xf2, INNER_MISSING = 0xf3 };

/* --- budget and memory
 * ---------------------------------------------------------------------------- */
static COLD bool machine_fail(struct feel_machine *m) {
    m->failed = true;
    return false;
}

bool machine_spend(struct feel_machine *m, uint64_t steps) {
    if (steps > (uint64_t)INT64_MAX / 2)
        steps = (uint64_t)INT64_MAX / 2;
    m->steps_left -= (int64_t)steps;
    if (m->steps_left >= 0)
        return true;
    uint64_t portion = (uint64_t)-m->steps_left;
    uint64_t extra = MIN_OF((uint64_t)STEPS_PORTION, m->budget->left.steps);
    portion = MAX_OF(portion, extra);
    if (m->failed || !budget_spend(m->budget, (struct cost){portion, 0}, m->err))
        return machine_fail(m);
    m->steps_left += (int64_t)portion;
    return true;
}

bool machine_reserve(struct feel_machine *m, size_t bytes) {
    bytes += 16; /* for the alignment */
    if (m->failed || bytes > m->bytes_left) {
        if (!m->failed)
            (void)err_set(m->err, ERR_LIMIT, err_nowhere, "an evaluation takes too much memory");
        return machine_fail(m);
    }
    m->bytes_left -= bytes;
    m->bytes_taken += bytes;
    return true;
}

void *machine_alloc(struct feel_machine *m, size_t count, size_t size_bytes) {
    size_t bytes;
    if (__builtin_mul_overflow(count, size_bytes, &bytes) || bytes > SIZE_MAX / 4)
        bytes = SIZE_MAX / 4;
    return machine_reserve(m, bytes) ? arena_alloc(m->arena, count, size_bytes, 16) : NULL;
}

void list_push(struct feel_machine *m, struct list_maker *list, struct feel_value v) {
    if (list->count == list->room) {
        uint32_t room = list->room == 0 ? 8 : list->room * 2;
        struct feel_value *grown = room > FEEL_ITEMS_MAX ? machine_alloc(m, SIZE_MAX, 1)
                                                         : machine_new(m, struct feel_value, room);
        if (grown == NULL)
            return;
        if (list->count > 0)
            memcpy(grown, list->items, list->count * sizeof *grown);
        list->items = grown;
        list->room = room;
    }
    list->items[list->count++] = v;
}

/* --- frames
 * ------------------------------------------------------------------------------------------ */
struct frame {
    struct frame *caller;
    const struct proto *proto;
    const struct feel_function *function;
    const struct ins *ip;
    struct feel_value *base, *sp;
    struct stack_chunk *chunk;
    struct feel_value *top;
};

/* Room for a frame's values; chunks are kept for the next call. */
static struct feel_value *frame_room(struct feel_machine *m, uint32_t count) {
    if ((size_t)(m->chunk->to - m->top) < count) {
        struct stack_chunk *next = m->chunk->next;
        if (next == NULL || (size_t)(next->to - next->from) < count) {
            size_t room = MAX_OF((size_t)STACK_CHUNK, (size_t)count);
            struct stack_chunk *made = machine_new(m, struct stack_chunk, 1);
            struct feel_value *values = machine_new(m, struct feel_value, room);
            if (made == NULL || values == NULL)
                return NULL;
            *made = (struct stack_chunk){next, values, values + room};
            m->chunk->next = made;
            next = made;
        }
        m->chunk = next;
        m->top = next->from;
    }
    struct feel_value *base = m->top;
    m->top += count;
    return base;
}

/* The arguments in the order of the parameters. False, with a complaint, when they do not fit. */
/* DMN 1.5: 10.3.2.13.5 */
/* One that is not given is null. Most are given in the order of the parameters. */
static bool arguments_by_name(struct feel_machine *m, struct feel_value *out,
                              const struct shape *params, const struct feel_value *args,
                              const struct shape *names) {
    for (uint32_t i = 0; i < params->count; i++)
        out[i].head = INNER_MISSING;
    for (uint32_t i = 0; i < names->count; i++) {
        struct str name = names->names[i];
        uint32_t at = i;
        if (i >= params->count || !str_eq(params->names[i], name)) {
            at = 0;
            while (at < params->count && !str_eq(params->names[at], name))
                at++;
            if (!machine_spend(m, at / INS_PER_STEP))
                return false;
        }
        if (at == params->count) {
            (void)machine_null(m, "the function has no parameter '%.*s'", STR_ARG(name));
            return false;
        }
        if (out[at].head != INNER_MISSING) {
            (void)machine_null(m, "the parameter '%.*s' is given twice", STR_ARG(name));
            return false;
        }
        out[at] = args[i];
    }
    for (uint32_t i = 0; i < params->count; i++)
        if (out[i].head == INNER_MISSING)
            out[i] = feel_null();
    return true;
}

static bool arguments_of(struct feel_machine *m, struct feel_value *out, const struct shape *params,
                         const struct feel_type *const *types, const struct feel_value *args,
                         uint32_t count, const struct shape *names) {
    if (names != NULL) {
        if (!arguments_by_name(m, out, params, args, names))
            return false;
    } else if (count != params->count) {
        (void)machine_null(m, "the function takes %u arguments, not %u", params->count, count);
        return false;
    } else if (count > 0) {
        memcpy(out, args, count * sizeof *out);
    }
    for (uint32_t i = 0; i < params->count && types != NULL; i++)
        if (types[i] != NULL && !feel_is_null(out[i])) {
            out[i] = op_coerce(m, out[i], types[i]);
            if (feel_is_null(out[i]))
                return false;
        }
    return !m->failed;
}

/* The names of a call, with the parameters' own in place of their aliases. */
static const struct shape *own_names(struct feel_machine *m, const struct feel_function *f,
                                     const struct shape *names) {
    if (names == NULL || f->aliases == NULL)
        return names;
    struct str *own = machine_new(m, struct str, names->count);
    struct shape *shape = machine_new(m, struct shape, 1);
    if (own == NULL || shape == NULL ||
        !machine_spend(m, (uint64_t)names->count * f->params.count / INS_PER_STEP))
        return NULL;
    *shape = (struct shape){own, names->count};
    for (uint32_t i = 0; i < names->count; i++) {
        own[i] = names->names[i];
        for (uint32_t k = 0; k < f->params.count; k++)
            if (f->aliases[k].len > 0 && str_eq(f->aliases[k], own[i]))
                own[i] = f->params.names[k];
    }
    return shape;
}

static struct feel_value call_native(struct feel_machine *m, const struct feel_function *f,
                                     const struct feel_value *args, uint32_t count,
                                     const struct shape *names) {
    struct feel_value out = feel_null();
    struct feel_value *ordered = machine_new(m, struct feel_value, f->params.count);
    names = own_names(m, f, names);
    if (ordered == NULL || m->failed ||
        !arguments_of(m, ordered, &f->params, NULL, args, count, names))
        return out;
    struct budget budget = *m->budget;
    budget.left.bytes = m->bytes_left;
    size_t before = arena_used_bytes(m->arena);
    struct feel_call call = {.self = f->self,
                             .args = ordered,
                             .arg_count = f->params.count,
                             .arena = m->arena,
                             .budget = &budget};
    if (!f->native(&out, &call, m->err)) {
        (void)machine_fail(m);
        return feel_null();
    }
    m->budget->left.steps = budget.left.steps;
    size_t used = arena_used_bytes(m->arena) - before;
    m->bytes_left -= MIN_OF(used, m->bytes_left);
    m->bytes_taken += used;
    if (call.why.len > 0)
        (void)machine_null(m, "%.*s", STR_ARG(call.why));
    return out;
}

static struct feel_value call_builtin(struct feel_machine *m, int id, const struct feel_value *args,
                                      uint32_t count, const struct shape *names) {
    struct feel_value ordered[16];
    uint8_t order[16];
    char letters[16];
    if (names != NULL) {
        uint32_t top =
            count > COUNT_OF(ordered) ? 0 : builtin_order(order, letters, id, names->names, count);
        if (top == 0)
            return machine_null(m, "%s() has no such parameters", builtins[id].name);
        for (uint32_t i = 0; i < top; i++)
            ordered[i] = feel_null();
        for (uint32_t i = 0; i < count; i++)
            ordered[order[i]] = letters[i] == '\0'
                                    ? args[i]
                                    : op_coerce(m, args[i], builtin_letter_type(letters[i]));
        args = ordered;
        count = top;
    }
    if (count < builtins[id].min ||
        (builtins[id].max != BUILTIN_ANY_COUNT && count > builtins[id].max))
        return machine_null(m, "%s() does not take %u arguments", builtins[id].name, count);
    return builtin_call(m, id, args, count);
}

static struct feel_value run_builtin(struct feel_machine *m, const struct feel_program *program,
                                     struct ins in, const struct feel_value *args) {
    if (in.c > 0)
        m->pattern = program->patterns[in.c - 1];
    struct feel_value out = builtin_call(m, in.b, args, in.a);
    m->pattern = NULL;
    return out;
}

/* What a local that OP_BUILD made stands for: null, where there is nothing to iterate over. */
static inline struct feel_value list_so_far(struct feel_value local) {
    return local.head == INNER_LIST ? list_made(local.u.inner) : feel_null();
}

static struct feel_value make_function(struct feel_machine *m, const struct proto *proto,
                                       const struct feel_value *base,
                                       const struct feel_function *self) {
    struct feel_function *f = machine_new(m, struct feel_function, 1);
    struct feel_value *captured = machine_new(m, struct feel_value, proto->capture_count);
    if (f == NULL || captured == NULL)
        return feel_null();
    for (uint32_t i = 0; i < proto->capture_count; i++) {
        size_t index = (size_t)proto->captures[i].index;
        switch (proto->captures[i].from) {
        case CAPTURE_LOCAL: captured[i] = base[index]; break;
        case CAPTURE_PARTIAL: captured[i] = list_so_far(base[index]); break;
        case CAPTURE_CAPTURE: captured[i] = self->captured[index]; break;
        case CAPTURE_SELF:
            captured[i] = (struct feel_value){.head = FEEL_FUNCTION, .u.function = self};
            break;
        case CAPTURE_VAR:
            captured[i] = index < m->env->var_count ? m->env->vars[index]
                                                    : (struct feel_value){.head = INNER_MISSING};
            break;
        }
    }
    f->kind = FUNCTION_CLOSURE;
    f->proto = proto;
    f->captured = captured;
    return (struct feel_value){.head = FEEL_FUNCTION, .u.function = f};
}

/* --- iterating
 * ----------------------------------------------------------------------------------------- */
/* Sets up slots[0..2]; true when there is a first item. *bad: not something to iterate over. */
static bool iter_ends(struct feel_machine *m, struct feel_value *slots, struct feel_value low,
                      struct feel_value high, bool *bad) {
    int64_t from, to;
    *bad = true;
    if (feel_kind(low) == FEEL_DATE && feel_kind(high) == FEEL_DATE) {
        slots[0] = (struct feel_value){.head = INNER_DATES, .u.whole = cal_days_of(high.u.date)};
        slots[1].u.whole = cal_days_of(low.u.date);
        slots[2] = low;
    } else if (value_is_int(low, &from) && value_is_int(high, &to)) {
        slots[0] = (struct feel_value){.head = INNER_INTS, .u.whole = to};
        slots[1].u.whole = from;
        slots[2] = feel_int(from);
    } else {
        (void)machine_null(m, "cannot iterate from %s to %s", feel_kind_name(feel_kind(low)),
                           feel_kind_name(feel_kind(high)));
        return false;
    }
    *bad = false;
    return true;
}

/* A range value is iterated over its whole numbers or days; an open end is left out. */
static bool iter_range(struct feel_machine *m, struct feel_value *slots, const struct feel_range *r,
                       bool *bad) {
    if (!iter_ends(m, slots, r->low, r->high, bad))
        return false;
    int64_t from = slots[1].u.whole, to = slots[0].u.whole;
    if ((!r->low_closed && __builtin_add_overflow(from, 1, &from)) ||
        (!r->high_closed && __builtin_sub_overflow(to, 1, &to)))
        return false; /* beyond the last number of all: nothing is left */
    slots[1].u.whole = from;
    slots[0].u.whole = to;
    struct cal_date date = {0};
    if (slots[0].head == INNER_INTS)
        slots[2] = feel_int(from);
    else if (cal_date_from_days(&date, from))
        slots[2] = feel_date(date);
    return from <= to;
}

static bool iter_begin(struct feel_machine *m, struct feel_value *slots, struct feel_value domain,
                       bool *bad) {
    *bad = false;
    if (feel_kind(domain) == FEEL_RANGE)
        return iter_range(m, slots, domain.u.range, bad);
    if (feel_is_null(domain)) {
        *bad = true;
        (void)machine_null(m, "cannot iterate over null");
        return false;
    }
    slots[0] = domain;
    slots[1].u.whole = 0;
    if (feel_kind(domain) != FEEL_LIST) { /* 10.3.2.9.4: a value is a list of one */
        slots[2] = domain;
        slots[0] = feel_list(&slots[2], 1);
        return true;
    }
    if (domain.count == 0)
        return false;
    slots[2] = domain.u.items[0];
    return true;
}

/* What a round of a loop costs: a long body is no cheaper than a long list. */
static uint64_t round_cost(const struct proto *proto, const struct ins *ip, int32_t begin) {
    return 1 + (uint64_t)(ip - (proto->code + begin)) / INS_PER_STEP;
}

static bool iter_next(struct feel_machine *m, struct feel_value *slots, uint64_t cost) {
    if (!machine_spend(m, cost))
        return false;
    int64_t at = slots[1].u.whole, end = slots[0].u.whole;
    if (slots[0].head == FEEL_LIST) {
        if (++at >= (int64_t)slots[0].count)
            return false;
        slots[2] = slots[0].u.items[at];
    } else {
        if (at == end)
            return false;
        at += at < end ? 1 : -1;
        struct cal_date date;
        if (slots[0].head == INNER_INTS)
            slots[2] = feel_int(at);
        else if (cal_date_from_days(&date, at))
            slots[2] = feel_date(date);
    }
    slots[1].u.whole = at;
    return true;
}

/* --- filtering
 * ------------------------------------------------------------------------------------------- */
/* False: there is nothing to test, and *top is the filter's value already. by_test: its condition
 * is no position. */
static bool filter_begin(struct feel_machine *m, struct feel_value *slots, struct feel_value *top,
                         bool by_test) {
    struct feel_value list = *top;
    if (feel_is_null(list)) /* DMN 1.5: table 68 has no row for it */
        return false;
    if (feel_kind(list) != FEEL_LIST) { /* 10.3.2.9.4: a value is a list of one */
        struct feel_value *one = machine_new(m, struct feel_value, 1);
        if (one == NULL)
            return false;
        *one = list;
        list = feel_list(one, 1);
    }
    slots[0] = list;
    slots[1].u.whole = 0;
    slots[2] = feel_null();
    slots[3] = list.count == 0 ? feel_null() : list.u.items[0];
    if (list.count > 0 || !by_test)
        return true;
    *top = list;
    return false;
}

static void filter_keep(struct feel_machine *m, struct feel_value *slots) {
    struct list_maker *kept = slots[2].u.inner;
    if (kept == NULL) {
        kept = machine_new(m, struct list_maker, 1);
        if (kept == NULL)
            return;
        slots[2].u.inner = kept;
    }
    list_push(m, kept, slots[3]);
}

/* True: go on with the next item; false: *result is the value of the filter. */
static bool filter_next(struct feel_machine *m, struct feel_value *slots, struct feel_value test,
                        bool tests_only, uint64_t cost, struct feel_value *result) {
    int64_t at = slots[1].u.whole;
    if (feel_kind(test) == FEEL_NUMBER) {
        *result = tests_only ? machine_null(m, "the match of a filter is a boolean, not a number")
                             : op_index(m, slots[0], test);
        return false;
    }
    if (slots[0].count > 0 && feel_is_true(test))
        filter_keep(m, slots);
    else if (slots[0].count > 0 && !feel_is_null(test) && feel_kind(test) != FEEL_BOOLEAN) {
        *result = machine_null(m, "a filter is a boolean or a position, not a %s",
                               feel_kind_name(feel_kind(test)));
        return false;
    }
    if (++at < (int64_t)slots[0].count && machine_spend(m, cost)) {
        slots[1].u.whole = at;
        slots[3] = slots[0].u.items[at];
        return true;
    }
    const struct list_maker *kept = slots[2].u.inner;
    *result = kept == NULL ? feel_list(NULL, 0) : list_made(kept);
    return false;
}

static struct feel_value make_context(struct feel_machine *m, const struct shape *shape,
                                      const struct feel_value *values) {
    struct feel_entry *entries = machine_new(m, struct feel_entry, shape->count);
    /* the copy of the entries and their index: feel_context_of() */
    size_t more = shape->count * (sizeof(struct feel_entry) + 16) + 256;
    if (entries == NULL || !machine_reserve(m, more))
        return feel_null();
    for (uint32_t i = 0; i < shape->count; i++)
        entries[i] = (struct feel_entry){shape->names[i], values[i]};
    return feel_context_of(m->arena, entries, shape->count);
}

static struct feel_value make_list(struct feel_machine *m, const struct feel_value *values,
                                   uint32_t count) {
    struct feel_value *items = machine_new(m, struct feel_value, count);
    if (items == NULL)
        return feel_null();
    if (count > 0)
        memcpy(items, values, count * sizeof *items);
    return feel_list(items, count);
}

/* --- the machine
 * ------------------------------------------------------------------------------------------- */
static inline bool both_inline(struct feel_value a, struct feel_value b) {
    return (a.head & 0xff) == FEEL_NUMBER && (b.head & 0xff) == FEEL_NUMBER &&
           a.head != HEAD_BOXED && b.head != HEAD_BOXED;
}

static const int64_t powers[SCALE_MAX + 1] = {1,
                                              10,
                                              100,
                                              1000,
                                              10000,
                                              100000,
                                              1000000,
                                              10000000,
                                              100000000,
                                              1000000000,
                                              10000000000,
                                              100000000000,
                                              1000000000000,
                                              10000000000000,
                                              100000000000000,
                                              1000000000000000,
                                              10000000000000000,
                                              100000000000000000,
                                              1000000000000000000};

/* Two numbers that stand inline, brought to one scale: 3 and 21.00 are 300 and 2100 hundredths.
 * False when either is boxed, no number, or does not fit so. */
static inline bool one_scale(struct feel_value *a, struct feel_value *b) {
    if (!both_inline(*a, *b))
        return false;
    if (a->head == b->head)
        return true;
    struct feel_value *coarse = a->head < b->head ? a : b, *fine = coarse == a ? b : a;
    int64_t power = powers[value_detail(*fine) - value_detail(*coarse)];
    if (__builtin_mul_overflow(coarse->u.whole, power, &coarse->u.whole))
        return false;
    coarse->head = fine->head;
    return true;
}

static inline struct feel_value test_of(enum ast_compare op, int order) {
    switch (op) {
    case AST_EQ: return feel_boolean(order == 0);
    case AST_NE: return feel_boolean(order != 0);
    case AST_LT: return feel_boolean(order < 0);
    case AST_LE: return feel_boolean(order <= 0);
    case AST_GT: return feel_boolean(order > 0);
    default: return feel_boolean(order >= 0);
    }
}

/* Saves the caller and enters the callee; false: *result is the value of the call already. */
static bool enter(struct feel_machine *m, struct frame *now, struct feel_value callee,
                  const struct feel_value *args, uint32_t count, const struct shape *names,
                  struct feel_value *result) {
    *result = feel_null();
    if (!machine_spend(m, 1))
        return false;
    if (feel_kind(callee) != FEEL_FUNCTION) {
        *result = machine_null(m, "a %s is not a function", feel_kind_name(feel_kind(callee)));
        return false;
    }
    const struct feel_function *f = callee.u.function;
    if (f->kind == FUNCTION_NATIVE) {
        *result = call_native(m, f, args, count, names);
        return false;
    }
    if (f->kind == FUNCTION_BUILTIN) {
        *result = call_builtin(m, f->builtin, args, count, names);
        return false;
    }
    if (f->proto->external) {
        *result = machine_null(m, "functions in another language are not run");
        return false;
    }
    if (!machine_spend(m, f->proto->code_count / INS_PER_STEP))
        return false;
    if (m->calls >= FEEL_CALLS_MAX) {
        (void)err_set(m->err, ERR_LIMIT, err_nowhere, "functions call each other deeper than %d",
                      FEEL_CALLS_MAX);
        return machine_fail(m);
    }
    struct frame *saved = now->caller;
    struct frame *caller = machine_new(m, struct frame, 1);
    if (caller == NULL)
        return false;
    *caller = *now;
    caller->caller = saved;
    caller->chunk = m->chunk;
    caller->top = m->top;
    struct feel_value *base = frame_room(m, f->proto->frame_count);
    if (base == NULL)
        return false;
    if (!arguments_of(m, base, &f->proto->params, f->proto->param_types, args, count, names)) {
        m->chunk = caller->chunk;
        m->top = caller->top;
        return false;
    }
    m->calls++;
    *now = (struct frame){caller,   f->proto, f, f->proto->code, base, base + f->proto->local_count,
                          m->chunk, m->top};
    return true;
}

static COLD struct feel_value no_var(struct feel_machine *m, const struct proto *proto,
                                     int32_t slot) {
    return machine_null(m, "nothing is named '%.*s'", STR_ARG(proto->program->inputs[slot]));
}

/* The flat switch: the one function here that may be long. */
static bool run(struct feel_machine *m, struct frame now, struct feel_value *out) {
    const struct ins *ip = now.ip;
    struct feel_value *sp = now.sp, *base = now.base;
    const int calls_before = m->calls;
    struct feel_value v, left, right;
    bool bad;
    for (;;) {
        const struct ins *const at = ip;
        const struct ins in = *ip++;
        switch ((enum op)in.op) {
        case OP_CONST: *sp++ = now.proto->program->consts[in.b]; break;
        case OP_BAD:
            m->proto = now.proto;
            m->pc = (uint32_t)(ip - now.proto->code) - 1;
            *sp++ = machine_null(m, "%.*s", STR_ARG(now.proto->program->names[in.b]));
            break;
        case OP_VAR:
            if ((size_t)in.b >= m->env->var_count)
                goto may_complain;
            *sp++ = m->env->vars[in.b];
            continue;
        case OP_LOCAL: *sp++ = base[in.b]; break;
        case OP_CAPTURE: *sp++ = now.function->captured[in.b]; break;
        case OP_CAPTURE_VAR:
            if (now.function->captured[in.b].head == INNER_MISSING)
                goto may_complain;
            *sp++ = now.function->captured[in.b];
            continue;
        case OP_SELF:
            *sp++ = (struct feel_value){.head = FEEL_FUNCTION, .u.function = now.function};
            break;
        case OP_SET: base[in.b] = *--sp; continue;
        case OP_ADD:
            sp--;
            left = sp[-1];
            right = sp[0];
            if (one_scale(&left, &right) &&
                !__builtin_add_overflow(left.u.whole, right.u.whole, &left.u.whole)) {
                sp[-1] = left;
                continue;
            }
            goto slow_binary;
        case OP_SUB:
            sp--;
            left = sp[-1];
            right = sp[0];
            if (one_scale(&left, &right) &&
                !__builtin_sub_overflow(left.u.whole, right.u.whole, &left.u.whole)) {
                sp[-1] = left;
                continue;
            }
            goto slow_binary;
        case OP_MUL:
            sp--;
            if (both_inline(sp[-1], sp[0])) {
                uint32_t scale = value_detail(sp[-1]) + value_detail(sp[0]);
                int64_t product;
                if (scale <= SCALE_MAX &&
                    !__builtin_mul_overflow(sp[-1].u.whole, sp[0].u.whole, &product)) {
                    sp[-1].head = HEAD(FEEL_NUMBER, scale);
                    sp[-1].u.whole = product;
                    continue;
                }
            }
            goto slow_binary;
        case OP_EQ:
        case OP_NE:
        case OP_LT:
        case OP_LE:
        case OP_GT:
        case OP_GE:
            sp--;
            left = sp[-1];
            right = sp[0];
            if (one_scale(&left, &right)) {
                int order = (left.u.whole > right.u.whole) - (left.u.whole < right.u.whole);
                sp[-1] = test_of((enum ast_compare)(in.op - OP_EQ), order);
                continue;
            }
            goto slow_binary;
        case OP_DIV:
        case OP_POW: sp--; goto slow_binary;
        case OP_AND:
            sp--;
            sp[-1] = op_and(sp[-1], sp[0]);
            continue;
        case OP_OR:
            sp--;
            sp[-1] = op_or(sp[-1], sp[0]);
            continue;
        case OP_NOT:
            sp[-1] =
                feel_kind(sp[-1]) == FEEL_BOOLEAN ? feel_boolean(!sp[-1].u.whole) : feel_null();
            continue;
        case OP_JUMP: ip = now.proto->code + in.c; continue;
        case OP_JUMP_FALSE:
            if (feel_is_false(sp[-1]))
                ip = now.proto->code + in.c;
            continue;
        case OP_JUMP_TRUE:
            if (feel_is_true(sp[-1]))
                ip = now.proto->code + in.c;
            continue;
        case OP_JUMP_ELSE:
            if (feel_is_true(*--sp))
                continue;
            ip = now.proto->code + in.c;
            if (feel_kind(*sp) == FEEL_BOOLEAN || feel_is_null(*sp))
                continue;
            m->proto = now.proto;
            m->pc = (uint32_t)(at - now.proto->code);
            *sp = machine_null(m, "a condition is a boolean, not a %s",
                               feel_kind_name(feel_kind(*sp)));
            sp++;
            ip = now.proto->code + in.b;
            break;
        case OP_MEMBER:
            v = base[in.a];
            if (feel_has(v, now.proto->program->names[in.b]))
                *sp++ = feel_get(v, now.proto->program->names[in.b]);
            else
                ip++;
            continue;
        case OP_ITER_NEXT:
            if (iter_next(m, base + in.b, round_cost(now.proto, ip, in.c)))
                ip = now.proto->code + in.c;
            break;
        case OP_BUILD:
            base[in.b].head = INNER_LIST;
            base[in.b].u.inner = machine_new(m, struct list_maker, 1);
            break;
        case OP_APPEND:
            sp--;
            if (base[in.b].head == INNER_LIST)
                list_push(m, base[in.b].u.inner, *sp);
            break;
        case OP_BUILT: *sp++ = list_so_far(base[in.b]); continue;
        case OP_SOME:
            sp--;
            base[in.b] = op_or(base[in.b], *sp);
            if (feel_is_true(base[in.b]))
                ip = now.proto->code + in.c;
            continue;
        case OP_EVERY:
            sp--;
            base[in.b] = op_and(base[in.b], *sp);
            if (feel_is_false(base[in.b]))
                ip = now.proto->code + in.c;
            continue;
        case OP_RETURN:
            v = *--sp;
            if (now.function != NULL && now.proto->result_type != NULL && !feel_is_null(v)) {
                m->proto = now.proto;
                m->pc = (uint32_t)(ip - now.proto->code) - 1;
                v = op_coerce(m, v, now.proto->result_type);
            }
            if (m->failed)
                return false;
            if (now.caller == NULL) {
                *out = v;
                return true;
            }
            m->calls--;
            {
                const struct frame *caller = now.caller;
                m->chunk = caller->chunk;
                m->top = caller->top;
                now = *caller;
            }
            ip = now.ip;
            sp = now.sp;
            base = now.base;
            *sp++ = v;
            continue;
        case OP_NEGATE:
        case OP_BETWEEN:
        case OP_IN_RANGE:
        case OP_TEST:
        case OP_INSTANCE:
        case OP_COERCE:
        case OP_PATH:
        case OP_INDEX:
        case OP_FILTER:
        case OP_FILTER_NEXT:
        case OP_LIST:
        case OP_CONTEXT:
        case OP_RANGE:
        case OP_ITER:
        case OP_ITER_RANGE:
        case OP_FUNCTION:
        case OP_CALL:
        case OP_CALL_NAMED:
        case OP_BUILTIN:
        case OP_HOOK: goto may_complain;
        }
        if (m->failed)
            goto failed;
        continue;

    may_complain:
        m->proto = now.proto;
        m->pc = (uint32_t)(ip - now.proto->code) - 1;
        switch ((enum op)in.op) {
        case OP_VAR: *sp++ = no_var(m, now.proto, in.b); break;
        case OP_CAPTURE_VAR: *sp++ = no_var(m, now.proto, in.c); break;
        case OP_NEGATE: sp[-1] = op_negate(m, sp[-1]); break;
        case OP_BETWEEN:
            sp -= 2;
            sp[-1] =
                op_and(op_compare(m, AST_GE, sp[-1], sp[0]), op_compare(m, AST_LE, sp[-1], sp[1]));
            break;
        case OP_IN_RANGE:
            sp--;
            sp[-1] = op_in_ends(m, base[in.b], sp - 1, in.a);
            break;
        case OP_TEST: sp[-1] = op_test(m, base[in.b], sp[-1], (enum test_kind)in.a); break;
        case OP_INSTANCE:
            sp[-1] = feel_boolean(machine_has_type(m, now.proto->program->types[in.b], sp[-1]));
            break;
        case OP_COERCE: sp[-1] = op_coerce(m, sp[-1], now.proto->program->types[in.b]); break;
        case OP_PATH: sp[-1] = op_path(m, sp[-1], now.proto->program->names[in.b]); break;
        case OP_INDEX:
            sp--;
            sp[-1] = op_index(m, sp[-1], sp[0]);
            break;
        case OP_FILTER:
            if (filter_begin(m, base + in.b, sp - 1, in.a == 1))
                sp--;
            else
                ip = now.proto->code + in.c;
            break;
        case OP_FILTER_NEXT:
            sp--;
            if (filter_next(m, base + in.b, *sp, in.a, round_cost(now.proto, ip, in.c), &v))
                ip = now.proto->code + in.c;
            else
                *sp++ = v;
            break;
        case OP_LIST:
            sp -= in.b;
            *sp = make_list(m, sp, (uint32_t)in.b);
            sp++;
            break;
        case OP_CONTEXT:
            *sp++ = make_context(m, &now.proto->program->shapes[in.b], base + in.a);
            break;
        case OP_RANGE:
            sp -= 2 - (in.b & 1) - (in.b >> 1);
            *sp = op_range(m, in.b & 1 ? feel_null() : sp[0],
                           in.b & 2 ? feel_null() : sp[in.b & 1 ? 0 : 1],
                           (unsigned)in.a | (unsigned)in.b << 8);
            sp++;
            break;
        case OP_ITER:
        case OP_ITER_RANGE:
            sp -= in.op == OP_ITER ? 1 : 2;
            if (in.op == OP_ITER ? iter_begin(m, base + in.b, sp[0], &bad)
                                 : iter_ends(m, base + in.b, sp[0], sp[1], &bad))
                break;
            ip = now.proto->code + in.c;
            if (bad)
                base[in.a] = feel_null();
            break;
        case OP_FUNCTION:
            *sp++ = make_function(m, now.proto->program->protos[in.b], base, now.function);
            break;
        case OP_CALL:
        case OP_CALL_NAMED:
            sp -= in.a + 1;
            now.ip = ip;
            now.sp = sp;
            if (!enter(m, &now, sp[0], sp + 1, in.a,
                       in.op == OP_CALL ? NULL : &now.proto->program->shapes[in.b], &v)) {
                *sp++ = v;
                break;
            }
            ip = now.ip;
            sp = now.sp;
            base = now.base;
            break;
        case OP_BUILTIN:
            sp -= in.a;
            *sp = run_builtin(m, now.proto->program, in, sp);
            sp++;
            break;
        case OP_HOOK: {
            const struct ast_hook *hook = &now.proto->program->hooks[in.b];
            sp -= in.a;
            v = feel_null();
            if (!hook->fn(&v, hook->self, sp, in.a, m, m->err))
                m->failed = true;
            *sp++ = v;
            break;
        }
        default: assert(false); /* an instruction that the machine does not know */
        }
        if (m->failed)
            goto failed;
        continue;

    slow_binary:
        m->proto = now.proto;
        m->pc = (uint32_t)(ip - now.proto->code) - 1;
        switch ((enum op)in.op) {
        case OP_ADD: sp[-1] = op_add(m, sp[-1], sp[0]); break;
        case OP_SUB: sp[-1] = op_sub(m, sp[-1], sp[0]); break;
        case OP_MUL: sp[-1] = op_mul(m, sp[-1], sp[0]); break;
        case OP_DIV: sp[-1] = op_div(m, sp[-1], sp[0]); break;
        case OP_POW: sp[-1] = op_pow(m, sp[-1], sp[0]); break;
        default: sp[-1] = op_compare(m, (enum ast_compare)(in.op - OP_EQ), sp[-1], sp[0]);
        }
        if (m->failed)
            goto failed;
    }
failed:
    m->calls = calls_before;
    return false;
}

/* Enter run() from C: the frame's values come from the machine's chunks. */
static bool run_nested(struct feel_machine *m, struct frame frame, struct feel_value *out) {
    if (m->nested >= NESTED_MAX) {
        (void)err_set(m->err, ERR_LIMIT, err_nowhere,
                      "functions and tables are nested deeper than %d", NESTED_MAX);
        return machine_fail(m);
    }
    const struct proto *proto = m->proto;
    uint32_t pc = m->pc;
    m->nested++;
    bool ran = run(m, frame, out);
    m->nested--;
    m->proto = proto;
    m->pc = pc;
    return ran;
}

struct feel_value machine_call(struct feel_machine *m, struct feel_value function,
                               const struct feel_value *args, uint32_t count) {
    struct feel_value out;
    struct stack_chunk *chunk = m->chunk;
    struct feel_value *top = m->top;
    struct frame now = {0};
    if (m->failed || !enter(m, &now, function, args, count, NULL, &out))
        return m->failed ? feel_null() : out;
    now.caller = NULL; /* returns to C */
    if (!run_nested(m, now, &out))
        out = feel_null();
    else
        m->calls--;
    m->chunk = chunk;
    m->top = top;
    return out;
}

struct feel_value machine_eval(struct feel_machine *m, const struct feel_program *program,
                               const struct feel_value *vars, size_t var_count) {
    struct feel_value out = feel_null();
    if (m->failed)
        return out;
    struct stack_chunk *chunk = m->chunk;
    struct feel_value *top = m->top;
    const struct feel_env *outer = m->env;
    struct feel_env env = *outer;
    env.vars = vars;
    env.var_count = var_count;
    struct feel_value *base = frame_room(m, program->main.frame_count);
    if (base == NULL || !machine_spend(m, 1))
        return out;
    m->env = &env;
    if (!run_nested(m,
                    (struct frame){.proto = &program->main,
                                   .ip = program->main.code,
                                   .base = base,
                                   .sp = base + program->main.local_count},
                    &out))
        out = feel_null();
    m->env = outer;
    m->chunk = chunk;
    m->top = top;
    return out;
}

bool feel_eval(struct feel_value *out, const struct feel_program *program,
               const struct feel_env *env, struct arena *a, struct budget *budget,
               struct err *err) {
#if defined(__has_attribute) && __has_attribute(uninitialized)
    __attribute__((uninitialized))
#endif
    struct feel_value values[STACK_FIRST];
    size_t limit = arena_limit_bytes(a), used = arena_used_bytes(a);
    size_t room = limit - used > SLACK_BYTES ? limit - used - SLACK_BYTES : 0;
    struct feel_machine machine = {
        .env = env,
        .arena = a,
        .budget = budget,
        .err = err,
        .bytes_left = (size_t)MIN_OF((uint64_t)room, budget->left.bytes),
        .loud = env->diags != NULL || env->stop,
        .first_chunk = {NULL, values, values + STACK_FIRST},
        .top = values,
    };
    machine.chunk = &machine.first_chunk;
    *out = feel_null();
    struct feel_value *base = program->main.frame_count <= STACK_FIRST
                                  ? values
                                  : frame_room(&machine, program->main.frame_count);
    machine.top = base == values ? values + program->main.frame_count : machine.top;
    bool ran = base != NULL && machine_spend(&machine, 1) &&
               run(&machine,
                   (struct frame){.proto = &program->main,
                                  .ip = program->main.code,
                                  .base = base,
                                  .sp = base + program->main.local_count},
                   out);
    budget->left.steps += (uint64_t)MAX_OF(machine.steps_left, INT64_C(0));
    budget->left.bytes -= MIN_OF(machine.bytes_taken, budget->left.bytes);
    if (!ran)
        *out = feel_null();
    return ran;
}
