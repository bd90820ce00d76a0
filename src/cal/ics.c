/* The reader of calendar files. One pass over unfolded lines; a small table says for each property
 * whether it is read, carries no meaning for us, or would change the meaning and is refused. Then
 * the events become one flag a day and a running count, so that counting working days is a
 * subtraction and adding them a binary search. */
#include <assert.h>

#include "cal/inner.h"

/* ---- lines ---- */

struct ics_line {
    struct str name, params, value;
    uint32_t number;
};

struct ics_reader {
    struct str rest;
    uint32_t next_number;
    const char *source;
    struct arena *arena;
    struct budget *budget;
};

static struct err_at at_line(const struct ics_reader *r, uint32_t number) {
    return (struct err_at){r->source, number, 0};
}

/* One physical line without its end. */
static struct str physical_line(struct ics_reader *r) {
    size_t end = str_find_byte(r->rest, '\n');
    struct str line = str_sub(r->rest, 0, end == SIZE_MAX ? r->rest.len : end);
    r->rest = end == SIZE_MAX ? STR_NONE : str_sub(r->rest, end + 1, r->rest.len);
    r->next_number++;
    if (line.len > 0 && line.at[line.len - 1] == '\r')
        line.len--;
    return line;
}

static bool folds(struct str rest) {
    return rest.len > 0 && (rest.at[0] == ' ' || rest.at[0] == '\t');
}

/* RFC 5545: 3.1: a line that begins with a blank continues the one before. */
static struct str unfolded_line(struct ics_reader *r) {
    struct str first = physical_line(r);
    if (!folds(r->rest))
        return first;
    struct ics_reader ahead = *r;
    size_t len = first.len;
    while (folds(ahead.rest))
        len += physical_line(&ahead).len - 1;
    char *joined = arena_new(r->arena, char, len);
    size_t at = first.len;
    memcpy(joined, first.at != NULL ? first.at : "", first.len);
    while (folds(r->rest)) {
        struct str more = physical_line(r);
        memcpy(joined + at, more.at + 1, more.len - 1);
        at += more.len - 1;
    }
    return (struct str){joined, len};
}

/* name *(";" param) ":" value; a quoted parameter may hold ':' and ';'. */
static bool split_line(struct ics_line *out, struct str line) {
    size_t name_end = 0;
    while (name_end < line.len && line.at[name_end] != ':' && line.at[name_end] != ';')
        name_end++;
    size_t colon = name_end;
    bool quoted = false;
    while (colon < line.len && (quoted || line.at[colon] != ':')) {
        quoted ^= line.at[colon] == '"';
        colon++;
    }
    if (name_end == 0 || colon >= line.len)
        return false;
    out->name = str_sub(line, 0, name_end);
    out->params = str_sub(line, name_end, colon - name_end); /* with the leading ';' */
    out->value = str_sub(line, colon + 1, line.len);
    return true;
}

/* The next line that is not empty; *end at the end of the file. */
static bool next_line(struct ics_line *out, bool *end, struct ics_reader *r, struct err *err) {
    *end = false;
    while (r->rest.len > 0) {
        out->number = r->next_number;
        struct str line = unfolded_line(r);
        if (line.len == 0)
            continue;
        if (!budget_spend(r->budget, (struct cost){1, line.len}, err))
            return false;
        if (!split_line(out, line))
            return err_set(err, ERR_SYNTAX, at_line(r, out->number),
                           "not an iCalendar line: '%.*s'", STR_ARG(line));
        return true;
    }
    *end = true;
    return true;
}

/* ---- values ---- */

static bool digits_to_int(int64_t *out, struct str s, size_t from, size_t len) {
    int64_t n = 0;
    if (from + len > s.len)
        return false;
    for (size_t i = from; i < from + len; i++) {
        if (s.at[i] < '0' || s.at[i] > '9')
            return false;
        n = n * 10 + (s.at[i] - '0');
    }
    *out = n;
    return true;
}

