/* Values that lie between two ends of a column's cells. Invariant: what is given compares as
 * strictly between, whatever the arithmetic did on the way; null when no such value was found. */
#include <string.h>

#include "dmn/check.h"
#include "num/num.h"

static struct feel_value number_between(struct arena *a, const struct feel_value *low,
                                        const struct feel_value *high) {
    struct num l = num_of(0), h = l, n[4];
    if (low != NULL)
        feel_as_num(&l, *low);
    if (high != NULL)
        feel_as_num(&h, *high);
    struct num up = num_add(num_round(l, 0, NUM_ROUND_FLOOR), num_of(1));
    struct num down = num_sub(num_round(h, 0, NUM_ROUND_CEILING), num_of(1));
    n[0] = low != NULL ? up : down;
    /* 34 digits: a whole one more may be no more. */
    n[1] = low != NULL && high != NULL ? num_add(l, num_div(num_sub(h, l), num_of(2))) : num_of(0);
    n[2] = num_mul(low != NULL ? l : h, num_of(2));
    n[3] = num_div(low != NULL ? l : h, num_of(2));
    for (size_t i = 0; i < COUNT_OF(n); i++)
        if (!num_is_nan(n[i]) && (low == NULL || num_cmp(l, n[i]) < 0) &&
            (high == NULL || num_cmp(n[i], h) < 0))
            return feel_number(a, &n[i]);
    return feel_null();
}

/* No day lies between two that follow each other. One of the ends is there. */
static struct feel_value date_between(const struct feel_value *low, const struct feel_value *high) {
    struct cal_date date;
    int64_t days = 0;
    if (low != NULL)
        days = cal_days_of(feel_as_date(*low)) + 1;
    if (high != NULL && low == NULL)
        days = cal_days_of(feel_as_date(*high)) - 1;
    if ((low != NULL && high != NULL && days >= cal_days_of(feel_as_date(*high))) ||
        !cal_date_from_days(&date, days))
        return feel_null();
    return feel_date(date);
}

static struct feel_value months_between(const struct feel_value *low,
                                        const struct feel_value *high) {
    int64_t n = 0;
    if (low != NULL)
        n = feel_as_years_months(*low).n + 1;
    if (high != NULL && low == NULL)
        n = feel_as_years_months(*high).n - 1;
    if (low != NULL && high != NULL && n >= feel_as_years_months(*high).n)
        return feel_null();
    return feel_years_months((struct cal_months){n});
}

static struct feel_value span_between(const struct feel_value *low, const struct feel_value *high) {
    struct cal_span span, one = {60, 0}, back = {-60, 0};
    struct num half;
    if (low == NULL)
        return cal_span_add(&span, feel_as_days_time(*high), back) ? feel_days_time(span)
                                                                   : feel_null();
    if (high == NULL)
        return cal_span_add(&span, feel_as_days_time(*low), one) ? feel_days_time(span)
                                                                 : feel_null();
    half = num_div(
        num_add(cal_span_num(feel_as_days_time(*low)), cal_span_num(feel_as_days_time(*high))),
        num_of(2));
    if (!cal_span_from_num(&span, half) || cal_span_cmp(span, feel_as_days_time(*low)) <= 0)
        return feel_null();
    return feel_days_time(span);
}

static bool lies_between(struct str text, const struct feel_value *low,
                         const struct feel_value *high) {
    return (low == NULL || str_cmp(feel_as_string(*low), text) < 0) &&
           (high == NULL || str_cmp(text, feel_as_string(*high)) < 0);
}

/* The earliest text behind low is low and a byte of zero; readable ones are tried first. */
static struct feel_value text_between(struct arena *a, const struct feel_value *low,
                                      const struct feel_value *high, struct str other) {
    static const struct str tails[] = {STR_INIT(" (another)"), STR_INIT(" "), STR_INIT("\t"),
                                       STR_INIT("\x01"), STR_INIT("\0")};
    if (lies_between(other, low, high))
        return feel_string(other);
    if (low == NULL)
        return lies_between(STR_NONE, low, high) ? feel_string(STR_NONE) : feel_null();
    struct str from = feel_as_string(*low);
    for (size_t i = 0; i < COUNT_OF(tails); i++) {
        struct arena_mark mark = arena_mark(a);
        char *text = arena_new(a, char, from.len + tails[i].len);
        struct str made = {text, from.len + tails[i].len};
        if (from.len > 0)
            memcpy(text, from.at, from.len);
        memcpy(text + from.len, tails[i].at, tails[i].len);
        if (lies_between(made, low, high))
            return feel_string(made);
        arena_rewind(a, mark);
    }
    return feel_null();
}

static struct feel_value moved(struct arena *a, struct feel_value from, struct cal_span step) {
    struct cal_datetime at;
    if (feel_kind(from) == FEEL_TIME)
        return feel_time(a, cal_time_add(feel_as_time(from), step));
    return cal_datetime_add(&at, feel_as_date_time(from), step) ? feel_date_time(a, at)
                                                                : feel_null();
}

/* Times and date-times: a second away from an end, or half of one, down to a nanosecond. Times go
 * round the clock, so order decides. */
static struct feel_value moment_between(struct arena *a, const struct feel_value *low,
                                        const struct feel_value *high) {
    static const struct cal_span steps[] = {
        {1, 0}, {0, 500000000}, {0, 1000000}, {0, 1000}, {0, 1}};
    const struct feel_value *from = low != NULL ? low : high;
    for (size_t i = 0; i < COUNT_OF(steps) && from != NULL; i++) {
        struct cal_span step = steps[i];
        if (low == NULL && !cal_span_neg(&step, step))
            continue;
        struct feel_value v = moved(a, *from, step);
        if (!feel_is_null(v) && (low == NULL || table_value_order(*low, v) < 0) &&
            (high == NULL || table_value_order(v, *high) < 0))
            return v;
    }
    return feel_null();
}

struct feel_value check_between(struct arena *a, enum feel_kind kind, const struct feel_value *low,
                                const struct feel_value *high, struct str other) {
    switch (kind) {
    case FEEL_NUMBER: return number_between(a, low, high);
    case FEEL_STRING: return text_between(a, low, high, other);
    case FEEL_DATE: return date_between(low, high);
    case FEEL_YEARS_MONTHS: return months_between(low, high);
    case FEEL_DAYS_TIME: return span_between(low, high);
    case FEEL_TIME:
    case FEEL_DATE_TIME: return moment_between(a, low, high);
    default: return feel_null(); /* booleans: nothing lies between */
    }
}
