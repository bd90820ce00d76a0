#include "case/words.h"

#include <assert.h>

static const char *const months_en[] = {"January",   "February", "March",    "April",
                                        "May",       "June",     "July",     "August",
                                        "September", "October",  "November", "December"};
static const char *const weekdays_en[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                          "Friday", "Saturday", "Sunday"};
static const char *const weekdays_zh[] = {"一", "二", "三", "四", "五", "六", "日"};

struct str words_date(struct arena *arena, struct cal_date date, enum lang lang) {
    if (lang == LANG_zh)
        return arena_printf(arena, "%d年%d月%d日", (int)date.year, date.month, date.day);
    return arena_printf(arena, "%d %s %d", date.day, months_en[date.month - 1], (int)date.year);
}

struct str words_date_weekday(struct arena *arena, struct cal_date date, enum lang lang) {
    int weekday = cal_weekday(date); /* 1: Monday */
    struct str plain = words_date(arena, date, lang);
    if (lang == LANG_zh)
        return arena_printf(arena, "%.*s（星期%s）", STR_ARG(plain), weekdays_zh[weekday - 1]);
    return arena_printf(arena, "%s %.*s", weekdays_en[weekday - 1], STR_ARG(plain));
}

struct str words_moment(struct arena *arena, int64_t at_us, const struct cal_zone *zone,
                        enum lang lang) {
    struct cal_datetime local = cal_us_datetime(at_us, zone);
    struct str day = words_date(arena, cal_us_date(at_us, zone), lang);
    return arena_printf(arena, lang == LANG_zh ? "%.*s %02d:%02d" : "%.*s, %02d:%02d", STR_ARG(day),
                        local.time.hour, local.time.minute);
}

struct str words_term(struct arena *arena, struct cal_term term, enum lang lang) {
    static const struct {
        const char *zh, *en;
    } units[] = {
        [CAL_UNIT_MINUTE] = {"分钟", "minute"},
        [CAL_UNIT_HOUR] = {"小时", "hour"},
        [CAL_UNIT_CALENDAR_DAY] = {"日", "day"},
        [CAL_UNIT_WORKING_DAY] = {"个工作日", "working day"},
        [CAL_UNIT_MONTH] = {"个月", "month"},
        [CAL_UNIT_YEAR] = {"年", "year"},
    };
    static_assert(COUNT_OF(units) == CAL_UNITS, "one row a unit");
    if (lang == LANG_zh)
        return arena_printf(arena, "%d%s", (int)term.n, units[term.unit].zh);
    return arena_printf(arena, "%d %s%s", (int)term.n, units[term.unit].en, term.n == 1 ? "" : "s");
}