static bool take_date(int64_t *out_days, struct str s) {
    int64_t year, month, day;
    struct cal_date date;
    if (!digits_to_int(&year, s, 0, 4) || !digits_to_int(&month, s, 4, 2) ||
        !digits_to_int(&day, s, 6, 2) || !cal_date_of(&date, year, month, day))
        return false;
    *out_days = cal_days_of(date);
    return true;
}

/* "20260101" or "20260101T083000"; seconds must be 0, no 'Z': hours are local ones. */
struct ics_when {
    bool given, timed;
    int64_t days;
    int32_t minute;
};

static bool take_when(struct ics_when *out, struct str s) {
    int64_t hour = 0, minute = 0, second = 0;
    bool timed = s.len == 15;
    if ((s.len != 8 && !timed) || !take_date(&out->days, s))
        return false;
    if (timed &&
        (s.at[8] != 'T' || !digits_to_int(&hour, s, 9, 2) || !digits_to_int(&minute, s, 11, 2) ||
         !digits_to_int(&second, s, 13, 2) || hour > 23 || minute > 59 || second != 0))
        return false;
    out->given = true;
    out->timed = timed;
    out->minute = (int32_t)(hour * 60 + minute);
    return true;
}

/* RFC 5545: 3.3.11 */
static struct str unescape(struct arena *arena, struct str s) {
    if (str_find_byte(s, '\\') == SIZE_MAX)
        return s;
    char *text = arena_new(arena, char, s.len);
    size_t len = 0;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.at[i];
        if (c == '\\' && i + 1 < s.len) {
            c = s.at[++i];
            c = c == 'n' || c == 'N' ? '\n' : c;
        }
        text[len++] = c;
    }
    return (struct str){text, len};
}

/* ---- events ---- */

enum ics_category { ICS_NONE, ICS_HOLIDAY, ICS_WORKING_DAY, ICS_REST_DAY, ICS_OFFICE_HOURS };

struct ics_event {
    enum ics_category category;
    struct ics_when start, end;
    int32_t duration_minutes; /* -1: none */
    bool repeats;
    uint8_t weekdays;
    bool has_until;
    int64_t until_days;
    struct str summary;
    uint32_t line;
};

enum ics_use {
    ICS_IGNORED,
    ICS_DTSTART,
    ICS_DTEND,
    ICS_DURATION,
    ICS_RRULE,
    ICS_SUMMARY,
    ICS_CATEGORIES,
    ICS_STATUS
};

/* What is not here and does not begin with "X-" would change the meaning, and is refused. */
static const struct {
    const char *name;
    enum ics_use use;
} event_properties[] = {
    {"DTSTART", ICS_DTSTART},     {"DTEND", ICS_DTEND},           {"DURATION", ICS_DURATION},
    {"RRULE", ICS_RRULE},         {"SUMMARY", ICS_SUMMARY},       {"CATEGORIES", ICS_CATEGORIES},
    {"STATUS", ICS_STATUS},       {"UID", ICS_IGNORED},           {"DTSTAMP", ICS_IGNORED},
    {"CREATED", ICS_IGNORED},     {"LAST-MODIFIED", ICS_IGNORED}, {"SEQUENCE", ICS_IGNORED},
    {"DESCRIPTION", ICS_IGNORED}, {"COMMENT", ICS_IGNORED},       {"URL", ICS_IGNORED},
    {"TRANSP", ICS_IGNORED},      {"CLASS", ICS_IGNORED},         {"LOCATION", ICS_IGNORED},
    {"CONTACT", ICS_IGNORED},     {"ORGANIZER", ICS_IGNORED},     {"PRIORITY", ICS_IGNORED},
    {"COLOR", ICS_IGNORED},       {"SOURCE", ICS_IGNORED},
};

static bool bad_value(const struct ics_reader *r, const struct ics_line *line, struct err *err) {
    return err_set(err, ERR_SYNTAX, at_line(r, line->number), "%.*s cannot be '%.*s'",
                   STR_ARG(line->name), STR_ARG(line->value));
}

