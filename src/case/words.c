#include "case/words.h"

#include <inttypes.h>

static const char *const months_en[] = {"January",   "February", "March",    "April",
                                        "May",       "June",     "July",     "August",
                                        "September", "October",  "November", "December"};
static const char *const weekdays_en[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                          "Friday", "Saturday", "Sunday"};
static const char *const weekdays_zh[] = {"一", "二", "三", "四", "五", "六", "日"};

struct str words_date(struct arena *arena, struct cal_date date, enum lang lang) {
    struct cal_ymd d = cal_date_ymd(date);
    if (lang == LANG_zh)
        return arena_printf(arena, "%" PRId64 "年%d月%d日", (int64_t)d.year, d.month, d.day);
    return arena_printf(arena, "%d %s %" PRId64, d.day, months_en[d.month - 1], (int64_t)d.year);
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
