/* Timers: when they are due, and what happens then. */
#include <inttypes.h>

#include "bpmn/engine.h"
#include "cal/zone.h"

bool run_moment(int64_t *out_us, const struct run *run, struct feel_value value) {
    if (run->oracle != NULL) {
        *out_us = 0;
        return true;
    }
    if (feel_kind(value) == FEEL_STRING)
        value = feel_temporal_text(run->arena, feel_as_string(value), NULL);
    struct cal_datetime at = {0};
    if (feel_kind(value) == FEEL_DATE)
        at.date = feel_as_date(value); /* its first moment */
    else if (feel_kind(value) == FEEL_DATE_TIME)
        at = feel_as_date_time(value);
    else
        return false;
    if (at.time.kind == CAL_LOCAL)
        at.time =
            cal_time_in_zone(at.time, run->env->zone != NULL ? run->env->zone : cal_zone_utc());
    struct cal_instant instant;
    if (!cal_datetime_instant(&instant, at) || instant.s > INT64_MAX / 1000000 - 1 ||
        instant.s < INT64_MIN / 1000000 + 1)
        return false;
    *out_us = instant.s * 1000000 + instant.ns / 1000;
    return true;
}

struct str run_not_a(struct run *run, const struct bpmn_expr *expr, struct feel_value value,
                     const char *wanted) {
    return arena_printf(run->arena, "%s:%" PRIu32 ": '%.*s' gives a %s, not %s", expr->at.source,
                        expr->at.line, STR_ARG(expr->text), feel_kind_name(feel_kind(value)),
                        wanted);
}

bool run_due(int64_t *out_us, struct str *why, struct run *run, uint32_t id,
             const struct bpmn_node *node, int64_t now_us) {
    struct feel_value value;
    if (!run_eval(&value, why, run, id, &node->when, now_us))
        return false;
    if (why->len == 0 && !run_moment(out_us, run, value))
        *why = run_not_a(run, &node->when, value, "a date, a date and time or a duration");
    return true;
}

bool run_timer(struct run *run, uint32_t id, uint32_t node, int64_t due_us, uint8_t left) {
    return run_emit(run, (struct bpmn_record){.kind = BPMN_REC_TIMER,
                                              .instance = id,
                                              .node = node,
                                              .ref = run->state->last_id + 1,
                                              .n = due_us,
                                              .code = left});
}

/* When a cycle fires next. Repetitions that were missed while nobody looked fall away. */
static bool next_due(int64_t *out_us, struct run *run, const struct bpmn_timer_row *row) {
    const struct bpmn_node *node = &run->process->nodes[row->node];
    struct str why;
    if (!run_due(out_us, &why, run, row->instance, node, row->due_us))
        return false;
    if (why.len == 0 && *out_us <= run->env->now_us &&
        !run_due(out_us, &why, run, row->instance, node, run->env->now_us))
        return false;
    return why.len == 0 || err_set(run->err, ERR_INVALID, err_nowhere,
                                   "the cycle of '%.*s' could not be evaluated again: %.*s",
                                   STR_ARG(node->id), STR_ARG(why));
}

bool run_fire_timer(struct run *run, uint32_t timer) {
    struct bpmn_timer_row row = {0};
    for (uint32_t i = 0; i < run->state->timers.count; i++)
        if (run->state->timers.list[i].id == timer)
            row = run->state->timers.list[i];
    bool again = row.left > 1 && run->oracle == NULL;
    int64_t due_us = 0;
    if (again && !next_due(&due_us, run, &row))
        return false;
    if (!run_emit(run, (struct bpmn_record){.kind = BPMN_REC_TIMER_FIRED,
                                            .instance = row.instance,
                                            .node = row.node,
                                            .ref = row.id}))
        return false;
    uint8_t left = row.left == 255 ? 255 : (uint8_t)(row.left - 1);
    return (!again || run_timer(run, row.instance, row.node, due_us, left)) &&
           run_trigger(run, row.instance, row.node, feel_null());
}

/* All are evaluated before the first is moved, so that a failure changes nothing. */
bool run_redue(struct run *run) {
    uint32_t count = run->state->timers.count;
    int64_t *dues = arena_new(run->arena, int64_t, count);
    for (uint32_t i = 0; i < count; i++) {
        const struct bpmn_timer_row *row = &run->state->timers.list[i];
        const struct bpmn_node *node = &run->process->nodes[row->node];
        struct str why = STR_NONE;
        dues[i] = row->due_us;
        if (node->timer == BPMN_TIMER_DATE &&
            !run_due(&dues[i], &why, run, row->instance, node, run->env->now_us))
            return false;
        if (why.len > 0)
            return err_set(run->err, ERR_INVALID, err_nowhere,
                           "the timer of '%.*s' could not be evaluated again: %.*s",
                           STR_ARG(node->id), STR_ARG(why));
    }
    for (uint32_t i = 0; i < count; i++) {
        struct bpmn_timer_row row = run->state->timers.list[i];
        if (dues[i] != row.due_us && !run_emit(run, (struct bpmn_record){.kind = BPMN_REC_TIMER,
                                                                         .instance = row.instance,
                                                                         .node = row.node,
                                                                         .ref = row.id,
                                                                         .n = dues[i],
                                                                         .code = row.left}))
            return false;
    }
    return true;
}