/* Parameters of a date: VALUE=DATE, and a TZID, which must be the same in the whole file. */
static bool check_params(const struct ics_reader *r, const struct ics_line *line, struct str *zone,
                         struct err *err) {
    struct str params = str_sub(line->params, line->params.len > 0 ? 1 : 0, line->params.len);
    struct str param;
    while (params.at != NULL && params.len > 0 && str_split(&param, &params, ';')) {
        if (str_eq(param, STR("VALUE=DATE")) || str_eq(param, STR("VALUE=DATE-TIME")))
            continue;
        if (!str_starts(param, STR("TZID=")))
            return err_set(err, ERR_UNSUPPORTED, at_line(r, line->number),
                           "parameter '%.*s' of %.*s is not read", STR_ARG(param),
                           STR_ARG(line->name));
        if (zone->len > 0 && !str_eq(*zone, param))
            return err_set(err, ERR_UNSUPPORTED, at_line(r, line->number),
                           "two time zones in one file: '%.*s' and '%.*s'", STR_ARG(*zone),
                           STR_ARG(param));
        *zone = param;
    }
    return true;
}

static bool take_weekdays(uint8_t *out, struct str list) {
    static const char names[7][3] = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};
    struct str one;
    *out = 0;
    while (str_split(&one, &list, ',')) {
        int day = 0;
        while (day < 7 && !str_eq(one, str_from(names[day])))
            day++;
        if (day == 7)
            return false;
        *out |= cal_weekday_bit(day + 1);
    }
    return *out != 0;
}

/* RFC 5545: 3.3.10: FREQ=WEEKLY;BYDAY=MO,TU[;UNTIL=...][;INTERVAL=1][;WKST=MO] */
static bool read_rule(struct ics_event *event, const struct ics_reader *r,
                      const struct ics_line *line, struct err *err) {
    struct str rest = line->value, part;
    bool weekly = false;
    event->repeats = true;
    while (str_split(&part, &rest, ';')) {
        if (str_eq(part, STR("FREQ=WEEKLY"))) {
            weekly = true;
        } else if (str_starts(part, STR("BYDAY="))) {
            if (!take_weekdays(&event->weekdays, str_sub(part, 6, part.len)))
                return bad_value(r, line, err);
        } else if (str_starts(part, STR("UNTIL="))) {
            event->has_until = take_date(&event->until_days, str_sub(part, 6, part.len));
            if (!event->has_until)
                return bad_value(r, line, err);
        } else if (!str_eq(part, STR("INTERVAL=1")) && !str_starts(part, STR("WKST="))) {
            return err_set(err, ERR_UNSUPPORTED, at_line(r, line->number),
                           "'%.*s' in RRULE is not read: only weekly rules with BYDAY are",
                           STR_ARG(part));
        }
    }
    if (!weekly || event->weekdays == 0)
        return err_set(err, ERR_UNSUPPORTED, at_line(r, line->number),
                       "RRULE must say FREQ=WEEKLY and BYDAY");
    return true;
}

static bool read_categories(struct ics_event *event, const struct ics_reader *r,
                            const struct ics_line *line, struct err *err) {
    static const struct {
        const char *name;
        enum ics_category category;
    } known[] = {{"HOLIDAY", ICS_HOLIDAY},
                 {"WORKING-DAY", ICS_WORKING_DAY},
                 {"REST-DAY", ICS_REST_DAY},
                 {"OFFICE-HOURS", ICS_OFFICE_HOURS}};
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (str_eq_ascii_case(line->value, str_from(known[i].name)) &&
            event->category == ICS_NONE) {
            event->category = known[i].category;
            return true;
        }
    return err_set(err, ERR_UNSUPPORTED, at_line(r, line->number),
                   "CATEGORIES must be one of HOLIDAY, WORKING-DAY, REST-DAY, OFFICE-HOURS, "
                   "not '%.*s'",
                   STR_ARG(line->value));
}

