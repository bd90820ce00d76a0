#include "bpmn/timer.h"

#include "base/test.h"
#include "bpmn/cron.h"

/* Asia/Shanghai had summer time from 1986 to 1991: at 02:00 on 1987-04-12 it was 03:00, and at
 * 02:00 on 1987-09-13 it was 01:00 once more. */
static int64_t us(const char *text) {
    int64_t out = -1;
    if (!cal_us_parse(&out, str_from(text)))
        return -1;
    return out;
}

static const char *text_of(int64_t at_us, const struct cal_zone *zone, char out[CAL_TEXT_MAX]) {
    if (at_us == BPMN_NEVER)
        return "never";
    (void)cal_us_format(out, at_us, zone);
    return out;
}

static const struct plan_row {
    int line;
    enum bpmn_timer timer;
    const char *text, *armed;
    const char *wanted[4]; /* the first moments, each looked for behind the one before */
} plans[] = {
#define D     BPMN_TIMER_DATE
#define P     BPMN_TIMER_DURATION
#define C     BPMN_TIMER_CYCLE
#define ARMED "2026-01-31T10:00:00+08:00"
    {__LINE__, D, "2026-03-01", ARMED, {"2026-03-01T00:00:00+08:00", "never"}},
    {__LINE__, D, "2026-03-01T09:00:00", ARMED, {"2026-03-01T09:00:00+08:00"}},
    {__LINE__, D, "2026-03-01T09:00:00Z", ARMED, {"2026-03-01T17:00:00+08:00"}},
    {__LINE__, D, "2026-03-01T09:00:00@Asia/Shanghai", ARMED, {"2026-03-01T09:00:00+08:00"}},
    {__LINE__, D, "2026-03-01T09:00:00[Asia/Shanghai]", ARMED, {"2026-03-01T09:00:00+08:00"}},
    {__LINE__, D, "2026-03-01T09:00:00+01:00[Europe/Paris]", ARMED, {"2026-03-01T16:00:00+08:00"}},
    {__LINE__, D, "2020-01-01", ARMED, {"2020-01-01T00:00:00+08:00", "never"}},
    {__LINE__, P, "PT15S", ARMED, {"2026-01-31T10:00:15+08:00", "never"}},
    {__LINE__, P, "PT0.5S", ARMED, {"2026-01-31T10:00:00.5+08:00"}},
    {__LINE__, P, "P1M", ARMED, {"2026-02-28T10:00:00+08:00"}},
    {__LINE__, P, "P1Y2M3W4DT5H6M7S", ARMED, {"2027-04-25T15:06:07+08:00"}},
    {__LINE__, P, "-PT1H", ARMED, {"2026-01-31T09:00:00+08:00"}},
    {__LINE__, P, "P0D", ARMED, {"2026-01-31T10:00:00+08:00"}},
    {__LINE__,
     C,
     "R3/PT10S",
     ARMED,
     {"2026-01-31T10:00:10+08:00", "2026-01-31T10:00:20+08:00", "2026-01-31T10:00:30+08:00",
      "never"}},
    {__LINE__,
     C,
     "R/P1M",
     ARMED,
     {"2026-02-28T10:00:00+08:00", "2026-03-31T10:00:00+08:00", "2026-04-30T10:00:00+08:00"}},
    {__LINE__, C, "R-1/P1W", ARMED, {"2026-02-07T10:00:00+08:00", "2026-02-14T10:00:00+08:00"}},
    {__LINE__,
     C,
     "R2/2026-03-01T09:00:00Z/P1D",
     ARMED,
     {"2026-03-01T17:00:00+08:00", "2026-03-02T17:00:00+08:00", "never"}},
    {__LINE__,
     C,
     "R3/2026-01-30T10:00:00+08:00/P1D",
     ARMED, /* one has passed, one is now */
     {"2026-01-31T10:00:00+08:00", "2026-02-01T10:00:00+08:00", "never"}},
    {__LINE__,
     C,
     "R2/2020-01-01T00:00:00Z/P1D",
     ARMED, /* all have passed: at once */
     {ARMED, "never"}},
    {__LINE__,
     C,
     "R2/PT1H/2026-02-01T00:00:00+08:00",
     ARMED,
     {"2026-01-31T23:00:00+08:00", "2026-02-01T00:00:00+08:00", "never"}},
    {__LINE__,
     C,
     "R/P1D/2026-02-02T12:00:00+08:00",
     ARMED,
     {"2026-01-31T12:00:00+08:00", "2026-02-01T12:00:00+08:00", "2026-02-02T12:00:00+08:00",
      "never"}},
    {__LINE__,
     C,
     "0 0 9 * * MON-FRI",
     ARMED, /* armed on a Saturday */
     {"2026-02-02T09:00:00+08:00", "2026-02-03T09:00:00+08:00"}},
    {__LINE__,
     C,
     "0 */15 * * * *",
     ARMED,
     {"2026-01-31T10:15:00+08:00", "2026-01-31T10:30:00+08:00"}},
    {__LINE__, C, "@monthly", ARMED, {"2026-02-01T00:00:00+08:00", "2026-03-01T00:00:00+08:00"}},
    {__LINE__, C, "@yearly", ARMED, {"2027-01-01T00:00:00+08:00"}},
    {__LINE__, C, "@annually", ARMED, {"2027-01-01T00:00:00+08:00"}},
    {__LINE__, C, "@weekly", ARMED, {"2026-02-01T00:00:00+08:00", "2026-02-08T00:00:00+08:00"}},
    {__LINE__, C, "@daily", ARMED, {"2026-02-01T00:00:00+08:00"}},
    {__LINE__, C, "@midnight", ARMED, {"2026-02-01T00:00:00+08:00"}},
    {__LINE__, C, "@hourly", ARMED, {"2026-01-31T11:00:00+08:00"}},
    {__LINE__, C, "0 0 0 L * ?", ARMED, {"2026-02-28T00:00:00+08:00", "2026-03-31T00:00:00+08:00"}},
    {__LINE__, C, "0 0 0 L-2 * *", ARMED, {"2026-02-26T00:00:00+08:00"}},
    {__LINE__,
     C,
     "0 0 0 LW * *",
     ARMED, /* 28 February 2026 is a Saturday */
     {"2026-02-27T00:00:00+08:00", "2026-03-31T00:00:00+08:00", "2026-04-30T00:00:00+08:00",
      "2026-05-29T00:00:00+08:00"}},
    {__LINE__,
     C,
     "0 0 0 1W * *",
     ARMED, /* 1 February a Sunday, 1 August a Saturday */
     {"2026-02-02T00:00:00+08:00", "2026-03-02T00:00:00+08:00", "2026-04-01T00:00:00+08:00"}},
    {__LINE__, C, "0 0 0 15W * *", ARMED, {"2026-02-16T00:00:00+08:00"}},
    {__LINE__, C, "0 0 0 ? * FRI#2", ARMED, {"2026-02-13T00:00:00+08:00"}},
    {__LINE__,
     C,
     "0 0 0 ? * 5L",
     ARMED,
     {"2026-02-27T00:00:00+08:00", "2026-03-27T00:00:00+08:00"}},
    {__LINE__,
     C,
     "0 0 0 13 * FRI",
     ARMED, /* both must fit */
     {"2026-02-13T00:00:00+08:00", "2026-03-13T00:00:00+08:00", "2026-11-13T00:00:00+08:00"}},
    {__LINE__, C, "0 0 0 29 2 SUN", ARMED, {"2032-02-29T00:00:00+08:00"}},
    {__LINE__,
     C,
     "10,40 5/20 8-9 1,2 FEB *",
     ARMED,
     {"2026-02-01T08:05:10+08:00", "2026-02-01T08:05:40+08:00", "2026-02-01T08:25:10+08:00"}},
    {__LINE__, C, "0 0 0 * * 7", ARMED, {"2026-02-01T00:00:00+08:00"}}, /* Sunday, as 0 */
    /* the clocks change */
    {__LINE__, P, "P1D", "1987-04-11T02:30:00+08:00", {"1987-04-12T03:30:00+09:00"}},
    {__LINE__, P, "PT24H", "1987-04-11T02:30:00+08:00", {"1987-04-12T03:30:00+09:00"}},
    {__LINE__, P, "P1D", "1987-04-11T12:00:00+08:00", {"1987-04-12T12:00:00+09:00"}},
    {__LINE__, P, "PT24H", "1987-04-11T12:00:00+08:00", {"1987-04-12T13:00:00+09:00"}},
    {__LINE__,
     C,
     "R/P1D",
     "1987-04-10T02:30:00+08:00", /* the day after is at 02:30 again */
     {"1987-04-11T02:30:00+08:00", "1987-04-12T03:30:00+09:00", "1987-04-13T02:30:00+09:00"}},
    {__LINE__,
     C,
     "0 30 2 * * *",
     "1987-04-11T01:00:00+08:00", /* 02:30 is skipped: at the jump */
     {"1987-04-11T02:30:00+08:00", "1987-04-12T03:00:00+09:00", "1987-04-13T02:30:00+09:00"}},
    {__LINE__,
     C,
     "0 30 1 * * *",
     "1987-09-12T12:00:00+09:00", /* 01:30 comes twice: once */
     {"1987-09-13T01:30:00+09:00", "1987-09-14T01:30:00+08:00"}},
    {__LINE__,
     C,
     "0 30 * * * *",
     "1987-09-13T01:00:00+09:00", /* every hour: in both */
     {"1987-09-13T01:30:00+09:00", "1987-09-13T01:30:00+08:00", "1987-09-13T02:30:00+08:00"}},
    {__LINE__,
     C,
     "0 0/20 * * * *",
     "1987-04-12T01:45:00+08:00",
     {"1987-04-12T03:00:00+09:00", "1987-04-12T03:20:00+09:00"}},
};

