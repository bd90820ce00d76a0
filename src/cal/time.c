/* A date-and-time is arithmetic on seconds: a local one and one with an offset as its clock reading
 * counted as if it were UTC, one in a zone by way of its instant. */
#include "cal/cal.h"

#include <assert.h>

#include "cal/zone.h"

enum { NS = 1000000000, DAY_S = 86400 };

bool cal_time_of(struct cal_time *out, int64_t hour, int64_t minute, int64_t second, int64_t ns) {
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59 || ns < 0 ||
        ns >= NS)
        return false;
    *out = (struct cal_time){.hour = (uint8_t)hour,
                             .minute = (uint8_t)minute,
                             .second = (uint8_t)second,
                             .ns = (uint32_t)ns};
    return true;
}

bool cal_time_with_offset(struct cal_time *out, struct cal_time time, int64_t offset_s) {
    if (offset_s < -CAL_OFFSET_S_MAX || offset_s > CAL_OFFSET_S_MAX)
        return false;
    time.kind = CAL_OFFSET;
    time.offset_s = (int32_t)offset_s;
    time.zone = NULL;
    *out = time;
    return true;
}

struct cal_time cal_time_in_zone(struct cal_time time, const struct cal_zone *zone) {
    assert(zone != NULL);
    time.kind = CAL_ZONE;
    time.offset_s = 0;
    time.zone = zone;
    return time;
}

static int64_t day_seconds(struct cal_time time) {
    return (int64_t)time.hour * 3600 + (int64_t)time.minute * 60 + time.second;
}

int64_t cal_time_day_ns(struct cal_time time) {
    return day_seconds(time) * NS + time.ns;
}

/* The clock reading s seconds after midnight, with the offset and zone of like. */
static struct cal_time time_at(struct cal_time like, int64_t s, uint32_t ns) {
    assert(s >= 0 && s < DAY_S);
    like.hour = (uint8_t)(s / 3600);
    like.minute = (uint8_t)(s / 60 % 60);
    like.second = (uint8_t)(s % 60);
    like.ns = ns;
    return like;
}

struct cal_time cal_time_add(struct cal_time time, struct cal_span span) {
    int64_t ns = (int64_t)time.ns + span.ns;
    int64_t s = (day_seconds(time) + span.s % DAY_S + ns / NS + DAY_S) % DAY_S;
    return time_at(time, s, (uint32_t)(ns % NS));
}

static int64_t local_seconds(struct cal_date date, struct cal_time time) {
    return cal_days_of(date) * DAY_S + day_seconds(time);
}

bool cal_offset_of(int32_t *out_s, struct cal_time time, const struct cal_date *date) {
    if (time.kind == CAL_LOCAL)
        return false;
    if (time.kind == CAL_OFFSET)
        *out_s = time.offset_s;
    else if (date != NULL)
        *out_s = cal_zone_offset_for_local(time.zone, local_seconds(*date, time));
    else
        return cal_zone_fixed_offset(out_s, time.zone);
    return true;
}

bool cal_time_sub(struct cal_span *out, struct cal_time a, struct cal_time b) {
    int32_t a_s = 0, b_s = 0;
    if ((a.kind == CAL_LOCAL) != (b.kind == CAL_LOCAL))
        return false;
    bool one_zone = a.kind == CAL_ZONE && b.kind == CAL_ZONE && a.zone == b.zone;
    if (a.kind != CAL_LOCAL && !one_zone &&
        (!cal_offset_of(&a_s, a, NULL) || !cal_offset_of(&b_s, b, NULL)))
        return false;
    return cal_span_of(out, (day_seconds(a) - a_s) - (day_seconds(b) - b_s), (int64_t)a.ns - b.ns);
}

bool cal_time_cmp(int *out, struct cal_time a, struct cal_time b) {
    struct cal_span apart;
    if (!cal_time_sub(&apart, a, b))
        return false;
    *out = cal_span_cmp(apart, (struct cal_span){0, 0});
    return true;
}

struct cal_instant cal_datetime_as_utc(struct cal_datetime at) {
    return (struct cal_instant){local_seconds(at.date, at.time), at.time.ns};
}

bool cal_datetime_instant(struct cal_instant *out, struct cal_datetime at) {
    int32_t offset_s;
    if (!cal_offset_of(&offset_s, at.time, &at.date))
        return false;
    *out = (struct cal_instant){local_seconds(at.date, at.time) - offset_s, at.time.ns};
    return true;
}

static bool datetime_at(struct cal_datetime *out, struct cal_time like, int64_t local_s,
                        uint32_t ns) {
    int64_t s = (local_s % DAY_S + DAY_S) % DAY_S;
    struct cal_datetime at;
    if (!cal_date_from_days(&at.date, (local_s - s) / DAY_S))
        return false;
    at.time = time_at(like, s, ns);
    *out = at;
    return true;
}

