/* The attributes of a user task, from what the model's expressions or an order gave. */
#include "cal/zone.h"
#include "process/inner.h"

static bool moment(int64_t *out_us, struct feel_value value, struct arena *arena) {
    struct cal_instant instant;
    struct cal_datetime at = {0};
    if (feel_kind(value) == FEEL_STRING)
        value = feel_temporal_text(arena, feel_as_string(value), NULL);
    if (feel_kind(value) == FEEL_DATE)
        at.date = feel_as_date(value); /* its first moment */
    else if (feel_kind(value) == FEEL_DATE_TIME)
        at = feel_as_date_time(value);
    else
        return false;
    if (at.time.kind == CAL_LOCAL)
        at.time = cal_time_in_zone(at.time, cal_zone_utc());
    if (!cal_datetime_instant(&instant, at) || instant.s > INT64_MAX / 1000000 - 1 ||
        instant.s < INT64_MIN / 1000000 + 1)
        return false;
    *out_us = instant.s * 1000000 + instant.ns / 1000;
    return true;
}

static void add_name(struct buf *out, struct str name) {
    name = str_trim(name);
    if (name.len == 0)
        return;
    if (out->len > 1)
        buf_add_byte(out, ',');
    json_write_text(out, name);
}

static struct str names_json(struct feel_value value, struct arena *arena) {
    struct buf out;
    struct str one, rest;
    buf_init(&out, PROCESS_MOVED_BYTES_MAX);
    buf_add_byte(&out, '[');
    if (feel_kind(value) == FEEL_STRING) {
        rest = feel_as_string(value);
        while (str_split(&one, &rest, ','))
            add_name(&out, one);
    } else if (feel_kind(value) == FEEL_LIST) {
        for (size_t i = 0; i < feel_count(value); i++)
            if (feel_kind(feel_item(value, i)) == FEEL_STRING)
                add_name(&out, feel_as_string(feel_item(value, i)));
    }
    buf_add_byte(&out, ']');
    struct str json = out.len > 2 && !out.full ? arena_str(arena, buf_view(&out)) : STR_NONE;
    buf_done(&out);
    return json;
}

struct process_attributes process_attributes_of(struct feel_value context, struct arena *arena) {
    static const struct {
        const char *name;
        unsigned has;
    } names[] = {
        {"dueDate", PROCESS_HAS_DUE},
        {"followUpDate", PROCESS_HAS_FOLLOW_UP},
        {"candidateGroups", PROCESS_HAS_GROUPS},
        {"candidateUsers", PROCESS_HAS_USERS},
        {"priority", PROCESS_HAS_PRIORITY},
        {"assignee", PROCESS_HAS_ASSIGNEE},
    };
    struct process_attributes a = {.priority = PROCESS_PRIORITY_DEFAULT};
    struct feel_value value[COUNT_OF(names)];
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        value[i] = feel_get(context, str_from(names[i].name));
        a.has |= feel_has(context, str_from(names[i].name)) ? names[i].has : 0U;
    }
    (void)moment(&a.due_us, value[0], arena);
    (void)moment(&a.follow_up_us, value[1], arena);
    a.groups_json = names_json(value[2], arena);
    a.users_json = names_json(value[3], arena);
    if (feel_kind(value[4]) == FEEL_STRING)
        (void)!str_to_i64(&a.priority, feel_as_string(value[4]));
    else
        (void)feel_to_i64(&a.priority, value[4]);
    if (feel_kind(value[5]) == FEEL_STRING)
        a.assignee = arena_str(arena, feel_as_string(value[5]));
    return a;
}
