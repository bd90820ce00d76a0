/* Built-in functions on dates, times and durations, and the properties behind a dot.
 * DMN 1.5: 10.3.4.1, 10.3.4.6, 10.3.4.8, 10.3.4.11, tables 65-67, 72, 77, 79, 82 */
#include "cal/zone.h"
#include "feel/builtin.h"
#include "feel/machine.h"

static struct str text_of(struct feel_value v) {
    return (struct str){v.u.text, v.count};
}

static struct feel_value make_time(struct feel_machine *m, struct cal_time time) {
    return machine_reserve(m, sizeof time) ? feel_time(m->arena, time) : feel_null();
}

static struct feel_value make_date_time(struct feel_machine *m, struct cal_datetime at) {
    return machine_reserve(m, sizeof at) ? feel_date_time(m->arena, at) : feel_null();
}

static struct cal_date date_part(struct feel_value v) {
    return feel_kind(v) == FEEL_DATE ? v.u.date : v.u.date_time->date;
}

static struct cal_time utc_midnight(void) {
    return (struct cal_time){.kind = CAL_OFFSET};
}

/* --- date()
 * ------------------------------------------------------------------------------------------- */
static struct feel_value date_from(struct feel_machine *m, struct feel_value v) {
    struct cal_date date;
    switch (feel_kind(v)) {
    case FEEL_DATE:
    case FEEL_DATE_TIME: return feel_date(date_part(v));
    case FEEL_STRING:
        if (cal_date_parse(&date, text_of(v)))
            return feel_date(date);
        return machine_null(m, "'%.*s' is not a date", STR_ARG(text_of(v)));
    default: return machine_null(m, "date() of a %s", feel_kind_name(feel_kind(v)));
    }
}

struct feel_value builtin_date(struct feel_machine *m, const struct feel_value *args,
                               uint32_t count) {
    int64_t part[3];
    struct cal_date date;
    if (count == 1)
        return date_from(m, args[0]);
    if (count == 2 || feel_kind(args[0]) != FEEL_NUMBER)
        return machine_null(m, "date() takes a year, a month and a day");
    for (int i = 0; i < 3; i++)
        if (!value_is_int(args[i], &part[i]))
            return machine_null(m, "date() takes whole numbers");
    if (!cal_date_of(&date, part[0], part[1], part[2]))
        return machine_null(m, "there is no such date");
    return feel_date(date);
}

/* --- time()
 * --------------------------------------------------------------------------------------------- */
static struct feel_value time_from(struct feel_machine *m, struct feel_value v) {
    struct cal_time time;
    switch (feel_kind(v)) {
    case FEEL_TIME: return v;
    case FEEL_DATE_TIME: return make_time(m, v.u.date_time->time);
    case FEEL_DATE: return make_time(m, utc_midnight());
    case FEEL_STRING:
        if (cal_time_parse(&time, text_of(v), m->env->zones))
            return make_time(m, time);
        return machine_null(m, "'%.*s' is not a time", STR_ARG(text_of(v)));
    default: return machine_null(m, "cannot make a time of a %s", feel_kind_name(feel_kind(v)));
    }
}

/* Hour, minute and second, which may have a fraction. */
static bool clock_of(struct cal_time *out, const struct feel_value *args) {
    int64_t hour, minute, second, nanos;
    if (!value_is_int(args[0], &hour) || !value_is_int(args[1], &minute))
        return false;
    struct num seconds = value_num(args[2]), whole = num_round(seconds, 0, NUM_ROUND_DOWN);
    struct num rest =
        num_round(num_mul(num_sub(seconds, whole), num_of(1000000000)), 0, NUM_ROUND_DOWN);
    return num_sign(seconds) >= 0 && num_to_i64(&second, whole) && num_to_i64(&nanos, rest) &&
           cal_time_of(out, hour, minute, second, nanos);
}

