/* Dates, durations and cycles into moments. The k-th moment of a cycle is counted from its base at
 * once, never from the moment before it, so that a day without 02:30 or a month without 31st does
 * not shift those that follow. It grows with k, so the next one is found by halving. */
#include "bpmn/timer.h"

#include <assert.h>
#include <inttypes.h>

#include "bpmn/cron.h"

/* Spans beyond this are refused: far more than any procedure, far from overflow. */
enum { SPAN_DAYS_MAX = 366 * 10000 };

/* --- reading
 * ---------------------------------------------------------------------------------- */
/* One number with its letter: "3D". Seconds may have decimals. */
static bool take_part(int64_t *whole, int64_t *us, char *letter, struct str *text) {
    size_t i = 0;
    int64_t n = 0, fraction = 0, unit = CAL_SECOND_US;
    while (i < text->len && text->at[i] >= '0' && text->at[i] <= '9') {
        n = n * 10 + (text->at[i++] - '0');
        if (n > INT64_C(400000000000))
            return false;
    }
    if (i == 0 || i == text->len)
        return false;
    if (text->at[i] == '.' || text->at[i] == ',') {
        size_t from = ++i;
        for (; i < text->len && text->at[i] >= '0' && text->at[i] <= '9'; i++) {
            unit /= 10;
            fraction += (text->at[i] - '0') * unit;
        }
        if (i == from || i == text->len || text->at[i] != 'S')
            return false;
    }
    *whole = n;
    *us = fraction;
    *letter = text->at[i];
    *text = str_sub(*text, i + 1, text->len);
    return true;
}

/* "P1Y2M3W4DT5H6M7.5S": each part once, in this order, at least one; a sign before it. */
static bool read_span(struct bpmn_span *out, struct str text) {
    struct bpmn_span span = {0};
    bool negative = str_starts(text, STR("-")), any = false, clock = false;
    const char *order = "YMWD";
    text = str_sub(text, negative || str_starts(text, STR("+")), text.len);
    if (!str_starts(text, STR("P")))
        return false;
    text = str_sub(text, 1, text.len);
    while (text.len > 0) {
        int64_t n, us;
        char letter;
        if (!clock && text.at[0] == 'T') {
            clock = true;
            any = false;
            order = "HMS";
            text = str_sub(text, 1, text.len);
            continue;
        }
        if (!take_part(&n, &us, &letter, &text))
            return false;
        const char *at = strchr(order, letter);
        if (at == NULL)
            return false;
        order = at + 1;
        any = true;
        switch (letter) {
        case 'Y': span.months += 12 * n; break;
        case 'W': span.days += 7 * n; break;
        case 'D': span.days += n; break;
        case 'H': span.us += n * CAL_HOUR_US; break;
        case 'S': span.us += n * CAL_SECOND_US + us; break;
        default:
            if (clock)
                span.us += n * 60 * CAL_SECOND_US;
            else
                span.months += n;
            break;
        }
        if (span.months > SPAN_DAYS_MAX / 28 || span.days > SPAN_DAYS_MAX ||
            span.us > SPAN_DAYS_MAX * CAL_DAY_US)
            return false;
    }
    if (negative)
        span = (struct bpmn_span){-span.months, -span.days, -span.us};
    *out = span;
    return any;
}

static bool is_positive(struct bpmn_span span) {
    return span.months >= 0 && span.days >= 0 && span.us >= 0 &&
           span.months + span.days + span.us > 0;
}

