/* Method: a number is taken apart into sign, coefficient and exponent, and put together by pack(),
 * the only place that makes a struct num which is not a small integer. Addition, multiplication and
 * rounding whose exact result has at most 34 digits are done here on 128-bit integers; whatever
 * must be rounded to 34 digits goes to Intel's library, which is correct to the last digit there.
 * Invariants of pack(), on which equality of bits and the canonical bytes rest:
 *   1 an integer that fits int64_t with exponent 0 is small;
 *   2 an exponent above 0 stays only where exponent 0 would need more than 34 digits, and then the
 *     coefficient has no trailing zero;
 *   3 zero is never negative and never has an exponent above 0;
 *   4 what is infinite or invalid in the library is NUM_NAN here.
 * Not the compiler's _Decimal128: its operators and this library disagree about calls and crash. */
#include "num/num.h"

#include <assert.h>

#define DECIMAL_CALL_BY_REFERENCE      0
#define DECIMAL_GLOBAL_ROUNDING        0
#define DECIMAL_GLOBAL_EXCEPTION_FLAGS 0
#include <bid_conf.h>

#include <bid_functions.h>

__extension__ typedef unsigned __int128 u128;

enum { EXPONENT_MIN = -6176, EXPONENT_MAX = 6111, PARSE_BYTES_MAX = 4096 };

static_assert(sizeof(struct num) == 16, "a number is passed in two registers");

struct parts {
    u128 coefficient; /* below 10^34 */
    int32_t exponent; /* EXPONENT_MIN..EXPONENT_MAX */
    bool negative;
};

#define W(hi, lo) (((u128)(hi) << 64) | (u128)(lo))
static const u128 pow10_table[39] = {
    W(0x0, 0x1),
    W(0x0, 0xa),
    W(0x0, 0x64),
    W(0x0, 0x3e8),
    W(0x0, 0x2710),
    W(0x0, 0x186a0),
    W(0x0, 0xf4240),
    W(0x0, 0x989680),
    W(0x0, 0x5f5e100),
    W(0x0, 0x3b9aca00),
    W(0x0, 0x2540be400),
    W(0x0, 0x174876e800),
    W(0x0, 0xe8d4a51000),
    W(0x0, 0x9184e72a000),
    W(0x0, 0x5af3107a4000),
    W(0x0, 0x38d7ea4c68000),
    W(0x0, 0x2386f26fc10000),
    W(0x0, 0x16345785d8a0000),
    W(0x0, 0xde0b6b3a7640000),
    W(0x0, 0x8ac7230489e80000),
    W(0x5, 0x6bc75e2d63100000),
    W(0x36, 0x35c9adc5dea00000),
    W(0x21e, 0x19e0c9bab2400000),
    W(0x152d, 0x2c7e14af6800000),
    W(0xd3c2, 0x1bcecceda1000000),
    W(0x84595, 0x161401484a000000),
    W(0x52b7d2, 0xdcc80cd2e4000000),
    W(0x33b2e3c, 0x9fd0803ce8000000),
    W(0x204fce5e, 0x3e25026110000000),
    W(0x1431e0fae, 0x6d7217caa0000000),
    W(0xc9f2c9cd0, 0x4674edea40000000),
    W(0x7e37be2022, 0xc0914b2680000000),
    W(0x4ee2d6d415b, 0x85acef8100000000),
    W(0x314dc6448d93, 0x38c15b0a00000000),
    W(0x1ed09bead87c0, 0x378d8e6400000000),
    W(0x13426172c74d82, 0x2b878fe800000000),
    W(0xc097ce7bc90715, 0xb34b9f1000000000),
    W(0x785ee10d5da46d9, 0xf436a000000000),
    W(0x4b3b4ca85a86c47a, 0x98a224000000000),
};
#undef W

static inline u128 coefficient_end(void) {
    return pow10_table[NUM_DIGITS_MAX];
}

static struct parts unpack(struct num a) {
    assert(!num_is_nan(a));
    if (num_is_small(a)) {
        int64_t n = num_small(a);
        return (struct parts){n < 0 ? (u128)0 - (u128)n : (u128)n, 0, n < 0};
    }
    uint64_t hi = a.hi ^ NUM_HI_KEY;
    u128 coefficient = ((u128)(hi & UINT64_C(0x1ffffffffffff)) << 64) | a.lo;
    return (struct parts){coefficient, (int32_t)(hi >> 49 & 0x3fff) + EXPONENT_MIN, hi >> 63 != 0};
}

