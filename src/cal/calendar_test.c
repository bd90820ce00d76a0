#include "cal/calendar.h"

#include "base/test.h"
#include "cal/zone.h"

#define PACK_CALENDARS "packs/public-security/calendars/"

static struct arena *test_arena;

static struct cal_calendar *read_calendar(const char *path) {
    struct str text;
    struct cal_calendar *calendar = NULL;
    struct err err = {0};
    struct budget budget = budget_of(100000, 8 << 20);
    if (test_arena == NULL)
        test_arena = arena_create("calendars", 16 << 20);
    CHECK(test_read_file(&text, path));
    CHECK_OK(cal_calendar_read(&calendar, text, path, test_arena, &budget, &err), &err);
    return calendar;
}

static void calendars_done(void) {
    arena_destroy(test_arena);
    test_arena = NULL;
}

static struct cal_date day_of(int line, const char *text) {
    struct cal_date date = {0};
    CHECK_AT(line, cal_date_parse(&date, str_from(text)));
    return date;
}

static void check_date(int line, struct cal_date got, const char *want) {
    char text[CAL_TEXT_MAX];
    CHECK_STR_AT(line, ((struct str){text, cal_date_format(text, got)}), str_from(want));
}

/* The notice of 2025-11-04 for 2026, and neighbours of each holiday. */
static const struct {
    int line;
    const char *date;
    bool working;
} working_rows[] = {
    {__LINE__, "2025-12-31", true},
    {__LINE__, "2026-01-01", false},
    {__LINE__, "2026-01-03", false},
    {__LINE__, "2026-01-04", true}, /* Sunday, made up */
    {__LINE__, "2026-01-05", true},
    {__LINE__, "2026-02-14", true}, /* Saturday, made up */
    {__LINE__, "2026-02-15", false},
    {__LINE__, "2026-02-16", false},
    {__LINE__, "2026-02-23", false},
    {__LINE__, "2026-02-24", true},
    {__LINE__, "2026-02-28", true}, /* Saturday, made up */
    {__LINE__, "2026-03-01", false},
    {__LINE__, "2026-04-06", false},
    {__LINE__, "2026-04-07", true},
    {__LINE__, "2026-05-05", false},
    {__LINE__, "2026-05-09", true}, /* Saturday, made up */
    {__LINE__, "2026-05-10", false},
    {__LINE__, "2026-06-19", false},
    {__LINE__, "2026-09-20", true}, /* Sunday, made up */
    {__LINE__, "2026-09-25", false},
    {__LINE__, "2026-10-07", false},
    {__LINE__, "2026-10-08", true},
    {__LINE__, "2026-10-10", true}, /* Saturday, made up */
    {__LINE__, "2026-10-11", false},
    {__LINE__, "2026-12-31", true},
    /* 2024 and 2025, as announced */
    {__LINE__, "2024-02-09", true},
    {__LINE__, "2024-02-18", true},
    {__LINE__, "2024-09-14", true},
    {__LINE__, "2024-09-17", false},
    {__LINE__, "2025-01-26", true},
    {__LINE__, "2025-02-04", false},
    {__LINE__, "2025-06-02", false},
    {__LINE__, "2025-09-28", true},
    {__LINE__, "2025-10-08", false},
    {__LINE__, "2025-10-11", true},
    {__LINE__, "2004-01-01", false},
    {__LINE__, "2027-12-31", true},
};

void test_calendar_working_days(void) {
    const struct cal_calendar *cn = read_calendar(PACK_CALENDARS "cn.ics");
    for (size_t i = 0; i < COUNT_OF(working_rows); i++) {
        struct err err = {0};
        bool working = !working_rows[i].working;
        CHECK_OK(cal_is_working_day(&working, cn,
                                    day_of(working_rows[i].line, working_rows[i].date), &err),
                 &err);
        CHECK_AT(working_rows[i].line, working == working_rows[i].working);
    }
    struct err err = {0};
    int64_t count = 0;
    CHECK_OK(cal_working_days_between(&count, cn, day_of(__LINE__, "2025-12-31"),
                                      day_of(__LINE__, "2026-12-31"), &err),
             &err);
    CHECK_INT(count, 248); /* as the catalogue of the notice counts */
    CHECK_STR(cal_calendar_name(cn), STR("cn"));
    CHECK_STR(cal_calendar_day_name(cn, day_of(__LINE__, "2026-10-03")),
              STR("国庆节 / National Day"));
    CHECK_INT((int64_t)cal_calendar_day_name(cn, day_of(__LINE__, "2026-11-03")).len, 0);
    struct cal_date first, last;
    CHECK(cal_calendar_covers(&first, &last, cn));
    check_date(__LINE__, first, "2004-01-01");
    check_date(__LINE__, last, "2026-12-31");
    CHECK(!cal_is_provisional(cn, last));
    CHECK(cal_is_provisional(cn, day_of(__LINE__, "2027-01-01")));
    CHECK(cal_is_provisional(cn, day_of(__LINE__, "2027-12-31")));
    CHECK(!cal_is_provisional(cn, day_of(__LINE__, "2028-01-01")));
    calendars_done();
}