/* BPMN 2.0.2: 10.5.5.6 */
void test_bpmn_timer_moments(void) {
    struct arena *arena = arena_create("timer test", 1 << 20);
    const struct cal_zone *zone = cal_zone_find(NULL, STR("Asia/Shanghai"));
    for (size_t i = 0; i < COUNT_OF(plans); i++) {
        const struct plan_row *row = &plans[i];
        struct bpmn_plan plan;
        struct str why = STR_NONE;
        int64_t armed = us(row->armed), at = INT64_MIN;
        bool ok =
            bpmn_plan_read(&plan, &why, row->timer, feel_string(str_from(row->text)), zone, arena);
        CHECK_AT(row->line, ok);
        for (size_t k = 0; ok && k < COUNT_OF(row->wanted) && row->wanted[k] != NULL; k++) {
            char got[CAL_TEXT_MAX];
            at = k == 0 ? bpmn_plan_first(&plan, armed, zone)
                        : bpmn_plan_next(&plan, armed, at, zone);
            CHECK_STR_AT(row->line, str_from(text_of(at, zone, got)), str_from(row->wanted[k]));
            if (at == BPMN_NEVER)
                break;
        }
    }
    arena_destroy(arena);
}

static const struct {
    int line;
    enum bpmn_timer timer;
    const char *text;
} broken[] = {
    {__LINE__, D, ""},
    {__LINE__, D, "tomorrow"},
    {__LINE__, D, "2026-02-30"},
    {__LINE__, D, "PT1H"},
    {__LINE__, D, "R/PT1H"},
    {__LINE__, D, "2026-03-01T09:00:00[Nowhere/Land]"},
    {__LINE__, P, ""},
    {__LINE__, P, "P"},
    {__LINE__, P, "PT"},
    {__LINE__, P, "P1H"},
    {__LINE__, P, "PT1D"},
    {__LINE__, P, "P1D2D"},
    {__LINE__, P, "P1DT"},
    {__LINE__, P, "P1.5D"},
    {__LINE__, P, "PT1S1M"},
    {__LINE__, P, "P99999999999999Y"},
    {__LINE__, P, "1 day"},
    {__LINE__, C, "PT1H"},
    {__LINE__, C, "R"},
    {__LINE__, C, "R5"},
    {__LINE__, C, "R0/PT1H"},
    {__LINE__, C, "R5/PT0S"},
    {__LINE__, C, "R5/-PT1H"},
    {__LINE__, C, "Rx/PT1H"},
    {__LINE__, C, "R/PT1H/P1D"},
    {__LINE__, C, "R4294967295/PT1H"},
    {__LINE__, C, "* * * * *"},
    {__LINE__, C, "* * * * * * *"},
    {__LINE__, C, "60 * * * * *"},
    {__LINE__, C, "* * 24 * * *"},
    {__LINE__, C, "* * * 0 * *"},
    {__LINE__, C, "* * * * 13 *"},
    {__LINE__, C, "* * * * * 8"},
    {__LINE__, C, "*/0 * * * * *"},
    {__LINE__, C, "5-1 * * * * *"},
    {__LINE__, C, "1, * * * * *"},
    {__LINE__, C, "? * * * * *"},
    {__LINE__, C, "0 0 0 ? * MON#6"},
    {__LINE__, C, "0 0 0 32W * *"},
    {__LINE__, C, "@sometimes"},
    {__LINE__, C, "0 0 0 30 2 *"}, /* that never comes */
#undef D
#undef P
#undef C
};

