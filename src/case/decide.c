/* A business rule task: which decision, from which facts, and the trace that is kept with it. */
#include "case/inner.h"

#include "dmn/dmn.h"

enum { TRACE_BYTES_MAX = 1 << 20 }; /* one decision's trace; a table of 100 columns has 20 kB */

static const struct dmn_model *model_of(const struct pack *pack, struct str decision_id) {
    for (size_t i = 0; i < pack->decision_count; i++) {
        size_t at = dmn_find(pack->decisions[i], decision_id);
        if (at != SIZE_MAX && dmn_info(pack->decisions[i], at).kind == DMN_DECISION)
            return pack->decisions[i];
    }
    return NULL;
}

/* An input's value: a variable of the procedure, one of the names of a case (form, applicant,
 * matter, clocks ...), or else a field of the form. */
static struct feel_value inputs_of(struct case_move *m, const struct dmn_model *model,
                                   struct str decision_id, const struct bpmn_view *view,
                                   struct arena *arena) {
    const struct str *names;
    size_t count = dmn_inputs_of(&names, model, dmn_find(model, decision_id), arena);
    struct feel_entry *entries = arena_new(arena, struct feel_entry, count);
    struct feel_value form = bpmn_view_get(view, STR("form"), arena);
    for (size_t i = 0; i < count; i++) {
        struct feel_value value = bpmn_view_get(view, names[i], arena);
        entries[i] =
            (struct feel_entry){names[i], feel_is_null(value) ? feel_get(form, names[i]) : value};
    }
    (void)m;
    return feel_context_of(arena, entries, count);
}

static bool keep_trace(struct bpmn_decision *out, const struct dmn_trace *trace,
                       struct arena *arena, struct err *err) {
    struct buf text;
    buf_init(&text, TRACE_BYTES_MAX);
    bool ok = dmn_trace_json(&text, trace, err) && buf_ok(&text, "the decision's trace", err);
    if (ok)
        out->trace = arena_str(arena, buf_view(&text));
    buf_done(&text);
    return ok;
}

const struct feel_calendar *case_calendars(struct case_move *m, size_t *count) {
    const struct pack *pack = m->state->pack;
    *count = pack->calendar == NULL ? 0 : 1;
    struct feel_calendar *list = arena_new(m->arena, struct feel_calendar, 1);
    *list = (struct feel_calendar){cal_calendar_name(pack->calendar), pack->calendar};
    return list;
}

bool case_decide(struct bpmn_decision *out, void *self, struct str decision_id,
                 const struct bpmn_view *view, struct arena *arena, struct budget *budget,
                 struct err *err) {
    struct case_move *m = self;
    const struct dmn_model *model = model_of(m->state->pack, decision_id);
    *out = (struct bpmn_decision){0};
    if (model == NULL) {
        out->why = arena_printf(arena, "no decision '%.*s' in the pack", STR_ARG(decision_id));
        return true;
    }
    struct feel_diags diags = {.arena = arena};
    struct dmn_trace trace = {.arena = arena};
    struct feel_env env = {
        .now = feel_instant(arena, m->env->now_us, m->state->pack->timezone),
        .diags = &diags,
    };
    env.calendars = case_calendars(m, &env.calendar_count);
    struct feel_value inputs = inputs_of(m, model, decision_id, view, arena);
    if (!dmn_evaluate(&out->result, model, decision_id, inputs, &env, &trace, arena, budget, err))
        return false;
    /* never a silent null: no rule matched, or an expression failed */
    if (feel_is_null(out->result))
        out->why = diags.count > 0 ? diags.items[0].text
                                   : arena_printf(arena, "the decision '%.*s' gave no result",
                                                  STR_ARG(decision_id));
    return keep_trace(out, &trace, arena, err);
}