static const struct {
    int line;
    const char *from;
    int64_t n;
    const char *want; /* NULL: not covered */
} add_rows[] = {
    {__LINE__, "2026-02-13", 1, "2026-02-14"},  {__LINE__, "2026-02-13", 2, "2026-02-24"},
    {__LINE__, "2026-02-15", 1, "2026-02-24"},  {__LINE__, "2026-02-24", 4, "2026-02-28"},
    {__LINE__, "2026-02-24", 5, "2026-03-02"},  {__LINE__, "2026-04-30", 1, "2026-05-06"},
    {__LINE__, "2026-05-06", 3, "2026-05-09"},  {__LINE__, "2026-09-18", 1, "2026-09-20"},
    {__LINE__, "2026-09-30", 3, "2026-10-10"},  {__LINE__, "2026-01-05", 20, "2026-02-02"},
    {__LINE__, "2026-02-24", -1, "2026-02-14"}, {__LINE__, "2026-02-20", -1, "2026-02-14"},
    {__LINE__, "2026-02-28", -4, "2026-02-24"}, {__LINE__, "2026-02-15", 0, "2026-02-15"},
    {__LINE__, "2025-12-31", 1, "2026-01-04"},  {__LINE__, "2027-12-31", 1, NULL},
    {__LINE__, "2004-01-02", -1, NULL},         {__LINE__, "2028-01-03", 1, NULL},
    {__LINE__, "2026-01-05", 999999999, NULL},  {__LINE__, "2026-01-05", -999999999, NULL},
};

void test_calendar_add_working_days(void) {
    const struct cal_calendar *cn = read_calendar(PACK_CALENDARS "cn.ics");
    for (size_t i = 0; i < COUNT_OF(add_rows); i++) {
        struct err err = {0};
        struct cal_date from = day_of(add_rows[i].line, add_rows[i].from), got = from;
        bool ok = cal_add_working_days(&got, cn, from, add_rows[i].n, &err);
        CHECK_AT(add_rows[i].line, ok == (add_rows[i].want != NULL));
        CHECK_AT(add_rows[i].line, ok || err.code == ERR_RANGE);
        check_date(add_rows[i].line, got, ok ? add_rows[i].want : add_rows[i].from);
        int64_t between = 0;
        bool working = false;
        struct err err2 = {0};
        if (!ok || add_rows[i].n <= 0)
            continue; /* adding n and counting back agree */
        CHECK_OK_AT(add_rows[i].line, cal_working_days_between(&between, cn, from, got, &err2),
                    &err2);
        CHECK_INT_AT(add_rows[i].line, between, add_rows[i].n);
        CHECK_AT(add_rows[i].line, cal_is_working_day(&working, cn, got, &err2) && working);
    }
    calendars_done();
}

/* Adding one day after the other is the plain meaning of the binary search. */
void test_calendar_agrees_with_walking(void) {
    const struct cal_calendar *cn = read_calendar(PACK_CALENDARS "cn.ics");
    struct cal_date from = day_of(__LINE__, "2024-01-01"), day = from, got;
    int64_t n = 0;
    while (day.year < 2027) {
        struct err err = {0};
        bool working = false;
        CHECK(cal_date_add_days(&day, day, 1));
        CHECK_OK(cal_is_working_day(&working, cn, day, &err), &err);
        n += working ? 1 : 0;
        int64_t between = -1;
        CHECK_OK(cal_working_days_between(&between, cn, from, day, &err), &err);
        CHECK_INT(between, n);
        CHECK_OK(cal_working_days_between(&between, cn, day, from, &err), &err);
        CHECK_INT(between, -n);
        if (working) {
            CHECK_OK(cal_add_working_days(&got, cn, from, n, &err), &err);
            CHECK(cal_date_cmp(got, day) == 0);
        }
        CHECK_OK(cal_next_working_day(&got, cn, day, &err), &err);
        CHECK(working == (cal_date_cmp(got, day) == 0) && cal_date_cmp(got, day) >= 0);
        CHECK_OK(cal_last_working_day(&got, cn, day, &err), &err);
        CHECK(working == (cal_date_cmp(got, day) == 0) && cal_date_cmp(got, day) <= 0);
    }
    calendars_done();
}