struct feel_value builtin_time(struct feel_machine *m, const struct feel_value *args,
                               uint32_t count) {
    struct cal_time time;
    if (count == 1)
        return time_from(m, args[0]);
    if (count == 2 || feel_kind(args[0]) != FEEL_NUMBER)
        return machine_null(m, "a time takes an hour, a minute and a second");
    if (!clock_of(&time, args))
        return machine_null(m, "there is no such time");
    if (count > 3 && !feel_is_null(args[3])) {
        struct cal_span offset = feel_as_days_time(args[3]);
        if (offset.ns != 0 || !cal_time_with_offset(&time, time, offset.s))
            return machine_null(m, "there is no such offset from UTC");
    }
    return make_time(m, time);
}

/* --- date and time()
 * ----------------------------------------------------------------------------------------- */
/* A date alone is midnight; as one of XML Schema it may end in an offset. DMN 1.5: 10.3.2.3.6 */
static bool zoned_date(struct cal_datetime *out, struct str text) {
    static const char midnight[] = "T00:00:00";
    char room[64];
    if (cal_date_parse(&out->date, text))
        return true;
    size_t at = text.len > 0 && text.at[text.len - 1] == 'Z' ? text.len - 1
                : text.len > 6                               ? text.len - 6
                                                             : 0;
    if (at == 0 || text.len + sizeof midnight > sizeof room)
        return false;
    memcpy(room, text.at, at);
    memcpy(room + at, midnight, sizeof midnight - 1);
    memcpy(room + at + sizeof midnight - 1, text.at + at, text.len - at);
    return cal_datetime_parse(out, (struct str){room, text.len + sizeof midnight - 1}, NULL);
}

static struct feel_value date_time_from(struct feel_machine *m, struct feel_value v) {
    struct cal_datetime at = {0};
    switch (feel_kind(v)) {
    case FEEL_DATE_TIME: return v;
    case FEEL_DATE:
        at.date = v.u.date;
        at.time = utc_midnight();
        return make_date_time(m, at);
    case FEEL_STRING:
        if (cal_datetime_parse(&at, text_of(v), m->env->zones) || zoned_date(&at, text_of(v)))
            return make_date_time(m, at);
        return machine_null(m, "'%.*s' is not a date and time", STR_ARG(text_of(v)));
    default:
        return machine_null(m, "cannot make a date and time of a %s", feel_kind_name(feel_kind(v)));
    }
}

static struct feel_value date_time_joined(struct feel_machine *m, struct feel_value date,
                                          struct feel_value time) {
    if (feel_kind(date) != FEEL_DATE && feel_kind(date) != FEEL_DATE_TIME)
        return machine_null(m, "a date and time takes a date, not a %s",
                            feel_kind_name(feel_kind(date)));
    if (feel_kind(time) == FEEL_STRING) { /* the same moment in another zone */
        struct cal_instant instant;
        struct cal_datetime at;
        const struct cal_zone *zone = cal_zone_find(m->env->zones, text_of(time));
        if (feel_kind(date) == FEEL_DATE_TIME && zone != NULL &&
            cal_datetime_instant(&instant, *date.u.date_time) &&
            cal_datetime_in_zone(&at, instant, zone))
            return make_date_time(m, at);
    }
    if (feel_kind(time) != FEEL_TIME)
        return machine_null(m, "a date and time takes a time, not a %s",
                            feel_kind_name(feel_kind(time)));
    return make_date_time(m, (struct cal_datetime){date_part(date), *time.u.time});
}

/* year, month, day, hour, minute, second, and an offset, in hours or as a duration, or a zone's
 * name */
