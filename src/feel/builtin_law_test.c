/* Legal time in FEEL: what each function refuses, and says why (doc/feel.md). What the days
 * themselves are is calendar_test.c's. */
#include "base/test.h"
#include "cal/calendar.h"
#include "feel/feel.h"

/* Covers 2026. Days off: the weekend; Friday 2026-01-02 and the whole week after it are feasts. */
static const char ics[] =
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:test\r\nNAME:test\r\n"
    "X-MANDATE-COVERS:20260101/20261231\r\n"
    "BEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\nSUMMARY:rest\r\n"
    "CATEGORIES:REST-DAY\r\nDTSTART;VALUE=DATE:20260103\r\n"
    "RRULE:FREQ=WEEKLY;BYDAY=SA,SU\r\nEND:VEVENT\r\n"
    "BEGIN:VEVENT\r\nUID:2\r\nDTSTAMP:20260101T000000Z\r\nSUMMARY:feast\r\n"
    "CATEGORIES:HOLIDAY\r\nDTSTART;VALUE=DATE:20260102\r\nDTEND;VALUE=DATE:20260110\r\n"
    "END:VEVENT\r\nEND:VCALENDAR\r\n";

static const struct {
    int line;
    const char *text, *want; /* a value, or ! and what is told beside null */
} rows[] = {
    {__LINE__, "is working day(@\"2026-01-01\", \"x\")", "true"},
    {__LINE__, "is working day(@\"2026-01-09T23:00:00-08:00\", \"x\")", "false"},
    {__LINE__, "is working day(@\"2026-01-12T00:00:00@Asia/Shanghai\", \"x\")", "true"},
    {__LINE__, "is working day(@\"2025-12-31\", \"x\")", "!2025-12-31"},
    {__LINE__, "is working day(@\"2027-01-01\", \"x\")", "!2027-01-01"},
    {__LINE__, "is working day(\"2026-01-01\", \"x\")", "!argument 1"},
    {__LINE__, "is working day(@\"2026-01-01\", \"y\")", "!there is no calendar 'y'"},
    {__LINE__, "is working day(@\"2026-01-01\", \"\")", "!there is no calendar ''"},
    {__LINE__, "is working day(@\"2026-01-01\", null)", "!argument 2"},
    {__LINE__, "add working days(@\"2026-01-01\", 1, \"x\")", "@\"2026-01-12\""},
    {__LINE__, "add working days(@\"2026-01-12\", -1, \"x\")", "@\"2026-01-01\""},
    {__LINE__, "add working days(@\"2026-01-05\", 2, \"x\")", "@\"2026-01-13\""},
    {__LINE__, "add working days(@\"2026-01-01T12:00:00Z\", 1.0, \"x\")", "@\"2026-01-12\""},
    {__LINE__, "add working days(@\"2026-01-01\", 1.5, \"x\")", "!takes a whole number"},
    {__LINE__, "add working days(@\"2026-01-01\", 1e30, \"x\")", "!takes a whole number"},
    {__LINE__, "add working days(@\"2026-01-01\", 9223372036854775807, \"x\")", "!2027-01-01"},
    {__LINE__, "add working days(@\"2026-01-01\", -1, \"x\")", "!2025-12-31"},
    {__LINE__, "add working days(@\"2026-12-31\", 1, \"x\")", "!2027-01-01"},
    {__LINE__, "add working days(@\"2026-01-01\", 1, \"y\")", "!there is no calendar 'y'"},
    {__LINE__, "add working days(@\"2026-01-01\", \"1\", \"x\")", "!argument 2"},
    {__LINE__, "working days between(@\"2026-01-01\", @\"2026-01-13\", \"x\")", "2"},
    {__LINE__, "working days between(@\"2026-01-13\", @\"2026-01-01\", \"x\")", "-2"},
    {__LINE__, "working days between(@\"2026-01-01\", @\"2026-01-01\", \"x\")", "0"},
    {__LINE__, "working days between(@\"2026-01-01\", @\"2027-01-01\", \"x\")", "!2027-01-01"},
    {__LINE__, "working days between(@\"2026-01-01\", @\"2026-01-02\", \"y\")",
     "!there is no calendar 'y'"},
    {__LINE__, "next working day(@\"2026-01-02\", \"x\")", "@\"2026-01-12\""},
    {__LINE__, "next working day(@\"2026-01-12\", \"x\")", "@\"2026-01-12\""},
    {__LINE__, "next working day(@\"2027-01-02\", \"x\")", "!2027-01-02"},
    {__LINE__, "next working day(@\"2026-01-02\", \"y\")", "!there is no calendar 'y'"},
    {__LINE__, "last working day(@\"2026-01-11\", \"x\")", "@\"2026-01-01\""},
    {__LINE__, "last working day(@\"2025-12-31\", \"x\")", "!2025-12-31"},
    {__LINE__, "last working day(@\"2026-01-11\", \"y\")", "!there is no calendar 'y'"},
    {__LINE__, "end of term(@\"2026-01-01\", 0, \"calendar_day\", \"x\")", "@\"2026-01-01\""},
    {__LINE__, "end of term(@\"2026-01-01\", 1, \"calendar_day\", \"x\")", "@\"2026-01-12\""},
    {__LINE__, "end of term(@\"2026-01-01\", 2, \"working_day\", \"x\")", "@\"2026-01-13\""},
    {__LINE__, "end of term(@\"2026-01-31\", 1, \"month\", \"x\")", "@\"2026-03-02\""},
    {__LINE__, "end of term(@\"2026-01-31\", 3, \"month\", \"x\")", "@\"2026-04-30\""},
    {__LINE__, "end of term(@\"2026-01-01\", 1, \"year\", \"x\")", "!2027-01-01"},
    {__LINE__, "end of term(@\"2026-01-01\", 100000, \"calendar_day\", \"x\")", "!2299-10-17"},
    {__LINE__, "end of term(@\"2026-01-01\", 100001, \"calendar_day\", \"x\")",
     "!takes a whole number from 0 to 100000"},
    {__LINE__, "end of term(@\"2026-01-01\", -1, \"calendar_day\", \"x\")",
     "!takes a whole number from 0 to 100000"},
    {__LINE__, "end of term(@\"2026-01-01\", 1.5, \"calendar_day\", \"x\")",
     "!takes a whole number from 0 to 100000"},
    {__LINE__, "end of term(@\"2026-01-01\", 1, \"hour\", \"x\")", "!takes the unit calendar_day"},
    {__LINE__, "end of term(@\"2026-01-01\", 1, \"minute\", \"x\")",
     "!takes the unit calendar_day"},
    {__LINE__, "end of term(@\"2026-01-01\", 1, \"day\", \"x\")", "!takes the unit calendar_day"},
    {__LINE__, "end of term(@\"2026-01-01\", 1, \"\", \"x\")", "!takes the unit calendar_day"},
    {__LINE__, "end of term(@\"2026-01-01\", 1, \"month\", \"y\")", "!there is no calendar 'y'"},
    {__LINE__, "end of term(@\"2026-01-01\", 1, \"month\")", "!"},
    {__LINE__, "end of term(from: @\"2026-01-01\", n: 1, unit: \"working_day\", calendar: \"x\")",
     "@\"2026-01-12\""},
};

