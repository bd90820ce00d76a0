/* What records of the engine ask of others. The same for an instance and for a matter's case. */
#include "process/inner.h"

static void add(struct process_effects *out, struct process_effect effect) {
    if (out->count == out->room) {
        out->room = out->room == 0 ? 4 : out->room * 2;
        struct process_effect *more = arena_new(out->arena, struct process_effect, out->room);
        if (out->count > 0)
            memcpy(more, out->list, out->count * sizeof *more);
        out->list = more;
    }
    out->list[out->count++] = effect;
}

static void on_thrown(struct process_effects *out, const struct bpmn_record *record) {
    bool escalated = record->code == BPMN_EVENT_ESCALATION && record->n == 1;
    if (record->code != BPMN_EVENT_SIGNAL && !escalated)
        return;
    add(out, (struct process_effect){.kind = escalated ? PROCESS_EFFECT_ESCALATED
                                                       : PROCESS_EFFECT_SIGNAL,
                                     .id = record->instance,
                                     .node = record->node,
                                     .name = record->name,
                                     .variables = record->value});
}

static void on_task(struct process_effects *out, const struct bpmn_process *process,
                    const struct bpmn_record *record) {
    const struct bpmn_node *node = &process->nodes[record->node];
    struct process_effect effect = {.id = record->instance, .node = record->node};
    if (node->kind != BPMN_USER_TASK || node->listener_count == 0)
        return;
    switch (record->kind) {
    case BPMN_REC_TASK_CHANGED:
        if (record->code != BPMN_LISTEN_ASSIGNING && record->code != BPMN_LISTEN_UPDATING)
            return; /* it is created, or corrected before it is completed */
        effect.kind = PROCESS_EFFECT_TASK_DONE;
        break;
    case BPMN_REC_LEFT: effect.kind = PROCESS_EFFECT_TASK_DONE; break;
    case BPMN_REC_TASK_DENIED:
        effect.kind = PROCESS_EFFECT_TASK_DENIED;
        effect.text = record->text;
        break;
    default: effect.kind = PROCESS_EFFECT_TASK_GONE; break;
    }
    add(out, effect);
}

static void on_ended(struct process_effects *out, const struct bpmn_state *state,
                     const struct bpmn_record *record) {
    struct process_effect effect = {.kind = PROCESS_EFFECT_ENDED};
    switch ((enum bpmn_ending)record->code) {
    case BPMN_ENDING_CANCELLED: effect.kind = PROCESS_EFFECT_CANCELLED; break;
    case BPMN_ENDING_ERROR:
        effect.kind = PROCESS_EFFECT_ERROR;
        effect.name = record->name;
        effect.variables = record->value;
        break;
    default: effect.variables = bpmn_variables(state, 0, out->arena); break;
    }
    add(out, effect);
}

void process_effects_of(struct process_effects *out, const struct bpmn_process *process,
                        const struct bpmn_state *state, const struct bpmn_records *records) {
    for (size_t i = 0; i < records->count; i++) {
        const struct bpmn_record *record = &records->list[i];
        switch (record->kind) {
        case BPMN_REC_CALLED:
            add(out, (struct process_effect){.kind = PROCESS_EFFECT_CALL,
                                             .id = record->instance,
                                             .node = record->node,
                                             .name = record->name,
                                             .variables = record->value});
            break;
        case BPMN_REC_CANCELLED:
            if (process->nodes[record->node].kind == BPMN_CALL)
                add(out, (struct process_effect){.kind = PROCESS_EFFECT_UNCALL,
                                                 .id = record->instance,
                                                 .node = record->node});
            on_task(out, process, record);
            break;
        case BPMN_REC_LEFT:
        case BPMN_REC_CLOSING:
        case BPMN_REC_TASK_CHANGED:
        case BPMN_REC_TASK_DENIED: on_task(out, process, record); break;
        case BPMN_REC_WAIT:
            if (record->code == BPMN_EVENT_MESSAGE)
                add(out, (struct process_effect){.kind = PROCESS_EFFECT_WAIT,
                                                 .id = record->ref,
                                                 .node = record->node,
                                                 .name = record->name,
                                                 .key = record->text});
            break;
        case BPMN_REC_JOB:
            add(out, (struct process_effect){.kind = PROCESS_EFFECT_JOB,
                                             .id = record->ref,
                                             .node = record->node,
                                             .name = record->name});
            break;
        case BPMN_REC_STORED:
            add(out, (struct process_effect){.kind = PROCESS_EFFECT_STORED,
                                             .id = record->instance,
                                             .node = record->node,
                                             .name = record->name,
                                             .variables = record->value});
            break;
        case BPMN_REC_THROWN: on_thrown(out, record); break;
        case BPMN_REC_SENT:
            add(out, (struct process_effect){.kind = PROCESS_EFFECT_MESSAGE,
                                             .id = record->instance,
                                             .node = record->node,
                                             .name = record->name,
                                             .key = record->text,
                                             .variables = record->value});
            break;
        case BPMN_REC_ENDED: on_ended(out, state, record); break;
        default: break;
        }
    }
}
