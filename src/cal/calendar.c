/* Counting on a calendar that is read: see cal/inner.h for its tables. Every function first finds
 * out whether the days it needs are covered. */
#include <assert.h>
#include <inttypes.h>

#include "cal/inner.h"
#include "cal/zone.h"

struct str cal_calendar_name(const struct cal_calendar *c) {
    return c->name;
}

bool cal_calendar_covers(struct cal_date *first, struct cal_date *last,
                         const struct cal_calendar *c) {
    return c->has_days && cal_date_from_days(first, c->first) &&
           cal_date_from_days(last, c->certain);
}

bool cal_is_provisional(const struct cal_calendar *c, struct cal_date date) {
    int64_t day = cal_days_of(date);
    return c->has_days && day > c->certain && day <= c->last;
}

struct str cal_calendar_day_name(const struct cal_calendar *c, struct cal_date date) {
    int64_t day = cal_days_of(date);
    for (size_t i = 0; i < c->named_count; i++)
        if (day >= c->named[i].from && day < c->named[i].to)
            return c->named[i].name;
    return STR_NONE;
}

static bool not_covered(const struct cal_calendar *c, int64_t day, struct err *err) {
    struct cal_date date = {0};
    char text[CAL_TEXT_MAX] = "the end of time";
    if (cal_date_from_days(&date, day))
        (void)cal_date_format(text, date);
    if (!c->has_days)
        return err_set(err, ERR_RANGE, err_nowhere, "calendar '%.*s' has no working days",
                       STR_ARG(c->name));
    return err_set(err, ERR_RANGE, err_nowhere, "calendar '%.*s' does not cover %s",
                   STR_ARG(c->name), text);
}

static bool covers(const struct cal_calendar *c, int64_t day, struct err *err) {
    return (c->has_days && day >= c->first && day <= c->last) || not_covered(c, day, err);
}

/* Working days in [first covered day, day); day may be last + 1. */
static int64_t before(const struct cal_calendar *c, int64_t day) {
    return c->before[day - c->first];
}

bool cal_is_working_day(bool *out, const struct cal_calendar *c, struct cal_date date,
                        struct err *err) {
    int64_t day = cal_days_of(date);
    if (!covers(c, day, err))
        return false;
    *out = c->working[day - c->first];
    return true;
}

/* The day of the number-th working day of the calendar, from 0. */
static bool nth_working_day(struct cal_date *out, const struct cal_calendar *c, int64_t number,
                            struct err *err) {
    int64_t days = c->last - c->first + 1;
    if (number < 0)
        return not_covered(c, c->first - 1, err);
    if (number >= c->before[days])
        return not_covered(c, c->last + 1, err);
    int64_t low = 0, high = days - 1; /* the last day with at most `number` working days before */
    while (low < high) {
        int64_t middle = low + (high - low + 1) / 2;
        if (c->before[middle] <= number)
            low = middle;
        else
            high = middle - 1;
    }
    return cal_date_from_days(out, c->first + low);
}

bool cal_add_working_days(struct cal_date *out, const struct cal_calendar *c, struct cal_date date,
                          int64_t n, struct err *err) {
    int64_t day = cal_days_of(date);
    if (!covers(c, day, err))
        return false;
    if (n == 0) {
        *out = date;
        return true;
    }
    if (n > CAL_ICS_DAYS_MAX || n < -CAL_ICS_DAYS_MAX)
        return not_covered(c, n > 0 ? c->last + 1 : c->first - 1, err);
    int64_t number = n > 0 ? before(c, day + 1) + n - 1 : before(c, day) + n;
    return nth_working_day(out, c, number, err);
}

bool cal_working_days_between(int64_t *out, const struct cal_calendar *c, struct cal_date from,
                              struct cal_date to, struct err *err) {
    int64_t a = cal_days_of(from), b = cal_days_of(to);
    if (!covers(c, a, err) || !covers(c, b, err))
        return false;
    *out = before(c, b + 1) - before(c, a + 1);
    return true;
}