void test_builtin_legal_time(void) {
    struct arena *a = arena_create("law", 64 << 20);
    struct cal_calendar *calendar;
    struct budget budget = budget_of(1000000, 32 << 20);
    struct err err = {0};
    CHECK_OK(cal_calendar_read(&calendar, str_from(ics), "test.ics", a, &budget, &err), &err);
    struct feel_calendar known = {STR("x"), calendar};
    for (size_t i = 0; i < COUNT_OF(rows) && err.code == ERR_NONE; i++) {
        struct feel_diags diags = {.arena = a};
        struct feel_env env = {.calendars = &known, .calendar_count = 1, .diags = &diags};
        struct feel_value v;
        struct buf got;
        buf_init(&got, 1 << 12);
        CHECK_OK_AT(rows[i].line,
                    feel_once(&v, str_from(rows[i].text), feel_null(), env, a, &budget, &err),
                    &err);
        feel_print(&got, v);
        if (rows[i].want[0] != '!') {
            CHECK_STR_AT(rows[i].line, buf_view(&got), str_from(rows[i].want));
            CHECK_INT_AT(rows[i].line, (int64_t)diags.count, 0);
        } else {
            struct str told = diags.count == 0 ? STR_NONE : diags.items[0].text;
            CHECK_AT(rows[i].line, feel_is_null(v) && diags.count == 1);
            if (str_find(told, str_from(rows[i].want + 1)) == SIZE_MAX)
                CHECK_STR_AT(rows[i].line, told, str_from(rows[i].want + 1));
        }
        buf_done(&got);
    }
    arena_destroy(a);
}