static struct feel_value date_time_of_parts(struct feel_machine *m, const struct feel_value *args,
                                            uint32_t count) {
    int64_t part[3], hours;
    struct cal_datetime at;
    for (int i = 0; i < 3; i++)
        if (feel_kind(args[i]) != FEEL_NUMBER || !value_is_int(args[i], &part[i]))
            return machine_null(m, "a date and time takes whole numbers");
    if (!cal_date_of(&at.date, part[0], part[1], part[2]) || !clock_of(&at.time, args + 3))
        return machine_null(m, "there is no such date and time");
    if (count == 7 && feel_kind(args[6]) == FEEL_STRING) {
        const struct cal_zone *zone = cal_zone_find(m->env->zones, text_of(args[6]));
        if (zone == NULL)
            return machine_null(m, "there is no such time zone");
        at.time = cal_time_in_zone(at.time, zone);
    } else if (count == 7 && !feel_is_null(args[6])) {
        bool hourly = feel_kind(args[6]) == FEEL_NUMBER && value_is_int(args[6], &hours) &&
                      hours <= 18 && hours >= -18;
        if (!hourly && feel_kind(args[6]) != FEEL_DAYS_TIME)
            return machine_null(m, "there is no such offset from UTC");
        struct cal_span offset =
            hourly ? (struct cal_span){hours * 3600, 0} : feel_as_days_time(args[6]);
        if (offset.ns != 0 || !cal_time_with_offset(&at.time, at.time, offset.s))
            return machine_null(m, "there is no such offset from UTC");
    }
    return make_date_time(m, at);
}

struct feel_value builtin_date_and_time(struct feel_machine *m, const struct feel_value *args,
                                        uint32_t count) {
    if (count == 1)
        return date_time_from(m, args[0]);
    if (count == 2)
        return date_time_joined(m, args[0], args[1]);
    if (count < 6)
        return machine_null(m, "a date and time does not take %u arguments", count);
    return date_time_of_parts(m, args, count);
}

/* --- durations
 * ----------------------------------------------------------------------------------------------------
 */
struct feel_value builtin_duration(struct feel_machine *m, const struct feel_value *args,
                                   uint32_t count) {
    struct cal_span span;
    struct cal_months months;
    (void)count;
    if (feel_kind(args[0]) != FEEL_STRING)
        return args[0];
    if (cal_months_parse(&months, text_of(args[0])))
        return feel_years_months(months);
    if (cal_span_parse(&span, text_of(args[0])))
        return feel_days_time(span);
    return machine_null(m, "'%.*s' is not a duration", STR_ARG(text_of(args[0])));
}

struct feel_value builtin_years_and_months_duration(struct feel_machine *m,
                                                    const struct feel_value *args, uint32_t count) {
    (void)m;
    (void)count;
    return feel_years_months(cal_months_between(date_part(args[0]), date_part(args[1])));
}

/* --- the calendar
 * --------------------------------------------------------------------------------------------------
 */
static const char *const weekdays[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                       "Friday", "Saturday", "Sunday"};
static const char *const months[] = {"January",   "February", "March",    "April",
                                     "May",       "June",     "July",     "August",
                                     "September", "October",  "November", "December"};

struct feel_value builtin_day_of_year(struct feel_machine *m, const struct feel_value *args,
                                      uint32_t count) {
    (void)m;
    (void)count;
    return feel_int(cal_day_of_year(date_part(args[0])));
}

struct feel_value builtin_day_of_week(struct feel_machine *m, const struct feel_value *args,
                                      uint32_t count) {
    (void)m;
    (void)count;
    return feel_string(str_from(weekdays[cal_weekday(date_part(args[0])) - 1]));
}

struct feel_value builtin_month_of_year(struct feel_machine *m, const struct feel_value *args,
                                        uint32_t count) {
    (void)m;
    (void)count;
    return feel_string(str_from(months[date_part(args[0]).month - 1]));
}

struct feel_value builtin_week_of_year(struct feel_machine *m, const struct feel_value *args,
                                       uint32_t count) {
    (void)m;
    (void)count;
    return feel_int(cal_week_of_year(date_part(args[0]), NULL));
}

struct feel_value builtin_now(struct feel_machine *m, const struct feel_value *args,
                              uint32_t count) {
    (void)args;
    (void)count;
    if (feel_kind(m->env->now) == FEEL_DATE_TIME)
        return m->env->now;
    return machine_null(m, "now() is not known here");
}

struct feel_value builtin_today(struct feel_machine *m, const struct feel_value *args,
                                uint32_t count) {
    (void)args;
    (void)count;
    if (feel_kind(m->env->now) == FEEL_DATE_TIME)
        return feel_date(date_part(m->env->now));
    return machine_null(m, "today() is not known here");
}

