#include "cal/cal.h"

#include "base/test.h"
#include "cal/zone.h"

/* A zone like Paris: no change, the yearly rule only. */
static const char paris_like[] = "TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                                 "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\4"
                                 "\0\0\0\0\0\0LMT\0"
                                 "TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                                 "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\2\0\0\0\10"
                                 "\xff\xff\xff\xff\x6b\xc9\x9b\xcf" /* 1891-03-15T23:50:39Z */
                                 "\1"
                                 "\0\0\2\x31\0\0" /* +00:09:21 */
                                 "\0\0\x0e\x10\0\4"
                                 "LMT\0CET\0"
                                 "\nCET-1CEST,M3.5.0,M10.5.0/3\n";

static struct arena *test_arena;
static const struct cal_zone *test_paris;

static const struct cal_zone *find_zone(const struct cal_zones *self, struct str name) {
    (void)self;
    bool known = str_eq(name, STR("Europe/Paris")) || str_eq(name, STR("Australia/Melbourne"));
    return known ? test_paris : NULL;
}

static const struct cal_zones *zones_for_test(void) {
    static const struct cal_zones zones = {find_zone, NULL};
    struct err err = {0};
    test_arena = arena_create("zones", 1 << 20);
    CHECK_OK(cal_zone_read(&test_paris, STR("Europe/Paris"),
                           (struct str){paris_like, sizeof paris_like - 1}, test_arena, &err),
             &err);
    return &zones;
}

static void zones_done(void) {
    arena_destroy(test_arena);
    test_arena = NULL;
    test_paris = NULL;
}

static struct cal_date ymd(int32_t year, int month, int day) {
    struct cal_date date = {0};
    CHECK(cal_date_of(&date, year, month, day));
    return date;
}

static const struct day_row {
    int line;
    int32_t year;
    int month, day;
    int64_t days;
    int weekday, day_of_year, week;
    int32_t week_year;
} day_rows[] = {
    {__LINE__, 1970, 1, 1, 0, 4, 1, 1, 1970},
    {__LINE__, 1969, 12, 31, -1, 3, 365, 1, 1970},
    {__LINE__, 2000, 2, 29, 11016, 2, 60, 9, 2000},
    {__LINE__, 2000, 3, 1, 11017, 3, 61, 9, 2000},
    {__LINE__, 2026, 1, 31, 20484, 6, 31, 5, 2026},
    {__LINE__, 2026, 12, 31, 20818, 4, 365, 53, 2026},
    {__LINE__, 2021, 1, 3, 18630, 7, 3, 53, 2020},
    {__LINE__, 2024, 12, 30, 20087, 1, 365, 1, 2025},
    {__LINE__, 2005, 1, 1, 12784, 6, 1, 53, 2004},
    {__LINE__, 0, 3, 1, -719468, 3, 61, 9, 0},
    {__LINE__, -1, 12, 31, -719529, 5, 365, 52, -1},
    {__LINE__, -999999999, 1, 1, -365243219162, 1, 1, 1, -999999999},
    {__LINE__, 999999999, 12, 31, 365241780471, 5, 365, 52, 999999999},
};

void test_cal_days(void) {
    for (size_t i = 0; i < COUNT_OF(day_rows); i++) {
        const struct day_row *row = &day_rows[i];
        struct cal_date date = ymd(row->year, row->month, row->day), back;
        CHECK_INT_AT(row->line, cal_days_of(date), row->days);
        CHECK_AT(row->line, cal_date_from_days(&back, row->days) && cal_date_same(date, back));
        CHECK_INT_AT(row->line, cal_weekday(date), row->weekday);
        CHECK_INT_AT(row->line, cal_day_of_year(date), row->day_of_year);
        int32_t year = 0;
        CHECK_INT_AT(row->line, cal_week_of_year(date, &year), row->week);
        CHECK_INT_AT(row->line, year, row->week_year);
    }
}

void test_cal_days_in_a_row(void) {
    struct cal_date date, back;
    int weekday = 0, year_days = 0;
    for (int64_t day = -800000; day < 800000; day++) {
        CHECK(cal_date_from_days(&date, day));
        CHECK(cal_days_of(date) == day);
        CHECK(cal_date_valid(date.year, date.month, date.day));
        CHECK(weekday == 0 || cal_weekday(date) == weekday % 7 + 1);
        weekday = cal_weekday(date);
        year_days = date.month == 1 && date.day == 1 ? 1 : year_days + 1;
        CHECK(day < -799000 || cal_day_of_year(date) == year_days);
    }
    CHECK(!cal_date_add_days(&back, ymd(999999999, 12, 31), 1));
    CHECK(!cal_date_add_days(&back, ymd(-999999999, 1, 1), -1));
    CHECK(!cal_date_add_days(&back, date, INT64_MAX));
    CHECK(!cal_date_add_days(&back, date, INT64_MIN));
}

static const struct month_row {
    int line;
    int32_t year;
    int month, day;
    int64_t add;
    const char *want; /* NULL: out of range */
} month_rows[] = {
    {__LINE__, 2026, 1, 31, 1, "2026-02-28"},    {__LINE__, 2024, 1, 31, 1, "2024-02-29"},
    {__LINE__, 2026, 3, 31, -1, "2026-02-28"},   {__LINE__, 2026, 1, 15, 0, "2026-01-15"},
    {__LINE__, 2026, 1, 15, 12, "2027-01-15"},   {__LINE__, 2026, 1, 15, -13, "2024-12-15"},
    {__LINE__, 2024, 2, 29, 12, "2025-02-28"},   {__LINE__, 0, 1, 1, -1, "-0001-12-01"},
    {__LINE__, 999999999, 12, 1, 1, NULL},       {__LINE__, -999999999, 1, 1, -1, NULL},
    {__LINE__, 2026, 1, 1, 1000000000000, NULL},
};

