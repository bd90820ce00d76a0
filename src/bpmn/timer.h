/* bpmn/timer.h - when a timer event is due: dates, durations and cycles (BPMN 2.0.2: 10.5.5.6).
 * Pure: the zone and the moments come in.
 *
 * What the model writes, or what its FEEL expression gives, is one of:
 *   date       "2026-03-01", "2026-03-01T09:00:00+08:00", "...@Asia/Shanghai",
 * "...[Asia/Shanghai]"; without a zone: on the process's wall clock; a FEEL date or date and time
 *   duration   "P1DT2H", also mixed as "P1M2DT3H"; a FEEL duration; FEEL that gives a date or date
 *              and time (a legal term that was counted with a calendar) means that moment
 *   cycle      "R5/PT10S", "R/PT1H" (for ever; also "R-1/"), "R5/<start>/<duration>",
 *              "R5/<duration>/<end>"; a FEEL duration repeats for ever; or a cron expression: six
 *              fields "second minute hour day month weekday", or @yearly, @annually, @monthly,
 *              @weekly, @daily, @midnight, @hourly
 *
 * Years, months, weeks and days are counted on the wall clock of the zone, so that P1D comes at the
 * same time of day across a change of the clocks; hours, minutes and seconds on the time line, so
 * PT24H does not. A FEEL days and time duration is exact, as it is in FEEL's own arithmetic. A
 * clock time that a change of the clocks skips is read with the offset before it (RFC 5545: 3.3.5).
 *
 * The moments of a cycle follow from the moment at which it was armed. R5/PT10S: 10, 20, .. 50
 * seconds later. R5/<start>/<duration>: the start, then 4 more. R5/<duration>/<end>: 5, the last of
 * them the end. Those that have passed when the cycle is armed fall away. Those that pass while
 * nobody looks (the service was down) fire once, together, and count. */
#ifndef MANDATE_BPMN_TIMER_H
#define MANDATE_BPMN_TIMER_H

#include "bpmn/model.h"
#include "cal/zone.h"

enum {
    BPMN_CRON_YEARS_MAX = 41, /* no day that a cron expression can name is rarer: a 29 February on
                                 one weekday, across a century without leap day */
};

/* A duration on the calendar and on the time line. */
struct bpmn_span {
    int64_t months, days, us;
};

/* One cron expression: a bit for each number that fits. */
struct bpmn_cron {
    uint64_t seconds, minutes;
    uint32_t hours, days, months; /* days: 1..31 */
    uint8_t weekdays;             /* bit 0 Sunday .. bit 6 Saturday */
    bool any_hour;                /* "*": it also comes in an hour that occurs twice */
    bool last_day;                /* "L", "L-3": that many days before the last of the month */
    uint8_t before_last;
    bool last_working; /* "LW": the last Monday to Friday of the month */
    uint32_t nearest;  /* "15W": days, whose nearest Monday to Friday is meant */
    uint8_t nth[7],
        last_of; /* "5#2": of a weekday, bits of the 1st .. 5th; "5L": bits of weekdays */
};

enum bpmn_plan_kind { BPMN_PLAN_AT, BPMN_PLAN_AFTER, BPMN_PLAN_EVERY, BPMN_PLAN_CRON };
struct bpmn_plan {
    enum bpmn_plan_kind kind;
    int64_t at_us;         /* AT */
    struct bpmn_span span; /* AFTER, EVERY */
    uint32_t repeat;       /* EVERY: 1.., or BPMN_FOREVER */
    bool has_start, has_end;
    int64_t edge_us; /* start or end */
    struct bpmn_cron cron;
};

/* What a timer's value means. Value: a FEEL value; a text is read as above. False, with *why (in
 * arena, or static), when it means nothing; *out is then unchanged. */
bool bpmn_plan_read(struct bpmn_plan *out, struct str *why, enum bpmn_timer timer,
                    struct feel_value value, const struct cal_zone *zone, struct arena *arena);

/* A cycle's value as text that means the same; for keeping. Value: a text or a duration. */
struct str bpmn_cycle_text(struct feel_value value, struct arena *arena);

/* The first moment of a timer that is armed now. A date or duration may lie in the past, which
 * means at once; so does a cycle all of whose moments have passed. */
int64_t bpmn_plan_first(const struct bpmn_plan *plan, int64_t armed_us,
                        const struct cal_zone *zone);
/* The first moment of a cycle after another one; BPMN_NEVER when there is none. */
int64_t bpmn_plan_next(const struct bpmn_plan *plan, int64_t armed_us, int64_t after_us,
                       const struct cal_zone *zone);

struct bpmn_timer_clock {
    int64_t armed_us; /* when the process was deployed, or the timer event entered */
    /* INT64_MIN for the first time; later the moment of the last start, or now when the service
     * was down: what was missed has then started one instance, and falls away */
    int64_t after_us;
    const struct cal_zone *zone; /* NULL: UTC */
    const struct feel_calendar *calendars;
    size_t calendar_count;
};
/* When a timer start event starts the process next: def is a timer's, its expression sees no
 * variables, and now() is armed_us. *out_us is BPMN_NEVER when it does not come again.
 * Errors: ERR_INVALID with its place when the expression gives nothing that is due, ERR_LIMIT. */
MUST_USE bool bpmn_timer_next(int64_t *out_us, const struct bpmn_event_def *def,
                              const struct bpmn_timer_clock *clock, struct arena *arena,
                              struct budget *budget, struct err *err);

#endif
