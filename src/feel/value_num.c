/* Numbers inside values. Invariant: a number whose coefficient fits int64_t and whose scale is
 * 0..18 stands inline, so that ordinary arithmetic allocates nothing; every other is boxed. */
#include "feel/inner.h"

enum { BID_BIAS = 6176, BID_EXPONENT_SHIFT = 49 };

struct num value_num(struct feel_value v) {
    assert(feel_kind(v) == FEEL_NUMBER);
    uint32_t detail = value_detail(v);
    if (detail == NUM_BOXED)
        return *v.u.num;
    return detail == 0 ? num_of(v.u.whole) : num_of_scaled(v.u.whole, -(int32_t)detail);
}

/* num/num.h tells the encoding of what is not a small integer: BID128, key applied. */
static bool num_unpack(int64_t *coefficient, uint32_t *scale, struct num n) {
    uint64_t hi = n.hi ^ NUM_HI_KEY;
    uint64_t sign = hi >> 63;
    uint64_t exponent = (hi >> BID_EXPONENT_SHIFT) & 0x3fff;
    uint64_t high = hi & ((UINT64_C(1) << BID_EXPONENT_SHIFT) - 1);
    if (high != 0 || n.lo > (uint64_t)INT64_MAX || exponent > BID_BIAS ||
        BID_BIAS - exponent > SCALE_MAX)
        return false;
    *coefficient = sign ? -(int64_t)n.lo : (int64_t)n.lo;
    *scale = (uint32_t)(BID_BIAS - exponent);
    return true;
}

bool value_of_num(struct feel_value *out, struct num n, struct arena *a) {
    if (num_is_nan(n))
        return false;
    if (num_is_small(n)) {
        *out = feel_int(num_small(n));
        return true;
    }
    int64_t coefficient;
    uint32_t scale;
    if (num_unpack(&coefficient, &scale, n)) {
        *out = (struct feel_value){.head = HEAD(FEEL_NUMBER, scale), .u.whole = coefficient};
        return true;
    }
    struct num *box = arena_new(a, struct num, 1);
    *box = n;
    *out = (struct feel_value){.head = HEAD_BOXED, .u.num = box};
    return true;
}

int value_num_order(struct feel_value a, struct feel_value b) {
    if (a.head == b.head && value_detail(a) != NUM_BOXED)
        return (a.u.whole > b.u.whole) - (a.u.whole < b.u.whole);
    return num_cmp(value_num(a), value_num(b));
}

bool value_is_int(struct feel_value v, int64_t *out) {
    if (v.head == FEEL_NUMBER) {
        *out = v.u.whole;
        return true;
    }
    return feel_kind(v) == FEEL_NUMBER && num_to_i64(out, value_num(v));
}

struct feel_value feel_decimal(int64_t coefficient, int scale) {
    assert(scale >= 0 && scale <= SCALE_MAX);
    return (struct feel_value){.head = HEAD(FEEL_NUMBER, scale), .u.whole = coefficient};
}

struct feel_value feel_number(struct arena *a, const struct num *n) {
    struct feel_value out = feel_null();
    (void)value_of_num(&out, *n, a);
    return out;
}

struct feel_value feel_number_text(struct arena *a, struct str text) {
    struct num n;
    struct feel_value out = feel_null();
    if (num_parse(&n, text))
        (void)value_of_num(&out, n, a);
    return out;
}

void feel_as_num(struct num *out, struct feel_value v) {
    *out = value_num(v);
}

bool feel_to_i64(int64_t *out, struct feel_value v) {
    return value_is_int(v, out);
}
