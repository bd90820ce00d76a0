/* Terms of law. The order of the steps is the law's: the event's own day is not counted; the last
 * day is found by the unit; then it moves off a day off, if it moves at all; its end is midnight.
 */
#include <assert.h>

#include "cal/calendar.h"
#include "cal/zone.h"

enum { TERM_MAX = 100000 };

static const char *const unit_names[CAL_UNITS] = {"minute",      "hour",  "calendar_day",
                                                  "working_day", "month", "year"};

const char *cal_unit_name(enum cal_unit unit) {
    assert(unit < CAL_UNITS);
    return unit_names[unit];
}

bool cal_unit_from_name(enum cal_unit *out, struct str name) {
    for (int unit = 0; unit < CAL_UNITS; unit++)
        if (str_eq(name, str_from(unit_names[unit]))) {
            *out = (enum cal_unit)unit;
            return true;
        }
    return false;
}

static bool check_term(struct cal_term term, struct err *err) {
    if (term.n < 0 || term.n > TERM_MAX)
        return err_set(err, ERR_RANGE, err_nowhere, "a term of %d is outside 0..%d", (int)term.n,
                       TERM_MAX);
    return true;
}

bool cal_term_last_day(struct cal_date *out, struct cal_term term, struct cal_date event,
                       struct cal_counting counting, const struct cal_calendar *days,
                       struct err *err) {
    struct cal_date last = event;
    bool in_range = true, moves = counting.end_moves;
    if (!check_term(term, err))
        return false;
    if (days == NULL && (term.unit == CAL_UNIT_WORKING_DAY || moves))
        return err_set(err, ERR_INVALID, err_nowhere,
                       "the term needs a calendar of working days, and there is none");
    switch (term.unit) {
    case CAL_UNIT_WORKING_DAY:
        if (!cal_add_working_days(&last, days, event, term.n, err))
            return false;
        moves = moves && term.n == 0; /* otherwise it is a working day already */
        break;
    case CAL_UNIT_CALENDAR_DAY: in_range = cal_date_add_days(&last, event, term.n); break;
    case CAL_UNIT_MONTH: /* Civil Code 202: the same date, or the month's last day */
        in_range = cal_date_add_months(&last, event, term.n);
        break;
    case CAL_UNIT_YEAR: in_range = cal_date_add_months(&last, event, (int64_t)term.n * 12); break;
    default:
        return err_set(err, ERR_INVALID, err_nowhere, "a term in %ss has no last day",
                       cal_unit_name(term.unit));
    }
    if (!in_range)
        return err_set(err, ERR_RANGE, err_nowhere, "the term ends beyond the year %d",
                       CAL_YEAR_MAX);
    if (moves && !cal_next_working_day(&last, days, last, err)) /* Civil Code 203 */
        return false;
    *out = last;
    return true;
}

static bool add_us(int64_t *out_us, int64_t at_us, int64_t n, int64_t unit_us, struct err *err) {
    int64_t sum;
    if (__builtin_add_overflow(at_us, n * unit_us, &sum)) /* n <= 10^5: the product fits */
        return err_set(err, ERR_RANGE, err_nowhere, "the term ends beyond the time that is kept");
    *out_us = sum;
    return true;
}

/* The beginning of the next local hour; an event at its very beginning is in the hour it begins. */
static int64_t next_hour_us(int64_t at_us, const struct cal_zone *zone) {
    struct cal_datetime local = cal_us_datetime(at_us, zone);
    int64_t into_us = ((int64_t)local.time.minute * 60 + local.time.second) * CAL_SECOND_US +
                      local.time.ns / 1000;
    return at_us - into_us + CAL_HOUR_US;
}

bool cal_term_due(int64_t *out_us, struct cal_term term, int64_t event_us,
                  struct cal_counting counting, const struct cal_calendar *days,
                  const struct cal_zone *zone, struct err *err) {
    if (!check_term(term, err))
        return false;
    if (term.unit == CAL_UNIT_MINUTE)
        return add_us(out_us, event_us, term.n, 60 * CAL_SECOND_US, err);
    if (term.unit == CAL_UNIT_HOUR) {
        int64_t from_us = counting.hour_skipped ? next_hour_us(event_us, zone) : event_us;
        return add_us(out_us, from_us, term.n, CAL_HOUR_US, err);
    }
    struct cal_date last = {0}, after = {0};
    if (!cal_term_last_day(&last, term, cal_us_date(event_us, zone), counting, days, err))
        return false;
    if (!cal_date_add_days(&after, last, 1))
        return err_set(err, ERR_RANGE, err_nowhere, "the term ends beyond the year %d",
                       CAL_YEAR_MAX);
    *out_us = cal_us_of_date(after, zone);
    return true;
}
