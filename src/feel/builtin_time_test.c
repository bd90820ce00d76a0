/* The built-in functions on dates, times and durations, and arithmetic with them, at the edges:
 * every number of arguments, every kind, ends of months, zones, the first and the last year.
 * A row: the function, an expression, the value it prints; "refused" for a text that is no FEEL. */
/* CLAUSE rows: DMN 1.5 */
#include "base/test.h"
#include "feel/feel.h"
#include "feel/rows_test.h"

static const struct clause_row date_rows[] = {
    CLAUSE(
        "date() of three numbers",
        "[date(2016, 2, 29), date(2000, 2, 29), date(0, 1, 1), date(-1, 12, 31), date(2017, 1.0, "
        "31.00), date(-999999999, 1, 1)]",
        "[@\"2016-02-29\", @\"2000-02-29\", @\"0000-01-01\", @\"-0001-12-31\", "
        "@\"2017-01-31\", @\"-999999999-01-01\"]"),
    CLAUSE("date() of three numbers that are no day",
           "[date(2017, 2, 29), date(1900, 2, 29), date(2017, 0, 1), date(2017, 13, 1), date(2017, "
           "1, 0), date(2017, 4, 31), date(2017, -1, 1), date(1000000000, 1, 1), date(-1000000000, "
           "1, 1), date(1e30, 1, 1), date(2017, 1e30, 1)]",
           "[null, null, null, null, null, null, null, null, null, null, null]"),
    CLAUSE("date(): leap years before year 1",
           "[date(-4, 2, 29), date(-100, 2, 29), date(-200, 2, 29), date(-400, 2, 29), date(-1, 2, "
           "29), date(-5, 2, 29), day of year(@\"-0100-12-31\"), day of year(@\"-0400-12-31\"), "
           "@\"-0100-02-28\" + @\"P1D\", @\"-0400-02-28\" + @\"P1D\"]",
           "[@\"-0004-02-29\", null, null, @\"-0400-02-29\", null, null, 365, 366, "
           "@\"-0100-03-01\", @\"-0400-02-29\"]"),
    CLAUSE("date() of other numbers of arguments, of other kinds",
           "[date(2017, 1), date(\"2017-01-01\", 1, 1), date(2017.5, 1, 1), date(2017, 1.5, 1), "
           "date(2017, 1, 1.5), date(2017, \"1\", 1), date(2017, 1, null), date(@\"10:00:00\"), "
           "date(5), date(null), date(true), date([1]), date(@\"P1D\")]",
           "[null, null, null, null, null, null, null, null, null, null, null, null, null]"),
    CLAUSE(
        "date(), time(), date and time(): what stood behind their arguments before",
        "for n in 1..2 return [[n, n, n, n, n, n, n, n][1], date(2017, 1), [n, n, n, n, n, n, n, "
        "n][2], time(10, 1), [n, n, n, n, n, n, n, n][3], date and time(2017, 1, 1, 1, 1)]",
        "[[1, null, 1, null, 1, null], [2, null, 2, null, 2, null]]"),
    CLAUSE("date() of a date and time is its local day",
           "[date(@\"2017-01-01T23:00:00-08:00\"), date(@\"2017-01-01T00:00:00@Asia/Shanghai\"), "
           "date(@\"2017-01-01\"), date([@\"2017-01-01\"])]",
           "[@\"2017-01-01\", @\"2017-01-01\", @\"2017-01-01\", @\"2017-01-01\"]"),
    CLAUSE("date() of a string",
           "for t in [\"999999999-12-31\", \"-999999999-01-01\", \"12017-01-01\", \"0000-02-29\", "
           "\"-0004-02-29\"] return date(t)",
           "[@\"999999999-12-31\", @\"-999999999-01-01\", @\"12017-01-01\", @\"0000-02-29\", "
           "@\"-0004-02-29\"]"),
    CLAUSE("date() of a string that is none",
           "for t in [\"\", \"02017-01-01\", \"00000-01-01\", \"217-01-01\", \"2017-1-01\", "
           "\"2017-01-1\", \"2017-01\", \"2017-01-01 \", \" 2017-01-01\", \"+2017-01-01\", "
           "\"2017-02-29\", \"1000000000-01-01\", \"2017/01/01\", \"2017-01-01T00:00:00\", "
           "\"20170101\", \"--01-01\"] return date(t)",
           "[null, null, null, null, null, null, null, null, null, null, null, null, null, null, "
           "null, null]"),
    CLAUSE("day of year()",
           "[day of year(@\"2019-12-31\"), day of year(@\"2020-12-31\"), day of "
           "year(@\"2020-03-01\"), day of year(@\"2019-03-01\"), day of year(@\"0000-12-31\"), day "
           "of year(@\"-0001-12-31\"), day of year(@\"-0004-12-31\"), day of "
           "year(@\"2020-01-01T23:00:00-08:00\")]",
           "[365, 366, 61, 60, 366, 365, 366, 1]"),
    CLAUSE("week of year() over the turn of the year",
           "for t in [\"2020-12-31\", \"2021-01-03\", \"2021-01-04\", \"2018-12-30\", "
           "\"2018-12-31\", \"2016-01-03\", \"2010-01-03\", \"2012-01-01\", \"2012-01-02\", "
           "\"2015-12-31\"] return week of year(date(t))",
           "[53, 53, 1, 52, 1, 53, 53, 52, 1, 53]"),
    /* 400 years are whole weeks: as 2000, 1996, 1995, 1993 and 2001 */
    CLAUSE("week of year() before year 1",
           "for t in [\"0000-01-01\", \"0000-12-31\", \"-0004-12-31\", \"-0005-01-01\", "
           "\"-0007-01-01\", \"-999999999-01-01\"] return week of year(date(t))",
           "[52, 52, 1, 52, 53, 1]"),
    CLAUSE("day of week()", "for i in 5..11 return day of week(date(2026, 1, i))",
           "[\"Monday\", \"Tuesday\", \"Wednesday\", \"Thursday\", \"Friday\", \"Saturday\", "
           "\"Sunday\"]"),
    CLAUSE("day of week()",
           "[day of week(@\"-0007-01-01\"), day of week(@\"-999999999-01-01\"), day of "
           "week(@\"2020-01-01T23:00:00-08:00\")]",
           "[\"Friday\", \"Monday\", \"Wednesday\"]"),
    CLAUSE("month of year()", "for i in 1..12 return month of year(date(2026, i, 28))",
           "[\"January\", \"February\", \"March\", \"April\", \"May\", \"June\", \"July\", "
           "\"August\", \"September\", \"October\", \"November\", \"December\"]"),
    CLAUSE("day of year(), day of week(), month of year(), week of year() of what has no day",
           "[day of year(@\"10:00:00\"), day of week(\"2026-01-01\"), month of year(1), week of "
           "year(null), day of year([@\"2026-01-02\"]), week of year(@\"P1D\")]",
           "[null, null, null, null, 2, null]"),
};

