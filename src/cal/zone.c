/* A zone is a sorted list of changes, each with the offset that holds from it on, and, for the time
 * after the last one, an optional yearly rule (two changes a year). Looking up an instant is one
 * binary search; the yearly rule is computed for the year at hand.
 * Invariants: changes ascend strictly; offsets lie within 26 hours (RFC 9636: 3.2). */
#include "cal/zone.h"

#include <assert.h>
#include <inttypes.h>

enum {
    DAY_S = 86400,
    OFFSET_S_MAX = 26 * 3600,
    TZIF_HEAD_BYTES = 44,
};

/* One of the two changes of a year: POSIX "Mm.w.d", "Jn" or "n", at seconds after midnight. */
struct rule_day {
    char kind; /* 'M', 'J' or '0' */
    int32_t month, week, day;
    int32_t at_s;
};

struct cal_zone {
    struct str name;
    uint32_t count;
    const int64_t *at_s;     /* count instants */
    const int32_t *offset_s; /* count offsets, from each instant on */
    int32_t first_offset_s;  /* before the first change */
    int32_t last_offset_s;   /* after the last change, without daylight saving */
    bool daylight;           /* after the last change the rule below holds */
    int32_t daylight_offset_s;
    struct rule_day begin, end; /* of daylight saving, in local time */
};

/* IANA tzdata 2025b (public domain), Asia/Shanghai */
static const int64_t shanghai_at_s[] = {
    -2177481943, -1600675200, -1585904400, -933667200, -922093200, -908870400,
    -888829200,  -881049600,  -767869200,  -745833600, -733827600, -716889600,
    -699613200,  -683884800,  -670669200,  -652348800, -650019600, 515527200,
    527014800,   545162400,   558464400,   577216800,  589914000,  608666400,
    621968400,   640116000,   653418000,   671565600,  684867600,
};
static const int32_t shanghai_offset_s[] = {
    28800, 32400, 28800, 32400, 28800, 32400, 28800, 32400, 28800, 32400,
    28800, 32400, 28800, 32400, 28800, 32400, 28800, 32400, 28800, 32400,
    28800, 32400, 28800, 32400, 28800, 32400, 28800, 32400, 28800,
};
static_assert(COUNT_OF(shanghai_at_s) == COUNT_OF(shanghai_offset_s), "an offset for each change");

static const struct cal_zone built_in[] = {
    {.name = STR_INIT("UTC")},
    {.name = STR_INIT("Etc/UTC")},
    {.name = STR_INIT("Asia/Shanghai"),
     .count = COUNT_OF(shanghai_at_s),
     .at_s = shanghai_at_s,
     .offset_s = shanghai_offset_s,
     .first_offset_s = 29143,
     .last_offset_s = 28800},
};

bool cal_zone_name_valid(struct str name) {
    if (name.len == 0 || name.len > CAL_ZONE_NAME_MAX)
        return false;
    char before = '/';
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && c != '_' && c != '+' && c != '-' && (c != '/' || before == '/'))
            return false;
        before = c;
    }
    return before != '/';
}

const struct cal_zone *cal_zone_find(const struct cal_zones *zones, struct str name) {
    if (!cal_zone_name_valid(name))
        return NULL;
    for (size_t i = 0; i < COUNT_OF(built_in); i++)
        if (str_eq(built_in[i].name, name))
            return &built_in[i];
    return zones != NULL && zones->find != NULL ? zones->find(zones, name) : NULL;
}

const struct cal_zone *cal_zone_utc(void) {
    return &built_in[0];
}

struct str cal_zone_name(const struct cal_zone *zone) {
    return zone != NULL ? zone->name : built_in[0].name;
}

/* ---- offsets ---- */

/* The day of a year on which a rule falls, from the epoch. */
static int64_t rule_days(struct rule_day rule, int32_t year) {
    int64_t new_year = cal_days_of((struct cal_date){year, 1, 1});
    if (rule.kind == '0')
        return new_year + rule.day;
    if (rule.kind == 'J') /* 1..365, 29 February is never counted */
        return new_year + rule.day - 1 + (rule.day > 59 && cal_is_leap_year(year));
    struct cal_date first = {year, (uint8_t)rule.month, 1};
    int sunday_based = cal_weekday(first) % 7;
    int day = 1 + (rule.day - sunday_based + 7) % 7 + (rule.week - 1) * 7;
    while (day > cal_month_days(year, rule.month)) /* week 5 is the last one */
        day -= 7;
    return cal_days_of(first) + day - 1;
}

