/* A business rule task of an instance: the decision is found by the caller, with its binding, and
 * reads the variables that the task sees. What is kept is the whole trace, with the keys of what
 * was evaluated, for the history of decisions. */
#include "process/inner.h"

#include <assert.h>
#include <inttypes.h>

#include "dmn/dmn.h"

enum { TRACE_BYTES_MAX = 1 << 20 };

bool process_trace_text(struct buf *out, int64_t definition, int64_t requirements,
                        const struct dmn_trace *trace, struct err *err) {
    buf_printf(out,
               "{\"definition\":%" PRId64 ",\"requirements\":%" PRId64 ",\"steps\":", definition,
               requirements);
    bool ok = dmn_trace_json(out, trace, err);
    buf_add_byte(out, '}');
    return ok && buf_ok(out, "the decision's trace", err);
}

static bool keep_trace(struct bpmn_decision *out, const struct process_decision *found,
                       const struct dmn_trace *trace, struct arena *arena, struct err *err) {
    struct buf text;
    buf_init(&text, TRACE_BYTES_MAX);
    bool ok = process_trace_text(&text, found->definition, found->requirements, trace, err);
    if (ok)
        out->trace = arena_str(arena, buf_view(&text));
    buf_done(&text);
    return ok;
}

bool process_decide(struct bpmn_decision *out, void *self, struct str decision_id,
                    const struct bpmn_view *view, struct arena *arena, struct budget *budget,
                    struct err *err) {
    const struct process_deciding *d = self;
    struct process_decision found = {0};
    *out = (struct bpmn_decision){0};
    assert(view->node != NULL); /* a business rule task asks */
    if (d->env->find_decision != NULL &&
        !d->env->find_decision(&found, d->env->ctx, decision_id, &view->node->decision_bound, err))
        return false;
    if (found.model == NULL || dmn_find(found.model, decision_id) == SIZE_MAX) {
        out->missing = true;
        out->why = bpmn_bound_missing("decision", decision_id, &view->node->decision_bound, arena);
        return true;
    }
    struct feel_diags diags = {.arena = arena};
    struct dmn_trace trace = {.arena = arena};
    struct feel_env env = {.now = feel_instant(arena, d->env->now_us, d->env->zone),
                           .diags = &diags};
    if (!dmn_evaluate(&out->result, found.model, decision_id,
                      bpmn_variables(view->state, view->instance, arena), &env, &trace, arena,
                      budget, err))
        return false;
    /* a table without a matching rule gives null, lawfully; a failed expression stops the task */
    if (feel_is_null(out->result) && diags.count > 0)
        out->why = diags.items[0].text;
    return keep_trace(out, &found, &trace, arena, err);
}
