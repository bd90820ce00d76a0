/* Readers and writers of the text forms. A reader walks a cursor over the whole text; every take_*
 * function moves it only when it succeeds. */
#include "cal/cal.h"

#include <assert.h>
#include <inttypes.h>

#include "cal/zone.h"

enum { NS = 1000000000 };

static bool take_byte(struct str *s, char c) {
    if (s->len == 0 || s->at[0] != c)
        return false;
    *s = str_sub(*s, 1, s->len);
    return true;
}

static size_t digits_at(struct str s) {
    size_t n = 0;
    while (n < s.len && s.at[n] >= '0' && s.at[n] <= '9')
        n++;
    return n;
}

/* min..max digits, not followed by another one. */
static bool take_number(int64_t *out, struct str *s, size_t min, size_t max) {
    size_t n = digits_at(*s);
    if (n < min || n > max)
        return false;
    int64_t value = 0;
    for (size_t i = 0; i < n; i++)
        value = value * 10 + (s->at[i] - '0');
    *s = str_sub(*s, n, s->len);
    *out = value;
    return true;
}

/* The digits of a fraction, as nanoseconds; beyond nine they are cut. */
static int64_t take_fraction(struct str *s) {
    size_t n = digits_at(*s);
    int64_t ns = 0;
    for (size_t i = 0; i < 9; i++)
        ns = ns * 10 + (i < n ? s->at[i] - '0' : 0);
    *s = str_sub(*s, n, s->len);
    return ns;
}

/* XML Schema 1.1 part 2: 3.3.9.1: at least four digits, none leading beyond four */
static bool take_date(struct cal_date *out, struct str *s) {
    struct str at = *s;
    bool negative = take_byte(&at, '-');
    size_t year_digits = digits_at(at);
    if (year_digits > 4 && at.at[0] == '0')
        return false;
    int64_t year, month, day;
    if (!take_number(&year, &at, 4, 9) || !take_byte(&at, '-') || !take_number(&month, &at, 2, 2) ||
        !take_byte(&at, '-') || !take_number(&day, &at, 2, 2))
        return false;
    if (!cal_date_of(out, negative ? -year : year, month, day))
        return false;
    *s = at;
    return true;
}

/* Z, +08:00, -02:45:55, @Name or nothing: to the end of the text. */
static bool take_offset(struct cal_time *out, struct str s, const struct cal_zones *zones) {
    if (s.len == 0)
        return true;
    if (str_eq_ascii_case(s, STR("Z"))) /* DMN's own examples write 23:00:50z */
        return cal_time_with_offset(out, *out, 0);
    if (take_byte(&s, '@')) {
        const struct cal_zone *zone = cal_zone_find(zones, s);
        if (zone == NULL)
            return false;
        *out = cal_time_in_zone(*out, zone);
        return true;
    }
    bool east = take_byte(&s, '+');
    int64_t hours, minutes, seconds = 0;
    if ((!east && !take_byte(&s, '-')) || !take_number(&hours, &s, 2, 2) || !take_byte(&s, ':') ||
        !take_number(&minutes, &s, 2, 2) || minutes > 59)
        return false;
    if (take_byte(&s, ':') && (!take_number(&seconds, &s, 2, 2) || seconds > 59))
        return false;
    int64_t offset_s = hours * 3600 + minutes * 60 + seconds;
    return s.len == 0 && cal_time_with_offset(out, *out, east ? offset_s : -offset_s);
}

/* *midnight: the text said 24:00:00, the end of the day. */
static bool parse_time(struct cal_time *out, bool *midnight, struct str s,
                       const struct cal_zones *zones) {
    int64_t hour, minute, second, ns = 0;
    if (!take_number(&hour, &s, 2, 2) || !take_byte(&s, ':') || !take_number(&minute, &s, 2, 2) ||
        !take_byte(&s, ':') || !take_number(&second, &s, 2, 2))
        return false;
    if (take_byte(&s, '.')) {
        if (digits_at(s) == 0)
            return false;
        ns = take_fraction(&s);
    }
    *midnight = hour == 24 && minute == 0 && second == 0 && ns == 0;
    return cal_time_of(out, *midnight ? 0 : hour, minute, second, ns) && take_offset(out, s, zones);
}