void test_cal_months(void) {
    for (size_t i = 0; i < COUNT_OF(month_rows); i++) {
        const struct month_row *row = &month_rows[i];
        struct cal_date got;
        bool ok = cal_date_add_months(&got, ymd(row->year, row->month, row->day), row->add);
        CHECK_AT(row->line, ok == (row->want != NULL));
        char text[CAL_TEXT_MAX];
        if (ok)
            CHECK_STR_AT(row->line, ((struct str){text, cal_date_format(text, got)}),
                         str_from(row->want));
    }
}

/* Text, and what it is printed as; NULL: refused. From DMN TCK 1116, 1117, 1120, 0093 and XML
 * Schema's own rules. */
struct text_row {
    int line;
    const char *text, *want;
};

static const struct text_row date_rows[] = {
    {__LINE__, "2026-01-31", "2026-01-31"},
    {__LINE__, "-2018-12-06", "-2018-12-06"},
    {__LINE__, "99999-12-31", "99999-12-31"},
    {__LINE__, "999999999-12-31", "999999999-12-31"},
    {__LINE__, "-999999999-01-01", "-999999999-01-01"},
    {__LINE__, "0000-01-01", "0000-01-01"},
    {__LINE__, "0001-01-01", "0001-01-01"},
    {__LINE__, "2024-02-29", "2024-02-29"},
    {__LINE__, "2026-02-29", NULL},
    {__LINE__, "9999999999-12-27", NULL},
    {__LINE__, "998-12-31", NULL},
    {__LINE__, "01211-12-31", NULL},
    {__LINE__, "+99999-12-01", NULL},
    {__LINE__, "2017-13-10", NULL},
    {__LINE__, "2017-00-10", NULL},
    {__LINE__, "2017-01-00", NULL},
    {__LINE__, "2017-01-32", NULL},
    {__LINE__, "2017-1-10", NULL},
    {__LINE__, "2017-01-1", NULL},
    {__LINE__, "2017-01-10Z", NULL},
    {__LINE__, "2017-01-10T00:00:00", NULL},
    {__LINE__, "20170110", NULL},
    {__LINE__, "", NULL},
    {__LINE__, "foo", NULL},
};

static const struct text_row time_rows[] = {
    {__LINE__, "01:02:03", "01:02:03"},
    {__LINE__, "11:22:33.444", "11:22:33.444"},
    {__LINE__, "11:22:33.123456789", "11:22:33.123456789"},
    {__LINE__, "11:22:33.1234567899", "11:22:33.123456789"},
    {__LINE__, "11:22:33.500", "11:22:33.5"},
    {__LINE__, "23:59:00Z", "23:59:00Z"},
    {__LINE__, "13:20:00+02:00", "13:20:00+02:00"},
    {__LINE__, "13:20:00-05:00", "13:20:00-05:00"},
    {__LINE__, "11:22:33-00:00", "11:22:33Z"},
    {__LINE__, "11:22:33+00:00", "11:22:33Z"},
    {__LINE__, "11:59:45+02:45:55", "11:59:45+02:45:55"},
    {__LINE__, "11:59:45-02:45:55", "11:59:45-02:45:55"},
    {__LINE__, "00:01:00@Etc/UTC", "00:01:00@Etc/UTC"},
    {__LINE__, "00:01:00@Europe/Paris", "00:01:00@Europe/Paris"},
    {__LINE__, "10:00:00@Asia/Shanghai", "10:00:00@Asia/Shanghai"},
    {__LINE__, "24:00:00", "00:00:00"},
    {__LINE__, "13:20:00+18:00", "13:20:00+18:00"},
    {__LINE__, "23:59:60", NULL},
    {__LINE__, "24:00:01", NULL},
    {__LINE__, "24:00:00.1", NULL},
    {__LINE__, "24:01:00", NULL},
    {__LINE__, "25:00:00", NULL},
    {__LINE__, "00:60:00", NULL},
    {__LINE__, "00:00:61", NULL},
    {__LINE__, "7:00:00", NULL},
    {__LINE__, "07:1:00", NULL},
    {__LINE__, "07:01:2", NULL},
    {__LINE__, "07:01:02.", NULL},
    {__LINE__, "13:20:00@xyz/abc", NULL},
    {__LINE__, "13:20:00@", NULL},
    {__LINE__, "13:20:00@../etc/passwd", NULL},
    {__LINE__, "13:20:00+19:00", NULL},
    {__LINE__, "13:20:00-19:00", NULL},
    {__LINE__, "13:20:00+18:00:01", NULL},
    {__LINE__, "13:20:00+02:60", NULL},
    {__LINE__, "13:20:00+5:00", NULL},
    {__LINE__, "13:20:00+05:0", NULL},
    {__LINE__, "13:20:00+5", NULL},
    {__LINE__, "13:20:00+02:00@Europe/Paris", NULL},
    {__LINE__, "7:20", NULL},
    {__LINE__, "07:2", NULL},
    {__LINE__, "11:30:00T", NULL},
    {__LINE__, "11:30:00z", "11:30:00Z"},
    {__LINE__, "", NULL},
};