static bool read_duration(struct ics_event *event, const struct ics_reader *r,
                          const struct ics_line *line, struct err *err) {
    struct cal_span span;
    if (!cal_span_parse(&span, line->value) || span.s <= 0 || span.s > 86400 || span.s % 60 != 0)
        return bad_value(r, line, err);
    event->duration_minutes = (int32_t)(span.s / 60);
    return true;
}

static bool read_property(struct ics_event *event, struct ics_reader *r,
                          const struct ics_line *line, struct str *zone, struct err *err) {
    size_t i = 0;
    while (i < COUNT_OF(event_properties) &&
           !str_eq_ascii_case(line->name, str_from(event_properties[i].name)))
        i++;
    if (i == COUNT_OF(event_properties)) {
        if (str_starts(line->name, STR("X-")))
            return true;
        return err_set(err, ERR_UNSUPPORTED, at_line(r, line->number),
                       "property %.*s of an event is not read", STR_ARG(line->name));
    }
    switch (event_properties[i].use) {
    case ICS_IGNORED: return true;
    case ICS_DTSTART:
        return check_params(r, line, zone, err) &&
               (take_when(&event->start, line->value) || bad_value(r, line, err));
    case ICS_DTEND:
        return check_params(r, line, zone, err) &&
               (take_when(&event->end, line->value) || bad_value(r, line, err));
    case ICS_DURATION: return read_duration(event, r, line, err);
    case ICS_RRULE: return read_rule(event, r, line, err);
    case ICS_SUMMARY:
        event->summary = arena_str(r->arena, unescape(r->arena, line->value));
        return true;
    case ICS_CATEGORIES: return read_categories(event, r, line, err);
    case ICS_STATUS: return str_eq(line->value, STR("CONFIRMED")) || bad_value(r, line, err);
    }
    assert(false);
    return false;
}

/* Everything up to END:name, nested components included. */
static bool skip_component(struct ics_reader *r, struct str name, struct err *err) {
    struct ics_line line = {0};
    bool end;
    while (next_line(&line, &end, r, err)) {
        if (end)
            return err_set(err, ERR_SYNTAX, at_line(r, r->next_number), "END:%.*s is missing",
                           STR_ARG(name));
        if (str_eq(line.name, STR("END")) && str_eq(line.value, name))
            return true;
    }
    return false;
}

static bool read_event(struct ics_event *event, struct ics_reader *r, struct str *zone,
                       struct err *err) {
    struct ics_line line = {0};
    bool end;
    while (next_line(&line, &end, r, err)) {
        if (end)
            return err_set(err, ERR_SYNTAX, at_line(r, r->next_number), "END:VEVENT is missing");
        if (str_eq(line.name, STR("END"))) {
            if (str_eq(line.value, STR("VEVENT")))
                return true;
            return bad_value(r, &line, err);
        }
        if (str_eq(line.name, STR("BEGIN"))) { /* an alarm says when to ring, not when to work */
            if (!str_eq(line.value, STR("VALARM")))
                return bad_value(r, &line, err);
            if (!skip_component(r, line.value, err))
                return false;
            continue;
        }
        if (!read_property(event, r, &line, zone, err))
            return false;
    }
    return false;
}

/* ---- the file ---- */

struct ics_file {
    struct cal_calendar *calendar;
    struct ics_event *events;
    size_t event_count;
    bool has_covers, has_version;
    int64_t provisional_until; /* 0: not given; no calendar ends in 1970 */
    struct str zone;
};

static bool read_covers(struct ics_file *file, const struct ics_reader *r,
                        const struct ics_line *line, struct err *err) {
    struct cal_calendar *c = file->calendar;
    struct str rest = line->value, first, last;
    if (!str_split(&first, &rest, '/') || !str_split(&last, &rest, '/') || rest.at != NULL ||
        first.len != 8 || last.len != 8 || !take_date(&c->first, first) ||
        !take_date(&c->last, last) || c->last < c->first)
        return bad_value(r, line, err);
    file->has_covers = true;
    return true;
}

