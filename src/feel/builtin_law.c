/* Legal time in FEEL: our own functions, under names that the standard does not use. The calendar
 * is named by the expression and supplied by the caller, so that a table says which holidays it
 * counts by. A day that the calendar does not cover gives null with the day named. */
#include "cal/calendar.h"
#include "feel/builtin.h"
#include "feel/machine.h"

static struct cal_date date_part(struct feel_value v) {
    return feel_kind(v) == FEEL_DATE ? v.u.date : v.u.date_time->date;
}

static const struct cal_calendar *calendar_of(struct feel_machine *m, struct feel_value name) {
    struct str text = {name.u.text, name.count};
    for (size_t i = 0; i < m->env->calendar_count; i++)
        if (str_eq(m->env->calendars[i].name, text))
            return m->env->calendars[i].calendar;
    (void)machine_null(m, "there is no calendar '%.*s'", STR_ARG(text));
    return NULL;
}

static struct feel_value refused(struct feel_machine *m, const struct err *err) {
    return machine_null(m, "%s", err->text);
}

struct feel_value builtin_is_working_day(struct feel_machine *m, const struct feel_value *args,
                                         uint32_t count) {
    const struct cal_calendar *calendar = calendar_of(m, args[1]);
    struct err err = {0};
    bool working;
    (void)count;
    if (calendar == NULL)
        return feel_null();
    return cal_is_working_day(&working, calendar, date_part(args[0]), &err) ? feel_boolean(working)
                                                                            : refused(m, &err);
}

struct feel_value builtin_add_working_days(struct feel_machine *m, const struct feel_value *args,
                                           uint32_t count) {
    const struct cal_calendar *calendar = calendar_of(m, args[2]);
    struct err err = {0};
    struct cal_date date;
    int64_t n;
    (void)count;
    if (calendar == NULL)
        return feel_null();
    if (!value_is_int(args[1], &n))
        return machine_null(m, "add working days() takes a whole number");
    return cal_add_working_days(&date, calendar, date_part(args[0]), n, &err) ? feel_date(date)
                                                                              : refused(m, &err);
}

struct feel_value builtin_working_days_between(struct feel_machine *m,
                                               const struct feel_value *args, uint32_t count) {
    const struct cal_calendar *calendar = calendar_of(m, args[2]);
    struct err err = {0};
    int64_t days;
    (void)count;
    if (calendar == NULL)
        return feel_null();
    return cal_working_days_between(&days, calendar, date_part(args[0]), date_part(args[1]), &err)
               ? feel_int(days)
               : refused(m, &err);
}

static struct feel_value nearest(struct feel_machine *m, const struct feel_value *args,
                                 bool (*find)(struct cal_date *, const struct cal_calendar *,
                                              struct cal_date, struct err *)) {
    const struct cal_calendar *calendar = calendar_of(m, args[1]);
    struct err err = {0};
    struct cal_date date;
    if (calendar == NULL)
        return feel_null();
    return find(&date, calendar, date_part(args[0]), &err) ? feel_date(date) : refused(m, &err);
}

struct feel_value builtin_next_working_day(struct feel_machine *m, const struct feel_value *args,
                                           uint32_t count) {
    (void)count;
    return nearest(m, args, cal_next_working_day);
}

struct feel_value builtin_last_working_day(struct feel_machine *m, const struct feel_value *args,
                                           uint32_t count) {
    (void)count;
    return nearest(m, args, cal_last_working_day);
}

/* end of term(event, 15, "calendar_day", "cn"): the last day; one that falls on a day off moves to
 * the next working day, as the calendar's law has it for terms of procedure. */
struct feel_value builtin_end_of_term(struct feel_machine *m, const struct feel_value *args,
                                      uint32_t count) {
    const struct cal_calendar *calendar = calendar_of(m, args[3]);
    struct err err = {0};
    struct cal_date date;
    struct cal_term term;
    int64_t n;
    struct str unit = {args[2].u.text, args[2].count};
    (void)count;
    if (calendar == NULL)
        return feel_null();
    if (!value_is_int(args[1], &n) || n < 0 || n > 100000)
        return machine_null(m, "end of term() takes a whole number from 0 to 100000");
    if (!cal_unit_from_name(&term.unit, unit) || term.unit < CAL_UNIT_CALENDAR_DAY)
        return machine_null(m, "end of term() takes the unit calendar_day, working_day, month or "
                               "year");
    term.n = (int32_t)n;
    struct cal_counting counting = {.end_moves = true};
    return cal_term_last_day(&date, term, date_part(args[0]), counting, calendar, &err)
               ? feel_date(date)
               : refused(m, &err);
}
