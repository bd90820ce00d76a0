/* Days are counted in eras of 400 years that begin on 1 March, so that the leap day is the last day
 * of its year and month lengths follow one formula (153 days in five months). All in int64_t: with
 * years up to 10^9 a day number stays below 4 * 10^11. */
#include "cal/cal.h"

#include <assert.h>

enum { ERA_YEARS = 400, ERA_DAYS = 146097, EPOCH_DAY = 719468 /* 1970-01-01 from 0000-03-01 */ };

static int64_t floor_div(int64_t a, int64_t b) {
    return a / b - (a % b != 0 && (a % b < 0) != (b < 0));
}

bool cal_is_leap_year(int32_t year) {
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int cal_month_days(int32_t year, int month) {
    static const uint8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    assert(month >= 1 && month <= 12);
    return days[month - 1] + (month == 2 && cal_is_leap_year(year));
}

bool cal_date_valid(int64_t year, int64_t month, int64_t day) {
    return year >= -CAL_YEAR_MAX && year <= CAL_YEAR_MAX && month >= 1 && month <= 12 && day >= 1 &&
           day <= cal_month_days((int32_t)year, (int)month);
}

bool cal_date_of(struct cal_date *out, int64_t year, int64_t month, int64_t day) {
    if (!cal_date_valid(year, month, day))
        return false;
    *out = (struct cal_date){(int32_t)year, (uint8_t)month, (uint8_t)day};
    return true;
}

int64_t cal_days_of(struct cal_date date) {
    int64_t month = date.month <= 2 ? date.month + 9 : date.month - 3; /* from March */
    int64_t year = (int64_t)date.year - (date.month <= 2);
    int64_t era = floor_div(year, ERA_YEARS), in_era = year - era * ERA_YEARS;
    int64_t day = (153 * month + 2) / 5 + date.day - 1;
    return era * ERA_DAYS + in_era * 365 + in_era / 4 - in_era / 100 + day - EPOCH_DAY;
}

bool cal_date_from_days(struct cal_date *out, int64_t days) {
    const int64_t bound = (int64_t)(CAL_YEAR_MAX + 1) * 366;
    if (days < -bound || days > bound)
        return false;
    days += EPOCH_DAY;
    int64_t era = floor_div(days, ERA_DAYS), day = days - era * ERA_DAYS;
    int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    day -= year * 365 + year / 4 - year / 100;
    int64_t month = (5 * day + 2) / 153;
    day -= (153 * month + 2) / 5;
    month += month < 10 ? 3 : -9;
    return cal_date_of(out, era * ERA_YEARS + year + (month <= 2), month, day + 1);
}

bool cal_date_add_days(struct cal_date *out, struct cal_date date, int64_t days) {
    int64_t sum;
    return !__builtin_add_overflow(cal_days_of(date), days, &sum) && cal_date_from_days(out, sum);
}

bool cal_date_add_months(struct cal_date *out, struct cal_date date, int64_t months) {
    if (months < -CAL_MONTHS_MAX || months > CAL_MONTHS_MAX)
        return false;
    int64_t sum = (int64_t)date.year * 12 + date.month - 1 + months;
    int64_t year = floor_div(sum, 12), month = sum - year * 12 + 1;
    if (year < -CAL_YEAR_MAX || year > CAL_YEAR_MAX)
        return false;
    int last = cal_month_days((int32_t)year, (int)month);
    return cal_date_of(out, year, month, MIN_OF((int)date.day, last));
}

int cal_date_cmp(struct cal_date a, struct cal_date b) {
    if (a.year != b.year)
        return a.year < b.year ? -1 : 1;
    if (a.month != b.month)
        return a.month < b.month ? -1 : 1;
    return (a.day > b.day) - (a.day < b.day);
}

bool cal_date_same(struct cal_date a, struct cal_date b) {
    return cal_date_cmp(a, b) == 0;
}

int cal_weekday(struct cal_date date) {
    int64_t days = cal_days_of(date) + 3; /* 1970-01-01 was a Thursday */
    return (int)(days - floor_div(days, 7) * 7) + 1;
}

int cal_day_of_year(struct cal_date date) {
    struct cal_date first = {date.year, 1, 1};
    return (int)(cal_days_of(date) - cal_days_of(first)) + 1;
}

/* ISO 8601: week 1 holds the year's first Thursday, so a week belongs to the year of its Thursday.
 */
int cal_week_of_year(struct cal_date date, int32_t *year) {
    int from_thursday = cal_weekday(date) - 4;
    int day = cal_day_of_year(date) - from_thursday; /* the Thursday, as a day of date's year */
    int32_t of = date.year;
    if (day < 1)
        day += cal_is_leap_year(--of) ? 366 : 365;
    else if (day > (cal_is_leap_year(of) ? 366 : 365))
        day -= cal_is_leap_year(of++) ? 366 : 365;
    if (year != NULL)
        *year = of;
    return (day - 1) / 7 + 1;
}

/* ---- durations ---- */

enum { NS = 1000000000 };

bool cal_span_of(struct cal_span *out, int64_t s, int64_t ns) {
    int64_t carry = floor_div(ns, NS), sum;
    if (__builtin_add_overflow(s, carry, &sum) || sum < -CAL_SPAN_S_MAX || sum > CAL_SPAN_S_MAX)
        return false;
    *out = (struct cal_span){sum, (uint32_t)(ns - carry * NS)};
    return true;
}

bool cal_span_add(struct cal_span *out, struct cal_span a, struct cal_span b) {
    return cal_span_of(out, a.s + b.s, (int64_t)a.ns + b.ns);
}

bool cal_span_neg(struct cal_span *out, struct cal_span a) {
    return cal_span_of(out, -a.s, -(int64_t)a.ns);
}

int cal_span_cmp(struct cal_span a, struct cal_span b) {
    if (a.s != b.s)
        return a.s < b.s ? -1 : 1;
    return (a.ns > b.ns) - (a.ns < b.ns);
}

struct num cal_span_num(struct cal_span a) {
    if (a.ns == 0)
        return num_of(a.s);
    return num_trim(num_add(num_of(a.s), num_of_scaled(a.ns, -9)));
}

bool cal_span_from_num(struct cal_span *out, struct num seconds) {
    if (num_is_nan(seconds))
        return false;
    struct num cut = num_round(seconds, 9, NUM_ROUND_DOWN);
    struct num whole = num_round(cut, 0, NUM_ROUND_FLOOR);
    int64_t s, ns;
    return num_to_i64(&s, whole) && num_to_i64(&ns, num_mul(num_sub(cut, whole), num_of(NS))) &&
           cal_span_of(out, s, ns);
}

struct cal_span_parts cal_span_split(struct cal_span a) {
    int64_t sign = a.s < 0 ? -1 : 1, s = a.s, ns = a.ns;
    if (a.s < 0) { /* as a negative number of both */
        s = -a.s - (ns > 0);
        ns = ns > 0 ? NS - ns : 0;
    }
    return (struct cal_span_parts){sign * (s / 86400), (int)(sign * (s / 3600 % 24)),
                                   (int)(sign * (s / 60 % 60)), (int)(sign * (s % 60)),
                                   (int32_t)(sign * ns)};
}

struct cal_months cal_months_between(struct cal_date from, struct cal_date to) {
    int64_t n = ((int64_t)to.year - from.year) * 12 + to.month - from.month;
    if (n > 0 && to.day < from.day)
        n--;
    else if (n < 0 && to.day > from.day)
        n++;
    return (struct cal_months){n};
}