static struct num pack_bits(struct parts p) {
    uint64_t hi = (uint64_t)(p.negative ? 1 : 0) << 63;
    hi |= (uint64_t)(p.exponent - EXPONENT_MIN) << 49;
    hi |= (uint64_t)(p.coefficient >> 64);
    return (struct num){(uint64_t)p.coefficient, hi ^ NUM_HI_KEY};
}

/* A positive exponent goes down to 0 where 34 digits allow it, else up as far as zeros allow. */
static struct parts settle_exponent(struct parts p) {
    if (p.exponent <= NUM_DIGITS_MAX && p.coefficient < pow10_table[NUM_DIGITS_MAX - p.exponent]) {
        p.coefficient *= pow10_table[p.exponent];
        p.exponent = 0;
        return p;
    }
    while (p.coefficient % 10 == 0 && p.exponent < EXPONENT_MAX) {
        p.coefficient /= 10;
        p.exponent++;
    }
    return p;
}

static struct num pack(struct parts p) {
    if (p.coefficient == 0) {
        p.negative = false;
        if (p.exponent >= 0)
            return num_of(0);
    }
    if (p.exponent > 0)
        p = settle_exponent(p);
    if (p.exponent == 0 && p.coefficient <= (u128)INT64_MAX + (p.negative ? 1 : 0)) {
        uint64_t lo = (uint64_t)p.coefficient;
        return (struct num){p.negative ? 0 - lo : lo, 0};
    }
    return pack_bits(p);
}

/* ---- to and from the library ---- */

static BID_UINT128 to_bid(struct num a) {
    if (!num_is_small(a))
        return (BID_UINT128){{a.lo, a.hi ^ NUM_HI_KEY}};
    struct num wide = pack_bits(unpack(a));
    return (BID_UINT128){{wide.lo, wide.hi ^ NUM_HI_KEY}};
}

static struct num from_bid(BID_UINT128 r) {
    uint64_t hi = r.w[1];
    if ((hi & UINT64_C(0x7800000000000000)) == UINT64_C(0x7800000000000000))
        return NUM_NAN; /* infinite or not a number */
    if ((hi & UINT64_C(0x6000000000000000)) == UINT64_C(0x6000000000000000))
        return num_of(0); /* a coefficient beyond 34 digits, which the standard reads as zero */
    return pack(unpack((struct num){r.w[0], hi ^ NUM_HI_KEY}));
}

static bool either_nan(struct num a, struct num b) {
    return num_is_nan(a) || num_is_nan(b);
}

struct num num_of_u64(uint64_t n) {
    return pack((struct parts){n, 0, false});
}

struct num num_of_scaled(int64_t coefficient, int32_t exponent) {
    struct parts p = unpack(num_of(coefficient));
    if (exponent >= EXPONENT_MIN && exponent <= EXPONENT_MAX) {
        p.exponent = exponent;
        return pack(p);
    }
    unsigned flags = 0;
    return from_bid(
        bid128_scalbn(to_bid(num_of(coefficient)), exponent, BID_ROUNDING_TO_NEAREST, &flags));
}

/* ---- addition and multiplication ---- */

/* a + b when both, brought to the smaller exponent, and their sum stay inside 34 digits. */
static bool add_exactly(struct parts *out, struct parts a, struct parts b) {
    if (a.exponent < b.exponent) {
        struct parts swap = a;
        a = b;
        b = swap;
    }
    int32_t shift = a.exponent - b.exponent;
    if (shift > NUM_DIGITS_MAX || a.coefficient >= pow10_table[NUM_DIGITS_MAX - shift])
        return false;
    u128 x = a.coefficient * pow10_table[shift];
    u128 y = b.coefficient;
    bool same = a.negative == b.negative;
    u128 sum = same ? x + y : x >= y ? x - y : y - x;
    bool negative = same || x >= y ? a.negative : b.negative;
    if (sum >= coefficient_end())
        return false;
    *out = (struct parts){sum, b.exponent, negative};
    return true;
}

struct num num_add_any(struct num a, struct num b) {
    if (either_nan(a, b))
        return NUM_NAN;
    struct parts sum;
    if (add_exactly(&sum, unpack(a), unpack(b)))
        return pack(sum);
    unsigned flags = 0;
    return from_bid(bid128_add(to_bid(a), to_bid(b), BID_ROUNDING_TO_NEAREST, &flags));
}