/* The offset by the yearly rule; the year is that of standard time, which is exact unless a rule
 * changes within a day of new year, and then only one year's pair of changes is tried. */
static int32_t rule_offset(const struct cal_zone *zone, int64_t utc_s) {
    struct cal_date date;
    int64_t local_s = utc_s + zone->last_offset_s;
    int64_t days = (local_s - ((local_s % DAY_S) + DAY_S) % DAY_S) / DAY_S;
    if (!cal_date_from_days(&date, days))
        return zone->last_offset_s;
    int64_t begin_s = rule_days(zone->begin, date.year) * DAY_S + zone->begin.at_s;
    int64_t end_s = rule_days(zone->end, date.year) * DAY_S + zone->end.at_s;
    begin_s -= zone->last_offset_s;   /* written in standard time ... */
    end_s -= zone->daylight_offset_s; /* ... and in daylight saving time */
    bool inside = begin_s < end_s ? utc_s >= begin_s && utc_s < end_s
                                  : utc_s >= begin_s || utc_s < end_s; /* the southern half */
    return inside ? zone->daylight_offset_s : zone->last_offset_s;
}

int32_t cal_zone_offset_at(const struct cal_zone *zone, int64_t utc_s) {
    if (zone == NULL)
        return 0;
    if (zone->count == 0 || utc_s >= zone->at_s[zone->count - 1]) {
        if (zone->daylight)
            return rule_offset(zone, utc_s);
        return zone->last_offset_s;
    }
    uint32_t low = 0, high = zone->count; /* the first change after utc_s */
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (zone->at_s[middle] <= utc_s)
            low = middle + 1;
        else
            high = middle;
    }
    return low == 0 ? zone->first_offset_s : zone->offset_s[low - 1];
}

int32_t cal_zone_offset_for_local(const struct cal_zone *zone, int64_t local_s) {
    int32_t before = cal_zone_offset_at(zone, local_s - DAY_S);
    int32_t after = cal_zone_offset_at(zone, local_s + DAY_S);
    if (before == after)
        return before;
    if (cal_zone_offset_at(zone, local_s - before) == before)
        return before; /* the change is still to come, or the first of two readings */
    if (cal_zone_offset_at(zone, local_s - after) == after)
        return after;
    return before; /* in the gap */
}

bool cal_zone_fixed_offset(int32_t *out_s, const struct cal_zone *zone) {
    if (zone != NULL && zone->daylight)
        return false;
    *out_s = zone != NULL ? zone->last_offset_s : 0;
    return true;
}

/* ---- POSIX TZ, as the footer has it: "CET-1CEST,M3.5.0,M10.5.0/3" ---- */

static bool take_byte(struct str *s, char c) {
    if (s->len == 0 || s->at[0] != c)
        return false;
    *s = str_sub(*s, 1, s->len);
    return true;
}

static bool take_int(int32_t *out, struct str *s, int32_t max) {
    int32_t value = 0;
    size_t n = 0;
    for (; n < s->len && n < 4 && s->at[n] >= '0' && s->at[n] <= '9'; n++)
        value = value * 10 + (s->at[n] - '0');
    if (n == 0 || value > max)
        return false;
    *s = str_sub(*s, n, s->len);
    *out = value;
    return true;
}

/* "<+03>" or at least three letters */
static bool skip_abbreviation(struct str *s) {
    if (take_byte(s, '<')) {
        size_t end = str_find_byte(*s, '>');
        if (end == SIZE_MAX || end < 3)
            return false;
        *s = str_sub(*s, end + 1, s->len);
        return true;
    }
    size_t n = 0;
    while (n < s->len && ((s->at[n] | 0x20) >= 'a' && (s->at[n] | 0x20) <= 'z'))
        n++;
    *s = str_sub(*s, n, s->len);
    return n >= 3;
}