/* A date, or a date and time, on the zone's clock when it has no offset. */
static bool moment_of(int64_t *out_us, struct feel_value value, const struct cal_zone *zone) {
    struct cal_datetime at = {0};
    if (feel_kind(value) == FEEL_DATE)
        at.date = feel_as_date(value); /* its first moment */
    else if (feel_kind(value) == FEEL_DATE_TIME)
        at = feel_as_date_time(value);
    else
        return false;
    if (at.time.kind == CAL_LOCAL)
        at.time = cal_time_in_zone(at.time, zone != NULL ? zone : cal_zone_utc());
    struct cal_instant instant;
    if (!cal_datetime_instant(&instant, at) || instant.s > INT64_MAX / CAL_SECOND_US - 1 ||
        instant.s < INT64_MIN / CAL_SECOND_US + 1)
        return false;
    *out_us = instant.s * CAL_SECOND_US + instant.ns / 1000;
    return true;
}

/* Also as java.time writes a zone: "2026-03-01T09:00:00+01:00[Europe/Paris]", where an offset, if
 * given, decides. */
static bool moment_of_text(int64_t *out_us, struct str text, const struct cal_zone *zone,
                           struct arena *arena) {
    size_t bracket = str_find_byte(text, '[');
    if (bracket != SIZE_MAX && str_ends(text, STR("]"))) {
        struct str name = str_sub(text, bracket + 1, text.len - bracket - 2);
        struct str head = str_sub(text, 0, bracket);
        struct str clock = str_sub(head, 10, head.len);
        bool offset = str_ends(head, STR("Z")) || str_find_byte(clock, '+') != SIZE_MAX ||
                      str_find_byte(clock, '-') != SIZE_MAX;
        text = offset ? head : arena_printf(arena, "%.*s@%.*s", STR_ARG(head), STR_ARG(name));
    }
    return moment_of(out_us, feel_temporal_text(arena, text, NULL), zone);
}

static bool read_duration(struct bpmn_plan *out, struct feel_value value,
                          const struct cal_zone *zone) {
    out->kind = BPMN_PLAN_AFTER;
    switch (feel_kind(value)) {
    case FEEL_STRING: return read_span(&out->span, feel_as_string(value));
    case FEEL_DAYS_TIME: {
        struct cal_span span = feel_as_days_time(value);
        if (span.s > SPAN_DAYS_MAX * INT64_C(86400) || span.s < -SPAN_DAYS_MAX * INT64_C(86400))
            return false;
        out->span.us = span.s * CAL_SECOND_US + span.ns / 1000;
        return true;
    }
    case FEEL_YEARS_MONTHS:
        out->span.months = feel_as_years_months(value).n;
        return out->span.months <= SPAN_DAYS_MAX / 28 && out->span.months >= -SPAN_DAYS_MAX / 28;
    default: out->kind = BPMN_PLAN_AT; return moment_of(&out->at_us, value, zone);
    }
}

/* Behind "R": "5/PT10S", "/PT1H", "-1/PT1H", "5/<start>/<duration>", "5/<duration>/<end>". */
static bool read_repeating(struct bpmn_plan *out, struct str text, const struct cal_zone *zone,
                           struct arena *arena) {
    struct str count, first, second = text;
    uint64_t n = BPMN_FOREVER;
    (void)str_split(&count, &second, '/');
    if (second.at == NULL)
        return false;
    (void)str_split(&first, &second, '/');
    bool forever = count.len == 0 || str_eq(count, STR("-1"));
    if (!forever && (!str_to_u64(&n, count) || n < 1 || n >= BPMN_FOREVER))
        return false;
    out->kind = BPMN_PLAN_EVERY;
    out->repeat = (uint32_t)n;
    struct str duration = first;
    if (second.at != NULL) {
        out->has_end = str_starts(first, STR("P"));
        out->has_start = !out->has_end;
        if (out->has_start)
            duration = second;
        if (!moment_of_text(&out->edge_us, out->has_end ? second : first, zone, arena))
            return false;
    }
    return read_span(&out->span, duration) && is_positive(out->span);
}