static const struct {
    int line;
    const char *event; /* RFC 3339 */
    struct cal_term term;
    struct cal_counting counting;
    const char *due; /* NULL: error */
} term_rows[] = {
    /* the event's day is not counted: Civil Code 201 */
    {__LINE__,
     "2026-03-02T09:00:00+08:00",
     {15, CAL_UNIT_CALENDAR_DAY},
     {0},
     "2026-03-18T00:00:00+08:00"},
    {__LINE__,
     "2026-03-02T00:00:00+08:00",
     {1, CAL_UNIT_CALENDAR_DAY},
     {0},
     "2026-03-04T00:00:00+08:00"},
    {__LINE__,
     "2026-03-02T23:59:59+08:00",
     {1, CAL_UNIT_CALENDAR_DAY},
     {0},
     "2026-03-04T00:00:00+08:00"},
    /* a last day that is off moves: Civil Code 203; through the whole Spring Festival */
    {__LINE__,
     "2026-02-01T09:00:00+08:00",
     {15, CAL_UNIT_CALENDAR_DAY},
     {.end_moves = true},
     "2026-02-25T00:00:00+08:00"},
    /* a make-up Saturday is no day off: the term ends on it */
    {__LINE__,
     "2026-02-13T09:00:00+08:00",
     {15, CAL_UNIT_CALENDAR_DAY},
     {.end_moves = true},
     "2026-03-01T00:00:00+08:00"},
    /* time in custody is never moved: CPL 105 */
    {__LINE__,
     "2026-02-01T09:00:00+08:00",
     {15, CAL_UNIT_CALENDAR_DAY},
     {0},
     "2026-02-17T00:00:00+08:00"},
    {__LINE__,
     "2026-02-13T17:00:00+08:00",
     {5, CAL_UNIT_WORKING_DAY},
     {.end_moves = true},
     "2026-02-28T00:00:00+08:00"},
    {__LINE__,
     "2026-02-15T17:00:00+08:00",
     {0, CAL_UNIT_WORKING_DAY},
     {.end_moves = true},
     "2026-02-25T00:00:00+08:00"},
    {__LINE__,
     "2026-02-15T17:00:00+08:00",
     {0, CAL_UNIT_WORKING_DAY},
     {0},
     "2026-02-16T00:00:00+08:00"},
    {__LINE__, "2026-01-31T17:00:00+08:00", {1, CAL_UNIT_MONTH}, {0}, "2026-03-01T00:00:00+08:00"},
    {__LINE__, "2026-01-31T17:00:00+08:00", {3, CAL_UNIT_MONTH}, {0}, "2026-05-01T00:00:00+08:00"},
    {__LINE__,
     "2026-03-31T17:00:00+08:00",
     {6, CAL_UNIT_MONTH},
     {.end_moves = true},
     "2026-10-01T00:00:00+08:00"},
    {__LINE__,
     "2026-04-01T17:00:00+08:00",
     {6, CAL_UNIT_MONTH},
     {.end_moves = true},
     "2026-10-09T00:00:00+08:00"},
    {__LINE__, "2024-02-29T17:00:00+08:00", {2, CAL_UNIT_YEAR}, {0}, "2026-03-01T00:00:00+08:00"},
    {__LINE__,
     "2026-05-01T10:20:30+08:00",
     {24, CAL_UNIT_HOUR},
     {.end_moves = true},
     "2026-05-02T10:20:30+08:00"},
    {__LINE__,
     "2026-05-01T10:20:30+08:00",
     {24, CAL_UNIT_HOUR},
     {.hour_skipped = true},
     "2026-05-02T11:00:00+08:00"},
    {__LINE__, "2026-05-01T10:20:30+08:00", {5, CAL_UNIT_MINUTE}, {0}, "2026-05-01T10:25:30+08:00"},
    /* the day is the local one: in UTC this is still 1 March */
    {__LINE__,
     "2026-03-01T16:30:00Z",
     {1, CAL_UNIT_CALENDAR_DAY},
     {0},
     "2026-03-04T00:00:00+08:00"},
    /* into the provisional year, and beyond it */
    {__LINE__,
     "2026-12-01T09:00:00+08:00",
     {60, CAL_UNIT_CALENDAR_DAY},
     {.end_moves = true},
     "2027-02-02T00:00:00+08:00"},
    {__LINE__,
     "2026-12-01T09:00:00+08:00",
     {800, CAL_UNIT_CALENDAR_DAY},
     {.end_moves = true},
     NULL},
    {__LINE__,
     "2026-12-01T09:00:00+08:00",
     {800, CAL_UNIT_CALENDAR_DAY},
     {0},
     "2029-02-09T00:00:00+08:00"},
    {__LINE__, "2026-12-01T09:00:00+08:00", {400, CAL_UNIT_WORKING_DAY}, {0}, NULL},
    {__LINE__, "2026-12-01T09:00:00+08:00", {-1, CAL_UNIT_HOUR}, {0}, NULL},
    {__LINE__, "2026-12-01T09:00:00+08:00", {100001, CAL_UNIT_HOUR}, {0}, NULL},
};

