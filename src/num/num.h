/* num/num.h - FEEL numbers: IEEE 754-2008 decimal128, 34 digits, round half to even.
 * DMN 1.5: 10.3.2.3.1. Pure, no allocation, no rounding state: every call says its rounding.
 *
 * A number is 16 bytes by value, in one of two forms, and every value has exactly one of them:
 *   hi == 0   a small integer: lo is an int64_t in two's complement. A zeroed struct num is 0.
 *   hi != 0   a decimal128 in Intel's BID encoding, hi exclusive-or'ed with NUM_HI_KEY, so that the
 *             pattern 0 is free. Never an integer with exponent 0 that fits int64_t, never an
 *             infinity, never negative zero, and one single not-a-number.
 * Arithmetic on small integers stays inline and never enters the library.
 *
 * Equal values may differ in trailing zeros: 1.10 and 1.1 compare and hash alike and print apart.
 * A calculation without a result (division by zero, overflow, square root of -1) gives not-a-number
 * (num_is_nan), which the caller turns into FEEL null: no FEEL value holds one. Operations on it
 * give it again; comparing it is a bug. */
#ifndef MANDATE_NUM_NUM_H
#define MANDATE_NUM_NUM_H

#include "base/buf.h"
#include "base/bytes.h"

enum {
    NUM_DIGITS_MAX = 34,
    NUM_TEXT_MAX = 96,     /* bytes of the longest printed number, with its ending zero */
    NUM_PLAIN_DIGITS = 60, /* longer than this in plain digits: printed with an exponent */
    NUM_SCALE_MIN = -6111, /* DMN 1.5: table 76, decimal(): the scales it takes */
    NUM_SCALE_MAX = 6176,
};

struct num {
    uint64_t lo, hi;
};

#define NUM_HI_KEY UINT64_C(0x7c00000000000000)
#define NUM_NAN    ((struct num){0, 1}) /* BID: a quiet NaN with payload; the only one in use */

static inline struct num num_of(int64_t n) {
    return (struct num){(uint64_t)n, 0};
}
struct num num_of_u64(uint64_t n);
/* coefficient * 10^exponent, rounded to 34 digits: num_of_scaled(1999, -2) is 19.99. */
struct num num_of_scaled(int64_t coefficient, int32_t exponent);
static inline bool num_is_small(struct num a) {
    return a.hi == 0;
}
/* The value of a small integer; only when num_is_small(). */
static inline int64_t num_small(struct num a) {
    return (int64_t)a.lo;
}
static inline bool num_is_nan(struct num a) {
    return a.hi == 1;
}

/* Text to number, exactly (beyond 34 digits: half-even): [+-] digits [. digits] [e [+-] digits], or
 * [+-] . digits ...; the grammars of FEEL, JSON and xsd:decimal are parts of it, each checked by
 * its own reader. Trailing zeros after the point are kept. False, and *out unchanged, when text is
 * anything else, longer than 4096 bytes, or beyond a decimal128: too large, or not zero and too
 * small for any digit. */
MUST_USE bool num_parse(struct num *out, struct str text);
/* Canonical text, which num_parse() reads back to the same number: plain digits, "0.5" not ".5",
 * an exponent ("1.5E+70") only past NUM_PLAIN_DIGITS. Returns the length; out is zero-ended.
 * Asserts that a is a number. */
size_t num_format(char out[NUM_TEXT_MAX], struct num a);
void num_print(struct buf *out, struct num a);
/* False, and *out unchanged, unless a is an integer in range (2.00 is). */
MUST_USE bool num_to_i64(int64_t *out, struct num a);

/* The slow halves of the inline functions below: any operands. */
struct num num_add_any(struct num a, struct num b);
struct num num_sub_any(struct num a, struct num b);
struct num num_mul_any(struct num a, struct num b);
int num_cmp_any(struct num a, struct num b);

static inline struct num num_add(struct num a, struct num b) {
    int64_t sum;
    if ((a.hi | b.hi) == 0 && !__builtin_add_overflow((int64_t)a.lo, (int64_t)b.lo, &sum))
        return num_of(sum);
    return num_add_any(a, b);
}
static inline struct num num_sub(struct num a, struct num b) {
    int64_t difference;
    if ((a.hi | b.hi) == 0 && !__builtin_sub_overflow((int64_t)a.lo, (int64_t)b.lo, &difference))
        return num_of(difference);
    return num_sub_any(a, b);
}
static inline struct num num_mul(struct num a, struct num b) {
    int64_t product;
    if ((a.hi | b.hi) == 0 && !__builtin_mul_overflow((int64_t)a.lo, (int64_t)b.lo, &product))
        return num_of(product);
    return num_mul_any(a, b);
}
/* <0, 0, >0. Neither may be not-a-number. */
static inline int num_cmp(struct num a, struct num b) {
    if ((a.hi | b.hi) == 0)
        return ((int64_t)a.lo > (int64_t)b.lo) - ((int64_t)a.lo < (int64_t)b.lo);
    return num_cmp_any(a, b);
}
static inline bool num_eq(struct num a, struct num b) {
    return (a.hi | b.hi) == 0 ? a.lo == b.lo : num_cmp_any(a, b) == 0;
}
int num_sign(struct num a); /* -1, 0, 1 */

struct num num_div(struct num a, struct num b);
/* a - b * floor(a / b): zero or the sign of b. DMN 1.5: table 76, modulo(). Exact where 34 digits
 * hold it; else rounded once: of a small a with the other sign it may be b itself. */
struct num num_modulo(struct num a, struct num b);
struct num num_neg(struct num a);
struct num num_abs(struct num a);
/* a to the power b. Exact when b is an integer and the result has at most 34 digits. */
struct num num_pow(struct num a, struct num b);
struct num num_sqrt(struct num a);
struct num num_exp(struct num a);
struct num num_log(struct num a); /* natural */

enum num_round {
    NUM_ROUND_HALF_EVEN, /* decimal() */
    NUM_ROUND_FLOOR,     /* floor() */
    NUM_ROUND_CEILING,   /* ceiling() */
    NUM_ROUND_UP,        /* round up(): away from zero */
    NUM_ROUND_DOWN,      /* round down(): towards zero */
    NUM_ROUND_HALF_UP,   /* round half up(): ties away from zero */
    NUM_ROUND_HALF_DOWN, /* round half down(): ties towards zero */
};
/* To a multiple of 10^-scale: num_round(1.125, 2, NUM_ROUND_HALF_UP) is 1.13; 5 with scale 2 is
 * 5.00 (when 34 digits hold it, otherwise a itself, which is exact already). A scale outside
 * NUM_SCALE_MIN..NUM_SCALE_MAX gives not-a-number. */
struct num num_round(struct num a, int32_t scale, enum num_round how);

bool num_is_integer(struct num a);
bool num_is_even(struct num a); /* an integer, and a multiple of 2 */
bool num_is_odd(struct num a);
/* The same number without trailing zeros: 1.10 becomes 1.1. */
struct num num_trim(struct num a);
uint64_t num_hash(struct num a); /* equal for equal values */

/* The canonical bytes of stored state: one struct num, one encoding (so 1.10 comes back as 1.10).
 * num_take: false and r->bad, as in base/bytes.h, *out then 0. Never written: not-a-number. */
void num_add_bytes(struct buf *out, struct num a);
bool num_take_bytes(struct num *out, struct bytes_reader *r);

#endif
