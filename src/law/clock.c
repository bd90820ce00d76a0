/* The clock of one limit. What is stored is the start, whether it was extended, and how many days
 * did not count; the due time follows from these alone (due_of), so that a suspension and an
 * extension give the same end in whichever order they came.
 *
 * A day of a limit is lost to a suspension when the clock stood still at that day's end: suspended
 * on Monday and resumed on Wednesday, Monday and Tuesday do not count, Wednesday does. */
#include <assert.h>

#include "law/law.h"

struct str law_clock_state_name(enum law_clock_state state) {
    switch (state) {
    case LAW_CLOCK_NONE: return STR("none");
    case LAW_CLOCK_RUNNING: return STR("running");
    case LAW_CLOCK_SUSPENDED: return STR("suspended");
    case LAW_CLOCK_STOPPED: return STR("stopped");
    }
    assert(false);
    return STR_NONE;
}

static bool in_hours(enum cal_unit unit) {
    return unit == CAL_UNIT_HOUR || unit == CAL_UNIT_MINUTE;
}

static bool wrong_state(const struct law_clock *clock, const char *what, struct err *err) {
    struct str name = law_clock_state_name(clock->state);
    return err_set(err, ERR_CONFLICT, err_nowhere, "cannot %s a clock that is %.*s", what,
                   STR_ARG(name));
}

/* ---- when it is over ---- */

static bool due_in_hours(int64_t *out_us, const struct law_clock *clock,
                         const struct law_limit *limit, struct law_time time, struct err *err) {
    bool whole = clock->extended && limit->extension.total;
    struct cal_counting first = {.hour_skipped = limit->counting.hour_skipped}, later = {0};
    int64_t due_us;
    if (!cal_term_due(&due_us, whole ? limit->extension.by : limit->within, clock->started_us,
                      first, time.calendar, time.zone, err))
        return false;
    if (clock->extended && !whole &&
        !cal_term_due(&due_us, limit->extension.by, due_us, later, time.calendar, time.zone, err))
        return false;
    int64_t lost_us;
    if (__builtin_mul_overflow(clock->not_counted, 60 * CAL_SECOND_US, &lost_us) ||
        __builtin_add_overflow(due_us, lost_us, out_us))
        return err_set(err, ERR_RANGE, err_nowhere, "the clock ends beyond the time that is kept");
    return true;
}

/* The unit in which lost days are counted: months and years lose calendar days. */
static enum cal_unit day_unit(const struct law_limit *limit) {
    return limit->within.unit == CAL_UNIT_WORKING_DAY ? CAL_UNIT_WORKING_DAY
                                                      : CAL_UNIT_CALENDAR_DAY;
}

static bool last_day(struct cal_date *out, const struct law_clock *clock,
                     const struct law_limit *limit, struct law_time time, struct err *err) {
    const struct cal_counting raw = {0};
    bool whole = clock->extended && limit->extension.total;
    struct cal_term lost = {(int32_t)MIN_OF(clock->not_counted, INT32_MAX), day_unit(limit)};
    struct cal_date day = cal_us_date(clock->started_us, time.zone);
    if (!cal_term_last_day(&day, whole ? limit->extension.by : limit->within, day, raw,
                           time.calendar, err) ||
        (lost.n > 0 && !cal_term_last_day(&day, lost, day, raw, time.calendar, err)))
        return false;
    if (clock->extended && !whole &&
        !cal_term_last_day(&day, limit->extension.by, day, raw, time.calendar, err))
        return false;
    struct cal_counting end = {.end_moves = limit->counting.end_moves};
    return cal_term_last_day(out, (struct cal_term){0, CAL_UNIT_CALENDAR_DAY}, day, end,
                             time.calendar, err);
}

static bool due_of(int64_t *out_us, const struct law_clock *clock, const struct law_limit *limit,
                   struct law_time time, struct err *err) {
    if (in_hours(limit->within.unit))
        return due_in_hours(out_us, clock, limit, time, err);
    struct cal_date day;
    if (!last_day(&day, clock, limit, time, err))
        return false;
    if (!cal_date_add_days(&day, day, 1))
        return err_set(err, ERR_RANGE, err_nowhere, "the clock ends beyond the last year");
    *out_us = cal_us_of_date(day, time.zone);
    return true;
}

/* ---- the moves ---- */

bool law_clock_start(struct law_clock *clock, const struct law_limit *limit, struct law_time time,
                     int64_t now_us, struct err *err) {
    if (clock->state == LAW_CLOCK_RUNNING || clock->state == LAW_CLOCK_SUSPENDED)
        return wrong_state(clock, "start", err);
    struct law_clock fresh = {.state = LAW_CLOCK_RUNNING, .started_us = now_us};
    if (!due_of(&fresh.due_us, &fresh, limit, time, err))
        return false;
    *clock = fresh; /* one that starts anew, after corrections, counts from nothing */
    return true;
}

bool law_clock_suspend(struct law_clock *clock, int64_t now_us, struct err *err) {
    if (clock->state != LAW_CLOCK_RUNNING)
        return wrong_state(clock, "suspend", err);
    clock->state = LAW_CLOCK_SUSPENDED;
    clock->suspended_us = now_us;
    return true;
}

/* Days of the limit that end while the clock stands still: after the day of the event, from the day
 * of the suspension, up to the day before the resumption. */