bool cal_next_working_day(struct cal_date *out, const struct cal_calendar *c, struct cal_date date,
                          struct err *err) {
    int64_t day = cal_days_of(date);
    return covers(c, day, err) && nth_working_day(out, c, before(c, day), err);
}

bool cal_last_working_day(struct cal_date *out, const struct cal_calendar *c, struct cal_date date,
                          struct err *err) {
    int64_t day = cal_days_of(date);
    return covers(c, day, err) && nth_working_day(out, c, before(c, day + 1) - 1, err);
}

/* ---- office hours ---- */

static void openings_of(struct cal_openings *out, const struct cal_calendar *hours, int64_t day,
                        uint8_t weekday_bit) {
    *out = (struct cal_openings){0};
    for (size_t i = 0; i < hours->rule_count && out->count < CAL_HOURS_DAY_MAX; i++) {
        const struct cal_hours_rule *rule = &hours->rules[i];
        if ((rule->weekdays & weekday_bit) == 0 || day < rule->from || day > rule->until)
            continue;
        uint32_t at = out->count++; /* by insertion: the reader refused overlaps */
        for (; at > 0 && out->at[at - 1].from_minute > rule->opening.from_minute; at--)
            out->at[at] = out->at[at - 1];
        out->at[at] = rule->opening;
    }
}

bool cal_office_day(struct cal_openings *out, const struct cal_calendar *hours,
                    const struct cal_calendar *days, struct cal_date date, struct err *err) {
    int64_t day = cal_days_of(date);
    uint8_t bit = cal_weekday_bit(cal_weekday(date));
    bool working = true;
    if (hours->open_on_holidays)
        days = NULL;
    if (days != NULL && !cal_is_working_day(&working, days, date, err))
        return false;
    *out = (struct cal_openings){0};
    if (!working)
        return true;
    openings_of(out, hours, day, bit);
    if (out->count == 0 && days != NULL && (days->rest & bit) != 0) /* a make-up working day */
        openings_of(out, hours, day, cal_weekday_bit(1));
    return true;
}

/* Minutes of the local day, and the date, at an instant. */
static int32_t local_minute(struct cal_date *date, const struct cal_zone *zone, int64_t at_us) {
    struct cal_datetime local = cal_us_datetime(at_us, zone);
    *date = local.date;
    return local.time.hour * 60 + local.time.minute;
}

bool cal_office_is_open(bool *out, const struct cal_calendar *hours,
                        const struct cal_calendar *days, const struct cal_zone *zone, int64_t at_us,
                        struct err *err) {
    struct cal_date date;
    int32_t minute = local_minute(&date, zone, at_us);
    struct cal_openings openings;
    if (!cal_office_day(&openings, hours, days, date, err))
        return false;
    *out = false;
    for (uint32_t i = 0; i < openings.count; i++)
        *out |= minute >= openings.at[i].from_minute && minute < openings.at[i].to_minute;
    return true;
}

bool cal_office_next_open(int64_t *out_us, const struct cal_calendar *hours,
                          const struct cal_calendar *days, const struct cal_zone *zone,
                          int64_t at_us, struct err *err) {
    struct cal_date date;
    int32_t minute = local_minute(&date, zone, at_us);
    for (int day = 0; day < 400; day++) {
        struct cal_openings openings;
        if (!cal_office_day(&openings, hours, days, date, err))
            return false;
        for (uint32_t i = 0; i < openings.count; i++) {
            if (minute >= openings.at[i].to_minute)
                continue;
            struct cal_datetime local = {.date = date};
            local.time.hour = (uint8_t)(openings.at[i].from_minute / 60);
            local.time.minute = (uint8_t)(openings.at[i].from_minute % 60);
            *out_us =
                minute >= openings.at[i].from_minute ? at_us : cal_us_of_datetime(local, zone);
            return true;
        }
        minute = -1; /* the next day from its beginning */
        if (!cal_date_add_days(&date, date, 1))
            break;
    }
    return err_set(err, ERR_NOT_FOUND, err_nowhere, "calendar '%.*s' has no office hours to come",
                   STR_ARG(hours->name));
}
