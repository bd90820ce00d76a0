/* Timers: when they are due, and what happens then. */
#include <inttypes.h>

#include "bpmn/engine.h"
#include "bpmn/timer.h"

bool run_moment(int64_t *out_us, const struct run *run, struct feel_value value) {
    struct bpmn_plan plan;
    struct str why;
    *out_us = 0;
    if (run->oracle != NULL)
        return true;
    if (!bpmn_plan_read(&plan, &why, BPMN_TIMER_DATE, value, run->env->zone, run->arena))
        return false;
    *out_us = plan.at_us;
    return true;
}

struct str run_not_a(struct run *run, const struct bpmn_expr *expr, struct feel_value value,
                     const char *wanted) {
    return arena_printf(run->arena, "%s:%" PRIu32 ": '%.*s' gives a %s, not %s", expr->at.source,
                        expr->at.line, STR_ARG(expr->text), feel_kind_name(feel_kind(value)),
                        wanted);
}

bool run_due(struct arm *out, struct str *why, struct run *run, uint32_t id,
             const struct bpmn_event_def *def) {
    struct feel_value value;
    struct bpmn_plan plan;
    if (!run_eval(&value, why, run, id, &def->when, run->env->now_us))
        return false;
    if (why->len > 0 || run->oracle != NULL)
        return true;
    if (!bpmn_plan_read(&plan, why, def->timer, value, run->env->zone, run->arena)) {
        *why = arena_printf(run->arena, "%s:%" PRIu32 ": '%.*s': %.*s", def->when.at.source,
                            def->when.at.line, STR_ARG(def->when.text), STR_ARG(*why));
        return true;
    }
    out->due_us = bpmn_plan_first(&plan, run->env->now_us, run->env->zone);
    if (def->timer == BPMN_TIMER_CYCLE)
        out->cycle = bpmn_cycle_text(value, run->arena);
    return true;
}

static bool emit_timer(struct run *run, struct bpmn_timer_row row) {
    return run_emit(run, (struct bpmn_record){.kind = BPMN_REC_TIMER,
                                              .instance = row.instance,
                                              .node = row.node,
                                              .scope = row.def,
                                              .ref = row.id,
                                              .n = row.due_us,
                                              .text = row.cycle,
                                              .value = row.cycle.len > 0 ? feel_int(row.armed_us)
                                                                         : feel_null()});
}

bool run_timer(struct run *run, uint32_t id, const struct arm *arm) {
    return emit_timer(run, (struct bpmn_timer_row){.id = run->state->last_id + 1,
                                                   .instance = id,
                                                   .node = arm->node,
                                                   .def = arm->def,
                                                   .due_us = arm->due_us,
                                                   .armed_us = run->env->now_us,
                                                   .cycle = arm->cycle});
}

/* When a cycle fires next; BPMN_NEVER. Moments that were missed while nobody looked fall away. */
static bool next_due(int64_t *out_us, struct run *run, const struct bpmn_timer_row *row) {
    struct bpmn_plan plan;
    struct str why;
    *out_us = BPMN_NEVER;
    if (row->cycle.len == 0 || run->oracle != NULL)
        return true;
    if (!bpmn_plan_read(&plan, &why, BPMN_TIMER_CYCLE, feel_string(row->cycle), run->env->zone,
                        run->arena))
        return err_set(run->err, ERR_CORRUPT, err_nowhere, "the cycle of timer %" PRIu32 ": %.*s",
                       row->id, STR_ARG(why));
    *out_us = bpmn_plan_next(&plan, row->armed_us, run->env->now_us, run->env->zone);
    return true;
}

bool run_fire_timer(struct run *run, uint32_t timer) {
    struct bpmn_timer_row row = {0};
    int64_t due_us;
    for (uint32_t i = 0; i < run->state->timers.count; i++)
        if (run->state->timers.list[i].id == timer)
            row = run->state->timers.list[i];
    if (!next_due(&due_us, run, &row) ||
        !run_emit(run, (struct bpmn_record){.kind = BPMN_REC_TIMER_FIRED,
                                            .instance = row.instance,
                                            .node = row.node,
                                            .ref = row.id}))
        return false;
    if (due_us != BPMN_NEVER) {
        struct bpmn_timer_row next = row;
        next.id = run->state->last_id + 1;
        next.due_us = due_us;
        if (!emit_timer(run, next))
            return false;
    }
    return run_trigger(run, row.instance, row.node, feel_null());
}

/* All are evaluated before the first is moved, so that a failure changes nothing. */
bool run_redue(struct run *run) {
    uint32_t count = run->state->timers.count;
    int64_t *dues = arena_new(run->arena, int64_t, count);
    for (uint32_t i = 0; i < count; i++) {
        const struct bpmn_timer_row *row = &run->state->timers.list[i];
        const struct bpmn_node *node = &run->process->nodes[row->node];
        const struct bpmn_event_def *def = &node->defs[row->def];
        struct arm arm = {.due_us = row->due_us};
        struct str why = STR_NONE;
        if (def->timer == BPMN_TIMER_DATE && !run_due(&arm, &why, run, row->instance, def))
            return false;
        if (why.len > 0)
            return err_set(run->err, ERR_INVALID, err_nowhere,
                           "the timer of '%.*s' could not be evaluated again: %.*s",
                           STR_ARG(node->id), STR_ARG(why));
        dues[i] = arm.due_us;
    }
    for (uint32_t i = 0; i < count; i++) {
        struct bpmn_timer_row row = run->state->timers.list[i];
        bool moved = dues[i] != row.due_us;
        row.due_us = dues[i];
        if (moved && !emit_timer(run, row))
            return false;
    }
    return true;
}
