/* cal/cal.h - dates, times of day, date-and-times and both kinds of duration, as DMN 1.5 chapter
 * 10.3.2.3 has them: proleptic Gregorian calendar, years -999999999..999999999 with a year 0,
 * nanoseconds, and a time that is local, or has an offset, or stands in a named zone.
 * Pure: nothing here knows what time it is, and zone rules come in as data (cal/zone.h).
 * Values hold no memory of their own; a zone in a value is borrowed from whoever found it. */
#ifndef MANDATE_CAL_CAL_H
#define MANDATE_CAL_CAL_H

#include "base/buf.h"
#include "num/num.h"

struct cal_zone;  /* cal/zone.h */
struct cal_zones; /* cal/zone.h: where a name such as "Asia/Shanghai" is looked up */

enum {
    CAL_YEAR_MAX = 999999999,     /* DMN 1.5: 10.3.2.3.4; and as far back */
    CAL_OFFSET_S_MAX = 18 * 3600, /* offsets beyond 18 hours are refused, as the TCK has it */
    CAL_TEXT_MAX = 128,           /* bytes of any printed value here, with its ending zero */
};
/* Durations stay inside what two dates can be apart, with room to spare: +-10^11 seconds a year. */
#define CAL_SPAN_S_MAX INT64_C(100000000000000000)
/* Months likewise: +-2 * 10^10 is more than two dates can be apart. */
#define CAL_MONTHS_MAX INT64_C(999999999999)

/* ---- values ---- */

struct cal_date {
    int32_t year;
    uint8_t month, day; /* 1..12, 1..31; always a day that exists */
};

enum cal_offset_kind {
    CAL_LOCAL,  /* no offset known */
    CAL_OFFSET, /* offset_s counts */
    CAL_ZONE,   /* zone counts */
};

struct cal_time {
    uint32_t ns;
    uint8_t hour, minute, second; /* 0..23, 0..59, 0..59 */
    uint8_t kind;                 /* enum cal_offset_kind */
    int32_t offset_s;             /* east of UTC, at most CAL_OFFSET_S_MAX */
    const struct cal_zone *zone;  /* NULL unless CAL_ZONE */
};

struct cal_datetime {
    struct cal_date date;
    struct cal_time time;
};

/* Days and time duration: s + ns / 10^9 seconds, so -0.5 s is {-1, 500000000}. */
struct cal_span {
    int64_t s;   /* within CAL_SPAN_S_MAX */
    uint32_t ns; /* 0..999999999 */
};

/* Years and months duration: a number of months, within CAL_MONTHS_MAX. */
struct cal_months {
    int64_t n;
};

/* A point on the time line, counted from 1970-01-01T00:00:00Z without leap seconds. */
struct cal_instant {
    int64_t s;
    uint32_t ns; /* 0..999999999 */
};

/* ---- dates: days are counted from 1970-01-01 = 0 ---- */

bool cal_date_valid(int64_t year, int64_t month, int64_t day);
/* False, and *out unchanged, unless the three are a day that exists. */
MUST_USE bool cal_date_of(struct cal_date *out, int64_t year, int64_t month, int64_t day);
int64_t cal_days_of(struct cal_date date);
/* False beyond the year range. */
MUST_USE bool cal_date_from_days(struct cal_date *out, int64_t days);
MUST_USE bool cal_date_add_days(struct cal_date *out, struct cal_date date, int64_t days);
/* The same day of the month, or that month's last day: 01-31 plus one month is 02-28 or 02-29. */
MUST_USE bool cal_date_add_months(struct cal_date *out, struct cal_date date, int64_t months);
int cal_date_cmp(struct cal_date a, struct cal_date b);
int cal_weekday(struct cal_date date);     /* 1 Monday .. 7 Sunday, ISO 8601 */
int cal_day_of_year(struct cal_date date); /* 1..366 */
/* ISO 8601 week 1..53; *year (may be NULL) is the year that the week belongs to. */
int cal_week_of_year(struct cal_date date, int32_t *year);
int cal_month_days(int32_t year, int month);
bool cal_is_leap_year(int32_t year);