void test_bpmn_timer_broken(void) {
    struct arena *arena = arena_create("timer test", 1 << 20);
    for (size_t i = 0; i < COUNT_OF(broken); i++) {
        struct bpmn_plan plan;
        struct str why = STR_NONE;
        bool ok = bpmn_plan_read(&plan, &why, broken[i].timer,
                                 feel_string(str_from(broken[i].text)), NULL, arena);
        CHECK_AT(broken[i].line, !ok && why.len > 0);
    }
    arena_destroy(arena);
}

/* What FEEL gives: a duration, and the moment to which a legal term leads. */
void test_bpmn_timer_feel(void) {
    static const struct {
        int line;
        enum bpmn_timer timer;
        const char *text, *first; /* NULL: refused */
    } rows[] = {
        {__LINE__, BPMN_TIMER_DURATION, "@\"P2D\"", "2026-02-02T10:00:00+08:00"},
        {__LINE__, BPMN_TIMER_DURATION, "@\"P1M\"", "2026-02-28T10:00:00+08:00"},
        {__LINE__, BPMN_TIMER_DURATION, "now() + @\"PT1H\"", "2026-01-31T11:00:00+08:00"},
        {__LINE__, BPMN_TIMER_DURATION, "date(\"2026-03-01\")", "2026-03-01T00:00:00+08:00"},
        {__LINE__, BPMN_TIMER_DURATION, "\"PT\" + string(5) + \"M\"", "2026-01-31T10:05:00+08:00"},
        {__LINE__, BPMN_TIMER_DURATION, "5", NULL},
        {__LINE__, BPMN_TIMER_DATE, "date and time(\"2026-03-01T09:00:00Z\")",
         "2026-03-01T17:00:00+08:00"},
        {__LINE__, BPMN_TIMER_DATE, "missing", NULL},
        {__LINE__, BPMN_TIMER_CYCLE, "@\"PT1H\"", "2026-01-31T11:00:00+08:00"},
        {__LINE__, BPMN_TIMER_CYCLE, "\"R\" + string(2) + \"/PT1M\"", "2026-01-31T10:01:00+08:00"},
        {__LINE__, BPMN_TIMER_CYCLE, "now()", NULL},
    };
    struct arena *arena = arena_create("timer test", 1 << 22);
    const struct cal_zone *zone = cal_zone_find(NULL, STR("Asia/Shanghai"));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct err err = {0};
        struct budget budget = budget_of(FEEL_STEPS_DEFAULT, FEEL_BYTES_DEFAULT);
        struct bpmn_event_def def = {.event = BPMN_EVENT_TIMER, .timer = rows[i].timer};
        struct bpmn_timer_clock clock = {
            .armed_us = us("2026-01-31T10:00:00+08:00"), .after_us = INT64_MIN, .zone = zone};
        struct feel_options options = {.open = true};
        def.when.text = str_from(rows[i].text);
        CHECK_AT(rows[i].line,
                 feel_compile(&def.when.program, arena, def.when.text, &options, &err));
        int64_t at = 0;
        char got[CAL_TEXT_MAX];
        bool ok = bpmn_timer_next(&at, &def, &clock, arena, &budget, &err);
        CHECK_AT(rows[i].line, ok == (rows[i].first != NULL));
        if (ok)
            CHECK_STR_AT(rows[i].line, str_from(text_of(at, zone, got)), str_from(rows[i].first));
        else
            CHECK_AT(rows[i].line, err.code == ERR_INVALID);
    }
    arena_destroy(arena);
}