static const struct text_row datetime_rows[] = {
    {__LINE__, "2016-12-24T23:59:00-08:00", "2016-12-24T23:59:00-08:00"},
    {__LINE__, "2017-12-31T00:00:00", "2017-12-31T00:00:00"},
    {__LINE__, "-2017-12-31T11:22:33.456+01:35", "-2017-12-31T11:22:33.456+01:35"},
    {__LINE__, "99999-12-31T11:22:33", "99999-12-31T11:22:33"},
    {__LINE__, "2011-12-31T10:15:30.987@Europe/Paris", "2011-12-31T10:15:30.987@Europe/Paris"},
    {__LINE__, "999999999-12-31T23:59:59.999999999@Europe/Paris",
     "999999999-12-31T23:59:59.999999999@Europe/Paris"},
    {__LINE__, "-999999999-12-31T23:59:59.999999999+02:00",
     "-999999999-12-31T23:59:59.999999999+02:00"},
    {__LINE__, "2018-12-08T10:30:11@Australia/Melbourne",
     "2018-12-08T10:30:11@Europe/Paris"}, /* the zone's own name */
    {__LINE__, "2021-01-01T24:00:00", "2021-01-02T00:00:00"},
    {__LINE__, "999999999-12-31T24:00:00", NULL},
    {__LINE__, "2012-12-24", NULL},
    {__LINE__, "11:00:00", NULL},
    {__LINE__, "2011-12-0310:15:30", NULL},
    {__LINE__, "2011-12-03T10:15:30+01:00@Europe/Paris", NULL},
    {__LINE__, "9999999999-12-27T11:22:33", NULL},
    {__LINE__, "2017-13-10T11:22:33", NULL},
    {__LINE__, "2017-12-31T24:00:01", NULL},
    {__LINE__, "2017-12-31T7:00:00", NULL},
    {__LINE__, "2017-12-31T13:20:00@xyz/abc", NULL},
    {__LINE__, "2017-12-31 13:20:00", NULL},
    {__LINE__, "2017-12-31T7:20", NULL},
    {__LINE__, "2012T-12-2511:00:00Z", NULL},
};

static const struct text_row span_rows[] = {
    {__LINE__, "P1D", "P1D"},
    {__LINE__, "PT2H", "PT2H"},
    {__LINE__, "PT0.999S", "PT0.999S"},
    {__LINE__, "P1DT2H3M4.123456789S", "P1DT2H3M4.123456789S"},
    {__LINE__, "PT0S", "PT0S"},
    {__LINE__, "PT0.000S", "PT0S"},
    {__LINE__, "PT0.S", "PT0S"},
    {__LINE__, "PT0M", "PT0S"},
    {__LINE__, "P0D", "PT0S"},
    {__LINE__, "-P0D", "PT0S"},
    {__LINE__, "-PT1H2M", "-PT1H2M"},
    {__LINE__, "-PT0.5S", "-PT0.5S"},
    {__LINE__, "-P1DT0.000000001S", "-P1DT0.000000001S"},
    {__LINE__, "PT1000M", "PT16H40M"},
    {__LINE__, "PT1000M0.999999999S", "PT16H40M0.999999999S"},
    {__LINE__, "PT24H", "P1D"},
    {__LINE__, "P2DT274M", "P2DT4H34M"},
    {__LINE__, "PT1M30.5S", "PT1M30.5S"},
    {__LINE__, "P1000000000000D", "P1000000000000D"},
    {__LINE__, "P10000000000000D", NULL},
    {__LINE__, "PT9999999999999999999S", NULL},
    {__LINE__, "", NULL},
    {__LINE__, "P", NULL},
    {__LINE__, "PT", NULL},
    {__LINE__, "P1DT", NULL},
    {__LINE__, "P0", NULL},
    {__LINE__, "1D", NULL},
    {__LINE__, "P1H", NULL},
    {__LINE__, "P1S", NULL},
    {__LINE__, "PT1D", NULL},
    {__LINE__, "P1Y", NULL},
    {__LINE__, "P1M", NULL},
    {__LINE__, "PT1S1M", NULL},
    {__LINE__, "PT-1S", NULL},
    {__LINE__, "--P1D", NULL},
    {__LINE__, "PT.5S", NULL},
    {__LINE__, "2012T-12-2511:00:00Z", NULL},
};

static const struct text_row months_rows[] = {
    {__LINE__, "P1Y2M", "P1Y2M"},
    {__LINE__, "P1Y", "P1Y"},
    {__LINE__, "P0Y", "P0M"},
    {__LINE__, "-P0M", "P0M"},
    {__LINE__, "-P1Y", "-P1Y"},
    {__LINE__, "P26M", "P2Y2M"},
    {__LINE__, "P1Y27M", "P3Y3M"},
    {__LINE__, "-P100M", "-P8Y4M"},
    {__LINE__, "P999999999M", "P83333333Y3M"},
    {__LINE__, "-P99999999Y", "-P99999999Y"},
    {__LINE__, "P99999999999999Y", NULL},
    {__LINE__, "P", NULL},
    {__LINE__, "1Y", NULL},
    {__LINE__, "P1M1Y", NULL},
    {__LINE__, "P1YT", NULL},
    {__LINE__, "P1Y1D", NULL},
    {__LINE__, "P1.5Y", NULL},
};

typedef bool parse_print(char out[CAL_TEXT_MAX], size_t *len, struct str text,
                         const struct cal_zones *zones);

static bool date_text(char out[CAL_TEXT_MAX], size_t *len, struct str text,
                      const struct cal_zones *zones) {
    (void)zones;
    struct cal_date v;
    if (!cal_date_parse(&v, text))
        return false;
    *len = cal_date_format(out, v);
    return true;
}

static bool time_text(char out[CAL_TEXT_MAX], size_t *len, struct str text,
                      const struct cal_zones *zones) {
    struct cal_time v;
    if (!cal_time_parse(&v, text, zones))
        return false;
    *len = cal_time_format(out, v);
    return true;
}

static bool datetime_text(char out[CAL_TEXT_MAX], size_t *len, struct str text,
                          const struct cal_zones *zones) {
    struct cal_datetime v;
    if (!cal_datetime_parse(&v, text, zones))
        return false;
    *len = cal_datetime_format(out, v);
    return true;
}

static bool span_text(char out[CAL_TEXT_MAX], size_t *len, struct str text,
                      const struct cal_zones *zones) {
    (void)zones;
    struct cal_span v;
    if (!cal_span_parse(&v, text))
        return false;
    *len = cal_span_format(out, v);
    return true;
}

