/* cal/calendar.h - working days, office hours and the counting of legal terms, from iCalendar data
 * (RFC 5545). Pure.
 *
 * A calendar file is one VCALENDAR with VEVENTs, told apart by CATEGORIES:
 *   HOLIDAY      all-day; the days of [DTSTART, DTEND) are off
 *   WORKING-DAY  all-day; the day is worked although its weekday rests (a make-up day)
 *   REST-DAY     all-day with RRULE:FREQ=WEEKLY;BYDAY=SA,SU: the weekdays that rest
 *   OFFICE-HOURS timed with RRULE:FREQ=WEEKLY;BYDAY=...: DTSTART and DTEND (or DURATION) give the
 *                hours; several a day are several events; UNTIL and DTSTART bound the season
 * and the properties NAME, X-MANDATE-COVERS:20260101/20261231 (first and last day that the file
 * knows; demanded where there is a HOLIDAY), X-MANDATE-PROVISIONAL-UNTIL:20271231 (later days on
 * which only what is certain in advance is entered; whoever shows a date there says so) and
 * X-MANDATE-OPEN-ON-HOLIDAYS:TRUE (office hours that no day off closes). Anything else that would
 * change the meaning (another FREQ, EXDATE, COUNT, an unknown category, a time zone unlike the
 * first) is refused, not skipped.
 *
 * Beyond the covered and the provisional days nothing is computed: ERR_RANGE says which day is
 * missing, so that nobody counts plain weekdays by mistake. */
#ifndef MANDATE_CAL_CALENDAR_H
#define MANDATE_CAL_CALENDAR_H

#include "base/arena.h"
#include "base/budget.h"
#include "cal/cal.h"

enum {
    CAL_ICS_EVENTS_MAX = 8192,    /* 2004-2026 with all holidays are about 700 */
    CAL_ICS_DAYS_MAX = 200 * 366, /* covered days: two centuries */
    CAL_HOURS_MAX = 64,           /* office-hour rules in one file */
    CAL_HOURS_DAY_MAX = 8,        /* opening intervals of one day */
};

struct cal_calendar; /* opaque; lives in the arena it was read into */

/* source: for messages (borrowed by err). Errors: ERR_SYNTAX, ERR_INVALID, ERR_UNSUPPORTED with
 * line; ERR_LIMIT. */
MUST_USE bool cal_calendar_read(struct cal_calendar **out, struct str ics, const char *source,
                                struct arena *arena, struct budget *budget, struct err *err);
struct str cal_calendar_name(const struct cal_calendar *c); /* NAME or X-WR-CALNAME, or empty */
/* The days that are certain. False when the file has no working-day part (office hours only). */
bool cal_calendar_covers(struct cal_date *first, struct cal_date *last,
                         const struct cal_calendar *c);
/* The date lies behind the certain days, on a provisional one: a term that ends there may move when
 * the year's holidays are announced. */
bool cal_is_provisional(const struct cal_calendar *c, struct cal_date date);
/* The name (SUMMARY) of the holiday or make-up day on a date; empty when there is none. */
struct str cal_calendar_day_name(const struct cal_calendar *c, struct cal_date date);

/* All below: ERR_RANGE when a day that matters is not covered; *out unchanged on error. */
MUST_USE bool cal_is_working_day(bool *out, const struct cal_calendar *c, struct cal_date date,
                                 struct err *err);
/* The n-th working day after date (before it, when n < 0); n == 0 gives date itself. */
MUST_USE bool cal_add_working_days(struct cal_date *out, const struct cal_calendar *c,
                                   struct cal_date date, int64_t n, struct err *err);
/* Working days in (from, to]; negative when to lies before from. */
MUST_USE bool cal_working_days_between(int64_t *out, const struct cal_calendar *c,
                                       struct cal_date from, struct cal_date to, struct err *err);
/* The first working day on or after date; the last one on or before it. */
MUST_USE bool cal_next_working_day(struct cal_date *out, const struct cal_calendar *c,
                                   struct cal_date date, struct err *err);
MUST_USE bool cal_last_working_day(struct cal_date *out, const struct cal_calendar *c,
                                   struct cal_date date, struct err *err);

/* ---- office hours ---- */

/* [from_minute, to_minute) of the local day, 0..1440, ascending and not touching. */
struct cal_opening {
    uint16_t from_minute, to_minute;
};
struct cal_openings {
    uint32_t count;
    struct cal_opening at[CAL_HOURS_DAY_MAX];
};
/* hours: the calendar with OFFICE-HOURS. days: closed on its days off (unless hours says
 * otherwise), and a make-up working day has the hours of a Monday; NULL: every day is like its
 * weekday. */
MUST_USE bool cal_office_day(struct cal_openings *out, const struct cal_calendar *hours,
                             const struct cal_calendar *days, struct cal_date date,
                             struct err *err);
MUST_USE bool cal_office_is_open(bool *out, const struct cal_calendar *hours,
                                 const struct cal_calendar *days, const struct cal_zone *zone,
                                 int64_t at_us, struct err *err);
/* The first instant >= at_us at which the office is open. ERR_NOT_FOUND when none comes within 400
 * days. */
MUST_USE bool cal_office_next_open(int64_t *out_us, const struct cal_calendar *hours,
                                   const struct cal_calendar *days, const struct cal_zone *zone,
                                   int64_t at_us, struct err *err);

/* ---- terms of law ---- */

enum cal_unit {
    CAL_UNIT_MINUTE,
    CAL_UNIT_HOUR,
    CAL_UNIT_CALENDAR_DAY,
    CAL_UNIT_WORKING_DAY,
    CAL_UNIT_MONTH,
    CAL_UNIT_YEAR,
    CAL_UNITS
};
const char *cal_unit_name(enum cal_unit unit); /* "working_day", as packs write it */
MUST_USE bool cal_unit_from_name(enum cal_unit *out, struct str name);

struct cal_term {
    int32_t n; /* 0..100000; 0: the event itself */
    enum cal_unit unit;
};
/* How a body of law counts. Zeroed: Civil Code of the PRC 201-203 without the moving end. */
struct cal_counting {
    /* The last day of a term in days, months or years that is a day off moves to the next working
     * day. Civil Code 203; not for time in custody (CPL 105, PAR 35). */
    bool end_moves;
    /* The hour of the event is not counted: 10:20 counts from 11:00. CPL 105; the Civil Code (201)
     * counts from the event itself. */
    bool hour_skipped;
};
/* The last day of a term in days, months or years after an event on that day, which is itself not
 * counted (Civil Code 201); months end on the same date or the month's last day (202). days may be
 * NULL when neither the unit nor counting needs it, else ERR_INVALID. ERR_RANGE as above. */
MUST_USE bool cal_term_last_day(struct cal_date *out, struct cal_term term, struct cal_date event,
                                struct cal_counting counting, const struct cal_calendar *days,
                                struct err *err);
/* The instant at which the term is over, any unit: in days, months and years the end of the last
 * local day (midnight that follows it); late means now_us >= *out_us. */
MUST_USE bool cal_term_due(int64_t *out_us, struct cal_term term, int64_t event_us,
                           struct cal_counting counting, const struct cal_calendar *days,
                           const struct cal_zone *zone, struct err *err);

#endif