bool cal_date_parse(struct cal_date *out, struct str text) {
    struct cal_date date;
    if (!take_date(&date, &text) || text.len != 0)
        return false;
    *out = date;
    return true;
}

bool cal_time_parse(struct cal_time *out, struct str text, const struct cal_zones *zones) {
    struct cal_time time;
    bool midnight;
    if (!parse_time(&time, &midnight, text, zones))
        return false;
    *out = time;
    return true;
}

bool cal_datetime_parse(struct cal_datetime *out, struct str text, const struct cal_zones *zones) {
    struct cal_datetime at;
    bool midnight;
    if (!take_date(&at.date, &text) || !take_byte(&text, 'T') ||
        !parse_time(&at.time, &midnight, text, zones))
        return false;
    if (midnight && !cal_date_add_days(&at.date, at.date, 1))
        return false;
    *out = at;
    return true;
}

/* One component of a duration: digits and its letter, times unit, added to *sum. */
static bool take_part(int64_t *sum, bool *any, struct str *s, char letter, int64_t unit) {
    size_t n = digits_at(*s);
    if (n == 0 || n > 18 || n >= s->len || s->at[n] != letter)
        return true; /* not there: the caller sees what is left */
    int64_t value, product;
    if (!take_number(&value, s, 1, 18) || __builtin_mul_overflow(value, unit, &product) ||
        __builtin_add_overflow(*sum, product, sum))
        return false;
    *any = true;
    return take_byte(s, letter);
}

/* "4S", "4.5S" and, as the TCK has it, "0.S" */
static bool take_seconds(int64_t *sum, int64_t *ns, bool *any, struct str *s) {
    size_t n = digits_at(*s);
    if (n == 0 || n >= s->len || s->at[n] != '.')
        return take_part(sum, any, s, 'S', 1);
    int64_t value;
    if (!take_number(&value, s, 1, 18) || !take_byte(s, '.') ||
        __builtin_add_overflow(*sum, value, sum))
        return false;
    *ns = take_fraction(s);
    *any = true;
    return take_byte(s, 'S');
}

bool cal_span_parse(struct cal_span *out, struct str text) {
    bool negative = take_byte(&text, '-'), any = false;
    int64_t s = 0, ns = 0;
    if (!take_byte(&text, 'P') || !take_part(&s, &any, &text, 'D', 86400))
        return false;
    if (take_byte(&text, 'T')) {
        any = false; /* nothing after the T is an error */
        if (!take_part(&s, &any, &text, 'H', 3600) || !take_part(&s, &any, &text, 'M', 60) ||
            !take_seconds(&s, &ns, &any, &text))
            return false;
    }
    return any && text.len == 0 && cal_span_of(out, negative ? -s : s, negative ? -ns : ns);
}

bool cal_months_parse(struct cal_months *out, struct str text) {
    bool negative = take_byte(&text, '-'), any = false;
    int64_t n = 0;
    if (!take_byte(&text, 'P') || !take_part(&n, &any, &text, 'Y', 12) ||
        !take_part(&n, &any, &text, 'M', 1) || !any || text.len != 0 || n > CAL_MONTHS_MAX)
        return false;
    *out = (struct cal_months){negative ? -n : n};
    return true;
}

/* ---- writers ---- */

static size_t append(char out[CAL_TEXT_MAX], size_t at, const char *format, ...) PRINTF_LIKE(3, 4);

static size_t append(char out[CAL_TEXT_MAX], size_t at, const char *format, ...) {
    va_list args;
    va_start(args, format);
    int n = vsnprintf(out + at, CAL_TEXT_MAX - at, format, args);
    va_end(args);
    assert(n >= 0 && at + (size_t)n < CAL_TEXT_MAX);
    return at + (size_t)n;
}

/* ".5": a fraction of 10^9 without its trailing zeros; nothing for 0. */
static size_t append_fraction(char out[CAL_TEXT_MAX], size_t at, uint32_t ns) {
    if (ns == 0)
        return at;
    at = append(out, at, ".%09" PRIu32, ns);
    while (out[at - 1] == '0')
        out[--at] = '\0';
    return at;
}

static size_t append_date(char out[CAL_TEXT_MAX], size_t at, struct cal_date date) {
    int32_t year = date.year < 0 ? -date.year : date.year;
    return append(out, at, "%s%04" PRId32 "-%02d-%02d", date.year < 0 ? "-" : "", year, date.month,
                  date.day);
}