/* [+-]h[hh][:mm[:ss]] in seconds */
static bool take_clock(int32_t *out_s, struct str *s, int32_t hours_max) {
    bool negative = take_byte(s, '-');
    if (!negative)
        (void)take_byte(s, '+');
    int32_t hours, minutes = 0, seconds = 0;
    if (!take_int(&hours, s, hours_max))
        return false;
    if (take_byte(s, ':') && !take_int(&minutes, s, 59))
        return false;
    if (take_byte(s, ':') && !take_int(&seconds, s, 59))
        return false;
    *out_s = hours * 3600 + minutes * 60 + seconds;
    *out_s = negative ? -*out_s : *out_s;
    return true;
}

static bool take_rule(struct rule_day *out, struct str *s) {
    struct rule_day rule = {.kind = '0', .at_s = 2 * 3600};
    bool ok;
    if (take_byte(s, 'M')) {
        rule.kind = 'M';
        ok = take_int(&rule.month, s, 12) && rule.month >= 1 && take_byte(s, '.') &&
             take_int(&rule.week, s, 5) && rule.week >= 1 && take_byte(s, '.') &&
             take_int(&rule.day, s, 6);
    } else if (take_byte(s, 'J')) {
        rule.kind = 'J';
        ok = take_int(&rule.day, s, 365) && rule.day >= 1;
    } else {
        ok = take_int(&rule.day, s, 365);
    }
    if (ok && take_byte(s, '/'))
        ok = take_clock(&rule.at_s, s, 167);
    *out = rule;
    return ok;
}

static bool read_footer(struct cal_zone *zone, struct str s) {
    int32_t west_s;
    if (!skip_abbreviation(&s) || !take_clock(&west_s, &s, 24))
        return false;
    zone->last_offset_s = -west_s;
    if (s.len == 0)
        return true;
    zone->daylight = true;
    zone->daylight_offset_s = zone->last_offset_s + 3600;
    if (!skip_abbreviation(&s))
        return false;
    if (s.len > 0 && s.at[0] != ',') {
        if (!take_clock(&west_s, &s, 24))
            return false;
        zone->daylight_offset_s = -west_s;
    }
    return take_byte(&s, ',') && take_rule(&zone->begin, &s) && take_byte(&s, ',') &&
           take_rule(&zone->end, &s) && s.len == 0;
}

/* ---- TZif ---- */

struct tzif_head {
    uint32_t isut_count, isstd_count, leap_count, time_count, type_count, char_count;
    char version;
};

static uint64_t take_be(struct str *s, size_t bytes) {
    uint64_t n = 0;
    assert(s->len >= bytes);
    for (size_t i = 0; i < bytes; i++)
        n = n << 8 | (uint8_t)s->at[i];
    *s = str_sub(*s, bytes, s->len);
    return n;
}

static bool broken(struct err *err, struct str name, const char *what) {
    return err_set(err, ERR_SYNTAX, err_nowhere, "zone '%.*s': %s", STR_ARG(name), what);
}

static bool take_head(struct tzif_head *out, struct str *s, struct str name, struct err *err) {
    if (s->len < TZIF_HEAD_BYTES || !str_starts(*s, STR("TZif")))
        return broken(err, name, "not a TZif file");
    out->version = s->at[4];
    *s = str_sub(*s, 20, s->len);
    out->isut_count = (uint32_t)take_be(s, 4);
    out->isstd_count = (uint32_t)take_be(s, 4);
    out->leap_count = (uint32_t)take_be(s, 4);
    out->time_count = (uint32_t)take_be(s, 4);
    out->type_count = (uint32_t)take_be(s, 4);
    out->char_count = (uint32_t)take_be(s, 4);
    if (out->time_count > CAL_ZONE_CHANGES_MAX || out->type_count > 256 || out->char_count > 4096 ||
        out->leap_count > 4096 || out->isut_count > 256 || out->isstd_count > 256)
        return err_set(err, ERR_LIMIT, err_nowhere, "zone '%.*s' has too many changes",
                       STR_ARG(name));
    if (out->type_count == 0)
        return broken(err, name, "no local time type");
    return true;
}

