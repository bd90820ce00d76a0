/* cal/inner.h - a calendar as its reader leaves it; only for this folder. */
#ifndef MANDATE_CAL_INNER_H
#define MANDATE_CAL_INNER_H

#include "cal/calendar.h"

struct cal_named_days { /* [from, to) in days since the epoch */
    int64_t from, to;
    struct str name;
    bool working; /* a make-up day; otherwise a holiday */
    uint32_t line;
};

struct cal_hours_rule {
    int64_t from, until; /* the first and last day on which it holds */
    uint8_t weekdays;    /* bit 0 Monday .. bit 6 Sunday */
    struct cal_opening opening;
    uint32_t line;
};

struct cal_calendar {
    struct str name;
    const char *source;
    bool has_days;       /* first, last, working and before are set */
    int64_t first, last; /* days in the tables, since the epoch */
    int64_t certain;     /* the last certain one; last is later when provisional days follow */
    bool *working;       /* of each covered day */
    uint32_t *before;    /* working days before it; one entry more than days */
    uint8_t rest;        /* weekdays that rest */
    struct cal_named_days *named;
    size_t named_count;
    bool open_on_holidays;
    struct cal_hours_rule rules[CAL_HOURS_MAX];
    size_t rule_count;
};

/* The bit of a weekday, 1 Monday .. 7 Sunday. */
static inline uint8_t cal_weekday_bit(int weekday) {
    return (uint8_t)(1u << (weekday - 1));
}

#endif