/* --- is(): the same in the semantic domain, zones included. Numbers are the same by their value:
 * how many zeros end one says how it was reckoned, not what it is (10.3.2.3.1).
 * --------------------------------------------- */
struct feel_value builtin_is(struct feel_machine *m, const struct feel_value *args,
                             uint32_t count) {
    (void)count;
    return feel_boolean(machine_is(m, args[0], args[1]));
}

/* --- properties
 * --------------------------------------------------------------------------------------------------------
 */
static bool date_property(struct feel_value *out, struct cal_date date, struct str name) {
    if (str_eq(name, STR("year")))
        *out = feel_int(date.year);
    else if (str_eq(name, STR("month")))
        *out = feel_int(date.month);
    else if (str_eq(name, STR("day")))
        *out = feel_int(date.day);
    else if (str_eq(name, STR("weekday")))
        *out = feel_int(cal_weekday(date));
    else
        return false;
    return true;
}

/* DMN 1.5: table 66: seconds are a decimal, without more digits than they need. */
static struct feel_value seconds_of(int64_t seconds, int64_t ns) {
    int scale = 9;
    if (ns == 0)
        return feel_int(seconds);
    for (ns += seconds * 1000000000; ns % 10 == 0; ns /= 10)
        scale--;
    return feel_decimal(ns, scale);
}

static bool time_property(struct feel_value *out, struct cal_time time, const struct cal_date *date,
                          struct str name) {
    int32_t offset_s;
    *out = feel_null();
    if (str_eq(name, STR("hour")))
        *out = feel_int(time.hour);
    else if (str_eq(name, STR("minute")))
        *out = feel_int(time.minute);
    else if (str_eq(name, STR("second")))
        *out = seconds_of(time.second, time.ns);
    else if (str_eq(name, STR("time offset"))) {
        if (cal_offset_of(&offset_s, time, date))
            *out = feel_days_time((struct cal_span){offset_s, 0});
    } else if (str_eq(name, STR("timezone"))) {
        if (time.kind == CAL_ZONE)
            *out = feel_string(cal_zone_name(time.zone));
    } else {
        return false;
    }
    return true;
}

static bool span_property(struct feel_value *out, struct cal_span span, struct str name) {
    struct cal_span_parts parts = cal_span_split(span);
    if (str_eq(name, STR("days")))
        *out = feel_int(parts.days);
    else if (str_eq(name, STR("hours")))
        *out = feel_int(parts.hours);
    else if (str_eq(name, STR("minutes")))
        *out = feel_int(parts.minutes);
    else if (str_eq(name, STR("seconds")))
        *out = seconds_of(parts.seconds, parts.ns);
    else
        return false;
    return true;
}

static bool range_property(struct feel_value *out, const struct feel_range *r, struct str name) {
    if (str_eq(name, STR("start")))
        *out = r->low;
    else if (str_eq(name, STR("end")))
        *out = r->high;
    else if (str_eq(name, STR("start included")))
        *out = feel_boolean(r->low_closed);
    else if (str_eq(name, STR("end included")))
        *out = feel_boolean(r->high_closed);
    else
        return false;
    return true;
}

bool path_property(struct feel_machine *m, struct feel_value *out, struct feel_value v,
                   struct str name) {
    (void)m;
    switch (feel_kind(v)) {
    case FEEL_DATE: return date_property(out, v.u.date, name);
    case FEEL_TIME: return time_property(out, *v.u.time, NULL, name);
    case FEEL_DATE_TIME:
        return date_property(out, v.u.date_time->date, name) ||
               time_property(out, v.u.date_time->time, &v.u.date_time->date, name);
    case FEEL_DAYS_TIME: return span_property(out, feel_as_days_time(v), name);
    case FEEL_YEARS_MONTHS:
        if (str_eq(name, STR("years")))
            *out = feel_int(v.u.whole / 12);
        else if (str_eq(name, STR("months")))
            *out = feel_int(v.u.whole % 12);
        else
            return false;
        return true;
    case FEEL_RANGE: return range_property(out, v.u.range, name);
    default: return false;
    }
}