static size_t block_bytes(const struct tzif_head *h, size_t time_bytes) {
    return h->time_count * (time_bytes + 1) + h->type_count * 6 + h->char_count +
           h->leap_count * (time_bytes + 4) + h->isstd_count + h->isut_count;
}

/* The data block: times, type of each, and the types' offsets. */
static bool read_block(struct cal_zone *zone, const struct tzif_head *h, struct str block,
                       size_t time_bytes, struct arena *arena, struct err *err) {
    if (h->leap_count != 0) /* "right/" zones: an instant here knows no leap seconds */
        return err_set(err, ERR_UNSUPPORTED, err_nowhere, "zone '%.*s' counts leap seconds",
                       STR_ARG(zone->name));
    int64_t *at_s = arena_new(arena, int64_t, h->time_count);
    int32_t *offset_s = arena_new(arena, int32_t, h->time_count);
    struct str times = block;
    struct str indexes = str_sub(block, h->time_count * time_bytes, h->time_count);
    struct str types = str_sub(block, h->time_count * (time_bytes + 1), h->type_count * 6);
    for (uint32_t i = 0; i <= h->time_count; i++) { /* the last round: type 0, before all changes */
        uint32_t type = i < h->time_count ? (uint8_t)indexes.at[i] : 0;
        if (type >= h->type_count)
            return broken(err, zone->name, "a change to a type that is not there");
        struct str one = str_sub(types, type * 6, 6);
        int32_t offset = (int32_t)(uint32_t)take_be(&one, 4);
        if (offset < -OFFSET_S_MAX || offset > OFFSET_S_MAX)
            return broken(err, zone->name, "an offset beyond 26 hours");
        if (i == h->time_count) {
            zone->first_offset_s = offset;
            break;
        }
        uint64_t raw = take_be(&times, time_bytes);
        at_s[i] = time_bytes == 8 ? (int64_t)raw : (int32_t)(uint32_t)raw;
        offset_s[i] = offset;
        if (i > 0 && at_s[i] <= at_s[i - 1])
            return broken(err, zone->name, "changes that do not ascend");
    }
    zone->count = h->time_count;
    zone->at_s = at_s;
    zone->offset_s = offset_s;
    zone->last_offset_s = zone->count > 0 ? offset_s[zone->count - 1] : zone->first_offset_s;
    return true;
}

bool cal_zone_read(const struct cal_zone **out, struct str name, struct str tzif,
                   struct arena *arena, struct err *err) {
    if (!cal_zone_name_valid(name))
        return broken(err, name, "not a name of a zone");
    if (tzif.len > CAL_ZONE_BYTES_MAX)
        return err_set(err, ERR_LIMIT, err_nowhere, "zone '%.*s' is longer than %d bytes",
                       STR_ARG(name), CAL_ZONE_BYTES_MAX);
    struct cal_zone *zone = arena_new(arena, struct cal_zone, 1);
    zone->name = arena_str(arena, name);
    struct tzif_head head = {0};
    if (!take_head(&head, &tzif, name, err))
        return false;
    size_t time_bytes = 4;
    if (head.version >= '2') { /* the first block is for old readers */
        size_t skip = block_bytes(&head, 4);
        if (tzif.len < skip)
            return broken(err, name, "cut short");
        tzif = str_sub(tzif, skip, tzif.len);
        time_bytes = 8;
        if (!take_head(&head, &tzif, name, err))
            return false;
    }
    size_t bytes = block_bytes(&head, time_bytes);
    if (tzif.len < bytes)
        return broken(err, name, "cut short");
    if (!read_block(zone, &head, str_sub(tzif, 0, bytes), time_bytes, arena, err))
        return false;
    struct str footer = str_sub(tzif, bytes, tzif.len);
    if (time_bytes == 8) {
        if (footer.len < 2 || footer.at[0] != '\n' || footer.at[footer.len - 1] != '\n')
            return broken(err, name, "no footer");
        footer = str_sub(footer, 1, footer.len - 2);
        if (footer.len > 0 && !read_footer(zone, footer))
            return broken(err, name, "a footer that is not a POSIX time zone");
    }
    *out = zone;
    return true;
}
