/* Cron expressions: six fields, as Spring's CronExpression (since 5.3) and with it Camunda 8 write
 * them. A day must fit both its field of the month and that of the week.
 *
 * Moments are found on the wall clock, from one change of the clocks to the next: within such a
 * stretch the offset is fixed and the fields alone decide. What a change skips comes at the moment
 * of the change; what it repeats comes once, unless the hour is "*". */
#include "bpmn/cron.h"

static const char *const month_names[] = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                          "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
static const char *const day_names[] = {"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};

struct field {
    uint32_t low, high;
    const char *const *names; /* of low.. */
    size_t name_count;
};
enum { SECOND, MINUTE, HOUR, DAY, MONTH, WEEKDAY, FIELDS };
static const struct field fields[FIELDS] = {
    {0, 59, NULL, 0}, {0, 59, NULL, 0},         {0, 23, NULL, 0},
    {1, 31, NULL, 0}, {1, 12, month_names, 12}, {0, 7, day_names, 7},
};

/* --- reading
 * ---------------------------------------------------------------------------------- */
static bool same_word(struct str text, const char *word) {
    if (text.len != strlen(word))
        return false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (c >= 'a' && c <= 'z')
            c = (char)(c - 'a' + 'A');
        if (c != word[i])
            return false;
    }
    return true;
}

static bool read_number(uint32_t *out, const struct field *f, struct str text) {
    uint64_t n;
    for (size_t i = 0; i < f->name_count; i++)
        if (same_word(text, f->names[i])) {
            *out = f->low + (uint32_t)i;
            return true;
        }
    if (text.len == 0 || text.len > 2 || !str_to_u64(&n, text) || n < f->low || n > f->high)
        return false;
    *out = (uint32_t)n;
    return true;
}

/* "*", "5", "1-5", "MON-FRI", and each with a step: "0/15" runs to the end. */
static bool read_range(uint64_t *out, const struct field *f, struct str text) {
    struct str head, step = text, from, to;
    uint64_t by = 1;
    (void)str_split(&head, &step, '/');
    bool stepped = head.len < text.len;
    if (stepped && (!str_to_u64(&by, step) || by == 0 || by > f->high))
        return false;
    uint32_t low = f->low, high = f->high;
    to = head;
    (void)str_split(&from, &to, '-');
    if (str_eq(head, STR("*"))) {
        if (f == &fields[WEEKDAY])
            high = 6;
    } else if (from.len < head.len) {
        if (!read_number(&low, f, from) || !read_number(&high, f, to) || low > high)
            return false;
    } else {
        if (!read_number(&low, f, head))
            return false;
        if (!stepped)
            high = low;
        else if (f == &fields[WEEKDAY])
            high = 6;
    }
    for (uint64_t n = low; n <= high; n += by)
        *out |= UINT64_C(1) << n;
    return true;
}

/* "L", "L-3", "LW", "15W" */
static bool read_special_day(bool *found, struct bpmn_cron *cron, struct str text) {
    uint64_t n;
    *found = true;
    if (same_word(text, "LW")) {
        cron->last_working = true;
        return true;
    }
    if (same_word(text, "L")) {
        cron->last_day = true;
        return true;
    }
    if (text.len > 2 && (text.at[0] == 'L' || text.at[0] == 'l') && text.at[1] == '-') {
        if (!str_to_u64(&n, str_sub(text, 2, text.len)) || n > 30)
            return false;
        cron->last_day = true;
        cron->before_last = (uint8_t)n;
        return true;
    }
    if (text.len > 1 && (text.at[text.len - 1] == 'W' || text.at[text.len - 1] == 'w')) {
        if (!str_to_u64(&n, str_sub(text, 0, text.len - 1)) || n < 1 || n > 31)
            return false;
        cron->nearest |= UINT32_C(1) << n;
        return true;
    }
    *found = false;
    return true;
}

