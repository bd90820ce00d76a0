/* Waiting for timers, messages and signals, and what happens when they come; errors and escalations
 * find their catcher here too (BPMN 2.0.2: 13.5.3, 13.5.4). */
#include <inttypes.h>

#include "bpmn/engine.h"
#include "cal/zone.h"

/* --- what an instance waits for
 * ---------------------------------------------------------------------- */
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

static struct str not_a(struct run *run, const struct bpmn_expr *expr, struct feel_value value,
                        const char *wanted) {
    return arena_printf(run->arena, "%s:%" PRIu32 ": '%.*s' gives a %s, not %s", expr->at.source,
                        expr->at.line, STR_ARG(expr->text), feel_kind_name(feel_kind(value)),
                        wanted);
}

static bool due_of(int64_t *out_us, struct str *why, struct run *run, uint32_t id,
                   const struct bpmn_node *node, int64_t now_us) {
    struct feel_value value;
    if (!run_eval(&value, why, run, id, &node->when, now_us))
        return false;
    if (why->len == 0 && !run_moment(out_us, run, value))
        *why = not_a(run, &node->when, value, "a date, a date and time or a duration");
    return true;
}

/* A text from an expression; null and other kinds are failures. */
static bool text_of(struct str *out, struct str *why, struct run *run, uint32_t id,
                    const struct bpmn_expr *expr) {
    struct feel_value value;
    if (!run_eval(&value, why, run, id, expr, run->env->now_us))
        return false;
    if (why->len > 0)
        return true;
    if (feel_kind(value) == FEEL_STRING) {
        *out = feel_as_string(value);
        return true;
    }
    if (feel_kind(value) != FEEL_NUMBER) {
        *why = not_a(run, expr, value, "a text");
        return true;
    }
    struct buf text; /* a number is a usual correlation key */
    buf_init(&text, 256);
    feel_print_plain(&text, value);
    *out = arena_str(run->arena, buf_view(&text));
    buf_done(&text);
    return true;
}

static bool one_arm(struct arms *out, struct str *why, enum bpmn_incident *code, struct run *run,
                    uint32_t id, const struct bpmn_node *node) {
    struct arm arm = {.node = node->index, .event = node->event};
    bool receive = node->kind == BPMN_RECEIVE_TASK;
    if (node->event == BPMN_EVENT_TIMER) {
        *code = BPMN_INCIDENT_TIMER;
        arm.left = node->repeat;
        if (!due_of(&arm.due_us, why, run, id, node, run->env->now_us))
            return false;
    } else if (node->event == BPMN_EVENT_MESSAGE || receive) {
        *code = BPMN_INCIDENT_MESSAGE;
        arm.event = BPMN_EVENT_MESSAGE;
        if (!text_of(&arm.name, why, run, id, &node->message))
            return false;
        if (why->len == 0 && node->key.text.at != NULL &&
            !text_of(&arm.key, why, run, id, &node->key))
            return false;
    } else if (node->event == BPMN_EVENT_SIGNAL) {
        arm.name = node->code;
    } else {
        return true; /* errors and escalations are looked for when they are thrown */
    }
    if (why->len == 0)
        out->list[out->count++] = arm;
    return true;
}

bool run_arms(struct arms *out, struct str *why, enum bpmn_incident *code, struct run *run,
              uint32_t id) {
    const struct bpmn_process *p = run->process;
    const struct bpmn_node *node = &p->nodes[run_instance(run, id)->node];
    *out = (struct arms){0};
    *why = STR_NONE;
    bool behind = node->kind == BPMN_EVENT_BASED;
    bool own = node->kind == BPMN_RECEIVE_TASK ||
               (node->kind == BPMN_CATCH && node->event != BPMN_EVENT_LINK);
    size_t room = node->boundary_count + own + (behind ? node->out_count : 0) + node->child_count;
    if (room == 0)
        return true;
    out->list = arena_new(run->arena, struct arm, room);
    for (uint32_t i = 0; i < node->boundary_count && why->len == 0; i++)
        if (!one_arm(out, why, code, run, id, &p->nodes[node->boundaries[i]]))
            return false;
    if (own && why->len == 0 && !one_arm(out, why, code, run, id, node))
        return false;
    for (uint32_t i = 0; behind && i < node->out_count && why->len == 0; i++)
        if (!one_arm(out, why, code, run, id, &p->nodes[p->flows[node->out[i]].to]))
            return false;
    for (uint32_t i = 0; i < node->child_count && why->len == 0; i++) {
        const struct bpmn_node *sub = &p->nodes[node->children[i]];
        if (sub->kind == BPMN_EVENT_SUB_PROCESS &&
            !one_arm(out, why, code, run, id, &p->nodes[sub->start]))
            return false;
    }
    return true;
}