void test_calendar_terms(void) {
    const struct cal_calendar *cn = read_calendar(PACK_CALENDARS "cn.ics");
    const struct cal_zone *zone = cal_zone_find(NULL, STR("Asia/Shanghai"));
    for (size_t i = 0; i < COUNT_OF(term_rows); i++) {
        int64_t event_us = 0, due_us = -1;
        struct err err = {0};
        CHECK_AT(term_rows[i].line, cal_us_parse(&event_us, str_from(term_rows[i].event)));
        bool ok = cal_term_due(&due_us, term_rows[i].term, event_us, term_rows[i].counting, cn,
                               zone, &err);
        CHECK_AT(term_rows[i].line, ok == (term_rows[i].due != NULL));
        if (!ok) {
            CHECK_AT(term_rows[i].line, err.code == ERR_RANGE && due_us == -1);
            continue;
        }
        char text[CAL_TEXT_MAX];
        size_t len = cal_us_format(text, due_us, zone);
        CHECK_STR_AT(term_rows[i].line, ((struct str){text, len}), str_from(term_rows[i].due));
    }
    struct err err = {0};
    struct cal_date date = {2026, 3, 2};
    CHECK(!cal_term_last_day(&date, (struct cal_term){1, CAL_UNIT_WORKING_DAY}, date,
                             (struct cal_counting){0}, NULL, &err) &&
          err.code == ERR_INVALID);
    err_reset(&err);
    CHECK(!cal_term_last_day(&date, (struct cal_term){1, CAL_UNIT_HOUR}, date,
                             (struct cal_counting){0}, NULL, &err) &&
          err.code == ERR_INVALID);
    for (int unit = 0; unit < CAL_UNITS; unit++) {
        enum cal_unit found = CAL_UNITS;
        CHECK(cal_unit_from_name(&found, str_from(cal_unit_name((enum cal_unit)unit))) &&
              found == (enum cal_unit)unit);
    }
    enum cal_unit found = CAL_UNITS;
    CHECK(!cal_unit_from_name(&found, STR("days")));
    calendars_done();
}

static const struct {
    int line;
    const char *hours, *at;
    bool open;
    const char *next; /* the first instant at which it is open */
} open_rows[] = {
    {__LINE__, "gansu-police", "2026-03-02T08:29:59+08:00", false, "2026-03-02T08:30:00+08:00"},
    {__LINE__, "gansu-police", "2026-03-02T08:30:00+08:00", true, "2026-03-02T08:30:00+08:00"},
    {__LINE__, "gansu-police", "2026-03-02T12:00:00+08:00", false, "2026-03-02T14:30:00+08:00"},
    {__LINE__, "gansu-police", "2026-03-02T17:59:59+08:00", true, "2026-03-02T17:59:59+08:00"},
    {__LINE__, "gansu-police", "2026-03-02T18:00:00+08:00", false, "2026-03-03T08:30:00+08:00"},
    /* over the Spring Festival; the make-up Saturday is open */
    {__LINE__, "gansu-police", "2026-02-14T09:00:00+08:00", true, "2026-02-14T09:00:00+08:00"},
    {__LINE__, "gansu-police", "2026-02-14T19:00:00+08:00", false, "2026-02-24T08:30:00+08:00"},
    {__LINE__, "lanzhou-justice", "2026-10-01T10:00:00+08:00", false, "2026-10-08T09:00:00+08:00"},
    {__LINE__, "weekdays", "2026-01-04T13:00:00+08:00", false, "2026-01-04T13:30:00+08:00"},
    {__LINE__, "round-the-clock", "2026-10-01T03:00:00+08:00", true, "2026-10-01T03:00:00+08:00"},
};

void test_calendar_office_hours(void) {
    const struct cal_calendar *cn = read_calendar(PACK_CALENDARS "cn.ics");
    const struct cal_zone *zone = cal_zone_find(NULL, STR("Asia/Shanghai"));
    for (size_t i = 0; i < COUNT_OF(open_rows); i++) {
        char path[200];
        (void)snprintf(path, sizeof path, PACK_CALENDARS "%s.ics", open_rows[i].hours);
        const struct cal_calendar *hours = read_calendar(path);
        int64_t at_us = 0, next_us = 0;
        bool open = !open_rows[i].open;
        struct err err = {0};
        CHECK_AT(open_rows[i].line, cal_us_parse(&at_us, str_from(open_rows[i].at)));
        CHECK_OK_AT(open_rows[i].line, cal_office_is_open(&open, hours, cn, zone, at_us, &err),
                    &err);
        CHECK_AT(open_rows[i].line, open == open_rows[i].open);
        CHECK_OK_AT(open_rows[i].line, cal_office_next_open(&next_us, hours, cn, zone, at_us, &err),
                    &err);
        char text[CAL_TEXT_MAX];
        size_t len = cal_us_format(text, next_us, zone);
        CHECK_STR_AT(open_rows[i].line, ((struct str){text, len}), str_from(open_rows[i].next));
    }
    struct cal_openings openings;
    struct err err = {0};
    CHECK(cal_office_day(&openings, cn, cn, day_of(__LINE__, "2026-03-02"), &err) &&
          openings.count == 0);
    int64_t us = 0;
    CHECK(!cal_office_next_open(&us, cn, NULL, zone, 0, &err) && err.code == ERR_NOT_FOUND);
    err_reset(&err);
    CHECK(!cal_office_day(&openings, cn, cn, day_of(__LINE__, "2028-03-02"), &err) &&
          err.code == ERR_RANGE);
    calendars_done();
}