static bool months_text(char out[CAL_TEXT_MAX], size_t *len, struct str text,
                        const struct cal_zones *zones) {
    (void)zones;
    struct cal_months v;
    if (!cal_months_parse(&v, text))
        return false;
    *len = cal_months_format(out, v);
    return true;
}

static void check_text(const struct text_row *rows, size_t count, parse_print *run) {
    const struct cal_zones *zones = zones_for_test();
    for (size_t i = 0; i < count; i++) {
        char text[CAL_TEXT_MAX], again[CAL_TEXT_MAX];
        size_t len = 0, again_len = 0;
        bool ok = run(text, &len, str_from(rows[i].text), zones);
        CHECK_AT(rows[i].line, ok == (rows[i].want != NULL));
        if (!ok || rows[i].want == NULL)
            continue;
        CHECK_STR_AT(rows[i].line, ((struct str){text, len}), str_from(rows[i].want));
        CHECK_AT(rows[i].line, run(again, &again_len, (struct str){text, len}, zones));
        CHECK_STR_AT(rows[i].line, ((struct str){again, again_len}), ((struct str){text, len}));
    }
    zones_done();
}

void test_cal_date_text(void) {
    check_text(date_rows, COUNT_OF(date_rows), date_text);
}

void test_cal_time_text(void) {
    check_text(time_rows, COUNT_OF(time_rows), time_text);
}

void test_cal_datetime_text(void) {
    check_text(datetime_rows, COUNT_OF(datetime_rows), datetime_text);
}

void test_cal_span_text(void) {
    check_text(span_rows, COUNT_OF(span_rows), span_text);
}

void test_cal_months_text(void) {
    check_text(months_rows, COUNT_OF(months_rows), months_text);
}

/* DMN TCK 1121: only the dates count */
static const struct between_row {
    int line;
    const char *from, *to, *want;
} between_rows[] = {
    {__LINE__, "2011-12-22", "2013-08-24", "P1Y8M"},
    {__LINE__, "2013-08-24", "2011-12-22", "-P1Y8M"},
    {__LINE__, "2015-01-21", "2016-01-21", "P1Y"},
    {__LINE__, "2016-01-01", "2016-01-01", "P0M"},
    {__LINE__, "2016-09-30", "2017-12-28", "P1Y2M"},
    {__LINE__, "2010-05-30", "2017-12-15", "P7Y6M"},
    {__LINE__, "2014-12-31", "2019-10-01", "P4Y9M"},
    {__LINE__, "-2016-01-30", "-2017-02-28", "-P11M"},
    {__LINE__, "2014-12-31", "-2019-10-01", "-P4033Y2M"},
    {__LINE__, "2017-09-05", "-2019-10-01", "-P4035Y11M"},
    {__LINE__, "2015-12-31", "2018-10-01", "P2Y9M"},
    {__LINE__, "2017-02-28", "2019-07-23", "P2Y4M"},
};

void test_cal_months_between(void) {
    for (size_t i = 0; i < COUNT_OF(between_rows); i++) {
        const struct between_row *row = &between_rows[i];
        struct cal_date from, to;
        CHECK_AT(row->line, cal_date_parse(&from, str_from(row->from)));
        CHECK_AT(row->line, cal_date_parse(&to, str_from(row->to)));
        char text[CAL_TEXT_MAX];
        size_t len = cal_months_format(text, cal_months_between(from, to));
        CHECK_STR_AT(row->line, ((struct str){text, len}), str_from(row->want));
    }
}

/* a + span = sum; NULL: out of range. And sum - a = span, where both are on one time line. */
static const struct add_row {
    int line;
    const char *at, *span, *want;
} add_rows[] = {
    {__LINE__, "2021-01-01T10:10:10", "-PT1H", "2021-01-01T09:10:10"},
    {__LINE__, "2021-01-01T24:00:00", "-PT1S", "2021-01-01T23:59:59"},
    {__LINE__, "2021-01-01T10:10:10+11:00", "P1D", "2021-01-02T10:10:10+11:00"},
    {__LINE__, "2021-12-31T23:59:59.5Z", "PT0.5S", "2022-01-01T00:00:00Z"},
    {__LINE__, "2021-01-01T00:00:00Z", "-PT0.000000001S", "2020-12-31T23:59:59.999999999Z"},
    /* clocks go forward in the night of 2026-03-29, back in that of 2026-10-25 */
    {__LINE__, "2026-03-28T12:00:00@Europe/Paris", "P1D", "2026-03-29T13:00:00@Europe/Paris"},
    {__LINE__, "2026-10-24T12:00:00@Europe/Paris", "P1D", "2026-10-25T11:00:00@Europe/Paris"},
    {__LINE__, "1986-05-03T12:00:00@Asia/Shanghai", "P1D", "1986-05-04T13:00:00@Asia/Shanghai"},
    {__LINE__, "2026-05-03T12:00:00@Asia/Shanghai", "P1D", "2026-05-04T12:00:00@Asia/Shanghai"},
    {__LINE__, "999999999-12-31T23:59:59", "PT1S", NULL},
    {__LINE__, "-999999999-01-01T00:00:00Z", "-PT1S", NULL},
};

void test_cal_datetime_add(void) {
    const struct cal_zones *zones = zones_for_test();
    for (size_t i = 0; i < COUNT_OF(add_rows); i++) {
        const struct add_row *row = &add_rows[i];
        struct cal_datetime at, sum;
        struct cal_span span, apart;
        CHECK_AT(row->line, cal_datetime_parse(&at, str_from(row->at), zones));
        CHECK_AT(row->line, cal_span_parse(&span, str_from(row->span)));
        bool ok = cal_datetime_add(&sum, at, span);
        CHECK_AT(row->line, ok == (row->want != NULL));
        if (!ok)
            continue;
        char text[CAL_TEXT_MAX];
        size_t len = cal_datetime_format(text, sum);
        CHECK_STR_AT(row->line, ((struct str){text, len}), str_from(row->want));
        CHECK_AT(row->line, cal_datetime_sub(&apart, sum, at));
        CHECK_AT(row->line, cal_span_cmp(apart, span) == 0);
    }
    zones_done();
}