/* Against a walk over every minute of a year, with the fields written as numbers. */
static const struct walk_row {
    int line;
    const char *text;
    uint32_t minute, hours, days, months, weekdays; /* bits, minute aside; 0: all */
} walks[] = {
    {__LINE__, "0 0 2 * * *", 0, 1u << 2, 0, 0, 0},
    {__LINE__, "0 30 1 * * *", 30, 1u << 1, 0, 0, 0},
    {__LINE__, "0 30 1 * * SUN", 30, 1u << 1, 0, 0, 1},
    {__LINE__, "0 15 */6 1,15 * *", 15, 0x41041, 0x8002, 0, 0}, /* hour * with a step: any */
    {__LINE__, "0 45 1-3 * 4,9 *", 45, 0xe, 0, 0x210, 0},
    {__LINE__, "0 59 23 31 * *", 59, 1u << 23, 1u << 31, 0, 0},
};

static bool reading_fits(const struct walk_row *row, struct cal_datetime at) {
    return at.time.minute == row->minute && (row->hours == 0 || row->hours >> at.time.hour & 1) &&
           (row->days == 0 || row->days >> at.date.day & 1) &&
           (row->months == 0 || row->months >> at.date.month & 1) &&
           (row->weekdays == 0 || row->weekdays >> cal_weekday(at.date) % 7 & 1);
}

