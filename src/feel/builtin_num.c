/* Built-in functions on numbers. DMN 1.5: 10.3.4.2, 10.3.4.5, tables 51, 73, 76 */
#include "feel/builtin.h"
#include "feel/machine.h"

struct feel_value builtin_not(struct feel_machine *m, const struct feel_value *args,
                              uint32_t count) {
    (void)count;
    if (feel_kind(args[0]) == FEEL_BOOLEAN)
        return feel_boolean(!args[0].u.whole);
    return machine_null(m, "not() of a %s", feel_kind_name(feel_kind(args[0])));
}

static struct feel_value round_to(struct feel_machine *m, const struct feel_value *args,
                                  uint32_t count, enum num_round how) {
    int64_t scale = 0;
    if (count > 1 && !value_is_int(args[1], &scale)) {
        struct num whole = num_round(value_num(args[1]), 0, NUM_ROUND_DOWN);
        if (num_is_nan(whole) || !num_to_i64(&scale, whole))
            return machine_null(m, "the scale is beyond its limits");
    }
    if (scale < NUM_SCALE_MIN || scale > NUM_SCALE_MAX)
        return machine_null(m, "the scale is not between %d and %d", NUM_SCALE_MIN, NUM_SCALE_MAX);
    if (args[0].head == FEEL_NUMBER && scale == 0)
        return args[0];
    return machine_number(m, num_round(value_num(args[0]), (int32_t)scale, how));
}

struct feel_value builtin_decimal(struct feel_machine *m, const struct feel_value *args,
                                  uint32_t count) {
    return round_to(m, args, count, NUM_ROUND_HALF_EVEN);
}

struct feel_value builtin_floor(struct feel_machine *m, const struct feel_value *args,
                                uint32_t count) {
    return round_to(m, args, count, NUM_ROUND_FLOOR);
}

struct feel_value builtin_ceiling(struct feel_machine *m, const struct feel_value *args,
                                  uint32_t count) {
    return round_to(m, args, count, NUM_ROUND_CEILING);
}

struct feel_value builtin_round_up(struct feel_machine *m, const struct feel_value *args,
                                   uint32_t count) {
    return round_to(m, args, count, NUM_ROUND_UP);
}

struct feel_value builtin_round_down(struct feel_machine *m, const struct feel_value *args,
                                     uint32_t count) {
    return round_to(m, args, count, NUM_ROUND_DOWN);
}

struct feel_value builtin_round_half_up(struct feel_machine *m, const struct feel_value *args,
                                        uint32_t count) {
    return round_to(m, args, count, NUM_ROUND_HALF_UP);
}

struct feel_value builtin_round_half_down(struct feel_machine *m, const struct feel_value *args,
                                          uint32_t count) {
    return round_to(m, args, count, NUM_ROUND_HALF_DOWN);
}

struct feel_value builtin_abs(struct feel_machine *m, const struct feel_value *args,
                              uint32_t count) {
    (void)count;
    bool negative =
        feel_kind(args[0]) == FEEL_NUMBER ? num_sign(value_num(args[0])) < 0 : args[0].u.whole < 0;
    return negative ? op_negate(m, args[0]) : args[0];
}

struct feel_value builtin_modulo(struct feel_machine *m, const struct feel_value *args,
                                 uint32_t count) {
    (void)count;
    if (num_sign(value_num(args[1])) == 0)
        return machine_null(m, "modulo() by zero");
    return machine_number(m, num_modulo(value_num(args[0]), value_num(args[1])));
}

struct feel_value builtin_sqrt(struct feel_machine *m, const struct feel_value *args,
                               uint32_t count) {
    (void)count;
    return machine_number(m, num_sqrt(value_num(args[0])));
}

struct feel_value builtin_log(struct feel_machine *m, const struct feel_value *args,
                              uint32_t count) {
    (void)count;
    if (num_sign(value_num(args[0])) <= 0)
        return machine_null(m, "log() of a number that is not positive");
    return machine_number(m, num_log(value_num(args[0])));
}

struct feel_value builtin_exp(struct feel_machine *m, const struct feel_value *args,
                              uint32_t count) {
    (void)count;
    return machine_number(m, num_exp(value_num(args[0])));
}

static struct feel_value parity(struct feel_machine *m, struct feel_value n, bool odd) {
    struct num number = value_num(n);
    (void)m;
    return feel_boolean(odd ? num_is_odd(number) : num_is_even(number));
}

struct feel_value builtin_odd(struct feel_machine *m, const struct feel_value *args,
                              uint32_t count) {
    (void)count;
    return parity(m, args[0], true);
}

struct feel_value builtin_even(struct feel_machine *m, const struct feel_value *args,
                               uint32_t count) {
    (void)count;
    return parity(m, args[0], false);
}