/* What COVERS and PROVISIONAL-UNTIL say together. */
static bool settle_covers(struct ics_file *file, const struct ics_reader *r, struct err *err) {
    struct cal_calendar *c = file->calendar;
    c->certain = c->last;
    if (file->provisional_until != 0) {
        if (!file->has_covers || file->provisional_until <= c->last)
            return err_set(err, ERR_INVALID, at_line(r, 1),
                           "X-MANDATE-PROVISIONAL-UNTIL must lie behind X-MANDATE-COVERS");
        c->last = file->provisional_until;
    }
    if (c->last - c->first >= CAL_ICS_DAYS_MAX)
        return err_set(err, ERR_LIMIT, at_line(r, 1), "a calendar may cover at most %d days",
                       CAL_ICS_DAYS_MAX);
    return true;
}

static bool read_calendar_property(struct ics_file *file, struct ics_reader *r,
                                   const struct ics_line *line, struct err *err) {
    static const char *const ignored[] = {"PRODID", "METHOD",      "LAST-MODIFIED",    "SOURCE",
                                          "URL",    "DESCRIPTION", "REFRESH-INTERVAL", "COLOR",
                                          "UID",    "CATEGORIES"};
    if (str_eq(line->name, STR("VERSION"))) {
        file->has_version = true;
        return str_eq(line->value, STR("2.0")) || bad_value(r, line, err);
    }
    if (str_eq(line->name, STR("CALSCALE")))
        return str_eq(line->value, STR("GREGORIAN")) || bad_value(r, line, err);
    if (str_eq(line->name, STR("X-MANDATE-COVERS")))
        return read_covers(file, r, line, err);
    if (str_eq(line->name, STR("X-MANDATE-PROVISIONAL-UNTIL")))
        return (line->value.len == 8 && take_date(&file->provisional_until, line->value)) ||
               bad_value(r, line, err);
    if (str_eq(line->name, STR("X-MANDATE-OPEN-ON-HOLIDAYS"))) {
        file->calendar->open_on_holidays = true;
        return str_eq(line->value, STR("TRUE")) || bad_value(r, line, err);
    }
    if (str_starts(line->name, STR("X-MANDATE-"))) /* ours, but misspelt */
        return err_set(err, ERR_UNSUPPORTED, at_line(r, line->number), "property %.*s is not known",
                       STR_ARG(line->name));
    if (str_eq(line->name, STR("NAME")) || str_eq(line->name, STR("X-WR-CALNAME"))) {
        file->calendar->name = arena_str(r->arena, unescape(r->arena, line->value));
        return true;
    }
    for (size_t i = 0; i < COUNT_OF(ignored); i++)
        if (str_eq(line->name, str_from(ignored[i])))
            return true;
    if (str_starts(line->name, STR("X-")))
        return true;
    return err_set(err, ERR_UNSUPPORTED, at_line(r, line->number),
                   "property %.*s of a calendar is not read", STR_ARG(line->name));
}

static bool read_component(struct ics_file *file, struct ics_reader *r, const struct ics_line *line,
                           struct err *err) {
    if (str_eq(line->value, STR("VTIMEZONE"))) /* the pack's zone counts */
        return skip_component(r, line->value, err);
    if (!str_eq(line->value, STR("VEVENT")))
        return err_set(err, ERR_UNSUPPORTED, at_line(r, line->number), "component %.*s is not read",
                       STR_ARG(line->value));
    if (file->event_count == CAL_ICS_EVENTS_MAX)
        return err_set(err, ERR_LIMIT, at_line(r, line->number),
                       "a calendar file may hold at most %d events", CAL_ICS_EVENTS_MAX);
    struct ics_event *event = &file->events[file->event_count++];
    *event = (struct ics_event){.duration_minutes = -1, .line = line->number};
    return read_event(event, r, &file->zone, err);
}

