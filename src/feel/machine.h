/* feel/machine.h - an evaluation under way, as the operators and built-in functions see it. */
#ifndef MANDATE_FEEL_MACHINE_H
#define MANDATE_FEEL_MACHINE_H

#include "feel/code.h"
#include "feel/inner.h"
#include "feel/regex.h"

struct stack_chunk {
    struct stack_chunk *next;
    struct feel_value *from, *to;
};

struct feel_machine {
    const struct feel_env *env;
    struct arena *arena;
    struct budget *budget;
    struct err *err;
    int64_t steps_left; /* taken from the budget in advance, in portions */
    size_t bytes_left, bytes_taken;
    bool failed; /* err is set: the evaluation ends */
    bool loud;   /* somebody wants to know of diagnoses */
    int nested, calls;
    const struct regex *pattern; /* of the call being made, when it is ready */
    /* the last one made during the evaluation, for a call in a loop */
    const struct regex *last_pattern;
    struct str last_pattern_text, last_pattern_flags;
    const struct proto *proto; /* where the machine stands, for diagnoses */
    uint32_t pc;
    struct stack_chunk *chunk;
    struct feel_value *top; /* free part of the chunk */
    struct stack_chunk first_chunk;
};

/* count * size_bytes zeroed bytes of the evaluation's arena; NULL, and m->failed, when the budget
 * does not allow it. */
void *machine_alloc(struct feel_machine *m, size_t count, size_t size_bytes);
#define machine_new(m, type, count) ((type *)machine_alloc((m), (count), sizeof(type)))
/* Counts bytes that the caller then takes from m->arena itself; false, and m->failed, when the
 * budget does not allow it. */
bool machine_reserve(struct feel_machine *m, size_t bytes);
/* Spend steps; false, and m->failed, when there are none. */
bool machine_spend(struct feel_machine *m, uint64_t steps);
/* What walking so many bytes of a text costs: nothing, for a short one. */
static inline bool machine_spend_bytes(struct feel_machine *m, size_t bytes) {
    enum { WALKED_A_STEP = 64 };
    return bytes < WALKED_A_STEP || machine_spend(m, bytes / WALKED_A_STEP);
}
/* Complains at the present place; always null. */
struct feel_value machine_null(struct feel_machine *m, const char *format, ...)
    PRINTF_LIKE(2, 3) COLD;
/* Call a function value; null with a complaint when it does not fit. */
struct feel_value machine_call(struct feel_machine *m, struct feel_value function,
                               const struct feel_value *args, uint32_t count);
struct feel_value machine_number(struct feel_machine *m, struct num n);
struct feel_value machine_text(struct feel_machine *m, struct buf *text); /* copies, frees text */

/* A program with its own variables, inside an evaluation: a cell of a decision table. */
struct feel_value machine_eval(struct feel_machine *m, const struct feel_program *program,
                               const struct feel_value *vars, size_t var_count);

/* --- a list that is being made -----------------------------------------------------------------
 */
struct list_maker {
    struct feel_value *items;
    uint32_t count, room;
};
void list_push(struct feel_machine *m, struct list_maker *list, struct feel_value v);
static inline struct feel_value list_made(const struct list_maker *list) {
    return feel_list(list->items, list->count);
}

/* --- operators.c ---------------------------------------------------------------------------------
 */
struct feel_value op_add(struct feel_machine *m, struct feel_value a, struct feel_value b);
struct feel_value op_sub(struct feel_machine *m, struct feel_value a, struct feel_value b);
struct feel_value op_mul(struct feel_machine *m, struct feel_value a, struct feel_value b);
struct feel_value op_div(struct feel_machine *m, struct feel_value a, struct feel_value b);
struct feel_value op_pow(struct feel_machine *m, struct feel_value a, struct feel_value b);
struct feel_value op_negate(struct feel_machine *m, struct feel_value a);
/* feel_order(), and DMN 1.5: table 54: a time or date and time without an offset takes that of the
 * other, so their clocks decide. */
bool op_order(int *out, struct feel_value a, struct feel_value b);
/* What op_order() and feel_order() of these two cost: nothing, but for long strings. */
bool machine_spend_order(struct feel_machine *m, struct feel_value a, struct feel_value b);
/* feel_equal(), feel_same() and feel_type_has(), with the steps they take. */
struct feel_value machine_equal(struct feel_machine *m, struct feel_value a, struct feel_value b);
bool machine_same(struct feel_machine *m, struct feel_value a, struct feel_value b);
/* feel_same(), and times in the same zone too. DMN 1.5: table 77, is() */
bool machine_is(struct feel_machine *m, struct feel_value a, struct feel_value b);
bool machine_has_type(struct feel_machine *m, const struct feel_type *type, struct feel_value v);
struct feel_value op_compare(struct feel_machine *m, enum ast_compare op, struct feel_value a,
                             struct feel_value b);
struct feel_value op_and(struct feel_value a, struct feel_value b);
struct feel_value op_or(struct feel_value a, struct feel_value b);
struct feel_value op_in_range(struct feel_machine *m, struct feel_value v,
                              const struct feel_range *r);
/* Of a range that is written: flags AST_LOW_CLOSED, AST_HIGH_CLOSED; an end that is null is one
 * that cannot be compared. */
struct feel_value op_in_ends(struct feel_machine *m, struct feel_value v,
                             const struct feel_value ends[2], unsigned flags);
struct feel_value op_test(struct feel_machine *m, struct feel_value subject, struct feel_value test,
                          enum test_kind kind);
struct feel_value op_path(struct feel_machine *m, struct feel_value v, struct str name);
struct feel_value op_index(struct feel_machine *m, struct feel_value list, struct feel_value at);
struct feel_value op_range(struct feel_machine *m, struct feel_value low, struct feel_value high,
                           unsigned flags);
/* DMN 1.5: 10.3.2.9.4 conversions: singleton lists; null, and a complaint, when it does not fit. */
struct feel_value op_coerce(struct feel_machine *m, struct feel_value v,
                            const struct feel_type *type);
/* Properties of dates, times, durations and ranges. DMN 1.5: tables 65-67. False: no such one. */
bool path_property(struct feel_machine *m, struct feel_value *out, struct feel_value v,
                   struct str name);
struct feel_value builtin_call(struct feel_machine *m, int id, const struct feel_value *args,
                               uint32_t count);

#endif