/* "5#2", "FRI#2": the second Friday; "5L": the last */
static bool read_special_weekday(bool *found, struct bpmn_cron *cron, struct str text) {
    uint32_t day;
    uint64_t nth;
    size_t hash = str_find_byte(text, '#');
    *found = true;
    if (hash != SIZE_MAX) {
        if (!read_number(&day, &fields[WEEKDAY], str_sub(text, 0, hash)) ||
            !str_to_u64(&nth, str_sub(text, hash + 1, text.len)) || nth < 1 || nth > 5)
            return false;
        cron->nth[day % 7] |= (uint8_t)(1u << nth);
        return true;
    }
    if (text.len > 1 && (text.at[text.len - 1] == 'L' || text.at[text.len - 1] == 'l')) {
        if (!read_number(&day, &fields[WEEKDAY], str_sub(text, 0, text.len - 1)))
            return false;
        cron->last_of |= (uint8_t)(1u << day % 7);
        return true;
    }
    *found = false;
    return true;
}

static bool read_field(uint64_t *bits, struct bpmn_cron *cron, int index, struct str text) {
    struct str part;
    bool day = index == DAY || index == WEEKDAY;
    if (day && str_eq(text, STR("?")))
        text = STR("*");
    if (text.len == 0 || text.at[text.len - 1] == ',')
        return false;
    while (str_split(&part, &text, ',')) {
        bool special = false;
        if (index == DAY && !read_special_day(&special, cron, part))
            return false;
        if (index == WEEKDAY && !read_special_weekday(&special, cron, part))
            return false;
        if (!special && !read_range(bits, &fields[index], part))
            return false;
    }
    return true;
}

static struct str macro(struct str text) {
    static const struct {
        const char *name, *text;
    } macros[] = {
        {"@yearly", "0 0 0 1 1 *"}, {"@annually", "0 0 0 1 1 *"}, {"@monthly", "0 0 0 1 * *"},
        {"@weekly", "0 0 0 * * 0"}, {"@daily", "0 0 0 * * *"},    {"@midnight", "0 0 0 * * *"},
        {"@hourly", "0 0 * * * *"},
    };
    for (size_t i = 0; i < COUNT_OF(macros); i++)
        if (str_eq(text, str_from(macros[i].name)))
            return str_from(macros[i].text);
    return text;
}

bool bpmn_cron_read(struct bpmn_cron *out, struct str text) {
    struct bpmn_cron cron = {0};
    uint64_t bits[FIELDS] = {0};
    struct str part, rest = macro(str_trim(text));
    int count = 0;
    while (str_split(&part, &rest, ' ')) {
        if (part.len == 0)
            continue;
        if (count == FIELDS || !read_field(&bits[count], &cron, count, part))
            return false;
        count++;
    }
    if (count != FIELDS)
        return false;
    cron.seconds = bits[SECOND];
    cron.minutes = bits[MINUTE];
    cron.hours = (uint32_t)bits[HOUR];
    cron.any_hour = cron.hours == (1u << 24) - 1;
    cron.days = (uint32_t)bits[DAY];
    cron.months = (uint32_t)bits[MONTH];
    cron.weekdays = (uint8_t)((bits[WEEKDAY] & 127) | (bits[WEEKDAY] >> 7 & 1));
    *out = cron;
    return true;
}

/* --- which days
 * ------------------------------------------------------------------------------------ */
static int weekday_of(struct cal_date date) {
    return cal_weekday(date) % 7; /* 0 Sunday */
}

static bool is_working(struct cal_date date) {
    return cal_weekday(date) <= 5;
}

/* The Monday to Friday nearest to a day, in the same month: a Saturday means the Friday before,
 * a Sunday the Monday after, but a 1st that is a Saturday the 3rd. */
static int nearest_working(struct cal_date date, int last) {
    int weekday = cal_weekday(date), day = date.day;
    if (weekday == 6)
        return day == 1 ? 3 : day - 1;
    if (weekday == 7)
        return day == last ? day - 2 : day + 1;
    return day;
}

static bool day_fits(const struct bpmn_cron *cron, struct cal_date date) {
    int last = cal_month_days(date.year, date.month), day = date.day;
    bool fits = (cron->days >> day & 1) != 0;
    if (cron->last_day && day == last - cron->before_last)
        fits = true;
    if (cron->last_working && is_working(date) &&
        (day == last || (cal_weekday(date) == 5 && last - day < 3)))
        fits = true;
    for (int n = 1; n <= last && cron->nearest != 0; n++)
        if ((cron->nearest >> n & 1) != 0 &&
            nearest_working((struct cal_date){date.year, date.month, (uint8_t)n}, last) == day)
            fits = true;
    if (!fits)
        return false;
    int weekday = weekday_of(date);
    return (cron->weekdays >> weekday & 1) != 0 ||
           (cron->nth[weekday] >> ((day - 1) / 7 + 1) & 1) != 0 ||
           ((cron->last_of >> weekday & 1) != 0 && day + 7 > last);
}