static bool read_file(struct ics_file *file, struct ics_reader *r, struct err *err) {
    struct ics_line line = {0};
    bool end;
    if (!next_line(&line, &end, r, err))
        return false;
    if (end || !str_eq(line.name, STR("BEGIN")) || !str_eq(line.value, STR("VCALENDAR")))
        return err_set(err, ERR_SYNTAX, at_line(r, 1), "not an iCalendar file");
    for (;;) {
        if (!next_line(&line, &end, r, err))
            return false;
        if (end)
            return err_set(err, ERR_SYNTAX, at_line(r, r->next_number), "END:VCALENDAR is missing");
        if (str_eq(line.name, STR("END")))
            break;
        bool component = str_eq(line.name, STR("BEGIN"));
        if (component ? !read_component(file, r, &line, err)
                      : !read_calendar_property(file, r, &line, err))
            return false;
    }
    if (!str_eq(line.value, STR("VCALENDAR")))
        return bad_value(r, &line, err);
    if (!next_line(&line, &end, r, err))
        return false;
    if (!end)
        return err_set(err, ERR_UNSUPPORTED, at_line(r, line.number),
                       "something follows END:VCALENDAR");
    if (!file->has_version)
        return err_set(err, ERR_SYNTAX, at_line(r, 1), "VERSION:2.0 is missing");
    return settle_covers(file, r, err);
}

/* ---- from events to days and hours ---- */

static bool fault(const struct cal_calendar *c, uint32_t line, struct err *err, const char *what) {
    return err_set(err, ERR_INVALID, ((struct err_at){c->source, line, 0}), "%s", what);
}

static bool add_named(struct cal_calendar *c, const struct ics_event *e, bool has_covers,
                      struct err *err) {
    if (!e->start.given || e->start.timed || (e->end.given && e->end.timed) || e->repeats ||
        e->duration_minutes >= 0)
        return fault(c, e->line, err, "a holiday or working day is all-day and does not repeat");
    int64_t to = e->end.given ? e->end.days : e->start.days + 1;
    if (to <= e->start.days)
        return fault(c, e->line, err, "DTEND must lie after DTSTART");
    if (!has_covers)
        return fault(c, e->line, err, "a calendar with holidays needs X-MANDATE-COVERS");
    if (e->start.days < c->first || to > c->last + 1)
        return fault(c, e->line, err, "the event lies outside X-MANDATE-COVERS");
    c->named[c->named_count++] = (struct cal_named_days){e->start.days, to, e->summary,
                                                         e->category == ICS_WORKING_DAY, e->line};
    return true;
}

static bool add_rest(struct cal_calendar *c, const struct ics_event *e, struct err *err) {
    if (!e->repeats || e->has_until || e->start.timed)
        return fault(c, e->line, err, "a rest day is all-day and repeats weekly without end");
    c->rest |= e->weekdays;
    return true;
}

static bool rules_collide(const struct cal_hours_rule *a, const struct cal_hours_rule *b) {
    return (a->weekdays & b->weekdays) != 0 && a->from <= b->until && b->from <= a->until &&
           a->opening.from_minute <= b->opening.to_minute &&
           b->opening.from_minute <= a->opening.to_minute;
}

static bool add_hours(struct cal_calendar *c, const struct ics_event *e, struct err *err) {
    if (!e->start.given || !e->start.timed || !e->repeats)
        return fault(c, e->line, err, "office hours have a time and repeat weekly");
    if (e->end.given == (e->duration_minutes >= 0))
        return fault(c, e->line, err, "office hours need DTEND or DURATION, not both");
    int64_t minutes = e->duration_minutes;
    if (e->end.given)
        minutes = (e->end.days - e->start.days) * 1440 + e->end.minute - e->start.minute;
    if (minutes <= 0 || e->start.minute + minutes > 1440)
        return fault(c, e->line, err, "office hours begin and end on one day");
    if (c->rule_count == CAL_HOURS_MAX)
        return fault(c, e->line, err, "too many rules of office hours");
    struct cal_hours_rule rule = {
        .from = e->start.days,
        .until = e->has_until ? e->until_days : INT64_MAX,
        .weekdays = e->weekdays,
        .opening = {(uint16_t)e->start.minute, (uint16_t)(e->start.minute + minutes)},
        .line = e->line,
    };
    for (size_t i = 0; i < c->rule_count; i++)
        if (rules_collide(&c->rules[i], &rule))
            return fault(c, e->line, err, "office hours overlap or touch others of the same day");
    c->rules[c->rule_count++] = rule;
    return true;
}