static bool emit_timer(struct run *run, uint32_t id, uint32_t node, int64_t due_us, uint8_t left) {
    return run_emit(run, (struct bpmn_record){.kind = BPMN_REC_TIMER,
                                              .instance = id,
                                              .node = node,
                                              .ref = run->state->last_id + 1,
                                              .n = due_us,
                                              .code = left});
}

bool run_arm(struct run *run, uint32_t id, const struct arms *arms) {
    for (size_t i = 0; i < arms->count; i++) {
        const struct arm *arm = &arms->list[i];
        bool ok;
        if (arm->event == BPMN_EVENT_TIMER)
            ok = emit_timer(run, id, arm->node, arm->due_us, arm->left);
        else
            ok = run_emit(run, (struct bpmn_record){.kind = BPMN_REC_WAIT,
                                                    .code = (uint8_t)arm->event,
                                                    .instance = id,
                                                    .node = arm->node,
                                                    .ref = run->state->last_id + 1,
                                                    .name = arm->name,
                                                    .text = arm->key});
        if (!ok)
            return false;
    }
    return true;
}

bool run_disarm(struct run *run, uint32_t id, enum bpmn_kind only) {
    struct bpmn_state *state = run->state;
    const struct bpmn_node *nodes = run->process->nodes;
    for (uint32_t i = 0; i < state->timers.count;) {
        const struct bpmn_timer_row *row = &state->timers.list[i];
        if (row->instance != id || (only != BPMN_KINDS && nodes[row->node].kind != only)) {
            i++;
            continue;
        }
        if (!run_emit(run, (struct bpmn_record){.kind = BPMN_REC_TIMER_CLEARED,
                                                .instance = id,
                                                .node = row->node,
                                                .ref = row->id}))
            return false;
    }
    for (uint32_t i = 0; i < state->waits.count;) {
        const struct bpmn_wait *row = &state->waits.list[i];
        if (row->instance != id || (only != BPMN_KINDS && nodes[row->node].kind != only)) {
            i++;
            continue;
        }
        if (!run_emit(run, (struct bpmn_record){.kind = BPMN_REC_WAIT_CLOSED,
                                                .instance = id,
                                                .node = row->node,
                                                .ref = row->id}))
            return false;
    }
    for (uint32_t i = 0; only == BPMN_KINDS && i < state->jobs.count;) {
        if (state->jobs.list[i].instance != id) {
            i++;
            continue;
        }
        if (!run_emit(run, (struct bpmn_record){.kind = BPMN_REC_JOB_CLOSED,
                                                .instance = id,
                                                .ref = state->jobs.list[i].id}))
            return false;
    }
    return true;
}

/* --- what came
 * ------------------------------------------------------------------------------------------ */
/* A boundary event or the event sub-process of a scope: enter it, with what it brought. */
static bool fire(struct run *run, uint32_t node, uint32_t scope, uint32_t trigger,
                 struct feel_value variables) {
    const struct bpmn_node *event = &run->process->nodes[node];
    uint32_t id, sub = scope;
    if (event->kind == BPMN_START && !run_enter(run, event->parent, scope, -1, trigger, &sub))
        return false;
    return run_enter(run, node, sub, -1, trigger, &id) && run_accept(run, id, variables) &&
           run_leave(run, id);
}