#define ICS(body) "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n" body "END:VCALENDAR\r\n"
#define EV(body)  "BEGIN:VEVENT\r\nUID:1\r\n" body "END:VEVENT\r\n"
#define COVERS    "X-MANDATE-COVERS:20260101/20261231\r\n"
#define WEEKEND                                                                                    \
    EV("CATEGORIES:REST-DAY\r\nDTSTART;VALUE=DATE:20260103\r\nRRULE:FREQ=WEEKLY;BYDAY=SA,SU\r\n")
#define HOLIDAY(from, to)                                                                          \
    EV("CATEGORIES:HOLIDAY\r\nDTSTART;VALUE=DATE:" from "\r\nDTEND;VALUE=DATE:" to "\r\n")
#define HOURS(from, to, rule)                                                                      \
    EV("CATEGORIES:OFFICE-HOURS\r\nDTSTART:20260105T" from "\r\nDTEND:20260105T" to                \
       "\r\nRRULE:" rule "\r\n")

static const struct {
    int line;
    const char *text;
    enum err_code want;
    uint32_t at_line; /* 0: any */
} read_rows[] = {
    {__LINE__, ICS(COVERS WEEKEND HOLIDAY("20260101", "20260104")), ERR_NONE, 0},
    {__LINE__, ICS(HOURS("083000", "120000", "FREQ=WEEKLY;BYDAY=MO")), ERR_NONE, 0},
    {__LINE__, ICS(HOURS("083000", "120000", "FREQ=WEEKLY;UNTIL=20260930;WKST=MO;BYDAY=MO")),
     ERR_NONE, 0},
    {__LINE__, "BEGIN:VCALENDAR\nVERSION:2.0\n" COVERS WEEKEND "END:VCALENDAR", ERR_NONE, 0},
    {__LINE__, ICS("NAME:a fol\r\n ded na\r\n\tme\r\n" COVERS WEEKEND), ERR_NONE, 0},
    {__LINE__,
     ICS("BEGIN:VTIMEZONE\r\nTZID:x\r\nBEGIN:STANDARD\r\nEND:STANDARD\r\nEND:VTIMEZONE"
         "\r\n" COVERS WEEKEND),
     ERR_NONE, 0},
    {__LINE__,
     ICS(COVERS WEEKEND EV("BEGIN:VALARM\r\nACTION:AUDIO\r\nEND:VALARM\r\n"
                           "CATEGORIES:HOLIDAY\r\nDTSTART:20260101\r\n")),
     ERR_NONE, 0},
    {__LINE__,
     ICS("NAME:Feiertage\\, Ruhetage\\n\r\nX-WR-CALDESC:x\r\nMETHOD:PUBLISH\r\n"
         "CALSCALE:GREGORIAN\r\n" COVERS WEEKEND EV(
             "CATEGORIES:WORKING-DAY\r\nDTSTART;VALUE=DATE:20260104\r\nX-NOTE;A=\"b:c\":d\r\n"
             "STATUS:CONFIRMED\r\n")),
     ERR_NONE, 0},
    {__LINE__,
     ICS(EV("CATEGORIES:OFFICE-HOURS\r\nDTSTART;TZID=Asia/Shanghai:20260105T080000\r\n"
            "DTEND;TZID=Asia/Shanghai:20260105T090000\r\n"
            "RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=MO\r\n")),
     ERR_NONE, 0},
    {__LINE__,
     ICS(EV("CATEGORIES:OFFICE-HOURS\r\nDTSTART;TZID=Asia/Shanghai:20260105T080000\r\n"
            "DTEND;TZID=Europe/Paris:20260105T090000\r\n"
            "RRULE:FREQ=WEEKLY;BYDAY=MO\r\n")),
     ERR_UNSUPPORTED, 8},
    {__LINE__, ICS(EV("CATEGORIES:OFFICE-HOURS\r\nDTSTART;RANGE=x:20260105T080000\r\n")),
     ERR_UNSUPPORTED, 7},
    {__LINE__,
     ICS(EV("CATEGORIES:OFFICE-HOURS\r\nDTSTART:20260105T080000\r\nDURATION:PT4H\r\n"
            "RRULE:FREQ=WEEKLY;BYDAY=MO\r\n")),
     ERR_NONE, 0},
    {__LINE__,
     ICS(EV("CATEGORIES:OFFICE-HOURS\r\nDTSTART:20260105T080000\r\nDURATION:PT4H\r\n"
            "DTEND:20260105T090000\r\nRRULE:FREQ=WEEKLY;BYDAY=MO\r\n")),
     ERR_INVALID, 0},
    {__LINE__,
     ICS(EV("CATEGORIES:OFFICE-HOURS\r\nDTSTART:20260105T080000\r\n"
            "RRULE:FREQ=WEEKLY;BYDAY=MO\r\n")),
     ERR_INVALID, 0},
    {__LINE__, ICS(EV("CATEGORIES:OFFICE-HOURS\r\nDTSTART:20260105T080000\r\nDURATION:PT4H\r\n")),
     ERR_INVALID, 0},
    {__LINE__,
     ICS(EV("CATEGORIES:OFFICE-HOURS\r\nDTSTART:20260105T200000\r\nDURATION:PT5H\r\n"
            "RRULE:FREQ=WEEKLY;BYDAY=MO\r\n")),
     ERR_INVALID, 0},
    {__LINE__, ICS(EV("CATEGORIES:OFFICE-HOURS\r\nDTSTART:20260105T200000\r\nDURATION:-PT5H\r\n")),
     ERR_SYNTAX, 8},
    {__LINE__, ICS(EV("CATEGORIES:OFFICE-HOURS\r\nDTSTART:20260105T200000\r\nDURATION:PT90S\r\n")),
     ERR_SYNTAX, 8},
    {__LINE__, ICS(EV("CATEGORIES:OFFICE-HOURS\r\nDTSTART:20260105X200000\r\n")), ERR_SYNTAX, 7},
    {__LINE__, ICS(EV("CATEGORIES:OFFICE-HOURS\r\nDTSTART:20260105T240000\r\n")), ERR_SYNTAX, 7},
    {__LINE__, ICS(EV("CATEGORIES:OFFICE-HOURS\r\nDTSTART:2026010aT200000\r\n")), ERR_SYNTAX, 7},
    {__LINE__, ICS(HOURS("083000", "120000", "FREQ=WEEKLY;BYDAY=MO;UNTIL=x")), ERR_SYNTAX, 9},
    {__LINE__, ICS(EV("CATEGORIES:HOLIDAY\r\nCATEGORIES:HOLIDAY\r\n")), ERR_UNSUPPORTED, 7},
    {__LINE__, ICS("BEGIN:VEVENT\r\nBEGIN:VJOURNAL\r\n"), ERR_SYNTAX, 5},
    {__LINE__, ICS("BEGIN:VEVENT\r\nEND:VJOURNAL\r\n"), ERR_SYNTAX, 5},
    {__LINE__, ICS("CALSCALE:JULIAN\r\n"), ERR_SYNTAX, 4},
    {__LINE__, ICS("X-MANDATE-OPEN-ON-HOLIDAYS:YES\r\n"), ERR_SYNTAX, 4},
    {__LINE__, ICS("X-MANDATE-PROVISIONAL-UNTIL:2027\r\n"), ERR_SYNTAX, 4},
    {__LINE__, ICS("X-MANDATE-COVERS:20260101/20261231/20271231\r\n"), ERR_SYNTAX, 4},
    {__LINE__, ICS("SURPRISE:x\r\n"), ERR_UNSUPPORTED, 4},
    {__LINE__, ICS("no colon at all\r\n"), ERR_SYNTAX, 4},
    {__LINE__, ICS(":no name\r\n"), ERR_SYNTAX, 4},
    {__LINE__, ICS(COVERS EV("CATEGORIES:REST-DAY\r\nDTSTART:20260103\r\n")), ERR_INVALID, 5},
    {__LINE__,
     ICS(COVERS EV("CATEGORIES:REST-DAY\r\nDTSTART:20260103\r\n"
                   "RRULE:FREQ=WEEKLY;BYDAY=SA;UNTIL=20260201\r\n")),
     ERR_INVALID, 5},
    {__LINE__, ICS(COVERS WEEKEND EV("CATEGORIES:HOLIDAY\r\nDTSTART:20260101T080000\r\n")),
     ERR_INVALID, 11},
    {__LINE__,
     ICS(COVERS WEEKEND EV("CATEGORIES:HOLIDAY\r\nDTSTART:20260101\r\n"
                           "RRULE:FREQ=WEEKLY;BYDAY=MO\r\n")),
     ERR_INVALID, 11},
    {__LINE__, ICS(COVERS WEEKEND EV("CATEGORIES:HOLIDAY\r\n")), ERR_INVALID, 11},
    {__LINE__, "", ERR_SYNTAX, 1},
    {__LINE__, "hello", ERR_SYNTAX, 1},
    {__LINE__, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", ERR_SYNTAX, 3},
    {__LINE__, "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", ERR_SYNTAX, 1},
    {__LINE__, "BEGIN:VCALENDAR\r\nVERSION:1.0\r\nEND:VCALENDAR\r\n", ERR_SYNTAX, 2},
    {__LINE__, ICS("") "BEGIN:VCALENDAR\r\n", ERR_UNSUPPORTED, 5},
    {__LINE__, ICS(""), ERR_INVALID, 0},
    {__LINE__, ICS(COVERS), ERR_INVALID, 0},  /* which weekdays rest? */
    {__LINE__, ICS(WEEKEND), ERR_INVALID, 0}, /* for which years? */
    {__LINE__, ICS(WEEKEND HOLIDAY("20260101", "20260104")), ERR_INVALID, 10},
    {__LINE__, ICS(COVERS WEEKEND HOLIDAY("20251231", "20260102")), ERR_INVALID, 0},
    {__LINE__, ICS(COVERS WEEKEND HOLIDAY("20261231", "20270102")), ERR_INVALID, 0},
    {__LINE__, ICS(COVERS WEEKEND HOLIDAY("20260104", "20260104")), ERR_INVALID, 0},
    {__LINE__, ICS(COVERS WEEKEND HOLIDAY("20260101", "20260103") HOLIDAY("20260102", "20260104")),
     ERR_INVALID, 0},
    {__LINE__, ICS(COVERS WEEKEND HOLIDAY("20260230", "20260104")), ERR_SYNTAX, 14},
    {__LINE__, ICS(COVERS WEEKEND EV("DTSTART:20260101\r\n")), ERR_INVALID, 0},
    {__LINE__, ICS(COVERS WEEKEND EV("CATEGORIES:PARTY\r\nDTSTART:20260101\r\n")), ERR_UNSUPPORTED,
     13},
    {__LINE__,
     ICS(COVERS WEEKEND EV("CATEGORIES:HOLIDAY\r\nDTSTART:20260101\r\nEXDATE:20260101\r\n")),
     ERR_UNSUPPORTED, 15},
    {__LINE__, ICS(COVERS WEEKEND EV("CATEGORIES:HOLIDAY\r\nDTSTART:20260101T100000Z\r\n")),
     ERR_SYNTAX, 0},
    {__LINE__,
     ICS(COVERS WEEKEND EV("CATEGORIES:HOLIDAY\r\nDTSTART:20260101\r\n"
                           "RRULE:FREQ=YEARLY\r\n")),
     ERR_UNSUPPORTED, 0},
    {__LINE__,
     ICS(COVERS WEEKEND EV("CATEGORIES:HOLIDAY\r\nDTSTART:20260101\r\n"
                           "STATUS:CANCELLED\r\n")),
     ERR_SYNTAX, 0},
    {__LINE__, ICS("X-MANDATE-COVERS:20260101\r\n"), ERR_SYNTAX, 4},
    {__LINE__, ICS("X-MANDATE-COVERS:20261231/20260101\r\n"), ERR_SYNTAX, 4},
    {__LINE__, ICS("X-MANDATE-COVERS:10000101/90000101\r\n"), ERR_LIMIT, 0},
    {__LINE__, ICS(COVERS "X-MANDATE-PROVISIONAL-UNTIL:20261231\r\n" WEEKEND), ERR_INVALID, 0},
    {__LINE__, ICS("X-MANDATE-COVER:20260101/20261231\r\n"), ERR_UNSUPPORTED, 4},
    {__LINE__, ICS("BEGIN:VJOURNAL\r\nEND:VJOURNAL\r\n"), ERR_UNSUPPORTED, 4},
    {__LINE__, ICS("BEGIN:VTIMEZONE\r\n"), ERR_SYNTAX, 0},
    {__LINE__, ICS(HOURS("083000", "120000", "FREQ=WEEKLY;BYDAY=MO;COUNT=3")), ERR_UNSUPPORTED, 9},
    {__LINE__, ICS(HOURS("083000", "120000", "FREQ=WEEKLY")), ERR_UNSUPPORTED, 9},
    {__LINE__, ICS(HOURS("083000", "120000", "FREQ=WEEKLY;BYDAY=1MO")), ERR_SYNTAX, 9},
    {__LINE__, ICS(HOURS("120000", "083000", "FREQ=WEEKLY;BYDAY=MO")), ERR_INVALID, 0},
    {__LINE__, ICS(HOURS("083000", "083030", "FREQ=WEEKLY;BYDAY=MO")), ERR_SYNTAX, 8},
    {__LINE__,
     ICS(HOURS("083000", "120000", "FREQ=WEEKLY;BYDAY=MO,TU")
             HOURS("120000", "180000", "FREQ=WEEKLY;BYDAY=TU")),
     ERR_INVALID, 0},
};

void test_calendar_read(void) {
    for (size_t i = 0; i < COUNT_OF(read_rows); i++) {
        struct arena *arena = arena_create("ics", 4 << 20);
        struct budget budget = budget_of(100000, 4 << 20);
        struct err err = {0};
        struct cal_calendar *c = NULL;
        bool ok = cal_calendar_read(&c, str_from(read_rows[i].text), "x.ics", arena, &budget, &err);
        CHECK_INT_AT(read_rows[i].line, err.code, read_rows[i].want);
        CHECK_AT(read_rows[i].line, ok == (read_rows[i].want == ERR_NONE) && ok == (c != NULL));
        if (read_rows[i].at_line != 0)
            CHECK_INT_AT(read_rows[i].line, err.at.line, read_rows[i].at_line);
        arena_destroy(arena);
    }
}

/* Every budget from nothing up: an error each time until it is enough, and never a crash. */
void test_calendar_read_budget(void) {
    const char *text = read_rows[0].text;
    for (uint64_t steps = 0;; steps++) {
        struct arena *arena = arena_create("ics", 4 << 20);
        struct budget budget = budget_of(steps, steps * 1000);
        struct err err = {0};
        struct cal_calendar *c = NULL;
        bool ok = cal_calendar_read(&c, str_from(text), "x.ics", arena, &budget, &err);
        CHECK(ok || err.code == ERR_LIMIT);
        arena_destroy(arena);
        if (ok || steps > 5000)
            break;
    }
}

/* Each cut of a real file: read, or refused with a reason. */
void test_calendar_read_cut(void) {
    struct str text;
    CHECK(test_read_file(&text, PACK_CALENDARS "gansu-police.ics"));
    for (size_t len = 0; len < text.len - 2; len++) {
        struct arena *arena = arena_create("ics", 1 << 20);
        struct budget budget = budget_of(100000, 4 << 20);
        struct err err = {0};
        struct cal_calendar *c = NULL;
        CHECK(!cal_calendar_read(&c, str_sub(text, 0, len), "x.ics", arena, &budget, &err));
        CHECK(err.code == ERR_SYNTAX || err.code == ERR_UNSUPPORTED || err.code == ERR_INVALID);
        arena_destroy(arena);
    }
}

/* Rules in any order, a season, and a name with escaped characters. */
void test_calendar_seasons(void) {
    static const char text[] =
        ICS("NAME:Sommer\\, Winter\r\n"
            "BEGIN:VEVENT\r\nCATEGORIES:OFFICE-HOURS\r\nDTSTART:20260504T150000\r\n"
            "DTEND:20260504T180000\r\nRRULE:FREQ=WEEKLY;BYDAY=MO;UNTIL=20260930\r\nEND:VEVENT\r\n"
            "BEGIN:VEVENT\r\nCATEGORIES:OFFICE-HOURS\r\nDTSTART:20260105T083000\r\n"
            "DTEND:20260105T120000\r\nRRULE:FREQ=WEEKLY;BYDAY=MO,TU\r\nEND:VEVENT\r\n");
    static const struct {
        const char *date;
        uint32_t count;
        uint16_t first, last;
    } rows[] = {{"2026-01-05", 1, 510, 510}, {"2026-05-04", 2, 510, 900},
                {"2026-05-05", 1, 510, 510}, {"2026-09-28", 2, 510, 900},
                {"2026-10-05", 1, 510, 510}, {"2025-12-29", 0, 0, 0},
                {"2026-01-07", 0, 0, 0}};
    struct arena *arena = arena_create("ics", 1 << 20);
    struct budget budget = budget_of(100000, 4 << 20);
    struct err err = {0};
    struct cal_calendar *c = NULL;
    CHECK_OK(cal_calendar_read(&c, str_from(text), "x.ics", arena, &budget, &err), &err);
    CHECK_STR(cal_calendar_name(c), STR("Sommer, Winter"));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct cal_openings got;
        CHECK_OK(cal_office_day(&got, c, NULL, day_of(__LINE__, rows[i].date), &err), &err);
        CHECK_INT(got.count, rows[i].count);
        if (got.count == 0)
            continue;
        CHECK_INT(got.at[0].from_minute, rows[i].first);
        CHECK_INT(got.at[got.count - 1].from_minute, rows[i].last);
    }
    bool working;
    struct cal_date first, last;
    CHECK(!cal_calendar_covers(&first, &last, c));
    CHECK(!cal_is_working_day(&working, c, day_of(__LINE__, "2026-01-05"), &err));
    CHECK_STR(str_from(err.text), STR("calendar 'Sommer, Winter' has no working days"));
    arena_destroy(arena);
}