static const struct cmp_row {
    int line;
    const char *a, *b;
    int want; /* 9: cannot be compared */
    bool same;
} cmp_rows[] = {
    {__LINE__, "2002-04-02T12:00:00-01:00", "2002-04-02T17:00:00+04:00", 0, false},
    {__LINE__, "2002-04-02T23:00:00-04:00", "2002-04-03T02:00:00-01:00", 0, false},
    {__LINE__, "2002-04-02T12:00:00", "2002-04-02T12:00:00", 0, true},
    {__LINE__, "2002-04-02T12:00:00", "2002-04-02T12:00:00Z", 9, false},
    {__LINE__, "2002-04-02T12:00:00Z", "2002-04-02T12:00:00@Etc/UTC", 0, false},
    {__LINE__, "2026-07-01T12:00:00@Europe/Paris", "2026-07-01T10:00:00Z", 0, false},
    {__LINE__, "2026-01-01T12:00:00@Europe/Paris", "2026-01-01T11:00:00Z", 0, false},
    {__LINE__, "2026-01-01T12:00:00.1@Europe/Paris", "2026-01-01T11:00:00Z", 1, false},
    {__LINE__, "2026-01-01T12:00:00@Europe/Paris", "2026-01-01T12:00:00@Europe/Paris", 0, true},
    {__LINE__, "-0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z", -1, false},
};

void test_cal_datetime_cmp(void) {
    const struct cal_zones *zones = zones_for_test();
    for (size_t i = 0; i < COUNT_OF(cmp_rows); i++) {
        const struct cmp_row *row = &cmp_rows[i];
        struct cal_datetime a, b;
        CHECK_AT(row->line, cal_datetime_parse(&a, str_from(row->a), zones));
        CHECK_AT(row->line, cal_datetime_parse(&b, str_from(row->b), zones));
        int order = 9;
        CHECK_AT(row->line, cal_datetime_cmp(&order, a, b) == (row->want != 9));
        CHECK_INT_AT(row->line, order, row->want);
        CHECK_AT(row->line, cal_datetime_same(a, b) == row->same);
    }
    zones_done();
}

void test_cal_time_arithmetic(void) {
    const struct cal_zones *zones = zones_for_test();
    static const struct {
        int line;
        const char *a, *span, *sum, *b, *apart; /* a + span = sum; a - b = apart, NULL: none */
    } rows[] = {
        {__LINE__, "23:30:00", "PT1H", "00:30:00", "00:30:00", "PT23H"},
        {__LINE__, "00:30:00.5Z", "-PT1H", "23:30:00.5Z", "00:30:00+01:00", "PT1H0.5S"},
        {__LINE__, "10:00:00+08:00", "P10D", "10:00:00+08:00", "10:00:00@Asia/Shanghai", "PT0S"},
        {__LINE__, "10:00:00@Europe/Paris", "PT1M", "10:01:00@Europe/Paris",
         "09:00:00@Europe/Paris", "PT1H"},
        {__LINE__, "10:00:00@Europe/Paris", "PT1M", "10:01:00@Europe/Paris", "09:00:00Z", NULL},
        {__LINE__, "10:00:00", "PT1M", "10:01:00", "09:00:00Z", NULL},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct cal_time a, b;
        struct cal_span span, apart;
        CHECK_AT(rows[i].line, cal_time_parse(&a, str_from(rows[i].a), zones));
        CHECK_AT(rows[i].line, cal_time_parse(&b, str_from(rows[i].b), zones));
        CHECK_AT(rows[i].line, cal_span_parse(&span, str_from(rows[i].span)));
        char text[CAL_TEXT_MAX];
        size_t len = cal_time_format(text, cal_time_add(a, span));
        CHECK_STR_AT(rows[i].line, ((struct str){text, len}), str_from(rows[i].sum));
        bool ok = cal_time_sub(&apart, a, b);
        CHECK_AT(rows[i].line, ok == (rows[i].apart != NULL));
        if (!ok)
            continue;
        len = cal_span_format(text, apart);
        CHECK_STR_AT(rows[i].line, ((struct str){text, len}), str_from(rows[i].apart));
    }
    zones_done();
}