void test_builtin_dates(void) {
    feel_clauses_check(__FILE__, date_rows, COUNT_OF(date_rows));
}

/* Where nobody says what time it is. */
void test_builtin_now_unknown(void) {
    static const char *const texts[] = {"now()", "today()", "now(1)"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct arena *a = arena_create("now", 1 << 20);
        struct feel_diags diags = {.arena = a};
        struct feel_env env = {.diags = &diags};
        struct budget budget = budget_of(1000, 1 << 19);
        struct err err = {0};
        struct feel_value v = feel_int(1);
        CHECK_OK(feel_once(&v, str_from(texts[i]), feel_null(), env, a, &budget, &err), &err);
        CHECK(feel_is_null(v) && diags.count == 1);
        arena_destroy(a);
    }
}

static const struct clause_row clock_rows[] = {
    CLAUSE(
        "time() of numbers",
        "[time(0, 0, 0), time(23, 59, 59), time(10, 0, 0.5), time(10, 0, 59.999999999), time(10, "
        "0, 59.9999999999), time(10.0, 1.00, 1e0)]",
        "[@\"00:00:00\", @\"23:59:59\", @\"10:00:00.5\", @\"10:00:59.999999999\", "
        "@\"10:00:59.999999999\", @\"10:01:01\"]"),
    CLAUSE("time() of numbers that are none",
           "[time(24, 0, 0), time(23, 60, 0), time(23, 59, 60), time(-1, 0, 0), time(0, -1, 0), "
           "time(0, 0, -1), time(10, 0, -0.5), time(10.5, 0, 0), time(10, 0.5, 0), time(10, 0, "
           "1e30), time(1e30, 0, 0), time(0, 1e30, 0)]",
           "[null, null, null, null, null, null, null, null, null, null, null, null]"),
    CLAUSE("time() with an offset",
           "[time(10, 0, 0, @\"PT18H\"), time(10, 0, 0, -@\"PT18H\"), time(10, 0, 0, "
           "@\"PT1H30M15S\"), time(10, 0, 0, null), time(10, 0, 0, @\"PT0S\"), time(10, 0, 0.25, "
           "-@\"PT30M\")]",
           "[@\"10:00:00+18:00\", @\"10:00:00-18:00\", @\"10:00:00+01:30:15\", @\"10:00:00\", "
           "@\"10:00:00Z\", @\"10:00:00.25-00:30\"]"),
    CLAUSE(
        "time() of a second that is below zero by less than FEEL can show",
        "[time(10, 0, -0.0000000001), time(10, 0, -0.0), date and time(2017, 1, 2, 10, 0, -1e-30)]",
        "[null, @\"10:00:00\", null]"),
    CLAUSE("date and time() with an offset that is none",
           "[date and time(2017, 1, 2, 3, 4, 5, @\"PT0.5S\"), date and time(2017, 1, 2, 3, 4, 5, "
           "-@\"PT1H0.5S\"), date and time(2017, 1, 2, 3, 4, 5, -@\"PT1H\"), date and time(2017, "
           "1, 2, "
           "3, 4, 5, @\"PT18H1S\"), date and time(2017, 1, 2, 3, 4, 5, 1.5)]",
           "[null, null, @\"2017-01-02T03:04:05-01:00\", null, null]"),
    CLAUSE("time() with an offset that is none",
           "[time(10, 0, 0, @\"PT18H1S\"), time(10, 0, 0, -@\"PT18H1S\"), time(10, 0, 0, "
           "@\"PT1H0.5S\"), time(10, 0, 0, @\"P1Y\"), time(10, 0, 0, \"Z\"), time(10, 0, 0, 1)]",
           "[null, null, null, null, null, null]"),
    CLAUSE("time() of other numbers of arguments, of other kinds",
           "[time(10, 30), time(\"10:00:00\", 1, 2), time(10, \"0\", 0), time(10, 0, null), "
           "time(5), time(true), time(null), time(@\"PT10H\"), time(@\"2017-01-01\", 0, 0)]",
           "[null, null, null, null, null, null, null, null, null]"),
    CLAUSE("time() of a time, a date and time, a date",
           "[time(@\"10:00:00+01:00\"), time(@\"2017-01-01T10:00:00@Asia/Shanghai\"), "
           "time(@\"2017-01-01\"), time([@\"10:00:00\"])]",
           "[@\"10:00:00+01:00\", @\"10:00:00@Asia/Shanghai\", @\"00:00:00Z\", @\"10:00:00\"]"),
    CLAUSE("time() of a string",
           "for t in [\"10:00:00Z\", \"10:00:00z\", \"10:00:00.1234567891\", \"24:00:00\", "
           "\"10:00:00@Etc/UTC\", \"10:00:00-00:00\", \"10:00:00+18:00\", \"10:00:00.50\"] return "
           "time(t)",
           "[@\"10:00:00Z\", @\"10:00:00Z\", @\"10:00:00.123456789\", @\"00:00:00\", "
           "@\"10:00:00@Etc/UTC\", @\"10:00:00Z\", @\"10:00:00+18:00\", @\"10:00:00.5\"]"),
    CLAUSE(
        "time() of a string that is none",
        "for t in [\"\", \"10:00\", \"1:00:00\", \"25:00:00\", \"24:00:01\", \"24:00:00.5\", "
        "\"24:01:00\", \"10:60:00\", "
        "\"10:00:60\", \"10:00:00.\", \"10:00:00+18:01\", \"10:00:00+01:60\", \"10:00:00+1:00\", "
        "\"10:00:00+01\", \"10:00:00@Nowhere/Land\", \"10:00:00@\", \"10:00:00Z@Etc/UTC\", "
        "\"-10:00:00\", \"10:00:00 Z\"] return time(t)",
        "[null, null, null, null, null, null, null, null, null, null, null, null, null, null, "
        "null, null, "
        "null, null, null]"),
    CLAUSE("time() of a string: an offset with seconds, and one that is none",
           "for t in [\"10:00:00+01:00:30\", \"10:00:00-01:00:59\", \"10:00:00+01:00:60\", "
           "\"10:00:00+01:00:1\", \"10:00:00+01:00:\", \"10:00:00+01:00:30Z\", "
           "\"10:00:00+18:00:01\", \"10:00:00+18:00:00\"] return time(t)",
           "[@\"10:00:00+01:00:30\", @\"10:00:00-01:00:59\", null, null, null, null, null, "
           "@\"10:00:00+18:00\"]"),
    CLAUSE("date and time() of one",
           "[date and time(@\"2017-01-01T10:00:00+01:00\"), date and time(@\"2017-01-01\"), date "
           "and time(\"2017-01-01\"), date and time(\"2017-01-01T24:00:00\"), date and "
           "time(\"2017-12-31T24:00:00Z\"), date and time(\"-0001-01-01T00:00:00\")]",
           "[@\"2017-01-01T10:00:00+01:00\", @\"2017-01-01T00:00:00Z\", @\"2017-01-01T00:00:00\", "
           "@\"2017-01-02T00:00:00\", @\"2018-01-01T00:00:00Z\", @\"-0001-01-01T00:00:00\"]"),
    CLAUSE("date and time() of one that is none",
           "[date and time(5), date and time(@\"10:00:00\"), date and time(null), date and "
           "time(true), date and time(\"\"), date and time(\"Z\"), date and "
           "time(\"2017-01-01T10:00\"), date and time(\"2017-01-01 10:00:00\"), date and "
           "time(\"2017-01-01t10:00:00\"), date and time(\"999999999-12-31T24:00:00\"), date and "
           "time(\"2017-01-01T10:00:00@Asia\")]",
           "[null, null, null, null, null, null, null, null, null, null, null]"),
    CLAUSE(
        "date and time() of a day and a time",
        "[date and time(@\"2017-01-01T10:00:00Z\", @\"11:00:00\"), date and time(@\"2017-01-01\", "
        "@\"10:00:00@Asia/Shanghai\"), date and time(@\"2017-01-01T10:00:00-08:00\", "
        "@\"11:00:00.5+01:00\")]",
        "[@\"2017-01-01T11:00:00\", @\"2017-01-01T10:00:00@Asia/Shanghai\", "
        "@\"2017-01-01T11:00:00.5+01:00\"]"),
    CLAUSE("date and time() of a day and a time, of other kinds",
           "[date and time(@\"2017-01-01\", @\"2017-01-02\"), date and time(@\"10:00:00\", "
           "@\"10:00:00\"), date and time(\"2017-01-01\", @\"10:00:00\"), date and "
           "time(@\"2017-01-01\", null), date and time(@\"2017-01-01\", \"10:00:00\"), date and "
           "time(2017, @\"10:00:00\"), date and time(@\"2017-01-01\", 10), date and time(null, "
           "@\"10:00:00\")]",
           "[null, null, null, null, null, null, null, null]"),
    CLAUSE("date and time(): the same moment in another zone",
           "[date and time(@\"2017-12-31T20:00:00Z\", \"Asia/Shanghai\"), date and "
           "time(@\"2018-01-01T04:00:00@Asia/Shanghai\", \"Etc/UTC\"), date and "
           "time(@\"1988-07-01T00:00:00.5Z\", \"Asia/Shanghai\"), date and "
           "time(@\"2018-01-01T00:00:00+01:00\", \"UTC\")]",
           "[@\"2018-01-01T04:00:00@Asia/Shanghai\", @\"2017-12-31T20:00:00@Etc/UTC\", "
           "@\"1988-07-01T09:00:00.5@Asia/Shanghai\", @\"2017-12-31T23:00:00@UTC\"]"),
    CLAUSE("date and time(): no moment, no zone, no year",
           "[date and time(@\"2017-01-01T10:00:00\", \"Asia/Shanghai\"), date and "
           "time(@\"2017-01-01\", \"Asia/Shanghai\"), date and time(@\"2017-01-01T10:00:00Z\", "
           "\"Nowhere/Land\"), date and time(@\"2017-01-01T10:00:00Z\", \"\"), date and "
           "time(@\"999999999-12-31T23:00:00Z\", \"Asia/Shanghai\"), date and "
           "time(@\"-999999999-01-01T00:00:00+01:00\", \"UTC\")]",
           "[null, null, null, null, null, null]"),
    CLAUSE(
        "date and time() of six and seven",
        "[date and time(2017, 1, 2, 3, 4, 5.5), date and time(2017, 1, 2, 3, 4, 5, 8), date and "
        "time(2017, 1, 2, 3, 4, 5, -18), date and time(2017, 1, 2, 3, 4, 5, @\"PT18H\"), date "
        "and time(2017, 1, 2, 3, 4, 5, -@\"PT1H30M\"), date and time(2017, 1, 2, 3, 4, 5, "
        "\"Asia/Shanghai\"), date and time(2017, 1, 2, 3, 4, 5, null), date and time(2017, 1, 2, "
        "3, 4, 5, 0)]",
        "[@\"2017-01-02T03:04:05.5\", @\"2017-01-02T03:04:05+08:00\", "
        "@\"2017-01-02T03:04:05-18:00\", @\"2017-01-02T03:04:05+18:00\", "
        "@\"2017-01-02T03:04:05-01:30\", @\"2017-01-02T03:04:05@Asia/Shanghai\", "
        "@\"2017-01-02T03:04:05\", @\"2017-01-02T03:04:05Z\"]"),
    CLAUSE("date and time() of six and seven that are none",
           "[date and time(2017, 1, 2, 3, 4, 5, 19), date and time(2017, 1, 2, 3, 4, 5, -19), date "
           "and time(2017, 1, 2, 3, 4, 5, 1.5), date and time(2017, 1, 2, 3, 4, 5, @\"PT18H1M\"), "
           "date and time(2017, 1, 2, 3, 4, 5, \"Nowhere/Land\"), date and time(2017, 1, 2, 3, 4, "
           "5, true), date and time(2017, 1, 2, 3, 4, 5, @\"P1Y\"), date and time(2017, 2, 29, 0, "
           "0, 0), date and time(2017, 1, 1, 24, 0, 0), date and time(2017, 1, 1, 0, 0, 60)]",
           "[null, null, null, null, null, null, null, null, null, null]"),
    CLAUSE("date and time() of other numbers of arguments, of other kinds",
           "[date and time(2017, 1, 2), date and time(2017, 1, 2, 3), date and time(2017, 1, 2, 3, "
           "4), date and time(\"2017\", 1, 2, 3, 4, 5), date and time(2017, \"1\", 2, 3, 4, 5), "
           "date and time(2017.5, 1, 2, 3, 4, 5), date and time(2017, 1, 2.5, 3, 4, 5), date and "
           "time(2017, 1, 2, 3.5, 4, 5), date and time(2017, 1, 2, \"3\", 4, 5), date and "
           "time(@\"2017-01-01\", @\"10:00:00\", 1, 1, 1, 1)]",
           "[null, null, null, null, null, null, null, null, null, null]"),
};