/* ---- times and date-and-times ---- */

/* hour 0..23, minute and second 0..59, ns below 10^9; local. False otherwise. */
MUST_USE bool cal_time_of(struct cal_time *out, int64_t hour, int64_t minute, int64_t second,
                          int64_t ns);
/* The same clock time with an offset of at most CAL_OFFSET_S_MAX; false beyond it. */
MUST_USE bool cal_time_with_offset(struct cal_time *out, struct cal_time time, int64_t offset_s);
struct cal_time cal_time_in_zone(struct cal_time time, const struct cal_zone *zone);
/* Nanoseconds since local midnight. */
int64_t cal_time_day_ns(struct cal_time time);
/* Round the clock: 23:30 plus PT1H is 00:30. Offset and zone stay. */
struct cal_time cal_time_add(struct cal_time time, struct cal_span span);
/* The offset from UTC of a value. A zone's offset depends on the date; without one (a time alone)
 * date is NULL and only a zone that never changes has an offset. False for local values too. */
MUST_USE bool cal_offset_of(int32_t *out_s, struct cal_time time, const struct cal_date *date);
/* a - b. False when only one of the two has an offset, or a zone's offset is not known without a
 * date (both in one zone is fine). */
MUST_USE bool cal_time_sub(struct cal_span *out, struct cal_time a, struct cal_time b);
/* Order of two times: with offsets by UTC, local ones by the clock. False as cal_time_sub(). */
MUST_USE bool cal_time_cmp(int *out, struct cal_time a, struct cal_time b);

/* False for a local date-and-time. In a zone's gap (clocks go forward) the offset before it
 * counts, where a clock time occurs twice the first one: RFC 5545: 3.3.5, as java.time does it. */
MUST_USE bool cal_datetime_instant(struct cal_instant *out, struct cal_datetime at);
/* A local date-and-time read as if it were UTC: for order and differences between local ones. */
struct cal_instant cal_datetime_as_utc(struct cal_datetime at);
/* The instant in a zone, or at an offset; false beyond the year range. */
MUST_USE bool cal_datetime_in_zone(struct cal_datetime *out, struct cal_instant at,
                                   const struct cal_zone *zone);
MUST_USE bool cal_datetime_at_offset(struct cal_datetime *out, struct cal_instant at,
                                     int32_t offset_s);
/* On the time line: an offset stays; in a zone the clock time follows the zone's rules. */
MUST_USE bool cal_datetime_add(struct cal_datetime *out, struct cal_datetime at,
                               struct cal_span span);
/* On the calendar: the clock time stays. */
MUST_USE bool cal_datetime_add_months(struct cal_datetime *out, struct cal_datetime at,
                                      int64_t months);
/* a - b. False when exactly one of the two is local. */
MUST_USE bool cal_datetime_sub(struct cal_span *out, struct cal_datetime a, struct cal_datetime b);
MUST_USE bool cal_datetime_cmp(int *out, struct cal_datetime a, struct cal_datetime b);
/* Same fields, same offset or zone name: DMN 1.5: 10.3.4.6, is(). */
bool cal_date_same(struct cal_date a, struct cal_date b);
bool cal_time_same(struct cal_time a, struct cal_time b);
bool cal_datetime_same(struct cal_datetime a, struct cal_datetime b);

/* ---- durations ---- */

/* s may be any sign, ns any number below 10^18: brought into form. False beyond CAL_SPAN_S_MAX. */
MUST_USE bool cal_span_of(struct cal_span *out, int64_t s, int64_t ns);
MUST_USE bool cal_span_add(struct cal_span *out, struct cal_span a, struct cal_span b);
MUST_USE bool cal_span_neg(struct cal_span *out, struct cal_span a);
int cal_span_cmp(struct cal_span a, struct cal_span b);
/* Seconds as a number, exactly; and back, cut to nanoseconds towards zero (false when too long or
 * not a number). For duration * number and duration / duration. */