static bool read_cycle(struct bpmn_plan *out, struct feel_value value, const struct cal_zone *zone,
                       struct arena *arena) {
    if (feel_kind(value) == FEEL_DAYS_TIME || feel_kind(value) == FEEL_YEARS_MONTHS) {
        if (!read_duration(out, value, zone) || !is_positive(out->span))
            return false;
        out->kind = BPMN_PLAN_EVERY;
        out->repeat = BPMN_FOREVER;
        return true;
    }
    if (feel_kind(value) != FEEL_STRING)
        return false;
    struct str text = str_trim(feel_as_string(value));
    if (str_starts(text, STR("R")))
        return read_repeating(out, str_sub(text, 1, text.len), zone, arena);
    out->kind = BPMN_PLAN_CRON;
    return bpmn_cron_read(&out->cron, text) && bpmn_cron_next(&out->cron, 0, NULL) != BPMN_NEVER;
}

bool bpmn_plan_read(struct bpmn_plan *out, struct str *why, enum bpmn_timer timer,
                    struct feel_value value, const struct cal_zone *zone, struct arena *arena) {
    static const char *const wanted[] = {
        [BPMN_TIMER_NONE] = "",
        [BPMN_TIMER_DATE] = "a date or a date and time",
        [BPMN_TIMER_DURATION] = "a duration, or the moment to which it leads",
        [BPMN_TIMER_CYCLE] = "a cycle: R5/PT1H, R/PT1H for ever, or six fields of cron",
    };
    struct bpmn_plan plan = {0};
    bool text = feel_kind(value) == FEEL_STRING, ok = false;
    if (text)
        value = feel_string(str_trim(feel_as_string(value)));
    switch (timer) {
    case BPMN_TIMER_DATE:
        plan.kind = BPMN_PLAN_AT;
        ok = text ? moment_of_text(&plan.at_us, feel_as_string(value), zone, arena)
                  : moment_of(&plan.at_us, value, zone);
        break;
    case BPMN_TIMER_DURATION: ok = read_duration(&plan, value, zone); break;
    case BPMN_TIMER_CYCLE: ok = read_cycle(&plan, value, zone, arena); break;
    case BPMN_TIMER_NONE: break;
    }
    if (ok)
        *out = plan;
    else if (text)
        *why =
            arena_printf(arena, "'%.*s' is not %s", STR_ARG(feel_as_string(value)), wanted[timer]);
    else
        *why =
            arena_printf(arena, "a %s is not %s", feel_kind_name(feel_kind(value)), wanted[timer]);
    return ok;
}

struct str bpmn_cycle_text(struct feel_value value, struct arena *arena) {
    if (feel_kind(value) == FEEL_STRING)
        return feel_as_string(value);
    struct buf text;
    buf_init(&text, CAL_TEXT_MAX);
    feel_print_plain(&text, value);
    struct str out = arena_printf(arena, "R/%.*s", STR_ARG(buf_view(&text)));
    buf_done(&text);
    return out;
}

/* --- moments
 * ---------------------------------------------------------------------------------- */
/* base + k spans, k of any sign; BPMN_NEVER beyond the calendar. */
static int64_t moment(int64_t base_us, struct bpmn_span span, int64_t k,
                      const struct cal_zone *zone) {
    int64_t at = base_us, clock;
    if ((span.months | span.days) != 0) {
        struct cal_datetime local = cal_us_datetime(base_us, zone);
        int64_t days;
        if (__builtin_mul_overflow(span.days, k, &days) || span.months * k > CAL_MONTHS_MAX ||
            span.months * k < -CAL_MONTHS_MAX ||
            !cal_date_add_months(&local.date, local.date, span.months * k) ||
            !cal_date_add_days(&local.date, local.date, days) || local.date.year > 200000 ||
            local.date.year < -200000)
            return k < 0 ? INT64_MIN : BPMN_NEVER;
        at = cal_us_of_datetime(local, zone);
    }
    if (__builtin_mul_overflow(span.us, k, &clock) || __builtin_add_overflow(at, clock, &at))
        return k < 0 ? INT64_MIN : BPMN_NEVER;
    return at;
}