void test_builtin_clocks(void) {
    feel_clauses_check(__FILE__, clock_rows, COUNT_OF(clock_rows));
}

static const struct clause_row duration_rows[] = {
    CLAUSE("duration()",
           "for t in [\"-P1Y2M\", \"P0Y\", \"P14M\", \"PT0S\", \"-PT0S\", \"P0D\", \"PT36H\", "
           "\"P1DT24H\", \"PT90M\", \"PT1.5S\", \"PT0.0000000001S\", \"-P1DT0.5S\"] return "
           "duration(t)",
           "[@\"-P1Y2M\", @\"P0M\", @\"P1Y2M\", @\"PT0S\", @\"PT0S\", @\"PT0S\", @\"P1DT12H\", "
           "@\"P2D\", @\"PT1H30M\", @\"PT1.5S\", @\"PT0S\", @\"-P1DT0.5S\"]"),
    CLAUSE("duration(): what is nothing is not printed",
           "[@\"P1DT1H\", @\"P1DT1M\", @\"P1DT1S\", @\"P1DT0.1S\", @\"PT1H1S\", @\"PT1M0.5S\", "
           "@\"PT60S\", @\"P12M\", @\"P13M\"]",
           "[@\"P1DT1H\", @\"P1DT1M\", @\"P1DT1S\", @\"P1DT0.1S\", @\"PT1H1S\", @\"PT1M0.5S\", "
           "@\"PT1M\", @\"P1Y\", @\"P1Y1M\"]"),
    CLAUSE("duration() of a string that is none",
           "for t in [\"\", \"P\", \"-P\", \"PT\", \"P1DT\", \"1D\", \"P1Y1D\", \"P1M1D\", "
           "\"P1YT1H\", \"P-1Y\", \"P1.5D\", \"PT1.5M\", \"+P1D\", \"p1d\", \"P1D \", \"PT1S1M\", "
           "\"P1M1Y\", \"P1H\", \"PT1D\", \"P1W\", \"--P1D\", \"PT.5S\"] return duration(t)",
           "[null, null, null, null, null, null, null, null, null, null, null, null, null, null, "
           "null, null, null, null, null, null, null, null]"),
    CLAUSE("duration() of a duration, of other kinds",
           "[duration(@\"P1D\"), duration(@\"P1Y\"), duration([@\"P1D\"]), duration(5), "
           "duration(null), duration(@\"10:00:00\"), duration(@\"2017-01-01\")]",
           "[@\"P1D\", @\"P1Y\", @\"P1D\", null, null, null, null]"),
    CLAUSE("duration(): the longest",
           "[duration(\"P999999999999M\"), duration(\"P1000000000000M\"), "
           "duration(\"-P83333333333Y3M\"), duration(\"P1157407407407DT9H46M40S\"), "
           "duration(\"P1157407407408D\"), "
           "duration(\"P99999999999999999999D\")]",
           "[@\"P83333333333Y3M\", null, @\"-P83333333333Y3M\", "
           "@\"P1157407407407DT9H46M40S\", null, null]"),
    CLAUSE("duration(): far too long",
           "for t in [\"P999999999999999999D\", \"PT999999999999999999H\", "
           "\"PT999999999999999999M\", \"PT999999999999999999S\", "
           "\"PT999999999999999999.5S\", \"P106751991167300DT999999999999999999S\", "
           "\"P106751991167300DT999999999999999999.5S\", \"P999999999999999999Y\", "
           "\"P999999999999999999M\", \"P768614336404564650Y999999999999999999M\", "
           "\"-P999999999999999999Y\"] return duration(t)",
           "[null, null, null, null, null, null, null, null, null, null, null]"),
    CLAUSE("years and months duration(): the month is whole when its day is reached",
           "[years and months duration(@\"2011-01-31\", @\"2011-02-28\"), years and months "
           "duration(@\"2011-01-31\", @\"2011-03-31\"), years and months duration(@\"2011-01-30\", "
           "@\"2011-03-31\"), years and months duration(@\"2012-02-29\", @\"2013-02-28\"), years "
           "and months duration(@\"2012-02-29\", @\"2016-02-29\"), years and months "
           "duration(@\"2012-02-29\", @\"2013-03-01\")]",
           "[@\"P0M\", @\"P2M\", @\"P2M\", @\"P11M\", @\"P4Y\", @\"P1Y\"]"),
    CLAUSE("years and months duration(): backwards",
           "[years and months duration(@\"2013-08-24\", @\"2011-12-22\"), years and months "
           "duration(@\"2011-02-28\", @\"2011-01-31\"), years and months duration(@\"2011-03-31\", "
           "@\"2011-01-31\"), years and months duration(@\"2011-03-01\", @\"2011-03-01\"), years "
           "and months duration(@\"2011-03-01\", @\"2011-02-28\")]",
           "[@\"-P1Y8M\", @\"P0M\", @\"-P2M\", @\"P0M\", @\"P0M\"]"),
    CLAUSE("years and months duration(): all years, and what has no day",
           "[years and months duration(@\"-999999999-01-01\", @\"999999999-12-31\"), years and "
           "months duration(@\"2011-12-22\", @\"2013-08-24T00:00:00Z\"), years and months "
           "duration(@\"0001-01-01\", @\"-0001-01-01\"), years and months "
           "duration(@\"10:00:00\", @\"2013-08-24\"), years and months duration(\"2011-12-22\", "
           "@\"2013-08-24\"), years and months duration(null, @\"2013-08-24\")]",
           "[@\"P1999999998Y11M\", @\"P1Y8M\", @\"-P2Y\", null, null, null]"),
    CLAUSE("table 65",
           "[@\"10:00:00\".year, [1..2].middle, @\"2017-01-01T10:00:00\".zone, @\"P1D\".years, "
           "@\"P1Y\".days, @\"2017-01-01\".time offset, @\"P1Y\".minutes]",
           "[null, null, null, null, null, null, null]"),
    CLAUSE("table 66",
           "[@\"10:00:00@Asia/Shanghai\".time offset, @\"1988-07-01T00:00:00@Asia/Shanghai\".time "
           "offset, @\"10:00:00\".time offset, @\"10:00:00-01:30\".time offset, "
           "@\"2017-01-01T10:00:00@Asia/Shanghai\".timezone, @\"2017-01-01T10:00:00\".timezone, "
           "@\"-0001-02-03T04:05:06.5\".year, @\"2017-01-01T04:05:06.5\".second]",
           "[@\"PT8H\", @\"PT9H\", null, @\"-PT1H30M\", \"Asia/Shanghai\", null, -1, 6.5]"),
    CLAUSE("table 66",
           "{a: -@\"P1DT2H3M4.5S\", b: -@\"P1Y2M\", c: -@\"PT0.5S\", r: [a.days, a.hours, "
           "a.minutes, a.seconds, b.years, b.months, c.minutes, c.seconds, @\"PT61.250S\".seconds, "
           "@\"P2DT25H\".hours, @\"PT0.000000001S\".seconds]}.r",
           "[-1, -2, -3, -4.5, -1, -2, 0, -0.5, 1.25, 1, 0.000000001]"),
    CLAUSE("table 66: whole seconds",
           "[@\"10:20:00\".second, @\"10:20:30\".second, @\"2020-01-01T10:20:10\".second, "
           "@\"PT0S\".seconds, @\"PT1M\".seconds, @\"PT50S\".seconds, (-@\"PT20S\").seconds, "
           "@\"10:20:00.10\".second]",
           "[0, 30, 10, 0, 0, 50, -20, 0.1]"),
    CLAUSE("is(): the same value of the same kind",
           "[is(1.10, 1.10), is(null, null), is(1, null), is(null, 1), is(\"a\", \"a\"), is([1], "
           "[1]), is([1], [2]), is({a: 1, b: 2}, {b: 2, a: 1}), is(true, true), is(1, \"1\")]",
           "[true, true, false, false, true, true, false, true, true, false]"),
    CLAUSE("table 77: is() of lists, contexts and ranges of times: as of the times alone",
           "[is([@\"10:00:00Z\"], [@\"11:00:00+01:00\"]), is({a: @\"10:00:00Z\"}, {a: "
           "@\"11:00:00+01:00\"}), is([[@\"2017-01-01T10:00:00Z\"]], "
           "[[@\"2017-01-01T11:00:00+01:00\"]]), is([@\"10:00:00Z\"], [@\"10:00:00+00:00\"]), "
           "is([@\"10:00:00Z\"..@\"11:00:00Z\"], [@\"11:00:00+01:00\"..@\"12:00:00+01:00\"]), "
           "is([@\"10:00:00.1\"], [@\"10:00:00.2\"])]",
           "[false, false, false, true, false, false]"),
    CLAUSE("is() of numbers: by their value", "[is(1, 1.0), is([2.50], [2.5]), is(0.0, -0)]",
           "[true, true, true]"),
    CLAUSE("is() of times",
           "[is(@\"10:00:00.1\", @\"10:00:00.2\"), is(@\"10:00:00.10\", @\"10:00:00.1\"), "
           "is(@\"10:00:00+01:00\", @\"09:00:00Z\"), is(@\"10:00:00@Etc/UTC\", "
           "@\"10:00:00@Etc/UTC\"), is(@\"10:00:00@Etc/UTC\", @\"10:00:00@UTC\"), "
           "is(@\"10:00:00@UTC\", @\"10:00:00Z\"), is(@\"10:00:00\", @\"10:00:00\"), "
           "is(@\"10:00:00+01:00\", @\"10:00:00+02:00\")]",
           "[false, true, false, true, false, false, true, false]"),
    CLAUSE("is() of a time and something else",
           "[is(@\"10:00:00\", @\"2017-01-01\"), is(@\"10:00:00\", null), is(@\"10:00:00\", 1), "
           "is(@\"10:00:00\", \"10:00:00\"), is(1, @\"10:00:00\"), is(@\"2017-01-01T10:00:00\", "
           "@\"10:00:00\"), is(@\"10:00:00\", @\"2017-01-01T10:00:00\"), "
           "is(@\"2017-01-01T10:00:00\", null), is(@\"10:00:00\", [@\"10:00:00\"])]",
           "[false, false, false, false, false, false, false, false, false]"),
    CLAUSE("is() of dates, dates and times, durations",
           "[is(@\"2017-01-01T10:00:00Z\", @\"2017-01-01T10:00:00+00:00\"), "
           "is(@\"2017-01-01T10:00:00\", @\"2017-01-01T10:00:00Z\"), is(@\"2017-01-01T10:00:00Z\", "
           "@\"2017-01-01T11:00:00+01:00\"), is(@\"2017-01-01T10:00:00Z\", "
           "@\"2017-01-02T10:00:00Z\"), is(@\"2017-01-01\", @\"2017-01-01T00:00:00Z\"), "
           "is(@\"2017-01-01\", @\"2017-01-01\"), is(@\"P1D\", @\"PT24H\"), is(@\"P1Y\", "
           "@\"P12M\"), is(@\"P0M\", @\"PT0S\")]",
           "[true, false, false, false, false, true, true, true, false]"),
};