bool cal_datetime_in_zone(struct cal_datetime *out, struct cal_instant at,
                          const struct cal_zone *zone) {
    assert(zone != NULL);
    struct cal_time like = {.kind = CAL_ZONE, .zone = zone};
    return datetime_at(out, like, at.s + cal_zone_offset_at(zone, at.s), at.ns);
}

bool cal_datetime_at_offset(struct cal_datetime *out, struct cal_instant at, int32_t offset_s) {
    struct cal_time like = {.kind = CAL_OFFSET, .offset_s = offset_s};
    return datetime_at(out, like, at.s + offset_s, at.ns);
}

bool cal_datetime_add(struct cal_datetime *out, struct cal_datetime at, struct cal_span span) {
    int64_t ns = (int64_t)at.time.ns + span.ns;
    int64_t s = span.s + ns / NS;
    if (at.time.kind != CAL_ZONE)
        return datetime_at(out, at.time, local_seconds(at.date, at.time) + s, (uint32_t)(ns % NS));
    struct cal_instant instant;
    bool known = cal_datetime_instant(&instant, at);
    assert(known);
    instant.s += s;
    instant.ns = (uint32_t)(ns % NS);
    return cal_datetime_in_zone(out, instant, at.time.zone);
}

bool cal_datetime_add_months(struct cal_datetime *out, struct cal_datetime at, int64_t months) {
    if (!cal_date_add_months(&at.date, at.date, months))
        return false;
    *out = at;
    return true;
}

bool cal_datetime_sub(struct cal_span *out, struct cal_datetime a, struct cal_datetime b) {
    if ((a.time.kind == CAL_LOCAL) != (b.time.kind == CAL_LOCAL))
        return false;
    struct cal_instant x = cal_datetime_as_utc(a), y = cal_datetime_as_utc(b);
    if (a.time.kind != CAL_LOCAL) {
        bool known = cal_datetime_instant(&x, a) && cal_datetime_instant(&y, b);
        assert(known);
    }
    return cal_span_of(out, x.s - y.s, (int64_t)x.ns - y.ns);
}

bool cal_datetime_cmp(int *out, struct cal_datetime a, struct cal_datetime b) {
    struct cal_span apart;
    if (!cal_datetime_sub(&apart, a, b))
        return false;
    *out = cal_span_cmp(apart, (struct cal_span){0, 0});
    return true;
}

/* DMN 1.5: 10.3.4.6, is(): zones are the same by name, an offset is never the same as a zone */
bool cal_time_same(struct cal_time a, struct cal_time b) {
    if (cal_time_day_ns(a) != cal_time_day_ns(b) || a.kind != b.kind)
        return false;
    if (a.kind == CAL_OFFSET)
        return a.offset_s == b.offset_s;
    return a.kind == CAL_LOCAL || str_eq(cal_zone_name(a.zone), cal_zone_name(b.zone));
}

bool cal_datetime_same(struct cal_datetime a, struct cal_datetime b) {
    return cal_date_same(a.date, b.date) && cal_time_same(a.time, b.time);
}

/* ---- microseconds ---- */

struct cal_datetime cal_us_datetime(int64_t at_us, const struct cal_zone *zone) {
    int64_t us = (at_us % CAL_SECOND_US + CAL_SECOND_US) % CAL_SECOND_US;
    struct cal_instant at = {at_us / CAL_SECOND_US - (at_us % CAL_SECOND_US < 0),
                             (uint32_t)us * 1000};
    struct cal_datetime out = {0};
    bool ok = cal_datetime_in_zone(&out, at, zone != NULL ? zone : cal_zone_utc());
    assert(ok); /* 2^63 microseconds are 292,000 years */
    return out;
}

struct cal_date cal_us_date(int64_t at_us, const struct cal_zone *zone) {
    return cal_us_datetime(at_us, zone).date;
}

int64_t cal_us_of_datetime(struct cal_datetime local, const struct cal_zone *zone) {
    int64_t s = local_seconds(local.date, local.time);
    s -= cal_zone_offset_for_local(zone, s);
    int64_t us;
    if (__builtin_mul_overflow(s, CAL_SECOND_US, &us) ||
        __builtin_add_overflow(us, (int64_t)(local.time.ns / 1000), &us))
        return s < 0 ? INT64_MIN : INT64_MAX;
    return us;
}

int64_t cal_us_of_date(struct cal_date date, const struct cal_zone *zone) {
    return cal_us_of_datetime((struct cal_datetime){.date = date}, zone);
}