/* The smallest k in [low, high] whose moment lies after a point; high + 1 when none does. */
static int64_t first_after(int64_t base_us, struct bpmn_span span, int64_t low, int64_t high,
                           int64_t after_us, const struct cal_zone *zone) {
    while (low <= high) {
        int64_t middle = low + (high - low) / 2;
        if (moment(base_us, span, middle, zone) > after_us)
            high = middle - 1;
        else
            low = middle + 1;
    }
    return low;
}

static int64_t next_of_every(const struct bpmn_plan *plan, int64_t armed_us, int64_t after_us,
                             const struct cal_zone *zone) {
    /* k counts moments: from the start (0), from behind the arming (1), or up to the end (0) */
    int64_t low = plan->has_start ? 0 : 1, high = BPMN_FOREVER;
    int64_t base = plan->has_start || plan->has_end ? plan->edge_us : armed_us;
    if (plan->repeat != BPMN_FOREVER)
        high = low + plan->repeat - 1;
    if (plan->has_end) {
        high = 0;
        low = plan->repeat == BPMN_FOREVER ? -(int64_t)BPMN_FOREVER : 1 - (int64_t)plan->repeat;
    }
    int64_t k = first_after(base, plan->span, low, high, after_us, zone);
    return k > high ? BPMN_NEVER : moment(base, plan->span, k, zone);
}

int64_t bpmn_plan_next(const struct bpmn_plan *plan, int64_t armed_us, int64_t after_us,
                       const struct cal_zone *zone) {
    switch (plan->kind) {
    case BPMN_PLAN_EVERY: return next_of_every(plan, armed_us, after_us, zone);
    case BPMN_PLAN_CRON: return bpmn_cron_next(&plan->cron, after_us, zone);
    case BPMN_PLAN_AT:
    case BPMN_PLAN_AFTER: break;
    }
    int64_t only = bpmn_plan_first(plan, armed_us, zone);
    return only > after_us ? only : BPMN_NEVER;
}

int64_t bpmn_plan_first(const struct bpmn_plan *plan, int64_t armed_us,
                        const struct cal_zone *zone) {
    if (plan->kind == BPMN_PLAN_AT)
        return plan->at_us;
    if (plan->kind == BPMN_PLAN_AFTER)
        return moment(armed_us, plan->span, 1, zone);
    /* a start that is this very moment has not passed */
    int64_t first = bpmn_plan_next(plan, armed_us, armed_us - plan->has_start, zone);
    return first == BPMN_NEVER ? armed_us : first;
}

/* --- start timers
 * ----------------------------------------------------------------------------- */
bool bpmn_timer_next(int64_t *out_us, const struct bpmn_event_def *def,
                     const struct bpmn_timer_clock *clock, struct arena *arena,
                     struct budget *budget, struct err *err) {
    assert(def->event == BPMN_EVENT_TIMER);
    struct feel_value value = feel_string(def->when.text);
    struct bpmn_plan plan;
    struct str why;
    if (def->when.program != NULL) {
        size_t count = feel_input_count(def->when.program);
        struct feel_env env = {.vars = arena_new(arena, struct feel_value, count),
                               .var_count = count,
                               .now = feel_instant(arena, clock->armed_us, clock->zone),
                               .calendars = clock->calendars,
                               .calendar_count = clock->calendar_count};
        if (!feel_eval(&value, def->when.program, &env, arena, budget, err))
            return false;
    }
    if (!bpmn_plan_read(&plan, &why, def->timer, value, clock->zone, arena))
        return err_set(err, ERR_INVALID, def->when.at, "the timer that starts the process: %.*s",
                       STR_ARG(why));
    if (clock->after_us == INT64_MIN)
        *out_us = bpmn_plan_first(&plan, clock->armed_us, clock->zone);
    else
        *out_us = bpmn_plan_next(&plan, clock->armed_us, clock->after_us, clock->zone);
    return true;
}