static bool mark_days(struct cal_calendar *c, struct arena *arena, struct err *err) {
    size_t count = (size_t)(c->last - c->first + 1);
    c->working = arena_new(arena, bool, count);
    c->before = arena_new(arena, uint32_t, count + 1);
    bool *named = arena_new(arena, bool, count);
    int weekday = 1 + (int)(((c->first + 3) % 7 + 7) % 7);
    for (size_t i = 0; i < count; i++, weekday = weekday % 7 + 1)
        c->working[i] = (c->rest & cal_weekday_bit(weekday)) == 0;
    for (size_t k = 0; k < c->named_count; k++)
        for (int64_t day = c->named[k].from; day < c->named[k].to; day++) {
            size_t i = (size_t)(day - c->first);
            if (named[i])
                return fault(c, c->named[k].line, err, "two events give one day a meaning");
            named[i] = true;
            c->working[i] = c->named[k].working;
        }
    for (size_t i = 0; i < count; i++)
        c->before[i + 1] = c->before[i] + (c->working[i] ? 1 : 0);
    return true;
}

static bool build(struct ics_file *file, struct arena *arena, struct err *err) {
    struct cal_calendar *c = file->calendar;
    c->named = arena_new(arena, struct cal_named_days, file->event_count);
    for (size_t i = 0; i < file->event_count; i++) {
        const struct ics_event *e = &file->events[i];
        bool ok = false;
        switch (e->category) {
        case ICS_NONE: return fault(c, e->line, err, "an event without CATEGORIES");
        case ICS_HOLIDAY:
        case ICS_WORKING_DAY: ok = add_named(c, e, file->has_covers, err); break;
        case ICS_REST_DAY: ok = add_rest(c, e, err); break;
        case ICS_OFFICE_HOURS: ok = add_hours(c, e, err); break;
        }
        if (!ok)
            return false;
    }
    c->has_days = file->has_covers;
    if (!file->has_covers && c->rest == 0 && c->rule_count == 0)
        return fault(c, 1, err, "the calendar says nothing");
    if (file->has_covers != (c->rest != 0))
        return fault(c, 1, err, "X-MANDATE-COVERS and a REST-DAY event need each other");
    return !c->has_days || mark_days(c, arena, err);
}

bool cal_calendar_read(struct cal_calendar **out, struct str ics, const char *source,
                       struct arena *arena, struct budget *budget, struct err *err) {
    struct ics_reader reader = {ics, 1, source, arena, budget};
    /* at most an event each 24 bytes: "BEGIN:VEVENT" and its END */
    size_t room = MIN_OF(ics.len / 24 + 1, (size_t)CAL_ICS_EVENTS_MAX);
    if (!budget_spend(budget, (struct cost){1, room * sizeof(struct ics_event)}, err))
        return false;
    struct ics_file file = {.calendar = arena_new(arena, struct cal_calendar, 1),
                            .events = arena_new(arena, struct ics_event, room)};
    file.calendar->source = source;
    if (!read_file(&file, &reader, err))
        return false;
    size_t days = file.has_covers ? (size_t)(file.calendar->last - file.calendar->first + 1) : 0;
    if (!budget_spend(budget, (struct cost){days, days * 8}, err) || !build(&file, arena, err))
        return false;
    *out = file.calendar;
    return true;
}