struct num num_sub_any(struct num a, struct num b) {
    return num_add_any(a, num_neg(b));
}

static bool mul_exactly(struct parts *out, struct parts a, struct parts b) {
    if ((a.coefficient | b.coefficient) >> 64 != 0)
        return false; /* the library knows the cases where zeros would save it */
    u128 product = a.coefficient * b.coefficient;
    int32_t exponent = a.exponent + b.exponent;
    if (product >= coefficient_end() || exponent < EXPONENT_MIN || exponent > EXPONENT_MAX)
        return false;
    *out = (struct parts){product, exponent, a.negative != b.negative};
    return true;
}

/* *inexact (may be NULL) becomes true when digits were lost; it is never set to false. */
static struct num mul_watched(struct num a, struct num b, bool *inexact) {
    struct parts product;
    if (mul_exactly(&product, unpack(a), unpack(b)))
        return pack(product);
    unsigned flags = 0;
    BID_UINT128 r = bid128_mul(to_bid(a), to_bid(b), BID_ROUNDING_TO_NEAREST, &flags);
    if (inexact != NULL && (flags & BID_INEXACT_EXCEPTION) != 0)
        *inexact = true;
    return from_bid(r);
}

/* DMN 1.5: tables 59, 60: what is too small for any scale is no number, as what is too large. */
static struct num not_lost(struct num result, struct num a, struct num b) {
    bool lost =
        !num_is_nan(result) && num_sign(result) == 0 && num_sign(a) != 0 && num_sign(b) != 0;
    return lost ? NUM_NAN : result;
}

struct num num_mul_any(struct num a, struct num b) {
    return either_nan(a, b) ? NUM_NAN : not_lost(mul_watched(a, b, NULL), a, b);
}

/* ---- comparison ---- */

int num_sign(struct num a) {
    struct parts p = unpack(a);
    return p.coefficient == 0 ? 0 : p.negative ? -1 : 1;
}

int num_cmp_any(struct num a, struct num b) {
    assert(!either_nan(a, b));
    struct parts x = unpack(a), y = unpack(b);
    if (x.exponent == y.exponent && x.negative == y.negative) {
        int order = (x.coefficient > y.coefficient) - (x.coefficient < y.coefficient);
        return x.negative ? -order : order;
    }
    unsigned flags = 0;
    BID_UINT128 p = to_bid(a), q = to_bid(b);
    if (bid128_quiet_less(p, q, &flags))
        return -1;
    return bid128_quiet_greater(p, q, &flags) ? 1 : 0;
}

bool num_is_integer(struct num a) {
    return num_is_small(num_trim(a)) || unpack(num_trim(a)).exponent >= 0;
}

bool num_is_even(struct num a) {
    struct parts p = unpack(num_trim(a));
    return p.exponent > 0 || (p.exponent == 0 && p.coefficient % 2 == 0);
}

bool num_is_odd(struct num a) {
    struct parts p = unpack(num_trim(a));
    return p.exponent == 0 && p.coefficient % 2 == 1;
}

struct num num_trim(struct num a) {
    if (num_is_small(a) || num_is_nan(a))
        return a;
    struct parts p = unpack(a);
    while (p.exponent < 0 && p.coefficient % 10 == 0) {
        if (p.coefficient == 0)
            return num_of(0);
        p.coefficient /= 10;
        p.exponent++;
    }
    return pack(p);
}