static bool lost_days(int64_t *out, const struct law_clock *clock, const struct law_limit *limit,
                      struct law_time time, int64_t now_us, struct err *err) {
    struct cal_date event = cal_us_date(clock->started_us, time.zone);
    struct cal_date from, to; /* the days in (from, to] */
    if (!cal_date_add_days(&from, cal_us_date(clock->suspended_us, time.zone), -1) ||
        !cal_date_add_days(&to, cal_us_date(now_us, time.zone), -1))
        return err_set(err, ERR_RANGE, err_nowhere, "a day before the first year");
    if (cal_date_cmp(from, event) < 0)
        from = event;
    *out = 0;
    if (cal_date_cmp(to, from) <= 0)
        return true;
    if (day_unit(limit) == CAL_UNIT_WORKING_DAY) {
        if (time.calendar == NULL)
            return err_set(err, ERR_INVALID, err_nowhere,
                           "the clock needs a calendar of working days, and there is none");
        return cal_working_days_between(out, time.calendar, from, to, err);
    }
    *out = cal_days_of(to) - cal_days_of(from);
    return true;
}

bool law_clock_resume(struct law_clock *clock, const struct law_limit *limit, struct law_time time,
                      int64_t now_us, struct err *err) {
    if (clock->state != LAW_CLOCK_SUSPENDED)
        return wrong_state(clock, "resume", err);
    struct law_clock next = *clock;
    next.state = LAW_CLOCK_RUNNING;
    next.suspended_us = 0;
    /* A clock that was over before it was suspended gets no new time. */
    if (clock->suspended_us < clock->due_us) {
        int64_t lost = 0;
        if (in_hours(limit->within.unit))
            lost = MAX_OF(now_us - clock->suspended_us, 0) / (60 * CAL_SECOND_US);
        else if (!lost_days(&lost, clock, limit, time, now_us, err))
            return false;
        next.not_counted += lost;
        if (!due_of(&next.due_us, &next, limit, time, err))
            return false;
    }
    *clock = next;
    return true;
}

bool law_clock_extend(struct law_clock *clock, const struct law_limit *limit, struct law_time time,
                      int64_t now_us, struct err *err) {
    if (clock->state != LAW_CLOCK_RUNNING && clock->state != LAW_CLOCK_SUSPENDED)
        return wrong_state(clock, "extend", err);
    if (!limit->extension.allowed)
        return err_set(err, ERR_CONFLICT, err_nowhere, "limit '%.*s' cannot be extended",
                       STR_ARG(limit->id));
    if (clock->extended)
        return err_set(err, ERR_CONFLICT, err_nowhere,
                       "limit '%.*s' was extended already, and may be only once",
                       STR_ARG(limit->id));
    bool over = clock->state == LAW_CLOCK_RUNNING && now_us >= clock->due_us;
    if (over || clock->breached)
        return err_set(err, ERR_CONFLICT, err_nowhere,
                       "limit '%.*s' is over: it cannot be extended any more", STR_ARG(limit->id));
    struct law_clock next = *clock;
    next.extended = true;
    if (!due_of(&next.due_us, &next, limit, time, err))
        return false;
    *clock = next;
    return true;
}

bool law_clock_stop(struct law_clock *clock, int64_t now_us, struct err *err) {
    if (clock->state != LAW_CLOCK_RUNNING && clock->state != LAW_CLOCK_SUSPENDED)
        return wrong_state(clock, "stop", err);
    clock->state = LAW_CLOCK_STOPPED;
    clock->stopped_us = now_us;
    return true;
}

int64_t law_clock_wake_us(const struct law_clock *clock, const struct law_limit *limit) {
    bool waits =
        clock->state == LAW_CLOCK_RUNNING && !clock->breached && limit->expiry == LAW_EXPIRY_BREACH;
    return waits ? clock->due_us : 0;
}

bool law_clock_breach(struct law_clock *clock, const struct law_limit *limit, int64_t now_us) {
    int64_t wake_us = law_clock_wake_us(clock, limit);
    if (wake_us == 0 || now_us < wake_us)
        return false;
    clock->breached = true;
    clock->breached_us = now_us;
    return true;
}

bool law_due_is_provisional(int64_t due_us, struct law_time time) {
    return time.calendar != NULL &&
           cal_is_provisional(time.calendar, cal_us_date(due_us - 1, time.zone));
}

/* ---- how much is left ---- */

/* A clock that does not run is looked at as of the moment at which it came to stand. */
static int64_t seen_us(const struct law_clock *clock, int64_t now_us) {
    if (clock->state == LAW_CLOCK_SUSPENDED)
        return clock->suspended_us;
    return clock->state == LAW_CLOCK_STOPPED ? clock->stopped_us : now_us;
}

bool law_clock_left(int64_t *out, const struct law_clock *clock, const struct law_limit *limit,
                    struct law_time time, int64_t now_us, struct err *err) {
    if (clock->state == LAW_CLOCK_NONE)
        return wrong_state(clock, "read", err);
    int64_t at_us = seen_us(clock, now_us);
    if (in_hours(limit->within.unit)) {
        int64_t left_us = clock->due_us - at_us;
        *out = left_us / CAL_HOUR_US - (left_us % CAL_HOUR_US < 0);
        return true;
    }
    struct cal_date last = cal_us_date(clock->due_us - 1, time.zone);
    struct cal_date today = cal_us_date(at_us, time.zone);
    int64_t left = cal_days_of(last) - cal_days_of(today);
    if (day_unit(limit) == CAL_UNIT_WORKING_DAY) {
        bool late = left < 0;
        if (time.calendar == NULL)
            return err_set(err, ERR_INVALID, err_nowhere,
                           "the clock needs a calendar of working days, and there is none");
        if (!cal_working_days_between(&left, time.calendar, today, last, err))
            return false;
        left = late && left == 0 ? -1 : left; /* the weekend after the last day is late too */
    }
    *out = left;
    return true;
}