void test_builtin_durations(void) {
    feel_clauses_check(__FILE__, duration_rows, COUNT_OF(duration_rows));
}

/* In Shanghai clocks went forward on 1986-05-04 at 02:00 and back on 1986-09-14 at 02:00. */
static const struct clause_row arithmetic_rows[] = {
    CLAUSE("table 57: ends of months",
           "[@\"2021-01-31\" + @\"P1M\", @\"2020-01-31\" + @\"P1M\", @\"2020-03-31\" - @\"P1M\", "
           "@\"2020-02-29\" + @\"P1Y\", @\"2020-02-29\" - @\"P4Y\", @\"2020-05-31\" + @\"P4M\", "
           "@\"2020-12-31\" + -@\"P10M\", @\"2020-01-31T23:59:59.5Z\" + @\"P1M\", @\"P1M\" + "
           "@\"2021-01-30\"]",
           "[@\"2021-02-28\", @\"2020-02-29\", @\"2020-02-29\", @\"2021-02-28\", @\"2016-02-29\", "
           "@\"2020-09-30\", @\"2020-02-29\", @\"2020-02-29T23:59:59.5Z\", @\"2021-02-28\"]"),
    CLAUSE("table 57: a date moves by whole days",
           "[@\"2020-01-01\" + @\"PT23H59M59S\", @\"2020-01-01\" + @\"PT24H\", @\"2020-01-01\" + "
           "@\"PT36H\", @\"2020-01-01\" - @\"PT1S\", @\"2020-01-01\" - @\"PT0.5S\", "
           "@\"2020-01-01\" - @\"PT24H\", @\"2020-01-01\" - @\"PT24H0.1S\", @\"2020-01-01\" - "
           "@\"PT0S\"]",
           "[@\"2020-01-01\", @\"2020-01-02\", @\"2020-01-02\", @\"2019-12-31\", "
           "@\"2019-12-31\", @\"2019-12-31\", @\"2019-12-30\", @\"2020-01-01\"]"),
    CLAUSE("table 57: in a zone, over its changes",
           "[@\"1986-05-03T12:00:00@Asia/Shanghai\" + @\"PT24H\", "
           "@\"1986-05-03T12:00:00@Asia/Shanghai\" + @\"P1M\", "
           "@\"1986-05-04T01:59:59@Asia/Shanghai\" + @\"PT1S\", "
           "@\"1986-09-14T12:00:00@Asia/Shanghai\" - @\"P1D\", "
           "@\"1986-05-04T12:00:00@Asia/Shanghai\" - @\"1986-05-03T12:00:00@Asia/Shanghai\", "
           "@\"1986-09-14T12:00:00@Asia/Shanghai\" - @\"1986-09-13T12:00:00@Asia/Shanghai\"]",
           "[@\"1986-05-04T13:00:00@Asia/Shanghai\", @\"1986-06-03T12:00:00@Asia/Shanghai\", "
           "@\"1986-05-04T03:00:00@Asia/Shanghai\", @\"1986-09-13T13:00:00@Asia/Shanghai\", "
           "@\"PT23H\", @\"P1DT1H\"]"),
    CLAUSE("table 57: differences across offsets",
           "[@\"2020-01-01T00:00:00+08:00\" - @\"2019-12-31T16:00:00Z\", "
           "@\"2020-01-01T00:00:00@Asia/Shanghai\" - @\"2020-01-01T00:00:00Z\", "
           "@\"2020-01-01T00:00:00\" - @\"2019-12-31T23:59:59.5\", @\"2020-01-01\" - "
           "@\"2020-01-01T01:00:00+01:00\", @\"10:00:00+08:00\" - @\"02:00:00Z\", "
           "@\"10:00:00@Asia/Shanghai\" - @\"02:00:00Z\", @\"00:00:00\" - @\"00:00:00.25\"]",
           "[@\"PT0S\", @\"-PT8H\", @\"PT0.5S\", @\"PT0S\", @\"PT0S\", @\"PT0S\", "
           "@\"-PT0.25S\"]"),
    CLAUSE("table 57: differences of one with and one without an offset",
           "[@\"2020-01-01T00:00:00\" - @\"2020-01-01T00:00:00Z\", @\"2020-01-01\" - "
           "@\"2020-01-01T00:00:00\", @\"2020-01-01T00:00:00\" - @\"2020-01-01\", "
           "@\"10:00:00@Asia/Shanghai\" - @\"10:00:00\", @\"10:00:00\" - @\"2020-01-01\", "
           "@\"2020-01-01T10:00:00\" - @\"10:00:00\"]",
           "[null, null, null, null, null, null]"),
    CLAUSE(
        "table 57: beyond the first and the last year",
        "[@\"999999999-12-31\" + @\"P1D\", @\"999999999-12-31\" + @\"P1M\", @\"999999999-12-31\" "
        "+ @\"P1Y\", @\"-999999999-01-01\" - @\"P1D\", @\"-999999999-01-01\" - @\"P1M\", "
        "@\"-999999999-01-01\" - @\"PT1S\", @\"999999999-12-31T23:59:59Z\" + @\"PT1S\", "
        "@\"999999999-12-31T23:59:59@Asia/Shanghai\" + @\"PT1S\", @\"-999999999-01-01T00:00:00\" "
        "- @\"PT0.000000001S\", @\"999999999-12-31T00:00:00\" + @\"P1M\"]",
        "[null, null, null, null, null, null, null, null, null, null]"),
    CLAUSE("table 57: by the longest durations",
           "[@\"2020-01-01\" + @\"P999999999999M\", @\"2020-01-01\" - @\"P999999999999M\", "
           "@\"2020-01-01T00:00:00\" - @\"P999999999999M\", @\"2020-01-01\" + "
           "@\"P1157407407407D\", @\"2020-01-01T00:00:00Z\" - @\"P1157407407407D\", "
           "@\"10:00:00\" + @\"P1157407407407DT1H\"]",
           "[null, null, null, null, null, @\"11:00:00\"]"),
    CLAUSE("table 57: up to the first and the last year",
           "[@\"999999999-12-30\" + @\"P1D\", @\"-999999998-01-01\" - @\"P1Y\", "
           "@\"999999999-12-31T23:59:59@Asia/Shanghai\" + @\"PT0.5S\", "
           "@\"-999999999-01-01T00:00:00+18:00\" + @\"PT0S\", @\"999999999-12-31\" - "
           "@\"-999999999-01-01\", @\"-999999999-01-01\" + (@\"999999999-12-31\" - "
           "@\"-999999999-01-01\"), @\"999999999-12-31T23:59:59-18:00\" > "
           "@\"999999999-12-31T23:59:59Z\"]",
           "[@\"999999999-12-31\", @\"-999999999-01-01\", "
           "@\"999999999-12-31T23:59:59.5@Asia/Shanghai\", @\"-999999999-01-01T00:00:00+18:00\", "
           "@\"P730484999633D\", @\"999999999-12-31\", true]"),
    CLAUSE("table 57: beyond the longest duration",
           "[@\"P999999999999M\" + @\"P1M\", @\"P999999999998M\" + @\"P1M\" = @\"P999999999999M\", "
           "-@\"P999999999999M\" - @\"P1M\", @\"P1157407407407DT9H46M40S\" + @\"PT1S\", "
           "-@\"P1157407407407DT9H46M40S\" - @\"PT1S\", @\"P1157407407407D\" + @\"PT9H46M40S\"]",
           "[null, true, null, null, null, @\"P1157407407407DT9H46M40S\"]"),
    CLAUSE("table 57: times go round the clock",
           "[@\"00:00:00\" - @\"PT1S\", @\"10:00:00\" + @\"P1D\", @\"10:00:00\" - @\"P3DT1H\", "
           "@\"10:00:00.5\" - @\"PT0.7S\", @\"23:59:59.5+01:00\" + @\"PT0.5S\", "
           "@\"10:00:00@Asia/Shanghai\" + @\"PT14H\", @\"PT1H\" + @\"23:30:00\"]",
           "[@\"23:59:59\", @\"10:00:00\", @\"09:00:00\", @\"09:59:59.8\", @\"00:00:00+01:00\", "
           "@\"00:00:00@Asia/Shanghai\", @\"00:30:00\"]"),
    CLAUSE("table 57: what cannot be added or subtracted",
           "[@\"10:00:00\" + @\"P1Y\", @\"10:00:00\" - @\"P1Y\", @\"P1D\" - @\"2020-01-01\", "
           "@\"P1D\" + @\"P1M\", @\"P1D\" - @\"P1M\", @\"2020-01-01\" + @\"2020-01-01\", "
           "@\"10:00:00\" + @\"10:00:00\", @\"2020-01-01\" + 1, \"a\" + @\"P1D\", 1 - @\"P1D\", "
           "@\"2020-01-01\" + null, null - @\"P1D\"]",
           "[null, null, null, null, null, null, null, null, null, null, null, null]"),
    CLAUSE("table 59: durations times and by numbers",
           "[@\"PT1S\" / 3, -@\"PT1S\" / 3, @\"PT1S\" * 1e-10, @\"P1M\" * 0.5, -@\"P1M\" * 1.9, "
           "@\"P1Y\" / 5, -@\"P1Y\" / 5, 0 * @\"P1D\", @\"P1Y\" * -1, @\"PT1H\" * 1.5]",
           "[@\"PT0.333333333S\", @\"-PT0.333333333S\", @\"PT0S\", @\"P0M\", @\"-P1M\", @\"P2M\", "
           "@\"-P2M\", @\"PT0S\", @\"-P1Y\", @\"PT1H30M\"]"),
    CLAUSE("table 59: durations by durations",
           "[@\"P1D\" / @\"PT8H\", @\"P1Y\" / @\"P5M\", @\"PT1S\" / -@\"PT0.5S\", @\"PT0S\" / "
           "@\"PT1S\"]",
           "[3, 2.4, -2, 0]"),
    CLAUSE(
        "table 59: by zero, too long, of other kinds",
        "[@\"P1D\" / 0, @\"P1Y\" / 0.0, @\"P1D\" / @\"PT0S\", @\"P1Y\" / @\"P0M\", @\"P1Y\" / "
        "@\"P1D\", @\"P1D\" / @\"P1Y\", @\"P1D\" * 1e20, @\"P1Y\" * 1e20, @\"P1D\" * @\"P1D\", 1 "
        "/ @\"P1D\", @\"2020-01-01\" * 2, @\"P1D\" ** 2, -@\"2020-01-01\", -@\"10:00:00\"]",
        "[null, null, null, null, null, null, null, null, null, null, null, null, null, null]"),
};

void test_builtin_arithmetic_of_times(void) {
    feel_clauses_check(__FILE__, arithmetic_rows, COUNT_OF(arithmetic_rows));
}
