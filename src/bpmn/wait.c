/* What an instance waits for - its own event, its boundary events, the events behind an event-based
 * gateway, event sub-processes - and what happens when it comes (BPMN 2.0.2: 13.5.3, 13.5.4). */
#include <inttypes.h>

#include "bpmn/engine.h"

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
        *why = run_not_a(run, expr, value, "a text");
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
        if (!run_due(&arm, why, run, id, &node->defs[arm.def]))
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

bool run_arm(struct run *run, uint32_t id, const struct arms *arms) {
    for (size_t i = 0; i < arms->count; i++) {
        const struct arm *arm = &arms->list[i];
        bool ok;
        if (arm->event == BPMN_EVENT_TIMER)
            ok = run_timer(run, id, arm);
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