void test_cal_span_numbers(void) {
    static const struct {
        const char *span, *seconds;
    } rows[] = {
        {"PT1M30.5S", "90.5"},
        {"-PT0.5S", "-0.5"},
        {"P1D", "86400"},
        {"-PT0.000000001S", "-1e-9"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct cal_span span, back;
        struct num want;
        CHECK(cal_span_parse(&span, str_from(rows[i].span)));
        CHECK(num_parse(&want, str_from(rows[i].seconds)));
        CHECK(num_eq(cal_span_num(span), want));
        CHECK(cal_span_from_num(&back, want) && cal_span_cmp(back, span) == 0);
    }
    struct cal_span span = {7, 7};
    CHECK(!cal_span_from_num(&span, NUM_NAN) && span.s == 7);
    CHECK(!cal_span_from_num(&span, num_of(INT64_MAX)) && span.s == 7);
    CHECK(cal_span_from_num(&span, num_of_scaled(-15, -10)) && span.s == -1 &&
          span.ns == 999999999);
}

/* ---- zones ---- */

static const struct zone_row {
    int line;
    const char *local; /* in Europe/Paris */
    const char *utc;
} zone_rows[] = {
    {__LINE__, "2026-03-29T01:59:59", "2026-03-29T00:59:59Z"},
    {__LINE__, "2026-03-29T02:30:00", "2026-03-29T01:30:00Z"}, /* the gap: offset before it */
    {__LINE__, "2026-03-29T03:00:00", "2026-03-29T01:00:00Z"},
    {__LINE__, "2026-10-25T01:59:59", "2026-10-24T23:59:59Z"},
    {__LINE__, "2026-10-25T02:30:00", "2026-10-25T00:30:00Z"}, /* twice: the first */
    {__LINE__, "2026-10-25T03:00:00", "2026-10-25T02:00:00Z"},
    {__LINE__, "1880-01-01T00:09:21", "1880-01-01T00:00:00Z"},
    {__LINE__, "2400-07-01T00:00:00", "2400-06-30T22:00:00Z"},
};

void test_cal_zone_local(void) {
    const struct cal_zones *zones = zones_for_test();
    for (size_t i = 0; i < COUNT_OF(zone_rows); i++) {
        const struct zone_row *row = &zone_rows[i];
        struct cal_datetime local, utc;
        struct cal_instant got, want;
        CHECK_AT(row->line, cal_datetime_parse(&local, str_from(row->local), zones));
        CHECK_AT(row->line, cal_datetime_parse(&utc, str_from(row->utc), zones));
        local.time = cal_time_in_zone(local.time, cal_zone_find(zones, STR("Europe/Paris")));
        CHECK_AT(row->line, cal_datetime_instant(&got, local));
        CHECK_AT(row->line, cal_datetime_instant(&want, utc));
        CHECK_INT_AT(row->line, got.s, want.s);
    }
    int32_t offset_s = 1;
    CHECK(!cal_zone_fixed_offset(&offset_s, cal_zone_find(zones, STR("Europe/Paris"))));
    CHECK(cal_zone_fixed_offset(&offset_s, cal_zone_find(NULL, STR("Asia/Shanghai"))));
    CHECK_INT(offset_s, 28800);
    zones_done();
}

void test_cal_zone_names(void) {
    CHECK(cal_zone_find(NULL, STR("Europe/Paris")) == NULL);
    CHECK(cal_zone_find(NULL, STR("UTC")) == cal_zone_utc());
    static const char *const bad[] = {"", "/", "a/", "/a", "a//b", "../x", "a b", "a\n", "a.b"};
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        CHECK(!cal_zone_name_valid(str_from(bad[i])));
    CHECK(cal_zone_name_valid(STR("America/Argentina/Buenos_Aires")));
    CHECK(cal_zone_name_valid(STR("Etc/GMT+8")));
}

/* Every cut and many flipped bytes: an answer or an error, never a read outside. */
void test_cal_zone_hostile_bytes(void) {
    struct arena *arena = arena_create("zones", 1 << 24);
    char bytes[sizeof paris_like - 1];
    for (size_t len = 0; len < sizeof bytes; len++) {
        struct err err = {0};
        const struct cal_zone *zone = NULL;
        CHECK(!cal_zone_read(&zone, STR("x"), (struct str){paris_like, len}, arena, &err));
        CHECK(err.code == ERR_SYNTAX && zone == NULL);
    }
    for (size_t i = 0; i < sizeof bytes; i++)
        for (int flip = 1; flip < 256; flip = flip * 2 + 1) {
            memcpy(bytes, paris_like, sizeof bytes);
            bytes[i] = (char)(bytes[i] ^ flip);
            struct err err = {0};
            const struct cal_zone *zone = NULL;
            if (cal_zone_read(&zone, STR("x"), (struct str){bytes, sizeof bytes}, arena, &err)) {
                for (int64_t s = -5000000000; s < 5000000000; s += 777777777) {
                    int32_t offset_s = cal_zone_offset_at(zone, s);
                    CHECK(offset_s >= -26 * 3600 && offset_s <= 26 * 3600);
                }
            } else {
                CHECK(err.code != ERR_NONE && zone == NULL);
            }
        }
    arena_destroy(arena);
}

/* The built-in table against the system's, where there is one. */
void test_cal_zone_shanghai(void) {
    struct str bytes;
    if (!test_read_file(&bytes, "/usr/share/zoneinfo/Asia/Shanghai")) {
        test_skip("no zone files on this machine");
        return;
    }
    struct arena *arena = arena_create("zones", 1 << 20);
    struct err err = {0};
    const struct cal_zone *read = NULL, *built_in = cal_zone_find(NULL, STR("Asia/Shanghai"));
    CHECK_OK(cal_zone_read(&read, STR("Asia/Shanghai"), bytes, arena, &err), &err);
    for (int64_t s = -2500000000; read != NULL && s < 2500000000; s += 86399)
        CHECK_INT(cal_zone_offset_at(read, s), cal_zone_offset_at(built_in, s));
    arena_destroy(arena);
}

static const struct us_row {
    int line;
    const char *text;
    int64_t want_us; /* -1: refused */
    const char *shanghai;
} us_rows[] = {
    {__LINE__, "1970-01-01T00:00:00Z", 0, "1970-01-01T08:00:00+08:00"},
    {__LINE__, "2026-01-31T10:00:00+08:00", 1769824800000000, "2026-01-31T10:00:00+08:00"},
    {__LINE__, "2026-01-31T10:00:00.000001+08:00", 1769824800000001,
     "2026-01-31T10:00:00.000001+08:00"},
    {__LINE__, "1969-12-31T23:59:59.5Z", -500000, "1970-01-01T07:59:59.5+08:00"},
    {__LINE__, "1900-01-01T00:00:00Z", -2208988800000000, "1900-01-01T08:05:00+08:05"},
    {__LINE__, "2026-01-31T10:00:00", -1, NULL},
    {__LINE__, "2026-01-31", -1, NULL},
    {__LINE__, "12026-01-31T10:00:00Z", -1, NULL},
    {__LINE__, "2026-01-31T10:00:00@Asia/Shanghai", -1, NULL},
};

void test_cal_us(void) {
    const struct cal_zone *shanghai = cal_zone_find(NULL, STR("Asia/Shanghai"));
    for (size_t i = 0; i < COUNT_OF(us_rows); i++) {
        const struct us_row *row = &us_rows[i];
        int64_t us = -1;
        CHECK_AT(row->line, cal_us_parse(&us, str_from(row->text)) == (row->shanghai != NULL));
        CHECK_INT_AT(row->line, us, row->want_us);
        if (row->shanghai == NULL)
            continue;
        char text[CAL_TEXT_MAX];
        size_t len = cal_us_format(text, us, shanghai);
        CHECK_STR_AT(row->line, ((struct str){text, len}), str_from(row->shanghai));
        int64_t again_us = 1;
        len = cal_us_format(text, us, NULL);
        CHECK_AT(row->line, cal_us_parse(&again_us, (struct str){text, len}));
        CHECK_INT_AT(row->line, again_us, us);
        CHECK_INT_AT(row->line, cal_us_of_datetime(cal_us_datetime(us, shanghai), shanghai), us);
    }
    struct cal_date day = cal_us_date(INT64_C(1769788799999999), shanghai);
    CHECK(day.month == 1 && day.day == 30);
    CHECK_INT(cal_us_of_date(ymd(2026, 1, 31), shanghai), INT64_C(1769788800000000));
    CHECK_INT(cal_us_of_date(ymd(999999999, 1, 1), shanghai), INT64_MAX);
    CHECK_INT(cal_us_of_date(ymd(-999999999, 1, 1), shanghai), INT64_MIN);
    char text[CAL_TEXT_MAX];
    CHECK(cal_us_format(text, INT64_MAX, shanghai) > 0 && cal_us_format(text, INT64_MIN, NULL) > 0);
}

/* A TZif file of version 2 with one type and this footer, or of version 1 with one change. */
static struct str tzif_of(struct buf *out, const char *footer) {
    char head[20] = {'T', 'Z', 'i', 'f'};
    struct str zeros = {"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 30};
    buf_reset(out);
    for (int block = 0; block < (footer != NULL ? 2 : 1); block++) {
        head[4] = footer != NULL ? '2' : '\0';
        buf_add(out, (struct str){head, sizeof head});
        buf_add(out, str_sub(zeros, 0, 12)); /* no indicators, no leap seconds */
        buf_add(out, (struct str){footer != NULL ? "\0\0\0\0" : "\0\0\0\1", 4});
        buf_add(out, (struct str){"\0\0\0\1\0\0\0\4", 8});
        if (footer == NULL)
            buf_add(out, (struct str){"\x40\0\0\0\0", 5});       /* 2004-01-10, to type 0 */
        buf_add(out, (struct str){"\0\0\x0e\x10\0\0ABC\0", 10}); /* +01:00 */
    }
    if (footer != NULL)
        buf_printf(out, "\n%s\n", footer);
    return buf_view(out);
}

static const struct {
    int line;
    const char *footer;
    const char *at;   /* UTC */
    int32_t offset_s; /* -1: the footer is refused */
} footer_rows[] = {
    {__LINE__, "", "2026-07-01T00:00:00Z", 3600},
    {__LINE__, "CST-8", "2026-07-01T00:00:00Z", 28800},
    {__LINE__, "<+0530>-5:30", "2026-07-01T00:00:00Z", 19800},
    {__LINE__, "<-03>3:00:30", "2026-07-01T00:00:00Z", -10830},
    /* Dublin's winter time is the saving, an hour back: RFC 9636: 3.3.1 */
    {__LINE__, "IST-1GMT0,M10.5.0,M3.5.0/1", "2026-07-01T00:00:00Z", 3600},
    {__LINE__, "IST-1GMT0,M10.5.0,M3.5.0/1", "2026-12-01T00:00:00Z", 0},
    /* the southern half: summer over new year */
    {__LINE__, "AEST-10AEDT,M10.1.0,M4.1.0/3", "2026-01-15T00:00:00Z", 39600},
    {__LINE__, "AEST-10AEDT,M10.1.0,M4.1.0/3", "2026-07-15T00:00:00Z", 36000},
    {__LINE__, "AEST-10AEDT,M10.1.0,M4.1.0/3", "2026-04-04T15:59:59Z", 39600},
    {__LINE__, "AEST-10AEDT,M10.1.0,M4.1.0/3", "2026-04-04T16:00:00Z", 36000},
    /* day 60 without 29 February is 1 March in every year; day 59 from 0 is 29 February in 2024 */
    {__LINE__, "XST0XDT,J60,J300", "2024-03-01T01:59:59Z", 0},
    {__LINE__, "XST0XDT,J60,J300", "2024-03-01T02:00:00Z", 3600},
    {__LINE__, "XST0XDT,J60,J300", "2026-03-01T02:00:00Z", 3600},
    {__LINE__, "XST0XDT,59,300", "2024-02-29T02:00:00Z", 3600},
    {__LINE__, "XST0XDT,59,300/-1", "2026-03-01T01:59:59Z", 0},
    {__LINE__, "XST0XDT-2,M3.5.0/-167,M10.5.0/167", "2026-07-01T00:00:00Z", 7200},
    {__LINE__, "XS0", NULL, -1},
    {__LINE__, "<+0-8", NULL, -1},
    {__LINE__, "XST", NULL, -1},
    {__LINE__, "XST25", NULL, -1},
    {__LINE__, "XST0:60", NULL, -1},
    {__LINE__, "XST0:30:60", NULL, -1},
    {__LINE__, "XST0XDT", NULL, -1},
    {__LINE__, "XST0XDT,M3.5.0", NULL, -1},
    {__LINE__, "XST0XDT,M13.5.0,M10.5.0", NULL, -1},
    {__LINE__, "XST0XDT,M3.0.0,M10.5.0", NULL, -1},
    {__LINE__, "XST0XDT,M3.5.7,M10.5.0", NULL, -1},
    {__LINE__, "XST0XDT,J0,J300", NULL, -1},
    {__LINE__, "XST0XDT,J366,J300", NULL, -1},
    {__LINE__, "XST0XDT,366,300", NULL, -1},
    {__LINE__, "XST0XDT,J60/168,J300", NULL, -1},
    {__LINE__, "XST0XDT,J60,J300x", NULL, -1},
    {__LINE__, "XST0XDT-25,J60,J300", NULL, -1},
};

void test_cal_zone_footers(void) {
    struct arena *arena = arena_create("zones", 1 << 20);
    struct buf bytes;
    buf_init(&bytes, 4096);
    for (size_t i = 0; i < COUNT_OF(footer_rows); i++) {
        struct err err = {0};
        const struct cal_zone *zone = NULL;
        bool ok =
            cal_zone_read(&zone, STR("x"), tzif_of(&bytes, footer_rows[i].footer), arena, &err);
        CHECK_AT(footer_rows[i].line, ok == (footer_rows[i].at != NULL));
        CHECK_AT(footer_rows[i].line, ok || err.code == ERR_SYNTAX);
        int64_t us = 0;
        if (!ok)
            continue;
        CHECK_AT(footer_rows[i].line, cal_us_parse(&us, str_from(footer_rows[i].at)));
        CHECK_INT_AT(footer_rows[i].line, cal_zone_offset_at(zone, us / CAL_SECOND_US),
                     footer_rows[i].offset_s);
    }
    struct err err = {0};
    const struct cal_zone *zone = NULL;
    CHECK_OK(cal_zone_read(&zone, STR("old"), tzif_of(&bytes, NULL), arena, &err), &err);
    CHECK_INT(cal_zone_offset_at(zone, 0), 3600);
    CHECK_INT(cal_zone_offset_at(zone, INT64_C(5000000000)), 3600);
    CHECK_INT(cal_zone_offset_for_local(NULL, 0), 0);
    CHECK_STR(cal_zone_name(zone), STR("old"));
    CHECK_STR(cal_zone_name(NULL), STR("UTC"));
    buf_done(&bytes);
    arena_destroy(arena);
}

void test_cal_zone_refused(void) {
    struct arena *arena = arena_create("zones", 1 << 20);
    struct buf bytes;
    buf_init(&bytes, 1 << 20);
    const struct cal_zone *zone = NULL;
    struct err err = {0};
    struct str text = tzif_of(&bytes, "CST-8");
    CHECK(!cal_zone_read(&zone, STR("../x"), text, arena, &err) && err.code == ERR_SYNTAX);
    err_reset(&err);
    char *at = bytes.at + 44 + 10 + 31; /* the second head's count of leap seconds */
    *at = 1;
    buf_add(&bytes, STR("\n\n\n\n\n\n\n\n\n\n\n\n"));
    CHECK(!cal_zone_read(&zone, STR("x"), buf_view(&bytes), arena, &err));
    CHECK_INT(err.code, ERR_UNSUPPORTED);
    err_reset(&err);
    for (int i = 0; i < 10000; i++)
        buf_lit(&bytes, "\n\n\n\n\n\n\n\n\n\n");
    CHECK(!cal_zone_read(&zone, STR("x"), buf_view(&bytes), arena, &err));
    CHECK_INT(err.code, ERR_LIMIT);
    buf_done(&bytes);
    arena_destroy(arena);
}

void test_cal_values_out_of_range(void) {
    static const int64_t bad[][4] = {{-1, 0, 0, 0}, {24, 0, 0, 0},        {0, -1, 0, 0},
                                     {0, 60, 0, 0}, {0, 0, -1, 0},        {0, 0, 60, 0},
                                     {0, 0, 0, -1}, {0, 0, 0, 1000000000}};
    struct cal_time time = {.hour = 7};
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        CHECK(!cal_time_of(&time, bad[i][0], bad[i][1], bad[i][2], bad[i][3]) && time.hour == 7);
    CHECK(cal_time_of(&time, 23, 59, 59, 999999999));
    CHECK_INT(cal_time_day_ns(time), INT64_C(86399999999999));
    CHECK(!cal_time_with_offset(&time, time, 18 * 3600 + 1) && time.kind == CAL_LOCAL);
    CHECK(!cal_time_with_offset(&time, time, -18 * 3600 - 1) && time.kind == CAL_LOCAL);
    struct cal_datetime at = {{2026, 1, 31}, time};
    CHECK(cal_datetime_add_months(&at, at, 1) && at.date.day == 28);
    CHECK(!cal_datetime_add_months(&at, at, CAL_MONTHS_MAX) && at.date.day == 28);
    struct cal_instant instant = {7, 7};
    CHECK(!cal_datetime_instant(&instant, at) && instant.s == 7);
    int order = 9;
    struct cal_time utc;
    CHECK(cal_time_with_offset(&utc, time, 0));
    CHECK(!cal_time_cmp(&order, time, utc) && order == 9);
    CHECK(cal_time_cmp(&order, time, time) && order == 0);
    CHECK(!cal_time_same(time, utc) && cal_time_same(utc, utc) && cal_time_same(time, time));
    struct cal_time in_utc = cal_time_in_zone(time, cal_zone_utc());
    CHECK(cal_time_same(in_utc, cal_time_in_zone(time, cal_zone_find(NULL, STR("UTC")))));
    CHECK(!cal_time_same(in_utc, cal_time_in_zone(time, cal_zone_find(NULL, STR("Etc/UTC")))));
    CHECK(!cal_time_same(in_utc, utc));
    struct cal_span span = {0, 0};
    CHECK(!cal_span_of(&span, CAL_SPAN_S_MAX, 1000000000));
    CHECK(!cal_span_of(&span, -CAL_SPAN_S_MAX, -1));
    CHECK(!cal_span_of(&span, INT64_MAX, 1000000000));
    CHECK(cal_span_neg(&span, (struct cal_span){-1, 500000000}) && span.s == 0 &&
          span.ns == 500000000);
    CHECK(cal_span_add(&span, span, span) && span.s == 1 && span.ns == 0);
}
