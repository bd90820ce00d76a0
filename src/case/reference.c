/* References of cases: region, two digits of the year, six or more digits, and Damm's check digit
 * over all digits before it. Damm finds every single wrong digit and every swap of neighbours. */
#include <inttypes.h>

#include "case/case.h"

/* Damm, H. M.: Total anti-symmetrische Quasigruppen, Marburg 2004; the order-10 table of the text.
 */
static const unsigned char damm[10][10] = {
    {0, 3, 1, 7, 5, 9, 8, 6, 4, 2}, {7, 0, 9, 2, 1, 5, 4, 8, 6, 3}, {4, 2, 0, 6, 8, 7, 1, 3, 5, 9},
    {1, 7, 5, 0, 9, 8, 3, 4, 2, 6}, {6, 1, 2, 3, 0, 4, 5, 9, 7, 8}, {3, 6, 7, 4, 2, 0, 9, 5, 8, 1},
    {5, 8, 6, 9, 7, 2, 0, 1, 3, 4}, {8, 9, 4, 5, 3, 6, 2, 0, 1, 7}, {9, 4, 3, 8, 6, 1, 7, 2, 0, 5},
    {2, 5, 8, 1, 4, 3, 6, 7, 9, 0},
};

static unsigned char check_digit(struct str digits) {
    unsigned char state = 0;
    for (size_t i = 0; i < digits.len; i++)
        if (digits.at[i] >= '0' && digits.at[i] <= '9')
            state = damm[state][digits.at[i] - '0'];
    return state;
}

enum { REGION_DIGITS = 6, YEAR_DIGITS = 2, NUMBER_DIGITS_MIN = 6, DIGITS_MAX = 30 };

struct str case_reference_make(struct arena *arena, struct str region, int32_t year, uint64_t n) {
    struct str body = arena_printf(arena, "%.6s-%02d-%06" PRIu64,
                                   arena_cstr(arena, region.len == 0 ? STR("000000") : region),
                                   (int)(year % 100), n);
    return arena_printf(arena, "%.*s-%u", STR_ARG(body), check_digit(body));
}

bool case_reference_read(struct str *out, struct arena *arena, struct str typed) {
    char digits[DIGITS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < typed.len; i++) {
        char c = typed.at[i];
        if (c == ' ' || c == '-')
            continue;
        if (c < '0' || c > '9' || count == DIGITS_MAX)
            return false;
        digits[count++] = c;
    }
    if (count < REGION_DIGITS + YEAR_DIGITS + NUMBER_DIGITS_MIN + 1)
        return false;
    if (check_digit((struct str){digits, count}) != 0) /* the check digit brings the state to 0 */
        return false;
    *out = arena_printf(arena, "%.6s-%.2s-%.*s-%c", digits, digits + REGION_DIGITS,
                        (int)(count - REGION_DIGITS - YEAR_DIGITS - 1),
                        digits + REGION_DIGITS + YEAR_DIGITS, digits[count - 1]);
    return true;
}