/* Does a moment fit: what the clock shows, if it is not the second time; or, where the clocks went
 * forward just now, what it did not show. */
static bool moment_fits(const struct walk_row *row, int64_t at_us, const struct cal_zone *zone) {
    struct cal_datetime local = cal_us_datetime(at_us, zone);
    if (reading_fits(row, local) && cal_us_of_datetime(local, zone) == at_us)
        return true;
    int32_t before = cal_zone_offset_at(zone, at_us / CAL_SECOND_US - 1);
    int32_t now = cal_zone_offset_at(zone, at_us / CAL_SECOND_US);
    for (int32_t s = before; s < now; s += 60)
        if (reading_fits(row, cal_us_datetime(at_us + s * CAL_SECOND_US, NULL)))
            return true;
    return false;
}

void test_bpmn_cron_walk(void) {
    const struct cal_zone *zone = cal_zone_find(NULL, STR("Asia/Shanghai"));
    int64_t from = us("1987-01-01T00:00:00+08:00"), to = us("1988-01-01T00:00:00+08:00");
    for (size_t i = 0; i < COUNT_OF(walks); i++) {
        struct bpmn_cron cron;
        CHECK_AT(walks[i].line, bpmn_cron_read(&cron, str_from(walks[i].text)));
        int64_t expected = bpmn_cron_next(&cron, from - 1, zone);
        int count = 0, wrong = 0;
        for (int64_t at = from; at < to; at += 60 * CAL_SECOND_US) {
            bool fits = moment_fits(&walks[i], at, zone);
            wrong += fits != (at == expected);
            count += fits;
            if (at == expected)
                expected = bpmn_cron_next(&cron, at, zone);
        }
        CHECK_AT(walks[i].line, wrong == 0 && count > 0);
    }
}