/* --- which moments
 * --------------------------------------------------------------------------------- */
static int next_bit(uint64_t bits, int from, int end) {
    while (from < end && (bits >> from & 1) == 0)
        from++;
    return from;
}

/* The first second of the day from `from` on that fits; -1: none. */
static int32_t second_of_day(const struct bpmn_cron *cron, int32_t from) {
    int hour = from / 3600, minute = from / 60 % 60, second = from % 60;
    for (int h = next_bit(cron->hours, hour, 24); h < 24; h = next_bit(cron->hours, h + 1, 24)) {
        int m = next_bit(cron->minutes, h == hour ? minute : 0, 60);
        for (; m < 60; m = next_bit(cron->minutes, m + 1, 60)) {
            int s = next_bit(cron->seconds, h == hour && m == minute ? second : 0, 60);
            if (s < 60)
                return h * 3600 + m * 60 + s;
        }
    }
    return -1;
}

enum { DAY_S = 86400 };

/* The first clock reading at or after `local_s` (seconds of the wall clock since 1970) that fits;
 * INT64_MAX: none in BPMN_CRON_YEARS_MAX years. */
static int64_t next_local(const struct bpmn_cron *cron, int64_t local_s) {
    int64_t day = local_s / DAY_S - (local_s % DAY_S < 0);
    int32_t second = (int32_t)(local_s - day * DAY_S);
    struct cal_date date;
    for (int i = 0; i < BPMN_CRON_YEARS_MAX * 366; i++, day++, second = 0) {
        if (!cal_date_from_days(&date, day))
            break;
        if ((cron->months >> date.month & 1) == 0) { /* on to the next month */
            int rest = cal_month_days(date.year, date.month) - date.day;
            day += rest;
            i += rest;
            continue;
        }
        if (!day_fits(cron, date))
            continue;
        int32_t found = second_of_day(cron, second);
        if (found >= 0)
            return day * DAY_S + found;
    }
    return INT64_MAX;
}

/* The first instant behind `from` at which the offset is no more what it is at from; there is a
 * change in (from, to]. */
static int64_t change_between(const struct cal_zone *zone, int64_t from, int64_t to) {
    int32_t offset = cal_zone_offset_at(zone, from);
    while (to - from > 1) {
        int64_t middle = from + (to - from) / 2;
        if (cal_zone_offset_at(zone, middle) == offset)
            from = middle;
        else
            to = middle;
    }
    return to;
}

int64_t bpmn_cron_next(const struct bpmn_cron *cron, int64_t after_us,
                       const struct cal_zone *zone) {
    int64_t at = after_us / CAL_SECOND_US - (after_us % CAL_SECOND_US < 0) + 1;
    enum { STRETCH_S = 45 * DAY_S }; /* the clocks are not changed and changed back within it */
    for (int64_t end = at + (int64_t)BPMN_CRON_YEARS_MAX * 366 * DAY_S; at < end;) {
        int32_t offset = cal_zone_offset_at(zone, at);
        int64_t local = next_local(cron, at + offset), found = local - offset;
        if (local == INT64_MAX)
            return BPMN_NEVER;
        int64_t until = found - at > STRETCH_S ? at + STRETCH_S : found;
        if (cal_zone_offset_at(zone, until) != offset) {
            int64_t change = change_between(zone, at, until);
            int64_t jump = cal_zone_offset_at(zone, change) - offset;
            /* found would be read in the gap: it comes when the gap does */
            if (jump > 0 && found >= change && found < change + jump)
                return change * CAL_SECOND_US;
            at = change;
        } else if (until < found) {
            at = until;
        } else if (!cron->any_hour && cal_zone_offset_for_local(zone, local) != offset) {
            at = found + 1; /* the second of two: the first has been */
        } else {
            return found * CAL_SECOND_US;
        }
    }
    return BPMN_NEVER;
}