struct num cal_span_num(struct cal_span a);
MUST_USE bool cal_span_from_num(struct cal_span *out, struct num seconds);
/* Its parts, all with the sign of the duration: P-style days, hours 0..23, minutes, seconds, ns. */
struct cal_span_parts {
    int64_t days;
    int hours, minutes, seconds;
    int32_t ns;
};
struct cal_span_parts cal_span_split(struct cal_span a);
/* Whole months from a to b, towards zero: DMN 1.5: table 72, years and months duration(). */
struct cal_months cal_months_between(struct cal_date from, struct cal_date to);

/* ---- text ----
 * ISO 8601 as XML Schema and DMN write it. Readers take the whole text or nothing: false, *out
 * unchanged. A zone name must be found in zones; NULL knows the built-in zones only. */

/* "2026-01-31", "-2026-01-31", "999999999-12-31". */
MUST_USE bool cal_date_parse(struct cal_date *out, struct str text);
/* "10:00:00", "10:00:00.5Z", "10:00:00+08:00", "10:00:00+02:45:55", "10:00:00@Asia/Shanghai";
 * "24:00:00" is 00:00:00. Fractions beyond nanoseconds are cut. */
MUST_USE bool cal_time_parse(struct cal_time *out, struct str text, const struct cal_zones *zones);
/* "2026-01-31T10:00:00..." as above; T24:00:00 is the next day. Not a date alone. */
MUST_USE bool cal_datetime_parse(struct cal_datetime *out, struct str text,
                                 const struct cal_zones *zones);
/* "P1DT2H3M4.5S", "-PT1H"; no years, no months. */
MUST_USE bool cal_span_parse(struct cal_span *out, struct str text);
/* "P1Y2M", "-P3M"; nothing else. */
MUST_USE bool cal_months_parse(struct cal_months *out, struct str text);

/* Canonical text. Return the length; out is zero-ended. */
size_t cal_date_format(char out[CAL_TEXT_MAX], struct cal_date date);
size_t cal_time_format(char out[CAL_TEXT_MAX], struct cal_time time);
size_t cal_datetime_format(char out[CAL_TEXT_MAX], struct cal_datetime at);
size_t cal_span_format(char out[CAL_TEXT_MAX], struct cal_span span);       /* zero: "PT0S" */
size_t cal_months_format(char out[CAL_TEXT_MAX], struct cal_months months); /* zero: "P0M" */

/* ---- instants of the service: microseconds since the epoch, UTC ---- */

#define CAL_SECOND_US INT64_C(1000000)
#define CAL_HOUR_US   (3600 * CAL_SECOND_US)
#define CAL_DAY_US    (24 * CAL_HOUR_US)

/* RFC 3339: "2026-01-31T10:00:00+08:00", "...Z", fraction optional, cut to microseconds; an offset
 * is demanded, years 0000..9999. */
MUST_USE bool cal_us_parse(int64_t *out_us, struct str text);
/* RFC 3339 in the zone (NULL: UTC, with "Z"), with as many decimals as needed, 0..6. */
size_t cal_us_format(char out[CAL_TEXT_MAX], int64_t at_us, const struct cal_zone *zone);
/* The local date of an instant, and the first instant of a local date. The zone may be NULL: UTC.
 * Instants beyond the years -290000..290000 cannot occur in an int64_t of microseconds; a date
 * outside of them saturates. */
struct cal_date cal_us_date(int64_t at_us, const struct cal_zone *zone);
struct cal_datetime cal_us_datetime(int64_t at_us, const struct cal_zone *zone);
int64_t cal_us_of_date(struct cal_date date, const struct cal_zone *zone);
int64_t cal_us_of_datetime(struct cal_datetime local, const struct cal_zone *zone);

#endif