uint64_t num_hash(struct num a) {
    a = num_trim(a);
    uint64_t h = (a.lo ^ (a.hi * UINT64_C(0x9e3779b97f4a7c15))) * UINT64_C(0xff51afd7ed558ccd);
    h = (h ^ h >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
    return h ^ h >> 33;
}

/* ---- the other operations ---- */

struct num num_neg(struct num a) {
    if (num_is_nan(a))
        return a;
    struct parts p = unpack(a);
    p.negative = !p.negative;
    return pack(p);
}

struct num num_abs(struct num a) {
    return num_is_nan(a) || num_sign(a) >= 0 ? a : num_neg(a);
}

struct num num_div(struct num a, struct num b) {
    if (either_nan(a, b) || num_sign(b) == 0)
        return NUM_NAN;
    if ((a.hi | b.hi) == 0 && num_small(b) != -1 && num_small(a) % num_small(b) == 0)
        return num_of(num_small(a) / num_small(b));
    unsigned flags = 0;
    return not_lost(from_bid(bid128_div(to_bid(a), to_bid(b), BID_ROUNDING_TO_NEAREST, &flags)), a,
                    b);
}

/* DMN 1.5: table 76, modulo */
struct num num_modulo(struct num a, struct num b) {
    if (either_nan(a, b) || num_sign(b) == 0)
        return NUM_NAN;
    struct num rest;
    if ((a.hi | b.hi) == 0) {
        rest = num_of(num_small(b) == -1 ? 0 : num_small(a) % num_small(b));
    } else {
        unsigned flags = 0;
        rest = from_bid(bid128_fmod(to_bid(a), to_bid(b), &flags));
    }
    if (!num_is_nan(rest) && num_sign(rest) * num_sign(b) < 0)
        rest = num_add(rest, b);
    return rest;
}

/* a to the power n by squaring; false when a digit was lost on the way. */
static bool pow_exactly(struct num *out, struct num a, uint64_t n) {
    struct num result = num_of(1);
    bool inexact = false;
    for (;;) {
        if (n & 1)
            result = mul_watched(result, a, &inexact);
        if (inexact || num_is_nan(result))
            return false;
        n >>= 1;
        if (n == 0)
            break;
        a = mul_watched(a, a, &inexact);
        if (inexact || num_is_nan(a))
            return false;
    }
    *out = result;
    return true;
}

/* Below zero, where 1/a has no rest: so the way there does not grow beyond the largest number. */
static bool turn_over(struct num *a, struct num *b) {
    if (num_sign(*b) >= 0)
        return false;
    struct num other = num_div(num_of(1), *a);
    if (num_is_nan(other) || num_cmp(num_mul(other, *a), num_of(1)) != 0)
        return false;
    *a = other;
    *b = num_neg(*b);
    return true;
}

struct num num_pow(struct num a, struct num b) {
    if (either_nan(a, b) || (num_sign(a) == 0 && num_sign(b) < 0))
        return NUM_NAN;
    int64_t n;
    struct num result;
    if (num_to_i64(&n, b) && n != INT64_MIN && pow_exactly(&result, a, (uint64_t)(n < 0 ? -n : n)))
        return n < 0 ? num_div(num_of(1), result) : result;
    if (turn_over(&a, &b) && num_to_i64(&n, b) && pow_exactly(&result, a, (uint64_t)n))
        return result;
    unsigned flags = 0;
    result = num_trim(from_bid(bid128_pow(to_bid(a), to_bid(b), BID_ROUNDING_TO_NEAREST, &flags)));
    return not_lost(result, a, num_of(1));
}

struct num num_sqrt(struct num a) {
    if (num_is_nan(a) || num_sign(a) < 0)
        return NUM_NAN;
    unsigned flags = 0;
    return from_bid(bid128_sqrt(to_bid(a), BID_ROUNDING_TO_NEAREST, &flags));
}

struct num num_exp(struct num a) {
    if (num_is_nan(a))
        return a;
    unsigned flags = 0;
    struct num result = from_bid(bid128_exp(to_bid(a), BID_ROUNDING_TO_NEAREST, &flags));
    return num_trim(not_lost(result, num_of(1), num_of(1)));
}

struct num num_log(struct num a) {
    if (num_is_nan(a) || num_sign(a) <= 0)
        return NUM_NAN;
    unsigned flags = 0;
    return num_trim(from_bid(bid128_log(to_bid(a), BID_ROUNDING_TO_NEAREST, &flags)));
}

/* Does dropping the rest raise the quotient by one? half: -1, 0, 1, the rest against one half. */
static bool rounds_away(enum num_round how, bool negative, bool odd, bool any_rest, int half) {
    switch (how) {
    case NUM_ROUND_HALF_EVEN: return half > 0 || (half == 0 && odd);
    case NUM_ROUND_FLOOR: return any_rest && negative;
    case NUM_ROUND_CEILING: return any_rest && !negative;
    case NUM_ROUND_UP: return any_rest;
    case NUM_ROUND_DOWN: return false;
    case NUM_ROUND_HALF_UP: return half >= 0;
    case NUM_ROUND_HALF_DOWN: return half > 0;
    }
    assert(false);
    return false;
}

/* Drops digits from the coefficient: the exponent grows by drop. */
static struct parts drop_digits(struct parts p, int32_t drop, enum num_round how) {
    u128 unit = drop < 38 ? pow10_table[drop] : pow10_table[38]; /* above 2 * 10^34 all are alike */
    u128 quotient = p.coefficient / unit, rest = p.coefficient % unit;
    u128 other = unit - rest;
    int half = (rest > other) - (rest < other);
    if (rounds_away(how, p.negative, quotient % 2 == 1, rest != 0, half))
        quotient++;
    return (struct parts){quotient, p.exponent + drop, p.negative};
}

struct num num_round(struct num a, int32_t scale, enum num_round how) {
    if (num_is_nan(a) || scale < NUM_SCALE_MIN || scale > NUM_SCALE_MAX)
        return NUM_NAN;
    struct parts p = unpack(a);
    int32_t exponent = -scale;
    if (p.exponent < exponent)
        return pack(drop_digits(p, exponent - p.exponent, how));
    int32_t pad = p.exponent - exponent;
    if (pad > NUM_DIGITS_MAX || p.coefficient >= pow10_table[NUM_DIGITS_MAX - pad])
        return a;
    p.coefficient *= pow10_table[pad];
    p.exponent = exponent;
    return pack(p);
}

/* ---- text ---- */

bool num_to_i64(int64_t *out, struct num a) {
    if (num_is_nan(a))
        return false;
    a = num_trim(a);
    if (!num_is_small(a))
        return false;
    *out = num_small(a);
    return true;
}

struct reader {
    u128 coefficient;
    int64_t exponent;
    int kept;  /* significant digits in the coefficient, at most 34 */
    int next;  /* the first digit that was cut, -1: none */
    bool more; /* a digit other than 0 was cut after it */
    bool any;  /* any digit at all */
};

static void take_digit(struct reader *r, int digit, bool fraction) {
    r->any = true;
    if (r->kept == NUM_DIGITS_MAX) {
        if (r->next < 0)
            r->next = digit;
        else
            r->more |= digit != 0;
        r->exponent += fraction ? 0 : 1;
        return;
    }
    r->coefficient = r->coefficient * 10 + (u128)(unsigned)digit;
    r->kept += r->coefficient != 0;
    r->exponent -= fraction ? 1 : 0;
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool take_exponent(struct reader *r, struct str s) {
    bool negative = s.len > 0 && s.at[0] == '-';
    if (s.len > 0 && (s.at[0] == '-' || s.at[0] == '+'))
        s = str_sub(s, 1, s.len);
    int64_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (!is_digit(s.at[i]))
            return false;
        n = n > 1000000 ? n : n * 10 + (s.at[i] - '0'); /* far beyond any exponent already */
    }
    r->exponent += negative ? -n : n;
    return s.len > 0;
}

/* Into the range of exponents: upwards by zeros, downwards by dropping digits, but not all. */
static bool fit(struct parts *out, const struct reader *r, bool negative) {
    struct parts p = {r->coefficient, 0, negative};
    if (r->next > 5 || (r->next == 5 && (r->more || p.coefficient % 2 == 1)))
        p.coefficient++;
    int64_t exponent = r->exponent;
    if (p.coefficient == coefficient_end()) {
        p.coefficient /= 10;
        exponent++;
    }
    if (p.coefficient == 0) {
        p.exponent = (int32_t)MAX_OF(EXPONENT_MIN, MIN_OF(exponent, 0));
        *out = p;
        return true;
    }
    for (; exponent > EXPONENT_MAX && p.coefficient < pow10_table[NUM_DIGITS_MAX - 1]; exponent--)
        p.coefficient *= 10;
    if (exponent > EXPONENT_MAX)
        return false;
    if (exponent < EXPONENT_MIN) {
        int32_t drop = (int32_t)MIN_OF(EXPONENT_MIN - exponent, 38);
        p = drop_digits(p, drop, NUM_ROUND_HALF_EVEN);
        exponent = EXPONENT_MIN;
        if (p.coefficient == 0)
            return false;
    }
    p.exponent = (int32_t)exponent;
    *out = p;
    return true;
}

bool num_parse(struct num *out, struct str text) {
    if (text.len > PARSE_BYTES_MAX)
        return false;
    struct reader r = {.next = -1};
    bool negative = text.len > 0 && text.at[0] == '-';
    size_t i = text.len > 0 && (text.at[0] == '-' || text.at[0] == '+') ? 1 : 0;
    for (; i < text.len && is_digit(text.at[i]); i++)
        take_digit(&r, text.at[i] - '0', false);
    if (i < text.len && text.at[i] == '.') {
        size_t point = i++;
        for (; i < text.len && is_digit(text.at[i]); i++)
            take_digit(&r, text.at[i] - '0', true);
        if (i == point + 1)
            return false; /* "5." */
    }
    if (!r.any)
        return false;
    if (i < text.len) {
        if (text.at[i] != 'e' && text.at[i] != 'E')
            return false;
        if (!take_exponent(&r, str_sub(text, i + 1, text.len)))
            return false;
    }
    struct parts p;
    if (!fit(&p, &r, negative))
        return false;
    *out = pack(p);
    return true;
}

static int coefficient_digits(char out[40], u128 n) {
    char reversed[40];
    int count = 0;
    do
        reversed[count++] = (char)('0' + (int)(n % 10));
    while ((n /= 10) != 0);
    for (int i = 0; i < count; i++)
        out[i] = reversed[count - 1 - i];
    return count;
}

static size_t format_scientific(char *out, const char *digits, int count, int32_t exponent) {
    size_t at = 0;
    for (; exponent > 0 && count > 1 && digits[count - 1] == '0'; exponent++)
        count--;
    out[at++] = digits[0];
    if (count > 1)
        out[at++] = '.';
    for (int i = 1; i < count; i++)
        out[at++] = digits[i];
    int written = snprintf(out + at, 12, "E%+d", exponent + count - 1);
    return at + (size_t)written;
}

static size_t format_plain(char *out, const char *digits, int count, int32_t exponent) {
    size_t at = 0;
    int point = count + exponent; /* digits before the decimal point */
    if (point <= 0)
        out[at++] = '0';
    for (int i = 0; i < point; i++)
        out[at++] = i < count ? digits[i] : '0';
    if (exponent < 0)
        out[at++] = '.';
    for (int i = point; i < count; i++)
        out[at++] = i < 0 ? '0' : digits[i];
    return at;
}

size_t num_format(char out[NUM_TEXT_MAX], struct num a) {
    struct parts p = unpack(a);
    char digits[40];
    int count = coefficient_digits(digits, p.coefficient);
    size_t at = 0;
    if (p.negative)
        out[at++] = '-';
    int width = p.exponent >= 0 ? count + p.exponent : MAX_OF(count, 1 - p.exponent);
    if (width <= NUM_PLAIN_DIGITS)
        at += format_plain(out + at, digits, count, p.exponent);
    else
        at += format_scientific(out + at, digits, count, p.exponent);
    out[at] = '\0';
    return at;
}

void num_print(struct buf *out, struct num a) {
    char text[NUM_TEXT_MAX];
    size_t len = num_format(text, a);
    buf_add(out, (struct str){text, len});
}

/* ---- canonical bytes: sign, width and exponent in one varint, then the coefficient ---- */

void num_add_bytes(struct buf *out, struct num a) {
    struct parts p = unpack(a);
    uint64_t high = (uint64_t)(p.coefficient >> 64);
    uint64_t zigzag = (uint64_t)(p.exponent < 0 ? -2 * p.exponent - 1 : 2 * p.exponent);
    bytes_add_u64(out, zigzag << 2 | (high != 0 ? 2u : 0u) | (p.negative ? 1u : 0u));
    bytes_add_u64(out, (uint64_t)p.coefficient);
    if (high != 0)
        bytes_add_u64(out, high);
}

bool num_take_bytes(struct num *out, struct bytes_reader *r) {
    uint64_t head = 0, low = 0, high = 0;
    *out = num_of(0);
    if (!bytes_take_u64(&head, r) || !bytes_take_u64(&low, r) ||
        ((head & 2) != 0 && !bytes_take_u64(&high, r)))
        return false;
    uint64_t zigzag = head >> 2;
    u128 coefficient = (u128)high << 64 | low;
    r->bad |= zigzag > 2 * 6176 || ((head & 2) != 0 && high == 0);
    r->bad |= coefficient >= coefficient_end();
    if (r->bad)
        return false;
    int32_t exponent = (int32_t)(zigzag >> 1);
    exponent = (zigzag & 1) != 0 ? -exponent - 1 : exponent;
    if (exponent < EXPONENT_MIN || exponent > EXPONENT_MAX) {
        r->bad = true;
        return false;
    }
    struct parts p = {coefficient, exponent, (head & 1) != 0};
    struct num a = pack(p);
    struct parts again = unpack(a);
    r->bad = again.coefficient != p.coefficient || again.exponent != p.exponent ||
             again.negative != p.negative;
    if (!r->bad)
        *out = a;
    return !r->bad;
}