static size_t append_time(char out[CAL_TEXT_MAX], size_t at, struct cal_time time) {
    at = append(out, at, "%02d:%02d:%02d", time.hour, time.minute, time.second);
    at = append_fraction(out, at, time.ns);
    if (time.kind == CAL_ZONE) {
        struct str name = cal_zone_name(time.zone);
        return append(out, at, "@%.*s", STR_ARG(name));
    }
    if (time.kind == CAL_LOCAL)
        return at;
    int32_t s = time.offset_s < 0 ? -time.offset_s : time.offset_s;
    if (s == 0)
        return append(out, at, "Z");
    at = append(out, at, "%c%02d:%02d", time.offset_s < 0 ? '-' : '+', s / 3600, s / 60 % 60);
    return s % 60 == 0 ? at : append(out, at, ":%02d", s % 60);
}

size_t cal_date_format(char out[CAL_TEXT_MAX], struct cal_date date) {
    return append_date(out, 0, date);
}

size_t cal_time_format(char out[CAL_TEXT_MAX], struct cal_time time) {
    return append_time(out, 0, time);
}

size_t cal_datetime_format(char out[CAL_TEXT_MAX], struct cal_datetime at) {
    size_t n = append_date(out, 0, at.date);
    n = append(out, n, "T");
    return append_time(out, n, at.time);
}

size_t cal_span_format(char out[CAL_TEXT_MAX], struct cal_span span) {
    struct cal_span_parts p = cal_span_split(span);
    size_t at = append(out, 0, "%sP", span.s < 0 ? "-" : "");
    if (p.days != 0)
        at = append(out, at, "%" PRId64 "D", p.days < 0 ? -p.days : p.days);
    if (p.days != 0 && p.hours == 0 && p.minutes == 0 && p.seconds == 0 && p.ns == 0)
        return at;
    at = append(out, at, "T");
    if (p.hours != 0)
        at = append(out, at, "%dH", abs(p.hours));
    if (p.minutes != 0)
        at = append(out, at, "%dM", abs(p.minutes));
    if (p.seconds != 0 || p.ns != 0 || (p.hours == 0 && p.minutes == 0)) {
        at = append(out, at, "%d", abs(p.seconds));
        at = append_fraction(out, at, (uint32_t)abs(p.ns));
        at = append(out, at, "S");
    }
    return at;
}

size_t cal_months_format(char out[CAL_TEXT_MAX], struct cal_months months) {
    int64_t n = months.n < 0 ? -months.n : months.n;
    size_t at = append(out, 0, "%sP", months.n < 0 ? "-" : "");
    if (n >= 12)
        at = append(out, at, "%" PRId64 "Y", n / 12);
    if (n % 12 != 0 || n == 0)
        at = append(out, at, "%" PRId64 "M", n % 12);
    return at;
}

/* ---- RFC 3339 ---- */

bool cal_us_parse(int64_t *out_us, struct str text) {
    struct cal_datetime at;
    if (!cal_datetime_parse(&at, text, NULL) || at.time.kind != CAL_OFFSET || at.date.year < 0 ||
        at.date.year > 9999)
        return false;
    struct cal_instant instant;
    bool known = cal_datetime_instant(&instant, at);
    assert(known); /* it has an offset */
    *out_us = instant.s * CAL_SECOND_US + instant.ns / 1000;
    return true;
}

size_t cal_us_format(char out[CAL_TEXT_MAX], int64_t at_us, const struct cal_zone *zone) {
    int64_t us = (at_us % CAL_SECOND_US + CAL_SECOND_US) % CAL_SECOND_US;
    struct cal_instant instant = {at_us / CAL_SECOND_US - (at_us % CAL_SECOND_US < 0),
                                  (uint32_t)us * 1000};
    int32_t offset_s = cal_zone_offset_at(zone, instant.s);
    offset_s -= offset_s % 60; /* RFC 3339: 5.6 knows no seconds; zones had some before 1972 */
    struct cal_datetime at;
    bool ok = cal_datetime_at_offset(&at, instant, offset_s);
    assert(ok); /* 2^63 microseconds are 292,000 years */
    return cal_datetime_format(out, at);
}