bool run_trigger(struct run *run, uint32_t owner, uint32_t node, struct feel_value variables) {
    const struct bpmn_node *event = &run->process->nodes[node];
    struct bpmn_instance host = *run_instance(run, owner);
    if (event->kind == BPMN_BOUNDARY) {
        if (event->interrupting && !run_cancel(run, owner))
            return false;
        return fire(run, node, host.scope, owner, variables);
    }
    if (event->kind == BPMN_START) {
        if (event->interrupting && (!run_disarm(run, owner, BPMN_START) || !run_empty(run, owner)))
            return false;
        return fire(run, node, owner, owner, variables);
    }
    if (host.node == node)
        return run_accept(run, owner, variables) && run_leave(run, owner);
    /* behind an event-based gateway: the first event decides */
    uint32_t id, flow = event->in[0];
    return run_disarm(run, owner, BPMN_KINDS) &&
           run_emit(
               run,
               (struct bpmn_record){.kind = BPMN_REC_LEFT, .instance = owner, .node = host.node}) &&
           run_emit(
               run,
               (struct bpmn_record){.kind = BPMN_REC_TAKEN, .node = flow, .scope = host.scope}) &&
           run_enter(run, node, host.scope, flow, owner, &id) && run_accept(run, id, variables) &&
           run_leave(run, id);
}

/* When a cycle fires next. Repetitions that were missed while nobody looked fall away. */
static bool next_due(int64_t *out_us, struct run *run, const struct bpmn_timer_row *row) {
    const struct bpmn_node *node = &run->process->nodes[row->node];
    struct str why;
    if (!due_of(out_us, &why, run, row->instance, node, row->due_us))
        return false;
    if (why.len == 0 && *out_us <= run->env->now_us &&
        !due_of(out_us, &why, run, row->instance, node, run->env->now_us))
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
    return (!again || emit_timer(run, row.instance, row.node, due_us, left)) &&
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
            !due_of(&dues[i], &why, run, row->instance, node, run->env->now_us))
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

/* --- errors and escalations
 * -------------------------------------------------------------------------- */
static bool code_fits(const struct bpmn_node *catcher, enum bpmn_event event, struct str code,
                      bool exact) {
    if (catcher->event != event)
        return false;
    return exact ? str_eq(catcher->code, code) : catcher->code.len == 0;
}

/* An event that names the code comes before one that catches all. */
static const struct bpmn_node *boundary_for(const struct bpmn_process *p,
                                            const struct bpmn_node *host, enum bpmn_event event,
                                            struct str code) {
    for (int exact = 1; exact >= 0; exact--)
        for (uint32_t i = 0; i < host->boundary_count; i++)
            if (code_fits(&p->nodes[host->boundaries[i]], event, code, exact == 1))
                return &p->nodes[host->boundaries[i]];
    return NULL;
}

static const struct bpmn_node *sub_for(const struct bpmn_process *p, const struct bpmn_node *scope,
                                       uint32_t not_this, enum bpmn_event event, struct str code) {
    for (int exact = 1; exact >= 0; exact--)
        for (uint32_t i = 0; i < scope->child_count; i++) {
            const struct bpmn_node *sub = &p->nodes[scope->children[i]];
            if (sub->kind == BPMN_EVENT_SUB_PROCESS && sub->index != not_this &&
                code_fits(&p->nodes[sub->start], event, code, exact == 1))
                return &p->nodes[sub->start];
        }
    return NULL;
}

bool run_throw(bool *caught, struct run *run, uint32_t from, enum bpmn_event event, struct str code,
               struct feel_value variables) {
    const struct bpmn_process *p = run->process;
    *caught = true;
    for (uint32_t at = from, came_from = BPMN_NONE; at != 0;) {
        struct bpmn_instance instance = *run_instance(run, at);
        const struct bpmn_node *node = &p->nodes[instance.node];
        const struct bpmn_node *catcher = sub_for(p, node, came_from, event, code);
        if (catcher == NULL)
            catcher = boundary_for(p, node, event, code);
        if (catcher != NULL)
            return run_trigger(run, at, catcher->index, variables);
        came_from = instance.node;
        at = instance.scope;
    }
    *caught = false;
    return true;
}
